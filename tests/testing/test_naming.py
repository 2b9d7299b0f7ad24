"""A strategy is shown as the call that made it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from kbn_schema import schema as s
from kbn_schema.http import Router
from kbn_schema.testing import from_schema, invalid_from_schema, requests_for
from tests.testing.leaves import QUICK

PAGE = s.object({"page": s.integer(min=1)})
SHOWN = "schema.object({'page': schema.integer(min=1)})"


def make_router() -> Router:
    router = Router()
    router.get("/pages/{page}", validate={"params": PAGE})(answer)
    router.get("/pages", validate=False)(answer)
    return router


def answer(context: Any, request: Any, response: Any) -> Any:
    return response.ok()


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (from_schema(PAGE), f"from_schema({SHOWN})"),
        (from_schema(PAGE, side="output"), f"from_schema({SHOWN}, side='output')"),
        (from_schema(s.maybe(s.string())), "from_schema(schema.maybe(schema.string()))"),
        (invalid_from_schema(PAGE), f"invalid_from_schema({SHOWN})"),
        (invalid_from_schema(PAGE, explain=True), f"invalid_from_schema({SHOWN}, explain=True)"),
        (requests_for(make_router()), "requests_for(router)"),
        (requests_for(make_router(), path="/pages"), "requests_for(router, path='/pages')"),
        (st.lists(from_schema(PAGE).map(str)), f"lists(from_schema({SHOWN}).map(str))"),
    ],
    ids=repr,
)
def test_a_strategy_is_shown_as_the_call_that_made_it(strategy: Any, expected: str) -> None:
    assert expected == repr(strategy)


def test_mappings_are_not_shown_for_what_may_be_in_them() -> None:
    strategies = {PAGE: st.just({"page": 7})}
    router = make_router()

    assert f"from_schema({SHOWN}, context=..., using=...)" == repr(
        from_schema(PAGE, context={"password": "secret"}, using=strategies)
    )
    assert "requests_for(router, headers=...)" == repr(requests_for(router, headers={"authorization": "x"}))


def test_a_large_schema_is_shown_in_part() -> None:
    shown = repr(from_schema(s.object({f"prop{number}": s.string() for number in range(100)})))

    assert shown.startswith("from_schema(schema.object({'prop0': schema.string(), ")
    assert shown.endswith("...)")
    assert len(shown) < 250


def test_values_that_are_given_must_be_strategies() -> None:
    values: Any = [1]

    with pytest.raises(InvalidArgument, match=r"using: expected a strategy for schema\.object\(.*\[list\]"):
        from_schema(PAGE, using={PAGE: values})
    with pytest.raises(InvalidArgument, match=r"using: expected a strategy for schema\.object\(.*\[list\]"):
        requests_for(make_router(), using={PAGE: values})
    with pytest.raises(InvalidArgument, match=r"using: expected a strategy for 'page' but got \[list\]"):
        from_schema(s.object({}, id="page"), using={"page": values})


def test_two_of_them_are_two_things_to_hypothesis() -> None:
    """What draws is named alike everywhere, but each draws its own."""

    @settings(QUICK)
    @given(from_schema(PAGE), from_schema(s.string()))
    def both(page: Any, text: Any) -> None:
        assert PAGE.is_valid(page)
        assert isinstance(text, str)

    both()
