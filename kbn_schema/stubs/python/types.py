"""This module writes the types of a module in Python: TypedDicts, and aliases for what is none.

What it writes can be imported without the modules of the author: those are imported for checkers only, and
annotations that need them, or what is defined further down, are quoted.
"""

import ast
import keyword
import re
from collections.abc import Iterable, Mapping
from typing import Final

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.rules import PartName
from kbn_schema.kinds.never import never
from kbn_schema.kinds.options import Side
from kbn_schema.stubs.definitions import Definition
from kbn_schema.stubs.hints import NEVER, Field, Fields, Hint
from kbn_schema.stubs.homes import MARK
from kbn_schema.stubs.outline import UNDECLARED, Outline
from kbn_schema.stubs.python.imports import Imports
from kbn_schema.stubs.python.spelling import Speller
from kbn_schema.stubs.text import comment, description, docstring, escaped, literal, unwrapped
from kbn_schema.wording import escape

INDENT: Final = "    "
# The order of the class parameters of `Request`.
REQUEST_PARTS: Final[tuple[PartName, ...]] = ("params", "query", "body", "headers")


def types_text(outline: Outline) -> str:
    """Return the text of the module with the types of *outline*: its definitions, then those of requests.

    Raises:
        SchemaDefinitionError: Two types would have one name.
    """
    requests = _requests(outline)
    is_needed = any(UNDECLARED in parts.values() for of_name in requests.values() for parts in of_name)
    _require_distinct(outline, requests, is_needed)
    writer = PythonWriter(outline, [*requests, *([UNDECLARED.name] if is_needed else [])])
    statements = writer.definitions()
    if is_needed:
        statements.append(writer.undeclared())
    statements.extend(writer.request(name, of_name) for name, of_name in requests.items())
    return module_text(f"kbn-schema stubs {outline.module.__name__}", writer.imports(), statements)


def module_text(command: str, imports: str, statements: Iterable[str]) -> str:
    """Return a generated module, which *command* makes.

    No formatter touches it: then it would not be what is generated anew.
    """
    head = f"{MARK}do not edit, but run: {escaped(command)}\n# ruff: noqa\n# fmt: off"
    imported = "\n\n".join(["from __future__ import annotations", *([imports] if imports else [])])
    body = _laid_out(statements)
    text = f"{head}\n\n{imported}\n" + (f"\n\n{body}\n" if body else "")
    ast.parse(text.encode())  # whatever it does not take is our mistake
    return text


class PythonWriter:
    """Writes the definitions of *outline*; *names* are those that are written beside them."""

    def __init__(self, outline: Outline, names: Iterable[str] = ()) -> None:
        self._outline = outline
        own = [name for definition in outline.definitions for name in definition.names]
        self._imports = Imports([*own, *names])
        self._described = {definition.schema for definition in outline.definitions}
        self._speller = Speller(outline, self._imports)
        for definition in outline.definitions:
            if definition.home is not None:
                for name in definition.names:
                    self._imports.hand_on(definition.home, name)

    def spell(self, hint: Hint, side: Side) -> str:
        """Return *hint* as an annotation, where those are not evaluated."""
        return self._speller.annotation(hint, side)

    def definitions(self) -> list[str]:
        """Return the statements of all definitions that are written here, in order."""
        statements: list[str] = []
        for definition in self._outline.definitions:
            if definition.home is None:
                statements.append(self._definition(definition, definition.name, definition.output, "output"))
            if definition.home is None and definition.differs:
                statements.append(
                    self._definition(definition, definition.input_name, definition.input, "input")
                )
        return statements

    def undeclared(self) -> str:
        """Return the statement of the type of parts that a route does not declare."""
        # With a key that nothing else has: else what is declared would fit, too.
        fields = Fields((Field("_", NEVER, False, never()),))
        return self._class(UNDECLARED.name, fields, "output", "A part that is not declared: it is empty.")

    def request(self, name: str, parts: Iterable[Mapping[PartName, Hint]]) -> str:
        """Return the statement of the type *name* of requests that have one of *parts*."""
        request = self.name("kbn_schema.http", "Request")
        spelled: dict[str, None] = {}
        is_there = True
        for hints in parts:
            listed = [hints[part] for part in REQUEST_PARTS]
            is_there = is_there and all(self._speller.is_there(hint, "output") for hint in listed)
            spelled[f"{request}[{', '.join(self.spell(hint, 'output') for hint in listed)}]"] = None
        text = self._speller.union(list(spelled))
        # There are only names in it, and nothing to escape.
        return self._alias(name, text if is_there else f'"{text}"', is_there)

    def name(self, module: str, name: str) -> str:
        """Return how what *module* calls *name* is written here, and import it."""
        return self._imports.name(module, name)

    def imports(self) -> str:
        """Return the imports of all that was written so far."""
        return self._imports.text()

    def _definition(self, definition: Definition, name: str, content: Hint, side: Side) -> str:
        described = unwrapped(definition.schema)
        is_elsewhere = described is not definition.schema and described in self._described
        told = "" if is_elsewhere else description(described)
        if isinstance(content, Fields) and content.is_open and content.fields:
            told = "\n\n".join([*([told] if told else []), "Other keys are allowed, too."])
        if not isinstance(content, Fields) or (content.is_open and not content.fields):
            text, is_there = self._speller.expression(content, side)
            return "\n".join([*(comment(told) if told else []), self._alias(name, text, is_there)])
        statement = self._class(name, content, side, told) if self._fits_class(content, side) else None
        return statement or self._call(name, content, side, told)

    def _alias(self, name: str, text: str, is_there: bool) -> str:
        if is_there:
            self._speller.define(name)
        return f"{name}: {self.name('typing', 'TypeAlias')} = {text}"

    def _fits_class(self, content: Fields, side: Side) -> bool:
        """Whether all names of fields may be written as such.

        In a class, ``__a`` is another name, and after ``date: date`` a ``date`` is no type any more.
        """
        names = {field.name for field in content.fields}
        if not all(map(_is_name, names)):
            return False
        spelled = " ".join(self._field(field, side) for field in content.fields)
        return names.isdisjoint(_NAMES.findall(_TEXTS.sub("", spelled)))

    def _class(self, name: str, content: Fields, side: Side, told: str) -> str:
        self._speller.define(name)
        lines = [f"class {name}({self.name('typing', 'TypedDict')}):"]
        if told:
            lines += [INDENT + docstring(told, INDENT), *([""] if content.fields else [])]
        for field in content.fields:
            lines.append(f"{INDENT}{field.name}: {self._field(field, side)}")
            said = self._said(field)
            if said:
                lines.append(INDENT + docstring(said, INDENT))
        return "\n".join(lines if len(lines) > 1 else [*lines, f"{INDENT}pass"])

    def _call(self, name: str, content: Fields, side: Side, told: str) -> str:
        lines = [*comment(told)] if told else []
        lines.append(f"{name} = {self.name('typing', 'TypedDict')}({literal(name)}, {{")
        for field in content.fields:
            said = self._said(field)
            text, _ = self._speller.expression(field.hint, side)
            spelled = text if field.required else f"{self.name('typing', 'NotRequired')}[{text}]"
            lines += comment(said, INDENT) if said else []
            # pyright wants keys to have a letter at least.
            leave = "" if field.name else "  # pyright: ignore[reportGeneralTypeIssues]"
            lines.append(f"{INDENT}{literal(field.name)}: {spelled},{leave}")
        self._speller.define(name)
        return "\n".join([*lines, "})"])

    def _said(self, field: Field) -> str:
        """What is said of *field*, and not already where its type is written."""
        return "" if unwrapped(field.schema) in self._described else description(field.schema)

    def _field(self, field: Field, side: Side) -> str:
        text = self.spell(field.hint, side)
        return text if field.required else f"{self.name('typing', 'NotRequired')}[{text}]"


def _is_name(text: str) -> bool:
    return (
        text.isascii() and text.isidentifier() and not keyword.iskeyword(text) and not text.startswith("__")
    )


def _laid_out(statements: Iterable[str]) -> str:
    """*statements*, with empty lines around what is longer than one."""
    parts: list[str] = []
    was_long = False
    for statement in statements:
        is_long = "\n" in statement
        if parts:
            parts.append("\n\n\n" if is_long or was_long else "\n")
        parts.append(statement)
        was_long = is_long
    return "".join(parts)


def _requests(outline: Outline) -> dict[str, list[Mapping[PartName, Hint]]]:
    """The parts of requests, by the name of their type."""
    found: dict[str, list[Mapping[PartName, Hint]]] = {}
    for route in outline.routes:
        found.setdefault(route.request, []).append(route.parts)
    return found


def _require_distinct(outline: Outline, requests: Iterable[str], is_undeclared_needed: bool) -> None:
    told = dict.fromkeys(requests, "of the requests of a handler")
    if is_undeclared_needed:
        told[UNDECLARED.name] = "of the parts that routes do not declare"
    for definition in outline.definitions:
        for name in definition.names:
            if name in told:
                raise SchemaDefinitionError(
                    escape(
                        f"two types would be called [{name}]: that {told[name]}, "
                        f"and that of [{definition.way}]; "
                        "give the schema another id, or another variable in the module"
                    )
                )


_TEXTS: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAMES: Final = re.compile(r"\w+")
