"""This module cuts recorded traffic into parts at line ends, and holds no more of it than it has to.

However it is cut, each line is in one part. What a line has beyond 10 MiB is dropped, but for so much that
it can be told.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final

import attrs

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.replay.records import MAX_LINE_BYTES

CHUNK: Final = 65_536
# With the end of the line, and one byte that shows that there is more.
MOST: Final = MAX_LINE_BYTES + 3


@attrs.frozen
class Span:
    """The lines of the file *path* that begin from *start* on, and before *end*; in bytes."""

    path: str
    start: int
    end: int

    def lines(self) -> Iterator[bytes]:
        """Each of the lines; one that is cut at *end* is read further."""
        with open(self.path, "rb") as file:
            yield from lines_between(file, self.start, self.end)


def spans(path: str, size: int, step: int) -> Iterator[Span]:
    """The first *size* bytes of the file *path*, cut after every *step* bytes."""
    return (Span(path, start, min(start + step, size)) for start in range(0, size, step))


def lines_between(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    """The lines of *file* that begin from *start* on, and before *end*.

    Raises:
        CannotAsk: The file ends before *end*.
    """
    position = start
    if start:
        file.seek(start - 1)
        position = _behind_line(file, start - 1, end)
    while position < end:
        line = file.readline(MOST)
        if not line:
            raise _shrunk(file)
        position += len(line)
        yield line
        if len(line) == MOST and not line.endswith(b"\n"):
            position = _behind_line(file, position, end)


def _behind_line(file: BinaryIO, position: int, end: int) -> int:
    """Read on to the next line, from *position*, and return where that is, if it is before *end*."""
    # A line may be longer than many parts: each looks at its own bytes only.
    while position < end:
        piece = file.readline(CHUNK)
        if not piece:
            raise _shrunk(file)
        position += len(piece)
        if piece.endswith(b"\n"):
            break
    return position


def _shrunk(file: BinaryIO) -> CannotAsk:
    return CannotAsk(f"[{getattr(file, 'name', 'the file')}] became shorter while it was read")


def blocks(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """What comes through *stream*, in blocks of about *size* bytes that end where a line does."""
    rest = b""
    while block := stream.read(size):
        whole, end, begun = block.rpartition(b"\n")
        if not end:
            rest = (rest + begun)[: MOST - 1]
            continue
        first, end, others = whole.partition(b"\n")
        yield (rest + first)[: MOST - 1] + end + others + b"\n"
        rest = begun
    if rest:
        yield rest


def lines_of(block: bytes) -> list[bytes]:
    """The lines of a block that ends where a line does."""
    lines = block.split(b"\n")
    if not lines[-1]:
        del lines[-1]
    return lines
