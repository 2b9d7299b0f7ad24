"""This module serves a router under any ASGI server, alone or in front of another application.

    import uvicorn

    from kbn_schema import schema
    from kbn_schema.adapters import asgi
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    async def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    app = asgi.mount(None, router)

    if __name__ == "__main__":
        uvicorn.run(app, port=8000)

Handlers may be plain functions, too: those run in worker threads.

Limits:

* The event loop is that of asyncio or uvloop, not of trio.
* Where a server gives no ``raw_path``, paths come decoded: ``a%2Fb`` is two segments, and ``%zz`` is text.
* While a handler leaves its request stream unread, up to 1 MiB of it is kept, so that a client that leaves is
  noticed; if more was sent, only reading it tells, and an answer in pieces goes on until then.
* A plain stream that blocks ends at its next piece when the client has left.
"""

from collections.abc import Awaitable, Callable

import attrs

from kbn_schema.adapters.asgi_messages import (
    Receive,
    Scope,
    Send,
    answer_with_body,
    parts_of,
    respond,
    send_parts,
)
from kbn_schema.adapters.shared import named_type, present_as, require_new, routers_of
from kbn_schema.http import ResponseParts, Router
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.validated import Check

App = Callable[[Scope, Receive, Send], Awaitable[None]]


def mount(app: App | None, router: Router) -> App:
    """An ASGI application that answers the paths of *router* and leaves all others to *app*.

    So it does with lifespans and websockets. Where *app* is None, other paths are answered with 404,
    websockets are refused, and a lifespan is completed.

    Raises:
        TypeError: *app* is no application, or *router* no router.
        ValueError: *app* has *router* already, or a router with a path of it.
    """
    if app is not None and (not callable(app) or isinstance(app, type | Router)):
        raise TypeError(f"expected an application or None but got [{named_type(app)}]")
    require_new(router, routers_of(app), goes_first=True)
    return Mounted(app, router)


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Awaitable[None]]], App]:
    """Let an ASGI application be called with what is valid: ``app(scope, receive, send, valid)``.

    *valid* has the attributes *params* (those of ``scope["path_params"]``), *query*, *headers* and *body*; a
    request that does not fit is answered as in a `Router`. The body has been received. *options* are those of
    a route, see `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.

    Example:
        >>> from kbn_schema import schema
        >>> @validated(query=schema.object({"page": schema.number(min=1)}))
        ... async def find(scope, receive, send, valid):
        ...     body = f"page {valid.query['page']}".encode()
        ...     await send({"type": "http.response.start", "status": 200, "headers": []})
        ...     await send({"type": "http.response.body", "body": body})
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(app: Callable[..., Awaitable[None]]) -> App:
        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            reception = check.open(parts_of(scope, scope), scope.get("path_params", {}))
            valid, content = await answer_with_body(reception, reception.accept_async, receive)
            if isinstance(valid, ResponseParts):
                await send_parts(valid, content, receive, send)
            else:
                await app(scope, receive, send, valid)

        return present_as(application, app)

    return decorate


@attrs.frozen(eq=False)
class Mounted:
    """A *router* in front of *app*."""

    app: App | None
    router: Router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        other = self.app or _nothing
        if scope["type"] != "http":
            await other(scope, receive, send)
            return
        exchange = self.router.open(parts_of(scope, scope))
        if self.app is not None and not exchange.known:
            await self.app(scope, receive, send)
        else:
            await respond(exchange, receive, send)


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """The application where there is none."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1000})
    else:
        raise NotImplementedError(f"no application for a scope of type {scope['type']}")
