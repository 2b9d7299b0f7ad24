"""The paths of a router as OpenAPI has them."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate as validate_document

from kbn_schema import SchemaDefinitionError, openapi, schema
from kbn_schema.demo.application import make_router as make_demo
from kbn_schema.demo.store import Store
from kbn_schema.http import Router, TestClient
from tests.adapters.routes import make_router as make_contract


def answer(context: Any, request: Any, response: Any) -> Any:
    return response.ok()


def document(router: Any, dialect: Any = "openapi-3.1", **arguments: Any) -> dict[str, Any]:
    found = openapi.paths(router, dialect=dialect, **arguments)
    made = {
        "openapi": {"openapi-3.1": "3.1.0", "openapi-3.0": "3.0.3"}[dialect],
        "info": {"title": "routes", "version": "1"},
        "paths": found.paths,
        "components": found.components,
    }
    validate_document(json.loads(json.dumps(made, allow_nan=False)))
    return made


def on_gift(then: Any, otherwise: Any) -> Any:
    return schema.conditional(schema.sibling_ref("gift"), True, then, otherwise)


def router_of(path: str, method: str = "get", **options: Any) -> Router:
    router = Router()
    getattr(router, method)(path, **{"validate": False, **options})(answer)
    return router


def operation_of(path: str, method: str = "get", /, dialect: Any = "openapi-3.1", **options: Any) -> Any:
    made = document(router_of(path, method, **options), dialect)
    [found] = (item[method] for item in made["paths"].values())
    return found


def parameters_of(path: str = "/x", dialect: Any = "openapi-3.1", **block: Any) -> list[Any]:
    found: list[Any] = operation_of(path, dialect=dialect, validate=block).get("parameters", [])
    return found


def versioned(
    access: Any = "public", resolution: Any = "oldest", dev: bool = False, **versions: Any
) -> Router:
    router = Router(version_resolution=resolution, dev=dev)
    route = router.versioned.post("/x", access=access)
    for name, options in versions.items():
        block = {"validate": False, **options}
        route.add_version(name.strip("v").replace("_", "-"), handler=answer, **block)
    return router


OLD, NEW = "2023-10-31", "2026-06-01"
BODIES = {
    "v2026_06_01": {
        "validate": {
            "request": {"body": schema.object({"b": schema.string()}), "query": schema.object({})},
            "response": {200: {"body": schema.object({}), "description": "New."}, 201: {}},
        }
    },
    "v2023_10_31": {
        "validate": {
            "request": {
                "body": schema.object({"a": schema.string()}),
                "query": schema.object({"q": schema.maybe(schema.string())}),
            },
            "response": {200: {"body": schema.object({}), "description": "Old."}},
        },
        "deprecated": True,
    },
}


# --- whole documents ---


@pytest.fixture
def store() -> Iterator[Store]:
    with contextlib.closing(Store()) as store:
        yield store


@pytest.mark.parametrize("version", [None, "newest", "oldest", OLD])
@pytest.mark.parametrize("access", ["all", "public", "internal"])
@pytest.mark.parametrize("dialect", ["openapi-3.1", "openapi-3.0"])
@pytest.mark.parametrize("make", [make_demo, lambda store: make_contract()], ids=["demo", "contract"])
def test_documents_are_valid(store, make, dialect, access, version):
    assert document(make(store), dialect, access=access, version=version)


def test_a_document_is_new_each_time(store):
    router = make_demo(store)
    first = openapi.paths(router)
    text = json.dumps([first.paths, first.components])
    first.paths["/api/saved_objects"]["get"]["parameters"].clear()
    first.components["schemas"].clear()

    again = openapi.paths(router)
    assert text == json.dumps([again.paths, again.components])


def test_a_router_without_routes_has_no_paths():
    assert openapi.Paths({}, {}, []) == openapi.paths(Router())


def test_routes_are_in_the_order_of_declaration():
    router = Router("/api")
    for path in ("/b", "/a", "/{x}"):
        router.get(path, validate=False)(answer)
    router.put("/b", validate=False)(answer)

    assert {"/api/b": ["get", "put"], "/api/a": ["get"], "/api/{x}": ["get"]} == {
        path: [*item] for path, item in openapi.paths(router).paths.items()
    }


def test_several_routers_make_one_document():
    first, second = router_of("/x/a"), router_of("/x_a")
    found = openapi.paths([*first.endpoints, *second.endpoints])

    assert ["get-x-a", "get-x-a-2"] == [item["get"]["operationId"] for item in found.paths.values()]


def test_what_is_taken_is_gone_round():
    router = router_of("/x", "post", validate={"body": schema.object({}, id="X")})
    found = openapi.paths(router, taken_names={"X", "HttpError"}, taken_ids={"post-x", "post-x-2"})
    operation = found.paths["/x"]["post"]

    assert "post-x-3" == operation["operationId"]
    assert {"X-2", "HttpError-2"} == found.components["schemas"].keys()
    assert {"$ref": "#/components/schemas/X-2"} == operation["requestBody"]["content"]["application/json"][
        "schema"
    ]


def test_pages_and_files_are_left_out(tmp_path):
    router = router_of("/page", options={"http_resource": True})
    router.static("/assets", tmp_path)

    assert {} == openapi.paths(router).paths


def test_a_lazy_block_is_read_when_a_document_is_made():
    read: list[str] = []

    def block() -> Any:
        read.append("now")
        return {"query": schema.object({"a": schema.string()})}

    router = router_of("/x", validate=block)
    assert [] == read

    assert "a" == openapi.paths(router).paths["/x"]["get"]["parameters"][0]["name"]


# --- paths ---


@pytest.mark.parametrize(
    ("template", "params", "shown"),
    [
        ("/x/{id}", None, {"/x/{id}": ["id"]}),
        ("/x/{id?}", None, {"/x/{id}": ["id"], "/x": []}),
        ("/x/{id?}", schema.object({"id": schema.maybe(schema.string())}), {"/x/{id}": ["id"], "/x": []}),
        ("/x/{id?}", schema.object({"id": schema.string()}), {"/x/{id}": ["id"]}),
        ("/x/{rest*}", schema.any(), {"/x/{rest}": ["rest"], "/x": []}),
        ("/{id?}", None, {"/{id}": ["id"], "/": []}),
        ("/{a}/{b}/c", None, {"/{a}/{b}/c": ["a", "b"]}),
        ("/x/", None, {"/x/": []}),
    ],
)
def test_an_optional_parameter_makes_two_paths(template, params, shown):
    block = False if params is None else {"params": params}
    found = document(router_of(template, validate=block))["paths"]

    assert shown == {
        path: [parameter["name"] for parameter in item["get"].get("parameters", [])]
        for path, item in found.items()
    }


def test_two_forms_of_a_path_have_ids_of_their_own():
    found = openapi.paths(router_of("/api/x/{id?}")).paths

    assert ["get-x-id", "get-x"] == [item["get"]["operationId"] for item in found.values()]


def test_paths_that_differ_in_names_only_are_one():
    router = Router()
    router.get("/x/{id}", validate={"params": schema.object({"id": schema.string()})})(answer)
    router.delete("/x/{name}", validate={"params": schema.object({"name": schema.integer()})})(answer)
    [(path, item)] = document(router)["paths"].items()

    assert "/x/{id}" == path
    assert [("id", "string"), ("id", "integer")] == [
        (operation["parameters"][0]["name"], operation["parameters"][0]["schema"]["type"])
        for operation in item.values()
    ]


def test_the_short_form_of_a_path_has_the_names_of_its_own():
    router = Router()
    router.get("/{a}", validate=False)(answer)
    router.put("/{b}/{c?}", validate=False)(answer)

    assert {"/{a}": ["get", "put"], "/{b}/{c}": ["put"]} == {
        path: [*item] for path, item in document(router)["paths"].items()
    }


def test_a_rest_gives_way_to_a_parameter():
    router = Router()
    router.get("/x/{rest*}", validate=False, summary="rest")(answer)
    router.get("/x/{id}", validate=False, summary="one")(answer)
    found = document(router)["paths"]

    assert {"/x": "rest", "/x/{id}": "one"} == {path: item["get"]["summary"] for path, item in found.items()}


# --- parameters ---


def test_the_parameters_of_a_path_have_their_schemas():
    params = schema.object({"id": schema.integer(min=1, description="Which.")}, unknowns="ignore")

    assert [
        {
            "in": "path",
            "name": "type",
            "required": True,
            "schema": {"type": "string"},
        },
        {
            "in": "path",
            "name": "id",
            "required": True,
            "description": "Which.",
            "schema": {"type": "integer", "minimum": 1},
        },
    ] == parameters_of("/x/{type}/{id}", params=params)


def test_parameters_come_in_an_order():
    found = parameters_of(
        "/x/{id}",
        headers=schema.object({"x-h": schema.string()}),
        query=schema.object({"q": schema.string(), "r": schema.string(default="a", deprecated=True)}),
        params=schema.object({"id": schema.string()}),
    )

    assert [
        ("path", "id", True, None),
        ("query", "q", True, None),
        ("query", "r", False, True),
        ("header", "x-h", True, None),
    ] == [(one["in"], one["name"], one["required"], one.get("deprecated")) for one in found]


@pytest.mark.parametrize(
    ("prop", "told"),
    [
        (schema.number(unsafe=True), {"schema": {"type": "number"}}),
        (schema.nullable(schema.boolean()), {"schema": {"type": "boolean"}}),
        (schema.nullable(schema.enum(["a"])), {"schema": {"type": "string", "enum": ["a"]}}),
        (
            schema.nullable(schema.date()),
            {"schema": {"type": "string", "format": "date"}},
        ),
        (
            schema.nullable(schema.string(id="S")),
            {"schema": {"anyOf": [{"$ref": "#/components/schemas/S"}]}},
        ),
        (schema.string(id="S"), {"schema": {"$ref": "#/components/schemas/S"}}),
        (schema.array_of(schema.boolean()), {"schema": {"type": "array", "items": {"type": "boolean"}}}),
        (
            schema.one_of(schema.string(), schema.array_of(schema.string(), max_size=3)),
            {"schema": {"type": "array", "items": {"type": "string"}, "maxItems": 3}},
        ),
        (schema.nullable(schema.enum([1, "a"])), {"schema": {"enum": [1, "a"]}}),
        (
            schema.one_of(schema.array_of(schema.boolean()), schema.boolean()),
            {"schema": {"type": "array", "items": {"type": "boolean"}}},
        ),
        (
            schema.one_of(schema.string(), schema.array_of(schema.boolean())),
            {"schema": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "boolean"}}]}},
        ),
        (
            schema.object({}),
            {
                "content": {
                    "application/json": {
                        "schema": {"type": "object", "properties": {}, "additionalProperties": False}
                    }
                }
            },
        ),
        (
            schema.array_of(schema.record_of(schema.string(), schema.any())),
            {
                "content": {
                    "application/json": {
                        "schema": {"type": "array", "items": {"type": "object", "additionalProperties": {}}}
                    }
                }
            },
        ),
    ],
)
def test_a_query_field_is_told_as_it_is_sent(prop, told):
    [found] = parameters_of(query=schema.object({"q": prop}))

    assert told == {key: found[key] for key in found.keys() - {"in", "name", "required"}}


def test_a_list_in_a_path_is_json_and_one_in_a_header_is_not():
    of = schema.array_of(schema.string())
    in_path = parameters_of("/{a}", params=schema.object({"a": of}))
    in_header = parameters_of(headers=schema.object({"a": of}))

    assert (["content"], ["schema"]) == tuple(
        [key for key in one if key in ("content", "schema")] for one in (in_path[0], in_header[0])
    )


def test_the_fields_of_a_union_are_told_together():
    query = schema.discriminated_union(
        "by",
        schema.object({"by": schema.literal("id"), "id": schema.string()}, id="ById"),
        schema.object({"by": schema.literal("name"), "id": schema.integer(), "name": schema.string()}),
    )
    found = parameters_of(query=query)

    assert [("by", True), ("id", True), ("name", False)] == [(one["name"], one["required"]) for one in found]
    assert {"anyOf": [{"type": "string"}, {"type": "integer"}]} == found[1]["schema"]


def test_the_fields_of_a_union_that_leads_back_to_itself_are_told_once():
    def itself() -> Any:
        return query

    query = schema.one_of(schema.object({"a": schema.string()}), schema.lazy(itself))

    assert [("a", {"type": "string"})] == [(one["name"], one["schema"]) for one in parameters_of(query=query)]


@pytest.mark.parametrize("rule", [schema.any(), lambda value, ok: ok(value), schema.maybe(schema.object({}))])
def test_a_rule_that_knows_no_fields_has_none(rule):
    assert [] == parameters_of(query=rule)


def test_a_record_is_one_parameter_with_any_fields():
    [found] = parameters_of(query=schema.record_of(schema.string(), schema.boolean()))

    assert ("form", True, {"type": "boolean"}) == (
        found["style"],
        found["explode"],
        found["schema"]["additionalProperties"],
    )


def test_headers_that_openapi_has_other_words_for_are_left_out():
    headers = schema.object(
        {"Accept": schema.any(), "Authorization": schema.string(), "If-Match": schema.any()}
    )

    assert ["If-Match"] == [one["name"] for one in parameters_of(headers=headers)]


def test_other_rules_for_headers_have_no_parameters():
    assert [] == parameters_of(headers=schema.record_of(schema.string(), schema.string()))


@pytest.mark.parametrize("part", ["params", "query"])
def test_an_id_on_a_schema_of_fields_is_refused_with_the_route(part):
    router = router_of("/x", validate={part: schema.object({}, id="X")})

    with pytest.raises(SchemaDefinitionError, match=r"^The \[get\] at \[/x\]: Found a reference to .* IDs"):
        openapi.paths(router)


def test_an_error_names_the_route():
    lost = schema.object({"a": schema.object({"b": schema.lazy("nowhere")}, id="A")})
    router = router_of("/x", "post", validate={"body": lost})

    with pytest.raises(SchemaDefinitionError, match=r"^The \[post\] at \[/x\]: lazy\(\): no schema around"):
        openapi.paths(router)


# --- bodies ---


def body_of(body: Any, dialect: Any = "openapi-3.1", **options: Any) -> Any:
    found = operation_of("/x", "post", dialect, validate={"body": body}, options={"body": options})
    return found["requestBody"]


JSON_OBJECT = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


@pytest.mark.parametrize(
    ("body", "options", "types", "required"),
    [
        (schema.array_of(schema.any()), {}, ["application/json"], True),
        (schema.object({}), {}, ["application/json"], False),
        (schema.maybe(schema.string()), {}, ["application/json"], False),
        (schema.nullable(schema.string()), {}, ["application/json"], False),
        (schema.string(), {"accepts": "text/*"}, ["text/*"], True),
        (
            schema.object({"a": schema.any()}),
            {"accepts": ["application/x-www-form-urlencoded", "multipart/form-data"]},
            ["application/x-www-form-urlencoded", "multipart/form-data"],
            True,
        ),
        (schema.buffer(), {}, ["*/*"], True),
        # One without anything in it is a stream, too.
        (schema.stream(), {"accepts": "application/gzip"}, ["application/gzip"], False),
        (lambda value, ok: ok(value), {}, ["application/json"], False),
    ],
)
def test_a_body_is_told_for_each_media_type(body, options, types, required):
    found = body_of(body, **options)

    assert (types, required) == ([*found["content"]], found.get("required", False))


@pytest.mark.parametrize(
    ("body", "options", "least"),
    [
        (schema.buffer(), {}, {"minLength": 1}),
        (schema.maybe(schema.buffer()), {}, {}),
        (schema.stream(), {}, {}),
        (schema.any(), {"parse": False}, {"minLength": 1}),
        (schema.any(), {"accepts": "application/pdf"}, {"minLength": 1}),
    ],
)
@pytest.mark.parametrize(
    ("dialect", "told"),
    [
        ("openapi-3.1", {"type": "string", "contentMediaType": "application/octet-stream"}),
        ("openapi-3.0", {"type": "string", "format": "binary"}),
    ],
)
def test_what_is_not_decoded_is_bytes(body, options, least, dialect, told):
    """A body without any is none, and refused where there must be one."""
    [content] = body_of(body, dialect, **options)["content"].values()

    assert {**told, **least} == content["schema"]


def test_a_text_that_must_not_be_empty_is_told_where_there_is_one_text_only():
    text, union = (
        body_of(rule, accepts="text/*")["content"]["text/*"]["schema"]
        for rule in (schema.string(), schema.one_of(schema.string(), schema.boolean()))
    )

    assert {"type": "string", "minLength": 1} == text
    assert {"anyOf": [{"type": "string"}, {"type": "boolean"}]} == union


def test_a_route_without_a_rule_takes_no_body():
    assert "requestBody" not in operation_of("/x", "post")


# --- answers ---


def responses_of(response: Any, **request: Any) -> dict[str, Any]:
    found: dict[str, Any] = operation_of("/x", validate={"request": request, "response": response})[
        "responses"
    ]
    return found


def test_answers_are_told_as_the_check_accepts_them():
    """What a handler answers with is checked, and sent as it is: a default is not filled in."""
    body = schema.object({"a": schema.boolean(default=True), "b": schema.boolean()}, unknowns="ignore")
    found = responses_of({200: {"body": body}})["200"]["content"]["application/json"]["schema"]

    assert (["b"], True) == (found["required"], found["additionalProperties"])


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (schema.object({}), "application/json"),
        (schema.string(), "text/plain"),
        (schema.date(), "application/json"),
        (schema.buffer(), "application/octet-stream"),
        (schema.stream(), "application/octet-stream"),
        (lambda: schema.integer(), "application/json"),
        ({"custom": lambda value, ok: ok(value)}, "application/json"),
    ],
)
def test_answers_have_the_media_type_that_is_sent(body, media_type):
    assert [media_type] == [*responses_of({200: {"body": body}})["200"]["content"]]


def test_a_media_type_may_be_declared():
    found = responses_of({200: {"body": schema.string(), "body_content_type": "text/csv"}})

    assert ["text/csv"] == [*found["200"]["content"]]


def test_answers_have_a_description_and_some_no_body():
    found = responses_of({304: {}, 200: {"description": "Fine."}, 204: {"body": schema.any()}})

    assert {
        "200": {"description": "Fine."},
        "204": {"description": "No Content"},
        "304": {"description": "Not Modified"},
    } == found
    assert ["200", "204", "304"] == [*found]


def test_an_error_without_a_body_has_the_form_of_errors():
    found = responses_of({404: {"description": "Nowhere."}, 409: {"body_content_type": "text/csv"}})

    assert {"description": "Nowhere.", "content": ERROR} == found["404"]
    assert {"description": "Conflict"} == found["409"]


def test_a_route_without_answers_has_some():
    assert {"2XX": {"description": "An answer that is not described"}} == operation_of("/x")["responses"]


@pytest.mark.parametrize("bypass", [False, True])
@pytest.mark.parametrize("body", ["gone", {"message": "gone", "attributes": {"by": 2}}])
def test_a_declared_error_is_told_as_it_is_checked_and_as_it_is_sent(body, bypass):
    """It is checked as the handler gives it, and sent in the format of errors, or as it is."""
    by = schema.object({"by": schema.integer()})
    gone = schema.one_of(
        schema.string(), schema.object({"message": schema.string(), "attributes": schema.maybe(by)})
    )
    router = Router(validate_responses="raise")

    @router.get("/x", validate={"request": {}, "response": {410: {"body": gone}}})
    def handler(context, request, response):
        return response.custom_error(status_code=410, body=body, bypass_error_format=bypass)

    answer = TestClient(router).get("/x")
    found = document(router)
    content = found["paths"]["/x"]["get"]["responses"]["410"]["content"]
    told = {**content["application/json"]["schema"], "components": found["components"]}

    assert 410 == answer.status
    assert jsonschema_rs.is_valid(told, answer.json() if answer.body[:1] == b"{" else answer.text)


def test_what_we_refuse_is_told_in_the_format_of_errors():
    made = document(router_of("/x", "post", validate={"body": schema.object({"a": schema.any()})}))
    found = made["paths"]["/x"]["post"]["responses"]

    assert ["2XX", "400", "413", "415"] == [*found]
    assert {
        "description": "Bad Request",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HttpError"}}},
    } == found["400"]
    assert ["statusCode", "error", "message"] == made["components"]["schemas"]["HttpError"]["required"]


def _schemas(content: Any) -> list[Any]:
    return [media["schema"] for media in content.values()]


ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/HttpError"}}}


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({}, ERROR),
        (
            {"body": schema.object({}, id="Mine")},
            {
                "application/json": {
                    "schema": {"anyOf": [{"$ref": "#/components/schemas/Mine"}, *_schemas(ERROR)]}
                }
            },
        ),
        ({"body": schema.string()}, {"text/plain": {"schema": {"type": "string"}}, **ERROR}),
    ],
)
def test_what_is_declared_is_told_beside_what_we_say(declared, told):
    """Both are sent: the handler's answer, and ours where it is not called."""
    found = responses_of({400: {"description": "Mine.", **declared}}, query=schema.object({}))

    assert {"description": "Mine.", "content": told} == found["400"]


def mapper(error: Any, request: Any, response: Any) -> Any:
    return response.ok()


def test_a_function_of_an_author_does_not_see_all_that_we_refuse():
    block = {
        "request": {"query": schema.object({})},
        "response": {200: {}, 422: {}},
        "on_validation_error": mapper,
    }
    found = operation_of("/x", validate=block)["responses"]

    assert (["200", "400", "422"], ERROR) == ([*found], found["400"]["content"])


@pytest.mark.parametrize("make", [lambda router: router, lambda router: [router]])
def test_what_the_function_of_a_router_answers_is_not_known(make):
    router = Router(on_validation_error=mapper)
    router.post("/x", validate={"body": schema.object({})})(answer)
    router.post("/y", validate={"request": {"body": schema.any()}, "response": {400: {}}})(answer)
    found = openapi.paths(make(router)).paths
    x, y = (found[path]["post"]["responses"] for path in ("/x", "/y"))

    assert ["2XX", "400", "413", "415", "4XX"] == [*x]
    assert {"description": "Bad Request"} == x["400"]
    assert (["2XX", "400", "413", "415"], ERROR) == ([*y], y["400"]["content"])


def test_a_slow_body_is_refused_where_somebody_waits_for_it_only_so_long():
    block = {"validate": {"body": schema.any()}, "options": {"timeout": {"payload": 100}}}

    assert ["2XX", "400", "408", "413", "415"] == [*operation_of("/x", "post", **block)["responses"]]


def test_headers_of_an_answer_are_told():
    headers = schema.object(
        {
            "x-total": schema.integer(description="All."),
            "x-Tags": schema.maybe(schema.array_of(schema.string())),
        }
    )
    found = responses_of({200: {"headers": headers}})["200"]["headers"]

    assert {
        "x-total": {"required": True, "description": "All.", "schema": {"type": "integer"}},
        "x-Tags": {"required": False, "schema": {"type": "array", "items": {"type": "string"}}},
    } == found


@pytest.mark.parametrize("dialect", ["openapi-3.1", "openapi-3.0"])
def test_examples_of_a_body_are_told_with_its_media_type(dialect):
    body = schema.object({"a": schema.any()}, examples=[{"a": 1}, {"a": {1, 2}}, {"a": 2}])
    found = operation_of(
        "/x", "post", dialect, validate={"request": {"body": body}, "response": {200: {"body": body}}}
    )
    told = {"example": {"value": {"a": 1}}, "example-2": {"value": {"a": 2}}}

    assert told == found["requestBody"]["content"]["application/json"]["examples"]
    assert told == found["responses"]["200"]["content"]["application/json"]["examples"]


# --- what is said of a route ---


def test_what_is_said_of_a_route_is_told():
    found = operation_of(
        "/x",
        summary="Do it",
        description="At length.",
        tags=["b", "a", "b"],
        discontinued="9.0.0",
        deprecated={"documentation_url": "https://example.org/why", "message": "No more"},
    )

    assert {
        "operationId": "get-x",
        "summary": "Do it",
        "description": "At length.",
        "tags": ["b", "a"],
        "deprecated": True,
        "externalDocs": {"url": "https://example.org/why"},
        "x-discontinued": "9.0.0",
    } == {key: value for key, value in found.items() if key != "responses"}


def test_how_far_a_route_is_to_be_relied_on_is_told():
    availability = {"stability": "beta", "since": "8.1.0"}

    assert "Beta; added in 8.1.0" == operation_of("/x", options={"availability": availability})["x-state"]


@pytest.mark.parametrize(
    ("privileges", "told"),
    [
        (["a"], "ALL of [a]"),
        (["a", {"all_required": ["b"]}], "ALL of [a, b]"),
        ([{"any_required": ["a", {"all_of": ["b", "c"]}]}], "ANY of [a OR (b AND c)]"),
        (
            [{"all_required": ["a", {"any_of": ["b", "c"]}], "any_required": ["d", "e"]}],
            "ALL of [a, (b OR c)] AND ANY of [d OR e]",
        ),
    ],
)
def test_privileges_are_told_behind_the_description(privileges, told):
    found = operation_of("/x", description="Why.", security={"authz": {"required_privileges": privileges}})

    assert (
        f"Why.<br/><br/>[Required authorization] Route required privileges: {told}." == found["description"]
    )


def test_a_version_has_privileges_of_its_own():
    router = Router()
    route = router.versioned.get("/x", access="public", security={"authz": {"required_privileges": ["old"]}})
    route.add_version("2023-10-31", validate=False, handler=answer)
    own = {"authz": {"enabled": False, "reason": "Public."}}
    route.add_version("2026-06-01", validate=False, handler=answer, security=own)
    descriptions = [
        document(router, version=version)["paths"]["/x"]["get"].get("description")
        for version in ("oldest", "newest")
    ]

    assert ["[Required authorization] Route required privileges: ALL of [old].", None] == descriptions


def test_a_route_for_anybody_says_so():
    security = {"authc": {"enabled": False, "reason": "It only tells the time."}}

    assert [] == operation_of("/x", security=security)["security"]
    assert "security" not in operation_of("/x")


def test_what_is_not_to_be_documented_is_left_out():
    assert {} == openapi.paths(router_of("/x", options={"exclude_from_oas": True})).paths


WORDS = {
    "summary": "Mine",
    "x-codeSamples": [{"lang": "sh", "source": "curl /x"}],
    "parameters": [
        {"in": "query", "name": "q", "example": "cat"},
        {"in": "cookie", "name": "c", "schema": {"type": "string"}},
    ],
    "requestBody": {"content": {"application/json": {"schema": {"type": "object"}, "example": {}}}},
    "responses": {"200": {"links": {"next": {"operationId": "post-x"}}}},
}


@pytest.mark.parametrize("make", [lambda: WORDS, lambda: lambda: WORDS], ids=["mapping", "function"])
@pytest.mark.parametrize("dialect", ["openapi-3.1", "openapi-3.0"])
def test_an_author_may_say_more_in_the_words_of_openapi(dialect, make):
    body = schema.object({"a": schema.string()}, id="A")
    block = {
        "request": {"body": body, "query": schema.object({"q": schema.string()})},
        "response": {200: {"body": body, "description": "Fine."}},
    }
    found = operation_of("/x", "post", dialect, validate=block, options={"oas_operation_object": make()})

    assert ("Mine", WORDS["x-codeSamples"]) == (found["summary"], found["x-codeSamples"])
    assert [
        {"in": "query", "name": "q", "required": True, "schema": {"type": "string"}, "example": "cat"},
        {"in": "cookie", "name": "c", "schema": {"type": "string"}},
    ] == found["parameters"]
    assert {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}, "example": {}}},
    } == found["requestBody"]
    reference = {"schema": {"$ref": "#/components/schemas/A"}}
    assert {
        "description": "Fine.",
        "content": {"application/json": reference},
        "links": {"next": {"operationId": "post-x"}},
    } == found["responses"]["200"]


def test_what_is_called_parameters_elsewhere_is_added_to():
    def cookie(*seen: object) -> Any:
        return {"in": "cookie", "name": "c", "schema": {}, "x-seen": {"parameters": list(seen)}}

    words = {"parameters": [cookie(1), cookie("a", None)]}
    query = schema.object({"q": schema.string()})
    found = operation_of("/x", validate={"query": query}, options={"oas_operation_object": words})

    assert cookie(1, "a", None) == found["parameters"][1]


def test_an_id_that_an_author_gives_is_used_once():
    options = {"oas_operation_object": {"operationId": "getIt"}}
    found = document(router_of("/x/{id?}", options=options))["paths"]

    assert ["getIt", "getIt-2"] == [item["get"]["operationId"] for item in found.values()]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (lambda: 5, "must make a mapping, but makes [number]"),
        ({"x-a": {1, 2}}, "holds something that JSON has not"),
    ],
)
def test_words_that_are_none_are_refused(given, reason):
    with pytest.raises(SchemaDefinitionError) as error:
        openapi.paths(router_of("/x", options={"oas_operation_object": given}))

    assert f"The [get] at [/x]: options.oas_operation_object {reason}" == str(error.value)


def test_two_routers_cannot_have_one_route():
    with pytest.raises(SchemaDefinitionError) as error:
        openapi.paths([router_of("/x/{id}"), router_of("/x/{name}")])

    reason = "another router has [get] [/x/{id}], and a document has room for one"
    assert f"The [get] at [/x/{{name}}]: {reason}" == str(error.value)


def test_a_summary_is_the_name_of_the_handler_where_there_is_none():
    router = Router()

    @router.get("/x", validate=False)
    def find_all_users(context: Any, request: Any, response: Any) -> Any:
        return response.ok()

    router.get("/y", validate=False)(lambda context, request, response: response.ok())
    found = openapi.paths(router).paths

    assert ("Find all users", None) == (found["/x"]["get"]["summary"], found["/y"]["get"].get("summary"))


# --- versions ---


def shown(router: Router, **arguments: Any) -> Any:
    return document(router, **arguments)["paths"]["/x"]["post"]


def test_all_versions_are_told_in_one_operation():
    found = shown(versioned(**BODIES))

    assert [f"application/json; Elastic-Api-Version={v}" for v in (OLD, NEW)] == [
        *found["requestBody"]["content"]
    ]
    assert "Old.\nNew." == found["responses"]["200"]["description"]
    assert {"200", "201", "400", "413", "415"} == found["responses"].keys()
    assert True is found["deprecated"]
    # No header: the media type says the version, and a body has to be sent.
    assert ["q"] == [one["name"] for one in found["parameters"]]


def test_the_header_is_told_where_no_body_may_say_the_version():
    block = {"validate": {"body": schema.maybe(schema.string())}}
    found = shown(versioned(v2023_10_31=block, v2026_06_01=block))

    assert ["elastic-api-version"] == [one["name"] for one in found["parameters"]]


def fields(**props):
    return {"validate": {"query": schema.object(props)}}


def test_fields_of_all_versions_are_told_and_required_is_what_all_require():
    number, text = schema.integer(), schema.string(max_length=9)
    old = fields(limit=schema.integer(default=1, description="How many."), both=number, either=number)
    new = fields(size=number, both=number, either=text)
    told = {
        one["name"]: (one["required"], one.get("description"))
        for one in shown(versioned(v2023_10_31=old, v2026_06_01=new))["parameters"]
        if one["in"] == "query"
    }

    assert {
        "size": (False, f"In {NEW} only."),
        "both": (True, None),
        "either": (True, None),
        "limit": (False, f"How many.\n\nIn {OLD} only."),
    } == told
    assert ["size", "both", "either", "limit"] == [*told]


def test_what_any_version_takes_fits_the_document_of_all():
    old = fields(q=schema.integer(min=5))
    new = fields(q=schema.enum(["a", "b"]))
    found = shown(versioned(v2023_10_31=old, v2026_06_01=new))["parameters"]
    [told] = [one["schema"] for one in found if one["name"] == "q"]

    assert [{"type": "string", "enum": ["a", "b"]}, 5] == [told["anyOf"][0], told["anyOf"][1]["minimum"]]


def test_a_parameter_of_a_path_is_there_in_every_version():
    router = Router()
    route = router.versioned.get("/x/{id}", access="public")
    route.add_version(OLD, validate=False, handler=answer)
    route.add_version(NEW, validate={"params": schema.object({"id": schema.integer()})}, handler=answer)
    found = document(router)["paths"]["/x/{id}"]["get"]["parameters"]
    [told] = [one for one in found if one["in"] == "path"]

    assert (True, "integer", None) == (told["required"], told["schema"]["type"], told.get("description"))


@pytest.mark.parametrize("wrapped", [schema.nullable, schema.maybe])
def test_what_a_wrapped_object_requires_is_required(wrapped):
    block = {"query": wrapped(schema.object({"a": schema.string()}))}
    router = router_of("/x", validate=block)

    assert [True] == [one["required"] for one in parameters_of(**block)]
    assert [400, 200] == [TestClient(router).get(url).status for url in ("/x", "/x?a=1")]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ({"responses": 5}, "responses"),
        ({"responses": {"200": None}}, "responses.200"),
        ({"responses": {"200": {"content": []}}}, "responses.200.content"),
        ({"parameters": None}, "parameters"),
        ({"parameters": [5]}, "parameters.0"),
        ({"requestBody": None}, "requestBody"),
        ({"security": "x"}, "security"),
        ({"operationId": 5}, "operationId"),
        ({"summary": None}, "summary"),
    ],
)
def test_what_is_no_part_of_an_operation_is_refused(words, place):
    router = router_of("/x", options={"oas_operation_object": words})
    with pytest.raises(SchemaDefinitionError) as caught:
        document(router)

    said = str(caught.value)
    assert said.startswith(f"The [get] at [/x]: [options.oas_operation_object.{place}]: ")


def test_headers_are_told_of_an_object_that_may_be_left_out():
    headers = schema.maybe(schema.object({"x-a": schema.maybe(schema.number())}))
    router = Router()
    router.get("/x", validate={"headers": headers})(answer)

    assert ["x-a"] == [one["name"] for one in document(router)["paths"]["/x"]["get"]["parameters"]]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (schema.duration(), "A duration such as 1h30m or PT1H30M, or milliseconds."),
        (
            schema.duration(min="60m", max="30d"),
            "A duration such as 1h30m or PT1H30M, or milliseconds; 1h to 30d.",
        ),
        (
            schema.duration(max=1500),
            "A duration such as 1h30m or PT1H30M, or milliseconds; at most 1500ms.",
        ),
        (schema.byte_size(min="1mb"), "A size such as 10mb, or bytes; at least 1mb."),
        (schema.byte_size(description="How large."), "How large."),
        (on_gift(schema.string(), schema.never()), "Only where `gift` is `true`."),
        (on_gift(schema.never(), schema.string()), "Only where `gift` is not `true`."),
        (on_gift(schema.string(), schema.integer()), "What is taken depends on whether `gift` is `true`."),
        (
            schema.conditional(schema.sibling_ref("gift"), schema.string(), schema.string(), schema.never()),
            "What is taken depends on `gift`.",
        ),
        (schema.offering_based_schema(serverless=schema.string()), None),
    ],
)
def test_what_json_schema_cannot_say_is_described(kind, said):
    router = Router()
    router.post("/x", validate={"body": schema.object({"gift": schema.boolean(), "a": kind})})(answer)

    def described(dialect):
        made = document(router, dialect=dialect)["paths"]["/x"]["post"]["requestBody"]
        return made["content"]["application/json"]["schema"]["properties"]["a"].get("description")

    assert said == described("openapi-3.1")
    # Kibana's form stays as it is.
    assert kind.description == described("openapi-3.0")


@pytest.mark.parametrize(
    ("version", "prop", "fields"),
    [(OLD, "a", ["q"]), (NEW, "b", []), ("oldest", "a", ["q"]), ("newest", "b", [])],
)
def test_one_version_is_told_as_if_there_were_no_others(version, prop, fields):
    found = shown(versioned(**BODIES), version=version)
    content = found["requestBody"]["content"]

    assert [prop] == content["application/json"]["schema"]["required"]
    assert fields == [one["name"] for one in found.get("parameters", []) if one["in"] == "query"]


def test_routes_without_that_version_are_left_out_and_plain_ones_are_not():
    router = versioned(**BODIES)
    router.get("/plain", validate=False)(answer)
    router.versioned.get("/none", access="public")

    assert ["/plain"] == [*document(router, version="2024-01-01")["paths"]]
    assert ["/x", "/plain"] == [*document(router)["paths"]]


@pytest.mark.parametrize(
    ("access", "resolution", "dev", "version", "told"),
    [
        # The server takes the oldest where none is named.
        ("public", "oldest", False, None, (None, [OLD, NEW], OLD)),
        ("public", "newest", False, None, (None, [OLD, NEW], NEW)),
        ("public", "none", False, None, (True, [OLD, NEW], NEW)),
        ("public", "oldest", False, "oldest", None),
        ("public", "oldest", False, "newest", (True, [NEW], NEW)),
        ("public", "newest", False, "newest", None),
        ("internal", "oldest", False, None, (True, ["1", "10"], "10")),
        ("internal", "oldest", False, "oldest", (None, ["1"], "1")),
        ("internal", "oldest", True, "oldest", (True, ["1"], "1")),
    ],
)
def test_the_header_is_told_where_it_picks_what_is_shown(access, resolution, dev, version, told):
    names = {"v2026_06_01": {}, "v2023_10_31": {}} if access == "public" else {"v10": {}, "v1": {}}
    found = shown(versioned(access, resolution, dev, **names), version=version).get("parameters", [])

    assert ([told] if told else []) == [
        (one.get("required"), one["schema"]["enum"], one["schema"]["default"]) for one in found
    ]


def test_media_types_of_internal_routes_always_name_the_version():
    router = versioned("internal", v1=BODIES["v2026_06_01"])

    assert ["application/json; Elastic-Api-Version=1"] == [
        *shown(router, version="newest")["requestBody"]["content"]
    ]


@pytest.mark.parametrize("optional", ["v2023_10_31", "v2026_06_01"])
def test_what_one_version_does_not_need_is_not_required(optional):
    router = versioned(**{**BODIES, optional: {"validate": {"body": schema.maybe(schema.string())}}})
    required = NEW if optional == "v2023_10_31" else OLD

    assert "required" not in shown(router)["requestBody"]
    assert True is shown(router, version=required)["requestBody"]["required"]
