"""What a property is, and the counting of what was compared and what was left out by which rule."""

import collections
import zlib
from collections.abc import Callable
from typing import Any

import attrs


@attrs.define
class Tally:
    """How much was compared for each property, and how much was left out by which rule.

    A plain mapping of texts to numbers inside, so that it can be added up over processes and kept as JSON.
    """

    counts: collections.Counter[str] = attrs.field(factory=collections.Counter)

    def compared(self, name: str, count: int = 1) -> None:
        """Count *count* comparisons of the property *name*."""
        self.counts[f"{name} compared"] += count

    def excluded(self, name: str, rule: str, count: int = 1) -> None:
        """Count *count* cases that the *rule* keeps the property *name* from comparing."""
        self.counts[f"{name} excluded: {rule}"] += count

    def add(self, other: "Tally") -> None:
        """Add what *other* counted."""
        self.counts.update(other.counts)


@attrs.frozen
class Property:
    """What has to hold: *check* raises `AssertionError` for a subject for which it does not.

    *check* is called with a `Subject` and a `Tally`. It must follow from the subject alone (draw from
    `Subject.rng` where chance is wanted), and has to find the same with a subject of one case only:
    that is how a finding is made small. *share* is the part of the subjects that are looked at,
    decided by their number.
    """

    name: str
    title: str
    check: Callable[[Any, Tally], None]
    share: float = 1.0

    def covers(self, number: int) -> bool:
        """Return whether the subject of this *number* is looked at."""
        return self.share >= 1 or zlib.crc32(f"{self.name}:{number}".encode()) < self.share * 2**32
