"""This module knows the reason phrase of a status, the same under every version of Python."""

import functools
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final


@functools.cache  # of the enum it is half a microsecond; there are few statuses
def phrase(status: int) -> str:
    """The reason phrase of *status*; ``Unknown`` where it has none."""
    if status in _PHRASES:
        return _PHRASES[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


# RFC 9110, section 15; the table of the standard library follows it only since 3.13.
_PHRASES: Final[Mapping[int, str]] = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    418: "I'm a teapot",
    422: "Unprocessable Content",
}
