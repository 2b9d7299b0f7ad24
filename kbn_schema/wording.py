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
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return _exponent_as_javascript(repr(value))


def _exponent_as_javascript(text: str) -> str:
    # Python switches to exponents at 1e-5 and pads them; ECMA-262 at 1e-7, unpadded.
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    power = int(exponent)
    if -7 < power < 0:
        sign = "-" if mantissa.startswith("-") else ""
        return f"{sign}0.{'0' * (-power - 1)}{mantissa.lstrip('-').replace('.', '')}"
    return f"{mantissa}e{'+' if power > 0 else '-'}{abs(power)}"


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
