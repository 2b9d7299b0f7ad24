"""This module holds what a router does for a request beside calling the handler: its context, its hooks."""

import contextlib
import inspect
from collections.abc import Callable
from typing import Any, Literal

import attrs

from kbn_schema.http.signatures import is_asked_for, parameters
from kbn_schema.http.ways import Way
from kbn_schema.kinds.definition import is_async

ResponseMode = Literal["off", "log", "raise"]


class Held:
    """The context of one request, open until `close`."""

    __slots__ = ("_exit", "_way", "value")

    def __init__(self, value: Any, exit: Callable[..., Any] | None, way: Way) -> None:
        self.value = value
        self._exit = exit
        self._way = way

    async def close(self, error: BaseException | None = None) -> None:
        """Close what was opened; it is told of *error*, as in a ``with`` block, but cannot make it good."""
        if self._exit is not None:
            given = (None, None, None) if error is None else (type(error), error, error.__traceback__)
            await _entered(self._way, self._exit(*given))


class ContextFactory:
    """Makes the context of each request: *make* is called with the request, or without, as it likes.

    A context manager, plain or async, is entered, and closed after the answer; a generator function is
    taken for one.
    """

    def __init__(self, make: Callable[..., Any]) -> None:
        if inspect.isgeneratorfunction(make):
            make = contextlib.contextmanager(make)
        elif inspect.isasyncgenfunction(make):
            make = contextlib.asynccontextmanager(make)
        self._make = make
        self._takes_request = any(map(is_asked_for, parameters(make)))
        inner = inspect.unwrap(make)
        self.is_async = is_async(make) or inspect.isasyncgenfunction(inner)
        """Whether it can only be used where something is awaited."""

    async def open(self, request: Any, way: Way) -> Held:
        """The context for *request*."""
        made = self._make(request) if self._takes_request else self._make()
        if not hasattr(
            type(made), "__aenter__"
        ):  # what a pool gives may be awaited, too, but then stays open
            made = await _entered(way, made)
        kind = type(made)
        if hasattr(kind, "__aenter__") and (way.awaits or not hasattr(kind, "__enter__")):
            return Held(await _entered(way, kind.__aenter__(made)), made.__aexit__, way)
        if hasattr(kind, "__enter__"):
            return Held(kind.__enter__(made), made.__exit__, way)
        return Held(made, None, way)


async def _entered(way: Way, result: Any) -> Any:
    # In the course itself, not in a thread: a context is left where it was entered.
    return await way.wait(result) if inspect.isawaitable(result) else result


@attrs.define(eq=False)
class Lifecycle:
    """What a router does for each request beside calling the handler."""

    context: ContextFactory | None = None
    validate_responses: ResponseMode = "off"
    on_validation_error: Callable[..., Any] | None = None
    pre_handlers: list[Callable[..., Any]] = attrs.field(factory=list[Callable[..., Any]])
    on_response: list[Callable[..., Any]] = attrs.field(factory=list[Callable[..., Any]])

    @property
    def is_async(self) -> bool:
        """Whether it can only be lived where something is awaited."""
        own = [*self.pre_handlers, *self.on_response, self.on_validation_error]
        in_context = self.context is not None and self.context.is_async
        return in_context or any(is_async(function) for function in own if function is not None)
