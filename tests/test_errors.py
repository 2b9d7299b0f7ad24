"""What an error tells: where, what was wanted, what came; all of it, short, and nothing secret."""

import copy
import json
import pickle
import time

import pytest

import kbn_schema as s
from kbn_schema.problems import nearest

USER = s.object(
    {"name": s.string(min_length=2), "tags": s.array_of(s.string()), "age": s.maybe(s.number(min=0))}
)
WRONG = {"name": "", "tags": ["a", 1], "age": -1, "nmae": "x"}


def error_of(schema, *arguments, **options):
    with pytest.raises(s.ValidationError) as caught:
        schema.validate(*arguments, **options)
    return caught.value


def issues_of(schema, value):
    return [(issue.path, issue.code) for issue in schema.issues_of(value)]


@pytest.mark.parametrize("base", [s.SchemaError, ValueError])
@pytest.mark.parametrize("error", [s.ValidationError, s.SchemaDefinitionError])
def test_both_errors_are_ours_and_value_errors(error, base):
    assert issubclass(error, base)


def test_the_text_is_that_of_the_first_problem():
    text = "[name]: value has length [0] but it must have a minimum length of [2]."

    assert text == str(error_of(USER, WRONG))


def test_the_path_is_that_of_the_first_problem():
    assert ("tags", 1) == error_of(USER, {"name": "ab", "tags": ["a", 1]}).path


def test_the_path_at_the_root_is_empty_and_the_text_has_no_brackets_in_front():
    error = error_of(s.string(), 1)

    assert ((), "expected value of type [string] but got [number]") == (error.path, str(error))


def test_all_problems_are_issues_in_the_order_of_the_schema_unknown_keys_last():
    assert [
        (("name",), "min_length"),
        (("tags", 1), "type"),
        (("age",), "min"),
        (("nmae",), "unknown_key"),
    ] == issues_of(USER, WRONG)


def test_an_issue_has_path_code_message_and_params():
    issue = error_of(USER, WRONG).issues[2]

    assert s.Issue(("age",), "min", "Value must be equal to or greater than [0].", {"limit": 0}) == issue


def test_an_issue_shows_where_and_what():
    issue = error_of(USER, WRONG).issues[1]

    assert "Issue('tags.1', 'type', 'expected value of type [string] but got [number]')" == repr(issue)


def test_an_error_shows_its_text():
    assert """ValidationError("[a]: a value wasn't expected to be present")""" == repr(
        error_of(s.object({"a": s.never()}), {"a": 1})
    )


def test_as_a_dict_it_is_ready_for_json():
    expected = {
        "message": "[a]: expected value of type [number] but got [string]",
        "path": ["a"],
        "issues": [
            {
                "path": ["a"],
                "code": "type",
                "message": "expected value of type [number] but got [string]",
                "params": {"expected": "number", "got": "string"},
            }
        ],
    }

    assert expected == json.loads(json.dumps(error_of(s.object({"a": s.number()}), {"a": "x"}).to_dict()))


def test_a_dict_of_it_is_its_receivers():
    error = error_of(USER, WRONG)
    error.to_dict()["issues"][2]["params"]["limit"] = None

    assert {"limit": 0} == error.issues[2].params


@pytest.mark.parametrize(
    ("namespace", "text"),
    [
        (None, "[a]: expected value of type [number] but got [null]"),
        ("request query", "[request query.a]: expected value of type [number] but got [null]"),
        ("", "[.a]: expected value of type [number] but got [null]"),
        ("a\nb", "[a\\nb.a]: expected value of type [number] but got [null]"),
    ],
)
def test_a_namespace_stands_before_the_path(namespace, text):
    assert text == str(error_of(s.object({"a": s.number()}), {"a": None}, None, namespace))


def test_a_namespace_alone_is_the_place_at_the_root():
    text = "[request body]: expected value of type [number] but got [null]"

    assert text == str(error_of(s.number(), None, namespace="request body"))


def test_a_namespace_is_in_neither_path_nor_issues():
    error = error_of(s.object({"a": s.number()}), {"a": None}, None, "query")

    assert (("a",), ("a",), "[query.a]: ") == (error.path, error.issues[0].path, str(error)[:11])


@pytest.mark.parametrize(
    "remake",
    [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))],
    ids=["copy", "deepcopy", "pickle"],
)
def test_a_copy_tells_the_same(remake):
    error = error_of(s.one_of(USER, s.string()), WRONG, None, "body")
    other = remake(error)

    assert (str(error), error.path, error.issues, repr(error)) == (
        str(other),
        other.path,
        other.issues,
        repr(other),
    )


def test_a_definition_error_survives_pickling():
    with pytest.raises(s.SchemaDefinitionError) as caught:
        s.number(min=2, max=1)

    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))


# --- limits ---


def test_at_most_100_issues_are_told():
    assert [(index,) for index in range(100)] == [
        issue.path for issue in s.array_of(s.number()).issues_of(["x"] * 1000)
    ]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (s.object({}), dict.fromkeys(map(str, range(1000)))),
        (s.record_of(s.string(), s.number()), dict.fromkeys(map(str, range(1000)))),
        (s.object({str(n): s.number() for n in range(1000)}), {}),
        (s.array_of(s.object({"a": s.number(), "b": s.number()})), [{"c": 1}] * 1000),
        (s.one_of(s.array_of(s.number()), s.never()), ["x"] * 1000),
        (s.array_of(s.one_of(s.array_of(s.number()), s.never())), [["x"] * 60] * 3),
    ],
    ids=["unknown keys", "record", "props", "nested", "union", "unions"],
)
def test_at_most_100_issues_are_told_wherever_they_are(schema, value):
    assert 100 == len(schema.issues_of(value))


def test_the_text_is_at_most_4_kib():
    wide = s.one_of([s.literal("x" * 64 + str(n)) for n in range(1000)])
    text = str(error_of(wide, "é"))

    assert 4000 < len(text.encode()) <= 4096
    assert "..." == text[-3:]


def test_the_text_is_at_most_4_kib_of_utf_8():
    wide = s.one_of([s.literal("é" * 60 + str(n)) for n in range(1000)])
    text = str(error_of(wide, "e"))

    assert 4000 < len(text.encode()) <= 4096


def test_the_text_of_a_deep_path_is_at_most_4_kib():
    deep = s.record_of(s.string(), s.lazy(lambda: deep))
    value: object = 1
    for _ in range(150):
        value = {"k" * 60: value}

    assert len(str(error_of(deep, value)).encode()) <= 4096
    assert 150 == len(error_of(deep, value).path)


def test_a_long_key_is_shortened_in_texts_and_whole_in_the_path():
    key = "k" * 65
    error = error_of(s.record_of(s.string(), s.number()), {key: None})

    assert f"[{'k' * 61}...]: expected value of type [number] but got [null]" == str(error)
    assert (key,) == error.path
    assert ["k" * 61 + "..."] == error.to_dict()["path"]


def test_control_characters_of_a_key_are_escaped():
    error = error_of(s.record_of(s.string(), s.number()), {"a\n\x1b": None})

    assert "[a\\n\\x1b]: expected value of type [number] but got [null]" == str(error)
    assert ["a\\n\\x1b"] == error.to_dict()["path"]


def test_an_authors_words_are_shortened_and_escaped():
    issue = s.any(validate=lambda value: "no\n" + "x" * 2000).issues_of(1)[0]

    assert "no\\n" + "x" * 1017 + "..." == issue.message


def test_a_rejected_value_appears_nowhere():
    secret = "tops3cret"
    everything = s.object(
        {
            "string": s.string(max_length=1),
            "pattern": s.string(pattern="[a-z]"),
            "number": s.number(),
            "integer": s.integer(),
            "literal": s.literal("a"),
            "enum": s.enum(["a"]),
            "union": s.one_of(s.number(), s.literal("b")),
            "boolean": s.boolean(),
            "size": s.byte_size(),
            "duration": s.duration(),
            "ip": s.ip(),
            "uri": s.uri(scheme="http"),
            "email": s.email(),
            "uuid": s.uuid(),
            "date": s.date(),
            "date_time": s.date_time(),
            "array": s.array_of(s.number()),
            "object": s.object({}),
        }
    )
    error = error_of(everything, dict.fromkeys(everything.get_prop_schemas(), secret))

    assert 18 == len(error.issues)
    assert secret not in json.dumps(error.to_dict()) + str(error) + repr(error)


# --- did you mean ---


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("nmae", "name"),
        ("Name", "name"),
        ("name_", "name"),
        ("per-page", "per_page"),
        ("perPage", "per_page"),
        ("xyz", None),
        ("name_abc", None),
        ("n", None),
        ("", None),
        ("name" * 20, None),
    ],
)
def test_an_unknown_key_may_have_been_meant_for_a_prop(key, meant):
    assert meant == nearest(key, ("name", "per_page"))


def test_a_slip_is_told_in_the_params():
    issue = USER.issues_of({"name": "ab", "tag": []})[-1]

    assert {"key": "tag", "did_you_mean": "tags"} == issue.params


def test_a_prop_that_is_there_was_not_meant():
    issue = USER.issues_of({"name": "ab", "tags": [], "nmae": ""})[-1]

    assert {"key": "nmae"} == issue.params


def test_looking_for_slips_costs_little():
    wide = s.object({f"prop_{n:04}": s.maybe(s.any()) for n in range(2000)})
    start = time.process_time()
    wide.issues_of({f"porp_{n:04}": 1 for n in range(2000)})

    assert time.process_time() - start < 2


# --- the closest alternative of a union ---

CIRCLE = s.object({"type": s.literal("circle"), "radius": s.number()})
SQUARE = s.object({"type": s.literal("square"), "side": s.number(), "name": s.string()})
SHAPE = s.one_of(CIRCLE, SQUARE)


def test_the_headline_of_a_union_lists_what_each_alternative_found():
    text = (
        "[shape]: types that failed validation:\n"
        "- [shape.0]: expected a plain object value, but found [number] instead.\n"
        "- [shape.1]: expected value of type [string] but got [number]"
    )

    assert text == str(error_of(s.object({"shape": s.one_of(CIRCLE, s.string())}), {"shape": 1}))


def test_the_issues_of_a_union_are_those_of_the_closest_alternative():
    assert [((), "union"), (("side",), "type"), (("name",), "required")] == issues_of(
        SHAPE, {"type": "square", "side": "x"}
    )


def test_the_union_names_the_closest_alternative():
    issue = SHAPE.issues_of({"type": "square"})[0]

    assert ("types that failed validation, the closest is [1]", {"alternatives": 2, "closest": 1}) == (
        issue.message,
        issue.params,
    )


def test_a_fitting_literal_counts_more_than_few_problems():
    many = s.object({"type": s.literal("many"), **{name: s.number() for name in "abcdef"}})
    few = s.object({"type": s.literal("few")}, unknowns="allow")

    assert 1 == s.one_of(few, many).issues_of({"type": "many"})[0].params["closest"]


def test_without_literals_the_fewest_problems_are_closest():
    one = s.object({"a": s.number(), "b": s.number()})
    two = s.object({"a": s.number(), "c": s.maybe(s.number())})

    assert 1 == s.one_of(one, two).issues_of({"a": "x"})[0].params["closest"]


def test_of_equally_many_problems_those_with_known_keys_are_closest():
    short, long = s.object({"name": s.string()}), s.object({"name": s.string(), "age": s.integer()})
    issues = s.one_of(short, long).issues_of({"name": "a", "age": "x"})

    assert [("union", ()), ("type", ("age",))] == [(issue.code, issue.path) for issue in issues]


def test_of_equally_close_alternatives_the_first_is_closest():
    one = s.object({"a": s.number()})
    two = s.object({"b": s.number()})

    assert 0 == s.one_of(one, two).issues_of({})[0].params["closest"]


@pytest.mark.parametrize(
    ("union", "value"),
    [
        (SHAPE, 1),
        (s.one_of(s.literal("a"), s.literal("b")), "c"),
        (s.one_of(s.number(), s.enum(["a"])), "c"),
        (s.one_of(s.never(), s.number()), "c"),
    ],
)
def test_where_no_alternative_was_meant_none_is_closest(union, value):
    issues = union.issues_of(value)

    assert [((), "union", {"alternatives": 2})] == [
        (issue.path, issue.code, issue.params) for issue in issues
    ]


def test_where_none_is_closest_the_issue_tells_what_each_found():
    message = s.one_of(s.literal("a"), s.never()).issues_of("b")[0].message

    assert (
        "types that failed validation: expected value to equal [a]; a value wasn't expected to be present"
        == message
    )


def test_the_issue_of_a_union_tells_of_at_most_five_alternatives():
    message = s.one_of([s.literal(n) for n in range(6)]).issues_of("b")[0].message

    assert message.endswith("; expected value to equal [4]; ...")


def test_an_alternative_of_another_type_is_never_closest():
    assert 1 == s.one_of(s.literal("a"), s.string(min_length=5)).issues_of("b")[0].params["closest"]


def test_nested_unions_lead_to_the_closest_leaf():
    nested = s.object({"figure": s.one_of(s.string(), s.object({"shape": SHAPE}))})

    assert [
        (("figure",), "union"),
        (("figure", "shape"), "union"),
        (("figure", "shape", "radius"), "type"),
    ] == issues_of(nested, {"figure": {"shape": {"type": "circle", "radius": "x"}}})


def test_a_union_of_unions_leads_to_the_closest_leaf():
    union = s.one_of(s.one_of(s.number(), s.boolean()), s.one_of(s.array_of(s.number()), CIRCLE))

    assert [((), "union"), ((), "union"), (("radius",), "required")] == issues_of(union, {"type": "circle"})
    assert [1, 1] == [issue.params["closest"] for issue in union.issues_of({"type": "circle"})[:2]]


def test_nullable_tells_what_its_schema_found():
    assert [((), "union"), (("radius",), "required")] == issues_of(s.nullable(CIRCLE), {"type": "circle"})


def test_a_discriminated_union_tells_the_problems_of_its_alternative_only():
    assert [(("side",), "type"), (("name",), "required")] == issues_of(
        s.discriminated_union("type", CIRCLE, SQUARE), {"type": "square", "side": "x"}
    )


# --- causes ---


def refuse(value):
    raise KeyError("secret")


def test_what_a_validator_raised_is_the_cause():
    error = error_of(s.object({"a": s.any(validate=refuse)}), {"a": 1})

    assert "[a]: value failed custom validation" == str(error)
    assert KeyError is type(error.__cause__)


def test_what_a_default_raised_is_the_cause():
    error = error_of(s.object({"a": s.any(default=lambda: 1 / 0)}), {})

    assert "[a]: the default value could not be computed" == str(error)
    assert ZeroDivisionError is type(error.__cause__)


def disagree(value):
    raise ValueError("must be\neven")


def test_the_text_of_a_value_error_is_the_problem_and_no_cause():
    error = error_of(s.any(validate=disagree), 1)

    assert ("must be\\neven", None) == (str(error), error.__cause__)


def test_a_plain_error_has_no_cause():
    assert None is error_of(s.number(), "x").__cause__


@pytest.mark.parametrize(
    "accepting",
    [
        s.one_of(s.string(validate=refuse), s.string()),
        s.conditional(s.context_ref("a"), s.any(validate=refuse), s.number(), s.string()),
    ],
    ids=["one_of", "conditional"],
)
def test_the_cause_of_an_alternative_that_does_not_count_is_not_told(accepting):
    error = error_of(s.object({"a": accepting, "b": s.number()}), {"a": "x", "b": "y"}, {"a": 1})

    assert (("b",), None) == (error.path, error.__cause__)


def test_memory_errors_are_not_ours():
    def exhaust(value):
        raise MemoryError

    with pytest.raises(MemoryError):
        s.any(validate=exhaust).validate(1)


def test_a_definition_error_from_a_lazy_comes_out_as_it_is():
    with pytest.raises(s.SchemaDefinitionError):
        s.object({"a": s.lazy("nowhere")}).validate({"a": 1})


@pytest.mark.parametrize(
    ("error", "text", "path", "issues"),
    [
        (s.ValidationError("boom"), "boom", (), [("custom", "boom")]),
        (s.ValidationError("boom", "ns"), "[ns]: boom", (), [("custom", "boom")]),
        (
            s.ValidationError(),
            "value failed custom validation",
            (),
            [("custom", "value failed custom validation")],
        ),
    ],
)
def test_an_error_made_by_hand_says_its_words(error, text, path, issues):
    assert (text, path) == (str(error), error.path)
    assert issues == [(issue.code, issue.message) for issue in error.issues]


def test_an_error_made_by_hand_in_a_validator_keeps_its_words():
    def refuse(value):
        raise s.ValidationError("not today")

    assert ["not today"] == [issue.message for issue in s.any(validate=refuse).issues_of(1)]


def test_a_kind_that_calls_the_validate_of_another_schema_fails_as_that_does():
    class Text(s.Schema):
        def check(self, value, run):
            return s.string(max_length=1).validate(value)

    assert (True, False) == (Text().is_valid("a"), Text().is_valid("ab"))
    assert ["max_length"] == [issue.code for issue in Text().issues_of("ab")]
