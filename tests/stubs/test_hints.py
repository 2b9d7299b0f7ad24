"""Types before a language says them, and what each kind says of itself."""

from typing import Any, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema import Schema
from kbn_schema import schema as s
from kbn_schema.stubs.definitions import Definitions
from kbn_schema.stubs.hints import (
    ANY,
    NEVER,
    NONE,
    ClassOf,
    Constants,
    DictOf,
    Field,
    Fields,
    Hint,
    ListOf,
    Named,
    Union,
    Word,
    inside,
    renumbered,
    union,
)
from tests.examples import EXAMPLES, IDS, Color
from tests.test_custom_kind import Isbn, Yes

INT, STR, FLOAT, BOOL, BYTES = (Word(name) for name in ("int", "str", "float", "bool", "bytes"))
LEAVES: st.SearchStrategy[Hint] = st.one_of(
    st.sampled_from([ANY, NEVER, NONE, INT, STR, BOOL, ClassOf("enum", "Enum"), Named(1), Named(2)]),
    st.builds(Constants.of, st.lists(st.integers(0, 2) | st.booleans() | st.text(max_size=1), min_size=1)),
)
HINTS: st.SearchStrategy[Hint] = st.recursive(
    LEAVES, lambda inner: st.builds(ListOf, inner) | st.builds(DictOf, st.just(STR), inner), max_leaves=4
)


def said(schema: Any, side: str = "output", *, is_json: bool = False) -> Hint:
    """What is said of *schema* where it stands alone."""
    definitions = Definitions(is_json=is_json)
    definitions.name(schema, "root", "root")
    return getattr(definitions.add(schema), side)


# --- unions ---


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        ([], NEVER),
        ([INT], INT),
        ([INT, INT], INT),
        ([INT, NEVER], INT),
        ([NEVER], NEVER),
        ([NONE, INT], Union((INT, NONE))),
        ([INT, ANY], ANY),
        ([Union((INT, NONE)), STR], Union((INT, STR, NONE))),
        ([Constants(("a",)), STR], STR),
        ([Constants((1,)), INT], INT),
        ([Constants((True,)), INT], Union((Constants((True,)), INT))),
        ([Constants((1,)), ListOf(INT), Constants(("a", 1))], Union((Constants((1, "a")), ListOf(INT)))),
        ([Constants((1,)), Constants((True, 1.0))], Constants((1, True, 1.0))),
    ],
)
def test_a_union_is_as_short_as_it_can_be(hints, expected):
    assert expected == union(hints)


@given(st.lists(HINTS, max_size=5))
def test_a_union_has_no_union_in_it_and_nothing_twice(hints):
    made = union(hints)
    members = made.members if isinstance(made, Union) else (made,)

    assert not any(isinstance(one, Union) for one in members)
    assert len(members) == len(set(members))
    assert NONE not in members[:-1]


@given(st.lists(HINTS, max_size=5))
def test_a_union_of_a_union_is_itself(hints):
    assert union(hints) == union([union(hints)])


@given(HINTS)
def test_numbers_that_are_not_led_elsewhere_stay(hint):
    assert hint == renumbered(hint, {})
    assert hint == renumbered(renumbered(hint, {1: 7, 2: 8}), {7: 1, 8: 2})


def test_constants_are_told_apart_by_their_types():
    assert Constants((1,)) != Constants((True,))
    assert Constants((1,)) != Constants((1.0,))
    assert (1, True, 1.0) == Constants.of([1, True, 1.0, 1]).values


def test_what_a_hint_is_made_of():
    field = Field("a", INT, True, None)

    assert [(INT,), (STR, INT), (INT, STR), (INT,), ()] == [
        inside(hint) for hint in (ListOf(INT), DictOf(STR, INT), Union((INT, STR)), Fields((field,)), INT)
    ]


# --- kinds ---


@pytest.mark.parametrize(
    ("schema", "output", "taken"),
    [
        (s.any(), ANY, ANY),
        (s.string(), STR, STR),
        (s.number(), Union((INT, FLOAT)), Union((INT, FLOAT))),
        (s.integer(), INT, INT),
        (s.boolean(), BOOL, BOOL),
        (s.buffer(), BYTES, BYTES),
        (s.never(), NEVER, NEVER),
        (s.maybe(s.never()), ANY, ANY),
        (s.maybe(s.string()), STR, STR),
        (s.nullable(s.string()), Union((STR, NONE)), Union((STR, NONE))),
        (s.literal(None), NONE, NONE),
        (s.enum([1, None]), Union((Constants((1,)), NONE)), Union((Constants((1,)), NONE))),
        (s.record_of(s.number(), s.string()), DictOf(STR, STR), DictOf(STR, STR)),
        (s.map_of(s.integer(), s.string()), DictOf(INT, STR), DictOf(INT, STR)),
        (s.conditional(s.context_ref("a"), 1, s.string(), s.never()), STR, STR),
        (s.lazy("somewhere"), ANY, ANY),
        (
            s.enum(Color),
            ClassOf("tests.examples", "Color"),
            Union((ClassOf("tests.examples", "Color"), Constants(("red", 2)))),
        ),
        (
            s.duration(),
            ClassOf("kbn_schema.quantities", "Duration"),
            Union((STR, INT, ClassOf("datetime", "timedelta"))),
        ),
    ],
    ids=str,
)
def test_a_kind_says_what_it_yields_and_takes(schema, output, taken):
    assert (output, taken) == (said(schema), said(schema, "input"))


@pytest.mark.parametrize(
    ("schema", "output", "taken"),
    [
        (s.duration(), STR, Union((STR, INT))),
        (s.byte_size(), INT, Union((STR, INT))),
        (s.date_time(), STR, STR),
        (s.uuid(), STR, STR),
        (s.enum(Color), Constants(("red", 2)), Constants(("red", 2))),
        (s.map_of(s.integer(), s.date()), DictOf(STR, STR), DictOf(STR, STR)),
        (
            s.record_of(s.enum(["a", "b"]), s.any()),
            DictOf(Constants(("a", "b")), ANY),
            DictOf(Constants(("a", "b")), ANY),
        ),
        (
            s.record_of(s.enum(["a"], id="key"), s.any()),
            DictOf(Constants(("a",)), ANY),
            DictOf(Constants(("a",)), ANY),
        ),
        (s.stream(), BYTES, BYTES),
    ],
    ids=str,
)
def test_in_json_there_are_no_classes(schema, output, taken):
    assert (output, taken) == (said(schema, is_json=True), said(schema, "input", is_json=True))


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_clients_know_no_class_of_ours(example):
    definitions = Definitions(is_json=True)
    definitions.name(example.schema, "root", "root")
    waiting = [
        hint
        for one in definitions.finish([definitions.add(example.schema)])
        for hint in (one.input, one.output)
    ]
    while waiting:
        hint = waiting.pop()

        assert not isinstance(hint, ClassOf)
        waiting.extend(inside(hint))


# --- kinds of third parties ---


class Several(Schema[list[str] | dict[str, int] | None]):
    def check(self, value: object, run: Any) -> Any: ...


class Inherits(Isbn):
    def check(self, value: object, run: Any) -> Any: ...


class Shouts(type(s.string())):  # type: ignore[misc]
    """Its `check` is another one, so that the hint of strings does not speak for it."""

    def check(self, value: object, run: Any) -> Any:
        return super().check(value, run)


class Level(Schema[Literal["a", 1]]):
    def check(self, value: object, run: Any) -> Any: ...


class Mark(Schema[Literal[b"a"]]):
    def check(self, value: object, run: Any) -> Any: ...


class Pair(Schema[tuple[int, int]]):
    def check(self, value: object, run: Any) -> Any: ...


class Bare(Schema):  # type: ignore[type-arg]
    def check(self, value: object, run: Any) -> Any: ...


class Anything(Schema[Any]):
    def check(self, value: object, run: Any) -> Any: ...


class Says(Schema[Any]):
    def check(self, value: object, run: Any) -> Any: ...

    def hint(self, out: Any) -> Any:
        return out.union([s.string(), s.array_of(s.integer())])


@pytest.mark.parametrize(
    ("schema", "output", "taken"),
    [
        (Isbn(), STR, ANY),
        (Yes(), BOOL, ANY),
        (Several(), Union((ListOf(STR), DictOf(STR, INT), NONE)), ANY),
        (Inherits(), STR, ANY),
        (Level(), Constants(("a", 1)), ANY),
        (Mark(), ANY, ANY),
        (Pair(), ANY, ANY),
        (Bare(), ANY, ANY),
        (Anything(), ANY, ANY),
        (Says(), Union((STR, ListOf(INT))), Union((STR, ListOf(INT)))),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_kind_of_a_third_party_has_the_type_of_its_class_parameter(schema, output, taken):
    assert (output, taken) == (said(schema), said(schema, "input"))


def test_a_changed_check_is_not_spoken_for():
    assert ANY == said(Shouts(), "input")


def test_what_a_field_was_made_of_does_not_make_it_another():
    field = Field("a", INT, True, s.integer())

    assert field == attrs.evolve(field, schema=None)
