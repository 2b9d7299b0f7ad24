"""This module keeps the routes of a program and answers their requests; it does no I/O.

`Router.handle` and `Router.handle_async` are two callers of one core: everything before a handler is
in `_prepare`, everything behind it in `_finish`.
"""

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from types import MappingProxyType
from typing import Any, Literal, Required, TypedDict, TypeVar

import attrs
from typing_extensions import Unpack

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.parts import Refusal, RequestParts, ResponseParts, decode_body, decode_query, too_large
from kbn_schema.http.paths import Match, PathTable, parse_template
from kbn_schema.http.responses import (
    INTERNAL_ERROR,
    Response,
    ResponseError,
    ResponseFactory,
    error_response,
    render,
    to_json,
)
from kbn_schema.http.validation import InvalidRequest, Rules, Validate, check_request, read_rules

MAX_ANSWER_BYTES = 8192

# Kibana's own, taken from a query before it is validated.
RESERVED_FIELDS = ("elasticInternalOrigin",)

Handler = Callable[[Any, "Request", ResponseFactory], Response | Awaitable[Response]]
H = TypeVar("H", bound=Handler)

_log = logging.getLogger("kbn_schema.http")


class RouteOptions(TypedDict, total=False):
    """What is said when a route is declared."""

    validate: Required[Validate]
    """The schemas of params, query and body; False hides whatever was sent."""
    access: Literal["internal", "public"]
    summary: str
    description: str
    tags: Sequence[str]
    deprecated: bool | Mapping[str, Any]
    options: Mapping[str, Any]
    """``{"body": {"max_bytes": 1024}}``: the size from which bodies are refused with 413."""


def _frozen(options: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(options))


def _is_async(route: "Route") -> bool:
    return inspect.iscoroutinefunction(route.handler)


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


class Router:
    """Routes under *base_path*; bodies of more than *max_body_bytes* are refused with 413.

    Each of `get`, `post`, `put`, `patch` and `delete` takes a path such as ``/users/{id}``, ``/users/{id?}``
    or ``/files/{path*}`` and decorates the handler, which is called with a context (a mapping), the
    `Request` and a `ResponseFactory`, and may be async. A GET route answers HEAD, too; OPTIONS is answered
    for all.

    Example:
        >>> from kbn_schema import schema
        >>> from kbn_schema.http import RequestParts, Router
        >>> router = Router()
        >>> @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
        ... def hello(context, request, response):
        ...     return response.ok(body={"hello": request.params["name"]})
        >>> router.handle(RequestParts("GET", "/api/hello/you")).body
        b'{"hello":"you"}'
    """

    def __init__(self, base_path: str = "", *, max_body_bytes: int = 1_048_576) -> None:
        self._base_path = base_path.rstrip("/")
        self._max_body_bytes = max_body_bytes
        self._routes: list[Route] = []
        self._table: PathTable[Route] = PathTable()

    @property
    def routes(self) -> tuple[Route, ...]:
        """All routes, in the order they were declared."""
        return tuple(self._routes)

    def get(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[H], H]:
        """Declare the handler of GET and HEAD on *path*."""
        return self._declare("GET", path, options)

    def post(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[H], H]:
        """Declare the handler of POST on *path*."""
        return self._declare("POST", path, options)

    def put(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[H], H]:
        """Declare the handler of PUT on *path*."""
        return self._declare("PUT", path, options)

    def patch(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[H], H]:
        """Declare the handler of PATCH on *path*."""
        return self._declare("PATCH", path, options)

    def delete(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[H], H]:
        """Declare the handler of DELETE on *path*."""
        return self._declare("DELETE", path, options)

    def knows(self, path: str) -> bool:
        """Whether a route stands on *path*, for whatever method; adapters leave other paths to their app."""
        return any(True for _ in self._table.find(path))

    def body_limit(self, method: str, path: str) -> int:
        """The size in bytes from which the body of a request is refused; adapters stop reading there."""
        for match in self._table.find(path):
            if match.method == method:
                return self._limit(match.route)
        return self._max_body_bytes

    def refuse(self, parts: RequestParts, refusal: Refusal) -> ResponseParts:
        """The answer to a request that an adapter could not even read."""
        attributes = {"issues": [refusal.detail]} if refusal.detail else None
        answer = error_response(
            refusal.status, refusal.message, attributes=attributes, headers=refusal.headers
        )
        return render(answer, parts)

    def handle(self, parts: RequestParts) -> ResponseParts:
        """The answer to a request, whatever it is.

        Raises:
            TypeError: The handler is async.
        """
        call = self._prepare(parts)
        if isinstance(call, ResponseParts):
            return call
        refuse_async([call.route])
        try:
            result = call.start()
        except Exception as error:
            return self._fail(parts, error, call.route)
        if inspect.iscoroutine(result):
            result.close()
            raise _async_error(call.route)
        return self._finish(parts, result, call.route)

    async def handle_async(self, parts: RequestParts) -> ResponseParts:
        """The answer to a request, whatever it is; the handler may be async or not."""
        call = self._prepare(parts)
        if isinstance(call, ResponseParts):
            return call
        try:
            result = call.start()
            if inspect.isawaitable(result):
                result = await result
        except Exception as error:
            return self._fail(parts, error, call.route)
        return self._finish(parts, result, call.route)

    def _declare(self, method: str, path: str, options: RouteOptions) -> Callable[[H], H]:
        where = f"The [{method.lower()}] at [{path}]"
        if "validate" not in options:
            raise SchemaDefinitionError(
                f"{where} does not have a 'validate' specified. "
                "Use 'false' as the value if you want to bypass validation."
            )
        if options.get("access", "internal") not in ("internal", "public"):
            raise SchemaDefinitionError(f"{where}: 'access' must be 'internal' or 'public'")
        rules = read_rules(options["validate"], where)
        template = parse_template(self._base_path + path)
        declared: dict[str, Any] = {name: value for name, value in options.items() if name != "validate"}

        def decorate(handler: H) -> H:
            route = Route(method, template.text, handler, rules, **declared)
            self._table.add(method, template, route)
            self._routes.append(route)
            return handler

        return decorate

    def _limit(self, route: Route) -> int:
        limit: int = route.options.get("body", {}).get("max_bytes", self._max_body_bytes)
        return limit

    def _prepare(self, parts: RequestParts) -> "_Call | ResponseParts":
        """The handler to call and with what, or the answer where there is none to call."""
        route = None
        try:
            match = self._match(parts)
            if isinstance(match, Response):
                return render(match, parts)
            route = match.route
            return _Call(route, self._request(match, parts))
        except Refusal as refusal:
            return self.refuse(parts, refusal)
        except InvalidRequest as invalid:
            return render(_bad_request(invalid), parts)
        except Exception as error:
            return self._fail(parts, error, route)

    def _match(self, parts: RequestParts) -> Match[Route] | Response:
        matches = list(self._table.find(parts.path))
        if not matches:
            raise Refusal(404, "Not Found")
        method = "GET" if parts.method == "HEAD" else parts.method
        for match in matches:
            if match.method == method:
                return match
        if parts.method == "OPTIONS":
            return Response(status=204, headers={"allow": _allowed(matches)})
        raise Refusal(405, "Method Not Allowed", headers={"allow": _allowed(matches)})

    def _request(self, match: Match[Route], parts: RequestParts) -> Request:
        route = match.route
        limit = self._limit(route)
        if parts.body is not None and len(parts.body) > limit:
            raise too_large(limit)
        query = decode_query(parts.query)
        for name in RESERVED_FIELDS:
            query.pop(name, None)
        body = decode_body(parts) if route.rules.body is not None else None
        valid = check_request(route.rules, match.params(), query, body)
        return Request(parts.method, parts.path, route, valid.params, valid.query, valid.body, parts.raw)

    def _finish(self, parts: RequestParts, result: object, route: Route) -> ResponseParts:
        try:
            if not isinstance(result, Response):
                raise ResponseError(
                    f"expected the handler to return a response but got [{type(result).__name__}]"
                )
            return render(result, parts)
        except Exception as error:
            return self._fail(parts, error, route)

    def _fail(self, parts: RequestParts, error: Exception, route: Route | None) -> ResponseParts:
        # What went wrong is for the log only.
        _log.error("500 Server Error: %s %s", parts.method, route.path if route else "", exc_info=error)
        return render(error_response(500, INTERNAL_ERROR), parts)


@attrs.frozen(eq=False)
class _Call:
    """A handler that is due."""

    route: Route
    request: Request

    def start(self) -> object:
        # The context is a mapping, so that a factory can fill it.
        return self.route.handler({}, self.request, ResponseFactory())


def refuse_async(routes: Iterable[Route]) -> None:
    """Refuse routes that `Router.handle` cannot serve; adapters without an event loop call this once.

    Raises:
        TypeError: A handler is async.
    """
    for route in routes:
        if route.is_async:
            raise _async_error(route)


def _async_error(route: Route) -> TypeError:
    return TypeError(
        f"the handler of [{route.method.lower()}] [{route.path}] is async: "
        "use handle_async, an async adapter, or a plain function"
    )


def _allowed(matches: Iterable[Match[Route]]) -> str:
    methods = {match.method for match in matches} | {"OPTIONS"}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


def _bad_request(invalid: InvalidRequest) -> Response:
    """All issues, or as many as an answer of 8 kB holds."""
    headline, issues = invalid.headline, invalid.issues()
    room = MAX_ANSWER_BYTES - len(to_json(headline).encode()) - 256
    sizes = accumulate(len(to_json(issue).encode()) + 1 for issue in issues)
    kept = issues[: sum(size <= room for size in sizes)]
    attributes: dict[str, object] = {"issues": kept}
    if len(kept) < len(issues):
        attributes["omitted"] = len(issues) - len(kept)
    return error_response(400, headline, attributes=attributes)
