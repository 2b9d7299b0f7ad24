"""Routes with validated requests, under any framework or none."""

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
    "Gone",
    "HttpError",
    "InvalidRequest",
    "Native",
    "NotFound",
    "PreconditionFailed",
    "Rejected",
    "Request",
    "RequestParts",
    "Response",
    "ResponseFactory",
    "ResponseParts",
    "Route",
    "Router",
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
