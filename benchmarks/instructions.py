"""Is a validation as short as it was, counted in instructions?

Instructions do not depend on what else the machine does. Other builds of Python do need
more or fewer for the same work, so each workload is divided by what the same is done with
by hand (`peers.handwritten`), counted in the same way. That ratio may not exceed the one in
``budget.json`` by more than `TOLERANCE`; on another build than the one that the budget was
written on, where the two need not change alike, `OTHER_BUILD`. ``--update`` writes the
ratios of now.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypedDict

from benchmarks.counted import peer_of, repeats
from benchmarks.question import CannotAnswerError, Found, Scope
from benchmarks.table import table
from benchmarks.workloads import WORKLOADS

BUDGET: Final = Path(__file__).parent / "budget.json"
TOLERANCE: Final = 0.05
OTHER_BUILD: Final = 0.15
# The yardstick of what nobody has written by hand: objects of scalars, too.
STANDARD: Final = "W3"
IDLE: Final = "idle"
VALGRIND: Final = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]


class Budget(TypedDict):
    """What is kept for a minor version of Python."""

    build: str
    ratios: dict[str, float]


def measure(scope: Scope) -> Found:
    if shutil.which("valgrind") is None:
        raise CannotAnswerError("instructions are counted by valgrind, which is not installed")
    codes = [workload.code for workload in WORKLOADS if scope.has_workload(workload.code)]
    yardsticks = yardstick_of(codes)
    ours = a_call("ours", codes)
    by_hand = a_call("by hand", sorted(set(yardsticks.values())))
    return {
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "build": f"{platform.python_version()}, {platform.python_compiler()}",
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
    run(program(name, IDLE))  # writes the byte code that all others read
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        idle, *totals = pool.map(lambda code: count(name, code), [IDLE, *codes])
    return {code: (total - idle) / repeats(code) for code, total in zip(codes, totals, strict=True)}


def count(name: str, code: str) -> int:
    """Return the instructions of a process that validates *code* as often as `repeats` says."""
    told = run([*VALGRIND, *program(name, code)])
    totals = [line.split()[-1] for line in told.splitlines() if "refs:" in line]
    if not totals:
        raise CannotAnswerError(told)
    return int(totals[0].replace(",", ""))


def run(command: list[str]) -> str:
    """Return what *command* says on its error stream, run with nothing of the caller's environment."""
    environment = {"PYTHONHASHSEED": "0", "PATH": os.environ["PATH"]}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotAnswerError(done.stderr)
    return done.stderr


def program(name: str, code: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.counted", name, code]


def markdown(found: Found) -> str:
    budget = read_budget().get(found["python"])
    ratios = {} if budget is None else budget["ratios"]
    rows = [
        [code, f"{found['instructions'][code]:,}", f"{ratio:.3f}", str(ratios.get(code, "-"))]
        for code, ratio in found["ratios"].items()
    ]
    return table(["", f"instructions, {found['build']}", "times those by hand", "budget"], rows)


def complaints(found: Found) -> list[str]:
    """Return what exceeds its budget, and what has none."""
    budget = read_budget().get(found["python"])
    if budget is None:
        return [f"there is no budget for Python {found['python']}: write one with --update"]
    most = 1 + (TOLERANCE if found["build"] == budget["build"] else OTHER_BUILD)
    allowed = {code: budget["ratios"].get(code, 0) * most for code in found["ratios"]}
    return [
        f"{code} takes {ratio:.3f} times the instructions by hand, at most {allowed[code]:.3f} are allowed"
        for code, ratio in found["ratios"].items()
        if ratio > allowed[code]
    ]


def read_budget() -> dict[str, Budget]:
    """Return the budgets by minor version of Python."""
    budget: dict[str, Budget] = json.loads(BUDGET.read_text(encoding="utf-8"))
    return budget


def update_budget(found: Found) -> None:
    budget = {**read_budget(), found["python"]: {"build": found["build"], "ratios": found["ratios"]}}
    BUDGET.write_text(json.dumps(budget, indent=2, sort_keys=True) + "\n", encoding="utf-8")
