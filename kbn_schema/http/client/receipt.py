"""This module sends a request and takes its answer, or says why there is none that can be read."""

import re
from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema.http.client.abort import Aborted
from kbn_schema.http.client.answers import HttpResponse
from kbn_schema.http.client.calls import Call
from kbn_schema.http.client.decoding import BodyReader, UnreadableBody
from kbn_schema.http.client.errors import HttpFetchError
from kbn_schema.http.client.lines import Line
from kbn_schema.http.client.results import BODILESS, read_result
from kbn_schema.http.client.settings import Settings
from kbn_schema.http.route import Route
from kbn_schema.http.statuses import phrase
from kbn_schema.json_text import JsonTextError
from kbn_schema.wording import shorten

if TYPE_CHECKING:
    import httpx


@attrs.frozen
class Receipt:
    """The answer to one *call*, for which a router may have a *route*."""

    settings: Settings
    line: Line
    call: Call
    route: Route | None

    async def receive(self) -> HttpResponse:
        """Send the request, and take the answer.

        Raises:
            HttpFetchError: It is an error, there is none, or it cannot be read.
            ResponseContractError: It is not what the route declares.
            Aborted: The caller does not want it any more.
        """
        response = await self._head()
        try:
            return await self._answer(response)
        except BaseException:
            await self.line.close(response)
            raise

    async def _head(self) -> "httpx.Response":
        try:
            return await self.line.send(self.call.request)
        except Exception as error:
            if any(error is failure for failure in self.call.failures):  # the caller's own
                raise
            raise self._failed(error) from error

    async def _answer(self, response: "httpx.Response") -> HttpResponse:
        options, request, contract = self.call.options, self.call.request, self.settings.contract
        content: bytes | None = None
        body: Any = None
        problem: Exception | None = None
        if not (options.raw_response and response.is_success):
            try:
                content = await self._content(response)
                body = self._result(response, content)
            except (UnreadableBody, JsonTextError) as error:
                problem = error
        # That the server failed says more than that its answer cannot be read.
        if problem is not None and response.is_success:
            raise self._failed(problem, response) from problem
        if contract is not None and problem is None:
            contract.check_response(self.route, response, content, body)
        if not response.is_success:
            message = response.reason_phrase or phrase(response.status_code)
            raise HttpFetchError(shorten(message, MAX_MESSAGE), "Error", request, response, body) from problem
        return HttpResponse(options, request, response, body)

    async def _content(self, response: "httpx.Response") -> bytes:
        codings = response.headers.get("content-encoding", "")
        reader = BodyReader("" if self._is_bodiless(response) else codings, self.settings.max_body_bytes)
        signal = self.call.options.signal

        def take(piece: bytes) -> None:
            if signal is not None:
                signal.check()
            reader.take(piece)

        try:
            take(b"")
            await self.line.read(response, take)
        except (UnreadableBody, Aborted):
            raise
        except Exception as error:
            raise self._failed(error, response) from error
        content = reader.whole()
        self._keep(response, content)
        return content

    def _keep(self, response: "httpx.Response", content: bytes) -> None:
        """Let *response* have its `content`, which was read past httpx."""
        stream, headers = response.stream, response.headers
        inflated = headers.copy()
        inflated.pop("content-encoding", None)
        response.stream, response.headers = self.settings.library.ByteStream(content), inflated
        try:
            response.read()
        finally:
            response.stream, response.headers = stream, headers

    def _result(self, response: "httpx.Response", content: bytes) -> Any:
        if self._is_bodiless(response):
            return None
        return read_result(response.headers.get("content-type", ""), content)

    def _is_bodiless(self, response: "httpx.Response") -> bool:
        return self.call.request.method == "HEAD" or response.status_code in BODILESS

    def _failed(self, error: Exception, response: "httpx.Response | None" = None) -> HttpFetchError:
        return fetch_error(self.settings.library, error, self.call.request, response)


def fetch_error(
    library: Any, error: Exception, request: "httpx.Request", response: "httpx.Response | None" = None
) -> HttpFetchError:
    """What the caller is told of *error*."""
    name = type(error).__name__
    if isinstance(error, Aborted):
        name = "AbortError"
    elif isinstance(error, library.TimeoutException | TimeoutError):
        name = "TimeoutError"
    # What was sent or received is shown as bytes, at the end of a text.
    text = _BYTES.sub("", str(error))
    return HttpFetchError(shorten(text or name, MAX_MESSAGE), name, request, response)


MAX_MESSAGE = 256
_BYTES = re.compile(r":? ?\(?(?:bytearray\(|b['\"]).*", re.DOTALL)
