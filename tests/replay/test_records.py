"""What a line says, and what cannot be read."""

import base64
import gzip
import json

import pytest

from kbn_schema.replay.records import MAX_LINE_BYTES, Unreadable, read_record
from tests.replay.recorded import line


def read(**told):
    return read_record(json.dumps({"method": "POST", "path": "/x", "status": 200, **told}).encode())


@pytest.mark.parametrize(
    ("told", "path", "query"),
    [
        ({"path": "/x?a=1"}, "/x", b"a=1"),
        ({"query": "a=1"}, "/x", b"a=1"),
        ({"query": "?a=1"}, "/x", b"a=1"),
        ({"query": {"a": "1 &", "b": ["2", "3"]}}, "/x", b"a=1+%26&b=2&b=3"),
        ({"query": None}, "/x", b""),
        ({"path": "/x?a=1", "query": {"a": "1"}}, "/x", b"a=1"),
        ({"path": "https://example.org/x?a=1"}, "/x", b"a=1"),
        ({"path": "https://example.org"}, "/", b""),
        ({"path": "https://example.org?a=1"}, "/", b"a=1"),
        ({"path": "/x%2Fy"}, "/x%2Fy", b""),
        ({"path": "*"}, "*", b""),
    ],
)
def test_a_query_is_in_the_path_or_beside_it(told, path, query):
    head = read(**told).head

    assert (path, query) == (head.path, head.query)


def test_headers_are_texts_or_lists_of_them():
    head = read(headers={"A": "1", "B": ["2", "3"]}).head

    assert (("a", "1"), ("b", "2"), ("b", "3")) == head.headers


def test_a_method_is_read_in_any_case():
    assert "PATCH" == read(method="patch").head.method


FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("told", "body"),
    [
        ({}, None),
        ({"body": None}, None),
        ({"body": {"a": [1, "é"]}}, '{"a":[1,"é"]}'.encode()),
        ({"body": False}, b"false"),
        ({"body": '{"a": 1}'}, b'{"a": 1}'),
        ({"body": ""}, b""),
        ({"body": {"a": "1", "b": ["2", "3"]}, "headers": FORM}, b"a=1&b=2&b=3"),
        ({"body": "a=1", "headers": FORM}, b"a=1"),
        ({"body": {"a": 1}, "headers": {"content-type": "a/b, c/d"}}, b'{"a":1}'),
        ({"body_base64": base64.b64encode(b"\0\xff").decode()}, b"\0\xff"),
        ({"body_base64": "", "body": 1}, b""),
    ],
)
def test_a_body_is_a_value_or_a_text_or_bytes(told, body):
    assert body == read(**told).body


@pytest.mark.parametrize(
    ("told", "media_type"),
    [
        ({"body": {}}, ("application/json",)),
        ({"body": 1}, ("application/json",)),
        ({"body": ' {"a": 1}'}, ("application/json",)),
        ({"body": "a=1"}, ()),
        ({"body_base64": "e30="}, ()),
        ({}, ()),
        ({"body": {}, "status": 415}, ()),
        ({"body": {}, "headers": {"Content-Type": "text/plain"}}, ("text/plain",)),
    ],
)
def test_what_looks_like_json_is_sent_as_json_where_no_media_type_is_recorded(told, media_type):
    assert media_type == tuple(read(**told).head.header("content-type"))


@pytest.mark.parametrize(
    ("told", "length"),
    [
        ({"body": "abc"}, ("3",)),
        ({"body": "abc", "headers": {"content-length": "3"}}, ("3",)),
        ({"body": "abc", "headers": {"transfer-encoding": "chunked"}}, ()),
        ({}, ()),
    ],
)
def test_a_body_has_a_length(told, length):
    assert length == tuple(read(**told).head.header("content-length"))


@pytest.mark.parametrize(
    ("told", "is_unread"),
    [
        ({}, False),
        ({"headers": {"content-length": "0"}}, False),
        ({"headers": {"content-length": "5"}}, True),
        ({"headers": {"transfer-encoding": "chunked"}}, True),
        ({"body": "cut", "headers": {"content-length": "5"}}, True),
        ({"body_base64": "e30=", "headers": {"content-length": "5"}}, True),
        ({"body": {}, "headers": {"content-length": "5"}}, False),
        ({"body": "long", "headers": {"content-length": "3"}}, False),
        ({"body": "long", "headers": {"content-length": "x"}}, False),
    ],
)
def test_a_body_may_not_be_recorded_or_not_whole(told, is_unread):
    assert is_unread == read(**told).is_unread


def test_a_body_that_was_decoded_is_encoded_again():
    record = read(body={"a": 1}, headers={"content-encoding": "gzip", "content-length": "99"})

    assert b'{"a":1}' == gzip.decompress(record.body)
    assert not record.is_unread


DEEP = b"[" * 201 + b"]" * 201


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"nonsense", "it is not JSON"),
        (b'{"a": 1,}', "it is not JSON"),
        (b"\xff", "the JSON text is not valid UTF-8"),
        (b'{"a": NaN}', "the JSON text contains NaN or an infinity"),
        (b'{"a": 1, "a": 2}', "the JSON text contains an object with a duplicate key"),
        (b'{"body": ' + DEEP + b"}", "the JSON text is nested more than [201] levels deep"),
        (b" " * (MAX_LINE_BYTES + 1), f"it is longer than [{MAX_LINE_BYTES}] bytes"),
        (b"[]", "it is JSON, but no object"),
        (line(status="200"), "[status] must be an integer from 100 to 599"),
        (line(status=True), "[status] must be an integer from 100 to 599"),
        (line(status=99), "[status] must be an integer from 100 to 599"),
        (line(status=200.5), "[status] must be an integer from 100 to 599"),
        (line(method=None), "[method] must be a text"),
        (line(method=""), "[method] must be a text"),
        (line(path=1), "[path] must be a text"),
        (line(headers=[]), "[headers] must be an object of texts and lists of texts"),
        (line(headers={"a": 1}), "[headers] must be an object of texts and lists of texts"),
        (line(query=[]), "[query] must be a text, or an object of texts and lists of texts"),
        (line(query={"a": 1}), "[query] must be a text, or an object of texts and lists of texts"),
        (
            line(body={"a": 1}, headers=FORM),
            "[body] must be a text, or an object of texts and lists of texts",
        ),
        (line(body_base64="?"), "[body_base64] must be bytes in base64"),
        (line(body_base64=1), "[body_base64] must be bytes in base64"),
        (
            line(body={}, headers={"content-type": "multipart/form-data; boundary=x"}),
            "[body] of a multipart form must be a text; or write [body_base64]",
        ),
    ],
)
def test_a_line_that_cannot_be_read_has_a_reason(raw, reason):
    with pytest.raises(Unreadable) as error:
        read_record(raw)

    assert reason == str(error.value)


def test_a_body_may_be_as_deep_as_one_that_comes_by_itself():
    assert DEEP[1:-1] == read_record(line(body=json.loads(DEEP[1:-1]))).body


def test_a_byte_order_mark_is_ignored():
    assert 200 == read_record(b"\xef\xbb\xbf" + line()).status
