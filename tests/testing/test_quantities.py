"""Sizes and durations that are drawn lie between their bounds, in whatever unit they are spelled."""

from collections.abc import Callable
from typing import Any

import pytest

from kbn_schema import Schema
from kbn_schema import schema as s
from kbn_schema.quantities import MAX_SAFE_INTEGER
from tests.testing.leaves import drawn, fault_codes, label, one, plainest, refused, told_otherwise, values_of

ALWAYS = {"type", "format", "unsafe_number"}
BOUNDS: list[tuple[int | None, int | None, set[str]]] = [
    (None, None, set()),
    (1024, 2048, {"min", "max"}),
    (0, 0, {"max"}),
    (5, 5, {"min", "max"}),
    (MAX_SAFE_INTEGER, None, {"min"}),
    (None, MAX_SAFE_INTEGER, set()),
    (10**9, 10**12, {"min", "max"}),
    # A month in the mean, and a millisecond less than two years.
    (2_629_746_000, 2_629_746_000, {"min", "max"}),
    (None, 730 * 86_400_000 - 1, {"max"}),
]
QUANTITIES: list[tuple[Schema[Any], set[str]]] = [
    *((s.byte_size(min=least, max=most), codes) for least, most, codes in BOUNDS),
    *((s.duration(min=least, max=most), codes) for least, most, codes in BOUNDS),
]

SPELLINGS: list[tuple[Schema[Any], Callable[[str], bool]]] = [
    (s.byte_size(), lambda text: text.endswith("gB")),
    (s.byte_size(), lambda text: text.endswith("MB")),
    (s.byte_size(), lambda text: text.endswith("b") and text[-2:-1].isdigit()),
    (s.byte_size(), lambda text: text.isdigit() and text.startswith("00")),
    (s.duration(), lambda text: text.isdigit()),
    (s.duration(), lambda text: "y" in text and "ms" in text),
    (s.duration(), lambda text: "M" in text and not text.startswith("P")),
    (s.duration(), lambda text: "w" in text and "h" in text),
    (s.duration(), lambda text: text.startswith("P") and text.endswith("W")),
    (s.duration(), lambda text: text.startswith("P") and "Y" in text and "." in text),
    (s.duration(), lambda text: text.startswith("P") and "T" not in text and not text.endswith("W")),
]


@pytest.mark.parametrize("schema", [schema for schema, _ in QUANTITIES], ids=label)
def test_all_that_is_drawn_fits(schema: Schema[Any]) -> None:
    assert [] == refused(schema, 80)


@pytest.mark.parametrize("schema", [schema for schema, _ in QUANTITIES], ids=label)
def test_each_fault_is_told_by_its_code(schema: Schema[Any]) -> None:
    assert [] == told_otherwise(schema)


@pytest.mark.parametrize(("schema", "codes"), QUANTITIES, ids=label)
def test_each_bound_has_its_fault(schema: Schema[Any], codes: set[str]) -> None:
    assert codes | ALWAYS == fault_codes(schema)


@pytest.mark.parametrize(
    ("schema", "value"),
    [(s.byte_size(), 0), (s.byte_size(min="1kb"), 1024), (s.duration(min="1s"), 1000)],
    ids=label,
)
def test_shrinks_to_the_plainest(schema: Schema[Any], value: int) -> None:
    assert value == plainest(values_of(schema).fitting)


@pytest.mark.parametrize(("schema", "wanted"), SPELLINGS, ids=range(len(SPELLINGS)))
def test_each_spelling_is_drawn(schema: Schema[Any], wanted: Callable[[str], bool]) -> None:
    value = one(values_of(schema).fitting, lambda value: type(value) is str and wanted(value))

    assert schema.is_valid(value)


@pytest.mark.parametrize("schema", [schema for schema, _ in QUANTITIES], ids=label)
def test_without_spellings_no_text_is_drawn(schema: Schema[Any]) -> None:
    assert {int, float} == set(map(type, drawn(values_of(schema, spelled=False).fitting)))


@pytest.mark.parametrize(
    ("schema", "code", "value"),
    [
        (s.byte_size(min=5), "min", 4),
        (s.byte_size(max=5), "max", 6),
        (s.duration(min=5), "min", 4),
        (s.duration(max=5), "max", 6),
        (s.duration(), "unsafe_number", -1),
        (s.byte_size(), "format", "1.5kb"),
        (s.byte_size(), "type", None),
    ],
)
def test_a_fault_is_just_outside(schema: Schema[Any], code: str, value: Any) -> None:
    assert value in drawn(values_of(schema).faults()[code], 100)
