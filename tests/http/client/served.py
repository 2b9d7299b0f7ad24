"""A router that real servers serve to clients; gunicorn imports it."""

import asyncio

from kbn_schema import schema as s
from kbn_schema.adapters import asgi, wsgi
from kbn_schema.http import Conflict, Router

WAITING = []  # those who wait for a slow answer, or have waited
ITEM = s.object({"n": s.integer(), "name": s.string(default="é")})


def make_router():
    router = Router("/api")

    @router.post(
        "/items/{id}",
        validate={
            "request": {
                "params": s.object({"id": s.string()}),
                "query": s.object(
                    {"tags": s.array_of(s.string(), default=[]), "deep": s.boolean(default=False)}
                ),
                "headers": s.any(),
                "body": ITEM,
            },
            "response": {201: {"body": s.any()}},
        },
    )
    def add(context, request, response):
        if request.body["n"] == 409:
            raise Conflict("there is one", attributes={"n": 409})
        wanted = (
            "content-type",
            "kbn-version",
            "x-elastic-internal-origin",
            "x-kbn-context",
            "authorization",
        )
        headers = {name: request.headers[name] for name in wanted if name in request.headers}
        return response.created(
            body={
                "id": request.params["id"],
                "query": request.query,
                "body": request.body,
                "headers": headers,
            }
        )

    @router.put("/file", validate={"body": s.buffer()}, options={"body": {"max_bytes": 10_000_000}})
    def take(context, request, response):
        return response.ok(body={"size": len(request.body)})

    @router.get("/lines", validate=False)
    def lines(context, request, response):
        pieces = (f'{{"n":{number}}}\n' for number in range(1000))
        return response.ok(body=pieces, headers={"content-type": "application/ndjson"})

    @router.get("/text", validate=False)
    def text(context, request, response):
        return response.ok(body="text é")

    @router.get("/nothing", validate=False)
    def nothing(context, request, response):
        return response.no_content()

    @router.get("/moved", validate=False)
    def moved(context, request, response):
        return response.redirected(headers={"location": "/base/api/text"})

    @router.get("/fails", validate=False)
    def fails(context, request, response):
        raise ValueError("secret")

    versioned = router.versioned.get("/versioned", access="public")
    for version in ("2023-10-31", "2024-10-31"):
        versioned.add_version(
            version,
            validate=False,
            handler=lambda c, request, response: response.ok(body=request.api_version),
        )
    return router


def without_base(app):
    """*app* below ``/base``, as behind a proxy that cuts it off."""

    def below(environ, start_response):
        raw = environ.get("RAW_URI", environ["PATH_INFO"])
        environ["RAW_URI"] = raw.removeprefix("/base")
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix("/base")
        return app(environ, start_response)

    return below


def make_asgi():
    router = make_router()

    @router.get("/slow", validate=False)
    async def slow(context, request, response):
        WAITING.append(1)
        await asyncio.sleep(60)
        return response.ok()

    app = asgi.mount(None, router)

    async def below(scope, receive, send):
        await app({**scope, "root_path": "/base"}, receive, send)

    return below


wsgi_app = without_base(wsgi.mount(None, make_router()))
