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
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters.shared import missing, present_as, require_new, require_no_clash, shape
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
    from starlette.routing import BaseRoute, Match, NoMatchFound, Route
    from starlette.types import Receive, Scope, Send
except ImportError as error:
    missing(error, "starlette")

S = TypeVar("S", bound=Starlette)

_NATIVE = Native(responses=(Response,), errors=(HTTPException,))
EXCHANGE = "kbn_schema.exchange"
_ASKED = "kbn_schema.asked"


def mount(app: S, router: Router) -> S:
    """*app*, which answers the paths of *router*, whatever the method, and keeps all others.

    Routes may be added to *router* later; such a one goes before a route of *app* with the same path.

    Raises:
        ValueError: *app* has a route of its own on a path of *router*, or has *router* already.
    """
    routes = app.router.routes
    mounted = [route for route in routes if isinstance(route, RouterRoute)]
    require_new(router, (route.router for route in mounted))
    require_no_clash(
        router, ((route.path, shape(route.path)) for route in routes if isinstance(route, Route))
    )
    routes.insert(len(mounted), RouterRoute(router))
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
    an `HTTPEndpoint`.

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


class RouterRoute(BaseRoute):
    """All routes of *router* as one of Starlette's: they are told apart by the raw path."""

    path = "/{path:path}"  # what tools that list or count routes ask for

    def __init__(self, router: Router) -> None:
        self.router = router

    @property
    def paths(self) -> list[str]:
        """The templates of the routes."""
        return [route.path for route in self.router.routes]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        # Starlette asks again with another path, to redirect where a slash is missing; to us that is 404.
        asked = f"{_ASKED} {id(self)}"  # an app inside of another may be asked for another path
        if scope["type"] != "http" or scope.setdefault(asked, scope["path"]) != scope["path"]:
            return Match.NONE, {}
        exchange = self.router.open(asgi.parts_of(scope, Request(scope)), _NATIVE)
        if not exchange.known:
            return Match.NONE, {}
        params = {**scope.get("path_params", {}), **exchange.params}
        return Match.FULL, {EXCHANGE: exchange, "path_params": params}

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
        return _after({"type": "http.request", "body": kept["_body"]}, request.receive)
    if kept.get("_stream_consumed"):
        return _after({"type": "http.disconnect"}, request.receive)

    async def receive() -> asgi.Message:
        message = await request.receive()
        is_whole = message["type"] == "http.request" and not message.get("more_body")
        if is_whole and not kept.get("_stream_consumed"):
            kept["_body"] = message.get("body", b"")
        kept["_stream_consumed"] = True
        return message

    return receive


def _after(first: asgi.Message, receive: Receive) -> Receive:
    messages = [first]

    async def receive_next() -> asgi.Message:
        return messages.pop() if messages else await receive()

    return receive_next


def _refusal(parts: ResponseParts) -> Response:
    response = Response(parts.body, parts.status)
    response.raw_headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in parts.headers
    ]
    return response
