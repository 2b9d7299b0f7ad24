"""``kbn-schema lint``: what it prints, and how it ends."""

import json
import sys

import pytest

from kbn_schema import cli
from kbn_schema.lint import RULES
from tests.lint.modules import PRELUDE

ROUTES = PRELUDE + "find_query = s.object({\n    'search': s.string(),\n})\nroute({'query': find_query})\n"
LINE = PRELUDE.count("\n") + 2


@pytest.fixture
def lint(tmp_path, monkeypatch, capsys):
    """A function that lints the module ``shop`` with some text: status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)

    def run(text, *arguments, name="shop"):
        (tmp_path / "shop.py").write_text(text, encoding="utf-8")
        try:
            status = cli.main(["lint", name, *arguments])
        finally:
            sys.modules.pop("shop", None)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_a_finding_is_a_line_with_its_advice_below(lint):
    status, out, err = lint(ROUTES, "--ignore", "no-response-schema")

    assert 1 == status
    assert [
        f"shop.py:{LINE}: warning: unbounded-string: find_query.search: it takes a text of any length",
        "    Set max_length, or a pattern that ends; a limit that is generous is a limit.",
    ] == out.splitlines()
    assert "shop: [1] finding\n" == err


def test_json_has_all_that_is_known(lint):
    status, out, _ = lint(ROUTES, "--format", "json", "--ignore", "no-response-schema")

    assert 1 == status
    assert {
        "module": "shop",
        "findings": [
            {
                "id": "unbounded-string",
                "level": "warning",
                "place": "find_query.search",
                "message": "it takes a text of any length",
                "advice": "Set max_length, or a pattern that ends; a limit that is generous is a limit.",
                "file": "shop.py",
                "line": LINE,
                "reason": next(rule.reason for rule in RULES if rule.id == "unbounded-string"),
            }
        ],
        "silenced": 0,
    } == json.loads(out)


def test_what_stands_in_no_file_is_told_without_one(lint):
    made = "exec(compile('def answer(context, request, response): ...', '<made>', 'exec'))\n"
    text = PRELUDE + made + "router.post('/made', validate={'body': s.string()})(answer)\n"
    status, out, _ = lint(text, "--ignore", "no-response-schema")

    assert 1 == status
    assert out.startswith("warning: unbounded-string: ")


def test_a_clean_module_is_fine(lint):
    assert (0, "", "shop: no findings\n") == lint("from kbn_schema import schema as s\na = s.integer()\n")


def test_json_of_a_clean_module_is_json(lint):
    status, out, _ = lint("from kbn_schema import schema as s\na = s.integer()\n", "--format", "json")

    assert (0, {"module": "shop", "findings": [], "silenced": 0}) == (status, json.loads(out))


def test_what_the_module_prints_is_no_part_of_the_answer(lint):
    _, out, err = lint(
        "from kbn_schema import schema as s\nprint('HELLO')\n"
        "a = s.integer(default=lambda: print('THERE') or 1)\n"
    )

    assert "" == out
    assert "HELLO" in err
    assert "THERE" in err


@pytest.mark.parametrize(
    ("text", "arguments", "told"),
    [
        ("raise SystemExit", [], "cannot import [shop]: SystemExit\n"),
        ("1 / 0", [], "cannot import [shop]: ZeroDivisionError"),
        ("import sys\nsys.exit(3)", [], "cannot import [shop]: SystemExit"),
        ("a = 1", [], "[shop] has no schemas and no routes"),
        (ROUTES, ["--ignore", "unbounded-strings"], "there is no finding [unbounded-strings]; did you mean"),
    ],
)
def test_what_cannot_be_asked_is_one_line(text, arguments, told, lint):
    status, out, err = lint(text, *arguments)

    assert (2, "") == (status, out)
    assert err.startswith(f"kbn-schema: {told}")
    assert 1 == err.count("\n")


def test_a_module_that_is_not_there_cannot_be_asked(lint):
    assert 2 == lint("", name="shop_that_is_not")[0]


@pytest.mark.parametrize("name", ["shop:router", "shop.py", "./shop.py:router"])
def test_what_is_no_module_is_told_how_to_be_written(name, lint):
    told = f"kbn-schema: expected MODULE, such as app.routes, but got [{name}]; write [shop]\n"

    assert (2, "", told) == lint("", name=name)


def test_a_name_cannot_forge_a_line(lint):
    _, out, _ = lint("from kbn_schema import schema as s\na = s.object({'x\\ny: error': s.string()})\n")

    assert 2 == len(out.splitlines())
