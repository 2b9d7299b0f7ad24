"""Routes with everything that a client may send; each answers with what it got."""

import enum

from kbn_schema import MISSING
from kbn_schema import schema as s
from kbn_schema.http import Router


class Color(enum.Enum):
    RED = "red"
    BLUE = 2


router = Router("/api")

find_query = s.object(
    {
        "page": s.integer(default=1),
        "order": s.enum(["asc", "desc"], default="asc"),
        "tags": s.array_of(s.string(), default=[]),
        "since": s.maybe(s.date_time()),
        "wide": s.boolean(default=False),
        "where": s.maybe(s.object({"a": s.number()})),
    },
    description="What is asked for.",
)
found = s.object({"query": find_query, "color": s.enum(Color)}, unknowns="allow")
item = s.object({"id": s.string(), "part": s.maybe(s.integer()), "headers": s.record_of(s.string(), s.any())})


@router.get(
    "/items",
    validate={"request": {"query": find_query}, "response": {200: {"body": found}}},
    summary="Find items.",
    description='As many as there are: """ and \\.',
)
def find(context, request, response):
    return response.ok(body={"query": request.query, "color": Color.RED})


@router.get(
    "/items/{id}/{part?}",
    validate={
        "request": {
            "params": s.object({"id": s.string(), "part": s.maybe(s.integer())}),
            "headers": s.object(
                {
                    "X-Request-Id": s.string(),
                    "x-flags": s.maybe(s.array_of(s.integer())),
                    "x-wide": s.maybe(s.boolean()),
                    "accept": s.maybe(s.string()),
                    "kbn-xsrf": s.maybe(s.string()),
                }
            ),
        },
        "response": {200: {"body": item}, 204: {}},
    },
    deprecated={"message": "Too old", "reason": {"type": "bump", "new_api_version": "2"}},
)
def get_item(context, request, response):
    if request.params["id"] == "none":
        return response.no_content()
    return response.ok(body={**request.params, "headers": request.headers})


@router.get("/files/{rest*}", validate={"params": s.object({"rest": s.maybe(s.string())})})
async def read(context, request, response):
    return response.ok(body=request.params)


# Called as a builtin is, which the methods behind it must not notice.
@router.get("/lists/{name}/{more?}", validate=False)
def list(context, request, response):
    return response.ok(body={"path": request.path})


@router.get("/free/{a}/{b}", validate={"params": s.object({"a": s.integer()}, unknowns="allow")})
def free(context, request, response):
    return response.ok(body=request.params)


@router.put(
    "/files/{name}",
    validate={
        "request": {"params": s.object({"name": s.string()}), "body": s.buffer()},
        "response": {200: {"body": s.buffer()}},
    },
)
def save(context, request, response):
    return response.ok(body=request.body)


@router.put(
    "/images",
    validate={"request": {"body": s.stream()}, "response": {200: {"body": s.string()}}},
    options={"body": {"accepts": ["image/png", "image/gif"]}},
)
def save_image(context, request, response):
    return response.ok(body=request.body.read().decode())


@router.post(
    "/form",
    validate={
        "request": {"body": s.object({"a": s.integer(), "b": s.array_of(s.string(), default=[])})},
        "response": {201: {"body": s.object({"a": s.integer(), "b": s.array_of(s.string())})}},
    },
    options={"body": {"accepts": "application/x-www-form-urlencoded"}},
)
def form(context, request, response):
    return response.created(body=request.body)


@router.post(
    "/upload",
    validate={
        "request": {"body": s.object({"title": s.string(), "file": s.buffer()})},
        "response": {201: {"body": s.object({"title": s.string(), "file": s.string()})}},
    },
    options={"body": {"accepts": "multipart/form-data"}},
)
def upload(context, request, response):
    return response.created(body={**request.body, "file": request.body["file"].decode()})


@router.post(
    "/text",
    validate={"request": {"body": s.string()}, "response": {200: {"body": s.string()}}},
    options={"body": {"accepts": "text/*"}},
)
def text(context, request, response):
    return response.ok(body=request.body)


@router.post(
    "/notes",
    validate={
        "request": {"body": s.nullable(s.string())},
        "response": {200: {"body": s.nullable(s.string())}},
    },
)
def note(context, request, response):
    return response.ok(body=request.body)


@router.delete(
    "/items/{id}",
    validate={"request": {"params": s.object({"id": s.integer()})}, "response": {204: {}}},
)
async def delete(context, request, response):
    return response.no_content()


things = router.versioned.get("/things", access="public")


@things.add_version(
    "2023-10-31",
    validate={
        "request": {"query": s.object({"a": s.string()})},
        "response": {200: {"body": s.object({"version": s.literal("one"), "a": s.string()})}},
    },
)
def get_things(context, request, response):
    return response.ok(body={"version": "one", **request.query})


@things.add_version(
    "2024-10-31",
    validate={
        "request": {},
        "response": {
            200: {"body": s.object({"version": s.literal("two")})},
            202: {"body": s.string()},
            404: {"body": s.integer()},
        },
    },
)
def get_new_things(context, request, response):
    return response.ok(body={"version": "two"})


internal = router.versioned.post("/import", access="internal")


def import_things(context, request, response):
    body = None if request.body is MISSING else request.body
    return response.ok(body={"version": request.api_version, "body": body})


internal.add_version("1", validate={"body": s.any()}, handler=import_things)
internal.add_version("2", validate={"body": s.maybe(s.object({"a": s.integer()}))}, handler=import_things)


@router.put(
    "/tags",
    validate={
        "query": s.object({"name": s.string()}, unknowns="allow"),
        "headers": s.object({"x-a": s.string()}, unknowns="allow"),
    },
)
def add_tag(context, request, response):
    return response.ok(body={**request.query, **request.headers})


@router.get("/page", validate=False, options={"http_resource": True})
def page(context, request, response):
    return response.ok(body="<p>")
