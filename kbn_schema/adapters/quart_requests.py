"""This module reads requests in Quart as a router wants them: raw, and no more of a body than is asked for.

It knows nothing of routes and answers.
"""

from collections.abc import Generator
from typing import Any, cast
from urllib.parse import urlsplit

from quart import Request, request
from quart.wrappers.request import Body
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.http import Disconnected, RequestParts
from kbn_schema.http.parts import too_large
from kbn_schema.http.readers import AsyncRead


def current_request() -> Request:
    """The request itself, in place of the proxy."""
    return cast(Request, cast(Any, request)._get_current_object())


def parts_of(ours: Request) -> RequestParts:
    """The head of a request."""
    return asgi.parts_of(cast(asgi.Scope, ours.scope), ours)


def is_target(path: str) -> bool:
    """Whether Quart can read *path*, which is all of a target that does not begin with a slash."""
    try:
        return bool(path and urlsplit(path))
    except ValueError:
        return False


def is_below_root(ours: Request) -> bool:
    """Whether Quart shows a request to hooks with the path that we answer, and not with none."""
    root = ours.root_path.rstrip("/")
    return not root or ours.scope["path"].startswith(f"{root}/")


def reader(ours: Request) -> AsyncRead:
    """What reads the body of a request for us, piece by piece."""
    if isinstance(ours.body, LazyBody):
        return ours.body.read

    async def read() -> bytes:
        try:
            return await anext(ours.body, b"")
        except RequestEntityTooLarge:
            raise too_large(ours.max_content_length or 0) from None

    return read


class LazyBody(Body):
    """A body that is received as it is read; to hooks, it is as Quart's, with at most *limit* bytes."""

    def __init__(self, receive: asgi.Receive, limit: int | None) -> None:
        super().__init__(None, None)
        self.line: asgi.Body = asgi.Body({"type": "http.request", "more_body": True}, receive)
        self._limit = limit
        self._kept = bytearray()
        self._is_taken = False
        self._is_handed_on = False

    async def read(self) -> bytes:
        """The next piece, for the router; what a hook has awaited is there once more.

        Raises:
            Disconnected: The client has gone, or a hook has taken a part of the body.
        """
        if self._is_taken:
            raise Disconnected
        if self._kept and not self._is_handed_on:
            self._is_handed_on = True
            return bytes(self._kept)
        return await self.line.read()

    async def __anext__(self) -> bytes:
        self._is_taken = True
        chunk = bytes(self._kept) or await self._receive()
        self._kept.clear()
        if not chunk:
            raise StopAsyncIteration
        return chunk

    def __await__(self) -> Generator[Any, None, bytes]:
        return self._receive_all().__await__()

    def clear(self) -> None:
        self._is_taken = True
        self._kept.clear()

    async def _receive_all(self) -> bytes:
        while chunk := await self._receive():
            self._kept += chunk
            if self._limit is not None and len(self._kept) > self._limit:
                raise RequestEntityTooLarge
        return bytes(self._kept)

    async def _receive(self) -> bytes:
        try:
            return await self.line.read()
        except Disconnected:
            raise ClientDisconnected from None
