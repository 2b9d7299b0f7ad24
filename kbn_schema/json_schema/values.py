"""This module tells values of an author's as JSON has them: defaults, examples, remarks."""

import datetime
import enum
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final

from kbn_schema.missing import MISSING
from kbn_schema.quantities import Duration


def plain(value: Any) -> Any:
    """Return a copy of *value* as JSON has it, or `MISSING` where JSON has no such thing.

    A member of an enum is its value, a tuple a list, and a date, a `datetime.datetime`, a `Duration` or a
    UUID its text. NaN, infinities, lone surrogates and keys that are no texts are no such thing.
    """
    try:
        found = _plain(value)
        json.dumps(found, allow_nan=False, ensure_ascii=False).encode()
    except Exception:  # an object of the author's: whatever it raises
        return MISSING
    return found


def _plain(value: Any) -> Any:
    # Bools first: they are integers. What a subclass holds is taken, not what it says.
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        if value is MISSING:
            raise TypeError
        return _plain(value.value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__pos__(value)
    if isinstance(value, float):
        return float.__pos__(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError
        return {str.__str__(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Duration | uuid.UUID):
        return str(value)
    raise TypeError


def is_text(text: object) -> bool:
    """Return whether JSON can say *text*: one without lone surrogates, which have no UTF-8."""
    try:
        return isinstance(text, str) and (str.isascii(text) or bool(str.encode(text)))
    except UnicodeEncodeError:
        return False


def extensions(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return what documents say of *meta*: its ``x-`` keys, and the availability as ``x-state``."""
    own = {key: plain(item) for key, item in meta.items() if is_text(key) and key.startswith("x-")}
    found = {key: told for key, told in own.items() if told is not MISSING}
    state = availability(meta.get("availability"))
    return {**found, "x-state": state} if state is not None else found


def availability(told: Any) -> str | None:
    """Return the sentence for the availability *told*, such as ``{"stability": "beta", "since": "8.1.0"}``.

    None where it is no mapping, or has no known stability.

    Source:
        Kibana's ``x-state``: "Technical Preview", "Beta" or "Generally available", and "; added in 8.1.0".
    """
    known = plain(told)
    if not isinstance(known, dict):
        return None
    stability, since = known.get("stability"), known.get("since")
    state = _STATES.get(stability) if isinstance(stability, str) else None
    return state if state is None or not isinstance(since, str) else f"{state}; added in {since}"


def told_default(schema: Any) -> Any:
    """Return the default of *schema* as JSON, or `MISSING` where there is none, or not always the same."""
    default = schema.default
    if not callable(default):
        return plain(default)  # of a reference, and of none, there is nothing to tell
    # What two calls make alike may be told; a time or an id may not.
    once, again = _made(schema, default), _made(schema, default)
    return once if once is not MISSING and json.dumps(once) == json.dumps(again) else MISSING


def _made(schema: Any, default: Callable[[], Any]) -> Any:
    try:
        return plain(schema.adopt_made(default()))
    except Exception:  # the author's code: whatever it raises
        return MISSING


_STATES: Final = {"stable": "Generally available", "beta": "Beta", "experimental": "Technical Preview"}
