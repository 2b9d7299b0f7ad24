"""This module reads the body of a request, under its limits.

A plain handler reads a `BodyReader`, an async one an `AsyncBodyReader`; both count what they read.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, TypeVar

from kbn_schema.http.parts import Refusal, too_large

T = TypeVar("T")

CHUNK: Final = 65_536

Read = Callable[[int], bytes]
AsyncRead = Callable[[], Awaitable[bytes]]


class Disconnected(Exception):
    """The client has gone, so there is nobody to answer."""


class Meter:
    """Counts the bytes of a body: at most *limit*, and *length*, where that was announced."""

    __slots__ = ("count", "length", "limit")

    def __init__(self, limit: int, length: int | None) -> None:
        self.limit: int = limit
        self.length: int | None = length
        self.count: int = 0

    @property
    def left(self) -> int:
        """How much may be read yet; one byte over the limit shows that there are too many."""
        return (self.limit + 1 if self.length is None else self.length) - self.count

    def take(self, chunk: bytes) -> bytes:
        """*chunk*, counted; the empty one is the end.

        Raises:
            Refusal: 413 over the limit, 400 where less came than was announced.
        """
        self.count += len(chunk)
        if self.count > self.limit:
            raise too_large(self.limit)
        if not chunk and self.length is not None and self.count < self.length:
            raise Refusal(400, "the request body is shorter than its Content-Length")
        return chunk

    def take_all(self, body: bytes) -> None:
        """Count a whole *body*.

        Raises:
            Refusal: As `take` does.
        """
        self.take(body)
        if body:
            self.take(b"")


class BodyReader(io.RawIOBase):
    """The body of a request, for a plain handler: a file that is read once.

    Raises:
        Refusal: By any method that reads, where the body is too large or too short, or cannot be read.
            A handler lets it pass: it is the answer.
    """

    def __init__(self, read: Read, meter: Meter) -> None:
        super().__init__()
        self._read = read
        self._meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        chunk = read_some(self._read, min(len(buffer), self._meter.left))
        buffer[: len(chunk)] = chunk
        self._meter.take(chunk)
        return len(chunk)


def body_reader(read: Read, meter: Meter) -> io.BufferedReader:
    """A buffered `BodyReader`: it has `read`, `readline`, and lines to iterate over."""
    return io.BufferedReader(BodyReader(read, meter), CHUNK)


def in_sizes(next_piece: Callable[[], bytes]) -> Read:
    """A reader by size of what comes in pieces of any size."""
    rest = memoryview(b"")

    def read(size: int) -> bytes:
        nonlocal rest
        rest = rest or memoryview(next_piece())
        piece, rest = rest[:size], rest[size:]
        return bytes(piece)

    return read


def read_some(read: Read, size: int) -> bytes:
    """What *read* gives; it is not asked for nothing, which some servers wait for.

    Raises:
        Refusal: 400 where it cannot.
    """
    try:
        return read(size) if size > 0 else b""
    except OSError:  # the client has gone, or is too slow for the server
        raise Refusal(400, "the request body could not be read") from None


def read_all(read: Read, meter: Meter) -> bytes:
    """The whole body; one byte over the limit is read at most.

    Raises:
        Refusal: It is too large or too short, or cannot be read.
    """
    chunks: list[bytes] = []
    while True:
        chunk = meter.take(read_some(read, min(meter.left, CHUNK)))
        chunks.append(chunk)
        if not chunk:
            return b"".join(chunks)


class AsyncBodyReader:
    """The body of a request, for an async handler: ``await body.read()``, or ``async for chunk in body``.

    Raises:
        Refusal: Where the body is too large or too short. A handler lets it pass: it is the answer.
        Disconnected: The client has gone.
    """

    def __init__(self, read: AsyncRead, meter: Meter, patience: float | None = None) -> None:
        self._source = read
        self._meter = meter
        self._patience = patience
        self._rest = b""
        self._ended = False

    async def read(self, size: int = -1) -> bytes:
        """At most *size* bytes, as soon as there are any; all of them where *size* is negative."""
        if size < 0:
            return b"".join([chunk async for chunk in self])
        if size and not self._rest:
            self._rest = await self._next()
        chunk, self._rest = self._rest[:size], self._rest[size:]
        return chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := self._rest or await self._next():
            self._rest = b""
            yield chunk

    async def _next(self) -> bytes:
        if self._ended:
            return b""
        chunk = self._meter.take(await patiently(self._source(), self._patience))
        self._ended = not chunk
        return chunk


async def read_all_async(read: AsyncRead, meter: Meter, patience: float | None = None) -> bytes:
    """The whole body; each chunk may take *patience* seconds.

    Raises:
        Refusal: It is too large or too short, or 408 where it came too slowly.
        Disconnected: The client has gone.
    """
    chunks: list[bytes] = []
    while True:
        chunk = meter.take(await patiently(read(), patience))
        chunks.append(chunk)
        if not chunk:
            return b"".join(chunks)


async def patiently(awaitable: Awaitable[T], seconds: float | None) -> T:
    """What *awaitable* gives within *seconds*; None is for ever.

    Raises:
        Refusal: 408, it did not.
    """
    if seconds is None:
        return await awaitable
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await awaitable
    except TimeoutError:
        if not limit.expired():
            raise
        raise Refusal(408, "the request body was not received in time") from None
