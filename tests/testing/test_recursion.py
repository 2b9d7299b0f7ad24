"""What leads back to itself, is shared or nested deeply: values stay small, and nothing runs on and on."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis.errors import Unsatisfiable

from kbn_schema import Schema
from kbn_schema import schema as s
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.testing import from_schema, invalid_from_schema
from kbn_schema.testing.heights import INFINITE, Need, circular, heights, sizes
from tests.testing.drawing import plainest
from tests.testing.leaves import drawn


def containers(value: Any) -> int:
    """How many dicts and lists there are in *value*, with itself."""
    if not isinstance(value, (dict, list)):
        return 0
    return 1 + sum(map(containers, value.values() if isinstance(value, dict) else value))


def depth(value: Any) -> int:
    levels = 0
    while isinstance(value, dict):
        value = value.get("a")
        levels += 1
    return levels


def nested(make: Callable[[Schema[Any]], Schema[Any]], levels: int, inner: Schema[Any]) -> Schema[Any]:
    for _ in range(levels):
        inner = make(inner)
    return inner


def tree() -> Schema[Any]:
    return TREE


def odd() -> Schema[Any]:
    return ODD


def even() -> Schema[Any]:
    return s.object({"odd": s.maybe(s.lazy(odd)), "odds": s.array_of(s.lazy(odd))})


def anew() -> Schema[Any]:
    return s.object({"name": s.string(), "next": s.maybe(s.lazy(anew))})


def endless(number: int) -> Callable[[], Schema[Any]]:
    return lambda: s.object({"next": s.maybe(s.lazy(endless(number + 1)))})


def loop() -> Schema[Any]:
    return s.object({"next": s.lazy(loop)})


TREE = s.object({"name": s.string(), "children": s.array_of(s.lazy(tree))})
ODD = s.object({"even": s.lazy(even)})
FILTER = s.one_of(
    s.object({"field": s.string(), "value": s.any()}),
    s.object({"not": s.lazy("filter")}),
    s.object({"and": s.array_of(s.lazy("filter"), min_size=1)}),
    s.object({"or": s.array_of(s.lazy("filter"), min_size=2)}),
    id="filter",
)
BINARY = s.object({"left": s.nullable(s.lazy("b")), "right": s.nullable(s.lazy("b"))}, id="b")
RECORD = s.record_of(s.string(), s.lazy("r"), id="r")
NESTED = s.array_of(s.lazy("n"), id="n")
MIXED = s.object(
    {"kind": s.enum(["leaf", "node"]),
     "of": s.conditional(s.sibling_ref("kind"), "node", s.array_of(s.lazy("m"), min_size=2), s.never())},
    id="m",
)  # fmt: skip
RECURSIVE = [TREE, ODD, FILTER, BINARY, RECORD, NESTED, MIXED, anew()]


@pytest.mark.parametrize("schema", RECURSIVE, ids=lambda schema: repr(schema)[:40])
def test_recursion_stays_small_and_goes_on_at_times(schema):
    values = drawn(from_schema(schema), 1000)  # of so many, the ninth tenth is steady
    found = sorted(map(containers, values))

    assert all(map(schema.is_valid, values))
    assert found[len(found) * 9 // 10] <= 40
    assert 3 <= found[-1] < 150


@pytest.mark.parametrize("schema", RECURSIVE, ids=lambda schema: repr(schema)[:40])
def test_what_recurs_can_be_broken(schema):
    values = drawn(invalid_from_schema(schema), 40)

    assert not any(map(schema.is_valid, values))
    assert max(map(containers, values)) < 150


def test_recursion_shrinks_to_its_least():
    assert {"name": "", "children": []} == plainest(from_schema(TREE))
    assert {"even": {"odds": []}} == plainest(from_schema(ODD))
    assert {"field": "", "value": None} == plainest(from_schema(FILTER))


@pytest.mark.parametrize(
    "schema",
    [
        s.object({"a": s.lazy("x")}, id="x"),
        loop(),
        s.object({"a": s.object({"b": s.array_of(s.lazy("x"), min_size=1)})}, id="x"),
        s.one_of(s.object({"a": s.lazy("x")}), s.array_of(s.lazy("x"), min_size=1), id="x"),
    ],
    ids=repr,
)
def test_what_has_to_contain_itself_has_no_value(schema):
    with pytest.raises(Unsatisfiable, match="no value fits"):
        from_schema(schema)


def test_what_has_no_value_is_still_broken_at_once():
    assert not any(map(loop().is_valid, drawn(invalid_from_schema(loop()))))


def test_schemas_made_anew_without_end_are_refused():
    with pytest.raises(SchemaDefinitionError, match="without end"):
        from_schema(s.object({"next": s.lazy(endless(0))}))


def test_a_thousand_levels_that_may_be_left_out_are_fine():
    arrays = nested(s.array_of, 1000, s.string())
    objects = nested(lambda inner: s.object({"a": s.maybe(inner)}), 1000, s.string())

    assert all(map(arrays.is_valid, drawn(from_schema(arrays))))
    assert all(map(objects.is_valid, drawn(from_schema(objects))))
    assert [] == plainest(from_schema(arrays))


def test_two_hundred_levels_are_drawn_and_no_more():
    deepest = nested(lambda inner: s.object({"a": inner}), 200, s.string())

    assert {200} == set(map(depth, drawn(from_schema(deepest), 5)))
    with pytest.raises(Unsatisfiable, match="nested more than 200 levels deep"):
        from_schema(s.object({"a": deepest}))


def test_two_hundred_levels_are_broken():
    deepest = nested(lambda inner: s.object({"a": inner}), 200, s.integer(default=s.context_ref("x")))

    assert not any(map(deepest.is_valid, drawn(invalid_from_schema(deepest), 20)))


def test_recursion_below_many_levels_ends_in_time():
    deep = nested(lambda inner: s.object({"a": inner}), 195, TREE)

    assert all(map(deep.is_valid, drawn(from_schema(deep), 20)))


def test_what_is_shared_is_made_once_however_many_ways_lead_to_it():
    """There are 3 ** 40 ways to the bottom."""
    shared = nested(
        lambda inner: s.object({"a": s.maybe(inner), "b": s.maybe(inner), "c": s.maybe(inner)}),
        40,
        s.string(),
    )
    pairs = nested(lambda x: s.object({"a": s.maybe(x), "b": s.maybe(x)}), 40, s.maybe(s.lazy("q")))
    named = s.object({"z": pairs}, id="q")

    assert all(map(shared.is_valid, drawn(from_schema(shared), 10)))
    assert not any(map(shared.is_valid, drawn(invalid_from_schema(shared), 10)))
    assert all(map(named.is_valid, drawn(from_schema(named), 10)))


def test_unions_of_what_is_shared_end():
    shared = nested(
        lambda inner: s.one_of(s.object({"a": inner, "b": inner}), s.array_of(inner)), 60, s.string()
    )

    assert max(map(containers, drawn(from_schema(shared), 20))) < 400


def test_what_has_to_be_huge_has_no_value_that_could_be_drawn():
    shared = nested(lambda inner: s.object({"a": inner, "b": inner}), 40, s.string())

    with pytest.raises(Unsatisfiable, match="more than 5000 objects and lists in it"):
        from_schema(shared)


def test_a_shared_schema_means_what_is_around_it():
    """The two that are called node are not the same."""
    link = s.maybe(s.lazy("node"))
    one = s.object({"one": s.integer(), "next": link}, id="node")
    other = s.object({"other": s.boolean(), "next": link}, id="node")
    schema = s.object({"a": s.lazy(lambda: one), "b": s.lazy(lambda: other)})

    assert all(map(schema.is_valid, drawn(from_schema(schema), 60)))


def test_recursion_of_every_sort_ends_beside_a_condition():
    schema = s.object(
        {
            "kind": s.enum(["go", "stop"]),
            "next": s.conditional(s.sibling_ref("kind"), "stop", s.boolean(), s.lazy("n")),
            "either": s.one_of(s.boolean(), s.lazy("n")),
            "list": s.lazy(lambda: lists),
            "inner": s.object({"list": s.array_of(s.lazy("n"))}),
        },
        id="n",
    )
    lists = s.array_of(schema)
    values = drawn(from_schema(schema), 20)

    assert all(map(schema.is_valid, values))
    assert {"go", "stop"} == {value["kind"] for value in values}
    assert max(map(containers, values)) < 250


def test_what_is_left_without_room_is_broken_itself_and_not_further_in():
    wide = s.object({f"a{number}": s.maybe(s.lazy("w")) for number in range(30)}, id="w")
    found = drawn(invalid_from_schema(wide, explain=True), 50)

    assert {0, 1, 2} == {len(broken.path) for broken in found}


def test_a_condition_that_always_recurs_is_given_up():
    schema = s.object(
        {"kind": s.literal("node"),
         "of": s.conditional(s.sibling_ref("kind"), "node", s.array_of(s.lazy("m"), min_size=2), s.never())},
        id="m",
    )  # fmt: skip

    with pytest.raises(Unsatisfiable, match="came to an end"):
        drawn(from_schema(schema), 1)


# --- the arithmetic ---


def test_heights_and_sizes_are_the_least():
    needs = {
        "leaf": Need(),
        "list": Need(("leaf",), levels=1, times=3),
        "pair": Need(("list", "leaf"), levels=1),
        "either": Need(("pair", "leaf"), every=False),
        "loop": Need(("loop",), levels=1),
        "or": Need(("loop", "wide"), every=False),
        "wide": Need(("list",), levels=1, times=5),
        "nothing": Need(every=False),
    }

    least = {"leaf": 0, "list": 1, "pair": 2, "either": 0, "loop": INFINITE, "nothing": INFINITE}

    assert {**least, "or": 2, "wide": 2} == heights(needs)
    assert {**least, "or": 6, "wide": 6} == sizes(needs)


def test_what_leads_to_a_circle_is_circular():
    assert {"a", "b", "c"} == circular({"a": ["b"], "b": ["c"], "c": ["b", "d"], "d": ["e", "e"], "e": []})
