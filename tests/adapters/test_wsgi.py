import io
import json
import socket
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from kbn_schema.adapters import wsgi
from kbn_schema.http import Router
from tests.adapters.contract import JSON, LIMIT, Contract, make_router


class Handler(WSGIRequestHandler):
    timeout = 5

    def get_environ(self):
        return {**super().get_environ(), "REQUEST_URI": self.path}

    def log_message(self, *arguments):
        pass


class PlainHandler(WSGIRequestHandler):
    timeout = 5

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def serve():
    """A function that serves an application on a free port until the module is done."""
    servers = []

    def start(app, handler=Handler):
        server = make_server("127.0.0.1", 0, app, handler_class=handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        servers.append((server, thread))
        thread.start()
        return server.server_port

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join(5)
        server.server_close()


@pytest.fixture(scope="module")
def port(serve):
    return serve(wsgi.mount(None, make_router()))


@pytest.fixture(scope="module")
def plain_port(serve):
    return serve(wsgi.mount(None, make_router()), PlainHandler)


def exchange(port, raw, hang_up=False):
    """Send *raw* bytes and read until the server closes; *hang_up* ends our side first."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(raw)
        if hang_up:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    return int(status.split(" ")[1]), headers, body


def raw_request(method, target, headers=(), body=None):
    length = [("Content-Length", str(len(body)))] if body is not None else []
    lines = [f"{name}: {value}\r\n" for name, value in (*headers, *length)]
    return f"{method} {target} HTTP/1.1\r\nHost: x\r\n{''.join(lines)}\r\n".encode("latin-1") + (body or b"")


class TestOverASocket(Contract):
    @pytest.fixture(autouse=True)
    def _served(self, port):
        self.port = port

    def send(self, method, target, headers=(), body=None):
        return exchange(self.port, raw_request(method, target, headers, body))

    def test_a_body_shorter_than_its_length_is_400(self):
        raw = raw_request("POST", "/api/items", [JSON, ("Content-Length", "20")]) + b'{"n": 1}'

        assert 400 == exchange(self.port, raw, hang_up=True)[0]

    def test_a_body_longer_than_its_length_is_cut(self):
        raw = raw_request("POST", "/api/items", [JSON, ("Content-Length", "8")]) + b'{"n": 1}, 2'

        assert 201 == exchange(self.port, raw)[0]

    def test_chunks_that_the_server_does_not_join_are_411(self):
        raw = raw_request("POST", "/api/items", [JSON, ("Transfer-Encoding", "chunked")]) + b"8\r\n"

        assert 411 == exchange(self.port, raw)[0]

    def test_an_absolute_target_is_its_path(self):
        status, _, body = self.send("GET", "http://evil.example/api/items/a%2Fb?q=1")

        assert (200, "a/b") == (status, json.loads(body)["id"])


class TestWithoutARawTarget:
    """wsgiref as it comes decodes the path itself, and makes up a content type."""

    @pytest.fixture(autouse=True)
    def _served(self, plain_port):
        self.port = plain_port

    @pytest.mark.parametrize(
        ("segment", "id"), [("%C3%A9", "é"), ("a%20b", "a b"), ("%2525", "%25"), ("a%3Fb", "a?b")]
    )
    def test_a_segment_is_decoded_once(self, segment, id):
        status, _, body = exchange(self.port, raw_request("GET", f"/api/items/{segment}"))

        assert (200, id) == (status, json.loads(body)["id"])

    @pytest.mark.parametrize("segment", ["%ff", "%2e%2e"])
    def test_a_malformed_segment_is_400(self, segment):
        assert 400 == exchange(self.port, raw_request("GET", f"/api/items/{segment}"))[0]

    def test_a_body_without_a_type_is_415(self):
        assert 415 == exchange(self.port, raw_request("POST", "/api/items", [], b"{}"))[0]


def call(app, method="GET", path="/", body=b"", **environ):
    """What *app* answers to an environment, checked by wsgiref's validator."""
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
    result = validator(app)(
        environ, lambda status, headers, info=None: started.append((status, dict(headers)))
    )
    try:
        content = b"".join(result)
    finally:
        result.close()
    ((status, headers),) = started
    return int(status.split(" ")[0]), headers, content


def other_app(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return [b"other"]


app = wsgi.mount(None, make_router())


def test_paths_that_the_router_does_not_know_go_to_the_app():
    mounted = wsgi.mount(other_app, make_router())

    assert b"other" == call(mounted, path="/elsewhere")[2]
    assert 200 == call(mounted, path="/api/items/1")[0]
    assert 405 == call(mounted, "PUT", "/api/items/1")[0]


def test_without_an_app_they_are_404():
    status, _, body = call(app, path="/elsewhere")

    assert (404, "Not Found") == (status, json.loads(body)["message"])


@pytest.mark.parametrize("name", ["RAW_URI", "REQUEST_URI"])
def test_the_raw_target_is_read_where_the_server_gives_it(name):
    _, _, body = call(app, path="/api/items/a/b", **{name: "/api/items/a%2Fb?x"})

    assert "a/b" == json.loads(body)["id"]


@pytest.mark.parametrize("target", ["/elsewhere", "/api/items/c", "/%zz", "*", "//host/api/items/b", "http:"])
def test_a_raw_target_that_is_not_the_path_we_were_asked_for_is_ignored(target):
    _, _, body = call(app, path="/api/items/b", REQUEST_URI=target)

    assert "b" == json.loads(body)["id"]


@pytest.mark.parametrize("environ", [{}, {"REQUEST_URI": "/pre%20fix/api/items/a%2Fb"}])
def test_the_script_name_is_not_part_of_the_path(environ):
    status, _, body = call(
        app, path="/api/items/a/b" if environ else "/api/items/x", SCRIPT_NAME="/pre fix", **environ
    )

    assert (200, "a/b" if environ else "x") == (status, json.loads(body)["id"])


def test_the_headers_and_the_environment_reach_the_handler():
    router, seen = Router(), []

    @router.get("/", validate=False)
    def handler(context, request, response):
        seen.append(request.unstable_raw_request())
        return response.ok()

    call(wsgi.mount(None, router), HTTP_X_A="1")

    assert "1" == seen[0]["HTTP_X_A"]


def test_chunks_that_the_server_joins_are_read():
    environ = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True, "CONTENT_TYPE": "application/json"}

    assert 201 == call(app, "POST", "/api/items", b'{"n": 1}', **environ)[0]


class Endless(io.RawIOBase):
    """A body that never ends, and counts what was read of it."""

    taken = 0

    def read(self, size=-1):
        assert size > 0
        self.taken += size
        return b"x" * size


def test_chunks_are_read_no_further_than_the_limit():
    body = Endless()
    environ = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True, "wsgi.input": body}

    assert 413 == call(app, "POST", "/api/items", **environ)[0]
    assert LIMIT + 1 == body.taken


class Dripping(io.BytesIO):
    """A body that comes byte by byte."""

    def read(self, size=-1):
        return super().read(min(size, 1))


def test_a_body_that_comes_in_pieces_is_put_together():
    environ = {"CONTENT_LENGTH": "8", "wsgi.input": Dripping(b'{"n": 1}'), "CONTENT_TYPE": "application/json"}

    assert 201 == call(app, "POST", "/api/items", **environ)[0]


class Broken(io.RawIOBase):
    def read(self, size=-1):
        raise ConnectionResetError


@pytest.mark.parametrize(
    "environ", [{"CONTENT_LENGTH": "8"}, {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}]
)
def test_a_client_that_hangs_up_does_not_reach_the_handler(environ):
    assert 400 == call(app, "POST", "/api/items", **{"wsgi.input": Broken(), **environ})[0]


async def handle_async(context, request, response):
    return response.ok()


def test_async_handlers_are_refused_when_the_router_is_mounted():
    router = Router()
    router.get("/", validate=False)(handle_async)

    with pytest.raises(TypeError, match="is async"):
        wsgi.mount(None, router)


def test_async_handlers_are_refused_once_the_router_is_mounted():
    router = Router()
    wsgi.mount(None, router)

    with pytest.raises(TypeError, match="is async"):
        router.get("/", validate=False)(handle_async)


def test_a_handler_that_turns_out_to_be_async_is_a_500():
    router = Router()
    router.get("/", validate=False)(lambda *arguments: handle_async(*arguments))

    assert 500 == call(wsgi.mount(None, router))[0]


@pytest.mark.parametrize(("path", "status"), [("/elsewhere", 404), ("/api/items", 405)])
def test_nothing_is_read_where_the_body_does_not_matter(path, status):
    body = Endless()

    assert status == call(app, "PUT", path, **{"CONTENT_LENGTH": "9", "wsgi.input": body})[0]
    assert 0 == body.taken


def test_the_example_of_the_module_works():
    example = wsgi.__doc__.split("\n\n", 1)[1].rpartition("\n\nA server")[0]
    names = {"__name__": "example"}
    exec("\n".join(line.removeprefix("    ") for line in example.splitlines()), names)

    assert b'{"hello":"you"}' == call(names["app"], path="/api/hello/you")[2]
