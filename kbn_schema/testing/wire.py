"""This module writes values as HTTP carries them: in a path, a query, headers and forms.

What is written is read back as the same value, or as one that a schema reads alike: 5 as ``5``.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast
from urllib.parse import quote

from kbn_schema.http.form_data import content_of
from kbn_schema.http.header_fields import HeaderName
from kbn_schema.http.paths import Template
from kbn_schema.http.uploads import UploadedFile
from kbn_schema.json_text import read_json
from kbn_schema.missing import MISSING
from kbn_schema.run import MAX_DEPTH
from kbn_schema.wording import show_number

Pair = tuple[str, str]


class Uncarried(Exception):
    """A value cannot be sent in this part of a request."""


def write_path(template: Template, params: Mapping[str, Any]) -> str:
    """The path with *params*, percent-encoded.

    Raises:
        Uncarried: A parameter is missing or empty, or has a segment that no router takes.
    """
    segments: list[str] = []
    names = iter(template.names)
    for literal in template.literals:
        if literal is not None:
            segments.append(_escaped(literal, _IN_PATH))
            continue
        name = next(names)
        mark = template.last if name == template.names[-1] else ""
        text = text_of(params[name]) if name in params else ""
        if text and _DOTS.isdisjoint(_SEPARATOR.split(text)):
            segments.append(_escaped(text, "/" if mark == "*" else ""))
        elif name in params or not mark:
            raise Uncarried
    return "/" + "/".join(segments)


def write_query(fields: Mapping[str, Any], lists_as_json: bool = False) -> str:
    """The query string that has *fields*; the items of a list are repeated, or it is written as JSON.

    Raises:
        Uncarried: A field has no text.
    """
    pairs = [
        f"{_escaped(name)}={_escaped(text)}"
        for name, value in fields.items()
        for text in _texts(value, lists_as_json)
    ]
    return "&".join(pairs)


def write_headers(values: Mapping[str, Any], names: Sequence[HeaderName] | None) -> dict[str, str]:
    """The headers with *values*, which are by prop where *names* tells the props.

    Raises:
        Uncarried: A header has no text, or one that would arrive as another.
    """
    declared = {header.prop: header for header in names or ()}
    sent: dict[str, str] = {}
    for prop, value in values.items():
        header = declared.get(prop, HeaderName(prop, prop.lower(), False))
        text = (
            _items(_spelled(value) if isinstance(value, str) else value)
            if header.many
            else _ascii_text(value)
        )
        if not _HEADER_NAME.fullmatch(header.name) or not _HEADER_VALUE.fullmatch(text):
            raise Uncarried
        sent[header.name] = text
    return sent


def write_form(
    fields: Mapping[str, Any], is_multipart: bool, lists_as_json: bool = False
) -> tuple[bytes, str]:
    """The form that has *fields*, of which those that are bytes are files, and its media type.

    Raises:
        Uncarried: A field has no text, or is a file where the form has none.
    """
    texts: dict[str, list[str]] = {}
    files: dict[str, list[UploadedFile]] = {}
    for name, value in fields.items():
        if is_multipart and _is_file(value):
            files[name] = [_file(item) for item in (value if isinstance(value, list) else [value])]
        else:
            texts[name] = list(_texts(value, lists_as_json))
    try:
        content, media_type = content_of(MISSING, None, texts, files if is_multipart else None)
    except UnicodeEncodeError:  # a lone surrogate
        raise Uncarried from None
    return cast(bytes, content), cast(str, media_type)


def fields_of(value: Any) -> Mapping[str, Any]:
    """The fields that *value* is, or that it spells.

    Raises:
        Uncarried: It is no object.
    """
    found = _spelled(value) if isinstance(value, str) else value
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise Uncarried
    return cast("dict[str, Any]", found)


def text_of(value: Any) -> str:
    """The text that schemas read as *value*: texts and scalars as they are, all else as JSON.

    Raises:
        Uncarried: There is none, as for null and bytes.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value - value == 0:  # finite
        return show_number(value)
    if value is None:
        raise Uncarried
    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        raise Uncarried from None


def _texts(value: Any, lists_as_json: bool) -> Iterator[str]:
    """What a field with *value* is sent as, each time that it is sent."""
    if not isinstance(value, list) or not value or lists_as_json:
        yield text_of(value)
        return
    items: list[Any] = value
    if len(items) == 1 and isinstance(items[0], str) and isinstance(_spelled(items[0]), list):
        yield text_of(items)  # it would be taken for the list that it spells
        return
    for item in items:
        yield text_of(item)


def _spelled(text: str) -> Any:
    try:
        return read_json(text, MAX_DEPTH, duplicate_keys="last")
    except (ValueError, RecursionError):
        return None


def _ascii_text(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value)  # a header is Latin-1, which has few letters
    return text_of(value)


def _items(values: Any) -> str:
    """The items of a list in a header (RFC 9110, section 5.6.1)."""
    texts = [text_of(value) for value in values] if isinstance(values, list) else []
    if not texts or not all(_ITEM.fullmatch(text) for text in texts):
        raise Uncarried
    return ", ".join(texts)


def _is_file(value: Any) -> bool:
    if isinstance(value, list):
        items: list[Any] = value
        return bool(items) and all(map(_is_file, items))
    return isinstance(value, bytes)


def _file(content: bytes) -> UploadedFile:
    return content if isinstance(content, UploadedFile) else UploadedFile(content, "file.bin")


def _escaped(text: str, safe: str = "") -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:  # a lone surrogate
        raise Uncarried from None


# RFC 3986, section 3.3.
_IN_PATH: Final = "!$&'()*+,;=:@~"
_DOTS: Final = frozenset({".", ".."})
_SEPARATOR = re.compile(r"[/\\]")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
# RFC 9110, section 5.5; blanks around a value are no part of it.
_HEADER_VALUE = re.compile(r"(?![ \t])[\t\x20-\x7e\x80-\xff]*(?<![ \t])")
_ITEM = re.compile(r"(?![ \t])[^,\"]+(?<![ \t])")
