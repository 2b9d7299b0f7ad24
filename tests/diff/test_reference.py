"""The page of the rules says what the rules say, and all of them are used."""

import re
from pathlib import Path

import pytest

from kbn_schema import diff
from kbn_schema.diff.reference import tables
from kbn_schema.diff.rules import EFFECTS, GROUPS, RULES

ROOT = Path(__file__).parents[2]
SOURCE = "".join(path.read_text(encoding="utf-8") for path in Path(diff.__path__[0]).rglob("*.py"))


def test_the_page_is_what_the_table_of_rules_says():
    page = (ROOT / "docs/reference/compatibility.md").read_text(encoding="utf-8")

    assert page.endswith(tables())


def test_no_rule_is_there_twice():
    assert len(RULES) == sum(map(len, GROUPS.values()))


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_each_rule_is_used_and_says_what_it_means(rule):
    parts = ("authorization-", "authentication-", "response-body-", "response-headers-")
    name = rule.name if not rule.name.startswith(parts) else rule.name.split("-")[-1]

    assert SOURCE.count(name) >= 2
    assert rule.effect in EFFECTS
    assert rule.request or rule.response
    assert all(re.fullmatch(r"\w+", word) for text in (rule.request, rule.response) for word in words(text))


def words(text: str) -> list[str]:
    return re.findall(r"\{(.*?)\}", text.replace("{{", "").replace("}}", ""))
