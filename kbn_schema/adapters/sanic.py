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
* `url_for` needs each parameter, also one that may be left out, and leaves it as it is, without escapes.
* A `validated` method of an `HTTPMethodView` is called once Sanic has read the body, up to
  `REQUEST_MAX_SIZE`.
* What Sanic refuses before it looks for a route, such as a malformed length, is answered with its own 400;
  on a target that it cannot parse, its server hangs up, and under an ASGI server it answers 500.
* HTTP/3, which is experimental in Sanic, does not reach our routes.
"""

import asyncio
import contextlib
import inspect
import re
from collections import Counter
from collections.abc import Callable, Container, Coroutine, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters.shared import missing, present_as, require_new, require_no_clash
from kbn_schema.http import Exchange, Native, RequestParts, ResponseParts, Router
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.validated import Check

try:
    from sanic import Request, Sanic
    from sanic.compat import Header
    from sanic.constants import HTTP_METHODS
    from sanic.exceptions import RequestCancelled, SanicException, ServerError
    from sanic.http import Stage
    from sanic.response import BaseHTTPResponse, HTTPResponse, ResponseStream
    from sanic.router import Router as SanicRouter
    from sanic_routing.group import RouteGroup
    from sanic_routing.route import Route
except ImportError as error:
    missing(error, "sanic")

A = TypeVar("A", bound="Sanic[Any, Any]")
T = TypeVar("T")

_NATIVE = Native(responses=(BaseHTTPResponse, ResponseStream), errors=(SanicException,))
_NAME = "kbn_schema"


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
    mounted = front.mounted if isinstance(front, RouterInFront) else []
    require_new(router, mounted)
    own = (route for route in front.routes if not _is_ours(route))
    require_no_clash(router, ((route.uri, _shape(route)) for route in own))
    if not isinstance(front, RouterInFront):
        # Sanic asks its router for the raw path once, and has no other place to say where that leads.
        front.__class__ = type("RouterInFront", (RouterInFront, type(front)), {})
    cast(RouterInFront, front).add_router(router)
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
    `HTTPMethodView`. With a rule for the body, `request.body` and what is made of it are empty.

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
    """Sanic's router behind ours, whose routes it lists and names, but does not match."""

    mounted: list[Router]
    _ours: dict[tuple[str, str], Route]
    _other: Route
    _our_groups: list[RouteGroup]

    @property
    def groups(self) -> dict[tuple[str, ...], RouteGroup]:
        """The routes of Sanic's, and ours, by the shape of their paths: for middleware, and for tools."""
        groups = dict(super().groups)
        for group in self._our_groups:
            key = group.segments
            while key in groups:
                key = (_NAME, *key)
            groups[key] = group
        return groups

    def add_router(self, router: Router) -> None:
        """Put *router* behind those that were added before."""
        if "mounted" not in vars(self):
            self.mounted, self._ours, self._our_groups = [], {}, []
            self._other = self._listed(
                _NAME, "/<path:path>", [*HTTP_METHODS, "CONNECT", "TRACE"], _no_handler
            )
            self._other.extra.static = True  # so that tools do not document it
            self._our_groups.append(_grouped([self._other]))
        listed: dict[str, list[Route]] = {}
        for name, method, path, handler in _named(router, self.name_index, self.ctx.app.name):
            others = listed.setdefault(path, [])
            methods = [method, *(["HEAD"] if method == "GET" else []), *([] if others else ["OPTIONS"])]
            self._ours[method, path] = self._listed(name, _template(path), methods, handler)
            others.append(self._ours[method, path])
        self._our_groups.extend(map(_grouped, listed.values()))
        self.mounted.append(router)

    def _listed(self, name: str, path: str, methods: list[str], handler: Callable[..., Any]) -> Route:
        full_name = f"{self.ctx.app.name}.{name}"
        path = path.removeprefix("/")
        route = Route(self, path, full_name, _shown(handler), frozenset(methods), strict=True)
        route.extra = SimpleNamespace(
            ident=full_name,
            ignore_body=False,
            stream=True,
            hosts=[],
            static=False,
            websocket=False,
            error_format="",
            kbn_schema=True,
        )
        _finalize(route)
        self.name_index[full_name] = route
        return route

    def _find(self, path: str, method: str, host: str | None) -> tuple[Route, Any, dict[str, Any]]:
        """The route, its handler, and the arguments from the path."""
        request = _current()
        if request is not None and (request.path, request.method) == (path, method):
            head = _parts_of(request)
            for router in self.mounted:
                exchange = router.open(head, _NATIVE)
                if exchange.known:
                    return self._route_of(exchange), _Call(exchange), dict(exchange.params)
        found: tuple[Route, Any, dict[str, Any]] = super().get(path, method, host)
        return found

    get = cast(Any, _find)  # Sanic's remembers what it found, which is another type

    def _route_of(self, exchange: Exchange) -> Route:
        route = exchange.route
        own = None if route is None else self._ours.get((route.method, route.path))
        return own or self._other


class _Call:
    """What Sanic calls for a request of ours."""

    is_stream = True  # so that Sanic leaves the body, and its size, to us

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def __call__(self, request: Request, **_: object) -> Any:
        line = _Line(request)
        if line.is_asgi:
            return await self._answer(request, line)
        try:
            return await line.run(self._answer(request, line))
        except Exception:
            line.tear()
            raise

    async def _answer(self, request: Request, line: "_Line") -> Any:
        exchange = self._exchange
        answer, content = await asgi.answer_with_body(exchange, exchange.answer_async, line.receive)
        if not isinstance(answer, ResponseParts):
            return None if request.responded else answer
        response = _Response(answer, request)
        if not isinstance(answer.body, bytes):
            await asgi.send_parts(answer, content, line.receive, partial(line.send, response))
            await line.end()
            return None
        if line.is_asgi or line.is_read or request.method == "HEAD":
            return response
        sent: Any = await request.respond(response)  # a middleware may have another
        await sent.send(end_stream=True)
        await line.end()
        return None


class _Line:
    """The connection of *request*, in terms of ASGI."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._stream: Any = request.stream
        self._gone = asyncio.get_running_loop().create_future()
        self._ended = False

    @property
    def is_asgi(self) -> bool:
        """Whether Sanic runs under a server of others."""
        return hasattr(self._request.transport, "scope")

    @property
    def is_read(self) -> bool:
        """Whether the body was read to its end, or there is none."""
        return not self._stream.request_body

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What *work* gives. Sanic cancels us where the client has gone; the work is told, and goes on."""
        task = asyncio.create_task(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await self._leave(task)
            if not task.cancelled() and (error := task.exception()):
                raise error from None
            raise

    async def _leave(self, task: asyncio.Task[Any]) -> None:
        while not task.done():
            if self._is_lost and not self._gone.done():
                self._gone.set_result(None)
            else:  # it took too long
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        if self._is_lost:
            self._stream.request_body = None  # else Sanic would wait for the rest of it

    @property
    def _is_lost(self) -> bool:
        return self._request.conn_info is not None and self._request.conn_info.lost

    async def receive(self) -> asgi.Message:
        """The next piece of the body, or a message that the client has gone."""
        if self._ended:
            return await self._hang_up()
        if self.is_read:  # by a middleware, or by Sanic
            self._ended = True
            return {"type": "http.request", "body": self._request.body}
        if self.is_asgi:
            return await self._receive_asgi()
        reading = asyncio.ensure_future(self._read())
        try:
            await asyncio.wait([reading, self._gone], return_when=asyncio.FIRST_COMPLETED)
            return reading.result() if reading.done() else _DISCONNECT
        finally:
            reading.cancel()

    async def _read(self) -> asgi.Message:
        try:
            chunk = await self._stream.read()
        except SanicException:  # chunks that are malformed
            return _DISCONNECT
        self._ended = self.is_read
        return {"type": "http.request", "body": chunk or b"", "more_body": not self._ended}

    async def _hang_up(self) -> asgi.Message:
        if self.is_asgi:
            return await self._receive_asgi()
        await asyncio.wait([self._gone])
        return _DISCONNECT

    async def _receive_asgi(self) -> asgi.Message:
        # Not by the request: it would take a client that has gone for the end of the body.
        transport: Any = self._request.transport
        return cast(asgi.Message, await transport.receive())

    async def send(self, response: BaseHTTPResponse, message: asgi.Message) -> None:
        """Send *response* piece by piece."""
        try:
            if message["type"] == "http.response.body":
                await response.send(message.get("body", b""), end_stream=not message.get("more_body"))
                return
            sent: Any = await self._request.respond(response)
            if sent is not response:
                await sent.send(end_stream=True)
                raise ConnectionAbortedError("a middleware has put the answer aside")
        except RequestCancelled:
            raise ConnectionResetError from None

    async def end(self) -> None:
        """Read what nobody wanted of the body, which Sanic would log as an error."""
        self.tear()
        self._stream.request_max_size = self._request.app.config.REQUEST_MAX_SIZE
        while not (self.is_asgi or self.is_read):
            if await self.receive() is _DISCONNECT:
                self._stream.request_body = None

    def tear(self) -> None:
        """Hang up where an answer has begun and is not whole; Sanic would end it as if it were."""
        if not self.is_asgi and self._stream.stage is Stage.RESPONSE:
            self._request.transport.close()
            self._stream.request_body = None


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
        receive = _Line(request).receive
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


def _current() -> Request | None:
    try:
        return Request.get_current()
    except ServerError:
        return None


def _parts_of(request: Request) -> RequestParts:
    query = request.raw_url.partition(b"?")[2].partition(b"#")[0]
    headers = [(name, _as_latin(value.rstrip(" \t"))) for name, value in request.headers.items()]
    return RequestParts(request.method, request.path, query, headers, None, request)


# Sanic has UTF-8 in its headers, and what is none as surrogates; to us, each byte is a character.
def _as_latin(value: str) -> str:
    return value if value.isascii() else value.encode(errors="surrogateescape").decode("latin-1")


def _as_sanic(value: str) -> str:
    return value if value.isascii() else value.encode("latin-1").decode(errors="surrogateescape")


def _is_ours(route: Route) -> bool:
    return hasattr(route.extra, _NAME)


def _shape(route: Route) -> str:
    """The path of *route* in which parameters have no names; a rest is ``{*}``."""
    labels = {index: param.label for index, param in route.defined_params.items()}
    segments = [
        part if index not in labels else "{*}" if labels[index] == "path" else "{}"
        for index, part in enumerate(route.parts)
    ]
    return "/" + "/".join(segments)


def _named(
    router: Router, taken: Container[str], app_name: str
) -> Iterator[tuple[str, str, str, Callable[..., Any]]]:
    """A name for each method and path, and the handler; versions of a route share one."""
    handlers: dict[tuple[str, str], Callable[..., Any]] = {}
    for route in router.routes:
        handlers.setdefault((route.method, route.path), route.handler)
    counts = Counter(getattr(handler, "__name__", "") for handler in handlers.values())
    for (method, path), handler in handlers.items():
        name = getattr(handler, "__name__", "")
        if not name.isidentifier() or counts[name] > 1 or f"{app_name}.{_NAME}.{name}" in taken:
            name = f"{method} {path}"
        yield f"{_NAME}.{name}", method, path, handler


def _grouped(routes: list[Route]) -> RouteGroup:
    group = RouteGroup(*routes)
    _finalize(group)
    return group


def _finalize(part: Any) -> None:
    part.finalize()


def _shown(handler: Callable[..., Any]) -> Callable[..., Any]:
    """*handler* as tools see it: its name and what it says of itself, but no annotations to resolve."""

    def shown(*_):  # type: ignore[no-untyped-def]
        raise NotImplementedError("Sanic calls what its router finds for a request")

    return present_as(shown, handler)


def _template(path: str) -> str:
    """*path* as Sanic writes it."""
    return "/".join(_segment(segment) for segment in path.split("/"))


def _segment(segment: str) -> str:
    parameter = _PARAMETER.fullmatch(segment)
    if parameter is None:
        return segment  # Sanic encodes it
    return f"<{parameter['name']}:{'path' if parameter['mark'] == '*' else 'str'}>"


def _no_handler() -> None:
    """Stands for what has no route, such as OPTIONS."""


_DISCONNECT: asgi.Message = {"type": "http.disconnect"}
_PARAMETER = re.compile(r"\{(?P<name>\w+)(?P<mark>[?*]?)\}")
