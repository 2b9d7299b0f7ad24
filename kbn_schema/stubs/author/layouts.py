"""This module writes the other layout: ``schemas.pyi``, for a module that holds schemas and nothing else.

Checkers read it instead of ``schemas.py``, which needs no annotations then. They would read no function in
there any more, so a module with functions or classes is refused. The types stand in ``_schemas_types.py``, as
in the first layout: what is only in a stub cannot be imported when a program runs.
"""

import array
import ast
import pathlib
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.kinds.base import Schema
from kbn_schema.stubs.author.annotations import unquoted
from kbn_schema.stubs.author.scope import Scope
from kbn_schema.stubs.definitions import Definition
from kbn_schema.stubs.hints import ClassOf
from kbn_schema.stubs.homes import types_module
from kbn_schema.stubs.outline import Outline
from kbn_schema.stubs.python.imports import Imports
from kbn_schema.stubs.python.types import module_text
from kbn_schema.stubs.source import Source, statements
from kbn_schema.stubs.text import literal
from kbn_schema.stubs.writer import class_of
from kbn_schema.wording import escape


def stub_path(source: Path) -> Path:
    """Return the stub of the module in the file *source*: ``schemas.pyi`` beside ``schemas.py``."""
    return source.with_suffix(".pyi")


def stub_text(outline: Outline) -> str:
    """Return the stub of the module of *outline*: every name that others may import from it.

    Raises:
        SchemaDefinitionError: The module has a function or a class.
    """
    code = code_in(outline.source)
    if code is not None:
        raise SchemaDefinitionError(
            f"{code}: type checkers would not read the module any more, once there is a stub; "
            "keep schemas in a module of their own, or leave out --layout stub"
        )
    writer = _StubWriter(outline)
    lines = writer.lines()
    command = f"kbn-schema stubs --layout stub {outline.module.__name__}"
    return module_text(command, writer.imports.text(), lines)


def code_in(source: Source) -> str | None:
    """Return which function or class the module in *source* has, and where; None if it has none."""
    for statement in statements(source.tree.body):
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            word = "class" if isinstance(statement, ast.ClassDef) else "function"
            name = escape(f"{source.path.name} has the {word} [{statement.name}]")
            return f"{name} in line {statement.lineno}"
    return None


class _StubWriter:
    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._scope = Scope(outline.module, outline.source)
        self._values = vars(outline.module)
        self._types = types_module(outline.module)
        self.imports = Imports(self._scope.bound)

    def lines(self) -> list[str]:
        """The imports, which others may import from here, then all that is assigned."""
        body = list(statements(self._outline.source.tree.body))
        variables = [
            self._variable(name, statement)
            for name, statement in self._assigned(body)
            if not self._scope.is_imported(name)
        ]
        used = frozenset(_NAME.findall("\n".join(variables)))
        imports = [line for statement in body for line in self._import(statement, used)]
        return [*dict.fromkeys(imports), *variables]

    def _assigned(self, body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
        """The names that the module has in the end, each with the statement that first gives it a value."""
        told: set[str] = set()
        for statement in body:
            for name in self._scope.bound_by(statement):
                if name in self._values and name not in told:
                    told.add(name)
                    yield name, statement

    def _import(self, statement: ast.stmt, used: frozenset[str]) -> Iterator[str]:
        """The lines for an import; what only checkers import is left out, unless it is *used* here."""
        if isinstance(statement, ast.ImportFrom) and statement.module != "__future__":
            start = f"from {'.' * statement.level}{statement.module or ''} import "
        elif isinstance(statement, ast.Import):
            start = "import "
        else:
            return
        for alias in statement.names:
            name = alias.asname or alias.name
            if name == "*" or "." in name:
                yield f"{start}{name}"
            elif name in self._values and name != alias.name:
                yield from self._renamed(f"{start}{alias.name}", name)
            elif name in self._values or name in used:
                yield f"{start}{alias.name} as {name}"

    def _renamed(self, start: str, name: str) -> Iterator[str]:
        """The lines for an import under another *name*, which checkers do not hand on by itself."""
        inner = f"{name}_"
        while inner in self._scope.bound:
            inner += "_"
        yield f"{start} as {inner}"
        yield f"{name} = {inner}"

    def _variable(self, name: str, statement: ast.stmt) -> str:
        value = self._values[name]
        if name == "__all__":
            return f"__all__ = [{', '.join(literal(one) for one in value)}]"
        definition = self._outline.variables.get(name)
        if definition is not None:
            return f"{name}: {self._schema(definition, value)}"
        match statement:
            case ast.AnnAssign(annotation=annotation, value=given):
                return f"{name}: {self._annotation(annotation, given, value)}"
            case ast.Assign(targets=[ast.Name()], value=(ast.Name() | ast.Attribute()) as other):
                if callable(value) or isinstance(value, ModuleType):
                    return f"{name} = {ast.unparse(other)}"
            case _:
                pass
        return f"{name}: {self._type(value)}"

    def _schema(self, definition: Definition, schema: Schema[Any]) -> str:
        """The kind of a schema, which has more methods than `Schema`."""
        kind = class_of(type(schema))
        parameters = getattr(type(schema), "__parameters__", ())
        if isinstance(kind, ClassOf) and not parameters:
            return self.imports.name(kind.module, kind.name)
        if not (isinstance(kind, ClassOf) and len(parameters) == 1):
            kind = ClassOf("kbn_schema", "Schema")
        output = self.imports.name(definition.home or self._types, definition.name)
        return f"{self.imports.name(kind.module, kind.name)}[{output}]"

    def _annotation(self, annotation: ast.expr, given: ast.expr | None, value: Any) -> str:
        """What the author says; of a bare ``Final``, which leaves it to inference, what the value is."""
        annotation = unquoted(annotation) or annotation
        text = ast.unparse(annotation)
        if not (self._scope.meaning(annotation) or "").endswith(".Final"):
            return text
        if isinstance(given, ast.Constant) and isinstance(given.value, (str, int, bytes)):
            return f"{text} = {ast.unparse(given)}"
        return f"{text}[{self._type(value)}]"

    def _type(self, *values: Any) -> str:
        """The type of *values* that are no schemas, as exactly as it can be said."""
        alike: dict[type, list[Any]] = {}
        for value in values:
            alike.setdefault(type(value), []).append(value)
        types = {text for kind, of_kind in alike.items() for text in self._types_of(kind, of_kind)}
        return " | ".join(sorted(types, key=_none_last)) or self._any()

    def _types_of(self, kind: type, values: list[Any]) -> Iterable[str]:
        """The types of *values* whose class is *kind*."""
        if kind in (list, set, frozenset):
            return [f"{self._word(kind)}[{self._type(*chain.from_iterable(values))}]"]
        if kind is dict:
            inside = [one for value in values for one in value.values()]
            return [f"{self._word(kind)}[{self._type(*chain.from_iterable(values))}, {self._type(*inside)}]"]
        if kind is type(None):
            return ["None"]
        return [self._word(kind)] if kind in _PLAIN else [self._type_of(kind, value) for value in values]

    def _type_of(self, kind: type, value: Any) -> str:
        if kind is tuple:
            return f"{self._word(kind)}[{', '.join(map(self._type, value)) or '()'}]"
        if kind is re.Pattern:
            return f"{self.imports.name('re', 'Pattern')}[{self._word(type(value.pattern))}]"
        if isinstance(value, type):
            return f"{self._word(type)}[{self._instance(value)}]"
        if callable(value) and not isinstance(class_of(kind), ClassOf):
            return f"{self.imports.name('collections.abc', 'Callable')}[..., {self._any()}]"
        return self._instance(kind)

    def _instance(self, kind: type) -> str:
        if kind in _PLAIN:
            return self._word(kind)
        kind = _SYSTEMS.get(kind, kind)
        hint = class_of(kind)
        # A class with parameters says nothing without them; an array has one from Python 3.12 on.
        if not isinstance(hint, ClassOf) or hasattr(kind, "__class_getitem__") or kind is array.array:
            return self._any()
        module = _public(hint, kind)
        return self._any() if module is None else self.imports.name(module, hint.name)

    def _word(self, kind: type) -> str:
        """The name of a builtin class, which the module may have given to a schema."""
        name = kind.__name__
        return self.imports.name("builtins", name) if name in self._scope.bound else name

    def _any(self) -> str:
        return self.imports.name("typing", "Any")


def _public(hint: ClassOf, kind: type) -> str | None:
    """The module to import the class *kind* from: a public one, if there is one.

    In private modules of the standard library nothing stays where it is; there, None is returned.
    """
    names = hint.module.split(".")
    private = next((at for at, name in enumerate(names) if name.startswith("_")), None)
    if private is None:
        return hint.module
    packages = [".".join(names[:at]) for at in range(private, 0, -1)]
    for name in (*packages, names[0].lstrip("_")):
        if name in sys.modules and vars(sys.modules[name]).get(hint.name) is kind:
            return name
    return None if names[0] in sys.stdlib_module_names else hint.module


# What each system has a class of its own for.
_SYSTEMS: Final[dict[type, type]] = {
    pathlib.PosixPath: pathlib.Path,
    pathlib.WindowsPath: pathlib.Path,
    pathlib.PurePosixPath: pathlib.PurePath,
    pathlib.PureWindowsPath: pathlib.PurePath,
}
_NAME: Final = re.compile(r"\w+")
_PLAIN: Final = (bool, int, float, complex, str, bytes)


def _none_last(text: str) -> tuple[bool, str]:
    return text == "None", text
