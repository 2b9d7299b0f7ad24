"""This module writes the table of docs/reference/type-checkers.md: what checkers make of tests/typing.

The lines with a ``pyright: ignore`` have to be refused, all others accepted. Checkers are asked about copies
without these comments. What mypy and pyright say is what we promise; the others are shown.
"""

import argparse
import ast
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "reference" / "type-checkers.md"
COMMAND: Final = "python -m tests.typing.table --write"
TABLE: Final = re.compile(r"\| checker \|.*\n(?:\|.*\n)+")
PROMISED: Final = ("mypy", "pyright")

_IGNORED: Final = re.compile(r"  # (?:type|pyright): ignore.*")
_REPORTED: Final = re.compile(r"(\w+\.py):(\d+):.*?\berror\b|ERROR .*?(\w+\.py):(\d+):")
# The same questions, whatever else a checker finds worth a word: of names that are not used, for one.
_STRICT: Final = {
    **tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pyright"],
    "include": ["."],
}

Line = tuple[str, int]


class Verdict(NamedTuple):
    """What a checker made of the lines."""

    checker: str
    refused: int
    """Statements that it reports, of those it should."""
    of: int
    mistaken: tuple[Line, ...]
    """Lines that it reports, and should not."""

    @property
    def is_right(self) -> bool:
        return self.refused == self.of and not self.mistaken


def sources() -> list[Path]:
    """The files that checkers are asked about."""
    return sorted(path for path in Path(__file__).parent.glob("*.py") if path != Path(__file__))


def marked(path: Path) -> list[range]:
    """The lines of each statement, or decorator, of *path* that has to be refused."""
    text = path.read_text("utf-8")
    spans = list(_spans(ast.parse(text)))
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _IGNORED.search(line)]
    return [min((span for span in spans if line in span), key=len) for line in lines]


def _spans(tree: ast.AST) -> Iterator[range]:
    for node in ast.walk(tree):
        parts: list[Any] = [node] if isinstance(node, ast.stmt) and not hasattr(node, "body") else []
        parts += getattr(node, "decorator_list", [])
        for part in parts:
            yield range(part.lineno, (part.end_lineno or part.lineno) + 1)


def verdict(checker: str, reported: Iterable[Line]) -> Verdict:
    """What it means that *checker* reports these lines."""
    lines = set(reported)
    wanted = [{(path.name, line) for line in span} for path in sources() for span in marked(path)]
    mistaken = lines.difference(*wanted)
    return Verdict(
        checker, sum(not lines.isdisjoint(span) for span in wanted), len(wanted), tuple(sorted(mistaken))
    )


def ask(checker: str) -> Verdict:
    """What *checker* makes of the lines, without the comments that tell it to ignore them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path in sources():
            (folder / path.name).write_text(_IGNORED.sub("", path.read_text("utf-8")), "utf-8")
        (folder / "pyrightconfig.json").write_text(json.dumps(_STRICT), "utf-8")
        (folder / "pyrefly.toml").write_text('preset = "strict"\n', "utf-8")
        return verdict(checker, _run(checker, folder))


def _run(checker: str, folder: Path) -> Iterator[Line]:
    python = sys.executable
    arguments = {
        "mypy": ["--strict", "--config-file=", f"--cache-dir={ROOT / '.mypy_cache' / 'table'}", "."],
        "pyright": ["--outputjson", "--pythonpath", python],
        "basedpyright": ["--outputjson", "--pythonpath", python],
        "ty": ["check", "--output-format=concise", "--python", sys.prefix],
        "pyrefly": ["check", "--output-format=min-text", "--python-interpreter-path", python],
        "zuban": ["check", "--strict", "--python-executable", python],
    }[checker]
    command = [str(Path(python).with_name(checker)), *arguments]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=600)
    if ran.returncode not in (0, 1):
        raise RuntimeError(f"{checker} exits with {ran.returncode}: {ran.stdout[-500:]}{ran.stderr[-500:]}")
    if "--outputjson" in arguments:
        for found in json.loads(ran.stdout)["generalDiagnostics"]:
            if found["severity"] == "error":
                yield Path(found["file"]).name, found["range"]["start"]["line"] + 1
        return
    for match in _REPORTED.finditer(ran.stdout):
        yield match[1] or match[3], int(match[2] or match[4])


CHECKERS: Final = (*PROMISED, "basedpyright", "ty", "pyrefly", "zuban")


def table(verdicts: Iterable[Verdict]) -> str:
    """The *verdicts* as Markdown."""
    rows = [
        "| checker | version | reports of what is right | refuses of what is wrong |",
        "| --- | --- | --- | --- |",
        *(
            f"| {found.checker} | {version(found.checker)} | {len(found.mistaken) or 'none'} | "
            f"{found.refused} of {found.of} |"
            for found in verdicts
        ),
    ]
    return "\n".join(rows) + "\n"


def main() -> int:
    """Print or write the table; 1 if mypy or pyright is wrong about a line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help=f"put it into {PAGE.name}")
    parser.add_argument("--lines", action="store_true", help="show which lines are reported by mistake")
    options = parser.parse_args()
    verdicts = [ask(checker) for checker in CHECKERS]
    sys.stdout.write(table(verdicts))
    if options.lines:
        sys.stdout.writelines(f"{found.checker}: {found.mistaken}\n" for found in verdicts)
    if options.write:
        page = PAGE.read_text("utf-8")
        PAGE.write_text(TABLE.sub(lambda _: table(verdicts), page), "utf-8")
    return int(not all(found.is_right for found in verdicts if found.checker in PROMISED))


if __name__ == "__main__":
    sys.exit(main())
