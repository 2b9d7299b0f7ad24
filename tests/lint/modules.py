"""Modules of authors, written to files and linted."""

import importlib.util
import itertools
import sys
from collections.abc import Collection
from pathlib import Path
from types import ModuleType

from kbn_schema.lint import Finding, Report, lint

NUMBERS = itertools.count()
PRELUDE = """\
import re

from kbn_schema import schema
from kbn_schema import schema as s
from kbn_schema.http import Router

router = Router()


def route(validate, method="get", path="/api/x", **options):
    declare = getattr(router, method)(path, validate=validate, **options)
    return declare(lambda context, request, response: response.ok())
"""


def imported(folder: Path, text: str) -> ModuleType:
    """The module *text*, imported from a file in *folder*."""
    name = f"_kbn_schema_lint_{next(NUMBERS)}"
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


def report_of(folder: Path, text: str, ignore: Collection[str] = ()) -> Report:
    """What is told of a module that begins with `PRELUDE`."""
    return lint(imported(folder, PRELUDE + text), ignore)


def findings_of(folder: Path, text: str, ignore: Collection[str] = ()) -> tuple[Finding, ...]:
    return report_of(folder, text, ignore).findings


def ids_of(folder: Path, text: str) -> set[str]:
    return {finding.id for finding in findings_of(folder, text)}
