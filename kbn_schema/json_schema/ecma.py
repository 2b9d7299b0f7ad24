"""This module spells a Python pattern as ECMA-262 does, for JSON Schema's `pattern`.

The translation works on Python's own reading of the pattern, so that flags, comments and blanks under
`re.VERBOSE` are settled. The result is anchored, for JSON Schema searches and we match the whole text.
It needs a reader that takes patterns as Unicode, as JSON Schema asks for (core, section 6.4).
"""

import re
from importlib import import_module
from typing import Any, Final

# Undocumented, and the only reader of this grammar there is; it has had this form since Python 2.
reader: Any = import_module("re._parser")
codes: Any = import_module("re._constants")


def ecma_pattern(pattern: re.Pattern[str]) -> str | None:
    """Return an ECMA-262 pattern that a text matches where *pattern* matches the whole of it.

    Atomic groups and possessive quantifiers, which ECMA-262 has not, become ordinary ones, so the result
    may match more. None where there is no such pattern: for a conditional group, a lone surrogate, or
    letters outside of ASCII whose case does not count.
    """
    try:
        items = list(reader.parse(pattern.pattern, pattern.flags))
        # Whatever matches the whole text begins and ends there: the usual `^...$` says nothing more.
        while items and items[0] in _STARTS:
            items.pop(0)
        while items and items[-1] in _ENDS and not pattern.flags & re.MULTILINE:
            items.pop()
        spelled = _Speller(_refers_back(items)).sequence(items, pattern.flags)
    except (_Untranslatable, re.error, RecursionError):
        return None
    return f"^{spelled}$"


class _Untranslatable(Exception):
    """The pattern asks for what ECMA-262 does not have."""


class _Speller:
    """Spells one pattern; *captures* says whether its groups are numbered, for references to them."""

    def __init__(self, captures: bool) -> None:
        self.captures = captures

    def sequence(self, items: Any, flags: int) -> str:
        return "".join([self.item(code, argument, flags) for code, argument in items])

    def item(self, code: Any, argument: Any, flags: int) -> str:
        if code is codes.LITERAL:
            return _literal(argument, flags)
        if code is codes.NOT_LITERAL:
            return f"[^{_spelled(_variants(argument, flags))}]"
        if code is codes.ANY:
            return r"[\s\S]" if flags & re.DOTALL else r"[^\n]"
        if code is codes.IN:
            return _class(argument, flags)
        if code is codes.BRANCH:
            return f"(?:{'|'.join([self.sequence(branch, flags) for branch in argument[1]])})"
        if code is codes.SUBPATTERN:
            number, added, removed, inner = argument
            spelled = self.sequence(inner, (flags | added) & ~removed)
            return f"({spelled})" if number is not None and self.captures else f"(?:{spelled})"
        if code is codes.ATOMIC_GROUP:
            return f"(?:{self.sequence(argument, flags)})"
        if code in _REPEATS:
            return self.repeat(code, argument, flags)
        if code is codes.ASSERT or code is codes.ASSERT_NOT:
            direction, inner = argument
            sign = "=" if code is codes.ASSERT else "!"
            return f"(?{'<' if direction < 0 else ''}{sign}{self.sequence(inner, flags)})"
        if code is codes.AT:
            return _place(argument, flags)
        if code is codes.GROUPREF:
            return f"(?:\\{argument})"  # in a group: a digit may follow
        if code is codes.FAILURE:  # pragma: no cover - `(?!)` since Python 3.13; before, an assertion
            return "(?!)"
        raise _Untranslatable

    def repeat(self, code: Any, argument: Any, flags: int) -> str:
        low, high, inner = argument
        spelled = self.sequence(inner, flags)
        if _takes_no_text(inner):  # which some readers refuse to repeat
            return spelled if low else ""
        if len(inner) != 1 or inner[0][0] not in _ATOMS:
            spelled = f"(?:{spelled})"
        # Which one is tried first makes no difference to what the whole matches, but to what a group holds.
        lazy = "?" if code is codes.MIN_REPEAT and self.captures else ""
        if high is codes.MAXREPEAT:
            return spelled + {0: "*", 1: "+"}.get(low, f"{{{low},}}") + lazy
        if (low, high) == (0, 1):
            return spelled + "?" + lazy
        return spelled + (f"{{{low}}}" if low == high else f"{{{low},{high}}}") + lazy


def _refers_back(items: Any) -> bool:
    waiting = [items]
    while waiting:
        for part in waiting.pop():
            if part is codes.GROUPREF:
                return True
            if isinstance(part, (list, tuple, reader.SubPattern)):
                waiting.append(part)
    return False


def _takes_no_text(items: Any) -> bool:
    return all(
        code in _PLACES or (code is codes.SUBPATTERN and _takes_no_text(argument[-1]))
        for code, argument in items
    )


def _literal(code: int, flags: int) -> str:
    variants = _variants(code, flags)
    return _escaped(code, _SYNTAX) if len(variants) == 1 else f"[{_spelled(variants)}]"


def _variants(code: int, flags: int) -> list[int]:
    """The characters that count as the one of *code*."""
    if not flags & re.IGNORECASE:
        return [code]
    char = chr(code)
    if code > 0x7F and char.lower() != char.upper():
        raise _Untranslatable  # each version of Unicode has its own answer
    others = {char.lower(), char.upper(), *_UNEXPECTED} - {char}
    same = re.compile(re.escape(char), re.IGNORECASE | (flags & re.ASCII))
    return [code, *sorted(ord(other) for other in others if same.fullmatch(other))]


def _spelled(members: list[int]) -> str:
    return "".join([_escaped(code, _SYNTAX_IN_CLASS) for code in members])


def _escaped(code: int, syntax: frozenset[str]) -> str:
    if 0xD800 <= code <= 0xDFFF:
        raise _Untranslatable
    char = chr(code)
    if char in syntax:
        return "\\" + char
    return char if char.isprintable() or code > 0xFFFF else f"\\u{code:04x}"


def _class(items: Any, flags: int) -> str:
    negated = items[0][0] is codes.NEGATE
    items = items[negated:]
    if len(items) == 1 and items[0][0] is codes.CATEGORY:
        return _category(items[0][1], bool(flags & re.ASCII), negated)
    return (
        f"[{'^' if negated else ''}{''.join([_member(code, argument, flags) for code, argument in items])}]"
    )


def _member(code: Any, argument: Any, flags: int) -> str:
    if code is codes.LITERAL:
        return _spelled(_variants(argument, flags))
    if code is codes.RANGE:
        return _range(argument, flags)
    is_ascii = bool(flags & re.ASCII)  # for a category
    spelled = _category(argument, is_ascii, False)
    if not spelled.startswith("[^"):
        return spelled.removeprefix("[").removesuffix("]")
    if is_ascii and str(argument) in _NEGATED:
        return _NEGATED[str(argument)]
    raise _Untranslatable


def _range(ends: tuple[int, int], flags: int) -> str:
    low, high = ends
    spelled = f"{_escaped(low, _SYNTAX_IN_CLASS)}-{_escaped(high, _SYNTAX_IN_CLASS)}"
    if not flags & re.IGNORECASE:
        return spelled
    if high > 0x7F:
        raise _Untranslatable
    inside = range(low, high + 1)
    return spelled + _spelled(sorted({v for code in inside for v in _variants(code, flags)} - {*inside}))


def _category(category: Any, is_ascii: bool, negated: bool) -> str:
    name = str(category).lower().removeprefix("category_")
    if name.startswith("not_"):
        negated = not negated
    members = _CATEGORIES[name.removeprefix("not_"), is_ascii]
    if _PROPERTY.fullmatch(members):
        return members[0] + (members[1].upper() if negated else members[1]) + members[2:]
    return f"[{'^' if negated else ''}{members}]"


def _place(place: Any, flags: int) -> str:
    if place is codes.AT_BEGINNING:
        return r"(?<![^\n])" if flags & re.MULTILINE else "^"
    if place is codes.AT_END:
        return r"(?![^\n])" if flags & re.MULTILINE else r"(?=\n?$)"
    if place is codes.AT_BEGINNING_STRING:
        return "^"
    if place is codes.AT_END_STRING:
        return "$"
    is_boundary = place is codes.AT_BOUNDARY
    if flags & re.ASCII:
        return r"\b" if is_boundary else r"\B"
    word = f"[{_WORD}]"
    if is_boundary:
        return f"(?:(?<={word})(?!{word})|(?<!{word})(?={word}))"
    return f"(?:(?<={word})(?={word})|(?<!{word})(?!{word}))"


_STARTS: Final = ((codes.AT, codes.AT_BEGINNING), (codes.AT, codes.AT_BEGINNING_STRING))
_ENDS: Final = ((codes.AT, codes.AT_END), (codes.AT, codes.AT_END_STRING))
_REPEATS: Final = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_PLACES: Final = (codes.ASSERT, codes.ASSERT_NOT, codes.AT)
# What a quantifier can stand behind as it is.
_ATOMS: Final = (
    codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN, codes.SUBPATTERN, codes.BRANCH, codes.ATOMIC_GROUP,
    codes.GROUPREF,
)  # fmt: skip
# All that may be escaped outside of a class where patterns are Unicode, and what must be in one.
_SYNTAX: Final = frozenset(r"^$\.*+?()[]{}|")
_SYNTAX_IN_CLASS: Final = frozenset(r"\[]^-")
# Letters that Python takes for ASCII ones where letter case does not count.
_UNEXPECTED: Final = frozenset("\u0130\u0131\u017f\u212a")
_NEGATED: Final = {"CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_NOT_WORD": r"\W"}
_PROPERTY: Final = re.compile(r"\\p\{Nd\}")
_WORD: Final = r"\p{L}\p{N}_"
# As members of a class. ECMA-262 has other blanks than Python, and knows letters and digits outside of ASCII
# by properties only; and some readers' own `\d` and `\w` go beyond ASCII.
_CATEGORIES: Final = {
    ("digit", True): "0-9",
    ("digit", False): r"\p{Nd}",
    ("word", True): "A-Za-z0-9_",
    ("word", False): _WORD,
    ("space", True): r" \t\n\r\f\v",
    ("space", False): r" \t-\r\u001c-\u001f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}
