"""This module sends a request to a router, and sees whether the handler was called and what it answered.

The router is left as it is: what watches is put into the one exchange.
"""

import contextlib
import inspect
import logging
from collections.abc import Awaitable, Generator
from typing import Any, cast

import attrs

from kbn_schema.http.errors import HttpError
from kbn_schema.http.logs import log
from kbn_schema.http.loops import Loop, answer_whole
from kbn_schema.http.parts import RequestParts
from kbn_schema.http.responses import Response, ResponseError
from kbn_schema.http.route import Handler, Route
from kbn_schema.http.router import Router
from kbn_schema.http.validation import InvalidResponse, check_response


@attrs.define
class Outcome:
    """What became of a request."""

    status: int = 0
    body: bytes = b""
    reached: bool = False
    """Whether the handler was called."""
    breaks: bool = False
    """Whether it was sent in pieces, of which one failed."""
    misfit: InvalidResponse | None = None
    """What of its answer is not as the route declares it."""
    error: Exception | None = None
    """What was raised, by the handler or because of its answer, where that is no answer itself."""

    @property
    def shown(self) -> str:
        """The answer in a line, or as much of it as anybody reads."""
        if self.breaks:
            return "a stream that breaks off"
        text = self.body.decode(errors="replace")
        return f"{self.status} {text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + '...'}".rstrip()


MOST_SHOWN = 500
# What the router logs with an answer that is a 500.
BROKEN = "500 Server Error: %s"


def sent(router: Router, parts: RequestParts, loop: Loop) -> Outcome:
    """What becomes of the request *parts*."""
    outcome = Outcome()
    exchange = router.open(parts)
    # There is one: the request was made for it.
    exchange.route = _watched(cast(Route, exchange.route), outcome)
    with _heard(outcome):
        try:
            answer = answer_whole(exchange, parts.body, loop)
        except Exception as error:
            outcome.breaks, outcome.error = True, error
        else:
            outcome.status, outcome.body = answer.status, answer.body
    return outcome


@contextlib.contextmanager
def _heard(outcome: Outcome) -> Generator[None, None, None]:
    """Tell *outcome* why an answer is a 500, which the router tells nobody but its log."""
    ear = _Ear(outcome)
    log.addFilter(ear)
    try:
        yield
    finally:
        log.removeFilter(ear)


class _Ear(logging.Filter):
    """Hears why an answer is a 500, and keeps it out of the log, where it would stand once for each try."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self._outcome = outcome

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if record.msg != BROKEN or not isinstance(error, Exception):
            return True
        self._outcome.error = self._outcome.error or error
        return False


def _watched(route: Route, outcome: Outcome) -> Route:
    """A copy of *route*, whose handler tells *outcome* what it does."""

    def watch(context: Any, request: Any, response: Any) -> Any:
        outcome.reached = True
        try:
            answer = route.handler(context, request, response)
        except Exception as error:
            _see(error, outcome)
            raise
        return watch_awaitable(answer) if inspect.isawaitable(answer) else _checked(route, answer, outcome)

    async def watch_awaitable(answer: Awaitable[Any]) -> Any:
        try:
            return _checked(route, await answer, outcome)
        except Exception as error:
            _see(error, outcome)
            raise

    async def watch_async(context: Any, request: Any, response: Any) -> Any:
        return await watch(context, request, response)

    handler: Handler = watch_async if route.is_async else watch
    return attrs.evolve(route, handler=handler)


def _see(error: Exception, outcome: Outcome) -> None:
    if not isinstance(error, HttpError):
        outcome.error = error


def _checked(route: Route, answer: Any, outcome: Outcome) -> Any:
    """*answer*, held against what *route* declares, as a router does under ``validate_responses="raise"``."""
    if isinstance(answer, Response) and route.rules.responses:
        try:
            check_response(route.rules, answer, added=route.headers)
        except InvalidResponse as misfit:
            outcome.misfit = misfit
        except ResponseError:
            pass  # it cannot be sent: the router says so
    return answer
