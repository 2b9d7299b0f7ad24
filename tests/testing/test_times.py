"""Dates and times that are drawn are RFC 3339's, of all forms that are read."""

from collections.abc import Callable
from typing import Any

import pytest

from kbn_schema import Schema
from kbn_schema import schema as s
from tests.testing.leaves import drawn, fault_codes, label, one, plainest, refused, told_otherwise, values_of

SCHEMAS = [s.date(), s.date_time()]

FORMS: list[Callable[[str], bool]] = [
    lambda text: "." in text,
    lambda text: "+" in text and "00:00" not in text,
    lambda text: "-" in text[19:],
    lambda text: text.endswith("z"),
    lambda text: "t" in text,
    lambda text: text[17:19] == "60",
    lambda text: text.startswith("0001-01-01"),
    lambda text: text.startswith("9999-12-31"),
    lambda text: text.endswith("-00:00"),
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=label)
def test_all_that_is_drawn_fits(schema: Schema[Any]) -> None:
    assert [] == refused(schema, 300)


@pytest.mark.parametrize("schema", SCHEMAS, ids=label)
def test_each_fault_is_told_by_its_code(schema: Schema[Any]) -> None:
    assert [] == told_otherwise(schema, 200)
    assert {"format", "type"} == fault_codes(schema)


@pytest.mark.parametrize(
    ("schema", "text"), [(s.date(), "2000-01-01"), (s.date_time(), "2000-01-01T00:00:00Z")], ids=label
)
def test_shrinks_to_the_plainest(schema: Schema[Any], text: str) -> None:
    assert text == plainest(values_of(schema).fitting)


@pytest.mark.parametrize("wanted", FORMS, ids=range(len(FORMS)))
def test_date_times_of_each_form_are_drawn(wanted: Callable[[str], bool]) -> None:
    text = one(values_of(s.date_time()).fitting, wanted)

    assert s.date_time().is_valid(text)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (s.date(), "2026-02-30"),
        (s.date(), "20260101"),
        (s.date_time(), "2026-01-31T12:00:00"),
        (s.date_time(), "2026-01-31 12:00:00Z"),
    ],
)
def test_what_is_nearly_a_date_is_a_fault(schema: Schema[Any], text: str) -> None:
    assert text in drawn(values_of(schema).faults()["format"], 300)
