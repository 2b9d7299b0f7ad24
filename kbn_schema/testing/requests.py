"""This module draws valid requests for the routes of a router."""

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.strategies import SearchStrategy

from kbn_schema.http.route import Route
from kbn_schema.http.router import Router
from kbn_schema.testing.generated import GeneratedRequest
from kbn_schema.testing.making import Maker
from kbn_schema.testing.naming import named, require_strategies

__all__ = ["GeneratedRequest", "requests_for"]


def requests_for(
    router: Router,
    *,
    path: str | None = None,
    method: str | None = None,
    version: str | None = None,
    headers: Mapping[str, str] | None = None,
    using: Mapping[Any, SearchStrategy[Any]] | None = None,
) -> SearchStrategy[GeneratedRequest]:
    """Return a strategy of valid requests for the routes of *router*, of each version that they have.

    Where a rule is a function, nobody knows what it takes, so that requests are merely well formed there,
    unless *using* has values for it.

    Args:
        router: Nothing of it is called but its rules.
        path: Only routes of this path, as it was declared: ``/api/users/{id}``, with the base path.
        method: Only routes of this method.
        version: Only this version of versioned routes.
        headers: What each request has besides, as for a hook that asks who it is.
        using: Strategies in place of ours: by a schema inside of a rule, by its id, or by the function that
            a rule is.

    Raises:
        hypothesis.errors.Unsatisfiable: Nobody can call one of the routes, since nothing fits one of its
            rules.
        hypothesis.errors.InvalidArgument: There is no such route, or *using* names what none of them has.

    Example:
        >>> from hypothesis import given
        >>> from kbn_schema import schema
        >>> from kbn_schema.http import Router, TestClient
        >>> router = Router()
        >>> @router.get("/double/{n}", validate={"params": schema.object({"n": schema.integer()})})
        ... def double(context, request, response):
        ...     return response.ok(body=2 * request.params["n"])
        >>> @given(requests_for(router))
        ... def test_doubles(request):
        ...     assert request.send(TestClient(router)).status == 200
        >>> test_doubles()
    """
    found = makers(router, path, method, version, headers or {}, using or {})
    options = {"path": path, "method": method, "version": version, "headers": headers, "using": using}
    return named("requests_for", router, options, st.one_of([maker.valid() for maker in found]))


def makers(
    router: Router,
    path: str | None,
    method: str | None,
    version: str | None,
    headers: Mapping[str, str],
    using: Mapping[Any, SearchStrategy[Any]],
) -> list[Maker]:
    """What makes the requests of each route that is asked for.

    Raises:
        InvalidArgument: There is none, or none has what *using* names; *using* or *headers* is malformed.
    """
    told = headers.items() if isinstance(headers, Mapping) else [(headers,)]
    if not all(isinstance(text, str) for pair in told for text in pair):
        raise InvalidArgument("headers: expected texts, by the names of headers")
    made = [Maker(router, route, headers, using) for route in chosen(router, path, method, version)]
    unknown = [key for key in using if not any(key in maker.named for maker in made)]
    if unknown:
        raise InvalidArgument(f"using names what no rule of these routes has: {unknown[0]!r}")
    require_strategies(using)
    return made


def chosen(router: Router, path: str | None, method: str | None, version: str | None) -> list[Route]:
    """The routes of *router* that are asked for.

    Raises:
        InvalidArgument: There is none.
    """
    if not isinstance(router, Router):
        raise InvalidArgument(f"expected a Router but got [{type(router).__name__}]")
    if not router.routes:
        raise InvalidArgument("the router has no routes: import the modules that declare them")
    found = [
        route
        for route in router.routes
        if path in (None, route.path)
        and (method is None or method.upper() == route.method)
        and version in (None, route.api_version)
    ]
    if not found:
        asked = " ".join(word for word in (method and method.upper(), path) if word)
        name = f"route [{asked}]" if asked else "route"
        of_version = "" if version is None else f" of version {version}"
        raise InvalidArgument(f"there is no {name}{of_version}; there are {_listed(router.routes)}")
    return found


def _listed(routes: Iterable[Route]) -> str:
    names = dict.fromkeys(f"[{route.method} {route.path}]" for route in routes)
    return ", ".join(names)
