"""This module lets the body of an answer flow: an iterator of chunks, an async one, or a file.

`SyncStream` and `AsyncStream` hand on what a handler answers with, and close it together with the context
it was made in.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Final, Protocol, cast

import attrs

from kbn_schema.http.readers import CHUNK
from kbn_schema.http.ways import CLOSING, ORDINARY, in_thread, run_now

_WHOLE: Final = (dict, list, str, bytes)


def is_stream(body: object) -> bool:
    """Whether *body* is sent in pieces: an iterator, plain or async, or something with `read`."""
    if body is None or isinstance(body, _WHOLE):
        return False
    kind = type(body)
    return any(hasattr(kind, name) for name in ("__next__", "__aiter__", "read"))


class Closer(Protocol):
    """What has to be closed once a body was sent, or cannot be any more."""

    @property
    def blocks(self) -> bool:
        """Whether it is plain code, which is for a worker thread where there is a loop."""
        ...

    async def close(self, error: BaseException | None = None) -> None:
        """Close it; *error* is what went wrong."""
        ...


@attrs.frozen(eq=False)
class Source:
    """Where the pieces of a body come from."""

    value: Any

    @property
    def is_async(self) -> bool:
        """Whether its pieces are awaited."""
        return hasattr(type(self.value), "__aiter__")

    @property
    def blocks(self) -> bool:
        """Whether it is closed by plain code."""
        return not hasattr(type(self.value), "aclose")

    async def close(self, error: BaseException | None = None) -> None:
        """Close it, as far as it can be."""
        if hasattr(type(self.value), "aclose"):
            await self.value.aclose()
        elif hasattr(type(self.value), "close"):
            self.value.close()


@attrs.frozen(eq=False)
class Flow:
    """A body that is sent in pieces, and what is closed after it, in this order: itself, its context."""

    source: Source
    closers: tuple[Closer, ...] = ()


async def close_all(closers: Sequence[Closer], error: BaseException | None = None) -> None:
    """Close all *closers* here and now, the first first, whatever goes wrong."""
    async with contextlib.AsyncExitStack() as stack:
        for closer in reversed(closers):
            stack.push_async_callback(closer.close, error)


async def close_all_apart(closers: Sequence[Closer], error: BaseException | None = None) -> None:
    """As `close_all`, but plain code runs in a worker thread, also where this task is cancelled."""
    async with contextlib.AsyncExitStack() as stack:
        for closer in reversed(closers):
            stack.push_async_callback(_close_apart if closer.blocks else _close_here, closer, error)


async def _close_here(closer: Closer, error: BaseException | None) -> None:
    await closer.close(error)


async def _close_apart(closer: Closer, error: BaseException | None) -> None:
    await in_thread(lambda: run_now(closer.close(error)), threads=CLOSING)


class SyncStream(Iterator[bytes]):
    """Hands on a plain *flow*; whoever takes its pieces closes it, also where there are more.

    Raises:
        TypeError: The flow is async.
    """

    def __init__(self, flow: Flow) -> None:
        if flow.source.is_async:
            raise TypeError("the body is an async stream: use an async adapter, or a plain iterator")
        self._flow: Flow | None = flow
        self._pieces = pieces(flow.source.value)

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException as error:
            self._end(None if isinstance(error, StopIteration) else error)
            raise

    def close(self) -> None:
        """Close the source and its context, if that is not done yet."""
        self._end(None)

    def _end(self, error: BaseException | None) -> None:
        flow, self._flow = self._flow, None
        if flow is not None:
            run_now(close_all(flow.closers, error))


class AsyncStream(AsyncIterator[bytes]):
    """Hands on a *flow*, plain or async; a plain one runs in worker threads, so that it may block."""

    def __init__(self, flow: Flow, threads: str = ORDINARY) -> None:
        self._flow: Flow | None = flow
        self._threads = threads
        self._is_async = flow.source.is_async
        self.on_end: Callable[[], None] | None = None
        """Called before anything is closed; whoever cancels what takes too long leaves off then."""
        self._pieces: Any = aiter(flow.source.value) if self._is_async else pieces(flow.source.value)

    async def __anext__(self) -> bytes:
        try:
            piece = await (
                self._await_piece() if self._is_async else in_thread(self._take_piece, threads=self._threads)
            )
        except BaseException as error:
            await self._end(error)
            raise
        if piece is None:
            await self._end(None)
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Close the source and its context, if that is not done yet."""
        await self._end(None)

    async def _await_piece(self) -> bytes | None:
        while True:
            try:
                piece = as_bytes(await anext(self._pieces))
            except StopAsyncIteration:
                return None
            if piece:
                return piece

    def _take_piece(self) -> bytes | None:
        return next(self._pieces, None)

    async def _end(self, error: BaseException | None) -> None:
        flow, self._flow = self._flow, None
        if flow is None:
            return
        if self.on_end is not None:
            self.on_end()
        # An iterable has given an iterator, which has to be closed, too.
        own = [Source(self._pieces)] if self._is_async and self._pieces is not flow.source.value else []
        await close_all_apart([*own, *flow.closers], error)


Stream = SyncStream | AsyncStream


def pieces(source: object) -> Iterator[bytes]:
    """The bytes of a plain *source*, in pieces that are not empty."""
    read = getattr(source, "read", None)
    for chunk in _chunks(read) if callable(read) else cast(Iterator[object], source):
        if chunk:
            yield as_bytes(chunk)


def _chunks(read: Callable[[int], object]) -> Iterator[object]:
    while chunk := read(CHUNK):
        yield chunk


def as_bytes(chunk: object) -> bytes:
    """*chunk* as bytes; text is UTF-8.

    Raises:
        TypeError: It is neither bytes nor text.
    """
    if isinstance(chunk, str):
        return chunk.encode()
    if isinstance(chunk, bytes | bytearray | memoryview):
        return bytes(chunk)
    raise TypeError(f"expected the stream to yield bytes but got [{type(chunk).__name__}]")
