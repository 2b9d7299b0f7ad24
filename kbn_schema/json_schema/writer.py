"""This module is what a kind says itself with, at one place in one document."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import attrs

from kbn_schema.json_schema.remarks import remark_of
from kbn_schema.json_schema.values import extensions, plain, told_default
from kbn_schema.json_schema.words import JsonSchema, Words
from kbn_schema.kinds.definition import speaks
from kbn_schema.kinds.options import Dialect, Side, Unknowns
from kbn_schema.missing import MISSING

# What is nested deeper gets a name, and is written apart: so nothing recurses without end, neither we
# nor those who read the document.
MAX_LEVELS: Final = 50
# Characters of the description of keys: JSON text in JSON text in JSON text is long.
MAX_TOLD: Final = 1000


@attrs.frozen
class Place:
    """What is inherited on the way down to a schema."""

    side: Side
    strip: bool = False
    """Whether objects that state no `unknowns` drop them."""
    texts: bool = False
    """Whether only texts come, as for the keys of a record."""


@attrs.define(eq=False)
class Definition:
    """One named schema of a document."""

    name: str
    content: JsonSchema = attrs.field(factory=dict[str, Any])
    slots: list[tuple[dict[str, Any], str]] = attrs.field(factory=list[tuple[dict[str, Any], str]])
    """Where the content refers to others: by their numbers, until all names are known."""


class Named(Protocol):
    """What is asked of the definitions of a document."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def remarks(self) -> bool: ...

    def number(self, schema: Any, place: Place, named: Mapping[str, Any], name: str | None) -> int: ...

    def is_apart(self, schema: Any) -> bool: ...

    def may_be_absent(self, schema: Any, side: Side) -> bool: ...

    def once(self, make: Callable[[], Any], made: Any) -> Any: ...


class SchemaWriter(Words):
    """What a kind says itself with: see `Schema.describe`.

    Args:
        definitions: All schemas of the document that have names.
        definition: The one that is written, whose references are made right in the end.
        place: What is inherited on the way down, among it the side.
        named: The schemas around this place that have an id.
        depth: How many levels down in it this place is.
    """

    def __init__(
        self,
        definitions: Named,
        definition: Definition,
        place: Place,
        named: Mapping[str, Any],
        depth: int = 0,
    ) -> None:
        self.is_input: bool = place.side == "input"
        """Whether what `validate` accepts is written, and not what it yields."""
        coerces = place.texts or (self.is_input and definitions.dialect == "2020-12")
        super().__init__(definitions.dialect, coerces, place.texts)
        self.named = named
        """The schemas around this place that have an id."""
        self._definitions = definitions
        self._definition = definition
        self._place = place
        self._depth = depth

    def schema(self, schema: Any, *, default: bool = True) -> JsonSchema:
        """Return what is to be said of *schema*, which stands inside; without its *default*, if so told."""
        if self._definitions.is_apart(schema) or (self._depth >= MAX_LEVELS and schema.children()):
            return self.reference(schema)
        content = self.content(schema)
        if not default:
            content.pop("default", None)
        return content

    def content(self, schema: Any) -> JsonSchema:
        """Return what is to be said of *schema* itself, whatever its id."""
        described = (
            schema.describe(self._inside(schema)) if speaks(type(schema), "describe") else self.anything()
        )
        return self._annotated(schema, described)

    def reference(self, schema: Any, name: str | None = None) -> JsonSchema:
        """Return a ``$ref`` to *schema*, which is called *name* where it has no id."""
        if self.texts and not self.is_exact:
            return self.text()  # OpenAPI 3.0 has but a description of keys, and nothing leads on from there
        number = self._definitions.number(schema, self._place, self.named, name)
        reference: JsonSchema = {"$ref": number}
        self._definition.slots.append((reference, "$ref"))
        return reference

    def once(self, make: Callable[[], Any], made: Any) -> Any:
        """Return what *make* was the first to make; now it *made* this, which may have itself inside.

        Raises:
            SchemaDefinitionError: There is no end of such callables.
        """
        return self._definitions.once(make, made)

    def mapping(self, references: Mapping[str, JsonSchema]) -> dict[str, Any]:
        """Return where *references* lead, by the same keys."""
        mapping = {key: told["$ref"] for key, told in references.items() if "$ref" in told}
        self._definition.slots.extend((mapping, key) for key in mapping)
        return mapping

    def within(self, unknowns: Unknowns | None) -> "SchemaWriter":
        """Return the writer for what is inside of a container that states *unknowns*."""
        if unknowns is None or self._place.strip == (unknowns == "ignore"):
            return self
        place = attrs.evolve(self._place, strip=unknowns == "ignore")
        return SchemaWriter(self._definitions, self._definition, place, self.named, self._depth)

    def keys(self, schema: Any) -> JsonSchema:
        """Return what is to be said of the keys that *schema* takes: of texts."""
        place = attrs.evolve(self._place, side="input", texts=True)
        writer = SchemaWriter(self._definitions, self._definition, place, self.named, self._depth)
        # What is no union may have an id: keys that are listed become properties.
        return writer.schema(schema) if schema.children() else writer.content(schema)

    def drops_unknown(self, unknowns: Unknowns | None) -> bool:
        """Whether an object that states *unknowns* drops keys that it does not know."""
        return self._place.strip if unknowns is None else unknowns == "ignore"

    def may_be_absent(self, schema: Any) -> bool:
        """Return whether *schema* takes a missing value; of outputs, whether it may yield none."""
        return self._definitions.may_be_absent(schema, self._place.side)

    def _inside(self, schema: Any) -> "SchemaWriter":
        named = self.named if schema.id is None else {**self.named, schema.id: schema}
        return SchemaWriter(self._definitions, self._definition, self._place, named, self._depth + 1)

    def but(self, reference: JsonSchema, **keywords: Any) -> JsonSchema:
        """Return the schema of what fits *reference*, which may be changed for it, and *keywords*, too."""
        if not self.is_exact:
            return {"allOf": [reference, keywords]}  # whatever stands beside a reference is ignored there
        reference.update(keywords)  # in place, for it is known where it is
        return reference

    def entries(self, key: Any, make_value: Callable[[], JsonSchema]) -> JsonSchema:
        """Return the schema of objects whose keys fit the schema *key*, with values as *make_value* says."""
        keys = self.keys(key)
        if keys == self.nothing():
            return self.container("object", additionalProperties=False)
        names = _listed(keys)
        if names is not None:
            properties = {name: make_value() for name in names}
            return self.container("object", properties=properties, additionalProperties=False)
        described = self.container("object", additionalProperties=make_value())
        if keys in ({"type": "string"}, self.anything()):
            return described
        if self.is_exact:
            return {**described, "propertyNames": keys}
        told = f"Each key fits {json.dumps(keys, ensure_ascii=False)}."
        return described if len(told) > MAX_TOLD else {**described, "description": told}

    def _annotated(self, schema: Any, described: JsonSchema) -> JsonSchema:
        title = schema.title if schema.title is not None else schema.id
        told = {"title": title, "description": self._description(schema, described)}
        before = {key: plain(text) for key, text in told.items() if text is not None}
        before = {key: text for key, text in before.items() if text is not MISSING}
        after = self._remarks(schema)
        if not before and not after:
            return described
        if "$ref" in described and self.is_exact:
            return self.but(described, **before, **after)
        if "$ref" in described:
            described = {"allOf": [described]}
        if "description" in before and "description" in described:
            described = {
                **described,
                "description": f"{before.pop('description')}\n\n{described['description']}",
            }
        return {**before, **described, **before, **after}

    def _description(self, schema: Any, described: JsonSchema) -> Any:
        # Kibana's form stays as it is; texts are keys, which have a description of their own.
        is_told = self._definitions.remarks and self.is_exact and self.is_input and not self.texts
        is_ours = is_told and schema.description is None
        return remark_of(schema, described) if is_ours else schema.description

    def _remarks(self, schema: Any) -> JsonSchema:
        remarks: JsonSchema = {}
        default = told_default(schema)
        if default is not MISSING:
            remarks["default"] = default
        if schema.deprecated:
            remarks["deprecated"] = True
        examples = [told for example in schema.examples if (told := plain(example)) is not MISSING]
        if examples:
            remarks |= {"examples": examples} if self.is_exact else {"example": examples[0]}
        return remarks | extensions(schema.meta) if schema.meta else remarks


def _listed(keys: JsonSchema) -> list[str] | None:
    """The keys where there are only a few, which are listed; else None."""
    if not keys.keys() & {"const", "enum"}:
        return None
    return [key for key in keys.get("enum", [keys.get("const")]) if isinstance(key, str)]
