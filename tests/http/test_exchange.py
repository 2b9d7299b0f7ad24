"""What is known of a request before its body is read, and what is not."""

import asyncio
import contextlib
import json

import pytest

from kbn_schema import schema
from kbn_schema.http import Native, RequestParts, Router

s = schema
JSON = ("content-type", "application/json")


def make_router():
    router = Router("/api", max_body_bytes=10)

    @router.get("/a/{id?}", validate=False)
    def get(context, request, response):
        return response.ok(body="got")

    @router.post(
        "/a/{id?}", validate={"body": s.object({"n": s.number()})}, options={"body": {"max_bytes": 8}}
    )
    def post(context, request, response):
        return response.ok(body=request.body)

    return router


def opened(method="POST", path="/api/a", headers=(JSON,), body=None):
    return make_router().open(RequestParts(method, path, b"", headers, body))


@pytest.mark.parametrize(
    ("method", "path", "known", "status"),
    [
        ("GET", "/api/b", False, 404),
        ("GET", "/", False, 404),
        ("OPTIONS", "/api/b", False, 404),
        ("PUT", "/api/a", True, 405),
        ("OPTIONS", "/api/a/1", True, 204),
    ],
)
def test_what_the_path_and_the_method_decide_needs_no_body(method, path, known, status):
    exchange = opened(method, path, [("Content-Length", "x")])
    answer = exchange.answer()

    assert (known, False, status, None) == (exchange.known, exchange.reads, answer.status, exchange.route)
    assert answer == exchange.answer(b"ignored")
    assert answer == asyncio.run(exchange.answer_async(b"ignored"))


def test_a_body_is_not_wanted_where_the_lazy_block_fails():
    router = Router()
    router.post("/a", validate=lambda: 1 / 0)(lambda context, request, response: response.ok())
    exchange = router.open(RequestParts("POST", "/a"))

    assert (False, 500) == (exchange.reads, exchange.answer().status)


@pytest.mark.parametrize(
    ("length", "status"), [("9", 413), ("100000000000", 413), ("9" * 5000, 413), ("-1", 400), ("1, 2", 400)]
)
def test_an_announced_length_is_judged_before_the_body(length, status):
    exchange = opened(headers=[("Content-Length", length)])

    assert (True, False, status) == (exchange.known, exchange.reads, exchange.answer().status)
    assert status == exchange.answer(lambda size: pytest.fail("read")).status


@pytest.mark.parametrize(("method", "limit"), [("GET", 10), ("HEAD", 10), ("POST", 8)])
def test_the_limit_is_that_of_the_route_that_will_be_called(method, limit):
    exchange = opened(method)

    assert (limit, None, method == "POST") == (exchange.limit, exchange.length, exchange.reads)
    assert exchange.known
    assert "/api/a/{id?}" == exchange.route.path


def test_what_has_to_be_awaited_is_known_before_it_is_answered():
    async def look(context, request, response):
        return response.ok()

    router = Router()
    router.get("/plain", validate=False)(lambda context, request, response: response.ok())
    router.get("/async", validate=False)(look)

    async def context_of(request):
        return request

    hooked = Router(context=context_of)

    assert [False, True, False] == [
        router.open(RequestParts("GET", path)).awaits for path in ("/plain", "/async", "/nowhere")
    ]
    assert hooked.open(RequestParts("GET", "/nowhere")).awaits


def test_a_limit_of_zero_counts():
    router = Router(max_body_bytes=10)
    router.post("/", validate=False, options={"body": {"max_bytes": 0}})(lambda *_: None)

    assert 0 == router.open(RequestParts("POST", "/")).limit


def test_an_announced_length_is_told():
    assert 8 == opened(headers=[("Content-Length", "8")]).length


def test_the_body_of_the_head_is_not_looked_at():
    exchange = opened(body=b"x" * 100)

    assert (True, 200) == (exchange.reads, exchange.answer(b'{"n":1}').status)


@pytest.mark.parametrize(
    ("headers", "body", "status", "message"),
    [
        ([JSON], b'{"n":10}', 200, None),
        ([JSON], b'{"n":100}', 413, "the request body must not exceed [8] bytes"),
        (
            [JSON, ("Content-Length", "8")],
            b'{"n":1}',
            400,
            "the request body is shorter than its Content-Length",
        ),
        ([JSON, ("Content-Length", "8")], None, 400, "the request body is shorter than its Content-Length"),
        ([JSON, ("Content-Length", "7")], b'{"n":1}', 200, None),
    ],
)
def test_the_size_of_the_body_is_judged_once_it_is_there(headers, body, status, message):
    answer = opened(headers=headers).answer(body)

    assert (status, message) == (answer.status, json.loads(answer.body).get("message"))


def test_handle_is_open_and_answer():
    router = make_router()
    parts = RequestParts("POST", "/api/a", b"", [JSON], b'{"n":1}')
    answers = [
        router.handle(parts),
        router.open(parts).answer(parts.body),
        asyncio.run(router.handle_async(parts)),
    ]

    assert b'{"n":1}' == answers[0].body
    assert [answers[0]] * 3 == answers


@pytest.mark.parametrize(
    ("arguments", "status", "phrase", "message"),
    [
        ((411,), 411, "Length Required", "Length Required"),
        ((408, "too slow"), 408, "Request Timeout", "too slow"),
    ],
)
def test_an_adapter_can_refuse_what_it_cannot_read(arguments, status, phrase, message):
    answer = opened().refuse(*arguments)

    assert (status, phrase) == (answer.status, answer.phrase)
    assert {"statusCode": status, "error": phrase, "message": message} == json.loads(answer.body)


def test_an_exchange_shows_nothing_that_was_sent():
    assert "secret" not in repr(opened(path="/api/a/secret"))


# What adapters may ask of an exchange


def answers(exchange, body=None):
    return exchange.answer(body), asyncio.run(exchange.answer_async(body))


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/api/a/1", {"id": "1"}),
        ("/api/a", {}),
        ("/api/a/x%20y", {"id": "x y"}),
        ("/api/a/%zz", {}),
        ("/api/b", {}),
    ],
)
def test_the_parameters_are_told_where_they_can_be_decoded(path, params):
    assert params == opened(path=path).params


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        (RequestParts("POST", "/api/a", b"%zz"), "/api/a/{id?}"),
        (RequestParts("POST", "/api/a", headers=[("content-length", "x")]), "/api/a/{id?}"),
        (RequestParts("POST", "/api/a", headers=[("content-length", "9")]), "/api/a/{id?}"),
        (RequestParts("PUT", "/api/a"), None),
        (RequestParts("POST", "/api/b"), None),
    ],
)
def test_the_route_is_told_also_where_the_request_is_refused(parts, path):
    exchange = make_router().open(parts)

    assert path == (exchange.route and exchange.route.path)
    assert not exchange.reads


def test_a_lazy_block_that_fails_wants_no_body_and_is_told_of_in_the_answer(caplog):
    router = Router()
    router.post("/", validate=lambda: {}["missing"])(lambda *_: None)
    exchange = router.open(RequestParts("POST", "/"))

    assert not exchange.reads
    assert [500, 500] == [answer.status for answer in answers(exchange)]
    assert "KeyError: 'missing'" in caplog.text


def test_a_refusal_of_an_adapter_says_the_version():
    router = Router()
    router.versioned.post("/v", access="internal").add_version(
        "1", validate=False, handler=print, deprecated=True
    )
    answer = router.open(RequestParts("POST", "/v")).refuse(411)
    headers = dict(answer.headers)

    assert (411, "1", True) == (answer.status, headers["elastic-api-version"], "warning" in headers)


def opened_in_time(timeout, rule=None):
    router = Router()
    options = {"timeout": timeout}
    router.post("/", validate={"body": rule or s.buffer()}, options=options)(
        lambda _, request, response: response.ok(body=request.body)
    )
    return router.open(RequestParts("POST", "/"))


async def in_a_while(seconds=0.05):
    await asyncio.sleep(seconds)
    return b"x"


@pytest.mark.parametrize("rule", [s.buffer(), s.stream()])
def test_the_first_of_a_body_is_waited_for_as_long_as_the_route_says(rule):
    async def main(timeout, awaitable):
        exchange = opened_in_time(timeout, rule)
        return (await exchange.answer_async(await exchange.in_time(awaitable))).status

    assert 200 == asyncio.run(main({"payload": 2000, "idle_socket": 2000}, in_a_while()))
    assert 408 == asyncio.run(main({"payload": 10, "idle_socket": 10}, in_a_while(2)))


def test_without_a_route_the_first_of_a_body_is_waited_for_too():
    async def main():
        return await Router().open(RequestParts("POST", "/nowhere")).in_time(in_a_while())

    assert b"x" == asyncio.run(main())


class Theirs:
    """An answer of a framework's."""


class TheirError(Exception):
    """An error of a framework's."""


NATIVE = Native(responses=(Theirs,), errors=(TheirError,))


def opened_natively(handler, validate=False, **options):
    router = Router(**options)
    router.get("/", validate=validate)(handler)
    return router, router.open(RequestParts("GET", "/"), native=NATIVE)


def handler_of(handler):
    async def wrapper(*arguments):
        return handler(*arguments)

    return wrapper


@pytest.mark.parametrize("dev", [True, False])
def test_the_answer_of_a_framework_is_handed_on_untouched(dev):
    theirs = Theirs()
    block = {"response": {200: {"body": s.never()}}}
    _, exchange = opened_natively(lambda *_: theirs, block, dev=dev)
    _, exchange_async = opened_natively(handler_of(lambda *_: theirs), block, dev=dev)

    assert theirs is exchange.answer()
    assert theirs is asyncio.run(opened_natively(lambda *_: theirs)[1].answer_async())
    assert theirs is asyncio.run(exchange_async.answer_async())


def test_the_answer_of_a_framework_may_come_from_a_hook_or_a_mapper():
    theirs = Theirs()
    router, exchange = opened_natively(lambda *_: pytest.fail("called"))
    router.on_pre_handler(lambda *_: theirs)
    wrong = {"query": s.object({"q": s.string()})}

    assert theirs is exchange.answer()
    assert theirs is opened_natively(print, wrong, on_validation_error=lambda *_: theirs)[1].answer()


def test_response_hooks_do_not_see_the_answer_of_a_framework():
    theirs = Theirs()
    router, exchange = opened_natively(lambda *_: theirs)
    router.on_response(lambda *_: pytest.fail("called"))

    assert theirs is exchange.answer()


def test_without_a_framework_its_answer_is_a_mistake():
    router = Router()
    router.get("/", validate=False)(lambda *_: Theirs())

    assert [500, 500] == [answer.status for answer in answers(router.open(RequestParts("GET", "/")))]


def raises(*_):
    raise TheirError("theirs")


def test_the_error_of_a_framework_is_raised_and_not_logged(caplog):
    log = []

    @contextlib.contextmanager
    def context():
        try:
            yield
        except TheirError:
            log.append("told")
            raise

    for handler in (raises, handler_of(raises)):
        exchange = opened_natively(handler, context=context)[1]
        with pytest.raises(TheirError, match="theirs"):
            asyncio.run(exchange.answer_async())
    with pytest.raises(TheirError, match="theirs"):
        opened_natively(raises, context=context)[1].answer()

    assert ["told"] * 3 == log
    assert [] == caplog.records


def test_the_error_of_a_framework_may_come_from_a_hook_or_a_mapper():
    for name in ("on_pre_handler", "on_response"):
        router, exchange = opened_natively(lambda _, request, response: response.ok())
        getattr(router, name)(raises)
        with pytest.raises(TheirError):
            exchange.answer()
    wrong = {"query": s.object({"q": s.string()})}
    with pytest.raises(TheirError):
        opened_natively(print, wrong, on_validation_error=raises)[1].answer()


def test_an_error_that_is_not_the_frameworks_is_answered():
    assert 500 == opened_natively(lambda *_: {}["missing"])[1].answer().status
