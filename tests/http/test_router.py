import asyncio
import functools
import json
import logging
import subprocess
import sys

import pytest

from kbn_schema import schema
from kbn_schema.http import RequestParts, ResponseParts, Router
from tests.processes import unmeasured

s = schema
GENERIC = "An internal server error occurred. Check the server logs for details."
JSON = ("content-type", "application/json")


def router_of(handler, method="get", path="/a", **options):
    router = Router()
    getattr(router, method)(path, **{"validate": False, **options})(handler)
    return router


def ok(context, request, response):
    return response.ok(body={"method": request.method})


async def ok_async(context, request, response):
    await asyncio.sleep(0)
    return response.ok(body={"method": request.method})


def ask(router, method="GET", path="/a", query=b"", headers=(), body=None):
    return router.handle(RequestParts(method, path, query, headers, body))


def error_of(answer):
    error = json.loads(answer.body)
    assert answer.status == error["statusCode"]
    return error


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_each_method_has_a_decorator_that_leaves_the_handler_as_it_is(method):
    router = Router()
    decorated = getattr(router, method)("/a", validate=False)(ok)

    assert ok is decorated
    assert {"method": method.upper()} == json.loads(ask(router, method.upper()).body)


def test_a_handler_sees_its_request():
    seen = []

    def handler(context, request, response):
        seen.append(request)
        return response.no_content()

    validate = {part: s.any() for part in ("params", "query", "body")}
    router = router_of(handler, "post", "/a/{id}", validate=validate)
    raw = object()
    router.handle(RequestParts("POST", "/a/x%20y", b"q=1", [JSON], b"[1]", raw))

    (request,) = seen
    assert ({"id": "x y"}, {"q": "1"}, [1]) == (request.params, request.query, request.body)
    assert ("POST", "/a/x%20y", {}) == (request.method, request.path, request.headers)
    assert router.routes[0] is request.route
    assert raw is request.unstable_raw_request()


def test_a_request_shows_nothing_that_was_sent():
    seen = []
    router = router_of(
        lambda context, request, response: seen.append(repr(request)),
        path="/a/{id}",
        validate={"params": s.any()},
    )
    ask(router, path="/a/secret")

    assert ["Request(GET /a/{id})"] == seen


def test_a_route_keeps_what_was_declared():
    router = router_of(
        ok,
        access="public",
        summary="One",
        description="More",
        tags=["t"],
        deprecated=True,
        options={"timeout": {"payload": 1}},
    )
    (route,) = router.routes

    assert ("GET", "/a", "public", "One", "More", ("t",), True) == (
        route.method,
        route.path,
        route.access,
        route.summary,
        route.description,
        route.tags,
        route.deprecated,
    )
    assert {"timeout": {"payload": 1}} == dict(route.options)


def test_a_route_is_immutable():
    body = {"max_bytes": 1}
    route = router_of(ok, "post", options={"body": body}).routes[0]
    body["max_bytes"] = "x"

    assert 1 == route.max_bytes

    with pytest.raises(AttributeError):
        route.path = "/b"
    with pytest.raises(TypeError):
        route.options["a"] = 1
    with pytest.raises(TypeError):
        route.options["body"]["max_bytes"] = 2


@pytest.mark.parametrize(
    ("base", "path", "full"),
    [("", "/a", "/a"), ("/api", "/a", "/api/a"), ("/api/", "/a", "/api/a"), ("/", "/a", "/a")],
)
def test_the_base_path_stands_in_front_without_a_doubled_slash(base, path, full):
    router = Router(base)
    router.get(path, validate=False)(ok)

    assert full == router.routes[0].path
    assert 200 == ask(router, path=full).status


def test_a_path_may_have_a_handler_for_each_method():
    router = router_of(ok)
    router.post("/a", validate=False)(ok)

    assert [200, 200] == [ask(router, "GET").status, ask(router, "POST").status]


def test_the_more_specific_path_does_not_hide_another_method():
    router = router_of(ok, "get", "/a/b")
    router.post("/a/{id}", validate=False)(ok)

    assert 200 == ask(router, "POST", "/a/b").status


@pytest.mark.parametrize("path", ["/", "/b", "/a/", "/a/b", "", "*", "//a", "/%zz"])
def test_an_unknown_path_is_404_in_the_format_of_errors(path):
    answer = ask(router_of(ok), path=path)

    assert {"statusCode": 404, "error": "Not Found", "message": "Not Found"} == error_of(answer)


@pytest.mark.parametrize("method", ["POST", "PUT", "TRACE", "CONNECT", "get", "", "X\r\n"])
def test_another_method_is_405_and_says_which_are_allowed(method):
    answer = ask(router_of(ok), method)

    assert 405 == error_of(answer)["statusCode"]
    assert "GET, HEAD, OPTIONS" == dict(answer.headers)["allow"]


def test_options_is_answered_without_validation():
    router = router_of(ok, "post", "/a/{id}", validate={"params": s.never(), "body": s.never()})
    answer = ask(router, "OPTIONS", "/a/%zz", b"%zz", [("content-type", "x")], b"x")

    assert (204, b"", "OPTIONS, POST") == (answer.status, answer.body, dict(answer.headers)["allow"])


def test_head_is_get_without_the_body():
    get, head = (
        ask(router_of(lambda context, request, response: response.ok(body=[1])), m) for m in ("GET", "HEAD")
    )

    assert (get.status, get.headers, b"") == (head.status, head.headers, head.body)


VALIDATED = {
    "params": s.object({"id": s.number()}),
    "query": s.object({"q": s.maybe(s.array_of(s.number()))}),
    "body": s.object({"b": s.number()}),
}


@pytest.mark.parametrize(
    ("status", "message", "request_"),
    [
        (400, "[request params.id]: expected value of type [number] but got [string]", {"path": "/a/x"}),
        (400, "[request params]: malformed percent-encoding", {"path": "/a/%zz"}),
        (400, "[request params]: a segment [.] or [..] is not allowed", {"path": "/a/%2e%2e"}),
        (400, "[request params.id]: expected value of type [number] but got [string]", {"path": "/a/%D9%A1"}),
        (400, "[request query]: expected valid UTF-8", {"query": b"q=%ff"}),
        (400, "[request query.q.0]: expected value of type [number] but got [string]", {"query": b"q=x"}),
        (
            400,
            "[request query.z]: Additional properties are not allowed ('z' was unexpected)",
            {"query": b"z=1"},
        ),
        (400, "[request body.b]: expected value of type [number] but got [undefined]", {"body": None}),
        (400, "[request body]: expected a plain object value, but found [null] instead.", {"body": b"null"}),
        (400, "[request body]: expected a plain object value, but found [Array] instead.", {"body": b"[]"}),
        (400, "Invalid request payload JSON format", {"body": b"{"}),
        (415, "expected a request body of media type [application/json]", {"headers": []}),
        (413, "the request body must not exceed [1048576] bytes", {"body": b" " * 1_048_577}),
    ],
)
def test_a_bad_request_does_not_reach_its_handler(status, message, request_):
    router = router_of(lambda *_: pytest.fail("called"), "post", "/a/{id}", validate=VALIDATED)
    answer = ask(router, "POST", **{"path": "/a/1", "headers": [JSON], "body": b'{"b": 1}', **request_})

    assert (status, message) == (answer.status, error_of(answer)["message"])
    assert "nosniff" == dict(answer.headers)["x-content-type-options"]
    assert "application/json; charset=utf-8" == dict(answer.headers)["content-type"]


def test_all_issues_are_in_the_answer():
    router = router_of(ok, "post", "/a/{id}", validate=VALIDATED)
    answer = ask(router, "POST", "/a/x", b"q=y&z=1", [JSON], b'{"b": "c"}')

    assert {
        "statusCode": 400,
        "error": "Bad Request",
        "message": "[request params.id]: expected value of type [number] but got [string]",
        "attributes": {
            "issues": [
                {
                    "path": path,
                    "code": "type",
                    "message": "expected value of type [number] but got [string]",
                    "params": {"expected": "number", "got": "string"},
                }
                for path in (["params", "id"], ["query", "q", 0])
            ]
            + [
                {
                    "path": ["query", "z"],
                    "code": "unknown_key",
                    "message": "Additional properties are not allowed ('z' was unexpected)",
                    "params": {"key": "z"},
                },
                {
                    "path": ["body", "b"],
                    "code": "type",
                    "message": "expected value of type [number] but got [string]",
                    "params": {"expected": "number", "got": "string"},
                },
            ]
        },
    } == error_of(answer)


def test_an_answer_to_a_bad_request_is_at_most_8_kb():
    router = router_of(ok, "post", validate={"body": s.object({})})
    body = json.dumps({"é\n" * 40 + str(n): 1 for n in range(1000)}).encode()
    answer = ask(router, "POST", headers=[JSON], body=body)

    assert 2000 < len(answer.body) <= 8192
    assert error_of(answer)["attributes"]["omitted"] > 0


def test_markup_in_a_key_is_only_text():
    router = router_of(ok, validate={"query": s.object({})})
    answer = ask(router, query=b"%3Cscript%3E=1")

    assert "application/json; charset=utf-8" == dict(answer.headers)["content-type"]


def test_a_body_that_no_schema_asks_for_is_ignored():
    assert (
        200
        == ask(router_of(ok), body=b"\xff{", headers=[("content-type", "x"), ("content-type", "y")]).status
    )


def test_a_body_over_the_limit_is_413_also_where_it_is_ignored():
    router = Router(max_body_bytes=4)
    router.get("/a", validate=False)(ok)

    assert [200, 413] == [ask(router, body=b"1234").status, ask(router, body=b"12345").status]


def test_the_reserved_field_of_a_query_is_taken_away():
    router = router_of(ok, validate={"query": s.object({})})

    assert 200 == ask(router, query=b"elasticInternalOrigin=true").status


def fail_with(error):
    def handler(context, request, response):
        raise error

    return handler


def fail_validation(context, request, response):
    s.number().validate("secret")


@pytest.mark.parametrize(
    ("handler", "detail"),
    [
        (fail_with(ValueError("secret")), "secret"),
        (fail_with(LookupError()), "LookupError"),
        (fail_validation, "expected value of type [number] but got [string]"),
        (
            lambda context, request, response: None,
            "expected the handler to return a response but got [NoneType]",
        ),
        (
            lambda context, request, response: {"a": 1},
            "expected the handler to return a response but got [dict]: "
            "return response.ok(body=...), or another of its answers",
        ),
        (lambda context, request, response: response.ok(body={1}), "cannot be serialised"),
        (lambda context, request, response: response.ok(body=float("nan")), "cannot be serialised"),
        (
            lambda context, request, response: response.ok(headers={"a": "\r\n"}),
            "the header [a] must be text",
        ),
        (lambda context, request, response: response.redirected(), "expected 'location' header to be set"),
        (lambda context, request, response: response.custom_error(status_code=200), "from 400 to 599"),
    ],
)
def test_what_goes_wrong_in_a_handler_is_for_the_log_only(handler, detail, caplog):
    with caplog.at_level(logging.ERROR, "kbn_schema.http"):
        answer = ask(router_of(handler))

    assert {"statusCode": 500, "error": "Internal Server Error", "message": GENERIC} == error_of(answer)
    assert [("kbn_schema.http", "500 Server Error: GET /a")] == [
        (r.name, r.getMessage()) for r in caplog.records
    ]
    assert detail in caplog.text


class Broken:
    def validate(self, value, context=None, namespace=None):
        raise ZeroDivisionError("secret")


def test_what_goes_wrong_in_a_foreign_schema_is_for_the_log_only(caplog):
    answer = ask(router_of(ok, validate={"query": Broken()}))

    assert (500, GENERIC) == (answer.status, error_of(answer)["message"])
    assert "500 Server Error: GET /a" in caplog.text
    assert "secret" in caplog.text


def test_an_error_that_a_handler_means_is_sent_and_not_logged(caplog):
    answer = ask(
        router_of(lambda context, request, response: response.custom_error(status_code=503, body="later"))
    )

    assert (503, "later", []) == (answer.status, error_of(answer)["message"], caplog.records)


def test_what_stops_the_process_is_not_caught():
    with pytest.raises(KeyboardInterrupt):
        ask(router_of(fail_with(KeyboardInterrupt())))


def run(coroutine):
    return asyncio.run(coroutine)


class AsyncHandler:
    async def __call__(self, context, request, response):
        return await ok_async(context, request, response)


@pytest.mark.parametrize("handler", [ok, ok_async, functools.partial(ok_async), AsyncHandler()])
def test_handle_async_takes_both_sorts_of_handlers(handler):
    answer = run(router_of(handler).handle_async(RequestParts("GET", "/a")))

    assert (200, {"method": "GET"}) == (answer.status, json.loads(answer.body))


@pytest.mark.parametrize("handler", [ok_async, functools.partial(ok_async), AsyncHandler()])
def test_handle_refuses_an_async_handler(handler):
    with pytest.raises(TypeError, match=r"the handler of \[get\] \[/a\] is async: use a plain function"):
        ask(router_of(handler))


class Awaitable:
    def __await__(self):
        yield


@pytest.mark.parametrize("handler", [lambda *arguments: ok_async(*arguments), lambda *_: Awaitable()])
def test_a_handler_that_turns_out_to_be_async_is_a_500_with_the_reason_in_the_log(handler, caplog, recwarn):
    answer = ask(router_of(handler))

    assert (500, GENERIC) == (answer.status, error_of(answer)["message"])
    assert "an async function was called: use handle_async" in caplog.text
    assert "500 Server Error: GET /a" in caplog.text
    assert [] == recwarn.list


async def fail_async(context, request, response):
    raise ValueError("secret")


@pytest.mark.parametrize(
    ("handler", "parts"),
    [
        (fail_async, RequestParts("GET", "/a")),
        (ok_async, RequestParts("GET", "/b")),
        (ok_async, RequestParts("POST", "/a")),
        (ok_async, RequestParts("OPTIONS", "/a")),
    ],
)
def test_handle_async_answers_what_handle_does(handler, parts):
    error = fail_with(ValueError("secret")) if handler is fail_async else ok

    assert router_of(error).handle(parts) == run(router_of(handler).handle_async(parts))


def test_a_cancelled_request_stays_cancelled():
    async def cancelled(context, request, response):
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run(router_of(cancelled).handle_async(RequestParts("GET", "/a")))


def test_interleaved_requests_are_not_mixed():
    async def echo(context, request, response):
        context["id"] = request.params["id"]
        await asyncio.sleep(0)
        return response.ok(body=[context["id"], request.query["q"]])

    router = router_of(echo, path="/a/{id}", validate={"params": s.any(), "query": s.any()})

    async def many():
        requests = [RequestParts("GET", f"/a/{n}", f"q={n}".encode()) for n in range(200)]
        return await asyncio.gather(*map(router.handle_async, requests))

    assert [[str(n), str(n)] for n in range(200)] == [json.loads(answer.body) for answer in run(many())]


def test_refuse_async_holds_for_what_is_declared_later():
    router = router_of(ok)
    router.refuse_async()

    with pytest.raises(TypeError, match=r"\[post\] \[/a\] is async"):
        router.post("/a", validate=False)(ok_async)
    assert 1 == len(router.routes)


def test_an_answer_is_three_plain_values():
    answer = ask(router_of(ok))

    assert isinstance(answer, ResponseParts)
    assert (int, tuple, bytes) == (type(answer.status), type(answer.headers), type(answer.body))


def test_a_router_that_is_compiled_leaves_nothing_to_be_imported():
    program = (
        "import sys; from kbn_schema import late; from kbn_schema.http import Router; "
        "before = set(late.MODULES) <= set(sys.modules); Router().compile(); "
        "print(before, set(late.MODULES) <= set(sys.modules))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=unmeasured())

    assert "False True" == done.stdout.strip()
