"""Cases in which compiled code once said something else than `check`, made small by the search."""

import contextlib

import pytest

from kbn_schema import MISSING, schema
from kbn_schema.run import Run
from tests.fuzz import nasty, parts
from tests.fuzz.compare import compare


@pytest.mark.parametrize(
    ("judge", "value"),
    [
        (schema.object({"t": schema.object({}), "b": schema.boolean(default=True)}), {}),
        (schema.object({"b": parts.Spoken(["a"], default=True), " ": schema.stream(default=1)}), {}),
        (schema.object({"c": schema.lazy(lambda: schema.object({})), "n": schema.any(default="x")}), {}),
    ],
)
def test_defaults_come_in_the_order_of_the_props_whoever_gives_them(judge, value):
    compare(judge, value)


@pytest.mark.parametrize("kind", [parts.Old(), parts.Broken()])
def test_a_kind_of_an_author_is_asked_though_nothing_is_there(kind):
    compare(schema.one_of([schema.object({"b": kind}), schema.any()]), {})


@pytest.mark.parametrize(
    ("judge", "value"),
    [
        (schema.array_of(schema.string()), [0]),
        (schema.object({"c": schema.array_of(schema.boolean())}), {"c": ["False"]}),
        (schema.object({"name": schema.array_of(schema.string(), min_size=75)}), {"name": [0]}),
    ],
)
def test_an_item_that_is_not_plainly_fine_is_judged(judge, value):
    compare(judge, value)


def test_an_unknown_key_in_place_of_a_missing_one_is_found_though_others_are_stripped():
    compare(schema.object({"v": schema.number()}, unknowns="forbid"), {"": 1})


def test_a_text_in_a_list_is_no_field():
    judge = schema.one_of([schema.array_of(schema.array_of(schema.any())), schema.any()])
    compare(judge, [""])


def test_a_check_in_a_branch_that_is_left_is_called_once():
    props = {"n": schema.any(), "c": schema.duration(validate=parts.Watched("w")), "a": schema.literal("t")}
    union = schema.discriminated_union("a", schema.object(props), id="t")
    compare(schema.object({"type": schema.lazy(lambda: union)}), {"type": {"c": 0, "a": "t"}})


def test_a_maybe_asks_a_kind_of_an_author_what_is_left_out():
    compare(schema.object({"v": schema.maybe(parts.Optional(schema.any()))}), {})


@pytest.mark.parametrize("value", [[[]], [""], {"a": "x"}, {"a": ["x"]}, "x", {"a": [["x"], "x"]}])
def test_fields_are_read_alike(value):
    texts = schema.array_of(schema.string())
    judge = schema.one_of(
        [schema.object({"a": schema.one_of([texts, schema.array_of(texts)])}), schema.array_of(texts)]
    )
    compare(judge, value)


def test_more_containers_than_are_remembered_from_the_start():
    """From 10,000 containers on, what was met is remembered."""
    item = schema.object(
        {"a": schema.maybe(schema.array_of(schema.lazy("item"))), "n": schema.number()}, id="item"
    )
    judge = schema.array_of(item)
    shared = {"n": "1", "a": []}
    bad = {"n": "x"}
    looped = nasty.looped({"n": 1, "a": [1]}, "a", 0)  # it is told at another depth, as nothing was counted
    many = [{"n": index, "a": [{"n": 1}]} for index in range(5_100)]

    compare(judge, [*many, shared, shared, {"n": 1, "a": [shared] * 3}])
    compare(judge, [*many, bad, bad, {"n": 1, "a": [bad, shared]}])
    assert not judge.is_valid([*many, looped, looped])


@pytest.mark.parametrize("levels", [197, 198, 199, 200, 201])
@pytest.mark.parametrize("leaf", [1, {}, [], {"a": 1}])
def test_depth_is_counted_alike_where_the_schema_is_that_deep(levels, leaf):
    objects = arrays = mixed = schema.any()
    for level in range(201):
        objects, arrays = schema.object({"a": objects}), schema.array_of(arrays)
        mixed = schema.array_of(mixed) if level % 3 else schema.object({"a": schema.nullable(mixed)})

    compare(objects, nasty.deep(levels, leaf, "a"))
    compare(arrays, nasty.deep(levels, leaf))
    compare(mixed, nasty.deep(levels, leaf, "a"))


@pytest.mark.parametrize("keys", [0, 1, 4, 5, 6, 10, 11, 21, 22, 42, 43, 85, 86, 100, 101, 1000])
@pytest.mark.parametrize("odd", [None, 7, "OtherHash", "PlainStr", "Tone"])
@pytest.mark.parametrize("first", [True, False])
def test_a_dict_of_any_size_with_one_odd_key_is_seen_through(keys, odd, first):
    plain = {f"k{number}": number for number in range(keys)}
    key = {"OtherHash": nasty.OtherHash("k0"), "PlainStr": nasty.PlainStr("p"), "Tone": nasty.Tone.A}.get(
        odd, odd
    )
    value = {key: 1, **plain} if first else {**plain, key: 1}
    props = {f"k{number}": schema.maybe(schema.number()) for number in range(0, keys, 2)}
    for unknowns in (None, "ignore", "allow"):
        compare(schema.object(props, unknowns=unknowns), value)
    compare(schema.record_of(schema.string(), schema.number()), value)
    compare(schema.map_of(schema.any(), schema.any()), value)


def test_the_dict_of_an_instance_is_seen_through():
    class Thing:
        pass

    thing = Thing()
    thing.__dict__.update({"a": "1", "b": 2})
    judge = schema.object({"a": schema.number()}, unknowns="allow")
    compare(judge, vars(thing))
    vars(thing)[7] = 1
    compare(judge, vars(thing))
    del vars(thing)[7]
    compare(judge, vars(thing))


@pytest.mark.parametrize("strip", [True, False])
@pytest.mark.parametrize(
    "value", [{}, {"a": 1, "x": 1}, {"o": {"x": 1}}, {"o": {"a": "x"}}, [], MISSING, {"o": MISSING}]
)
def test_a_run_is_left_as_check_leaves_it(strip, value):
    """What the router reads of its run afterwards."""
    judge = schema.object(
        {"a": schema.maybe(schema.number()), "o": schema.object({"a": schema.maybe(schema.number())})}
    )
    judge.compile()
    runs = [Run({}, strip=strip) for _ in range(2)]
    judge.outcome(value, runs[0])
    with contextlib.suppress(ValueError):
        judge.enforce(value, runs[1], None)

    assert [(0, strip, [], 0, {})] * 2 == [
        (run.depth, run.strip, run.scopes, run.branching, dict(run.named)) for run in runs
    ]
