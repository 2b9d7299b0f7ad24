"""This module compares what the author's module says of its schemas with what they are."""

import ast
from collections.abc import Iterator
from typing import Any, Literal

import attrs

from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.maybe import MaybeSchema
from kbn_schema.stubs.author.annotations import InputOf, Reader, Told, unquoted
from kbn_schema.stubs.author.comparison import Comparison
from kbn_schema.stubs.author.handlers import Handlers
from kbn_schema.stubs.author.inference import Doubt, Inference
from kbn_schema.stubs.author.inline import Inline, Inlines
from kbn_schema.stubs.author.scope import Scope
from kbn_schema.stubs.author.wanted import Wanted, Wishes, may_be_missing
from kbn_schema.stubs.definitions import Definition
from kbn_schema.stubs.hints import ANY, Constants, DictOf, Hint, ListOf, union
from kbn_schema.stubs.outline import MISSING_ITSELF, Outline
from kbn_schema.stubs.source import statements

# An annotation is not there where it is needed; hides the type; is that of inputs; says something else; or
# none can be written, for the schema has no name.
Problem = Literal["missing", "hidden", "input", "other", "vague"]
# The annotation is put behind the name; behind a bare `Final`, or a bare class; in the place of another; or
# the class that is called gets a parameter, or another one.
Mend = Literal["insert", "append", "replace", "call", "parameter"]


@attrs.frozen
class Verdict:
    """What is wrong with a variable, or with a schema without a name."""

    name: str
    """Of the variable, or what it is instead: ``the query of find``."""
    definition: Definition
    problem: Problem
    statement: ast.stmt
    wanted: Wanted
    told: ast.expr | None = None
    """What is there instead."""
    mend: Mend | None = None
    """What makes it right; None if no single edit does."""
    target: ast.expr | None = None
    """What that changes; of a schema without a name, where it is."""
    is_inline: bool = False
    """Whether the schema has no name."""

    @property
    def line(self) -> int:
        """Where it is told."""
        place = self.target if self.is_inline else self.told
        return (place or self.statement).lineno


class Audit:
    """The comparison of a module with its *outline*."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._scope = Scope(outline.module, outline.source)
        self._reader = Reader(outline, self._scope)
        self._compare = Comparison(outline.definitions)
        self._inference = Inference(outline, self._scope)
        self._wishes = Wishes(outline, self._scope, self._reader, self._inference)
        self._inlines = Inlines(outline, self._scope, self._reader, self._compare, self._inference)
        self._handlers = Handlers(outline, self._scope, self._reader)
        self._declarations: dict[str, list[ast.AnnAssign]] = {}
        for statement in statements(outline.source.tree.body):
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                self._declarations.setdefault(statement.target.id, []).append(statement)

    @property
    def scope(self) -> Scope:
        """The names of the module."""
        return self._scope

    @property
    def handlers(self) -> Handlers:
        """The handlers of routes in the module."""
        return self._handlers

    def verdicts(self) -> list[Verdict]:
        """Return what is wrong, in the order of lines."""
        found = [
            verdict
            for name, definition in self._outline.variables.items()
            for verdict in self._judge(name, definition)
        ]
        found += [self._of_inline(fault) for fault in self._inlines.faults()]
        return sorted(found, key=_position)

    def bindings(self, name: str) -> list[ast.stmt]:
        """Return the statements that give *name* a value."""
        return self._scope.bindings(name)

    def _of_inline(self, fault: Inline) -> Verdict:
        told = None if fault.fault in ("missing", "vague") else fault.node
        mend: Mend | None = "call" if told is None else "parameter"
        return Verdict(
            fault.what,
            fault.definition,
            fault.fault,
            fault.statement,
            self._wishes.parameter(fault.definition),
            told,
            None if fault.fault == "vague" else mend,
            fault.node,
            is_inline=True,
        )

    def _judge(self, name: str, definition: Definition) -> Iterator[Verdict]:
        schema: Schema[Any] = vars(self._outline.module)[name]  # `definition` may be of what is in a `maybe`
        is_missing = may_be_missing(schema)
        parts = self._inference.parts(schema)
        doubt = self._inference.doubt(name)
        if parts.has_never or (parts.is_never and not is_missing) or doubt == "everything":
            return
        compare = _Judge(self._compare, self._reader, parts.is_loose, doubt, schema if is_missing else None)
        declarations = self._declarations.get(name, [])
        telling = [one for one in declarations if not self._reader.is_final(one.annotation)]
        for statement in telling:
            problem = compare.problem(statement.annotation, definition)
            if problem is not None:
                yield self._of_annotation(name, definition, problem, statement)
        if not telling:
            yield from self._judge_value(name, definition, compare, declarations)

    def _of_annotation(
        self, name: str, definition: Definition, problem: Problem, statement: ast.AnnAssign
    ) -> Verdict:
        target = statement.annotation
        while (inside := self._reader.wrapped(target)) is not None:
            target = inside
        wanted = self._wishes.annotation(name, definition)
        return Verdict(name, definition, problem, statement, wanted, statement.annotation, "replace", target)

    def _judge_value(
        self, name: str, definition: Definition, compare: "_Judge", finals: list[ast.AnnAssign]
    ) -> Iterator[Verdict]:
        """Judge a variable that has no annotation, or the *finals* ``Final``."""
        statement = self._scope.bindings(name)[0]
        value = self._inference.value(name)
        making = self._making(value)
        if making is not None:
            mend, told, parameter = making
            problem = compare.problem_of_output(self._reader.output(parameter), definition)
            if problem is not None:
                wanted = self._wishes.annotation(name, definition)
                yield Verdict(name, definition, problem, statement, wanted, told, mend, told)
            return
        if self._scope.is_imported(name):
            return  # in another branch; it has the type that it has there
        if compare.asks_nothing(definition) or self._inference.is_exact(name, definition):
            return
        verdict = Verdict(name, definition, "missing", statement, self._wishes.annotation(name, definition))
        target = _only_target(statement) if len(self._scope.bindings(name)) == 1 else None
        if finals:
            yield attrs.evolve(verdict, statement=finals[0], mend="append", target=finals[0].annotation)
        elif target is not None:
            yield attrs.evolve(verdict, mend="insert", target=target)
        else:
            yield verdict

    def _making(self, value: ast.expr | None) -> tuple[Mend, ast.expr, ast.expr] | None:
        """How a type is told where the schema is made: what mends it, what is to be mended, and the type.

        That is ``schema.object[FindQuery]({...})`` or ``cast("Schema[FindQuery]", make())``.
        """
        match value:
            case ast.Call(func=ast.Subscript(value=kind, slice=parameter)):
                told = self._reader.schema(kind)
                return ("parameter", parameter, parameter) if told.says_nothing else None
            case ast.Call(func=function, args=[annotation, _]):
                if self._scope.meaning(function) not in ("typing.cast", "typing_extensions.cast"):
                    return None
                inside = unquoted(annotation) or annotation
                return ("replace", annotation, inside.slice) if isinstance(inside, ast.Subscript) else None
            case _:
                return None


class _Judge:
    """Compares what is told of one variable, where checkers are in *doubt* of its output."""

    def __init__(
        self,
        compare: Comparison,
        reader: Reader,
        is_loose: bool,
        doubt: Doubt,
        may_be_missing: Schema[Any] | None,
    ) -> None:
        self._may_be_missing = may_be_missing
        self._compare = compare
        self._reader = reader
        self._is_loose = is_loose
        self._doubt = doubt

    def problem(self, annotation: ast.expr, definition: Definition) -> Problem | None:
        """Return what is wrong with *annotation*."""
        told: Told = self._reader.schema(annotation)
        if told.says_nothing:
            return None if self.is_any(definition) else "hidden"
        return self.problem_of_output(told.hint, definition) if told.is_schema else "other"

    def problem_of_output(self, told: "Hint | InputOf | None", definition: Definition) -> Problem | None:
        """Return what is wrong with *told* as the output of *definition*."""
        if isinstance(told, InputOf):
            return "input" if told.number == definition.number else "other"
        if told is None:
            return None if self._is_loose else "other"  # no words for either: checkers compare them
        if self._is_right(told, self._output(definition)):
            return None
        return "hidden" if told == ANY else "other"

    def asks_nothing(self, definition: Definition) -> bool:
        """Return whether checkers would refuse an annotation, or it would say nothing."""
        if self._doubt != "none" or self.is_any(definition):
            return True
        if self._may_be_missing is None or isinstance(self._may_be_missing, MaybeSchema):
            return False
        # As a part of a union, constants are just texts to them, and what is in lists is not looked at.
        members = self._compare.members(definition.told("output"))
        return any(isinstance(one, (Constants, ListOf, DictOf)) for one in members)

    def is_any(self, definition: Definition) -> bool:
        """Whether the output of *definition* is anything at all."""
        return ANY in self._compare.members(definition.told("output"))

    def _output(self, definition: Definition) -> Hint:
        told = definition.told("output")
        return told if self._may_be_missing is None else union([told, MISSING_ITSELF])

    def _is_right(self, told: Hint, output: Hint) -> bool:
        if self._compare.same(told, output, is_loose=self._is_loose):
            return True
        is_wide = self._doubt == "constants"
        return is_wide and self._compare.same(told, output, is_loose=self._is_loose, is_wide=True)


def _position(verdict: Verdict) -> tuple[int, int]:
    place = verdict.target if verdict.is_inline and verdict.target is not None else verdict.statement
    return place.lineno, place.col_offset


def _only_target(statement: ast.stmt) -> ast.expr | None:
    """The name that an annotation may be put behind, without parentheses around it."""
    match statement:
        case ast.Assign(targets=[ast.Name() as target]) if target.col_offset == statement.col_offset:
            return target
        case _:
            return None
