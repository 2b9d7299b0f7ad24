"""Hooks, contexts, and where handlers run."""

import asyncio
import contextlib
import contextvars
import functools
import gc
import io
import threading
import time

import pytest

from kbn_schema import SchemaDefinitionError, schema
from kbn_schema.http import Forbidden, RequestParts, Response, Router, TestClient

s = schema
GET = RequestParts("GET", "/a")
GENERIC = "An internal server error occurred. Check the server logs for details."


def ok(context, request, response):
    return response.ok(body="ok")


async def ok_async(context, request, response):
    await asyncio.sleep(0)
    return response.ok(body="ok")


HANDLERS = [ok, ok_async]


def router_of(handler=ok, validate=False, on_request=None, **options):
    router = Router(**options)
    if on_request is not None:
        router.on_request(on_request)
    router.get("/a", validate=validate)(handler)
    return router


def in_loop(router, parts=GET):
    """The answer, its body read to the end, as an async adapter gets it."""

    async def main():
        answer = await router.handle_async(parts)
        if isinstance(answer.body, bytes):
            return answer.status, answer.body
        try:
            return answer.status, b"".join([piece async for piece in answer.body])
        finally:
            await answer.body.aclose()

    return asyncio.run(main())


def plainly(router, parts=GET):
    """The same as a plain adapter gets it."""
    answer = router.handle(parts)
    if isinstance(answer.body, bytes):
        return answer.status, answer.body
    try:
        return answer.status, b"".join(answer.body)
    finally:
        answer.body.close()


def by_client(router, parts=GET):
    answer = TestClient(router).request(parts.method, parts.path)
    return answer.status, answer.body


EVERY_WAY = [in_loop, plainly, by_client]
ALL_WAYS = pytest.mark.parametrize("run", EVERY_WAY)
ASYNC_WAYS = pytest.mark.parametrize("run", [in_loop, by_client])


def made_async(function):
    @functools.wraps(function)
    async def wrapper(*arguments):
        await asyncio.sleep(0)
        return function(*arguments)

    return wrapper


# Pre-handler hooks


@ALL_WAYS
def test_hooks_run_in_order_before_the_handler_with_its_arguments(run):
    calls = []

    def handler(context, request, response):
        calls.append(("handler", context, request))
        return response.ok()

    router = router_of(handler, {"query": s.any()}, context=dict)
    router.on_pre_handler(lambda c, r, f: calls.append(("first", c, r)))
    router.on_pre_handler(lambda c, r, f: calls.append(("second", c, r)))

    assert 200 == run(router)[0]
    assert ["first", "second", "handler"] == [name for name, _, _ in calls]
    assert 1 == len({id(context) for _, context, _ in calls}) == len({id(request) for _, _, request in calls})


def test_a_hook_is_handed_back_so_that_it_can_be_decorated():
    router = Router()

    assert print is router.on_request(print)
    assert ok is router.on_pre_handler(ok)
    assert print is router.on_response(print)


@pytest.mark.parametrize("handler", HANDLERS)
@pytest.mark.parametrize("make", [lambda hook: hook, made_async])
@ASYNC_WAYS
def test_a_hook_may_answer_early(run, make, handler):
    calls = []
    router = router_of(lambda *_: pytest.fail("called"))
    router.on_pre_handler(make(lambda context, request, response: calls.append("first")))
    router.on_pre_handler(make(lambda context, request, response: response.forbidden(body="no")))
    router.on_pre_handler(make(lambda context, request, response: calls.append("third")))

    assert (403, True) == ((answer := run(router))[0], b'"no"' in answer[1])
    assert ["first"] == calls


@pytest.mark.parametrize("make", [lambda hook: hook, made_async])
@ASYNC_WAYS
def test_a_hook_may_raise_an_answer_or_break(run, make, caplog):
    def deny(context, request, response):
        raise Forbidden("no")

    def breaks(context, request, response):
        raise ValueError("secret")

    denied, broken = router_of(), router_of()
    denied.on_pre_handler(make(deny))
    broken.on_pre_handler(make(breaks))

    assert 403 == run(denied)[0]
    assert [] == caplog.records
    assert (500, True) == ((answer := run(broken))[0], GENERIC.encode() in answer[1])
    assert "ValueError: secret" in caplog.text


@ALL_WAYS
def test_a_hook_that_returns_something_else_is_the_authors_mistake(run, caplog):
    router = router_of()
    router.on_pre_handler(lambda *_: {"status": 200})

    assert 500 == run(router)[0]
    advice = "return response.ok(body=...), or another of its answers"
    assert f"expected the hook to return a response but got [dict]: {advice}" in caplog.text


@ALL_WAYS
def test_hooks_are_not_called_for_what_is_refused(run):
    router = router_of(validate={"query": s.object({"n": s.number()})})
    router.on_pre_handler(lambda *_: pytest.fail("called"))

    assert 400 == run(router)[0]


# Response hooks


def adding(name):
    def hook(request, response):
        return Response(
            status=response.status,
            body=response.body,
            headers={**response.headers, name: str(len(response.headers))},
        )

    return hook


@pytest.mark.parametrize("make", [lambda hook: hook, made_async])
@ASYNC_WAYS
def test_response_hooks_see_what_the_one_before_made(run, make):
    seen = []
    router = router_of()
    router.on_response(make(adding("x-a")))
    router.on_response(make(lambda request, response: seen.append(dict(response.headers))))
    router.on_response(make(adding("x-b")))

    assert 200 == run(router)[0]
    assert [{"x-a": "0"}] == seen
    headers = dict(asyncio.run(router.handle_async(GET)).headers)
    assert ("0", "1") == (headers["x-a"], headers["x-b"])


def fails(context, request, response):
    raise ValueError("secret")


def denies(context, request, response):
    raise Forbidden("no")


@pytest.mark.parametrize(
    ("handler", "query", "status"),
    [(ok, b"n=1", 200), (ok, b"n=x", 400), (ok, b"n=%zz", 400), (fails, b"n=1", 500), (denies, b"n=1", 403)],
)
def test_response_hooks_see_every_answer_of_a_route(handler, query, status):
    seen = []
    router = router_of(handler, {"query": s.object({"n": s.number()})})

    @router.on_response
    def see(request, response):
        seen.append((request.query, request.headers, request.route.path, response.status))

    router.handle(RequestParts("GET", "/a", query, [("X-A", "1"), ("x-a", "2"), ("x-b", "3")]))

    assert [({}, {"x-a": "1, 2", "x-b": "3"}, "/a", status)] == seen


@ALL_WAYS
@pytest.mark.parametrize("parts", [RequestParts("GET", "/b"), RequestParts("PUT", "/a")])
def test_response_hooks_see_no_answer_without_a_route(run, parts):
    router = router_of()
    router.on_response(lambda *_: pytest.fail("called"))

    assert run(router, parts)[0] in (404, 405)


@ALL_WAYS
def test_a_response_hook_that_breaks_is_a_500(run, caplog):
    router = router_of()
    router.on_response(lambda *_: {}["secret"])

    assert 500 == run(router)[0]
    assert "KeyError: 'secret'" in caplog.text


@ALL_WAYS
def test_a_response_hook_may_raise_an_answer(run, caplog):
    def deny(request, response):
        raise Forbidden("no")

    router = router_of()
    router.on_response(deny)

    assert (403, []) == (run(router)[0], caplog.records)


@ALL_WAYS
def test_a_response_hook_that_returns_something_else_is_the_authors_mistake(run, caplog):
    router = router_of()
    router.on_response(lambda *_: "x")

    assert 500 == run(router)[0]
    assert "expected the hook to return a response but got [str]" in caplog.text


# Contexts


class Log(list):
    """What happened, in order; and what must be closed by us, not because nobody refers to it any more."""

    def __init__(self):
        super().__init__()
        self.kept = []

    def keep(self, thing):
        self.kept.append(thing)
        return thing

    def __call__(self, *event):
        self.append(event[0] if len(event) == 1 else event)


class Plain:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        self.log("enter")
        return "value"

    def __exit__(self, kind, error, traceback):
        self.log("exit" if error is None else ("exit", repr(error)))
        assert (kind is None) == (error is None) == (traceback is None)


class Async:
    def __init__(self, log):
        self.log = log

    async def __aenter__(self):
        await asyncio.sleep(0)
        self.log("enter")
        return "value"

    async def __aexit__(self, kind, error, traceback):
        await asyncio.sleep(0)
        self.log("exit" if error is None else ("exit", repr(error)))


class Both(Plain):
    async def __aenter__(self):
        self.log("aenter")
        return "async value"

    async def __aexit__(self, kind, error, traceback):
        self.log("aexit")


def generator(log):
    def make():
        log("enter")
        try:
            yield "value"
        except BaseException as error:
            log(("exit", repr(error)))
            raise
        else:
            log("exit")

    return make


def async_generator(log):
    async def make():
        log("enter")
        try:
            yield "value"
        except BaseException as error:
            log(("exit", repr(error)))
            raise
        else:
            log("exit")

    return make


def managed(log):
    return contextlib.contextmanager(generator(log))


def async_managed(log):
    return contextlib.asynccontextmanager(async_generator(log))


def returning(log):
    async def make():
        return Plain(log)

    return make


PLAIN = {
    "object": lambda log: lambda: Plain(log),
    "generator": generator,
    "contextmanager": managed,
    "partial": lambda log: functools.partial(generator(log)),
    "of the request": lambda log: lambda request: Plain(log),
}
OF_A_LOOP = {
    "async object": lambda log: lambda: Async(log),
    "async generator": async_generator,
    "asynccontextmanager": async_managed,
    "async function": returning,
}
WAYS = [(run, make) for run in EVERY_WAY for make in PLAIN.values()]
WAYS += [(run, make) for run in (in_loop, by_client) for make in OF_A_LOOP.values()]
CONTEXTS = pytest.mark.parametrize(("run", "make"), WAYS)


@pytest.mark.parametrize(
    ("factory", "value"),
    [
        (dict, {}),
        (lambda: 5, 5),
        (lambda: None, None),
        (lambda request: request.method, "GET"),
        (lambda *, request=None: request, None),
        (functools.partial(lambda given, request: (given, request.path), "given"), ("given", "/a")),
        (made_async(lambda: 5), 5),
        (made_async(lambda request: request.path), "/a"),
    ],
)
@ASYNC_WAYS
@pytest.mark.parametrize("make", [lambda handler: handler, made_async])
def test_a_context_is_whatever_the_factory_makes(make, run, factory, value):
    seen = []

    def handler(context, request, response):
        seen.append(context)
        return response.ok()

    assert 200 == run(router_of(make(handler), context=factory))[0]
    assert [value] == seen


def test_without_a_factory_the_context_is_a_new_dict():
    seen = []

    def handler(context, request, response):
        seen.append(context)
        context["a"] = 1
        return response.ok()

    router = router_of(handler)
    plainly(router)
    plainly(router)

    assert seen[0] is not seen[1]


def logging_handler(log, error=None):
    def handler(context, request, response):
        log(f"handler {context}")
        if error is not None:
            raise error
        return response.ok(body="ok")

    return handler


HANDLED = [(run, make, lambda handler: handler) for run, make in WAYS]
HANDLED += [(run, make, made_async) for run, make in WAYS if run is not plainly]


@pytest.mark.parametrize(("run", "make", "like"), HANDLED)
def test_a_context_is_entered_and_closed_once(run, make, like):
    log = Log()
    router = router_of(like(logging_handler(log)), context=make(log))
    router.on_pre_handler(lambda context, request, response: log(f"hook {context}"))
    router.on_response(lambda request, response: log("response"))

    assert (200, b"ok") == run(router)
    assert ["enter", "hook value", "handler value", "exit", "response"] == log


@CONTEXTS
@pytest.mark.parametrize(("error", "status"), [(ValueError("secret"), 500), (Forbidden("no"), 403)])
def test_a_context_is_told_what_its_handler_raises(run, make, error, status):
    log = Log()

    assert status == run(router_of(logging_handler(log, error), context=make(log)))[0]
    assert ["enter", "handler value", ("exit", repr(error))] == log


@CONTEXTS
def test_a_context_is_told_what_a_hook_raises(run, make):
    log = Log()
    router = router_of(lambda *_: pytest.fail("called"), context=make(log))

    @router.on_pre_handler
    def deny(context, request, response):
        raise Forbidden("no")

    assert 403 == run(router)[0]
    assert ["enter", ("exit", "Forbidden('no')")] == log


@CONTEXTS
def test_a_context_is_closed_where_a_hook_answers_or_a_response_is_none(run, make):
    early, wrong = Log(), Log()
    router = router_of(context=make(early))
    router.on_pre_handler(lambda context, request, response: response.forbidden())

    assert 403 == run(router)[0]
    assert ["enter", "exit"] == early
    assert 500 == run(router_of(lambda *_: None, context=make(wrong)))[0]
    assert ["enter", "exit"] == [event if isinstance(event, str) else event[0] for event in wrong]


@CONTEXTS
def test_what_is_refused_has_no_context(run, make):
    log = Log()

    assert 400 == run(router_of(validate={"query": s.object({"n": s.number()})}, context=make(log)))[0]
    assert [] == log


def test_of_both_protocols_the_async_one_is_taken_where_it_can_be():
    for run, expected in ((plainly, "value"), (in_loop, "async value"), (by_client, "async value")):
        log = Log()
        run(router_of(logging_handler(log), context=lambda log=log: Both(log)))

        assert f"handler {expected}" in log
        assert 3 == len(log)


class Failing:
    def __init__(self, at):
        self.at = at

    def __enter__(self):
        if self.at == "enter":
            raise ValueError("secret")

    def __exit__(self, *_):
        if self.at == "exit":
            raise ValueError("secret")


@ALL_WAYS
@pytest.mark.parametrize("at", ["make", "enter", "exit"])
def test_a_context_that_breaks_is_a_500(run, at, caplog):
    def factory():
        if at == "make":
            raise ValueError("secret")
        return Failing(at)

    status, body = run(router_of(context=factory))

    assert (500, True) == (status, GENERIC.encode() in body)
    assert "ValueError: secret" in caplog.text


@ALL_WAYS
@pytest.mark.parametrize("swallow", [True, False])
def test_a_context_cannot_make_good_what_a_handler_raised(run, swallow):
    class Context(Plain):
        def __exit__(self, *_):
            return swallow

    assert 403 == run(router_of(denies, context=lambda: Context(Log())))[0]


@ALL_WAYS
def test_a_context_may_raise_an_answer(run):
    def factory():
        raise Forbidden("no")

    assert 403 == run(router_of(context=factory))[0]


def test_a_cancelled_request_closes_its_context():
    log = Log()

    async def handler(context, request, response):
        await asyncio.sleep(60)

    async def main():
        task = asyncio.create_task(router_of(handler, context=async_generator(log)).handle_async(GET))
        await asyncio.sleep(0.01)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert ["enter", ("exit", "CancelledError()")] == log


# Streams, and what stays open for them


def streaming(log, pieces=(b"a", b"b"), error=None):
    def handler(context, request, response):
        def stream():
            log("start")
            try:
                yield from pieces
                if error is not None:
                    raise error
            finally:
                log("stream closed")

        return response.ok(body=log.keep(stream()))

    return handler


def streaming_async(log, pieces=(b"a", b"b"), error=None):
    async def handler(context, request, response):
        async def stream():
            log("start")
            try:
                for piece in pieces:
                    await asyncio.sleep(0)
                    yield piece
                if error is not None:
                    raise error
            finally:
                log("stream closed")

        return response.ok(body=log.keep(stream()))

    return handler


STREAMS = [(run, make, streaming) for run, make in WAYS]
STREAMS += [(run, make, streaming_async) for run, make in WAYS if run is not plainly]
STREAMING = pytest.mark.parametrize(("run", "make", "stream"), STREAMS)


@STREAMING
def test_the_context_of_a_stream_is_open_until_its_end(run, make, stream):
    log = Log()

    assert (200, b"ab") == run(router_of(stream(log), context=make(log)))
    assert ["enter", "start", "stream closed", "exit"] == log


@STREAMING
def test_the_context_of_a_stream_is_told_how_it_broke(run, make, stream):
    log = Log()
    with pytest.raises(ValueError, match="secret"):
        run(router_of(stream(log, error=ValueError("secret")), context=make(log)))

    assert ["enter", "start", "stream closed", ("exit", "ValueError('secret')")] == log


@STREAMING
def test_a_stream_for_head_is_closed_unread(run, make, stream):
    log = Log()

    assert (200, b"") == run(router_of(stream(log), context=make(log)), RequestParts("HEAD", "/a"))
    assert ["enter", "exit"] == log


@pytest.mark.parametrize("make", PLAIN.values())
@pytest.mark.parametrize("taken", [0, 1])
def test_a_plain_stream_may_be_closed_early(make, taken):
    log = Log()
    body = router_of(streaming(log), context=make(log)).handle(GET).body
    for _ in range(taken):
        next(body)
    body.close()
    body.close()

    assert ["enter", *["start", "stream closed"][: taken * 2], "exit"] == log
    assert [] == list(body)


@pytest.mark.parametrize("make", [*PLAIN.values(), *OF_A_LOOP.values()])
@pytest.mark.parametrize("stream", [streaming, streaming_async])
@pytest.mark.parametrize("taken", [0, 1])
def test_an_async_stream_may_be_closed_early(make, stream, taken):
    log = Log()

    async def main():
        body = (await router_of(stream(log), context=make(log)).handle_async(GET)).body
        for _ in range(taken):
            await anext(body)
        await body.aclose()
        await body.aclose()

    asyncio.run(main())

    assert ["enter", *["start", "stream closed"][: taken * 2], "exit"] == log


class File(io.BytesIO):
    """A file that knows whether it was closed while its context was open."""

    def __init__(self, log, content=b"abc"):
        super().__init__(content)
        self.log = log
        log.keep(self)

    def close(self):
        if not self.closed:
            self.log("file closed")
        super().close()


def opening(log, **headers):
    return lambda context, request, response: response.ok(body=File(log), headers=headers)


@CONTEXTS
def test_a_file_is_read_and_closed_before_its_context(run, make):
    log = Log()

    assert (200, b"abc") == run(router_of(opening(log), context=make(log)))
    assert ["enter", "file closed", "exit"] == log


@CONTEXTS
def test_a_file_that_the_client_knows_is_closed_unread(run, make):
    log = Log()
    parts = RequestParts("GET", "/a", headers=[("if-none-match", '"v1"')])
    if run is by_client:
        answer = TestClient(router_of(opening(log, etag="v1"), context=make(log))).get(
            "/a", headers=dict(parts.headers)
        )
        assert 304 == answer.status
    else:
        assert (304, b"") == run(router_of(opening(log, etag="v1"), context=make(log)), parts)

    assert ["enter", "file closed", "exit"] == log


@CONTEXTS
@pytest.mark.parametrize("other", [b"other", "stream", None])
def test_a_file_that_a_hook_replaces_is_closed_before_its_context(run, make, other):
    log = Log()
    router = router_of(opening(log), context=make(log))
    body = iter([b"other"]) if other == "stream" else other
    router.on_response(lambda request, response: Response(status=200, body=body))

    assert (200, b"other" if other else b"") == run(router)
    assert ["enter", "file closed", "exit"] == log


@CONTEXTS
def test_a_file_that_a_hook_hands_on_is_not_closed_early(run, make):
    log = Log()
    router = router_of(opening(log), context=make(log))
    router.on_response(lambda request, response: Response(status=201, body=response.body))

    assert (201, b"abc") == run(router)
    assert ["enter", "file closed", "exit"] == log


@CONTEXTS
@pytest.mark.parametrize("hook", [lambda *_: {}["secret"], lambda *_: "no response"])
def test_a_file_is_closed_where_a_hook_breaks(run, make, hook):
    log = Log()
    router = router_of(opening(log), context=make(log))
    router.on_response(hook)

    assert 500 == run(router)[0]
    assert ["enter", "file closed", "exit"] == [
        event if isinstance(event, str) else event[0] for event in log
    ]


@ALL_WAYS
@pytest.mark.parametrize("hook", [lambda *_: {}["secret"], lambda *_: "no response"])
def test_a_file_without_a_context_is_closed_where_a_hook_breaks(run, hook):
    log = Log()
    router = router_of(opening(log))
    router.on_response(hook)

    assert 500 == run(router)[0]
    assert ["file closed"] == log


@CONTEXTS
def test_a_file_that_cannot_be_sent_is_closed(run, make):
    log = Log()

    assert 500 == run(router_of(opening(log, **{"x-bad": "a\r\nb"}), context=make(log)))[0]
    assert ["enter", "file closed", "exit"] == [
        event if isinstance(event, str) else event[0] for event in log
    ]


@ALL_WAYS
def test_a_file_that_fails_its_response_check_is_closed(run):
    log = Log()
    validate = {"response": {200: {"body": s.number()}}}

    assert 500 == run(router_of(opening(log), validate, validate_responses="raise"))[0]
    assert ["file closed"] == log


@ALL_WAYS
def test_what_two_hooks_replace_is_closed_once(run):
    log = Log()
    router = router_of(opening(log))
    router.on_response(lambda request, response: Response(status=200, body=File(log, b"second")))
    router.on_response(lambda request, response: Response(status=200, body="third"))

    assert (200, b"third") == run(router)
    assert ["file closed", "file closed"] == log


@ALL_WAYS
def test_a_context_that_breaks_after_a_stream_does_not_keep_the_stream_open(run):
    log = Log()
    with contextlib.suppress(ValueError):
        run(router_of(opening(log), context=lambda: Failing("exit")))

    assert ["file closed"] == log


class BadFile(File):
    def close(self):
        already = self.closed
        super().close()
        if not already:
            raise ValueError("cannot be closed")


@CONTEXTS
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_that_cannot_be_closed_does_not_keep_its_context_open(run, make, method):
    log = Log()
    router = router_of(lambda _, request, response: response.ok(body=BadFile(log)), context=make(log))
    with contextlib.suppress(ValueError):
        run(router, RequestParts(method, "/a"))

    assert ["enter", "file closed", "exit"] == [
        event if isinstance(event, str) else event[0] for event in log
    ]


# Where handlers run


def test_plain_handlers_run_in_a_thread_while_other_tasks_go_on():
    def handler(context, request, response):
        time.sleep(0.2)
        return response.ok(body=threading.current_thread().name)

    async def main():
        task = asyncio.create_task(router_of(handler).handle_async(GET))
        ticks = 0
        while not task.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return ticks, await task

    ticks, answer = asyncio.run(main())

    assert ticks >= 5
    assert threading.current_thread().name.encode() != answer.body


def test_ten_plain_handlers_wait_at_the_same_time():
    def handler(context, request, response):
        time.sleep(0.2)
        return response.ok()

    async def main():
        router, start = router_of(handler), time.monotonic()
        await asyncio.gather(*(router.handle_async(GET) for _ in range(10)))
        return time.monotonic() - start

    assert asyncio.run(main()) < 1.5


def test_async_handlers_run_in_the_loop_itself():
    seen = []

    async def handler(context, request, response):
        seen.append((threading.current_thread(), asyncio.current_task()))
        return response.ok()

    async def main():
        await router_of(handler).handle_async(GET)
        return threading.current_thread(), asyncio.current_task()

    assert [asyncio.run(main())] == seen


def test_handle_runs_in_the_thread_that_calls_it():
    seen = []

    def handler(context, request, response):
        seen.append(threading.current_thread())
        return response.ok()

    router_of(handler).handle(GET)

    assert [threading.current_thread()] == seen


USER = contextvars.ContextVar("user", default="nobody")


@pytest.mark.parametrize("make", [lambda function: function, made_async])
def test_context_variables_are_seen_by_handlers_hooks_and_contexts(make):
    seen = []

    def note(name):
        def function(*_):
            seen.append((name, USER.get()))

        return make(function)

    def handler(context, request, response):
        seen.append(("handler", USER.get()))
        return response.ok(body=iter(()))

    async def main():
        router = router_of(handler, context=note("context"))
        router.on_request(note("request"))
        router.on_pre_handler(note("pre"))
        router.on_response(note("response"))
        USER.set("somebody")
        await router.handle_async(GET)

    asyncio.run(main())

    assert [(name, "somebody") for name in ("request", "context", "pre", "handler", "response")] == seen


def test_context_variables_of_two_requests_are_not_mixed():
    def handler(context, request, response):
        time.sleep(0.01)
        return response.ok(body=[USER.get(), request.query["q"]])

    router = router_of(handler, {"query": s.any()})

    async def one(number):
        USER.set(number)
        return (await router.handle_async(RequestParts("GET", "/a", f"q={number}".encode()))).body

    async def main():
        return await asyncio.gather(*(asyncio.create_task(one(str(n))) for n in range(20)))

    assert [f'["{n}","{n}"]'.encode() for n in range(20)] == asyncio.run(main())


@ASYNC_WAYS
def test_async_hooks_run_in_the_loop_of_the_request(run):
    seen = []

    async def hook(*_):
        seen.append(asyncio.get_running_loop())

    router = router_of(ok)
    router.on_request(hook)
    router.on_pre_handler(hook)
    router.on_response(hook)

    assert 200 == run(router)[0]
    assert 3 == len(seen)
    assert run is by_client or 1 == len(set(map(id, seen)))


def wrapper(handler):
    """A decorator of an author's, which forgets that handlers may be async."""

    def wrapped(*arguments):
        return handler(*arguments)

    return wrapped


@ASYNC_WAYS
@pytest.mark.parametrize("pieces", [None, "stream"])
def test_a_plain_wrapper_around_an_async_handler_works_where_something_is_awaited(run, pieces):
    log = Log()
    handler = ok_async if pieces is None else streaming_async(log)

    assert (200, b"ok" if pieces is None else b"ab") == run(router_of(wrapper(handler)))


@ASYNC_WAYS
def test_a_plain_handler_may_answer_with_an_async_stream(run):
    async def stream():
        yield b"a"
        await asyncio.sleep(0)
        yield "b"

    assert (200, b"ab") == run(router_of(lambda context, request, response: response.ok(body=stream())))


def test_an_async_stream_cannot_be_sent_by_a_plain_adapter(caplog):
    async def stream():
        yield b"a"

    assert 500 == plainly(router_of(lambda context, request, response: response.ok(body=stream())))[0]
    assert "the body is an async stream" in caplog.text


def stops(*_):
    raise StopIteration(5)


@pytest.mark.parametrize("make", [lambda function: function, made_async])
@pytest.mark.parametrize("place", ["handler", "context", "on_request", "on_pre_handler", "on_response"])
@ASYNC_WAYS
def test_what_would_end_a_coroutine_is_an_error_like_any(run, place, make, caplog):
    """``next(iter(()))`` in an author's code must not be taken for the end of ours."""
    router = router_of(
        make(stops) if place == "handler" else ok, context=make(stops) if place == "context" else None
    )
    if place.startswith("on_"):
        getattr(router, place)(make(stops))

    assert 500 == run(router)[0]
    assert "StopIteration" in caplog.text


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.parametrize("make", PLAIN.values())
def test_what_ends_the_process_is_not_answered_and_closes_the_context(make, error):
    log = Log()
    with pytest.raises(error):
        router_of(logging_handler(log, error()), context=make(log)).handle(GET)

    assert ["enter", "handler value", ("exit", repr(error()))] == log


@ALL_WAYS
def test_a_handler_that_forgot_its_response_and_yields_is_the_authors_mistake(run, caplog):
    def handler(context, request, response):
        yield b"x"

    assert 500 == run(router_of(handler))[0]
    assert "expected the handler to return a response but got [generator]" in caplog.text


# Async code under a plain adapter


class AsyncCallable:
    async def __call__(self, *arguments):
        return ok(*arguments)


@pytest.mark.parametrize("handler", [ok_async, functools.partial(ok_async), AsyncCallable()])
def test_handle_refuses_an_async_handler_and_names_its_route(handler):
    with pytest.raises(TypeError, match=r"the handler of \[get\] \[/a\] is async"):
        router_of(handler).handle(GET)


def test_handle_answers_what_needs_no_handler():
    router = router_of(ok_async)

    assert [404, 405, 400] == [
        router.handle(RequestParts(*parts)).status
        for parts in (("GET", "/b"), ("PUT", "/a"), ("GET", "/a", b"%zz"))
    ]


ASYNC_CONTEXTS = [async_generator(Log()), async_managed(Log()), returning(Log()), AsyncCallable()]


@pytest.mark.parametrize("context", ASYNC_CONTEXTS)
def test_refuse_async_refuses_an_async_context(context):
    with pytest.raises(TypeError, match="the context of the router is async"):
        router_of(context=context).refuse_async()


async def hook_async(first, second, third=None):
    pytest.fail("called")


@pytest.mark.parametrize("hook", [hook_async, functools.partial(hook_async), AsyncCallable()])
@pytest.mark.parametrize("name", ["on_request", "on_pre_handler", "on_response"])
def test_refuse_async_refuses_async_hooks_now_and_later(name, hook):
    now, later = router_of(), router_of()
    getattr(now, name)(hook)
    later.refuse_async()

    with pytest.raises(TypeError, match=r"hook.* is async"):
        now.refuse_async()
    with pytest.raises(TypeError, match=r"hook.* is async"):
        getattr(later, name)(hook)


def test_a_hook_that_was_refused_is_not_called():
    router = router_of()
    router.refuse_async()
    for add in (router.on_request, router.on_pre_handler, router.on_response):
        with pytest.raises(TypeError, match="the hook is async"):
            add(hook_async)

    assert (200, b"ok") == plainly(router)


def test_refuse_async_refuses_an_async_mapper_and_async_versions():
    with pytest.raises(TypeError, match="on_validation_error"):
        router_of(on_validation_error=made_async(ok)).refuse_async()
    router = Router()
    route = router.versioned.get("/a", access="internal").add_version("1", validate=False, handler=ok)
    router.refuse_async()
    with pytest.raises(TypeError, match=r"\[get\] \[/a\] is async"):
        route.add_version("2", validate=False, handler=ok_async)
    assert ["1"] == list(route.versions)


def test_refuse_async_refuses_the_async_mapper_of_a_block():
    block = {"request": {}, "response": {}, "on_validation_error": made_async(ok)}
    with pytest.raises(TypeError, match="async"):
        router_of(validate=block).refuse_async()


@pytest.mark.parametrize("context", [lambda: Async(Log()), *ASYNC_CONTEXTS])
def test_an_async_context_under_a_plain_adapter_is_a_500(context, caplog, recwarn):
    assert 500 == plainly(router_of(context=context))[0]
    assert "an async function was called" in caplog.text
    assert [] == recwarn.list


# The same routes in another context


def told(context, request, response):
    return response.ok(body=context["who"])


def test_the_same_routes_work_on_what_each_context_brings():
    router = router_of(told, context=lambda: {"who": "first"})
    other = router.with_context(lambda: {"who": "second"})

    assert ["first", "second"] == [TestClient(one).get("/a").text for one in (router, other)]
    assert router.routes == other.routes


def test_what_is_declared_later_is_not_on_the_other_router():
    router = router_of()
    other = router.with_context(dict)
    router.on_pre_handler(lambda context, request, response: response.forbidden())
    router.get("/b", validate=False)(ok)
    other.get("/c", validate=False)(ok)

    assert [(403, 200), (403, 404), (404, 200)] == [
        tuple(TestClient(one).get(path).status for one in (router, other)) for path in ("/a", "/b", "/c")
    ]


def test_hooks_and_checks_of_answers_go_along_to_another_context():
    router = Router("/api", validate_responses="raise")
    hooks = []
    router.on_pre_handler(lambda context, request, response: hooks.append(context))
    router.get("/a/{id?}", validate={"response": {200: {"body": s.integer()}}})(ok)
    answer = TestClient(router.with_context(lambda: "mine")).get("/api/a")

    assert (500, ["mine"]) == (answer.status, hooks)


def test_a_version_that_is_added_later_is_on_both_routers():
    router = Router()
    route = router.versioned.get("/a", access="internal")
    other = router.with_context(dict)
    route.add_version("1", validate=False, handler=ok)

    assert [200, 200] == [TestClient(one).get("/a").status for one in (router, other)]


@pytest.mark.parametrize("context", [lambda one, two: None, "context", None])
def test_what_cannot_make_a_context_is_refused(context):
    with pytest.raises(SchemaDefinitionError, match=r"Router\(\).*context"):
        router_of().with_context(context)


def test_an_async_context_is_refused_where_nothing_is_awaited():
    router = router_of()
    router.refuse_async()

    with pytest.raises(TypeError, match="async"):
        router.with_context(made_async(dict))


# Memory


def raising(error):
    def function(*_):
        raise error()

    return function


def rule_that(decide):
    return {"query": lambda value, result: decide(result)}


NUMBER = {"query": s.object({"n": s.number()})}
BROKEN = s.string(validate=raising(LookupError))
COURSES = {
    "ok": (ok, NUMBER, b"n=1", {}),
    "invalid": (ok, NUMBER, b"n=x", {}),
    "malformed": (ok, NUMBER, b"n=%zz", {}),
    "broken": (raising(ValueError), NUMBER, b"n=1", {}),
    "error": (raising(Forbidden), NUMBER, b"n=1", {}),
    "rejected": (ok, rule_that(lambda result: result.bad_request("no", ["a"])), b"", {}),
    "rejected with an error": (ok, rule_that(lambda result: result.bad_request(ValueError("no"))), b"", {}),
    "raising rule": (ok, rule_that(raising(ValueError)), b"", {}),
    "raising foreign rule": (ok, {"query": type("R", (), {"validate": raising(ValueError)})()}, b"", {}),
    "broken rule": (ok, rule_that(raising(LookupError)), b"", {}),
    "broken validator": (ok, {"query": s.object({"n": BROKEN})}, b"n=1", {}),
    "broken validator in a rule": (ok, {"query": lambda q, r: r.ok(BROKEN.validate("x"))}, b"", {}),
    "broken validator of an answer": (ok, {"response": {200: {"body": BROKEN}}}, b"", {"dev": True}),
    "mapped": (ok, NUMBER, b"n=x", {"on_validation_error": lambda e, q, r: r.bad_request()}),
    "raising mapper": (ok, NUMBER, b"n=x", {"on_validation_error": raising(Forbidden)}),
    "broken mapper": (ok, NUMBER, b"n=x", {"on_validation_error": raising(ValueError)}),
    "checked": (ok, {"response": {200: {"body": s.number()}}}, b"", {"validate_responses": "raise"}),
    "context": (ok, NUMBER, b"n=1", {"context": lambda: contextlib.nullcontext(1)}),
    "broken in a context": (raising(ValueError), NUMBER, b"n=1", {"context": contextlib.nullcontext}),
    "stream": (lambda c, q, r: r.ok(body=iter([b"a"])), NUMBER, b"n=1", {}),
    "early answer": (ok, NUMBER, b"n=1", {"on_request": lambda q, r: r.unauthorized()}),
    "early error": (ok, NUMBER, b"n=1", {"on_request": raising(Forbidden)}),
    "broken early": (ok, NUMBER, b"n=1", {"on_request": raising(ValueError)}),
    "early stream": (ok, NUMBER, b"n=1", {"on_request": lambda q, r: r.ok(body=iter([b"a"]))}),
}  # fmt: skip


WARM = 60  # schemas compile themselves meanwhile


@contextlib.contextmanager
def no_collection():
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def cycles(course, ask):
    handler, validate, query, options = COURSES[course]
    router = router_of(handler, validate, **options)
    parts = RequestParts("GET", "/a", query)
    for _ in range(WARM):
        ask(router, parts)
    with no_collection():
        for _ in range(50):
            ask(router, parts)
        return gc.collect()


@pytest.mark.parametrize("course", COURSES)
def test_a_request_leaves_no_reference_cycle(course, caplog):
    caplog.set_level("CRITICAL", "kbn_schema.http")  # a record keeps its error

    assert 0 == cycles(course, lambda router, parts: plainly(router, parts) and None)


@pytest.mark.parametrize("asynchronous", [True, False])
@pytest.mark.parametrize("course", COURSES)
def test_an_async_request_leaves_no_reference_cycle(course, asynchronous, caplog):
    caplog.set_level("CRITICAL", "kbn_schema.http")
    handler, validate, query, options = COURSES[course]
    router = router_of(made_async(handler) if asynchronous else handler, validate, **options)

    async def ask():
        answer = await router.handle_async(RequestParts("GET", "/a", query))
        if not isinstance(answer.body, bytes):
            async for _ in answer.body:
                pass

    async def main():
        for _ in range(WARM):
            await ask()
        with no_collection():
            for _ in range(50):
                await ask()
            return gc.collect()

    assert 0 == asyncio.run(main())
