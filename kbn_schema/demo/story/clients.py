"""This module tells what clients get: it sends requests to the demo, which is served for it."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPConnection, HTTPException

from kbn_schema.demo.layout import body_lines
from kbn_schema.demo.screen import DIM, GREEN, YELLOW, Screen
from kbn_schema.demo.serve import HOST, PATIENCE, Quiet, in_background, listening, url_of
from kbn_schema.demo.steps import Chapter, Step


def tell(screen: Screen, chapters: Iterable[Chapter], port: int) -> Iterator[bool]:
    """Serve on *port* (0: a free one), send all steps and show the answers; of each, if it was expected."""
    with listening(port, Quiet) as server, in_background(server):
        screen.text(f"The demo is served at {url_of(server)}, and its objects are in SQLite.")
        for chapter in chapters:
            if chapter.title:
                screen.title(f"-- {chapter.title} --")
            for step in chapter.steps:
                yield _show(step, server.server_port, screen)


def _show(step: Step, port: int, screen: Screen) -> bool:
    """Whether the answer had the status that was expected."""
    _show_request(step, screen)
    try:
        with contextlib.closing(HTTPConnection(HOST, port, timeout=PATIENCE)) as connection:
            connection.request(step.method, step.target, step.body, dict(step.headers))
            answer = connection.getresponse()
            body = answer.read()
    except (OSError, HTTPException) as error:
        screen.failure(f"no answer: {type(error).__name__}")
        return False
    screen.lines([f"{answer.status} {answer.reason}"], GREEN if answer.status < 400 else YELLOW)
    _show_headers({name: answer.headers[name] for name in step.shown if name in answer.headers}, screen)
    screen.lines(body_lines(body, screen.room) if body else ())
    if answer.status != step.status:
        screen.failure(f"expected {step.status}")
        return False
    screen.gap()
    return True


def _show_request(step: Step, screen: Screen) -> None:
    """Write what is about to be sent; that JSON is JSON is not worth a line."""
    screen.heading(step.title)
    screen.lines([f"{step.method} {step.target}"])
    _show_headers({name: text for name, text in step.headers.items() if text != "application/json"}, screen)
    screen.lines(() if step.body is None else body_lines(step.body, screen.room), DIM)


def _show_headers(headers: Mapping[str, str], screen: Screen) -> None:
    screen.lines((f"{name}: {text}" for name, text in headers.items()), DIM)
