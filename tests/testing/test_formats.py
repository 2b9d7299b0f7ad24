"""Host names, addresses, URIs, e-mail addresses and UUIDs that are drawn have their format."""

from collections.abc import Callable
from typing import Any

import pytest

from kbn_schema import Schema
from kbn_schema import schema as s
from tests.testing.leaves import drawn, fault_codes, label, one, plainest, refused, told_otherwise, values_of

SCHEMAS: list[Schema[Any]] = [
    s.string(hostname=True),
    s.email(),
    s.uuid(),
    s.ip(),
    s.ip(versions=["ipv4"]),
    s.ip(versions=["ipv6"]),
    s.ip(versions=["ipvfuture"]),
    s.ip(versions=["ipv4", "ipv6", "ipvfuture"]),
    s.uri(),
    s.uri(scheme="https"),
    s.uri(scheme=["HTTP", "git+ssh"]),
    s.uri(scheme=["a b", "urn"]),
]

FORMS: list[tuple[Schema[Any], Callable[[str], bool]]] = [
    (s.uuid(), lambda text: text.upper() == text and text.lower() != text),
    (s.ip(), lambda text: text.count(":") == 7),
    (s.ip(), lambda text: "::" in text and "." in text),
    (
        s.ip(versions=["ipv4"]),
        lambda text: any(part.startswith("0") and len(part) > 1 for part in text.split(".")),
    ),
    (s.ip(versions=["ipv6"]), lambda text: text.startswith("::")),
    (s.ip(versions=["ipv6"]), lambda text: text.endswith("::")),
    (s.uri(), lambda text: text.startswith("http://")),
    (s.uri(), lambda text: text.startswith("file:///")),
    (s.uri(), lambda text: text.startswith("urn:") and "//" not in text),
    (s.uri(), lambda text: "@" in text.partition("://")[2]),
    (s.uri(), lambda text: "[v1." in text),
    (s.uri(), lambda text: "[::" in text),
    (s.uri(), lambda text: "%" in text),
    (s.uri(), lambda text: "?" in text and "#" in text),
    (s.string(hostname=True), lambda text: "\u3002" in text or "\uff0e" in text),
    (s.string(hostname=True), lambda text: "\u0645\u062b\u0627\u0644" in text),
    (s.string(hostname=True), lambda text: text != text.lower()),
    (s.email(), lambda text: text.count(".") > 2),
]

OTHERS: list[tuple[Schema[Any], Callable[[str], bool]]] = [
    (s.ip(versions=["ipv4"]), lambda text: ":" in text and s.ip(versions=["ipv6"]).is_valid(text)),
    (s.uri(scheme="https"), lambda text: s.uri(scheme="ftp").is_valid(text)),
    (s.string(hostname=True), lambda text: "_" in text),
    (s.email(), lambda text: "@" not in text),
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=label)
def test_all_that_is_drawn_fits(schema: Schema[Any]) -> None:
    assert [] == refused(schema, 200)


@pytest.mark.parametrize("schema", SCHEMAS, ids=label)
def test_each_fault_is_told_by_its_code(schema: Schema[Any]) -> None:
    assert [] == told_otherwise(schema, 60)
    assert {"format", "type"} == fault_codes(schema)


@pytest.mark.parametrize("schema", [s.uri(scheme="1x"), s.uri(scheme=["a b", "http:"])], ids=label)
def test_schemes_that_no_uri_has_have_no_value(schema: Schema[Any]) -> None:
    assert values_of(schema).fitting.is_empty
    assert [] == told_otherwise(schema, 60)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (s.uuid(), "00000000-0000-0000-0000-000000000000"),
        (s.ip(), "1.1.1.1"),
        (s.ip(versions=["ipv6"]), "::"),
        (s.string(hostname=True), "a"),
        (s.string(hostname=True, min_length=2), "localhost"),
        (s.email(), "0@0.a"),
        (s.uri(), "http://a"),
        (s.uri(scheme="urn"), "urn://a"),
    ],
)
def test_shrinks_to_the_plainest(schema: Schema[Any], text: str) -> None:
    assert text == plainest(values_of(schema).fitting)


@pytest.mark.parametrize(("schema", "wanted"), FORMS, ids=range(len(FORMS)))
def test_texts_of_each_form_are_drawn(schema: Schema[Any], wanted: Callable[[str], bool]) -> None:
    text = one(values_of(schema).fitting, wanted)

    assert schema.is_valid(text)


@pytest.mark.parametrize(("schema", "wanted"), OTHERS, ids=range(len(OTHERS)))
def test_what_has_the_wrong_format_may_have_another(
    schema: Schema[Any], wanted: Callable[[str], bool]
) -> None:
    text = one(values_of(schema).faults()["format"], wanted)

    assert not schema.is_valid(text)


def test_no_two_kinds_of_faults_are_drawn_as_one() -> None:
    wrong = values_of(s.uuid()).faults()

    assert {str} == set(map(type, drawn(wrong["format"], 60)))
    assert str not in set(map(type, drawn(wrong["type"], 60)))
