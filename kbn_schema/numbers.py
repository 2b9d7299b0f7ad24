"""Read numbers and booleans out of text, the way a query string spells them.

The grammar is @kbn/config-schema's: blanks around, a sign, digits with an optional
fraction, an optional exponent; ASCII only, no underscores, no hexadecimal.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from kbn_schema.patterns import pattern
from kbn_schema.wording import show_number

# What ECMA-262 trims: its WhiteSpace and LineTerminator. `str.strip()` differs (it also
# takes U+001C to U+001F and U+0085, and leaves U+FEFF).
BLANKS = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)
# How a text begins that spells a number, perhaps; most others are told from it at once.
STARTS = frozenset("+-.0123456789" + BLANKS)
SAFE = 2**53 - 1
# Longer texts are not read: int() is quadratic and refuses more than 4,300 digits.
MAX_DIGITS = 4300  # what the interpreter itself reads unless it is told otherwise
PIECE = 600
PLAIN = 15  # characters of a text that is read at once
MAX_KNOWN = 1001  # numbers below are looked up

INTEGER = pattern(r"[+-]?[0-9]++")
DECIMAL = pattern(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")


def strip_blanks(text: str) -> str:
    """Return *text* without the blanks around it, as JavaScript's `trim` does it."""
    return text.strip(BLANKS)


def read_boolean(text: str) -> bool | None:
    """Return the boolean that *text* spells (``true``, ``false``, any case, blanks around), or None."""
    word = strip_blanks(text)
    return {"true": True, "false": False}.get(word.lower()) if len(word) <= 5 else None


def _read_safe(text: str) -> int | float | None:
    whole, point, fraction = text.partition(".")
    if point and len(text) <= PLAIN and text.isascii() and whole.isdigit() and fraction.isdigit():
        return float(text)  # so few digits are all kept
    number = read_number(text)
    return number if number is not None and is_safe(number, text) else None


def read_integer(text: str) -> int | None:
    """Return the exact integer that *text* spells in digits, or None if it spells none."""
    if len(text) <= PLAIN and text.isascii() and text.isdigit():
        return int(text)
    if text[:1] not in STARTS:
        return None
    word = strip_blanks(text)
    if not INTEGER().fullmatch(word):
        return None
    digits = word.lstrip("+-").lstrip("0")
    if len(digits) > MAX_DIGITS:
        return None
    return -read_digits(digits) if word.startswith("-") else read_digits(digits)


def read_digits(digits: str) -> int:
    """Return the integer that *digits* spell, a minus sign before them or not, however many there are."""
    if digits.startswith("-"):
        return -read_digits(digits[1:])
    # In pieces: the interpreter's limit may be set as low as 640 digits, and answers must not depend on it.
    value = 0
    for start in range(0, len(digits), PIECE):
        piece = digits[start : start + PIECE]
        value = value * 10 ** len(piece) + int(piece)
    return value


def spell_integer(value: int) -> str:
    """Return the digits of *value*, however many; see `read_digits`."""
    pieces: list[str] = []
    rest = abs(value)
    while rest >= 10**PIECE:
        rest, piece = divmod(rest, 10**PIECE)
        pieces.append(f"{piece:0{PIECE}}")
    return ("-" if value < 0 else "") + str(rest) + "".join(reversed(pieces))


def read_number(text: str) -> int | float | None:
    """Return the number that *text* spells, or None if it spells none.

    Digits alone give an exact `int`, all else a `float`, infinite where the text is
    too large for one (or has more than 4,300 digits).
    """
    if text[:1] not in STARTS:
        return None
    word = strip_blanks(text)
    if INTEGER().fullmatch(word):
        exact = read_integer(word)
        return exact if exact is not None else float("-inf" if word.startswith("-") else "inf")
    return float(word) if DECIMAL().fullmatch(word) else None


def is_safe(value: int | float, text: str | None = None) -> bool:
    """Return whether *value* is at most 2**53 - 1 in size, and kept the digits of the *text* it came from.

    Source:
        Joi's `number.unsafe()`: a text is unsafe if its significant digits do not
        survive being read.
    """
    if abs(value) > SAFE:
        return False
    return text is None or isinstance(value, int) or _keeps_digits(value, strip_blanks(text))


def _keeps_digits(value: float, text: str) -> bool:
    printed = show_number(value)
    if "e" in text.lower():
        return _significant(text) == _significant(printed)
    return "e" in printed or _canonical(text) == printed


def _significant(text: str) -> str:
    mantissa = text.lower().partition("e")[0].lstrip("+-")
    return mantissa.replace(".", "").strip("0")


def _canonical(text: str) -> str:
    sign = "-" if text.startswith("-") else ""
    whole, _, fraction = text.lstrip("+-").partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    number = f"{whole}.{fraction}" if fraction else whole
    return number if number == "0" else sign + number


# Small numbers are looked up, which is faster; other texts are read.
class _SpelledIntegers(dict[str, Any]):
    __missing__ = staticmethod(read_integer)


class _SpelledNumbers(dict[str, Any]):
    __missing__ = staticmethod(_read_safe)


class _SpelledBooleans(dict[str, Any]):
    __missing__ = staticmethod(read_boolean)


@cache
def spelled_integers() -> Mapping[str, int | None]:
    """Return the integers by the texts that spell them, None for other texts."""
    return _SpelledIntegers({str(number): number for number in range(MAX_KNOWN)})


@cache
def spelled_numbers() -> Mapping[str, int | float | None]:
    """Return the safe numbers by the texts that spell them, None for other texts."""
    return _SpelledNumbers({str(number): number for number in range(MAX_KNOWN)})


@cache
def spelled_booleans() -> Mapping[str, bool | None]:
    """Return True and False by the texts that spell them, None for other texts."""
    return _SpelledBooleans({"true": True, "false": False})
