"""This module is what a kind says of its values: those that fit, and those that are wrong."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Faults = Mapping[str, SearchStrategy[Any]]


@attrs.frozen
class Broken:
    """An invalid value, and the one place where it differs from a valid one.

    Args:
        value: The whole value.
        what: What is wrong, in the words of the codes of issues: ``"type"``, ``"min"``, ``"unknown_key"``.
        path: The keys that lead there from the root, as in an issue.
    """

    value: Any
    what: str
    path: tuple[str | int, ...] = ()


def no_faults() -> Faults:
    """Return the faults of what takes any value."""
    return {}


@attrs.frozen(eq=False)
class Values:
    """What a schema takes, and what it refuses.

    Args:
        fitting: The values that fit, the plainest first: Hypothesis shrinks to it. The canonical form of a
            value comes before what is coerced into it.
        faults: Returns, by the code of the issue, the values that are wrong for that reason. It is called
            only where invalid values are asked for.
    """

    fitting: SearchStrategy[Any]
    faults: Callable[[], Faults] = no_faults


# Of each type that JSON has, the plainest values.
PLAIN: Final[tuple[Any, ...]] = (None, False, True, 0, 1.5, "", [], {})


def other_types(*takes: type) -> SearchStrategy[Any]:
    """Return plain values of the types of JSON that are not among *takes*."""
    return plain_values(value for value in PLAIN if type(value) not in takes)


def plain_values(values: Iterable[Any]) -> SearchStrategy[Any]:
    """Return a strategy of *values*: containers are made anew for each draw."""
    kept = list(values)
    return st.sampled_from(kept).map(_anew) if kept else st.nothing()


def _anew(value: Any) -> Any:
    return value.copy() if type(value) in (list, dict) else value
