"""What no request can carry is not sent as something else."""

from collections.abc import Callable
from typing import Any

import pytest

from kbn_schema.http.header_fields import HeaderName
from kbn_schema.http.paths import parse_template
from kbn_schema.http.uploads import UploadedFile
from kbn_schema.testing.contents import Content, Medium
from kbn_schema.testing.wire import (
    Uncarried,
    fields_of,
    text_of,
    write_form,
    write_headers,
    write_path,
    write_query,
)

LONE = "\ud800"
TEMPLATE = parse_template("/a/{one}/{rest*}", "")
NAMES = (HeaderName("X-A", "x-a", False), HeaderName("X-List", "x-list", True))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (5, "5"),
        (1.0, "1"),
        (1e21, "1e+21"),
        ([1, "é"], '[1,"é"]'),
        ({"a": None}, '{"a":null}'),
    ],
)
def test_a_value_has_the_text_that_a_schema_reads(value: Any, text: str) -> None:
    assert text == text_of(value)


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"one": "b/c"}, "/a/b%2Fc"),
        ({"one": 5, "rest": "b/c d"}, "/a/5/b/c%20d"),
        ({"one": "é", "rest": "/"}, "/a/%C3%A9//"),
    ],
)
def test_a_path_keeps_its_segments_apart(params: dict[str, Any], path: str) -> None:
    assert path == write_path(TEMPLATE, params)


@pytest.mark.parametrize(
    ("fields", "query"),
    [
        ({"a": [1, 2], "b": "&"}, "a=1&a=2&b=%26"),
        ({"a": []}, "a=%5B%5D"),
        ({"a": ["[]"]}, "a=%5B%22%5B%5D%22%5D"),
        ({"a": ["{}"]}, "a=%7B%7D"),
        ({"a": ["1" * 5000]}, "a=" + "1" * 5000),
    ],
)
def test_a_query_repeats_the_items_of_lists(fields: dict[str, Any], query: str) -> None:
    assert query == write_query(fields)


def test_a_header_has_the_name_in_lower_case() -> None:
    sent = write_headers({"X-A": {"a": "é"}, "X-List": ["1", 2], "x-b": 5}, NAMES)

    assert {"x-a": '{"a": "\\u00e9"}', "x-list": "1, 2", "x-b": "5"} == sent
    assert {"x-list": "1, 2"} == write_headers({"X-List": "[1, 2]"}, NAMES)


def test_bytes_are_files_where_a_form_has_such() -> None:
    file = UploadedFile(b"one", "one.txt", "text/plain")
    body, media_type = write_form({"file": file, "files": [b"two", file], "title": "T"}, True)

    assert media_type.startswith("multipart/form-data; boundary=")
    assert (2, 1) == (body.count(b'filename="one.txt"'), body.count(b'filename="file.bin"'))


@pytest.mark.parametrize(
    "write",
    [
        lambda: text_of(None),
        lambda: text_of(b""),
        lambda: text_of(float("nan")),
        lambda: fields_of([]),
        lambda: fields_of("[]"),
        lambda: fields_of("{"),
        lambda: fields_of({1: 2}),
        lambda: write_path(TEMPLATE, {}),
        lambda: write_path(TEMPLATE, {"one": ""}),
        lambda: write_path(TEMPLATE, {"one": ".."}),
        lambda: write_path(TEMPLATE, {"one": "a", "rest": "b/./c"}),
        lambda: write_path(TEMPLATE, {"one": "a", "rest": ""}),
        lambda: write_path(TEMPLATE, {"one": LONE}),
        lambda: write_query({LONE: ""}),
        lambda: write_query({"a": [None]}),
        lambda: write_headers({"x-a": " a"}, None),
        lambda: write_headers({"x-a": "a\n"}, None),
        lambda: write_headers({"x-a": "€"}, None),
        lambda: write_headers({"x a": "a"}, None),
        lambda: write_headers({"X-List": []}, NAMES),
        lambda: write_headers({"X-List": 5}, NAMES),
        lambda: write_headers({"X-List": ["a,b"]}, NAMES),
        lambda: write_headers({"X-List": ['"']}, NAMES),
        lambda: write_headers({"X-List": [""]}, NAMES),
        lambda: write_form({"a": b""}, False),
        lambda: write_form({"a": [b"", "text"]}, True),
        lambda: write_form({"a": LONE}, False),
        lambda: Medium("application/json", "json").written({"a": b""}),
        lambda: Medium("application/json", "json").written(LONE),
        lambda: Medium("text/plain", "text").written(LONE),
    ],
)
def test_what_cannot_be_carried_is_told(write: Callable[[], Any]) -> None:
    with pytest.raises(Uncarried):
        write()


def test_text_is_sent_where_bytes_are_wanted() -> None:
    medium = Medium("application/x-ndjson", "bytes")

    assert Content(body=b"a", media_type="application/x-ndjson") == medium.written("a")
    assert Content(body=b"a", media_type="application/x-ndjson") == medium.written(b"a")
