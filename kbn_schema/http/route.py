"""This module holds a route as it was declared, and the request that its handler sees."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, Required, TypedDict, cast

import attrs

from kbn_schema.http.responses import Response, ResponseFactory
from kbn_schema.http.validation import Rules, Validate
from kbn_schema.kinds.definition import is_async

Handler = Callable[[Any, "Request", ResponseFactory], Response | Awaitable[Response]]


class BodyOptions(TypedDict, total=False):
    """How the body of a request is taken; only *max_bytes* has an effect yet."""

    accepts: str | Sequence[str]
    """The media types that are taken."""
    max_bytes: int
    """The largest size; longer bodies are refused with 413."""
    parse: bool | Literal["gunzip"]
    output: Literal["data", "stream"]


class Timeouts(TypedDict, total=False):
    """In milliseconds; without effect yet."""

    payload: int
    idle_socket: int


class TransportOptions(TypedDict, total=False):
    """What is said of a route beside its schemas."""

    body: BodyOptions
    timeout: Timeouts


class RouteOptions(TypedDict, total=False):
    """What is said when a route is declared."""

    validate: Required[Validate]
    """The schemas of params, query and body; False hides whatever was sent."""
    access: Literal["internal", "public"]
    summary: str
    description: str
    tags: Sequence[str]
    deprecated: bool | Mapping[str, Any]
    options: TransportOptions
    """``{"body": {"max_bytes": 1024}}``: bodies of more are refused with 413."""


def _frozen(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """A copy of *options* that nobody can change, as deep as there are mappings."""
    return MappingProxyType(
        {
            name: _frozen(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value
            for name, value in options.items()
        }
    )


def _is_async(route: "Route") -> bool:
    return is_async(route.handler)


@attrs.frozen(eq=False)
class Route:
    """One method on one path, as it was declared."""

    method: str
    path: str
    handler: Handler = attrs.field(repr=False)
    rules: Rules = attrs.field(repr=False)
    access: Literal["internal", "public"] = "internal"
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    deprecated: bool | Mapping[str, Any] = False
    options: Mapping[str, Any] = attrs.field(factory=dict[str, Any], converter=_frozen)
    is_async: bool = attrs.field(init=False, default=attrs.Factory(_is_async, takes_self=True))
    """Whether the handler must be awaited."""

    @property
    def max_bytes(self) -> int | None:
        """The largest size of a body; None where the router decides."""
        size: int | None = self.options.get("body", {}).get("max_bytes")
        return size


@attrs.frozen(eq=False, repr=False)
class Request:
    """What a handler sees: validated parts only, those undeclared are ``{}``."""

    method: str
    path: str
    """Still percent-encoded."""
    route: Route
    params: Any
    query: Any
    body: Any
    _raw: object
    headers: Any = attrs.field(factory=dict[str, Any])
    """Always ``{}``: a route cannot declare headers yet."""

    def unstable_raw_request(self) -> Any:
        """The framework's own request: the only way to what no schema has seen."""
        return self._raw

    def __repr__(self) -> str:
        # Never a part: it may hold a password.
        return f"Request({self.method} {self.route.path})"


def require_sync(route: Route) -> None:
    """Refuse a *route* that can only be answered with `await`.

    Raises:
        TypeError: Its handler is async.
    """
    if route.is_async:
        raise async_error(route)


def async_error(route: Route) -> TypeError:
    """The error of an async handler where nothing is awaited."""
    return TypeError(
        f"the handler of [{route.method.lower()}] [{route.path}] is async: "
        "use handle_async, an async adapter, or a plain function"
    )
