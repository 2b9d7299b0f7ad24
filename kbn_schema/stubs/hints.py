"""This module holds what a type says, before Python or TypeScript says it.

A hint is one of the classes here. They are plain values: equal ones say the same.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

import attrs

Hint: TypeAlias = "Word | ClassOf | Constants | ListOf | DictOf | Union | Named | Fields"


@attrs.frozen
class Word:
    """A type that each language has a word for; *name* is Python's, such as ``str``, ``Any`` or ``Never``."""

    name: str


@attrs.frozen
class ClassOf:
    """The instances of the class *name*, as *module* has it; for Python only."""

    module: str
    name: str


def _told_apart(values: tuple[Any, ...]) -> tuple[Any, ...]:
    # To Python, 1, 1.0 and True are the same.
    return tuple((type(value), value) for value in values)


@attrs.frozen
class Constants:
    """One of a few texts, numbers or booleans, none of them twice."""

    values: tuple[Any, ...] = attrs.field(eq=_told_apart)

    @classmethod
    def of(cls, values: Iterable[Any]) -> "Constants":
        """One of *values*, which may be there twice."""
        kept = {(type(value), value): value for value in values}
        return cls(tuple(kept.values()))


@attrs.frozen
class ListOf:
    """A list, each item of which is *item*."""

    item: Hint


@attrs.frozen
class DictOf:
    """A dict with keys of *key*, which is text in JSON, and values of *value*."""

    key: Hint
    value: Hint


@attrs.frozen
class Union:
    """One of at least two different *members*, none of them a union; null comes last."""

    members: tuple[Hint, ...]


@attrs.frozen
class Named:
    """The type with this *number* among the definitions."""

    number: int


@attrs.frozen
class Field:
    """A member of a dict; *schema* is what it was made of, for its description."""

    name: str
    hint: Hint
    required: bool
    schema: Any = attrs.field(eq=False, repr=False)


@attrs.frozen
class Fields:
    """A dict with known members; *is_open* if it may have others."""

    fields: tuple[Field, ...]
    is_open: bool = False


ANY: Final = Word("Any")
NEVER: Final = Word("Never")
NONE: Final = Word("None")


def union(hints: Iterable[Hint]) -> Hint:
    """The hint of what one of *hints* says, as short as it can be said."""
    parts = [part for hint in hints for part in (hint.members if isinstance(hint, Union) else (hint,))]
    if ANY in parts:
        return ANY
    words = {part.name for part in parts if isinstance(part, Word)}
    listed = [value for part in parts if isinstance(part, Constants) for value in part.values]
    told = [value for value in listed if type(value).__name__ not in words]
    constants = Constants.of(told) if told else None
    members: dict[Hint, None] = {}
    for part in parts:
        if not isinstance(part, Constants):
            members[part] = None
        elif constants is not None:  # all of them, where the first stands
            members[constants] = None
            constants = None
    if NONE in members:
        del members[NONE]
        members[NONE] = None
    if len(members) > 1:
        members.pop(NEVER, None)
    return Union(tuple(members)) if len(members) > 1 else next(iter(members), NEVER)


def inside(hint: Hint) -> "tuple[Hint, ...]":
    """The hints that *hint* is made of."""
    match hint:
        case ListOf(item):
            return (item,)
        case DictOf(key, value):
            return (key, value)
        case Union(members):
            return members
        case Fields(fields):
            return tuple(field.hint for field in fields)
        case _:
            return ()


def renumbered(hint: Hint, numbers: Mapping[int, int]) -> Hint:
    """*hint*, with the references to some definitions led to others."""
    match hint:
        case Named(number):
            return Named(numbers.get(number, number))
        case ListOf(item):
            return ListOf(renumbered(item, numbers))
        case DictOf(key, value):
            return DictOf(renumbered(key, numbers), renumbered(value, numbers))
        case Union(members):
            return union([renumbered(member, numbers) for member in members])
        case Fields(fields, is_open):
            changed = [attrs.evolve(field, hint=renumbered(field.hint, numbers)) for field in fields]
            return Fields(tuple(changed), is_open)
        case _:
            return hint


def size_of(hint: Hint, most: int) -> int:
    """How many hints *hint* is made of; anything above *most* where there are more."""
    size, waiting = 0, [hint]
    while waiting and size <= most:
        size += 1
        waiting.extend(inside(waiting.pop()))
    return size


def numbers_in(hint: Hint) -> list[int]:
    """The numbers of those that *hint* refers to, in the order it does."""
    numbers: list[int] = []
    waiting = [hint]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Named):
            numbers.append(current.number)
        waiting.extend(reversed(inside(current)))
    return numbers


def pairs_of(one: Hint, other: Hint) -> list[tuple[int, int]] | None:
    """The numbers that two hints refer to in the same places; None where they differ apart from those."""
    numbers, others = numbers_in(one), numbers_in(other)
    if len(numbers) != len(others):
        return None
    blank = dict.fromkeys([*numbers, *others], -1)
    return (
        list(zip(numbers, others, strict=True))
        if renumbered(one, blank) == renumbered(other, blank)
        else None
    )
