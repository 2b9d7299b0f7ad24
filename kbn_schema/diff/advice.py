"""This module tells what to do about a change: the version to add, or the compatible spelling."""

import datetime
import re
from typing import Final

import attrs

from kbn_schema.diff.changes import Level

DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What no new version of the route mends.
LAST: Final = frozenset({"route-removed", "version-removed", "access-restricted", "default-version-removed"})


@attrs.frozen
class Place:
    """The endpoint that is compared, as far as advice needs it."""

    method: str
    route: str
    version: str
    next_version: str
    """What a new version may be called; empty where there are none."""
    tier: str = ""


def next_version(versions: set[str], is_public: bool, today: datetime.date | None) -> str:
    """The version to add to *versions*: a date after them all, or the number after them all."""
    if not is_public:
        numbers = [int(version) for version in versions if version.isascii() and version.isdigit()]
        return str(max(numbers) + 1) if numbers else ""
    dates = sorted(version for version in versions if DATE.fullmatch(version))
    if not dates:
        return ""
    try:
        after = datetime.date.fromisoformat(dates[-1]) + datetime.timedelta(days=1)
    except (ValueError, OverflowError):
        return ""
    return (after if today is None else max(after, today)).isoformat()


def advise(rule: str, level: Level, spelling: str, place: Place) -> str:
    """What to do about a change of *level* by *rule*; *spelling* is the compatible one, if there is one."""
    if level == "INFO":
        return ""
    if level == "WARN" or rule in LAST:
        return _sentence(spelling)
    told = f"or {spelling}" if spelling else ""
    if place.version and place.next_version:
        new = f"add version {place.next_version} with this change and keep {place.version} as it is"
    else:
        new = "keep the route as it is and add another one, or versions of this one, for the change"
    return _sentence(", ".join(part for part in (new, told) if part))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""
