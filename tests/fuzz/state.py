"""What a run has behind it, kept in a file from which it goes on: written whole, every few seconds."""

import json
import os
from pathlib import Path
from typing import Any

import attrs

from tests.fuzz.property import Tally
from tests.fuzz.worker import Found, Report


@attrs.define
class State:
    """Which subjects of a *seed* are done (below *first*, and the batches in *ahead*), and what they gave."""

    seed: str
    names: list[str]
    first: int = 0
    ahead: dict[int, int] = attrs.field(factory=dict)  # count by start
    cases: int = 0
    schemas: int = 0
    refused: int = 0
    seconds: float = 0
    processor: float = 0  # seconds of it that were worked, by all processes
    memory: int = 0
    counts: dict[str, int] = attrs.field(factory=dict)
    findings: dict[str, int] = attrs.field(factory=dict)  # how often, by what they are about
    skipped: list[int] = attrs.field(factory=list)  # subjects at which a worker died

    def take(self, report: Report) -> list[Found]:
        """Add what a batch gave, and return the findings that are about something new."""
        self.cases += report.cases
        self.schemas += report.schemas
        self.refused += report.refused
        self.processor += report.processor
        self.memory = max(self.memory, report.memory)
        tally = Tally()
        tally.counts.update(self.counts)
        tally.add(report.tally)
        self.counts = dict(tally.counts)
        self.ahead[report.batch.start] = report.batch.count
        while self.first in self.ahead:
            self.first += self.ahead.pop(self.first)
        return [found for found in report.found if self.note(found.about)]

    def note(self, about: str) -> bool:
        """Count a finding; return whether it is the first about this."""
        self.findings[about] = self.findings.get(about, 0) + 1
        return self.findings[about] == 1

    def write(self, path: Path) -> None:
        """Put the state into the file at *path*, which is the old or the new one at any time."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.write_text(json.dumps(attrs.asdict(self), indent=1))
        draft.replace(path)


def read_state(path: Path, seed: str, names: list[str], start: int) -> State:
    """Return the state in the file at *path*, a new one where there is none."""
    if not path.exists():
        return State(seed, names, first=start)
    data: dict[str, Any] = json.loads(path.read_text())
    data["ahead"] = {int(begin): count for begin, count in data["ahead"].items()}
    state = State(**data)
    if state.seed != seed or state.names != names:
        raise ValueError(
            f"{path} is about seed {state.seed!r} and {state.names}; remove it, or name another --state"
        )
    return state
