"""Values that lie, raise, contain themselves or go deep; what they are asked is noted in `ASKED`."""

import collections
import decimal as decimals
import enum
import fractions
import functools
import marshal
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import attrs

from kbn_schema.exact import copy_containers

ASKED: list[tuple[str, str]] = []


def _noted(name: str, answer: Any = None) -> Any:
    """Return a method that notes that it was called, and raises or gives its *answer*."""

    def method(self: Any, *args: Any, **options: Any) -> Any:
        ASKED.append((type(self).__name__, name))
        if answer is None:
            raise RuntimeError(f"{name} was asked")
        return answer(*args)

    return method


QUESTIONS = [
    "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__bool__", "__len__", "__iter__",
    "__repr__", "__str__", "__format__", "__contains__", "__getitem__", "__int__", "__float__", "__index__",
    "__bytes__", "__call__", "__next__", "__missing__", "keys", "items", "values", "get", "copy", "pop",
    "append", "extend", "strip", "lower", "upper", "encode", "is_integer", "__trunc__", "__neg__", "__abs__",
    "__add__", "__mod__", "__reversed__", "__instancecheck__", "startswith", "isdigit", "__pos__",
    "__length_hint__",
]  # fmt: skip


def _class(name: str, base: type, *left_alone: str) -> Any:
    methods = {question: _noted(question) for question in QUESTIONS if question not in left_alone}
    return type(name, (base,), methods)


Silent = _class("Silent", object)
SilentStr = _class("SilentStr", str)
SilentInt = _class("SilentInt", int)
SilentFloat = _class("SilentFloat", float)
SilentBytes = _class("SilentBytes", bytes)
SilentDict = _class("SilentDict", dict)
SilentList = _class("SilentList", list)


class PlainStr(str):
    """A text of a class of its own."""

    comparable = True


class PlainInt(int):
    """A number of a class of its own."""

    comparable = True


class PlainFloat(float):
    """A number of a class of its own."""

    comparable = True


class PlainDict(dict[Any, Any]):
    """A dict of a class of its own."""

    comparable = True


class PlainList(list[Any]):
    """A list of a class of its own."""

    comparable = True


class BoolLike(int):
    """A number that claims to be a bool."""

    __class__ = bool  # type: ignore[assignment]


class LyingStr(str):
    """A text that says it is "a", whatever it is."""

    __eq__ = _noted("__eq__", lambda other: True)
    __hash__ = _noted("__hash__", lambda: hash("a"))
    __len__ = _noted("__len__", lambda: 1)
    __str__ = _noted("__str__", lambda: "a")
    __repr__ = _noted("__repr__", lambda: "'a'")
    strip = _noted("strip", lambda *chars: "a")


class LyingDict(dict[Any, Any]):
    """A dict that says it holds ``{"a": 1}``, whatever it holds."""

    __getitem__ = _noted("__getitem__", lambda key: 1)
    __contains__ = _noted("__contains__", lambda key: True)
    __len__ = _noted("__len__", lambda: 1)
    __iter__ = _noted("__iter__", lambda: iter(["a"]))
    get = _noted("get", lambda *args: 1)
    keys = _noted("keys", lambda: ["a"])
    items = _noted("items", lambda: [("a", 1)])
    values = _noted("values", lambda: [1])
    copy = _noted("copy", lambda: {"a": 1})


class LyingList(list[Any]):
    """A list that says it holds ``[1]``, whatever it holds."""

    __getitem__ = _noted("__getitem__", lambda key: 1)
    __len__ = _noted("__len__", lambda: 1)
    __iter__ = _noted("__iter__", lambda: iter([1]))
    copy = _noted("copy", lambda: [1])


class Claiming:
    """An object whose `__class__` says that it is a dict."""

    __class__ = dict  # type: ignore[assignment]
    __eq__ = _noted("__eq__", lambda other: True)
    __hash__ = _noted("__hash__", lambda: hash("a"))


class OtherHash(str):
    """A text beside an equal one in the same dict, since its hash is another."""

    def __hash__(self) -> int:
        return str.__hash__(self) ^ 1

    def __eq__(self, other: object) -> bool:
        return self is other


class Moody:
    """A key that can be put into a dict, and fails from then on."""

    def __init__(self) -> None:
        self.left = 1

    def __hash__(self) -> int:
        ASKED.append(("Moody", "__hash__"))
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("no more")
        return hash("a")

    def __eq__(self, other: object) -> bool:
        ASKED.append(("Moody", "__eq__"))
        raise RuntimeError("never")


class Tone(enum.StrEnum):
    """Keys and texts that are members."""

    A = "a"
    TYPE = "type"
    RED = "red"


class Rank(enum.IntEnum):
    """Numbers that are members."""

    ONE = 1
    TWO = 2


class Shifting(dict[Any, Any]):
    """A dict that answers differently each time it is read."""

    reads = 0

    def _next(self) -> int:
        ASKED.append(("Shifting", "read"))
        self.reads += 1
        return self.reads

    def __getitem__(self, key: Any) -> Any:
        return self._next()

    def get(self, key: Any, default: Any = None) -> Any:
        return self._next()

    def keys(self) -> Any:
        return [f"k{self._next()}"]

    def items(self) -> Any:
        return [(f"k{self._next()}", 1)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys())

    def __len__(self) -> int:
        return self._next()

    def copy(self) -> Any:
        return {f"k{self._next()}": 1}


class Growing(list[Any]):
    """A list that gets longer while it is walked by its own methods."""

    def __iter__(self) -> Iterator[Any]:
        ASKED.append(("Growing", "__iter__"))
        while True:
            self.append(1)
            yield 1


class Failing:
    """An object of which even the class and the attributes cannot be asked."""

    def __getattribute__(self, name: str) -> Any:
        ASKED.append(("Failing", name))
        raise RuntimeError("nothing here")


class Undecided:
    """A value that is neither true nor false, as an array of several values."""

    def __bool__(self) -> bool:
        ASKED.append(("Undecided", "__bool__"))
        raise ValueError("ambiguous")

    def __eq__(self, other: object) -> Any:
        return self

    __hash__ = None  # type: ignore[assignment]


class DeepRepr:
    """An object that takes all the stack to print."""

    def __repr__(self) -> str:
        ASKED.append(("DeepRepr", "__repr__"))
        return repr(self)


class Meta(type):
    """A metaclass whose classes claim that everything is an instance."""

    def __instancecheck__(cls, instance: object) -> bool:
        return True


class Namespace(types.SimpleNamespace):
    """An object with any attributes."""


class Point(NamedTuple):
    """A tuple with names."""

    a: Any
    b: Any


@attrs.frozen
class Record:
    """A class with fields."""

    a: Any


class Weak(dict[Any, Any]):
    """A dict that can be referred to weakly."""


ELLIPSIS = ...
NOT_IMPLEMENTED = NotImplemented
WEAK = Weak({"a": 1})


def ordered(value: Any) -> Any:
    return collections.OrderedDict(value)


def filling(value: Any) -> Any:
    """Return a dict that fills in what is missing."""
    return collections.defaultdict(list, value)


def counted(value: Any) -> Any:
    return collections.Counter(value)


def read_only(value: Any) -> Any:
    return types.MappingProxyType(value)


def user_dict(value: Any) -> Any:
    return collections.UserDict(value)


def user_text(value: Any) -> Any:
    return collections.UserString(value)


def chained(value: Any) -> Any:
    return collections.ChainMap(value, {"b": 2})


def decimal(text: str) -> Any:
    return decimals.Decimal(text)


def fraction(number: int) -> Any:
    return fractions.Fraction(number)


def complex_(number: int) -> Any:
    return complex(number)


def view(content: bytes) -> Any:
    return memoryview(content)


def frozen(items: Any) -> Any:
    return frozenset(items)


def counting(number: int) -> Any:
    return range(number)


def ahead(items: Any) -> Any:
    return iter(items)


def keys_of(value: Any) -> Any:
    return value.keys()


def proxy() -> Any:
    """Return what stands for a dict that lives on."""
    return weakref.proxy(WEAK)


def boxed(value: Any) -> Any:
    """Return a list that is held by a dict and a tuple at once."""
    inner = [value]
    return {"a": inner, "b": (inner, inner)}


def endless() -> Iterator[int]:
    """Yield for ever, and note it."""
    while True:
        ASKED.append(("endless", "__next__"))
        yield 1


def itself(value: Any) -> Any:
    """Return *value*: the same call in two places puts one object there."""
    return value


def looped(value: Any, *path: Any) -> Any:
    """Return *value* with itself put in at *path*."""
    *way, last = path
    _at(value, way)[last] = value
    return value


def tower(levels: int, value: Any, *path: Any) -> Any:
    """Return *value* put into a copy of itself at *path*, and so on, *levels* times."""
    template, result = _copier(value), value
    for _ in range(levels):
        around = template()
        *way, last = path
        _at(around, way)[last] = result
        result = around
    return result


def _copier(value: Any) -> Callable[[], Any]:
    """Return what makes copies of *value*: in C, if it is plain. What is hostile in it is not asked."""
    try:
        return functools.partial(marshal.loads, marshal.dumps(value, 2))
    except ValueError:
        return functools.partial(copy_containers, value)


def deep(levels: int, leaf: Any, key: Any = None) -> Any:
    """Return *leaf* inside *levels* dicts under *key*, or lists if there is none."""
    for _ in range(levels):
        leaf = [leaf] if key is None else {key: leaf}
    return leaf


def many(count: int, value: Any) -> list[Any]:
    """Return *value* so many times."""
    return [value] * count


def copies(count: int, value: Any) -> list[Any]:
    """Return so many copies of *value*."""
    template = _copier(value)
    return [template() for _ in range(count)]


def alike(count: int, item: Any = 1) -> dict[str, Any]:
    """Return a dict whose keys, read as numbers, have equal hashes."""
    return {str(index * (2**61 - 1)): item for index in range(count)}


def keys(count: int, item: Any = 1) -> dict[str, Any]:
    """Return a dict of so many keys."""
    return {f"k{index}": item for index in range(count)}


def _at(value: Any, path: list[Any]) -> Any:
    for step in path:
        value = value[step]
    return value
