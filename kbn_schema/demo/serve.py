"""This module runs the demo: a real server on a loopback port, and real requests to it."""

import contextlib
import sys
import threading
from collections.abc import Generator
from http.client import HTTPConnection, HTTPException
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from kbn_schema.adapters import wsgi
from kbn_schema.commands.answers import FINE, NO, CannotAsk
from kbn_schema.demo.routes import make_router
from kbn_schema.demo.screen import Screen
from kbn_schema.demo.steps import STEPS, Step
from kbn_schema.demo.store import Store

HOST = "127.0.0.1"
PATIENCE = 10  # seconds

EXAMPLES = """\
Try:
  curl -i '{url}/dashboard/sales' \\
    -H 'content-type: application/json' \\
    -d '{{"attributes": {{"title": "Sales", "hits": "7"}}}}'

  curl -i '{url}/_find?fields=title&sort=titel'    # a mistake, on purpose
"""


def show(port: int = 0) -> int:
    """Serve on *port* (0: a free one), send every step and show the answers; 1 if one is not as expected."""
    screen = Screen()
    with _listening(port, Quiet) as server, _in_background(server):
        screen.title(f"A store of saved objects, in SQLite, served at {_url(server)}")
        surprises = sum(not _show_step(step, server, screen) for step in STEPS)
    if surprises:
        screen.failure(f"{surprises} of {len(STEPS)} answers were not as expected.")
        return NO
    screen.title(f"{len(STEPS)} requests, each answered as expected.")
    screen.text("The schemas and routes are in kbn_schema/demo/routes.py.")
    screen.text("To send requests of your own: kbn-schema demo --serve")
    return FINE


def serve(port: int = 0) -> int:
    """Serve on *port* (0: a free one) until Ctrl-C."""
    screen = Screen()
    with _listening(port, Handler) as server:
        screen.title(f"Serving saved objects at {_url(server)} (Ctrl-C stops)")
        screen.text(EXAMPLES.format(url=f"{_url(server)}/api/saved_objects"))
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever(poll_interval=0.1)
    screen.text("")
    return FINE


class Server(ThreadingMixIn, WSGIServer):
    """The standard library's WSGI server, one thread per connection."""

    daemon_threads = True

    def server_bind(self) -> None:
        # The inherited method asks the name service for our name, which may take minutes.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about clients that hang up or fall asleep."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class Handler(WSGIRequestHandler):
    """Passes on the target as it was sent, so that `a%2Fb` stays one segment."""

    timeout = PATIENCE

    def get_environ(self) -> dict[str, Any]:
        environ = super().get_environ()
        environ["REQUEST_URI"] = self.path
        if self.headers.get("content-type") is None:
            del environ["CONTENT_TYPE"]  # the inherited method makes one up
        return environ


class Quiet(Handler):
    """Keeps no log."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextlib.contextmanager
def _listening(port: int, handler: type[Handler]) -> Generator[Server, None, None]:
    with Store() as store:
        try:
            server = Server((HOST, port), handler)
        except OSError as error:
            raise CannotAsk(f"cannot listen on port [{port}]: {error.strerror}") from None
        with server:
            server.set_app(wsgi.mount(None, make_router(store)))
            yield server


@contextlib.contextmanager
def _in_background(server: Server) -> Generator[None, None, None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(PATIENCE)


def _url(server: Server) -> str:
    return f"http://{HOST}:{server.server_port}"


def _show_step(step: Step, server: Server, screen: Screen) -> bool:
    """Whether the answer had the status that was expected."""
    screen.request(step)
    connection = HTTPConnection(HOST, server.server_port, timeout=PATIENCE)
    try:
        connection.request(step.method, step.target, step.body, step.headers)
        answer = connection.getresponse()
        screen.answer(answer.status, answer.reason, answer.read())
    except (OSError, HTTPException) as error:
        screen.failure(f"no answer: {type(error).__name__}")
        return False
    finally:
        connection.close()
    if answer.status != step.status:
        screen.failure(f"expected {step.status}")
    return answer.status == step.status
