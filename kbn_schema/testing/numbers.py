"""This module draws numbers between bounds, and those just outside of them.

Bounds are exact: an integer is never compared as the float next to it, and a multiple is one in decimals, as
the schemas have it.
"""

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kbn_schema.numbers import BLANKS, MAX_DIGITS, SAFE, spell_integer
from kbn_schema.testing.values import Faults, Values, other_types
from kbn_schema.wording import show_number

Number = int | float

INFINITY: Final = float("inf")
LARGEST: Final = math.nextafter(INFINITY, 0)
# Longer texts are not read.
READABLE: Final = 10**MAX_DIGITS - 1
LONG: Final = READABLE // 10
# A decimal of so many digits is still the same after it was a float.
KEPT_DIGITS: Final = 10**15
# Below, a float keeps fewer digits.
LEAST_EXPONENT: Final = -290
SEARCHED: Final = 60

NO_NUMBERS: Final = (
    "a", "", " ", "1a", "0x1", "1_0", "1,5", "1 0", "--1", "+", ".", "1e", "e1", "1.2.3", "NaN", "Infinity",
    "null", "true", "\u0661", "\u00bd", "[1]",
)  # fmt: skip
NO_INTEGERS: Final = ("1.0", "1.5", "1e2", ".5", "5.")


def numbers(
    *,
    min: Number | None = None,
    max: Number | None = None,
    exclusive_min: Number | None = None,
    exclusive_max: Number | None = None,
    multiple_of: Number | None = None,
    whole: bool = False,
    unsafe: bool = False,
    spelled: bool = True,
) -> Values:
    """Return the numbers within bounds, integers first.

    Args:
        min: Smallest, inclusive.
        max: Largest, inclusive.
        exclusive_min: All are greater.
        exclusive_max: All are lower.
        multiple_of: All are multiples, reckoned in decimals.
        whole: Whether only integers fit; a float such as 1.0 is one.
        unsafe: Whether to go beyond 2**53 - 1 in size; a *whole* number always may.
        spelled: Whether texts that spell a number fit as well.
    """
    limit = None if whole or unsafe else SAFE
    window = Span().within(limit)
    span = Span(at_least=min, above=exclusive_min, at_most=max, below=exclusive_max).within(limit)
    step = None if multiple_of is None else Step.of(multiple_of)
    fitting = _drawn(span, step, whole=whole)
    if spelled:
        fitting = st.one_of(fitting, _spelled(_drawn(span.readable(), step, whole=whole), whole=whole))

    def outside(wrong: "Span") -> SearchStrategy[Any]:
        found = st.one_of(_edges(wrong, whole=whole), _drawn(wrong, None, whole=whole))
        readable = _drawn(wrong.readable(), None, whole=whole)
        return st.one_of(found, _spelled(readable, whole=whole)) if spelled else found

    def faults() -> Faults:
        found = {"type": _no_numbers(whole=whole)}
        if not whole:
            found["unsafe_number"] = _unsafe(unsafe=unsafe, spelled=spelled)
        if min is not None:
            found["min"] = outside(attrs.evolve(window, below=min))
        if max is not None:
            found["max"] = outside(attrs.evolve(window, above=max))
        if exclusive_min is not None:
            found["exclusive_min"] = outside(Span(at_least=min, at_most=exclusive_min).within(limit))
        if exclusive_max is not None:
            found["exclusive_max"] = outside(Span(at_least=exclusive_max, at_most=max).within(limit))
        if step is not None:
            found["multiple_of"] = step.missed(span, whole=whole)
        return {code: wrong for code, wrong in found.items() if not wrong.is_empty}

    return Values(fitting, faults)


@attrs.frozen
class Span:
    """The numbers between bounds."""

    at_least: Number | None = None
    above: Number | None = None
    at_most: Number | None = None
    below: Number | None = None

    def within(self, limit: int | None) -> "Span":
        """Return what of it is at most *limit* in size."""
        if limit is None:
            return self
        least = -limit if self.at_least is None else max(self.at_least, -limit)
        most = limit if self.at_most is None else min(self.at_most, limit)
        return attrs.evolve(self, at_least=least, at_most=most)

    def readable(self) -> "Span":
        """Return what of it has a text that is not too long to be read."""
        # Only where a bound is as large: of integers between bounds, most are as long as the longest.
        ends = [abs(end) for end in self.integers() if end is not None]
        return self.within(READABLE if max(ends, default=0) > LONG else None)

    def integers(self) -> tuple[int | None, int | None]:
        """Return the least and the greatest integer in it; None where there is no bound."""
        least = [] if self.at_least is None else [math.ceil(self.at_least)]
        least += [] if self.above is None else [math.floor(self.above) + 1]
        most = [] if self.at_most is None else [math.floor(self.at_most)]
        most += [] if self.below is None else [math.ceil(self.below) - 1]
        return max(least, default=None), min(most, default=None)

    def floats(self) -> tuple[float, float]:
        """Return the least and the greatest float in it.

        The least is above the greatest where there is none.
        """
        least = max(_least_float(self.at_least), _least_float(self.above, exclusive=True))
        negated = [None if bound is None else -bound for bound in (self.at_most, self.below)]
        most = -max(_least_float(negated[0]), _least_float(negated[1], exclusive=True))
        return least, most

    def holds(self, number: Number) -> bool:
        """Whether *number* is in it; no infinity is."""
        return (
            number not in (INFINITY, -INFINITY)
            and (self.at_least is None or number >= self.at_least)
            and (self.above is None or number > self.above)
            and (self.at_most is None or number <= self.at_most)
            and (self.below is None or number < self.below)
        )


def _least_float(bound: Number | None, *, exclusive: bool = False) -> float:
    if bound is None:
        return -LARGEST
    try:
        found = float(bound)
    except OverflowError:
        return INFINITY if bound > 0 else -LARGEST
    if found < bound or (exclusive and found == bound):
        return math.nextafter(found, INFINITY)
    return found or -0.0  # which is as large as 0.0


class Step:
    """The distance of multiples, as the decimal *digits* times ten to the power of *exponent*."""

    def __init__(self, digits: int, exponent: int) -> None:
        self.digits = digits
        self.exponent = exponent
        self.exact: Fraction = Fraction(digits) * Fraction(10) ** exponent
        # The least integer that is a multiple.
        self.whole: int = self.exact.numerator
        # So many times it, a float still prints as the same decimal.
        self.kept: int = KEPT_DIGITS // digits if exponent > LEAST_EXPONENT else 0

    @classmethod
    def of(cls, multiple_of: Number) -> "Step":
        """Return the step that *multiple_of* prints as."""
        _, digits, exponent = Decimal(str(multiple_of)).as_tuple()
        return cls(int("".join(map(str, digits))), int(exponent))

    def integers(self, span: Span) -> SearchStrategy[int]:
        """Return the integers in *span* that are multiples."""
        least, most = span.integers()
        least = None if least is None else -(-least // self.whole)
        most = None if most is None else most // self.whole
        return _integers(least, most).map(lambda count: count * self.whole)

    def floats(self, span: Span) -> SearchStrategy[float]:
        """Return floats in *span* that are multiples: those of up to 15 digits, or a few longer ones."""
        least, most = self._counts(span, self.kept)
        if least <= most:
            return st.integers(least, most).map(self._times)
        return _sampled([number for number in _first_floats(span) if self.divides(number)])

    def missed(self, span: Span, *, whole: bool) -> SearchStrategy[Any]:
        """Return numbers in *span* that are no multiples."""
        integers = self._missed_integers(span)
        if whole:
            return integers
        half = Step(self.digits * 5, self.exponent - 1)
        least, most = self._counts(span, half.kept // 2)
        if least < most:
            between = st.integers(least, most - 1).map(lambda count: half._times(2 * count + 1))
            return st.one_of(integers, between)
        return st.one_of(integers, _sampled([one for one in _first_floats(span) if not self.divides(one)]))

    def divides(self, number: float) -> bool:
        """Whether *number* is a multiple."""
        return not Fraction(repr(number)) % self.exact

    def _missed_integers(self, span: Span) -> SearchStrategy[int]:
        least, most = span.integers()
        if self.whole == 1 or (least is not None and least == most and least % self.whole == 0):
            return st.nothing()

        def beside(number: int) -> int:
            if number % self.whole:
                return number
            return number + 1 if most is None or number < most else number - 1

        return _integers(least, most).map(beside)

    def _counts(self, span: Span, kept: int) -> tuple[int, int]:
        """Return how often the step is in the least and the greatest multiple, *kept* times at most.

        The least is above the greatest where there is none.
        """
        least, most = span.floats()
        if least > most:
            return 1, 0
        # One more at either end: a float is not just the decimal that it prints as.
        low = max(math.ceil(Fraction(least) / self.exact) - 1, -kept)
        high = min(math.floor(Fraction(most) / self.exact) + 1, kept)
        held = [count for count in (low, low + 1, low + 2, high - 2, high - 1, high) if low <= count <= high]
        held = [count for count in held if span.holds(self._times(count))]
        return (min(held), max(held)) if held else (1, 0)

    def _times(self, count: int) -> float:
        return float(f"{count * self.digits}e{self.exponent}")


def _integers(least: int | None, most: int | None) -> SearchStrategy[int]:
    crossed = least is not None and most is not None and least > most
    return st.nothing() if crossed else st.integers(least, most)


def _floats(span: Span) -> SearchStrategy[float]:
    least, most = span.floats()
    return st.nothing() if least > most else st.floats(least, most, allow_nan=False, allow_infinity=False)


def _whole_floats(span: Span, step: Step | None) -> SearchStrategy[float]:
    """Return floats without fraction."""
    kept = span.within(2**53)
    return (_integers(*kept.integers()) if step is None else step.integers(kept)).map(float)


def _drawn(span: Span, step: Step | None, *, whole: bool) -> SearchStrategy[Any]:
    """Return the integers in *span*, then the floats."""
    integers = _integers(*span.integers()) if step is None else step.integers(span)
    if whole:
        return st.one_of(integers, _whole_floats(span, step))
    return st.one_of(integers, _floats(span) if step is None else step.floats(span))


def _edges(span: Span, *, whole: bool) -> SearchStrategy[Any]:
    """Return the numbers that are outermost in *span*, where it has a bound of its own."""
    ends: list[Number] = [end for end in span.integers() if end is not None and abs(end) != SAFE]
    if not whole:
        ends += [end for end in span.floats() if abs(end) < SAFE]
    return _sampled([end for end in ends if span.holds(end)])


def _first_floats(span: Span) -> list[float]:
    """Return the floats next to either end of *span*, and a few plain ones in it."""
    least, most = span.floats()
    found = [0.5, 1.5, 0.1, 0.25, -0.5, 1 / 3, 1e-9]
    for _ in range(SEARCHED):
        found += [least, most]
        least, most = math.nextafter(least, INFINITY), math.nextafter(most, -INFINITY)
    return [number for number in dict.fromkeys(found) if span.holds(number)]


def _sampled(numbers: list[Any]) -> SearchStrategy[Any]:
    return st.sampled_from(numbers) if numbers else st.nothing()


def _no_numbers(*, whole: bool) -> SearchStrategy[Any]:
    texts = NO_NUMBERS + NO_INTEGERS if whole else NO_NUMBERS
    found = [other_types(str, int, float), st.sampled_from(texts), st.just(math.nan)]
    if whole:
        fractions = st.integers(-(2**50), 2**50).map(lambda number: number + 0.5)
        found += [fractions, st.sampled_from([math.inf, -math.inf, 5e-324])]
    return st.one_of(found)


def _unsafe(*, unsafe: bool, spelled: bool) -> SearchStrategy[Any]:
    """Return numbers that are too large for a reader of JSON, and texts that lose digits."""
    found: list[Any] = [math.inf, -math.inf]
    texts = ["1e999", "-1e999", "9" * 400 + "."]
    if unsafe:
        return st.sampled_from(found + texts if spelled else found)
    large = st.one_of(
        st.just(SAFE + 1),
        *(_drawn(span, None, whole=False) for span in (Span(above=SAFE), Span(below=-SAFE))),
    )
    texts += ["9007199254740993", "0.12345678901234567890", "1.00000000000000000001", "123456789012345678e-5"]
    spellings = [_spelled(large, whole=False), st.sampled_from(texts)] if spelled else []
    return st.one_of(large, st.sampled_from(found), *spellings)


def _spelled(found: SearchStrategy[Any], *, whole: bool) -> SearchStrategy[str]:
    """Return texts that read as one of the numbers *found*."""
    forms = (
        (_plain, _signed, _padded) if whole else (_plain, _signed, _padded, _shown, _pointed, _raised, _bare)
    )
    if found.is_empty:
        return st.nothing()
    numbers = found.map(int) if whole else found
    blanks = st.one_of(st.just(""), st.text(BLANKS, max_size=2))
    return st.builds(_in_blanks, numbers, st.sampled_from(forms), blanks, blanks)


def _in_blanks(number: Number, form: Callable[[Number], str], before: str, after: str) -> str:
    return before + form(number) + after


def _plain(number: Number) -> str:
    return spell_integer(number) if type(number) is int else repr(number)


def _signed(number: Number) -> str:
    text = _plain(number)
    return text if text.startswith("-") else "+" + text


def _padded(number: Number) -> str:
    sign, digits = ("-", _plain(number)[1:]) if _plain(number).startswith("-") else ("", _plain(number))
    text = sign + "00" + digits
    return text + "0" if "." in text and "e" not in text else text


def _shown(number: Number) -> str:
    return show_number(number) if type(number) is float and abs(number) <= SAFE else _plain(number)


def _pointed(number: Number) -> str:
    return f"{_plain(number)}." if type(number) is int and abs(number) <= SAFE else _plain(number)


def _raised(number: Number) -> str:
    text = _plain(number)
    if "e" in text or abs(number) > SAFE:
        return text.upper()
    return f"{text}E+0"


def _bare(number: Number) -> str:
    text = _plain(number)
    return text[1:] if text.startswith("0.") else text
