"""This module makes Hypothesis strategies of schemas: of the values that fit, and of such that do not."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, overload

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy

from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.options import Side, T
from kbn_schema.missing import MISSING
from kbn_schema.testing.hand import HAND, Hand
from kbn_schema.testing.naming import named
from kbn_schema.testing.trees import Given, Tree
from kbn_schema.testing.values import Broken

# Whether containers are sometimes written as JSON text, for one value.
_WRITES: Final = st.integers(0, 7).map(lambda number: number == 7)


@overload
def from_schema(
    schema: Schema[T],
    *,
    side: Literal["output"],
    context: Mapping[str, Any] | None = None,
    using: Given | None = None,
) -> SearchStrategy[T]: ...
@overload
def from_schema(
    schema: Schema[Any],
    *,
    side: Side = "input",
    context: Mapping[str, Any] | None = None,
    using: Given | None = None,
) -> SearchStrategy[Any]: ...
def from_schema(
    schema: Schema[Any],
    *,
    side: Side = "input",
    context: Mapping[str, Any] | None = None,
    using: Given | None = None,
) -> SearchStrategy[Any]:
    """Return a Hypothesis strategy of the values that *schema* accepts, or of those that it yields.

    Inputs are what JSON clients may send, beside bytes and streams where a schema wants such: mostly in the
    plain form, sometimes in another that is coerced, such as ``"5"`` for a number. They shrink to the
    plainest: an object has its required keys only, a list the fewest items, a union is its first
    alternative. A root `maybe` yields `MISSING`, too.

    Args:
        side: "input", what `validate` accepts, or "output", what it yields.
        context: What `context_ref` reads; give `validate` the same.
        using: Strategies to draw from instead, by the schemas that they stand for, or their ids: for what an
            author's `validate` makes too rare to be found.

    Raises:
        hypothesis.errors.Unsatisfiable: No value fits. From an example: a `validate` refused all that was
            drawn.
        hypothesis.errors.InvalidArgument: *schema* is none; a kind of a third party does not say its values;
            *using* names what is not there, or has no strategy for it; *side* is another word.
        SchemaDefinitionError: A `lazy` in there leads nowhere.

    Example:
        >>> from hypothesis import given
        >>> from kbn_schema import schema
        >>> from kbn_schema.testing import from_schema
        >>> page = schema.object({"page": schema.integer(min=1)})
        >>> @given(from_schema(page))
        ... def test_pages_are_accepted(value):
        ...     assert page.validate(value)["page"] >= 1
        >>> test_pages_are_accepted()
    """
    _require_schema("from_schema", schema)
    if side not in ("input", "output"):
        raise InvalidArgument("from_schema: side must be 'input' or 'output'")
    tree = Tree(schema, context or {}, spelled=side == "input", using=using)
    tree.require_value()
    values = _fitting(tree)
    if tree.may_be_missing:
        values = st.just(MISSING) | values
    if side == "output":
        values = values.map(lambda value: schema.validate(value, context))
    options = {"side": "" if side == "input" else side, "context": context, "using": using}
    return named("from_schema", schema, options, values)


@overload
def invalid_from_schema(
    schema: Schema[Any],
    *,
    explain: Literal[True],
    context: Mapping[str, Any] | None = None,
    using: Given | None = None,
) -> SearchStrategy[Broken]: ...
@overload
def invalid_from_schema(
    schema: Schema[Any],
    *,
    explain: bool = False,
    context: Mapping[str, Any] | None = None,
    using: Given | None = None,
) -> SearchStrategy[Any]: ...
def invalid_from_schema(
    schema: Schema[Any],
    *,
    explain: bool = False,
    context: Mapping[str, Any] | None = None,
    using: Given | None = None,
) -> SearchStrategy[Any]:
    """Return a Hypothesis strategy of values that *schema* refuses, each for one reason.

    Each differs from a valid value in one place: a key is missing, or is too much; a number is out of
    bounds; something else stands there. It is refused however far it shrinks.

    Args:
        explain: Whether to yield a `Broken`, which says what was broken and where.
        context: As for `from_schema`.
        using: As for `from_schema`; what those strategies stand for is broken all the same.

    Raises:
        hypothesis.errors.Unsatisfiable: *schema* accepts anything, or nothing, so that there is nothing to
            break.
        hypothesis.errors.InvalidArgument: As for `from_schema`.
        SchemaDefinitionError: As for `from_schema`.

    Example:
        >>> from hypothesis import find
        >>> from kbn_schema import schema
        >>> from kbn_schema.testing import invalid_from_schema
        >>> page = schema.object({"page": schema.integer(min=1)})
        >>> find(invalid_from_schema(page, explain=True), lambda broken: broken.what == "min")
        Broken(value={'page': 0}, what='min', path=('page',))
    """
    _require_schema("invalid_from_schema", schema)
    tree = Tree(schema, context or {}, using=using)
    tree.measure_faults()
    tree.require_fault()
    # By construction it is nearly always refused; the check makes sure, also while it shrinks.
    broken = _broken(tree).filter(lambda broken: not schema.is_valid(broken.value, context))
    values: SearchStrategy[Any] = broken if explain else broken.map(lambda broken: broken.value)
    options = {"explain": explain, "context": context, "using": using}
    return named("invalid_from_schema", schema, options, values)


@st.composite
def _fitting(draw: DrawFn, tree: Tree) -> Any:
    hand = tree.hand(draw, writes=tree.spelled and draw(_WRITES))
    return tree.attempt(lambda: _with(hand, tree.root.draw))


@st.composite
def _broken(draw: DrawFn, tree: Tree) -> Broken:
    hand = tree.hand(draw)
    return tree.attempt(lambda: _with(hand, tree.root.break_) or reject())


def _with(hand: Hand, make: Callable[[Hand], T]) -> T:
    """Return what *make* makes with *hand*, which is at hand for whatever draws meanwhile."""
    before = HAND.set(hand)
    try:
        return make(hand)
    finally:
        HAND.reset(before)


def _require_schema(function: str, schema: object) -> None:
    if not isinstance(schema, Schema):
        raise InvalidArgument(f"{function}: expected a schema but got [{type(schema).__name__}]")
