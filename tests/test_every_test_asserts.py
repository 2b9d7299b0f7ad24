"""Each test can fail: it has an assertion, or calls a function of the tests that has one."""

import ast
from collections.abc import Iterable
from pathlib import Path

import attrs
import pytest

TESTS = Path(__file__).parent
# What fails by itself: of pytest, of Playwright, and of what is tested for its own assertions.
ASSERTING = {"raises", "warns", "fail", "expect", "check_route", "check_call", "assert_agrees"}


@attrs.frozen
class Function:
    """A function of a file: what it is called, whether it asserts something itself, and what it names."""

    file: str
    name: str
    asserts: bool
    named: set[str]


def functions(path: Path) -> list[Function]:
    """Those of the file *path*; a function in a function is part of both."""
    tree = ast.parse(path.read_text())
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [read(path, function) for function in found]


def read(path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    asserts, named = False, set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            asserts = True
        elif isinstance(node, ast.Name):
            asserts |= node.id == "AssertionError"
            named.add(node.id)
        elif isinstance(node, ast.Attribute) and (node.attr in ASSERTING or node.attr.startswith("test_")):
            named.add(node.attr)
    return Function(path.name, function.name, asserts, named)


def aimless_tests(paths: Iterable[Path]) -> list[str]:
    """The tests in *paths* that assert nothing, neither by themselves nor through another function."""
    found = [function for path in paths for function in functions(path)]
    known = ASSERTING | {function.name for function in found if function.asserts}
    while more := {function.name for function in found if function.named & known} - known:
        known |= more
    tests = (function for function in found if function.name.startswith("test_"))
    return [f"{test.file}: {test.name}" for test in tests if not (test.asserts or test.named & known)]


def test_every_test_asserts_something():
    assert [] == aimless_tests(sorted(TESTS.rglob("*.py")))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("assert 1", []),
        ("with pytest.raises(ValueError): f()", []),
        ("helper()", []),
        ("further()", []),
        ("f()", ["test_it.py: test_it"]),
        ("aimless()", ["test_it.py: test_it"]),
    ],
)
def test_a_test_without_an_assertion_is_found(tmp_path, body, found):
    file = tmp_path / "test_it.py"
    helpers = "def helper():\n    assert f()\ndef further():\n    helper()\ndef aimless():\n    f()\n"
    file.write_text(f"{helpers}def test_it():\n    {body}\n")

    assert found == aimless_tests([file])
