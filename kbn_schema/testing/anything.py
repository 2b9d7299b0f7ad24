"""This module draws any value that JSON has."""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kbn_schema.testing.values import Values

# No lone surrogates: JSON has none. Not by their codec, which is Hypothesis's default: it tries all code
# points for two seconds within the first draw, which is told as too slow.
CHARACTERS: Final = st.characters(exclude_categories=["Cs"])
TEXTS: Final = st.text(CHARACTERS, max_size=8)
SCALARS: Final = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
# Two levels say all that there is to say of what nobody looks at.
_FLAT: Final = st.lists(SCALARS, max_size=3) | st.dictionaries(TEXTS, SCALARS, max_size=3)
JSON: Final[SearchStrategy[Any]] = (
    SCALARS | _FLAT | st.lists(_FLAT, max_size=2) | st.dictionaries(TEXTS, _FLAT, max_size=2)
)


def anything() -> Values:
    """Return what JSON has; nothing is wrong."""
    return Values(JSON)


def nothing() -> Values:
    """Return no value; any is wrong."""
    return Values(st.nothing(), lambda: {"never": JSON})
