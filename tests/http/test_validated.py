"""Requests of handlers that a framework calls: the core of each `validated`."""

import asyncio
import json

import pytest

from kbn_schema import SchemaDefinitionError, schema
from kbn_schema.http import Disconnected, RequestParts, ResponseParts, ValidRequest
from kbn_schema.http.validated import Check

s = schema
JSON = ("content-type", "application/json")
RULES = {
    "params": s.object({"id": s.number()}),
    "query": s.object({"q": s.maybe(s.array_of(s.number()))}),
    "headers": s.object({"X-A": s.maybe(s.string())}),
    "body": s.object({"n": s.number()}),
}


def head_of(query=b"", headers=(JSON,)):
    return RequestParts("POST", "/a", query, headers)


def opened(head=None, params=None, **options):
    return Check(**{**RULES, **options}).open(head or head_of(), {"id": "1"} if params is None else params)


def reader(*pieces):
    rest = list(pieces)
    return lambda size: rest.pop(0) if rest else b""


def async_reader(*pieces):
    rest = list(pieces)

    async def read():
        await asyncio.sleep(0)
        return rest.pop(0) if rest else b""

    return read


def plainly(reception, *pieces):
    return reception.accept(reader(*pieces))


def at_once(reception, *pieces):
    return reception.accept(b"".join(pieces))


def in_loop(reception, *pieces):
    return asyncio.run(reception.accept_async(async_reader(*pieces)))


def in_loop_at_once(reception, *pieces):
    return asyncio.run(reception.accept_async(b"".join(pieces)))


WAYS = pytest.mark.parametrize("accept", [plainly, at_once, in_loop, in_loop_at_once])


def refusal(answer):
    assert isinstance(answer, ResponseParts)
    error = json.loads(answer.body)
    assert "nosniff" == dict(answer.headers)["x-content-type-options"]
    return answer.status, error["message"]


@WAYS
def test_a_request_that_fits_is_what_the_schemas_yield(accept):
    valid = accept(opened(head_of(b"q=1&q=2", [JSON, ("x-a", "x")])), b'{"n"', b": 5}")

    assert isinstance(valid, ValidRequest)
    assert ({"id": 1}, {"q": [1, 2]}, {"X-A": "x"}, {"n": 5}) == (
        valid.params,
        valid.query,
        valid.headers,
        valid.body,
    )


@WAYS
def test_undeclared_parts_are_hidden(accept):
    reception = Check().open(head_of(b"a=1"), {"id": "1"})
    valid = accept(reception, b"{")

    assert ({}, {}, {}, {}) == (valid.params, valid.query, valid.headers, valid.body)
    assert not reception.reads


@WAYS
@pytest.mark.parametrize(
    ("head", "params", "body", "status", "message"),
    [
        (head_of(), {"id": "x"}, b'{"n":1}', 400, "[request params.id]: expected value of type [number]"),
        (head_of(), {"id": None}, b'{"n":1}', 400, "[request params.id]: expected value of type [number]"),
        (head_of(b"q=x"), None, b'{"n":1}', 400, "[request query.q.0]: expected value of type [number]"),
        (head_of(), None, b'{"n":"x"}', 400, "[request body.n]: expected value of type [number]"),
        (head_of(), None, b"{", 400, "Invalid request payload JSON format"),
        (head_of(headers=[]), None, b"{}", 415, "expected a request body of media type [application/json]"),
        (head_of(), None, b" " * 30, 413, "the request body must not exceed [20] bytes"),
        (head_of(headers=[JSON, ("content-length", "9")]), None, b"{}", 400, "the request body is shorter"),
    ],
)
def test_a_request_that_does_not_fit_is_refused(accept, head, params, body, status, message):
    found, text = refusal(accept(opened(head, params, options={"body": {"max_bytes": 20}}), body))

    assert (status, message) == (found, text[: len(message)])


@WAYS
def test_every_issue_is_in_the_refusal(accept):
    answer = accept(opened(head_of(b"q=x"), {"id": "x"}), b"{}")

    assert [["params", "id"], ["query", "q", 0], ["body", "n"]] == [
        issue["path"] for issue in json.loads(answer.body)["attributes"]["issues"]
    ]


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (head_of(b"%zz"), 400),
        (head_of(headers=[("content-length", "x")]), 400),
        (head_of(headers=[("content-length", "21")]), 413),
    ],
)
def test_what_the_head_decides_needs_no_body(head, status):
    reception = opened(head, options={"body": {"max_bytes": 20}})

    assert not reception.reads
    assert status == refusal(reception.accept())[0]
    assert status == refusal(asyncio.run(reception.accept_async()))[0]


def test_a_reception_says_what_it_wants():
    reception = opened(head_of(headers=[JSON, ("content-length", "7")]), options={"body": {"max_bytes": 9}})

    assert (True, 7, 9, True) == (reception.reads, reception.length, reception.limit, reception.known)
    assert (1_048_576, None) == (opened().limit, opened().length)
    assert (411, "Length Required") == refusal(reception.refuse(411))


def test_parameters_are_taken_as_the_framework_decoded_them():
    seen = []

    def rule(value, ok):
        seen.append(value)
        return ok(value)

    valid = Check(params=rule).open(head_of(), {"id": 5, "day": None}).accept()

    assert [{"id": 5, "day": None}] == seen
    assert {"id": 5, "day": None} == valid.params


@pytest.mark.parametrize(
    ("rule", "body", "seen"),
    [(s.buffer(), b"\xff", b"\xff"), (s.stream(), b"\xff", b"\xff")],
)
def test_bytes_and_streams_are_handed_on(rule, body, seen):
    valid = Check(body=rule).open(head_of(headers=[]), {}).accept(reader(body))

    assert seen == (valid.body if isinstance(valid.body, bytes) else valid.body.read())


def test_a_stream_is_awaited_under_a_loop():
    async def main():
        valid = (
            await Check(body=s.stream()).open(head_of(headers=[]), {}).accept_async(async_reader(b"a", b"b"))
        )
        return await valid.body.read()

    assert b"ab" == asyncio.run(main())


def test_a_form_is_decoded():
    check = Check(
        body=s.object({"a": s.number(), "b": s.array_of(s.string())}),
        options={"body": {"accepts": "application/x-www-form-urlencoded"}},
    )
    head = head_of(headers=[("content-type", "application/x-www-form-urlencoded")])

    assert {"a": 1, "b": ["x"]} == check.open(head, {}).accept(b"a=1&b=x").body


def test_a_client_that_has_gone_is_not_answered():
    async def gone():
        raise Disconnected

    with pytest.raises(Disconnected):
        asyncio.run(opened().accept_async(gone))


def test_a_slow_body_is_408():
    async def slow():
        await asyncio.sleep(1)
        return b""

    reception = opened(options={"timeout": {"payload": 20}})

    assert 408 == refusal(asyncio.run(reception.accept_async(slow)))[0]


def test_what_goes_wrong_in_a_rule_is_a_500(caplog):
    class Broken:
        def validate(self, value):
            raise ZeroDivisionError("secret")

    answer = Check(query=Broken()).open(head_of(), {}).accept()

    assert (500, False) == (answer.status, b"secret" in answer.body)
    assert "ZeroDivisionError: secret" in caplog.text


def test_a_check_serves_many_requests():
    check = Check(**RULES)
    answers = [check.open(head_of(), {"id": str(n)}).accept(b'{"n": %d}' % n) for n in range(5)]

    assert [({"id": n}, {"n": n}) for n in range(5)] == [(valid.params, valid.body) for valid in answers]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"params": 5}, "but got [number], at key: [params]"),
        ({"body": {"a": s.any()}}, "(write schema.object({...})), at key: [body]"),
        ({"body": s.array_of}, "at key: [body]"),
        ({"headers": s.object({"A": s.any(), "a": s.any()})}, "two props for the header [a]"),
        ({"options": {"bdy": {}}}, "options has an unknown option [bdy]"),
        ({"options": {"body": {"max_bytes": "1"}}}, "options.body.max_bytes must be a whole number"),
        ({"options": {"body": {"output": "file"}}}, "is not valid. Only 'data' or 'stream' are valid."),
        (
            {"options": {"body": {"output": "stream"}}, "body": s.object({})},
            "options.body: output is [stream]",
        ),
        ({"options": 5}, "options must be a mapping, but is [number]"),
    ],
)
def test_mistakes_are_found_when_it_is_declared(given, reason):
    with pytest.raises(SchemaDefinitionError) as error:
        Check(**given)

    assert str(error.value).startswith("validated()")
    assert reason in str(error.value)
