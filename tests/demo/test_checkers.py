"""The chapter on type checkers: mypy and pyright are run, and found to say what was recorded."""

import io
import os
import sys
import time
from importlib.machinery import ModuleSpec

import pytest

from kbn_schema.demo.screen import Screen
from kbn_schema.demo.story import checkers
from kbn_schema.demo.story.checkers import Checker, asking, find, installed
from kbn_schema.demo.story.recorded import RECORDED


@pytest.fixture
def nothing_installed(monkeypatch, tmp_path):
    """No checker beside us, and an empty folder as the path."""
    monkeypatch.setattr(checkers, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def python(code):
    """A checker that runs *code*."""
    return Checker("mypy", (sys.executable, "-c", code))


def told(checker):
    """What the chapter tells, with that checker, and whether it was expected."""
    stream = io.StringIO()
    with asking(checker) as inquiry:
        is_expected = checkers.tell(Screen(stream), inquiry)
    return is_expected, stream.getvalue()


def test_mypy_says_what_was_recorded():
    with asking(installed("mypy")) as inquiry:
        answer = inquiry.answer()

    assert RECORDED.name == "mypy"
    assert RECORDED.lines == answer


def test_pyright_names_the_mistake():
    is_expected, text = told(installed("pyright"))

    assert is_expected
    assert "\n  $ pyright routes.py\n  routes.py\n    routes.py:" in text
    assert '"pgae" is not a defined key in "FindQuery"' in text
    assert text.isascii()


def test_the_recorded_place_is_that_of_the_mistake():
    [number] = [number for number, line in enumerate(checkers.TYPO.text.splitlines(), 1) if "pgae" in line]

    assert RECORDED.lines[0].startswith(f"routes.py:{number}: error: ")


def test_mypy_is_asked_first():
    assert "mypy" == find().name
    assert (sys.executable, "-m", "mypy") == find().command[:3]


def test_what_is_elsewhere_on_the_path_is_asked_with_our_interpreter(nothing_installed):
    tool = nothing_installed / ("pyright.bat" if os.name == "nt" else "pyright")
    tool.touch(0o755)

    assert Checker("pyright", (str(tool), "--pythonpath", sys.executable)) == find()


def test_a_folder_of_that_name_is_no_checker(nothing_installed, monkeypatch):
    """Where the working directory can be imported from, it is a package without a file."""
    monkeypatch.setattr(checkers, "find_spec", lambda name: ModuleSpec(name, None, is_package=True))

    assert find() is None


def test_without_a_checker_the_recording_is_shown_and_said_to_be_one(nothing_installed):
    is_expected, text = told(find())

    assert is_expected
    assert f"this was recorded, with mypy {RECORDED.version}:\n\n  $ mypy routes.py\n" in text
    assert all(f"  {line}\n" in text for line in RECORDED.lines)


@pytest.mark.parametrize(
    "checker",
    [
        python("import sys; print('usage'); sys.exit(2)"),
        python(""),
        Checker("mypy", (os.devnull,)),
    ],
    ids=["wrong usage", "says nothing", "does not start"],
)
def test_a_checker_that_cannot_be_asked_is_replaced_by_the_recording(checker):
    is_expected, text = told(checker)

    assert is_expected
    assert f"so this was recorded, with mypy {RECORDED.version}:\n" in text
    assert "usage" not in text


def test_a_checker_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(checkers, "PATIENCE", 0.1)
    before = time.monotonic()
    with asking(python("import time; time.sleep(600)")) as inquiry:
        answer = inquiry.answer()

    assert () == answer
    assert inquiry.process.returncode not in (None, 0)
    assert time.monotonic() - before < 60


def test_a_checker_that_nobody_hears_out_is_ended():
    with pytest.raises(KeyboardInterrupt), asking(python("import time; time.sleep(600)")) as inquiry:
        raise KeyboardInterrupt

    assert inquiry.process.returncode not in (None, 0)
    assert not os.path.exists(inquiry.folder)


def test_a_checker_that_finds_nothing_is_not_as_expected():
    is_expected, text = told(python("print('Success: no issues found')"))

    assert not is_expected
    assert "  Success: no issues found\n\n" in text
    assert text.endswith('expected an error that names "pgae"\n\n')


def test_a_checker_finds_the_package_where_it_is_not_installed(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", "others")
    shown = python("import os; print(os.environ.get('PYTHONPATH'))")
    monkeypatch.setattr(checkers, "FOLDER", tmp_path / "kbn_schema" / "demo")
    with asking(shown) as inquiry:
        beside = inquiry.answer()
    monkeypatch.setattr(checkers, "FOLDER", tmp_path / "site-packages" / "kbn_schema" / "demo")
    with asking(shown) as inquiry:
        inside = inquiry.answer()

    assert (f"{tmp_path}{os.pathsep}others",) == beside
    assert ("others",) == inside


def test_the_answer_has_no_colours_and_can_be_read_whatever_the_encoding(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("PYTHONIOENCODING", "utf-16")
    with asking(python("import os; print(os.environ.get('FORCE_COLOR'), '\\u2026')")) as inquiry:
        answer = inquiry.answer()

    assert ("None \u2026",) == answer
