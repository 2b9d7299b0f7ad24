"""How long does it take from the bytes of a request to the output?"""

from contextlib import ExitStack
from typing import Final

from benchmarks.question import Found, Scope
from benchmarks.race import Race, titles
from benchmarks.table import machine_line, race_table, title_lines
from benchmarks.workloads import ACCEPTED

# What comes as a body.
CODES: Final = {"W3", "W4", "W6", "W7", "W10", "W11"}


def measure(scope: Scope) -> Found:
    workloads = [each for each in ACCEPTED if each.code in CODES and scope.has_workload(each.code)]
    with ExitStack() as stack:
        race = Race.start(scope, stack).reading_json()
        times = {workload.code: race.times_of_json(workload, scope.rounds(15)) for workload in workloads}
        return {**race.facts(), "workloads": titles(workloads), "times": times}


def markdown(found: Found) -> str:
    return "\n\n".join(
        [race_table(found, found["times"]), machine_line(found), title_lines(found["workloads"])]
    )
