"""Bodies that flow: those of requests into handlers, those of answers out of them."""

import asyncio
import io
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema import schema
from kbn_schema.http import Disconnected, RequestParts, ResponseParts, Router, TestClient
from kbn_schema.http.streams import AsyncStream, SyncStream, is_stream

s = schema
LIMIT = 100
BYTES = ("content-type", "application/octet-stream")
TOO_LARGE = "the request body must not exceed [100] bytes"
TOO_SHORT = "the request body is shorter than its Content-Length"
TOO_SLOW = "the request body was not received in time"


class Source:
    """A body in pieces, as an adapter reads it; notes how much was asked for and given."""

    def __init__(self, pieces, end=b""):
        self.pieces = list(pieces)
        self.asked = []
        self.given = 0
        self.end = end

    def _next(self, size=None):
        if not self.pieces:
            if isinstance(self.end, BaseException):
                raise self.end
            return self.end
        piece = self.pieces.pop(0)
        if size is not None and len(piece) > size:
            self.pieces.insert(0, piece[size:])
            piece = piece[:size]
        self.given += len(piece)
        return piece

    def __call__(self, size):
        self.asked.append(size)
        return self._next(size)

    async def read(self):
        await asyncio.sleep(0)
        return self._next()


class Slow(Source):
    """An async source that waits before each piece."""

    def __init__(self, pieces, seconds):
        super().__init__(pieces)
        self.seconds = seconds

    async def read(self):
        await asyncio.sleep(self.seconds)
        return self._next()


def router_of(handler, rule=None, limit=LIMIT, **options):
    router = Router(max_body_bytes=limit)
    router.post("/a", validate={"body": rule or s.stream()}, options=options)(handler)
    return router


def head_of(length=None):
    length = [] if length is None else [("content-length", str(length))]
    return RequestParts("POST", "/a", headers=[BYTES, *length])


def read_answer(answer):
    if isinstance(answer.body, bytes):
        return answer.status, answer.body
    try:
        return answer.status, b"".join(answer.body)
    finally:
        answer.body.close()


async def read_answer_async(answer):
    if isinstance(answer.body, bytes):
        return answer.status, answer.body
    try:
        return answer.status, b"".join([piece async for piece in answer.body])
    finally:
        await answer.body.aclose()


def read_plainly(context, request, response):
    return response.ok(body=request.body.read())


async def read_async(context, request, response):
    return response.ok(body=await request.body.read())


def take(context, request, response):
    return response.ok(body=request.body)


async def take_async(context, request, response):
    return response.ok(body=request.body)


def by_plain_adapter(handler, source, length=None, **options):
    body = source.pieces[0] if isinstance(source, Whole) else source
    return read_answer(router_of(handler, **options).open(head_of(length)).answer(body))


def by_async_adapter(handler, source, length=None, **options):
    async def main():
        body = source.pieces[0] if isinstance(source, Whole) else source.read
        return await read_answer_async(
            await router_of(handler, **options).open(head_of(length)).answer_async(body)
        )

    return asyncio.run(main())


class Whole(Source):
    """A body that came at once."""


# A stream read by the handler, one handed on as the answer, and a body that the core reads.
BUFFER = {"rule": s.buffer()}
COURSES = {
    "plain reads": (by_plain_adapter, read_plainly, {}),
    "plain hands on": (by_plain_adapter, take, {}),
    "plain is given": (by_plain_adapter, take, BUFFER),
    "thread reads": (by_async_adapter, read_plainly, {}),
    "thread hands on": (by_async_adapter, take, {}),
    "thread is given": (by_async_adapter, take, BUFFER),
    "async reads": (by_async_adapter, read_async, {}),
    "async hands on": (by_async_adapter, take_async, {}),
    "async is given": (by_async_adapter, take_async, BUFFER),
}
EACH_COURSE = pytest.mark.parametrize("course", COURSES)
READS = pytest.mark.parametrize("course", [name for name in COURSES if "hands on" not in name])


def outcome(course, source, length=None, **options):
    run, handler, own = COURSES[course]
    return run(handler, source, length, **own, **options)


PIECES = [
    [b"x" * 60, b"y" * 40],
    [b"z"] * 100,
    [b"x" * 100],
]


@EACH_COURSE
@pytest.mark.parametrize("pieces", PIECES)
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_of_the_limit_comes_whole(course, pieces, announced):
    source = Source(pieces)

    assert (200, b"".join(pieces)) == outcome(course, source, 100 if announced else None)


@EACH_COURSE
def test_a_body_that_came_at_once_is_the_same(course):
    assert (200, b"x" * 100) == outcome(course, Whole([b"x" * 100]), 100)


@EACH_COURSE
@pytest.mark.parametrize("size", [8192, 65_536, 65_537, 300_000])
@pytest.mark.parametrize("kind", [Source, Whole])
def test_a_large_piece_comes_whole(course, size, kind):
    body = bytes(range(256)) * (size // 256 + 1)

    assert (200, body) == outcome(course, kind([body]), limit=len(body))


@EACH_COURSE
@pytest.mark.parametrize("kind", [Source, Whole])
@pytest.mark.parametrize("body", [None, b""])
def test_no_body_is_an_empty_stream(course, kind, body):
    pieces = [] if kind is Source else [body]
    status, content = outcome(course, kind(pieces))
    wanted = (400, True) if "given" in course else (200, content == b"")

    assert wanted == (status, wanted[0] == 400 or content == b"")


@READS
@pytest.mark.parametrize(
    "pieces", [[b"x" * 101], [b"x" * 60, b"y" * 60], [b"x"] * 10_000, [b"x" * 1_000_000] * 9]
)
def test_a_body_over_the_limit_is_413_and_read_no_further(course, pieces):
    source = Source(pieces)
    status, content = outcome(course, source)

    assert (413, True) == (status, TOO_LARGE.encode() in content)
    assert source.given <= max(LIMIT + 1, len(pieces[0]), 120)
    assert all(size <= LIMIT + 1 for size in source.asked)


@READS
@pytest.mark.parametrize("kind", [Source, Whole])
@pytest.mark.parametrize("pieces", [[b"x" * 9], [b"x" * 5, b"y"], [b""]])
def test_a_body_that_is_shorter_than_announced_is_400(course, pieces, kind):
    if kind is Whole:
        pieces = [b"".join(pieces)]
    status, content = outcome(course, kind(pieces), 10)

    assert (400, True) == (status, TOO_SHORT.encode() in content)


@EACH_COURSE
def test_a_length_over_the_limit_is_413_before_anything_is_read(course):
    source = Source([b"x" * 101])

    assert 413 == outcome(course, source, 101)[0]
    assert (0, []) == (source.given, source.asked)


@pytest.mark.parametrize("course", ["plain reads", "plain is given"])
@pytest.mark.parametrize("error", [OSError("gone"), ConnectionResetError(), TimeoutError()])
def test_a_plain_reader_that_fails_is_a_400(course, error):
    status, content = outcome(course, Source([b"x"], end=error), 10)

    assert (400, True) == (status, b"the request body could not be read" in content)


@pytest.mark.parametrize("course", ["thread reads", "thread is given", "async reads", "async is given"])
def test_a_client_that_has_gone_is_not_answered(course, caplog):
    with pytest.raises(Disconnected):
        outcome(course, Source([b"x"], end=Disconnected()))

    assert [] == caplog.records


@pytest.mark.parametrize("course", ["thread hands on", "async hands on"])
def test_a_client_that_goes_while_it_is_echoed_breaks_the_stream(course):
    with pytest.raises(Disconnected):
        outcome(course, Source([b"x"], end=Disconnected()))


def test_a_handler_that_reads_nothing_is_answered():
    source = Source([b"x" * 1000])
    for run in (by_plain_adapter, by_async_adapter):
        assert (200, b"fine") == run(lambda _, request, response: response.ok(body="fine"), source)
    assert 0 == source.given


@pytest.mark.parametrize("run", [by_plain_adapter, by_async_adapter])
def test_a_body_that_no_rule_asks_for_is_not_read(run):
    def main(source):
        router = Router()
        router.post("/a", validate=False)(lambda _, request, response: response.ok(body=request.body))
        exchange = router.open(head_of())
        assert not exchange.reads
        if run is by_plain_adapter:
            return exchange.answer(source)
        return asyncio.run(exchange.answer_async(source.read))

    source = Source([b"x"])

    assert (200, b"{}") == (main(source).status, main(source).body)
    assert 0 == source.given


# What a handler does with a stream

TEXT = b"one\ntwo\n\nfour"


def reading(read):
    """What *read* makes of a body, under each sort of adapter."""

    def handler(context, request, response):
        return response.ok(body=list(map(bytes.decode, read(request.body))))

    return handler


@pytest.mark.parametrize("run", [by_plain_adapter, by_async_adapter])
@pytest.mark.parametrize("pieces", [[TEXT], [TEXT[:5], TEXT[5:]], [bytes([byte]) for byte in TEXT]])
@pytest.mark.parametrize(
    ("read", "parts"),
    [
        (lambda body: [body.read()], '["one\\ntwo\\n\\nfour"]'),
        (
            lambda body: [body.read(4), body.read(1), body.read(), body.read()],
            '["one\\n","t","wo\\n\\nfour",""]',
        ),
        (lambda body: [body.readline(), body.readline(2), body.read(1)], '["one\\n","tw","o"]'),
        (lambda body: list(body), '["one\\n","two\\n","\\n","four"]'),
        (lambda body: body.readlines(), '["one\\n","two\\n","\\n","four"]'),
        (lambda body: [body.read(0), body.read(100)], '["","one\\ntwo\\n\\nfour"]'),
        (lambda body: [io.TextIOWrapper(body).read().encode()], '["one\\ntwo\\n\\nfour"]'),
        (lambda body: [bytes((buffer := bytearray(20))[: body.readinto(buffer)])], '["one\\ntwo\\n\\nfour"]'),
        (lambda body: [str(body.readable()).encode()], '["True"]'),
    ],
)
def test_a_plain_handler_reads_a_file(run, pieces, read, parts):
    assert (200, parts.encode()) == run(reading(read), Source(pieces))


@given(
    st.lists(st.binary(min_size=1, max_size=30), max_size=6),
    st.lists(st.integers(0, 12), min_size=1, max_size=8),
)
def test_however_it_is_read_it_is_the_body(pieces, sizes):
    async def handler(context, request, response):
        parts = [await request.body.read(size) for size in sizes]
        assert all(len(part) <= size for part, size in zip(parts, sizes, strict=True))
        return response.ok(body=b"".join([*parts, await request.body.read()]))

    def plain(context, request, response):
        parts = [request.body.read(size) for size in sizes]
        return response.ok(body=b"".join([*parts, request.body.read()]))

    body = b"".join(pieces)

    assert (200, body) == by_async_adapter(handler, Source(pieces), limit=200)
    assert (200, body) == by_plain_adapter(plain, Source(pieces), limit=200)


@pytest.mark.parametrize("pieces", [[b"abcdef"], [b"ab", b"cdef"], [b"a", b"b", b"c", b"d", b"e", b"f"]])
def test_an_async_handler_reads_in_pieces_of_its_own(pieces):
    seen = []

    async def handler(context, request, response):
        seen.append(await request.body.read(1))
        seen.append(await request.body.read(0))
        rest = [chunk async for chunk in request.body]
        seen.append(b"".join(rest))
        assert all(rest)
        seen.append(await request.body.read(5))
        seen.append([chunk async for chunk in request.body])
        return response.ok()

    assert 200 == by_async_adapter(handler, Source(pieces))[0]
    assert [b"a", b"", b"bcdef", b"", []] == seen


def test_an_async_handler_is_given_what_there_is():
    sizes = []

    async def handler(context, request, response):
        while chunk := await request.body.read(10):
            sizes.append(len(chunk))
        return response.ok()

    by_async_adapter(handler, Source([b"x" * 25, b"y"]))

    assert [10, 10, 5, 1] == sizes


def test_the_end_of_a_body_is_asked_for_once():
    """ASGI: after the last message, the next one is `http.disconnect`."""

    class Once(Source):
        ends = 0

        async def read(self):
            chunk = await super().read()
            self.ends += not chunk
            return chunk

    async def handler(context, request, response):
        parts = [await request.body.read(), await request.body.read(), await request.body.read(3)]
        return response.ok(body=b"".join([*parts, *[chunk async for chunk in request.body]]))

    source = Once([b"abc"])

    assert (200, b"abc") == by_async_adapter(handler, source)
    assert 1 == source.ends


# Time


@pytest.mark.parametrize("course", ["thread is given", "async is given"])
@pytest.mark.parametrize(
    ("timeout", "pieces", "status"),
    [
        ({"payload": 20}, 5, 408),
        ({"payload": 20, "idle_socket": 1000}, 5, 408),
        ({"payload": 1000, "idle_socket": 3}, 1, 408),
        ({"payload": 1000, "idle_socket": 500}, 3, 200),
        ({"payload": 1000}, 3, 200),
    ],
)
def test_a_body_that_comes_too_slowly_is_408(course, timeout, pieces, status):
    start = time.monotonic()
    source = Slow([b"x"] * pieces, 0.01 if status == 200 or pieces > 1 else 0.5)
    found, content = outcome(course, source, timeout=timeout)

    assert (status, status == 200 or TOO_SLOW.encode() in content) == (found, True)
    assert time.monotonic() - start < 2


def test_a_source_that_times_out_by_itself_is_not_the_clients_fault(caplog):
    own = TimeoutError("own")
    status, _ = outcome("async is given", Source([b"x"], own), timeout={"payload": 1000})

    assert (500, own) == (status, caplog.records[-1].exc_info[1])


@pytest.mark.parametrize("course", ["thread reads", "async reads"])
def test_a_stream_that_comes_too_slowly_is_408(course):
    """The source gives up by itself after some seconds, so that nothing hangs where this fails."""
    start = time.monotonic()
    status, content = outcome(course, Slow([b"x"], 3), timeout={"idle_socket": 20})

    assert (408, True) == (status, TOO_SLOW.encode() in content)
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("course", ["thread is given", "async is given", "thread reads", "async reads"])
def test_a_time_of_zero_is_no_limit(course):
    timeout = {"payload": 0, "idle_socket": 0}

    assert (200, b"xx") == outcome(course, Slow([b"x", b"x"], 0.01), timeout=timeout)


def test_a_slow_body_holds_no_thread():
    """More slow clients than there are threads, and one that is quick."""

    async def main():
        router = router_of(take, s.buffer())
        slow = [
            asyncio.create_task(router.open(head_of()).answer_async(Slow([b"x"], 3).read)) for _ in range(60)
        ]
        await asyncio.sleep(0)
        start = time.monotonic()
        answer = await router.open(head_of()).answer_async(Source([b"quick"]).read)
        seconds = time.monotonic() - start
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return answer.body, seconds

    body, seconds = asyncio.run(main())

    assert (b"quick", True) == (body, seconds < 1.5)


def test_a_large_body_is_decoded_beside_the_loop():
    seen = []

    def rule(value, result):
        seen.append(threading.current_thread() is threading.main_thread())
        return result.ok(len(value))

    async def handler(context, request, response):
        return response.ok(body=request.body)

    for size, in_loop in ((10, True), (200_000, False)):
        router = Router()
        router.post("/a", validate={"body": rule})(handler)
        parts = RequestParts(
            "POST", "/a", headers=[("content-type", "application/json")], body=b'"%s"' % (b"x" * size)
        )
        assert str(size).encode() == asyncio.run(router.handle_async(parts)).body
        assert in_loop == seen.pop()


# Bodies of answers


def pieces_of(*pieces):
    yield from pieces


async def pieces_async(*pieces):
    for piece in pieces:
        await asyncio.sleep(0)
        yield piece


class AsyncIterable:
    """An iterable that is no iterator; its iterator says when it is closed."""

    def __init__(self, log=None):
        self.log = [] if log is None else log

    async def __aiter__(self):
        try:
            yield b"ab"
            yield b"c"
        finally:
            self.log.append("closed")


class Reader:
    def __init__(self, content=b"abc"):
        self.file = io.BytesIO(content)

    def read(self, size):
        return self.file.read(size)


class TextFile(io.StringIO):
    """Breaks where it is read on and on after its end."""

    ends = 0

    def read(self, size=-1):
        text = super().read(size)
        self.ends += not text
        assert self.ends < 5
        return text


PLAIN_BODIES = {
    "iterator": lambda: iter([b"ab", b"c"]),
    "generator": lambda: pieces_of(b"ab", b"c"),
    "text": lambda: pieces_of("a", "bc"),
    "mixed": lambda: pieces_of("a", b"b", bytearray(b"c")),
    "memory": lambda: pieces_of(memoryview(b"abc")),
    "empty pieces": lambda: pieces_of(b"", b"ab", b"", "", b"c", b""),
    "file": lambda: io.BytesIO(b"abc"),
    "text file": lambda: TextFile("abc"),
    "reader": Reader,
    "map": lambda: map(bytes, [b"ab", b"c"]),
}
ASYNC_BODIES = {
    "async generator": lambda: pieces_async(b"ab", b"c"),
    "async text": lambda: pieces_async("a", "bc"),
    "async empty pieces": lambda: pieces_async(b"", b"ab", "", b"c"),
    "async iterable": AsyncIterable,
}


def router_for(make, **headers):
    router = Router()
    router.get("/a", validate=False)(lambda _, request, response: response.ok(body=make(), headers=headers))
    return router


def async_router_for(make, **headers):
    async def handler(context, request, response):
        return response.ok(body=make(), headers=headers)

    router = Router()
    router.get("/a", validate=False)(handler)
    return router


GET = RequestParts("GET", "/a")


@pytest.mark.parametrize("make", PLAIN_BODIES.values(), ids=PLAIN_BODIES)
def test_a_plain_stream_is_sent_in_pieces(make):
    answer = router_for(make).handle(GET)
    assert isinstance(answer.body, SyncStream)
    pieces = list(answer.body)

    assert b"abc" == b"".join(pieces)
    assert all(type(piece) is bytes and piece for piece in pieces)
    assert [] == list(answer.body)


@pytest.mark.parametrize(
    "make", [*PLAIN_BODIES.values(), *ASYNC_BODIES.values()], ids=[*PLAIN_BODIES, *ASYNC_BODIES]
)
@pytest.mark.parametrize("router_made", [router_for, async_router_for])
def test_any_stream_is_sent_in_pieces_where_something_is_awaited(router_made, make):
    async def main():
        answer = await router_made(make).handle_async(GET)
        assert isinstance(answer.body, AsyncStream)
        pieces = [piece async for piece in answer.body]
        assert [] == [piece async for piece in answer.body]
        return pieces

    pieces = asyncio.run(main())

    assert b"abc" == b"".join(pieces)
    assert all(type(piece) is bytes and piece for piece in pieces)


@pytest.mark.parametrize(
    "body", [b"x", "x", [1], {"a": 1}, (1,), None, 5, range(3), {1: 2}.keys(), bytearray(b"x")]
)
def test_what_is_no_stream(body):
    assert not is_stream(body)


def test_an_answer_in_pieces_has_no_length():
    headers = dict(router_for(lambda: iter([b"a"])).handle(GET).headers)

    assert "content-length" not in headers
    assert "application/octet-stream" == headers["content-type"]


def test_a_large_file_is_sent_in_pieces_of_64_kb():
    body = router_for(lambda: io.BytesIO(b"x" * 200_000)).handle(GET).body

    assert [65_536, 65_536, 65_536, 3_392] == [len(piece) for piece in body]


def test_a_text_file_with_more_than_a_piece_is_sent_whole():
    body = router_for(lambda: TextFile("é" * 100_000)).handle(GET).body

    assert "é" * 100_000 == b"".join(body).decode()


@pytest.mark.parametrize("piece", [5, None, [b"a"], object(), "\ud800"])
def test_a_piece_that_is_no_bytes_breaks_the_stream(piece):
    body = router_for(lambda: iter([b"a", [piece] if piece is None else piece, b"b"])).handle(GET).body

    assert b"a" == next(body)
    with pytest.raises((TypeError, UnicodeError)):
        next(body)
    assert [] == list(body)


def test_an_error_in_a_stream_is_raised_once():
    def breaks():
        yield b"a"
        raise ValueError("secret")

    body = router_for(breaks).handle(GET).body

    assert b"a" == next(body)
    with pytest.raises(ValueError, match="secret"):
        next(body)
    assert [] == list(body)
    body.close()


@pytest.mark.parametrize("taken", [0, 1])
def test_an_async_iterable_is_closed_early(taken):
    log = []

    async def main():
        body = (await async_router_for(lambda: AsyncIterable(log)).handle_async(GET)).body
        for _ in range(taken):
            await anext(body)
        await body.aclose()
        return list(log)

    assert ["closed"] * taken == asyncio.run(main())


def test_a_cancelled_task_waits_for_the_thread_that_reads():
    """Closing a generator that runs in a thread would raise; what it holds must be freed all the same."""
    closed = []

    def slow():
        try:
            yield b"a"
            time.sleep(0.1)
            yield b"b"
        finally:
            closed.append(True)

    async def main():
        body = (await async_router_for(slow).handle_async(GET)).body
        assert b"a" == await anext(body)
        task = asyncio.create_task(anext(body))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await body.aclose()

    asyncio.run(main())
    deadline = time.monotonic() + 2
    while not closed and time.monotonic() < deadline:
        time.sleep(0.01)

    assert [True] == closed


def test_plain_pieces_do_not_hold_up_the_loop():
    def slow():
        for _ in range(5):
            time.sleep(0.03)
            yield b"x"

    async def main():
        async def read():
            return [piece async for piece in (await async_router_for(slow).handle_async(GET)).body]

        task, ticks = asyncio.create_task(read()), 0
        while not task.done():
            await asyncio.sleep(0.005)
            ticks += 1
        return len(await task), ticks

    pieces, ticks = asyncio.run(main())

    assert (5, True) == (pieces, ticks > 8)


def test_a_stream_under_the_test_client_is_collected():
    for make in (*PLAIN_BODIES.values(), *ASYNC_BODIES.values()):
        assert b"abc" == TestClient(async_router_for(make)).get("/a").body


def test_a_request_body_may_be_echoed_while_it_comes():
    sent = []

    class Live(Source):
        async def read(self):
            sent.append("read")
            return await super().read()

    async def main():
        source = Live([b"a", b"b"])
        answer = await router_of(take_async).open(head_of()).answer_async(source.read)
        assert isinstance(answer, ResponseParts)
        assert [] == sent
        return [await anext(answer.body), len(sent), await anext(answer.body), len(sent)]

    assert [b"a", 1, b"b", 2] == asyncio.run(main())
