"""This module tells how small the least value of each schema is, and which schemas lead back to themselves.

What is of no size has no value at all: an object that must contain itself, a union of such. It knows
nothing of schemas but what each *needs*.
"""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Final, TypeVar

import attrs

T = TypeVar("T")
INFINITE: Final = float("inf")


@attrs.frozen
class Need:
    """What something needs to be there: every one of *of*, each so many *times*, or any one of them.

    *levels* is how far it is above them, 0 if it hands on its own value.
    """

    of: Sequence[Any] = ()
    every: bool = True
    levels: int = 0
    times: int = 1


NOTHING_NEEDED: Final = Need()
IMPOSSIBLE: Final = Need(every=False)


def heights(needs: Mapping[T, Need]) -> dict[T, float]:
    """Return how many levels deep the least value is; what others need comes before them."""
    return _least(needs, lambda need, found: need.levels + max(found, default=0))


def sizes(needs: Mapping[T, Need]) -> dict[T, float]:
    """Return how many containers the least value has in it, with itself."""
    return _least(needs, lambda need, found: need.levels + need.times * sum(found))


def _least(needs: Mapping[T, Need], measure: Callable[[Need, list[float]], float]) -> dict[T, float]:
    """Return the least measure of each thing, `INFINITE` where its needs have no end.

    In the time that sorting takes, however the needs run in circles: as with Dijkstra's paths, the least is
    known first, and nothing changes it (Knuth, "A generalization of Dijkstra's algorithm", 1977).
    """
    found: dict[T, float] = {}
    above: dict[T, list[T]] = {thing: [] for thing in needs}
    missing: dict[T, int] = {}
    order = count()  # things need not be comparable
    waiting: list[tuple[float, int, T]] = []
    for thing, need in needs.items():
        missing[thing] = len(need.of) if need.every else 1
        for other in need.of:
            above[other].append(thing)
        if not missing[thing]:
            heapq.heappush(waiting, (measure(need, []), next(order), thing))
    while waiting:
        least, _, thing = heapq.heappop(waiting)
        found[thing] = least
        for other in above[thing]:
            missing[other] -= 1
            if missing[other] == 0:
                need = needs[other]
                parts = [found[part] for part in need.of] if need.every else [least]
                heapq.heappush(waiting, (measure(need, parts), next(order), other))
    return {**found, **{thing: INFINITE for thing in needs if thing not in found}}


def reversed_(inside: Mapping[T, Iterable[T]]) -> dict[T, list[T]]:
    """Return what each thing is inside of."""
    above: dict[T, list[T]] = {thing: [] for thing in inside}
    for thing, others in inside.items():
        for other in others:
            above[other].append(thing)
    return above


def circular(inside: Mapping[T, Iterable[T]]) -> set[T]:
    """Return what has a circle in it, or behind what is in it."""
    above = reversed_(inside)
    left = {thing: len(list(others)) for thing, others in inside.items()}
    waiting = [thing for thing, number in left.items() if not number]
    for thing in waiting:  # it grows meanwhile
        for other in above[thing]:
            left[other] -= 1
            if not left[other]:
                waiting.append(other)
    return set(inside).difference(waiting)
