"""What a contract tells of routes."""

import itertools
import json

import pytest

from kbn_schema import SchemaDefinitionError, contract, schema
from kbn_schema.contract import BodyTerm, Endpoint, ResponseTerm
from kbn_schema.http import Router
from tests.examples import even


def handler(context, request, response):
    return response.ok()


def endpoint_of(router):
    (route,) = contract.of(router).routes
    return route.versions[""]


def test_a_route_that_says_nothing_is_told_in_few_words():
    router = Router()
    router.get("/a", validate=False)(handler)

    assert b"""\
{
  "format": "kbn-schema contract",
  "version": 1,
  "routes": [{"method": "GET", "path": "/a", "access": "internal", "versions": {"": {}}}],
  "schemas": {}
}
""" == contract.of(router).to_json()


@pytest.mark.parametrize(
    ("options", "body", "expected"),
    [
        ({}, schema.any(), BodyTerm(("application/json", "application/*+json"), 99)),
        ({"max_bytes": 7}, schema.any(), BodyTerm(("application/json", "application/*+json"), 7)),
        ({"parse": "gunzip"}, schema.buffer(), BodyTerm(("*/*",), 99, "bytes", True)),
        ({"accepts": "text/csv", "output": "stream"}, schema.stream(), BodyTerm(("text/csv",), 99, "stream")),
    ],
)
def test_how_a_body_is_taken_is_told(options, body, expected):
    router = Router(max_body_bytes=99)
    router.post("/a", validate={"body": body}, options={"body": options})(handler)

    assert expected == endpoint_of(router).body


def test_all_that_is_said_of_a_route_is_told():
    router = Router("/base", max_body_bytes=99)
    router.put(
        "/a/{id?}",
        access="public",
        summary="S",
        description="D",
        tags=["x", "y"],
        deprecated={"message": "go", "severity": "critical"},
        discontinued="9.0",
        security={"authz": {"required_privileges": ["p", {"all_required": ["q", "r"]}]}},
        options={
            "xsrf_required": True,
            "availability": {"stability": "beta", "since": "8.1.0"},
            "timeout": {"idle_socket": 2, "payload": 1},
            "body": {"accepts": ["text/*"], "max_bytes": 9},
        },
        validate={
            "request": {
                "params": schema.object({"id": schema.maybe(schema.string())}),
                "query": schema.object({"q": schema.number()}),
                "headers": schema.object({"x-a": schema.string()}),
                "body": schema.string(),
            },
            "response": {
                404: {"description": "gone"},
                200: {
                    "body": schema.any(),
                    "headers": schema.object({"x-b": schema.integer()}),
                    "body_content_type": "text/plain",
                },
            },
        },
    )(handler)

    (route,) = contract.of(router).routes

    assert ("PUT", "/base/a/{id?}", "public", None) == (
        route.method, route.path, route.access, route.default_version,
    )  # fmt: skip
    assert {
        "": Endpoint(
            summary="S",
            description="D",
            tags=("x", "y"),
            deprecated={"message": "go", "severity": "critical"},
            discontinued="9.0",
            security={"authz": {"required_privileges": ["p", {"all_required": ["q", "r"]}]}},
            availability={"stability": "beta", "since": "8.1.0"},
            xsrf_required=True,
            timeout={"payload": 1, "idle_socket": 2},
            body=BodyTerm(("text/*",), 9),
            request={
                "params": {"type": "object", "props": {"id": {"type": "optional", "of": {"type": "string"}}}},
                "query": {"type": "object", "props": {"q": {"type": "number"}}},
                "headers": {"type": "object", "props": {"x-a": {"type": "string"}}},
                "body": {"type": "string"},
            },
            responses={
                "200": ResponseTerm(
                    content_type="text/plain",
                    headers={"type": "object", "props": {"x-b": {"type": "integer"}}},
                    body={"type": "any"},
                ),
                "404": ResponseTerm(description="gone"),
            },
        )
    } == route.versions
    assert contract.of(router) == contract.read(contract.of(router).to_json(), "x")


def test_versions_go_from_old_to_new():
    router = Router(version_resolution="newest")
    public = router.versioned.get("/a", access="public")
    internal = router.versioned.get("/b", access="internal")
    for version in ("2025-10-31", "2023-10-31"):
        public.add_version(version, validate=False, handler=handler)
    for version in ("10", "9"):
        internal.add_version(version, validate=False, handler=handler)

    one, other = contract.of(router).routes

    assert ["2023-10-31", "2025-10-31"] == list(one.versions)
    assert ["9", "10"] == list(other.versions)
    assert ("2025-10-31", None) == (one.default_version, other.default_version)


def test_whether_the_query_may_name_the_version_is_told():
    router = Router()
    for name, enabled in (("/a", True), ("/b", False)):
        versioned = router.versioned.get(name, access="public", enable_query_version=enabled)
        versioned.add_version("2023-10-31", validate=False, handler=handler)
    router.get("/c", validate=False)(handler)

    found = contract.of(router)

    assert [True, False, False] == [route.query_version for route in found.routes]
    assert [True, None, None] == [
        route.get("query_version") for route in json.loads(found.to_json())["routes"]
    ]
    assert contract.read(found.to_json(), "x") == found


def test_the_order_of_declarations_makes_no_difference():
    one = schema.object({"a": schema.string()}, id="x")
    declarations = [("/a", one), ("/b", schema.number(id="x")), ("/c", schema.array_of(one))]
    files = set()
    for order in itertools.permutations(declarations):
        router = Router()
        for path, body in order:
            router.post(path, validate={"body": body})(handler)
            router.delete(path, validate=False)(handler)
        files.add(contract.of(router).to_json())

    assert 1 == len(files)


def test_a_part_of_a_contract_can_be_asked_for():
    router = Router()
    router.get("/a", validate=False)(handler)
    router.post("/b", validate={"body": schema.any()})(handler)

    (route,) = contract.of([router.endpoints[1]]).routes

    assert ("/b", 1024 * 1024) == (route.path, route.versions[""].body.max_bytes)


def test_pages_and_empty_versioned_routes_have_no_contract(tmp_path):
    router = Router()
    router.get("/a", validate=False, options={"http_resource": True})(handler)
    router.static("/static", tmp_path)
    router.versioned.get("/b", access="public")

    assert () == contract.of(router).routes


class Rule:
    def validate(self, value):
        return value


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (even, "tests.examples.even"),
        (lambda value: {"value": value}, "tests.contract.test_routes.<lambda>"),
        (Rule(), "tests.contract.test_routes.Rule"),
    ],
)
def test_a_function_that_checks_a_part_is_told_by_what_it_does(rule, name):
    router = Router()
    router.post("/a", validate={"body": rule})(handler)

    term = endpoint_of(router).request["body"]

    assert ("function", name, 16) == (term["type"], term["name"], len(term["fingerprint"]))


def test_a_lazy_block_is_read():
    router = Router()
    router.get("/a", validate=lambda object, string: {"query": object({"q": string()})})(handler)

    assert {"type": "object", "props": {"q": {"type": "string"}}} == endpoint_of(router).request["query"]


def test_a_lazy_block_that_is_malformed_is_an_error_that_names_the_route():
    router = Router()
    router.get("/a", validate=lambda: {"body": schema.any()})(handler)

    with pytest.raises(
        SchemaDefinitionError, match=r"^The \[get\] at \[/a\]: validate must not have \[body\]"
    ):
        contract.of(router)


def test_a_file_is_for_readers():
    """What is short stands on one line, and a change moves no other line."""
    router = Router()
    page = schema.integer(min=1, default=1, description="Which page of what was found to return.")
    router.get("/a", validate={"query": schema.object({"page": page, "q": schema.maybe(schema.string())})})(
        handler
    )

    lines = contract.of(router).to_json().decode().splitlines()

    assert '                "q": {"type": "optional", "of": {"type": "string"}}' in lines
    assert max(map(len, lines)) < 110
    assert json.loads("\n".join(lines))["routes"][0]["path"] == "/a"
