"""This module holds what a handler may raise in place of an answer: one family, an error for each status.

Example:
    >>> raise NotFound("no such index", attributes={"index": "logs"})
    Traceback (most recent call last):
        ...
    kbn_schema.http.errors.NotFound: no such index
"""

from kbn_schema.http.responses import HeaderValues, Response, error_response, is_status
from kbn_schema.http.statuses import phrase


class HttpError(Exception):
    """An answer of an error status, in the format of errors.

    It may be raised wherever an author's code runs for a request: in a handler, a hook, a context, a rule.

    Args:
        message: What the client is told; by default, or where it is empty, the reason phrase of the status.
        status_code: A status from 400 to 599; by default that of the class.
        attributes: Any JSON-ready value, which the client is told, too; None is not told.
        headers: As of a `Response`.

    Raises:
        ValueError: *status_code* is not from 400 to 599.
    """

    status_code: int = 500
    """The status of the answer; a subclass may state another one."""

    def __init__(
        self,
        message: str | None = None,
        *,
        status_code: int | None = None,
        attributes: object = None,
        headers: HeaderValues | None = None,
    ) -> None:
        if status_code is not None:
            self.status_code = status_code
        if not is_status(self.status_code, 400):
            raise ValueError(f"status_code must be from 400 to 599, but is {self.status_code!r}")
        super().__init__(message or phrase(self.status_code))
        self.attributes = attributes
        self.headers = headers

    @property
    def message(self) -> str:
        """What the client is told."""
        return str(self.args[0])

    def response(self) -> Response:
        """The answer that this error is: ``{"statusCode", "error", "message", "attributes"}``."""
        return error_response(
            self.status_code, self.message, attributes=self.attributes, headers=self.headers
        )


class _Fixed(HttpError):
    def __init__(
        self, message: str | None = None, *, attributes: object = None, headers: HeaderValues | None = None
    ) -> None:
        super().__init__(message, attributes=attributes, headers=headers)


class BadRequest(_Fixed):
    """400 Bad Request: what was sent is wrong."""

    status_code = 400


class Unauthorized(_Fixed):
    """401 Unauthorized: nobody knows who asks; tell how to, by ``headers={"www-authenticate": "Basic"}``."""

    status_code = 401


class Forbidden(_Fixed):
    """403 Forbidden: whoever asks may not do that."""

    status_code = 403


class NotFound(_Fixed):
    """404 Not Found: there is no such thing."""

    status_code = 404


class Conflict(_Fixed):
    """409 Conflict: what is there does not allow it."""

    status_code = 409


class Gone(_Fixed):
    """410 Gone: there was such a thing, and it will not come back."""

    status_code = 410


class PreconditionFailed(_Fixed):
    """412 Precondition Failed: a condition of the request, such as ``if-match``, does not hold."""

    status_code = 412


class UnprocessableContent(_Fixed):
    """422 Unprocessable Content: it is well-formed, but cannot be done."""

    status_code = 422


class TooManyRequests(_Fixed):
    """429 Too Many Requests; say when to come back, in seconds, in ``headers={"retry-after": "10"}``."""

    status_code = 429


class ServiceUnavailable(_Fixed):
    """503 Service Unavailable: it may be asked again later."""

    status_code = 503
