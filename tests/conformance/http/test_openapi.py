"""What Kibana's OpenAPI documents say, recorded from its tests and its code, holds here.

Where a case has a recommendation, that is what is expected.
"""

import pytest

from kbn_schema import SchemaDefinitionError, openapi, schema
from kbn_schema.http import Router
from kbn_schema.http.paths import parse_template
from kbn_schema.json_schema import availability, unused
from kbn_schema.openapi.names import operation_id, tags_of
from tests.conformance.http.cases import load, snake

CASES = load("oas_cases.json")

# What has no counterpart here, by the reason.
ELSEWHERE = {
    "O072": "a route must have a path that starts with a slash: refused when it is declared",
    "O073": "as O072",
    "O075": "as O072",
    "O076": "as O072",
    "O077": "as O072",
    "O078": "as O072",
}
OPTIONS = {"default_value": "default"}
OWN_META = ("id", "title", "description", "deprecated")
FUNCTIONS = {"default_uri": lambda: "prototest://something"}
# Cases whose recommendation is told in words, as what it comes to.
RECOMMENDED = {
    "O012": {
        "schema": {
            "discriminator": {
                "propertyName": "type",
                "mapping": {
                    "num": "#/components/schemas/num",
                    "str": "#/components/schemas/my-str-my-team",
                },
            },
            "oneOf": [{"$ref": "#/components/schemas/num"}, {"$ref": "#/components/schemas/my-str-my-team"}],
        },
        "components": {
            "num": {
                "type": "object",
                "properties": {"type": {"type": "string", "enum": ["num"]}, "value": {"type": "number"}},
                "additionalProperties": False,
                "required": ["type", "value"],
            },
            "my-str-my-team": {
                "title": "my-str-my-team",
                "type": "object",
                "properties": {"type": {"type": "string", "enum": ["str"]}, "value": {"type": "string"}},
                "additionalProperties": False,
                "required": ["type", "value"],
            },
        },
    },
    "O047": {
        "schema": {
            "type": "object",
            "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
            "additionalProperties": False,
        }
    },
    "O067": [
        {
            "in": "query",
            "name": "fields",
            "required": False,
            "style": "form",
            "explode": True,
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        }
    ],
}


def build(node):
    """The schema that *node* of a case describes."""
    given = options(node.get("opts", {}))
    match node["t"]:
        case "object":
            return schema.object({name: build(prop) for name, prop in node["props"].items()}, **given)
        case "literal":
            return schema.literal(node["value"])
        case "maybe" | "nullable":
            return getattr(schema, node["t"])(build(node["inner"]))
        case "arrayOf":
            return schema.array_of(build(node["items"]), **given)
        case "recordOf" | "mapOf":
            return getattr(schema, snake(node["t"]))(build(node["key"]), build(node["val"]), **given)
        case "oneOf":
            return schema.one_of([build(one) for one in node["types"]], **given)
        case "discriminatedUnion":
            return schema.discriminated_union(
                node["discriminator"], [build(one) for one in node["types"]], **given
            )
        case "conditional":
            left = schema.sibling_ref(node["left"]["key"])
            return schema.conditional(
                left, node["right"], build(node["then"]), build(node["otherwise"]), **given
            )
        case kind:
            return getattr(schema, snake(kind))(**given)


def options(given):
    found = {}
    for name, value in given.items():
        if name == "meta":
            found |= {key: value[key] for key in OWN_META if key in value}
        elif isinstance(value, dict) and "fn" in value:
            found["default"] = FUNCTIONS[value["fn"]]
        else:
            found[OPTIONS.get(snake(name), snake(name))] = value
    return found


def of_kind(*kinds):
    cases = [case for key, case in CASES.items() if case["kind"] in kinds and key not in ELSEWHERE]
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


def answer(context, request, response):
    return response.ok()


def documented(router, **arguments):
    return openapi.paths(router, dialect="openapi-3.0", **arguments)


def operation(router, **arguments):
    [methods] = documented(router, **arguments).paths.values()
    [found] = methods.values()
    return found


@of_kind("schema")
def test_schemas(case):
    described = build(case["schema"]).json_schema(dialect="openapi-3.0")
    found = {"components": described.pop("components", {"schemas": {}})["schemas"], "schema": described}

    assert {"components": {}, **expected(case)} == found


def expected(case):
    if case["id"] in RECOMMENDED:
        return RECOMMENDED[case["id"]]
    told = dict(case.get("recommended", {}))
    found = dict(case["expect"]["schema"])
    if told.pop("required_absent", False):
        del found["required"]
    # What is told of a prop is all of it; in what remains, the rest of the case stands.
    is_whole = not told.keys() & {"properties", "required"}
    return {**case["expect"], "schema": told if told and is_whole else {**found, **told}}


@of_kind("query")
def test_queries(case):
    router = Router()
    router.get("/x", validate={"query": build(case["schema"])})(answer)
    if "throws" in case["expect"]:
        with pytest.raises(SchemaDefinitionError) as error:
            documented(router)
        assert str(error.value).endswith(case["expect"]["throws"])
        return

    told = RECOMMENDED.get(case["id"], case["expect"].get("parameters"))
    assert told == operation(router)["parameters"]


@of_kind("path")
def test_paths(case):
    [(name, option)] = case["path_parameters"].items()
    mark = "?" if option["optional"] else ""
    router = Router()
    if "throws" in case["expect"]:
        with pytest.raises(SchemaDefinitionError, match=r"\[b\] that is no parameter of the path"):
            router.get(f"/x/{{{name}{mark}}}", validate={"params": build(case["schema"])})
        return
    router.get(f"/x/{{{name}{mark}}}", validate={"params": build(case["schema"])})(answer)
    found = documented(router).paths[f"/x/{{{name}}}"]["get"]

    assert case["expect"]["parameters"] == found["parameters"]


@of_kind("path_template")
def test_path_templates(case):
    template = parse_template(case["path"], "here")
    found = {name: {"optional": False} for name in template.names}
    if template.last:
        found[template.names[-1]]["optional"] = True

    assert case["expect"] == found


@of_kind("operation_id")
def test_operation_ids(case):
    taken: list[str] = []
    for _ in range(case.get("calls", 1)):
        taken.append(unused(operation_id(case["method"], case["path"]), taken))

    assert case["expect"].get("operationIds", [case["expect"].get("operationId")]) == taken


def test_tags():
    case = CASES["O092"]

    assert case["expect"]["tags"] == tags_of(case["tags"])


def test_tags_of_a_document():
    case = CASES["O093"]
    router = Router()
    for index, tags in enumerate([*case["operation_tags"], case["additional"]]):
        router.get(f"/{index}", validate=False, tags=tags)(answer)

    assert [tag["name"] for tag in case["expect"]["tags"]] == documented(router).tags


@of_kind("x-state")
def test_states(case):
    assert case["expect"]["x-state"] == availability(case["availability"])


@of_kind("xsrf")
@pytest.mark.parametrize("options", [{"xsrf_required": True}, {"xsrf_required": False}, {}])
def test_the_header_against_forged_requests(case, options):
    """Ours has to be asked for: other programs than Kibana have other protection."""
    router = Router()
    getattr(router, case["method"])("/x", validate=False, options=options)(answer)
    expected = case["expect"]["parameters"] if options.get("xsrf_required") else []

    assert expected == operation(router).get("parameters", [])


@of_kind("authz_description")
def test_privileges(case):
    router = Router()
    security = {"authz": {"required_privileges": [snaked(one) for one in privileges(case)]}}
    router.get("/x", validate=False, description=case.get("description", ""), security=security)(answer)

    assert case["expect"]["description"] == operation(router)["description"]


def privileges(case):
    return case["security"]["authz"]["requiredPrivileges"]


def snaked(privilege):
    return privilege if isinstance(privilege, str) else {snake(key): each for key, each in privilege.items()}


def versioned(access, versions):
    router = Router()
    route = router.versioned.get("/x", access=access)
    for version, block in versions.items():
        route.add_version(version, validate=block, handler=answer)
    return router


def answers(**statuses):
    blocks = {
        int(status[1:]): {"description": description, "body_content_type": kind, "body": schema.object({})}
        for status, (description, kind) in statuses.items()
    }
    return {"request": {}, "response": blocks}


def test_responses_of_all_versions():
    first, second = "application/test+json", "application/test2+json"
    router = versioned(
        "internal",
        {
            "1": answers(_200=("OK response 1", first), _404=("", second)),
            "2": answers(_200=("OK response 2", first), _500=("", second)),
        },
    )
    found = operation(router)["responses"]

    assert CASES["O104"]["expect"] == {
        "200": {"description": found["200"]["description"], "content_keys": [*found["200"]["content"]]},
        "404": {"content_keys": [*found["404"]["content"]]},
        "500": {"content_keys": [*found["500"]["content"]]},
    }


def test_a_version_of_a_public_route():
    case = CASES["O105"]
    block = answers(_200=("", "application/test+json"))
    router = versioned(case["access"], dict.fromkeys(case["versions"], block))
    found = operation(router, version=case["filter_version"])

    assert case["expect"]["content_keys_200"] == [*found["responses"]["200"]["content"]]


def test_the_header_that_picks_a_version():
    """Ours is marked as required where the server would serve another version without it."""
    case = CASES["O106"]
    [parameter] = operation(versioned(case["access"], dict.fromkeys(case["versions"], False)))["parameters"]

    assert parameter.pop("required") is True
    assert case["expect"]["parameters"] == [parameter]


def test_the_access_that_is_shown():
    case = CASES["O107"]
    router = Router()
    for route in case["routes"]:
        options = {"exclude_from_oas": route.get("excludeFromOAS", False)}
        router.get(route["path"], validate=False, access=route["access"], options=options)(answer)

    assert case["expect"]["paths"] == [*documented(router, access=case["filters"]["access"]).paths]


def test_an_answer_without_a_body():
    case = CASES["O110"]
    router = Router()
    router.get("/x", validate={"request": {}, "response": {200: {"description": "good response"}}})(answer)

    assert case["expect"]["responses"] == operation(router)["responses"]


def test_every_case_is_run_or_has_a_reason():
    kinds = {
        "schema",
        "query",
        "path",
        "path_template",
        "operation_id",
        "x-state",
        "xsrf",
        "authz_description",
    }
    kinds |= {"authz_description"}
    alone = {"O092", "O093", "O104", "O105", "O106", "O107", "O110"}
    run = {key for key, case in CASES.items() if case["kind"] in kinds}

    assert run | alone | set(ELSEWHERE) == set(CASES)


def test_every_recommendation_is_what_is_expected():
    """Those in words are told here; the others replace what Kibana says, see `expected`."""
    recommended = {key: case["recommended"] for key, case in CASES.items() if "recommended" in case}
    told = {key for key, advice in recommended.items() if isinstance(advice, dict)}

    assert set(RECOMMENDED) == recommended.keys() - told
    assert {"schema"} == {CASES[key]["kind"] for key in told}
