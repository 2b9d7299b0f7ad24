"""Whether two answers are the same in all respects: values, exact types, order, texts."""

from collections.abc import Iterator
from typing import Any

from kbn_schema import ValidationError

# Of these, equal values of the same type have the same `repr`.
KNOWN_MODULES = ("datetime", "uuid", "kbn_schema.quantities")
PLAIN = (str, int, float, bool, bytes, type(None), tuple, set, frozenset, bytearray)


def same(one: Any, other: Any) -> bool:
    """Return whether two outputs are equal in values, exact types and the order of keys, however deep."""
    waiting = [(one, other)]
    met: set[tuple[int, int]] = set()
    while waiting:
        left, right = waiting.pop()
        if left is right or (id(left), id(right)) in met:
            continue
        if type(left) is not type(right):
            return False
        if type(left) is dict or type(left) is list:
            met.add((id(left), id(right)))
            if len(left) != len(right):
                return False
            waiting.extend(_pairs(left, right))
        elif not _same_leaf(left, right):
            return False
    return True


def _pairs(left: Any, right: Any) -> Iterator[tuple[Any, Any]]:
    yield from zip(left, right, strict=True)
    if type(left) is dict:
        yield from zip(left.values(), right.values(), strict=True)


def _same_leaf(left: Any, right: Any) -> bool:
    if type(left) is float:
        return repr(left) == repr(right)
    if type(left) in (int, str):
        return bool(left == right)
    if type(left) in PLAIN:
        return repr(left) == repr(right)
    return _is_known(left) and bool(left == right) and repr(left) == repr(right)


def _is_known(value: Any) -> bool:
    # Only whose methods are known may be asked whether they are equal.
    kind = type(value)
    return kind.__module__ in KNOWN_MODULES or hasattr(kind, "comparable")


def shown_error(error: ValidationError) -> dict[str, Any]:
    """Return all that an error says, as data that `same` can compare."""
    return {
        "text": str(error),
        "path": list(error.path),
        "issues": shown_issues(error.issues),
        "cause": type(error.__cause__).__name__,
    }


def shown_issues(issues: Any) -> list[Any]:
    return [[list(issue.path), issue.code, issue.message, dict(issue.params)] for issue in issues]
