"""This module draws what has a choice of schemas, or hands its value on to another, and breaks it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from hypothesis import reject
from hypothesis import strategies as st

from kbn_schema.kinds.base import Schema
from kbn_schema.missing import MISSING
from kbn_schema.run import Run
from kbn_schema.testing.anything import CHARACTERS
from kbn_schema.testing.containers import between
from kbn_schema.testing.hand import Hand
from kbn_schema.testing.heights import Need
from kbn_schema.testing.nodes import Node, Shape, Way
from kbn_schema.testing.values import PLAIN, Broken, plain_values

_NO_CHOICE: Final = st.integers(0, 0)
_PLAIN: Final = plain_values(PLAIN)
# Tries to break one alternative so that no other takes the value, or to draw one that is not another's.
TRIES: Final = 3


class Same(Shape):
    """The values of another schema, as of `maybe` and `lazy`."""

    def __init__(self, of: Node) -> None:
        self.of: Node = of

    def inside(self) -> Sequence[Node]:
        return (self.of,)

    def need(self) -> Need:
        return Need((self.of,))

    def fault_need(self) -> Need:
        return Need((self.of,))

    def weigh(self) -> int:
        return self.of.weight

    def rests(self, hand: Hand) -> bool:
        return self.of.rests(hand)

    def has_value(self, hand: Hand) -> bool:
        return self.of.has_value(hand)

    def draw(self, hand: Hand) -> Any:
        return self.of.draw(hand)

    def ways(self, hand: Hand, spared: str | None) -> list[Way]:
        return [lambda hand: self.of.break_(hand, spared)] if self.of.can_break else []


class Optional(Same):
    """The values of another schema, or none at all."""


class Choice(Shape):
    """What one of some schemas takes."""

    def __init__(self, alternatives: Sequence[Node]) -> None:
        self._alternatives: Sequence[Node] = alternatives

    def inside(self) -> Sequence[Node]:
        return self._alternatives

    def need(self) -> Need:
        return Need(self._alternatives, every=False)

    def fault_need(self) -> Need:
        return Need(self._alternatives)  # one that takes anything leaves nothing to refuse

    def weigh(self) -> int:
        return _weight_of_first(self._alternatives)

    def rests(self, hand: Hand) -> bool:
        return any(node.rests(hand) for node in self._alternatives)

    def has_value(self, hand: Hand) -> bool:
        return any(node.has_value(hand) for node in self._alternatives)

    def draw(self, hand: Hand) -> Any:
        return _one_of(self._alternatives, hand).draw(hand)

    def ways(self, hand: Hand, spared: str | None) -> list[Way]:
        plain = [self._something_else] if spared is None else []
        return [
            *plain,
            *(partial(self._broken, node, spared) for node in self._alternatives if node.can_break),
        ]

    def _something_else(self, hand: Hand) -> Broken | None:
        """Break it with a value that none of the alternatives was meant for."""
        value = hand.draw(_PLAIN)
        told = hand.told(self.node.schema, self.node.named, value)
        return None if told is None or told[1] else Broken(value, told[0])

    def _broken(self, alternative: Node, spared: str | None, hand: Hand) -> Broken | None:
        """Break the value of one alternative so that no other takes it."""
        for _ in range(TRIES):
            broken = alternative.break_(hand, spared)
            if broken is not None and self.node.refuses(hand, broken.value):
                return broken
        return None


def _one_of(alternatives: Sequence[Node], hand: Hand) -> Node:
    """Draw one of *alternatives* that has a value here."""
    able = _able(alternatives, hand)
    if not able:
        reject()
    at = hand.draw(between(0, len(able) - 1))
    if at:
        # Hypothesis takes for plainest what takes the fewest draws. The first alternative should be, so the
        # others take as many as its plainest value.
        for _ in range(able[0].weight):
            hand.draw(_NO_CHOICE)
    return able[at]


def _weight_of_first(alternatives: Sequence[Node]) -> int:
    return 1 + next((node.weight for node in alternatives if node.has_values), 0)


def _able(alternatives: Sequence[Node], hand: Hand) -> list[Node]:
    """Return those of *alternatives* that have a value here; without room, the least of them."""
    able = [node for node in alternatives if node.has_value(hand)]
    if not hand.is_tired and (hand.room > 0 or not any(node.is_circular for node in able)):
        return able
    least = min((node.size for node in able), default=0)
    return [node for node in able if node.size == least]


class Tagged(Shape):
    """An object that one of *branches* takes, as its *tag* says, else what the *fallback* takes."""

    def __init__(self, tag: str, branches: Mapping[str, Node], fallback: Node | None) -> None:
        self._tag = tag
        self._branches: Sequence[Node] = list(branches.values())
        self._tags: frozenset[str] = frozenset(branches)
        self._fallback = fallback

    def inside(self) -> Sequence[Node]:
        return self._branches if self._fallback is None else [*self._branches, self._fallback]

    def need(self) -> Need:
        return Need(self.inside(), every=False)

    def weigh(self) -> int:
        return _weight_of_first(self.inside())

    def has_value(self, hand: Hand) -> bool:
        return any(node.has_value(hand) for node in self.inside())

    def draw(self, hand: Hand) -> Any:
        return self._of(_one_of(self.inside(), hand), hand)

    def ways(self, hand: Hand, spared: str | None) -> list[Way]:
        # Nothing is spared: in a tagged union there may be no other.
        tags = [] if self._fallback is not None else [self._without_tag, self._with_other_tag]
        return [*tags, self._something_else, *(partial(self._of_branch, node) for node in self.inside())]

    def _of_branch(self, node: Node, hand: Hand) -> Broken | None:
        broken = node.break_(hand, self._tag)
        is_others = broken is not None and node is self._fallback and self._is_others(broken.value)
        return None if is_others else broken

    def _of(self, node: Node, hand: Hand) -> Any:
        hand.is_plain = True  # JSON text has no tag
        if node is not self._fallback:
            return node.draw(hand)
        for _ in range(TRIES):
            value = node.draw(hand)
            if not self._is_others(value):
                return value
            hand.is_plain = True
        return _one_of(self._branches, hand).draw(hand)

    def _is_others(self, value: Any) -> bool:
        """Return whether the tag of *value* is that of a branch, and not for the fallback."""
        tag = value.get(self._tag) if type(value) is dict else None
        return type(tag) is str and tag in self._tags

    def _without_tag(self, hand: Hand) -> Broken | None:
        return self._tagged(hand, MISSING)

    def _with_other_tag(self, hand: Hand) -> Broken | None:
        return self._tagged(hand, hand.draw(_OTHER_TAGS))

    def _tagged(self, hand: Hand, tag: Any) -> Broken | None:
        if tag in self._tags or not any(node.has_value(hand) for node in self._branches):
            return None
        value = {**self._of(_one_of(self._branches, hand), hand), self._tag: tag}
        if tag is MISSING:
            del value[self._tag]
        return Broken(value, "discriminator")

    def _something_else(self, hand: Hand) -> Broken | None:
        value = hand.draw(_PLAIN)
        told = hand.told(self.node.schema, self.node.named, value)
        return None if told is None or told[1] else Broken(value, told[0])


_OTHER_TAGS: Final = st.sampled_from(("", "other", None, 0, True, 1.5)) | st.text(CHARACTERS, max_size=8)


class Condition(Shape):
    """What the one of *branches* takes that *choose* returns for a value and a run."""

    def __init__(self, choose: Callable[[Any, Run], Schema[Any]], branches: Sequence[Node]) -> None:
        self._choose = choose
        self._branches: Sequence[Node] = branches

    def inside(self) -> Sequence[Node]:
        return self._branches

    def need(self) -> Need:
        return Need(self._branches, every=False)

    def fault_need(self) -> Need:
        return Need(self._branches, every=False)

    def weigh(self) -> int:
        return max(node.weight for node in self._branches)

    def rests(self, hand: Hand) -> bool:
        return self._chosen(hand, MISSING).rests(hand)

    def has_value(self, hand: Hand) -> bool:
        return self._chosen(hand, MISSING).has_value(hand)

    def draw(self, hand: Hand) -> Any:
        # Where the condition reads the value itself, either branch may be that of its value.
        first = self._chosen(hand, MISSING)
        for node in (first, *(other for other in self._branches if other is not first)):
            if node.has_value(hand):
                value = node.draw(hand)
                if self._chosen(hand, value) is node:
                    return value
        return reject()

    def ways(self, hand: Hand, spared: str | None) -> list[Way]:
        return [partial(self._broken, node, spared) for node in self._branches if node.can_break]

    def _broken(self, node: Node, spared: str | None, hand: Hand) -> Broken | None:
        if self._chosen(hand, MISSING) is not node:
            return None
        broken = node.break_(hand, spared)
        return broken if broken and self._chosen(hand, broken.value) is node else None

    def _chosen(self, hand: Hand, value: Any) -> Node:
        chosen = self._choose(value, hand.here(self.node.named))
        return next(node for node in self._branches if node.schema is chosen)
