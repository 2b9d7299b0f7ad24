"""Is a validation as short as it was, counted in instructions?

Instructions do not depend on what else the machine does. Other builds of Python do need
more or fewer for the same work, so each workload is divided by what the same is done with
by hand (`peers.handwritten`), counted in the same way; that ratio may not exceed the one in
``budget.json`` by more than `TOLERANCE`. ``--update`` writes the ratios of now.
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from benchmarks.counted import peer_of, repeats
from benchmarks.question import Found, Scope
from benchmarks.table import table
from benchmarks.workloads import WORKLOADS

BUDGET: Final = Path(__file__).parent / "budget.json"
TOLERANCE: Final = 0.05
# The yardstick of what nobody has written by hand: objects of scalars, too.
STANDARD: Final = "W3"
IDLE: Final = "idle"


class CannotCountError(Exception):
    """Something that counting needs is not here."""


def measure(scope: Scope) -> Found:
    if shutil.which("valgrind") is None:
        raise CannotCountError("instructions are counted by valgrind, which is not installed")
    codes = [workload.code for workload in WORKLOADS if scope.has_workload(workload.code)]
    yardsticks = yardstick_of(codes)
    ours = a_call("ours", codes)
    by_hand = a_call("by hand", sorted(set(yardsticks.values())))
    return {
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "instructions": {code: round(ours[code]) for code in codes},
        "ratios": {code: round(ours[code] / by_hand[yardsticks[code]], 3) for code in codes},
    }


def yardstick_of(codes: list[str]) -> dict[str, str]:
    """Return for each workload the one that is done by hand."""
    written = peer_of("by hand").build
    return {
        workload.code: workload.code if workload.schema in written else STANDARD
        for workload in WORKLOADS
        if workload.code in codes
    }


def a_call(name: str, codes: list[str]) -> dict[str, float]:
    """Return the instructions of a call: the difference to a process that does all else."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        idle, *totals = pool.map(lambda code: count(name, code), [IDLE, *codes])
    return {code: (total - idle) / repeats(code) for code, total in zip(codes, totals, strict=True)}


def count(name: str, code: str) -> int:
    """Return the instructions of a process that validates *code* as often as `repeats` says."""
    done = subprocess.run(
        [
            "valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null",
            sys.executable, "-m", "benchmarks.counted", name, code,
        ],
        # Nothing of the caller's environment: it would be in the memory of the process.
        env={"PYTHONHASHSEED": "0", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    totals = [line.split()[-1] for line in done.stderr.splitlines() if "refs:" in line]
    if done.returncode or not totals:
        raise CannotCountError(done.stderr)
    return int(totals[0].replace(",", ""))


def markdown(found: Found) -> str:
    budget = read_budget().get(found["python"], {})
    rows = [
        [code, f"{found['instructions'][code]:,}", f"{ratio:.3f}", str(budget.get(code, "-"))]
        for code, ratio in found["ratios"].items()
    ]
    return table(["", f"instructions, Python {found['python']}", "times those by hand", "budget"], rows)


def complaints(found: Found) -> list[str]:
    """Return what exceeds its budget, and what has none."""
    budget = read_budget().get(found["python"])
    if budget is None:
        return [f"there is no budget for Python {found['python']}: write one with --update"]
    return [
        f"{code} takes {ratio:.3f} times the instructions by hand, its budget is {budget.get(code, 0)}"
        for code, ratio in found["ratios"].items()
        if ratio > budget.get(code, 0) * (1 + TOLERANCE)
    ]


def read_budget() -> dict[str, dict[str, float]]:
    budget: dict[str, dict[str, float]] = json.loads(BUDGET.read_text(encoding="utf-8"))
    return budget


def update_budget(found: Found) -> None:
    budget = {**read_budget(), found["python"]: found["ratios"]}
    BUDGET.write_text(json.dumps(budget, indent=2, sort_keys=True) + "\n", encoding="utf-8")
