"""This module compares the type of requests that a handler names with that of its route.

Checkers do so at the decorator, but not where a route declares nothing, or they do not see what it declares.
"""

import ast
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import attrs

from kbn_schema.http import Router
from kbn_schema.stubs.author.annotations import MAX_STEPS, Reader, unquoted
from kbn_schema.stubs.author.declarations import Function, handlers
from kbn_schema.stubs.author.scope import Scope
from kbn_schema.stubs.homes import types_module
from kbn_schema.stubs.outline import Outline


@attrs.frozen
class Misnamed:
    """A handler that names the type of another route."""

    handler: str
    annotation: ast.expr
    told: str
    """What it names, such as ``FindRequest``; with its module where that is another one's."""
    right: tuple[str, ...]
    """What it could name."""
    types: str | None
    """The module to import that from, where the word alone would mean another thing."""


class Handlers:
    """The handlers of routes in the module of *outline*, as its source has them."""

    def __init__(self, outline: Outline, scope: Scope, reader: Reader) -> None:
        self._scope = scope
        self._reader = reader
        self._types = types_module(outline.module)
        self._names = frozenset(route.request for route in outline.routes)
        self._bound = scope.names | frozenset(_imported(outline.source.tree))
        self._annotated: dict[Function, tuple[ast.expr, dict[str, Any]]] = {}
        for one in handlers(outline):
            if one.annotation is not None:
                _, requests = self._annotated.setdefault(one.function, (one.annotation, {}))
                requests[one.route.request] = one.route.route.handler

    def misnamed(self) -> list[Misnamed]:
        """Return the handlers that name the type of another route."""
        found = (
            self._judge(function.name, annotation, requests)
            for function, (annotation, requests) in self._annotated.items()
        )
        return [one for one in found if one is not None]

    def unbound(self) -> dict[str, Function]:
        """Return the types of requests that handlers name in quotes, and nobody imports; each with one."""
        found: dict[str, Function] = {}
        for function, (annotation, _) in self._annotated.items():
            inside = unquoted(annotation)
            for node in () if inside is None else ast.walk(inside):
                if isinstance(node, ast.Name) and self._is_unbound(node.id):
                    found.setdefault(node.id, function)
        return found

    def _judge(self, handler: str, annotation: ast.expr, requests: dict[str, Any]) -> Misnamed | None:
        module, name = self._named(annotation)
        if not name or (module == self._types and name in requests):
            return None
        right = tuple(sorted(requests))
        if module == self._types:
            is_request = name in self._names
            return Misnamed(handler, annotation, name, right, None) if is_request else None
        # Another module may have the router whose route this is, and types for it.
        if not _is_request(module, name) or any(_has(module, one) for one in requests.values()):
            return None
        types = self._types if name in requests else None
        return Misnamed(handler, annotation, f"{name} of {module}", right, types)

    def _named(self, annotation: ast.expr) -> tuple[str, str]:
        """The module and the name of the type that *annotation* is; empty if it is no name."""
        following: ast.expr | None = annotation
        for _ in range(MAX_STEPS):
            if following is None:
                break
            annotation = following
            inside = unquoted(annotation)
            if inside is None and isinstance(annotation, ast.Name) and self._is_unbound(annotation.id):
                return self._types, annotation.id
            following = inside or self._scope.alias(annotation)
        module, _, name = (self._scope.meaning(annotation) or "").rpartition(".")
        return (self._types if self._reader.is_types(module) else module), name

    def _is_unbound(self, name: str) -> bool:
        """Whether *name* is a type of requests, and nothing gives it a meaning, nor in a function."""
        return name in self._names and name not in self._bound


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            yield node.asname or node.name


def _is_request(module: str, name: str) -> bool:
    """Whether *module* holds generated types, and *name* is one of requests, as far as names tell."""
    stem = module.rpartition(".")[2]
    return stem.startswith("_") and stem.endswith("_types") and name.endswith("Request")


def _has(types: str, handler: Any) -> bool:
    """Whether the module that has such *types* has a router with a route for *handler*."""
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType) and types_module(module) == types:
            routers = [one for one in vars(module).values() if issubclass(type(one), Router)]
            return any(route.handler is handler for router in routers for route in router.routes)
    return False
