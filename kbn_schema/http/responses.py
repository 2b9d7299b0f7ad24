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
    """A handler returned what cannot be sent; the answer is a 500, and the text is for the log."""


@attrs.frozen(kw_only=True)
class Response:
    """What a handler answers. Handlers get one from a `ResponseFactory`."""

    status: int
    """A status from 100 to 599; with any other number, the answer is a 500."""
    body: object = None
    """A JSON-ready value, text, bytes, or what is sent in pieces: an iterator, plain or async, or a file."""
    headers: HeaderValues = NO_HEADERS
    """By name, in any case: a text, or a list of them for a header that is sent more than once."""
    bypass_error_format: bool = False
    """Whether the body of an error is sent as it is."""

    def with_headers(self, headers: HeaderValues) -> Self:
        """The same answer with *headers*, in place of those it has of these names, whatever their case."""
        names = {name.lower() for name in headers}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in names}
        return attrs.evolve(self, headers={**kept, **headers})


class ResponseFactory:
    """Makes the answers of a handler, which returns one of them.

    *body* is any JSON-ready value; text is sent as text and bytes as bytes, and an iterator, plain or async,
    or a file is sent in pieces. For statuses from 400 on it is a message, an exception (whose text is the
    message), or ``{"message", "attributes"}``, and is sent as ``{"statusCode", "error", "message",
    "attributes"}``; with *bypass_error_format*, or as bytes or in pieces, it is sent as it is. Left out, the
    message is the reason phrase of the status.

    *headers* are texts by their names in any case, or lists of texts for what is sent more than once.

    Source:
        Kibana's `KibanaResponseFactory`.

    Example:
        >>> ResponseFactory().created(body={"id": 7}, headers={"location": "/notes/7"}).status
        201
    """

    def ok(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """200 OK, with *body*."""
        return _response(200, body, headers)

    def created(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """201 Created; *headers* may say where, as ``location``."""
        return _response(201, body, headers)

    def accepted(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """202 Accepted: it is done later."""
        return _response(202, body, headers)

    def no_content(self, *, headers: HeaderValues | None = None) -> Response:
        """204 No Content, without a body."""
        return _response(204, None, headers)

    def multi_status(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """207 Multi-Status: *body* says what became of each of several things."""
        return _response(207, body, headers)

    def redirected(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """302 Found; *headers* must have a ``location``, without which the answer is a 500."""
        return _response(302, body, headers)

    def not_modified(self, *, headers: HeaderValues | None = None) -> Response:
        """304 Not Modified, without a body: the client has what it asks for."""
        return _response(304, None, headers)

    def bad_request(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """400 Bad Request: what was sent is wrong."""
        return _error(400, body, headers, bypass_error_format)

    def unauthorized(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """401 Unauthorized: nobody knows who asks; *headers* should have a ``www-authenticate``."""
        return _error(401, body, headers, bypass_error_format)

    def forbidden(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """403 Forbidden: whoever asks may not do that."""
        return _error(403, body, headers, bypass_error_format)

    def not_found(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """404 Not Found: there is no such thing."""
        return _error(404, body, headers, bypass_error_format)

    def conflict(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """409 Conflict: what is there does not allow it."""
        return _error(409, body, headers, bypass_error_format)

    def unprocessable_content(
        self, *, body: object = None, headers: HeaderValues | None = None, bypass_error_format: bool = False
    ) -> Response:
        """422 Unprocessable Content: it is well-formed, but cannot be done."""
        return _error(422, body, headers, bypass_error_format)

    def custom_error(
        self,
        *,
        status_code: int,
        body: object = None,
        headers: HeaderValues | None = None,
        bypass_error_format: bool = False,
    ) -> Response:
        """An error of any status from 400 to 599, *status_code*; *body* must have a message.

        Raises:
            ResponseError: *status_code* is something else; it makes the answer a 500, unless the handler
                catches it.
        """
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
        """An answer of any status from 100 to 599, *status_code*; from 400 on, *body* must have a message.

        Raises:
            ResponseError: *status_code* is something else; it makes the answer a 500, unless the handler
                catches it.
        """
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
        """200 with a file to save.

        Args:
            body: Its content: bytes, text, which is sent as UTF-8, or what is sent in pieces.
            filename: What the client is told to call it; percent-encoded, so it may have any characters.
            file_content_type: Its media type; by default that which the end of *filename* stands for, or
                ``application/octet-stream``.
            file_content_size: The size in bytes, sent as ``content-length``; for what is sent in pieces.
            headers: More headers; they take precedence over those made of the other arguments.
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
    """Whether *status* is an integer from *lowest* to 599, both inclusive."""
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
