"""This module lets a client call a router in process, without a server."""

from collections.abc import AsyncIterator
from typing import Any

from kbn_schema.http.parts import RequestParts
from kbn_schema.http.router import Router
from kbn_schema.http.test_client import TestClient


def sync_transport(library: Any, router: Router) -> Any:
    """A transport of *library* that asks *router*; async handlers run in an event loop of their own."""
    client = TestClient(router)

    class InProcess(library.BaseTransport):  # type: ignore[misc, name-defined, unused-ignore]
        def handle_request(self, request: Any) -> Any:
            headers = [
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
            ]
            url = request.url.raw_path.decode("ascii")
            answer = client.request(request.method, url, headers=headers, body=request.read())
            # As a stream, so that nothing is decoded here.
            return library.Response(
                answer.status, headers=list(answer.headers.pairs), stream=library.ByteStream(answer.body)
            )

    return InProcess()


def async_transport(library: Any, router: Router) -> Any:
    """A transport of *library* that asks *router*, in the event loop of the caller."""

    class Pieces(library.AsyncByteStream):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for piece in self._stream:
                yield piece

        async def aclose(self) -> None:
            await self._stream.aclose()

    class InProcess(library.AsyncBaseTransport):  # type: ignore[misc, name-defined, unused-ignore]
        async def handle_async_request(self, request: Any) -> Any:
            answer = await router.handle_async(await _parts_of(request))
            body: Any = answer.body
            stream = library.ByteStream(body) if isinstance(body, bytes) else Pieces(body)
            return library.Response(answer.status, headers=list(answer.headers), stream=stream)

    return InProcess()


async def _parts_of(request: Any) -> RequestParts:
    path, _, query = request.url.raw_path.partition(b"?")
    headers = [(name.lower(), value) for name, value in request.headers.raw]
    return RequestParts(request.method, path.decode("ascii"), query, headers, await request.aread() or None)
