"""This module names the routes of a router after their handlers, where a framework has names for routes."""

from collections import Counter
from collections.abc import Callable, Iterable

from kbn_schema.http import Route

PREFIX = "kbn_schema"
"""What stands before each name, and the name of routes that were declared late."""


def named(
    routes: Iterable[Route], is_taken: Callable[[str], bool] = lambda name: False
) -> list[tuple[str, Route]]:
    """The first route of each method and path, and its name; versions of a route share one.

    That is the name of its handler. It is one such as ``GET /api/hello/{name}`` where several handlers have
    the same, where it is no identifier, and where the app has it already, as *is_taken* says.
    """
    first: dict[tuple[str, str], Route] = {}
    for route in routes:
        first.setdefault((route.method, route.path), route)
    counts = Counter(map(_handler_of, first.values()))
    return [(_name(route, counts, is_taken), route) for route in first.values()]


def _name(route: Route, counts: Counter[str], is_taken: Callable[[str], bool]) -> str:
    name = _handler_of(route)
    plain = name.isidentifier() and counts[name] == 1 and not is_taken(name)
    return name if plain else f"{route.method} {route.path}"


def _handler_of(route: Route) -> str:
    return getattr(route.handler, "__name__", "")
