"""This module lays out JSON to be read, and compared line by line: what is short stands on one line."""

from json.encoder import encode_basestring
from typing import Any, Final

# Of what stands on one line, wherever it begins: so a change moves no other line.
MAX_WIDTH: Final = 80
STEP: Final = "  "


def laid_out(value: Any) -> str:
    """Return the JSON text of *value*, with a newline at its end."""
    return _text(value, "\n") + "\n"


def _text(value: Any, newline: str) -> str:
    """The text of *value*; *newline* begins a line that is indented as it is."""
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is not dict and kind is not list:
        return repr(value)  # of numbers it is what JSON has, too
    inner = newline + STEP
    if kind is dict:
        parts = [f"{encode_basestring(key)}: {_text(one, inner)}" for key, one in value.items()]
        begin, end = "{", "}"
    else:
        parts = [_text(one, inner) for one in value]
        begin, end = "[", "]"
    line = f"{begin}{', '.join(parts)}{end}"
    if len(line) <= MAX_WIDTH and "\n" not in line:
        return line
    return f"{begin}{inner}{f',{inner}'.join(parts)}{newline}{end}"
