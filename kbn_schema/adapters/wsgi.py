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

import attrs

from kbn_schema.http import RequestParts, Router
from kbn_schema.http.parts import Refusal, declared_length, too_large
from kbn_schema.http.responses import phrase
from kbn_schema.http.router import refuse_async

if TYPE_CHECKING:
    from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

CHUNK = 65_536


def mount(app: "WSGIApplication | None", router: Router) -> "WSGIApplication":
    """A WSGI application that answers the paths of *router* and leaves all others to *app*.

    Where *app* is None, they are answered with 404.

    Raises:
        TypeError: A handler of *router* is async.
    """
    refuse_async(router.routes)

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = _raw_path(environ)
        if app is not None and not router.knows(path):
            return app(environ, start_response)
        parts = RequestParts(
            method=environ["REQUEST_METHOD"],
            path=path,
            query=environ.get("QUERY_STRING", "").encode("latin-1", "replace"),
            headers=list(_headers(environ)),
            raw=environ,
        )
        try:
            body = _read_body(environ, router.body_limit(parts.method, path))
            answer = router.handle(attrs.evolve(parts, body=body))
        except Refusal as refusal:
            answer = router.refuse(parts, refusal)
        start_response(f"{answer.status} {phrase(answer.status)}", list(answer.headers))
        return [answer.body]

    return application


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


def _read_body(environ: "WSGIEnvironment", limit: int) -> bytes | None:
    """The body, read no further than *limit*; None where the request announces none."""
    announced = environ.get("CONTENT_LENGTH")
    length = declared_length([announced] if announced else [], limit)
    if length is not None:
        body = _read(environ["wsgi.input"], length)
        if len(body) < length:
            raise Refusal(400, "the request body is shorter than its Content-Length")
        return body
    if environ.get("wsgi.input_terminated"):
        body = _read(environ["wsgi.input"], limit + 1)
        if len(body) > limit:
            raise too_large(limit)
        return body or None
    if "HTTP_TRANSFER_ENCODING" in environ:
        raise Refusal(411, "Length Required")
    return None


def _read(stream: "InputStream", size: int) -> bytes:
    chunks: list[bytes] = []
    while size > 0:
        try:
            chunk = stream.read(min(size, CHUNK))
        except OSError:  # the client has gone, or is too slow for the server
            raise Refusal(400, "the request body could not be read") from None
        if not chunk:
            break
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)


_ORIGIN = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/]*")
_KEPT = "/!$&'()*+,;=:@~"  # RFC 3986, section 3.3: what a path may hold as it is
