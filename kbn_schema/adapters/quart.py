"""This module puts a router into a Quart application, inside its contexts and hooks.

    from quart import Quart

    from kbn_schema import schema
    from kbn_schema.adapters import quart
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    async def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    app = quart.mount(Quart(__name__), router)

    if __name__ == "__main__":
        app.run(host="127.0.0.1", port=8000)

The endpoint of that route is ``kbn_schema.hello``. Handlers may be plain functions, too: those run in worker
threads. A handler may return a response of Quart's, or abort.

Of Quart's own limits, ``MAX_CONTENT_LENGTH`` is for its own views, also where they are validated, and
``RESPONSE_TIMEOUT`` is not for what a router answers in pieces.

Limits:

* Quart 0.23, which hands bodies over in another way, is not supported yet.
* A hook that reads a multipart `request.form` or iterates over `request.body` takes the body away: the answer
  is 400. `request.get_data()` and `get_json()` leave it, up to ``MAX_CONTENT_LENGTH``.
* After a handler, and in one that is `validated`, `request.get_data()` is empty unless a hook has called it.
* `teardown_request` functions run before a stream is sent, as for Quart's own views.
* While a handler leaves its request stream unread, up to 1 MiB of it is kept, so that a client that leaves is
  noticed.
* A handler whose client leaves is cancelled, as Quart's own views are.
* `url_for` leaves a ``/`` in a parameter as it is.
* 405 and OPTIONS are answered under the endpoint ``kbn_schema``, and our 500s do not reach Quart's handlers.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import Context, copy_context
from typing import Any, TypeVar, cast
from urllib.parse import quote_from_bytes

import attrs

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters.shared import missing, present_as, require_new, require_no_clash
from kbn_schema.adapters.werkzeug_rules import KEY, endpoints, rule_texts, shapes
from kbn_schema.http import Disconnected, Exchange, Native, ResponseParts, Router
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.streams import AsyncStream
from kbn_schema.http.validated import Check

try:
    from quart import Quart, Request, Response, current_app
    from quart.asgi import ASGIHTTPConnection
    from quart.signals import request_started
    from werkzeug.datastructures import Headers
    from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
    from werkzeug.routing import RequestRedirect, Rule, WebsocketMismatch
    from werkzeug.wrappers import Response as WerkzeugResponse

    from kbn_schema.adapters.quart_requests import (
        LazyBody,
        current_request,
        is_below_root,
        is_target,
        parts_of,
        reader,
    )
except ImportError as _error:
    missing(_error, "quart")

T = TypeVar("T")

_NATIVE = Native(responses=(Response, WerkzeugResponse), errors=(HTTPException,))
_VISIT = "kbn_schema.visit"


def mount(app: Quart, router: Router) -> Quart:
    """*app*, which answers the paths of *router*, whatever the method and the host, and keeps all others.

    Each route is an endpoint named after its handler, such as ``kbn_schema.hello``, for `url_for` and for
    hooks; where several have the same name, it is ``kbn_schema.GET /api/hello/{name}``. Routes that are
    declared later are answered, too, under the endpoint ``kbn_schema``.

    Raises:
        TypeError: *app* is no `Quart`.
        ValueError: *app* has a rule of its own on a path of *router*, or has *router* already.
    """
    if not isinstance(app, Quart):
        raise TypeError(f"expected a Quart but got [{type(app).__name__}]")
    mounted: _Mounted = app.extensions.get(KEY) or _Mounted()
    require_new(router, mounted.routers)
    require_no_clash(router, shapes(rule for rule in app.url_map.iter_rules() if not rule.websocket))
    for endpoint, (method, path) in endpoints(router, app.view_functions):
        for text in rule_texts(path):
            rule = app.url_rule_class(text, methods=[method], endpoint=endpoint)
            rule.build_only = True  # Quart would decode a path before it takes it apart
            app.url_map.add(rule)
            mounted.rules[method, path] = rule
        app.view_functions[endpoint] = _view
    if not mounted.routers:
        app.view_functions[KEY] = _view
        app.extensions[KEY] = mounted
        app.asgi_http_class = type("Connection", (_Connection, app.asgi_http_class), {"mounted": mounted})
        request_started.connect(mounted.choose, app)
    mounted.routers.append(router)
    return app


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[Any]]]:
    """Let a view of Quart's be called with what is valid: ``view(valid, **view_args)``.

    *valid* has the attributes *params* (as Quart converted them), *query*, *headers* and *body*; a request
    that does not fit is answered as in a `Router`. The view may be async or not, or the method of a
    `MethodView`. *options* are those of a route, see `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.

    Example:
        >>> import asyncio
        >>> from kbn_schema import schema
        >>> app = Quart("app")
        >>> @app.get("/find")
        ... @validated(query=schema.object({"page": schema.number(min=1)}))
        ... async def find(valid):
        ...     return valid.query
        >>> async def main():
        ...     response = await app.test_client().get("/find?page=2")
        ...     return await response.get_json()
        >>> asyncio.run(main())
        {'page': 2}
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(view: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        async def wrapper(*arguments: Any, **view_args: Any) -> Any:
            ours = current_request()
            reception = check.open(parts_of(ours), view_args)
            valid = await _answer(ours, reception, reception.accept_async)
            if isinstance(valid, ResponseParts):
                return _response(valid)
            return await current_app.ensure_async(view)(*arguments, valid, **view_args)

        return present_as(wrapper, view)

    return decorate


@attrs.frozen
class _Mounted:
    """The routers of an app, and the rule that stands for each method and path of theirs."""

    routers: list[Router] = attrs.field(factory=list[Router])
    rules: dict[tuple[str, str], Rule] = attrs.field(factory=dict[tuple[str, str], Rule])

    async def choose(self, app: Quart, **_: object) -> None:
        """Route the request by its raw path, before any hook has seen where Quart would send it."""
        ours = current_request()
        visit = self.visit(ours)
        # Anything else is not about the path.
        if visit is not None and isinstance(ours.routing_exception, _OF_THE_PATH):
            ours.url_rule = cast(Any, self._rule(app, visit.exchange))
            ours.view_args = dict(visit.exchange.params)
            ours.routing_exception = None

    def visit(self, ours: Request) -> "_Visit | None":
        """What becomes of a request, where it is for a router."""
        kept = vars(ours)
        if _VISIT not in kept:
            routers = self.routers if is_below_root(ours) else []
            opened = (router.open(parts_of(ours), _NATIVE) for router in routers)
            kept[_VISIT] = next((_Visit(exchange) for exchange in opened if exchange.known), None)
        return cast(_Visit | None, kept[_VISIT])

    def _rule(self, app: Quart, exchange: Exchange) -> Rule:
        route = exchange.route
        own = None if route is None else self.rules.get((route.method, route.path))
        return own or app.url_rule_class(exchange.head.path, endpoint=KEY)


@attrs.define(eq=False)
class _Visit:
    """A request for a router, and the stream that it is answered with."""

    exchange: Exchange
    stream: AsyncStream | None = None
    closing: asyncio.Event = attrs.field(factory=asyncio.Event)


class _Connection(ASGIHTTPConnection):
    """A request of an app with routers, from the server to Quart and back.

    It is here, and not in a view, because Quart receives all of a body on its own before anybody asks for it,
    cancels a view at once when the client has left, and fails on targets and queries that are no text.
    """

    mounted: _Mounted

    async def __call__(self, receive: Any, send: Any) -> None:
        scope = cast(asgi.Scope, self.scope)
        scope["query_string"] = quote_from_bytes(scope["query_string"], bytes(range(128))).encode()
        if is_target(scope["path"]):
            await super().__call__(receive, send)
        else:
            nothing = self.mounted.routers[0].open(asgi.parts_of(scope, scope))
            await asgi.send_parts(nothing.refuse(400), None, receive, send)

    async def handle_messages(self, request: Request, receive: Any) -> None:
        visit = self.mounted.visit(request)
        if visit is None:
            await super().handle_messages(request, receive)
            return
        request.body = body = LazyBody(receive, self.app.config["MAX_CONTENT_LENGTH"])
        await body.line.watch()
        # Once we return, Quart cancels the view, and what the author's code is about to close.
        if visit.closing.is_set():
            await asyncio.Event().wait()

    async def handle_request(self, request: Request, send: Any) -> None:
        visit = self.mounted.visit(request)
        if visit is None:
            await super().handle_request(request, send)
            return

        async def send_on(message: Any) -> None:
            if message.get("more_body") is False:  # the last one
                visit.closing.set()
            await send(message)

        try:
            await super().handle_request(request, send_on)
        except Disconnected:  # while a stream reads the body
            pass
        finally:
            # A hook may have put it aside, or the client has left before it was begun.
            if visit.stream is not None:
                await visit.stream.aclose()


async def _view(**_: object) -> Response:
    ours = current_request()
    visit: _Visit = vars(ours).pop(_VISIT)  # else each would hold the other
    answer = await _answer(ours, visit.exchange, visit.exchange.answer_async)
    if not isinstance(answer, ResponseParts):
        return answer
    if not isinstance(answer.body, bytes):
        answer.body.on_end = visit.closing.set
        visit.stream = answer.body
    return _response(answer)


async def _answer(
    ours: Request, incoming: Exchange, accept: Callable[[Any], Awaitable[T]]
) -> T | ResponseParts:
    """What *accept* makes of the body."""
    try:
        return await accept(reader(ours) if incoming.reads else None)
    except Disconnected:  # to nobody
        return incoming.refuse(400, "the request body could not be read")


def _response(parts: ResponseParts) -> Response:
    body = parts.body if isinstance(parts.body, bytes) else _within(copy_context(), parts.body)
    response: Response = cast(Any, current_app).response_class(body, f"{parts.status} {parts.phrase}")
    # Without a type that we have not given.
    response.headers = Headers([(name, _Latin1(value)) for name, value in parts.headers])
    if not isinstance(parts.body, bytes):
        response.timeout = None
    return response


async def _within(context: Context, stream: AsyncStream) -> AsyncIterator[bytes]:
    """The *stream* in the *context* of the view: Quart leaves its own before it sends anything."""
    for variable, value in context.items():
        variable.set(value)
    async for chunk in stream:
        yield chunk


class _Latin1(str):
    """The text of a header; Quart would encode any other as UTF-8."""

    __slots__ = ()

    def encode(self, *_: Any, **__: Any) -> bytes:
        return super().encode("latin-1")


_OF_THE_PATH = (type(None), NotFound, MethodNotAllowed, RequestRedirect, WebsocketMismatch)
