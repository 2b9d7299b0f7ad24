"""This module sends async streams for adapters whose server does not tell them that a client has left."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

from kbn_schema.http import Disconnected
from kbn_schema.http.streams import AsyncStream


@contextlib.asynccontextmanager
async def sending(stream: AsyncStream) -> AsyncGenerator[Callable[[], None]]:
    """Around the sending of *stream*; gives what is called, in the event loop, when the client has left.

    Then what is awaited inside is broken off. What the author opened must be closed in the task that opened
    it, so the stream stays in that task, and is closed there in any case.

    Raises:
        Disconnected: The client has left.
    """
    line = asyncio.timeout(None)
    ended = False

    def leave() -> None:
        move(0)

    def end() -> None:
        # Else a client that leaves while the author's code closes what it opened would break that off.
        nonlocal ended
        move(None)
        ended = True

    def move(when: float | None) -> None:
        if not ended:
            with contextlib.suppress(RuntimeError):  # it is over already
                line.reschedule(when)

    stream.on_end = end
    try:
        async with line:
            yield leave
    except TimeoutError:
        if not line.expired():
            raise
        raise Disconnected from None
    finally:
        ended = True
        await stream.aclose()


def close_later(loop: asyncio.AbstractEventLoop, stream: AsyncStream) -> None:
    """Close a *stream* that nobody will send in its *loop*: objects are collected anywhere."""

    def close() -> None:
        task = loop.create_task(stream.aclose())
        _CLOSING.add(task)
        task.add_done_callback(_CLOSING.discard)

    with contextlib.suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(close)


_CLOSING: set[asyncio.Task[None]] = set()
