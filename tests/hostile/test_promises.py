"""What the page on security promises of files, and no other test here keeps: they are data, and run nothing.

The interpreter itself tells of all that is compiled, run, imported, opened or started (its audit events).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Notes what happens while `watching` is true.
WATCH = """
import sys
watching, events = False, []
def note(event, args):
    if watching and event.startswith(BAD): events.append((event, ascii(args)[:200]))
sys.addaudithook(note)
"""

CONTRACTS = """
import copy, json, re
from kbn_schema import contract, diff, schema as s
from kbn_schema.http import Router
from tests.hostile.helper import EVIL, PAYLOADS

def written(text, longest):
    body = s.object(
        {text: s.string(max_length=longest, description=text), "tag": s.enum([text, "b"]),
         "spelled": s.string(pattern=re.escape(text)), "checked": s.string(validate=lambda value: text)},
        id=text.replace(".", ""), title=text, meta={"x-a": text},
    )
    router = Router()
    router.post("/a", validate={"request": {"body": body}, "response": {200: {"body": body}}},
                summary=text, description=text, tags=[text])(lambda context, request, response: response.ok())
    return json.loads(contract.of(router).to_json())

def places(data, path=()):
    inside = data.items() if type(data) is dict else enumerate(data) if type(data) is list else ()
    yield from ([path] if type(data) is str else ())
    for key, item in inside:
        yield from places(item, (*path, key))

def replaced(data, path, text):
    made = copy.deepcopy(data)
    holder = made
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = text
    return made

def read(data):
    try:
        return contract.read(json.dumps(data).encode(), "old.json")
    except contract.ContractError as error:
        return str(error)

def use(text):
    old, new = read(written_of[text][0]), read(written_of[text][1])
    found = [] if isinstance(old, str) else diff.compare(old, new)
    answers = [read(data) for data in spoiled_of[text]]
    return len(found), sum(isinstance(answer, str) for answer in answers)

texts = [text for text in PAYLOADS if text.isprintable()] + ["eval", "os.system", "__import__"]
written_of = {text: (written(text, 9), written(text, 8)) for text in ["harmless", *texts]}
spoiled_of = {
    text: [replaced(pair[0], path, text) for path in places(pair[0])] for text, pair in written_of.items()
}
for _ in range(40):
    use("harmless")  # until all is imported, and our own schemas of such files have compiled themselves
watching = True
told = [use(text) for text in texts]
watching = False
print(json.dumps([events, told]))
"""

DOCUMENTS = """
import contextlib, io, json, os
from kbn_schema.cli import main
with open("shop.py", "w") as file:
    file.write("from kbn_schema import schema\\norder = schema.object({'item': schema.string()})\\n")
sys.path.insert(0, "")
def ask(name):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main(["validate", "shop:order", name])
names = sorted(name for name in os.listdir() if name != "shop.py")
watching = True
told = [ask(name) for name in names]
watching = False
print(json.dumps([events, told]))
"""

EVIL = '__import__("os").system("touch was-run")'
FILES = {
    "apply.yaml": "!!python/object/apply:os.system ['touch was-run']\n",
    "call.yaml": "item: !!python/object/new:os.system ['touch was-run']\n",
    "class.yaml": "item: !!python/object:os.system {}\n",
    "name.yaml": "item: !!python/name:os.system\n",
    "module.yaml": "!!python/module:antigravity : 1\n",
    "text.yaml": f"item: 5\n? '{EVIL}'\n: 1\n",
    "text.json": json.dumps({"item": 5, EVIL: EVIL}),
    "class.json": json.dumps(
        {"__class__": "os.system", "py/object": "os.system", "$ref": "file:///etc/passwd"}
    ),
    "lines.ndjson": json.dumps({EVIL: 1}) + "\n" + EVIL + "\n",
    "text.toml": f"'{EVIL}' = 1\n",
}


def answers(program: str, folder: Path, *bad: str) -> list[list[object]]:
    """Run *program* in *folder*; return the events that begin with one of *bad*, and what it says itself."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", f"BAD = {bad!r}\n{WATCH}{program}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr[-2000:])
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_the_file_of_a_contract_runs_nothing(tmp_path):
    bad = ("compile", "exec", "import", "open", "socket.", "subprocess.", "os.", "ctypes.", "pickle.")
    events, told = answers(CONTRACTS, tmp_path, *bad)

    assert [] == events
    assert all(found and refused for found, refused in told)


@pytest.mark.skipif(os.name == "nt", reason="a command that leaves a trace is that of a POSIX shell")
def test_a_document_starts_nothing_and_calls_nobody(tmp_path):
    pytest.importorskip("yaml", reason="PyYAML is not installed: pip install '.[yaml]'")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    starts = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "subprocess.", "pty.")
    calls = ("socket.", "urllib.", "ftplib.", "ctypes.", "pickle.", "webbrowser.")
    events, told = answers(DOCUMENTS, tmp_path, *starts, *calls)
    left = {path.name for path in tmp_path.iterdir()}

    assert [] == events
    assert {1, 2} == set(told)
    assert {*FILES, "shop.py"} == left
