"""This module knows which request Django resolves a path for, and that path as it came, percent-encoded.

A resolver of Django's is asked for a decoded path, and by nobody: there is no request yet, or none at all.
"""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from contextvars import ContextVar
from typing import Any, Final
from urllib.parse import unquote_to_bytes
from weakref import WeakKeyDictionary

import attrs
from asgiref.sync import SyncToAsync
from django.core.handlers.wsgi import get_path_info
from django.core.signals import request_finished, request_started

from kbn_schema.adapters import asgi_messages as asgi
from kbn_schema.adapters import wsgi
from kbn_schema.adapters.shared import encode
from kbn_schema.http import RequestParts

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


@attrs.frozen
class Asked:
    """What a resolver is asked for."""

    heads: Sequence[RequestParts]
    """The head of the request, or one for each method where there is none."""
    is_wsgi: bool = False


def remember_requests() -> None:
    """Let Django tell of each request before it resolves its path."""
    request_started.connect(_remember, dispatch_uid=__name__)
    request_finished.connect(_forget, dispatch_uid=__name__)


def asked_for(path: str) -> Asked:
    """What is asked for by a decoded *path*: that of the request, or the end that is left to resolve."""
    started = _started()
    if started is None:
        return Asked([RequestParts(method, encode(f"/{path}")) for method in METHODS])
    return Asked([attrs.evolve(started.head, path=_raw_end(started, path))], started.is_wsgi)


@attrs.frozen
class _Started:
    """A request of which Django has told: its head, and its path as Django decodes it."""

    head: RequestParts
    decoded: str
    is_wsgi: bool


# Under WSGI: the environ, and of it what Django writes over.
_environ: ContextVar[tuple[Mapping[str, Any], Mapping[str, str]] | None] = ContextVar("environ", default=None)
# Under ASGI, Django calls those it tells in tasks of their own, from which no context variable comes back.
# But all of them have one object that stands for the thread of the request; None where several share it.
_scopes: MutableMapping[object, asgi.Scope | None] = WeakKeyDictionary()


def _remember(environ: Mapping[str, Any] | None = None, scope: asgi.Scope | None = None, **_: object) -> None:
    thread = SyncToAsync.thread_sensitive_context.get(None)
    if environ is not None:
        _environ.set((environ, {name: environ.get(name, "") for name in ("SCRIPT_NAME", "PATH_INFO")}))
    elif thread is not None:
        _scopes[thread] = None if thread in _scopes else scope


def _forget(**_: object) -> None:
    _environ.set(None)


def _started() -> _Started | None:
    thread = SyncToAsync.thread_sensitive_context.get(None)
    scope = None if thread is None else _scopes.get(thread)
    if scope is not None:
        return _Started(asgi.parts_of({**scope, "root_path": ""}, None), scope["path"], is_wsgi=False)
    kept = _environ.get()
    if kept is None:
        return None
    environ = {**kept[0], **kept[1]}
    return _Started(wsgi.parts_of(environ, None), get_path_info(environ) or "/", is_wsgi=True)


def _raw_end(started: _Started, end: str) -> str:
    """The *end* of the path as it came, unless middleware asks for another path."""
    raw, decoded = started.head.path, started.decoded
    if decoded == f"/{end}":
        return raw or "/"
    before = decoded.removesuffix(end).encode()
    characters = _CHARACTER.findall(raw)
    first = "".join(characters[: len(before)])
    if decoded.endswith(end) and unquote_to_bytes(first.encode("latin-1", "replace")) == before:
        return f"/{''.join(characters[len(before) :])}"
    return encode(f"/{end}")


_CHARACTER: Final = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
