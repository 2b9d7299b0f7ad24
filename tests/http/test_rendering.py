"""What leaves for each thing that a handler may answer with."""

import io
import json
from email.utils import formatdate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kbn_schema.http import RequestParts, Response, Router, TestClient, rendering
from kbn_schema.http.rendering import render, to_json
from kbn_schema.http.responses import ResponseError, ResponseFactory
from kbn_schema.http.statuses import phrase

make = ResponseFactory()
GENERIC = "An internal server error occurred. Check the server logs for details."
JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"


def answer_to(answer, method="GET", headers=()):
    router = Router()
    getattr(router, method.lower() if method != "HEAD" else "get")("/a", validate=False)(lambda *_: answer)
    return TestClient(router).request(method, "/a", headers=headers)


SUCCESSES = {"ok": 200, "created": 201, "accepted": 202, "multi_status": 207}
ERRORS = {
    "bad_request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "unprocessable_content": 422,
}
BODIES = [
    ({"a": "é"}, JSON, '{"a":"é"}'.encode()),
    ([1, None], JSON, b"[1,null]"),
    ((1, 2), JSON, b"[1,2]"),
    (0, JSON, b"0"),
    (False, JSON, b"false"),
    ("", TEXT, b""),
    ("é", TEXT, "é".encode()),
    (b"\xff", BYTES, b"\xff"),
    (bytearray(b"\xff"), BYTES, b"\xff"),
    (memoryview(b"\xff"), BYTES, b"\xff"),
    (None, TEXT, b""),
]


@pytest.mark.parametrize("name", SUCCESSES)
@pytest.mark.parametrize(("body", "content_type", "sent"), BODIES)
@pytest.mark.parametrize("headers", [None, {}, {"X-A": "1"}])
def test_a_success_is_sent_as_it_is(name, body, content_type, sent, headers):
    answer = answer_to(getattr(make, name)(body=body, headers=headers))

    assert (SUCCESSES[name], content_type, sent) == (
        answer.status,
        answer.headers["content-type"],
        answer.body,
    )
    assert str(len(sent)) == answer.headers["content-length"]
    assert ("1" if headers else None) == answer.headers.get("x-a")


def factory_of_errors():
    for name, status in ERRORS.items():
        yield pytest.param(getattr(make, name), status, id=name)
    for status in (400, 418, 499, 500, 503, 599):
        yield pytest.param(
            lambda s=status, **o: make.custom_error(status_code=s, **o), status, id=f"error {status}"
        )
        yield pytest.param(
            lambda s=status, **o: make.custom(status_code=s, **o), status, id=f"custom {status}"
        )


EACH_ERROR = pytest.mark.parametrize(("error", "status"), list(factory_of_errors()))


@EACH_ERROR
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("why", {"message": "why"}),
        (ValueError("why"), {"message": "why"}),
        ({"message": "why"}, {"message": "why"}),
        ({"message": ValueError("why")}, {"message": "why"}),
        ({"message": "why", "attributes": {"a": 1}}, {"message": "why", "attributes": {"a": 1}}),
        ({"message": "why", "attributes": None}, {"message": "why"}),
        ({"message": "why", "attributes": 0}, {"message": "why", "attributes": 0}),
        ({"message": "why", "secret": 1}, {"message": "why"}),
    ],
)
def test_an_error_has_one_format(error, status, body, told, caplog):
    answer = answer_to(error(body=body, headers={"X-A": "1"}))

    assert {"statusCode": status, "error": phrase(status), **told} == answer.json()
    assert (status, JSON, "1") == (answer.status, answer.headers["content-type"], answer.headers["x-a"])
    assert [] == caplog.records


@EACH_ERROR
@pytest.mark.parametrize(("body", "content_type", "sent"), [row for row in BODIES if row[0] is not None])
def test_an_error_may_bypass_the_format(error, status, body, content_type, sent):
    answer = answer_to(error(body=body, bypass_error_format=True))

    assert (status, content_type, sent) == (answer.status, answer.headers["content-type"], answer.body)


@EACH_ERROR
def test_bytes_and_streams_bypass_the_format_by_themselves(error, status):
    assert [b"raw", b"raw", b"raw"] == [
        answer_to(error(body=body)).body for body in (b"raw", iter([b"raw"]), io.BytesIO(b"raw"))
    ]


def test_nothing_bypasses_the_format_where_there_is_no_body():
    assert b"" == answer_to(make.custom(status_code=418, bypass_error_format=True)).body


@pytest.mark.parametrize("status", [400, 401, 500])
@pytest.mark.parametrize(
    "body", [None, "", {}, {"message": ""}, {"message": 5}, {"error": "x"}, [], [{}], 5, ValueError()]
)
def test_an_error_without_a_message_is_the_authors_mistake(status, body, caplog):
    answer = answer_to(make.custom(status_code=status, body=body))

    assert (500, GENERIC) == (answer.status, answer.json()["message"])
    assert (
        'expected error message to be provided: body="..." or body={"message": "...", "attributes": ...}'
        in caplog.text
    )


@pytest.mark.parametrize("status", [100, 101, 204, 205, 304])
@pytest.mark.parametrize("body", [None, {"a": 1}, "text", b"x"])
def test_a_status_without_a_body_has_none(status, body):
    answer = answer_to(
        make.custom(status_code=status, body=body, headers={"X-A": "1", "content-type": "a/b"})
    )

    assert (status, b"", "1") == (answer.status, answer.body, answer.headers["x-a"])
    assert not {"content-type", "content-length"} & set(answer.headers)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_needs_a_location(status, caplog):
    there = answer_to(make.custom(status_code=status, headers={"Location": "/b"}))
    lost = answer_to(make.custom(status_code=status))

    assert (status, "/b", 500) == (there.status, there.headers["location"], lost.status)
    assert "expected 'location' header to be set" in caplog.text


# Headers


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ({"X-A": "1"}, [("x-a", "1")]),
        ({"x-a": ["1", "2"]}, [("x-a", "1"), ("x-a", "2")]),
        ({"x-a": ("1",)}, [("x-a", "1")]),
        ({"x-a": []}, []),
        ({"X-A": "1", "x-a": "2"}, [("x-a", "1"), ("x-a", "2")]),
        ({"x-a": ""}, [("x-a", "")]),
        ({"x-a": "é\t~"}, [("x-a", "é\t~")]),
        ({"!#$%&'*+.^_`|~0Az": "1"}, [("!#$%&'*+.^_`|~0az", "1")]),
        ({"Content-Type": "text/csv"}, [("content-type", "text/csv")]),
        ({"CACHE-CONTROL": "max-age=1"}, [("cache-control", "max-age=1")]),
        ({"X-Content-Type-Options": "x"}, [("x-content-type-options", "x")]),
    ],
)
def test_headers_are_sent_in_lower_case_with_all_their_values(headers, sent):
    answer = answer_to(make.ok(body=1, headers=headers))
    names = {name.lower() for name in headers}

    assert sent == [(name, value) for name, value in answer.headers.pairs if name in names]


BAD_HEADERS = [
    *[
        {"x-a": value}
        for value in ["a\r\nb", "a\n", "\r", "\x00", "\x7f", "\x1f", "☃", "\ud800", 1, None, b"x", {}]
    ],
    *[{"x-a": value} for value in [["a", 1], [["a"]], {"a"}, iter(["a"]), ("a", "b\n")]],
    *[{name: "x"} for name in ["", " ", "a b", "a:", "a\r\nb", "é", "a\x00", "(a)", "[a]", 5, None, b"x"]],
    *[{name: "x"} for name in ["Connection", "TE", "Transfer-Encoding", "upgrade", "keep-alive", "trailer"]],
    *[{name: ["a", "b"]} for name in ["Content-Type", "content-length", "etag", "Last-Modified", "location"]],
    {"content-type": "a/b", "Content-Type": "a/b"},
    {"etag": []},
    {"etag": 'a"b'},
    {"etag": "a b"},
]


@pytest.mark.parametrize("headers", BAD_HEADERS)
def test_a_header_that_cannot_be_sent_is_a_500_and_the_reason_is_logged(headers, caplog):
    answer = answer_to(make.ok(body="x", headers=headers))

    assert (500, GENERIC) == (answer.status, answer.json()["message"])
    assert ["500 Server Error: GET /a"] == [record.getMessage() for record in caplog.records]


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.lists(st.text(max_size=5), max_size=3)))
def test_whatever_the_headers_are_no_line_of_the_answer_is_anothers(headers):
    try:
        answer = render(make.ok(body=1, headers=headers), RequestParts("GET", "/"))
    except ResponseError:
        return
    for name, value in answer.headers:
        assert name == name.lower()
        assert name.isascii()
        assert not set("\r\n\0: ") & set(name)
        assert not set("\r\n\0") & set(value)
        value.encode("latin-1")


def test_the_common_headers_are_on_every_answer():
    router = Router()
    router.get("/a", validate=False)(lambda *_: make.no_content())
    client = TestClient(router)
    for answer in (client.get("/a"), client.get("/b"), client.post("/a"), client.options("/a")):
        assert "nosniff" == answer.headers["x-content-type-options"]
        assert "private, no-cache, no-store, must-revalidate" == answer.headers["cache-control"]


# Conditions

DATE = formatdate(1_700_000_000, usegmt=True)
LATER = formatdate(1_700_000_001, usegmt=True)
EARLIER = formatdate(1_699_999_999, usegmt=True)


@pytest.mark.parametrize(
    ("given", "asked", "status"),
    [
        ({"etag": "v1"}, {"if-none-match": '"v1"'}, 304),
        ({"etag": "v1"}, {"if-none-match": '"v2"'}, 200),
        ({"etag": "v1"}, {}, 200),
        ({}, {"if-none-match": '"v1"'}, 200),
        ({}, {"if-none-match": "*"}, 200),
        ({"last-modified": DATE}, {"if-modified-since": DATE}, 304),
        ({"last-modified": DATE}, {"if-modified-since": LATER}, 304),
        ({"last-modified": DATE}, {"if-modified-since": EARLIER}, 200),
        ({"last-modified": DATE}, {"if-modified-since": "yesterday"}, 200),
        ({"last-modified": DATE}, {"if-none-match": "*"}, 304),
        ({"etag": "v1", "last-modified": DATE}, {"if-none-match": '"v2"', "if-modified-since": LATER}, 200),
        ({"etag": "v1", "last-modified": DATE}, {"if-none-match": '"v1"', "if-modified-since": EARLIER}, 304),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("body", [{"a": 1}, None, "stream"])
def test_what_the_client_has_is_not_sent_again(given, asked, status, method, body):
    answer = answer_to(make.ok(body=iter([b"x"]) if body == "stream" else body, headers=given), method, asked)

    assert (200 if method == "POST" else status) == answer.status
    assert (method == "HEAD" or answer.status == 304 or body is None) == (answer.body == b"")
    assert set(given) <= set(answer.headers)


@pytest.mark.parametrize("status", [201, 202, 207, 404])
def test_only_a_200_becomes_a_304(status):
    answer = make.custom(status_code=status, body={"message": "m"}, headers={"etag": "v1"})

    assert status == answer_to(answer, headers={"if-none-match": '"v1"'}).status


# Files and streams


@pytest.mark.parametrize(
    ("options", "headers"),
    [
        (
            {"filename": "a.txt"},
            {"content-type": "text/plain", "content-disposition": "attachment; filename=a.txt"},
        ),
        ({"filename": "my file.csv"}, {"content-disposition": "attachment; filename=my%20file.csv"}),
        (
            {"filename": 'é/\\"\r\n.bin'},
            {"content-disposition": "attachment; filename=%C3%A9%2F%5C%22%0D%0A.bin"},
        ),
        ({"filename": "a.bin", "file_content_type": "a/b"}, {"content-type": "a/b"}),
        ({"filename": "nothing"}, {"content-type": BYTES}),
        (
            {"filename": "a.txt", "headers": {"Content-Type": "a/b", "X-A": "1"}},
            {"content-type": "a/b", "x-a": "1"},
        ),
        (
            {"filename": "a.txt", "headers": {"content-disposition": "inline"}},
            {"content-disposition": "inline"},
        ),
    ],
)
@pytest.mark.parametrize("body", [b"abc", "abc", "stream", "file", bytearray(b"abc")])
def test_a_file_is_saved_under_its_name(options, headers, body):
    streams = {"stream": lambda: iter([b"ab", b"c"]), "file": lambda: io.BytesIO(b"abc")}
    content = streams[body]() if isinstance(body, str) and body in streams else body
    answer = answer_to(make.file(body=content, **options))
    expected = dict(headers)
    if expected.get("content-type") == "text/plain" and content is not body:
        expected["content-type"] = TEXT

    assert (200, b"abc") == (answer.status, answer.body)
    assert expected.items() <= dict(answer.headers).items()


def test_the_size_of_a_file_in_pieces_can_be_told():
    answer = answer_to(make.file(body=iter([b"ab", b"c"]), filename="a", file_content_size=3))

    assert ("3", b"abc") == (answer.headers["content-length"], answer.body)


def test_the_size_of_a_file_that_is_there_is_its_own():
    assert (
        "3" == answer_to(make.file(body=b"abc", filename="a", file_content_size=99)).headers["content-length"]
    )


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "text/csv"}])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_stream_has_no_length_and_its_type(headers, method):
    answer = answer_to(make.ok(body=iter([b"a"]), headers=headers), method)

    assert headers.get("Content-Type", BYTES) == answer.headers["content-type"]
    assert "content-length" not in answer.headers
    assert (b"a" if method == "GET" else b"") == answer.body


@pytest.mark.parametrize("body", BODIES)
def test_head_has_the_headers_of_get(body):
    get, head = (answer_to(make.ok(body=body[0], headers={"X-A": "1"}), method) for method in ("GET", "HEAD"))

    assert (get.status, get.headers.pairs, b"") == (head.status, head.headers.pairs, head.body)


def test_a_response_may_be_made_by_hand():
    answer = answer_to(Response(status=418, body={"message": "tea"}, headers={"X": ["1", "2"]}))

    assert (418, "tea", ["1", "2"]) == (answer.status, answer.json()["message"], answer.headers.get_all("x"))


@pytest.mark.parametrize("status", [0, 99, 600, "200", None, 200.0])
def test_a_response_of_no_status_is_the_authors_mistake(status, caplog):
    answer = answer_to(Response(status=status, body="x"))

    assert (500, GENERIC) == (answer.status, answer.json()["message"])
    assert 1 == len(caplog.records)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(json_values)
def test_any_json_is_sent_as_itself_or_not_at_all(value):
    try:
        answer = render(make.ok(body=value), RequestParts("GET", "/"))
    except ResponseError:
        assert "\\ud" in repr(value)  # a lone surrogate, which no UTF-8 holds
        return
    sent = answer.body.decode()

    assert value == (sent if isinstance(value, str) else None if value is None else json.loads(sent))
    assert str(len(answer.body)) == dict(answer.headers)["content-length"]


def dumped(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


@given(json_values)
@example({"b": 1, "a": 2, 'é\u2028\x00"': "\\/"})
@example({1: "a", None: "b", 1.5: "c", False: "d"})
def test_json_is_written_as_the_standard_library_writes_it(value):
    assert dumped(value) == to_json(value)


def test_json_is_written_so_without_the_accelerator_too(monkeypatch):
    """PyPy has none."""
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    encode = rendering._make_encode()

    assert '{"b":"é","a":[1.5,null,true]}' == encode({"b": "é", "a": [1.5, None, True]})
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode(float("nan"))


def test_an_accelerator_that_writes_something_else_is_not_taken(monkeypatch):
    """It is undocumented: another Python may make another thing of the same arguments."""
    with monkeypatch.context() as patch:
        patch.setattr(json.encoder, "c_make_encoder", lambda *options: lambda value, level: ["other"])
        encode = rendering._make_encode()

    assert '{"b":"é"}' == encode({"b": "é"})


def test_a_list_that_contains_itself_is_a_500_and_the_next_answer_is_fine(caplog):
    body = [1]
    body.append({"again": body})

    assert [500, 200] == [answer_to(make.ok(body=some)).status for some in (body, [1])]
