"""How long do `kbn-schema snapshot`, `openapi` and `diff` take for an application, and how does that grow?

The application is generated, and the contract that its own is compared with has another bound in each
resource. Each figure is of fresh processes; ``diff`` compares two files.
"""

import tempfile
from collections.abc import Mapping
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
# What is promised: seconds for two contracts of this many schemas.
PROMISED: Final = 1000
SECONDS: Final = 2.0
COMMANDS: Final = {
    "snapshot": (["snapshot", "app.routes:router", "-o", "again.json"], 0),
    "openapi": (["openapi", "app.routes:router", "-o", "openapi.json"], 0),
    "diff": (["diff", "old.json", "new.json"], 1),
}


def measure(scope: Scope) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        folders = {schemas: written(Path(folder, str(schemas)), schemas) for schemas in SIZES}
        times: dict[int, dict[str, list[float]]] = {
            schemas: {name: [] for name in COMMANDS} for schemas in folders
        }
        for _ in range(scope.rounds(9)):
            for schemas, where in folders.items():
                for name, (arguments, status) in COMMANDS.items():
                    start = perf_counter()
                    run(where, arguments, status)
                    times[schemas][name].append(perf_counter() - start)
    return {
        **environment(),
        "versions": versions(["kbn-schema"]),
        "seconds": {
            str(schemas): {name: statistics(taken) for name, taken in found.items()}
            for schemas, found in times.items()
        },
    }


def written(folder: Path, schemas: int) -> Path:
    """Write an application into *folder*, and its contracts, and return the folder."""
    for texts, contract in ((changed(application(schemas)), "new.json"), (application(schemas), "old.json")):
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        run(folder, ["snapshot", "app.routes:router", "-o", contract])
    return folder


def changed(texts: Mapping[str, str]) -> dict[str, str]:
    """The application with a bound on each title, which breaks clients."""
    return {name: text.replace("min_length=1, desc", "min_length=10, desc") for name, text in texts.items()}


def statistics(times: list[float]) -> dict[str, float]:
    lower, _, upper = quantiles(times, n=4, method="inclusive")
    return {"median": median(times), "spread": (upper - lower) / 2}


def markdown(found: Found) -> str:
    seconds = {int(schemas): times for schemas, times in found["seconds"].items()}
    rows = [
        [
            f"{schemas:,}",
            f"{schemas // SCHEMAS_OF_RESOURCE * ROUTES_OF_RESOURCE:,}",
            *(f"{times[name]['median']:.2f} ±{times[name]['spread']:.2f}" for name in COMMANDS),
        ]
        for schemas, times in seconds.items()
    ]
    head = ["schemas", "routes", *(f"`{name}`, seconds" for name in COMMANDS)]
    return "\n\n".join([table(head, rows), "\n".join(judgements(seconds)), machine_line(found)])


def judgements(seconds: dict[int, dict[str, dict[str, float]]]) -> list[str]:
    """Return whether the time is linear, and whether it is what was promised."""
    exponents = {
        name: slope({schemas: times[name]["median"] for schemas, times in seconds.items()})
        for name in COMMANDS
    }
    taken = seconds[PROMISED]["diff"]["median"]
    outcome = "holds" if taken < SECONDS else "DOES NOT HOLD"
    return [
        *(
            f"- The time of `{name}` grows as the number of schemas to {exponent:.2f}: {verdict(exponent)}."
            for name, exponent in exponents.items()
        ),
        f"- `diff` of {PROMISED:,} schemas in less than {SECONDS:g} s: {taken:.2f} s, {outcome}.",
    ]
