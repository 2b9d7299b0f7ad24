"""mypy and pyright, as strict as they are, take all that is generated, and find what is wrong beside it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kbn_schema import schema as s
from kbn_schema.http import Router
from kbn_schema.stubs.python.types import types_text
from tests import examples
from tests.examples import EXAMPLES, Color
from tests.stubs.hostile import hostile_schemas
from tests.stubs.made import outline_of, schemas_named, types_of
from tests.stubs.test_imports import WORDS, everything
from tests.stubs.written import MYPYPATH, ROOT

HERE = Path(__file__).parent


def app() -> dict[str, Any]:
    """What `uses` takes for an application's module."""
    circle = s.object({"type": s.literal("circle"), "radius": s.number()})
    square = s.object({"type": s.literal("square"), "side": s.byte_size()})
    tree = s.object({"name": s.string(), "children": s.array_of(s.lazy("tree"), default=[])}, id="tree")
    forest: Any = s.one_of(tree, s.array_of(s.lazy(lambda: forest)))
    query = s.object(
        {
            "page": s.integer(default=1),
            "order": s.nullable(s.enum(["asc", "desc"])),
            "color": s.enum(Color),
            "wait": s.maybe(s.duration()),
            "x-id": s.string(),
        }
    )
    router = Router()
    router.get("/search", validate={"query": query})(search)
    names = {"shape": s.discriminated_union("type", circle, square), "tree": tree, "forest": forest}
    return {**names, "query": query, "found": s.array_of(tree), "router": router}


def search(context: Any, request: Any, response: Any) -> Any: ...


def importing(folder: Path, names: dict[str, Any]) -> str:
    """The types of a module that imports what `app` has; it only answers with some of them."""
    module, router = ModuleType("app"), Router()
    folder.joinpath("app.py").write_text("".join(f"{name} = ...\n" for name in names), "utf-8")
    vars(module).update(names, __file__=str(folder / "app.py"))
    validate: Any = {"request": {}, "response": {200: {"body": names["query"]}}}
    router.get("/other", validate=validate)(search)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "app", module)
        text = types_of(trees=s.array_of(names["tree"]), router=router)
    assert "from _app_types import Query as Query, QueryInput as QueryInput, Tree as Tree" in text
    return text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    names = app()
    texts = {
        "app": types_text(outline_of(names)),
        "examples": types_of(**schemas_named([example.schema for example in EXAMPLES])),
        "hostile": types_of(**hostile_schemas()),
        **{f"words_{number}": types_of(**everything(name)) for number, name in enumerate(WORDS)},
    }
    for name, text in texts.items():
        folder.joinpath(f"_{name}_types.py").write_text(text.replace(examples.__name__, "author"), "utf-8")
    folder.joinpath("_other_types.py").write_text(importing(folder, names), "utf-8")
    author = "import enum\n\nclass Color(enum.Enum):\n    RED = 'red'\n    BLUE = 2\n"
    folder.joinpath("author.py").write_text(author, "utf-8")
    folder.joinpath("uses.py").write_bytes(HERE.joinpath("uses.py").read_bytes())
    return folder


def test_mypy_takes_all_that_is_generated(folder):
    options = ["--strict", "--follow-imports=silent", "--warn-unused-ignores", "--cache-dir=cache", "."]
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *options],
        cwd=folder, env={**os.environ, "MYPYPATH": MYPYPATH}, capture_output=True, text=True,
    )  # fmt: skip

    assert "" == run.stderr
    assert run.stdout.startswith("Success: no issues found"), run.stdout


def test_pyright_takes_all_that_is_generated(folder):
    config = {
        "typeCheckingMode": "strict",
        "extraPaths": [str(ROOT)],
        "reportUnnecessaryTypeIgnoreComment": True,
        "enableTypeIgnoreComments": False,
        "reportUnusedExpression": False,
    }
    folder.joinpath("pyrightconfig.json").write_text(json.dumps(config))
    run = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip

    assert 0 == run.returncode, run.stdout
