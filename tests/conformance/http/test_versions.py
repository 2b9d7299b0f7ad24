"""How Kibana picks a version, as recorded in ``versioned_cases.json``, holds here."""

import json

import pytest

from kbn_schema import SchemaDefinitionError, schema
from kbn_schema.http import Router, TestClient
from tests.conformance.http.cases import ask, block, load, seen_by, snake

CASES = load("versioned_cases.json")
REQUESTS = [id for id, case in CASES.items() if "kind" not in case]

# What is different here, and why; all else of these cases is checked.
DIFFERENT = {
    "R029": "its params schema contradicts its path, which is refused: the path is /test/{foo} here",
    "R058": "the warn-agent is kbn_schema, for there is no Kibana",
    "R059": "the warn-agent is kbn_schema, for there is no Kibana",
    "R068": "without the odd quote at the end, as its note says",
    "R077": "`routes` has each version, for documents; one entry of the table serves them",
    "R083": "privileges are Kibana's: there is no such option, so it is refused as unknown",
}
PATHS = {"R029": "/test/{foo}"}
HEADERS = {
    id: {
        "warning": CASES[id]["expect"]["response_headers"]["warning"].replace("Kibana-12.31.45", "kbn_schema")
    }
    for id in ("R058", "R059")
}


def deprecation(said):
    """What a case says of a deprecated version, in our words."""
    if not isinstance(said, dict):
        return said
    return {snake(name): deprecation(value) for name, value in said.items()}


def answering(version, seen):
    said = version.get("handler_returns", {"status": 200})

    def handler(context, request, response):
        seen.append((request.api_version, seen_by(request)))
        return response.custom(
            status_code=said["status"], body=said.get("body"), headers=said.get("headers", {})
        )

    return handler


def served(id):
    """The answer of a case, and what its handlers saw."""
    case, seen = CASES[id], []
    declared, mode = case["route"], case["mode"]
    listed = mode.get("useVersionResolutionStrategyForInternalPaths", ())
    router = Router(
        dev=mode["dev"],
        version_resolution=mode["versionResolution"],
        use_version_resolution_strategy_for_internal_paths=listed,
    )
    path, method = PATHS.get(id, declared["path"]), declared.get("method", "get")
    route = getattr(router.versioned, method)(
        path,
        access=declared["access"],
        enable_query_version=declared.get("enableQueryVersion", False),
        options={"http_resource": declared.get("httpResource", False)},
    )
    for version in declared["versions"]:
        route.add_version(
            version["version"],
            validate=block(version["validate"]),
            handler=answering(version, seen),
            deprecated=deprecation(version.get("deprecated", False)),
        )
    return ask(router, method, path, case["request"]), seen


@pytest.mark.parametrize("id", REQUESTS)
def test_the_answer_is_that_of_the_version_which_kibana_picks(id):
    expect = CASES[id]["expect"]
    answer, seen = served(id)
    headers = expect["response_headers"] | HEADERS.get(id, {})

    assert expect["status"] == answer.status
    assert headers == {
        name: value for name, value in answer.headers.items() if name in ("elastic-api-version", "warning")
    }
    if "message" in expect:
        assert expect["message"] == answer.json()["message"]
    if "body" in expect:
        assert expect["body"] == answer.json()
    if "handler_request" in expect:
        assert [(expect["served_version"], expect["handler_request"])] == seen
    assert expect.get("handler_called", False) == bool(seen)


ADDED = [id for id in CASES if "add_versions" in CASES[id]]


def declare(case):
    router = Router(dev=case.get("dev", False))
    route = getattr(router.versioned, case["method"])(case["path"], access=case["access"])
    for version in case["add_versions"]:
        route.add_version(
            version, validate=False, handler=lambda _, request, r: r.ok(body=[request.api_version])
        )
    return router


@pytest.mark.parametrize("id", [id for id in ADDED if "throws" in CASES[id]["expect"]])
def test_a_version_that_kibana_refuses_is_refused_in_the_same_words(id):
    with pytest.raises(SchemaDefinitionError) as error:
        declare(CASES[id])
    expected = CASES[id]["expect"]["throws"]

    assert str(error.value).endswith(expected.removesuffix('"') if id == "R068" else expected)


def test_a_public_version_may_be_any_date():
    assert CASES["R075"]["expect"]["ok"]
    assert 200 == TestClient(declare(CASES["R075"])).get("/foo").status


def test_all_versions_are_served_by_one_route():
    router, expect = declare(CASES["R077"]), CASES["R077"]["expect"]
    client = TestClient(router)
    answers = [client.get("/test/x", headers={"elastic-api-version": v}).json() for v in ("1", "2", "3")]

    assert [["1"], ["2"], ["3"]] == answers
    assert expect["handlers"] == len(router.routes)
    assert expect["registered_routes"] == len({(route.method, route.path) for route in router.routes})


def test_a_lazy_block_is_called_at_the_first_request_and_once():
    case, calls = CASES["R080"], []

    def validate():
        calls.append(1)
        return {"request": {"body": schema.object({"a": schema.number()})}}

    router = Router()
    route = router.versioned.post(case["path"], access=case["access"])
    route.add_version(
        case["version"], validate=validate, handler=lambda _, request, r: r.ok(body=request.body)
    )

    assert case["expect"]["factory_calls_before_first_request"] == len(calls)
    for number in range(case["requests"]):
        assert {"a": number} == TestClient(router).post("/test/x", json={"a": number}).json()
    assert case["expect"]["factory_calls_after"] == len(calls)


@pytest.mark.parametrize(("version", "status"), [("1", 422), ("2", 409)])
def test_a_mapper_knows_the_version_and_its_answer_has_the_header(version, status):
    def mapper_of(status):
        def mapper(error, request, response):
            body = {"version": request.api_version, "source": error.source}
            return response.custom_error(
                status_code=status, body=json.dumps(body), bypass_error_format=True,
                headers={"content-type": "application/json"},
            )  # fmt: skip

        return mapper

    router = Router()
    route = router.versioned.post("/test/{id}", access="internal")
    for number, mapped in (("1", 422), ("2", 409)):
        validate = {
            "request": {"body": schema.object({"a": schema.number()})},
            "response": {mapped: {}},
            "on_validation_error": mapper_of(mapped),
        }
        route.add_version(number, validate=validate, handler=lambda *_: pytest.fail("called"))
    answer = TestClient(router, version).post("/test/x", json={"a": "x"})

    expect = CASES["R081"]["expect"][f"v{version}"]
    assert (expect["status"], expect["body"]) == (answer.status, answer.json())
    assert expect["headers"].items() <= dict(answer.headers).items()
    assert status == answer.status


def test_privileges_are_checked_when_they_are_declared():
    case = CASES["R083"]
    privileges = case["security"]["authz"]["requiredPrivileges"]
    with pytest.raises(SchemaDefinitionError) as error:
        Router().versioned.get(
            "/test", access="internal", security={"authz": {"required_privileges": privileges}}
        )

    assert str(error.value).endswith(
        case["expect"]["throws"].replace("requiredPrivileges", "required_privileges")
    )


def test_every_case_is_tried():
    own = {"R075", "R077", "R080", "R081", "R083"}
    refused = {id for id in ADDED if "throws" in CASES[id]["expect"]}

    assert own | refused | set(REQUESTS) == set(CASES)
    assert len(CASES) == 58
    assert DIFFERENT.keys() | PATHS.keys() <= set(CASES)
