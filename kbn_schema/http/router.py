"""This module keeps the routes of a program and opens an exchange for each request."""

from collections.abc import Callable, Iterable
from typing import Any, Self, TypeVar

from typing_extensions import Unpack

from kbn_schema.http.definition import (
    refuse,
    require_no_body,
    require_options,
    require_path,
    require_same_names,
    require_size,
    require_text,
)
from kbn_schema.http.exchange import Exchange, refused
from kbn_schema.http.parts import Refusal, RequestParts, ResponseParts, declared_length
from kbn_schema.http.paths import Match, PathTable, parse_template
from kbn_schema.http.responses import Response
from kbn_schema.http.route import Handler, Route, RouteOptions, require_sync
from kbn_schema.http.validation import read_rules
from kbn_schema.late import make_ready
from kbn_schema.wording import type_word

H = TypeVar("H", bound=Handler)


class Router:
    """Routes under *base_path*; bodies of more than *max_body_bytes* are refused with 413.

    Each of `get`, `post`, `put`, `patch` and `delete` takes a path such as ``/users/{id}``, ``/users/{id?}``
    or ``/files/{path*}`` and decorates the handler, which is called with a context (a mapping), the
    `Request` and a `ResponseFactory`, and may be async. A GET route answers HEAD, too; OPTIONS is answered
    for all.

    Raises:
        SchemaDefinitionError: *base_path* or *max_body_bytes* is not what it should be. A declaration raises
            it, too: for an option that is unknown or malformed, a path that another route takes, a schema
            of params without the parameters of the path, or a body of a GET.

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
        self._base_path = _read_base_path(base_path)
        require_size("Router()", "max_body_bytes", max_body_bytes)
        self._max_body_bytes = max_body_bytes
        self._takes_async = True
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

    def compile(self) -> Self:
        """Return this router, with all schemas of the routes declared so far compiled.

        Without it each compiles itself once it pays, which makes some early request a little slower.
        """
        for route in self._routes:
            for schema in route.rules.schemas:
                schema.compile()
        make_ready()
        return self

    def refuse_async(self) -> None:
        """Take no async handlers, neither now nor later; adapters without an event loop call this once.

        Raises:
            TypeError: A handler is async. A later declaration of one raises it, too.
        """
        for route in self._routes:
            require_sync(route)
        self._takes_async = False

    def open(self, head: RequestParts) -> Exchange:
        """What is known of a request before its body is read, and the way to its answer.

        The body of *head* is not looked at.
        """
        matches = list(self._table.find(head.path))
        try:
            match = _choose(matches, head)
            if isinstance(match, Response):
                return Exchange(head, True, match)
            limit = self._max_body_bytes if match.route.max_bytes is None else match.route.max_bytes
            return Exchange(head, True, match, limit, declared_length(head.header("content-length"), limit))
        except Refusal as refusal:
            return Exchange(head, bool(matches), refused(refusal))

    def handle(self, parts: RequestParts) -> ResponseParts:
        """The answer to a request, whatever it is.

        Raises:
            TypeError: The handler is async.
        """
        return self.open(parts).answer(parts.body)

    async def handle_async(self, parts: RequestParts) -> ResponseParts:
        """The answer to a request, whatever it is; the handler may be async or not."""
        return await self.open(parts).answer_async(parts.body)

    def _declare(self, method: str, path: str, options: RouteOptions) -> Callable[[H], H]:
        require_text(f"The [{method.lower()}] route", "path", path)
        where = f"The [{method.lower()}] at [{path}]"
        if path or not self._base_path:
            require_path(where, "the path", path)
        require_options(where, options)
        rules = read_rules(options["validate"], where)
        if method == "GET":
            require_no_body(where, rules, options)
        template = parse_template(self._base_path + path)
        require_same_names(where, rules, template)
        declared: dict[str, Any] = {name: value for name, value in options.items() if name != "validate"}

        def decorate(handler: H) -> H:
            if not callable(handler):
                refuse(where, f"the handler must be a callable, but is [{type_word(handler)}]")
            route = Route(method, template.text, handler, rules, **declared)
            if not self._takes_async:
                require_sync(route)
            self._table.add(method, template, route)
            self._routes.append(route)
            return handler

        return decorate


def _read_base_path(base_path: str) -> str:
    require_text("Router()", "base_path", base_path)
    if base_path:
        require_path("Router()", "base_path", base_path)
    stripped = base_path.rstrip("/")
    if stripped:
        parse_template(stripped)
    return stripped


def _choose(matches: list[Match[Route]], head: RequestParts) -> Match[Route] | Response:
    """The route for the method of *head*, or the answer to OPTIONS.

    Raises:
        Refusal: 404 where there are no *matches*, 405 where none is for the method.
    """
    if not matches:
        raise Refusal(404, "Not Found")
    method = "GET" if head.method == "HEAD" else head.method
    for match in matches:
        if match.method == method:
            return match
    if head.method == "OPTIONS":
        return Response(status=204, headers={"allow": _allowed(matches)})
    raise Refusal(405, "Method Not Allowed", headers={"allow": _allowed(matches)})


def _allowed(matches: Iterable[Match[Route]]) -> str:
    methods = {match.method for match in matches} | {"OPTIONS"}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))
