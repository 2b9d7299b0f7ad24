"""This module holds what adapters share: raw paths, wrappers, and the comparison with an app's own paths."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

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
        ValueError: *router* takes one of them, so the app would never be asked.
    """
    taken = {shape(route.path): route.path for route in router.routes}
    for name, path in paths:
        ours = taken.get(path)
        if ours is None and "{" not in path and router.open(RequestParts("OPTIONS", path)).known:
            ours = path
        if ours is not None:
            raise ValueError(
                f"the app's own route [{name}] would never be reached: the router answers every method "
                f"on [{ours}]; remove one of them"
            )


def require_new(router: Router, mounted: Iterable[Router]) -> None:
    """Refuse a *router* that is one of the *mounted*, or takes a path of theirs.

    Raises:
        ValueError: It is, or does.
    """
    for other in mounted:
        if other is router:
            raise ValueError("the router is mounted on this app already")
        require_no_clash(router, ((route.path, shape(route.path)) for route in other.routes))


def routers_of(app: Any) -> Iterator[Router]:
    """The routers in front of *app*, where `asgi.mount` or `wsgi.mount` made it."""
    while isinstance(getattr(app, "router", None), Router):
        yield app.router
        app = app.app


def shape(path: str) -> str:
    """A template of *path* in which parameters have no names; a rest is ``{*}``."""
    return _PARAMETER.sub(lambda match: "{*}" if match["rest"] else "{}", path)


_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+://[^/]*+")
_KEPT = "/!$&'()*+,;=:@~"  # RFC 3986, section 3.3: what a path may hold as it is
_PARAMETER = re.compile(r"\{[^{}*:]*(?P<rest>\*|:path)?[^{}]*\}")
