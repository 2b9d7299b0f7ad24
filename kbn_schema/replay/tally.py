"""This module counts what replaying found; counts of parts can be added up, in any order.

A tally is of bounded size, whatever was counted: of more than 10,000 groups, it keeps the first in their own
order, exactly, and of the others only how much they are together. Which are the first does not depend on the
order in which they come, so that neither does the sum.
"""

from collections.abc import Hashable, Iterable, Mapping
from functools import reduce
from heapq import merge, nsmallest
from itertools import islice
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar

import attrs

MAX_GROUPS: Final = 10_000
MAX_NAMED: Final = 10  # lines that cannot be read

Outcome = Literal["refused", "accepted"]


class Place(NamedTuple):
    """What a request was sent to: the template of a route, and its version, which is empty where it has none.

    Where there is no such route, or no such version, what the contract does not know is ``*``.
    """

    method: str
    """In upper case; ``*`` where it is none that is known."""
    route: str
    """The template of the path; where there is no route, the path as far as templates have its segments."""
    version: str
    """Empty where there are no versions."""


class Group(NamedTuple):
    """Requests that are answered differently in the same way.

    *status* is that of the answer now where it is a refusal, else of the answer then.
    *path* begins with the part, as in ``body.user.name``; it is empty where no part is wrong.
    """

    place: Place
    """Where the requests were sent."""
    outcome: Outcome
    """``"refused"`` where they are refused now, ``"accepted"`` where they were then."""
    status: int
    path: str = ""
    code: str = ""
    """That of the issue, or why there is none, such as ``no_method``; empty where they are accepted."""


K = TypeVar("K", bound=Hashable)


class Counts(Generic[K]):
    """How often each key was met, of the first *limit* keys in their own order.

    The others are only added up. Which are the first does not depend on the order in which they are met.
    """

    def __init__(self, limit: int = MAX_GROUPS) -> None:
        self.limit = limit
        self._others = 0
        self._counts: dict[K, int] = {}

    def add(self, key: K, count: int = 1) -> None:
        """Count *key*, *count* times."""
        counts = self._counts
        counts[key] = counts.get(key, 0) + count
        if len(counts) > 2 * self.limit:
            self._settle()

    @property
    def others(self) -> int:
        """What the keys that are not kept add up to."""
        self._settle()
        return self._others

    def items(self) -> Mapping[K, int]:
        """The count of each key that is kept, in the order of the keys."""
        self._settle()
        counts: dict[Any, int] = self._counts
        return dict(sorted(counts.items()))

    def merged(self, other: "Counts[K]") -> "Counts[K]":
        """The counts of both, this one and the *other*; neither is changed."""
        made = Counts[K](self.limit)
        made._others = self._others + other._others
        for key, count in (*self._counts.items(), *other._counts.items()):
            made.add(key, count)
        return made

    def _settle(self) -> None:
        # A key that goes has `limit` smaller ones before it, now and ever after: it would go from any sum.
        if len(self._counts) <= self.limit:
            return
        counts: dict[Any, int] = self._counts  # texts, numbers, or tuples of them: all have an order
        kept = nsmallest(self.limit, counts)
        everything = sum(self._counts.values())
        self._counts = {key: self._counts[key] for key in kept}
        self._others += everything - sum(self._counts.values())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Counts):
            return NotImplemented
        return (self.others, self.items()) == (other.others, other.items())

    def __getstate__(self) -> dict[str, Any]:
        self._settle()
        return self.__dict__

    def __repr__(self) -> str:
        return f"Counts({dict(self.items())!r}, others={self.others})"


@attrs.define
class Tally:
    """What was found in some lines of recorded requests.

    ``a + b`` is what was found in both; it does not matter which comes first, or what is added to what.
    The numbers of lines are told as they were counted: see `moved` and `joined`.
    """

    lines: int = 0
    """All lines, also blank ones."""
    requests: int = 0
    """The lines that could be read."""
    refused: int = 0
    """The requests that were not refused then, or with another status, and are refused now."""
    accepted: int = 0
    """The requests that were refused then, and are not now."""
    unread: int = 0
    """The requests whose body is not recorded, though the route wants it: all else of them was checked."""
    undecided: Counts[int] = attrs.field(factory=Counts[int])
    """By the status then: requests of which the record does not tell whether the answer differs."""
    groups: Counts[Group] = attrs.field(factory=Counts[Group])
    """Requests by what differs; a request counts once in each group that has an issue of it."""
    places: Counts[Group] = attrs.field(factory=Counts[Group])
    """Requests by what differs, without paths and codes: each counts once."""
    asked: Counts[Place] = attrs.field(factory=Counts[Place])
    """All requests, by where they were sent."""
    unreadable: Counts[str] = attrs.field(factory=Counts[str])
    """Lines that cannot be read, by the reason."""
    named: tuple[tuple[int, str], ...] = ()
    """The number of each of the first such lines, from 1, and the reason."""

    @property
    def different(self) -> int:
        """The number of requests that would be answered differently."""
        return self.refused + self.accepted

    def name(self, reason: str) -> None:
        """Count the line that was read last as unreadable, for a *reason*."""
        self.unreadable.add(reason)
        if len(self.named) < MAX_NAMED:
            self.named = (*self.named, (self.lines, reason))

    def moved(self, lines: int) -> "Tally":
        """The same with numbers that begin behind so many *lines*."""
        return attrs.evolve(self, named=tuple((number + lines, reason) for number, reason in self.named))

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.lines + other.lines,
            self.requests + other.requests,
            self.refused + other.refused,
            self.accepted + other.accepted,
            self.unread + other.unread,
            self.undecided.merged(other.undecided),
            self.groups.merged(other.groups),
            self.places.merged(other.places),
            self.asked.merged(other.asked),
            self.unreadable.merged(other.unreadable),
            tuple(islice(merge(self.named, other.named), MAX_NAMED)),
        )


def joined(tallies: Iterable[Tally]) -> Tally:
    """The sum of the *tallies* of consecutive parts, in which lines are numbered through."""
    return reduce(lambda before, part: before + part.moved(before.lines), tallies, Tally())
