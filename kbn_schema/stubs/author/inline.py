"""This module finds the schemas without a name in the blocks of routes, and what is wrong with their types.

``schema.object["FindQuery"]({...})`` tells what comes out of an object that has no variable. It is asked for
where checkers want to know: in the parts of a request whose handler says that it gets them. Where it cannot
be told, as in a list of constants, the schema has to get a variable.
"""

import ast
from collections.abc import Iterable, Mapping
from typing import Final, Literal

import attrs

from kbn_schema.http import Request
from kbn_schema.http.rules import PartName
from kbn_schema.kinds.base import Schema
from kbn_schema.stubs.author.annotations import MAX_STEPS, InputOf, Reader, has_parameter, unquoted
from kbn_schema.stubs.author.comparison import Comparison
from kbn_schema.stubs.author.declarations import Declared, Function, declared
from kbn_schema.stubs.author.displays import (
    arguments_of,
    entries,
    entry,
    is_none,
    is_written,
    listed,
    props_of,
    without_lambda,
)
from kbn_schema.stubs.author.inference import Inference
from kbn_schema.stubs.author.scope import Scope, bound_in
from kbn_schema.stubs.definitions import Definition
from kbn_schema.stubs.hints import ANY, NONE, DictOf, Fields, Hint, ListOf, Named, Union
from kbn_schema.stubs.outline import MISSING_ITSELF, Outline

# A type is not there where it is needed, is another one, is that of inputs; or checkers see none and cannot
# be told.
Fault = Literal["missing", "other", "input", "vague"]
# How sure checkers are of the type of an expression; "unknown" is what we do not know.
Sight = Literal["exact", "vague", "unknown"]

# The parameters of `Request`, in order.
_PARAMETERS: Final[tuple[PartName, ...]] = ("params", "query", "body", "headers")
# What yields what the schema in it does, or a list or dict of that, or one of several.
_WRAPPERS: Final = frozenset({"array_of", "maybe", "nullable"})
_ENTRIES: Final = frozenset({"record_of", "map_of"})
_UNIONS: Final = frozenset({"one_of", "union"})
# What yields one of what the schemas in it do.
_SHARED: Final = frozenset({*_UNIONS, "discriminated_union", "nullable"})
# What has no schema in it that matters, and whose type is ours to know.
_PLAIN: Final = frozenset(
    {
        "any", "boolean", "buffer", "byte_size", "date", "date_time", "duration", "email", "integer", "ip",
        "number", "stream", "string", "uri", "uuid",
    }
)  # fmt: skip
# Checkers know one of so many exactly; one of more is anything to them.
MAX_ALTERNATIVES: Final = 4


@attrs.frozen(eq=False)
class Inline:
    """What is wrong with the type of a schema without a name."""

    what: str
    """Such as ``the query of find``, or ``an object in the query of find``."""
    fault: Fault
    statement: ast.stmt
    node: ast.expr
    """What is to be mended: what is called, the parameter that is there, or all that is vague."""
    definition: Definition


class Inlines:
    """The schemas without a name in the module of *outline*."""

    def __init__(
        self, outline: Outline, scope: Scope, reader: Reader, compare: Comparison, inference: Inference
    ) -> None:
        self._outline = outline
        self._scope = scope
        self._reader = reader
        self._compare = compare
        self._inference = inference
        self._homes = {one.schema for one in outline.definitions if one.home is not None}
        # Where nothing is called that has a parameter, none can be wrong.
        self._may_tell = any(mark in outline.source.data for mark in (b"](", b"] ("))
        self._found: dict[ast.expr, Inline | None] = {}
        self._bound: dict[Function, Mapping[str, list[ast.stmt | None]]] = {}

    def faults(self) -> list[Inline]:
        """Return what is wrong; what one line makes several times, and not alike, is left out."""
        for one in declared(self._outline):
            self._judge_request(one)
            if self._may_tell:
                self._judge_responses(one)
        if self._may_tell:
            self._judge_variables()
        return [one for one in self._found.values() if one is not None]

    def _judge_request(self, one: Declared) -> None:
        block, is_late = without_lambda(one.declaration.validate)
        request = entry(block, "request")
        for part, value in entries(block if request is None else request):
            hint = one.route.parts.get(part)
            definition = self._root(hint)
            if hint is None or definition is None:
                continue
            what = f"the {part} of {one.declaration.handler}"
            walk = _Walk(self, what, one.declaration.statement, one.declaration.around, definition)
            is_asked = not is_late and self._is_asked(one.annotation, part)
            walk.judge(value, hint, is_asked)

    def _judge_responses(self, one: Declared) -> None:
        block, _ = without_lambda(one.declaration.validate)
        for status, response in entries(entry(block, "response")):
            hint = one.route.responses.get(status)
            definition = self._root(hint)
            body = entry(response, "body")
            if hint is None or definition is None or body is None:
                continue
            what = f"the answer {status} of {one.declaration.handler}"
            walk = _Walk(self, what, one.declaration.statement, one.declaration.around, definition)
            walk.judge(without_lambda(body)[0], hint, False)

    def _root(self, hint: "Hint | None") -> Definition | None:
        """The definition of a schema that *hint* says; a part may be missing beside."""
        members = hint.members if isinstance(hint, Union) else (hint,)
        named = [one for one in members if isinstance(one, Named)]
        return self.definition(named[0]) if len(named) == 1 else None

    def _judge_variables(self) -> None:
        """Judge what stands inside of the values of variables; they themselves have annotations."""
        for name, definition in self._outline.variables.items():
            value = self._inference.value(name)
            if isinstance(value, ast.Call):
                walk = _Walk(self, name, self._scope.bindings(name)[0], (), definition)
                walk.judge_inside(value, Named(definition.number))

    def _is_asked(self, annotation: ast.expr | None, part: PartName) -> bool:
        """Whether a handler with that *annotation* of its request says what this *part* is."""
        for _ in range(MAX_STEPS):
            if annotation is None:
                return False
            inside = unquoted(annotation)
            if inside is not None:
                annotation = inside
                continue
            parameter = None
            if isinstance(annotation, ast.Subscript):
                if self._scope.value(annotation.value) is not Request:
                    return True
                elements = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
                listed = elements or [annotation.slice]
                at = _PARAMETERS.index(part)
                parameter = listed[at] if at < len(listed) else None
                told = None if parameter is None else self._reader.output(parameter)
                return not (told is None or told == ANY or isinstance(told, DictOf))
            if self._is_open(annotation):
                return False
            following = self._scope.alias(annotation)
            if following is None:
                return True
            annotation = following
        return True

    def _is_open(self, annotation: ast.expr) -> bool:
        """Whether *annotation* takes any request."""
        if self._scope.value(annotation) in (Request, object):
            return True
        meaning = self._scope.meaning(annotation)
        is_ours = meaning is None and isinstance(annotation, ast.Name) and annotation.id == "Request"
        return is_ours or meaning in ("typing.Any", "typing_extensions.Any")

    # What a walk asks.

    def note(self, fault: Inline) -> None:
        """Keep *fault*, unless the same place has another one."""
        other = self._found.setdefault(fault.node, fault)
        if other is not None and (other.fault, other.definition) != (fault.fault, fault.definition):
            self._found[fault.node] = None

    def bound_in(self, function: Function) -> Mapping[str, list[ast.stmt | None]]:
        """Return what gives each name in *function* its value."""
        if function not in self._bound:
            self._bound[function] = bound_in(function)
        return self._bound[function]

    def combinator(self, function: ast.expr) -> str | None:
        """Return the name of the combinator that *function* is; None if it is none of ours."""
        return self._inference.combinator(function)

    def members(self, hint: Hint) -> tuple[Hint, ...]:
        """Return what *hint* is one of."""
        return self._compare.members(hint)

    def content(self, hint: Hint) -> Hint:
        """Return what *hint* says, seen through the names of aliases."""
        while isinstance(hint, Named):
            content = self._outline.definition(hint.number).output
            if isinstance(content, Fields):
                break
            hint = content
        return hint

    def fields(self, hint: Hint) -> Fields | None:
        """Return the members of the object that *hint* is."""
        content = self._outline.definition(hint.number).output if isinstance(hint, Named) else None
        return content if isinstance(content, Fields) else None

    def definition(self, hint: Named) -> Definition:
        """Return the definition that *hint* refers to."""
        return self._outline.definition(hint.number)

    def told_fault(self, parameter: ast.expr, hint: Hint) -> Fault | None:
        """Return what is wrong with *parameter* as the type of what is *hint*."""
        told = self._reader.output(parameter)
        if isinstance(told, InputOf):
            return "input" if hint == Named(told.number) else "other"
        return None if told is not None and self._compare.same(told, hint) else "other"

    def sight_of_name(self, expression: ast.expr) -> Sight:
        """Return how sure checkers are of a schema with a name outside of functions."""
        value = self._scope.value(expression)
        if isinstance(expression, ast.Name) and not self._scope.is_imported(expression.id):
            return "exact" if expression.id in self._outline.variables else "unknown"
        if not isinstance(value, Schema):
            return "unknown"
        is_known = value in self._homes or self._inference.parts(value).is_exact
        return "exact" if is_known else "unknown"

    def sight_of_call(self, call: ast.Call, hint: Hint) -> Sight:
        """Return how sure checkers are of what *call* makes, if it is none of our combinators."""
        if self._scope.meaning(call.func) is None and not isinstance(call.func, ast.Attribute):
            return "unknown"
        kind = self._scope.value(call.func)
        if isinstance(kind, type):
            is_silent = issubclass(kind, Schema) and has_parameter(kind)
            return "vague" if is_silent else "exact"
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        match self._scope.bindings(name):
            case [(ast.FunctionDef(returns=ast.expr() as returns))]:
                told = self._reader.schema(returns).hint
                is_right = not (told is None or isinstance(told, InputOf)) and self._compare.same(told, hint)
                return "exact" if is_right else "vague"
            case _:
                return "vague"

    def sight_of_constants(self, values: Iterable[ast.expr]) -> Sight:
        """Return how sure checkers are of an `enum` or a `literal` of *values*."""
        found: Sight = "exact"
        for value in values:
            if isinstance(self._scope.value(value), type) or is_none(value):
                continue
            if not (is_written(value) or self._is_final(value)):
                return "unknown"  # nor would they know of a variable
            found = "vague"
        return found

    def _is_final(self, value: ast.expr) -> bool:
        """Whether checkers remember what *value* is: a tuple of constants under the name of a ``Final``."""
        match self._scope.bindings(value.id) if isinstance(value, ast.Name) else ():
            case [ast.AnnAssign(annotation=annotation, value=ast.Tuple(elements))]:
                is_final = (self._scope.meaning(annotation) or "").endswith(".Final")
                return is_final and all(map(is_written, elements))
            case _:
                return False


class _Walk:
    """Goes through one expression: that of *what* the type is *root*."""

    def __init__(
        self,
        inlines: Inlines,
        what: str,
        statement: ast.stmt,
        around: tuple[Function, ...],
        root: Definition,
    ) -> None:
        self._inlines = inlines
        self._what = what
        self._statement = statement
        self._around = around
        self._root = root

    def judge(self, value: ast.expr, hint: Hint, is_asked: bool) -> None:
        """Note what is wrong with *value*, which is *hint*; a type need only be told if it *is_asked*."""
        value, statement = self._followed(value)
        self._statement = statement or self._statement
        sight = self._sight(value, hint) if is_asked and ANY not in self._inlines.members(hint) else "unknown"
        if sight == "vague":
            self._note("vague", value, self._root)
        self._walk(value, hint, sight == "exact")

    def judge_inside(self, value: ast.Call, hint: Hint) -> None:
        """Note what is wrong inside of *value*, and not with itself."""
        if self._inlines.combinator(value.func) == "object":
            self._walk_props(value, self._inlines.content(hint))
        else:
            self._walk(value, hint, False)

    def _walk(self, value: ast.expr, hint: Hint, is_asked: bool) -> None:
        if not isinstance(value, ast.Call):
            return
        hint = self._inlines.content(hint)
        name = self._inlines.combinator(value.func)
        match name, arguments_of(value), hint:
            case "object", _, _:
                self._walk_object(value, hint, is_asked)
            case "maybe" | "nullable", [inside, *_], _:
                self._walk_alternatives([inside], hint, is_asked)
            case "array_of", [inside, *_], ListOf(item):
                self._walk(inside, item, is_asked)
            case "record_of" | "map_of", [_, inside, *_], DictOf(_, entry):
                self._walk(inside, entry, is_asked)
            case "one_of" | "union", alternatives, _:
                is_told = is_asked and len(alternatives) <= MAX_ALTERNATIVES
                self._walk_alternatives(listed(alternatives), hint, is_told)
            case "discriminated_union", [_, *alternatives], _:
                is_told = is_asked and len(alternatives) <= MAX_ALTERNATIVES
                self._walk_alternatives(listed(alternatives), hint, is_told)
            case _:
                return

    def _walk_alternatives(self, alternatives: list[ast.expr], hint: Hint, is_asked: bool) -> None:
        """Go through each of *alternatives*, whose types are those in *hint*, where they are told apart."""
        members = [one for one in _members_of(hint, self._inlines) if one not in (NONE, MISSING_ITSELF)]
        if len(alternatives) == len(members) == 1:
            self._walk(alternatives[0], members[0], is_asked)
            return
        calls = [one for one in alternatives if self._made_by(one) == "object"]
        objects = [one for one in members if self._inlines.fields(one) is not None]
        for index, call in enumerate(calls):
            alike = [one for one in objects if self._has_fields(call, one)]
            if len(alike) == 1:
                self._walk(call, alike[0], is_asked)
            elif len(objects) == len(calls):
                self._walk(call, objects[index], is_asked)
        for inner in alternatives:
            name = self._made_by(inner)
            kind = ListOf if name == "array_of" else DictOf if name in _ENTRIES else None
            alike = [] if kind is None else [one for one in members if isinstance(one, kind)]
            if name in _SHARED:
                self._walk(inner, hint, is_asked)
            elif len(alike) == 1:
                self._walk(inner, alike[0], is_asked)

    def _made_by(self, value: ast.expr) -> str | None:
        return self._inlines.combinator(value.func) if isinstance(value, ast.Call) else None

    def _has_fields(self, call: ast.expr, hint: Hint) -> bool:
        fields = self._inlines.fields(hint)
        props = props_of(call)
        return fields is not None and props is not None and set(props) == {one.name for one in fields.fields}

    def _walk_object(self, call: ast.Call, hint: Hint, is_asked: bool) -> None:
        if isinstance(hint, Named):
            definition = self._inlines.definition(hint)
            if isinstance(call.func, ast.Subscript):
                fault = self._inlines.told_fault(call.func.slice, hint)
                if fault is not None:
                    self._note(fault, call.func.slice, definition)
            elif is_asked and not _is_dict(definition.output):
                self._note("missing", call.func, definition)
        self._walk_props(call, hint)

    def _walk_props(self, call: ast.Call, hint: Hint) -> None:
        fields = self._inlines.fields(hint)
        props = props_of(call) or {}
        for field in () if fields is None else fields.fields:
            if field.name in props:
                self._walk(props[field.name], field.hint, False)

    def _note(self, fault: Fault, node: ast.expr, definition: Definition) -> None:
        what = self._what if definition is self._root else f"an object in {self._what}"
        self._inlines.note(Inline(what, fault, self._statement, node, definition))

    def _sight(self, value: ast.expr, hint: Hint) -> Sight:
        """How sure checkers are of *value*, once each object in it tells its type."""
        match value:
            case ast.Name(id=name):
                is_local = any(name in self._inlines.bound_in(function) for function in self._around)
                return "unknown" if is_local else self._inlines.sight_of_name(value)
            case ast.Attribute():
                return self._inlines.sight_of_name(value)
            case ast.Call():
                return self._sight_of_call(value, hint)
            case _:
                return "vague"

    def _sight_of_call(self, call: ast.Call, hint: Hint) -> Sight:
        name = self._inlines.combinator(call.func)
        arguments = arguments_of(call)
        if name is None:
            return self._inlines.sight_of_call(call, hint)
        if name == "object" or name in _PLAIN:
            return "exact"
        if name in ("enum", "literal"):
            return self._inlines.sight_of_constants(listed(arguments))
        if name in _WRAPPERS and len(arguments) == 1:
            return self._sight(arguments[0], _unwrapped(self._inlines.content(hint)))
        if name in _ENTRIES and len(arguments) == 2:
            content = self._inlines.content(hint)
            hints = (content.key, content.value) if isinstance(content, DictOf) else (ANY, ANY)
            return _least(map(self._sight, arguments, hints))
        alternatives = arguments[1:] if name == "discriminated_union" else arguments
        if name in _UNIONS or name == "discriminated_union":
            is_list = len(alternatives) == 1 and alternatives != listed(alternatives)
            if is_list and len(self._inlines.members(hint)) > 1:
                return "vague"  # mypy knows what all of them are at most
            return _least(self._sight(one, hint) for one in listed(alternatives))
        return "unknown" if name == "never" else "vague"

    def _followed(self, value: ast.expr) -> tuple[ast.expr, ast.stmt | None]:
        """What the function around assigns to the name that *value* is, once, and where."""
        if not isinstance(value, ast.Name):
            return value, None
        for function in reversed(self._around):
            bound = self._inlines.bound_in(function)
            if value.id not in bound:
                continue
            match bound[value.id]:
                case [ast.Assign(targets=[ast.Name()], value=assigned) as statement]:
                    return assigned, statement
                case _:
                    return value, None
        return value, None


def _members_of(hint: Hint, inlines: Inlines) -> list[Hint]:
    """What *hint* is one of, through names of unions, in order."""
    hint = inlines.content(hint)
    if not isinstance(hint, Union):
        return [hint]
    return [inner for member in hint.members for inner in _members_of(member, inlines)]


def _unwrapped(hint: Hint) -> Hint:
    """What is in a list; else *hint* itself."""
    return hint.item if isinstance(hint, ListOf) else hint


def _is_dict(hint: Hint) -> bool:
    """Whether an object that says nothing is right: any dict comes out."""
    return isinstance(hint, Fields) and hint.is_open and not hint.fields


def _least(sights: Iterable[Sight]) -> Sight:
    found = set(sights)
    return "unknown" if "unknown" in found else "vague" if "vague" in found else "exact"
