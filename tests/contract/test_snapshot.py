"""The command ``kbn-schema snapshot``."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kbn_schema import cli, contract

MODULE = """\
from kbn_schema import schema
from kbn_schema.http import Router

print("imported")
router = Router()

@router.get("/é", validate={"query": schema.object({"q": schema.string(validate=lambda value: None)})})
def find(context, request, response):
    return response.ok()
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    Path("snapshot_app.py").write_text(MODULE, encoding="utf-8")
    yield tmp_path
    sys.modules.pop("snapshot_app", None)


@pytest.fixture
def run(folder, capfdbinary):
    def ask(*arguments):
        sys.modules.pop("snapshot_app", None)
        status = cli.main(["snapshot", *arguments])
        out, err = capfdbinary.readouterr()
        return status, out.decode(), err.decode().replace("imported\n", "")

    return ask


def test_the_contract_is_written(run):
    assert (0, "", "wrote contract.json\n") == run("snapshot_app:router", "-o", "contract.json")
    assert "/é" == contract.read(Path("contract.json").read_bytes(), "contract.json").routes[0].path
    assert (0, "", "contract.json is up to date\n") == run("snapshot_app:router", "-o", "contract.json")


def test_the_contract_is_printed_as_it_would_be_written(run):
    status, out, err = run("snapshot_app:router")
    run("snapshot_app:router", "-o", "contract.json")

    assert (0, "") == (status, err)
    assert Path("contract.json").read_text(encoding="utf-8") == out


def test_check_shows_what_changed_and_writes_nothing(run):
    run("snapshot_app:router", "-o", "contract.json")
    before = Path("contract.json").read_bytes()
    # Of another size: Python takes a module of the same second and size for the one that it has compiled.
    changed = MODULE.replace("schema.string(", "schema.number(") + "# changed\n"
    Path("snapshot_app.py").write_text(changed, encoding="utf-8")

    status, out, err = run("snapshot_app:router", "-o", "contract.json", "--check")

    assert 1 == status
    assert out.startswith("--- a/contract.json\n+++ b/contract.json\n@@")
    assert '-                  "type": "string",' in out.splitlines()
    assert '+                  "type": "number",' in out.splitlines()
    command = "kbn-schema snapshot snapshot_app:router -o contract.json"
    assert f"contract.json is out of date\nto write this: {command}\n" == err
    assert before == Path("contract.json").read_bytes()


def test_check_is_content_with_what_is_right(run):
    run("snapshot_app:router", "-o", "contract.json")
    data = Path("contract.json").read_bytes()

    assert (0, "", "contract.json is up to date\n") == run(
        "snapshot_app:router", "-o", "contract.json", "--check"
    )
    Path("contract.json").write_bytes(data.replace(b"\n", b"\r\n"))  # as git may write it
    assert (0, "", "contract.json is up to date\n") == run(
        "snapshot_app:router", "-o", "contract.json", "--check"
    )


def test_check_of_a_file_that_is_not_there(run):
    status, out, _ = run("snapshot_app:router", "-o", "contract.json", "--check")

    assert 1 == status
    assert out.startswith("--- /dev/null\n+++ b/contract.json\n")
    assert not Path("contract.json").exists()


@pytest.mark.parametrize(
    ("arguments", "source", "message"),
    [
        (["snapshot_app:router", "--check"], MODULE, "--check compares with a file: name it with -o FILE"),
        (["snapshot_app:rooter"], MODULE, "[snapshot_app] has no router [rooter]; did you mean [router]?"),
        (
            ["snapshot_app"],
            MODULE,
            "expected MODULE:ROUTER, such as snapshot_app:router, but got [snapshot_app]",
        ),
        (
            ["snapshot_app:router"],
            "1 / 0",
            "cannot import [snapshot_app]: ZeroDivisionError: division by zero",
        ),
        (["snapshot_app:router"], "import sys; sys.exit(0)", "cannot import [snapshot_app]: SystemExit: 0"),
        (["snapshot_app:router"], "router = 1", "[snapshot_app:router] is not a router but [int]"),
        (
            ["snapshot_app:router"],
            MODULE.replace("schema.string(validate=lambda value: None)", "schema.lazy('a')"),
            "cannot read the routes of [snapshot_app:router]: "
            "The [get] at [/é]: lazy(): no schema around it has the "
            "id [a]; set id='a' on the one it means",
        ),
        (
            ["snapshot_app:router", "-o", "nowhere/contract.json"],
            MODULE,
            "cannot write [nowhere/contract.json]: No such file or directory",
        ),
    ],
)
def test_what_cannot_be_asked_is_one_line(run, folder, arguments, source, message):
    Path("snapshot_app.py").write_text(source, encoding="utf-8")

    status, out, err = run(*arguments)

    assert (2, "", f"kbn-schema: {message}\n") == (status, out, err)
    assert ["snapshot_app.py"] == [path.name for path in folder.iterdir() if path.name != "__pycache__"]


def test_the_file_is_the_same_whatever_the_hash_seed(folder):
    """Also where it lies, and how it is imported."""
    files = set()
    for seed in ("1", "2"):
        place = folder / f"place{seed}"
        place.mkdir()
        source = (Path(__file__).parent.parent / "examples.py").read_text(encoding="utf-8")
        (place / "examples_app.py").write_text(
            source + "\nfrom kbn_schema.http import Router\nrouter = Router()\n"
            "for number, row in enumerate(EXAMPLES):\n"
            "    validate = {'body': row.schema}\n"
            "    router.post(f'/{number}', validate=validate)(lambda context, request, response: None)\n",
            encoding="utf-8",
        )
        done = subprocess.run(
            [sys.executable, "-m", "kbn_schema", "snapshot", "examples_app:router"],
            cwd=place, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True,
        )  # fmt: skip
        files.add(done.stdout)
        assert str(folder).encode() not in done.stdout

    assert 1 == len(files)
