"""Answers that are checked against what their route declares."""

import asyncio
import logging

import pytest

from kbn_schema import SchemaDefinitionError, schema
from kbn_schema.http import NotFound, RequestParts, Router, TestClient

s = schema
GENERIC = "An internal server error occurred. Check the server logs for details."
PREFIX = "Failed output validation: "
WRONG = "[response body.a]: expected value of type [number] but got [string]"
BODY = s.object({"a": s.number()})


def client_of(answer, response=None, versioned=True, method="get", **options):
    """A client of a route that answers with what *answer* makes."""
    router = Router(**options)
    validate = {"response": {200: {"body": BODY}} if response is None else response}

    def handler(context, request, response):
        return answer(response)

    if versioned:
        route = getattr(router.versioned, method)("/a", access="internal")
        route.add_version("1", validate=validate, handler=handler)
    else:
        getattr(router, method)("/a", validate=validate)(handler)
    return TestClient(router, "newest" if versioned else None)


def right(response):
    return response.ok(body={"a": 1})


def wrong(response):
    return response.ok(body={"a": "secret"})


EITHER = pytest.mark.parametrize("versioned", [True, False])


@EITHER
@pytest.mark.parametrize(
    ("options", "mode"),
    [
        ({}, "off"),
        ({"dev": True}, "raise"),
        ({"validate_responses": None}, "off"),
        ({"validate_responses": None, "dev": True}, "raise"),
        ({"validate_responses": "off", "dev": True}, "off"),
        ({"validate_responses": "log", "dev": True}, "log"),
        ({"validate_responses": "log"}, "log"),
        ({"validate_responses": "raise"}, "raise"),
    ],
)
def test_what_is_done_with_an_answer_that_does_not_fit(options, mode, versioned, caplog):
    caplog.set_level(logging.INFO, "kbn_schema.http")
    answer = client_of(wrong, versioned=versioned, **options).get("/a")

    if mode == "raise":
        assert (500, PREFIX + WRONG) == (answer.status, answer.json()["message"])
        assert {"statusCode", "error", "message"} == set(answer.json())
    else:
        assert (200, {"a": "secret"}) == (answer.status, answer.json())
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert (0 if mode == "off" else 1) == len(errors)
    assert mode == "off" or (WRONG in errors[0] and "GET /a" in errors[0])
    assert "secret" not in caplog.text


@EITHER
@pytest.mark.parametrize("mode", ["off", "log", "raise"])
def test_an_answer_that_fits_is_sent_as_it_is(mode, versioned, caplog):
    answer = client_of(
        lambda response: response.ok(body={"a": "5"}),
        {200: {"body": s.object({"a": s.number(), "b": s.number(default=1)})}},
        versioned,
        validate_responses=mode,
    ).get("/a")

    assert {"a": "5"} == answer.json()
    assert [] == caplog.records


@pytest.mark.parametrize(
    ("make", "response"),
    [
        (lambda r: r.created(body={"b": 1}), {200: {"body": BODY}}),
        (wrong, {200: {}}),
        (wrong, {200: {"description": "fine"}}),
        (wrong, {}),
        (lambda r: r.no_content(), {204: {"body": s.never()}}),
        (lambda r: r.not_modified(), {304: {"body": s.number()}}),
        (lambda r: r.custom(status_code=205), {205: {"body": s.number()}}),
        (right, {200: {"body": BODY}, 404: {"body": s.never()}}),
        (lambda r: r.ok(), {200: {"body": s.maybe(BODY)}}),
        (lambda r: r.ok(body="text"), {200: {"body": s.string()}}),
        (lambda r: r.ok(body=b"bytes"), {200: {"body": s.buffer()}}),
    ],
)
def test_what_passes(make, response):
    assert 400 > client_of(make, response, dev=True).get("/a").status


def got(wanted, found):
    return f"expected value of type [{wanted}] but got [{found}]"


@pytest.mark.parametrize(
    ("status", "body", "declared", "message"),
    [
        (200, None, s.number(), f"[response body]: {got('number', 'undefined')}"),
        (
            200,
            {"a": 1, "b": 2},
            BODY,
            "[response body.b]: Additional properties are not allowed ('b' was unexpected)",
        ),
        (201, 1, s.boolean(), f"[response body]: {got('boolean', 'number')}"),
        (
            404,
            {"message": 1},
            s.object({"message": s.string()}),
            f"[response body.message]: {got('string', 'number')}",
        ),
        (200, [1, "x"], s.array_of(s.number()), f"[response body.1]: {got('number', 'string')}"),
    ],
)
def test_what_does_not_pass(status, body, declared, message):
    client = client_of(
        lambda r: r.custom(status_code=status, body=body), {status: {"body": declared}}, dev=True
    )

    assert PREFIX + message == client.get("/a").json()["message"]


@EITHER
def test_the_answer_to_head_is_not_checked(versioned):
    client = client_of(wrong, versioned=versioned, dev=True)

    assert [200, 500] == [client.head("/a").status, client.get("/a").status]


def test_an_error_that_is_raised_is_no_answer_of_the_handler():
    def raises(response):
        raise NotFound("none")

    assert 404 == client_of(raises, {404: {"body": s.number()}}, dev=True).get("/a").status


def test_refusals_are_not_checked():
    router = Router(dev=True)
    router.get("/a", validate={"request": {"query": s.object({})}, "response": {400: {"body": s.never()}}})(
        lambda context, request, response: right(response)
    )

    assert 400 == TestClient(router).get("/a?x=1").status


def test_an_async_handler_is_checked_too():
    async def handler(context, request, response):
        return wrong(response)

    router = Router(dev=True)
    router.get("/a", validate={"response": {200: {"body": BODY}}})(handler)

    assert 500 == asyncio.run(router.handle_async(RequestParts("GET", "/a"))).status


def counting(kind, calls):
    def factory():
        calls.append(1)
        return kind

    return factory


@EITHER
@pytest.mark.parametrize("mode", ["log", "raise"])
def test_a_body_may_be_made_by_a_function_which_is_called_once(mode, versioned):
    calls, others = [], []
    response = {200: {"body": counting(BODY, calls)}, 404: {"body": counting(BODY, others)}}
    client = client_of(right, response, versioned, validate_responses=mode)

    assert [] == calls
    assert {200} == {client.get("/a").status for _ in range(10)}
    assert ([1], []) == (calls, others)


def test_where_nothing_is_checked_no_body_is_made():
    calls = []

    assert 200 == client_of(wrong, {200: {"body": counting(BODY, calls)}}).get("/a").status
    assert [] == calls


def test_a_function_that_cannot_make_a_body_is_a_500_and_tried_again(caplog):
    calls = []

    def factory():
        calls.append(1)
        if len(calls) == 1:
            raise LookupError("not yet")
        return BODY

    client = client_of(right, {200: {"body": factory}}, dev=True)
    first, second = client.get("/a"), client.get("/a")

    assert (500, GENERIC, 200) == (first.status, first.json()["message"], second.status)
    assert "LookupError: not yet" in caplog.text


@pytest.mark.parametrize("made", [5, None, {"a": 1}, s.string])
def test_a_function_that_makes_no_rule_is_a_500(made, caplog):
    answer = client_of(right, {200: {"body": lambda: made}}, dev=True).get("/a")

    assert (500, GENERIC) == (answer.status, answer.json()["message"])
    assert "The [get] at [/a], version [1]: expected a schema" in caplog.text


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (lambda value, result: result.ok(value), None),
        (lambda value, ok: ok("something else"), None),
        (lambda value, result: result.bad_request("not so", ["x"]), "[response body.x]: not so"),
        (lambda value, bad_request: bad_request("not so"), "[response body]: not so"),
    ],
)
def test_a_function_rule_may_check_a_body(rule, message):
    answer = client_of(right, {200: {"body": {"custom": rule}}}, dev=True).get("/a")

    if message is None:
        assert (200, {"a": 1}) == (answer.status, answer.json())
    else:
        assert (500, PREFIX + message) == (answer.status, answer.json()["message"])


def test_a_function_rule_that_decides_nothing_is_the_authors_mistake(caplog):
    answer = client_of(right, {200: {"body": {"custom": lambda value, result: None}}}, dev=True).get("/a")

    assert (500, GENERIC) == (answer.status, answer.json()["message"])
    assert "returned neither ok(...)" in caplog.text


@pytest.mark.parametrize("body", [iter([b"a"]), "stream"])
def test_a_stream_fits_where_one_is_declared(body):
    client = client_of(lambda r: r.ok(body=iter([b"a"])), {200: {"body": s.stream()}}, dev=True)

    assert (200, b"a") == ((answer := client.get("/a")).status, answer.body)


def test_the_headers_of_a_failed_check_are_those_of_an_error():
    def answer(response):
        return response.ok(body={"a": "x"}, headers={"x-own": "1", "etag": "v1"})

    headers = client_of(answer, dev=True).get("/a").headers

    assert not set(headers) & {"x-own", "etag", "elastic-api-version"}
    assert "application/json; charset=utf-8" == headers["content-type"]


# --- headers ---

HEADERS = {
    200: {"headers": s.object({"X-Total": s.integer(min=0), "x-tags": s.maybe(s.array_of(s.string()))})}
}


def headed(**headers):
    return lambda response: response.ok(
        body="x", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


@EITHER
@pytest.mark.parametrize(
    ("headers", "wrong"),
    [
        ({"x_total": "5"}, None),
        ({"X_TOTAL": "5", "x_other": "is fine"}, None),
        ({"x_total": "5", "x_tags": ["a", "b"]}, None),
        ({}, "[response headers.X-Total]: expected value of type [integer] but got [undefined]"),
        ({"x_total": "-1"}, "[response headers.X-Total]: Value must be equal to or greater than [0]."),
        (
            {"x_total": ["1", "2"]},
            "[response headers.X-Total]: expected value of type [integer] but got [string]",
        ),
    ],
)
def test_headers_that_are_declared_are_checked(headers, wrong, versioned):
    client = client_of(headed(**headers), HEADERS, versioned, validate_responses="raise")
    answer = client.get("/a")

    assert (200 if wrong is None else 500) == answer.status
    assert wrong is None or answer.json()["message"] == PREFIX + wrong
    assert 200 == client_of(headed(**headers), HEADERS, versioned).get("/a").status


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("cache-control", s.string()),
        ("elastic-api-version", s.literal("1")),
        ("etag", s.literal('"v1"')),
    ],
)
def test_headers_that_are_added_count(name, rule):
    block = {200: {"headers": s.object({name: rule})}}

    assert 200 == client_of(headed(etag="v1"), block, validate_responses="raise").get("/a").status


def test_the_body_is_checked_before_the_headers():
    block = {200: {"body": BODY, **HEADERS[200]}}
    answer = client_of(wrong, block, validate_responses="raise").get("/a")

    assert PREFIX + WRONG == answer.json()["message"]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (5, "[headers] must be schema.object({...}), but is [number]"),
        ({"x-a": s.string()}, "[headers] must be schema.object({...}), but is [Object]"),
        (s.object({"x_a": s.string()}), "headers has a prop [x_a]: write [x-a]"),
        (
            s.object({"X-A": s.any(), "x-a": s.any()}),
            "headers has two props for the header [x-a]; case does n",
        ),
        (s.object({"Content-Type": s.any()}), "[headers] must not have [Content-Type]: it is known of the b"),
    ],
)
def test_headers_that_are_none_are_refused(headers, reason):
    with pytest.raises(SchemaDefinitionError) as error:
        client_of(right, {200: {"headers": headers}}, versioned=False)

    assert f"The [get] at [/a]: 'validate.response' of [200]: {reason}" in str(error.value)


def test_headers_are_compiled_with_the_rest():
    router = Router()
    router.get("/a", validate={"request": {}, "response": HEADERS})(
        lambda context, request, response: response.ok()
    )

    assert (HEADERS[200]["headers"],) == router.routes[0].rules.schemas
