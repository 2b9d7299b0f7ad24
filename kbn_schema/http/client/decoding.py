"""This module takes the body of an answer piece by piece: inflates it, and sees that it is not too large."""

import zlib
from collections.abc import Iterator
from typing import Final

PIECE: Final = 65_536
MAX_MEMBERS: Final = 1000  # of a gzip body: each takes its time to begin


class UnreadableBody(Exception):
    """The body of an answer cannot be read; the text says why, and shows nothing of it."""


class BodyReader:
    """Collects a body of at most *limit* bytes, None is without end; *codings* is its Content-Encoding."""

    def __init__(self, codings: str, limit: int | None) -> None:
        names = [name for part in codings.lower().split(",") if (name := part.strip(" \t")) not in _NONE]
        if len(names) > 1 or (names and names[0] not in _WINDOWS):
            raise UnreadableBody("the response has a content encoding that was not asked for")
        self._coding = names[0] if names else None
        self._stream = zlib.decompressobj(_WINDOWS[names[0]]) if names else None
        self._limit = limit
        self._came = self._size = self._members = 0
        self._pieces: list[bytes] = []
        self._is_begun = False

    def take(self, raw: bytes) -> None:
        """Take the next piece as it came.

        Raises:
            UnreadableBody: It is malformed, or the body grows too large.
        """
        self._came += len(raw)
        if self._limit is not None and self._came > 2 * self._limit + PIECE:
            # What comes may inflate to nothing, for ever.
            raise UnreadableBody(f"the response body exceeds [{self._limit}] bytes")
        try:
            for piece in self._inflated(raw):
                self._size += len(piece)
                if self._limit is not None and self._size > self._limit:
                    raise UnreadableBody(f"the response body exceeds [{self._limit}] bytes")
                self._pieces.append(piece)
        except zlib.error:
            raise UnreadableBody("the response has a malformed content encoding") from None

    def whole(self) -> bytes:
        """The body, once all of it was taken.

        Raises:
            UnreadableBody: It ends too early.
        """
        if self._stream is not None and self._is_begun and not self._stream.eof:
            raise UnreadableBody("the response has a malformed content encoding")
        return b"".join(self._pieces)

    def _inflated(self, raw: bytes) -> Iterator[bytes]:
        if self._stream is None:
            yield raw
            return
        if raw and not self._is_begun:
            self._is_begun = True
            # RFC 9110, section 8.4.1.2: some send deflate without zlib's head, whose first byte ends in 8.
            if self._coding == "deflate" and raw[0] & 0x0F != 8:
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        if self._stream.eof:
            raw = self._begin_another(raw)
            if not raw:
                return
        while True:
            # In steps: a piece of a kilobyte may hold a megabyte.
            piece = self._stream.decompress(raw, PIECE)
            yield piece
            if self._stream.eof:
                raw = self._begin_another(self._stream.unused_data)
                if not raw:
                    return
            else:
                raw = self._stream.unconsumed_tail
                if not raw and len(piece) < PIECE:
                    return

    def _begin_another(self, raw: bytes) -> bytes:
        """Go on with the next member (RFC 1952, section 2.2), which only gzip has; zeros are padding.

        Returns:
            That member; empty where there is none.
        """
        raw = raw.lstrip(b"\0")
        if raw:
            self._members += 1
            if self._coding == "deflate" or self._members > MAX_MEMBERS:
                raise zlib.error("bytes behind the end")
            self._stream = zlib.decompressobj(_GZIP)
        return raw


_NONE: Final = ("", "identity")
_GZIP: Final = 16 + zlib.MAX_WBITS
_WINDOWS: Final = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}
