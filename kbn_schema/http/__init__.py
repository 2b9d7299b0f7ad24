"""Routes with validated requests, under any framework or none."""

from kbn_schema.http.parts import RequestParts, ResponseParts
from kbn_schema.http.responses import Response, ResponseFactory
from kbn_schema.http.router import Request, Route, Router

__all__ = ["Request", "RequestParts", "Response", "ResponseFactory", "ResponseParts", "Route", "Router"]
