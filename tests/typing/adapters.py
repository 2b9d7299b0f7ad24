"""What checkers know of adapters: an app keeps its type, and a validated handler may be registered."""

from typing import Any, assert_type

import falcon as falcon_library
import falcon.asgi as falcon_asgi
import flask as flask_library
import quart as quart_library
from aiohttp import web
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views import View
from falcon.asgi import Request as FalconRequest
from falcon.asgi import Response as FalconResponse
from fastapi import FastAPI
from litestar import Litestar
from litestar import get as litestar_get
from sanic import Request as SanicRequest
from sanic.response import HTTPResponse, text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tornado.web import Application, RequestHandler

from kbn_schema import schema
from kbn_schema.adapters import (
    aiohttp,
    asgi,
    aws_lambda,
    django,
    falcon,
    fastapi,
    flask,
    litestar,
    quart,
    sanic,
    starlette,
    tornado,
    wsgi,
)
from kbn_schema.http import Router, ValidRequest

router = Router()
PAGE = schema.object({"page": schema.integer()})


class OwnFastAPI(FastAPI): ...


class OwnStarlette(Starlette): ...


# An app keeps its type.
assert_type(aiohttp.mount(web.Application(), router), web.Application)
assert_type(fastapi.mount(OwnFastAPI(), router), OwnFastAPI)
assert_type(flask.mount(flask_library.Flask("app"), router), flask_library.Flask)
assert_type(litestar.mount(Litestar(), router), Litestar)
assert_type(quart.mount(quart_library.Quart("app"), router), quart_library.Quart)
assert_type(starlette.mount(OwnStarlette(), router), OwnStarlette)
assert_type(tornado.mount(Application(), router), Application)
assert_type(falcon.mount(falcon_asgi.App(), router), falcon_asgi.App[FalconRequest, FalconResponse])
assert_type(asgi.mount(None, router), asgi.App)
assert_type(aws_lambda.mount(router), aws_lambda.Handler)
wsgi.mount(wsgi.mount(None, router), Router())
falcon.mount(falcon_library.App(), router)


# A typed handler that is validated is registered as any other.
@web.middleware
async def pass_on(request: web.Request, handler: Any) -> web.StreamResponse:
    response: web.StreamResponse = await handler(request)
    return response


@aiohttp.validated(query=PAGE)
async def for_aiohttp(request: web.Request, valid: ValidRequest) -> web.Response:
    return web.json_response(valid.query)


web.Application().router.add_get("/", for_aiohttp)


@django.validated(query=PAGE)
def for_django(request: HttpRequest, valid: ValidRequest, id: int) -> HttpResponse:
    return HttpResponse(str(id))


class ForDjango(View):
    @django.validated(query=PAGE)
    def get(self, request: HttpRequest, valid: ValidRequest) -> HttpResponse:
        return HttpResponse("")


django.mount([path("<int:id>", for_django), path("view", ForDjango.as_view())], router)


class ForFalcon:
    @falcon.validated(query=PAGE)
    def on_get(
        self, req: falcon_library.Request, resp: falcon_library.Response, valid: ValidRequest
    ) -> None: ...


falcon_library.App().add_route("/", ForFalcon())

for_fastapi = FastAPI()


@for_fastapi.get("/{id}")
@fastapi.validated(query=PAGE)
async def of_fastapi(id: int, valid: ValidRequest) -> dict[str, Any]:
    return {"id": id, "query": valid.query}


for_flask = flask_library.Flask("app")


@for_flask.get("/<int:id>")
@flask.validated(query=PAGE)
def of_flask(valid: ValidRequest, id: int) -> dict[str, Any]:
    return {"id": id, "query": valid.query}


@litestar_get("/")
@litestar.validated(query=PAGE)
async def of_litestar(valid: ValidRequest) -> dict[str, Any]:
    return {"query": valid.query}


Litestar([of_litestar])
for_quart = quart_library.Quart("app")


@for_quart.get("/<int:id>")
@quart.validated(query=PAGE)
async def of_quart(valid: ValidRequest, id: int) -> dict[str, Any]:
    return {"id": id, "query": valid.query}


@sanic.validated(query=PAGE)
async def of_sanic(request: SanicRequest, valid: ValidRequest) -> HTTPResponse:
    return text("")


@starlette.validated(query=PAGE)
async def of_starlette(request: Request, valid: ValidRequest) -> Response:
    return PlainTextResponse("")


Route("/", of_starlette)


class ForTornado(RequestHandler):
    @tornado.validated(query=PAGE)
    async def get(self, valid: ValidRequest, id: str) -> None:
        self.write({"id": id})


Application([(r"/(\d+)", ForTornado)])
