"""Values one step away from a given one: most of them just about invalid, some still valid.

They find what random data cannot: a leaf of another type, one too many, one too few, an extra
key, a dropped key, a wrap in a list, another letter case.
"""

from collections.abc import Iterator
from typing import Any

from kbn_schema import MISSING

# Stand-ins of every JSON type, each near to a value that some kind coerces.
STRANGERS = (
    None,
    True,
    False,
    0,
    1,
    -1,
    0.5,
    "",
    "0",
    "1",
    "true",
    "a",
    [],
    {},
    "[]",
    "{}",
    float("nan"),
    b"a",
    MISSING,
)
EXTRA = "extra"


def near_misses(value: Any) -> Iterator[Any]:
    """Yield values that differ from *value* in one place."""
    yield from STRANGERS
    yield [value]
    yield {"value": value}
    yield from _nudged(value)


def _nudged(value: Any) -> Iterator[Any]:
    kind = type(value)
    if kind is dict:
        yield from _other_entries(value)
    elif kind is list:
        yield from _other_items(value)
    elif kind is str:
        yield from (
            value[:-1],
            value[1:],
            value + "a",
            value + "0",
            value + "\n",
            " " + value,
            value.swapcase(),
        )
    elif kind in (int, float):
        yield from (
            value - 1,
            value + 1,
            value + 0.5,
            -value,
            str(value),
            float(value) if abs(value) < 2**53 else value,
        )


def _other_entries(value: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
    yield {**value, EXTRA: 1}
    yield {EXTRA: None, **value}
    yield {**value, 7: 1}
    for key, item in value.items():
        rest = {name: other for name, other in value.items() if name != key}
        yield rest
        yield {**rest, str(key).swapcase(): item}
        yield {**value, str(key) + "x": item}
        yield from ({**value, key: other} for other in near_misses(item))


def _other_items(value: list[Any]) -> Iterator[list[Any]]:
    yield from ([*value, EXTRA], [*value, *value], [None, *value], value[1:])
    for index, item in enumerate(value):
        yield from ([*value[:index], other, *value[index + 1 :]] for other in near_misses(item))
