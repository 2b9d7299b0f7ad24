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
* Rules in front of the application see paths as they were sent: ``/%61dmin`` is ``/admin`` to the router, but
  not to them.
* Rules of the application that are more than text and groups are not compared with the paths of the router.
"""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, TypeVar, cast

from kbn_schema.adapters.async_streams import sending
from kbn_schema.adapters.route_names import PREFIX, named
from kbn_schema.adapters.shared import missing, present_as, require_new, require_no_clash
from kbn_schema.adapters.templates import tried_shape, url_of
from kbn_schema.http import Disconnected, Exchange, Native, RequestParts, ResponseParts, Router
from kbn_schema.http.parts import Refusal
from kbn_schema.http.paths import parse_template
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.streams import AsyncStream
from kbn_schema.http.validated import Check, Reception

try:
    from tornado.http1connection import HTTP1Connection
    from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
    from tornado.iostream import StreamClosedError
    from tornado.routing import AnyMatches, PathMatches, ReversibleRouter, Rule, RuleRouter
    from tornado.web import Application, Finish, HTTPError, RequestHandler, stream_request_body

    from kbn_schema.adapters.tornado_messages import Body, begin, opened, parts_of
except ImportError as _error:
    missing(_error, "tornado")

A = TypeVar("A", bound=Application)

_NATIVE = Native(responses=(RequestHandler,), errors=(HTTPError, Finish))
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
    *options* are those of a route, see `TransportOptions`.

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

            reception, refusal = opened(open_, self)
            valid = await reception.accept_async(refusal or (self.request.body if reception.reads else None))
            if isinstance(valid, ResponseParts):
                begin(self, valid)
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
        if not self.open(parts_of(request, None)).known:
            return None
        return self.app.get_handler_delegate(request, RouteHandler, {"mounted": self})

    def open(self, head: RequestParts) -> Exchange:
        """What is known of a request."""
        return self.router.open(head, _NATIVE)

    def reverse_url(self, name: str, *args: Any) -> str | None:
        """The path of the route that is called *name*, with *args* for its parameters.

        An optional parameter, or a rest, may be left out.
        """
        paths = {f"{PREFIX}.{shown}": route.path for shown, route in named(self.router.routes)}
        if name not in paths:
            return None
        template = parse_template(paths[name], name)
        count = len(template.names)
        if not count - len(template.last) <= len(args) <= count:
            raise TypeError(f"[{paths[name]}] has {count} parameters, but {len(args)} are given")
        return url_of(paths[name], dict(zip(template.names, args, strict=False)))


@stream_request_body
class RouteHandler(RequestHandler):
    """Answers one request for a route of *mounted*."""

    def initialize(self, mounted: MountedRouter) -> None:
        self._mounted = mounted
        self.path_kwargs: dict[str, Any] = {}  # until they are known
        self._body = Body()
        self._connection = cast(HTTP1Connection, self.request.connection)
        self._leave: Callable[[], None] | None = None

    async def prepare(self) -> None:
        exchange, refusal = opened(self._mounted.open, self)
        self.path_kwargs = dict(exchange.params)
        # Bodies are counted by the limits of the routes.
        self._connection.set_max_body_size(sys.maxsize)
        self._course = asyncio.create_task(self._answer(exchange, refusal))
        if not exchange.reads and "Expect" in self.request.headers:
            await self.respond()  # else the client would be told to send it

    async def data_received(self, chunk: bytes) -> None:
        await self._body.feed(chunk)

    async def respond(self, **_: str) -> None:
        """Called once the whole body was received."""
        self._body.end()
        await self._course

    get: Any = respond
    head: Any = respond
    post: Any = respond
    put: Any = respond
    patch: Any = respond
    delete: Any = respond
    options: Any = respond

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
            answer = self._mounted.open(parts_of(self.request, self)).answer()
            begin(self, answer)
            self.finish(cast(bytes, answer.body))

    async def _answer(self, exchange: Exchange, refusal: Refusal | None) -> None:
        """Run the course of the request from end to end, whatever happens."""
        try:
            answer = await exchange.answer_async(refusal or (self._body.read if exchange.reads else None))
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
                self._connection.close()  # so that it does not look whole
            else:
                self.send_error(getattr(error, "status_code", 500), exc_info=sys.exc_info())
        finally:
            self._body.leave()

    async def _send(self, answer: ResponseParts[AsyncStream]) -> None:
        begin(self, answer)
        if not isinstance(answer.body, bytes):
            await self._send_stream(answer.body)
        elif answer.body:
            self.write(answer.body)
        if not self._body.ended:
            self._body.leave()
            await self.flush()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LINGER):
                    await self._body.wait()
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
            self._connection.close()
            raise Disconnected from None


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
    def find(path: str) -> Iterable[str] | None:
        match = matcher.regex.match(path)
        return match and match.groups()

    try:
        path = cast(str, matcher.reverse(*[_MARK] * matcher.regex.groups))
    except (TypeError, ValueError):  # it is not reversible
        return None
    return tried_shape(path.split(_MARK), find)


_MARK = "_._"  # which needs no escape
