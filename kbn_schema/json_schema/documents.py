"""This module makes whole documents, and names the schemas in them."""

import re
from collections import deque
from collections.abc import Callable, Container, Mapping
from typing import Any, Final

from kbn_schema.json_schema.naming import names_of
from kbn_schema.json_schema.presence import Presence
from kbn_schema.json_schema.survey import apart
from kbn_schema.json_schema.words import JsonSchema, Words
from kbn_schema.json_schema.writer import Definition, Place, SchemaWriter
from kbn_schema.kinds.options import Dialect, Side
from kbn_schema.makers import Makers

DIALECT_OF_JSON_SCHEMA: Final = "https://json-schema.org/draft/2020-12/schema"
# Schemas in one document, counted wherever they stand.
MAX_SIZE: Final = 20_000


def document(schema: Any, side: Side = "input", dialect: Dialect = "2020-12") -> JsonSchema:
    """Return the JSON Schema of *schema*, with all that it refers to in ``$defs`` or ``components``.

    For *side* and *dialect* see `Schema.json_schema`, which checks them.

    Raises:
        SchemaDefinitionError: A `lazy` in there leads nowhere.
    """
    definitions = Definitions(dialect)
    root = definitions.add(schema, side)
    named = definitions.finish()
    if dialect == "2020-12":
        return {"$schema": DIALECT_OF_JSON_SCHEMA, **root, **({"$defs": named} if named else {})}
    return {**root, **({"components": {"schemas": named}} if named else {})}


class Definitions:
    """The named schemas of one document: what its ``$ref`` lead to.

    Equal contents of one name are one definition; others of that name are numbered, and so are those
    whose name is *taken*. With *remarks*, readers are told what JSON Schema cannot say. The *dialect* is
    ``"2020-12"``, ``"openapi-3.1"`` or ``"openapi-3.0"``, and a *side* is ``"input"`` or ``"output"``.
    """

    def __init__(self, dialect: Dialect, taken: Container[str] = (), remarks: bool = False) -> None:
        self.dialect: Dialect = dialect
        self.remarks = remarks
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
        """Return what there is to say of a *side* of *schema*; its references are right once all is finished.

        Raises:
            SchemaDefinitionError: A `lazy` in there leads nowhere.
        """
        return self._writer(schema, side).schema(schema)

    def add_inline(self, schema: Any, side: Side) -> JsonSchema:
        """Return the same of *schema*, and no reference to it, whatever its id."""
        return self._writer(schema, side).content(schema)

    def may_be_absent(self, schema: Any, side: Side) -> bool:
        """Return whether *schema* takes a missing value; of outputs, whether it may yield none."""
        return self._presence[side].may_be_absent(schema)

    def once(self, make: Callable[[], Any], made: Any) -> Any:
        """Return what *make* was the first to make; now it *made* this, see `Makers`.

        Raises:
            SchemaDefinitionError: There is no end of such callables.
        """
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
        """Return the definitions by name, in the order they were met; all references are right now.

        Raises:
            SchemaDefinitionError: A `lazy` in there leads nowhere.
        """
        self.complete()
        names = names_of(self._found, self._taken)
        for definition in (self._roots, *self._found):
            for holder, key in definition.slots:
                holder[key] = self._prefix + names[holder[key]]
        return {name: definition.content for name, definition in zip(names, self._found, strict=True)}

    def number(self, schema: Any, place: Place, named: Mapping[str, Any], name: str | None) -> int:
        """Return the number of the definition of *schema*, the first of which is 0; made if there is none.

        Args:
            schema: The schema that is defined.
            place: What is inherited on the way down: at another place, it is another definition.
            named: The schemas around it that have an id.
            name: What it is called where it has no id; the first that is given counts.
        """
        key = (schema, place)
        if key not in self._numbers:
            self._numbers[key] = len(self._found)
            definition = Definition(_component_name(schema.id or name or schema.title or schema.combinator))
            self._found.append(definition)
            self._waiting.append((definition, schema, place, named))
        number = self._numbers[key]
        if name is not None and self._found[number].name == schema.combinator:
            self._found[number].name = _component_name(schema.id or name)
        return number

    def is_apart(self, schema: Any) -> bool:
        """Whether *schema* has a definition of its own wherever it stands."""
        return schema.id is not None or schema in self._apart

    def _writer(self, schema: Any, side: Side) -> "SchemaWriter":
        if schema not in self._surveyed:
            self._surveyed.add(schema)
            self._apart |= apart(schema, self._makers, MAX_SIZE)
        return SchemaWriter(self, self._roots, Place(side), {})


def _component_name(text: str) -> str:
    return _NO_NAME.sub("_", text) or "_"


_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._-]+")
