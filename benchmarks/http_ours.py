"""kbn_schema: its ASGI application, and its core without any adapter."""

from typing import Any, cast

from benchmarks.contenders import OURS
from benchmarks.http_peer import Answer, Ask, HttpPeer, through
from benchmarks.http_requests import FIND, IMPORT_ALL, SAVE, HttpRequest, Path
from kbn_schema import Schema
from kbn_schema import schema as s
from kbn_schema.adapters import asgi
from kbn_schema.http import Request, RequestParts, Response, ResponseFactory, Router
from kbn_schema.http.route import Handler

CORE = f"{OURS}, core alone"


def saved_object() -> Schema[Any]:
    return s.object(
        {
            "type": s.one_of(s.literal("dashboard"), s.literal("visualization"), s.literal("search")),
            "id": s.string(min_length=1, max_length=64),
            "title": s.string(min_length=1, max_length=200),
            "description": s.string(max_length=1000),
            "version": s.integer(min=1),
            "refresh_sec": s.integer(min=0, max=86400),
            "archived": s.boolean(),
            "tags": s.array_of(s.string(max_length=50), max_size=50),
            "owner": s.string(min_length=1, max_length=64),
            "updated_at": s.string(max_length=64),
        }
    )


def whole_import() -> Schema[Any]:
    layout = {
        "columns": s.integer(min=1, max=48),
        "rows": s.integer(min=1),
        "theme": s.one_of(s.literal("light"), s.literal("dark")),
    }
    attributes = {
        "description": s.string(max_length=1000),
        "hits": s.integer(min=0),
        "pinned": s.boolean(),
        "layout": s.object(layout),
    }
    reference = {
        "id": s.string(min_length=1, max_length=64),
        "type": s.string(max_length=64),
        "name": s.string(max_length=200),
    }
    imported = {
        "id": s.string(min_length=1, max_length=64),
        "type": s.string(max_length=64),
        "title": s.string(min_length=1, max_length=200),
        "version": s.integer(min=1),
        "attributes": s.object(attributes),
        "references": s.array_of(s.object(reference), max_size=100),
    }
    return s.object(
        {
            "namespace": s.string(min_length=1, max_length=64),
            "overwrite": s.boolean(),
            "objects": s.array_of(s.object(imported), max_size=1000),
        }
    )


def query() -> Schema[Any]:
    return s.object(
        {
            "page": s.integer(min=1, default=1),
            "per_page": s.integer(min=1, max=100, default=20),
            "search": s.maybe(s.string(max_length=256)),
        }
    )


def router(save: Handler, import_all: Handler, find: Handler) -> Router:
    made = Router()
    made.post(SAVE.path, validate={"body": saved_object()})(save)
    made.post(IMPORT_ALL.path, validate={"body": whole_import()})(import_all)
    made.get(FIND.path, validate={"query": query()})(find)
    return made.compile()


def plain_router() -> Router:
    def save(context: Any, request: Request, response: ResponseFactory) -> Response:
        return response.ok(body={"ok": True, "n": request.body["version"]})

    def import_all(context: Any, request: Request, response: ResponseFactory) -> Response:
        return response.ok(body={"ok": True, "n": request.body["objects"][-1]["attributes"]["hits"]})

    def find(context: Any, request: Request, response: ResponseFactory) -> Response:
        return response.ok(body={"ok": True, "n": request.query["page"]})

    return router(save, import_all, find)


def async_router() -> Router:
    async def save(context: Any, request: Request, response: ResponseFactory) -> Response:
        return response.ok(body={"ok": True, "n": request.body["version"]})

    async def import_all(context: Any, request: Request, response: ResponseFactory) -> Response:
        return response.ok(body={"ok": True, "n": request.body["objects"][-1]["attributes"]["hits"]})

    async def find(context: Any, request: Request, response: ResponseFactory) -> Response:
        return response.ok(body={"ok": True, "n": request.query["page"]})

    return router(save, import_all, find)


def wrong(refusal: Any) -> frozenset[Path]:
    # The first key is the part, which is the body.
    return frozenset(tuple(issue["path"][1:]) for issue in refusal["attributes"]["issues"])


def core() -> Ask:
    """Return what asks a router for what an adapter has read and decoded."""
    handle = plain_router().handle

    def ask(request: HttpRequest) -> Answer:
        parts = RequestParts(request.method, request.path, request.query, request.headers, request.body)
        return cast(Answer, handle(parts))

    return ask


PEERS = [
    HttpPeer(
        OURS,
        ("kbn-schema", "msgspec"),
        through(asgi.mount(None, async_router())),
        400,
        wrong,
        "JSON is read by msgspec, as it is wherever that is installed",
    ),
    HttpPeer(
        CORE, ("kbn-schema",), core(), 400, wrong, "`Router.handle`, with headers that are text already"
    ),
]
