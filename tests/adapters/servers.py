"""Real servers on the loopback, and a client that sends what no client would."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import uvicorn
from gunicorn.config import Config as GunicornConfig

from tests.adapters.contract import Answer

# What servers answer themselves.
UNLIKE_UVICORN = {
    "a length beside chunks": "h11 goes by the chunks, as RFC 9112, section 6.3 allows",
    "absolute targets": "with h11, the path is the whole target",
}
UNLIKE_GUNICORN = {
    "kept lines": "the sync worker closes the line after each answer",
    "method get": "gunicorn refuses it with 400",
}

ROOT = Path(__file__).parents[2]
TIMEOUT = 10
GUNICORN = [
    "--workers=1",
    "--limit-request-line=8190",
    f"--timeout={TIMEOUT}",
    "--graceful-timeout=1",
    *(["--no-control-socket"] if "control_socket_disable" in GunicornConfig().settings else []),
]


@contextmanager
def uvicorn_serving(app, **options):
    """The port on which *app* is served by a uvicorn in a thread, until the block ends.

    It is built on h11 and asyncio, unless *options* say otherwise: others are taken where they are installed.
    """
    options = {"http": "h11", "loop": "asyncio", **options}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=2, **options
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            wait_until(lambda: server.started or not thread.is_alive())
            assert server.started
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(TIMEOUT)
            assert not thread.is_alive()


@contextmanager
def gunicorn_serving(app, log):
    """The port on which a sync worker serves *app*, such as ``module:app``; it logs to the file *log*."""
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as output:
        number = listener.fileno()
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{number}", *GUNICORN, app]
        environment = {name: value for name, value in os.environ.items() if name != "GUNICORN_CMD_ARGS"}
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, pass_fds=[number], stdout=output, stderr=output
        )
        try:
            port = listener.getsockname()[1]
            send(port, "GET", "/")
            yield port
        finally:
            process.terminate()
            try:
                process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until(condition, seconds=TIMEOUT):
    """Whether *condition* becomes true in time."""
    end = time.monotonic() + seconds
    while not (held := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return held


def request_bytes(method, target, headers=(), body=None, version="1.1"):
    """A request as it goes over the line; *headers* may have a Content-Length of their own."""
    names = {name.lower() for name, _ in headers}
    lines = [("Host", "x"), ("Connection", "close"), *headers]
    if body is not None and not names & {"content-length", "transfer-encoding"}:
        lines.append(("Content-Length", str(len(body))))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return f"{method} {target} HTTP/{version}\r\n{head}\r\n".encode("latin-1") + (body or b"")


def chunked(chunks):
    """*chunks* in the transfer encoding of that name."""
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)


def exchange(port, raw, method="GET", hang_up=False):
    """Send *raw* bytes and read the answer; *hang_up* ends our side first."""
    with connect(port) as connection:
        try:
            connection.sendall(raw)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
        except OSError:  # refused before it was all sent
            pass
        return read_answer(connection, method)


def read_answer(connection, method="GET"):
    """The answer on *connection*.

    Raises:
        http.client.IncompleteRead: It is not whole.
    """
    with closing(http.client.HTTPResponse(connection, method=method)) as response:
        response.begin()
        body = response.read()
        return Answer(
            response.status, tuple((name.lower(), value) for name, value in response.getheaders()), body
        )


def send(port, method, target, headers=(), body=None):
    return exchange(port, request_bytes(method, target, headers, body), method)


class OverASocket:
    """How a request goes to a server; subclasses have a fixture that sets `port`."""

    port: int

    def send(self, method, target, headers=(), body=None):
        return send(self.port, method, target, headers, body)

    def send_chunks(self, method, target, headers, chunks):
        headers = [*headers, ("Transfer-Encoding", "chunked")]
        return exchange(self.port, request_bytes(method, target, headers, chunked(chunks)), method)

    def is_torn(self, target):
        try:
            self.send("GET", target)
        except http.client.IncompleteRead:
            return True
        return False


class OnTheLine(OverASocket):
    """What is promised of real connections only."""

    @pytest.mark.parametrize("origin", ["http://evil.example", "http://", "x://y"])
    def test_an_absolute_target_is_its_path_where_the_server_says_so(self, origin):
        """Else it is nobody's: middleware has not seen that path."""
        answer = self.send("GET", f"{origin}/api/items/a%2Fb?q=1")

        if "absolute targets" in self.UNLIKE:
            assert (404, b"nothing here") == (answer.status, answer.body)
        else:
            assert (200, "a/b") == (answer.status, answer.json()["id"])

    def test_a_long_target_does_not_take_long(self):
        begun = time.monotonic()
        status = self.send("GET", "http://h/" + "a" * 8000).status

        assert status in (404, 414)
        assert time.monotonic() - begun < 1

    def test_http_1_0_is_answered(self):
        with connect(self.port) as connection:
            connection.sendall(b"GET /api/stream HTTP/1.0\r\n\r\n")
            answer = read_answer(connection)

        assert (200, b"one,two,three") == (answer.status, answer.body)

    def test_a_client_that_asks_to_go_on_is_told(self):
        head = request_bytes(
            "POST",
            "/api/items",
            [("Content-Type", "application/json"), ("Content-Length", "8"), ("Expect", "100-continue")],
        )
        with connect(self.port) as connection:
            connection.sendall(head)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(b'{"n": 1}')
            answer = read_answer(connection)

        assert 201 == answer.status

    def test_two_requests_share_a_line(self):
        """What was left of a body does not become a request."""
        self.keep("kept lines")
        first = request_bytes("POST", "/api/ignored", body=b"GET /smuggled HTTP/1.1\r\n\r\n")
        first = first.replace(b"Connection: close\r\n", b"")
        with connect(self.port) as connection:
            connection.sendall(first)
            assert b"{}" == read_answer(connection).body
            connection.sendall(request_bytes("GET", "/api/items/2"))
            assert "2" == read_answer(connection).json()["id"]

    def test_a_body_shorter_than_its_length_never_reaches_the_handler(self):
        before = self.calls()
        raw = request_bytes(
            "POST", "/api/items", [("Content-Type", "application/json"), ("Content-Length", "20")]
        )
        with connect(self.port) as connection:
            connection.sendall(raw + b'{"n": 1}')
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))

        assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
        assert before + 1 == self.calls()

    def test_a_body_longer_than_its_length_is_cut(self):
        headers = [("Content-Type", "application/json"), ("Content-Length", "8")]

        assert 201 == self.send("POST", "/api/items", headers, b'{"n": 1}, 2').status

    def test_a_length_beside_chunks_is_400(self):
        self.keep("a length beside chunks")
        headers = [("Content-Length", "8"), ("Transfer-Encoding", "chunked")]

        assert 400 == self.send("POST", "/api/items", headers, b'8\r\n{"n": 1}\r\n0\r\n\r\n').status

    def test_a_malformed_chunk_is_400(self):
        raw = request_bytes(
            "POST", "/api/items", [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]
        )

        assert 400 == exchange(self.port, raw + b"zz\r\n").status

    def test_a_garbage_host_does_not_matter(self):
        raw = request_bytes("GET", "/api/items/1").replace(b"Host: x", b"Host: a/b?c#d@[")
        answer = exchange(self.port, raw)

        assert (200, "1") == (answer.status, answer.json()["id"])
