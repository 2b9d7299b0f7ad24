"""This module speaks aiohttp for its adapter: requests out of its own, answers into its own.

It knows nothing of applications and routes.
"""

import asyncio
import contextlib
import weakref
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_exceptions import TransferEncodingError
from multidict import CIMultiDict

from kbn_schema.adapters.async_streams import close_later, sending
from kbn_schema.adapters.inflated import as_inflated
from kbn_schema.http import Disconnected, Exchange, RequestParts, ResponseParts
from kbn_schema.http.bodies import broken_coding
from kbn_schema.http.parts import Refusal
from kbn_schema.http.readers import AsyncRead
from kbn_schema.http.streams import AsyncStream

E = TypeVar("E", bound=Exchange)
T = TypeVar("T")

# In seconds: how often we look whether what we wait for can still come.
INTERVAL = 0.5


def parts_of(request: web.Request, path: str) -> RequestParts:
    """The head of *request*, whose *path* is below that of the application."""
    return RequestParts(
        request.method,
        path,
        request.rel_url.raw_query_string.encode(errors="surrogateescape"),
        [(name.lower(), value) for name, value in request.raw_headers],
        None,
        request,
    )


async def answer_with_body(
    request: web.Request,
    incoming: E,
    open_: Callable[[RequestParts], E],
    accept: Callable[[E, Any], Awaitable[T]],
) -> T | ResponseParts:
    """What *incoming* makes of the body, by its method *accept*; *open_* makes another of another head."""
    content: bytes | AsyncRead | Refusal | None = None
    try:
        if incoming.reads:
            if _is_inflated(request):
                incoming, content = as_inflated(incoming, open_)
            content = content or await _content(request)
        return await accept(incoming, content)
    except Disconnected:
        # To nobody; but middlewares want an answer.
        return incoming.refuse(400, "the request body could not be read")
    finally:
        if request.content.exception() is not None:
            # It is malformed. The connection would read on, and log the same error.
            request.protocol.close()
            request.content.feed_eof()


def response_of(answer: ResponseParts[AsyncStream]) -> web.StreamResponse:
    """*answer* as a response of aiohttp's."""
    headers = CIMultiDict(answer.headers)
    if isinstance(answer.body, bytes):
        return web.Response(body=answer.body, status=answer.status, reason=answer.phrase, headers=headers)
    return StreamAnswer(answer.body, status=answer.status, reason=answer.phrase, headers=headers)


class StreamAnswer(web.StreamResponse):
    """Sends *stream* once the middlewares are through, and closes it in any case."""

    def __init__(self, stream: AsyncStream, **options: Any) -> None:
        super().__init__(**options)
        self._stream = stream
        # Where a middleware answers with something else.
        self._unsent = weakref.finalize(self, close_later, asyncio.get_running_loop(), stream)
        self._unsent.atexit = False

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send all of it, as a `web.FileResponse` does here, too."""
        if self._unsent.detach() is None:
            return await super().prepare(request)
        size = 0
        try:
            async with sending(self._stream) as leave:
                writer = await super().prepare(request)
                with _looking(lambda: leave() if request.transport is None else None):
                    async for piece in self._stream:
                        size += len(piece)
                        await self.write(piece)
        except (Disconnected, Refusal):  # it is too late to say what is wrong with the body
            raise ConnectionResetError("the client has gone") from None  # of which aiohttp makes no error
        if self.content_length is not None and size < self.content_length:
            raise RuntimeError("the stream is shorter than its content-length")
        return writer


async def _content(request: web.Request) -> bytes | AsyncRead:
    body = request.content
    if body.at_eof():
        return await request.read()  # there is none, or a middleware has read it
    if body.is_eof() and body.exception() is None:
        return body.read_nowait()  # all of it is here
    return lambda: _read(request)


async def _read(request: web.Request) -> bytes:
    """The next piece of the body; empty at the end.

    Raises:
        Disconnected: The client has gone.
        Refusal: 400, it is malformed.
    """
    body = request.content

    def look() -> None:
        # Where chunks are malformed, the parser written in C tells the connection, which answers the next
        # request with 400, but not whoever reads this one.
        if getattr(request.protocol, "_messages", ()) and not body.is_eof():
            body.set_exception(TransferEncodingError("a chunk is malformed"))

    try:
        with _looking(look):
            return await body.readany()
    except Exception as error:
        if request.transport is None:
            raise Disconnected from None
        if _is_inflated(request) and not isinstance(error, TransferEncodingError):
            raise broken_coding(request.headers.get("Content-Encoding", "").lower()) from None
        raise Refusal(400, "the request body could not be read") from None


def _is_inflated(request: web.Request) -> bool:
    """Whether aiohttp has inflated the body, as it does by default."""
    return request.body_exists and request.content.total_compressed_bytes is not None


@contextlib.contextmanager
def _looking(look: Callable[[], None]) -> Generator[None]:
    """Call *look* now and then: nobody tells what we wait for."""
    timer: asyncio.TimerHandle
    loop = asyncio.get_running_loop()

    def look_later() -> asyncio.TimerHandle:
        return loop.call_later(INTERVAL, look_now)

    def look_now() -> None:
        nonlocal timer
        timer = look_later()
        look()

    timer = look_later()
    try:
        yield
    finally:
        timer.cancel()
