"""The applications of which the contract speaks; gunicorn imports them."""

import flask as flask_library
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from kbn_schema.adapters import asgi, flask, starlette, wsgi
from tests.adapters.routes import make_router


def wsgi_own(environ, start_response):
    """The application behind the router."""
    own = environ["PATH_INFO"] == "/own"
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = b"own " + environ["wsgi.input"].read(length) if own else b"nothing here"
    start_response("200 OK" if own else "404 Not Found", [("content-type", "text/plain")])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


async def asgi_own(scope, receive, send):
    if scope["type"] == "lifespan":
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})
        return
    own = scope["path"] == "/own"
    body = b"own " + (await receive())["body"] if own else b"nothing here"
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200 if own else 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def starlette_own(request):
    return PlainTextResponse(b"own " + await request.body())


def starlette_404(request, error):
    return PlainTextResponse(b"nothing here", error.status_code)


def make_wsgi():
    return wsgi.mount(wsgi_own, make_router())


def make_asgi(is_async=True):
    return asgi.mount(asgi_own, make_router(is_async))


def make_starlette(is_async=True):
    app = Starlette(
        routes=[Route("/own", starlette_own, methods=["POST"])],
        exception_handlers={404: starlette_404},
    )
    return starlette.mount(app, make_router(is_async))


def make_flask():
    app = flask_library.Flask("served")
    app.config["MAX_CONTENT_LENGTH"] = 10  # of Flask's own bodies; ours have their own limit
    app.post("/own")(lambda: b"own " + flask_library.request.get_data())
    app.errorhandler(404)(lambda error: ("nothing here", 404))
    return flask.mount(app, make_router())


wsgi_app = make_wsgi()
flask_app = make_flask()
