"""A client that knows the router compares what it sends, and what it receives, with what that declares."""

import io
import json
import logging

import pytest

from kbn_schema import schema
from kbn_schema.http import RequestParts, Router
from kbn_schema.http.client import ContractError, HttpFetchError, RequestContractError, ResponseContractError

s = schema
ITEM = s.object({"n": s.integer(), "name": s.maybe(s.string(max_length=3))})


def unused(context, request, response):
    raise AssertionError("the server is another one")


def make_router(handler=unused, **options):
    router = Router("/api", max_body_bytes=1000, **options)
    item = {
        "request": {
            "params": s.object({"id": s.string(max_length=5)}),
            "query": s.object({"deep": s.boolean(default=False)}),
            "headers": s.object({"x-one": s.maybe(s.integer())}),
            "body": ITEM,
        },
        "response": {
            200: {"body": s.object({"n": s.integer()})},
            204: {},
            409: {"body": s.object({"why": s.string()})},
        },
    }
    router.post("/items/{id}", validate=item)(handler)
    router.get("/plain", validate=False)(handler)
    router.put("/file", validate={"body": s.buffer()})(handler)
    router.put("/stream", validate={"body": s.stream()})(handler)
    router.put("/rule", validate={"body": lambda data, ok, bad_request: bad_request("never", ["a"])})(handler)
    versioned = router.versioned.get("/versioned", access="public")
    for version in ("2023-10-31", "2024-10-31"):
        versioned.add_version(version, validate={"query": s.object({"v": s.maybe(s.literal(version))})})(
            handler
        )

    @router.on_request
    def refuse(request, response):
        return response.unauthorized()

    return router


def tried(calling, answer=None, check="raise", router=None, **options):
    client = calling.client(answer, check=check, router=router or make_router())
    return calling.ask(client.fetch, **options)


def post(calling, answer=None, check="raise", **options):
    given = {"path": "/api/items/1", "method": "POST", "body": {"n": 1}, **options}
    return tried(calling, answer, check, **given)


def test_what_fits_is_sent_and_received(calling):
    assert {"n": 2} == post(calling, calling.answer({"n": 2}), query={"deep": True}, headers={"x-one": 1})


BAD_REQUESTS = {
    "body": {"body": {"n": "x"}},
    "everything": {
        "path": "/api/items/toolong",
        "query": {"deep": "maybe", "z": 1},
        "headers": {"x-one": "one"},
        "body": {"n": "x", "name": "four"},
    },
    "no body": {"body": None},
    "malformed JSON": {"body": '{"n": 1'},
    "twice": {"body": '{"n": 1, "n": 2}'},
    "too large": {"body": {"n": 1, "name": "x" * 2000}},
    "too short": {"headers": {"content-length": "20"}},
    "media type": {"headers": {"content-type": "text/plain"}},
    "no media type": {"headers": {"content-type": None}},
    "coding": {"headers": {"content-encoding": "gzip"}},
    "bad parameter": {"path": "/api/items/%ff"},
    "query twice": {"query": {"deep": [True, False]}},
    "nowhere": {"path": "/nowhere"},
    "not below the base path": {"path": "/items/1"},
    "trailing slash": {"path": "/api/items/1/"},
    "method": {"method": "DELETE"},
    "get": {"method": "GET", "body": None},
    "unknown version": {"path": "/api/versioned", "method": "GET", "version": "2025-01-01", "body": None},
    "malformed version": {"path": "/api/versioned", "method": "GET", "version": "7", "body": None},
    "wrong for its version": {
        "path": "/api/versioned",
        "method": "GET",
        "version": "2024-10-31",
        "query": {"v": "2023-10-31"},
        "body": None,
    },
    "function rule": {"path": "/api/rule", "method": "PUT"},
}


def served(request):
    """What the router answers to the *request* itself, without its hook."""
    router = make_router()
    router._lifecycle.on_request.clear()
    headers = [(name, value) for name, value in request.headers.items()]
    path, _, query = request.url.raw_path.decode().partition("?")
    body = request.content or None
    answer = router.handle(
        RequestParts(request.method, path.removeprefix("/myBase"), query.encode(), headers, body)
    )
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_what_the_server_would_refuse_is_not_sent(calling, name, caplog):
    """The same status, the same message and the same issues, and nobody's hook is asked."""
    options = {"path": "/api/items/1", "method": "POST", "body": {"n": 1}, **BAD_REQUESTS[name]}
    with pytest.raises(RequestContractError) as error:
        tried(calling, **options)
    assert [] == calling.sent
    assert [] == [record for record in caplog.records if record.levelno > logging.INFO]

    tried(calling, check="off", **options)
    status, body = served(calling.sent[0])
    issues = body.get("attributes", {}).get("issues", [])
    assert (status, issues) == (error.value.status, error.value.issues)
    assert error.value.message.startswith(body["message"])
    assert isinstance(error.value, ContractError)


def test_all_problems_are_told(calling):
    with pytest.raises(RequestContractError) as error:
        tried(calling, **{"method": "POST", **BAD_REQUESTS["everything"]})

    first, *problems = str(error.value).splitlines()
    assert "POST /api/items/{id}: the server would answer with 400:" == first
    assert [
        "[request params.id]",
        "[request query.deep]",
        "[request query.z]",
        "[request headers.x-one]",
        "[request body.n]",
        "[request body.name]",
    ] == [problem.partition(":")[0] for problem in problems]
    assert "toolong" not in str(error.value)
    assert "maybe" not in str(error.value)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"path": "/nowhere"}, "404:\nNot Found: the router has no such path"),
        ({"path": "/api/items/1"}, "405:\nMethod Not Allowed: the path has OPTIONS, POST"),
        ({"path": "/api/versioned", "version": "1"}, "400:\nInvalid version."),
    ],
)
def test_a_missing_route_is_told(calling, options, text):
    with pytest.raises(RequestContractError) as error:
        tried(calling, **options)

    assert str(error.value).startswith(f"GET {options['path']}: the server would answer with {text}")


@pytest.mark.parametrize(
    "options",
    [
        {"path": "/api/plain"},
        {"path": "/api/plain", "method": "HEAD"},
        {"path": "/api/plain", "method": "OPTIONS"},
        {"path": "/api/versioned"},
        {"path": "/api/versioned", "version": "2024-10-31", "query": {"v": "2024-10-31"}},
        {"path": "/api/file", "method": "PUT", "body": b"x", "headers": {"content-type": "image/png"}},
        {"path": "/api/plain", "prepend_base_path": False},
    ],
)
def test_what_the_server_would_take_is_sent(calling, options):
    tried(calling, **options)

    assert 1 == len(calling.sent)


@pytest.mark.parametrize("path", ["/api/file", "/api/stream"])
def test_of_a_stream_all_but_what_it_will_be_is_compared(calling, path):
    tried(calling, path=path, method="PUT", body=io.BytesIO(b"x"))
    with pytest.raises(RequestContractError) as error:
        tried(calling, path=path, method="PUT", body=io.BytesIO(b"x"), headers={"content-encoding": "gzip"})

    assert (415, 1) == (error.value.status, len(calling.sent))


def test_a_stream_for_a_json_body_is_judged_by_its_head(calling):
    post(calling, calling.answer({"n": 1}), body=io.BytesIO(b"whatever"))
    with pytest.raises(RequestContractError) as error:
        post(calling, body=io.BytesIO(b"x"), headers={"content-type": "text/plain"})
    assert 415 == error.value.status
    with pytest.raises(RequestContractError) as error:
        post(calling, body=io.BytesIO(b"x"), query={"deep": "x"})
    assert [["query", "deep"]] == [issue["path"] for issue in error.value.issues]


def test_what_interceptors_make_of_it_is_compared(calling):
    client = calling.client(calling.answer({"n": 1}), router=make_router())
    client.intercept(request=lambda options: {"body": {"n": 1}})

    assert {"n": 1} == calling.ask(client.post, "/api/items/1", body={"n": "x"})


def formatted(status, error="Conflict"):
    return {"statusCode": status, "error": error, "message": "secret"}


ITEM_TYPE = "[response body.n]: expected value of type [integer]"


@pytest.mark.parametrize(
    ("body", "status", "content_type", "reason"),
    [
        ({"n": "secret"}, 200, "application/json", f"{ITEM_TYPE} but got [string]"),
        ({"n": 1, "z": 2}, 200, "application/json", "Additional properties are not allowed"),
        (None, 200, "application/json", f"{ITEM_TYPE} but got [undefined]"),
        (b"secret", 200, "text/plain", "[response body]"),
        (b"secret", 200, "application/zip", "[response body]"),
        ({"n": 1}, 201, "application/json", "status code [201]"),
        (None, 205, "application/json", "status code [205]"),
        (None, 299, "application/json", "status code [299]"),
        ({"because": "secret"}, 409, "application/json", "[response body.why]"),
        (formatted(400), 409, "application/json", "[response body"),
        (formatted(409, error=1), 409, "application/json", "[response body"),
    ],
)
def test_an_answer_that_was_not_declared_is_told(calling, body, status, content_type, reason):
    answer = calling.answer(body, status, content_type)
    with pytest.raises(ResponseContractError) as error:
        post(calling, answer)

    assert str(error.value).startswith("POST /api/items/{id}: Failed output validation: ")
    assert reason in str(error.value)
    assert "secret" not in str(error.value)
    assert (answer.status_code, calling.sent[0]) == (error.value.response.status_code, error.value.request)
    assert error.value.response.is_closed
    assert isinstance(error.value, ContractError)
    assert (None, None) == (error.value.__cause__, error.value.__context__)


def test_the_body_of_a_bad_answer_is_kept(calling):
    with pytest.raises(ResponseContractError) as error:
        post(calling, calling.answer({"n": "x"}))

    assert {"n": "x"} == error.value.body == error.value.response.json()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (409, {"why": "x"}),
        (409, {"statusCode": 409, "error": "Conflict", "message": "x", "attributes": {}}),
        (400, {"statusCode": 400, "error": "Bad Request", "message": "x"}),
        (404, {"anything": 1}),
        (502, None),
        (300, None),
        (302, None),
    ],
)
def test_other_errors_are_errors(calling, status, body):
    with pytest.raises(HttpFetchError) as error:
        post(calling, calling.answer(body, status))

    assert (status, body) == (error.value.status, error.value.body)


@pytest.mark.parametrize("body", [b"<html>", b"{"])
def test_an_error_that_cannot_be_read_is_an_error(calling, body):
    with pytest.raises(HttpFetchError, match="Conflict"):
        post(calling, calling.answer(body, 409))


def test_a_declared_answer_without_a_body_passes(calling):
    assert post(calling, calling.answer(status=204)) is None


def test_a_raw_answer_is_judged_by_its_status(calling):
    answer = post(calling, calling.answer({"n": "x"}), as_response=True, raw_response=True)
    with pytest.raises(ResponseContractError) as error:
        post(calling, calling.answer({"n": 1}, 201), as_response=True, raw_response=True)

    assert answer.body is None
    assert error.value.response.is_closed


def test_a_route_that_declares_no_answers_may_give_any(calling):
    assert [1] == tried(calling, calling.answer([1], 201), path="/api/plain")


def handed_out(kind, media_type, content, calling, head=False):
    router = Router()
    block = {"request": {}, "response": {200: {"body": kind}}}
    router.get("/", validate=block)(unused)
    answer = calling.answer(content, content_type=media_type)
    client = calling.client(answer, router=router)
    return calling.ask(client.head if head else client.get, "/")


@pytest.mark.parametrize(
    ("kind", "media_type", "content"),
    [
        (s.string(), "text/plain", b"5"),
        (s.string(), "text/plain; charset=utf-8", "é".encode()),
        (s.string(), "application/json", b'"a"'),
        (s.integer(), "application/json", b"5"),
        (s.buffer(), "application/octet-stream", b"5"),
        (s.buffer(), "text/csv", b"a,b"),
        (s.buffer(), "application/json", b"{}"),
        (s.stream(), "application/octet-stream", b"5"),
        (s.maybe(s.string()), "text/plain", b""),
        (s.string(), "text/plain", b""),
        (s.string(), "text/plain; charset=utf-8", b""),
        (s.buffer(), "application/octet-stream", b""),
        (s.maybe(s.buffer()), "text/csv", b"a,b"),
        (s.any(), "text/plain", b"5"),
        (lambda: s.object({"day": s.date()}), "application/json", b'{"day": "2026-01-02"}'),
        ({"custom": lambda data, ok: ok(data)}, "application/json", b"1"),
    ],
)
def test_a_body_is_compared_as_the_handler_gave_it(calling, kind, media_type, content):
    """Text is text, bytes are bytes, whatever the result of the call is."""
    handed_out(kind, media_type, content, calling)


@pytest.mark.parametrize(
    ("kind", "media_type", "content"),
    [
        (s.string(), "application/json", b"5"),
        (s.literal(5), "text/plain", b"5"),
        (s.string(), "application/octet-stream", b"a"),
        ({"custom": lambda data, bad_request: bad_request("never")}, "application/json", b"1"),
    ],
)
def test_what_the_handler_cannot_have_given_is_told(calling, kind, media_type, content):
    with pytest.raises(ResponseContractError):
        handed_out(kind, media_type, content, calling)
    assert handed_out(kind, media_type, b"", calling, head=True) is None


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"x-total": "5"}, None),
        ({"x-total": "many"}, "[response headers.x-total]"),
        ({}, "[response headers"),
    ],
)
def test_the_headers_of_an_answer_are_compared(calling, headers, reason):
    router = Router()
    headed = {200: {"headers": s.object({"x-total": s.integer()}), "body": s.integer()}}
    router.get("/headed", validate={"request": {}, "response": headed})(unused)
    answer = calling.answer(1, **headers)
    if reason is None:
        assert 1 == tried(calling, answer, router=router, path="/headed")
        return
    with pytest.raises(ResponseContractError) as error:
        tried(calling, answer, router=router, path="/headed")

    assert reason in str(error.value)


def test_a_request_without_the_header_against_forged_ones_is_not_sent(calling):
    router = Router()
    router.post("/guarded", validate=False, options={"xsrf_required": True})(unused)
    with pytest.raises(RequestContractError) as error:
        tried(calling, router=router, path="/guarded", method="POST")

    assert "Request must contain a kbn-xsrf header." in str(error.value)


@pytest.mark.parametrize("redirects", [True, False])
def test_an_answer_from_elsewhere_is_not_compared(calling, redirects):
    def answer(request):
        if request.url.path == "/elsewhere":
            return calling.answer({"other": 1})
        return calling.answer(status=307, location="/elsewhere")

    transport = calling.library.MockTransport(answer)
    http = calling.http(transport=transport, follow_redirects=redirects)
    client = calling.made("http://localhost", http=http, router=make_router())
    if redirects:
        assert {"other": 1} == calling.ask(client.post, "/api/items/1", body={"n": 1})
    else:
        with pytest.raises(HttpFetchError, match="Temporary Redirect"):
            calling.ask(client.post, "/api/items/1", body={"n": 1})


@pytest.mark.parametrize("check", ["log", "off"])
def test_it_may_log_or_do_nothing(calling, caplog, check):
    assert {"n": "x"} == post(calling, calling.answer({"n": "x"}), check, body={"n": "x"})
    assert {} == tried(calling, calling.answer({}), check, path="/nowhere")

    logged = [record for record in caplog.records if record.name.startswith("kbn_schema")]
    assert [("kbn_schema.http.client", "ERROR")] * (3 if check == "log" else 0) == [
        (record.name, record.levelname) for record in logged
    ]
    for record, text in zip(logged, ("[request body.n]", "[response body.n]", "no such path"), strict=False):
        assert text in record.getMessage()


def test_response_error_interceptors_see_it(calling):
    seen = []
    client = calling.client(calling.answer({"n": "x"}), router=make_router())
    client.intercept(response_error=seen.append)
    with pytest.raises(ResponseContractError):
        calling.ask(client.post, "/api/items/1", body={"n": 1})

    assert (ResponseContractError, {"n": "x"}, 200) == (
        type(seen[0].error),
        seen[0].body,
        seen[0].response.status_code,
    )


def test_errors_can_be_pickled(calling):
    import pickle

    for options in ({"body": {"n": "x"}}, {}):
        with pytest.raises(ContractError) as error:
            post(calling, calling.answer({"n": "x"}), **options)
        assert str(error.value) == str(pickle.loads(pickle.dumps(error.value)))


def greet(context, request, response):
    return response.ok(body={"n": request.body["n"]})


async def greet_async(context, request, response):
    return greet(context, request, response)


@pytest.mark.parametrize("handler", [greet, greet_async])
def test_without_a_server_the_router_itself_answers(calling, handler):
    router = Router()
    block = {"request": {"body": ITEM}, "response": {200: {"body": s.object({"n": s.integer()})}}}
    router.post("/a", validate=block)(handler)
    client = calling.made(router=router)

    assert {"n": 1} == calling.ask(client.post, "/a", body={"n": 1})
    with pytest.raises(RequestContractError):
        calling.ask(client.post, "/a", body={"n": "x"})
    off = calling.made(router=router, check="off")
    with pytest.raises(HttpFetchError, match="Bad Request") as error:
        calling.ask(off.post, "/a", body={"n": "x"})
    assert [["body", "n"]] == [issue["path"] for issue in error.value.body["attributes"]["issues"]]


class Pieces:
    """A stream that counts how often it was closed."""

    closed = 0

    def __init__(self):
        self._left = [b"one,", b"two"]

    def __iter__(self):
        return self

    def __next__(self):
        if not self._left:
            raise StopIteration
        return self._left.pop(0)

    def close(self):
        Pieces.closed += 1


def test_a_stream_of_the_router_itself_is_closed(calling):
    Pieces.closed = 0
    router = Router()

    @router.get("/a", validate=False)
    def stream(context, request, response):
        return response.ok(body=Pieces(), headers={"content-type": "text/plain"})

    client = calling.made(router=router)

    assert "one,two" == calling.ask(client.get, "/a")
    raw = calling.ask(client.get, "/a", as_response=True, raw_response=True)
    calling.wait(raw.response.aclose() if calling.is_async else raw.response.close())
    assert 2 == Pieces.closed
