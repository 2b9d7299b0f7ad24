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

A server that passes on the raw target (``RAW_URI`` or ``REQUEST_URI``: gunicorn, uWSGI, waitress, mod_wsgi)
lets ``a%2Fb`` stay one segment; the others, wsgiref among them, have decoded the path before we see it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

from kbn_schema.http import Exchange, RequestParts, ResponseParts, Router

if TYPE_CHECKING:
    from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

CHUNK = 65_536


def mount(app: "WSGIApplication | None", router: Router) -> "WSGIApplication":
    """A WSGI application that answers the paths of *router* and leaves all others to *app*.

    Where *app* is None, they are answered with 404.

    Raises:
        TypeError: A handler of *router* is async.
    """
    router.refuse_async()

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        exchange = router.open(_head(environ))
        if app is not None and not exchange.known:
            return app(environ, start_response)
        answer = exchange.ready or _answer(exchange, environ)
        start_response(f"{answer.status} {answer.phrase}", list(answer.headers))
        return [answer.body]

    return application


def _head(environ: "WSGIEnvironment") -> RequestParts:
    return RequestParts(
        method=environ["REQUEST_METHOD"],
        path=_raw_path(environ),
        query=environ.get("QUERY_STRING", "").encode("latin-1", "replace"),
        headers=list(_headers(environ)),
        raw=environ,
    )


def _raw_path(environ: "WSGIEnvironment") -> str:
    """The path below ``SCRIPT_NAME``, still percent-encoded."""
    script = environ.get("SCRIPT_NAME", "").encode("latin-1", "replace")
    path = _ORIGIN.sub("", environ.get("PATH_INFO", "")).encode("latin-1", "replace")
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    raw = _ORIGIN.sub("", target.partition("?")[0])
    # A middleware may have rewritten PATH_INFO; then the raw target is not the path we were asked for.
    if raw.startswith("/") and unquote_to_bytes(raw.encode("latin-1", "replace")) == script + path:
        encoded = quote(script, safe=_KEPT)
        if raw.startswith(encoded):
            return raw.removeprefix(encoded)
    return quote(path, safe=_KEPT)


def _headers(environ: "WSGIEnvironment") -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name[5:].replace("_", "-"), value
        elif name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            yield name.replace("_", "-"), value


def _answer(exchange: Exchange, environ: "WSGIEnvironment") -> ResponseParts:
    if exchange.length is not None:
        size = exchange.length
    elif environ.get("wsgi.input_terminated"):
        size = exchange.limit + 1
    elif "HTTP_TRANSFER_ENCODING" in environ:
        return exchange.refuse(411)
    else:
        return exchange.answer()
    try:
        body = _read(environ["wsgi.input"], size)
    except OSError:  # the client has gone, or is too slow for the server
        return exchange.refuse(400, "the request body could not be read")
    return exchange.answer(body)


def _read(stream: "InputStream", size: int) -> bytes:
    """As much as there is of *stream*, up to *size* bytes."""
    chunks: list[bytes] = []
    while size > 0 and (chunk := stream.read(min(size, CHUNK))):
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


_ORIGIN = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/]*")
_KEPT = "/!$&'()*+,;=:@~"  # RFC 3986, section 3.3: what a path may hold as it is
