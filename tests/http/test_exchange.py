"""What is known of a request before its body is read, and what is not."""

import asyncio
import json

import pytest

from kbn_schema import schema
from kbn_schema.http import RequestParts, Router

s = schema
JSON = ("content-type", "application/json")


def make_router():
    router = Router("/api", max_body_bytes=10)

    @router.get("/a/{id?}", validate=False)
    def get(context, request, response):
        return response.ok(body="got")

    @router.post(
        "/a/{id?}", validate={"body": s.object({"n": s.number()})}, options={"body": {"max_bytes": 8}}
    )
    def post(context, request, response):
        return response.ok(body=request.body)

    return router


def opened(method="POST", path="/api/a", headers=(JSON,), body=None):
    return make_router().open(RequestParts(method, path, b"", headers, body))


@pytest.mark.parametrize(
    ("method", "path", "known", "status"),
    [
        ("GET", "/api/b", False, 404),
        ("GET", "/", False, 404),
        ("OPTIONS", "/api/b", False, 404),
        ("PUT", "/api/a", True, 405),
        ("OPTIONS", "/api/a/1", True, 204),
    ],
)
def test_what_the_path_and_the_method_decide_is_ready_before_the_body(method, path, known, status):
    exchange = opened(method, path, [("Content-Length", "x")])

    assert (known, status, None) == (exchange.known, exchange.ready.status, exchange.route)
    assert exchange.ready == exchange.answer(b"ignored")
    assert exchange.ready == asyncio.run(exchange.answer_async(b"ignored"))


@pytest.mark.parametrize(
    ("length", "status"), [("9", 413), ("100000000000", 413), ("9" * 5000, 413), ("-1", 400), ("1, 2", 400)]
)
def test_an_announced_length_is_judged_before_the_body(length, status):
    exchange = opened(headers=[("Content-Length", length)])

    assert (True, status) == (exchange.known, exchange.ready.status)


@pytest.mark.parametrize(("method", "limit"), [("GET", 10), ("HEAD", 10), ("POST", 8)])
def test_the_limit_is_that_of_the_route_that_will_be_called(method, limit):
    exchange = opened(method)

    assert (limit, None, None) == (exchange.limit, exchange.length, exchange.ready)
    assert "/api/a/{id?}" == exchange.route.path


def test_a_limit_of_zero_counts():
    router = Router(max_body_bytes=10)
    router.post("/", validate=False, options={"body": {"max_bytes": 0}})(lambda *_: None)

    assert 0 == router.open(RequestParts("POST", "/")).limit


def test_an_announced_length_is_told():
    assert 8 == opened(headers=[("Content-Length", "8")]).length


def test_the_body_of_the_head_is_not_looked_at():
    exchange = opened(body=b"x" * 100)

    assert (None, 200) == (exchange.ready, exchange.answer(b'{"n":1}').status)


@pytest.mark.parametrize(
    ("headers", "body", "status", "message"),
    [
        ([JSON], b'{"n":10}', 200, None),
        ([JSON], b'{"n":100}', 413, "the request body must not exceed [8] bytes"),
        (
            [JSON, ("Content-Length", "8")],
            b'{"n":1}',
            400,
            "the request body is shorter than its Content-Length",
        ),
        ([JSON, ("Content-Length", "8")], None, 400, "the request body is shorter than its Content-Length"),
        ([JSON, ("Content-Length", "7")], b'{"n":1}', 200, None),
    ],
)
def test_the_size_of_the_body_is_judged_once_it_is_there(headers, body, status, message):
    answer = opened(headers=headers).answer(body)

    assert (status, message) == (answer.status, json.loads(answer.body).get("message"))


def test_handle_is_open_and_answer():
    router = make_router()
    parts = RequestParts("POST", "/api/a", b"", [JSON], b'{"n":1}')
    answers = [
        router.handle(parts),
        router.open(parts).answer(parts.body),
        asyncio.run(router.handle_async(parts)),
    ]

    assert b'{"n":1}' == answers[0].body
    assert [answers[0]] * 3 == answers


@pytest.mark.parametrize(
    ("arguments", "status", "phrase", "message"),
    [
        ((411,), 411, "Length Required", "Length Required"),
        ((408, "too slow"), 408, "Request Timeout", "too slow"),
    ],
)
def test_an_adapter_can_refuse_what_it_cannot_read(arguments, status, phrase, message):
    answer = opened().refuse(*arguments)

    assert (status, phrase) == (answer.status, answer.phrase)
    assert {"statusCode": status, "error": phrase, "message": message} == json.loads(answer.body)


def test_an_exchange_shows_nothing_that_was_sent():
    assert "secret" not in repr(opened(path="/api/a/secret"))
