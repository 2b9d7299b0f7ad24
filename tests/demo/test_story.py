"""``kbn-schema demo`` as a whole, as a process of its own."""

import os
import re
import signal
import subprocess
import sys

import pytest

from kbn_schema import cli
from kbn_schema.demo import steps
from kbn_schema.demo.schemas import attributes
from kbn_schema.demo.steps import STORY, Chapter, Step
from kbn_schema.demo.story import checkers
from tests.processes import unmeasured

CHANGING = r"127.0.0.1:\d+|\d{4}-\d\d-\d\dT[\d:.]+"
# Someone who installs the package and nothing else has none of them.
NOT_NEEDED = ("msgspec", "multipart", "yaml", "mypy", "pyright")
AS_INSTALLED = (
    f"import sys; sys.modules.update(dict.fromkeys({NOT_NEEDED}));"
    "from kbn_schema.cli import main; sys.exit(main())"
)


def command(*arguments):
    return [sys.executable, "-c", AS_INSTALLED, "demo", *arguments]


def environment(**others):
    """Ours, but for what has a say in colours and width, and without a checker on the path."""
    known = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "PYTHONIOENCODING", "PYTHONUTF8")
    return {name: text for name, text in os.environ.items() if name not in known} | {"PATH": ""} | others


def demo(*arguments, **others):
    """What the command tells."""
    done = subprocess.run(
        command(*arguments), capture_output=True, encoding="utf-8", timeout=120, env=environment(**others)
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def read_until(text, stream):
    """Read up to the line that has *text*."""
    while (line := stream.readline()) and text.encode() not in line:
        pass
    assert line


@pytest.fixture(scope="module")
def story():
    return demo()


def test_the_story_has_five_chapters(story):
    titles = [
        "1. What a route author writes",
        "2. What clients get",
        "3. What the type checker says",
        "4. What CI says to a breaking change",
        "5. Where to go next",
    ]

    assert titles == re.findall(r"^== (.+) ==$", story, re.M)
    assert story.endswith("\nAll answers are as expected.\n")


def test_the_story_is_short_fits_80_columns_and_has_no_colour_in_a_file(story):
    assert 120 <= len(story.splitlines()) <= 160
    assert max(map(len, story.splitlines())) <= 80
    assert story.isascii()
    assert "\x1b" not in story
    assert "\n\n\n" not in story


def test_with_all_that_is_installed_here_only_the_recording_is_another(story):
    done = subprocess.run(
        [sys.executable, "-m", "kbn_schema", "demo"], capture_output=True, text=True, timeout=120
    )
    recorded = re.sub(r"No type checker is installed here, .+:\n\n", "", story)

    assert (0, "") == (done.returncode, done.stderr)
    assert len(recorded) < len(story)
    assert re.sub(CHANGING, "", done.stdout) == re.sub(CHANGING, "", recorded)


def test_the_commands_at_the_end_are_there(story):
    commands = re.findall(r"^  kbn-schema (\w+)", story.partition("== 5")[2], re.M)
    for name in commands:
        with pytest.raises(SystemExit) as ended:
            cli.main([name, "--help"])

        assert 0 == ended.value.code
    assert ["demo", "demo", "stubs", "snapshot", "diff"] == commands


def test_all_requests_are_sent_if_that_is_asked_for(story):
    told = demo("--all")

    assert all(step.title in told for chapter in STORY for step in chapter.steps)
    assert max(map(len, told.splitlines())) <= 80
    assert story.partition("== 2")[0] == told.partition("== 2")[0]
    assert story.partition("== 3")[2] in told


@pytest.mark.parametrize("columns", ["10", "50", "300"])
def test_the_story_fits_a_narrow_and_a_wide_terminal(columns):
    told = demo(COLUMNS=columns)

    assert max(map(len, told.splitlines())) <= min(max(int(columns), 40), 80)


def test_a_narrow_terminal_has_what_commands_do_below_them():
    assert "\n  kbn-schema stubs MODULE\n      writes types for your routes\n" in demo(COLUMNS="60")


def test_colours_can_be_forced():
    assert "\x1b[1;36m== 1. What a route author writes ==\x1b[0m\n" in demo(FORCE_COLOR="1")


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "utf-16"])
def test_the_story_can_be_told_in_any_encoding(encoding):
    """All requests are, for some answers are not ASCII."""
    done = subprocess.run(
        command("--all"), capture_output=True, timeout=120, env=environment(PYTHONIOENCODING=encoding)
    )

    assert (0, b"") == (done.returncode, done.stderr)
    assert "All answers are as expected." in done.stdout.decode(encoding)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a pipe takes all that is told")
@pytest.mark.parametrize("last", ["== 1", "def find", "== 2", "201 Created", "did_you_mean", "-- Mistakes"])
def test_nothing_is_said_to_a_reader_who_has_gone(last):
    """As in `kbn-schema demo --all | head -3`; the pipe is so short that much is unsaid at any time."""
    import fcntl

    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    with subprocess.Popen(
        command("--all"), stdout=writer, stderr=subprocess.PIPE, env=environment()
    ) as process:
        os.close(writer)
        with open(reader, "rb", buffering=0) as told:
            read_until(last, told)
        err = process.stderr.read()

    assert (1, b"") == (process.returncode, err)


@pytest.mark.skipif(os.name == "nt", reason="there, Ctrl-C is for all processes of a console")
def test_ctrl_c_ends_the_story(tmp_path):
    """And with it a checker, which would never end, and all that was written."""
    checker, temporary = tmp_path / "mypy", tmp_path / "temporary"
    checker.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(600)\n")
    checker.chmod(0o755)
    temporary.mkdir()
    with subprocess.Popen(
        command(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(PATH=str(tmp_path), TMPDIR=str(temporary)),
    ) as process:
        read_until("$ mypy", process.stdout)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)

    assert (130, b"") == (process.returncode, err)
    assert [] == list(temporary.iterdir())


def test_the_first_chapter_needs_nothing_of_the_demo():
    """It is there at once: what the others need is imported while it is read."""
    code = (
        "import sys; from kbn_schema.demo.story import tell;"
        "tell._ask = lambda *_: []; tell.tell(); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=unmeasured()
    )
    loaded = set(done.stderr.split())

    assert "\n  def find(\n" in done.stdout
    assert loaded.isdisjoint({"sqlite3", "http.client", "subprocess", "tempfile"})
    assert loaded.isdisjoint({"kbn_schema.http", "kbn_schema.contract", "kbn_schema.kinds.string"})


def test_an_unexpected_answer_fails_the_demo(capsys, monkeypatch):
    odd = tuple(Step("Odd", "GET", "/api/saved_objects", status) for status in (418, 200))
    monkeypatch.setattr(steps, "FIRST_LOOK", Chapter("", odd))
    monkeypatch.setattr(checkers, "find", lambda: None)
    status = cli.main(["demo"])

    assert 1 == status
    assert capsys.readouterr().out.endswith("\nNot all answers are as expected.\n")


def test_all_and_serve_exclude_each_other(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["demo", "--all", "--serve"])

    assert 2 == ended.value.code
    assert "not allowed with argument" in capsys.readouterr().err


def test_the_schemas_of_the_demo_can_be_asked_from_the_command_line(tmp_path):
    (tmp_path / "a.json").write_text('{"title": "A"}')

    assert 0 == cli.main(["validate", "kbn_schema.demo.schemas:attributes", str(tmp_path / "a.json")])
    assert {"title": "A", "description": "", "tags": [], "hits": 0} == attributes.validate({"title": "A"})
