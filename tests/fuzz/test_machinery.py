"""The machinery itself: a compiled function that is wrong, in whatever respect, is found and made small."""

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import attrs
import pytest

import kbn_schema as s
from kbn_schema import MISSING, ValidationError
from kbn_schema.run import Run
from tests.fuzz import nasty, parts
from tests.fuzz.calls import call, named, spell_case, walk
from tests.fuzz.compare import compare, same
from tests.fuzz.draw import ByteRandom
from tests.fuzz.properties import load
from tests.fuzz.property import Tally
from tests.fuzz.run import judge
from tests.fuzz.search import subject_of
from tests.fuzz.shrink import shrunk
from tests.fuzz.subject import Given, Subject

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


def test_the_same_seed_gives_the_same_cases_in_any_process():
    """Also where texts have other hashes, so nothing may depend on the order of a set."""
    here = drawn("x")
    command = "from tests.fuzz.test_machinery import drawn; print(*drawn('x'), sep='\\n')"
    for seed in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", command], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True,
            text=True, check=True, timeout=60,
        )  # fmt: skip

        assert here == told.stdout.splitlines()
    assert len(set(here)) > 0.7 * len(here) > 100


def drawn(seed: str) -> list[str]:
    """The cases of some numbers, each in one line."""
    cases = [given for number in range(10) for given in subject_of(seed, number).cases]
    return [ascii(str(given)) for given in cases]


def test_bytes_and_what_comes_after_them_give_the_same_again():
    for data in (b"", b"a", bytes(range(256)), bytes(4000)):
        once, again = (
            [
                ByteRandom(data).sample(range(10**6), 1000),
                ByteRandom(data).random(),
                ByteRandom(data).choices("ab", k=9),
            ]
            for _ in range(2)
        )

        assert once == again
    assert ByteRandom(b"\x80\x00ab").random() == 0.5
    assert ByteRandom(b"\x02ab").choice("abcd") == "c"


def test_cases_are_of_all_sorts():
    """All combinators turn up; a good part of the values is accepted, a good part refused for each reason."""
    subjects = [subject_of("sorts", number) for number in range(400)]
    cases = [given for subject in subjects for given in subject.cases][::2]
    names = {part.name for subject in subjects for part in walk(subject.part) if hasattr(part, "name")}
    answers = [_answer(given) for given in cases]
    accepted, codes = answers.count([]), {code for answer in answers for code in answer}

    assert {f"schema.{name}" for name in s.schema.__all__} - names <= {"schema.union", "schema.intersection"}
    assert 0.3 <= accepted / len(cases) <= 0.6
    assert {"type", "required", "union", "custom", "json", "unknown_key", "depth", "max", "never"} <= codes
    assert 0.3 <= sum(subject.style == "plain" for subject in subjects) / len(subjects) <= 0.5
    assert 0.02 <= sum(subject.refusal is not None for subject in subjects) / len(subjects) <= 0.15


def _answer(given: Given) -> list[str]:
    if given.told.kind == "refused":
        return [code for _, code, _, _ in given.told.issues]
    return ["definition"] if given.told.kind == "broken" else []


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
    subject = Subject(large).add({}).add({"b": [1, {"c": []}], "x": None, "a": " 5 "}, named("parts.CONTEXT"))
    finding = judge(subject, load(("P1",)), Tally())
    assert finding is not None
    small = shrunk(finding)

    assert "P1: another output" == small.about
    assert (
        "def test_both_ways_agree():\n    compare(schema.object({'a': schema.number()}), {'a': '5'}, None)\n"
        == str(small.given)
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
