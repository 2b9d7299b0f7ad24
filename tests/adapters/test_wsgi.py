import contextlib
import errno
import io
import socket
import threading
import time
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from kbn_schema import schema
from kbn_schema.adapters import wsgi
from kbn_schema.http import Router
from tests.adapters.calling import Told, call_wsgi, make_environ
from tests.adapters.contract import JSON, OWN_BODY, OWN_PARTS, Contract, ValidatedContract, as_json
from tests.adapters.routes import LIMIT, make_router
from tests.adapters.served import wsgi_app, wsgi_own
from tests.adapters.servers import exchange, request_bytes, send

s = schema
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE"}


class PlainHandler(WSGIRequestHandler):
    """wsgiref as it comes."""

    timeout = 5

    def log_message(self, *arguments):
        pass


class RawHandler(PlainHandler):
    def get_environ(self):
        return {**super().get_environ(), "REQUEST_URI": self.path}


@contextlib.contextmanager
def wsgiref_serving(app, handler):
    with make_server("127.0.0.1", 0, app, handler_class=handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join(5)


@pytest.fixture(scope="module")
def plain_port():
    with wsgiref_serving(wsgi.mount(None, make_router()), PlainHandler) as port:
        yield port


@pytest.fixture(scope="module")
def raw_port():
    with wsgiref_serving(wsgi.mount(None, make_router()), RawHandler) as port:
        yield port


class TestInProcess(Contract):
    def send(self, method, target, headers=(), body=None, **more):
        environ = make_environ(method, target, headers, body) | more
        # The validator refuses what some servers let pass.
        if method not in METHODS or not environ["CONTENT_LENGTH"].isdecimal():
            more["check"] = lambda app: app
        return call_wsgi(wsgi_app, method, body=body or b"", **environ | more)

    def send_chunks(self, method, target, headers, chunks):
        content = io.BytesIO(b"".join(chunks))
        return self.send(method, target, headers, **{"wsgi.input": content, "wsgi.input_terminated": True})

    def is_torn(self, target):
        with pytest.raises(RuntimeError, match="secret"):
            self.send("GET", target)
        return True


class TestUnderWsgiref:
    """wsgiref decodes the path itself, makes up a content type, and joins no chunks."""

    @pytest.mark.parametrize(
        ("segment", "id"), [("%C3%A9", "é"), ("a%20b", "a b"), ("%2525", "%25"), ("a%3Fb", "a?b")]
    )
    def test_a_segment_is_decoded_once(self, plain_port, segment, id):
        answer = send(plain_port, "GET", f"/api/items/{segment}")

        assert (200, id) == (answer.status, answer.json()["id"])

    @pytest.mark.parametrize("segment", ["%ff", "%2e%2e"])
    def test_a_malformed_segment_is_400(self, plain_port, segment):
        assert 400 == send(plain_port, "GET", f"/api/items/{segment}").status

    def test_a_body_without_a_type_is_415(self, plain_port):
        assert 415 == send(plain_port, "POST", "/api/items", [], b"{}").status

    def test_a_body_longer_than_its_length_is_cut(self, raw_port):
        headers = [JSON, ("Content-Length", "8")]

        assert 201 == send(raw_port, "POST", "/api/items", headers, b'{"n": 1}, 2').status

    @pytest.mark.parametrize("target", ["/api/items", "/api/drain"])
    def test_no_more_than_the_length_is_waited_for(self, raw_port, target):
        """The line stays open, so that reading on would wait."""
        with socket.create_connection(("127.0.0.1", raw_port), timeout=5) as connection:
            connection.sendall(request_bytes("POST", target, [JSON], b'{"n": 1}'))
            answer = connection.recv(65_536)

        assert b" 201 " in answer or b" 200 " in answer

    def test_a_body_shorter_than_its_length_is_400(self, raw_port):
        raw = request_bytes("POST", "/api/items", [JSON, ("Content-Length", "20")]) + b'{"n": 1}'

        assert 400 == exchange(raw_port, raw, hang_up=True).status

    def test_chunks_that_the_server_does_not_join_are_411(self, raw_port):
        raw = request_bytes("POST", "/api/items", [JSON, ("Transfer-Encoding", "chunked")]) + b"8\r\n"

        assert 411 == exchange(raw_port, raw).status

    def test_a_stream_is_sent(self, raw_port):
        assert b"one,two,three" == send(raw_port, "GET", "/api/stream").body


@wsgi.validated(**OWN_PARTS)
def own(environ, start_response, valid):
    return as_json(start_response, valid)


@wsgi.validated(body=OWN_BODY, options={"body": {"max_bytes": LIMIT}})
def own_body(environ, start_response, valid):
    return as_json(start_response, valid)


@wsgi.validated()
def bare(environ, start_response, valid):
    return as_json(start_response, valid)


def dispatch(environ, start_response):
    """An application that knows `wsgiorg.routing_args`."""
    path = environ["PATH_INFO"]
    if path.startswith("/own/"):
        environ["wsgiorg.routing_args"] = ((), {"id": int(path.removeprefix("/own/"))})
        return own(environ, start_response)
    return {"/body": own_body, "/bare": bare}[path](environ, start_response)


class TestValidated(ValidatedContract):
    app = staticmethod(wsgi.mount(dispatch, make_router()))

    def send(self, method, target, headers=(), body=None):
        return call_wsgi(self.app, method, body=body or b"", **make_environ(method, target, headers, body))


app = wsgi.mount(None, make_router())


def test_without_an_app_other_paths_are_404():
    answer = call_wsgi(app, path="/elsewhere")

    assert (404, "Not Found") == (answer.status, answer.json()["message"])


@pytest.mark.parametrize("name", ["RAW_URI", "REQUEST_URI"])
def test_the_raw_target_is_read_where_the_server_gives_it(name):
    answer = call_wsgi(app, path="/api/items/a/b", **{name: "/api/items/a%2Fb?x"})

    assert "a/b" == answer.json()["id"]


def test_what_werkzeug_decoded_is_still_malformed():
    """Its server and its client put U+FFFD in the place of what is no UTF-8."""
    answer = call_wsgi(app, path="/api/items/\xef\xbf\xbd", REQUEST_URI="/api/items/%ff")

    assert 400 == answer.status


@pytest.mark.parametrize("target", ["/elsewhere", "/api/items/c", "/%zz", "*", "//host/api/items/b", "http:"])
def test_a_raw_target_that_is_not_the_path_we_were_asked_for_is_ignored(target):
    answer = call_wsgi(app, path="/api/items/b", REQUEST_URI=target)

    assert "b" == answer.json()["id"]


@pytest.mark.parametrize(
    "path", ["http://h/api/items/1", "http:///api/items/1", "x://y/api/items/1", "api/items/1"]
)
@pytest.mark.parametrize("environ", [{}, {"REQUEST_URI": "/api/items/1"}])
def test_a_path_that_does_not_begin_with_a_slash_is_nobodys(path, environ):
    """Middleware has not seen the path in it; wsgiref passes absolute targets on."""
    environ = {"REQUEST_URI": path, **environ}

    assert 404 == call_wsgi(app, path=path, check=lambda app: app, **environ).status


def test_an_absolute_target_is_read_where_the_server_has_read_it():
    answer = call_wsgi(app, path="/api/items/a/b", RAW_URI="http://h/api/items/a%2Fb?x")

    assert "a/b" == answer.json()["id"]


@pytest.mark.parametrize("target", ["http://h/" + "a" * 100_000, "a" * 100_000, "a://" * 25_000])
def test_a_long_target_takes_linear_time(target):
    begun = time.monotonic()
    call_wsgi(app, path="/api/items/1", RAW_URI=target)

    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("environ", [{}, {"REQUEST_URI": "/pre%20fix/api/items/a%2Fb"}])
def test_the_script_name_is_not_part_of_the_path(environ):
    path = "/api/items/a/b" if environ else "/api/items/x"
    answer = call_wsgi(app, path=path, SCRIPT_NAME="/pre fix", **environ)

    assert (200, "a/b" if environ else "x") == (answer.status, answer.json()["id"])


def test_a_raw_target_that_spells_the_script_name_otherwise_is_ignored():
    """Where it ends in there, nobody can tell; the decoded path is as good."""
    answers = [
        call_wsgi(app, path=f"/api/items/{path}", SCRIPT_NAME="/pre", RAW_URI=f"/%70re/api/items/{raw}")
        for path, raw in [("x", "x"), ("a/b", "a%2Fb")]
    ]

    assert [200, 404] == [answer.status for answer in answers]


def test_the_environment_reaches_the_handler():
    router, seen = Router(), []

    @router.get("/", validate=False)
    def handler(context, request, response):
        seen.append(request.unstable_raw_request())
        return response.ok()

    call_wsgi(wsgi.mount(None, router), HTTP_X_A="1")

    assert "1" == seen[0]["HTTP_X_A"]


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

    assert 413 == call_wsgi(app, "POST", "/api/items", **environ).status
    assert LIMIT + 1 == body.taken


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PUT", "/elsewhere", 404), ("PUT", "/api/items", 405), ("POST", "/api/ignored", 200)],
)
def test_nothing_is_read_where_the_body_does_not_matter(method, path, status):
    body = Endless()

    assert status == call_wsgi(app, method, path, **{"CONTENT_LENGTH": "9", "wsgi.input": body}).status
    assert 0 == body.taken


class Dripping(io.BytesIO):
    """A body that comes byte by byte."""

    def read(self, size=-1):
        return super().read(min(size, 1))


def test_a_body_that_comes_in_pieces_is_put_together():
    environ = {"CONTENT_LENGTH": "8", "wsgi.input": Dripping(b'{"n": 1}'), "CONTENT_TYPE": "application/json"}

    assert 201 == call_wsgi(app, "POST", "/api/items", **environ).status


class Broken(io.RawIOBase):
    def __init__(self, error):
        self.error = error

    def read(self, size=-1):
        raise self.error


@pytest.mark.parametrize("error", [ConnectionResetError(), TimeoutError(), ValueError("a server's own")])
@pytest.mark.parametrize("path", ["/api/items", "/api/drain"])
@pytest.mark.parametrize(
    "environ", [{"CONTENT_LENGTH": "8"}, {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}]
)
def test_a_body_that_cannot_be_read_is_400(environ, path, error, caplog):
    environ = {"CONTENT_TYPE": "application/json", "wsgi.input": Broken(error), **environ}

    assert 400 == call_wsgi(app, "POST", path, **environ).status
    assert [] == caplog.records


@pytest.mark.parametrize("error", [ConnectionResetError(), TimeoutError(), ValueError("a server's own")])
def test_a_body_that_cannot_be_read_any_more_ends_the_answer_that_was_begun(error, caplog):
    """By an error that servers take for a client that has left."""
    environ = {"CONTENT_LENGTH": "8", "wsgi.input": Broken(error)}

    with pytest.raises(ConnectionResetError) as raised:
        call_wsgi(app, "POST", "/api/echo", **environ)

    assert errno.ECONNRESET == raised.value.errno
    assert [] == caplog.records
    state = call_wsgi(app, path="/api/state").json()
    assert state["opened"] == state["closed"] + 1


def endless_app():
    """An application with an endless stream, and what became of it."""
    told = []
    router = Router(context=lambda: Told(told))

    @router.get("/", validate=False)
    def handler(context, request, response):
        def pieces():
            try:
                while True:
                    yield b"x"
            finally:
                told.append("stream")

        return response.ok(body=pieces())

    return wsgi.mount(None, router), told


def test_a_server_closes_a_stream_that_is_not_at_its_end():
    endless, told = endless_app()
    stream = endless(make_environ("GET", "/"), lambda *_: None)

    assert b"x" == next(iter(stream))
    assert [] == told
    stream.close()
    assert ["stream", "context"] == told


def test_a_stream_that_was_never_begun_leaves_nothing_open():
    endless, told = endless_app()
    endless(make_environ("GET", "/"), lambda *_: None).close()

    assert ["context"] == told  # a generator that was not begun has nothing to end


@pytest.mark.parametrize(("path", "closed"), [("/", ["context"]), ("/elsewhere", [])])
def test_a_stream_is_closed_where_the_server_does_not_take_the_head(path, closed):
    endless, told = endless_app()

    def refuse(*_):
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        endless(make_environ("GET", path), refuse)

    assert closed == told


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

    assert 500 == call_wsgi(wsgi.mount(None, router)).status


def test_an_async_application_of_ones_own_is_refused():
    with pytest.raises(TypeError, match="is async"):
        wsgi.validated()(handle_async)


def test_the_app_of_the_contract_is_behind_the_router():
    assert b"nothing here" == call_wsgi(wsgi.mount(wsgi_own, Router()), path="/").body


def test_a_router_is_mounted_once():
    router = Router()
    app = wsgi.mount(wsgi.mount(None, router), Router())

    with pytest.raises(ValueError, match="mounted on this app already"):
        wsgi.mount(app, router)


def test_routers_in_a_row_do_not_share_a_path():
    inner, outer = Router(), Router()
    inner.get("/a/{id}", validate=False)(lambda *_: None)
    outer.post("/a/{name}", validate=False)(lambda *_: None)

    with pytest.raises(ValueError, match=r"\[/a/\{id\}\] would never be reached"):
        wsgi.mount(wsgi.mount(None, inner), outer)


@pytest.mark.parametrize("given", ["app:app", Router(), Router, 1])
def test_what_is_no_application_is_refused(given):
    with pytest.raises(TypeError, match="expected an application or None but got"):
        wsgi.mount(given, Router())


def test_what_is_no_router_is_refused():
    with pytest.raises(TypeError, match=r"expected a Router but got \[NoneType\]"):
        wsgi.mount(None, None)
