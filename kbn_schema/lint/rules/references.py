"""This module finds references to what is not there, and conditions that always come out the same."""

from collections.abc import Iterator
from typing import Any, Final

from kbn_schema.kinds.any import AnySchema
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.boolean import BooleanSchema
from kbn_schema.kinds.conditional import ConditionalSchema, is_same
from kbn_schema.kinds.enum import EnumSchema
from kbn_schema.kinds.integer import IntegerSchema
from kbn_schema.kinds.lazy import LazySchema
from kbn_schema.kinds.never import NeverSchema
from kbn_schema.kinds.nullable import NullableSchema
from kbn_schema.kinds.number import NumberSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.kinds.string import StringSchema
from kbn_schema.lint.covering import values_of
from kbn_schema.lint.findings import SchemaRule
from kbn_schema.lint.survey import Site, Survey, unwrapped
from kbn_schema.missing import MISSING
from kbn_schema.references import Reference, SiblingRef
from kbn_schema.wording import shorten, type_word

# What they yield is of one type; a text in place of a number was read.
YIELDS: Final[dict[type[Schema[Any]], str]] = {
    StringSchema: "string", NumberSchema: "number", IntegerSchema: "number", BooleanSchema: "boolean",
}  # fmt: skip


def _broken_lazy(site: Site, _: Survey) -> Iterator[str]:
    if isinstance(site.schema, LazySchema) and site.broken is not None:
        yield site.broken


def _dangling(site: Site, _: Survey) -> Iterator[str]:
    schema = site.schema
    if not isinstance(schema, ObjectSchema) or schema.unknowns in ("allow", "ignore"):
        return
    for name, prop in schema.props.items():
        missing = {key for levels, key in prop.references() if levels == 1} - schema.props.keys()
        for key in sorted(missing):
            yield f"[{shorten(name)}] refers to a prop [{shorten(key)}], and there is none"


def _constant(site: Site, _: Survey) -> Iterator[str]:
    schema = site.schema
    if isinstance(schema, ConditionalSchema):
        reason = _own_reason(schema)
        if reason is not None:
            yield reason
    if isinstance(schema, ObjectSchema):
        for name, prop in schema.props.items():
            inner = unwrapped(prop)
            if isinstance(inner, ConditionalSchema):
                reason = _sibling_reason(inner, schema)
                if reason is not None:
                    yield f"the condition of [{shorten(name)}] {reason}"


def _own_reason(schema: ConditionalSchema[Any]) -> str | None:
    left, right = schema.left, schema.right
    if isinstance(right, Reference):
        is_one = type(left) is type(right) and left.path == right.path
        return "its condition compares something with itself" if is_one else None
    if type(right) is AnySchema and right.validator is None:
        return "its condition holds whatever is there: any() accepts all"
    if schema.then is schema.otherwise:
        return "both of its branches are the same schema"
    return (
        "its condition never holds for a value: never() accepts none" if type(right) is NeverSchema else None
    )


def _sibling_reason(schema: ConditionalSchema[Any], around: ObjectSchema[Any]) -> str | None:
    left, right = schema.left, schema.right
    if not isinstance(left, SiblingRef) or left.levels != 1 or len(left.keys) != 1:
        return None
    prop = around.props.get(left.keys[0])
    if prop is None or isinstance(right, (Reference, Schema)):
        return None
    sibling = unwrapped(prop)
    default: Any = sibling.default
    if default is not MISSING and (callable(default) or isinstance(default, Reference)):
        return None
    if default is not MISSING and is_same(default, right):
        return None
    if right is None and (isinstance(prop, NullableSchema) or prop is not sibling):
        return None
    where = f"[{shorten(left.keys[0])}]"
    values = values_of(sibling)
    if isinstance(sibling, EnumSchema):  # of members, perhaps
        values = tuple(sibling.outputs.values())
    if values is not None:
        return (
            None if any(is_same(value, right) for value in values) else f"never holds: {where} is never that"
        )
    yielded = YIELDS.get(type(sibling))
    if yielded is not None and type_word(right) != yielded:
        return f"never holds: {where} is a {yielded}, and is compared with a {type_word(right)}"
    return None


RULES: Final = (
    SchemaRule(
        "broken-lazy",
        "error",
        "Whatever reaches it is answered with an exception, and not before then.",
        "Set the id on a schema around it, or give lazy() a callable that returns a schema.",
        _broken_lazy,
    ),
    SchemaRule(
        "dangling-reference",
        "error",
        "A reference to a prop that is not there reads nothing: a default is none, a condition never holds.",
        "Correct the name; a prop further out is reached with leading dots, as in `...name`.",
        _dangling,
    ),
    SchemaRule(
        "constant-condition",
        "error",
        "One of the two branches is never taken.",
        'Compare with a value that can be there; nothing is coerced, so the text "1" is not 1.',
        _constant,
    ),
)
