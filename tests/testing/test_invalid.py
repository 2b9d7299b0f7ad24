"""`invalid_from_schema`: values that are wrong in one place, which is named, and that stay so."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import find
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from kbn_schema import MISSING, Schema
from kbn_schema import schema as s
from kbn_schema.testing import Broken, from_schema, invalid_from_schema
from kbn_schema.testing.trees import Tree
from tests.examples import EXAMPLES, IDS, Example
from tests.testing.drawing import SHRUNK, plainest
from tests.testing.leaves import drawn
from tests.testing.test_from_schema import Pair, SaidShout, Shout

PAGE = s.object(
    {
        "page": s.integer(min=1, max=99),
        "sort": s.maybe(s.string(min_length=2, max_length=4, pattern="[a-z]*")),
        "tags": s.array_of(
            s.object({"name": s.string(), "on": s.boolean(default=True)}), min_size=1, max_size=3
        ),
        "by": s.record_of(s.string(min_length=1), s.number(exclusive_min=0)),
        "at": s.maybe(s.date()),
        "old": s.never(),
    }
)
UNION = s.one_of(
    s.object({"type": s.literal("a"), "of": s.integer()}),
    s.object({"type": s.literal("b"), "of": s.array_of(s.string(), max_size=2)}),
    s.array_of(s.boolean()),
)
TAGGED = s.discriminated_union(
    "type",
    s.object({"type": s.literal("a"), "of": s.integer()}),
    s.one_of(
        s.object({"type": s.literal("b"), "x": s.integer()}),
        s.object({"type": s.literal("b"), "y": s.string()}),
    ),
)
OTHERS = s.discriminated_union(
    "type",
    s.object({"type": s.literal("a"), "of": s.integer()}),
    s.object({"type": s.enum(["a", "b", "c"]), "else": s.boolean()}),
)


def broken_of(schema: Schema[Any], number: int = 100, **options: Any) -> list[Broken]:
    return drawn(invalid_from_schema(schema, explain=True, **options), number)


def test_each_is_wrong_in_the_place_that_is_named_and_nowhere_else():
    for broken in broken_of(PAGE, 150):
        issues = PAGE.issues_of(broken.value)

        assert (broken.what, broken.path) == (issues[0].code, issues[0].path)
        assert {broken.path} == {issue.path[: len(broken.path)] for issue in issues}


PROPS = PAGE.get_prop_schemas()
CONTAINER = {("type", ()), ("json", ())}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (PROPS["page"], {("type", ()), ("min", ()), ("max", ())}),
        (PROPS["sort"], {("type", ()), ("min_length", ()), ("max_length", ()), ("pattern", ())}),
        (PROPS["at"], {("type", ()), ("format", ())}),
        (
            s.array_of(s.literal("a"), min_size=1, max_size=3),
            {*CONTAINER, ("min_size", ()), ("max_size", ()), ("literal", (0,)), ("literal", (2,))},
        ),
        (
            s.object({"name": s.literal("a"), "on": s.boolean(default=True), "old": s.never()}),
            {*CONTAINER, ("required", ("name",)), ("literal", ("name",)), ("type", ("on",)),
             ("never", ("old",)), ("unknown_key", ("",))},
        ),
        (s.object({"a": s.object({"b": s.any()})}, unknowns="ignore"),
         {*CONTAINER, ("type", ("a",)), ("json", ("a",)), ("required", ("a", "b"))}),
        (s.record_of(s.literal("k"), s.boolean()),
         {*CONTAINER, ("type", ("k",)), ("literal", ('key("")',)), ("literal", ('key("K")',))}),
        (s.map_of(s.integer(min=5), s.never()), {*CONTAINER}),
        (s.array_of(s.array_of(s.never(), max_size=0), max_size=1),
         {*CONTAINER, ("max_size", ()), ("type", (0,)), ("json", (0,)), ("max_size", (0,))}),
    ],
    ids=lambda part: repr(part)[:40] if isinstance(part, Schema) else "",
)  # fmt: skip
def test_every_place_is_broken_in_every_way(schema, expected):
    assert expected <= {(broken.what, broken.path) for broken in broken_of(schema, 150)}


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_every_code_that_a_kind_has_is_reached(example):
    """What the examples are refused for is drawn, too; but for a missing value, which is no value."""
    refused = [value for value in example.refused if value is not MISSING and not odd(value)]

    assert codes(example, refused) <= codes(example, broken_values(example))


def odd(value: Any) -> bool:
    """Whether no JSON is like that: keys that are no texts, lists with gaps."""
    return any(type(key) is not str for key in value) if isinstance(value, dict) else value == [MISSING]


def codes(example: Example, values: list[Any]) -> set[str]:
    return {issue.code for value in values for issue in example.schema.issues_of(value, example.context)}


def broken_values(example: Example) -> list[Any]:
    try:
        return drawn(invalid_from_schema(example.schema, context=example.context), 80)
    except Unsatisfiable:
        return []


# --- unions ---


@pytest.mark.parametrize("schema", [UNION, TAGGED, s.nullable(UNION), s.nullable(s.integer())])
def test_in_a_union_the_first_issue_lies_on_the_way_to_the_place(schema):
    around = s.array_of(schema)

    for broken in broken_of(around, 100):
        first = around.issues_of(broken.value)[0]

        assert first.path == broken.path[: len(first.path)]


def test_in_a_tagged_union_the_issue_is_that_of_the_branch():
    for broken in broken_of(OTHERS, 100):
        first = OTHERS.issues_of(broken.value)[0]

        assert (broken.what, broken.path) == (first.code, first.path)


def test_a_union_is_broken_in_each_alternative():
    found = {(broken.what, broken.path[:1]) for broken in broken_of(UNION, 200)}

    assert {
        ("union", ()), ("required", ("of",)), ("type", ("of",)), ("max_size", ("of",)),
        ("literal", ("type",)), ("type", (0,)),
    } <= found  # fmt: skip


def test_a_value_that_another_alternative_takes_is_not_broken():
    schema = s.one_of(s.integer(min=5), s.integer(max=4), s.string(min_length=3), s.string(max_length=2))

    assert {"union", "type"} == {broken.what for broken in broken_of(schema)}


def test_a_tag_is_broken_in_each_way():
    tags = [broken.value for broken in broken_of(TAGGED, 800) if broken.what == "discriminator"]
    of_dicts = [value for value in tags if isinstance(value, dict)]

    assert len(of_dicts) < len(tags)
    assert {True, False} == {"type" in value for value in of_dicts}
    assert {str, int, type(None)} <= {type(value.get("type")) for value in of_dicts}


def test_the_tag_of_a_branch_is_left_as_it_is():
    found = {
        (broken.what, broken.path) for broken in broken_of(TAGGED, 800) if broken.what != "discriminator"
    }

    assert {("type", ("of",)), ("required", ("of",)), ("type", ("x",)), ("type", ("y",))} <= found
    assert not any(path == ("type",) for _, path in found)


def test_the_fallback_of_a_tagged_union_is_drawn_and_broken():
    tags = {value["type"] for value in drawn(from_schema(OTHERS), 100)}
    found = {(broken.what, broken.path) for broken in broken_of(OTHERS, 200)}

    assert {"a", "b", "c"} == tags
    assert {("type", ()), ("type", ("of",)), ("type", ("else",)), ("required", ("else",))} <= found


def test_a_tag_that_a_branch_has_is_no_fault():
    tags = ["", "other", "a"]
    tagged = s.discriminated_union("type", *(s.object({"type": s.literal(tag)}) for tag in tags))
    found = [broken.value for broken in broken_of(tagged) if broken.what == "discriminator"]

    assert {"type"} <= {key for value in found if isinstance(value, dict) for key in value}
    assert not any(map(tagged.is_valid, found))


def test_a_branch_that_has_nothing_but_its_tag_is_not_broken():
    tagged = s.discriminated_union("type", s.object({"type": s.literal("a")}, unknowns="ignore"))

    assert {("discriminator", ())} == {(broken.what, broken.path) for broken in broken_of(tagged)}


def test_where_all_tags_are_taken_and_no_branch_has_a_value_nothing_is_found():
    taken = s.discriminated_union(
        "type",
        s.object({"type": s.literal("a"), "of": s.one_of([s.never()])}),
        s.object({"type": s.enum(["a"]), "else": s.integer()}),
    )

    with pytest.raises(Unsatisfiable, match="came to an end"):
        drawn(from_schema(taken))


def test_a_fallback_whose_tags_are_all_taken_draws_nothing():
    taken = s.discriminated_union(
        "type", s.object({"type": s.literal("a")}), s.object({"type": s.enum(["a"]), "else": s.boolean()})
    )

    assert all(value == {"type": "a"} for value in drawn(from_schema(taken), 20))


# --- what it shrinks to ---


@pytest.mark.parametrize(
    ("schema", "what", "expected"),
    [
        (PAGE, "min", Broken({"page": 0, "tags": [{"name": ""}], "by": {}}, "min", ("page",))),
        (PAGE, "min_size", Broken({"page": 1, "tags": [], "by": {}}, "min_size", ("tags",))),
        (PAGE, "required", Broken({"page": 1, "by": {}}, "required", ("tags",))),
        (
            PAGE,
            "unknown_key",
            Broken({"page": 1, "tags": [{"name": ""}], "by": {}, "": None}, "unknown_key", ("",)),
        ),
        (
            PAGE,
            "never",
            Broken({"page": 1, "tags": [{"name": ""}], "by": {}, "old": None}, "never", ("old",)),
        ),
        (s.array_of(s.integer(), max_size=2), "max_size", Broken([0, 0, 0], "max_size", ())),
        (s.record_of(s.integer(), s.boolean()), "json", Broken("", "json", ())),
        (TAGGED, "discriminator", Broken({"of": 0}, "discriminator", ())),
        (s.object({}, unknowns="allow"), "unknown_key", Broken({0: None}, "unknown_key", ("0",))),
    ],
)
def test_shrinks_to_the_plainest_that_is_still_broken(schema, what, expected):
    assert expected == plainest(invalid_from_schema(schema, explain=True), lambda broken: broken.what == what)


@pytest.mark.parametrize("schema", [PAGE, UNION, TAGGED, OTHERS], ids=["page", "union", "tagged", "others"])
@pytest.mark.parametrize(
    "wanted",
    [
        lambda value: isinstance(value, dict) and len(value) > 2,
        lambda value: isinstance(value, dict) and "other" not in value,
        lambda value: "a" in repr(value),
        lambda value: len(repr(value)) > 15,
    ],
)
def test_stays_invalid_while_it_shrinks(schema, wanted):
    met: list[Any] = []

    def is_wanted(value: Any) -> bool:
        met.append(value)
        return wanted(value)

    found = find(invalid_from_schema(schema), is_wanted, settings=SHRUNK)

    assert not schema.is_valid(found)
    assert not any(map(schema.is_valid, met))


# --- the rest ---


@pytest.mark.parametrize(
    "schema",
    [
        s.any(),
        s.maybe(s.never()),
        s.one_of(s.integer(), s.any()),
        s.nullable(s.any()),
        s.lazy(s.any),
        s.conditional(s.context_ref("a"), 1, s.integer(), s.any()),
    ],
    ids=repr,
)
def test_what_refuses_nothing_is_unsatisfiable_at_the_call(schema):
    with pytest.raises(Unsatisfiable, match="refuses no value"):
        invalid_from_schema(schema)


def test_what_turns_out_to_refuse_nothing_is_unsatisfiable():
    with pytest.raises(Unsatisfiable, match="came to an end"):
        drawn(invalid_from_schema(s.any(validate=lambda value: True)))


def test_what_only_the_authors_check_refuses_is_broken():
    schema = s.object({"a": s.any(validate=lambda value: value != 1), "b": s.boolean(validate=bool)})
    found = {(broken.what, broken.path) for broken in broken_of(schema)}
    inside = s.one_of(s.lazy(lambda: s.maybe(s.any(validate=lambda value: value is None))), s.boolean())

    assert {("custom", ("b",)), ("type", ("b",))} <= found
    assert "custom" in {broken.what for broken in broken_of(inside)}


def test_a_check_that_refuses_nothing_leaves_other_ways():
    fine = s.any(validate=lambda value: True)

    assert {"type"} == {broken.what for broken in broken_of(s.boolean(validate=lambda value: True), 50)}
    assert {"type", "json"} == {broken.what for broken in broken_of(s.array_of(fine), 50)}


def test_a_list_that_cannot_be_is_broken_by_something_else():
    impossible = s.array_of(s.one_of([s.never()]), min_size=2)

    assert {"type", "json"} == {broken.what for broken in broken_of(impossible, 50)}


@pytest.mark.parametrize(("patience", "gives_up"), [(50, False), (1, True)])
def test_after_so_many_ways_in_vain_a_value_is_given_up(patience, gives_up):
    tree = Tree(s.object(dict.fromkeys("abcd", s.any(validate=lambda value: True))), {})
    tree.measure_faults()

    @st.composite
    def broken(draw: Any) -> Any:
        hand = tree.hand(draw)
        hand.patience = patience
        return tree.root.break_(hand)

    assert gives_up is (None in drawn(broken()))


def test_an_unknown_key_is_none_of_those_that_are_known():
    schema = s.object({"": s.boolean(), "_": s.boolean()})
    unknown = plainest(invalid_from_schema(schema, explain=True), lambda broken: broken.what == "unknown_key")

    assert ("__",) == unknown.path


def test_using_does_not_mend_what_is_broken():
    schema = s.object({"a": s.integer(id="a"), "b": s.boolean()})
    values = broken_of(schema, 100, using={"a": st.just(5)})

    assert {5} == {
        broken.value["a"] for broken in values if broken.path[:1] == ("b",) and broken.what == "type"
    }
    assert ("type", ("a",)) in {(broken.what, broken.path) for broken in values}


@pytest.mark.parametrize("schema", [Shout(examples=["A"]), SaidShout(), Pair(s.integer(examples=[1]))])
def test_a_kind_of_a_third_party_is_broken_with_plain_values(schema):
    found = broken_of(s.object({"x": schema}), 100)

    assert ("type", ("x",)) in {(broken.what, broken.path) for broken in found}


class Wrapped(Schema[Any]):
    """A kind of a third party that leaves all to another one."""

    of = s.object({"a": s.integer()})

    def check(self, value: object, run: Any) -> Any:
        return self.of.check(value, run)

    def strategy(self, out: Any) -> Any:
        return out.st.just({"a": 1})


def test_what_a_kind_of_a_third_party_refuses_further_in_is_not_broken():
    assert {"type", "json"} == {broken.what for broken in broken_of(Wrapped(), 100)}


def test_a_broken_value_is_new_each_time():
    first, second = (plainest(invalid_from_schema(s.integer()), lambda value: value == []) for _ in range(2))

    assert first is not second


def test_lists_of_very_many_items_are_not_made():
    schema = s.array_of(s.integer(), max_size=50_000)

    assert "max_size" not in {broken.what for broken in broken_of(schema, 100)}
    assert {501} == {len(broken.value) for broken in broken_of(s.array_of(s.any(), max_size=500), 50)
                     if broken.what == "max_size"}  # fmt: skip


def test_keys_that_are_wrong_only_as_they_are_and_fit_as_text_are_no_fault():
    """A string takes any key; what is broken there is a value."""
    assert {"type", "json"} == {broken.what for broken in broken_of(s.record_of(s.string(), s.boolean()))}


def test_there_are_many_different_ones():
    counted = Counter((broken.what, broken.path[:1]) for broken in broken_of(PAGE, 200))

    assert max(counted.values()) < 80
