"""This module draws objects, and breaks them."""

import copy
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import attrs
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kbn_schema.kinds.options import Unknowns
from kbn_schema.missing import MISSING
from kbn_schema.testing.anything import CHARACTERS, JSON
from kbn_schema.testing.containers import Container, between
from kbn_schema.testing.hand import Hand
from kbn_schema.testing.heights import Need
from kbn_schema.testing.nodes import Node, Way
from kbn_schema.testing.values import Broken

# Props that may be left out, of which about so many are there at once.
MANY: Final = 6
# Draws of what conditions read, until recursion ends.
TRIES: Final = 5

_NAMES: Final = st.text(CHARACTERS, max_size=5)
_NUMBER_OF_UNKNOWN: Final = st.sampled_from((0, 0, 0, 0, 1, 2))


# How the value of one prop is broken.
Change = Callable[[Node, Hand], Broken | None]


@attrs.frozen(eq=False)
class Prop:
    """One prop; *may_be_absent* as far as that is known without drawing."""

    name: str
    node: Node
    may_be_absent: bool


class Members(Container):
    """An object with *props*, in the order of checking."""

    takes: tuple[type, ...] = (dict,)
    mismatches: tuple[Any, ...] = ("[]", "0", "null")

    def __init__(self, props: Sequence[Prop], unknowns: Unknowns | None) -> None:
        super().__init__(unknowns)
        self._props: Sequence[Prop] = props
        self._names: frozenset[str] = frozenset(prop.name for prop in props)
        self._coin: SearchStrategy[bool] = _coin(sum(prop.may_be_absent for prop in props))

    def inside(self) -> Sequence[Node]:
        return [prop.node for prop in self._props]

    def need(self) -> Need:
        return Need([prop.node for prop in self._props if not prop.may_be_absent], levels=1)

    def weigh(self) -> int:
        return 1 + sum(1 if prop.may_be_absent else prop.node.weight for prop in self._props)

    def members(self, hand: Hand) -> dict[str, Any]:
        return self._drawn(hand)[0]

    def ways(self, hand: Hand, spared: str | None) -> list[Way]:
        ways = self._misfits() if spared is None else []
        if not (self.node.has_values and hand.affords(self.node.height)):
            return ways
        props = [prop for prop in self._props if prop.name != spared]
        ways.extend(partial(self._changed, prop, _dropped) for prop in props if not prop.may_be_absent)
        if self._becomes_of_unknown(hand) != "ignore":
            ways.append(self._with_unknown)
        if hand.room > 0:
            ways.extend(partial(self._changed, prop, Node.break_) for prop in props if prop.node.can_break)
        return ways

    def _with_unknown(self, hand: Hand) -> Broken:
        value, _ = self._drawn(hand)
        # Where unknown keys are kept, they still have to be texts.
        key: Any = self._unknown_name(hand) if self._becomes_of_unknown(hand) == "forbid" else 0
        value[key] = hand.draw(JSON)
        return Broken(value, "unknown_key", (str(key),))

    def _changed(self, target: Prop, change: Change, hand: Hand) -> Broken | None:
        return self._drawn(hand, target, change)[1]

    def _drawn(
        self, hand: Hand, target: Prop | None = None, change: Change | None = None
    ) -> tuple[dict[Any, Any], Broken | None]:
        """Draw an object; and what it is once *change* has broken the *target*."""
        value: dict[Any, Any] = {}
        before = self.enter(hand, value)
        if target is None and self._becomes_of_unknown(hand) != "forbid":
            for _ in range(hand.draw(_NUMBER_OF_UNKNOWN)):
                value[self._unknown_name(hand)] = hand.draw(JSON)
        broken: Broken | None = None
        room = hand.room
        share = hand.share(sum(prop.node.is_circular for prop in self._props))
        for prop in self._props:
            hand.room = share if prop.node.is_circular else room
            if prop is target and change is not None:
                broken = change(prop.node, hand)
                if broken is None:
                    break
                if not hand.has_scene:
                    continue
            # Also of the target, for what others refer to is as it was before it broke.
            self._put(prop, value, hand)
        hand.leave(before)
        if broken is None or target is None:
            return value, None
        if broken.value is MISSING:
            value.pop(target.name, None)
        else:
            value[target.name] = broken.value
        return value, Broken(value, broken.what, (target.name, *broken.path))

    def _put(self, prop: Prop, value: dict[Any, Any], hand: Hand) -> None:
        """Draw one prop into *value*, if it is there."""
        may_end = prop.name in hand.scenery.names and hand.room <= 0
        for _ in range(TRIES):
            value.pop(prop.name, None)
            if self._is_there(prop, hand):
                value[prop.name] = self._value(prop, hand)
            hand.keep(prop.node.schema, prop.node.named, prop.name, value.get(prop.name, MISSING))
            # Conditions that read it may end the recursion, or go on with it.
            if not may_end or all(self._rests(other, hand) for other in self._props):
                return

    def _rests(self, prop: Prop, hand: Hand) -> bool:
        return prop.node.rests(hand) or self._may_be_absent(prop, hand)

    def _value(self, prop: Prop, hand: Hand) -> Any:
        """Return what a condition asks for, so that each branch is met, or what is drawn anyhow."""
        hints = hand.scenery.hints.get(prop.name, ())
        if not hints:
            return prop.node.draw(hand)
        at = hand.draw(between(0, 2 * len(hints))) - len(hints) - 1
        value = MISSING if at < 0 else _meant(hints[at], hand)
        if value is MISSING or prop.node.refuses(hand, value):
            return prop.node.draw(hand)
        return value

    def _is_there(self, prop: Prop, hand: Hand) -> bool:
        may_be_absent = self._may_be_absent(prop, hand)
        if not prop.node.has_value(hand):
            if not may_be_absent:
                reject()
            return False
        if not may_be_absent:
            return True
        is_spared = hand.is_tired or (prop.node.is_circular and hand.room <= 0)
        return not is_spared and hand.draw(self._coin)

    def _may_be_absent(self, prop: Prop, hand: Hand) -> bool:
        # What is known without a scene is what may be in some scene.
        return prop.may_be_absent and not (hand.has_scene and prop.node.refuses(hand, MISSING))

    def _becomes_of_unknown(self, hand: Hand) -> Unknowns:
        return self._unknowns or ("ignore" if hand.run.strip else "forbid")

    def _unknown_name(self, hand: Hand) -> str:
        name = hand.draw(_NAMES)
        while name in self._names:
            name += "_"
        return name


def _meant(hint: Any, hand: Hand) -> Any:
    """Return a value that a condition asks for, MISSING if there is none."""
    if not isinstance(hint, Node):
        return copy.deepcopy(hint)
    return hint.draw(hand) if hint.has_value(hand) else MISSING


def _dropped(node: Node, hand: Hand) -> Broken | None:
    """Break a prop by its absence: what is wrong then, its schema says."""
    told = hand.told(node.schema, node.named, MISSING)
    return None if told is None else Broken(MISSING, *told)


def _coin(optional: int) -> SearchStrategy[bool]:
    """Whether one of so many *optional* props is there; the plainest object has none."""
    if optional <= MANY:
        return st.booleans()
    return st.integers(0, 2 * optional // MANY).map(lambda number: number == 1)
