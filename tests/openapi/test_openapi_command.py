"""``kbn-schema openapi``: the document of a router, in a file or on standard output."""

import json
import os
import subprocess
import sys

import pytest
import yaml

from kbn_schema import cli, openapi
from kbn_schema.commands import files
from kbn_schema.commands import openapi as command

MODULE = """
from kbn_schema import schema
from kbn_schema.http import Router

print("noise")
router = Router("/api")
broken = Router()
broken.get("/x", validate=lambda: 1 / 0)(lambda context, request, response: response.ok())
odd = Router()
odd.get("/x", validate=False, summary="a half: \\ud800, é")(lambda context, request, response: response.ok())


@router.get("/notes", access="public", validate={"query": schema.object({"q": schema.string()})})
def find_notes(context, request, response):
    return response.ok()


add = router.versioned.post("/notes", access="public")
for version in ("2023-10-31", "2026-06-01"):
    body = {"body": schema.object({"text": schema.string()})}
    add.add_version(version, validate=body, handler=find_notes)
"""
BASE = """
info:
  title: Notes
  license: {name: MIT}
paths:
  /health:
    get:
      summary: How it is
      responses:
        200: {description: Well}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with the module `notes_app`."""
    known = dict(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "notes_app.py").write_text(MODULE)
    (tmp_path / "base.yaml").write_text(BASE)
    yield tmp_path
    for name in sys.modules.keys() - known.keys():
        del sys.modules[name]


def run(capfd, *arguments):
    """The exit status, what was printed, and what was said."""
    status = cli.main(["openapi", *arguments])
    told = capfd.readouterr()
    return status, told.out, told.err


def test_the_document_is_the_answer_and_nothing_else_is(folder, capfd):
    status, printed, said = run(capfd, "notes_app:router")
    router = sys.modules["notes_app"].router

    assert (0, "noise\n") == (status, said)
    assert openapi.document(router, title="notes_app", version="0") == json.loads(printed)
    assert printed.startswith('{\n  "openapi": "3.1.0",\n')
    assert printed.endswith("}\n")


def test_a_package_that_is_installed_gives_its_name_and_version(capfd):
    info = json.loads(run(capfd, "kbn_schema.demo.router:router")[1])["info"]

    assert "kbn-schema" == info["title"]
    assert info["version"][0].isdigit()


@pytest.mark.parametrize("name", ["api.json", "api.yaml", "api.YML", "api"])
def test_a_file_has_the_format_of_its_suffix(name, folder, capfd):
    status, printed, said = run(capfd, "notes_app:router", "-o", name)
    read = yaml.safe_load if name.lower().endswith((".yaml", ".yml")) else json.loads

    assert (0, "", f"noise\nwrote {name}\n") == (status, printed, said)
    router = sys.modules["notes_app"].router
    assert openapi.document(router, title="notes_app", version="0") == read((folder / name).read_bytes())


def test_a_dash_is_standard_output(folder, capfd):
    assert "3.1.0" == json.loads(run(capfd, "notes_app:router", "-o", "-")[1])["openapi"]
    assert not (folder / "-").exists()


@pytest.mark.parametrize(
    ("flags", "version", "paths"),
    [
        (["--openapi", "3.0"], "3.0.3", {"/api/notes": ["get", "post"]}),
        (["--access", "internal"], "3.1.0", {}),
        (["--api-version", "2023-10-31"], "3.1.0", {"/api/notes": ["get", "post"]}),
        (["--base", "base.yaml"], "3.1.0", {"/health": ["get"], "/api/notes": ["get", "post"]}),
    ],
)
def test_flags_say_what_is_shown(flags, version, paths, folder, capfd):
    made = json.loads(run(capfd, "notes_app:router", *flags)[1])

    assert version == made["openapi"]
    assert paths == {path: [*item] for path, item in made["paths"].items()}


def test_a_package_may_have_been_brought_by_one_of_another_name():
    assert "PyYAML" == command._distribution("yaml")["title"]
    assert command._distribution("no_such_package") is None


def test_a_base_that_says_all_asks_for_no_package(folder, capfd, monkeypatch):
    monkeypatch.setattr(command, "_distribution", lambda package: pytest.fail(package))
    (folder / "base.json").write_text('{"info": {"title": "Notes", "version": "7"}}')
    made = json.loads(run(capfd, "notes_app:router", "--base", "base.json")[1])

    assert {"title": "Notes", "version": "7"} == made["info"]


def test_the_base_goes_before_the_package(folder, capfd):
    made = json.loads(run(capfd, "notes_app:router", "--base", "base.yaml")[1])

    assert {"title": "Notes", "version": "0", "license": {"name": "MIT"}} == made["info"]
    assert {"200": {"description": "Well"}} == made["paths"]["/health"]["get"]["responses"]


def test_a_text_that_has_no_encoding_is_escaped_or_replaced(folder, capfd):
    for name in ("api.json", "api.yaml"):
        assert 0 == run(capfd, "notes_app:odd", "-o", name)[0]

    assert b"a half: \\ud800, " in (folder / "api.json").read_bytes()
    # YAML has no such escape: readers would refuse the file.
    read = yaml.safe_load((folder / "api.yaml").read_bytes())
    assert "a half: \ufffd, é" == read["paths"]["/x"]["get"]["summary"]


def test_the_bytes_do_not_depend_on_the_seed_of_hashes(folder):
    made = {
        subprocess.run(
            [sys.executable, "-m", "kbn_schema", "openapi", "notes_app:router", "--base", "base.yaml"],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True, timeout=60,
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip

    assert 1 == len(made)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["absent:router"], "cannot import [absent]: ModuleNotFoundError: No module named 'absent'"),
        (["notes_app"], "expected MODULE:ROUTER, such as notes_app:router, but got [notes_app]"),
        (["notes_app:rooter"], "[notes_app] has no router [rooter]; did you mean [router]?"),
        (["notes_app:find_notes"], "[notes_app:find_notes] is not a router but [function]"),
        (["notes_app:broken"], "cannot describe [notes_app:broken]: ZeroDivisionError: division by zero"),
        (
            ["notes_app:router", "--api-version", "2024-01-01"],
            "cannot describe [notes_app:router]: no route has the version [2024-01-01]; "
            "there is [2023-10-31], [2026-06-01]",
        ),
        (["notes_app:router", "--base", "none.json"], "cannot read [none.json]: there is no such file"),
        (["notes_app:router", "--base", "base.txt"], "cannot tell the format of [base.txt]: expected .json"),
        (["notes_app:router", "--base", "."], "cannot tell the format of [.]: expected .json, .yaml or"),
        (["notes_app:router", "--base", "list.json"], "cannot read [list.json]: it holds no mapping"),
        (["notes_app:router", "--base", "torn.json"], "cannot read [torn.json]: "),
        (["notes_app:router", "--base", "twice.yaml"], "cannot read [twice.yaml]: the YAML text has a mapp"),
        (
            ["notes_app:router", "--base", "old.json"],
            "cannot describe [notes_app:router]: the base: it is of Swagger 2",
        ),
        (["notes_app:router", "-o", "absent/api.json"], "cannot write [absent/api.json]: No such file"),
        (["notes_app:router", "-o", "."], "cannot read [.]: Is a directory"),
        (["notes_app:router", "-o", "x", "--html", "./x"], "-o and --html are the same file [./x]: name two"),
        (["notes_app:router", "-o", "-", "--html", "-"], "-o and --html are both [-]: name a file for one"),
    ],
)
def test_what_cannot_be_asked_is_one_line(arguments, reason, folder, capfd):
    contents = {
        "list.json": "[]",
        "torn.json": "{",
        "twice.yaml": "a: 1\na: 2",
        "old.json": '{"swagger": "2.0"}',
    }
    for name, text in contents.items():
        (folder / name).write_text(text)
    before = sorted(os.listdir(folder))
    status, printed, said = run(capfd, *arguments)

    assert (2, "") == (status, printed)
    assert said.removeprefix("noise\n").startswith(f"kbn-schema: {reason}")
    assert 1 == said.removeprefix("noise\n").count("\n")
    assert before == sorted(name for name in os.listdir(folder) if name != "__pycache__")


def test_without_pyyaml_a_line_says_what_is_missing(folder, capfd, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)

    for flags, verb in ((["-o", "api.yaml"], "writing"), (["--base", "base.yaml"], "reading")):
        status, printed, said = run(capfd, "notes_app:router", *flags)

        wanted = f"kbn-schema: {verb} YAML needs PyYAML: pip install 'kbn-schema[yaml]'\n"
        assert (2, "", wanted) == (status, printed, said)


def test_a_file_stays_as_it_was_where_the_other_cannot_be_written(folder, capfd, monkeypatch):
    (folder / "api.json").write_text("old")
    monkeypatch.setattr("kbn_schema.commands.openapi._page", lambda *_: "<!doctype html>")
    status, _, said = run(capfd, "notes_app:router", "-o", "api.json", "--html", "absent/page.html")

    assert (2, "old") == (status, (folder / "api.json").read_text())
    assert "cannot write [absent/page.html]" in said
    assert files.content(folder / "api.json") == b"old"


def test_a_page_is_written_in_place_of_an_answer(folder, capfd, monkeypatch):
    asked = []

    def page(router, document, wanted):
        asked.append((document["info"]["title"], wanted))
        return "<!doctype html>é"

    monkeypatch.setattr("kbn_schema.commands.openapi._page", page)
    status, printed, said = run(capfd, "notes_app:router", "--html", "page.html", "--api-version", "newest")

    assert (0, "", "noise\nwrote page.html\n") == (status, printed, said)
    assert [("notes_app", {"access": "all", "api_version": "newest"})] == asked
    assert "<!doctype html>é" == (folder / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("others", [[], ["-o", "api.json"]])
def test_a_dash_prints_the_page_and_only_it(others, folder, capfd):
    status, printed, said = run(capfd, "notes_app:router", "--html", "-", *others)

    assert 0 == status
    assert printed.startswith("<!doctype html>")
    assert printed.endswith("</html>\n")
    assert ("wrote api.json" in said) is bool(others)
    assert not (folder / "-").exists()
