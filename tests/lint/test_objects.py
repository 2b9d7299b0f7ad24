"""Whether a schema takes an object: a no is certain."""

from collections.abc import Mapping
from typing import Any

import pytest

from kbn_schema import ValidationError, schema
from kbn_schema.http import ResponseFactory, Router, TestClient
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.integer import IntegerSchema
from kbn_schema.lint.objects import takes_object
from tests.examples import EXAMPLES, IDS

s = schema
TREE = s.object({"next": s.maybe(s.lazy("tree"))}, id="tree")


class Wide(IntegerSchema):
    """An integer that takes whatever comes."""

    def check(self, value: object, run: Any) -> Any:
        return value


class Own(Schema[Any]):
    """A kind that says nothing of its values."""

    def check(self, value: object, run: Any) -> Any:
        return value


@pytest.mark.parametrize(
    "schema",
    [
        s.object({}),
        s.any(),
        s.record_of(s.string(), s.integer()),
        s.map_of(s.string(), s.integer()),
        s.record_of(s.never(), s.integer()),
        s.maybe(s.object({})),
        s.maybe(s.never()),
        s.nullable(s.object({}, id="x")),
        s.one_of([s.integer(), s.object({})]),
        s.one_of([s.integer(), s.one_of([s.never(), s.object({})])]),
        s.conditional(s.context_ref("a"), 1, s.integer(), s.object({})),
        s.discriminated_union("a", s.object({"a": s.literal("b")})),
        s.lazy(lambda: s.object({})),
        s.lazy(lambda: s.one_of([s.integer(), TREE])),
        TREE,
        s.all_of([s.object({}), s.object({})]),
        Wide(),
        Own(),
        s.nullable(Own()),
    ],
)
def test_may_take_an_object(schema: Schema[Any]) -> None:
    assert takes_object(schema)


@pytest.mark.parametrize(
    "schema",
    [
        s.integer(),
        s.string(),
        s.boolean(default=True),
        s.literal("a"),
        s.literal(None),
        s.enum(["a", 1, None]),
        s.array_of(s.object({})),
        s.never(),
        s.buffer(),
        s.stream(),
        s.duration(),
        s.date(id="day"),
        s.maybe(s.integer()),
        s.nullable(s.never()),
        s.nullable(s.integer(id="x")),
        s.one_of([s.integer(), s.array_of(s.any()), s.maybe(s.boolean())]),
        s.conditional(s.context_ref("a"), 1, s.integer(), s.never()),
        s.lazy(lambda: s.nullable(s.integer())),
    ],
)
def test_takes_none(schema: Schema[Any]) -> None:
    assert not takes_object(schema)


@pytest.mark.parametrize("row", EXAMPLES, ids=IDS)
def test_what_is_said_to_take_none_refuses_each(row: Any) -> None:
    accepted = [value for value, _ in row.accepted if isinstance(value, Mapping)]

    assert takes_object(row.schema) or (not accepted and not takes(row.schema, {}))


@pytest.mark.parametrize("row", EXAMPLES, ids=IDS)
def test_a_query_that_takes_none_is_a_400(row: Any) -> None:
    def handle(context: Any, request: Any, response: ResponseFactory) -> Any:
        return response.ok()

    router = Router()
    router.get("/a", validate={"query": row.schema})(handle)
    statuses = {TestClient(router).get(url).status for url in ("/a", "/a?a=1", "/a?a=1&a=2")}

    assert takes_object(row.schema) or statuses == {400}


def takes(schema: Schema[Any], value: Any) -> bool:
    try:
        schema.validate(value)
    except ValidationError:
        return False
    return True
