"""This module takes a request in: it decodes the parts that have a rule, and checks them."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from kbn_schema.http.bodies import BodyFormat
from kbn_schema.http.fields import one_or_many
from kbn_schema.http.header_fields import select_headers
from kbn_schema.http.parts import RequestParts
from kbn_schema.http.rules import PartName, Rules
from kbn_schema.http.validation import InvalidRequest, ValidRequest, check_request

# In bytes. JSON can be written so that reading it is slow, and the loop waits for what is not large.
LARGE: Final = 16_384

Fields = Mapping[str, list[str]]


@attrs.frozen(eq=False)
class Intake:
    """What a route does with a request before its handler is called."""

    rules: Rules
    body_format: BodyFormat = attrs.field(repr=False)
    wants_xsrf: bool = False
    """Whether a request that changes something must show that no form of another site sent it."""

    @property
    def wants_body(self) -> bool:
        """Whether anything is done with the body."""
        return self.rules.body is not None

    @property
    def streams(self) -> bool:
        """Whether the handler reads the body itself."""
        return self.wants_body and self.body_format.streams

    def is_slow(self, head: RequestParts, size: int) -> bool:
        """Whether a body of *size* bytes takes long, so that the event loop must not wait for it."""
        return size > LARGE or (self.body_format.inflates and bool(head.header("content-encoding")))

    def accept(
        self, head: RequestParts, params: Mapping[str, Any], query: Fields, body: Any, limit: int
    ) -> ValidRequest | InvalidRequest:
        """The validated parts, or what is wrong; *body* is as it came, or the reader of a stream.

        Raises:
            Refusal: The body cannot be decoded.
        """
        rules, is_form = self.rules, False
        values: dict[PartName, Any] = {"params": params}
        if rules.query is not None:
            values["query"] = one_or_many(query)
        if rules.headers is not None:
            values["headers"] = select_headers(rules.header_names, head)
        if rules.body is not None:
            if self.body_format.streams:
                values["body"] = body
            else:
                values["body"], is_form = self.body_format.decode(head, body, limit)
        return check_request(rules, values, is_form)
