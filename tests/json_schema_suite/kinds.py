"""Two kinds that judge nothing themselves: they hand a value, or a part of it, to schemas of ours.

Our kinds take texts that spell something else, and JSON Schema does not; its keywords speak of one type
of JSON each, ours of all values. `ByType` is what lies between. `View` shows another schema a part of the
value, or puts it in other words: whether that fits, a combinator says.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from kbn_schema import MISSING, Schema, ValidationError
from kbn_schema.problems import Failure, fail_in_words

Look = Callable[[Any, "Ask"], Any]
Ask = Callable[[Schema[Any], Any], bool]

# In the context: whether the schemas inside are asked as users do, by `validate`, or by their `check`.
COMPILED = {"compiled": True}
INTERPRETED = {"compiled": False}


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class ByType(Schema[Any]):
    """Let the schema of its JSON type judge a value; a type without one is refused. Nothing is coerced."""

    combinator = "by_type"

    schemas: Mapping[str, Schema[Any]] = attrs.field(kw_only=False)

    def check(self, value: object, run: Any) -> Any:
        if value is MISSING:
            return self.missing(run)
        schema = self.schemas.get(type_of(value))
        return self.mismatch(value) if schema is None else outcome_of(schema, value, run)

    def describe(self, out: Any) -> dict[str, Any]:
        described: dict[str, Any] = out.any_of([out.schema(schema) for schema in self.schemas.values()])
        return described

    def children(self) -> tuple[Schema[Any], ...]:
        return tuple(self.schemas.values())


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class View(Schema[Any]):
    """Let *of* judge what *look* makes of a value; yield the value.

    *look* may ask whether a part fits a schema. *told* are schemas that the value fits at least, which
    is what documents say.
    """

    combinator = "view"

    look: Look = attrs.field(kw_only=False)
    of: Schema[Any] = attrs.field(kw_only=False)
    told: tuple[Schema[Any], ...] = ()
    asked: tuple[Schema[Any], ...] = ()

    def check(self, value: object, run: Any) -> Any:
        if value is MISSING:
            return self.missing(run)
        seen = self.look(value, lambda schema, part: not _refuses(schema, part, run))
        return fail_in_words("does not fit") if _refuses(self.of, seen, run) else self.finish(value, run)

    def describe(self, out: Any) -> dict[str, Any]:
        return {"allOf": [out.schema(schema) for schema in self.told]} if self.told else {}

    def children(self) -> tuple[Schema[Any], ...]:
        return (self.of, *self.told, *self.asked)


def outcome_of(schema: Schema[Any], value: Any, run: Any) -> Any:
    """Return what *schema* makes of *value*: its output, or a failure."""
    if not run.context["compiled"]:
        return schema.check(value, run)
    try:
        return schema.compile().validate(value, run.context)
    except ValidationError as error:
        return error.found


def type_of(value: object) -> str:
    """Return the name that JSON Schema has for the type of *value*; "integer" is a number here."""
    return TYPES[type(value)]


TYPES: dict[type[Any], str] = {
    type(None): "null", bool: "boolean", int: "number", float: "number", str: "string", list: "array",
    dict: "object",
}  # fmt: skip


def inside(schema: Schema[Any]) -> Iterable[Schema[Any]]:
    """Return *schema* and all schemas in it, behind `lazy`, too."""
    met: dict[Schema[Any], None] = {}
    waiting = [schema]
    while waiting:
        current = waiting.pop()
        if current not in met:
            met[current] = None
            right = getattr(current, "right", None)  # of a conditional: no child, as it sees another value
            waiting.extend((*current.children(), *current.handed_on()))
            waiting.extend([right] if isinstance(right, Schema) else [])
    return met


def _refuses(schema: Schema[Any], value: Any, run: Any) -> bool:
    return type(outcome_of(schema, value, run)) is Failure
