"""The page on security names the tests that keep its promises: each is there, and each is run."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/explanation/security.md"

HEADING = re.compile(r"^### (\d+)\. (.+)$", re.MULTILINE)
KEPT = re.compile(r"^- \[([^\]]+)\]\(([^)]+)\): (.+)$", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+)`")


@attrs.frozen
class Promise:
    """A section of the page: its number, and the tests that it names by file."""

    number: int
    tests: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return str(self.number)


def promises() -> list[Promise]:
    text = PAGE.read_text(encoding="utf-8").partition("\n## What is not promised")[0]
    _, *parts = HEADING.split(text)
    return [
        Promise(int(number), tuple(named_in(body)))
        for number, body in zip(parts[::3], parts[2::3], strict=True)
    ]


def named_in(body: str) -> Iterator[tuple[str, str]]:
    for file, _, kept in KEPT.findall(body):
        yield from ((file, name) for name in NAMED.findall(kept))


PROMISES = promises()
TESTS = sorted({test for promise in PROMISES for test in promise.tests})


@cache
def defined_in(file: Path) -> dict[str, str | None]:
    """Return the functions in *file*, each with the class that it is a method of, if any."""
    found: dict[str, str | None] = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        is_class = isinstance(node, ast.ClassDef)
        for function in node.body if is_class else [node]:
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                found[function.name] = node.name if is_class else None
    return found


@cache
def collected_classes() -> frozenset[str]:
    """Return the classes of tests in the files that pytest collects, and all that they derive from."""
    bases: dict[str, set[str]] = {}
    collected: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(ast.unparse(base) for base in node.bases)
                if path.name.startswith("test_") and node.name.startswith("Test"):
                    collected.add(node.name)
    while more := {base for name in collected for base in bases.get(name, ())} - collected:
        collected |= more
    return frozenset(collected)


def test_promises_are_numbered_one_by_one():
    assert list(range(1, len(PROMISES) + 1)) == [promise.number for promise in PROMISES]


@pytest.mark.parametrize("promise", PROMISES, ids=str)
def test_every_promise_is_kept_by_a_test(promise):
    assert promise.tests


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_every_test_that_is_named_is_there_and_is_run(file, name):
    """Its file is collected by pytest, or its class is what a class of such a file derives from."""
    found = defined_in(ROOT / file)

    assert name in found
    assert Path(file).name.startswith("test_") or found[name] in collected_classes()


def test_every_link_leads_to_the_file_that_it_names():
    links = [
        (file, (PAGE.parent / link).resolve()) for file, link, _ in KEPT.findall(PAGE.read_text("utf-8"))
    ]

    assert [] == [file for file, target in links if target != ROOT / file]


def test_no_test_is_named_in_passing():
    """Else nobody would see that it has gone."""
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))

    assert len(named) == sum(len(promise.tests) for promise in PROMISES)
