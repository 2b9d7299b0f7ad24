"""Numbers that are drawn are exactly those between the bounds."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from kbn_schema import Schema
from kbn_schema import schema as s
from kbn_schema.numbers import SAFE
from tests.testing.leaves import drawn, fault_codes, label, one, plainest, refused, told_otherwise, values_of

HUGE = 10**400
TINY = 5e-324

# Each with the codes of its faults, beside "type", and "unsafe_number" of a number.
NUMBERS: list[tuple[Schema[Any], set[str]]] = [
    (s.number(), set()), (s.number(unsafe=True), set()), (s.number(min=1), {"min"}),
    (s.number(max=-0.5), {"max"}), (s.number(min=-0.0, max=0), {"min", "max"}),
    (s.number(min=0.3, max=0.3), {"min", "max"}),
    (s.number(exclusive_min=0, exclusive_max=1), {"exclusive_min", "exclusive_max"}),
    (s.number(exclusive_min=0, exclusive_max=TINY * 2), {"exclusive_min", "exclusive_max"}),
    (s.number(min=0, exclusive_min=0), {"min", "exclusive_min"}),
    (s.number(max=5, exclusive_max=5), {"max", "exclusive_max"}),
    (s.number(min=SAFE), {"min"}), (s.number(min=-SAFE, max=SAFE), set()),
    (s.number(min=2**53, unsafe=True), {"min"}), (s.number(min=1e300, unsafe=True), {"min"}),
    (s.number(min=HUGE, unsafe=True), {"min"}), (s.number(max=-HUGE, unsafe=True), {"max"}),
    (s.number(max=HUGE, unsafe=True), {"max"}), (s.number(multiple_of=0.1), {"multiple_of"}),
    (s.number(multiple_of=3, min=-10, exclusive_max=9), {"multiple_of", "min", "exclusive_max"}),
    (s.number(multiple_of=0.1, min=0.3, max=0.3), {"min", "max"}),
    (s.number(multiple_of=0.1234567890123456), {"multiple_of"}),
    (s.number(multiple_of=1e-9, min=0.1, max=0.2), {"multiple_of", "min", "max"}),
    (s.number(multiple_of=TINY, max=1), {"max"}), (s.number(multiple_of=1e300, unsafe=True), {"multiple_of"}),
    (s.number(multiple_of=7, min=1e300, unsafe=True), {"multiple_of", "min"}), (s.integer(), set()),
    (s.integer(min=0.5), {"min"}), (s.integer(exclusive_min=1.0, max=3), {"exclusive_min", "max"}),
    (s.integer(min=7, max=7), {"min", "max"}), (s.integer(max=HUGE), {"max"}),
    (s.integer(min=10**4300), {"min"}), (s.integer(multiple_of=2), {"multiple_of"}),
    (s.integer(multiple_of=0.5), set()),
    (s.integer(multiple_of=2.5, min=1, max=6), {"multiple_of", "min", "max"}),
    (s.integer(multiple_of=4, min=4, max=4), {"min", "max"}),
    (s.integer(multiple_of=10**20), {"multiple_of"}),
    (s.number(min=HUGE, multiple_of=3, unsafe=True), {"min", "multiple_of"}),
]  # fmt: skip
EMPTY = [
    s.number(min=2**53),
    s.number(max=-1, multiple_of=1e300),
    s.number(exclusive_min=1, exclusive_max=2, multiple_of=1),
    s.number(exclusive_min=0, exclusive_max=TINY, unsafe=True),
    s.number(exclusive_min=HUGE, exclusive_max=HUGE + 1, unsafe=True),
    s.integer(min=0.1, max=0.9),
    s.integer(exclusive_min=1, exclusive_max=2),
    s.integer(min=1, max=9, multiple_of=10),
    s.integer(min=1, max=9, multiple_of=10**20),
]
# The plainest value of each.
PLAINEST: list[tuple[Schema[Any], Any]] = [
    (s.number(), 0),
    (s.number(min=1.5), 2),
    (s.number(min=0.1, max=0.4), 0.25),
    (s.number(max=-3), -3),
    (s.number(exclusive_min=0, exclusive_max=1, multiple_of=0.1), 0.1),
    (s.integer(), 0),
    (s.integer(min=-9, max=-4), -4),
    (s.integer(multiple_of=7, min=1), 7),
]
WANTED: list[tuple[Schema[Any], Callable[[Any], bool]]] = [
    (s.number(), lambda value: type(value) is float and value == 0 and math.copysign(1, value) < 0),
    (s.number(), lambda value: type(value) is float and 0 < value < 2.3e-308),
    (s.number(), lambda value: type(value) is str and value.isdigit()),
    (s.number(), lambda value: type(value) is str and value.startswith("+")),
    (s.number(), lambda value: type(value) is str and value.startswith("-00")),
    (s.number(), lambda value: type(value) is str and value.startswith((" ", "\ufeff"))),
    (s.number(), lambda value: type(value) is str and value.endswith(".")),
    (s.number(min=0, max=1), lambda value: type(value) is str and value.startswith(".")),
    (s.number(), lambda value: type(value) is str and "E+" in value),
    (s.number(unsafe=True), lambda value: type(value) is int and value > 2**60),
    (s.number(unsafe=True), lambda value: type(value) is float and value > 1e20),
    (s.number(max=0), lambda value: type(value) is float and value == 0),
    (s.number(max=SAFE), lambda value: value == SAFE),
    (s.integer(), lambda value: type(value) is float),
    (s.integer(), lambda value: type(value) is int and value > 2**70),
    (s.integer(), lambda value: type(value) is str and value.strip().startswith("-")),
    (s.number(multiple_of=0.1), lambda value: type(value) is float and not value.is_integer()),
]


@pytest.mark.parametrize("schema", [schema for schema, _ in NUMBERS], ids=label)
def test_all_that_is_drawn_fits(schema: Schema[Any]) -> None:
    assert [] == refused(schema)


@pytest.mark.parametrize("schema", [schema for schema, _ in NUMBERS], ids=label)
def test_each_fault_is_told_by_its_code(schema: Schema[Any]) -> None:
    assert [] == told_otherwise(schema)


@pytest.mark.parametrize(("schema", "codes"), NUMBERS, ids=label)
def test_each_bound_has_its_fault(schema: Schema[Any], codes: set[str]) -> None:
    always = {"type", "unsafe_number"} if schema.combinator == "number" else {"type"}

    assert codes | always == fault_codes(schema)


@pytest.mark.parametrize("schema", EMPTY, ids=label)
def test_bounds_without_a_number_between_them_have_no_value(schema: Schema[Any]) -> None:
    values = values_of(schema)

    assert values.fitting.is_empty
    assert [] == told_otherwise(schema)


@pytest.mark.parametrize(("schema", "value"), PLAINEST, ids=label)
def test_shrinks_to_the_plainest(schema: Schema[Any], value: Any) -> None:
    found = plainest(values_of(schema).fitting)

    assert (value, type(value)) == (found, type(found))


@pytest.mark.parametrize(("schema", "wanted"), WANTED, ids=range(len(WANTED)))
def test_what_is_rare_is_drawn_too(schema: Schema[Any], wanted: Any) -> None:
    value = one(values_of(schema).fitting, wanted)

    assert schema.is_valid(value)


@pytest.mark.parametrize("schema", [schema for schema, _ in NUMBERS], ids=label)
def test_without_spellings_no_text_is_drawn(schema: Schema[Any]) -> None:
    values = values_of(schema, spelled=False)
    bounds = [wrong for code, wrong in values.faults().items() if code != "type"]

    assert not [
        value for found in (values.fitting, *bounds) for value in drawn(found, 15) if type(value) is str
    ]


@pytest.mark.parametrize(
    ("schema", "code", "nearest"),
    [
        (s.number(min=1), "min", 0),
        (s.number(min=1), "min", math.nextafter(1, 0)),
        (s.number(max=1), "max", 2),
        (s.number(max=1), "max", math.nextafter(1, 2)),
        (s.number(exclusive_max=1), "exclusive_max", 1),
        (s.number(), "unsafe_number", 2**53),
        (s.number(unsafe=True), "unsafe_number", math.inf),
        (s.integer(min=1), "min", 0),
        (s.integer(), "type", "1.0"),
    ],
)
def test_a_fault_is_just_outside(schema: Schema[Any], code: str, nearest: Any) -> None:
    assert nearest in drawn(values_of(schema).faults()[code], 150)


@pytest.mark.parametrize("schema", [s.integer(), s.integer(min=1), s.number(unsafe=True)], ids=label)
def test_without_bounds_no_number_is_long(schema: Schema[Any]) -> None:
    longest = max(len(repr(value)) for value in drawn(values_of(schema).fitting, 200))

    assert 20 < longest < 60


def test_no_number_is_infinite_or_none_but_as_a_fault() -> None:
    wrong = values_of(s.number()).faults()

    assert all(
        -math.inf < value < math.inf for value in drawn(values_of(s.number(), spelled=False).fitting, 200)
    )
    assert any(value != value for value in drawn(wrong["type"], 200))
    assert math.inf in drawn(wrong["unsafe_number"], 200)
