"""An answer that streams while the request still comes, in process."""

import asyncio
import contextlib

import pytest

from kbn_schema import schema
from kbn_schema.adapters import asgi, asgi_messages
from kbn_schema.http import Router

SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/",
    "raw_path": b"/",
    "query_string": b"",
    "root_path": "",
    "headers": [],
}
GONE = {"type": "http.disconnect"}


def piece(body, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


async def ask(handler, messages, events):
    """What is sent where *messages* come, one after the other; then nothing comes any more."""

    @contextlib.asynccontextmanager
    async def context():
        try:
            yield
        finally:
            await asyncio.sleep(0)
            events.append("left")

    router = Router(context=context)
    router.post("/", validate={"body": schema.stream()})(handler)
    queue, sent = asyncio.Queue(), []
    for message in messages:
        queue.put_nowait(message)

    async def send(message):
        sent.append(message.get("body", b""))
        await asyncio.sleep(0)

    await asyncio.wait_for(asgi.mount(None, router)(SCOPE, queue.get, send), 5)
    return b"".join(sent)


async def endless(body=None):
    while True:
        await asyncio.sleep(0)
        yield b"x"


@pytest.mark.parametrize("kept", [1, 5])
def test_a_client_that_leaves_ends_an_answer_whose_handler_does_not_read_the_body(kept):
    events = []

    async def handler(context, request, response):
        return response.ok(body=endless())

    asyncio.run(ask(handler, [*[piece(b"y" * 100)] * kept, GONE], events))

    assert ["left"] == events


def test_a_stream_may_read_the_body_while_it_is_sent():
    async def handler(context, request, response):
        async def upper():
            async for chunk in request.body:
                yield chunk.upper()

        return response.ok(body=upper())

    messages = [piece(b"a"), piece(b""), piece(b"b" * 1000), piece(b"c", more=False)]

    assert b"A" + b"B" * 1000 + b"C" == asyncio.run(ask(handler, messages, []))


def test_what_is_sent_ahead_of_the_handler_waits_at_the_server(monkeypatch):
    """Two pieces are kept at most, where one is already too much."""
    monkeypatch.setattr(asgi_messages, "MAX_KEPT", 10)
    left = asyncio.Event()

    async def handler(context, request, response):
        async def slow():
            for _ in range(50):
                await asyncio.sleep(0)
                yield b"."
            left.set()

        return response.ok(body=slow())

    async def main():
        queue = [piece(b"y" * 11) for _ in range(20)]
        taken = []

        async def receive():
            if not queue:
                await asyncio.Event().wait()
            taken.append(queue.pop())
            return taken[-1]

        async def send(message):
            pass

        router = Router()
        router.post("/", validate={"body": schema.stream()})(handler)
        await asyncio.wait_for(asgi.mount(None, router)(SCOPE, receive, send), 5)
        return len(taken)

    assert 2 == asyncio.run(main())


@pytest.mark.parametrize("is_async", [True, False])
def test_a_client_that_leaves_at_the_end_of_a_stream_breaks_off_nothing(is_async):
    """The context is closed while the watch sees the client leave."""
    events, gone = [], asyncio.Event()

    @contextlib.asynccontextmanager
    async def context():
        yield
        gone.set()
        await asyncio.sleep(0.02)
        events.append("committed")

    router = Router(context=context)

    def pieces():
        yield b"x"

    async def async_pieces():
        yield b"x"

    @router.get("/", validate=False)
    async def handler(context, request, response):
        return response.ok(body=async_pieces() if is_async else pieces())

    first = [piece(b"", more=False)]

    async def receive():
        if first:
            return first.pop()
        await gone.wait()
        return GONE

    async def send(message):
        await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(asgi.mount(None, router)({**SCOPE, "method": "GET"}, receive, send), 5))

    assert ["committed"] == events
