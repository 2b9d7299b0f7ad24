"""Choose, of many inputs, the few that reach the most lines of kbn_schema between them."""

import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

from tests.fuzz.coverage_guided.target import Target

Reached = set[tuple[str, int, int]]


def choose(target: Target, found: Sequence[bytes], count: int) -> list[bytes]:
    """Return at most *count* of what was *found*: each time the one that reaches the most that is new.

    What the seeds reach is not new.
    """
    known: Reached = set()
    for seed in target.seeds():
        known |= reached(target, seed)
    new = {data: reached(target, data) - known for data in found}
    kept: list[bytes] = []
    while len(kept) < count:
        best = max(new, key=lambda data: len(new[data]), default=b"")
        if not new.get(best):
            break
        kept.append(best)
        gained = new.pop(best)
        for steps in new.values():
            steps -= gained
    return kept


def reached(target: Target, data: bytes) -> Reached:
    """Return the steps from line to line, inside of functions of kbn_schema, that judging *data* takes."""
    steps: Reached = set()
    last: dict[int, int] = {}

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        file = frame.f_code.co_filename
        if event == "call":
            if not is_ours(file):
                return None
            last[id(frame)] = 0
        elif event == "line":
            steps.add((file, last.get(id(frame), 0), frame.f_lineno))
            last[id(frame)] = frame.f_lineno
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        target.judge(data)
    finally:
        sys.settrace(before)
    return steps


def is_ours(file: str) -> bool:
    return file.startswith("<kbn_schema ") or "/kbn_schema/" in file
