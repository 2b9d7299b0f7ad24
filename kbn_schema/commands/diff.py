"""This module answers ``kbn-schema diff``: what changed between two contracts, and does it break clients?"""

import contextlib
import datetime
import gc
import os
import sys
from collections.abc import Generator
from typing import Any

import attrs

from kbn_schema import diff
from kbn_schema.colours import wants_colours
from kbn_schema.commands import diff_formats
from kbn_schema.commands.allowances import judge, read_allowances
from kbn_schema.commands.answers import FINE, NO, CannotAsk
from kbn_schema.commands.contracts import contract_at, contract_now
from kbn_schema.commands.revisions import Revision
from kbn_schema.wording import escape


@attrs.frozen
class Order:
    """What is asked for: the arguments of the command, by their names."""

    old: str
    new: str | None = None
    profile: Any = "kibana"
    format: str = "text"
    allow: str | None = None
    git: str | None = None


def run(order: Order) -> int:
    """Print what changed; return 1 where that breaks clients and is not allowed.

    Raises:
        CannotAsk: A contract, or the file of allowances, cannot be read.
    """
    if order.new is None and order.git is None:
        raise CannotAsk("expected OLD and NEW, or --git REV and what to compare with it")
    allowances = [] if order.allow is None else read_allowances(order.allow)
    with _without_collector():
        old = (
            contract_now(order.old) if order.git is None else contract_at(order.old, Revision.find(order.git))
        )
        new = contract_now(order.old if order.new is None else order.new)
        found = diff.compare(old, new, profile=order.profile, today=today())
    judgement = judge(found, allowances, today())
    sys.stdout.write(_told(order, judgement.changes))
    for remark in judgement.remarks:
        print(f"kbn-schema: {escape(remark)}", file=sys.stderr)
    return NO if any(judged.is_breaking for judged in judgement.changes) else FINE


@contextlib.contextmanager
def _without_collector() -> Generator[None, None, None]:
    """Look for no circles of garbage: contracts are large and have none (python -m benchmarks contracts)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def today() -> datetime.date:
    """The day on which allowances are judged: that of Greenwich, so that all judge alike.

    Raises:
        CannotAsk: ``SOURCE_DATE_EPOCH``, which tells repeatable builds the time, is malformed.
    """
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if told is None:
        return datetime.datetime.now(datetime.UTC).date()
    try:
        return datetime.datetime.fromtimestamp(int(told), datetime.UTC).date()
    except (ValueError, OverflowError, OSError):
        raise CannotAsk(f"SOURCE_DATE_EPOCH must be a number of seconds, but is [{told}]") from None


def _told(order: Order, changes: Any) -> str:
    if order.format == "json":
        new = order.old if order.new is None else order.new
        asked = {"old": order.old, "new": new, "profile": order.profile}
        return diff_formats.as_json(changes, asked if order.git is None else {**asked, "git": order.git})
    if order.format == "markdown":
        return diff_formats.markdown(changes)
    coloured = wants_colours(sys.stdout)
    return diff_formats.text(changes, coloured=coloured)
