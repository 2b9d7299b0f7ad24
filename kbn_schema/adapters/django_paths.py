"""This module knows which request Django resolves a path for, and that path as it came, percent-encoded.

A resolver of Django's is asked for a decoded path, and by nobody: there is no request yet, or none at all.
"""

import re
from collections.abc import Mapping, MutableMapping
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


def remember_requests() -> None:
    """Let Django tell of each request before it resolves its path."""
    request_started.connect(_remember, dispatch_uid=__name__)
    request_finished.connect(_forget, dispatch_uid=__name__)


def heads_of(path: str) -> list[RequestParts]:
    """The head of the request for *path*, which is decoded, and all or the end of what it asks for.

    Where there is no request, those that it may have: one for each method.
    """
    started = _started()
    if started is None:
        return [RequestParts(method, encode(f"/{path}")) for method in METHODS]
    head, decoded = started
    return [attrs.evolve(head, path=_raw_end(head.path, decoded, path))]


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


def _started() -> tuple[RequestParts, str] | None:
    """The head of the request of which Django has told, and its path as Django decodes it."""
    thread = SyncToAsync.thread_sensitive_context.get(None)
    scope = None if thread is None else _scopes.get(thread)
    if scope is not None:
        return asgi.parts_of({**scope, "root_path": ""}, None), scope["path"]
    kept = _environ.get()
    if kept is None:
        return None
    environ = {**kept[0], **kept[1]}
    return wsgi.parts_of(environ, None), get_path_info(environ) or "/"


def _raw_end(raw: str, decoded: str, end: str) -> str:
    """The *end* of the path as it came, unless middleware asks for another path."""
    if decoded == f"/{end}":
        return raw or "/"
    before = decoded.removesuffix(end).encode()
    characters = _CHARACTER.findall(raw)
    first = "".join(characters[: len(before)])
    if decoded.endswith(end) and unquote_to_bytes(first.encode("latin-1", "replace")) == before:
        return f"/{''.join(characters[len(before) :])}"
    return encode(f"/{end}")


_CHARACTER: Final = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
