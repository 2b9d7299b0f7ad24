"""This module puts a router into a Sanic application, inside its middleware.

    from sanic import Sanic

    from kbn_schema import schema
    from kbn_schema.adapters import sanic
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    async def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    app = sanic.mount(Sanic("example"), router)

    if __name__ == "__main__":
        app.run(host="127.0.0.1", port=8000, single_process=True)

The name of that route is ``example.kbn_schema.hello``. A handler may return a response of Sanic's, or raise
its exceptions. To a handler, ``request.unstable_raw_request()`` is Sanic's request.

Limits:

* `REQUEST_MAX_SIZE` is not for our routes, which have limits of their own; `REQUEST_TIMEOUT` and
  `RESPONSE_TIMEOUT` are for all.
* Middleware sees an empty `request.body` on our routes, unless it awaits `request.receive_body()` first.
* `url_for` needs each parameter, also one that may be left out, and leaves it as it is, without escapes.
* A `validated` method of an `HTTPMethodView` is called once Sanic has read the body, up to
  `REQUEST_MAX_SIZE`.
* What Sanic refuses before it looks for a route, such as a malformed length, is answered with its own 400;
  on a target that it cannot parse, its server hangs up, and under an ASGI server it answers 500.
* HTTP/3, which is experimental in Sanic, does not reach our routes.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar, cast

import attrs

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters.route_names import PREFIX, named
from kbn_schema.adapters.shared import missing, present_as, require_new, require_no_clash
from kbn_schema.http import Exchange, Native, RequestParts, ResponseParts, Router
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.validated import Check

try:
    from sanic import Request, Sanic
    from sanic.compat import Header
    from sanic.constants import HTTP_METHODS
    from sanic.exceptions import SanicException, ServerError
    from sanic.response import BaseHTTPResponse, HTTPResponse, ResponseStream
    from sanic.router import Router as SanicRouter
    from sanic_routing.group import RouteGroup
    from sanic_routing.route import Route

    from kbn_schema.adapters.sanic_line import Line, line_of, show_normal
    from kbn_schema.adapters.sanic_routes import ListedRoute, grouped, shape
except ImportError as _error:
    missing(_error, "sanic")

A = TypeVar("A", bound="Sanic[Any, Any]")

_NATIVE = Native(responses=(BaseHTTPResponse, ResponseStream), errors=(SanicException,))


def mount(app: A, router: Router) -> A:
    """*app*, which answers the paths of *router*, whatever the method and the host, and keeps all others.

    Each route has a name after its handler, such as ``kbn_schema.hello``, for `url_for` and for middleware;
    where several have the same, it is ``kbn_schema.GET /api/hello/{name}``. Routes that are declared later
    are answered, too, under the name ``kbn_schema``.

    Raises:
        TypeError: *app* is no `Sanic`, but a blueprint, for example.
        ValueError: *app* has a route of its own on a path of *router*, or has *router* already.
    """
    if not isinstance(cast(object, app), Sanic):
        raise TypeError(f"expected a Sanic but got [{type(app).__name__}]: mount routers on the app itself")
    front = app.router
    own = (route for route in front.routes if not isinstance(route, ListedRoute))
    require_new(router, front.mounted if isinstance(front, RouterInFront) else [])
    require_no_clash(router, ((route.uri, shape(route)) for route in own))
    _in_front(front).add_router(router)
    if app.state.is_started:
        app.finalize_middleware()
    return app


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view of Sanic's be called with what is valid: ``view(request, valid, **url_args)``.

    *valid* has the attributes *params* (as Sanic converted them), *query*, *headers* and *body*; a request
    that does not fit is answered as in a `Router`. The view may be async or not, or the method of an
    `HTTPMethodView`. With a rule for the body, `request.body` and what is made of it are empty. *options* are
    those of a route, see `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.

    Example:
        >>> from sanic.response import json
        >>> from kbn_schema import schema
        >>> app = Sanic("validated_example")
        >>> @app.get("/find")
        ... @validated(query=schema.object({"page": schema.number(min=1)}))
        ... async def find(request, valid):
        ...     return json(valid.query)
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)
    return partial(_Validated, check, body is not None)


class RouterInFront(SanicRouter):
    """Sanic's router behind ours, whose routes it lists and names, but does not match.

    Sanic asks the router of its app where a request goes, and has nobody else to ask before its middleware
    runs. So ours are asked there, and what they find is called once the middleware has run.
    """

    mounted: list[Router]
    _ours: dict[tuple[str, str], ListedRoute]
    """By method and path."""
    _other: ListedRoute
    """Stands for what is none of these: 405, OPTIONS, and routes that were declared late."""
    _our_groups: list[RouteGroup]

    def prepare(self) -> None:
        """Do what `__init__` would have done, had this been its class from the beginning."""
        self.mounted, self._ours, self._our_groups = [], {}, []
        self._other = ListedRoute(self, PREFIX, "/{path*}", HTTP_METHODS, _no_handler)
        self._other.extra.static = True  # so that tools do not document it
        self._list([self._other])

    def add_router(self, router: Router) -> None:
        """Put *router* behind those that were added before."""
        listed: dict[str, list[ListedRoute]] = {}
        for name, route in named(router.routes, self._is_taken):
            others = listed.setdefault(route.path, [])
            methods = [route.method, *(["HEAD"] if route.method == "GET" else [])]
            if not others:
                methods.append("OPTIONS")
            ours = ListedRoute(self, f"{PREFIX}.{name}", route.path, methods, route.handler)
            self._ours[route.method, route.path] = ours
            others.append(ours)
        for routes in listed.values():
            self._list(routes)
        self.mounted.append(router)

    def _is_taken(self, name: str) -> bool:
        return f"{self.ctx.app.name}.{PREFIX}.{name}" in self.name_index

    def _list(self, routes: list[ListedRoute]) -> None:
        self._our_groups.append(grouped(routes))
        self.name_index.update({route.name: route for route in routes})

    @property
    def groups(self) -> dict[tuple[str, ...], RouteGroup]:
        """The routes of Sanic's, and ours, by the shape of their paths: for middleware, and for tools."""
        groups = dict(super().groups)
        for group in self._our_groups:
            key = group.segments
            while key in groups:
                key = (PREFIX, *key)
            groups[key] = group
        return groups

    def _find(self, path: str, method: str, host: str | None) -> tuple[Route, Any, dict[str, Any]]:
        """The route, its handler, and the arguments from the path."""
        request = _current()
        if request is not None and (request.path, request.method) == (path, method):
            head = _parts_of(request)
            for router in self.mounted:
                exchange = router.open(head, _NATIVE)
                if exchange.known:
                    show_normal(request)
                    return self._route_of(exchange), _Call(exchange), dict(exchange.params)
        found: tuple[Route, Any, dict[str, Any]] = super().get(path, method, host)
        return found

    get: Any = cast(Any, _find)  # Sanic's remembers what it found, which is another type

    def _route_of(self, exchange: Exchange) -> Route:
        route = exchange.route
        ours = None if route is None else self._ours.get((route.method, route.path))
        return ours or self._other


@attrs.frozen(eq=False)
class _Call:
    """What Sanic calls for a request of ours."""

    exchange: Exchange
    is_stream = True  # so that Sanic leaves the body, and its size, to us

    async def __call__(self, request: Request, **_: object) -> Any:
        line = line_of(request)
        return await line.run(self._answer(request, line))

    async def _answer(self, request: Request, line: Line) -> Any:
        """What Sanic has to send; None where it was sent."""
        accept = self.exchange.answer_async
        answer, content = await asgi.answer_with_body(self.exchange, accept, line.receive)
        if not isinstance(answer, ResponseParts):
            return None if request.responded else answer
        response = _Response(answer, request)
        if not isinstance(answer.body, bytes):
            await asgi.send_parts(answer, content, line.receive, partial(line.send, response))
        elif line.owes and request.method != "HEAD":  # whose end Sanic cannot send twice
            await line.send_whole(response)
        else:
            return response
        await line.end()
        return None


class _Validated:
    """A *view* that is called with what is valid."""

    def __init__(self, check: Check, reads: bool, view: Callable[..., Any]) -> None:
        self._check = check
        self._view = view
        if reads:
            self.is_stream = True  # so that Sanic leaves the body, and its size, to us
        present_as(cast(Any, self), view)
        self.__signature__ = inspect.signature(view)  # Sanic converts arguments as it says

    def __get__(self, instance: object, owner: object = None) -> Callable[..., Any]:
        # In a class, `is_stream` would be for all of its methods.
        return partial(self._call) if instance is None else partial(self._call, instance)

    async def __call__(self, request: Request, **url_args: Any) -> Any:
        return await self._call(request, **url_args)

    async def _call(self, *arguments: Any, **url_args: Any) -> Any:
        request: Request = arguments[-1]  # after `self`, in a class
        reception = self._check.open(_parts_of(request), url_args)
        receive = line_of(request).receive
        valid, _ = await asgi.answer_with_body(reception, reception.accept_async, receive)
        if isinstance(valid, ResponseParts):
            return _Response(valid, request)
        result = self._view(*arguments, valid, **url_args)
        return await result if inspect.isawaitable(result) else result


class _Response(HTTPResponse):
    """An answer of ours, to which Sanic adds no headers but those of the connection."""

    __slots__ = ("unsent",)

    def __init__(self, parts: ResponseParts, request: Request) -> None:
        headers = Header([(name, _as_sanic(value)) for name, value in parts.headers])
        body = parts.body if isinstance(parts.body, bytes) else None
        super().__init__(body, parts.status, headers, headers.get("content-type"))
        names = {"content-type", "content-length"} if request.method == "HEAD" else {"content-type"}
        self.unsent = {name.encode() for name in names - headers.keys()}

    @property
    def processed_headers(self) -> Iterator[tuple[bytes, bytes]]:
        return (pair for pair in super().processed_headers if pair[0] not in self.unsent)


def _in_front(router: SanicRouter) -> RouterInFront:
    """*router* as a `RouterInFront`: the same, for its routes know it, and it may have methods of its own."""
    if not isinstance(router, RouterInFront):
        router.__class__ = type("RouterInFront", (RouterInFront, type(router)), {})
        cast(RouterInFront, router).prepare()
    return cast(RouterInFront, router)


def _current() -> Request | None:
    try:
        return Request.get_current()
    except ServerError:
        return None


def _parts_of(request: Request) -> RequestParts:
    query = request.raw_url.partition(b"?")[2].partition(b"#")[0]
    headers = [(name, _as_latin(value)) for name, value in request.headers.items()]
    return RequestParts(request.method, request.path, query, headers, None, request)


# Sanic has UTF-8 in its headers, and what is none as surrogates; to us, each byte is a character.
def _as_latin(value: str) -> str:
    return value.encode(errors="surrogateescape").decode("latin-1")


def _as_sanic(value: str) -> str:
    return value.encode("latin-1").decode(errors="surrogateescape")


def _no_handler() -> None:
    """Stands for what has no route, such as OPTIONS."""
