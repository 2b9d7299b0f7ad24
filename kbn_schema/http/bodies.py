"""This module decodes the body of a request, as the route that takes it was declared.

What the body may be is settled once, in a `BodyFormat`, so that a request only pays for what it sends.
"""

import re
import zlib
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import attrs

from kbn_schema.http.fields import decode_query, decode_text, one_or_many
from kbn_schema.http.media_types import MediaType, accepted, read_media_type
from kbn_schema.http.mistakes import refuse
from kbn_schema.http.parts import Refusal, RequestParts, too_large
from kbn_schema.http.uploads import decode_multipart, require_library
from kbn_schema.json_text import JsonTextError, read_json
from kbn_schema.kinds.base import Schema
from kbn_schema.missing import MISSING
from kbn_schema.problems import as_data

JSON: Final = ("application/json", "application/*+json")
EVERYTHING: Final = ("*/*",)

FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/form-data"

Taken = Literal["data", "bytes", "stream"]
Family = Literal["json", "text", "form", "multipart", "bytes"]


@attrs.frozen(eq=False)
class BodyFormat:
    """What a route takes as a body, and how it is decoded."""

    accepts: tuple[str, ...]
    """Media types and ranges of them."""
    taken: Taken = "data"
    """Whether the body is decoded as its media type says, or stays `bytes`, or a stream."""
    inflates: bool = False
    """Whether a body with a content encoding is inflated."""
    _accepted: re.Pattern[str] = attrs.field(alias="accepted", kw_only=True, repr=False)

    @property
    def streams(self) -> bool:
        """Whether the handler is given the body unread; there is nothing to `decode` then."""
        return self.taken == "stream"

    def decode(self, head: RequestParts, body: bytes | None, limit: int) -> tuple[Any, bool]:
        """The value of *body*, which *head* describes, and whether it is a dict of fields.

        The value is `MISSING` where the body is absent or empty, whatever *head* says. Each field is a
        text or an `UploadedFile`, or a list of them where it was sent more than once.

        Raises:
            Refusal: What `check_head` says; 413 for more than *limit* bytes once inflated, for more than
                1000 fields, or for a field of too many bytes; 400 for what is malformed.
        """
        if not body:
            return MISSING, False
        media_type, coding = self.check_head(head)
        if coding is not None:
            body = _inflated(body, coding, limit)
        if self.taken == "data":
            return _decoded(media_type, body)
        return body or MISSING, False

    def check_head(self, head: RequestParts) -> tuple[MediaType, str | None]:
        """The media type and the content encoding that *head* announces; for a request that has a body.

        Raises:
            Refusal: 415 for another media type or charset than the route takes, or for a content encoding
                that it does not; 400 where the headers are repeated.
        """
        types, codings = head.header("content-type"), head.header("content-encoding")
        if len(types) > 1:
            raise Refusal(400, "the Content-Type header must not be repeated")
        text = types[0] if types else None
        coding = self._judged(",".join(codings)) if codings else None
        media_type = read_media_type(text) if text else _UNKNOWN
        if media_type is None or not self._accepted.fullmatch(media_type.name):
            raise Refusal(415, f"expected a request body of media type {_listed(self.accepts)}")
        if self.taken == "data" and media_type.charset != "utf-8":
            _require_charset(media_type)
        return media_type, coding

    def _judged(self, header: str) -> str | None:
        """The one content encoding that *header* names; None where it names none."""
        names = [name for part in header.lower().split(",") if (name := part.strip(" \t")) not in _NO_CODING]
        if not names:
            return None
        if not self.inflates:
            # Inflating must be asked for: a bomb of 10 kB holds 10 MB.
            message = "a request body with a content encoding is not supported"
            raise Refusal(415, message, headers={"accept-encoding": "identity"})
        if len(names) > 1 or names[0] not in _WINDOWS:
            message = "expected a request body with one content encoding, [gzip] or [deflate], or none"
            raise Refusal(415, message, headers={"accept-encoding": "gzip, deflate"})
        return names[0]


def body_format(where: str, options: Mapping[str, Any], rule: object) -> BodyFormat:
    """How a route takes bodies for which *options* (``accepts``, ``parse``, ``output``) and *rule* stand.

    *rule* is what validates the body, or None. Bodies are JSON unless *options* says otherwise, and bytes or
    streams of any type where *rule* is `schema.buffer()` or `schema.stream()`.

    Raises:
        SchemaDefinitionError: The options contradict each other or *rule*, or need a library that is not
            installed; *where* names the route.
    """
    kind = _kind(rule)
    at = f"{where}: options.body"
    taken = _taken(at, options, kind)
    accepts = _accepts(options.get("accepts"), taken)
    pattern = accepted(where, accepts)
    if taken == "data":
        _require_decoded(at, accepts, kind)
        if pattern.fullmatch(MULTIPART):
            require_library(where)
    return BodyFormat(accepts, taken, options.get("parse") == "gunzip", accepted=pattern)


def _kind(rule: object) -> str:
    """The combinator of the schema that *rule* is; of that inside, where a value may be left out or null."""
    while isinstance(rule, Schema):
        if rule.combinator not in ("maybe", "nullable"):
            return rule.combinator
        rule = next(iter(rule.handed_on()), None)
    return ""


def _taken(where: str, options: Mapping[str, Any], kind: str) -> Taken:
    parse, output = options.get("parse", True), options.get("output")
    if kind == "stream" or output == "stream":
        if output == "data":
            refuse(
                where,
                "output is [data], but validate.body is stream(): use buffer(), or [stream]",
            )
        if parse == "gunzip":
            refuse(
                where,
                "a stream is not inflated: use output [data] with parse [gunzip], or parse [False]",
            )
        if kind in _VALUES or kind == "buffer":
            refuse(
                where,
                f"output is [stream], but validate.body is {kind}(): use stream(), or output [data]",
            )
        return "stream"
    if kind == "buffer" or parse is not True:
        if kind in _VALUES:
            refuse(
                where,
                f"parse is [{parse}], but validate.body is {kind}(): use buffer(), or parse [True]",
            )
        return "bytes"
    return "data"


def _accepts(declared: str | Sequence[str] | None, taken: Taken) -> tuple[str, ...]:
    if declared is None:
        return JSON if taken == "data" else EVERYTHING
    return (declared,) if isinstance(declared, str) else tuple(declared)


def _require_decoded(where: str, accepts: tuple[str, ...], kind: str) -> None:
    if kind in _VALUES and all("*" not in name and family(name.lower()) == "bytes" for name in accepts):
        refuse(
            where,
            f"bodies of type {_listed(accepts)} are bytes, but validate.body is {kind}(): use buffer()",
        )


def _listed(accepts: tuple[str, ...]) -> str:
    # Who sends JSON knows the other half.
    shown = [name for name in accepts if name != JSON[1]] if JSON[0] in accepts else accepts
    return " or ".join(f"[{name}]" for name in shown)


def family(name: str) -> Family:
    """What bodies of the media type *name* are decoded as."""
    if name == "application/json":
        return "json"
    if name.startswith("text/"):
        return "text"
    if name.endswith("+json"):
        return "json"
    return "form" if name == FORM else "multipart" if name == MULTIPART else "bytes"


def _require_charset(media_type: MediaType) -> None:
    found = family(media_type.name)
    if found != "bytes" and not (found == "text" and media_type.charset == "us-ascii"):
        raise Refusal(415, "expected a request body in charset [utf-8]")


def _decoded(media_type: MediaType, body: bytes) -> tuple[Any, bool]:
    found = family(media_type.name)
    if found == "json":
        return _json(body), False
    if found == "text":
        return _text(body, media_type.charset), False
    if found == "form":
        return one_or_many(decode_query(body, "request body", too_many=413)), True
    if found == "multipart":
        return decode_multipart(media_type, body), True
    return body, False


def _json(body: bytes) -> object:
    try:
        return read_json(body)
    except JsonTextError as error:
        detail = as_data(("body",), error.problem.message.code, str(error), dict(error.problem.params))
    # Out here, so that it does not hold the other one, whose frames hold the body. The headline is hapi's,
    # so Kibana's clients know it.
    raise Refusal(400, "Invalid request payload JSON format", detail)


def _text(body: bytes, charset: str) -> str:
    if body.startswith(BOM_UTF8):
        raise Refusal(400, "[request body]: must not begin with a byte order mark")
    return decode_text(body, "request body", charset)


def _inflated(body: bytes, coding: str, limit: int) -> bytes:
    """*body* inflated: one stream of zlib's, whole, and nothing behind it."""
    stream = zlib.decompressobj(_WINDOWS[coding])
    try:
        data = stream.decompress(body, limit + 1)
    except zlib.error:
        raise broken_coding(coding) from None
    if len(data) > limit:
        raise too_large(limit)
    if not stream.eof or stream.unused_data:
        raise broken_coding(coding)
    return data


def broken_coding(coding: str) -> Refusal:
    """The refusal of a body that cannot be inflated as *coding*."""
    return Refusal(400, f"[request body]: malformed content encoding [{coding}]")


_UNKNOWN = MediaType("application/octet-stream")  # RFC 9110, section 8.3
_NO_CODING = ("", "identity")
# The formats as zlib's window bits name them. RFC 9110, section 8.4.1: deflate is what zlib writes.
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
# Kinds that take neither bytes nor a stream.
_VALUES = frozenset(
    {
        "array_of", "boolean", "byte_size", "date", "date_time", "discriminated_union", "duration", "email",
        "enum", "integer", "ip", "literal", "map_of", "number", "object", "record_of", "string", "uri",
        "uuid",
    }
)  # fmt: skip
