"""This module does the I/O of a request, without an event loop or in one; all else is in `course`.

The course of a request is one coroutine, and a line says what becomes of what it awaits. That of a `Client`
awaits nothing, so that `run_now` can run it.
"""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from kbn_schema.http.client.abort import Aborted, AbortSignal
from kbn_schema.http.streams import AsyncStream, Flow, Source, SyncStream
from kbn_schema.http.ways import run_now

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
R = TypeVar("R")
Failures = list[BaseException]


class Line(Protocol):
    """How one client sends and receives."""

    async def send(self, request: "httpx.Request") -> "httpx.Response":
        """The answer to *request*; its body is unread."""
        ...

    async def read(self, response: "httpx.Response", take: Callable[[bytes], None]) -> None:
        """Hand the pieces of the body of *response*, as they come, to *take*, and close it."""
        ...

    async def close(self, response: "httpx.Response") -> None:
        """Close *response*, whatever is left of its body."""
        ...

    def upload(self, body: Any, failures: Failures) -> Any:
        """The stream *body* as httpx takes it; what it raises is kept in *failures*."""
        ...

    async def wait(self, value: Any) -> Any:
        """*value*, awaited where it is awaitable."""
        ...

    def hand_over(self, function: Callable[[T], Coroutine[Any, Any, R]]) -> Callable[[T], Any]:
        """*function* as others may call it."""
        ...

    async def unless_aborted(self, signal: AbortSignal, function: Callable[[], Coroutine[Any, Any, R]]) -> R:
        """The result of *function*, unless *signal* ends it.

        Raises:
            Aborted: It does.
        """
        ...


class SyncLine:
    """The line of a `Client`."""

    def __init__(self, http: "httpx.Client") -> None:
        self._http = http

    async def send(self, request: "httpx.Request") -> "httpx.Response":
        return self._http.send(request, stream=True)

    async def read(self, response: "httpx.Response", take: Callable[[bytes], None]) -> None:
        stream: Any = response.stream
        with contextlib.closing(stream):
            for piece in stream:
                take(piece)

    async def close(self, response: "httpx.Response") -> None:
        response.close()

    def upload(self, body: Any, failures: Failures) -> Iterator[bytes]:
        source = Source(body)
        if source.is_async:
            raise TypeError("the body is an async stream: use AsyncClient, or a plain iterator")
        return _watched(SyncStream(Flow(source)), failures)

    async def wait(self, value: Any) -> Any:
        if not inspect.isawaitable(value):
            return value
        if inspect.iscoroutine(value):
            value.close()  # else it warns that nobody awaited it
        raise TypeError("an interceptor is async: use AsyncClient, or a plain function")

    def hand_over(self, function: Callable[[T], Coroutine[Any, Any, R]]) -> Callable[[T], R]:
        return lambda argument: run_now(function(argument))

    async def unless_aborted(self, signal: AbortSignal, function: Callable[[], Coroutine[Any, Any, R]]) -> R:
        return await function()  # nobody can wake this thread


class AsyncLine:
    """The line of an `AsyncClient`."""

    def __init__(self, http: "httpx.AsyncClient") -> None:
        self._http = http

    async def send(self, request: "httpx.Request") -> "httpx.Response":
        return await self._http.send(request, stream=True)

    async def read(self, response: "httpx.Response", take: Callable[[bytes], None]) -> None:
        stream: Any = response.stream
        pieces = aiter(stream)
        try:
            async for piece in pieces:
                take(piece)
        finally:
            if hasattr(pieces, "aclose"):
                await pieces.aclose()
            await stream.aclose()

    async def close(self, response: "httpx.Response") -> None:
        await response.aclose()

    def upload(self, body: Any, failures: Failures) -> AsyncIterator[bytes]:
        return _watched_async(AsyncStream(Flow(Source(body))), failures)

    async def wait(self, value: Any) -> Any:
        return await value if inspect.isawaitable(value) else value

    def hand_over(self, function: Callable[[T], Coroutine[Any, Any, R]]) -> Callable[[T], Awaitable[R]]:
        return function

    async def unless_aborted(self, signal: AbortSignal, function: Callable[[], Coroutine[Any, Any, R]]) -> R:
        loop = asyncio.get_running_loop()

        def expire() -> None:
            with contextlib.suppress(RuntimeError):  # it is over already
                line.reschedule(loop.time())

        line = asyncio.timeout(None)
        try:
            async with line:
                with signal.telling(lambda: loop.call_soon_threadsafe(expire)):
                    return await function()
        except TimeoutError:
            if not line.expired():
                raise
        raise Aborted


def _watched(pieces: Iterator[bytes], failures: Failures) -> Iterator[bytes]:
    try:
        yield from pieces
    except Exception as error:
        failures.append(error)
        raise


async def _watched_async(stream: AsyncStream, failures: Failures) -> AsyncIterator[bytes]:
    try:
        async for piece in stream:
            yield piece
    except Exception as error:
        failures.append(error)
        raise
    finally:
        await stream.aclose()
