"""This module finds the end of schemas that a `lazy` makes anew at each call.

Whoever walks what a callable stands for asks `Makers.once`, and goes on with what that returns.
"""

import functools
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any, Final

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.wording import show

# Of callables with one text: helpers that are called for each name of a large registry are fine.
MAX_MAKERS: Final = 10_000


class Makers:
    """The callables that were met in one walk, and what each was the first to make."""

    def __init__(self) -> None:
        self._made: dict[Any, tuple[Any, Any]] = {}
        self._counts: dict[Any, int] = {}

    def once(self, make: Callable[[], Any], made: Any) -> Any:
        """Return what *make* was the first to make, or a callable that is the same but made anew.

        Raises:
            SchemaDefinitionError: There is no end of such callables.
        """
        identity = _identity(make, ())
        if identity not in self._made:
            self._count(make)
            # The callable is kept: what is gone leaves its identity to others.
            self._made[identity] = (make, made)
        return self._made[identity][1]

    def handed_on(self, schema: Any) -> tuple[Any, ...]:
        """Return what *schema* hands its value on to; of what is made anew at each call, the first."""
        inside: tuple[Any, ...] = schema.handed_on()
        make = getattr(schema, "target", None)
        if schema.combinator != "lazy" or not callable(make):
            return inside
        return tuple(self.once(make, made) for made in inside)

    def _count(self, make: Any) -> None:
        while isinstance(make, functools.partial):
            make = make.func
        make = make.__func__ if isinstance(make, MethodType) else make
        code = make.__code__ if isinstance(make, FunctionType) else type(make)
        self._counts[code] = self._counts.get(code, 0) + 1
        if self._counts[code] > MAX_MAKERS:
            named = make if isinstance(make, FunctionType) else type(make)
            name = show(named.__qualname__)
            raise SchemaDefinitionError(f"lazy(): [{name}] has another schema each time, without end")


def name_of(make: Any) -> str | None:
    """Return the name of the callable *make*, if its author gave it one."""
    try:
        name = make.__name__
    except Exception:  # an object of the author's: whatever it raises
        return None
    return name if type(name) is str and name != "<lambda>" else None


def _identity(make: Any, around: tuple[Any, ...]) -> Any:
    """What two callables have in common that do the same; *around* are those that have it inside."""
    if isinstance(make, functools.partial):
        return (_identity(make.func, around), *_held((make.args, *make.keywords.items()), around))
    if isinstance(make, MethodType):
        return (_identity(make.__func__, around), *_held((make.__self__,), around))
    if not isinstance(make, FunctionType):
        return id(make)
    if make in around:  # it closes over itself
        return make.__code__
    inside = (*_contents(make), make.__defaults__, *(make.__kwdefaults__ or {}).items())
    return (make.__code__, *_held(inside, (*around, make)))


def _contents(make: FunctionType) -> list[Any]:
    contents: list[Any] = []
    for cell in make.__closure__ or ():
        try:
            contents.append(cell.cell_contents)
        except ValueError:  # not assigned yet
            contents.append(None)
    return contents


def _held(values: Any, around: tuple[Any, ...]) -> list[Any]:
    """What tells apart the values that callables hold."""
    return [_same(value, around) for value in values]


def _same(value: Any, around: tuple[Any, ...]) -> Any:
    if type(value) in _PLAIN:
        return (type(value), value)
    if type(value) is tuple:
        return tuple(_held(value, around))
    if isinstance(value, (FunctionType, MethodType, functools.partial)) and len(around) < MAX_AROUND:
        return _identity(value, around)
    return id(value)


_PLAIN: Final = frozenset({str, bytes, int, bool, type(None)})
MAX_AROUND: Final = 10
