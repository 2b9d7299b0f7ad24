"""This module is one schema of a tree, and how its values are drawn and broken."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kbn_schema.kinds.base import Schema
from kbn_schema.testing.hand import HAND, Hand, NothingFound
from kbn_schema.testing.heights import IMPOSSIBLE, INFINITE, NOTHING_NEEDED, Need
from kbn_schema.testing.naming import unfitting
from kbn_schema.testing.values import Broken, Faults, Values, plain_values

# One way to break a value: None where it did not work this time, so that another is tried.
Way = Callable[[Hand], Broken | None]

# Draws that an author's `validate` may refuse, for one value; after so many values in vain there is none.
TRIES: Final = 10
GIVE_UP: Final = 30
AGAIN: Final = st.integers(0, 2**32)
# Draws, of the plainest value of what has no others inside, and of any that are counted.
LEAF: Final = 4
HEAVIEST: Final = 16


class Shape(ABC):
    """How the values of a kind are made of those of others, or are drawn at once.

    *node* is what it is the shape of, set once both are made.
    """

    node: "Node"

    @abstractmethod
    def inside(self) -> "Sequence[Node]":
        """Return all that stands inside."""

    @abstractmethod
    def need(self) -> Need:
        """Return what has to have a value for this to have one."""

    def fault_need(self) -> Need:
        """Return what has to have a fault for this to have one."""
        return NOTHING_NEEDED

    @abstractmethod
    def weigh(self) -> int:
        """Return about how many draws the plainest value takes; those of what it needs are known."""

    def rests(self, hand: Hand) -> bool:
        """Return whether recursion may end here; asked only of what leads back to itself."""
        return False

    def has_value(self, hand: Hand) -> bool:
        """Return whether there is a value where *hand* stands; asked only of what may have one."""
        return True

    @abstractmethod
    def draw(self, hand: Hand) -> Any:
        """Return a value that fits."""

    @abstractmethod
    def ways(self, hand: Hand, spared: str | None) -> list[Way]:
        """Return the ways to break a value; that of the key *spared* is left as it is, and a dict a dict."""


class Leaf(Shape):
    """Values that are drawn at once.

    Args:
        values: What a kind says of itself.
        needed: What it has drawn inside of its own values, as third parties do.
    """

    def __init__(self, values: Values, needed: "Sequence[Node]" = ()) -> None:
        self._values = values
        self._needed = needed
        self._faults: Faults | None = None

    def inside(self) -> "Sequence[Node]":
        return self._needed

    def need(self) -> Need:
        return IMPOSSIBLE if self._values.fitting.is_empty else Need(self._needed)

    def fault_need(self) -> Need:
        return NOTHING_NEEDED if self.faults else IMPOSSIBLE

    def weigh(self) -> int:
        return LEAF

    def draw(self, hand: Hand) -> Any:
        return hand.draw(self._values.fitting)

    @property
    def faults(self) -> Faults:
        """The values that are wrong, by the code of what is wrong; there are some of each."""
        if self._faults is None:
            told = self._values.faults()
            self._faults = {code: wrong for code, wrong in told.items() if not wrong.is_empty}
        return self._faults

    def ways(self, hand: Hand, spared: str | None) -> list[Way]:
        return [partial(_wrong, code, wrong) for code, wrong in self.faults.items()]


def _wrong(code: str, wrong: SearchStrategy[Any], hand: Hand) -> Broken:
    return Broken(hand.draw(wrong), code)


class Node:
    """One schema at its place: *named* are the schemas around it that a `lazy` in it may mean.

    Args:
        given: What the user of `from_schema` draws from instead.
    """

    def __init__(
        self, schema: Schema[Any], named: Mapping[str, Any], given: SearchStrategy[Any] | None
    ) -> None:
        self.schema: Schema[Any] = schema
        self.named: Mapping[str, Any] = named
        self.given: SearchStrategy[Any] | None = given
        self.shape: Shape
        self.height: float = INFINITE
        self.size: float = INFINITE
        self.weight: int = HEAVIEST
        self.is_circular: bool = False
        """Whether there is recursion in it."""
        self.recurs: bool = False
        """Whether it is part of one."""
        self.can_break: bool = False
        self._in_vain: int = 0
        self._passed: bool = False

    @property
    def has_values(self) -> bool:
        """Whether there is any value at all."""
        return self.height < INFINITE

    def has_value(self, hand: Hand) -> bool:
        """Return whether there is a value where *hand* stands."""
        if self.given is not None:
            return True
        return self.has_values and hand.affords(self.height) and self.shape.has_value(hand)

    def rests(self, hand: Hand) -> bool:
        """Return whether recursion may end here, as far as one can see from where *hand* stands."""
        return not self.is_circular or self.shape.rests(hand)

    def draw(self, hand: Hand) -> Any:
        """Return a value that fits."""
        if self.schema.validator is None:
            return self._drawn(hand)
        value: Any = None
        for _ in range(TRIES):
            value = self._drawn(hand)
            if not self.refuses(hand, value):
                self._passed = True
                return value
        return self._known(hand, value)

    def _drawn(self, hand: Hand) -> Any:
        return self.shape.draw(hand) if self.given is None else hand.draw(self.given)

    def _known(self, hand: Hand, refused: Any) -> Any:
        """Return one of the values that the author knows, where `validate` takes next to none."""
        known = [value for value in self.schema.examples if not self.refuses(hand, value)]
        if known:
            return hand.draw(plain_values(known))
        # If all that is drawn is one value, Hypothesis has tried everything too early, and names no schema.
        hand.draw(AGAIN)
        self._in_vain += 1
        if self._in_vain >= GIVE_UP and not self._passed:
            raise NothingFound(self._refusal(hand, refused))
        return reject()

    def _refusal(self, hand: Hand, refused: Any) -> str:
        if self.given is not None:
            return unfitting(self.schema, hand.outcome(self.schema, self.named, refused).issues()[0])
        return (
            f"{self.schema!r}: its validate refused all of {GIVE_UP * TRIES} values. Give the schema "
            "examples that pass, or draw them yourself: from_schema(..., using={that_schema: strategy})"
        )

    def break_(self, hand: Hand, spared: str | None = None) -> Broken | None:
        """Return a value that is broken in one place; None where that did not work.

        See `Shape.ways` for *spared*.
        """
        ways = self.shape.ways(hand, spared)
        if self.schema.validator is not None and self.has_value(hand):
            ways.append(self._refused)
        if not ways:
            return None
        first = hand.draw(st.integers(0, len(ways) - 1))
        for way in ways[first:] + ways[:first]:
            broken = way(hand)
            if broken is not None:
                return broken
            hand.patience -= 1
            if hand.patience <= 0:
                return None
        return None

    def _refused(self, hand: Hand) -> Broken | None:
        """Break what only the author's own `validate` refuses."""
        for _ in range(TRIES):
            value = self._drawn(hand)
            if hand.told(self.schema, self.named, value) == ("custom", ()):
                return Broken(value, "custom")
        return None

    def refuses(self, hand: Hand, value: Any) -> bool:
        """Return whether *value* is refused where *hand* stands."""
        return hand.refuses(self.schema, self.named, value)

    def alone(self, make_hand: Callable[[DrawFn], Hand]) -> SearchStrategy[Any]:
        """Return the values as a strategy, for what others draw inside theirs."""
        return _drawn_alone(self, make_hand)


@st.composite
def _drawn_alone(draw: DrawFn, node: Node, make_hand: Callable[[DrawFn], Hand]) -> Any:
    hand = HAND.get(None) or make_hand(draw)
    if not node.has_value(hand):
        reject()
    # It is a level down, and takes room, for all that is known of what is around it.
    before = hand.enter({}, None, node.recurs)
    value = node.draw(hand)
    hand.leave(before)
    return value
