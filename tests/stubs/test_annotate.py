"""`annotated`: the author's file with its annotations, and not a byte changed beside them."""

import ast
import difflib
import sys
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbn_schema import Schema, SchemaDefinitionError
from kbn_schema.stubs.author.annotate import annotated
from kbn_schema.stubs.author.drift import drift
from kbn_schema.stubs.author.edits import Edits
from kbn_schema.stubs.python.types import types_text
from tests.stubs.written import EXPRESSIONS, again, annotations, check, everything, outlined

HEAD = "from kbn_schema import schema\n"
BLOCK = """\
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kbn_schema import Schema
    from _routes_types import Q

"""
Q = 'q = schema.object({"a": schema.any()})\n'
ANNOTATED = 'q: "Schema[Q]" = schema.object({"a": schema.any()})\n'


# What the author wrote, and what it becomes.
TABLE = {
    "a plain module": (HEAD + Q, HEAD + BLOCK + ANNOTATED),
    "no newline at the end": (HEAD + Q.rstrip(), HEAD + BLOCK + ANNOTATED.rstrip()),
    "an empty line behind the imports": (HEAD + "\n" + Q, HEAD + BLOCK + ANNOTATED),
    "a comment behind the import": (
        "from kbn_schema import schema  # ours\n" + Q,
        "from kbn_schema import schema  # ours\n" + BLOCK + ANNOTATED,
    ),
    "TYPE_CHECKING is imported": (
        "from typing import TYPE_CHECKING\n" + HEAD + Q,
        "from typing import TYPE_CHECKING\n" + HEAD + BLOCK.split("\n", 1)[1] + ANNOTATED,
    ),
    "typing is imported": (
        "import typing as t\n" + HEAD + Q,
        "import typing as t\n"
        + HEAD
        + BLOCK.split("\n", 1)[1].replace("TYPE_CHECKING", "t.TYPE_CHECKING")
        + ANNOTATED,
    ),
    "Schema is imported": (
        "from kbn_schema import Schema as S, schema\n" + Q,
        "from kbn_schema import Schema as S, schema\n"
        + BLOCK.replace("    from kbn_schema import Schema\n", "")
        + ANNOTATED.replace("Schema", "S", 1),
    ),
    "Schema comes with a star": (
        HEAD + "from kbn_schema import *\n" + Q,
        HEAD
        + "from kbn_schema import *\n"
        + BLOCK.replace("    from kbn_schema import Schema\n", "")
        + ANNOTATED,
    ),
    "the package is imported": (
        "import kbn_schema as s\nschema = s\n" + Q,
        "import kbn_schema as s\n"
        + BLOCK.replace("    from kbn_schema import Schema\n", "")
        + "schema = s\n"
        + ANNOTATED.replace("Schema", "s.Schema", 1),
    ),
    "a block is there": (
        HEAD + "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n\timport re  # why\n\n# text\n" + Q,
        HEAD
        + "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n\timport re  # why\n"
        + "\tfrom kbn_schema import Schema\n\tfrom _routes_types import Q\n\n# text\n"
        + ANNOTATED,
    ),
    "a block with another branch": (
        HEAD + "import typing\nif typing.TYPE_CHECKING:\n  Z = 1\nelse:\n  Z = 2\n" + Q,
        HEAD
        + "import typing\nif typing.TYPE_CHECKING:\n  Z = 1\n"
        + "  from kbn_schema import Schema\n  from _routes_types import Q\nelse:\n  Z = 2\n"
        + ANNOTATED,
    ),
    "a block at the end": (
        "from typing import TYPE_CHECKING\n" + HEAD + Q + "if TYPE_CHECKING:\n  import re\n",
        "from typing import TYPE_CHECKING\n"
        + HEAD
        + ANNOTATED
        + "if TYPE_CHECKING:\n  import re\n  from kbn_schema import Schema\n  from _routes_types import Q\n",
    ),
    "a block at the end that does not end": (
        "from typing import TYPE_CHECKING\n" + HEAD + Q + "if TYPE_CHECKING:\n  import re",
        "from typing import TYPE_CHECKING\n"
        + HEAD
        + ANNOTATED
        + "if TYPE_CHECKING:\n  import re\n  from kbn_schema import Schema\n  from _routes_types import Q",
    ),
    "a block in one line": (
        HEAD + "from typing import TYPE_CHECKING\nif TYPE_CHECKING: import re\n" + Q,
        HEAD
        + "from typing import TYPE_CHECKING\n"
        + BLOCK.split("\n", 1)[1]
        + "if TYPE_CHECKING: import re\n"
        + ANNOTATED,
    ),
    "a docstring and a future": (
        '"""Text."""\nfrom __future__ import annotations\nfrom kbn_schema import schema\n' + Q,
        '"""Text."""\nfrom __future__ import annotations\nfrom kbn_schema import schema\n'
        + BLOCK
        + ANNOTATED,
    ),
    "an import in two lines": (
        "from kbn_schema import (\n    schema,\n)\n" + Q,
        "from kbn_schema import (\n    schema,\n)\n" + BLOCK + ANNOTATED,
    ),
    "statements in one line": (
        HEAD.rstrip() + "; x = (\n1); " + Q + "y = 1",
        HEAD.rstrip() + "; x = (\n1); " + ANNOTATED + BLOCK + "y = 1",
    ),
    "statements in the only line": (
        HEAD.rstrip() + "; x = (\n1); " + Q.rstrip(),
        HEAD.rstrip() + "; x = (\n1); " + ANNOTATED + BLOCK.rstrip(),
    ),
    "an import in a branch": (
        "try:\n    from kbn_schema import schema\nfinally:\n    pass\n" + Q,
        BLOCK + "try:\n    from kbn_schema import schema\nfinally:\n    pass\n" + ANNOTATED,
    ),
    "semicolons": (
        HEAD + "a = 1; " + Q.rstrip() + "; b = 2\n",
        HEAD + BLOCK + "a = 1; " + ANNOTATED.rstrip() + "; b = 2\n",
    ),
    "characters of several bytes": (
        HEAD + "ä = 'é😀'; " + Q,
        HEAD + BLOCK + "ä = 'é😀'; " + ANNOTATED,
    ),
    "a line that goes on": (
        HEAD + "q \\\n  = \\\n  schema.object({'a': schema.any()})\n",
        HEAD + BLOCK + "q: \"Schema[Q]\" \\\n  = \\\n  schema.object({'a': schema.any()})\n",
    ),
    "no spaces": (
        HEAD + "q=schema.object({'a':schema.any()})#text",
        HEAD + BLOCK + "q: \"Schema[Q]\"=schema.object({'a':schema.any()})#text",
    ),
    "a form feed": (HEAD + "\x0c\n\x0c" + Q, HEAD + BLOCK.rstrip("\n") + "\n\x0c\n\x0c" + ANNOTATED),
    "a branch": (
        HEAD + "if schema:\n\tx = 1\n\t" + Q,
        (HEAD + BLOCK).replace("    ", "\t") + "if schema:\n\tx = 1\n\t" + ANNOTATED,
    ),
    "another annotation": (
        HEAD + "from kbn_schema import Schema\n" + Q.replace("q", "q  :  Schema"),
        HEAD
        + "from kbn_schema import Schema\n"
        + BLOCK.replace("    from kbn_schema import Schema\n", "")
        + Q.replace("q", 'q  :  "Schema[Q]"'),
    ),
    "a quoted one in lines": (
        HEAD + Q.replace("q", 'q: """Schema[\n  Nothing\n]"""'),
        HEAD + BLOCK + ANNOTATED,
    ),
    "Final": (
        "from typing import Final\n" + HEAD + Q.replace("q", "q: Final"),
        "from typing import Final\n" + HEAD + BLOCK + Q.replace("q", 'q: Final["Schema[Q]"]'),
    ),
    "Final of another": (
        "from typing import Final\nfrom kbn_schema import Schema, schema\n"
        + Q.replace("q", "q: Final[Schema]"),
        "from typing import Final\nfrom kbn_schema import Schema, schema\n"
        + BLOCK.replace("    from kbn_schema import Schema\n", "")
        + Q.replace("q", 'q: Final["Schema[Q]"]'),
    ),
    "its own methods": (
        HEAD + Q + "p = q.extends({})\n",
        HEAD
        + BLOCK.replace("    from kbn_schema import Schema\n", "    from kbn_schema import Schema\n").replace(
            "import Q", "import P, Q"
        )
        + ANNOTATED.replace("Schema", "schema.object", 1)
        + 'p: "Schema[P]" = q.extends({})\n',
    ),
    "its methods in a function": (
        HEAD + Q + "def use():\n  return schema.all_of([q])\n",
        HEAD
        + BLOCK.replace("    from kbn_schema import Schema\n", "").replace("    ", "  ")
        + ANNOTATED.replace("Schema", "schema.object", 1)
        + "def use():\n  return schema.all_of([q])\n",
    ),
    "taken names": (
        HEAD + "class Schema: ...\nclass Q: ...\n" + Q,
        HEAD
        + BLOCK.replace("Schema", "Schema as Schema_").replace("import Q", "import Q as Q_")
        + "class Schema: ...\nclass Q: ...\n"
        + ANNOTATED.replace("Schema[Q]", "Schema_[Q_]"),
    ),
    "the class that is called": (
        HEAD + "q = schema.object['Z']({'a': schema.any()})\n",
        HEAD
        + BLOCK.replace("    from kbn_schema import Schema\n", "")
        + "q = schema.object[\"Q\"]({'a': schema.any()})\n",
    ),
    "a cast": (
        "from typing import cast\n" + HEAD + "q = cast('Schema[Z]', schema.object({'a': schema.any()}))\n",
        "from typing import cast\n"
        + HEAD
        + BLOCK
        + "q = cast(\"Schema[Q]\", schema.object({'a': schema.any()}))\n",
    ),
    "everything is there": (HEAD + BLOCK + ANNOTATED, HEAD + BLOCK + ANNOTATED),
    "no schema": ("x = 1", "x = 1"),
    "nothing": ("", ""),
}
ENDS = ["\n", "\r\n", "\r"]


@pytest.mark.parametrize("story", TABLE)
@pytest.mark.parametrize("end", ENDS, ids=repr)
def test_annotations_are_written_and_nothing_else_is_touched(tmp_path, story, end):
    before, after = TABLE[story]

    assert after.replace("\n", end).encode() == annotations(tmp_path, before.replace("\n", end).encode())


@pytest.mark.parametrize("story", TABLE)
def test_once_is_enough(tmp_path, story):
    with outlined(tmp_path / "author.py", TABLE[story][0], "routes") as found:
        once = again(found, annotated(found))
        assert [] == drift(once)
        assert once.source.data == annotated(once)


@pytest.mark.parametrize(
    ("encoding", "cookie"),
    [("latin-1", "latin-1"), ("cp1252", "cp1252"), ("shift_jis", "shift_jis"), ("utf-8-sig", "utf-8")],
)
def test_the_encoding_of_the_file_is_kept(tmp_path, encoding, cookie):
    text = f"# coding: {cookie}\nfrom kbn_schema import schema\nx = '§'; " + Q + "# §"
    head, tail = (
        f"# coding: {cookie}\n".encode(encoding),
        "x = '§'; ".encode(encoding).removeprefix(b"\xef\xbb\xbf"),
    )

    new = annotations(tmp_path, text.encode(encoding))

    assert new.startswith(head + HEAD.encode())
    assert new.endswith(tail + ANNOTATED.encode() + "# §".encode(encoding).removeprefix(b"\xef\xbb\xbf"))


def test_an_encoding_that_writes_a_text_in_several_ways_is_refused(tmp_path):
    text = ("# coding: utf-7\n" + HEAD + Q).encode() + b"# +AGE-\n"

    with pytest.raises(SchemaDefinitionError, match="a file in the encoding utf-7 cannot be changed"):
        annotations(tmp_path, text)


def test_what_the_encoding_of_the_file_has_no_letters_for_is_refused(tmp_path):
    text = ("# coding: latin-1\n" + HEAD + Q).encode("latin-1")

    with pytest.raises(
        SchemaDefinitionError, match="the encoding iso-8859-1 has no letters for what is to be"
    ):
        annotations(tmp_path, text, "\u0434\u0430")


def test_what_cannot_be_annotated_stays_and_is_still_found(tmp_path):
    text = HEAD + (
        "a, b = schema.object({'a': schema.any()}), 1\n"
        "c = d = schema.object({'c': schema.any()})\n"
        "(e) = schema.object({'e': schema.any()})\n"
        "f = schema.object({'f': schema.any()})\nf = f\n"
        "for g in [1]: pass\ng = schema.object({'g': schema.any()})\n"
        "if (h := 1): h = schema.object({'h': schema.any()})\n"
    )
    with outlined(tmp_path / "author.py", text, "routes") as found:
        assert text.encode() == annotated(found)
        assert ["a", "c", "d", "e", "f", "g", "h"] == [one.name for one in drift(found)]


@pytest.mark.parametrize(
    "text", [": (", ": int; ", "; ", "", ": 'Schema[Other]'", ANNOTATED.removeprefix("q").rstrip() + "; r"]
)
def test_an_edit_that_would_say_more_is_refused(tmp_path, monkeypatch, text):
    monkeypatch.setattr(
        Edits, "append", lambda self, node, _: self._changes.append((self.end(node),) * 2 + (text,))
    )

    with pytest.raises(SchemaDefinitionError, match=r"cannot annotate author_\d+.py without changing more"):
        annotations(tmp_path, HEAD + Q)


def test_a_continued_line_before_the_imports_is_no_trap(tmp_path):
    new = annotations(tmp_path, "from kbn_schema import schema; \\\n" + Q).decode()

    assert new.endswith("Q\n\n" + ANNOTATED)


@pytest.mark.parametrize(
    ("name", "imports", "written"),
    [
        ("routes", "", "from _routes_types import Q"),
        ("app.routes", "", "from ._routes_types import Q"),
        ("app.routes", "import app.other\n", "from ._routes_types import Q"),
        ("app.routes", "from app.other import x\n", "from app._routes_types import Q"),
        ("app.routes", "from app.other import x\nfrom . import other\n", "from ._routes_types import Q"),
        ("app.api.routes", "from app.other import x\n", "from app.api._routes_types import Q"),
    ],
)
def test_types_are_imported_as_the_author_imports(tmp_path, monkeypatch, name, imports, written):
    for package in ("app", "app.api", "app.other"):
        module = types.ModuleType(package)
        module.__path__ = []
        module.__file__ = "__init__.py"
        monkeypatch.setitem(sys.modules, package, module)
    sys.modules["app.other"].x = 1
    sys.modules["app"].other = sys.modules["app.other"]

    new = annotations(tmp_path, imports + HEAD + Q, name).decode()

    assert f"    {written}\n" in new


def test_types_in_a_folder_without_init_are_imported_by_their_full_name(tmp_path, monkeypatch):
    package = types.ModuleType("app")
    package.__path__ = []
    monkeypatch.setitem(sys.modules, "app", package)

    assert b"    from app._routes_types import Q\n" in annotations(tmp_path, HEAD + Q, "app.routes")
    relative = "from . import other\n" + HEAD + Q
    package.other = package
    assert b"    from ._routes_types import Q\n" in annotations(tmp_path, relative, "app.routes")


def test_a_package_imports_from_inside_of_itself(tmp_path):
    data = (HEAD + Q).encode()
    with outlined(tmp_path / "app" / "__init__.py", data, "app") as found:
        found.module.__path__ = [str(tmp_path)]
        assert b"    from ._app_types import Q\n" in annotated(found)


def test_many_names_are_imported_in_lines(tmp_path):
    text = HEAD + "".join(Q.replace("q", f"a_rather_long_name_{number}", 1) for number in range(9))

    new = annotations(tmp_path, text).decode()

    assert "    from _routes_types import (\n        ARatherLongName0,\n" in new
    assert "        ARatherLongName8,\n    )\n\na_rather" in new


@given(
    st.lists(st.sampled_from([text for texts in EXPRESSIONS.values() for text in texts]), max_size=4),
    st.data(),
)
@settings(max_examples=40, deadline=None)
def test_the_tree_is_the_same_but_for_annotations_and_imports(tmp_path_factory, expressions, data):
    head = everything().partition("each_0")[0]
    joint = data.draw(st.sampled_from(["\n", " ; ", "\n\n# text\n", "  # text\n", "\n\x0c\n"]))
    lines = joint.join(f"v{number} = {text}" for number, text in enumerate(expressions))
    text = head + (lines if "#" in joint else lines + data.draw(st.sampled_from(["", "\n", "  # end"])))
    with outlined(tmp_path_factory.mktemp("author") / "author.py", text, "routes") as found:
        new = annotated(found)
        removed = [
            line for line in difflib.ndiff(text.splitlines(), new.decode().splitlines()) if line[0] == "-"
        ]
        assert ast.dump(ast.parse(text)) == plain(new)
        assert all(" = " in line for line in removed)
        assert [] == drift(again(found, new))


def plain(data):
    """The tree of *data* without annotations of schemas, and without what was imported for them."""
    tree = ast.parse(data)
    body = []
    for statement in tree.body:
        if isinstance(statement, ast.If) and isinstance(statement.test, ast.Name):
            continue
        if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "TYPE_CHECKING":
            continue
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.annotation, ast.Constant):
            statement = ast.Assign([statement.target], statement.value)
        body.append(statement)
    return ast.dump(ast.Module(body, tree.type_ignores))


def test_the_module_does_what_it_did(tmp_path):
    text = everything()
    with outlined(tmp_path / "author.py", text) as before:
        new = annotated(before)
        with outlined(tmp_path / "author.py", new) as after:
            old = {name: repr(one) for name, one in vars(before.module).items() if isinstance(one, Schema)}
            assert old == {
                name: repr(one) for name, one in vars(after.module).items() if isinstance(one, Schema)
            }


def test_checkers_take_what_was_annotated(tmp_path):
    with outlined(tmp_path / "author.py", everything()) as found:
        new = annotated(found)
        tmp_path.joinpath("_author_types.py").write_text(types_text(found))
    tmp_path.joinpath("author.py").write_bytes(new)
    tmp_path.joinpath("uses.py").write_text(USES)

    assert b'point: "schema.object[Point]" = ' in new
    assert {} == check(tmp_path, "author.py", "uses.py")


USES = """\
from typing import assert_type

import author
from _author_types import Circle, Point

assert_type(author.point.validate({}), Point)
assert_type(author.circle.validate({}), Circle)
author.point.extends({})
"""


HANDLERS = """\
from kbn_schema import schema
from kbn_schema.http import Router
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kbn_schema import Schema
    from _routes_types import FindQuery

find_query: "Schema[FindQuery]" = schema.object({"page": schema.integer()})
router = Router()
@router.get("/a", validate={"query": find_query})
def find(context, request: "FindRequest", response): ...
@router.put("/a", validate={"body": schema.object({"a": schema.any()})})
def put(context, request: "PutRequest | None", response): ...
@router.delete("/a", validate={})
def delete(context, request: "Unknown", response): ...
"""


def test_the_types_that_handlers_name_are_imported_in_the_line_that_is_there(tmp_path):
    wanted = HANDLERS.replace(
        "import FindQuery", "import FindQuery, FindRequest, PutBody, PutRequest"
    ).replace('schema.object({"a"', 'schema.object["PutBody"]({"a"')

    assert wanted == annotations(tmp_path, HANDLERS.encode()).decode()
    assert wanted == annotations(tmp_path, wanted.encode()).decode()


def test_the_types_that_handlers_name_are_imported_where_nothing_else_is(tmp_path):
    text = "from kbn_schema.http import Router\nrouter = Router()\n"
    text += "@router.get('/a', validate={})\ndef find(context, request: 'FindRequest', response): ...\n"
    block = (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from _routes_types import FindRequest\n\n"
    )

    assert text.replace("router =", f"{block}router =") == annotations(tmp_path, text.encode()).decode()


@pytest.mark.parametrize(("there", "becomes"), {
    "from _routes_types import Zeta": "from _routes_types import FindRequest, PutBody, PutRequest, Zeta",
    "from _routes_types import (\n        Zeta,\n    )":
        "from _routes_types import FindRequest, PutBody, PutRequest, Zeta",
    "from _routes_types import FindQuery as Q, PutBody":
        "from _routes_types import FindQuery as Q, FindRequest, PutBody, PutRequest",
    "from _routes_types import LongEnough, ThatTheLine, BecomesTooLong":
        "from _routes_types import (\n        BecomesTooLong,\n        FindRequest,\n        LongEnough,\n"
        "        PutBody,\n        PutRequest,\n        ThatTheLine,\n    )",
    "from _routes_types import Zeta  # why":
        "from _routes_types import Zeta  # why\n"
        "    from _routes_types import FindRequest, PutBody, PutRequest",
    "from _routes_types import (  # why\n        Zeta,\n    )":
        "from _routes_types import (  # why\n        Zeta,\n    )\n"
        "    from _routes_types import FindRequest, PutBody, PutRequest",
    "from legacy._routes_types import Zeta":
        "from legacy._routes_types import Zeta\n"
        "    from _routes_types import FindRequest, PutBody, PutRequest",
    "from _routes_types import *":
        "from _routes_types import *\n    from _routes_types import FindRequest, PutBody, PutRequest",
    "import re; from _routes_types import Zeta":
        "import re; from _routes_types import FindRequest, PutBody, PutRequest, Zeta",
}.items())  # fmt: skip
def test_an_import_of_types_is_extended(tmp_path, there, becomes):
    line = "from _routes_types import FindQuery"
    head = HANDLERS.replace(
        'find_query: "Schema[FindQuery]" = schema.object({"page": schema.integer()})\n', ""
    )
    head = head.replace('{"query": find_query}', "{}")

    text = annotations(tmp_path, head.replace(line, there).encode()).decode()

    assert head.replace(line, becomes).replace('object({"a"', 'object["PutBody"]({"a"') == text
    assert text == annotations(tmp_path, text.encode()).decode()


@pytest.mark.parametrize("first", ["from __future__ import annotations", '"""What it is."""'])
def test_where_imports_cannot_come_first_nothing_is_written(tmp_path, first):
    text = f"{first}; from kbn_schema import schema; q = schema.object({{}})\n"

    with pytest.raises(SchemaDefinitionError, match="annotate it by hand"):
        annotations(tmp_path, text)
