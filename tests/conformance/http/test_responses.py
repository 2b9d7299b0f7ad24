"""What Kibana's response factory does, as recorded in ``response_cases.json``, holds here."""

import io

import pytest

from kbn_schema.http import Router, TestClient
from tests.conformance.http.cases import GENERIC, load

CASES = load("response_cases.json")


def recursive():
    value = {}
    value["self"] = value
    return value


# The calls of the case file are JavaScript; these are the same in Python.
CALLS = {
    "S001": lambda r: r.ok(body={"key": "value"}),
    "S002": lambda r: r.ok(body="result"),
    "S003": lambda r: r.ok(),
    "S004": lambda r: r.ok(body=io.BytesIO(b"abc")),
    "S005": lambda r: r.ok(body=io.BytesIO(b"abc"), headers={"Content-Type": "text/plain"}),
    "S006": lambda r: r.ok(body=b"x" * 1028, headers={"content-encoding": "binary"}),
    "S007": lambda r: r.ok(body="value", headers={"AgE": "42", "x-kibana": "key"}),
    "S009": lambda r: r.ok(body=recursive()),
    "S011": lambda r: r.created(body={"id": 1}),
    "S012": lambda r: r.multi_status(body=[]),
    "S013": lambda r: r.no_content(),
    "S014": lambda r: r.not_modified(),
    "S016": lambda r: r.redirected(headers={"x-kibana": "tag"}),
    "S017": lambda r: r.bad_request(body=Exception("some message")),
    "S018": lambda r: r.bad_request(),
    "S019": lambda r: r.bad_request(
        body={"message": "some message", "attributes": {"data": ["good", "bad"]}}
    ),
    "S020": lambda r: r.unauthorized(body=Exception("no access"), headers={"WWW-Authenticate": "challenge"}),
    "S021": lambda r: r.unauthorized(),
    "S022": lambda r: r.forbidden(body=Exception("reason")),
    "S023": lambda r: r.forbidden(),
    "S025": lambda r: r.not_found(),
    "S026": lambda r: r.conflict(body=Exception("stale version")),
    "S027": lambda r: r.conflict(),
    "S028": lambda r: r.unprocessable_content(),
    "S029": lambda r: r.custom_error(body=Exception("some message"), status_code=418),
    "S031": lambda r: r.custom_error(body=Exception("some message"), status_code=200),
    "S033": lambda r: r.custom(
        status_code=301, body="The document has moved", headers={"location": "/new-url"}
    ),
    "S035": lambda r: r.custom(
        status_code=401, body={"message": "unauthorized", "attributes": {"errorCode": "K401"}}
    ),
    "S039": lambda r: r.custom(status_code=401),
    "S040": lambda r: r.custom(body=Exception("x")),
    "S041": lambda r: r.custom(body=Exception("x"), status_code=20),
    "S044": lambda r: r.ok(body={"foo": "bar"}, headers={"etag": "etag-1"}),
    "S045": lambda r: r.ok(body={"foo": "bar"}, headers={"etag": "etag-1"}),
    "S046": lambda r: r.ok(body=1),
    "S048": lambda r: r.file(body="abc", filename="my file.txt"),
    "S051": lambda r: r.custom(status_code=418, body={"as": "given"}, bypass_error_format=True),
}

# What is different here, and why; all else of these cases is checked.
DIFFERENT = {
    "S002": "text is text/plain, as its note allows: HTML may repeat what a request said",
    "S016": "our 500 does not name Kibana",
    "S031": "our 500 does not name Kibana",
    "S039": "our 500 does not name Kibana",
    "S040": "the status is a required argument, so Python's own TypeError is in the log; and S016",
    "S041": "our 500 does not name Kibana",
}
OUR_HEADERS = {"S002": {"content-type": "text/plain; charset=utf-8"}}
OUR_LOG = {"S040": "missing 1 required keyword-only argument: 'status_code'"}
KIBANAS = "An internal server error occurred. Check Kibana server logs for details."


def answered(id):
    router = Router()
    router.get("/", validate=False)(lambda context, request, response: CALLS[id](response))
    headers = {"If-None-Match": '"etag-1"'} if id == "S045" else {}
    return TestClient(router).get("/", headers=headers)


def read(answer):
    return answer.json() if answer.body else None


@pytest.mark.parametrize("id", CALLS)
def test_the_status_and_the_headers_are_those_that_kibana_sends(id):
    expect, answer = CASES[id]["expect"], answered(id)
    expected = {**expect.get("headers", {}), **OUR_HEADERS.get(id, {})}

    assert expect.get("status", 418 if id == "S051" else 200) == answer.status
    assert expected.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("id", [id for id in CALLS if "text" in CASES[id]["expect"]])
def test_the_text_is_that_which_kibana_sends(id):
    assert CASES[id]["expect"]["text"] == answered(id).text


WITH_BODY = [id for id in CALLS if "body" in CASES[id]["expect"] and id != "S051"]
ERRORS = [id for id in WITH_BODY if isinstance(CASES[id]["expect"]["body"], dict)]


@pytest.mark.parametrize("id", ERRORS)
def test_the_body_has_what_kibana_sends(id):
    expected = dict(CASES[id]["expect"]["body"])
    if expected.get("message") == KIBANAS:
        expected["message"] = GENERIC

    assert expected.items() <= read(answered(id)).items()


@pytest.mark.parametrize("id", [id for id in WITH_BODY if id not in ERRORS])
def test_a_body_that_is_no_object_is_what_kibana_sends(id):
    assert CASES[id]["expect"]["body"] == read(answered(id))


def test_a_body_that_bypasses_the_format_of_errors_is_sent_as_it_is():
    assert "as given" == CASES["S051"]["expect"]["body"]
    assert (418, {"as": "given"}) == (answered("S051").status, read(answered("S051")))


def test_a_stream_is_sent_to_its_end():
    assert b"abc" == answered("S004").body


@pytest.mark.parametrize("id", [id for id in CALLS if "log" in CASES[id]["expect"]])
def test_the_log_says_what_kibanas_does(id, caplog):
    answered(id)

    assert OUR_LOG.get(id, CASES[id]["expect"]["log"]) in caplog.text
    assert ["500 Server Error: GET /"] == [record.getMessage() for record in caplog.records]


def test_every_case_is_tried():
    assert CASES.keys() == CALLS.keys()
    assert len(CASES) == 36
    assert DIFFERENT.keys() <= CASES.keys()
