"""Whether one schema takes all that another does: nothing is said that is not certain."""

import enum
import re
from typing import Any

import attrs
import pytest

from kbn_schema import schema as s
from kbn_schema.kinds.string import StringSchema
from kbn_schema.lint.covering import MAX_PAIRS, Covering, values_of
from kbn_schema.lint.guard import Guard


def covers(one: Any, other: Any, is_text: bool = False) -> bool:
    return Covering(Guard(), is_text).covers(one, other)


class Two(enum.Enum):
    A = "a"
    B = "b"


def fine(value: Any) -> None:
    """Accept anything."""


FEW, MORE = s.array_of(s.string(), max_size=1), s.array_of(s.string(), max_size=2)
DIGITS, LETTERS = re.compile("[0-9]"), re.compile("[a-z]")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (s.any(), s.string(), True),
        (s.any(validate=fine), s.string(), False),
        (s.string(), s.one_of(s.string(), s.number()), False),
        (s.one_of(s.string(), s.number()), s.number(min=1), True),
        (s.nullable(s.string()), s.nullable(s.string(max_length=1)), True),
        (s.string(), s.nullable(s.string()), False),
        (s.nullable(s.string()), s.string(), True),
        (s.nullable(s.string()), s.literal(None), True),
        (s.maybe(s.string()), s.string(), True),
        (s.string(), s.maybe(s.string()), True),
        (s.string(), s.literal("a"), True),
        (s.string(max_length=1), s.enum(["a", "bc"]), False),
        (MORE, FEW, True),
        (FEW, MORE, False),
        (s.record_of(s.string(), s.any()), s.record_of(s.string(), s.number()), True),
        (s.record_of(s.string(), s.number()), s.record_of(s.string(), s.any()), False),
        (s.map_of(s.string(), s.any()), s.record_of(s.string(), s.any()), False),
        (s.boolean(), s.boolean(default=True), True),
        (s.boolean(), s.string(), False),
        (s.string(pattern=DIGITS), s.string(pattern=DIGITS), True),
        (s.string(pattern=DIGITS), s.string(pattern=LETTERS), False),
        (s.string(pattern=DIGITS), s.string(), False),
        (s.string(pattern=DIGITS), s.uuid(), False),
        (s.string(), s.uuid(), True),
        (s.string(max_length=9), s.uuid(), False),
        (s.string(), s.object({}), False),
        (s.number(), s.integer(min=1), True),
        (s.integer(), s.number(), False),
        (s.number(), s.string(), False),
        (s.number(), s.number(unsafe=True), False),
        (s.number(multiple_of=2), s.number(), False),
        (s.object({}), s.object({}, unknowns="allow"), False),
        (s.object({}, unknowns="forbid"), s.object({}), False),
        (s.object({}), s.object({"a": s.string()}), False),
        (s.object({"a": s.string()}), s.object({"a": s.maybe(s.string())}), False),
        (s.object({"a": s.maybe(s.string())}), s.object({"a": s.string(max_length=1)}), True),
        (s.object({"a": s.maybe(s.string())}), s.object({}), True),
        (s.object({"a": s.string()}), s.object({}), False),
    ],
)
def test_one_schema_takes_all_that_another_does(one, other, expected):
    assert covers(one, other) is expected


def test_json_text_fits_a_text_of_any_length():
    assert covers(s.string(), s.object({}), is_text=True)
    assert not covers(s.string(max_length=9), s.object({}), is_text=True)


@attrs.frozen(eq=False)
class Upper(StringSchema):
    """A kind that checks in its own way."""

    def check(self, value: Any, run: Any) -> Any:
        return super().check(value, run)


def test_of_a_kind_with_a_check_of_its_own_nothing_is_said():
    assert not covers(Upper(), s.string(max_length=1))
    assert covers(s.string(), s.string(max_length=1))


def test_after_many_pairs_nothing_is_said():
    many = s.one_of([s.string(max_length=size + 1) for size in range(MAX_PAIRS)])

    assert covers(many, s.string(max_length=9))
    assert not covers(s.one_of([s.number(), many, s.boolean()]), s.boolean())


def test_what_is_nested_too_deeply_is_not_covered():
    def deep(leaf: Any) -> Any:
        for _ in range(900):
            leaf = s.array_of(leaf)
        return leaf

    assert not covers(deep(s.any()), deep(s.string()))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (s.literal(1), (1,)),
        (s.enum(Two), ("a", "b")),
        (s.one_of(s.literal(1), s.enum(["a"])), (1, "a")),
        (s.one_of(s.literal(1), s.string()), None),
        (s.nullable(s.literal(1)), (1, None)),
        (s.nullable(s.string()), None),
        (s.maybe(s.literal(1)), (1,)),
        (s.string(), None),
    ],
)
def test_the_values_of_a_schema_are_known_where_there_are_few(kind, expected):
    assert values_of(kind) == expected
