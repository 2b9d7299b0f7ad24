"""This module lists our routes as Sanic lists its own: for names, urls, middleware and tools."""

import re
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any, cast

from sanic.router import Router as SanicRouter
from sanic_routing.group import RouteGroup
from sanic_routing.route import Route

from kbn_schema.adapters.shared import present_as


class ListedRoute(Route):
    """A route of ours in a *router* of Sanic's, which does not match it, nor call its handler."""

    __slots__ = ()

    def __init__(
        self, router: SanicRouter, name: str, path: str, methods: Iterable[str], handler: Callable[..., Any]
    ) -> None:
        name = f"{router.ctx.app.name}.{name}"
        template = _template(path).removeprefix("/")
        super().__init__(router, template, name, _shown(handler), frozenset(methods), strict=True)
        self.extra: SimpleNamespace = SimpleNamespace(
            ident=name,
            ignore_body=False,
            hosts=[],
            static=False,
            websocket=False,
            error_format="",
        )
        cast(Any, self).finalize()


def grouped(routes: Sequence[ListedRoute]) -> RouteGroup:
    """The *routes* of one path."""
    group: Any = RouteGroup(*routes)
    group.finalize()
    return cast(RouteGroup, group)


def shape(route: Route) -> str:
    """The path of *route* in which parameters have no names; a rest is ``{*}``."""
    parts = [
        part if not part.startswith("<") else "{*}" if part.endswith(":path>") else "{}"
        for part in route.parts
    ]
    return "/" + "/".join(parts)


def _template(path: str) -> str:
    """*path* as Sanic writes it."""
    return _PARAMETER.sub(
        lambda found: f"<{found['name']}:{'path' if found['mark'] == '*' else 'str'}>", path
    )


def _shown(handler: Callable[..., Any]) -> Callable[..., Any]:
    """*handler* as tools see it: its name and what it says of itself, but no annotations to resolve."""

    def shown(*_):  # type: ignore[no-untyped-def]
        raise NotImplementedError("Sanic calls what its router finds for a request")

    return present_as(shown, handler)


_PARAMETER = re.compile(r"\{(?P<name>\w+)(?P<mark>[?*]?)\}")
