"""Clients of both colours and both libraries, called alike."""

import asyncio
import contextlib
import json

from kbn_schema.http.client import AsyncClient, Client


class Calling:
    """Makes clients of one *library*, plain or async, whose server is a function; and calls them."""

    def __init__(self, library, is_async):
        self.library = library
        self.is_async = is_async
        self.sent = []
        self._stack = contextlib.ExitStack()
        self._runner = self._stack.enter_context(asyncio.Runner()) if is_async else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    @property
    def kind(self):
        return AsyncClient if self.is_async else Client

    @property
    def http(self):
        return self.library.AsyncClient if self.is_async else self.library.Client

    def client(self, answer=None, base_url="http://localhost/myBase", **options):
        """A client of a server that answers with *answer*, a response or a function of a request."""

        def respond(request):
            self.sent.append(request)
            return answer(request) if callable(answer) else answer or self.answer()

        return self.made(base_url, transport=self.library.MockTransport(respond), **options)

    def made(self, *arguments, **options):
        """A client that is closed in the end."""
        client = self.kind(*arguments, **options)
        self._stack.callback(self.close, client)
        return client

    def close(self, client):
        if self.is_async:
            self._runner.run(client.aclose())
        else:
            client.close()

    def answer(self, body=None, status=200, content_type="application/json", **headers):
        """A response; *body* is bytes, or becomes JSON."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        # A stream, which is read by whoever asks, as from a server.
        stream = self.library.ByteStream(content)
        return self.library.Response(status, headers={"content-type": content_type, **names}, stream=stream)

    def ask(self, function, *arguments, **options):
        """What *function* of a client gives."""
        result = function(*arguments, **options)
        return self._runner.run(result) if self.is_async else result

    def wait(self, value):
        """*value*, awaited where the client is async."""
        return self._runner.run(value) if self.is_async else value

    def function(self, function):
        """*function*, async where the client is."""
        if not self.is_async:
            return function

        async def wrapper(*arguments):
            await asyncio.sleep(0)
            return function(*arguments)

        return wrapper
