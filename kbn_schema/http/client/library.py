"""This module finds httpx, or its fork httpx2, which has the same API."""

import sys
from typing import Any

# `Any`, here and below: a checker knows the one or the other, and it may be either.
default_library: Any

try:
    import httpx

    default_library = httpx
except ModuleNotFoundError as _error:
    if _error.name != "httpx":
        raise
    try:
        import httpx2

        default_library = httpx2
    except ModuleNotFoundError as _another:
        if _another.name != "httpx2":
            raise
        message = "httpx is not installed: pip install 'kbn-schema[httpx]'"
        raise ModuleNotFoundError(message, name="httpx") from _error


def library_of(given: object) -> Any:
    """The library that *given*, a client or a transport, is made with; the default for anything else."""
    loaded = [module for name in ("httpx", "httpx2") if (module := sys.modules.get(name)) is not None]
    return next((module for module in loaded if _is_of(module, given)), default_library)


def _is_of(library: Any, given: object) -> bool:
    is_client = isinstance(given, library.Client | library.AsyncClient)
    return is_client or isinstance(given, library.BaseTransport | library.AsyncBaseTransport)
