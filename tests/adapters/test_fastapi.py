import contextlib
import inspect
import json
import re
import sys
import threading
from functools import partial
from types import ModuleType
from typing import Annotated, Any

import pytest
from fastapi import (
    APIRouter,
    BackgroundTasks,
    Body,
    Depends,
    FastAPI,
    Header,
    HTTPException,
    Query,
    Request,
    Security,
)
from fastapi.openapi.utils import get_openapi
from fastapi.responses import PlainTextResponse, StreamingResponse
from fastapi.security import APIKeyHeader
from fastapi.testclient import TestClient
from openapi_spec_validator import validate
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.routing import NoMatchFound

from kbn_schema import schema
from kbn_schema.adapters import fastapi, starlette
from kbn_schema.http import Router
from tests.adapters.contract import JSON, OWN_BODY, OWN_PARTS, ValidatedContract, as_data
from tests.adapters.mounting import Mounting, hello, router_of
from tests.adapters.onaloop import OnALoop
from tests.adapters.routes import make_router
from tests.adapters.throughhttpx import ThroughHttpx, answer_of
from tests.adapters.under import UnderUvicorn

s = schema


async def nothing_here(request, error):
    return PlainTextResponse(b"nothing here", error.status_code)


def make_fastapi(is_async=True, **options):
    app = FastAPI(exception_handlers={404: nothing_here}, **options)

    @app.post("/own")
    async def theirs(request: Request):
        with contextlib.suppress(ClientDisconnect):
            return PlainTextResponse(b"own " + await request.body())

    return fastapi.mount(app, make_router(is_async))


@pytest.fixture(scope="module")
def client():
    """Plain handlers, in worker threads."""
    with TestClient(make_fastapi(is_async=False), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def guarded_client():
    """Behind a dependency of the application."""
    app = make_fastapi(dependencies=[Depends(pass_by)])
    with TestClient(app, follow_redirects=False) as client:
        yield client


async def pass_by():
    yield


class TestWithItsClient(ThroughHttpx):
    @pytest.fixture(autouse=True)
    def _client(self, client):
        self.client = client


class TestBehindADependency(TestWithItsClient):
    @pytest.fixture(autouse=True)
    def _client(self, guarded_client):
        self.client = guarded_client


class TestUnderUvicorn(UnderUvicorn):
    make_app = staticmethod(make_fastapi)


class TestUnderUvicornBehindADependency(UnderUvicorn):
    @staticmethod
    def make_app():
        return make_fastapi(dependencies=[Depends(pass_by)])


@pytest.fixture(scope="module")
def own_client():
    app = FastAPI()

    @app.post("/own/{id:int}")
    @fastapi.validated(**OWN_PARTS)
    async def own(request, valid):
        return as_data(valid)

    @app.post("/body")
    @fastapi.validated(body=OWN_BODY, options=OWN_PARTS["options"])
    def own_body(valid) -> dict[str, Any]:
        return {**as_data(valid), "thread": threading.current_thread().name}

    @app.get("/bare")
    @fastapi.validated()
    async def bare(valid):
        return as_data(valid)

    with TestClient(fastapi.mount(app, make_router(is_async=True)), follow_redirects=False) as client:
        yield client


class TestValidated(ValidatedContract):
    @pytest.fixture(autouse=True)
    def _client(self, own_client):
        self.client = own_client

    send = TestWithItsClient.send

    def test_a_plain_function_may_block(self):
        answer = self.send("POST", "/body", [JSON], b'{"n": 1}')

        assert "AnyIO worker thread" == answer.json()["thread"]


class TestOnALoop(OnALoop):
    mount = staticmethod(lambda router: fastapi.mount(FastAPI(openapi_url=None), router))


def mounted(router, **options):
    return fastapi.mount(FastAPI(**options), router)


def ask(app, target, method="GET", **options):
    with TestClient(app, follow_redirects=False) as client:
        return client.request(method, target, **options)


def theirs():
    return "theirs"


class TestMounting(Mounting):
    mount = staticmethod(fastapi.mount)
    new_app = staticmethod(FastAPI)
    REST = "{rest:path}"

    def add_theirs(self, app, path):
        app.get(path, response_class=PlainTextResponse)(theirs)

    def get(self, app, target):
        return answer_of(ask(app, target))


@pytest.mark.parametrize("redirects", [True, False])
@pytest.mark.parametrize(("path", "target"), [("/a", "/a/"), ("/a/", "/a"), ("/a/{id}", "/a/1/")])
def test_a_slash_at_the_end_counts(path, target, redirects):
    assert 404 == ask(mounted(router_of(path), redirect_slashes=redirects), target).status_code


def included(path, method):
    app, router = FastAPI(), APIRouter(prefix="/in")
    getattr(router, method)(path)(theirs)
    outer = APIRouter()
    outer.include_router(router, prefix="/out")
    app.include_router(outer)
    return app


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("path", "own"), [("/a", "/a"), ("/a/{id}", "/a/{x}"), ("/{r*}", "/{r:path}")])
def test_a_route_of_an_included_router_that_would_never_be_reached_is_refused(path, own, method):
    app = included(own, method)
    before = list(app.routes)

    with pytest.raises(ValueError, match=re.escape(f"own route [/out/in{own}] would never be reached")):
        fastapi.mount(app, router_of(f"/out/in{path}"))
    assert (before, FastAPI) == (app.routes, type(app))


@pytest.mark.parametrize("own", ["/openapi.json", "/docs", "/redoc"])
def test_the_pages_of_the_app_are_routes_of_its_own(own):
    with pytest.raises(ValueError, match=re.escape(f"own route [{own}] would never be reached")):
        mounted(router_of(own))


def test_a_router_that_is_refused_is_no_route_of_the_app():
    app = mounted(router_of("/a"))

    with pytest.raises(ValueError, match="would never be reached"):
        fastapi.mount(app, router_of("/a"))
    assert 1 == sum(isinstance(route, starlette.RouterRoute) for route in app.routes)


@pytest.mark.parametrize("other", [Starlette(), APIRouter(), None])
def test_another_sort_of_application_is_refused(other):
    with pytest.raises(TypeError, match="expected a FastAPI but got"):
        fastapi.mount(other, router_of("/a"))


@pytest.mark.parametrize(
    ("default", "annotation", "kind"),
    [
        (Depends(hello), Any, "Depends"),
        (Security(hello), Any, "Security"),
        (Query(), str, "Query"),
        (Header("x"), str, "Header"),
        (Body(), Any, "Body"),
        (None, Annotated[Any, Depends(hello)], "Depends"),
    ],
)
@pytest.mark.parametrize("is_versioned", [False, True])
def test_a_handler_that_waits_for_a_dependency_is_refused(default, annotation, kind, is_versioned):
    def handle(context, request, response, store: annotation = default):
        return response.ok()

    app, router = FastAPI(), Router()
    if is_versioned:
        router.versioned.get("/a/{b}", access="internal").add_version("1", validate=False)(handle)
    else:
        router.get("/a/{b}", validate=False)(handle)
    with pytest.raises(TypeError) as error:
        fastapi.mount(app, router)

    assert (
        f"the handler of [GET /a/{{b}}] has a parameter [store] that asks FastAPI for a [{kind}]: handlers "
        "of a router get no dependencies; give them what they need by Router(context=...)"
    ) == str(error.value)
    assert not any(isinstance(route, starlette.RouterRoute) for route in app.routes)


def test_a_handler_may_have_defaults_of_its_own():
    def handle(context, request, response, store=None, *rest, size: Annotated[int, "bytes"] = 5, **more):
        return response.ok(body=[store, size])

    router = Router()
    router.get("/a", validate=False)(handle)

    assert [None, 5] == TestClient(fastapi.mount(FastAPI(), router)).get("/a").json()


def test_an_app_is_of_the_class_that_it_was():
    class Own(FastAPI):
        """An application."""

    app = fastapi.mount(fastapi.mount(Own(), router_of("/a")), router_of("/b"))

    assert isinstance(app, Own)
    assert ("Own", Own.__module__, "An application.") == (
        type(app).__name__,
        type(app).__module__,
        type(app).__doc__,
    )
    assert Own is type(app).__base__


def test_an_app_under_a_path_has_its_own_paths():
    inner = mounted(router_of("/a/{id}"))
    app = FastAPI()
    app.mount("/s ub", inner)

    assert {"id": "b/c"} == ask(app, "/s%20ub/a/b%2Fc").json()
    assert [404, 404] == [ask(app, target).status_code for target in ("/a/b", "/s%20ub/a/b/c")]
    assert ["/a/{id}"] == list(ask(app, "/s%20ub/openapi.json").json()["paths"])


def test_what_fastapi_answers_with_is_handed_on():
    async def handler(context, request, response):
        done = BackgroundTask(told.append, "done")
        return PlainTextResponse("native", 202, headers={"x-a": "b"}, background=done)

    told = []
    answer = ask(mounted(router_of("/", handler=handler)), "/")

    assert (202, "native", "b") == (answer.status_code, answer.text, answer.headers["x-a"])
    assert ["done"] == told


def test_it_is_handed_on_behind_dependencies_of_the_app_too():
    told = []
    app = FastAPI(dependencies=[Depends(lambda: told.append("asked"))])
    router = router_of("/", handler=lambda context, request, response: PlainTextResponse("native", 202))
    answer = ask(fastapi.mount(app, router), "/")

    assert (202, "native", ["asked"]) == (answer.status_code, answer.text, told)


def test_what_fastapi_raises_goes_to_its_handlers():
    def handler(context, request, response):
        raise HTTPException(418, {"why": "short"}, headers={"x-a": "b"})

    answer = ask(mounted(router_of("/a", handler=handler)), "/a")

    assert (418, {"detail": {"why": "short"}}, "b") == (
        answer.status_code,
        answer.json(),
        answer.headers["x-a"],
    )


def test_the_app_wraps_its_middleware_around():
    def handler(context, request, response):
        raw = request.unstable_raw_request()
        return response.ok(body=f"{raw.url.path} {raw.headers['x-b']} {raw.app.state.name} {raw.path_params}")

    app = FastAPI(middleware=[Middleware(GZipMiddleware, minimum_size=1)])
    app.state.name = "app"

    @app.middleware("http")
    async def login(request, call_next):
        answer = await call_next(request)
        answer.headers["x-login"] = "yes"
        return answer

    answer = ask(fastapi.mount(app, router_of("/a/{x}", handler=handler)), "/a/b", headers={"x-b": "c"})

    assert ("/a/b c app {'x': 'b'}", "yes", "gzip") == (
        answer.text,
        answer.headers["x-login"],
        answer.headers["content-encoding"],
    )


def test_urls_of_our_routes_are_not_built():
    app = mounted(router_of("/a"))

    with pytest.raises(NoMatchFound):
        app.url_path_for("hello")
    assert "/docs" == app.url_path_for("swagger_ui_html")


# Dependencies of the application


def test_dependencies_are_solved_before_a_route_is_answered():
    def key(x_key: Annotated[str, Header()], request: Request):
        if x_key != "k":
            raise HTTPException(401, "no key")
        request.state.user = "ann"

    def handler(context, request, response):
        called.append(request.path)
        return response.ok(body=request.unstable_raw_request().state.user)

    called = []
    app = mounted(router_of("/a", handler=handler), dependencies=[Depends(key)])
    answers = [ask(app, "/a", headers=headers) for headers in ({}, {"x-key": "x"}, {"x-key": "k"})]

    assert [422, 401, 200] == [answer.status_code for answer in answers]
    assert (["/a"], "ann") == (called, answers[2].text)
    assert [405, 204, 404] == [
        ask(app, target, method).status_code
        for method, target in (("PUT", "/a"), ("OPTIONS", "/a"), ("GET", "/b"))
    ]


def test_dependencies_come_before_what_is_wrong_with_a_request():
    def refuse():
        raise HTTPException(401)

    router = Router()
    router.post("/a", validate={"body": s.object({"n": s.number()})})(hello)

    assert 401 == ask(mounted(router, dependencies=[Depends(refuse)]), "/a?b=%zz", "POST").status_code


def test_dependencies_see_the_parameters_of_the_path():
    def tenant(tenant: int, request: Request):
        request.state.tenant = tenant

    def handler(context, request, response):
        return response.ok(body=[request.unstable_raw_request().state.tenant, dict(request.params)])

    router = router_of("/{tenant}/{id?}", handler=handler)
    app = mounted(router, dependencies=[Depends(tenant)], openapi_url=None)

    assert [[7, {"tenant": "7", "id": "b/c"}], [8, {"tenant": "8"}]] == [
        ask(app, target).json() for target in ("/7/b%2Fc", "/8")
    ]
    assert 422 == ask(app, "/x/1").status_code


def test_dependencies_may_be_overridden():
    def refuse():
        raise HTTPException(401)

    app = mounted(router_of("/a"), dependencies=[Depends(refuse)])
    app.dependency_overrides[refuse] = lambda: None

    assert 200 == ask(app, "/a").status_code


class Source:
    """A body that tells when it is closed."""

    def __init__(self, told):
        self.told = told

    async def __aiter__(self):
        yield b"one"
        self.told.append("sent")

    async def aclose(self):
        self.told.append("closed")


def test_a_dependency_is_open_until_a_stream_was_sent():
    async def open_until_sent(tasks: BackgroundTasks):
        tasks.add_task(told.append, "background")
        yield
        told.append("dependency")

    def handler(context, request, response):
        return response.ok(body=Source(told))

    told = []
    app = mounted(router_of("/a", handler=handler), dependencies=[Depends(open_until_sent)])

    assert "one" == ask(app, "/a").text
    assert ["sent", "closed", "background", "dependency"] == told


def test_a_dependency_that_fails_at_its_end_leaves_no_stream_open():
    async def fail():
        yield
        raise HTTPException(409)

    def handler(context, request, response):
        return response.ok(body=Source(told))

    told = []
    app = mounted(router_of("/a", handler=handler), dependencies=[Depends(fail, scope="function")])

    assert (409, ["closed"]) == (ask(app, "/a").status_code, told)


async def read_body(request: Request):
    await request.body()


async def read_stream(request: Request):
    assert [chunk async for chunk in request.stream()]


async def read_json(n: Annotated[int, Body(embed=True)]):
    assert n


def posting(**options):
    router = Router()
    router.post("/a", validate={"body": s.object({"n": s.number()})}, **options)(
        lambda context, request, response: response.ok(body=request.body)
    )
    return router


@pytest.mark.parametrize("read", [read_body, read_json])
def test_a_body_that_a_dependency_has_read_is_read_again(read):
    app = mounted(posting(), dependencies=[Depends(read)])

    @app.post("/own")
    @fastapi.validated(body=s.object({"n": s.number()}))
    def own(valid):
        return valid.body

    answers = [ask(app, target, "POST", json={"n": 1}) for target in ("/a", "/own")]

    assert [(200, {"n": 1})] * 2 == [(answer.status_code, answer.json()) for answer in answers]


def test_a_body_may_be_read_again():
    @fastapi.validated(body=s.any())
    async def function(request: Request, valid):
        return [valid.body, await request.json()]

    assert [1, 1] == ask(validated_app(function, method="post"), "/a", "POST", json=1).json()


def test_a_body_that_a_dependency_has_taken_away_is_400():
    app = mounted(posting(), dependencies=[Depends(read_stream)])

    @app.post("/own")
    @fastapi.validated(body=s.object({"n": s.number()}))
    def own(valid): ...

    for target in ("/a", "/own"):
        answer = ask(app, target, "POST", json={"n": 1})
        assert (400, "the request body could not be read") == (answer.status_code, answer.json()["message"])


# The document


def described():
    """A router with a route of each sort."""
    router = Router("/api")
    node = s.object({"name": s.nullable(s.string()), "next": s.maybe(s.lazy("node"))}, id="node")
    router.post(
        "/nodes/{id}",
        validate={
            "request": {
                "params": s.object({"id": s.integer(min=1)}),
                "query": s.object({"page": s.integer(default=1), "tags": s.maybe(s.array_of(s.string()))}),
                "headers": s.object({"X-One": s.string()}),
                "body": node,
            },
            "response": {201: {"body": node}},
        },
        summary="Add a node",
        description="To the others.",
        tags=["nodes"],
        deprecated=True,
    )(lambda context, request, response: response.created(body=request.body))
    router.get("/tree/{path*}", validate={"params": s.object({"path": s.maybe(s.string())})})(hello)
    router.get("/optional/{id?}", validate={"params": s.object({"id": s.maybe(s.string())})})(hello)
    router.post("/form", validate={"body": s.object({"a": s.number()})}, options=FORM_OR_JSON)(hello)
    versioned = router.versioned.get("/versioned", access="public")
    versioned.add_version("2023-10-31", validate=False, handler=hello)
    versioned.add_version("2024-10-31", validate=False, handler=hello)
    return router


FORM_OR_JSON = {"body": {"accepts": ["application/json", "application/x-www-form-urlencoded"]}}


class Node(BaseModel):
    name: str


def with_own_routes(**options):
    app = FastAPI(**options)

    @app.post("/own/{id}")
    def own(id: int, node: Node) -> Node:
        return node

    return app


def test_the_document_has_the_routes_of_both():
    app = fastapi.mount(with_own_routes(title="Both"), described())
    document = ask(app, "/openapi.json").json()

    validate(document)
    assert json.loads(json.dumps(app.openapi())) == document
    assert "Both" == document["info"]["title"]
    assert {
        "/own/{id}",
        "/api/nodes/{id}",
        "/api/tree",
        "/api/tree/{path}",
        "/api/optional",
        "/api/optional/{id}",
        "/api/form",
        "/api/versioned",
    } == set(document["paths"])
    assert {"Node", "node"} <= set(document["components"]["schemas"])


def test_an_operation_says_what_its_route_does():
    operation = mounted(described()).openapi()["paths"]["/api/nodes/{id}"]["post"]

    assert ("Add a node", "To the others.", ["nodes"], True) == (
        operation["summary"],
        operation["description"],
        operation["tags"],
        operation["deprecated"],
    )
    assert {("path", "id"), ("query", "page"), ("query", "tags"), ("header", "X-One")} == {
        (parameter["in"], parameter["name"]) for parameter in operation["parameters"]
    }
    assert ["application/json"] == list(operation["requestBody"]["content"])
    assert {"201", "400"} <= set(operation["responses"])


def test_the_pages_show_the_document():
    app = mounted(described())

    assert ["/openapi.json" in ask(app, page).text for page in ("/docs", "/redoc")] == [True, True]


@pytest.mark.parametrize("version", ["3.0.2", "3.1.0"])
def test_the_document_is_of_the_version_of_the_app(version):
    app = with_own_routes()
    app.openapi_version = version
    document = fastapi.mount(app, described()).openapi()

    validate(document)
    assert version == document["openapi"]


def test_names_and_ids_of_the_app_are_left_to_it():
    router = Router()
    node = s.object({"other": s.boolean()}, id="Node")
    router.get("/get", validate={"response": {200: {"body": node}}, "request": {}})(hello)
    app = with_own_routes()
    app.get("/x", operation_id="get-get")(theirs)
    document = fastapi.mount(app, router).openapi()

    validate(document)
    schemas = document["components"]["schemas"]
    answer = document["paths"]["/get"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    named = answer["$ref"].rpartition("/")[2]
    assert ({"name"}, {"other"}) == (set(schemas["Node"]["properties"]), set(schemas[named]["properties"]))
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(set(ids)) == len(ids)


def test_a_document_of_the_authors_may_say_less_of_an_operation():
    app = FastAPI()
    own = {"parameters": [], "summary": "Theirs", "get": {"responses": {}}}
    app.openapi = lambda: {"openapi": "3.1.0", "info": {}, "paths": {"/own": own}}
    document = fastapi.mount(app, router_of("/a")).openapi()

    assert {"/own", "/a"} == set(document["paths"])
    assert own == document["paths"]["/own"]


def test_routes_that_are_declared_later_are_in_the_document():
    router = Router()
    app = mounted(router)
    assert {} == app.openapi()["paths"]
    router.get("/late", validate=False)(hello)
    versioned = router.versioned.get("/versioned", access="internal")
    assert {"/late"} == set(app.openapi()["paths"])
    versioned.add_version("1", validate=False, handler=hello)
    app.get("/own")(theirs)

    app.openapi_schema = None
    assert {"/late", "/versioned", "/own"} == set(app.openapi()["paths"])


def test_a_document_is_made_once():
    app = mounted(described())
    paths = [app.openapi()["paths"]["/api/form"]["post"]["responses"] for _ in range(2)]

    assert paths[0] is paths[1]


def test_the_document_that_fastapi_keeps_is_its_own():
    app = fastapi.mount(with_own_routes(), described())
    app.openapi()

    assert {"/own/{id}"} == set(app.openapi_schema["paths"])


def test_a_document_of_the_author_has_our_routes():
    """As the pages of FastAPI tell how to make one."""

    def custom():
        if app.openapi_schema:
            return app.openapi_schema
        document = get_openapi(title="Custom", version="1", routes=app.routes)
        document["info"]["x-logo"] = "logo"
        app.openapi_schema = document
        return document

    for is_first in (True, False):
        app = with_own_routes()
        if is_first:
            app.openapi = custom
        fastapi.mount(app, described())
        app.openapi = custom

        document = ask(app, "/openapi.json").json()
        validate(document)
        assert ("Custom", "logo") == (document["info"]["title"], document["info"]["x-logo"])
        assert {"/own/{id}", "/api/form"} <= set(document["paths"])


def test_what_an_author_makes_of_our_document_counts():
    app = fastapi.mount(with_own_routes(), described())
    make = app.openapi
    kept = []

    def custom():
        if not kept:
            kept.append(make())
            del kept[0]["paths"]["/api/form"]
        return kept[0]

    app.openapi = custom

    for _ in range(2):
        assert {"/own/{id}", "/api/tree"} <= set(app.openapi()["paths"])
        assert "/api/form" not in app.openapi()["paths"]


def test_a_class_of_an_author_makes_its_own_document():
    class Own(FastAPI):
        def openapi(self):
            return {**super().openapi(), "x-own": True}

    document = fastapi.mount(Own(), described()).openapi()

    validate(document)
    assert (True, True) == (document["x-own"], "/api/form" in document["paths"])


def test_an_app_need_not_show_its_document():
    app = mounted(router_of("/a", "/openapi.json", "/docs"), openapi_url=None)

    assert [200, 200] == [ask(app, target).status_code for target in ("/openapi.json", "/docs")]
    assert {"/a", "/openapi.json", "/docs"} == set(app.openapi()["paths"])


def test_a_root_path_is_the_apps():
    with TestClient(mounted(described()), root_path="/proxied") as client:
        document = client.get("/openapi.json").json()
        answer = client.get("/api/optional/a")

    assert [{"url": "/proxied"}] == document["servers"]
    assert "/api/form" in document["paths"]
    assert {"id": "a"} == answer.json()


def test_the_document_names_the_dependencies_of_the_app():
    key = APIKeyHeader(name="x-key")

    def asked(tenant: Annotated[str, Header()], key: Annotated[str, Security(key)]): ...

    app = mounted(described(), dependencies=[Depends(asked)])
    document = app.openapi()
    operation = document["paths"]["/api/optional"]["get"]

    validate(document)
    assert [{"APIKeyHeader": []}] == operation["security"]
    assert ["tenant"] == [parameter["name"] for parameter in operation["parameters"]]
    assert ["APIKeyHeader"] == list(document["components"]["securitySchemes"])


def test_all_routers_are_in_the_document():
    app = fastapi.mount(FastAPI(), router_of("/a"))

    assert {"/a", "/b"} == set(fastapi.mount(app, router_of("/b")).openapi()["paths"])


def test_the_document_has_the_paths_in_the_order_of_their_declaration():
    paths = [f"/{name}" for name in "qwertyuiop"]

    assert paths == list(mounted(router_of(*paths)).openapi()["paths"])


def test_what_a_dependency_of_the_app_and_a_route_ask_for_is_told_once():
    def guard(x_key: Annotated[str, Header()], page: int): ...

    router = Router()
    rules = {
        "params": s.object({"id": s.string()}),
        "query": s.object({"page": s.integer(max=9), "Page": s.maybe(s.string())}),
        "headers": s.object({"X-Key": s.string()}),
    }
    router.get("/a/{id}", validate=rules)(lambda context, request, response: response.ok())
    document = fastapi.mount(FastAPI(dependencies=[Depends(guard)]), router).openapi()
    operation = document["paths"]["/a/{id}"]["get"]
    told = [(one["in"], one["name"].lower()) for one in operation["parameters"]]

    validate(document)
    assert sorted([("path", "id"), ("query", "page"), ("query", "page"), ("header", "x-key")]) == sorted(told)
    assert {"400", "422"} <= operation["responses"].keys()


def test_a_route_that_is_no_page_of_an_api_is_not_in_the_document():
    router = router_of("/a")
    router.static("/assets", ".")

    assert {"/a"} == set(mounted(router).openapi()["paths"])


# A path operation of FastAPI's own


def run_hidden(source, target, method="POST", **options):
    """The answer of the `app` that a module makes."""
    program = ModuleType("hidden")
    sys.modules["hidden"] = program
    exec(source, vars(program))
    try:
        validate(program.app.openapi())
        return ask(program.app, target, method, **options)
    finally:
        del sys.modules["hidden"]


def test_annotations_may_name_what_is_not_there_at_run_time():
    answer = run_hidden(HIDDEN, "/items/7?q=1", json={"n": 2}, headers={"x-key": "k"})

    expected = {"id": 7, "n": 2, "db": ["db"], "session": ["db"], "key": "k", "limit": 5, "path": "/items/7"}
    assert (201, expected, "yes") == (answer.status_code, answer.json(), answer.headers["x-told"])


HIDDEN = """
from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, FastAPI, Header, Response

from kbn_schema import schema
from kbn_schema.adapters import fastapi
from kbn_schema.http import Router

if TYPE_CHECKING:
    from fastapi import Request
    from nowhere import Answer, Body, Key, Valid, orm

app = fastapi.mount(FastAPI(), Router())


def get_db():
    yield ["db"]


@app.post("/items/{id}", status_code=201)
@fastapi.validated(body=schema.object({"n": schema.number()}), query=schema.object({"q": schema.string()}))
async def change(
    request: Request,
    valid: Valid[Body],
    id: int,
    session: Annotated[orm.Session[Body], Depends(get_db)],
    key: Annotated[Key, Header(alias="x-key")],
    response: Response,
    db: orm.Session = Depends(get_db),
    limit: Limit = 5,
) -> Answer:
    response.headers["x-told"] = "yes"
    return {
        "id": id,
        "n": valid.body["n"],
        "db": db,
        "session": session,
        "key": key,
        "limit": limit,
        "path": request.url.path,
    }
"""


def validated_app(function, path="/a", method="get", **options):
    app = FastAPI()
    app.api_route(path, methods=[method.upper()], **options)(function)
    return app


def test_only_what_fastapi_fills_is_shown_to_it():
    @fastapi.validated()
    async def function(
        valid: "Nowhere",  # noqa: F821
        id,
        db=Depends(theirs),  # noqa: B008
        clock=print,
        *arguments,
        page: int = 1,
        **options,
    ) -> "Nobody":  # noqa: F821
        return [id, db, page, clock is print]

    signature = inspect.signature(function)

    assert ["id", "db", "page"] == [name for name in signature.parameters if "request" not in name]
    assert signature.return_annotation is signature.empty
    assert [["x", "theirs", 2, True]] == [ask(validated_app(function, "/{id}"), "/x?page=2").json()]


@pytest.mark.parametrize("annotation", [Request, "Request", inspect.Parameter.empty])
@pytest.mark.parametrize("name", ["request", "req"])
def test_a_request_may_have_any_name(annotation, name):
    if name == "req" and annotation is inspect.Parameter.empty:
        pytest.skip("nothing says that it is one")

    def function(**values):
        return {"path": values[name].url.path, "valid": sorted(values)}

    function.__signature__ = inspect.Signature(
        [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, annotation=kind)
            for key, kind in ((name, annotation), ("valid", "Nowhere"))
        ]
    )
    function.__globals__.setdefault("Request", Request)
    answer = ask(validated_app(fastapi.validated()(function)), "/a")

    assert {"path": "/a", "valid": [name, "valid"]} == answer.json()


class Shown:
    """An object that is called, whose annotations are resolved where its class stands."""

    def __call__(self, page: "Annotated[Nowhere, Query(alias='p')]", valid, more: "str" = "b"):  # noqa: F821
        return [page, more]


@pytest.mark.parametrize(
    "function", [Shown(), partial(Shown().__call__), partial(partial(Shown.__call__, Shown()))]
)
def test_what_is_called_need_not_be_a_function(function):
    shown = fastapi.validated()(function)
    shown.__name__ = "shown"

    assert ["a", "c"] == ask(validated_app(shown), "/a?p=a&more=c").json()


def test_an_annotation_that_unpacks_what_is_not_there_is_left_out():
    @fastapi.validated()
    def function(valid, rest: "tuple[*Nowhere]" = ()):  # noqa: F821
        return list(rest)

    assert [] == ask(validated_app(function), "/a").json()


def test_an_argument_that_is_called_request_may_be_something_else():
    @fastapi.validated()
    def function(request: int, valid):
        return request

    assert 7 == ask(validated_app(function), "/a?request=7").json()


def test_what_is_returned_is_made_an_answer_by_fastapi():
    class Full(BaseModel):
        name: str
        password: str

    class Public(BaseModel):
        name: str

    @fastapi.validated()
    async def annotated(valid) -> Public:
        return Full(name="a", password="b")

    @fastapi.validated()
    async def plain(valid) -> None:
        return Full(name="a", password="b")

    assert {"name": "a"} == ask(validated_app(annotated), "/a").json()
    assert {"name": "a"} == ask(validated_app(plain, response_model=Public), "/a").json()
    assert {"name": "a", "password": "b"} == ask(validated_app(plain), "/a").json()


def test_a_refusal_is_not_made_an_answer_by_fastapi():
    class Public(BaseModel):
        name: str

    @fastapi.validated(query=s.object({"n": s.number()}))
    async def function(valid) -> Public: ...

    answer = ask(validated_app(function, status_code=201, response_class=PlainTextResponse), "/a")

    assert (400, "Bad Request") == (answer.status_code, answer.json()["error"])
    assert "application/json; charset=utf-8" == answer.headers["content-type"]


def test_the_dependencies_of_a_function_are_open_while_it_streams():
    def get_db():
        told.append("open")
        yield "db"
        told.append("closed")

    @fastapi.validated()
    async def function(tasks: BackgroundTasks, valid, db: Annotated[str, Depends(get_db)]):
        tasks.add_task(told.append, "background")

        async def pieces():
            yield db
            told.append("sent")

        return StreamingResponse(pieces())

    told = []

    assert "db" == ask(validated_app(function), "/a").text
    assert ["open", "sent", "background", "closed"] == told


def test_a_method_may_be_a_path_operation():
    class Shop:
        name = "shop"

        @fastapi.validated(params=s.object({"id": s.integer()}))
        def show(self, valid):
            return [self.name, valid.params]

    app = APIRouter(prefix="/shop")
    app.get("/{id}")(Shop().show)
    outer = FastAPI()
    outer.include_router(app)

    assert ["shop", {"id": 7}] == ask(outer, "/shop/7").json()


def test_a_function_under_validated_is_in_the_document_where_a_router_is_mounted():
    app = FastAPI()

    @app.put("/{id}/{other}", operation_id="own")
    @fastapi.validated(
        params=s.object({"id": s.integer(), "other": s.string()}),
        query=s.object({"q": s.maybe(s.string())}),
        body=s.object({"n": s.number()}, id="Body"),
    )
    def change(valid, other: str, token: Annotated[str, Header()]) -> dict[str, int]:
        """Change it."""

    @app.get("/hidden", include_in_schema=False)
    @fastapi.validated(query=s.object({"q": s.string()}))
    def hidden(valid): ...

    document = fastapi.mount(app, described()).openapi()
    operation = document["paths"]["/{id}/{other}"]["put"]

    validate(document)
    assert "/hidden" not in document["paths"]
    assert ("own", "Change it.") == (operation["operationId"], operation["description"])
    assert [("path", "other"), ("header", "token"), ("path", "id"), ("query", "q")] == [
        (parameter["in"], parameter["name"]) for parameter in operation["parameters"]
    ]
    assert ["application/json"] == list(operation["requestBody"]["content"])
    assert {"200", "400", "413", "415", "422"} == set(operation["responses"])
    assert {"Body", "node"} <= set(document["components"]["schemas"])
    assert not any("kbn_schema" in path for path in document["paths"])


def test_a_function_that_yields_is_refused():
    def plain(valid):
        yield

    async def asynchronous(valid):
        yield

    for function in (plain, asynchronous):
        with pytest.raises(TypeError, match="yields"):
            fastapi.validated()(function)


def test_a_function_that_does_not_want_what_is_valid_is_refused():
    with pytest.raises(TypeError, match=r"has no argument \[valid\]"):
        fastapi.validated()(lambda request: None)


def test_a_wrapper_has_the_name_of_the_function():
    @fastapi.validated()
    async def named(valid): ...

    assert ("named", False) == (named.__name__, hasattr(named, "__wrapped__"))
