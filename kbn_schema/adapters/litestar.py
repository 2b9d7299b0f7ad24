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
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, cast
from urllib.parse import unquote

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters.annotations import resolved_signature
from kbn_schema.adapters.shared import missing, present_as, require_new, require_no_clash, shape
from kbn_schema.http import Exchange, Native, ResponseParts, Router
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.validated import Check
from kbn_schema.kinds.definition import is_async

try:
    from litestar import HttpMethod, Litestar, Response, connection, datastructures, params, types
    from litestar.concurrency import sync_to_thread
    from litestar.enums import ScopeType
    from litestar.exceptions import HTTPException, NotFoundException
    from litestar.handlers import HTTPRouteHandler
    from litestar.routes import HTTPRoute, WebSocketRoute
    from litestar.types import ASGIApp, Empty, Receive, Scope, Send
    from litestar.utils.scope.state import ScopeState

    from kbn_schema.adapters.litestar_answers import Answer, AnyRequest, refuse
except ImportError as _error:
    missing(_error, "litestar")

_NATIVE = Native(responses=(Response,), errors=(HTTPException,))
_VISIT = "kbn_schema.visit"
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
    a worker thread. *options* are those of a route, see `TransportOptions`.

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
            reception = check.open(
                asgi.parts_of(cast(asgi.Scope, request.scope), request), request.path_params
            )
            receive = _receiving(request)
            valid, content = await asgi.answer_with_body(reception, reception.accept_async, receive)
            if isinstance(valid, ResponseParts):
                return refuse(request, Answer(valid, content, receive))
            if awaits:
                return await handler(*arguments, valid=valid, **values)
            return await sync_to_thread(handler, *arguments, valid=valid, **values)

        _present(present_as(wrapper, handler), _presented(handler, given))
        return wrapper

    return decorate


class Mounted:
    """A *router* in front of *routing*, an application's own routes, and inside what is around those.

    Litestar finds routes by decoded paths, so the router is asked before that, with the raw one. But guards,
    hooks and middleware are around each handler of Litestar's: so the router answers inside of one that is
    registered under a path that nobody asks for, and that is entered as if Litestar had found it.
    """

    def __init__(self, app: Litestar, router: Router, routing: ASGIApp, name: str) -> None:
        self.app = routing
        self.router = router
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
            await self._enter(exchange, scope, receive, send)

    async def _enter(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        """Do what Litestar's router does once it has found a route."""
        ScopeState.from_scope(scope).exception_handlers = self._handler.resolve_exception_handlers()
        async with AsyncExitStack() as stack:
            cast(asgi.Scope, scope).update(
                {
                    "path": unquote(exchange.head.path),  # below the `root_path`
                    "route_handler": self._handler,
                    "path_template": self._route.path if exchange.route is None else exchange.route.path,
                    "path_params": dict(exchange.params),
                    _VISIT: (exchange, stack),
                }
            )
            await self._entry(scope, receive, send)

    async def _answer(self, request: AnyRequest) -> Response[Any]:
        exchange, stack = cast(asgi.Scope, request.scope).pop(_VISIT, (None, None))
        if exchange is None:  # its own path was asked for
            raise NotFoundException
        exchange.head.raw = request  # which middleware and hooks have seen
        receive = _receiving(request)
        answer, content = await asgi.answer_with_body(exchange, exchange.answer_async, receive)
        if not isinstance(answer, ResponseParts):
            return cast(Response[Any], answer)
        if not isinstance(answer.body, bytes):
            stack.push_async_callback(answer.body.aclose)  # a hook may put it aside
        return Answer(answer, content, receive)


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
        return asgi.after({"type": "http.request", "body": state.body}, receive_next)
    if state.form is not Empty or not request.is_connected:
        return asgi.after({"type": "http.disconnect"}, receive_next)

    async def receive() -> asgi.Message:
        message = await receive_next()
        is_whole = message["type"] == "http.request" and not message.get("more_body")
        if is_whole and request.is_connected:
            state.body = message.get("body", b"")
        request.is_connected = False
        return message

    return receive


def _names() -> dict[str, Any]:
    """What Litestar lets annotations name though it was not imported at run time."""
    modules = (types, connection, datastructures, params)
    return {name: getattr(module, name) for module in modules for name in module.__all__}


def _presented(handler: Callable[..., Any], given: inspect.Signature) -> inspect.Signature:
    """The signature of *handler* without *valid*, and with the request; what is not known is `Any`.

    Raises:
        TypeError: It has no *valid*, or an argument that is filled from the body.
    """
    others = dict(given.parameters)
    if others.pop("valid", None) is None:
        raise TypeError(f"{handler!r} has no argument [valid]")
    for name in _KEPT_FOR_US:
        if name in others:
            raise TypeError(f"{handler!r} has an argument [{name}]: the body is in [valid]")
    asked = others.pop("request", None)
    kind = _known(asked.annotation if asked else inspect.Signature.empty, AnyRequest)
    request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=kind)
    known = [one.replace(annotation=_known(one.annotation, Any)) for one in others.values()]
    return inspect.Signature(
        sorted((*known, request), key=lambda parameter: parameter.kind),
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
