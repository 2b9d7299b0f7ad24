"""This module tells what a function wants to be called with."""

import inspect
from collections.abc import Callable
from typing import Any


def parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters of *function*; none where it does not tell, as some callables of C."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []


def is_asked_for(parameter: inspect.Parameter) -> bool:
    """Whether an argument has to be, or may be, given for *parameter* by its position."""
    return parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
