"""This module walks over two terms together, and finds all that differs.

A comparison is a generator, which yields the pairs inside that it wants compared and is sent what was found;
so no contract is too deep. Each pair is compared once. One that is met inside itself is taken for equal
until it turns out that it is not; then all is done again with what is known by then.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import attrs

from kbn_schema.contract import Contract
from kbn_schema.diff import (
    annotations,
    arrays,
    conditionals,
    numbers,
    objects,
    presence,
    records,
    scalars,
    texts,
    unions,
    values,
)
from kbn_schema.diff.differences import Difference, Found, Key, Term
from kbn_schema.diff.pairs import LISTED, Pair, Steps, Wanted, Work
from kbn_schema.diff.shapes import Shape, Terms
from kbn_schema.diff.stable import unstable_names

MAX_ROUNDS: Final = 20
PRESENT: Final = frozenset({"answered", "headers", "params"})  # which are never missing as a whole
CHOICES: Final = frozenset({"union", "tagged", "conditional"})
# Rules by which what was accepted may reach the handler as something else.
SHIFTING: Final = frozenset(
    {
        "branch-redundant",
        "coercion-lost",
        "list-accepted",
        "optional-property-removed",
        "property-added",
        "property-claimed",
        "property-ignored",
        "required-property-added",
    }
)


class Walk:
    """A comparison of the terms of two contracts, which remembers what it has compared."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self.old: Terms = Terms(old)
        self.new: Terms = Terms(new)
        self._unstable = unstable_names(self.old, self.new)
        self._known: dict[Key, Found] = {}
        self._pairs: dict[Key, Pair] = {}
        self._doubts: set[Key] = set()
        self._gives_up = False
        # What is met inside itself and differs: it narrows, or widens.
        self._narrowing: set[Key] = set()
        self._widening: set[Key] = set()

    def compare(self, before: Term, after: Term, domain: str, *, ignores: bool = False) -> Found:
        """All that differs between two terms at the root of a part.

        *domain* says what stands there, see `Pair`; *ignores* whether objects that state nothing drop
        unknown keys.
        """
        root = Wanted(before, after, ignores, ignores, domain, domain not in PRESENT)
        found = self._settled(lambda: self.wanted(root))
        self._tell_loose(found)
        self._tell_read(found, before, after)
        return found

    def _tell_loose(self, found: Found) -> None:
        """Add what a circle led back to and is told nowhere: its branch has found another partner."""
        done: set[Key] = set()
        while True:
            loose = [key for key in found.links if key not in found.heads and key not in done]
            if not loose:
                return
            done.update(loose)
            for key in loose:
                inside = self._settled(partial(self._only, self._pairs[key]))
                found.merge(inside, *map(str, found.links[key]))

    def _tell_read(self, found: Found, before: Term, after: Term) -> None:
        """Add what conditions read that means something else now."""
        shifts = [
            (difference, path)
            for difference, path in found.differences.items()
            if difference.effect == "same" or difference.rule in SHIFTING
        ]
        if not shifts:
            return
        read = conditionals.siblings(self.old, before) & conditionals.siblings(self.new, after)
        for difference, path in shifts:
            for name in sorted(read & {str(step) for step in path}):
                words = {"name": name}
                told = Difference(
                    "condition-input-changed", "both", difference.before, difference.after, words
                )
                found.add(told, *map(str, path))

    def wanted(self, wanted: Wanted) -> Work:
        """What differs between two terms, wrappers included."""
        before, after = self.old.shape(wanted.before), self.new.shape(wanted.after)
        found = Found()
        if wanted.may_be_absent:
            presence.compare_absence(self, wanted, before, after, found)
        if wanted.domain == "json":
            presence.compare_null(self, wanted, before, after, found)
        pair = Pair(before, after, wanted.old_ignores, wanted.new_ignores, wanted.domain)
        found.merge((yield pair))
        return found

    def is_same(self, before: Term, after: Term) -> bool:
        """Whether two terms are equal, whatever they refer to."""
        # `==` first, which mostly fails at once; but to it True is 1.
        try:
            if before != after:
                return False
        except RecursionError:
            return False
        if self.old.text(before) != self.new.text(after):
            return False
        return self.is_stable(before)

    def is_stable(self, term: Term) -> bool:
        """Whether all that *term* refers to is the same on both sides."""
        return not self._unstable or self._unstable.isdisjoint(self.old.names(term))

    def has_conditions(self, term: Term) -> bool:
        """Whether there is a condition in *term*, or behind it."""
        return bool(conditionals.siblings(self.old, term) or conditionals.siblings(self.new, term))

    # --- the machinery ---

    def _settled(self, make: Callable[[], Work]) -> Found:
        rounds = 0
        while True:
            self._doubts = set()
            self._gives_up = rounds == MAX_ROUNDS
            found = self._run(make())
            if not self._doubts or self._gives_up:
                return found
            # Something was taken for equal that is not, so what was made of that is worth nothing.
            self._known.clear()
            rounds += 1

    def _run(self, work: Work) -> Found:
        waiting: list[tuple[Work, Key | None]] = [(work, None)]
        under_way: set[Key] = set()
        met_inside: set[Key] = set()
        answer: Any = None
        while True:
            current, key = waiting[-1]
            try:
                pair = current.send(answer)
            except StopIteration as done:
                found: Found = done.value
                waiting.pop()
                if key is not None:
                    under_way.discard(key)
                    if key in met_inside:
                        self._settle(key, found)
                    self._known[key] = found
                if not waiting:
                    return found
                answer = found
                continue
            wanted = pair.key
            if wanted in under_way:
                met_inside.add(wanted)
                answer = self._again(wanted)
            elif wanted in self._known:
                answer = self._known[wanted]
            else:
                self._pairs[wanted] = pair  # which keeps the ids in the key its own
                under_way.add(wanted)
                waiting.append((self._compared(pair), wanted))
                answer = None

    def _again(self, key: Key) -> Found:
        found = Found(links={key: ()})
        found.narrows = key in self._narrowing or self._gives_up
        found.widens = key in self._widening or self._gives_up
        return found

    def _settle(self, key: Key, found: Found) -> None:
        found.heads.add(key)
        if found.narrows and key not in self._narrowing:
            self._narrowing.add(key)
            self._doubts.add(key)
        if found.widens and key not in self._widening:
            self._widening.add(key)
            self._doubts.add(key)

    def _only(self, pair: Pair) -> Work:
        found = Found()
        found.merge((yield pair))
        return found

    def _compared(self, pair: Pair) -> Work:
        found = Found()
        before, after = pair.before, pair.after
        if pair.old_ignores == pair.new_ignores and self.is_same(before.term, after.term):
            if before.facts is not before.term or after.facts is not after.term:
                annotations.compare(pair, before.facts, after.facts, found)
            return found
        if pair.domain == "headers" and {before.word, after.word} & CHOICES:
            # Such rules are given all headers, and not those that an object declares.
            found.add(pair.differ("type-changed", "both"))
            return found
        if pair.domain == "header":
            lists = self.old.is_list(before), self.new.is_list(after)
            if lists[0] != lists[1] and (after if lists[0] else before).word in CHOICES:
                found.add(pair.differ("header-list-changed", "both"))
                return found
            if not any(lists):
                pair = attrs.evolve(pair, domain="text")  # nothing makes a list of it
        if "any" in (before.word, after.word) and before.word != after.word:
            scalars.compare_any(self, pair, found)
        elif "conditional" in (before.word, after.word):
            yield from conditionals.compare(self, pair, found)
        elif _has_branches(before) or _has_branches(after):
            yield from unions.compare(self, pair, found)
        else:
            annotations.compare(pair, before.facts, after.facts, found)
            yield from self._leaves(pair, found)
        return found

    def _leaves(self, pair: Pair, found: Found) -> Steps:
        before, after = pair.before.word, pair.after.word
        if "nothing" in (before, after) or "values" in (before, after):
            values.compare(self, pair, found)
        elif before in numbers.WORDS and after in numbers.WORDS:
            numbers.compare(pair, found)
        elif before == after == "string":
            texts.compare(pair, found)
        elif before == after == "quantity":
            numbers.compare_quantities(pair, found)
        elif {before, after} <= {"object", "record"}:
            yield from (objects if before == after == "object" else records).compare(self, pair, found)
        elif before == after == "array":
            yield from arrays.compare(self, pair, found)
        elif after == "array" and pair.domain in LISTED:
            yield from arrays.compare_single(self, pair, found)
        else:
            scalars.compare(self, pair, found)


def _has_branches(shape: Shape) -> bool:
    return shape.word in ("union", "tagged")
