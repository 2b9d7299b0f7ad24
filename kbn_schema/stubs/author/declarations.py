"""This module finds where the author's module declares its routes: in which call, and for which function.

A function that was made knows its name and the line where it begins; so does the syntax tree.
"""

import ast
import inspect
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any, TypeAlias

import attrs

from kbn_schema.stubs.outline import Outline, RouteTypes

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@attrs.frozen(eq=False)
class Declaration:
    """A call that may declare a route, such as ``router.get("/api/notes", validate={...})``."""

    call: ast.Call
    validate: ast.expr
    statement: ast.stmt
    """Where the call stands."""
    handler: str
    """The name of the function that it is given."""
    around: tuple[Function, ...]
    """The functions that the call stands in, the outermost first."""
    decorated: Function | None = None
    """The function, if the call decorates it."""


@attrs.frozen(eq=False)
class Handler:
    """The *function* that handles a *route*, and how it annotates the request, if it does."""

    route: RouteTypes
    function: Function
    annotation: ast.expr | None


@attrs.frozen(eq=False)
class Declared:
    """A route, where it is declared, and how its handler annotates the request, if it does."""

    route: RouteTypes
    declaration: Declaration
    annotation: ast.expr | None


def handlers(outline: Outline) -> list[Handler]:
    """Return the handlers of the routes of *outline* that are functions of its module."""
    return _handlers(outline)[0] if outline.routes else []


def declared(outline: Outline) -> list[Declared]:
    """Return the routes of *outline* that are declared in one place, which is known; others are left out."""
    if not outline.routes:
        return []
    known, declarations = _handlers(outline)
    found: list[Declared] = []
    for one in known:
        mine = [
            declaration
            for declaration in declarations.get(one.function.name, ())
            if declaration.decorated in (None, one.function) and _fits(declaration.call, one.route)
        ]
        if len(mine) == 1:
            found.append(Declared(one.route, mine[0], one.annotation))
    return found


def _handlers(outline: Outline) -> tuple[list[Handler], dict[str, list[Declaration]]]:
    """The handlers of routes, and what may declare these, by the names of handlers."""
    functions, declarations = _collected(outline.source.tree)
    found: list[Handler] = []
    for route in outline.routes:
        handler = route.route.handler
        function = _function(handler, vars(outline.module), functions)
        if function is not None:
            found.append(Handler(route, function, _request_of(handler, function)))
    return found, declarations


def _collected(tree: ast.Module) -> tuple[dict[str, list[Function]], dict[str, list[Declaration]]]:
    """The functions of *tree*, by their full names, and what may declare routes, by those of handlers."""
    functions: dict[str, list[Function]] = {}
    declarations: dict[str, list[Declaration]] = {}
    waiting: list[tuple[ast.AST, ast.stmt | None, str, tuple[Function, ...]]] = [(tree, None, "", ())]
    while waiting:
        node, statement, prefix, around = waiting.pop()
        statement = node if isinstance(node, ast.stmt) else statement
        if statement is not None:
            for one in _declarations(node, statement, around):
                declarations.setdefault(one.handler, []).append(one)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            functions.setdefault(prefix + node.name, []).append(node)
            prefix, around = f"{prefix}{node.name}.<locals>.", (*around, node)
        elif isinstance(node, ast.ClassDef):
            prefix = f"{prefix}{node.name}."
        waiting.extend((child, statement, prefix, around) for child in ast.iter_child_nodes(node))
    return functions, declarations


def _declarations(node: ast.AST, statement: ast.stmt, around: tuple[Function, ...]) -> Iterator[Declaration]:
    match node:
        case ast.FunctionDef(decorator_list=decorators) | ast.AsyncFunctionDef(decorator_list=decorators):
            for decorator in decorators:
                if isinstance(decorator, ast.Call):
                    yield from _of_call(decorator, node, node.name, around, node)
        case ast.Call(func=ast.Call() as call, args=[handler]):
            yield from _of_call(call, statement, _last_name(handler), around)
        case ast.Call() if (given := _word(node, "handler")) is not None:
            yield from _of_call(node, statement, _last_name(given), around)
        case _:
            return


def _of_call(
    call: ast.Call,
    statement: ast.stmt,
    handler: str,
    around: tuple[Function, ...],
    decorated: Function | None = None,
) -> Iterator[Declaration]:
    validate = _word(call, "validate")
    if validate is not None:
        yield Declaration(call, validate, statement, handler, around, decorated)


def _fits(call: ast.Call, route: RouteTypes) -> bool:
    """Whether *call* may declare *route*, as far as it tells."""
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr == "add_version":
        told = _told(call, "version")
        return route.route.api_version is not None and told in (None, route.route.api_version)
    told = _told(call, "path")
    is_there = told is None or route.route.path.endswith(told)
    return is_there and route.route.api_version is None and call.func.attr == route.route.method.lower()


def _told(call: ast.Call, name: str) -> str | None:
    """The text that is the first argument of *call*; None if another expression is."""
    value = call.args[0] if call.args else _word(call, name)
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _word(call: ast.Call, name: str) -> ast.expr | None:
    return next((word.value for word in call.keywords if word.arg == name), None)


def _last_name(expression: ast.expr) -> str:
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""


def _function(
    handler: Any, namespace: Mapping[str, Any], functions: Mapping[str, list[Function]]
) -> Function | None:
    """Which of *functions*, those of the module with that *namespace*, the *handler* was made by.

    Decorators are seen through, if they tell. Of several with one full name the line decides: lines may have
    been added since the module was imported.
    """
    function = inspect.unwrap(handler)
    code: Any = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or getattr(function, "__globals__", None) is not namespace:
        return None
    found = functions.get(code.co_qualname, [])
    if len(found) == 1:
        return found[0]
    return next((one for one in found if _first_line(one) == code.co_firstlineno), None)


def _first_line(function: Function) -> int:
    return min(one.lineno for one in (function, *function.decorator_list))


def _request_of(handler: Any, function: Function) -> ast.expr | None:
    """The annotation of the second argument of *function*, as it is called."""
    names = [*function.args.posonlyargs, *function.args.args]
    at = 2 if inspect.ismethod(handler) else 1
    return names[at].annotation if len(names) > at else None
