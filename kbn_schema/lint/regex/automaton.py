"""This module makes an automaton of a pattern: its positions, and which may follow which in how many ways.

A position is one place of the pattern that takes a character (Glushkov's automaton). Python tries every way
from one to the next, so that ways are counted: in ``(a+)+`` an `a` follows an `a` in two. What takes no
character says which ways there are not.
"""

import re
from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, Final

import attrs

from kbn_schema.json_schema.ecma import codes, reader
from kbn_schema.lint.regex.characters import Characters

MAX_POSITIONS: Final = 400
START: Final = -1
END: Final = -2


class TooLarge(Exception):
    """The pattern has too many positions to look at them."""


@attrs.frozen
class Way:
    """How one position follows another: by which characters, and by which in two ways or more."""

    chars: int
    twice: int = 0

    def times(self, count: int) -> "Way":
        """The way, where there are *count* ways to it."""
        return Way(self.chars, self.chars) if count > 1 else self

    def within(self, chars: int) -> "Way":
        """The way, where it may be gone with some characters only."""
        return Way(self.chars & chars, self.twice & chars)

    def beside(self, other: "Way") -> "Way":
        """This way and another one."""
        return Way(self.chars | other.chars, self.twice | other.twice | (self.chars & other.chars))


Ways = dict[int, Way]
# Whether a place is there between two positions; END and START where there is none.
Place = Callable[[int, int], bool]


@attrs.frozen
class Fragment:
    """A part of a pattern: how it begins, how it ends, and in how many ways it takes nothing."""

    first: Ways
    last: dict[int, int]
    empty: int


@attrs.frozen
class Alone:
    """A part that is left for good once it has matched: its tree, and a text that leads there."""

    items: Any
    flags: int
    prefix: str


@attrs.define
class Automaton:
    """The positions of a pattern; `START` stands before all, and `END` after."""

    taken: list[int] = attrs.field(factory=list[int])
    """The characters that each position takes."""
    after: dict[int, Ways] = attrs.field(factory=dict[int, Ways])
    """What follows each."""
    alone: list["Alone"] = attrs.field(factory=list["Alone"])
    """What is matched by itself: atomic groups, and what is looked ahead for."""


def automaton_of(
    parsed: Any, flags: int, characters: Characters, *, copies: int, long: int, is_part: bool
) -> Automaton:
    """Return the automaton of a pattern with the tree *parsed*.

    Args:
        copies: What is repeated more often, but not endlessly, has as many positions as if it were not.
        long: What may be repeated as often counts as endless.
        is_part: Whether there may be something before it and after it.

    Raises:
        TooLarge: It has too many positions.
    """
    builder = _Builder(characters, copies, long, is_part)
    whole = builder.sequence(parsed, flags)
    return builder.finish(whole)


class _Builder:
    def __init__(self, characters: Characters, copies: int, long: int, is_part: bool) -> None:
        self._characters = characters
        self._copies = copies
        self._long = long
        # What nothing can be told of: other places, and what is beyond the part.
        self._unknown = {START, END} if is_part else set[int]()
        self._made = Automaton()
        self._places: dict[int, Place] = {}
        self._narrows: dict[int, int] = {}  # of places: what may come next
        self._exhausts: dict[int, int] = {}  # of possessive positions: what cannot come next
        self._alone: list[tuple[int, Any, int]] = []  # a place before each, its tree and flags

    def finish(self, whole: Fragment) -> Automaton:
        made = self._made
        made.after[START] = dict(whole.first)
        if whole.empty:
            made.after[START][END] = Way(0)
        for position in whole.last:
            made.after.setdefault(position, {})[END] = Way(0)
        for position, chars in self._exhausts.items():
            followers = made.after.get(position, {})
            for follower, way in followers.items():
                # A place asks for itself what comes next.
                followers[follower] = way if follower in self._places else way.within(~chars)
        for place, items, flags in self._alone:
            prefix = path(made, START, place, self._characters, silent=self._places)
            if prefix is not None:
                made.alone.append(Alone(items, flags, prefix))
        for place in self._places:
            self._without(place)
        return made

    def _without(self, place: int) -> None:
        """Take a *place* out, and let what stands after it follow what stands before, where it may."""
        after = self._made.after
        beyond = after.pop(place, {})
        beyond.pop(place, None)
        for before, followers in after.items():
            here = followers.pop(place, None)
            if here is None:
                continue
            for follower, way in beyond.items():
                is_told = not {before, follower} & self._unknown
                if not is_told or self._places[place](before, follower):
                    count = 2 if here.twice else 1
                    _join(followers, follower, way.within(self._narrows[place]).times(count))

    def sequence(self, items: Any, flags: int) -> Fragment:
        whole = Fragment({}, {}, 1)
        for code, argument in items:
            whole = self._then(whole, self._item(code, argument, flags))
        return whole

    def _item(self, code: Any, argument: Any, flags: int) -> Fragment:
        if code in _SINGLE:
            return self._position(self._characters.taken_by((code, argument), flags))
        if code is codes.BRANCH:
            return self._either([self.sequence(branch, flags) for branch in argument[1]])
        if code is codes.SUBPATTERN:
            _, added, removed, inner = argument
            return self.sequence(inner, (flags | added) & ~removed)
        if code is codes.MAX_REPEAT or code is codes.MIN_REPEAT:
            low, high, inner = argument
            # Of what has one form only, a number of times is one way.
            varies = high is codes.MAXREPEAT or high - low >= self._long or _chooses(inner)
            is_endless = high is codes.MAXREPEAT or (high >= self._long and varies)
            return self._repeated(low, high, is_endless, lambda: self.sequence(inner, flags))
        if code is codes.POSSESSIVE_REPEAT:
            return self._possessive(argument, flags)
        if code is codes.ATOMIC_GROUP:
            return self._atomic(argument, flags)
        if code is codes.ASSERT or code is codes.ASSERT_NOT:
            return self._lookaround(code is codes.ASSERT, argument, flags)
        if code is codes.AT:
            return self._place(self._at(argument, flags))
        if code is codes.GROUPREF_EXISTS:
            _, yes, no = argument
            return self._either([self.sequence(one or [], flags) for one in (yes, no)])
        # What a group has matched is not known here, and after a failure comes nothing.
        return self._position(0)

    def _position(self, chars: int) -> Fragment:
        number = len(self._made.taken)
        if number >= MAX_POSITIONS:
            raise TooLarge
        self._made.taken.append(chars)
        return Fragment({number: Way(chars)}, {number: 1}, 0)

    def _place(self, place: Place, narrows: int = -1) -> Fragment:
        fragment = self._position(self._characters.every)
        (number,) = fragment.first
        self._places[number] = place
        self._unknown.add(number)
        self._narrows[number] = narrows
        return fragment

    def _then(self, one: Fragment, other: Fragment) -> Fragment:
        self._link(one.last, other.first)
        first, last = dict(one.first), dict(other.last)
        for position, way in other.first.items() if one.empty else ():
            _join(first, position, way.times(one.empty))
        for position, count in one.last.items() if other.empty else ():
            last[position] = _few(last.get(position, 0) + count * other.empty)
        return Fragment(first, last, _few(one.empty * other.empty))

    def _link(self, last: dict[int, int], first: Ways) -> None:
        for position, count in last.items():
            followers = self._made.after.setdefault(position, {})
            for follower, way in first.items():
                _join(followers, follower, way.times(count))

    def _either(self, fragments: Iterable[Fragment]) -> Fragment:
        first: Ways = {}
        last: dict[int, int] = {}
        empty = 0
        for fragment in fragments:
            first |= fragment.first
            last |= fragment.last
            empty = _few(empty + fragment.empty)
        return Fragment(first, last, empty)

    def _repeated(self, low: int, high: Any, is_endless: bool, make: Callable[[], Fragment]) -> Fragment:
        whole = Fragment({}, {}, 1)
        for _ in range(min(low, self._copies) - (1 if is_endless and low else 0)):
            whole = self._then(whole, make())
        if is_endless:
            return self._then(whole, self._endless(make(), low))
        optional = Fragment({}, {}, 1)
        for _ in range(min(high - low, self._copies)):
            # One in the other: `a{0,2}` is `(a(a)?)?`.
            optional = self._either([self._then(make(), optional), Fragment({}, {}, 1)])
        return self._then(whole, optional)

    def _endless(self, inner: Fragment, low: int) -> Fragment:
        # A round that takes nothing is the last: a place that is a whole round leads to no other.
        last = {
            position: count
            for position, count in inner.last.items()
            if position not in self._places or position not in inner.first
        }
        self._link(last, inner.first)
        # Once around without taking anything is tried, too, and not again.
        return attrs.evolve(inner, empty=inner.empty if low else _few(1 + inner.empty))

    def _possessive(self, argument: Any, flags: int) -> Fragment:
        low, high, inner = argument
        if high is not codes.MAXREPEAT or len(inner) != 1 or inner[0][0] not in _SINGLE:
            return self._atomic([(codes.MAX_REPEAT, argument)], flags, inner)
        chars = self._characters.taken_by(inner[0], flags)
        taking = Fragment({}, {}, 1)
        for _ in range(min(max(low, 1), self._copies)):
            taking = self._then(taking, self._position(chars))
        for position in taking.last:
            self._exhausts[position] = chars
        if low:
            return taking
        return self._either([taking, self._place(_anywhere, ~chars)])

    def _atomic(self, items: Any, flags: int, inner: Any = None) -> Fragment:
        if not _chooses(items):
            return self.sequence(items, flags)
        items = list(items)
        if inner is None and len(items) == 1 and items[0][0] is codes.MAX_REPEAT:
            low, high, body = items[0][1]
            if high is codes.MAXREPEAT and len(body) == 1 and body[0][0] in _SINGLE:
                return self._possessive((low, high, body), flags)
        return self._then(self._marked(items, flags), self._position(0))  # nobody knows what it leaves

    def _marked(self, items: Any, flags: int) -> Fragment:
        """A place before what is matched by itself."""
        mark = self._place(_anywhere)
        (number,) = mark.first
        self._alone.append((number, items, flags))
        return mark

    def _lookaround(self, is_wanted: bool, argument: Any, flags: int) -> Fragment:
        direction, inner = argument
        if len(inner) != 1 or inner[0][0] not in _SINGLE:
            return self._marked(list(inner), flags) if direction > 0 else Fragment({}, {}, 1)
        chars = self._characters.taken_by(inner[0], flags)
        chars = chars if is_wanted else ~chars
        if direction > 0:
            return self._place((lambda _, after: after != END) if is_wanted else _anywhere, chars)
        taken = self._made.taken
        return self._place(
            lambda before, _: bool(taken[before] & chars) if before != START else not is_wanted
        )

    def _at(self, place: Any, flags: int) -> Place:
        taken, words = self._made.taken, self._characters.words(flags)
        newline = self._characters.of("\n")
        is_multiline = bool(flags & re.MULTILINE)

        def begins(before: int, _: int) -> bool:
            return before == START or (is_multiline and bool(taken[before] & newline))

        def ends(_: int, after: int) -> bool:
            return after == END or bool(taken[after] & newline)

        def sorts(position: int) -> tuple[bool, bool]:
            if position in (START, END):
                return False, True
            return bool(taken[position] & words), bool(taken[position] & ~words)

        def parts_words(before: int, after: int) -> bool:
            (word, other), (next_word, next_other) = sorts(before), sorts(after)
            return (word and next_other) or (other and next_word)

        def parts_none(before: int, after: int) -> bool:
            (word, other), (next_word, next_other) = sorts(before), sorts(after)
            return (word and next_word) or (other and next_other)

        if place is codes.AT_BEGINNING:
            return begins
        if place is codes.AT_END:
            return ends
        if place is codes.AT_BEGINNING_STRING:
            return lambda before, _: before == START
        if place is codes.AT_END_STRING:
            return lambda _, after: after == END
        return parts_words if place is codes.AT_BOUNDARY else parts_none


def path(
    automaton: Automaton,
    start: int,
    goal: int,
    characters: Characters,
    *,
    within: Container[int] | None = None,
    silent: Container[int] = (),
) -> str | None:
    """Return a shortest text from one position to another, *within* some; None where there is none.

    Those that are *silent* take no character.
    """
    before: dict[int, tuple[int, str]] = {}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for after, way in automaton.after.get(here, {}).items():
            if after in before or after == END or (within is not None and after not in within):
                continue
            if not way.chars:
                continue
            before[after] = (here, "" if after in silent else characters.one(way.chars))
            if after == goal:
                return _text(before, start, goal)
            waiting.append(after)
    return None


def _text(before: Mapping[int, tuple[int, str]], start: int, goal: int) -> str:
    chars: list[str] = []
    here = goal
    while True:
        here, char = before[here]
        chars.append(char)
        if here == start:
            return "".join(reversed(chars))


def _join(ways: Ways, to: int, way: Way) -> None:
    known = ways.get(to)
    ways[to] = way if known is None else known.beside(way)


def _few(count: int) -> int:
    """*count*, of which no more than two matter."""
    return min(count, 2)


def _anywhere(_: int, __: int) -> bool:
    return True


def _chooses(items: Any) -> bool:
    """Whether there is more than one way through *items*."""
    waiting = [items]
    while waiting:
        for part in waiting.pop():
            if part is codes.BRANCH or part in _REPEATS:
                return True
            if isinstance(part, (list, tuple, reader.SubPattern)):
                waiting.append(part)
    return False


_SINGLE: Final = (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN)
_REPEATS: Final = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
