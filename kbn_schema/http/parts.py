"""This module holds what travels between an adapter and a router, and decodes its bytes.

Everything is decoded here, strictly and the same under every framework. What cannot be decoded
raises `Refusal`, which is an answer; nothing here knows a schema.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

import attrs

from kbn_schema.http.statuses import phrase
from kbn_schema.json_text import JsonTextError, read_json
from kbn_schema.missing import MISSING
from kbn_schema.problems import as_data

MAX_QUERY_FIELDS = 1000

Pairs = tuple[tuple[str, str], ...]


def _lower_names(pairs: Iterable[tuple[str, str]]) -> Pairs:
    return tuple((name.lower(), value) for name, value in pairs)


@attrs.frozen
class RequestParts:
    """A request as an adapter found it.

    *path* is still percent-encoded and has no query, *query* is what followed the ``?``, as bytes.
    *headers* are pairs of name and value in the order they came; names are kept in lower case.
    *body* is None where there was none. *raw* is the framework's own request, for
    `request.unstable_raw_request()`.
    """

    method: str
    path: str
    query: bytes = b""
    headers: Pairs = attrs.field(default=(), converter=_lower_names)
    body: bytes | None = None
    raw: object = None

    def header(self, name: str) -> list[str]:
        """All values of the header *name* (in lower case), in the order they came."""
        return [value for found, value in self.headers if found == name]


@attrs.frozen
class ResponseParts:
    """An answer that an adapter only needs to send; *headers* are pairs with names in lower case."""

    status: int
    headers: Pairs
    body: bytes

    @property
    def phrase(self) -> str:
        """The reason phrase, for servers that want one."""
        return phrase(self.status)


class Refusal(Exception):
    """The request is answered with *status* and *message* before any schema sees it.

    *detail* is an issue, as in the ``attributes.issues`` of a failed validation.
    """

    def __init__(
        self,
        status: int,
        message: str,
        detail: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.detail = detail
        self.headers = headers


def declared_length(values: Iterable[str], limit: int) -> int | None:
    """The length that the Content-Length headers *values* announce; None where there is none.

    Raises:
        Refusal: 413 over *limit* bytes, 400 where the headers are malformed or contradict each other.
    """
    lengths = {text.strip(" \t") for value in values for text in value.split(",")}
    if not lengths:
        return None
    text = lengths.pop()
    if lengths or not _DIGITS.fullmatch(text):
        raise Refusal(400, "the Content-Length header is malformed")
    if len(text.lstrip("0")) > MAX_LENGTH_DIGITS or int(text) > limit:
        raise too_large(limit)
    return int(text)


def too_large(limit: int) -> Refusal:
    """The refusal of a body of more than *limit* bytes."""
    return Refusal(413, f"the request body must not exceed [{limit}] bytes")


def decode_body(head: RequestParts, body: bytes | None) -> object:
    """The JSON value in *body*, which *head* describes; `MISSING` where it is absent or empty.

    Raises:
        Refusal: 415 for another media type or charset, or for a content encoding; 400 for anything that
            `read_json` refuses.
    """
    if not body:
        return MISSING
    _check_content_encoding(head.header("content-encoding"))
    _check_content_type(head.header("content-type"))
    try:
        return read_json(body)
    except JsonTextError as error:
        # The headline is hapi's, so Kibana's clients know it.
        detail = as_data(("body",), error.problem.message.code, str(error), dict(error.problem.params))
        raise Refusal(400, "Invalid request payload JSON format", detail) from None


def _check_content_encoding(values: list[str]) -> None:
    # Inflating is left out: a bomb of 10 kB holds 10 MB.
    if any(value.strip().lower() not in ("", "identity") for value in values):
        raise Refusal(415, "a request body with a content encoding is not supported")


def _check_content_type(values: list[str]) -> None:
    if len(values) > 1 or any("," in _QUOTED.sub("", value) for value in values):
        raise Refusal(400, "the Content-Type header must not be repeated")
    match = _MEDIA_TYPE.fullmatch(values[0].strip(" \t")) if values else None
    if match is None or not _is_json(match["type"].lower()):
        raise Refusal(415, "expected a request body of media type [application/json]")
    parameters = [(name.lower(), value) for name, value in _PARAMETER.findall(match["parameters"])]
    charsets = [value.strip('"').lower() for name, value in parameters if name == "charset"]
    if len(charsets) > 1:
        raise Refusal(400, "the Content-Type header must not repeat a parameter")
    if charsets and charsets[0] not in ("utf-8", "utf8"):
        raise Refusal(415, "expected a request body in charset [utf-8]")


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )


def decode_query(query: bytes) -> dict[str, list[str]]:
    """The fields of a query string, each with all its values, in the order they came.

    A ``+`` is a space, and a field without a value is the empty text; there is no nested syntax.

    Raises:
        Refusal: 400 for a bad escape, for what is not UTF-8, or for more than 1000 fields.
    """
    fields: dict[str, list[str]] = {}
    if query.count(b"&") >= MAX_QUERY_FIELDS:
        raise Refusal(400, f"[request query]: expected at most [{MAX_QUERY_FIELDS}] fields")
    for field in query.split(b"&"):
        if field:
            name, _, value = field.replace(b"+", b" ").partition(b"=")
            decoded = decode_percent(name, "request query")
            fields.setdefault(decoded, []).append(decode_percent(value, "request query"))
    return fields


def decode_percent(text: str | bytes, where: str) -> str:
    """*text* without percent-encoding.

    Raises:
        Refusal: 400, naming *where*, for a bad escape or for what is not UTF-8.
    """
    try:
        raw = text.encode() if isinstance(text, str) else text
        if b"%" in raw:
            if _BAD_ESCAPE.search(raw):
                raise Refusal(400, f"[{where}]: malformed percent-encoding")
            raw = unquote_to_bytes(raw)
        return raw.decode()
    except UnicodeError:
        raise Refusal(400, f"[{where}]: expected valid UTF-8") from None


MAX_LENGTH_DIGITS: Final = 18
_DIGITS = re.compile(r"[0-9]+")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")

# RFC 9110, sections 8.3.1 and 5.6.6. Possessive, so that a hostile header costs linear time.
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"  # noqa: S105
_QUOTED_TEXT = r'"(?:[^"\\]|\\.)*+"'
_QUOTED = re.compile(_QUOTED_TEXT)
_PARAMETER = re.compile(rf"({_TOKEN})=({_TOKEN}|{_QUOTED_TEXT})")
_MEDIA_TYPE = re.compile(
    rf"(?P<type>{_TOKEN}/{_TOKEN})(?P<parameters>(?:[ \t]*+;[ \t]*+(?:{_PARAMETER.pattern})?+)*+)[ \t]*+"
)
