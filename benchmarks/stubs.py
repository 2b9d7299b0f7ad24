"""How long does `kbn-schema stubs --check` take for a whole application, and how does that grow?

The application is generated. Each figure is of fresh processes that import it, compare all types and
annotations, and find nothing to change. How it grows is judged by the time of the processor, in which waits
do not count.
"""

import resource
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Final

from benchmarks.application import ROUTES_OF_RESOURCE, SCHEMAS_OF_RESOURCE, application
from benchmarks.command import run
from benchmarks.environment import environment, versions
from benchmarks.question import Found, Scope
from benchmarks.slope import slope, verdict
from benchmarks.table import machine_line, table

SIZES: Final = (10, 250, 500, 1000, 2000, 4000)
# What is promised: seconds for an application of this many schemas.
PROMISED: Final = 1000
SECONDS: Final = 3.0


def measure(scope: Scope) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        folders = {schemas: written(Path(folder, str(schemas)), schemas) for schemas in SIZES}
        times: dict[int, list[tuple[float, float]]] = {schemas: [] for schemas in folders}
        for _ in range(scope.rounds(9)):
            for schemas, where in folders.items():
                times[schemas].append(seconds_of_check(where))
    return {
        **environment(),
        "versions": versions(["kbn-schema"]),
        "seconds": {str(schemas): statistics(found) for schemas, found in times.items()},
    }


def seconds_of_check(folder: Path) -> tuple[float, float]:
    """Return the seconds of the clock and of the processor."""
    start, before = perf_counter(), seconds_of_processor()
    run(folder, ["stubs", "app.routes", "--check"])
    return perf_counter() - start, seconds_of_processor() - before


def seconds_of_processor() -> float:
    """Return what all processes that were started and have ended have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def written(folder: Path, schemas: int) -> Path:
    """Write an application into *folder*, and its types, and return the folder."""
    for name, text in application(schemas).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    run(folder, ["stubs", "app.shared", "--annotate"])
    run(folder, ["stubs", "app.routes", "--annotate"])
    return folder


def statistics(times: list[tuple[float, float]]) -> dict[str, float]:
    clock, processor = zip(*times, strict=True)
    lower, _, upper = quantiles(clock, n=4, method="inclusive")
    return {"median": median(clock), "spread": (upper - lower) / 2, "processor": median(processor)}


def markdown(found: Found) -> str:
    seconds = {int(schemas): times for schemas, times in found["seconds"].items()}
    rows = [
        [
            f"{schemas:,}",
            f"{schemas // SCHEMAS_OF_RESOURCE * ROUTES_OF_RESOURCE:,}",
            f"{times['median']:.2f} ±{times['spread']:.2f}",
            f"{times['processor']:.2f}",
        ]
        for schemas, times in seconds.items()
    ]
    head = ["schemas", "routes", "seconds", "of the processor"]
    return "\n\n".join([table(head, rows), "\n".join(judgements(seconds)), machine_line(found)])


def judgements(seconds: dict[int, dict[str, float]]) -> list[str]:
    """Return whether the time is linear, and whether it is what was promised."""
    exponent = slope({schemas: times["processor"] for schemas, times in seconds.items()})
    taken = seconds[PROMISED]["median"]
    outcome = "holds" if taken < SECONDS else "DOES NOT HOLD"
    return [
        f"- The time of the processor grows as the number of schemas to {exponent:.2f}: {verdict(exponent)}.",
        f"- {PROMISED:,} schemas in less than {SECONDS:g} s: {taken:.2f} s, {outcome}.",
    ]
