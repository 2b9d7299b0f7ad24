"""This module answers for those who have no event loop, or are inside of one: whole, and in their thread."""

import asyncio
import contextlib
import contextvars
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import attrs

from kbn_schema.http.exchange import Exchange
from kbn_schema.http.parts import ResponseParts
from kbn_schema.http.streams import Flow, Source, SyncStream
from kbn_schema.http.ways import awaited

T = TypeVar("T")


class Loop:
    """A loop for what is awaitable, made where it is needed; also a way of a request, see `ways`."""

    awaits = True
    is_loop = False
    in_threads = False

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._variables: contextvars.Context | None = None

    def apart(self, function: Callable[..., T], *arguments: Any) -> T:
        """What *function* returns, which is all of a request: no other sees the context variables it sets."""
        self._variables = None
        return contextvars.copy_context().run(function, *arguments)

    def run(self, course: Coroutine[Any, Any, T]) -> T:
        """The result of *course*; what it sets in context variables is set here, too, as in one task.

        All courses of a request have one context, so that each can reset what another has set.
        """
        here = contextvars.copy_context()
        variables = self._variables = self._variables or here
        for variable, value in here.items():
            if variables.get(variable) is not value:
                variables.run(variable.set, value)
        try:
            return _without_loop(partial(self._runner.run, course, context=variables))
        finally:
            for variable, value in variables.items():
                variable.set(value)

    async def wait(self, awaitable: Awaitable[T]) -> T:
        return self.pull(awaitable)

    def pull(self, awaitable: Awaitable[T]) -> T:
        return self.run(awaited(awaitable))

    def close(self) -> None:
        """End what runs in it."""
        _without_loop(self._runner.close)


def answer_whole(exchange: Exchange, body: bytes | None, loop: Loop) -> ResponseParts:
    """The answer, a stream read to its end; plain code runs in this thread, async code in *loop*."""
    return loop.apart(_answer, exchange, body, loop)


def _answer(exchange: Exchange, body: bytes | None, loop: Loop) -> ResponseParts:
    if exchange.route is not None and exchange.route.is_async:  # in one task, as an async context wants
        return loop.run(_answer_async(exchange, body))
    # In this thread, where tracers and connections are, and what a test has opened.
    answer = exchange.answer_by(loop, partial(_stream, loop), body)
    if isinstance(answer.body, bytes):
        return answer
    with contextlib.closing(answer.body) as stream:
        return attrs.evolve(answer, body=b"".join(stream))


async def _answer_async(exchange: Exchange, body: bytes | None) -> ResponseParts:
    answer = await exchange.answer_async(body)
    if isinstance(answer.body, bytes):
        return answer
    async with contextlib.aclosing(answer.body) as stream:
        return attrs.evolve(answer, body=b"".join([piece async for piece in stream]))


def _stream(loop: Loop, flow: Flow) -> SyncStream:
    if flow.source.is_async:
        flow = attrs.evolve(flow, source=Source(_pulled(loop, flow.source.value)))
    return SyncStream(flow)


def _pulled(loop: Loop, source: Any) -> Iterator[Any]:
    pieces = aiter(source)
    while (piece := loop.run(awaited(anext(pieces, None)))) is not None:
        yield piece


def _without_loop(function: Callable[[], T]) -> T:
    """What *function* returns, in a thread without an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return function()
    # The test is async itself, and its loop is busy with it.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()
