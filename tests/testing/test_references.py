"""What refers to siblings or to the context: values are drawn so that they fit together."""

from typing import Any

import pytest
from hypothesis.errors import Unsatisfiable

from kbn_schema import schema as s
from kbn_schema.testing import from_schema, invalid_from_schema
from tests.testing.drawing import plainest
from tests.testing.leaves import drawn

RULE = s.object(
    {
        "value": s.conditional(s.sibling_ref("type"), "number", s.integer(), s.array_of(s.string())),
        "type": s.string(),
    }
)
CLIMBING = s.object(
    {
        "mode": s.enum(["on", "off"]),
        "deep": s.object(
            {"list": s.array_of(
                s.object({"x": s.conditional(s.sibling_ref("....mode"), "on", s.boolean(), s.never())}),
                min_size=1)}
        ),
    }
)  # fmt: skip
REFERRING = {
    "rule": RULE,
    "climbing": CLIMBING,
    "a schema to fit": s.object(
        {"n": s.any(),
         "v": s.conditional(s.sibling_ref("n"), s.integer(min=100), s.literal("big"), s.literal("small"))}
    ),
    "a schema that nothing fits": s.object(
        {"n": s.string(),
         "v": s.conditional(s.sibling_ref("n"), s.one_of([s.never()]), s.integer(), s.boolean())}
    ),
    "two siblings": s.object(
        {"a": s.enum([1, 2]), "b": s.enum([1, 2]),
         "same": s.conditional(s.sibling_ref("a"), s.sibling_ref("b"), s.literal("yes"), s.never())}
    ),
    "a sibling and the context": s.object(
        {"a": s.enum([1, 2]),
         "same": s.conditional(s.sibling_ref("a"), s.context_ref("one"), s.literal("yes"), s.literal("no"))}
    ),
    "default": s.object(
        {"low": s.integer(), "high": s.integer(default=s.sibling_ref("low")),
         "x": s.conditional(s.sibling_ref("high"), s.sibling_ref("low"), s.literal(1), s.literal(2))}
    ),
    "inside of a prop": s.object(
        {"a": s.object({"b": s.enum([1, 2])}),
         "c": s.conditional(s.sibling_ref("a.b"), 1, s.literal("one"), s.literal("other"))}
    ),
    "itself": s.conditional(s.sibling_ref(".kind"), "a", s.object({"kind": s.string(), "a": s.integer()}),
                            s.object({"kind": s.string()})),
    "only what it is not": s.conditional(s.sibling_ref(".kind"), "a", s.object({"kind": s.literal("b")}),
                                         s.object({"kind": s.enum(["b", "a"])})),
    "an item": s.object({"l": s.array_of(s.enum([1, 2]), min_size=1), "v": s.conditional(
        s.sibling_ref("l.0"), 1, s.literal("one"), s.literal("other"))}),
    "an unknown key": s.object(
        {"v": s.conditional(s.sibling_ref("other"), s.any(), s.integer(), s.boolean())}, unknowns="allow"
    ),
    "an entry": s.object({"a": s.literal(1), "r": s.record_of(s.string(), s.object({
        "x": s.conditional(s.sibling_ref("...a"), 1, s.literal("seen"), s.literal("unseen"))}))}),
    "nothing to be there": s.object(
        {"t": s.enum(["a", "b"]), "v": s.maybe(s.conditional(s.sibling_ref("t"), "a", s.string(), s.never())),
         "w": s.nullable(s.conditional(s.sibling_ref("t"), "a", s.never(), s.string())),
         "x": s.one_of(s.conditional(s.sibling_ref("t"), "a", s.never(), s.string()), s.integer())}
    ),
    "a default of the branch": s.object({"t": s.enum(["a", "b"]), "v": s.conditional(
        s.sibling_ref("t"), "a", s.integer(default=1), s.integer())}),
    "a tagged union": s.object({"t": s.enum(["a", "b"]), "v": s.conditional(
        s.sibling_ref("t"), "a", s.discriminated_union("k", s.object({"k": s.literal("x")})),
        s.lazy(lambda: RULE))}),
}  # fmt: skip
CONTEXT = {"one": 1}

over_all = pytest.mark.parametrize("schema", REFERRING.values(), ids=REFERRING)


@over_all
def test_what_is_drawn_fits_together(schema):
    assert [] == [
        value
        for value in drawn(from_schema(schema, context=CONTEXT), 80)
        if not schema.is_valid(value, CONTEXT)
    ]


@over_all
def test_one_place_is_broken(schema):
    for broken in drawn(invalid_from_schema(schema, context=CONTEXT, explain=True), 60):
        paths = {issue.path[: len(broken.path)] for issue in schema.issues_of(broken.value, CONTEXT)}
        # A union tells where it stands, and not what stands in it.
        assert paths == {broken.path} or all(broken.path[: len(path)] == path for path in paths)


def kinds(name: str, schema: Any) -> set[Any]:
    values = drawn(from_schema(schema, context=CONTEXT), 150)
    return {value.get(name) for value in values}


def test_both_branches_are_drawn_though_their_condition_is_rare():
    values = drawn(from_schema(RULE), 100)

    assert {True, False} == {value["type"] == "number" for value in values}


@pytest.mark.parametrize(
    ("name", "key", "expected"),
    [
        ("a schema to fit", "v", {"big", "small"}),
        ("two siblings", "same", {"yes", None}),
        ("a sibling and the context", "same", {"yes", "no"}),
        ("inside of a prop", "c", {"one", "other"}),
        ("an item", "v", {"one", "other"}),
        ("default", "x", {1, 2}),
    ],
)
def test_both_branches_are_drawn(name, key, expected):
    assert expected == kinds(key, REFERRING[name])


def test_in_an_entry_nothing_outside_is_seen():
    entries = [
        entry
        for value in drawn(from_schema(REFERRING["an entry"]), 80) if isinstance(value["r"], dict)
        for entry in value["r"].values() if isinstance(entry, dict)
    ]  # fmt: skip

    assert {"unseen"} == {entry["x"] for entry in entries}


def test_shrinks_to_the_plainest_of_each_branch():
    assert {"type": "", "value": []} == plainest(from_schema(RULE))
    assert {"type": "number", "value": 0} == plainest(
        from_schema(RULE), lambda value: value["type"] == "number"
    )
    assert {"mode": "off", "deep": {"list": [{}]}} == plainest(
        from_schema(CLIMBING), lambda value: value["mode"] == "off"
    )


def test_what_others_refer_to_is_as_it_was_before_it_broke():
    schema = s.object(
        {"t": s.enum(["a", "b"]), "v": s.conditional(s.sibling_ref("t"), "a", s.string(), s.integer())}
    )
    found = [
        broken
        for broken in drawn(invalid_from_schema(schema, explain=True), 200)
        if broken.path == ("t",) and broken.what == "enum"
    ]

    assert found
    assert all({"t"} == {issue.path[0] for issue in schema.issues_of(broken.value)} for broken in found)


def test_a_condition_on_the_context_alone_has_one_branch():
    schema = s.object({"a": s.conditional(s.context_ref("x"), 1, s.never(), s.integer())})

    assert not any(drawn(from_schema(schema, context={"x": 1})))
    assert {"a": 0} == plainest(from_schema(schema))


def test_a_condition_that_compares_the_context_with_a_sibling_is_drawn():
    schema = s.object(
        {"a": s.enum(["x", "y"]),
         "v": s.conditional(s.context_ref("x"), s.sibling_ref("a"), s.literal("same"), s.literal("other"))}
    )  # fmt: skip
    values = drawn(from_schema(schema, context={"x": "x"}), 60)

    assert {("x", "same"), ("y", "other")} == {(value["a"], value["v"]) for value in values}


def test_a_condition_that_reads_its_own_value_is_drawn_as_far_as_a_branch_has_one():
    nothing = s.object({"kind": s.string(), "a": s.one_of([s.never()])})
    schema = s.conditional(s.sibling_ref(".kind"), "a", nothing, s.object({"kind": s.enum(["a", "b", "c"])}))

    assert {"b", "c"} == {value["kind"] for value in drawn(from_schema(schema), 60)}


def test_what_refers_further_out_than_an_entry_is_broken_there():
    inner = s.object({"kids": s.record_of(s.string(), s.lazy("in")), "a": s.byte_size(max=1024)}, id="in")
    read = s.conditional(s.sibling_ref("a.b.c"), "x", s.literal(1), s.maybe(s.lazy(lambda: inner)))
    schema = s.object({"kids": read, "a": inner})

    assert not any(map(schema.is_valid, drawn(invalid_from_schema(schema), 200)))


def test_where_no_branch_has_a_value_nothing_is_found():
    schema = s.object(
        {"t": s.literal(1), "v": s.conditional(s.sibling_ref("t"), 1, s.one_of([s.never()]), s.string())}
    )

    with pytest.raises(Unsatisfiable, match="came to an end"):
        drawn(from_schema(schema))
