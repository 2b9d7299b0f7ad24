import importlib
import importlib.metadata
import io
import os
import pty
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from kbn_schema import cli
from kbn_schema.commands import arguments, documents
from kbn_schema.commands.allowances import Allowance, judge
from kbn_schema.commands.answers import CannotAsk
from kbn_schema.commands.revisions import Revision
from kbn_schema.progress import Progress
from tests.processes import unmeasured

MODULE = """
print("noise")
from kbn_schema import schema

page = schema.object({"page": schema.number(min=1), "name": schema.maybe(schema.string())})
dates = schema.any(validate=lambda value: print("more noise"))
number = 3
open_end = schema.object({"next": schema.maybe(schema.lazy("nowhere"))})

class inner:
    page = page

def leave(value):
    import sys
    sys.exit(0)

leaving = schema.any(validate=leave)

def __getattr__(name):
    if name == "broken":
        raise RuntimeError("boo")
    raise AttributeError(name)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with a module of schemas, which is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    modules = set(sys.modules)
    (tmp_path / "app_under_test.py").write_text(MODULE)
    yield tmp_path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


@pytest.fixture
def run(folder, capsys, monkeypatch):
    """A function that validates a file of the given content: status, standard output, standard error."""

    def start(content, *options, file="data.json", target="app_under_test:page"):
        data = content if isinstance(content, bytes) else content.encode()
        if file == "-":
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        else:
            (folder / file).write_bytes(data)
        status = cli.main(["validate", target, file, *options])
        return status, *capsys.readouterr()

    return start


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    """Commands find the package from any directory, installed or not."""
    monkeypatch.setenv("PYTHONPATH", str(Path(cli.__file__).parents[1]))


def command(*arguments, **options):
    """The command as users start it."""
    return subprocess.run(
        [sys.executable, "-m", "kbn_schema", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("data.json", '{"page": "2"}'),
        ("data.JSON", '{"page": 2}'),
        ("data.yaml", "page: 2\nname: é\n"),
        ("data.yml", "# nothing but\npage: 2"),
        ("data.toml", 'page = 2\nname = "x"'),
        ("-", '{"page": 2}'),
    ],
)
def test_a_valid_document_is_fine(run, file, content):
    assert (0, "1 of 1 valid\n") == run(content, file=file)[:2]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ('{"page": 0}', ["data.json: [page]: Value must be equal to or greater than [1]."]),
        (
            '{"page": 0, "nam": "x", "name": 1}',
            [
                "data.json: [page]: Value must be equal to or greater than [1].",
                "data.json: [name]: expected value of type [string] but got [number]",
                "data.json: [nam]: Additional properties are not allowed ('nam' was unexpected)",
            ],
        ),
        ("[]", ["data.json: expected a plain object value, but found [Array] instead."]),
    ],
)
def test_every_issue_of_an_invalid_document_is_a_line(run, content, lines):
    status, out, _ = run(content)

    assert (1, [*lines, "0 of 1 valid"]) == (status, out.splitlines())


def test_a_name_that_was_nearly_right_is_suggested(run):
    assert "'nme' was unexpected); did you mean [name]?" in run('{"page": 1, "nme": "x"}')[1]


def test_unknown_keys_can_be_stripped(run):
    assert 0 == run('{"page": 1, "other": 2}', "--strip-unknown-keys")[0]


def test_no_value_is_in_the_answer(run):
    assert "hunter2" not in "".join(run('{"page": "hunter2", "name": ["hunter2"]}')[1:])


def test_each_line_of_ndjson_is_a_document_and_a_bad_one_ends_nothing(run):
    content = '{"page": 1}\n\n{"page": 0}\nnope\n[1]\r\n{"page": 2, "page": 3}\n\xff\n{"page": 3}'
    status, out, _ = run(content.encode("latin-1"), file="data.ndjson")

    assert 1 == status
    assert [
        "data.ndjson:3: [page]: Value must be equal to or greater than [1].",
        "data.ndjson:4: the JSON text is malformed at column [1]",
        "data.ndjson:5: expected a plain object value, but found [Array] instead.",
        "data.ndjson:6: the JSON text contains an object with a duplicate key",
        "data.ndjson:7: the JSON text is not valid UTF-8",
        "2 of 7 valid",
    ] == out.splitlines()


@pytest.mark.parametrize(
    ("content", "summary"), [("", "0 of 0 valid\n"), ('{"page": 1}\n' * 3, "3 of 3 valid\n")]
)
def test_ndjson_without_a_bad_line_is_fine(run, content, summary):
    assert (0, summary) == run(content, file="data.jsonl")[:2]


def test_a_line_that_is_too_long_is_named_and_not_kept(run, monkeypatch):
    monkeypatch.setattr(documents, "MAX_LINE_BYTES", 20)
    monkeypatch.setattr(documents, "CHUNK", 7)
    long = b'{"page": ' + b" " * 20 + b"1}"
    status, out, _ = run(
        b'{"page": 1}\n' + long + b"\n" + b'{"page":         2}\n' + long, file="data.ndjson"
    )

    assert 1 == status
    assert [
        "data.ndjson:2: the line is longer than [20] bytes",
        "data.ndjson:4: the line is longer than [20] bytes",
        "2 of 4 valid",
    ] == out.splitlines()


def test_the_format_may_be_said(run):
    assert "1 of 2 valid\n" in run('{"page": 1}\n1', "--format", "ndjson", file="-")[1]


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("data.json", "{", "data.json:1: the JSON text is malformed at line [1], column [2]"),
        (
            "data.json",
            '{\n"page": secret}',
            "data.json:2: the JSON text is malformed at line [2], column [9]",
        ),
        ("data.json", "", "data.json: the JSON text is empty"),
        ("data.json", '{"a": 1, "a": 2}', "data.json: the JSON text contains an object with a duplicate key"),
        ("data.json", b"\xff", "data.json: the JSON text is not valid UTF-8"),
        ("-", "{", "<stdin>:1: the JSON text is malformed at line [1], column [2]"),
        ("data.yaml", "a: [\n", "data.yaml:2: the YAML text is malformed at line [2], column [1]"),
        (
            "data.yaml",
            "a: 1\nb: {c: 1, c: 2}",
            "data.yaml:2: the YAML text has a mapping with a duplicate key",
        ),
        (
            "data.yaml",
            "a: &secret [*other]",
            "data.yaml:1: the YAML text is malformed at line [1], column [13]",
        ),
        ("data.yaml", "a: !!python/name:os.system", "data.yaml:1: the YAML text is malformed at line [1]"),
        ("data.yaml", "a: 2026-13-45", "data.yaml: the YAML text is malformed"),
        ("data.yaml", "1: a\n0x1: b", "data.yaml:1: the YAML text has a mapping with a duplicate"),
        ("data.yaml", "yes: a\ntrue: b", "data.yaml:1: the YAML text has a mapping with a duplicate key"),
        ("data.yaml", "? [1, 2]\n: a", "data.yaml:1: the YAML text is malformed at line [1]"),
        ("data.toml", f"a = {'9' * 5000}", "data.toml: the TOML text has an integer of too many digits"),
        (
            "data.yaml",
            "a: 1\n---\nb: 2",
            "data.yaml:2: the YAML text holds more than one document at line [2]",
        ),
        ("data.yaml", b"\xff", "data.yaml: the text is not valid UTF-8"),
        ("data.yaml", "[" * 100_000, "data.yaml: the text is nested too deeply"),
        ("data.toml", "page = \n", "data.toml:1: the TOML text is malformed at line [1], column [8]"),
        ("data.toml", "page = 1\npage = 2\n", "data.toml:2: the TOML text is malformed at line [2]"),
        ("data.toml", "page = secret", "data.toml:1: the TOML text is malformed at line [1]"),
        ("data.toml", "page = ", "data.toml: the TOML text is malformed"),
        ("data.toml", "a = " + "[" * 100_000, "data.toml: the text is nested too deeply"),
        ("data.toml", b"\xff", "data.toml: the text is not valid UTF-8"),
        ("data.txt", "{}", "cannot tell the format of [data.txt] by its suffix: pass --format"),
    ],
)
def test_a_document_that_cannot_be_read_could_not_be_asked_about(run, file, content, message):
    status, out, err = run(content, file=file)

    assert (2, "") == (status, out)
    assert f"kbn-schema: {message}" in err.splitlines()[-1]
    assert "secret" not in err


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            "app_under_test",
            "expected MODULE:SCHEMA, such as app_under_test:schema, but got [app_under_test]",
        ),
        ("app under test", "expected MODULE:SCHEMA but got [app under test]"),
        ("", "expected MODULE:SCHEMA but got []"),
        (":page", "expected MODULE:SCHEMA but got [:page]"),
        ("app_under_test:", "expected MODULE:SCHEMA but got [app_under_test:]"),
        ("app_under_test:pge", "[app_under_test] has no schema [pge]; did you mean [page]?"),
        (
            "app_under_test:inner.x",
            "[app_under_test] has no schema [inner.x]; there is [page], [dates]",
        ),
        (
            "app_under_test:number",
            "[app_under_test:number] is not a schema but [int]; there is [page], [dates], [open_end]",
        ),
        (
            "app_under_test:inner",
            "[app_under_test:inner] is not a schema but [type]; there is [page], [dates], [open_end]",
        ),
        (
            "nowhere_at_all:x",
            "cannot import [nowhere_at_all]: ModuleNotFoundError: No module named 'nowhere_at_all'",
        ),
        ("app_under_test.py:page", "; write [app_under_test:page]"),
        ("..:page", "cannot import [..]: TypeError"),
        ("exits:x", "cannot import [exits]: SystemExit: 3"),
        ("fails:x", "cannot import [fails]: ZeroDivisionError: two lines"),
        ("typo:x", "cannot import [typo]: SyntaxError"),
        ("leaves:x", "cannot import [leaves]: SystemExit"),
        ("silent:x", "cannot import [silent]: Silent"),
        ("gone:x", "[gone] is no module: it has put [NoneType] in its place"),
    ],
)
def test_a_schema_that_is_not_there_could_not_be_asked(run, folder, target, message):
    (folder / "exits.py").write_text("raise SystemExit(3)")
    (folder / "fails.py").write_text("raise ZeroDivisionError('two\\nlines')")
    (folder / "typo.py").write_text("x = (")
    (folder / "leaves.py").write_text("raise SystemExit")
    (folder / "silent.py").write_text(
        "class Silent(Exception):\n    def __str__(self): raise self\nraise Silent()"
    )
    (folder / "gone.py").write_text("import sys\nsys.modules[__name__] = None")
    status, out, err = run("{}", target=target)

    assert (2, "") == (status, out)
    assert message in err.splitlines()[-1]


def test_a_file_is_told_how_to_be_written_as_a_module(run, folder):
    package = folder / "src" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    status, _, err = run("{}", target="src/shop/routes.py:page")

    assert 2 == status
    assert err.endswith("but got [src/shop/routes.py:page]; write [shop.routes:page]\n")


@pytest.mark.parametrize(
    ("command", "more"),
    [("openapi", []), ("snapshot", []), ("diff", ["app_under_test.py"]), ("replay", ["app_under_test.py"])],
)
def test_all_commands_tell_how_the_router_of_a_file_is_written(folder, capsys, command, more):
    status = cli.main([command, "app_under_test.py:router", *more])
    told = "expected MODULE:ROUTER but got [app_under_test.py:router]; write [app_under_test:router]"

    assert (2, "", f"kbn-schema: {told}\n") == (status, *capsys.readouterr())


def test_a_commit_may_be_named_by_its_text_and_a_wrong_name_is_not_repeated_at_length(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], [*identity, "commit", "-q", "--allow-empty", "-m", "first words"]):
        subprocess.run(["git", *words], check=True)

    assert Revision.find("HEAD").commit == Revision.find(":/first w").commit
    with pytest.raises(CannotAsk) as error:
        Revision.find("x" * 10_000)
    assert len(str(error.value)) < 300


def test_of_very_many_allowances_that_count_no_longer_some_are_named():
    day = date(2026, 1, 1)
    unused = [Allowance("route-removed", f"GET /{number}", "gone", day) for number in range(1000)]
    remarks = judge([], unused, day).remarks

    assert "and [900] more allowances count no longer" == remarks[-1]
    assert 101 == len(remarks)


def test_a_snapshot_is_printed_where_the_file_is_a_dash(folder, capsys):
    asked = [
        cli.main(["snapshot", "kbn_schema.demo.application:router", *more]) for more in ([], ["-o", "-"])
    ]
    out, err = capsys.readouterr()

    assert ([0, 0], "") == (asked, err)
    assert out[: len(out) // 2] * 2 == out
    assert not (folder / "-").exists()


def test_a_snapshot_is_not_compared_with_what_is_printed(capsys):
    assert 2 == cli.main(["snapshot", "kbn_schema.demo.application:router", "-o", "-", "--check"])
    assert "--check compares with a file: name it with -o FILE" in capsys.readouterr().err


def test_a_schema_that_refers_to_nothing_could_not_be_asked(run):
    status, out, err = run('{"next": {}}', target="app_under_test:open_end")

    assert (2, "") == (status, out)
    assert err.splitlines()[-1].startswith("kbn-schema: the schema is not complete: lazy(): ")


def test_a_schema_may_be_inside_something(run):
    assert 0 == run('{"page": 1}', target="app_under_test:inner.page")[0]


def test_what_the_module_prints_is_no_part_of_the_answer(run):
    status, out, err = run("1", target="app_under_test:dates")

    assert (0, "1 of 1 valid\n", "noise\nmore noise\n") == (status, out, err)


def test_a_file_that_cannot_be_opened_could_not_be_asked_about(run, folder, capsys):
    (folder / "data.json").mkdir()
    statuses = [cli.main(["validate", "app_under_test:page", name]) for name in ("data.json", "absent.json")]

    assert [2, 2] == statuses
    assert [
        "noise",
        "kbn-schema: cannot read [data.json]: Is a directory",
        "kbn-schema: cannot read [absent.json]: No such file or directory",
    ] == capsys.readouterr().err.splitlines()


@pytest.fixture
def ask(folder, capsys, monkeypatch):
    """A function that validates several files: status, lines of standard output, of standard error."""
    files = {
        "good.json": '{"page": 1}',
        "bad.toml": "page = 0\nnme = 'x'",
        "lines.ndjson": '{"page": 1}\n{"page": 0}\n',
        "odd.txt": "page: 1",
        "torn.json": "{",
    }
    for name, content in files.items():
        (folder / name).write_text(content)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"page": 0}')))

    def start(*arguments, target="app_under_test:page"):
        status = cli.main(["validate", target, *arguments])
        out, err = capsys.readouterr()
        return status, out.splitlines(), [line for line in err.splitlines() if line != "noise"]

    return start


TOO_SMALL = "[page]: Value must be equal to or greater than [1]."


def test_each_finding_in_several_files_has_its_file_and_all_documents_are_counted(ask):
    unknown = "[nme]: Additional properties are not allowed ('nme' was unexpected); did you mean [name]?"

    assert (0, ["2 of 2 valid"], []) == ask("good.json", "good.json")
    assert (
        1,
        [
            f"bad.toml: {TOO_SMALL}",
            f"bad.toml: {unknown}",
            f"lines.ndjson:2: {TOO_SMALL}",
            f"<stdin>: {TOO_SMALL}",
            "2 of 5 valid",
        ],
        [],
    ) == ask("bad.toml", "good.json", "lines.ndjson", "-")


def test_a_file_that_cannot_be_read_is_2_and_the_others_are_looked_at(ask):
    assert (
        2,
        [f"bad.toml: {TOO_SMALL}", "1 of 2 valid"],
        [
            "kbn-schema: cannot tell the format of [odd.txt] by its suffix: pass --format",
            "kbn-schema: cannot read [absent.json]: No such file or directory",
            "kbn-schema: torn.json:1: the JSON text is malformed at line [1], column [2]",
        ],
    ) == ask("absent.json", "odd.txt", "torn.json", "bad.toml", "good.json", "--strip-unknown-keys")


def test_where_no_file_can_be_read_nothing_is_counted(ask):
    absent = "kbn-schema: cannot read [absent.json]: No such file or directory"
    odd = "kbn-schema: cannot tell the format of [odd.txt] by its suffix: pass --format"

    assert (2, [], [absent, absent]) == ask("absent.json", "absent.json")
    assert (2, [], [odd, absent]) == ask("absent.json", "odd.txt")
    assert (2, [], [odd]) == ask("odd.txt", target="nowhere:page")


def test_what_concerns_the_schema_is_said_once(ask):
    status, out, err = ask("good.json", "good.json", target="app_under_test:leaving")

    assert (2, []) == (status, out)
    assert ["kbn-schema: the schema's own code ended the program: SystemExit: 0"] == err


def test_standard_input_is_read_once(ask):
    told = "kbn-schema: standard input can be read only once: [-] is given more than once"

    assert (2, [], [told]) == ask("-", "good.json", "-")


def test_without_pyyaml_the_way_to_get_it_is_named(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "yaml", None)
    status, _, err = run("a: 1", file="data.yaml")

    assert (2, "kbn-schema: reading YAML needs PyYAML: pip install 'kbn-schema[yaml]'") == (
        status,
        err.splitlines()[-1],
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["unknown"],
        ["validate"],
        ["validate", "a:b"],
        ["validate", "a:b", "c", "--format", "xml"],
        ["demo", "--port", "x"],
        ["demo", "--port", "65536"],
        ["demo", "--port", "-1"],
        ["stubs"],
        ["stubs", "a", "b"],
        ["stubs", "a", "--layout", "other"],
        ["stubs", "a", "--ts"],
        ["stubs", "a", "--timeout", "0"],
        ["replay", "a:b", "c", "--processes", "0"],
    ],
)
def test_wrong_usage_is_2_and_explained(arguments, capsys):
    with pytest.raises(SystemExit) as exit:
        cli.main(arguments)

    out, err = capsys.readouterr()
    assert (2, "") == (exit.value.code, out)
    assert err.startswith("usage: kbn-schema")


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("demo", []),
        ("stubs", ["app"]),
        ("openapi", ["app:router"]),
        ("snapshot", ["app:router"]),
        ("diff", ["a.json", "b.json"]),
        ("validate", ["app:page", "a.json", "--strip-unknown-keys"]),
        ("replay", ["app:router", "a.ndjson"]),
        ("lint", ["app"]),
    ],
)
@pytest.mark.parametrize("excess", ["one-too-many", "--no-such-option"])
def test_an_argument_too_much_is_told_with_the_usage_of_the_command(command, wanted, excess, capsys):
    with pytest.raises(SystemExit) as exit:
        cli.main([command, *wanted, excess])

    out, err = capsys.readouterr()
    assert (2, "") == (exit.value.code, out)
    assert err.startswith(f"usage: kbn-schema {command} ")
    assert err.endswith(f"kbn-schema {command}: error: unrecognized arguments: {excess}\n")


def test_the_version_needs_neither_servers_nor_parsers():
    program = (
        "import sys; from kbn_schema import cli\n"
        "try: cli.main(['--version'])\n"
        "except SystemExit: print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, env=unmeasured()
    )
    version, modules = done.stdout.splitlines()

    assert version.startswith("kbn-schema")
    assert not {"sqlite3", "http.server", "wsgiref", "yaml", "tomllib", "kbn_schema.stubs"} & set(
        modules.split()
    )


def test_a_package_that_is_not_installed_has_no_version(monkeypatch, capsys):
    def version(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    with pytest.raises(SystemExit) as exit:
        cli.main(["--version"])

    assert (0, "kbn-schema, not installed\n") == (exit.value.code, capsys.readouterr().out)


def test_a_program_may_collect_the_answer(folder, monkeypatch):
    """In a stream of its own, which need not be one that a terminal has."""
    (folder / "data.json").write_text('{"page": 1}')
    answer = io.StringIO()
    monkeypatch.setattr(sys, "stdout", answer)
    status = cli.main(["validate", "app_under_test:page", "data.json"])

    assert (0, "1 of 1 valid\n") == (status, answer.getvalue())


def test_the_module_runs_nothing_where_it_is_imported(monkeypatch, capsys):
    """As tools do that import all modules, and processes that are spawned."""
    monkeypatch.setattr(sys, "argv", ["kbn-schema", "--version"])
    importlib.reload(importlib.import_module("kbn_schema.__main__"))

    assert ("", "") == (*capsys.readouterr(),)


def test_an_interrupt_ends_it_without_a_word(folder, capsys):
    (folder / "slow.py").write_text(
        "from kbn_schema import schema\n"
        "def interrupt(value): raise KeyboardInterrupt\n"
        "page = schema.any(validate=interrupt)\n"
    )
    (folder / "data.json").write_text("1")

    assert 130 == cli.main(["validate", "slow:page", "data.json"])
    assert ("", "") == (*capsys.readouterr(),)


def test_it_answers_into_whatever_stands_for_standard_output(folder, monkeypatch):
    """As `contextlib.redirect_stdout` has it."""
    (folder / "data.json").write_text('{"page": 1}')
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    assert 0 == cli.main(["validate", "app_under_test:page", "data.json"])
    assert sys.stdout.getvalue().endswith("1 of 1 valid\n")


def test_the_module_is_the_same_program(folder):
    done = command("validate", "app_under_test:page", "-", input='{"page": 0}', cwd=folder)

    assert (1, "noise\n") == (done.returncode, done.stderr)
    assert "<stdin>: [page]: Value must be equal to or greater than [1].\n0 of 1 valid\n" == done.stdout


def test_a_text_that_the_terminal_cannot_show_is_escaped(folder, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = command("validate", "app_under_test:page", "-", input='{"page": 1, "\u00fc": 1}', cwd=folder)

    assert (1, True) == (done.returncode, "'\\xfc' was unexpected" in done.stdout)


def test_a_reader_that_stops_early_is_no_trouble(folder):
    (folder / "data.ndjson").write_text('{"page": 0}\n' * 20_000)
    arguments = [sys.executable, "-m", "kbn_schema", "validate", "app_under_test:page", "data.ndjson"]
    with subprocess.Popen(arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        first = process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        status = process.wait(60)

    assert (b"data.ndjson:1:", b"noise\n", 1) == (first[:14], err, status)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_progress_is_drawn_when_the_work_is_long_and_removed_in_the_end(clock):
    with Progress(200, Terminal()) as progress:
        clock[0] = 1.0
        progress.update(100)
        drawn = progress._stream.getvalue()
    left = progress._stream.getvalue().removeprefix(drawn)

    assert "\r[###############---------------]  50%" == drawn
    assert ("\r", "\r", "") == (left[0], left[-1], left.strip())


@pytest.mark.parametrize(
    ("total", "stream", "seconds"), [(100, Terminal(), 0.4), (100, io.StringIO(), 9), (0, Terminal(), 9)]
)
def test_progress_is_not_drawn_for_nobody_or_for_nothing(clock, total, stream, seconds):
    with Progress(total, stream) as progress:
        clock[0] = float(seconds)
        progress.update(50)

    assert "" == stream.getvalue()


def test_progress_makes_room_for_an_answer(clock):
    with Progress(10, Terminal()) as progress:
        clock[0] = 1.0
        progress.update(5)
        progress.clear()

    assert progress._stream.getvalue().endswith(" \r")


def test_a_terminal_sees_no_trace_of_short_work(folder):
    (folder / "data.ndjson").write_text('{"page": 1}\n')
    ours, theirs = pty.openpty()
    try:
        arguments = [sys.executable, "-m", "kbn_schema", "validate", "app_under_test:page", "data.ndjson"]
        done = subprocess.run(arguments, cwd=folder, stdout=subprocess.PIPE, stderr=theirs, timeout=60)
        os.close(theirs)
        shown = os.read(ours, 1000)
    finally:
        os.close(ours)

    assert (0, b"1 of 1 valid\n", b"noise\r\n") == (done.returncode, done.stdout, shown)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("app_under_test:leaving", "the schema's own code ended the program: SystemExit: 0"),
        ("app_under_test:broken", "cannot find [app_under_test:broken]: RuntimeError: boo"),
    ],
)
def test_code_of_the_author_cannot_pretend_an_answer(run, target, reason):
    status, out, err = run("1", target=target)

    assert (2, "") == (status, out)
    assert reason in err


def test_a_module_that_raises_what_is_no_exception_cannot_be_asked(run, folder):
    (folder / "skipping_module.py").write_text("class Skip(BaseException): pass\nraise Skip('\\x1b[31m')")

    status, out, err = run("1", target="skipping_module:page")

    assert (2, "") == (status, out)
    assert "cannot import [skipping_module]: Skip: \\x1b[31m" in err


def test_the_name_of_a_file_cannot_forge_a_line_of_the_answer(run):
    status, out, _ = run("1", file="x\n1 of 1 valid\n.json")
    wrong = "expected a plain object value, but found [number] instead."

    assert 1 == status
    assert [rf"x\n1 of 1 valid\n.json: {wrong}", "0 of 1 valid"] == out.splitlines()


def test_a_closed_standard_input_cannot_be_read(folder):
    asked = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m kbn_schema validate app_under_test:page - <&-"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
    )

    assert (2, "", "kbn-schema: standard input is closed") == (
        asked.returncode,
        asked.stdout,
        asked.stderr.splitlines()[-1],
    )


def test_a_closed_standard_error_puts_nothing_into_the_answer(folder):
    asked = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m kbn_schema validate nowhere:page - 2>&-"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=60,
        cwd=folder,
    )

    assert (2, b"") == (asked.returncode, asked.stdout)


def test_a_bug_of_ours_is_no_answer(run, monkeypatch):
    monkeypatch.setattr(arguments, "_validate", lambda _: 1 / 0)
    status, out, err = run("{}")

    assert (2, "") == (status, out)
    assert "ZeroDivisionError" in err
    assert err.endswith("kbn-schema: this is a bug of kbn-schema: please report it with the text above\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("schema", ["open_end", "page"])
def test_an_answer_that_cannot_be_written_is_no_answer(folder, schema):
    """Neither what is counted, nor what is found in a file that is read meanwhile."""
    (folder / "data.json").write_text("{}")

    with Path("/dev/full").open("w") as full:
        asked = subprocess.run(
            [sys.executable, "-m", "kbn_schema", "validate", f"app_under_test:{schema}", "data.json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            cwd=folder,
        )

    assert (2, "kbn-schema: cannot write the answer: No space left on device") == (
        asked.returncode,
        asked.stderr.splitlines()[-1],
    )


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("data.json", '{"page": 1}'),
        ("data.ndjson", '{"page": 1}\n{"page": 2}\n'),
        ("data.yaml", "page: 1"),
        ("data.toml", "page = 1"),
    ],
)
def test_a_byte_order_mark_in_front_of_a_file_is_ignored(run, file, content):
    status, out, _ = run(b"\xef\xbb\xbf" + content.encode(), file=file)

    assert (0, " valid\n") == (status, out[-7:])


def test_a_merge_key_of_yaml_is_no_duplicate(run):
    status, out, _ = run("<<: {page: 0, name: a}\npage: 2", file="data.yaml")

    assert (0, "1 of 1 valid\n") == (status, out)


def test_modules_in_the_working_directory_are_not_taken_for_ours(folder):
    for name in ("tomllib", "difflib"):
        (folder / f"{name}.py").write_text("raise SystemExit('shadowed')")
    (folder / "data.toml").write_text("pagee = 2")

    # -P: as the installed script, which does not start in the working directory.
    asked = subprocess.run(
        [sys.executable, "-P", "-m", "kbn_schema", "validate", "app_under_test:page", "data.toml"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
    )

    assert (1, "did you mean [page]?") == (asked.returncode, asked.stdout.splitlines()[-2][-20:])


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_says_what_it_does_with_a_large_whole():
    stream = Terminal()

    with Progress(10 * 1024 * 1024, stream) as progress:
        progress.say("reading")
        progress.say("checking")

    assert ["reading ...", "checking ..."] == [line for line in stream.getvalue().split("\r") if line.strip()]


def test_says_nothing_of_a_small_whole():
    stream = Terminal()

    with Progress(1024, stream) as progress:
        progress.say("reading")

    assert "" == stream.getvalue()


def test_a_closed_standard_output_takes_no_answer(folder):
    (folder / "data.json").write_text("{}")
    asked = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m kbn_schema validate app_under_test:page data.json >&-"],
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        cwd=folder,
    )

    assert (2, "kbn-schema: standard output is closed") == (asked.returncode, asked.stderr.splitlines()[-1])
