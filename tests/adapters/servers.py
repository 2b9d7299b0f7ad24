"""Real servers on the loopback, and a client that sends what no client would."""

import asyncio
import contextlib
import http.client
import logging
import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import hypercorn
import pytest
import uvicorn
from gunicorn.config import Config as GunicornConfig
from hypercorn.asyncio import serve
from waitress import create_server, wasyncore

from tests.adapters.contract import Answer

# What servers answer themselves.
UNLIKE_H11 = {
    "a length beside chunks": "h11 goes by the chunks, as RFC 9112, section 6.3 allows",
    "absolute targets": "the path is the whole target",
}
UNLIKE_HTTPTOOLS = {
    "method BREW": "httptools knows the methods, and refuses others with 400",
    "method get": "httptools refuses it with 400",
    "targets that begin with http://": "httptools refuses a target without a host with 400",
    "trailers": "uvicorn with httptools adds them to the headers",
}
UNLIKE_HYPERCORN = {
    **UNLIKE_H11,
    "method get": "hypercorn takes it for GET",
    "longer bodies": "hypercorn refuses what follows the last request with 400",
}
UNLIKE_GTHREAD = {
    "method get": "gunicorn refuses it with 400",
}
UNLIKE_GUNICORN = {
    **UNLIKE_GTHREAD,
    "kept lines": "the sync worker closes the line after each answer",
}
UNLIKE_WAITRESS = {
    "a length beside chunks": "waitress goes by the chunks",
    "method get": "waitress refuses it with 400",
    "the head before the body": "waitress asks us once the body is there",
    "malformed hosts": "waitress hangs up, and logs the error of its own",
    "targets that begin with //": "waitress drops a slash before it asks us",
}
UNLIKE_UVICORN = {
    **UNLIKE_H11,
    "malformed chunks that are echoed": "uvicorn with h11 has sent a 400, and logs that ours comes too late",
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


@contextlib.contextmanager
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


@contextlib.contextmanager
def hypercorn_serving(app):
    """The port on which *app* is served by a hypercorn in a thread, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = hypercorn.Config()
        config.bind = [f"fd://{os.dup(listener.fileno())}"]  # which hypercorn closes
        config.errorlog = logging.getLogger("hypercorn.error")
        # For so long it waits for the rest of a head, also when the client has left.
        config.keep_alive_timeout = config.graceful_timeout = 0.5
        loop, stopped = asyncio.new_event_loop(), asyncio.Event()
        serving = serve(app, config, shutdown_trigger=stopped.wait, mode="asgi")
        thread = threading.Thread(target=_run, args=(loop, serving), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            loop.call_soon_threadsafe(stopped.set)
            thread.join(TIMEOUT)
            assert not thread.is_alive()


def _run(loop, coroutine):
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(coroutine)


@contextlib.contextmanager
def waitress_serving(app):
    """The port on which *app* is served by a waitress in a thread, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sockets, left = {}, {}
        server = create_server(app, sockets, sockets=[listener])

        def stop():
            """The loop ends where it has no sockets.

            It must not close them itself: a task may wake it before `pull_trigger` does, through a pipe
            that is one of them.
            """
            left.update(sockets)
            sockets.clear()

        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.trigger.pull_trigger(stop)
            thread.join(TIMEOUT)
            server.task_dispatcher.shutdown()
            wasyncore.close_all(left)
            assert not thread.is_alive()


@contextlib.contextmanager
def gunicorn_serving(app, log, *options):
    """The port on which a worker, a sync one unless *options* say otherwise, serves *app*.

    That is a text such as ``module:app``; the worker logs to the file *log*.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("wb") as output:
        number = listener.fileno()
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{number}", *GUNICORN, *options, app]
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


def raw_exchange(port, raw):
    """All that comes until the server hangs up; it is asked to with the last request."""
    answers = b""
    with connect(port) as connection:
        try:
            connection.sendall(raw)
            while piece := connection.recv(65_536):
                answers += piece
        except ConnectionError:  # it hung up before it had read all
            pass
    return answers


def read_answer(connection, method="GET"):
    """The answer on *connection*.

    Raises:
        http.client.IncompleteRead: It is not whole.
    """
    with contextlib.closing(http.client.HTTPResponse(connection, method=method)) as response:
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
        self.keep(f"targets that begin with {origin}")
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
            told = connection.recv(65_536)
            assert (True, True) == (told.startswith(b"HTTP/1.1 100 "), told.endswith(b"\r\n\r\n"))
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

    @pytest.mark.parametrize(
        ("method", "target", "status"),
        [
            ("PUT", "/api/items/1", 405),
            ("POST", "/api/items", 415),
            ("POST", "/api/small", 413),
            ("POST", "/api/ignored", 200),
            ("POST", "/api/unread", 200),
            ("GET", "/api/items/1", 200),
            ("GET", "/elsewhere", 404),
        ],
    )
    def test_what_was_not_read_does_not_become_a_request(self, method, target, status):
        """The server may hang up instead, but then nothing follows."""
        smuggled = request_bytes("DELETE", "/api/items/1")
        first = request_bytes(method, target, body=smuggled).replace(b"Connection: close\r\n", b"", 1)
        answers = raw_exchange(self.port, first + request_bytes("GET", "/api/items/2"))

        statuses = [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3})", answers)]
        assert status == statuses[0]
        assert statuses[1:] in ([], [200])
        assert len(statuses) == 1 or b'"id":"2"' in answers

    def test_trailers_are_no_headers(self):
        self.keep("trailers")
        raw = request_bytes("GET", "/api/headers", [("Transfer-Encoding", "chunked"), ("Trailer", "X-One")])
        answer = exchange(self.port, raw + b"1\r\nx\r\n0\r\nX-One: a\r\n\r\n")

        assert (200, {}) == (answer.status, answer.json())

    def test_space_around_a_header_is_not_part_of_it(self):
        raw = request_bytes("GET", "/api/headers").replace(b"\r\n\r\n", b"\r\nX-One:\t  a b  \r\n\r\n")

        assert {"X-One": "a b"} == exchange(self.port, raw).json()

    def test_two_slashes_are_no_host(self):
        self.keep("targets that begin with //")
        answer = self.send("GET", "//api/items/1")

        assert (404, b"nothing here") == (answer.status, answer.body)

    def test_requests_that_come_together_get_their_own_answers(self):
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(connect(self.port)) for _ in range(20)]
            for number, connection in enumerate(connections):
                connection.sendall(request_bytes("GET", f"/api/items/{number}"))
            for number, connection in enumerate(connections):
                assert str(number) == read_answer(connection).json()["id"]
                connection.close()

    def test_an_answer_without_a_body_has_no_length(self):
        """RFC 9110, section 8.6."""
        answer = self.send("DELETE", "/api/items/1")

        assert [] == [name for name, _ in answer.pairs if name in ("content-length", "transfer-encoding")]

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
        assert before == self.calls()

    def test_a_body_longer_than_its_length_is_cut(self):
        self.keep("longer bodies")
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
