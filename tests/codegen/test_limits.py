"""Where the source takes another form: past a limit it is another text, which says the same."""

import re

import pytest

from kbn_schema import schema
from kbn_schema.codegen.shapes.tagged import MAX_INLINE
from kbn_schema.codegen.writer import MAX_INDENT, MAX_LOOPS


def tagged(count):
    return schema.discriminated_union(
        "kind",
        *(schema.object({"kind": schema.literal(f"k{n}"), "n": schema.number()}) for n in range(count)),
    )


def nested(levels, wrap, leaf):
    for _ in range(levels):
        leaf = wrap(leaf)
    return leaf


@pytest.mark.parametrize(("count", "is_table"), [(1, False), (MAX_INLINE, False), (MAX_INLINE + 1, True)])
def test_a_few_tags_are_compared_and_many_are_looked_up(count, is_table):
    union = tagged(count)

    assert is_table is ("BRANCHES" in union.source)
    assert {"kind": f"k{count - 1}", "n": 1} == union.validate({"kind": f"k{count - 1}", "n": 1})


@pytest.mark.parametrize(("levels", "is_counted"), [(1, False), (MAX_LOOPS, False), (MAX_LOOPS + 1, True)])
def test_loops_in_loops_are_counted(levels, is_counted):
    lists = nested(levels, schema.array_of, schema.array_of(schema.number()))
    value = nested(levels, lambda inside: [inside, inside], [1])

    assert is_counted is ("tick" in lists.source)
    assert value == lists.validate(value)


@pytest.mark.parametrize(
    ("levels", "deepest"), [(1, 5), (4, 8), (8, 12), (12, MAX_INDENT + 2), (30, MAX_INDENT + 2)]
)
def test_what_is_deep_becomes_functions(levels, deepest):
    deep = nested(levels, lambda inside: schema.object({"a": inside}), schema.number())
    lines = deep.source.splitlines()

    assert deepest == max(len(line) - len(line.lstrip()) for line in lines) // 4
    assert (levels > 8) is (sum(line.startswith("def ") for line in lines) > 1)


def test_what_is_met_twice_is_a_function_and_what_is_met_once_is_not():
    part = schema.object({"n": schema.number()})

    assert 1 == schema.object({"a": part}).source.count("def ")
    assert 2 == schema.object({"a": part, "b": part}).source.count("def ")


@pytest.mark.parametrize("judge", [None, lambda value: None])
def test_only_what_an_author_may_change_is_copied_before_it_is_walked(judge):
    items = schema.array_of(schema.object({"n": schema.number(validate=judge)}))

    assert (judge is not None) is (".copy():" in items.source)


@pytest.mark.parametrize(("item", "is_asked"), [(schema.object({}), True), (schema.number(), False)])
def test_only_a_list_that_is_built_anew_is_asked_whether_it_is_empty(item, is_asked):
    assert is_asked is ("if not value:" in schema.array_of(item).source)


def test_a_check_elsewhere_copies_nothing():
    items = schema.array_of(schema.object({"n": schema.number()}))

    assert ".copy():" not in schema.object({"a": schema.number(validate=print), "b": items}).source


def test_what_stands_side_by_side_is_no_deeper():
    def limits(*names):
        rows = {name: schema.array_of(schema.object({"n": schema.number()})) for name in names}
        node = schema.object({"of": schema.object(rows), "next": schema.maybe(schema.lazy("n"))}, id="n")
        return re.findall(r"depth >= (\d+)", node.source)

    assert ["198", "199"] == limits("a") == limits("a", "b", "c")


def test_a_recursive_function_is_written_into_itself_once():
    tree = schema.object({"of": schema.maybe(schema.array_of(schema.lazy("t")))}, id="t")
    body = tree.source.split("def judge", 1)[-1]

    assert 2 == body.count("for ")
