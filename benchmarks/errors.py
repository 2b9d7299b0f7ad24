"""How long does a refusal take, and how long the errors as data?"""

from contextlib import ExitStack
from typing import Any

from benchmarks.peer import Peer, Validate
from benchmarks.question import Found, Scope
from benchmarks.race import Race, titles
from benchmarks.table import machine_line, race_table, title_lines
from benchmarks.workloads import REFUSED


def measure(scope: Scope) -> Found:
    workloads = [workload for workload in REFUSED if scope.has_workload(workload.code)]
    rounds = scope.rounds(15)
    with ExitStack() as stack:
        race = Race.start(scope, stack)
        return {
            **race.facts(),
            "workloads": titles(workloads),
            "raised": {workload.code: race.times(workload, rounds, catching) for workload in workloads},
            "told": {
                workload.code: race.times(workload, rounds, telling, node=False) for workload in workloads
            },
        }


def catching(peer: Peer, validate: Validate) -> Validate:
    """Return what validates and drops the error."""

    def catch(value: Any) -> None:
        try:
            validate(value)
        except peer.error:
            pass

    return catch


def telling(peer: Peer, validate: Validate) -> Validate:
    """Return what validates and returns the error as data."""
    details = peer.details or str

    def tell(value: Any) -> object:
        try:
            return validate(value)
        except peer.error as error:
            return details(error)

    return tell


def markdown(found: Found) -> str:
    return "\n\n".join(
        [
            "Raised and caught:",
            race_table(found, found["raised"]),
            "Raised, caught and turned into data: "
            "`error.to_dict()` of ours, `errors()` of pydantic, the text where a library has no more.",
            race_table(found, found["told"]),
            machine_line(found),
            title_lines(found["workloads"]),
        ]
    )
