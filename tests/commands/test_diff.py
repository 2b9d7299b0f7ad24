"""``kbn-schema diff``: two contracts, what changed between them, and how that is told."""

import datetime
import gc
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kbn_schema import cli
from kbn_schema.commands import diff as command
from kbn_schema.commands import diff_formats
from kbn_schema.commands.allowances import Judged
from kbn_schema.commands.answers import CannotAsk
from kbn_schema.commands.diff import today as present_day
from kbn_schema.diff import Change

MODULE = """
from kbn_schema import schema
from kbn_schema.http import Router

print("noise")
router = Router()
number = 3
broken = Router()
broken.get("/x", validate=lambda: 1 / 0)(lambda context, request, response: response.ok())


@router.versioned.post("/api/users/{{id}}", access="public").add_version(
    "2023-10-31",
    validate={{"request": {{"params": schema.object({{"id": schema.string()}}), "body": {body}}}}},
)
def create(context, request, response):
    return response.ok()
"""
OLD = "schema.object({'name': schema.string(max_length=100)})"
NARROWER = "schema.object({'name': schema.string(max_length=50)})"
WIDER = "schema.object({'name': schema.string(max_length=200), 'tag': schema.maybe(schema.string())})"
TODAY = datetime.date(2026, 11, 22)
ALLOWANCE = """
[[allow]]
rule = "{rule}"
route = "POST /api/users/{{id}}"
version = "2023-10-31"
path = "body.name"
reason = "nobody has such a name"
expires = {expires}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with the modules `old_app`, `narrower_app` and `wider_app`."""
    known = dict(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(command, "today", lambda: TODAY)
    monkeypatch.setenv("NO_COLOR", "1")
    for name, body in (("old_app", OLD), ("narrower_app", NARROWER), ("wider_app", WIDER)):
        (tmp_path / f"{name}.py").write_text(MODULE.format(body=body))
    yield tmp_path
    for name in sys.modules.keys() - known.keys():
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def run(folder, capsys):
    def run(*arguments):
        status = cli.main(["diff", *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def changes_of(out):
    return json.loads(out)["changes"]


def rule_of(run):
    _, out, _ = run("old_app:router", "narrower_app:router", "--format", "json")
    [change] = changes_of(out)
    return change["rule"]


def test_nothing_changed(run):
    status, out, err = run("old_app:router", "old_app:router")

    assert (0, "nothing changed\n") == (status, out)
    assert "noise\n" == err


def test_a_breaking_change_is_1_and_says_where_and_what(run):
    status, out, _ = run("old_app:router", "narrower_app:router")

    assert 1 == status
    assert out.startswith("POST /api/users/{id}, version 2023-10-31\n  breaking    request body.name [")
    assert "string(max_length=100) -> string(max_length=50)" in out
    assert out.endswith("\n\n1 breaking\n")


def test_a_compatible_change_is_0(run):
    status, out, _ = run("old_app:router", "wider_app:router", "--profile", "strict")

    assert 0 == status
    assert out.endswith("\n2 compatible\n")


def test_a_snapshot_is_as_good_as_a_router(run, capsys):
    cli.main(["snapshot", "old_app:router", "-o", "old.json"])
    capsys.readouterr()
    from_file = run("old.json", "narrower_app:router")
    from_router = run("old_app:router", "narrower_app:router")

    assert from_router[:2] == from_file[:2]


SHARED = """
from kbn_schema import schema
from kbn_schema.http import Router

router = Router()
name = schema.string(max_length={size})
for path in ("/a", "/b", "/c"):
    router.post(path, validate={{"body": name}})(lambda context, request, response: response.ok())
"""


def test_what_routes_share_is_explained_once(folder, run):
    for module, size in (("before", 100), ("after", 50)):
        (folder / f"{module}.py").write_text(SHARED.format(size=size))
    status, out, _ = run("before:router", "after:router")
    told = run("before:router", "after:router", "--format", "markdown")[1]

    assert 1 == status
    assert (1, 2) == (out.count(" -> string(max_length=50)"), out.count("], as above\n"))
    assert (2, 3) == (told.count(" As above. |"), told.count("`string(max_length=50)`"))


def test_json_is_for_programs(run):
    status, out, _ = run("old_app:router", "narrower_app:router", "--format", "json")
    found = json.loads(out)
    [change] = found.pop("changes")

    assert 1 == status
    assert found == {
        "format": "kbn-schema diff",
        "version": 1,
        "old": "old_app:router",
        "new": "narrower_app:router",
        "profile": "kibana",
        "breaking": 1,
        "allowed": 0,
        "warning": 0,
        "compatible": 0,
    }
    assert ("breaking", "ERR", "request") == (change["verdict"], change["level"], change["direction"])
    assert ("POST", "/api/users/{id}", "2023-10-31") == (change["method"], change["route"], change["version"])
    assert ["body", "name"] == change["path"]
    assert ("string(max_length=100)", "string(max_length=50)") == (change["before"], change["after"])
    assert change["rule"]
    assert change["message"]
    assert change["advice"]


def test_markdown_is_for_a_review(run):
    status, out, _ = run("old_app:router", "narrower_app:router", "--format", "markdown")

    assert 1 == status
    assert out.startswith(
        "**1 breaking**\n\n### `POST /api/users/{id}, version 2023-10-31`\n\n| | rule | where |"
    )
    assert "` | `request body.name` | `string(max_length=100)` | `string(max_length=50)` | Values" in out


@pytest.mark.parametrize(
    ("expires", "status"), [(TODAY, 0), (TODAY - datetime.timedelta(1), 1)], ids=["last day", "day after"]
)
def test_what_is_meant_is_allowed_until_its_last_day(folder, run, expires, status):
    (folder / "allow.toml").write_text(ALLOWANCE.format(rule=rule_of(run), expires=expires))
    found, out, err = run("old_app:router", "narrower_app:router", "--allow", "allow.toml")

    assert status == found
    assert ("allowed until 2026-11-22: nobody has such a name" in out) == (status == 0)
    assert ("has expired" in err) == (status == 1)


def test_an_allowance_for_something_else_allows_nothing(folder, run):
    (folder / "allow.toml").write_text(ALLOWANCE.format(rule="pattern-added", expires=TODAY))
    status, _, err = run("old_app:router", "narrower_app:router", "--allow", "allow.toml")

    assert 1 == status
    assert "the allowance for [POST /api/users/{id}, version 2023-10-31, body.name, pattern-added]" in err
    assert "allows nothing" in err


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("Allow.TOML", None, "cannot read [Allow.TOML]: there is no such file"),
        ("allow.txt", "", "cannot tell the format of [allow.txt]"),
        ("allow.toml", "[[allow]]\nrule = 'x'\n", "[allow.toml]: [allow.0.route]: expected value of type"),
        ("allow.toml", "allow = 3\n", "[allow.toml]: [allow]: "),
        ("allow.toml", "[[", "[allow.toml]: the TOML text is malformed"),
        ("allow.json", '{"allow": []} {', "[allow.json]: "),
        ("allow.json", '{"alow": []}', "[allow.json]: "),
        (
            "allow.toml",
            ALLOWANCE.format(rule="bound-tigtened", expires=TODAY),
            "did you mean [bound-tightened]?",
        ),
        (
            "allow.toml",
            ALLOWANCE.format(rule="pattern-added", expires=TODAY).replace("POST ", ""),
            "route must be a method and a path, GET /x, but is [/api/users/{id}]",
        ),
    ],
)
def test_allowances_that_cannot_be_read_are_2(folder, run, name, text, told):
    if text is not None:
        (folder / name).write_text(text)
    status, out, err = run("old_app:router", "narrower_app:router", "--allow", name)

    assert (2, "") == (status, out)
    assert told in err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            ALLOWANCE.format(rule="bound-tightened", expires=TODAY).replace("reason", "reson"),
            [
                "[allow.0.reason]: expected value of type [string] but got [undefined]",
                "[allow.0.reson]: Additional properties are not allowed ('reson' was unexpected); "
                "did you mean [reason]?",
            ],
        ),
        (
            ALLOWANCE.format(rule="bound-tightened", expires=TODAY).replace("allow", "allows"),
            [
                "[allow]: expected value of type [array] but got [undefined]",
                "[allows]: Additional properties are not allowed ('allows' was unexpected); "
                "did you mean [allow]?",
            ],
        ),
    ],
)
def test_every_issue_of_allowances_is_told_with_the_name_that_was_nearly_right(folder, run, text, told):
    (folder / "allow.toml").write_text(text)
    _, _, err = run("old_app:router", "narrower_app:router", "--allow", "allow.toml")

    assert [f"kbn-schema: [allow.toml]: {line}" for line in told] == err.splitlines()


def test_what_is_allowed_is_told_in_a_review(folder, run):
    (folder / "allow.toml").write_text(ALLOWANCE.format(rule=rule_of(run), expires=TODAY))
    status, out, _ = run(
        "old_app:router", "narrower_app:router", "--allow", "allow.toml", "--format", "markdown"
    )

    assert 0 == status
    assert " Allowed until 2026-11-22: nobody has such a name. |" in out


def test_a_route_that_is_gone_has_no_place_in_it(folder, run):
    (folder / "no_app.py").write_text("from kbn_schema.http import Router\nrouter = Router()\n")
    status, text, _ = run("old_app:router", "no_app:router")
    told = run("old_app:router", "no_app:router", "--format", "markdown")[1]

    assert 1 == status
    assert re.search(r"^  breaking    \[[a-z-]+\]$", text, re.M)
    assert re.search(r"^\| breaking \| `[a-z-]+` \|  \| ", told, re.M)


def test_a_change_may_have_no_more_than_a_rule():
    bare = Judged(Change("route-removed", "ERR", "-", "GET", "/x", "", (), None, None, ""))

    assert "GET /x\n  breaking    [route-removed]\n\n1 breaking\n" == diff_formats.text([bare])


def test_a_terminal_gets_colours_and_the_same_words(run, monkeypatch):
    plain = run("old_app:router", "narrower_app:router")[1]
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    coloured = run("old_app:router", "narrower_app:router")[1]

    assert "\x1b[" in coloured
    assert plain == re.sub(r"\x1b\[[\d;]*m", "", coloured)


def test_a_collector_that_was_off_stays_so(run):
    gc.disable()
    try:
        status = run("old_app:router", "old_app:router")[0]
        was_on = gc.isenabled()
    finally:
        gc.enable()

    assert (0, False) == (status, was_on)


@pytest.mark.parametrize("told", ["0", "1795305600"])
def test_the_day_may_be_told_as_to_builds_that_can_be_repeated(monkeypatch, told):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", told)

    assert datetime.date(1970, 1, 1) + datetime.timedelta(seconds=int(told)) == present_day()


@pytest.mark.parametrize("told", ["soon", "", "9" * 30])
def test_a_day_that_is_none_is_a_reason(monkeypatch, told):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", told)
    with pytest.raises(CannotAsk) as reason:
        present_day()

    assert f"SOURCE_DATE_EPOCH must be a number of seconds, but is [{told}]" == str(reason.value)


def test_else_the_day_is_that_of_greenwich(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = datetime.datetime.now(datetime.UTC).date()
    found = present_day()

    assert before <= found <= datetime.datetime.now(datetime.UTC).date()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["old_app:router"], "expected OLD and NEW"),
        (["absent.json", "old_app:router"], "cannot read [absent.json]: there is no such file"),
        (["old_app:router", "."], "cannot read [.]: Is a directory"),
        (["old_app:number", "old_app:router"], "[old_app:number] is not a router but [int]"),
        (["old_app:rooter", "old_app:router"], "did you mean [router]?"),
        (["no_such:router", "old_app:router"], "cannot import [no_such]"),
        (
            ["old_app:broken", "old_app:router"],
            "cannot read the routes of [old_app:broken]: ZeroDivisionError",
        ),
        (["old_app:router", "--git", "HEAD"], "--git needs a repository of git"),
        (["old_app.py", "old_app:router"], "old_app.py: the JSON text is malformed"),
    ],
)
def test_what_cannot_be_compared_is_2(run, arguments, told):
    status, out, err = run(*arguments)

    assert (2, "") == (status, out)
    assert told in err
    assert 1 == len([line for line in err.splitlines() if line.startswith("kbn-schema: ")])


def git(folder, *arguments, input=None):
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *who, *arguments],
        cwd=folder, env=environment, input=input, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def repository(folder, monkeypatch, capsys):
    """A repository with a package below its top; since the last commit, the names have become shorter."""
    git(folder, "init", "--quiet")
    below = folder / "service"
    (below / "shop").mkdir(parents=True)
    (below / "shop/__init__.py").write_text("")
    routes = below / "shop/routes.py"
    routes.write_text(MODULE.format(body=OLD))
    monkeypatch.chdir(below)
    cli.main(["snapshot", "shop.routes:router", "-o", "contract.json"])
    git(folder, "add", "service")
    git(folder, "commit", "--quiet", "-m", "first")
    routes.write_text(MODULE.format(body=NARROWER))
    for name in ("shop", "shop.routes"):
        del sys.modules[name]
    capsys.readouterr()
    return below


def test_a_snapshot_is_compared_with_that_of_a_commit(repository, run):
    unchanged = run("--git", "HEAD", "contract.json")
    against_router = run("--git", "HEAD", "contract.json", "shop.routes:router")

    assert (0, "nothing changed\n") == unchanged[:2]
    assert 1 == against_router[0]


def test_a_router_is_compared_with_that_of_a_commit(repository, run):
    status, out, _ = run("--git", "HEAD", "shop.routes:router")

    assert 1 == status
    assert "string(max_length=100) -> string(max_length=50)" in out


def test_a_module_may_be_in_the_folder_src(repository, folder, run):
    (repository / "src").mkdir()
    (repository / "src/goods.py").write_text(MODULE.format(body=OLD))
    git(folder, "add", "service/src")
    git(folder, "commit", "--quiet", "-m", "src")

    assert (0, "nothing changed\n") == run("--git", "HEAD", "goods:router", "contract.json")[:2]


def test_a_folder_that_the_commit_does_not_have_is_2(repository, monkeypatch, run):
    (repository / "new").mkdir()
    monkeypatch.chdir(repository / "new")
    status, out, err = run("--git", "HEAD", "shop.routes:router", "../contract.json")

    assert (2, "") == (status, out)
    assert "there was no folder [service/new/] at [HEAD]" in err


def test_a_commit_whose_files_this_system_cannot_have_is_2(repository, folder, run):
    """Other systems may take longer names, as git does."""
    blob = git(folder, "hash-object", "-w", "service/contract.json")
    tree = git(folder, "mktree", input=f"100644 blob {blob}\t{'a' * 300}\n")
    commit = git(folder, "commit-tree", tree, "-m", "long")
    status, out, err = run("--git", commit, "shop.routes:router")

    assert (2, "") == (status, out)
    assert f"cannot write the files of [{commit}]: " in err


def test_without_git_there_is_no_commit(repository, monkeypatch, run):
    monkeypatch.setenv("PATH", "")
    status, out, err = run("--git", "HEAD", "contract.json")

    assert (2, "") == (status, out)
    assert "kbn-schema: cannot start git: " in err


def test_a_link_out_of_the_repository_is_left_out(repository, folder, run):
    (folder / "outside").symlink_to("/etc/hostname")
    (folder / "inside").symlink_to("service")
    git(folder, "add", "outside", "inside")
    git(folder, "commit", "--quiet", "-m", "links")
    status, out, _ = run("--git", "HEAD", "shop.routes:router")

    assert 1 == status
    assert "string(max_length=100) -> string(max_length=50)" in out


def test_a_thread_of_the_module_does_not_keep_the_answer(folder):
    (folder / "threads.py").write_text(
        "import threading\n"
        "threading.Thread(target=threading.Event().wait).start()\n" + MODULE.format(body=OLD)
    )
    asked = subprocess.run(
        [sys.executable, "-m", "kbn_schema", "diff", "threads:router", "threads:router"],
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (0, "nothing changed\n") == (asked.returncode, asked.stdout)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--git", "no-such", "contract.json"], "git knows no commit [no-such]"),
        (["--git=--output=stolen", "contract.json"], "git knows no commit [--output=stolen]"),
        (["--git", "HEAD", "absent.json"], "there was no [absent.json] at [HEAD]"),
        (["--git", "HEAD", "shop.absent:router"], "at [HEAD]: cannot import [shop.absent]"),
        (["--git", "HEAD", "kbn_schema.demo.router:router"], "was imported from elsewhere"),
    ],
)
def test_what_was_not_there_is_2(repository, run, arguments, told):
    status, out, err = run(*arguments)

    assert (2, "") == (status, out)
    assert told in err
    assert not (repository / "stolen").exists()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("origin/main", "; to fetch it: git fetch origin main\n"),
        ("origin/feat/a", "; to fetch it: git fetch origin feat/a\n"),
        ("origin/", "]\n"),
        ("upstream/main", "]\n"),
        ("main~1", "]\n"),
    ],
)
def test_what_a_clone_may_be_without_is_told_how_to_be_fetched(repository, folder, run, name, hint):
    git(folder, "remote", "add", "origin", "https://example.com/shop.git")
    _, _, err = run("--git", name, "contract.json")

    assert err == f"kbn-schema: git knows no commit [{name}{']' if hint.startswith(';') else ''}{hint}"


def test_a_shallow_clone_is_told_to_be_one(repository, folder, tmp_path, monkeypatch, run):
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "second")
    git(folder, "clone", "--quiet", "--depth", "1", folder.as_uri(), str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow" / "service")
    _, _, err = run("--git", "HEAD~1", "contract.json")

    assert err.endswith("git knows no commit [HEAD~1]; this clone is shallow: git fetch --unshallow\n")


def test_a_commit_whose_module_fails_is_2(repository, folder, run):
    (repository / "shop/routes.py").write_text("raise RuntimeError('not yet')")
    git(folder, "commit", "--quiet", "-a", "-m", "broken")
    (repository / "shop/routes.py").write_text(MODULE.format(body=OLD))
    status, out, err = run("--git", "HEAD", "shop.routes:router")

    assert (2, "") == (status, out)
    assert "at [HEAD]: cannot import [shop.routes]: RuntimeError: not yet" in err


def test_a_name_cannot_paint_the_terminal_or_the_page(folder, run):
    """Keys of a contract are their author's, and a snapshot may come from anybody."""
    hostile = "a|`<b>\x1b[31m\n"
    (folder / "old_app.py").write_text(MODULE.format(body=f"schema.object({{{hostile!r}: schema.string()}})"))
    text = run("old_app:router", "wider_app:router")[1]
    told = run("old_app:router", "wider_app:router", "--format", "markdown")[1]

    assert "\x1b" not in text + told
    assert not [line for line in told.splitlines() if line.startswith("| ") and line.count(" | ") != 5]
    assert "<b>" not in told.replace("`", "").split("| request")[0]
