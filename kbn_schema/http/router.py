"""This module keeps the routes of a program and opens an exchange for each request."""

import copy
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Self, TypeVar

from typing_extensions import Unpack

from kbn_schema import schema
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.course import NO_FRAMEWORK, Native
from kbn_schema.http.definition import (
    HANDLER,
    NO_VALIDATE,
    make_intake,
    require_flag,
    require_options,
    require_path,
    require_size,
    require_text,
    require_texts,
    require_word,
)
from kbn_schema.http.exchange import MAX_BODY_BYTES, Exchange
from kbn_schema.http.lifecycle import ContextFactory, Lifecycle, ResponseMode, context_arguments
from kbn_schema.http.mistakes import refuse, require_callable
from kbn_schema.http.parts import RequestParts, ResponseParts
from kbn_schema.http.paths import Match, PathTable, Template, parse_template
from kbn_schema.http.responses import HeaderValues, Response, error_response
from kbn_schema.http.route import (
    Decorator,
    Handler,
    Request,
    Route,
    RouteOptions,
    VersionedOptions,
    require_sync,
)
from kbn_schema.http.rules import B, H, P, Q, Validate
from kbn_schema.http.static import static_handler
from kbn_schema.http.streams import AsyncStream, SyncStream
from kbn_schema.http.versions import Resolution, VersionedRoute, VersionedRouter, VersionPolicy
from kbn_schema.kinds.definition import is_async
from kbn_schema.late import make_ready

Hook = TypeVar("Hook", bound=Callable[..., Any])
AnyRoute = Route | VersionedRoute

ROUTER: Final = "Router()"


class Router:
    """Routes under *base_path*; bodies of more than *max_body_bytes* bytes are refused with 413.

    Each of `get`, `post`, `put`, `patch` and `delete` takes a path such as ``/users/{id}``, ``/users/{id?}``
    or ``/files/{path*}`` and decorates the handler, which is called with a context, the `Request` and a
    `ResponseFactory`, and may be async. A GET route answers HEAD, too; OPTIONS is answered for all.

    Args:
        context: Makes the first argument of handlers, for each request anew; it is called with the `Request`,
            or with nothing, as it likes, and may be async. A context manager is entered, and closed once the
            answer is made, or a stream was sent. Without it, the context is an empty dict.
        dev: Whether internal versioned routes want a version, lazy blocks are read when they are declared,
            and answers are checked unless *validate_responses* says otherwise.
        version_resolution: Which version is served where a client names none; with ``"none"`` it has to.
        validate_responses: What is done with an answer that does not fit what its route declares: ``"raise"``
            makes it a 500 that says why, ``"log"`` only logs it.
        on_validation_error: Makes the answer to an invalid request: it is called with an `InvalidRequest`,
            the `Request` (without parts, but with all headers) and a `ResponseFactory`, and may be async.
        use_version_resolution_strategy_for_internal_paths: Paths of internal routes that *version_resolution*
            is for, too.

    Raises:
        SchemaDefinitionError: An argument is not what it should be. A declaration raises it, too: for an
            option that is unknown or malformed, a path that another route takes, a schema of params without
            the parameters of the path, or a body of a GET.

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

    def __init__(
        self,
        base_path: str = "",
        *,
        context: Callable[..., Any] | None = None,
        dev: bool = False,
        version_resolution: Resolution = "oldest",
        validate_responses: ResponseMode | None = None,
        max_body_bytes: int = MAX_BODY_BYTES,
        on_validation_error: Callable[..., Any] | None = None,
        use_version_resolution_strategy_for_internal_paths: Sequence[str] = (),
    ) -> None:
        self._base_path = _read_base_path(base_path)
        require_flag(ROUTER, "dev", dev)
        require_word(ROUTER, "version_resolution", version_resolution, ("oldest", "newest", "none"))
        require_word(ROUTER, "validate_responses", validate_responses, (None, "off", "log", "raise"))
        require_size(ROUTER, "max_body_bytes", max_body_bytes)
        if context is not None:
            require_callable(ROUTER, "context", context, *context_arguments(context))
        if on_validation_error is not None:
            require_callable(
                ROUTER, "on_validation_error", on_validation_error, "error", "request", "response"
            )
        require_texts(
            ROUTER,
            "use_version_resolution_strategy_for_internal_paths",
            use_version_resolution_strategy_for_internal_paths,
        )
        self._max_body_bytes = max_body_bytes
        self._dev = dev
        self._policy = VersionPolicy(
            version_resolution, dev, frozenset(use_version_resolution_strategy_for_internal_paths)
        )
        self._lifecycle = Lifecycle(
            context=None if context is None else ContextFactory(context),
            validate_responses=validate_responses or ("raise" if dev else "off"),
            on_validation_error=on_validation_error,
        )
        self._takes_async = True
        self._endpoints: list[AnyRoute] = []
        self._table: PathTable[AnyRoute] = PathTable()

    @property
    def routes(self) -> tuple[Route, ...]:
        """All routes, in the order they were declared; a versioned one stands here once for each version."""
        return tuple(route for endpoint in self._endpoints for route in _routes_of(endpoint))

    @property
    def endpoints(self) -> tuple[AnyRoute, ...]:
        """What was declared, in that order: routes, and versioned routes, each of them once."""
        return tuple(self._endpoints)

    @property
    def max_body_bytes(self) -> int:
        """The largest size of a body in bytes, inclusive, of routes that do not say it themselves."""
        return self._max_body_bytes

    @property
    def on_validation_error(self) -> Callable[..., Any] | None:
        """What makes the answers to invalid requests, but for routes that say it themselves; None: a 400."""
        return self._lifecycle.on_validation_error

    @property
    def versioned(self) -> VersionedRouter:
        """Declares routes that are served in several versions: ``router.versioned.get(...)`` and so on."""
        return VersionedRouter(self._declare_versioned)

    def get(self, path: str, **options: Unpack[RouteOptions[P, Q, B, H]]) -> Decorator[Request[P, Q, B, H]]:
        """Declare the handler of GET and HEAD on *path*, by decorating it; *options* are `RouteOptions`."""
        return self._declare("GET", path, options)

    def post(self, path: str, **options: Unpack[RouteOptions[P, Q, B, H]]) -> Decorator[Request[P, Q, B, H]]:
        """Declare the handler of POST on *path*, by decorating it; *options* are `RouteOptions`."""
        return self._declare("POST", path, options)

    def put(self, path: str, **options: Unpack[RouteOptions[P, Q, B, H]]) -> Decorator[Request[P, Q, B, H]]:
        """Declare the handler of PUT on *path*, by decorating it; *options* are `RouteOptions`."""
        return self._declare("PUT", path, options)

    def patch(self, path: str, **options: Unpack[RouteOptions[P, Q, B, H]]) -> Decorator[Request[P, Q, B, H]]:
        """Declare the handler of PATCH on *path*, by decorating it; *options* are `RouteOptions`."""
        return self._declare("PATCH", path, options)

    def delete(
        self, path: str, **options: Unpack[RouteOptions[P, Q, B, H]]
    ) -> Decorator[Request[P, Q, B, H]]:
        """Declare the handler of DELETE on *path*, by decorating it; *options* are `RouteOptions`."""
        return self._declare("DELETE", path, options)

    def static(
        self, path: str, directory: str | os.PathLike[str], *, headers: HeaderValues | None = None
    ) -> None:
        """Serve the files in *directory*, and in what lies below it, under *path*.

        Nothing outside of it is served, whatever the path of a request is, or a link leads to, and no file or
        folder whose name begins with a dot. Conditional requests and ranges are answered. Each answer with a
        file, or that says the client has it, has *headers*, too.

        Raises:
            SchemaDefinitionError: There is no such directory, *headers* cannot be sent, or another route
                takes the path.
        """
        require_text("The static files", "path", path)
        where = f"The static files at [{self._base_path + path}]"
        handler = static_handler(directory, headers, where=where)
        self.get(
            f"{path.rstrip('/')}/{{path*}}",
            validate={"params": schema.any()},
            options={"http_resource": True},
        )(handler)

    def on_request(self, hook: Hook) -> Hook:
        """Call *hook* with each request for a route, before its body is read and anything of it is validated.

        It gets the request and a `ResponseFactory`. The request has all headers (names in lower case, repeats
        joined with commas), and no other parts. The hook may answer, which ends the request; where it returns
        None, the next hook is called, in the order they were given. It may be async.

        Returns:
            The *hook*, so that this decorates one.

        Raises:
            SchemaDefinitionError: The *hook* cannot be called with two arguments.
            TypeError: It is async, under a server that takes no async functions.
        """
        require_callable(ROUTER, "the hook", hook, "request", "response")
        self._require_takes_hook(hook)
        self._lifecycle.on_request.append(hook)
        return hook

    def on_pre_handler(self, hook: Hook) -> Hook:
        """Call *hook* before each handler, with the same arguments, once the request is known to be valid.

        These are a context, the `Request` with its validated parts, and a `ResponseFactory`. It may answer in
        place of the handler; where it returns None, the next hook is called, in the order they were given.

        Returns:
            The *hook*, so that this decorates one.

        Raises:
            SchemaDefinitionError: The *hook* cannot be called with three arguments.
            TypeError: It is async, under a server that takes no async functions.
        """
        require_callable(ROUTER, "the hook", hook, *HANDLER)
        self._require_takes_hook(hook)
        self._lifecycle.on_pre_handler.append(hook)
        return hook

    def on_response(self, hook: Hook) -> Hook:
        """Call *hook* with each answer of a route, also with errors: it gets the request and the `Response`.

        The request has all headers, as in `on_request`, and no other parts. The hook may return another
        `Response`, which is handed on; None leaves it as it is.

        Returns:
            The *hook*, so that this decorates one.

        Raises:
            SchemaDefinitionError: The *hook* cannot be called with two arguments.
            TypeError: It is async, under a server that takes no async functions.
        """
        require_callable(ROUTER, "the hook", hook, "request", "response")
        self._require_takes_hook(hook)
        self._lifecycle.on_response.append(hook)
        return hook

    def with_context(self, context: Callable[..., Any]) -> Self:
        """Return a router with the routes and hooks that this one has by now, whose handlers get *context*.

        So a module declares its routes, and an application, or a test, says what they work on. What is
        declared later on one of the two routers is not on the other, but for versions of a versioned route.

        Args:
            context: What makes the first argument of handlers, as in ``Router(context=...)``.

        Raises:
            SchemaDefinitionError: *context* cannot be called like that.
            TypeError: It is async, under a server that takes no async functions.

        Example:
            >>> from kbn_schema.http import Router, TestClient
            >>> router = Router()
            >>> @router.get("/stock", validate=False)
            ... def stock(context, request, response):
            ...     return response.ok(body=context["stock"])
            >>> TestClient(router.with_context(lambda: {"stock": 5})).get("/stock").json()
            5
        """
        require_callable(ROUTER, "context", context, *context_arguments(context))
        made = copy.copy(self)
        made._lifecycle = self._lifecycle.with_context(ContextFactory(context))
        made._endpoints, made._table = [], PathTable()
        for endpoint in self._endpoints:
            template = parse_template(endpoint.path, ROUTER)
            made._add(ROUTER, endpoint.method, template, endpoint)
        if not made._takes_async:
            made.refuse_async()
        return made

    def compile(self) -> Self:
        """Return this router, with all schemas of the routes declared so far compiled.

        Without it each compiles itself once it pays, which makes some early request a little slower. Lazy
        blocks are read.

        Raises:
            SchemaDefinitionError: A lazy block is malformed, or a versioned route has no version.
        """
        for endpoint in self._endpoints:
            if isinstance(endpoint, VersionedRoute) and not endpoint.versions:
                refuse(endpoint.where, "it has no version; decorate its handler with add_version(...)")
        for route in self.routes:
            for used in route.rules.schemas:
                used.compile()
        make_ready()
        return self

    def refuse_async(self) -> None:
        """Take no async functions, neither now nor later; adapters without an event loop call this once.

        Raises:
            TypeError: A handler, a hook or the context is async. A later declaration of one raises it, too.
        """
        for route in self.routes:
            require_sync(route)
        if self._lifecycle.is_async:
            raise TypeError(
                "a hook, on_validation_error or the context of the router is async: "
                "use an async adapter, or plain functions"
            )
        self._takes_async = False

    def open(self, head: RequestParts, native: Native = NO_FRAMEWORK) -> Exchange:
        """What is known of a request before its body is read, and the way to its answer.

        The body of *head* is not looked at. *native* is what the handlers of a framework answer with, beside
        a `Response`. Nothing is raised: where there is no route, the exchange answers 404, 405 or OPTIONS.
        """
        match = self._find(head)
        if not isinstance(match, Match):
            return Exchange(head, match.status != 404, self._lifecycle, refusal=match)
        return Exchange.enter(head, match.route, match.params, self._lifecycle, native, self._max_body_bytes)

    def version_for(self, head: RequestParts, version: str | None) -> str | None:
        """The version that *version* stands for at a request: ``"newest"`` and ``"oldest"`` are looked up.

        None where *version* is, or where there is no route for *head*, or it has no versions.
        """
        match = self._find(head)
        if version is None or isinstance(match, Response) or not isinstance(match.route, VersionedRoute):
            return None
        if version not in ("newest", "oldest"):
            return version
        return match.route.resolve(version)

    def handle(self, parts: RequestParts) -> ResponseParts[SyncStream]:
        """The answer to the request *parts*, whatever it is.

        A body that is sent in pieces is an iterator of bytes with `close`, which has to be called.

        Raises:
            TypeError: The handler is async.
        """
        return self.open(parts).answer(parts.body)

    async def handle_async(self, parts: RequestParts) -> ResponseParts[AsyncStream]:
        """The answer to the request *parts*, whatever it is; the handler may be async, or plain in a thread.

        A body that is sent in pieces is an async iterator of bytes with `aclose`, which has to be called.
        """
        return await self.open(parts).answer_async(parts.body)

    def _find(self, head: RequestParts) -> Match[AnyRoute] | Response:
        """The route for a request, or the answer where there is none."""
        method = "GET" if head.method == "HEAD" else head.method
        return self._table.find_exact(method, head.path) or self._search(method, head)

    def _search(self, method: str, head: RequestParts) -> Match[AnyRoute] | Response:
        matches = list(self._table.find(head.path))
        for match in matches:
            if match.method == method:
                return match
        if not matches:
            return error_response(404)
        allow = {"allow": _allowed(matches)}
        if method == "OPTIONS":
            return Response(status=204, headers=allow)
        return error_response(405, headers=allow)

    def _declare(self, method: str, path: str, options: Mapping[str, Any]) -> Decorator[Any]:
        where, template = self._read_path(method, path)
        require_options(where, options, RouteOptions.__annotations__, f"{method} {path}")
        if "validate" not in options:
            raise SchemaDefinitionError(f"{where} {NO_VALIDATE}")
        declared: dict[str, Any] = {name: value for name, value in options.items() if name != "validate"}
        make = self._maker(where, method, template, options["validate"], declared)

        def decorate(handler: Any) -> Any:
            self._add(where, method, template, make(handler))
            return handler

        return decorate

    def _declare_versioned(self, method: str, path: str, options: Mapping[str, Any]) -> VersionedRoute:
        where, template = self._read_path(method, path)
        require_options(where, options, VersionedOptions.__annotations__, f"{method} {path}")
        if "access" not in options:
            refuse(where, "a versioned route needs 'access': 'internal' or 'public'")
        shared = {name: value for name, value in options.items() if name != "enable_query_version"}

        def make_route(
            version_at: str, version: str, validate: Validate, own: Mapping[str, Any]
        ) -> Callable[[Handler], Route]:
            declared = {**shared, **own, "api_version": version}
            return self._maker(version_at, method, template, validate, declared)

        versioned = VersionedRoute(
            method,
            template.text,
            options["access"],
            options.get("enable_query_version", False),
            options.get("deprecated", False),
            options.get("security", {}),
            self._policy,
            make_route,
        )
        self._add(where, method, template, versioned)
        return versioned

    def _maker(
        self, where: str, method: str, template: Template, validate: Validate, declared: Mapping[str, Any]
    ) -> Callable[[Handler], Route]:
        """What makes a route of a handler."""
        intake = make_intake(where, validate, declared, method, template, self._dev)

        def make(handler: Handler) -> Route:
            require_callable(where, "the handler", handler, *HANDLER)
            route = Route(method, template.text, handler, intake, **declared)
            if not self._takes_async:
                require_sync(route)
            return route

        return make

    def _read_path(self, method: str, path: str) -> tuple[str, Template]:
        require_text(f"The [{method.lower()}] route", "path", path)
        where = f"The [{method.lower()}] at [{self._base_path + path}]"
        if path or not self._base_path:
            require_path(where, "the path", path)
        return where, parse_template(self._base_path + path, where)

    def _add(self, where: str, method: str, template: Template, endpoint: AnyRoute) -> None:
        self._table.add(method, template, endpoint, where)
        self._endpoints.append(endpoint)

    def _require_takes_hook(self, hook: Callable[..., Any]) -> None:
        if not self._takes_async and is_async(hook):
            raise TypeError("the hook is async: use an async adapter, or a plain function")


def _routes_of(endpoint: AnyRoute) -> Iterable[Route]:
    return (endpoint,) if isinstance(endpoint, Route) else endpoint.versions.values()


def _read_base_path(base_path: str) -> str:
    require_text(ROUTER, "base_path", base_path)
    if base_path:
        require_path(ROUTER, "base_path", base_path)
    stripped = base_path.rstrip("/")
    if stripped:
        parse_template(stripped, ROUTER)
    return stripped


def _allowed(matches: Iterable[Match[AnyRoute]]) -> str:
    methods = {match.method for match in matches} | {"OPTIONS"}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))
