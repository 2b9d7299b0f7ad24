"""Read dates and times of RFC 3339, section 5.6, as the JSON Schema formats `date` and `date-time` do.

Years are 0001 to 9999, which is what `datetime` can hold; the RFC has a year 0000 too.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from kbn_schema.patterns import pattern

_DATE = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A "T", not the space of the RFC's note: JSON Schema validators refuse the space.
_DATE_TIME = pattern(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]"
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<offset_hour>[01][0-9]|2[0-3]):(?P<offset_minute>[0-5][0-9]))"
)


def read_date(text: str) -> date | None:
    """The day that *text* spells as ``2026-02-28``, else None."""
    if not _DATE().fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_date_time(text: str) -> datetime | None:
    """The instant that *text* spells as ``2026-02-28T13:45:00.5+01:00``, aware, at its offset, else None.

    A fraction may have any length; what is finer than a microsecond is cut off.
    A leap second (``23:59:60`` in UTC, on the last day of a month) becomes the last microsecond before it
    ends the day, since `datetime` has no second 60.
    An instant that falls out of the years 1 to 9999 in UTC is refused, so that `astimezone` cannot fail.
    """
    match = _DATE_TIME().fullmatch(text)
    day = read_date(match["date"]) if match else None
    if match is None or day is None:
        return None
    is_leap_second = match["second"] == "60"
    second = 59 if is_leap_second else int(match["second"])
    microsecond = 999_999 if is_leap_second else int((match["fraction"] or "")[:6].ljust(6, "0"))
    try:
        instant = datetime(
            day.year, day.month, day.day, int(match["hour"]), int(match["minute"]), second, microsecond,
            tzinfo=_offset(match),
        )  # fmt: skip
        in_utc = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if not is_leap_second or _ends_a_month(in_utc) else None


def _offset(match: re.Match[str]) -> tzinfo:
    if match["sign"] is None:
        return UTC
    offset = timedelta(hours=int(match["offset_hour"]), minutes=int(match["offset_minute"]))
    return timezone(-offset if match["sign"] == "-" else offset)


def _ends_a_month(instant: datetime) -> bool:
    """Whether *instant* lies in the last minute of a month."""
    if (instant.hour, instant.minute) != (23, 59):
        return False
    # Day 31 first: adding to the last day of year 9999 would overflow.
    return instant.day == 31 or (instant + timedelta(days=1)).day == 1
