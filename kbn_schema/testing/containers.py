"""This module draws lists, and dicts of entries, and breaks them."""

import copy
import json
from abc import abstractmethod
from collections.abc import Hashable, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kbn_schema.kinds.options import Unknowns
from kbn_schema.problems import Failure
from kbn_schema.testing.hand import Before, Hand
from kbn_schema.testing.heights import IMPOSSIBLE, Need
from kbn_schema.testing.nodes import Node, Shape, Way
from kbn_schema.testing.values import Broken, other_types, plain_values
from kbn_schema.wording import show

# Items that are drawn; what has to be longer is filled up with what was drawn.
MAX_ITEMS: Final = 6
# Lists that have to be longer are not made: they would only take memory.
MAX_SIZE: Final = 10_000
MAX_ENTRIES: Final = 3
# Of items that are containers themselves.
MAX_NESTED: Final = 4

_SOMETIMES: Final = st.integers(0, 2).map(lambda number: number == 2)


@lru_cache(maxsize=256)
def between(least: int, most: int) -> SearchStrategy[int]:
    """Return the integers from *least* to *most*; to make such a strategy anew takes longer than to draw."""
    return st.integers(least, most)


class Container(Shape):
    """What has others inside; *unknowns* says what becomes of unknown keys further down."""

    mismatches: tuple[Any, ...] = ()
    """Texts that spell JSON of another type."""
    takes: tuple[type, ...] = ()

    def __init__(self, unknowns: Unknowns | None) -> None:
        self._unknowns: Unknowns | None = unknowns

    def draw(self, hand: Hand) -> Any:
        if hand.is_plain or not hand.writes or not hand.draw(_SOMETIMES):
            return self.members(hand)
        # Nothing in it is text itself, for each text in a text doubles the backslashes of the one inside.
        hand.writes = False
        value = self.members(hand)
        hand.writes = True
        return _written(value)

    @abstractmethod
    def members(self, hand: Hand) -> Any:
        """Return a value that fits, and not as text."""

    def enter(self, hand: Hand, raw: Any) -> Before:
        """Let *hand* go into *raw*, which is drawn there."""
        return hand.enter(raw, self._unknowns, self.node.recurs)

    def _misfits(self) -> list[Way]:
        """The ways to put something else there."""
        # What is text is read as JSON.
        others = other_types(str, *self.takes) | plain_values(self.mismatches)
        return [partial(_instead, "type", others), partial(_instead, "json", NO_JSON)]


NO_JSON: Final = st.sampled_from(["", "{", "[", "a", "[1,]", "NaN"])


def _instead(code: str, others: SearchStrategy[Any], hand: Hand) -> Broken:
    return Broken(hand.draw(others), code)


def _written(value: Any) -> Any:
    """Return *value* as JSON text, as far as JSON has it."""
    try:
        return json.dumps(value)
    except (TypeError, ValueError):  # bytes, streams; integers of very many digits
        return value


def extra(hand: Hand, inside: Node, most: int) -> int:
    """Return how many values of *inside* a container may have that need not be there, *most* at most."""
    if hand.is_tired or not inside.has_value(hand):
        return 0
    if inside.is_circular:
        return max(0, min(MAX_NESTED, hand.room))
    return max(0, min(MAX_NESTED, hand.room // 2)) if inside.height else most


class Items(Container):
    """A list of what *item* says."""

    mismatches: tuple[Any, ...] = ("{}", "0", "null")
    takes: tuple[type, ...] = (list,)

    def __init__(
        self, item: Node, min_size: int | None, max_size: int | None, unknowns: Unknowns | None
    ) -> None:
        super().__init__(unknowns)
        self._item = item
        self._min: int = min_size or 0
        self._max: int | None = max_size

    def inside(self) -> Sequence[Node]:
        return (self._item,)

    def need(self) -> Need:
        if self._min > MAX_SIZE:
            return IMPOSSIBLE
        return Need((self._item,) if self._min else (), levels=1, times=self._min)

    def weigh(self) -> int:
        return 1 + self._min * self._item.weight

    def rests(self, hand: Hand) -> bool:
        return self._min == 0

    def members(self, hand: Hand) -> list[Any]:
        before = self.enter(hand, items := list[Any]())
        self._fill(hand, items, self._size(hand), None)
        hand.leave(before)
        return items

    def ways(self, hand: Hand, spared: str | None) -> list[Way]:
        ways = self._misfits()
        if not self.node.has_values:
            return ways
        if self._min:
            ways.append(partial(self._of_size, "min_size", self._min - 1))
        if self._max is not None and self._max < MAX_SIZE and self._item.has_value(hand):
            ways.append(partial(self._of_size, "max_size", self._max + 1))
        if self._max != 0 and self._item.can_break and hand.room > 0:
            ways.append(self._with_broken)
        return ways

    def _of_size(self, code: str, size: int, hand: Hand) -> Broken:
        before = self.enter(hand, items := list[Any]())
        self._fill(hand, items, size, None)
        hand.leave(before)
        return Broken(items, code)

    def _with_broken(self, hand: Hand) -> Broken | None:
        before = self.enter(hand, items := list[Any]())
        size = max(self._size(hand), 1)
        at = hand.draw(between(0, min(size, MAX_ITEMS) - 1))
        broken = self._fill(hand, items, size, at)
        hand.leave(before)
        return broken

    def _size(self, hand: Hand) -> int:
        most = self._min + extra(hand, self._item, MAX_ITEMS)
        if self._max is not None:
            most = min(most, self._max)
        return hand.draw(between(self._min, most))

    def _fill(self, hand: Hand, items: list[Any], size: int, at: int | None) -> Broken | None:
        """Draw *size* items, of which the one *at* an index is broken, and return what was broken."""
        drawn = min(size, max(MAX_ITEMS, 1))
        hand.room = hand.share(drawn)
        broken: Broken | None = None
        for index in range(drawn):
            if index == at:
                broken = self._item.break_(hand)
                if broken is None:
                    return None
                items.append(broken.value)
            else:
                items.append(self._item.draw(hand))
            hand.keep(self._item.schema, self._item.named, index, items[-1])
        sound = [item for index, item in enumerate(items) if index != at]
        items.extend(copy.deepcopy(sound[0]) if sound else self._item.draw(hand) for _ in range(drawn, size))
        return broken and Broken(items, broken.what, (at or 0, *broken.path))


class Entries(Container):
    """A dict of what *key* and *value* say; each entry is a root of its own for references."""

    takes: tuple[type, ...] = (dict,)
    mismatches: tuple[Any, ...] = ("[]", "0", "null")

    def __init__(self, key: Node, value: Node, unknowns: Unknowns | None) -> None:
        super().__init__(unknowns)
        self._key = key
        self._value = value

    def inside(self) -> Sequence[Node]:
        return (self._key, self._value)

    def need(self) -> Need:
        return Need(levels=1)

    def weigh(self) -> int:
        return 1

    def rests(self, hand: Hand) -> bool:
        return True

    def members(self, hand: Hand) -> dict[str, Any]:
        before = self.enter(hand, entries := dict[str, Any]())
        most = extra(hand, self._value, MAX_ENTRIES) if self._key.has_value(hand) else 0
        self._fill(hand, entries, hand.draw(between(0, most)))
        hand.leave(before)
        return entries

    def ways(self, hand: Hand, spared: str | None) -> list[Way]:
        ways = self._misfits()
        if hand.room > 0 and self._key.can_break and self._value.has_value(hand):
            ways.append(self._with_broken_key)
        if hand.room > 0 and self._value.can_break and self._key.has_value(hand):
            ways.append(self._with_broken_value)
        return ways

    def _with_broken_key(self, hand: Hand) -> Broken | None:
        before = self.enter(hand, entries := dict[str, Any]())
        self._fill(hand, entries, hand.draw(between(0, 1)))
        broken = self._key.break_(hand)
        key = None if broken is None else _as_key(broken.value)
        # As text it may be wrong for another reason, or right.
        told = None if key is None else hand.told(self._key.schema, self._key.named, key)
        if key is not None and told is not None:
            entries[key] = self._value.draw(hand)
        hand.leave(before)
        return told and Broken(entries, told[0], (f'key("{show(key or "")}")', *told[1]))

    def _with_broken_value(self, hand: Hand) -> Broken | None:
        before = self.enter(hand, entries := dict[str, Any]())
        self._fill(hand, entries, hand.draw(between(0, 1)))
        key = self._drawn_key(hand)
        broken = None if key is None else self._value.break_(hand)
        if key is not None and broken is not None:
            entries[key] = broken.value
        hand.leave(before)
        return broken and Broken(entries, broken.what, (key or "", *broken.path))

    def _fill(self, hand: Hand, entries: dict[str, Any], size: int) -> None:
        hand.room = hand.share(size)
        for _ in range(size):
            key = self._drawn_key(hand)
            if key is not None and key not in entries:
                entries[key] = self._value.draw(hand)

    def _drawn_key(self, hand: Hand) -> str | None:
        """Draw a key as JSON has them; None if that is not a key any more."""
        text = _as_key(self._key.draw(hand))
        if text is None:
            return None
        outcome = hand.outcome(self._key.schema, self._key.named, text)
        # As text it may not fit, and what comes out of it may be no key.
        is_key = type(outcome) is not Failure and isinstance(outcome, Hashable)
        return text if is_key else None

    def enter(self, hand: Hand, raw: Any) -> Before:
        before = super().enter(hand, raw)
        hand.run.scopes = []
        return before


def _as_key(value: Any) -> str | None:
    """Return *value* as JSON has keys, which are texts."""
    text = value if type(value) is str else _written(value)
    return text if type(text) is str else None
