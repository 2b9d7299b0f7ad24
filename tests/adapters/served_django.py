"""The Django projects of which the contract speaks, in a process with settings; gunicorn imports them."""

from types import ModuleType

import django as django_library
from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from kbn_schema.adapters import django
from tests.adapters.routes import make_router

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATA_UPLOAD_MAX_MEMORY_SIZE=10,  # of Django's own bodies; ours have their own limit
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
        MIDDLEWARE=["tests.adapters.served_django.Urls"],
        ROOT_URLCONF=ModuleType("no_urls"),
        SECRET_KEY="not one",
        USE_TZ=True,
    )
    django_library.setup()

URLS = "tests.urls"


class Urls:
    """Middleware that lets each request say which URLs it is for: a process has several projects."""

    sync_capable = async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request):
        urls = getattr(request, "scope", request.META).get(URLS)
        if urls is not None:
            request.urlconf = urls
        return self.get_response(request)


def urls_of(urlpatterns):
    """The module of URLs that a project would have."""
    urls = ModuleType("urls")
    vars(urls).update(urlpatterns=urlpatterns, handler404=nothing)
    return urls


def nothing(request, exception=None):
    return HttpResponse(b"nothing here", "text/plain", status=404)


def own(request):
    return HttpResponse(b"own " + request.body, "text/plain")


def make_urls(is_async=False):
    return urls_of(django.mount([path("own", own)], make_router(is_async)))


def wsgi_app_of(urls, **options):
    """The project as a WSGI application, under settings of its own."""
    with override_settings(**options):
        handler = WSGIHandler()

    def app(environ, start_response):
        return handler({**environ, URLS: urls}, start_response)

    return app


def asgi_app_of(urls, **options):
    with override_settings(**options):
        handler = ASGIHandler()

    async def app(scope, receive, send):
        await handler({**scope, URLS: urls}, receive, send)

    return app


wsgi_app = wsgi_app_of(make_urls())
