"""This module puts a router into a Tornado application, in front of its rules.

    import asyncio

    from tornado.web import Application

    from kbn_schema import schema
    from kbn_schema.adapters import tornado
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    async def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    async def main():
        app = tornado.mount(Application(), router)
        app.listen(8000, "127.0.0.1")
        await asyncio.Event().wait()

    if __name__ == "__main__":
        asyncio.run(main())

To Tornado, all routes are one `RequestHandler`: its ``path_kwargs`` are the parameters, and the settings of
the application, such as ``log_function``, ``compress_response`` and ``xsrf_cookies``, hold for it. A handler
gets it as ``request.unstable_raw_request()``, and may write to it and return it, or raise `HTTPError` or
`Finish`. The name of the route is ``kbn_schema.hello``, for ``reverse_url``.

Limits:

* An absolute target, ``GET http://host/path``, is the path for Tornado, so it is none of the router's.
* Tornado refuses malformed requests itself, and queries of more than 1,000 fields, with a 400 without a body.
* `validated` gets bodies that Tornado has read, up to the ``max_body_size`` of its server; where it cannot
  parse a form, its error page is the answer.
* A handler that takes its body in pieces, by `stream_request_body`, may have all other parts validated.
* Rules of the application that are more than text and groups are not compared with the paths of the router.
"""

import asyncio
import contextlib
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar, cast

from kbn_schema.adapters.async_streams import sending
from kbn_schema.adapters.route_names import PREFIX, named
from kbn_schema.adapters.shared import encode, missing, present_as, require_new, require_no_clash
from kbn_schema.http import Disconnected, Exchange, Native, RequestParts, ResponseParts, Router
from kbn_schema.http.parts import Refusal
from kbn_schema.http.paths import parse_template
from kbn_schema.http.route import Route, TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.streams import AsyncStream
from kbn_schema.http.validated import Check, Reception

try:
    from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
    from tornado.iostream import StreamClosedError
    from tornado.routing import AnyMatches, PathMatches, ReversibleRouter, Rule, RuleRouter
    from tornado.web import Application, Finish, HTTPError, RequestHandler, stream_request_body
except ImportError as error:
    missing(error, "tornado")

A = TypeVar("A", bound=Application)
E = TypeVar("E", bound=Exchange)

_NATIVE = Native(responses=(RequestHandler,), errors=(HTTPError, Finish))
# In bytes; what a client sends beyond waits until the handler reads.
_MAX_KEPT = 1_048_576
# In seconds: how long the rest of a body is read and thrown away. To close the connection would reset it, and
# the client might not see the answer.
_LINGER = 5.0


def mount(app: A, router: Router) -> A:
    """*app*, which answers the paths of *router*, whatever the method and the host, and keeps all others.

    Routes may be added to *router* later; such a one goes before a rule of *app* with the same path.

    Raises:
        TypeError: *app* is no `Application`.
        ValueError: *app* has a rule of its own on a path of *router*, or has *router* already.
    """
    if not isinstance(app, Application):
        raise TypeError(f"expected a tornado.web.Application but got [{type(app).__name__}]")
    rules = app.default_router.rules
    mounted = [rule.target for rule in rules if isinstance(rule.target, MountedRouter)]
    require_new(router, [target.router for target in mounted])
    require_no_clash(router, _paths(rules))
    rules.insert(len(mounted), Rule(AnyMatches(), MountedRouter(app, router)))
    return app


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[None]]]:
    """Let a method of a `RequestHandler` be called with what is valid: ``get(self, valid, *path_args)``.

    *valid* has the attributes *params* (the named groups of the rule, which are ``path_kwargs``), *query*,
    *headers* and *body*; a request that does not fit is answered as in a `Router`. The method may be async.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.

    Example:
        >>> from kbn_schema import schema
        >>> class Find(RequestHandler):
        ...     @validated(query=schema.object({"page": schema.number(min=1)}))
        ...     def get(self, valid):
        ...         self.write(valid.query)
        >>> app = Application([("/find", Find)])
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(method: Callable[..., Any]) -> Callable[..., Awaitable[None]]:
        async def wrapper(self: RequestHandler, *path_args: Any, **path_kwargs: Any) -> None:
            def open_(head: RequestParts) -> Reception:
                return check.open(head, path_kwargs)

            reception, refusal = _judged(open_, _parts_of(self.request, self))
            valid = await reception.accept_async(refusal or (self.request.body if reception.reads else None))
            if isinstance(valid, ResponseParts):
                _begin(self, valid)
                await self.finish(valid.body)
                return
            result = method(self, valid, *path_args, **path_kwargs)
            if result is not None:
                await result

        return present_as(wrapper, method)

    return decorate


class MountedRouter(ReversibleRouter):
    """All routes of *router*, which are told apart by the raw path."""

    def __init__(self, app: Application, router: Router) -> None:
        self.app = app
        self.router = router

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        if not self.open(_parts_of(request, None)).known:
            return None
        return self.app.get_handler_delegate(request, RouteHandler, {"mounted": self})

    def open(self, head: RequestParts) -> Exchange:
        """What is known of a request."""
        return self.router.open(head, _NATIVE)

    def reverse_url(self, name: str, *args: Any) -> str | None:
        """The path of the route that is called *name*, with *args* for its parameters."""
        paths = {f"{PREFIX}.{shown}": route.path for shown, route in named(self.router.routes)}
        return _built(paths[name], args) if name in paths else None


@stream_request_body
class RouteHandler(RequestHandler):
    """Answers one request for a route of *mounted*."""

    def initialize(self, mounted: MountedRouter) -> None:
        self._mounted = mounted
        self.path_kwargs = {}  # until they are known
        self._body = _Body()
        self._leave: Callable[[], None] | None = None
        self._course: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        exchange, refusal = self._open()
        self.path_kwargs = dict(exchange.params)
        # Bodies are counted by the limits of the routes.
        cast(_Connection, self.request.connection).set_max_body_size(sys.maxsize)
        self._course = asyncio.create_task(self._answer(exchange, refusal))
        if not exchange.reads and "Expect" in self.request.headers:
            self._body.end()
            await self._course  # else the client would be told to send it

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._body.feed(chunk)

    async def respond(self, **_: str) -> None:
        """Called once the whole body was received."""
        self._body.end()
        if self._course is not None:
            await self._course

    get = head = post = put = patch = delete = options = respond

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._body.end(is_gone=True)
        if self._leave is not None:
            self._leave()

    def compute_etag(self) -> None:
        """None: those of the router are the author's."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        if self.request.method in self.SUPPORTED_METHODS:
            super().write_error(status_code, **kwargs)
        else:
            answer = self._open()[0].answer()
            _begin(self, answer)
            self.finish(cast(bytes, answer.body))

    def _open(self) -> tuple[Exchange, Refusal | None]:
        return _judged(self._mounted.open, _parts_of(self.request, self))

    async def _answer(self, exchange: Exchange, refusal: Refusal | None) -> None:
        """Run the course of the request from end to end, whatever happens."""
        try:
            content = refusal or self._body.read if exchange.reads else None
            answer = await exchange.answer_async(content)
            if isinstance(answer, ResponseParts):
                await self._send(answer)
            elif not self._finished:  # it has been written to ourselves
                await self.finish()
        except (Disconnected, StreamClosedError):
            pass  # there is nobody to answer
        except Finish as end:
            if not self._finished:
                await self.finish(*end.args)
        except Exception as error:
            self.log_exception(*sys.exc_info())
            if self._headers_written:
                cast(_Connection, self.request.connection).close()  # so that it does not look whole
            else:
                self.send_error(getattr(error, "status_code", 500), exc_info=sys.exc_info())
        finally:
            self._body.leave()

    async def _send(self, answer: ResponseParts[AsyncStream]) -> None:
        body = answer.body
        _begin(self, answer)
        if not isinstance(body, bytes):
            await self._send_stream(body)
        elif body:
            self.write(body)
        if not self._body.ended:
            self._body.leave()
            await self.flush()
            await self._body.wait(_LINGER)
        await self.finish()

    async def _send_stream(self, stream: AsyncStream) -> None:
        """Send *stream*, and close it: also when the client goes, whatever it waits for then."""
        try:
            async with sending(stream) as self._leave:
                await self.flush()
                async for piece in stream:
                    self.write(piece)
                    await self.flush()
        except Refusal:  # it is too late to say what is wrong with the body
            cast(_Connection, self.request.connection).close()
            raise Disconnected from None


class _Body:
    """The body of a request, as it comes: what is not read yet is kept."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._changed = asyncio.Event()
        self._is_left = False
        self.ended = False
        self.is_gone = False

    def feed(self, chunk: bytes) -> Awaitable[None] | None:
        """Take *chunk*; where there is too much, to be awaited until it is read."""
        if self._is_left:
            return None
        self._chunks.append(chunk)
        self._size += len(chunk)
        self._changed.set()
        return self._room() if self._size > _MAX_KEPT else None

    def end(self, is_gone: bool = False) -> None:
        """Nothing comes any more; where the client *is_gone*, the body is not whole."""
        self.ended = True
        self.is_gone = self.is_gone or is_gone
        self._changed.set()

    def leave(self) -> None:
        """Throw away what comes."""
        self._is_left = True
        self._chunks.clear()
        self._size = 0
        self._changed.set()

    async def read(self) -> bytes:
        """The next chunk; empty at the end.

        Raises:
            Disconnected: The client has gone.
        """
        while not self._chunks and not self.ended:
            await self._change()
        if self.is_gone:
            raise Disconnected
        if not self._chunks:
            return b""
        chunk = self._chunks.popleft()
        self._size -= len(chunk)
        self._changed.set()
        return chunk

    async def wait(self, seconds: float) -> None:
        """Return once all has come, or after *seconds*."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.ended:
                    await self._change()

    async def _room(self) -> None:
        while self._size > _MAX_KEPT:
            await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


class _Connection(Protocol):
    """What there is of `HTTP1Connection` beyond the interface of connections."""

    def set_max_body_size(self, max_body_size: int) -> None: ...
    def close(self) -> None: ...


def _begin(handler: RequestHandler, answer: ResponseParts) -> None:
    """Set the status and the headers of *answer*, and none that we have not given but `date` and `server`."""
    handler.set_status(answer.status, answer.phrase)
    handler.clear_header("Content-Type")
    for name, value in answer.headers:
        handler.add_header(name, value)


def _judged(open_: Callable[[RequestParts], E], head: RequestParts) -> tuple[E, Refusal | None]:
    """What *open_* gives for *head*, and why its body is refused where Tornado has inflated it already."""
    incoming = open_(head)
    codings = head.header("x-consumed-content-encoding")
    if not (codings and incoming.reads):
        return incoming, None
    pairs = [
        pair for pair in head.headers if pair[0] not in ("content-length", "x-consumed-content-encoding")
    ]
    named = [*pairs, *[("content-encoding", coding) for coding in codings]]
    try:
        body_format = cast(Route, incoming.route).intake().body_format
        body_format.check_head(RequestParts(head.method, head.path, head.query, named))
    except Refusal as refusal:
        return incoming, refusal
    return open_(RequestParts(head.method, head.path, head.query, pairs, None, head.raw)), None


def _parts_of(request: HTTPServerRequest, raw: object) -> RequestParts:
    return RequestParts(
        request.method,
        # Tornado takes targets for Latin-1.
        request.path.encode("latin-1").decode(errors="surrogateescape"),
        request.query.encode("latin-1"),
        list(request.headers.get_all()),
        None,
        raw,
    )


def _built(path: str, args: tuple[Any, ...]) -> str:
    """*path* with *args* for its parameters, of which an optional one, or a rest, may be missing."""
    template = parse_template(path, "reverse_url()")
    missing_ones = len(template.names) - len(args)
    if missing_ones < 0 or missing_ones > (1 if template.last else 0):
        raise TypeError(f"[{path}] has {len(template.names)} parameters, but {len(args)} are given")
    values = iter(args)
    segments: list[str] = []
    for index, literal in enumerate(template.literals):
        is_last = index == len(template.literals) - 1
        if literal is not None:
            segments.append(literal)
        elif not (is_last and missing_ones):
            text = encode(str(next(values)))
            segments.append(text if is_last and template.last == "*" else text.replace("/", "%2F"))
    return "/" + "/".join(segments)


def _paths(rules: Iterable[Rule]) -> Iterator[tuple[str, str]]:
    """Tornado's own *rules*, as far as they are text and groups, and their shapes."""
    for rule in rules:
        if isinstance(rule.target, RuleRouter):
            yield from _paths(rule.target.rules)
        elif isinstance(rule.matcher, PathMatches):
            shape = _shape(rule.matcher)
            if shape is not None:
                yield rule.matcher.regex.pattern.removesuffix("$"), shape


def _shape(matcher: PathMatches) -> str | None:
    """The path that *matcher* takes, in which groups have no names; those that take slashes are ``{*}``."""
    count = matcher.regex.groups
    try:
        literals = cast(str, matcher.reverse(*[_MARK] * count)).split(_MARK)
    except (TypeError, ValueError):  # it is not reversible
        return None

    def filled(values: Iterable[str]) -> str:
        return "".join(part for pair in zip(literals, [*values, ""], strict=True) for part in pair)

    def takes(values: list[str]) -> bool:
        match = matcher.regex.match(filled(values))
        return match is not None and list(match.groups()) == values

    for value in ("1", "a"):
        values = [value] * count
        if takes(values):
            tried = [[*values[:at], f"{value}/{value}", *values[at + 1 :]] for at in range(count)]
            return filled("{*}" if takes(slashes) else "{}" for slashes in tried)
    return None


_MARK = "_._"  # which needs no escape
