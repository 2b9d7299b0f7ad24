"""What generated source looks like: a few snapshots, and what holds for all of them."""

import ast
import linecache
import textwrap

import pytest

from kbn_schema import schema
from tests.examples import EXAMPLES, IDS


def source(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_a_leaf_is_one_condition():
    expected = source(
        """
        def validate(value=MISSING, context=None, namespace=None, *, strip_unknown_keys=False):
            found = None
            try:
                if type(value) is str and 1 <= len(value) <= 8:
                    return value
            except Exception:
                found = None
            return settle_1(value, found, context, namespace, strip_unknown_keys)
        """
    )

    assert expected == schema.string(min_length=1, max_length=8).source


def test_an_object_is_judged_in_its_copy():
    expected = source(
        """
        def validate(value=MISSING, context=None, namespace=None, *, strip_unknown_keys=False):
            found = None
            try:
                if type(value) is dict and (out_1 := value.copy()).__sizeof__() in TEXT_KEYED:
                    left_1 = None
                    try:
                        value_1 = out_1[KEY_1]
                    except KeyError:
                        value_1 = MISSING
                    size_1 = 2
                    if type(value_1) is not str:
                        left_1 = judge(left_1, 0, out_1, KEY_1, CHECK_1, value_1)
                    if KEY_2 in out_1:
                        value_2 = out_1[KEY_2]
                        if not (type(value_2) is int and 1 <= value_2):
                            read_1 = SPELLED_1[value_2] if type(value_2) is str else None
                            if read_1 is not None and 1 <= read_1:
                                out_1[KEY_2] = read_1
                            else:
                                left_1 = judge_present(left_1, 1, out_1, KEY_2, CHECK_2, value_2)
                    else:
                        out_1[KEY_2] = 1
                    if KEY_3 in out_1:
                        value_3 = out_1[KEY_3]
                        size_1 += 1
                        if not (type(value_3) is str and value_3 in VALUES_1):
                            left_1 = note(left_1, 2)
                    if len(out_1) != size_1:
                        left_1 = left_1 or []
                    if left_1 is None:
                        return out_1
                    else:
                        found = Left(SCHEMA_1, value, out_1, left_1)
            except Exception:
                found = None
            return settle_1(value, found, context, namespace, strip_unknown_keys)
        """
    )
    query = schema.object(
        {
            "search": schema.string(),
            "page": schema.integer(min=1, default=1),
            "sort": schema.maybe(schema.one_of(schema.literal("name"), schema.literal("date"))),
        }
    )

    assert expected == query.source


def test_what_is_recursive_is_a_function():
    tree = schema.object({"children": schema.array_of(schema.lazy("node"))}, id="node")

    assert "def judge_items_1(value, depth, tick):" in tree.source
    assert "    if depth >= 197:\n        return UNTOUCHED\n" in tree.source


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_nothing_of_the_schema_is_in_the_source(example):
    constants = [
        node.value for node in ast.walk(ast.parse(example.schema.source)) if type(node) is ast.Constant
    ]

    assert [] == [value for value in constants if not (value is None or type(value) in (int, bool))]


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_lines_are_short_enough_to_read(example):
    assert [] == [line for line in example.schema.source.splitlines() if len(line) > 200]


def test_equal_schemas_have_equal_sources():
    def made():
        return schema.object(
            {"a": schema.number(min=0.5), "b": schema.record_of(schema.string(), schema.any())}
        )

    assert made().source == made().source


def test_the_source_is_where_tracebacks_look_for_it():
    page = schema.object({"page": schema.number()}).compile()
    filename = page.validate.__code__.co_filename

    assert page.source == "".join(linecache.getlines(filename))
    assert page.source.splitlines()[2] + "\n" == linecache.getline(filename, 3)
