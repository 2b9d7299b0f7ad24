"""What a judge has to know of values: whether JSON has them, and what became of them."""

import math
import re
from typing import Any

from kbn_schema import Duration
from kbn_schema.run import MAX_DEPTH
from tests.fuzz.calls import Call, build, walk

BOOLEANS = ("true", "false")
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")


def is_json(value: Any) -> bool:
    """Return whether *value* could have come out of JSON text: exact types, finite, UTF-8, in no circle."""
    waiting: list[tuple[Any, bool]] = [(value, False)]
    around: set[int] = set()
    while waiting:
        part, is_done = waiting.pop()
        if is_done:
            around.remove(id(part))
        elif type(part) is dict or type(part) is list:
            if id(part) in around:
                return False
            around.add(id(part))
            waiting.append((part, True))
            if type(part) is dict and not all(type(key) is str and is_utf8(key) for key in part):
                return False
            waiting.extend((item, False) for item in (part.values() if type(part) is dict else part))
        elif not _is_scalar(part):
            return False
    return True


def _is_scalar(value: Any) -> bool:
    kind = type(value)  # not `isinstance`, which asks the value
    if kind is float:
        return math.isfinite(value)
    return is_utf8(value) if kind is str else kind in (int, bool, type(None))


def is_utf8(text: str) -> bool:
    """Return whether *text* has no lone surrogates."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def is_huge(value: Any) -> bool:
    """Return whether there is a float in *value* that is too large to have a fraction."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if type(part) is float and abs(part) >= 2**53:
            return True
        waiting.extend(part.values() if type(part) is dict else part if type(part) is list else ())
    return False


def is_deep(value: Any) -> bool:
    """Return whether *value* is nested more levels deep than any schema accepts."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        parts = [part for part in level if type(part) is dict or type(part) is list]
        if not parts:
            return False
        items = (item for part in parts for item in (part.values() if type(part) is dict else part))
        level = list({id(item): item for item in items}.values())
    return True


def is_coerced(value: Any, output: Any) -> bool:
    """Return whether something in *output* is no text where *value* has one.

    What was dropped or filled in makes no difference: keys are compared that both have.
    """
    waiting = [(value, output)]
    while waiting:
        one, other = waiting.pop()
        if type(one) is str:
            if type(other) is not str:
                return True
        elif type(one) is dict and type(other) is dict:
            if _has_other_keys(one, other):
                return True
            waiting.extend((item, other[key]) for key, item in one.items() if key in other)
        elif type(one) is list and type(other) is list:
            waiting.extend(zip(one, other, strict=False))
    return False


def has_other_numbers(value: Any, output: Any) -> bool:
    """Return whether a number in *value* is one of another type in *output*, as 1.0 that became 1."""
    waiting = [(value, output)]
    while waiting:
        one, other = waiting.pop()
        if type(one) is dict and type(other) is dict:
            waiting.extend((item, other[key]) for key, item in one.items() if key in other)
        elif type(one) is list and type(other) is list:
            waiting.extend(zip(one, other, strict=False))
        elif type(one) in (int, float) and type(one) is not type(other):
            return True
    return False


def odd_change(value: Any, output: Any, numbers_for_texts: bool) -> bool:
    """Return whether something in *value* became another thing in *output*, where it was not to be coerced.

    A text may become anything but another text.
    An equal number is the same; a size or a duration may be made of a number, and with *numbers_for_texts* a
    text, too. Keys may be dropped and filled in.
    """
    waiting = [(value, output)]
    while waiting:
        one, other = waiting.pop()
        if type(one) is str:
            if type(other) is str and one != other:
                return True
        elif type(one) is dict and type(other) is dict:
            if not _has_other_keys(one, other):
                waiting.extend((item, other[key]) for key, item in one.items() if key in other)
        elif type(one) is list and type(other) is list and len(one) == len(other):
            waiting.extend(zip(one, other, strict=True))
        elif type(one) in (int, float):
            is_made = isinstance(other, Duration) or (numbers_for_texts and type(other) is str)
            if not is_made and (isinstance(other, bool) or one != other):
                return True
        elif type(one) is not type(other) or one != other:
            return True
    return False


def _has_other_keys(one: dict[str, Any], other: dict[Any, Any]) -> bool:
    """Return whether keys became something else, or other texts for the same number or boolean."""
    return any(type(key) is not str for key in other) or any(
        key not in other and (NUMBER.fullmatch(key) or key.strip().lower() in BOOLEANS) for key in one
    )


def is_alike(one: Any, other: Any) -> bool:
    """Return whether two outputs are equal and of the same types; keys may be in another order."""
    waiting = [(one, other)]
    while waiting:
        left, right = waiting.pop()
        if type(left) is not type(right):
            return False
        if type(left) is dict:
            if left.keys() != right.keys():
                return False
            waiting.extend((item, right[key]) for key, item in left.items())
        elif type(left) is list:
            if len(left) != len(right):
                return False
            waiting.extend(zip(left, right, strict=True))
        elif left != right:
            return False
    return True


def has_numbers_for_texts(root: Call) -> bool:
    """Return whether texts may be given as numbers somewhere in what *root* builds."""
    return any(isinstance(part, Call) and part.options.get("coerce_from_number") for part in walk(root))


def compiled(pattern: Any) -> re.Pattern[str]:
    """Return the pattern that a string makes of *pattern*, which may be the call that compiles it."""
    found: Any = build(pattern)
    return found if isinstance(found, re.Pattern) else re.compile(found, re.ASCII)
