"""Show keys, numbers and types as our sentences show them: in JSON's words, escaped and short."""

import functools
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
    # The type, never `isinstance`: an object may claim any `__class__`. And a metaclass of its
    # own may fail to hash or compare.
    kind = type(value)
    if type(kind) is type and kind in TYPE_WORDS:
        return TYPE_WORDS[kind]
    return next((word for known, word in _all_type_words() if issubclass(kind, known)), "Object")


@functools.cache
def _all_type_words() -> list[tuple[type[Any], str]]:
    import datetime  # noqa: PLC0415 - slow, and JSON has no dates

    return [*TYPE_WORDS.items(), (datetime.date, "Date")]


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
        size = value.bit_length()
        return str(value) if size <= MAX_SHOWN_BITS else f"2^{size - 1}..."
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
    kind = type(value)
    if kind is str:
        return value if len(value) <= MAX_SHOWN and value.isprintable() else shorten(value)
    if kind is int and -(1 << 63) < value < 1 << 63:
        return str(value)
    if kind is int or kind is float:
        return show_number(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    return shorten(str.__str__(value)) if issubclass(kind, str) else type_word(value)


def show_all(values: Iterable[object], spell: Callable[[object], str] = show) -> str:
    """Return the texts of at most 20 *values*, comma separated."""
    items = list(values)
    texts = [spell(item) for item in items[:20]]
    return ", ".join([*texts, "..."] if len(items) > 20 else texts)


def show_key(key: str | int) -> str:
    """Return a key of a path as text, escaped and cut to 64 characters."""
    return key if type(key) is str and len(key) <= MAX_SHOWN and key.isprintable() else shorten(str(key))


def show_path(path: tuple[str | int, ...]) -> str:
    """Return *path* with dots between its keys, each as `show_key` has it.

    Of a path longer than 1,024 characters the middle is left out, so that a sentence behind
    it still finds room.
    """
    text = show_key(path[0]) if len(path) == 1 else ".".join(map(show_key, path))
    if len(text) <= MAX_PATH:
        return text
    half = MAX_PATH // 2
    return f"{text[:half]}...{text[-half:]}"
