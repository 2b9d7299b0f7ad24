"""The types of a module: which have a name, which names, and which are one."""

import contextlib
import functools
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbn_schema import SchemaDefinitionError
from kbn_schema import schema as s
from kbn_schema.stubs.definitions import Definition, Definitions
from kbn_schema.stubs.hints import ANY, ClassOf, Constants, DictOf, Fields, ListOf, Named, Union, Word, inside
from tests.examples import EXAMPLES, IDS

INT, STR = Word("int"), Word("str")


def defined(is_json: bool = False, **variables: Any) -> list[Definition]:
    """The definitions of a module that assigns *variables*."""
    definitions = Definitions(is_json=is_json)
    for name, schema in variables.items():
        definitions.name(schema, name, name)
    return definitions.finish([definitions.add(schema) for schema in variables.values()])


def names(**variables: Any) -> list[str]:
    return [name for one in defined(**variables) for name in one.names]


def a_leaf(**options: Any) -> Any:
    return s.object({"a": s.string()}, **options)


def numbers_in(hint: Any) -> set[int]:
    found = {hint.number} if isinstance(hint, Named) else set[int]()
    return found.union(*map(numbers_in, inside(hint)))


# --- which have a name ---


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (s.string(), ["Root"]),
        (s.array_of(s.nullable(s.string())), ["Root"]),
        (s.object({"a": a_leaf()}), ["RootA", "Root"]),
        (s.object({"a": s.maybe(s.nullable(a_leaf()))}), ["RootA", "Root"]),
        (s.array_of(a_leaf()), ["RootItem", "Root"]),
        (s.record_of(s.string(), a_leaf()), ["RootValue", "Root"]),
        (s.one_of(a_leaf(), s.object({"b": s.any()})), ["Root1", "Root2", "Root"]),
        (s.object({"a": s.string(id="named")}), ["Named", "Root"]),
        (s.object({"find query": a_leaf(id="other_one")}), ["OtherOne", "Root"]),
        (s.conditional(s.context_ref("a"), 1, a_leaf(), s.string()), ["Root1", "Root"]),
        (s.maybe(a_leaf()), ["Root"]),
        (s.nullable(a_leaf()), ["RootValue", "Root"]),
        (s.maybe(s.nullable(a_leaf())), ["RootValue", "Root"]),
        (s.nullable(s.maybe(a_leaf())), ["RootValue", "Root"]),
    ],
    ids=str,
)
def test_what_has_a_name_is_called_by_its_way(schema, expected):
    assert expected == names(root=schema)


def test_the_name_of_a_variable_counts_before_an_id():
    leaf = a_leaf(id="by_id")

    assert ["Leaf", "Root"] == names(leaf=leaf, root=s.array_of(leaf))


def test_the_first_of_two_variables_for_a_schema_counts():
    leaf = a_leaf()

    assert ["One"] == names(one=leaf, two=leaf)


def test_alike_types_of_one_name_are_one():
    assert ["Filter", "One", "Two"] == names(
        one=s.object({"a": a_leaf(id="filter")}), two=s.object({"b": a_leaf(id="filter")})
    )


def test_alike_variables_of_one_name_are_one():
    definitions = Definitions()
    schemas = {name: s.string() for name in ("find_query", "FIND_QUERY")}
    for name, schema in schemas.items():
        definitions.name(schema, name, name)
    added = [definitions.add(schema) for schema in schemas.values()]

    assert ["FindQuery"] == [one.name for one in definitions.finish(added)]
    assert added[0] is definitions.settled(added[0]) is definitions.settled(added[1])


def test_alike_types_are_one_however_they_recur():
    def make() -> Any:
        return s.object({"next": s.maybe(s.lazy("link"))}, id="link")

    assert ["Link", "One", "Two"] == names(one=s.array_of(make()), two=s.array_of(make()))


def test_sides_have_two_names_only_where_they_differ():
    assert ["Same"] == names(same=a_leaf())
    assert ["Other", "OtherInput"] == names(other=s.object({"a": s.string(default="x")}))


def test_what_refers_to_sides_that_differ_differs():
    inner = s.object({"a": s.string(default="x")})

    assert ["Inner", "InnerInput", "Outer", "OuterInput"] == names(inner=inner, outer=s.array_of(inner))


def test_sides_that_differ_only_by_recursion_are_told_apart_once():
    tree = s.object({"a": s.array_of(s.lazy("tree")), "b": s.duration()}, id="tree")

    assert ["Tree", "TreeInput"] == names(tree=tree)


# --- clashes ---


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        (
            {"find_query": s.object({"a": s.string()}), "FIND_QUERY": s.object({"b": s.string()})},
            "[FindQuery]: that of [find_query] and that of [FIND_QUERY]; rename one of them",
        ),
        (
            {"root": s.object({"a b": a_leaf(), "a_b": s.object({"b": s.any()})})},
            "[RootAB]: that of [root.a b] and that of [root.a_b]"
            "; give one of the schemas an id, or a variable of its own in the module",
        ),
        (
            {"find": s.object({"query": a_leaf()}), "find_query": s.object({"b": s.any()})},
            "[FindQuery]: that of [find.query] and that of [find_query]"
            "; give one of the schemas an id, or a variable of its own in the module",
        ),
        (
            {"a": s.object({"b": s.string(default="x")}), "a_input": s.object({"b": s.any()})},
            "[AInput]: that of [a] and that of [a_input]; rename one of them",
        ),
        (
            {"a": s.array_of(a_leaf(id="leaf")), "b": s.array_of(s.object({"b": s.any()}, id="leaf"))},
            "[Leaf]: that of [a.Item] and that of [b.Item]; rename one of them",
        ),
        (
            {
                "a": s.array_of(s.object({"b": a_leaf()}, id="both")),
                "b": s.array_of(s.object({"b": a_leaf(), "c": a_leaf()}, id="both")),
            },
            "[Both]: that of [a.Item] and that of [b.Item]; rename one of them",
        ),
    ],
)
def test_two_types_of_one_name_are_refused(variables, text):
    with pytest.raises(SchemaDefinitionError) as error:
        defined(**variables)

    assert f"two types would be called {text}" == str(error.value)


def test_an_id_settles_a_clash():
    assert ["RootAB", "Other", "Root"] == names(
        root=s.object({"a b": a_leaf(), "a_b": s.object({"b": s.any()}, id="other")})
    )


# --- recursion ---


def test_an_id_is_looked_for_around_the_place():
    one = s.object({"a": s.maybe(s.lazy("self")), "one": s.any()}, id="self")
    (definition,) = defined(one=one)

    assert Named(definition.number) == definition.output.fields[0].hint


def test_a_part_that_stands_alone_means_what_is_around_it_elsewhere():
    children = s.array_of(s.lazy("tree"))
    tree = s.object({"children": children}, id="tree")
    found = {one.name: one for one in defined(tree=tree, children=children)}

    assert ListOf(Named(found["Tree"].number)) == found["Children"].output


def test_a_part_that_may_mean_two_things_means_anything():
    children = s.array_of(s.lazy("tree"))
    found = {
        one.name: one
        for one in defined(
            children=children,
            one=s.object({"children": s.array_of(s.lazy("tree"))}, id="tree"),
            two=s.object({"a": s.array_of(s.lazy("tree"))}, id="tree"),
        )
    }

    assert ListOf(ANY) == found["Children"].output


def test_one_part_in_two_trees_is_told_apart():
    children = s.array_of(s.lazy("tree"))
    found = {
        one.name: one
        for one in defined(
            one=s.object({"children": children, "a": s.any()}, id="tree"),
            two=s.object({"children": children, "b": s.any()}, id="tree"),
        )
    }

    assert [found["One"].number, found["Two"].number] == [
        next(iter(numbers_in(found[name].output))) for name in ("One", "Two")
    ]


def test_a_callable_that_makes_its_schema_anew_is_asked_once():
    def tree() -> Any:
        return s.object({"children": s.array_of(s.lazy(tree))})

    assert ["Tree", "Root"] == names(root=tree())


def test_a_function_that_is_made_anew_is_the_same_function():
    def by_lambda():
        return s.object({"children": s.array_of(s.lazy(lambda: by_lambda()))})

    def by_partial(name):
        return s.object({name: s.array_of(s.lazy(functools.partial(by_partial, name)))})

    assert [["RootChildrenItem", "Root"], ["RootAItem", "Root"]] == [
        names(root=schema) for schema in (by_lambda(), by_partial("a"))
    ]


def test_functions_are_told_apart_by_what_they_close_over():
    def pair(value):
        return s.object({"a": s.lazy(lambda: value)})

    both = defined(root=s.object({"one": pair(a_leaf()), "two": pair(s.object({"b": s.string()}))}))

    assert [["a"], ["b"]] == [
        [field.name for field in one.output.fields] for one in both if one.name in ("RootOneA", "RootTwoA")
    ]


def test_schemas_without_end_are_refused():
    def deeper(depth):
        return s.object({"next": s.maybe(s.lazy(lambda: deeper(depth + 1)))})

    def partly(depth):
        return s.object({"next": s.maybe(s.lazy(functools.partial(partly, depth + 1)))})

    for root in (deeper(0), partly(0)):
        with pytest.raises(SchemaDefinitionError, match="has another schema each time, without end"):
            defined(root=root)


def test_callables_that_call_each_other_end():
    def even() -> Any:
        return s.object({"odd": s.maybe(s.lazy(odd))})

    def odd() -> Any:
        return s.object({"even": s.maybe(s.lazy(even))})

    assert {"Even", "Odd", "Root"} == set(names(root=even()))


@pytest.mark.parametrize(
    "schema",
    [
        s.one_of([s.string(), s.lazy("x")], id="x"),
        s.object({"a": s.one_of([s.string(), s.maybe(s.lazy("y"))], id="y")}),
        s.nullable(s.conditional(s.context_ref("a"), 1, s.lazy("z"), s.string(), id="z")),
    ],
    ids=["one_of", "maybe", "conditional"],
)
def test_what_is_only_itself_is_refused_as_it_is_by_validate(schema):
    with pytest.raises(SchemaDefinitionError, match="it refers only to itself; put it inside an object"):
        defined(root=schema)


def test_a_lambda_gives_no_name():
    leaf = a_leaf()

    assert ["RootItem", "Root"] == names(root=s.array_of(s.lazy(lambda: leaf)))


# --- order, depth and size ---


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
@pytest.mark.parametrize("is_json", [False, True], ids=["python", "json"])
def test_each_stands_after_what_it_refers_to_unless_that_refers_to_it(example, is_json):
    found = defined(is_json, root=example.schema)
    seen: set[int] = set()
    for one in found:
        ahead = (numbers_in(one.output) | numbers_in(one.input)) - seen - {one.number}
        assert all(one.number in _behind(other, found) for other in ahead)
        seen.add(one.number)


def _behind(number: int, found: list[Definition]) -> set[int]:
    """The numbers that the definition *number* leads to."""
    by_number = {one.number: one for one in found}
    met, waiting = set[int](), [number]
    while waiting:
        one = by_number[waiting.pop()]
        ahead = (numbers_in(one.output) | numbers_in(one.input)) - met
        met |= ahead
        waiting.extend(ahead)
    return met


def test_what_is_too_long_for_a_line_has_a_name():
    found = defined(root=s.one_of([s.array_of(s.array_of(s.literal(number))) for number in range(50)]))

    assert ["Root"] == [one.name for one in found]
    assert 2 == len(names(root=s.array_of(s.one_of([s.array_of(s.literal(number)) for number in range(50)]))))


def test_names_made_of_long_ways_are_cut():
    schema = a_leaf()
    for _ in range(300):
        schema = s.object({"inside": schema})
    found = names(find=schema)

    assert len(found) == len(set(found)) == 301
    assert max(map(len, found)) <= 100
    assert "FindDeep1" in found


def props() -> st.SearchStrategy[Any]:
    leaves = st.sampled_from([s.string(), s.integer(default=1), s.duration(), s.maybe(s.any()), s.lazy("id")])
    keys = st.sampled_from(["a", "b", "A", "a b", "item"])

    def around(inner: Any) -> Any:
        return st.one_of(
            inner.map(s.array_of),
            inner.map(s.nullable),
            inner.map(s.maybe),
            st.dictionaries(keys, inner, max_size=3).map(s.object),
            st.lists(inner, min_size=2, max_size=3).map(lambda many: s.one_of(many)),
        )

    return st.recursive(leaves, around, max_leaves=8)


@settings(deadline=None)
@given(st.lists(props(), min_size=1, max_size=3))
def test_names_are_distinct_or_refused(schemas):
    found: list[Definition] = []
    # "v0" and its ways clash at times, which the tests above are about.
    with contextlib.suppress(SchemaDefinitionError):
        found = defined(**{f"v{number}": schema for number, schema in enumerate(schemas)})
    named = [name for one in found for name in one.names]

    assert len(named) == len(set(named))
    assert {one.number for one in found} >= set().union(
        *(numbers_in(one.input) | numbers_in(one.output) for one in found)
    )


def test_what_differs_is_told_by_the_fields():
    (one,) = defined(root=s.object({"a": s.integer(default=1)}))

    assert (True, False) == (one.output.fields[0].required, one.input.fields[0].required)
    assert isinstance(one.input, Fields)
    assert attrs.evolve(one.input.fields[0], required=True) == one.output.fields[0]


def test_a_nullable_of_an_object_refers_to_it():
    value, root = defined(root=s.nullable(a_leaf()))

    assert Union((Named(value.number), Word("None"))) == root.output


# --- defaults, which are trusted ---


@pytest.mark.parametrize(
    ("prop", "expected"),
    [
        (s.string(default="a"), STR),
        (s.string(default=None), Union((STR, Word("None")))),
        (s.integer(default="a"), Union((INT, STR))),
        (s.array_of(s.string(), default=[1]), Union((ListOf(STR), ListOf(ANY)))),
        (s.date(default=object()), ANY),
        (s.string(default=s.context_ref("a")), STR),
        (s.string(default=lambda: None), STR),
        (s.maybe(s.string(default=None)), STR),
        (s.duration(default="1s"), ClassOf("kbn_schema.quantities", "Duration")),
        (s.array_of(s.lazy("elsewhere"), default=[1]), ListOf(ANY)),
    ],
)
def test_a_default_that_does_not_fit_is_in_the_output(prop, expected):
    (root,) = defined(root=s.object({"a": prop}))

    assert expected == root.output.fields[0].hint


def test_a_default_that_lacks_members_is_in_the_output():
    leaf, root = defined(root=s.object({"a": a_leaf(default={})}))

    assert Union((Named(leaf.number), DictOf(STR, ANY))) == root.output.fields[0].hint
    assert Named(leaf.number) == root.input.fields[0].hint


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (s.enum([1, "b", True]), Constants(("1", "b", "true"))),
        (s.literal(5), Constants(("5",))),
        (s.integer(), STR),
    ],
)
@pytest.mark.parametrize("make", [s.record_of, s.map_of])
def test_keys_are_texts_in_json(make, key, expected):
    (root,) = defined(True, root=make(key, s.any()))

    assert DictOf(expected, ANY) == root.output == root.input


def test_a_key_that_has_itself_inside_is_a_text_in_json():
    keys = s.record_of(s.lazy("keys"), s.any(), id="keys")
    (root,) = defined(True, root=keys)

    assert DictOf(STR, ANY) == root.output == root.input
