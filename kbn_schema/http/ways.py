"""This module says how the course of a request is run: without a loop, in one, or in a worker thread.

The course is one coroutine, for plain and for async code, and its *way* says what becomes of what it
awaits. Without a loop nothing is awaited, so that `run_now` can run it.
"""

import asyncio
import contextlib
import contextvars
import functools
import inspect
import os
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Any, Final, Protocol, TypeVar, cast

from kbn_schema.http.logs import log
from kbn_schema.kinds.definition import is_async

T = TypeVar("T")

# As many as Starlette has; asyncio's own are few on a small machine.
THREADS: Final = 40
ORDINARY: Final = "kbn_schema"
# Of their own, for clients decide how long these take.
UPLOADS: Final = "kbn_schema uploads"
# Of their own, for what is to be closed must not wait for those who hold it; and never cancelled.
CLOSING: Final = "kbn_schema closing"


class Way(Protocol):
    """How the course of one request is run."""

    @property
    def awaits(self) -> bool:
        """Whether what is awaitable can be awaited."""
        ...

    @property
    def is_loop(self) -> bool:
        """Whether the course is in the event loop itself, which nothing may hold up."""
        ...

    @property
    def in_threads(self) -> bool:
        """Whether plain functions of an author are called in worker threads."""
        ...

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """What *awaitable* gives, in the course."""
        ...

    def pull(self, awaitable: Awaitable[T]) -> T:
        """What *awaitable* gives, in a plain handler, which may block."""
        ...


class Plain:
    """Without an event loop: nothing can be awaited."""

    awaits = False
    is_loop = False
    in_threads = False

    async def wait(self, awaitable: Awaitable[T]) -> T:
        return self.pull(awaitable)

    def pull(self, awaitable: Awaitable[T]) -> T:
        if inspect.iscoroutine(awaitable):
            awaitable.close()  # else it warns that nobody awaited it
        raise TypeError("an async function was called: use handle_async, an async adapter, or a plain one")


class OnLoop:
    """In the event loop, where async code lives."""

    awaits = True
    is_loop = True
    in_threads = False

    async def wait(self, awaitable: Awaitable[T]) -> T:
        return await awaitable

    def pull(self, awaitable: Awaitable[T]) -> T:
        raise TypeError("the event loop cannot wait for itself")


class InThread:
    """In a worker thread, where plain code may block; *loop* awaits what is awaitable."""

    awaits = True
    is_loop = False
    in_threads = False

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    async def wait(self, awaitable: Awaitable[T]) -> T:
        return self.pull(awaitable)

    def pull(self, awaitable: Awaitable[T]) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(awaited(awaitable), self._loop).result()
        except CancelledError:  # of threads, which is an ordinary error
            raise asyncio.CancelledError from None


class Mixed(InThread):
    """In the event loop, where an async context or hook lives, with plain functions in worker threads.

    A thread of its own would not do: what an async context sets in a `ContextVar` is for its own task.
    """

    is_loop = True
    in_threads = True

    async def wait(self, awaitable: Awaitable[T]) -> T:
        return await awaitable


async def awaited(awaitable: Awaitable[T]) -> T:
    """*awaitable* as a coroutine."""
    return await awaitable


PLAIN: Final = Plain()
ON_LOOP: Final = OnLoop()


async def call(way: Way, function: Callable[..., Any], *arguments: Any) -> Any:
    """What an author's *function* returns; awaited where it is awaitable."""
    if way.in_threads and not is_async(function):
        result = await in_thread(function, *arguments)
    else:
        result = function(*arguments)
    return await way.wait(result) if inspect.isawaitable(result) else result


async def in_thread(
    function: Callable[..., T],
    *arguments: Any,
    abandoned: Callable[[T], Awaitable[None]] | None = None,
    threads: str = ORDINARY,
) -> T:
    """The result of *function*, called in a worker thread with the context variables of this task.

    A thread cannot be cancelled: where this task is, it ends with the thread, so that nothing is closed
    that the thread still uses. *abandoned* is told of a result that nobody gets then.
    """
    variables = contextvars.copy_context()
    work = _threads(threads).submit(variables.run, _without_stop_iteration, function, *arguments)
    result = asyncio.wrap_future(work)
    try:
        return await asyncio.shield(result)
    except asyncio.CancelledError:
        if threads == CLOSING or not work.cancel():
            while not result.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait([result])
            if result.exception() is None and abandoned is not None:
                await _abandon(abandoned, result.result())
        raise


async def _abandon(abandoned: Callable[[T], Awaitable[None]], result: T) -> None:
    try:
        await abandoned(result)
    except Exception as error:  # whoever cancelled waits for nothing else
        log.error("what nobody will send could not be closed", exc_info=error)


def _without_stop_iteration(function: Callable[..., T], *arguments: Any) -> T:
    try:
        return function(*arguments)
    except StopIteration as error:  # whoever waits for the future would never be woken
        raise RuntimeError("a function raised StopIteration") from error


@functools.cache
def _threads(name: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, name)


if hasattr(os, "register_at_fork"):
    # The child of a fork has none of the threads.
    os.register_at_fork(after_in_child=_threads.cache_clear)


def run_now(course: Coroutine[Any, Any, T]) -> T:
    """The result of a *course* whose way suspends nothing."""
    try:
        course.send(None)
    except StopIteration as end:
        return cast(T, end.value)
    course.close()
    raise TypeError("a course that awaits nothing was suspended")
