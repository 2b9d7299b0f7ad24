"""This module says in JSON Schema, or in OpenAPI's forms of it, what kinds have to say."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from kbn_schema.json_schema.ecma import ecma_pattern
from kbn_schema.json_schema.values import is_text, plain
from kbn_schema.kinds.options import Dialect
from kbn_schema.missing import MISSING

JsonSchema = dict[str, Any]

COERCED_OBJECT: Final = r"^[ \t\n\r]*\{[\s\S]*\}[ \t\n\r]*$"
COERCED_ARRAY: Final = r"^[ \t\n\r]*\[[\s\S]*\][ \t\n\r]*$"


class Words:
    """The words of one dialect. What the methods return is new each time, and may be changed.

    *keywords* are those of JSON Schema, such as ``maxLength=5``.

    Args:
        dialect: ``"2020-12"``, ``"openapi-3.1"`` or ``"openapi-3.0"``.
        coerces: Whether texts are told that stand for something else, such as ``"5"`` for a number.
        texts: Whether only texts come, as for the keys of a record.
    """

    def __init__(self, dialect: Dialect, coerces: bool = False, texts: bool = False) -> None:
        self.dialect: Dialect = dialect
        self.coerces = coerces
        self.texts = texts

    @property
    def is_exact(self) -> bool:
        """Whether the document may be as exact as JSON Schema allows; Kibana's form says less."""
        return self.dialect != "openapi-3.0"

    def anything(self) -> JsonSchema:
        """Return the schema of any value."""
        return {} if self.is_exact else {"nullable": True}

    def nothing(self) -> JsonSchema:
        """Return the schema that no value fits."""
        return {"not": {}}

    def typed(self, kind: str, coerced: str | None = None, **keywords: Any) -> JsonSchema:
        """Return a schema of the type *kind*; texts that *coerced* matches stand for such values."""
        if coerced is None or not self.coerces:
            return {"type": kind, **keywords}
        if self.texts:
            return {"type": "string", "pattern": coerced}
        return {"type": [kind, "string"], **keywords, "pattern": coerced}

    def container(self, kind: str, **keywords: Any) -> JsonSchema:
        """Return a schema of the type *kind*, ``object`` or ``array``, whose JSON text is taken, too.

        Props that JSON cannot name are left out.
        """
        if "properties" in keywords:
            keywords["properties"] = {
                name: told for name, told in keywords["properties"].items() if is_text(name)
            }
        if "required" in keywords:
            keywords["required"] = list(filter(is_text, keywords["required"]))
        coerced = COERCED_OBJECT if kind == "object" else COERCED_ARRAY
        described = self.typed(kind, coerced, **keywords)
        return {**described, "contentMediaType": "application/json"} if "pattern" in described else described

    def text(self, **keywords: Any) -> JsonSchema:
        """Return a schema of texts with *keywords*; one of None is left out."""
        return {"type": "string", **{key: value for key, value in keywords.items() if value is not None}}

    def can_say(self, *texts: str) -> bool:
        """Return whether JSON can say all *texts*, such as the names of props."""
        return all(map(is_text, texts))

    def sizes(self, **keywords: int | None) -> JsonSchema:
        """Return the *keywords* for sizes; one of None, or of too many digits for JSON, is left out."""
        told = {key: plain(size) for key, size in keywords.items() if size is not None}
        return {key: size for key, size in told.items() if size is not MISSING}

    def binary(self) -> JsonSchema:
        """Return the schema of bytes, which JSON has not."""
        if self.dialect == "openapi-3.0":
            return {"type": "string", "format": "binary"}
        return {"type": "string", "contentMediaType": "application/octet-stream"}

    def quantity(self, spelled: str, bounds: JsonSchema) -> JsonSchema:
        """Return the schema of a whole number within *bounds*, or of a text that *spelled* matches."""
        if self.texts:
            return self.text(pattern=spelled)
        if not self.is_exact:  # in Kibana's form
            return {"anyOf": [{"type": "string"}, {"type": "number", **bounds}]}
        return {"type": ["string", "integer"], "pattern": spelled, **bounds}

    def pattern(self, pattern: re.Pattern[str] | None) -> str | None:
        """Return *pattern* in the spelling of JSON Schema, where it has one."""
        return None if pattern is None else ecma_pattern(pattern)

    def bounds(
        self,
        least: float | None,
        most: float | None,
        above: float | None = None,
        below: float | None = None,
        multiple_of: float | None = None,
    ) -> JsonSchema:
        """Return the keywords for bounds of a number; one of None, or that JSON cannot write, is left out.

        Args:
            least: The smallest value, inclusive.
            most: The largest value, inclusive.
            above: A value that numbers have to be greater than.
            below: A value that numbers have to be lower than.
            multiple_of: A value that they have to be a multiple of.
        """
        if least is not None and above is not None:
            least, above = (None, above) if above >= least else (least, None)
        if most is not None and below is not None:
            most, below = (None, below) if below <= most else (most, None)
        keywords = {
            "minimum": least, "exclusiveMinimum": above, "maximum": most, "exclusiveMaximum": below,
            "multipleOf": multiple_of,
        }  # fmt: skip
        if not self.is_exact:  # there, those are flags
            for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
                if keywords[exclusive] is not None:
                    keywords[bound], keywords[exclusive] = keywords[exclusive], True
        told = {key: plain(value) for key, value in keywords.items()}
        return {key: value for key, value in told.items() if value is not None and value is not MISSING}

    def constant(self, value: Any) -> JsonSchema:
        """Return the schema of one scalar, *value*: text, a number, True, False or None."""
        return self.constants([value])

    def constants(self, values: Iterable[Any]) -> JsonSchema:
        """Return the schema of a few scalars, *values*, or of any value if JSON cannot write one of them."""
        listed = [plain(value) for value in values]
        if MISSING in listed:  # it cannot be written, as an integer of 5,000 digits
            return self.anything()
        kinds = list(dict.fromkeys(_type_of(value) for value in listed if value is not None))
        if not kinds:
            return {"type": "null"} if self.is_exact else {"nullable": True, "enum": [None]}
        if set(kinds) == {"integer", "number"}:
            kinds = ["number"]
        typed = {"type": kinds[0]} if len(kinds) == 1 else {}
        if None in listed:
            return self.nullable({**typed, "enum": listed})
        return (
            {**typed, "const": listed[0]} if self.is_exact and len(listed) == 1 else {**typed, "enum": listed}
        )

    def nullable(self, schema: JsonSchema) -> JsonSchema:
        """Return *schema*, with null besides."""
        if not self.is_exact:
            return _nullable_30(schema)
        if _takes_null(schema):
            return schema
        if schema == {"not": {}}:
            return {"type": "null"}
        if not schema.keys() & _OF_NULL_TOO:
            return {**schema, "type": [*_types(schema), "null"]}
        if set(schema) == {"type", "enum"}:
            return {"type": [*_types(schema), "null"], "enum": _with_null(schema["enum"])}
        if set(schema) == {"type", "const"}:
            return {"type": [*_types(schema), "null"], "enum": [schema["const"], None]}
        if set(schema) == {"anyOf"}:
            return {"anyOf": [*schema["anyOf"], {"type": "null"}]}
        return {"anyOf": [schema, {"type": "null"}]}

    def any_of(self, schemas: Iterable[JsonSchema]) -> JsonSchema:
        """Return the schema of what fits one of *schemas*."""
        choices, has_null = self._choices(schemas)
        if not choices:
            return self.constant(None) if has_null else self.nothing()
        if self.anything() in choices:
            return self.anything()
        merged = _one_enum(choices) or (choices[0] if len(choices) == 1 else {"anyOf": choices})
        return self.nullable(merged) if has_null else merged

    def _choices(self, schemas: Iterable[JsonSchema]) -> tuple[list[JsonSchema], bool]:
        """The different ones of *schemas* but null, and whether that is among them."""
        choices: dict[str, JsonSchema] = {}  # by their text: to Python, 1 and True are the same
        has_null = False
        null, nothing = self.constant(None), self.nothing()
        for schema in schemas:
            is_union = set(schema) - {"nullable"} == {"anyOf"}
            has_null = has_null or (is_union and "nullable" in schema)
            for choice in schema["anyOf"] if is_union else [schema]:
                if choice == null:
                    has_null = True
                elif choice != nothing:
                    choices.setdefault(json.dumps(choice), choice)
        return list(choices.values()), has_null


def _type_of(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return "integer"
    return _TYPES[type(value)]


def _types(schema: JsonSchema) -> list[str]:
    types = schema["type"]
    return types if isinstance(types, list) else [types]


def _takes_null(schema: JsonSchema) -> bool:
    if "enum" in schema and "type" not in schema:
        return None in schema["enum"]
    if "anyOf" in schema:
        return {"type": "null"} in schema["anyOf"]
    return not schema.keys() & {"type", *_OF_NULL_TOO} or "null" in _types({"type": [], **schema})


def _with_null(values: list[Any]) -> list[Any]:
    return values if None in values else [*values, None]


def _nullable_30(schema: JsonSchema) -> JsonSchema:
    if schema == {"not": {}}:
        return {"nullable": True, "enum": [None]}
    if "enum" in schema:  # OpenAPI 3.0.3 has null only where it is listed, too
        return {**schema, "enum": _with_null(schema["enum"]), "nullable": True}
    return {"nullable": True, "allOf": [schema]} if "$ref" in schema else {**schema, "nullable": True}


def _one_enum(choices: list[JsonSchema]) -> JsonSchema | None:
    """One list of values, where *choices* are nothing but values of one type."""
    values: list[Any] = []
    for choice in choices:
        if choice.get("type") != choices[0].get("type") or len(choices) < _FEW:
            return None
        if set(choice) == {"type", "enum"}:
            values.extend(choice["enum"])
        elif set(choice) == {"type", "const"}:
            values.append(choice["const"])
        else:
            return None
    return {"type": choices[0]["type"], "enum": list(dict.fromkeys(values))}


_FEW: Final = 2
_TYPES: Final = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
# The keywords that null may fail beside `type`.
_OF_NULL_TOO: Final = frozenset({"$ref", "allOf", "anyOf", "const", "enum", "not", "oneOf"})
