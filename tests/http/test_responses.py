import datetime
import json
import time
import uuid

import pytest

from kbn_schema import MISSING, Duration, schema
from kbn_schema.http import RequestParts
from kbn_schema.http.rendering import render, to_json
from kbn_schema.http.responses import Response, ResponseError, ResponseFactory
from kbn_schema.http.statuses import phrase

response = ResponseFactory()
GET = RequestParts("GET", "/")


def sent(answer, request=GET):
    parts = render(answer, request)
    return parts.status, dict(parts.headers), parts.body


@pytest.mark.parametrize(
    ("answer", "status", "content_type", "body"),
    [
        (response.ok(body={"key": "é"}), 200, "application/json; charset=utf-8", '{"key":"é"}'.encode()),
        (response.ok(body=[]), 200, "application/json; charset=utf-8", b"[]"),
        (response.ok(body=0), 200, "application/json; charset=utf-8", b"0"),
        (response.ok(), 200, "text/plain; charset=utf-8", b""),
        (response.ok(body="<b>"), 200, "text/plain; charset=utf-8", b"<b>"),
        (response.ok(body=b"\xff"), 200, "application/octet-stream", b"\xff"),
        (response.created(body={"id": 1}), 201, "application/json; charset=utf-8", b'{"id":1}'),
        (response.accepted(), 202, "text/plain; charset=utf-8", b""),
        (response.multi_status(body=[]), 207, "application/json; charset=utf-8", b"[]"),
        (response.custom(status_code=203, body=1), 203, "application/json; charset=utf-8", b"1"),
    ],
)
def test_a_body_is_sent_as_what_it_is(answer, status, content_type, body):
    found, headers, sent_body = sent(answer)

    assert (status, content_type, body) == (found, headers["content-type"], sent_body)
    assert str(len(body)) == headers["content-length"]
    assert "nosniff" == headers["x-content-type-options"]
    assert "private, no-cache, no-store, must-revalidate" == headers["cache-control"]


@pytest.mark.parametrize("answer", [response.no_content(), response.not_modified()])
def test_204_and_304_have_no_body_and_no_length(answer):
    status, headers, body = sent(answer)

    assert (answer.status, b"") == (status, body)
    assert not {"content-type", "content-length"} & set(headers)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (response.bad_request(), (400, "Bad Request", "Bad Request")),
        (response.unauthorized(), (401, "Unauthorized", "Unauthorized")),
        (response.forbidden(), (403, "Forbidden", "Forbidden")),
        (response.not_found(), (404, "Not Found", "Not Found")),
        (response.conflict(), (409, "Conflict", "Conflict")),
        (response.unprocessable_content(), (422, "Unprocessable Content", "Unprocessable Content")),
        (response.bad_request(body="some message"), (400, "Bad Request", "some message")),
        (response.conflict(body=ValueError("stale")), (409, "Conflict", "stale")),
        (response.forbidden(body={"message": ValueError("no")}), (403, "Forbidden", "no")),
        (response.custom_error(status_code=418, body="tea"), (418, "I'm a teapot", "tea")),
        (response.custom_error(status_code=500, body="known"), (500, "Internal Server Error", "known")),
        (response.custom(status_code=499, body="odd"), (499, "Unknown", "odd")),
    ],
)
def test_errors_have_one_format(answer, error):
    status, headers, body = sent(answer)

    code, label, message = error
    assert code == status
    assert {"statusCode": code, "error": label, "message": message} == json.loads(body)
    assert "application/json; charset=utf-8" == headers["content-type"]


def test_an_error_may_have_attributes():
    answer = response.custom(status_code=401, body={"message": "m", "attributes": {"code": "K401"}})

    assert {"code": "K401"} == json.loads(sent(answer)[2])["attributes"]


def test_the_bytes_of_an_error_are_sent_as_they_are():
    assert b"raw" == sent(response.bad_request(body=b"raw"))[2]


def recursive():
    body = []
    body.append(body)
    return body


@pytest.mark.parametrize(
    "answer",
    [
        response.ok(body=float("nan")),
        response.ok(body={"a": [float("inf")]}),
        response.ok(body={"a": b"bytes"}),
        response.ok(body={1, 2}),
        response.ok(body={(1, 2): 3}),
        response.ok(body="\ud800"),
        response.ok(body={"a": "\ud800"}),
        response.ok(body={"\ud800": 1}),
        response.ok(body=object()),
        response.ok(body=recursive()),
        response.bad_request(body={"message": "m", "attributes": {1, 2}}),
        response.bad_request(body="\ud800"),
        response.bad_request(body=[1]),
        response.bad_request(body=""),
        response.bad_request(body={"attributes": {}}),
        response.custom(status_code=401),
        response.custom_error(status_code=500),
        response.redirected(),
        response.custom(status_code=301),
        response.ok(headers={"x": "a\r\nset-cookie: b"}),
        response.ok(headers={"x": "a\nb"}),
        response.ok(headers={"x": "a\x00b"}),
        response.ok(headers={"x": "a\x7fb"}),
        response.ok(headers={"x": "snow ☃"}),
        response.ok(headers={"x\r\n": "a"}),
        response.ok(headers={"": "a"}),
        response.ok(headers={"x": ["a", "b\r\n"]}),
        response.ok(headers={"x": 1}),
        response.ok(headers={"Content-Type": "text/csv", "content-type": "text/plain"}),
        response.ok(headers={"content-type": ["text/csv", "text/plain"]}),
        response.ok(headers={"content-type": []}),
        response.ok(headers={"etag": ["a", "b"]}),
        response.ok(headers={"etag": 'a"b'}),
        response.ok(headers={"etag": '"a"b"'}),
        response.ok(headers={"etag": "a b"}),
        response.redirected(headers={"location": ["/a", "/b"]}),
        response.ok(headers={"Transfer-Encoding": "chunked"}),
        response.ok(headers={"Connection": "close"}),
    ],
)
def test_what_cannot_be_sent_is_refused_before_anything_is(answer):
    with pytest.raises(ResponseError):
        render(answer, GET)


@pytest.mark.parametrize("status", [200, 399, 600, "400", True, None])
def test_a_custom_error_is_an_error(status):
    with pytest.raises(ResponseError, match="from 400 to 599"):
        response.custom_error(status_code=status, body="m")


@pytest.mark.parametrize("status", [20, 99, 600, "200", None])
def test_a_custom_status_is_a_status(status):
    with pytest.raises(ResponseError, match="from 100 to 599"):
        response.custom(status_code=status)


def test_headers_of_the_handler_win():
    answer = response.ok(body="a,b", headers={"Content-Type": "text/csv", "Cache-Control": "max-age=1"})
    headers = sent(answer)[1]

    assert ("text/csv", "max-age=1") == (headers["content-type"], headers["cache-control"])


def test_the_length_is_that_of_the_body_whatever_the_handler_says():
    headers = {"Content-Length": "99"}

    assert "1" == sent(response.ok(body=1, headers=headers))[1]["content-length"]
    assert "content-length" not in sent(response.no_content(headers=headers))[1]


def test_a_header_may_have_many_values():
    headers = render(response.ok(headers={"Set-Cookie": ["a=1", "b=2"]}), GET).headers

    assert [("set-cookie", "a=1"), ("set-cookie", "b=2")] == [h for h in headers if h[0] == "set-cookie"]


def test_a_redirect_says_where_to():
    status, headers, _ = sent(response.redirected(headers={"location": "/new"}))

    assert (302, "/new") == (status, headers["location"])


@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [
        ('"v1"', 304),
        ('W/"v1"', 304),
        ('"v0", "v1"', 304),
        ("*", 304),
        ('"v2"', 200),
        ("v1", 200),
        (None, 200),
    ],
)
def test_an_etag_is_quoted_and_honoured(if_none_match, status):
    headers = [("If-None-Match", if_none_match)] if if_none_match else []
    answer = response.ok(body={"a": 1}, headers={"ETag": "v1"})
    found, answered, body = sent(answer, RequestParts("GET", "/", headers=headers))

    assert (status, '"v1"') == (found, answered["etag"])
    assert (body == b"") == (status == 304)


@pytest.mark.parametrize(
    ("etag", "sent_as"),
    [
        ("a,b", '"a,b"'),
        ('"a"', '"a"'),
        ('W/"a"', 'W/"a"'),
        ("W/a", '"W/a"'),
        ("", '""'),
    ],
)
@pytest.mark.parametrize("pattern", ["{}", '"x", {}', '{}, "x"', ' {} ,W/"y"'])
def test_the_etag_that_was_sent_is_known_again(etag, sent_as, pattern):
    request = RequestParts("GET", "/", headers=[("If-None-Match", pattern.format(sent_as))])
    status, headers, _ = sent(response.ok(body=1, headers={"etag": etag}), request)

    assert (304, sent_as) == (status, headers["etag"])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("if_none_match", ['"v1"', "*"])
def test_only_get_and_head_are_answered_with_304(method, if_none_match):
    """For any other, something was done."""
    request = RequestParts(method, "/", headers=[("If-None-Match", if_none_match)])

    assert 200 == sent(response.ok(body=1, headers={"etag": "v1"}), request)[0]


def test_the_weight_of_an_etag_in_a_hostile_request_is_linear():
    value = 'W/"' * 100_000
    start = time.process_time()
    request = RequestParts("GET", "/", headers=[("If-None-Match", value)])
    sent(response.ok(body=1, headers={"etag": "v1"}), request)

    assert time.process_time() - start < 1


def test_head_gets_the_headers_without_the_body():
    status, headers, body = sent(response.ok(body={"a": 1}), RequestParts("HEAD", "/"))

    assert (200, "7", b"") == (status, headers["content-length"], body)


def test_a_file_is_an_attachment():
    _, headers, body = sent(response.file(body="abc", filename="my file.txt"))

    assert ("text/plain", b"abc") == (headers["content-type"], body)
    assert "attachment; filename=my%20file.txt" == headers["content-disposition"]


def test_a_file_may_have_another_type():
    answer = response.file(body=b"x", filename="a.txt", headers={"Content-Type": "text/csv"})

    assert [("content-type", "text/csv")] == [
        h for h in render(answer, GET).headers if h[0] == "content-type"
    ]


@pytest.mark.parametrize("filename", ['a"b', "a\r\nb", "a/b", "ü;x=y"])
def test_a_file_name_cannot_end_its_header(filename):
    disposition = sent(response.file(body=b"", filename=filename))[1]["content-disposition"]

    assert not set('"\r\n/;') & set(disposition.removeprefix("attachment; "))


def test_what_schemas_yield_can_be_sent():
    value = {
        "day": datetime.date(2026, 1, 31),
        "at": datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC),
        "id": uuid.UUID(int=1),
        "size": schema.byte_size().validate("1kb"),
    }
    body = json.loads(sent(response.ok(body=value))[2])

    assert {
        "day": "2026-01-31",
        "at": "2026-01-31T12:00:00+00:00",
        "id": "00000000-0000-0000-0000-000000000001",
        "size": 1024,
    } == body


def test_phrases_do_not_depend_on_the_version_of_python():
    assert ["Content Too Large", "Unprocessable Content", "I'm a teapot"] == [
        phrase(413),
        phrase(422),
        phrase(418),
    ]


def test_a_response_is_immutable():
    with pytest.raises(AttributeError):
        Response(status=200).status = 500


def test_a_duration_in_a_body_is_its_text():
    assert '{"d":"PT1H"}' == to_json({"d": Duration.parse("1h")})


def test_a_missing_value_in_a_body_is_a_mistake():
    with pytest.raises(TypeError, match="Missing is not JSON serializable"):
        to_json({"d": MISSING})


def test_headers_are_added_or_replaced_whatever_their_case():
    response = ResponseFactory().ok(body=1, headers={"ETag": "1", "x-a": "1"})
    other = response.with_headers({"etag": "2", "x-b": ["1", "2"]})

    assert {"x-a": "1", "etag": "2", "x-b": ["1", "2"]} == other.headers
    assert ({"ETag": "1", "x-a": "1"}, 1, 200) == (response.headers, other.body, other.status)
