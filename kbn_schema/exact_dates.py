"""Take the date and time that a value really holds, as `exact` does for the types of JSON.

Apart from those, since `datetime` is slow to import.
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
