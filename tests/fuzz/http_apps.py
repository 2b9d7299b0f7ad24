"""The apps of P14: one for each framework that can be asked in this process, with a router mounted."""

import asyncio
import functools
from collections.abc import Callable
from typing import Any

import bottle as bottle_library  # type: ignore[import-untyped]
import falcon as falcon_library
import falcon.asgi as falcon_asgi
import flask as flask_library
import litestar as litestar_library
import quart as quart_library
from starlette.applications import Starlette

from kbn_schema.adapters import (
    asgi,
    aws_lambda,
    bottle,
    django,
    falcon,
    flask,
    litestar,
    quart,
    starlette,
    wsgi,
)
from kbn_schema.http import Router
from tests.adapters import lambda_events
from tests.adapters.calling import call_asgi, call_wsgi, make_environ
from tests.adapters.served_django import urls_of, wsgi_app_of

Call = Callable[[Any], tuple[int, bytes]]
METHODS = {"body": "POST"}


def make_others(router: Router) -> dict[str, Call]:
    handler = aws_lambda.mount(router)

    def by_lambda(sent: Any) -> tuple[int, bytes]:
        event = lambda_events.function_url(
            METHODS.get(sent.part, "GET"), sent.target, sent.headers, sent.body
        )
        answer = lambda_events.as_answer(event, handler(event, None))
        return answer.status, answer.body

    return {"aws_lambda": by_lambda}


def make_wsgi_apps(router: Router) -> dict[str, Call]:
    made: dict[str, Any] = {
        "wsgi": wsgi.mount(None, router), "flask": flask.mount(flask_library.Flask(__name__), router),
        "falcon": falcon.mount(falcon_library.App(), router),
        "bottle": bottle.mount(bottle_library.Bottle(), router),
        "django": wsgi_app_of(urls_of(django.mount([], router))),
    }  # fmt: skip
    return {name: functools.partial(by_wsgi, app) for name, app in made.items()}


def by_wsgi(app: Any, sent: Any) -> tuple[int, bytes]:
    environ = make_environ(METHODS.get(sent.part, "GET"), sent.target, sent.headers, sent.body)
    method = environ.pop("REQUEST_METHOD")
    answer = call_wsgi(app, method, body=sent.body or b"", check=lambda app: app, **environ)
    return answer.status, answer.body


def make_asgi_apps(router: Router, loop: asyncio.AbstractEventLoop) -> dict[str, Call]:
    no_document: Any = {"openapi_config": None, "logging_config": None}
    made: dict[str, Any] = {
        "asgi": asgi.mount(None, router), "starlette": starlette.mount(Starlette(), router),
        "litestar": litestar.mount(litestar_library.Litestar([], **no_document), router),
        "quart": quart.mount(quart_library.Quart(__name__), router),
        "falcon_asgi": falcon.mount(falcon_asgi.App(), router),
    }  # fmt: skip
    return {name: functools.partial(by_asgi, app, loop) for name, app in made.items()}


def by_asgi(app: Any, loop: asyncio.AbstractEventLoop, sent: Any) -> tuple[int, bytes]:
    method = METHODS.get(sent.part, "GET")
    answer = loop.run_until_complete(call_asgi(app, method, sent.target, sent.headers, sent.body))
    return answer.status, answer.body
