"""The client for the tests of an author."""

import asyncio
import contextlib
import contextvars
import functools
import io
import itertools
import re
import sqlite3
import threading

import pytest

from kbn_schema import MISSING, schema
from kbn_schema.http import Response, Router, TestClient, UploadedFile

s = schema
HEADER = "elastic-api-version"


async def echo_async(context, request, response):
    await asyncio.sleep(0)
    return echo(context, request, response)


def echo(context, request, response):
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    body = "none" if body is MISSING else body
    return response.ok(body=[request.method, request.query, request.headers, body])


def client_of(handler=echo, rule=None, version=None, **options):
    router = Router(**options)
    everything = {"query": s.any(), "headers": s.any(), "body": s.maybe(rule or s.any())}
    for method in ("get", "post", "put", "patch", "delete"):
        validate = (
            everything if method != "get" else {part: everything[part] for part in ("query", "headers")}
        )
        getattr(router, method)("/a", validate=validate)(handler)
    return TestClient(router, version)


@pytest.mark.parametrize("handler", [echo, echo_async])
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_each_method_sends_a_request(method, handler):
    client = client_of(handler)
    short, long = getattr(client, method)("/a?q=1"), client.request(method.upper(), "/a?q=1")

    assert [method.upper(), {"q": "1"}, {}] == short.json()[:3]
    assert short == long or (short.status, short.body) == (long.status, long.body)


@pytest.mark.parametrize("handler", [echo, echo_async])
def test_head_and_options(handler):
    client = client_of(handler)
    head, options = client.head("/a"), client.options("/a")

    assert (200, b"", str(len(client.get("/a").body) + len("HEAD") - len("GET"))) == (
        head.status,
        head.body,
        head.headers["content-length"],
    )
    assert (204, b"") == (options.status, options.body)
    assert "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT" == options.headers["allow"]


@pytest.mark.parametrize("value", [None, 0, "", False, [], {}, {"é": [1.5, None]}, "text"])
def test_json_is_sent_as_json_with_its_type(value):
    answer = client_of().post("/a", json=value)

    assert [{"content-type": "application/json"}, value] == answer.json()[2:]


def test_without_json_there_is_no_body_and_no_type():
    assert [{}, "none"] == client_of().post("/a").json()[2:]


def test_the_type_of_the_caller_wins():
    for headers in ({"Content-Type": "application/x+json"}, [("content-type", "application/x+json")]):
        assert ["application/x+json"] == list(
            client_of().post("/a", json=1, headers=headers).json()[2].values()
        )


def test_json_that_is_none_is_refused():
    with pytest.raises(TypeError):
        client_of().post("/a", json={1, 2})
    with pytest.raises(ValueError, match="JSON"):
        client_of().post("/a", json=float("nan"))


@pytest.mark.parametrize(("body", "seen"), [("é", "é"), ("é".encode(), "é"), (b"", "none"), ("", "none")])
def test_a_body_is_sent_as_it_is(body, seen):
    assert seen == client_of(rule=s.buffer()).post("/a", body=body).json()[3]


SENT = {"json": None, "body": b"x", "form": {}, "files": {}}


@pytest.mark.parametrize("names", [*itertools.combinations(SENT, 2), tuple(SENT)])
def test_one_of_json_body_and_form_with_files_can_be_sent(names):
    options = {name: SENT[name] for name in names}
    if names == ("form", "files"):
        assert 200 == TestClient(uploads()).post("/a", **options).status
        return
    with pytest.raises(TypeError, match="give one of json, body, and form with files"):
        client_of().post("/a", **options)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"body": {"a": 1}}, "body must be bytes or text, and json anything else, but is [dict]"),
        ({"body": 5}, "body must be bytes or text, and json anything else, but is [int]"),
        ({"headers": "x"}, "headers must be a mapping, or pairs (name, value), but is [str]"),
        ({"headers": "ab"}, "headers must be a mapping, or pairs (name, value), but is [str]"),
        ({"headers": b"x"}, "headers must be a mapping, or pairs (name, value), but is [bytes]"),
        ({"headers": None}, "headers must be a mapping, or pairs (name, value), but is [NoneType]"),
        ({"headers": 5}, "headers must be a mapping, or pairs (name, value), but is [int]"),
        ({"headers": ["a"]}, "each of the headers must be a pair (name, value) but is [str]"),
        ({"headers": ["ab"]}, "each of the headers must be a pair (name, value) but is [str]"),
        ({"headers": [("a",)]}, "each of the headers must be a pair (name, value) but is [tuple]"),
        ({"headers": ("a", "b")}, "each of the headers must be a pair (name, value) but is [str]"),
        ({"headers": {"a": 1}}, "the header [a] must be text but is [int]"),
        ({"headers": [("a", b"1")]}, "the header [a] must be text but is [bytes]"),
        ({"headers": {b"a": "1"}}, "the name of a header must be text but is [bytes]"),
        ({"form": [("a", "1")]}, "form must be a mapping but is [list]"),
        ({"form": {"a": 1}}, "the field [a] must be text or a list of texts but is [int]"),
        ({"form": {"a": ["1", None]}}, "the field [a] must be text or a list of texts but is [NoneType]"),
        ({"form": {1: "1"}}, "the name of a field must be text but is [int]"),
        ({"files": [("a", UploadedFile())]}, "files must be a mapping but is [list]"),
        ({"files": {1: UploadedFile()}}, "the name of a field must be text but is [int]"),
        ({"files": {"a": b"content"}}, "the file [a] must be an UploadedFile, (filename, content)"),
        ({"files": {"a": ("b.txt", "text")}}, "the content is bytes"),
        ({"files": {"a": ("b.txt", 5)}}, "the content is bytes"),
        ({"files": {"a": ("b.txt", b"", None)}}, "the file [a] must be an UploadedFile"),
        ({"files": {"a": [UploadedFile(), "b.txt"]}}, "the file [a] must be an UploadedFile"),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["post", "delete"])
def test_what_cannot_be_sent_is_said_at_once(method, options, text):
    with pytest.raises(TypeError, match=re.escape(text)):
        getattr(client_of(), method)("/a", **options)


def test_an_option_that_is_unknown_is_refused():
    with pytest.raises(TypeError, match="jsno"):
        client_of().post("/a", jsno={})


@pytest.mark.parametrize("url", [b"/a", None, 1])
def test_a_url_that_is_no_text_is_refused(url):
    with pytest.raises(TypeError, match="url must be text"):
        client_of().get(url)


@pytest.mark.parametrize("url", ["http://localhost/a", "HTTPS://a", "x-y://a/"])
def test_a_url_with_a_scheme_is_refused(url):
    with pytest.raises(ValueError, match="url must be a path"):
        client_of().get(url)


@pytest.mark.parametrize("url", ["a", "", "a:b", "?a", "api/a?b=/", " /a"])
def test_a_url_without_a_slash_is_refused(url):
    with pytest.raises(ValueError, match="url must begin with a slash: it is a path"):
        client_of().get(url)


def test_headers_may_be_any_pairs():
    pairs = (pair for pair in (["x-a", "1"], ("x-a", "2")))

    assert {"x-a": "1, 2"} == client_of().get("/a", headers=pairs).json()[2]


@pytest.mark.parametrize("url", ["*", "//a", "/http://a", "/a/../a", "/%zz"])
def test_an_odd_url_is_sent_as_it_is(url):
    assert 404 == client_of().get(url).status


@pytest.mark.parametrize("router", [None, lambda environ, start_response: [], Router])
def test_what_is_no_router_is_refused(router):
    with pytest.raises(TypeError, match="router must be a Router"):
        TestClient(router)


@pytest.mark.parametrize("version", ["lates", "latest", "", "v1", "2023-10", "newest "])
def test_a_version_that_none_can_be_is_refused(version):
    with pytest.raises(ValueError, match='version must be "newest", "oldest"'):
        TestClient(Router(), version)


def test_a_version_that_is_no_text_is_refused():
    with pytest.raises(TypeError, match=re.escape("version must be text but is [int]")):
        TestClient(Router(), version=1)


# Forms


def uploads():
    """A router that takes forms of both sorts, and gives back what came."""

    def show(value):
        if isinstance(value, UploadedFile):
            return [value.filename, value.content_type, value.decode("latin-1")]
        return [show(one) for one in value] if isinstance(value, list) else value

    def handler(context, request, response):
        fields = {} if request.body is MISSING else request.body
        return response.ok(body={name: show(value) for name, value in fields.items()})

    router = Router()
    accepts = ["multipart/form-data", "application/x-www-form-urlencoded"]
    for method in ("post", "put", "patch", "delete"):
        declare = getattr(router, method)
        declare(
            "/a", validate={"body": lambda body: {"value": body}}, options={"body": {"accepts": accepts}}
        )(handler)
    return router


NAMES = ["a", "", "é", "a b", "a&b=c", 'q"q', "per%cent", "semi;colon", "back\\slash", "'", "+"]


@pytest.mark.parametrize("files", [None, {}])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("x", "x"),
        ("", ""),
        ("é &=+%\n\r\n", "é &=+%\n\r\n"),
        (["1", "2"], ["1", "2"]),
        (("1", "2"), ["1", "2"]),
        (["1"], "1"),
    ],
)
def test_a_form_arrives_in_either_encoding(name, given, seen, files):
    answer = TestClient(uploads()).post("/a", form={name: given, "other": "y"}, files=files)

    assert {name: seen, "other": "y"} == answer.json()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_each_method_sends_forms(method):
    send = getattr(TestClient(uploads()), method)

    assert {"a": "1"} == send("/a", form={"a": "1"}).json()
    assert {"a": ["b", "c/d", "e"]} == send("/a", files={"a": ("b", b"e", "c/d")}).json()


OCTETS = "application/octet-stream"


@pytest.mark.parametrize("filename", [name for name in NAMES if name] + ["../../etc/passwd"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"\r\n", b"--", b"--form-boundary-00000000--\r\n"])
def test_a_file_arrives_as_it_is(filename, content):
    file = UploadedFile(content, filename, "image/png")
    text = content.decode("latin-1")
    client = TestClient(uploads())

    for given in (file, [file], (filename, content, "image/png")):
        assert {"f": [filename, "image/png", text]} == client.post("/a", files={"f": given}).json()
    assert {"f": [filename, OCTETS, text]} == client.post("/a", files={"f": (filename, content)}).json()


def test_a_file_without_name_and_content_is_the_one_that_was_not_chosen():
    assert {"a": "1"} == TestClient(uploads()).post("/a", form={"a": "1"}, files={"f": ("", b"")}).json()


def test_several_files_and_fields_arrive_in_their_order():
    files = {"f": [("1", b"x"), UploadedFile(b"y", "2", "text/plain")], "g": ("3", b"z")}
    answer = TestClient(uploads()).post("/a", form={"b": ["1", "2"], "a": "3"}, files=files).json()

    assert {
        "b": ["1", "2"],
        "a": "3",
        "f": [["1", OCTETS, "x"], ["2", "text/plain", "y"]],
        "g": ["3", OCTETS, "z"],
    } == answer
    assert ["b", "a", "f", "g"] == list(answer)


def sent(**options):
    """The body and the content type that the client sends."""
    seen = []
    router = Router()

    @router.post("/a", validate={"headers": s.any(), "body": s.buffer()})
    def handler(context, request, response):
        seen.append((request.body, request.headers["content-type"]))
        return response.ok()

    assert 200 == TestClient(router).post("/a", **options).status
    return seen[0]


def test_a_boundary_is_not_in_what_it_bounds():
    for taken in range(3):
        content = b"".join(b"\r\n--form-boundary-%08d--" % number for number in range(taken))
        body, content_type = sent(files={"f": ("f", content)})
        boundary = content_type.partition("=")[2].encode()

        assert b"form-boundary-%08d" % taken == boundary
        assert (2, content in body) == (body.count(boundary), True)


@pytest.mark.parametrize("where", ["field", "name", "filename", "type"])
def test_a_boundary_is_in_no_text_of_a_form_either(where):
    text = "form-boundary-00000000"
    options = {
        "field": {"form": {"a": text}, "files": {}},
        "name": {"form": {text: "a"}, "files": {}},
        "filename": {"files": {"f": (text, b"")}},
        "type": {"files": {"f": ("f", b"", f"text/{text}")}},
    }
    assert sent(**options[where])[1].endswith("boundary=form-boundary-00000001")


def test_a_form_is_the_same_each_time():
    assert sent(form={"a": "1"}, files={"f": ("f", b"x")}) == sent(form={"a": "1"}, files={"f": ("f", b"x")})


def test_the_type_of_the_caller_wins_for_forms():
    for options in ({"form": {"a": "1"}}, {"files": {}}):
        assert "text/plain" == sent(**options, headers={"Content-Type": "text/plain"})[1]


def test_names_are_escaped_as_browsers_do():
    body, _ = sent(form={'a"\r\nb': "x"}, files={'c"\r\nd': ('e"\r\nf', b"y")})

    assert b'name="a%22%0D%0Ab"\r\n\r\nx\r\n' in body
    assert b'name="c%22%0D%0Ad"; filename="e%22%0D%0Af"\r\n' in body


@pytest.mark.parametrize("content", [b"", b"\r\n--x", bytes(range(256))])
def test_another_parser_reads_the_same(content):
    """That of Werkzeug, which Flask uses."""
    formparser = pytest.importorskip("werkzeug.formparser")
    body, content_type = sent(
        form={'q"é': "é\r\n", "empty": "", "b": ["1", "2"]},
        files={"f": [('n"é.png', content, "image/png"), ("../n", content)]},
    )
    environ = {"wsgi.input": io.BytesIO(body), "CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    _, form, files = formparser.parse_form_data(environ, stream_factory=lambda *_, **__: io.BytesIO())

    assert [('q"é', ["é\r\n"]), ("empty", [""]), ("b", ["1", "2"])] == list(form.lists())
    assert [('n"é.png', "image/png", content), ("../n", OCTETS, content)] == [
        (file.filename, file.content_type, file.read()) for file in files.getlist("f")
    ]


@pytest.mark.parametrize(
    ("headers", "seen"),
    [
        ({"X-A": "1"}, {"x-a": "1"}),
        ([("X-A", "1"), ("x-a", "2")], {"x-a": "1, 2"}),
        ((("X-A", "1"),), {"x-a": "1"}),
        ((pair for pair in [("X-A", "1")]), {"x-a": "1"}),
        ({}, {}),
        ((), {}),
    ],
)
def test_headers_are_a_mapping_or_pairs(headers, seen):
    assert seen == client_of().get("/a", headers=headers).json()[2]


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("/a", {}),
        ("/a?", {}),
        ("/a?q=%20+x", {"q": "  x"}),
        ("/a?q=1&q=2", {"q": ["1", "2"]}),
        ("/a?q=a?b", {"q": "a?b"}),
        ("/a?q=é", {"q": "é"}),
        ("/%61?q=1", {"q": "1"}),
    ],
)
def test_the_url_is_encoded_and_may_have_a_query(url, query):
    assert query == client_of().get(url).json()[1]


def test_an_answer_can_be_looked_at():
    def handler(context, request, response):
        return response.ok(body={"é": 1}, headers={"Set-Cookie": ["a=1", "b=2"], "X-A": "x"})

    answer = client_of(handler).get("/a")
    headers = answer.headers

    assert (200, {"é": 1}, '{"é":1}', '{"é":1}'.encode()) == (
        answer.status,
        answer.json(),
        answer.text,
        answer.body,
    )
    assert ("x", "x", "a=1, b=2") == (headers["x-a"], headers["X-A"], headers["set-cookie"])
    assert (["a=1", "b=2"], []) == (headers.get_all("Set-Cookie"), headers.get_all("none"))
    assert ("X-a" in headers, "none" in headers, headers.get("none", "else")) == (True, False, "else")
    assert {"content-type", "content-length", "x-a", "set-cookie"} <= set(headers)
    assert len(set(headers)) == len(headers)
    with pytest.raises(KeyError):
        headers["none"]
    with pytest.raises(ValueError):  # noqa: PT011 - whatever json says
        client_of(lambda _, request, response: response.ok(body="no json")).get("/a").json()


def test_requests_that_no_route_takes_are_answered_too():
    client = client_of(version="newest")

    assert [404, 405, 400] == [
        client.get("/b").status,
        client.request("TRACE", "/a").status,
        client.get("/a?%").status,
    ]


# Versions


def versioned(version=None, access="internal", versions=("9", "10", "2"), **options):
    router = Router(**options)
    route = router.versioned.get("/v", access=access)
    for number in versions:
        route.add_version(number, validate=False, handler=lambda _, q, r: r.ok(body=[q.api_version]))
    router.get("/plain", validate={"headers": s.any()})(lambda _, q, r: r.ok(body=q.headers))
    return TestClient(router, version)


@pytest.mark.parametrize(
    ("version", "served"), [("newest", ["10"]), ("oldest", ["2"]), ("9", ["9"]), ("10", ["10"])]
)
@pytest.mark.parametrize("dev", [True, False])
def test_a_client_asks_for_its_version(version, served, dev):
    assert served == versioned(version, dev=dev).get("/v").json()


@pytest.mark.parametrize(("version", "served"), [("newest", "2025-01-01"), ("oldest", "2023-10-31")])
def test_a_client_asks_for_public_versions_by_date(version, served):
    client = versioned(version, "public", ("2024-06-01", "2025-01-01", "2023-10-31"))

    assert [served] == client.get("/v").json()


def test_a_version_that_the_route_does_not_have_is_asked_for_all_the_same():
    assert 'No version "7" available' in versioned("7").get("/v").json()["message"]


@pytest.mark.parametrize("headers", [{"Elastic-Api-Version": "9"}, [("elastic-api-version", "9")]])
def test_a_request_that_says_its_version_is_sent_as_it_is(headers):
    assert ["9"] == versioned("newest").get("/v", headers=headers).json()


def test_without_a_version_none_is_asked_for():
    assert 'No version "1"' in versioned().get("/v").json()["message"]
    assert 400 == versioned(dev=True).get("/v").status


@pytest.mark.parametrize("version", ["newest", "2", None])
def test_routes_without_versions_are_not_asked_for_one(version):
    assert {} == versioned(version).get("/plain").json()


def test_a_route_without_any_version_is_answered():
    router = Router()
    router.versioned.get("/v", access="public")
    for version in ("newest", "oldest", "1", None):
        assert "No handlers registered" in TestClient(router, version).get("/v").json()["message"]


# Where handlers run


def test_a_plain_handler_may_use_what_the_test_has_opened():
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (x)")

    def handler(context, request, response):
        connection.execute("insert into t values (?)", [request.query["q"]])
        return response.ok(body=list(connection.execute("select x from t")))

    try:
        assert [["1"]] == client_of(handler).get("/a?q=1").json()
    finally:
        connection.close()


def test_a_plain_handler_with_async_hooks_runs_in_the_thread_of_the_test():
    seen = []

    def handler(context, request, response):
        seen.append(threading.current_thread())
        return response.ok(body=iter([b"x"]))

    async def hook(*_):
        await asyncio.sleep(0)

    router = Router(context=hook)
    router.get("/a", validate=False)(handler)
    router.on_pre_handler(hook)
    router.on_response(hook)

    assert b"x" == TestClient(router).get("/a").body
    assert [threading.current_thread()] == seen


USER = contextvars.ContextVar("user", default="nobody")


@pytest.mark.parametrize("asynchronous", [True, False])
def test_context_variables_of_the_test_are_seen(asynchronous):
    def handler(context, request, response):
        return response.ok(body=USER.get())

    async def handler_async(context, request, response):
        return handler(context, request, response)

    def main():
        USER.set("somebody")
        return client_of(handler_async if asynchronous else handler).get("/a").text

    assert "somebody" == contextvars.copy_context().run(main)


def plain(function):
    return function


def made_async(function):
    async def called(*arguments):
        return function(*arguments)

    return called


@pytest.mark.parametrize("entered", [True, False])
@pytest.mark.parametrize("in_loop", [True, False])
@pytest.mark.parametrize(("hook", "handler"), [*itertools.product([plain, made_async], repeat=2)])
def test_what_a_request_sets_is_seen_by_all_of_it_and_by_no_other(hook, handler, in_loop, entered):
    router = Router(context=USER.get)
    router.on_request(hook(lambda request, response: USER.set(USER.get() + "+") and None))
    router.get("/a", validate=False)(handler(lambda user, q, r: r.ok(body=[user, USER.get()])))

    def ask():
        client = TestClient(router)
        with client if entered else contextlib.nullcontext():
            return [client.get("/a").json() for _ in range(2)], USER.get()

    async def ask_in_loop():
        USER.set("ann")
        return ask()

    def main():
        USER.set("ann")
        return asyncio.run(ask_in_loop()) if in_loop else ask()

    assert ([["ann+", "ann+"]] * 2, "ann") == contextvars.copy_context().run(main)


def test_async_code_sees_what_plain_code_has_set_since():
    router, seen = Router(), []

    async def note(request, response):
        seen.append(USER.get())

    def handler(context, request, response):
        USER.set("ann")
        return response.ok()

    router.on_request(note)
    router.on_response(note)
    router.get("/a", validate=False)(handler)
    contextvars.copy_context().run(TestClient(router).get, "/a")

    assert ["nobody", "ann"] == seen


def test_a_client_that_was_left_can_be_left_again_and_asked():
    client = client_of()
    with client:
        client.__exit__(None, None, None)

    assert 200 == client.get("/a").status


def note_loop(loops):
    async def handler(context, request, response):
        loops.append(asyncio.get_running_loop())
        return response.ok(body="ok")

    return handler


def test_each_request_has_a_loop_of_its_own():
    loops = []
    client = client_of(note_loop(loops))

    assert ["ok", "ok"] == [client.get("/a").text for _ in range(2)]
    assert loops[0] is not loops[1]
    assert all(loop.is_closed() for loop in loops)


def test_an_entered_client_has_one_loop_which_is_closed_with_it():
    loops = []
    with client_of(note_loop(loops)) as client:
        assert ["ok", "ok"] == [client.get("/a").text for _ in range(2)]
        assert not loops[0].is_closed()

    assert loops[0] is loops[1]
    assert loops[0].is_closed()
    assert "ok" == client.get("/a").text
    assert loops[2] is not loops[0]


def test_an_entered_client_keeps_what_lives_in_its_loop():
    """Such as a pool of connections, or a task in the background."""

    async def start():
        return asyncio.create_task(asyncio.sleep(60))

    tasks = []

    async def handler(context, request, response):
        if not tasks:
            tasks.append(await start())
        return response.ok(body=[tasks[0].done()])

    with client_of(handler) as client:
        assert [[False], [False]] == [client.get("/a").json() for _ in range(2)]
    assert tasks[0].cancelled()


def test_a_client_that_is_entered_and_not_used_costs_nothing():
    with client_of():
        pass


@pytest.mark.parametrize("entered", [True, False])
@pytest.mark.parametrize("handler", [echo, echo_async])
@pytest.mark.parametrize("hooked", [True, False])
def test_a_client_can_be_used_in_an_async_test(handler, entered, hooked):
    async def hook(*_):
        await asyncio.sleep(0)

    client = client_of(handler)
    if hooked:
        client._router.on_pre_handler(hook)

    async def main():
        if not entered:
            return [client.get("/a?q=1").json() for _ in range(3)]
        with client as same:
            return [same.get("/a?q=1").json() for _ in range(3)]

    assert [["GET", {"q": "1"}, {}]] * 3 == [seen[:3] for seen in asyncio.run(main())]


def test_a_client_that_was_entered_before_can_be_used_in_an_async_test():
    async def main(client):
        return client.get("/a").text

    with client_of(note_loop([])) as client:
        assert "ok" == asyncio.run(main(client))
        assert "ok" == client.get("/a").text


@pytest.mark.parametrize("handler", [echo, echo_async])
def test_a_client_can_be_used_by_threads(handler):
    client, answers = client_of(handler), []
    threads = [threading.Thread(target=lambda: answers.append(client.get("/a").status)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert [200] * 4 == answers


# Streams


def pieces(log):
    try:
        yield b"a"
        yield "b"
    finally:
        log.append("closed")


async def pieces_async(log):
    try:
        yield b"a"
        await asyncio.sleep(0)
        yield "b"
    finally:
        log.append("closed")


def plainly(make):
    return lambda _, request, response: response.ok(body=make())


def awaiting(make):
    async def handler(context, request, response):
        return response.ok(body=make())

    return handler


@pytest.mark.parametrize("entered", [True, False])
@pytest.mark.parametrize("make", [pieces, pieces_async])
@pytest.mark.parametrize("handler", [plainly, awaiting])
def test_streams_are_collected_and_closed(handler, make, entered):
    log = []
    client = client_of(handler(functools.partial(make, log)))
    if entered:
        with client:
            assert b"ab" == client.get("/a").body
    else:
        assert b"ab" == client.get("/a").body
    assert ["closed"] == log


@pytest.mark.parametrize("make", [pieces, pieces_async])
@pytest.mark.parametrize("handler", [plainly, awaiting])
def test_the_stream_for_head_is_not_read(handler, make):
    assert b"" == client_of(handler(functools.partial(make, []))).head("/a").body


@pytest.mark.parametrize("handler", [plainly, awaiting])
def test_a_stream_that_breaks_raises_in_the_test(handler):
    def breaks():
        yield b"a"
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        client_of(handler(breaks)).get("/a")


@pytest.mark.parametrize("handler", [plainly, awaiting])
def test_a_file_is_closed(handler, tmp_path):
    """An open one would be a ResourceWarning, which is an error in these tests."""
    path = tmp_path / "a"
    path.write_bytes(b"content")
    opened = []

    def make():
        opened.append(path.open("rb"))
        return opened[-1]

    client = client_of(handler(make))

    assert (b"content", b"") == (client.get("/a").body, client.head("/a").body)
    assert [True, True] == [file.closed for file in opened]


def test_a_stream_that_a_hook_makes_is_collected():
    router = Router()
    router.get("/a", validate=False)(echo)
    router.on_response(lambda request, response: Response(status=200, body=iter([b"x"])))

    assert b"x" == TestClient(router).get("/a").body


def test_request_streams_are_read_by_either_handler():
    async def reads_async(context, request, response):
        return response.ok(body=await request.body.read())

    def reads(context, request, response):
        return response.ok(body=request.body.read())

    for handler in (reads, reads_async):
        router = Router()
        router.post("/a", validate={"body": s.stream()})(handler)
        answer = TestClient(router).post("/a", body="abc", headers={"content-type": "text/plain"})
        assert b"abc" == answer.body


def test_pytest_does_not_collect_the_client():
    assert TestClient.__test__ is False
