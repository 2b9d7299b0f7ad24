"""The page of findings says what the code says, and its examples show it."""

import re
from pathlib import Path

import pytest

from kbn_schema.lint import RULES, lint
from tests.lint.modules import PRELUDE, imported

PAGE = (Path(__file__).parents[2] / "docs/reference/lint.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### `([a-z-]+)`\n(.*?)(?=^### |\Z)", PAGE, re.MULTILINE | re.DOTALL))
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def test_the_page_has_each_finding_in_the_order_of_the_code():
    assert [rule.id for rule in RULES] == list(SECTIONS)


def test_the_table_has_the_level_of_each():
    assert [(rule.id, rule.level) for rule in RULES] == re.findall(
        r"^\| \[`([a-z-]+)`\]\(#\1\) \| (\w+) \|$", PAGE, re.MULTILINE
    )


@RULE
def test_a_section_tells_level_reason_and_advice(rule):
    assert SECTIONS[rule.id].startswith(f"\nLevel: {rule.level}.\n{rule.reason}\n{rule.advice}\n")


@RULE
def test_the_first_example_is_found_and_the_second_is_mended(rule, tmp_path):
    found, mended = BLOCK.findall(SECTIONS[rule.id])

    assert rule.id in {one.id for one in lint(imported(tmp_path, PRELUDE + found)).findings}
    assert rule.id not in {one.id for one in lint(imported(tmp_path, PRELUDE + mended)).findings}


@RULE
def test_an_id_is_short_and_can_be_typed(rule):
    assert re.fullmatch(r"[a-z]+(-[a-z]+){1,3}", rule.id)


def test_no_id_stands_for_two_findings():
    assert len(RULES) == len({rule.id for rule in RULES})
