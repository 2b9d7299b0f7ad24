"""This module lets a request of Sanic's be read and answered in terms of ASGI, by whatever server it came.

Under a server of others, Sanic is an ASGI application itself. Its own server shows the body as a stream, and
cancels what it awaits when the client leaves, or `RESPONSE_TIMEOUT` is over.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar, cast

from httptools import parse_url
from sanic import Request
from sanic.exceptions import SanicException
from sanic.http import Stage
from sanic.response import BaseHTTPResponse

from kbn_schema.adapters.asgi_messages import Message
from kbn_schema.adapters.shared import normal

T = TypeVar("T")


def line_of(request: Request) -> "Line":
    """The connection of *request*."""
    return Line(request) if hasattr(request.transport, "scope") else OwnLine(request)


def show_normal(request: Request) -> None:
    """Let middleware see the path of *request* without the escapes that it does not need."""
    path = normal(request.path)
    if path != request.path:
        url = request.raw_url.replace(request.path.encode(), path.encode(), 1)
        cast(Any, request)._parsed_url = parse_url(url)


class Line:
    """The connection of a *request* that came by a server of others."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._stream = cast(Any, request.stream)
        # All of it where a middleware has read it, or Sanic.
        self._body: bytes | None = None if self._stream.request_body else request.body

    @property
    def owes(self) -> bool:
        """Whether some of the body is still to be read, which Sanic would log as an error."""
        return False

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What *work* gives, which goes on when the client leaves."""
        return await work

    async def receive(self) -> Message:
        """The next piece of the body, or a message that the client has gone."""
        body, self._body = self._body, None
        return await self._receive() if body is None else {"type": "http.request", "body": body}

    async def _receive(self) -> Message:
        # Not by Sanic: it would take a client that has gone for the end of the body.
        transport: Any = self._request.transport
        return cast(Message, await transport.receive())

    async def send(self, response: BaseHTTPResponse, message: Message) -> None:
        """Send a *message* of *response*, which goes out piece by piece.

        Raises:
            ConnectionAbortedError: A middleware has another response, which was sent.
        """
        if message["type"] == "http.response.body":
            await response.send(message.get("body", b""), end_stream=not message.get("more_body"))
            return
        sent: Any = await self._request.respond(response)
        if sent is not response:
            await sent.send(end_stream=True)
            raise ConnectionAbortedError("a middleware has put the answer aside")

    async def send_whole(self, response: BaseHTTPResponse) -> None:
        """Send *response*, or what a middleware has put in its place."""
        sent: Any = await self._request.respond(response)
        await sent.send(end_stream=True)

    async def end(self) -> None:
        """Leave the connection as Sanic wants it once an answer was sent."""


class OwnLine(Line):
    """The connection of a *request* that came by Sanic's own server."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._gone = asyncio.get_running_loop().create_future()

    @property
    def owes(self) -> bool:
        return bool(self._stream.request_body)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(work)
        is_cancelled = False
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                is_cancelled = True
                if self._is_lost and not self._gone.done():
                    self._gone.set_result(None)
                else:  # it took too long
                    task.cancel()
        if self._is_lost:
            self._stream.request_body = None  # else Sanic would wait for the rest of it
        try:
            result = task.result()
        except Exception:
            self._tear()
            raise
        if is_cancelled:
            raise asyncio.CancelledError
        return result

    @property
    def _is_lost(self) -> bool:
        return cast(bool, self._stream.protocol.conn_info.lost)

    async def _receive(self) -> Message:
        if not self.owes:
            await asyncio.wait([self._gone])
            return _DISCONNECT
        reading = asyncio.create_task(self._read())
        try:
            await asyncio.wait([reading, self._gone], return_when=asyncio.FIRST_COMPLETED)
            return reading.result() if reading.done() else _DISCONNECT
        finally:
            reading.cancel()

    async def _read(self) -> Message:
        try:
            chunk = await self._stream.read()
        except SanicException:  # chunks that are malformed
            return _DISCONNECT
        return {"type": "http.request", "body": chunk or b"", "more_body": self.owes}

    async def end(self) -> None:
        self._tear()
        self._stream.request_max_size = self._request.app.config.REQUEST_MAX_SIZE
        while self.owes:
            if await self.receive() is _DISCONNECT:
                self._stream.request_body = None

    def _tear(self) -> None:
        """Hang up where an answer has begun and is not whole; Sanic would end it as if it were."""
        if self._stream.stage is Stage.RESPONSE:
            self._request.transport.close()
            self._stream.request_body = None


_DISCONNECT: Message = {"type": "http.disconnect"}
