"""This module compares numbers, integers and quantities: their intervals and steps."""

import math
from fractions import Fraction
from typing import Any, Final, TypeAlias

from kbn_schema.diff.differences import Found, Term
from kbn_schema.diff.pairs import Pair
from kbn_schema.diff.shapes import bound
from kbn_schema.diff.spelling import show_bound
from kbn_schema.numbers import SAFE

WORDS: Final = frozenset({"number", "integer"})
LOWEST: Final = ("min", "exclusive_min")
HIGHEST: Final = ("max", "exclusive_max")


Told: TypeAlias = dict[str, str]
"""The bounds at one end, as authors write them."""


def compare(pair: Pair, found: Found) -> None:
    """Note how two numbers differ."""
    before, after = pair.before.term, pair.after.term
    _compare_kinds(pair, found)
    _compare_ends(pair, found)
    old, new = _step(before), _step(after)
    if old != new and ("multiple_of" in before or "multiple_of" in after):
        narrows, widens = not _is_multiple(old, new), not _is_multiple(new, old)
        told = _told(before, ("multiple_of",)), _told(after, ("multiple_of",))
        _add(pair, found, narrows, widens, *told)


def compare_quantities(pair: Pair, found: Found) -> None:
    """Note how two sizes, or two lengths of time, differ."""
    before, after = pair.before.term, pair.after.term
    if before["unit"] != after["unit"]:
        found.add(pair.differ("type-changed", "both"))
    else:
        _compare_ends(pair, found)


def _compare_kinds(pair: Pair, found: Found) -> None:
    before, after = pair.before.term, pair.after.term
    old, new = before["type"], after["type"]
    if old == new == "number":
        if bool(before.get("unsafe")) != bool(after.get("unsafe")):
            if after.get("unsafe"):
                found.add(pair.differ("unsafe-added", "wider"))
            else:
                found.add(pair.differ("unsafe-removed", "narrower"))
    elif old == "integer" and new == "number":
        inside = _takes_all(before, after)
        is_limited = not after.get("unsafe") and "multiple_of" not in after
        changed = "integer-became-number" if is_limited else "type-changed"
        found.add(pair.differ("type-widened", "wider") if inside else pair.differ(changed, "both"))
    elif old == "number" and new == "integer":
        inside = _takes_all(after, before)
        found.add(pair.differ("type-narrowed", "narrower") if inside else pair.differ("type-changed", "both"))


def _takes_all(integer: Term, number: Term) -> bool:
    """Whether *number* takes integers as large as *integer* does, and reckons their steps alike."""
    # Beyond, a float is the decimal that it prints as to the one, and its exact value to the other.
    return _is_safe_interval(integer) or (bool(number.get("unsafe")) and "multiple_of" not in number)


def _is_safe_interval(term: Term) -> bool:
    low, high = _end(term, LOWEST, -1), _end(term, HIGHEST, 1)
    return low is not None and high is not None and low[0] >= -SAFE and high[0] <= SAFE


def _compare_ends(pair: Pair, found: Found) -> None:
    before, after = pair.before.term, pair.after.term
    for names, sign in ((LOWEST, -1), (HIGHEST, 1)):
        old, new = _end(before, names, sign), _end(after, names, sign)
        told = _told(before, names), _told(after, names)
        tighter, looser = _is_inside(new, old, sign), _is_inside(old, new, sign)
        if told[0] == told[1]:
            continue  # what else differs tells
        if tighter and looser:
            _add(pair, found, False, False, *told)
        else:
            _add(pair, found, tighter, looser, *told)


def _add(pair: Pair, found: Found, narrows: bool, widens: bool, old: Told, new: Told) -> None:
    words = _words(old, new)
    if narrows and widens:
        found.add(pair.differ("bound-changed", "both", **words))
    elif narrows:
        found.add(pair.differ("bound-tightened", "narrower", **words))
    elif widens:
        found.add(pair.differ("bound-loosened", "wider", **words))
    else:
        found.add(pair.differ("bound-respelled", "note", **words))


def _end(term: Term, names: tuple[str, str], sign: int) -> tuple[Any, bool] | None:
    """One end of the interval of *term*, and whether it is part of it; None where there is no end."""
    closed, opened = bound(term, names[0]), bound(term, names[1])
    ends = [(closed, True)] if closed is not None else []
    ends += [(opened, False)] if opened is not None else []
    if term["type"] == "number" and not term.get("unsafe"):
        ends.append((sign * SAFE, True))
    if term["type"] == "quantity":
        ends.append((0 if sign < 0 else SAFE, True))
    if not ends:
        return None
    # The tightest; of two at the same place the open one.
    end = min(ends, key=lambda end: (sign * Fraction(end[0]), end[1]))
    return _whole(end, sign) if term["type"] in ("integer", "quantity") else end


def _whole(end: tuple[Any, bool], sign: int) -> tuple[Any, bool]:
    """The first whole number at an *end*."""
    place, closed = Fraction(end[0]), end[1]
    number = math.ceil(place) if sign < 0 else math.floor(place)
    return (number - sign if not closed and number == place else number, True)


def _is_inside(one: tuple[Any, bool] | None, other: tuple[Any, bool] | None, sign: int) -> bool:
    """Whether the end *one* lets through no more than *other*."""
    if other is None:
        return True
    if one is None:
        return False
    here, there = sign * Fraction(one[0]), sign * Fraction(other[0])
    return here < there or (here == there and (other[1] or not one[1]))


def _step(term: Term) -> Fraction | None:
    step = bound(term, "multiple_of")
    if not step:  # no schema has 0
        return Fraction(1) if term["type"] == "integer" else None
    exact = Fraction(repr(step) if type(step) is float else step)
    if term["type"] == "integer":
        # The least common multiple with 1.
        return Fraction(exact.numerator)
    return exact


def _is_multiple(one: Fraction | None, other: Fraction | None) -> bool:
    """Whether each multiple of *one* is one of *other*."""
    return other is None or (one is not None and (one / other).denominator == 1)


def _told(term: Term, names: tuple[str, ...]) -> Told:
    return {name: show_bound(term, name) for name in names if name in term}


def _words(old: Told, new: Told) -> dict[str, str]:
    """What fills the sentences: ``min``, ``1``, ``0``; and what to keep, ``min=1``."""
    names = list(dict.fromkeys([*old, *new]))
    kept = _spelled(old) or f"it without {names[0]}"
    if len(names) == 1:
        told = [side.get(names[0], "none") for side in (old, new)]
        return {"option": names[0], "old": told[0], "new": told[1], "kept": kept}
    # An open end became a closed one, or there are both.
    return {
        "option": "the bound",
        "old": _spelled(old) or "none",
        "new": _spelled(new) or "none",
        "kept": kept,
    }


def _spelled(told: Told) -> str:
    return ", ".join(f"{name}={shown}" for name, shown in told.items())
