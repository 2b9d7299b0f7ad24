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
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextvars import copy_context
from typing import Any, TypeVar, cast
from urllib.parse import quote_from_bytes, urlsplit

import attrs

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters.shared import missing, present_as, require_new, require_no_clash
from kbn_schema.adapters.werkzeug_rules import KEY, endpoints, rule_texts, shapes
from kbn_schema.http import Disconnected, Exchange, Native, ResponseParts, Router
from kbn_schema.http.parts import Refusal, too_large
from kbn_schema.http.readers import AsyncRead
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.streams import AsyncStream
from kbn_schema.http.validated import Check

try:
    from quart import Quart, Request, Response, current_app, request
    from quart.asgi import ASGIHTTPConnection
    from quart.signals import request_started
    from quart.wrappers.request import Body
    from werkzeug.datastructures import Headers
    from werkzeug.exceptions import (
        ClientDisconnected,
        HTTPException,
        MethodNotAllowed,
        NotFound,
        RequestEntityTooLarge,
    )
    from werkzeug.routing import RequestRedirect, Rule, WebsocketMismatch
    from werkzeug.wrappers import Response as WerkzeugResponse
except ImportError as error:
    missing(error, "quart")

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
        app.asgi_http_class = type("Connection", (_Connection, app.asgi_http_class), {})
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
    `MethodView`.

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
            ours = _request()
            reception = check.open(asgi.parts_of(_scope(ours), ours), view_args)
            valid = await _answer(reception, reception.accept_async, _reader(ours))
            if isinstance(valid, ResponseParts):
                return _response(valid)
            return await current_app.ensure_async(view)(*arguments, valid, **view_args)

        return present_as(wrapper, view)

    return decorate


@attrs.define(eq=False)
class _Visit:
    """A request for a router, and what becomes of it."""

    exchange: Exchange
    stream: AsyncStream | None = None
    is_closing: bool = False

    def close(self) -> None:
        self.is_closing = True


@attrs.frozen
class _Mounted:
    """The routers of an app, and the rule that stands for each method and path of theirs."""

    routers: list[Router] = attrs.field(factory=list[Router])
    rules: dict[tuple[str, str], Rule] = attrs.field(factory=dict[tuple[str, str], Rule])

    async def choose(self, app: Quart, **_: object) -> None:
        """Route the request by its raw path, before any hook has seen where Quart would send it."""
        ours = _request()
        visit = self.visit(ours)
        # Anything else is not about the path.
        if visit is not None and isinstance(ours.routing_exception, _OF_THE_PATH):
            ours.url_rule = cast(Any, self._rule(app, visit.exchange))
            ours.view_args = dict(visit.exchange.params)
            ours.routing_exception = None

    def visit(self, ours: Request) -> _Visit | None:
        """What is known of a request, where it is for a router."""
        scope = _scope(ours)
        if _VISIT not in scope:
            scope[_VISIT] = self._find(ours)
        return cast(_Visit | None, scope[_VISIT])

    def _find(self, ours: Request) -> _Visit | None:
        for router in self.routers:
            exchange = router.open(asgi.parts_of(_scope(ours), ours), _NATIVE)
            if exchange.known:
                return _Visit(exchange)
        return None

    def _rule(self, app: Quart, exchange: Exchange) -> Rule:
        route = exchange.route
        own = None if route is None else self.rules.get((route.method, route.path))
        return own or app.url_rule_class(exchange.head.path, endpoint=KEY)


class _Connection(ASGIHTTPConnection):
    """A request of an app with routers.

    Quart receives a body before anybody asks for it, and without an end; here it waits until it is read.
    """

    async def __call__(self, receive: Any, send: Any) -> None:
        scope = cast(asgi.Scope, self.scope)
        # Quart fails on what is no UTF-8.
        scope["query_string"] = quote_from_bytes(scope["query_string"], _ASCII).encode()
        if _is_target(scope["path"]):
            await super().__call__(receive, send)
        else:
            nothing = self._mounted.routers[0].open(asgi.parts_of(scope, scope))
            await asgi.send_parts(nothing.refuse(400), None, receive, send)

    async def handle_messages(self, request: Request, receive: Any) -> None:
        visit = self._mounted.visit(request)
        if visit is None:
            await super().handle_messages(request, receive)
            return
        line = asgi.Body(_NOTHING_YET, receive)
        request.body = _Body(line, self.app.config["MAX_CONTENT_LENGTH"])
        await line.watch()
        # Once we return, Quart cancels whatever is done for the client.
        if visit.is_closing:
            await asyncio.Event().wait()

    async def handle_request(self, request: Request, send: Any) -> None:
        visit = self._mounted.visit(request)

        async def send_on(message: Any) -> None:
            if visit is not None and message["type"] == "http.response.body" and not message.get("more_body"):
                visit.close()  # what is closed after the answer is not broken off
            await send(message)

        try:
            await super().handle_request(request, send_on)
        except Disconnected:  # while a stream reads the body
            pass
        finally:
            _scope(request).pop(_VISIT, None)  # else each would hold the other
            # A hook may have put it aside, or the client has left before it was begun.
            if visit is not None and visit.stream is not None:
                await visit.stream.aclose()

    @property
    def _mounted(self) -> _Mounted:
        return cast(_Mounted, self.app.extensions[KEY])


def _is_target(path: str) -> bool:
    """Whether Quart can read *path*, which is all of a target that does not begin with a slash."""
    try:
        return bool(path and urlsplit(path))
    except ValueError:
        return False


class _Body(Body):
    """The body of a request for a router; for hooks, it is as Quart's, with at most *limit* bytes."""

    def __init__(self, line: asgi.Body, limit: int | None) -> None:
        super().__init__(None, None)
        self._line = line
        self._limit = limit
        self._kept = bytearray()
        self._is_taken = False
        self._is_handed_on = False

    async def read(self) -> bytes:
        """The next piece, for the router.

        Raises:
            Disconnected: The client has gone.
            Refusal: A hook has taken a part of it.
        """
        if self._is_taken:
            raise Refusal(400, "the request body could not be read")
        if self._kept and not self._is_handed_on:
            self._is_handed_on = True
            return bytes(self._kept)
        return await self._line.read()

    async def __anext__(self) -> bytes:
        self._is_taken = True
        chunk = bytes(self._kept) or await self._read()
        self._kept.clear()
        if not chunk:
            raise StopAsyncIteration
        return chunk

    def __await__(self) -> Generator[Any, None, bytes]:
        return self._read_all().__await__()

    def clear(self) -> None:
        self._is_taken = True
        self._kept.clear()

    async def _read_all(self) -> bytes:
        while chunk := await self._read():
            self._kept += chunk
            if self._limit is not None and len(self._kept) > self._limit:
                raise RequestEntityTooLarge
        return bytes(self._kept)

    async def _read(self) -> bytes:
        try:
            return await self._line.read()
        except Disconnected:
            raise ClientDisconnected from None


async def _view(**_: object) -> Response:
    ours = _request()
    visit = cast(_Visit, _scope(ours)[_VISIT])
    answer = await _answer(visit.exchange, visit.exchange.answer_async, _reader(ours))
    if not isinstance(answer, ResponseParts):
        return answer
    if not isinstance(answer.body, bytes):
        # Else a client that leaves while the author's code closes what it opened would break that off.
        answer.body.on_end = visit.close
        visit.stream = answer.body
    return _response(answer)


async def _answer(
    incoming: Exchange, accept: Callable[[Any], Awaitable[T]], read: AsyncRead
) -> T | ResponseParts:
    """What *accept* makes of the body."""
    try:
        return await accept(read if incoming.reads else None)
    except Disconnected:  # to nobody
        return incoming.refuse(400, "the request body could not be read")


def _reader(ours: Request) -> AsyncRead:
    """A reader of the body."""
    if isinstance(ours.body, _Body):
        return ours.body.read

    async def read() -> bytes:
        try:
            return await anext(ours.body, b"")
        except RequestEntityTooLarge:
            raise too_large(ours.max_content_length or 0) from None

    return read


def _response(parts: ResponseParts) -> Response:
    body = parts.body if isinstance(parts.body, bytes) else _Stream(parts.body)
    response: Response = cast(Any, current_app).response_class(body, f"{parts.status} {parts.phrase}")
    # Without a type that we have not given.
    response.headers = Headers([(name, _as_latin_1(value)) for name, value in parts.headers])
    if not isinstance(parts.body, bytes):
        response.timeout = None
    return response


class _Stream(AsyncIterator[bytes]):
    """A *stream* in the context variables of the view: Quart leaves its contexts before it sends anything."""

    def __init__(self, stream: AsyncStream) -> None:
        self._stream = stream
        self._variables = list(copy_context().items())

    async def __anext__(self) -> bytes:
        self._enter()
        return await anext(self._stream)

    async def aclose(self) -> None:
        self._enter()
        await self._stream.aclose()

    def _enter(self) -> None:
        variables, self._variables = self._variables, []
        for variable, value in variables:
            if variable.get(None) is not value:
                variable.set(value)


class _Latin1(str):
    """A header that is not ASCII; Quart would encode any other text as UTF-8."""

    __slots__ = ()

    def encode(self, encoding: str = "latin-1", errors: str = "strict") -> bytes:
        return super().encode("latin-1", errors)


def _as_latin_1(value: str) -> str:
    return value if value.isascii() else _Latin1(value)


def _request() -> Request:
    """The request itself, in place of the proxy."""
    return cast(Request, cast(Any, request)._get_current_object())


def _scope(ours: Request) -> asgi.Scope:
    return cast(asgi.Scope, ours.scope)


_OF_THE_PATH = (type(None), NotFound, MethodNotAllowed, RequestRedirect, WebsocketMismatch)
_ASCII = bytes(range(128))
_NOTHING_YET: asgi.Message = {"type": "http.request", "body": b"", "more_body": True}
