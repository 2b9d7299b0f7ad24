"""This module makes whole documents, and names the schemas in them."""

import json
import re
from collections import deque
from collections.abc import Callable, Container, Mapping
from typing import Any, Final

from kbn_schema.json_schema.presence import Presence
from kbn_schema.json_schema.words import JsonSchema, Words
from kbn_schema.json_schema.writer import Definition, Place, SchemaWriter
from kbn_schema.kinds.options import Dialect, Side
from kbn_schema.makers import Makers

DIALECT_OF_JSON_SCHEMA: Final = "https://json-schema.org/draft/2020-12/schema"
# Schemas in one document, counted wherever they stand.
MAX_SIZE: Final = 20_000


def document(schema: Any, side: Side = "input", dialect: Dialect = "2020-12") -> JsonSchema:
    """Return the JSON Schema of *schema*, with all that it refers to in ``$defs`` or ``components``."""
    definitions = Definitions(dialect)
    root = definitions.add(schema, side)
    named = definitions.finish()
    if dialect == "2020-12":
        return {"$schema": DIALECT_OF_JSON_SCHEMA, **root, **({"$defs": named} if named else {})}
    return {**root, **({"components": {"schemas": named}} if named else {})}


class Definitions:
    """The named schemas of one document: what its ``$ref`` lead to.

    Equal contents of one name are one definition; others of that name are numbered, and so are those
    whose name is *taken*.
    """

    def __init__(self, dialect: Dialect, taken: Container[str] = ()) -> None:
        self.dialect: Dialect = dialect
        self._taken = taken
        self._prefix = "#/$defs/" if dialect == "2020-12" else "#/components/schemas/"
        self._numbers: dict[tuple[Any, Place], int] = {}
        self._found: list[Definition] = []
        self._waiting: deque[tuple[Definition, Any, Place, Mapping[str, Any]]] = deque()
        self._surveyed: set[Any] = set()
        self._apart: set[Any] = set()
        self._makers = Makers()
        self._presence: dict[Side, Presence] = {
            "input": Presence(True, self._makers),
            "output": Presence(False, self._makers),
        }
        self._roots = Definition("")

    def add(self, schema: Any, side: Side) -> JsonSchema:
        """Return what there is to say of *schema*; its references are right once all is finished."""
        return self._writer(schema, side).schema(schema)

    def add_inline(self, schema: Any, side: Side) -> JsonSchema:
        """Return the same, and no reference to it, whatever its id."""
        return self._writer(schema, side).content(schema)

    def may_be_absent(self, schema: Any, side: Side) -> bool:
        """Return whether *schema* takes a missing value; of outputs, whether it may yield none."""
        return self._presence[side].may_be_absent(schema)

    def once(self, make: Callable[[], Any], made: Any) -> Any:
        """Return what *make* was the first to make, see `Makers`."""
        return self._makers.once(make, made)

    def handed_on(self, schema: Any) -> tuple[Any, ...]:
        """Return what *schema* hands its value on to; of what is made anew at each call, the first."""
        return self._makers.handed_on(schema)

    def binary(self) -> JsonSchema:
        """Return the schema of bytes, which JSON has not."""
        return Words(self.dialect).binary()

    def complete(self) -> None:
        """Describe all that has been referred to.

        Raises:
            SchemaDefinitionError: A `lazy` in there leads nowhere.
        """
        while self._waiting:
            definition, schema, place, named = self._waiting.popleft()
            definition.content = SchemaWriter(self, definition, place, named).content(schema)

    def finish(self) -> dict[str, JsonSchema]:
        """Return the definitions by name, in the order they were met; all references are right now."""
        self.complete()
        names = self._names()
        for definition in (self._roots, *self._found):
            for holder, key in definition.slots:
                holder[key] = self._prefix + names[holder[key]]
        return {name: definition.content for name, definition in zip(names, self._found, strict=True)}

    def number(self, schema: Any, place: Place, named: Mapping[str, Any], name: str | None) -> int:
        """Return the number of the definition of *schema*, made if there is none.

        *name* is what it is called where it has no id; the first that is given counts.
        """
        key = (schema, place)
        if key not in self._numbers:
            self._numbers[key] = len(self._found)
            definition = Definition(schema.id or name or schema.title or schema.combinator)
            self._found.append(definition)
            self._waiting.append((definition, schema, place, named))
        number = self._numbers[key]
        if name is not None and self._found[number].name == schema.combinator:
            self._found[number].name = schema.id or name
        return number

    def is_apart(self, schema: Any) -> bool:
        """Whether *schema* has a definition of its own wherever it stands."""
        return schema.id is not None or schema in self._apart

    def _writer(self, schema: Any, side: Side) -> "SchemaWriter":
        if schema not in self._surveyed:
            self._surveyed.add(schema)
            self._apart |= _apart(schema, self._makers)
        return SchemaWriter(self, self._roots, Place(side), {})

    def _names(self) -> list[str]:
        """The name of each definition; those that say the same under one name share it."""
        groups = self._groups()
        names: dict[Any, str] = {}
        given: set[str] = set()
        counts: dict[str, int] = {}
        for definition, group in zip(self._found, groups, strict=True):
            if group not in names:
                name = _component_name(definition.name)
                names[group] = _numbered(name, counts, self._taken, given)
                given.add(names[group])
        return [names[group] for group in groups]

    def _groups(self) -> list[Any]:
        """What is the same for two definitions where they say the same, as deep as they refer to others."""
        groups: list[Any] = []
        for definition in self._found:
            numbers = [holder[key] for holder, key in definition.slots]
            for holder, key in definition.slots:
                holder[key] = None
            groups.append((_component_name(definition.name), json.dumps(definition.content)))
            for (holder, key), number in zip(definition.slots, numbers, strict=True):
                holder[key] = number
        # They are told apart by what they refer to, until that tells no more of them apart.
        while True:
            finer = [
                (group, *(groups[holder[key]] for holder, key in definition.slots))
                for group, definition in zip(groups, self._found, strict=True)
            ]
            if len(set(finer)) == len(set(groups)):
                return groups
            known = {group: index for index, group in enumerate(dict.fromkeys(finer))}
            groups = [known[group] for group in finer]


def unused(name: str, *taken: Container[str]) -> str:
    """Return *name*, or that with the first number from 2 on that is not *taken*."""
    return _numbered(name, {}, *taken)


def _numbered(name: str, counts: dict[str, int], *taken: Container[str]) -> str:
    """The same; *counts* are the numbers that were reached, by name."""
    count = counts.get(name, 1)
    numbered = name if count == 1 else f"{name}-{count}"
    while any(numbered in names for names in taken):
        count += 1
        numbered = f"{name}-{count}"
    counts[name] = count
    return numbered


def _component_name(text: str) -> str:
    return _NO_NAME.sub("_", text) or "_"


def _apart(schema: Any, makers: Makers) -> set[Any]:
    """The schemas in and behind *schema* that need definitions: those that a `lazy` stands for.

    Where much is shared, what is met twice does too, else the document might never end.
    """
    beyond: set[Any] = set()
    shared: set[Any] = set()
    sizes: dict[Any, int] = {}
    waiting = [(schema, False)]
    while waiting:
        current, is_done = waiting.pop()
        inside = current.children()
        if is_done:
            sizes[current] = min(1 + sum([sizes[child] for child in inside]), MAX_SIZE + 1)
        elif current in sizes:
            shared.add(current)
        else:
            sizes[current] = 1  # until it is done
            others = set(makers.handed_on(current)).difference(inside)
            beyond.update(others)
            waiting.append((current, True))
            waiting.extend((child, False) for child in (*inside, *others))
    return beyond if max(sizes.values()) <= MAX_SIZE else beyond | {one for one in shared if one.children()}


_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._-]+")
