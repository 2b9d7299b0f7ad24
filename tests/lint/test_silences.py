"""What is silenced, how far it reaches, and what a silence must say."""

import pytest

from kbn_schema import schema
from kbn_schema.lint import RULES
from tests.lint.modules import findings_of, ids_of, report_of

NOTE = "meta={'lint_ignore': {'unbounded-string': 'as it came'}}"


@pytest.mark.parametrize(
    "text",
    [
        f"a = s.string({NOTE})",
        f"a = s.object({{'x': s.object({{'y': s.maybe(s.string())}})}}, {NOTE})",
        f"a = s.object({{'x': s.lazy(lambda: s.string({NOTE}))}})",
        "route({'request': {'query': s.object({'a': s.string()})}, 'response': {204: {}}}, "
        "options={'lint_ignore': {'unbounded-string': 'as it came'}})",
        "route(False, options={'lint_ignore': {'no-response-schema': 'a probe'}})",
        f"a = s.string()\nb = s.object({{'a': a}}, {NOTE})\nc = s.object({{'a': a}}, {NOTE})",
        f"n = s.object({{'a': s.string(), 'n': s.maybe(s.lazy('n'))}}, id='n', {NOTE})",
    ],
)
def test_a_silence_holds_for_what_is_inside(text, tmp_path):
    report = report_of(tmp_path, text)

    assert ((), 1) == (report.findings, report.silenced)


@pytest.mark.parametrize(
    "text",
    [
        f"a = s.string()\nb = s.object({{'a': a}}, {NOTE})\nc = s.object({{'a': a}})",
        f"a = s.object({{'x': s.string(), 'y': s.boolean({NOTE})}})",
        "a = s.string()\n"
        "route({'query': s.object({'a': a})}, options={'lint_ignore': {'unbounded-string': 'x'}})\n"
        "route({'query': s.object({'b': a})}, path='/api/y')",
        "a = s.array_of(s.string(), meta={'lint_ignore': {'unbounded-array': 'x'}})",
    ],
)
def test_a_silence_holds_for_nothing_else(text, tmp_path):
    assert "unbounded-string" in ids_of(tmp_path, text)


@pytest.mark.parametrize(
    "told",
    [
        "['unbounded-string']", "'unbounded-string'", "None", "{'unbounded-string': ''}",
        "{'unbounded-string': ' '}",
        "{'unbounded-string': None}", "{'unbounded-strings': 'x'}", "{1: 'x'}", "{'unused-silence': 'x'}",
        "{'invalid-silence': 'x'}",
    ],
)  # fmt: skip
def test_a_silence_that_says_no_reason_or_no_finding_silences_nothing(told, tmp_path):
    text = f"a = s.string(meta={{'lint_ignore': {told}}})"

    assert {"unbounded-string", "invalid-silence"} == ids_of(tmp_path, text)


def test_a_silence_that_silences_nothing_is_a_finding(tmp_path):
    (found,) = findings_of(tmp_path, f"a = s.object({{'x': s.integer({NOTE})}})")

    assert ("unused-silence", "a.x") == (found.id, found.place)
    assert "[unbounded-string]" in found.message


def test_a_silence_of_what_is_ignored_is_used(tmp_path):
    assert () == findings_of(tmp_path, f"a = s.string({NOTE})", ["unbounded-string"])


def test_what_is_ignored_is_left_out(tmp_path):
    found = findings_of(tmp_path, "a = s.array_of(s.string())", ["unbounded-string"])

    assert ["unbounded-array"] == [one.id for one in found]


def test_documents_do_not_show_a_silence():
    noted = schema.string(meta={"lint_ignore": {"unbounded-string": "as it came"}, "x-shown": 1})

    assert {"type": "string", "x-shown": 1} == noted.json_schema(dialect="openapi-3.1")


def test_every_finding_but_those_about_silences_can_be_silenced(tmp_path):
    ids = [rule.id for rule in RULES if not rule.id.endswith("-silence")]
    told = dict.fromkeys(ids, "as it is")

    found = findings_of(tmp_path, f"a = s.integer(meta={{'lint_ignore': {told!r}}})")

    assert sorted(ids) == sorted(one.message.partition("]")[0].lstrip("[") for one in found)
