"""This module makes the url of a request: of the base url of a client, a path and a query."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from json import loads
from typing import Any, Final
from urllib.parse import quote, unquote, unquote_to_bytes

import attrs

from kbn_schema.http.rendering import to_json
from kbn_schema.json_text import read_json
from kbn_schema.missing import MISSING
from kbn_schema.run import MAX_DEPTH
from kbn_schema.wording import shorten, show_number


class BasePath:
    """The path that stands before all others, such as ``/s/marketing``; empty where there is none."""

    def __init__(self, base_path: str = "") -> None:
        self._base_path = base_path.rstrip("/")

    def get(self) -> str:
        """The base path, without a slash at its end."""
        return self._base_path

    def prepend(self, path: str) -> str:
        """*path* with the base path before it; a url with a host, or a path without a slash, as it is."""
        return f"{self._base_path}{path}" if path.startswith("/") and not path.startswith("//") else path

    def remove(self, path: str) -> str:
        """*path* without the base path, where it begins with it."""
        if path == self._base_path:
            return "/" if path else path
        return path[len(self._base_path) :] if path.startswith(f"{self._base_path}/") else path


@attrs.frozen
class BaseUrl:
    """Where requests go."""

    origin: str
    """Scheme, host and port."""
    base_path: BasePath
    authorization: str | None = attrs.field(default=None, repr=False)
    """The header that the user and the password of the url stand for."""


def read_base_url(library: Any, given: object) -> BaseUrl:
    """*given*, a text or a URL of *library*, taken apart.

    Raises:
        TypeError: It is neither.
        ValueError: It is no url of http or https with a host, or has a query; the text does not show it.
    """
    if not isinstance(given, str | library.URL):
        raise TypeError(f"base_url must be text but is [{type(given).__name__}]")
    try:
        url = library.URL(given)
    except library.InvalidURL:
        url = None
    if url is None or url.scheme not in ("http", "https") or not url.host:
        raise ValueError("base_url must be a url such as http://localhost:8000/base")
    if url.query or url.fragment:
        raise ValueError("base_url must have no query and no fragment")
    path = url.raw_path.decode().partition("?")[0]
    origin = url.copy_with(userinfo=b"", raw_path=b"/", fragment=None)
    return BaseUrl(str(origin).rstrip("/"), BasePath(path), _authorization(url.userinfo))


def _authorization(userinfo: bytes) -> str | None:
    if not userinfo:
        return None
    user, _, password = userinfo.partition(b":")
    pair = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return f"Basic {b64encode(pair).decode()}"  # RFC 7617


@attrs.frozen
class Target:
    """A path, percent-encoded and with a slash at its beginning, and a query."""

    path: str
    query: str

    def after(self, fields: str) -> "Target":
        """The same with *fields*, percent-encoded, before its query."""
        return Target(self.path, "&".join(part for part in (fields, self.query) if part))


def read_target(path: str, query: Mapping[str, Any]) -> Target:
    """What *path*, which may have a query of its own, and *query* ask for.

    Raises:
        TypeError: A value of *query* has no text.
        ValueError: *path* leads elsewhere, or is malformed; it is not shown.
    """
    if not path:
        raise ValueError("the path is empty")
    if _CONTROL.search(path):
        raise ValueError("the path must have no control characters")
    if path.startswith("//") or _SCHEME.match(path):
        raise ValueError("the path must have no host: all requests go to the base_url")
    if "#" in path:
        raise ValueError("the path must have no fragment, which is never sent; write %23 for [#]")
    if _BAD_ESCAPE.search(path):
        raise ValueError("the path has a malformed escape; write %25 for [%]")
    path, _, own = path.partition("?")
    if not _DOTS.isdisjoint(_SEPARATOR.split(unquote(path))):
        raise ValueError("the path must have no segment [.] or [..]")
    encoded = _encoded(path, _IN_PATH)
    fields = [_encoded(own, _IN_QUERY)] if own else []
    fields += [
        f"{_encoded(name, _IN_FIELD)}={_encoded(text, _IN_FIELD)}" for name, text in query_fields(query)
    ]
    return Target(encoded if encoded.startswith("/") else f"/{encoded}", "&".join(fields))


def query_fields(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of *query*: names and texts that schemas read as the same values.

    Raises:
        TypeError: A value has no text.
        ValueError: A value is NaN or an infinity.
    """
    for name, value in query.items():
        if value is None or value is MISSING:
            continue
        for item in value if isinstance(value, list | tuple) else [value]:
            if item is None or item is MISSING or isinstance(item, list | tuple):
                raise TypeError(
                    f"the query field [{shorten(name)}] must not have [{type(item).__name__}] in a list"
                )
        try:
            for item in lone_list(value) if isinstance(value, list | tuple) else [value]:
                yield name, _text(item)
        except (TypeError, ValueError, RecursionError) as error:
            kind = ValueError if isinstance(error, ValueError) else TypeError
            raise kind(f"the query field [{shorten(name)}] cannot be sent: {error}") from None


def lone_list(items: Sequence[Any]) -> Sequence[Any]:
    """*items*, one for each field; a single text that spells a list, and would be read as it, as JSON."""
    if len(items) != 1 or not isinstance(items[0], str):
        return items
    try:
        read = read_json(str.__str__(items[0]), MAX_DEPTH, duplicate_keys="last")
    except ValueError:
        return items
    return [to_json(items)] if isinstance(read, list) else items


def _text(value: Any) -> str:
    match value:
        case str():
            return str.__str__(value)
        case bool():
            return "true" if value else "false"
        case int():
            return int.__repr__(value)
        case float() if value - value == 0:  # finite
            return show_number(value)
        case Mapping():
            return to_json(value)
        case _:
            # A date, a UUID, a duration, an enum: as in JSON. And NaN, which is refused as there.
            plain = loads(to_json(value))
            if plain is None or isinstance(plain, list):
                raise TypeError(f"an object of type {type(value).__name__} has no text")
            return _text(plain)


def _encoded(text: str, safe: str) -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise ValueError("text to be sent must have no lone surrogate") from None


# RFC 3986, section 3.3 and 3.4; `%` begins an escape that is there already.
_IN_PATH: Final = "/!$&'()*+,;=:@~%"
_IN_QUERY: Final = "/?!$&'()*+,;=:@~%"
_IN_FIELD: Final = "!'()*~"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SEPARATOR = re.compile(r"[/\\]")
_DOTS = frozenset({".", ".."})
