"""This module reads the source of the author's module: what is assigned and imported in it, and where."""

import ast
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

Assignment = ast.Assign | ast.AnnAssign


@attrs.frozen
class Variable:
    """A name that the module assigns, the first time it does."""

    name: str
    node: Assignment
    """The statement; it may assign other names, too."""


@attrs.frozen
class Source:
    """The text of a module."""

    path: Path
    data: bytes = attrs.field(repr=False)
    tree: ast.Module = attrs.field(repr=False)

    @classmethod
    def read(cls, path: Path) -> "Source":
        """The source in the file *path*, which was imported, so it is valid Python."""
        data = path.read_bytes()
        return cls(path, data, parsed(data))

    def variables(self) -> tuple[Variable, ...]:
        """What is assigned outside of functions and classes, in order, each name once."""
        found: dict[str, Variable] = {}
        for statement in statements(self.tree.body):
            if isinstance(statement, ast.Assign):
                targets: Sequence[ast.expr] = statement.targets
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                targets = [statement.target]
            else:
                continue
            for name in _names(targets):
                found.setdefault(name, Variable(name, statement))
        return tuple(found.values())

    def imported(self) -> tuple[str, ...]:
        """The names that are imported from other modules, outside of functions and classes."""
        imports = [one for one in statements(self.tree.body) if isinstance(one, ast.ImportFrom)]
        names = [alias.asname or alias.name for statement in imports for alias in statement.names]
        return tuple(dict.fromkeys(names))


def parsed(text: bytes | str) -> ast.Module:
    """The tree of *text*; the interpreter's warnings about it were given when the module was imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that are run when a module with *body* is imported, however deep in others."""
    for statement in body:
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for field in ("body", "orelse", "handlers", "finalbody", "cases"):
            inside = getattr(statement, field, [])
            blocks = [
                one.body if isinstance(one, (ast.ExceptHandler, ast.match_case)) else [one] for one in inside
            ]
            yield from statements([one for block in blocks for one in block])


def values_of(names: Sequence[str], namespace: Mapping[str, Any], kind: type) -> dict[str, Any]:
    """What *names* are now in the *namespace* of a module, of class *kind* only.

    Their own classes count: `isinstance` would ask what only stands in for something, and wake it up.
    """
    return {name: namespace[name] for name in names if issubclass(type(namespace.get(name)), kind)}


def _names(targets: Sequence[ast.expr]) -> Iterator[str]:
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, (ast.Tuple, ast.List)):
            yield from _names(target.elts)
