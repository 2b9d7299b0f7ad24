"""When a schema compiles itself, and what compiling leaves as it is."""

import attrs
import pytest

from kbn_schema import Schema, ValidationError, schema
from kbn_schema.codegen.runtime import MAX_CALLS, ticker
from kbn_schema.http import Router
from kbn_schema.kinds.compiling import WARM
from kbn_schema.kinds.string import StringSchema
from kbn_schema.plan import Call


def is_compiled(judge: Schema) -> bool:
    return "_compiled" in vars(judge)


def test_compile_returns_the_schema():
    page = schema.object({"page": schema.number()})

    assert page is page.compile()
    assert page is page.compile()
    assert is_compiled(page)


def test_a_schema_that_is_used_little_is_not_compiled():
    page = schema.object({"page": schema.number()})
    for _ in range(10):
        page.validate({"page": 1})

    assert not is_compiled(page)


def test_a_schema_that_is_used_much_compiles_itself():
    page = schema.object({"page": schema.number()})
    for _ in range(WARM):
        page.validate({"page": 1})

    assert is_compiled(page)


def test_one_large_value_is_use_enough():
    numbers = schema.object({"numbers": schema.array_of(schema.number())})
    numbers.validate({"numbers": [1] * WARM})

    assert is_compiled(numbers)


def test_values_that_are_refused_count():
    page = schema.object({"page": schema.number()})
    for _ in range(WARM):
        assert not page.is_valid({"page": "x"})

    assert is_compiled(page)


def test_a_router_compiles_the_schemas_of_its_routes():
    query, body = schema.object({}), schema.object({"name": schema.string()})
    router = Router()
    router.post("/a", validate={"query": query, "body": body})(
        lambda context, request, response: response.ok()
    )

    assert router is router.compile()
    assert is_compiled(query)
    assert is_compiled(body)


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Shouted(StringSchema):
    """A subclass that changes what `check` means, and says nothing of plans."""

    def check(self, value, run):
        return super().check(value, run).upper()


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Whispered(Shouted):
    """One that states a plan."""

    def check(self, value, run):
        return super().check(value, run).lower()

    def plan(self):
        return Call(str)


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Counted(StringSchema):
    """One that overrides `validate`."""

    def validate(self, *arguments, **options):
        return len(super().validate(*arguments, **options))


@pytest.mark.parametrize("kind", [Shouted, Whispered])
def test_a_subclass_keeps_its_meaning(kind):
    tags = schema.object({"tag": kind(), "tags": schema.array_of(kind()), "any": schema.nullable(kind())})
    value = {"tag": "aB", "tags": ["aB"], "any": "aB"}
    expected = tags.validate(value)

    assert expected == tags.compile().validate(value)


def test_a_validate_that_was_overridden_is_not_hidden():
    assert 3 == Counted().compile().validate("abc")


def test_compiled_functions_call_each_other_in_bounds():
    tick = ticker()
    for _ in range(MAX_CALLS):
        tick()

    with pytest.raises(StopIteration):
        tick()


def test_a_value_that_is_too_large_to_be_walked_is_still_judged():
    """Forty levels, each twice in the one above: 2**40 ways through."""
    node = schema.object(
        {"left": schema.maybe(schema.lazy("node")), "right": schema.maybe(schema.lazy("node"))}, id="node"
    ).compile()
    value: dict = {}
    for _ in range(40):
        value = {"left": value, "right": value}
    wrong = {"left": value, "right": 5}

    assert {"left", "right"} == set(node.validate(value))
    with pytest.raises(ValidationError, match="right"):
        node.validate(wrong)
