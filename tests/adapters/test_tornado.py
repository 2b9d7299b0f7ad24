import asyncio
import contextlib
import gzip
import inspect
import logging
import queue
import re
import socket
import threading
import time
import zlib
from itertools import count
from types import MappingProxyType

import pytest
from tornado import gen
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPOutputError
from tornado.routing import RuleRouter
from tornado.simple_httpclient import HTTPStreamClosedError
from tornado.testing import bind_unused_port
from tornado.web import (
    Application,
    Finish,
    HTTPError,
    MissingArgumentError,
    RequestHandler,
    URLSpec,
    stream_request_body,
)

from kbn_schema import schema
from kbn_schema.adapters import tornado
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
from tests.adapters.mounting import Mounting, router_of
from tests.adapters.onaloop import Held
from tests.adapters.routes import make_router
from tests.adapters.servers import (
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
    """The port on which a server of Tornado's in a thread serves *app*, until the block ends."""
    started, loops = threading.Event(), []

    async def serve(listener):
        server = HTTPServer(app, **options)
        listener.setblocking(False)
        server.add_sockets([listener])
        stop = asyncio.Event()
        loops.append((asyncio.get_running_loop(), stop))
        started.set()
        await stop.wait()
        server.stop()
        await server.close_all_connections()

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


class Theirs(RequestHandler):
    def post(self):
        self.write(b"own " + self.request.body)


class Nothing(RequestHandler):
    def prepare(self):
        self.set_status(404)
        self.finish(b"nothing here")


def make_app(is_async=True):
    app = Application([("/own", Theirs)], default_handler_class=Nothing)
    return tornado.mount(app, make_router(is_async))


@pytest.fixture(scope="module")
def port():
    with serving(make_app()) as port:
        yield port


class UnderTornado(Contract):
    """What its server answers itself, before any application is asked."""

    UNLIKE = MappingProxyType({"absolute targets": "Tornado takes the whole target for the path"})

    @pytest.mark.parametrize(*Contract.test_a_query_that_does_not_fit_is_400.pytestmark[0].args)
    def test_a_query_that_does_not_fit_is_400(self, query):
        if query.count("&") < 1000:
            super().test_a_query_that_does_not_fit_is_400(query)
        else:
            assert 400 == self.send("GET", f"/api/typed/1?{query}").status


class TestOverASocket(OnTheLine, InThisProcess, UnderTornado):
    @pytest.fixture(autouse=True)
    def _served(self, port):
        self.port = port

    def test_a_garbage_host_does_not_matter(self):
        """Tornado refuses what is no host, or, until 6.5, does not care."""
        raw = request_bytes("GET", "/api/items/1").replace(b"Host: x", b"Host: a/b?c#d@[")

        assert exchange(self.port, raw).status in (200, 400)


LOOP = asyncio.Runner()  # of all clients and servers


@pytest.fixture(scope="module", autouse=True)
def runner():
    with LOOP:
        yield LOOP


@contextlib.asynccontextmanager
async def listening(app, **options):
    """The port on which a server of Tornado's in this loop serves *app*."""
    listener, port = bind_unused_port()
    server = HTTPServer(app, **options)
    server.add_sockets([listener])
    try:
        yield port
    finally:
        server.stop()
        await server.close_all_connections()


def port_fixture(make):
    """The port of what *make* gives, in the loop of the client."""

    @pytest.fixture(scope="module")
    def port(runner):
        stack = contextlib.AsyncExitStack()
        yield runner.run(stack.enter_async_context(listening(make())))
        runner.run(stack.aclose())

    return port


async def asked(port, method, target, headers=(), body=None, **options):
    """What the client of Tornado's is answered; nothing is added to *headers*."""
    client = AsyncHTTPClient(force_instance=True)
    fields = HTTPHeaders({"Connection": "close"})
    for name, value in headers:
        fields.add(name, value)
    request = HTTPRequest(
        f"http://127.0.0.1:{port}{target}",
        method,
        fields,
        body,
        allow_nonstandard_methods=True,
        decompress_response=False,
        follow_redirects=False,
        **options,
    )
    try:
        response = await client.fetch(request, raise_error=False)
    finally:
        client.close()
    if response.code == 599:
        raise response.error
    pairs = tuple((name.lower(), value) for name, value in response.headers.get_all())
    return Answer(response.code, pairs, response.body)


class ByItsClient(UnderTornado):
    def send(self, method, target, headers=(), body=None):
        if "Content-Length" in dict(headers):  # which the client makes itself
            return LOOP.run(asyncio.to_thread(send, self.port, method, target, headers, body))
        return LOOP.run(asked(self.port, method, target, headers, body))

    def send_chunks(self, method, target, headers, chunks):
        async def produce(write):
            for chunk in chunks:
                await write(chunk)

        return LOOP.run(asked(self.port, method, target, headers, None, body_producer=produce))

    def is_torn(self, target):
        with pytest.raises(HTTPStreamClosedError):
            self.send("GET", target)
        return True


async_port = port_fixture(make_app)
plain_port = port_fixture(lambda: make_app(is_async=False))


class TestWithItsClient(ByItsClient):
    @pytest.fixture(autouse=True)
    def _client(self, async_port):
        self.port = async_port


class TestPlainHandlers(ByItsClient):
    @pytest.fixture(autouse=True)
    def _client(self, plain_port):
        self.port = plain_port


class Own(RequestHandler):
    @tornado.validated(**OWN_PARTS)
    async def post(self, valid, id):
        assert int(id) == valid.params["id"]
        self.write(as_data(valid))


class OwnBody(RequestHandler):
    @tornado.validated(body=OWN_BODY, options=OWN_PARTS["options"])
    def post(self, valid):
        self.write(as_data(valid))


class Bare(RequestHandler):
    @tornado.validated()
    def get(self, valid):
        self.write(as_data(valid))


def make_own():
    app = Application([(r"/own/(?P<id>\d+)", Own), ("/body", OwnBody), ("/bare", Bare)])
    return tornado.mount(app, make_router(is_async=True))


own_port = port_fixture(make_own)


class TestValidated(ValidatedContract):
    send = ByItsClient.send

    def test_a_length_is_judged_before_anything_is_read(self):
        """Tornado calls a method once it has the body."""
        assert 413 == self.send("POST", "/body", [JSON, ("Content-Length", "1001")], b"{".ljust(1001)).status

    @pytest.fixture(autouse=True)
    def _client(self, own_port):
        self.port = own_port


class Text(RequestHandler):
    def get(self, *args, **kwargs):
        self.write("theirs")

    post = get


def app_of(*rules, **settings):
    return Application([(rule, Text) for rule in rules], **settings)


def ask(app, method, target, headers=(), body=None, **options):
    """What a server of *app* answers."""

    async def main():
        async with listening(app, **options) as port:
            return await asked(port, method, target, headers, body)

    return LOOP.run(main())


class TestMounting(Mounting):
    mount = staticmethod(tornado.mount)
    new_app = staticmethod(Application)
    REST = "(.*)"

    def add_theirs(self, app, path):
        app.add_handlers(".*", [(path, Text)])

    def get(self, app, target):
        return ask(app, "GET", target)


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/a", "/a"),
        ("/", "/"),
        ("/a/{id}", "/a/([^/]+)"),
        ("/a/{id}", r"/a/(?P<name>[^/]+)"),
        ("/a/{id}", "/a/([0-9]+)"),
        ("/a/{id}", "/a/([a-z]+)"),
        ("/a/{id}", "/a/b"),
        ("/a/{x}/{r*}", r"/a/(\w+)/(.*)"),
        ("/a.b", r"/a\.b"),
        ("/{r*}", "/(.*)"),
        ("/{r*}", "/b/([^/]+)"),
    ],
)
@pytest.mark.parametrize("host", [None, "example.org"])
def test_a_rule_of_the_app_that_would_never_be_reached_is_refused(path, own, host):
    app = app_of(own) if host is None else app_of()
    if host is not None:
        app.add_handlers(host, [(own, Text)])
    rules = list(app.default_router.rules)

    with pytest.raises(ValueError, match="would never be reached"):
        tornado.mount(app, router_of(path))
    assert rules == app.default_router.rules


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/a", "/b"),
        ("/a/{id}", "/(.*)"),
        ("/{x}", "/a/b"),
        ("/a", "/a/?"),
        ("/a", "/(?:a|b)"),
        ("/a/{id}", "/a/([^/]+)(/b)?"),
        ("/100%25/{x}", "/100%/(.*)"),
    ],
)
def test_other_rules_of_the_app_are_none_of_our_business(path, own):
    tornado.mount(app_of(own), router_of(path.replace("%25", "")))


def test_files_of_the_app_are_not_hidden_by_files_of_ours(tmp_path):
    router = Router()
    router.static("/static", tmp_path)

    with pytest.raises(ValueError, match="would never be reached"):
        tornado.mount(Application(static_path=str(tmp_path)), router)


def test_the_router_goes_before_all_rules_and_hosts():
    app = app_of("/(.*)")
    app.add_handlers("127.0.0.1", [("/a/(.*)/", Text), ("/(.*)", Text)])
    tornado.mount(app, router_of("/a/{id}"))
    app.add_handlers(".*", [("/a/(.*)", Text)])

    assert {"id": "b"} == ask(app, "GET", "/a/b").json()
    assert b"theirs" == ask(app, "GET", "/b").body


@pytest.mark.parametrize("app", [RuleRouter(), HTTPServer, None])
def test_what_is_no_application_is_refused(app):
    with pytest.raises(TypeError, match=r"expected a tornado\.web\.Application but got \["):
        tornado.mount(app, router_of("/a"))


@pytest.mark.parametrize("is_async", [True, False])
def test_what_is_written_to_tornado_is_handed_on(is_async):
    def plain(context, request, response):
        raw = request.unstable_raw_request()
        raw.set_status(202)
        raw.set_header("x-a", raw.application.settings["name"])
        raw.write({"path": raw.request.path, **raw.path_kwargs})
        return raw

    async def asynchronous(context, request, response):
        raw = plain(context, request, response)
        await raw.finish()
        return raw

    app = Application(name="app")
    tornado.mount(app, router_of("/{id}", handler=asynchronous if is_async else plain))
    answer = ask(app, "GET", "/b%2Fc")

    assert (202, {"path": "/b%2Fc", "id": "b/c"}, "app") == (
        answer.status,
        answer.json(),
        answer.headers["x-a"],
    )


def page(text):
    return f"<html><title>{text}</title><body>{text}</body></html>".encode()


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (
            HTTPError(418, reason="Short"),
            418,
            b"<html><title>418: Short</title><body>418: Short</body></html>",
        ),
        (
            MissingArgumentError("x"),
            400,
            b"<html><title>400: Bad Request</title><body>400: Bad Request</body></html>",
        ),
        (Finish("done"), 200, b"done"),
    ],
)
def test_what_tornado_raises_is_answered_by_tornado(is_async, error, status, body):
    def plain(context, request, response):
        raise error

    async def asynchronous(context, request, response):
        raise error

    app = Application()
    tornado.mount(app, router_of("/", handler=asynchronous if is_async else plain, method="post"))
    answer = ask(app, "POST", "/", body=b"x" * 1000)

    assert (status, body) == (answer.status, answer.body)


def test_what_ends_an_answer_that_was_sent_adds_nothing(caplog):
    async def handler(context, request, response):
        request.unstable_raw_request().finish("sent")
        raise Finish("more")

    app = Application()
    tornado.mount(app, router_of("/", handler=handler))

    answer = ask(app, "GET", "/")

    assert (200, b"sent") == (answer.status, answer.body)
    assert [] == [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_each_answer_is_logged_once_as_tornado_logs():
    told = []

    def log(handler):
        told.append(
            (handler.get_status(), handler.request.method, handler.request.path, dict(handler.path_kwargs))
        )

    app = Application(log_function=log)
    router = router_of("/a/{id}")
    router.get("/stream", validate=False)(
        lambda context, request, response: response.ok(body=iter(["a", "b"]))
    )
    tornado.mount(app, router)
    for method, target in [
        ("GET", "/a/b%2Fc"),
        ("PUT", "/a/b"),
        ("BREW", "/a/b"),
        ("GET", "/stream"),
        ("GET", "/a/%ff"),
    ]:
        ask(app, method, target)

    assert [
        (200, "GET", "/a/b%2Fc", {"id": "b/c"}),
        (405, "PUT", "/a/b", {}),
        (405, "BREW", "/a/b", {}),
        (200, "GET", "/stream", {}),
        (400, "GET", "/a/%ff", {}),
    ] == told


@pytest.mark.parametrize("kind", ["whole", "stream"])
def test_the_settings_of_the_app_hold(kind):
    text = "a" * 2000

    def handler(context, request, response):
        return response.ok(
            body=text if kind == "whole" else iter([text]), headers={"content-type": "text/plain"}
        )

    app = tornado.mount(Application(compress_response=True), router_of("/", handler=handler))
    answer = ask(app, "GET", "/", [("Accept-Encoding", "gzip")])

    assert ("gzip", text) == (answer.headers["content-encoding"], gzip.decompress(answer.body).decode())


def test_forged_requests_are_refused_where_the_app_says_so():
    app = tornado.mount(Application(xsrf_cookies=True, cookie_secret="x"), router_of("/", method="post"))
    token = [("Cookie", "_xsrf=ab12"), ("X-Xsrftoken", "ab12")]

    assert [403, 200] == [ask(app, "POST", "/", headers, b"").status for headers in ([], token)]


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
        ("OPTIONS", "/json", {"allow"}),
        ("BREW", "/json", {"allow", "content-type", "content-length"}),
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
    router.get("/stream", validate=False)(lambda context, request, response: response.ok(body=iter(["a"])))
    answer = ask(tornado.mount(Application(), router), method, target, [("If-None-Match", '"a"')])

    assert names | {"x-content-type-options", "cache-control"} == headers_of(answer)


def zipped_app():
    class Post(RequestHandler):
        @tornado.validated(body=s.buffer(), options={"body": {"parse": "gunzip", "max_bytes": 1000}})
        def post(self, valid):
            self.write(valid.body)

    return Application([("/", Post)])


@pytest.mark.parametrize("inflates", [True, False])
@pytest.mark.parametrize(
    ("status", "coding", "body"),
    [
        (200, "gzip", gzip.compress(b"abc", mtime=0)),
        (200, "GZIP", gzip.compress(b"abc", mtime=0)),
        (200, "x-gzip", gzip.compress(b"abc", mtime=0)),
        (200, "deflate", zlib.compress(b"abc")),
        (413, "gzip", gzip.compress(b"x" * 1_000_000, mtime=0)),
        (400, "gzip", b"abc"),
        (400, "gzip", gzip.compress(b"abc" * 100, mtime=0)[:-9]),
        (415, "br", b"abc"),
        (415, "gzip, gzip", gzip.compress(gzip.compress(b"abc", mtime=0), mtime=0)),
    ],
    ids=count(),
)
def test_a_body_is_inflated_once(inflates, status, coding, body, caplog):
    """Whether the server does so, or leaves it to us."""
    router = Router()
    options = {"body": {"parse": "gunzip", "max_bytes": 1000}}
    router.post("/", validate={"body": s.buffer()}, options=options)(
        lambda context, request, response: response.ok(body=request.body)
    )
    for app in (zipped_app(), tornado.mount(Application(), router)):
        headers = [BYTES, ("Content-Encoding", coding)]
        answer = ask(app, "POST", "/", headers, body, decompress_request=inflates)

        assert status == answer.status
        if status == 200:
            assert b"abc" == answer.body
    assert [] == [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("inflates", [True, False])
def test_a_zipped_body_is_415_where_nobody_asked_for_one(inflates):
    app = make_own()
    for target in ("/api/items", "/api/drain", "/body"):
        answer = ask(
            app,
            "POST",
            target,
            [JSON, ("Content-Encoding", "gzip")],
            gzip.compress(b'{"n": 1}'),
            decompress_request=inflates,
        )

        assert (415, 415) == (answer.status, answer.json()["statusCode"])


@stream_request_body
class InPieces(RequestHandler):
    def prepare(self):
        self.size = 0

    def data_received(self, chunk):
        self.size += len(chunk)

    @tornado.validated(query=s.object({"a": s.number()}))
    async def post(self, valid):
        await asyncio.sleep(0)
        self.write({**valid.query, "size": self.size})


def test_a_handler_that_takes_its_body_in_pieces_may_have_the_rest_validated():
    assert {"a": 1, "size": 100} == ask(
        Application([("/", InPieces)]), "POST", "/?a=1", body=b"x" * 100
    ).json()


def test_groups_without_names_are_handed_on():
    class Both(RequestHandler):
        @tornado.validated(params=s.object({}))
        def get(self, valid, *args):
            self.write({"params": valid.params, "args": args})

    assert {"params": {}, "args": ["b/c", "d"]} == ask(
        Application([("/(.*)/(.*)", Both)]), "GET", "/b%2Fc/d"
    ).json()


def test_a_coroutine_of_tornados_own_is_awaited():
    class Old(RequestHandler):
        @tornado.validated()
        @gen.coroutine
        def get(self, valid):
            yield gen.sleep(0)
            self.write("old")

    assert b"old" == ask(Application([("/", Old)]), "GET", "/").body


def test_a_stream_ends_in_the_task_that_began_it():
    held = Held()
    router = Router(context=held)

    @router.get("/", validate=False)
    async def stream(context, request, response):
        return response.ok(body=iter(["a", "b"]))

    assert b"ab" == ask(tornado.mount(Application(), router), "GET", "/").body
    assert [True] == held.left


@pytest.mark.parametrize("size", [1, 3])
def test_a_stream_of_another_size_than_announced_does_not_look_whole(size, caplog):
    def handler(context, request, response):
        return response.file(body=iter(["x" * size]), filename="a", file_content_size=2)

    with pytest.raises((HTTPStreamClosedError, HTTPOutputError)):
        ask(tornado.mount(Application(), router_of("/", handler=handler)), "GET", "/")
    # The client may know before it is logged.
    assert wait_until(lambda: LOOP.run(asyncio.sleep(0.001)) or "Content-Length" in caplog.text)


@pytest.mark.parametrize("waits", [True, False])
def test_a_client_that_leaves_does_not_break_off_what_is_closed(waits, caplog):
    held = Held(patience=0.1)
    router = Router(context=held)

    async def pieces():
        yield b"a"
        if waits:
            held.begun.set()
            await asyncio.Event().wait()

    @router.get("/", validate=False)
    async def handler(context, request, response):
        return response.ok(body=pieces())

    with serving(tornado.mount(Application(), router)) as port:
        with connect(port) as connection:
            connection.sendall(request_bytes("GET", "/"))
            assert held.begun.wait(TIMEOUT)

        assert wait_until(lambda: held.left == [True])
    assert [] == [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_what_a_client_sends_waits_until_it_is_read():
    """At most 1 MiB of it is kept."""
    go_on, told = threading.Event(), queue.Queue()
    router = Router()

    @router.post("/", validate={"body": s.stream()}, options={"body": {"max_bytes": 100_000_000}})
    def slow(context, request, response):
        told.put(request.unstable_raw_request()._body)
        go_on.wait(TIMEOUT)
        return response.ok(body={"size": sum(map(len, iter(lambda: request.body.read(100_000), b"")))})

    with serving(tornado.mount(Application(), router)) as port:
        sending = threading.Thread(target=lambda: told.put(send(port, "POST", "/", (), b"x" * 30_000_000)))
        sending.start()
        kept = told.get(timeout=TIMEOUT)
        wait_until(lambda: kept._size > 1_000_000)
        time.sleep(0.1)

        assert kept._size < 1_200_000
        go_on.set()
        sending.join(TIMEOUT)
        assert {"size": 30_000_000} == told.get(timeout=TIMEOUT).json()


def test_a_body_that_nobody_reads_does_not_hold_its_connection():
    router = Router()

    @router.post("/", validate={"body": s.stream()}, options={"body": {"max_bytes": 100_000_000}})
    async def refuse(context, request, response):
        async with asyncio.timeout(TIMEOUT):
            while request.unstable_raw_request()._body._size < 1_000_000:
                await asyncio.sleep(0.001)
        raise HTTPError(418)

    @router.get("/tasks", validate=False)
    async def count_tasks(context, request, response):
        return response.ok(body=len(asyncio.all_tasks()))

    with serving(tornado.mount(Application(), router)) as port:
        before = send(port, "GET", "/tasks").json()
        with connect(port) as connection, contextlib.suppress(OSError):
            connection.sendall(request_bytes("POST", "/", (), b"x" * 30_000_000))

        assert wait_until(lambda: send(port, "GET", "/tasks").json() == before)


@pytest.mark.parametrize("target", ["/api/unread", "/api/items", "/api/items/1"])
def test_an_answer_is_seen_though_the_body_was_not_read(port, target):
    """To close a connection with something unread would reset it."""
    for _ in range(20):
        answer = send(port, "POST", target, [JSON, ("Content-Length", "290000")], b"x" * 290_000)

        assert answer.status in (200, 405, 413)


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
    raw = request_bytes("POST", target, [JSON, ("Expect", "100-continue"), *headers])
    with connect(port) as connection:
        connection.sendall(raw.replace(b"Connection: close\r\n", b""))
        if told:
            assert b"HTTP/1.1 100 (Continue)\r\n\r\n" == connection.recv(1000)
            connection.sendall(b'{"n": 1}')
        assert status == read_answer(connection).status
        assert told or connection.recv(1000) == b""


def test_requests_that_wait_in_line_are_answered_in_turn(port):
    first = request_bytes("POST", "/api/items", [JSON], b'{"n": 1}').replace(b"Connection: close\r\n", b"")
    second = request_bytes("POST", "/api/unread", [], b"x" * 1000).replace(b"Connection: close\r\n", b"")
    third = request_bytes("PUT", "/api/items/1", [], b"x" * 1000).replace(b"Connection: close\r\n", b"")
    with connect(port) as connection:
        connection.sendall(first + second + third + request_bytes("GET", "/api/stream"))
        answers = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert [b"201", b"200", b"405", b"200"] == re.findall(rb"HTTP/1\.1 (\d+)", answers)
    assert answers.endswith(b"5\r\nthree\r\n0\r\n\r\n")


@pytest.mark.parametrize("target", ["/api/items", "/api/drain", "/api/echo"])
@pytest.mark.parametrize("chunk", [b"zz\r\n", b"3\r\nabcd\r\n", b"\xff\r\n"])
def test_a_chunk_that_becomes_malformed_later_is_no_error(port, target, chunk, caplog):
    with connect(port) as connection:
        connection.sendall(request_bytes("POST", target, [JSON, ("Transfer-Encoding", "chunked")]))
        connection.sendall(b"2\r\nab\r\n")
        time.sleep(0.02)
        connection.sendall(chunk)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert b"HTTP/1.1 400 Bad Request\r\n\r\n" in answer
    assert not answer.endswith(b"0\r\n\r\n")
    assert [] == [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    ("path", "args", "url"),
    [
        ("/a", (), "/a"),
        ("/a/{id}", ("b/c é%",), "/a/b%2Fc%20%C3%A9%25"),
        ("/a/{id}", (7,), "/a/7"),
        ("/a/{id?}", (), "/a"),
        ("/{id?}", (), "/"),
        ("/a/{id?}", ("b",), "/a/b"),
        ("/a/{x}/{rest*}", ("1", "b/c d"), "/a/1/b/c%20d"),
        ("/a/{x}/{rest*}", ("1",), "/a/1"),
    ],
)
def test_urls_are_built(path, args, url):
    app = tornado.mount(Application(), router_of(path))

    assert url == app.reverse_url("kbn_schema.hello", *args)
    assert 200 == ask(app, "GET", url).status


@pytest.mark.parametrize(("path", "args"), [("/a/{id}", ()), ("/a", ("b",)), ("/{x}/{y?}", ())])
def test_a_url_needs_its_parameters(path, args):
    app = tornado.mount(Application(), router_of(path))

    with pytest.raises(TypeError, match="parameters, but"):
        app.reverse_url("kbn_schema.hello", *args)


def test_urls_of_the_app_are_built_as_before():
    app = Application([URLSpec("/own/(.*)", Text, name="own")])
    tornado.mount(app, router_of("/a", "/b"))

    assert "/own/x" == app.reverse_url("own", "x")
    with pytest.raises(KeyError):
        app.reverse_url("kbn_schema.hello")  # which of the two?


def test_a_wrapper_has_the_name_of_the_method_but_not_its_signature():
    assert "post" == Own.post.__name__
    assert not hasattr(Own.post, "__wrapped__")
    assert ["self", "path_args", "path_kwargs"] == list(inspect.signature(Own.post).parameters)
