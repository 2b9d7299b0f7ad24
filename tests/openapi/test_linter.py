"""Documents are clean under a linter that users run: Redocly, from npm."""

import contextlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest

from kbn_schema import openapi
from kbn_schema.demo.application import make_router as make_demo
from kbn_schema.demo.store import Store
from tests.adapters.routes import make_router as make_contract
from tests.openapi.everything import BASE
from tests.openapi.everything import make_router as make_everything

# What no route tells.
AROUND: dict[str, Any] = {"info": BASE["info"], "servers": BASE["servers"], "security": []}
# Kibana writes `any()` as `{"nullable": true}` in 3.0; the rule wants a type beside it.
CONFIG = "extends: [recommended]\nrules: {nullable-type-sibling: off}\n"
# It asks nobody for a newer version, and tells nobody that it ran.
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def findings(folder: Path) -> list[str]:
    """What the linter says of the documents in *folder*."""
    files = sorted(path.name for path in folder.glob("*.json"))
    (folder / "redocly.yaml").write_text(CONFIG)
    done = subprocess.run(
        [linter(), "lint", "--format", "checkstyle", *files],
        cwd=folder, env={**os.environ, **QUIET}, capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert files == [name for name in files if f"validating {name}" in done.stderr], done.stderr[:2000]
    return [line.strip() for line in done.stdout.splitlines() if "<error" in line]


def described(router: Any) -> list[dict[str, str]]:
    """The tags of *router*, each with what only its author can say."""
    return [{"name": name, "description": "What it is for."} for name in openapi.paths(router).tags]


def linter() -> str:
    """The command, or an end of the test where it is not installed."""
    found = shutil.which("redocly")
    return found if found is not None else missing("redocly is not on PATH: npm install @redocly/cli")


def missing(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def test_documents_are_clean(tmp_path):
    with contextlib.closing(Store()) as store:
        routers: dict[str, tuple[Any, Any]] = {
            "demo": (make_demo(store), AROUND),
            "contract": (make_contract(), AROUND),
            "everything": (make_everything(), BASE),
        }
        for name, (router, base) in routers.items():
            for version in ("3.1", "3.0"):
                for shown in (None, "newest", "oldest"):
                    asked: Any = {"base": base, "openapi": version, "api_version": shown}
                    made = openapi.document(router, **asked, tags=described(router))
                    (tmp_path / f"{name}-{version}-{shown}.json").write_text(json.dumps(made))

    assert [] == findings(tmp_path)


def test_the_linter_finds_what_is_wrong(tmp_path):
    broken = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {"/x": {"get": {}}}}
    (tmp_path / "broken.json").write_text(json.dumps(broken))

    assert any("operation-summary" in line for line in findings(tmp_path))
