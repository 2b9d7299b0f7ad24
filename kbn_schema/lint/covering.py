"""This module tells whether one schema accepts all that another accepts.

A yes is certain, but for integers too large for a `number`; a no may be for want of knowledge.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import attrs

from kbn_schema.json_schema.presence import Presence
from kbn_schema.kinds.any import AnySchema
from kbn_schema.kinds.array_of import ArraySchema
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.boolean import BooleanSchema
from kbn_schema.kinds.byte_size import ByteSizeSchema
from kbn_schema.kinds.date import DateSchema
from kbn_schema.kinds.date_time import DateTimeSchema
from kbn_schema.kinds.duration import DurationSchema
from kbn_schema.kinds.email import EmailSchema
from kbn_schema.kinds.entries import EntriesSchema
from kbn_schema.kinds.enum import EnumSchema
from kbn_schema.kinds.integer import IntegerSchema
from kbn_schema.kinds.ip import IpSchema
from kbn_schema.kinds.literal import LiteralSchema
from kbn_schema.kinds.maybe import MaybeSchema
from kbn_schema.kinds.nullable import NULL, NullableSchema
from kbn_schema.kinds.number import NumberSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.kinds.one_of import OneOfSchema
from kbn_schema.kinds.string import StringSchema
from kbn_schema.kinds.uri import UriSchema
from kbn_schema.kinds.uuid import UuidSchema
from kbn_schema.lint.guard import Answer, Guard
from kbn_schema.problems import Failure
from kbn_schema.run import Run

Some = Schema[Any]

MAX_PAIRS: Final = 2000
INFINITY: Final = float("inf")
_COMMON: Final = frozenset(field.name for field in attrs.fields(Schema))
# How long a text of these may be, as people write them.
LONGEST: Final[dict[type[Some], float]] = {
    BooleanSchema: 5, UuidSchema: 36, DateSchema: 10, DateTimeSchema: 35, IpSchema: 45, NumberSchema: 25,
    IntegerSchema: 25, ByteSizeSchema: 25, DurationSchema: 40, EmailSchema: 320, UriSchema: INFINITY,
}  # fmt: skip
# These take texts only; the others take numbers and the like, too.
TEXTS: Final = (UuidSchema, DateSchema, DateTimeSchema, IpSchema, EmailSchema, UriSchema)


class Covering:
    """Tells whether one schema accepts all that another accepts, in one use.

    *is_text* says that values are texts, as those of a query are.
    """

    def __init__(self, guard: Guard, is_text: bool) -> None:
        self._guard = guard
        self._is_text = is_text
        self._presence = Presence(is_input=True)
        self._under_way: set[tuple[Some, Some]] = set()
        self._pairs = 0

    def covers(self, one: Some, other: Some) -> bool:
        """Return whether *one* certainly accepts all that *other* accepts, a missing value aside."""
        if one is other:
            return True
        self._pairs += 1
        if self._pairs > MAX_PAIRS or (one, other) in self._under_way:
            return False
        self._under_way.add((one, other))
        try:
            return self._covers(one, other)
        except RecursionError:
            return False
        finally:
            self._under_way.discard((one, other))

    def _covers(self, one: Some, other: Some) -> bool:
        if isinstance(other, OneOfSchema):
            return all(self.covers(one, alternative) for alternative in other.alternatives)
        if isinstance(other, NullableSchema):
            return self.covers(one, NULL) and self.covers(one, other.of)
        if isinstance(other, MaybeSchema):
            return self.covers(one, other.of)
        if one.validator is not None or type(one).check is not _own_check(one):
            return False
        if type(one) is AnySchema:
            return True
        if isinstance(one, OneOfSchema):
            return any(self.covers(alternative, other) for alternative in one.alternatives)
        if isinstance(one, NullableSchema):
            return self.covers(one.of, other) or self.covers(NULL, other)
        if isinstance(one, MaybeSchema):
            return self.covers(one.of, other)
        values = values_of(other)
        if values is not None:
            return self._takes_all(one, values)
        if isinstance(one, StringSchema):
            return self._text_covers(one, other)
        if isinstance(one, (NumberSchema, IntegerSchema)):
            return _number_covers(one, other)
        if isinstance(one, ObjectSchema) and isinstance(other, ObjectSchema):
            return self._object_covers(one, other)
        if isinstance(one, ArraySchema) and isinstance(other, ArraySchema):
            return _within((one.min_size, one.max_size), (other.min_size, other.max_size)) and self.covers(
                one.item, other.item
            )
        if isinstance(one, EntriesSchema) and isinstance(other, EntriesSchema) and one.word == other.word:
            return self.covers(one.key, other.key) and self.covers(one.value, other.value)
        return type(one) is type(other) and not one.children() and _same_bounds(one, other)

    def _takes_all(self, one: Some, values: Sequence[Any]) -> bool:
        given = [value for value in values if not self._is_text or isinstance(value, str)]
        checked = self._guard.call(
            lambda: [type(one.check(value, Run({}))) is not Failure for value in given]
        )
        return isinstance(checked, Answer) and bool(given) and all(checked.value)

    def _text_covers(self, one: StringSchema, other: Some) -> bool:
        if isinstance(other, StringSchema):
            pattern = one.pattern is None or _same_pattern(one.pattern, other.pattern)
            hostname = other.hostname or not one.hostname
            coerces = one.coerce_from_number or not other.coerce_from_number or self._is_text
            lengths = (one.min_length, one.max_length), (other.min_length, other.max_length)
            return pattern and hostname and coerces and _within(*lengths)
        if one.pattern is not None or one.hostname or (one.min_length or 0) > 1:
            return False
        if isinstance(other, ObjectSchema):
            return self._is_text and one.max_length is None  # JSON text, which a field may hold
        is_text = self._is_text or isinstance(other, TEXTS)
        numbers = one.coerce_from_number and isinstance(other, (NumberSchema, IntegerSchema))
        limit = INFINITY if one.max_length is None else one.max_length
        return (
            (is_text or numbers)
            and LONGEST.get(type(other), INFINITY + 1) <= limit
            and (type(other) in LONGEST)
        )

    def _object_covers(self, one: ObjectSchema[Any], other: ObjectSchema[Any]) -> bool:
        takes_more = one.unknowns in ("allow", "ignore")
        if other.unknowns in ("allow", "ignore") and not takes_more:
            return False
        if one.unknowns == "forbid" and other.unknowns is None:
            return False  # which may inherit that it ignores them
        if not takes_more and not other.props.keys() <= one.props.keys():
            return False
        return all(self._prop_covers(prop, name, other) for name, prop in one.props.items())

    def _prop_covers(self, prop: Some, name: str, other: ObjectSchema[Any]) -> bool:
        theirs = other.props.get(name)
        if theirs is None:
            # Unknown to the other: it must not be needed, and nothing may come under the name.
            is_free = other.unknowns in ("forbid", None) or type(prop) is AnySchema
            return is_free and self._presence.may_be_absent(prop)
        if self._presence.may_be_absent(theirs) and not self._presence.may_be_absent(prop):
            return False
        return self.covers(prop, theirs)


def values_of(schema: Some) -> tuple[Any, ...] | None:
    """Return all values that *schema* accepts, where there are few; None where nobody can tell."""
    if isinstance(schema, LiteralSchema):
        return (schema.value,)
    if isinstance(schema, EnumSchema):
        return tuple(scalar for _, scalar in schema.outputs)
    if isinstance(schema, OneOfSchema):
        found = [values_of(alternative) for alternative in schema.alternatives]
        return None if None in found else tuple(value for values in found for value in values or ())
    if isinstance(schema, NullableSchema):
        inside = values_of(schema.of)
        return None if inside is None else (*inside, None)
    return values_of(schema.of) if isinstance(schema, MaybeSchema) else None


@cache
def _kind_check(kind: type[Some]) -> Any:
    return kind.check


def _own_check(schema: Some) -> Any:
    """The `check` of a kind of ours; something else for a subclass that has changed it."""
    ours = next(base for base in type(schema).__mro__ if base.__module__.startswith("kbn_schema."))
    return _kind_check(ours)


def _same_bounds(one: Some, other: Some) -> bool:
    """Whether two schemas of one kind have the same options, but for those that all kinds have."""
    own = [field.name for field in attrs.fields(type(one)) if field.name not in _COMMON]
    return all(getattr(one, name) == getattr(other, name) for name in own)


def _same_pattern(one: Any, other: Any) -> bool:
    if not isinstance(one, re.Pattern) or not isinstance(other, re.Pattern):
        return False
    return bool(one.pattern == other.pattern and one.flags == other.flags)


def _within(outer: tuple[Any, Any], inner: tuple[Any, Any]) -> bool:
    """Whether the bounds *inner* are within *outer*; None is no bound."""
    (low, high), (inner_low, inner_high) = outer, inner
    is_low = low is None or not low or (inner_low is not None and inner_low >= low)
    return is_low and (high is None or (inner_high is not None and inner_high <= high))


def _number_covers(one: Any, other: Some) -> bool:
    if not isinstance(other, (NumberSchema, IntegerSchema)):
        return False
    if isinstance(one, IntegerSchema) and not isinstance(other, IntegerSchema):
        return False
    if getattr(other, "unsafe", False) and not getattr(one, "unsafe", False):
        return False
    if one.multiple_of is not None and one.multiple_of != other.multiple_of:
        return False
    low, high = _ends(one)
    other_low, other_high = _ends(other)
    return low <= other_low and other_high <= high


def _ends(schema: Any) -> tuple[tuple[float, bool], tuple[float, bool]]:
    """The lowest and the highest number, and whether it is left out, in an order that compares."""
    lows = [(-INFINITY, False)]
    highs = [(INFINITY, True)]
    lows += [(schema.min, False)] if schema.min is not None else []
    lows += [(schema.exclusive_min, True)] if schema.exclusive_min is not None else []
    highs += [(schema.max, True)] if schema.max is not None else []
    highs += [(schema.exclusive_max, False)] if schema.exclusive_max is not None else []
    return max(lows), min(highs)
