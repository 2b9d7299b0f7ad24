"""What becomes of clients that leave, are slow, or send what is no request, over real connections."""

import contextlib
import logging
import re
import socket
import struct
import time

import pytest

from tests.adapters.malformed import Malformed
from tests.adapters.servers import chunked, connect, request_bytes, wait_until

JSON = ("Content-Type", "application/json")
CHUNKED = ("Transfer-Encoding", "chunked")
TIMES = 100

HALF_A_BODY = request_bytes("POST", "/api/items", [JSON, ("Content-Length", "20")]) + b'{"n"'

# What is sent before the client leaves: in the head, in a body, in chunks of one, before the answer.
UNFINISHED = [
    b"POST /api/items HTTP/1.1\r\nHost: x\r\nContent-Ty",
    HALF_A_BODY,
    request_bytes("POST", "/api/items", [JSON, CHUNKED]) + b'14\r\n{"n"',
    request_bytes("POST", "/api/drain", [CHUNKED]) + chunked([b"x" * 100])[:-7],
    request_bytes("POST", "/api/echo", [CHUNKED]) + chunked([b"x" * 100])[:-7],
    request_bytes("GET", "/api/slow"),
]

# What a thousand clients may leave behind. Memory in KiB: a kibibyte of each request is 280 at least, since a
# server may ask us only once the body is there; what an allocator takes ahead is less, or is there the next
# time.
SPARE = {"files": 0, "tasks": 0, "threads": 0, "memory": 128}


def leave(connection, rudely):
    """Close *connection*; *rudely* with a reset."""
    if rudely:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Leaving(Malformed):
    """Subclasses have `port` and `send`, and say what was logged as an error."""

    def errors_logged(self):
        raise NotImplementedError

    def test_clients_that_leave_call_no_handler_with_half_a_body(self):
        before, errors = self.calls(), self.errors_logged()
        for number in range(TIMES):
            self.leave_after([HALF_A_BODY], number % 2 == 0)
            self.leave_in_the_stream(number % 2 == 0)

        assert before + TIMES == self.calls()  # of the streams
        assert errors == self.errors_logged()

    def test_a_thousand_clients_that_leave_leave_nothing_behind(self):
        """What is left behind is left each time; a pool or a cache is filled once."""
        errors = self.errors_logged()
        self.leave_a_thousand_times()
        for _ in range(5):
            before = self.held_at_rest()
            self.leave_a_thousand_times()
            left_behind = self.left_behind_since(before)
            if not left_behind:
                break

        assert {} == left_behind
        assert errors == self.errors_logged()

    def held_at_rest(self):
        """What the server holds once it closes no more."""
        while True:
            held = self.held()
            time.sleep(0.05)
            if not wait_until(lambda: self.less_than(held), 0.05):  # noqa: B023
                return held

    def less_than(self, before):
        after = self.held()
        return any(after[name] < before[name] for name in ("files", "tasks", "threads"))

    def held(self):
        self.state()
        return self.send("GET", "/api/held").json()

    def left_behind_since(self, before):
        """What is still held after some seconds, beside what was held *before*; {} once that is nothing.

        Each look is a client, too, and may be seen by the next one while it is being closed.
        """
        seen = []

        def is_nothing():
            after = self.held()
            seen.append({name: more for name in SPARE if (more := after[name] - before[name]) > SPARE[name]})
            return not seen[-1]

        wait_until(is_nothing, 5)
        return seen[-1]

    def leave_a_thousand_times(self):
        for number in range(0, 1000, len(UNFINISHED) + 1):
            rudely = number % 2 == 0
            self.leave_after(UNFINISHED, rudely)
            self.leave_in_the_stream(rudely)

    def leave_after(self, sent, rudely):
        connections = [connect(self.port) for _ in sent]
        for connection, raw in zip(connections, sent, strict=True):
            connection.sendall(raw)
        time.sleep(0.001)  # else a reset takes back what was sent
        for connection in connections:
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
    """Under a server in a process of its own, which writes what is logged to the file `log`."""

    def errors_logged(self):
        return re.findall(r"Traceback|\[ERROR\].*", self.log.read_text())


class InAThread(Leaving):
    """Under a server in a thread of this process."""

    @pytest.fixture(autouse=True)
    def _logged(self, caplog):
        self.logged = caplog

    def errors_logged(self):
        return [
            record for record in self.logged.records if record.levelno >= logging.ERROR or record.exc_info
        ]

    def test_slow_clients_do_not_hold_up_the_others(self):
        raw = request_bytes("POST", "/api/items", [JSON, ("Content-Length", "20")])
        with contextlib.ExitStack() as stack:
            for _ in range(20):
                stack.enter_context(connect(self.port)).sendall(raw + b"{")
            begun = time.monotonic()
            for _ in range(20):
                assert 200 == self.send("GET", "/api/items/1").status

            assert time.monotonic() - begun < 5


class InThisProcess(InAThread):
    """Under a server in a thread of this process, where requests share an event loop."""

    @pytest.mark.parametrize("begin", [b"", b"{"])
    @pytest.mark.parametrize("target", ["/api/impatient", "/api/impatient/stream"])
    def test_a_body_that_does_not_come_is_408(self, target, begin):
        self.keep("slow bodies")
        raw = request_bytes("POST", target, [JSON, ("Content-Length", "20")])
        with connect(self.port) as connection:
            connection.sendall(raw + begin)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 408 ")

    def test_a_stream_that_waits_ends_when_the_client_leaves(self):
        with connect(self.port) as connection:
            connection.sendall(request_bytes("GET", "/api/waiting"))
            assert connection.recv(1000)

        assert "told" == self.send("GET", "/api/waited").body.decode()
