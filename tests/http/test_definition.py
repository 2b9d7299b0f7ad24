"""Mistakes in a declaration are found when it is made."""

import pytest

from kbn_schema import ByteSize, SchemaDefinitionError, schema
from kbn_schema.http import Router

s = schema
BODY = {"body": s.object({})}
ROUTE_OPTIONS = "[validate], [access], [summary], [description], [tags], [deprecated], [options]"


def ok(context, request, response):
    return response.ok()


def refused(call, *arguments, **options):
    with pytest.raises(SchemaDefinitionError) as error:
        call(*arguments, **options)
    return str(error.value)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"base_path": None}, "base_path must be a string, but is [null]"),
        ({"base_path": "api"}, "base_path [api] must start with a slash"),
        ({"max_body_bytes": "1mb"}, "max_body_bytes must be a whole number, but is [string]"),
        ({"max_body_bytes": True}, "max_body_bytes must be a whole number, but is [boolean]"),
        ({"max_body_bytes": 1.5}, "max_body_bytes must be a whole number, but is [number]"),
        ({"max_body_bytes": -1}, "max_body_bytes must be at least [0]"),
    ],
)
def test_a_malformed_router_is_refused(options, reason):
    assert f"Router(): {reason}" == refused(Router, **options)


def test_a_base_path_that_is_no_path_is_refused():
    assert "the path [/a?] has a segment [a?]" in refused(Router, "/a?")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (5, "The [post] route: path must be a string, but is [number]"),
        (None, "The [post] route: path must be a string, but is [null]"),
        ("x", "The [post] at [x]: the path [x] must start with a slash"),
        ("{id}", "The [post] at [{id}]: the path [{id}] must start with a slash"),
    ],
)
@pytest.mark.parametrize("base", ["", "/api"])
def test_a_path_that_is_no_path_is_refused(base, path, reason):
    assert reason == refused(Router(base).post, path, validate=False)


def test_the_empty_path_is_the_base_path():
    router = Router("/api")
    router.get("", validate=False)(ok)

    assert "/api" == router.routes[0].path
    assert "must start with a slash" in refused(Router().get, "", validate=False)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"validate": None}, "'validate' must be False or a mapping of [params], [query], [body]"),
        (
            {"validate": {"params": 1}},
            "expected a schema, or an object with a method validate(value), at key: [params]",
        ),
        ({"access": "pubic"}, "'access' must be 'internal' or 'public'"),
        (
            {"sumary": "x"},
            f"the route has an unknown option [sumary], expected {ROUTE_OPTIONS}",
        ),
        (
            {"method": "x"},
            f"the route has an unknown option [method], expected {ROUTE_OPTIONS}",
        ),
        ({"summary": 1}, "summary must be a string, but is [number]"),
        ({"description": None}, "description must be a string, but is [null]"),
        ({"tags": "abc"}, "tags must be a list of strings, but is [string]"),
        ({"tags": [1]}, "tags must be a list of strings, but has an item of type [number]"),
        ({"deprecated": "no"}, "deprecated must be True, False or a mapping, but is [string]"),
        ({"options": None}, "options must be a mapping, but is [null]"),
        ({"options": {"bdy": {}}}, "options has an unknown option [bdy], expected [body], [timeout]"),
        ({"options": {"body": None}}, "options.body must be a mapping, but is [null]"),
        (
            {"options": {"body": {"max_byte": 10}}},
            "options.body has an unknown option [max_byte], "
            "expected [accepts], [max_bytes], [parse], [output]",
        ),
        (
            {"options": {"body": {"max_bytes": "10kb"}}},
            "options.body.max_bytes must be a whole number, but is [string]",
        ),
        (
            {"options": {"body": {"max_bytes": True}}},
            "options.body.max_bytes must be a whole number, but is [boolean]",
        ),
        ({"options": {"body": {"max_bytes": -1}}}, "options.body.max_bytes must be at least [0]"),
        (
            {"options": {"body": {"accepts": 1}}},
            "options.body.accepts must be a list of strings, but is [number]",
        ),
        ({"options": {"body": {"output": "file"}}}, "options.body.output must be 'data' or 'stream'"),
        ({"options": {"body": {"parse": 1}}}, "options.body.parse must be True, False or 'gunzip'"),
        ({"options": {"timeout": 5}}, "options.timeout must be a mapping, but is [number]"),
        (
            {"options": {"timeout": {"payload": "1s"}}},
            "options.timeout.payload must be a whole number, but is [string]",
        ),
        (
            {"options": {"timeout": {"idle": 1}}},
            "options.timeout has an unknown option [idle], expected [payload], [idle_socket]",
        ),
    ],
)
def test_a_malformed_option_is_refused(options, reason):
    router = Router()

    assert f"The [post] at [/a]: {reason}" == refused(router.post, "/a", **{"validate": False, **options})
    assert () == router.routes


def test_a_missing_validate_is_refused_in_kibanas_words():
    assert refused(Router().get, "/").startswith("The [get] at [/] does not have a 'validate' specified.")


def test_well_formed_options_are_kept():
    router = Router("/api/", max_body_bytes=ByteSize.parse("1kb"))
    body = {"max_bytes": ByteSize.parse("2kb"), "accepts": "text/*", "parse": False, "output": "stream"}
    options = {"body": body, "timeout": {"payload": 60_000, "idle_socket": 0}}
    router.post("/a", validate=False, tags=("t",), deprecated={"severity": "warning"}, options=options)(ok)
    (route,) = router.routes

    assert (2048, ("t",), options) == (route.max_bytes, route.tags, dict(route.options))


@pytest.mark.parametrize("handler", [5, None, "ok"])
def test_a_handler_that_cannot_be_called_is_refused(handler):
    router = Router()

    assert "The [get] at [/a]: the handler must be a callable, but is" in refused(
        router.get("/a", validate=False), handler
    )
    assert () == router.routes


def test_a_second_route_that_takes_the_same_paths_is_refused():
    router = Router()
    router.get("/a/{id}", validate=False)(ok)

    assert "the route [get] [/a/{name}] takes the same paths as [/a/{id}]" == refused(
        router.get("/a/{name}", validate=False), ok
    )
    assert 1 == len(router.routes)


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"validate": BODY}, "validate"),
        ({"validate": False, "options": {"body": {"max_bytes": 1}}}, "options"),
    ],
)
def test_a_get_has_no_body(options, place):
    reason = f"{place} must not have [body]: GET has none; use [query], or another method"

    assert f"The [get] at [/a]: {reason}" == refused(Router().get, "/a", **options)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_all_others_may_have_a_body(method):
    router = Router()
    getattr(router, method)("/a", validate=BODY)(ok)

    assert 1 == len(router.routes)


@pytest.mark.parametrize(
    ("path", "params", "reason"),
    [
        (
            "/x/{id}",
            s.object({"ID": s.string()}),
            "params has a prop [ID] that is no parameter of the path; rename or remove it",
        ),
        (
            "/x",
            s.object({"id": s.maybe(s.string())}),
            "params has a prop [id] that is no parameter of the path; rename or remove it",
        ),
        ("/x/{id}", s.object({}), "params has no prop for the parameter [id] of the path; add one"),
        ("/x/{id?}", s.object({}), "params has no prop for the parameter [id] of the path; add one"),
        ("/x/{rest*}", s.object({}), "params has no prop for the parameter [rest] of the path; add one"),
        (
            "/x/{id}",
            s.object({"ID": s.string()}, unknowns="ignore"),
            "params has a prop [ID] that is no parameter of the path; rename or remove it",
        ),
    ],
)
def test_the_props_of_params_are_the_parameters_of_the_path(path, params, reason):
    assert f"The [get] at [{path}]: {reason}" == refused(Router().get, path, validate={"params": params})


class Anything:
    def validate(self, value):
        return value


@pytest.mark.parametrize(
    "params",
    [
        s.object({"type": s.string(), "id": s.maybe(s.string())}),
        s.object({"type": s.string(), "id": s.string()}),
        s.object({"type": s.string()}, unknowns="ignore"),
        s.object({}, unknowns="allow"),
        s.object({"other": s.maybe(s.string())}, unknowns="allow"),
        s.record_of(s.string(), s.string()),
        s.any(),
        Anything(),
    ],
)
def test_params_that_can_take_the_parameters_are_accepted(params):
    router = Router("/{type}")
    router.get("/x/{id?}", validate={"params": params})(ok)

    assert 1 == len(router.routes)
