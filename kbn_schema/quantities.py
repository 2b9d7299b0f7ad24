"""Sizes in bytes and lengths of time: plain numbers that read and print as Kibana does.

Nothing here knows what a schema is. Text that is no quantity raises `Unparsable`, a number that JSON's
users cannot exchange exactly raises `Unsafe`; neither repeats what it was given, it may be a secret.
"""

import re
from datetime import timedelta
from operator import index
from typing import Any, Self

from kbn_schema.patterns import pattern

# The largest integer that every JSON reader holds exactly (RFC 7493, section 2.2).
MAX_SAFE_INTEGER = 2**53 - 1

_BYTES = {"b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}
_BYTE_SIZE = pattern(r"([1-9][0-9]*)([kKmMgG]?[bB])")
# Kibana's limit: 18 characters hold "9007199254740991gb" and nothing larger that is safe.
_MAX_BYTE_SIZE_LENGTH = 18

_DAY = 86_400_000
# What one of each unit adds to the three parts of a duration: milliseconds, days, months.
_UNITS = {
    "ms": (1, 0, 0),
    "s": (1_000, 0, 0),
    "m": (60_000, 0, 0),
    "h": (3_600_000, 0, 0),
    "d": (0, 1, 0),
    "w": (0, 7, 0),
    "M": (0, 0, 1),
    "y": (0, 0, 12),
    "Y": (0, 0, 12),
}
_COUNT_AND_UNIT = pattern(r"(0|[1-9][0-9]*)(ms|[smhdwMyY])")
_ISO_8601 = pattern(
    r"P(?=[0-9T])(?:(?P<w>[0-9]+)W|(?:(?P<y>[0-9]+)Y)?(?:(?P<M>[0-9]+)M)?(?:(?P<d>[0-9]+)D)?"
    r"(?:T(?=[0-9])(?:(?P<h>[0-9]+)H)?(?:(?P<m>[0-9]+)M)?(?:(?P<s>[0-9]+)(?:\.(?P<ms>[0-9]{1,3}))?S)?)?)"
)
# Ours, generous: all units with the largest safe count are 160 characters. It bounds the digits for `int`.
_MAX_DURATION_LENGTH = 256

_DIGITS = pattern(r"[0-9]+")
_NUMERAL = pattern(r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|Infinity)")


class Unparsable(ValueError):
    """The text does not have the form of the quantity."""


class Unsafe(ValueError):
    """The number is not whole, is negative, or exceeds `MAX_SAFE_INTEGER`."""


class ByteSize(int):
    """A *number* of bytes; ``str()`` prints it in the largest fitting unit.

    In all else an `int`: arithmetic gives plain integers, JSON holds the number of bytes.

    Raises:
        TypeError: *number* is no integer.
        Unsafe: *number* is negative or greater than `MAX_SAFE_INTEGER`, which is 2**53 - 1.

    Source:
        Kibana `ByteSizeValue`: units b, kb, mb, gb, in powers of 1024.

    Example:
        >>> ByteSize.parse("1kb"), str(ByteSize(1536))
        (ByteSize(1024), '1.5kb')
    """

    __slots__ = ()

    def __new__(cls, number: int = 0) -> Self:
        return super().__new__(cls, _safe(index(number)))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the size that *text* spells: ``"10mb"``, the unit in any case, or bare digits for bytes.

        Raises:
            Unparsable: *text* is neither, or a count before a unit has a leading zero, as in ``"0b"``.
            Unsafe: the size is not a safe integer, or *text* is longer than 18 characters.
        """
        if len(text) > _MAX_BYTE_SIZE_LENGTH:
            raise _unsafe()
        match = _BYTE_SIZE().fullmatch(text)
        if match is None:
            return cls(_bare_number(text))
        return cls(int(match[1]) * _BYTES[match[2].lower()])

    @classmethod
    def of(cls, number: float) -> Self:
        """Return *number* bytes, of an integer or a float that is whole.

        Raises:
            Unsafe: *number* is not whole, is negative, or greater than 2**53 - 1.
        """
        return cls(_whole(number))

    def to_string(self, unit: str | None = None) -> str:
        """Return the size in *unit* (b, kb, mb or gb), by default the largest of which there is one, rounded.

        At most two decimals: ``1.07kb`` for 1100. Just below a unit the text may seem to reach it:
        ``1024kb`` for 1048575.

        Raises:
            ValueError: *unit* is not one of the four.
        """
        if unit is None:
            unit = max((name for name in _BYTES if _BYTES[name] <= self), key=_BYTES.__getitem__, default="b")
        if unit not in _BYTES:
            raise ValueError("unit must be one of b, kb, mb, gb")
        # Halves round up, as in JavaScript; Python's own rounding would take them to the even neighbour.
        hundredths = (200 * self + _BYTES[unit]) // (2 * _BYTES[unit])
        return f"{_decimal(hundredths, 2)}{unit}"

    def __str__(self) -> str:
        return self.to_string()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({int(self)})"


class Duration(timedelta):
    """A length of time; ``str()`` prints it in ISO 8601.

    Milliseconds, days and months are kept apart for printing, since a day has not always 24 hours:
    ``"25h"`` prints as ``PT25H`` and ``"1d1h"`` as ``P1DT1H``, and months bubble up to years only.
    In all else a `timedelta`: they are equal if they are equally long, where a month counts
    146097/4800 days, in all rounded to whole days (30 for one month, 365 for twelve), and arithmetic
    gives a plain `timedelta`.

    Mind that the first argument is milliseconds, as everywhere in Kibana; a `timedelta` begins with days.

    Args:
        milliseconds: A whole number of milliseconds, which may be more than a day.
        days: A whole number of days, which are kept apart.
        months: A whole number of months, which are kept apart.

    Raises:
        TypeError: one part is no integer.
        Unsafe: one part is negative, or the whole exceeds `MAX_SAFE_INTEGER` milliseconds.

    Source:
        Kibana `schema.duration`, which yields a `moment.Duration`.

    Example:
        >>> Duration.parse("1m30s"), str(Duration(months=13))
        (Duration(milliseconds=90000), 'P1Y1M')
    """

    __slots__ = ("_parts",)
    _parts: tuple[int, int, int]

    def __new__(cls, milliseconds: int = 0, days: int = 0, months: int = 0) -> Self:
        parts = (_safe(index(milliseconds)), _safe(index(days)), _safe(index(months)))
        # Whole days, halves up, as moment has it: 400 years are 146097 days.
        days_of_months = (parts[2] * 146_097 + 2_400) // 4_800
        total = _safe(parts[0] + (parts[1] + days_of_months) * _DAY)
        # Not beyond a timedelta: MAX_SAFE_INTEGER milliseconds are a tenth of what it can hold.
        self = super().__new__(cls, milliseconds=total)
        self._parts = parts
        return self

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what *text* spells: ``"1m30s"``, bare milliseconds, or ISO 8601: ``"P1Y2M3DT4H5M6.789S"``.

        Kibana's units are ms, s, m, h, d, w, M (months) and y; they may repeat and come in any order, and
        milliseconds without a unit may come last. ISO 8601 is read as it is printed, and weeks alone.

        Raises:
            Unparsable: *text* is none of these, or a count before a unit has a leading zero.
            Unsafe: the whole is not a safe integer, or *text* is longer than 256 characters.
        """
        if len(text) > _MAX_DURATION_LENGTH:
            raise _unsafe()
        match = _ISO_8601().fullmatch(text)
        return cls(*(_iso_parts(match) if match else _kibana_parts(text)))

    @classmethod
    def of(cls, number: float) -> Self:
        """Return *number* milliseconds, of an integer or a float that is whole.

        Raises:
            Unsafe: *number* is not whole, is negative, or greater than 2**53 - 1.
        """
        return cls(_whole(number))

    @property
    def milliseconds(self) -> int:
        """All of the duration in milliseconds, days and months included."""
        return self // timedelta(milliseconds=1)

    def __str__(self) -> str:
        milliseconds, days, months = self._parts
        # Seconds as moment has them, a double: what is longer than 2**43 s loses a few milliseconds here.
        seconds = milliseconds / 1000
        hours, minutes = divmod(int(seconds / 60), 60)
        thousandths = int(seconds % 60 * 1000 + 0.5)
        date = _designated({"Y": months // 12, "M": months % 12, "D": days})
        time = _designated({"H": hours, "M": minutes, "S": _decimal(thousandths, 3)})
        return f"P{date}T{time}" if time else f"P{date or '0D'}"

    def __repr__(self) -> str:
        names = ("milliseconds", "days", "months")
        given = (f"{name}={part}" for name, part in zip(names, self._parts, strict=True) if part)
        return f"{type(self).__name__}({', '.join(given)})"

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickling and copying a timedelta would go by its length and lose the parts.
        return type(self), self._parts


def _safe(number: int) -> int:
    if not 0 <= number <= MAX_SAFE_INTEGER:
        raise _unsafe()
    return number


def _whole(number: float) -> int:
    # NaN and the infinities are not whole either.
    if isinstance(number, float) and not number.is_integer():
        raise _unsafe()
    return int(number)


def _bare_number(text: str) -> int:
    """Digits only; any other decimal numeral is `Unsafe`, as in Kibana, and all else `Unparsable`."""
    if _DIGITS().fullmatch(text):
        return int(text)
    if _NUMERAL().fullmatch(text):
        raise _unsafe()
    raise Unparsable("expected digits, or counts with units")


def _unsafe() -> Unsafe:
    return Unsafe("expected a whole number from 0 to 2**53 - 1")


def _kibana_parts(text: str) -> tuple[int, int, int]:
    """The milliseconds, days and months of a text such as ``1m30s``."""
    units: list[tuple[int, str]] = []
    end = 0
    while match := _COUNT_AND_UNIT().match(text, end):
        units.append((int(match[1]), match[2]))
        end = match.end()
    if end < len(text) or not units:
        units.append((_bare_number(text[end:]), "ms"))
    return _sum_of_parts(units)


def _iso_parts(match: re.Match[str]) -> tuple[int, int, int]:
    """The milliseconds, days and months of a match of `_ISO_8601`."""
    found = {unit: text for unit, text in match.groupdict().items() if text}
    if "ms" in found:
        found["ms"] = found["ms"].ljust(3, "0")
    return _sum_of_parts([(int(text), unit) for unit, text in found.items()])


def _sum_of_parts(units: list[tuple[int, str]]) -> tuple[int, int, int]:
    added = [[count * amount for amount in _UNITS[unit]] for count, unit in units]
    milliseconds, days, months = map(sum, zip(*added, strict=True))
    return milliseconds, days, months


def _designated(parts: dict[str, int | str]) -> str:
    """The parts that are not zero, each before its ISO 8601 designator."""
    return "".join(f"{part}{designator}" for designator, part in parts.items() if part not in (0, "0"))


def _decimal(scaled: int, places: int) -> str:
    """*scaled* divided by ten to the power of *places*, without trailing zeros."""
    whole, fraction = divmod(scaled, 10**places)
    return f"{whole}.{fraction:0{places}}".rstrip("0").rstrip(".")
