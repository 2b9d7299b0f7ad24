"""This module draws a progress bar on standard error, where a person is watching and the work is long."""

import shutil
import sys
import time
from types import TracebackType
from typing import TextIO

WIDTH = 30
PATIENCE = 0.5
INTERVAL = 0.1
LONG = 4 * 1024 * 1024  # bytes of a file that take a second or more


class Progress:
    """A bar from nothing to *total*, drawn only on a terminal and only after half a second.

    As a context manager it removes itself when the work is done, however it ends.
    """

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self._total = total
        self._stream = stream or sys.stderr
        watched = total > 0 and self._stream.isatty()
        self._next = time.monotonic() + PATIENCE if watched else float("inf")
        self._long = watched and total >= LONG
        # A line that wraps cannot be drawn over.
        self._width = max(min(WIDTH, shutil.get_terminal_size().columns - 9), 1)
        self._drawn = False

    def update(self, done: int) -> None:
        """Show that *done* of the total is behind us."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + INTERVAL
        self._drawn = True
        share = min(done / self._total, 1)
        self._write(f"\r[{'#' * round(share * self._width):-<{self._width}}] {share:4.0%}")

    def say(self, doing: str) -> None:
        """Show what is being done to a large whole, where nobody can tell how far it is."""
        if self._long:
            self.clear()
            self._drawn = True
            self._write(f"\r{doing} ..."[: self._width + 8])

    def clear(self) -> None:
        """Make room for other output; the bar comes back with the next `update`."""
        if self._drawn:
            self._drawn = False
            self._write("\r" + " " * (self._width + 8) + "\r")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()
