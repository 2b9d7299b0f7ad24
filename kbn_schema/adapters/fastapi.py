"""This module puts a router into a FastAPI application, and its routes into the application's own document.

    import uvicorn
    from fastapi import FastAPI

    from kbn_schema import schema
    from kbn_schema.adapters import fastapi
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    async def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    app = fastapi.mount(FastAPI(), router)

    if __name__ == "__main__":
        uvicorn.run(app, port=8000)

The routes are in ``/openapi.json`` and in the pages made of it, whichever `app.openapi` is set, before or
later. The dependencies of the application, as in ``FastAPI(dependencies=[...])``, are solved before a route
is answered. A handler may return a response of FastAPI's, or raise its `HTTPException`. To a handler,
``request.unstable_raw_request()`` is the request; its body has been received.

Limits:

* `unstable_raw_request()` has no `body()` and no `is_disconnected()`.
* `url_for` does not build paths of our routes; tools see one route, ``/{path:path}``.
* A handler of a router gets no dependencies of its own, and `mount` refuses one that asks for them:
  `Router(context=...)` makes what handlers need.
* A dependency that reads a form, or the stream, takes the body away: the answer is 400.
* Bodies and queries of handlers under `validated` are in the document only where a router is mounted.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, cast

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters.annotations import resolved_signature
from kbn_schema.adapters.shared import (
    missing,
    named_type,
    present_as,
    require_no_clash,
    require_router,
    shape,
)
from kbn_schema.http import Exchange, ResponseParts, Router, signatures
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.validated import Check
from kbn_schema.kinds.definition import is_async

try:
    from fastapi.applications import FastAPI
    from fastapi.params import Depends
    from fastapi.routing import APIRoute
    from pydantic.fields import FieldInfo
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from kbn_schema.adapters import starlette
    from kbn_schema.adapters.fastapi_document import CHECK, api_routes, documented
except ImportError as _error:
    missing(_error, "fastapi")

A = TypeVar("A", bound=FastAPI)

_ANSWER = "kbn_schema.answer"


def mount(app: A, router: Router) -> A:
    """*app*, which answers the paths of *router*, whatever the method, and keeps all others.

    Routes may be added to *router* later; such a one goes before a route of *app* with the same path.

    Raises:
        TypeError: *app* is no `FastAPI`, or a handler of *router* asks for a dependency or a parameter
            of FastAPI's, which it would not get.
        ValueError: *app* has a route of its own on a path of *router*, or has *router* already.
    """
    if not isinstance(app, FastAPI):
        raise TypeError(f"expected a FastAPI but got [{named_type(app)}]: mount routers on the app itself")
    require_router(router)
    _require_no_dependencies(router)
    require_no_clash(router, ((route.path, shape(route.path)) for route in api_routes(app)))
    starlette.insert(app, _Route(router, app))
    app.__class__ = cast(type[A], documented(type(app)))
    return app


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[Any]]]:
    """Let a path operation function be called with what is valid: ``function(valid, **others)``.

    *valid* has the attributes *params* (of the path), *query*, *headers* and *body*; a request that does not
    fit is answered as in a `Router`. All other arguments are FastAPI's to give, as ever: the request,
    dependencies, parameters. What their annotations name may be imported for type checkers only. The function
    may be async or not; a plain one runs in a worker thread. *options* are those of a route, see
    `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.
        TypeError: The function has no argument *valid*, or yields.

    Example:
        >>> from kbn_schema import schema
        >>> app = FastAPI()
        >>> @app.get("/find")
        ... @validated(query=schema.object({"page": schema.number(min=1)}))
        ... async def find(valid):
        ...     return valid.query
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        awaits = is_async(function)
        parameters, result = _given_by_fastapi(function)
        asked = _name_of_request(parameters)
        name = asked or "_".join(["request", *parameters])  # which is nobody's
        own = () if asked else (inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=Request),)

        async def wrapper(*arguments: Any, **values: Any) -> Any:
            request: Request = values[name] if asked else values.pop(name)
            reception = check.open(asgi.parts_of(request.scope, request), request.path_params)
            receive = starlette.receiving(request)
            valid, content = await asgi.answer_with_body(reception, reception.accept_async, receive)
            if isinstance(valid, ResponseParts):
                return Answer(valid, content, receive)
            if awaits:
                return await function(*arguments, valid=valid, **values)
            return await run_in_threadpool(function, *arguments, valid=valid, **values)

        present_as(wrapper, function)
        signature = inspect.Signature((*parameters.values(), *own), return_annotation=result)
        vars(wrapper).update({"__signature__": signature, CHECK: check})
        return wrapper

    return decorate


def _require_no_dependencies(router: Router) -> None:
    """Refuse a handler that waits for what FastAPI gives to functions of its own."""
    for route in router.routes:
        for parameter in signatures.parameters(route.handler):
            said = (parameter.default, *getattr(parameter.annotation, "__metadata__", ()))
            asked = next((one for one in said if isinstance(one, Depends | FieldInfo)), None)
            if asked is not None:
                raise TypeError(
                    f"the handler of [{route.method} {route.path}] has a parameter [{parameter.name}] that "
                    f"asks FastAPI for a [{type(asked).__name__}]: handlers of a router get no dependencies; "
                    "give them what they need by Router(context=...)"
                )


class Answer(Response):
    """What a router answers, as a response."""

    def __init__(self, parts: ResponseParts, content: asgi.Content, receive: asgi.Receive) -> None:
        super().__init__(status_code=parts.status)
        self.raw_headers: list[tuple[bytes, bytes]] = asgi.raw_headers(parts)
        self._parts = parts
        self._sent = content
        self._receive = receive

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asgi.send_parts(self._parts, self._sent, self._receive, send)
        if self.background is not None:
            await self.background()


class _Route(starlette.RouterRoute):
    """All routes of *router* as one of FastAPI's, behind the dependencies of *app*."""

    def __init__(self, router: Router, app: FastAPI) -> None:
        super().__init__(router)
        self.app = app
        self._guards: dict[tuple[str, ...], APIRoute] = {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange: Exchange = scope[starlette.EXCHANGE]
        # As for a path operation: dependencies are solved once it is known that the method is there.
        if exchange.route is None or not self.app.router.dependencies:
            await super().handle(scope, receive, send)
            return
        try:
            await self.guard(*exchange.params).app(scope, receive, send)
        finally:
            answer: ResponseParts | None = scope.pop(_ANSWER, None)
            if answer is not None and not isinstance(answer.body, bytes):
                await answer.body.aclose()  # a dependency that failed at its end has kept it from being sent

    def guard(self, *names: str) -> APIRoute:
        """The dependencies of the app, for a path with the parameters *names*."""
        if names not in self._guards:
            self._guards[names] = APIRoute(
                "".join(f"/{{{name}}}" for name in names) or "/",
                _answer,
                dependencies=self.app.router.dependencies,
                dependency_overrides_provider=self.app,
                response_model=None,
            )
        return self._guards[names]


async def _answer(request: Request) -> Response:
    exchange: Exchange = request.scope.pop(starlette.EXCHANGE)
    receive = starlette.receiving(request)
    answer, content = await asgi.answer_with_body(exchange, exchange.answer_async, receive)
    if not isinstance(answer, ResponseParts):
        return cast(Response, answer)
    request.scope[_ANSWER] = answer
    return Answer(answer, content, receive)


def _given_by_fastapi(function: Callable[..., Any]) -> tuple[dict[str, inspect.Parameter], Any]:
    """The parameters of *function* that FastAPI fills, and what it returns, as far as that can be told.

    Raises:
        TypeError: It has no parameter *valid*, or yields.
    """
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{function!r} yields: return a StreamingResponse")
    signature = resolved_signature(function)
    parameters = dict(signature.parameters)
    if parameters.pop("valid", None) is None:
        raise TypeError(f"{function!r} has no argument [valid]")
    given = {name: parameter for name, parameter in parameters.items() if _is_given(parameter)}
    request = given.get("request")
    if request is not None and request.annotation is request.empty:
        given["request"] = request.replace(annotation=Request)
    result = signature.return_annotation
    return given, None if result is type(None) else result


def _is_given(parameter: inspect.Parameter) -> bool:
    """Whether *parameter* is FastAPI's to fill; a plain default is the author's."""
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        return False
    return (
        parameter.default is parameter.empty
        or parameter.annotation is not parameter.empty
        or isinstance(parameter.default, Depends | FieldInfo)
    )


def _name_of_request(parameters: Mapping[str, inspect.Parameter]) -> str | None:
    for name, parameter in parameters.items():
        if isinstance(parameter.annotation, type) and issubclass(parameter.annotation, Request):
            return name
    return None
