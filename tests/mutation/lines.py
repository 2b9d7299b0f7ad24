"""Which tests run which line: measured once, kept in a file of coverage.py's with a context per test."""

import ast
import functools
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import attrs
from coverage.numbits import numbits_to_nums


@attrs.frozen
class Test:
    """A test that passes where nothing is wrong, and what it took while lines were recorded."""

    id: str
    seconds: float  # of the processor
    waited: float  # seconds of the clock

    @property
    def file(self) -> str:
        return self.id.partition("::")[0]


@attrs.frozen(slots=False)
class Lines:
    """What was recorded: *data* is a file of coverage.py's, *tests* are by id."""

    root: Path
    data: Path
    tests: dict[str, Test]

    @classmethod
    def read(cls, root: Path, folder: Path) -> "Lines":
        told = json.loads((folder / "tests.json").read_text())
        tests = {
            test["id"]: Test(test["id"], test["seconds"], test["waited"]) for test in told if test["passed"]
        }
        return cls(root, folder / "lines.db", tests)

    def tests_for(self, file: str, line: int, seconds: float) -> list[Test]:
        """Return tests that run the statement at *line* of *file*, the likeliest to notice a fault first.

        If all of them take more than *seconds*, the quickest are chosen, those of the file of the same name
        before all others. What runs when the module is imported has the tests that run anything of the file.
        """
        run = _contexts(str(self.data), str(self.root / file))
        tree = ast.parse((self.root / file).read_text("utf-8"))
        wanted = _statement(tree, line)
        in_function = _is_in_function(tree, wanted)
        found = [
            self.tests[test]
            for test, lines in run.items()
            if test in self.tests and (lines & wanted or not in_function)
        ]
        # Tests of a file go together; files go first whose tests all run the line.
        here = Counter(test.file for test in found)
        share = {name: round(count / self._sizes[name], 1) for name, count in here.items()}
        quickest = sorted(found, key=lambda test: (_distance(file, test) > 0, test.seconds, test.id))
        return sorted(
            _within(quickest, seconds),
            key=lambda test: (_distance(file, test), -share[test.file], test.file, test.seconds, test.id),
        )

    @functools.cached_property
    def _sizes(self) -> Counter[str]:
        return Counter(test.file for test in self.tests.values())


def _within(tests: Iterable[Test], seconds: float) -> list[Test]:
    """Return the first of *tests*, those that take no more than *seconds* in all."""
    taken, left = [], seconds
    for test in tests:
        if test.seconds <= left:
            taken.append(test)
            left -= test.seconds
    return taken


def _distance(file: str, test: Test) -> int:
    """How far *test* is from *file*: 0 in the file of the same name, 1 in its room, 2 elsewhere."""
    room, own, path = Path(file).parts[1], f"test_{Path(file).stem}", Path(test.file)
    if room not in path.parts:
        return 2
    return int(path.stem != own)


@functools.lru_cache(maxsize=4)
def _contexts(data: str, file: str) -> dict[str, frozenset[int]]:
    query = (
        "select context.context, line_bits.numbits from line_bits "
        "join context on context.id = line_bits.context_id join file on file.id = line_bits.file_id "
        "where file.path = ?"
    )
    with closing(sqlite3.connect(data)) as database:
        return {
            context: frozenset(numbits_to_nums(bits)) for context, bits in database.execute(query, (file,))
        }


def _is_in_function(tree: ast.Module, lines: frozenset[int]) -> bool:
    """Whether *lines* run when a function is called, and not when the module is imported."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(node.body[0].lineno <= min(lines) <= (node.end_lineno or 0) for node in functions)


def _statement(tree: ast.Module, line: int) -> frozenset[int]:
    """Return the lines of the innermost statement at *line*; of one with a body, those of its header."""
    spans = [
        _header(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case)
    ]
    around = sorted((span for span in spans if line in span), key=len)
    return frozenset(around[0] if around else [line])


def _header(node: ast.stmt | ast.ExceptHandler | ast.match_case) -> range:
    inner = getattr(node, "body", None)
    if isinstance(node, ast.match_case):
        return range(node.pattern.lineno, inner[0].lineno) if inner else range(0)
    if isinstance(node, ast.Match):
        return range(node.lineno, node.cases[0].pattern.lineno)
    decorators = getattr(node, "decorator_list", ())
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    if inner:
        return range(first, max(inner[0].lineno, node.lineno + 1))
    assert node.end_lineno is not None
    return range(first, node.end_lineno + 1)
