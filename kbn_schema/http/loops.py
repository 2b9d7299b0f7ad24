"""This module runs what is awaitable for those who have no event loop, or are inside of one."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

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

    def begin(self) -> None:
        """Forget the context variables of the request before."""
        self._variables = None

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
            return _apart(partial(self._runner.run, course, context=variables))
        finally:
            for variable, value in variables.items():
                variable.set(value)

    async def wait(self, awaitable: Awaitable[T]) -> T:
        return self.pull(awaitable)

    def pull(self, awaitable: Awaitable[T]) -> T:
        return self.run(awaited(awaitable))

    def close(self) -> None:
        """End what runs in it."""
        _apart(self._runner.close)


def _apart(function: Callable[[], T]) -> T:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return function()
    # The test is async itself, and its loop is busy with it.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()
