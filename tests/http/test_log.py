"""What the log is told, and a client is not."""

import asyncio
import logging

import pytest

from kbn_schema import schema
from kbn_schema.http import HttpError, NotFound, RequestParts, Router, TestClient, ValidRequest
from kbn_schema.http.validated import Check

s = schema
JSON = ("content-type", "application/json")
CUSTOM = "value failed custom validation"


def ok(context, request, response):
    return response.ok(body="ok")


def router_of(validate, handler=ok, version=None, **options):
    router = Router(**options)
    if version is None:
        router.post("/a/{id}", validate=validate)(handler)
    else:
        access = "internal" if version == "1" else "public"
        route = router.versioned.post("/a/{id}", access=access)
        route.add_version(version, validate=validate, handler=handler)
    return router


def sent(router, json=5):
    return TestClient(router).post("/a/1?q=2", json=json, headers=[("x-a", "3")])


def plainly(router):
    return router.handle(RequestParts("POST", "/a/1", b"q=2", [JSON, ("x-a", "3")], b"5"))


def in_loop(router):
    return asyncio.run(router.handle_async(RequestParts("POST", "/a/1", b"q=2", [JSON, ("x-a", "3")], b"5")))


def errors(caplog):
    """The lines at error level, and the exceptions they show with a traceback."""
    return [
        (record.getMessage(), record.exc_info and record.exc_info[1])
        for record in caplog.records
        if record.levelno == logging.ERROR
    ]


def raising(error):
    def function(*_):
        raise error

    return function


# Which version


def fails(context, request, response):
    raise LookupError("secret")


def misfits(error, request, response):
    return response.bad_request()


WRONG = {"query": s.never()}
CHECKED = {"response": {200: {"body": s.never()}}}
MISFIT = "Failed output validation: [response body]: expected no value but got [string]"
LINES = {
    "broken handler": (False, fails, {}, "500 Server Error: {}"),
    "no response": (False, lambda *_: None, {}, "500 Server Error: {}"),
    "broken on_validation_error": (WRONG, ok, {"on_validation_error": fails}, "500 Server Error: {}"),
    "broken context": (False, ok, {"context": raising(LookupError())}, "500 Server Error: {}"),
    "invalid": (WRONG, ok, {}, "400 Bad Request: {}: [request query]: "),
    "told": (
        WRONG,
        ok,
        {"on_validation_error": misfits},
        "400 Request Validation Error: {}: [request query]: ",
    ),
    "mismatch": (CHECKED, ok, {"validate_responses": "raise"}, "500 Server Error: {}: Failed output "),
    "logged mismatch": (CHECKED, ok, {"validate_responses": "log"}, "{}: Failed output validation: "),
    "validator": ({"body": s.number(validate=raising(LookupError()))}, ok, {}, "{}: a validator raised"),
}


@pytest.mark.parametrize(
    ("version", "name"),
    [
        (None, "POST /a/{id}"),
        ("1", "POST /a/{id}, version 1"),
        ("2023-10-31", "POST /a/{id}, version 2023-10-31"),
    ],
)
@pytest.mark.parametrize("line", LINES)
def test_a_line_names_the_route_and_its_version(line, version, name, caplog):
    caplog.set_level(logging.INFO, "kbn_schema.http")
    validate, handler, options, text = LINES[line]
    sent(router_of(validate, handler, version, **options))

    assert caplog.messages[0].startswith(text.replace("{}", name))


# What validators raise


class Outage(Exception):
    """As of a database."""


OUTAGE = Outage("host=secret")
BROKEN = s.number(validate=raising(OUTAGE))
RAISED = "POST /a/{id}: a validator raised"
QUERY = {"query": s.object({"q": BROKEN})}


@pytest.mark.parametrize(
    ("validate", "path"),
    [
        ({"params": s.object({"id": BROKEN})}, "params.id"),
        (QUERY, "query.q"),
        ({"headers": s.object({"x-a": BROKEN})}, "headers.x-a"),
        ({"body": BROKEN}, "body"),
        ({"body": s.maybe(BROKEN)}, "body"),
        ({"query": s.object({"q": s.array_of(BROKEN)})}, "query.q.0"),
        ({"query": s.record_of(s.string(), BROKEN)}, "query.q"),
        ({"query": s.object({"q": s.string()}, validate=raising(OUTAGE))}, "query"),
        (lambda: {"body": BROKEN}, "body"),
        ({"request": {"body": BROKEN}}, "body"),
    ],
)
@pytest.mark.parametrize("run", [plainly, in_loop])
def test_what_a_validator_raises_is_logged_and_the_client_learns_nothing(run, validate, path, caplog):
    answer = run(router_of(validate))

    assert 400 == answer.status
    assert f"[request {path}]: {CUSTOM}".encode() in answer.body
    assert b"secret" not in answer.body
    assert [(RAISED, OUTAGE)] == errors(caplog)
    assert "Traceback" in caplog.text
    assert "in function" in caplog.text
    assert "Outage: host=secret" in caplog.text


@pytest.mark.parametrize(
    ("rule", "json"),
    [
        (s.object({"a": s.string(), "b": BROKEN}), {"a": 1, "b": 1}),
        (s.object({"a": BROKEN, "b": s.string()}), {"a": 1, "b": 1}),
        (s.object({"a": BROKEN, "b": BROKEN}), {"a": 1, "b": 1}),
        (s.array_of(BROKEN), [1, 2, 3]),
        (s.one_of([s.string(), BROKEN]), 1),
        (s.nullable(BROKEN), 1),
    ],
)
def test_of_the_problems_of_a_part_the_first_that_was_raised_is_logged(rule, json, caplog):
    assert 400 == sent(router_of({"body": rule}), json).status
    assert [(RAISED, OUTAGE)] == errors(caplog)


def test_what_a_default_raises_is_logged(caplog):
    answer = sent(router_of({"query": s.object({"q": s.any(), "more": s.number(default=raising(OUTAGE))})}))

    assert (400, False) == (answer.status, "secret" in answer.text)
    assert [(RAISED, OUTAGE)] == errors(caplog)


@pytest.mark.parametrize(
    "validator",
    [
        raising(ValueError("told")),
        raising(AssertionError("told")),
        raising(UnicodeError("told")),
        lambda value: "told",
        lambda value: False,
    ],
)
def test_what_a_validator_tells_is_no_error_of_ours(validator, caplog):
    assert 400 == sent(router_of({"body": s.number(validate=validator)})).status
    assert [] == errors(caplog)


def test_each_part_is_logged(caplog):
    other = Outage("other")
    answer = sent(router_of({**QUERY, "body": s.number(validate=raising(other))}))

    assert (400, 2) == (answer.status, len(answer.json()["attributes"]["issues"]))
    assert [(RAISED, OUTAGE), (RAISED, other)] == errors(caplog)


@pytest.mark.parametrize("in_block", [True, False])
def test_on_validation_error_is_told_too(in_block, caplog):
    told = []

    def tell(error, request, response):
        told.append(error.raw_error.__cause__)
        return response.custom_error(status_code=503, body="later")

    block = {"request": QUERY, "response": {503: {}}}
    if in_block:
        router = router_of({**block, "on_validation_error": tell})
    else:
        router = router_of(block, on_validation_error=tell)

    assert 503 == sent(router).status
    assert [(RAISED, OUTAGE)] == errors(caplog)
    assert [OUTAGE] == told
    assert OUTAGE.__traceback__ is None


def test_validated_logs_what_a_validator_raises(caplog):
    """It has no route of its own, so the path is what was asked for."""
    caplog.set_level(logging.INFO, "kbn_schema.http")
    reception = Check(**QUERY).open(RequestParts("POST", "/a/1", b"q=2"), {})
    answer = reception.accept()

    assert not isinstance(answer, ValidRequest)
    assert [("POST /a/1: a validator raised", OUTAGE)] == errors(caplog)
    assert f"400 Bad Request: POST /a/1: [request query.q]: {CUSTOM}" == caplog.messages[-1]


@pytest.mark.parametrize(
    "rule",
    [
        lambda value, result: result.ok(BROKEN.validate(value)),
        lambda value, ok, bad_request: ok(s.object({"q": BROKEN}).validate({"q": value})),
        type("Own", (), {"validate": lambda self, value: BROKEN.validate(value)})(),
    ],
)
def test_what_a_validator_raises_inside_another_rule_is_logged_once(rule, caplog):
    assert 400 == sent(router_of({"body": rule})).status
    assert [(RAISED, OUTAGE)] == errors(caplog)


@pytest.mark.parametrize(("mode", "status"), [("raise", 500), ("log", 200)])
def test_what_a_validator_of_an_answer_raises_is_logged_with_the_mismatch(mode, status, caplog):
    block = {"response": {200: {"body": s.string(validate=raising(OUTAGE))}}}
    answer = sent(router_of(block, validate_responses=mode))
    prefix = "500 Server Error: " if mode == "raise" else ""
    text = f"{prefix}POST /a/{{id}}: Failed output validation: [response body]: {CUSTOM}"

    assert (status, False) == (answer.status, "secret" in answer.text)
    assert [(text, OUTAGE)] == errors(caplog)
    assert "Outage: host=secret" in caplog.text


# What function rules raise


TOLD = ValueError("told")
TOLD.__cause__ = KeyError("what was looked up")


def rule_of(function):
    return {"query": lambda value, result: function(value)}


@pytest.mark.parametrize("error", [OUTAGE, KeyError("secret"), TypeError("secret"), ZeroDivisionError()])
@pytest.mark.parametrize("run", [plainly, in_loop])
@pytest.mark.parametrize(
    ("version", "where"),
    [(None, "The [post] at [/a/{id}]"), ("1", "The [post] at [/a/{id}], version [1]")],
)
def test_what_a_function_rule_raises_is_logged(version, where, run, error, caplog):
    """The client is told the text, as in Kibana."""
    answer = run(router_of(rule_of(raising(error)), version=version))

    assert (400, True) == (answer.status, b"[request query]: " in answer.body)
    assert [(f"{where}: the rule at key: [query] raised", error)] == errors(caplog)
    assert "Traceback" in caplog.text
    assert "in function" in caplog.text


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        (rule_of(raising(ValueError("told"))), 400),
        (rule_of(raising(AssertionError("told"))), 400),
        (rule_of(s.object({}).validate), 400),
        (rule_of(raising(TOLD)), 400),
        ({"query": lambda value, result: result.bad_request(TOLD)}, 400),
        ({"query": lambda value, result: result.bad_request(OUTAGE)}, 400),
        ({"query": lambda value, result: {"error": OUTAGE}}, 400),
        (rule_of(raising(HttpError("told", status_code=410))), 410),
        (rule_of(raising(NotFound("told"))), 404),
    ],
)
def test_what_a_function_rule_tells_is_no_error_of_ours(rule, status, caplog):
    assert status == sent(router_of(rule)).status
    assert [] == errors(caplog)


def test_what_a_rule_of_an_answer_raises_is_logged(caplog):
    block = {"response": {200: {"body": {"custom": lambda value, result: raising(OUTAGE)()}}}}
    where = "The [post] at [/a/{id}]: the rule at key: ['validate.response' of [200]: body]"

    assert 500 == sent(router_of(block, dev=True)).status
    assert (f"{where} raised", OUTAGE) == errors(caplog)[0]
