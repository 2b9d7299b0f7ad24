"""This module puts a router into an aiohttp application, inside its middlewares.

    from aiohttp import web

    from kbn_schema import schema
    from kbn_schema.adapters import aiohttp
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    async def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    app = aiohttp.mount(web.Application(), router)

    if __name__ == "__main__":
        web.run_app(app, host="127.0.0.1", port=8000)

The name of that route is ``kbn_schema.hello``. A handler may return a response of aiohttp's, or raise one of
its exceptions. Middlewares see answers before anything of them is sent, also those that are sent in pieces.
The limit of a body is that of its route; ``client_max_size`` is for handlers of aiohttp's own.

Limits:

* aiohttp writes headers as UTF-8, so a header that is not ASCII is not sent as Latin-1.
* aiohttp inflates bodies before we see them: where a route asks for that, nobody notices that a gzip body is
  cut short, unless ``auto_decompress=False`` is among the ``handler_args`` of the application.
* aiohttp answers what is no HTTP itself, as text and not in the format of errors, and logs it as an error.
* A client that leaves while nothing is sent to it is noticed within half a second, but not while the handler
  leaves a large body unread.
* A sub-application of `add_domain` that was added before `mount` answers for its hosts alone.
* After the application has started, or was added to another one, `mount` is a `RuntimeError` of aiohttp's.
"""

import contextlib
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, cast
from urllib.parse import unquote

import attrs

from kbn_schema.adapters.route_names import PREFIX, named
from kbn_schema.adapters.shared import missing, present_as, require_new, require_no_clash, shape
from kbn_schema.adapters.templates import tried_shape, url_of
from kbn_schema.http import Exchange, Native, RequestParts, ResponseParts, Route, Router
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.validated import Check, Reception
from kbn_schema.kinds.definition import is_async

try:
    from aiohttp import web
    from aiohttp.abc import AbstractView
    from aiohttp.web_urldispatcher import MatchedSubAppResource
    from yarl import URL

    from kbn_schema.adapters.aiohttp_messages import answer_with_body, parts_of, response_of
except ImportError as _error:
    missing(_error, "aiohttp")

_NATIVE = Native(responses=(web.StreamResponse,), errors=(web.HTTPException,))


def mount(app: web.Application, router: Router) -> web.Application:
    """*app*, which answers the paths of *router*, whatever the method, and keeps all others.

    Each route is one of ``app.router``, named after its handler, such as ``kbn_schema.hello``; where several
    handlers have the same name, it has none. Routes that are declared later are answered, too, under the
    route of `RouterResource`.

    Raises:
        RuntimeError: *app* has started.
        TypeError: *app* is no application of aiohttp's.
        ValueError: *app* has a route of its own on a path of *router*, or has *router* already.
    """
    if not isinstance(app, web.Application):
        raise TypeError(f"expected an aiohttp.web.Application but got [{type(app).__name__}]")
    resources = list(app.router.resources())
    require_new(router, [resource.router for resource in resources if isinstance(resource, RouterResource)])
    require_no_clash(router, _paths(resources))
    ours = RouterResource(router)
    app.router.register_resource(ours)
    app.router.index_resource(ours)  # where an application that takes *app* in looks for it
    for name, route in named(router.routes, lambda name: f"{PREFIX}.{name}" in app.router):
        app.router.register_resource(ours.add(f"{PREFIX}.{name}" if name.isidentifier() else None, route))
    return app


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[web.StreamResponse]]]:
    """Let a handler of aiohttp's be called with what is valid: ``handler(request, valid)``.

    *valid* has the attributes *params* (texts, as aiohttp decoded them), *query*, *headers* and *body*; a
    request that does not fit is answered as in a `Router`. The handler may be the method of a `web.View`,
    which is called with *valid* alone, or of any other class. *options* are those of a route, see
    `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.
        TypeError: The handler is not async.

    Example:
        >>> from kbn_schema import schema
        >>> routes = web.RouteTableDef()
        >>> @routes.get("/find")
        ... @validated(query=schema.object({"page": schema.number(min=1)}))
        ... async def find(request, valid):
        ...     return web.json_response(valid.query)
        >>> app = web.Application()
        >>> _ = app.add_routes(routes)
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(handler: Callable[..., Any]) -> Callable[..., Awaitable[web.StreamResponse]]:
        if not is_async(handler):
            raise TypeError(f"{handler!r} is not async: handlers of aiohttp's are async functions")

        async def wrapper(*arguments: Any) -> web.StreamResponse:
            last = arguments[-1]  # after `self`, in a class
            request: web.Request = last.request if isinstance(last, AbstractView) else last

            def open_(head: RequestParts) -> Reception:
                return check.open(head, request.match_info)

            reception = open_(parts_of(request, request.rel_url.raw_path))
            valid = await answer_with_body(request, reception, open_, Reception.accept_async)
            if isinstance(valid, ResponseParts):
                return response_of(valid)
            response: web.StreamResponse = await handler(*arguments, valid)
            return response

        return present_as(wrapper, handler)

    return decorate


class RouterResource(MatchedSubAppResource):
    """All routes of *router*, which are told apart by the raw path.

    It is one of the resources that aiohttp asks before any that it finds by its path.
    """

    def __init__(self, router: Router) -> None:
        web.AbstractResource.__init__(self)
        self.router = router
        self.prefix: str = ""
        self._routes: dict[tuple[str, str], web.AbstractRoute] = {}
        self._route = web.ResourceRoute("*", _handle, self)

    @property
    def canonical(self) -> str:
        """What tools show; each route has its own."""
        return f"{self.prefix}/{{path}}"

    def add(self, name: str | None, route: Route) -> "RouteResource":
        """The resource of *route*, which is shown in its place."""
        resource = RouteResource(name, route)
        self._routes[route.method, route.path] = resource.route
        return resource

    async def resolve(self, request: web.Request) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        path = _below(request.rel_url.raw_path, self.prefix)
        exchange = None if path is None else self.router.open(parts_of(request, path))
        if exchange is None or not exchange.known:
            return None, set()
        route = exchange.route
        shown = None if route is None else self._routes.get((route.method, route.path))
        return _MatchInfo(self.router, exchange, shown or self._route), set()

    def add_prefix(self, prefix: str) -> None:
        self.prefix = prefix + self.prefix

    def get_info(self) -> Any:
        return {"formatter": self.canonical}

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        return iter(())

    def __repr__(self) -> str:
        return f"<RouterResource {self.canonical}>"


class RouteResource(web.DynamicResource):
    """One route, for whoever lists routes, builds a URL, or asks which one answers."""

    def __init__(self, name: str | None, route: Route) -> None:
        super().__init__(route.path.replace("?}", "}").replace("*}", "}"), name=name)
        self._path = route.path
        self._prefix = ""
        self.route: web.ResourceRoute = self.add_route(route.method, _presented(route))

    async def resolve(self, request: web.Request) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        return None, set()

    def add_prefix(self, prefix: str) -> None:
        super().add_prefix(prefix)
        self._prefix = prefix + self._prefix

    def url_for(self, **parts: str) -> URL:
        """The URL with these parameters; an optional one, or a rest, may be left out.

        Raises:
            KeyError: Another one is missing.
        """
        return URL.build(path=self._prefix + url_of(self._path, parts), encoded=True)


class _MatchInfo(web.UrlMappingMatchInfo):
    """What was found for a request: *exchange*, of which nothing is kept that holds the request."""

    def __init__(self, router: Router, exchange: Exchange, route: web.AbstractRoute) -> None:
        super().__init__(dict(exchange.params), route)
        self._router = router
        self.path = exchange.head.path
        self._method = exchange.head.method

    def open(self, head: RequestParts) -> Exchange:
        # A middleware may hand on another request; but the guards have seen where this one leads.
        same = head if head.method == self._method else attrs.evolve(head, method=self._method)
        return self._router.open(same, _NATIVE)

    @property
    def expect_handler(self) -> Callable[[web.Request], Awaitable[web.StreamResponse | None]]:
        """Tells a client that waits to send its body, unless its head was refused."""
        return self._tell

    async def _tell(self, request: web.Request) -> None:
        waits = request.headers["Expect"].lower() == "100-continue"
        if waits and self.open(parts_of(request, self.path)).reads:
            with contextlib.suppress(ConnectionResetError):  # it has gone, as whoever reads the body will see
                await super().expect_handler(request)


def _presented(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """What middlewares see as the handler of *route*."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return await _handle(request)

    return present_as(handle, route.handler)


async def _handle(request: web.Request) -> web.StreamResponse:
    info = cast(_MatchInfo, request.match_info)
    exchange = info.open(parts_of(request, info.path))
    answer = await answer_with_body(request, exchange, info.open, Exchange.answer_async)
    response = response_of(answer) if isinstance(answer, ResponseParts) else cast(web.StreamResponse, answer)
    if "Expect" in request.headers and not exchange.reads:
        response.force_close()  # what comes next may be the body, or another request
    return response


def _below(path: str, prefix: str) -> str | None:
    """What follows *prefix* in *path*, whose segments may be encoded otherwise; None where it does not."""
    count = prefix.count("/") + 1
    *segments, rest = path.split("/", count)
    is_below = len(segments) == count and unquote("/".join(segments)) == unquote(prefix)
    return f"/{rest}" if is_below else None


def _paths(resources: Iterable[web.AbstractResource]) -> Iterator[tuple[str, str]]:
    """The paths of aiohttp's own *resources*, and their shapes; also of applications under a path."""
    for resource in resources:
        info: Any = resource.get_info()
        if isinstance(resource, RouterResource):
            for route in resource.router.routes:
                yield resource.prefix + route.path, shape(resource.prefix + route.path)
        elif isinstance(resource, RouteResource) or "rule" in info:
            continue  # hosts are asked first, so theirs are not hidden
        elif "app" in info:
            yield from _paths(info["app"].router.resources())
        elif "directory" in info:
            yield resource.canonical, f"{resource.canonical}/{{*}}"
        elif "pattern" in info:
            yield resource.canonical, _shape(info["formatter"], info["pattern"])
        else:
            yield resource.canonical, resource.canonical or "/"


def _shape(formatter: str, pattern: re.Pattern[str]) -> str:
    def find(path: str) -> Iterable[str] | None:
        match = pattern.fullmatch(path)
        return match and match.groupdict().values()

    literals = re.split(r"\{\w+\}", formatter)
    return tried_shape(literals, find) or "{}".join(literals)
