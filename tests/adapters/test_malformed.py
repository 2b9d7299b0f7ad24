"""What `Malformed` and `Leaving` would not let pass, of servers that answer what they are told to."""

import contextlib
import socketserver
import threading

import pytest

from tests.adapters.leaving import Leaving
from tests.adapters.malformed import Malformed, mutated, near_requests
from tests.adapters.servers import OverASocket


@contextlib.contextmanager
def serving(answer):
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.settimeout(5)
            self.request.recv(65_536)
            self.request.sendall(answer)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(5)


def judge(answer, raw, errors=()):
    """Let `Malformed` judge what *answer* a server gives to *raw*, and which *errors* it logged since."""

    class Judge(OverASocket, Malformed):
        UNLIKE = ()
        logged = iter([[], list(errors)])

        def errors_logged(self):
            return next(self.logged)

        def send(self, *_):
            raise ServerAnswersError

    with serving(answer) as port:
        judge = Judge()
        judge.port = port
        judge.require_no_error(iter([raw]))


class ServerAnswersError(Exception):
    """The last question was reached: whether the server still answers."""


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_of_the_server_is_seen(status):
    with pytest.raises(AssertionError, match=f"{status}"):
        judge(b"HTTP/1.1 %d x\r\n\r\n" % status, b"x")


def test_an_error_behind_another_answer_is_seen():
    with pytest.raises(AssertionError, match="500"):
        judge(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 500 x\r\n\r\n", b"x")


def test_an_error_that_was_logged_is_seen():
    with pytest.raises(AssertionError):
        judge(b"HTTP/1.1 400 x\r\n\r\n", b"x", ["Traceback"])


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 x\r\n\r\n", b"HTTP/1.0 501 x\r\n\r\n", b""])
def test_a_refusal_is_fine(answer):
    with pytest.raises(ServerAnswersError):
        judge(answer, b"x")


def test_the_requests_are_the_same_each_time():
    assert list(mutated(300)) == list(mutated(300))
    assert len(set(mutated(300))) > 290
    assert len({*near_requests(())}) > 450


class Held(Leaving):
    """A server that holds so much *memory*, in KiB, after each thousand clients."""

    def __init__(self, *memory):
        self.memory = list(memory)

    def errors_logged(self):
        return []

    def held(self):
        return {"files": 1, "threads": 1, "tasks": 1, "memory": self.memory[0]}

    def leave_a_thousand_times(self):
        self.memory.pop(0)


def test_what_grows_each_time_is_seen(monkeypatch):
    monkeypatch.setattr("tests.adapters.leaving.wait_until", lambda condition, seconds: condition())

    with pytest.raises(AssertionError, match="300"):
        Held(0, 1000, 1300, 1600, 1900, 2200, 2500).test_a_thousand_clients_that_leave_leave_nothing_behind()


@pytest.mark.parametrize("memory", [(0, 1000, 1100), (0, 1000, 1500, 1500), (0, 1000, 900)])
def test_what_grows_once_may_be_a_cache(memory, monkeypatch):
    monkeypatch.setattr("tests.adapters.leaving.wait_until", lambda condition, seconds: condition())

    Held(*memory).test_a_thousand_clients_that_leave_leave_nothing_behind()
