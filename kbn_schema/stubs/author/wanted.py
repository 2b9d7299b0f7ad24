"""This module says which annotation belongs to a variable, in words that the author's module has for it."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from kbn_schema.json_schema import Presence
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.maybe import MaybeSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.references import Reference
from kbn_schema.stubs.author.annotations import Reader, has_parameter
from kbn_schema.stubs.author.inference import Inference
from kbn_schema.stubs.author.scope import Scope, value_of
from kbn_schema.stubs.definitions import Definition
from kbn_schema.stubs.hints import Named
from kbn_schema.stubs.homes import types_module
from kbn_schema.stubs.outline import Outline

# The names of what is annotated with; the shortest that is imported already is taken, else the first.
_SCHEMA: Final = ("kbn_schema.Schema", "kbn_schema.kinds.base.Schema")
_OBJECT: Final = ("kbn_schema.kinds.object.ObjectSchema", "kbn_schema.object", "kbn_schema.schema.object")
_MAYBE: Final = ("kbn_schema.kinds.maybe.MaybeSchema",)
_MISSING: Final = ("kbn_schema.missing.Missing",)
# What takes objects, and not just schemas.
_JOINS: Final = frozenset({"all_of", "intersection"})
_ATTRIBUTE: Final = re.compile(r"\.[\s\\]*(\w+)")
# What each schema has.
_OF_ALL: Final = frozenset({*dir(Schema), *(field.name for field in attrs.fields(Schema)), "validate"})


@attrs.frozen
class Import:
    """A name that is imported from a *module*, perhaps under another *alias*."""

    module: str
    name: str
    alias: str

    @property
    def spelled(self) -> str:
        """What stands in the statement."""
        return self.name if self.name == self.alias else f"{self.name} as {self.alias}"


@attrs.frozen
class Wanted:
    """An annotation, and what has to be imported for it."""

    kind: str
    type: str
    kind_import: Import | None
    type_import: Import | None
    missing: str | None = None
    """How ``Missing`` is written, if that may come out, too."""
    missing_import: Import | None = None

    @property
    def text(self) -> str:
        """The annotation, without quotes."""
        return f"{self.kind}[{self.type if self.missing is None else f'{self.type} | {self.missing}'}]"

    @property
    def imports(self) -> tuple[Import, ...]:
        """What has to be imported for it."""
        found = (self.kind_import, self.type_import, self.missing_import)
        return tuple(one for one in found if one is not None)


class Wishes:
    """What the annotations of the module of *outline* should be."""

    def __init__(self, outline: Outline, scope: Scope, reader: Reader, inference: Inference) -> None:
        self._outline = outline
        self._scope = scope
        self._reader = reader
        self._inference = inference
        self._types = types_module(outline.module)
        self._names = set(scope.names)
        self._own: dict[str, str] | None = None
        self._made: dict[tuple[str, str], Import] = {}
        self._found: dict[int, str] | None = None
        self._used: dict[str, set[str]] | None = None

    def annotation(self, name: str, definition: Definition) -> Wanted:
        """Return the annotation of the variable *name*."""
        schema: Schema[Any] = vars(self._outline.module)[name]  # `definition` may be of what is in a `maybe`
        kind, kind_import = self._kind(name, schema)
        wanted = attrs.evolve(self.parameter(definition), kind=kind, kind_import=kind_import)
        if isinstance(schema, MaybeSchema) or not may_be_missing(schema):
            return wanted
        missing, missing_import = self._first(_MISSING)
        return attrs.evolve(wanted, missing=missing, missing_import=missing_import)

    def parameter(self, definition: Definition) -> Wanted:
        """Return the type of *definition*, alone: the parameter of a class that is called."""
        known = self._known_types().get(definition.number)
        if known is not None:
            return Wanted("", known, None, None)
        imported = self._imported(definition.home or self._types, definition.name)
        return Wanted("", imported.alias, None, imported)

    def _kind(self, name: str, schema: Schema[Any]) -> tuple[str, Import | None]:
        kind = type(schema)
        if kind is MaybeSchema:
            # As `Schema[Opt | Missing]`, mypy and pyright refuse what has constants or lists in it.
            return self._first(_MAYBE)
        if not (self._is_used_as_kind(name, schema) and has_parameter(kind)):
            return self._first(_SCHEMA)
        return self._first(_OBJECT if kind is ObjectSchema else (f"{kind.__module__}.{kind.__name__}",))

    def _first(self, places: Sequence[str]) -> tuple[str, Import | None]:
        spelled = [found for place in places if (found := self._scope.spell(place)) is not None]
        if spelled:
            return min(spelled, key=len), None
        module, _, name = places[0].rpartition(".")
        if self._scope.value(ast.Name(name, ast.Load())) is value_of(places[0]) is not None:
            return name, None  # the author's own class, or one that came with a `from ... import *`
        imported = self._imported(module, name)
        return imported.alias, imported

    def _imported(self, module: str, name: str) -> Import:
        made = self._made.get((module, name))
        if made is None:
            alias = name
            while alias in self._names:
                alias += "_"
            self._names.add(alias)
            made = self._made[module, name] = Import(module, name, alias)
        return made

    def _known_types(self) -> dict[int, str]:
        """How the module writes the generated types that it imports already."""
        if self._found is None:
            self._found = {}
            stem = self._types.rpartition(".")[2]
            for name, meaning in self._scope.imported().items():
                if meaning.rpartition(".")[2] == stem:
                    texts = [f"{name}.{one.name}" for one in self._outline.definitions]
                elif f".{stem}." in f".{meaning}":
                    texts = [name]
                else:
                    continue
                for text in texts:
                    hint = self._reader.output(ast.parse(text, mode="eval").body)
                    if isinstance(hint, Named):
                        self._found.setdefault(hint.number, text)
        return self._found

    def _is_used_as_kind(self, name: str, schema: Schema[Any]) -> bool:
        """Whether the module asks the variable *name* for what only its kind has."""
        own = (one for one in self._uses().get(name, ()) if one not in _OF_ALL)
        return any(one in dir(schema) for one in own)

    def _uses(self) -> dict[str, set[str]]:
        """The attributes that are taken from each variable; `extends`, where `all_of` takes it."""
        if self._used is None:
            self._used = {}
            for node in ast.walk(self._outline.source.tree) if self._may_be_used() else ():
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    self._note(node.value, node.attr)
                elif isinstance(node, ast.Call) and self._joins_objects(node.func):
                    for one in _spread(node.args):
                        self._note(one, "extends")
        return self._used

    def _may_be_used(self) -> bool:
        """Whether the text of the module has a name that only some kinds have: to ask its tree takes long."""
        kinds = {type(one.schema): one.schema for one in self._outline.variables.values()}
        names = {name for schema in kinds.values() for name in dir(schema) if name not in _OF_ALL}
        text = self._outline.source.data.decode("utf-8", "replace")
        return not names.isdisjoint(_ATTRIBUTE.findall(text)) or any(one in text for one in _JOINS)

    def _joins_objects(self, function: ast.expr) -> bool:
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name not in _JOINS and not isinstance(function, ast.Name):
            return False
        return self._inference.combinator(function) in _JOINS

    def _note(self, node: ast.expr, attribute: str) -> None:
        if isinstance(node, ast.Name) and node.id in self._outline.variables and self._used is not None:
            self._used.setdefault(node.id, set()).add(attribute)


def may_be_missing(schema: Schema[Any]) -> bool:
    """Return whether `MISSING` may come out of *schema*; what a default refers to is taken to be there."""
    return not isinstance(schema.default, Reference) and Presence(False).may_be_absent(schema)


def _spread(arguments: Iterable[ast.expr]) -> Iterator[ast.expr]:
    """*arguments*, and what is in those that are lists."""
    for argument in arguments:
        yield from argument.elts if isinstance(argument, (ast.List, ast.Tuple)) else [argument]
