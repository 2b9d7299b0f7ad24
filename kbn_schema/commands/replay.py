"""This module answers ``kbn-schema replay``: which recorded requests would be answered differently now?"""

import os
import shlex
import stat
import sys
from typing import BinaryIO, Final, Literal

import attrs

from kbn_schema.commands.answers import FINE, NO, CannotAsk
from kbn_schema.progress import Progress
from kbn_schema.replay.cores import replay_file, replay_stream
from kbn_schema.replay.reports import report
from kbn_schema.replay.tally import Tally

GZIP: Final = b"\x1f\x8b"


@attrs.frozen
class Order:
    """What is asked for: the arguments of the command, by their names."""

    router: str
    traffic: str
    processes: int | None = None
    format: Literal["text", "json"] = "text"


def run(order: Order) -> int:
    """Print what is answered differently; return 1 where anything is.

    Raises:
        CannotAsk: There is no such router, the traffic cannot be read, or no line of it is a request.
    """
    try:
        tally = _replayed(order)
    except OSError as error:
        raise CannotAsk(f"cannot read [{order.traffic}]: {error.strerror}") from error
    sys.stdout.write(report(tally, order.format))
    if not tally.requests:
        sys.stdout.flush()
        raise CannotAsk(f"no line of [{order.traffic}] is a recorded request")
    return NO if tally.different else FINE


def _replayed(order: Order) -> Tally:
    if order.traffic == "-":
        if sys.stdin is None:
            raise CannotAsk("standard input is closed")
        return _of_stream(order, sys.stdin.buffer)
    found = os.stat(order.traffic)
    if stat.S_ISREG(found.st_mode):
        with open(order.traffic, "rb") as file:  # whether it can be opened
            _require_text(file.read(len(GZIP)), order)
        with Progress(found.st_size) as progress:
            return replay_file(order.router, order.traffic, processes=order.processes, done=progress.update)
    with open(order.traffic, "rb") as stream:  # a pipe that has a name
        return _of_stream(order, stream)


def _require_text(beginning: bytes, order: Order) -> None:
    if beginning == GZIP:
        unpacked = shlex.join(["zcat", order.traffic])
        again = shlex.join(["kbn-schema", "replay", order.router, "-"])
        raise CannotAsk(f"[{order.traffic}] is compressed: {unpacked} | {again}")


def _of_stream(order: Order, stream: BinaryIO) -> Tally:
    return replay_stream(order.router, stream, processes=order.processes)
