"""This module is what generated clients are made of: see ``kbn-schema stubs --client``.

A generated method says what it takes and what it gives; its `Endpoint` says how that is sent and read.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from json import loads
from types import MappingProxyType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Generic,
    ParamSpec,
    Protocol,
    TypeAlias,
    TypedDict,
    TypeVar,
    cast,
)
from urllib.parse import quote

import attrs

from kbn_schema.http.bodies import MULTIPART, family
from kbn_schema.http.client.abort import AbortSignal
from kbn_schema.http.client.answers import HttpResponse
from kbn_schema.http.client.clients import AsyncClient, Client
from kbn_schema.http.client.options import FetchOptions, HeadersGiven
from kbn_schema.http.client.results import BODILESS, read_result, read_text
from kbn_schema.http.client.urls import lone_list
from kbn_schema.http.form_data import content_of, require
from kbn_schema.http.mistakes import listed
from kbn_schema.http.paths import Template, parse_template
from kbn_schema.http.rendering import to_json
from kbn_schema.http.result_types import media_type_name
from kbn_schema.http.uploads import UploadedFile
from kbn_schema.missing import MISSING
from kbn_schema.wording import shorten, show_number

if TYPE_CHECKING:
    import httpx


T = TypeVar("T")
P = ParamSpec("P")

EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})
LEFT_OUT: Final[Any] = MISSING
"""What stands for an argument that was not given."""


class StrictCallOptions(TypedDict, total=False):
    """What may be said of each call, beside what its route declares; see `FetchKeywords`."""

    context: Mapping[str, Any] | None
    as_system_request: bool
    prepend_base_path: bool
    timeout: "float | httpx.Timeout | None"
    signal: AbortSignal | None


class CallOptions(StrictCallOptions, total=False):
    """The same for routes that declare no headers."""

    headers: HeadersGiven | None


class Readable(Protocol):
    """A file that is open for reading, or what is like one."""

    def read(self, size: int, /) -> bytes: ...


Upload: TypeAlias = bytes | bytearray | memoryview | Iterator[bytes] | Readable
"""What is sent as it is, whole or in pieces."""
AsyncUpload: TypeAlias = Upload | AsyncIterator[bytes]


@attrs.frozen
class Endpoint(Generic[T]):
    """How one route, or one version of it, is called; it gives *T*.

    Example:
        >>> endpoint = Endpoint("GET", "/notes/{id}")
        >>> endpoint.options({"params": {"id": "a/b"}}).path
        '/notes/a%2Fb'
    """

    method: str
    path: str
    """As the route declares it, with its parameters in braces."""
    version: str | None = attrs.field(default=None, kw_only=True)
    sends: str = attrs.field(default="application/json", kw_only=True)
    """The media type of bodies, unless a call says another; values are encoded so."""
    gives_text: bool = attrs.field(default=False, kw_only=True)
    """Whether an answer that is text is given as such, also where it spells JSON."""
    gives_none: bool = attrs.field(default=False, kw_only=True)
    """Whether an empty text is None."""
    _template: Template = attrs.field(
        init=False,
        repr=False,
        default=attrs.Factory(lambda self: parse_template(self.path, "a client"), True),
    )

    def options(self, given: Mapping[str, Any], more: Mapping[str, Any] = EMPTY) -> FetchOptions:
        """What is fetched in a call with the arguments *given*: ``params query headers body``, and *more*.

        Raises:
            TypeError: An argument is of a wrong kind, unknown or missing.
            ValueError: One cannot be sent.
        """
        _require_known(given, more)
        rest = {name: value for name, value in {**more, **given}.items() if value is not MISSING}
        path = self.filled(rest.pop("params", {}))
        query = {name: _field(name, value) for name, value in _named("query", rest).items()}
        texts = {name: _header(name, value) for name, value in _named("headers", rest).items()}
        media_type, body = rest.pop("content_type", self.sends), rest.pop("body", None)
        if "body" in given and given["body"] is not MISSING:
            body, media_type = _encoded(body, media_type)
            texts = {"content-type": media_type, **texts}
        own = {"method": self.method, "path": path, "version": self.version}
        return FetchOptions.of({**rest, "query": query, "headers": texts, "body": body, **own})

    def filled(self, params: Mapping[str, Any]) -> str:
        """The path with *params*, percent-encoded, as the router reads the same values back.

        Raises:
            TypeError: A parameter is unknown, missing, or has no text.
            ValueError: A parameter is empty, has a segment ``.`` or ``..``, or a lone surrogate: no router
                takes it.
        """
        require(isinstance(params, Mapping), "params", "a mapping", params)
        for name in params:
            if name not in self._template.names:
                raise TypeError(f"[{shorten(str(name))}] is no parameter of the path [{self.path}]")
        path, names = "", iter(self._template.names)
        for literal in self._template.literals:
            if literal is not None:
                path += f"/{literal}"
                continue
            name = next(names)
            segment = self._parameter(name, params.get(name, MISSING), path)
            path += "" if segment is None else f"/{segment}"
        return path or "/"

    def result(self, answer: HttpResponse, asked: FetchOptions) -> T:
        """What a caller is given who has *asked* so; *answer* itself if `response_of` has."""
        if self.gives_text and not asked.raw_response:
            answer = _as_text(answer, None if self.gives_none else "")
        return cast(T, answer if asked.as_response else answer.body)

    def _parameter(self, name: str, value: Any, before: str) -> str | None:
        """The parameter *name*, encoded; None where it is left out. *before* is the path up to it."""
        mark = self._template.last if name == self._template.names[-1] else ""
        if value is MISSING or value is None:
            if not mark:
                raise TypeError(f"the path [{self.path}] needs the parameter [{name}]")
            return None
        text = _text(name, value)
        if not text:
            raise ValueError(
                f"the parameter [{name}] must not be empty{', but may be left out' * bool(mark)}"
            )
        if not _DOTS.isdisjoint(_SEPARATOR.split(text)):
            raise ValueError(f"the parameter [{name}] must have no segment [.] or [..]")
        try:
            encoded = quote(text, safe="/" if mark == "*" else "")
        except UnicodeEncodeError:
            raise ValueError(f"the parameter [{name}] must have no lone surrogate") from None
        # Two slashes at the beginning of a path would name a host.
        return f"%2F{encoded[1:]}" if encoded[0] == "/" and not before else encoded


class Methods:
    """What the classes are made of whose methods send with a `Client`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def response_of(self, method: Callable[P, T], /, *given: P.args, **named: P.kwargs) -> HttpResponse[T]:
        """All of the answer to a call of *method*, one of these here, with the arguments that are *named*.

        Raises:
            TypeError: *method* is of something else.
        """
        answer: HttpResponse[T] = _own(method, self)(*given, **named, as_response=True)
        return answer

    def raw_response_of(
        self, method: Callable[P, object], /, *given: P.args, **named: P.kwargs
    ) -> HttpResponse[None]:
        """The same, with the body left unread: it is the caller's to read and to close."""
        answer: HttpResponse[None] = _own(method, self)(*given, **named, as_response=True, raw_response=True)
        return answer

    def _call(self, endpoint: Endpoint[T], given: Mapping[str, Any], more: Mapping[str, Any]) -> T:
        asked = endpoint.options(given, more)
        return endpoint.result(self._client.fetch(attrs.evolve(asked, as_response=True)), asked)


class AsyncMethods:
    """What the classes are made of whose methods send with an `AsyncClient`."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def response_of(
        self, method: Callable[P, Awaitable[T]], /, *given: P.args, **named: P.kwargs
    ) -> HttpResponse[T]:
        """All of the answer to a call of *method*, one of these here, with the arguments that are *named*.

        Raises:
            TypeError: *method* is of something else.
        """
        answer: HttpResponse[T] = await _own(method, self)(*given, **named, as_response=True)
        return answer

    async def raw_response_of(
        self, method: Callable[P, Awaitable[object]], /, *given: P.args, **named: P.kwargs
    ) -> HttpResponse[None]:
        """The same, with the body left unread: it is the caller's to read and to close."""
        call = _own(method, self)
        answer: HttpResponse[None] = await call(*given, **named, as_response=True, raw_response=True)
        return answer

    async def _call(self, endpoint: Endpoint[T], given: Mapping[str, Any], more: Mapping[str, Any]) -> T:
        asked = endpoint.options(given, more)
        return endpoint.result(await self._client.fetch(attrs.evolve(asked, as_response=True)), asked)


def _own(method: Any, methods: object) -> Callable[..., Any]:
    if getattr(method, "__self__", None) is not methods:
        raise TypeError("the first argument must be a method of the same client, such as client.find")
    return cast(Callable[..., Any], method)


def _require_known(given: Mapping[str, Any], more: Mapping[str, Any]) -> None:
    for name in more:
        if name not in _OPTIONS or name in given:
            known = listed(tuple(dict.fromkeys([*given, *CallOptions.__annotations__])))
            raise TypeError(f"[{shorten(str(name))}] is no argument of this call, expected {known}")


def _named(part: str, given: dict[str, Any]) -> Mapping[str, Any]:
    """The mapping that *part* is in *given*, which loses it; an empty one where it is None, or not there."""
    found = given.pop(part, None)
    require(found is None or isinstance(found, Mapping), part, "a mapping", found)
    return found or {}


def _field(name: str, value: Any) -> Any:
    """*value* for a query or a form; a list that repeated fields cannot spell is JSON, which is read, too."""
    if not isinstance(value, list | tuple):
        return value
    is_spelled = value and not any(item is None or isinstance(item, list | tuple) for item in value)
    return value if is_spelled else _text(name, value)


def _text(name: str, value: Any) -> str:
    """*value* as the text that a schema reads as the same value: scalars as they are, all else as JSON."""
    if isinstance(value, str):
        return str.__str__(value)
    try:
        text = to_json(value)
    except (TypeError, ValueError, RecursionError) as error:
        kind = ValueError if isinstance(error, ValueError) else TypeError
        raise kind(f"[{name}] cannot be sent: {error}") from None
    if isinstance(value, float):
        return show_number(value)
    # A date, a duration, an enum: text in JSON.
    return str(loads(text)) if text.startswith('"') else text


def _header(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple):
        return _text(name, value)
    items = [_text(name, item) for item in value]
    for item in items:
        # RFC 9110, section 5.6.1: these would arrive as others.
        if "," in item or item != item.strip(" \t") or not item:
            raise ValueError(
                f"an item of the header [{name}] must not be empty, nor have a comma or spaces around"
            )
    # Nor would what is behind a quote that is not closed.
    if any('"' in _QUOTED.sub("", item) for item in items[:-1]):
        raise ValueError(f"an item of the header [{name}] must close its quotes, unless it is the last")
    return ", ".join(items)


def _encoded(body: Any, media_type: str) -> tuple[Any, str]:
    """*body* as it is sent, and its media type."""
    kind = family(media_type)
    if kind == "json" and (isinstance(body, str) or body is None):
        # A client sends text as it is, and None as no body at all.
        return to_json(body), media_type
    if kind in ("form", "multipart") and isinstance(body, Mapping):
        return _form(body, kind == "multipart")
    return body, media_type


def _form(body: Mapping[str, Any], is_multipart: bool) -> tuple[Any, str]:
    fields: dict[str, list[str]] = {}
    files: dict[str, list[UploadedFile]] = {}
    for name, given in body.items():
        value = _field(name, given)
        for item in lone_list(value) if isinstance(value, list | tuple) else [value]:
            if isinstance(item, bytes | bytearray | memoryview):
                file = item if isinstance(item, UploadedFile) else UploadedFile(bytes(item), name)
                files.setdefault(name, []).append(file)
            elif item is not None:
                fields.setdefault(name, []).append(_text(name, item))
    if files and not is_multipart:
        raise TypeError("bytes are no field of a form: the route does not take [multipart/form-data]")
    try:
        content, media_type = content_of(MISSING, None, fields, files if is_multipart else None)
        return content, media_type or MULTIPART
    except UnicodeEncodeError:
        reason = ValueError("a form must have no lone surrogate")
    # Out here, so that it does not hold the other one, which holds the text.
    raise reason


def _as_text(answer: HttpResponse, empty: str | None) -> HttpResponse:
    """*answer* with its text, where the client has taken the value that it spells; of none, *empty*."""
    response = answer.response
    media_type = response.headers.get("content-type", "")
    if response.status_code in BODILESS or not media_type_name(media_type).startswith("text/"):
        return answer
    if isinstance(answer.body, str) or answer.body != read_result(media_type, response.content):
        return answer  # in the latter case, it is an interceptor's
    return attrs.evolve(answer, body=read_text(media_type, response.content) or empty)


# The last two are for `response_of`: what a method gives with them is not what it says.
_OPTIONS: Final = frozenset({*CallOptions.__annotations__, "as_response", "raw_response"})
_DOTS: Final = frozenset({".", ".."})
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SEPARATOR: Final = re.compile(r"[/\\]")
