"""This module speaks ASGI for the adapters: requests out of a scope and messages, answers into messages.

It knows nothing of applications and routes: `asgi` and the frameworks on top of ASGI build on it.
"""

import asyncio
import contextlib
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, MutableMapping
from typing import Any, TypeVar, cast
from urllib.parse import unquote

from kbn_schema.adapters.async_streams import sending
from kbn_schema.adapters.shared import encode
from kbn_schema.http import Disconnected, Exchange, RequestParts, ResponseParts
from kbn_schema.http.parts import Refusal
from kbn_schema.http.streams import AsyncStream

T = TypeVar("T")

# In bytes; what a client sends beyond waits until the handler reads.
MAX_KEPT = 1_048_576
OVERHEAD = 256  # of a message

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def parts_of(scope: Scope, raw: object) -> RequestParts:
    """The head of the request in *scope*."""
    return RequestParts(
        scope["method"],
        _raw_path(scope),
        scope["query_string"],
        scope["headers"],
        None,
        raw,
    )


async def respond(exchange: Exchange, receive: Receive, send: Send) -> None:
    """Read what *exchange* wants of the body, and send its answer."""
    answer, content = await answer_with_body(exchange, exchange.answer_async, receive)
    await send_parts(answer, content, receive, send)


async def answer_with_body(
    incoming: Exchange, accept: Callable[[Any], Awaitable[T]], receive: Receive
) -> tuple[T | ResponseParts, "Content"]:
    """What *accept* makes of the body, and the body as it came."""
    content: Content = None
    try:
        if incoming.reads:
            content = await _receive_in_time(incoming, receive)
        return await accept(content.read if isinstance(content, Body) else content), content
    except Disconnected:
        # To nobody, mostly; but middleware, and some servers, take no answer for an error of ours.
        return incoming.refuse(400, "the request body could not be read"), None


class Body:
    """A body that comes in several messages, of which the *first* is here."""

    def __init__(self, first: Message, receive: Receive) -> None:
        self._kept: deque[Message] = deque()
        self._size = 0
        self._receive = receive
        self._turn = asyncio.Lock()
        self._is_read = asyncio.Event()
        self._ended = False
        self._keep(first)

    async def read(self) -> bytes:
        """The next chunk; empty at the end.

        Raises:
            Disconnected: The client has gone.
        """
        chunk = b""
        while not chunk and not self._ended:
            message = await self._next()
            if message["type"] == "http.disconnect":
                raise Disconnected
            chunk = message.get("body", b"")
            self._ended = not message.get("more_body")
            self._size -= len(chunk) + OVERHEAD
            self._is_read.set()
        return chunk

    async def _next(self) -> Message:
        if not self._kept:
            async with self._turn:
                if not self._kept:  # else `watch` has received it
                    self._keep(await self._receive())
        return self._kept.popleft()

    def _keep(self, message: Message) -> None:
        self._kept.append(message)
        self._size += len(message.get("body", b"")) + OVERHEAD

    async def watch(self) -> None:
        """Return once the client has gone; what it sends before is kept for `read`, 1 MiB at most."""
        while True:
            async with self._turn:
                message = await self._receive()
                self._keep(message)
            if message["type"] == "http.disconnect":
                return
            while self._size > MAX_KEPT:
                self._is_read.clear()
                await self._is_read.wait()


async def receive_body(receive: Receive) -> bytes | Body:
    """The body itself, where it comes in one message.

    Raises:
        Disconnected: The client has gone.
    """
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Disconnected
    return Body(message, receive) if message.get("more_body") else message.get("body", b"")


def after(first: Message, receive: Receive) -> Receive:
    """What receives *first*, and then as *receive* does."""
    messages = [first]

    async def receive_next() -> Message:
        return messages.pop() if messages else await receive()

    return receive_next


async def _receive_in_time(incoming: Exchange, receive: Receive) -> "Content":
    """The body, which mostly is there: then no clock is set, which would cost more than all else here."""
    arriving = receive_body(receive)
    try:
        waiting = arriving.send(None)
    except StopIteration as end:
        return cast(bytes | Body, end.value)
    return await incoming.in_time(_resumed(arriving, waiting))


@types.coroutine
def _resumed(coroutine: Coroutine[Any, Any, T], waiting: Any) -> Generator[Any, Any, T]:
    """The rest of a *coroutine* that was begun, and that awaits *waiting*."""
    while True:
        try:
            try:
                yield waiting
            except BaseException as error:  # a cancellation, too: it is for whoever awaits
                waiting = coroutine.throw(error)
            else:
                waiting = coroutine.send(None)
        except StopIteration as end:
            return cast(T, end.value)


# A body: whole, in pieces, none, or why there is none.
Content = bytes | Body | Refusal | None


async def send_parts(answer: ResponseParts, content: Content, receive: Receive, send: Send) -> None:
    """Send *answer* to a request whose body is *content*."""
    start = {"type": "http.response.start", "status": answer.status, "headers": raw_headers(answer)}
    body = answer.body
    if not isinstance(body, bytes):
        await _send_stream(start, body, content, receive, send)
        return
    try:
        await send(start)
        await send({"type": "http.response.body", "body": body})
    except OSError:  # the client has gone (ASGI 2.4)
        return


def raw_headers(answer: ResponseParts) -> list[tuple[bytes, bytes]]:
    """The headers of *answer* as ASGI wants them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]


async def _send_stream(
    start: Message, stream: AsyncStream, content: Content, receive: Receive, send: Send
) -> None:
    """Send *stream* chunk by chunk, and close it: also when the client goes, whatever it waits for then."""
    with contextlib.suppress(Disconnected):
        async with sending(stream) as leave:
            watch = asyncio.create_task(hang_up(leave, content, receive))
            try:
                if await _is_sent(send, start):
                    async for chunk in stream:
                        if not await _is_sent(send, {**_CHUNK, "body": chunk, "more_body": True}):
                            return
                    await _is_sent(send, _CHUNK)
            finally:
                watch.cancel()


async def hang_up(leave: Callable[[], None], content: Content, receive: Receive) -> None:
    """Call *leave* once the client has gone."""
    if isinstance(content, Body):
        await content.watch()
    else:
        while (await receive())["type"] != "http.disconnect":
            pass
    leave()


async def _is_sent(send: Send, message: Message) -> bool:
    try:
        await send(message)
    except OSError:  # the client has gone (ASGI 2.4)
        return False
    return True


def _raw_path(scope: Scope) -> str:
    """The path below ``root_path``, still percent-encoded."""
    path: str = scope["path"]
    raw = _encoded_path(path, scope.get("raw_path") or b"")
    root: str = scope.get("root_path", "").rstrip("/")
    if not root or not f"{path}/".startswith(f"{root}/"):
        return raw
    for prefix in (root, encode(root)):
        if raw.startswith(prefix):
            return raw.removeprefix(prefix)
    return encode(path.removeprefix(root))


def _encoded_path(path: str, raw_path: bytes) -> str:
    """The *raw_path*, unless a middleware has rewritten *path*: then it is not what we were asked for."""
    raw = raw_path.partition(b"?")[0].decode("latin-1")  # Litestar's TestClient adds the query
    if raw == path:
        return raw
    decoded = unquote(raw)
    # Starlette's TestClient decodes twice.
    return raw if path in (decoded, unquote(decoded)) else encode(path)


_CHUNK: Message = {"type": "http.response.body"}
