"""This module says what the names in the author's module mean, without running anything.

A name is followed to where it was imported from, also under ``if TYPE_CHECKING``, where no value is there to
be asked.
"""

import ast
import builtins
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from kbn_schema.stubs.source import Source, statements

# What an author may import from, and what is only imported when it is named.
OUR_PACKAGE = "kbn_schema"
TYPING = ("typing", "typing_extensions")


class Scope:
    """The names that *module*, with the text *source*, binds outside of functions and classes."""

    def __init__(self, module: ModuleType, source: Source) -> None:
        self._module = module
        self._package = module.__name__ if hasattr(module, "__path__") else module.__name__.rpartition(".")[0]
        self._imported: dict[str, str] = {}
        self._ambiguous: set[str] = set()
        self._stars: list[str] = []
        self._values: dict[str, Any] = {}
        self._bindings: dict[str, list[ast.stmt]] = {}
        has_walrus = b":=" in source.data
        for statement in statements(source.tree.body):
            self._read(statement, has_walrus)

    @property
    def names(self) -> frozenset[str]:
        """All names that mean something in the module."""
        return frozenset({*self._bindings, *vars(self._module), *vars(builtins)})

    @property
    def bound(self) -> frozenset[str]:
        """The names that the module itself binds."""
        return frozenset(self._bindings)

    def bound_by(self, statement: ast.stmt) -> list[str]:
        """The names that *statement* gives a value, but for imports."""
        return list(_bound(statement, True))

    def bindings(self, name: str) -> list[ast.stmt]:
        """The statements that give *name* a value, in order; one that only declares it does not."""
        return self._bindings.get(name, [])

    def is_imported(self, name: str) -> bool:
        """Whether *name* was imported under that name."""
        return name in self._imported

    def meaning(self, expression: ast.expr) -> str | None:
        """What *expression* names, with its module: ``kbn_schema.Schema``; None if it is no dotted name."""
        if isinstance(expression, ast.Attribute):
            inner = self.meaning(expression.value)
            return None if inner is None else f"{inner}.{expression.attr}"
        return self._meaning_of(expression.id) if isinstance(expression, ast.Name) else None

    def value(self, expression: ast.expr) -> Any:
        """The object that *expression* names, if its module was imported; else None."""
        dotted = self.meaning(expression)
        if dotted is None:
            return None
        if dotted not in self._values:
            self._values[dotted] = value_of(dotted)
        return self._values[dotted]

    def alias(self, expression: ast.expr) -> ast.expr | None:
        """What the module assigns, once, to the name that *expression* is."""
        if not isinstance(expression, ast.Name) or self.is_imported(expression.id):
            return None
        match self.bindings(expression.id):
            case [(ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value))]:
                return value
            # From Python 3.12 on.
            case [statement] if type(statement).__name__ == "TypeAlias":  # pragma: no cover - see above
                inside: ast.expr = statement.value  # type: ignore[attr-defined]  # pyright: ignore
                return inside
            case _:
                return None

    def spell(self, dotted: str) -> str | None:
        """How the module already writes what *dotted* is, such as ``s.Schema``; None if it does not."""
        longest: tuple[str, str] | None = None
        for name, meaning in self.imported().items():
            if meaning == dotted:
                return name
            is_inside = dotted.startswith(f"{meaning}.")
            if is_inside and (longest is None or len(meaning) > len(longest[1])):
                longest = (name, meaning)
        return None if longest is None else longest[0] + dotted.removeprefix(longest[1])

    def imported(self) -> Mapping[str, str]:
        """What each name that is imported means."""
        return {name: meaning for name, meaning in self._imported.items() if name not in self._ambiguous}

    def home(self, statement: ast.ImportFrom) -> str:
        """The name of the module that *statement* imports from."""
        if not statement.level:
            return statement.module or ""
        package = self._package.split(".") if self._package else []
        parts = package[: len(package) - (statement.level - 1)]
        return ".".join([*parts, *([statement.module] if statement.module else [])])

    def _meaning_of(self, name: str) -> str | None:
        if name in self._ambiguous:
            return None
        if name in self._imported:
            return self._imported[name]
        if name in self._bindings:
            return f"{self._module.__name__}.{name}"
        for star in self._stars:
            if hasattr(sys.modules.get(star), name):
                return f"{star}.{name}"
        return f"builtins.{name}" if hasattr(builtins, name) else None

    def _read(self, statement: ast.stmt, has_walrus: bool) -> None:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            for name, meaning in self._imports(statement):
                if not _is_same(self._imported.setdefault(name, meaning), meaning):
                    self._ambiguous.add(name)
                self._bind(name, statement)
            return
        for name in _bound(statement, has_walrus):
            self._bind(name, statement)

    def _imports(self, statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
        for alias in statement.names:
            if isinstance(statement, ast.ImportFrom):
                home = self.home(statement)
                if alias.name == "*":
                    self._stars.append(home)
                else:
                    yield alias.asname or alias.name, f"{home}.{alias.name}" if home else alias.name
            elif alias.asname is not None:
                yield alias.asname, alias.name
            else:
                package = alias.name.partition(".")[0]
                yield package, package

    def _bind(self, name: str, statement: ast.stmt) -> None:
        self._bindings.setdefault(name, []).append(statement)


def _is_same(meaning: str, other: str) -> bool:
    """Whether two imports give a name one meaning: that of `typing_extensions` is that of `typing`."""
    if meaning == other or {meaning, other} == {f"{home}.{meaning.rpartition('.')[2]}" for home in TYPING}:
        return True
    value = value_of(meaning)
    return value is not None and value is value_of(other)


def value_of(dotted: str) -> Any:
    """The object that *dotted* names, in a module that was imported; None if there is none."""
    package, *names = dotted.split(".")
    value: Any = sys.modules.get(package)
    for name in names:
        value = _inside(value, name)
    return value


def _inside(value: Any, name: str) -> Any:
    namespace: Mapping[str, Any] = getattr(value, "__dict__", {})
    if name in namespace or not isinstance(value, ModuleType):
        return namespace.get(name)
    module = f"{value.__name__}.{name}"
    if f"{module}.".startswith(f"{OUR_PACKAGE}."):
        # Its parts are imported when they are named. A module of the author's is not asked: that runs code.
        return getattr(value, name, None) or _imported(module)
    return sys.modules.get(module)


def _imported(module: str) -> ModuleType | None:
    try:
        return import_module(module)
    except ImportError:
        return None


def _bound(statement: ast.stmt, has_walrus: bool) -> Iterator[str]:
    """The names that *statement* itself gives a value, not the statements in it."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
        return
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        return
    for part in ast.iter_child_nodes(statement):
        if isinstance(part, ast.stmt):
            continue
        if isinstance(part, ast.ExceptHandler):
            yield from [part.name] if part.name else []
        elif isinstance(part, ast.match_case):
            yield from _captured(part.pattern)
        elif isinstance(part, (ast.Name, ast.Tuple, ast.List, ast.Starred, ast.withitem)) or has_walrus:
            yield from _stored(part)


def _stored(part: ast.AST) -> Iterator[str]:
    waiting = [part]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            yield node.id
        elif not isinstance(node, (ast.Lambda, ast.stmt)):
            waiting.extend(ast.iter_child_nodes(node))


def _captured(pattern: ast.pattern) -> Iterator[str]:
    for node in ast.walk(pattern):
        if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name is not None:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest is not None:
            yield node.rest


def bound_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Mapping[str, list[ast.stmt | None]]:
    """What gives each name in *function* its value; None is an argument, or what is not looked into."""
    found: dict[str, list[ast.stmt | None]] = {}
    for node in ast.walk(function.args):
        if isinstance(node, ast.arg):
            found.setdefault(node.arg, []).append(None)
    for statement in statements(function.body):
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.setdefault(statement.name, []).append(statement)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            for alias in statement.names:
                found.setdefault((alias.asname or alias.name).partition(".")[0], []).append(statement)
        else:
            for name in _stored_in(statement):
                found.setdefault(name, []).append(statement)
    return found


def _stored_in(statement: ast.stmt) -> Iterator[str]:
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        waiting.extend(one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.stmt))
