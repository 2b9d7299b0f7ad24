"""This module holds the types that clients speak of: those of what is sent, and no others."""

import itertools
from collections.abc import Iterable, Iterator
from typing import NoReturn

import attrs

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.kinds.any import AnySchema
from kbn_schema.stubs.definitions import Definition
from kbn_schema.stubs.hints import Fields, Hint, Named, inside
from kbn_schema.stubs.outline import Outline
from kbn_schema.wording import escape


class WireTypes:
    """The types of *outline* on one side: what is sent."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._all = {
            one.number: attrs.evolve(one, output=one.input, differs=False) for one in outline.definitions
        }
        self._made: dict[int, str] = {}
        self._numbers = itertools.count(max(self._all, default=-1) + 1)

    def resolved(self, hint: Hint) -> Hint:
        """Return what *hint* says, where it is a reference."""
        met: set[int] = set()
        while isinstance(hint, Named) and hint.number not in met:
            met.add(hint.number)
            hint = self._all[hint.number].input
        return hint

    def make(self, fields: Fields, name: str, way: str, instead: Hint) -> Hint:
        """Return a type of *fields*, called *name* if nothing else is; it stands *instead* of another."""
        number = next(self._numbers)
        other = self._all[instead.number] if isinstance(instead, Named) else None
        schema = AnySchema() if other is None else other.schema
        self._made[number] = name if other is None else other.name
        self._all[number] = Definition(
            number, name, way, schema, is_named=True, is_root=True, input=fields, output=fields, is_done=True
        )
        return Named(number)

    def finish(self, hints: Iterable[Hint], taken: Iterable[str]) -> Outline:
        """Return the outline of the types that *hints* speak of; *taken* are the names of classes.

        Raises:
            SchemaDefinitionError: A type has one of these names.
        """
        reached = self._reached(hints)
        names = {
            self._all[number].name: number for number in self._all if number in reached - self._made.keys()
        }
        for name in taken:
            if name in names:
                _refuse(name, self._all[names[name]])
        used = {*names, *taken}
        for number, wanted in self._made.items():
            definition = self._all[number]
            definition.name = next(name for name in _candidates(wanted, definition.name) if name not in used)
            used.add(definition.name)
        return attrs.evolve(
            self._outline,
            definitions=tuple(one for number, one in self._all.items() if number in reached),
            variables={},
            routes=(),
        )

    def _reached(self, hints: Iterable[Hint]) -> set[int]:
        reached: set[int] = set()
        waiting = list(hints)
        while waiting:
            hint = waiting.pop()
            waiting.extend(inside(hint))
            if isinstance(hint, Named) and hint.number not in reached:
                reached.add(hint.number)
                waiting.append(self._all[hint.number].input)
        return reached


def _refuse(name: str, definition: Definition) -> NoReturn:
    raise SchemaDefinitionError(
        escape(
            f"a type would be called [{name}], as the client is: that of [{definition.way}]; "
            "give the schema another id, or another variable"
        )
    )


def _candidates(wanted: str, own: str) -> Iterator[str]:
    """Names for a type: as *wanted*, or its *own*, or that with a number."""
    yield from (wanted, own)
    number = 2
    while True:
        yield f"{own}{number}"
        number += 1
