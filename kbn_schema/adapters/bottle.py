"""This module puts a router into a Bottle application, inside its hooks and plugins.

    from bottle import Bottle

    from kbn_schema import schema
    from kbn_schema.adapters import bottle
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    app = bottle.mount(Bottle(), router)

    if __name__ == "__main__":
        app.run(host="127.0.0.1", port=8000)

The name of that route is ``kbn_schema.hello``, for `get_url`. A handler may return a response of Bottle's, or
raise one, as `abort` and `redirect` do. `MEMFILE_MAX` is not for our bodies: they have a limit of their own.

Limits:

* An app that is mounted into another with Bottle's `mount` or `merge` answers decoded paths there, and Bottle
  answers other methods; late routes are missing.
* `after_request` hooks run before a stream is sent, as for Bottle's own.
* A hook that reads the input of the server takes the body away: the answer is 400. `request.body` and
  `request.json` leave it.
* Our 500s do not reach the error handlers of Bottle.
"""

import re
import weakref
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlencode

import attrs

from kbn_schema.adapters.route_names import PREFIX as KEY
from kbn_schema.adapters.route_names import named
from kbn_schema.adapters.shared import missing, named_type, present_as, require_new, require_no_clash
from kbn_schema.adapters.templates import url_of
from kbn_schema.adapters.wsgi import answer_with_body, parts_of, require_plain
from kbn_schema.http import Exchange, Native, RequestParts, ResponseParts, Route, Router
from kbn_schema.http.readers import in_sizes
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.validated import Check

try:
    import bottle  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]  # it has no types
    from bottle import Bottle, HTTPResponse, request, response  # pyright: ignore[reportMissingTypeStubs]
except ImportError as _error:
    missing(_error, "bottle")

T = TypeVar("T")
# Bottle has no types: an app keeps its own, but what it is can only be told at run time.
App = TypeVar("App")

_NATIVE: Final = Native(responses=(HTTPResponse,), errors=(HTTPResponse,))
_EXCHANGE: Final = "kbn_schema.exchange"


def mount(app: App, router: Router) -> App:
    """*app*, which answers the paths of *router*, whatever the method, and keeps all others.

    Each route is one of Bottle's, named after its handler, such as ``kbn_schema.hello``, for `get_url` and
    for plugins; where several have the same name, it is ``kbn_schema.GET /api/hello/{name}``. Routes that are
    declared later are answered, too, as one that is named ``kbn_schema``.

    Raises:
        TypeError: *app* is no `Bottle`, or a handler of *router* is async.
        ValueError: *app* has a route of its own on a path of *router*, or has *router* already.
    """
    own: Any = app
    if not isinstance(own, Bottle):
        raise TypeError(f"expected a Bottle, such as default_app(), but got [{named_type(app)}]")
    first = own.router if isinstance(own.router, _RoutersFirst) else _RoutersFirst(own)
    require_new(router, first.routers)
    require_no_clash(router, _shapes(own))
    router.refuse_async()
    if first is not own.router:
        vars(own)["router"] = first  # Bottle lets no attribute be set twice
        own.add_hook("app_reset", first.other.reset)  # of plugins, as of each of the app's routes
    first.add_router(router)
    return app


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a callback of Bottle's be called with what is valid: ``view(valid, **url_args)``.

    *valid* has the attributes *params* (as Bottle converted them), *query*, *headers* and *body*; a request
    that does not fit is answered as in a `Router`. The callback may be a method. *options* are those of a
    route, see `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.
        TypeError: The callback is async.

    Example:
        >>> from bottle import Bottle
        >>> from kbn_schema import schema
        >>> app = Bottle()
        >>> @app.get("/find")
        ... @validated(query=schema.object({"page": schema.number(min=1)}))
        ... def find(valid):
        ...     return valid.query
        >>> [route.rule for route in app.routes]
        ['/find']
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        require_plain(view)

        def wrapper(*arguments: Any, **url_args: Any) -> Any:
            reception = check.open(_head(request.environ), url_args)
            valid = _answer(reception, reception.accept)
            if isinstance(valid, ResponseParts):
                return _respond(valid)
            return view(*arguments, valid, **url_args)

        return present_as(wrapper, view)

    return decorate


class _RouterRoute(bottle.Route):  # type: ignore[misc]
    """A route of ours, or what stands for several; plugins are applied to it as to the app's own."""

    def __init__(
        self, first: "_RoutersFirst", routers: list[Router], rule: str, name: str, route: Route | None = None
    ) -> None:
        # Plugins look into closures for what they decorate: this has none.
        def view(**_: object) -> Any:
            environ = request.environ
            exchange = environ.pop(_EXCHANGE, None)
            if exchange is None:
                exchange, right = environ["bottle.route"].found(environ)
                if right is not None:
                    environ.update({_EXCHANGE: exchange, "bottle.route": right, "route.handle": right})
                    return right.call(**exchange.params)
            answer = _answer(exchange, exchange.answer)
            return _respond(answer) if isinstance(answer, ResponseParts) else answer

        method, handler = ("ANY", view) if route is None else (route.method, route.handler)
        super().__init__(first.app, rule, method, present_as(view, handler), name)
        self.routers = routers
        self._first = first
        self._rule = rule

    def found(self, environ: dict[str, Any]) -> "tuple[Exchange, _RouterRoute | None]":
        """The request in *environ*, where an app that has taken us over has found this route for it.

        That app goes by a decoded path, and by its own order: then the second is the route that answers, and
        has to be called with its own plugins.
        """
        head = _head(environ)
        prefix = self.rule.removesuffix(self._rule.removeprefix("/")).rstrip("/")
        path = head.path.removeprefix(prefix)
        exchange = self.routers[0].open(attrs.evolve(head, path=path), _NATIVE)
        right = self._first.route_of(exchange)
        return exchange, None if right.name == self.name else right


class _RoutersFirst(bottle.Router):  # type: ignore[misc]
    """Ours, which go by the raw path, in front of the router of *app*."""

    def __init__(self, app: Any) -> None:
        self.__dict__.update(vars(app.router))  # what it knows, and what it will
        self.app = app
        self.routers: list[Router] = []
        self.other: _RouterRoute = _RouterRoute(self, self.routers, "/<path:path>", KEY)
        self._routes: dict[tuple[str, str], _RouterRoute] = {}
        self._paths: dict[str, str] = {}

    def add_router(self, router: Router) -> None:
        """Put *router* behind those that are here."""
        taken = {*self.builder, *self._paths}
        for shown, route in named(router.routes, lambda name: f"{KEY}.{name}" in taken):
            for rule in _rules(route.path):
                name = f"{KEY}.{shown}"
                ours = _RouterRoute(self, [router], rule, name, route)
                self.app.routes.append(ours)
                self._routes[route.method, route.path] = ours
                self._paths[name] = self._paths[rule] = route.path
        self.routers.append(router)

    def route_of(self, exchange: Exchange) -> _RouterRoute:
        """What stands among Bottle's routes for that of *exchange*."""
        route = exchange.route
        return self.other if route is None else self._routes.get((route.method, route.path), self.other)

    def build(self, _name: str, *anons: Any, **query: Any) -> str:
        if _name not in self._paths:
            return cast(str, super().build(_name, *anons, **query))
        path = self._paths[_name]
        values = {name: query.pop(name) for name, _ in _PARAMETER.findall(path) if name in query}
        try:
            url = url_of(path, values)
        except KeyError as error:
            raise bottle.RouteBuildError(f"Missing URL argument: {error}") from None
        return f"{url}?{urlencode(query)}" if query else url

    def match(self, environ: dict[str, Any]) -> tuple[bottle.Route, dict[str, Any]]:
        head = _head(environ)
        for router in self.routers:
            exchange = router.open(head, _NATIVE)
            if exchange.known:
                environ[_EXCHANGE] = exchange
                return self.route_of(exchange), dict(exchange.params)
        return cast(tuple[bottle.Route, dict[str, Any]], super().match(environ))


def _head(environ: dict[str, Any]) -> RequestParts:
    """The head of the request; Bottle has put a decoded path into *environ*, and a hook perhaps another."""
    path, came = environ["PATH_INFO"], environ.get("bottle.raw_path", "")
    if path != came.encode("latin-1").decode(errors="ignore"):
        came = path.encode().decode("latin-1")
    return parts_of({**environ, "PATH_INFO": came}, request)


def _answer(incoming: Exchange, accept: Callable[[Any], T]) -> T | ResponseParts:
    """What *accept* makes of the body, which a hook may have read before us."""
    environ = request.environ
    if "bottle.request.body" in environ:
        environ = {"wsgi.input": request.body, "wsgi.input_terminated": True}
    return answer_with_body(incoming, accept, environ)


def _respond(parts: ResponseParts) -> "bytes | _File":
    """What Bottle sends for *parts*, with what hooks and plugins have put into its response."""
    ours: dict[str, list[str]] = {}
    for name, value in parts.headers:
        ours.setdefault(name.title(), []).append(_Latin(value))
    response.status = f"{parts.status} {parts.phrase}"
    response.headers.dict.update(ours)
    if isinstance(parts.body, bytes):
        return parts.body or _File(iter(()))  # of which Bottle makes up no length
    return _File(parts.body)


class _Latin(str):
    """The text of a header; Bottle would send it as UTF-8."""

    def encode(self, encoding: str = "", errors: str = "") -> bytes:
        return super().encode("latin-1")


class _File:
    """A stream as a file: of other iterables, Bottle takes the first piece, and answers if that fails."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.read = in_sizes(lambda: next(pieces, b""))
        self.close: Callable[[], None] = getattr(pieces, "close", lambda: None)
        weakref.finalize(self, self.close).atexit = False  # a hook may put it aside


def _rules(path: str) -> list[str]:
    """*path* as Bottle writes it; twice where its end may be missing."""
    escaped = path.replace(":", "\\:")
    rule = _PARAMETER.sub(lambda found: f"<{found[1]}:path>" if found[2] == "*" else f"<{found[1]}>", escaped)
    return [rule.rpartition("/")[0] or "/", rule] if path.endswith(("?}", "*}")) else [rule]


def _shapes(app: Bottle) -> Iterator[tuple[str, str]]:
    """The rule of each route of *app*, and its shape: parameters have no names, and a rest is ``{*}``."""
    read = cast(Any, app.router)._itertokens
    for route in app.routes:
        if not isinstance(route, _RouterRoute):
            yield route.rule, "".join(_shape(app.router, *token) for token in read(route.rule))


def _shape(router: bottle.Router, text: str, filter: str | None, options: str | None) -> str:
    if filter is None:
        return text
    mask = router.filters["re" if filter == "default" else filter](options)[0]
    return "{*}" if re.fullmatch(mask, "1/1") else "{}"


_PARAMETER: Final = re.compile(r"\{(\w+)([?*]?)\}")
