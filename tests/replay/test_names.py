"""Of the path of an issue, only the names that a schema knows are shown."""

import pytest

from kbn_schema import schema as s
from kbn_schema.replay.names import folded
from tests.examples import EXAMPLES

chain = s.one_of([s.object({"name": s.string()}), s.array_of(s.lazy("chain")), s.lazy("chain")], id="chain")
tree = s.object({"name": s.string(), "below": s.array_of(s.lazy("tree"))}, id="tree")


def endless():
    return s.object({"next": s.maybe(s.lazy(endless))})


ENDLESS = endless()


@pytest.mark.parametrize(
    ("rule", "path", "shown"),
    [
        (s.object({"a": s.object({"b": s.string()})}), ("a", "b"), "body.a.b"),
        (s.object({"a": s.object({"b": s.string()})}), ("a", "c"), "body.a.*"),
        (s.object({"a": s.object({"b": s.string()})}), ("b", "a"), "body.*.*"),
        (s.array_of(s.object({"a": s.string()})), (7, "a"), "body.[].a"),
        (s.record_of(s.string(), s.object({"a": s.string()})), ("a", "a"), "body.*.a"),
        (s.map_of(s.string(), s.number()), ('key("a")',), "body.*"),
        (s.one_of(s.any(), s.array_of(s.object({"b": s.string()}))), (0, "b"), "body.[].b"),
        (s.nullable(s.maybe(s.object({"a": s.string()}))), ("a",), "body.a"),
        (tree, ("below", 0, "below", 1, "name"), "body.below.[].below.[].name"),
        (chain, (0, "name"), "body.[].name"),
        (ENDLESS, ("next",) * 3, "body.next.next.next"),
        (ENDLESS, ("next",) * 99, "body" + ".next" * 12 + "...."),
        (s.object({"new\nline": s.string()}), ("new\nline",), "body.new\\nline"),
        (s.any(), ("a", 0), "body.*.[]"),
        (lambda value: value, ("a",), "body.*"),
        (None, (), "body"),
    ],
)  # fmt: skip
def test_a_path_is_folded(rule, path, shown):
    assert shown == folded("body", rule, path)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_no_path_of_any_kind_has_a_key_that_was_sent(example):
    paths = [
        issue.path
        for value in example.refused
        for issue in example.schema.issues_of({"secret": value}, example.context)
    ]

    assert [] == [path for path in paths if "secret" in folded("body", example.schema, path)]
