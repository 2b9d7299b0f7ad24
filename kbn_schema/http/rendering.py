"""This module turns a `Response` into what is sent, in the one format of errors.

Everything but a stream is serialised before anything is sent, so an answer is whole or it is a 500.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, Final, cast
from uuid import UUID

from kbn_schema.http.conditions import is_known, quoted_etag
from kbn_schema.http.parts import Pairs, RequestParts, ResponseParts
from kbn_schema.http.responses import HeaderValues, Response, ResponseError, is_status
from kbn_schema.http.statuses import phrase
from kbn_schema.http.streams import Stream, is_stream
from kbn_schema.missing import MISSING
from kbn_schema.quantities import Duration


def render(response: Response, request: RequestParts, extra: Pairs = ()) -> ResponseParts:
    """*response* as it is sent in answer to *request*, with the headers *extra* where it has none of them.

    A body that is a stream is handed on as it is, or left out.

    Raises:
        ResponseError: The body is not JSON, an error has no message, a redirect no location, or a header
            holds what would end it.
    """
    status = response.status
    if not is_status(status, 100):
        raise ResponseError(f"Unexpected Http status code. Expected from 100 to 599, but given: {status!r}.")
    content_type, body = _content(_formatted(response))
    if not response.headers and status not in _SPECIAL and type(body) is bytes:
        pairs = (("content-type", content_type), ("content-length", str(len(body))), *_COMMON, *extra)
        return ResponseParts(status, pairs, b"" if request.method == "HEAD" else body)
    headers = checked_headers(response.headers)
    if "location" not in headers and 300 <= status < 400 and status != 304:
        raise ResponseError("expected 'location' header to be set")
    _quote_etag(headers)
    if status == 200 and _is_known(headers, request):
        status = 304
    if status in _BODILESS or status < 200:
        body = b""
        headers.pop("content-type", None)
        headers.pop("content-length", None)
    else:
        _describe(headers, content_type, body)
    _add(headers, extra)
    pairs = tuple((name, value) for name, values in headers.items() for value in values)
    return ResponseParts(status, pairs, b"" if request.method == "HEAD" else body)


def sent_headers(given: HeaderValues, extra: Pairs) -> dict[str, list[str]]:
    """The headers that are sent for *given*, but for those that tell of the body.

    Raises:
        ResponseError: A header could not be sent as it is.
    """
    headers = checked_headers(given)
    _quote_etag(headers)
    _add(headers, extra)
    return headers


def _add(headers: dict[str, list[str]], extra: Pairs) -> None:
    for name, value in (*_COMMON, *extra):
        headers.setdefault(name, [value])


def _describe(headers: dict[str, list[str]], content_type: str, body: bytes | Stream) -> None:
    given = headers.setdefault("content-type", [content_type])
    if isinstance(body, bytes):
        headers["content-length"] = [str(len(body))]
    elif given[0].lower() == "text/plain":
        given[0] += "; charset=utf-8"


def checked_headers(given: HeaderValues) -> dict[str, list[str]]:
    """The values of each header by its name in lower case.

    Raises:
        ResponseError: A header could not be sent as it is.
    """
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
    """The body, in the format of errors where the status is one; bytes and streams are sent as they are."""
    body = response.body
    if response.status < 400 or response.bypass_error_format or isinstance(body, bytes) or is_stream(body):
        return body
    message, attributes = body, None
    if isinstance(body, Mapping):
        given = cast("Mapping[object, object]", body)
        message, attributes = given.get("message"), given.get("attributes")
    if isinstance(message, Exception):
        message = str(message)
    if not isinstance(message, str) or not message:
        # Kibana's text, and what it means.
        shapes = 'body="..." or body={"message": "...", "attributes": ...}'
        raise ResponseError(f"expected error message to be provided: {shapes}")
    error: dict[str, object] = {
        "statusCode": response.status,
        "error": phrase(response.status),
        "message": message,
    }
    return error if attributes is None else {**error, "attributes": attributes}


def _content(body: object) -> tuple[str, bytes | Stream]:
    """The media type of *body*, and its bytes."""
    if type(body) is dict:
        return _JSON, _encoded(to_json, body)
    if body is None:
        # Zero bytes are no JSON, but an empty text; without a type, wsgiref.validate objects.
        return _TEXT, b""
    if isinstance(body, _BINARY):
        return _BYTES, bytes(body)
    if is_stream(body):
        return _BYTES, cast(Stream, body)
    if isinstance(body, str):
        # Plain text, never HTML: it may repeat what a request said.
        return _TEXT, _encoded(str, body)
    return _JSON, _encoded(to_json, body)


def _encoded(as_text: Callable[[Any], str], body: object) -> bytes:
    try:
        return as_text(body).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ResponseError(f"the body of the response cannot be serialised: {error}") from error


def to_json(value: object) -> str:
    """*value* as compact JSON.

    Raises:
        TypeError: There is something in it that JSON does not have, such as bytes or a set.
        ValueError: There is NaN or an infinity in it.
        RecursionError: It contains itself, or goes too deep.
    """
    return _encode(value)


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


def _make_encode() -> Callable[[object], str]:
    """A function that encodes compactly, and does not watch for what contains itself: see `to_json`."""
    encoder = json.JSONEncoder(
        allow_nan=False, ensure_ascii=False, separators=(",", ":"), default=_plain, check_circular=False
    )
    try:
        # `encode` makes such a thing for each call, which is most of the cost of a short answer
        # (`python -m benchmarks http`). It is undocumented, so it is only taken where it is as it was.
        make: Any = vars(json.encoder)["c_make_encoder"]
        pieces = make(None, _plain, json.encoder.encode_basestring, None, ":", ",", False, False, False)
        if "".join(pieces(["é", {"a": 1.5, "b": None}], 0)) == '["é",{"a":1.5,"b":null}]':
            return lambda value: "".join(pieces(value, 0))
    except (KeyError, TypeError):
        pass
    return encoder.encode


_encode = _make_encode()


def _quote_etag(headers: dict[str, list[str]]) -> None:
    for etag in headers.get("etag", ()):
        try:
            headers["etag"] = [quoted_etag(etag)]
        except ValueError as error:
            raise ResponseError(str(error)) from None


def _is_known(headers: Mapping[str, Sequence[str]], request: RequestParts) -> bool:
    [etag] = headers.get("etag", [None])
    [modified] = headers.get("last-modified", [None])
    return (etag is not None or modified is not None) and is_known(request, etag, modified)


_BINARY = (bytes, bytearray, memoryview)
_JSON: Final = "application/json; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_TEXT: Final = "text/plain; charset=utf-8"
_BODILESS = frozenset({204, 205, 304})
# What the way of ordinary answers does not look at.
_SPECIAL = frozenset({*range(100, 200), *_BODILESS, *range(300, 400)})
_COMMON: Final[Pairs] = (
    ("x-content-type-options", "nosniff"),
    ("cache-control", "private, no-cache, no-store, must-revalidate"),
)
# RFC 9110, section 7.6.1: these are between two servers, and PEP 3333 forbids them to applications.
_OF_THE_SERVER = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
_SINGLE = frozenset({"content-type", "content-length", "etag", "last-modified", "location"})
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
