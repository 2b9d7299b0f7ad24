"""This module builds URLs out of path templates, and reads the paths of an app's own routes as templates."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from kbn_schema.adapters.shared import encode


def url_of(path: str, values: Mapping[str, object]) -> str:
    """The URL of a route at *path* with *values*; an optional parameter, or a rest, may be left out.

    Raises:
        KeyError: Another one is missing.

    Example:
        >>> url_of("/files/{owner}/{path*}", {"owner": "a/b", "path": "c/d"}), url_of("/notes/{id?}", {})
        ('/files/a%2Fb/c/d', '/notes')
    """
    last = _LAST.search(path)
    if last is not None and last["name"] not in values:
        path = path[: last.start()] or "/"

    def written(part: re.Match[str]) -> str:
        if part["name"] is None:
            return encode(part[0])
        text = encode(str(values[part["name"]]))
        return text if part["mark"] == "*" else text.replace("/", "%2F")

    return _PART.sub(written, path)


def tried_shape(literals: Sequence[str], find: Callable[[str], Iterable[str] | None]) -> str | None:
    """The `shape` of a path that is *literals*, with a parameter between each two of them.

    It is found by trying, as an app takes regular expressions: *find* gives the parameters in a path, or
    None where it takes another one. A parameter that may hold a slash is a rest. None where no value fits.
    """
    count = len(literals) - 1

    def fit(values: list[str]) -> bool:
        found = find(_between(literals, values))
        return found is not None and list(found) == values

    for value in ("1", "a"):
        values = [value] * count
        if fit(values):
            slashed = ([*values[:at], f"{value}/{value}", *values[at + 1 :]] for at in range(count))
            return _between(literals, ["{*}" if fit(tried) else "{}" for tried in slashed])
    return None


def _between(literals: Sequence[str], values: Sequence[str]) -> str:
    return "".join(part for pair in zip(literals, [*values, ""], strict=True) for part in pair)


_PART = re.compile(r"\{(?P<name>\w+)(?P<mark>[?*]?)\}|[^{}]+")
_LAST = re.compile(r"/\{(?P<name>\w+)[?*]\}$")
