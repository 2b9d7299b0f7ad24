"""Take what a value really holds, in exact builtin types, without asking the value.

A subclass may lie in every method it has, so only methods of the builtin type itself
are called, on the value's own storage. Nothing here raises.
"""

from typing import Any


def exact_str(value: Any) -> str | None:
    """Return the text that *value* is, or None if it is none."""
    if type(value) is str:
        return value
    return str.__str__(value) if issubclass(type(value), str) else None


def exact_bytes(value: Any) -> bytes | None:
    """Return the bytes that *value* is, or None if it is none."""
    if type(value) is bytes:
        return value
    # `bytes(value)` would call an overridden `__bytes__`.
    return b"".join([value]) if issubclass(type(value), bytes) else None


def exact_number(value: Any) -> int | float | None:
    """Return the number that *value* is, or None if it is none; a bool is none."""
    kind = type(value)
    if kind is int or kind is float:
        number: int | float = value
        return number
    if kind is bool:
        return None
    if issubclass(kind, int):
        return int.__pos__(value)
    return float.__pos__(value) if issubclass(kind, float) else None


def exact_scalar(value: Any) -> str | int | float | bool | None:
    """Return the text, number, boolean or null that *value* is; None also for all else."""
    if type(value) is bool:
        return value
    text = exact_str(value)
    return text if text is not None else exact_number(value)


def exact_list(value: Any) -> list[Any] | None:
    """Return the items of *value* in a new list, or None if it is no list."""
    return list.copy(value) if issubclass(type(value), list) else None


def exact_dict(value: Any) -> dict[Any, Any] | None:
    """Return the entries of *value* in a new dict, or None if it is no dict.

    Keys that are text become exact `str`. Other keys are kept as they are, unless
    they fail to hash or compare, which drops to None.
    """
    kind = type(value)
    if kind is dict:
        # One C call: another thread cannot resize it in between.
        entries = dict.copy(value)
    elif issubclass(kind, dict):
        # `dict(value)` and `dict.copy(value)` ask a subclass for its own keys().
        return _entries(list(dict.items(value)))
    else:
        return None
    return entries if all(type(key) is str for key in entries) else _entries(list(entries.items()))


def _entries(items: list[tuple[Any, Any]]) -> dict[Any, Any] | None:
    entries: dict[Any, Any] = {}
    try:
        for key, value in items:
            text = exact_str(key)
            entries[key if text is None else text] = value
    except Exception:  # a key whose `__hash__` or `__eq__` raises
        return None
    return entries
