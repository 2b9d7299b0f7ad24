"""This module makes responses of Django's, for answers that are sent at once or in pieces.

It knows nothing of routes. What is sent in pieces is neither collected, nor left open where nobody sends it.
"""

import asyncio
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from http.cookies import Morsel
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase, ResponseHeaders

from kbn_schema.http import ResponseParts
from kbn_schema.http.streams import AsyncStream, SyncStream


def response_of(answer: Any, request: HttpRequest) -> HttpResponseBase:
    """*answer* as Django sends it to *request*; what is Django's own as it is."""
    if not isinstance(answer, ResponseParts):
        return cast(HttpResponseBase, answer)
    body: Any = answer.body
    if isinstance(body, bytes):
        response: HttpResponseBase = HttpResponse(body, status=answer.status, reason=answer.phrase)
    else:
        if isinstance(body, AsyncStream):
            body = _Awaited(body)
        elif isinstance(request, ASGIRequest):
            body = _Pulled(body)
        response = _Streaming(body, status=answer.status, reason=answer.phrase)
        # Middleware may put the response aside, unclosed.
        weakref.finalize(response, body.close).atexit = False
    _add_headers(response, answer.headers)
    return response


def _add_headers(response: HttpResponseBase, pairs: Iterable[tuple[str, str]]) -> None:
    response.headers = ResponseHeaders({})  # without a type that we have not given
    for name, value in pairs:
        if name == "set-cookie":
            cookie = _Cookie(value)
            response.cookies[value if cookie.key in response.cookies else cookie.key] = cookie
        elif name in response.headers:
            response.headers[name] = f"{response.headers[name]}, {value}"
        else:
            response.headers[name] = value


class _Cookie(Morsel[str]):
    """A cookie where Django keeps them, beside its headers; it is sent as the *text* that an author wrote."""

    def __init__(self, text: str) -> None:
        super().__init__()
        name, _, value = text.partition(";")[0].partition("=")
        self.set(name.strip(), value.strip(), value.strip())
        self._text = text

    def OutputString(self, attrs: object = None) -> str:
        return self._text


class _Streaming(StreamingHttpResponse):
    """Closes its pieces where they are sent, in the task that has sent them."""

    def __init__(self, pieces: Any, **options: Any) -> None:
        super().__init__(pieces, **options)
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        sent = cast(AsyncGenerator[bytes], super().__aiter__())
        try:
            async with aclosing(self._pieces), aclosing(sent):
                async for piece in sent:
                    yield piece
        except Exception:
            await sync_to_async(self.close)()  # which Django leaves out then
            raise


class _Pulled(AsyncIterator[bytes]):
    """A plain *stream* under ASGI: its pieces are made in the thread of the request, as by a plain view."""

    def __init__(self, stream: SyncStream) -> None:
        self._stream = stream
        self.close = stream.close

    async def __anext__(self) -> bytes:
        piece = await sync_to_async(self._next)()
        if piece is None:
            raise StopAsyncIteration
        return piece

    def _next(self) -> bytes | None:
        return next(self._stream, None)

    async def aclose(self) -> None:
        await sync_to_async(self.close)()


class _Awaited(AsyncIterator[bytes]):
    """An async *stream* under ASGI; where nobody sends it, it can be closed from any thread."""

    def __init__(self, stream: AsyncStream) -> None:
        self._stream = stream
        self._loop = asyncio.get_running_loop()
        self._is_open = True

    async def __anext__(self) -> bytes:
        return await anext(self._stream)

    async def aclose(self) -> None:
        self._is_open = False
        await self._stream.aclose()

    def close(self) -> None:
        """Let it be closed soon, where nobody has sent it."""
        if self._is_open and not self._loop.is_closed():
            self._is_open = False
            asyncio.run_coroutine_threadsafe(self._stream.aclose(), self._loop)
