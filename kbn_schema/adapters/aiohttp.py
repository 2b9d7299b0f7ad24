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

import asyncio
import keyword
import re
import weakref
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, TypeVar, cast
from urllib.parse import unquote

from kbn_schema.adapters.async_streams import close_later, sending
from kbn_schema.adapters.route_names import PREFIX, named
from kbn_schema.adapters.shared import encode, missing, present_as, require_new, require_no_clash, shape
from kbn_schema.http import Disconnected, Exchange, Native, RequestParts, ResponseParts, Router
from kbn_schema.http.parts import Refusal
from kbn_schema.http.readers import AsyncRead
from kbn_schema.http.route import Route, TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.streams import AsyncStream
from kbn_schema.http.validated import Check, Reception
from kbn_schema.kinds.definition import is_async

try:
    from aiohttp import web
    from aiohttp.abc import AbstractStreamWriter, AbstractView
    from aiohttp.http_exceptions import TransferEncodingError
    from aiohttp.web_urldispatcher import MatchedSubAppResource
    from multidict import CIMultiDict
    from yarl import URL
except ImportError as error:
    missing(error, "aiohttp")

E = TypeVar("E", bound=Exchange)
T = TypeVar("T")

_NATIVE = Native(responses=(web.StreamResponse,), errors=(web.HTTPException,))
# In seconds: how often we look whether what we wait for can still come.
_INTERVAL = 0.5


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
        usable = name.isidentifier() and not keyword.iskeyword(name)
        app.router.register_resource(ours.add(f"{PREFIX}.{name}" if usable else None, route))
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
    which is called with *valid* alone, or of any other class.

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

            head = _parts_of(request, request.rel_url.raw_path)
            valid = await _answer(request, open_(head), open_, Reception.accept_async)
            if isinstance(valid, ResponseParts):
                return _response(valid)
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
        self._prefix = ""
        self._routes: dict[tuple[str, str], web.AbstractRoute] = {}
        self._route = web.ResourceRoute("*", _handle, self)

    @property
    def canonical(self) -> str:
        """What tools show; each route has its own."""
        return f"{self._prefix}/{{path}}"

    def add(self, name: str | None, route: Route) -> "RouteResource":
        """The resource of *route*, which is shown in its place."""
        resource = RouteResource(name, route)
        self._routes[route.method, route.path] = resource.route
        return resource

    async def resolve(self, request: web.Request) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        path = _below(request.rel_url.raw_path, self._prefix)
        if path is None:
            return None, set()
        exchange = self.router.open(_parts_of(request, path), _NATIVE)
        if not exchange.known:
            return None, set()
        route = exchange.route
        shown = None if route is None else self._routes.get((route.method, route.path))
        return _MatchInfo(self.router, exchange, shown or self._route), set()

    def add_prefix(self, prefix: str) -> None:
        self._prefix = prefix + self._prefix

    def url_for(self, *args: str, **kwargs: str) -> URL:
        raise RuntimeError("url_for() is for the routes of the router, by their names")

    def raw_match(self, prefix: str) -> bool:
        return False

    def get_info(self) -> Any:
        return {"formatter": self.canonical}

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        return iter(())

    def __repr__(self) -> str:
        return f"<RouterResource {self._prefix or '/'}>"


class RouteResource(web.AbstractResource):
    """One route, for whoever lists routes, builds a URL, or asks which one answers."""

    def __init__(self, name: str | None, route: Route) -> None:
        super().__init__(name=name)
        self.path = route.path
        self.route = web.ResourceRoute(route.method, _presented(route), self)

    @property
    def canonical(self) -> str:
        return _PARAMETER.sub(r"{\1}", self.path)

    async def resolve(self, request: web.Request) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        return None, set()

    def add_prefix(self, prefix: str) -> None:
        self.path = prefix + self.path

    def url_for(self, **kwargs: str) -> URL:
        """The URL with these parameters; an optional one, or a rest, may be left out.

        Raises:
            KeyError: Another one is missing.
        """
        path = self.path
        last = _LAST.search(path)
        if last is not None and last["name"] not in kwargs:
            path = path[: last.start()] or "/"
        return URL.build(path=_PARAMETER.sub(lambda match: _segment(match, kwargs), path), encoded=True)

    def raw_match(self, path: str) -> bool:
        return False

    def get_info(self) -> Any:
        return {"formatter" if "{" in self.path else "path": self.canonical}

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        return iter((self.route,))

    def __repr__(self) -> str:
        return f"<RouteResource {self.path}>"


class _MatchInfo(web.UrlMappingMatchInfo):
    """What was found for a request, until it is handled."""

    def __init__(self, router: Router, exchange: Exchange, route: web.AbstractRoute) -> None:
        super().__init__(dict(exchange.params), route)
        self._router = router
        self._path = exchange.head.path
        self._exchange: Exchange | None = exchange
        self.is_told_to_send = True

    def open(self, head: RequestParts) -> Exchange:
        return self._router.open(head, _NATIVE)

    def take(self, request: web.Request) -> Exchange:
        """The exchange of *request*; a new one where a middleware hands on another request than it got."""
        exchange, self._exchange = self._exchange, None  # else each would hold the other
        if exchange is None or exchange.head.raw is not request:
            exchange = self.open(_parts_of(request, self._path))
        return exchange

    @property
    def expect_handler(self) -> Callable[[web.Request], Awaitable[web.StreamResponse | None]]:
        """Tells a client that waits to send its body, unless its head was refused."""
        if self._exchange is None or self._exchange.head.header("expect")[-1].lower() != "100-continue":
            return _tell_nothing
        self.is_told_to_send = self._exchange.reads
        return super().expect_handler if self.is_told_to_send else _tell_nothing


async def _tell_nothing(request: web.Request) -> None:
    return None


def _presented(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """What middlewares see as the handler of *route*."""

    async def handle(request: web.Request) -> web.StreamResponse:
        return await _handle(request)

    return present_as(handle, route.handler)


async def _handle(request: web.Request) -> web.StreamResponse:
    info = cast(_MatchInfo, request.match_info)
    answer = await _answer(request, info.take(request), info.open, Exchange.answer_async)
    response = _response(answer) if isinstance(answer, ResponseParts) else cast(web.StreamResponse, answer)
    if not info.is_told_to_send:
        response.force_close()  # what comes next may be the body, or another request
    return response


async def _answer(
    request: web.Request,
    incoming: E,
    open_: Callable[[RequestParts], E],
    accept: Callable[[E, Any], Awaitable[T]],
) -> T | ResponseParts:
    """What *incoming* makes of the body, by its method *accept*; *open_* makes another of another head."""
    content: Any = None
    try:
        if incoming.reads:
            incoming, content = await _content(request, incoming, open_)
        return await accept(incoming, content)
    except Disconnected:
        # To nobody; but middlewares want an answer.
        return incoming.refuse(400, "the request body could not be read")
    finally:
        if request.content.exception() is not None:
            # It is malformed. The connection would read on, and log the same error.
            request.protocol.close()
            request.content.feed_eof()


async def _content(
    request: web.Request, incoming: E, open_: Callable[[RequestParts], E]
) -> tuple[E, bytes | AsyncRead | Refusal]:
    """The body of *request*, or why there is none, and what takes it.

    Raises:
        Disconnected: The client has gone.
    """
    body = request.content
    if body.at_eof():
        return incoming, await request.read()  # there is none, or a middleware has read it
    problem = "the request body could not be read"
    coding = _inflated(request)
    if coding is not None:
        try:
            cast(Route, incoming.route).intake().body_format.check_head(incoming.head)
        except Refusal as refusal:
            return incoming, refusal
        incoming = open_(_as_inflated(incoming.head))
        problem = f"[request body]: malformed content encoding [{coding}]"
    if body.is_eof() and body.exception() is None:
        return incoming, body.read_nowait()  # all of it is here
    return incoming, lambda: _read(request, problem)


async def _read(request: web.Request, problem: str) -> bytes:
    """The next piece of the body; empty at the end.

    Raises:
        Disconnected: The client has gone.
        Refusal: 400, it is malformed; *problem* says how.
    """
    body = request.content

    def look() -> None:
        # Where chunks are malformed, the parser written in C tells the connection, which answers the next
        # request with 400, but not whoever reads this one.
        if getattr(request.protocol, "_messages", ()) and not body.is_eof():
            body.set_exception(TransferEncodingError("a chunk is malformed"))

    looking = _Looking(look)
    try:
        return await body.readany()
    except Exception as error:
        if request.transport is None:
            raise Disconnected from None
        if isinstance(error, TransferEncodingError):
            problem = "the request body could not be read"
        raise Refusal(400, problem) from None
    finally:
        looking.cancel()


def _inflated(request: web.Request) -> str | None:
    """The content encoding of the body where aiohttp has inflated it, as it does by default."""
    if request.content.total_compressed_bytes is None:
        return None
    return request.headers.get("Content-Encoding", "").lower()


def _as_inflated(head: RequestParts) -> RequestParts:
    pairs = [pair for pair in head.headers if pair[0] not in ("content-encoding", "content-length")]
    return RequestParts(head.method, head.path, head.query, pairs, None, head.raw)


def _parts_of(request: web.Request, path: str) -> RequestParts:
    """The head of *request*, whose *path* is below that of the application."""
    return RequestParts(
        request.method,
        path,
        request.rel_url.raw_query_string.encode(errors="surrogateescape"),
        [(name.lower(), value) for name, value in request.raw_headers],
        None,
        request,
    )


def _below(path: str, prefix: str) -> str | None:
    """What follows *prefix* in *path*, whose segments may be encoded otherwise; None where it does not."""
    if path.startswith(prefix):
        return path[len(prefix) :]
    segments = path.split("/", prefix.count("/") + 1)
    rest = segments.pop() if len(segments) > prefix.count("/") + 1 else None
    if rest is None or [unquote(segment) for segment in segments] != unquote(prefix).split("/"):
        return None
    return f"/{rest}"


def _response(answer: ResponseParts[AsyncStream]) -> web.StreamResponse:
    headers = CIMultiDict(answer.headers)
    if isinstance(answer.body, bytes):
        return web.Response(body=answer.body, status=answer.status, reason=answer.phrase, headers=headers)
    return StreamAnswer(answer.body, status=answer.status, reason=answer.phrase, headers=headers)


class StreamAnswer(web.StreamResponse):
    """Sends *stream* once the middlewares are through, and closes it in any case."""

    def __init__(self, stream: AsyncStream, **options: Any) -> None:
        super().__init__(**options)
        self._stream: AsyncStream | None = stream
        self._request: web.BaseRequest | None = None
        # Where a middleware answers with something else.
        self._unsent = weakref.finalize(self, close_later, asyncio.get_running_loop(), stream)
        self._unsent.atexit = False

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        self._request = request
        try:
            return await super().prepare(request)
        except BaseException:
            await self._close()
            raise

    async def write_eof(self, data: bytes = b"") -> None:
        stream, self._stream = self._stream, None
        if stream is not None and self._request is not None:
            self._unsent.detach()
            await self._send(stream, self._request)
        await super().write_eof(data)

    async def _send(self, stream: AsyncStream, request: web.BaseRequest) -> None:
        """Send *stream*, and close it: also when the client goes, whatever it waits for then."""
        length, size = self.content_length, 0
        try:
            async with sending(stream) as leave:
                looking = _Looking(lambda: leave() if request.transport is None else None)
                try:
                    async for piece in stream:
                        size += len(piece)
                        await self.write(piece)
                finally:
                    looking.cancel()
        except (Disconnected, Refusal):  # it is too late to say what is wrong with the body
            raise ConnectionResetError("the client has gone") from None  # of which aiohttp makes no error
        if length is not None and size < length:
            raise RuntimeError("the stream is shorter than its content-length")

    async def _close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            self._unsent.detach()
            await stream.aclose()


class _Looking:
    """Calls *look* again and again, until it is cancelled."""

    def __init__(self, look: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._look = look
        self._next = self._loop.call_later(_INTERVAL, self._again)

    def cancel(self) -> None:
        self._next.cancel()

    def _again(self) -> None:
        self._next = self._loop.call_later(_INTERVAL, self._again)
        self._look()


def _paths(resources: Iterable[web.AbstractResource]) -> Iterator[tuple[str, str]]:
    """The paths of aiohttp's own *resources*, and their shapes; also of applications under a path."""
    for resource in resources:
        info: Any = resource.get_info()
        if "rule" in info or isinstance(resource, RouterResource):
            continue  # hosts are asked first, so theirs are not hidden
        if "app" in info:
            yield from _paths(info["app"].router.resources())
        elif "directory" in info:
            yield resource.canonical, f"{resource.canonical}/{{*}}"
        elif isinstance(resource, RouteResource):
            yield resource.path, shape(resource.path)
        elif "pattern" in info:
            yield resource.canonical, _shape(info["formatter"], info["pattern"].pattern)
        else:
            yield resource.canonical, resource.canonical or "/"


def _shape(formatter: str, pattern: str) -> str:
    """*formatter* without names of parameters; those that take slashes, as *pattern* says, are ``{*}``."""
    literals = _BRACES.split(formatter)
    # In a pattern, literal text is escaped.
    groups = r"\(\?P<\w+>(.*)\)".join(re.escape(re.escape(literal)) for literal in literals)
    match = re.fullmatch(groups, pattern, re.DOTALL)
    found = match.groups() if match else ()
    marks = ["{*}" if _takes_slashes(group) else "{}" for group in found]
    return "".join(part for pair in zip(literals, [*marks, ""], strict=False) for part in pair)


def _takes_slashes(pattern: str) -> bool:
    try:
        return re.fullmatch(pattern, "a/b") is not None
    except re.error:  # it refers to another group
        return False


def _segment(match: re.Match[str], values: dict[str, str]) -> str:
    text = encode(values[match[1]])
    return text if match[2] == "*" else text.replace("/", "%2F")


_PARAMETER = re.compile(r"\{(\w+)([?*]?)\}")
_LAST = re.compile(r"/\{(?P<name>\w+)[?*]\}$")
_BRACES = re.compile(r"\{\w+\}")
