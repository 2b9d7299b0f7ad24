"""Servers that answer with garbage, with too much, or not to the end: each is an `HttpFetchError`."""

import contextlib
import gzip
import os
import time
import zlib

import pytest

from kbn_schema.http.client import Client, HttpFetchError
from tests.adapters.servers import wait_until
from tests.http.client.hostile import answering, serving


def raw(body=b"", status="200 OK", content_type="application/json", **headers):
    """An answer as it goes over the line; without a length where *headers* have one."""
    fields = {"content-type": content_type, "content-length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1") + body


NO_LENGTH = {"content-length": None}
CHUNKED = {"content-length": None, "transfer-encoding": "chunked"}
SECRET = b"hunter2"

GARBAGE = {
    "nothing": b"",
    "no HTTP": SECRET * 10,
    "a line": b"HTTP/1.1 200 OK\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\nset-cookie: hunter2",
    "no status": b"HTTP/1.1 hunter2\r\n\r\n",
    "status 99": b"HTTP/1.1 99 hunter2\r\n\r\n",
    "status 1000": b"HTTP/1.1 1000 hunter2\r\n\r\n",
    "bad header": b"HTTP/1.1 200 OK\r\nset cookie hunter2\r\n\r\n",
    "null in a header": b"HTTP/1.1 200 OK\r\nset-cookie: hunter2\x00\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    "malformed length": b"HTTP/1.1 200 OK\r\ncontent-length: hunter2\r\n\r\n",
    "negative length": b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
    "unknown transfer coding": b"HTTP/1.1 200 OK\r\ntransfer-encoding: hunter2\r\n\r\n",
    "endless head": b"HTTP/1.1 200 OK\r\n" + b"x: hunter2\r\n" * 100_000,
    "only informational": b"HTTP/1.1 100 Continue\r\n\r\n" * 10,
    "TLS alert": b"\x15\x03\x01\x00\x02\x02\x28",
}
UNREADABLE = {
    "shorter than its length": raw(b"{", **{"content-length": "100"}),
    "no end of chunks": raw(b"1\r\n{\r\n", **CHUNKED),
    "bad chunk": raw(b"zz\r\n{\r\n0\r\n\r\n", **CHUNKED),
    "huge chunk size": raw(b"f" * 30 + b"\r\n{", **CHUNKED),
    "bad gzip": raw(SECRET, content_encoding="gzip"),
    "gzip of bytes that are no UTF-8": raw(gzip.compress(b"\xff"), content_encoding="gzip"),
    "half of gzip": raw(gzip.compress(b"{}")[:-4], content_encoding="gzip"),
    "gzip that is deflate": raw(zlib.compress(b"{}"), content_encoding="gzip"),
    "a coding nobody asked for": raw(SECRET, content_encoding="br"),
    "no JSON": raw(SECRET),
    "half of JSON": raw(b'{"password": "hunter2'),
    "deep JSON": raw(b"[" * 100_000 + b"]" * 100_000),
    "deep JSON in text": raw(b"\xff" + b"[" * 100_000, content_type="text/plain"),
    "duplicate keys": raw(b'{"hunter2": 1, "hunter2": 2}'),
    "no UTF-8": raw(b'"\xff"'),
    "a lone surrogate": raw(b'"\\ud800"'),
    "a huge number": raw(b"1e999"),
    "UTF-16": raw('{"a":1}'.encode("utf-16")),
    "text that is no UTF-8": raw(b"hunter2\xff", content_type="text/plain"),
    "a charset nobody knows": raw(b"a", content_type="text/plain; charset=hunter2"),
    "a charset that is no text": raw(b"a", content_type="text/plain; charset=base64"),
}


def failure(calling, answer, **options):
    with answering(answer) as port:
        client = calling.made(f"http://user:hunter2@127.0.0.1:{port}", timeout=5, **options)
        begun = time.monotonic()
        with pytest.raises(HttpFetchError) as error:
            calling.ask(client.get, "/a")
        assert time.monotonic() - begun < 4
        assert 0 == client.loading_count
        calling.close(client)
    return error.value


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_no_answer(calling, name):
    error = failure(calling, GARBAGE[name])

    assert (None, None) == (error.response, error.body)
    assert error.name in ("RemoteProtocolError", "ReadError")
    assert "hunter2" not in f"{error} {error!r} {error.request.url}"
    assert str(error)


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_cannot_be_read_is_told_with_its_head(calling, name):
    error = failure(calling, UNREADABLE[name])

    assert (200, None) == (error.status, error.body)
    assert error.name in ("RemoteProtocolError", "UnreadableBody", "JsonTextError")
    assert "hunter2" not in f"{error} {error!r}"
    assert error.response.is_closed


@pytest.mark.parametrize("name", [name for name in UNREADABLE if "short" not in name and "chunk" not in name])
def test_a_failing_server_is_told_as_such(calling, name):
    error = failure(calling, UNREADABLE[name].replace(b"200 OK", b"503 Not Now", 1))

    assert ("Not Now", "Error", 503, None) == (error.message, error.name, error.status, error.body)


def test_a_reason_may_be_missing_or_odd(calling):
    assert "Service Unavailable" == failure(calling, raw(b"{}", status="503 ")).message
    assert "Service Unavailable" == failure(calling, raw(b"{}", status="503")).message
    assert "Unknown" == failure(calling, raw(b"{}", status="599 \xff\xfe")).message
    assert 256 >= len(failure(calling, raw(b"{}", status=f"500 {'x' * 5000}")).message)


@pytest.mark.parametrize("coding", ["plain", "chunked", "gzip"])
def test_an_endless_body_is_broken_off(calling, coding):
    """And the connection is closed, so that the server knows."""
    told = []

    def talk(connection):
        connection.recv(65_536)
        head = {"content_encoding": "gzip"} if coding == "gzip" else {}
        length = CHUNKED if coding == "chunked" else NO_LENGTH
        connection.sendall(raw(content_type="application/zip", **length, **head))
        stream = zlib.compressobj(wbits=31)
        piece = b"x" * 65_536
        with contextlib.suppress(OSError):
            while True:
                if coding == "chunked":
                    connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
                else:
                    connection.sendall(piece if coding == "plain" else stream.compress(piece))
        told.append("gone")

    with serving(talk) as port:
        client = calling.made(f"http://127.0.0.1:{port}", timeout=5, max_body_bytes=1_000_000)
        with pytest.raises(HttpFetchError, match=r"exceeds \[1000000\] bytes") as error:
            calling.ask(client.get, "/a")
        assert wait_until(lambda: told, 5)

    assert 200 == error.value.status


def test_a_redirect_does_not_take_the_password_elsewhere(calling):
    """Redirects are followed as httpx is told; then it drops the header for another host."""
    seen = []

    def other(connection):
        seen.append(connection.recv(65_536))
        connection.sendall(raw(b"1"))

    with serving(other) as elsewhere:
        answer = raw(status="302 Found", location=f"http://127.0.0.1:{elsewhere}/")
        with answering(answer) as port:
            http = calling.http(follow_redirects=True, trust_env=False)
            client = calling.made(f"http://user:hunter2@127.0.0.1:{port}", http=http)
            assert 1 == calling.ask(client.get, "/a")
            calling.wait(http.aclose() if calling.is_async else http.close())

    assert b"authorization" not in seen[0].lower()


def test_redirects_are_not_followed_unasked(calling):
    error = failure(calling, raw(status="302 Found", location="http://127.0.0.1:1/"))

    assert ("Found", 302) == (error.message, error.status)


@pytest.mark.parametrize("location", ["http://[", "ftp://x", "", "http://user:hunter2@127.0.0.1:99999/"])
def test_a_malformed_redirect_is_an_error(calling, location):
    with answering(raw(status="302 Found", location=location)) as port:
        http = calling.http(follow_redirects=True, trust_env=False)
        client = calling.made(f"http://127.0.0.1:{port}", http=http)
        with pytest.raises(HttpFetchError) as error:
            calling.ask(client.get, "/a")
        calling.wait(http.aclose() if calling.is_async else http.close())

    assert "hunter2" not in str(error.value)


def test_a_port_that_nobody_listens_on_is_an_error(calling):
    with serving(lambda connection: None) as port:
        pass
    client = calling.made(f"http://user:hunter2@127.0.0.1:{port}")
    with pytest.raises(HttpFetchError) as error:
        calling.ask(client.get, "/a")

    assert ("ConnectError", None) == (error.value.name, error.value.response)
    assert "hunter2" not in f"{error.value} {error.value!r} {error.value.request.url}"


def test_a_name_that_nobody_has_is_an_error(calling):
    client = calling.made("http://nobody.invalid")
    with pytest.raises(HttpFetchError) as error:
        calling.ask(client.get, "/a")

    assert "ConnectError" == error.value.name


@pytest.mark.parametrize("name", ["bad gzip", "no end of chunks", "no JSON", "shorter than its length"])
def test_failures_leave_no_file_open(name):
    with answering(UNREADABLE[name]) as port, Client(f"http://127.0.0.1:{port}") as client:

        def fail():
            with pytest.raises(HttpFetchError):
                client.get("/a")

        fail()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(50):
            fail()
        assert wait_until(lambda: len(os.listdir("/proc/self/fd")) <= before + 2, 5)


def test_cookies_that_are_malformed_do_no_harm(calling):
    with answering(raw(b"1", **{"set-cookie": "=;;;=\xff; domain=.; path"})) as port:
        client = calling.made(f"http://127.0.0.1:{port}")

        assert 1 == calling.ask(client.get, "/a")
