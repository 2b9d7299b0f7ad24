"""What a route says of who may call it; and the header against forged requests."""

import asyncio
import json

import pytest

from kbn_schema import SchemaDefinitionError, schema
from kbn_schema.http import RequestParts, Router, TestClient
from kbn_schema.http.validated import Check

REFUSED = "Request must contain a kbn-xsrf header."
XSRF = {"xsrf_required": True}
ALL_OR_ANY = {"all_required": ["a", {"any_of": ["b", "c"]}], "any_required": ["d", {"all_of": ("e",)}]}


def ok(context, request, response):
    return response.ok(body="done")


def declared(**options):
    router = Router()
    router.post("/x", **{"validate": False, **options})(ok)
    return router


def refused(**options):
    with pytest.raises(SchemaDefinitionError) as error:
        declared(**options)
    return str(error.value)


@pytest.mark.parametrize(
    "security",
    [
        {},
        {"authz": {"required_privileges": ["a", ALL_OR_ANY]}},
        {"authz": {"required_privileges": ("a",)}, "authc": {"enabled": "optional"}},
        {"authz": {"enabled": False, "reason": "why"}, "authc": {"enabled": True}},
        {"authc": {"enabled": False, "reason": "why"}},
    ],
)
def test_a_route_has_the_security_that_was_declared(security):
    [route] = declared(security=security).routes

    assert security == {name: {**part} for name, part in route.security.items()}
    with pytest.raises(TypeError):
        route.security["authz"] = {}


@pytest.mark.parametrize(
    ("security", "reason"),
    [
        (5, "security must be a mapping, but is [number]"),
        ({"auth": {}}, "security has an unknown option [auth], expected [authz], [authc]"),
        ({"authz": None}, "security.authz must be a mapping, but is [null]"),
        (
            {"authz": {"required_privileges": []}},
            "[authz.required_privileges]: array size is [0], but cannot be smaller than [1]",
        ),
        ({"authz": {}}, "[authz.required_privileges]: expected value of type [array] but got [undefined]"),
        ({"authz": {"enabled": True}}, "[authz.required_privileges]: expected value of type [array] but got"),
        (
            {"authz": {"enabled": False}},
            "[authz.reason]: expected value of type [string] but got [undefined]",
        ),
        ({"authz": {"required_privileges": [{}]}}, "[authz.required_privileges.0]: "),
        ({"authz": {"required_privileges": [5]}}, "[authz.required_privileges.0]: "),
        ({"authz": {"required_privileges": [{"all": ["a"]}]}}, "[authz.required_privileges.0]: "),
        ({"authz": {"required_privileges": ["a"], "reason": "x"}}, "[authz.reason]: "),
        ({"authc": {}}, "[authc.enabled]: "),
        ({"authc": {"enabled": "yes"}}, "[authc.enabled]: "),
        (
            {"authc": {"enabled": False}},
            "[authc.reason]: expected value of type [string] but got [undefined]",
        ),
    ],
)
def test_security_that_is_none_is_refused(security, reason):
    told = refused(security=security)

    assert told.startswith(f"The [post] at [/x]: {reason}")
    assert "\n" not in told


def test_a_set_without_privileges_is_told_in_kibanas_words():
    told = refused(security={"authz": {"required_privileges": [{}]}})

    assert "either any_required or all_required must be specified" in told


def test_a_version_replaces_the_authorization_and_nothing_else():
    router = Router()
    authc = {"enabled": "optional"}
    old, new = {"required_privileges": ["old"]}, {"required_privileges": ["new"]}
    route = router.versioned.get("/x", access="internal", security={"authz": old, "authc": authc})
    route.add_version("1", validate=False, handler=ok)
    route.add_version("2", validate=False, handler=ok, security={"authz": new})

    assert {"1": {"authz": old, "authc": authc}, "2": {"authz": new, "authc": authc}} == {
        name: dict(version.security) for name, version in route.versions.items()
    }


def test_a_version_says_nothing_of_who_it_is():
    route = Router().versioned.get("/x", access="internal")
    with pytest.raises(SchemaDefinitionError) as error:
        route.add_version("1", validate=False, security={"authc": {"enabled": True}})

    reason = "security has an unknown option [authc], expected [authz]"
    assert f"The [get] at [/x], version [1]: {reason}" == str(error.value)


def test_a_hook_may_enforce_what_a_route_asks_for():
    router = declared(security={"authz": {"required_privileges": ["write"]}})

    @router.on_request
    def require_privileges(request, response):
        needed = request.route.security["authz"]["required_privileges"]
        has = request.headers.get("x-privileges", "").split()
        return None if set(needed) <= set(has) else response.forbidden()

    client = TestClient(router)
    assert [403, 200] == [client.post("/x", headers={"x-privileges": has}).status for has in ("", "write")]


# --- the header against forged requests ---


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 400),
        ({"kbn-xsrf": "true"}, 200),
        ({"KBN-XSRF": ""}, 200),
        ({"kbn-version": "9.0.0"}, 200),
        ({"x-xsrf": "true"}, 400),
    ],
)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_changes_something_wants_the_header(method, headers, status):
    router = Router()
    getattr(router, method)("/x", validate=False, options=XSRF)(ok)
    answer = getattr(TestClient(router), method)("/x", headers=headers)

    assert status == answer.status
    assert status == 200 or answer.json() == {"statusCode": 400, "error": "Bad Request", "message": REFUSED}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_changes_nothing_does_not(method):
    router = Router()
    router.get("/x", validate=False, options=XSRF)(ok)

    assert TestClient(router).request(method, "/x").status in (200, 204)


@pytest.mark.parametrize("options", [{}, {"xsrf_required": False}])
def test_nothing_is_wanted_where_nobody_asked_for_it(options):
    assert 200 == TestClient(declared(options=options)).post("/x").status


@pytest.mark.parametrize("body", [schema.object({"a": schema.string()}), schema.stream()])
@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("is_versioned", [False, True])
def test_it_is_looked_at_before_anything_is_validated(is_versioned, is_async, body):
    async def ok_async(context, request, response):
        return response.ok(body="done")

    def fail(error, request, response):
        raise AssertionError

    router = Router(on_validation_error=fail)
    block = {"body": body, "headers": schema.object({"x-a": schema.string()})}
    handler = ok_async if is_async else ok
    if is_versioned:
        route = router.versioned.post("/x", access="internal", options=XSRF)
        route.add_version("1", validate=block, handler=handler)
    else:
        router.post("/x", validate=block, options=XSRF)(handler)
    parts = RequestParts("POST", "/x", b"", [("content-type", "text/odd")], b"{")
    answer = asyncio.run(router.handle_async(parts))

    assert (400, REFUSED) == (answer.status, json.loads(answer.body)["message"])


def test_hooks_see_a_request_without_it():
    router, seen = declared(options=XSRF), []
    router.on_request(lambda request, response: seen.append(request.path))

    assert (400, ["/x"]) == (TestClient(router).post("/x").status, seen)


def test_a_request_is_known_to_be_refused_before_it_is_answered():
    exchange = declared(options=XSRF).open(RequestParts("POST", "/x"))

    assert 400 == exchange.check(None).status


@pytest.mark.parametrize(("method", "status"), [("POST", 400), ("GET", None)])
def test_handlers_of_a_framework_may_want_it_too(method, status):
    reception = Check(options=XSRF).open(RequestParts(method, "/x"), {})

    assert status == getattr(reception.accept(), "status", None)
