"""This module has what a client raises."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kbn_schema.wording import escape

if TYPE_CHECKING:
    import httpx


class HttpFetchError(Exception):
    """The server answered with an error, or did not answer, or not with what can be read.

    The cause is in `__cause__`: the exception of httpx, say.

    Args:
        message: The reason phrase of an answer, or what went wrong, which is also the text; it has nothing of
            what was sent, and nothing of a body.
        name: ``Error`` for an answer with an error, and else that of the cause: ``AbortError``,
            ``TimeoutError``, ``ConnectError``, ...
        request: The request of httpx; None where there is none.
        response: The response of httpx; None where none came.
        body: What the answer holds; None where that could not be read.
    """

    def __init__(
        self,
        message: str,
        name: str = "Error",
        request: "httpx.Request | None" = None,
        response: "httpx.Response | None" = None,
        body: Any = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.name = name
        self.request = request
        self.response = response
        self.body = body

    @property
    def status(self) -> int | None:
        """The status of the answer; None where there is none."""
        return None if self.response is None else self.response.status_code

    def __repr__(self) -> str:
        return f"HttpFetchError({self.message!r}, name={self.name!r}, status={self.status})"


class HttpInterceptHaltError(Exception):
    """An interceptor has halted the request; nothing else of it is called. *message* is the text."""

    def __init__(self, message: str = "an interceptor has halted the request") -> None:
        super().__init__(message)


class ContractError(Exception):
    """A request or an answer is not what the router of the client declares."""


class RequestContractError(ContractError):
    """The server would refuse the request, so it was not sent.

    Args:
        where: The method and the route, such as ``POST /notes/{id}, version 2``.
        status: The status that the server would answer with.
        message: What it would say, and where there is no such route, a hint.
        issues: What it would find, each as ``{"path", "code", "message", "params"}``; the path begins with
            the part of the request. None where the request is refused for another reason.
    """

    def __init__(
        self, where: str, status: int, message: str, issues: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        super().__init__(where, status, message, issues)
        self.where = where
        self.status = status
        self.message = message
        self.issues: list[dict[str, Any]] = [dict(issue) for issue in issues]

    def __str__(self) -> str:
        problems = [_problem(issue) for issue in self.issues] or [self.message]
        return "\n".join([f"{self.where}: the server would answer with {self.status}:", *problems])


class ResponseContractError(ContractError):
    """The answer is not what its route declares.

    Args:
        where: The method and the route, such as ``POST /notes/{id}, version 2``.
        reason: What does not fit.
        request: The request of httpx.
        response: The response of httpx.
        body: What the answer holds.
    """

    def __init__(
        self,
        where: str,
        reason: str,
        request: "httpx.Request | None" = None,
        response: "httpx.Response | None" = None,
        body: Any = None,
    ) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason
        self.request = request
        self.response = response
        self.body = body

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.where, self.reason, self.request, self.response, self.body)


def _problem(issue: Mapping[str, Any]) -> str:
    path = [str(step) for step in issue["path"]]
    return escape(f"[request {'.'.join(path)}]: {issue['message']}")
