"""This module writes lines for a person: of at most 80 columns, and with colours where they are wanted."""

import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import Final, TextIO

from kbn_schema.colours import wants_colours
from kbn_schema.demo.layout import wrapped

WIDEST: Final = 80
NARROWEST: Final = 40  # what is narrower wraps by itself
INDENT: Final = "  "
PLAIN, BOLD, DIM, RED, GREEN, YELLOW, HEADING = "", "1", "2", "31", "32", "33", "1;36"


class Screen:
    """Writes to *stream*, by default standard output; each line at once, for some are waited for."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self.coloured: Final = wants_colours(self._stream)
        self.width: Final = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)

    @property
    def room(self) -> int:
        """How many columns an indented line has."""
        return self.width - len(INDENT)

    def title(self, text: str) -> None:
        """Write what all is about, with room below it."""
        self._paragraph(text, BOLD)
        self.gap()

    def chapter(self, text: str) -> None:
        """Write the heading of a chapter, with room below it."""
        self._paragraph(f"== {text} ==", HEADING)
        self.gap()

    def heading(self, text: str) -> None:
        """Write the heading of a few lines that follow at once."""
        self._paragraph(text, BOLD)

    def text(self, text: str) -> None:
        """Write a paragraph, with room below it."""
        self._paragraph(text, PLAIN)
        self.gap()

    def failure(self, text: str) -> None:
        """Write that something is not as it should be, with room below it."""
        self._paragraph(text, RED)
        self.gap()

    def lines(self, lines: Iterable[str], style: str = PLAIN) -> None:
        """Write *lines*, indented; what is too long is wrapped."""
        for line in lines:
            for part in wrapped(line, self.room):
                self.line(f"{INDENT}{part}" if part else "", style)

    def columns(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Write *pairs* beside each other, with room below; right ones stand below if they do not fit."""
        rows = list(pairs)
        width = max(len(left) for left, _ in rows)
        fit = all(width + 2 + len(right) <= self.room for _, right in rows)
        for left, right in rows:
            self.lines([f"{left:<{width}}  {right}"] if fit else [left, f"    {right}"])
        self.gap()

    def changes(self, lines: Iterable[str]) -> None:
        """Write *lines* of which each begins with a minus or a plus, with room below them."""
        for line in lines:
            self.lines([line], GREEN if line.startswith("+") else RED)
        self.gap()

    def line(self, text: str, style: str = PLAIN) -> None:
        """Write a line as it stands."""
        styled = self.coloured and style and text
        print(f"\x1b[{style}m{text}\x1b[0m" if styled else text, file=self._stream, flush=True)

    def gap(self) -> None:
        """Write an empty line."""
        self.line("")

    def _paragraph(self, text: str, style: str) -> None:
        for part in textwrap.wrap(text, self.width, break_on_hyphens=False):
            self.line(part, style)
