import asyncio
import contextlib
import itertools
import json as jsons
import logging
import socket
import threading
import time
import typing
import warnings
from pathlib import Path
from types import MappingProxyType

import pytest
from httptools import parse_url
from httptools.parser.errors import HttpParserInvalidURLError
from sanic import Blueprint, Request, Sanic
from sanic.exceptions import BadURL, Forbidden, NotFound
from sanic.response import file_stream, json, text
from sanic.router import Router as SanicRouter
from sanic.views import HTTPMethodView

from kbn_schema import schema
from kbn_schema.adapters import sanic
from kbn_schema.http import Router
from tests.adapters.calling import Line, Told, call_asgi, make_scope
from tests.adapters.contract import JSON, OWN_BODY, OWN_PARTS, Contract, ValidatedContract, as_data
from tests.adapters.leaving import InThisProcess
from tests.adapters.mounting import Mounting, hello, router_of
from tests.adapters.onaloop import OnALoop
from tests.adapters.routes import make_router
from tests.adapters.servers import (
    TIMEOUT,
    UNLIKE_UVICORN,
    OnTheLine,
    connect,
    exchange,
    request_bytes,
    send,
    wait_until,
)
from tests.adapters.test_examples import free_port
from tests.adapters.throughhttpx import answer_of
from tests.adapters.under import UnderUvicorn

with warnings.catch_warnings():
    # What it has of websockets is not used here.
    warnings.filterwarnings("ignore", "websockets.legacy is deprecated", DeprecationWarning)
    from sanic_testing.reusable import ReusableClient

s = schema
numbers = itertools.count()


def new_app(**options):
    """An app; Sanic wants each to have another name."""
    app = Sanic(f"test_sanic_{next(numbers)}", configure_logging=False, **options)
    app.config.TOUCHUP = False  # else it rewrites the methods of its classes
    app.config.ACCESS_LOG = False
    return app


async def own(request):
    return text(f"own {request.body.decode()}")


async def not_found(request, error):
    return text("nothing here", 404)


def make_sanic(is_async=True):
    app = new_app()
    app.config.REQUEST_MAX_SIZE = 1_000_000
    app.add_route(own, "/own", methods=["POST"])
    app.exception(NotFound)(not_found)
    return sanic.mount(app, make_router(is_async))


@contextlib.contextmanager
def sanic_serving(app):
    """The port on which Sanic's own server serves *app* in a thread, until the block ends."""
    started, stop = threading.Event(), asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        async def main():
            server = await app.create_server(
                sock=listener, return_asyncio_server=True, asyncio_server_kwargs={"start_serving": False}
            )
            await server.startup()
            await server.before_start()
            await server.start_serving()
            started.set()
            await stop.wait()
            await server.before_stop()
            server.server.close()
            for connection in list(server.connections):
                connection.abort()
            await server.server.wait_closed()
            await server.after_stop()

        def run():
            with asyncio.Runner() as runner:
                loops.append(runner.get_loop())
                runner.run(main())

        loops = []
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            assert started.wait(TIMEOUT)
            yield listener.getsockname()[1]
        finally:
            loops[0].call_soon_threadsafe(stop.set)
            thread.join(TIMEOUT)
            assert not thread.is_alive()


@pytest.fixture(scope="module")
def port():
    with sanic_serving(make_sanic()) as port:
        yield port


@pytest.fixture(scope="module")
def client():
    """Plain handlers, in worker threads."""
    with sanic_client(make_sanic(is_async=False)) as client:
        yield client


@pytest.fixture(scope="module")
def own_client():
    with sanic_client(make_own()) as client:
        yield client


@contextlib.contextmanager
def sanic_client(app):
    """Sanic's test client for *app*, whose server runs while it is asked."""
    loop = asyncio.new_event_loop()
    try:
        with ReusableClient(app, port=free_port(), loop=loop) as client:
            yield client
    finally:
        Sanic.test_mode = False
        asyncio.set_event_loop(None)
        loop.close()


def ask(client, target, method="GET", **options):
    client._session.cookies.clear()
    return client.request(target, http_method=method, gather_request=False, **options)[1]


class TestWithItsClient(Contract):
    UNLIKE = MappingProxyType(
        {
            "malformed escapes": "httpx escapes the percent sign",
            "latin-1 headers": "the client writes and reads headers as UTF-8",
            "dot segments": "httpx resolves them",
            "method get": "the client writes methods in upper case",
        }
    )

    @pytest.fixture(autouse=True)
    def _client(self, client):
        self.client = client

    def send(self, method, target, headers=(), body=None):
        if "content-length" in {name.lower() for name, _ in headers}:
            # httpx sends no length but that of the body.
            sending = asyncio.to_thread(send, self.client.port, method, target, headers, body)
            return self.client._run(sending)
        answer = ask(self.client, target, method, headers=list(headers), content=body)
        return answer_of(answer)

    def send_chunks(self, method, target, headers, chunks):
        async def pieces():
            for chunk in chunks:
                yield chunk

        return self.send(method, target, headers, pieces())

    def is_torn(self, target):
        with pytest.raises(ValueError, match="Request and response object expected"):
            self.send("GET", target)
        return True


class TestUnderUvicorn(UnderUvicorn):
    """As an ASGI application."""

    UNLIKE = MappingProxyType(
        {
            **{name: reason for name, reason in UNLIKE_UVICORN.items() if name != "absolute targets"},
            "targets that begin with http://": "Sanic cannot parse a target without a host, and fails",
        }
    )

    make_app = staticmethod(make_sanic)

    def require_no_error(self, requests):
        # Sanic fails before it looks for a route.
        super().require_no_error(raw for raw in requests if is_parsed(raw))


class TestUnderSanic(OnTheLine, InThisProcess, Contract):
    UNLIKE = MappingProxyType(
        {"targets that begin with http://": "Sanic cannot parse a target without a host, and hangs up"}
    )

    @pytest.fixture(autouse=True)
    def _served(self, port):
        self.port = port

    def require_no_error(self, requests):
        # Sanic puts it into a page of its own, which fails.
        super().require_no_error(raw for raw in requests if b"Expect: \xff" not in raw)

    def errors_logged(self):
        return [record for record in super().errors_logged() if not is_of_sanic(record)]


def is_parsed(raw):
    """Whether Sanic can parse the target of a request, where it has one."""
    words = raw.partition(b"\n")[0].split(b" ")
    try:
        return len(words) < 3 or bool(parse_url(words[1]).path.decode())
    except (HttpParserInvalidURLError, UnicodeDecodeError, AttributeError):
        return False


def is_of_sanic(record):
    """Whether Sanic could not answer a malformed target: it asks for the same error again, and hangs up."""
    return "connection_task uncaught" in record.message and isinstance(record.exc_info[1], BadURL)


@sanic.validated(**OWN_PARTS)
async def own_parts(request, valid, id: int):
    return json(as_data(valid))


@sanic.validated(body=OWN_BODY, options=OWN_PARTS["options"])
def own_body(request, valid):
    return json(as_data(valid))


class Bare(HTTPMethodView):
    @sanic.validated()
    async def get(self, request, valid):
        return json(as_data(valid))


def make_own():
    app = new_app()
    app.post("/own/<id>")(own_parts)
    app.post("/body")(own_body)
    app.add_route(Bare.as_view(), "/bare")
    return sanic.mount(app, make_router(is_async=True))


class TestValidated(ValidatedContract):
    @pytest.fixture(autouse=True)
    def _client(self, own_client):
        self.client = own_client

    send = TestWithItsClient.send


def started(app):
    """*app*, as its server would start it."""

    async def main():
        line = Line({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
        await app({"type": "lifespan"}, line.receive, line.send)

    asyncio.run(main())
    return app


class TestOnALoop(OnALoop):
    mount = staticmethod(lambda router: started(sanic.mount(new_app(), router)))


def mounted(*paths, handler=hello, app=None):
    return sanic.mount(app or new_app(), router_of(*paths, handler=handler))


def ask_once(app, target, method="GET", **options):
    with sanic_client(app) as client:
        return ask(client, target, method, **options)


async def theirs(request, **_):
    return text("theirs")


class TestMounting(Mounting):
    mount = staticmethod(sanic.mount)
    new_app = staticmethod(new_app)
    REST = "<rest:path>"

    def add_theirs(self, app, path):
        app.add_route(theirs, path, name=f"own{len(path)}")

    def get(self, app, target):
        return answer_of(ask_once(app, target))


def test_a_handler_runs_inside_the_middleware():
    app = new_app()

    @app.on_request
    async def login(request):
        request.ctx.user = "ann"

    @app.on_response
    async def mark(request, response):
        response.headers["x-name"] = f"{request.name} {request.uri_template} {response.status}"

    async def handler(context, request, response):
        raw = request.unstable_raw_request()
        return response.ok(body=[raw.ctx.user, raw.path, raw is Request.get_current()])

    answer = ask_once(mounted("/a", handler=handler, app=app), "/a")

    assert ["ann", "/a", True] == answer.json
    assert f"{app.name}.kbn_schema.handler /a 200" == answer.headers["x-name"]


@pytest.mark.parametrize("has_stream", [True, False])
def test_a_middleware_may_change_or_replace_an_answer(has_stream):
    told = []
    app = new_app()

    @app.on_response
    async def change(request, response):
        if request.path == "/replaced":
            return text("other", 202)
        response.headers["x-mark"] = "yes"
        if request.path == "/broken":
            raise RuntimeError
        return None

    def handler(context, request, response):
        return response.ok(body=iter(["a", "b"]) if has_stream else "ab")

    router = router_of("/changed", "/replaced", "/broken", handler=handler, context=lambda: Told(told))
    app.config.NOISY_EXCEPTIONS = False
    with sanic_client(sanic.mount(app, router)) as client:
        changed, replaced, broken = (ask(client, f"/{name}") for name in ("changed", "replaced", "broken"))

    assert ("ab", "yes") == (changed.text, changed.headers["x-mark"])
    assert (202, "other") == (replaced.status_code, replaced.text)
    assert (200, "ab") == (broken.status_code, broken.text)
    assert ["context"] * 3 == told


def test_a_middleware_may_answer_first():
    app = new_app()
    app.on_request(lambda request: text("stop", 403))

    assert (403, "stop") == astuple(ask_once(mounted("/a", app=app), "/a"))


def astuple(answer):
    return answer.status_code, answer.text


def test_middleware_may_be_named_after_a_route():
    app = mounted("/a", "/b")
    name = f"{app.name}.kbn_schema.GET /a"
    app.register_named_middleware(lambda request: text("named"), [name], "request")
    with sanic_client(app) as client:
        assert ["named", "{}"] == [ask(client, target).text for target in ("/a", "/b")]


@pytest.mark.parametrize(
    ("target", "method", "name", "args"),
    [
        ("/a/1", "GET", "kbn_schema.hello", {"id": "1"}),
        ("/a/b%2Fc", "GET", "kbn_schema.hello", {"id": "b/c"}),
        ("/a/1?a=%zz", "GET", "kbn_schema.hello", {}),
        ("/a/%ff", "HEAD", "kbn_schema.hello", {}),
        ("/a/1", "PUT", "kbn_schema", {}),
        ("/a/1", "OPTIONS", "kbn_schema", {}),
        ("/a/1", "BREW", "kbn_schema", {}),
        ("/a/b/c", "GET", "public", {"rest": "b/c"}),
        ("/a/1/", "GET", "public", {"rest": "1/"}),
        ("/a//b", "GET", "public", {"rest": "/b"}),
    ],
)
def test_middleware_sees_where_a_request_goes(target, method, name, args):
    """One that lets the public through must not be led astray by a path that Sanic reads otherwise."""
    app, seen = new_app(), []
    app.add_route(theirs, "/a/<rest:path>", name="public")
    app.on_request(lambda request: seen.append((request.name, request.match_info)))
    answer = ask_once(mounted("/a/{id}", app=app), target, method)

    assert [(f"{app.name}.{name}", args)] == seen
    assert ("public" == name) == (answer.text == "theirs")


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/%61dmin/x?a=%61", "/admin/x"),
        ("/admin/%72oot", "/admin/root"),
        ("/admin/caf%c3%a9", "/admin/caf%C3%A9"),
        ("/admin/a%2fb", "/admin/a%2Fb"),
        ("/%6fwn/x", "/%6fwn/x"),
    ],
)
def test_middleware_sees_no_escapes_that_a_path_does_not_need(target, path):
    """Else one that guards ``/admin`` would let ``/%61dmin`` through."""
    app, seen = new_app(), []
    app.add_route(theirs, "/<rest:path>")
    app.on_request(lambda request: seen.append((request.path, request.query_string)))
    with sanic_serving(mounted("/admin/{id}", app=app)) as port:
        assert 200 == send(port, "GET", target).status

    assert [(path, target.partition("?")[2])] == seen


def test_signals_are_dispatched():
    app, seen = new_app(), []
    for event in (
        "http.routing.after",
        "http.handler.before",
        "http.handler.after",
        "http.lifecycle.response",
    ):
        app.signal(event)(lambda event=event, **context: seen.append(event) or asyncio.sleep(0))
    ask_once(mounted("/a", app=app), "/a")

    assert [
        "http.routing.after",
        "http.handler.before",
        "http.handler.after",
        "http.lifecycle.response",
    ] == seen


def test_the_app_reads_its_own_paths_as_before():
    app = new_app()
    app.add_route(theirs, "/own/<id>")
    with sanic_client(mounted("/a", app=app)) as client:
        assert ["theirs"] * 2 == [ask(client, target).text for target in ("/own/1", "/own/1/")]
        assert 405 == ask(client, "/own/1", "PUT").status_code


@pytest.mark.parametrize(
    ("path", "values", "url"),
    [
        ("/a", {}, "/a"),
        ("/a/{id}", {"id": "b"}, "/a/b"),
        ("/a/{id?}", {"id": 1}, "/a/1"),
        ("/a/{rest*}", {"rest": "b/c"}, "/a/b/c"),
        ("/a.(é", {"q": 1}, "/a.%28%C3%A9?q=1"),
        ("/a/", {}, "/a/"),
        ("/a", {"_external": True, "_server": "example.org"}, "http://example.org/a"),
    ],
)
def test_urls_are_built(path, values, url):
    app = mounted(path)

    assert url == app.url_for("kbn_schema.hello", **values)
    assert url == app.url_for(f"{app.name}.kbn_schema.hello", **values)


def test_every_form_of_a_path_is_served():
    app = mounted("/a.(b/{__x}", "/[/{rest*}", "/\\d/{id?}")
    with sanic_client(app) as client:
        assert [{"__x": "1"}, {"rest": "c/d"}, {}, 404] == [
            *(ask(client, target).json for target in ("/a.(b/1", "/%5B/c/d", "/%5Cd")),
            ask(client, "/axb/1").status_code,
        ]


def test_routes_are_listed():
    router = Router("/api")
    for method in ("get", "post"):
        getattr(router, method)("/a/{id}", validate=False)(hello)
    router.put("/b", validate=False)(lambda *_: None)
    versioned = router.versioned.get("/c", access="public")
    for version in ("2023-10-31", "2024-10-31"):
        versioned.add_version(version, validate=False)(hello_again)
    app = sanic.mount(new_app(), router)

    assert [
        ("api/a/<id:str>", "kbn_schema.GET /api/a/{id}", {"GET", "HEAD", "OPTIONS"}),
        ("api/a/<id:str>", "kbn_schema.POST /api/a/{id}", {"POST"}),
        ("api/b", "kbn_schema.PUT /api/b", {"PUT", "OPTIONS"}),
        ("api/c", "kbn_schema.hello_again", {"GET", "HEAD", "OPTIONS"}),
    ] == [
        (route.path, route.name.removeprefix(f"{app.name}."), route.methods)
        for route in app.router.routes
        if not route.extra.static
    ]


def test_tools_find_our_routes_and_have_nothing_to_add():
    """Such as sanic-ext, which adds HEAD and OPTIONS where they are missing, and resolves type hints."""

    def handler(context: "Unknown", request: "Unknown", response: "Unknown"):  # noqa: F821
        """Say hello."""

    app = mounted("/a/{id}", "/d/{rest*}", handler=handler)
    mounted("/b/{one}", app=app)
    other = router_of("/c/{one}")
    other.post("/c/{two}", validate=False)(handler)
    sanic.mount(app, other)
    groups = app.router.groups.values()

    assert 6 == len(groups)
    for group in groups:
        assert "OPTIONS" in group.methods or group[0].parts == ("c", "<two:str>")
        assert "GET" not in group.methods or "HEAD" in group.methods
        assert [{}] * len(group.routes) == [typing.get_type_hints(route.handler) for route in group]
        assert all(route.params.keys() <= {0, 1} for route in group)
    route = app.router.name_index[f"{app.name}.kbn_schema.GET /a/{{id}}"]
    assert "Say hello." == route.handler.__doc__
    assert route in app.router.groups[route.segments]


def test_what_tools_see_of_a_handler_is_not_for_calling():
    route, *_ = mounted("/a/{id}").router.routes

    with pytest.raises(NotImplementedError, match="Sanic calls what its router finds"):
        route.handler(None)


@pytest.mark.parametrize("own", ["/a/<name>", "/<path:path>"])
def test_a_route_that_is_added_later_does_not_take_our_middleware(own):
    app, seen = mounted("/a/{id}"), []
    app.on_request(lambda request: seen.append(request.name))
    app.add_route(theirs, own, name="own")
    with sanic_client(app) as client:
        assert {"id": "1"} == ask(client, "/a/1").json
        assert 405 == ask(client, "/a/1", "PUT").status_code

    assert [f"{app.name}.kbn_schema.hello", f"{app.name}.kbn_schema"] == seen


def hello_again(context, request, response):
    return response.ok(body=request.api_version)


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/a", "/a"),
        ("/a/{id}", "/a/<name>"),
        ("/a/{id}", "/a/<id:int>"),
        ("/a/{id}", "/a/<id:[a-z]{3}>"),
        ("/a/{id}", "/a/b"),
        ("/{r*}", "/<r:path>"),
        ("/{r*}", "/b/<id>"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"methods": ["POST"]}, {"host": "example.org"}])
def test_a_route_of_the_app_that_would_never_be_reached_is_refused(path, own, options):
    app = new_app()
    app.add_route(theirs, own, **options)
    before = app.router.routes

    with pytest.raises(ValueError, match=r"the app's own route \[/.+\] would never be reached"):
        mounted(path, app=app)
    assert before == app.router.routes


@pytest.mark.parametrize("make", [lambda: Blueprint("b"), lambda: None, lambda: Sanic])
def test_what_is_no_app_is_refused(make):
    with pytest.raises(TypeError, match="expected a Sanic but got"):
        sanic.mount(make(), Router())


def test_routes_of_several_routers_have_names_of_their_own():
    app = mounted("/a/{id}")
    mounted("/b", app=app)

    assert app.url_for("kbn_schema.GET /b") == "/b"


def test_a_second_router_may_take_the_rest():
    app = mounted("/a/{id}")
    mounted("/{rest*}", app=app)
    with sanic_client(app) as client:
        assert [{"id": "1"}, {"rest": "c"}] == [ask(client, path).json for path in ("/a/1", "/c")]


@pytest.mark.parametrize("paths", [["/a"], []])
def test_hooks_see_routes_that_were_declared_later(paths):
    router, seen = router_of(*paths), []
    app = sanic.mount(new_app(), router)
    app.on_request(lambda request: seen.append(request.name))
    with sanic_client(app) as client:
        assert 404 == ask(client, "/late").status_code
        router.get("/late", validate=False)(lambda context, request, response: response.ok(body="late"))
        assert "late" == ask(client, "/late").text

    assert [None, f"{app.name}.kbn_schema"] == seen


def test_a_router_may_be_mounted_once_requests_have_come():
    app, seen = mounted("/a"), []
    app.on_request(lambda request: seen.append(request.name))
    with sanic_client(app) as client:
        assert 404 == ask(client, "/b").status_code
        mounted("/b", app=app)
        assert 200 == ask(client, "/b").status_code

    assert f"{app.name}.kbn_schema.GET /b" == seen[-1]


def test_a_router_of_ones_own_stays():
    class Own(SanicRouter):
        def get(self, path, method, host):
            return super().get(path.replace("old", "own"), method, host)

    app = new_app(router=Own())
    app.add_route(theirs, "/own")
    with sanic_client(mounted("/a", app=app)) as client:
        assert ["{}", "theirs"] == [ask(client, path).text for path in ("/a", "/old")]
    assert isinstance(app.router, Own)


def test_the_router_may_be_asked_for_another_path():
    app, seen = new_app(), []
    app.add_route(theirs, "/own")
    app.on_request(lambda request: seen.append(request.app.router.get("/own", "GET", None)[1]))
    ask_once(mounted("/a", app=app), "/a")

    assert [theirs, theirs] == [*seen, app.router.get("/own", "GET", None)[1]]


def test_blueprints_stay():
    blueprint = Blueprint("b", url_prefix="/b")
    blueprint.add_route(theirs, "/<id>")
    blueprint.on_request(lambda request: text("blue"))
    app = new_app()
    app.blueprint(blueprint)
    with sanic_client(mounted("/a", app=app)) as client:
        assert ["{}", "blue"] == [ask(client, path).text for path in ("/a", "/b/1")]


@pytest.mark.parametrize("is_async", [True, False])
def test_what_sanic_answers_with_is_handed_on(is_async):
    def plain(context, request, response):
        return text("native", 202, headers={"x-a": "b"})

    async def asynchronous(context, request, response):
        return plain(context, request, response)

    answer = ask_once(mounted("/a", handler=asynchronous if is_async else plain), "/a")

    assert (202, "native", "b") == (*astuple(answer), answer.headers["x-a"])


def test_a_handler_may_answer_as_sanic_does(caplog):
    async def handler(context, request, response):
        if request.path == "/file":
            return await file_stream(__file__)
        answer = await request.unstable_raw_request().respond(content_type="text/csv")
        await answer.send("a,")
        await answer.send("b")
        return answer

    with sanic_client(mounted("/sent", "/file", handler=handler)) as client:
        assert ("a,b", "text/csv") == (
            ask(client, "/sent").text,
            ask(client, "/sent").headers["content-type"],
        )
        assert Path(__file__).read_bytes() == ask(client, "/file").content
    assert [] == errors_in(caplog)


@pytest.mark.parametrize("is_async", [True, False])
def test_what_sanic_raises_goes_to_its_handlers(is_async):
    def plain(context, request, response):
        raise Forbidden("short")

    async def asynchronous(context, request, response):
        plain(context, request, response)

    app = new_app()
    app.exception(Forbidden)(lambda request, error: text(f"{request.name}: {error}", 418))
    answer = ask_once(mounted("/a", handler=asynchronous if is_async else plain, app=app), "/a")

    name = "asynchronous" if is_async else "plain"
    assert (418, f"{app.name}.kbn_schema.{name}: short") == astuple(answer)


def test_our_errors_do_not_go_to_sanics_handlers():
    app = new_app()
    app.exception(Exception)(lambda request, error: text("theirs"))

    def handler(context, request, response):
        raise RuntimeError("secret")

    answer = ask_once(mounted("/a", handler=handler, app=app), "/a")

    assert (500, 500) == (answer.status_code, answer.json["statusCode"])


@pytest.mark.parametrize("has_asgi", [True, False])
@pytest.mark.parametrize("target", ["/whole", "/stream"])
def test_a_middleware_may_have_read_the_body(target, has_asgi):
    async def handler(context, request, response):
        body = request.body if target == "/whole" else jsons.loads(await request.body.read())
        return response.ok(body=[body, request.unstable_raw_request().json])

    async def read(request):
        await request.receive_body()

    app = new_app()
    app.on_request(read)
    router = router_of()
    router.post("/whole", validate={"body": s.object({"n": s.number()})})(handler)
    router.post("/stream", validate={"body": s.stream()})(handler)
    sanic.mount(app, router)
    if has_asgi:
        answer = asyncio.run(call_asgi(started(app), "POST", target, [JSON], b'{"n": 1}')).json()
    else:
        answer = ask_once(app, target, "POST", json={"n": 1}).json

    assert [{"n": 1}] * 2 == answer


def test_a_middleware_may_have_read_that_there_is_no_body():
    """Also under ASGI, where asking again would wait for ever."""

    async def read(request):
        await request.receive_body()

    async def pieces():
        yield "a"

    app = new_app()
    app.on_request(read)
    router = Router()
    router.post("/", validate={"body": s.maybe(s.any())})(
        lambda context, request, response: response.ok(body=pieces())
    )
    started(sanic.mount(app, router))

    assert b"a" == asyncio.run(asyncio.wait_for(call_asgi(app, "POST", "/"), 5)).body


def test_the_limit_of_sanic_is_not_ours():
    app = new_app()
    app.config.REQUEST_MAX_SIZE = 1000
    router = Router()
    router.post("/a", validate={"body": s.any()})(
        lambda context, request, response: response.ok(body=request.body)
    )
    app.add_route(own, "/own", methods=["POST"])
    with sanic_client(sanic.mount(app, router)) as client:
        assert [200, 413] == [
            ask(client, target, "POST", json="x" * 1000).status_code for target in ("/a", "/own")
        ]


def test_a_body_that_nobody_wants_is_no_error(caplog):
    with sanic_client(mounted("/a")) as client:
        answers = [ask(client, "/a", content=b"x" * 1000).status_code for _ in range(2)]

    assert ([200] * 2, []) == (answers, errors_in(caplog))


def test_a_body_of_a_head_request_is_no_exception(caplog):
    with sanic_client(mounted("/a")) as client:
        assert [200] * 2 == [ask(client, "/a", "HEAD", content=b"x").status_code for _ in range(2)]

    assert [] == [record for record in caplog.records if record.exc_info]


def errors_in(caplog):
    return [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(("method", "status"), [("GET", 205), ("HEAD", 205), ("GET", 200)])
def test_no_header_is_made_up(method, status):
    def handler(context, request, response):
        return response.custom(status_code=status, body="a" if status == 200 else None)

    answer = ask_once(mounted("/", handler=handler), "/", method)

    assert ("content-type" in answer.headers) == (status == 200)


def test_what_takes_too_long_is_sanics_to_end():
    told = []

    async def handler(context, request, response):
        await asyncio.Event().wait()

    app = new_app()
    app.config.RESPONSE_TIMEOUT = 0.1
    router = router_of("/", handler=handler, context=lambda: Told(told))
    answer = ask_once(sanic.mount(app, router), "/")

    assert (503, ["context"]) == (answer.status_code, told)


def test_a_handler_goes_on_when_its_client_leaves():
    """As under other servers; Sanic would cancel it."""
    told, go_on = [], threading.Event()

    async def handler(context, request, response):
        told.append("begun")
        await asyncio.to_thread(go_on.wait, TIMEOUT)
        told.append("done")
        return response.ok()

    with sanic_serving(sanic.mount(new_app(), router_of("/", handler=handler))) as port:
        with connect(port) as connection:
            connection.sendall(request_bytes("GET", "/"))
            assert wait_until(lambda: told)
        go_on.set()
        assert wait_until(lambda: "done" in told)


def test_what_fails_once_the_client_has_left_is_logged(caplog):
    async def pieces():
        try:
            while True:
                yield b"a" * 100
                await asyncio.sleep(0.001)
        finally:
            raise RuntimeError("not closed")

    def handler(context, request, response):
        return response.ok(body=pieces())

    with sanic_serving(sanic.mount(new_app(), router_of("/", handler=handler))) as port:
        with connect(port) as connection:
            connection.sendall(request_bytes("GET", "/"))
            assert connection.recv(1000)
        assert wait_until(lambda: "not closed" in caplog.text)


def test_a_client_that_leaves_does_not_break_off_what_is_closed():
    told, go_on = [], threading.Event()

    async def context():
        yield {}
        told.append("closing")
        await asyncio.to_thread(go_on.wait, TIMEOUT)
        told.append("closed")

    async def pieces():
        yield b"a" * 100

    def handler(context, request, response):
        return response.ok(body=pieces())

    app = sanic.mount(new_app(), router_of("/", handler=handler, context=context))
    with sanic_serving(app) as port:
        with connect(port) as connection:
            connection.sendall(request_bytes("GET", "/"))
            assert wait_until(lambda: told)
        time.sleep(0.05)  # until the server knows
        go_on.set()
        assert wait_until(lambda: "closed" in told)


@pytest.mark.parametrize("target", ["/a", "/stream"])
def test_a_client_that_leaves_a_body_behind_leaves_no_task(target):
    """It has its answer, but Sanic waits for the rest of what it announced."""

    def handler(context, request, response):
        return response.ok(body=iter(["a"]) if target == "/stream" else "a")

    async def count(context, request, response):
        return response.ok(body=len(asyncio.all_tasks()))

    app = mounted("/a", "/stream", handler=handler)
    with sanic_serving(mounted("/count", handler=count, app=app)) as port:
        before = send(port, "GET", "/count").json()
        for _ in range(10):
            with connect(port) as connection:
                connection.sendall(request_bytes("GET", target, [("Content-Length", "100")]) + b"a")
                assert b" 200 " in connection.recv(1000)
        assert wait_until(lambda: before == send(port, "GET", "/count").json(), 2)


def test_chunks_that_are_malformed_are_refused_in_the_format_of_errors():
    router = Router()
    router.post("/", validate={"body": s.any()})(hello)
    raw = request_bytes("POST", "/", [JSON, ("Transfer-Encoding", "chunked")], b"zz\r\n")
    with sanic_serving(sanic.mount(new_app(), router)) as port:
        answer = exchange(port, raw)

    assert (400, "the request body could not be read") == (answer.status, answer.json()["message"])


def test_a_body_that_nobody_wants_has_a_limit():
    app = new_app()
    app.config.REQUEST_MAX_SIZE = 1000
    raw = request_bytes("GET", "/a", [("Content-Length", "2000")]).replace(b"Connection: close\r\n", b"")
    with sanic_serving(mounted("/a", app=app)) as port, connect(port) as connection:
        connection.sendall(raw + b"x")
        answer = b"".join(iter(lambda: connection.recv(1000), b""))  # it hangs up

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("end", [b"zz\r\n", b""])
def test_an_answer_to_chunks_that_are_malformed_is_not_whole(end, caplog):
    async def handler(context, request, response):
        return response.ok(body=aiter(request.body))

    router = Router()
    router.post("/", validate={"body": s.stream()})(handler)
    chunks = b"3\r\nabc\r\n"
    with sanic_serving(sanic.mount(new_app(), router)) as port, connect(port) as connection:
        connection.sendall(request_bytes("POST", "/", [("Transfer-Encoding", "chunked")], chunks))
        answer = connection.recv(1000)
        connection.sendall(end)
        if not end:
            connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(1000):
            answer += piece

    assert (True, False) == (b" 200 OK" in answer, answer.endswith(b"0\r\n\r\n"))
    assert [] == errors_in(caplog)


@pytest.mark.parametrize("target", ["/body", "/stream", "/validated"])
def test_a_client_of_an_asgi_server_that_leaves_calls_no_handler(target, caplog):
    """Sanic would take it for the end of the body."""
    called = []

    async def handler(context, request, response):
        if target == "/stream":
            await request.body.read()
        called.append(request)
        return response.ok()

    @sanic.validated(body=s.any())
    async def view(request, valid):
        called.append(request)

    app = new_app()
    app.post("/validated")(view)
    router = router_of()
    router.post("/body", validate={"body": s.any()})(handler)
    router.post("/stream", validate={"body": s.stream()})(handler)
    started(sanic.mount(app, router))

    async def main():
        line = Line({"type": "http.request", "body": b"1", "more_body": True}, {"type": "http.disconnect"})
        await asyncio.wait_for(app(make_scope("POST", target, [JSON]), line.receive, line.send), 5)

    asyncio.run(main())

    assert [] == called
    assert [] == errors_in(caplog)


class Both(HTTPMethodView):
    @sanic.validated(body=OWN_BODY)
    async def post(self, request, valid, id):
        return json([valid.body, id, type(self).__name__])

    async def put(self, request, id):
        return json(request.json)


def test_methods_of_a_view_do_not_disturb_each_other():
    app = new_app()
    app.add_route(Both.as_view(), "/<id>")
    with sanic_client(app) as client:
        answers = [ask(client, "/a", method, json={"n": 1}).json for method in ("POST", "PUT")]
        refused = ask(client, "/a", "POST", json={})

    assert [[{"n": 1}, "a", "Both"], {"n": 1}] == answers
    assert (400, 400) == (refused.status_code, refused.json["statusCode"])


def test_a_view_without_a_rule_for_the_body_reads_it_as_before():
    app = new_app()

    @app.post("/a")
    @sanic.validated(query=s.object({"q": s.number()}))
    async def view(request, valid):
        return json([valid.query, request.json])

    assert [{"q": 1}, {"n": 2}] == ask_once(app, "/a?q=1", "POST", json={"n": 2}).json


def test_a_decorator_may_be_for_all_methods_of_a_view():
    class View(HTTPMethodView):
        decorators = (sanic.validated(body=s.any()),)

        async def post(self, request, valid):
            return json(valid.body)

    app = new_app()
    app.add_route(View.as_view(), "/a")

    assert {"n": 2} == ask_once(app, "/a", "POST", json={"n": 2}).json


def test_arguments_are_converted_as_the_signature_says():
    app = new_app()

    @app.get("/<id>/<name>")
    @sanic.validated(params=s.any())
    async def view(request, valid, id: int, name):
        return json([id, valid.params])

    with sanic_client(app) as client:
        assert [1, {"id": 1, "name": "2"}] == ask(client, "/1/2").json
        assert 404 == ask(client, "/x/2").status_code


def test_a_wrapper_has_the_name_of_the_view():
    wrapper = sanic.validated()(theirs)

    assert ("theirs", theirs.__doc__) == (wrapper.__name__, wrapper.__doc__)
    assert not hasattr(wrapper, "__wrapped__")


def test_a_middleware_that_asks_for_the_body_sees_it():
    app, seen = new_app(), []
    router = Router()
    router.post("/a", validate={"body": s.object({"n": s.number()})})(
        lambda context, request, response: response.ok(body=request.body)
    )
    sanic.mount(app, router)

    @app.on_request
    async def look(request):
        seen.append(request.body)
        await request.receive_body()
        seen.append(request.body)

    with sanic_client(app) as client:
        assert {"n": 1} == ask(client, "/a", "POST", json={"n": 1}).json
    assert [b"", b'{"n":1}'] == seen
