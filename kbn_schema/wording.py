"""Show keys, numbers and types as our sentences show them: in JSON's words, escaped and short."""

import datetime
import re
from collections.abc import Callable, Iterable
from typing import Any

from kbn_schema.missing import MISSING

INFINITY = float("inf")
MAX_SHOWN = 64
MAX_PATH = 1024
# 2**1024 is past what a float holds; longer integers are shown by their size, since
# printing them is quadratic and the interpreter refuses it from 4,300 digits on.
MAX_SHOWN_BITS = 1024

TYPE_WORDS: dict[type[Any], str] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    dict: "Object",
    list: "Array",
    tuple: "tuple",
    bytes: "Uint8Array",
    bytearray: "Uint8Array",
    set: "Set",
    frozenset: "Set",
    datetime.date: "Date",
    re.Pattern: "RegExp",
    type(lambda: None): "function",
    type(len): "function",
}


def type_word(value: object) -> str:
    """Return the word for the type of *value*: ``string``, ``null``, ``undefined``, ``Array``, ...

    Source:
        Kibana names types as the npm package type-detect does.
    """
    if value is None:
        return "null"
    if value is MISSING:
        return "undefined"
    # The type, never `isinstance`: an object may claim any `__class__`. And by identity: its
    # metaclass may fail to hash or compare.
    kind = type(value)
    exact = next((word for known, word in TYPE_WORDS.items() if kind is known), None)
    if exact is not None:
        return exact
    return next((word for known, word in TYPE_WORDS.items() if issubclass(kind, known)), "Object")


def escape(text: str) -> str:
    """Return *text* with every character that does not print (control, bidi, surrogate) escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def shorten(text: str, limit: int = MAX_SHOWN) -> str:
    """Return *text* escaped, and cut to *limit* characters where it is longer."""
    shown = escape(text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."


def show_number(value: int | float) -> str:
    """Return the text of *value* as JavaScript prints it: ``4`` for 4.0, ``1e+21``, ``0`` for -0.0."""
    if isinstance(value, int):
        return str(value) if value.bit_length() <= MAX_SHOWN_BITS else f"2^{value.bit_length() - 1}..."
    if value != value or value in (INFINITY, -INFINITY):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return _as_javascript(repr(value))


def _as_javascript(text: str) -> str:
    # The digits are the same, the shortest that read back. Python uses exponents from 1e16 and below
    # 1e-4, and pads them; ECMA-262 (Number::toString) from 1e21 and below 1e-6.
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    mantissa, _, exponent = text.partition("e")
    power = int(exponent or 0)
    digits = mantissa.replace(".", "")
    if not exponent:
        number = mantissa.removesuffix(".0")
        return number if number == "0" else sign + number
    if 0 < power < 21:
        return sign + digits.ljust(power + 1, "0")
    if -7 < power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    return f"{sign}{mantissa}e{'+' if power > 0 else '-'}{abs(power)}"


def show(value: Any) -> str:
    """Return the text of a value of the author's (a literal, a limit) or of a key.

    Text is escaped and cut to 64 characters; what is neither text, number, boolean
    nor null is shown as its type.
    """
    if issubclass(type(value), str):
        return shorten(str.__str__(value))
    if value is None:
        return "null"
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is int or type(value) is float:
        return show_number(value)
    return type_word(value)


def show_all(values: Iterable[object], spell: Callable[[object], str] = show) -> str:
    """Return the texts of at most 20 *values*, comma separated."""
    items = list(values)
    texts = [spell(item) for item in items[:20]]
    return ", ".join([*texts, "..."] if len(items) > 20 else texts)


def show_path(path: tuple[str | int, ...]) -> str:
    """Return *path* with dots between its keys, each escaped and cut to 64 characters.

    Of a path longer than 1,024 characters the middle is left out, so that a sentence behind
    it still finds room.
    """
    text = ".".join(str(key) if type(key) is int else shorten(str(key)) for key in path)
    if len(text) <= MAX_PATH:
        return text
    half = MAX_PATH // 2
    return f"{text[:half]}...{text[-half:]}"
