"""This module leads one request through the interceptors.

Source:
    Kibana's `intercept`: on the way out the one registered last goes first, on the way back the first.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, cast

import attrs

from kbn_schema.http.client.answers import FailedRequest, FailedResponse, HttpResponse
from kbn_schema.http.client.errors import HttpFetchError, HttpInterceptHaltError, ResponseContractError
from kbn_schema.http.client.interceptors import InterceptController, Interceptor
from kbn_schema.http.client.lines import Line
from kbn_schema.http.client.options import FetchOptions
from kbn_schema.http.form_data import require

Respond = Callable[[FetchOptions], Coroutine[Any, Any, HttpResponse]]


@attrs.frozen
class Interception:
    """One request on its way through *interceptors*."""

    interceptors: tuple[Interceptor, ...]
    line: Line
    controller: InterceptController = attrs.field(factory=InterceptController)

    async def run(self, options: FetchOptions, respond: Respond) -> HttpResponse:
        """The answer to *options* that *respond* gives, as the interceptors leave it.

        Raises:
            HttpInterceptHaltError: One of them has halted the request.
        """
        if not self.interceptors:
            return await respond(options)
        options = await self._request(options)
        try:
            answer = await self._fetch(self.interceptors, options, respond)
        except Exception as error:
            return await self._response(options, error)
        return await self._response(options, answer)

    async def _request(self, options: FetchOptions) -> FetchOptions:
        failure: Exception | None = None
        for interceptor in reversed(self.interceptors):
            try:
                if failure is None:
                    options = options.with_changes(await self._call(interceptor.request, options))
                else:
                    # No name for what it sees: this frame and the error would hold each other.
                    changes = await self._call(interceptor.request_error, FailedRequest(failure, options))
                    if changes is not None:
                        options, failure = options.with_changes(changes), None
            except HttpInterceptHaltError:
                raise
            except Exception as error:
                failure = error
        if failure is None:
            return options
        try:
            raise failure
        finally:
            del failure  # else this frame and the error would hold each other

    async def _fetch(
        self, interceptors: tuple[Interceptor, ...], options: FetchOptions, respond: Respond
    ) -> HttpResponse:
        if not interceptors:
            return await respond(options)
        first, *others = interceptors
        rest = tuple(others)
        if first.fetch is None:
            return await self._fetch(rest, options, respond)

        async def go_on(given: Mapping[str, Any] | FetchOptions) -> HttpResponse:
            self._check_halt()
            return await self._fetch(rest, FetchOptions.of(given), respond)

        answer = await self._call(first.fetch, self.line.hand_over(go_on), options)
        require(isinstance(answer, HttpResponse), "what [fetch] returns", "an HttpResponse", answer)
        return cast(HttpResponse, answer)

    async def _response(self, options: FetchOptions, answer: HttpResponse | Exception) -> HttpResponse:
        last: HttpResponse | None = None
        for interceptor in self.interceptors:
            try:
                if isinstance(answer, HttpResponse):
                    last = answer
                    answer = _changed(answer, await self._call(interceptor.response, answer))
                elif isinstance(answer, HttpInterceptHaltError):
                    raise answer
                else:
                    answer = await self._mended(interceptor, _failed(answer, options, last))
            except HttpInterceptHaltError:
                raise
            except Exception as error:
                answer = error
        if isinstance(answer, HttpResponse):
            return answer
        try:
            raise answer
        finally:
            del answer  # else this frame and the error would hold each other

    async def _mended(self, interceptor: Interceptor, seen: FailedResponse) -> HttpResponse | Exception:
        given = await self._call(interceptor.response_error, seen)
        if given is None:
            return seen.error
        if isinstance(given, HttpResponse):
            return given
        pieces: dict[str, Any] = {"response": seen.response, "body": seen.body, **_pieces(given)}
        return HttpResponse(seen.fetch_options, cast(Any, seen.request), pieces["response"], pieces["body"])

    async def _call(self, function: Callable[..., Any] | None, *arguments: Any) -> Any:
        if function is None:
            return None
        result = await self.line.wait(function(*arguments, self.controller))
        self._check_halt()
        return result

    def _check_halt(self) -> None:
        if self.controller.halted:
            raise HttpInterceptHaltError


def _changed(answer: HttpResponse, changes: Any) -> HttpResponse:
    if changes is None:
        return answer
    if isinstance(changes, HttpResponse):
        return changes
    return attrs.evolve(answer, **_pieces(changes))


def _failed(error: Exception, options: FetchOptions, last: HttpResponse | None) -> FailedResponse:
    # What an error of ours knows of the answer; else what the last answer was.
    known = error if isinstance(error, HttpFetchError | ResponseContractError) else last
    if known is None:
        return FailedResponse(error, options)
    return FailedResponse(error, options, known.request, known.response, known.body)


def _pieces(given: Any) -> dict[str, Any]:
    if isinstance(given, FailedResponse):
        return {"response": given.response, "body": given.body}
    require(
        isinstance(given, Mapping), "what an interceptor returns", "an HttpResponse, a mapping or None", given
    )
    for name in given:
        if name not in ("response", "body"):
            raise TypeError(
                f"an interceptor cannot change [{name}] of an answer, expected [response], [body]"
            )
    return dict(given)
