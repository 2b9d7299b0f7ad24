"""A process that looks at subjects, one batch after the other, and tells what it found.

It never decides what comes next, and keeps nothing: whoever started it may kill it at any time.
"""

import faulthandler
import gc
import resource
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import attrs

from tests.fuzz.calls import call
from tests.fuzz.entries import spelled
from tests.fuzz.properties import load
from tests.fuzz.property import Property, Tally
from tests.fuzz.run import Finding, judge
from tests.fuzz.search import subject_of
from tests.fuzz.shrink import shrunk
from tests.fuzz.subject import Subject

PATIENCE = 20  # seconds of processor time for one subject, which takes some milliseconds
STANDSTILL = 900  # seconds for a batch that waits for something
SHRINKING = 30  # seconds for making a finding small


@attrs.frozen
class Batch:
    """The subjects from *start* on, *count* of them, but for those in *skipped*."""

    start: int
    count: int
    skipped: frozenset[int] = frozenset()


@attrs.frozen
class Found:
    """A finding as texts, which can be sent: *entry* is what stands in the corpus."""

    number: int
    about: str
    entry: str
    message: str


@attrs.define
class Report:
    """What a batch gave."""

    batch: Batch
    cases: int = 0
    schemas: int = 0
    refused: int = 0
    tally: Tally = attrs.field(factory=Tally)
    found: list[Found] = attrs.field(factory=list)
    memory: int = 0  # KiB, the most so far
    processor: float = 0  # seconds


@attrs.frozen
class Orders:
    """What a worker is told once: the *seed*, the *names* of properties, and how long a subject may take."""

    seed: str
    names: tuple[str, ...]
    patience: float
    log: Path


def serve(connection: Connection, current: Any, orders: Orders) -> None:
    """Answer each `Batch` that comes through *connection* with a `Report`; *current* tells where it is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when it is over
    properties = load(orders.names)
    known: set[str] = set()
    gc.collect()
    gc.freeze()
    with orders.log.open("w") as file:
        faulthandler.enable(file)
        # The kernel counts, and ends the process also in a loop in C; where it was, is written first.
        faulthandler.register(signal.SIGPROF, file, all_threads=False, chain=True)
        while True:
            try:
                batch: Batch | None = connection.recv()
            except EOFError:
                return
            if batch is None:
                return
            connection.send(_look(batch, orders, properties, known, current, file))


def _look(
    batch: Batch, orders: Orders, properties: list[Property], known: set[str], current: Any, file: Any
) -> Report:
    report = Report(batch)
    begun = time.process_time()
    faulthandler.dump_traceback_later(STANDSTILL, exit=True, file=file)
    for number in range(batch.start, batch.start + batch.count):
        if number in batch.skipped:
            continue
        current.value = number
        signal.setitimer(signal.ITIMER_PROF, orders.patience)
        finding = look_at(orders.seed, number, properties, report)
        if finding is not None:
            signal.setitimer(signal.ITIMER_PROF, orders.patience + 2 * SHRINKING)
            report.found.append(_told(finding, orders.seed, is_new=finding.about not in known))
            known.add(finding.about)
    signal.setitimer(signal.ITIMER_PROF, 0)
    faulthandler.cancel_dump_traceback_later()
    report.processor = time.process_time() - begun
    report.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return report


def look_at(seed: str, number: int, properties: list[Property], report: Report) -> Finding | None:
    """Return what is found in the subject of this *number*, and count it in *report*."""
    try:
        subject = subject_of(seed, number)
    except Exception as error:  # whatever it is, a schema should not raise it
        return Finding(DRAWING, Subject(DRAWN, seed=seed, number=number), error)
    report.cases += len(subject.cases)
    report.schemas += subject.refusal is None
    report.refused += subject.refusal is not None
    return judge(subject, properties, report.tally)


def _told(finding: Finding, seed: str, is_new: bool) -> Found:
    small = shrunk(finding, SHRINKING) if is_new else finding
    number = finding.subject.number
    return Found(number, finding.about, spelled(small, command(seed, number)), str(small.error)[:20_000])


def command(seed: str, number: int) -> str:
    """Return what finds the same again."""
    return f"python -m tests.fuzz --seed {seed} --start {number} --cases 20"


DRAWING = Property(
    "draw", "a schema is built, or refused with SchemaDefinitionError", lambda subject, tally: None
)
DRAWN = call("schema.any")  # stands for what could not be drawn
