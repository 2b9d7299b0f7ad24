"""This module puts a router into a Starlette application, inside its middleware.

    import uvicorn
    from starlette.applications import Starlette

    from kbn_schema import schema
    from kbn_schema.adapters import starlette
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    async def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    app = starlette.mount(Starlette(), router)

    if __name__ == "__main__":
        uvicorn.run(app, port=8000)

A handler may return a response of Starlette's, or raise its `HTTPException`. To a handler,
``request.unstable_raw_request()`` is Starlette's request; its body has been received.

Limits:

* `unstable_raw_request()` has no `body()` and no `is_disconnected()`.
* `url_for` does not build paths of our routes; tools see one route, ``/{path:path}``.
* What is below a `Host` is not compared with the paths of the router, which answers on all hosts.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, TypeVar, cast

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters.shared import missing, named_type, present_as, require_new, require_no_clash, shape
from kbn_schema.http import Native, ResponseParts, Router
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.validated import Check
from kbn_schema.kinds.definition import is_async

try:
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.datastructures import URLPath
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute, Match, Mount, NoMatchFound, Route
    from starlette.types import Receive, Scope, Send
except ImportError as _error:
    missing(_error, "starlette")

S = TypeVar("S", bound=Starlette)

_NATIVE = Native(responses=(Response,), errors=(HTTPException,))
EXCHANGE = "kbn_schema.exchange"
_ASKED = "kbn_schema.asked"


def mount(app: S, router: Router) -> S:
    """*app*, which answers the paths of *router*, whatever the method, and keeps all others.

    Routes may be added to *router* later; such a one goes before a route of *app* with the same path.

    Raises:
        TypeError: *app* is no `Starlette`, or one of FastAPI, which has an adapter of its own.
        ValueError: *app* has a route of its own on a path of *router*, or has *router* already.
    """
    if not isinstance(cast(object, app), Starlette):
        raise TypeError(f"expected a Starlette but got [{named_type(app)}]: mount routers on the app itself")
    if hasattr(app.router, "dependencies"):
        raise TypeError("the app is a FastAPI: use kbn_schema.adapters.fastapi, which knows its dependencies")
    insert(app, RouterRoute(router))
    return app


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[Response]]]:
    """Let an endpoint of Starlette's be called with what is valid: ``endpoint(request, valid)``.

    *valid* has the attributes *params* (as Starlette converted them), *query*, *headers* and *body*; a
    request that does not fit is answered as in a `Router`. The endpoint may be async or not, or the method of
    an `HTTPEndpoint`. *options* are those of a route, see `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.

    Example:
        >>> from starlette.responses import JSONResponse
        >>> from starlette.routing import Route
        >>> from kbn_schema import schema
        >>> @validated(query=schema.object({"page": schema.number(min=1)}))
        ... async def find(request, valid):
        ...     return JSONResponse(valid.query)
        >>> app = Starlette(routes=[Route("/find", find)])
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(endpoint: Callable[..., Any]) -> Callable[..., Awaitable[Response]]:
        awaits = is_async(endpoint)

        async def wrapper(*arguments: Any) -> Response:
            request: Request = arguments[-1]  # after `self`, in a class
            reception = check.open(asgi.parts_of(request.scope, request), request.path_params)
            valid, _ = await asgi.answer_with_body(reception, reception.accept_async, receiving(request))
            if isinstance(valid, ResponseParts):
                return _refusal(valid)
            if awaits:
                response = await endpoint(*arguments, valid)
            else:
                response = await run_in_threadpool(endpoint, *arguments, valid)
            return cast(Response, response)

        return present_as(wrapper, endpoint)

    return decorate


def insert(app: Starlette, ours: "RouterRoute") -> None:
    """Put *ours* before the routes of *app*, and behind other routers.

    Raises:
        ValueError: *app* has a route of its own on a path of the router, or has it already.
    """
    routes = app.router.routes
    mounted = [route for route in routes if isinstance(route, RouterRoute)]
    require_new(ours.router, (route.router for route in mounted))
    require_no_clash(ours.router, _paths(routes))
    routes.insert(len(mounted), ours)


class RouterRoute(BaseRoute):
    """All routes of *router* as one of Starlette's: they are told apart by the raw path."""

    path = "/{path:path}"  # what tools that list or count routes ask for

    def __init__(self, router: Router) -> None:
        self.router = router

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or self._is_asked_again(scope):
            return Match.NONE, {}
        exchange = self.router.open(asgi.parts_of(scope, Request(scope)), _NATIVE)
        if not exchange.known:
            return Match.NONE, {}
        params = {**scope.get("path_params", {}), **exchange.params}
        return Match.FULL, {EXCHANGE: exchange, "path_params": params}

    def _is_asked_again(self, scope: Scope) -> bool:
        """Whether Starlette asks with a slash more or less, to redirect to it; to us that is 404."""
        key = f"{_ASKED} {id(self)}"  # an app inside of another may be asked for another path
        path: str = scope["path"]
        first: str = scope.get(key, path)
        if path != first and path.rstrip("/") == first.rstrip("/"):
            return True
        scope[key] = path
        return False

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = scope.pop(EXCHANGE)  # else the one would hold the other
        answer, content = await asgi.answer_with_body(exchange, exchange.answer_async, receive)
        if isinstance(answer, ResponseParts):
            await asgi.send_parts(answer, content, receive, send)
        else:
            await answer(scope, receive, send)


def receiving(request: Request) -> Receive:
    """What receives for *request*, whose body may have been read before: then it is there once more.

    It is not where a form, or the stream, was read: that is as if the client had gone. What comes in one
    message is kept for `request.body()`; else that says that the stream was consumed.
    """
    kept: dict[str, Any] = vars(request)
    if "_body" in kept:
        return asgi.after({"type": "http.request", "body": kept["_body"]}, request.receive)
    if kept.get("_stream_consumed"):
        return asgi.after({"type": "http.disconnect"}, request.receive)

    async def receive() -> asgi.Message:
        message = await request.receive()
        is_whole = message["type"] == "http.request" and not message.get("more_body")
        if is_whole and not kept.get("_stream_consumed"):
            kept["_body"] = message.get("body", b"")
        kept["_stream_consumed"] = True
        return message

    return receive


def _paths(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The paths of Starlette's own *routes*, and their shapes; of those under a `Mount`, too."""
    for route in routes:
        if isinstance(route, Mount):
            path = prefix + route.path
            if route.routes:
                yield from _paths(route.routes, path)
            else:
                yield path or "/", shape(path) + "/{*}"
        elif isinstance(route, Route):
            yield prefix + route.path, shape(prefix + route.path)


def _refusal(parts: ResponseParts) -> Response:
    response = Response(parts.body, parts.status)
    response.raw_headers = asgi.raw_headers(parts)
    return response
