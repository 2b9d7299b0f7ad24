"""The stub layout: ``schemas.pyi`` says what ``schemas.py`` has, and is refused where that has code."""

import ast
import os
import subprocess
import sys
import types

import pytest

from kbn_schema import SchemaDefinitionError
from kbn_schema.stubs.author.layouts import stub_path, stub_text
from kbn_schema.stubs.homes import MARK
from kbn_schema.stubs.python.types import types_text
from tests.stubs.written import EXPRESSIONS, MYPYPATH, check, outlined

SCHEMAS = """\
from __future__ import annotations

import enum as kinds
import datetime
import os.path
import re
from typing import TYPE_CHECKING, Any, Final
from collections.abc import Mapping

import kbn_schema as s
import tests.examples as more
from kbn_schema import Schema, schema
from kbn_schema.http import Router as R
from tests.examples import Color, TREE as tree

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["find_query", "Found"]
__all__ += ["LIMIT"]
LIMIT = 10
MAX: Final = "10mb"
SPAN: Final = (1, "a")
typed: Mapping[str, int | None] = {}
half: "Fraction | None" = None
names = ["a", "b", None]
nested = {"a": [1, 2.5], "b": []}
empty: dict[str, Any] = {}
pattern = re.compile("a+")
router = R()
since = datetime.date(1970, 1, 1)
Alias = Schema
join = os.path.join
even = lambda value: None if value % 2 == 0 else "must be even"
left, (right, *rest) = 1, ("b", 2, 3)
for number in [1, 2]:
    pass
if LIMIT > 5:
    chosen = schema.string()
else:
    chosen = schema.integer()
_private = schema.object({"at": schema.date_time()})
find_query = schema.object({"page": schema.integer(default=1), "private": _private})
Found = schema.array_of(find_query)
color = schema.enum(Color)
again = tree
shape = {"a": (1, "b"), "b": {1: bool, "c": re.compile(b"")}}
"""
USES = """\
from typing import assert_type

import schemas
from _schemas_types import FindQuery, Private
from schemas import LIMIT, MAX, Found, color, find_query, left, names, nested, schema
from schemas import R, kinds, tree
from tests.examples import TREE, Color

query = find_query.validate({})
assert_type(query, FindQuery)
assert_type(query["private"], Private)
assert_type(Found.validate([]), list[FindQuery])
find_query.extends({"more": schema.string()})
assert_type(color.validate("red"), Color)
assert_type(LIMIT, int)
assert_type(names, list[str | None])
assert_type(nested, dict[str, list[int | float]])
assert_type(left, int)
assert_type(schemas._private.validate({}), Private)  # pyright: ignore[reportPrivateUsage]
print(R, kinds.Enum, tree is TREE, MAX, query["page"] + 1)
"""


@pytest.fixture
def schemas(tmp_path):
    """A folder with a module of schemas, its types, and its stub."""

    def write(text):
        with outlined(tmp_path / "schemas.py", text) as found:
            tmp_path.joinpath("_schemas_types.py").write_text(types_text(found))
            stub_path(found.source.path).write_text(stub_text(found))
        return tmp_path

    return write


def stubtest(folder):
    """What mypy's stubtest says of the stub of ``schemas``."""
    environment = {
        **os.environ,
        "MYPYPATH": f"{folder}{os.pathsep}{MYPYPATH}",
        "PYTHONPATH": f"{folder}{os.pathsep}{MYPYPATH}",
    }
    command = [sys.executable, "-m", "mypy.stubtest", "schemas"]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return "" if run.returncode == 0 else run.stdout + run.stderr


def test_the_stub_agrees_with_the_module_and_types_its_importers(schemas):
    folder = schemas(SCHEMAS)
    folder.joinpath("uses.py").write_text(USES)

    assert "" == stubtest(folder)
    assert {} == check(folder, "schemas.pyi", "uses.py")


def test_a_typo_in_an_importer_is_found(schemas):
    folder = schemas(SCHEMAS)
    folder.joinpath("uses.py").write_text('import schemas\nprint(schemas.find_query.validate({})["pgae"])\n')

    said = check(folder, "uses.py")

    assert {"mypy", "pyright"} == set(said)
    assert all("pgae" in text for text in said.values())


def test_the_stub_declares_schemas_of_every_kind(schemas):
    lines = [
        text for texts in EXPRESSIONS.values() for text in texts if "made" not in text and "Even" not in text
    ]
    head = "from tests.examples import Color\nfrom kbn_schema import schema\n"
    head += "COLORS = ['a', 'b']\nFINAL = COLORS\n"
    head += 'point = schema.object({"x": schema.number()}, id="point")\n'
    head += 'circle = schema.object({"type": schema.literal("circle"), "r": schema.number()})\n'
    head += 'square = schema.object({"type": schema.literal("square"), "side": schema.byte_size()})\n'
    folder = schemas(head + "".join(f"each_{number} = {text}\n" for number, text in enumerate(lines)))

    assert "" == stubtest(folder)
    assert {} == check(folder, "schemas.pyi")


def test_imports_are_handed_on_but_for_what_only_checkers_import(schemas):
    head = "from typing import TYPE_CHECKING\nimport enum as kinds\nkinds_ = 1\n"
    head += "if TYPE_CHECKING:\n    from fractions import Fraction\n    from decimal import Decimal\n"
    folder = schemas(head + "half: 'Fraction | None' = None\n")
    text = folder.joinpath("schemas.pyi").read_text()

    assert "import enum as kinds__\nkinds = kinds__\n" in text
    assert "Fraction as Fraction" in text
    assert "Decimal" not in text


def test_a_schema_whose_class_cannot_be_imported_is_a_schema(schemas):
    text = "from kbn_schema import schema\nname = type('Local', (type(schema.string()),), {})()\n"

    assert "\nname: Schema[Name]\n" in schemas(text).joinpath("schemas.pyi").read_text()


def test_names_of_types_that_are_taken_are_no_clash(schemas):
    text = "from kbn_schema import schema\nFindQuery = schema.object({})\nAny = 1\nObjectSchema = lambda: 1\n"
    folder = schemas(text + "datetime = schema.date_time()\nx = object()\nstr = schema.string()\ny = ['a']\n")

    assert "" == stubtest(folder)
    assert {} == check(folder, "schemas.pyi")


def test_the_stub_is_marked_as_generated_and_python(schemas):
    text = schemas(SCHEMAS).joinpath("schemas.pyi").read_text()

    assert text.startswith(f"{MARK}do not edit, but run: kbn-schema stubs")
    assert text.isascii()
    ast.parse(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def make(): ...", "schemas.py has the function [make] in line 2"),
        ("async def make(): ...", "schemas.py has the function [make] in line 2"),
        ("class Color: ...", "schemas.py has the class [Color] in line 2"),
        ("if q:\n    pass\nelse:\n    def make(): ...", "schemas.py has the function [make] in line 5"),
        ("class A: ...\ndef b(): ...", "schemas.py has the class [A] in line 2"),
    ],
)
def test_a_module_with_code_is_refused(tmp_path, text, told):
    head = "from kbn_schema import schema; q = schema.string()\n"
    with (
        outlined(tmp_path / "schemas.py", head + text) as found,
        pytest.raises(SchemaDefinitionError) as raised,
    ):
        stub_text(found)

    assert str(raised.value) == (
        f"{told}: type checkers would not read the module any more, once there is a stub; "
        "keep schemas in a module of their own, or leave out --layout stub"
    )


# What is of another class, or in another module, under some versions of Python or some systems.
ELSEWHERE = """\
import array, io, itertools, pathlib, random, re, string, struct, sys, threading, types, uuid
from kbn_schema import schema
path = pathlib.Path("x")
pure = pathlib.PurePath("x")
parent = [path, pure]
path_class = type(path)
lock = threading.Lock()
again = threading.RLock()
event = threading.Event()
code = struct.Struct("i")
out = io.StringIO()
flags = sys.flags
numbers = array.array("i")
space = types.SimpleNamespace()
"""


def test_a_stub_is_the_same_under_each_version_of_python(schemas):
    text = schemas(ELSEWHERE).joinpath("schemas.pyi").read_text()

    assert (
        """\
path: Path
pure: PurePath
parent: list[Path | PurePath]
path_class: type[Path]
lock: Any
again: Any
event: Event
code: Struct
out: StringIO
flags: Any
numbers: Any
space: SimpleNamespace
"""
        in text
    )
    assert "from pathlib import Path, PurePath\n" in text
    assert "from struct import Struct\n" in text


@pytest.mark.parametrize("name", ["_models_x", "package_x._models"])
def test_classes_in_private_modules_of_the_author_stay_there(schemas, monkeypatch, name):
    module = types.ModuleType(name)
    exec(f"class Model: __module__ = {name!r}", vars(module))
    package = types.ModuleType("package_x")
    monkeypatch.setitem(sys.modules, "package_x", package)
    monkeypatch.setitem(sys.modules, name, module)
    text = f"import sys\nmodel = sys.modules[{name!r}].Model()\n"

    assert f"from {name} import Model\n" in schemas(text).joinpath("schemas.pyi").read_text()
    vars(package)["Model"] = vars(module)["Model"]
    public = "package_x" if "." in name else name
    assert f"from {public} import Model\n" in schemas(text).joinpath("schemas.pyi").read_text()
