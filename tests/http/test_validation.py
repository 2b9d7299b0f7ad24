import json

import pytest

from kbn_schema import MISSING, SchemaDefinitionError, ValidationError, schema
from kbn_schema.http.blocks import read_block
from kbn_schema.http.fields import one_or_many
from kbn_schema.http.validation import InvalidRequest, check_request
from kbn_schema.problems import fail_in_words

s = schema


def checked(validate, params=None, query=None, body=MISSING):
    values = {"params": params or {}, "query": one_or_many(query or {}), "headers": {}, "body": body}
    return check_request(read_block(validate, "route"), values)


def invalid(validate, params=None, query=None, body=MISSING):
    error = checked(validate, params, query, body)
    assert isinstance(error, InvalidRequest)
    return error


def test_parts_without_a_schema_are_hidden():
    found = checked({"params": s.object({"a": s.string()})}, {"a": "x"}, {"b": ["1"]}, {"c": 1})

    assert ({"a": "x"}, {}, {}) == (found.params, found.query, found.body)


def test_false_hides_every_part():
    found = checked(False, {"a": "x"}, {"b": ["1"]}, {"c": 1})

    assert ({}, {}, {}) == (found.params, found.query, found.body)


def test_parts_are_what_their_schemas_yield():
    found = checked(
        {"query": s.object({"page": s.number()}), "body": s.array_of(s.number())},
        query={"page": ["1"]},
        body=["2"],
    )

    assert ({"page": 1}, [2]) == (found.query, found.body)


@pytest.mark.parametrize(
    ("body_schema", "body"),
    [
        (s.nullable(s.object({"a": s.string()})), None),
        (s.object({"a": s.maybe(s.string())}), {}),
        (s.maybe(s.object({"a": s.string()})), MISSING),
    ],
)
def test_a_missing_body_is_the_schemas_to_judge(body_schema, body):
    assert body == checked({"body": body_schema}).body


def test_a_missing_body_reports_the_first_missing_key():
    error = invalid({"body": s.object({"a": s.string()})})

    assert "[request body.a]: expected value of type [string] but got [undefined]" == error.message


def test_every_problem_of_every_part_is_in_one_answer():
    error = invalid(
        {
            "params": s.object({"id": s.number()}),
            "query": s.object({"p": s.number(), "q": s.boolean()}),
            "body": s.object({"b": s.array_of(s.number())}),
        },
        {"id": "1"},
        {"p": ["x"], "q": ["y"]},
        {"b": [1, None]},
    )

    assert "[request query.p]: expected value of type [number] but got [string]" == error.message
    assert [["query", "p"], ["query", "q"], ["body", "b", 1]] == [issue["path"] for issue in error.issues]


def test_anything_that_validates_may_stand_for_a_schema():
    class Upper:
        def validate(self, value):
            return {name: text.upper() for name, text in value.items()}

    assert {"id": "X"} == checked({"params": Upper()}, {"id": "x"}).params


@pytest.mark.parametrize(
    "raised", [ValueError("not a word"), ValidationError(fail_in_words("not a word"))], ids=["text", "own"]
)
def test_what_stands_for_a_schema_says_what_is_wrong(raised):
    class Picky:
        def validate(self, value):
            raise raised

    error = invalid({"query": Picky()})

    assert "[request query]: not a word" == error.message
    assert [(["query"], "custom")] == [(issue["path"], issue["code"]) for issue in error.issues]


def test_an_error_that_is_no_validation_error_is_not_the_senders_fault():
    class Broken:
        def validate(self, value):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        checked({"params": Broken()})


@pytest.mark.parametrize(
    ("validate", "reason"),
    [
        (True, "'validate' must be False, a mapping of [params], [query], [headers], [body], or a function"),
        (None, "'validate' must be False, a mapping of [params], [query], [headers], [body], or a function"),
        ([], "'validate' must be False, a mapping of [params], [query], [headers], [body], or a function"),
        (
            s.string(),
            "'validate' must be False, a mapping of [params], [query], [headers], [body], or a function",
        ),
        ({"querry": s.object({})}, "unknown key [querry]"),
        ({"params": {"a": s.string()}}, "at key: [params]"),
        ({"params": s.string}, "at key: [params]"),
        ({"query": s.object}, "at key: [query]"),
        ({"body": None}, "at key: [body]"),
    ],
)
def test_a_bad_block_is_the_authors_mistake(validate, reason):
    with pytest.raises(SchemaDefinitionError) as error:
        read_block(validate, "The [get] at [/]")

    assert reason in str(error.value)


texts = s.array_of(s.string())
many = {"a": ["x", "y"]}
one = {"a": ["x"]}


@pytest.mark.parametrize(
    ("prop", "fields", "value"),
    [
        (s.string(), one, "x"),
        (s.string(), {"a": [""]}, ""),
        (texts, one, ["x"]),
        (texts, many, ["x", "y"]),
        (texts, {"a": [""]}, [""]),
        (texts, {"a": ['["x","y"]']}, ["x", "y"]),
        (texts, {"a": ["[x"]}, ["[x"]),
        (texts, {"a": ["[]"]}, []),
        (s.array_of(s.number()), {"a": ["1"]}, [1]),
        (s.array_of(s.string(), default=[]), one, ["x"]),
        (s.maybe(texts), one, ["x"]),
        (s.nullable(texts), one, ["x"]),
        (s.maybe(s.nullable(texts)), one, ["x"]),
        (s.lazy(lambda: texts), one, ["x"]),
        (s.one_of([texts, s.literal(True)]), one, ["x"]),
        (s.one_of([s.string(), texts]), one, "x"),
        (s.one_of([texts, s.string()]), one, ["x"]),
        (s.one_of([s.string(), texts]), many, ["x", "y"]),
        (s.one_of([s.literal("*"), texts]), one, ["x"]),
        (s.one_of([s.literal("*"), texts]), {"a": ["*"]}, "*"),
        (s.one_of([s.number(), s.array_of(s.number())]), {"a": ["1", "2"]}, [1, 2]),
        (s.conditional(s.context_ref("x"), 1, s.string(), texts), many, ["x", "y"]),
        (s.any(), one, "x"),
        (s.any(), many, ["x", "y"]),
        (s.object({"b": s.number()}), {"a": ['{"b": 1}']}, {"b": 1}),
    ],
)
def test_a_query_gives_a_list_where_the_schema_wants_one(prop, fields, value):
    assert {"a": value} == checked({"query": s.object({"a": prop})}, query=fields).query


@pytest.mark.parametrize(
    ("query_schema", "fields", "value"),
    [
        (s.maybe(s.object({"a": texts})), one, {"a": ["x"]}),
        (s.one_of([s.object({"b": s.string()}), s.object({"a": texts})]), one, {"a": ["x"]}),
        (
            s.all_of([s.object({"a": texts}), s.object({"b": texts})]),
            {"a": ["x"], "b": ["y"]},
            {"a": ["x"], "b": ["y"]},
        ),
        (s.record_of(s.string(), texts), {"a": ["x"], "b": ["y", "z"]}, {"a": ["x"], "b": ["y", "z"]}),
        (s.record_of(s.string(), s.string()), one, {"a": "x"}),
        (
            s.discriminated_union("t", [s.object({"t": s.literal("l"), "a": texts})]),
            {"t": ["l"], "a": ["x"]},
            {"t": "l", "a": ["x"]},
        ),
        (
            s.object({"a": texts}, unknowns="allow"),
            {"b": ["x"], "c": many["a"], "a": ["y"]},
            {"a": ["y"], "b": "x", "c": ["x", "y"]},
        ),
        (s.object({"n": s.maybe(s.array_of(s.lazy("q")))}, id="q"), {}, {}),
    ],
)
def test_lists_are_found_in_whatever_holds_the_fields(query_schema, fields, value):
    assert value == checked({"query": query_schema}, query=fields).query


@pytest.mark.parametrize(
    ("prop", "message"),
    [
        (s.string(), "expected value of type [string] but got [Array]"),
        (s.number(), "expected value of type [number] but got [Array]"),
        (s.boolean(), "expected value of type [boolean] but got [Array]"),
        (s.maybe(s.string()), "expected value of type [string] but got [Array]"),
    ],
)
def test_a_scalar_that_is_sent_twice_is_an_error(prop, message):
    error = invalid({"query": s.object({"a": prop})}, query=many)

    assert f"[request query.a]: {message}" == error.message


@pytest.mark.parametrize("name", ["__proto__", "__class__", "a[b]", "a.b", "A", ""])
def test_a_query_has_no_syntax_of_its_own(name):
    error = invalid({"query": s.object({"a": s.maybe(s.string())})}, query={name: ["1"]})

    assert ["query", name] == error.issues[0]["path"]


def test_a_lazy_schema_may_name_what_comes_later():
    rules = read_block({"query": s.object({"a": s.lazy(lambda: later)})}, "route")
    later = s.array_of(s.string())

    assert {"a": ["x"]} == check_request(rules, {"query": one_or_many(one)}).query


def test_each_alternative_decides_what_is_a_list():
    """A union of objects may want a list under a name in one of them, and a text in another."""
    listed, plain = s.object({"a": texts}), s.object({"a": s.string(), "b": s.string()})

    assert {"a": ["1"]} == checked({"query": s.one_of([listed, plain])}, query={"a": ["1"]}).query
    assert {"a": "1", "b": "2"} == checked(
        {"query": s.one_of([plain, listed])}, query={"a": ["1"], "b": ["2"]}
    ).query


def test_a_check_of_the_author_runs_once_for_a_field():
    seen = []
    either = s.one_of([s.number(), s.string(validate=seen.append)])

    checked({"query": s.object({"a": either})}, query=one)

    assert ["x"] == seen


def test_only_the_field_itself_is_made_a_list():
    """What JSON text holds is JSON, where one value is no list."""
    error = invalid({"query": s.object({"a": s.array_of(texts)})}, query={"a": ['["x"]']})

    assert ["query", "a", 0] == error.issues[0]["path"]


def test_no_part_of_a_request_is_in_its_error():
    error = invalid({"body": s.object({"password": s.number()})}, body={"password": "hunter2"})

    assert "hunter2" not in str(error.issues) + error.message


def test_the_cause_of_an_error_is_kept_for_mappers():
    error = invalid({"query": s.object({"a": s.number()})}, query=one)

    assert isinstance(error.errors["query"], ValidationError)


@pytest.mark.parametrize(
    ("kind", "value", "params"),
    [
        (s.literal("a\ud800"), 1, {"expected": "a\\ud800"}),
        (s.enum(["\udfff", "é"]), 1, {"expected": ["\\udfff", "é"], "got": "number"}),
        (s.string(pattern="\ud800"), "a", {"pattern": "\\ud800"}),
    ],
)
def test_what_an_author_wrote_can_be_sent_whatever_it_is(kind, value, params):
    (issue,) = invalid({"body": kind}, body=value).issues

    assert params == issue["params"]
    assert json.dumps(issue, ensure_ascii=False).encode()
