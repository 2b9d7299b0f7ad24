import asyncio
import contextlib
import contextvars
import gc
import inspect
import threading
import weakref
from types import MappingProxyType

import pytest
from flask import Flask
from quart import (
    Blueprint,
    Quart,
    Response,
    abort,
    current_app,
    g,
    request,
    session,
    url_for,
    websocket,
)
from quart.asgi import ASGIHTTPConnection
from quart.ctx import RequestContext
from quart.views import MethodView
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as WerkzeugResponse

from kbn_schema import schema
from kbn_schema.adapters import asgi_messages, quart
from kbn_schema.http import Router
from tests.adapters.calling import Line, call_asgi, in_one, make_scope
from tests.adapters.contract import (
    JSON,
    OWN_BODY,
    OWN_PARTS,
    Answer,
    Contract,
    ValidatedContract,
    as_data,
    part,
)
from tests.adapters.mounting import hello, router_of
from tests.adapters.onaloop import OnALoop
from tests.adapters.overwerkzeug import OverWerkzeug
from tests.adapters.routes import make_router
from tests.adapters.under import UnderHttptools, UnderHypercorn, UnderUvicorn

s = schema


def make_served(is_async=True):
    app = Quart("served")
    app.config["MAX_CONTENT_LENGTH"] = 10  # of Quart's own bodies; ours have their own limit

    @app.post("/own")
    async def own():
        return b"own " + await request.get_data()

    @app.errorhandler(404)
    async def nothing(error):
        return "nothing here", 404

    return quart.mount(app, make_router(is_async))


@pytest.fixture(scope="module")
def runner():
    """A loop for all requests of a client: streams of the router are shared by them."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module", params=[True, False], ids=["async", "plain"])
def app(request):
    return make_served(request.param)


async def send_to(app, method, target, headers=(), chunks=(), **options):
    """What the client of Quart gets; it would decode the path, and sends no length."""
    path, _, query = target.partition("?")
    client = app.test_client(use_cookies=False)
    scope = {"raw_path": path.encode(), "query_string": query.encode()}
    connection = client.request(path, method=method, headers=list(headers), scope_base=scope, **options)
    async with connection:
        for chunk in chunks:
            await connection.send(chunk)
        await connection.send_complete()
    pairs = tuple((name.lower(), value) for name, value in connection.headers.items())
    return Answer(connection.status_code, pairs, bytes(connection.response_data))


def with_length(headers, body):
    names = {name.lower() for name, _ in headers}
    own = [] if body is None or "content-length" in names else [("Content-Length", str(len(body)))]
    return [*headers, *own]


class TestWithItsClient(Contract):
    UNLIKE = MappingProxyType({"latin-1 headers": "the client writes and reads headers as UTF-8"})

    @pytest.fixture(autouse=True)
    def _app(self, app, runner):
        self.app, self.runner = app, runner

    def send(self, method, target, headers=(), body=None):
        chunks = () if body is None else (body,)
        return self.runner.run(send_to(self.app, method, target, with_length(headers, body), chunks))

    def send_chunks(self, method, target, headers, chunks):
        return self.runner.run(send_to(self.app, method, target, headers, chunks))

    def is_torn(self, target):
        with pytest.raises(RuntimeError, match="secret"):
            self.send("GET", target)
        return True


class TestUnderUvicorn(UnderUvicorn):
    make_app = staticmethod(make_served)


class TestUnderHttptools(UnderHttptools):
    make_app = staticmethod(make_served)


class TestUnderHypercorn(UnderHypercorn):
    make_app = staticmethod(make_served)


@quart.validated(**OWN_PARTS)
async def own(valid, id):
    return as_data(valid)


@quart.validated(body=OWN_BODY, options=OWN_PARTS["options"])
def own_body(valid):
    return {**as_data(valid), "thread": threading.current_thread().name}


class Bare(MethodView):
    @quart.validated()
    async def get(self, valid):
        return as_data(valid)


def make_own():
    app = Quart("own")
    app.post("/own/<int:id>")(own)
    app.post("/body")(own_body)
    app.add_url_rule("/bare", view_func=Bare.as_view("bare"))
    return quart.mount(app, make_router(is_async=True))


@pytest.fixture(scope="module")
def own_app():
    return make_own()


class TestValidated(ValidatedContract):
    @pytest.fixture(autouse=True)
    def _app(self, own_app, runner):
        self.app, self.runner = own_app, runner

    send = TestWithItsClient.send

    def test_a_plain_view_may_block(self):
        answer = self.send("POST", "/body", [JSON], b'{"n": 1}')

        assert threading.main_thread().name != answer.json()["thread"]


class TestOnALoop(OnALoop):
    mount = staticmethod(lambda router: quart.mount(Quart("ours"), router))


def mounted(*paths, handler=hello, app=None):
    return quart.mount(app or Quart("ours", static_folder=None), router_of(*paths, handler=handler))


def ask(app, target, method="GET", headers=(), body=None, **options):
    chunks = () if body is None else (body,)
    return asyncio.run(send_to(app, method, target, with_length(headers, body), chunks, **options))


def text(answer):
    return answer.body.decode()


class TestMounting(OverWerkzeug):
    mount = staticmethod(quart.mount)
    App, Blueprint, request = Quart, Blueprint, request

    def ask(self, app, target, method):
        return ask(app, target, method)


@pytest.mark.parametrize("is_async", [True, False])
def test_a_handler_runs_in_quarts_contexts(is_async):
    app = Quart("ours")
    app.secret_key = "x"

    @app.before_request
    async def login():
        g.user = "ann"

    @app.after_request
    async def mark(response):
        response.headers["x-endpoint"] = request.endpoint
        return response

    def plain(context, ours, response):
        session["seen"] = True
        same = ours.unstable_raw_request() is request._get_current_object()
        return response.ok(body=[g.user, request.path, current_app.name, same])

    async def handler(context, ours, response):
        return plain(context, ours, response)

    answer = ask(mounted("/a", handler=handler if is_async else plain, app=app), "/a")
    endpoint = "kbn_schema.handler" if is_async else "kbn_schema.plain"

    assert ["ann", "/a", "ours", True] == answer.json()
    assert (endpoint, True) == (answer.headers["x-endpoint"], "set-cookie" in answer.headers)


@pytest.mark.parametrize("is_async", [True, False])
def test_a_stream_runs_in_quarts_contexts(is_async):
    async def handler(context, ours, response):
        g.user = "ann"

        def pieces():
            yield g.user
            yield f" {request.path} {request.endpoint} {current_app.name}"

        async def async_pieces():
            for piece in pieces():
                yield piece

        return response.ok(body=async_pieces() if is_async else pieces())

    assert "ann /a kbn_schema.handler ours" == text(ask(mounted("/a", handler=handler), "/a"))


def test_a_stream_keeps_what_it_sets_in_a_context_variable():
    mine = contextvars.ContextVar("mine", default="nobody")

    async def handler(context, ours, response):
        mine.set("handler")

        async def pieces():
            yield mine.get()
            mine.set(" stream")
            yield mine.get()
            yield mine.get()

        return response.ok(body=pieces())

    assert "handler stream stream" == text(ask(mounted("/a", handler=handler), "/a"))


@pytest.mark.parametrize(
    ("path", "values", "url"),
    [
        ("/a", {}, "/a"),
        ("/a/{id}", {"id": "b?c"}, "/a/b%3Fc"),
        ("/a/{id?}", {}, "/a"),
        ("/a/{id?}", {"id": 1}, "/a/1"),
        ("/a/{rest*}", {"rest": "b/c"}, "/a/b/c"),
        ("/{rest*}", {}, "/"),
        ("/a/", {"q": 1}, "/a/?q=1"),
    ],
)
def test_urls_are_built(path, values, url):
    app = mounted(path)

    async def build():
        async with app.test_request_context("/"):
            return url_for("kbn_schema.hello", **values)

    assert url == asyncio.run(build())


def test_a_request_of_a_test_goes_where_any_goes():
    app = mounted("/a/{id}")

    async def dispatch():
        async with app.test_request_context("/a/1"):
            response = await app.full_dispatch_request()
            return request.endpoint, await response.get_json()

    assert ("kbn_schema.hello", {"id": "1"}) == asyncio.run(dispatch())


def test_routes_are_listed():
    router = Router("/api")
    for method in ("get", "post"):
        getattr(router, method)("/a/{id}", validate=False)(hello)
    app = quart.mount(Quart("app", static_folder=None), router)

    assert [
        ("/api/a/<id>", "kbn_schema.GET /api/a/{id}", {"GET", "HEAD"}),
        ("/api/a/<id>", "kbn_schema.POST /api/a/{id}", {"POST"}),
    ] == [(rule.rule, rule.endpoint, rule.methods) for rule in app.url_map.iter_rules()]


def test_a_websocket_of_the_app_is_left_alone():
    app = Quart("ours")

    @app.websocket("/a")
    async def talk():
        await websocket.send("theirs")

    async def receive():
        async with app.test_client().websocket("/a") as connection:
            return await connection.receive()

    mounted("/a", app=app)

    assert ({}, "theirs") == (ask(app, "/a").json(), asyncio.run(receive()))


@pytest.mark.parametrize("app", [None, Flask("app"), Blueprint("app", "app"), Quart])
def test_what_is_no_quart_is_refused(app):
    with pytest.raises(TypeError, match="expected a Quart but got"):
        quart.mount(app, Router())


def test_an_app_that_is_dropped_takes_its_routers_along():
    app = weakref.ref(mounted("/a"))
    gc.collect()

    assert app() is None


def test_the_root_path_is_not_part_of_the_path():
    answer = ask(mounted("/a/{id}"), "/s%20ub/a/b%2Fc", root_path="/s ub")

    assert {"id": "b/c"} == answer.json()


@pytest.mark.parametrize("target", ["/a/1", "/suba/1", "/sub"])
def test_a_path_outside_of_the_root_path_is_not_ours(target):
    """To hooks, it would be another path than the one that we answer."""
    app = mounted("/a/{id}", "/suba/{id}", "/sub")

    assert 404 == ask(app, target, root_path="/sub").status


def test_a_connection_of_the_apps_own_stays():
    class Own(ASGIHTTPConnection):
        async def handle_request(self, request, send):
            seen.append(request.path)
            await super().handle_request(request, send)

    app, seen = Quart("ours"), []
    app.asgi_http_class = Own
    ask(mounted("/a", app=app), "/a")

    assert ["/a"] == seen


def test_what_quart_refuses_for_another_reason_than_the_path_stays_refused():
    class Context(RequestContext):
        def match_request(self):
            self.request.routing_exception = BadRequest("not today")

    class Own(Quart):
        def request_context(self, request):
            return Context(self, request)

    assert 400 == ask(mounted("/a", app=Own("ours")), "/a").status


@pytest.mark.parametrize("path", ["", "http://[/a"])
def test_a_target_that_quart_cannot_read_is_400(path):
    scope = {"path": path, "raw_path": path.encode()}
    answer = asyncio.run(call_asgi(mounted("/a"), "GET", "/", **scope))

    assert (400, 400) == (answer.status, answer.json()["statusCode"])


@pytest.mark.parametrize("query", [b"a=\xff", b"\xed\xa0\x80"])
def test_a_query_that_is_no_text_is_400(query):
    app = Quart("ours")
    app.add_url_rule("/own", "own", lambda: "own")
    mounted("/a", app=app)

    assert [400, 200] == [
        asyncio.run(call_asgi(app, "GET", target, query_string=query)).status for target in ("/a", "/own")
    ]


@pytest.mark.parametrize(
    "make",
    [lambda: Response("native", 202, {"x-a": "b"}), lambda: WerkzeugResponse("native", 202, {"x-a": "b"})],
)
def test_what_quart_answers_with_is_handed_on(make):
    async def handler(context, request, response):
        return make()

    answer = ask(mounted("/a", handler=handler), "/a")

    assert (202, "native", "b") == (answer.status, text(answer), answer.headers["x-a"])


def test_what_a_view_may_return_besides_is_no_answer_of_a_handler():
    assert 500 == ask(mounted("/a", handler=lambda *_: "text"), "/a").status


@pytest.mark.parametrize("is_async", [True, False])
def test_what_quart_raises_goes_to_its_handlers(is_async):
    app = Quart("ours")
    app.register_error_handler(418, lambda error: (f"{request.path}: {error.description}", 418))

    def plain(context, request, response):
        abort(418, "short")

    async def handler(context, request, response):
        plain(context, request, response)

    answer = ask(mounted("/a", handler=handler if is_async else plain, app=app), "/a")

    assert (418, "/a: short") == (answer.status, text(answer))


def test_our_errors_do_not_go_to_quarts_handlers():
    app = Quart("ours")
    app.register_error_handler(Exception, lambda error: "theirs")

    def handler(context, request, response):
        raise RuntimeError("secret")

    answer = ask(mounted("/a", handler=handler, app=app), "/a")

    assert (500, 500) == (answer.status, answer.json()["statusCode"])


def body_router():
    router = Router()

    @router.post("/a", validate={"body": s.object({"n": s.number()})})
    async def whole(context, request, response):
        return response.ok(body=request.body)

    @router.post("/stream", validate={"body": s.stream()})
    async def stream(context, request, response):
        return response.ok(body=await request.body.read())

    return router


async def iterate():
    async for _ in request.body:
        return


@pytest.mark.parametrize(
    ("read", "status"),
    [
        (lambda: request.get_data(), 200),
        (lambda: request.get_json(), 200),
        (lambda: request.get_data(cache=False), 400),
        (iterate, 400),  # what was taken is gone
    ],
)
@pytest.mark.parametrize("target", ["/a", "/stream"])
@pytest.mark.parametrize("chunks", [[b'{"n": 1}'], [b'{"n', b'": 1}']])
def test_a_hook_may_have_read_the_body(target, read, status, chunks):
    app = Quart("ours")

    @app.before_request
    async def hook():
        await read()

    quart.mount(app, body_router())
    answer = asyncio.run(send_to(app, "POST", target, [JSON], chunks))

    assert status == answer.status
    assert status == 400 or {"n": 1} == answer.json()


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"a=1", 200),
        ("multipart/form-data; boundary=b", part("a", b"1") + b"--b--\r\n", 400),
    ],
)
def test_a_hook_may_have_read_a_form(content_type, body, status):
    app = Quart("ours")

    @app.before_request
    async def hook():
        assert "1" == (await request.form)["a"]

    quart.mount(app, body_router())
    answer = ask(app, "/stream", "POST", [("Content-Type", content_type)], body)

    assert status == answer.status


@pytest.mark.parametrize("hook_reads_first", [True, False])
def test_a_hook_may_ask_for_the_body_after_the_handler(hook_reads_first):
    app = Quart("ours")

    @app.before_request
    async def before():
        if hook_reads_first:
            await request.get_data()

    @app.after_request
    async def after(response):
        response.headers["x-body"] = await request.get_data(as_text=True)
        return response

    quart.mount(app, body_router())
    answer = ask(app, "/a", "POST", [JSON], b'{"n": 1}')

    assert (200, '{"n": 1}' if hook_reads_first else "") == (answer.status, answer.headers["x-body"])


def test_the_limit_of_quart_is_for_hooks():
    app = Quart("ours")
    app.config["MAX_CONTENT_LENGTH"] = 5
    quart.mount(app, body_router())
    assert {"n": 1} == ask(app, "/a", "POST", [JSON], b'{"n": 1}').json()

    @app.before_request
    async def hook():
        await request.get_data()

    assert 413 == ask(app, "/a", "POST", [JSON], b'{"n": 1}').status


@pytest.mark.parametrize("chunks", [[b'{"n": 1}'], [b'{"n', b'": 1}']])
@pytest.mark.parametrize("announced", [True, False])
def test_the_limit_of_quart_is_for_its_own_views(chunks, announced):
    app = Quart("ours")
    app.config["MAX_CONTENT_LENGTH"] = 5
    app.post("/body")(own_body)
    headers = with_length([JSON], b"".join(chunks)) if announced else [JSON]
    answer = asyncio.run(send_to(app, "POST", "/body", headers, chunks))

    assert (413, "the request body must not exceed [5] bytes") == (answer.status, answer.json()["message"])


def test_headers_are_sent_in_latin_1():
    def handler(context, request, response):
        return response.ok(headers={"x-latin": "é"})

    answer = asyncio.run(call_asgi(mounted("/a", handler=handler), "GET", "/a"))

    assert "é" == answer.headers["x-latin"]


async def leave(app, target, *messages, until, method="POST"):
    """Send *messages*, and leave once *until* are sent to us, and the task of *app* is done."""
    line = Line(*messages, {"type": "http.disconnect"})
    left = asyncio.Event()
    receive = line.receive

    async def receive_or_wait():
        if line.incoming[0]["type"] == "http.disconnect":
            await left.wait()
        return line.incoming[0] if len(line.incoming) == 1 else await receive()

    task = asyncio.create_task(app(make_scope(method, target, [JSON]), receive_or_wait, line.send))
    await line.until_sent(until)
    for _ in range(20):
        await asyncio.sleep(0)
    left.set()
    await asyncio.wait_for(task, 5)
    return line


def make_streams(app, is_async=True):
    """What becomes of a stream and its context, in *app*; also in the task that it was made in."""
    told = []

    @contextlib.asynccontextmanager
    async def context():
        task = asyncio.current_task()
        try:
            yield {}
        finally:
            await asyncio.sleep(0)
            told.append("context" if task is asyncio.current_task() else "another task")

    router = Router(context=context)

    async def async_pieces():
        try:
            while True:
                yield b"x"
                await asyncio.sleep(0)
        finally:
            told.append("stream")

    def pieces():
        try:
            while True:
                yield b"x"
        finally:
            told.append("stream")

    @router.get("/", validate=False)
    async def endless(context, request, response):
        return response.ok(body=async_pieces() if is_async else pieces())

    @router.post("/posted", validate={"body": s.stream()})
    async def posted(context, request, response):
        return response.ok(body=async_pieces() if is_async else pieces())

    @router.post("/read", validate={"body": s.any()})
    async def read(context, request, response):
        told.append("called")
        return response.ok()

    quart.mount(app, router)
    return told


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize(("method", "target"), [("GET", "/"), ("POST", "/posted")])
def test_a_client_that_leaves_ends_a_stream(is_async, method, target, caplog):
    app = Quart("ours")
    told = make_streams(app, is_async)
    message = {"type": "http.request", "body": b"y", "more_body": target == "/posted"}
    asyncio.run(leave(app, target, message, until=3, method=method))

    assert ["stream", "context"] == told
    assert [] == caplog.records


def test_a_stream_that_was_never_begun_is_closed():
    """The client leaves while a hook holds the answer up."""
    app = Quart("ours")
    told = make_streams(app)

    @app.after_request
    async def hold(response):
        await asyncio.Event().wait()

    asyncio.run(leave(app, "/", in_one(b""), until=0, method="GET"))

    assert ["context"] == told


@pytest.mark.parametrize("hook", [lambda response: Response("other"), lambda response: 1 / 0])
def test_a_stream_that_a_hook_puts_aside_is_closed(hook):
    app = Quart("ours")
    app.after_request(hook)
    told = make_streams(app)
    asyncio.run(call_asgi(app, "GET", "/"))

    assert ["context"] == told


def test_a_client_that_leaves_at_the_end_of_a_stream_breaks_off_nothing():
    """The context is closed while Quart hears that the client has left."""
    told, gone = [], asyncio.Event()

    @contextlib.asynccontextmanager
    async def context():
        yield
        gone.set()
        await asyncio.sleep(0.02)
        told.append("committed")

    router = Router(context=context)

    @router.get("/", validate=False)
    def handler(context, request, response):
        return response.ok(body=iter([b"x"]))

    app = quart.mount(Quart("ours"), router)
    line = Line(in_one(b""))

    async def receive():
        if line.incoming:
            return await line.receive()
        await gone.wait()
        return {"type": "http.disconnect"}

    asyncio.run(app(make_scope("GET", "/"), receive, line.send))

    assert ["committed"] == told


@pytest.mark.parametrize("kept", [10, 1000])
@pytest.mark.parametrize("reads", [True, False])
@pytest.mark.parametrize("target", ["/read", "/body"])
def test_a_client_that_leaves_in_its_body_is_no_error(target, reads, kept, caplog, monkeypatch):
    monkeypatch.setattr(asgi_messages, "MAX_KEPT", kept)  # where little is, whoever reads is told
    app = Quart("ours")
    app.post("/body")(own_body)
    told = make_streams(app)

    @app.before_request
    async def hook():
        if reads:
            await request.get_data()

    message = {"type": "http.request", "body": b"{", "more_body": True}
    asyncio.run(leave(app, target, message, until=0))

    assert ([], []) == (told, caplog.records)


def test_what_is_sent_ahead_of_the_handler_waits_at_the_server(monkeypatch):
    """One piece is received, where one is already too much."""
    monkeypatch.setattr(asgi_messages, "MAX_KEPT", 10)
    router, line = Router(), Line(*[{"type": "http.request", "body": b"y" * 11, "more_body": True}] * 20)

    @router.post("/", validate={"body": s.stream()})
    async def handler(context, request, response):
        for _ in range(50):
            await asyncio.sleep(0)
        return response.ok()

    asyncio.run(quart.mount(Quart("ours"), router)(make_scope("POST", "/"), line.receive, line.send))

    assert 19 == len(line.incoming)


def test_the_time_limit_of_quart_is_not_for_streams():
    app = Quart("ours")
    app.config["RESPONSE_TIMEOUT"] = 0.01

    async def handler(context, request, response):
        async def pieces():
            yield "one"
            await asyncio.sleep(0.05)
            yield ",two"

        return response.ok(body=pieces())

    assert "one,two" == text(ask(mounted("/", handler=handler, app=app), "/"))


def test_a_wrapper_has_the_name_of_the_view_but_not_its_signature():
    assert "own" == own.__name__
    assert ["arguments", "view_args"] == list(inspect.signature(own).parameters)
