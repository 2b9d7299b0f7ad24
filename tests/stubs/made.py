"""Modules of authors made in place, the modules with their types, and whether values fit these."""

import ast
import itertools
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import (
    Any,
    ForwardRef,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from kbn_schema import MISSING, Schema
from kbn_schema.stubs.outline import Outline, outline
from kbn_schema.stubs.python.types import types_text
from kbn_schema.stubs.source import Source

NUMBERS = itertools.count()
PLAIN = (str, int, float, bool, bytes)


def outline_of(names: Mapping[str, Any], *, is_json: bool = False, module: str = "made") -> Outline:
    """Return what there is to write for a *module* that assigns *names* in that order."""
    author = ModuleType(module)
    vars(author).update(names)
    data = "".join(f"{name} = ...\n" for name in names).encode()
    return outline(author, Source(Path(f"{module}.py"), data, ast.parse(data)), is_json=is_json)


def types_of(**names: Any) -> str:
    """Return the types of a module that assigns *names*."""
    return types_text(outline_of(names))


@contextmanager
def running(text: str, *, is_checked: bool = True) -> Iterator[Any]:
    """Run the module *text*; what is for checkers is imported too, if it *is_checked*.

    What it quotes as a whole is a `ForwardRef` then.
    """
    name = f"_kbn_schema_types_{next(NUMBERS)}"
    module = sys.modules[name] = ModuleType(name)
    try:
        exec(text.replace("\nif TYPE_CHECKING:", "\nif True:") if is_checked else text, vars(module))
        quoted = {
            alias: value
            for alias, value in vars(module).items()
            if isinstance(value, str) and alias[0] != "_"
        }
        vars(module).update({alias: ForwardRef(value) for alias, value in quoted.items()})
        yield module
    finally:
        del sys.modules[name]


def members(cls: Any) -> dict[str, tuple[Any, bool]]:
    """Return the types of the members of a TypedDict, and whether each is required."""
    found = get_type_hints(cls, include_extras=True)
    return {
        key: (get_args(hint)[0], False) if get_origin(hint) is NotRequired else (hint, True)
        for key, hint in found.items()
    }


def fits(value: Any, hint: Any, module: Any, open_types: frozenset[str] = frozenset()) -> bool:
    """Return whether *value* has the type *hint* of *module*; those of *open_types* may have other keys."""
    if isinstance(hint, ForwardRef):
        return fits(value, eval(hint.__forward_arg__, vars(module)), module, open_types)
    if hint is Any or is_typeddict(hint):
        return hint is Any or _fits_members(value, hint, module, open_types)
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(fits(value, one, module, open_types) for one in inside)
    if origin is Literal:
        return any(type(value) is type(one) and value == one for one in inside)
    if origin is list:
        return type(value) is list and all(fits(item, inside[0], module, open_types) for item in value)
    if origin is dict and type(value) is dict:
        entries = [pair for key, item in value.items() for pair in ((key, inside[0]), (item, inside[1]))]
        return all(fits(one, of, module, open_types) for one, of in entries)
    kind = NoneType if hint is None else float if hint is float else hint
    if kind in PLAIN:
        return type(value) in ((int, float) if kind is float else (kind,))
    return isinstance(kind, type) and isinstance(value, kind)


def _fits_members(value: Any, hint: Any, module: Any, open_types: frozenset[str]) -> bool:
    if type(value) is not dict:
        return False
    known = members(hint)
    return (
        all(key in value for key, (_, required) in known.items() if required)
        and (hint.__name__ in open_types or set(value) <= set(known))
        and all(fits(item, known[key][0], module, open_types) for key, item in value.items() if key in known)
    )


def is_as_sent(value: Any, output: Any) -> bool:
    """Return whether no plain scalar in *value* was made another, nor a text a list or dict, in *output*."""
    if type(value) is dict and type(output) is dict:
        return all(key in output and is_as_sent(item, output[key]) for key, item in value.items())
    if type(value) is list and type(output) is list:
        return all(map(is_as_sent, value, output))
    if type(output) in (*PLAIN, dict, list):
        return type(value) is type(output)
    return value is not MISSING and type(value) is not float  # 2.0 for 2


def schemas_named(schemas: list[Schema[Any]]) -> dict[str, Schema[Any]]:
    """Return *schemas* under the names ``example_0``, ``example_1`` ..."""
    return {f"example_{number}": schema for number, schema in enumerate(schemas)}


def statements(text: str) -> list[str]:
    """The top-level nodes of a module, by the names that they bind."""
    found: list[str] = []
    for node in ast.parse(text.encode()).body:
        match node:
            case ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                found.append(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="TypedDict"))):
                found.append(name)
            case ast.ImportFrom() | ast.Import() | ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case _:
                found.append(ast.dump(node))
    return found


def body_of(text: str) -> str:
    """What is below the imports."""
    return text.split("\n\n\n", 1)[1]
