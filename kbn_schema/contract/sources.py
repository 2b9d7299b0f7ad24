"""This module finds the source of a function, and tells what of it makes a difference.

Comments, layout, docstrings, annotations, decorators and the name do not: what is told of two functions is
the same where they do the same in the same words. It is the same under every version of Python, too.
"""

import ast
import linecache
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any, Final

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Spans = frozenset[tuple[int | None, ...]]


class Sources:
    """The functions in the files that were read so far."""

    def __init__(self) -> None:
        self._files: dict[str, dict[tuple[str, int], list[Function]]] = {}

    def text(self, function: FunctionType) -> str | None:
        """What *function* does, in a text; None where it has no source."""
        try:
            node = self._node(function)
            return None if node is None else _told_function(node)
        except RecursionError:
            return None

    def _node(self, function: FunctionType) -> Function | None:
        code = function.__code__
        found = self._in_file(function).get((code.co_name, code.co_firstlineno), [])
        if len(found) > 1:  # several lambdas begin on one line
            found = _same_place(code, [node for node in found if isinstance(node, ast.Lambda)])
        return found[0] if found else None

    def _in_file(self, function: FunctionType) -> dict[tuple[str, int], list[Function]]:
        name = function.__code__.co_filename
        if name not in self._files:
            self._files[name] = _functions("".join(linecache.getlines(name, function.__globals__)))
        return self._files[name]


def _functions(source: str) -> dict[tuple[str, int], list[Function]]:
    """The functions in *source*, by name and first line, as their code has them."""
    found: dict[tuple[str, int], list[Function]] = {}
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # as of a file that was changed since
        return found
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda):
            found.setdefault(("<lambda>", node.lineno), []).append(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found.setdefault((node.name, line), []).append(node)
    return found


def _same_place(code: CodeType, nodes: list[ast.Lambda]) -> list[Function]:
    """Those of *nodes* that *code* may have been made of: one, or several that do the same."""
    compiled = [(node, _compiled(node)) for node in nodes]
    alike = [(node, other) for node, other in compiled if other and _spans(other) == _spans(code)]
    # Python 3.12 tells no place of a constant.
    alike = [(node, other) for node, other in alike if _constants(other) == _constants(code)]
    found: list[Function] = [node for node, _ in alike]
    return found if len({_told_function(node) for node in found}) == 1 else []


def _compiled(node: ast.Lambda) -> CodeType | None:
    """The code of a lambda that stands alone, at the same place."""
    try:
        code = compile(ast.Expression(node), "<lambda>", "eval")
    except SyntaxError:  # as of a file that was changed since
        return None
    return next((one for one in code.co_consts if isinstance(one, CodeType)), None)


def _spans(code: CodeType) -> Spans:
    # Without those that span nothing: the place of what the interpreter does on its own.
    return frozenset(span for span in code.co_positions() if span[2] != span[3])


def _constants(code: CodeType | None) -> list[str]:
    return [] if code is None else [repr(one) for one in code.co_consts if not isinstance(one, CodeType)]


def _told_function(node: Function) -> str:
    body: Any = node.body
    if isinstance(node, ast.Lambda):
        return f"Lambda({_told(node.args)},{_told(body)})"
    if isinstance(body[0], ast.Expr) and _is_text(body[0].value):
        body = body[1:]
    return f"{type(node).__name__}({_told(node.args)},{_told(body)})"


def _told(part: Any) -> str:
    """A text for a part of a tree, the same under every version of Python."""
    if isinstance(part, ast.JoinedStr):
        return f"JoinedStr({','.join(_pieces(part.values))})"
    if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
        return f"{part.name}={_told_function(part)}"
    if isinstance(part, ast.AST):
        # Each name is told: fields may be added, and those that are empty left out.
        fields = [(name, value) for name, value in ast.iter_fields(part) if name not in _SAYS_NOTHING]
        told = [f"{name}={_told(value)}" for name, value in fields if value is not None and value != []]
        return f"{type(part).__name__}({','.join(told)})"
    if isinstance(part, list):
        return f"[{','.join([_told(one) for one in part])}]"
    return hex(part) if type(part) is int else repr(part)  # of long integers `repr` may fail


def _pieces(values: list[Any]) -> Iterator[str]:
    """The parts of an f-string; versions of Python cut the texts in it in other places."""
    text = ""
    for value in values:
        if _is_text(value):
            text += value.value
            continue
        if text:
            yield repr(text)
        text = ""
        yield _told(value)
    if text:
        yield repr(text)


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


_SAYS_NOTHING: Final = frozenset(
    {"annotation", "ctx", "decorator_list", "kind", "returns", "type_comment", "type_ignores", "type_params"}
)
