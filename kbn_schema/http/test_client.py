"""This module calls a router in process, for the tests of its author: no framework, no server."""

import contextlib
import json as json_module
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self, TypedDict

import attrs
from typing_extensions import Unpack

from kbn_schema.http.form_data import content_of, require
from kbn_schema.http.loops import Loop, answer_whole
from kbn_schema.http.parts import Pairs, RequestParts
from kbn_schema.http.route import VERSION_HEADER
from kbn_schema.http.router import Router
from kbn_schema.http.uploads import UploadedFile
from kbn_schema.missing import MISSING

HeadersGiven = Mapping[str, str] | Iterable[tuple[str, str]]
Form = Mapping[str, str | Sequence[str]]
File = UploadedFile | tuple[str, bytes] | tuple[str, bytes, str]
Files = Mapping[str, File | Sequence[File]]


class RequestOptions(TypedDict, total=False):
    """What a request has beside its method and its url; see `TestClient.request`."""

    headers: HeadersGiven
    """A mapping, or pairs where a name is repeated."""
    json: Any
    """A value that is sent as JSON; None is sent as ``null``."""
    body: bytes | str | None
    """The body as it is sent; text is sent as UTF-8."""
    form: Form | None
    """The fields of a form by name: a text, or a list of them."""
    files: Files | None
    """The files of a form by name, or lists of them."""


class AnswerHeaders(Mapping[str, str]):
    """The headers of an answer by name, in any case; what was sent more than once is joined with commas."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs

    def get_all(self, name: str) -> list[str]:
        """Each value of the header *name*, in any case, in the order they came; it may be none."""
        return [value for found, value in self.pairs if found == name.lower()]

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        return len(dict(self.pairs))

    def __repr__(self) -> str:
        return f"AnswerHeaders({self.pairs!r})"


@attrs.frozen
class Answer:
    """What a router answered; a stream is read to its end."""

    status: int
    """The status, such as 200."""
    headers: AnswerHeaders
    """By name, in any case; what was sent more than once is joined with commas."""
    body: bytes
    """What was sent, whatever its media type is."""

    @property
    def text(self) -> str:
        """The body as UTF-8.

        Raises:
            UnicodeDecodeError: It is none.
        """
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: It is none.
        """
        return json_module.loads(self.body)


class TestClient:
    """Sends requests to *router*, exactly as they are given.

    *version* is the version that is asked for where a request says nothing of it: one of those that the
    route has, or ``"newest"`` or ``"oldest"``; routes without versions are not asked for one.

    Async handlers run in an event loop of their own for each request, or in one for all of them where the
    client is entered with ``with``.

    Raises:
        TypeError: *router* is no router.
        ValueError: *version* is neither of these words, nor of the form of a version.

    Example:
        >>> from kbn_schema.http import Router, TestClient
        >>> router = Router()
        >>> @router.get("/hello", validate=False)
        ... def hello(context, request, response):
        ...     return response.ok(body={"hello": "you"})
        >>> TestClient(router).get("/hello").json()
        {'hello': 'you'}
    """

    __test__ = False  # pytest collects classes of this name

    def __init__(self, router: Router, version: str | None = None) -> None:
        require(isinstance(router, Router), "router", "a Router", router)
        require(isinstance(version, str | None), "version", "text", version)
        if version is not None and not _VERSION.fullmatch(version):
            raise ValueError('version must be "newest", "oldest", or a version such as "2023-10-31" or "1"')
        self._router = router
        self._version = version
        self._loop: Loop | None = None

    def __enter__(self) -> Self:
        self._loop = Loop()
        return self

    def __exit__(self, *_: object) -> None:
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.close()

    def get(self, url: str, **options: Unpack[RequestOptions]) -> Answer:
        """The answer to GET *url*, with the *options* of `request`."""
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Unpack[RequestOptions]) -> Answer:
        """The answer to POST *url*, with the *options* of `request`."""
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Unpack[RequestOptions]) -> Answer:
        """The answer to PUT *url*, with the *options* of `request`."""
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Unpack[RequestOptions]) -> Answer:
        """The answer to PATCH *url*, with the *options* of `request`."""
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Unpack[RequestOptions]) -> Answer:
        """The answer to DELETE *url*, with the *options* of `request`."""
        return self.request("DELETE", url, **options)

    def head(self, url: str, **options: Unpack[RequestOptions]) -> Answer:
        """The answer to HEAD *url*, with the *options* of `request`."""
        return self.request("HEAD", url, **options)

    def options(self, url: str, **options: Unpack[RequestOptions]) -> Answer:
        """The answer to OPTIONS *url*, with the *options* of `request`."""
        return self.request("OPTIONS", url, **options)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: HeadersGiven = (),
        json: Any = MISSING,
        body: bytes | str | None = None,
        form: Form | None = None,
        files: Files | None = None,
    ) -> Answer:
        """The answer to *method* on *url*, which is percent-encoded and may have a query.

        Both are sent as they are given. What is sent as JSON or as a form has its `content-type`, unless
        *headers* has one. What a server would log and answer with a 500 is answered with a 500 here, too;
        what a stream raises midway leaves the call.

        Args:
            headers: A mapping, or pairs where a name is repeated.
            json: A value that is sent as JSON; None is sent as ``null``.
            body: The body as it is sent; text is sent as UTF-8.
            form: The fields of a form by name: a text, or a list of them.
            files: The files of a form by name: an `UploadedFile`, ``(filename, content)``,
                ``(filename, content, content_type)``, or a list of them. The form is
                ``multipart/form-data`` then, and its fields go first.

        Raises:
            TypeError: Something is of a wrong type, or more than one of *json*, *body*, and *form* with
                *files* is given.
            ValueError: *url* has a scheme, or does not begin with a slash, or *json* is no JSON.
        """
        path, query = _target(url)
        pairs = _pairs(headers)
        names = {name.lower() for name, _ in pairs}
        content, content_type = content_of(json, body, form, files)
        if content_type is not None and "content-type" not in names:
            pairs.append(("content-type", content_type))
        parts = RequestParts(method, path, query, pairs, content)
        version = None if VERSION_HEADER in names else self._router.version_for(parts, self._version)
        if version is None:
            return self._send(parts)
        return self._send(attrs.evolve(parts, headers=[*pairs, (VERSION_HEADER, version)]))

    def _send(self, parts: RequestParts) -> Answer:
        kept = self._loop
        with contextlib.closing(Loop()) if kept is None else contextlib.nullcontext(kept) as loop:
            answer = answer_whole(self._router.open(parts), parts.body, loop)
        return Answer(answer.status, AnswerHeaders(answer.headers), answer.body)


# `Any`, here and below: tests are seldom type-checked.
def _target(url: Any) -> tuple[str, bytes]:
    """The path and the query of *url*."""
    require(isinstance(url, str), "url", "text", url)
    if _SCHEME.match(url):
        raise ValueError("url must be a path, with or without a query: no server is asked")
    if not url.startswith("/") and url != "*":
        raise ValueError("url must begin with a slash: it is a path, with or without a query")
    path, _, query = url.partition("?")
    return path, query.encode()


def _pairs(headers: Any) -> list[tuple[str, str]]:
    given: Any = headers.items() if isinstance(headers, Mapping) else headers
    is_text = isinstance(given, str | bytes | bytearray)
    require(
        isinstance(given, Iterable) and not is_text, "headers", "a mapping, or pairs (name, value),", headers
    )
    pairs: list[Any] = list(given)
    for pair in pairs:
        is_pair = isinstance(pair, tuple | list) and len(pair) == 2
        require(is_pair, "each of the headers", "a pair (name, value)", pair)
        name, value = pair
        require(isinstance(name, str), "the name of a header", "text", name)
        require(isinstance(value, str), f"the header [{name}]", "text", value)
    return pairs


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_VERSION = re.compile(r"newest|oldest|[0-9]+(-[0-9]+-[0-9]+)?")
