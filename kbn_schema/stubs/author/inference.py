"""This module says which schemas checkers infer exactly, so that they need no annotation.

It claims that for what is sure only: of a chain of calls of our own combinators, whose outputs are known
without a TypedDict or a `Literal`. `tests/stubs/test_drift.py` asks mypy and pyright.
"""

import ast
from collections.abc import Iterator
from typing import Any, Final, Literal

import attrs

from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.definition import speaks
from kbn_schema.kinds.enum import EnumSchema
from kbn_schema.kinds.literal import LiteralSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.stubs.author.annotations import has_parameter
from kbn_schema.stubs.author.scope import Scope
from kbn_schema.stubs.definitions import Definition
from kbn_schema.stubs.hints import ANY
from kbn_schema.stubs.outline import Outline
from kbn_schema.stubs.writer import parameter_of

Doubt = Literal["none", "constants", "everything"]

# What checkers know of these, apart from the schemas in them, is what we write.
_EXACT: Final = frozenset(
    {
        "any", "array_of", "boolean", "buffer", "byte_size", "date", "date_time", "duration", "email",
        "integer", "ip", "map_of", "maybe", "nullable", "number", "record_of", "stream", "string", "uri",
        "uuid",
    }
)  # fmt: skip
# What stands in them is in a list or a dict.
_INSIDE: Final = frozenset({"array_of", "record_of", "map_of"})
# What stands in them is asked for as `Schema[Any]`.
_OBJECTS: Final = frozenset({"object", "all_of", "intersection"})
_CONSTANTS: Final = frozenset({"enum", "literal"})


@attrs.frozen
class Parts:
    """What there is in a schema, objects apart."""

    is_exact: bool = True
    """Whether each is of a kind that checkers infer."""
    is_loose: bool = False
    """Whether the class of one has a parameter that we have no words for."""
    is_never: bool = False
    """Whether it is `never`, or that is one of what it may be: then checkers say `Missing`, as it is."""
    has_never: bool = False
    """Whether one is `never` in a list or a dict: checkers say `Missing` there, too, which is wrong."""


class Inference:
    """What checkers infer of the variables of *outline*."""

    def __init__(self, outline: Outline, scope: Scope) -> None:
        self._outline = outline
        self._scope = scope
        self._parts: dict[Schema[Any], Parts] = {}
        self._homes = {one.schema for one in outline.definitions if one.home is not None}

    def parts(self, schema: Schema[Any]) -> Parts:
        """Return what there is in *schema*."""
        waiting = [schema]
        while waiting:
            current = waiting[-1]
            children = () if isinstance(current, ObjectSchema) else current.children()
            missing = [child for child in children if child not in self._parts]
            if missing and current not in self._parts:
                waiting.extend(missing)
                continue
            waiting.pop()
            self._parts[current] = _joined(current, [self._parts[child] for child in children])
        return self._parts[schema]

    def is_exact(self, name: str, definition: Definition) -> bool:
        """Return whether checkers infer the type of the variable *name* without an annotation."""
        value = self.value(name)
        if value is None:
            return False
        while isinstance(value, ast.Call) and len(value.args) == 1 and self.combinator(value.func) == "maybe":
            value = value.args[0]
        if self._is_known(value):
            return True  # it has the type of another variable, which is judged on its own
        schema: Schema[Any] = vars(self._outline.module)[name]
        if schema.combinator == "never":
            return isinstance(value, ast.Call) and self.combinator(value.func) == "never"
        return self.parts(schema).is_exact and self._is_plain(value)

    def doubt(self, name: str) -> Doubt:
        """Return what of the output of the variable *name* checkers cannot read, so that they refuse it.

        They do not know which constants are in a list that is made elsewhere, nor the type of a schema that
        is imported from a module whose types were not generated.
        """
        value = self.value(name)
        return "none" if value is None else self._doubt(value, {name})

    def value(self, name: str) -> ast.expr | None:
        """Return what is assigned to the variable *name*, if that is done once."""
        match self._scope.bindings(name):
            case [ast.Assign(targets=targets, value=value)]:
                return _assigned(name, targets, value)
            case [ast.AnnAssign(value=ast.expr() as value)]:
                return value
            case _:
                return None

    def combinator(self, function: ast.expr) -> str | None:
        """Return the name of the combinator that *function* is; None if it is none of ours."""
        if isinstance(function, ast.Subscript):
            function = function.value
        dotted = self._scope.meaning(function) or ""
        module, _, name = dotted.rpartition(".")
        if module in ("kbn_schema", "kbn_schema.schema"):
            return name
        value = self._scope.value(function) if module.startswith("kbn_schema.") else None
        return getattr(value, "combinator", name) if value is not None else None

    def _is_known(self, value: ast.expr) -> bool:
        return isinstance(value, ast.Name) and (
            value.id in self._outline.variables or self._scope.is_imported(value.id)
        )

    def _is_plain(self, value: ast.expr) -> bool:
        """Whether checkers see what *value* is made of."""
        if not isinstance(value, ast.Call):
            return self._is_known(value)
        name = self.combinator(value.func)
        if name in _CONSTANTS:
            return all(map(self._is_class_or_none, value.args))
        if name not in _EXACT and not self._is_own_kind(value.func):
            return False
        inside = [*value.args, *(word.value for word in value.keywords if word.arg in _NESTED)]
        return all(self._is_plain(one) or not _may_be_schema(one) for one in inside)

    def _is_class_or_none(self, value: ast.expr) -> bool:
        is_none = isinstance(value, ast.Constant) and value.value is None
        return is_none or isinstance(self._scope.value(value), type)

    def _is_own_kind(self, function: ast.expr) -> bool:
        """Whether *function* is a class of the author, whose parameter says what comes out."""
        kind = self._scope.value(function)
        return isinstance(kind, type) and issubclass(kind, Schema) and not has_parameter(kind)

    def _doubt(self, value: ast.expr, met: set[str]) -> Doubt:
        found: Doubt = "none"
        for one in self._leaves(value, met):
            if one == "everything":
                return one
            found = one if one != "none" else found
        return found

    def _leaves(self, value: ast.expr, met: set[str]) -> Iterator[Doubt]:
        waiting: list[ast.AST] = [value]
        while waiting:
            node = waiting.pop()
            match node:
                case ast.Call(func=function):
                    name = self.combinator(function)
                    if name in _CONSTANTS:
                        yield "none" if all(map(self._tells_constants, node.args)) else "constants"
                    elif name not in _OBJECTS:
                        waiting.extend([*node.args, *(word.value for word in node.keywords)])
                case ast.Name(id=name):
                    yield from self._leaves_of_name(name, met)
                case ast.Attribute() if self._is_module(node):
                    yield self._doubt_of_import(self._scope.value(node))
                case ast.Lambda():
                    continue
                case _:
                    waiting.extend(ast.iter_child_nodes(node))

    def _leaves_of_name(self, name: str, met: set[str]) -> Iterator[Doubt]:
        if name in met:
            return
        met.add(name)
        if self._scope.is_imported(name):
            yield self._doubt_of_import(vars(self._outline.module).get(name))
        elif name in self._outline.variables:
            following = self.value(name)
            if following is not None:
                yield self._doubt(following, met)

    def _is_module(self, node: ast.Attribute) -> bool:
        return isinstance(self._scope.value(node), Schema)

    def _doubt_of_import(self, value: Any) -> Doubt:
        if not isinstance(value, Schema) or value in self._homes:
            return "none"
        return "none" if self.parts(value).is_exact else "everything"

    def _tells_constants(self, values: ast.expr) -> bool:
        match values:
            case ast.List(elements) | ast.Tuple(elements) | ast.Set(elements):
                return all(map(self._is_constant, elements))
            case ast.Name(id=name):
                return self._tells_finally(name, values)
            case _:
                return self._is_constant(values) or isinstance(self._scope.value(values), type)

    def _tells_finally(self, name: str, values: ast.expr) -> bool:
        """Whether *name* is ``Final``, so that checkers remember what it is, or a class."""
        if isinstance(self._scope.value(values), type):
            return True
        match self._scope.bindings(name):
            case [ast.AnnAssign(annotation=annotation, value=ast.expr() as value)]:
                is_final = (self._scope.meaning(annotation) or "").endswith(".Final")
                is_kept = isinstance(value, ast.Tuple) or self._is_constant(value)
                return is_final and is_kept and self._tells_constants(value)
            case _:
                return False

    def _is_constant(self, value: ast.expr) -> bool:
        match value:
            case ast.Constant():
                return True
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
                return True
            case ast.Name(id=name):
                return self._tells_finally(name, value) and not isinstance(self._scope.value(value), type)
            case _:
                return False


_NESTED: Final = frozenset({"item", "key", "value", "of"})


def _may_be_schema(value: ast.expr) -> bool:
    return not isinstance(value, ast.Constant)


def _joined(schema: Schema[Any], children: list[Parts]) -> Parts:
    kind = type(schema)
    is_ours = kind.__module__.startswith("kbn_schema.kinds.")
    is_silent = not is_ours and not speaks(kind, "hint")
    is_inside = schema.combinator in _INSIDE
    is_never = any(child.is_never for child in children)
    return Parts(
        is_exact=all(child.is_exact for child in children)
        and (_is_exact(schema) if is_ours else is_silent and not has_parameter(kind)),
        is_loose=any(child.is_loose for child in children) or (is_silent and parameter_of(kind) == ANY),
        is_never=schema.combinator == "never" or (not is_inside and is_never),
        has_never=any(child.has_never for child in children) or (is_inside and is_never),
    )


def _is_exact(schema: Schema[Any]) -> bool:
    if isinstance(schema, EnumSchema):
        return isinstance(schema.values, type)
    if isinstance(schema, LiteralSchema):
        return schema.value is None
    return schema.combinator in _EXACT


def _assigned(name: str, targets: list[ast.expr], value: ast.expr) -> ast.expr | None:
    """What of *value* is assigned to *name*, which is one of *targets* or in one."""
    waiting = [(target, value) for target in targets]
    while waiting:
        match waiting.pop():
            case ast.Name(id=found), part if found == name:
                return part
            case ((ast.Tuple(left) | ast.List(left)), (ast.Tuple(right) | ast.List(right))):
                if len(left) == len(right) and not any(isinstance(one, ast.Starred) for one in left + right):
                    waiting.extend(zip(left, right, strict=True))
            case _:
                continue
    return None
