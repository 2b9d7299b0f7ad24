"""This module reads what is written out in the author's source: the members of dicts, lists, arguments."""

import ast
from collections.abc import Iterator
from typing import Any, Final

# The names of arguments that are schemas, or constants.
_NESTED: Final = ("item", "of", "key", "value", "values")


def entries(value: ast.expr | None) -> Iterator[tuple[Any, ast.expr]]:
    """The keys and values of the dict that *value* is, as far as they are written there."""
    if isinstance(value, ast.Dict) and None not in value.keys:
        for key, member in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant):
                yield key.value, member


def entry(value: ast.expr | None, name: str) -> ast.expr | None:
    """The value of *name* in the dict that *value* is, if it is written there."""
    return next((member for key, member in entries(value) if key == name), None)


def props_of(call: ast.expr) -> dict[str, ast.expr] | None:
    """The props of an object, where all are written there."""
    match call:
        case ast.Call(args=[ast.Dict(keys=keys) as props, *_]):
            found = dict(entries(props))
            return found if len(found) == len(keys) else None
        case _:
            return None


def arguments_of(call: ast.Call) -> list[ast.expr]:
    """The arguments of *call*, and those that matter here of those with a name: a key before its value."""
    named = {word.arg or "": word.value for word in call.keywords}
    return [*call.args, *(named[name] for name in _NESTED if name in named)]


def listed(values: list[ast.expr]) -> list[ast.expr]:
    """*values*, or what is in the only one, if that is a list."""
    match values:
        case [ast.List(elements) | ast.Tuple(elements)]:
            return elements
        case _:
            return values


def without_lambda(value: ast.expr) -> tuple[ast.expr, bool]:
    """*value*, or what the function makes that it is, and whether it is one."""
    return (value.body, True) if isinstance(value, ast.Lambda) else (value, False)


def is_none(value: ast.expr) -> bool:
    """Whether *value* is None, as written."""
    return isinstance(value, ast.Constant) and value.value is None


def is_written(value: ast.expr) -> bool:
    """Whether *value* is a constant, or the negative of one."""
    return isinstance(value, ast.Constant) or (
        isinstance(value, ast.UnaryOp) and isinstance(value.operand, ast.Constant)
    )
