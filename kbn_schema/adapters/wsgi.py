"""This module serves a router under any WSGI server, alone or in front of another application.

    from wsgiref.simple_server import make_server

    from kbn_schema import schema
    from kbn_schema.adapters import wsgi
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    app = wsgi.mount(None, router)

    if __name__ == "__main__":
        make_server("127.0.0.1", 8000, app).serve_forever()

A handler must be a plain function. A server passes on the raw target as ``RAW_URI`` or ``REQUEST_URI``, as
gunicorn, uWSGI, waitress and mod_wsgi do, or has decoded the path before we see it, as wsgiref has.

Limits:

* Where a server gives no raw target, ``a%2Fb`` is two segments, and ``%zz`` is text.
* A slow client has as much time as the server gives it: there is no 408.
* A body in chunks is answered with 411 where the server does not join them, as wsgiref does not.
* Repeats of a header come joined; of two ``content-type`` headers, some servers show the first only.
"""

import errno
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import unquote_to_bytes

import attrs

from kbn_schema.adapters.shared import encode, named_type, present_as, require_new, routers_of, without_origin
from kbn_schema.http import RequestParts, ResponseParts, Router
from kbn_schema.http.parts import Refusal
from kbn_schema.http.readers import Read
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.streams import SyncStream
from kbn_schema.http.validated import Check
from kbn_schema.kinds.definition import is_async

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

T = TypeVar("T")


def mount(app: "WSGIApplication | None", router: Router) -> "WSGIApplication":
    """A WSGI application that answers the paths of *router* and leaves all others to *app*.

    Where *app* is None, they are answered with 404.

    Raises:
        TypeError: A handler of *router* is async; *app* is no application, or *router* no router.
        ValueError: *app* has *router* already, or a router with a path of it.
    """
    if app is not None and (not callable(app) or isinstance(app, type | Router)):
        raise TypeError(f"expected an application or None but got [{named_type(app)}]")
    require_new(router, routers_of(app), goes_first=True)
    router.refuse_async()
    return Mounted(app, router)


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Iterable[bytes]]], "WSGIApplication"]:
    """Let a WSGI application be called with what is valid: ``app(environ, start_response, valid)``.

    *valid* has the attributes *params* (those of ``wsgiorg.routing_args``), *query*, *headers* and *body*; a
    request that does not fit is answered as in a `Router`. *options* are those of a route, see
    `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.
        TypeError: The application is async.

    Example:
        >>> from kbn_schema import schema
        >>> @validated(query=schema.object({"page": schema.number(min=1)}))
        ... def find(environ, start_response, valid):
        ...     start_response("200 OK", [("content-type", "text/plain")])
        ...     return [f"page {valid.query['page']}".encode()]
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(app: Callable[..., Iterable[bytes]]) -> "WSGIApplication":
        require_plain(app)

        def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            named = environ.get("wsgiorg.routing_args", ((), {}))[1]
            reception = check.open(parts_of(environ, environ), named)
            valid = answer_with_body(reception, reception.accept, environ)
            if isinstance(valid, ResponseParts):
                return _send(valid, start_response)
            return app(environ, start_response, valid)

        return present_as(application, app)

    return decorate


@attrs.frozen(eq=False)
class Mounted:
    """A *router* in front of *app*."""

    app: "WSGIApplication | None"
    router: Router

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        exchange = self.router.open(parts_of(environ, environ))
        if self.app is not None and not exchange.known:
            return self.app(environ, start_response)
        return _send(answer_with_body(exchange, exchange.answer, environ), start_response)


def require_plain(handler: Callable[..., Any]) -> None:
    """Refuse an async *handler*, which nobody would await.

    Raises:
        TypeError: It is one.
    """
    if is_async(handler):
        raise TypeError(f"{handler!r} is async: use a plain function, or an async framework")


def parts_of(environ: "WSGIEnvironment", raw: object) -> RequestParts:
    """The head of the request in *environ*."""
    return RequestParts(
        method=environ["REQUEST_METHOD"],
        path=_raw_path(environ),
        query=environ.get("QUERY_STRING", "").encode("latin-1", "replace"),
        headers=_headers(environ),
        raw=raw,
    )


class Incoming(Protocol):
    """A request whose head was judged: an `Exchange`, or a `Reception`."""

    @property
    def reads(self) -> bool: ...
    @property
    def length(self) -> int | None: ...
    def refuse(self, status: int, message: str | None = None) -> ResponseParts: ...


def answer_with_body(
    incoming: Incoming, accept: Callable[[Read | None], T], environ: "WSGIEnvironment"
) -> T | ResponseParts:
    """What *accept* makes of the body; 411 where a server does not join the chunks of one."""
    ends = incoming.length is not None or environ.get("wsgi.input_terminated")
    if not incoming.reads or not (ends or "HTTP_TRANSFER_ENCODING" in environ):
        return accept(None)
    if not ends:
        return incoming.refuse(411)
    answer = accept(_reader(environ["wsgi.input"].read))
    if isinstance(answer, ResponseParts) and isinstance(answer.body, SyncStream):
        return attrs.evolve(answer, body=_WhileReading(answer.body))
    return answer


class _WhileReading(SyncStream):
    """A *stream* that may read the body yet: too late to refuse that, but it is no error of ours.

    Raises:
        ConnectionResetError: The body cannot be read. Servers hang up then, and log no error.
    """

    def __init__(self, stream: SyncStream) -> None:
        self._stream = stream

    def __next__(self) -> bytes:
        try:
            return next(self._stream)
        except Refusal as refusal:
            raise ConnectionResetError(errno.ECONNRESET, refusal.message) from refusal

    def close(self) -> None:
        self._stream.close()


def _reader(read: Read) -> Read:
    """*read*, which raises nothing but `OSError`."""

    def read_some(size: int) -> bytes:
        try:
            return read(size)
        except Exception as error:  # gunicorn's own, where chunks are malformed
            raise OSError("the request body could not be read") from error

    return read_some


def _send(answer: ResponseParts, start_response: "StartResponse") -> Iterable[bytes]:
    try:
        start_response(f"{answer.status} {answer.phrase}", list(answer.headers))
    except BaseException:
        if not isinstance(answer.body, bytes):
            answer.body.close()
        raise
    # A stream has a `close`, which the server calls (PEP 3333).
    return [answer.body] if isinstance(answer.body, bytes) else answer.body


def _raw_path(environ: "WSGIEnvironment") -> str:
    """The path below ``SCRIPT_NAME``, still percent-encoded."""
    script = environ.get("SCRIPT_NAME", "").encode("latin-1", "replace")
    # Only what follows is taken apart: middleware must have seen the path that we answer.
    path = environ.get("PATH_INFO", "").encode("latin-1", "replace")
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    raw = without_origin(target.partition("?")[0])
    decoded = unquote_to_bytes(raw.encode("latin-1", "replace"))
    # A middleware may have rewritten PATH_INFO; then the raw target is not the path we were asked for.
    # Werkzeug has put a sign in the place of what is no UTF-8.
    if raw.startswith("/") and script + path in (decoded, decoded.decode(errors="replace").encode()):
        prefix = encode(script)
        if raw.startswith(prefix):
            return raw.removeprefix(prefix)
    return encode(path)


def _headers(environ: "WSGIEnvironment") -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name[5:].replace("_", "-"), value
        elif name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            yield name.replace("_", "-"), value
