"""This module shows requests and answers to a person: 80 columns, colours only on a terminal."""

import json
import os
import sys
import textwrap
from collections.abc import Mapping
from typing import TextIO, cast

from kbn_schema.demo.steps import Step

WIDTH = 80
MAX_LINES = 8  # of what is no JSON
BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "31", "32", "33"


class Screen:
    """Writes to *stream*, by default standard output."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._coloured = self._stream.isatty() and not os.environ.get("NO_COLOR")

    def title(self, text: str) -> None:
        """Write a heading, with room around it."""
        self._line(text, BOLD)
        self._line("")

    def chapter(self, text: str) -> None:
        """Write the heading of some requests."""
        self._line(f"== {text} ==", BOLD)
        self._line("")

    def text(self, text: str) -> None:
        """Write a plain line, at once."""
        self._line(text)
        self._stream.flush()

    def failure(self, text: str) -> None:
        """Write that something is not as it should be."""
        self._line(text, RED)

    def request(self, step: Step) -> None:
        """Write what is about to be sent; that JSON is JSON is not worth a line."""
        self._line(step.title, BOLD)
        self._line(f"  {step.method} {step.target}")
        self._headers({name: text for name, text in step.headers.items() if text != "application/json"})
        if step.body is not None:
            self._block(step.body, DIM)

    def answer(self, status: int, reason: str, headers: Mapping[str, str], body: bytes) -> None:
        """Write what came back."""
        self._line(f"  {status} {reason}", GREEN if status < 400 else YELLOW)
        self._headers(headers)
        if body:
            self._block(body)
        self._line("")

    def _headers(self, headers: Mapping[str, str]) -> None:
        for name, text in headers.items():
            for line in _wrapped(f"{name}: {text}", WIDTH - 2):
                self._line(f"  {line}", DIM)

    def _block(self, body: bytes, colour: str = "") -> None:
        for line in lay_out(body):
            self._line(f"  {line}", colour)

    def _line(self, text: str, colour: str = "") -> None:
        print(f"\x1b[{colour}m{text}\x1b[0m" if self._coloured and colour else text, file=self._stream)


def lay_out(body: bytes, width: int = WIDTH - 2) -> list[str]:
    """The lines of *body*: JSON with as much in a line as fits, of anything else the first ones."""
    try:
        lines = _json_lines(json.loads(body), width)
    except ValueError:
        lines = _first(body.decode(errors="replace").splitlines())
    return [part for line in lines for part in _wrapped(line, width)]


def _first(lines: list[str]) -> list[str]:
    more = len(lines) - MAX_LINES
    return [*lines[:MAX_LINES], f"… {more} more lines"] if more > 1 else lines


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


def _wrapped(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(line, width, subsequent_indent=indent, drop_whitespace=True) or [""]
