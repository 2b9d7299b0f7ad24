"""This module decodes ``multipart/form-data``: fields, and the files among them.

The parsing itself is done by the library `multipart` (the extra of that name), imported only where a route
takes such bodies. All is held in memory, within the limit of the body.
"""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Final, Protocol, cast

from kbn_schema import late
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.fields import decode_text, one_or_many
from kbn_schema.http.media_types import MediaType, read_media_type, split_parameters
from kbn_schema.http.parts import Refusal
from kbn_schema.wording import escape, shorten

MAX_PARTS: Final = 1000
MAX_PART_HEADERS: Final = 8
MAX_HEADER_BYTES: Final = 4096
MAX_FIELD_BYTES: Final = 500_000

Headers = list[tuple[str, str]]


class UploadedFile(bytes):
    """A file of a form: its content, and what the client says of it.

    It is `bytes`, *content*, so `schema.buffer()` takes it and yields the content alone; it has `read`, so
    `schema.stream()` takes it and yields it as it is.

    *filename* and *content_type* are as they were sent, and may be chosen to harm: a name may have
    slashes and dots (``../../etc/passwd``), a type may be a lie. Never make a path of the one, nor serve
    the content with the other, without judging it.

    Example:
        >>> file = UploadedFile(b"abc", "a.txt", "text/plain")
        >>> file.read(2), file.read(), file == b"abc"
        (b'ab', b'c', True)
        >>> file
        UploadedFile(filename='a.txt', content_type='text/plain', size=3)
    """

    filename: str
    content_type: str
    _position: int

    def __new__(
        cls, content: bytes = b"", filename: str = "", content_type: str = "application/octet-stream"
    ) -> "UploadedFile":
        file = super().__new__(cls, content)
        file.filename = filename
        file.content_type = content_type
        file._position = 0
        return file

    def read(self, size: int | None = -1) -> bytes:
        """The next *size* bytes, or all that are left where it is negative or None; empty at the end."""
        end = None if size is None or size < 0 else self._position + size
        chunk = self[self._position : end]
        self._position += len(chunk)
        return chunk

    def __repr__(self) -> str:
        # Never the content: it may be a secret.
        name, content_type = shorten(self.filename), shorten(self.content_type)
        return f"UploadedFile(filename={name!r}, content_type={content_type!r}, size={len(self)})"

    __str__ = __repr__


def require_library(where: str) -> None:
    """Import the library that parses.

    Raises:
        SchemaDefinitionError: It is not installed, or another one of its name is; *where* names the route.
    """
    try:
        # python-multipart has a module of this name, too, but not this class.
        _ = _library().PushMultipartParser
    except (ImportError, AttributeError) as error:
        raise SchemaDefinitionError(
            escape(f"{where}: [multipart/form-data] needs the library multipart: ")
            + "pip install 'kbn-schema[multipart]' (python-multipart, a namesake, will not do)"
        ) from error


def decode_multipart(media_type: MediaType, body: bytes) -> dict[str, Any]:
    """The fields of *body*, which *media_type* describes: texts and `UploadedFile`, or lists of them.

    A field that was sent more than once is a list. A file without name and content is what browsers send
    where none was chosen: it is left out.

    Raises:
        Refusal: 400 for what is malformed, 413 for too many or too large parts, 415 for a text in
            another charset than UTF-8.

    Source:
        RFC 7578 and RFC 2046, section 5.1; names are quoted as the HTML standard says
        ("multipart/form-data encoding algorithm"), or with backslashes.
    """
    boundary = _boundary(media_type)
    delimiter = b"--" + boundary
    _require_whole(body, delimiter)
    fields: dict[str, list[str | UploadedFile]] = {}
    for headers, content in _parts(boundary, _with_contents(body, delimiter)):
        name, filename = _disposition(headers)
        if filename != "" or content:
            value = _text(headers, content) if filename is None else _file(headers, content, filename)
            fields.setdefault(name, []).append(value)
    return one_or_many(fields)


class _Library(Protocol):
    @property
    def PushMultipartParser(self) -> Callable[..., Any]: ...

    @property
    def MultipartError(self) -> type[Exception]: ...

    @property
    def ParserLimitReached(self) -> type[Exception]: ...


def _library() -> _Library:
    # Optional, and slow to import: not before a route needs it.
    with late.IMPORTING:
        return cast("_Library", import_module("multipart"))


def _boundary(media_type: MediaType) -> bytes:
    boundary = media_type.parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise _malformed("the Content-Type header must have a boundary of at most [70] characters")
    return boundary.encode()


def _require_whole(body: bytes, delimiter: bytes) -> None:
    """Refuse what stands before the first delimiter and behind the last, where the parser would skip it."""
    last = delimiter + b"--"
    if not body.startswith((delimiter, b"\r\n" + delimiter)):
        raise _malformed("it must begin with the boundary")
    end = 0 if body.startswith(last) else body.find(b"\r\n" + last)
    if body[end:].strip(b"\r\n") != last:  # also where it was not found
        raise _malformed("it must end with the closing boundary")


def _with_contents(body: bytes, delimiter: bytes) -> bytes:
    """*body*, with an empty content for each part that has none.

    RFC 2046 lets a part end with its headers, and Werkzeug's test client writes empty fields so; the parser
    would take the next part for the content.
    """
    if b"\r\n\r\n" + delimiter not in body:
        return body
    *parts, end = body.split(b"\r\n" + delimiter)
    if not any(map(_is_bare, parts)):
        return body
    whole = [part + b"\r\n" if _is_bare(part) else part for part in parts]
    return (b"\r\n" + delimiter).join([*whole, end])


def _is_bare(part: bytes) -> bool:
    return part.endswith(b"\r\n") and b"\r\n\r\n" not in part


def _parts(boundary: bytes, body: bytes) -> Iterator[tuple[Headers, bytes]]:
    library = _library()
    parser = library.PushMultipartParser(
        boundary,
        content_length=len(body),
        max_header_size=MAX_HEADER_BYTES,
        max_header_count=MAX_PART_HEADERS,
        max_segment_size=len(body),
        max_segment_count=MAX_PARTS,
        header_charset="utf-8",
        strict=True,
    )
    headers: Headers = []
    chunks: list[bytes] = []
    try:
        with parser:
            for event in parser.parse(body):
                if isinstance(event, bytes):
                    chunks.append(event)
                elif event is None:
                    yield headers, b"".join(chunks)
                else:
                    headers, chunks = event.headerlist, []
    except library.ParserLimitReached:
        raise Refusal(
            413,
            f"[request body]: expected at most [{MAX_PARTS}] parts, each with at most [{MAX_PART_HEADERS}] "
            f"headers of at most [{MAX_HEADER_BYTES}] bytes",
        ) from None
    except library.MultipartError:
        raise _malformed() from None


def _disposition(headers: Headers) -> tuple[str, str | None]:
    """The name of a part, and its filename, which only files have."""
    found = split_parameters(_only(headers, "Content-Disposition") or "")
    if found is None:
        raise _malformed("a part has a malformed Content-Disposition header")
    parameters = {name: _unquoted(value) for name, value in found[1]}
    if len(parameters) < len(found[1]):
        raise _malformed("a part has a parameter twice")
    if "name" not in parameters:
        raise _malformed("a part has no name")
    # RFC 7578, section 4.2, forbids `filename*`; some clients send it beside `filename`.
    if "filename*" in parameters and "filename" not in parameters:
        raise _malformed("a part has [filename*] without [filename]")
    return parameters["name"], parameters.get("filename")


def _text(headers: Headers, content: bytes) -> str:
    if len(content) > MAX_FIELD_BYTES:
        raise Refusal(413, f"[request body]: expected at most [{MAX_FIELD_BYTES}] bytes in a field")
    _require_plain(headers)
    charset = _content_type(headers)[1].charset
    if charset not in ("utf-8", "us-ascii"):
        raise Refusal(415, "[request body]: expected fields in charset [utf-8]")
    return decode_text(content, "request body", charset)


def _file(headers: Headers, content: bytes, filename: str) -> UploadedFile:
    _require_plain(headers)
    return UploadedFile(content, filename, _content_type(headers)[0] or "application/octet-stream")


def _require_plain(headers: Headers) -> None:
    # RFC 7578, section 4.7: the encodings of mail are deprecated.
    encoding = _only(headers, "Content-Transfer-Encoding") or "binary"
    if encoding.strip(" \t").lower() not in ("binary", "8bit", "7bit"):
        raise _malformed("a part has a transfer encoding")


def _content_type(headers: Headers) -> tuple[str | None, MediaType]:
    """The Content-Type of a part, as it was sent, and what it says."""
    text = _only(headers, "Content-Type")
    media_type = MediaType("text/plain") if text is None else read_media_type(text)
    if media_type is None:
        raise _malformed("a part has a malformed Content-Type header")
    return text and text.strip(" \t"), media_type


def _only(headers: Headers, name: str) -> str | None:
    values = [value for found, value in headers if found == name]
    if len(values) > 1:
        raise _malformed("a part has a header twice")
    return values[0] if values else None


def _unquoted(value: str) -> str:
    r"""The name in *value*: of browsers' making, or where quotes stand behind backslashes, of older clients'.

    Other backslashes are kept: a browser sends the name ``a\b`` as it is.
    """
    if value.startswith('"'):
        value = value[1:-1]
        if '\\"' in value:
            value = _QUOTED_PAIR.sub(r"\1", value)
        else:
            value = value.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
    if _CONTROL.search(value):
        raise _malformed("a name has a control character")
    return value


def _malformed(reason: str = "") -> Refusal:
    return Refusal(400, "[request body]: malformed multipart/form-data" + (f", {reason}" if reason else ""))


# RFC 2046, section 5.1.1.
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_QUOTED_PAIR = re.compile(r'\\(["\\])')
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
