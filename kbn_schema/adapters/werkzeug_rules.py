"""This module gives the routes of a router endpoints, and rules as Werkzeug and Django write them.

It knows nothing of requests, and imports no Werkzeug: an adapter says which framework is missing.
"""

import re
from collections.abc import Container, Iterable, Iterator
from typing import Protocol

from kbn_schema.adapters.route_names import PREFIX, named
from kbn_schema.http import Router

KEY = PREFIX
"""The endpoint of routes that were declared late, and what those of all others begin with."""


class AnyRule(Protocol):
    """A rule of Werkzeug's."""

    @property
    def rule(self) -> str: ...


def endpoints(router: Router, taken: Container[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """An endpoint for each method and path; versions of a route share one."""
    for name, route in named(router.routes, lambda name: f"{KEY}.{name}" in taken):
        yield f"{KEY}.{name}", (route.method, route.path)


def rule_texts(path: str) -> list[str]:
    """*path* as Werkzeug writes it; twice where its end may be missing."""
    text = _PARAMETER.sub(r"<\1>", _REST.sub(r"<path:\1>", path))
    return [text.rpartition("/")[0] or "/", text] if path.endswith(("?}", "*}")) else [text]


def shapes(rules: Iterable[AnyRule]) -> Iterator[tuple[str, str]]:
    """Each of *rules*, and its shape: parameters have no names, and a rest is ``{*}``."""
    for rule in rules:
        yield rule.rule, _CONVERTER.sub(lambda match: "{*}" if match["rest"] else "{}", rule.rule)


_PARAMETER = re.compile(r"\{(\w+)\??\}")
_REST = re.compile(r"\{(\w+)\*\}")
_CONVERTER = re.compile(r"<(?P<rest>path)?[^<>]*>")
