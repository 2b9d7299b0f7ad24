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
    """The media types that are taken, such as ``multipart/form-data`` or ``text/*``, without parameters.

    By default JSON, and of a body that is bytes or a stream, any.
    """
    max_bytes: int
    """The largest size in bytes, also once a body is inflated; longer ones are refused with 413."""
    parse: bool | Literal["gunzip"]
    """False gives bytes, ``"gunzip"`` bytes that were inflated where a content encoding says so."""
    output: Literal["data", "stream"]
    """``"stream"`` gives a reader, and nothing has been read."""


class Timeouts(TypedDict, total=False):
    """In milliseconds, 0 is for ever; kept by async adapters, a plain server keeps its own.

    A body that takes longer is refused with 408.
    """

    payload: int
    """How many milliseconds the whole body may take, unless the handler reads it; 60,000 by default."""
    idle_socket: int
    """How many milliseconds each piece may take; for ever by default, but 60,000 where the handler reads."""


class Availability(TypedDict, total=False):
    """How far a route is to be relied on; documents say it as ``x-state``."""

    stability: Literal["experimental", "beta", "stable"]
    """How much it may still change: documents call it technical preview, beta, or generally available."""
    since: str
    """The first release that had it, such as ``8.1.0``."""


class TransportOptions(TypedDict, total=False):
    """What is said of a route beside its schemas."""

    body: BodyOptions
    """How its body is taken; a GET has none."""
    timeout: Timeouts
    """How long its body may take, in milliseconds."""
    http_resource: bool
    """Whether it serves a page or a script: its answers name no version, unless the route has versions."""
    xsrf_required: bool
    """Whether a method that changes something wants a ``kbn-xsrf`` header, which no form can send."""
    availability: Availability
    """How far it is to be relied on, for documents."""
    exclude_from_oas: bool
    """Whether OpenAPI documents leave it out."""
    oas_operation_object: Mapping[str, Any] | Callable[[], Mapping[str, Any]]
    """What its operation in OpenAPI documents has beside what is known, such as ``x-codeSamples``."""
    lint_ignore: Mapping[str, str]
    """Findings of ``kbn-schema lint`` that are meant, each with its reason."""


class AnyOf(TypedDict):
    """One of these privileges."""

    any_of: Sequence[str]
    """The names of the privileges, at least one."""


class AllOf(TypedDict):
    """All of these privileges."""

    all_of: Sequence[str]
    """The names of the privileges, at least one."""


class PrivilegeSet(TypedDict, total=False):
    """Privileges that a user needs: all of some, and one of others; one of the two keys may be left out."""

    all_required: Sequence[str | AnyOf]
    """Names of privileges, or choices among some; the user needs every one of these entries."""
    any_required: Sequence[str | AllOf]
    """Names of privileges, or groups of them; the user needs one of these entries."""


class Authorization(TypedDict):
    """What a user has to be allowed: every entry of the list."""

    required_privileges: Sequence[str | PrivilegeSet]
    """Names of privileges, or sets of them, at least one."""


class NoAuthorization(TypedDict):
    """That no privilege is needed, and why."""

    enabled: Literal[False]
    """False, which no `Authorization` has."""
    reason: str
    """Why not, in words that are not empty."""


class Authentication(TypedDict):
    """Whether it has to be known who the user is."""

    enabled: Literal[True, "optional"]
    """True where it has to be known, ``"optional"`` where it may be."""


class NoAuthentication(TypedDict):
    """That anybody may call it, and why."""

    enabled: Literal[False]
    """False: nobody is asked who it is."""
    reason: str
    """Why not, in words that are not empty."""


class VersionSecurity(TypedDict, total=False):
    """What one version says of who may call it."""

    authz: Authorization | NoAuthorization
    """Which privileges a user needs, or why none."""


class Security(VersionSecurity, total=False):
    """Who may call a route. It is told in documents, and enforced by whatever hook reads it."""

    authc: Authentication | NoAuthentication
    """Whether it has to be known who the user is, or why not."""


class Deprecation(TypedDict, total=False):
    """Why a route is deprecated, and what to do."""

    documentation_url: str
    """Where more is said, for documents."""
    severity: Literal["warning", "critical"]
    """How much it matters, for the page of the contract; ``"warning"`` by default."""
    message: str
    """What the ``warning`` header says: a line of printable ASCII, by default that it is deprecated."""
    reason: Mapping[str, Any]
    """``{"type": "bump", "new_api_version"}``, ``{"type": "migrate", "new_api_path", "new_api_method"}``,
    ``{"type": "remove"}`` or ``{"type": "deprecate"}``."""


class Metadata(TypedDict, total=False):
    """What is said of a route for documents, and of its transport."""

    summary: str
    """A short text, for documents; where there is none, they make one of the handler's name."""
    description: str
    """A longer text, for documents."""
    tags: Sequence[str]
    """What documents group it under; where some begin with ``oas-tag:``, those alone, without that."""
    discontinued: str
    """The version or the date from which it is gone, for documents; nothing is switched off by itself."""
    security: Security
    """Who may call it."""
    options: TransportOptions
    """How its body is taken, how long that may take, and what else is said of it."""


class RouteOptions(Metadata, Generic[P, Q, B, H]):
    """What is said when a route is declared."""

    validate: Required[Validate[P, Q, B, H]]
    """The rules of params, query, headers and body; False hides whatever was sent."""
    access: NotRequired[Access]
    """Whether others may rely on it; ``"internal"`` by default."""
    deprecated: NotRequired[bool | Deprecation]
    """Whether its answers have a ``warning`` header, or why they do; False by default."""


class VersionedOptions(Metadata):
    """What is said when a versioned route is declared."""

    access: Required[Access]
    """``"public"``, where versions are dates, or ``"internal"``, where they are numbers."""
    deprecated: NotRequired[bool | Deprecation]
    """For versions that do not say it themselves."""
    enable_query_version: NotRequired[bool]
    """Whether the version may also be the field ``apiVersion`` of the query; False by default."""


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
    """In upper case, such as ``GET``; that one answers HEAD, too."""
    path: str
    """The template with its parameters, behind the base path of the router: ``/api/users/{id}``."""
    handler: Handler = attrs.field(repr=False)
    """What is called with a context, the `Request` and a `ResponseFactory`; plain or async."""
    intake: Once[Intake] = attrs.field(repr=False)
    """What is done before the handler is called; a lazy block is read when it is first asked for."""
    access: Access = "internal"
    """``"internal"`` or ``"public"``."""
    summary: str = ""
    """A short text, for documents."""
    description: str = ""
    """A longer text, for documents."""
    tags: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    """What documents group it under, as it was declared."""
    deprecated: bool | Mapping[str, Any] = False
    """Whether it is deprecated, or why: the keys of `Deprecation`."""
    discontinued: str | None = None
    """The version or the date from which it is gone; None where nothing was said of it."""
    security: Mapping[str, Any] = attrs.field(factory=dict[str, Any], converter=_frozen)
    """Who may call it, as it was declared; nothing here enforces it."""
    options: Mapping[str, Any] = attrs.field(factory=dict[str, Any], converter=_frozen)
    """The keys of `TransportOptions`, as they were declared; they cannot be changed."""
    api_version: str | None = None
    """The version that is served; None in a route without versions."""
    is_async: bool = attrs.field(init=False, default=attrs.Factory(lambda r: is_async(r.handler), True))
    """Whether the handler must be awaited."""
    headers: Pairs = attrs.field(init=False, default=attrs.Factory(lambda r: _own_headers(r), True))
    """What each answer has: the version, and a warning where the route is deprecated."""
    max_bytes: int | None = attrs.field(init=False, default=attrs.Factory(lambda r: _max_bytes(r), True))
    """The largest size of a body, in bytes; None where the router decides."""
    patience: Patience = attrs.field(
        init=False, default=attrs.Factory(lambda r: patience_of(r.options.get("timeout", {})), True)
    )
    """How long an async server waits for a body."""

    @property
    def rules(self) -> Rules:
        """The ``validate`` block, read; a lazy one is called for it, where it has not been yet.

        Raises:
            SchemaDefinitionError: A lazy block is malformed. What the author's function raises leaves
                it, too.
        """
        return self.intake().rules

    def choose(self, head: RequestParts, query: Fields) -> "Route":
        """The route for a request: this one, whatever version its *head* or its *query* asks for."""
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

    What is called before anything is validated, behind the handler, or with what does not fit sees all
    headers instead, with names in lower case and repeats joined with commas, and ``{}`` for the other parts.

    For type checkers, ``Request[Params, Query, Body, Headers]`` says what the parts are; those left out are
    `Any`. Where that is not what the schemas of the route yield, the decorator is an error.
    """

    method: str
    """As it was sent: ``HEAD`` where that is asked of a route of GET."""
    path: str
    """As it was sent, without the query: still percent-encoded."""
    route: Route
    """The route that was found, of a versioned one that of the version."""
    params: P_co
    """What the rule of the parameters yields, which are decoded."""
    query: Q_co
    """What the rule of the query yields."""
    headers: H_co
    """What the rule of the headers yields; names are spelled as in its schema."""
    body: B_co
    """What the rule of the body yields, or a reader of it where the route takes a stream."""
    _head: RequestParts
    """The request as the adapter handed it over."""

    @property
    def api_version(self) -> str | None:
        """The version that is served; None where the route has none."""
        return self.route.api_version

    @property
    def state(self) -> dict[str, Any]:
        """A dict of this request's own: what a hook finds out, such as the user, is for all that see it."""
        return self._head.state

    def unstable_raw_request(self) -> Any:
        """The framework's own request: the only way to what no schema has seen; None where there is none."""
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
