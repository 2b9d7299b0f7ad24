"""This module tells what to do about a change: the version to add, or the compatible spelling."""

import datetime
import re
from typing import Final

import attrs

from kbn_schema.diff.changes import Level

DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What nothing else mends.
LAST: Final = frozenset(
    {
        "route-removed",
        "version-removed",
        "access-restricted",
        "default-version-removed",
        "query-version-refused",
    }
)
# What belongs to a route, and so is the same in all of its versions.
ROUTE_WIDE: Final = frozenset(
    {
        "authentication-tightened",
        "body-limit-lowered",
        "content-encoding-refused",
        "media-type-removed",
        "path-rest-narrowed",
        "path-segment-required",
        "xsrf-required",
    }
)


@attrs.frozen
class Place:
    """The endpoint that is compared, as far as advice needs it."""

    method: str
    route: str
    version: str
    instead: str
    """How to have a breaking change all the same, such as the version to add."""
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
    instead = _another_route(place) if rule in ROUTE_WIDE else place.instead
    if not spelling or not instead:
        return _sentence(spelling or instead)
    return f"{_sentence(spelling)} If it has to be so, {instead}."


def _another_route(place: Place) -> str:
    return "add another route with this change" + (", for all versions share it" if place.version else "")


def with_versions(is_public: bool, today: datetime.date | None) -> str:
    """How to have a breaking change of a route that has no versions."""
    if not is_public:
        first, second = "1", "2"
    else:
        first, second = "the first", "a newer one" if today is None else today.isoformat()
    return f"give the route versions: {first} as it is, and {second} with this change"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""
