"""This module writes what is generated between the markers of a page, and leaves the rest of it alone.

A marker is a comment of its own line, ``<!-- generated: NAME -->``; ``<!-- end -->`` closes it.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import attrs

from tests.reference.markdown import ROOT

COMMAND: Final = "python -m tests.reference --write"

_PART: Final = re.compile(r"^<!-- generated: ([\w -]+) -->\n(.*?)^<!-- end -->$", re.MULTILINE | re.DOTALL)


@attrs.frozen
class Page:
    """A page of the reference, and what makes its generated *parts*, by the names in the markers."""

    name: str
    parts: Mapping[str, Callable[[], str]]
    root: Path = ROOT

    @property
    def text(self) -> str:
        return (self.root / self.name).read_text(encoding="utf-8")

    @property
    def is_stale(self) -> bool:
        return self.written(self.text) != self.text

    def written(self, text: str) -> str:
        """*text* with all parts as they are now.

        Raises:
            ValueError: The markers in *text* are not those of `parts`, each once.
        """
        names = [name for name, _ in _PART.findall(text)]
        if sorted(names) != sorted(self.parts):
            raise ValueError(f"{self.name} has markers for {sorted(names)}, and not {sorted(self.parts)}")
        return _PART.sub(lambda match: marked(match[1], self.parts[match[1]]()), text)

    def write(self) -> bool:
        """Write the page; return whether it was stale."""
        text = self.text
        written = self.written(text)
        if written != text:
            (self.root / self.name).write_text(written, encoding="utf-8")
        return written != text


def marked(name: str, content: str) -> str:
    """*content* between its markers."""
    return f"<!-- generated: {name} -->\n\n{content.strip()}\n\n<!-- end -->"
