"""Take what a value really holds, in exact builtin types, without asking the value.

A subclass may lie in every method it has, so only methods of the builtin type itself
are called, on the value's own storage. Nothing here raises.
"""

import datetime
from typing import Any

# The getters of the builtin types: a subclass may override the attributes.
DATE_FIELDS = [vars(datetime.date)[name].__get__ for name in ("year", "month", "day")]
TIME_FIELDS = [
    vars(datetime.datetime)[name].__get__ for name in ("hour", "minute", "second", "microsecond", "tzinfo")
]
DATETIME_FIELDS = [*DATE_FIELDS, *TIME_FIELDS]
FOLD = vars(datetime.datetime)["fold"].__get__


def exact_str(value: Any) -> str | None:
    """Return the text that *value* is, or None if it is none."""
    if type(value) is str:
        return value
    return str.__str__(value) if issubclass(type(value), str) else None


def exact_bytes(value: Any) -> bytes | None:
    """Return the bytes that *value* is, or None if it is none."""
    if type(value) is bytes:
        return value
    # `bytes(value)` and `join` would call an overridden `__bytes__` or `__buffer__`.
    return bytes.__getitem__(value, slice(None)) if issubclass(type(value), bytes) else None


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
        return bool(value)
    text = exact_str(value)
    return text if text is not None else exact_number(value)


def exact_list(value: Any) -> list[Any] | None:
    """Return the items of *value* in a new list, or None if it is no list."""
    return list.copy(value) if issubclass(type(value), list) else None


def exact_datetime(value: Any) -> datetime.datetime | None:
    """Return the date and time that *value* is, or None if it is none."""
    if not issubclass(type(value), datetime.datetime):
        return None
    return datetime.datetime(*(read(value) for read in DATETIME_FIELDS), fold=FOLD(value))


def exact_date(value: Any) -> datetime.date | None:
    """Return the date that *value* is, or None if it is none; a date with a time is none."""
    if not issubclass(type(value), datetime.date) or issubclass(type(value), datetime.datetime):
        return None
    return datetime.date(*(read(value) for read in DATE_FIELDS))


def exact_items(value: Any) -> list[tuple[Any, Any]] | None:
    """Return the entries of *value* as pairs, or None if it is no dict.

    Keys that are text become exact `str`; no other key is hashed or compared.
    """
    if not issubclass(type(value), dict):
        return None
    # One C call: a subclass is not asked for its keys, another thread cannot resize it in between.
    items = list(dict.items(value))
    if all(type(key) is str for key, _ in items):
        return items
    return [(key if (text := exact_str(key)) is None else text, item) for key, item in items]


def copy_containers(value: Any) -> Any:
    """Return *value* with each dict and list in it copied, however deep; all else is the same object."""
    copies: dict[int, Any] = {}
    waiting: list[Any] = []

    def copied(part: Any) -> Any:
        if type(part) is not dict and type(part) is not list:
            return part
        if id(part) not in copies:
            copies[id(part)] = type(part)()
            waiting.append(part)
        return copies[id(part)]

    result = copied(value)
    while waiting:
        part = waiting.pop()
        if type(part) is list:
            copies[id(part)].extend(map(copied, list.copy(part)))
        else:
            copies[id(part)].update((key, copied(item)) for key, item in list(dict.items(part)))
    return result
