"""The machinery itself: a compiled function that is wrong, in whatever respect, is found and made small."""

import copy
from collections.abc import Callable
from typing import Any

import attrs
import pytest

import kbn_schema as s
from kbn_schema import MISSING, ValidationError
from kbn_schema.run import Run
from tests.differential import nasty, parts
from tests.differential.calls import build, call, named, spell_case, walk
from tests.differential.compare import compare, same
from tests.differential.search import Case, draw_cases
from tests.differential.shrink import shrunk

FORM = s.object(
    {
        "n": s.number(validate=parts.Watched("n")),
        "l": s.array_of(s.number(), default=[]),
        "o": s.maybe(s.object({"a": s.any()}, unknowns="allow")),
    }
)
GOOD = {"o": {"a": [1]}, "n": "5"}
BAD = {"o": {}, "n": "x", "l": [1, "x"]}


@attrs.define(eq=False)
class Wrong:
    """A compiled schema whose `validate` does *spoil* to its answer."""

    right: Any
    spoil: Callable[..., Any]
    source = "the source of it"

    def compile(self) -> None:
        pass

    def validate(self, value: Any, *rest: Any, **options: Any) -> Any:
        return self.spoil(self.right.validate(value, *rest, **options), value)

    def enforce(self, value: Any, run: Run, namespace: str | None) -> Any:
        return self.right.enforce(value, run, namespace)

    def is_valid(self, value: Any, context: Any = None) -> bool:
        return bool(self.right.is_valid(value, context))

    def issues_of(self, value: Any, context: Any = None) -> Any:
        return self.right.issues_of(value, context)


def raising(output: Any, value: Any) -> Any:
    raise KeyError("n")


def refusing(output: Any, value: Any) -> Any:
    return s.never().validate(value)


def sharing_the_input(output: Any, value: Any) -> Any:
    return {**output, "o": value["o"]}


def sharing_a_default(output: Any, value: Any) -> Any:
    return {**output, "l": parts.KEPT[:0] if output["l"] else EMPTY}


EMPTY: list[Any] = []


def with_one_list_twice(output: Any, value: Any) -> Any:
    return [output["a"], output["a"]]


def changing_the_input(output: Any, value: Any) -> Any:
    value.pop("o", None)
    return output


def asking_again(output: Any, value: Any) -> Any:
    FORM.validate(value)
    return output


def asking_the_value(output: Any, value: Any) -> Any:
    assert value == 1  # it says that it is
    return output


SPOILED = {
    "accepts what is refused, or the reverse": [refusing, raising],
    "says something else": [
        lambda output, value: {**output, "n": 5.0},
        lambda output, value: {**output, "n": True},
        lambda output, value: {**output, "l": ()},
        lambda output, value: {**output, "x": 1},
        lambda output, value: {key: output[key] for key in sorted(output)},
        lambda output, value: nasty.PlainDict(output),
        lambda output, value: {nasty.PlainStr(key): item for key, item in output.items()},
        lambda output, value: {**output, "o": copy.deepcopy(output["o"]) | {"a": [1.0]}},
    ],
    "the output holds a container of the input": [sharing_the_input],
    "two outputs share a container": [sharing_a_default],
    "the input was changed": [changing_the_input],
    "called once more": [asking_again],
}


@pytest.mark.parametrize(("what", "spoil"), [(what, spoil) for what in SPOILED for spoil in SPOILED[what]])
def test_a_wrong_output_is_found(what, spoil):
    with pytest.raises(AssertionError, match=what):
        compare(Wrong(FORM, spoil), copy.deepcopy(GOOD), reference=FORM)


def test_a_right_output_is_not_found():
    assert "accepted" == compare(Wrong(FORM, lambda output, value: output), GOOD, reference=FORM).kind


def test_asking_a_value_is_found():
    with pytest.raises(AssertionError, match="asked a value more"):
        compare(Wrong(s.any(), asking_the_value), nasty.Claiming(), reference=s.any())


def test_a_container_that_stands_twice_is_found():
    around = s.array_of(s.array_of(s.number()))
    spoiled = Wrong(around, lambda output, value: [output[0], output[0]])
    with pytest.raises(AssertionError, match="in two places"):
        compare(spoiled, [[1], [1]], reference=around)


@attrs.define(eq=False)
class WrongError(Wrong):
    """A compiled schema that reports what *spoil* makes of the error."""

    def validate(self, value: Any, *rest: Any, **options: Any) -> Any:
        try:
            return self.right.validate(value, *rest, **options)
        except ValidationError as error:
            raise self.spoil(error) from error.__cause__


def without_the_last(error: Any) -> Any:
    failure = copy.copy(error.args[0])
    failure.problems = failure.problems[:-1]
    return ValidationError(failure, error.args[1])


def reversed_(error: Any) -> Any:
    failure = copy.copy(error.args[0])
    failure.problems = failure.problems[::-1]
    return ValidationError(failure, error.args[1])


@pytest.mark.parametrize(
    "spoil",
    [
        without_the_last, reversed_, lambda error: ValidationError(error.args[0], "elsewhere"),
        lambda error: ValidationError(str(error)),
    ],
)  # fmt: skip
def test_a_wrong_error_is_found(spoil):
    with pytest.raises(AssertionError, match="says something else"):
        compare(WrongError(FORM, spoil), BAD, reference=FORM)


def test_another_cause_is_found():
    schema = s.any(validate=parts.key_error)

    class Wrapped(Wrong):
        def validate(self, value: Any, *rest: Any, **options: Any) -> Any:
            try:
                return self.right.validate(value, *rest, **options)
            except ValidationError as error:
                raise error from None

    with pytest.raises(AssertionError, match="says something else"):
        compare(Wrapped(schema, raising), 1, reference=schema)


@pytest.mark.parametrize(
    ("method", "wrong", "value"),
    [
        ("is_valid", lambda *args: True, BAD), ("is_valid", lambda *args: False, GOOD),
        ("is_valid", lambda *args: 1, GOOD), ("issues_of", lambda *args: (), BAD),
        ("enforce", lambda *args: {}, GOOD),
    ],
)  # fmt: skip
def test_each_way_to_ask_is_compared(method, wrong, value):
    class Other(Wrong):
        pass

    setattr(Other, method, lambda self, *args: wrong(*args))
    with pytest.raises(AssertionError):
        compare(Other(FORM, lambda output, value: output), value, reference=FORM)


def test_a_compiler_that_raises_is_found():
    class Raising(Wrong):
        def compile(self) -> None:
            raise SyntaxError

    with pytest.raises(AssertionError, match="compile: raises"):
        compare(Raising(FORM, raising), GOOD, reference=FORM)


def test_a_patched_compiled_function_is_found_and_the_message_tells_all():
    schema = s.object({"a": s.number()}).compile()
    object.__setattr__(schema, "validate", lambda *args, **options: {"a": 1.0})
    with pytest.raises(AssertionError) as caught:
        compare(schema, {"a": 1}, reference=s.object({"a": s.number()}))

    text = str(caught.value)
    assert repr(schema) in text
    assert "value:     {'a': 1}" in text
    assert schema.source in text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True), (1, 1.0), (0.0, -0.0), ("a", b"a"), ([1], (1,)), ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1: "a"}, {True: "a"}), ([[1]], [[1.0]]), ([], {}), (nasty.PlainStr("a"), "a"), (object(), object()),
        ([1], [1, 2]), (s.ByteSize(1), 1), (s.Duration(1000), s.Duration(1001)), (MISSING, None),
        (s.Duration(months=1), s.Duration(days=30)),
    ],
)  # fmt: skip
def test_equal_is_not_the_same(one, other):
    assert not same(one, other)


def test_the_same_is_the_same_however_deep():
    one, other = nasty.deep(5000, 1), nasty.deep(5000, 1)

    assert same(one, other)
    assert same(nasty.looped([1], 0), nasty.looped([1], 0))
    assert same(float("nan"), float("nan"))


def test_the_same_seed_gives_the_same_cases():
    once, again = ([str(case) for number in range(8) for case in draw_cases("x", number)] for _ in range(2))

    assert once == again
    assert len(set(once)) > 0.9 * len(once) > 50


def test_cases_are_of_all_sorts():
    """All combinators turn up; a good part of the values is accepted, a good part refused for each reason."""
    cases = [case for number in range(250) for case in draw_cases("sorts", number)][::3]
    names = {part.name for case in cases for part in walk(case.schema) if hasattr(part, "name")}
    answers = [_answer(case) for case in cases]
    accepted, codes = answers.count([]), {code for answer in answers for code in answer}

    assert {f"schema.{name}" for name in s.schema.__all__} - names <= {"schema.union", "schema.intersection"}
    assert 0.25 <= accepted / len(cases) <= 0.6
    assert {"type", "required", "union", "custom", "json", "unknown_key", "depth", "max", "never"} <= codes


def _answer(case: Case) -> list[str]:
    try:
        return [issue.code for issue in build(case.schema).issues_of(build(case.value), build(case.context))]
    except s.SchemaDefinitionError:
        return ["definition"]


def test_a_found_case_is_made_small(monkeypatch):
    """A compiler that takes "5" for a number of its own in any prop "a"."""

    def wrong(self, value=MISSING, *rest, **options):
        output = type(self).validate(self, value, *rest, **options)
        return {**output, "a": 6} if type(output) is dict and output.get("a") == 5 else output

    monkeypatch.setattr(
        s.Schema, "compile", lambda self: object.__setattr__(self, "validate", wrong.__get__(self))
    )
    props = {
        "a": call("schema.number", min=1),
        "b": call("schema.maybe", call("schema.array_of", call("schema.any"))),
    }
    large = call("schema.object", props, unknowns="allow", title="T")
    case = Case(large, {"b": [1, {"c": []}], "x": None, "a": " 5 "}, named("parts.CONTEXT"))
    small = shrunk(case)

    assert small.difference() is not None
    assert (
        "def test_both_ways_agree():\n    compare(schema.object({'a': schema.number()}), {'a': '5'}, None)\n"
        == str(small)
    )


def test_a_case_is_spelled_as_python_that_builds_it():
    shared = call("nasty.itself", [1, float("nan"), MISSING])
    text = spell_case(call("schema.any"), {"a": shared, call("nasty.PlainStr", "b"): [shared]}, None)
    seen: list[Any] = []
    space = {
        "schema": s.schema,
        "nasty": nasty,
        "MISSING": MISSING,
        "compare": lambda *args: seen.extend(args),
    }
    exec(text + "\ntest_both_ways_agree()", space)
    value = seen[1]

    assert value["a"] is value["b"][0]
    assert [str, nasty.PlainStr] == [type(key) for key in value]


def test_a_bug_that_compiled_code_would_hide_is_found():
    """Generated code gives up when something raises; what it raises by itself is a bug."""
    schema = s.object({"a": s.number()}).compile()
    space = schema.validate.__globals__
    name = next(name for name, value in space.items() if value == "a")
    space[name] = []  # not hashable, so looking it up raises
    assert {"a": 1} == schema.validate({"a": 1})
    with pytest.raises(AssertionError, match="accepts what is refused"):
        compare(schema, {"a": 1}, reference=s.object({"a": s.number()}))


def test_what_a_kind_of_an_author_raises_may_pass_through_compiled_code():
    schema = s.object({"a": parts.Broken(), "b": s.number(validate=parts.Watched("b"))})

    assert "refused" == compare(schema, {"a": 1, "b": 1}).kind
