"""This module decodes the fields of queries and forms: strictly, and the same under every framework."""

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from kbn_schema.http.parts import Refusal

MAX_FIELDS = 1000

T = TypeVar("T")


def decode_query(query: bytes, where: str = "request query", *, too_many: int = 400) -> dict[str, list[str]]:
    """The fields of a query string or of a form, each with all its values, in the order they came.

    A ``+`` is a space, and a field without a value is the empty text; there is no nested syntax.

    Raises:
        Refusal: 400, naming *where*, for a bad escape or for what is not UTF-8; *too_many* for more
            than 1000 fields.
    """
    if not query:
        return {}
    if query.count(b"&") >= MAX_FIELDS:
        raise Refusal(too_many, f"[{where}]: expected at most [{MAX_FIELDS}] fields")
    fields: dict[str, list[str]] = {}
    for field in query.split(b"&"):
        if field:
            name, _, value = field.replace(b"+", b" ").partition(b"=")
            fields.setdefault(decode_percent(name, where), []).append(decode_percent(value, where))
    return fields


def one_or_many(fields: Mapping[str, list[T]]) -> dict[str, T | list[T]]:
    """*fields* as schemas take them: a list only where a field was sent more than once."""
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


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


def decode_text(raw: bytes, where: str, charset: str = "utf-8") -> str:
    """The text that *raw* is in *charset*, ``utf-8`` or ``us-ascii``.

    Raises:
        Refusal: 400, naming *where*, where it is none.
    """
    try:
        return raw.decode(charset)
    except UnicodeDecodeError:
        raise Refusal(400, f"[{where}]: expected valid {charset.upper()}") from None


_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
