"""The server of the demo, and what it stands."""

import contextlib
import json
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection, RemoteDisconnected

import pytest

from kbn_schema import cli
from kbn_schema.demo import serve
from kbn_schema.demo.serve import HOST, Handler, Quiet, in_background, listening
from kbn_schema.demo.steps import NDJSON
from kbn_schema.demo.store import SavedObjects, Store

MANY = "".join(
    json.dumps({"type": "dashboard", "id": f"d{n}", "attributes": {"title": "A", "description": "A" * 999}})
    + "\n"
    for n in range(900)
)


class Deadline:
    """Calls *stop* after some *seconds*, unless it is closed before."""

    def __init__(self, seconds, stop):
        self._timer = threading.Timer(seconds, stop)
        self._timer.start()

    def close(self):
        self._timer.cancel()
        self._timer.join()


@contextlib.contextmanager
def serving():
    """The process of ``kbn-schema demo --serve``, its port and what it has shown."""
    arguments = [sys.executable, "-m", "kbn_schema", "demo", "--serve"]
    with (
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
        contextlib.closing(Deadline(60, process.kill)),
    ):
        shown = ""
        while "@objects.ndjson" not in shown and (line := process.stdout.readline()):
            shown += line
        yield process, int(re.search(r"http://127\.0\.0\.1:(\d+)/ ", shown)[1]), shown
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert 0 == process.returncode


@pytest.fixture
def server():
    with listening(0, Quiet) as server, in_background(server):
        yield server


def ask(server, method, target, body=None, headers=None):
    with contextlib.closing(HTTPConnection(HOST, server.server_port, timeout=10)) as connection:
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_the_demo_takes_a_port_that_is_free(capsys):
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        statuses = [cli.main(["demo", *more, "--port", str(port)]) for more in ([], ["--serve"])]

    assert [2, 2] == statuses
    assert 2 == capsys.readouterr().err.count(f"kbn-schema: cannot listen on port [{port}]: ")


def test_serve_keeps_running_until_ctrl_c():
    with serving() as (process, port, shown):
        with contextlib.closing(HTTPConnection(HOST, port, timeout=10)) as connection:
            connection.request("GET", "/api/saved_objects/dashboard/a%2Fb?x=%zz")
            answer = connection.getresponse()
            answer.read()
        log = process.stderr.readline()

    assert 400 == answer.status
    assert f"Open http://127.0.0.1:{port}/ in a browser" in shown
    assert '"GET /api/saved_objects/dashboard/a%2Fb?x=%zz HTTP/1.1" 400' in log


@pytest.mark.skipif(not shutil.which("curl") or not shutil.which("sh"), reason="there is no curl")
def test_the_commands_that_serve_shows_work(tmp_path):
    with serving() as (_, _, shown):
        commands = re.findall(r"^  (curl (?:\\\n|.)+)$", shown, re.M)
        ran = [
            subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=30)
            for command in commands
        ]
    answers = [process.stdout.partition("\n")[0].strip() for process in ran]

    assert ["HTTP/1.0 201 Created", "HTTP/1.0 400 Bad Request", "", "", "HTTP/1.0 200 OK"] == answers
    assert '{"imported":1}' in ran[4].stdout
    assert "/api/saved_objects" in json.loads((tmp_path / "openapi.json").read_text())["paths"]
    assert '"title": "Sales"' in (tmp_path / "objects.ndjson").read_text()


def test_the_store_stays_until_answers_are_made(monkeypatch):
    begun, order = threading.Event(), []
    close = Store.close

    def count(self):
        begun.set()
        time.sleep(0.1)  # for the server to end before, if it did not wait
        order.append("answered")
        return {}

    monkeypatch.setattr(SavedObjects, "count", count)
    monkeypatch.setattr(Store, "close", lambda self: order.append("closed") or close(self))
    headers = {"elastic-api-version": "1"}
    with listening(0, Quiet) as server, in_background(server):
        arguments = (server, "GET", "/internal/saved_objects/_count", None, headers)
        client = threading.Thread(target=ask, args=arguments)
        client.start()
        assert begun.wait(10)
    client.join(10)

    assert ["answered", "closed"] == order


def test_a_client_that_says_nothing_does_not_keep_the_server(monkeypatch):
    monkeypatch.setattr(serve, "LEAVE", 0.05)
    accepted = threading.Event()
    monkeypatch.setattr(Quiet, "setup", lambda self: (Handler.setup(self), accepted.set()))
    before = time.monotonic()
    with contextlib.ExitStack() as stack, listening(0, Quiet) as server, in_background(server):
        stack.enter_context(socket.create_connection((HOST, server.server_port), timeout=10))
        assert accepted.wait(10)

    assert time.monotonic() - before < serve.PATIENCE


def test_a_body_that_nobody_reads_does_not_cost_the_answer(server):
    """It would where the connection is closed before the client has sent it."""

    assert {413} == {ask(server, "POST", "/api/import", b" " * 3_000_000, NDJSON)[0] for _ in range(5)}


def test_a_client_that_never_ends_is_heard_out_to_a_limit(server):
    headers = b"content-type: application/x-ndjson\r\ncontent-length: 999999999\r\n\r\n"
    with socket.create_connection((HOST, server.server_port), timeout=10) as connection:
        connection.sendall(b"POST /api/import HTTP/1.1\r\n" + headers)
        with pytest.raises(ConnectionError):
            connection.sendall(b" " * 100_000_000)


def test_a_mistake_of_ours_is_told(server, capsys, monkeypatch):
    def stumble(self):
        raise LookupError("stumbled")

    monkeypatch.setattr(serve.Handler, "handle", stumble)
    before = set(threading.enumerate())
    with pytest.raises(RemoteDisconnected):
        ask(server, "GET", "/")
    for thread in set(threading.enumerate()) - before:
        thread.join(10)

    assert "LookupError: stumbled" in capsys.readouterr().err


def test_a_stream_is_sent_over_the_socket(server):
    imported = ask(server, "POST", "/api/import", MANY, NDJSON)
    status, exported = ask(server, "GET", "/api/export")

    assert (200, b'{"imported":900}') == imported
    assert (200, 900) == (status, exported.count(b"\n"))


def test_a_client_that_hangs_up_holds_nothing_up(server, capfd):
    ask(server, "POST", "/api/import", MANY, NDJSON)
    for _ in range(5):
        with socket.create_connection((HOST, server.server_port), timeout=10) as connection:
            connection.sendall(b"GET /api/export HTTP/1.1\r\n\r\n")
            connection.recv(100)
        with socket.create_connection((HOST, server.server_port), timeout=10) as connection:
            connection.sendall(b"GET /api/ex")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset

    assert 200 == ask(server, "POST", "/api/import?overwrite=true", MANY, NDJSON)[0]
    assert ("", "") == capfd.readouterr()


def test_a_client_that_reads_nothing_is_no_error(server, capfd, monkeypatch):
    monkeypatch.setattr(serve.Quiet, "timeout", 0.2)
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
    ask(server, "POST", "/api/import", MANY, NDJSON)
    before = set(threading.enumerate())
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect((HOST, server.server_port))
        connection.sendall(b"GET /api/export HTTP/1.1\r\n\r\n")
        connection.recv(1)
        for thread in set(threading.enumerate()) - before:
            thread.join(10)

    assert 200 == ask(server, "GET", "/api/saved_objects")[0]
    assert ("", "") == capfd.readouterr()


@pytest.mark.parametrize(("name", "status"), [("If-Match", 404), ("If_Match", 400)])
def test_a_header_with_an_underscore_is_not_taken_for_one_with_a_hyphen(server, name, status):
    """In CGI both have one name; here the header is required, and then there is no such object."""
    body = b'{"attributes": {"title": "Sales"}}'
    headers = {"content-type": "application/json", name: '"1"'}

    assert status == ask(server, "PUT", "/api/saved_objects/dashboard/nowhere", body, headers)[0]


def test_many_clients_are_served_at_once(server):
    statuses = []

    def create(n):
        body = '{"attributes": {"title": "A"}}'
        headers = {"content-type": "application/json"}
        statuses.append(ask(server, "POST", f"/api/saved_objects/dashboard/{n % 5}", body, headers)[0])

    threads = [threading.Thread(target=create, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert [201] * 5 + [409] * 15 == sorted(statuses)
