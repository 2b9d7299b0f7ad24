"""The judges find nothing, and would: faults of ours are put in, and both notice."""

import math
from typing import Annotated, Any, Literal, NotRequired

import pytest
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from kbn_schema import MISSING, Schema
from kbn_schema.json_schema import words
from kbn_schema.kinds import literal, number, one_of
from kbn_schema.kinds.array_of import ArraySchema
from kbn_schema.kinds.bounds import out_of_bounds
from kbn_schema.kinds.enum import EnumSchema
from kbn_schema.kinds.integer import IntegerSchema
from kbn_schema.kinds.literal import LiteralSchema
from kbn_schema.kinds.nullable import NullableSchema
from kbn_schema.kinds.number import NumberSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.kinds.one_of import OneOfSchema
from kbn_schema.kinds.record_of import RecordSchema
from kbn_schema.kinds.string import StringSchema
from tests.fuzz.calls import Call, call, named
from tests.fuzz.judges import json_schema, pydantic
from tests.fuzz.judges.__main__ import JUDGES, main, plain_subject, shown
from tests.fuzz.judges.reading import is_deep, is_json
from tests.fuzz.nasty import Failing
from tests.fuzz.property import Tally
from tests.fuzz.run import judge
from tests.fuzz.subject import Subject

SUBJECTS = 60
MOST = 0.05  # of what a judge is asked, that a rule may leave out

over_judges = pytest.mark.parametrize("name", sorted(JUDGES))


@over_judges
def test_a_judge_finds_nothing_and_its_rules_leave_little_out(name):
    tally = Tally()
    found = [judge(plain_subject("tests", number), [JUDGES[name]], tally) for number in range(SUBJECTS)]
    print(shown(tally))  # noqa: T201 - with pytest -rP
    whole = sum(tally.counts.values())

    assert [None] * SUBJECTS == found
    assert [] == [rule for rule, count in tally.counts.items() if "excluded" in rule and count > whole * MOST]
    assert 0.95 * whole < tally.counts[f"{name} compared"] + tally.counts[f"{name} outputs compared"]


def is_any_number(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else None


# What is put in the place of what, in a kind that is then asked by its `check`; and a case that shows it.
FAULTS: dict[str, tuple[type[Schema[Any]], Any, str, Any, Call, Any]] = {
    "lengths are no matter": (
        StringSchema, StringSchema, "_judge", lambda self, text: None,
        call("schema.string", max_length=1), "ab",
    ),
    "an upper bound is no matter": (
        NumberSchema, number, "out_of_bounds", lambda made, value: None, call("schema.number", max=1), 2,
    ),
    "an upper bound is one less": (
        NumberSchema, number, "out_of_bounds", lambda made, value: out_of_bounds(made, value + 1),
        call("schema.number", max=1), 1,
    ),
    "integers have a fraction": (
        IntegerSchema, IntegerSchema, "check", lambda self, value, run: value, call("schema.integer"), 1.5,
    ),
    "True is a number": (NumberSchema, number, "exact_number", is_any_number, call("schema.number"), True),
    "True is 1": (
        LiteralSchema, literal, "same_scalar", lambda one, other: one == other,
        call("schema.literal", 1), True,
    ),
    "null is refused": (
        NullableSchema, NullableSchema, "check", lambda self, value, run: self.of.check(value, run),
        call("schema.nullable", call("schema.string")), None,
    ),
    "sizes are no matter": (
        ArraySchema, ArraySchema, "_size_problems", lambda self, size: iter(()),
        call("schema.array_of", call("schema.any"), min_size=1), [],
    ),
    "unknown keys are no matter": (
        ObjectSchema, ObjectSchema, "_refuse_unknown", lambda self, keys, data, problems: None,
        call("schema.object", {}), {"a": 1},
    ),
    "props are not required": (
        StringSchema, StringSchema, "missing", lambda self, run: MISSING,
        call("schema.object", {"a": call("schema.string")}), {},
    ),
    "an enum takes anything": (
        EnumSchema, EnumSchema, "mismatch", lambda self, value: next(iter(self.outputs.values())),
        call("schema.enum", ["a"]), "b",
    ),
    "one alternative is enough to be asked": (
        OneOfSchema, one_of, "first_match", lambda choices, value, run: choices[0].check(value, run),
        call("schema.one_of", [call("schema.literal", 1), call("schema.string")]), "a",
    ),
    "keys are no matter": (
        RecordSchema, RecordSchema, "output_key", lambda self, key, outcome, alike: key,
        call("schema.record_of", call("schema.enum", ["a"]), call("schema.any")), {"b": 1},
    ),
}  # fmt: skip


@over_judges
@pytest.mark.parametrize("fault", FAULTS)
def test_a_judge_notices_a_fault(monkeypatch, name, fault):
    kind, home, attribute, wrong, part, value = FAULTS[fault]
    subject = Subject(part, style="plain").add(value)
    assert judge(subject, [JUDGES[name]], Tally()) is None
    monkeypatch.setattr(kind, "plan", lambda self: None)
    monkeypatch.setattr(home, attribute, wrong)

    assert judge(Subject(part, style="plain").add(value), [JUDGES[name]], Tally()) is not None


@pytest.mark.parametrize(
    ("word", "wrong", "part", "value"),
    [
        ("bounds", lambda self, *bounds: {}, call("schema.number", max=1), 2),
        ("bounds", lambda self, *bounds: {"minimum": 3}, call("schema.number", max=1), 1),
        ("sizes", lambda self, **sizes: {}, call("schema.array_of", call("schema.any"), max_size=0), [1]),
        ("nullable", lambda self, schema: schema, call("schema.nullable", call("schema.string")), None),
        ("nothing", lambda self: {}, call("schema.one_of", [call("schema.never")]), 1),
        ("pattern", lambda self, pattern: "x" if pattern else None, call("schema.string", pattern="a"), "a"),
        ("typed", lambda self, kind, *rest, **more: {"type": [kind, "null"]}, call("schema.integer"), None),
        ("typed", lambda self, kind, *rest, **more: {"type": "thing"}, call("schema.integer"), 1),
    ],
)
def test_a_fault_of_the_document_is_noticed(monkeypatch, word, wrong, part, value):
    assert judge(Subject(part, style="plain").add(value), [JUDGES["P10"]], Tally()) is None
    monkeypatch.setattr(words.Words, word, wrong)

    assert judge(Subject(part, style="plain").add(value), [JUDGES["P10"]], Tally()) is not None


def test_an_output_that_does_not_fit_its_document_is_noticed(monkeypatch):
    subject = Subject(call("schema.duration"), style="plain").add("5m")
    assert judge(subject, [JUDGES["P10"]], Tally()) is None
    monkeypatch.setattr(json_schema, "to_json", lambda output: '"five minutes"')

    found = judge(subject, [JUDGES["P10"]], Tally())

    assert found is not None
    assert "P10: an output does not fit the document of outputs" == found.about


# --- what a rule excuses, and what it does not ---


@pytest.mark.parametrize(
    ("name", "part", "value", "rule"),
    [
        ("P10", call("schema.byte_size", max="1kb"), "2kb", json_schema.QUANTITY),
        ("P10", call("schema.string", pattern="(a)?(?(1)b|c)"), "x", json_schema.PATTERN),
        ("P10", call("schema.literal", "\ud800"), "a", json_schema.UNSAYABLE),
        ("P10", call("schema.stream"), "a", json_schema.STREAM),
        ("P10", call("schema.string"), b"a", json_schema.NO_JSON),
        ("P10", call("schema.any"), math.nan, json_schema.NO_JSON),
        ("P10", call("schema.integer", multiple_of=3), 1e300, json_schema.HUGE),
        ("P10", call("schema.record_of", call("schema.integer", max=1), call("schema.any")), {"2": 1},
         json_schema.KEY),
        ("P10", call("schema.string", validate=named("parts.no_a")), "a", json_schema.AUTHORED),
        ("P10", call("schema.lazy", "nowhere"), 1, json_schema.BROKEN),
        ("P10", call("schema.object", {"a": call("parts.Filling")}), {}, json_schema.SILENT),
        ("P10", call("schema.object", {"\ud800": call("schema.any")}), {}, json_schema.UNSAYABLE),
        ("pydantic", call("schema.email"), "a", pydantic.FORMAT),
        ("pydantic", call("schema.array_of", call("schema.one_of", [
            call("schema.email"), call("schema.string", pattern="(?i)a"),
        ])), ["b"], pydantic.FORMAT),
        ("pydantic", call("schema.object", {
            "a": call("schema.email"), "b": call("schema.string", pattern="(?i)a"),
        }), {"a": "a", "b": "b"}, pydantic.SEVERAL),
        ("pydantic", call("schema.buffer"), "a", pydantic.UNKNOWN),
        ("pydantic", call("schema.lazy", "nowhere"), 1, pydantic.BROKEN),
        ("pydantic", call("schema.string", pattern="(?i)a"), "b", pydantic.FLAGS),
        ("pydantic", call("schema.number", multiple_of=1), 1e-10, pydantic.STEP),
        ("pydantic", call("schema.number", multiple_of=1e-9), 1e9 + 0.5, pydantic.STEP),
        ("pydantic", call("schema.number", default="a"), MISSING, pydantic.NO_JSON),
        ("pydantic", call("schema.object", {"a": call("schema.number", default="a")}), {}, pydantic.TRUSTED),
        ("pydantic", call("schema.record_of", call("schema.integer"), call("schema.any")), {"a": 1},
         pydantic.KEY),
        ("pydantic", call("schema.string", validate=named("parts.no_a")), "a", pydantic.AUTHORED),
    ],
)  # fmt: skip
def test_a_rule_is_counted(name, part, value, rule):
    tally = Tally()

    assert judge(Subject(part, style="plain").add(value), [JUDGES[name]], tally) is None
    assert {f"{name} excluded: {rule}": 1} == {key: 1 for key in tally.counts if "outputs" not in key}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        (call("schema.record_of", call("schema.number"), call("schema.number")), {"1e3": " 5 "}),
        (call("schema.record_of", call("schema.integer"), call("schema.number")), {"5": 2, " 5 ": "5"}),
        (call("schema.map_of", call("schema.uuid"), call("schema.number")),
         {"f81d4fae-7dec-11d0-a765-00a0c91e6bf6": "5"}),
        (call("schema.object", {"t": call("schema.discriminated_union", "a", [
            call("schema.object", {"a": call("schema.any")}, default={"a": "b"}),
            call("schema.object", {"a": call("schema.literal", "t")}),
        ])}), {}),
        (call("schema.object", {"a": call("schema.all_of", [call("schema.object", {})])}), {}),
        (call("schema.object", {"a": call("schema.nullable", call("schema.string"))}), {}),
        (call("schema.one_of", [call("schema.integer"), call("schema.byte_size")]), "2kb"),
        (call("schema.array_of", call("schema.object", {"a": call("schema.any")}), unknowns="ignore"),
         [{"a": 1, "b": 2}]),
        (call("schema.object", {
            "value": call("schema.integer"), "next": call("schema.maybe", call("schema.lazy", "node")),
        }, id="node"), {"value": 1, "next": {"value": 2}}),
    ],
)  # fmt: skip
@over_judges
def test_what_only_looks_like_a_difference_is_none(name, part, value):
    tally = Tally()

    assert judge(Subject(part, style="plain").add(value), [JUDGES[name]], tally) is None
    assert {f"{name} compared"} == {key for key in tally.counts if "outputs" not in key}


def test_what_is_drawn_to_be_odd_is_counted():
    tally = Tally()

    assert judge(Subject(call("schema.any"), style="wild").add(1), [JUDGES["pydantic"]], tally) is None
    assert {f"pydantic excluded: {pydantic.WILD}": 1} == tally.counts


@over_judges
def test_a_rule_excuses_nothing_else(monkeypatch, name):
    """A text that is no address, and too long: the judge need not know the one, but has to know the other."""
    part = call("schema.object", {"a": call("schema.email"), "b": call("schema.string", max_length=1)})
    monkeypatch.setattr(StringSchema, "describe", lambda self, out: out.text())
    monkeypatch.setitem(pydantic.WORDS, "schema.string", pydantic.Translation.text)
    subject = Subject(part, style="plain").add({"a": "ada@example.org", "b": "ab"})

    assert judge(subject, [JUDGES[name]], Tally()) is not None


def test_what_json_has_is_told_without_asking_it():
    value: list[Any] = []
    value.append(value)

    assert not is_json(value)
    assert not is_json(Failing())
    assert is_json([shared := [1], shared])


# --- pydantic-core's schemas are what users of pydantic write ---

STRICT = ConfigDict(strict=True)


class Closed(TypedDict):
    __pydantic_config__ = ConfigDict(strict=True, extra="forbid")  # type: ignore[misc]
    a: int
    b: NotRequired[str]


TYPES: list[tuple[Call, Any, list[Any]]] = [
    (call("schema.string", min_length=2), Annotated[str, Field(min_length=2)], ["", "ab", 1, None]),
    (call("schema.integer", min=1), Annotated[int, Field(ge=1)], [0, 1, True, "1", 1.5]),
    (call("schema.number", min=0.5), Annotated[int, Field(ge=1)] | Annotated[float, Field(ge=0.5)],
     [0, 0.5, 1, "1", True]),
    (call("schema.boolean"), bool, [True, 1, "true", None]),
    (call("schema.nullable", call("schema.string")), str | None, [None, "a", 1]),
    (call("schema.literal", "a"), Literal["a"], ["a", "b", 1]),
    (call("schema.array_of", call("schema.integer")), list[int], [[], [1], ["1"], {}, "[]"]),
    (call("schema.record_of", call("schema.string"), call("schema.integer")), dict[str, int],
     [{}, {"a": 1}, {"a": "1"}, []]),
    (call("schema.object", {"a": call("schema.integer"), "b": call("schema.maybe", call("schema.string"))}),
     Closed, [{"a": 1}, {"a": 1, "b": "x"}, {"b": "x"}, {"a": 1, "c": 1}, {"a": 1, "b": None}, []]),
]  # fmt: skip


@pytest.mark.parametrize(("part", "written", "values"), TYPES)
def test_the_judge_is_told_what_users_of_pydantic_write(part, written, values):
    config = None if written is Closed else STRICT
    adapter, strict = TypeAdapter(written, config=config), pydantic.translated(part)

    assert [accepts(adapter, value) for value in values] == [accepts(strict, value) for value in values]


def accepts(judge: Any, value: Any) -> bool:
    try:
        judge.validate_python(value)
    except ValidationError:
        return False
    return True


# --- the command ---


@over_judges
def test_the_command_counts(capsys, name):
    assert 0 == main(["--judge", name, "--cases", "100"])
    assert f"{name} compared" in capsys.readouterr().out


def test_the_command_says_what_it_found(monkeypatch, capsys):
    monkeypatch.setattr(words.Words, "anything", lambda self: {"type": "string"})

    assert 1 == main(["--judge", "P10", "--cases", "100000", "--seed", "a fault"])
    assert "P10: the document refuses what is accepted" in capsys.readouterr().out


def test_the_share_of_a_rule_is_told():
    tally = Tally()
    tally.compared("P10", 3)
    tally.excluded("P10", "a rule")

    assert "         3  75.000% P10 compared\n         1  25.000% P10 excluded: a rule" == shown(tally)


@pytest.mark.parametrize(
    "make", [lambda inner: [inner], lambda inner: {"a": 1, "b": inner}, lambda x: [x, x]]
)
def test_201_levels_are_too_deep(make):
    value = []
    for _ in range(199):
        value = make(value)

    assert [False, True] == [is_deep(value), is_deep(make(value))]
