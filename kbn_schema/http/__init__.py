"""Routes with validated requests, under any framework or none."""

from kbn_schema.http.exchange import Exchange
from kbn_schema.http.parts import RequestParts, ResponseParts
from kbn_schema.http.responses import Response, ResponseFactory
from kbn_schema.http.route import Request, Route
from kbn_schema.http.router import Router

__all__ = [
    "Exchange",
    "Request",
    "RequestParts",
    "Response",
    "ResponseFactory",
    "ResponseParts",
    "Route",
    "Router",
]
