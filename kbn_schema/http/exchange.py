"""This module takes a request from its head to its answer; it does no I/O.

`answer` and `answer_async` drive one course, which yields whatever the author's code returned: the one
sends it back as it is, the other awaits it first.
"""

import inspect
import logging
from collections.abc import Generator
from itertools import accumulate
from typing import Any

import attrs

from kbn_schema.http.parts import Refusal, RequestParts, ResponseParts, decode_body, decode_query, too_large
from kbn_schema.http.paths import Match
from kbn_schema.http.responses import (
    INTERNAL_ERROR,
    Response,
    ResponseError,
    ResponseFactory,
    error_response,
    render,
    to_json,
)
from kbn_schema.http.route import Request, Route, async_error, require_sync
from kbn_schema.http.validation import InvalidRequest, check_request

MAX_ANSWER_BYTES = 8192

# Kibana's own, taken from a query before it is validated.
RESERVED_FIELDS = ("elasticInternalOrigin",)

_log = logging.getLogger("kbn_schema.http")


@attrs.frozen(eq=False)
class Exchange:
    """A request whose head has come. Adapters get one from `Router.open`, and send what it answers.

    Where `ready` is an answer, the body need not be read. Else at most `limit` bytes are wanted, and
    one more shows that there were too many.

    Example:
        >>> from kbn_schema.http import RequestParts, Router
        >>> exchange = Router().open(RequestParts("GET", "/nowhere"))
        >>> exchange.known, exchange.ready.status
        (False, 404)
    """

    head: RequestParts = attrs.field(repr=False)
    """The request without its body."""
    known: bool
    """Whether a route stands on the path, for whatever method; adapters leave other paths to their app."""
    _found: Match[Route] | Response = attrs.field(repr=False)
    limit: int = 0
    """The largest size of the body, in bytes."""
    length: int | None = None
    """The size that Content-Length announces, which is at most `limit`; None where there is none."""

    @property
    def route(self) -> Route | None:
        """The route that will be called; None where an answer is `ready`."""
        return self._found.route if isinstance(self._found, Match) else None

    @property
    def ready(self) -> ResponseParts | None:
        """The answer, where it does not depend on the body; else None."""
        return render(self._found, self.head) if isinstance(self._found, Response) else None

    def answer(self, body: bytes | None = None) -> ResponseParts:
        """The answer to the request with *body*, which is None where there is none.

        Raises:
            TypeError: The handler is async.
        """
        if isinstance(self._found, Response):
            return render(self._found, self.head)
        require_sync(self._found.route)
        course = self._course(self._found, body)
        try:
            result = next(course)
            while True:
                if inspect.isawaitable(result):
                    _discard(result)
                    result = course.throw(async_error(self._found.route))
                else:
                    result = course.send(result)
        except StopIteration as end:
            answer: ResponseParts = end.value
            return answer

    async def answer_async(self, body: bytes | None = None) -> ResponseParts:
        """The answer to the request with *body*; the handler may be async or not."""
        if isinstance(self._found, Response):
            return render(self._found, self.head)
        course = self._course(self._found, body)
        try:
            result = next(course)
            while True:
                try:
                    value = await result if inspect.isawaitable(result) else result
                except BaseException as error:  # a cancellation, too: the course ends itself
                    result = course.throw(error)
                else:
                    result = course.send(value)
        except StopIteration as end:
            answer: ResponseParts = end.value
            return answer

    def refuse(self, status: int, message: str | None = None) -> ResponseParts:
        """The answer where the body cannot be read; *message* defaults to the reason phrase."""
        return render(error_response(status, message), self.head)

    def _course(self, match: Match[Route], body: bytes | None) -> Generator[Any, Any, ResponseParts]:
        try:
            request = self._request(match, body)
            if isinstance(request, Response):
                return render(request, self.head)
            # The context is a mapping, so that a factory can fill it.
            result = yield match.route.handler({}, request, ResponseFactory())
            return render(_require_response(result), self.head)
        except Exception as error:
            # What went wrong is for the log only.
            _log.error("500 Server Error: %s %s", self.head.method, match.route.path, exc_info=error)
            return render(error_response(500, INTERNAL_ERROR), self.head)

    def _request(self, match: Match[Route], body: bytes | None) -> Request | Response:
        """What the handler is called with, or the answer where the request does not fit."""
        head, route = self.head, match.route
        try:
            self._check_size(len(body or b""))
            query = decode_query(head.query)
            for name in RESERVED_FIELDS:
                query.pop(name, None)
            value = decode_body(head, body) if route.rules.body is not None else None
            valid = check_request(route.rules, match.params(), query, value)
        except Refusal as refusal:
            return refused(refusal)
        except InvalidRequest as invalid:
            return _bad_request(invalid)
        return Request(head.method, head.path, route, valid.params, valid.query, valid.body, head.raw)

    def _check_size(self, size: int) -> None:
        if size > self.limit:
            raise too_large(self.limit)
        if self.length is not None and size < self.length:
            raise Refusal(400, "the request body is shorter than its Content-Length")


def refused(refusal: Refusal) -> Response:
    """The answer that *refusal* is."""
    attributes = {"issues": [refusal.detail]} if refusal.detail else None
    return error_response(refusal.status, refusal.message, attributes=attributes, headers=refusal.headers)


def _discard(result: object) -> None:
    if inspect.iscoroutine(result):
        result.close()  # else it warns that nobody awaited it


def _require_response(result: object) -> Response:
    if not isinstance(result, Response):
        raise ResponseError(f"expected the handler to return a response but got [{type(result).__name__}]")
    return result


def _bad_request(invalid: InvalidRequest) -> Response:
    """All issues, or as many as an answer of 8 kB holds."""
    headline, issues = invalid.headline, invalid.issues()
    room = MAX_ANSWER_BYTES - len(to_json(headline).encode()) - 256
    sizes = accumulate(len(to_json(issue).encode()) + 1 for issue in issues)
    kept = issues[: sum(size <= room for size in sizes)]
    attributes: dict[str, object] = {"issues": kept}
    if len(kept) < len(issues):
        attributes["omitted"] = len(issues) - len(kept)
    return error_response(400, headline, attributes=attributes)
