"""What is not mutated, since no test could or should tell.

- Types (annotations, aliases, type variables, `cast`) and what stands under ``if TYPE_CHECKING``:
  nothing of it runs, or nothing but a checker reads it.
- ``@overload`` and what it decorates, ``@override``, ``@final``: they do nothing at run time.
- ``== "text"`` is not made ``is "text"``: CPython keeps one object for equal short texts, so that is
  the same by luck, and checkers refuse it.

Docstrings stay as they are, for no operator changes texts.
"""

import ast
from collections.abc import Iterator

# A place in a file: line and column of its begin and of its end, which is exclusive.
Span = tuple[tuple[int, int], tuple[int, int]]

# Decorators that do nothing at run time.
SILENT_DECORATORS = frozenset({"overload", "override", "final", "type_check_only"})
# Calls that make types.
TYPE_MAKERS = frozenset({"TypeVar", "ParamSpec", "NewType", "TypeAliasType"})


def spared_parts(source: str) -> list[Span]:
    """Return the parts of *source* that only say types, or run for type checkers alone."""
    tree = ast.parse(source)
    parts = [part for node in ast.walk(tree) for part in _spared_of(node)]
    aliases = [node.value for node in tree.body if isinstance(node, ast.Assign) and _is_type(node.value)]
    return parts + [_span(alias) for alias in aliases]


def is_sensible(operator: str, follows: str) -> bool:
    """Whether *operator* makes sense before the text *follows*."""
    return not (operator.endswith(("_Eq_Is", "_NotEq_IsNot")) and follows.lstrip().startswith(("'", '"')))


def _spared_of(node: ast.AST) -> Iterator[Span]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from _of_function(node)
    elif isinstance(node, ast.arg) and node.annotation is not None:
        yield _span(node.annotation)
    elif isinstance(node, ast.AnnAssign):
        yield _span(node if _name(node.annotation) == "TypeAlias" else node.annotation)
    elif isinstance(node, ast.If) and _name(node.test) == "TYPE_CHECKING":
        yield (node.lineno, 0), _span(node.body[-1])[1]
    elif isinstance(node, ast.ClassDef):  # `Schema[A | B]`
        yield from (_span(base) for base in node.bases if isinstance(base, ast.Subscript))
        yield from (_span(keyword.value) for keyword in node.keywords if keyword.arg == "total")
    elif isinstance(node, ast.Call) and _name(node.func) in TYPE_MAKERS:
        yield _span(node)
    elif isinstance(node, ast.Call) and _name(node.func) == "cast":
        yield _span(node.args[0])


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Span]:
    if node.returns is not None:
        yield _span(node.returns)
    for decorator in node.decorator_list:
        name = _name(decorator)
        if name in SILENT_DECORATORS:
            end = _span(node)[1] if name == "overload" else (decorator.lineno + 1, 0)
            yield (decorator.lineno, 0), end


def _is_type(value: ast.expr) -> bool:
    """Whether *value*, which a module gives a name, is a type: ``A | B``, ``Literal["a"]``."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
        return _is_type(value.left) or _is_type(value.right)
    if isinstance(value, ast.Subscript):
        name = _name(value.value)
        return name[:1].isupper() or name in ("dict", "list", "tuple", "set", "frozenset", "type")
    return False


def _name(expression: ast.expr) -> str:
    if isinstance(expression, ast.Call):
        return _name(expression.func)
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""


def _span(node: ast.expr | ast.stmt) -> Span:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
