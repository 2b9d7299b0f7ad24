import asyncio
import inspect
import json
import logging

import pytest

from kbn_schema import schema
from kbn_schema.adapters import asgi
from kbn_schema.http import Router
from tests.adapters.calling import Line, call_asgi, in_one, make_scope
from tests.adapters.contract import BYTES, JSON, OWN_BODY, OWN_PARTS, Contract, ValidatedContract, as_data
from tests.adapters.onaloop import OnALoop
from tests.adapters.routes import make_router
from tests.adapters.served import make_asgi

s = schema


@pytest.fixture(scope="module")
def runner():
    with asyncio.Runner() as runner:
        yield runner


class InProcess:
    """How a request goes to `app` of the class."""

    @pytest.fixture(autouse=True)
    def _running(self, runner):
        self.run = runner.run

    def send(self, method, target, headers=(), body=None):
        return self.run(call_asgi(self.app, method, target, headers, body))

    def send_chunks(self, method, target, headers, chunks):
        messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        return self.run(call_asgi(self.app, method, target, headers, messages=[*messages, in_one(b"")]))

    def is_torn(self, target):
        with pytest.raises(RuntimeError, match="secret"):
            self.send("GET", target)
        return True


class TestAsyncHandlers(InProcess, Contract):
    app = staticmethod(make_asgi(is_async=True))


class TestPlainHandlers(InProcess, Contract):
    app = staticmethod(make_asgi(is_async=False))


@asgi.validated(**OWN_PARTS)
async def own(scope, receive, send, valid):
    await send_json(send, valid)


@asgi.validated(body=OWN_BODY, options=OWN_PARTS["options"])
async def own_body(scope, receive, send, valid):
    await send_json(send, valid)


@asgi.validated()
async def bare(scope, receive, send, valid):
    await send_json(send, valid)


async def send_json(send, valid):
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(as_data(valid)).encode()})


async def dispatch(scope, receive, send):
    """An application that converts parameters, as most routers do."""
    path = scope["path"]
    if path.startswith("/own/"):
        scope["path_params"] = {"id": int(path.removeprefix("/own/"))}
        await own(scope, receive, send)
    else:
        await {"/body": own_body, "/bare": bare}[path](scope, receive, send)


class TestValidated(InProcess, ValidatedContract):
    app = staticmethod(asgi.mount(dispatch, make_router(is_async=True)))


class TestOnALoop(OnALoop):
    mount = staticmethod(lambda router: asgi.mount(None, router))


app = asgi.mount(None, make_router(is_async=True))


def item(**scope):
    """The id that `/api/items/{id}` is asked for."""
    return asyncio.run(call_asgi(app, "GET", "/api/items/a%2Fb", **scope)).json().get("id")


@pytest.mark.parametrize(
    ("scope", "id"),
    [
        ({}, "a/b"),
        ({"raw_path": None, "path": "/api/items/a b"}, "a b"),
        ({"raw_path": b"", "path": "/api/items/%"}, "%"),
        ({"raw_path": b"/api/items/\xc3\xa9", "path": "/api/items/é"}, "é"),
        # A middleware has rewritten the path.
        ({"path": "/api/items/c"}, "c"),
        # An absolute target, as h11 passes it on: middleware has not seen the path in it.
        ({"raw_path": b"http://x/api/items/a%2Fb", "path": "http://x/api/items/a/b"}, None),
        # uvicorn --root-path, a proxy that keeps the prefix, one that takes it away.
        ({"root_path": "/sub", "path": "/sub/api/items/a/b", "raw_path": b"/sub/api/items/a%2Fb"}, "a/b"),
        ({"root_path": "/sub/", "path": "/sub/api/items/a/b", "raw_path": b"/sub/api/items/a%2Fb"}, "a/b"),
        ({"root_path": "/s b", "path": "/s b/api/items/a/b", "raw_path": b"/s b/api/items/a%2Fb"}, "a/b"),
        ({"root_path": "/s b", "path": "/s b/api/items/a/b", "raw_path": b"/s%20b/api/items/a%2Fb"}, "a/b"),
        ({"root_path": "/sb", "path": "/sb/api/items/c", "raw_path": b"/s%62/api/items/c"}, "c"),
        ({"root_path": "/sub"}, "a/b"),
        ({"root_path": "/a", "path": "/api/items/c", "raw_path": b"/api/items/c"}, "c"),
        ({"root_path": "/sub", "path": "/sub", "raw_path": b"/sub"}, None),
    ],
)
def test_the_path_is_the_raw_one_below_the_root(scope, id):
    scope = {name: value for name, value in scope.items() if value is not None}

    assert id == item(**scope)


@pytest.mark.parametrize("path", ["/api/items/\udcff", "/api/items/a\ud800"])
def test_a_path_that_a_server_could_not_decode_is_400(path):
    answer = asyncio.run(call_asgi(app, "GET", "/", raw_path=b"", path=path))

    assert 400 == answer.status


def test_without_an_app_other_paths_are_404():
    answer = asyncio.run(call_asgi(app, "GET", "/elsewhere"))

    assert (404, "Not Found") == (answer.status, answer.json()["message"])


def sent_in(scope, *messages, app=app):
    line = Line(*messages)
    asyncio.run(app(scope, line.receive, line.send))
    return line.sent


def test_without_an_app_a_lifespan_is_completed():
    sent = sent_in({"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})

    assert ["lifespan.startup.complete", "lifespan.shutdown.complete"] == [
        message["type"] for message in sent
    ]


def test_without_an_app_a_websocket_is_refused():
    sent = sent_in({"type": "websocket", "path": "/api/items/1"}, {"type": "websocket.connect"})

    assert [{"type": "websocket.close", "code": 1000}] == sent


def test_a_scope_that_nobody_knows_is_an_error():
    with pytest.raises(NotImplementedError, match="tunnel"):
        sent_in({"type": "tunnel"})


def test_other_scopes_are_left_to_the_app():
    seen = []

    async def other(scope, receive, send):
        seen.append(scope["type"])

    mounted = asgi.mount(other, Router())
    for kind in ("lifespan", "websocket", "tunnel"):
        sent_in({"type": kind}, app=mounted)

    assert ["lifespan", "websocket", "tunnel"] == seen


def test_the_scope_reaches_the_handler():
    router = Router()

    @router.get("/", validate=False)
    def handler(context, request, response):
        return response.ok(body=request.unstable_raw_request()["method"])

    assert b"GET" == asyncio.run(call_asgi(asgi.mount(None, router), "GET", "/")).body


def messages(*chunks):
    return [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]


@pytest.mark.parametrize(
    "incoming",
    [
        [{"type": "http.request", "body": b'{"n": 1}'}],
        [*messages(b'{"n"', b"", b": 1}"), {"type": "http.request"}],
        [*messages(b""), in_one(b'{"n": 1}')],
        [{"type": "http.request", "more_body": True}, in_one(b'{"n": 1}')],
    ],
)
def test_messages_are_put_together(incoming):
    answer = asyncio.run(call_asgi(app, "POST", "/api/items", [JSON], messages=incoming))

    assert (201, {"n": 1}) == (answer.status, answer.json())


class Untouched(Line):
    async def receive(self):
        raise AssertionError("nothing is to be read")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PUT", "/elsewhere", 404), ("PUT", "/api/items", 405), ("POST", "/api/ignored", 200)],
)
def test_nothing_is_read_where_the_body_does_not_matter(method, path, status):
    line = Untouched()
    asyncio.run(app(make_scope(method, path, [("Content-Length", "9")]), line.receive, line.send))

    assert status == line.answer().status


def test_no_more_is_read_than_the_limit():
    line = Line(*messages(*[b"x" * 600] * 10))
    asyncio.run(app(make_scope("POST", "/api/items", [JSON]), line.receive, line.send))

    assert (413, 8) == (line.answer().status, len(line.incoming))


GONE = {"type": "http.disconnect"}


@pytest.mark.parametrize("target", ["/api/items", "/api/drain", "/validated"])
@pytest.mark.parametrize("incoming", [[GONE], [*messages(b"x"), GONE]])
def test_a_client_that_leaves_in_the_body_is_400_and_no_error(target, incoming, caplog):
    """Nobody may be there to read it; but some servers say so, too, where chunks are malformed."""
    mounted = asgi.mount(own_body, make_router(is_async=True))
    line = Line(*incoming)
    asyncio.run(mounted(make_scope("POST", target, [JSON]), line.receive, line.send))

    assert (400, "the request body could not be read") == (
        line.answer().status,
        line.answer().json()["message"],
    )
    assert [] == caplog.records


def test_an_answer_that_was_begun_is_left_as_it_is_when_the_client_leaves_in_the_body(caplog):
    sent = sent_in(make_scope("POST", "/api/echo", [BYTES]), *messages(b"x"), GONE)

    assert [None, True] == [message.get("more_body") for message in sent]
    assert [] == caplog.records


def test_a_guard_in_front_is_not_led_astray():
    """Whatever reaches a route has its path where middleware looks for it."""
    router = Router()
    router.get("/admin", validate=False)(lambda context, request, response: response.ok(body="secret"))
    inner = asgi.mount(None, router)

    async def guard(scope, receive, send):
        assert "/admin" != scope["path"]
        await inner(scope, receive, send)

    for target in (
        "http://h/admin",
        "http:///admin",
        "x://y/admin",
        "//h/admin",
        "admin",
        "*",
        "/x/../admin",
    ):
        assert 404 == asyncio.run(call_asgi(guard, "GET", target)).status


class Gone(Line):
    """A server that says with an error that the client has gone (ASGI 2.4)."""

    def __init__(self, left, *messages):
        super().__init__(*messages)
        self.left = left

    async def send(self, message):
        if not self.left:
            raise OSError("gone")
        self.left -= 1
        await super().send(message)


@pytest.mark.parametrize("left", [0, 1, 3])
@pytest.mark.parametrize("target", ["/api/items/1", "/api/stream", "/api/endless"])
def test_a_server_that_cannot_send_ends_quietly(target, left, caplog):
    mounted = asgi.mount(None, make_router(is_async=True))

    async def main():
        line = Gone(left, in_one(b""))
        await mounted(make_scope("GET", target), line.receive, line.send)
        return (await call_asgi(mounted, "GET", "/api/state")).json()

    state = asyncio.run(main())

    assert state["opened"] == state["closed"] + 1
    assert [] == caplog.records


def make_stream(pieces, context=None):
    router = Router(context=context)

    @router.get("/", validate=False)
    async def handler(context, request, response):
        return response.ok(body=pieces())

    return asgi.mount(None, router)


def test_an_os_error_of_a_stream_is_not_taken_for_a_client_that_left():
    async def pieces():
        yield b"x"
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        sent_in(make_scope("GET", "/"), app=make_stream(pieces))


def test_a_timeout_of_a_stream_is_not_taken_for_a_client_that_left():
    async def pieces():
        yield b"x"
        raise TimeoutError("upstream")

    with pytest.raises(TimeoutError, match="upstream"):
        sent_in(make_scope("GET", "/"), app=make_stream(pieces))


def test_what_a_context_opens_is_closed_in_the_same_task():
    """So that context variables and cancel scopes of the author's work."""
    tasks = []

    async def context():
        tasks.append(asyncio.current_task())
        yield {}
        tasks.append(asyncio.current_task())

    async def pieces():
        yield b"x"
        tasks.append(asyncio.current_task())

    sent_in(make_scope("GET", "/"), app=make_stream(pieces, context))

    assert [tasks[0]] * 3 == tasks


@pytest.mark.parametrize("kind", ["async", "plain"])
def test_a_stream_is_closed_when_the_server_cancels(kind):
    told = []

    async def async_pieces():
        try:
            while True:
                yield b"x"
                await asyncio.sleep(0)
        finally:
            told.append("closed")

    def pieces():
        try:
            while True:
                yield b"x"
        finally:
            told.append("closed")

    async def main():
        endless = make_stream(async_pieces if kind == "async" else pieces)
        line = Line()
        task = asyncio.create_task(endless(make_scope("GET", "/"), line.receive, line.send))
        await line.until_sent(3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return asyncio.all_tasks()

    assert 1 == len(asyncio.run(main()))
    assert ["closed"] == told


def test_a_body_is_read_by_one_alone():
    """While the body flows, who watches the client takes nothing of it."""

    class Slow(Line):
        async def receive(self):
            await asyncio.sleep(0)
            return await super().receive()

    async def main():
        line = Slow(*messages(*[b"a", b"b", b"c"] * 10), in_one(b"d"))
        async with asyncio.timeout(5):
            await app(make_scope("POST", "/api/echo", [JSON]), line.receive, line.send)
        return line.answer().body

    assert b"abc" * 10 + b"d" == asyncio.run(main())


def test_a_stream_may_go_on_after_the_body_was_read():
    """The client is watched as soon as nobody reads the body any more."""
    router = Router()

    @router.post("/", validate={"body": s.stream()})
    async def handler(context, request, response):
        async def pieces():
            yield await request.body.read()
            await asyncio.Event().wait()

        return response.ok(body=pieces())

    async def main():
        line = Line(*messages(b"a"), in_one(b"b"))
        task = asyncio.create_task(asgi.mount(None, router)(make_scope("POST", "/"), line.receive, line.send))
        await line.until_sent(2)
        line.done.set()
        await asyncio.wait_for(task, 5)
        return line.sent

    assert b"ab" == asyncio.run(main())[1]["body"]


def test_a_wrapper_has_the_name_of_the_application_but_not_its_signature():
    assert ("own", asgi.__name__) == (own.__name__, own.__globals__["__name__"])
    assert not hasattr(own, "__wrapped__")
    assert ["scope", "receive", "send"] == list(inspect.signature(own).parameters)


def test_errors_are_logged_once(caplog):
    asyncio.run(call_asgi(app, "GET", "/api/broken"))

    assert [("kbn_schema.http", logging.ERROR)] == [
        (record.name, record.levelno) for record in caplog.records
    ]


def test_a_router_is_mounted_once():
    router = Router()
    app = asgi.mount(asgi.mount(None, router), Router())

    with pytest.raises(ValueError, match="mounted on this app already"):
        asgi.mount(app, router)


def test_routers_in_a_row_do_not_share_a_path():
    inner, outer = Router(), Router()
    inner.get("/a/{id}", validate=False)(lambda *_: None)
    outer.post("/a/{name}", validate=False)(lambda *_: None)

    with pytest.raises(ValueError, match=r"\[/a/\{id\}\] would never be reached"):
        asgi.mount(asgi.mount(None, inner), outer)


@pytest.mark.parametrize("given", ["app:app", Router(), Router, 1])
def test_what_is_no_application_is_refused(given):
    with pytest.raises(TypeError, match="expected an application or None but got"):
        asgi.mount(given, Router())


def test_what_is_no_router_is_refused():
    with pytest.raises(TypeError, match=r"expected a Router but got \[NoneType\]"):
        asgi.mount(None, None)
