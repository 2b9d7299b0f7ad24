"""Texts that are drawn have the length, pattern and format that is asked for."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

from kbn_schema import Schema
from kbn_schema import schema as s
from kbn_schema.testing.edits import edited
from tests.testing.leaves import drawn, fault_codes, label, one, plainest, refused, told_otherwise, values_of

LENGTHS = {"min_length", "max_length"}
TEXTS: list[tuple[Schema[Any], set[str]]] = [
    (s.string(), set()),
    (s.string(min_length=0), set()),
    (s.string(min_length=1), {"min_length"}),
    (s.string(max_length=0), {"max_length"}),
    (s.string(min_length=2, max_length=3), LENGTHS),
    (s.string(min_length=300), {"min_length"}),
    (s.string(min_length=300, max_length=310), LENGTHS),
    (s.string(pattern="[a-z]+"), {"pattern"}),
    (s.string(pattern="[a-z]+", min_length=2, max_length=40), {"pattern", *LENGTHS}),
    (s.string(pattern=r"\d{4}-\d\d", max_length=7), {"pattern", "max_length"}),
    (s.string(pattern=".*", max_length=2), {"pattern", "max_length"}),
    (s.string(pattern=r"[\s\S]*"), set()),
    (s.string(pattern=re.compile("[a-z]+", re.IGNORECASE), min_length=3), {"pattern", "min_length"}),
    (s.string(hostname=True), {"format"}),
    (s.string(hostname=True, min_length=1), {"format"}),
    (s.string(hostname=True, min_length=3, max_length=30), {"format", *LENGTHS}),
    (s.string(hostname=True, max_length=300), {"format"}),
    (s.string(hostname=True, pattern=r".*\.example\.com"), {"format", "pattern"}),
    (
        s.string(hostname=True, pattern=r"[a-z.]+", min_length=3, max_length=10),
        {"format", "pattern", *LENGTHS},
    ),
    (s.string(hostname=True, coerce_from_number=True), {"format"}),
    (s.string(coerce_from_number=True), set()),
    (s.string(coerce_from_number=True, min_length=3, max_length=5), LENGTHS),
    (s.string(coerce_from_number=True, min_length=2, max_length=2), LENGTHS),
    (s.string(coerce_from_number=True, max_length=1), {"max_length"}),
    (s.string(coerce_from_number=True, min_length=20), {"min_length"}),
    (s.string(coerce_from_number=True, pattern=r"-?\d+", max_length=3), {"pattern", "max_length"}),
    (s.string(coerce_from_number=True, pattern="[a-z]"), {"pattern"}),
]
EMPTY = [
    s.string(pattern="[a-z]{5}", max_length=4),
    s.string(pattern="[a-z]{5}", min_length=6),
    s.string(hostname=True, max_length=0),
    s.string(hostname=True, min_length=257),
]

SORTS: list[tuple[Schema[Any], Callable[[Any], bool]]] = [
    (s.string(coerce_from_number=True), lambda value: type(value) is int and value < 0),
    (s.string(coerce_from_number=True), lambda value: type(value) is float and value.is_integer()),
    (s.string(coerce_from_number=True, min_length=3, max_length=3), lambda value: value == 0.5),
    (s.string(coerce_from_number=True, pattern=r"\d\.5"), lambda value: value == 1.5),
    (s.string(hostname=True), lambda value: ":" in value),
    (
        s.string(hostname=True),
        lambda value: value.isascii() and not value[0].isdigit() and value.count(".") > 2,
    ),
    (s.string(hostname=True), lambda value: not value.isascii()),
    (s.string(hostname=True, min_length=200), lambda value: len(value) >= 200),
    (s.string(max_length=3), lambda value: len(value) == 3),
]


@pytest.mark.parametrize("schema", [schema for schema, _ in TEXTS], ids=label)
def test_all_that_is_drawn_fits(schema: Schema[Any]) -> None:
    assert [] == refused(schema)


@pytest.mark.parametrize("schema", [schema for schema, _ in TEXTS], ids=label)
def test_each_fault_is_told_by_its_code(schema: Schema[Any]) -> None:
    assert [] == told_otherwise(schema)


@pytest.mark.parametrize(("schema", "codes"), TEXTS, ids=label)
def test_each_option_has_its_fault(schema: Schema[Any], codes: set[str]) -> None:
    assert codes | {"type"} == fault_codes(schema)


@pytest.mark.parametrize("schema", EMPTY, ids=label)
def test_what_no_text_is_like_has_no_value(schema: Schema[Any]) -> None:
    assert values_of(schema).fitting.is_empty
    assert [] == told_otherwise(schema)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (s.string(), ""),
        (s.string(min_length=2), "00"),
        (s.string(pattern="[a-z]+"), "a"),
        (s.string(pattern="[a-z]+", min_length=3), "aaa"),
        (s.string(coerce_from_number=True), ""),
        (s.string(min_length=60), "0" * 60),
    ],
)
def test_shrinks_to_the_plainest(schema: Schema[Any], text: str) -> None:
    assert text == plainest(values_of(schema).fitting)


@pytest.mark.parametrize(("schema", "wanted"), SORTS, ids=range(len(SORTS)))
def test_texts_of_each_sort_are_drawn(schema: Schema[Any], wanted: Callable[[Any], bool]) -> None:
    value = one(values_of(schema).fitting, wanted)

    assert schema.is_valid(value)


def test_without_spellings_no_number_is_drawn() -> None:
    fitting = values_of(s.string(coerce_from_number=True), spelled=False).fitting

    assert {str} == set(map(type, drawn(fitting)))


@pytest.mark.parametrize("code", ["min_length", "max_length", "pattern"])
def test_numbers_are_wrong_where_they_stand_for_texts(code: str) -> None:
    schema = s.string(coerce_from_number=True, min_length=2, max_length=3, pattern="1.*")
    wrong = values_of(schema).faults()[code]

    assert {str, int, float} == set(map(type, drawn(wrong, 200)))


def test_lengths_are_missed_by_one() -> None:
    faults = values_of(s.string(min_length=4, max_length=5, pattern="[a-z]+")).faults()

    assert 3 in map(len, drawn(faults["min_length"]))
    assert 6 in map(len, drawn(faults["max_length"]))


@pytest.mark.parametrize(
    "schema",
    [
        s.string(max_length=10**9),
        s.string(max_length=10**9, pattern="[a-z]*"),
        s.string(max_length=10**9, coerce_from_number=True),
    ],
    ids=label,
)
def test_texts_that_are_too_long_are_not_made_by_the_gigabyte(schema: Schema[Any]) -> None:
    assert "max_length" not in fault_codes(schema)
    assert [] == refused(schema)
    assert [] == told_otherwise(schema)


@pytest.mark.parametrize(
    "schema", [s.string(min_length=10**9), s.string(min_length=10**9, pattern="[a-z]+")], ids=label
)
def test_texts_that_have_to_be_very_long_are_not_made(schema: Schema[Any]) -> None:
    assert values_of(schema).fitting.is_empty
    assert {"min_length", "type"} == fault_codes(schema)
    assert [] == told_otherwise(schema)


def test_a_pattern_is_broken_by_one_edit() -> None:
    wrong = values_of(s.string(pattern="[a-z]{8}", min_length=8, max_length=8)).faults()["pattern"]
    letters = [sum("a" <= char <= "z" for char in text) for text in drawn(wrong, 100)]

    assert 7 in letters


def test_what_no_edit_breaks_is_replaced() -> None:
    assert {"wrong"} == set(drawn(edited(st.text(), lambda _: False, ["wrong"])))


def test_nothing_is_edited_where_nothing_fits() -> None:
    assert edited(st.nothing(), lambda _: True, ["wrong"]).is_empty
