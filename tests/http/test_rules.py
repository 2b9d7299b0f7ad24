"""The ``validate`` block in each of its forms, and the rules in it."""

import functools
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema import MISSING, SchemaDefinitionError, ValidationError, schema
from kbn_schema.http import HttpError, Router, TestClient
from kbn_schema.http.blocks import read_block
from kbn_schema.http.header_fields import select_headers
from kbn_schema.http.once import Once
from kbn_schema.http.parts import RequestParts
from kbn_schema.http.validated import Check

s = schema
GENERIC = "An internal server error occurred. Check the server logs for details."


def client_of(validate, method="post", path="/a/{id}", handler=None, **router):
    made = Router(**router)

    def echo(context, request, response):
        return response.ok(body=[request.params, request.query, request.headers, request.body])

    getattr(made, method)(path, validate=validate)(handler or echo)
    return TestClient(made)


def sent(client, url="/a/1?q=2", headers=(("x-h", "3"),), json=4):
    return client.post(url, headers=headers, json=json)


ALL = {
    "params": s.object({"id": s.number()}),
    "query": s.object({"q": s.number()}),
    "headers": s.object({"X-H": s.number()}),
    "body": s.number(),
}
SEEN = {"params": {"id": 1}, "query": {"q": 2}, "headers": {"X-H": 3}, "body": 4}
SUBSETS = [set(some) for size in range(5) for some in itertools.combinations(ALL, size)]
FORMS = {
    "parts": lambda parts: parts,
    "full": lambda parts: {"request": parts},
    "with responses": lambda parts: {"request": parts, "response": {200: {"description": "fine"}}},
    "with a mapper": lambda parts: {"request": parts, "response": {}, "on_validation_error": print},
    "lazy": lambda parts: lambda: parts,
    "lazy and full": lambda parts: lambda: {"request": parts},
    "lazy with combinators": lambda parts: lambda number, object: parts,
}


@pytest.mark.parametrize("parts", SUBSETS, ids=lambda parts: "+".join(sorted(parts)) or "none")
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_handler_sees_the_declared_parts_and_no_others(form, parts):
    validate = form({part: ALL[part] for part in ALL if part in parts})

    assert [SEEN[part] if part in parts else {} for part in ALL] == sent(client_of(validate)).json()


NOTHING = [False, {}, {"request": False}, {"request": {}}, {"response": {}}, lambda: False, lambda object: {}]


@pytest.mark.parametrize("validate", NOTHING)
def test_without_rules_nothing_is_seen(validate):
    assert [{}, {}, {}, {}] == sent(client_of(validate)).json()


@pytest.mark.parametrize("part", ALL)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_each_part_is_refused_in_its_own_namespace(form, part):
    parts = {part: s.never() if part == "body" else s.object({"id": s.boolean()})}
    if part != "params":
        parts = {part: s.boolean() if part == "body" else s.object({"missing": s.string()})}
    validate = form(parts)
    if isinstance(validate, dict):
        validate.pop("on_validation_error", None)
    answer = sent(client_of(validate))

    assert 400 == answer.status
    assert answer.json()["message"].startswith(f"[request {part}")
    assert part == answer.json()["attributes"]["issues"][0]["path"][0]


def test_the_headline_is_of_the_first_part_and_every_issue_is_there():
    parts = {
        "body": s.boolean(),
        "headers": s.object({"x-h": s.boolean()}),
        "query": s.object({"q": s.boolean()}),
        "params": s.object({"id": s.boolean()}),
    }
    for last in (4, 3, 2, 1):
        wanted = ["params", "query", "headers", "body"][-last:]
        error = sent(client_of({part: parts[part] for part in wanted})).json()

        assert error["message"].startswith(f"[request {wanted[0]}")
        assert wanted == [issue["path"][0] for issue in error["attributes"]["issues"]]


# Lazy blocks


def counted(validate):
    calls = []

    def lazy():
        calls.append(1)
        return validate

    return lazy, calls


def test_a_lazy_block_is_called_at_the_first_request_and_once():
    lazy, calls = counted(ALL)
    client = client_of(lazy)
    assert [] == calls

    assert {200} == {sent(client).status for _ in range(10)}
    assert [1] == calls


def test_under_dev_a_lazy_block_is_called_when_it_is_declared():
    lazy, calls = counted(ALL)
    client = client_of(lazy, dev=True)
    assert [1] == calls

    assert 200 == sent(client).status
    assert [1] == calls


def test_compile_reads_lazy_blocks():
    lazy, calls = counted(ALL)
    router = Router()
    router.post("/a/{id}", validate=lazy)(print)
    router.compile()

    assert [1] == calls


def test_a_lazy_block_that_fails_is_a_500_and_tried_again(caplog):
    calls = []

    def lazy():
        calls.append(1)
        if len(calls) < 3:
            raise LookupError("not yet")
        return ALL

    client = client_of(lazy)
    answers = [sent(client) for _ in range(4)]

    assert [500, 500, 200, 200] == [answer.status for answer in answers]
    assert GENERIC == answers[0].json()["message"]
    assert 2 == caplog.text.count("LookupError: not yet")
    assert 3 == len(calls)


def test_under_dev_a_lazy_block_that_fails_fails_the_declaration():
    with pytest.raises(LookupError):
        client_of(lambda: {}["missing"], dev=True)


@pytest.mark.parametrize(
    ("validate", "reason"),
    [
        (lambda: {"parms": s.any()}, "'validate' has an unknown key [parms]"),
        (lambda: None, "'validate' must be False, a mapping of"),
        (lambda: dict, "'validate' must be False, a mapping of"),
        (lambda: {"params": s.object({"x": s.string()})}, "params has a prop [x] that is no parameter"),
    ],
)
def test_a_lazy_block_is_judged_once_it_is_called(validate, reason, caplog):
    with pytest.raises(SchemaDefinitionError) as error:
        client_of(validate, dev=True)
    assert str(error.value).startswith("The [post] at [/a/{id}]: ")
    assert reason in str(error.value)

    assert 500 == sent(client_of(validate)).status
    assert str(error.value) in caplog.text


@pytest.mark.parametrize("dev", [True, False])
@pytest.mark.parametrize(
    ("validate", "name"),
    [
        (lambda strin: pytest.fail("called"), "strin"),
        (lambda string, objct: pytest.fail("called"), "objct"),
        (lambda *, maybee: pytest.fail("called"), "maybee"),
        (lambda *everything: pytest.fail("called"), "everything"),
        (lambda **everything: pytest.fail("called"), "everything"),
    ],
)
def test_an_unknown_combinator_is_refused_when_the_block_is_declared(validate, name, dev):
    where = "The [post] at [/a/{id}]"
    with pytest.raises(SchemaDefinitionError) as error:
        client_of(validate, dev=dev)

    assert f"{where}: 'validate' has a parameter [{name}] that is no combinator" == str(error.value)


def test_a_lazy_block_is_given_its_combinators_by_name():
    with pytest.raises(SchemaDefinitionError) as error:
        client_of(lambda string, /: pytest.fail("called"))

    advice = "the parameters of 'validate' are given by name: write it without a slash"
    assert f"The [post] at [/a/{{id}}]: {advice}" == str(error.value)


def test_the_parameters_of_a_lazy_block_are_combinators():
    def lazy(object, number=None, *, maybe, any):
        return {"query": object({"q": number()}), "body": maybe(any())}

    assert [{}, {"q": 2}, {}, 4] == sent(client_of(lazy)).json()


def test_a_lazy_block_cannot_be_async():
    async def lazy():
        return {}

    with pytest.raises(SchemaDefinitionError, match="async"):
        client_of(lazy)


def test_a_lazy_block_is_called_once_by_many_threads():
    calls, gate = [], threading.Barrier(8)

    def lazy():
        calls.append(1)
        threading.Event().wait(0.05)  # the others come meanwhile
        return ALL

    client = client_of(lazy)

    def ask(_):
        gate.wait(5)
        return sent(client).status

    with ThreadPoolExecutor(8) as threads:
        assert [200] * 8 == list(threads.map(ask, range(8)))
    assert [1] == calls


def test_once_keeps_none_too():
    calls = []
    once = Once(lambda: calls.append(1))

    assert [None, None, [1]] == [once(), once(), calls]


# What is no block


@pytest.mark.parametrize(
    ("validate", "reason"),
    [
        ({"request": None}, "'validate.request' must be False or a mapping of [params], [query]"),
        ({"request": True}, "'validate.request' must be False or a mapping"),
        ({"request": s.any()}, "[headers], [body], but is [Object]"),
        (None, "[headers], [body], or a function, but is [null]"),
        (s.any(), "or a function, but is [Object]"),
        ({"request": {"parms": s.any()}}, "'validate.request' has an unknown key [parms]"),
        (
            {"request": {}, "params": s.any()},
            "'validate' has an unknown key [params]: put it under 'request'",
        ),
        ({"body": s.any(), "response": {}}, "'validate' has an unknown key [body]: put it under 'request'"),
        ({"request": {}, "responses": {}}, "'validate' has an unknown key [responses]"),
        ({"on_validation_error": print}, "unknown key [on_validation_error]"),
        ({1: s.any()}, "unknown key [1]"),
        ({"request": {"params": 5}}, "at key: [params]"),
        ({"request": {}, "response": None}, "'validate.response' must be a mapping, but is [null]"),
        ({"response": [200]}, "'validate.response' must be a mapping, but is [Array]"),
        ({"response": {"200": {}}}, "statuses from 100 to 599, as integers"),
        ({"response": {True: {}}}, "statuses from 100 to 599, as integers"),
        ({"response": {99: {}}}, "statuses from 100 to 599, as integers"),
        ({"response": {600: {}}}, "statuses from 100 to 599, as integers"),
        ({"response": {200: None}}, "'validate.response' of [200] must be a mapping, but is [null]"),
        (
            {"response": {200: s.any()}},
            "'validate.response' of [200] must be a mapping, but is [Object]: write {\"body\": ...}",
        ),
        (
            {"response": s.any()},
            "'validate.response' must be a mapping, but is [Object]: write {200: {\"body\": ...}}",
        ),
        (
            {"response": {200: {"body": {"a": s.any()}}}},
            "unknown key [a], expected [custom]; for an object, write schema.object({...})",
        ),
        ({"response": {200: {"boddy": 1}}}, "'validate.response' of [200] has an unknown key [boddy]"),
        ({"response": {200: {"description": 1}}}, "[description] must be a string"),
        ({"response": {200: {"body_content_type": b"x"}}}, "[body_content_type] must be a string"),
        ({"response": {200: {"body": 5}}}, "at key: ['validate.response' of [200]: body]"),
        ({"response": {200: {"body": s.any}}}, "body"),
        ({"response": {200: {"body": {"costum": print}}}}, "unknown key [costum]"),
        ({"response": {200: {"body": {"custom": 5}}}}, "at key:"),
        ({"response": {200: {"body": {}}}}, "at key:"),
        ({"request": {}, "on_validation_error": 5, "response": {}}, "an invalid 'validate.on_"),
        ({"request": {}, "on_validation_error": None, "response": {}}, "Expected a function."),
        ({"request": {}, "on_validation_error": print}, "without a 'validate.response'"),
    ],
)  # fmt: skip
def test_a_malformed_block_is_refused_and_the_route_is_named(validate, reason):
    with pytest.raises(SchemaDefinitionError) as error:
        client_of(validate)

    assert str(error.value).startswith("The [post] at [/a/{id}]")
    assert reason in str(error.value)


def test_a_block_is_read_when_it_is_declared():
    block = {"query": s.object({"q": s.number()})}
    client = client_of(block)
    block["query"] = s.never()

    assert 200 == sent(client).status


# Function rules


def rejected_at(answer):
    error = answer.json()
    assert 400 == answer.status
    return error["message"], error["attributes"]["issues"][0]["path"]


def positional(value, result):
    return result.ok(value + 1) if value < 10 else result.bad_request("too much", ["at", 0])


def by_names(value, ok, bad_request):
    return ok(value + 1) if value < 10 else bad_request("too much", ["at", 0])


def by_names_in_another_order(value, bad_request, ok):
    return by_names(value, ok, bad_request)


def by_keyword(value, *, ok, bad_request):
    return by_names(value, ok, bad_request)


def by_ok_alone(value, ok):
    return ok(value + 1) if value < 10 else {"error": "too much", "path": ["at", 0]}


def plainly(value, result):
    return {"value": value + 1} if value < 10 else {"error": "too much", "path": ["at", 0]}


class Called:
    def __call__(self, value, result):
        return positional(value, result)

    def method(self, value, ok, bad_request):
        return by_names(value, ok, bad_request)


FUNCTIONS = [
    positional,
    by_names,
    by_names_in_another_order,
    by_keyword,
    by_ok_alone,
    plainly,
    Called(),
    Called().method,
    lambda value, result: positional(value, result),
]


@pytest.mark.parametrize("rule", FUNCTIONS)
def test_a_function_rule_may_change_the_part(rule):
    assert [{}, {}, {}, 5] == sent(client_of({"body": rule})).json()


@pytest.mark.parametrize("rule", FUNCTIONS)
def test_a_function_rule_says_what_is_wrong_and_where(rule):
    answer = sent(client_of({"body": rule}), json=10)

    assert ("[request body.at.0]: too much", ["body", "at", 0]) == rejected_at(answer)


def alone(value):
    return {"value": value + 1}


def with_an_option(value, step=1):
    return {"value": value + step}


def with_options(value, **options):
    return {"value": value + 1 + len(options)}


@pytest.mark.parametrize(
    "rule", [alone, with_an_option, with_options, functools.partial(with_an_option, step=1)]
)
def test_a_function_that_needs_no_factory_takes_the_value_alone(rule):
    assert [{}, {}, {}, 5] == sent(client_of({"body": rule})).json()


def decorated(rule):
    """A decorator of an author's that hides what *rule* takes."""

    def wrapper(*arguments, **named):
        return rule(*arguments, **named)

    return wrapper


@pytest.mark.parametrize(
    "rule", [decorated(positional), lambda value, result, more=1: result.ok(value + more)]
)
def test_a_function_that_takes_a_second_argument_is_given_the_factory(rule):
    assert [{}, {}, {}, 5] == sent(client_of({"body": rule})).json()


def test_an_answer_that_a_function_rule_raises_is_the_answer(caplog):
    def rule(value, result):
        raise HttpError("gone", status_code=410)

    answer = sent(client_of({"body": rule}, on_validation_error=lambda *_: pytest.fail("called")))

    assert (410, "gone", []) == (answer.status, answer.json()["message"], caplog.records)


class Coded(Exception):
    def __init__(self):
        super().__init__("told")
        self.code = "K1"


def nested_error():
    with pytest.raises(ValidationError) as error:
        s.object({"a": s.array_of(s.number())}).validate({"a": ["x"]})
    return error.value


NESTED = nested_error()
INNER = "expected value of type [number] but got [string]"


@pytest.mark.parametrize(
    ("error", "path", "message", "at"),
    [
        ("told", (), "[request query]: told", ["query"]),
        ("told", ("a", 1), "[request query.a.1]: told", ["query", "a", 1]),
        (Coded(), ("a",), "[request query.a]: told", ["query", "a"]),
        (NESTED, (), f"[request query.a.0]: {INNER}", ["query", "a", 0]),
        (NESTED, ("b",), f"[request query.b.a.0]: {INNER}", ["query", "b", "a", 0]),
        ({"code": 1}, (), "[request query]: {'code': 1}", ["query"]),
    ],
)
def test_an_error_may_be_anything_and_keeps_what_it_was(error, path, message, at):
    kept = []

    def keep(invalid, request, response):
        kept.append((invalid.raw_error, invalid.source, invalid.message))
        return response.bad_request(body="kept")

    rule = {"query": lambda value, result: result.bad_request(error, iter(path))}
    assert (message, at) == rejected_at(sent(client_of(rule)))

    assert 400 == sent(client_of(rule, on_validation_error=keep)).status
    assert [(error, "query", message)] == kept


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Coded(), "[request body]: told"),
        (ValueError("bad"), "[request body]: bad"),
    ],
)
def test_what_a_function_rule_raises_is_the_error(error, message):
    kept = []

    def rule(value, result):
        raise error

    def keep(invalid, request, response):
        kept.append(invalid.raw_error)
        return response.bad_request(body=invalid.message)

    assert message == sent(client_of({"body": rule})).json()["message"]
    assert message == sent(client_of({"body": rule}, on_validation_error=keep)).json()["message"]
    assert [error] == kept


def test_a_validation_error_that_a_function_rule_raises_keeps_its_path():
    rule = {"body": lambda value, result: result.ok(s.object({"a": s.number()}).validate({"a": "x"}))}

    assert (f"[request body.a]: {INNER}", ["body", "a"]) == rejected_at(sent(client_of(rule)))


@pytest.mark.parametrize("answer", [None, True, "ok", 5, {}, {"result": 1}, ["value"]])
def test_a_function_rule_that_decides_nothing_is_the_authors_mistake(answer, caplog):
    sent_back = sent(client_of({"query": lambda value, result: answer}))

    assert (500, GENERIC) == (sent_back.status, sent_back.json()["message"])
    assert "The [post] at [/a/{id}]: the rule at key: [query] returned neither ok(...)" in caplog.text


class AsyncRule:
    async def __call__(self, value, result):
        return result.ok(value)


async def async_rule(value, result):
    return result.ok(value)


@pytest.mark.parametrize("rule", [async_rule, AsyncRule()])
def test_an_async_function_rule_is_refused(rule):
    with pytest.raises(SchemaDefinitionError) as error:
        client_of({"body": rule})

    where = "The [post] at [/a/{id}]: the rule at key: [body]"
    assert f"{where}: it must be a plain function: an async one is never awaited" == str(error.value)


@pytest.mark.parametrize(
    "rule", [s.array_of, s.object, schema, int, dict, Coded, "x", None, {"a": s.string()}]
)
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(
        SchemaDefinitionError, match=r"The \[post\] at \[/a/{id}\]: expected a schema.* key: \[body\]"
    ):
        client_of({"body": rule})


@pytest.mark.parametrize(
    ("rule", "got"),
    [
        ({"a": s.string()}, "[Object] (write schema.object({...}))"),
        ({"validate": "x"}, "[Object] (write schema.object({...}))"),
        (MappingProxyType({}), "[Object] (write schema.object({...}))"),
        ("x", "[string]"),
        (None, "[null]"),
        ([s.any()], "[Array]"),
        (schema, "[Object]"),
        (int, "the class [int] (write integer() and not int)"),
        (Coded, "the class [Coded] (write object({...}) and not Coded)"),
        (s.object, "the class [ObjectSchema] (call the combinator: string() and not string)"),
        (s.array_of, "[function] (call the combinator: string() and not string)"),
    ],
)
def test_what_is_no_rule_is_told_by_what_it_is(rule, got):
    with pytest.raises(SchemaDefinitionError) as error:
        client_of({"body": rule})

    assert (
        "The [post] at [/a/{id}]: expected a schema, an object with a method validate(value), or a "
        f"function, but got {got}, at key: [body]"
    ) == str(error.value)


def test_a_function_rule_sees_that_there_is_no_body():
    seen = []
    client_of({"body": lambda value, result: result.ok(seen.append(value))}).post("/a/1")

    assert [MISSING] == seen


def test_a_long_error_of_a_rule_does_not_make_a_long_answer():
    rule = {"body": lambda value, result: result.bad_request("x\n" * 100_000)}

    assert len(sent(client_of(rule)).body) <= 8192


# Headers


def headers_seen(rule, *pairs):
    return sent(client_of({"headers": rule}), headers=pairs).json()[2]


TEXT = s.object({"X-A": s.maybe(s.string())})
LIST = s.object({"X-A": s.maybe(s.array_of(s.string()))})


@pytest.mark.parametrize(
    ("rule", "pairs", "seen"),
    [
        (TEXT, [], {}),
        (TEXT, [("x-a", "1")], {"X-A": "1"}),
        (TEXT, [("X-A", "1")], {"X-A": "1"}),
        (TEXT, [("x-A", "1"), ("X-a", "2")], {"X-A": "1, 2"}),
        (TEXT, [("x-a", "")], {"X-A": ""}),
        (TEXT, [("x-a", "1"), ("x-b", "2"), ("cookie", "c")], {"X-A": "1"}),
        (LIST, [], {}),
        (LIST, [("x-a", "1")], {"X-A": ["1"]}),
        (LIST, [("x-a", "1"), ("x-a", "2")], {"X-A": ["1", "2"]}),
        (LIST, [("x-a", "1, 2"), ("x-a", "3")], {"X-A": ["1", "2", "3"]}),
        (LIST, [("x-a", " 1 ,\t2 ,, ")], {"X-A": ["1", "2"]}),
        (LIST, [("x-a", "")], {"X-A": []}),
        (LIST, [("x-a", '"a,b", c')], {"X-A": ['"a,b"', "c"]}),
        (LIST, [("x-a", r'"a\",b", c')], {"X-A": [r'"a\",b"', "c"]}),
        (LIST, [("x-a", 'W/"1,2" , "3"')], {"X-A": ['W/"1,2"', '"3"']}),
        # What is no list at all: a quote that is not closed reaches to the end, in linear time.
        (LIST, [("x-a", '"open, c')], {"X-A": ['"open, c']}),
        (s.object({"n": s.number(), "b": s.boolean()}), [("N", "5"), ("B", "TRUE")], {"n": 5, "b": True}),
        (s.object({"n": s.array_of(s.number())}), [("n", "1, 2")], {"n": [1, 2]}),
        (s.object({"n": s.nullable(s.array_of(s.number()))}), [("n", "1, 2")], {"n": [1, 2]}),
        (s.object({"d": s.number(default=7)}), [], {"d": 7}),
        (s.object({"x-a": s.string()}, unknowns="allow"), [("x-a", "1"), ("x-b", "2")], {"x-a": "1"}),
    ],
)
def test_headers_are_found_by_name_in_any_case(rule, pairs, seen):
    assert seen == headers_seen(rule, *pairs, ("content-type", "application/json"))


@pytest.mark.parametrize(
    ("rule", "pairs", "message"),
    [
        (
            s.object({"X-A": s.string()}),
            [],
            "[request headers.X-A]: expected value of type [string] but got [undefined]",
        ),
        (s.object({"n": s.number()}), [("n", "1"), ("n", "2")], f"[request headers.n]: {INNER}"),
        (s.object({"n": s.array_of(s.number())}), [("n", "1, x")], f"[request headers.n.1]: {INNER}"),
    ],
)  # fmt: skip
def test_a_header_that_does_not_fit_is_refused(rule, pairs, message):
    assert message == sent(client_of({"headers": rule}), headers=pairs).json()["message"]


NUMBERS = s.array_of(s.number())
NUMBERED = s.object({"n": s.maybe(s.number())})


@pytest.mark.parametrize(
    "rule",
    [
        s.maybe(NUMBERS),
        s.lazy(lambda: NUMBERS),
        s.one_of(NUMBERS),
        s.one_of(NUMBERS, s.literal(None)),
        s.one_of(s.array_of(s.boolean()), NUMBERS),
    ],
)
def test_what_is_around_a_list_does_not_count_in_headers(rule):
    assert {"n": [1, 2]} == headers_seen(s.object({"n": rule}), ("n", "1, 2"))


def test_a_union_that_is_no_list_in_all_its_branches_is_given_the_text():
    rule = s.object({"n": s.one_of(NUMBERS, s.string())})

    assert {"n": "1, 2"} == headers_seen(rule, ("n", "1, 2"))


@pytest.mark.parametrize(
    "rule",
    [
        s.maybe(NUMBERED),
        s.nullable(NUMBERED),
        s.lazy(lambda: NUMBERED),
        s.one_of(NUMBERED),
        s.one_of(NUMBERED, s.literal(None)),
    ],
)
def test_what_is_around_an_object_does_not_count_in_headers(rule):
    assert {"n": 1} == headers_seen(rule, ("n", "1"), ("content-type", "application/json"))


def test_a_schema_that_is_met_again_in_itself_is_looked_at_once():
    again = s.one_of(s.array_of(s.number()), s.lazy(lambda: again))

    assert {"n": [1, 2]} == headers_seen(s.object({"n": again}), ("n", "1, 2"))


def test_a_lazy_schema_of_headers_may_name_what_comes_later():
    client_of({"headers": s.lazy(lambda: LATER)})  # noqa: F821
    with pytest.raises(SchemaDefinitionError, match="two props for the header"):
        client_of({"headers": s.maybe(s.object({"X-A": s.string(), "x-a": s.string()}))})


def test_two_props_for_one_header_are_refused():
    with pytest.raises(SchemaDefinitionError, match=r"The \[post\] at .* two props for the header \[x-a\]"):
        client_of({"headers": s.object({"X-A": s.string(), "x-a": s.string()})})


@pytest.mark.parametrize(
    ("prop", "advice"), [("x_user", "x-user"), ("X_User_id", "X-User-id"), ("_", "-"), ("a-b_c", "a-b-c")]
)
def test_a_prop_for_a_header_that_cannot_come_is_refused(prop, advice):
    rule = s.object({"x-a": s.maybe(s.string()), prop: s.maybe(s.string())})
    reason = f"headers has a prop [{prop}]: write [{advice}]"
    with pytest.raises(SchemaDefinitionError) as error:
        client_of({"headers": rule})
    assert f"The [post] at [/a/{{id}}]: {reason}" == str(error.value)

    with pytest.raises(SchemaDefinitionError) as error:
        Check(headers=rule)
    assert f"validated(): {reason}" == str(error.value)


@pytest.mark.parametrize(
    "rule", [lambda value, result: result.ok(value), s.any(), s.record_of(s.string(), s.string())]
)
def test_what_is_no_object_sees_all_headers(rule):
    pairs = [("X-A", "1"), ("x-b", "2"), ("x-a", "3"), ("Content-Type", "application/json")]

    assert {"x-a": "1, 3", "x-b": "2", "content-type": "application/json"} == headers_seen(rule, *pairs)


quoted = st.text(st.sampled_from('a, \\"'), max_size=6).map(
    lambda t: '"' + t.replace("\\", "\\\\").replace('"', '\\"') + '"'
)
tokens = st.text(st.sampled_from("ab1/"), min_size=1)


@given(st.lists(st.lists(tokens | quoted | st.builds(str.__add__, tokens, quoted), max_size=4), max_size=3))
def test_whatever_list_was_sent_is_read_back(lines):
    names = read_block({"headers": LIST}, "").header_names
    head = RequestParts("GET", "/", headers=[("x-a", " ,".join(items)) for items in lines])
    found = select_headers(names, head).get("X-A", [])

    assert [item for items in lines for item in items] == found


# on_validation_error


def told(error, request, response):
    return response.custom_error(status_code=422, body=f"{error.source}: {error.message}")


async def told_async(error, request, response):
    return told(error, request, response)


WRONG = {"query": s.object({"q": s.boolean()})}
IN_BLOCK = {"request": WRONG, "response": {422: {}}}


@pytest.mark.parametrize("mapper", [told, told_async])
def test_a_mapper_of_the_block_or_of_the_router_makes_the_answer(mapper):
    clients = [
        client_of({**IN_BLOCK, "on_validation_error": mapper}),
        client_of(WRONG, on_validation_error=mapper),
        client_of(
            {**IN_BLOCK, "on_validation_error": mapper}, on_validation_error=lambda *_: pytest.fail("called")
        ),
    ]
    for client in clients:
        answer = sent(client)

        assert 422 == answer.status
        assert answer.json()["message"].startswith("query: [request query.q]: expected")


def test_a_mapper_is_not_called_for_what_never_came_to_the_rules():
    client = client_of(WRONG | {"body": s.any()}, on_validation_error=lambda *_: pytest.fail("called"))

    assert 415 == client.post("/a/1?q=true", body="x").status
    assert 400 == client.post("/a/1?q=%zz").status
    assert 404 == client.post("/b").status


def test_a_mapper_sees_the_headers_and_no_validated_part():
    seen = []

    def mapper(error, request, response):
        seen.append((request.params, request.query, request.body, request.headers, request.api_version))
        return response.bad_request()

    sent(client_of(WRONG, on_validation_error=mapper), headers=[("X-A", "1"), ("x-a", "2")])

    assert [({}, {}, {}, {"x-a": "1, 2", "content-type": "application/json"}, None)] == seen


def test_a_mapper_sees_the_issues():
    seen = []

    def mapper(error, request, response):
        seen.append((error.issues, error.errors, error.raw_error))
        return response.bad_request()

    sent(client_of(WRONG, on_validation_error=mapper))
    [(issues, errors, raw)] = seen

    assert (["query", "q"], "type") == (issues[0]["path"], issues[0]["code"])
    assert isinstance(raw, ValidationError)
    assert {"query": raw} == errors


@pytest.mark.parametrize("in_block", [True, False])
@pytest.mark.parametrize(
    ("mapper", "status", "message", "logged"),
    [
        (lambda *_: {}["secret"], 500, GENERIC, "KeyError: 'secret'"),
        (
            lambda *_: None,
            500,
            GENERIC,
            "expected the on_validation_error to return a response but got [NoneType]",
        ),
        (lambda *_: {"status": 200}, 500, GENERIC, "but got [dict]"),
        (lambda *_: (_ for _ in ()).throw(HttpError("gone", status_code=410)), 410, "gone", None),
        (lambda error, request, r: r.ok(body=object()), 500, GENERIC, "cannot be serialised"),
    ],
)
def test_what_goes_wrong_in_a_mapper(mapper, status, message, logged, in_block, caplog):
    validate = {"request": WRONG, "response": {200: {}}, "on_validation_error": mapper} if in_block else WRONG
    answer = sent(client_of(validate, on_validation_error=None if in_block else mapper))

    assert (status, message) == (answer.status, answer.json()["message"])
    assert (logged in caplog.text) if logged else [] == caplog.records


@pytest.mark.parametrize("status", [200, 422])
def test_the_answer_of_a_mapper_is_checked_against_what_the_block_declares(status):
    def mapper(error, request, response):
        return response.custom(status_code=status, body={"message": "m"}, bypass_error_format=True)

    declared = {status: {"body": s.object({"message": s.number()})}}
    validate = {"request": WRONG, "response": declared, "on_validation_error": mapper}

    assert status == sent(client_of(validate)).status
    assert (500, True) == (
        sent(client_of(validate, dev=True)).status,
        "[response body.message]: expected" in sent(client_of(validate, dev=True)).text,
    )


def test_the_answer_of_the_routers_mapper_may_have_a_status_that_a_block_does_not_declare():
    validate = {"request": WRONG, "response": {200: {"body": s.any()}}}

    assert 422 == sent(client_of(validate, dev=True, on_validation_error=told)).status
