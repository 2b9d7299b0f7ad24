import gzip
import json
import tracemalloc
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kbn_schema import MISSING, SchemaDefinitionError
from kbn_schema import schema as s
from kbn_schema.http.bodies import body_format
from kbn_schema.http.parts import Refusal, RequestParts
from tests.http.test_fields import outcome_of, refusal_of

LIMIT = 10_000
MIB = 2**20

OBJECT = s.object({"a": s.maybe(s.any())})
JSON = ("content-type", "application/json")
FORM = ("content-type", "application/x-www-form-urlencoded")
TEXT = ("content-type", "text/plain")
GZIP = ("content-encoding", "gzip")


def format_of(rule=OBJECT, **options):
    return body_format("post [/]", options, rule)


JSON_FORMAT = format_of()
FORMATS = {
    "json": JSON_FORMAT,
    "form": format_of(accepts=FORM[1]),
    "text": format_of(s.string(), accepts="text/*"),
    "any": format_of(s.any(), accepts="*/*"),
    "bytes": format_of(s.buffer()),
    "gunzip": format_of(s.buffer(), parse="gunzip"),
}


def posted(*headers):
    return RequestParts("POST", "/", b"", headers)


def value_of(body, *headers, by=JSON_FORMAT):
    value, is_fields = by.decode(posted(*headers), body, LIMIT)
    assert not is_fields
    return value


def fields_of(body, *headers, by):
    value, is_fields = by.decode(posted(*headers), body, LIMIT)
    assert is_fields
    return value


# What is taken.


@pytest.mark.parametrize("body", [None, b""])
@pytest.mark.parametrize("by", FORMATS.values(), ids=FORMATS)
def test_no_body_is_missing_whatever_the_headers_say(body, by):
    assert MISSING is value_of(body, ("content-type", "a/b, c"), ("content-encoding", "br"), by=by)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        " application/json ",
        "application/json;charset=utf-8",
        'application/json; charset="UTF-8"',
        "application/json ; Charset=utf8 ; profile=x",
        "application/json;",
        "application/vnd.api+json",
        'application/json; profile="a,b;charset=latin-1"',
        "application/json; Elastic-Api-Version=1",
    ],
)
def test_json_is_told_by_its_media_type(content_type):
    assert {"a": 1} == value_of(b'{"a": 1}', ("Content-Type", content_type))


@pytest.mark.parametrize(
    ("status", "content_types"),
    [
        (415, []),
        (415, [""]),
        (415, ["text/plain"]),
        (415, ["text/json"]),
        (415, ["json"]),
        (415, ["application/jsonx"]),
        (415, ["application/json+xml"]),
        (415, ["image/svg+json"]),
        (415, ["application/json garbage"]),
        (415, ["application/x-www-form-urlencoded"]),
        (415, ["multipart/form-data; boundary=x"]),
        (415, ["application/json; charset=latin-1"]),
        (415, ["application/json; charset=utf-16"]),
        (415, ["application/json; charset=us-ascii"]),
        (415, ["application/json; charset=bogus"]),
        (415, ['application/json; charset=""']),
        (400, ["application/json", "application/json"]),
        (400, ["application/json", "text/plain"]),
        (400, ["application/json, text/plain"]),
        (400, ["application/json; charset=utf-8; charset=latin-1"]),
    ],
)
def test_another_media_type_is_415_and_a_contradictory_one_400(status, content_types):
    headers = [("content-type", value) for value in content_types]

    assert status == refusal_of(value_of, b"{}", *headers).status


@pytest.mark.parametrize(
    ("accepts", "listed"),
    [
        (None, "[application/json]"),
        (["application/json", "text/*"], "[application/json] or [text/*]"),
        (["application/*+json"], "[application/*+json]"),
        ("Text/Plain", "[Text/Plain]"),
    ],
)
def test_a_refusal_says_what_would_be_taken(accepts, listed):
    by = format_of(s.any()) if accepts is None else format_of(s.any(), accepts=accepts)

    assert f"expected a request body of media type {listed}" == refusal_of(value_of, b"x", by=by).message


@pytest.mark.parametrize(
    ("content_type", "value"),
    [
        ("application/json", {"a": 1}),
        ("model/gltf+json", {"a": 1}),
        ("text/plain", '{"a":1}'),
        ("text/x+json; charset=US-ASCII", '{"a":1}'),
        ("application/octet-stream", b'{"a":1}'),
        ("image/png; charset=latin-1", b'{"a":1}'),
        (None, b'{"a":1}'),
    ],
)
def test_where_everything_is_accepted_the_media_type_says_what_it_is(content_type, value):
    headers = [] if content_type is None else [("content-type", content_type)]

    assert value == value_of(b'{"a":1}', *headers, by=FORMATS["any"])


@pytest.mark.parametrize("body", [b"null", b"[]", b'"x"', b"0", b"false"])
def test_json_that_is_no_object_is_no_absent_body(body):
    assert json.loads(body) == value_of(body, JSON)


# JSON.


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b" ",
        b"{} {}",
        b"{} // comment",
        b"{'a': 1}",
        b"\xef\xbb\xbf{}",
        b'"\xff"',
        '{"a": 1}'.encode("utf-16"),
        b"[" * 100_000,
        b"9" * 10_000,
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"01",
        b'{"a": 1, "a": 2}',
        b'"\\ud800"',
        b"{}\x00",
    ],
)
def test_a_malformed_body_is_400_in_the_words_of_hapi(body):
    refusal = refusal_of(value_of, body, JSON)

    assert (400, "Invalid request payload JSON format") == (refusal.status, refusal.message)
    assert refusal.detail["message"].startswith("the JSON text ")


@pytest.mark.parametrize(
    ("body", "code", "params"),
    [
        (b'{"a":\n 01}', "json", {"line": 2, "column": 3}),
        (b'{"a": 1, "a": 2}', "json", {}),
        (b"[" * 201 + b"]" * 201, "depth", {"limit": 200}),
    ],
)
def test_the_issue_of_a_malformed_body_says_where_and_what(body, code, params):
    detail = refusal_of(value_of, body, JSON).detail

    assert (["body"], code, params) == (detail["path"], detail["code"], detail["params"])


# Text.


@pytest.mark.parametrize(
    ("status", "body", "content_type", "message"),
    [
        (400, b"\xff", "text/plain", "[request body]: expected valid UTF-8"),
        (400, "é".encode(), "text/plain; charset=us-ascii", "[request body]: expected valid US-ASCII"),
        (400, b"\xef\xbb\xbfa", "text/csv", "[request body]: must not begin with a byte order mark"),
        (415, b"a", "text/plain; charset=latin-1", "expected a request body in charset [utf-8]"),
        (415, b"a\x00", "text/plain; charset=utf-16", "expected a request body in charset [utf-8]"),
    ],
)
def test_text_is_utf_8_without_a_byte_order_mark(status, body, content_type, message):
    refusal = refusal_of(value_of, body, ("content-type", content_type), by=FORMATS["text"])

    assert (status, message) == (refusal.status, refusal.message)


def test_text_is_kept_as_it_is():
    assert " é\r\n\x00" == value_of(" é\r\n\x00".encode(), TEXT, by=FORMATS["text"])


# Forms.


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"a=1&b=x+y%26&a=2", {"a": ["1", "2"], "b": "x y&"}),
        (b"a", {"a": ""}),
        (b"&", {}),
        (b'{"a": 1}', {'{"a": 1}': ""}),
    ],
)
def test_a_form_is_decoded_like_a_query(body, fields):
    assert fields == fields_of(body, FORM, by=FORMATS["form"])


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (400, b"a=%zz", "[request body]: malformed percent-encoding"),
        (400, b"a=\xff", "[request body]: expected valid UTF-8"),
        (413, b"a&" * 1001, "[request body]: expected at most [1000] fields"),
    ],
)
def test_a_form_is_refused_like_a_query_but_for_its_size(status, body, message):
    refusal = refusal_of(fields_of, body, FORM, by=FORMATS["form"])

    assert (status, message) == (refusal.status, refusal.message)


def test_a_form_in_another_charset_is_415():
    header = ("content-type", f"{FORM[1]}; charset=latin-1")

    assert 415 == refusal_of(fields_of, b"a=1", header, by=FORMATS["form"]).status


# Bytes and streams.


@pytest.mark.parametrize(
    "rule", [s.buffer(), s.maybe(s.buffer()), s.nullable(s.buffer()), s.maybe(s.nullable(s.buffer()))]
)
@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", "text/x; charset=x", ""])
def test_a_buffer_takes_bytes_of_any_type(rule, content_type):
    assert b"{" == value_of(b"{", ("content-type", content_type), by=format_of(rule))
    assert b"{" == value_of(b"{", by=format_of(rule))


@pytest.mark.parametrize("parse", [False, "gunzip"])
def test_a_body_that_is_not_parsed_is_bytes(parse):
    assert b"{}" == value_of(b"{}", JSON, by=format_of(s.any(), parse=parse))


def test_bytes_may_be_asked_to_have_a_type():
    by = format_of(s.buffer(), accepts=["application/json", "image/*"])

    assert b"{" == value_of(b"{", JSON, by=by)
    assert 415 == refusal_of(value_of, b"{", TEXT, by=by).status


@pytest.mark.parametrize("headers", [["a/b", "a/b"], ["a/b, a/b"]])
def test_a_repeated_header_is_400_where_everything_is_accepted(headers):
    pairs = [("content-type", text) for text in headers]

    assert 400 == refusal_of(value_of, b"x", *pairs, by=FORMATS["bytes"]).status


@pytest.mark.parametrize(
    ("streams", "by"),
    [
        (True, format_of(s.stream())),
        (True, format_of(s.maybe(s.stream()))),
        (True, format_of(s.any(), output="stream")),
        (True, format_of(None, output="stream", parse=False)),
        (True, format_of(s.stream(), output="stream", parse=True, accepts="multipart/form-data")),
        (False, format_of(s.buffer())),
        (False, format_of(s.any(), output="data")),
        (False, format_of(None)),
    ],
)
def test_a_stream_is_told_by_its_rule_or_its_output(streams, by):
    assert streams == by.streams


def test_the_head_of_a_stream_is_judged_before_anything_is_read():
    by = format_of(s.stream(), accepts="image/*")

    assert "image/png" == by.check_head(posted(("content-type", "image/png; charset=x")))[0].name
    assert 415 == refusal_of(by.check_head, posted(TEXT)).status
    assert 415 == refusal_of(by.check_head, posted(("content-type", "image/png"), GZIP)).status
    assert "application/octet-stream" == format_of(s.stream()).check_head(posted())[0].name


# Content encodings.


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip", "x", "gzip, gzip"])
def test_a_compressed_body_is_415(encoding):
    refusal = refusal_of(value_of, b"{}", JSON, ("Content-Encoding", encoding))

    assert (415, {"accept-encoding": "identity"}) == (refusal.status, refusal.headers)


@pytest.mark.parametrize("by", [FORMATS["json"], FORMATS["gunzip"]])
@pytest.mark.parametrize("encoding", ["Identity", "", " ", ",", "identity, identity"])
def test_the_encoding_identity_is_none(encoding, by):
    assert value_of(b"{}", JSON, by=by) == value_of(b"{}", JSON, ("Content-Encoding", encoding), by=by)


@pytest.mark.parametrize("encoding", ["gzip", "GZIP ", "x-gzip", "identity,gzip"])
def test_gzip_is_inflated_where_it_is_asked_for(encoding):
    assert b"abc" == value_of(gzip.compress(b"abc"), ("content-encoding", encoding), by=FORMATS["gunzip"])


def test_deflate_is_inflated_where_it_is_asked_for():
    header = ("content-encoding", "deflate")

    assert b"abc" == value_of(zlib.compress(b"abc"), header, by=FORMATS["gunzip"])


@pytest.mark.parametrize("encodings", [["br"], ["gzip, gzip"], ["gzip", "gzip"], ["gzip, deflate"], ["gzi"]])
def test_other_and_stacked_encodings_are_415(encodings):
    headers = [("content-encoding", text) for text in encodings]
    refusal = refusal_of(value_of, gzip.compress(b""), *headers, by=FORMATS["gunzip"])

    assert (415, {"accept-encoding": "gzip, deflate"}) == (refusal.status, refusal.headers)


def test_without_an_encoding_bytes_are_taken_as_they_are():
    assert gzip.compress(b"abc") == value_of(gzip.compress(b"abc"), by=FORMATS["gunzip"])


PACKED = gzip.compress(b"abc" * 100, mtime=0)
NEEDS_DICTIONARY = zlib.compressobj(zdict=b"abc")


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        *(("gzip", PACKED[:size]) for size in (1, 9, 10, 15, len(PACKED) - 8, len(PACKED) - 1)),
        ("gzip", PACKED + b"x"),
        ("gzip", PACKED + PACKED),
        ("gzip", PACKED[:-8] + b"\0" * 8),
        ("gzip", b"\0" + PACKED),
        ("gzip", b"{}"),
        ("gzip", zlib.compress(b"abc")),
        ("deflate", PACKED),
        ("deflate", zlib.compress(b"abc")[2:-4]),
        ("deflate", zlib.compress(b"abc")[:-1]),
        ("deflate", zlib.compress(b"abc") + b"\r\n"),
        ("deflate", NEEDS_DICTIONARY.compress(b"abcabc") + NEEDS_DICTIONARY.flush()),
    ],
)
def test_what_is_broken_truncated_or_longer_is_400(encoding, body):
    refusal = refusal_of(value_of, body, ("content-encoding", encoding), by=FORMATS["gunzip"])

    assert (400, f"[request body]: malformed content encoding [{encoding}]") == (
        refusal.status,
        refusal.message,
    )


def test_an_empty_body_may_be_compressed():
    assert MISSING is value_of(gzip.compress(b""), GZIP, by=FORMATS["gunzip"])


def test_what_is_inflated_may_be_as_long_as_the_limit():
    assert bytes(LIMIT) == value_of(gzip.compress(bytes(LIMIT)), GZIP, by=FORMATS["gunzip"])


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT + 2, LIMIT * 100])
def test_what_is_inflated_must_not_be_longer_than_the_limit(size):
    refusal = refusal_of(value_of, gzip.compress(bytes(size)), GZIP, by=FORMATS["gunzip"])

    assert (413, f"the request body must not exceed [{LIMIT}] bytes") == (refusal.status, refusal.message)


@pytest.mark.parametrize(("pack", "encoding"), [(gzip.compress, "gzip"), (zlib.compress, "deflate")])
def test_a_bomb_is_not_inflated_beyond_the_limit(pack, encoding):
    bomb = pack(bytes(20 * MIB))
    tracemalloc.start()
    try:
        refusal = refusal_of(value_of, bomb, ("content-encoding", encoding), by=FORMATS["gunzip"])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert 413 == refusal.status
    assert peak < MIB


# The author's mistakes.


@pytest.mark.parametrize(
    ("rule", "options", "message"),
    [
        (OBJECT, {"output": "stream"}, "output is [stream], but validate.body is object()"),
        (s.maybe(OBJECT), {"output": "stream"}, "output is [stream], but validate.body is object()"),
        (s.nullable(s.string()), {"output": "stream"}, "output is [stream], but validate.body is string()"),
        (s.buffer(), {"output": "stream"}, "output is [stream], but validate.body is buffer()"),
        (s.stream(), {"output": "data"}, "output is [data], but validate.body is stream()"),
        (s.stream(), {"parse": "gunzip"}, "a stream is not inflated"),
        (s.any(), {"parse": "gunzip", "output": "stream"}, "a stream is not inflated"),
        (OBJECT, {"parse": False}, "parse is [False], but validate.body is object()"),
        (s.array_of(s.any()), {"parse": "gunzip"}, "parse is [gunzip], but validate.body is array_of()"),
        (OBJECT, {"accepts": "image/png"}, "bodies of type [image/png] are bytes"),
        (OBJECT, {"accepts": ["a/b", "c/d"]}, "bodies of type [a/b] or [c/d] are bytes"),
        (OBJECT, {"accepts": []}, "accepts must name a media type"),
        (s.buffer(), {"accepts": ["nonsense"]}, "accepts has [nonsense], expected a media type"),
    ],
)
def test_contradictions_are_found_when_a_route_is_declared(rule, options, message):
    with pytest.raises(SchemaDefinitionError) as error:
        body_format("post [/\n]", options, rule)

    assert str(error.value).startswith("post [/\\n]: options.body")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        (s.one_of([s.buffer(), s.string()]), {"parse": False}),
        (s.one_of([s.stream(), s.buffer()]), {"output": "stream"}),
        (s.lazy(lambda: s.buffer()), {"parse": False}),
        (lambda value, result: result.ok(value), {"parse": "gunzip"}),
        (None, {"output": "stream"}),
        (OBJECT, {"accepts": ["image/png", "application/json"]}),
        (OBJECT, {"accepts": ["Application/JSON"]}),
        (OBJECT, {"max_bytes": 1, "parse": True, "output": "data"}),
    ],
)
def test_what_may_be_meant_is_not_refused(rule, options):
    assert body_format("post [/]", options, rule).accepts


def test_a_format_says_what_it_accepts():
    assert ("application/json", "application/*+json") == format_of().accepts
    assert ("*/*",) == format_of(s.buffer()).accepts
    assert ("text/*",) == format_of(accepts="text/*").accepts
    assert ("text/*", "a/b") == format_of(accepts=["text/*", "a/b"]).accepts


# Whatever comes.


names = st.sampled_from(
    [
        JSON[1],
        FORM[1],
        TEXT[1],
        "multipart/form-data",
        "multipart/form-data; boundary=b",
        "text/x; charset=us-ascii",
        "application/json; charset=latin-1",
        "image/png",
        "a/b, c/d",
        "",
    ]
)
encodings = st.sampled_from(["gzip", "deflate", "br", "identity", "gzip,gzip", ""])
headers = st.lists(
    st.tuples(st.just("content-type"), names | st.text())
    | st.tuples(st.just("content-encoding"), encodings | st.text()),
    max_size=3,
)
pieces = st.sampled_from(
    [
        *(b"--b", b"--b--", b"\r\n", b"\r\n\r\n", b"\n", b": ", b";", b"Content-Type: text/plain"),
        *(b"Content-Disposition: form-data; name=a", b'; filename="b"'),
        *(b"a=1&", b"%", b"{", b'"a":', b"\xef\xbb\xbf", b"\xff"),
    ]
)
raw = st.binary() | st.lists(pieces | st.binary(max_size=3), max_size=12).map(b"".join)
bodies = (
    raw | raw.map(gzip.compress) | raw.map(zlib.compress) | raw.map(lambda data: gzip.compress(data)[:-2])
)


@pytest.mark.parametrize("by", FORMATS.values(), ids=FORMATS)
@given(headers=headers, body=bodies)
@example([("content-type", "multipart/form-data; boundary=b")], b"--b--")
@example([("content-type", "multipart/form-data; boundary=b")], b"--b\r\n\r\n\r\n--b--")
@example([JSON], b"[" * 10_000)
@example([GZIP], PACKED[:-1])
def test_whatever_comes_is_a_value_or_refused(by, headers, body):
    outcome = outcome_of(by.decode, posted(*headers), body, 1000)

    if isinstance(outcome, Refusal):
        assert outcome.status in (400, 413, 415)
        assert outcome.message.isprintable()
    else:
        value, is_fields = outcome
        assert isinstance(value, dict) or not is_fields
