"""This module holds what adapters share: raw paths, wrappers, and the comparison with an app's own paths."""

import functools
import re
import string
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

import attrs

from kbn_schema.http import RequestParts, Router

F = TypeVar("F", bound=Callable[..., Any])


def without_origin(target: str) -> str:
    """The path of an absolute *target*, as a client sends it to a proxy; any other as it is."""
    origin = _ORIGIN.match(target)
    return target[origin.end() :] if origin else target


def encode(path: str | bytes) -> str:
    """*path* percent-encoded; a text is UTF-8."""
    raw = path.encode(errors="surrogatepass") if isinstance(path, str) else path
    return quote(raw, safe=_KEPT)


def normal(path: str) -> str:
    """An encoded *path* with the escapes that it needs, and no other (RFC 3986, section 6.2.2).

    Where an app sees paths encoded, ``/%61dmin`` is no way around what it does for ``/admin``.
    """
    return quote(_ESCAPE.sub(_unescaped, path), safe=f"{_KEPT}%", encoding="latin-1")


def present_as(wrapper: F, handler: Callable[..., Any]) -> F:
    """*wrapper* under the name of *handler*, but with its own signature.

    A framework that reads signatures must not find the handler's: the argument *valid* is not its to fill.
    """
    functools.update_wrapper(wrapper, handler, ("__module__", "__name__", "__qualname__", "__doc__"))
    vars(wrapper).pop("__wrapped__")
    return wrapper


def missing(error: ImportError, framework: str) -> NoReturn:
    """Say which extra brings *framework*, where it is what is missing, and not a part of it or of its needs.

    Raises:
        ModuleNotFoundError: It is; else *error*.
    """
    if not isinstance(error, ModuleNotFoundError) or error.name != framework:
        raise error
    message = f"{framework} is not installed: pip install 'kbn-schema[{framework}]'"
    raise ModuleNotFoundError(message, name=framework) from error


def require_no_clash(router: Router, paths: Iterable[tuple[str, str]]) -> None:
    """Refuse to hide a path of an app; *paths* are pairs of its name and its `shape`.

    Raises:
        ValueError: *router* takes all of one of them, so the app would never be asked.
    """
    for name, path in paths:
        ours = _hiding(router, path)
        if ours is not None:
            raise ValueError(
                f"the app's own route [{name}] would never be reached: the router answers every method "
                f"on [{ours}]; remove one of them"
            )


def require_new(router: Router, mounted: Iterable[Router], goes_first: bool = False) -> None:
    """Refuse a *router* that is one of the *mounted*, or that hides a route of theirs, or they one of its.

    They go before it, unless it *goes_first*.

    Raises:
        TypeError: *router* is none.
        ValueError: It is, or does.
    """
    require_router(router)
    for other in mounted:
        if other is router:
            raise ValueError("the router is mounted on this app already")
        first, second = (router, other) if goes_first else (other, router)
        for route in second.routes:
            hiding = _hiding(first, shape(route.path))
            if hiding is not None:
                raise ValueError(
                    f"the route [{route.path}] would never be reached: another router of this app answers "
                    f"every method on [{hiding}]; remove one of them"
                )


def require_router(router: object) -> None:
    """Refuse what is none.

    Raises:
        TypeError: *router* is no `Router`.
    """
    if not isinstance(router, Router):
        raise TypeError(f"expected a Router but got [{named_type(router)}]")


def named_type(value: object) -> str:
    """What an error says of *value*: its type; of a type, that it is one."""
    return f"type {value.__name__}" if isinstance(value, type) else type(value).__name__


def routers_of(app: Any) -> Iterator[Router]:
    """The routers in front of *app*, where `asgi.mount` or `wsgi.mount` made it."""
    while isinstance(getattr(app, "router", None), Router):
        yield app.router
        app = app.app


def shape(path: str) -> str:
    """A template of *path* in which parameters have no names; a rest is ``{*}``."""
    return _PARAMETER.sub(lambda match: "{*}" if match["rest"] else "{}", path)


def _hiding(router: Router, path: str) -> str | None:
    """The path of *router*, or the last of several, that take all that *path*, a `shape`, stands for."""
    found = None
    for rest in (_ANY, "/".join([_ANY] * 50)):
        text = path.replace("{*}", rest).replace("{}", _ANY)
        head = RequestParts("OPTIONS", text if text.isascii() else encode(text))
        if not router.open(head).known:
            return None
        found = _path_of(router, head)
    return found


def _path_of(router: Router, head: RequestParts) -> str:
    """The path of the route that *head* is for, by whatever method."""
    methods = {route.method for route in router.routes}
    routes = (router.open(attrs.evolve(head, method=method)).route for method in sorted(methods))
    return next((route.path for route in routes if route is not None), head.path)


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _PLAIN else escape[0].upper()


_ANY = "kbn_schema~any"  # which only a parameter takes
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+://[^/]*+")
_KEPT = "/!$&'()*+,;=:@~"  # RFC 3986, section 3.3: what a path may hold as it is
_PLAIN = frozenset(string.ascii_letters + string.digits + "-._" + _KEPT) - {"/"}
_PARAMETER = re.compile(r"\{[^{}*:]*(?P<rest>\*|:path)?[^{}]*\}")
