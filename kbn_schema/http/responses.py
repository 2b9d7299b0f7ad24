"""This module makes answers: what a handler may return, and the one format of errors.

A handler gets a `ResponseFactory` and returns a `Response`; `render` turns that into bytes. Everything
is serialised before anything is sent, so an answer is whole or it is a 500.
"""

import json
import mimetypes
import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Final, cast
from urllib.parse import quote
from uuid import UUID

import attrs

from kbn_schema.http.parts import RequestParts, ResponseParts
from kbn_schema.http.statuses import phrase
from kbn_schema.missing import MISSING
from kbn_schema.quantities import Duration

INTERNAL_ERROR = "An internal server error occurred. Check the server logs for details."

HeaderValues = Mapping[str, str | Sequence[str]]


class ResponseError(Exception):
    """A handler returned what cannot be sent; the text is for the log."""


@attrs.frozen(kw_only=True)
class Response:
    """What a handler answers. Handlers get one from a `ResponseFactory`."""

    status: int
    body: object = None
    headers: HeaderValues = attrs.field(factory=dict[str, str])


class ResponseFactory:
    """Makes the answers of a handler.

    *body* is any JSON-ready value; text is sent as text and bytes as bytes. For statuses from 400 on it
    is a message, an exception (whose text is the message), or ``{"message", "attributes"}``.
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

    def bad_request(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """400."""
        return _error(400, body, headers)

    def unauthorized(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """401."""
        return _error(401, body, headers)

    def forbidden(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """403."""
        return _error(403, body, headers)

    def not_found(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """404."""
        return _error(404, body, headers)

    def conflict(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """409."""
        return _error(409, body, headers)

    def unprocessable_content(self, *, body: object = None, headers: HeaderValues | None = None) -> Response:
        """422."""
        return _error(422, body, headers)

    def custom_error(
        self, *, status_code: int, body: object = None, headers: HeaderValues | None = None
    ) -> Response:
        """Any status from 400 to 599; *body* must have a message."""
        if not _is_status(status_code, 400):
            raise ResponseError(
                f"Unexpected Http status code. Expected from 400 to 599, but given: {status_code!r}"
            )
        return _response(status_code, body, headers)

    def custom(
        self, *, status_code: int, body: object = None, headers: HeaderValues | None = None
    ) -> Response:
        """Any status from 100 to 599."""
        if not _is_status(status_code, 100):
            raise ResponseError(
                f"Unexpected Http status code. Expected from 100 to 599, but given: {status_code!r}."
            )
        return _response(status_code, body, headers)

    def file(
        self,
        *,
        body: bytes | str,
        filename: str,
        file_content_type: str | None = None,
        headers: HeaderValues | None = None,
    ) -> Response:
        """200 with a file to save; its type is guessed from *filename* where it is not given."""
        content_type = file_content_type or mimetypes.guess_type(filename)[0] or "application/octet-stream"
        own = {
            "content-type": content_type,
            "content-disposition": f"attachment; filename={quote(filename, safe='')}",
        }
        content = body.encode() if isinstance(body, str) else body
        given = {name.lower(): value for name, value in (headers or {}).items()}
        return _response(200, content, {**own, **given})


def _is_status(status: object, lowest: int) -> bool:
    return type(status) is int and lowest <= status <= 599


def _response(status: int, body: object, headers: HeaderValues | None) -> Response:
    return Response(status=status, body=body, headers=headers or {})


def _error(status: int, body: object, headers: HeaderValues | None) -> Response:
    return _response(status, phrase(status) if body is None else body, headers)


def render(response: Response, request: RequestParts) -> ResponseParts:
    """*response* as it is sent in answer to *request*.

    Raises:
        ResponseError: The body is not JSON, an error has no message, a redirect no location, or a header
            holds what would end it.
    """
    headers = _headers(response.headers)
    if "location" not in headers and 300 <= response.status < 400 and response.status != 304:
        raise ResponseError("expected 'location' header to be set")
    status = response.status
    content_type, body = _content(_formatted(response))
    _quote_etag(headers)
    if status == 200 and request.method in _CONDITIONAL and _is_known(headers, request):
        status = 304
    if status in _BODILESS or status < 200:
        body = b""
        headers.pop("content-type", None)
        headers.pop("content-length", None)
    else:
        headers.setdefault("content-type", [content_type])
        headers["content-length"] = [str(len(body))]
    headers.setdefault("x-content-type-options", ["nosniff"])
    headers.setdefault("cache-control", ["private, no-cache, no-store, must-revalidate"])
    pairs = tuple((name, value) for name, values in headers.items() for value in values)
    return ResponseParts(status, pairs, b"" if request.method == "HEAD" else body)


def error_response(
    status: int, message: str | None = None, *, attributes: object = None, headers: HeaderValues | None = None
) -> Response:
    """An answer in the format of errors; *message* defaults to the reason phrase."""
    body: dict[str, object] = {"message": message or phrase(status)}
    if attributes is not None:
        body["attributes"] = attributes
    return _response(status, body, headers)


def _headers(given: HeaderValues) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in given.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ResponseError("a header has a malformed name")
        values: list[object] = list(value) if isinstance(value, list | tuple) else [value]
        texts = [text for text in values if isinstance(text, str) and _HEADER_VALUE.fullmatch(text)]
        if len(texts) < len(values):
            raise ResponseError(f"the header [{name.lower()}] must be text without control characters")
        headers.setdefault(name.lower(), []).extend(texts)
    for name, texts in headers.items():
        if name in _OF_THE_SERVER:
            raise ResponseError(f"the header [{name}] is for the server to send")
        if name in _SINGLE and len(texts) != 1:
            raise ResponseError(f"the header [{name}] must be sent once")
    return headers


def _formatted(response: Response) -> object:
    """The body, in the format of errors where the status is one; bytes are sent as they are."""
    body = response.body
    if response.status < 400 or isinstance(body, bytes):
        return body
    message, attributes = body, None
    if isinstance(body, Mapping):
        given = cast("Mapping[object, object]", body)
        message, attributes = given.get("message"), given.get("attributes")
    if isinstance(message, Exception):
        message = str(message)
    if not isinstance(message, str) or not message:
        raise ResponseError("expected error message to be provided")
    error: dict[str, object] = {
        "statusCode": response.status,
        "error": phrase(response.status),
        "message": message,
    }
    return error if attributes is None else {**error, "attributes": attributes}


def _content(body: object) -> tuple[str, bytes]:
    """The media type and the bytes of *body*."""
    if body is None:
        # Zero bytes are no JSON, but an empty text; without a type, wsgiref.validate objects.
        return _TEXT, b""
    if isinstance(body, bytes):
        return "application/octet-stream", body
    try:
        if isinstance(body, str):
            # Plain text, never HTML: it may repeat what a request said.
            return _TEXT, body.encode()
        return _JSON, to_json(body).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ResponseError(f"the body of the response cannot be serialised: {error}") from error


def to_json(value: object) -> str:
    """*value* as compact JSON.

    Raises:
        TypeError: There is something in it that JSON does not have, such as bytes or a set.
        ValueError: There is NaN or an infinity in it, or it contains itself.
    """
    return _ENCODER.encode(value)


def _plain(value: object) -> object:
    # What a validated part may hold and JSON does not have: the texts read back as the same value.
    match value:
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Duration():
            return str(value)
        case Enum() if value is not MISSING:
            return value.value
        case _:
            raise TypeError(f"an object of type {type(value).__name__} is not JSON serializable")


# Made once: `json.dumps` with options makes one for each call.
_ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _quote_etag(headers: dict[str, list[str]]) -> None:
    for etag in headers.get("etag", ()):
        quoted = etag if etag.endswith('"') else f'"{etag}"'
        if not _ENTITY_TAG.fullmatch(quoted):
            raise ResponseError("the header [etag] must not have a space or a quote in it")
        headers["etag"] = [quoted]


def _is_known(headers: Mapping[str, Sequence[str]], request: RequestParts) -> bool:
    # RFC 9110, section 13.1.2: weak comparison, so the prefix W/ does not count.
    values = request.header("if-none-match")
    known = {tag for value in values for tag in _ENTITY_TAG.findall(value)}
    any_tag = any(value.strip(" \t") == "*" for value in values)
    return any(any_tag or tag.removeprefix("W/") in known for tag in headers.get("etag", ()))


_JSON: Final = "application/json; charset=utf-8"
_TEXT: Final = "text/plain; charset=utf-8"
_BODILESS = frozenset({204, 205, 304})
_CONDITIONAL = frozenset({"GET", "HEAD"})  # RFC 9110, section 13.1.2: no other method is answered with 304
# RFC 9110, section 7.6.1: these are between two servers, and PEP 3333 forbids them to applications.
_OF_THE_SERVER = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
_SINGLE = frozenset({"content-type", "content-length", "etag", "location"})
# RFC 9110, section 8.8.3; the group is the tag without its prefix.
_ENTITY_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
