"""Change the code a little: does a test fail? ``python -m tests.mutation --mutants 600 --seed 8``.

Each mutant is one file of `codegen`, `kinds` or `http` with one fault in it. It is judged by the tests that
run the line of the fault, the likeliest to notice first, until one fails: then the mutant is killed. What
survives is shown with its difference, and with the reason if ``explained.toml`` has one. The run goes on
where an earlier one with the same state stopped.
"""

import argparse
import itertools
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from tests.mutation.judging import KILLED, Judge, say
from tests.mutation.lines import Lines
from tests.mutation.mutants import Mutant, draw_mutants
from tests.mutation.recording import record
from tests.mutation.report import lines_of
from tests.mutation.running import warm_up
from tests.mutation.state import State


@attrs.frozen
class Project:
    """What is mutated, and by which tests it is judged."""

    root: Path
    rooms: Mapping[str, str]  # name and folder
    groups: Sequence[
        Sequence[str]
    ]  # paths of tests; each group has a process of its own while lines are recorded


OURS = Project(
    Path(__file__).resolve().parents[2],
    {name: f"kbn_schema/{name}" for name in ("codegen", "kinds", "http")},
    # Tests that run in one process and need no tool beside it.
    (
        ("tests/http",),
        ("tests/hostile",),
        ("tests/fuzz", "tests/testing", "tests/json_schema_suite"),
        ("tests/kinds", "tests/codegen", "tests/contract", "tests/diff", "tests/lint", "tests/conformance"),
        ("tests/stubs/test_hints.py", "tests/stubs/test_definitions.py", "tests/stubs/test_text.py"),
        (
            *("tests/test_custom_kind.py", "tests/test_ecma.py", "tests/test_errors.py"),
            *("tests/test_formats.py", "tests/test_json_schema.py", "tests/test_laws.py"),
            *("tests/test_makers.py", "tests/test_messages.py", "tests/test_numbers.py"),
            *("tests/test_quantities.py", "tests/test_references.py", "tests/test_validate_json.py"),
            "tests/test_wording.py",
        ),
    ),
)


def main(arguments: Sequence[str] | None = None, project: Project = OURS) -> int:
    options = _arguments(project).parse_args(arguments)
    folder = project.root / "build" / "mutation"
    if options.map is not None or not (folder / "tests.json").exists():
        _record(project, folder, options.map or [], options.workers)
    if options.map is not None:
        return 0
    warm_up(json.loads((folder / "modules.json").read_text()), folder / "compiled")
    lines = Lines.read(project.root, folder)
    judge = Judge(project.root, lines, folder, options.seconds, options.workers, options.grace)
    state = State(Path(options.state) if options.state else folder / f"state-{options.seed}.jsonl")
    rooms = [project.rooms[room] for room in options.room or project.rooms]
    mutants = list(itertools.islice(draw_mutants(project.root, rooms, options.seed), options.mutants))
    known = state.read()
    if options.again:
        known = {name: told for name, told in known.items() if told["outcome"] in KILLED}
    known |= _judged(
        judge, state, [mutant for mutant in mutants if mutant.name not in known], options.minutes
    )
    _conclude(judge, [known[mutant.name] for mutant in mutants if mutant.name in known])
    return 0


def _record(project: Project, folder: Path, only: Sequence[str], workers: int) -> None:
    groups = {
        number: [path for path in group if (project.root / path).exists()]
        for number, group in enumerate(project.groups)
        if not only or set(only) & set(group)
    }
    rooms = list(project.rooms.values())
    record(project.root, rooms, {number: group for number, group in groups.items() if group}, folder, workers)


def _judged(judge: Judge, state: State, mutants: Sequence[Mutant], minutes: float) -> dict[str, Any]:
    """Return the verdicts on *mutants*, as many as there is time for; each is kept as soon as it is known."""
    until = time.monotonic() + 60 * minutes
    found: dict[str, Any] = {}
    for mutant, told in judge.verdicts(itertools.takewhile(lambda _: time.monotonic() < until, mutants)):
        facts = {"name": mutant.name, "file": mutant.file, "line": mutant.line, "room": mutant.room}
        found[mutant.name] = {**facts, "changes": mutant.changes(judge.root), **told}
        state.append(found[mutant.name])
        number = f"{len(found):4}/{len(mutants)}"
        say(f"{number} {told['seconds']:6.1f}s {told['outcome']:8} {mutant.name}  {told.get('by', '')}")
    return found


def _conclude(judge: Judge, verdicts: Sequence[dict[str, Any]]) -> None:
    for line in lines_of(verdicts):
        say(line)
    killers = {told["by"] for told in verdicts if told["outcome"] in KILLED} & judge.lines.tests.keys()
    told = judge.without_fault([judge.lines.tests[test] for test in sorted(killers)])
    fine = "pass" if told["outcome"] == "survived" and told["ran"] == len(killers) else f"DO NOT PASS: {told}"
    say(f"the {len(killers)} tests that killed {fine} on the code as it is")


def _arguments(project: Project) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--mutants", type=int, default=600, help="how many (600)")
    parser.add_argument("--seed", default="8", help="any text; the same seed gives the same mutants (8)")
    parser.add_argument(
        "--room", action="append", choices=[*project.rooms], help="only of this; may be repeated"
    )
    parser.add_argument("--workers", type=int, default=2, help="how many at a time (2)")
    parser.add_argument("--seconds", type=float, default=40, help="of tests for each mutant, at most (40)")
    parser.add_argument("--grace", type=float, default=5, help="more than ten times its time for a test (5)")
    parser.add_argument("--minutes", type=float, default=1e6, help="stop after so many; the next run goes on")
    parser.add_argument("--state", help="file of what is known so far (build/mutation/state-SEED.jsonl)")
    parser.add_argument(
        "--map",
        nargs="*",
        metavar="TESTS",
        help="record which tests run which line, and stop; given tests, only for their group",
    )
    parser.add_argument("--again", action="store_true", help="judge once more what survived")
    return parser


if __name__ == "__main__":
    sys.exit(main())
