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
* `falcon.inspect` does not list our routes.
* While a handler leaves its request stream unread, up to 1 MiB of it is kept under ASGI, so that a client
  that leaves is noticed.
* Our 500s do not reach Falcon's error handlers, and `process_response` takes our errors for a success.
"""

import asyncio
import contextlib
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from functools import partial
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import quote_from_bytes

import attrs

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters import wsgi
from kbn_schema.adapters.shared import missing, present_as, require_new, require_no_clash, shape
from kbn_schema.http import Disconnected, Exchange, Native, RequestParts, ResponseParts, Router
from kbn_schema.http.parts import Refusal
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.streams import AsyncStream, SyncStream
from kbn_schema.http.validated import Check
from kbn_schema.kinds.definition import is_async

try:
    import falcon
    import falcon.asgi
    from falcon.inspect import inspect_routes
except ImportError as error:
    missing(error, "falcon")

A = TypeVar("A", bound="falcon.App[Any, Any]")
T = TypeVar("T")

_NATIVE = Native(errors=(falcon.HTTPError, falcon.HTTPStatus))
_VISIT = "kbn_schema.visit"


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
    otherwise; it may be a sink, too.

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
            reception = check.open(wsgi.parts_of(req.env, req), params)
            valid = _answer(reception, reception.accept, req)
            if isinstance(valid, ResponseParts):
                _fill(resp, valid, valid.body)
            else:
                responder(*arguments, valid, **params)

        async def async_wrapper(*arguments: Any, **params: Any) -> None:
            req, resp = arguments[-2:]
            reception = check.open(asgi.parts_of(_scope(req), req), params)
            valid, _ = await _answer_async(reception, reception.accept_async, req)
            if isinstance(valid, ResponseParts):
                _fill(resp, valid, valid.body)
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

    def _head(self, req: Any) -> RequestParts:
        raise NotImplementedError

    def _respond(self, exchange: Exchange, req: Any, resp: Any, /, **_: object) -> Any:
        raise NotImplementedError


class _Mounted(_Routing):
    """What is before `falcon.App` in the class of an app."""

    __slots__ = ()

    def _head(self, req: Any) -> RequestParts:
        rewritten = _rewritten(req, req.env["PATH_INFO"].encode("latin-1").decode(errors="replace"))
        if rewritten is None:
            return wsgi.parts_of(req.env, req)
        return wsgi.parts_of({**req.env, "PATH_INFO": rewritten.encode().decode("latin-1")}, req)

    def _respond(self, exchange: Exchange, req: Any, resp: Any, /, **_: object) -> None:
        answer = _answer(exchange, exchange.answer, req)
        _fill(resp, answer, answer.body if isinstance(answer.body, bytes) else _Stream(answer.body))


class _AsyncMounted(_Routing):
    """What is before `falcon.asgi.App` in the class of an app."""

    __slots__ = ()

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        app = cast(Any, super()).__call__
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        # Falcon's own test client says that it has left before it waits for the answer.
        visit = _Visit(watches=not getattr(receive, "disconnected", False))
        scope = {**_readable(scope), _VISIT: visit}
        head = asgi.parts_of(scope, None)
        if any(router.open(head).known for router in self.routers):
            receive, send = _at_once(receive), _to_somebody(send)
        try:
            async with visit.line:
                await app(scope, receive, send)
        except Disconnected:
            pass
        except TimeoutError:
            if not visit.line.expired():
                raise
        finally:
            await visit.close()

    def _head(self, req: Any) -> RequestParts:
        rewritten = _rewritten(req, req.scope["path"])
        return asgi.parts_of(req.scope if rewritten is None else {**req.scope, "path": rewritten}, req)

    async def _respond(self, exchange: Exchange, req: Any, resp: Any, /, **_: object) -> None:
        answer, watch = await _answer_async(exchange, exchange.answer_async, req)
        body = answer.body
        if not isinstance(body, bytes):
            body = req.scope[_VISIT].follow(body, watch)
        _fill(resp, answer, body)


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


# Calls what it is given once the client has left.
_Watch = Callable[[Callable[[], None]], Coroutine[Any, Any, None]]


class _Visit:
    """A request of an app of ASGI, and the stream that has to be closed in its task."""

    def __init__(self, watches: bool) -> None:
        self.watches = watches
        self.line = asyncio.timeout(None)
        self.stream: _AsyncStream | None = None

    def follow(self, stream: AsyncStream, watch: _Watch) -> "_AsyncStream":
        """*stream*, which ends when *watch* ends the line."""
        self.stream = _AsyncStream(stream, self.line, watch if self.watches else None)
        return self.stream

    async def close(self) -> None:
        if self.stream is not None:
            await self.stream.close()


def _paths(app: "falcon.App[Any, Any]") -> list[str]:
    try:
        return [route.path for route in inspect_routes(app)]
    except TypeError:  # a router of somebody's own, of which Falcon knows nothing
        return []


def _rewritten(req: Any, path: str) -> str | None:
    """The path that a middleware has put in the place of *path*, if any."""
    path = path or "/"
    read = {path, path[:-1] if path.endswith("/") and req.options.strip_url_path_trailing_slash else path}
    return None if req.path in read else cast(str, req.path)


def _scope(req: Any) -> asgi.Scope:
    scope: asgi.Scope = req.scope
    if isinstance(scope["headers"], list | tuple):
        return scope
    # An iterator, as Falcon's test client makes it, which Falcon has used up.
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in req.headers.items()]
    return {**scope, "headers": headers}


def _answer(incoming: Exchange, accept: Callable[[Any], T], req: Any) -> T | ResponseParts:
    """What *accept* makes of the body, of which a hook may have taken a part."""
    environ = req.env
    if incoming.reads and incoming.length is not None:
        # Which knows how much is left; to read more blocks under wsgiref.
        environ = {**environ, "wsgi.input": req.bounded_stream}
    return wsgi.answer_with_body(incoming, accept, environ)


async def _answer_async(
    incoming: Exchange, accept: Callable[[Any], Awaitable[T]], req: Any
) -> tuple[T | ResponseParts, _Watch]:
    """What *accept* makes of the body, and who tells that the client has left."""
    # Falcon's own stream makes no difference between the end and a client that has left.
    messages, later = [req._first_event], req._receive

    async def receive() -> asgi.Message:
        return messages.pop() if messages else cast(asgi.Message, await later())

    if incoming.reads and req._stream is not None:
        content: asgi.Content = Refusal(400, "the request body could not be read")
        answer: T | ResponseParts = await accept(content)
    else:
        answer, content = await asgi.answer_with_body(incoming, accept, receive)
        req._first_event = _END  # else who asks Falcon for the body would wait for it
    return answer, lambda leave: asgi.hang_up(leave, content, receive)


def _at_once(receive: asgi.Receive) -> asgi.Receive:
    """*receive*, but the first message is there: Falcon waits for it before it looks at the head."""
    begun = False

    async def receive_next() -> asgi.Message:
        nonlocal begun
        if begun:
            return await receive()
        begun = True
        return _BEGINNING

    return receive_next


def _to_somebody(send: asgi.Send) -> asgi.Send:
    async def send_on(message: asgi.Message) -> None:
        try:
            await send(message)
        except OSError:  # the client has gone (ASGI 2.4)
            raise Disconnected from None

    return send_on


def _fill(resp: Any, parts: ResponseParts, body: object) -> None:
    """Make *resp* the answer of *parts* with *body*; what middleware has set besides is kept."""
    resp.status = f"{parts.status} {parts.phrase}"
    names: set[str] = set()
    for name, value in parts.headers:
        put = resp.append_header if name in names or name == "set-cookie" else resp.set_header
        put(name, value)
        names.add(name)
    resp.text = resp.media = None
    if body == b"" and "content-length" not in names:
        resp.stream = iter(())  # else Falcon would say that the body of a GET is empty where HEAD was asked
    elif isinstance(body, bytes):
        resp.data = body
    else:
        resp.stream = body


class _Stream(Iterator[bytes]):
    """Hands on *stream*, and closes it where a middleware puts it aside."""

    def __init__(self, stream: SyncStream) -> None:
        self._stream = stream
        self._unsent = weakref.finalize(self, stream.close)

    def __next__(self) -> bytes:
        return next(self._stream)

    def close(self) -> None:
        self._unsent()


class _AsyncStream(AsyncIterator[bytes]):
    """Hands on *stream*, and lets *watch* end *line* when the client leaves, which Falcon does not notice."""

    def __init__(self, stream: AsyncStream, line: asyncio.Timeout, watch: _Watch | None) -> None:
        self._stream = stream
        self._line = line
        self._watch = watch
        self._watching: asyncio.Task[None] | None = None
        stream.on_end = self._leave_off

    async def __anext__(self) -> bytes:
        if self._watch is not None and self._watching is None:
            self._watching = asyncio.create_task(self._watch(partial(self._line.reschedule, 0)))
        return await anext(self._stream)

    async def close(self) -> None:
        self._leave_off()
        await self._stream.aclose()

    def _leave_off(self) -> None:
        # Else a client that leaves while the author's code closes what it opened would break that off.
        if self._watching is not None:
            self._watching.cancel()
        with contextlib.suppress(RuntimeError):  # it is over already
            self._line.reschedule(None)


_ASCII = bytes(range(128))
_VERSIONS = ("1.0", "1.1", "2", "3")  # all that Falcon takes
_BEGINNING: asgi.Message = {"type": "http.request", "body": b"", "more_body": True}
_END: asgi.Message = {"type": "http.request", "body": b"", "more_body": False}
