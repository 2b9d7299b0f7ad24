"""This module puts a router into a Litestar application, inside its guards, hooks and middleware.

    import uvicorn
    from litestar import Litestar

    from kbn_schema import schema
    from kbn_schema.adapters import litestar
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    async def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    app = litestar.mount(Litestar(), router)

    if __name__ == "__main__":
        uvicorn.run(app, port=8000)

A handler may return a response of Litestar's, or raise its `HTTPException`. To a handler,
``request.unstable_raw_request()`` is Litestar's request; its body has been received.

To guards and hooks, all routes of a router are one handler of the application, named ``kbn_schema.1``, whose
`opt` is empty; ``scope["path_template"]`` is the path of the route, as it was declared.

Limits:

* The routes are not in Litestar's OpenAPI document, and `route_reverse` does not build their paths.
* Tools see one route, such as ``/kbn_schema.1``; to clients, that path is 404.
* A hook that reads a multipart form takes the body away: the answer is 400.
* Litestar's check of the `host` header is not made on our paths, but `allowed_hosts` is.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters.annotations import resolved_signature
from kbn_schema.adapters.shared import missing, present_as, require_new, require_no_clash, shape
from kbn_schema.http import Exchange, Native, ResponseParts, Router
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.validated import Check
from kbn_schema.kinds.definition import is_async

try:
    from litestar import HttpMethod, Litestar, Request, Response, connection, datastructures, params, types
    from litestar.concurrency import sync_to_thread
    from litestar.datastructures import Cookie
    from litestar.enums import ScopeType
    from litestar.exceptions import HTTPException, NotFoundException
    from litestar.handlers import HTTPRouteHandler
    from litestar.response.base import ASGIResponse
    from litestar.routes import HTTPRoute, WebSocketRoute
    from litestar.types import ASGIApp, Empty, Receive, Scope, Send
    from litestar.utils.scope.state import ScopeState
except ImportError as error:
    missing(error, "litestar")

AnyRequest = Request[Any, Any, Any]

_NATIVE = Native(responses=(Response,), errors=(HTTPException,))
_EXCHANGE = "kbn_schema.exchange"
_KEPT_FOR_US = ("data", "body")


def mount(app: Litestar, router: Router) -> Litestar:
    """*app*, which answers the paths of *router*, whatever the method, and keeps all others.

    Routes may be added to *router* later; such a one goes before a route of *app* with the same path.

    Raises:
        TypeError: *app* is no `Litestar`.
        ValueError: *app* has a route of its own on a path of *router*, or has *router* already.
    """
    if not isinstance(app, Litestar):
        raise TypeError(f"mount() wants an application of Litestar, but got {app!r}")
    mounted = [layer for layer in _layers(app) if isinstance(layer, Mounted)]
    require_new(router, (layer.router for layer in mounted))
    own = (route for route in app.routes if not isinstance(route, WebSocketRoute))
    require_no_clash(router, ((route.path, shape(route.path)) for route in own))
    innermost = _innermost(app)
    innermost.app = Mounted(app, router, innermost.app, f"kbn_schema.{len(mounted) + 1}")
    return app


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a handler of Litestar's be called with what is valid: ``handler(valid, **others)``.

    *valid* has the attributes *params* (as Litestar converted them), *query*, *headers* and *body*; a request
    that does not fit is answered as in a `Router`. All other arguments are Litestar's to give, by their
    names, as ever: the request, dependencies, parameters. What their annotations name may be imported for
    type checkers only. The handler may be async or not, or the method of a `Controller`; a plain one runs in
    a worker thread.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.
        TypeError: The handler has no argument *valid*, or takes the body itself.

    Example:
        >>> from litestar import get
        >>> from kbn_schema import schema
        >>> @get("/find")
        ... @validated(query=schema.object({"page": schema.number(min=1)}))
        ... async def find(valid) -> dict[str, float]:
        ...     return valid.query
        >>> app = Litestar([find])
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        awaits = is_async(handler)
        given = resolved_signature(handler, _names())
        takes_request = "request" in given.parameters

        async def wrapper(*arguments: Any, **values: Any) -> Any:
            request: AnyRequest = values["request"] if takes_request else values.pop("request")
            reception = check.open(asgi.parts_of(_scope(request), request), request.path_params)
            receive = _receiving(request)
            valid, content = await asgi.answer_with_body(reception, reception.accept_async, receive)
            if isinstance(valid, ResponseParts):
                return _refuse(request, Answer(valid, content, receive))
            if awaits:
                return await handler(*arguments, valid=valid, **values)
            return await sync_to_thread(handler, *arguments, valid=valid, **values)

        present_as(wrapper, handler)
        _present(wrapper, _presented(handler, given))
        return wrapper

    return decorate


class Mounted:
    """A *router* in front of *routing*, an application's own routes, and inside what is around those."""

    def __init__(self, app: Litestar, router: Router, routing: ASGIApp, name: str) -> None:
        self.app = routing
        self.router = router
        # Registered, so that Litestar puts around it what is around any handler of *app*. The path does not
        # matter: it is never looked for.
        app.register(
            HTTPRouteHandler(
                f"/{name}",
                http_method=list(HttpMethod),
                name=name,
                status_code=200,
                dto=None,
                return_dto=None,
                include_in_schema=False,
            )(self._answer)
        )
        self._route = cast(HTTPRoute, app.routes[-1])
        self._route.route_handler_map = _ForAnyMethod(self._route.route_handler_map)
        self._entry, handler, *_ = app.asgi_router.handle_routing(path=self._route.path, method="GET")
        self._handler = cast(HTTPRouteHandler, handler)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = None
        if scope["type"] == ScopeType.HTTP:
            exchange = self.router.open(asgi.parts_of(cast(asgi.Scope, scope), None), _NATIVE)
        if exchange is None or not exchange.known:
            await self.app(scope, receive, send)
        else:
            await self._enter(exchange, cast(dict[str, Any], scope), receive, send)

    async def _enter(self, exchange: Exchange, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Do what Litestar's router does once it has found a route."""
        ScopeState.from_scope(
            cast(Scope, scope)
        ).exception_handlers = self._handler.resolve_exception_handlers()
        scope["route_handler"] = self._handler
        scope["path_template"] = self._route.path if exchange.route is None else exchange.route.path
        scope["path_params"] = dict(exchange.params)
        passage = scope[_EXCHANGE] = _Passage(exchange)
        try:
            await self._entry(cast(Scope, scope), receive, send)
        finally:
            await passage.close()

    async def _answer(self, request: AnyRequest) -> Response[Any]:
        passage: _Passage | None = cast(dict[str, Any], request.scope).pop(_EXCHANGE, None)
        if passage is None:  # its own path was asked for
            raise NotFoundException
        return await passage.answer(request)


class _Passage:
    """An *exchange* on its way through what is around the handlers of an application."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._parts: ResponseParts | None = None

    async def answer(self, request: AnyRequest) -> Response[Any]:
        exchange, receive = self._exchange, _receiving(request)
        exchange.head.raw = request  # which middleware and hooks have seen
        answer, content = await asgi.answer_with_body(exchange, exchange.answer_async, receive)
        if not isinstance(answer, ResponseParts):
            return cast(Response[Any], answer)
        self._parts = answer
        return Answer(answer, content, receive)

    async def close(self) -> None:
        """Close a stream, which a hook may have put aside."""
        if self._parts is not None and not isinstance(self._parts.body, bytes):
            await self._parts.body.aclose()


class Answer(Response[Any]):
    """What a router answers, as a response, which hooks may change."""

    def __init__(self, parts: ResponseParts, content: asgi.Content, receive: asgi.Receive) -> None:
        super().__init__(parts.body, status_code=parts.status, headers=dict(parts.headers))
        self._parts = parts
        self._sent = content
        self._receive = receive

    def to_asgi_response(
        self,
        app: Litestar | None,
        request: AnyRequest,
        *,
        background: Any = None,
        cookies: Iterable[Cookie] | None = None,
        headers: dict[str, str] | None = None,
        **others: Any,
    ) -> ASGIResponse:
        if self.content is not self._parts.body:
            return self._replaced(app, request, background, cookies, headers, others)
        pairs = (*self._pairs(headers or {}), *_cookies((*self.cookies, *(cookies or ()))))
        parts = ResponseParts(self.status_code or self._parts.status, pairs, self._parts.body)
        background = self.background or background

        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            await asgi.send_parts(parts, self._sent, self._receive, cast(asgi.Send, send))
            if background is not None:
                await background()

        return cast(ASGIResponse, respond)

    def _pairs(self, layered: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        """The headers; those that a hook has left alone may be repeated, *layered* are the application's."""
        first = dict(self._parts.headers)
        now = {name.lower(): str(value) for name, value in self.headers.items()}
        yield from (pair for pair in self._parts.headers if now.get(pair[0]) == first[pair[0]])
        yield from (pair for pair in now.items() if first.get(pair[0]) != pair[1])
        yield from ((name.lower(), value) for name, value in layered.items() if name.lower() not in now)

    def _replaced(
        self, app: Any, request: Any, background: Any, cookies: Any, headers: Any, others: Any
    ) -> ASGIResponse:
        """The response with content that a hook has put in the place of ours."""
        self.headers = {name: value for name, value in self.headers.items() if name != "content-length"}
        return super().to_asgi_response(
            app, request, background=background, cookies=cookies, headers=headers, **others
        )


class _Refused(Exception):
    """A request is answered with *answer*, whatever its handler was to return."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


def _refuse(request: AnyRequest, answer: Answer) -> Answer:
    """*answer*, for a handler to return.

    Raises:
        _Refused: What the handler returns goes through a DTO, which knows one type.
    """
    if request.route_handler.resolve_return_dto() is None:
        return answer
    state = ScopeState.from_scope(request.scope)
    handlers = {} if state.exception_handlers is Empty else state.exception_handlers
    state.exception_handlers = {**handlers, _Refused: _answer_of}
    raise _Refused(answer)


def _answer_of(request: AnyRequest, refused: Any) -> Answer:
    return cast(_Refused, refused).answer


class _ForAnyMethod(dict[Any, Any]):
    """What stands for GET stands for each method, also one that Litestar does not know."""

    def __missing__(self, method: str) -> Any:
        return self["GET"]


def _layers(app: Litestar) -> Iterator[Any]:
    """What requests pass on their way to the routes of *app*."""
    layer: Any = app.asgi_handler
    while layer is not None:
        yield layer
        layer = None if layer is app.asgi_router else getattr(layer, "app", None)


def _innermost(app: Litestar) -> Any:
    """The last before the routes.

    Raises:
        TypeError: Something is in the way.
    """
    *around, last = _layers(app)
    if last is not app.asgi_router or not around:
        raise TypeError(
            f"mount() cannot see through {last!r}: mount before you put it around the application"
        )
    return around[-1]


def _receiving(request: AnyRequest) -> asgi.Receive:
    """What receives for *request*, whose body a guard, a hook or a middleware may have read.

    What comes in one message is kept for `request.body()`; else that says that the stream was consumed.
    """
    state = ScopeState.from_scope(request.scope)
    receive_next = cast(asgi.Receive, request.receive)
    if state.body is not Empty:
        return _after({"type": "http.request", "body": state.body}, receive_next)
    if state.form is not Empty or not request.is_connected:
        return _after({"type": "http.disconnect"}, receive_next)

    async def receive() -> asgi.Message:
        message = await receive_next()
        is_whole = message["type"] == "http.request" and not message.get("more_body")
        if is_whole and request.is_connected:
            state.body = message.get("body", b"")
        request.is_connected = False
        return message

    return receive


def _after(first: asgi.Message, receive: asgi.Receive) -> asgi.Receive:
    messages = [first]

    async def receive_next() -> asgi.Message:
        return messages.pop() if messages else await receive()

    return receive_next


def _scope(request: AnyRequest) -> asgi.Scope:
    return cast(asgi.Scope, request.scope)


def _cookies(cookies: Iterable[Cookie]) -> Iterator[tuple[str, str]]:
    for cookie in cookies:
        if not cookie.documentation_only:
            name, value = cookie.to_encoded_header()
            yield name.decode("latin-1"), value.decode("latin-1")


def _names() -> dict[str, Any]:
    """What Litestar lets annotations name though it was not imported at run time."""
    modules = (types, connection, datastructures, params)
    return {name: getattr(module, name) for module in modules for name in module.__all__}


def _presented(handler: Callable[..., Any], given: inspect.Signature) -> inspect.Signature:
    """The signature of *handler* without *valid*, and with the request; what is not known is `Any`.

    Raises:
        TypeError: It has no *valid*, or an argument that is filled from the body.
    """
    if "valid" not in given.parameters:
        raise TypeError(f"{handler!r} has no argument [valid]")
    for name in _KEPT_FOR_US:
        if name in given.parameters:
            raise TypeError(
                f"{handler!r} has an argument [{name}]: the body is in [valid], where it is declared"
            )
    parameters = {name: given.parameters[name] for name in given.parameters if name != "valid"}
    request = parameters.pop("request", inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY))
    known = _known(request.annotation, AnyRequest)
    ours = request.replace(kind=request.KEYWORD_ONLY, default=request.empty, annotation=known)
    others = [
        parameter.replace(annotation=_known(parameter.annotation, Any)) for parameter in parameters.values()
    ]
    return inspect.Signature(
        sorted((*others, ours), key=lambda parameter: parameter.kind),
        return_annotation=_known(given.return_annotation, Any),
    )


def _known(annotation: Any, otherwise: Any) -> Any:
    return otherwise if annotation is inspect.Signature.empty else annotation


def _present(wrapper: Any, signature: inspect.Signature) -> None:
    """Show *signature* as that of *wrapper*; Litestar reads it in two ways."""
    wrapper.__signature__ = signature
    wrapper.__annotations__ = {
        **{parameter.name: parameter.annotation for parameter in signature.parameters.values()},
        "return": signature.return_annotation,
    }
