"""What Kibana's response factory does, as recorded in ``response_cases.json``, holds here."""

import json
from pathlib import Path

import pytest

from kbn_schema.http import RequestParts, Router

CASES = {
    case["id"]: case
    for case in json.loads(Path(__file__).with_name("response_cases.json").read_text())["cases"]
}


def recursive():
    value = {}
    value["self"] = value
    return value


# The calls of the case file are JavaScript; these are the same in Python.
CALLS = {
    "S001": lambda r: r.ok(body={"key": "value"}),
    "S002": lambda r: r.ok(body="result"),
    "S003": lambda r: r.ok(),
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
    "S041": lambda r: r.custom(body=Exception("x"), status_code=20),
    "S044": lambda r: r.ok(body={"foo": "bar"}, headers={"etag": "etag-1"}),
    "S045": lambda r: r.ok(body={"foo": "bar"}, headers={"etag": "etag-1"}),
    "S046": lambda r: r.ok(body=1),
    "S048": lambda r: r.file(body="abc", filename="my file.txt"),
}

NOT_HERE = {
    "S004": "a body cannot be a stream yet",
    "S005": "a body cannot be a stream yet",
    "S040": "the status is a required argument: Python itself refuses the call",
    "S051": "there is no bypassErrorFormat yet",
}

# The note of S002 leaves it to us: HTML may repeat what a request said. Our 500 does not name Kibana.
OUR_HEADERS = {"S002": {"content-type": "text/plain; charset=utf-8"}}
OUR_MESSAGES = {
    "An internal server error occurred. Check Kibana server logs for details.": (
        "An internal server error occurred. Check the server logs for details."
    )
}


def answered(id):
    router = Router()
    router.get("/", validate=False)(lambda context, request, response: CALLS[id](response))
    headers = [("If-None-Match", '"etag-1"')] if id == "S045" else []
    return router.handle(RequestParts("GET", "/", headers=headers))


def read(body):
    return json.loads(body) if body else None


@pytest.mark.parametrize("id", CALLS)
def test_the_status_and_the_headers_are_those_that_kibana_sends(id):
    expect, answer = CASES[id]["expect"], answered(id)
    expected = {**expect.get("headers", {}), **OUR_HEADERS.get(id, {})}

    assert expect.get("status", 200) == answer.status
    assert expected.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("id", [id for id in CALLS if "text" in CASES[id]["expect"]])
def test_the_text_is_that_which_kibana_sends(id):
    assert CASES[id]["expect"]["text"] == answered(id).body.decode()


@pytest.mark.parametrize("id", [id for id in CALLS if isinstance(CASES[id]["expect"].get("body"), dict)])
def test_the_body_has_what_kibana_sends(id):
    expected = CASES[id]["expect"]["body"]
    message = OUR_MESSAGES.get(expected.get("message"), expected.get("message"))

    assert {**expected, **({"message": message} if message else {})}.items() <= read(
        answered(id).body
    ).items()


@pytest.mark.parametrize(
    "id", [id for id in CALLS if not isinstance(CASES[id]["expect"].get("body", {}), dict)]
)
def test_a_body_that_is_no_object_is_what_kibana_sends(id):
    assert CASES[id]["expect"]["body"] == read(answered(id).body)


@pytest.mark.parametrize("id", [id for id in CALLS if "log" in CASES[id]["expect"]])
def test_the_log_says_what_kibanas_does(id, caplog):
    answered(id)

    assert CASES[id]["expect"]["log"] in caplog.text


def test_every_case_is_tried_or_has_a_reason():
    assert CASES.keys() == CALLS.keys() | NOT_HERE.keys()
    assert not CALLS.keys() & NOT_HERE.keys()
