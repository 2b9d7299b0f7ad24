"""This module writes texts of authors into generated source, so that they stay text.

What does not show, or turns the line around, is escaped. Its ranges are written down here, for what is
printable differs between versions of Python.
"""

import re
from collections.abc import Callable
from typing import Any, Final

from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.maybe import MaybeSchema
from kbn_schema.kinds.nullable import NullableSchema


def literal(text: str, spell: Callable[[int], str] | None = None) -> str:
    """*text* as a string literal in double quotes, of Python or of JavaScript.

    Args:
        spell: What writes a character by its number; by default as Python does.
    """
    return f'"{escaped(_BEFORE.sub(_with_backslash, text), spell)}"'


def docstring(text: str, indent: str) -> str:
    """*text* as a string literal in triple quotes, with its lines, which are indented by *indent*.

    Half characters are spelled out: Python makes no class with one in its docstring.
    """
    whole = _HALVES.sub(lambda match: _by_number(ord(match[0])), text)
    safe = _QUOTES.sub(_with_backslash, whole.replace("\\", "\\\\"))
    first, *others = [escaped(line) for line in safe.split("\n")]
    return "\n".join([f'"""{first}', *(indent + line if line else line for line in others)]) + '"""'


def comment(text: str, indent: str = "") -> list[str]:
    """*text* as lines of comments, as Sphinx reads them; none of them tells a tool what to do."""
    lines = [_ORDERS.sub(r"\\x23", escaped(line)) for line in text.split("\n")]
    return [f"{indent}#: {line}".rstrip(" ") for line in lines]


def escaped(text: str, spell: Callable[[int], str] | None = None) -> str:
    """*text* in one line that shows all there is in it."""
    return _HIDDEN.sub(lambda match: (spell or _by_number)(ord(match[0])), text)


def description(schema: Schema[Any]) -> str:
    """What the author says of *schema*, in paragraphs; empty if nothing is said."""
    schema = unwrapped(schema)
    told = [schema.title, schema.description, "Deprecated." if schema.deprecated else None]
    return "\n\n".join(text.strip(" \t\n") for text in told if text and text.strip(" \t\n"))


def unwrapped(schema: Schema[Any]) -> Schema[Any]:
    """What is described in *schema*: these take no description."""
    while isinstance(schema, (MaybeSchema, NullableSchema)):
        schema = schema.of
    return schema


def _with_backslash(match: re.Match[str]) -> str:
    return "\\" + match[0]


def _by_number(number: int) -> str:
    if number in _SHORT:
        return _SHORT[number]
    if number < 0x10000:
        return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
    return f"\\U{number:08x}"


_SHORT: Final = {9: "\\t", 10: "\\n", 13: "\\r"}
_BEFORE: Final = re.compile(r'["\\]')
# Three of them, or one at the end, would end the text.
_QUOTES: Final = re.compile(r'"(?="|\Z)')
_HALVES: Final = re.compile("[\ud800-\udfff]")
# Checkers look for what they are told after any sign of a comment.
_ORDERS: Final = re.compile(r"#(?=\s*[A-Za-z]+\s*:)")
# Controls, marks of direction, of joining and of width, separators of lines, surrogates, tags, and what is
# no character.
_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000ffffe-\U0010ffff]"
)
