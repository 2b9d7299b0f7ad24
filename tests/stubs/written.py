"""Modules of authors, written into files and imported."""

import ast
import importlib.util
import itertools
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import kbn_schema
from kbn_schema.stubs.author.annotate import annotated
from kbn_schema.stubs.author.drift import Finding, drift
from kbn_schema.stubs.outline import Outline, outline
from kbn_schema.stubs.source import Source

ROOT = Path(kbn_schema.__file__).parent.parent
# Of the tests, which are beside the package, unless that is installed: then mypy finds it by itself.
MYPYPATH = str(Path(__file__).parents[2])
NUMBERS = itertools.count()

# For each combinator, ways to write it down. `COLORS` and `Color` stand in `HEAD`.
EXPRESSIONS: Mapping[str, list[str]] = {
    "all_of": ["schema.all_of(point, schema.object({'z': schema.number()}))"],
    "any": ["schema.any()", "schema.nullable(schema.any())"],
    "array_of": [
        "schema.array_of(schema.date_time(), max_size=3, default=[])",
        "schema.array_of(item=schema.string())",
        "schema.array_of(schema.array_of(schema.nullable(schema.number())))",
        "schema.array_of(schema.object({'name': schema.string()}))",
        "schema.array_of(point)",
        "schema.array_of(made())",
    ],
    "boolean": ["schema.boolean(default=True)"],
    "buffer": ["schema.buffer()"],
    "byte_size": ["schema.byte_size(max='1kb')"],
    "conditional": ["schema.conditional(schema.context_ref('a'), 1, schema.string(), schema.integer())"],
    "context_ref": ["schema.string(default=schema.context_ref('a'))"],
    "date": ["schema.date()"],
    "date_time": ["schema.date_time()"],
    "discriminated_union": ["schema.discriminated_union('type', circle, square)"],
    "duration": ["schema.duration(default='5s')"],
    "email": ["schema.email()"],
    "enum": [
        "schema.enum(Color)",
        "schema.enum(['asc', 'desc'])",
        "schema.enum(('asc', 1, None))",
        "schema.enum(COLORS)",
        "schema.array_of(schema.enum(COLORS))",
        "schema.enum(FINAL)",
        "schema.array_of(schema.enum(Color))",
    ],
    "integer": ["schema.integer(min=1)"],
    "intersection": ["schema.intersection([point])"],
    "ip": ["schema.ip()"],
    "lazy": ["schema.lazy('point')", "schema.array_of(schema.lazy(lambda: point))", "schema.lazy(made)"],
    "literal": ["schema.literal('a')", "schema.literal(None)", "schema.literal(-1)", "schema.literal(1.5)"],
    "map_of": ["schema.map_of(schema.integer(), schema.byte_size())"],
    "maybe": ["schema.maybe(schema.uuid())", "schema.maybe(schema.object({}))"],
    "never": ["schema.never()", "schema.nullable(schema.never())"],
    "nullable": ["schema.nullable(schema.map_of(schema.ip(), schema.stream()))"],
    "number": ["schema.number()", "schema.nullable(schema.number(default=1))"],
    "object": [
        "schema.object({'type': schema.literal('a'), 'on': schema.date()})",
        "schema.object({}, unknowns='allow')",
        "point.extends({'z': schema.integer()})",
        "point.partial()",
        "schema.object({'sort': schema.enum(COLORS)})",
    ],
    "offering_based_schema": ["schema.offering_based_schema(serverless=schema.string())"],
    "one_of": [
        "schema.one_of(schema.string(), schema.integer())",
        "schema.one_of([schema.string(), schema.integer(), schema.array_of(schema.any())])",
        "schema.one_of([schema.string(), schema.uri()])",
    ],
    "record_of": ["schema.record_of(schema.string(), schema.array_of(schema.number()))"],
    "sibling_ref": ["schema.integer(default=schema.sibling_ref('a'))"],
    "stream": ["schema.stream()"],
    "string": ["schema.string(min_length=1)", "made()", "Even()", "schema.array_of(Even())"],
    "union": ["schema.union(schema.boolean(), schema.nullable(schema.duration()))"],
    "uri": ["schema.uri()"],
    "uuid": ["schema.uuid(title='id')"],
}
HEAD = """\
import enum
from typing import Any, Final

from kbn_schema import Schema, schema


class Color(enum.Enum):
    RED = "red"


class Even(Schema[int]):
    def check(self, value: object, run: Any) -> Any:
        return value


def made() -> Schema[Any]:
    return schema.string()


COLORS = ["red", "blue"]
FINAL: Final = ("red", "blue")
point = schema.object({"x": schema.number(), "y": schema.number()}, id="point")
circle = schema.object({"type": schema.literal("circle"), "r": schema.number()})
square = schema.object({"type": schema.literal("square"), "side": schema.byte_size()})
"""


def everything() -> str:
    """A module with all `EXPRESSIONS`, as ``each_0``, ``each_1`` ..."""
    lines = [text for texts in EXPRESSIONS.values() for text in texts]
    return HEAD + "".join(f"each_{number} = {text}\n" for number, text in enumerate(lines))


@contextmanager
def outlined(path: Path, content: str | bytes, name: str | None = None) -> Iterator[Outline]:
    """Write *content* to *path*, import it as *name*, and outline it."""
    data = content if isinstance(content, bytes) else content.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    name = name or path.stem
    before = {one: sys.modules.get(one) for one in (name, name.partition(".")[0])}
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(data, str(path), "exec")
        exec(code, vars(module))
        yield outline(module, Source.read(path))
    finally:
        for one, old in before.items():
            if old is None:
                sys.modules.pop(one, None)
            else:
                sys.modules[one] = old


def findings(folder: Path, content: str | bytes, name: str | None = None) -> list[Finding]:
    """What `drift` finds in a module with *content*."""
    with outlined(folder / f"author_{next(NUMBERS)}.py", content, name) as found:
        return drift(found)


def messages(folder: Path, content: str) -> list[str]:
    """The findings in *content*, each with its line."""
    return [f"{one.line}: {one.message}" for one in findings(folder, content, "routes")]


def annotations(folder: Path, content: str | bytes, name: str = "routes") -> bytes:
    """The file with *content*, annotated; what is left to find is found in both."""
    with outlined(folder / f"author_{next(NUMBERS)}.py", content, name) as found:
        return annotated(found)


def again(found: Outline, data: bytes) -> Outline:
    """The outline of the same module, with the text *data*."""
    return outline(found.module, Source(found.source.path, data, ast.parse(data)))


def check(folder: Path, *files: str) -> dict[str, str]:
    """What mypy and pyright, as strict as they are, say of *files*; nothing where all is well."""
    folder.joinpath("pyrightconfig.json").write_text(
        json.dumps({"typeCheckingMode": "strict", "extraPaths": [str(ROOT), MYPYPATH]})
    )
    environment = {**os.environ, "MYPYPATH": MYPYPATH}
    mypy = ["mypy", "--strict", "--follow-imports=silent", "--cache-dir=cache", *files]
    said: dict[str, str] = {}
    for name, command in {"mypy": mypy, "pyright": ["pyright", *files]}.items():
        run = subprocess.run(
            [sys.executable, "-m", *command], cwd=folder, env=environment, capture_output=True, text=True
        )
        said[name] = "" if run.returncode == 0 else run.stdout + run.stderr
    return {name: text for name, text in said.items() if text}
