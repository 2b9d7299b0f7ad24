import pytest

from tests.reference.docstrings import Docstring
from tests.reference.markdown import anchor, cell, code, prose, table, third_person
from tests.reference.static_types import _laid_out
from tests.test_docs import anchors_of


def both(one, *, other):
    """Accept one; yield the other. It is short.

    Two sentences. ``a. B`` is
    code.

    Codes: ``min`` and ``max``.

    Args:
        one: First, inclusive:
            ``>= 1``.
        other: Second.

    Raises:
        ValueError: never.

    Source:
        A book. Another.

    Example:
        >>> from kbn_schema import schema
        >>> if 1:
        ...     schema.any()
    """


def test_a_docstring_is_taken_apart():
    doc = Docstring.of(both)

    assert "Accept one; yield the other." == doc.summary
    assert ("It is short.", "Two sentences. ``a. B`` is\ncode.") == doc.prose
    assert ("min", "max") == doc.listed_codes
    assert {"one": "First, inclusive:\n        ``>= 1``.", "other": "Second."} == doc.args
    assert {"ValueError": "never."} == doc.raises
    assert "A book. Another." == doc.source
    assert ">>> if 1:\n...     schema.any()" == doc.example


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("One. Two", "One.\nTwo"),
        ("It is ``a. B`` here. `b` is not", "It is `a. B` here.\n`b` is not"),
        ("More\n    lines", "More lines"),
        ("From 2**53 - 1 to 2**64", "From 2^53 - 1 to 2^64"),
        ("Like `this`", "Like [`this`](#that)"),
        ("See [a. B](c). Then", "See [a. B](c).\nThen"),
        (
            "See ``docs/how-to/custom-kind.md#a-check-without-a-kind``",
            "See [A check without a kind](../how-to/custom-kind.md#a-check-without-a-kind)",
        ),
        ("See ``docs/explanation/security.md``. Or", "See [Security](../explanation/security.md).\nOr"),
    ],
)
def test_the_words_of_docstrings_become_markdown(text, written):
    assert written == prose(text, {"this": "#that"})


def test_a_bar_is_escaped_in_a_table():
    assert ("`a\\|b`", "a \\| ``") == (code("a|b"), cell("a | ``"))
    assert "| a | b |\n| --- | --- |\n| c | |" == table(["a", "b"], [["c", ""]])


def test_a_page_tells_what_a_combinator_does():
    assert "Accepts it; yields it: Accept." == third_person("Accept it; yield it: Accept.")


def test_anchors_are_those_that_links_are_checked_with(tmp_path):
    heading = "`one_of(a, b)`, `union(a, b)`"
    (tmp_path / "page.md").write_text(f"# {heading}\n")

    assert {anchor(heading)} == anchors_of(tmp_path / "page.md")


def test_json_has_as_many_lines_as_it_needs():
    long = {"name": "a" * 60, "more": ["b" * 60, {"c": []}]}

    assert '{"a": [1]}' == _laid_out({"a": [1]})
    assert [
        "{",
        f'  "name": "{"a" * 60}",',
        f'  "more": ["{"b" * 60}", {{"c": []}}]',
        "}",
    ] == _laid_out(long).splitlines()
