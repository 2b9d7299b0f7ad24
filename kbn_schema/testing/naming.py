"""This module names a strategy as its user does: by the call that made it, as in ``repr(strategy)``."""

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import DrawFn, SearchStrategy

from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.options import T
from kbn_schema.problems import Issue, locate

MAX_SHOWN: Final = 200


def named(
    function: str, subject: object, options: Mapping[str, object], values: SearchStrategy[T]
) -> SearchStrategy[T]:
    """Return *values* as what *function* returns for *subject* and those *options* that are set."""

    def drawn(draw: DrawFn, _: _Arguments) -> T:
        return draw(values)

    # Hypothesis shows a composite strategy as a call of its function.
    drawn.__name__ = function
    found: SearchStrategy[T] = st.composite(drawn)(_Arguments(subject, options))
    return found


def shown(schema: Schema[object]) -> str:
    """Return *schema* as Python, as much of it as anybody reads in a message."""
    text = repr(schema)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


def unfitting(schema: Schema[Any], issue: Issue) -> str:
    """Return what is said of a strategy of an author for *schema*: *issue* is with all that it draws."""
    why = f"{locate(issue.path, None)}{issue.message}"
    return f"using: the strategy for {shown(schema)} drew no value that fits: {why}"


def require_strategies(using: Mapping[Any, object]) -> None:
    """Raise `InvalidArgument` unless all that an author gives to draw from are strategies."""
    for key, values in using.items():
        if not isinstance(values, SearchStrategy):
            name = shown(key) if isinstance(key, Schema) else repr(key)
            raise InvalidArgument(f"using: expected a strategy for {name} but got [{type(values).__name__}]")


class _Arguments:
    """What stands between the parentheses of a call, put into words only when it is read."""

    def __init__(self, subject: object, options: Mapping[str, object]) -> None:
        self._subject = subject
        self._options = options

    def __repr__(self) -> str:
        subject = self._subject
        first = shown(subject) if isinstance(subject, Schema) else type(subject).__name__.lower()
        # Contexts and headers may be large, and may hold what nobody should read in a log.
        options = [
            f"{name}={'...' if isinstance(value, Mapping) else repr(value)}"
            for name, value in self._options.items()
            if value
        ]
        return ", ".join([first, *options])
