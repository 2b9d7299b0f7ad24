"""`import kbn_schema` stays cheap, and after `compile` nothing is imported: promises without a clock."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import kbn_schema
from kbn_schema import schema
from tests.processes import unmeasured

ROOT = Path(kbn_schema.__file__).parents[1]

# What `import kbn_schema` may load of the standard library beside what attrs and typing_extensions
# load. Not among it: json, datetime, uuid, difflib, fractions, decimal, dataclasses, logging, urllib...
NEEDED = {"array", "math"}
# Of the kinds there is only what all share; `schema` imports the others when they are named.
SHARED = {"base", "compiling", "definition", "json_input", "options", "verdict"}
CLASSES = ["kbn_schema.kinds.base.Schema", "kbn_schema.problems.Issue", "kbn_schema.references.Reference"]

LOADED = """
import json, sys
import attrs, typing_extensions
before = set(sys.modules)
exec(sys.argv[1])
print(json.dumps(sorted(set(sys.modules) - before)))
"""

COUNTED = """
import json, re, sys
import attrs, typing_extensions
classes, patterns = [], []
sys.addaudithook(lambda event, args: event == "compile" and str(args[1]).startswith("<attrs ")
                 and classes.append(str(args[1])))
compile_pattern = re.compile
re.compile = lambda *args: patterns.append(str(args[0])) or compile_pattern(*args)
import kbn_schema
print(json.dumps([classes, patterns]))
"""

LATE = """
import json, sys
from tests.examples import EXAMPLES
from tests.near_miss import near_misses

cases = [(row, [*row.values, *(near for value, _ in row.accepted for near in near_misses(value))])
         for row in EXAMPLES]
for row in EXAMPLES:
    row.schema.compile()

events = []
watched = {"import", "compile", "exec", "open"}

def note(event, args):
    if event in watched:
        events.append([event, repr(args[:2])])

def use(row, value):
    for strip in (False, True):
        try:
            row.schema.validate(value, row.context, "place", strip_unknown_keys=strip)
        except ValueError as error:
            str(error), error.path, error.issues, error.to_dict(), repr(error)
    row.schema.is_valid(value, row.context)
    row.schema.issues_of(value, row.context)

def use_json(row, text):
    try:
        row.schema.validate_json(text, row.context)
    except ValueError as error:
        str(error), error.issues

sys.addaudithook(note)
for row, values in cases:
    for value in values:
        use(row, value)
    use(row, {"\\x00": "\\u0000 \\u202e", "name": "b\\u00fccher.example"})
    for text in ("", "1", "1e999", "9" * 5000, "{", '{"a": 1, "a": 2}', '["\\\\ud800"]', "[" * 300, b"\\xff"):
        use_json(row, text)
watched.clear()
print(json.dumps(events))
"""


def answer(program, *arguments):
    """What *program* prints, as JSON, in a process of its own that finds the package where we found it."""
    path = f"import sys; sys.path[:0] = {[str(ROOT), *sys.path]!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", path + program, *arguments], capture_output=True, cwd=ROOT, env=unmeasured()
    )

    assert (0, b"") == (done.returncode, done.stderr[-2000:])
    return json.loads(done.stdout)


def test_little_is_loaded_with_the_package():
    loaded = set(answer(LOADED, "import kbn_schema"))

    assert {name for name in loaded if not name.startswith("kbn_schema")} <= NEEDED
    assert {f"kbn_schema.kinds.{name}" for name in SHARED} == {
        name for name in loaded if name.startswith("kbn_schema.kinds.")
    }
    assert not [name for name in loaded if name.startswith(("kbn_schema.codegen", "kbn_schema.http"))]


def test_little_is_made_with_the_package():
    """A class of attrs costs as much as four modules, a pattern as much as one."""
    classes, patterns = answer(COUNTED)

    assert CLASSES == sorted(name.split()[-1].strip(">") for name in classes)
    assert [] == patterns


def test_a_kind_brings_only_what_it_needs():
    loaded = answer(LOADED, "from kbn_schema.schema import integer")

    assert {"base", "bounds", "compiling", "definition", "integer", "json_input", "options", "verdict"} == {
        name.removeprefix("kbn_schema.kinds.") for name in loaded if name.startswith("kbn_schema.kinds.")
    }


def test_all_is_imported_and_compiled_once_a_schema_is():
    assert [] == answer(LATE)


def test_checkers_and_python_see_the_same_combinators():
    """`schema.py` says twice where each combinator is: as imports for checkers, and as data."""
    tree = ast.parse(Path(schema.__file__).read_text())
    imported = {
        alias.asname or alias.name: (node.module.removeprefix("kbn_schema."), alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.startswith("kbn_schema.")
        for alias in node.names
    }
    imported |= {"union": imported["one_of"], "intersection": imported["all_of"]}

    assert imported == schema._PLACES
    assert sorted(schema.__all__) == sorted(imported) == dir(schema)


def test_each_combinator_is_an_attribute_of_the_package():
    assert [getattr(schema, name) for name in schema.__all__] == [
        getattr(kbn_schema, name) for name in schema.__all__
    ]
    assert set(schema.__all__) <= set(dir(kbn_schema))


def test_a_star_brings_all_names():
    names = answer(
        "import json\nfrom kbn_schema import *\nprint(json.dumps([name for name in dir() if name[0] != '_']))"
    )

    assert {*kbn_schema.__all__} <= {*names}
    assert {*schema.__all__, "MISSING", "Schema", "ValidationError"} <= {*names}


def test_a_misspelled_name_is_an_error_that_helps():
    program = "import json, kbn_schema\nprint(json.dumps(None))\nkbn_schema.{}"
    for name in ("strng", "schema.strng"):
        done = subprocess.run(
            [sys.executable, "-c", program.format(name)], capture_output=True, cwd=ROOT, text=True
        )

        assert "has no attribute 'strng'. Did you mean: 'string'?" in done.stderr
    assert not hasattr(kbn_schema, "strng")
