"""This module reads what an annotation in the author's module says of a schema.

It may be quoted or not, and speak of things under any name that they were imported as.
"""

import ast
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import attrs

from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.maybe import MaybeSchema
from kbn_schema.stubs.author.scope import Scope
from kbn_schema.stubs.hints import (
    ANY,
    NEVER,
    NONE,
    ClassOf,
    Constants,
    DictOf,
    Hint,
    ListOf,
    Named,
    Word,
)
from kbn_schema.stubs.hints import union as union_of
from kbn_schema.stubs.homes import types_module
from kbn_schema.stubs.outline import Outline
from kbn_schema.stubs.source import parsed
from kbn_schema.stubs.writer import WORDS, class_of, parameter_of

# Aliases of aliases, and quotes in quotes, are followed so far.
MAX_STEPS: Final = 20


@attrs.frozen
class InputOf:
    """The type of what is sent, where that of what comes out is another one."""

    number: int


@attrs.frozen
class Told:
    """What an annotation says of a schema.

    `hint` is the type of its output: None if it says nothing of that, or in words we have none for.
    """

    hint: "Hint | InputOf | None"
    is_schema: bool = False
    """Whether it is the annotation of a schema at all."""
    says_nothing: bool = False


class Reader:
    """Reads the annotations of the module of *outline*."""

    def __init__(self, outline: Outline, scope: Scope) -> None:
        self._scope = scope
        types = types_module(outline.module)
        self._stem = types.rpartition(".")[2]
        self._folder = outline.source.path.absolute().parent
        self._modules: dict[str, bool] = {types: True}
        self._own: dict[str, Hint | InputOf] = {}
        self._imported: dict[str, Hint | InputOf] = {}
        for definition in outline.definitions:
            for name in definition.names:
                is_output = name == definition.name
                meant = Named(definition.number) if is_output else InputOf(definition.number)
                self._own.setdefault(name, meant)
                if definition.home is not None:
                    self._imported.setdefault(f"{definition.home}.{name}", meant)

    def is_types(self, module: str) -> bool:
        """Return whether *module* is the one with our types, under whatever name it is imported."""
        if module not in self._modules:
            self._modules[module] = is_file(module, self._folder / f"{self._stem}.py")
        return self._modules[module]

    def schema(self, annotation: ast.expr) -> Told:
        """Return what *annotation* says of the schema in a variable, such as ``Schema[FindQuery]``."""
        for _ in range(MAX_STEPS):
            annotation = self._plain(annotation)
            value: Any = None
            if isinstance(annotation, ast.Subscript):
                value = self._scope.value(annotation.value)
                if _is_kind(value):
                    told = self.output(annotation.slice)
                    if told is None or isinstance(told, InputOf) or not issubclass(value, MaybeSchema):
                        return Told(told, is_schema=True)
                    return Told(union_of([told, _MISSING]), is_schema=True)
            else:
                value = self._scope.value(annotation)
                if _is_kind(value):
                    says_nothing = has_parameter(value)
                    return Told(None if says_nothing else parameter_of(value), True, says_nothing)
            following = self._scope.alias(annotation)
            if following is None:
                return Told(None)
            annotation = following
        return Told(None)

    def output(self, expression: ast.expr) -> "Hint | InputOf | None":
        """Return the type that *expression* says, such as ``list[FindQuery]``; None if there is no word."""
        return self._type(expression, 0)

    def wrapped(self, annotation: ast.expr) -> ast.expr | None:
        """Return what stands in an *annotation* such as ``Final[...]``; None if it is another."""
        match annotation:
            case ast.Subscript(value, inside):
                meaning = _short(self._scope.meaning(value))
                if meaning == "Annotated":
                    return inside.elts[0] if isinstance(inside, ast.Tuple) and inside.elts else None
                return inside if meaning == "Final" else None
            case _:
                return None

    def is_final(self, annotation: ast.expr) -> bool:
        """Return whether *annotation* is ``Final`` alone, which leaves the type to inference."""
        return _short(self._scope.meaning(annotation)) == "Final"

    def _plain(self, annotation: ast.expr) -> ast.expr:
        """*annotation* without quotes, and what is wrapped around it."""
        for _ in range(MAX_STEPS):
            inside = unquoted(annotation) or self.wrapped(annotation)
            if inside is None:
                break
            annotation = inside
        return annotation

    def _type(self, expression: ast.expr, steps: int) -> "Hint | InputOf | None":
        if steps > MAX_STEPS:
            return None
        match expression:
            case ast.Constant(None):
                return NONE
            case ast.Constant(str()):
                inside = unquoted(expression)
                return None if inside is None else self._type(inside, steps + 1)
            case ast.BinOp(op=ast.BitOr()):
                return self._union(_alternatives(expression), steps)
            case ast.Subscript(value, inside):
                return self._subscript(_short(self._scope.meaning(value)), inside, steps)
            case ast.Name() | ast.Attribute():
                return self._named(expression, steps)
            case _:
                return None

    def _union(self, members: Iterable[ast.expr], steps: int) -> "Hint | None":
        hints = [self._type(member, steps) for member in members]
        known = [hint for hint in hints if not (hint is None or isinstance(hint, InputOf))]
        return union_of(known) if len(known) == len(hints) else None

    def _subscript(self, name: str | None, inside: ast.expr, steps: int) -> "Hint | InputOf | None":
        parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
        match name:
            case "Optional":
                return self._union([inside, ast.Constant(None)], steps + 1)
            case "Union":
                return self._union(parts, steps + 1)
            case "Annotated":
                return self._type(parts[0], steps + 1)
            case "Literal":
                return _constants(parts)
            case "list" | "List" if len(parts) == 1:
                item = self._type(inside, steps + 1)
                return None if item is None or isinstance(item, InputOf) else ListOf(item)
            case "dict" | "Dict" if len(parts) == 2:
                key, value = (self._type(part, steps + 1) for part in parts)
                if key is None or value is None or isinstance(key, InputOf) or isinstance(value, InputOf):
                    return None
                return DictOf(key, value)
            case _:
                return None

    def _named(self, expression: ast.expr, steps: int) -> "Hint | InputOf | None":
        dotted = self._scope.meaning(expression) or ""
        generated = self._imported.get(dotted) or self._generated(dotted)
        if generated is not None:
            return generated
        word = _WORDS.get(_short(dotted) or "")
        if word is not None:
            return word
        value = self._scope.value(expression)
        if isinstance(value, type):
            hint = class_of(value)
            return None if hint == ANY else hint
        following = self._scope.alias(expression)
        return None if following is None else self._type(following, steps + 1)

    def _generated(self, dotted: str) -> "Hint | InputOf | None":
        module, _, name = dotted.rpartition(".")
        return self._own.get(name) if self.is_types(module) else None


def is_file(module: str, path: Path) -> bool:
    """Whether *module* is in the file *path*, as a module of a package or not."""
    names = module.split(".")
    if (*path.parts[:-1], path.stem)[-len(names) :] != tuple(names):
        return False
    found = (Path(folder, *names).with_suffix(".py") for folder in sys.path)
    return next((one.resolve() == path.resolve() for one in found if one.exists()), True)


def unquoted(annotation: ast.expr) -> ast.expr | None:
    """What stands in quotes; None if *annotation* is none in quotes, or no expression stands there."""
    if not (isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)):
        return None
    try:
        # As the interpreter does it, and checkers: lines may be broken.
        match parsed(f"({annotation.value.strip()})").body:
            case [ast.Expr(value)]:
                return value
            case _:
                return None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def has_parameter(kind: type) -> bool:
    """Whether an annotation with *kind* says the type of the output in brackets."""
    return bool(getattr(kind, "__parameters__", ()))


def _is_kind(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, Schema)


def _short(dotted: str | None) -> str | None:
    """The name of what `typing` and the builtins have, alone."""
    module, _, name = (dotted or "").rpartition(".")
    return name if module in ("typing", "typing_extensions", "builtins") else None


def _alternatives(expression: ast.BinOp) -> list[ast.expr]:
    found: list[ast.expr] = []
    waiting: list[ast.expr] = [expression]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.BitOr):
            waiting.extend([one.right, one.left])
        else:
            found.append(one)
    return found


def _constants(parts: Iterable[ast.expr]) -> "Hint | None":
    values: list[Any] = []
    for part in parts:
        try:
            value = ast.literal_eval(part)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None
        if type(value) not in (str, int, bool, type(None)):
            return None
        values.append(value)
    plain = [value for value in values if value is not None]
    return union_of([*([Constants.of(plain)] if plain else []), *([NONE] if None in values else [])])


_MISSING: Final = ClassOf("kbn_schema.missing", "Missing")
_WORDS: Final[dict[str, Hint]] = {
    **{name: Word(name) for name in WORDS},
    "Any": ANY,
    "Never": NEVER,
    "NoReturn": NEVER,
    "None": NONE,
    "List": ListOf(ANY),
    "list": ListOf(ANY),
    "Dict": DictOf(ANY, ANY),
    "dict": DictOf(ANY, ANY),
}
