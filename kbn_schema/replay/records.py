"""This module reads recorded requests: one JSON object a line, made the request that it tells of."""

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Callable, Container, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import attrs

from kbn_schema.http.bodies import family
from kbn_schema.http.media_types import read_media_type
from kbn_schema.http.parts import Refusal, RequestParts
from kbn_schema.http.rendering import to_json
from kbn_schema.json_text import MAX_DEPTH, JsonTextError, read_json

MAX_LINE_BYTES: Final = 10 * 1024 * 1024
Pairs = list[tuple[str, str]]

# Editors and some loggers put it in front; files that were put together have it in their middle, too.
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class Unreadable(ValueError):
    """A line is no recorded request; the text says why, and repeats nothing of the line."""


@attrs.define(eq=False)
class Record:
    """A request as it was sent, and the status that it was answered with."""

    head: RequestParts = attrs.field(repr=False)
    status: int
    body: bytes | None = attrs.field(default=None, repr=False)
    is_spelled: bool = False
    """Whether the body was recorded as a value: what was sent may have been spelled otherwise."""
    is_unread: bool = False
    """Whether there was a body that is not recorded, or not whole."""


def read_record(line: bytes, wanted: Container[str] | None = None) -> Record:
    """The request that is recorded in *line*, with the *wanted* headers, or all.

    `OF_BODIES` have to be among those that are wanted.

    Raises:
        Unreadable: There is none, or not all that is needed to send it again.
    """
    told = _object(line)
    status, method, path = told.get("status"), told.get("method"), told.get("path")
    if type(status) is not int or not 100 <= status <= 599:
        raise Unreadable("[status] must be an integer from 100 to 599")
    if type(method) is not str or not method:
        raise Unreadable("[method] must be a text")
    if type(path) is not str or not path:
        raise Unreadable("[path] must be a text")
    path, question_mark, query = _target(path).partition("?")
    if not question_mark:
        query = _query(told.get("query"))
    headers = _headers(told.get("headers"), wanted)
    body = _body(told, headers, status)
    head = RequestParts(method.upper(), path, query.encode(), headers)
    return Record(head, status, body.sent, body.is_spelled, body.is_unread)


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE_BYTES:
        raise Unreadable(f"it is longer than [{MAX_LINE_BYTES}] bytes")
    try:
        # A body may be as deep as one that comes by itself.
        told = read_json(line.removeprefix(BYTE_ORDER_MARK), MAX_DEPTH + 1)
    except JsonTextError as error:
        # Where in the line is no part of a reason: reasons are counted.
        reason = "it is not JSON" if error.line is not None else str(error)
    else:
        if type(told) is dict:
            return told
        reason = "it is JSON, but no object"
    raise Unreadable(reason)


def _target(url: str) -> str:
    """The path and query of *url*, which proxies record with the host in front."""
    if url.startswith("/"):
        return url
    scheme, separator, rest = url.partition("://")
    if not separator or not scheme.isalpha():
        return url
    host, slash, path = rest.partition("/")
    return slash + path if slash else "/" + "".join(host.partition("?")[1:])


def _query(told: Any) -> str:
    if told is None:
        return ""
    if type(told) is str:
        return told.removeprefix("?")
    if type(told) is not dict:
        raise Unreadable("[query] must be a text, or an object of texts and lists of texts")
    return _fields(told, "query")


def _fields(told: dict[str, Any], name: str) -> str:
    for value in told.values():
        if type(value) is not str and not _is_texts(value):
            raise Unreadable(f"[{name}] must be a text, or an object of texts and lists of texts")
    return urlencode(told, doseq=True)


def _is_texts(value: object) -> bool:
    return type(value) is list and all(type(item) is str for item in value)


def _headers(told: Any, wanted: Container[str] | None) -> Pairs:
    if told is None:
        return []
    if type(told) is not dict:
        raise Unreadable(_NO_HEADERS)
    pairs: Pairs = []
    for given, value in told.items():
        name = given.lower()
        if type(value) is not str and not _is_texts(value):
            raise Unreadable(_NO_HEADERS)
        if wanted is None or name in wanted:
            values = [value] if type(value) is str else value
            pairs.extend([(name, text) for text in values])
    return pairs


@attrs.define
class _Body:
    """See `Record`."""

    sent: bytes | None = None
    is_spelled: bool = False
    is_unread: bool = False


def _body(told: dict[str, Any], headers: Pairs, status: int) -> _Body:
    """The body that is *told*; the *headers* get those that say what it is, where they are missing."""
    value, encoded = told.get("body"), told.get("body_base64")
    about = {name: text for name, text in headers if name in OF_BODIES} if headers else {}
    if value is None and encoded is None:
        is_sent = "transfer-encoding" in about or about.get("content-length", "").strip("0 \t") != ""
        return _Body(is_unread=is_sent)
    body = _sent(value, about) if encoded is None else _Body(_decoded(encoded))
    size = len(body.sent or b"")
    if "content-length" not in about:
        if "transfer-encoding" not in about:
            headers.append(("content-length", str(size)))
    elif not body.is_spelled and _is_longer(about["content-length"], size):
        return _Body(is_unread=True)  # it was cut when it was recorded
    # A request without a media type was refused with 415 then, if any was wanted.
    if "content-type" not in about and encoded is None and status != 415 and _looks_like_json(value):
        headers.append(("content-type", "application/json"))
    return body


def _sent(value: Any, about: Mapping[str, str]) -> _Body:
    """The body that was recorded as *value*, a text or any other, as it may have been sent."""
    body = value.encode() if type(value) is str else _spelled(value, about.get("content-type"))
    encode = (
        _ENCODERS.get(about["content-encoding"].strip(" \t").lower()) if "content-encoding" in about else None
    )
    if encode is not None:
        return _Body(encode(body), is_spelled=True)
    return _Body(body, is_spelled=type(value) is not str)


def _decoded(text: Any) -> bytes:
    if type(text) is str:
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise Unreadable("[body_base64] must be bytes in base64")


def _spelled(value: Any, content_type: str | None) -> bytes:
    """*value* in its media type; JSON where that is none for values."""
    kind = "json" if content_type is None else _family(content_type)
    if kind == "multipart":
        raise Unreadable("[body] of a multipart form must be a text; or write [body_base64]")
    if kind == "form" and type(value) is dict:
        return _fields(value, "body").encode()
    return to_json(value).encode()


def _family(content_type: str) -> str:
    try:
        media_type = read_media_type(content_type)
    except Refusal:
        return "json"
    return "json" if media_type is None else family(media_type.name)


def _looks_like_json(value: Any) -> bool:
    return type(value) is not str or value.lstrip(" \t\r\n")[:1] in ("{", "[")


def _is_longer(length: str, size: int) -> bool:
    # What is no length is for the router to refuse.
    return _LENGTH.fullmatch(length) is not None and int(length) > size


OF_BODIES: Final = frozenset({"content-encoding", "content-length", "content-type", "transfer-encoding"})
_NO_HEADERS: Final = "[headers] must be an object of texts and lists of texts"
_LENGTH: Final = re.compile("[0-9]{1,18}")
_ENCODERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "gzip": lambda body: gzip.compress(body, 1, mtime=0),
    "x-gzip": lambda body: gzip.compress(body, 1, mtime=0),
    "deflate": lambda body: zlib.compress(body, 1),
}
