"""This module runs the course of a request: it is received, checked, handled, and answered whatever happens.

One course serves plain and async code alike, see `ways`. Nothing leaves it but what a framework raises, and
what ends a task.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, cast

import attrs

from kbn_schema.http.errors import HttpError
from kbn_schema.http.failures import bad_request, broken, log_mismatch, mismatch, refused
from kbn_schema.http.header_fields import select_headers
from kbn_schema.http.intake import Fields, Intake
from kbn_schema.http.lifecycle import ContextFactory, Lifecycle
from kbn_schema.http.logs import log
from kbn_schema.http.parts import Pairs, Refusal, RequestParts, ResponseParts
from kbn_schema.http.readers import Disconnected, Meter
from kbn_schema.http.receiving import Received, receive
from kbn_schema.http.rendering import render
from kbn_schema.http.responses import Response, ResponseError, ResponseFactory, error_response
from kbn_schema.http.route import Request, Route
from kbn_schema.http.streams import Closer, Flow, Source, close_all, is_stream
from kbn_schema.http.validation import InvalidRequest, InvalidResponse, ValidRequest, check_response
from kbn_schema.http.ways import ORDINARY, UPLOADS, Way, call, in_thread
from kbn_schema.http.xsrf import require_xsrf
from kbn_schema.wording import shorten

S = TypeVar("S")

RESPONSES: Final = ResponseFactory()


@attrs.frozen
class Native:
    """What a framework's own handlers answer with: such a response is handed on, such an error raised."""

    responses: tuple[type[Any], ...] = ()
    """The types of its responses: what a handler or a hook returns of one is the answer, as it is."""
    errors: tuple[type[Exception], ...] = ()
    """The types of its exceptions: what is raised of one leaves `Exchange.answer`, and is no 500 of ours."""


NO_FRAMEWORK: Final = Native()


@attrs.define(eq=False)
class Course:
    """A request and what it meets on its way; see `Exchange`."""

    head: RequestParts = attrs.field(repr=False)
    """The request without its body."""
    known: bool
    """Whether a route stands on the path, for whatever method; adapters leave other paths to their app."""
    _lifecycle: Lifecycle = attrs.field(alias="lifecycle", repr=False)
    """The hooks and the context of the router."""
    _native: Native = attrs.field(alias="native", default=NO_FRAMEWORK, repr=False)
    """What the handlers of a framework answer with."""
    _refusal: Response | None = attrs.field(alias="refusal", default=None, repr=False)
    """The answer, where it is known before the body is; None where it is not."""
    route: Route | None = None
    """The route that was found, also where the request is refused for its query or its length."""
    _params: Callable[[], Mapping[str, Any]] = attrs.field(alias="params", default=dict[str, Any], repr=False)
    """What decodes the parameters of the path."""
    _query: Fields = attrs.field(alias="query", factory=dict[str, list[str]], repr=False)
    """The values of each field of the query."""
    limit: int = 0
    """The largest size of the body, in bytes."""
    length: int | None = None
    """The bytes that Content-Length announces, which are at most `limit`; None where there is none."""
    _headers: Pairs = attrs.field(alias="headers", default=(), repr=False)
    """What the answer has beside its own headers: the version, and a warning."""
    _stream: object = attrs.field(init=False, default=None, repr=False)
    _closers: tuple[Closer, ...] = attrs.field(init=False, default=(), repr=False)

    async def run(self, body: Received, way: Way, make_stream: Callable[[Flow], S]) -> ResponseParts[S]:
        """The answer to the request with *body*, run in one of the ways of `ways`.

        Args:
            body: Bytes, a reader, why it could not be read, or None; see `receiving`.
            way: What becomes of what is awaited.
            make_stream: Makes the body of an answer that is sent in pieces.

        Raises:
            Disconnected: The client has gone.
        """
        try:
            response = await self._respond(body, way)
            if not isinstance(response, Response):
                return cast("ResponseParts[S]", response)  # the framework's own
            self._hold(response)
            if self._lifecycle.on_response and self.route is not None:
                response = await self._hooked(self.route, response, way)
            if self._stream is not None and self._stream is response.body:
                flow = Flow(Source(response.body), self._closers)
                response = attrs.evolve(response, body=make_stream(flow))
            answer = render(response, self.head, self._headers)
            if self._closers and isinstance(answer.body, bytes):  # as for HEAD
                await self._close()
            return answer
        except BaseException as error:
            if not self._is_ours(error):
                await self._close(error)
                raise
            return render(await self._failed(error), self.head, self._headers)

    def _hold(self, response: Response) -> None:
        """Keep what has to be closed once *response* was sent, or cannot be."""
        if is_stream(response.body) and self._stream is not response.body:
            self._stream = response.body
            self._closers = (Source(response.body), *self._closers)

    async def _close(self, error: BaseException | None = None) -> None:
        """Close what is open, the last first; once."""
        closers, self._closers = self._closers, ()
        if closers:
            await close_all(closers, error)

    async def _respond(self, body: Received, way: Way) -> Response:
        """The answer to the request, also where something goes wrong."""
        route = self.route
        if self._refusal is not None or route is None:
            return self._refusal or error_response(404)
        try:
            if self._lifecycle.on_request:
                early = await self._early(route, way)
                if early is not None:
                    return early
            intake = route.intake()
            if intake.wants_xsrf:
                require_xsrf(self.head)
            if not isinstance(body, bytes) or len(body) != self.length or intake.streams:
                body = await self._received(route, intake, body, way)
            if way.is_loop and isinstance(body, bytes) and intake.is_slow(self.head, len(body)):
                valid = await in_thread(self._accept, intake, body)
            else:
                valid = self._accept(intake, body)
            if isinstance(valid, InvalidRequest):
                return await self._rejected(route, valid, way)
            head = self.head
            request = Request(
                head.method, head.path, route, valid.params, valid.query, valid.headers, valid.body, head
            )
            if self._lifecycle.context is None:
                return await self._called(route, {}, request, way)
            return await self._called_in_context(route, self._lifecycle.context, request, way)
        except Exception as error:
            if not self._is_ours(error):
                raise
            return self._explained(error)

    async def _early(self, route: Route, way: Way) -> Response | None:
        """The answer of a hook that sees the request first."""
        for hook in self._lifecycle.on_request:
            early = await call(way, hook, self._request_without_parts(route), RESPONSES)
            if early is not None:
                return self._required(early, "hook")
        return None

    async def _received(self, route: Route, intake: Intake, body: Received, way: Way) -> Any:
        """The body as bytes, or as a reader where it streams.

        Raises:
            Refusal: It is not as it was announced, or came too slowly.
        """
        if intake.streams:
            intake.body_format.check_head(self.head)
        if intake.wants_body:
            return await receive(body, way, self._meter, route.patience, intake.streams)
        if isinstance(body, bytes):
            self._meter.take_all(body)
        return body

    def _accept(self, intake: Intake, body: Any) -> ValidRequest | InvalidRequest:
        return intake.accept(self.head, self._params(), self._query, body, self.limit)

    async def _called_in_context(
        self, route: Route, factory: ContextFactory, request: Request, way: Way
    ) -> Response:
        held = await factory.open(request, way)
        try:
            response = await self._called(route, held.value, request, way)
        except BaseException as error:
            self._closers = (*self._closers, held)
            await self._close(error)
            raise
        if self._closers:  # a stream: it is made in the context
            self._closers = (*self._closers, held)
        else:
            await held.close()
        return response

    async def _called(self, route: Route, context: Any, request: Request, way: Way) -> Response:
        for hook in self._lifecycle.on_pre_handler:
            early = await call(way, hook, context, request, RESPONSES)
            if early is not None:
                response = self._required(early, "hook")
                break
        else:
            response = await self._handled(route, context, request, way)
        if isinstance(response, Response):
            self._hold(response)
            if self._lifecycle.validate_responses != "off":
                self._check_output(route, response)
        return response

    async def _handled(self, route: Route, context: Any, request: Request, way: Way) -> Response:
        if way.in_threads:
            threads = UPLOADS if route.intake().streams else ORDINARY
            response = await in_thread(
                route.handler, context, request, RESPONSES, abandoned=_close, threads=threads
            )
        else:
            response = route.handler(context, request, RESPONSES)
        if type(response) is Response:
            return response
        return self._required(
            await way.wait(response) if inspect.isawaitable(response) else response, "handler"
        )

    def _required(self, response: Any, who: str) -> Response:
        if isinstance(response, (Response, *self._native.responses)):
            return cast(Response, response)
        raise _no_response(who, response)

    def _check_output(self, route: Route, response: Response, mapped: bool = False) -> None:
        if not route.rules.responses or self.head.method == "HEAD":
            return
        try:
            check_response(route.rules, response, mapped, self._headers)
        except InvalidResponse as invalid:
            if self._lifecycle.validate_responses == "raise":
                raise
            log_mismatch(self._name, invalid)

    async def _hooked(self, route: Route, response: Response, way: Way) -> Response:
        request = self._request_without_parts(route)
        for hook in self._lifecycle.on_response:
            other = await call(way, hook, request, response)
            if other is None:
                continue
            if not isinstance(other, Response):
                raise _no_response("hook", other)
            self._hold(other)
            response = other
        return response

    def _explained(self, error: Exception) -> Response:
        """The answer to a request that ended in *error*."""
        if isinstance(error, Refusal):
            return refused(error)
        if isinstance(error, InvalidResponse):
            self._headers = ()  # as in Kibana: it is not an answer of that version
            return mismatch(self._name, error)
        return self._broken(error)

    async def _rejected(self, route: Route, error: InvalidRequest, way: Way) -> Response:
        error.log_causes(self._name)
        own = route.rules.on_validation_error
        mapper = own or self._lifecycle.on_validation_error
        if mapper is None:
            return bad_request(self._name, error)
        request = self._request_without_parts(route)
        response = self._required(await call(way, mapper, error, request, RESPONSES), "on_validation_error")
        if isinstance(response, Response):
            self._hold(response)
            log.info("%s Request Validation Error: %s: %s", response.status, self._name, error.message)
            if self._lifecycle.validate_responses != "off":
                self._check_output(route, response, mapped=own is not None)
        return response

    def _request_without_parts(self, route: Route) -> Request:
        headers = select_headers(None, self.head)
        return Request(self.head.method, self.head.path, route, {}, {}, headers, {}, self.head)

    async def _failed(self, error: BaseException) -> Response:
        """The answer where a hook, or the handler's answer, fails."""
        response = self._broken(error)
        try:
            await self._close(error)
        except Exception as another:
            return self._broken(another)
        return response

    def _broken(self, error: BaseException) -> Response:
        return error.response() if isinstance(error, HttpError) else broken(self._name, error)

    def _is_ours(self, error: BaseException) -> bool:
        return isinstance(error, Exception) and not isinstance(error, (Disconnected, *self._native.errors))

    @property
    def _meter(self) -> Meter:
        return Meter(self.limit, self.length)

    @property
    def _name(self) -> str:
        route = self.route
        if route is None:
            return self.head.method
        version = "" if route.api_version is None else f", version {route.api_version}"
        path = route.path or shorten(self.head.path)  # a framework's own handler has none
        return f"{self.head.method} {path}{version}"


def _no_response(who: str, given: object) -> ResponseError:
    return ResponseError(
        f"expected the {who} to return a response but got [{type(given).__name__}]: "
        "return response.ok(body=...), or another of its answers"
    )


async def _close(response: object) -> None:
    """Close what nobody will send."""
    if isinstance(response, Response) and is_stream(response.body):
        await Source(response.body).close()
