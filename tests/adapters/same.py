"""Generated requests, and what the router itself answers to them: so does every adapter, to the byte."""

import functools
import gzip
import random

from kbn_schema.http import RequestParts
from tests.adapters.routes import LIMIT, make_router

COUNT = 300

METHODS = {"GET": 12, "POST": 12, "HEAD": 2, "OPTIONS": 1, "DELETE": 1, "PUT": 1}

# Every client hands these on as they are, or writes them in another way that means the same.
SEGMENTS = [
    "1", "-1", "1.5", "x", "a%2Fb", "%C3%A9", "%ff", "%00", "%25", "%2525", "%D9%A1", "%2e%2e", "a+b",
    "a%20b", "~", "a;b=c", "@:!$&'()*,", "9" * 400, "%F0%9F%98%80", "%ED%A0%80", "x" * 1000, "__proto__",
    "%7B%7D", "null", "",
]  # fmt: skip
PATHS = [
    "/api/items/{}", "/api/items", "/api/tree/{}/{}", "/api/tree/{}", "/api/optional/{}", "/api/optional",
    "/api/typed/{}", "/api/headers", "/api/versioned", "/api/unchanged", "/api/file", "/api/moved",
    "/api/bytes", "/api/stream", "/api/sized", "/api/broken", "/api/none", "/api/missing", "/api/teapot",
    "/api/conflict", "/api/stopped", "/api/thrown", "/api/hooked", "/api/old", "/api/cookies",
    "/api/assets/{}", "/api/{}", "/{}/{}",
]  # fmt: skip
# Paths with a type that they take.
POSTED = {
    "/api/items": "application/json", "/api/small": "application/json", "/api/ignored": "application/json",
    "/api/form": "application/x-www-form-urlencoded", "/api/upload": "multipart/form-data; boundary=b",
    "/api/text": "text/plain", "/api/bytes": "application/octet-stream",
    "/api/zipped": "application/octet-stream", "/api/drain": "x/y", "/api/echo": "x/y", "/api/unread": "x/y",
    "/api/unchanged": "x/y",
}  # fmt: skip
FIELDS = [
    "a=1", "a=x", "tags=a", "tags=b", "tags=", "text=x+y", "text=%2B", "text", "n=1", "n=-1.5", "n=1e3",
    "n=x", "n=", "n=1_0", "n=%D9%A1", "text=%C3%A9", "text=%ff", "text=%00", "%74ext=x", "b[c]=1", "=", "&",
    "apiVersion=2024-10-31", "apiVersion=1", "__proto__=1", "a.b=1", "n=" + "9" * 400, "text=" + "x" * 500,
]  # fmt: skip
HEADERS = [
    ("X-One", "a"), ("X-One", "a, b"), ("X-Many", "a"), ("X-Many", 'b, "c,d"'), ("If-None-Match", '"v1"'),
    ("If-None-Match", "*"), ("If-None-Match", 'W/"v1"'), ("elastic-api-version", "2023-10-31"),
    ("elastic-api-version", "2024-10-31"), ("elastic-api-version", "1"), ("elastic-api-version", ""),
    ("X-Other", "x"), ("Accept", "text/plain"), ("Cookie", "a=b"), ("Range", "bytes=0-1"),
    ("X-HTTP-Method-Override", "DELETE"), ("Content-Encoding", "gzip"), ("Content-Encoding", "identity"),
]  # fmt: skip
TYPES = [
    "application/json", "application/json", "application/json", "application/json; charset=utf-8",
    "application/json; charset=latin-1", "application/x-www-form-urlencoded", "text/plain",
    "application/octet-stream", "multipart/form-data; boundary=b", "multipart/form-data", "x/y", "json",
]  # fmt: skip
BODIES = [
    b"", b"{}", b"[]", b"null", b'""', b'"x"', b'{"n": 1}', b'{"n": 1, "text": "x"}', b'{"n": "1"}',
    b'{"n": NaN}', b'{"n": 1, "n": 2}', b'{"n": 1, "more": {"a": [1]}}', b'{"text": 1}',
    b'\xef\xbb\xbf{"n": 1}', b"\xff", '{"n": 1, "text": "é"}'.encode(), b'{"n": 1, "text": "\\ud800"}',
    b"a=1&tags=x&tags=y", b"a=x&b=1", b"a=%ff",
    b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\ny\r\n--b--\r\n',
    gzip.compress(b"abc", mtime=0), b"[" * 500, b"x" * LIMIT, b"x" * (LIMIT + 1), bytes(range(256)),
    b'{"n": ' + b"1" * 900 + b"}",
]  # fmt: skip


def generated(count, seed=0):
    """*count* requests: method, target, headers, body."""
    chance = random.Random(seed)
    for _ in range(count):
        method, body = chance.choices(list(METHODS), list(METHODS.values()))[0], None
        target = chance.choice([*POSTED, "/api/items"] if method == "POST" else PATHS)
        headers = dict(chance.choice(HEADERS) for _ in range(chance.choice((0, 0, 1, 2))))
        if method == "POST" or chance.random() < 0.1:
            body = chance.choice(BODIES)
            headers["Content-Type"] = chance.choice([*TYPES, *[POSTED.get(target, "x/y")] * len(TYPES) * 2])
        fields = "&".join(chance.choice(FIELDS) for _ in range(chance.choice((0, 0, 1, 2, 3))))
        target = target.format(chance.choice(SEGMENTS), chance.choice(SEGMENTS))
        yield method, f"{target}?{fields}" if fields else target, list(headers.items()), body


@functools.cache
def answers_of_the_core(count=COUNT):
    """Requests with their answers: status, headers, body; paths that are the app's are left out."""
    router = make_router()
    return [
        (request, answer_of(router, *request))
        for request in generated(count)
        if router.open(parts_of(*request)).known
    ]


def parts_of(method, target, headers, body):
    path, _, query = target.partition("?")
    length = [] if body is None else [("Content-Length", str(len(body)))]
    return RequestParts(method, path, query.encode(), [*headers, *length], body)


def answer_of(router, method, target, headers, body):
    answer = router.handle(parts_of(method, target, headers, body))
    if isinstance(answer.body, bytes):
        return answer.status, dict(answer.headers), answer.body
    try:
        return answer.status, dict(answer.headers), b"".join(answer.body)
    finally:
        answer.body.close()
