"""This module makes answers: what a handler may return. A handler gets a `ResponseFactory` for it."""

import mimetypes
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Self
from urllib.parse import quote

import attrs

from kbn_schema.http.statuses import phrase

INTERNAL_ERROR = "An internal server error occurred. Check the server logs for details."

HeaderValues = Mapping[str, str | Sequence[str]]
NO_HEADERS: Final[HeaderValues] = MappingProxyType({})


class ResponseError(Exception):
    """A handler returned what cannot be sent; the text is for the log."""


@attrs.frozen(kw_only=True)
class Response:
    """What a handler answers. Handlers get one from a `ResponseFactory`."""

    status: int
    body: object = None
    """A JSON-ready value, text, bytes, or what is sent in pieces: an iterator, plain or async, or a file."""
    headers: HeaderValues = NO_HEADERS
    bypass_error_format: bool = False
    """Whether the body of an error is sent as it is."""

    def with_headers(self, headers: HeaderValues) -> Self:
        """The same answer with *headers*, in place of those it has of these names, whatever their case."""
        names = {name.lower() for name in headers}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in names}
        return attrs.evolve(self, headers={**kept, **headers})


class ResponseFactory:
    """Makes the answers of a handler.

    *body* is any JSON-ready value; text is sent as text and bytes as bytes. For statuses from 400 on it
    is a message, an exception (whose text is the message), or ``{"message", "attributes"}``; with
    *bypass_error_format* it is sent as it is.
    """

    def ok(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """200."""
        return _response(200, body, headers)

    def created(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """201."""
        return _response(201, body, headers)

    def accepted(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """202."""
        return _response(202, body, headers)

    def no_content(self, *, headers: HeaderValues | None = None) -> Response:
        """204."""
        return _response(204, None, headers)

    def multi_status(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """207."""
        return _response(207, body, headers)

    def redirected(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """302; *headers* must have a ``location``."""
        return _response(302, body, headers)

    def not_modified(self, *, headers: HeaderValues | None = None) -> Response:
        """304."""
        return _response(304, None, headers)

    def bad_request(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """400."""
        return _error(400, body, headers, bypass_error_format)

    def unauthorized(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """401."""
        return _error(401, body, headers, bypass_error_format)

    def forbidden(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """403."""
        return _error(403, body, headers, bypass_error_format)

    def not_found(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """404."""
        return _error(404, body, headers, bypass_error_format)

    def conflict(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """409."""
        return _error(409, body, headers, bypass_error_format)

    def unprocessable_content(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """422."""
        return _error(422, body, headers, bypass_error_format)

    def custom_error(
        self,
        *,
        status_code: int,
        body: object = None,
        headers: HeaderValues | None = None,
        bypass_error_format: bool = False,
    ) -> Response:
        """Any status from 400 to 599; *body* must have a message."""
        if not is_status(status_code, 400):
            raise ResponseError(
                f"Unexpected Http status code. Expected from 400 to 599, but given: {status_code!r}"
            )
        return _response(status_code, body, headers, bypass_error_format)

    def custom(
        self,
        *,
        status_code: int,
        body: object = None,
        headers: HeaderValues | None = None,
        bypass_error_format: bool = False,
    ) -> Response:
        """Any status from 100 to 599."""
        if not is_status(status_code, 100):
            raise ResponseError(
                f"Unexpected Http status code. Expected from 100 to 599, but given: {status_code!r}."
            )
        return _response(status_code, body, headers, bypass_error_format)

    def file(
        self,
        *,
        body: object,
        filename: str,
        file_content_type: str | None = None,
        file_content_size: int | None = None,
        headers: HeaderValues | None = None,
    ) -> Response:
        """200 with a file to save, of bytes, text or a stream.

        Its type is guessed from *filename* where it is not given; *file_content_size*, in bytes, is for a
        stream.
        """
        content_type = file_content_type or mimetypes.guess_type(filename)[0] or "application/octet-stream"
        own: dict[str, str | Sequence[str]] = {
            "content-type": content_type,
            "content-disposition": f"attachment; filename={quote(filename, safe='')}",
        }
        if file_content_size is not None:
            own["content-length"] = str(file_content_size)
        content = body.encode() if isinstance(body, str) else body
        return _response(200, content, own | {name.lower(): value for name, value in (headers or {}).items()})


def is_status(status: object, lowest: int) -> bool:
    """Whether *status* is an integer from *lowest* to 599."""
    return type(status) is int and lowest <= status <= 599


def error_response(
    status: int, message: str | None = None, *, attributes: object = None, headers: HeaderValues | None = None
) -> Response:
    """An answer in the format of errors; *message* defaults to the reason phrase."""
    body: dict[str, object] = {"message": message or phrase(status)}
    if attributes is not None:
        body["attributes"] = attributes
    return _response(status, body, headers)


def _response(
    status: int, body: object, headers: HeaderValues | None, bypass_error_format: bool = False
) -> Response:
    return Response(
        status=status, body=body, headers=headers or NO_HEADERS, bypass_error_format=bypass_error_format
    )


def _error(status: int, body: object, headers: HeaderValues | None, bypass_error_format: bool) -> Response:
    return _response(status, phrase(status) if body is None else body, headers, bypass_error_format)
