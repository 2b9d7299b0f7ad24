"""Literals, enums and booleans, and bytes and streams: what is drawn fits, and what is near is refused."""

import enum
import io
from typing import Any

import pytest

from kbn_schema import Schema
from kbn_schema import schema as s
from kbn_schema.numbers import BLANKS
from tests.testing.leaves import drawn, fault_codes, label, plainest, refused, told_otherwise, values_of


class Color(enum.Enum):
    RED = "red"
    BLUE = 2


VALUES = ["asc", "", "\u0130", 0, 1, 1.0, -0.0, 2.5, True, False, None, 10**400, 1e300, 2**53 + 1]
SCHEMAS: list[tuple[Schema[Any], set[str]]] = [
    (s.boolean(), {"type"}),
    *((s.literal(value), {"literal"}) for value in VALUES),
    (s.enum(["asc", "desc", 1, None]), {"enum"}), (s.enum([True, 1, "true", "1", 0, False]), {"enum"}),
    (s.enum(Color), {"enum"}), (s.buffer(), {"type", "format"}), (s.stream(), {"type"}),
]  # fmt: skip


@pytest.mark.parametrize("schema", [schema for schema, _ in SCHEMAS], ids=label)
def test_all_that_is_drawn_fits(schema: Schema[Any]) -> None:
    assert [] == refused(schema, 60)


@pytest.mark.parametrize("schema", [schema for schema, _ in SCHEMAS], ids=label)
def test_each_fault_is_told_by_its_code(schema: Schema[Any]) -> None:
    assert [] == told_otherwise(schema, 60)


@pytest.mark.parametrize(("schema", "codes"), SCHEMAS, ids=label)
def test_the_faults_of_each(schema: Schema[Any], codes: set[str]) -> None:
    assert codes == fault_codes(schema)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (s.boolean(), False),
        (s.literal("asc"), "asc"),
        (s.enum(["desc", "asc"]), "desc"),
        (s.enum(Color), "red"),
        (s.buffer(), b""),
    ],
)
def test_shrinks_to_the_plainest(schema: Schema[Any], value: Any) -> None:
    assert value == plainest(values_of(schema).fitting)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (s.literal("asc"), "ASC"),
        (s.literal("asc"), "asc "),
        (s.literal("asc"), ["asc"]),
        (s.literal(1), "1"),
        (s.literal(1), True),
        (s.literal(True), 1),
        (s.literal(True), "true"),
        (s.literal(None), "null"),
        (s.literal(None), ""),
        (s.enum([1, 2]), True),
        (s.enum(["a", None]), "null"),
        (s.boolean(), 1),
        (s.boolean(), "yes"),
    ],
)
def test_what_could_be_mistaken_for_a_value_is_a_fault(schema: Schema[Any], value: Any) -> None:
    [(_, wrong)] = values_of(schema).faults().items()
    found = drawn(wrong, 200)

    assert (type(value), value) in [(type(one), one) for one in found]


def test_a_number_is_drawn_in_both_its_forms() -> None:
    found = drawn(values_of(s.enum([1, 2.0, 2**53 + 1, 0.5])).fitting, 60)

    assert {"1", "1.0", "2", "2.0", "9007199254740993", "0.5"} == set(map(repr, found))


def test_booleans_are_spelled_in_any_letter_case_and_with_blanks_around() -> None:
    fitting = values_of(s.boolean()).fitting

    spelled = [value for value in drawn(fitting, 200) if type(value) is str]

    assert {"false", "FALSE", "False", "fAlSe"} <= {value.strip(BLANKS) for value in spelled}
    assert any(value.startswith(tuple(BLANKS)) for value in spelled)


def test_without_spellings_no_text_is_drawn() -> None:
    assert {bool} == set(map(type, drawn(values_of(s.boolean(), spelled=False).fitting)))
    assert {bytes} == set(map(type, drawn(values_of(s.buffer(), spelled=False).fitting)))


def test_texts_stand_for_bytes() -> None:
    assert {bytes, str} == set(map(type, drawn(values_of(s.buffer()).fitting)))


def test_each_stream_is_its_own() -> None:
    streams = drawn(values_of(s.stream()).fitting, 20)

    assert all(type(stream) is io.BytesIO for stream in streams)
    assert len(streams) == len(set(map(id, streams)))


def test_a_container_that_is_wrong_is_made_anew_each_time() -> None:
    wrong = [
        value for value in drawn(values_of(s.literal("a")).faults()["literal"], 300) if type(value) is list
    ]

    assert len(wrong) == len(set(map(id, wrong)))
