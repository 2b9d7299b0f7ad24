"""This module tells what a function wants to be called with."""

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from kbn_schema.kinds.definition import binds


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters of *function*; none where it does not tell, as some callables of C."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []


def is_asked_for(parameter: inspect.Parameter) -> bool:
    """Whether *parameter* may be given by its position, and has no default."""
    by_name = (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD)
    return parameter.default is parameter.empty and parameter.kind not in by_name


def takes(function: Callable[..., Any], count: int, named: Mapping[str, Any] = MappingProxyType({})) -> bool:
    """Whether *function* can be called with *count* arguments, and *named* ones; it may not tell.

    What `functools.wraps` has made looks like the function inside, which may take other arguments than what
    is called: only what neither of them takes is not taken. But `contextlib` hands on what it is given.
    """
    if binds(function, count, named, inside=True):
        return True
    inner = inspect.unwrap(function)
    hands_on = inspect.isgeneratorfunction(inner) or inspect.isasyncgenfunction(inner)
    return not hands_on and binds(function, count, named, inside=False)


def takes_outside(function: Callable[..., Any], count: int) -> bool:
    """Whether *function* itself can be called with *count* arguments, whatever it has wrapped."""
    return binds(function, count, inside=False)
