"""This module puts a router into the URL patterns of a Django project, inside its middleware.

    import sys

    from django.conf import settings
    from django.core.management import execute_from_command_line

    from kbn_schema import schema
    from kbn_schema.adapters import django
    from kbn_schema.http import Router

    router = Router()

    @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
    def hello(context, request, response):
        return response.ok(body={"hello": request.params["name"]})

    urlpatterns = django.mount([], router)

    if __name__ == "__main__":
        settings.configure(ROOT_URLCONF=sys.modules[__name__], DEBUG=True)
        execute_from_command_line([sys.argv[0], "runserver", "--noreload", "127.0.0.1:8000"])

The name of that route is ``kbn_schema:hello``, for `reverse`. Handlers may be plain or async, under WSGI and
under ASGI; a handler may return a response of Django's, or raise its `Http404` or `PermissionDenied`.

Routes are exempt from CSRF protection where no page of another site can send what they take: all but a POST
that needs no JSON. For a handler, ``handler.csrf_exempt`` may say otherwise. What else Django's middleware
looks for on a view is looked for on the handler, too, such as what ``login_not_required`` sets.

Limits:

* Under ASGI, Django reads a body to its end before it asks for a route: nothing is refused before, and there
  is no 408.
* Under WSGI, what an async handler streams is collected before it is sent: what never ends is never sent.
* A plain handler in an async context runs in a thread, and with database connections, of its own.
* Repeats of a header other than `set-cookie` are sent joined, with commas.
* `reverse` builds no ``/`` into a parameter that is one segment, and knows no route that was declared after
  it was first asked.
* `AsyncClient` shows neither method nor raw path to a resolver: `process_view` hooks see the first route that
  is on the decoded path.
* Our 500s are logged, but do not reach `process_exception` or the signal `got_request_exception`.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing
from typing import Any, Final, TypeVar, cast

import attrs

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters import wsgi
from kbn_schema.adapters.shared import encode, missing, present_as, require_new, require_no_clash
from kbn_schema.adapters.werkzeug_rules import KEY, endpoints, rule_texts
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http import Disconnected, Exchange, Native, RequestParts, ResponseParts, Route, Router
from kbn_schema.http.bodies import family
from kbn_schema.http.parts import Refusal
from kbn_schema.http.readers import CHUNK, AsyncRead, Read
from kbn_schema.http.route import TransportOptions
from kbn_schema.http.rules import PartRule
from kbn_schema.http.streams import AsyncStream
from kbn_schema.http.validated import Check
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.definition import is_async
from kbn_schema.missing import MISSING

try:
    from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
    from django.core.handlers.asgi import ASGIRequest
    from django.http import Http404, HttpRequest
    from django.http.multipartparser import MultiPartParserError
    from django.http.response import HttpResponseBase
    from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver
    from django.urls.resolvers import RoutePattern
    from django.utils.regex_helper import normalize

    from kbn_schema.adapters.django_answers import response_of
    from kbn_schema.adapters.django_paths import heads_of, remember_requests
except ImportError as _error:
    missing(_error, "django")

from asgiref.sync import sync_to_async  # which comes with Django

T = TypeVar("T")
View = Callable[..., Any]

_NATIVE: Final = Native(
    responses=(HttpResponseBase,),
    errors=(Http404, PermissionDenied, BadRequest, SuspiciousOperation, MultiPartParserError),
)


def mount(urlpatterns: list[Any], router: Router) -> list[Any]:
    """*urlpatterns*, in which the paths of *router* go first, whatever the method; all others are as before.

    Each route has the name of its handler in the namespace ``kbn_schema``, for `reverse`; where several have
    the same name, it is ``GET /api/hello/{name}``. Routes may be added to *router* later.

    Raises:
        TypeError: *urlpatterns* is no list.
        ValueError: A pattern of *urlpatterns* is on a path of *router*, or *router* is there already.
    """
    if not isinstance(urlpatterns, list):
        raise TypeError(f"expected the list of URL patterns but got [{type(urlpatterns).__name__}]")
    ours = [pattern for pattern in urlpatterns if isinstance(pattern, RouterResolver)]
    require_new(router, (mounted for resolver in ours for mounted in resolver.routers))
    require_no_clash(router, _shapes([pattern for pattern in urlpatterns if pattern not in ours]))
    remember_requests()
    if ours:
        ours[0].routers.append(router)
    else:
        urlpatterns.insert(0, RouterResolver(router))
    return urlpatterns


def validated(
    *,
    params: PartRule | None = None,
    query: PartRule | None = None,
    body: PartRule | None = None,
    headers: PartRule | None = None,
    options: TransportOptions | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view of Django's be called with what is valid: ``view(request, valid, **kwargs)``.

    *valid* has the attributes *params* (as Django converted them), *query*, *headers* and *body*; a request
    that does not fit is answered as in a `Router`. The view may be async or not, or the method of a `View`.
    *options* are those of a route, see `TransportOptions`.

    Raises:
        SchemaDefinitionError: A schema or an option is not what it should be.

    Example:
        >>> import django
        >>> from django.conf import settings
        >>> if not settings.configured:  # as a project is
        ...     settings.configure()
        ...     django.setup()
        >>> from django.http import JsonResponse
        >>> from django.test import RequestFactory
        >>> from kbn_schema import schema
        >>> @validated(query=schema.object({"page": schema.number(min=1)}))
        ... def find(request, valid):
        ...     return JsonResponse(valid.query)
        >>> find(RequestFactory().get("/find?page=2")).content
        b'{"page": 2}'
    """
    check = Check(params=params, query=query, body=body, headers=headers, options=options)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **kwargs: Any) -> Any:
            before, request, after = _split(arguments)
            reception = check.open(_head(request), kwargs)
            valid = _answer(reception, reception.accept, request)
            if isinstance(valid, ResponseParts):
                return response_of(valid, request)
            return view(*before, request, valid, *after, **kwargs)

        async def async_wrapper(*arguments: Any, **kwargs: Any) -> Any:
            before, request, after = _split(arguments)
            reception = check.open(_head(request), kwargs)
            valid = await _answer_async(reception, reception.accept_async, request)
            if isinstance(valid, ResponseParts):
                return response_of(valid, request)
            return await view(*before, request, valid, *after, **kwargs)

        return present_as(cast(View, async_wrapper if is_async(view) else wrapper), view)

    return decorate


class RouterResolver(URLResolver):
    """All routes of *routers*, as one item among URL patterns: they are told apart by the raw path."""

    def __init__(self, router: Router) -> None:
        super().__init__(RoutePattern(""), [], app_name=KEY, namespace=KEY)
        self.routers: list[Router] = [router]
        self._made: tuple[list[int], dict[tuple[str, str], list[URLPattern]]] = [], {}

    @property
    def url_patterns(self) -> list[Any]:  # pyright: ignore[reportIncompatibleVariableOverride]  # routes come
        """Patterns for each route, for `reverse` and for tools that list them; they decide nothing."""
        return [pattern for patterns in self._patterns().values() for pattern in patterns]

    def _patterns(self) -> dict[tuple[str, str], list[URLPattern]]:
        """Those for each method and path, made again where there are more routes; versions share theirs."""
        counts, made = self._made
        now = [len(router.routes) for router in self.routers]
        if counts != now:
            names: list[str] = []
            made = {}
            for router in self.routers:
                routes = {(route.method, route.path): route for route in reversed(router.routes)}
                for name, key in endpoints(router, names):
                    names.append(name)
                    made[key] = _patterns(router, routes[key], name.removeprefix(f"{KEY}."))
            self._made = now, made
        return made

    def resolve(self, path: str) -> ResolverMatch:
        heads = heads_of(str(path))
        for router in self.routers:
            exchanges = [router.open(head) for head in heads]
            if exchanges[0].known:
                return self._match(router, exchanges)
        raise Resolver404({"tried": [[pattern] for pattern in self.url_patterns], "path": path})

    def check(self) -> list[Any]:
        return []  # the router has looked at its paths

    def _match(self, router: Router, exchanges: list[Exchange]) -> ResolverMatch:
        exchange = next((found for found in exchanges if found.route is not None), exchanges[0])
        awaits = any(found.awaits for found in exchanges)
        view = _view(router, exchange.route, exchange.head.path, awaits)
        name: str | None = KEY
        template, params = "", dict(exchange.params)
        if exchange.route is not None:
            pattern = self._patterns()[exchange.route.method, exchange.route.path][-1]
            name, template = pattern.name, str(pattern.pattern)
        return ResolverMatch(view, (), params, name, [KEY], [KEY], template, None, params, {})


def _patterns(router: Router, route: Route, name: str | None) -> list[URLPattern]:
    name = None if ":" in (name or "") else name  # which is Django's mark of a namespace
    view = _view(router, route, None, route.is_async)
    patterns = [RoutePattern(text[1:], name, is_endpoint=True) for text in rule_texts(route.path)]
    return [URLPattern(pattern, view, None, name) for pattern in patterns]


def _view(router: Router, route: Route | None, path: str | None, awaits: bool) -> View:
    """The view that answers requests for the raw *path*, with what middleware looks for on a view."""

    def view(request: HttpRequest, /, **_: object) -> HttpResponseBase:
        exchange = _open(router, request, path)
        return response_of(_answer(exchange, exchange.answer, request), request)

    async def async_view(request: HttpRequest, /, **_: object) -> HttpResponseBase:
        exchange = _open(router, request, path)
        if not exchange.awaits:
            return await sync_to_async(view)(request)  # as Django calls it
        return response_of(await _answer_async(exchange, exchange.answer_async, request), request)

    made = cast(View, async_view if awaits else view)
    vars(made).update(csrf_exempt=path is None or not _is_sent_by_forms(route), should_append_slash=False)
    if route is not None:
        present_as(made, route.handler)
        for mark in ("_is_coroutine", "_is_coroutine_mark"):  # of the handler
            vars(made).pop(mark, None)
    return made


def _is_sent_by_forms(route: Route | None) -> bool:
    """Whether a page of another site can send such a request, without a question of the browser's before."""
    if route is None or route.method != "POST":
        return False
    intake = route.intake()
    rule = intake.rules.body
    needs_json = all(family(name) == "json" for name in intake.body_format.accepts)
    return not (needs_json and isinstance(rule, Schema) and _is_required(rule))


def _is_required(body: Schema[Any]) -> bool:
    """Whether there has to be a body; not where its schema is wrong, which the answer to a request tells."""
    try:
        return not body.is_valid(MISSING)
    except SchemaDefinitionError:  # a `lazy` that leads nowhere
        return False


def _open(router: Router, request: HttpRequest, path: str | None) -> Exchange:
    raw = encode(request.path_info) if path is None else path
    return router.open(attrs.evolve(_head(request), path=raw), _NATIVE)


def _split(arguments: tuple[Any, ...]) -> tuple[tuple[Any, ...], HttpRequest, tuple[Any, ...]]:
    """The request among the *arguments* of a view, and what stands before it, in a class, and after it."""
    index = 0 if isinstance(arguments[0], HttpRequest) else 1
    return arguments[:index], arguments[index], arguments[index + 1 :]


def _head(request: HttpRequest) -> RequestParts:
    if isinstance(request, ASGIRequest):
        # Django's client has no query where there is none, and a text where there is one.
        query = request.META["QUERY_STRING"].encode()
        return asgi.parts_of({**request.scope, "query_string": query}, request)
    return wsgi.parts_of(request.META, request)


def _answer(
    incoming: Exchange, accept: Callable[[bytes | Read | None], T], request: HttpRequest
) -> T | ResponseParts:
    """What *accept* makes of the body."""
    return wsgi.answer_with_body(incoming, accept, _environ_of(request, incoming))


async def _answer_async(
    incoming: Exchange, accept: Callable[[bytes | AsyncRead | None], Awaitable[T]], request: HttpRequest
) -> T | ResponseParts:
    """What *accept* makes of the body."""
    body = _answer(incoming, lambda body: body, request)
    if isinstance(body, ResponseParts):
        return body
    try:
        answer = await accept(_in_pieces(body) if callable(body) else body)
        if isinstance(answer, ResponseParts) and not isinstance(request, ASGIRequest):
            return attrs.evolve(answer, body=await _collected(answer.body))
        return answer
    except Disconnected:
        return incoming.refuse(400, "the request body could not be read")
    except Refusal as refusal:  # by what was collected
        return incoming.refuse(refusal.status, refusal.message)


async def _collected(body: bytes | AsyncStream) -> bytes:
    """The *body* as a whole: under WSGI, the event loop of an async view ends with it."""
    if isinstance(body, bytes):
        return body
    async with aclosing(body):
        return b"".join([piece async for piece in body])


def _environ_of(request: HttpRequest, incoming: Exchange) -> Any:
    """Where the body is read from, as WSGI says it."""
    if isinstance(request, ASGIRequest):
        return {"wsgi.input": request, "wsgi.input_terminated": True}
    if incoming.length is None and not vars(request)["_read_started"]:
        return request.META
    # Django's request reads no further than it may, and has kept what middleware has read.
    return {**request.META, "wsgi.input": request}


def _in_pieces(read: Read) -> AsyncRead:
    async def next_piece() -> bytes:
        try:
            return read(CHUNK)
        except OSError:
            raise Disconnected from None

    return next_piece


def _shapes(patterns: Iterable[Any], regex: str = "", text: str = "/") -> Iterator[tuple[str, str]]:
    """The text of each of *patterns*, and its shape; of those that are included, too."""
    for pattern in patterns:
        whole = regex + pattern.pattern.regex.pattern.removeprefix("^")
        name = text + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _shapes(pattern.url_patterns, whole, name)
            continue
        for form, names in normalize(whole):
            if names or re.search(f"^{whole}", form):  # else it was too much for Django
                yield name, "/" + form % {each: _part(whole, form, each, names) for each in names}


def _part(regex: str, form: str, name: str, names: Iterable[str]) -> str:
    """What stands for the parameter *name*: a rest where it takes a slash."""
    values = {each: "1/1" if each == name else "1" for each in names}
    return "{*}" if re.search(f"^{regex}", form % values) else "{}"
