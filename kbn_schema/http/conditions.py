"""This module decides what the conditions of a request mean for an answer: RFC 9110, sections 13 and 14.

An answer has validators: an *etag*, as it is sent (see `quoted_etag`), and a *last_modified* date; None
stands for one that it does not have. What is malformed in a request is no condition.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from kbn_schema.http.parts import RequestParts


def is_known(head: RequestParts, etag: str | None, last_modified: str | None) -> bool:
    """Whether the client has what it would be sent, so that the 200 is a 304; never but for GET and HEAD."""
    if not _has(head, _OF_CACHES) or head.method not in _SAFE:
        return False
    tags = head.header("if-none-match")
    if tags:
        # Section 13.1.2: weak comparison, so the prefix does not count; and dates do not, either.
        return _is_any(tags) or (etag is not None and etag.removeprefix("W/") in _opaque_tags(tags))
    changed, seen = _moment(last_modified), _only_moment(head, "if-modified-since")
    return changed is not None and seen is not None and changed <= seen


def has_failed(head: RequestParts, etag: str | None, last_modified: str | None) -> bool:
    """Whether the client wants an answer for another state than this one, so that it is a 412."""
    if not _has(head, _OF_WRITERS):
        return False
    tags = head.header("if-match")
    if tags:
        return not _is_any(tags) and (etag is None or etag not in _strong_tags(tags))
    changed, seen = _moment(last_modified), _only_moment(head, "if-unmodified-since")
    return changed is not None and seen is not None and changed > seen


def asked_range(head: RequestParts, size: int, etag: str | None, last_modified: str | None) -> range | None:
    """The bytes that are wanted of *size*; empty where there are none such (416), None where all are.

    All are sent, too, for a range that is malformed, for several ranges at once (section 14.2), to any
    method but GET, and where what `If-Range` names is not this state.
    """
    values = head.header("range")
    if len(values) != 1 or head.method != "GET" or not _is_same_state(head, etag, last_modified):
        return None
    match = _RANGE.fullmatch(values[0].strip(" \t"))
    if match is None:
        return None
    if match["length"]:
        return _last_bytes(int(match["length"]), size)
    first = int(match["first"])
    end = int(match["last"]) + 1 if match["last"] else max(first + 1, size)
    return range(first, min(end, size)) if end > first else None


def quoted_etag(text: str) -> str:
    """*text*, which an author gave as an etag, in quotes; one that has them is left as it is.

    Raises:
        ValueError: A space, a quote or a control character is in it.
    """
    quoted = text if text.endswith('"') else f'"{text}"'
    if not _ENTITY_TAG.fullmatch(quoted):
        raise ValueError("the header [etag] must not have a space or a quote in it")
    return quoted


def _has(head: RequestParts, names: Iterable[str]) -> bool:
    return any(head.header(name) for name in names)


def _is_any(values: Iterable[str]) -> bool:
    return any(value.strip(" \t") == "*" for value in values)


def _opaque_tags(values: Iterable[str]) -> set[str]:
    return {opaque for value in values for _, opaque in _LISTED_TAG.findall(value)}


def _strong_tags(values: Iterable[str]) -> set[str]:
    return {opaque for value in values for weak, opaque in _LISTED_TAG.findall(value) if not weak}


def _is_same_state(head: RequestParts, etag: str | None, last_modified: str | None) -> bool:
    # Section 13.1.5: strong comparison of tags, and of dates the same one, not a later one.
    values = head.header("if-range")
    if not values:
        return True
    seen = _only_moment(head, "if-range")
    if seen is not None:
        return seen == _moment(last_modified)
    return len(values) == 1 and etag in _strong_tags(values) and values[0].strip(" \t") == etag


def _last_bytes(length: int, size: int) -> range | None:
    # Section 14.1.2: a suffix is cut to what there is, but no `content-range` can tell 0 bytes.
    return range(max(size - length, 0), size) if size or not length else None


def _only_moment(head: RequestParts, name: str) -> datetime | None:
    values: Sequence[str] = head.header(name)
    return _moment(values[0].strip(" \t")) if len(values) == 1 else None


def _moment(text: str | None) -> datetime | None:
    if text is None or not _HTTP_DATE.fullmatch(text):
        return None
    try:
        return parsedate_to_datetime(text).replace(tzinfo=UTC)
    except ValueError:  # 31 February
        return None


_SAFE = frozenset({"GET", "HEAD"})
_OF_CACHES = frozenset({"if-none-match", "if-modified-since"})
_OF_WRITERS = frozenset({"if-match", "if-unmodified-since"})

# Section 8.8.3. Possessive, so that a hostile header costs linear time.
_OPAQUE_TAG: Final = r'"[\x21\x23-\x7e\x80-\xff]*+"'
_ENTITY_TAG = re.compile(rf"(?:W/)?{_OPAQUE_TAG}")
_LISTED_TAG = re.compile(rf"(?:\A|,)[ \t]*+(W/)?({_OPAQUE_TAG})[ \t]*+(?=,|\Z)")

# Section 14.1.2; no file has a size of 19 digits.
_RANGE = re.compile(
    r"(?i:bytes)=(?:(?P<first>[0-9]{1,18})-(?P<last>[0-9]{0,18})|-(?P<length>[0-9]{1,18}))", re.ASCII
)

# Section 5.6.7: as of today, as RFC 850 had it, and as C prints it. `email.utils` takes much else.
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = "[0-9]{2}:[0-9]{2}:[0-9]{2}"
_YEAR = "[1-9][0-9]{3}"
_HTTP_DATE = re.compile(
    f"{_DAY}, [0-9]{{2}} {_MONTH} {_YEAR} {_TIME} GMT"
    f"|{_LONG_DAY}, [0-9]{{2}}-{_MONTH}-[0-9]{{2}} {_TIME} GMT"
    f"|{_DAY} {_MONTH} [0-9 ][0-9] {_TIME} {_YEAR}"
)
