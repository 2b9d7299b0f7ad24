"""This module makes responses of Django's: under WSGI and ASGI, from plain and from async handlers.

It knows nothing of routes. What is sent in pieces is neither collected, nor left open where nobody sends it.
"""

import asyncio
import contextvars
import errno
import os
import threading
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import aclosing
from http.cookies import CookieError, Morsel
from typing import Any, TypeVar, cast

import attrs
from asgiref.sync import AsyncToSync, SyncToAsync, async_to_sync, sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase, ResponseHeaders

from kbn_schema.http import Disconnected, ResponseParts
from kbn_schema.http.parts import Refusal
from kbn_schema.http.streams import AsyncStream, SyncStream

T = TypeVar("T")


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


def answer_on_loop(answer: Callable[[], Awaitable[Any]], request: HttpRequest) -> HttpResponseBase:
    """What *answer* gives, awaited where there is no loop, under WSGI."""
    loop = _Loop()
    stream = None
    try:
        answered = loop.run(answer)
        if isinstance(answered, ResponseParts) and isinstance(answered.body, AsyncStream):
            stream = _OnLoop(answered.body, loop)
            answered = attrs.evolve(answered, body=stream)
        return response_of(answered, request)
    finally:
        if stream is None:
            loop.close()


def _add_headers(response: HttpResponseBase, pairs: Iterable[tuple[str, str]]) -> None:
    response.headers = ResponseHeaders({})  # without a type that we have not given
    for name, value in pairs:
        cookie = _Cookie.of(value) if name == "set-cookie" else None
        if cookie is not None:
            taken = cookie.key in response.cookies
            response.cookies[f"{cookie.key} {value}" if taken else cookie.key] = cookie
        elif name in response.headers:
            response.headers[name] = f"{response.headers[name]}, {value}"
        else:
            response.headers[name] = value


class _Cookie(Morsel[str]):
    """A cookie where Django keeps them, beside its headers; it is sent as the *text* that an author wrote."""

    text = ""

    @classmethod
    def of(cls, text: str) -> "_Cookie | None":
        """None where Django could not take it."""
        name, _, value = text.partition(";")[0].partition("=")
        cookie = cls()
        cookie.text = text
        try:
            cookie.set(name.strip(), value.strip(), value.strip())
        except CookieError:
            return None
        return cookie if text.isascii() else None

    def OutputString(self, attrs: object = None) -> str:
        return self.text


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
    """An async *stream*, which can be closed from anywhere."""

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


class _OnLoop(Iterator[bytes]):
    """An async *stream* under WSGI: its pieces are awaited in *loop*."""

    def __init__(self, stream: AsyncStream, loop: "_Loop") -> None:
        self._stream = stream
        self._loop: _Loop | None = loop

    def __next__(self) -> bytes:
        if self._loop is None:
            raise StopIteration
        try:
            piece: bytes | None = self._loop.run(anext, self._stream, None)
        except (Disconnected, Refusal) as error:  # as in `wsgi`: too late to refuse the body
            self.close()
            raise ConnectionResetError(errno.ECONNRESET, "the request body could not be read") from error
        except BaseException:
            self.close()
            raise
        if piece is None:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        loop, self._loop = self._loop, None
        if loop is not None:
            try:
                loop.run(self._stream.aclose)
            finally:
                loop.close()


class _Loop:
    """An event loop for one request under WSGI; it runs in a thread until it is closed.

    Django's own way, `async_to_sync`, has one for each call: what is streamed would not live that long.
    """

    def __init__(self) -> None:
        self._variables: contextvars.Context | None = None
        self._begun: Future[asyncio.AbstractEventLoop] = Future()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)
        self._thread.start()
        self._loop = self._begun.result()

    async def _live(self) -> None:
        self._begun.set_result(asyncio.get_running_loop())
        await self._over.wait()

    def run(self, function: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """What *function* gives; what belongs to a thread, such as a query, runs in the one that waits."""
        ours = {"main_event_loop": self._loop, "main_event_loop_pid": os.getpid()}
        local = vars(SyncToAsync.threadlocal)
        before = dict(local)
        local.update(ours)  # where `async_to_sync` looks for a loop
        try:
            return async_to_sync(self._run)(function, *arguments)
        finally:
            local.clear()
            local.update(before)

    async def _run(self, function: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        async def called() -> T:
            return await function(*arguments)

        # All calls have the same context variables, but for the thread that waits.
        waiting = AsyncToSync.executors.current
        self._variables = self._variables or contextvars.copy_context()
        self._variables.run(setattr, AsyncToSync.executors, "current", waiting)
        return await asyncio.create_task(called(), context=self._variables)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()
