"""The applications of Falcon of which the contract speaks; gunicorn imports one."""

import falcon as falcon_library
import falcon.asgi as falcon_asgi

from kbn_schema.adapters import falcon
from tests.adapters.routes import make_router


class Own:
    def on_post(self, req, resp):
        resp.data = b"own " + req.bounded_stream.read()


class AsyncOwn:
    async def on_post(self, req, resp):
        resp.data = b"own " + await req.stream.read()


def nothing(req, resp, error, params):
    resp.status, resp.data = 404, b"nothing here"


async def async_nothing(req, resp, error, params, ws=None):
    nothing(req, resp, error, params)


def make_sync():
    app = falcon_library.App()
    app.add_route("/own", Own())
    app.add_error_handler(falcon_library.HTTPRouteNotFound, nothing)
    return falcon.mount(app, make_router())


def make_async(is_async=True):
    app = falcon_asgi.App()
    app.add_route("/own", AsyncOwn())
    app.add_error_handler(falcon_library.HTTPRouteNotFound, async_nothing)
    return falcon.mount(app, make_router(is_async))


sync_app = make_sync()
