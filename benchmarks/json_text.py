"""How fast is JSON text read, and what does it cost to read it strictly?"""

import json
from collections.abc import Callable
from typing import Any, Final

from benchmarks.environment import environment, versions
from benchmarks.question import Found, Scope
from benchmarks.race import titles
from benchmarks.table import machine_line, ratio_cell, table, title_lines
from benchmarks.timing import calls, interleaved, ratio
from benchmarks.workloads import ACCEPTED, Workload
from kbn_schema.json_text import MAX_DEPTH, read_json, read_strictly

PLAIN: Final = "json.loads"
READERS: Final[dict[str, Callable[[bytes], Any]]] = {
    PLAIN: json.loads,
    "ours by the standard library": lambda raw: read_strictly(raw, MAX_DEPTH, "refuse"),
    "ours with msgspec": read_json,
}


def measure(scope: Scope) -> Found:
    workloads = [workload for workload in ACCEPTED if scope.has_workload(workload.code)]
    return {
        **environment(),
        "versions": versions(["msgspec"]),
        "workloads": titles(workloads),
        "times": {workload.code: times(workload, scope.rounds(15)) for workload in workloads},
    }


def times(workload: Workload, rounds: int) -> Found:
    """Return by reader the nanoseconds, and how many times as long as `json.loads` that is."""
    raw = workload.text.encode()
    for name, read in READERS.items():
        if read(raw) != workload.value():
            raise ValueError(f"{name} reads something else in {workload.code}")
    blocks = interleaved({name: calls(read, raw) for name, read in READERS.items()}, rounds)
    ratios = {name: ratio(blocks[name], blocks[PLAIN]) for name in READERS}
    return {
        name: {"ns": min(blocks[name]), "ratio": ratios[name].value, "spread": ratios[name].spread}
        for name in READERS
    }


def markdown(found: Found) -> str:
    codes = list(found["times"])
    plain = [f"{PLAIN}, ns", *(f"{found['times'][code][PLAIN]['ns']:,.0f}" for code in codes)]
    others = [
        [name, *(ratio_cell(found["times"][code][name]) for code in codes)]
        for name in READERS
        if name != PLAIN
    ]
    return "\n\n".join(
        [
            table(["", *codes], [plain, *others]),
            "`json.loads` looks for no duplicate keys, and knows no limits.",
            machine_line(found),
            title_lines(found["workloads"]),
        ]
    )


if __name__ == "__main__":
    print(f"{__doc__}\n\n{markdown(measure(Scope()))}")
