"""What is said of a way to answer requests, and how it is asked: in process, with no server between."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import attrs

from benchmarks.http_requests import HttpRequest, Path

FASTAPI: Final = "FastAPI, pydantic"  # who has to be slower

Message = dict[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]


class Answer(Protocol):
    """What has come back."""

    @property
    def status(self) -> int: ...

    @property
    def body(self) -> bytes: ...


Ask = Callable[[HttpRequest], Answer]


@attrs.frozen
class HttpPeer:
    """One way to answer requests.

    Args:
        name: What tables call it.
        packages: The distributions whose versions are shown.
        ask: Sends a request and returns the answer; this is timed.
        refusal: The status for a body that does not fit; None where nothing is validated.
        wrong: Returns where the wrong values are, given the JSON of a refusal.
        remark: Where it does less, more or otherwise than the others.
    """

    name: str
    packages: tuple[str, ...]
    ask: Ask
    refusal: int | None = None
    wrong: Callable[[Any], frozenset[Path]] | None = None
    remark: str = ""


class Connection:
    """The two ends of a server that an application holds; nothing in it ever waits."""

    __slots__ = ("_coming", "_sent")

    def __init__(self, body: bytes) -> None:
        self._coming: Message = {"type": "http.request", "body": body, "more_body": False}
        self._sent: list[Message] = []

    async def receive(self) -> Message:
        coming, self._coming = self._coming, {"type": "http.disconnect"}
        return coming

    async def send(self, message: Message) -> None:
        self._sent.append(message)

    @property
    def status(self) -> int:
        status: int = self._sent[0]["status"]
        return status

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self._sent[1:])


def through(app: App) -> Ask:
    """Return what asks the ASGI application *app*; an event loop has to run, which is not gone back to."""

    def ask(request: HttpRequest) -> Connection:
        connection = Connection(request.body)
        # Applications write into their scope.
        finish(app(request.scope.copy(), connection.receive, connection.send))
        return connection

    return ask


def finish(awaitable: Awaitable[None]) -> None:
    """Run *awaitable* to its end.

    Raises:
        RuntimeError: It waits for something, which would be the loop's time and not its own.
    """
    for _ in awaitable.__await__():
        raise RuntimeError("an application waits, although all has come")
