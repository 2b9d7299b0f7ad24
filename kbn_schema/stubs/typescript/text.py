"""This module spells names, texts and comments as TypeScript does: those of authors stay what they are."""

import math
import re
from collections.abc import Iterable
from typing import Any, Final

from kbn_schema.stubs.text import escaped, literal
from kbn_schema.wording import show_number

# What is indented is indented by this.
INDENT: Final = "  "


def quoted(text: str) -> str:
    """*text* as a string literal."""
    return literal(text, _by_number)


def key(name: str) -> str:
    """*name* as the name of a property, in quotes where it must be."""
    return name if _IDENTIFIER.fullmatch(name) else quoted(name)


def constant(value: Any) -> str:
    """The type of *value* alone; of a number that JavaScript does not keep apart from others, ``number``."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    # No float is between those integers; the other ones are read as their neighbours.
    is_kept = abs(value) <= _MAX_SAFE if isinstance(value, int) else math.isfinite(value)
    return show_number(value) if is_kept else "number"


def word_of(value: Any) -> str:
    """The type that *value* has with others."""
    return "string" if isinstance(value, str) else "boolean" if isinstance(value, bool) else "number"


def doc(paragraphs: Iterable[str], *, deprecated: str | None = None, indent: str = "") -> list[str]:
    """The lines of a JSDoc comment, none where there is nothing to say.

    Args:
        paragraphs: Texts, each of one line or several.
        deprecated: What is said behind ``@deprecated``; None if it is not.
        indent: What each line begins with.
    """
    lines: list[str] = []
    for paragraph in paragraphs:
        told = _comment_lines(paragraph)
        lines += ["", *told] if lines and told else told
    if deprecated is not None:
        tag = ["@deprecated", *_comment_lines(deprecated)]
        lines += [""] * bool(lines) + [" ".join(tag[:2]), *tag[2:]]
    if not lines:
        return []
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    inside = [f"{indent} * {line}".rstrip(" ") for line in lines]
    return [f"{indent}/**", *inside, f"{indent} */"]


def comment(text: str) -> str:
    """*text* as the rest of a line of comment."""
    return escaped(text, _by_number)


def said(schema: Any) -> list[str]:
    """What the author says of *schema*: its title and its description, or those of what it only wraps."""
    told = [text for text in (schema.title, schema.description) if text]
    inner = getattr(schema, "of", None)
    return told if told or inner is None else said(inner)


def deprecation(schema: Any) -> str | None:
    """What follows ``@deprecated`` for *schema*: nothing; None if it is not."""
    inner = getattr(schema, "of", None)
    if schema.deprecated:
        return ""
    return None if inner is None else deprecation(inner)


def _comment_lines(text: str) -> list[str]:
    """The lines of *text*, without those around it that are empty."""
    lines = [_comment_line(line).rstrip(" ") for line in _LINE_END.split(text)]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    return lines


def _comment_line(line: str) -> str:
    # The comment must not end here, and what the author calls @deprecated is text: TSDoc's way to say so is a
    # backslash. In `ada@example.org`, the sign begins no tag.
    line = _TAG.sub(r"\\@", escaped(line, _by_number))
    return line.replace("*/", "*\\/")


def _by_number(number: int) -> str:
    known = {9: "\\t", 10: "\\n", 13: "\\r"}.get(number)
    if known is not None:
        return known
    return f"\\x{number:02x}" if number < 0x100 else _by_long_number(number)


def _by_long_number(number: int) -> str:
    return f"\\u{number:04x}" if number < 0x10000 else f"\\u{{{number:x}}}"


_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_TAG: Final = re.compile(r"(?<![A-Za-z0-9._%+/-])@")
_LINE_END: Final = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_MAX_SAFE: Final = 2**53 - 1
