"""Hooks that see a request before anything of it is read or validated."""

import asyncio
import contextlib
import functools
import io
import json

import pytest

from kbn_schema import schema
from kbn_schema.http import Forbidden, Native, RequestParts, Response, Router, TestClient, Unauthorized

s = schema
GENERIC = "An internal server error occurred. Check the server logs for details."
JSON = ("content-type", "application/json")


def ok(context, request, response):
    return response.ok(body="ok")


def unexpected(*_):
    pytest.fail("called")


def plain(function):
    return function


def made_async(function):
    @functools.wraps(function)
    async def wrapper(*arguments):
        await asyncio.sleep(0)
        return function(*arguments)

    return wrapper


def parts_of(method="POST", path="/a/1", query=b"", headers=(JSON,), body=b"1"):
    return RequestParts(method, path, query, headers, body)


def plainly(router, parts):
    answer = router.handle(parts)
    if isinstance(answer.body, bytes):
        return answer.status, answer.body
    with contextlib.closing(answer.body):
        return answer.status, b"".join(answer.body)


def in_loop(router, parts):
    async def main():
        answer = await router.handle_async(parts)
        if isinstance(answer.body, bytes):
            return answer.status, answer.body
        async with contextlib.aclosing(answer.body):
            return answer.status, b"".join([piece async for piece in answer.body])

    return asyncio.run(main())


def by_client(router, parts):
    answer = TestClient(router).request(
        parts.method, f"{parts.path}?{parts.query.decode()}", headers=list(parts.headers), body=parts.body
    )
    return answer.status, answer.body


# How a request is run, and which handlers and hooks can be then.
WAYS = [(plainly, plain, plain)] + [
    (run, handler, hook)
    for run in (in_loop, by_client)
    for handler in (plain, made_async)
    for hook in (plain, made_async)
]
ALL_WAYS = pytest.mark.parametrize(
    ("run", "like", "make"), WAYS, ids=lambda function: getattr(function, "__name__", None)
)


def router_of(handler=ok, validate=False, **options):
    router = Router(**options)
    router.post("/a/{id}", validate=validate)(handler)
    return router


@ALL_WAYS
def test_a_hook_sees_the_head_of_a_request_as_it_came(run, like, make):
    seen = []

    def hook(request, response):
        seen.append(request)

    router = router_of(like(ok), {"params": s.object({"id": s.number()}), "query": s.any(), "body": s.any()})
    router.on_request(make(hook))
    headers = [JSON, ("X-A", "1"), ("x-a", "2"), ("Authorization", "Bearer é")]

    assert (200, b"ok") == run(router, parts_of(query=b"q=1", headers=headers))
    [request] = seen
    assert ({}, {}, {}) == (request.params, request.query, request.body)
    assert ("POST", "/a/1", router.routes[0]) == (request.method, request.path, request.route)
    assert {
        "content-type": "application/json",
        "x-a": "1, 2",
        "authorization": "Bearer é",
    } == request.headers


@ALL_WAYS
def test_hooks_come_before_all_else_in_the_order_they_were_given(run, like, make):
    events = []

    def noting(name):
        return make(lambda *_: events.append(name))

    def handler(context, request, response):
        events.append("handler")
        return response.ok(body="ok")

    @contextlib.contextmanager
    def context():
        events.append("context")
        yield
        events.append("left")

    def rule(value, result):
        events.append("rule")
        return result.ok(value)

    router = router_of(like(handler), {"body": rule}, context=context)
    for register in (router.on_response, router.on_pre_handler, router.on_request):
        register(noting(f"{register.__name__} 1"))
        register(noting(f"{register.__name__} 2"))

    assert (200, b"ok") == run(router, parts_of())
    assert [
        *("on_request 1", "on_request 2", "rule", "context", "on_pre_handler 1", "on_pre_handler 2"),
        *("handler", "left", "on_response 1", "on_response 2"),
    ] == events


REFUSED = {
    "invalid": parts_of(body=b"{}"),
    "malformed": parts_of(body=b"{"),
    "of another type": parts_of(headers=[("content-type", "a/b")]),
    "malformed path": parts_of(path="/a/%zz"),
    "valid": parts_of(),
}


@pytest.mark.parametrize("parts", REFUSED.values(), ids=REFUSED)
@ALL_WAYS
def test_a_hook_may_answer_and_nothing_else_is_called(run, like, make, parts):
    seen = []

    def hook(request, response):
        return response.unauthorized(body="who are you?", headers={"www-authenticate": "Basic"})

    def see(request, response):
        seen.append(
            (response.status, response.headers["www-authenticate"], "content-type" in request.headers)
        )

    router = router_of(
        like(unexpected), {"body": unexpected}, context=unexpected, on_validation_error=unexpected
    )
    router.on_request(make(lambda request, response: None))
    router.on_request(make(hook))
    router.on_request(make(unexpected))
    router.on_pre_handler(make(unexpected))
    router.on_response(make(see))
    status, body = run(router, parts)

    assert (401, "who are you?") == (status, json.loads(body)["message"])
    assert [(401, "Basic", True)] == seen


@ALL_WAYS
def test_a_hook_may_raise_an_answer(run, like, make, caplog):
    seen = []

    def hook(request, response):
        raise Unauthorized("who are you?", headers={"www-authenticate": "Basic"})

    router = router_of(like(unexpected), {"body": unexpected}, context=unexpected)
    router.on_request(make(hook))
    router.on_response(make(lambda request, response: seen.append(response.status)))
    status, body = run(router, parts_of())

    assert (401, "who are you?", [401]) == (status, json.loads(body)["message"], seen)
    assert [] == caplog.records


ADVICE = "return response.ok(body=...), or another of its answers"


@pytest.mark.parametrize(
    ("hook", "logged"),
    [
        (lambda request, response: {}["secret"], "KeyError: 'secret'"),
        (
            lambda request, response: {"status": 401},
            f"expected the hook to return a response but got [dict]: {ADVICE}",
        ),
        (lambda request, response: False, f"expected the hook to return a response but got [bool]: {ADVICE}"),
    ],
)
@ALL_WAYS
def test_a_hook_that_breaks_is_a_500_and_nothing_else_is_called(run, like, make, hook, logged, caplog):
    router = router_of(like(unexpected), {"body": unexpected}, context=unexpected)
    router.on_request(make(hook))
    status, body = run(router, parts_of())

    assert (500, GENERIC) == (status, json.loads(body)["message"])
    assert logged in caplog.text
    assert "500 Server Error: POST /a/{id}" in caplog.messages


@ALL_WAYS
def test_a_response_hook_may_change_an_early_answer(run, like, make):
    router = router_of(like(unexpected))
    router.on_request(make(lambda request, response: response.forbidden()))
    router.on_response(make(lambda request, response: Response(status=200, body="let in")))

    assert (200, b"let in") == run(router, parts_of())


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        (parts_of("GET", "/b"), 404),
        (parts_of("GET"), 405),
        (parts_of("OPTIONS"), 204),
        (parts_of(query=b"%zz"), 400),
        (parts_of(headers=[("content-length", "99999999")], body=None), 413),
    ],
)
@ALL_WAYS
def test_what_is_no_request_for_a_route_or_refused_by_its_head_sees_no_hook(run, like, make, parts, status):
    router = router_of(like(unexpected), {"body": s.any()})
    router.on_request(make(unexpected))

    assert status == run(router, parts)[0]


@pytest.mark.parametrize("streams", [False, True])
def test_the_body_is_not_read_before_a_hook_answers(streams):
    def read(size):
        pytest.fail("read")

    router = router_of(unexpected, {"body": s.stream() if streams else s.any()})
    router.on_request(lambda request, response: response.unauthorized())
    exchange = router.open(parts_of(body=None))

    assert exchange.reads
    assert 401 == exchange.answer(read).status


@pytest.mark.parametrize("make", [plain, made_async])
@pytest.mark.parametrize("streams", [False, True])
def test_the_body_is_not_read_before_a_hook_answers_in_front_of_an_async_handler(streams, make):
    async def read():
        pytest.fail("read")

    router = router_of(made_async(unexpected), {"body": s.stream() if streams else s.any()})
    router.on_request(make(lambda request, response: response.unauthorized()))

    assert 401 == asyncio.run(router.open(parts_of(body=None)).answer_async(read)).status


@pytest.mark.parametrize("hook", [plain, made_async])
@pytest.mark.parametrize("handler", [plain, made_async])
@pytest.mark.parametrize("streams", [False, True])
def test_the_body_is_read_where_a_hook_lets_it_pass(streams, handler, hook):
    pieces = [b'"bo', b'dy"', b""]

    async def read():
        return pieces.pop(0)

    rule = {"body": s.stream() if streams else s.any()}
    router = router_of(handler(lambda c, request, r: r.ok(body="done")), rule)
    router.on_request(hook(lambda request, response: None))
    answer = asyncio.run(router.open(parts_of(body=None)).answer_async(read))

    assert (200, b"done", 3 if streams else 0) == (answer.status, answer.body, len(pieces))


@pytest.mark.parametrize("method", ["POST", "HEAD"])
@ALL_WAYS
def test_an_early_stream_is_sent_and_closed(run, like, make, method):
    closed = []

    class File(io.BytesIO):
        def close(self):
            if not self.closed:
                closed.append(1)
            super().close()

    kept = [File(b"ab")]  # so that it is not closed because nobody refers to it
    router = router_of(like(unexpected))
    router.get("/a/{id}", validate=False)(like(unexpected))
    router.on_request(make(lambda request, response: response.ok(body=kept[0])))

    assert (200, b"ab" if method == "POST" else b"") == run(router, parts_of(method, body=None))
    assert [1] == closed


@ALL_WAYS
def test_a_hook_sees_the_version_that_is_served(run, like, make):
    seen = []

    def hook(request, response):
        seen.append(request.api_version)
        return response.ok(body="early") if request.api_version == "2" else None

    router = Router()
    route = router.versioned.post("/a/{id}", access="internal", deprecated={"message": "old"})
    for version in ("1", "2"):
        route.add_version(version, validate=False, handler=like(ok))
    router.on_request(make(hook))
    bodies = [run(router, parts_of(headers=[("elastic-api-version", v)]))[1] for v in ("1", "2")]

    assert (["1", "2"], [b"ok", b"early"]) == (seen, bodies)
    assert 400 == run(router, parts_of(headers=[("elastic-api-version", "3")]))[0]
    assert ["1", "2"] == seen


@pytest.mark.parametrize("raises", [False, True])
def test_an_early_answer_says_its_version(raises):
    def hook(request, response):
        if raises:
            raise Forbidden("no")
        return response.forbidden()

    router = Router()
    router.versioned.get("/a", access="internal", deprecated=True).add_version(
        "1", validate=False, handler=unexpected
    )
    router.on_request(hook)
    answer = TestClient(router).get("/a")

    assert (403, "1") == (answer.status, answer.headers["elastic-api-version"])
    assert '299 kbn_schema "This endpoint is deprecated"' == answer.headers["warning"]


def test_a_hook_may_answer_in_the_words_of_a_framework():
    class Theirs:
        pass

    class Error(Exception):
        pass

    def answering(hook):
        router = router_of(unexpected)
        router.on_request(hook)
        router.on_response(unexpected)
        return router.open(parts_of(), native=Native(responses=(Theirs,), errors=(Error,))).answer(b"1")

    def fail(request, response):
        raise Error

    theirs = Theirs()

    assert theirs is answering(lambda request, response: theirs)
    with pytest.raises(Error):
        answering(fail)


def test_an_async_hook_under_a_plain_adapter_is_a_500(caplog, recwarn):
    router = router_of(unexpected)
    router.on_request(made_async(lambda request, response: None))

    assert 500 == router.handle(parts_of()).status
    assert "an async function was called" in caplog.text
    assert [] == recwarn.list


@pytest.mark.parametrize("hook", [plain, made_async])
def test_a_cancelled_request_ends_in_its_hook(hook):
    async def wait(request, response):
        await asyncio.sleep(60)

    router = router_of(hook(unexpected), context=unexpected)
    router.on_request(wait)

    async def main():
        task = asyncio.create_task(router.handle_async(parts_of()))
        await asyncio.sleep(0.01)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
