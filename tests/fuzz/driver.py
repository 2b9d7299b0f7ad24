"""Run many subjects in several processes, for a long time: stopped and gone on with as one likes."""

import multiprocessing
import signal
import sys
import time
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import attrs

from tests.fuzz.entries import CORPUS, free_path
from tests.fuzz.state import State
from tests.fuzz.worker import PATIENCE, Batch, Found, Orders, Report, command, serve

BATCH = 50  # subjects, about a thousand cases: half a second
TELL_EVERY = 10  # seconds
WRITE_EVERY = 3  # seconds
CONTEXT = multiprocessing.get_context("spawn")


@attrs.define
class Options:
    """What a run is asked for: until *cases* in all, or *minutes* from now on, or so many *findings*."""

    seed: str
    names: tuple[str, ...]
    cases: int
    minutes: float
    workers: int
    findings: int
    path: Path
    corpus: Path = CORPUS
    patience: float = PATIENCE


class Worker:
    """A process and what it does."""

    def __init__(self, options: Options, index: int) -> None:
        self.log = options.path.with_name(f"{options.path.stem}-worker{index}.log")
        self.current = CONTEXT.Value("q", -1, lock=False)
        self.connection, other = CONTEXT.Pipe()
        arguments = (other, self.current, Orders(options.seed, options.names, options.patience, self.log))
        self.process = CONTEXT.Process(target=serve, args=arguments, daemon=True)
        self.process.start()
        other.close()
        self.batch: Batch | None = None

    def give(self, batch: Batch) -> None:
        """Let the process look at *batch*."""
        self.batch = batch
        self.current.value = -1
        self.connection.send(batch)

    def end(self) -> None:
        """End the process, whatever it does: nothing of it is lost but the batch that is under way."""
        self.process.kill()
        self.process.join()
        self.connection.close()


class Driver:
    """Hands out batches, and takes what they gave."""

    def __init__(self, options: Options, state: State) -> None:
        self.options = options
        self.state = state
        self._begun = time.monotonic()
        self._seconds = state.seconds  # before this run
        self._cases = state.cases
        self._told = self._written = self._begun
        self._next = max([state.first, *(start + count for start, count in state.ahead.items())])
        self._again = _gaps(state)
        self._died: dict[int, int] = {}
        self._workers: list[Worker] = []

    def run(self) -> None:
        """Go on until it is enough; Ctrl-C is enough, too."""
        self.options.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._workers = [Worker(self.options, index) for index in range(self.options.workers)]
            for worker in self._workers:
                worker.give(self._batch())
            while not self._is_enough():
                self._wait()
        except KeyboardInterrupt:
            say("stopped")
        finally:
            self.write()
            for worker in self._workers:
                worker.end()

    def _wait(self) -> None:
        ends: list[Any] = [worker.connection for worker in self._workers]
        ready = wait([*ends, *(worker.process.sentinel for worker in self._workers)], timeout=1)
        for index, worker in enumerate(self._workers):
            if worker.connection in ready or worker.process.sentinel in ready:
                report = _received(worker.connection)
                if report is None:
                    self._workers[index] = self._replaced(worker, index)
                else:
                    self._take(report)
                    worker.give(self._batch())
        now = time.monotonic()
        if now - self._written > WRITE_EVERY:
            self.write()
        if now - self._told > TELL_EVERY:
            self._told = now
            say(self.line())

    def write(self) -> None:
        """Write the state."""
        self._written = time.monotonic()
        self.state.seconds = self._seconds + self._written - self._begun
        self.state.write(self.options.path)

    def line(self) -> str:
        """Return where the run is, in one line."""
        state, spent = self.state, time.monotonic() - self._begun
        rate = (state.cases - self._cases) / spent if spent else 0
        left = (self.options.cases - state.cases) / rate / 60 if rate and self.options.cases else 0
        return (
            f"{state.cases:>12,} cases  {state.schemas:>9,} schemas  {rate:7,.0f}/s"
            f"  {sum(state.findings.values())} findings  {state.memory // 1024} MiB  {left:.0f} min left"
        )

    def _is_enough(self) -> bool:
        options, state = self.options, self.state
        late = options.minutes and time.monotonic() - self._begun > 60 * options.minutes
        return bool(
            late
            or (options.cases and state.cases >= options.cases)
            or len(state.findings) >= options.findings
        )

    def _batch(self) -> Batch:
        skipped = frozenset(self.state.skipped)
        if self._again:
            start, count = self._again.pop(0)
            return Batch(start, count, skipped)
        start, self._next = self._next, self._next + BATCH
        return Batch(start, BATCH, skipped)

    def _take(self, report: Report) -> None:
        for found in self.state.take(report):
            self._tell(found)

    def _tell(self, found: Found) -> None:
        path = free_path(found.about, self.options.corpus)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found.entry, encoding="utf-8")
        say(f"FOUND {found.about}\n{found.entry}\n{printable(found.message)}\nwritten to {path}")

    def _replaced(self, worker: Worker, index: int) -> Worker:
        """Return a new worker for one that died, and look at its batch again; twice is a finding."""
        number, batch = int(worker.current.value), worker.batch
        worker.end()
        assert batch is not None
        code, log = worker.process.exitcode, worker.log.read_text()[-3_000:] if worker.log.exists() else ""
        if number < 0:
            raise RuntimeError(
                f"a worker ended with {code} before it looked at anything; see what it printed"
            )
        self._died[number] = self._died.get(number, 0) + 1
        say(f"a worker ended at subject {number} with {code}\n{log}")
        if self._died[number] > 1:
            self.state.skipped.append(number)
            is_late = code == -signal.SIGPROF or "Timeout" in log
            about = "a subject takes too long" if is_late else f"a process dies with {code}"
            entry = f"# draw: {about}\n# {command(self.options.seed, number)}\n"
            if self.state.note(about):
                say(f"FOUND {about}\n{entry}")
        self._again.append((batch.start, batch.count))
        again = Worker(self.options, index)
        again.give(self._batch())
        return again


def _received(connection: Connection) -> Report | None:
    try:
        report: Report = connection.recv()
    except (EOFError, ConnectionError):
        return None
    return report


def _gaps(state: State) -> list[tuple[int, int]]:
    """Return the batches that were under way when the run was stopped."""
    gaps, at = [], state.first
    for start, count in sorted(state.ahead.items()):
        gaps += [(begin, min(BATCH, start - begin)) for begin in range(at, start, BATCH)]
        at = start + count
    return gaps


def printable(text: str) -> str:
    """Return *text* as any terminal can show it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def say(text: str) -> None:
    """Print *text* at once."""
    sys.stdout.write(f"{printable(text)}\n")
    sys.stdout.flush()
