"""This module makes values that fit a JSON Schema, where its author gives none."""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

from kbn_schema.json_schema import JsonSchema
from kbn_schema.openapi.page.patterns import text_for
from kbn_schema.openapi.page.trees import PREFIX


class NoExample(Exception):
    """No value is known that fits."""


@attrs.frozen
class Example:
    """A value to show, and whether we made it."""

    value: Any
    is_made: bool
    name: str = ""


@attrs.frozen
class Examples:
    """Makes examples for schemas that refer to the *named* ones; *whole*: with what may be left out."""

    named: Mapping[str, JsonSchema]
    whole: bool = False

    def of(self, schema: JsonSchema) -> Example | None:
        """Return the author's example of *schema*, or else one that is made; None where there is none."""
        given = _given(schema, self.named)
        if given:
            return Example(given[0], False)
        try:
            return Example(_Maker(self.named, self.whole).value(schema, ()), True)
        except (NoExample, RecursionError):
            return None

    def files(self, schema: JsonSchema) -> frozenset[str]:
        """Return the fields of *schema*, a form, that are files."""
        held = _held(schema, self.named)
        fields = [field for one in held for field in one.get("properties", {}).items()]
        return frozenset(name for name, inner in fields if any(map(is_binary, _held(inner, self.named))))


def is_binary(schema: JsonSchema) -> bool:
    """Return whether *schema* is of bytes."""
    return schema.get("contentMediaType") == "application/octet-stream" or schema.get("format") == "binary"


def _held(schema: Any, named: Mapping[str, JsonSchema]) -> list[JsonSchema]:
    """What *schema* may be: itself, what it refers to, its choices, the items of a list."""
    found: list[JsonSchema] = []
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict) or any(one is other for other in found):
            continue
        found.append(one)
        waiting += [choice for key in ("allOf", "anyOf", "oneOf") for choice in one.get(key, ())]
        waiting += [one.get("items"), named.get(str(one.get("$ref")).removeprefix(PREFIX))]
    return found


class _Maker:
    """Makes one value; *left* is how many parts it may still have."""

    def __init__(self, named: Mapping[str, JsonSchema], whole: bool) -> None:
        self.named = named
        self.whole = whole
        self.left = MAX_PARTS

    def value(self, schema: Any, inside: tuple[str, ...]) -> Any:
        """Return a value for *schema*, *inside* of the named schemas that are being made."""
        if not isinstance(schema, dict):
            if schema is True:
                return {}
            raise NoExample
        self.left -= 1
        if self.left < -MAX_PARTS:
            raise NoExample
        given = _given(schema, {})
        if given:
            return given[0]
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return schema["enum"][0]
        if schema.get("not") == {}:
            raise NoExample
        is_merged = any(schema.get(key) for key in ("$ref", "allOf", "anyOf", "oneOf"))
        return self._merged(schema, inside) if is_merged else self._by_type(schema, inside)

    def _merged(self, schema: JsonSchema, inside: tuple[str, ...]) -> Any:
        """The value of a schema that is made of others."""
        base = {key: value for key, value in schema.items() if key not in _MADE_OF}
        if "$ref" in schema:
            name = str(schema["$ref"]).removeprefix(PREFIX)
            if name in inside or name not in self.named:
                raise NoExample
            return self.value(_both(self.named[name], base), (*inside, name))
        if schema.get("allOf"):
            for part in schema["allOf"]:
                base = _both(base, self._resolved(part, inside))
            rest: JsonSchema = {key: schema[key] for key in ("anyOf", "oneOf") if key in schema}
            return self.value({**base, **rest}, inside)
        if schema.get("anyOf"):
            rest = {"oneOf": schema["oneOf"]} if "oneOf" in schema else {}
            return self._first({**base, **rest}, schema["anyOf"], inside)
        return self._first(base, schema["oneOf"], inside)

    def _first(self, base: JsonSchema, choices: list[Any], inside: tuple[str, ...]) -> Any:
        for choice in choices:
            try:
                resolved = self._resolved(choice, inside)
                names = _names_in(choice)
                return self.value(_both(base, resolved) if base else resolved, (*inside, *names))
            except NoExample:
                continue
        raise NoExample

    def _resolved(self, schema: Any, inside: tuple[str, ...]) -> JsonSchema:
        if not isinstance(schema, dict):
            return {} if schema is True else {"not": {}}
        for name in _names_in(schema):
            if name in inside or name not in self.named:
                raise NoExample
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            return _both(self._resolved(self.named[name], (*inside, name)), rest)
        return schema

    def _by_type(self, schema: JsonSchema, inside: tuple[str, ...]) -> Any:
        kinds = schema.get("type")
        kind = kinds if isinstance(kinds, str) else next((k for k in kinds or () if k != "null"), None)
        if kind is None and kinds:
            return None
        if kind == "object" or (kind is None and "properties" in schema):
            return self._object(schema, inside)
        if kind == "array":
            return self._array(schema, inside)
        if kind == "string":
            return text_of(schema)
        if kind in ("integer", "number"):
            return number_of(schema, kind == "integer")
        return {"boolean": True, None: {}}.get(kind)

    def _object(self, schema: JsonSchema, inside: tuple[str, ...]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        required = schema.get("required", ())
        for name, inner in schema.get("properties", {}).items():
            if name in required:
                made[name] = self.value(inner, inside)
            elif self.whole and self.left > 0:
                self._try(made, name, inner, inside)
        others = schema.get("additionalProperties", True)
        for name in required:
            if name not in made:
                made[name] = self.value(others, inside)
        wanted = schema.get("minProperties", 0)
        if isinstance(others, dict) and others and self.whole and not schema.get("properties"):
            wanted = max(wanted, 1)
        for number in range(wanted - len(made)):
            self._add_other(made, schema, others, number, inside)
        return made

    def _try(self, made: dict[str, Any], name: str, inner: Any, inside: tuple[str, ...]) -> None:
        try:
            made[name] = self.value(inner, inside)
        except NoExample:
            return

    def _add_other(
        self, made: dict[str, Any], schema: JsonSchema, others: Any, number: int, inside: tuple[str, ...]
    ) -> None:
        keys = schema.get("propertyNames", {})
        name = "key" if not keys else self.value({"type": "string", **keys}, inside)
        name = name if number == 0 else f"{name}{number + 1}"
        if not isinstance(name, str):
            raise NoExample
        if len(made) >= schema.get("minProperties", 0):
            self._try(made, name, others, inside)
        else:
            made[name] = self.value(others, inside)

    def _array(self, schema: JsonSchema, inside: tuple[str, ...]) -> list[Any]:
        made = [self.value(inner, inside) for inner in schema.get("prefixItems", ())]
        least = schema.get("minItems", 0)
        items = schema.get("items", True)
        if least > MAX_ITEMS:
            raise NoExample
        while len(made) < least:
            made.append(self.value(items, inside))
        if self.whole and not made and schema.get("maxItems", 1) and self.left > 0:
            try:
                made.append(self.value(items, inside))
            except NoExample:
                return made
        return made


def text_of(schema: JsonSchema) -> str:
    """Return a text that *schema* takes.

    Raises:
        NoExample: None is known.
    """
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    pattern = schema.get("pattern")
    known = _FORMATS.get(str(schema.get("format")), ())
    if not known and pattern is None:
        known = (_TEXT[:most].ljust(least, "s"),) if least <= MAX_TEXT else ()
    if not known and pattern is not None:
        made = text_for(str(pattern), least, most)
        known = () if made is None else (made,)
    for made in known:
        is_long = len(made) >= least and (most is None or len(made) <= most)
        if is_long and (pattern is None or _matches(str(pattern), made)):
            return made
    raise NoExample


def _matches(pattern: str, made: str) -> bool:
    try:
        return re.search(pattern, made) is not None
    except (re.error, RecursionError, OverflowError):
        return False


def number_of(schema: JsonSchema, is_whole: bool) -> float:
    """Return a number that *schema* takes: a small one.

    Raises:
        NoExample: None is known.
    """
    step = schema.get("multipleOf") or (1 if is_whole else None)
    starts = [
        schema[key] for key in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum") if key in schema
    ]
    for start in (1, 0, *starts):
        for tried in _near(start, step):
            if _is_within(schema, tried) and (not is_whole or tried == int(tried)):
                return int(tried) if tried == int(tried) else tried
    raise NoExample


def _near(start: float, step: float | None) -> list[float]:
    if step is None:
        return [start, start + 1, start - 1, start + 0.5, start - 0.5]
    # Whole numbers are exact at any size.
    count = start // step if isinstance(start, int) and isinstance(step, int) else math.floor(start / step)
    return [start, *[(count + more) * step for more in (0, 1, -1)]]


def _is_within(schema: JsonSchema, value: float) -> bool:
    step = schema.get("multipleOf")
    return (
        ("minimum" not in schema or value >= schema["minimum"])
        and ("maximum" not in schema or value <= schema["maximum"])
        and ("exclusiveMinimum" not in schema or value > schema["exclusiveMinimum"])
        and ("exclusiveMaximum" not in schema or value < schema["exclusiveMaximum"])
        and (not step or value % step == 0)
    )


def _given(schema: JsonSchema, named: Mapping[str, JsonSchema]) -> list[Any]:
    """The author's examples of *schema*, or of the named one that it refers to."""
    for one in (schema, named.get(str(schema.get("$ref")).removeprefix(PREFIX), {})):
        examples = one.get("examples")
        if isinstance(examples, list) and examples:
            return examples
        if "example" in one:
            return [one["example"]]
    return []


def _both(one: JsonSchema, other: JsonSchema) -> JsonSchema:
    """What fits *one* and *other*, as far as they speak of different things."""
    merged = {**one, **other}
    if "properties" in one and "properties" in other:
        merged["properties"] = {**one["properties"], **other["properties"]}
    if "required" in one and "required" in other:
        merged["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    return merged


def _names_in(schema: Any) -> list[str]:
    return [schema["$ref"].removeprefix(PREFIX)] if isinstance(schema, dict) and "$ref" in schema else []


_BOUNDS: Final = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
MAX_PARTS: Final = 200
MAX_ITEMS: Final = 20
MAX_TEXT: Final = 500
_MADE_OF: Final = frozenset({"$ref", "allOf", "anyOf", "oneOf", "discriminator", "title", "description"})
_TEXT: Final = "string"
_FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "date-time": ("2026-01-31T12:30:00Z",),
    "date": ("2026-01-31",),
    "time": ("12:30:00Z",),
    "duration": ("PT1H",),
    "uuid": ("1b4e28ba-2fa1-41d2-883f-0016d3cca427",),
    "email": ("jane@example.com",),
    "hostname": ("example.com",),
    "uri": ("https://example.com/", "http://example.com/", "ftp://example.com/"),
    "ipv4": ("192.0.2.1",),
    "ipv6": ("2001:db8::1",),
}
