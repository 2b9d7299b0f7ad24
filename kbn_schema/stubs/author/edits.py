"""This module changes pieces of a Python source file, and leaves every other byte as it is.

Positions are those of the syntax tree: lines, and columns in bytes of UTF-8, whatever the file is encoded in.
"""

import ast
import io
import re
import tokenize
from typing import Final

from kbn_schema.errors import SchemaDefinitionError

# What ends a line to the interpreter; a form feed does not.
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


class Edits:
    """Changes to the file with the content *data*."""

    def __init__(self, data: bytes) -> None:
        self._encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        self.text: str = data.decode(self._encoding)
        if self.text.encode(self._encoding) != data:
            # Such an encoding writes one text in several ways: what is written back would differ elsewhere.
            raise SchemaDefinitionError(f"a file in the encoding {self._encoding} cannot be changed")
        self._starts = [match.start() for match in _LINE.finditer(self.text)]
        self._changes: list[tuple[int, int, str]] = []

    @property
    def newline(self) -> str:
        """What ends the lines of the file: what ends the first."""
        ends = re.search(r"\r\n|\r|\n", self.text)
        return "\n" if ends is None else ends[0]

    def replace(self, node: ast.expr | ast.stmt, text: str) -> None:
        """Put *text* where *node* is."""
        self._changes.append((self.start(node), self.end(node), text))

    def append(self, node: ast.expr, text: str) -> None:
        """Put *text* behind *node*."""
        self._changes.append((self.end(node), self.end(node), text))

    def insert_lines(self, after: int, lines: list[str]) -> None:
        """Put *lines* behind the line number *after*, or at the beginning if that is 0."""
        at, text = self._starts[after], self.newline.join(lines)
        is_ended = at == 0 or self.text[at - 1] in "\r\n"  # the last line need not be
        self._changes.append((at, at, text + self.newline if is_ended else self.newline + text))

    def line(self, number: int) -> str:
        """Return the line with that *number*; empty behind the last."""
        found = _LINE.match(self.text, self._starts[number - 1])
        return "" if found is None else found[0]

    def indent(self, node: ast.stmt) -> str:
        """Return what stands in front of *node* in its line."""
        return self.line(node.lineno).encode()[: node.col_offset].decode()

    def result(self) -> bytes:
        """Return the content of the file after all changes."""
        text, at = [], 0
        for start, end, new in sorted(self._changes, key=lambda change: change[:2]):
            text += [self.text[at:start], new]
            at = end
        try:
            return "".join([*text, self.text[at:]]).encode(self._encoding)
        except UnicodeEncodeError:
            raise SchemaDefinitionError(
                f"the encoding {self._encoding} has no letters for what is to be written"
            ) from None

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Return where *node* begins in the text."""
        return self._at(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Return where *node* ends in the text."""
        return self._at(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self.line(line).encode()[:column].decode())
