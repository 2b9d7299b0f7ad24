"""Whole documents: the routes, and around them what an author says."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate as validate_document

from kbn_schema import SchemaDefinitionError, openapi, schema
from kbn_schema.demo.application import make_router as make_demo
from kbn_schema.demo.store import Store
from kbn_schema.http import Router
from tests.adapters.routes import make_router as make_contract
from tests.openapi.everything import BASE
from tests.openapi.everything import make_router as make_everything

MAKERS: dict[str, Any] = {
    "demo": make_demo,
    "contract": lambda _: make_contract(),
    "everything": lambda _: make_everything(),
}
EITHER = pytest.mark.parametrize("version", ["3.1", "3.0"])


def answer(context: Any, request: Any, response: Any) -> Any:
    return response.ok()


def router_of(path: str = "/x", **options: Any) -> Router:
    router = Router()
    router.get(path, **{"validate": False, **options})(answer)
    return router


def documented(router: Any, **arguments: Any) -> dict[str, Any]:
    made = openapi.document(router, **arguments)
    text = json.dumps(made, allow_nan=False)
    validate_document(json.loads(text))
    return made


def refused(router: Any = None, **arguments: Any) -> str:
    with pytest.raises(SchemaDefinitionError) as error:
        openapi.document(router_of() if router is None else router, **arguments)
    return str(error.value)


@pytest.fixture
def store() -> Iterator[Store]:
    with contextlib.closing(Store()) as store:
        yield store


# --- all of it ---


@EITHER
@pytest.mark.parametrize("access", ["all", "public", "internal"])
@pytest.mark.parametrize("api_version", [None, "newest", "oldest"])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_documents_are_valid(make, version, access, api_version, store):
    made = documented(make(store), openapi=version, access=access, api_version=api_version)

    assert made["openapi"].startswith(version)


def test_a_document_of_nothing_has_what_openapi_asks_for():
    assert {"openapi": "3.1.0", "info": {"title": "API", "version": "0"}, "paths": {}} == documented(Router())


@EITHER
def test_a_document_says_what_it_is_told(version):
    made = documented(
        router_of(tags=["b"]),
        title="Shop",
        version="1.4.0",
        description="Sells.",
        servers=["https://example.org/api", {"url": "/", "description": "Here."}],
        security_schemes={"token": {"type": "http", "scheme": "bearer"}},
        security=[{"token": []}],
        tags={"c": "Cats.", "a": "Apples."},
        external_docs="https://example.org/docs",
        openapi=version,
    )

    assert [
        "openapi", "info", "servers", "security", "tags", "externalDocs", "paths", "components",
    ] == [*made]  # fmt: skip
    assert {"title": "Shop", "version": "1.4.0", "description": "Sells."} == made["info"]
    assert [{"url": "https://example.org/api"}, {"url": "/", "description": "Here."}] == made["servers"]
    assert [{"token": []}] == made["security"]
    assert {"token": {"type": "http", "scheme": "bearer"}} == made["components"]["securitySchemes"]
    assert {"url": "https://example.org/docs"} == made["externalDocs"]
    assert [
        {"name": "c", "description": "Cats."},
        {"name": "a", "description": "Apples."},
        {"name": "b"},
    ] == made["tags"]


def test_tags_of_routes_are_sorted():
    assert [{"name": "a"}, {"name": "b"}] == documented(router_of(tags=["b", "a"]))["tags"]


def test_that_no_security_is_needed_may_be_said():
    assert [] == documented(router_of(), security=[])["security"]
    assert "security" not in documented(router_of())


def test_who_may_also_be_unknown_is_told_beside_what_others_need():
    router = router_of(security={"authc": {"enabled": "optional"}})
    router.get("/y", validate=False)(answer)
    security: Any = {
        "security_schemes": {"token": {"type": "http", "scheme": "bearer"}},
        "security": [{"token": []}],
    }
    found = documented(router, **security)["paths"]

    assert ([{}, {"token": []}], None) == (found["/x"]["get"]["security"], found["/y"]["get"].get("security"))
    assert "security" not in documented(router)["paths"]["/x"]["get"]


def test_every_operation_tells_that_it_may_be_refused_and_has_a_summary():
    [operation] = documented(router_of())["paths"]["/x"].values()
    router = Router()
    router.get("/y/{id}", validate=False)(lambda context, request, response: response.ok())

    assert "400" in operation["responses"]
    assert "GET /y/{id}" == documented(router)["paths"]["/y/{id}"]["get"]["summary"]


def test_a_document_is_the_same_each_time_and_new():
    router = make_everything()
    first = openapi.document(router, base=BASE)
    text = json.dumps(first)
    first["info"].clear()
    first["paths"].clear()
    first["components"]["schemas"].clear()

    assert text == json.dumps(openapi.document(router, base=BASE))


# --- several routers ---


def test_several_routers_make_one_document():
    found = documented([router_of("/x/a"), router_of("/x_a"), *router_of("/z").endpoints])

    assert {"/x/a": "get-x-a", "/x_a": "get-x-a-2", "/z": "get-z"} == {
        path: item["get"]["operationId"] for path, item in found["paths"].items()
    }


def test_schemas_of_two_routers_that_only_share_an_id_are_told_apart():
    def of(path: str, prop: Any) -> Router:
        block = {"request": {}, "response": {200: {"body": schema.object({"a": prop}, id="Thing")}}}
        return router_of(path, validate=block)

    both = documented([of("/x", schema.string()), of("/y", schema.integer())])
    same = documented([of("/x", schema.string()), of("/y", schema.string())])

    assert ["Thing", "HttpError", "Thing-2"] == [*both["components"]["schemas"]]
    assert ["Thing", "HttpError"] == [*same["components"]["schemas"]]


def test_a_route_that_two_routers_have_is_refused():
    assert "another router has [get] [/x]" in refused([router_of(), router_of()])


@pytest.mark.parametrize("given", [5, "router", [5], [Router(), None], {"a": 1}])
def test_what_is_no_router_is_refused(given):
    assert refused(given).startswith("document(): expected a router, or several ones, but got [")


# --- versions ---


def versioned() -> Router:
    router = router_of("/plain")
    public = router.versioned.get("/x", access="public")
    for version in ("2026-06-01", "2023-10-31"):
        public.add_version(version, validate=False, handler=answer)
    internal = router.versioned.get("/y", access="internal")
    for version in ("10", "2"):
        internal.add_version(version, validate=False, handler=answer)
    return router


@pytest.mark.parametrize(
    ("api_version", "access", "paths"),
    [
        (None, "all", ["/plain", "/x", "/y"]),
        ("newest", "all", ["/plain", "/x", "/y"]),
        ("2023-10-31", "all", ["/plain", "/x"]),
        ("10", "all", ["/plain", "/y"]),
        ("2023-10-31", "public", ["/x"]),
    ],
)
def test_a_version_is_shown_of_the_routes_that_have_it(api_version, access, paths):
    assert paths == [*documented(versioned(), api_version=api_version, access=access)["paths"]]


@pytest.mark.parametrize(
    ("router", "access", "there"),
    [
        (versioned(), "all", "there is [2], [10], [2023-10-31], [2026-06-01]"),
        (versioned(), "internal", "there is [2], [10]"),
        (router_of(), "all", "no route has versions"),
    ],
)
def test_a_version_that_no_route_has_is_refused(router, access, there):
    told = refused(router, api_version="2024-01-01", access=access)

    assert f"no route has the version [2024-01-01]; {there}" == told


# --- what an author brings along ---


@EITHER
def test_what_routes_do_not_tell_comes_from_the_base(version):
    made = documented(make_everything(), base=BASE, openapi=version)

    assert BASE["info"] == made["info"]
    assert BASE["x-logo"] == made["x-logo"]
    assert ["things", "health", "notes"] == [tag["name"] for tag in made["tags"]]
    assert BASE["paths"]["/health"] == made["paths"]["/health"]
    assert "The id." == made["paths"]["/api/things/{id}"]["description"]
    assert "get" in made["paths"]["/api/things/{id}"]
    assert {"token", "cookie"} == made["components"]["securitySchemes"].keys()
    # Ours go round what is taken.
    assert BASE["components"]["schemas"]["Thing"] == made["components"]["schemas"]["Thing"]
    assert "Thing-2" in made["components"]["schemas"]
    ids = [
        one["operationId"] for item in made["paths"].values() for one in item.values() if "operationId" in one
    ]
    assert len(set(ids)) == len(ids)


def test_an_argument_goes_before_the_base():
    base = {
        "info": {"title": "Old", "version": "1", "license": {"name": "MIT"}},
        "tags": [{"name": "a", "description": "Old."}, {"name": "b"}],
        "servers": [{"url": "/old"}],
    }
    made = documented(Router(), title="New", tags={"a": "New."}, servers=["/new"], base=base)

    assert {"title": "New", "version": "1", "license": {"name": "MIT"}} == made["info"]
    assert [{"name": "a", "description": "New."}, {"name": "b"}] == made["tags"]
    assert [{"url": "/new"}] == made["servers"]


def test_numbers_as_keys_are_texts_as_yaml_has_them():
    base = {"paths": {"/health": {"get": {"responses": {200: {"description": "Well."}}}}}}

    assert ["200"] == [*documented(Router(), base=base)["paths"]["/health"]["get"]["responses"]]


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ([], "expected a mapping, as documents are, but got [Array]"),
        ({"info": {1, 2}}, "it holds something that JSON has not"),
        ({"inof": {}}, "it has an unknown key [inof], expected [openapi], [info], "),
        ({"info": {"version": 1.0}}, "[info.version]: expected value of type [string] but got [number]"),
        (
            {"openapi": "3.0.3"},
            "it is of OpenAPI [3.0.3], and the document is of [3.1]: ask for",
        ),
        ({"openapi": 3.1}, "[openapi]: expected value of type [string] but got [number]"),
        ({"swagger": "2.0"}, "it is of Swagger 2, and the document is of OpenAPI [3.1]: convert it first"),
        ({"servers": [{"url": "example.org"}]}, "[servers.0.url]: expected a URL, such as [https://exam"),
        ({"servers": ["/"]}, "[servers.0]: "),
        ({"security": {}}, "[security]: "),
        ({"tags": [{}]}, "[tags.0.name]: expected value of type [string] but got [undefined]"),
        ({"paths": {"x": {}}}, "[paths.key("),
        ({"paths": {"/x": {"get": {}}}}, "[get] [/x] is a route: say what it does not tell with options."),
        ({"components": {"schemas": []}}, "[components.schemas]: "),
        ({"info": {"titel": "x"}}, "[info]: unknown key [titel], expected [title], [version], "),
        ({"info": {"contact": {"mail": ""}}}, "[info.contact]: unknown key [mail], expected [name], [url], "),
        ({"info": {"license": {"name": "MIT", "link": ""}}}, "[info.license]: unknown key [link], "),
        ({"servers": [{"url": "/"}, {"url": "/", "about": ""}]}, "[servers.1]: unknown key [about], "),
        (
            {"servers": [{"url": "/{a}", "variables": {"a": {"default": "", "values": []}}}]},
            "[servers.0.variables.a]: unknown key [values], expected [default], [enum], [description] or [x-",
        ),
        ({"servers": [{"url": "/{a}", "variables": {"a": 5}}]}, "[servers.0.variables.a]: expected a plain"),
        ({"servers": [{"url": "/{a}", "variables": {"a": {}}}]}, "[servers.0.variables.a.default]: expected"),
        ({"tags": [{"name": "a", "desc": ""}]}, "[tags.0]: unknown key [desc], expected [name], "),
        ({"tags": [{"name": "a", "externalDocs": "/"}]}, "[tags.0.externalDocs]: "),
        ({"tags": [{"name": "a", "externalDocs": {"url": "/", "a": ""}}]}, "[tags.0.externalDocs]: unknown"),
        ({"externalDocs": {"url": "/", "text": ""}}, "[externalDocs]: unknown key [text], expected [url], "),
    ],
)
def test_a_base_that_is_none_is_refused(base, reason):
    assert refused(base=base).startswith(f"the base: {reason}")


def test_what_openapi_3_0_does_not_know_is_refused_there():
    base = {"info": {"summary": "A shop.", "license": {"name": "MIT", "identifier": "MIT"}, "x-a": 1}}

    assert "A shop." == documented(Router(), base=base)["info"]["summary"]
    assert refused(base=base, openapi="3.0").startswith("the base: [info]: unknown key [summary], expected")


def test_a_path_of_the_base_is_written_as_the_routes_write_it():
    told = refused(router_of("/x/{id}"), base={"paths": {"/x/{name}": {"put": {"responses": {}}}}})

    assert "the base: the path [/x/{name}] is [/x/{id}] of a route: write it so" == told


@pytest.mark.parametrize("key", ["webhooks", "jsonSchemaDialect"])
def test_what_openapi_3_0_has_not_is_refused(key):
    base = {key: {} if key == "webhooks" else "https://example.org/dialect"}

    assert key in documented(Router(), base=base)
    assert f"the base: OpenAPI 3.0 has no [{key}]: leave it out, or ask for 3.1" == refused(
        base=base, openapi="3.0"
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"title": 5}, "[info.title]: expected value of type [string] but got [number]"),
        ({"servers": ["example.org"]}, "[servers.0.url]: expected a URL, such as"),
        ({"servers": ["https://example.org/a b"]}, "[servers.0.url]: expected a URL, such as"),
        ({"servers": [""]}, "[servers.0.url]: expected a URL, such as"),
        ({"servers": "https://example.org"}, "[servers]: "),
        ({"security": [{"token": []}]}, "security names [token], which is no security scheme"),
        (
            {"security": [{"token": []}], "security_schemes": {"key": {}}},
            "security names [token], which is no security scheme, expected [key]",
        ),
        ({"external_docs": {}}, "[externalDocs.url]: expected value of type [string] but got [undefined]"),
        ({"openapi": "2.0"}, "openapi must be one of [3.1], [3.0]"),
        ({"access": "none"}, "access must be one of [all], [public], [internal]"),
    ],
)
def test_an_argument_that_is_none_is_refused(arguments, reason):
    assert refused(**arguments).startswith(f"document(): {reason}")


@pytest.mark.parametrize(
    "url", ["/", "/api", "https://a.example/b", "{scheme}://example.org", "http://localhost:8000"]
)
def test_servers_have_urls(url):
    variables = {"scheme": {"default": "https"}} if "{" in url else {}

    assert url == documented(Router(), servers=[{"url": url, "variables": variables}])["servers"][0]["url"]
