"""This module tells the file and line of what was found, as far as the source of the module says it."""

import ast
import inspect
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from kbn_schema.http.route import Route
from kbn_schema.kinds.base import Schema
from kbn_schema.lint.survey import Place
from kbn_schema.stubs.source import Source, values_of


class Sources:
    """The sources of *module*, and of those that it has schemas of; read when they are asked for."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._read: dict[str, Source | None] = {}
        self._homes: dict[Schema[Any], tuple[str, ast.stmt]] | None = None
        self._others = _others(module)
        self.held_elsewhere: set[Schema[Any]] = {
            schema for other in self._others for schema in _schemas(other).values()
        }
        """The schemas that are variables of other modules that are imported."""

    def where(self, place: Place) -> tuple[str | None, int | None]:
        """The file, as users see it, and the line; None for what is not known."""
        if place.origin is not None:
            found = self._home(place.origin)
            if found is not None:
                return _shown(found[0]), _line(found[1], place.way_from_origin)
        if place.route is not None:
            return _of_function(place.route.handler) if isinstance(place.route, Route) else (None, None)
        schema = vars(self._module).get(place.root)
        found = self._home(schema) if isinstance(schema, Schema) else None
        if found is None:
            return None, None
        file, statement = found
        return _shown(file), _line(statement, place.way)

    def _home(self, schema: Schema[Any]) -> tuple[str, ast.stmt] | None:
        if self._homes is None:
            self._homes = {}
            for module in (self._module, *self._others):
                self._note(module, self._homes)
        return self._homes.get(schema)

    def _note(self, module: ModuleType, homes: dict[Schema[Any], tuple[str, ast.stmt]]) -> None:
        """Note where the schemas in *module* are assigned, if that is there."""
        schemas = _schemas(module)
        source = self._source(module) if schemas else None
        for variable in source.variables() if source is not None else ():
            if variable.name in schemas and source is not None:
                homes.setdefault(schemas[variable.name], (str(source.path), variable.node))

    def _source(self, module: ModuleType) -> Source | None:
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or not file.endswith((".py", ".pyw")):
            return None
        if file not in self._read:
            try:
                self._read[file] = Source.read(Path(file))
            except (OSError, SyntaxError, ValueError, RecursionError):
                self._read[file] = None
        return self._read[file]


def _schemas(module: ModuleType) -> dict[str, Schema[Any]]:
    return values_of(list(vars(module)), vars(module), Schema)


def _others(module: ModuleType) -> list[ModuleType]:
    """All other modules that are imported; of ours, only where one of ours is asked about."""
    # Ours hold some that stand in schemas of all programs, as `NULL`.
    is_ours = _is_ours(module)
    others = [one for one in list(sys.modules.values()) if isinstance(one, ModuleType) and one is not module]
    return [one for one in others if is_ours or not _is_ours(one)]


def _is_ours(module: ModuleType) -> bool:
    return str(vars(module).get("__name__")).startswith("kbn_schema.")


def _of_function(function: Any) -> tuple[str | None, int | None]:
    code: Any = getattr(inspect.unwrap(function), "__code__", None)
    if not isinstance(code, CodeType) or not Path(code.co_filename).is_file():
        return None, None
    return _shown(code.co_filename), code.co_firstlineno


def _shown(file: str) -> str:
    path, here = Path(file), Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _line(statement: ast.stmt, way: str) -> int:
    """The line of the prop that *way* leads to, as far as it is written in the statement."""
    node: ast.AST = statement
    line = statement.lineno
    for name in [step.partition("[")[0].partition("(")[0].partition("{")[0] for step in way.split(".")[1:]]:
        found = _prop(node, name)
        if found is None:
            return line
        node = found
        line = getattr(found, "lineno", line)
    return line


def _prop(node: ast.AST, name: str) -> ast.AST | None:
    """What is written for the prop *name* in the outermost display that has it."""
    waiting: Sequence[ast.AST] = [node]
    while waiting:
        for one in waiting:
            if isinstance(one, ast.Dict):
                props: Mapping[Any, ast.AST] = {
                    key.value: value
                    for key, value in zip(one.keys, one.values, strict=True)
                    if isinstance(key, ast.Constant)
                }
                if name in props:
                    return props[name]
        waiting = [child for one in waiting for child in ast.iter_child_nodes(one)]
    return None
