"""Bytes become a request; the router itself, WSGI and ASGI give it the same answer, which is never a 5xx."""

import asyncio
import atexit
import functools
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import attrs

from kbn_schema.adapters import asgi, wsgi
from kbn_schema.http import RequestParts, Router
from kbn_schema.http.streams import SyncStream
from tests.adapters.calling import call_asgi, call_wsgi, make_environ
from tests.fuzz.coverage_guided.routes import make_router
from tests.fuzz.coverage_guided.target import Target

# What a server hands on as it came, or refuses: RFC 9112, sections 3 and 5, without what servers change.
TARGET_TEXT: Final = re.compile(r"/[!$-;=@-Z_a-z~?%]*")
NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^`|~-]+")
VALUE: Final = re.compile(r"[\t -~\x80-\xff]*")
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
# The server's affair: it reads the body by these.
OF_THE_SERVER: Final = frozenset({"content-length", "transfer-encoding"})
SPLIT: Final = b"\n"


@attrs.frozen
class Asked:
    """A request: *headers* are pairs, *body* is None where there is none."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes | None

    @property
    def is_plain(self) -> bool:
        """Whether every server would hand it on as it is."""
        names = [name.lower() for name, _ in self.headers]
        return (
            self.method in METHODS
            and TARGET_TEXT.fullmatch(self.target) is not None
            and len(set(names)) == len(names)
            and not OF_THE_SERVER & set(names)
            and all(NAME.fullmatch(name) and VALUE.fullmatch(value) for name, value in self.headers)
        )


def read(data: bytes) -> Asked:
    """Return what *data* ask: a line with method and target, headers, an empty line, a body."""
    head, blank, body = data.partition(SPLIT * 2)
    first, *lines = head.decode("latin-1").split("\n")
    method, _, target = first.partition(" ")
    pairs = [line.partition(":") for line in lines[:20]]
    headers = [(name, value.strip(" \t")) for name, _, value in pairs]
    if not any(name.lower() == "host" for name, _ in headers):
        headers.append(("Host", "127.0.0.1"))  # what wsgiref would put there
    return Asked(method, target, headers, body if blank else None)


@attrs.frozen
class Answered:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def judge(data: bytes) -> None:
    asked = read(data)
    answer = by_the_router(asked)
    assert answer.status < 500, f"{answer.status} is answered\n{answer}"
    assert_sound(answer)
    if asked.is_plain:
        for name, ask in ROADS.items():
            other = ask(asked)
            assert other == answer, f"{name} answers something else\nrouter: {answer}\n{name}: {other}"


def assert_sound(answer: Answered) -> None:
    """Assert that an answer can be sent, and that a refusal is JSON that says so."""
    for name, value in answer.headers:
        assert NAME.fullmatch(name), f"a header cannot be sent\n{name}: {value}"
        assert VALUE.fullmatch(value), f"a header cannot be sent\n{name}: {value}"
    if answer.status == 400 and answer.body:
        told = json.loads(answer.body)
        assert (400, "Bad Request") == (told["statusCode"], told["error"]), (
            "a refusal does not say what it is"
        )
        assert told["message"].isprintable() or "\n" in told["message"], "a refusal does not print"


def by_the_router(asked: Asked) -> Answered:
    path, _, query = asked.target.partition("?")
    length = [] if asked.body is None else [("Content-Length", str(len(asked.body)))]
    own = [] if any(name.lower() in OF_THE_SERVER for name, _ in asked.headers) else length
    answer = router().handle(
        RequestParts(asked.method, path, query.encode("latin-1"), [*asked.headers, *own], asked.body)
    )
    return answered(answer.status, answer.headers, whole(answer.body))


def whole(body: bytes | SyncStream) -> bytes:
    if isinstance(body, bytes):
        return body
    try:
        return b"".join(body)
    finally:
        body.close()


def by_wsgi(asked: Asked) -> Answered:
    environ: Any = make_environ(asked.method, asked.target, asked.headers, asked.body)
    app: Any = wsgi_app()
    told = call_wsgi(
        app, asked.method, body=asked.body or b"", check=lambda app: app,
        **{name: value for name, value in environ.items() if name not in ("REQUEST_METHOD",)},
    )  # fmt: skip
    return answered(told.status, told.pairs, told.body)


def by_asgi(asked: Asked) -> Answered:
    told = loop().run_until_complete(
        call_asgi(asgi_app(), asked.method, asked.target, asked.headers, asked.body)
    )
    return answered(told.status, told.pairs, told.body)


def answered(status: int, headers: Any, body: bytes) -> Answered:
    return Answered(status, sorted((name.lower(), value) for name, value in headers), body)


ROADS: Final = {"WSGI": by_wsgi, "ASGI": by_asgi}


@functools.cache
def router() -> Router:
    return make_router(is_async=False).compile()


@functools.cache
def wsgi_app() -> Any:
    return wsgi.mount(None, make_router(is_async=False).compile())


@functools.cache
def asgi_app() -> Any:
    return asgi.mount(None, make_router(is_async=True).compile())


@functools.cache
def loop() -> asyncio.AbstractEventLoop:
    made = asyncio.new_event_loop()
    atexit.register(made.close)
    return made


def shown(data: bytes) -> str:
    return repr(read(data))


JSON: Final = b"Content-Type: application/json\n"
FORM: Final = b"Content-Type: application/x-www-form-urlencoded\n"
UPLOAD: Final = b"Content-Type: multipart/form-data; boundary=b\n"
PART: Final = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
FILE: Final = PART % (b"file", b'; filename="f"', b"y")
TEXT: Final = PART % (b"a", b"\r\nContent-Type: text/plain; charset=utf-8", b"\xc3\xa9")
SEEDS: Final = [
    b"GET /api/items/a%2Fb?a=1&b=%C3%A9", b"GET /api/items/%zz", b"HEAD /api/items/1?a",
    b"DELETE /api/items/x\n\n",
    b"GET /api/typed/5?n=1&i=7&b=true&tags=a&tags=b&ns=1",
    b"GET /api/typed/1e3?o={%22a%22:1}&text=x+y&one=all&r={}",
    b"GET /api/typed/x?when=2026-01-31T12:00:00Z&size=1kb&n=&tags", b"GET /api/tree/a/b%2F/c",
    b"GET /api/tree/",
    b"GET /api/maybe/x\nX-One: a\nX-Many: b, \"c,d\"\nX-N: 5\nAccept: text/html;q=0.5",
    b"GET /api/maybe\nX-Many:\nX-N: x",
    b"GET /api/all\nCookie: a=b\nX-One: \xe9",
    b"POST /api/json?text=a\n" + JSON + b'\n{"n": 1, "text": "abc"}',
    b"POST /api/json\n" + JSON + b'\n{"n": 1, "l": [{"n": 2}], "kind": {"type": "b", "y": 1}}',
    b"POST /api/json\n" + JSON + b'\n{"n": 1, "more": {"7": "::1", "8": null}}',
    b"POST /api/json\n" + JSON + b'\n{"n": NaN}',
    b"PUT /api/any\n" + JSON + b'\n[1, {"a": "\\ud800"}, 1e999]',
    b"PUT /api/any\n" + JSON + b"\n" + b"[" * 250,
    b"PUT /api/any\nContent-Type: application/json; charset=latin-1\n\n1",
    b"PUT /api/any\nContent-Type: application/vnd.x+json;charset=\"UTF-8\"\n\n\xef\xbb\xbf1",
    b"PATCH /api/raw\nContent-Type: x/y\n\nabc",
    b"POST /api/form\n" + FORM + b"\na=1&tags=x&tags=y+z", b"POST /api/form\n" + FORM + b"\na=%ff&b",
    b"POST /api/upload\n" + UPLOAD + b"\n" + PART % (b"a", b"", b"1") + FILE + b"--b--\r\n",
    b"POST /api/either\n" + UPLOAD + b"\n" + TEXT + b"--b--",
    b"POST /api/either\nContent-Type: text/plain; charset=us-ascii\n\nabc",
    b"POST /api/text\nContent-Type: text/plain\n\n\xff",
    b"POST /api/bytes\nContent-Type: x/z\n\n\x00\xff", b"POST /api/bytes\nContent-Type: x/z\n\n" + b"x" * 601,
    b"POST /api/zipped\nContent-Type: x/y\nContent-Encoding: gzip\n\n"
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xffKLJ\x06\x00\xc2A$5\x03\x00\x00\x00",
    b"POST /api/stream\nContent-Type: x/y\n\nabc", b"POST /api/none\n\nabc", b"POST /api/none",
    b"OPTIONS /api/json", b"GET /api/json",
    b'GET /api/known\nIf-None-Match: "v1"',
    b"GET /api/known\nIf-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT",
    b'GET /api/files/a.txt\nRange: bytes=2-5\nIf-Range: "x"', b"GET /api/files/a.txt\nRange: bytes=-3",
    b"GET /api/files/../a.txt",
    b"GET /api/files/b%20c.json\nIf-Unmodified-Since: Tuesday, 14-Nov-23 22:13:20 GMT",
    b'GET /api/known\nIf-Match: W/"v1", "v2"',
    b"GET /api/versioned?n=1", b"GET /api/versioned?apiVersion=2024-10-31&b=false",
    b"GET /api/versioned\nelastic-api-version: 2023-10-31",
    b"GET /nowhere", b"POST /api/none\nContent-Length: 9\n\nabc",
    b"POST /api/none\nTransfer-Encoding: chunked\n\n3\r\nabc\r\n0\r\n\r\n",
    b"POST /api/json\n" + JSON + b"kbn-xsrf: x\nContent-Encoding: deflate\n\n{}",
]  # fmt: skip


def seeds() -> Iterator[bytes]:
    yield from SEEDS


TARGET = Target(
    "http", judge, shown, seeds, max_bytes=900,
    words=(
        b"GET /api/", b"POST /api/", b"json", b"upload", b"either", b"/api/typed/", b"?n=", b"&tags=",
        b"%ff", b"%00", b"%2F", b"+",
        b"\n\n", JSON, FORM, UPLOAD, b"Content-Type: ", b"; charset=", b"boundary=", b'filename="',
        b"filename*=UTF-8''", b"name=",
        b"--b\r\n", b"--b--", b"\r\n\r\n", b"Content-Disposition: form-data;",
        b"Content-Transfer-Encoding: base64", b"bytes=0-",
        b"If-None-Match: ", b"Range: ", b"If-Range: ", b"elastic-api-version: ", b"apiVersion=", b"X-Many: ",
        b"\\ud800", b"1e999",
        b'"n":', b"NaN", b"[[[[", b"{\"type\":\"a\"}", b"text/plain", b"\xed\xa0\x80", b"\xef\xbb\xbf",
        b"Content-Encoding: gzip",
    ),
)  # fmt: skip
