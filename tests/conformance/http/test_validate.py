"""What Kibana's ``validate`` block does, as recorded in ``validate_cases.json``, holds here."""

import logging

import pytest

from kbn_schema import SchemaDefinitionError, schema
from kbn_schema.http import RequestParts, ResponseParts, Router, TestClient
from kbn_schema.http.validated import Check
from tests.conformance.http.cases import GENERIC, ask, block, build, load, seen_by

CASES = load("validate_cases.json")
OF_KIND = {
    kind: [id for id, case in CASES.items() if case["kind"] in kind]
    for kind in [("request",), ("bypass",), ("registration",), ("custom_error",), ("lazy", "body_options")]
}
REQUESTS = OF_KIND[("request",)]

# A parameter of a path is always text: these are checked the way a framework with typed paths would.
TYPED_PARAMS = {"V014": "a number as a parameter", "V015": "a number as a parameter"}
# What is different here, and why; all else of these cases is checked.
DIFFERENT = {
    "V034": "DESIGN.md, section 3: the text for unsafe numbers is our own",
    "V064": "the headline is Kibana's, but every issue is in the answer",
    "V104": "the headline is Kibana's, but every issue is in the answer",
    "V108": "whatever has validate(value) is a rule here; what is none is refused with the key",
    "V111": "the option is called on_validation_error",
    "V120": "the message is in the format of errors, as the note of the case says",
    "V122": "a handler's message that is no text is checked before it could be sent",
    "V123": "a mapper answers through the factory, whose message defaults to the phrase",
}
OUR_WORDS = {
    "V034": "[request query.page]: "
    "value must be a safe number (at most 2^53 - 1 in size, with no digit lost)."
}
RESERVED = {"V025": {"elasticInternalOrigin": "true"}}


def exchange(case):
    """What the handler saw, the answer, and the router's path for it."""
    sent = dict(case["request"])
    sent["query"] = sent.get("query", {}) | RESERVED.get(case["id"], {})
    path = "/x" + "".join(f"/{{{name}?}}" for name in list(parameters(case))[:1])
    seen = []

    def handler(context, request, response):
        seen.append(seen_by(request))
        return response.ok()

    router = Router()
    validate = block(case.get("validate", case.get("config", {}).get("validate")))
    router.post(path, validate=validate)(handler)
    return seen, ask(router, "post", path, sent)


def parameters(case):
    tree = (case.get("validate") or {}).get("params", {})
    return tree.get("props") or case["request"].get("params") or {}


@pytest.mark.parametrize("id", [id for id in REQUESTS if CASES[id]["expect"]["status"] == "handler"])
def test_what_kibana_accepts_reaches_the_handler_as_it_does_there(id):
    seen, answer = exchange(CASES[id])

    assert [CASES[id]["expect"]["request"]] == seen
    assert 200 == answer.status


@pytest.mark.parametrize("id", OF_KIND[("bypass",)])
def test_what_is_not_declared_is_hidden(id):
    case = CASES[id]
    seen = []

    def handler(context, request, response):
        seen.append(seen_by(request))
        return response.ok()

    router = Router()
    router.post(case["config"].get("path", "/b/{some_param?}"), validate=block(case["config"]["validate"]))(
        handler
    )

    assert 200 == ask(router, "post", "/b/{some_param?}", case["request"]).status
    assert [case["expect"]["request"]] == seen


REFUSED = [id for id in REQUESTS if CASES[id]["expect"]["status"] == 400]


@pytest.mark.parametrize("id", [id for id in REFUSED if id not in TYPED_PARAMS])
def test_what_kibana_refuses_is_refused_in_the_same_words(id):
    seen, answer = exchange(CASES[id])
    error = answer.json()
    message = OUR_WORDS.get(id, CASES[id]["expect"]["message"])

    assert CASES[id]["expect"]["response_body"] | {"message": message} == {
        name: error[name] for name in ("statusCode", "error", "message")
    }
    assert (400, []) == (answer.status, seen)
    assert CASES[id]["expect"]["source"] == error["attributes"]["issues"][0]["path"][0]


@pytest.mark.parametrize("id", TYPED_PARAMS)
def test_parameters_that_a_framework_has_converted_are_refused_in_the_same_words(id):
    case = CASES[id]
    check = Check(params=build(case["validate"]["params"]))
    answer = check.open(RequestParts("GET", "/"), case["request"]["params"]).accept()

    assert isinstance(answer, ResponseParts)
    assert (400, True) == (answer.status, case["expect"]["message"].encode() in answer.body)


def refused(**validate):
    with pytest.raises(SchemaDefinitionError) as error:
        Router().get("/test", **validate)
    return str(error.value)


def test_a_route_needs_a_validate_block():
    with pytest.raises(SchemaDefinitionError) as error:
        Router().get(CASES["V107"]["path"])

    assert CASES["V107"]["expect"]["throws"] == str(error.value)


def test_a_rule_that_is_none_is_refused_with_its_key():
    assert CASES["V108"]["expect"]["throws"].endswith("at key: [params].")
    assert refused(validate={"params": {"validate": "x"}}).endswith("at key: [params]")


def test_an_object_with_a_method_validate_is_a_rule():
    class NoSchema:
        def validate(self, value):
            return value

    Router().get("/", validate={"params": NoSchema()})


def test_a_mapper_that_cannot_be_called_is_refused():
    declared = CASES["V111"]["config"]["validate"]
    expected = CASES["V111"]["expect"]["throws"]
    validate = {**block(declared), "on_validation_error": declared["onRequestValidationError"]}

    assert expected.replace("onRequestValidationError", "on_validation_error") == refused(validate=validate)


def test_a_body_with_a_rule_is_parsed():
    case = CASES["V116"]
    router = Router()
    router.post("/", validate=block(case["config"]["validate"]))(
        lambda _, request, r: r.ok(body=request.body)
    )

    assert {"output": "data (server default)", "parse": "true (server default)"} == (
        case["expect"]["body_options"]
    )
    assert {"a": "x"} == TestClient(router).post("/", json={"a": "x"}).json()


def test_a_lazy_block_is_built_once_over_ten_requests():
    calls = []

    def made(name, kind):
        def factory():
            calls.append(name)
            return kind

        return factory

    def validate():
        calls.append("factory_calls")
        return {
            "request": {"query": schema.object({"n": schema.maybe(schema.number())})},
            "response": {
                200: {"body": made("response_200_factory_calls", schema.any())},
                404: {"body": made("response_404_factory_calls", schema.any())},
            },
        }

    router = Router(validate_responses="raise")
    router.get("/", validate=validate)(
        lambda _, request, r: r.not_found() if "n" in request.query else r.ok(body=1)
    )
    client = TestClient(router)
    statuses = {client.get(url).status for _ in range(10) for url in ("/", "/?n=1")}

    assert {200, 404} == statuses
    assert CASES["V119"]["expect"] == {name: calls.count(name) for name in calls}


def mapped(id, mapper, **options):
    case = CASES[id]
    validate = block(case["config"]["validate"]) | {"on_validation_error": mapper}
    router = Router(dev=case.get("dev", False), **options)
    router.get("/test", validate=validate)(lambda *_: pytest.fail("called"))
    return ask(router, "get", "/test", case["request"])


def test_a_mapper_makes_the_answer(caplog):
    seen = []
    expect = CASES["V120"]["expect"]

    def mapper(error, request, response):
        seen.append((error.message, error.source, seen_by(request)))
        body = {"message": error.message, "source": error.source}
        return response.unprocessable_content(body=body, bypass_error_format=True)

    with caplog.at_level(logging.INFO, "kbn_schema.http"):
        answer = mapped("V120", mapper)

    assert (expect["status"], expect["response_body"]) == (answer.status, answer.json())
    assert [(*expect["response_body"].values(), {"params": {}, "query": {}, "body": {}})] == seen
    assert expect["callback_request"].items() <= seen[0][2].items()
    assert expect["log"] in caplog.text
    assert "400 Bad Request" not in caplog.text


def test_the_message_of_a_mapper_is_in_the_format_of_errors():
    answer = mapped("V120", lambda error, _, r: r.unprocessable_content(body={"message": error.message}))

    assert {
        "statusCode": 422,
        "error": "Unprocessable Content",
        "message": CASES["V120"]["expect"]["response_body"]["message"],
    } == answer.json()


@pytest.mark.parametrize(
    ("id", "mapper"),
    [
        ("V122", lambda error, request, response: response.unprocessable_content(body={"message": 1})),
        ("V123", lambda error, request, response: response.unprocessable_content()),
    ],
)
def test_under_dev_the_answer_of_a_mapper_is_checked(id, mapper):
    expect, answer = CASES[id]["expect"], mapped(id, mapper)

    assert (expect["status"], expect["message"]) == (answer.status, answer.json()["message"])


def test_what_a_mapper_raises_is_the_generic_500(caplog):
    def mapper(error, request, response):
        raise Exception("Request validation mapper failed")

    answer = mapped("V125", mapper)

    assert (500, GENERIC) == (answer.status, answer.json()["message"])
    assert CASES["V125"]["expect"]["raises"] in caplog.text


def test_every_case_is_tried():
    own = {"V107", "V108", "V111", "V116", "V119", "V120", "V122", "V123", "V125"}
    tried = own | {*REQUESTS, *OF_KIND[("bypass",)]}

    assert tried == set(CASES)
    assert len(CASES) == 84
    assert TYPED_PARAMS.keys() | DIFFERENT.keys() | RESERVED.keys() <= set(CASES)
