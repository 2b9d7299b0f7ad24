"""This module puts a router into a Flask application, inside its contexts and hooks.

    from flask import Flask

    from kbn_schema import schema
    from kbn_schema.adapters import flask
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    app = flask.mount(Flask(__name__), router)

    if __name__ == "__main__":
        app.run(port=8000)

The endpoint of that route is ``kbn_schema.hello``. A handler may return a response of Flask's, or abort.

Limits:

* `teardown_request` functions run before a stream is sent, as for Flask's own views.
* A hook that reads `request.form` or `request.stream` takes the body away: the answer is 400.
* `url_for` leaves a ``/`` in a parameter as it is.
* After the first request, `mount` is an `AssertionError` of Flask's.
* 405 and OPTIONS are answered under the endpoint ``kbn_schema``, and our 500s do not reach Flask's handlers.
"""

import weakref
from collections.abc import Callable
from typing import Any, TypeVar, cast

import attrs

from kbn_schema.adapters.shared import missing, named_type, present_as, require_new, require_no_clash
from kbn_schema.adapters.werkzeug_rules import KEY, endpoints, rule_texts, shapes
from kbn_schema.adapters.wsgi import Incoming, answer_with_body, parts_of, require_plain
from kbn_schema.http import Exchange, Native, ResponseParts, Router
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.validated import Check

try:
    from flask import Flask, Request, current_app, request, request_started, stream_with_context
    from werkzeug.datastructures import Headers
    from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
    from werkzeug.routing import RequestRedirect, Rule
    from werkzeug.wrappers import Response
except ImportError as _error:
    missing(_error, "flask")

T = TypeVar("T")

_NATIVE = Native(responses=(Response,), errors=(HTTPException,))
_EXCHANGE = "kbn_schema.exchange"


def mount(app: Flask, router: Router) -> Flask:
    """*app*, which answers the paths of *router*, whatever the method and the host, and keeps all others.

    Each route is an endpoint named after its handler, such as ``kbn_schema.hello``, for `url_for` and for
    hooks; where several have the same name, it is ``kbn_schema.GET /api/hello/{name}``. Routes that are
    declared later are answered, too, under the endpoint ``kbn_schema``.

    Raises:
        TypeError: A handler of *router* is async; *app* is no `Flask`.
        ValueError: *app* has a rule of its own on a path of *router*, or has *router* already.
    """
    if not isinstance(cast(object, app), Flask):
        raise TypeError(f"expected a Flask but got [{named_type(app)}]: mount routers on the app itself")
    cast(Any, app)._check_setup_finished("mount")  # else that would be found half-way
    mounted: _Mounted = app.extensions.get(KEY) or _Mounted()
    require_new(router, mounted.routers)
    require_no_clash(router, shapes(app.url_map.iter_rules()))
    router.refuse_async()
    for endpoint, (method, path) in endpoints(router, app.view_functions):
        for text in rule_texts(path):
            # Flask only builds from our rules: it would decode a path before it takes it apart.
            app.add_url_rule(
                text, endpoint, _view, methods=[method], provide_automatic_options=False, build_only=True
            )
        mounted.rules[method, path] = list(app.url_map.iter_rules(endpoint))[-1]
    app.view_functions[KEY] = _view
    mounted.routers.append(router)
    app.extensions[KEY] = mounted
    request_started.connect(mounted.choose, app)
    return app


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view of Flask's be called with what is valid: ``view(valid, **view_args)``.

    *valid* has the attributes *params* (as Flask converted them), *query*, *headers* and *body*; a request
    that does not fit is answered as in a `Router`. The view may be the method of a `MethodView`. *options*
    are those of a route, see `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.
        TypeError: The view is async.

    Example:
        >>> from kbn_schema import schema
        >>> app = Flask("app")
        >>> @app.get("/find")
        ... @validated(query=schema.object({"page": schema.number(min=1)}))
        ... def find(valid):
        ...     return valid.query
        >>> app.test_client().get("/find?page=2").json
        {'page': 2}
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        require_plain(view)

        def wrapper(*arguments: Any, **view_args: Any) -> Any:
            reception = check.open(parts_of(request.environ, _request()), view_args)
            valid = _answer(reception, reception.accept)
            if isinstance(valid, ResponseParts):
                return _response(valid)
            return view(*arguments, valid, **view_args)

        return present_as(wrapper, view)

    return decorate


@attrs.frozen
class _Mounted:
    """The routers of an app, and the rule that stands for each method and path of theirs."""

    routers: list[Router] = attrs.field(factory=list[Router])
    rules: dict[tuple[str, str], Rule] = attrs.field(factory=dict[tuple[str, str], Rule])

    def choose(self, app: Flask, **_: object) -> None:
        """Route the request by its raw path, before any hook has seen where Flask would send it."""
        # Anything else, such as an untrusted host, is not about the path.
        if not isinstance(request.routing_exception, _OF_THE_PATH):
            return
        for router in self.routers:
            exchange = router.open(parts_of(request.environ, _request()), _NATIVE)
            if exchange.known:
                request.environ[_EXCHANGE] = exchange
                request.url_rule = self._rule(exchange)
                request.view_args = dict(exchange.params)
                request.routing_exception = None
                return

    def _rule(self, exchange: Exchange) -> Rule:
        route = exchange.route
        own = None if route is None else self.rules.get((route.method, route.path))
        return own or Rule(exchange.head.path, endpoint=KEY)


def _view(**_: object) -> Response:
    exchange: Exchange = request.environ.pop(_EXCHANGE)  # else each would hold the other
    answer = _answer(exchange, exchange.answer)
    return _response(answer) if isinstance(answer, ResponseParts) else answer


def _answer(incoming: Incoming, accept: Callable[[Any], T]) -> T | ResponseParts:
    """What *accept* makes of the body, which a hook may have read before us."""
    ours = _request()
    if not incoming.reads or "stream" not in vars(ours):
        return answer_with_body(incoming, accept, ours.environ)
    kept: bytes | None = vars(ours).get("_cached_data")
    if kept is not None:
        return accept(kept)
    left = {**ours.environ, "wsgi.input": ours.stream, "wsgi.input_terminated": True}
    return answer_with_body(incoming, accept, left)


def _response(parts: ResponseParts) -> Response:
    body = parts.body if isinstance(parts.body, bytes) else stream_with_context(parts.body)
    response = current_app.response_class(body, f"{parts.status} {parts.phrase}")
    response.headers = Headers(parts.headers)  # without a type that we have not given
    if not isinstance(parts.body, bytes):
        # `stream_with_context` closes only what it has begun, and a hook may put the response aside.
        response.call_on_close(parts.body.close)
        weakref.finalize(response, parts.body.close)
    return response


def _request() -> Request:
    """The request itself, in place of the proxy."""
    ours: Request = cast(Any, request)._get_current_object()
    return ours


_OF_THE_PATH = (type(None), NotFound, MethodNotAllowed, RequestRedirect)
