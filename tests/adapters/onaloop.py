"""What is promised of requests that share an event loop."""

import asyncio
import contextvars
import random
import threading
import time

from kbn_schema import schema
from kbn_schema.http import Router
from tests.adapters.calling import call_asgi

s = schema
PARAMS = {"params": s.object({"id": s.string()})}
current = contextvars.ContextVar("current", default="nobody")


async def named(request):
    """A context that is a variable, too."""
    token = current.set(request.params["id"])
    try:
        yield {"id": request.params["id"]}
    finally:
        current.reset(token)


class OnALoop:
    """Subclasses have `mount(router)`, which gives an ASGI application."""

    def test_contexts_are_never_mixed(self):
        router = Router(context=named)

        async def asynchronous(context, request, response):
            await asyncio.sleep(random.random() / 100)
            seen = [context["id"], current.get(), request.params["id"]]
            return response.ok(body=seen)

        async def stream(context, request, response):
            async def pieces():
                yield f'["{context["id"]}",'
                await asyncio.sleep(random.random() / 100)
                yield f'"{current.get()}","{request.params["id"]}"]'

            return response.ok(body=pieces())

        router.get("/async/{id}", validate=PARAMS)(asynchronous)
        router.get("/stream/{id}", validate=PARAMS)(stream)
        app = self.mount(router)

        async def main():
            paths = [f"/{kind}/{number}" for number in range(500) for kind in ("async", "stream")]
            answers = await asyncio.gather(*(call_asgi(app, "GET", path) for path in paths))
            return paths, answers

        paths, answers = asyncio.run(main())

        assert [[path.rpartition("/")[2]] * 3 for path in paths] == [answer.json() for answer in answers]
        assert "nobody" == current.get()

    def test_an_async_context_holds_a_plain_handler(self):
        router = Router(context=named)

        @router.get("/{id}", validate=PARAMS)
        def plain(context, request, response):
            time.sleep(random.random() / 1000)
            return response.ok(body=[context["id"], current.get(), request.params["id"]])

        app = self.mount(router)

        async def main():
            return await asyncio.gather(*(call_asgi(app, "GET", f"/{number}") for number in range(100)))

        assert [[str(number)] * 3 for number in range(100)] == [
            answer.json() for answer in asyncio.run(main())
        ]

    def test_a_plain_handler_may_block(self):
        router, go_on = Router(), threading.Event()

        @router.get("/slow", validate=False)
        def slow(context, request, response):
            return response.ok(body=str(go_on.wait(5)))

        @router.get("/fast", validate=False)
        async def fast(context, request, response):
            go_on.set()
            return response.ok()

        app = self.mount(router)

        async def main():
            return await asyncio.gather(call_asgi(app, "GET", "/slow"), call_asgi(app, "GET", "/fast"))

        assert b"True" == asyncio.run(main())[0].body

    def test_a_plain_stream_may_block(self):
        router, go_on = Router(), threading.Event()

        @router.get("/slow", validate=False)
        def slow(context, request, response):
            return response.ok(body=(str(go_on.wait(5)) for _ in range(1)))

        @router.get("/fast", validate=False)
        async def fast(context, request, response):
            go_on.set()
            return response.ok()

        app = self.mount(router)

        async def main():
            return await asyncio.gather(call_asgi(app, "GET", "/slow"), call_asgi(app, "GET", "/fast"))

        assert b"True" == asyncio.run(main())[0].body


class Held:
    """A context that must be left in the task that entered it.

    It is no generator, which would be closed when it is collected.
    """

    def __init__(self, patience=0):
        self.patience = patience
        self.tasks = []
        self.begun = threading.Event()
        self.left = []

    def __call__(self, request):
        return self

    async def __aenter__(self):
        self.tasks.append(asyncio.current_task())
        return {}

    async def __aexit__(self, *_):
        self.begun.set()
        await asyncio.sleep(self.patience)
        self.left.append(asyncio.current_task() in self.tasks)
