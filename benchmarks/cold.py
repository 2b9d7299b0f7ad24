"""How long until the first answer: import, building, first validation, compiling?

Each figure is the median of fresh processes, the contenders in turn. The start of Python
is not counted.
"""

import os
import subprocess
import sys
from statistics import median
from typing import Final

import attrs

from benchmarks.environment import environment, versions
from benchmarks.question import Found, Scope
from benchmarks.table import machine_line, table
from benchmarks.workloads import BODY


@attrs.frozen
class Start:
    """How a program begins to use a library.

    Args:
        package: Its distribution.
        modules: What is imported, as the users' modules do at their head.
        prepare: Where its schemas are written down.
        use: Builds W3 and validates a value; nothing if only the import is of interest.
    """

    package: str
    modules: str
    prepare: str = ""
    use: str = ""


OURS: Final = "from benchmarks.peers.ours import body, compiled"
STARTS: Final = {
    "attrs and typing_extensions": Start("attrs", "import attrs, typing_extensions"),
    "kbn_schema, not compiled": Start("kbn-schema", "import kbn_schema", OURS, "body().validate(value)"),
    "kbn_schema, compiled": Start(
        "kbn-schema", "import kbn_schema", OURS, "compiled(body()).validate(value)"
    ),
    "msgspec Struct": Start(
        "msgspec",
        "import msgspec",
        "from msgspec import convert\nfrom benchmarks.peers.msgspec_struct import body",
        "convert(value, body())",
    ),
    "pydantic TypedDict": Start(
        "pydantic",
        "from pydantic import ConfigDict, Field, TypeAdapter",
        "from benchmarks.peers.pydantic_typed_dict import body",
        "body().validate_python(value)",
    ),
    "pydantic BaseModel": Start(
        "pydantic",
        "from pydantic import BaseModel, ConfigDict, Field",
        "from benchmarks.peers.pydantic_model import body",
        "body()(value)",
    ),
}
PROGRAM: Final = """\
from time import perf_counter_ns as now
value = {value!r}
start = now()
{modules}
imported = now() - start
{prepare}
start = now()
{use}
first = now() - start
start = now()
{use}
print(imported, first, now() - start)
"""


def measure(scope: Scope) -> Found:
    starts = {name: start for name, start in STARTS.items() if nanoseconds(start) is not None}
    times: dict[str, list[list[float]]] = {name: [] for name in starts}
    for _ in range(scope.rounds(15)):
        for name, start in starts.items():
            times[name].append(nanoseconds(start) or [])
    return {
        **environment(),
        "versions": versions(dict.fromkeys(start.package for start in starts.values())),
        "ns": {
            name: [median(column) for column in zip(*found, strict=True)] for name, found in times.items()
        },
    }


def nanoseconds(start: Start) -> list[float] | None:
    """Return the times of import, first and second use in a fresh process, None if it is not installed."""
    program = PROGRAM.format(**attrs.asdict(start), value=BODY)
    # An installed package has its byte code, and so has this one from the first process on.
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if "ModuleNotFoundError" in done.stderr:
        return None
    done.check_returncode()
    return [float(time) for time in done.stdout.split()]


def markdown(found: Found) -> str:
    head = ["ms", "import", "first W3", "another W3"]
    rows = [
        [name, *(milliseconds(time) if time > 1000 else "-" for time in times)]
        for name, times in found["ns"].items()
    ]
    return "\n\n".join(
        [
            table(head, rows),
            "W3 is built and validates one value; "
            "what a library imports when it is first needed counts where it is needed.",
            machine_line(found),
        ]
    )


def milliseconds(time: float) -> str:
    return f"{time / 1e6:,.2f}"
