"""Routes with validated requests, under any framework or none.

Where what is:

* a route is declared: `router`, `versions`, `static`; checked by `definition`, `mistakes`, `signatures`; kept
  as `route`, with the `rules` that `blocks` and `function_rule` read out of its ``validate`` block;
* a request comes: `parts` is what an adapter hands over, `paths` finds its route, and `exchange` is what an
  adapter holds of it, or `validated` for a framework's own handlers;
* it is taken in: `receiving` and `readers` get the body; `bodies`, `fields`, `uploads`, `media_types` and
  `header_fields` decode, each its part; `validation` checks; `intake` is all of that for one route;
* it is handled: `course` from end to end, on one of several `ways`, with the context and hooks that
  `lifecycle` holds;
* it is answered: `responses` and `errors` are what an author answers with, `failures` what we do;
  `rendering`, `conditions` and `streams` make bytes of it;
* an author tests it: `test_client`, with `form_data`; `loops` answers whole, for it and for AWS Lambda;
* programs call it over a network: `client`, a package of its own, which needs httpx.
"""

from kbn_schema.http.course import Native
from kbn_schema.http.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Gone,
    HttpError,
    NotFound,
    PreconditionFailed,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    UnprocessableContent,
)
from kbn_schema.http.exchange import Exchange
from kbn_schema.http.function_rule import Accepted, Rejected, RuleResult
from kbn_schema.http.parts import RequestParts, ResponseParts
from kbn_schema.http.readers import Disconnected
from kbn_schema.http.responses import Response, ResponseFactory
from kbn_schema.http.route import Request, Route
from kbn_schema.http.router import Router
from kbn_schema.http.rules import FullBlock, Parts, ResponseBlock, Rule
from kbn_schema.http.test_client import Answer, TestClient
from kbn_schema.http.uploads import UploadedFile
from kbn_schema.http.validation import InvalidRequest, ValidRequest
from kbn_schema.http.versions import VersionedRoute

__all__ = [
    "Accepted",
    "Answer",
    "BadRequest",
    "Conflict",
    "Disconnected",
    "Exchange",
    "Forbidden",
    "FullBlock",
    "Gone",
    "HttpError",
    "InvalidRequest",
    "Native",
    "NotFound",
    "Parts",
    "PreconditionFailed",
    "Rejected",
    "Request",
    "RequestParts",
    "Response",
    "ResponseBlock",
    "ResponseFactory",
    "ResponseParts",
    "Route",
    "Router",
    "Rule",
    "RuleResult",
    "ServiceUnavailable",
    "TestClient",
    "TooManyRequests",
    "Unauthorized",
    "UnprocessableContent",
    "UploadedFile",
    "ValidRequest",
    "VersionedRoute",
]
