"""This module calls a router in process, for the tests of its author: no framework, no server."""

import asyncio
import contextlib
import json as json_module
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Self, TypeVar, cast

import attrs

from kbn_schema.http.exchange import Exchange
from kbn_schema.http.parts import Pairs, RequestParts, ResponseParts
from kbn_schema.http.rendering import to_json
from kbn_schema.http.route import VERSION_HEADER
from kbn_schema.http.router import Router
from kbn_schema.http.streams import Flow, SyncStream
from kbn_schema.http.ways import awaited
from kbn_schema.missing import MISSING

T = TypeVar("T")

HeadersGiven = Mapping[str, str] | Iterable[tuple[str, str]]
Body = bytes | str | None


class AnswerHeaders(Mapping[str, str]):
    """The headers of an answer by name, in any case; what was sent more than once is joined with ``, ``."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs

    def get_all(self, name: str) -> list[str]:
        """Each value of *name*, in the order they came."""
        return [value for found, value in self.pairs if found == name.lower()]

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        return len(dict(self.pairs))

    def __repr__(self) -> str:
        return f"AnswerHeaders({self.pairs!r})"


@attrs.frozen
class Answer:
    """What a router answered; a stream is read to its end."""

    status: int
    headers: AnswerHeaders
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: It is none.
        """
        return json_module.loads(self.body)


class TestClient:
    """Sends requests to *router*, exactly as they are given.

    *version* is the version that is asked for where a request says nothing of it: one of those that the
    route has, or ``"newest"`` or ``"oldest"``; routes without versions are not asked for one.

    Async handlers run in an event loop of their own for each request, or in one for all of them where the
    client is entered with ``with``.

    Example:
        >>> from kbn_schema.http import Router, TestClient
        >>> router = Router()
        >>> @router.get("/hello", validate=False)
        ... def hello(context, request, response):
        ...     return response.ok(body={"hello": "you"})
        >>> TestClient(router).get("/hello").json()
        {'hello': 'you'}
    """

    __test__ = False  # pytest collects classes of this name

    def __init__(self, router: Router, version: str | None = None) -> None:
        self._router = router
        self._version = version
        self._loop: _Loop | None = None

    def __enter__(self) -> Self:
        self._loop = _Loop()
        return self

    def __exit__(self, *_: object) -> None:
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.close()

    def get(self, url: str, *, headers: HeadersGiven = (), json: Any = MISSING, body: Body = None) -> Answer:
        """The answer to GET *url*."""
        return self.request("GET", url, headers=headers, json=json, body=body)

    def post(self, url: str, *, headers: HeadersGiven = (), json: Any = MISSING, body: Body = None) -> Answer:
        """The answer to POST *url*."""
        return self.request("POST", url, headers=headers, json=json, body=body)

    def put(self, url: str, *, headers: HeadersGiven = (), json: Any = MISSING, body: Body = None) -> Answer:
        """The answer to PUT *url*."""
        return self.request("PUT", url, headers=headers, json=json, body=body)

    def patch(
        self, url: str, *, headers: HeadersGiven = (), json: Any = MISSING, body: Body = None
    ) -> Answer:
        """The answer to PATCH *url*."""
        return self.request("PATCH", url, headers=headers, json=json, body=body)

    def delete(
        self, url: str, *, headers: HeadersGiven = (), json: Any = MISSING, body: Body = None
    ) -> Answer:
        """The answer to DELETE *url*."""
        return self.request("DELETE", url, headers=headers, json=json, body=body)

    def head(self, url: str, *, headers: HeadersGiven = (), json: Any = MISSING, body: Body = None) -> Answer:
        """The answer to HEAD *url*."""
        return self.request("HEAD", url, headers=headers, json=json, body=body)

    def options(
        self, url: str, *, headers: HeadersGiven = (), json: Any = MISSING, body: Body = None
    ) -> Answer:
        """The answer to OPTIONS *url*."""
        return self.request("OPTIONS", url, headers=headers, json=json, body=body)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: HeadersGiven = (),
        json: Any = MISSING,
        body: Body = None,
    ) -> Answer:
        """The answer to *method* on *url*, which is percent-encoded and may have a query.

        Args:
            headers: A mapping, or pairs where a name is repeated.
            json: A value that is sent as JSON, with its `content-type` unless *headers* has one.
            body: The body as it is sent; text is sent as UTF-8.

        Raises:
            TypeError: Both *json* and *body* are given.
        """
        pairs = _pairs(headers)
        names = {name.lower() for name, _ in pairs}
        if json is not MISSING:
            if body is not None:
                raise TypeError("give json or body, not both")
            body = to_json(json)
            if "content-type" not in names:
                pairs.append(("content-type", "application/json"))
        path, _, query = url.partition("?")
        content = body.encode() if isinstance(body, str) else body
        parts = RequestParts(method, path, query.encode(), pairs, content)
        version = None if VERSION_HEADER in names else self._router.version_for(parts, self._version)
        if version is None:
            return self._send(parts)
        return self._send(attrs.evolve(parts, headers=[*pairs, (VERSION_HEADER, version)]))

    def _send(self, parts: RequestParts) -> Answer:
        if self._loop is not None:
            return _ask(self._router.open(parts), parts.body, self._loop)
        with contextlib.closing(_Loop()) as loop:
            return _ask(self._router.open(parts), parts.body, loop)


class _Loop:
    """A loop for what is awaitable, made where it is needed; also a way of a request, see `ways`."""

    awaits = True
    is_loop = False
    in_threads = False

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    def run(self, course: Coroutine[Any, Any, T]) -> T:
        """The result of *course*."""
        return _apart(partial(self._runner.run, course))

    async def wait(self, awaitable: Awaitable[T]) -> T:
        return self.pull(awaitable)

    def pull(self, awaitable: Awaitable[T]) -> T:
        return self.run(awaited(awaitable))

    def close(self) -> None:
        """End what runs in it."""
        _apart(self._runner.close)


def _apart(function: Callable[[], T]) -> T:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return function()
    # The test is async itself, and its loop is busy with it.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()


def _ask(exchange: Exchange, body: bytes | None, loop: _Loop) -> Answer:
    if exchange.route is not None and exchange.route.is_async:
        return loop.run(_ask_async(exchange, body))
    # In this thread, so that a handler may use what the test has opened.
    return _read(exchange.answer_by(loop, partial(_stream, loop), body))


def _stream(loop: _Loop, flow: Flow) -> SyncStream:
    return SyncStream(Flow(_pulled(loop, flow.source), flow.closers) if flow.is_async else flow)


def _pulled(loop: _Loop, source: Any) -> Iterator[Any]:
    pieces = aiter(source)
    while (piece := loop.run(awaited(anext(pieces, None)))) is not None:
        yield piece


def _pairs(headers: HeadersGiven) -> list[tuple[str, str]]:
    return list(cast("Mapping[str, str]", headers).items() if isinstance(headers, Mapping) else headers)


async def _ask_async(exchange: Exchange, body: bytes | None) -> Answer:
    answer = await exchange.answer_async(body)
    if isinstance(answer.body, bytes):
        return _read(answer)
    stream = answer.body
    try:
        return _read(attrs.evolve(answer, body=b"".join([piece async for piece in stream])))
    finally:
        await stream.aclose()


def _read(answer: ResponseParts) -> Answer:
    body: bytes | SyncStream = answer.body
    if isinstance(body, SyncStream):
        with contextlib.closing(body) as stream:
            body = b"".join(stream)
    return Answer(answer.status, AnswerHeaders(answer.headers), body)
