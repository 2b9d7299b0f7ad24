"""This module makes a router the handler of an AWS Lambda function, without a framework or a server.

    from kbn_schema import schema
    from kbn_schema.adapters import aws_lambda
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    handler = aws_lambda.mount(router)

    if __name__ == "__main__":
        sample = {
            "version": "2.0",
            "rawPath": "/api/hello/you",
            "rawQueryString": "",
            "headers": {},
            "requestContext": {"http": {"method": "GET"}, "stage": "$default"},
            "isBase64Encoded": False,
        }
        print(handler(sample, None))

The function may stand behind API Gateway (REST APIs, and HTTP APIs of both payload formats), have a URL of
its own, or be the target of an Application Load Balancer: the event tells. To a handler,
``request.unstable_raw_request()`` is an `Invocation`, with the `event` and the `context` of Lambda.

Plain handlers run in the thread that Lambda calls. Async ones run in an event loop that is kept as long as
the process: a client or a pool that belongs to it may be used again. What a handler has started and not
awaited goes on in the next invocation, if there is one.

Limits:

* An answer is sent whole: a stream is collected first, and one that breaks is an error of the function.
* An answer of more than 6 MB, or of 1 MB behind a load balancer, is refused by the platform.
* An HTTP API has decoded the path: there, `a%2Fb` is two segments, and a path ends at `%3F`.
* A REST API, and an HTTP API with payload format 1.0, have decoded the query: what is malformed in it is
  theirs to refuse, and the order of fields of different names is lost.
* With payload format 2.0, repeats of a header come joined with `,`.
* A load balancer without multi-value headers shows the last of a repeated header or query field only, and is
  sent several cookies under names that differ in case.
* A REST API sends the bytes of a binary answer only if `binaryMediaTypes` is set; else it sends base64.
"""

import functools
import os
import threading
from collections.abc import Callable
from typing import Any

import attrs

from kbn_schema.adapters.aws_lambda_events import RequestEvent, is_request, read
from kbn_schema.adapters.shared import present_as, require_new, routers_of
from kbn_schema.http import ResponseParts, Router, ValidRequest
from kbn_schema.http.loops import Loop, answer_whole
from kbn_schema.http.parts import Refusal
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.validated import Check
from kbn_schema.kinds.definition import is_async

Handler = Callable[[Any, Any], Any]


def mount(router: Router, *, app: Handler | None = None, base_path: str = "") -> Handler:
    """A Lambda handler that answers the paths of *router*.

    Args:
        router: What is served; its handlers may be async.
        app: A Lambda handler for all other paths, and for events that are no requests, such as those of a
            queue. Without it, other paths are answered with 404.
        base_path: What a custom domain puts before the paths of the API, such as ``/shop``; the paths of
            *router* are without it. The name of a stage is left out anyway.

    Raises:
        TypeError: *router* is no router.
        ValueError: *app* has *router* already, or a router with a path of it; *base_path* does not begin with
            a slash, or ends with one.
    """
    require_new(router, routers_of(app))
    if base_path and (not base_path.startswith("/") or base_path.endswith("/")):
        raise ValueError(f"base_path must begin with a slash, and not end with one, unlike [{base_path}]")
    return Mounted(app, router, base_path)


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a Lambda handler of one's own be called with what is valid: ``handler(event, context, valid)``.

    *valid* has the attributes *params* (the ``pathParameters`` of the event), *query*, *headers* and *body*;
    a request that does not fit is answered as in a `Router`. The handler may be async, or a method. *options*
    are those of a route, see `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.

    Example:
        >>> from kbn_schema import schema
        >>> @validated(query=schema.object({"page": schema.number(min=1)}))
        ... def lambda_handler(event, context, valid):
        ...     return {"statusCode": 200, "body": f"page {valid.query['page']}"}
        >>> request = {"http": {"method": "GET"}}
        >>> lambda_handler({"rawPath": "/", "rawQueryString": "page=2", "requestContext": request}, None)
        {'statusCode': 200, 'body': 'page 2'}
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        awaits = is_async(handler)

        def wrapper(*arguments: Any) -> Any:
            event, context = arguments[-2:]  # after `self`, in a class
            request = read(event)
            valid = _accept(check, request, Invocation(event, context))
            if isinstance(valid, ResponseParts):
                return request.answered(valid)
            if not awaits:
                return handler(*arguments, valid)
            with _TURN:
                loop = _loop()
                return loop.apart(loop.run, handler(*arguments, valid))

        return present_as(wrapper, handler)

    return decorate


@attrs.frozen
class Invocation:
    """What Lambda calls its handler with."""

    event: Any
    context: Any


@attrs.frozen(eq=False)
class Mounted:
    """A *router* as a Lambda handler, in front of *app*."""

    app: Handler | None
    router: Router
    base_path: str

    def __call__(self, event: Any, context: Any) -> Any:
        """The answer to *event*, in its format.

        Raises:
            TypeError: A field of *event* is not of its type.
            ValueError: *event* is no request.
        """
        if self.app is not None and not is_request(event):
            return self.app(event, context)
        request = read(event)
        exchange = self.router.open(request.head(Invocation(event, context), self.base_path))
        if self.app is not None and not exchange.known:
            return self.app(event, context)
        with _TURN:
            return request.answered(answer_whole(exchange, request.body, _loop()))


def _accept(check: Check, request: RequestEvent, raw: Invocation) -> ValidRequest | ResponseParts:
    head = request.head(raw)
    try:
        return check.open(head, request.params()).accept(request.body)
    except Refusal as refusal:
        return check.open(head, {}).refuse(refusal.status, refusal.message)


# Lambda calls us once at a time, but other servers of such functions may not, and there is one loop.
_TURN = threading.RLock()
_loop = functools.cache(Loop)
if hasattr(os, "register_at_fork"):
    # The child of a fork must not share it.
    os.register_at_fork(after_in_child=_loop.cache_clear)
