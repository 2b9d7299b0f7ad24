"""This module draws what a schema names one by one: true and false, a literal, the values of an enum."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kbn_schema.kinds.literal import Scalar, same_scalar
from kbn_schema.numbers import BLANKS
from kbn_schema.testing.values import PLAIN, Faults, Values, other_types, plain_values
from kbn_schema.wording import show

NO_BOOLEANS: Final = (
    "", "1", "0", "yes", "no", "on", "off", "t", "truee", "tru e", "true,", "null", "\uff54rue", 1, 1.0,
)  # fmt: skip
# Up to here each integer is a float too, and both print alike.
ALIKE: Final = 2**53


def booleans(*, spelled: bool = True) -> Values:
    """Return False and True, and, if they may be *spelled*, texts that say so."""

    def faults() -> Faults:
        return {"type": st.one_of(other_types(bool, str), st.sampled_from(NO_BOOLEANS))}

    return Values(st.one_of(st.booleans(), _spelled()) if spelled else st.booleans(), faults)


def _spelled() -> SearchStrategy[str]:
    blanks = st.one_of(st.just(""), st.text(BLANKS, max_size=2))
    words = st.sampled_from(["false", "true", "FALSE", "TRUE", "False", "True", "fAlSe", "tRuE"])
    return st.tuples(blanks, words, blanks).map("".join)


def constants(values: Iterable[Scalar], *, code: str) -> Values:
    """Return *values* in their order, then numbers as they are also written.

    What is near them is wrong; *code* is that of the issue.
    """
    values = list(values)
    alike = [other for value in values for other in _alike(value)]

    def faults() -> Faults:
        near = [wrong for value in values for wrong in (*_near(value), value, [value], {"value": value})]
        kept = [wrong for wrong in (*near, *PLAIN) if not any(_is_same(wrong, value) for value in values)]
        return {code: plain_values(kept)}

    return Values(st.sampled_from([*values, *alike]), faults)


def _alike(value: Scalar) -> Iterator[Scalar]:
    """Yield the other numbers that JSON cannot tell from *value*."""
    if type(value) is int and abs(value) <= ALIKE:
        yield float(value)
    if type(value) is float and value.is_integer():
        yield int(value)


def _near(value: Scalar) -> Iterator[Any]:
    """Yield what could be mistaken for *value*."""
    yield show(value)
    if value is None:
        yield ""
    elif isinstance(value, str):
        yield from (value.swapcase(), value.upper(), value.lower(), value[:-1], value[1:])
        yield from (value + " ", " " + value, value + "\n")
    else:
        yield from (not value, bool(value), int(value), value + 1, value - 1)
        if abs(value) < ALIKE:
            yield value + 0.5


def _is_same(one: Any, other: Scalar) -> bool:
    return isinstance(one, Scalar) and same_scalar(one, other)
