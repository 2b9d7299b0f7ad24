"""How long does a validation take, next to other libraries on the same data?"""

from contextlib import ExitStack

from benchmarks.question import Found, Scope
from benchmarks.race import Race, titles
from benchmarks.table import absent_lines, machine_line, race_table, remark_lines, title_lines
from benchmarks.workloads import ACCEPTED


def measure(scope: Scope) -> Found:
    workloads = [workload for workload in ACCEPTED if scope.has_workload(workload.code)]
    with ExitStack() as stack:
        race = Race.start(scope, stack)
        times = {workload.code: race.times(workload, scope.rounds(15)) for workload in workloads}
        return {**race.facts(), "workloads": titles(workloads), "times": times}


def markdown(found: Found) -> str:
    return "\n\n".join(
        [
            race_table(found, found["times"]),
            machine_line(found),
            title_lines(found["workloads"]),
            "Where they do other work than ours:",
            remark_lines(found),
            "Who could not take part:",
            absent_lines(found),
        ]
    )
