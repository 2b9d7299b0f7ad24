"""This module draws texts of some length, pattern and format, and those that just do not fit."""

import re
from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kbn_schema.formats.hostname import is_hostname
from kbn_schema.testing.anything import CHARACTERS
from kbn_schema.testing.edits import edited
from kbn_schema.testing.formats import HOST_CHARACTERS, HOST_LENGTH, NO_HOSTS, hosts
from kbn_schema.testing.patterns import matching
from kbn_schema.testing.values import Faults, Values, other_types
from kbn_schema.wording import show_number

Number = int | float

# Of longer texts, the rest is more of the same.
DRAWN: Final = 50
# Texts that have to be longer are not made: they would only take memory.
MAX_LENGTH: Final = 1_000_000
# What most patterns refuse one of, at any length.
REFUSED: Final = ("!", "a", "0", "A", " ", "\n", "-", "_", ".", "\u00e9", "\x00", "\u6f22")
HOSTS: Final = (
    "a", "localhost", "example.org", "a.b", "A.B", "1.2.3.4", "::1", "a-1", "b\u00fccher.de", "z.example.com",
)  # fmt: skip
# A float is the same decimal up to here.
KEPT_DIGITS: Final = 14
# A longer number has no text.
MOST_DIGITS: Final = 4300
TRIED: Final = (
    *range(150), *range(-1, -20, -1), 200, 404, 999, 1000, 1234, 2026, 9999, 12345, 80443, 123456, 20260131,
    *(10**power for power in range(20)), 0.5, 1.5, -0.5, 0.25, 3.14, 100.5, -273.15, 1e21, 1e-7,
)  # fmt: skip


def texts(
    *,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: re.Pattern[str] | None = None,
    hostname: bool = False,
    from_numbers: bool = False,
    spelled: bool = True,
) -> Values:
    """Return texts.

    Args:
        min_length: Fewest code points, inclusive.
        max_length: Most code points, inclusive.
        pattern: What all match as a whole.
        hostname: Whether all are host names or addresses.
        from_numbers: Whether a number stands for its text; not beside *hostname*.
        spelled: Whether such numbers are drawn.
    """
    wanted = _Wanted(min_length, max_length, pattern, hostname)
    numeric = from_numbers and not hostname
    fitting: SearchStrategy[Any] = wanted.texts()
    if numeric and spelled:
        fitting = st.one_of(fitting, wanted.numbers())

    def faults() -> Faults:
        found: dict[str, list[SearchStrategy[Any]]] = {
            "format": [wanted.no_hosts()] if hostname else [],
            "min_length": [wanted.too_short()],
            "max_length": [wanted.too_long()],
            "pattern": [wanted.unmatched()],
            "type": [other_types(str, int, float) if numeric else other_types(str)],
        }
        if numeric:
            found["min_length"].append(_numbers(1, wanted.least - 1))
            found["max_length"] += [] if max_length is None else [_numbers(max_length + 1, max_length + 9)]
            found["pattern"].append(wanted.unmatched_numbers())
        return {code: st.one_of(wrong) for code, wrong in found.items() if not st.one_of(wrong).is_empty}

    return Values(fitting, faults)


class _Wanted:
    """What is asked of texts, and the texts for it."""

    def __init__(
        self, min_length: int | None, max_length: int | None, pattern: re.Pattern[str] | None, hostname: bool
    ) -> None:
        self.min_length = min_length
        self.max_length = max_length
        self.pattern = pattern
        self.hostname = hostname
        self.least = min_length or 0

    def texts(self) -> SearchStrategy[str]:
        """Return the texts that fit."""
        if self.least > MAX_LENGTH:
            return st.nothing()
        if self.pattern is None:
            if self.hostname:
                return hosts(self.min_length, self.max_length)
            return _plain(self.least, self.max_length)
        if not self.hostname:
            return matching(self.pattern, self.min_length, self.max_length)
        # Two languages at once: drawn from the one, filtered by the other.
        most = HOST_LENGTH if self.max_length is None else min(self.max_length, HOST_LENGTH)
        return matching(self.pattern, self.least, most, HOST_CHARACTERS).filter(is_hostname)

    def numbers(self) -> SearchStrategy[Number]:
        """Return the numbers whose texts fit; beside a pattern a few that were tried."""
        if self.pattern is None:
            return _numbers(max(self.least, 1), self.max_length)
        pattern = self.pattern
        return _sampled(
            [one for one in TRIED if self._is_long(text := show_number(one)) and pattern.fullmatch(text)]
        )

    def no_hosts(self) -> SearchStrategy[str]:
        """Return texts that are no hosts, of any length, which is told of later."""
        return st.one_of(
            st.sampled_from(NO_HOSTS), edited(hosts(), lambda text: not is_hostname(text), NO_HOSTS)
        )

    def too_short(self) -> SearchStrategy[str]:
        """Return texts that would fit if they were longer, and any that are too short.

        The pattern is told of later.
        """
        if not self.least:
            return st.nothing()
        if self.least > MAX_LENGTH:
            return _plain(0, DRAWN)
        if self.hostname:
            return hosts(None, self.least - 1)
        cut = self.texts().map(lambda text: text[: self.least - 1])
        return st.one_of(cut, _plain(0, self.least - 1))

    def too_long(self) -> SearchStrategy[str]:
        """Return texts that would fit if they were shorter, and any that are too long."""
        if self.max_length is None or self.max_length >= MAX_LENGTH:
            return st.nothing()
        length = self.max_length + 1
        if self.hostname:
            return hosts(length)
        longer = self.texts().map(lambda text: _stretched(text or "0", length))
        return st.one_of(longer, _plain(length, length + 9))

    def unmatched(self) -> SearchStrategy[str]:
        """Return texts that fit but for the pattern; nothing where no such text is known."""
        if self.pattern is None or self.least > MAX_LENGTH:
            return st.nothing()
        most = self.least + 3 if self.max_length is None else self.max_length
        lengths = sorted({self.least, min(self.least + 1, most), min(self.least + 3, most), min(most, DRAWN)})
        known = [_stretched(char, length) for length in lengths for char in REFUSED]
        known = [text for text in dict.fromkeys((*known, *HOSTS)) if self._only_unmatched(text)]
        if not known:
            return st.nothing()
        return st.one_of(edited(self.texts(), self._only_unmatched, known), st.sampled_from(known))

    def unmatched_numbers(self) -> SearchStrategy[Number]:
        """Return numbers whose texts fit but for the pattern."""
        return _sampled([number for number in TRIED if self._only_unmatched(show_number(number))])

    def _only_unmatched(self, text: str) -> bool:
        return (
            self.pattern is not None
            and self._is_long(text)
            and (not self.hostname or is_hostname(text))
            and not self.pattern.fullmatch(text)
        )

    def _is_long(self, text: str) -> bool:
        return self.least <= len(text) and (self.max_length is None or len(text) <= self.max_length)


def _plain(least: int, most: int | None) -> SearchStrategy[str]:
    if least <= DRAWN:
        return st.text(CHARACTERS, min_size=least, max_size=most)
    further = DRAWN if most is None else min(DRAWN, most - least)
    return st.builds(
        _stretched, st.text(CHARACTERS, min_size=1, max_size=DRAWN), st.integers(least, least + further)
    )


def _stretched(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


def _numbers(least: int, most: int | None) -> SearchStrategy[Number]:
    """Return numbers whose texts have a length between two, the *least* not 0."""
    # Not many more: of integers between bounds, most are as long as the longest.
    longer = least + KEPT_DIGITS
    most = min(longer if most is None else most, longer, MOST_DIGITS)
    positive = _integers(least, most)
    negative = _integers(least - 1, most - 1).map(lambda number: -number or -1)
    floats = _integers(least, min(most, KEPT_DIGITS)).map(float)
    halves = _integers(least - 2, min(most - 2, KEPT_DIGITS)).map(lambda number: number + 0.5)
    return st.one_of(positive, floats, negative, halves)


def _integers(least: int, most: int) -> SearchStrategy[int]:
    """Return the integers that are not negative, with so many digits."""
    least = max(least, 1)
    return st.nothing() if least > most else st.integers(10 ** (least - 1) if least > 1 else 0, 10**most - 1)


def _sampled(numbers: Sequence[Number]) -> SearchStrategy[Number]:
    return st.sampled_from(numbers) if numbers else st.nothing()
