import io
import sys

import pytest

from kbn_schema import cli, diff
from kbn_schema.commands.contracts import contract_now
from kbn_schema.demo.screen import Screen
from kbn_schema.demo.story import changes
from kbn_schema.demo.story.changes import PACKAGE, contract_after, contract_of
from kbn_schema.demo.story.edits import SMALLER_PAGES, Edit

ROUTER = "kbn_schema.demo.application:router"


@pytest.fixture
def told(monkeypatch):
    """What the chapter tells, and whether it was expected."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795305600")  # 2026-11-22
    stream = io.StringIO()
    return changes.tell(Screen(stream)), stream.getvalue()


def test_the_change_is_told_with_levels_and_advice(told):
    is_expected, text = told

    assert is_expected
    assert "and exits with 1:\n" in text
    assert "    breaking    request query.per_page [bound-tightened]\n" in text
    assert "    warning     request query.per_page [default-changed]\n" in text
    assert "    compatible  request query.search [bound-loosened]\n" in text
    assert "Keep max=100. If it has to be so, give the route versions: the\n" in text
    assert "first as it is, and 2026-11-22 with this change.\n" in text
    assert "  1 breaking, 1 warning, 1 compatible\n" in text


def test_the_command_tells_the_same(told, tmp_path, capsys, monkeypatch):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_bytes(contract_of(PACKAGE).to_json())
    new.write_bytes(contract_after(SMALLER_PAGES).to_json())
    status = cli.main(["diff", str(old), str(new)])

    assert 1 == status
    assert capsys.readouterr().out.split() == told[1].partition("exits with 1:")[2].split()


def test_the_contract_is_that_of_the_demo_and_changes_with_an_edit_only():
    contract = contract_of(PACKAGE)

    assert contract_now(ROUTER) == contract
    assert [] == list(diff.compare(contract, contract_after(Edit("schemas.py", ()))))


def test_the_copy_leaves_nothing_behind():
    modules, path = set(sys.modules), list(sys.path)
    contract_after(SMALLER_PAGES)

    assert (modules, path) == (set(sys.modules), sys.path)


def test_a_copy_that_cannot_be_imported_leaves_nothing_behind():
    modules, path = set(sys.modules), list(sys.path)
    with pytest.raises(NameError):
        contract_after(Edit("schemas.py", (("max=100, default=20", "max=most"),)))

    assert (modules, path) == (set(sys.modules), sys.path)


def test_another_change_than_expected_is_told(monkeypatch):
    harmless = Edit("schemas.py", (("max=100, default=20", "max=200, default=20"),))
    monkeypatch.setattr(changes, "SMALLER_PAGES", harmless)
    stream = io.StringIO()

    assert not changes.tell(Screen(stream))
    assert "and exits with 0:\n" in stream.getvalue()
    assert stream.getvalue().endswith("expected bound-tightened, default-changed, bound-loosened\n\n")


def test_colours_are_those_of_the_command(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    changes.tell(Screen(stream))

    assert "    \x1b[31mbreaking  \x1b[0m  request query.per_page" in stream.getvalue()
    assert "    \x1b[33mwarning   \x1b[0m  request query.per_page" in stream.getvalue()
