"""Read JSON in the plainest way: what `json_text` means, without a thought for speed or for words."""

import json
import math
import re
from typing import Any


def oracle(data: bytes | str, *, unique_keys: bool = True) -> Any:
    """The value that *data* spells, at most 200 levels deep; a `ValueError` if it is to be refused."""
    text = data.decode() if isinstance(data, bytes) else data
    if text.startswith("\ufeff"):
        raise ValueError("a byte order mark")
    if depth_of(text) > 200:
        raise ValueError("too deep")
    value = json.loads(
        text,
        parse_constant=refuse,
        parse_float=finite,
        parse_int=short_integer,
        object_pairs_hook=unique if unique_keys else dict,
    )
    json.dumps(value, ensure_ascii=False).encode()
    return value


def depth_of(text: str) -> int:
    """How deep brackets go outside of strings; where *text* is no JSON, before that is found out."""
    deepest = depth = 0
    for bracket in re.findall(r"[\[{\]}]", re.sub(r'"(?:[^"\\]|\\.)*+"?+', "", text, flags=re.DOTALL)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def refuse(name: str) -> None:
    raise ValueError(name)


def finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("too large")
    return number


def short_integer(digits: str) -> int:
    if len(digits.lstrip("-")) > 4300:
        raise ValueError("too long")
    return int(digits)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a duplicate key")
    return dict(pairs)
