import gc
import inspect
import io
import json
import re
import warnings
from types import SimpleNamespace
from wsgiref.util import FileWrapper

import bottle as bottle_library
import pytest
from bottle import Bottle, HTTPError, HTTPResponse, abort, redirect, request, response

from kbn_schema import schema
from kbn_schema.adapters import bottle
from kbn_schema.http import Router
from tests.adapters import served_bottle
from tests.adapters.calling import Told, make_environ
from tests.adapters.contract import JSON, OWN_BODY, OWN_PARTS, Answer, Contract, ValidatedContract, as_data
from tests.adapters.mounting import Mounting, hello, router_of
from tests.adapters.routes import make_router
from tests.adapters.under import UnderGunicorn, UnderWaitress

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports `cgi`
    from webtest import TestApp

s = schema


def send_to(app, method, target, headers=(), body=None, **environ):
    # The client decodes the target, and would make up a type and a length.
    client = TestApp(app, lint=False)
    request = client.RequestClass.blank(target, method=method, body=body or b"")
    request.environ.pop("CONTENT_TYPE", None)
    request.environ.update(make_environ(method, target, headers, body) | environ)
    answer = client.do_request(request, status="*", expect_errors=True)
    pairs = tuple((name.lower(), value) for name, value in answer.headerlist)
    return Answer(answer.status_int, pairs, answer.body)


class TestWithItsClient(Contract):
    def send(self, method, target, headers=(), body=None, **environ):
        return send_to(served_bottle.app, method, target, headers, body, **environ)

    def send_chunks(self, method, target, headers, chunks):
        more = {"wsgi.input": io.BytesIO(b"".join(chunks)), "wsgi.input_terminated": True}
        return self.send(method, target, headers, **more)

    def is_torn(self, target):
        with pytest.raises(RuntimeError, match="secret"):
            self.send("GET", target)
        return True


class TestUnderGunicorn(UnderGunicorn):
    app = "tests.adapters.served_bottle:app"


class TestUnderWaitress(UnderWaitress):
    @staticmethod
    def make_app():
        return served_bottle.app


def own(valid, id):
    return as_data(valid)


def own_body(valid):
    return as_data(valid)


class Own:
    @bottle.validated()
    def bare(self, valid):
        return as_data(valid)


def make_own():
    app = Bottle()
    app.post("/own/<id:int>", callback=bottle.validated(**OWN_PARTS)(own))
    app.post("/body", callback=bottle.validated(body=OWN_BODY, options=OWN_PARTS["options"])(own_body))
    app.get("/bare", callback=Own().bare)
    return bottle.mount(app, make_router())


class TestValidated(ValidatedContract):
    app = make_own()

    def send(self, method, target, headers=(), body=None):
        return send_to(self.app, method, target, headers, body)


def mounted(*paths, handler=hello, app=None):
    return bottle.mount(app or Bottle(), router_of(*paths, handler=handler))


def ask(app, target, method="GET", headers=(), body=None, **environ):
    return send_to(app, method, target, headers, body, **environ)


class TestMounting(Mounting):
    mount = staticmethod(bottle.mount)
    new_app = staticmethod(Bottle)
    REST = "<rest:path>"

    def add_theirs(self, app, path):
        app.get(path, callback=lambda **_: "theirs")

    def get(self, app, target):
        return ask(app, target)


def test_the_default_app_is_one():
    bottle_library.app.push()
    try:
        assert {} == ask(bottle.mount(bottle_library.default_app(), router_of("/a")), "/a").json()
    finally:
        bottle_library.app.pop()


@pytest.mark.parametrize("app", [bottle_library.app, Bottle, None])
def test_what_is_no_app_is_refused(app):
    with pytest.raises(TypeError, match="expected a Bottle, such as"):
        bottle.mount(app, Router())


class Marking:
    """A plugin that tells which route it is for, and leaves a mark."""

    name = "marking"
    api = 2

    def __init__(self):
        self.applied = []

    def apply(self, callback, route):
        self.applied.append((route.method, route.rule, route.name))

        def marked(**arguments):
            response.set_header("x-seen", f"{request.route.name} {json.dumps(arguments)}")
            return callback(**arguments)

        return marked


@pytest.mark.parametrize("late", [True, False])
def test_plugins_are_applied_to_ours_as_to_the_apps_own(late):
    app, plugin = Bottle(), Marking()
    if late:
        ask(mounted("/a/{id}", app=app), "/a/1")
        ask(app, "/a/1", "PUT")
    app.install(plugin)
    if not late:
        mounted("/a/{id}", app=app)

    asked = [("/a/b%2Fc", "GET"), ("/a/%ff", "GET"), ("/a/1", "PUT")]
    seen = [ask(app, target, method) for target, method in asked]
    assert [
        (200, 'kbn_schema.hello {"id": "b/c"}'),
        (400, "kbn_schema.hello {}"),
        (405, "kbn_schema {}"),
    ] == [(answer.status, answer.headers["x-seen"]) for answer in seen]
    assert [("GET", "/a/<id>", "kbn_schema.hello"), ("ANY", "/<path:path>", "kbn_schema")] == plugin.applied


def test_a_plugin_may_answer_first():
    app = Bottle()
    app.install(lambda callback: lambda **_: abort(403, "stop"))

    assert 403 == ask(mounted("/a", app=app), "/a").status


def test_hooks_run_around_ours():
    app = Bottle()

    @app.hook("before_request")
    def login():
        request.user = "ann"
        response.set_cookie("seen", "1")
        response.set_header("x-before", "1")

    @app.hook("after_request")
    def mark():
        response.set_header("x-after", f"{request.route.name} {response.status_code} {response.content_type}")

    def handler(context, ours, answer):
        same = ours.unstable_raw_request() is request
        return answer.ok(body=[request.user, request.path, same], headers={"set-cookie": ["a=1", "b=2"]})

    answer = ask(mounted("/a", handler=handler, app=app), "/a")

    assert ["ann", "/a", True] == answer.json()
    assert {"a=1", "b=2", "seen=1"} == set(answer.all("set-cookie"))
    assert "1" == answer.headers["x-before"]
    assert "kbn_schema.handler 200 application/json; charset=utf-8" == answer.headers["x-after"]


def test_bottle_makes_up_no_length_of_a_stream():
    app = mounted("/a", handler=lambda context, ours, answer: answer.ok(body=iter([b"x"])))

    assert "content-length" not in ask(app, "/a", "HEAD").headers


def test_a_hook_may_ask_for_another_path():
    app = Bottle()

    @app.hook("before_request")
    def strip():
        request.environ["PATH_INFO"] = request.environ["PATH_INFO"].rstrip("/")

    mounted("/a/{id}", app=app)

    assert [{"id": "é"}, {"id": "b/c"}] == [ask(app, target).json() for target in ("/a/%C3%A9/", "/a/b%2Fc")]


@pytest.mark.parametrize(
    ("target", "method", "rule"),
    [
        ("/a/1", "GET", "/a/<id>"),
        ("/a/b%2Fc", "GET", "/a/<id>"),  # to Bottle, this is the app's own `/a/<rest:path>`
        ("/a/%zz", "GET", "/a/<id>"),
        ("/a/%ff", "HEAD", "/a/<id>"),
        ("/a/1", "PUT", "/<path:path>"),
        ("/a/1", "OPTIONS", "/<path:path>"),
        ("/a/b/c", "GET", "/a/<rest:path>"),
    ],
)
def test_hooks_see_where_a_request_went(target, method, rule):
    app, seen = Bottle(), []
    app.route("/a/<rest:path>", ["GET", "PUT"], lambda rest: "public")
    app.add_hook("after_request", lambda: seen.append(request.route.rule))
    answer = ask(mounted("/a/{id}", app=app), target, method)

    assert [rule] == seen
    assert (rule == "/a/<rest:path>") == (answer.body == b"public")


@pytest.mark.parametrize(
    ("path", "values", "url"),
    [
        ("/a", {}, "/a"),
        ("/a/{id}", {"id": "b?c/d"}, "/a/b%3Fc%2Fd"),
        ("/a/{id?}", {}, "/a"),
        ("/a/{id?}", {"id": 1}, "/a/1"),
        ("/a/{rest*}", {}, "/a"),
        ("/a/{rest*}", {"rest": "b/c d"}, "/a/b/c%20d"),
        ("/{rest*}", {}, "/"),
        ("/a/b:c", {"q": 1}, "/a/b:c?q=1"),
    ],
)
def test_urls_are_built(path, values, url):
    app = mounted(path)

    assert url == app.get_url("kbn_schema.hello", **values)
    assert url == app.get_url(app.routes[-1 if values else 0].rule, **values)


def test_a_url_that_lacks_a_parameter_is_an_error_of_bottles():
    with pytest.raises(bottle_library.RouteBuildError, match="Missing URL argument: 'id'"):
        mounted("/a/{id}").get_url("kbn_schema.hello")


def test_urls_of_the_app_are_built_as_before():
    app = mounted("/a")
    app.get("/own/<id:int>", callback=lambda id: "own", name="own")

    assert "/own/7?q=1" == app.get_url("own", id=7, q=1)


def hello_again(context, ours, answer):
    return answer.ok(body=ours.api_version)


def test_routes_are_listed():
    router = Router("/api")
    for method in ("get", "post"):
        getattr(router, method)("/a/{id}", validate=False)(hello)
    router.put("/b:c", validate=False)(lambda context, ours, answer: answer.ok())
    versioned = router.versioned.get("/c", access="public")
    for version in ("2023-10-31", "2024-10-31"):
        versioned.add_version(version, validate=False)(hello_again)
    app = bottle.mount(Bottle(), router)

    assert [
        ("GET", "/api/a/<id>", "kbn_schema.GET /api/a/{id}"),
        ("POST", "/api/a/<id>", "kbn_schema.POST /api/a/{id}"),
        ("PUT", r"/api/b\:c", "kbn_schema.PUT /api/b:c"),
        ("GET", "/api/c", "kbn_schema.hello_again"),
    ] == [(route.method, route.rule, route.name) for route in app.routes]
    assert f"<GET /api/a/<id> -> {hello.__module__}:hello>" == repr(app.routes[0])
    assert [] == app.routes[0].get_callback_args()  # what plugins ask, to know what to give


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/a", "/a"),
        ("/a/{id}", "/a/<name>"),
        ("/a/{id}", "/a/<id:int>"),
        ("/a/{id}", "/a/<id:re:[a-z]+>"),
        ("/a/{id}", "/a/b"),
        ("/{r*}", "/<r:path>"),
        ("/a/{r*}", "/a/<:re:.*>"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_route_of_the_app_that_would_never_be_reached_is_refused(path, own, method):
    app = Bottle()
    app.route(own, method, lambda **_: "own")
    before = app.router

    with pytest.raises(ValueError, match=re.escape(f"the app's own route [{own}] would never be reached")):
        mounted(path, app=app)
    assert (before, 1) == (app.router, len(app.routes))


def test_routes_of_several_routers_have_names_of_their_own():
    app = mounted("/a/{id}")
    mounted("/b", app=app)

    assert ["kbn_schema.hello", "kbn_schema.GET /b"] == [route.name for route in app.routes]


def test_hooks_see_routes_that_were_declared_later():
    router, app = Router(), Bottle()
    bottle.mount(app, router)
    app.add_hook("after_request", lambda: response.set_header("x-seen", str(request.get("bottle.route"))))
    assert (404, "None") == ((late := ask(app, "/late")).status, late.headers["x-seen"])
    router.get("/late", validate=False)(lambda context, ours, answer: answer.ok(body="late"))
    app.get("/own", callback=lambda: "own")

    assert [b"late", b"own"] == [ask(app, target).body for target in ("/late", "/own")]
    assert ask(app, "/late").headers["x-seen"].startswith("<ANY /<path:path>")


def test_the_script_name_is_not_part_of_the_path():
    environ = {"SCRIPT_NAME": "/s ub", "RAW_URI": "/s%20ub/a/b%2Fc"}

    assert {"id": "b/c"} == ask(mounted("/a/{id}"), "/a/b%2Fc", **environ).json()


@pytest.mark.parametrize("prefix", ["/sub/", "/sub"])
def test_an_app_inside_of_another_keeps_its_routes(prefix):
    """Without a slash at its end, Bottle says that this will go, and calls the app like any other."""
    app = Bottle()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        app.mount(prefix, mounted("/a/{id}"))

    assert [{"id": "1"}, {"id": "b c"}] == [ask(app, f"/sub/a/{id}").json() for id in ("1", "b%20c")]
    assert 404 == ask(app, "/a/1").status


def test_an_app_that_is_merged_into_another_keeps_its_routes():
    app = Bottle()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a colon, also where it is escaped
        app.merge(mounted("/a/{id}", "/b:c"))

    assert [{"id": "1"}, {}] == [ask(app, target).json() for target in ("/a/1", "/b:c")]


@pytest.mark.parametrize("path", ["/files/1/secret", "/files/1/%73ecret"])
def test_the_plugins_of_the_route_that_answers_are_called_in_an_app_that_has_taken_it_over(path):
    """Bottle goes by the order of rules, and would call the first one."""

    def guard(callback, route):
        def denied(**_):
            raise HTTPError(403, "no")

        return denied if route.name == "kbn_schema.secret" else callback

    def public(context, request, response):
        return response.ok(body="public")

    def secret(context, request, response):
        return response.ok(body="secret")

    router = Router()
    router.get("/files/{rest*}", validate=False)(public)
    router.get("/files/{id}/secret", validate=False)(secret)
    inner, outer = bottle.mount(Bottle(), router), Bottle()
    inner.install(SimpleNamespace(name="guard", api=2, apply=guard))
    outer.merge(inner)

    assert [403, 200] == [ask(outer, target).status for target in (path, "/files/1")]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: HTTPResponse("native", 202, {"x-a": "b"}), (202, b"native", "b", None)),
        (lambda: redirect("/b", 307), (307, b"", None, "http://localhost:80/b")),
    ],
)
def test_what_bottle_answers_with_is_handed_on(make, expected):
    answer = ask(mounted("/a", handler=lambda *_: make()), "/a")

    headers = [answer.headers.get(name) for name in ("x-a", "location")]
    assert expected == (answer.status, answer.body, *headers)


@pytest.mark.parametrize("make", [lambda: abort(418, "short"), lambda: HTTPError(418, "short")])
def test_errors_of_bottles_go_to_its_handlers(make):
    app = Bottle()
    app.error(418, lambda error: f"{request.path}: {error.body}")
    answer = ask(mounted("/a", handler=lambda *_: make(), app=app), "/a")

    assert (418, b"/a: short") == (answer.status, answer.body)


@pytest.mark.parametrize("catchall", [True, False])
def test_our_errors_do_not_go_to_bottles_handlers(catchall):
    app = Bottle()
    app.catchall = catchall
    app.error(500, lambda error: "theirs")
    answer = ask(mounted("/a", handler=lambda *_: 1 / 0, app=app), "/a")

    assert (500, 500) == (answer.status, answer.json()["statusCode"])


def test_what_a_callback_may_return_besides_is_no_answer_of_a_handler():
    assert 500 == ask(mounted("/a", handler=lambda *_: "text"), "/a").status


def post_to_body(target, read):
    """What is answered to a body that a hook may *read* first."""
    app, router = Bottle(), Router()
    router.post("/a", validate={"body": s.object({"n": s.number()})})(
        lambda context, ours, answer: answer.ok(body=ours.body)
    )
    router.post("/stream", validate={"body": s.stream()})(
        lambda context, ours, answer: answer.ok(body=ours.body.read())
    )
    app.add_hook("before_request", read)
    return ask(bottle.mount(app, router), target, "POST", [JSON], b'{"n": 1}')


@pytest.mark.parametrize(
    ("read", "status"),
    [
        (lambda: request.body.read(), 200),
        (lambda: request.json, 200),
        (lambda: request.environ["wsgi.input"].read(3), 400),  # what was read of the input itself is gone
    ],
)
@pytest.mark.parametrize("target", ["/a", "/stream"])
def test_a_hook_may_have_read_the_body(target, read, status):
    answer = post_to_body(target, read)

    assert status == answer.status
    assert status == 400 or {"n": 1} == json.loads(answer.body)


@pytest.mark.parametrize("read", [lambda: None, lambda: request.body])
def test_the_limit_of_bottle_is_not_ours(read, monkeypatch):
    monkeypatch.setattr(bottle_library.BaseRequest, "MEMFILE_MAX", 5)

    assert {"n": 1} == post_to_body("/a", read).json()


def make_stream(app):
    """What becomes of a stream and its context, under a hook of *app*."""
    told = []
    router = Router(context=lambda: Told(told))

    @router.get("/", validate=False)
    def handler(context, ours, answer):
        def pieces():
            try:
                yield request.path
                while True:
                    yield b"x"
            finally:
                told.append("stream")

        return answer.ok(body=pieces())

    bottle.mount(app, router)
    return told


def begin(app, **environ):
    environ = {**make_environ("GET", "/"), "wsgi.url_scheme": "http", "HTTP_HOST": "x", **environ}
    return app({"wsgi.errors": io.StringIO(), "SCRIPT_NAME": "", **environ}, lambda *_: None)


@pytest.mark.parametrize("environ", [{}, {"wsgi.file_wrapper": FileWrapper}])
def test_a_server_closes_a_stream_that_is_not_at_its_end(environ):
    app = Bottle()
    told = make_stream(app)
    stream = begin(app, **environ)
    pieces = iter(stream)

    assert [b"/", b"x"] == [next(pieces), next(pieces)]
    assert [] == told
    stream.close()
    assert ["stream", "context"] == told


def test_a_stream_that_was_never_begun_is_closed():
    app = Bottle()
    told = make_stream(app)
    begin(app).close()

    assert ["context"] == told


@pytest.mark.parametrize("hook", [lambda: abort(403, "other"), lambda: 1 / 0])
def test_a_stream_that_a_hook_puts_aside_is_closed(hook):
    app = Bottle()
    app.add_hook("after_request", hook)
    told = make_stream(app)
    begin(app)
    gc.collect()

    assert ["context"] == told


def test_a_stream_that_breaks_at_once_is_torn_like_any_other():
    def handler(context, ours, answer):
        return answer.ok(body=(1 / 0 for _ in range(1)))

    with pytest.raises(ZeroDivisionError):
        ask(mounted("/a", handler=handler), "/a")


async def handle_async(*arguments):
    raise AssertionError


def test_async_functions_are_refused():
    router = Router()
    bottle.mount(Bottle(), router)

    with pytest.raises(TypeError, match="is async"):
        router.get("/", validate=False)(handle_async)
    with pytest.raises(TypeError, match="is async"):
        mounted("/", handler=handle_async)
    with pytest.raises(TypeError, match="is async"):
        bottle.validated()(handle_async)


def test_a_wrapper_has_the_name_of_the_callback_but_not_its_signature():
    wrapper = bottle.validated()(own)

    assert "own" == wrapper.__name__
    assert ["arguments", "url_args"] == list(inspect.signature(wrapper).parameters)
