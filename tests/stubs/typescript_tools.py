"""What tests of TypeScript need: its compiler and its parser, and modules whose types are written."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import attrs
import pytest

from kbn_schema.stubs.typescript.declarations import declarations_text
from tests.stubs.made import outline_of

HERE = Path(__file__).parent
# What the strictest projects ask for.
STRICT = (
    "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--isolatedModules",
    "--verbatimModuleSyntax", "--noPropertyAccessFromIndexSignature",
)  # fmt: skip
OTHERS = (
    "--noEmit", "--pretty", "false", "--module", "esnext", "--moduleResolution", "bundler",
    "--lib", "es2022,dom", "--skipDefaultLibCheck",
)  # fmt: skip
ERROR = re.compile(r"^(?P<file>[^\s(]+)\((?P<line>\d+),(?P<column>\d+)\): (?P<text>error .*)$")


@attrs.frozen
class Mistake:
    """What the compiler says of a place in a *file*."""

    file: str
    line: int
    column: int
    text: str


def compiled(folder: Path) -> list[Mistake]:
    """What the compiler says of all files in *folder*, and in folders there."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.ts"))
    done = subprocess.run(
        [_tsc(), *STRICT, *OTHERS, *files],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=100,
    )  # fmt: skip
    found = [ERROR.match(line) for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert None not in found, done.stdout[:2000]
    return [
        Mistake(match["file"], int(match["line"]), int(match["column"]), match["text"])
        for match in found
        if match
    ]


def emitted(folder: Path) -> None:
    """Write the JavaScript of the programs in *folder* beside them."""
    files = sorted(path.name for path in folder.glob("*.ts") if not path.name.endswith(".d.ts"))
    options = ["--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--strict"]
    subprocess.run([_tsc(), *options, *files], cwd=folder, check=True, timeout=100)


def parsed(texts: list[str]) -> list[dict[str, Any]]:
    """What the parser finds in each of *texts*."""
    folder = Path(_tsc()).resolve().parents[1]
    done = subprocess.run(
        ["node", HERE / "typescript_parser.cjs", folder],
        input=json.dumps(texts), capture_output=True, text=True, encoding="utf-8", check=False, timeout=100,
    )  # fmt: skip
    if done.returncode == 3:
        _do_without(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def written(source: str, *, with_client: bool = False) -> str:
    """The TypeScript of the module `shop` with that *source*, which has `schema` and a `router` already."""
    names: dict[str, Any] = {}
    exec(PRELUDE + source, names)
    del names["__builtins__"]
    return text_of(names, module="shop", with_client=with_client)


def text_of(names: Mapping[str, Any], *, module: str = "made", with_client: bool = False) -> str:
    """The TypeScript of a *module* that assigns *names*."""
    return declarations_text(outline_of(names, is_json=True, module=module), with_client=with_client)


def _tsc() -> str:
    found = shutil.which("tsc")
    return found or _do_without("there is no tsc on the PATH: npm install typescript@5.9")


def _do_without(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


PRELUDE = """\
from kbn_schema import schema
from kbn_schema.http import Router

router = Router("/api")
"""
