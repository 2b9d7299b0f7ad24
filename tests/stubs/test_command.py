"""``kbn-schema stubs``: what it writes, and what it never does, whatever the author's module does."""

import concurrent.futures
import os
import pty
import re
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema import Schema, cli
from kbn_schema.commands import child, files, stubs_child, unified
from kbn_schema.commands.answers import CannotAsk
from kbn_schema.commands.files import replace_all
from kbn_schema.commands.stubs import Order, run
from kbn_schema.commands.unified import diff

ROUTES = """\
from typing import TYPE_CHECKING

from kbn_schema import Schema, schema
from kbn_schema.http import Router

if TYPE_CHECKING:
    from app._routes_types import FindQuery

router = Router()
find_query: "Schema[FindQuery]" = schema.object({"page": schema.integer(default=1)})

@router.get("/things", validate={"query": find_query})
def find(context, request, response):
    return response.ok()
"""
ANNOTATION = ': "Schema[FindQuery]"'
TYPES = "app/_routes_types.py"
needs_posix = pytest.mark.skipif(os.name == "nt", reason="of POSIX")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with the module ``app.routes``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    (tmp_path / "app").mkdir()
    (tmp_path / "app/routes.py").write_text(ROUTES)
    return tmp_path


@pytest.fixture
def stubs(folder, capfd):
    """A function that runs the command here: status, standard output, standard error."""

    def run(*arguments):
        try:
            status = cli.main(["stubs", *arguments])
        except SystemExit as exit:
            status = exit.code
        return status, *capfd.readouterr()

    return run


def command(folder, *arguments, input=None, **environment):
    """The command as users start it, but with its package where this one is."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "kbn_schema", "stubs", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[1])} | environment,
        input=input,
        capture_output=True,
        timeout=60,
        check=False,
    )


def listing(folder):
    """All that is in *folder*, with contents, modes and times."""
    return {
        path.relative_to(folder).as_posix(): (
            path.is_file() and path.read_bytes(),
            path.lstat().st_mode,
            path.lstat().st_mtime_ns if path.is_file() else 0,
        )
        for path in sorted(folder.rglob("*"))
    }


def names(folder):
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]


def test_the_types_are_written_beside_the_module_and_then_left_alone(stubs, folder):
    assert (0, "", f"wrote {TYPES}\n") == stubs("app.routes")
    written = listing(folder)
    assert (0, "", f"{TYPES} is up to date\n") == stubs("app.routes")

    assert written == listing(folder)
    assert [TYPES, "app/routes.py"] == names(folder)
    assert "class FindQuery(TypedDict):" in (folder / TYPES).read_text()


def test_what_is_there_can_be_checked(stubs, folder):
    stubs("app.routes")
    written = listing(folder)

    assert (0, "", f"{TYPES} is up to date\n") == stubs("app.routes", "--check")
    assert written == listing(folder)


def test_what_is_stale_is_shown_as_a_diff(stubs, folder):
    stubs("app.routes")
    right = (folder / TYPES).read_bytes()
    (folder / TYPES).write_bytes(right.replace(b"page: int\n", b"page: str\n"))
    before = listing(folder)
    status, out, err = stubs("app.routes", "--check")

    told = "app/_routes_types.py is out of date\nto write this: kbn-schema stubs app.routes\n"
    assert (1, told) == (status, err)
    assert f"--- a/{TYPES}\n+++ b/{TYPES}\n@@ -" in out
    assert "\n-    page: str\n+    page: int\n" in out
    assert before == listing(folder)
    assert right.decode() == patched((folder / TYPES).read_text(), out)


def test_what_is_missing_differs_from_nothing(stubs, folder):
    status, out, _ = stubs("app.routes", "--check")

    assert 1 == status
    assert out.startswith(f"--- /dev/null\n+++ b/{TYPES}\n@@ -0,0 +1,")
    assert ["app/routes.py"] == names(folder)


def test_the_text_can_be_printed(stubs, folder):
    status, out, err = stubs("app.routes", "--stdout")

    assert ["app/routes.py"] == names(folder)
    stubs("app.routes")
    assert (0, (folder / TYPES).read_text(), "") == (status, out, err)


def test_several_texts_are_printed_under_their_names(stubs, folder):
    status, out, _ = stubs("app.routes", "--stdout", "--ts", "web/api.d.ts", "--client")

    assert 0 == status
    assert [TYPES, "app/_routes_client.py", "web/api.d.ts"] == re.findall(r"^==> (.*) <==$", out, re.M)
    assert ["app/routes.py"] == names(folder)


def test_all_that_was_asked_for_is_written(stubs, folder):
    status, out, err = stubs("app.routes", "--ts", "api.d.ts", "--client")

    assert (0, "") == (status, out)
    assert err == f"wrote {TYPES}\nwrote app/_routes_client.py\nwrote api.d.ts\n"
    assert ["api.d.ts", "app/_routes_client.py", TYPES, "app/routes.py"] == names(folder)
    assert 0 == stubs("app.routes", "--ts", "api.d.ts", "--client", "--check")[0]


def test_a_module_of_schemas_may_have_a_stub_file(stubs, folder):
    (folder / "app/schemas.py").write_text("from kbn_schema import schema\nname = schema.string()\n")
    status, _, err = stubs("app.schemas", "--layout", "stub")

    assert (0, "wrote app/_schemas_types.py\nwrote app/schemas.pyi\n") == (status, err)
    assert 0 == stubs("app.schemas", "--layout", "stub", "--check")[0]


def test_a_module_with_functions_has_no_stub_file(stubs, folder):
    before = listing(folder)
    status, out, err = stubs("app.routes", "--layout", "stub")

    assert (2, "", 1) == (status, out, err.count("\n"))
    assert err.startswith("kbn-schema: ")
    assert before == listing(folder)


def test_a_schema_without_its_annotation_fails_the_check_and_is_a_note_otherwise(stubs, folder):
    (folder / "app/routes.py").write_text(ROUTES.replace(ANNOTATION, ""))
    status, out, err = stubs("app.routes")
    checked = stubs("app.routes", "--check")

    assert (0, "") == (status, out)
    assert err.splitlines()[1].startswith("app/routes.py:10: ")
    assert (1, err.splitlines()[1] + "\n") == checked[:2]


def test_annotations_are_shown_then_written_and_then_right(stubs, folder):
    (folder / "app/routes.py").write_text(ROUTES.replace(ANNOTATION, ""))
    status, out, err = stubs("app.routes", "--annotate", "--check")
    told = "app/_routes_types.py is missing\napp/routes.py is out of date\n"
    assert (1, f"{told}to write this: kbn-schema stubs app.routes --annotate\n") == (status, err)
    assert "--- a/app/routes.py\n+++ b/app/routes.py\n" in out
    assert ["app/routes.py"] == names(folder)

    assert (0, f"wrote {TYPES}\nwrote app/routes.py\n") == stubs("app.routes", "--annotate")[::2]
    assert 0 == stubs("app.routes", "--check")[0]
    assert "if TYPE_CHECKING:" in (folder / "app/routes.py").read_text()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["app.routes", "--check", "--stdout"], "--check compares and --stdout prints: use one of them"),
        (["app.routes", "--annotate", "--layout", "stub"], "--annotate is for the layout [sibling]"),
        (
            ["app/routes.py"],
            "expected MODULE, such as app.routes, but got [app/routes.py]; write [app.routes]",
        ),
        (["./app/__init__.py"], "but got [./app/__init__.py]; write [app]"),
        (["app.routes.py"], "but got [app.routes.py]; write [app.routes]"),
        (["app.routes:find_query"], "but got [app.routes:find_query]; write [app.routes]"),
        (
            ["app.routes", "--ts", "api.js"],
            "--ts writes TypeScript: expected a FILE with .ts at its end but got [api.js]",
        ),
        ([""], "expected MODULE, such as app.routes, but got []"),
        (["..routes"], "expected MODULE, such as app.routes, but got [..routes]"),
        (["app routes"], "expected MODULE, such as app.routes, but got [app routes]"),
        (["app\nroutes"], r"expected MODULE, such as app.routes, but got [app\nroutes]"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_imported(stubs, folder, arguments, reason):
    (folder / "app/routes.py").write_text("raise SystemExit")
    status, out, err = stubs(*arguments)

    assert (2, "", 1) == (status, out, err.count("\n"))
    assert (
        f"kbn-schema: {reason}" in err or f"kbn-schema: expected MODULE, such as app.routes, {reason}" in err
    )


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "x"])
def test_a_time_limit_is_a_number_of_seconds(stubs, seconds):
    assert 2 == stubs("app.routes", "--timeout", seconds)[0]


# What a module does; the last line of standard error, and whether the author sees a traceback.
BAD = {
    "raises": ("1 / 0", "cannot import [app.bad]: ZeroDivisionError: division by zero", True),
    "raises several lines": ("raise OSError('a\\nb')", "cannot import [app.bad]: OSError: a b", True),
    "has a wrong schema": (
        "from kbn_schema import schema\nschema.number(min=9, max=1)",
        "cannot import [app.bad]: SchemaDefinitionError: number(): min=9 and max=1 accept nothing",
        True,
    ),
    "exits": ("import sys; sys.exit(0)", "cannot import [app.bad]: SystemExit: 0", True),
    "interrupts": ("raise KeyboardInterrupt", "cannot import [app.bad]: KeyboardInterrupt", True),
    "raises what is no exception": (
        "class Skip(BaseException): pass\nraise Skip('now')",
        "cannot import [app.bad]: Skip: now",
        True,
    ),
    "raises what has no text": (
        "class Odd(Exception):\n    def __str__(self): raise self\nraise Odd",
        "cannot import [app.bad]: Odd",
        True,
    ),
    "raises a group": (
        "raise ExceptionGroup('two', [ValueError(1), TypeError(2)])",
        "cannot import [app.bad]: ExceptionGroup: two (2 sub-exceptions)",
        True,
    ),
    "is no Python": (
        "x = (",
        "cannot import [app.bad]: SyntaxError: '(' was never closed (bad.py, line 1)",
        True,
    ),
    "is no text": ("x = '\\x00\ud800'", "cannot import [app.bad]: Synta", True),
    "imports what is missing": (
        "import absent_here",
        "cannot import [app.bad]: ModuleNotFoundError: No module named 'absent_here'",
        True,
    ),
    "recurses": ("def f(): f()\nf()", "cannot import [app.bad]: RecursionError: maximum recursion", True),
    "ends the process": (
        "import os; os._exit(0)",
        "cannot import [app.bad]: it ended the process with status [0]",
        False,
    ),
    "crashes": (
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "cannot import [app.bad]: the process was ended by [SIGSEGV]",
        False,
    ),
    "is ended by a signal that has no name": (
        "import os; os.kill(os.getpid(), 40)",
        "cannot import [app.bad]: the process was ended by signal [40]",
        False,
    ),
    "leaves its work to another process": (
        "import os, time\nfrom kbn_schema import schema\nname = schema.string()\n"
        "if os.fork(): time.sleep(0.5); os._exit(3)",
        "cannot import [app.bad]: it ended the process with status [3]",
        False,
    ),
    "leaves its answers to another process": (
        "import os, time\nfrom kbn_schema import schema\n"
        "class Forking(type(schema.string())):\n"
        "    def hint(self, out):\n"
        "        if os.fork(): time.sleep(1); os._exit(3)\n"
        "        return super().hint(out)\n"
        "forking = Forking()",
        "cannot import [app.bad]: it ended the process with status [3]",
        False,
    ),
    "is something else": (
        "import sys; sys.modules[__name__] = 3",
        "[app.bad] has put something else in its place: [int]",
        False,
    ),
    "is no module of a file": (
        "import sys, types; sys.modules[__name__] = types.ModuleType(__name__)",
        "[app.bad] has no source: it is not in a file",
        False,
    ),
    "has nothing": ("x = 3", "[app.bad] has no schemas and no routes: there is nothing to write", False),
    "names two types alike": (
        "from kbn_schema import schema\na_b = schema.object({})\naB = schema.object({'x': schema.string()})",
        "two types would be called [AB]: that of [a_b] and that of [aB]; rename one of them",
        False,
    ),
    "has a lazy block that is wrong": (
        "from kbn_schema import schema\nfrom kbn_schema.http import Router\nrouter = Router()\n"
        "@router.get('/x', validate=lambda: {'query': 3})\ndef f(context, request, response): ...",
        "The [get] at [/x]: ",
        False,
    ),
    "has a lazy block that raises": (
        "from kbn_schema.http import Router\nrouter = Router()\n"
        "@router.get('/x', validate=lambda: 1 / 0)\ndef f(context, request, response): ...",
        "",
        None,
    ),
}


@pytest.mark.parametrize("does", BAD)
def test_of_a_bad_module_nothing_is_written_and_the_reason_said(stubs, folder, does):
    source, reason, has_traceback = BAD[does]
    (folder / "app/bad.py").write_bytes(source.encode("utf-8", "surrogatepass"))
    (folder / "app/_bad_types.py").write_text("# Generated by kbn-schema; old\n")
    before = listing(folder)
    status, out, err = stubs("app.bad", "--ts", "api.d.ts", "--client")

    assert (2, "") == (status, out)
    assert err.splitlines()[-1].startswith(f"kbn-schema: {reason}")
    if has_traceback is not None:
        assert has_traceback == ("bad.py" in err.rpartition("\nkbn-schema:")[0])
    assert not re.search(r"kbn_schema[/\\](?!demo)\w|importlib|this is a bug", err), err
    assert before == listing(folder)


def test_the_authors_traceback_begins_and_ends_with_the_authors_lines(stubs, folder):
    (folder / "app/bad.py").write_text("from app import worse\n")
    (folder / "app/worse.py").write_text("from kbn_schema import schema\nschema.number(min=9, max=1)\n")
    lines = stubs("app.bad")[2].splitlines()

    assert "Traceback (most recent call last):" == lines[0]
    assert [("bad.py", "1"), ("worse.py", "2")] == re.findall(
        r'File ".*?(\w+\.py)", line (\d+)', "\n".join(lines)
    )


def test_a_traceback_gives_no_orders_to_the_terminal(stubs, folder):
    (folder / "app/bad.py").write_text("raise ValueError('\\x1b[2J' + chr(0x202e))\n")
    err = stubs("app.bad")[2]

    assert "\nValueError: \\x1b[2J\\u202e\n" in err
    assert not {"\x1b", "\u202e"} & set(err)


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("nowhere", "cannot import [nowhere]: ModuleNotFoundError: No module named 'nowhere'"),
        ("app.nowhere", "cannot import [app.nowhere]: ModuleNotFoundError: No module named 'app.nowhere'"),
        ("app.routes.find", "cannot import [app.routes.find]: ModuleNotFoundError: No module named"),
        ("json", "cannot import [json]: kbn-schema itself uses another module of that name"),
        ("attrs", "cannot import [attrs]: kbn-schema itself uses another module of that name"),
        ("app", "[app] is a folder without an __init__.py: name a module in it"),
        ("_testcapi", "[_testcapi] has no source: it is in ["),
        ("zipped", "[zipped] has no source: it is in ["),
        ("compiled", "[compiled] has no source: it is in ["),
    ],
)
def test_a_module_without_a_source_is_refused(stubs, folder, monkeypatch, module, reason):
    import py_compile
    import zipfile

    with zipfile.ZipFile(folder / "some.zip", "w") as archive:
        archive.writestr("zipped.py", "")
    py_compile.compile(folder / "app/routes.py", folder / "compiled.pyc")
    monkeypatch.setenv("PYTHONPATH", str(folder / "some.zip"))
    before = listing(folder)
    status, out, err = stubs(module)

    assert (2, "", 1) == (status, out, err.count("\n"))
    assert err.startswith(f"kbn-schema: {reason}")
    assert before == listing(folder)


# What a module does, and is answered for all the same.
BOLD = {
    "prints": "print('noise'); import sys; sys.stderr.write('more noise\\n')",
    "prints below Python": "import os; os.write(1, b'noise\\n'); os.system('echo noise')",
    "closes all it can": "import os; os.closerange(0, 256)",
    "closes all and writes on": (
        "import os, threading\nos.closerange(0, 3)\n"
        "def work(number=0):\n"
        "    while True:\n"
        "        number = (number + 1) % 3\n"
        "        try: os.write(number, b'noise')\n"
        "        except OSError: pass\n"
        "for _ in range(20): threading.Thread(target=work).start()"
    ),
    "closes its streams": "import sys; sys.stdin.close(); sys.stdout.close(); sys.stderr.close()",
    "replaces its streams": "import sys; sys.stdout = sys.stderr = sys.stdin = None",
    "goes elsewhere": "import os, tempfile; os.chdir(tempfile.gettempdir())",
    "empties the path": "import sys; sys.path.clear()",
    "recurses little": (
        "deep = schema.string()\nfor _ in range(40): deep = schema.array_of(deep)\n"
        "import sys; sys.setrecursionlimit(60)"
    ),
    "patches the standard library": (
        "import base64, json; base64.b64encode = None; json.dumps = lambda *given, **named: b''"
    ),
    "patches what is built in": "import builtins; builtins.isinstance = lambda *given: 1 / 0",
    "patches": "import builtins, os; builtins.open = os.open = os._exit = os.write = print = None",
    "sets an alarm": "import signal; signal.setitimer(signal.ITIMER_REAL, 0.001)",
    "makes errors of warnings": "import warnings; warnings.simplefilter('error'); x = '\\d'",
    "leaves a thread": (
        "import threading, time\n"
        "def work():\n    while True: print('work'); time.sleep(0.01)\n"
        "threading.Thread(target=work).start()"
    ),
    "leaves an exit handler": "import atexit, time; atexit.register(time.sleep, 60)",
    "leaves a process": (
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    ),
    "forks": "import os; os.fork()",
    "traces": (
        "import sys\n"
        "def trace(frame, *given):\n    if 'outline.py' in frame.f_code.co_filename: raise RuntimeError\n"
        "sys.settrace(trace)"
    ),
    "reads its arguments": "import argparse; argparse.ArgumentParser().parse_args()",
    "asks who imports it": "import os; assert os.environ['KBN_SCHEMA_STUBS'] == '1'",
    "asks what it may import": "import folder_of_mine",
    "collects": "import gc; gc.set_threshold(1)",
}


@pytest.mark.parametrize("does", BOLD)
def test_whatever_a_module_does_the_answer_is_right(stubs, folder, does):
    (folder / "folder_of_mine.py").touch()
    (folder / "app/routes.py").write_text(ROUTES)
    expected = stubs("app.routes", "--stdout")[1] if does == "prints" else None
    (folder / "app/routes.py").write_text(f"{ROUTES}\n{BOLD[does]}\n")
    before = listing(folder)
    status, out, err = stubs("app.routes", "--stdout")

    assert 0 == status, err
    assert "class FindQuery(TypedDict):" in out
    assert "noise" not in out
    assert expected in (None, out)
    assert before == listing(folder)


def test_a_module_that_reads_gets_nothing_to_read(folder):
    (folder / "app/routes.py").write_text(f"{ROUTES}\nimport sys; assert sys.stdin.read() == ''")
    done = command(folder, "app.routes", input=b"not for modules")

    assert 0 == done.returncode, done.stderr


def test_a_working_directory_full_of_names_of_the_standard_library_is_no_trouble(folder):
    """They are searched first for what the author imports, and never for what we do."""
    for name in ("attrs", "json", "datetime", "signal", "ast", "subprocess", "kbn_schema", "traceback"):
        (folder / f"{name}.py").write_text(f"raise RuntimeError({name!r})")
    done = command(folder, "app.routes", "--ts", "api.d.ts", "--client")

    assert (0, b"") == (done.returncode, done.stdout), done.stderr


@needs_posix
def test_a_module_that_hangs_is_ended_with_all_that_it_started(stubs, folder):
    (folder / "app/bad.py").write_text(
        "import subprocess, sys, signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
        "while True: pass\n"
    )
    before = listing(folder)
    status, out, err = stubs("app.bad", "--timeout", "1.5")
    number, reason = err.splitlines()

    assert (2, "") == (status, out)
    assert "kbn-schema: cannot import [app.bad]: it took longer than [1.5] seconds, see --timeout" == reason
    assert before == listing(folder)
    assert is_gone(int(number))


@needs_posix
def test_a_process_that_the_module_left_behind_is_ended(stubs, folder):
    (folder / "app/routes.py").write_text(
        f"{ROUTES}\nimport subprocess, sys\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True)"
    )

    assert is_gone(int(stubs("app.routes", "--stdout")[2]))


def is_gone(number):
    """Whether a process ends soon, or is dead and only waits for somebody to take note of it."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("name", ["my-module", "caf\u00e9", "\u0434\u0430", "stubs", "a\u00adb", "a'b"])
def test_whatever_a_module_is_called_its_files_are_known_as_its_own(stubs, folder, name):
    (folder / f"{name}.py").write_text("from kbn_schema import schema\nthing = schema.string()\n")
    arguments = [name, "--layout", "stub", "--ts", "api.d.ts"]

    assert [0, 0, 0] == [stubs(*arguments, *flags)[0] for flags in ([], [], ["--check"])]
    assert "it holds the types of [" in stubs("app.routes", "--ts", "api.d.ts")[2]


@pytest.mark.parametrize("name", ["caf\u00e9", "\u0434\u0430"])
def test_two_modules_with_foreign_names_do_not_take_turns_in_one_file(stubs, folder, name):
    for one in (name, f"{name}\u0434"):
        (folder / f"{one}.py").write_text("from kbn_schema import schema\nthing = schema.string()\n")
    stubs(name, "--ts", "api.d.ts")

    assert 2 == stubs(f"{name}\u0434", "--ts", "api.d.ts")[0]


@pytest.mark.parametrize("first", [0, 1])
def test_a_package_and_its_module_of_that_name_do_not_take_turns_in_one_file(stubs, folder, first):
    for name in ("app/__init__.py", "app/app.py"):
        (folder / name).write_text("from kbn_schema import schema\nname = schema.string()\n")
    one, other = ("app", "app.app")[:: -1 if first else 1]
    stubs(one)
    before = listing(folder)
    status, _, err = stubs(other)

    reason = f"it holds the types of [{one}] and not of [{other}]: rename one of the modules"
    assert (2, 1) == (status, err.count("\n"))
    assert err.startswith(f"kbn-schema: cannot write [app/_app_types.py]: {reason}")
    assert 2 == stubs(other, "--check")[0]
    assert 0 == stubs(one, "--check")[0]
    assert before == listing(folder)


def test_a_package_may_be_renamed(stubs, folder):
    (folder / "app/routes.py").write_text(ROUTES.replace("from app.", "from ."))
    stubs("app.routes")
    (folder / "app").rename(folder / "shop")

    assert (0, "wrote shop/_routes_types.py\n") == stubs("shop.routes")[::2]


def test_a_client_that_is_there_is_written_and_checked_unasked(stubs, folder):
    stubs("app.routes", "--client")
    (folder / "app/routes.py").write_text(ROUTES.replace("/things", "/other"))
    before = listing(folder)

    status, out, _ = stubs("app.routes", "--check")
    assert (1, before) == (status, listing(folder))
    assert "+++ b/app/_routes_client.py\n" in out

    assert (0, f"{TYPES} is up to date\nwrote app/_routes_client.py\n") == stubs("app.routes")[::2]
    assert 0 == stubs("app.routes", "--check", "--client")[0]


def test_a_client_that_is_there_is_no_reason_for_one_in_typescript(stubs, folder):
    stubs("app.routes", "--client")
    stubs("app.routes", "--ts", "api.d.ts")

    assert "RouteMap" not in (folder / "api.d.ts").read_text()


def test_a_client_that_can_no_longer_be_made_is_a_reason(stubs, folder):
    stubs("app.routes", "--client")
    (folder / "app/routes.py").write_text("from kbn_schema import schema\nname = schema.string()\n")
    before = listing(folder)
    status, _, err = stubs("app.routes")

    assert (2, 1, before) == (status, err.count("\n"), listing(folder))
    assert err.startswith("kbn-schema: cannot write [app/_routes_client.py], which --client has made: ")
    assert err.endswith("; delete it if nobody needs it\n")


@pytest.mark.parametrize("text", ["mine = 3\n", "# Generated by kbn-schema; run: kbn-schema stubs other\n"])
def test_a_client_or_a_stub_of_somebody_else_is_left_alone(stubs, folder, text):
    for name in ("app/_routes_client.py", "app/routes.pyi"):
        (folder / name).write_text(text)

    assert (0, f"wrote {TYPES}\n") == stubs("app.routes")[::2]


def test_a_stub_that_is_there_is_written_and_checked_unasked(stubs, folder):
    source = "from kbn_schema import schema\nthing = schema.object({'a': schema.string()})\n"
    (folder / "app/schemas.py").write_text(source)
    stubs("app.schemas", "--layout", "stub")
    assert (0, "") == stubs("app.schemas", "--check")[:2]
    (folder / "app/schemas.py").write_text(f"{source}other = schema.string()\n")

    status, out, _ = stubs("app.schemas", "--check")
    assert 1 == status
    assert "+++ b/app/schemas.pyi\n" in out
    assert "is not annotated" not in out

    assert (0, "wrote app/_schemas_types.py\nwrote app/schemas.pyi\n") == stubs("app.schemas")[::2]
    assert 0 == stubs("app.schemas", "--check")[0]


@pytest.mark.parametrize(
    ("more", "flags", "reason"),
    [
        (
            "def f(): ...",
            [],
            "delete [app/schemas.pyi], which --layout stub has made: type checkers read only that, "
            "and schemas.py has the function [f] in line 3\n",
        ),
        (
            "",
            ["--annotate"],
            "beside [app/schemas.pyi], which --layout stub has made, nothing needs annotations: "
            "delete it, or leave out --annotate\n",
        ),
    ],
)
def test_a_stub_that_is_there_may_be_in_the_way(stubs, folder, more, flags, reason):
    source = "from kbn_schema import schema\nthing = schema.object({'a': schema.string()})\n"
    (folder / "app/schemas.py").write_text(source)
    stubs("app.schemas", "--layout", "stub")
    (folder / "app/schemas.py").write_text(f"{source}{more}\n")
    before = listing(folder)

    for more_flags in ([], ["--check"]):
        assert (2, "", f"kbn-schema: {reason}") == stubs("app.schemas", *flags, *more_flags)
    assert before == listing(folder)


def test_what_is_printed_does_not_depend_on_what_is_there(stubs, folder):
    (folder / "app/schemas.py").write_text("from kbn_schema import schema\nname = schema.string()\n")
    for arguments in (["app.routes", "--client"], ["app.schemas", "--layout", "stub"]):
        before = stubs(arguments[0], "--stdout")
        stubs(*arguments)

        assert before == stubs(arguments[0], "--stdout")


@pytest.mark.parametrize("flags", [[], ["--check"]])
def test_types_that_are_repeated_are_told_and_no_failure(stubs, folder, flags):
    (folder / "app/schemas.py").write_text(
        "from kbn_schema import schema\nthing = schema.object({'a': schema.string()})\n"
    )
    (folder / "app/routes.py").write_text(
        "from app.schemas import thing\nfrom kbn_schema import schema\nthings = schema.array_of(thing)\n"
    )
    stubs("app.routes", "--annotate")
    status, _, err = stubs("app.routes", *flags)

    note = "has no generated types, so its types are repeated here: run kbn-schema stubs app.schemas first"
    assert (0, f"{TYPES} is up to date\n[app.schemas] {note}\n") == (status, err)

    stubs("app.schemas")
    assert "has no generated types" not in stubs("app.routes", *flags)[2]


def test_a_source_folder_is_no_part_of_a_modules_name(stubs, folder, monkeypatch):
    (folder / "src/shop").mkdir(parents=True)
    (folder / "src/shop/__init__.py").touch()
    (folder / "src/shop/routes.py").write_text(ROUTES)
    monkeypatch.setenv("PYTHONPATH", str(folder / "src"))
    before = listing(folder)

    assert "got [src/shop/routes.py]; write [shop.routes]\n" in stubs("src/shop/routes.py")[2]
    assert "got [src/shop/__init__.py]; write [shop]\n" in stubs("src/shop/__init__.py")[2]
    reason = "kbn-schema: [src.shop.routes] can be imported as [shop.routes], too: write [shop.routes]\n"
    assert (2, "", reason) == stubs("src.shop.routes")
    assert before == listing(folder)
    assert 0 == stubs("shop.routes")[0]


def test_a_package_of_a_package_that_is_only_a_folder_is_fine(stubs, folder):
    (folder / "app/inner").mkdir()
    (folder / "app/inner/__init__.py").write_text(ROUTES)

    assert 0 == stubs("app.inner")[0]


def test_generated_types_that_are_imported_too_early_are_told(stubs, folder):
    (folder / "app/routes.py").write_text("from app._routes_types import FindQuery\n")
    last = stubs("app.routes")[2].splitlines()[-1]

    assert last.startswith("kbn-schema: cannot import [app.routes]: ModuleNotFoundError: No module named")
    assert "; if these are generated types, import them under `if TYPE_CHECKING:`, " in last


@needs_posix
def test_who_is_ended_while_the_process_starts_leaves_none_behind(stubs, folder, monkeypatch):
    (folder / "app/bad.py").write_text("open('started', 'w').write('yes')\nwhile True: pass\n")
    processes = []

    def start(*given, start=child._start):
        processes.append(start(*given))
        while not is_written(folder / "started"):
            time.sleep(0.01)
        signal.raise_signal(signal.SIGTERM)
        return processes[0]

    monkeypatch.setattr(child, "_start", start)

    assert 128 + signal.SIGTERM == stubs("app.bad")[0]
    assert is_gone(processes[0].pid)
    assert signal.SIG_DFL == signal.getsignal(signal.SIGTERM)


@needs_posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_who_is_interrupted_leaves_nothing_behind(folder, number):
    (folder / "app/bad.py").write_text(
        "import os\nopen('started', 'w').write(str(os.getpid()))\nwhile True: pass\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[1]), "TMPDIR": str(folder)}
    arguments = [sys.executable, "-P", "-m", "kbn_schema", "stubs", "app.bad"]
    with subprocess.Popen(arguments, cwd=folder, env=environment, stderr=subprocess.PIPE) as process:
        while process.poll() is None and not is_written(folder / "started"):
            time.sleep(0.01)
        process.send_signal(number)
        process.communicate(timeout=60)

    assert 128 + number == process.returncode
    assert is_gone(int((folder / "started").read_text()))
    assert ["app/bad.py", "app/routes.py", "started"] == names(folder)


def is_written(file):
    return file.exists() and file.read_text() != ""


@pytest.mark.parametrize("flags", [[], ["--check"]])
def test_a_file_of_somebody_else_is_not_overwritten(stubs, folder, flags):
    (folder / TYPES).write_text("mine = 3\n")
    (folder / "api.d.ts").write_text("export type Mine = 3;\n")
    before = listing(folder)
    types = stubs("app.routes", *flags)
    (folder / TYPES).unlink()
    ts = stubs("app.routes", "--ts", "api.d.ts", *flags)
    (folder / TYPES).write_text("mine = 3\n")

    assert (2, "") == types[:2] == ts[:2]
    reason = "it was not generated by kbn-schema: move it, or name another file"
    assert [f"kbn-schema: cannot write [{name}]: {reason}\n" for name in (TYPES, "api.d.ts")] == [
        types[2],
        ts[2],
    ]
    assert before.keys() == listing(folder).keys()


def test_two_modules_do_not_take_turns_in_one_file(stubs, folder, monkeypatch):
    (folder / "app/schemas.py").write_text("from kbn_schema import schema\nname = schema.string()\n")
    stubs("app.routes", "--ts", "api.d.ts")
    before = listing(folder)

    status, _, err = stubs("app.schemas", "--ts", "api.d.ts")

    assert (2, 1) == (status, err.count("\n"))
    assert (
        "kbn-schema: cannot write [api.d.ts]: it holds the types of [app.routes] and not of [app.schemas]: "
        in err
    )
    assert before == listing(folder)
    monkeypatch.chdir(folder / "app")
    assert 0 == stubs("routes", "--ts", "../api.d.ts")[0]


@pytest.mark.parametrize(
    ("ts", "reason"),
    [
        ("source.ts", "cannot write [source.ts]: it was not generated by kbn-schema"),
        ("types.ts", "cannot write [types.ts]: it holds something else: name another file"),
        ("absent/api.d.ts", "cannot write [absent/api.d.ts]: No such file or directory"),
        ("app/routes.py/api.d.ts", "cannot read [app/routes.py/api.d.ts]: Not a directory"),
        ("folder.ts", "cannot read [folder.ts]: Is a directory"),
        ("null.ts", "[null.ts] is no regular file"),
        ("x" * 300 + ".ts", f"cannot read [{'x' * 300}.ts]: File name too long"),
    ],
)
@needs_posix
def test_where_one_file_cannot_be_written_none_is(stubs, folder, ts, reason):
    for link, target in {
        "source": "app/routes.py",
        "types": TYPES,
        "folder": "app",
        "null": "/dev/null",
    }.items():
        (folder / f"{link}.ts").symlink_to(target)
    before = listing(folder)
    status, out, err = stubs("app.routes", "--ts", ts)

    assert (2, "", 1) == (status, out, err.count("\n"))
    assert err.startswith(f"kbn-schema: {reason}")
    assert before == listing(folder)


def test_an_empty_file_may_become_a_generated_one(stubs, folder):
    (folder / "api.d.ts").touch()

    assert 0 == stubs("app.routes", "--ts", "api.d.ts")[0]


def test_ends_of_lines_that_git_has_changed_are_no_difference(stubs, folder):
    stubs("app.routes")
    (folder / TYPES).write_bytes((folder / TYPES).read_bytes().replace(b"\n", b"\r\n"))
    before = listing(folder)

    assert (0, "") == stubs("app.routes", "--check")[:2]
    assert (0, f"{TYPES} is up to date\n") == stubs("app.routes")[::2]
    assert before == listing(folder)


@needs_posix
def test_modes_and_links_stay_and_new_files_have_those_of_new_files(stubs, folder):
    (folder / "elsewhere.py").write_text("# Generated by kbn-schema; old\n")
    (folder / "elsewhere.py").chmod(0o640)
    (folder / TYPES).symlink_to("../elsewhere.py")
    (folder / "api.d.ts").symlink_to("new.d.ts")
    umask = os.umask(0o027)
    try:
        status = stubs("app.routes", "--ts", "api.d.ts", "--client")[0]
    finally:
        os.umask(umask)

    assert 0 == status
    assert (folder / TYPES).is_symlink()
    assert (folder / "api.d.ts").is_symlink()
    assert ["0o640"] * 3 == [
        oct(stat.S_IMODE((folder / name).stat().st_mode))
        for name in ("elsewhere.py", "new.d.ts", "app/_routes_client.py")
    ]
    assert b"FindQuery" in (folder / "elsewhere.py").read_bytes()


def test_the_answer_is_the_same_under_every_hash_seed(folder):
    arguments = ["app.routes", "--stdout", "--ts", "api.d.ts", "--client"]
    answers = {command(folder, *arguments, PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "7")}

    assert 1 == len(answers)
    assert answers != {b""}


@needs_posix
def test_colours_and_a_word_of_patience_are_for_terminals(folder, monkeypatch):
    (folder / "app/slow.py").write_text(f"import time; time.sleep(0.8)\n{ROUTES}")
    environment = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[1])}
    ours, theirs = pty.openpty()
    arguments = [sys.executable, "-P", "-m", "kbn_schema", "stubs", "app.slow", "--check"]
    with subprocess.Popen(arguments, cwd=folder, env=environment, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = read_all(ours)
        process.wait(60)

    assert 1 == process.returncode
    assert b"\rimporting [app.slow] ..." in shown
    assert b"\x1b[1m--- /dev/null\x1b[0m\r\n\x1b[1m+++ b/app/_slow_types.py\x1b[0m\r\n\x1b[36m@@ " in shown


def read_all(terminal):
    shown = b""
    try:
        while data := os.read(terminal, 65536):
            shown += data
    except OSError:  # so Linux says that nobody is left
        pass
    finally:
        os.close(terminal)
    return shown


def test_a_bug_of_ours_is_shown_and_is_no_answer(stubs, folder, monkeypatch):
    monkeypatch.setattr(child, "_start", lambda *given: 1 / 0)
    status, out, err = stubs("app.routes")

    assert (2, "") == (status, out)
    assert "ZeroDivisionError" in err
    assert err.endswith("kbn-schema: this is a bug of kbn-schema: please report it with the text above\n")


def test_a_bug_of_ours_in_the_process_that_imports_is_shown(stubs, folder, monkeypatch):
    (folder / "sitecustomize.py").write_text(
        "from kbn_schema.commands import stubs_child\nstubs_child.outline = int\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(Path(cli.__file__).parents[1])]))
    status, out, err = stubs("app.routes")

    assert (2, "") == (status, out)
    assert ["TypeError"] == re.findall(r"^(\w+Error): ", err, re.MULTILINE)
    assert err.endswith("kbn-schema: this is a bug of kbn-schema: please report it with the text above\n")


def test_a_module_that_changes_while_it_is_read_is_not_overwritten(stubs, folder):
    text = ROUTES.replace(ANNOTATION, "") + (
        "class Editor(type(schema.string())):\n"
        "    def hint(self, out):\n"
        "        open(__file__, 'a').write('# more\\n')\n"
        "        return super().hint(out)\n"
        "edited = Editor()\n"
    )
    (folder / "app/routes.py").write_text(text)
    told = stubs("app.routes", "--annotate")

    assert (2, "", "kbn-schema: [app/routes.py] was changed meanwhile: try again\n") == told
    assert (folder / "app/routes.py").read_text().startswith(f"{text}# more\n")
    assert ["app/routes.py"] == names(folder)


def test_a_thread_may_ask_and_leaves_signals_alone(folder):
    """As a server does that generates types when files change: there, Python has no signals."""
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        status = threads.submit(run, Order("app.routes")).result(60)

    assert (0, [TYPES, "app/routes.py"]) == (status, names(folder))


def test_a_program_of_ours_that_does_not_start_is_a_bug_and_not_the_modules_fault(folder):
    with pytest.raises(RuntimeError, match="absent_program did not start"):
        child.ask("absent_program", {"module": "app.routes"}, 60)


def test_needs_no_library_for_http(folder):
    """It runs where only attrs and typing-extensions are installed."""
    (folder / "httpx.py").write_text("raise ImportError")
    path = os.pathsep.join([str(folder), str(Path(cli.__file__).parents[1])])
    done = command(folder, "app.routes", "--ts", "api.d.ts", "--client", PYTHONPATH=path)

    assert 0 == done.returncode, done.stderr


@pytest.mark.parametrize(
    ("flags", "told"),
    [(["-I"], "1 1 1 0"), (["-E", "-s", "-X", "utf8"], "0 1 1 1")],
    ids=["isolated", "others"],
)
def test_the_module_is_imported_with_the_options_of_this_python(folder, flags, told):
    (folder / "app/told.py").write_text(
        "import sys\nfrom kbn_schema import schema\nname, flags = schema.string(), sys.flags\n"
        "print(flags.isolated, flags.ignore_environment, flags.no_user_site, flags.utf8_mode, flush=True)\n"
    )
    done = subprocess.run(
        [sys.executable, *flags, "-m", "kbn_schema", "stubs", "app.told"],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (0, f"{told}\nwrote app/_told_types.py\n") == (done.returncode, done.stderr)


def test_without_a_temporary_folder_nothing_can_be_asked(stubs, folder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder / "absent"))
        told = stubs("app.routes")

    assert (2, "", "kbn-schema: cannot make a temporary folder: No such file or directory\n") == told


def test_a_standard_error_that_is_closed_is_not_handed_on():
    program = (
        "import os; from kbn_schema.commands import child; before = child._standard_error(); os.close(2); "
        "print(before, child._standard_error())"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert f"2 {subprocess.DEVNULL}\n" == told


def test_a_system_without_groups_of_processes_or_timers_writes_the_same(stubs, folder, monkeypatch):
    monkeypatch.delattr(os, "killpg", raising=False)

    assert (0, "", f"wrote {TYPES}\n") == stubs("app.routes")

    monkeypatch.delattr(signal, "setitimer", raising=False)
    for name, value in (("path", [*sys.path]), ("argv", [*sys.argv]), ("dont_write_bytecode", True)):
        monkeypatch.setattr(sys, name, value)
    module = stubs_child._imported("app.routes")
    for name in ("app", "app.routes"):
        del sys.modules[name]

    assert isinstance(module.find_query, Schema)


def test_a_python_that_does_not_start_is_a_reason(stubs, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/absent/python")

    assert (
        2,
        "",
        "kbn-schema: cannot start Python at [/absent/python]: No such file or directory\n",
    ) == stubs("app.routes")


@pytest.mark.parametrize("renamed", [0, 1, 2])
def test_who_fails_on_the_way_has_changed_nothing(folder, monkeypatch, renamed):
    """The rename is the last that can fail, for example where another program holds a file open."""
    (folder / "a").write_text("old")
    (folder / "c").write_text("old")
    before = {name: state[0] for name, state in listing(folder).items()}
    done = []

    def replace(source, target, rename=os.replace):
        done.append(target)
        if len(done) == renamed + 1:
            raise PermissionError(13, "held")
        rename(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(CannotAsk, match=r"cannot write .*: held"):
        replace_all({folder / name: b"new" for name in "abc"})

    assert before == {name: state[0] for name, state in listing(folder).items()}


def test_a_read_only_file_is_not_replaced(folder, monkeypatch):
    (folder / "a").write_text("old")
    monkeypatch.setattr(os, "access", lambda *given: False)  # root may write everything
    with pytest.raises(CannotAsk, match="read-only"):
        replace_all({folder / "a": b"new"})

    assert "old" == (folder / "a").read_text()


@needs_posix
@pytest.mark.parametrize("instant", range(4))
def test_who_is_killed_while_writing_leaves_the_old_or_the_new(folder, instant):
    """Of each file; beside them, a temporary file may be left."""
    program = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from kbn_schema.commands.files import replace_all\n"
        "def killing(name, count=[0]):\n"
        "    real = getattr(os, name)\n"
        "    def call(*given):\n"
        f"        if count[0] == {instant}: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        count[0] += 1\n"
        "        return real(*given)\n"
        "    return call\n"
        "os.fsync, os.replace = killing('fsync'), killing('replace')\n"
        "replace_all({Path(name): b'new' * 100_000 for name in ('a', 'b')})\n"
    )
    for name in "ab":
        (folder / name).write_text("old" * 100_000)
    environment = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment, timeout=60, check=False
    )

    assert -signal.SIGKILL == done.returncode
    assert {(folder / name).read_text() for name in "ab"} <= {"old" * 100_000, "new" * 100_000}


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (b"a\n", b"a\n", ""),
        (None, b"a\n", "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"),
        (b"a", b"a\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"),
        (b"a\x0cb\xff\n", b"a\n", "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\x0cb\\xff\n+a\n"),
        (b"", b"a\n", "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"),
    ],
)
def test_a_diff_is_one(old, new, shown):
    assert shown == diff("f", old, new)


def patched(old, shown):
    """What ``patch`` makes of *old*, where all lines end."""
    lines = old.splitlines(keepends=True)
    new = []
    done = 0
    for line in shown.splitlines(keepends=True)[2:]:
        if line.startswith("@@"):
            start, _, count = re.match(r"@@ -(\d+)(,(\d+))?", line).groups()
            first = int(start) - (count != "0")
            new += lines[done:first]
            done = first
        elif line.startswith("+"):
            new.append(line[1:])
        else:
            assert lines[done] == line[1:]
            new += [line[1:]] if line.startswith(" ") else []
            done += 1
    return "".join([*new, *lines[done:]])


LINES = st.lists(st.sampled_from(["a\n", "b\n", "\n", *(f"{number}\n" for number in range(20))]), max_size=40)


@pytest.mark.parametrize("small", [0, 10, unified.SMALL])
@given(LINES, LINES, st.data())
def test_a_diff_makes_the_one_of_the_other(small, old, other, data):
    """However small the pieces are in which lines are compared one by one."""
    kept = [line for line in old if data.draw(st.integers(0, 4))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unified, "SMALL", small)
        for new in ("".join(other), "".join(kept)):
            assert new == patched("".join(old), diff("f", "".join(old).encode(), new.encode()))


def test_of_a_long_file_only_the_lines_that_differ_are_shown():
    """`difflib` alone is quadratic in such a file."""
    old = [f"class Thing{n // 10}\n" if n % 10 == 0 else f"    {n % 9}: str\n" for n in range(20_000)]
    new = [line.replace("3: str", "3: int") for line in old]
    shown = diff("f", "".join(old).encode(), "".join(new).encode())

    assert "".join(new) == patched("".join(old), shown)
    assert old.count("    3: str\n") == shown.count("\n+    3: int\n") == shown.count("\n+") - 1


def test_a_name_is_shown_from_here(folder):
    assert ["app/x.py", "/elsewhere/x.py"] == [
        files.shown(folder / "app/x.py"),
        files.shown(Path("/elsewhere/x.py")),
    ]
