import asyncio
import inspect
import re
import threading

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.endpoints import HTTPEndpoint
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, NoMatchFound, Route, WebSocketRoute
from starlette.routing import Router as StarletteRouter
from starlette.testclient import TestClient

from kbn_schema import schema
from kbn_schema.adapters import starlette
from kbn_schema.http import Router
from tests.adapters.calling import Line, call_asgi, in_one, make_scope
from tests.adapters.contract import JSON, OWN_BODY, OWN_PARTS, ValidatedContract, as_data
from tests.adapters.mounting import Mounting, router_of
from tests.adapters.onaloop import OnALoop
from tests.adapters.routes import make_router
from tests.adapters.served import make_starlette
from tests.adapters.throughhttpx import ThroughHttpx, answer_of
from tests.adapters.under import UnderUvicorn

s = schema


@pytest.fixture(scope="module")
def own_client():
    with TestClient(make_own(), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def client():
    """Plain handlers, in worker threads."""
    with TestClient(make_starlette(is_async=False), follow_redirects=False) as client:
        yield client


class TestWithItsClient(ThroughHttpx):
    @pytest.fixture(autouse=True)
    def _client(self, client):
        self.client = client


class TestUnderUvicorn(UnderUvicorn):
    make_app = staticmethod(make_starlette)


@starlette.validated(**OWN_PARTS)
async def own(request, valid):
    return JSONResponse(as_data(valid))


@starlette.validated(body=OWN_BODY, options=OWN_PARTS["options"])
def own_body(request, valid):
    return JSONResponse({**as_data(valid), "thread": threading.current_thread().name})


class Bare(HTTPEndpoint):
    @starlette.validated()
    async def get(self, request, valid):
        return JSONResponse(as_data(valid))


def make_own():
    routes = [
        Route("/own/{id:int}", own, methods=["POST"]),
        Route("/body", own_body, methods=["POST"]),
        Route("/bare", Bare),
    ]
    return starlette.mount(Starlette(routes=routes), make_router(is_async=True))


class TestValidated(ValidatedContract):
    @pytest.fixture(autouse=True)
    def _client(self, own_client):
        self.client = own_client

    send = TestWithItsClient.send

    def test_a_plain_endpoint_may_block(self):
        answer = self.send("POST", "/body", [JSON], b'{"n": 1}')

        assert threading.main_thread().name != answer.json()["thread"]
        assert "AnyIO worker thread" == answer.json()["thread"]


class TestOnALoop(OnALoop):
    mount = staticmethod(lambda router: starlette.mount(Starlette(), router))


def theirs(request):
    return PlainTextResponse("theirs")


def ask(app, target, method="GET", **options):
    with TestClient(app, follow_redirects=False) as client:
        return client.request(method, target, **options)


class TestMounting(Mounting):
    mount = staticmethod(starlette.mount)
    new_app = staticmethod(Starlette)
    REST = "{rest:path}"

    def add_theirs(self, app, path):
        app.router.routes.append(Route(path, theirs))

    def get(self, app, target):
        return answer_of(ask(app, target))


@pytest.mark.parametrize("redirects", [True, False])
@pytest.mark.parametrize(("path", "target"), [("/a", "/a/"), ("/a/", "/a"), ("/a/{id}", "/a/1/")])
def test_a_slash_at_the_end_counts(path, target, redirects):
    app = starlette.mount(Starlette(), router_of(path))
    app.router.redirect_slashes = redirects

    assert 404 == ask(app, target).status_code


def test_the_app_redirects_its_own_paths_as_before():
    app = starlette.mount(Starlette(routes=[Route("/own/", theirs)]), router_of("/a"))

    assert (307, "http://testserver/own/") == (
        ask(app, "/own").status_code,
        ask(app, "/own").headers["location"],
    )


def test_websockets_of_the_app_are_left_alone():
    async def endpoint(websocket):
        await websocket.accept()
        await websocket.send_text("theirs")
        await websocket.close()

    app = starlette.mount(Starlette(routes=[WebSocketRoute("/a", endpoint)]), router_of("/a"))

    with TestClient(app) as client, client.websocket_connect("/a") as websocket:
        assert "theirs" == websocket.receive_text()


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/a", "/a"),
        ("/a/{id}", "/a/{name}"),
        ("/a/{id}", "/a/{id:int}"),
        ("/a/{id}", "/a/b"),
        ("/{r*}", "/{r:path}"),
        ("/{r*}", "/b/{id}"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_route_of_the_app_that_would_never_be_reached_is_refused(path, own, method):
    app = Starlette(routes=[Route(own, theirs, methods=[method])])

    with pytest.raises(ValueError, match=re.escape(f"the app's own route [{own}] would never be reached")):
        starlette.mount(app, router_of(path))


@pytest.mark.parametrize(
    ("inside", "path", "own"),
    [
        ({"routes": [Route("/in", theirs)]}, "/out/in", "/out/in"),
        ({"routes": [Mount("/in", routes=[Route("/{x}", theirs)])]}, "/out/in/{id}", "/out/in/{x}"),
        ({"app": theirs}, "/{rest*}", "/out"),
    ],
)
def test_what_is_mounted_in_the_app_is_not_hidden_either(inside, path, own):
    app = Starlette(routes=[Mount("/out", **inside)])

    with pytest.raises(ValueError, match=re.escape(f"the app's own route [{own}] would never be reached")):
        starlette.mount(app, router_of(path))


def test_a_mount_of_nothing_hides_nothing():
    app = Starlette(routes=[Mount("/out", routes=[Route("/in", theirs)])])

    assert {} == ask(starlette.mount(app, router_of("/out")), "/out").json()


def test_an_app_under_a_path_has_its_own_paths():
    inner = starlette.mount(Starlette(), router_of("/a/{id}"))
    app = Starlette(routes=[Mount("/s ub", app=inner)])

    assert {"id": "b/c"} == ask(app, "/s%20ub/a/b%2Fc").json()
    assert [404, 404] == [ask(app, target).status_code for target in ("/a/b", "/s%20ub/a/b/c")]


def test_what_starlette_answers_with_is_handed_on():
    async def handler(context, request, response):
        done = BackgroundTask(told.append, "done")
        return PlainTextResponse("native", 202, headers={"x-a": "b"}, background=done)

    told = []
    answer = ask(starlette.mount(Starlette(), router_of("/", handler=handler)), "/")

    assert (202, "native", "b") == (answer.status_code, answer.text, answer.headers["x-a"])
    assert ["done"] == told


@pytest.mark.parametrize("is_async", [True, False])
def test_what_starlette_raises_goes_to_its_handlers(is_async):
    def plain(context, request, response):
        raise HTTPException(418, "short")

    async def asynchronous(context, request, response):
        plain(context, request, response)

    async def explain(request, error):
        return PlainTextResponse(f"{request.url.path}: {error.detail}", error.status_code)

    app = Starlette(exception_handlers={HTTPException: explain})
    starlette.mount(app, router_of("/a", handler=asynchronous if is_async else plain))
    answer = ask(app, "/a")

    assert (418, "/a: short") == (answer.status_code, answer.text)


@pytest.mark.parametrize("native", [True, False])
def test_the_app_wraps_its_middleware_around(native):
    def handler(context, request, response):
        raw = request.unstable_raw_request()
        text = f"{raw.state.user} {raw.url.path} {raw.headers['x-b']} {raw.app.state.name}"
        return PlainTextResponse(text) if native else response.ok(body=text)

    class Login(BaseHTTPMiddleware):
        async def dispatch(self, request, call_next):
            request.state.user = "ann"
            answer = await call_next(request)
            answer.headers["x-login"] = str(answer.status_code)
            return answer

    app = Starlette(middleware=[Middleware(Login), Middleware(GZipMiddleware, minimum_size=1)])
    app.state.name = "app"
    starlette.mount(app, router_of("/a", handler=handler))
    answer = ask(app, "/a", headers={"x-b": "c"})

    assert ("ann /a c app", "200", "gzip") == (
        answer.text,
        answer.headers["x-login"],
        answer.headers["content-encoding"],
    )


def test_the_body_was_received_before_the_handler_is_called():
    async def handler(context, request, response):
        with pytest.raises(RuntimeError, match="Receive channel"):
            await request.unstable_raw_request().body()
        return response.ok(body=request.body)

    router = Router()
    router.post("/", validate={"body": s.object({"n": s.number()})})(handler)

    assert {"n": 1} == ask(starlette.mount(Starlette(), router), "/", "POST", json={"n": 1}).json()


@pytest.mark.parametrize(
    ("read", "status"), [("body", 200), ("json", 200), ("stream", 400)], ids=["body", "json", "stream"]
)
def test_an_endpoint_that_is_decorated_may_find_its_body_read(read, status):
    def reads(endpoint):
        async def reading(request):
            if read == "stream":
                assert [chunk async for chunk in request.stream()]
            else:
                await getattr(request, read)()
            return await endpoint(request)

        return reading

    app = Starlette(routes=[Route("/body", reads(own_body), methods=["POST"])])
    answer = ask(app, "/body", "POST", json={"n": 1})

    assert status == answer.status_code
    assert ({"n": 1} if status == 200 else None) == answer.json().get("body")


def test_an_endpoint_may_read_its_body_again():
    @starlette.validated(body=s.any())
    async def endpoint(request, valid):
        return JSONResponse([valid.body, await request.json()])

    app = Starlette(routes=[Route("/body", endpoint, methods=["POST"])])

    async def call_in_pieces():
        pieces = [{"type": "http.request", "body": body, "more_body": bool(body)} for body in (b"1", b"")]
        await call_asgi(app, "POST", "/body", [JSON], messages=pieces)

    assert [{"n": 1}, {"n": 1}] == ask(app, "/body", "POST", json={"n": 1}).json()
    with pytest.raises(RuntimeError, match="Stream consumed"):
        asyncio.run(asyncio.wait_for(call_in_pieces(), 5))


@pytest.mark.parametrize("target", ["/endless", "/validated", "/posted"])
def test_a_client_that_leaves_is_no_error_behind_middleware(target, caplog):
    class Pass(BaseHTTPMiddleware):
        async def dispatch(self, request, call_next):
            return await call_next(request)

    told = []

    async def pieces():
        try:
            while True:
                yield b"x"
                await asyncio.sleep(0)
        finally:
            told.append("closed")

    async def handler(context, request, response):
        return response.ok(body=pieces())

    app = Starlette(middleware=[Middleware(Pass)], routes=[Route("/validated", own_body, methods=["POST"])])
    router = router_of("/endless", handler=handler)
    router.post("/posted", validate={"body": s.any()})(handler)
    starlette.mount(app, router)

    async def main():
        line = Line({"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"})
        scope = make_scope("POST", target, [JSON])
        if target == "/endless":
            line.incoming = [in_one(b"")]
            scope["method"] = "GET"
        task = asyncio.create_task(app(scope, line.receive, line.send))
        await line.until_sent(3 if target == "/endless" else 0)
        line.done.set()
        await asyncio.wait_for(task, 5)

    asyncio.run(main())

    assert (["closed"] if target == "/endless" else []) == told
    assert [] == caplog.records


def test_endpoints_see_the_parameters():
    def handler(context, request, response):
        return response.ok(body=request.unstable_raw_request().path_params)

    app = Starlette(
        routes=[Mount("/{tenant:int}", app=starlette.mount(Starlette(), router_of("/{id}", handler=handler)))]
    )

    assert {"tenant": 1, "id": "b/c"} == ask(app, "/1/b%2Fc").json()


def test_urls_of_our_routes_are_not_built():
    app = starlette.mount(Starlette(), router_of("/a"))

    with pytest.raises(NoMatchFound):
        app.url_path_for("hello")
    assert "/own" == starlette.mount(
        Starlette(routes=[Route("/own", theirs, name="own")]), router_of("/a")
    ).url_path_for("own")


def test_a_wrapper_has_the_name_of_the_endpoint_but_not_its_signature():
    assert "own" == own.__name__
    assert not hasattr(own, "__wrapped__")
    assert ["arguments"] == list(inspect.signature(own).parameters)


@pytest.mark.parametrize(("target", "status"), [("/page", 200), ("/page/", 404)])
def test_a_middleware_may_ask_again_for_another_path(target, status):
    def fallback(app):
        async def middleware(scope, receive, send):
            async def keep(message):
                sent.append(message)

            sent = []
            await app(scope, receive, keep)
            if sent[0]["status"] == 404:
                await app({**scope, "path": f"/en{scope['path']}"}, receive, send)

        return middleware

    app = starlette.mount(Starlette(middleware=[Middleware(fallback)]), router_of("/en/page"))

    assert status == asyncio.run(call_asgi(app, "GET", target)).status


@pytest.mark.parametrize("app", [None, StarletteRouter(), FastAPI(), Starlette])
def test_another_sort_of_application_is_refused(app):
    with pytest.raises(TypeError, match=r"expected a Starlette but got|the app is a FastAPI"):
        starlette.mount(app, Router())
