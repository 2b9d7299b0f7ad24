"""This module writes the annotations that are missing or wrong into the author's module.

They are quoted, so they are never evaluated, and what they speak of is imported for checkers only: the module
runs as before. A schema whose own methods the module uses, such as `extends`, is annotated with its kind, for
`Schema` has none of them. An object without a variable is told its type where it is made, as in
``schema.object["FindQuery"]({...})``.
"""

import ast
import copy
import warnings
from collections.abc import Sequence

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.stubs.author.audit import Audit, Verdict
from kbn_schema.stubs.author.edits import Edits
from kbn_schema.stubs.author.late_imports import LateImports
from kbn_schema.stubs.author.wanted import Import
from kbn_schema.stubs.homes import types_module
from kbn_schema.stubs.outline import Outline
from kbn_schema.stubs.source import Source, parsed


def annotated(outline: Outline) -> bytes:
    """Return the file of the author's module, with the annotations that `drift` asks for.

    Types of requests that handlers name in quotes are imported, too.
    All that was there stays as it is, to the byte. Where an annotation cannot be written, because several
    names are assigned at once or one in several places, `drift` goes on to tell what to do.

    Raises:
        SchemaDefinitionError: The file cannot be changed without changing more.
    """
    audit = Audit(outline)
    mends = [(one, one.target) for one in audit.verdicts() if one.mend is not None and one.target is not None]
    verdicts = [verdict for verdict, _ in mends]
    requests = audit.handlers.unbound()
    if not verdicts and not requests:
        return outline.source.data
    edits = Edits(outline.source.data)
    expected = parsed(outline.source.data)
    place = _Place(expected, outline.source.tree)
    for verdict, target in mends:
        _write(verdict, target, edits, place)
    types = types_module(outline.module)
    imports = dict.fromkeys(one for verdict in verdicts for one in _imports(verdict))
    imports.update(dict.fromkeys(Import(types, name, name) for name in requests))
    if imports:
        uses = [*(verdict.statement for verdict in verdicts), *requests.values()]
        first = min(uses, key=lambda statement: statement.lineno)
        LateImports(outline, audit.scope, edits, expected).write(list(imports), first)
    data = edits.result()
    _require_same(data, expected, outline.source)
    return data


class _Place:
    """The nodes of a *tree*, by those of another one of the same text."""

    def __init__(self, tree: ast.Module, other: ast.Module) -> None:
        self._nodes = {id(node): twin for node, twin in zip(ast.walk(other), ast.walk(tree), strict=True)}

    def become(self, node: ast.AST, other: ast.AST) -> None:
        """Let the twin of *node* be like *other*."""
        found: ast.AST = self._nodes[id(node)]
        found.__class__ = type(other)
        found.__dict__.clear()
        found.__dict__.update(other.__dict__)


def _imports(verdict: Verdict) -> Sequence[Import]:
    imported = verdict.wanted.type_import
    if verdict.mend in ("call", "parameter"):
        return () if imported is None else (imported,)
    return verdict.wanted.imports


def _write(verdict: Verdict, target: ast.expr, edits: Edits, place: _Place) -> None:
    """Write one annotation into *edits*, and into the copy of the tree that it should give."""
    is_parameter = verdict.mend in ("call", "parameter")
    text = verdict.wanted.type if is_parameter else verdict.wanted.text
    quoted = ast.Constant(text)
    match verdict.mend, verdict.statement:
        case "insert", ast.Assign(targets=[ast.Name() as name], value=value):
            edits.append(target, f': "{text}"')
            place.become(verdict.statement, ast.AnnAssign(name, quoted, value, 1))
        case (("append" | "call"), _):
            edits.append(target, f'["{text}"]')
            place.become(target, ast.Subscript(copy.copy(target), quoted, ast.Load()))
        case _:
            edits.replace(target, f'"{text}"')
            place.become(target, quoted)


def _require_same(data: bytes, expected: ast.Module, source: Source) -> None:
    """Raise `SchemaDefinitionError` unless *data* says what is *expected*, and can be run as *source* can."""
    try:
        tree = parsed(data)
        is_same = _is_same(tree, expected) and ast.get_docstring(tree) == ast.get_docstring(source.tree)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # those were told when the module was imported
            compile(data, source.path.name, "exec", dont_inherit=True)  # imports of the future come first
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        is_same = False
    if not is_same:
        raise SchemaDefinitionError(
            f"cannot annotate {source.path.name} without changing more than that; annotate it by hand"
        )


def _is_same(tree: ast.AST, other: ast.AST) -> bool:
    """Whether two trees are the same, positions apart."""
    waiting: list[tuple[object, object]] = [(tree, other)]
    while waiting:
        one, two = waiting.pop()
        if type(one) is not type(two):
            return False
        if isinstance(one, ast.AST):
            waiting.extend((getattr(one, name, None), getattr(two, name, None)) for name in one._fields)
        elif isinstance(one, list) and isinstance(two, list):
            if len(one) != len(two):
                return False
            waiting.extend(zip(one, two, strict=True))
        elif one != two:
            return False
    return True
