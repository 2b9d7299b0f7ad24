"""This module reads the source of the demo, as it is installed."""

import ast
from pathlib import Path
from typing import Final

import attrs

FOLDER: Final = Path(__file__).parent.parent
Definition = ast.FunctionDef | ast.AnnAssign


@attrs.frozen
class Excerpt:
    """Some lines of a *file*, from *line* on; it may go on after them."""

    file: str
    line: int
    lines: tuple[str, ...]


def text_of(file: str) -> str:
    """The source in *file*."""
    return (FOLDER / file).read_text(encoding="utf-8")


def excerpt(file: str, name: str, statements: int | None = None) -> Excerpt:
    """What defines *name* in *file*; of a function so many *statements*, if there are more.

    Raises:
        LookupError: Nothing does.
    """
    text = text_of(file)
    for node in ast.parse(text).body:
        if isinstance(node, Definition) and _name(node) == name:
            first, last, is_cut = _extent(node, statements)
            lines = text.splitlines()[first - 1 : last]
            return Excerpt(file, first, (*lines, "    ...") if is_cut else tuple(lines))
    raise LookupError(f"nothing defines [{name}] in [{file}]")


def _name(node: Definition) -> str:
    return node.name if isinstance(node, ast.FunctionDef) else ast.unparse(node.target)


def _extent(node: Definition, statements: int | None) -> tuple[int, int, bool]:
    """The numbers of the first and the last line, and whether something is left out after it."""
    if isinstance(node, ast.AnnAssign):
        return node.lineno, _end(node), False
    first = min((decorator.lineno for decorator in node.decorator_list), default=node.lineno)
    shown = node.body[:statements]
    return first, _end(shown[-1]), len(shown) < len(node.body)


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno
