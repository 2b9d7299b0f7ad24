"""This module checks the requests of handlers that a framework calls: the core of each `validated`."""

from collections.abc import Mapping
from typing import Any, Final, cast

from kbn_schema.http.blocks import read_block
from kbn_schema.http.bodies import body_format
from kbn_schema.http.course import Native
from kbn_schema.http.definition import require_options
from kbn_schema.http.exchange import MAX_BODY_BYTES, Exchange
from kbn_schema.http.header_fields import require_header_names
from kbn_schema.http.intake import Intake
from kbn_schema.http.lifecycle import Lifecycle
from kbn_schema.http.once import Once
from kbn_schema.http.parts import Refusal, RequestParts, ResponseParts
from kbn_schema.http.readers import AsyncRead, Read
from kbn_schema.http.responses import ResponseFactory
from kbn_schema.http.route import Request, Route, TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.streams import AsyncStream, SyncStream
from kbn_schema.http.validation import ValidRequest
from kbn_schema.http.ways import ON_LOOP, PLAIN, run_now

WHERE = "validated()"


class Reception(Exchange):
    """An exchange that ends before the handler: what it answers is the valid request, or a refusal."""

    __slots__ = ()

    def accept(self, body: bytes | Read | None = None) -> ValidRequest | ResponseParts:
        """The request with *body*; bytes, a reader, or None."""
        return cast("ValidRequest | ResponseParts", run_now(self.run(body, PLAIN, SyncStream)))

    async def accept_async(
        self, body: bytes | AsyncRead | Refusal | None = None
    ) -> ValidRequest | ResponseParts:
        """The request with *body*; a reader is awaited.

        Raises:
            Disconnected: The client has gone while the body was read.
        """
        return cast("ValidRequest | ResponseParts", await self.run(body, ON_LOOP, AsyncStream))


class Check:
    """Checks requests against the rules of one handler.

    *route* has those rules, as a route without a path.

    Raises:
        SchemaDefinitionError: A rule or an option is not what it should be.
    """

    def __init__(
        self,
        *,
        params: PartRule | None = None,
        query: PartRule | None = None,
        headers: PartRule | None = None,
        body: PartRule | None = None,
        options: TransportOptions | None = None,
    ) -> None:
        given = {"params": params, "query": query, "headers": headers, "body": body}
        declared: dict[str, Any] = {"options": options or {}}
        require_options(WHERE, declared, ("options",), "")
        rules = read_block({part: rule for part, rule in given.items() if rule is not None}, WHERE)
        require_header_names(rules.headers, WHERE)
        form = body_format(WHERE, declared["options"].get("body", {}), rules.body)
        intake = Intake(rules, form, declared["options"].get("xsrf_required", False))
        self.route: Final = Route(
            "", "", cast(Any, _accept), Once(lambda: intake), options=declared["options"]
        )
        self._lifecycle = Lifecycle()

    def open(self, head: RequestParts, params: Mapping[str, Any]) -> Reception:
        """What is known of a request before its body is read; *params* are as the framework decoded them."""
        return Reception.enter(head, self.route, lambda: params, self._lifecycle, _NATIVE, MAX_BODY_BYTES)


def _accept(context: object, request: Request, response: ResponseFactory) -> ValidRequest:
    return ValidRequest(request.params, request.query, request.headers, request.body)


_NATIVE = Native(responses=(ValidRequest,))
