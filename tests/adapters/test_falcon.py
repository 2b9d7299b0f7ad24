import asyncio
import contextlib
import gc
import inspect
import io
import re
import types
from collections.abc import Iterator
from types import MappingProxyType

import falcon.asgi as falcon_asgi
import pytest
from falcon import App, HTTPForbidden, HTTPStatus, before
from falcon.constants import HTTP_METHODS
from falcon.testing import (
    ASGIConductor,
    ASGIRequestEventEmitter,
    ASGIResponseEventCollector,
    StartResponseMock,
    create_environ,
    create_scope,
)
from falcon.testing import TestClient as FalconClient
from falcon.util import DeprecatedWarning

from kbn_schema import schema
from kbn_schema.adapters import falcon
from kbn_schema.http import Router
from tests.adapters.calling import Line, Told, call_asgi, in_one, make_environ, make_scope
from tests.adapters.contract import (
    FORM,
    JSON,
    OWN_BODY,
    OWN_PARTS,
    Answer,
    Contract,
    ValidatedContract,
    as_data,
)
from tests.adapters.mounting import Mounting, hello, router_of
from tests.adapters.onaloop import OnALoop
from tests.adapters.routes import make_router
from tests.adapters.served_falcon import make_async, sync_app
from tests.adapters.under import UnderGunicorn, UnderHttptools, UnderHypercorn, UnderUvicorn, UnderWaitress

s = schema


def send_to(app, method, target, headers=(), body=None, **options):
    if isinstance(app, falcon_asgi.App):  # Falcon 4.0 shows no raw path in a test
        options.setdefault("extras", {"raw_path": target.partition("?")[0].encode()})
    result = FalconClient(app).simulate_request(method, target, headers=headers, body=body, **options)
    # Where there are several of a name, the client keeps the last.
    cookies = [("set-cookie", f"{cookie.name}={cookie.value}") for cookie in result.cookies.values()]
    pairs = [(name.lower(), value) for name, value in result.headers.items() if name.lower() != "set-cookie"]
    return Answer(result.status_code, (*pairs, *cookies), result.content)


class TestWithItsClient(Contract):
    def send(self, method, target, headers=(), body=None, **extras):
        own = make_environ(method, target, headers, body)
        # The client would take the last type of several.
        extras |= {name: own[name] for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if own.get(name)}
        if method in HTTP_METHODS and extras.get("CONTENT_LENGTH", "0").isdigit():
            return send_to(sync_app, method, target, headers, body, extras=extras)
        return self.send_unchecked(method, target, headers, extras)

    def send_unchecked(self, method, target, headers, extras):
        """With the helpers that the client is made of: it refuses what is not as it should be."""
        path, _, query = target.partition("?")
        start = StartResponseMock()
        environ = create_environ(path, query, method=method, headers=headers) | extras
        content = b"".join(sync_app(environ, start))
        return Answer(int(start.status[:3]), tuple(start.headers), content)

    def send_chunks(self, method, target, headers, chunks):
        more = {"wsgi.input": io.BytesIO(b"".join(chunks)), "wsgi.input_terminated": True}
        return self.send(method, target, headers, **more)

    def is_torn(self, target):
        with pytest.raises(RuntimeError, match="secret"):
            self.send("GET", target)
        return True


class AsyncWithItsClient(Contract):
    UNLIKE = MappingProxyType({"method get": "Falcon's client refuses a method that is not in upper case"})

    def send(self, method, target, headers=(), body=None):
        return send_to(self.app, method, target, headers, body)

    def send_chunks(self, method, target, headers, chunks):
        """With the helpers that the client is made of: it would announce a length."""
        scope = create_scope(target, method=method, headers=headers)  # of paths that are as they are decoded
        emitter = ASGIRequestEventEmitter(b"".join(chunks), chunk_size=10_000)
        collector = ASGIResponseEventCollector()
        asyncio.run(self.app(scope, emitter, collector))
        return Answer(collector.status, tuple(collector.headers), b"".join(collector.body_chunks))

    is_torn = TestWithItsClient.is_torn


class TestAsyncWithItsClient(AsyncWithItsClient):
    app = make_async()


class TestPlainWithItsClient(AsyncWithItsClient):
    app = make_async(is_async=False)


class TestUnderGunicorn(UnderGunicorn):
    app = "tests.adapters.served_falcon:sync_app"


class TestUnderWaitress(UnderWaitress):
    @staticmethod
    def make_app():
        return sync_app


class TestUnderUvicorn(UnderUvicorn):
    make_app = staticmethod(make_async)


class TestUnderHttptools(UnderHttptools):
    make_app = staticmethod(make_async)


class TestUnderHypercorn(UnderHypercorn):
    make_app = staticmethod(make_async)


class Own:
    @falcon.validated(**OWN_PARTS)
    def on_post(self, req, resp, valid, id):
        resp.media = as_data(valid)


class Body:
    @falcon.validated(body=OWN_BODY, options=OWN_PARTS["options"])
    def on_post(self, req, resp, valid):
        resp.media = as_data(valid)


class Bare:
    @falcon.validated()
    def on_get(self, req, resp, valid):
        resp.media = as_data(valid)


class AsyncOwn:
    @falcon.validated(**OWN_PARTS)
    async def on_post(self, req, resp, valid, id):
        resp.media = as_data(valid)


class AsyncBody:
    @falcon.validated(body=OWN_BODY, options=OWN_PARTS["options"])
    async def on_post(self, req, resp, valid):
        resp.media = as_data(valid)


class AsyncBare:
    @falcon.validated()
    async def on_get(self, req, resp, valid):
        resp.media = as_data(valid)


def make_own(app, own, body, bare, is_async):
    app.add_route("/own/{id:int}", own)
    app.add_route("/body", body)
    app.add_route("/bare", bare)
    return falcon.mount(app, make_router(is_async))


class TestValidated(ValidatedContract):
    app = make_own(App(), Own(), Body(), Bare(), False)
    send = AsyncWithItsClient.send


class TestAsyncValidated(ValidatedContract):
    app = make_own(falcon_asgi.App(), AsyncOwn(), AsyncBody(), AsyncBare(), True)
    send = AsyncWithItsClient.send


class TestOnALoop(OnALoop):
    mount = staticmethod(lambda router: falcon.mount(falcon_asgi.App(), router))


def mounted(app, *paths, handler=hello):
    return falcon.mount(app, router_of(*paths, handler=handler))


def ask(app, target, method="GET", headers=(), body=None, **options):
    return send_to(app, method, target, headers, body, **options)


def text(answer):
    return answer.body.decode()


def is_async(app):
    return isinstance(app, falcon_asgi.App)


def both(function):
    """A method or function for both kinds of apps: *function*, and the same as a coroutine."""

    async def asynchronous(*arguments, **options):
        return function(*arguments, **options)

    return {True: asynchronous, False: function}


def with_middleware(app, **methods):
    component = type("Middleware", (), {})()
    for name, method in methods.items():
        # Bound to something, which Falcon asks for.
        setattr(component, name, types.MethodType(as_method(both(method)[is_async(app)]), component))
    app.add_middleware(component)
    return app


def as_method(function):
    if inspect.iscoroutinefunction(function):

        async def asynchronous(self, *arguments):
            return await function(*arguments)

        return asynchronous
    return lambda self, *arguments: function(*arguments)


class Theirs:
    def __init__(self, app):
        self.on_get = both(lambda req, resp, **params: setattr(resp, "text", "theirs"))[is_async(app)]
        self.on_post = self.on_get


def with_route(app, path):
    app.add_route(path, Theirs(app))
    return app


class TestMounting(Mounting):
    mount = staticmethod(falcon.mount)
    new_app = staticmethod(App)
    REST = "{rest:path}"

    def add_theirs(self, app, path):
        with_route(app, path)

    def get(self, app, target):
        return ask(app, target)


class TestMountingUnderASGI(TestMounting):
    new_app = staticmethod(falcon_asgi.App)


@pytest.fixture(params=[App, falcon_asgi.App], ids=["sync", "async"])
def app(request):
    return request.param()


@pytest.mark.parametrize("mounts_first", [True, False])
def test_the_middleware_of_the_app_is_around_our_routes(app, mounts_first):
    seen = []

    def handler(context, request, response):
        raw = request.unstable_raw_request()
        return response.ok(body=f"{raw.context.user} {raw.path}")

    def process_request(req, resp):
        req.context.user = "ann"
        resp.set_header("x-early", "1")
        resp.set_header("content-type", "x/y")
        resp.text = "early"

    def process_resource(req, resp, resource, params):
        seen.append((type(resource).__name__, params, req.uri_template))

    def process_response(req, resp, resource, req_succeeded):
        resp.set_header("x-late", f"{resp.status_code} {req_succeeded}")

    methods = {
        "process_request": process_request,
        "process_resource": process_resource,
        "process_response": process_response,
    }
    if mounts_first:
        with_middleware(mounted(app, "/a/{id}", handler=handler), **methods)
    else:
        mounted(with_middleware(app, **methods), "/a/{id}", handler=handler)
    answer = ask(app, "/a/b%2Fc")

    assert "ann /a/b/c" == text(answer)
    assert ("1", "200 True") == (answer.headers["x-early"], answer.headers["x-late"])
    assert "text/plain; charset=utf-8" == answer.headers["content-type"]
    assert [("RouterResource", {"id": "b/c"}, "/a/{id}")] == seen


@pytest.mark.parametrize(
    ("target", "method", "template"),
    [
        ("/a/1", "GET", "/a/{id}"),
        ("/a/b%2Fc", "GET", "/a/{id}"),  # to Falcon, this is the app's own `/a/{rest:path}`
        ("/a/%zz", "GET", "/a/{id}"),
        ("/a/%ff", "HEAD", "/a/{id}"),
        ("/a/1", "PUT", None),
        ("/a/1", "OPTIONS", None),
        ("/a/b/c", "GET", "/a/{rest:path}"),
    ],
)
def test_middleware_sees_where_a_request_goes(app, target, method, template):
    seen = []
    with_middleware(app, process_resource=lambda req, *_: seen.append(req.uri_template))
    answer = ask(mounted(with_route(app, "/a/{rest:path}"), "/a/{id}"), target, method)

    assert [template] == seen
    assert (template == "/a/{rest:path}") == (text(answer) == "theirs")


def test_middleware_may_answer_first(app):
    def stop(req, resp):
        resp.status, resp.text, resp.complete = 403, "stop", True

    answer = ask(mounted(with_middleware(app, process_request=stop), "/a"), "/a")

    assert (403, "stop") == (answer.status, text(answer))


def test_a_parameter_may_have_any_name(app):
    assert {"req": "1", "resp": "2"} == ask(mounted(app, "/{req}/{resp}"), "/1/2").json()


def test_cross_origin_requests_are_answered_as_those_of_the_app():
    app = mounted(App(cors_enable=True), "/a")
    answer = ask(app, "/a", headers=[("Origin", "http://other.example")])

    assert "*" == answer.headers["access-control-allow-origin"]


def test_a_path_that_middleware_has_rewritten_is_routed(app):
    def strip(req, resp):
        req.path = req.path.removeprefix("/v1")

    async def read(context, request, response):
        return response.ok(body=await request.body.read())

    def read_now(context, request, response):
        return response.ok(body=request.body.read())

    with_middleware(app, process_request=strip)
    router = router_of("/a/{id}")
    router.post("/b", validate={"body": s.stream()})(read if is_async(app) else read_now)
    falcon.mount(app, router)

    assert [{"id": "é"}, {"id": "b/c"}] == [
        ask(app, target).json() for target in ("/v1/a/%C3%A9", "/a/b%2Fc")
    ]
    assert "abc" == text(ask(app, "/v1/b", "POST", body=b"abc"))


@pytest.mark.parametrize("strips", [True, False])
@pytest.mark.parametrize(("path", "target"), [("/a", "/a/"), ("/a/", "/a"), ("/a/{id}", "/a/1/")])
def test_a_slash_at_the_end_counts(app, strips, path, target):
    app.req_options.strip_url_path_trailing_slash = strips
    mounted(with_route(app, "/b"), path)

    assert [404, 200, 200] == [
        ask(app, path).status for path in (target, path.format(id=1), "/b/" if strips else "/b")
    ]


def test_queries_are_read_by_us(app):
    app.req_options.auto_parse_qs_csv = True
    app.req_options.keep_blank_qs_values = False
    router = Router()

    @router.get("/a", validate={"query": s.object({"x": s.string(), "y": s.string()})})
    def handler(context, request, response):
        return response.ok(body=request.query)

    assert {"x": "1,2", "y": ""} == ask(falcon.mount(app, router), "/a?x=1,2&y=").json()


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/a", "/a"),
        ("/a/{id}", "/a/{name}"),
        ("/a/{id}", "/a/{id:int(min=1)}"),
        ("/a/{id}", "/a/b"),
        ("/{r*}", "/{r:path}"),
    ],
)
def test_a_route_of_the_app_that_would_never_be_reached_is_refused(app, path, own):
    kind = type(app)

    with pytest.raises(ValueError, match=re.escape(f"the app's own route [{own}] would never be reached")):
        mounted(with_route(app, own), path)
    assert kind is type(app)


def test_an_app_may_have_a_router_of_its_own():
    class Own:
        def find(self, uri, req=None):
            return Theirs(app), {"GET": lambda req, resp: setattr(resp, "text", uri)}, {}, uri

    app = App(router=Own())
    mounted(app, "/a")

    assert ({}, "/b") == (ask(app, "/a").json(), text(ask(app, "/b")))


def test_sinks_and_static_routes_of_the_app_are_kept(app, tmp_path):
    (tmp_path / "one.txt").write_text("static")
    app.add_sink(both(lambda req, resp, **_: setattr(resp, "text", "sink"))[is_async(app)], "/a")
    app.add_static_route("/static", str(tmp_path))
    mounted(app, "/a/{id}")

    assert ["sink", "static", '{"id":"1"}'] == [
        text(ask(app, target)) for target in ("/a/b/c", "/static/one.txt", "/a/1")
    ]


def test_websockets_of_the_app_are_left_alone():
    class Talk:
        async def on_websocket(self, req, ws, id):
            await ws.accept()
            await ws.send_text(f"theirs {await ws.receive_text()}")
            await ws.receive_text()

    async def receive():
        async with ASGIConductor(app) as conductor, conductor.simulate_ws("/b/1") as ws:
            await ws.send_text("heard")
            return await ws.receive_text()

    app = falcon_asgi.App()
    app.add_route("/b/{id}", Talk())
    mounted(app, "/{x}/{y}")

    assert "theirs heard" == asyncio.run(receive())


@pytest.mark.parametrize("app", [None, App, falcon_asgi.App, FalconClient(App()), lambda environ, start: []])
def test_what_is_no_falcon_is_refused(app):
    with pytest.raises(TypeError, match=re.escape("expected a falcon.App or falcon.asgi.App but got")):
        falcon.mount(app, Router())


class OwnSync(App):
    def __init__(self):
        super().__init__()
        self.name = "own"


class OwnAsync(falcon_asgi.App):
    __slots__ = ("name",)

    def __init__(self):
        super().__init__()
        self.name = "own"


@pytest.mark.parametrize("kind", [App, falcon_asgi.App, OwnSync, OwnAsync])
def test_an_app_stays_what_it_was(kind):
    app = kind()
    attributes = {"name": getattr(app, "name", None)}
    mounted(app, "/a")

    assert isinstance(app, kind)
    assert kind.__name__ == type(app).__name__
    assert attributes == {"name": getattr(app, "name", None)}
    assert [200, 404] == [ask(one, "/a").status for one in (app, kind())]
    assert "theirs" == text(ask(with_route(app, "/late"), "/late"))


def test_the_root_path_is_not_part_of_the_path():
    app = mounted(App(), "/a/{id}")
    answer = ask(app, "/a/b%2Fc", root_path="/s", extras={"RAW_URI": "/s/a/b%2Fc"})

    assert {"id": "b/c"} == answer.json()


@pytest.mark.parametrize("target", ["/a/b", "/s/a/b"])
def test_the_root_path_is_part_of_the_path_where_falcon_says_so(target):
    """Under ASGI; else middleware that goes by the path would see another one than is routed."""
    seen = []
    app = with_middleware(falcon_asgi.App(), process_request=lambda req, resp: seen.append(req.path))
    answer = ask(mounted(app, "/a/{id}"), target, root_path="/s")

    assert [target] == seen
    assert (200 if target == "/a/b" else 404) == answer.status


@pytest.mark.parametrize("query", [b"a=\xff", b"\xed\xa0\x80"])
def test_a_query_that_is_no_text_is_400(query):
    app = mounted(with_route(falcon_asgi.App(), "/own"), "/a")

    assert [400, 200] == [
        asyncio.run(call_asgi(app, "GET", target, query_string=query)).status for target in ("/a", "/own")
    ]


def test_a_version_of_http_may_be_made_up():
    app = mounted(with_route(falcon_asgi.App(), "/own"), "/a")

    assert [200, 200] == [
        asyncio.run(call_asgi(app, "GET", target, http_version="9.9")).status for target in ("/a", "/own")
    ]


@pytest.mark.parametrize("waits", [True, False])
def test_what_falcon_raises_goes_to_its_handlers(app, waits):
    def explain(req, resp, error, params):
        resp.status, resp.text = error.status, f"{req.path}: {error.title}"

    def plain(context, request, response):
        raise HTTPForbidden(title="short")

    async def handler(context, request, response):
        plain(context, request, response)

    app.add_error_handler(HTTPForbidden, both(explain)[is_async(app)])
    answer = ask(mounted(app, "/a", handler=handler if waits and is_async(app) else plain), "/a")

    assert (403, "/a: short") == (answer.status, text(answer))


def test_a_status_of_falcons_is_an_answer(app):
    def handler(context, request, response):
        raise HTTPStatus(202, headers={"x-a": "b"}, text="native")

    answer = ask(mounted(app, "/a", handler=handler), "/a")

    assert (202, "native", "b") == (answer.status, text(answer), answer.headers["x-a"])


def test_what_is_returned_is_no_answer_of_a_handler(app):
    assert 500 == ask(mounted(app, "/a", handler=lambda *_: HTTPStatus(202)), "/a").status


def test_our_errors_do_not_go_to_falcons_handlers(app):
    app.add_error_handler(
        Exception, both(lambda req, resp, *_: setattr(resp, "text", "theirs"))[is_async(app)]
    )

    def handler(context, request, response):
        raise RuntimeError("secret")

    answer = ask(mounted(app, "/a", handler=handler), "/a")

    assert (500, 500) == (answer.status, answer.json()["statusCode"])


def body_router(waits):
    router = Router()
    handlers = both(lambda context, request, response: response.ok(body=request.body))
    router.post("/a", validate={"body": s.object({"n": s.number()})})(handlers[waits])
    return router


def test_middleware_that_has_read_the_body_has_taken_it(app):
    async def read(self, req, resp):
        await req.get_media()

    def read_now(self, req, resp):
        req.get_media()

    class Reads:
        process_request = read if is_async(app) else read_now

    app.add_middleware(Reads())
    falcon.mount(app, body_router(is_async(app)))

    assert 400 == ask(app, "/a", "POST", json={"n": 1}).status


def test_middleware_that_has_read_the_body_is_not_waited_for():
    """Under wsgiref, whoever reads more than was sent waits for ever."""

    sizes = []

    class Input(io.BytesIO):
        def read(self, size=-1):
            sizes.append(size)
            return super().read(size)

    app = with_middleware(App(), process_request=lambda req, resp: req.get_media() and None)
    falcon.mount(app, body_router(False))
    environ = create_environ("/a", method="POST", headers=dict([JSON]), body='{"n": 1}')
    start = StartResponseMock()
    app(environ | {"wsgi.input": Input(b'{"n": 1}')}, start)

    assert ("400 Bad Request", [8]) == (start.status, [size for size in sizes if size])


def test_middleware_that_has_read_a_part_of_the_body_has_taken_it(caplog):
    class Reads:
        async def process_request(self, req, resp):
            await req.stream.read(1)

    app = falcon_asgi.App(middleware=[Reads()])
    falcon.mount(app, body_router(True))
    messages = [{"type": "http.request", "body": b"1", "more_body": True}, in_one(b'{"n": 1}')]
    answer = asyncio.run(call_asgi(app, "POST", "/a", [JSON], messages=messages))

    assert 400 == answer.status


def test_the_head_is_judged_before_the_body_has_come():
    app = falcon.mount(falcon_asgi.App(), body_router(True))
    asked = call_asgi(app, "GET", "/a", messages=[])

    assert 405 == asyncio.run(asyncio.wait_for(asked, 5)).status


def test_a_stream_may_read_the_body_while_it_is_sent():
    router = Router()

    @router.post("/a", validate={"body": s.stream()})
    async def handler(context, request, response):
        async def upper():
            async for chunk in request.body:
                await asyncio.sleep(0)
                yield chunk.upper()

        return response.ok(body=upper())

    messages = [{"type": "http.request", "body": body, "more_body": True} for body in (b"a", b"b" * 1000)]
    app = falcon.mount(falcon_asgi.App(), router)
    asked = call_asgi(app, "POST", "/a", messages=[*messages, in_one(b"c")])
    answer = asyncio.run(asyncio.wait_for(asked, 5))

    assert b"A" + b"B" * 1000 + b"C" == answer.body


def test_what_takes_the_app_too_long_is_its_own_error():
    class Slow:
        async def on_get(self, req, resp):
            async def pieces():
                yield b"x"
                raise TimeoutError

            resp.stream = pieces()

    app = mounted(falcon_asgi.App(), "/a")
    app.add_route("/own", Slow())

    with pytest.raises(TimeoutError):
        asyncio.run(call_asgi(app, "GET", "/own"))


def test_the_body_is_empty_behind_us(app):
    async def read(self, req, resp, resource, req_succeeded):
        resp.set_header("x-rest", repr(await req.stream.read()))

    def read_now(self, req, resp, resource, req_succeeded):
        resp.set_header("x-rest", repr(req.bounded_stream.read()))

    class Reads:
        process_response = read if is_async(app) else read_now

    app.add_middleware(Reads())
    falcon.mount(app, body_router(is_async(app)))
    if is_async(app):  # where, unlike Falcon's client, nobody leaves
        call = call_asgi(app, "POST", "/a", [JSON], b'{"n": 1}')
        answer = asyncio.run(asyncio.wait_for(call, 5))
    else:
        answer = ask(app, "/a", "POST", json={"n": 1})

    assert (200, "b''") == (answer.status, answer.headers["x-rest"])


def test_a_form_that_falcon_has_parsed_is_gone():
    app, router = App(), Router()
    with pytest.warns(DeprecatedWarning):
        app.req_options.auto_parse_form_urlencoded = True
    accepts = {"body": {"accepts": FORM[1]}}

    @router.post("/a", validate={"body": s.object({"a": s.string()})}, options=accepts)
    def handler(context, request, response):
        return response.ok(body=request.body)

    assert 400 == ask(falcon.mount(app, router), "/a", "POST", [FORM], b"a=1").status


def test_a_cookie_that_is_not_ascii_is_an_error_of_falcons_where_there_is_a_loop():
    def handler(context, request, response):
        return response.ok(headers={"set-cookie": "a=é"})

    assert 200 == ask(mounted(App(), "/a", handler=handler), "/a").status
    with pytest.raises(UnicodeEncodeError):
        ask(mounted(falcon_asgi.App(), "/a", handler=handler), "/a")


def test_the_head_of_a_stream_has_no_length(app):
    def handler(context, request, response):
        return response.ok(body=iter([b"x"]))

    answer = ask(mounted(app, "/a", handler=handler), "/a", "HEAD")

    assert (200, False) == (answer.status, "content-length" in answer.headers)


def make_stream(app, handler_is_async=False):
    """What becomes of a stream and its context, in *app*."""
    told = []
    router = Router(context=lambda: Told(told))

    def pieces():
        try:
            while True:
                yield b"x"
        finally:
            told.append("stream")

    async def async_pieces():
        try:
            while True:
                yield b"x"
                await asyncio.sleep(0)
        finally:
            told.append("stream")

    @router.get("/", validate=False)
    def handler(context, request, response):
        return response.ok(body=async_pieces() if handler_is_async else pieces())

    @router.post("/posted", validate={"body": s.stream()})
    def posted(context, request, response):
        return response.ok(body=async_pieces() if handler_is_async else pieces())

    @router.post("/read", validate={"body": s.any()})
    def read(context, request, response):
        told.append("called")
        return response.ok()

    falcon.mount(app, router)
    return told


def test_a_server_closes_a_stream_that_is_not_at_its_end():
    app = App()
    told = make_stream(app)
    stream = app(create_environ("/"), lambda *_: None)

    assert b"x" == next(iter(stream))
    assert [] == told
    stream.close()
    assert ["stream", "context"] == told


def test_a_stream_that_was_never_begun_is_closed():
    app = App()
    told = make_stream(app)
    app(create_environ("/"), lambda *_: None).close()

    assert ["context"] == told


def put_aside(req, resp, resource, req_succeeded):
    resp.stream, resp.text = None, "other"


def fail(req, resp, resource, req_succeeded):
    raise HTTPForbidden


def wrap(req, resp, resource, req_succeeded):
    stream = resp.stream

    def pieces():
        yield next(stream)

    async def async_pieces():
        yield await anext(stream)

    resp.stream = pieces() if isinstance(stream, Iterator) else async_pieces()


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        (put_aside, (200, b"other", ["context"])),
        (fail, (403, b"Forbidden", ["context"])),
        (wrap, (200, b"x", ["stream", "context"])),
    ],
)
def test_a_stream_that_middleware_puts_aside_is_closed(app, hook, expected):
    told = make_stream(with_middleware(app, process_response=hook))
    answer = ask(app, "/")
    gc.collect()

    assert expected == (answer.status, answer.body if hook is not fail else b"Forbidden", told)


async def leave(app, target, *messages, until, method="POST"):
    """Send *messages*, and leave once *until* are sent to us."""
    line = Line(*messages, {"type": "http.disconnect"})
    left = asyncio.Event()

    async def receive():
        if len(line.incoming) > 1:
            return line.incoming.pop(0)
        await left.wait()
        return line.incoming[0]

    task = asyncio.create_task(app(make_scope(method, target, [JSON]), receive, line.send))
    await line.until_sent(until)
    for _ in range(20):
        await asyncio.sleep(0)
    left.set()
    await asyncio.wait_for(task, 5)


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize(("method", "target"), [("GET", "/"), ("POST", "/posted")])
def test_a_client_that_leaves_ends_a_stream(waits, method, target, caplog):
    app = falcon_asgi.App()
    told = make_stream(app, waits)
    message = {"type": "http.request", "body": b"y", "more_body": target == "/posted"}
    asyncio.run(leave(app, target, message, until=3, method=method))

    assert ["stream", "context"] == told
    assert [] == caplog.records


@pytest.mark.parametrize("target", ["/read", "/posted", "/body"])
def test_a_client_that_leaves_in_its_body_is_no_error(target, caplog):
    app = falcon_asgi.App()
    app.add_route("/body", AsyncBody())
    told = make_stream(app, True)
    message = {"type": "http.request", "body": b"{", "more_body": True}
    asyncio.run(leave(app, target, message, until=2 if target == "/posted" else 0))

    assert (["stream", "context"] if target == "/posted" else []) == told
    assert [] == caplog.records


@pytest.mark.parametrize("target", ["/", "/read"])
def test_a_server_that_says_that_the_client_has_gone_makes_no_error(target, caplog):
    app = falcon_asgi.App()
    told = make_stream(app, True)

    async def send(message):
        raise OSError

    line = Line(in_one(b"1"))
    asyncio.run(app(make_scope("GET" if target == "/" else "POST", target, [JSON]), line.receive, send))

    assert (["context"] if target == "/" else ["called", "context"]) == told
    assert [] == caplog.records


def test_a_client_that_leaves_at_the_end_of_a_stream_breaks_off_nothing():
    """The context is closed while it is noticed that the client has left."""
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

    app = falcon.mount(falcon_asgi.App(), router)
    line = Line(in_one(b""))

    async def receive():
        if line.incoming:
            return await line.receive()
        await gone.wait()
        return {"type": "http.disconnect"}

    asyncio.run(app(make_scope("GET", "/"), receive, line.send))

    assert ["committed"] == told


def test_a_stream_of_a_test_ends_when_it_is_left():
    app = falcon_asgi.App()
    told = make_stream(app, True)

    async def main():
        async with ASGIConductor(app) as conductor, conductor.simulate_get_stream("/") as answer:
            return (await answer.stream.read())[:1]

    assert b"x" == asyncio.run(main())
    assert ["stream", "context"] == told


def test_async_functions_are_refused_where_there_is_no_loop():
    async def handler(context, request, response):
        raise AssertionError

    router, app = Router(), App()
    falcon.mount(app, router)

    with pytest.raises(TypeError, match="is async"):
        router.get("/", validate=False)(handler)
    app = App()
    with pytest.raises(TypeError, match="is async"):
        mounted(app, "/", handler=handler)
    assert App is type(app)
    with pytest.raises(TypeError):  # by Falcon
        app.add_route("/own/{id}", AsyncOwn())


def test_a_plain_responder_is_refused_where_there_is_a_loop():
    with pytest.raises(TypeError):  # by Falcon
        falcon_asgi.App().add_route("/own/{id}", Own())


@pytest.mark.parametrize("outer", [True, False])
def test_a_responder_may_have_hooks_of_falcons(outer):
    def number(req, resp, resource, params):
        params["id"] = int(params["id"])

    checked, hooked = falcon.validated(params=s.object({"id": s.any()})), before(number)

    def respond(self, req, resp, valid, id):
        resp.media = [valid.params["id"], id]

    class Resource:
        on_get = hooked(checked(respond)) if outer else checked(hooked(respond))

    app = App()
    app.add_route("/{id}", Resource())

    assert ([1, 1] if outer else ["1", 1]) == ask(app, "/1").json()


def test_a_sink_may_be_validated(app):
    def sink(req, resp, valid, rest):
        resp.media = [valid.query, rest]

    app.add_sink(
        falcon.validated(query=s.object({"n": s.number()}))(both(sink)[is_async(app)]), "/(?P<rest>.*)"
    )

    assert ([{"n": 1}, "a"], 400) == (ask(app, "/a?n=1").json(), ask(app, "/a?n=x").status)


def test_a_responder_is_validated_without_a_router(app):
    """Falcon's client for ASGI makes headers that can be read once, and Falcon has read them."""
    app.add_route("/own/{id:int}", AsyncOwn() if is_async(app) else Own())
    answer = ask(app, "/own/7?tags=a", "POST", [JSON, ("X-One", "b")], b'{"n": "1"}')

    assert {"params": {"id": 7}, "query": {"tags": ["a"]}, "headers": {"X-One": "b"}, "body": {"n": 1}} == (
        answer.json()
    )


def test_a_wrapper_has_the_name_of_the_responder_but_not_its_signature():
    assert "on_post" == Own.on_post.__name__
    assert ["arguments", "params"] == list(inspect.signature(Own.on_post).parameters)
