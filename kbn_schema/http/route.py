"""This module holds a route as it was declared, and the request that its handler sees."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Generic,
    Literal,
    NotRequired,
    Protocol,
    Required,
    TypedDict,
    cast,
    overload,
)

import attrs
from typing_extensions import ParamSpec, TypeVar

from kbn_schema.http.intake import Fields, Intake
from kbn_schema.http.once import Once
from kbn_schema.http.parts import Pairs, RequestParts
from kbn_schema.http.receiving import Patience, patience_of
from kbn_schema.http.responses import Response, ResponseFactory
from kbn_schema.http.rules import B, H, P, Q, Rules, Validate
from kbn_schema.kinds.definition import is_async

Access = Literal["internal", "public"]
Handler = Callable[[Any, "Request", ResponseFactory], Response | Awaitable[Response]]

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")
Answer_co = TypeVar("Answer_co", covariant=True)
Request_co = TypeVar("Request_co", covariant=True)
Request_contra = TypeVar("Request_contra", contravariant=True)
P_co = TypeVar("P_co", covariant=True, default=Any)
Q_co = TypeVar("Q_co", covariant=True, default=Any)
B_co = TypeVar("B_co", covariant=True, default=Any)
H_co = TypeVar("H_co", covariant=True, default=Any)

VERSION_HEADER: Final = "elastic-api-version"
# Kibana: what public routes without versions of their own are taken for.
BASE_VERSION: Final = "2023-10-31"


class BodyOptions(TypedDict, total=False):
    """How the body of a request is taken."""

    accepts: str | Sequence[str]
    """The media types that are taken, such as ``multipart/form-data`` or ``text/*``; JSON by default."""
    max_bytes: int
    """The largest size; longer bodies are refused with 413."""
    parse: bool | Literal["gunzip"]
    """False gives bytes, ``"gunzip"`` bytes that were inflated."""
    output: Literal["data", "stream"]
    """``"stream"`` gives a reader, and nothing has been read."""


class Timeouts(TypedDict, total=False):
    """In milliseconds, 0 is for ever; kept by async adapters, a plain server keeps its own."""

    payload: int
    """How long the whole body may take; 408 after that."""
    idle_socket: int
    """How long each piece of it may take."""


class Availability(TypedDict, total=False):
    """How far a route is to be relied on; documents say it as ``x-state``."""

    stability: Literal["experimental", "beta", "stable"]
    since: str
    """The first release that had it, such as ``8.1.0``."""


class TransportOptions(TypedDict, total=False):
    """What is said of a route beside its schemas."""

    body: BodyOptions
    timeout: Timeouts
    http_resource: bool
    """Whether it serves a page or a script, which has no version."""
    xsrf_required: bool
    """Whether a method that changes something wants a ``kbn-xsrf`` header, which no form can send."""
    availability: Availability
    exclude_from_oas: bool
    """Whether OpenAPI documents leave it out."""
    oas_operation_object: Mapping[str, Any] | Callable[[], Mapping[str, Any]]
    """What its operation in OpenAPI documents has beside what is known, such as ``x-codeSamples``."""
    lint_ignore: Mapping[str, str]
    """Findings of ``kbn-schema lint`` that are meant, each with its reason."""


class AnyOf(TypedDict):
    """One of these privileges."""

    any_of: Sequence[str]


class AllOf(TypedDict):
    """All of these privileges."""

    all_of: Sequence[str]


class PrivilegeSet(TypedDict, total=False):
    """Privileges that a user needs: all of some, and one of others."""

    all_required: Sequence[str | AnyOf]
    any_required: Sequence[str | AllOf]


class Authorization(TypedDict):
    """What a user has to be allowed: every entry of the list."""

    required_privileges: Sequence[str | PrivilegeSet]


class NoAuthorization(TypedDict):
    """That no privilege is needed, and why."""

    enabled: Literal[False]
    reason: str


class Authentication(TypedDict):
    """Whether it has to be known who the user is."""

    enabled: Literal[True, "optional"]


class NoAuthentication(TypedDict):
    """That anybody may call it, and why."""

    enabled: Literal[False]
    reason: str


class VersionSecurity(TypedDict, total=False):
    """What one version says of who may call it."""

    authz: Authorization | NoAuthorization


class Security(VersionSecurity, total=False):
    """Who may call a route. It is told in documents, and enforced by whatever hook reads it."""

    authc: Authentication | NoAuthentication


class Deprecation(TypedDict, total=False):
    """Why a route is deprecated, and what to do."""

    documentation_url: str
    severity: Literal["warning", "critical"]
    message: str
    """What the `warning` header says; a line of printable ASCII."""
    reason: Mapping[str, Any]
    """``{"type": "bump", "new_api_version"}``, ``{"type": "migrate", "new_api_path", "new_api_method"}``,
    ``{"type": "remove"}`` or ``{"type": "deprecate"}``."""


class Metadata(TypedDict, total=False):
    """What is said of a route for documents, and of its transport."""

    summary: str
    description: str
    tags: Sequence[str]
    discontinued: str
    security: Security
    options: TransportOptions


class RouteOptions(Metadata, Generic[P, Q, B, H]):
    """What is said when a route is declared."""

    validate: Required[Validate[P, Q, B, H]]
    """The rules of params, query, headers and body; False hides whatever was sent."""
    access: NotRequired[Access]
    deprecated: NotRequired[bool | Deprecation]


class VersionedOptions(Metadata):
    """What is said when a versioned route is declared."""

    access: Required[Access]
    deprecated: NotRequired[bool | Deprecation]
    """For versions that do not say it themselves."""
    enable_query_version: NotRequired[bool]
    """Whether the query may have an ``apiVersion``."""


def _frozen(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """A copy of *options* that nobody can change, as deep as there are mappings."""
    return MappingProxyType(
        {
            name: _frozen(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value
            for name, value in options.items()
        }
    )


@attrs.frozen(eq=False)
class Route:
    """One method on one path, as it was declared; in a versioned route, one version of it."""

    method: str
    path: str
    handler: Handler = attrs.field(repr=False)
    intake: Once[Intake] = attrs.field(repr=False)
    """What is done before the handler is called; a lazy block is read when it is first asked for."""
    access: Access = "internal"
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    deprecated: bool | Mapping[str, Any] = False
    discontinued: str | None = None
    security: Mapping[str, Any] = attrs.field(factory=dict[str, Any], converter=_frozen)
    """Who may call it, as it was declared; nothing here enforces it."""
    options: Mapping[str, Any] = attrs.field(factory=dict[str, Any], converter=_frozen)
    api_version: str | None = None
    """The version that is served; None in a route without versions."""
    is_async: bool = attrs.field(init=False, default=attrs.Factory(lambda r: is_async(r.handler), True))
    """Whether the handler must be awaited."""
    headers: Pairs = attrs.field(init=False, default=attrs.Factory(lambda r: _own_headers(r), True))
    """What each answer has: the version, and a warning where the route is deprecated."""
    max_bytes: int | None = attrs.field(init=False, default=attrs.Factory(lambda r: _max_bytes(r), True))
    """The largest size of a body; None where the router decides."""
    patience: Patience = attrs.field(
        init=False, default=attrs.Factory(lambda r: patience_of(r.options.get("timeout", {})), True)
    )
    """How long an async server waits for a body."""

    @property
    def rules(self) -> Rules:
        """The ``validate`` block, read."""
        return self.intake().rules

    def choose(self, head: RequestParts, query: Fields) -> "Route":
        """The route for a request: this one, whatever version is asked for."""
        return self


def _max_bytes(route: Route) -> int | None:
    size: int | None = route.options.get("body", {}).get("max_bytes")
    return size


def _own_headers(route: Route) -> Pairs:
    version = route.api_version
    if version is None and route.access == "public" and not route.options.get("http_resource"):
        version = BASE_VERSION
    pairs: Pairs = () if version is None else ((VERSION_HEADER, version),)
    return (*pairs, ("warning", warning(route.deprecated))) if route.deprecated else pairs


def warning(deprecated: bool | Mapping[str, Any]) -> str:
    """The `warning` header of a deprecated route (RFC 7234, section 5.5)."""
    text = "This endpoint is deprecated"
    if isinstance(deprecated, Mapping):
        text = deprecated.get("message", text)
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'299 {WARN_AGENT} "{quoted}"'


WARN_AGENT: Final = "kbn_schema"


@attrs.frozen(eq=False, repr=False)
class Request(Generic[P_co, Q_co, B_co, H_co]):
    """What a handler sees: validated parts only, those undeclared are ``{}``.

    For type checkers, ``Request[Params, Query, Body, Headers]`` says what the parts are; those left out are
    `Any`. Where that is not what the schemas of the route yield, the decorator is an error.
    """

    method: str
    path: str
    """Still percent-encoded."""
    route: Route
    params: P_co
    query: Q_co
    headers: H_co
    body: B_co
    _head: RequestParts

    @property
    def api_version(self) -> str | None:
        """The version that is served; None where the route has none."""
        return self.route.api_version

    @property
    def state(self) -> dict[str, Any]:
        """A dict of this request's own: what a hook finds out, such as the user, is for all that see it."""
        return self._head.state

    def unstable_raw_request(self) -> Any:
        """The framework's own request: the only way to what no schema has seen."""
        return self._head.raw

    def __repr__(self) -> str:
        # Never a part: it may hold a password.
        return f"Request({self.method} {self.route.path})"


if TYPE_CHECKING:

    class GivenFactory(ResponseFactory):
        """What a route calls a handler with, to mypy.

        It looks at the second overload of `HandlerOf` only where the first says less than a handler takes.
        """


class HandlerOf(Protocol[Request_contra, Arguments, Answer_co]):
    """A function that handles such a request: *Arguments* and *Answer_co* are its own.

    A function fits where it fits both overloads. The first says what a route calls; the second keeps the
    names and types of the parameters, which a bound of a type variable that depends on others could not.
    """

    @overload
    def __call__(
        self, context: Any, request: Request_contra, response: "GivenFactory", /
    ) -> Response | Awaitable[Response]: ...

    @overload
    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer_co: ...


class Decorator(Protocol[Request_co]):
    """Declares the handler of a route, and hands it on as it is."""

    def __call__(
        self, handler: HandlerOf[Request_co, Arguments, Answer], /
    ) -> Callable[Arguments, Answer]: ...


def async_error(route: Route, what: str) -> TypeError:
    """The error of an async handler where nothing is awaited."""
    return TypeError(
        f"the {what} of [{route.method.lower()}] [{route.path}] is async: "
        "use a plain function, an async adapter, or handle_async"
    )


def require_sync(route: Route) -> None:
    """Refuse a *route* that can only be answered with `await`.

    Raises:
        TypeError: Its handler is async, or its `on_validation_error`.
    """
    if route.is_async:
        raise async_error(route, "handler")
    if route.intake.is_made and is_async(route.rules.on_validation_error):
        raise async_error(route, "on_validation_error")
