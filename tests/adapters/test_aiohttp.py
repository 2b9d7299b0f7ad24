import asyncio
import contextlib
import gc
import gzip
import inspect
import logging
import os
import queue
import re
import socket
import subprocess
import sys
import threading
import time
import zlib
from itertools import count
from types import MappingProxyType

import pytest
from aiohttp import ClientPayloadError, DummyCookieJar, ServerDisconnectedError, web, web_urldispatcher
from aiohttp.helpers import NO_EXTENSIONS
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.test_utils import TestClient as Client
from aiohttp.test_utils import TestServer as Server
from yarl import URL

from kbn_schema import schema
from kbn_schema.adapters import aiohttp, aiohttp_messages
from kbn_schema.http import Router
from tests.adapters.contract import (
    BYTES,
    JSON,
    OWN_BODY,
    OWN_PARTS,
    Answer,
    Contract,
    ValidatedContract,
    as_data,
)
from tests.adapters.leaving import InThisProcess
from tests.adapters.mounting import Mounting, hello, router_of
from tests.adapters.onaloop import Held
from tests.adapters.routes import make_router
from tests.adapters.servers import (
    ROOT,
    TIMEOUT,
    OnTheLine,
    chunked,
    connect,
    exchange,
    read_answer,
    request_bytes,
    send,
    wait_until,
)

s = schema


@contextlib.contextmanager
def serving(app, **options):
    """The port on which a server of aiohttp's in a thread serves *app*, until the block ends."""
    loops = []

    async def serve(listener):
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2, **options)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        stop = asyncio.Event()
        loops.append((asyncio.get_running_loop(), stop))
        started.set()
        await stop.wait()
        await runner.cleanup()

    started = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(serve(listener)), daemon=True)
        thread.start()
        try:
            assert started.wait(TIMEOUT)
            yield listener.getsockname()[1]
        finally:
            for loop, stop in loops:
                loop.call_soon_threadsafe(stop.set)
            thread.join(TIMEOUT)
            assert not thread.is_alive()


@web.middleware
async def nothing_here(request, handler):
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return web.Response(status=404, text="nothing here")


async def theirs(request):
    try:
        return web.Response(body=b"own " + await request.read())
    except (ConnectionError, web.RequestPayloadError):  # which aiohttp would log
        return web.Response(status=400)


def make_app(is_async=True):
    app = web.Application(middlewares=[nothing_here], client_max_size=10)
    app.router.add_post("/own", theirs)
    return aiohttp.mount(app, make_router(is_async))


LOOP = asyncio.Runner()  # of all clients: an application has one


@pytest.fixture(scope="module", autouse=True)
def runner():
    with LOOP:
        yield LOOP


def client_fixture(make):
    """A client of aiohttp's own for what *make* gives."""

    @pytest.fixture(scope="module")
    def client(runner):
        async def start():
            client = Client(Server(make()), cookie_jar=DummyCookieJar())
            await client.start_server()
            return client

        client = runner.run(start())
        yield client
        runner.run(client.close())

    return client


@aiohttp.validated(**OWN_PARTS)
async def own(request, valid):
    return web.json_response(as_data(valid))


class OwnBody:
    @aiohttp.validated(body=OWN_BODY, options=OWN_PARTS["options"])
    async def post(self, request, valid):
        assert isinstance(self, OwnBody)
        return web.json_response(as_data(valid))


class Bare(web.View):
    @aiohttp.validated()
    async def get(self, valid):
        assert isinstance(self.request, web.Request)
        return web.json_response(as_data(valid))


def make_own():
    app = web.Application()
    app.router.add_post(r"/own/{id:\d+}", own)
    app.router.add_post("/body", OwnBody().post)
    app.router.add_view("/bare", Bare)
    return aiohttp.mount(app, make_router(is_async=True))


async_client = client_fixture(make_app)
plain_client = client_fixture(lambda: make_app(is_async=False))
own_client = client_fixture(make_own)


@pytest.fixture(scope="module")
def port():
    with serving(make_app()) as port:
        yield port


class TestOverASocket(OnTheLine, InThisProcess, Contract):
    UNLIKE = MappingProxyType(
        {
            "latin-1 headers": "aiohttp writes headers as UTF-8",
            "method get": "llhttp refuses it with 400",
            "method BREW": "llhttp refuses it with 400",
        }
    )

    @pytest.fixture(autouse=True)
    def _served(self, port):
        self.port = port

    @pytest.mark.parametrize("origin", ["http://evil.example", "x://y"])
    def test_an_absolute_target_is_its_path_where_the_server_says_so(self, origin):
        super().test_an_absolute_target_is_its_path_where_the_server_says_so(origin)

    def test_an_absolute_target_without_a_host_is_no_error(self):
        """aiohttp refuses it, since 3.14.1."""
        assert self.send("GET", "http:///api/items/1").status in (200, 400)

    def test_a_body_longer_than_its_length_is_cut(self):
        """aiohttp refuses a request together with what comes with it, if that is no request."""
        headers = [JSON, ("Content-Length", "8")]

        assert 400 == self.send("POST", "/api/items", headers, b'{"n": 1}, 2').status

    def errors_logged(self):
        return errors(super().errors_logged())


def errors(records):
    """Those of *records* that aiohttp does not write wherever something is no HTTP."""
    return [
        record
        for record in records
        if not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
    ]


class ByItsClient(Contract):
    """How a request goes through the client of aiohttp's that a subclass sets."""

    UNLIKE = MappingProxyType(
        {
            "latin-1 headers": "aiohttp reads and writes headers as UTF-8",
            "method get": "the client writes methods in upper case",
            "method BREW": "llhttp refuses it with 400",
        }
    )

    def send(self, method, target, headers=(), body=None):
        return self.runner.run(asked(self.client, method, target, headers, body))

    def send_chunks(self, method, target, headers, chunks):
        async def pieces():
            for chunk in chunks:
                yield chunk

        return self.send(method, target, headers, pieces())

    def is_torn(self, target):
        with pytest.raises(ClientPayloadError):
            self.send("GET", target)
        return True


async def asked(client, method, target, headers=(), body=None):
    """What *client* is answered; nothing is added to *headers*."""
    headers = [(name.lower(), value) for name, value in headers]  # of two cases, it would send one
    async with client.session.request(
        method,
        URL(f"http://127.0.0.1:{client.port}{target}", encoded=True),
        headers=[*headers, ("Connection", "close")],
        data=body,
        skip_auto_headers=["Accept", "Accept-Encoding", "Content-Type", "User-Agent"],
        allow_redirects=False,
    ) as response:
        pairs = tuple((name.lower(), value) for name, value in response.headers.items())
        return Answer(response.status, pairs, await response.read())


class TestWithItsClient(ByItsClient):
    @pytest.fixture(autouse=True)
    def _client(self, runner, async_client):
        self.runner, self.client = runner, async_client


class TestPlainHandlers(ByItsClient):
    @pytest.fixture(autouse=True)
    def _client(self, runner, plain_client):
        self.runner, self.client = runner, plain_client


class TestValidated(ValidatedContract):
    send = ByItsClient.send

    @pytest.fixture(autouse=True)
    def _client(self, runner, own_client):
        self.runner, self.client = runner, own_client

    @pytest.mark.parametrize("size", [8, 100_000])
    def test_a_zipped_body_is_inflated_where_that_was_asked_for(self, size):
        """Also where aiohttp has done so."""
        body = b"x" * size
        answer = ask(zipped_app(), "POST", "/", [("Content-Encoding", "gzip")], gzip.compress(body))

        assert (200, body) == (answer.status, answer.body) if size == 8 else 413 == answer.status


def zipped_app(**options):
    @aiohttp.validated(body=s.buffer(), options={"body": {"parse": "gunzip", "max_bytes": 1000}})
    async def post(request, valid):
        return web.Response(body=valid.body)

    app = web.Application(**options)
    app.router.add_post("/", post)
    return app


def ask(app, method, target, headers=(), body=None, **options):
    """What a server of *app* answers."""

    async def main():
        async with Client(Server(app, **options), cookie_jar=DummyCookieJar()) as client:
            return await asked(client, method, target, headers, body)

    return LOOP.run(main())


async def as_text(request):
    return web.Response(text="theirs")


class TestMounting(Mounting):
    mount = staticmethod(aiohttp.mount)
    new_app = staticmethod(web.Application)
    REST = "{rest:.*}"

    def add_theirs(self, app, path):
        app.router.add_get(path, as_text)

    def get(self, app, target):
        return ask(app, "GET", target)


@pytest.mark.parametrize("inflates", [True, False])
@pytest.mark.parametrize(
    ("status", "coding", "body"),
    [
        (200, "gzip", gzip.compress(b"abc", mtime=0)),
        (200, "X-Gzip", gzip.compress(b"abc", mtime=0)),
        (200, "deflate", zlib.compress(b"abc")),
        (200, "identity", b"abc"),
        (413, "gzip", gzip.compress(b"x" * 10_000_000, mtime=0)),
        (400, "gzip", b"abc"),
        (400, "deflate", zlib.compress(b"abc" * 100)[:-9]),
        (415, "gzip, gzip", gzip.compress(gzip.compress(b"abc", mtime=0), mtime=0)),
    ],
    ids=count(),
)
def test_a_body_is_inflated_once(inflates, status, coding, body, caplog):
    """Whether aiohttp does so, or leaves it to us."""
    router = Router()
    options = {"body": {"parse": "gunzip", "max_bytes": 1000}}
    router.post("/", validate={"body": s.buffer()}, options=options)(
        lambda context, request, response: response.ok(body=request.body)
    )
    for app in (
        zipped_app(handler_args={"auto_decompress": inflates}),
        aiohttp.mount(web.Application(handler_args={"auto_decompress": inflates}), router),
    ):
        answer = ask(app, "POST", "/", [("Content-Encoding", coding)], body)

        assert status == answer.status
        if status == 200:
            assert b"abc" == answer.body
    assert [] == errors(caplog.records)


def test_a_coding_that_nobody_knows_is_415():
    """Where aiohttp inflates, it answers itself."""
    app = zipped_app(handler_args={"auto_decompress": False})

    assert 415 == ask(app, "POST", "/", [("Content-Encoding", "br")], b"abc").status


def test_a_zipped_body_that_is_cut_short_is_noticed_where_aiohttp_leaves_it_to_us():
    body = gzip.compress(b"abc" * 100)[:-9]
    app = zipped_app(handler_args={"auto_decompress": False})

    assert 400 == ask(app, "POST", "/", [("Content-Encoding", "gzip")], body).status


def app_of(*paths, **options):
    app = web.Application(**options)
    for path in paths:
        app.router.add_route("*", path, theirs)
    return app


def test_the_router_goes_before_what_aiohttp_would_find_first():
    app = aiohttp.mount(app_of("/a/b/{x:.*}"), router_of("/a/{one}/{two}"))

    assert [b'{"one":"b","two":"c"}', b"own "] == [
        ask(app, "GET", path).body for path in ("/a/b/c", "/a/b/c/d")
    ]


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/a", "/a"),
        ("/", "/"),
        ("/", ""),
        ("/a/{id}", "/a/{name}"),
        ("/a/{id}", r"/a/{id:\d+}"),
        ("/a/{id}", r"/a/{x:(?:b|(c))}"),
        ("/a/{id}", "/a/b"),
        ("/a/{r*}", "/a/{tail:.*}"),
        ("/{r*}", "/b/{id}"),
        ("/a.b/{x}/{r*}", r"/a.b/{x}/{tail:[^{}]+}"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_route_of_the_app_that_would_never_be_reached_is_refused(path, own, method):
    app = web.Application()
    app.router.add_route(method, own, theirs)

    with pytest.raises(ValueError, match=r"the app's own route \[.*\] would never be reached"):
        aiohttp.mount(app, router_of(path))
    assert 1 == len(app.router.resources())


def test_files_of_the_app_are_not_hidden_by_files_of_ours(tmp_path):
    app = web.Application()
    app.router.add_static("/files", tmp_path)
    router = Router()
    router.static("/files", tmp_path)

    with pytest.raises(ValueError, match=re.escape("the app's own route [/files] would never be reached")):
        aiohttp.mount(app, router)


def test_the_paths_of_an_app_in_the_app_are_its_own():
    app = web.Application()
    app.add_subapp("/sub", app_of("/{name}"))

    with pytest.raises(ValueError, match=re.escape("[/sub/{name}] would never be reached")):
        aiohttp.mount(app, router_of("/sub/{id}"))


def test_what_finds_our_routes_has_none_of_its_own_to_show():
    """Each route is shown by a resource of its own: whoever counts routes counts none twice."""
    finding = aiohttp.RouterResource(router_of("/a/{id}"))
    finding.add_prefix("/api")

    assert (0, [], "<RouterResource /api/{path}>") == (len(finding), list(finding), repr(finding))


def test_a_stream_that_a_middleware_has_sent_is_not_sent_again():
    @web.middleware
    async def send_at_once(request, handler):
        response = await handler(request)
        await response.prepare(request)
        return response

    def handler(context, request, response):
        return response.ok(body=iter([b"a", b"b"]))

    app = aiohttp.mount(web.Application(middlewares=[send_at_once]), router_of("/", handler=handler))

    assert b"ab" == ask(app, "GET", "/").body


def test_an_app_that_has_started_takes_no_router():
    app = web.Application()
    app.freeze()

    with pytest.raises(RuntimeError, match="frozen"):
        aiohttp.mount(app, router_of("/a"))
    assert [] == list(app.router.resources())


@pytest.mark.parametrize("app", [web.RouteTableDef(), web.UrlDispatcher(), None])
def test_what_is_no_application_is_refused(app):
    with pytest.raises(TypeError, match=r"expected an aiohttp\.web\.Application but got \["):
        aiohttp.mount(app, router_of("/a"))


def sub_app(prefix, inner, outer=None):
    app = outer or web.Application()
    app.add_subapp(prefix, inner)
    return app


def test_an_app_in_an_app_has_its_own_paths():
    inner = aiohttp.mount(web.Application(), router_of("/a/{id}", "/", method="post"))
    app = sub_app("/out", sub_app("/in", inner))

    assert {"id": "b/c"} == ask(app, "POST", "/out/in/a/b%2Fc").json()
    assert {"id": "b"} == ask(app, "POST", "/o%75t/in/a/b").json()
    assert 200 == ask(app, "POST", "/out/in/").status
    assert "POST, OPTIONS" == ask(app, "GET", "/out/in/a/b").headers["allow"].replace(
        "OPTIONS, POST", "POST, OPTIONS"
    )
    targets = ("/a/b", "/in/a/b", "/out/a/b", "/out/in/a/b/c", "/out/in", "/outx/in/a/b", "/out/out/in/a/b")
    assert [404] * 7 == [ask(app, "POST", target).status for target in targets]
    url = next(iter(inner.router.routes())).url_for(id="x/y")
    assert "/out/in/a/x%2Fy" == str(url)


def test_a_url_without_anything_below_the_prefix_of_an_app_is_answered():
    inner = aiohttp.mount(web.Application(), router_of("/{id?}"))
    app = sub_app("/out", inner)
    url = str(inner.router["kbn_schema.hello"].url_for())

    assert ("/out/", 200) == (url, ask(app, "GET", url).status)


def test_hosts_of_the_app_are_asked_first():
    app = web.Application()
    app.add_domain("example.org", app_of("/a"))
    aiohttp.mount(app, router_of("/a"))

    assert [b"own ", b"{}"] == [ask(app, "GET", "/a", [("Host", host)]).body for host in ("example.org", "x")]


def test_what_aiohttp_answers_with_is_handed_on():
    def handler(context, request, response):
        return web.Response(text="native", status=202, headers={"x-a": "b"})

    answer = ask(aiohttp.mount(web.Application(), router_of("/", handler=handler)), "GET", "/")

    assert (202, b"native", "b") == (answer.status, answer.body, answer.headers["x-a"])


def test_a_handler_may_send_a_stream_of_aiohttps():
    async def handler(context, request, response):
        answer = web.StreamResponse()
        await answer.prepare(request.unstable_raw_request())
        await answer.write(b"native")
        return answer

    assert (
        b"native" == ask(aiohttp.mount(web.Application(), router_of("/", handler=handler)), "GET", "/").body
    )


@pytest.mark.parametrize("is_async", [True, False])
def test_what_aiohttp_raises_goes_to_its_middlewares(is_async):
    def plain(context, request, response):
        raise web.HTTPConflict(text="short")

    async def asynchronous(context, request, response):
        plain(context, request, response)

    @web.middleware
    async def explain(request, handler):
        try:
            return await handler(request)
        except web.HTTPException as error:
            return web.Response(status=418, text=f"{request.path}: {error.text}")

    app = web.Application(middlewares=[explain])
    aiohttp.mount(app, router_of("/a", handler=asynchronous if is_async else plain))
    answer = ask(app, "GET", "/a")

    assert (418, b"/a: short") == (answer.status, answer.body)


async def letters():
    yield b"a"
    yield b"b"


@pytest.mark.filterwarnings("ignore:It is recommended to use web.RequestKey")  # which aiohttp 3.10 lacks
@pytest.mark.parametrize("kind", ["native", "whole", "stream"])
def test_the_app_wraps_its_middlewares_around(kind):
    key = web.AppKey("name", str)

    def handler(context, request, response):
        raw = request.unstable_raw_request()
        text = f"{raw['user']} {raw.path} {raw.headers['x-b']} {raw.app[key]} {raw.match_info['id']}"
        if kind == "native":
            return web.Response(text=text)
        return response.ok(body=text if kind == "whole" else iter([text]))

    @web.middleware
    async def login(request, handler):
        request["user"] = "ann"
        answer = await handler(request)
        answer.headers["x-login"] = f"{answer.status} {answer.prepared}"
        answer.enable_compression()
        return answer

    async def sign(request, answer):
        answer.headers["x-signed"] = request["user"]

    app = web.Application(middlewares=[login])
    app[key] = "app"
    app.on_response_prepare.append(sign)
    aiohttp.mount(app, router_of("/a/{id}", handler=handler))
    answer = ask(app, "GET", "/a/c%2Fd", [("x-b", "e"), ("Accept-Encoding", "gzip")])

    assert (b"ann /a/c/d e app c/d", "200 False", "ann", "gzip") == (
        answer.body,
        answer.headers["x-login"],
        answer.headers["x-signed"],
        answer.headers["content-encoding"],
    )


@pytest.mark.parametrize(
    ("method", "target", "seen"),
    [
        ("GET", "/a/b%2Fc", ["kbn_schema.hello", "/a/{id}", "GET", {"id": "b/c"}, "hello"]),
        ("HEAD", "/a/b", ["kbn_schema.hello", "/a/{id}", "GET", {"id": "b"}, "hello"]),
        ("GET", "/a/%ff", ["kbn_schema.hello", "/a/{id}", "GET", {}, "hello"]),
        ("PUT", "/a/b", [None, "/{path}", "*", {}, "_handle"]),
        ("GET", "/late", [None, "/{path}", "*", {}, "_handle"]),
        ("GET", "/own/b", ["own", "/own/{x}", "GET", {"x": "b"}, "theirs"]),
    ],
)
def test_middlewares_see_the_route_that_answers(method, target, seen):
    told = []

    @web.middleware
    async def look(request, handler):
        info = request.match_info
        route = info.route
        told.append([route.name, route.resource.canonical, route.method, dict(info), info.handler.__name__])
        assert info.http_exception is None
        return await handler(request)

    app = web.Application(middlewares=[look])
    app.router.add_get("/own/{x}", theirs, name="own")
    router = router_of("/a/{id}")
    aiohttp.mount(app, router)
    router.get("/late", validate=False)(hello)
    ask(app, method, target)

    assert [seen] == told


def test_a_middleware_may_answer_itself_or_hand_on_another_request():
    @web.middleware
    async def change(request, handler):
        if "x-stop" in request.headers:
            return web.Response(text="stopped")
        if "x-as" in request.headers:
            return await handler(request.clone(method=request.headers["x-as"]))
        if "x-twice" in request.headers:
            await handler(request)
        return await handler(request)

    app = web.Application(middlewares=[change])
    aiohttp.mount(app, router_of("/a/{id}"))

    assert b"stopped" == ask(app, "GET", "/a/b", [("x-stop", "1")]).body
    assert (
        405 == ask(app, "PUT", "/a/b", [("x-as", "GET")]).status
    )  # the route was chosen, as aiohttp does it
    assert {"id": "b"} == ask(app, "GET", "/a/b", [("x-twice", "1")]).json()


def test_a_middleware_may_send_what_aiohttp_normalizes():
    """That is what its users ask it for."""
    app = web.Application(middlewares=[web.normalize_path_middleware()])
    aiohttp.mount(app, router_of("/a/"))
    answer = ask(app, "GET", "/a")

    assert (308, "/a/") == (answer.status, answer.headers["location"])


@pytest.mark.parametrize(
    ("read", "status"),
    [("read", 201), ("text", 201), ("json", 201), ("post", 201), ("content", 400)],
)
def test_a_middleware_may_read_the_body_first(read, status):
    @web.middleware
    async def log(request, handler):
        reading = request.content.read if read == "content" else getattr(request, read)
        await reading()
        return await handler(request)

    app = web.Application(middlewares=[log])
    aiohttp.mount(app, make_router(is_async=True))
    answer = ask(app, "POST", "/api/items", [JSON], b'{"n": 1}')

    assert status == answer.status


def test_a_middleware_may_read_a_body_that_is_inflated():
    @web.middleware
    async def log(request, handler):
        await request.read()
        return await handler(request)

    app = web.Application(middlewares=[log])
    aiohttp.mount(app, make_router(is_async=True))
    zipped = ("Content-Encoding", "gzip")

    assert [200, 415] == [
        ask(app, "POST", target, [type_, zipped], gzip.compress(b'{"n": 1}')).status
        for target, type_ in [("/api/zipped", BYTES), ("/api/items", JSON)]
    ]


def headers_of(answer):
    return {name for name, _ in answer.pairs} - {"date", "server", "connection"}


@pytest.mark.parametrize(
    ("method", "target", "names"),
    [
        ("GET", "/json", {"content-type", "content-length"}),
        ("HEAD", "/json", {"content-type", "content-length"}),
        ("GET", "/empty", {"content-type", "content-length"}),
        ("DELETE", "/none", set()),
        ("GET", "/known", {"etag"}),
        ("GET", "/stream", {"content-type", "transfer-encoding"}),
        ("HEAD", "/stream", {"content-type"}),
        ("OPTIONS", "/json", {"allow"}),
    ],
)
def test_an_answer_has_no_headers_but_ours(method, target, names):
    router = Router()
    router.get("/json", validate=False)(lambda context, request, response: response.ok(body={}))
    router.get("/empty", validate=False)(lambda context, request, response: response.ok())
    router.delete("/none", validate=False)(lambda context, request, response: response.no_content())
    router.get("/known", validate=False)(
        lambda context, request, response: response.ok(body="a", headers={"etag": "a"})
    )
    router.get("/stream", validate=False)(lambda context, request, response: response.ok(body=letters()))
    answer = ask(aiohttp.mount(web.Application(), router), method, target, [("If-None-Match", '"a"')])

    assert names | {"x-content-type-options", "cache-control"} == headers_of(answer)


def held_app(middleware=None, patience=0):
    held = Held(patience)
    router = Router(context=held)

    @router.get("/", validate=False)
    async def stream(context, request, response):
        return response.ok(body=letters())

    app = web.Application(middlewares=[middleware] if middleware else [])
    return aiohttp.mount(app, router), held


def test_a_stream_ends_in_the_task_that_began_it():
    app, held = held_app()

    assert b"ab" == ask(app, "GET", "/").body
    assert [True] == held.left


@pytest.mark.parametrize("how", ["replaced", "raised"])
def test_a_stream_that_a_middleware_puts_aside_is_closed(how):
    @web.middleware
    async def replace(request, handler):
        await handler(request)
        gc.collect()
        if how == "raised":
            raise web.HTTPConflict
        return web.Response(text="other")

    app, held = held_app(replace)

    assert (200 if how == "replaced" else 409) == ask(app, "GET", "/").status
    assert [False] == held.left  # it was the last to know


def test_a_stream_whose_head_cannot_be_sent_is_closed(caplog):
    async def fail(request, answer):
        raise LookupError("failed")

    app, held = held_app()
    app.on_response_prepare.append(fail)

    with pytest.raises(ServerDisconnectedError):
        ask(app, "GET", "/")
    assert [True] == held.left
    assert ["Unhandled exception"] == [record.getMessage() for record in caplog.records]


def test_a_stream_shorter_than_it_was_announced_does_not_look_whole(caplog):
    def handler(context, request, response):
        return response.file(body=letters(), filename="a", file_content_size=3)

    with pytest.raises(ClientPayloadError):
        ask(aiohttp.mount(web.Application(), router_of("/", handler=handler)), "GET", "/")
    assert "the stream is shorter than its content-length" in caplog.text


@pytest.mark.parametrize("cancels", [True, False])
def test_a_client_that_leaves_ends_what_waits(cancels, caplog):
    """Whether the server cancels handlers then, or not."""
    told = queue.Queue()

    async def pieces():
        try:
            yield b"a"
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)  # closing may take its time
            told.put("closed")

    async def handler(context, request, response):
        return response.ok(body=pieces())

    with serving(
        aiohttp.mount(web.Application(), router_of("/", handler=handler)), handler_cancellation=cancels
    ) as port:
        with connect(port) as connection:
            connection.sendall(request_bytes("GET", "/"))
            while b"a\r\n" not in connection.recv(1000):
                pass

        assert "closed" == told.get(timeout=TIMEOUT)
    assert [] == [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_client_that_leaves_does_not_break_off_what_is_closed(monkeypatch):
    monkeypatch.setattr(aiohttp_messages, "INTERVAL", 0.001)
    app, held = held_app(patience=0.1)
    with serving(app) as port:
        with connect(port) as connection:
            connection.sendall(request_bytes("GET", "/"))
            assert held.begun.wait(TIMEOUT)

        assert wait_until(lambda: held.left == [True])


@pytest.mark.parametrize("cancels", [True, False])
def test_bodies_that_do_not_come_are_no_errors(cancels, caplog):
    with serving(make_app(), handler_cancellation=cancels) as port:
        for target in ("/api/items", "/api/drain", "/api/echo"):
            with connect(port) as connection:
                connection.sendall(request_bytes("POST", target, [JSON, ("Content-Length", "20")]) + b"{")
        with connect(port) as connection:
            connection.sendall(request_bytes("GET", "/api/state"))
            assert b" 200 " in connection.recv(1000)
    assert [] == [record for record in caplog.records if record.levelno >= logging.WARNING]


CHUNKED = [JSON, ("Transfer-Encoding", "chunked")]


@pytest.mark.parametrize("target", ["/api/items", "/api/drain"])
@pytest.mark.parametrize("chunk", [b"zz\r\n", b"3\r\nabcd\r\n", b"5\r\nabc\r\n0\r\n\r\n", b"\xff\r\n"])
def test_a_chunk_that_becomes_malformed_later_is_400(port, target, chunk, caplog):
    """The parser written in C tells whoever reads next, but not whoever reads now."""
    with connect(port) as connection:
        connection.sendall(request_bytes("POST", target, CHUNKED) + b"2\r\nab\r\n")
        time.sleep(0.05)
        connection.sendall(chunk)
        answer = read_answer(connection)

        assert (400, "the request body could not be read") == (answer.status, answer.json()["message"])
        assert b"" == connection.recv(1000)
    assert [] == caplog.records


def test_an_answer_is_torn_where_the_body_that_it_hands_on_becomes_malformed(port, caplog):
    with connect(port) as connection:
        connection.sendall(request_bytes("POST", "/api/echo", CHUNKED) + b"2\r\nab\r\n")
        answer = b""
        while not answer.endswith(b"2\r\nab\r\n"):
            answer += connection.recv(1000)
        connection.sendall(b"zz\r\n")

        assert b"" == connection.recv(1000)
    assert [] == caplog.records


def test_an_answer_is_torn_where_the_body_that_it_hands_on_becomes_too_large(port, caplog):
    headers = [("Transfer-Encoding", "chunked")]
    with connect(port) as connection, contextlib.suppress(OSError):
        connection.sendall(request_bytes("POST", "/api/echo", headers, chunked([b"x" * 50_000] * 10)))
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))

        assert answer.startswith(b"HTTP/1.1 200 ")
        assert not answer.endswith(b"0\r\n\r\n")
    assert [] == [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    ("status", "target", "headers", "told"),
    [
        (201, "/api/items", [("Content-Length", "8")], True),
        (413, "/api/items", [("Content-Length", "8000")], False),
        (200, "/api/ignored", [("Content-Length", "8")], False),
        (405, "/api/items/1", [("Content-Length", "8")], False),
    ],
)
def test_a_client_that_asks_to_go_on_is_told_what_becomes_of_its_body(port, status, target, headers, told):
    headers = [JSON, ("Expect", "100-Continue"), *headers]
    raw = request_bytes("POST", target, headers).replace(b"Connection: close\r\n", b"")
    with connect(port) as connection:
        connection.sendall(raw)
        if told:
            assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(b'{"n": 1}')
        answer = read_answer(connection)

    assert status == answer.status
    assert (None if told else "close") == answer.headers.get("connection")


def test_a_client_that_leaves_before_it_is_told_to_go_on_is_no_error(monkeypatch, caplog):
    tell, begun, told = web_urldispatcher._default_expect_handler, threading.Event(), threading.Event()

    async def tell_late(request):
        begun.set()
        while request.transport is not None and not request.transport.is_closing():
            await asyncio.sleep(0.01)
        try:
            await tell(request)
        except ConnectionResetError:
            told.set()
            raise

    monkeypatch.setattr(web_urldispatcher, "_default_expect_handler", tell_late)
    headers = [JSON, ("Expect", "100-continue"), ("Content-Length", "8")]
    with serving(make_app()) as port:
        with connect(port) as connection:
            connection.sendall(request_bytes("POST", "/api/items", headers))
            assert begun.wait(5)
        assert told.wait(5)

    assert [] == [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_an_expectation_that_nobody_knows_is_let_pass(port):
    headers = [JSON, ("Expect", "\xff")]

    assert 201 == send(port, "POST", "/api/items", headers, b'{"n": 1}').status


def test_headers_are_read_as_latin_1(port):
    assert "é" == send(port, "GET", "/api/headers", [("X-One", "é")]).json()["X-One"]


def test_requests_that_wait_in_line_are_answered_in_turn(port):
    first = request_bytes("POST", "/api/items", [JSON], b'{"n": 1}').replace(b"Connection: close\r\n", b"")
    second = request_bytes("POST", "/api/unread", [], b"x" * 1000).replace(b"Connection: close\r\n", b"")
    with connect(port) as connection:
        connection.sendall(first + second + request_bytes("GET", "/api/stream"))
        answers = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert [b"201", b"200", b"200"] == re.findall(rb"HTTP/1\.1 (\d+)", answers)
    assert answers.endswith(b"5\r\nthree\r\n0\r\n\r\n")


def test_the_parser_that_is_not_written_in_c_gives_the_same_answers():
    """It is what PyPy has."""
    program = "from tests.adapters.test_aiohttp import check_by_hand; check_by_hand()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "AIOHTTP_NO_EXTENSIONS": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert "C parser: False\n" + "".join(f"{status}\n" for _, status in BY_HAND) == done.stdout


BY_HAND = [
    (request_bytes("GET", "/api/items/a%2Fb?a=%C3%A9"), 200),
    (request_bytes("GET", "/api/items/%zz"), 400),
    (request_bytes("GET", "/api/items/é"), 400),
    (request_bytes("GET", "/api/items/1?a=é"), 400),
    (request_bytes("GET", "http://x/api/items/1"), 200),
    (request_bytes("BREW", "/api/items/1"), 405),
    (request_bytes("POST", "/api/items", [JSON], b'{"n": 1}'), 201),
    (request_bytes("POST", "/api/items", [JSON, ("Content-Length", "8000")]), 413),
    (request_bytes("POST", "/api/items", CHUNKED, b"2\r\n{\r\nzz\r\n"), 400),
    (
        request_bytes("POST", "/api/zipped", [("Content-Encoding", "gzip")], gzip.compress(b"abc", mtime=0)),
        200,
    ),
    (request_bytes("POST", "/api/zipped", [("Content-Encoding", "gzip")], b"abc"), 400),
]


def check_by_hand():
    print("C parser:", not NO_EXTENSIONS)  # noqa: T201
    with serving(make_app()) as port:
        for raw, _ in BY_HAND:
            print(exchange(port, raw).status)  # noqa: T201


@pytest.mark.parametrize(
    ("path", "params", "url"),
    [
        ("/a", {}, "/a"),
        ("/a/{id}", {"id": "b/c é%"}, "/a/b%2Fc%20%C3%A9%25"),
        ("/a/{id?}", {}, "/a"),
        ("/{id?}", {}, "/"),
        ("/a/{id?}", {"id": "b"}, "/a/b"),
        ("/a/{x}/{rest*}", {"x": "1", "rest": "b/c d"}, "/a/1/b/c%20d"),
        ("/a/{x}/{rest*}", {"x": "1"}, "/a/1"),
    ],
)
def test_urls_are_built(path, params, url):
    app = aiohttp.mount(web.Application(), router_of(path))
    built = app.router["kbn_schema.hello"].url_for(**params)

    assert url == str(built)
    assert params == ask(app, "GET", url).json()


def test_a_url_without_its_parameter_is_an_error():
    app = aiohttp.mount(web.Application(), router_of("/a/{id}"))

    with pytest.raises(KeyError, match="id"):
        app.router["kbn_schema.hello"].url_for()


def test_routes_are_listed():
    app = app_of("/own")
    router = router_of("/a/{id}", "/b/{r*}")
    router.versioned.get("/v", access="internal").add_version("1", validate=False, handler=lambda *_: None)
    aiohttp.mount(app, router)

    assert [("*", "/own"), ("GET", "/a/{id}"), ("GET", "/b/{r}"), ("GET", "/v")] == [
        (route.method, route.resource.canonical) for route in app.router.routes()
    ]
    assert [] == list(app.router)  # `hello` is two, and a lambda has no name


def test_a_name_that_the_app_has_is_left_to_it():
    app = web.Application()
    app.router.add_get("/own", theirs, name="kbn_schema.hello")
    aiohttp.mount(app, router_of("/a"))

    assert "/own" == str(app.router["kbn_schema.hello"].url_for())


def test_a_wrapper_has_the_name_of_the_handler_but_not_its_signature():
    assert "own" == own.__name__
    assert not hasattr(own, "__wrapped__")
    assert ["arguments"] == list(inspect.signature(own).parameters)
    assert inspect.iscoroutinefunction(own)


def test_a_plain_handler_is_refused():
    with pytest.raises(TypeError, match="is not async"):
        aiohttp.validated()(lambda request, valid: None)


def test_a_request_that_a_middleware_has_changed_goes_where_the_guards_have_seen_it_lead():
    seen = []

    @web.middleware
    async def override(request, handler):
        return await handler(request.clone(method=request.headers["X-HTTP-Method-Override"]))

    @web.middleware
    async def guard(request, handler):
        seen.append(request.match_info.route.method)
        return await handler(request)

    router = router_of("/a/{id}", method="post")
    router.delete("/a/{id}", validate=False)(lambda context, request, response: response.ok(body="deleted"))
    app = aiohttp.mount(web.Application(middlewares=[override, guard]), router)
    answer = ask(app, "POST", "/a/1", [("X-HTTP-Method-Override", "DELETE")])

    assert (["POST"], {"id": "1"}) == (seen, answer.json())
