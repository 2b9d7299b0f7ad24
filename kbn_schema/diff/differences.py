"""This module holds what a walk over two terms finds, before anybody grades it."""

from collections.abc import Mapping
from typing import Any

import attrs

from kbn_schema.diff.places import Path

Term = Mapping[str, Any]
Key = tuple[object, ...]
"""A pair of terms and what is inherited there, see `kbn_schema.diff.pairs.Pair`."""
NARROWING = frozenset({"narrower", "both", "unknown"})
WIDENING = frozenset({"wider", "both", "unknown"})


@attrs.frozen(eq=False)
class Difference:
    """One thing that differs: a rule with its effect, and what is on both sides, None where there is nothing.

    *words* fill the sentence of the rule.
    """

    rule: str
    effect: str
    before: Term | str | None
    after: Term | str | None
    words: Mapping[str, str]


@attrs.define(eq=False)
class Found:
    """All differences of two terms with their places, the first where one is met more than once.

    *narrows* and *widens* also count what a circle leads back to. *links* are the places where it does,
    *heads* the pairs that are told here.
    """

    differences: dict[Difference, Path] = attrs.field(factory=dict)
    narrows: bool = False
    widens: bool = False
    links: dict[Key, Path] = attrs.field(factory=dict)
    heads: set[Key] = attrs.field(factory=set)

    def add(self, difference: Difference, *path: str) -> None:
        """Note *difference*, which is at *path* from here."""
        self.differences.setdefault(difference, path)
        self.narrows |= difference.effect in NARROWING
        self.widens |= difference.effect in WIDENING

    def merge(self, other: "Found", *path: str) -> None:
        """Note all that *other* holds, which is at *path* from here."""
        for difference, place in other.differences.items():
            self.differences.setdefault(difference, (*path, *place))
        for key, place in other.links.items():
            self.links.setdefault(key, (*path, *place))
        self.heads |= other.heads
        self.narrows |= other.narrows
        self.widens |= other.widens

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.differences or self.narrows or self.widens)
