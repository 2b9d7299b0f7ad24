"""What becomes of clients that leave, or are slow, over real connections."""

import contextlib
import logging
import os
import re
import socket
import struct
import time

import pytest

from tests.adapters.servers import connect, request_bytes, wait_until

JSON = ("Content-Type", "application/json")
TIMES = 100


def leave(connection, rudely):
    """Close *connection*; *rudely* with a reset."""
    if rudely:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Leaving:
    """Subclasses have `port` and `send`, and say what was logged as an error, and which files are open."""

    def files_open(self):
        raise NotImplementedError

    def errors_logged(self):
        raise NotImplementedError

    def test_clients_that_leave_leave_nothing_behind(self):
        before = self.state()
        files, errors = self.files_open(), self.errors_logged()
        for number in range(TIMES):
            self.leave_in_the_body(number % 2 == 0)
            self.leave_in_the_stream(number % 2 == 0)

        after = self.state()
        assert before["calls"] + TIMES + 1 == after["calls"]  # streams and states, never the posted
        assert before["tasks"] == after["tasks"]
        assert wait_until(lambda: self.files_open() <= files)
        assert errors == self.errors_logged()

    def leave_in_the_body(self, rudely):
        raw = request_bytes("POST", "/api/items", [JSON, ("Content-Length", "20")])
        connection = connect(self.port)
        connection.sendall(raw + b'{"n"')
        leave(connection, rudely)

    def leave_in_the_stream(self, rudely):
        connection = connect(self.port)
        connection.sendall(request_bytes("GET", "/api/endless"))
        assert connection.recv(1000)
        leave(connection, rudely)

    def test_a_slow_client_is_answered(self):
        with connect(self.port) as connection:
            for byte in request_bytes("POST", "/api/items", [JSON], b'{"n": 1}'):
                connection.sendall(bytes([byte]))
                time.sleep(0.0005)
            assert b" 201 " in connection.recv(65_536)


class InAWorker(Leaving):
    """Under gunicorn, which writes what is logged to the file `log`."""

    def files_open(self):
        (worker,) = re.findall(r"Booting worker with pid: (\d+)", self.log.read_text())
        return len(os.listdir(f"/proc/{worker}/fd"))

    def errors_logged(self):
        return re.findall(r"Traceback|\[ERROR\].*", self.log.read_text())


class InThisProcess(Leaving):
    """Under uvicorn in a thread, where requests share an event loop."""

    @pytest.fixture(autouse=True)
    def _logged(self, caplog):
        self.logged = caplog

    def files_open(self):
        return len(os.listdir("/proc/self/fd"))

    def errors_logged(self):
        return [record for record in self.logged.records if record.levelno >= logging.WARNING]

    def test_slow_clients_do_not_hold_up_the_others(self):
        raw = request_bytes("POST", "/api/items", [JSON, ("Content-Length", "20")])
        with contextlib.ExitStack() as stack:
            for _ in range(20):
                stack.enter_context(connect(self.port)).sendall(raw + b"{")
            begun = time.monotonic()
            for _ in range(20):
                assert 200 == self.send("GET", "/api/items/1").status

            assert time.monotonic() - begun < 5

    @pytest.mark.parametrize("begin", [b"", b"{"])
    @pytest.mark.parametrize("target", ["/api/impatient", "/api/impatient/stream"])
    def test_a_body_that_does_not_come_is_408(self, target, begin):
        raw = request_bytes("POST", target, [JSON, ("Content-Length", "20")])
        with connect(self.port) as connection:
            connection.sendall(raw + begin)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 408 ")

    def test_a_stream_that_waits_ends_when_the_client_leaves(self):
        with connect(self.port) as connection:
            connection.sendall(request_bytes("GET", "/api/waiting"))
            assert connection.recv(1000)

        assert "told" == self.send("GET", "/api/waited").body.decode()
