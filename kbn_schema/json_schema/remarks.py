"""This module says in words what JSON Schema cannot say of a kind."""

import json
from collections.abc import Mapping
from typing import Any, Final

from kbn_schema.json_schema.values import plain
from kbn_schema.json_schema.words import JsonSchema
from kbn_schema.missing import MISSING
from kbn_schema.quantities import MAX_SAFE_INTEGER
from kbn_schema.references import SiblingRef

# What the readers of a pattern would not guess.
QUANTITIES: Final[Mapping[str, tuple[str, str]]] = {
    "duration": ("A duration", "such as 1h30m or PT1H30M, or milliseconds"),
    "byte_size": ("A size", "such as 10mb, or bytes"),
}


def remark_of(schema: Any, described: JsonSchema) -> str | None:
    """Return a sentence on *schema*, which is *described* so; None where JSON Schema says it all."""
    if schema.combinator in QUANTITIES:
        what, spelling = QUANTITIES[schema.combinator]
        within = bounds_of(schema.combinator, described)
        return f"{what} {spelling}{f'; {within}' if within else ''}."
    return _condition(schema) if schema.combinator == "conditional" else None


def bounds_of(quantity: str, described: JsonSchema) -> str:
    """Return the bounds of a *quantity* in its units, such as ``1h to 30d``; empty where there are none."""
    # No quantity is less than none, nor more than a number of JSON's.
    least, most = described.get("minimum") or None, described.get("maximum")
    low = None if least is None else _in_units(quantity, least)
    high = None if most in (None, MAX_SAFE_INTEGER) else _in_units(quantity, most)
    if low is None:
        return "" if high is None else f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}"


def _in_units(quantity: str, bound: int) -> str:
    """*bound* in the largest unit that has no fraction."""
    return next(f"{bound // size}{unit}" for unit, size in _UNITS[quantity].items() if bound % size == 0)


def _condition(schema: Any) -> str | None:
    """What a conditional depends on, where clients can see that."""
    if not isinstance(schema.left, SiblingRef):
        return None
    name = f"`{'.'.join(schema.left.keys)}`"
    right = plain(schema.right)
    if right is MISSING:
        return f"What is taken depends on {name}."
    value = f"`{json.dumps(right, ensure_ascii=False)}`"
    if schema.otherwise.combinator == "never":
        return f"Only where {name} is {value}."
    if schema.then.combinator == "never":
        return f"Only where {name} is not {value}."
    return f"What is taken depends on whether {name} is {value}."


_UNITS: Final[Mapping[str, Mapping[str, int]]] = {
    "duration": {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1},
    "byte_size": {"gb": 1024**3, "mb": 1024**2, "kb": 1024, "b": 1},
}
