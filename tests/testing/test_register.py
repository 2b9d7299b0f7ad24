"""Types of outputs are drawn from their schemas."""

from typing import Any, TypedDict

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, Unsatisfiable

from kbn_schema import ByteSize, Duration
from kbn_schema import schema as s
from kbn_schema.testing.registering import register

few = settings(max_examples=20, deadline=None, database=None)


class Page(TypedDict, total=False):
    number: int
    size: ByteSize


class Number(int):
    pass


PAGE = s.object({"number": s.integer(min=1, max=9), "size": s.byte_size(default="1kb")})


@pytest.fixture(autouse=True)
def _registered() -> None:
    register(PAGE, Page)


def test_a_typed_dict_is_drawn_from_its_schema() -> None:
    @few
    @given(st.from_type(Page))
    def fits(page: Page) -> None:
        assert PAGE.validate(page) == page

    fits()


def test_what_is_drawn_is_output() -> None:
    page = find(st.from_type(Page), lambda page: True, settings=settings(database=None))

    assert {"number": 1, "size": ByteSize(1024)} == page
    assert type(page["size"]) is ByteSize


def test_functions_with_that_annotation_are_called_with_it() -> None:
    def numbers(pages: list[Page], last: Page | None) -> set[int]:
        return {page["number"] for page in [*pages, *([last] if last else [])]}

    @few
    @given(st.builds(numbers))
    def fits(found: set[int]) -> None:
        assert found <= set(range(1, 10))

    fits()


def test_a_type_is_registered_again() -> None:
    register(s.object({"number": s.literal(7)}), Page)

    assert {"number": 7} == find(st.from_type(Page), lambda page: True, settings=settings(database=None))


def test_strategies_may_be_given() -> None:
    number = s.integer()
    register(s.object({"number": number}), Page, using={number: st.just(42)})

    assert {"number": 42} == find(st.from_type(Page), lambda page: True, settings=settings(database=None))


def test_any_class_may_be_registered() -> None:
    register(s.integer(min=5, max=5), Number)

    assert 5 == find(st.from_type(Number), lambda value: True, settings=settings(database=None))


@pytest.mark.parametrize(("kind", "schema"), [(ByteSize, s.byte_size()), (Duration, s.duration())])
def test_quantities_are_registered(kind: type[Any], schema: Any) -> None:
    drawn: set[Any] = set()

    @few
    @given(st.from_type(kind))
    def collect(value: Any) -> None:
        assert type(value) is kind
        assert value == schema.validate(value)
        drawn.add(value)

    collect()

    assert len(drawn) > 5


@pytest.mark.parametrize("kind", ["Page", None, 5, list[int], Page | None])
def test_only_a_class_can_be_registered(kind: Any) -> None:
    with pytest.raises(InvalidArgument):
        register(PAGE, kind)


def test_only_a_schema_can_be_registered() -> None:
    with pytest.raises(InvalidArgument, match=r"^expected a schema but got \[dict\]$"):
        register({}, Page)  # type: ignore[arg-type]


def test_a_schema_without_values_is_refused() -> None:
    with pytest.raises(Unsatisfiable):
        register(s.object({"a": s.literal(1), "b": s.one_of([s.never()])}), Page)
