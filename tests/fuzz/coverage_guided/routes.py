"""A router with a route for every way to take a request apart; its handlers say what they were given."""

import atexit
import functools
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kbn_schema import Schema, schema
from kbn_schema.http import Router

s = schema
LIMIT: Final = 600
TIME: Final = 1_700_000_000  # of the files


def query_schema() -> Schema[Any]:
    return s.object({
        "n": s.maybe(s.number(min=-5)), "i": s.maybe(s.integer()), "b": s.maybe(s.boolean()),
        "tags": s.maybe(s.array_of(s.string())),
        "ns": s.maybe(s.array_of(s.number(), max_size=3)), "o": s.maybe(s.object({"a": s.number()})),
        "text": s.string(default="x"),
        "one": s.maybe(s.one_of([s.number(), s.literal("all"), s.array_of(s.boolean())])),
        "when": s.maybe(s.date_time()),
        "r": s.maybe(s.record_of(s.string(), s.number())), "size": s.maybe(s.byte_size()),
    })  # fmt: skip


def body_schema() -> Schema[Any]:
    return s.object({
        "n": s.number(), "text": s.maybe(s.string(max_length=5)), "l": s.array_of(s.lazy("body"), default=[]),
        "kind": s.maybe(s.discriminated_union("type", [
            s.object({"type": s.literal("a"), "x": s.boolean()}),
            s.object({"type": s.literal("b")}, unknowns="ignore"),
        ])),
        "more": s.maybe(s.map_of(s.integer(), s.nullable(s.ip()))),
    }, id="body")  # fmt: skip


def form_schema() -> Schema[Any]:
    return s.object(
        {"a": s.number(), "tags": s.maybe(s.array_of(s.string())), "file": s.maybe(s.buffer())},
        unknowns="ignore",
    )


HEADERS: Final = s.object({
    "X-One": s.maybe(s.string()), "X-Many": s.maybe(s.array_of(s.string())), "X-N": s.maybe(s.number()),
    "Accept": s.maybe(s.any()),
})  # fmt: skip
ID: Final = s.object({"id": s.string(max_length=50)})
N: Final = s.object({"n": s.number()})
PATH: Final = s.object({"path": s.maybe(s.string())})


def make_router(is_async: bool) -> Router:
    router = Router("/api", max_body_bytes=LIMIT)
    echo = _echo_async if is_async else _echo

    def add(method: str, path: str, accepts: Any = None, parse: Any = True, **validate: Any) -> None:
        body = {"parse": parse, **({"accepts": accepts} if accepts else {})}
        options: Any = {"body": body} if method != "get" else {}
        declare: Callable[..., Any] = getattr(router, method)
        declare(path, validate=validate or False, options=options)(echo)

    add("get", "/items/{id}", params=ID, query=s.any())
    add("get", "/typed/{n}", params=N, query=query_schema())
    add("get", "/tree/{path*}", params=PATH)
    add("get", "/maybe/{path?}", params=PATH, headers=HEADERS)
    add("get", "/all", headers=s.any())
    add("delete", "/items/{id}", params=ID)
    add("post", "/json", body=body_schema(), query=query_schema())
    add("put", "/any", body=s.any())
    add("patch", "/raw", "x/y", False, body=s.any())
    add("post", "/form", "application/x-www-form-urlencoded", body=form_schema())
    add("post", "/upload", "multipart/form-data", body=form_schema())
    add("post", "/either", ["application/json", "multipart/form-data", "text/plain"], body=s.any())
    add("post", "/text", "text/plain", body=s.string(max_length=20))
    add("post", "/bytes", body=s.buffer())
    add("post", "/zipped", "x/y", "gunzip", body=s.buffer())
    add("post", "/stream", "x/y", body=s.stream())
    add("post", "/none")
    router.get("/known", validate=False)(_known_async if is_async else _known)
    router.static("/files", folder(), headers={"cache-control": "no-cache"})
    versioned = router.versioned.get("/versioned", access="public", enable_query_version=True)
    versioned.add_version(
        "2023-10-31", validate={"request": {"query": s.object({"n": s.number()})}}, handler=echo
    )
    versioned.add_version("2024-10-31", validate={"request": {"query": query_schema()}}, handler=echo)
    return router


@functools.cache
def folder() -> Path:
    """Return a folder with two files that are the same each time."""
    made = Path(tempfile.mkdtemp(prefix="kbn_schema_fuzz_"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    for name, content in (("a.txt", b"0123456789"), ("b c.json", b"{}")):
        (made / name).write_bytes(content)
        os.utime(made / name, (TIME, TIME))
    return made


def _echo(context: Any, request: Any, response: Any) -> Any:
    body = request.body.read() if hasattr(request.body, "read") else request.body
    return response.ok(body=said(request, body))


async def _echo_async(context: Any, request: Any, response: Any) -> Any:
    body = await request.body.read() if hasattr(request.body, "read") else request.body
    return response.ok(body=said(request, body))


def said(request: Any, body: Any) -> str:
    headers = sorted(request.headers.items())  # servers order them as they like
    return repr([request.params, request.query, headers, body])


def _known(context: Any, request: Any, response: Any) -> Any:
    return response.ok(body="known", headers={"etag": "v1", "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT"})


async def _known_async(context: Any, request: Any, response: Any) -> Any:
    return _known(context, request, response)
