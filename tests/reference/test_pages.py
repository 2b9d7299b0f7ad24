import pytest

from tests.reference import __main__ as program
from tests.reference.all_pages import PAGES
from tests.reference.pages import COMMAND, Page

STALE = "# A\n\nBy hand.\n\n<!-- generated: table -->\n\nold\n\n<!-- end -->\n\nBy hand, too.\n"


@pytest.fixture
def page(tmp_path):
    (tmp_path / "page.md").write_text(STALE)
    return Page("page.md", {"table": lambda: "new \\1\n"}, tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_is_what_the_code_says(page):
    assert not page.is_stale, f"{page.name} is stale: {COMMAND}"


def test_what_is_between_the_markers_is_written_and_the_rest_stays(page):
    assert page.is_stale
    assert page.write()
    assert STALE.replace("old", "new \\1") == page.text
    assert not page.is_stale
    assert not page.write()


@pytest.mark.parametrize(
    "text", ["", STALE * 2, STALE.replace("table", "list")], ids=["none", "twice", "another"]
)
def test_the_markers_are_those_of_the_parts(page, text):
    with pytest.raises(ValueError, match="has markers for"):
        page.written(text)


def test_a_stale_page_is_told_with_the_command_that_writes_it(page, monkeypatch, capsys):
    monkeypatch.setattr(program, "PAGES", (page,))

    assert [1, 0, 0, 0] == [program.main([asked]) for asked in ("--check", "--write", "--write", "--check")]
    assert [f"page.md is stale: {COMMAND}", "wrote page.md", "up to date: page.md"] == (
        capsys.readouterr().out.splitlines()
    )
