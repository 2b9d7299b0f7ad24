"""This module runs the course of a request, for both clients alike: see `lines`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema.http.client.abort import Aborted, AbortSignal
from kbn_schema.http.client.answers import HttpResponse
from kbn_schema.http.client.calls import Call, make_call
from kbn_schema.http.client.headers import require_own_names
from kbn_schema.http.client.interception import Interception
from kbn_schema.http.client.interceptors import Interceptors
from kbn_schema.http.client.lines import Line
from kbn_schema.http.client.loading import LoadingCount
from kbn_schema.http.client.options import FetchOptions, read_arguments
from kbn_schema.http.client.receipt import Receipt, fetch_error
from kbn_schema.http.client.settings import Settings
from kbn_schema.http.streams import is_stream

if TYPE_CHECKING:
    import httpx


@attrs.frozen
class Course:
    """What both clients do."""

    settings: Settings
    line: Line
    interceptors: Interceptors = attrs.field(factory=Interceptors)
    loading: LoadingCount = attrs.field(factory=LoadingCount)

    async def fetch(self, path: Any, options: Any, keywords: Mapping[str, Any], method: str | None) -> Any:
        """The result of a call of ``fetch`` with these arguments; *method* is that of a shorthand.

        Raises:
            TypeError, ValueError: The arguments are not what they should be.
            HttpFetchError: The server answered with an error, or not at all.
            HttpInterceptHaltError: An interceptor has halted the request.
            ContractError: The request or the answer is not what the router declares.
            RuntimeError: The client is closed.
        """
        asked = read_arguments(path, options, keywords, method)
        require_own_names(asked.headers)
        if self.settings.http.is_closed:
            raise RuntimeError("the client is closed")
        with self.loading.counted():
            answer = await self._intercepted(asked)
        return answer if asked.as_response else answer.body

    async def _intercepted(self, asked: FetchOptions) -> HttpResponse:
        unread: list[httpx.Response] = []
        streams: list[object] = []

        async def respond(options: FetchOptions) -> HttpResponse:
            # What the caller is given is the caller's to say.
            options = attrs.evolve(options, as_response=asked.as_response, raw_response=asked.raw_response)
            _require_new(options.body, streams)
            answer = await self._respond(options)
            if asked.raw_response:
                unread.append(answer.response)
            return answer

        kept: object = None
        try:
            answer = await Interception(self.interceptors(), self.line).run(asked, respond)
            kept = answer.response
            return answer
        finally:
            for response in unread:
                if response is not kept:
                    await self.line.close(response)

    async def _respond(self, options: FetchOptions) -> HttpResponse:
        call = make_call(self.settings, self.line, options)
        contract = self.settings.contract
        route = None if contract is None else contract.check_request(call.request, call.target, call.body)
        receipt = Receipt(self.settings, self.line, call, route)
        if options.signal is None:
            return await receipt.receive()
        return await self._unless_aborted(options.signal, call, receipt)

    async def _unless_aborted(self, signal: AbortSignal, call: Call, receipt: Receipt) -> HttpResponse:
        try:
            signal.check()
            return await self.line.unless_aborted(signal, receipt.receive)
        except Aborted as error:
            failure = fetch_error(self.settings.library, error, call.request)
        raise failure


def _require_new(body: object, streams: list[object]) -> None:
    """Refuse to send a stream again: nothing is left of it."""
    if not is_stream(body):
        return
    if any(body is stream for stream in streams):
        raise ValueError("the body is a stream that was sent already: go on with another one")
    streams.append(body)
