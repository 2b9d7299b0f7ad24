"""This module answers ``kbn-schema snapshot``: it writes the contract of a router, or tells a stale one."""

import contextlib
import shlex
import sys
from pathlib import Path
from typing import Final

import attrs

from kbn_schema.colours import wants_colours
from kbn_schema.commands.answers import FINE, NO, CannotAsk
from kbn_schema.commands.contracts import contract_of_router
from kbn_schema.commands.files import content, replace_all, shown
from kbn_schema.wording import escape

STDOUT: Final = "-"


@attrs.frozen
class Order:
    """What is asked for: the arguments of the command, by their names."""

    router: str
    output: str | None = None
    check: bool = False


def run(order: Order) -> int:
    """Write the contract, or print it, or print what would change; return the exit status.

    Raises:
        CannotAsk: The router cannot be imported, or the file not be written; then it stays as it was.
    """
    if order.check and order.output in (None, STDOUT):
        raise CannotAsk("--check compares with a file: name it with -o FILE")
    # What the author's module prints is no part of the answer.
    with contextlib.redirect_stdout(sys.stderr):
        data = contract_of_router(order.router).to_json()
    if order.output is None or order.output == STDOUT:
        sys.stdout.flush()
        # Not through the encoding of the terminal, nor with other ends of lines.
        sys.stdout.buffer.write(data)
        return FINE
    path = Path(order.output)
    return _compare(path, data, order) if order.check else _write(path, data)


def _write(path: Path, data: bytes) -> int:
    if _is_right(content(path), data):
        _say(f"{shown(path)} is up to date")
    else:
        replace_all({path: data})
        _say(f"wrote {shown(path)}")
    return FINE


def _compare(path: Path, data: bytes, order: Order) -> int:
    before = content(path)
    if _is_right(before, data):
        _say(f"{shown(path)} is up to date")
        return FINE
    from kbn_schema.commands.unified import diff  # noqa: PLC0415 - slow, and mostly nothing differs

    coloured = wants_colours(sys.stdout)
    old = None if before is None else _lines(before)
    sys.stdout.write(diff(shown(path), old, data, coloured=coloured))
    _say(f"{shown(path)} is {'missing' if before is None else 'out of date'}")
    _say(f"to write this: {shlex.join(['kbn-schema', 'snapshot', order.router, '-o', str(order.output)])}")
    return NO


def _is_right(before: bytes | None, data: bytes) -> bool:
    """Whether a file is as it should be, but for the ends of lines, which git may have changed."""
    return before is not None and _lines(before) == data


def _lines(data: bytes) -> bytes:
    """*data* with the ends of lines that we write."""
    return data.replace(b"\r\n", b"\n")


def _say(line: str) -> None:
    sys.stderr.write(f"{escape(line)}\n")
