"""What becomes of a stream whose client leaves, wherever it is then."""

import asyncio

import pytest

from kbn_schema.adapters.async_streams import close_later, sending
from kbn_schema.http import Disconnected
from kbn_schema.http.streams import AsyncStream, Flow, Source


def stream_of(pieces, *closers):
    source = Source(pieces)
    return AsyncStream(Flow(source, (source, *closers)))


async def endless(told):
    task = asyncio.current_task()
    try:
        yield b"first"
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0)  # else to leave would not break it off
        told.append(task is asyncio.current_task())


def test_a_client_that_leaves_breaks_off_what_is_awaited_and_the_stream_is_closed_in_its_task():
    told = []

    async def main():
        async with asyncio.timeout(5), sending(stream_of(endless(told))) as leave:
            asyncio.get_running_loop().call_soon(leave)
            await asyncio.Event().wait()

    with pytest.raises(Disconnected):
        asyncio.run(main())
    assert [] == told  # nothing of it has begun


def test_what_has_begun_is_closed_in_the_task_that_began_it():
    told = []

    async def main():
        stream = stream_of(endless(told))
        async with asyncio.timeout(5), sending(stream) as leave:
            await anext(stream)
            asyncio.get_running_loop().call_soon(leave)
            await anext(stream)

    with pytest.raises(Disconnected):
        asyncio.run(main())
    assert [True] == told


class Slow:
    """A context that takes its time to close, during which the client leaves."""

    blocks = False

    def __init__(self):
        self.leave = None
        self.is_closed = False

    async def close(self, error):
        self.leave()
        for _ in range(5):
            await asyncio.sleep(0)
        self.is_closed = True


def test_a_client_that_leaves_at_the_end_does_not_break_off_the_closing():
    slow = Slow()

    async def pieces():
        yield b"only"

    async def main():
        stream = stream_of(pieces(), slow)
        async with sending(stream) as slow.leave:
            return [piece async for piece in stream]

    assert ([b"only"], True) == (asyncio.run(main()), slow.is_closed)


def test_a_time_limit_of_the_authors_own_is_no_hang_up():
    async def main():
        async with sending(stream_of(endless([]))):
            raise TimeoutError("the author's")

    with pytest.raises(TimeoutError, match="the author's"):
        asyncio.run(main())


def test_a_stream_may_be_closed_from_another_thread():
    told = []

    async def main():
        stream = stream_of(endless(told))
        await anext(stream)
        await asyncio.to_thread(close_later, asyncio.get_running_loop(), stream)
        async with asyncio.timeout(5):
            while not told:
                await asyncio.sleep(0)

    asyncio.run(main())

    assert [False] == told


def test_a_stream_whose_loop_is_closed_is_left():
    loop = asyncio.new_event_loop()
    loop.close()

    close_later(loop, stream_of(endless([])))
