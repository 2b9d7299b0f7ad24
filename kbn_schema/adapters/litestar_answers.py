"""This module makes what a router answers into responses of Litestar's, which its hooks may change."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from litestar import Litestar, Request, Response
from litestar.datastructures import Cookie
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.http import ResponseParts

AnyRequest = Request[Any, Any, Any]


class Answer(Response[Any]):
    """The answer *parts* to a request whose body is *content*."""

    def __init__(self, parts: ResponseParts, content: asgi.Content, receive: asgi.Receive) -> None:
        super().__init__(parts.body, status_code=parts.status, headers=dict(parts.headers))
        self._parts = parts
        self._sent = content
        self._receive = receive

    def to_asgi_response(self, app: Litestar | None, request: AnyRequest, **layered: Any) -> ASGIResponse:
        """What sends it; what is *layered* was declared for the whole application."""
        if self.content is not self._parts.body:  # a hook has put another in the place of ours
            self.headers.pop("content-length", None)
            return super().to_asgi_response(app, request, **layered)
        cookies = (*self.cookies, *(layered.get("cookies") or ()))
        pairs = (*self._pairs(layered.get("headers") or {}), *_set_cookies(cookies))
        parts = ResponseParts(self.status_code or self._parts.status, pairs, self._parts.body)
        background = self.background or layered.get("background")

        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            await asgi.send_parts(parts, self._sent, self._receive, cast(asgi.Send, send))
            if background is not None:
                await background()

        return cast(ASGIResponse, respond)

    def _pairs(self, layered: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The headers; those that a hook has left alone may be repeated."""
        first = dict(self._parts.headers)
        now = {name.lower(): str(value) for name, value in self.headers.items()}
        yield from (pair for pair in self._parts.headers if now.get(pair[0]) == first[pair[0]])
        yield from (pair for pair in now.items() if first.get(pair[0]) != pair[1])
        yield from ((name.lower(), value) for name, value in layered.items() if name.lower() not in now)


def _set_cookies(cookies: Iterable[Cookie]) -> Iterator[tuple[str, str]]:
    for cookie in cookies:
        if not cookie.documentation_only:
            name, value = cookie.to_encoded_header()
            yield name.decode("latin-1"), value.decode("latin-1")


def refuse(request: AnyRequest, answer: Answer) -> Answer:
    """*answer*, for a handler to return.

    Raises:
        _Refused: What the handler returns goes through a DTO, which knows one type.
    """
    if request.route_handler.resolve_return_dto() is None:
        return answer
    state = ScopeState.from_scope(request.scope)
    state.exception_handlers = {**cast(Any, state.exception_handlers), _Refused: _answer_of}
    raise _Refused(answer)


class _Refused(Exception):
    """A request is answered with *answer*, whatever its handler was to return."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


def _answer_of(request: AnyRequest, refused: Any) -> Answer:
    return cast(_Refused, refused).answer
