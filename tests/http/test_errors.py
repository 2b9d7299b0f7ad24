"""The family of errors that stand for an answer."""

import copy
import pickle

import pytest

from kbn_schema import http
from kbn_schema.http import HttpError, Router, TestClient

FAMILY = {
    "BadRequest": (400, "Bad Request"),
    "Unauthorized": (401, "Unauthorized"),
    "Forbidden": (403, "Forbidden"),
    "NotFound": (404, "Not Found"),
    "Conflict": (409, "Conflict"),
    "Gone": (410, "Gone"),
    "PreconditionFailed": (412, "Precondition Failed"),
    "UnprocessableContent": (422, "Unprocessable Content"),
    "TooManyRequests": (429, "Too Many Requests"),
    "ServiceUnavailable": (503, "Service Unavailable"),
}
GENERIC = "An internal server error occurred. Check the server logs for details."


def raising(error):
    def handler(context, request, response):
        raise error

    return handler


def answer_to(error):
    router = Router()
    router.get("/a", validate=False)(raising(error))
    return TestClient(router).get("/a")


class OutOfStock(HttpError):
    """An error of an author's own."""

    status_code = 409

    def __init__(self, item):
        super().__init__(f"no {item} left", attributes={"item": item})


def test_the_family_is_all_there_is():
    found = {
        name
        for name in http.__all__
        if issubclass(type(kind := getattr(http, name)), type) and issubclass(kind, HttpError)
    }

    assert FAMILY.keys() | {"HttpError"} == found


@pytest.mark.parametrize(("name", "status", "phrase"), [(name, *known) for name, known in FAMILY.items()])
def test_each_error_is_its_answer(name, status, phrase, caplog):
    kind = getattr(http, name)
    plain, told = answer_to(kind()), answer_to(kind("why", attributes=[1], headers={"Retry-After": "1"}))

    assert {"statusCode": status, "error": phrase, "message": phrase} == plain.json()
    assert {"statusCode": status, "error": phrase, "message": "why", "attributes": [1]} == told.json()
    assert (status, status, "1") == (plain.status, told.status, told.headers["retry-after"])
    assert issubclass(kind, HttpError)
    assert [] == caplog.records


@pytest.mark.parametrize(
    ("error", "status", "label", "message"),
    [
        (HttpError(), 500, "Internal Server Error", "Internal Server Error"),
        (HttpError("known"), 500, "Internal Server Error", "known"),
        (HttpError(status_code=418), 418, "I'm a teapot", "I'm a teapot"),
        (HttpError("odd", status_code=499), 499, "Unknown", "odd"),
        (OutOfStock("tea"), 409, "Conflict", "no tea left"),
        (HttpError(""), 500, "Internal Server Error", "Internal Server Error"),
    ],
)
def test_any_status_of_an_error_may_be_raised(error, status, label, message, caplog):
    body = answer_to(error).json()

    assert (status, label, message) == (body["statusCode"], body["error"], body["message"])
    assert message == str(error) == error.message
    assert [] == caplog.records


def test_an_error_of_an_authors_own_has_its_attributes():
    assert {"item": "tea"} == answer_to(OutOfStock("tea")).json()["attributes"]


@pytest.mark.parametrize("attributes", [0, "", [], {}, False])
def test_attributes_that_are_empty_are_sent(attributes):
    assert attributes == answer_to(http.NotFound(attributes=attributes)).json()["attributes"]


@pytest.mark.parametrize("status", [399, 600, 200, "404", 404.0, True, -1])
def test_a_status_that_is_no_error_is_refused(status):
    with pytest.raises(ValueError, match="status_code must be from 400 to 599, but is"):
        HttpError(status_code=status)


def test_a_class_with_a_status_that_is_no_error_is_refused():
    class Fine(HttpError):
        status_code = 200

    with pytest.raises(ValueError, match="from 400 to 599, but is 200"):
        Fine()


@pytest.mark.parametrize("name", FAMILY)
def test_the_status_of_a_named_error_is_fixed(name):
    with pytest.raises(TypeError):
        getattr(http, name)(status_code=400)


@pytest.mark.parametrize(
    "options",
    [
        {"attributes": {1}},
        {"attributes": float("nan")},
        {"headers": {"x": "a\r\nb"}},
        {"headers": {"x y": "a"}},
    ],
)
def test_an_error_that_cannot_be_sent_is_the_generic_500(options, caplog):
    answer = answer_to(http.NotFound("why", **options))

    assert (500, GENERIC) == (answer.status, answer.json()["message"])
    assert 1 == len(caplog.records)


@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
@pytest.mark.parametrize("error", [http.NotFound("m", attributes=[1]), HttpError("m", status_code=418)])
def test_a_copy_of_an_error_is_the_same_answer(error, clone):
    """A worker process, or a retry, hands them on."""
    assert error.response() == clone(error).response()


def test_an_error_may_be_made_once_and_raised_often():
    error = http.NotFound("none")
    answers = [answer_to(error) for _ in range(3)]

    assert [404] * 3 == [answer.status for answer in answers]
