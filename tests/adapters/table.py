"""The table of the adapters in the docs, made from their modules.

``python -m tests.adapters.table`` prints it; with ``--write``, it replaces the one in the page.
"""

import argparse
import ast
import re
import sys
from pathlib import Path

from kbn_schema import adapters
from tests.adapters.named import ADAPTERS, FRAMEWORKS

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "reference" / "http-adapters.md"
COMMAND = "python -m tests.adapters.table --write"

HEAD = "| module | needs | lines | `validated` calls | limits |\n| --- | --- | --- | --- | --- |\n"
TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")


def table():
    return HEAD + "".join(f"| {' | '.join(row_of(name))} |\n" for name in ADAPTERS)


def row_of(name):
    folder = Path(adapters.__path__[0])
    module = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
    return [
        f"[`{name}`](../how-to/{name}.md)",
        f"`pip install '../kbn_schema[{name}]'`" if name in FRAMEWORKS else "",
        f"{sum(map(lines_of, (folder / f'{name}.py', *folder.glob(f'{name}_*.py'))))}",
        cell(call_of(module, name)),
        "<br>".join(cell(limit) for limit in limits_of(module)),
    ]


def lines_of(file):
    return len(file.read_text(encoding="utf-8").splitlines())


def call_of(module, name):
    """How the docstring of `validated` begins: with the call, in double backticks."""
    (function,) = (node for node in module.body if getattr(node, "name", "") == "validated")
    first = ast.get_docstring(function).partition("\n\n")[0]
    calls = re.findall(r"``.*?``", first, re.DOTALL)
    assert calls, f"the docstring of {name}.validated does not begin with what is called"
    return ", ".join(calls)


def limits_of(module):
    """The last part of the docstring of a *module*, if it is about limits: a list of one sentence each."""
    _, _, limits = ast.get_docstring(module).partition("\nLimits:\n\n")
    return re.split(r"^\* ", limits, flags=re.MULTILINE)[1:]


def cell(text):
    """The *text* of a docstring as Markdown, on one line."""
    return " ".join(text.split()).replace("``", "`").replace("|", "\\|")


def written(page):
    """The text of the *page* with the table as it is now."""
    return TABLE.sub(lambda _: table(), page)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help=f"put it into {PAGE.name}")
    if parser.parse_args().write:
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        sys.stdout.write(table())
