"""One router with a route for every promise, of plain or of async handlers."""

import asyncio
import gc
import hashlib
import inspect
import os
import threading
import time
from pathlib import Path

from kbn_schema import schema
from kbn_schema.http import Router
from kbn_schema.http.errors import HttpError, NotFound

s = schema
LIMIT = 1000
STREAM_LIMIT = 300_000
ASSETS = Path(__file__).parent
PIECES = (b"one,", b"two,", b"three")


class State:
    """What happened so far: contexts that were opened and closed, calls of handlers."""

    def __init__(self):
        self.lock = threading.Lock()
        self.opened = self.closed = self.calls = 0

    def count(self, name):
        with self.lock:
            setattr(self, name, getattr(self, name) + 1)

    def to_dict(self):
        return {"opened": self.opened, "closed": self.closed, "calls": self.calls}


def make_router(is_async=False):
    state = State()

    def plain_context():
        state.count("opened")
        try:
            yield {"state": state}
        finally:
            state.count("closed")

    async def async_context():
        state.count("opened")
        try:
            yield {"state": state}
        finally:
            state.count("closed")

    router = Router("/api", max_body_bytes=LIMIT, context=async_context if is_async else plain_context)
    add_requests(router, is_async)
    add_bodies(router, is_async)
    add_answers(router, is_async)
    add_streams(router, is_async)
    add_errors(router, is_async)
    add_hooks(router)
    add_versions(router, is_async)
    if is_async:
        add_waiting(router)
    router.static("/assets", ASSETS)
    return router


def routes(router, is_async):
    """A function that declares a handler, which may be made async."""

    def declare(method, path, **options):
        options.setdefault("validate", False)

        def decorate(function):
            def plain(context, request, response):
                if path not in ("/state", "/held"):
                    context["state"].count("calls")
                return function(context, request, response)

            async def asynchronous(context, request, response):
                result = plain(context, request, response)
                return await result if inspect.isawaitable(result) else result

            handler = asynchronous if is_async else plain
            handler.__name__ = function.__name__
            getattr(router, method)(path, **options)(handler)
            return function

        return decorate

    return declare


def add_requests(router, is_async):
    route = routes(router, is_async)

    @route("get", "/items/{id}", validate={"params": s.object({"id": s.string()}), "query": s.any()})
    def get_item(context, request, response):
        return response.ok(
            body={"id": request.params["id"], "query": request.query}, headers={"x-seen": "yes"}
        )

    @route("post", "/items", validate={"body": s.object({"n": s.number(), "text": s.maybe(s.string())})})
    def add_item(context, request, response):
        return response.created(body=request.body)

    @route("delete", "/items/{id}")
    def remove_item(context, request, response):
        return response.no_content()

    @route("get", "/tree/{path*}", validate={"params": s.object({"path": s.maybe(s.string())})})
    def get_tree(context, request, response):
        return response.ok(body=request.params)

    @route("get", "/optional/{id?}", validate={"params": s.object({"id": s.maybe(s.string())})})
    def get_optional(context, request, response):
        return response.ok(body=request.params)

    query = s.object(
        {"tags": s.maybe(s.array_of(s.string())), "n": s.maybe(s.number()), "text": s.maybe(s.string())}
    )

    @route("get", "/typed/{n}", validate={"params": s.object({"n": s.number()}), "query": query})
    def get_typed(context, request, response):
        return response.ok(body={**request.params, **request.query})

    headers = s.object({"X-One": s.maybe(s.string()), "X-Many": s.maybe(s.array_of(s.string()))})

    @route("get", "/headers", validate={"headers": headers})
    def get_headers(context, request, response):
        return response.ok(body=request.headers)

    @route("get", "/state")
    def get_state(context, request, response):
        return response.ok(body={**context["state"].to_dict(), "tasks": count_tasks(is_async)})

    @route("get", "/held")
    def get_held(context, request, response):
        return response.ok(body={**held(), "tasks": count_tasks(is_async)})


def count_tasks(is_async):
    return len(asyncio.all_tasks()) if is_async else 0


def held():
    """What this process holds; its memory is in KiB.

    Where threads are traced it is not looked at: coverage keeps something of each thread for good.
    """
    gc.collect()
    pages = 0 if threading.gettrace() else int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "files": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "memory": pages * os.sysconf("SC_PAGE_SIZE") // 1024,
    }


def add_bodies(router, is_async):
    route = routes(router, is_async)
    fields = s.object({"a": s.number(), "tags": s.maybe(s.array_of(s.string()))})

    @route("post", "/small", validate={"body": s.any()}, options={"body": {"max_bytes": 10}})
    def post_small(context, request, response):
        return response.ok(body=request.body)

    @route(
        "post",
        "/form",
        validate={"body": fields},
        options={"body": {"accepts": "application/x-www-form-urlencoded", "max_bytes": 100_000}},
    )
    def post_form(context, request, response):
        return response.ok(body=request.body)

    @route(
        "post",
        "/upload",
        validate={"body": s.object({"name": s.string(), "file": s.buffer()})},
        options={"body": {"accepts": "multipart/form-data"}},
    )
    def post_upload(context, request, response):
        return response.ok(body={"name": request.body["name"], "size": len(request.body["file"])})

    @route("post", "/text", validate={"body": s.string()}, options={"body": {"accepts": "text/plain"}})
    def post_text(context, request, response):
        return response.ok(body=request.body)

    @route("post", "/bytes", validate={"body": s.buffer()})
    def post_bytes(context, request, response):
        return response.ok(body=request.body)

    @route(
        "post",
        "/zipped",
        validate={"body": s.buffer()},
        options={"body": {"parse": "gunzip", "max_bytes": LIMIT}},
    )
    def post_zipped(context, request, response):
        return response.ok(body=request.body)

    @route("post", "/ignored")
    def post_ignored(context, request, response):
        return response.ok(body=request.body)

    large = {"validate": {"body": s.stream()}, "options": {"body": {"max_bytes": STREAM_LIMIT}}}

    def digest(chunks, response):
        content = b"".join(chunks)
        return response.ok(body={"size": len(content), "sha": hashlib.sha256(content).hexdigest()})

    def drain(context, request, response):
        return digest(iter(lambda: request.body.read(10_000), b""), response)

    async def drain_async(context, request, response):
        return digest([chunk async for chunk in request.body], response)

    route("post", "/drain", **large)(drain_async if is_async else drain)

    def echo(context, request, response):
        return response.ok(body=iter(lambda: request.body.read(10_000), b""))

    async def echo_async(context, request, response):
        return response.ok(body=aiter(request.body))

    route("post", "/echo", **large)(echo_async if is_async else echo)

    @route("post", "/unread", **large)
    def post_unread(context, request, response):
        return response.ok(body="not read")


def add_answers(router, is_async):
    route = routes(router, is_async)

    for method in ("get", "post"):

        @route(method, "/unchanged")
        def unchanged(context, request, response):
            return response.ok(body="same", headers={"etag": "v1"})

    @route("get", "/file")
    def get_file(context, request, response):
        return response.file(body=b"\x00\xff", filename="a b.bin", file_content_type="x/y")

    @route("get", "/moved")
    def get_moved(context, request, response):
        return response.redirected(headers={"location": "/api/items/1"})

    @route("get", "/cookies")
    def get_cookies(context, request, response):
        return response.ok(headers={"set-cookie": ["a=1", "b=2"]})

    @route("get", "/latin")
    def get_latin(context, request, response):
        return response.ok(headers={"x-latin": "é"})

    @route("get", "/bytes")
    def get_bytes(context, request, response):
        return response.ok(body=bytes(range(256)))

    @route("get", "/large")
    def get_large(context, request, response):
        return response.ok(body="x" * 1_000_000)

    def slow(context, request, response):
        time.sleep(0.002)
        return response.ok(body="late")

    async def slow_async(context, request, response):
        await asyncio.sleep(0.002)
        return response.ok(body="late")

    route("get", "/slow")(slow_async if is_async else slow)

    @route("get", "/old", deprecated={"message": "gone soon"})
    def get_old(context, request, response):
        return response.ok()


def add_streams(router, is_async):
    route = routes(router, is_async)

    def pieces(request):
        yield PIECES[0]
        yield b""
        yield PIECES[1].decode()
        if request.path.endswith("torn"):
            raise RuntimeError("secret")
        yield PIECES[2]

    async def async_pieces(request):
        for piece in pieces(request):
            yield piece

    def stream(context, request, response):
        body = async_pieces(request) if is_async else pieces(request)
        return response.ok(body=body, headers={"content-type": "text/csv"})

    for path in ("/stream", "/torn"):
        route("get", path)(stream)

    @route("get", "/sized")
    def get_sized(context, request, response):
        body = pieces(request)
        return response.file(body=body, filename="a.csv", file_content_size=len(b"".join(PIECES)))

    def endless():
        while True:
            yield b"x" * 1000
            time.sleep(0.001)

    async def async_endless():
        while True:
            yield b"x" * 1000
            await asyncio.sleep(0.001)

    @route("get", "/endless")
    def get_endless(context, request, response):
        return response.ok(body=async_endless() if is_async else endless())

    @route("get", "/opened")
    def get_opened(context, request, response):
        return response.ok(body=open(__file__, "rb"))


def add_errors(router, is_async):
    route = routes(router, is_async)

    @route("get", "/broken")
    def get_broken(context, request, response):
        raise RuntimeError("secret")

    @route("get", "/none")
    def get_none(context, request, response):
        return None

    @route("get", "/nan")
    def get_nan(context, request, response):
        return response.ok(body={"secret": float("nan")})

    @route("get", "/surrogate")
    def get_surrogate(context, request, response):
        return response.ok(body={"secret": "\ud800"})

    @route("get", "/split")
    def get_split(context, request, response):
        return response.ok(headers={"x-split": "secret\r\nset-cookie: a=b"})

    @route("get", "/invalid")
    def get_invalid(context, request, response):
        s.number().validate("secret")

    @route("get", "/missing")
    def get_missing(context, request, response):
        raise NotFound("no such index", attributes={"index": "a"}, headers={"x-why": "gone"})

    @route("get", "/teapot")
    def get_teapot(context, request, response):
        raise HttpError(status_code=418)

    @route("get", "/conflict")
    def get_conflict(context, request, response):
        return response.conflict(body={"message": "taken", "attributes": {"by": 2}})


def add_hooks(router):
    for path in ("/stopped", "/thrown"):
        router.get(path, validate=False)(lambda *_: None)

    @router.on_pre_handler
    def stop(context, request, response):
        if request.path == "/api/stopped":
            return response.forbidden(body="not you")
        if request.path == "/api/thrown":
            raise NotFound("not here")
        return None

    @router.on_response
    def mark(request, response):
        if "x-hook" in response.headers or request.path != "/api/hooked":
            return None
        return type(response)(status=response.status, body=response.body, headers={"x-hook": "yes"})

    router.get("/hooked", validate=False)(lambda context, request, response: response.ok(body="a"))


def add_versions(router, is_async):
    versioned = router.versioned.get("/versioned", access="public", enable_query_version=True)

    def serve(name):
        def plain(context, request, response):
            return response.ok(body={"served": name, "query": request.query})

        async def asynchronous(context, request, response):
            return plain(context, request, response)

        return asynchronous if is_async else plain

    query = {"request": {"query": s.object({"a": s.maybe(s.number())})}}
    versioned.add_version("2023-10-31", validate=query, handler=serve("first"))
    versioned.add_version("2024-10-31", validate=False, handler=serve("second"), deprecated={"message": "x"})


def add_waiting(router):
    told = asyncio.Queue()

    patience = {"timeout": {"payload": 100, "idle_socket": 100}}

    @router.post("/impatient", validate={"body": s.any()}, options=patience)
    async def post_impatient(context, request, response):
        return response.ok()

    @router.post("/impatient/stream", validate={"body": s.stream()}, options=patience)
    async def post_impatient_stream(context, request, response):
        return response.ok(body=await request.body.read())

    @router.get("/waiting", validate=False)
    async def get_waiting(context, request, response):
        async def pieces():
            yield b"first"
            try:
                await asyncio.Event().wait()
            finally:
                told.put_nowait("told")

        return response.ok(body=pieces())

    @router.get("/waited", validate=False)
    async def get_waited(context, request, response):
        async with asyncio.timeout(5):
            return response.ok(body=await told.get())
