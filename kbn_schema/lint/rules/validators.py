"""This module finds `validate` functions whose result does not say what their author means.

A text that they return is the error, False is one, and all else is success, also None. What they return is
read from their source; those that are called for an example or a default tell it themselves.
"""

import ast
import functools
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType
from typing import Any, Final, TypeAlias

from kbn_schema.kinds.email import EmailSchema
from kbn_schema.kinds.ip import IpSchema
from kbn_schema.kinds.string import StringSchema
from kbn_schema.kinds.uri import UriSchema
from kbn_schema.lint.findings import SchemaRule
from kbn_schema.lint.survey import Site, Survey, answer
from kbn_schema.missing import MISSING
from kbn_schema.references import Reference
from kbn_schema.stubs.source import parsed

Function: TypeAlias = ast.Lambda | ast.FunctionDef
MATCHES: Final = ("match", "search", "fullmatch")
# Functions whose result is a number or a container, which is success whatever is in it.
NO_VERDICTS: Final = ("len", "list", "set", "dict", "tuple", "sorted", "filter", "map", "frozenset", "sum")
TEXTS: Final = (StringSchema, UriSchema, EmailSchema, IpSchema)


def _returns_match(site: Site, survey: Survey) -> Iterator[str]:
    validator = site.schema.validator
    if validator is None:
        return
    if _is_matcher(validator) or any(_is_match(one, about) for one, about in _returned(validator)):
        yield "its validate function returns a match, or None where nothing matches: both are success"
    elif any(_is_no_verdict(one, about) for one, about in _returned(validator)):
        yield "its validate function returns a number or a container, which is success whatever is in it"
    elif any(isinstance(given, re.Match) for given in _probed(validator, site, survey)):
        yield "its validate function returned a match: where nothing matches, None is success, too"


def _returns_value(site: Site, _: Survey) -> Iterator[str]:
    if site.schema.validator is None or not isinstance(site.schema, TEXTS):
        return
    for one, about in _returned(site.schema.validator):
        names = [argument.arg for argument in (*about.args.posonlyargs, *about.args.args)]
        if isinstance(one, ast.Name) and one.id in names[-1:] and not _is_changed(one.id, about):
            yield "its validate function returns the text that it was given, which is taken for the error"
            return


def _is_matcher(validator: Any) -> bool:
    """Whether *validator* is `re.compile(...).match`, or a `functools.partial` of `re.match`."""
    while isinstance(validator, functools.partial):
        validator = validator.func
    if isinstance(validator, BuiltinFunctionType):
        return isinstance(validator.__self__, re.Pattern) and validator.__name__ in MATCHES
    return any(validator is getattr(re, name) for name in MATCHES)


def _returned(validator: Any) -> list[tuple[ast.expr, "_About"]]:
    """The expressions that a function returns; none where there is no source, or it cannot be told."""
    while isinstance(validator, functools.partial):
        validator = validator.func
    if not isinstance(validator, (FunctionType, MethodType)):
        validator = getattr(type(validator), "__call__", None)  # noqa: B004 - of the class
    function = inspect.unwrap(validator) if callable(validator) else None
    function = getattr(function, "__func__", function)
    if not isinstance(function, FunctionType):
        return []
    node = _node_of(function.__code__)
    if node is None:
        return []
    about = _About(node.args, _names(function), node)
    if isinstance(node, ast.Lambda):
        return [(node.body, about)]
    return [(one.value, about) for one in _returns(node.body) if one.value is not None]


class _About:
    """What is known of a function: its parameters, and what the names in it stand for."""

    def __init__(self, args: ast.arguments, names: Mapping[str, Any], node: Function) -> None:
        self.args = args
        self.names = names
        self.node = node


def _names(function: FunctionType) -> dict[str, Any]:
    names = dict(function.__globals__)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            names[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            names.pop(name, None)
    return names


def _returns(body: list[ast.stmt]) -> Iterator[ast.Return]:
    """The `return` statements of a function, not those of functions in it."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))


def _node_of(code: CodeType) -> Function | None:
    """What is written of a function."""
    functions = _functions_in(code.co_filename)
    alike = [
        one
        for one in functions.get(code.co_firstlineno, ())
        if isinstance(one, ast.Lambda) == (code.co_name == "<lambda>")
    ]
    if len(alike) > 1:  # lambdas in one line: their code knows the columns
        starts = [(line, column) for line, _, column, _ in code.co_positions() if line and column is not None]
        alike = [one for one in alike if isinstance(one, ast.Lambda) and _holds(one.body, starts)]
    return alike[0] if len(alike) == 1 else None


def _holds(body: ast.expr, starts: list[tuple[int, int]]) -> bool:
    first, last = (body.lineno, body.col_offset), (body.end_lineno or 0, body.end_col_offset or 0)
    # The first instruction belongs to the whole line.
    inside = [first <= start < last for start in starts if start[1] > 0]
    return bool(inside) and all(inside)


@functools.lru_cache(maxsize=64)
def _functions_in(file: str) -> dict[int, list[Function]]:
    try:
        tree = parsed(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return {}
    found: dict[int, list[Function]] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Lambda, ast.FunctionDef)):
            decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
            line = min(one.lineno for one in (node, *decorators))
            found.setdefault(line, []).append(node)
    return found


def _is_match(expression: ast.expr, about: _About) -> bool:
    """Whether *expression* is a match, or None."""
    for one in _outcomes(expression):
        if not isinstance(one, ast.Call):
            continue
        if isinstance(one.func, ast.Name):
            meant = about.names.get(one.func.id)
            if any(meant is getattr(re, name) for name in MATCHES) or _is_matcher(meant):
                return True
        if isinstance(one.func, ast.Attribute) and one.func.attr in MATCHES:
            owner = one.func.value
            meant = _meaning(owner, about)
            if meant is re or isinstance(meant, re.Pattern) or _compiles(owner, about):
                return True
    return False


def _is_no_verdict(expression: ast.expr, about: _About) -> bool:
    containers = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.List, ast.Set, ast.Dict)
    for one in _outcomes(expression):
        if isinstance(one, containers):
            return True
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name):
            is_ours = one.func.id in about.names
            if one.func.id in NO_VERDICTS and not is_ours:
                return True
    return False


def _outcomes(expression: ast.expr) -> Iterator[ast.expr]:
    """What *expression* may be: the branches of ``a if b else c``, and the last of ``a or b``.

    An earlier one of ``a and b`` is the outcome where it is false, and of ``a or b`` where it is true, which
    is what its author may mean: ``re.match(...) or "no match"``.
    """
    if isinstance(expression, ast.IfExp):
        yield from _outcomes(expression.body)
        yield from _outcomes(expression.orelse)
    elif isinstance(expression, ast.BoolOp):
        yield from _outcomes(expression.values[-1])
    elif isinstance(expression, ast.NamedExpr):
        yield from _outcomes(expression.value)
    else:
        yield expression


def _compiles(expression: ast.expr, about: _About) -> bool:
    """Whether *expression* is ``re.compile(...)``."""
    return isinstance(expression, ast.Call) and _meaning(expression.func, about) is re.compile


def _meaning(expression: ast.expr, about: _About) -> Any:
    """What a dotted name stands for; only modules and classes are asked, for they run no code."""
    if isinstance(expression, ast.Name):
        return about.names.get(expression.id)
    if isinstance(expression, ast.Attribute):
        owner = _meaning(expression.value, about)
        space = getattr(owner, "__dict__", {}) if inspect.ismodule(owner) or inspect.isclass(owner) else {}
        return space.get(expression.attr)
    return None


def _is_changed(name: str, about: _About) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for node in ast.walk(about.node)
    )


def _probed(validator: Callable[[Any], Any], site: Site, survey: Survey) -> Iterator[Any]:
    """What the function says of the examples and of a default that is a plain value."""
    default: Any = site.schema.default
    is_plain = not (default is MISSING or callable(default) or isinstance(default, Reference))
    for value in (*site.schema.examples, *([default] if is_plain else [])):
        yield answer(survey.guard.call(functools.partial(validator, value)))


RULES: Final = (
    SchemaRule(
        "validator-result",
        "error",
        "Only a text and False are errors: a match, None, a number and a list that a validate function "
        "returns are success, so that it refuses nothing.",
        'Use the option pattern, or return a text or None, as in `None if NAME.match(value) else "..."`.',
        _returns_match,
    ),
    SchemaRule(
        "validator-returns-value",
        "error",
        "A text that a validate function returns is the error: every value is refused, and shown.",
        "Return None where the value is fine; a validate function cannot replace it.",
        _returns_value,
    ),
)
