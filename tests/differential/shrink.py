"""Make a failing case smaller, as long as it fails: greedy, one part after the other."""

import time
from collections.abc import Iterator
from typing import Any

import attrs

from tests.differential.calls import Call, Later, call, inside, replaced, walk
from tests.differential.search import Case

SMALL_VALUES: list[Any] = [None, 0, 1, "", "a", [], {}]
SMALL_SCHEMAS = ["schema.any", "schema.string", "schema.number"]


def shrunk(case: Case, seconds: float = 20) -> Case:
    """Return the smallest case found in *seconds* that fails as *case* does."""
    until = time.monotonic() + seconds
    kind = _kind(case.difference())
    improved = True
    while improved:
        improved = False
        for candidate in _smaller(case):
            if time.monotonic() > until:
                return case
            if _size(candidate) < _size(case) and _kind(candidate.difference()) == kind:
                case, improved = candidate, True
                break
    return case


def _kind(difference: AssertionError | None) -> str | None:
    """Return what the assertion is about, so that one bug is not shrunk into another."""
    if difference is None:
        return None
    about = str(difference).partition("\n")[0].partition(": ")[2]
    return "called" if "called once more" in about else about


def _size(case: Case) -> tuple[int, int]:
    parts = [*walk(case.schema), *walk(case.value), *walk(case.context)]
    return len(parts), len(str(case))


def _smaller(case: Case) -> Iterator[Case]:
    if case.context is not None:
        yield attrs.evolve(case, context=None)
    for value in _smaller_parts(case.value, SMALL_VALUES):
        yield attrs.evolve(case, value=value)
    for schema in _smaller_parts(case.schema, [call(name) for name in SMALL_SCHEMAS]):
        if isinstance(schema, Call):
            yield attrs.evolve(case, schema=schema)


def _smaller_parts(root: Any, small: list[Any]) -> Iterator[Any]:
    """Yield copies of *root* in which one part, the largest first, is replaced or loses something."""
    for part in walk(root):
        for other in _instead(part, small):
            try:
                yield replaced(root, part, other)
            except TypeError:  # a list cannot be a key
                continue


def _instead(part: Any, small: list[Any]) -> Iterator[Any]:
    if isinstance(part, (Call, dict, list)):
        for inner in inside(part):
            if isinstance(part, Call) and type(inner) in (dict, list):
                yield from inside(inner)
            yield inner
    if not isinstance(part, Later):
        yield from _lesser(part)
    if isinstance(part, (Call, dict, list)) or part not in small:
        yield from small


def _lesser(part: Any) -> Iterator[Any]:
    """Yield *part* without one of the things in it."""
    if isinstance(part, Call):
        yield from (
            Call(part.name, part.args, {key: item for key, item in part.options.items() if key != name})
            for name in part.options
        )
        if part.args is not None and part.name.startswith("parts.Watched"):
            yield from part.args[1:]
    elif type(part) is dict:
        yield from ({key: item for key, item in part.items() if key is not gone} for gone in part)
    elif type(part) is list:
        half = len(part) // 2
        yield from (part[:half], part[half:]) if half else ()
        yield from ([*part[:index], *part[index + 1 :]] for index in range(min(len(part), 10)))
    elif type(part) is str and len(part) > 1:
        yield from (part[: len(part) // 2], part[1:], part[:-1])
    elif type(part) is int and abs(part) > 1:
        yield from (part // 2, part - 1 if part > 0 else part + 1)
