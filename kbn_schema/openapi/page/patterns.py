"""This module makes a short text that a pattern matches."""

import re
from typing import Any, Final

from kbn_schema.json_schema.ecma import codes, reader


def text_for(pattern: str, least: int = 0, most: int | None = None) -> str | None:
    """Return a text of *least* to *most* characters that *pattern* matches.

    *pattern* is as JSON Schema has it: it is found anywhere in a text, in the spelling of ECMA-262 as far as
    Python reads the same. None where no such text is found.
    """
    try:
        items = list(reader.parse(pattern))
    except (re.error, RecursionError, OverflowError):
        return None
    for more in (0, 1, least, max(least - 1, 0), least // 2):
        for is_last in (False, True):
            maker = _Maker(more, is_last)
            made = maker.sequence(_between(items))
            if made is None or not least <= len(made) <= (len(made) if most is None else most):
                continue
            if maker.is_sure or (len(made) <= MAX_TRIED and re.search(pattern, made)):
                return made
    return None


def _between(items: list[Any]) -> list[Any]:
    """The *items* between the start and the end of a text, where nothing else is."""
    start = 1 if items and items[0] == (codes.AT, codes.AT_BEGINNING) else 0
    end = len(items) - (1 if items[start:] and items[-1] == (codes.AT, codes.AT_END) else 0)
    return items[start:end]


class _Maker:
    """Makes a text in which what may be repeated is so *more* often than it must be.

    What is made matches by the way it is made, but where something looks around: then it is not *sure*.
    """

    def __init__(self, more: int, is_last: bool) -> None:
        self.more = more
        self.is_last = is_last
        self.is_sure = True
        self.groups: dict[int, str] = {}

    def sequence(self, items: Any) -> str | None:
        made: list[str] = []
        for code, argument in items:
            part = self.item(code, argument)
            if part is None:
                return None
            made.append(part)
        return "".join(made)

    def item(self, code: Any, argument: Any) -> str | None:
        if code is codes.LITERAL:
            return chr(argument)
        if code is codes.ANY:
            return "a"
        if code is codes.NOT_LITERAL:
            return "a" if argument != ord("a") else "b"
        if code is codes.IN:
            return self._one_of(argument)
        if code is codes.BRANCH:
            branches = argument[1]
            return self.sequence(branches[-1 if self.is_last else 0])
        if code is codes.SUBPATTERN:
            return self._group(argument)
        if code in _REPEATS:
            return self._repeated(argument)
        if code is codes.GROUPREF:
            return self.groups.get(argument)
        # What looks around takes no characters.
        self.is_sure = False
        return "" if code in _EMPTY else None

    def _group(self, argument: Any) -> str | None:
        number, _, _, items = argument
        made = self.sequence(items)
        if number is not None and made is not None:
            self.groups[number] = made
        return made

    def _repeated(self, argument: Any) -> str | None:
        least, most, items = argument
        count = min(least + self.more, int(most)) if most is not codes.MAXREPEAT else least + self.more
        made = self.sequence(items)
        if count == 0 or made is None:
            return "" if count == 0 else None
        return made * count if len(made) * count <= MAX_SIZE else None

    def _one_of(self, argument: Any) -> str | None:
        fitting = [character for character in _ORDINARY if _is_in(character, argument)]
        if fitting:
            return fitting[-1 if self.is_last else 0]
        self.is_sure = self.is_sure and argument[0][0] is not codes.NEGATE
        for code, inner in argument:
            if code is codes.LITERAL:
                return chr(inner)
            if code is codes.RANGE:
                return chr(inner[0])
        return None


def _is_in(character: str, argument: Any) -> bool:
    number = ord(character)
    is_negated = bool(argument) and argument[0][0] is codes.NEGATE
    found = False
    for code, inner in argument:
        if code is codes.LITERAL:
            found = found or inner == number
        elif code is codes.RANGE:
            found = found or inner[0] <= number <= inner[1]
        elif code is codes.CATEGORY:
            found = found or re.match(_CATEGORIES[inner], character) is not None
    return found != is_negated


MAX_SIZE: Final = 2000
MAX_TRIED: Final = 20  # a pattern may take exponential time for a text that it does not match
_ORDINARY: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_. :/"
_REPEATS: Final = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}
_EMPTY: Final = {codes.AT, codes.ASSERT, codes.ASSERT_NOT}
_CATEGORIES: Final = {
    codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_NOT_DIGIT: r"\D", codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S", codes.CATEGORY_WORD: r"\w", codes.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
