"""This module makes the names of types, out of those of variables, props, ids and handlers.

They are the same under every version of Python: what is no ASCII letter or digit is never asked for what
it is.
"""

import keyword
import re
from typing import Final


def pascal(text: str) -> str:
    """*text* as one word: ``find_query``, ``FIND_QUERY`` and ``find-query`` are ``FindQuery``.

    Characters outside of ASCII are spelled by their numbers. A text without letters and digits is spelled so,
    too.
    """
    spelled = _FOREIGN.sub(_by_number, text)
    words = [_capital(word) for word in _WORD.findall(spelled)]
    return "".join(words) or _by_numbers(text) or "Empty"


def type_name(text: str) -> str:
    """The name of a type that is called *text*: one that both languages take."""
    name = pascal(text)
    if name[0].isdigit():
        name = "T" + name
    return name + "_" if keyword.iskeyword(name) else name


def _capital(word: str) -> str:
    # `HTTP_ERROR` is two words, and no abbreviations; in `HTTPError` the author wrote one.
    return word[0].upper() + (word[1:].lower() if len(word) > 1 and word.isupper() else word[1:])


def _by_number(match: re.Match[str]) -> str:
    return _by_numbers(match[0])


def _by_numbers(text: str) -> str:
    return "".join(f"U{ord(character):04X}x" for character in text)


_FOREIGN: Final = re.compile(r"[^\x00-\x7f]")
_WORD: Final = re.compile(r"[A-Za-z0-9]+")
