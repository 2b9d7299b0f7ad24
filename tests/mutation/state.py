"""What is known so far: one JSON object per line, appended as soon as it is known."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs


@attrs.frozen
class State:
    """A file of verdicts; whatever ends the process, at most the line that is being written is lost."""

    file: Path

    def read(self) -> dict[str, dict[str, Any]]:
        """Return the last verdict for each name of a mutant."""
        return {told["name"]: told for told in self._lines()}

    def append(self, verdict: dict[str, Any]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(verdict) + "\n")

    def _lines(self) -> Iterator[dict[str, Any]]:
        if self.file.exists():
            for line in self.file.read_text("utf-8").splitlines():
                try:
                    yield json.loads(line)
                except ValueError:  # the last line of a process that was killed
                    continue
