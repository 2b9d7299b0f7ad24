"""This module says how a request is answered that goes wrong; what is not the client's to know is logged."""

from itertools import accumulate
from typing import Any, Final

from kbn_schema.http.logs import log
from kbn_schema.http.parts import Refusal
from kbn_schema.http.rendering import to_json
from kbn_schema.http.responses import INTERNAL_ERROR, Response, error_response
from kbn_schema.http.validation import InvalidRequest, InvalidResponse

MAX_ANSWER_BYTES: Final = 8192
# Less what stands around the message and the issues.
ROOM: Final = MAX_ANSWER_BYTES - 256
# Of a character in JSON: control characters are escaped before, and text is not.
MOST_BYTES: Final = 4


def refused(refusal: Refusal) -> Response:
    """The answer that *refusal* is."""
    attributes = {"issues": [refusal.detail]} if refusal.detail else None
    return error_response(refusal.status, refusal.message, attributes=attributes, headers=refusal.headers)


def bad_request(name: str, invalid: InvalidRequest) -> Response:
    """All issues, or as many as an answer of 8 kB holds; *name* is the route's, for the log."""
    headline, issues = invalid.message, invalid.issues
    log.info("400 Bad Request: %s: %s", name, headline)
    attributes: dict[str, object] = {"issues": issues}
    if not _is_small(headline, issues):
        room = ROOM - _size(headline)
        sizes = accumulate(_size(issue) + 1 for issue in issues)
        kept = issues[: sum(size <= room for size in sizes)]
        if len(kept) < len(issues):
            attributes = {"issues": kept, "omitted": len(issues) - len(kept)}
    return error_response(400, headline, attributes=attributes)


def _is_small(headline: str, issues: list[dict[str, Any]]) -> bool:
    """Whether an answer surely has room, without making it: most have."""
    characters = len(headline)
    for issue in issues:
        characters += 100 + len(issue["message"]) + 70 * len(issue["path"])
        for value in issue["params"].values():
            if not isinstance(value, str | int | float | None):
                return False
            characters += len(value) + 40 if isinstance(value, str) else 350
    return characters * MOST_BYTES < ROOM


def _size(value: object) -> int:
    return len(to_json(value).encode())


def mismatch(name: str, invalid: InvalidResponse) -> Response:
    """The answer where that of the handler does not fit what its route declares: where, and what is wrong."""
    log_mismatch(f"500 Server Error: {name}", invalid)
    return error_response(500, str(invalid))


def log_mismatch(name: str, invalid: InvalidResponse) -> None:
    """Log what is wrong with an answer, and what a validator of the author's raised."""
    cause = getattr(invalid.__cause__, "__cause__", None)
    log.error("%s: %s", name, invalid, exc_info=cause)
    if cause is not None:
        cause.__traceback__ = None  # its frames lead to whoever holds this error


def broken(name: str, error: BaseException) -> Response:
    """The answer where something raised that should not: it says nothing."""
    log.error("500 Server Error: %s", name, exc_info=error)
    return error_response(500, INTERNAL_ERROR)
