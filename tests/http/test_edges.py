"""Limits, from both sides: the last that is taken and the first that is not."""

import asyncio

import attrs
import pytest

from kbn_schema import SchemaDefinitionError, schema
from kbn_schema.http import RequestParts, Response, Router, TestClient
from kbn_schema.http.intake import LARGE
from kbn_schema.http.parts import Refusal


def declared(**options):
    router = Router()
    router.post("/a", **{"validate": False, **options})(lambda context, request, response: response.ok())
    return router


@pytest.mark.parametrize("status", [100, 101, 598, 599])
def test_an_answer_may_be_declared_for_any_status(status):
    validate = {"request": {"body": schema.any()}, "response": {status: {"body": schema.any()}}}
    [route] = declared(validate=validate).routes

    assert [status] == [*route.rules.responses]


@pytest.mark.parametrize("status", [99, 600, "200", 200.0, True, None])
def test_an_answer_is_declared_for_a_status_only(status):
    validate = {"request": {"body": schema.any()}, "response": {status: {"body": schema.any()}}}

    with pytest.raises(SchemaDefinitionError, match="must be statuses from 100 to 599, as integers"):
        declared(validate=validate)


@pytest.mark.parametrize("headers", [None, {"x-a": "1"}])
@pytest.mark.parametrize(
    ("status", "bodiless"),
    [
        (100, True),
        (199, True),
        (200, False),
        (203, False),
        (204, True),
        (205, True),
        (206, False),
        (599, False),
    ],
)
def test_any_status_can_be_answered_and_some_have_no_body(status, bodiless, headers):
    router = Router()
    router.get("/a", validate=False)(lambda *_: Response(status=status, body="why", headers=headers or {}))
    answer = TestClient(router).get("/a")

    assert (status, bodiless) == (answer.status, not answer.body)
    assert bodiless is not ("content-type" in answer.headers)


@pytest.mark.parametrize(
    ("status", "sent"),
    [(299, 299), (300, 500), (301, 500), (303, 500), (304, 304), (305, 500), (399, 500), (400, 400)],
)
def test_what_redirects_needs_a_location(status, sent):
    router = Router()
    router.get("/a", validate=False)(lambda *_: Response(status=status, body="why", headers={"x-a": "1"}))

    assert sent == TestClient(router).get("/a").status


@pytest.mark.parametrize(
    ("inflates", "encoding", "size", "slow"),
    [
        (False, (), LARGE, False),
        (False, (), LARGE + 1, True),
        (False, [("content-encoding", "gzip")], 1, False),
        (True, (), LARGE, False),
        (True, [("content-encoding", "gzip")], 1, True),
        (True, [("content-type", "text/plain")], 1, False),
    ],
)
def test_what_takes_long_to_decode_is_known(inflates, encoding, size, slow):
    [route] = declared(validate={"body": schema.any()}).routes
    body_format = attrs.evolve(route.intake().body_format, inflates=inflates)
    intake = attrs.evolve(route.intake(), body_format=body_format)

    assert slow is intake.is_slow(RequestParts("POST", "/a", b"", encoding), size)


@pytest.mark.parametrize("body", [schema.any(), schema.stream()])
@pytest.mark.parametrize("limit", ["payload", "idle_socket"])
def test_the_first_of_a_body_has_the_time_of_a_piece_where_it_streams(body, limit):
    exchange = declared(validate={"body": body}, options={"timeout": {limit: 10}}).open(
        RequestParts("POST", "/a")
    )

    async def first():
        return await exchange.in_time(asyncio.sleep(0.05, b"x"))

    streams = body.combinator == "stream"
    late = (limit == "idle_socket") is streams

    assert (Refusal if late else bytes) is type(asyncio.run(first()))


@pytest.mark.parametrize("word", ["a", "ab"])
def test_a_reason_and_a_privilege_may_be_as_short_as_can_be(word):
    security = {"authz": {"required_privileges": [word]}, "authc": {"enabled": False, "reason": word}}
    [route] = declared(security=security).routes

    assert security == {name: {**part} for name, part in route.security.items()}


@pytest.mark.parametrize(
    "security",
    [
        {"authz": {"required_privileges": [""]}},
        {"authz": {"required_privileges": [{"all_required": []}]}},
        {"authz": {"required_privileges": [{"any_required": []}]}},
        {"authz": {"required_privileges": [{"all_required": [{"any_of": []}]}]}},
        {"authz": {"required_privileges": [{"any_required": [{"all_of": []}]}]}},
        {"authz": {"enabled": False, "reason": ""}},
        {"authc": {"enabled": False}},
        {"authc": {"enabled": "always"}},
    ],
)
def test_nothing_is_no_reason_and_no_privilege(security):
    with pytest.raises(SchemaDefinitionError):
        declared(security=security)


@pytest.mark.parametrize("many", ["all_required", "any_required"])
def test_a_set_may_have_one_privilege(many):
    security = {"authz": {"required_privileges": [{many: ["a"]}]}}
    [route] = declared(security=security).routes

    assert security == {name: {**part} for name, part in route.security.items()}


class Pieces:
    """An async iterator that counts how often it is closed."""

    def __init__(self, closed):
        self.closed = closed

    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration

    async def aclose(self):
        self.closed.append("closed")


@pytest.mark.parametrize("is_async", [True, False])
def test_a_stream_is_closed_once(is_async):
    closed, router = [], Router()

    def handler(context, request, response):
        return response.ok(body=Pieces(closed))

    async def handler_async(context, request, response):
        return response.ok(body=Pieces(closed))

    router.get("/a", validate=False)(handler_async if is_async else handler)

    async def read():
        answer = await router.handle_async(RequestParts("GET", "/a"))
        return [piece async for piece in answer.body]

    assert ([], ["closed"]) == (asyncio.run(read()), closed)
