"""This module takes a request from its head to its answer; it does no I/O of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final, Protocol, Self, TypeVar, cast

import attrs

from kbn_schema.http.course import Course, Native
from kbn_schema.http.failures import refused
from kbn_schema.http.fields import decode_query
from kbn_schema.http.lifecycle import Lifecycle
from kbn_schema.http.parts import Refusal, RequestParts, ResponseParts, declared_length
from kbn_schema.http.readers import AsyncRead, Read, patiently
from kbn_schema.http.receiving import Received, patience_of, receive
from kbn_schema.http.rendering import render
from kbn_schema.http.responses import Response, error_response
from kbn_schema.http.route import Route, require_sync
from kbn_schema.http.streams import AsyncStream, Flow, SyncStream
from kbn_schema.http.validation import InvalidRequest, ValidRequest
from kbn_schema.http.ways import ON_LOOP, ORDINARY, PLAIN, UPLOADS, InThread, Mixed, Way, in_thread, run_now
from kbn_schema.http.xsrf import require_xsrf

S = TypeVar("S")
T = TypeVar("T")

# Kibana's own, taken from a query before it is validated.
RESERVED_FIELD: Final = "elasticInternalOrigin"
# Where neither a router nor a route says anything of it.
MAX_BODY_BYTES: Final = 1_048_576
PATIENT: Final = patience_of({})


class Endpoint(Protocol):
    """What stands on a path for one method: a route, or several versions of one."""

    def choose(self, head: RequestParts, query: dict[str, list[str]]) -> Route:
        """The route for a request; a field of *query* that was understood may be taken out.

        Raises:
            Refusal: There is none.
        """
        ...


class Exchange(Course):
    """A request whose head has come. Adapters get one from `Router.open`, and send what it answers.

    A body is handed over as bytes or as a reader, see `receiving`.

    Example:
        >>> from kbn_schema.http import RequestParts, Router
        >>> exchange = Router().open(RequestParts("GET", "/nowhere"))
        >>> exchange.known, exchange.reads, exchange.answer().status
        (False, False, 404)
    """

    __slots__ = ()

    @property
    def reads(self) -> bool:
        """Whether the body is wanted; where it is not, nothing needs to be read.

        A lazy block is read for it; one that fails is told of by the answer, and here it is False.
        """
        if self.route is None or self._refusal is not None:
            return False
        try:
            return self.route.intake().wants_body
        except Exception:  # a lazy block that fails is told of by the answer
            return False

    @property
    def awaits(self) -> bool:
        """Whether only `answer_async` can answer: the handler, a hook or the context is async."""
        return self._lifecycle.is_async or (self.route is not None and self.route.is_async)

    @property
    def params(self) -> Mapping[str, Any]:
        """The parameters of the path, decoded but not validated; none where they cannot be decoded."""
        try:
            return self._params()
        except Refusal:
            return {}

    @classmethod
    def enter(
        cls,
        head: RequestParts,
        endpoint: Endpoint,
        params: Callable[[], Mapping[str, Any]],
        lifecycle: Lifecycle,
        native: Native,
        limit: int,
    ) -> Self:
        """The exchange at *endpoint*, which may be refused already.

        Args:
            head: The request; its body is not looked at.
            endpoint: The route, or what chooses one among versions.
            params: Decodes the parameters of the path.
            lifecycle: The hooks and the context of the router.
            native: What the handlers of a framework answer with.
            limit: The largest size of the body in bytes, for routes that state none.
        """
        # That of a versioned one is not known before its version is.
        route = endpoint if isinstance(endpoint, Route) else None
        try:
            query = decode_query(head.query) if head.query else {}
            query.pop(RESERVED_FIELD, None)
            route = endpoint.choose(head, query)
            limit = limit if route.max_bytes is None else route.max_bytes
            length = declared_length(head.header("content-length"), limit)
        except Refusal as refusal:
            headers = route.headers if route else ()
            return cls(head, True, lifecycle, native, refused(refusal), route, headers=headers)
        return cls(head, True, lifecycle, native, None, route, params, query, limit, length, route.headers)

    def check(self, body: bytes | None, is_unread: bool = False) -> ValidRequest | InvalidRequest | Response:
        """What the handler would be given, what is wrong with it, or the answer where no handler is called.

        Nothing is called but the rules of the route: no hook, context or handler. *body* is the whole of it,
        None where there is none. Where it *is_unread*, nothing is said of it but what the head says.

        Raises:
            SchemaDefinitionError: A lazy block is malformed. What an author's function raises leaves it, too.
        """
        route = self.route
        if self._refusal is not None or route is None:
            return self._refusal or error_response(404)
        intake = route.intake()
        try:
            if intake.wants_xsrf:
                require_xsrf(self.head)
            if intake.wants_body and (is_unread or intake.streams):
                intake.body_format.check_head(self.head)
                intake = attrs.evolve(intake, rules=attrs.evolve(intake.rules, body=None))
            if intake.wants_body:
                self._meter.take_all(body or b"")
            return self._accept(intake, body)
        except Refusal as refusal:
            return refused(refusal)

    def answer(self, body: bytes | Read | None = None) -> ResponseParts[SyncStream]:
        """The answer to the request with *body*: bytes, a reader ``read(size)``, or None where there is none.

        Where the body of the answer is no bytes, it is an iterator of them with a method `close`, which has
        to be called.

        Raises:
            TypeError: The handler is async.
        """
        if self.route is not None and self._refusal is None:
            require_sync(self.route)
        return run_now(self.run(body, PLAIN, SyncStream))

    def answer_by(self, way: Way, make_stream: Callable[[Flow], S], body: bytes | None) -> ResponseParts[S]:
        """The answer to the request with *body*, made in this thread; *way* awaits what has to be awaited.

        The body of an answer that is sent in pieces is what *make_stream* makes of them.
        """
        return run_now(self.run(body, way, make_stream))

    async def in_time(self, first: Awaitable[T]) -> T | Refusal:
        """The *first* of a body, or a refusal (408) where it takes too long; `answer_async` takes either.

        That is all of the time for the body, or for a piece where the handler reads it, as the route says: 60
        seconds where it does not.
        """
        patience = PATIENT if self.route is None else self.route.patience
        streams = self.reads and self.route is not None and self.route.intake().streams
        try:
            return await patiently(first, patience.read_piece if streams else patience.payload)
        except Refusal as refusal:
            return refusal

    async def answer_async(
        self, body: bytes | AsyncRead | Refusal | None = None
    ) -> ResponseParts[AsyncStream]:
        """The answer to the request with *body*; the handler may be async, or plain and run in a thread.

        *body* is bytes, an async reader ``read()``, what `in_time` gave, or None where there is none. Where
        the body of the answer is no bytes, it is an async iterator of them with `aclose`, which has to be
        called.

        Raises:
            Disconnected: The client has gone while the body was read.
        """
        route = self.route
        if route is None or route.is_async or self._refusal is not None:
            return await self.run(body, ON_LOOP, AsyncStream)
        received = await self._receive_early(route, body) if callable(body) else body
        loop = asyncio.get_running_loop()
        threads = UPLOADS if callable(received) else ORDINARY
        make_stream = partial(AsyncStream, threads=threads)
        if self._lifecycle.is_async:
            return await self.run(received, Mixed(loop), make_stream)
        course = self.run(received, InThread(loop), make_stream)
        try:
            return await in_thread(lambda: run_now(course), abandoned=_close, threads=threads)
        finally:
            course.close()  # which may not have begun

    async def _receive_early(self, route: Route, read: AsyncRead) -> Received:
        """The body, read here and not in a thread, which a slow client would hold."""
        if not self.reads:
            return None
        if route.intake().streams:
            return read
        try:
            return cast(bytes, await receive(read, ON_LOOP, self._meter, route.patience, False))
        except Refusal as refusal:
            return refusal

    def refuse(self, status: int, message: str | None = None) -> ResponseParts:
        """The answer of an error *status* where a body cannot be read.

        *message* is told to the client; by default, it is the reason phrase of the status.
        """
        return render(error_response(status, message), self.head, self._headers)


async def _close(answer: ResponseParts[AsyncStream]) -> None:
    """Close what nobody will send."""
    if isinstance(answer, ResponseParts) and not isinstance(answer.body, bytes):
        await answer.body.aclose()
