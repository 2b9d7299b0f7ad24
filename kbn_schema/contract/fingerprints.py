"""This module tells functions, and values that JSON has not, by fingerprints.

A fingerprint is the same on every machine and under every version of Python, and another one where what the
function does is told in other words, or what it holds is another value. What it reads from its module, and
what the functions do that it calls, does not count.
"""

import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, Final

import attrs

from kbn_schema.contract.sources import Sources
from kbn_schema.quantities import Duration
from kbn_schema.wording import shorten

# Of what a value holds; what is deeper, or more than that, is not told.
MAX_DEPTH: Final = 20
MAX_PARTS: Final = 10_000
MAX_NAME: Final = 200
LENGTH: Final = 16  # hexadecimal digits


class Fingerprints:
    """The fingerprints of one contract: what they are made of is read once."""

    def __init__(self) -> None:
        self._sources = Sources()

    def function(self, function: Any) -> dict[str, str]:
        """The name of what can be called, and its fingerprint, if what it does can be told."""
        named = {"name": name_of(function)}
        told = _Teller(self._sources).callable(function)
        return named if told is None else {**named, "fingerprint": _hashed(told)}

    def value(self, value: Any) -> str:
        """The fingerprint of any value."""
        return _hashed(_Teller(self._sources).value(value))


def name_of(found: Any) -> str:
    """The qualified name of a function or class; of another object, that of what it calls, or its class."""
    while isinstance(found, functools.partial):
        found = found.func
    if isinstance(found, MethodType):
        found = found.__func__
    if not isinstance(_attribute(found, "__qualname__"), str):
        found = type(found)
    module, name = _attribute(found, "__module__"), found.__qualname__
    return shorten(f"{module}.{name}" if isinstance(module, str) else name, MAX_NAME)


class _Teller:
    """Tells one value in a text; counts, so that any value ends."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._around: list[Any] = []
        self._room = MAX_PARTS

    def callable(self, function: Any) -> str | None:
        """What *function* does; None where that is not known."""
        if isinstance(function, FunctionType):
            text = self._sources.text(function)
            return None if text is None else self._inside(function, lambda: self._function(function, text))
        if isinstance(function, MethodType):
            inner = self.callable(function.__func__)
            return None if inner is None else f"{inner} of {self._owner(function.__self__)}"
        if isinstance(function, functools.partial):
            inner = self.callable(function.func)
            given = (function.args, function.keywords)
            return None if inner is None else f"{inner} with {self.value(given)}"
        if isinstance(function, type):
            return None
        if callable(_attribute(function, "__wrapped__")):  # such as what `lru_cache` makes
            inner = self.callable(function.__wrapped__)
            return None if inner is None else f"{name_of(type(function))} around {inner}"
        if isinstance(function, BuiltinFunctionType | _METHOD_WRAPPER):
            owner = _attribute(function, "__self__")
            return None if owner is None or isinstance(owner, ModuleType) else self.value(owner)
        return self._object(function)

    def value(self, value: Any) -> str:
        """A text for *value*, however deep."""
        self._room -= 1
        if self._room < 0 or len(self._around) >= MAX_DEPTH or any(value is one for one in self._around):
            return "..."
        return self._inside(value, lambda: self._told(value))

    def _inside(self, value: Any, tell: Any) -> str:
        self._around.append(value)
        try:
            text: str = tell()
        finally:
            self._around.pop()
        return text

    def _told(self, value: Any) -> str:
        kind: Any = type(value)
        if kind is int:
            return hex(value)
        if value is None or kind in _PRINTED:
            return f"{kind.__name__} {value!r}"
        if kind is re.Pattern:
            return f"pattern {value.pattern!r} {value.flags:x}"
        if isinstance(value, enum.Enum):
            return f"{name_of(kind)}.{value.name}"
        if isinstance(value, set | frozenset):
            return f"{kind.__name__} {{{','.join(sorted(map(self.value, value)))}}}"
        if isinstance(value, list | tuple):
            return f"{kind.__name__} [{','.join(map(self.value, value))}]"
        if isinstance(value, Mapping):
            return f"{kind.__name__} {{{self._pairs(value.items())}}}"
        if isinstance(value, type):
            return name_of(value)
        if isinstance(value, ModuleType):
            return value.__name__
        if attrs.has(kind) or hasattr(kind, "__dataclass_fields__"):
            return f"{name_of(kind)}({self._pairs(_fields(value))})"
        if callable(value):
            return f"{name_of(value)} {self.callable(value)}"
        return name_of(kind)

    def _function(self, function: FunctionType, text: str) -> str:
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        held = [(name, cell) for name, cell in cells if name != "__class__"]
        closure = self._pairs((name, _content(cell)) for name, cell in held)
        given = self._pairs((function.__kwdefaults__ or {}).items())
        return f"{text} {self.value(function.__defaults__)} {given} {closure}"

    def _object(self, found: Any) -> str | None:
        call = getattr(type(found), "__call__", None)  # noqa: B004 - of the class, for an object that is called
        inner = self.callable(call) if isinstance(call, FunctionType) else None
        return None if inner is None else f"{inner} of {self._owner(found)}"

    def _owner(self, found: Any) -> str:
        """A text for an object whose method is called: its class, and the plain values that it has."""
        if isinstance(found, type) or attrs.has(type(found)) or hasattr(type(found), "__dataclass_fields__"):
            return self.value(found)
        state = sorted((name, value) for name, value in _state(found) if isinstance(value, _PLAIN))
        return f"{name_of(type(found))}({self._pairs(state)})"

    def _pairs(self, pairs: Iterable[tuple[Any, Any]]) -> str:
        return ",".join([f"{self.value(key)}:{self.value(value)}" for key, value in pairs])


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:LENGTH]


def _attribute(found: Any, name: str) -> Any:
    try:
        return getattr(found, name, None)
    except Exception:  # an object of the author's: whatever it raises
        return None


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return None


def _fields(value: Any) -> list[tuple[str, Any]]:
    kind: Any = type(value)
    if attrs.has(kind):
        names = [field.name for field in attrs.fields(kind) if field.init]
    else:
        names = [name for name, field in kind.__dataclass_fields__.items() if field.init]
    return [(name, getattr(value, name, None)) for name in names]


def _state(found: Any) -> list[tuple[str, Any]]:
    state: Any = getattr(found, "__dict__", {})
    return list(state.items()) if isinstance(state, dict) else []


# What prints the same everywhere.
_PRINTED: Final = frozenset(
    {
        bool, float, complex, str, bytes, bytearray, range, type(...), uuid.UUID, decimal.Decimal,
        fractions.Fraction, datetime.date, datetime.time, datetime.datetime, datetime.timedelta, Duration,
    }
)  # fmt: skip
_PLAIN: Final = (bool, int, float, complex, str, bytes, re.Pattern, enum.Enum, tuple, frozenset, type(None))
_METHOD_WRAPPER: Final = type("".__len__)
