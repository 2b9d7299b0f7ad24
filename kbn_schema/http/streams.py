"""This module lets the body of an answer flow: an iterator of chunks, an async one, or a file.

`SyncStream` and `AsyncStream` hand on what a handler answers with, and close it together with the context
it was made in.
"""

import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from functools import partial
from typing import Any, Final, cast

import attrs

from kbn_schema.http.ways import in_thread, run_now

CHUNK: Final = 65_536
_WHOLE: Final = (dict, list, str, bytes)


def is_stream(body: object) -> bool:
    """Whether *body* is sent in pieces: an iterator, plain or async, or something with `read`."""
    if body is None or isinstance(body, _WHOLE):
        return False
    kind = type(body)
    return any(hasattr(kind, name) for name in ("__next__", "__aiter__", "read"))


Closer = Callable[[BaseException | None], Coroutine[Any, Any, None]]


@attrs.frozen(eq=False)
class Flow:
    """A body that is sent in pieces, and what is closed after it, in this order: itself, its context."""

    source: Any
    closers: tuple[Closer, ...] = ()

    @property
    def is_async(self) -> bool:
        """Whether its pieces are awaited."""
        return hasattr(type(self.source), "__aiter__")


async def close_source(source: Any, error: BaseException | None = None) -> None:
    """Close the *source* of a stream, as far as it can be."""
    if hasattr(type(source), "aclose"):
        await source.aclose()
    elif hasattr(type(source), "close"):
        source.close()


async def close_all(closers: Sequence[Closer], error: BaseException | None = None) -> None:
    """Call *closers*, each with *error*, the first first, whatever goes wrong."""
    async with contextlib.AsyncExitStack() as stack:
        for closer in reversed(closers):
            stack.push_async_callback(closer, error)


class SyncStream(Iterator[bytes]):
    """Hands on a plain *flow*; whoever takes its pieces closes it, also where there are more.

    Raises:
        TypeError: The flow is async.
    """

    def __init__(self, flow: Flow) -> None:
        if flow.is_async:
            raise TypeError("the body is an async stream: use an async adapter, or a plain iterator")
        self._flow: Flow | None = flow
        self._pieces = pieces(flow.source)

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

    def __init__(self, flow: Flow) -> None:
        self._flow: Flow | None = flow
        self._pieces: Any = aiter(flow.source) if flow.is_async else pieces(flow.source)
        self._is_async = flow.is_async
        # A thread may still be at work when the task that waits for it is cancelled.
        self._lock = threading.Lock()

    async def __anext__(self) -> bytes:
        try:
            piece = await (self._await_piece() if self._is_async else in_thread(self._take_piece))
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
        with self._lock:
            return next(self._pieces, None)

    async def _end(self, error: BaseException | None) -> None:
        flow, self._flow = self._flow, None
        if flow is None:
            return
        if self._is_async:
            own: list[Closer] = [] if self._pieces is flow.source else [partial(close_source, self._pieces)]
            await close_all([*own, *flow.closers], error)
        else:
            await in_thread(self._end_plain, flow, error)

    def _end_plain(self, flow: Flow, error: BaseException | None) -> None:
        with self._lock:
            run_now(close_all(flow.closers, error))


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
