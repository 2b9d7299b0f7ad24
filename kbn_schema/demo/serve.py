"""This module serves the demo, on a port of the loopback interface."""

import contextlib
import io
import sys
import threading
import time
from collections.abc import Generator
from socket import SHUT_WR, socket
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, ClassVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from kbn_schema.adapters import wsgi
from kbn_schema.commands.answers import FINE, CannotAsk
from kbn_schema.demo.application import make_router
from kbn_schema.demo.screen import Screen
from kbn_schema.demo.store import Store

HOST = "127.0.0.1"
PATIENCE = 10  # seconds
LEAVE = 1  # second
MAX_UNREAD = 64  # pieces of 64 kB

EXAMPLES = """\
Open {url}/ in a browser, or try:

  curl -i '{url}/api/saved_objects/dashboard/sales' \\
    -H 'elastic-api-version: 2026-06-01' -H 'content-type: application/json' \\
    -d '{{"attributes": {{"title": "Sales", "tags": ["q3"], "hits": "7"}}}}'

  curl -i '{url}/api/saved_objects?fields=title&sort=titel'

  curl -s '{url}/openapi.json?version=newest' -o openapi.json

  curl -s '{url}/api/export' -o objects.ndjson

  curl -i '{url}/api/import?overwrite=true' \\
    -H 'content-type: application/x-ndjson' --data-binary @objects.ndjson
"""


def serve(port: int = 0) -> int:
    """Serve on *port* (0: a free one) until Ctrl-C."""
    screen = Screen()
    with listening(port, Handler) as server:
        screen.title(f"Serving saved objects at {url_of(server)}/ (Ctrl-C stops)")
        for line in EXAMPLES.format(url=url_of(server)).splitlines():
            screen.line(line)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever(poll_interval=0.1)
    screen.gap()
    return FINE


@contextlib.contextmanager
def listening(port: int, handler: "type[Handler]") -> Generator["Server", None, None]:
    """A server of the demo on *port* (0: a free one), with an empty store.

    Raises:
        CannotAsk: The port cannot be had.
    """
    with Store() as store:
        try:
            server = Server((HOST, port), handler)
        except OSError as error:
            raise CannotAsk(f"cannot listen on port [{port}]: {error.strerror}") from None
        try:
            with server:
                server.set_app(wsgi.mount(None, make_router(store)))
                yield server
        finally:
            server.finish()


@contextlib.contextmanager
def in_background(server: "Server") -> Generator[None, None, None]:
    """Let *server* serve in a thread of its own meanwhile."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(PATIENCE)


def url_of(server: "Server") -> str:
    """Where *server* is found, without a slash at the end."""
    return f"http://{HOST}:{server.server_port}"


class Server(ThreadingMixIn, WSGIServer):
    """The standard library's WSGI server, one thread per connection."""

    daemon_threads = True
    request_queue_size = 128  # by default 5: more at once would be turned away

    def __init__(self, address: tuple[str, int], handler: "type[Handler]") -> None:
        self._busy: set[threading.Thread] = set()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        # The inherited method asks the name service for our name, which may take minutes.
        TCPServer.server_bind(self)
        self.server_name: str = HOST
        self.server_port: int = self.server_address[1]
        self.setup_environ()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        thread = threading.current_thread()
        self._busy.add(thread)
        super().process_request_thread(request, client_address)
        self._busy.discard(thread)

    def finish(self) -> None:
        """Let the answers end that are being made: they need the store. Slow clients are not waited for."""
        end = time.monotonic() + LEAVE
        for thread in tuple(self._busy):
            thread.join(max(0, end - time.monotonic()))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about clients that hang up or fall asleep."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class Handler(WSGIRequestHandler):
    """Passes on the target as it was sent, so that `a%2Fb` stays one segment."""

    timeout: ClassVar[float | None] = PATIENCE

    def get_environ(self) -> dict[str, Any]:
        environ = super().get_environ()
        environ["REQUEST_URI"] = self.path
        if self.headers.get("content-type") is None:
            del environ["CONTENT_TYPE"]  # the inherited method makes one up
        for name in self.headers:
            if "_" in name:  # `X_User` and `X-User` have one name in CGI
                environ.pop(f"HTTP_{name.upper().replace('-', '_')}", None)
        return environ

    def setup(self) -> None:
        super().setup()
        self.wfile: io.BufferedIOBase = Writer(self.connection)

    def finish(self) -> None:
        """Hear the client out, to a limit: else what nobody read makes the system drop our answer, too."""
        super().finish()
        with contextlib.suppress(OSError):
            self.connection.shutdown(SHUT_WR)
            self.connection.settimeout(1)
            for _ in range(MAX_UNREAD):
                if not self.connection.recv(65_536):
                    break


class Writer(io.BufferedIOBase):
    """Sends what is written; a client that does not take it has gone, which wsgiref says nothing about."""

    def __init__(self, connection: socket) -> None:
        super().__init__()
        self._connection = connection

    def write(self, data: Any, /) -> int:
        try:
            self._connection.sendall(data)
        except TimeoutError:
            raise ConnectionAbortedError("the client takes nothing") from None
        return len(data)


class Quiet(Handler):
    """Keeps no log."""

    def log_message(self, format: str, *args: Any) -> None:
        pass
