"""Mistakes in a declaration are found when it is made."""

import pytest

from kbn_schema import ByteSize, SchemaDefinitionError, schema
from kbn_schema.http import Router

s = schema
BODY = {"body": s.object({})}
ROUTE_OPTIONS = (
    "[summary], [description], [tags], [discontinued], [security], [options], "
    "[validate], [access], [deprecated]"
)


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
    assert refused(Router, "/a?").startswith("Router(): the path [/a?] has a segment [a?]")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (5, "The [post] route: path must be a string, but is [number]"),
        (None, "The [post] route: path must be a string, but is [null]"),
        ("x", "The [post] at [{base}x]: the path [x] must start with a slash"),
        ("{id}", "The [post] at [{base}{{id}}]: the path [{{id}}] must start with a slash"),
        ("/x/:id", "The [post] at [{base}/x/:id]: the path [{base}/x/:id] has a segment [:id] that"),
        ("/{a}/{a}", "The [post] at [{base}/{{a}}/{{a}}]: the path [{base}/{{a}}/{{a}}] names the param"),
    ],
)
@pytest.mark.parametrize("base", ["", "/api"])
def test_a_path_that_is_no_path_is_refused(base, path, reason):
    assert refused(Router(base).post, path, validate=False).startswith(reason.format(base=base))


@pytest.mark.parametrize(
    ("declare", "reason"),
    [
        (lambda r: r.get("/a", validate=None), "'validate' must be"),
        (lambda r: r.get("/a", validate={"body": s.any()}), "validate must not have [body]"),
        (lambda r: r.get("/a", sumary=""), "the route has an unknown option [sumary]"),
        (lambda r: r.get("/a", validate=False)(5), "the handler must be a callable"),
        (lambda r: r.get("/a", validate={"query": lambda: 1}), "the rule at key: [query]: it must take"),
        (lambda r: r.get("/a", validate={"query": 5}), "expected a schema"),
        (lambda r: r.get("/a", validate={"params": s.object({"x": s.any()})}), "params has a prop [x]"),
        (lambda r: r.versioned.get("/a"), "a versioned route needs 'access'"),
        (lambda r: r.versioned.get("/a", access="public").add_version("1"), "Invalid version"),
        (lambda r: r.get("/a", validate=False, options={"body": {}}), "options must not have [body]"),
    ],
)
def test_errors_name_the_whole_path(declare, reason):
    assert refused(declare, Router("/api/")).startswith(f"The [get] at [/api/a]: {reason}")


def test_the_empty_path_is_the_base_path():
    router = Router("/api")
    router.get("", validate=False)(ok)

    assert "/api" == router.routes[0].path
    assert "must start with a slash" in refused(Router().get, "", validate=False)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            {"validate": None},
            "'validate' must be False, a mapping of [params], [query], [headers], [body], or a function, "
            "but is [null]",
        ),
        (
            {"validate": {"params": 1}},
            "expected a schema, an object with a method validate(value), or a function, but got [number], "
            "at key: [params]",
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
        (
            {"options": {"bdy": {}}},
            "options has an unknown option [bdy], expected [body], [timeout], [http_resource], "
            "[xsrf_required], [availability], [exclude_from_oas], "
            "[oas_operation_object], [lint_ignore]",
        ),
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
        (
            {"options": {"body": {"output": "file"}}},
            "[options.body.output: 'file'] in route POST /a is not valid. Only 'data' or 'stream' are valid.",
        ),
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


NO_VALIDATE = (
    " does not have a 'validate' specified. Use 'false' as the value if you want to bypass validation."
)


def test_a_missing_validate_is_refused_in_kibanas_words():
    assert f"The [get] at [/api/a]{NO_VALIDATE}" == refused(Router("/api").get, "/a")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"validat": False}, "the route has an unknown option [validat]"),
        ({"handler": ok}, "the route has an unknown option [handler]"),
        ({"access": "pubic"}, "'access' must be 'internal' or 'public'"),
    ],
)
def test_what_is_said_is_judged_before_what_is_missing(options, reason):
    assert refused(Router().get, "/a", **options).startswith(f"The [get] at [/a]: {reason}")
    assert refused(Router().versioned.get, "/a", **options).startswith(f"The [get] at [/a]: {reason}")


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
    router = Router("/api")
    router.get("/a/{id}", validate=False)(ok)
    where = "The [get] at [/api/a/{name}]"

    assert f"{where}: the route [get] [/api/a/{{name}}] takes the same paths as [/api/a/{{id}}]" == refused(
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


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"dev": "no"}, "dev must be True or False, but is [string]"),
        ({"dev": None}, "dev must be True or False, but is [null]"),
        ({"dev": 1}, "dev must be True or False, but is [number]"),
        ({"version_resolution": "latest"}, "version_resolution must be one of 'oldest', 'newest', 'none'"),
        ({"version_resolution": None}, "version_resolution must be one of 'oldest', 'newest', 'none'"),
        ({"version_resolution": ["oldest"]}, "version_resolution must be one of"),
        ({"validate_responses": "yes"}, "validate_responses must be one of None, 'off', 'log', 'raise'"),
        ({"validate_responses": True}, "validate_responses must be one of None, 'off', 'log', 'raise'"),
        ({"validate_responses": False}, "validate_responses must be one of None, 'off', 'log', 'raise'"),
        ({"context": {}}, "context must be a callable, but is [Object]"),
        ({"context": "x"}, "context must be a callable, but is [string]"),
        ({"on_validation_error": 5}, "on_validation_error must be a callable, but is [number]"),
        (
            {"use_version_resolution_strategy_for_internal_paths": "/a"},
            "use_version_resolution_strategy_for_internal_paths must be a list of strings, but is [string]",
        ),
        (
            {"use_version_resolution_strategy_for_internal_paths": 5},
            "use_version_resolution_strategy_for_internal_paths must be a list of strings, but is [number]",
        ),
        (
            {"use_version_resolution_strategy_for_internal_paths": [1]},
            "use_version_resolution_strategy_for_internal_paths must be a list of strings, "
            "but has an item of type [number]",
        ),
    ],
)
def test_a_malformed_argument_of_a_router_is_refused(options, reason):
    assert refused(Router, **options).startswith(f"Router(): {reason}")


@pytest.mark.parametrize("name", ["on_request", "on_pre_handler", "on_response"])
@pytest.mark.parametrize("hook", [None, "x", 5])
def test_a_hook_that_cannot_be_called_is_refused(name, hook):
    assert refused(getattr(Router(), name), hook).startswith(
        "Router(): the hook must be a callable, but is ["
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"discontinued": 9}, "discontinued must be a string, but is [number]"),
        (
            {"options": {"http_resource": "no"}},
            "options.http_resource must be True or False, but is [string]",
        ),
        ({"options": {"body": {"output": ["data"]}}}, "[options.body.output: '['data']'] in route POST /a"),
        ({"options": {"body": {"parse": "gzip"}}}, "options.body.parse must be True, False or 'gunzip'"),
        ({"options": {"body": {"parse": None}}}, "options.body.parse must be True, False or 'gunzip'"),
        (
            {"options": {"body": {"accepts": ["a/b", 1]}}},
            "options.body.accepts must be a list of strings, but has an item of type [number]",
        ),
        ({"options": {"timeout": {"payload": -1}}}, "options.timeout.payload must be at least [0]"),
        (
            {"options": {"timeout": {"idle_socket": 1.5}}},
            "options.timeout.idle_socket must be a whole number, but is [number]",
        ),
        (
            {"options": {"oas_operation_object": "x"}},
            "options.oas_operation_object must be a mapping, or a function, but is [string]",
        ),
        (
            {"options": {"oas_operation_object": lambda route: {}}},
            "options.oas_operation_object must take ()",
        ),
        ({"deprecated": None}, "deprecated must be True, False or a mapping, but is [null]"),
        ({"deprecated": 1}, "deprecated must be True, False or a mapping, but is [number]"),
        (
            {"deprecated": {"mesage": "x"}},
            "deprecated has an unknown option [mesage], "
            "expected [documentation_url], [severity], [message], [reason]",
        ),
        (
            {"deprecated": {"message": "a\r\nset-cookie: b"}},
            "deprecated.message must be a line of printable ASCII: it is sent in a header",
        ),
        ({"deprecated": {"message": "é"}}, "deprecated.message must be a line of printable ASCII"),
        ({"deprecated": {"message": 1}}, "deprecated.message must be a line of printable ASCII"),
        ({"deprecated": {"severity": "bad"}}, "deprecated.severity must be one of 'warning', 'critical'"),
        ({"deprecated": {"severity": ["bad"]}}, "deprecated.severity must be one of 'warning', 'critical'"),
        ({"deprecated": {"reason": "bump"}}, "deprecated.reason must be a mapping, but is [string]"),
        (
            {"deprecated": {"reason": {"type": "bmp"}}},
            "deprecated.reason.type must be one of 'bump', 'remove', 'migrate', 'deprecate'",
        ),
        (
            {"deprecated": {"reason": {"newApiVersion": "2"}}},
            "deprecated.reason has an unknown option [newApiVersion]",
        ),
        (
            {"deprecated": {"documentation_url": 5}},
            "deprecated.documentation_url must be a string, but is [number]",
        ),
    ],
)
def test_an_option_of_the_wrong_type_is_refused(options, reason):
    router = Router()
    error = refused(router.post, "/a", **{"validate": False, **options})

    assert error.startswith(f"The [post] at [/a]: {reason}")
    assert () == router.routes


def versioned(access="internal", path="/a/{id}", **options):
    return Router("/api").versioned.post(path, access=access, **options)


WHERE = "The [post] at [/api/a/{id}]"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"access": "pubic"}, "'access' must be 'internal' or 'public'"),
        ({"access": None}, "'access' must be 'internal' or 'public'"),
        ({"access": ["public"]}, "'access' must be 'internal' or 'public'"),
        ({"enable_query_version": "no"}, "enable_query_version must be True or False, but is [string]"),
        ({"validate": False}, "the route has an unknown option [validate]"),
        ({"validat": False}, "the route has an unknown option [validat]"),
        ({"deprecated": "yes"}, "deprecated must be True, False or a mapping, but is [string]"),
        ({"summary": 1}, "summary must be a string, but is [number]"),
        ({"tags": [1]}, "tags must be a list of strings, but has an item of type [number]"),
        ({"options": {"body": {"max_bytes": "1"}}}, "options.body.max_bytes must be a whole number"),
    ],
)
def test_a_malformed_option_of_a_versioned_route_is_refused(options, reason):
    router = Router("/api")
    error = refused(router.versioned.post, "/a/{id}", **{"access": "public", **options})

    assert error.startswith(f"{WHERE}: {reason}")
    assert () == router.routes


def test_a_versioned_route_needs_its_access():
    assert f"{WHERE}: a versioned route needs 'access': 'internal' or 'public'" == refused(
        Router("/api").versioned.post, "/a/{id}"
    )


@pytest.mark.parametrize("path", [5, None, "x", "", "/{a}/{a}", "/a?"])
def test_the_path_of_a_versioned_route_is_checked_like_any(path):
    plain = refused(Router().post, path, validate=False)

    assert plain == refused(Router().versioned.post, path, access="internal")


def test_a_versioned_route_and_a_plain_one_cannot_share_a_path():
    router = Router()
    router.versioned.get("/a", access="internal")
    router.get("/b", validate=False)(ok)

    assert "takes the same paths as [/a]" in refused(router.get("/a", validate=False), ok)
    assert "takes the same paths as [/b]" in refused(router.versioned.get, "/b", access="internal")


PUBLIC = 'Invalid version. Received "{}", expected a valid date string formatted as YYYY-MM-DD.'
INTERNAL = (
    'Invalid version number. Received "{}", '
    "expected a string containing _only_ a finite, whole number greater than 0."
)


@pytest.mark.parametrize(
    ("access", "version", "shown"),
    [
        *[("public", v, v) for v in ["", "1", "2023-1-1", "2023-02-30", "2023-10-31 ", "20231031"]],
        ("public", "0000-01-01", "0000-01-01"),
        *[("public", v, v) for v in ["2023-10-31T00:00", "2023-W44-2", "-023-10-31"]],
        ("public", "٢٠٢٣-١٠-٣١", "٢٠٢٣-١٠-٣١"),
        ("public", "2023-10-31\n", "2023-10-31\\n"),
        ("public", 20231031, "int"),
        ("public", None, "NoneType"),
        *[("internal", v, v) for v in ["", "0", "01", "-1", "+1", "1.0", "1_0", " 1", "1 ", "x"]],
        ("internal", "2023-10-31", "2023-10-31"),
        ("internal", "1\n", "1\\n"),
        ("internal", "١", "١"),
        ("internal", "1" * 5000, "1" * 97 + "..."),
        ("internal", 1, "int"),
        ("internal", True, "bool"),
    ],
)  # fmt: skip
def test_a_malformed_version_is_refused_in_kibanas_words(access, version, shown):
    text = (PUBLIC if access == "public" else INTERNAL).format(shown)
    error = refused(versioned(access).add_version, version, validate=False)

    assert error.startswith("The [post] at [/api/a/{id}]: ")
    assert error.endswith(text) or shown.endswith("...")
    assert len(error) < 400


def test_a_version_is_added_once():
    route = versioned().add_version("1", validate=False, handler=ok)
    taken = 'Version "1" handler has already been registered for the route [post] [/api/a/{id}]'

    assert taken == refused(route.add_version, "1", validate=False, handler=ok)
    assert taken == refused(route.add_version, "1", validate=False)
    decorate = route.add_version("2", validate=False)
    decorate(ok)
    assert taken.replace('"1"', '"2"') == refused(decorate, ok)
    assert ["1", "2"] == list(route.versions)


AT_VERSION = "The [post] at [/api/a/{id}], version [1]"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"validate": None}, "'validate' must be False, a mapping of"),
        (
            {"validate": {"body": 5}},
            "expected a schema, an object with a method validate(value), or a function",
        ),
        ({"validate": {"params": s.object({})}}, "params has no prop for the parameter [id] of the path"),
        ({"deprecated": "yes"}, "deprecated must be True, False or a mapping, but is [string]"),
        ({"deprecated": ""}, "deprecated must be True, False or a mapping, but is [string]"),
        ({"deprecated": 0}, "deprecated must be True, False or a mapping, but is [number]"),
        ({"deprecated": {"reason": {"type": 5}}}, "deprecated.reason.type must be one of"),
        ({"handler": 5}, "the handler must be a callable, but is [number]"),
        (
            {"options": {}},
            "add_version() has an unknown option [options], expected [validate], [handler], [deprecated]",
        ),
        ({"access": "public"}, "add_version() has an unknown option [access]"),
    ],
)
def test_a_malformed_option_of_a_version_is_refused(options, reason):
    route = versioned()
    error = refused(route.add_version, "1", **{"validate": False, "handler": ok, **options})

    assert error.startswith(f"{AT_VERSION}: {reason}")
    assert {} == route.versions


def test_a_version_needs_its_validate():
    assert f"{AT_VERSION}{NO_VALIDATE}" == refused(versioned().add_version, "1")
    assert f"{AT_VERSION}{NO_VALIDATE}" == refused(versioned().add_version, "1", handler=ok)
    assert f"{AT_VERSION}: add_version() has an unknown option [validat], expected " in refused(
        versioned().add_version, "1", validat=False
    )


def test_a_versioned_route_is_no_decorator():
    advice = "a versioned route has no handler of its own; decorate it with add_version(...)"

    assert f"{WHERE}: {advice}" == refused(versioned(), ok)


def test_compile_refuses_a_versioned_route_without_versions():
    router = Router("/api")
    router.get("/a", validate=False)(ok)
    route = router.versioned.get("/b", access="public")
    decorate = route.add_version("2023-10-31", validate=False)
    where = "The [get] at [/api/b]"

    assert f"{where}: it has no version; decorate its handler with add_version(...)" == refused(
        router.compile
    )
    decorate(ok)
    router.compile()


def test_a_handler_of_a_version_that_cannot_be_called_is_refused():
    error = refused(versioned().add_version("1", validate=False), 5)

    assert f"{AT_VERSION}: the handler must be a callable, but is [number]" == error


def test_a_get_has_no_body_in_any_version():
    route = Router().versioned.get("/a", access="internal")

    assert "validate must not have [body]: GET has none" in refused(route.add_version, "1", validate=BODY)


def test_a_body_rule_and_the_options_must_agree_in_every_version():
    route = versioned(options={"body": {"output": "stream"}})

    assert refused(route.add_version, "1", validate=BODY).startswith(f"{AT_VERSION}: options.body: output is")
    route.add_version("2", validate={"body": s.stream()}, handler=ok)


@pytest.mark.parametrize(
    "deprecated", [None, False, True, {}, {"message": "m"}, {"reason": {"type": "remove"}}]
)
def test_a_version_may_be_deprecated(deprecated):
    versioned().add_version("1", validate=False, handler=ok, deprecated=deprecated)
