import re

import pytest

from kbn_schema.demo.story import authors
from kbn_schema.demo.story.edits import SMALLER_PAGES, TYPO, Edit
from kbn_schema.demo.story.source import FOLDER, excerpt, text_of

FILE = "story/source.py"
TEXT = text_of(FILE)


def test_an_excerpt_is_what_stands_in_the_file():
    shown = excerpt("routes.py", "find")
    whole = "\n".join(shown.lines)

    assert whole in (FOLDER / "routes.py").read_text("utf-8")
    assert whole.startswith('@router.get(\n    "/api/saved_objects",\n')
    assert whole.endswith("        }\n    )")
    assert shown.lines[0] == text_of("routes.py").splitlines()[shown.line - 1]


def test_an_excerpt_may_stop_after_some_statements():
    cut, whole = excerpt(FILE, "text_of", 1), excerpt(FILE, "text_of", 2)

    assert ("def text_of(file: str) -> str:", '    """The source in *file*."""', "    ...") == cut.lines
    assert excerpt(FILE, "text_of") == whole
    assert "    ..." not in whole.lines


def test_an_excerpt_may_be_an_assignment():
    shown = excerpt(FILE, "FOLDER")

    assert ("FOLDER: Final = Path(__file__).parent.parent",) == shown.lines


def test_what_nothing_defines_is_no_excerpt():
    with pytest.raises(LookupError, match=re.escape("nothing defines [Definition] in [story/source.py]")):
        excerpt(FILE, "Definition")


@pytest.mark.parametrize(("title", "file", "name", "statements"), authors.SHOWN)
def test_what_is_shown_of_the_source_fits_a_terminal(title, file, name, statements):
    assert max(map(len, excerpt(file, name, statements).lines)) <= 78


@pytest.mark.parametrize("edit", [TYPO, SMALLER_PAGES], ids=lambda edit: edit.file)
def test_an_edit_changes_its_lines_and_no_others(edit):
    before, after = text_of(edit.file).splitlines(), edit.text.splitlines()
    pairs = [(f"-{old}", f"+{new}") for old, new in zip(before, after, strict=True) if old != new]

    assert len(edit.replaced) == len(pairs)
    assert [line for pair in pairs for line in pair] == list(edit.changed)


@pytest.mark.parametrize("edit", [TYPO, SMALLER_PAGES], ids=lambda edit: edit.file)
def test_what_is_edited_was_shown_before(edit):
    shown = [line for _, *what in authors.SHOWN for line in excerpt(*what).lines]

    assert {line[1:] for line in edit.changed if line.startswith("-")} < set(shown)


@pytest.mark.parametrize("before", ["no such text", "import"], ids=["absent", "ambiguous"])
def test_an_edit_that_does_not_fit_the_file_is_refused(before):
    with pytest.raises(LookupError, match="is not once in"):
        Edit("routes.py", ((before, "text"),)).text
