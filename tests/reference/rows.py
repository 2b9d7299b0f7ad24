"""This module reads the source of tests/examples.py, to show each example as it is written there."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import attrs

from kbn_schema.kinds.options import OtherOptions
from kbn_schema.problems import locate
from tests import examples
from tests.examples import EXAMPLES, Example
from tests.reference.markdown import code

_FILE: Final = Path(examples.__file__)
# Options that say nothing about a combinator of its own.
COMMON: Final = {*OtherOptions.__annotations__, "default", "unknowns"}

_BRACKETS: Final = re.compile(r"\[[^\[\]]*\]")
_HIDDEN: Final = "[...]"


@attrs.frozen
class Row:
    """An example, and the text of its schema, of its values and of its context."""

    example: Example
    schema: str
    accepted: tuple[tuple[str, str], ...]
    refused: tuple[str, ...]
    context: str | None

    @property
    def texts(self) -> tuple[str, ...]:
        """All that a table shows of it."""
        return (self.schema, *(text for pair in self.accepted for text in pair), *self.refused)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Lines of a table: values that fare alike, and how; the first has the schema."""
        told = "" if self.context is None else f" with the context {code(self.context)}"
        return [(f"**{code(self.schema)}**{told}", ""), *self._accepted(), *self._refused()]

    def _accepted(self) -> list[tuple[str, str]]:
        outputs: dict[str, list[str]] = {}
        for value, output in self.accepted:
            outputs.setdefault("" if value == output else output, []).append(value)
        return [
            (_listed(values), code(output) if output else "as it is") for output, values in outputs.items()
        ]

    def _refused(self) -> list[tuple[str, str]]:
        """Values that are refused alike share a line, in which what differs is left out."""
        alike: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        for value, text in zip(self.example.refused, self.refused, strict=True):
            first = self.example.schema.issues_of(value, self.example.context)[0]
            key = (first.code, locate(first.path, None), _BRACKETS.sub("[]", first.message))
            alike.setdefault(key, []).append((text, first.message))
        return [
            (
                _listed([text for text, _ in found]),
                f"`{name}`: {code(where + _common([message for _, message in found]))}",
            )
            for (name, where, _), found in alike.items()
        ]


def _listed(texts: list[str]) -> str:
    return ", ".join(map(code, dict.fromkeys(texts)))


def _common(messages: list[str]) -> str:
    """Messages that differ in brackets only, as one."""
    if len(set(messages)) == 1:
        return messages[0]
    brackets = [_BRACKETS.findall(message) for message in messages]
    shown = iter([found[0] if len({*found}) == 1 else _HIDDEN for found in zip(*brackets, strict=True)])
    return _BRACKETS.sub(lambda _: next(shown), messages[0])


@cache
def rows() -> tuple[Row, ...]:
    """All examples."""
    tree = ast.parse(_source())
    (made,) = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and _names(node) == ["EXAMPLES"]
    ]
    assert isinstance(made, ast.List)
    return tuple(_row(one, node) for one, node in zip(EXAMPLES, made.elts, strict=True))


def rows_of(names: tuple[str, ...]) -> list[Row]:
    """The examples of a combinator that has these *names*."""
    return [row for row in rows() if row.example.name in names]


def main_row(names: tuple[str, ...]) -> Row:
    """The example of a combinator that shows most of its options; one that begins with it, if any does."""
    found = rows_of(names)
    direct = [row for row in found if row.schema.startswith(tuple(f"schema.{name}(" for name in names))]
    return max(direct or found, key=lambda row: _own_options(row.schema))


def definitions() -> str:
    """The part of tests/examples.py that gives what the rows name, as a program."""
    tree = ast.parse(_source())
    defined = {name: node for node in tree.body for name in _names(node)}
    shown = {name for row in rows() for text in row.texts for name in _used(ast.parse(text))}
    wanted: dict[str, None] = {}
    waiting = sorted(shown)
    while waiting:
        name = waiting.pop()
        if name in defined and name not in wanted:
            wanted[name] = None
            waiting.extend(_used(defined[name]))
    nodes = [node for node in tree.body if wanted.keys() & _names(node)]
    used = shown.union(*map(_used, nodes))
    imports = [_import(node, used) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    text = "\n".join([*filter(None, imports), "", *map(_paragraph, nodes)])
    return re.sub(r"\n{3,}", "\n\n", text)


def _used(node: ast.AST) -> set[str]:
    """The names that are read in a statement."""
    return {inside.id for inside in ast.walk(node) if isinstance(inside, ast.Name)}


def _paragraph(node: ast.stmt) -> str:
    is_long = isinstance(node, ast.FunctionDef | ast.ClassDef)
    segment = ast.get_source_segment(_source(), node) or ""
    return f"\n{segment}\n" if is_long else segment


def _import(node: ast.Import | ast.ImportFrom, used: set[str]) -> str:
    kept = [alias for alias in node.names if (alias.asname or alias.name) in used]
    if not kept:
        return ""
    return ast.unparse(type(node)(**{**vars(node), "names": kept}))


def _names(node: ast.stmt) -> list[str]:
    """What a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _row(one: Example, node: ast.expr) -> Row:
    assert isinstance(node, ast.Call)
    _, schema, accepted, refused = node.args
    context = next((option.value for option in node.keywords if option.arg == "context"), None)
    pairs = tuple(_pairs(accepted))
    assert len(pairs) == len(one.accepted), f"cannot read the pairs of [{_text(schema)}]"
    assert isinstance(refused, ast.List)
    return Row(
        one,
        _text(schema),
        pairs,
        tuple(map(_text, refused.elts)),
        None if context is None else _text(context),
    )


def _pairs(node: ast.expr) -> list[tuple[str, str]]:
    """The pairs of value and output that an expression spells."""
    match node:
        case ast.List(elements):
            return [pair for element in elements for pair in _pairs(element)]
        case ast.Starred(inside):
            return _pairs(inside)
        case ast.Call(ast.Name("same"), values):
            return [(_text(value), _text(value)) for value in values]
        case ast.Tuple([value, output]):
            return [(_text(value), _text(output))]
        case ast.BinOp(ast.Tuple([value]), ast.Mult(), ast.Constant(2)):
            return [(_text(value), _text(value))]
    raise ValueError(f"expected (value, output) or same(...) but got [{_text(node)}]")


def _text(node: ast.AST) -> str:
    """The source of an expression, on one line."""
    segment = ast.get_source_segment(_source(), node) or ""
    closed = re.sub(r",?\s*\n\s*(?=[)\]}])", "", re.sub(r"(?<=[(\[{])\s*\n\s*", "", segment))
    return re.sub(r"\s*\n\s*", " ", closed)


@cache
def _source() -> str:
    return _FILE.read_text(encoding="utf-8")


def _own_options(schema: str) -> int:
    """How many options a call has, of those that are not common to all kinds."""
    call = ast.parse(schema, mode="eval").body
    assert isinstance(call, ast.Call | ast.Name)
    options = [option.arg for option in call.keywords] if isinstance(call, ast.Call) else []
    return len([name for name in options if name not in COMMON])
