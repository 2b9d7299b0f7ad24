"""This module speaks Tornado for its adapter: heads and bodies of requests, heads of answers.

It knows nothing of applications and routes.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler

from kbn_schema.adapters.inflated import as_inflated
from kbn_schema.http import Disconnected, Exchange, RequestParts, ResponseParts
from kbn_schema.http.parts import Refusal

E = TypeVar("E", bound=Exchange)

# In bytes; what a client sends beyond waits until the handler reads.
MAX_KEPT = 1_048_576
# To which Tornado renames `content-encoding` where it has inflated a body.
_INFLATED = "X-Consumed-Content-Encoding"


def parts_of(request: HTTPServerRequest, raw: object) -> RequestParts:
    """The head of *request*, as it was sent."""
    headers = [
        ("content-encoding" if name == _INFLATED else name, value)
        for name, value in request.headers.get_all()
    ]
    # Tornado takes targets for Latin-1.
    path = request.path.encode("latin-1").decode(errors="surrogateescape")
    return RequestParts(request.method, path, request.query.encode("latin-1"), headers, None, raw)


def opened(open_: Callable[[RequestParts], E], handler: RequestHandler) -> tuple[E, Refusal | None]:
    """What *open_* gives for a request, and why its body is refused where Tornado has inflated it already."""
    incoming = open_(parts_of(handler.request, handler))
    if incoming.reads and _INFLATED in handler.request.headers:
        return as_inflated(incoming, open_)
    return incoming, None


def begin(handler: RequestHandler, answer: ResponseParts) -> None:
    """Set the status and the headers of *answer*, and none that we have not given but `date` and `server`."""
    handler.set_status(answer.status, answer.phrase)
    handler.clear_header("Content-Type")
    for name, value in answer.headers:
        handler.add_header(name, value)


class Body:
    """The body of a request as Tornado hands it on, kept until it is read."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._changed = asyncio.Event()
        self._is_left = False
        self._is_gone = False
        self.ended: bool = False

    async def feed(self, chunk: bytes) -> None:
        """Take *chunk*; where too much is kept, return once it is read."""
        if not self._is_left:
            self._chunks.append(chunk)
            self._size += len(chunk)
            self._changed.set()
            await self._until(lambda: self._size <= MAX_KEPT)

    def end(self, is_gone: bool = False) -> None:
        """Nothing comes any more; where the client *is_gone*, the body is not whole."""
        self.ended = True
        self._is_gone |= is_gone
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
        await self._until(lambda: self.ended or bool(self._chunks))
        if self._is_gone:
            raise Disconnected
        if not self._chunks:
            return b""
        chunk = self._chunks.popleft()
        self._size -= len(chunk)
        self._changed.set()
        return chunk

    async def wait(self) -> None:
        """Return once all has come."""
        await self._until(lambda: self.ended)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._changed.clear()
            await self._changed.wait()
