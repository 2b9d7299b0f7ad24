"""What becomes of bytes that are no request, or nearly one, over real connections."""

import contextlib
import random
import re
import select
import socket
import time
from itertools import islice

from tests.adapters.servers import connect, request_bytes

JSON = b"Content-Type: application/json\r\n"
LINE = b"POST /api/items HTTP/1.1\r\n"
HOST = b"Host: x\r\nConnection: close\r\n"
BODY = b'{"n": 1}'
LENGTH = b"Content-Length: 8\r\n"
IN_CHUNKS = b'5\r\n{"n":\r\n3\r\n 1}\r\n0\r\n\r\n'

# RFC 9112, section 6.1: an unknown transfer coding. RFC 9110, section 15.6.6: an unknown version. Both are
# the server's to know, and no fault of anybody's program.
OF_THE_SERVER = {501, 505}

LINES = [
    b"",
    b"\r\n",
    b"\0",
    b"GET\r\n",
    b"GET /api/items/1\r\n",
    b"GET  /api/items/1 HTTP/1.1\r\n",
    b"GET\t/api/items/1\tHTTP/1.1\r\n",
    b" GET /api/items/1 HTTP/1.1\r\n",
    b"GET /api/items/1 HTTP/1.1 \r\n",
    b"GET /api/items/1 HTTP/1.1 HTTP/1.1\r\n",
    b"GET /api/items/1 HTTP/0.9\r\n",
    b"GET /api/items/1 HTTP/1.2\r\n",
    b"GET /api/items/1 HTTP/1\r\n",
    b"GET /api/items/1 HTTP/2.0\r\n",
    b"GET /api/items/1 HTTP/9.9\r\n",
    b"GET /api/items/1 HTTP/1.1x\r\n",
    b"GET /api/items/1 HTTP/-1.1\r\n",
    b"GET /api/items/1 http/1.1\r\n",
    b"GET /api/items/1 HTTPS/1.1\r\n",
    b"GET /api/items/1 HTTP/\xb2.\xb9\r\n",
    b"G\xc3\x89T /api/items/1 HTTP/1.1\r\n",
    b"G(T /api/items/1 HTTP/1.1\r\n",
    b"\0 /api/items/1 HTTP/1.1\r\n",
    b"X" * 10_000 + b" /api/items/1 HTTP/1.1\r\n",
    b"CONNECT example.org:443 HTTP/1.1\r\n",
    b"CONNECT /api/items/1 HTTP/1.1\r\n",
    b"TRACE /api/items/1 HTTP/1.1\r\n",
    b"OPTIONS * HTTP/1.1\r\n",
    b"GET * HTTP/1.1\r\n",
    b"GET api/items/1 HTTP/1.1\r\n",
    b"GET ?a=1 HTTP/1.1\r\n",
    b"GET #a HTTP/1.1\r\n",
    b"GET /api/items/1#a HTTP/1.1\r\n",
    b"GET //api/items/1 HTTP/1.1\r\n",
    b"GET //x:y:z@/api/items/1 HTTP/1.1\r\n",
    b"GET http: HTTP/1.1\r\n",
    b"GET http:// HTTP/1.1\r\n",
    b"GET http://h:99999/api/items/1 HTTP/1.1\r\n",
    b"GET http://h:x/api/items/1 HTTP/1.1\r\n",
    b"GET http://\xff/api/items/1 HTTP/1.1\r\n",
    b"GET /api/items/" + b"a" * 100_000 + b" HTTP/1.1\r\n",
    b"GET /api/items/" + b"%2F" * 10_000 + b" HTTP/1.1\r\n",
    b"GET /api/items/1?" + b"a=1&" * 20_000 + b" HTTP/1.1\r\n",
    b"GET /" + b"../" * 1000 + b" HTTP/1.1\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
]

MALFORMED_HOSTS = [
    b"GET //[/api/items/1 HTTP/1.1\r\n",
    b"GET http://[/api/items/1 HTTP/1.1\r\n",
    b"GET http://[::1/api/items/1 HTTP/1.1\r\n",
]

HEADERS = [
    b"Host: y\r\n",
    b"Host:\r\n",
    b"Host: [\r\n",
    b"Host: a b\r\n",
    b"Host: \xff\xfe\r\n",
    b"Host: x:99999999\r\n",
    b": x\r\n",
    b"X\r\n",
    b"X :y\r\n",
    b" X: y\r\n",
    b"X: y\r\n z\r\n",
    b"X: y\r\n\tz\r\n",
    b"X: a\rb\r\n",
    b"X: a\nb\r\n",
    b"X: a\0b\r\n",
    b"X: \x01\x7f\r\n",
    b"X\0: y\r\n",
    b"X\xff: y\r\n",
    b"X(y): z\r\n",
    b"X_Y: z\r\n",
    b"X: \xff\r\n",
    b"X: " + b"y" * 100_000 + b"\r\n",
    b"X" * 100_000 + b": y\r\n",
    b"X: y\r\n" * 5000,
    b"X-One: \xc3\r\nX-One: \x80\r\n",
    b"Content-Type:\r\n",
    b"Content-Type: \xff\r\n",
    b"Content-Type: application/json; charset=\xff\r\n",
    b"Content-Type: application/json; charset=idna\r\n",
    b"Content-Type: multipart/form-data; boundary=" + b"b" * 1000 + b"\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Content-Encoding: \xff\r\n",
    b"Expect: 100-continue\r\n",
    b"Expect: 200-ok\r\n",
    b"Expect: \xff\r\n",
    b"Connection: \xff\r\n",
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n",
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 99\r\n",
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: %%%\r\n",
    b"Connection: close, Content-Length\r\n",
    b"Cookie: \xff=\xff; a; =; \";\r\n",
    b"Cookie: " + b"a=b; " * 1000 + b"\r\n",
    b"Authorization: Basic \xff\r\n",
    b"Range: bytes=9-1,\xff\r\n",
    b"If-None-Match: \"\xff\r\n",
    b"If-Modified-Since: Mon, 99 Foo 0000\r\n",
    b"Accept: \xff;q=\xff\r\n",
    b"Accept-Encoding: gzip;q=x\r\n",
    b"X-Forwarded-For: \xff\r\nX-Forwarded-Proto: \xff\r\nForwarded: for=\xff\r\n",
    b"X-HTTP-Method-Override: \xff\r\n",
    b"elastic-api-version: \xff\r\n",
    b"Trailer: Content-Length\r\nTE: trailers\r\n",
]  # fmt: skip

LENGTHS = [
    b"", b"-1", b"+8", b"8 8", b"8,8", b"8, 8", b"8, 9", b"0x8", b"8.0", b"1e1", b"8_0", b"08", b"\xb2",
    b"\xff", b"NaN", b"9" * 19, b"9" * 400, b"18446744073709551616", b"-0", b"7", b"9", b"0",
    b"8\r\nContent-Length: 8", b"8\r\nContent-Length: 9",
]  # fmt: skip

ENCODINGS = [
    b"", b"chunked", b"Chunked", b"xchunked", b"chunked, chunked", b"gzip, chunked", b"chunked, gzip",
    b"identity", b"chunked, identity", b"chunked;q=1", b"\x0bchunked", b" chunked ", b"chunked\0", b"\xff",
    b"gzip", b"chunked\r\nTransfer-Encoding: chunked", b"chunked\r\nTransfer-Encoding: identity",
    b"chunked\r\nContent-Length: 8", b"chunked\r\nTrailer: X",
]  # fmt: skip

CHUNKS = [
    b"", b"\r\n", b"zz\r\n", b"-1\r\n", b"0x8\r\n", b"+8\r\n", b" 8\r\n", b"8 \r\n", b"8_0\r\n",
    b"\xb2\r\n", b"g\r\n", b"0" * 5000 + b"8\r\n", b"f" * 16 + b"\r\n", b"f" * 400 + b"\r\n",
    b"8;" + b"a" * 10_000 + b"\r\n", b'8;a="\r\n', b"8;\n\r\n", b"8\n", b"8\r", b"8\r\n" + BODY,
    b"8\r\n" + BODY + b"x\r\n0\r\n\r\n", b"8\r\n" + BODY + b"\n0\n\n", b"9\r\n" + BODY + b"\r\n0\r\n\r\n",
    b"7\r\n" + BODY + b"\r\n0\r\n\r\n", b"8\r\n" + BODY + b"\r\n0\r\nX: y\r\n\r\n",
    b"8\r\n" + BODY + b"\r\n0\r\nX\r\n\r\n", b"8\r\n" + BODY + b"\r\n0\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
    b"8\r\n" + BODY + b"\r\n0\r\n\xff\0: \r\n\r\n",
    b"8\r\n" + BODY + b"\r\n0\r\nContent-Length: 9\r\nTransfer-Encoding: x\r\n\r\n",
    b"8\r\n" + BODY + b"\r\n00\r\n\r\n", b"0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
]  # fmt: skip

VALID = [
    b"GET /api/items/a%2Fb?a=1&b=%C3%A9 HTTP/1.1\r\n" + HOST + b"X-One: a\r\nCookie: a=b\r\n\r\n",
    b"GET /api/headers HTTP/1.1\r\n" + HOST + b"X-One: a\r\nX-Many: b\r\nX-Many: c\r\n\r\n",
    LINE + HOST + JSON + LENGTH + b"\r\n" + BODY,
    LINE + HOST + JSON + b"Transfer-Encoding: chunked\r\n\r\n" + IN_CHUNKS,
    b"POST /api/text HTTP/1.1\r\n" + HOST + b"Content-Type: text/plain\r\n" + LENGTH + b"\r\n" + BODY,
    request_bytes(
        "POST", "/api/form", [("Content-Type", "application/x-www-form-urlencoded")], b"a=1&tags=x+y"
    ),
    request_bytes(
        "POST",
        "/api/upload",
        [("Content-Type", "multipart/form-data; boundary=b")],
        b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--b\r\n'
        b'Content-Disposition: form-data; name="file"; filename="a"\r\n\r\ny\r\n--b--\r\n',
    ),
]


def near_requests(unlike):
    """What differs from a request in one place, and is known to have broken somebody."""
    lines = LINES if "malformed hosts" in unlike else LINES + MALFORMED_HOSTS
    yield from (line + HOST + b"\r\n" for line in lines)
    yield from (LINE + HOST + JSON + LENGTH + header + b"\r\n" + BODY for header in HEADERS)
    yield from (LINE + HOST + JSON + b"Content-Length: " + length + b"\r\n\r\n" + BODY for length in LENGTHS)
    for encoding in ENCODINGS:
        yield LINE + HOST + JSON + b"Transfer-Encoding: " + encoding + b"\r\n\r\n" + IN_CHUNKS
    paths = [b"items", b"drain"] + [b"echo"] * ("malformed chunks that are echoed" not in unlike)
    for path in paths:
        head = b"POST /api/" + path + b" HTTP/1.1\r\n" + HOST + JSON + b"Transfer-Encoding: chunked\r\n\r\n"
        yield from (head + chunk for chunk in CHUNKS)
    for byte in range(256):
        yield b"GET /api/items/a%cb?c=%cd HTTP/1.1\r\n" % (byte, byte) + HOST + b"\r\n"
    yield b"GET /api/items/1 HTTP/1.1\r\n\r\n"
    yield from (raw.replace(b"\r\n", end) for raw in VALID for end in (b"\n", b"\r", b"\n\r", b"\r\r\n"))


def mutated(count, seed=0):
    """*count* requests, each with a few bytes that are not as they were."""
    chance = random.Random(seed)
    for _ in range(count):
        raw = bytearray(chance.choice(VALID))
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            chance.choice(MUTATIONS)(raw, chance.randrange(len(raw)), chance)
        yield bytes(raw)


def flip(raw, index, chance):
    raw[index] ^= 1 << chance.randrange(8)


def remove(raw, index, chance):
    del raw[index : index + chance.choice((1, 1, 2, 8))]
    raw.extend(b"x" if not raw else b"")


def double(raw, index, chance):
    raw[index:index] = raw[index : index + chance.choice((1, 1, 2, 8, 40))]


def insert(raw, index, chance):
    raw[index:index] = chance.choice(
        (b"\r", b"\n", b"\r\n", b"\0", b" ", b"\t", b":", b"%", b"\xff", b"\r\n\r\n")
    )


def cut(raw, index, chance):
    del raw[index + 1 :]


MUTATIONS = (flip, remove, double, insert, cut)


class Malformed:
    """Subclasses have `port` and `send`, and say what was logged as an error."""

    def test_bytes_that_are_nearly_a_request_are_no_error(self):
        self.require_no_error(near_requests(self.UNLIKE))

    def test_bytes_that_were_a_request_are_no_error(self):
        self.require_no_error(mutated(300))

    def require_no_error(self, requests):
        errors = self.errors_logged()
        told = [pair for some in in_groups(requests) for pair in zip(some, self.statuses(some), strict=True)]

        assert [] == [(raw[:200], statuses) for raw, statuses in told if not statuses <= FINE]
        assert errors == self.errors_logged()
        assert 200 == self.send("GET", "/api/items/1").status

    def statuses(self, requests):
        """Of the answers to each of *requests*; none, where the server hangs up."""
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(connect(self.port)) for _ in requests]
            for connection, raw in zip(connections, requests, strict=True):
                with contextlib.suppress(OSError):
                    connection.sendall(raw)
            end = time.monotonic() + PATIENCE
            return [statuses_on(connection, end) for connection in connections]


def in_groups(requests):
    while some := list(islice(requests, TOGETHER)):
        yield some


def statuses_on(connection, end):
    """What came until the *end*, or soon after the other side was told that nothing more comes."""
    try:
        if not select.select([connection], [], [], max(0, end - time.monotonic()))[0]:
            connection.shutdown(socket.SHUT_WR)
        connection.settimeout(PATIENCE * 4)
        answer = connection.recv(65_536)
    except OSError:
        return set()
    finally:
        connection.close()
    return {int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)}


FINE = {*range(100, 500), *OF_THE_SERVER}
TOGETHER = 10
PATIENCE = 0.01  # seconds
