"""This module holds what a router does for a request beside calling the handler: its context, its hooks."""

import contextlib
import inspect
from collections.abc import Callable
from typing import Any, Literal

import attrs

from kbn_schema.http.signatures import is_asked_for, parameters, takes_outside
from kbn_schema.http.ways import Way
from kbn_schema.kinds.definition import is_async

ResponseMode = Literal["off", "log", "raise"]


class Held:
    """The context of one request, open until `close`."""

    __slots__ = ("_exit", "_way", "value")

    def __init__(self, value: Any, exit: Callable[..., Any] | None, way: Way) -> None:
        self.value: Any = value
        self._exit = exit
        self._way = way

    @property
    def blocks(self) -> bool:
        """Whether it was opened in a worker thread, where it may block."""
        return not self._way.is_loop

    async def close(self, error: BaseException | None = None) -> None:
        """Close what was opened; it is told of *error*, as in a ``with`` block, but cannot make it good."""
        if self._exit is not None:
            given = (None, None, None) if error is None else (type(error), error, error.__traceback__)
            await _entered(self._way, self._exit(*given))


def context_arguments(make: Callable[..., Any]) -> tuple[str, ...]:
    """What a context factory is called with: the request, where it asks for it."""
    asks = any(map(is_asked_for, parameters(make)))
    # A decorator may know the request already.
    needs_none = takes_outside(make, 0) and not takes_outside(make, 1)
    return ("request",) if asks and not needs_none else ()


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
        self._takes_request = bool(context_arguments(make))
        self.is_async: bool = (
            is_async(make)
            or inspect.isasyncgenfunction(inspect.unwrap(make))
            or (isinstance(make, type) and hasattr(make, "__aenter__") and not hasattr(make, "__enter__"))
        )
        """Whether it can only be used where something is awaited."""

    async def open(self, request: Any, way: Way) -> Held:
        """The context for *request*."""
        made = self._make(request) if self._takes_request else self._make()
        # What a pool gives can be awaited as well as entered; awaited, it would stay open.
        if not hasattr(type(made), "__aenter__"):
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
    on_request: list[Callable[..., Any]] = attrs.field(factory=list[Callable[..., Any]])
    on_pre_handler: list[Callable[..., Any]] = attrs.field(factory=list[Callable[..., Any]])
    on_response: list[Callable[..., Any]] = attrs.field(factory=list[Callable[..., Any]])

    def with_context(self, context: ContextFactory) -> "Lifecycle":
        """The same, with another context, and hooks of its own from now on."""
        return attrs.evolve(
            self,
            context=context,
            on_request=[*self.on_request],
            on_pre_handler=[*self.on_pre_handler],
            on_response=[*self.on_response],
        )

    @property
    def is_async(self) -> bool:
        """Whether it can only be lived where something is awaited."""
        own = [*self.on_request, *self.on_pre_handler, *self.on_response, self.on_validation_error]
        in_context = self.context is not None and self.context.is_async
        return in_context or any(is_async(function) for function in own if function is not None)
