"""This module adds to the document of a FastAPI application what FastAPI does not know of it.

These are the routes of routers, and what is valid for the handlers under `validated`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final, Literal

import attrs
from fastapi import routing
from fastapi.applications import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from kbn_schema.adapters.starlette import RouterRoute
from kbn_schema.http.route import Route
from kbn_schema.http.router import Router
from kbn_schema.http.validated import Check

Document = dict[str, Any]

CHECK: Final = "kbn_schema_check"
"""The attribute of an endpoint that is its `Check`."""


def documented(own: type[FastAPI]) -> type[FastAPI]:
    """*own*, but what its `openapi` makes has all that is mounted, too; also where an author sets another.

    A property of a class, since an author may do so at any time.
    """
    if isinstance(vars(own).get("openapi"), property):
        return own
    addition = _Addition()

    def make(app: FastAPI) -> Callable[[], Document]:
        return partial(addition.added, app, vars(app).get("openapi") or partial(own.openapi, app))

    def set_other(app: FastAPI, other: Callable[[], Document]) -> None:
        vars(app)["openapi"] = other

    names = {"openapi": property(make, set_other), "__module__": own.__module__, "__doc__": own.__doc__}
    return type(own.__name__, (own,), names)


def api_routes(app: FastAPI) -> Iterator[Any]:
    """The path operations of *app*, those of included routers under their full paths."""
    every: Callable[[list[BaseRoute]], Iterable[Any]] = getattr(routing, "iter_route_contexts", iter)
    for route in every(app.routes):
        if isinstance(getattr(route, "original_route", route), APIRoute):
            yield route


class _Whole(dict[str, Any]):
    """A document that has all; an author may have changed it since."""


class _Addition:
    """What is added to a document, kept until there is more to say."""

    def __init__(self) -> None:
        self._state: object = None
        self._found: Any = None

    def added(self, app: FastAPI, make: Callable[[], Document]) -> Document:
        """What *make* makes of *app*, and all else that is there."""
        document = make()
        if isinstance(document, _Whole):  # it was made of what we had made
            return document
        paths = {path: {**item} for path, item in document.get("paths", {}).items()}
        checked = list(_checked(app, paths))
        found = self._find(app, checked, document)
        guarded = _guarded(app)
        for one in checked:
            operation = found.paths[one.template][one.method]
            paths[one.path][one.method] = _completed(paths[one.path][one.method], operation)
        templates = {one.template for one in checked}
        for path, item in found.paths.items():
            if path not in templates:
                ours = {method: _behind(guarded, operation) for method, operation in item.items()}
                paths[path] = {**paths.get(path, {}), **ours}
        components = _joined(document.get("components", {}), guarded.get("components", {}), found.components)
        return _Whole({**document, "paths": paths, **({"components": components} if components else {})})

    def _find(self, app: FastAPI, checked: "Sequence[_Checked]", document: Document) -> Any:
        from kbn_schema import openapi  # noqa: PLC0415 - few programs ask for a document at once

        routers = [route.router for route in app.router.routes if isinstance(route, RouterRoute)]
        is_old = str(document.get("openapi", "")).startswith("3.0")
        dialect: Literal["openapi-3.0", "openapi-3.1"] = "openapi-3.0" if is_old else "openapi-3.1"
        names = frozenset(document.get("components", {}).get("schemas", {}))
        ids = frozenset(_ids(document))
        state = ([router.routes for router in routers], checked, dialect, names, ids)
        if state != self._state:
            every: list[Router | Route] = [*routers, *(one.as_route() for one in checked)]
            self._found = openapi.paths(every, dialect=dialect, taken_names=names, taken_ids=ids)
            self._state = state
        return self._found


@attrs.frozen
class _Checked:
    """An operation of FastAPI's whose handler is under `validated`."""

    path: str
    method: str
    route: Route
    number: int

    @property
    def template(self) -> str:
        """A path of ours with the parameters of this one, and nobody else's."""
        names: list[str] = re.findall(r"\{\w+\}", self.path)
        return "/".join([f"/kbn_schema.validated.{self.number}", *names])

    def as_route(self) -> Route:
        return attrs.evolve(self.route, method=self.method.upper(), path=self.template)


def _checked(app: FastAPI, paths: Document) -> Iterator[_Checked]:
    number = 0
    for route in api_routes(app):
        check: Check | None = getattr(route.endpoint, CHECK, None)
        shown = paths.get(route.path_format, {})
        for method in sorted(route.methods if check else ()):
            if check is not None and method.lower() in shown:
                number += 1
                yield _Checked(route.path_format, method.lower(), check.route, number)


def _ids(document: Document) -> Iterator[str]:
    for items in (document.get("paths", {}), document.get("webhooks", {})):
        for item in items.values():
            for operation in item.values():
                if isinstance(operation, dict) and "operationId" in operation:
                    yield operation["operationId"]


def _completed(own: Document, ours: Document) -> Document:
    """FastAPI's *own* operation, with what only we know."""
    refusals = {status: answer for status, answer in ours["responses"].items() if status.startswith("4")}
    completed = {**own, "responses": {**refusals, **own.get("responses", {})}, **_parameters(own, ours)}
    return {"requestBody": ours["requestBody"], **completed} if "requestBody" in ours else completed


def _parameters(first: Document, second: Document) -> Document:
    """The parameters of two operations: where both tell of one, it is the *first*'s."""
    named = {_key(parameter): parameter for parameter in second.get("parameters", ())}
    told = first.get("parameters", ())
    for parameter in told:
        named.pop(_key(parameter), None)
    return {"parameters": [*told, *named.values()]} if told or named else {}


def _key(parameter: Document) -> tuple[str, str]:
    place, name = parameter["in"], parameter["name"]
    return place, name.lower() if place == "header" else name


def _guarded(app: FastAPI) -> Document:
    """What FastAPI says of the dependencies of *app*, as of a route that has no others."""
    if not app.router.dependencies:
        return {}
    route = APIRoute("/", _nothing, dependencies=app.router.dependencies)
    return get_openapi(title="", version="", routes=[route])


def _nothing() -> None: ...


def _behind(guarded: Document, operation: Document) -> Document:
    """*operation*, which asks for what the dependencies ask for, too."""
    if not guarded:
        return operation
    guard: Document = guarded["paths"]["/"]["get"]
    refusals = {status: answer for status, answer in guard["responses"].items() if status.startswith("4")}
    added = {**_parameters(operation, guard), "responses": {**refusals, **operation.get("responses", {})}}
    added |= {"security": guard["security"]} if "security" in guard else {}
    return {**operation, **added}


def _joined(*parts: Document) -> Document:
    """The components of all *parts*, those of the first first."""
    joined: Document = {}
    for part in parts:
        for kind, named in part.items():
            joined[kind] = {**named, **joined.get(kind, {})}
    return joined
