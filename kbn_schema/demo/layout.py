"""This module lays out what is too long for a line: the body of an answer, a sentence, a line of source."""

import json
import textwrap
from typing import Final, cast

MAX_LINES: Final = 8  # of what is no JSON


def body_lines(body: bytes, width: int) -> list[str]:
    """The lines of *body*: JSON with as much in a line as fits, of anything else the first ones."""
    try:
        lines = _json_lines(json.loads(body), width)
    except ValueError:
        lines = _first(body.decode(errors="replace").splitlines())
    return [part for line in lines for part in wrapped(line, width)]


def wrapped(line: str, width: int) -> list[str]:
    """The *line* as it is if it fits, else in parts; those that follow are indented by four more."""
    if len(line) <= width:
        return [line]
    # What a line of a comparison begins with counts as space.
    indent = " " * min(len(line) - len(line.lstrip(" -+")) + 4, width // 2)
    return textwrap.wrap(line, width, subsequent_indent=indent, break_on_hyphens=False) or [""]


def _first(lines: list[str]) -> list[str]:
    more = len(lines) - MAX_LINES
    return [*lines[:MAX_LINES], f"... {more} more lines"] if more > 1 else lines


def _json_lines(value: object, width: int, used: int = 0) -> list[str]:
    """The lines of *value*; *used* is how much of the first one is taken."""
    whole = json.dumps(value, ensure_ascii=False)
    if len(whole) + used <= width or not value:
        return [whole]
    if isinstance(value, dict):
        named = cast("dict[str, object]", value)
        members = [(f"{json.dumps(name, ensure_ascii=False)}: ", item) for name, item in named.items()]
        return ["{", *_members(members, width - 2), "}"]
    if isinstance(value, list):
        items = cast("list[object]", value)
        return ["[", *_members([("", item) for item in items], width - 2), "]"]
    return [whole]


def _members(members: list[tuple[str, object]], width: int) -> list[str]:
    lines: list[str] = []
    room = 0  # in the last line, where a small member may follow
    for index, (name, item) in enumerate(members):
        comma = "," if index < len(members) - 1 else ""
        first, *others = _json_lines(item, width, len(name) + len(comma))
        text = f"{name}{first}"
        is_small = not others and not isinstance(item, dict)
        if is_small and len(text) + len(comma) < room:
            lines[-1] += f" {text}"
        else:
            lines += [f"  {line}" for line in (text, *others)]
        lines[-1] += comma
        room = width + 2 - len(lines[-1]) if is_small else 0
    return lines
