"""This module puts a router into a Falcon application, WSGI or ASGI, inside its middleware.

    import falcon.asgi
    import uvicorn

    from kbn_schema import schema
    from kbn_schema.adapters import falcon as adapter
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    async def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    app = adapter.mount(falcon.asgi.App(), router)

    if __name__ == "__main__":
        uvicorn.run(app, host="127.0.0.1", port=8000)

Under `falcon.App` handlers are plain functions; under `falcon.asgi.App` they may be async, and plain ones run
in worker threads. A handler may raise Falcon's `HTTPError` and `HTTPStatus`, which go to its error handlers.

Middleware sees our requests and answers as those of any resource; `req.uri_template` is that of the route.

Limits:

* A hook or a middleware that reads `req.stream` or `req.get_media()` takes the body away: the answer is 400.
  After us, `req.stream` is empty.
* With ``auto_parse_form_urlencoded``, Falcon takes forms away.
* Under ASGI, a ``set-cookie`` header that is not ASCII is an error of Falcon's.
* Under ASGI, Falcon does not take the ``root_path`` off a path, so a route of a router has it, too.
* `falcon.inspect` does not list our routes, and sinks and static routes are not compared with them: the
  router goes first.
* While a handler leaves its request stream unread, up to 1 MiB of it is kept under ASGI, so that a client
  that leaves is noticed.
* Our 500s do not reach Falcon's error handlers, and `process_response` takes our errors for a success.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast
from urllib.parse import quote_from_bytes

import attrs

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters.async_streams import sending
from kbn_schema.adapters.falcon_messages import (
    Stream,
    Watch,
    answer_with_body,
    async_answer_with_body,
    async_head_of,
    fill,
    head_of,
    parts_of,
)
from kbn_schema.adapters.shared import missing, present_as, require_new, require_no_clash, shape
from kbn_schema.http import Disconnected, Exchange, Native, RequestParts, ResponseParts, Router
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.streams import AsyncStream
from kbn_schema.http.validated import Check
from kbn_schema.kinds.definition import is_async

try:
    import falcon
    import falcon.asgi
    from falcon.inspect import RouteMethodInfo, inspect_routes
except ImportError as _error:
    missing(_error, "falcon")

A = TypeVar("A", bound="falcon.App[Any, Any]")

_NATIVE = Native(errors=(falcon.HTTPError, falcon.HTTPStatus))


def mount(app: A, router: Router) -> A:
    """*app*, which answers the paths of *router*, whatever the method, and keeps all others.

    Routes may be added to *router* later; such a one goes before a route of *app* with the same path.

    Raises:
        TypeError: *app* is no `falcon.App`; or it is none of ASGI, and a handler of *router* is async.
        ValueError: *app* has a route of its own on a path of *router*, or has *router* already.
    """
    if not isinstance(app, falcon.App):
        raise TypeError(f"expected a falcon.App or falcon.asgi.App but got [{type(app).__name__}]")
    mounted: list[Router] = app.routers if isinstance(app, _Routing) else []
    require_new(router, mounted)
    require_no_clash(router, ((path, shape(path)) for path in _paths(app)))
    kind = _AsyncMounted if isinstance(app, falcon.asgi.App) else _Mounted
    if kind is _Mounted:
        router.refuse_async()
    mounted.append(router)
    if not isinstance(app, _Routing):
        # Only its class could be told how requests are routed: no middleware, sink or route sees raw paths.
        own = {"__slots__": (), "routers": mounted}
        cast(Any, app).__class__ = type(type(app).__name__, (kind, type(app)), own)
    return app


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a responder of Falcon's be called with what is valid: ``on_get(self, req, resp, valid, **params)``.

    *valid* has the attributes *params* (as Falcon converted them), *query*, *headers* and *body*; a request
    that does not fit is answered as in a `Router`. The responder is async under ASGI, and a plain one
    otherwise; it may be a sink, too. *options* are those of a route, see `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.

    Example:
        >>> from falcon.testing import TestClient
        >>> from kbn_schema import schema
        >>> class Notes:
        ...     @validated(query=schema.object({"page": schema.number(min=1)}))
        ...     def on_get(self, req, resp, valid):
        ...         resp.media = valid.query
        >>> app = falcon.App()
        >>> app.add_route("/notes", Notes())
        >>> TestClient(app).simulate_get("/notes?page=2").json
        {'page': 2}
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(responder: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **params: Any) -> None:
            req, resp = arguments[-2:]  # after `self`, in a class
            reception = check.open(head_of(req), params)
            valid = answer_with_body(reception, reception.accept, req)
            if isinstance(valid, ResponseParts):
                fill(resp, valid, valid.body)
            else:
                responder(*arguments, valid, **params)

        async def async_wrapper(*arguments: Any, **params: Any) -> None:
            req, resp = arguments[-2:]
            reception = check.open(async_head_of(req), params)
            valid, _ = await async_answer_with_body(reception, reception.accept_async, req)
            if isinstance(valid, ResponseParts):
                fill(resp, valid, valid.body)
            else:
                await responder(*arguments, valid, **params)

        return present_as(async_wrapper if is_async(responder) else wrapper, responder)

    return decorate


@attrs.frozen
class RouterResource:
    """What middleware sees as the resource of all routes of *router*."""

    router: Router


class _Routing:
    """An app with *routers*, which go before its own routes."""

    __slots__ = ()
    routers: ClassVar[list[Router]]

    def _get_responder(self, req: Any) -> Any:
        if not req.is_websocket:
            head = self._head(req)
            for router in self.routers:
                exchange = router.open(head, _NATIVE)
                if exchange.known:
                    route = exchange.route
                    responder = partial(self._respond, exchange)
                    template = None if route is None else route.path
                    return responder, dict(exchange.params), RouterResource(router), template
        return cast(Any, super())._get_responder(req)

    if TYPE_CHECKING:

        def _head(self, req: Any) -> RequestParts: ...

        def _respond(self, exchange: Exchange, req: Any, resp: Any, /, **_: object) -> Any: ...


class _Mounted(_Routing):
    """What is before `falcon.App` in the class of an app."""

    __slots__ = ()

    def _head(self, req: Any) -> RequestParts:
        return head_of(req)

    def _respond(self, exchange: Exchange, req: Any, resp: Any, /, **_: object) -> None:
        answer = answer_with_body(exchange, exchange.answer, req)
        fill(resp, answer, answer.body if isinstance(answer.body, bytes) else Stream(answer.body))


class _AsyncMounted(_Routing):
    """What is before `falcon.asgi.App` in the class of an app."""

    __slots__ = ()

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        app = cast(Any, super()).__call__
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        async with contextlib.AsyncExitStack() as stack:
            stack.enter_context(contextlib.suppress(Disconnected))
            # Falcon's own test client says that it has left before it waits for the answer.
            visit = _Visit(stack, watches=not getattr(receive, "disconnected", False))
            scope = {**_readable(scope), _VISIT: visit}
            head = parts_of(scope, None)
            if any(router.open(head).known for router in self.routers):
                # Falcon waits for the first message before it looks at the head.
                receive, send = asgi.after(_BEGINNING, receive), _to_somebody(send)
            await app(scope, receive, send)

    def _head(self, req: Any) -> RequestParts:
        return async_head_of(req)

    async def _respond(self, exchange: Exchange, req: Any, resp: Any, /, **_: object) -> None:
        answer, watch = await async_answer_with_body(exchange, exchange.answer_async, req)
        body = answer.body
        fill(resp, answer, body if isinstance(body, bytes) else await req.scope[_VISIT].follow(body, watch))


@attrs.frozen
class _Visit:
    """A request of an app of ASGI, at whose end *stack* closes what has to be closed in its task."""

    stack: contextlib.AsyncExitStack
    watches: bool

    async def follow(self, stream: AsyncStream, watch: Watch) -> AsyncIterator[bytes]:
        """*stream*, which is broken off when the client leaves, which Falcon does not notice."""
        leave = await self.stack.enter_async_context(sending(stream))
        if not self.watches:
            return stream
        return await self.stack.enter_async_context(contextlib.aclosing(_watched(stream, watch, leave)))


async def _watched(stream: AsyncStream, watch: Watch, leave: Callable[[], None]) -> AsyncGenerator[bytes]:
    watching = asyncio.create_task(watch(leave))
    try:
        async for piece in stream:
            yield piece
    finally:
        watching.cancel()


def _readable(scope: asgi.Scope) -> asgi.Scope:
    """*scope*, in which nothing that a client makes up lets Falcon fail."""
    version = scope.get("http_version", "1.1")
    return {
        **scope,
        "http_version": version if version in _VERSIONS else "1.1",
        "query_string": quote_from_bytes(scope["query_string"], _ASCII).encode(),
        # Falcon's own test client makes some that can be read once.
        "headers": [(name, value) for name, value in scope["headers"]],
    }


def _to_somebody(send: asgi.Send) -> asgi.Send:
    async def send_on(message: asgi.Message) -> None:
        try:
            await send(message)
        except OSError:  # the client has gone (ASGI 2.4)
            raise Disconnected from None

    return send_on


def _paths(app: "falcon.App[Any, Any]") -> list[str]:
    """The paths that *app* answers itself; a websocket is left to it."""
    try:
        return [route.path for route in inspect_routes(app) if any(map(_is_answered, route.methods))]
    except TypeError:  # a router of somebody's own, of which Falcon knows nothing
        return []


def _is_answered(method: RouteMethodInfo) -> bool:
    return method.method != "WEBSOCKET" and not method.internal


_VISIT = "kbn_schema.visit"
_ASCII = bytes(range(128))
_VERSIONS = ("1.0", "1.1", "2", "3")  # all that Falcon takes
_BEGINNING: asgi.Message = {"type": "http.request", "body": b"", "more_body": True}
