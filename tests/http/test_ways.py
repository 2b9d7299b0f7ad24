"""Where the course of a request runs."""

import asyncio
import contextlib
import contextvars
import functools
import gc
import io
import json
import subprocess
import sys
import threading
import time

import pytest

from kbn_schema import schema
from kbn_schema.http import RequestParts, Response, Router, TestClient, course
from kbn_schema.http.intake import LARGE
from kbn_schema.http.receiving import patience_of
from kbn_schema.http.ways import ON_LOOP, THREADS, run_now

JSON = ("content-type", "application/json")


@pytest.mark.parametrize(("size", "is_apart"), [(LARGE, False), (LARGE + 1, True)])
def test_a_large_body_is_checked_outside_of_the_loop(size, is_apart):
    router = Router()
    threads = []

    def note(value, result):
        threads.append(threading.get_ident())
        return result.ok(len(value))

    @router.post("/", validate={"body": note})
    async def handler(context, request, response):
        threads.append(threading.get_ident())
        return response.ok(body=request.body)

    body = b'"'.ljust(size - 1, b"x") + b'"'
    answer = asyncio.run(router.handle_async(RequestParts("POST", "/", b"", [JSON], body)))

    assert (200, str(size - 2).encode()) == (answer.status, answer.body)
    assert [is_apart, False] == [thread != threading.get_ident() for thread in threads]


def test_what_can_be_awaited_and_entered_is_entered():
    """As what the pools of asyncpg and others give: awaited, it would stay open."""
    events = []

    class Acquired:
        def __await__(self):
            events.append("awaited")
            yield

        async def __aenter__(self):
            events.append("entered")
            return "connection"

        async def __aexit__(self, *error):
            events.append("left")

    router = Router(context=Acquired)

    @router.get("/", validate=False)
    async def handler(context, request, response):
        return response.ok(body=context)

    assert b"connection" == asyncio.run(router.handle_async(RequestParts("GET", "/"))).body
    assert ["entered", "left"] == events


@pytest.mark.parametrize(
    ("timeout", "expected"),
    [
        ({}, (60, None, 60)),
        ({"payload": 1500}, (1.5, None, 60)),
        ({"idle_socket": 20}, (60, 0.02, 0.02)),
        ({"payload": 0, "idle_socket": 0}, (None, None, None)),
    ],
)
def test_time_limits_are_in_milliseconds_and_0_is_none(timeout, expected):
    patience = patience_of(timeout)

    assert expected == (patience.payload, patience.piece, patience.read_piece)


def context_of(events):
    @contextlib.contextmanager
    def make():
        events.append("entered")
        try:
            yield
        finally:
            events.append("left")

    return make


async def plain_hook(request, response):
    """One async hook brings the course into the loop, and the handler into a thread."""


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("hooks", [[], [plain_hook]], ids=["in a thread", "on the loop"])
def test_a_request_that_is_cancelled_waits_for_its_handler_and_closes_what_it_left(hooks, streams):
    events, begun, go_on = [], threading.Event(), threading.Event()
    router = Router(context=context_of(events))
    for hook in hooks:
        router.on_response(hook)

    class Source(io.BytesIO):
        def close(self):
            events.append("closed")

    @router.get("/", validate=False)
    def handler(context, request, response):
        begun.set()
        go_on.wait(5)
        events.append("handled")
        return response.ok(body=Source(b"x") if streams else "x")

    async def main():
        task = asyncio.create_task(router.handle_async(RequestParts("GET", "/")))
        await asyncio.to_thread(begun.wait, 5)
        task.cancel()
        await asyncio.sleep(0.01)
        events.append("cancelled")
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())

    assert ["entered", "cancelled", "handled"] == events[:3]
    assert {"left", *(["closed"] if streams else [])} == set(events[3:])


def test_a_request_that_is_cancelled_before_it_finds_a_thread_never_begins():
    router, go_on, begun = Router(), threading.Event(), threading.Semaphore(0)
    calls = []

    @router.get("/busy", validate=False)
    def block(context, request, response):
        begun.release()
        go_on.wait(5)
        return response.ok()

    @router.get("/late", validate=False)
    def late(context, request, response):
        calls.append(1)
        return response.ok()

    async def main():
        tasks = [
            asyncio.create_task(router.handle_async(RequestParts("GET", "/busy"))) for _ in range(THREADS)
        ]
        for _ in tasks:
            await asyncio.to_thread(begun.acquire, True, 5)
        waiting = asyncio.create_task(router.handle_async(RequestParts("GET", "/late")))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        go_on.set()
        return [answer.status for answer in await asyncio.gather(*tasks)]

    assert [200] * THREADS == asyncio.run(main())
    assert [] == calls


@pytest.mark.parametrize("hooks", [[], [plain_hook]], ids=["in a thread", "on the loop"])
def test_what_a_cancelled_request_left_and_cannot_be_closed_is_told_to_the_log(hooks, caplog):
    begun, go_on, failure = threading.Event(), threading.Event(), OSError("close")
    router = Router()
    for hook in hooks:
        router.on_response(hook)

    class Source(io.BytesIO):
        def close(self):
            is_first = not self.closed  # its end closes it once more
            super().close()
            if is_first:
                raise failure

    @router.get("/", validate=False)
    def handler(context, request, response):
        begun.set()
        go_on.wait(5)
        return response.ok(body=Source(b"x"))

    async def main():
        task = asyncio.create_task(router.handle_async(RequestParts("GET", "/")))
        await asyncio.to_thread(begun.wait, 5)
        task.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())

    assert [("what nobody will send could not be closed", failure)] == [
        (record.getMessage(), record.exc_info[1]) for record in caplog.records
    ]


def test_a_body_whose_reading_is_cancelled_cancels_the_request():
    """The thread of a plain handler is told by `concurrent.futures`, whose error is an ordinary one."""
    router = Router()

    @router.post("/", validate={"body": schema.stream()})
    def handler(context, request, response):
        return response.ok(body=request.body.read())

    async def read():
        raise asyncio.CancelledError

    async def main():
        with pytest.raises(asyncio.CancelledError):
            await router.open(RequestParts("POST", "/")).answer_async(read)
        return "cancelled"

    assert "cancelled" == asyncio.run(main())


def test_a_loop_does_not_wait_for_itself():
    with pytest.raises(TypeError, match="the event loop cannot wait for itself"):
        ON_LOOP.pull(asyncio.Future)


def test_a_course_that_would_wait_without_a_loop_is_closed_and_refused():
    closed = []

    async def course():
        try:
            await asyncio.sleep(0)
        finally:
            closed.append(1)

    with pytest.raises(TypeError, match="was suspended"):
        run_now(course())

    assert [1] == closed


@pytest.mark.parametrize("hooks", [[], [plain_hook]], ids=["in a thread", "on the loop"])
def test_a_plain_handler_that_raises_stop_iteration_is_a_500(hooks):
    router = Router()
    for hook in hooks:
        router.on_response(hook)
    router.get("/", validate=False)(lambda *_: next(iter([])))

    async def main():
        return await asyncio.wait_for(router.handle_async(RequestParts("GET", "/")), 5)

    assert 500 == asyncio.run(main()).status


def test_slow_uploads_leave_threads_for_others():
    router = Router()

    @router.post("/upload", validate={"body": schema.stream()})
    def upload(context, request, response):
        return response.ok(body=request.body.read())

    @router.get("/plain", validate=False)
    def plain(context, request, response):
        return response.ok(body="x")

    async def main():
        never = asyncio.Event()

        async def read():
            await never.wait()
            return b""

        async def send():
            return await router.open(RequestParts("POST", "/upload")).answer_async(read)

        uploads = [asyncio.create_task(send()) for _ in range(THREADS + 1)]
        await asyncio.sleep(0.05)
        answer = await asyncio.wait_for(router.handle_async(RequestParts("GET", "/plain")), 5)
        never.set()
        return answer.status, [answer.status for answer in await asyncio.gather(*uploads)]

    assert (200, [200] * (THREADS + 1)) == asyncio.run(main())


FORKED = """
import asyncio, os, sys
from kbn_schema import schema
from kbn_schema.http import RequestParts, Response, Router, TestClient
router = Router()
router.get("/", validate=False)(lambda context, request, response: response.ok())
ask = lambda: asyncio.run(asyncio.wait_for(router.handle_async(RequestParts("GET", "/")), 5)).status
assert ask() == 200
child = os.fork()
if not child:
    os._exit(0 if ask() == 200 else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_fork_has_threads_of_its_own():
    # Since 3.12 Python warns of any fork where there are threads.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKED]
    ended = subprocess.run(command, timeout=30, capture_output=True, text=True)

    assert (0, "") == (ended.returncode, ended.stderr)


FORKLESS = """
import asyncio, json, os, random
del os.register_at_fork  # as on Windows; `random` asks for `os.fork` instead
from kbn_schema import schema
from kbn_schema.http import RequestParts, Router
router = Router()
rule = {"query": schema.object({"a": schema.date()})}
router.get("/", validate=rule)(lambda context, request, response: response.ok(body=request.query))
router.compile()
print(asyncio.run(router.handle_async(RequestParts("GET", "/", b"a=2020-01-01"))).body.decode())
"""


def test_a_platform_that_cannot_fork_is_served_all_the_same():
    ended = subprocess.run([sys.executable, "-c", FORKLESS], timeout=30, capture_output=True, text=True)

    assert (0, "") == (ended.returncode, ended.stderr)
    assert {"a": "2020-01-01"} == json.loads(ended.stdout)


@pytest.mark.parametrize(
    ("sent", "items"),
    [
        ('a, "b, c" , d,, "x\\", y" z', ["a", '"b, c"', "d", '"x\\", y" z']),
        ('a, "open, b', ["a", '"open, b']),
        ('"a\\', ['"a\\']),
        ('a"b,c"d, e', ['a"b,c"d', "e"]),
        ('\\"' * 30_000, ['\\"' * 30_000]),
    ],
    ids=["quoted", "open", "escaped end", "inside", "hostile"],
)
def test_a_list_in_a_header_is_split_in_linear_time(sent, items):
    """The last one took seconds where a quote was tried again and again."""
    router = Router()
    block = {"headers": schema.object({"x-a": schema.array_of(schema.string())})}

    @router.get("/", validate=block)
    def handler(context, request, response):
        return response.ok(body=request.headers["x-a"])

    began = time.process_time()
    answer = router.handle(RequestParts("GET", "/", headers=[("x-a", sent)]))

    assert items == json.loads(answer.body)
    assert time.process_time() - began < 1


def test_a_plain_stream_is_closed_in_a_thread_and_its_async_context_in_the_loop():
    """The context awaits what only the loop can give."""
    events = []

    @contextlib.asynccontextmanager
    async def context():
        yield
        await asyncio.sleep(0.001)
        events.append(("left", threading.get_ident() == main_thread))

    class Source(io.BytesIO):
        def close(self):
            if not self.closed:
                events.append(("closed", threading.get_ident() == main_thread))
            super().close()

    router = Router(context=context)
    router.get("/", validate=False)(lambda context, request, response: response.ok(body=Source(b"x")))
    main_thread = threading.get_ident()

    async def main():
        stream = (await router.handle_async(RequestParts("GET", "/"))).body
        return [chunk async for chunk in stream]

    assert [b"x"] == asyncio.run(main())
    assert [("closed", False), ("left", True)] == events


@pytest.mark.parametrize(
    "body", [b"{", b"\xff", b'{"a": NaN}', b'{"a": "\\ud800"}', b"[" * 300, b'{"a":1,"a":2}']
)
def test_malformed_json_is_not_kept_until_the_collector_comes(body):
    router = Router()
    router.post("/", validate={"body": schema.any()})(lambda context, request, response: response.ok())

    def ask():
        return router.handle(RequestParts("POST", "/", b"", [JSON], body)).status

    assert 400 == ask()
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            ask()
        assert 0 == gc.collect()
    finally:
        gc.enable()


def test_what_is_closed_does_not_wait_for_busy_threads():
    router, go_on, begun, events = Router(), threading.Event(), threading.Semaphore(0), []

    class Source(io.BytesIO):
        def close(self):
            events.append("closed")

    @router.get("/busy", validate=False)
    def block(context, request, response):
        begun.release()
        go_on.wait(5)
        return response.ok()

    router.get("/stream", validate=False)(lambda context, request, response: response.ok(body=Source(b"x")))

    async def main():
        stream = (await router.handle_async(RequestParts("GET", "/stream"))).body
        busy = [
            asyncio.create_task(router.handle_async(RequestParts("GET", "/busy"))) for _ in range(THREADS)
        ]
        for _ in busy:
            await asyncio.to_thread(begun.acquire, True, 5)
        await asyncio.wait_for(stream.aclose(), 5)
        closed = list(events)
        go_on.set()
        await asyncio.gather(*busy)
        return closed

    assert ["closed"] == asyncio.run(main())


@pytest.mark.parametrize("is_async", [False, True])
def test_all_who_see_a_request_share_its_state_and_no_other(is_async):
    router = Router(context=lambda request: request.state.setdefault("seen", []).append("context"))
    router.on_request(lambda request, _: request.state.update(seen=["request"]))
    router.on_pre_handler(lambda _, request, __: request.state["seen"].append("pre"))
    router.on_response(lambda request, response: response.with_headers({"x-seen": request.state["seen"]}))

    def plain(context, request, response):
        request.state["seen"].append("handler")
        return response.ok()

    async def awaited(context, request, response):
        return plain(context, request, response)

    router.get("/", validate=False)(awaited if is_async else plain)
    answers = [asyncio.run(router.handle_async(RequestParts("GET", "/"))) for _ in range(2)]

    assert [["request", "context", "pre", "handler"]] * 2 == [
        [value for name, value in answer.headers if name == "x-seen"] for answer in answers
    ]


def test_the_test_client_lets_an_async_context_reset_what_it_has_set():
    current = contextvars.ContextVar("current", default="nobody")

    @contextlib.asynccontextmanager
    async def context():
        token = current.set("ada")
        try:
            yield
        finally:
            current.reset(token)

    router = Router(context=context)

    @router.get("/", validate=False)
    def handler(context, request, response):
        return response.ok(body=current.get())

    with TestClient(router) as client:
        texts = [client.get("/").text, client.get("/").text]

    assert ["ada", "ada", "nobody"] == [*texts, current.get()]


@pytest.mark.parametrize("sends", ["early", "mapped"])
@pytest.mark.parametrize(
    "hook", [lambda *_: 1 / 0, lambda _, response: Response(status=200)], ids=["raises", "replaces"]
)
def test_a_stream_of_a_hook_or_a_mapper_is_closed(sends, hook):
    closed = []

    class Source(io.BytesIO):
        def close(self):
            closed.append(1)

    kept = Source(b"x")
    router = Router(on_validation_error=lambda error, request, response: response.ok(body=kept))
    if sends == "early":
        router.on_request(lambda request, response: response.ok(body=kept))
    router.on_response(hook)
    block = {"query": schema.object({"a": schema.string()})}
    router.get("/", validate=block)(lambda context, request, response: response.ok())

    router.handle(RequestParts("GET", "/"))

    assert [1] == closed


def test_a_stream_that_cannot_be_closed_after_a_hook_has_failed_is_a_500(caplog):
    """The log is told of both; the context is left nevertheless."""
    events = []

    class Source(io.BytesIO):
        def close(self):
            is_first = not self.closed  # its end closes it once more
            super().close()
            if is_first:
                raise OSError("close")

    router = Router(context=context_of(events))
    router.on_response(lambda request, response: 1 / 0)
    router.get("/", validate=False)(lambda context, request, response: response.ok(body=Source(b"x")))
    answer = router.handle(RequestParts("GET", "/"))

    assert (500, ["entered", "left"]) == (answer.status, events)
    assert [ZeroDivisionError, OSError] == [type(record.exc_info[1]) for record in caplog.records]


def test_what_fails_where_there_is_no_route_is_a_500_too(monkeypatch, caplog):
    """Near the end of the stack, say, or of the memory; the log is told of the method alone."""
    real = course.render

    def fail_once(*arguments):
        monkeypatch.setattr(course, "render", real)
        raise MemoryError

    monkeypatch.setattr(course, "render", fail_once)
    answer = Router().handle(RequestParts("PUT", "/nowhere"))

    assert (500, MemoryError) == (answer.status, type(caplog.records[0].exc_info[1]))
    assert caplog.records[0].getMessage().endswith("PUT")


def test_a_context_may_have_a_decorator_that_knows_the_request():
    def with_request(function):
        @functools.wraps(function)
        def wrapper():
            return function("known")

        return wrapper

    router = Router(context=with_request(lambda request: request))
    router.get("/", validate=False)(lambda context, request, response: response.ok(body=context))

    assert "known" == TestClient(router).get("/").text
