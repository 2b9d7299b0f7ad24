"""How much memory does a schema take, in an application of a thousand?

Each figure comes from a process of its own: it makes the body of W3 over and over, and lets
each validate once, since much is made at the first use. What the process has grown by is
what counts, for much of the peers' memory is not Python's.
"""

import gc
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from benchmarks.environment import environment, versions
from benchmarks.peer import Validate
from benchmarks.peers import ours
from benchmarks.question import CannotAnswerError, Found, Scope
from benchmarks.table import machine_line, table
from benchmarks.workloads import BODY
from kbn_schema import Schema

Make = Callable[[], object]

RESIDENT: Final = Path("/proc/self/statm")
# By the name in the table: the module of the peer and its distribution.
PEERS: Final = {
    "kbn_schema, built": ("ours", "kbn-schema"),
    "kbn_schema, compiled": ("ours", "kbn-schema"),
    "pydantic TypedDict": ("pydantic_typed_dict", "pydantic"),
    "pydantic BaseModel": ("pydantic_model", "pydantic"),
    "msgspec Struct": ("msgspec_struct", "msgspec"),
}


def measure(scope: Scope) -> Found:
    if not RESIDENT.exists():
        raise CannotAnswerError(f"memory is read from {RESIDENT}, which this system does not have")
    count = 200 if scope.quick else 1000
    grown = {name: in_process(name, count) for name in PEERS if scope.has_peer(name) or is_ours(name)}
    found = {name: figure for name, figure in grown.items() if figure is not None}
    return {
        **environment(),
        "versions": versions(dict.fromkeys(PEERS[name][1] for name in found)),
        "count": count,
        "nodes": nodes(ours.body()),
        "bytes": found,
        "traced": traced(count),
    }


def is_ours(name: str) -> bool:
    return name.startswith("kbn_schema")


def in_process(name: str, count: int) -> float | None:
    """Return the bytes a schema takes, None if the peer is not installed."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory", name, str(count)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    figure: float | None = json.loads(done.stdout)
    return figure


def grown_by(name: str, count: int) -> float | None:
    """Return the bytes a schema takes in this process, which has made none before."""
    try:
        make = maker(name)
    except ModuleNotFoundError:
        return None
    kept = [make() for _ in range(20)]  # what is made once for all schemas is there now
    gc.collect()
    before = resident()
    kept.extend(make() for _ in range(count))
    gc.collect()
    return (resident() - before) / count


def maker(name: str) -> Make:
    """Return what makes a schema of the body and lets it validate once."""
    module = import_module(f"benchmarks.peers.{PEERS[name][0]}")
    if name == "kbn_schema, built":
        return lambda: used(ours.body())
    build: Callable[[], Validate] = module.PEERS[0].build["body"]
    return lambda: used_validator(build())


def used(schema: Schema[Any]) -> Schema[Any]:
    schema.validate(BODY)
    return schema


def used_validator(validate: Validate) -> Validate:
    validate(BODY)
    return validate


def resident() -> int:
    return int(RESIDENT.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def traced(count: int) -> dict[str, float]:
    """Return the bytes that Python itself gave out for a schema of ours, built and compiled."""
    return {"built": traced_bytes(ours.body, count), "compiled": traced_bytes(compiled_body, count)}


def compiled_body() -> Schema[Any]:
    return used(ours.compiled(ours.body()))


def traced_bytes(make: Make, count: int) -> float:
    kept = [make() for _ in range(20)]
    tracemalloc.start()
    kept.extend(make() for _ in range(count // 10))
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / (count // 10)


def nodes(schema: Schema[Any]) -> int:
    return 1 + sum(nodes(child) for child in schema.children())


def markdown(found: Found) -> str:
    rows = [[name, kilobytes(size), megabytes(size * 1000)] for name, size in found["bytes"].items()]
    node = found["traced"]["built"] / found["nodes"]
    code = kilobytes(found["traced"]["compiled"] - found["traced"]["built"])
    return "\n\n".join(
        [
            table(["", "KB a schema", "MB for 1,000"], rows),
            f"Python's own count of ours: {node:,.0f} bytes a node, of which a schema has {found['nodes']}, "
            f"and {code} KB for its compiled code.",
            machine_line(found),
        ]
    )


def kilobytes(size: float) -> str:
    return f"{size / 1000:,.1f}"


def megabytes(size: float) -> str:
    return f"{size / 1_000_000:,.0f}"


if __name__ == "__main__":
    print(json.dumps(grown_by(sys.argv[1], int(sys.argv[2]))))
