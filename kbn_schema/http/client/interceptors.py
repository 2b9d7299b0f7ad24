"""This module keeps the interceptors of a client: functions that change what goes out and what comes in."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, TypedDict

import attrs

from kbn_schema.http.form_data import require
from kbn_schema.http.mistakes import listed
from kbn_schema.http.signatures import parameters, takes
from kbn_schema.kinds.definition import is_async


class InterceptController:
    """Halts a request: nothing else of it is called, and the caller gets an `HttpInterceptHaltError`."""

    def __init__(self) -> None:
        self.halted: bool = False
        """Whether `halt` was called."""

    def halt(self) -> None:
        """Halt the request, once the interceptor returns."""
        self.halted = True


@attrs.frozen(kw_only=True, eq=False)
class Interceptor:
    """Functions that are called with each request; each may take an `InterceptController`, too.

    Args:
        request: Called with the `FetchOptions`; returns other ones, a mapping of what is different, or None.
        request_error: Called with a `FailedRequest` where an interceptor before it raised; what it returns
            mends it, as for *request*, but None does not.
        fetch: Called with a function that goes on, and the `FetchOptions`; returns an `HttpResponse`, such as
            that function does.
        response: Called with the `HttpResponse`; returns another one, a mapping of what is different
            (*response*, *body*), or None.
        response_error: Called with a `FailedResponse` where the request failed, or an interceptor before it;
            what it returns is the answer, as for *response*, but None leaves it failed.
    """

    request: Callable[..., Any] | None = None
    request_error: Callable[..., Any] | None = None
    fetch: Callable[..., Any] | None = None
    response: Callable[..., Any] | None = None
    response_error: Callable[..., Any] | None = None


class InterceptorFunctions(TypedDict, total=False):
    """The functions of an `Interceptor`, by name."""

    request: Callable[..., Any]
    """Called with the `FetchOptions`."""
    request_error: Callable[..., Any]
    """Called with a `FailedRequest`, where an interceptor before it raised."""
    fetch: Callable[..., Any]
    """Called with a function that goes on, and the `FetchOptions`."""
    response: Callable[..., Any]
    """Called with the `HttpResponse`."""
    response_error: Callable[..., Any]
    """Called with a `FailedResponse`, where the request failed, or an interceptor before it."""


STEPS: Final = tuple(field.name for field in attrs.fields(Interceptor))


def read_interceptor(given: Any, functions: Mapping[str, Any], takes_async: bool) -> Interceptor:
    """*given*, a mapping or an object with methods of these names, and *functions*, as an interceptor.

    Raises:
        TypeError: It has none of the functions, or one that cannot be called with its arguments, or an async
            one where nothing is awaited.
    """
    if given is None or isinstance(given, Mapping):
        found: dict[str, Any] = {**(given or {}), **functions}
        for name in found:
            if name not in STEPS:
                raise TypeError(f"an interceptor has no [{name}], expected {listed(STEPS)}")
    else:
        found = {name: getattr(given, name, None) for name in STEPS} | dict(functions)
        require(any(found.values()), "the interceptor", f"an object with one of {listed(STEPS)}", given)
    given_functions = {name: function for name, function in found.items() if function is not None}
    return Interceptor(
        **{name: _with_controller(name, function, takes_async) for name, function in given_functions.items()}
    )


def _with_controller(name: str, function: object, takes_async: bool) -> Callable[..., Any]:
    """*function* as it is called: with a controller as its last argument, whether it takes one or not."""
    if not callable(function):
        raise TypeError(f"the interceptor's [{name}] must be a function but is [{type(function).__name__}]")
    if not takes_async and is_async(function):
        raise TypeError(f"the interceptor's [{name}] is async: use AsyncClient, or a plain function")
    count = 2 if name == "fetch" else 1
    named = any(parameter.name == "controller" for parameter in parameters(function))
    if takes(function, count + 1) and (named or not takes(function, count)):
        return function
    if not takes(function, count):
        arguments = "next, options" if name == "fetch" else "what it sees"
        raise TypeError(f"the interceptor's [{name}] must take ({arguments}), or a controller beside it")
    return lambda *arguments: function(*arguments[:count])


class Interceptors:
    """The interceptors of a client, in the order they were registered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: tuple[Interceptor, ...] = ()

    def __call__(self) -> tuple[Interceptor, ...]:
        """Those that are registered now."""
        return self._all

    def add(self, interceptor: Interceptor) -> Callable[[], None]:
        """Register *interceptor*; the function that is returned removes it."""
        with self._lock:
            self._all = (*self._all, interceptor)

        def remove() -> None:
            with self._lock:
                self._all = tuple(other for other in self._all if other is not interceptor)

        return remove
