"""This module compares requests and answers with what a router declares."""

import io
import logging
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn

import attrs

from kbn_schema.http.client.errors import ContractError, RequestContractError, ResponseContractError
from kbn_schema.http.client.results import BODILESS, read_text
from kbn_schema.http.client.urls import Target
from kbn_schema.http.exchange import Exchange
from kbn_schema.http.parts import RequestParts
from kbn_schema.http.responses import Response
from kbn_schema.http.result_types import is_binary, is_json, media_type_name
from kbn_schema.http.route import Route
from kbn_schema.http.router import Router
from kbn_schema.http.streams import is_stream
from kbn_schema.http.validation import InvalidRequest, InvalidResponse, check_response
from kbn_schema.wording import shorten

if TYPE_CHECKING:
    import httpx

CheckMode = Literal["raise", "log", "off"]
MODES: Final = ("raise", "log", "off")

log: Final = logging.getLogger("kbn_schema.http.client")


@attrs.frozen
class Contract:
    """What a client may send, and what it may be answered with."""

    router: Router
    mode: CheckMode

    def check_request(self, request: "httpx.Request", target: Target, body: Any) -> Route | None:
        """The route of *request*, whose body may be bytes, a stream or None; None where there is none.

        Raises:
            RequestContractError: The server would refuse it.
        """
        headers = [(name.lower(), value) for name, value in request.headers.raw]
        head = RequestParts(request.method, target.path, target.query.encode(), headers)
        exchange = self.router.open(head)
        problem = _problem_of(exchange, body)
        if problem is not None:
            self._tell(problem)
        return exchange.route

    def check_response(
        self, route: Route | None, response: "httpx.Response", content: bytes | None, body: Any
    ) -> None:
        """Compare an answer with what *route* declares; *content* is None where it was not read.

        Only what the route declares is compared, and a status below 300 that it does not declare is none of
        its answers. So are no redirects that were followed, and an error in the format of errors may be that
        of whoever came before the handler.

        Raises:
            ResponseContractError: It is not what the route declares.
        """
        if route is None or not route.rules.responses or response.history:
            return
        reason = _mismatch(route, response, content, body)
        if reason is not None:
            self._tell(ResponseContractError(_name_of(route), reason, response.request, response, body))

    def _tell(self, problem: ContractError) -> None:
        if self.mode == "raise":
            _raise(problem)
        log.error("%s", problem)


def _raise(problem: ContractError) -> NoReturn:
    try:
        raise problem
    finally:
        del problem  # else this frame and the error would hold each other


def _problem_of(exchange: Exchange, body: Any) -> RequestContractError | None:
    is_unread = is_stream(body)
    verdict = exchange.check(None if is_unread else body, is_unread)
    where = exchange.head.method
    where += f" {shorten(exchange.head.path) if exchange.route is None else _path_of(exchange.route)}"
    if isinstance(verdict, InvalidRequest):
        return RequestContractError(where, 400, verdict.message, verdict.issues)
    if not isinstance(verdict, Response) or verdict.status < 400:
        return None
    said: Any = verdict.body
    message, allow = said["message"], verdict.headers.get("allow")
    if exchange.route is None and verdict.status == 404:
        message = f"{message}: the router has no such path"
    elif allow is not None:
        message = f"{message}: the path has {allow}"
    return RequestContractError(where, verdict.status, message, said.get("attributes", {}).get("issues", ()))


def _mismatch(route: Route, response: "httpx.Response", content: bytes | None, body: Any) -> str | None:
    """What is wrong with an answer."""
    status = response.status_code
    if content is None or response.request.method == "HEAD" or status in BODILESS:
        return None if status in route.rules.responses else _reason(route, Response(status=status))
    if status >= 400 and _is_error(status, body):
        return None
    # The body in the forms that a handler may have given it in; the first is the likely one.
    headers = _declared_headers(route, response)
    likely = _likely(response.headers.get("content-type", ""), content, body)
    reason = _reason(route, Response(status=status, headers=headers, body=likely))
    forms: list[Any] = [content, io.BytesIO(content)] if content else ["", content, io.BytesIO(content)]
    others = (Response(status=status, headers=headers, body=form) for form in forms)
    return reason if reason is None or all(_reason(route, other) for other in others) else None


def _reason(route: Route, response: Response) -> str | None:
    try:
        check_response(route.rules, response, mapped=response.status < 300)
    except InvalidResponse as invalid:
        return str(invalid)
    return None


def _declared_headers(route: Route, response: "httpx.Response") -> dict[str, list[str]]:
    """The headers of an answer that the route declares; others may be the server's own."""
    declared = route.rules.responses.get(response.status_code)
    names = [] if declared is None else [header.name for header in declared.header_names]
    return {name: response.headers.get_list(name) for name in names if name in response.headers}


def _likely(media_type: str, content: bytes, body: Any) -> object:
    name = media_type_name(media_type)
    if not content:
        return None
    if is_json(name) or is_binary(name):
        return body
    return read_text(media_type, content)


def _is_error(status: int, body: Any) -> bool:
    """Whether *body* is in the format of errors."""
    if not isinstance(body, dict):
        return False
    return (
        body.get("statusCode") == status
        and isinstance(body.get("error"), str)
        and isinstance(body.get("message"), str)
    )


def _name_of(route: Route) -> str:
    return f"{route.method} {_path_of(route)}"


def _path_of(route: Route) -> str:
    return route.path if route.api_version is None else f"{route.path}, version {route.api_version}"
