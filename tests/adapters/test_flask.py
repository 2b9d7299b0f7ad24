import gc
import inspect
import io
import json
import weakref
from types import MappingProxyType

import pytest
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    request,
    session,
    url_for,
)
from flask.cli import routes_command
from flask.views import MethodView
from werkzeug.wrappers import Response as WerkzeugResponse

from kbn_schema import schema
from kbn_schema.adapters import flask
from kbn_schema.http import Router
from tests.adapters.calling import Told, make_environ
from tests.adapters.contract import OWN_BODY, OWN_PARTS, Answer, Contract, ValidatedContract, as_data
from tests.adapters.mounting import hello, router_of
from tests.adapters.overwerkzeug import OverWerkzeug
from tests.adapters.routes import make_router
from tests.adapters.served import flask_app
from tests.adapters.under import UnderGunicorn

s = schema


def send_to(app, method, target, headers=(), body=None, **environ):
    # The client would take the last type, and make up a length.
    own = make_environ(method, target, headers, body)
    environ.update({name: own[name] for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if name in own})
    with app.test_client(use_cookies=False).open(
        target, method=method, headers=list(headers), data=body, environ_overrides=environ
    ) as answer:
        pairs = tuple((name.lower(), value) for name, value in answer.headers.items())
        return Answer(answer.status_code, pairs, answer.get_data())


class TestWithItsClient(Contract):
    UNLIKE = MappingProxyType({"method get": "werkzeug's client writes methods in upper case"})

    def send(self, method, target, headers=(), body=None, **environ):
        return send_to(flask_app, method, target, headers, body, **environ)

    def send_chunks(self, method, target, headers, chunks):
        more = {"wsgi.input": io.BytesIO(b"".join(chunks)), "wsgi.input_terminated": True}
        return self.send(method, target, headers, **more)

    def is_torn(self, target):
        with pytest.raises(RuntimeError, match="secret"):
            self.send("GET", target)
        return True


class TestUnderGunicorn(UnderGunicorn):
    app = "tests.adapters.served:flask_app"


def own(valid, id):
    return as_data(valid)


def own_body(valid):
    return as_data(valid)


class Bare(MethodView):
    @flask.validated()
    def get(self, valid):
        return as_data(valid)


def make_own():
    app = Flask("own")
    app.post("/own/<int:id>")(flask.validated(**OWN_PARTS)(own))
    app.post("/body")(flask.validated(body=OWN_BODY, options=OWN_PARTS["options"])(own_body))
    app.add_url_rule("/bare", view_func=Bare.as_view("bare"))
    return flask.mount(app, make_router())


own_app = make_own()


class TestValidated(ValidatedContract):
    def send(self, method, target, headers=(), body=None):
        return send_to(own_app, method, target, headers, body)


def mounted(*paths, handler=hello, app=None):
    return flask.mount(app or Flask("app", static_folder=None), router_of(*paths, handler=handler))


def ask(app, target, method="GET", **options):
    return app.test_client().open(target, method=method, **options)


class TestMounting(OverWerkzeug):
    mount = staticmethod(flask.mount)
    App, Blueprint, request = Flask, Blueprint, request

    def ask(self, app, target, method):
        return send_to(app, method, target)


@pytest.mark.parametrize("app", [Blueprint("b", "b"), None, Flask])
def test_a_router_is_mounted_on_the_app_itself(app):
    with pytest.raises(TypeError, match=r"expected a Flask but got \[.*\]: mount routers on the app itself"):
        flask.mount(app, router_of("/a"))


def test_a_handler_runs_in_flasks_contexts():
    app = Flask("app")
    app.secret_key = "x"

    @app.before_request
    def login():
        g.user = "ann"

    @app.after_request
    def mark(response):
        response.headers["x-endpoint"] = request.endpoint
        return response

    def handler(context, ours, response):
        session["seen"] = True
        same = ours.unstable_raw_request() is request._get_current_object()
        return response.ok(body=[g.user, request.path, current_app.name, same])

    answer = ask(mounted("/a", handler=handler, app=app), "/a")

    assert ["ann", "/a", "app", True] == answer.json
    assert ("kbn_schema.handler", True) == (answer.headers["x-endpoint"], "set-cookie" in answer.headers)


def test_a_stream_runs_in_flasks_contexts():
    def handler(context, ours, response):
        g.user = "ann"

        def pieces():
            yield g.user
            yield f" {request.path} {current_app.name}"

        return response.ok(body=pieces())

    assert "ann /a app" == ask(mounted("/a", handler=handler), "/a").text


PUBLIC = {"public", "kbn_schema.public"}


def test_a_host_that_is_not_trusted_is_refused():
    app = Flask("app")
    if "TRUSTED_HOSTS" not in app.config:
        pytest.skip("Flask has it since 3.1")
    app.config["TRUSTED_HOSTS"] = ["good.example"]
    mounted("/a", app=app)

    assert [200, 400] == [
        ask(app, "/a", base_url=f"http://{name}.example").status_code for name in ("good", "bad")
    ]


@pytest.mark.parametrize(
    ("path", "values", "url"),
    [
        ("/a", {}, "/a"),
        ("/a/{id}", {"id": "b?c"}, "/a/b%3Fc"),
        ("/a/{id?}", {}, "/a"),
        ("/a/{id?}", {"id": 1}, "/a/1"),
        ("/a/{rest*}", {"rest": "b/c"}, "/a/b/c"),
        ("/{rest*}", {}, "/"),
        ("/a/", {"q": 1}, "/a/?q=1"),
    ],
)
def test_urls_are_built(path, values, url):
    with mounted(path).test_request_context():
        assert url == url_for("kbn_schema.hello", **values)


def test_routes_are_listed():
    router = Router("/api")
    for method in ("get", "post"):
        getattr(router, method)("/a/{id}", validate=False)(hello)
    router.put("/b", validate=False)(lambda *_: None)
    versioned = router.versioned.get("/c", access="public")
    for version in ("2023-10-31", "2024-10-31"):
        versioned.add_version(version, validate=False)(hello_again)
    app = flask.mount(Flask("app", static_folder=None), router)

    assert [
        ("/api/a/<id>", "kbn_schema.GET /api/a/{id}", {"GET", "HEAD"}),
        ("/api/a/<id>", "kbn_schema.POST /api/a/{id}", {"POST"}),
        ("/api/b", "kbn_schema.PUT /api/b", {"PUT"}),
        ("/api/c", "kbn_schema.hello_again", {"GET", "HEAD"}),
    ] == [(rule.rule, rule.endpoint, rule.methods) for rule in app.url_map.iter_rules()]
    assert "kbn_schema.hello_again" in app.test_cli_runner().invoke(routes_command).output


def hello_again(context, request, response):
    return response.ok(body=request.api_version)


def test_a_router_is_not_mounted_once_requests_have_come():
    app = Flask("app")
    ask(app, "/")

    with pytest.raises(AssertionError, match="no longer be called"):
        mounted("/a", app=app)


def test_an_app_that_is_dropped_takes_its_routers_along():
    app = weakref.ref(mounted("/a"))
    gc.collect()

    assert app() is None


def test_the_script_name_is_not_part_of_the_path():
    app = mounted("/a/{id}")
    environ = {"SCRIPT_NAME": "/s ub", "RAW_URI": "/s%20ub/a/b%2Fc"}
    answer = ask(app, "/a/b%2Fc", environ_overrides=environ)

    assert {"id": "b/c"} == answer.json


@pytest.mark.parametrize(
    "make",
    [lambda: Response("native", 202, {"x-a": "b"}), lambda: WerkzeugResponse("native", 202, {"x-a": "b"})],
)
def test_what_flask_answers_with_is_handed_on(make):
    answer = ask(mounted("/a", handler=lambda *_: make()), "/a")

    assert (202, "native", "b") == (answer.status_code, answer.text, answer.headers["x-a"])


def test_what_a_view_may_return_besides_is_no_answer_of_a_handler():
    assert 500 == ask(mounted("/a", handler=lambda *_: "text"), "/a").status_code


def test_what_flask_raises_goes_to_its_handlers():
    app = Flask("app")
    app.register_error_handler(418, lambda error: (f"{request.path}: {error.description}", 418))

    def handler(context, request, response):
        abort(418, "short")

    answer = ask(mounted("/a", handler=handler, app=app), "/a")

    assert (418, "/a: short") == (answer.status_code, answer.text)


def test_our_errors_do_not_go_to_flasks_handlers():
    app = Flask("app")
    app.register_error_handler(Exception, lambda error: "theirs")

    def handler(context, request, response):
        raise RuntimeError("secret")

    answer = ask(mounted("/a", handler=handler, app=app), "/a")

    assert (500, 500) == (answer.status_code, answer.json["statusCode"])


def body_router():
    router = Router()
    router.post("/a", validate={"body": s.object({"n": s.number()})})(
        lambda context, request, response: response.ok(body=request.body)
    )
    router.post("/stream", validate={"body": s.stream()})(
        lambda context, request, response: response.ok(body=request.body.read())
    )
    return router


@pytest.mark.parametrize(
    ("read", "status"),
    [
        (lambda: request.get_data(), 200),
        (lambda: request.get_json(), 200),
        (lambda: request.stream.read(3), 400),  # what was read of the stream itself is gone
    ],
)
@pytest.mark.parametrize("target", ["/a", "/stream"])
def test_a_hook_may_have_read_the_body(target, read, status):
    app = Flask("app")
    app.before_request(lambda: read() and None)
    flask.mount(app, body_router())
    answer = ask(app, target, "POST", data=b'{"n": 1}', content_type="application/json")

    assert status == answer.status_code
    assert status == 400 or {"n": 1} == json.loads(answer.text)


def test_a_hook_that_looks_at_the_stream_does_not_lift_the_limit():
    body, app = io.BytesIO(b"x" * 10_000_000), Flask("app")
    app.before_request(lambda: request.stream and None)
    flask.mount(app, body_router())
    headers = {"Transfer-Encoding": "chunked", "Content-Type": "application/json"}
    options = {
        "input_stream": body,
        "environ_overrides": {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    }
    answer = ask(app, "/a", "POST", headers=headers, **options)

    assert 413 == answer.status_code
    assert body.tell() < 2_000_000


def test_the_limit_of_flask_is_not_ours():
    app = Flask("app")
    app.config["MAX_CONTENT_LENGTH"] = 5
    flask.mount(app, body_router())

    assert {"n": 1} == ask(app, "/a", "POST", json={"n": 1}).json


def make_stream(app):
    """What becomes of a stream and its context, under a hook of *app*."""
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

    flask.mount(app, router)
    return told


def test_a_server_closes_a_stream_that_is_not_at_its_end():
    app = Flask("app")
    told = make_stream(app)
    stream = app(make_environ("GET", "/") | {"wsgi.url_scheme": "http", "HTTP_HOST": "x"}, lambda *_: None)

    assert b"x" == next(iter(stream))
    assert [] == told
    stream.close()
    assert ["stream", "context"] == told


def test_a_stream_that_was_never_begun_is_closed():
    app = Flask("app")
    told = make_stream(app)
    stream = app(make_environ("GET", "/") | {"wsgi.url_scheme": "http", "HTTP_HOST": "x"}, lambda *_: None)
    stream.close()

    assert ["context"] == told


@pytest.mark.parametrize("hook", [lambda response: Response("other"), lambda response: 1 / 0])
def test_a_stream_that_a_hook_puts_aside_is_closed(hook):
    app = Flask("put_aside")
    app.logger.disabled = True  # a record would keep the response
    app.after_request(hook)
    told = make_stream(app)
    ask(app, "/")
    gc.collect()

    assert ["context"] == told


async def handle_async(*arguments):
    raise AssertionError


def test_async_functions_are_refused():
    router = Router()
    flask.mount(Flask("app"), router)

    with pytest.raises(TypeError, match="is async"):
        router.get("/", validate=False)(handle_async)
    with pytest.raises(TypeError, match="is async"):
        mounted("/", handler=handle_async)
    with pytest.raises(TypeError, match="is async"):
        flask.validated()(handle_async)


def test_a_wrapper_has_the_name_of_the_view_but_not_its_signature():
    wrapper = flask.validated()(own)

    assert "own" == wrapper.__name__
    assert ["arguments", "view_args"] == list(inspect.signature(wrapper).parameters)
