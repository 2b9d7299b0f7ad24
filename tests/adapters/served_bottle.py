"""The Bottle application of which the contract speaks; gunicorn imports it."""

from bottle import Bottle, request

from kbn_schema.adapters import bottle
from tests.adapters.routes import make_router


def make_app():
    app = Bottle()
    app.post("/own", callback=lambda: b"own " + request.body.read())
    app.error(404, lambda error: "nothing here")
    return bottle.mount(app, make_router())


app = make_app()
