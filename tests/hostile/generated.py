"""Read generated source: what in it is not ours; and random schemas whose texts are known by a mark."""

import ast
import random
import re
from typing import Any

from kbn_schema import Schema, SchemaDefinitionError
from kbn_schema.codegen.runtime import NAMES
from tests.fuzz.calls import Call, build, walk
from tests.fuzz.schemas import draw_schema

# Names that we gave: a word of ours, and a number where there may be several.
OURS = re.compile(r"[a-z]+(_[a-z]+)*(_[0-9]+)?|[A-Z]+(_[A-Z]+)*(_[0-9]+)?")
MARK = "zq"
KEPT_WORDS = frozenset(
    {"forbid", "ignore", "allow", "ipv4", "ipv6", "ipvfuture", "node", "tree", "one", "two", "a"}
)


def foreign(source: str) -> list[str]:
    """Return what *source* holds beside our names, and numbers, booleans and None."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and type(node.value) not in (int, bool, type(None)):
            found.append(repr(node.value))
        found += [name for name in _names(node) if name not in NAMES and not OURS.fullmatch(name)]
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Global, ast.ClassDef, ast.JoinedStr)):
            found.append(type(node).__name__)
    return found


def _names(node: ast.AST) -> list[str]:
    texts = [getattr(node, field, None) for field in ("id", "name", "arg", "attr", "asname", "module")]
    return [text for text in texts if isinstance(text, str) and text != "__sizeof__"]


def words(source: str) -> set[str]:
    """Return the words that the names in *source* begin with, without their numbers."""
    nodes = ast.walk(ast.parse(source))
    return {re.sub(r"_[0-9]+$", "", name) for node in nodes for name in _names(node)} - NAMES.keys()


def marked_schema(seed: str) -> Schema[Any] | None:
    """Return a random schema in which each text of the author's has `MARK` in it; None if it is refused."""
    part = draw_schema(random.Random(seed), room=12)
    for call in walk(part):
        if isinstance(call, Call):
            _mark(call)
    try:
        return build(part)  # type: ignore[no-any-return]
    except SchemaDefinitionError:
        return None


def _mark(call: Call) -> None:
    if call.name == "re.compile" or call.args is None:
        return
    call.args = [_marked(arg) for arg in call.args]
    kept = ("pattern", "scheme", "versions", "unknowns", "id")
    call.options = {
        name: (item if name in kept or call.name in QUANTITIES else _marked(item))
        for name, item in call.options.items()
    }


QUANTITIES = ("schema.byte_size", "schema.duration")


def _marked(part: Any) -> Any:
    if type(part) is str:
        return (
            part
            if part in KEPT_WORDS or part.startswith("tree")
            else ".".join(f"{MARK}{step}" for step in part.split("."))
        )
    if type(part) is dict:
        return {_marked(key): _marked(item) for key, item in part.items()}
    if type(part) is list:
        return [_marked(item) for item in part]
    return part
