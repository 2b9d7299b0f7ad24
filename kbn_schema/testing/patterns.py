"""This module draws texts that a pattern matches, of the lengths that are asked for.

How long a text can be is reckoned first, part by part, and the length of each part is drawn so that the
whole comes out right: nothing is drawn and thrown away for its length. A set of lengths is an integer with
a bit for each. What looks around or back cannot be drawn so, and is filtered.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import SearchStrategy

from kbn_schema.json_schema.ecma import codes, reader

# So many lengths are drawn from the shortest on, and the longest; if there is none, of so many more.
WIDTHS: Final = (24, 256, 2048)
LONG: Final = 256
# Of a longer run of characters, so many are drawn and repeated.
DRAWN: Final = 64
LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# The plainest first.
SMALL: Final = LETTERS + "".join(
    sorted({*map(chr, range(256))} - {*LETTERS}, key=lambda char: (not char.isprintable(), char))
)


@lru_cache(maxsize=4096)
def matching(
    pattern: re.Pattern[str],
    min_length: int | None = None,
    max_length: int | None = None,
    alphabet: str | None = None,
) -> SearchStrategy[str]:
    """Return texts that *pattern* matches as a whole, the shortest first; nothing where there is none.

    Args:
        pattern: Any pattern for text. One that looks around is drawn as if it did not, and filtered; one that
            refers back to a group is filtered for its lengths as well.
        min_length: Fewest code points, inclusive.
        max_length: Most code points, inclusive.
        alphabet: The characters that classes (not letters that are spelled out) are drawn from, if not all.
    """
    least, most = min_length or 0, max_length
    parsed = reader.parse(pattern.pattern, pattern.flags)
    flags = parsed.state.flags | pattern.flags
    found: SearchStrategy[str] = st.nothing()
    for hopeful in (False, True):
        reading = _Reading(alphabet, hopeful)
        try:
            whole = reading.sequence(parsed, flags, first=True, last=True)
        except _Hopeless:
            continue
        found = _of_lengths(whole, least, most)
        if reading.refers_back:
            return _referring_back(pattern, least, most)
        if reading.is_exact:
            free = alphabet is None and min_length is None and max_length is None and not found.is_empty
            # Of a long text, Hypothesis would draw each character, and that is slow to draw and to shrink.
            free = free and whole.shortest <= DRAWN
            return st.from_regex(pattern, fullmatch=True) if free else found
        if not found.is_empty:
            return found.filter(pattern.fullmatch)
    return found


def _referring_back(pattern: re.Pattern[str], least: int, most: int | None) -> SearchStrategy[str]:
    texts = st.from_regex(pattern, fullmatch=True)
    return texts.filter(lambda text: len(text) >= least and (most is None or len(text) <= most))


def _of_lengths(whole: "Part", least: int, most: int | None) -> SearchStrategy[str]:
    if most is not None and max(least, whole.shortest) > most:
        return st.nothing()
    for width in WIDTHS:
        room = max(least, whole.shortest) + width
        room = room if most is None else most if most <= LONG else min(room, most)
        lengths = list(_members(whole.lengths(room) >> least << least))
        if lengths:
            few = dict.fromkeys([*lengths[: WIDTHS[0]], lengths[-1]])
            return _texts(whole, list(few), room)
    return st.nothing()


def _texts(whole: "Part", lengths: Sequence[int], room: int) -> SearchStrategy[str]:
    @st.composite
    def texts(draw: st.DrawFn) -> str:
        return whole.text(draw, draw(st.sampled_from(lengths)), room)

    found: SearchStrategy[str] = texts()
    return found


class Part(ABC):
    """A part of a pattern: how long the texts are that it takes, and one of such a length."""

    shortest: int = 0

    def __init__(self) -> None:
        self.lengths: Callable[[int], int] = cache(self.find_lengths)

    @abstractmethod
    def find_lengths(self, room: int) -> int:
        """Return the set of lengths up to *room*."""

    @abstractmethod
    def text(self, draw: st.DrawFn, length: int, room: int) -> str:
        """Draw a text of a length that is one of `lengths`."""


class Word(Part):
    """The same text always."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self.shortest: int = len(word)

    def find_lengths(self, room: int) -> int:
        return _up_to(room) & (1 << len(self.word))

    def text(self, draw: st.DrawFn, length: int, room: int) -> str:
        return self.word


class Character(Part):
    """One character."""

    shortest: int = 1

    def __init__(self, drawn: SearchStrategy[str]) -> None:
        super().__init__()
        self.drawn = drawn

    def find_lengths(self, room: int) -> int:
        return _up_to(room) & 0b10 if not self.drawn.is_empty else 0

    def text(self, draw: st.DrawFn, length: int, room: int) -> str:
        char: str = draw(self.drawn)
        return char


class Chain(Part):
    """One part after the other."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__()
        self.parts = parts
        self.shortest: int = sum(part.shortest for part in parts)
        self.tails: Callable[[int], list[int]] = cache(self._find_tails)

    def find_lengths(self, room: int) -> int:
        return self.tails(room)[0]

    def text(self, draw: st.DrawFn, length: int, room: int) -> str:
        found: list[str] = []
        tails = self.tails(room)
        for part, tail in zip(self.parts, tails[1:], strict=True):
            taken = _one(draw, _leaving(part.lengths(room), length, tail))
            found.append(part.text(draw, taken, room))
            length -= taken
        return "".join(found)

    def _find_tails(self, room: int) -> list[int]:
        """Return the lengths of what stands from each part on."""
        tails = [1]
        for part in reversed(self.parts):
            tails.append(_joined(part.lengths(room), tails[-1], room))
        return tails[::-1]


class Branch(Part):
    """One of some parts."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__()
        self.parts = parts
        self.shortest: int = min(part.shortest for part in parts)

    def find_lengths(self, room: int) -> int:
        found = 0
        for part in self.parts:
            found |= part.lengths(room)
        return found

    def text(self, draw: st.DrawFn, length: int, room: int) -> str:
        fitting = [part for part in self.parts if part.lengths(room) >> length & 1]
        chosen: Part = _one(draw, fitting)
        return chosen.text(draw, length, room)


class Repeat(Part):
    """A part some times."""

    def __init__(self, part: Part, least: int, most: int | None) -> None:
        super().__init__()
        self.part = part
        self.least = least
        self.most = most
        self.shortest: int = part.shortest * least
        self.tails: Callable[[int], list[int]] = cache(self._find_tails)

    def find_lengths(self, room: int) -> int:
        if isinstance(self.part, Character) and not self.part.drawn.is_empty:
            most = room if self.most is None else min(room, self.most)
            return _up_to(most) >> self.least << self.least
        return self.tails(room)[0]

    def text(self, draw: st.DrawFn, length: int, room: int) -> str:
        if isinstance(self.part, Character):
            drawn = "".join([self.part.text(draw, 1, room) for _ in range(min(length, DRAWN))])
            return drawn if length <= DRAWN else (drawn * (length // DRAWN + 1))[:length]
        found: list[str] = []
        lengths = self.part.lengths(room) & ~1
        for tail in self.tails(room)[1:]:
            if not length:
                break
            taken = _one(draw, _leaving(lengths, length, tail))
            found.append(self.part.text(draw, taken, room))
            length -= taken
        return "".join(found)

    def _find_tails(self, room: int) -> list[int]:
        """Return the lengths of what stands from each round on; no round that takes text takes none."""
        lengths = self.part.lengths(room)
        # Rounds without text make up for those that are missing.
        least = 0 if lengths & 1 else self.least
        most = room if self.most is None else min(self.most, room)
        if least > most:
            return [0]
        tails = [1]
        for rounds in range(most - 1, -1, -1):
            tails.append(_joined(lengths & ~1, tails[-1], room) | (rounds >= least))
        return tails[::-1]


class _Hopeless(Exception):
    """What the pattern asks for cannot be where it stands, or hardly: an end, with something after it."""


class _Reading:
    """Reads a pattern as parts; if *hopeful*, also what can hardly match anything.

    After it, *is_exact* says whether the parts are all there is to it, and *refers_back* whether it asks for
    what a group has taken.
    """

    def __init__(self, alphabet: str | None, hopeful: bool) -> None:
        self.alphabet = alphabet
        self.hopeful = hopeful
        self.is_exact = True
        self.refers_back = False

    def sequence(self, items: Any, flags: int, *, first: bool, last: bool) -> Part:
        """Return the part that is *items*; there is nothing before the *first* or after the *last* of all."""
        parts: list[Part] = []
        items = list(items)
        ends = len(items)
        while ends and items[ends - 1] in _ENDS:
            ends -= 1
        for place, (code, argument) in enumerate(items):
            is_last = last and place >= ends - 1
            part = self.part(code, argument, flags, first=first, last=is_last)
            if part is not None:
                parts.append(part)
                first = False
        return parts[0] if len(parts) == 1 else Chain(_merged(parts))

    def part(self, code: Any, argument: Any, flags: int, *, first: bool, last: bool) -> Part | None:
        """Return what an item of the pattern takes; None where it takes no text."""
        if code is codes.SUBPATTERN:
            _, added, removed, inner = argument
            return self.sequence(inner, (flags | added) & ~removed, first=first, last=last)
        if code is codes.BRANCH:
            return self.branch(argument[1], flags, first=first, last=last)
        if code in _REPEATS:
            self.is_exact &= code is not codes.POSSESSIVE_REPEAT
            return self.repeat(argument, flags, last=last)
        if code is codes.ATOMIC_GROUP:
            self.is_exact = False
            return self.sequence(argument, flags, first=first, last=last)
        if code is codes.GROUPREF or code is codes.GROUPREF_EXISTS:
            self.refers_back = True
            return None
        if code is codes.FAILURE or (code is codes.ASSERT_NOT and not list(argument[1])):  # (?!), by version
            return Character(st.nothing())
        if code is codes.AT:
            self.place(argument, first=first, last=last)
            return None
        if code is codes.ASSERT or code is codes.ASSERT_NOT:
            self.is_exact = False
            if last and code is codes.ASSERT_NOT and list(argument[1])[:1] in _ONLY_ENDS:
                self.hopeless()
            return None
        return self.character(code, argument, flags)

    def place(self, place: Any, *, first: bool, last: bool) -> None:
        if (first and place in _AT_START) or (last and place in _AT_END):
            return
        self.is_exact = False
        if place in _AT_START or place in _AT_END:
            self.hopeless()

    def hopeless(self) -> None:
        if not self.hopeful:
            raise _Hopeless

    def branch(self, alternatives: Any, flags: int, *, first: bool, last: bool) -> Part:
        parts: list[Part] = []
        for inner in alternatives:
            with suppress(_Hopeless):
                parts.append(self.sequence(inner, flags, first=first, last=last))
        if not parts:
            raise _Hopeless
        return Branch(parts)

    def repeat(self, argument: Any, flags: int, *, last: bool) -> Part:
        least, most, inner = argument
        most = None if most is codes.MAXREPEAT else most
        if not (last and _has_place(inner)):
            return Repeat(self.sequence(inner, flags, first=False, last=False), least, most)
        # The last time is another part: only there, the text may end.
        before: list[Part] = []
        with suppress(_Hopeless):
            one = self.sequence(inner, flags, first=False, last=False)
            before.append(Repeat(one, max(least - 1, 0), None if most is None else most - 1))
        rounds = Chain([*before, self.sequence(inner, flags, first=False, last=True)])
        return rounds if least else Branch([Word(""), rounds])

    def character(self, code: Any, argument: Any, flags: int) -> Part:
        flags &= re.IGNORECASE | re.ASCII | re.DOTALL
        if code is codes.LITERAL and not flags & re.IGNORECASE:
            return Word(chr(argument))
        spelled = re.compile(_spelled(code, argument), flags)
        if code is codes.LITERAL:
            char = chr(argument)
            cases = dict.fromkeys([char, char.lower(), char.upper()])
            return Character(st.sampled_from([case for case in cases if spelled.fullmatch(case)]))
        if self.alphabet is not None or _is_small(code, argument, flags):
            members = [char for char in self.alphabet or SMALL if spelled.fullmatch(char)]
            return Character(st.sampled_from(members) if members else st.nothing())
        return Character(_wide(spelled))


def _wide(spelled: re.Pattern[str]) -> SearchStrategy[str]:
    found = st.from_regex(spelled, fullmatch=True)
    try:
        found.validate()
    except InvalidArgument:  # no character is in it
        return st.nothing()
    return found


def _has_place(items: Any) -> bool:
    """Whether something in it asks for a place in the text."""
    waiting = [items]
    while waiting:
        for part in waiting.pop():
            if part is codes.AT:
                return True
            if isinstance(part, (list, tuple, reader.SubPattern)):
                waiting.append(part)
    return False


def _merged(parts: Sequence[Part]) -> list[Part]:
    """Return *parts* with words that stand together made one."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, Word) and found and isinstance(found[-1], Word):
            found[-1] = Word(found[-1].word + part.word)
        else:
            found.append(part)
    return found


def _spelled(code: Any, argument: Any) -> str:
    """Return the pattern of one character."""
    if code is codes.LITERAL:
        return re.escape(chr(argument))
    if code is codes.NOT_LITERAL:
        return f"[^{re.escape(chr(argument))}]"
    if code is codes.ANY:
        return "."
    return f"[{''.join([_member(*member) for member in argument])}]"


def _member(code: Any, argument: Any) -> str:
    if code is codes.NEGATE:
        return "^"
    if code is codes.LITERAL:
        return re.escape(chr(argument))
    if code is codes.RANGE:
        return "-".join([re.escape(chr(end)) for end in argument])
    return _CATEGORIES[str(argument)]


def _is_small(code: Any, argument: Any, flags: int) -> bool:
    """Whether a class holds no characters but the first 256; as far as that is seen at once."""
    if code is not codes.IN:
        return False
    return all(_is_small_member(kind, member, flags) for kind, member in argument)


def _is_small_member(code: Any, argument: Any, flags: int) -> bool:
    if code is codes.NEGATE:
        return False
    if code is codes.CATEGORY:
        return bool(flags & re.ASCII) and "NOT" not in str(argument)
    highest: int = argument[1] if code is codes.RANGE else argument
    return highest < len(SMALL)


def _one(draw: st.DrawFn, choices: Sequence[Any]) -> Any:
    return draw(st.sampled_from(choices)) if len(choices) > 1 else choices[0]


def _up_to(room: int) -> int:
    """Return the set of all lengths up to *room*."""
    return (1 << room + 1) - 1


def _members(lengths: int) -> Iterator[int]:
    while lengths:
        lowest = lengths & -lengths
        yield lowest.bit_length() - 1
        lengths ^= lowest


def _joined(one: int, other: int, room: int) -> int:
    """Return the lengths of two texts together."""
    fewer, more = sorted((one, other), key=int.bit_count)
    found = 0
    for length in _members(fewer):
        found |= more << length
    return found & _up_to(room)


def _leaving(lengths: int, whole: int, tail: int) -> list[int]:
    """Return those *lengths* after which what is left of a *whole* length is in *tail*."""
    return [length for length in _members(lengths & _up_to(whole)) if tail >> whole - length & 1]


_AT_START: Final = (codes.AT_BEGINNING, codes.AT_BEGINNING_STRING)
_AT_END: Final = (codes.AT_END, codes.AT_END_STRING)
_ENDS: Final = tuple((codes.AT, place) for place in _AT_END)
_ONLY_ENDS: Final = [[end] for end in _ENDS]
_REPEATS: Final = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_CATEGORIES: Final = {
    "CATEGORY_DIGIT": r"\d", "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_WORD": r"\w", "CATEGORY_NOT_WORD": r"\W",
    "CATEGORY_SPACE": r"\s", "CATEGORY_NOT_SPACE": r"\S",
}  # fmt: skip
