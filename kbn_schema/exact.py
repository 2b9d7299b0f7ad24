"""Take what a value really holds, in exact builtin types, without asking the value.

A subclass may lie in every method it has, so only methods of the builtin type itself
are called, on the value's own storage. Nothing here raises.
"""

from typing import Any

SLOTS = tuple(2**power for power in range(3, 30))
TEXT_ENTRY = 16  # bytes: a dict whose keys are all exact `str` keeps no hash beside them
ANY_ENTRY = 24


def text_keyed_sizes() -> frozenset[int]:
    """Return the sizes that only a dict has whose keys are all exact `str`; none where that cannot be told.

    CPython keeps such a dict in a smaller table, since 3.11, so the size proves all keys without a
    look at them. Compiled code has no time to ask each for its type.
    """
    text = dict.fromkeys("abcde")
    if not hasattr(text, "__sizeof__"):
        return frozenset()
    header = text.__sizeof__() - _table(SLOTS[0], TEXT_ENTRY)
    texts = {header + _table(slots, TEXT_ENTRY) for slots in SLOTS}
    others = {header + _table(slots, ANY_ENTRY) for slots in SLOTS}
    foreseen = all(
        dict.fromkeys(map(str, range(size))).__sizeof__() in texts
        and dict.fromkeys(range(size)).__sizeof__() in others
        for size in (1, 5, 6, 10, 11, 100, 400)
    )
    return frozenset(texts - others | {{}.__sizeof__()}) if foreseen else frozenset()


def _table(slots: int, entry: int) -> int:
    # An index of one, two or four bytes a slot, and entries for two thirds of the slots.
    index = 1 if slots <= 2**7 else 2 if slots <= 2**15 else 4
    return slots * index + slots * 2 // 3 * entry


TEXT_KEYED = text_keyed_sizes()


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


def exact_members(value: Any) -> tuple[dict[str, Any], list[Any]] | None:
    """Return the entries of *value* with text keys in a new dict, and the other keys; None if it is no dict.

    Keys that are no text are kept apart: they could claim to equal the name of a prop.
    """
    if type(value) is dict and (copy := value.copy()).__sizeof__() in TEXT_KEYED:
        return copy, []
    items = exact_items(value)
    if items is None:
        return None
    members = {key: item for key, item in items if type(key) is str}
    return members, [key for key, _ in items if type(key) is not str] if len(members) < len(items) else []


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
