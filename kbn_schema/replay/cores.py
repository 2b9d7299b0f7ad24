"""This module replays traffic on the cores of one machine, in constant memory.

A file is cut into spans, of which each process reads its own; a stream is read here, and handed out in
blocks. Few parts are under way at a time, and their tallies are added up in their order.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import chain, islice
from typing import BinaryIO, Final, TypeVar

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.http.logs import log
from kbn_schema.replay.lines import Span, blocks, lines_of, spans
from kbn_schema.replay.part import Part, load_judge
from kbn_schema.replay.tally import Tally, joined

J = TypeVar("J")

# In bytes. A part takes a second or less; for less than two of them, a second process would not pay.
PART: Final = 4 * 1024 * 1024
BLOCK: Final = 1024 * 1024
# Parts for each process that are handed out before the first of them is awaited.
AHEAD: Final = 3

Done = Callable[[int], object]


def replay_file(
    target: str, path: str, *, processes: int | None = None, part: int = PART, done: Done | None = None
) -> Tally:
    """What is found in the file *path*, replayed against the router that *target* names.

    Processes are started anew, so a program that calls this from its main module needs the usual
    ``if __name__ == "__main__":`` there.

    Args:
        target: ``MODULE:ROUTER``.
        path: A regular file; for anything else, see `replay_stream`.
        processes: How many processes work at it; by default one for each core that this one may use.
        part: How many bytes one of them is given at a time; it makes no difference to what is found.
        done: Told now and then how many bytes are done.

    Raises:
        kbn_schema.commands.answers.CannotAsk: There is no such router, the file became shorter, or a process
            was ended.
        OSError: The file cannot be read.
    """
    _require_router(target)
    size = os.stat(path).st_size
    count = min(processes or cores(), max(size // part, 1))

    def told(found: Iterable[tuple[Span, Tally]]) -> Iterator[Tally]:
        for span, tally in found:
            if done is not None:
                done(span.end)
            yield tally

    with _worked(partial(_replay_span, Part(target)), spans(path, size, part), count) as found:
        return joined(told(found))


def replay_stream(target: str, stream: BinaryIO, *, processes: int | None = None, part: int = BLOCK) -> Tally:
    """What is found in *stream*, which is read to its end, such as standard input; see `replay_file`.

    Args:
        target: ``MODULE:ROUTER``.
        stream: Lines as bytes; it is not closed.
        processes: How many processes work at it; by default one for each core that this one may use.
        part: About how many bytes one of them is given at a time; it makes no difference to what is found.

    Raises:
        kbn_schema.commands.answers.CannotAsk: There is no such router, or a process was ended.
        OSError: The stream cannot be read.
    """
    _require_router(target)
    jobs = blocks(stream, part)
    first = list(islice(jobs, 2))
    count = (processes or cores()) if len(first) > 1 else 1
    with _worked(partial(_replay_block, Part(target)), chain(first, jobs), count) as found:
        return joined(tally for _, tally in found)


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _require_router(target: str) -> None:
    """Look for the router before anything is read: it has to be there, though nothing was recorded."""
    with _quiet():
        load_judge(target)


def _replay_span(part: Part, span: Span) -> Tally:
    return part(span.lines())


def _replay_block(part: Part, block: bytes) -> Tally:
    return part(lines_of(block))


@contextlib.contextmanager
def _worked(
    work: Callable[[J], Tally], jobs: Iterable[J], count: int
) -> Generator[Iterator[tuple[J, Tally]], None, None]:
    """Each of the *jobs*, in their order, with what *work* made of it in one of *count* processes."""
    if count == 1:
        with _quiet():
            yield ((job, work(job)) for job in jobs)
        return
    with _pool(count) as pool:
        yield _in_order(pool, work, jobs, count * AHEAD)


def _in_order(
    pool: ProcessPoolExecutor, work: Callable[[J], Tally], jobs: Iterable[J], ahead: int
) -> Iterator[tuple[J, Tally]]:
    under_way: deque[tuple[J, Future[Tally]]] = deque()
    try:
        for job in jobs:
            with _interrupts_held_back():
                under_way.append((job, pool.submit(work, job)))
            if len(under_way) >= ahead:
                first, future = under_way.popleft()
                yield first, future.result()
        for first, future in under_way:
            yield first, future.result()
    except BrokenProcessPool:
        raise CannotAsk(
            "a process that worked at it ended before it was done: "
            "was it killed, or out of memory, or did the module end it?"
        ) from None


@contextlib.contextmanager
def _pool(count: int) -> Generator[ProcessPoolExecutor, None, None]:
    """*count* processes that are ended with the block, whatever they are at."""
    # Never forked: the module of an author may have started threads by now.
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin)
    try:
        yield pool
    finally:
        for process in set(multiprocessing.active_children()) - others:
            process.kill()
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Make this process a worker: Ctrl-C is for its parent, and what it prints is no part of the answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _make_quiet()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process once nobody is left who would: its parent may have been killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def _interrupts_held_back() -> Generator[None, None, None]:
    """Hold Ctrl-C back: a process that is started in here could not ignore it yet."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _make_quiet() -> None:
    sys.stdout = sys.stderr
    # What rules raise is logged for each request, and may hold what was sent.
    log.disabled = True


@contextlib.contextmanager
def _quiet() -> Generator[None, None, None]:
    stdout, disabled = sys.stdout, log.disabled
    _make_quiet()
    try:
        yield
    finally:
        sys.stdout, log.disabled = stdout, disabled
