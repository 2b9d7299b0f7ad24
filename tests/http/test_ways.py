"""Where the course of a request runs."""

import asyncio
import threading

import pytest

from kbn_schema.http import RequestParts, Router
from kbn_schema.http.course import LARGE
from kbn_schema.http.reception import patience_of

JSON = ("content-type", "application/json")


@pytest.mark.parametrize(("size", "is_apart"), [(LARGE, False), (LARGE + 1, True)])
def test_a_large_body_is_checked_outside_of_the_loop(size, is_apart):
    router = Router()
    threads = []

    def note(value, result):
        threads.append(threading.get_ident())
        return result.ok(len(value))

    @router.post("/", validate={"body": note})
    async def handler(context, request, response):
        threads.append(threading.get_ident())
        return response.ok(body=request.body)

    body = b'"'.ljust(size - 1, b"x") + b'"'
    answer = asyncio.run(router.handle_async(RequestParts("POST", "/", b"", [JSON], body)))

    assert (200, str(size - 2).encode()) == (answer.status, answer.body)
    assert [is_apart, False] == [thread != threading.get_ident() for thread in threads]


def test_what_can_be_awaited_and_entered_is_entered():
    """As what the pools of asyncpg and others give: awaited, it would stay open."""
    events = []

    class Acquired:
        def __await__(self):
            events.append("awaited")
            yield

        async def __aenter__(self):
            events.append("entered")
            return "connection"

        async def __aexit__(self, *error):
            events.append("left")

    router = Router(context=Acquired)

    @router.get("/", validate=False)
    async def handler(context, request, response):
        return response.ok(body=context)

    assert b"connection" == asyncio.run(router.handle_async(RequestParts("GET", "/"))).body
    assert ["entered", "left"] == events


@pytest.mark.parametrize(
    ("timeout", "expected"),
    [
        ({}, (60, None, 60)),
        ({"payload": 1500}, (1.5, None, 60)),
        ({"idle_socket": 20}, (60, 0.02, 0.02)),
        ({"payload": 0, "idle_socket": 0}, (None, None, None)),
    ],
)
def test_time_limits_are_in_milliseconds_and_0_is_none(timeout, expected):
    patience = patience_of(timeout)

    assert expected == (patience.payload, patience.piece, patience.read_piece)
