"""Each property is seen to fail: a fault of its sort is put in, and it is the one that finds it."""

from collections.abc import Callable
from typing import Any

import pytest

import kbn_schema as s
from kbn_schema import MISSING, ValidationError
from kbn_schema.codegen.source import Source
from kbn_schema.kinds import bounds
from tests.fuzz.calls import Call, call, named
from tests.fuzz.properties import load
from tests.fuzz.properties.metamorphic import RELATIONS
from tests.fuzz.property import Property, Tally
from tests.fuzz.run import fails
from tests.fuzz.subject import Subject

FORM = call(
    "schema.object",
    {
        "a": call("schema.maybe", call("schema.number", min=1)),
        "b": call("schema.maybe", call("schema.array_of", call("schema.string"))),
    },
)


@pytest.fixture
def spoil(monkeypatch) -> Callable[..., None]:
    """Let compiled schemas do what a function makes of their answer and the value."""

    def spoil(wrong: Callable[[Callable[[], Any], Any], Any]) -> None:
        def compile(self: Any) -> Any:
            def validate(value: Any = MISSING, *rest: Any, **options: Any) -> Any:
                return wrong(lambda: type(self).validate(self, value, *rest, **options), value)

            object.__setattr__(self, "validate", validate)
            return self

        monkeypatch.setattr(s.Schema, "compile", compile)

    return spoil


def found(name: str, part: Call, *values: Any) -> str:
    """Return what the property finds in the schema and the values, an empty text if that is nothing."""
    (prop,) = load((name,))
    subject = Subject(part)
    for value in values:
        subject.add(value)
    finding = fails(subject, prop)
    return "" if finding is None else finding.about


def another(ask: Callable[[], Any], value: Any) -> Any:
    return {**ask(), "c": 1}


def raising(ask: Callable[[], Any], value: Any) -> Any:
    raise KeyError("a")


def changing(ask: Callable[[], Any], value: Any) -> Any:
    output = ask()
    value["x"] = 1
    return output


def sharing(ask: Callable[[], Any], value: Any) -> Any:
    return {**ask(), "b": value["b"]}


def telling(ask: Callable[[], Any], value: Any) -> Any:
    raise ValidationError(f"[a]: {value['a']} is no number")


def beeping(ask: Callable[[], Any], value: Any) -> Any:
    raise Beep("words")


class Beep(ValidationError):
    """An error that rings a bell where it is printed."""

    def __str__(self) -> str:
        return "\x07"


def working(ask: Callable[[], Any], value: Any) -> Any:
    for _ in range(50_000):
        pass
    return ask()


def growing(ask: Callable[[], Any], value: Any) -> Any:
    return f"{ask()}+"


def refusing(ask: Callable[[], Any], value: Any) -> Any:
    return s.never().validate(1)


def accepting(ask: Callable[[], Any], value: Any) -> Any:
    return {}


GOOD, BAD = {"a": 1, "b": ["x"]}, {"a": "S3CRET"}


@pytest.mark.parametrize(
    ("name", "wrong", "value", "about"),
    [
        ("P1", another, GOOD, "P1: another output"),
        ("P1", refusing, GOOD, "P1: what should be accepted is refused"),
        ("P1", telling, BAD, "P1: other issues"),
        ("P3", raising, GOOD, "P3: KeyError leaves validate"),
        ("P4", changing, GOOD, "P4: the input is changed"),
        ("P5", sharing, GOOD, "P5: the output holds a container of the input"),
        ("P6", telling, BAD, "P6: an error shows the value"),
        ("P6", beeping, BAD, "P6: the text of an error cannot be printed, or is long"),
        ("P7", another, GOOD, "P7: another process says something else"),
        ("P8", another, GOOD, "P8: nullable(S) is S but for null: another output"),
        ("P9", refusing, GOOD, "P9: a value of the strategy is refused"),
        ("P9", accepting, GOOD, "P9: an invalid value is accepted"),
        ("P11", working, GOOD, "P11: a validation costs too much"),
    ],
)
def test_a_wrong_answer_is_found(spoil, monkeypatch, name, wrong, value, about):
    monkeypatch.setattr(Subject, "source", s.schema.object(props_of(FORM)).source)
    assert not found(name, FORM, value)
    spoil(wrong)

    assert about == found(name, FORM, value)


def props_of(part: Call) -> Any:
    """Return the props of *part*, built."""
    return {
        "a": s.schema.maybe(s.schema.number(min=1)),
        "b": s.schema.maybe(s.schema.array_of(s.schema.string())),
    }


def test_an_output_that_validates_to_something_else_is_found(spoil):
    spoil(growing)

    assert "P2: an output validates to something else" == found("P2", call("schema.string"), "a")


def test_a_way_to_ask_that_differs_is_found(monkeypatch):
    monkeypatch.setattr(s.Schema, "is_valid", lambda self, value, context=None: True)

    assert "is_valid, issues_of: is_valid differs" == found("P1-ways", FORM, BAD)


def test_json_that_is_read_as_something_else_is_found(monkeypatch):
    monkeypatch.setattr(s.Schema, "validate_json", lambda self, *rest: {"a": 1.0})

    assert "P1-ways: validate_json: another output" == found("P1-ways", FORM, GOOD)


def test_crossed_bounds_that_are_not_refused_are_found(monkeypatch):
    crossed = call("schema.object", {"a": call("schema.number", min=2, max=1)})
    assert not found("P0", crossed)
    monkeypatch.setattr(bounds, "refuse_crossed", lambda *arguments, **options: None)

    assert "P0: a schema that makes no sense is built" == found("P0", crossed)


def test_a_default_that_raises_is_the_authors():
    tally = Tally()
    subject = Subject(call("schema.object", {"a": call("schema.any", default=named("parts.breaks"))}))
    load(("P9",))[0].check(subject, tally)

    assert 0 < tally.counts["P9 excluded: a default raises, which its author has to hear"]
    assert 0 < tally.counts["P9 compared"]


@pytest.mark.parametrize("wrong", [telling, refusing])
def test_only_where_a_circle_is_too_deep_is_no_promise(spoil, wrong):
    shape = call("schema.array_of", call("schema.lazy", "n"), id="n")
    circle = call("nasty.looped", [{"a": 1}, [1]], 1)
    spoil(lambda ask, value: wrong(ask, value[0]))

    assert "P1: other issues" == found("P1", shape, circle)


def test_another_error_while_a_schema_is_built_is_found(monkeypatch):
    monkeypatch.setattr(s.Schema, "compile", raising)

    assert "P0: TypeError is raised" == found("P0", FORM)


def test_text_of_an_author_in_the_source_is_found(monkeypatch):
    assert not found("P12", FORM)
    bind = Source.bind
    written = lambda self, value, prefix: repr(value) if type(value) is str else bind(self, value, prefix)  # noqa: E731
    monkeypatch.setattr(Source, "bind", written)

    assert found("P12", FORM).startswith("P12: a character in the source")


def test_a_name_of_an_author_in_the_source_is_found(monkeypatch):
    right = Source.fresh
    monkeypatch.setattr(Source, "fresh", lambda self, prefix: right(self, prefix) + "_of_user")

    assert "P12: words in the source that are not ours" == found("P12", FORM)


def refuse_if(condition: Callable[[Any], bool]) -> Callable[..., Any]:
    return lambda ask, value: refusing(ask, value) if condition(value) else ask()


def first_is_b(value: Any) -> bool:
    return next(iter(value)) == "b"


def output_by_order(ask: Callable[[], Any], value: Any) -> Any:
    output = ask()
    return {**output, "a": 5} if list(output) == ["a", "b"] else output


def keeps_all(ask: Callable[[], Any], value: Any) -> Any:
    return value


ALL = ["nullable(S) is S but for null", "one_of([S]) is S", "one_of([never, S]) is S", "lazy(lambda: S) is S"]


@pytest.mark.parametrize(
    ("relation", "wrong", "value"),
    [
        *((relation, another, GOOD) for relation in [*ALL, "pickle(S) is S"]),
        ("the order of keys does not matter", refuse_if(first_is_b), GOOD),
        ("the order of props does not matter", output_by_order, GOOD),
        ("an unknown key is refused, dropped or kept", keeps_all, GOOD),
    ],
)
def test_each_relation_can_fail(spoil, monkeypatch, relation, wrong, value):
    only(monkeypatch, relation)
    assert not found("P8", FORM, value)
    spoil(wrong)

    assert found("P8", FORM, value).startswith(f"P8: {relation}: ")


def test_a_bound_less_that_refuses_more_is_found(monkeypatch):
    only(monkeypatch, "a bound less refuses no more")
    right = s.schema.number.check
    wrong = lambda self, value, run: right(self, value, run) if self.min else self.mismatch(value)  # noqa: E731
    assert not found("P8", FORM, GOOD)
    monkeypatch.setattr(s.schema.number, "check", wrong)

    assert "P8: a bound less refuses no more: what is accepted is refused" == found("P8", FORM, GOOD)


def only(monkeypatch: Any, relation: str) -> None:
    chosen = [one for one in RELATIONS if one.name == relation]
    assert chosen
    monkeypatch.setattr("tests.fuzz.properties.metamorphic.RELATIONS", chosen)


def test_what_is_not_compared_is_counted_by_rule():
    tally = Tally()
    subject = Subject(call("schema.lazy", "nowhere")).add(1).add(named("object"))
    for prop in load(("P3", "P6", "P5")):
        prop.check(subject, tally)

    assert {
        "P3 excluded: a lazy leads nowhere, which its author has to hear": 2,
        "P5 excluded: there is no container in the output": 2,
        "P6 excluded: there is no error": 2,
    } == tally.counts


def test_a_share_is_decided_by_the_number():
    tenth = Property("P", "some", lambda subject, tally: None, share=0.1)
    covered = [number for number in range(10_000) if tenth.covers(number)]

    assert 900 < len(covered) < 1100
    assert covered == [number for number in range(10_000) if tenth.covers(number)]
