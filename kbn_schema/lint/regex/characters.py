"""This module stands for the characters by a few of them, so that a set of characters is one integer.

Two characters that a pattern cannot tell apart need one to stand for both: beside those that the pattern
names, and their neighbours, some of each sort are enough.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

from kbn_schema.json_schema.ecma import codes, reader

# Undocumented, as the reader is.
compiler: Any = import_module("re._compiler")

# The nicest first: an attack is shown to people.
_ALWAYS: Final = (
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "!-_. @/:,;=+*?#$%&'\"()[]{}<>|\\^`~\t\n\r\v\f"
    "\x00\x1c\x7f\x85\xa0\xe9\xc9\xdf\u0130\u017f\u0663\u212a\u3000\u6f22\U0001f600"
)


class Characters:
    """The characters that stand for all, as far as the pattern with the tree *parsed* can tell."""

    def __init__(self, parsed: Any, flags: int) -> None:
        self._state = parsed.state
        named = dict.fromkeys([*_ALWAYS, *_named(parsed, flags)])
        self._text = "".join(named)
        self._bits = {char: 1 << at for at, char in enumerate(self._text)}
        self.every: int = (1 << len(self._text)) - 1
        self._known: dict[tuple[str, int], int] = {}

    def taken_by(self, item: tuple[Any, Any], flags: int) -> int:
        """The set of characters that *item* takes, which takes one."""
        key = (repr(item), flags)
        if key not in self._known:
            single = reader.SubPattern(self._state, [item])
            taken = [match[0] for match in compiler.compile(single, flags).finditer(self._text)]
            self._known[key] = sum({self._bits[char] for char in taken})
        return self._known[key]

    def words(self, flags: int) -> int:
        """The set of characters that words are made of."""
        return self.taken_by((codes.IN, [(codes.CATEGORY, codes.CATEGORY_WORD)]), flags)

    def one(self, of: int) -> str:
        """A character of a set."""
        return self._text[(of & -of).bit_length() - 1]

    def of(self, char: str) -> int:
        """The set of one character."""
        return self._bits[char]

    def __iter__(self) -> Iterator[str]:
        return iter(self._text)


def _named(parsed: Any, flags: int) -> Iterator[str]:
    """The characters that are written in a pattern, in either case, and those beside them."""
    waiting = [parsed]
    while waiting:
        for part in waiting.pop():
            if isinstance(part, tuple) and len(part) == 2 and part[0] in (codes.LITERAL, codes.NOT_LITERAL):
                yield from _variants(part[1], flags)
            elif isinstance(part, tuple) and len(part) == 2 and part[0] is codes.RANGE:
                low, high = part[1]
                for code in (low, high, low - 1, high + 1, (low + high) // 2):
                    yield from _variants(code, flags)
            elif isinstance(part, (list, tuple, reader.SubPattern)):
                waiting.append(part)


def _variants(code: int, flags: int) -> Iterator[str]:
    if 0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:
        char = chr(code)
        yield char
        if flags & re.IGNORECASE:
            yield from (other for other in (char.lower(), char.upper()) if len(other) == 1)
