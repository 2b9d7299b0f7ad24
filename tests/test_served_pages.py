"""What pages serve answers as they say: their servers are started as a reader does, and ``curl`` asks them.

A console block of ``curl`` commands with ``$`` is a session, with what they print. After one without, the
text tells it: statuses, JSON in the line, and blocks of JSON.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.test_docs import FENCE, PAGES, blocks_of, name_of

PORT = 8000  # that of the pages
SERVER = re.compile(r"^(?:uvicorn|gunicorn|hypercorn|flask run|python \w+\.py)\b.*", re.MULTILINE)
COMMAND = re.compile(r"^(?:\$ )?(curl .+)$", re.MULTILINE)
STATUS = re.compile(r"The status is (\d{3})")
SPELT = re.compile(r"`([{\[][^`]+)`")
PATIENCE = 60  # seconds

SERVED = [page for page in PAGES if f"127.0.0.1:{PORT}/api" in page.read_text(encoding="utf-8")]


@pytest.fixture
def port(tmp_path):
    """The port of the pages, which no other worker has meanwhile."""
    with (Path(tempfile.gettempdir()) / f"kbn-schema-port-{PORT}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_open():
            pytest.skip(f"something else listens on port {PORT}, which the pages use")
        yield PORT


class Server:
    """The command of a page that serves, in *folder*, until another one or the end."""

    def __init__(self, folder):
        self.folder = folder
        self.process = None

    def start(self, command):
        self.stop()
        scripts = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        with (self.folder / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", command],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PATH": scripts},
                start_new_session=True,
            )
        self.wait_for(lambda: is_open() or self.process.poll() is not None)
        assert self.process.poll() is None, self.log()

    def stop(self):
        """As Ctrl-C does; again, for inside of a request wsgiref takes it for the mistake of a handler."""
        if self.process is None:
            return
        for _ in range(PATIENCE):
            os.killpg(self.process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
                break
        else:
            os.killpg(self.process.pid, signal.SIGKILL)
            pytest.fail(f"the server does not end: {self.log()}")
        self.wait_for(lambda: not is_open())
        self.process = None

    def wait_for(self, is_so):
        end = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < end, self.log()
            time.sleep(0.02)

    def log(self):
        return (self.folder / "server.log").read_text(errors="replace")


@pytest.fixture
def server(port, tmp_path):
    server = Server(tmp_path)
    yield server
    server.stop()


def is_open():
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", PORT)) == 0


def answer_of(command, folder):
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout.replace("\r\n", "\n")


def told_after(block):
    """What a page says from *block* to the next heading or program: the text, and the blocks of JSON."""
    lines = block.page.read_text(encoding="utf-8").splitlines(keepends=True)[block.line :]
    rest = re.split(r"^#", "".join(lines).partition("```\n")[2], flags=re.MULTILINE)[0]
    text, documents, end = "", [], 0
    for fence in FENCE.finditer(rest):
        text += rest[end : fence.start()]
        if fence["language"] != "json":
            return text, documents
        documents.append(json.loads(fence["text"]))
        end = fence.end()
    return text + rest[end:], documents


def require_session(block, answers):
    expected = re.split(r"^\$ .+\n", block.text, flags=re.MULTILINE)[1:]

    assert [text.rstrip("\n") for text in expected] == [text.rstrip("\n") for text in answers], str(block)


def require_told(block, answers):
    text, documents = told_after(block)
    statuses, spelt = STATUS.findall(text), SPELT.findall(text)
    bodies = [answer.rpartition("\n\n")[2] for answer in answers]

    assert spelt or documents, str(block)
    assert all(any(answer.startswith(f"HTTP/1.0 {one} ") for answer in answers) for one in statuses)
    assert [] == [one for one in spelt if one not in bodies], str(block)
    assert [] == [one for one in documents if one not in map(json.loads, bodies)], str(block)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("page", SERVED, ids=name_of)
def test_what_a_page_serves_answers_as_it_says(page, server, tmp_path):
    asked = 0
    for block in blocks_of(page):
        if block.file is not None:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        if block.language != "console":
            continue
        starting = SERVER.search(block.text)
        if starting is not None:
            server.start(starting[0])
        commands = COMMAND.findall(block.text)
        if commands:
            answers = [answer_of(command, tmp_path) for command in commands]
            (require_session if block.text.startswith("$") else require_told)(block, answers)
            asked += len(commands)

    assert asked


def test_each_page_that_asks_a_server_is_among_them():
    asking = [page for page in PAGES if re.search(r"^\$? ?curl ", page.read_text("utf-8"), re.MULTILINE)]

    assert asking == SERVED
    assert len(SERVED) >= 12
