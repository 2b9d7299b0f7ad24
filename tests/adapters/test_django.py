import asyncio
import gc
import inspect
import io
import re
import threading
from contextvars import ContextVar
from typing import ClassVar

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf.urls.i18n import i18n_patterns
from django.core.checks.urls import check_url_config, check_url_namespaces_unique
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db.transaction import non_atomic_requests
from django.http import Http404, HttpResponse, JsonResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.urls import NoReverseMatch, include, path, re_path, resolve, reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kbn_schema import schema
from kbn_schema.adapters import django
from kbn_schema.http import Router
from tests.adapters.calling import Line, Told, call_asgi, in_one, make_environ, make_scope
from tests.adapters.contract import JSON, OWN_BODY, OWN_PARTS, Answer, Contract, ValidatedContract, as_data
from tests.adapters.mounting import Mounting, hello, router_of
from tests.adapters.onaloop import OnALoop
from tests.adapters.routes import make_router
from tests.adapters.served_django import URLS, asgi_app_of, make_urls, urls_of, wsgi_app_of
from tests.adapters.servers import UNLIKE_UVICORN
from tests.adapters.under import UnderGunicorn, UnderUvicorn

s = schema


def send_to(urls, method, target, headers=(), body=None, **environ):
    # The client decodes the target, and would make up a type and a length.
    environ = {**make_environ(method, target, headers, body), **environ, URLS: urls}
    del environ["PATH_INFO"]
    answer = Client().generic(method, target, body or b"", "", **environ)
    cookies = [("set-cookie", cookie.OutputString()) for cookie in answer.cookies.values()]
    pairs = tuple((name.lower(), value) for name, value in [*answer.items(), *cookies])
    return Answer(answer.status_code, pairs, answer.getvalue())


class TestWithItsClient(Contract):
    urls = make_urls()

    def send(self, method, target, headers=(), body=None, **environ):
        return send_to(self.urls, method, target, headers, body, **environ)

    def send_chunks(self, method, target, headers, chunks):
        more = {"wsgi.input": io.BytesIO(b"".join(chunks)), "wsgi.input_terminated": True}
        return self.send(method, target, headers, **more)

    def is_torn(self, target):
        with pytest.raises(RuntimeError, match="secret"):
            self.send("GET", target)
        return True


class TestAsyncHandlersWithItsClient(TestWithItsClient):
    urls = make_urls(is_async=True)


class TestUnderGunicorn(UnderGunicorn):
    app = "tests.adapters.served_django:wsgi_app"


READS_FIRST = "Django's ASGI handler reads the body to its end, before it asks for a route"


class TestUnderUvicorn(UnderUvicorn):
    UNLIKE = UNLIKE_UVICORN | {"the head before the body": READS_FIRST, "slow bodies": READS_FIRST}

    OPTIONS: ClassVar = {"lifespan": "off"}

    @staticmethod
    def make_app():
        return asgi_app_of(make_urls(is_async=True))

    def held(self):
        # Django closes a request after its answer was sent, so the one before may be there yet.
        samples = [super(TestUnderUvicorn, self).held() for _ in range(5)]
        return {name: min(sample[name] for sample in samples) for name in samples[0]}


class TestPlainHandlersUnderASGI(Contract):
    app = staticmethod(asgi_app_of(make_urls()))

    def send(self, method, target, headers=(), body=None, **more):
        answer = asyncio.run(asyncio.wait_for(call_asgi(self.app, method, target, headers, body, **more), 5))
        return Answer(
            answer.status, tuple((name.lower(), value) for name, value in answer.pairs), answer.body
        )

    def send_chunks(self, method, target, headers, chunks):
        messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        return self.send(method, target, headers, messages=[*messages, in_one(b"")])

    def is_torn(self, target):
        with pytest.raises(RuntimeError, match="secret"):
            self.send("GET", target)
        return True


def own(request, valid, id):
    return JsonResponse(as_data(valid))


async def own_body(request, valid):
    return JsonResponse(as_data(valid))


class Bare(View):
    @django.validated()
    def get(self, request, valid):
        return JsonResponse(as_data(valid))


class AsyncBare(View):
    @django.validated()
    async def get(self, request, valid):
        return JsonResponse(as_data(valid))


def make_own(is_async):
    def paired(view):
        async def asynchronous(request, *arguments, **kwargs):
            return view(request, *arguments, **kwargs)

        return asynchronous if is_async else view

    def body(request, valid):
        return JsonResponse(as_data(valid))

    options = OWN_PARTS["options"]
    patterns = [
        path("own/<int:id>", django.validated(**OWN_PARTS)(paired(own))),
        path("body", django.validated(body=OWN_BODY, options=options)(paired(body))),
        path("bare", (AsyncBare if is_async else Bare).as_view()),
    ]
    return urls_of(django.mount(patterns, make_router()))


class TestValidated(ValidatedContract):
    urls = make_own(is_async=False)

    def send(self, method, target, headers=(), body=None):
        return send_to(self.urls, method, target, headers, body)


class TestValidatedAsync(TestValidated):
    urls = make_own(is_async=True)


class TestValidatedUnderASGI(ValidatedContract):
    app = staticmethod(asgi_app_of(make_own(is_async=False)))
    send = TestPlainHandlersUnderASGI.send


class TestValidatedAsyncUnderASGI(TestValidatedUnderASGI):
    app = staticmethod(asgi_app_of(make_own(is_async=True)))


class TestOnALoop(OnALoop):
    mount = staticmethod(lambda router: asgi_app_of(urls_of(django.mount([], router))))


async def async_hello(context, request, response):
    return response.ok(body=dict(request.params))


def mounted(*paths, handler=hello, patterns=()):
    return django.mount([*patterns], router_of(*paths, handler=handler))


def ask(urlpatterns, target, method="GET", headers=(), body=None, middleware=(), **environ):
    names = [each if isinstance(each, str) else f"{__name__}.{each.__name__}" for each in middleware]
    with override_settings(MIDDLEWARE=["tests.adapters.served_django.Urls", *names]):
        return send_to(urls_of(urlpatterns), method, target, headers, body, **environ)


def ask_asgi(urlpatterns, *targets, middleware=(), **options):
    """What is answered to all *targets* at once."""
    names = [f"{__name__}.{each.__name__}" for each in middleware]
    app = asgi_app_of(urls_of(urlpatterns), MIDDLEWARE=["tests.adapters.served_django.Urls", *names])

    async def main():
        return await asyncio.gather(*(call_asgi(app, "GET", target, **options) for target in targets))

    return asyncio.run(asyncio.wait_for(main(), 20))


def theirs(request, **kwargs):
    return HttpResponse("theirs")


class TestMounting(Mounting):
    mount = staticmethod(django.mount)
    new_app = staticmethod(list)
    REST = "<path:rest>"

    def add_theirs(self, app, own):
        app.append(path(own.removeprefix("/"), theirs))

    def get(self, app, target):
        return ask(app, target)


seen = []


@pytest.fixture(autouse=True)
def _nothing_seen():
    seen.clear()


class Watch:
    """Middleware that notes the view of each request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        seen.append((request.resolver_match.view_name, kwargs))


# Paths


@pytest.mark.parametrize(
    ("target", "method", "expected"),
    [
        ("/a/1", "GET", ("kbn_schema:hello", {"id": "1"})),
        ("/a/b%2Fc", "GET", ("kbn_schema:hello", {"id": "b/c"})),  # to Django, this is `a/<path:rest>`
        ("/a/%zz", "GET", ("kbn_schema:hello", {})),
        ("/a/%ff", "HEAD", ("kbn_schema:hello", {})),
        ("/a/1", "PUT", ("kbn_schema:kbn_schema", {"id": "1"})),
        ("/a/1", "OPTIONS", ("kbn_schema:kbn_schema", {})),
        ("/a/b/c", "GET", ("theirs", {"rest": "b/c"})),
    ],
)
def test_hooks_see_where_a_request_goes(target, method, expected):
    """A hook that lets the public through must not be led astray by a path that Django reads otherwise."""
    patterns = mounted("/a/{id}", patterns=[path("a/<path:rest>", theirs, name="theirs")])
    answer = ask(patterns, target, method, middleware=[Watch])

    assert [expected[0]] == [name for name, _ in seen]
    assert method != "GET" or [expected[1]] == [kwargs for _, kwargs in seen]
    assert ("theirs" == expected[0]) == (answer.body == b"theirs")


def test_hooks_see_the_same_under_asgi():
    patterns = mounted("/a/{id}", patterns=[path("a/<path:rest>", theirs, name="theirs")])
    answers = ask_asgi(patterns, "/a/b%2Fc", "/a/b/c", middleware=[Watch])

    assert [b'{"id":"b/c"}', b"theirs"] == [answer.body for answer in answers]
    assert [("kbn_schema:hello", {"id": "b/c"}), ("theirs", {"rest": "b/c"})] == sorted(seen)


@pytest.mark.parametrize("handler", [hello, async_hello])
def test_paths_of_requests_at_once_are_not_mixed(handler):
    """Each pair is one path to Django."""
    patterns = mounted("/a/{id}", handler=handler, patterns=[path("a/<path:rest>", theirs)])
    targets = [f"/a/{number}{slash}b" for number in range(100) for slash in ("/", "%2F")]
    answers = ask_asgi(patterns, *targets, middleware=[Watch])

    expected = [
        b"theirs" if "%2F" not in target else b'{"id":"%b"}' % target[3:].replace("%2F", "/").encode()
        for target in targets
    ]
    assert expected == [answer.body for answer in answers]


def test_requests_that_share_a_thread_are_told_apart_by_the_decoded_path():
    """Of an object that stands for several requests, none can be known."""
    app = asgi_app_of(urls_of(mounted("/a/{id}", patterns=[path("a/<path:rest>", theirs)])))

    async def main():
        async with ThreadSensitiveContext():
            return [(await call_asgi(app, "GET", target)).body for target in ("/a/b%2Fc", "/a/b%2Fc", "/a/b")]

    assert [b'{"id":"b/c"}', b"theirs", b'{"id":"b"}'] == asyncio.run(main())


@pytest.mark.parametrize(
    ("text", "target"), [("/a", "/a/"), ("/a/", "/a"), ("/a/b", "/a//b"), ("/a/{id}", "/a//1")]
)
def test_a_slash_counts(text, target):
    assert 404 == ask(mounted(text), target, middleware=[COMMON]).status


COMMON = "django.middleware.common.CommonMiddleware"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/own", (301, "/own/")),
        ("/a/b%2Fc", (200, None)),  # decoded, it is `<path:rest>/` that a slash is missing for
        ("/a/b/c", (301, "/a/b/c/")),
    ],
)
def test_the_app_redirects_its_own_paths_as_before(target, expected):
    patterns = mounted("/a/{id}", patterns=[path("own/", theirs), path("<path:rest>/", theirs)])
    answer = ask(patterns, target, middleware=[COMMON])

    assert expected == (answer.status, answer.headers.get("location"))


@pytest.mark.parametrize("script", ["", "/s ub"])
@pytest.mark.parametrize("prefix", ["", "shop/", "sh op/é/"])
@pytest.mark.parametrize("under_asgi", [False, True])
def test_a_prefix_is_not_part_of_the_path(prefix, script, under_asgi):
    patterns = [path(f"{prefix}<int:tenant>/", include(mounted("/a/{id}", "/")))]
    raw = f"/{prefix}7".replace(" ", "%20").replace("é", "%C3%A9")
    under = script.replace(" ", "%20")
    targets = [f"{raw}/a/b%2Fc", f"{raw}/a/1", f"{raw}/", f"{raw}/a/b/c"]
    if under_asgi:
        answers = ask_asgi(patterns, *(under + target for target in targets), root_path=script)
    else:
        answers = [ask(patterns, target, SCRIPT_NAME=script, RAW_URI=under + target) for target in targets]

    assert [{"id": "b/c"}, {"id": "1"}, {}] == [answer.json() for answer in answers[:3]]
    assert 404 == answers[3].status


def test_the_prefix_of_a_language_is_not_part_of_the_path():
    patterns = i18n_patterns(*mounted("/a/{id}"))

    assert {"id": "b/c"} == ask(patterns, "/en-us/a/b%2Fc").json()


def test_no_path_is_the_root():
    assert {} == ask(mounted("/"), "", SCRIPT_NAME="/sub", RAW_URI="/sub").json()


@pytest.mark.parametrize("under_asgi", [False, True])
def test_a_forced_script_name_is_not_part_of_the_path(under_asgi):
    with override_settings(FORCE_SCRIPT_NAME="/forced"):
        if under_asgi:
            (answer,) = ask_asgi(mounted("/a/{id}"), "/forced/a/b%2Fc")
        else:
            answer = ask(mounted("/a/{id}"), "/a/b%2Fc")

    assert {"id": "b/c"} == answer.json()


def rewrite(get_response):
    """Middleware that takes ``/v1`` off, and asks for ``/a/x y`` in place of ``/b``."""

    def respond(request):
        request.path_info = request.path_info.removeprefix("/v1").replace("/b", "/a/x%2Fy", 1)
        return get_response(request)

    return respond


@pytest.mark.parametrize(
    ("target", "id"), [("/v1/a/c%2Fd", "c/d"), ("/v1/a/%C3%A9", "é"), ("/b", "x%2Fy"), ("/a/%2525", "%25")]
)
def test_middleware_may_ask_for_another_path(target, id):
    """What it asks for is decoded."""
    (under_asgi,) = ask_asgi(mounted("/a/{id}"), target, middleware=[rewrite])

    assert [{"id": id}] * 2 == [
        ask(mounted("/a/{id}"), target, middleware=[rewrite]).json(),
        under_asgi.json(),
    ]


def test_a_path_is_resolved_without_a_request():
    urls = urls_of(mounted("/a/{id}"))
    match = resolve("/a/é%", urls)

    assert ("kbn_schema:hello", {"id": "é%"}, "a/<id>") == (match.view_name, match.kwargs, match.route)
    answer = match.func(RequestFactory().get("/a/%C3%A9%25"), **match.kwargs)
    assert '{"id":"é%"}' == answer.content.decode()
    with pytest.raises(Http404):
        resolve("/a/b/c", urls)


def test_a_request_that_is_over_is_forgotten():
    patterns = mounted("/a/{id}")
    ask(patterns, "/a/b%2Fc")

    with pytest.raises(Http404):
        resolve("/a/b/c", urls_of(patterns))


# URLs


@pytest.mark.parametrize(
    ("text", "values", "url"),
    [
        ("/a", {}, "/a"),
        ("/a/{id}", {"id": "b?c"}, "/a/b%3Fc"),
        ("/a/{id?}", {}, "/a"),
        ("/a/{id?}", {"id": 1}, "/a/1"),
        ("/a/{rest*}", {}, "/a"),
        ("/a/{rest*}", {"rest": "b/c"}, "/a/b/c"),
        ("/{rest*}", {}, "/"),
        ("/a/", {}, "/a/"),
    ],
)
def test_urls_are_built(text, values, url):
    assert url == reverse("kbn_schema:hello", urls_of(mounted(text)), kwargs=values)


def test_urls_are_built_below_a_prefix_and_a_namespace():
    inner = path("shop/<int:tenant>/", include((mounted("/a/{id}"), "shop")))

    assert "/shop/7/a/1" == reverse("shop:kbn_schema:hello", urls_of([inner]), kwargs={"tenant": 7, "id": 1})


def test_late_routes_have_urls_until_the_first_is_built():
    router = Router()
    urls = urls_of(django.mount([], router))
    router.get("/late", validate=False)(hello)
    assert "/late" == reverse("kbn_schema:hello", urls)
    router.get("/later", validate=False)(async_hello)

    with pytest.raises(NoReverseMatch):
        reverse("kbn_schema:async_hello", urls)


def test_routes_are_listed():
    router = Router("/api")
    for method in ("get", "post"):
        getattr(router, method)("/a/{id?}", validate=False)(hello)
    router.put("/b:c", validate=False)(lambda *_: None)
    versioned = router.versioned.get("/c", access="public")
    for version in ("2023-10-31", "2024-10-31"):
        versioned.add_version(version, validate=False)(async_hello)
    (resolver,) = django.mount([], router)

    assert [
        ("api/a", "GET /api/a/{id?}", "hello"),
        ("api/a/<id>", "GET /api/a/{id?}", "hello"),
        ("api/a", "POST /api/a/{id?}", "hello"),
        ("api/a/<id>", "POST /api/a/{id?}", "hello"),
        ("api/b:c", None, "<lambda>"),
        ("api/c", "async_hello", "async_hello"),
    ] == [(str(each.pattern), each.name, each.callback.__name__) for each in resolver.url_patterns]
    assert f"{hello.__module__}.hello" == resolver.url_patterns[0].lookup_str
    assert [] == resolver.check()


def test_what_was_tried_is_told_to_developers():
    with pytest.raises(Http404) as error:
        resolve("/nowhere", urls_of(mounted("/a/{id}", patterns=[path("b", theirs)])))

    ours, own = error.value.args[0]["tried"]
    assert ["", "a/<id>", "b"] == [str(pattern.pattern) for pattern in (*ours, *own)]
    with override_settings(DEBUG=True):
        assert b"a/&lt;id&gt;" in ask(mounted("/a/{id}"), "/nowhere").body


def test_django_finds_nothing_to_complain_of():
    inner = path("shop/", include((mounted("/a/{id}", "/b:c", "/d$"), "shop")))
    with override_settings(ROOT_URLCONF=urls_of(mounted("/a/{id}", "/b:c", "/d$", patterns=[inner]))):
        assert [] == [*check_url_config(None), *check_url_namespaces_unique(None)]


# Mounting


@pytest.mark.parametrize(
    ("text", "own", "name"),
    [
        ("/a", path("a", theirs), "/a"),
        ("/a/{id}", path("a/<name>", theirs), "/a/<name>"),
        ("/a/{id}", path("a/<int:id>", theirs), "/a/<int:id>"),
        ("/a/{id}", path("a/b", theirs), "/a/b"),
        ("/{r*}", path("<path:r>", theirs), "/<path:r>"),
        ("/a/{id}", re_path(r"^a/(?P<year>[0-9]{4})$", theirs), "/^a/(?P<year>[0-9]{4})$"),
        ("/a/{r*}", re_path(r"^a/(.*)$", theirs), "/^a/(.*)$"),
        ("/a/{id}", re_path(r"^a/((?:b|c)+)$", theirs), "/^a/((?:b|c)+)$"),
        ("/a/{id}", path("a/", include([path("<uuid:id>", theirs)])), "/a/<uuid:id>"),
        ("/a/{id}", path("a/", include(([re_path("^b$", theirs)], "app"))), "/a/^b$"),
        ("/{x}/{id}", path("<slug:x>/", include(mounted("/{id}"))), "/<slug:x>/<id>"),
    ],
)
def test_a_pattern_of_the_app_that_would_never_be_reached_is_refused(text, own, name):
    patterns = [own]

    with pytest.raises(ValueError, match=re.escape(f"the app's own route [{name}] would never be reached")):
        django.mount(patterns, router_of(text, method="post"))
    assert [own] == patterns


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("/a", path("b", theirs)),
        ("/a", path("a/", theirs)),
        ("/a/{id}", path("<path:x>", theirs)),
        ("/a/{id}", re_path("^a/(?P<rest>.+)$", theirs)),
        ("/", re_path("^(?:b|c)/$", theirs)),
        ("/{x}", path("a/", include([path("b", theirs)]))),
    ],
)
def test_other_patterns_of_the_app_are_none_of_our_business(text, own):
    patterns = mounted(text, patterns=[own])

    assert own is patterns[1]


def test_the_list_itself_is_changed():
    patterns = [path("own", theirs)]

    assert patterns is django.mount(patterns, Router())


@pytest.mark.parametrize("app", [(), None, inspect, "urls", theirs])
def test_what_is_no_list_of_patterns_is_refused(app):
    with pytest.raises(TypeError, match="expected the list of URL patterns"):
        django.mount(app, Router())


def test_routes_of_several_routers_have_names_of_their_own():
    patterns = django.mount(mounted("/a/{id}"), router_of("/b"))

    assert "/b" == reverse("kbn_schema:GET /b", urls_of(patterns))


def test_hooks_see_routes_that_were_declared_later():
    router = Router()
    patterns = django.mount([], router)
    assert 404 == ask(patterns, "/late").status
    router.get("/late", validate=False)(lambda context, request, response: response.ok(body="late"))

    assert b"late" == ask(patterns, "/late", middleware=[Watch]).body
    assert [("kbn_schema:GET /late", {})] == seen


# Middleware


def test_the_app_wraps_its_middleware_around():
    def handler(context, request, response):
        raw = request.unstable_raw_request()
        return response.ok(body=[raw.user, raw.path, raw.headers["x-b"], raw.resolver_match.view_name])

    middleware = [login, "django.middleware.gzip.GZipMiddleware", COMMON]
    answer = ask(mounted("/a", handler=handler), "/a", headers=[("X-B", "c")], middleware=middleware)

    assert ["ann", "/a", "c", "kbn_schema:handler"] == answer.json()
    assert "200" == answer.headers["x-login"]


def login(get_response):
    def respond(request):
        request.user = "ann"
        response = get_response(request)
        response["x-login"] = response.status_code
        return response

    return respond


def test_a_view_hook_may_answer_first():
    answer = ask(mounted("/a"), "/a", middleware=[Stop])

    assert (403, b"stop") == (answer.status, answer.body)


class Stop(Watch):
    def process_view(self, *_):
        return HttpResponse("stop", status=403)


class User:
    is_authenticated = False


def anonymous(get_response):
    def respond(request):
        request.user = User()
        return get_response(request)

    return respond


LOGIN = "django.contrib.auth.middleware.LoginRequiredMiddleware"


@pytest.mark.parametrize("version", ["2023-10-31", "2024-10-31"])
def test_a_login_is_required_unless_the_handler_says_otherwise(version):
    """Of two versions of a route, one may be public."""

    def public(context, request, response):
        return response.ok(body="public")

    public.login_required = False  # as Django's `login_not_required` does
    router = Router()
    versioned = router.versioned.get("/a", access="public")
    versioned.add_version("2023-10-31", validate=False, handler=public)
    versioned.add_version("2024-10-31", validate=False, handler=hello)
    headers = [("elastic-api-version", version)]
    answer = ask(django.mount([], router), "/a", headers=headers, middleware=[anonymous, LOGIN])

    assert (200 if version == "2023-10-31" else 302) == answer.status


CSRF = "django.middleware.csrf.CsrfViewMiddleware"


JSON_BODY = {"body": s.object({"n": s.number()})}


def ask_from_elsewhere(method="post", validate=JSON_BODY, exempt=None, **options):
    """The status that a request has which another site lets a browser send."""

    def handler(context, request, response):
        return response.ok()

    if exempt is not None:
        handler.csrf_exempt = exempt
    router = Router()
    getattr(router, method)("/a", validate=validate, **options)(handler)
    with override_settings(MIDDLEWARE=["tests.adapters.served_django.Urls", CSRF]):
        send = getattr(Client(enforce_csrf_checks=True), method)
        urls = {URLS: urls_of(django.mount([], router))}
        return send("/a", b'{"n": 1}', content_type="application/json", **urls).status_code


@pytest.mark.parametrize(("exempt", "status"), [(None, 200), (True, 200), (False, 403)])
@pytest.mark.parametrize("method", ["post", "put"])
def test_what_no_other_site_can_send_is_exempt_from_csrf_protection(method, exempt, status):
    assert status == ask_from_elsewhere(method, exempt=exempt)


@pytest.mark.parametrize(("exempt", "status"), [(None, 403), (True, 200), (False, 403)])
@pytest.mark.parametrize(
    "more",
    [
        {"validate": False},
        {"validate": {"body": s.maybe(s.object({"n": s.number()}))}},
        {"validate": {"body": s.buffer()}},
        {"validate": {"body": lambda body, result: result.ok(body)}},
        {
            "validate": JSON_BODY,
            "options": {"body": {"accepts": ["application/json", "application/x-www-form-urlencoded"]}},
        },
    ],
)
def test_a_post_that_another_site_can_send_is_not_exempt(more, exempt, status):
    assert status == ask_from_elsewhere(exempt=exempt, **more)


def test_a_body_whose_schema_leads_nowhere_is_answered_by_the_router():
    """Django asks of the view what it needs while it looks for the path."""
    router = Router()
    router.post("/a", validate={"body": s.object({"a": s.lazy("nowhere")})})(hello)
    answer = ask(django.mount([], router), "/a", "POST", [JSON], b'"abc"')

    assert 400 == answer.status
    assert b"could not parse object value" in answer.body


@pytest.mark.parametrize("target", ["nowhere", lambda: 1])
def test_a_body_whose_schema_itself_leads_nowhere_is_our_500_and_no_page_fails(target):
    router = Router()
    router.post("/a", validate={"body": s.lazy(target)})(hello)
    router.get("/b", validate=False)(hello)
    urls = django.mount([], router)

    assert [500, 200] == [ask(urls, "/a", "POST", [JSON], b'"abc"').status, ask(urls, "/b").status]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_browser_asks_before_it_sends_other_methods(method):
    assert 200 == ask_from_elsewhere(method, validate=False)


def test_what_is_said_of_the_handler_is_said_of_the_view():
    handler = non_atomic_requests(lambda context, request, response: response.ok())
    view = resolve("/a", urls_of(mounted("/a", handler=handler))).func

    assert {"default"} == view._non_atomic_requests
    assert not hasattr(view, "__wrapped__")
    assert ["request", "_"] == list(inspect.signature(view).parameters)


@pytest.mark.parametrize(("handler", "is_async"), [(hello, False), (async_hello, True)])
def test_a_view_is_async_where_the_handler_is(handler, is_async):
    """Django calls a plain view in the thread of the request, in its transaction."""
    for text in ("/a", "/a/{id}"):
        (pattern,) = mounted(text, handler=handler)[0].url_patterns
        assert is_async == inspect.iscoroutinefunction(pattern.callback)
        assert is_async == inspect.iscoroutinefunction(
            resolve(text, urls_of(mounted(text, handler=handler))).func
        )


# What Django answers with


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("under_asgi", [False, True])
def test_what_django_answers_with_is_handed_on(is_async, under_asgi):
    def handler(*_):
        return HttpResponse("native", status=202, headers={"x-a": "b"})

    async def async_handler(*_):
        return handler()

    patterns = mounted("/a", handler=async_handler if is_async else handler)
    (answer,) = ask_asgi(patterns, "/a") if under_asgi else [ask(patterns, "/a")]

    assert (202, b"native", "b") == (answer.status, answer.body, answer.headers["x-a"])


@pytest.mark.parametrize(
    ("error", "status"),
    [(Http404, 404), (PermissionDenied, 403), (BadRequest, 400), (SuspiciousOperation, 400)],
)
@pytest.mark.parametrize("is_async", [False, True])
def test_what_django_raises_goes_to_its_handlers(error, status, is_async):
    def handler(*_):
        raise error("secret")

    async def async_handler(*_):
        raise error("secret")

    urls = urls_of(mounted("/a", handler=async_handler if is_async else handler))
    vars(urls).update({f"handler{status}": lambda request, exception: HttpResponse("own", status=status)})
    answer = send_to(urls, "GET", "/a")

    assert (status, b"own") == (answer.status, answer.body)


def test_our_errors_do_not_go_to_djangos_handlers():
    urls = urls_of(mounted("/a", handler=lambda *_: 1 / 0))
    urls.handler500 = theirs
    answer = send_to(urls, "GET", "/a")

    assert (500, 500) == (answer.status, answer.json()["statusCode"])


def test_what_is_no_response_is_no_answer_of_a_handler():
    assert 500 == ask(mounted("/a", handler=lambda *_: "text"), "/a").status


def test_cookies_are_sent_as_they_are_and_kept_by_the_client():
    cookies = ["a=1; Path=/x; Priority=High", "a=2; HttpOnly", "b=é"]

    def handler(context, request, response):
        sent = request.unstable_raw_request().COOKIES
        return response.ok(body=sent, headers={"set-cookie": cookies if not sent else []})

    urls = urls_of(mounted("/a", handler=handler))
    assert set(cookies) == set(send_to(urls, "GET", "/a").all("set-cookie"))
    client = Client()
    client.get("/a", **{URLS: urls})
    assert "2" == client.get("/a", **{URLS: urls}).json()["a"]


def test_repeats_of_a_header_are_joined():
    def handler(context, request, response):
        return response.ok(headers={"link": ["<a>", "<b>"]})

    assert "<a>, <b>" == ask(mounted("/a", handler=handler), "/a").headers["link"]


# Bodies


def body_router(is_async):
    router = Router()

    def plain(context, request, response):
        return response.ok(body=request.body)

    async def asynchronous(context, request, response):
        return response.ok(body=request.body)

    def read(context, request, response):
        return response.ok(body=request.body.read())

    async def read_async(context, request, response):
        return response.ok(body=await request.body.read())

    form = {"accepts": "application/x-www-form-urlencoded"}
    n = s.object({"n": s.number()})
    router.post("/a", validate={"body": n})(asynchronous if is_async else plain)
    router.post("/form", validate={"body": n}, options={"body": form})(asynchronous if is_async else plain)
    router.post("/stream", validate={"body": s.stream()})(read_async if is_async else read)
    return router


def read_body(get_response):
    return reading(get_response, lambda request: request.body)


def read_some(get_response):
    return reading(get_response, lambda request: request.read(3))


def read_form(get_response):
    return reading(get_response, lambda request: request.POST)


def reading(get_response, read):
    def respond(request):
        read(request)
        return get_response(request)

    return respond


FORM = ("Content-Type", "application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    ("target", "read", "status"),
    [
        ("/a", read_body, 200),
        ("/a", read_form, 200),
        ("/a", read_some, 400),  # what was read so is gone
        ("/stream", read_body, 200),
        ("/stream", read_some, 400),
        ("/form", read_form, 200),
    ],
)
@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("under_asgi", [False, True])
def test_middleware_may_have_read_the_body(target, read, status, is_async, under_asgi):
    urls = urls_of(django.mount([], body_router(is_async)))
    body, type_ = (b"n=1", FORM) if target == "/form" else (b'{"n": 1}', JSON)
    options = {"MIDDLEWARE": ["tests.adapters.served_django.Urls", f"{__name__}.{read.__name__}"]}
    if under_asgi:
        app = asgi_app_of(urls, **options)
        answer = asyncio.run(call_asgi(app, "POST", target, [type_], body))
    else:
        with override_settings(**options):
            answer = send_to(urls, "POST", target, [type_], body)

    assert status == answer.status
    assert status == 400 or {"n": 1} == answer.json()


# Streams


def make_stream(is_async=False):
    """What becomes of a stream and its context."""
    told = []
    router = Router(context=lambda: Told(told))

    @router.get("/", validate=False)
    def handler(context, request, response):
        def pieces():
            try:
                while True:
                    yield b"x"
            finally:
                told.append("stream")

        return response.ok(body=pieces())

    async def async_handler(context, request, response):
        async def pieces():
            try:
                while True:
                    yield b"x"
                    await asyncio.sleep(0)
            finally:
                await asyncio.sleep(0)
                told.append("stream")

        return response.ok(body=pieces())

    if is_async:
        router = Router(context=lambda: Told(told))
        router.get("/", validate=False)(async_handler)
    return urls_of(django.mount([], router)), told


def begin(app):
    environ = {"SERVER_NAME": "x", "SERVER_PORT": "80", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http"}
    return app({**make_environ("GET", "/"), **environ}, lambda *_: None)


@pytest.mark.parametrize("count", [0, 2])
def test_a_server_closes_a_stream_that_is_not_at_its_end(count):
    urls, told = make_stream()
    stream = begin(wsgi_app_of(urls))
    pieces = iter(stream)

    assert [b"x"] * count == [next(pieces) for _ in range(count)]
    assert [] == told
    stream.close()
    assert (["stream", "context"] if count else ["context"]) == told


def put_aside(get_response):
    def respond(request):
        get_response(request)
        return HttpResponse("other")

    return respond


def fail(get_response):
    def respond(request):
        get_response(request)
        raise Http404

    return respond


@pytest.mark.parametrize("middleware", [put_aside, fail])
@pytest.mark.parametrize(("under_asgi", "is_async"), [(False, False), (True, False), (True, True)])
def test_a_stream_that_middleware_puts_aside_is_closed(middleware, is_async, under_asgi):
    urls, told = make_stream(is_async)
    options = {"MIDDLEWARE": ["tests.adapters.served_django.Urls", f"{__name__}.{middleware.__name__}"]}

    async def main():
        await call_asgi(asgi_app_of(urls, **options), "GET", "/")
        gc.collect()
        async with asyncio.timeout(5):
            while not told:
                await asyncio.sleep(0.001)

    if under_asgi:
        asyncio.run(main())
    else:
        begin(wsgi_app_of(urls, **options)).close()
        gc.collect()

    assert ["context"] == told


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("count", [0, 3])
def test_a_stream_is_closed_when_the_client_leaves(count, is_async, caplog):
    urls, told = make_stream(is_async)

    async def main():
        line = Line(in_one(b""))
        send = line.send

        async def slow_send(message):
            await send(message)
            await (asyncio.sleep(0) if len(line.sent) <= count else asyncio.Event().wait())

        app = asgi_app_of(urls)
        task = asyncio.create_task(app(make_scope("GET", "/"), line.receive, slow_send))
        await line.until_sent(count + 1)
        line.done.set()
        await asyncio.wait_for(task, 5)

    asyncio.run(main())

    assert (["stream", "context"] if count else ["context"]) == told
    assert [] == caplog.records


current = ContextVar("current", default="nobody")


async def named():
    token = current.set("somebody")
    try:
        yield {}
    finally:
        current.reset(token)
        seen.append("reset")


def stream_router():
    router = Router(context=named)

    @router.get("/", validate=False)
    async def handler(context, request, response):
        async def pieces():
            for _ in range(2):
                await asyncio.sleep(0.001)
                thread = await sync_to_async(threading.current_thread)()
                yield f"{current.get()} {thread is threading.main_thread()},"

        return response.ok(body=pieces())

    return router


def test_an_async_stream_under_wsgi_is_collected_in_its_context():
    """What belongs to a thread, such as a query, is in that of the request."""
    answer = ask(django.mount([], stream_router()), "/")

    assert b"somebody True," * 2 == answer.body
    assert (["reset"], "nobody") == (seen, current.get())


def test_an_async_stream_under_wsgi_may_be_refused_yet():
    router = Router(max_body_bytes=3)

    @router.post("/", validate={"body": s.stream()})
    async def handler(context, request, response):
        return response.ok(body=aiter(request.body))

    urls = urls_of(django.mount([], router))
    chunks = {"wsgi.input": io.BytesIO(b"abcd"), "wsgi.input_terminated": True}

    assert 413 == send_to(urls, "POST", "/", **chunks).status
    assert 400 == send_to(urls, "POST", "/", [("Content-Length", "3")], b"ab").status


def test_an_async_stream_is_closed_in_the_task_that_has_opened_it(caplog):
    """Also when the client leaves: a variable that its context has set could not be reset elsewhere."""
    router = Router(context=named)

    @router.get("/", validate=False)
    async def handler(context, request, response):
        async def pieces():
            while True:
                yield current.get()

        return response.ok(body=pieces())

    async def main():
        line = Line(in_one(b""))

        async def send(message):
            line.sent.append(message)
            if len(line.sent) > 2:
                line.done.set()
                await asyncio.Event().wait()

        await asgi_app_of(urls_of(django.mount([], router)))(make_scope("GET", "/"), line.receive, send)

    asyncio.run(asyncio.wait_for(main(), 5))

    assert (["reset"], []) == (seen, caplog.records)


def test_a_plain_stream_under_asgi_is_in_the_thread_of_its_handler():
    def handler(context, request, response):
        own = threading.get_ident()
        return response.ok(body=(str(own == threading.get_ident()) for _ in range(2)))

    (answer,) = ask_asgi(mounted("/", handler=handler), "/")

    assert b"TrueTrue" == answer.body


@pytest.mark.parametrize("handler", [hello, async_hello])
def test_chunks_that_no_server_has_joined_are_411(handler):
    router = Router()
    router.post("/a", validate={"body": s.buffer()})(handler)
    with override_settings(ROOT_URLCONF=urls_of(django.mount([], router))):
        answer = Client().generic("POST", "/a", headers={"Transfer-Encoding": "chunked"})

    assert 411 == answer.status_code


# Its async client


@pytest.mark.parametrize("handler", [hello, async_hello])
@pytest.mark.parametrize("method", ["get", "post"])
def test_its_async_client_is_answered(handler, method):
    async def main():
        with override_settings(ROOT_URLCONF=urls_of(patterns)):
            client = AsyncClient()
            answers = [
                await getattr(client, method)("/a/1?b=c"),
                await client.put("/a/1"),
                await client.get("/nowhere"),
            ]
            return [(answer.status_code, answer.content.decode()) for answer in answers]

    patterns = django.mount([], router_of("/a/{id}", handler=handler, method=method))
    found, refused, missing = asyncio.run(main())

    assert (200, '{"id":"1"}') == found
    assert [405, 404] == [refused[0], missing[0]]


def test_its_async_client_is_answered_by_plain_and_async_handlers_on_a_path():
    router = router_of("/a", handler=async_hello)
    router.post("/a", validate=False)(lambda *_: HttpResponse(str(threading.get_ident())))

    async def main():
        with override_settings(ROOT_URLCONF=urls_of(django.mount([], router))):
            answers = [await AsyncClient().get("/a"), await AsyncClient().post("/a")]
        return [answer.content.decode() for answer in answers], await sync_to_async(threading.get_ident)()

    answers, thread = asyncio.run(main())
    assert ["{}", str(thread)] == answers


@pytest.mark.parametrize("is_async", [False, True])
def test_its_async_client_reads_streams(is_async):
    async def main():
        with override_settings(ROOT_URLCONF=make_urls(is_async)):
            answer = await AsyncClient().get("/api/stream")
            return b"".join([piece async for piece in answer.streaming_content])

    assert b"one,two,three" == asyncio.run(main())


# Handlers of Django's own


@method_decorator(csrf_exempt, name="dispatch")
class Posted(View):
    @method_decorator(django.validated(body=s.object({"n": s.number()})))
    def post(self, request, valid, id):
        return JsonResponse({"id": id, "n": valid.body["n"], "view": type(self).__name__})


@require_POST
@django.validated(body=s.object({"n": s.number()}))
@csrf_exempt
def posted(request, valid, id):
    return JsonResponse({"id": id, "n": valid.body["n"], "view": request.resolver_match.view_name})


def test_decorators_of_djangos_compose():
    patterns = [path("view/<int:id>", Posted.as_view()), path("f/<int:id>", posted, name="posted")]
    answers = [ask(patterns, target, "POST", [JSON], b'{"n": "2"}').json() for target in ("/view/1", "/f/1")]

    assert [{"id": 1, "n": 2, "view": "Posted"}, {"id": 1, "n": 2, "view": "posted"}] == answers
    assert posted.csrf_exempt
    assert 405 == ask(patterns, "/f/1").status


def test_arguments_without_a_name_are_handed_on():
    @django.validated()
    def view(request, valid, year):
        return HttpResponse(year)

    assert b"2024" == ask([re_path("^a/([0-9]+)$", view)], "/a/2024").body


def test_a_wrapper_has_the_name_of_the_view_but_not_its_signature():
    wrapper = django.validated()(own)

    assert "own" == wrapper.__name__
    assert ["arguments", "kwargs"] == list(inspect.signature(wrapper).parameters)
