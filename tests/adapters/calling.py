"""Calls of ASGI and WSGI applications without a server."""

import asyncio
import io
from urllib.parse import unquote
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from tests.adapters.contract import Answer


def make_scope(method, target, headers=(), body=None, **more):
    """The scope of a request; *target* is still percent-encoded."""
    path, _, query = target.partition("?")
    names = {name.lower() for name, _ in headers}
    own = [] if body is None or "content-length" in names else [("Content-Length", str(len(body)))]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in (*headers, *own)
        ],
        **more,
    }


class Line:
    """Both ends of one request: *messages* come in, then the client waits until it has its answer."""

    def __init__(self, *messages):
        self.incoming = list(messages)
        self.sent = []
        self.done = asyncio.Event()

    async def receive(self):
        if self.incoming:
            return self.incoming.pop(0)
        await self.done.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.done.set()

    async def until_sent(self, count):
        """Wait for that many messages."""
        async with asyncio.timeout(5):
            while len(self.sent) < count:
                await asyncio.sleep(0)

    def answer(self):
        start, *bodies = self.sent
        assert "http.response.start" == start["type"]
        assert ["http.response.body"] * len(bodies) == [message["type"] for message in bodies]
        assert [True] * (len(bodies) - 1) == [message.get("more_body", False) for message in bodies[:-1]]
        assert not bodies[-1].get("more_body")
        pairs = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"])
        return Answer(start["status"], pairs, b"".join(message.get("body", b"") for message in bodies))


class Told:
    """A context that tells of its end; not a generator, which would end when it is collected."""

    def __init__(self, told):
        self.told = told

    def __enter__(self):
        return {}

    def __exit__(self, *_):
        self.told.append("context")


def in_one(body):
    return {"type": "http.request", "body": body or b"", "more_body": False}


async def call_asgi(app, method, target, headers=(), body=None, messages=None, **more):
    """What *app* answers to a body that comes in one message, or in *messages*."""
    line = Line(*([in_one(body)] if messages is None else messages))
    await app(make_scope(method, target, headers, body, **more), line.receive, line.send)
    return line.answer()


def call_wsgi(app, method="GET", path="/", body=b"", check=validator, **environ):
    """What *app* answers to an environment, checked by wsgiref's validator unless told otherwise."""
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)),
        "QUERY_STRING": "",
        "wsgi.input": io.BytesIO(body),
        **environ,
    }
    setup_testing_defaults(environ)
    started = []
    result = check(app)(environ, lambda status, headers, info=None: started.append((status, headers)))
    try:
        content = b"".join(result)
    finally:
        getattr(result, "close", lambda: None)()
    ((status, headers),) = started
    return Answer(int(status.split(" ")[0]), tuple(headers), content)


def make_environ(method, target, headers=(), body=None):
    """The environment that gunicorn makes of a request."""
    path, _, query = target.partition("?")
    decoded = unquote(path, "latin-1")
    environ = {"PATH_INFO": decoded, "QUERY_STRING": query, "REQUEST_METHOD": method, "RAW_URI": target}
    environ["CONTENT_LENGTH"] = "" if body is None else str(len(body))
    for name, value in headers:
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        repeated = environ.get(key) and key != "CONTENT_LENGTH"
        environ[key] = f"{environ[key]},{value}" if repeated else value
    return environ
