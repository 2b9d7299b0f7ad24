"""Schemas that a `lazy` makes anew at each call: whoever walks them ends, or says there is no end."""

import functools
from typing import Any

import pytest

from kbn_schema import SchemaDefinitionError, openapi, schema
from kbn_schema.http import Router
from kbn_schema.json_schema import Presence
from kbn_schema.makers import MAX_MAKERS, Makers, name_of
from tests.test_json_schema import DIALECTS, SIDES, told


def tree() -> Any:
    return schema.object({"children": schema.array_of(schema.lazy(tree))})


def by_lambda() -> Any:
    return schema.object({"next": schema.maybe(schema.lazy(lambda: by_lambda()))})


def by_partial(name: str) -> Any:
    return schema.object({name: schema.maybe(schema.lazy(functools.partial(by_partial, name)))})


def by_text(name: str) -> Any:
    longer = name.upper()  # equal, and another object each time
    return schema.object({name: schema.maybe(schema.lazy(lambda *, name=longer: by_text(name)))})


class Node:
    def made(self) -> Any:
        return schema.object({"next": schema.maybe(schema.lazy(self.made))})


def by_closure() -> Any:
    def leaf() -> Any:
        return schema.string()

    def around() -> Any:
        return schema.object({"leaf": schema.lazy(leaf), "next": schema.maybe(schema.lazy(by_closure))})

    return schema.object({"around": schema.lazy(around)})


def around_itself(name: str) -> Any:
    def inner() -> Any:
        return schema.object({name: schema.maybe(schema.lazy(inner))})

    return schema.object(
        {
            "inner": schema.lazy(inner),
            "next": schema.maybe(schema.lazy(lambda: (inner, around_itself(name))[1])),
        }
    )


def required() -> Any:
    return schema.object({"next": schema.lazy(required)})


def even() -> Any:
    return schema.object({"odd": schema.maybe(schema.lazy(odd))})


def odd() -> Any:
    return schema.object({"even": schema.maybe(schema.lazy(even))})


def branching() -> Any:
    ways = schema.conditional(schema.context_ref("a"), 1, schema.lazy(branching), schema.lazy(branching))
    return schema.object({"either": ways, "value": schema.integer()})


ENDING = {
    "function": (tree, {"tree"}),
    "lambda": (by_lambda, {"object"}),
    "partial": (lambda: by_partial("a"), {"object"}),
    "equal text": (lambda: by_text("A"), {"object"}),
    "method": (lambda: Node().made(), {"made"}),
    "closure": (by_closure, {"around", "leaf", "by_closure"}),
    "function in itself": (lambda: around_itself("a"), {"inner", "object"}),
    "required": (required, {"required"}),
    "two": (even, {"even", "odd"}),
    "branching": (branching, {"branching"}),
}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", ENDING)
def test_what_is_made_anew_is_told_once(name, dialect, side):
    make, names = ENDING[name]
    document = told(make(), dialect, side)
    named = document["$defs"] if dialect == "2020-12" else document["components"]["schemas"]

    assert names == set(named)


def test_paths_end_where_a_body_is_made_anew():
    router = Router()
    router.post("/x", validate={"body": tree()})(lambda context, request, response: response.ok())

    assert "tree" in openapi.paths(router).components["schemas"]


@pytest.mark.parametrize("use", ["compile", "get_schema_structure", "__repr__", "__reduce__"])
@pytest.mark.parametrize("name", ENDING)
def test_other_outputs_end_too(name, use):
    make, _ = ENDING[name]

    assert getattr(make(), use)() is not None


def nothing_else() -> Any:
    return schema.one_of(schema.string(), schema.lazy(nothing_else))


def test_what_is_only_itself_is_refused():
    for of in (nothing_else(), schema.object({"a": schema.maybe(nothing_else())})):
        with pytest.raises(SchemaDefinitionError, match="it refers only to itself"):
            of.json_schema()


def deeper(depth: int) -> Any:
    return schema.object({"next": schema.maybe(schema.lazy(lambda: deeper(depth + 1)))})


def wider(way: str) -> Any:
    return schema.object({name: schema.lazy(functools.partial(wider, way + name)) for name in "lr"})


class Other:
    def __call__(self) -> Any:
        return schema.object({"next": schema.maybe(schema.lazy(Other()))})


@pytest.mark.parametrize(
    ("endless", "name"), [(lambda: deeper(0), "lambda"), (lambda: wider(""), "wider"), (Other(), "Other")]
)
def test_schemas_without_end_are_refused(endless, name):
    with pytest.raises(SchemaDefinitionError, match=rf"{name}>?\] has another schema each time, without end"):
        endless().json_schema()


def test_a_helper_may_name_the_schemas_of_a_large_registry():
    known = {f"n{index}": schema.string(max_length=index) for index in range(2000)}
    refer = {name: schema.lazy(lambda name=name: known[name]) for name in known}

    assert 2000 == len(told(schema.object(refer))["components"]["schemas"])


def test_one_callable_is_counted_once_however_often_it_is_met():
    makers, made = Makers(), schema.string()

    def make() -> Any:
        return made

    assert all(makers.once(make, made) is made for _ in range(MAX_MAKERS + 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda value: lambda: value, lambda value: lambda: value),
        (lambda value: functools.partial(id, value), lambda value: functools.partial(repr, value)),
    ],
)
def test_callables_of_different_text_are_different(one, other):
    makers = Makers()

    assert [1, 2] == [makers.once(make(0), made) for make, made in ((one, 1), (other, 2))]


def with_default(value: Any) -> Any:
    return lambda given=value: given


def with_keyword(value: Any) -> Any:
    return lambda *, given=value: given


def over(value: Any) -> Any:
    return lambda: value


def in_tuple(value: Any) -> Any:
    return functools.partial(over, (value, {"a": value}))


@pytest.mark.parametrize("make", [with_default, with_keyword, over, in_tuple])
@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), ("a", "b"), ([], [])])
def test_callables_that_hold_different_values_are_different(make, one, other):
    makers = Makers()

    assert ["one", "other"] == [
        makers.once(make(value), made) for value, made in ((one, "one"), (other, "other"))
    ]


def test_what_is_gone_leaves_its_place_to_no_other():
    makers = Makers()
    made = [makers.once(over(object()), index) for index in range(100)]

    assert [*range(100)] == made


def test_a_callable_before_what_it_closes_over_is_one():
    def make() -> Any:
        return later

    first = Makers().once(make, 1)
    later = 1

    assert later == first


class Odd:
    __name__ = 5

    def __call__(self) -> Any:
        return schema.string()


class Raising:
    def __call__(self) -> Any:
        return schema.string()

    @property
    def __name__(self) -> str:
        raise RuntimeError


def test_what_has_no_name_has_none():
    assert {None} == {name_of(make) for make in (Odd(), Raising(), functools.partial(tree), lambda: None)}


@pytest.mark.parametrize("make", [Odd, Raising])
def test_a_callable_of_any_kind_can_be_told(make):
    assert {"string"} == set(told(schema.object({"a": schema.lazy(make())}))["components"]["schemas"])


def test_what_may_be_absent_is_told_of_what_is_shared_and_in_itself():
    inside: Any = schema.object({"x": schema.lazy(lambda: inside)})
    for _ in range(100):
        inside_of = schema.conditional(schema.context_ref("a"), 1, inside, inside)
        inside = schema.object({"a": inside_of})

    assert not Presence(True).may_be_absent(inside)


def test_what_was_told_too_early_is_told_again():
    """*second* is asked inside of *first*, where that counts as not absent; alone it may be."""
    first: Any = schema.conditional(
        schema.context_ref("a"), 1, schema.lazy(lambda: second), schema.maybe(schema.string())
    )
    second: Any = schema.object({"first": schema.lazy(lambda: first)})
    presence = Presence(True)

    assert [True, True] == [presence.may_be_absent(first), presence.may_be_absent(second)]


def test_what_was_too_deep_to_tell_is_told_from_nearer():
    levels: list[Any] = [schema.object({})]
    for _ in range(300):
        levels.append(schema.object({"a": levels[-1]}))
    presence = Presence(True)

    assert [False, True] == [presence.may_be_absent(levels[depth]) for depth in (300, 100)]
