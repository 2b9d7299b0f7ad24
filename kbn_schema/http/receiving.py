"""This module receives the body of a request: at once, in pieces, or as a reader for the handler.

What a body is handed over as: bytes; a reader ``read(size)`` of a plain server, which gives no bytes at the
end; or an async ``read()``, which gives the next piece, and raises `Disconnected` where the client has gone.
"""

import io
from collections.abc import Mapping
from typing import Any, Final, cast

import attrs

from kbn_schema.http.parts import Refusal
from kbn_schema.http.readers import (
    AsyncBodyReader,
    AsyncRead,
    Meter,
    Read,
    body_reader,
    in_sizes,
    patiently,
    read_all,
    read_all_async,
)
from kbn_schema.http.ways import Way

# A body as it was handed over, or why it could not be read.
Received = bytes | Read | AsyncRead | Refusal | None
# Where a route says nothing of it.
DEFAULT_SECONDS: Final = 60.0


@attrs.frozen
class Patience:
    """How long an async server waits for a body, in seconds; None is for ever."""

    payload: float | None
    """For all of it, unless the handler reads it."""
    piece: float | None
    """For each piece of it."""
    read_piece: float | None
    """For each piece of it that the handler reads."""


def patience_of(timeout: Mapping[str, int]) -> Patience:
    """What the ``timeout`` of a route says, in milliseconds, of which 0 is for ever."""
    return Patience(
        _seconds(timeout.get("payload"), DEFAULT_SECONDS),
        _seconds(timeout.get("idle_socket"), None),
        _seconds(timeout.get("idle_socket"), DEFAULT_SECONDS),
    )


def _seconds(milliseconds: int | None, default: float | None) -> float | None:
    return default if milliseconds is None else milliseconds / 1000 or None


async def receive(body: Received, way: Way, meter: Meter, patience: Patience, streams: bool) -> Any:
    """*body* as bytes, or as a reader where it *streams*; None where there is none.

    Raises:
        Refusal: It is too large or too short, came too slowly, or could not be read.
        Disconnected: The client has gone.
    """
    if isinstance(body, Refusal):
        raise body
    if body is None or isinstance(body, bytes):
        meter.take_all(body or b"")
        return _reader_of(body or b"", way) if streams else body
    if not way.awaits:
        read = cast(Read, body)
        return body_reader(read, meter) if streams else read_all(read, meter)
    read_async = cast(AsyncRead, body)
    if not streams:
        return await patiently(read_all_async(read_async, meter, patience.piece), patience.payload)
    if way.is_loop and not way.in_threads:
        return AsyncBodyReader(read_async, meter, patience.read_piece)
    # A worker thread, to which the loop hands each piece.
    return body_reader(in_sizes(lambda: way.pull(patiently(read_async(), patience.read_piece))), meter)


def _reader_of(body: bytes, way: Way) -> io.BytesIO | AsyncBodyReader:
    if way.in_threads or not way.is_loop:
        return io.BytesIO(body)
    pieces = iter((body,) if body else ())

    async def read() -> bytes:
        return next(pieces, b"")

    return AsyncBodyReader(read, Meter(len(body), None))
