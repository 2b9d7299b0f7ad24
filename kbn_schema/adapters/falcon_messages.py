"""This module speaks Falcon for its adapter: requests out of its own, answers into its own.

It knows nothing of applications and routes.
"""

import weakref
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any, TypeVar, cast

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters import wsgi
from kbn_schema.http import Exchange, RequestParts, ResponseParts
from kbn_schema.http.parts import Refusal
from kbn_schema.http.streams import SyncStream

T = TypeVar("T")

# Calls what it is given once the client has left.
Watch = Callable[[Callable[[], None]], Coroutine[Any, Any, None]]


def head_of(req: Any) -> RequestParts:
    """The head of *req*, with the path that a middleware has put in the place of its own, if any."""
    rewritten = _rewritten(req, req.env["PATH_INFO"].encode("latin-1").decode(errors="replace"))
    if rewritten is None:
        return wsgi.parts_of(req.env, req)
    return wsgi.parts_of({**req.env, "PATH_INFO": rewritten.encode().decode("latin-1")}, req)


def async_head_of(req: Any) -> RequestParts:
    """The same under ASGI."""
    scope: asgi.Scope = {**req.scope, "path": _rewritten(req, req.scope["path"]) or req.scope["path"]}
    if not isinstance(scope["headers"], list | tuple):
        # An iterator, as Falcon's test client makes it, which Falcon has used up.
        pairs = req.headers.items()
        scope["headers"] = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    return parts_of(scope, req)


def parts_of(scope: asgi.Scope, raw: object) -> RequestParts:
    """The head of the request in *scope*; its path is what Falcon takes for it, ``root_path`` included."""
    return asgi.parts_of({**scope, "root_path": ""}, raw)


def answer_with_body(incoming: Exchange, accept: Callable[[Any], T], req: Any) -> T | ResponseParts:
    """What *accept* makes of the body, of which a hook may have taken a part."""
    environ = req.env
    if incoming.reads and incoming.length is not None:
        # Which knows how much is left; to read more blocks under wsgiref.
        environ = {**environ, "wsgi.input": req.bounded_stream}
    return wsgi.answer_with_body(incoming, accept, environ)


async def async_answer_with_body(
    incoming: Exchange, accept: Callable[[Any], Awaitable[T]], req: Any
) -> tuple[T | ResponseParts, Watch]:
    """What *accept* makes of the body, and who tells that the client has left."""
    # Falcon's own stream makes no difference between the end and a client that has left.
    receive = asgi.after(req._first_event, req._receive)
    if incoming.reads and req._stream is not None:
        content: asgi.Content = Refusal(400, "the request body could not be read")
        answer: T | ResponseParts = await accept(content)
    else:
        answer, content = await asgi.answer_with_body(incoming, accept, receive)
        req._first_event = _END  # else who asks Falcon for the body would wait for it
    return answer, lambda leave: asgi.hang_up(leave, content, receive)


def fill(resp: Any, parts: ResponseParts, body: object) -> None:
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


class Stream(Iterator[bytes]):
    """Hands on *stream*, and closes it where a middleware puts it aside."""

    def __init__(self, stream: SyncStream) -> None:
        self._stream = stream
        self.close: Callable[[], object] = weakref.finalize(self, stream.close)

    def __next__(self) -> bytes:
        return next(self._stream)


def _rewritten(req: Any, path: str) -> str | None:
    """The path that a middleware has put in the place of *path*, if any."""
    path = path or "/"
    read = {path, path[:-1] if path.endswith("/") and req.options.strip_url_path_trailing_slash else path}
    return None if req.path in read else cast(str, req.path)


_END: asgi.Message = {"type": "http.request", "body": b"", "more_body": False}
