"""This module says in words what a JSON Schema asks for."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from kbn_schema.json_schema import JsonSchema
from kbn_schema.json_schema.remarks import QUANTITIES, bounds_of
from kbn_schema.kinds import byte_size, duration
from kbn_schema.openapi.page.html import Markup, code, element, join, json_text

MAX_LISTED: Final = 12
MAX_EXAMPLE: Final = 60


def facts(schema: JsonSchema, examples: bool = True) -> list[Markup]:
    """Return what *schema* says beside its type and what is inside of it; *examples*: short ones, too."""
    quantity = quantity_of(schema)
    found = [
        *(_number(schema) if quantity is None else _quantity(quantity, schema)),
        *_counted(schema, "minLength", "maxLength", "character"),
        *_counted(schema, "minItems", "maxItems", "item"),
        *_counted(schema, "minProperties", "maxProperties", "key"),
    ]
    is_text = schema.get("type") == "string"
    found += [join("one of ", listed(schema["enum"], is_text))] if schema.get("enum") else []
    told = _SAYINGS.keys() - ({"pattern"} if quantity else ())
    found += [say(schema[key]) for key, say in _SAYINGS.items() if key in schema and key in told]
    found += [_examples(schema)] if examples else []
    found += [join("default ", listed([schema["default"]], is_text))] if "default" in schema else []
    for key, value in schema.items():
        if key not in _KNOWN:
            found.append(join(f"{key} ", code(json_text(value))))
    return [fact for fact in found if fact]


def quantity_of(schema: JsonSchema) -> str | None:
    """Return ``"duration"`` or ``"byte_size"`` where *schema* is of such; else None."""
    return _SPELLED.get(str(schema.get("pattern")))


def is_ours(description: str) -> bool:
    """Return whether *description* says of a quantity what the page says anyhow."""
    return description.startswith(tuple(f"{what} {spelling}" for what, spelling in QUANTITIES.values()))


def is_plain(schema: JsonSchema) -> bool:
    """Whether there is nothing to say of *schema* but its type."""
    return schema.keys() <= {"type", "format", "const", "$ref", "contentMediaType"}


def listed(values: list[Any], texts: bool = False) -> Markup:
    """Return *values* as code, one after the other; folded where they are many.

    *texts* says that all of them are: so nothing is lost without the quotes of most.
    """
    shown = [code(value if texts and _is_clear(value) else json_text(value)) for value in values]
    if len(shown) <= MAX_LISTED:
        return join(*shown, by=", ")
    few = join(*shown[:MAX_LISTED], by=", ")
    rest = join(*shown[MAX_LISTED:], by=", ")
    more = element("summary", f"and {len(shown) - MAX_LISTED} more")
    return join(few, " ", element("details", more, rest, class_="more"))


def _is_clear(value: Any) -> bool:
    return isinstance(value, str) and value == value.strip() != ""


def _number(schema: JsonSchema) -> list[Markup]:
    # What a number of JSON may be anyhow says nothing of this one.
    least, most = [None if bound in _OF_ALL else bound for bound in map(schema.get, ("minimum", "maximum"))]
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    found = [_range(least, most)] if least is not None or most is not None else []
    found += [join("above ", number(above))] if above is not None else []
    return found + ([join("below ", number(below))] if below is not None else [])


def _quantity(kind: str, schema: JsonSchema) -> list[Markup]:
    _, spelling = QUANTITIES[kind]
    return [join(bounds_of(kind, schema)), join(spelling)]


def _range(least: Any, most: Any) -> Markup:
    if least is None:
        return join("at most ", number(most))
    if most is None:
        return join("at least ", number(least))
    return join(number(least), " to ", number(most)) if least != most else join("exactly ", number(least))


def _counted(schema: JsonSchema, lower: str, upper: str, what: str) -> list[Markup]:
    least, most = schema.get(lower), schema.get(upper)
    if not least and most is None:
        return []
    last = most if most is not None else least
    return [join(_range(least or None, most), f" {what}{'' if last == 1 else 's'}")]


def number(value: Any) -> str:
    """Return *value* with its thousands apart."""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else json_text(value)


def _others(value: Any) -> Markup:
    # A schema for other keys has a line of its own.
    said = "no other keys" if value is False else "other keys too" if value in (True, {}) else ""
    return join(said)


def _examples(schema: JsonSchema) -> Markup:
    given = schema.get("examples")
    values = given if isinstance(given, list) else [schema["example"]] if "example" in schema else []
    short = [value for value in values if len(json_text(value)) <= MAX_EXAMPLE]
    return join("for example ", listed(short, schema.get("type") == "string")) if short else join()


def _key_names(schema: Any) -> Markup:
    if not isinstance(schema, Mapping):
        return join("keys ", code(json_text(schema)))
    said = facts(dict(schema))
    return join("keys: ", join(*said, by=", ")) if said else join()


_SAYINGS: Final[Mapping[str, Callable[[Any], Markup]]] = {
    "multipleOf": lambda value: join("a multiple of ", number(value)),
    "uniqueItems": lambda value: join("no item twice" if value else ""),
    "pattern": lambda value: join("matches ", code(str(value))),
    "additionalProperties": _others,
    "unevaluatedProperties": _others,
    "propertyNames": _key_names,
    "readOnly": lambda value: join("only in answers" if value else ""),
    "writeOnly": lambda value: join("only in requests" if value else ""),
}
# What stands in the line of a schema, under it, or inside of it.
_ELSEWHERE: Final = {
    "$ref", "default", "example", "examples", "enum", "type", "format", "const", "title", "description",
    "deprecated", "contentMediaType", "properties", "required", "items", "prefixItems", "anyOf", "oneOf",
    "allOf", "discriminator", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength",
    "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
}  # fmt: skip
_SPELLED: Final = {duration.SPELLED: "duration", byte_size.SPELLED: "byte_size"}
_OF_ALL: Final = (-(2**53) + 1, 2**53 - 1)
_KNOWN: Final = frozenset({*_SAYINGS, *_ELSEWHERE})
