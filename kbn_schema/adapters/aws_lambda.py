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

import atexit
import contextlib
import contextvars
import functools
import os
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from functools import partial
from itertools import product
from typing import Any, TypeVar, cast
from urllib.parse import quote

import attrs

from kbn_schema.adapters.shared import encode, present_as, require_new, routers_of
from kbn_schema.http import Exchange, RequestParts, ResponseParts, Router, ValidRequest
from kbn_schema.http.fields import decode_percent
from kbn_schema.http.loops import Loop
from kbn_schema.http.parts import Pairs, Refusal
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.streams import Flow, Source, SyncStream
from kbn_schema.http.validated import Check
from kbn_schema.http.ways import awaited
from kbn_schema.kinds.definition import is_async

T = TypeVar("T")

Handler = Callable[[Any, Any], Any]


def mount(router: Router, *, app: Handler | None = None, base_path: str = "") -> Handler:
    """A Lambda handler that answers the paths of *router*.

    Args:
        app: A Lambda handler for all other paths, and for events that are no requests, such as those of a
            queue. Without it, other paths are answered with 404.
        base_path: What a custom domain puts before the paths of the API, such as ``/shop``; the paths of
            *router* are without it. The name of a stage is left out anyway.

    Raises:
        TypeError: *router* is no router.
        ValueError: *app* has *router* already, or a router with a path of it; *base_path* does not begin with
            a slash, or ends with one.
    """
    if not isinstance(cast(object, router), Router):
        raise TypeError(f"expected a Router but got [{type(router).__name__}]")
    if base_path and (not base_path.startswith("/") or base_path.endswith("/")):
        raise ValueError(f"base_path must begin with a slash, and not end with one, unlike [{base_path}]")
    require_new(router, routers_of(app))
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
    a request that does not fit is answered as in a `Router`. The handler may be async, or a method.

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
            incoming = _read(event)
            valid = _accept(check, incoming, incoming.head(Invocation(event, context)))
            if isinstance(valid, ResponseParts):
                return incoming.answered(valid)
            if not awaits:
                return handler(*arguments, valid)
            return _apart(_run, handler(*arguments, valid))

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
        if self.app is not None and not _is_request(event):
            return self.app(event, context)
        incoming = _read(event)
        exchange = self.router.open(incoming.head(Invocation(event, context), self.base_path))
        if self.app is not None and not exchange.known:
            return self.app(event, context)
        return incoming.answered(_apart(_answer, exchange, incoming.body, _loop()))


def _accept(check: Check, incoming: "_Incoming", head: RequestParts) -> ValidRequest | ResponseParts:
    try:
        reception = check.open(head, incoming.path_params())
    except Refusal as refusal:
        return check.open(head, {}).refuse(refusal.status, refusal.message)
    return reception.accept(incoming.body)


def _run(course: Coroutine[Any, Any, T]) -> T:
    loop = _loop()
    loop.begin()
    return loop.run(course)


@attrs.frozen
class _Incoming:
    """A request as it was found in an event."""

    method: str
    path: str
    """Below the stage, still percent-encoded."""
    query: bytes
    headers: list[tuple[str, str]]
    body: bytes | None
    params: Mapping[str, str]
    has_encoded_params: bool
    headed: Callable[[ResponseParts], dict[str, Any]]
    """The headers of an answer in the format of the event, and what else it has beside status and body."""

    def head(self, raw: Invocation, base_path: str = "") -> RequestParts:
        headers = self.headers
        if self.body is not None and "content-length" not in {name.lower() for name, _ in headers}:
            # A REST API keeps it to itself.
            headers = [*headers, ("content-length", str(len(self.body)))]
        return RequestParts(self.method, _below(base_path, self.path), self.query, headers, None, raw)

    def path_params(self) -> Mapping[str, str]:
        """The parameters of the path.

        Raises:
            Refusal: They cannot be decoded.
        """
        if not self.has_encoded_params:
            return self.params
        return {name: decode_percent(value, "request params") for name, value in self.params.items()}

    def answered(self, answer: ResponseParts) -> dict[str, Any]:
        """*answer* in the format of the event; a body that is no UTF-8 is sent as base64."""
        try:
            body, is_encoded = answer.body.decode(), False
        except UnicodeDecodeError:
            body, is_encoded = b64encode(answer.body).decode(), True
        return {
            "statusCode": answer.status,
            **self.headed(answer),
            "body": body,
            "isBase64Encoded": is_encoded,
        }


def _is_request(event: Any) -> bool:
    requested = event.get("requestContext") if isinstance(event, Mapping) else None
    return isinstance(requested, Mapping) and ("http" in requested or "httpMethod" in event)


def _read(event: Any) -> _Incoming:
    """The request in *event*.

    Raises:
        TypeError: It is no mapping, or a field is not of its type.
        ValueError: There is no request in it.
    """
    if not isinstance(event, Mapping):
        raise TypeError(f"the event must be a mapping, but is [{type(event).__name__}]")
    if not _is_request(event):
        raise ValueError(
            "the event is no request of API Gateway, of a function URL, or of an Application Load Balancer: "
            "it has neither [requestContext.http] nor [requestContext] and [httpMethod]"
        )
    fields = _Fields(event)
    requested = fields.part("requestContext")
    if "http" in requested.given:
        return _read_format_2(fields, requested)
    if "elb" in requested.given:
        return _read_balanced(fields)
    return _read_format_1(fields, requested)


def _read_format_2(fields: "_Fields", requested: "_Fields") -> _Incoming:
    """The request in an event of an HTTP API, or of the URL of a function."""
    path = fields.text("rawPath")
    # Only the URL of a function leaves it as it was sent; its domain cannot be another one.
    if ".lambda-url." not in requested.text("domainName", ""):
        path = _encoded(path, requested)
    headers = fields.pairs("headers")
    cookies = fields.texts("cookies")
    if cookies and "cookie" not in {name.lower() for name, _ in headers}:
        headers.append(("cookie", "; ".join(cookies)))
    return _Incoming(
        method=requested.part("http").text("method"),
        path=path,
        query=_bytes(fields.text("rawQueryString", "")),
        headers=_latin(headers),
        body=fields.body(),
        params=dict(fields.pairs("pathParameters")),
        has_encoded_params=False,
        headed=_in_format_2,
    )


def _read_balanced(fields: "_Fields") -> _Incoming:
    """The request in an event of a load balancer, which decodes nothing."""
    has_many = fields.given.get("multiValueHeaders") is not None
    return _Incoming(
        method=fields.text("httpMethod"),
        path=fields.text("path"),
        query=_joined(fields.pairs("queryStringParameters", "multiValueQueryStringParameters")),
        headers=_latin(fields.pairs("headers", "multiValueHeaders")),
        body=fields.body(),
        params={},
        has_encoded_params=False,
        headed=_balanced_with_many if has_many else _balanced,
    )


def _read_format_1(fields: "_Fields", requested: "_Fields") -> _Incoming:
    """The request in an event of a REST API, or of an HTTP API, whose events have a version."""
    path = fields.text("path")
    is_decoded = "version" in fields.given
    query = fields.pairs("queryStringParameters", "multiValueQueryStringParameters")
    return _Incoming(
        method=fields.text("httpMethod"),
        path=_encoded(path, requested) if is_decoded else path,
        query=_joined((_quoted(name), _quoted(value)) for name, value in query),
        headers=_latin(fields.pairs("headers", "multiValueHeaders")),
        body=fields.body(),
        params=dict(fields.pairs("pathParameters")),
        has_encoded_params=not is_decoded,
        headed=_in_format_1,
    )


@attrs.frozen
class _Fields:
    """The fields of an event, or of the *part* of one.

    Raises:
        TypeError: By each method, where a field is not of its type.
    """

    given: Mapping[str, Any]
    where: str = ""

    def part(self, name: str) -> "_Fields":
        return _Fields(self._mapping(name), f"{self.where}{name}.")

    def text(self, name: str, default: str | None = None) -> str:
        return self._of(str, name, self.given.get(name, default))

    def texts(self, name: str) -> list[str]:
        """The texts in a list; none where there is no list."""
        given = self.given.get(name)
        if given is None:
            return []
        return [
            self._of(str, f"{name}.{index}", text) for index, text in enumerate(self._of(list, name, given))
        ]

    def pairs(self, name: str, many: str = "") -> list[tuple[str, str]]:
        """The texts in a mapping, by their names; each name may have several in the mapping *many*."""
        if many and self.given.get(many) is not None:
            part = self.part(many)
            return [(key, value) for key in part.given for value in part.texts(key)]
        part = self.part(name)
        return [(key, part.text(key)) for key in part.given]

    def body(self) -> bytes | None:
        """The body; None where there is none.

        Raises:
            ValueError: It is said to be base64, but is not.
        """
        if self.given.get("body") is None:
            return None
        text = self.text("body")
        if not self._of(bool, "isBase64Encoded", self.given.get("isBase64Encoded", False)):
            return _bytes(text)
        try:
            return b64decode(text, validate=True)
        except ValueError:
            raise ValueError("the event has isBase64Encoded, but its body is no base64") from None

    def _mapping(self, name: str) -> Mapping[str, Any]:
        given = self.given.get(name)
        return {} if given is None else self._of(cast("type[Mapping[str, Any]]", Mapping), name, given)

    def _of(self, kind: type[T], name: str, value: Any) -> T:
        if not isinstance(value, kind):
            raise TypeError(
                f"[{self.where}{name}] of the event must be of type [{kind.__name__}], "
                f"but is [{type(value).__name__}]"
            )
        return value


def _encoded(path: str, requested: _Fields) -> str:
    """The *path* of an HTTP API, which has decoded it, below the stage that is in front of it."""
    stage = requested.text("stage", "$default")
    has_stage = stage != "$default" and ".execute-api." in requested.text("domainName", "")
    return encode(_below(f"/{stage}", path) if has_stage else path)


def _below(base: str, path: str) -> str:
    if not base or not f"{path}/".startswith(f"{base}/"):
        return path
    return path.removeprefix(base) or "/"


def _joined(fields: Iterable[tuple[str, str]]) -> bytes:
    """A query of encoded *fields*."""
    return _bytes("&".join(f"{name}={value}" for name, value in fields))


def _quoted(text: str) -> str:
    return quote(_bytes(text), safe="")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # what is no text is refused later, as on any server


def _latin(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """*headers* as on any server, where each byte is a character."""
    return [(name, value if value.isascii() else _as_bytes(value)) for name, value in headers]


def _as_bytes(value: str) -> str:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return _bytes(value).decode("latin-1")
    return value


def _in_format_1(answer: ResponseParts) -> dict[str, Any]:
    return {"multiValueHeaders": _by_name(answer.headers)}


def _in_format_2(answer: ResponseParts) -> dict[str, Any]:
    headers = _by_name(answer.headers)
    cookies = headers.pop("set-cookie", [])
    return {"headers": {name: ", ".join(values) for name, values in headers.items()}, "cookies": cookies}


def _balanced(answer: ResponseParts) -> dict[str, Any]:
    headers = _by_name(answer.headers)
    cookies = zip(_cases("set-cookie"), headers.pop("set-cookie", []), strict=False)
    return {
        "statusDescription": f"{answer.status} {answer.phrase}",
        "headers": {name: ", ".join(values) for name, values in headers.items()} | dict(cookies),
    }


def _balanced_with_many(answer: ResponseParts) -> dict[str, Any]:
    return {"statusDescription": f"{answer.status} {answer.phrase}", **_in_format_1(answer)}


def _by_name(headers: Pairs) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value)
    return values


def _cases(name: str) -> Iterator[str]:
    """*name* in different cases: cookies cannot be joined, and one name has one value here."""
    for letters in product(*(dict.fromkeys((letter, letter.upper())) for letter in name)):
        yield "".join(letters)


def _answer(exchange: Exchange, body: bytes | None, loop: Loop) -> ResponseParts:
    """The answer, whole."""
    loop.begin()
    if exchange.route is not None and exchange.route.is_async:  # in one task, as an async context wants
        return loop.run(_answer_async(exchange, body))
    # In this thread, where tracers and connections are.
    answer = exchange.answer_by(loop, partial(_stream, loop), body)
    if isinstance(answer.body, bytes):
        return answer
    with contextlib.closing(answer.body) as stream:
        return attrs.evolve(answer, body=b"".join(stream))


async def _answer_async(exchange: Exchange, body: bytes | None) -> ResponseParts:
    answer = await exchange.answer_async(body)
    if isinstance(answer.body, bytes):
        return answer
    async with contextlib.aclosing(answer.body) as stream:
        return attrs.evolve(answer, body=b"".join([piece async for piece in stream]))


def _stream(loop: Loop, flow: Flow) -> SyncStream:
    source = flow.source
    return SyncStream(
        attrs.evolve(flow, source=Source(_pulled(loop, source.value))) if source.is_async else flow
    )


def _pulled(loop: Loop, source: Any) -> Iterator[Any]:
    pieces = aiter(source)
    while (piece := loop.run(awaited(anext(pieces, None)))) is not None:
        yield piece


def _apart(function: Callable[..., T], *arguments: Any) -> T:
    """What *function* returns; no other invocation sees the context variables that it sets."""
    with _TURN:
        return contextvars.copy_context().run(function, *arguments)


# Lambda calls us once at a time, but other servers of such functions may not, and there is one loop.
_TURN = threading.RLock()


@functools.cache
def _loop() -> Loop:
    loop = Loop()
    atexit.register(loop.close)
    return loop


if hasattr(os, "register_at_fork"):
    # The child of a fork must not share it.
    os.register_at_fork(after_in_child=_loop.cache_clear)
