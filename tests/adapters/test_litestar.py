import asyncio
import inspect
import re
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import litestar as litestar_library
import pytest
from litestar import (
    Controller,
    Litestar,
    MediaType,
    Request,
    Response,
    WebSocket,
    delete,
    get,
    post,
    websocket,
)
from litestar.background_tasks import BackgroundTask
from litestar.config.compression import CompressionConfig
from litestar.config.cors import CORSConfig
from litestar.datastructures import Cookie, State
from litestar.di import Provide
from litestar.dto import DataclassDTO
from litestar.exceptions import HTTPException, NoRouteMatchFoundException, NotAuthorizedException
from litestar.params import FromPath
from litestar.response import File, Redirect, Stream
from litestar.testing import TestClient
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient as StarletteClient

from kbn_schema import schema
from kbn_schema.adapters import litestar
from kbn_schema.http import Router
from tests.adapters.calling import call_asgi
from tests.adapters.contract import JSON, OWN_BODY, OWN_PARTS, ValidatedContract, as_data
from tests.adapters.mounting import Mounting, router_of
from tests.adapters.onaloop import OnALoop
from tests.adapters.routes import make_router
from tests.adapters.throughhttpx import ThroughHttpx, answer_of
from tests.adapters.under import UnderUvicorn

s = schema


@post("/own", status_code=200, media_type=MediaType.TEXT)
async def theirs_posted(request: Request) -> bytes:
    return b"own " + await request.body()


def nothing_here(request, error):
    return Response(b"nothing here", status_code=error.status_code, media_type=MediaType.TEXT)


def make_app(*handlers, **options):
    return Litestar(list(handlers), openapi_config=None, logging_config=None, **options)


def make_litestar(is_async=True):
    # A limit of Litestar's own bodies; ours have their own.
    app = make_app(theirs_posted, exception_handlers={404: nothing_here}, request_max_body_size=10)
    return litestar.mount(app, make_router(is_async))


@pytest.fixture(scope="module")
def client():
    """Plain handlers, in worker threads."""
    with TestClient(make_litestar(is_async=False)) as client:
        client.follow_redirects = False
        yield client


class TestWithItsClient(ThroughHttpx):
    @pytest.fixture(autouse=True)
    def _client(self, client):
        self.client = client

    def is_torn(self, target):
        with pytest.raises(Exception, match="after response started"):
            self.send("GET", target)
        return True


class TestUnderUvicorn(UnderUvicorn):
    make_app = staticmethod(make_litestar)


@post("/own/{id:int}", status_code=200)
@litestar.validated(**OWN_PARTS)
async def own(request, valid) -> dict[str, Any]:
    return as_data(valid)


@post("/body", status_code=200)
@litestar.validated(body=OWN_BODY, options=OWN_PARTS["options"])
def own_body(valid) -> dict[str, Any]:
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.get_running_loop()
    return as_data(valid)


class Bare(Controller):
    path = "/bare"

    @get()
    @litestar.validated()
    async def show(self, valid) -> dict[str, Any]:
        assert isinstance(self, Bare)
        return as_data(valid)


@pytest.fixture(scope="module")
def own_client():
    app = litestar.mount(make_app(own, own_body, Bare), make_router(is_async=True))
    with TestClient(app) as client:
        yield client


class TestValidated(ValidatedContract):
    @pytest.fixture(autouse=True)
    def _client(self, own_client):
        self.client = own_client

    send = TestWithItsClient.send

    def test_a_plain_handler_may_block(self):
        """It asserts that it does not run in the event loop."""
        assert 200 == self.send("POST", "/body", [JSON], b'{"n": 1}').status


class TestOnALoop(OnALoop):
    mount = staticmethod(lambda router: litestar.mount(make_app(), router))


@dataclass
class Item:
    name: str


def mounted(router, *handlers, **options):
    return litestar.mount(make_app(*handlers, **options), router)


def ask(app, target, method="GET", **options):
    with TestClient(app) as client:
        client.follow_redirects = False
        return client.request(method, target, **options)


@get("/theirs", media_type=MediaType.TEXT)
async def theirs() -> str:
    return "theirs"


def at(*paths, method=get):
    @method(list(paths), media_type=MediaType.TEXT)
    async def handler(request: Request) -> str:
        return "theirs"

    return handler


class TestMounting(Mounting):
    mount = staticmethod(litestar.mount)
    new_app = staticmethod(make_app)
    REST = "{rest:path}"

    def add_theirs(self, app, path):
        app.register(at(path))

    def get(self, app, target):
        return answer_of(ask(app, target))


def test_the_app_finds_its_own_paths_as_before():
    app = mounted(router_of("/a/{id}"), theirs, at("/a/b/{x:int}"))

    assert ["theirs"] * 3 == [ask(app, target).text for target in ("/theirs", "/theirs/", "/a//b/1/")]


def test_websockets_of_the_app_are_left_alone():
    @websocket("/a")
    async def endpoint(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("theirs")
        await socket.close()

    with TestClient(mounted(router_of("/a"), endpoint)) as client, client.websocket_connect("/a") as line:
        assert "theirs" == line.receive_text()


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/a", "/a"),
        ("/a/{id}", "/a/{name:str}"),
        ("/a/{id}", "/a/{id:int}"),
        ("/a/{id}", "/a/b"),
        ("/{r*}", "/{r:path}"),
        ("/{r*}", "/b/{id:int}"),
    ],
)
@pytest.mark.parametrize("method", [get, post])
def test_a_route_of_the_app_that_would_never_be_reached_is_refused(path, own, method):
    app = make_app(at(own, method=method))
    before = len(app.routes)

    with pytest.raises(ValueError, match=re.escape(f"the app's own route [{own}] would never be reached")):
        litestar.mount(app, router_of(path))
    assert before == len(app.routes)


def test_the_pages_of_the_app_are_routes_of_its_own():
    with pytest.raises(ValueError, match=r"own route \[/schema"):
        litestar.mount(Litestar(), router_of("/{r*}"))


@pytest.mark.parametrize("other", [litestar_library.Router("/", route_handlers=[]), Starlette(), None])
def test_another_sort_of_application_is_refused(other):
    with pytest.raises(TypeError, match="wants an application of Litestar"):
        litestar.mount(other, router_of("/a"))


def test_handlers_of_the_app_may_be_registered_later():
    app = mounted(router_of("/a"))
    app.register(theirs)

    assert ["theirs", "{}"] == [ask(app, target).text for target in ("/theirs", "/a")]


class Around:
    """Put around an application from outside."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


def test_what_is_around_the_app_stays_around():
    app = make_app(theirs)
    app.asgi_handler = around = Around(app.asgi_handler)
    litestar.mount(app, router_of("/a"))

    assert around is app.asgi_handler
    assert ["{}", "theirs"] == [ask(app, target).text for target in ("/a", "/theirs")]


def test_what_cannot_be_seen_through_is_refused():
    app = make_app()
    inner = app.asgi_handler
    app.asgi_handler = lambda scope, receive, send: inner(scope, receive, send)

    with pytest.raises(TypeError, match="cannot see through"):
        litestar.mount(app, router_of("/a"))
    assert [] == app.routes


def test_an_app_under_a_path_has_its_own_paths():
    app = Starlette(routes=[Mount("/s ub", app=mounted(router_of("/a/{id}")))])
    with StarletteClient(app) as client:
        answers = [client.get(target) for target in ("/s%20ub/a/b%2Fc", "/a/b", "/s%20ub/a/b/c")]

    assert {"id": "b/c"} == answers[0].json()
    assert [404, 404] == [answer.status_code for answer in answers[1:]]


def test_hooks_see_the_path_below_the_root_path():
    seen = []

    async def before_request(request):
        seen.append((request.scope["path"], request.url.path))

    app = mounted(router_of("/a/{id}"), theirs, before_request=before_request)
    for target in ("/sub/theirs", "/sub/a/%62", "/a/b"):
        asyncio.run(call_asgi(app, "GET", target, root_path="/sub"))

    assert [("/theirs", "/sub/theirs"), ("/a/b", "/sub/a/b"), ("/a/b", "/sub/a/b")] == seen


# What is around


def login(app):
    async def middleware(scope, receive, send):
        async def mark(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-login", b"yes")]
            await send(message)

        await app({**scope, "user": "ann"}, receive, mark)

    return middleware


def reading(read):
    """A middleware that reads the body."""

    def around(app):
        async def middleware(scope, receive, send):
            await read(Request(scope, receive, send))
            await app(scope, receive, send)

        return middleware

    return around


@pytest.mark.parametrize("native", [True, False])
def test_the_app_wraps_its_middleware_around(native):
    def handler(context, request, response):
        raw = request.unstable_raw_request()
        text = f"{raw.user} {raw.url.path} {raw.headers['x-b']} {raw.app.state.name} {raw.path_params}"
        return Response(text, media_type=MediaType.TEXT) if native else response.ok(body=text)

    options = {"middleware": [login], "state": State({"name": "app"})}
    compressed = {"compression_config": CompressionConfig(backend="gzip", minimum_size=1)}
    app = mounted(router_of("/a/{x}", handler=handler), **options, **compressed)
    answer = ask(app, "/a/b%2Fc", headers={"x-b": "c"})

    assert "ann /a/b/c c app {'x': 'b/c'}" == answer.text
    assert ("yes", "gzip") == (answer.headers["x-login"], answer.headers["content-encoding"])


def test_cors_is_the_apps():
    app = mounted(router_of("/a"), cors_config=CORSConfig(allow_origins=["https://b.c"]))
    asked = {"origin": "https://b.c", "access-control-request-method": "GET"}
    answers = [ask(app, "/a", headers=asked), ask(app, "/a", "OPTIONS", headers=asked)]

    assert ["https://b.c"] * 2 == [answer.headers["access-control-allow-origin"] for answer in answers]


def test_hosts_are_the_apps_to_allow():
    app = mounted(router_of("/a"), allowed_hosts=["b.c"])

    assert [400, 200] == [ask(app, "/a", headers={"host": host}).status_code for host in ("x", "b.c")]


def test_guards_are_asked_first():
    told = []

    def guard(connection, handler):
        told.append((handler.name, connection.scope["path_template"], connection.path_params, handler.opt))
        if "x-key" not in connection.headers:
            raise NotAuthorizedException("no key")

    router = router_of("/a/{id?}", handler=lambda *_: told.append("called"))
    app = mounted(router, guards=[guard])

    assert 401 == ask(app, "/a/b").status_code
    assert 500 == ask(app, "/a", headers={"x-key": "1"}).status_code
    assert 401 == ask(app, "/a/b", "PUT").status_code
    name = "kbn_schema.1"
    assert [
        (name, "/a/{id?}", {"id": "b"}, {}),
        (name, "/a/{id?}", {}, {}),
        "called",
        (name, f"/{name}", {}, {}),
    ] == told


def test_hooks_are_called():
    told = []

    async def before_request(request):
        told.append(("before", request.url.path))

    async def after_request(response):
        told.append(("after", response.status_code, response.headers["content-type"]))
        response.headers["x-after"] = "1"
        response.headers["Content-Type"] = "text/x"
        response.set_cookie("c", "d")
        response.status_code = 202
        response.background = BackgroundTask(told.append, "background")
        return response

    async def after_response(request):
        told.append("sent")

    async def before_send(message, scope):
        told.append(message["type"])

    hooks = {"before_request": before_request, "after_request": after_request}
    hooks.update(after_response=after_response, before_send=[before_send])

    def handler(context, request, response):
        return response.ok(body="a", headers={"set-cookie": ["a=1", "b=2"]})

    # What is said for the whole application gives way to what is said in a response.
    cookies = [Cookie(key="e", value="f"), Cookie(key="g", documentation_only=True)]
    layered = {"response_headers": {"x-app": "2", "content-type": "x/y"}, "response_cookies": cookies}
    answer = ask(mounted(router_of("/a", handler=handler), **hooks, **layered), "/a")

    assert [
        ("before", "/a"),
        ("after", 200, "text/plain; charset=utf-8"),
        "http.response.start",
        "http.response.body",
        "background",
        "sent",
    ] == told
    headers = answer.headers
    assert (202, b"a", "1", "2", "text/x") == (
        answer.status_code,
        answer.content,
        headers["x-after"],
        headers["x-app"],
        headers["content-type"],
    )
    assert ["a=1", "b=2", "c=d", "e=f"] == [cookie[:3] for cookie in headers.get_list("set-cookie")]


def test_a_hook_may_answer_before_the_handler():
    async def before_request(request):
        return Response("not you", status_code=403, media_type=MediaType.TEXT)

    called = []
    app = mounted(router_of("/a", handler=lambda *_: called.append(1)), before_request=before_request)

    answer = ask(app, "/a")

    assert (403, "not you", []) == (answer.status_code, answer.text, called)


def streaming(told):
    async def pieces():
        yield b"secret"

    class Source:
        def __aiter__(self):
            return pieces()

        async def aclose(self):
            told.append("closed")

    async def handler(context, request, response):
        return response.ok(body=Source(), headers={"x-a": "b"})

    return handler


def replace_content(response):
    response.content = {"replaced": True}
    response.headers["content-type"] = "application/json"
    return response


def replace_response(response):
    return Response({"replaced": True})


@pytest.mark.parametrize("replace", [replace_content, replace_response])
def test_a_hook_may_replace_a_stream_which_is_closed(replace):
    told = []
    answer = ask(mounted(router_of("/a", handler=streaming(told)), after_request=replace), "/a")

    assert ({"replaced": True}, ["closed"]) == (answer.json(), told)
    assert ("b" if replace is replace_content else None) == answer.headers.get("x-a")


def test_a_hook_that_fails_leaves_no_stream_open():
    def fail(response):
        raise RuntimeError("in a hook")

    told = []
    answer = ask(mounted(router_of("/a", handler=streaming(told)), after_request=fail), "/a")

    assert (500, ["closed"]) == (answer.status_code, told)


def test_a_hook_may_replace_an_answer_that_has_a_length():
    def handler(context, request, response):
        return response.ok(body={"n": 1})

    answer = ask(mounted(router_of("/a", handler=handler), after_request=replace_content), "/a")

    assert ({"replaced": True}, "17") == (answer.json(), answer.headers["content-length"])


def test_what_the_app_makes_of_its_own_data_is_not_made_of_ours():
    answer = ask(mounted(router_of("/a/{id}"), return_dto=DataclassDTO[Item]), "/a/b")

    assert {"id": "b"} == answer.json()


@pytest.mark.parametrize("kind", ["json", "form", "body"])
@pytest.mark.parametrize("where", ["hook", "middleware", "guard"])
def test_what_was_read_before_us_is_read_again(kind, where):
    content = {"json": b'{"n": 1}', "form": b"n=1", "body": b'{"n": 1}'}[kind]
    sort = "application/x-www-form-urlencoded" if kind == "form" else "application/json"
    router = Router()
    body = {"validate": {"body": s.object({"n": s.number()})}}
    router.post("/a", **body, options={"body": {"accepts": sort}})(
        lambda context, request, response: response.ok(body=request.body)
    )

    async def read(request, handler=None):
        await getattr(request, kind)()

    app = mounted(
        router,
        middleware=[reading(read)] if where == "middleware" else [],
        before_request=read if where == "hook" else None,
        guards=[read] if where == "guard" else [],
    )

    assert {"n": 1} == ask(app, "/a", "POST", content=content, headers={"content-type": sort}).json()


@pytest.mark.parametrize("where", ["hook", "middleware"])
def test_a_multipart_form_that_was_read_before_us_is_400(where):
    router = Router()
    options = {"body": {"accepts": "multipart/form-data"}}
    router.post("/a", validate={"body": s.any()}, options=options)(lambda *_: None)

    async def read(request):
        await request.form()

    around = {"before_request": read} if where == "hook" else {"middleware": [reading(read)]}
    answer = ask(mounted(router, **around), "/a", "POST", files={"a": b"x"})

    assert (400, "the request body could not be read") == (answer.status_code, answer.json()["message"])


@pytest.mark.parametrize("target", ["/a", "/own"])
def test_a_body_may_be_read_again(target):
    async def handler(context, request, response):
        return response.ok(body=[request.body, await request.unstable_raw_request().json()])

    @post("/own", status_code=200)
    @litestar.validated(body=s.any())
    async def own(request, valid) -> Any:
        return [valid.body, await request.json()]

    router = Router()
    router.post("/a", validate={"body": s.any()})(handler)
    app = mounted(router, own)

    async def call_in_pieces():
        pieces = [{"type": "http.request", "body": body, "more_body": bool(body)} for body in (b"1", b"")]
        return await call_asgi(app, "POST", target, [JSON], messages=pieces)

    assert [{"n": 1}, {"n": 1}] == ask(app, target, "POST", json={"n": 1}).json()
    assert 500 == asyncio.run(asyncio.wait_for(call_in_pieces(), 5)).status


def test_what_litestar_answers_with_is_handed_on():
    async def handler(context, request, response):
        done = BackgroundTask(told.append, "done")
        return Response({"native": 1}, status_code=202, headers={"x-a": "b"}, background=done)

    told = []
    answer = ask(mounted(router_of("/a", handler=handler)), "/a")

    assert (202, {"native": 1}, "b") == (answer.status_code, answer.json(), answer.headers["x-a"])
    assert ["done"] == told


@pytest.mark.parametrize("response", [Redirect("/b"), Stream(iter([b"a", b"b"])), File(__file__)])
def test_all_sorts_of_responses_are_handed_on(response):
    answer = ask(mounted(router_of("/a", handler=lambda *_: response)), "/a")

    assert ("/b" if isinstance(response, Redirect) else None) == answer.headers.get("location")
    assert answer.status_code in (200, 302)


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("middleware", [[], [login]])
def test_what_litestar_raises_goes_to_its_handlers(is_async, middleware):
    def plain(context, request, response):
        raise HTTPException("short", status_code=418)

    async def asynchronous(context, request, response):
        plain(context, request, response)

    def explain(request, error):
        text = f"{request.url.path}: {error.detail}"
        return Response(text, status_code=error.status_code, media_type=MediaType.TEXT)

    router = router_of("/a", handler=asynchronous if is_async else plain)
    app = mounted(router, exception_handlers={HTTPException: explain}, middleware=middleware)
    answer = ask(app, "/a")

    assert (418, "/a: short") == (answer.status_code, answer.text)


def test_the_path_of_tools_is_404():
    app = mounted(router_of("/a"))

    assert ["/kbn_schema.1"] == [route.path for route in app.routes]
    assert 404 == ask(app, "/kbn_schema.1").status_code


def test_urls_of_our_routes_are_not_built():
    app = mounted(router_of("/a"), theirs)

    with pytest.raises(NoRouteMatchFoundException):
        app.route_reverse("hello")
    assert "/theirs" == app.route_reverse(theirs)


def test_the_routes_are_not_in_the_document():
    app = litestar.mount(Litestar([theirs], logging_config=None), router_of("/a"))

    assert ["/theirs"] == list(app.openapi_schema.to_schema()["paths"])


# A handler of Litestar's own


def test_annotations_may_name_what_is_not_there_at_run_time():
    program = ModuleType("hidden")
    sys.modules["hidden"] = program
    exec(HIDDEN, vars(program))
    try:
        app = make_app(program.change, dependencies={"double": Provide(program.double, sync_to_thread=False)})
        answer = ask(app, "/items/7?q=1", "POST", json={"n": 2}, headers={"x-key": "k"})
    finally:
        del sys.modules["hidden"]

    assert {"id": 7, "n": 2, "double": 14, "key": "k", "q": "1"} == answer.json()


HIDDEN = """
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter

from kbn_schema import schema
from kbn_schema.adapters import litestar

if TYPE_CHECKING:
    from litestar import Request
    from litestar.datastructures import State
    from nowhere import Answer, Body, Key, Number, Valid


def double(id: FromPath[int]) -> int:
    return 2 * id


@post("/items/{id:int}")
@litestar.validated(body=schema.object({"n": schema.number()}), query=schema.object({"q": schema.string()}))
async def change(
    request: Request,
    valid: Valid[Body],
    id: FromPath[int],
    double: NamedDependency[Number],
    key: Annotated[Key, HeaderParameter(name="x-key")],
    state: State,
) -> Answer:
    assert request.app.state is not state
    return {"id": id, "n": valid.body["n"], "double": double, "key": key, "q": valid.query["q"]}
"""


def test_what_can_be_resolved_is_litestars():
    @get("/{id:int}")
    @litestar.validated()
    def show(id: FromPath[int], state: State, valid) -> str:
        return f"{id} {state.name}"

    answer = ask(make_app(show, state=State({"name": "app"})), "/7")

    assert ("7 app", "text/plain; charset=utf-8") == (answer.text, answer.headers["content-type"])


def test_a_rest_is_a_text():
    @get("/{rest:path}")
    @litestar.validated(params=s.object({"rest": s.string()}))
    async def show(valid) -> dict[str, str]:
        return valid.params

    assert {"rest": "/a/b"} == ask(make_app(show), "/a/b").json()


def test_a_refusal_does_not_need_the_type_that_is_returned():
    @delete("/gone", status_code=204)
    @litestar.validated(query=s.object({"n": s.number()}))
    async def remove(valid) -> None: ...

    @get("/item", return_dto=DataclassDTO[Item])
    @litestar.validated(query=s.object({"n": s.number()}))
    async def show(valid) -> Item:
        return Item("a")

    app = make_app(remove, show)

    assert [204, 200] == [ask(app, "/gone?n=1", "DELETE").status_code, ask(app, "/item?n=1").status_code]
    answers = [ask(app, "/gone", "DELETE"), ask(app, "/item")]
    assert [400, 400] == [answer.status_code for answer in answers]
    assert ["Bad Request"] * 2 == [answer.json()["error"] for answer in answers]


@pytest.mark.parametrize("name", ["data", "body"])
def test_a_handler_that_takes_the_body_itself_is_refused(name):
    namespace = {}
    exec(f"def handler(valid, {name}): ...", namespace)

    with pytest.raises(TypeError, match=f"has an argument \\[{name}\\]"):
        litestar.validated()(namespace["handler"])


def test_a_handler_that_does_not_want_what_is_valid_is_refused():
    with pytest.raises(TypeError, match=r"has no argument \[valid\]"):
        litestar.validated()(lambda request: None)


def test_a_wrapper_has_the_name_of_the_handler_but_not_its_signature():
    @litestar.validated()
    async def named(valid: "Nowhere", request: "Nothing") -> "Nobody": ...  # noqa: F821

    assert ("named", False) == (named.__name__, hasattr(named, "__wrapped__"))
    assert ["request"] == list(inspect.signature(named).parameters)
    assert {"return", "request"} == set(named.__annotations__)
