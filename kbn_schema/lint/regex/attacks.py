"""This module finds texts on which Python's matcher takes far longer than they are long.

The matcher tries one way after the other. Where a loop can take one text in two ways (``(a+)+``), each
round doubles the ways, and where one loop can leave off for another at any place (``.*.*=``), there are as
many ways as the text is long. What is found is told as an attack: it must be a text that the pattern
refuses, for only then all ways are tried.

Source:
    Weideman, van der Merwe, Berglund, Watson: Analyzing Matching Time Behavior of Backtracking Regular
    Expression Matchers by Using Ambiguity of NFA. CIAA 2016. Davis, Coghlan, Servant, Lee: The Impact of
    Regular Expression Denial of Service (ReDoS) in Practice. ESEC/FSE 2018.
"""

import functools
import math
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from kbn_schema.json_schema.ecma import codes, reader
from kbn_schema.lint.regex.automaton import END, START, Automaton, TooLarge, automaton_of, path
from kbn_schema.lint.regex.characters import Characters

# Pairs and triples of positions that are looked at.
MAX_STEPS: Final = 100_000
# Ways that are walked to find a text behind an attack that the pattern refuses.
MAX_WAYS: Final = 200_000
# What is repeated as often may as well be repeated endlessly: in a loop that doubles the ways each time, and
# where they grow with the length only.
LONG: Final = 10
LONGEST: Final = 1000

Triple = tuple[int, int, int]


@attrs.frozen
class Attack:
    """A text of any length on which a pattern is slow: *prefix*, *pump* many times, *suffix*."""

    prefix: str
    pump: str
    suffix: str
    degree: int | None
    """How the steps grow with the length: with this power of it, or, if None, they double with each pump."""

    def text(self, times: int) -> str:
        """The text with *times* pumps."""
        return self.prefix + self.pump * times + self.suffix

    def steps(self, length: int) -> float:
        """About how many steps a text takes that has *length* characters."""
        if self.degree is None:
            return math.pow(2, min(length / len(self.pump), 1000))
        return math.pow(length, self.degree)


@functools.lru_cache(maxsize=4096)
def attack_on(pattern: re.Pattern[str]) -> Attack | None:
    """Return an attack on *pattern*, the worst that was found; None where there is none, or nobody can tell.

    What follows a reference to a group, and patterns of more than 400 positions, are not judged.
    """
    try:
        parsed = reader.parse(pattern.pattern, pattern.flags)
        if not _loops(parsed):
            return None
        return _worst(parsed, parsed.state.flags | pattern.flags, 0)
    except (re.error, RecursionError, OverflowError):
        return None


def _loops(parsed: Any) -> bool:
    """Whether there is a loop in the pattern."""
    waiting = [parsed]
    while waiting:
        for part in waiting.pop():
            if part is codes.MAX_REPEAT or part is codes.MIN_REPEAT or part is codes.POSSESSIVE_REPEAT:
                return True
            if isinstance(part, (list, tuple, reader.SubPattern)):
                waiting.append(part)
    return False


def _worst(parsed: Any, flags: int, depth: int) -> Attack | None:
    """The worst attack on what has the tree *parsed*; *depth* says in how many other parts it is."""
    characters = Characters(parsed, flags)
    found: list[Attack] = []
    for long, search in ((LONG, _doubling), (LONGEST, _growing)):
        automaton = _built(parsed, flags, characters, long, is_part=depth > 0)
        if automaton is None:
            continue
        attack = search(_Search(automaton, characters, is_whole=depth == 0))
        if attack is not None:
            return attack
        if long == LONG and depth < 3:
            found.extend(_inside(parsed, automaton, depth))
            if any(one.degree is None for one in found):
                break
    return min(found, key=lambda one: (one.degree is not None, -(one.degree or 0)), default=None)


def _inside(parsed: Any, automaton: Automaton, depth: int) -> Iterator[Attack]:
    """The attacks on what is matched by itself; there, the text after it makes no difference."""
    for part in automaton.alone:
        inner = reader.SubPattern(parsed.state, list(part.items))
        attack = _worst(inner, part.flags, depth + 1)
        if attack is not None:
            yield attrs.evolve(attack, prefix=part.prefix + attack.prefix)


def _built(parsed: Any, flags: int, characters: Characters, long: int, *, is_part: bool) -> Automaton | None:
    for copies in (9, 3, 2) if long == LONG else (3, 2):
        try:
            return automaton_of(parsed, flags, characters, copies=copies, long=long, is_part=is_part)
        except TooLarge:
            continue
    return None


@attrs.frozen
class _Search:
    automaton: Automaton
    characters: Characters
    is_whole: bool
    """Whether the whole text has to match, not only how it begins."""
    _following: dict[int, list[tuple[int, int]]] = attrs.field(
        init=False, factory=dict[int, list[tuple[int, int]]]
    )
    _budget: list[int] = attrs.field(init=False, factory=lambda: [MAX_WAYS])
    _known_sorts: list[str] = attrs.field(init=False, factory=list[str])

    def attack(self, at: int, pump: str, degree: int | None) -> Attack | None:
        """The attack that pumps at a position, if nothing that follows lets it match."""
        lead = path(self.automaton, START, at, self.characters)
        if lead is None:
            return None
        attack = Attack(lead, pump, "", degree)
        texts = [attack.text(times) for times in (1, 2, 3)]
        for suffix in ("!", "", *self.characters, "\n!"):
            if not any(self._matches(text + suffix) for text in texts):
                return attrs.evolve(attack, suffix=suffix)
        longer = self._refused_behind(texts)
        return None if longer is None else attrs.evolve(attack, suffix=longer)

    def _matches(self, text: str) -> bool:
        """Whether a text may match; not by trying, which is what takes so long."""
        here = frozenset({START})
        for char in text:
            if not self.is_whole and self._ends(here):
                return True
            here = self._behind(here, char)
        return self._ends(here)

    def _refused_behind(self, texts: Sequence[str]) -> str | None:
        """A shortest text with which none of the *texts* goes on to match; None where none is found soon."""
        if not self.is_whole:
            return None
        ends = [functools.reduce(self._behind, text, frozenset({START})) for text in texts]
        start = frozenset[int]().union(*ends)
        known = {start}
        waiting = deque([(start, "")])
        while waiting and self._budget[0] > 0:
            here, walked = waiting.popleft()
            ways = sum(len(self.automaton.after.get(position, ())) for position in here)
            self._budget[0] -= ways * len(self._sorts())
            for char in self._sorts():
                there = self._behind(here, char)
                if not self._ends(there):
                    return walked + char
                if there not in known:
                    known.add(there)
                    waiting.append((there, walked + char))
        return None

    def _behind(self, here: frozenset[int], char: str) -> frozenset[int]:
        """The positions that follow these with a character."""
        bit = self.characters.of(char)
        return frozenset(
            follower
            for position in here
            for follower, way in self.automaton.after.get(position, {}).items()
            if way.chars & bit
        )

    def _ends(self, here: frozenset[int]) -> bool:
        return any(END in self.automaton.after.get(position, ()) for position in here)

    def _sorts(self) -> Sequence[str]:
        """One of all characters that the automaton cannot tell apart, for each sort of them."""
        if not self._known_sorts:
            masks = {way.chars for ways in self.automaton.after.values() for way in ways.values()}
            sorts: dict[tuple[bool, ...], str] = {}
            for char in ("!", *self.characters):
                bit = self.characters.of(char)
                sorts.setdefault(tuple(bool(mask & bit) for mask in masks), char)
            self._known_sorts.extend(sorts.values())
        return self._known_sorts

    def follows(self, position: int) -> list[tuple[int, int]]:
        """What follows a position, each with the characters that lead there."""
        if position not in self._following:
            ways = self.automaton.after.get(position, {})
            self._following[position] = [(after, way.chars) for after, way in ways.items() if way.chars]
        return self._following[position]

    def way_in(self, loop: frozenset[int], start: int, goal: int) -> str:
        """A text that leads from one position of *loop* to another: from each there is a way to all."""
        way = None if start == goal else path(self.automaton, start, goal, self.characters, within=loop)
        return way or ""


def _doubling(search: _Search) -> Attack | None:
    """An attack on a loop that takes one text in two ways."""
    for loop in _loops_of(search):
        for at, pump in _double_ways(search, loop):
            attack = search.attack(at, pump, None)
            if attack is not None:
                return attack
    return None


def _double_ways(search: _Search, loop: frozenset[int]) -> Iterator[tuple[int, str]]:
    """Positions, and texts that lead from there to there in two ways."""
    one = search.characters.one
    for position in sorted(loop):
        for after, way in search.automaton.after[position].items():
            if way.twice and after in loop:
                yield position, one(way.twice) + search.way_in(loop, after, position)
    before: dict[tuple[int, int], tuple[tuple[int, int], int]] = {}
    waiting: deque[tuple[int, int]] = deque((position, position) for position in sorted(loop))
    for _ in range(MAX_STEPS):
        if not waiting:
            return
        pair = waiting.popleft()
        for after, chars in search.follows(pair[0]):
            for other, other_chars in search.follows(pair[1]):
                both = chars & other_chars
                if not both or after not in loop or other not in loop:
                    continue
                if after == other and pair[0] != pair[1]:
                    text, start = _walked(before, pair, one)
                    yield start, text + one(both) + search.way_in(loop, after, start)
                elif after != other and (after, other) not in before:
                    before[after, other] = (pair, both)
                    waiting.append((after, other))


def _walked(
    before: Mapping[tuple[int, int], tuple[tuple[int, int], int]],
    pair: tuple[int, int],
    one: Callable[[int], str],
) -> tuple[str, int]:
    """The text that led to a *pair* of positions, and where it began."""
    chars: list[str] = []
    while pair[0] != pair[1]:
        pair, both = before[pair]
        chars.append(one(both))
    return "".join(reversed(chars)), pair[0]


def _growing(search: _Search) -> Attack | None:
    """An attack on loops one of which may leave off for the next at any place."""
    loops = _loops_of(search)
    hand_over: dict[int, list[int]] = {}
    pumps: dict[tuple[int, int], tuple[int, str]] = {}
    budget = [MAX_STEPS]
    for here, loop in enumerate(loops):
        for there, other in enumerate(loops):
            found = _shared(search, loop, other, budget) if here != there else None
            if found is not None:
                hand_over.setdefault(here, []).append(there)
                pumps[here, there] = found
    lengths = {here: _longest(here, hand_over) for here in hand_over}
    for here, there in sorted(pumps, key=lambda pair: -lengths[pair[0]]):
        attack = search.attack(*pumps[here, there], lengths[here])
        if attack is not None:
            return attack
    return None


def _longest(here: int, hand_over: Mapping[int, Sequence[int]]) -> int:
    """How many loops follow one another, from *here*; there is no way back."""
    return 1 + max((_longest(there, hand_over) for there in hand_over.get(here, ())), default=0)


def _shared(
    search: _Search, loop: frozenset[int], other: frozenset[int], budget: list[int]
) -> tuple[int, str] | None:
    """A position of *loop*, and a text that leads from there to there, to *other*, and round in *other*."""
    one = search.characters.one
    for start in sorted(loop):
        for goal in sorted(other):
            if not _meet(search, start, goal):
                continue
            before: dict[Triple, tuple[Triple, int]] = {}
            waiting: deque[Triple] = deque([(start, start, goal)])
            while waiting and budget[0] > 0:
                triple = waiting.popleft()
                for after, chars in _triples(search, triple, loop, other, budget):
                    if after in before:
                        continue
                    before[after] = (triple, chars)
                    if after == (start, goal, goal):
                        return start, _spelled(before, after, (start, start, goal), one)
                    waiting.append(after)
    return None


def _meet(search: _Search, start: int, goal: int) -> bool:
    """Whether there is a character with which both go on: else they share no text."""
    chars = [functools.reduce(int.__or__, [c for _, c in search.follows(one)], 0) for one in (start, goal)]
    return bool(chars[0] & chars[1])


def _triples(
    search: _Search, triple: Triple, loop: frozenset[int], other: frozenset[int], budget: list[int]
) -> Iterator[tuple[Triple, int]]:
    for first, first_chars in search.follows(triple[0]):
        if first not in loop:
            continue
        for third, third_chars in search.follows(triple[2]):
            both = first_chars & third_chars
            if third not in other or not both:
                continue
            for second, second_chars in search.follows(triple[1]):
                budget[0] -= 1
                if both & second_chars:
                    yield (first, second, third), both & second_chars


def _spelled(
    before: Mapping[Triple, tuple[Triple, int]], end: Triple, start: Triple, one: Callable[[int], str]
) -> str:
    chars: list[str] = []
    while True:
        end, both = before[end]
        chars.append(one(both))
        if end == start:
            return "".join(reversed(chars))


def _loops_of(search: _Search) -> list[frozenset[int]]:
    """The sets of positions that lead to one another (Tarjan's components), in order."""
    numbers: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_: list[int] = []
    found: list[frozenset[int]] = []
    for root in sorted(position for position in search.automaton.after if position >= 0):
        if root in numbers:
            continue
        work: list[tuple[int, Iterator[tuple[int, int]]]] = []

        def enter(position: int, work: list[tuple[int, Iterator[tuple[int, int]]]] = work) -> None:
            numbers[position] = lowest[position] = len(numbers)
            open_.append(position)
            work.append((position, iter(search.follows(position))))

        enter(root)
        while work:
            position, following = work[-1]
            for after, _ in following:
                if after not in numbers:
                    enter(after)
                    break
                if after in open_:
                    lowest[position] = min(lowest[position], numbers[after])
            else:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[position])
                if lowest[position] == numbers[position]:
                    at = open_.index(position)
                    members = frozenset(open_[at:])
                    del open_[at:]
                    if len(members) > 1 or any(after == position for after, _ in search.follows(position)):
                        found.append(members)
    return sorted(found, key=min)
