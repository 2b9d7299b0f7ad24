"""This module makes the headers of a request: those of the caller, and those that Kibana's client sends."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

import attrs

from kbn_schema.http.client.options import FetchOptions, HeadersGiven
from kbn_schema.http.form_data import require
from kbn_schema.http.route import VERSION_HEADER
from kbn_schema.wording import shorten, show_number

INTERNAL_ORIGIN: Final = "x-elastic-internal-origin"


@attrs.frozen
class SentHeaders:
    """The headers of a request: names in lower case, values as text of Latin-1."""

    values: Mapping[str, str] = attrs.field(repr=False)
    erased: frozenset[str] = frozenset()
    """What httpx must not add, either."""


def require_own_names(headers: Iterable[str]) -> None:
    """Refuse headers of a caller that are the client's to send.

    Raises:
        ValueError: There is one, in whatever case.
    """
    # Kibana's texts.
    for prefix, refused in (
        ("kbn-", [name for name in headers if name.lower().startswith("kbn-")]),
        ("x-elastic-internal-", [name for name in headers if INTERNAL_ORIGIN in name.lower()]),
    ):
        if refused:
            names = ",".join(shorten(name) for name in refused)
            raise ValueError(
                f'Invalid fetch headers, headers beginning with "{prefix}" are not allowed: [{names}]'
            )


def sent_headers(options: FetchOptions, defaults: HeadersGiven, own: HeadersGiven) -> SentHeaders:
    """What a request with *options* is sent with, beside what httpx adds.

    *defaults* are the client's, which the caller may replace or erase; *own* are the client's, too, and go
    before the caller's.

    Raises:
        TypeError: A value is neither text nor a number.
        ValueError: A name or a value could end the header.
    """
    values: dict[str, str] = {}
    erased: set[str] = set()
    last = {
        **own,
        VERSION_HEADER: options.version,
        "x-kbn-context": context_header(options.context) if options.context else None,
        "kbn-system-request": "true" if options.as_system_request else None,
    }
    for given in (DEFAULTS, defaults, options.headers):
        for name, value in read_headers(given).items():
            if value is None:
                values.pop(name, None)
                erased.add(name)
            else:
                values[name] = value
    values |= {name: value for name, value in read_headers(last).items() if value is not None}
    return SentHeaders(values, frozenset(erased - values.keys()))


# We inflate these, and see that nothing grows too large.
DEFAULTS: Final[HeadersGiven] = {"content-type": "application/json", "accept-encoding": "gzip, deflate"}


def read_headers(given: HeadersGiven) -> dict[str, str | None]:
    """*given* with names in lower case.

    Raises:
        TypeError: A value is neither text nor a number.
        ValueError: A name or a value could end the header, or say otherwise where the request ends; values
            are not shown.
    """
    headers: dict[str, str | None] = {}
    for name, value in given.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"a header has a malformed name [{shorten(name)}]")
        is_text = isinstance(value, str | int | None) and not isinstance(value, bool)
        require(is_text, f"the header [{name}]", "text, a whole number or None", value)
        text = None if value is None else str(value).strip(" \t")
        if text is not None and not _VALUE.fullmatch(text):
            raise ValueError(f"the header [{name}] must be Latin-1 text without control characters")
        if text is not None and name.lower() in _OF_THE_CONNECTION:
            raise ValueError(f"the header [{name}] is of the connection, not of a request")
        headers[name.lower()] = text
    return headers


def context_header(context: Mapping[str, Any]) -> str:
    """*context* as a header holds it: ``encodeURIComponent(JSON.stringify(context))``.

    Raises:
        TypeError: There is something in it that JSON does not have.
        ValueError: There is NaN or an infinity in it, or it contains itself.
    """
    try:
        text = _stringified(context)
    except RecursionError:
        raise ValueError("the context contains itself, or goes too deep") from None
    # ECMA-262, JSON.stringify: a lone surrogate is escaped.
    whole = _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return quote(whole, safe="!~*'()")


def _stringified(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case float() if value - value == 0:  # finite
            return show_number(value)
        case int():
            return int.__repr__(value)
        case list() | tuple():
            return f"[{','.join(map(_stringified, value))}]"
        case Mapping():
            return f"{{{','.join(_member(name, item) for name, item in value.items())}}}"
        case float():
            raise ValueError("the context must have no NaN and no infinity")
        case _:
            raise TypeError(f"the context must be JSON, but has [{type(value).__name__}] in it")


def _member(name: Any, value: Any) -> str:
    require(isinstance(name, str), "a name in the context", "text", name)
    return f"{_stringified(name)}:{_stringified(value)}"


_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
# RFC 9110, section 7.6.1, and RFC 9112, section 6: servers would differ on where the request ends.
_OF_THE_CONNECTION = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
_SURROGATE = re.compile("[\ud800-\udfff]")
