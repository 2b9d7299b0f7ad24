"""This module replays a part of the recorded requests: the one function that every engine calls."""

from collections.abc import Iterable
from functools import cache
from typing import Final, Literal

import attrs

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.commands.targets import authors_code, load_target
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.router import Router
from kbn_schema.replay.records import Unreadable, read_record
from kbn_schema.replay.tally import Group, Outcome, Tally
from kbn_schema.replay.verdicts import Judge, Verdict

# What stands before an application answers so, or it did before it validated anything.
IN_FRONT: Final = frozenset({401, 403, 407, 408, 429, 502, 503, 504})
# A handler seldom answers so itself.
OURS: Final = frozenset({405, 413, 415})


@attrs.frozen
class Part:
    """Replays lines of recorded requests against the router that *target* names, as ``MODULE:ROUTER``.

    It can be pickled, and finds the router in the process where it is called, once. Lines are bytes, or text
    as some engines have them; their ends do not matter.

    Raises:
        kbn_schema.commands.answers.CannotAsk: When it is called: there is no such router, or its own code
            ends the program.

    Example:
        >>> from kbn_schema.replay import Part
        >>> part = Part("kbn_schema.demo.application:router")
        >>> tally = part([b'{"method": "GET", "path": "/nowhere", "status": 200}'])
        >>> tally.requests, tally.refused
        (1, 1)
    """

    target: str

    def __call__(self, lines: Iterable[bytes | str]) -> Tally:
        """What is found in the *lines*, which are numbered from 1."""
        judge = load_judge(self.target)
        # What it says may hold what a client sent.
        with authors_code("the schemas' own code ended the program", says_why=False):
            return tally_of(judge, lines)

    def tallies(self, lines: Iterable[bytes | str]) -> list[Tally]:
        """What is found in the *lines*, as the only one in a list: engines want a collection of each part."""
        return [self(lines)]


@cache
def load_judge(target: str) -> Judge:
    """The judge of the router that *target* names.

    Raises:
        CannotAsk: There is none, or its declarations are not complete.
    """
    router = load_target(target, Router, "router")
    with authors_code(f"cannot read the routes of [{target}]"):
        try:
            return Judge(router)
        except SchemaDefinitionError as error:
            raise CannotAsk(f"cannot read the routes of [{target}]: {error}") from None


def tally_of(judge: Judge, lines: Iterable[bytes | str]) -> Tally:
    """What *judge* finds in the *lines*."""
    tally = Tally()
    for line in lines:
        raw = line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line
        raw = raw.removesuffix(b"\n").removesuffix(b"\r")
        tally.lines += 1
        if not raw or raw.isspace():
            continue
        try:
            record = read_record(raw, judge.wanted)
        except Unreadable as reason:
            tally.name(str(reason))
            continue
        _count(tally, record.status, judge.verdict(record))
    return tally


def _count(tally: Tally, then: int, now: Verdict) -> None:
    tally.requests += 1
    tally.asked.add(now.place)
    if now.is_unread:
        tally.unread += 1
    match outcome_of(then, now):
        case "undecided":
            tally.undecided.add(then)
        case "accepted":
            tally.accepted += 1
            tally.places.add(Group(now.place, "accepted", then))
            tally.groups.add(Group(now.place, "accepted", then))
        case "refused":
            status = now.status or 0
            tally.refused += 1
            tally.places.add(Group(now.place, "refused", status))
            for path, code in now.findings:
                tally.groups.add(Group(now.place, "refused", status, path, code))
        case _:  # it does not differ
            pass


def outcome_of(then: int, now: Verdict) -> Outcome | Literal["undecided"] | None:
    """How the answer differs from the one *then*; None where it does not, as far as the contract decides.

    A refusal now is certain. Where there is none, the handler answers, and what it would answer nobody knows:
    404 may have been its own answer then, and 400, where the route declares it.
    """
    if now.status is not None:
        if then == now.status:
            return None
        is_open = then in IN_FRONT or (now.is_mapped and then >= 400)
        return "undecided" if is_open else "refused"
    if then in OURS or (then == 400 and then not in now.declared):
        return "accepted"
    return "undecided" if then in (400, 404, 408) else None
