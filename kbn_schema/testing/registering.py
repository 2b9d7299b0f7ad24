"""This module tells Hypothesis which values the types of outputs have."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import SearchStrategy

from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.byte_size import ByteSizeSchema
from kbn_schema.kinds.duration import DurationSchema
from kbn_schema.quantities import ByteSize, Duration
from kbn_schema.testing.strategies import from_schema


def register(
    schema: Schema[Any], kind: type[Any], *, using: dict[Any, SearchStrategy[Any]] | None = None
) -> None:
    """Let Hypothesis draw the values of *kind* from the outputs of *schema*.

    So ``st.from_type(kind)`` does, ``st.builds(function)`` where *function* has an argument of that type, and
    whatever has such a thing inside: ``list[kind]``. It holds until the program ends, or *kind* is registered
    again.

    Args:
        schema: What its `validate` yields are the values.
        kind: A `TypedDict`, or any other class.
        using: Strategies in place of ours, as for `from_schema`.

    Raises:
        hypothesis.errors.InvalidArgument: *schema* is no schema, or *kind* is no class, as ``list[int]``.
        hypothesis.errors.Unsatisfiable: Nothing fits *schema*.

    Example:
        >>> from typing import TypedDict
        >>> from kbn_schema import schema
        >>> class Page(TypedDict):
        ...     number: int
        >>> register(schema.object({"number": schema.integer(min=1, max=1)}), Page)
        >>> from hypothesis import find
        >>> find(st.from_type(Page), lambda page: True)
        {'number': 1}
    """
    if not isinstance(schema, Schema):
        raise InvalidArgument(f"expected a schema but got [{type(schema).__name__}]")
    st.register_type_strategy(kind, from_schema(schema, side="output", using=using))


def _sizes(_: object) -> SearchStrategy[ByteSize]:
    return from_schema(ByteSizeSchema(), side="output")


def _durations(_: object) -> SearchStrategy[Duration]:
    return from_schema(DurationSchema(), side="output")


# They are `int` and `timedelta` to Hypothesis, which would only ever draw one of each.
st.register_type_strategy(ByteSize, _sizes)
st.register_type_strategy(Duration, _durations)
