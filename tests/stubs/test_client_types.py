"""Checkers take the generated client, and find what is wrong in calls of it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kbn_schema.stubs.client.classes import client_text
from kbn_schema.stubs.outline import outline
from kbn_schema.stubs.source import Source
from tests.stubs import client_app

ROOT = Path(__file__).parents[2]


@pytest.fixture
def files(tmp_path):
    """A directory with the generated client of `client_app`, and `client_use` beside it."""
    source = Source.read(Path(client_app.__file__))
    text = client_text(outline(client_app, source, is_json=True))
    (tmp_path / "_client_app_client.py").write_text(text)
    shutil.copy(Path(__file__).with_name("client_use.py"), tmp_path)
    return tmp_path


def checked(files, *command):
    """What the checker *command* says; empty where it finds nothing."""
    run = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=files,
        env={**os.environ, "MYPYPATH": str(ROOT), "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return "" if run.returncode == 0 else run.stdout + run.stderr


def test_mypy_finds_what_is_wrong_and_nothing_else(files):
    options = ["--strict", "--enable-error-code=deprecated", "--follow-imports=silent", "--cache-dir=cache"]

    assert "" == checked(files, "mypy", *options, "_client_app_client.py", "client_use.py")


def test_pyright_finds_what_is_wrong_and_nothing_else(files):
    settings = {
        "typeCheckingMode": "strict",
        "reportUnnecessaryTypeIgnoreComment": True,
        "enableTypeIgnoreComments": False,
        "extraPaths": [str(ROOT)],
        "include": ["*.py"],
    }
    (files / "pyrightconfig.json").write_text(json.dumps(settings))

    assert "" == checked(files, "pyright", "--pythonpath", sys.executable, "-p", ".")
