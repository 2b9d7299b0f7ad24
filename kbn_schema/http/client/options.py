"""This module holds what a request is asked for with: Kibana's fetch options in snake_case."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NotRequired, Required, Self, TypedDict, cast

import attrs

from kbn_schema.http.client.abort import AbortSignal
from kbn_schema.http.form_data import require
from kbn_schema.http.mistakes import listed
from kbn_schema.missing import MISSING, Missing
from kbn_schema.wording import shorten

if TYPE_CHECKING:
    import httpx

Query = Mapping[str, Any]
HeadersGiven = Mapping[str, str | int | None]


class _Keywords(TypedDict, total=False):
    method: str
    """``GET`` by default."""
    query: Query | None
    """Names and values; None is left out, and a list is sent as a field for each of its values."""
    body: Any
    """Bytes, text or a stream are sent as they are, anything else as JSON; None is no body."""
    version: str | None
    """The version of the API, for the header ``elastic-api-version``."""
    headers: HeadersGiven | None
    """Names and values; None leaves out a header that is sent otherwise."""
    context: Mapping[str, Any] | None
    """What the request is for, in the header ``x-kbn-context``."""
    as_system_request: bool
    """Whether no user has asked for it: ``kbn-system-request: true``."""
    prepend_base_path: bool
    """Whether the base path is put before the path; True by default."""
    timeout: "float | httpx.Timeout | None"
    """In seconds, for each step of the request; None is for ever; by default, that of the client."""
    signal: AbortSignal | None
    """What aborts it."""


class FetchKeywords(_Keywords, total=False):
    """What may be said of a request beside its path."""

    as_response: bool
    """Whether the result is an `HttpResponse`, and not only its body."""
    raw_response: bool
    """Whether the body is left unread; wants *as_response*."""


class AsResponse(_Keywords):
    """The same where the result is an `HttpResponse`."""

    as_response: Required[Literal[True]]
    raw_response: NotRequired[bool]


class FetchMapping(FetchKeywords):
    """The same in one mapping, with the path."""

    path: Required[str]
    """Where on the server, below the base path, percent-encoded, and maybe with a query."""


def _copied(given: Any) -> Any:
    """A copy of the mapping *given* that nobody can change, of None an empty one; all else as it is."""
    return MappingProxyType(dict(given or {})) if given is None or isinstance(given, Mapping) else given


@attrs.frozen(kw_only=True, eq=False)
class FetchOptions:
    """What a request is asked for with; see `FetchKeywords`. Interceptors see it, and hand on another.

    Raises:
        TypeError: An option is of a wrong type.
        ValueError: The method is none, or *raw_response* is asked for without *as_response*.
    """

    path: str
    """Where on the server, below the base path, percent-encoded, and maybe with a query."""
    method: str = "GET"
    """The name of the method, sent as it is."""
    # What may hold a secret is not shown.
    query: Query = attrs.field(default=None, converter=_copied, repr=False)
    """Names and values, which cannot be changed; empty where there are none."""
    body: Any = attrs.field(default=None, repr=False)
    """What is sent: bytes, text or a stream as they are, anything else as JSON; None is no body."""
    version: str | None = None
    """The version of the API, for the header ``elastic-api-version``."""
    headers: HeadersGiven = attrs.field(default=None, converter=_copied, repr=False)
    """Names and values, which cannot be changed; None for a header that is left out."""
    context: Mapping[str, Any] = attrs.field(default=None, converter=_copied, repr=False)
    """What the request is for, in the header ``x-kbn-context``; it cannot be changed."""
    as_response: bool = False
    raw_response: bool = False
    as_system_request: bool = False
    """Whether no user has asked for it: ``kbn-system-request: true``."""
    prepend_base_path: bool = True
    """Whether the base path is put before the path."""
    timeout: "float | httpx.Timeout | Missing | None" = MISSING
    """In seconds, for each step of the request; None is for ever, and `MISSING` that of the client."""
    signal: AbortSignal | None = None
    """What aborts it."""

    def __attrs_post_init__(self) -> None:
        require(isinstance(self.path, str), "path", "text", self.path)
        require(isinstance(self.method, str), "method", "text", self.method)
        require(isinstance(self.version, str | None), "version", "text", self.version)
        require(isinstance(self.signal, AbortSignal | None), "signal", "an AbortSignal", self.signal)
        for name in ("as_response", "raw_response", "as_system_request", "prepend_base_path"):
            require(isinstance(getattr(self, name), bool), name, "True or False", getattr(self, name))
        require_timeout(self.timeout)
        for name in ("query", "headers", "context"):
            _require_named(name, getattr(self, name))
        if not _TOKEN.fullmatch(self.method):
            raise ValueError("method must be the name of a method, such as PUT")
        if self.raw_response and not self.as_response:
            # Kibana's text, but for the case of the names.
            raise ValueError(RAW_WITHOUT_RESPONSE)

    @classmethod
    def of(cls, given: "Mapping[str, Any] | FetchOptions") -> Self:
        """*given* as options.

        Raises:
            TypeError: There is an unknown option, one of a wrong type, or no path.
            ValueError: As for the class.
        """
        if isinstance(given, FetchOptions):
            return cast(Self, given)
        _require_known(given)
        if "path" not in given:
            raise TypeError("the fetch options have no [path]")
        return cls(**given)

    def with_changes(self, changes: "Mapping[str, Any] | FetchOptions | None") -> Self:
        """These options with *changes* in place of what they say; all of them where they are options.

        Raises:
            TypeError: *changes* are neither options nor a mapping, have an unknown option or one of a wrong
                type.
            ValueError: As for the class.
        """
        if changes is None:
            return self
        if isinstance(changes, FetchOptions):
            return cast(Self, changes)
        require(isinstance(changes, Mapping), "what an interceptor returns", "options or None", changes)
        _require_known(changes)
        return attrs.evolve(self, **changes)


def require_timeout(timeout: Any) -> None:
    """Refuse a *timeout* that httpx would only refuse once it waits.

    Raises:
        TypeError: It is no number.
        ValueError: It is less than nothing.
    """
    if timeout is None or timeout is MISSING or hasattr(type(timeout), "as_dict"):  # httpx.Timeout
        return
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    require(is_number, "timeout", "seconds, an httpx.Timeout or None", timeout)
    if not timeout >= 0:
        raise ValueError("timeout must be at least 0")


def read_arguments(path: Any, options: Any, keywords: Mapping[str, Any], method: str | None) -> FetchOptions:
    """What a call of ``fetch(path, options, **keywords)`` asks for; *method* is that of a shorthand.

    Raises:
        TypeError, ValueError: The arguments are not what they should be.
    """
    fixed = {} if method is None else {"method": method}
    if isinstance(path, str) and (options is None or isinstance(options, Mapping)):
        return FetchOptions.of({**(options or {}), **keywords, "path": path, **fixed})
    if isinstance(path, Mapping | FetchOptions) and options is None and not keywords:
        return FetchOptions.of(path).with_changes(fixed)
    given = _javascript_type(path), "object" if keywords else _javascript_type(options)
    raise TypeError(f"{BAD_ARGUMENTS} ({', '.join(given)})")


def _require_named(name: str, given: Any) -> None:
    require(isinstance(given, Mapping), name, "a mapping", given)
    for key in given:
        require(isinstance(key, str), f"a name in {name}", "text", key)


def _require_known(given: Mapping[str, Any]) -> None:
    for name in given:
        if name not in _KNOWN:
            known = listed(_KNOWN)
            raise TypeError(f"[{shorten(str(name))}] is no fetch option, expected {known}")


def _javascript_type(value: object) -> str:
    match value:
        case None:
            return "undefined"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case _:
            return "function" if callable(value) else "object"


# Kibana's texts.
BAD_ARGUMENTS: Final = (
    "Invalid fetch arguments, must either be (string, object) or (object, undefined), received"
)
RAW_WITHOUT_RESPONSE: Final = (
    "Invalid fetch arguments, rawResponse = true is only supported when asResponse = true"
)
_KNOWN: Final = tuple(field.name for field in attrs.fields(FetchOptions))
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
