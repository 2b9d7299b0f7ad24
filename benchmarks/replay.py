"""How many recorded requests does `kbn-schema replay` replay in a second, and how much memory does it take?

The traffic is generated: small requests of three kinds, of which some are refused. Each figure is of a fresh
command with two processes, its start and its imports included. Memory is the sum of the most that each
process ever held.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.environment import environment, versions
from benchmarks.question import CannotAnswerError, Found, Scope
from benchmarks.table import machine_line, table

SIZES: Final = (100_000, 1_000_000, 10_000_000)
QUICK: Final = (10_000, 100_000)
PROCESSES: Final = 2
# What is promised: requests in a second on two cores, and memory that does not grow.
PROMISED: Final = 50_000
FLAT: Final = 1.1
BLOCK: Final = 10_000

APPLICATION: Final = """\
from kbn_schema import schema
from kbn_schema.http import Router

router = Router("/api")
thing = schema.object(
    {
        "title": schema.string(min_length=1, max_length=100),
        "tags": schema.array_of(schema.string(max_length=50), max_size=10, default=[]),
        "count": schema.integer(min=0),
        "owner": schema.maybe(schema.object({"name": schema.string(), "email": schema.email()})),
    }
)


@router.get(
    "/things",
    validate={
        "query": schema.object(
            {
                "page": schema.integer(min=1, default=1),
                "per_page": schema.integer(min=1, max=100, default=20),
                "sort": schema.enum(["title", "count"], default="title"),
            }
        )
    },
)
def find(context, request, response):
    raise AssertionError


@router.get("/things/{id}", validate={"params": schema.object({"id": schema.string(max_length=36)})})
def get(context, request, response):
    raise AssertionError


create = router.versioned.post("/things", access="public")


@create.add_version("2025-01-01", validate={"request": {"body": thing}})
def create_thing(context, request, response):
    raise AssertionError
"""

HEADERS: Final = {
    "accept": "application/json",
    "content-type": "application/json",
    "elastic-api-version": "2025-01-01",
    "user-agent": "client/1.0",
}


def measure(scope: Scope) -> Found:
    if not Path("/proc/self/status").exists():
        raise CannotAnswerError("what a process holds is read from /proc, which is not here")
    sizes = QUICK if scope.quick else SIZES
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "app.py").write_text(APPLICATION, encoding="utf-8")
        found = {str(size): measured(Path(folder), size, scope.rounds(3)) for size in sizes}
    return {**environment(), "versions": versions(["kbn-schema", "msgspec"]), "sizes": found}


def measured(folder: Path, size: int, rounds: int) -> dict[str, float]:
    path = folder / "traffic.ndjson"
    write_traffic(path, size)
    runs = [timed(folder, path, size) for _ in range(rounds if size < SIZES[-1] else 1)]
    return {
        "bytes": path.stat().st_size,
        "seconds": median(seconds for seconds, _ in runs),
        "kibibytes": max(memory for _, memory in runs),
    }


def write_traffic(path: Path, size: int) -> None:
    """Write *size* requests into a file; it is never held as a whole."""
    lines = recorded()
    with path.open("wb") as file:
        for start in range(0, size, BLOCK):
            file.write(b"".join(islice(lines, min(BLOCK, size - start))))


def recorded() -> Iterator[bytes]:
    number = 0
    while True:
        number += 1
        bad = number % 100 == 0
        page = 0 if bad else number % 50 + 1
        body = {"title": f"thing {number}", "tags": ["a", "b"], "count": -1 if bad else number}
        yield from (
            line("GET", f"/api/things?page={page}&per_page=20&sort=count", 200),
            line("GET", f"/api/things/{number:08}", 200),
            line("POST", "/api/things", 201, body),
        )


def line(method: str, path: str, status: int, body: object = None) -> bytes:
    told = {"method": method, "path": path, "headers": HEADERS, "status": status}
    return json.dumps(told if body is None else {**told, "body": body}).encode() + b"\n"


def timed(folder: Path, path: Path, size: int) -> tuple[float, int]:
    """Return the seconds of a command that replays *path*, and the KiB that its processes held at most."""
    command = [sys.executable, "-m", "kbn_schema", "replay", "app:router", str(path), "--format", "json"]
    start = time.perf_counter()
    with subprocess.Popen(
        [*command, "--processes", str(PROCESSES)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        most: dict[str, int] = {}
        while process.poll() is None:
            most.update(held_by(process.pid))
            time.sleep(0.05)
        seconds = time.perf_counter() - start
        answer = process.stdout.read() if process.stdout else b""
    report = json.loads(answer)
    # The last of the three may be cut off.
    assert report["requests"] == size
    assert abs(report["refused"] - size * 2 // 300) <= 2, report["refused"]
    return seconds, sum(most.values())


def held_by(group: int) -> dict[str, int]:
    """Return the most that each process of a *group* has held by now, in KiB."""
    held: dict[str, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) != group:
                continue
            status = (folder / "status").read_text()
        except OSError:  # it has ended
            continue
        for entry in status.splitlines():
            if entry.startswith("VmHWM:"):
                held[folder.name] = int(entry.split()[1])
    return held


def markdown(found: Found) -> str:
    sizes = {int(size): run for size, run in found["sizes"].items()}
    rows = [
        [
            f"{size:,}",
            f"{run['bytes'] / 2**20:,.0f} MiB",
            f"{run['seconds']:.2f}",
            f"{size / run['seconds']:,.0f}",
            f"{run['kibibytes'] / 1024:.0f} MiB",
        ]
        for size, run in sizes.items()
    ]
    head = ["requests", "file", "seconds", "requests a second", "memory"]
    return "\n\n".join([table(head, rows), "\n".join(judgements(sizes)), machine_line(found)])


def judgements(sizes: dict[int, dict[str, float]]) -> list[str]:
    """Return whether it is as fast as was promised, and the memory flat."""
    first, last = min(sizes), max(sizes)
    rate = last / sizes[last]["seconds"]
    growth = sizes[last]["kibibytes"] / sizes[first]["kibibytes"]
    return [
        f"- At least {PROMISED:,} requests a second on two cores: {rate:,.0f}, {outcome(rate >= PROMISED)}.",
        f"- Memory from {first:,} to {last:,} requests: {growth:.2f} times, {outcome(growth <= FLAT)}.",
    ]


def outcome(holds: bool) -> str:
    return "holds" if holds else "DOES NOT HOLD"
