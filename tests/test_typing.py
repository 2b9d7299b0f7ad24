"""What is promised to type checkers.

Whether mypy and pyright are right about the lines of `tests/typing` is asked by `.ci/run`, once.
"""

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest

from kbn_schema.http import FullBlock, Parts, Request
from tests.typing.table import (
    CHECKERS,
    COMMAND,
    PAGE,
    PROMISED,
    TABLE,
    Verdict,
    marked,
    sources,
    table,
    verdict,
)

MARKED = {(path.name, line) for path in sources() for span in marked(path) for line in span}
ROWS = {
    row.split(" | ")[0].removeprefix("| "): row
    for row in TABLE.findall(PAGE.read_text("utf-8"))[0].splitlines()
}


def test_every_public_name_has_a_type():
    command = [sys.executable, "-m", "pyright", "--verifytypes", "kbn_schema", "--ignoreexternal"]
    # It asks the first `python` on the path where packages are.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    ran = subprocess.run(
        [*command, "--outputjson"],
        capture_output=True, text=True, check=False, timeout=300, env={**os.environ, "PATH": path},
    )  # fmt: skip
    found = json.loads(ran.stdout)["typeCompleteness"]
    untyped = [
        symbol["name"]
        for symbol in found["symbols"]
        if symbol["isExported"] and (symbol["isTypeAmbiguous"] or not symbol["isTypeKnown"])
    ]

    assert [] == untyped
    assert 1 == found["completenessScore"]


def test_checkers_are_told_that_there_are_types():
    assert files("kbn_schema").joinpath("py.typed").is_file()


@pytest.mark.parametrize("generic", [Request, Parts, FullBlock])
def test_the_last_parts_may_be_left_out(generic):
    """Aliases of generated modules are made at run time, too."""
    assert (int, str, Any, Any) == get_args(generic[int, str])


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.stem)
def test_what_must_be_refused_is_so_for_both(path):
    lines = path.read_text("utf-8").splitlines()

    assert [line for line in lines if "# type: ignore" in line] == [
        line for line in lines if "# pyright: ignore" in line
    ]


def test_a_checker_is_right_that_reports_all_it_should_and_nothing_else():
    right = verdict("mypy", MARKED)

    assert right.is_right
    assert right.of == right.refused > 0


def test_a_checker_is_wrong_that_reports_another_line():
    wrong = verdict("mypy", {*MARKED, ("accepted.py", 1)})

    assert (("accepted.py", 1),) == wrong.mistaken
    assert not wrong.is_right


def test_a_checker_is_wrong_that_overlooks_a_line():
    source = next(source for source in sources() if marked(source))
    overlooked = marked(source)[0]
    name = source.name
    wrong = verdict("mypy", MARKED - {(name, line) for line in overlooked})

    assert wrong.of - 1 == wrong.refused
    assert not wrong.is_right


def test_the_table_of_the_docs_has_every_checker():
    assert ["checker", "---", *CHECKERS] == list(ROWS)


@pytest.mark.parametrize("checker", CHECKERS)
def test_the_table_of_the_docs_is_about_these_lines(checker):
    of = verdict(checker, ()).of

    assert ROWS[checker].endswith(f" of {of} |"), f"the lines have changed: {COMMAND}"


@pytest.mark.parametrize("checker", PROMISED)
def test_the_table_of_the_docs_says_that_who_is_promised_is_right(checker):
    of = verdict(checker, ()).of
    said = table([Verdict(checker, of, of, ())]).splitlines()[-1].split(" | ")

    assert said[2:] == ROWS[checker].split(" | ")[2:]
