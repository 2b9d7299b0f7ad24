"""This module writes imports for checkers into the author's module: under ``if TYPE_CHECKING:``."""

import ast
import re
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Final

from kbn_schema.stubs.author.edits import Edits
from kbn_schema.stubs.author.scope import OUR_PACKAGE, Scope
from kbn_schema.stubs.author.wanted import Import
from kbn_schema.stubs.homes import types_module
from kbn_schema.stubs.outline import Outline
from kbn_schema.stubs.source import parsed

# Of an import; a longer one has a line for each name.
MAX_LINE: Final = 88
CHECKING: Final = "TYPE_CHECKING"


class LateImports:
    """Writes imports for checkers into the module of *outline*, and into the *expected* tree."""

    def __init__(self, outline: Outline, scope: Scope, edits: Edits, expected: ast.Module) -> None:
        self._outline = outline
        self._scope = scope
        self._edits = edits
        self._body = outline.source.tree.body
        self._expected = expected.body
        self._is_relative = _imports_relatively(outline.module, self._body)

    def write(self, imports: Iterable[Import], before: ast.stmt) -> None:
        """Write *imports* into a block that is there, or into one behind the imports that stand *before*."""
        imports = self._extend_import(list(imports))
        modules: dict[str, list[str]] = {}
        for one in sorted(imports, key=_position):
            modules.setdefault(self._spelled(one.module), []).append(one.spelled)
        groups = [_statement(module, names) for module, names in modules.items()]
        if not groups:
            return
        for index, statement in enumerate(self._body):
            if self._is_block(statement):
                self._extend(index, groups)
                return
        self._add(self._last_import(before), groups)

    def _extend_import(self, imports: list[Import]) -> list[Import]:
        """Add names to the import of our types that is there, if one is; return the other *imports*."""
        types = types_module(self._outline.module)
        names = [one.spelled for one in imports if one.module == types]
        blocks = [one for one in enumerate(self._body) if names and self._is_block(one[1])]
        for index, block in blocks:
            for at, statement in enumerate(_inside(block)):
                if isinstance(statement, ast.ImportFrom) and self._may_extend(statement, types):
                    self._replace(statement, names, _inside(self._expected[index]), at)
                    return [one for one in imports if one.module != types]
        return imports

    def _may_extend(self, statement: ast.ImportFrom, types: str) -> bool:
        text = self._edits.text[self._edits.start(statement) : self._edits.end(statement)]
        rest = self._edits.line(statement.end_lineno or 0).encode()[statement.end_col_offset or 0 :]
        is_ours = self._scope.home(statement) == types and statement.names[0].name != "*"
        return is_ours and not any(mark in text for mark in "#\\") and b"#" not in rest

    def _replace(
        self, statement: ast.ImportFrom, names: list[str], expected: list[ast.stmt], at: int
    ) -> None:
        """Write *statement* with more *names*, and where it is *expected*."""
        there = [alias.name + (f" as {alias.asname}" if alias.asname else "") for alias in statement.names]
        module = "." * statement.level + (statement.module or "")
        lines = _statement(module, sorted({*there, *names}))
        # Before the first of several statements in a line, there is nothing but spaces.
        indent = re.match(r"\s*", self._edits.line(statement.lineno))
        indented = _indented(lines, "" if indent is None else indent[0], self._unit())
        self._edits.replace(statement, self._edits.newline.join(indented).lstrip())
        expected[at : at + 1] = _parsed(_indented(lines, "", "    "))

    def _spelled(self, module: str) -> str:
        """How *module* is imported: beside a module in a package, as the author does it."""
        is_sibling = self._is_relative and module == types_module(self._outline.module)
        return f".{module.rpartition('.')[2]}" if is_sibling else module

    def _is_block(self, statement: ast.stmt) -> bool:
        """Whether *statement* is ``if TYPE_CHECKING:`` with lines of its own."""
        return (
            isinstance(statement, ast.If)
            and (self._scope.meaning(statement.test) or "").endswith(f".{CHECKING}")
            and statement.body[0].lineno > statement.test.lineno
            and not self._edits.indent(statement.body[0]).strip()
        )

    def _extend(self, index: int, groups: list[list[str]]) -> None:
        """Write into the block with that *index*."""
        block = _inside(self._body[index])
        lines = [line for group in groups for line in group]
        indent = self._edits.indent(block[0])
        end = block[-1].end_lineno or block[-1].lineno
        self._edits.insert_lines(end, _indented(lines, indent, self._unit()))
        _inside(self._expected[index]).extend(_parsed(lines))

    def _add(self, index: int, groups: list[list[str]]) -> None:
        """Write a block behind the statement with that *index*."""
        checking = self._checking(index)
        lines = [] if checking else [f"from typing import {CHECKING}"]
        unit = self._unit()
        block = [line for group in groups for line in group]
        lines += ["", f"if {checking or CHECKING}:", *_indented(block, unit, unit)]
        index, after = self._end_of_line(index)
        if self._edits.line(after + 1).strip():
            lines.append("")
        self._edits.insert_lines(after, lines)
        self._expected[index + 1 : index + 1] = _parsed(
            [line.replace(unit, "    ", 1) if line.startswith(unit) else line for line in lines]
        )

    def _checking(self, index: int) -> str | None:
        """How ``TYPE_CHECKING`` is written behind the statement with that *index*, if it is."""
        there = {id(statement) for statement in self._body[: index + 1]}
        for text in (CHECKING, *(self._scope.spell(f"{home}.{CHECKING}") for home in _HOMES)):
            name = (text or "").partition(".")[0]
            if text and any(id(statement) in there for statement in self._scope.bindings(name)):
                return text
        return None

    def _last_import(self, before: ast.stmt) -> int:
        """The index of the last import *before* a statement, or of the docstring; -1 if there is none."""
        found = -1
        for index, statement in enumerate(self._body):
            if statement.lineno >= before.lineno:
                break
            is_docstring = index == 0 and isinstance(statement, ast.Expr)
            if isinstance(statement, (ast.Import, ast.ImportFrom)) or is_docstring:
                found = index
        return found

    def _end_of_line(self, index: int) -> tuple[int, int]:
        """The last statement in the line where that with *index* ends, and the line where it ends itself."""
        if index < 0:
            return index, self._body[0].lineno - 1
        last = self._body[index].end_lineno or 0
        while index + 1 < len(self._body) and self._body[index + 1].lineno <= last:
            index += 1
            last = self._body[index].end_lineno or last
        return index, last

    def _unit(self) -> str:
        """How the author indents."""
        for statement in self._body:
            inside = _inside(statement)
            if inside:
                indent = self._edits.indent(inside[0])
                if indent and not indent.strip():
                    return indent
        return "    "


_HOMES: Final = ("typing", "typing_extensions")


def _inside(statement: ast.stmt) -> list[ast.stmt]:
    """What is run first in a *statement* that has others in it."""
    inside: list[ast.stmt] = getattr(statement, "body", [])
    return inside


def _position(one: Import) -> tuple[bool, str, str]:
    """Where an import stands: ours are the first."""
    return one.module.partition(".")[0] != OUR_PACKAGE, one.module, one.name


def _imports_relatively(module: ModuleType, body: Iterable[ast.stmt]) -> bool:
    """Whether *module* imports its siblings with a period: as it does, or else in a package.

    Without an ``__init__``, mypy takes ``app/routes.py`` for a module of no package.
    """
    package = module.__name__ if hasattr(module, "__path__") else module.__name__.rpartition(".")[0]
    imports = [statement for statement in body if isinstance(statement, ast.ImportFrom)]
    if not package:
        return False
    if any(statement.level for statement in imports):
        return True
    if getattr(sys.modules.get(package), "__file__", None) is None:
        return False
    top = package.partition(".")[0]
    return not any((statement.module or "").partition(".")[0] == top for statement in imports)


def _statement(module: str, names: list[str]) -> list[str]:
    """The lines that import *names*."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) + 4 <= MAX_LINE:
        return [line]
    return [f"from {module} import (", *(f"\t{name}," for name in names), ")"]


def _indented(lines: Iterable[str], indent: str, unit: str) -> list[str]:
    return [indent + line.replace("\t", unit) for line in lines]


def _parsed(lines: Iterable[str]) -> list[ast.stmt]:
    return parsed("\n".join(lines)).body
