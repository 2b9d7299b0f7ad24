"""A router with everything that a document can tell, and what its author says beside it."""

from typing import Any, Final

from kbn_schema import schema as s
from kbn_schema.http import Router

OPEN: Final[Any] = {
    "authz": {"enabled": False, "reason": "It is for everybody."},
    "authc": {"enabled": False, "reason": "It is for everybody."},
}
ADMIN: Final[Any] = {"authz": {"required_privileges": ["things", {"any_required": ["write", "all"]}]}}
BASE: Final[dict[str, Any]] = {
    "info": {
        "title": "Things",
        "version": "1.4.0",
        "description": "Keeps things.",
        "contact": {"name": "Us", "url": "https://example.org/us"},
        "license": {"name": "MIT", "url": "https://example.org/license"},
    },
    "servers": [{"url": "/"}],
    "security": [{"token": []}, {"cookie": []}],
    "tags": [
        {"name": "things", "description": "What we keep."},
        {"name": "health", "description": "How we do."},
        {"name": "notes", "description": "What we say."},
    ],
    "paths": {
        "/health": {
            "get": {
                "operationId": "get-things",
                "summary": "How it is",
                "description": "Answered by the framework.",
                "tags": ["health"],
                "security": [],
                "responses": {
                    "200": {
                        "description": "Well.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "400": {"description": "Not well."},
                },
            }
        },
        "/api/things/{id}": {"description": "The id."},
    },
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
        },
        "schemas": {"Thing": {"type": "string"}},
    },
    "x-logo": {"url": "/logo.svg"},
}


def answer(context: Any, request: Any, response: Any) -> Any:
    """Answer."""
    return response.ok()


def make_router() -> Router:
    """Routes of every sort, each with what can be said of it."""
    router = Router("/api")
    add_plain(router)
    add_bodies(router)
    add_versions(router)
    return router


def told(summary: str, **more: Any) -> Any:
    """What is said of a route in any case, and *more*."""
    shared = {"description": f"{summary}, at length.", "tags": ["things"], "access": "public"}
    return {"summary": summary, **shared, **more}


def thing(**props: Any) -> Any:
    node: Any = s.object(
        {
            "id": s.uuid(),
            "name": s.string(min_length=1, max_length=50, examples=["tea"]),
            "price": s.nullable(s.number(min=0)),
            "size": s.byte_size(default="1kb"),
            "kept": s.duration(default="1d"),
            "tags": s.array_of(s.string(), max_size=10, default=[]),
            "kind": s.enum(["a", "b"]),
            "site": s.maybe(s.uri(scheme=["https"])),
            "address": s.maybe(s.ip()),
            "since": s.maybe(s.date()),
            "at": s.maybe(s.date_time()),
            "labels": s.record_of(s.string(pattern="^[a-z]+$"), s.string()),
            "shape": s.discriminated_union(
                "type",
                [
                    s.object({"type": s.literal("dot")}),
                    s.object({"type": s.literal("line"), "length": s.number()}, id="Line"),
                ],
            ),
            "parts": s.array_of(s.lazy("Thing"), default=[]),
            "old": s.maybe(s.string(deprecated=True, description="Not used.")),
            **props,
        },
        id="Thing",
        description="What is kept.",
    )
    return node


def add_plain(router: Router) -> None:
    many = {
        "page": s.integer(min=1, default=1, description="Counts from 1."),
        "tag": s.one_of(s.string(), s.array_of(s.string())),
        "where": s.maybe(s.object({"a": s.string()})),
    }
    headers = s.object({"x-total": s.integer(description="All of them."), "link": s.maybe(s.string())})
    router.get(
        "/things",
        validate={
            "request": {"query": s.object(many), "headers": s.object({"x-trace": s.maybe(s.string())})},
            "response": {200: {"body": s.array_of(thing()), "headers": headers}, 404: {}},
        },
        security=OPEN,
        options={"availability": {"stability": "stable", "since": "1.0.0"}},
        **told("List things"),
    )(answer)
    router.get(
        "/things/{id}",
        validate={
            "request": {"params": s.object({"id": s.uuid()})},
            "response": {200: {"body": thing()}, 304: {}},
        },
        security={"authc": {"enabled": "optional"}},
        options={"oas_operation_object": {"x-codeSamples": [{"lang": "sh", "source": "curl /api/things/1"}]}},
        **told("Get a thing", deprecated={"documentation_url": "https://example.org/why"}),
    )(answer)
    router.get("/tree/{rest*}", validate=False, **told("Get a branch"))(answer)
    router.get("/optional/{id?}", validate=False, **told("Get one or all", tags=["oas-tag:notes"]))(answer)
    router.get("/free", validate={"query": s.record_of(s.string(), s.number())}, **told("Get anything"))(
        answer
    )
    router.get("/hidden", validate=False, options={"exclude_from_oas": True})(answer)
    router.get("/page", validate=False, options={"http_resource": True})(answer)


def add_bodies(router: Router) -> None:
    guarded: Any = {"security": ADMIN, "options": {"xsrf_required": True, "timeout": {"payload": 1000}}}
    router.post(
        "/things",
        validate={
            "request": {"body": s.object({"name": s.string()}, examples=[{"name": "tea"}])},
            "response": {201: {"body": thing()}, 400: {"body": s.object({"why": s.string()})}, 409: {}},
        },
        **guarded,
        **told("Add a thing"),
    )(answer)
    forms = {"accepts": ["application/x-www-form-urlencoded", "multipart/form-data"]}
    router.post(
        "/upload",
        validate={"body": s.object({"name": s.string(), "file": s.maybe(s.buffer())})},
        options={"body": forms},
        **told("Upload"),
    )(answer)
    router.put("/blob", validate={"body": s.stream()}, **told("Put bytes"))(answer)
    plain: Any = {"body": {"accepts": "text/plain"}}
    router.put("/text", validate={"body": s.string()}, options=plain, **told("Put a text"))(answer)
    router.patch("/any", validate={"body": lambda value, ok: ok(value)}, **told("Patch"))(answer)
    router.delete("/things/{id}", validate=False, discontinued="2.0.0", **told("Remove a thing"))(answer)


def add_versions(router: Router) -> None:
    public = router.versioned.post("/notes", **told("Add a note", tags=["notes"]), security=ADMIN)
    for version, prop in (("2023-10-31", s.string()), ("2026-06-01", s.array_of(s.string()))):
        body = s.object({"text": prop})
        public.add_version(
            version,
            validate={"request": {"body": body}, "response": {200: {"body": body, "description": version}}},
            handler=answer,
            deprecated=version == "2023-10-31",
            security=OPEN_AUTHZ if version == "2026-06-01" else None,
        )
    internal = router.versioned.get("/count", **told("Count notes", access="internal", tags=["notes"]))
    for version in ("1", "2"):
        internal.add_version(version, validate={"response": {200: {"body": s.integer()}}}, handler=answer)


OPEN_AUTHZ: Final[Any] = {"authz": OPEN["authz"]}
