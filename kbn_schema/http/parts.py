"""This module holds what travels between an adapter and a router."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Generic, cast

import attrs
from typing_extensions import TypeVar

from kbn_schema.http.statuses import phrase

Pairs = tuple[tuple[str, str], ...]
GivenPairs = Iterable[tuple[str, str]] | Iterable[tuple[bytes, bytes]]


def _listed(pairs: GivenPairs) -> list[Any]:
    return list(pairs)


@attrs.define(eq=False, on_setattr=attrs.setters.NO_OP)  # else a hook makes `__init__` slow
class RequestParts:
    """A request as an adapter found it; nothing changes it.

    *method* is in upper case. *path* is still percent-encoded and has no query, *query* is what followed the
    ``?``, as bytes. *headers* are pairs of name and value in the order they came: text, or, as in ASGI, bytes
    that are Latin-1, with names in lower case. *body* is None where there was none. *raw* is the framework's
    own request, for `request.unstable_raw_request()`.
    """

    method: str
    path: str
    query: bytes = b""
    _given: list[Any] = attrs.field(factory=list[Any], alias="headers", converter=_listed)
    body: bytes | None = None
    raw: object = attrs.field(default=None, repr=False)
    _index: dict[Any, Any] | None = attrs.field(init=False, default=None, repr=False)
    """By name; of bytes where those came, and none twice: most are never looked at."""
    _state: dict[str, Any] | None = attrs.field(init=False, default=None, repr=False)

    @property
    def state(self) -> dict[str, Any]:
        """What is known of this request beside what was sent; empty at first."""
        if self._state is None:
            self._state = {}
        return self._state

    @property
    def headers(self) -> Pairs:
        """All pairs in the order they came; names are in lower case."""
        return tuple([(_text(name).lower(), _value(value)) for name, value in self._given])

    def header(self, name: str) -> Sequence[str]:
        """All values of the header *name* (in lower case), in the order they came; it may be none."""
        index = self._index
        if index is None:
            index = self._index = _indexed(self._given)
        found = index.get(name)
        if found is not None:
            return cast(Sequence[str], found)
        found = index.get(name.encode())
        return () if found is None else (_value(found),)


def _indexed(pairs: list[Any]) -> dict[Any, Any]:
    if pairs and type(pairs[0][0]) is bytes:
        index: dict[Any, Any] = dict(pairs)
        if len(index) == len(pairs):
            return index
    index = {}
    for given, value in pairs:
        name = _text(given).lower()
        if name in index:
            index[name].append(_value(value))
        else:
            index[name] = [_value(value)]
    return index


def _text(given: str | bytes) -> str:
    return given if isinstance(given, str) else given.decode("latin-1")


def _value(given: str | bytes) -> str:
    """A value without the space around it, which some servers leave (RFC 9112, section 5.1)."""
    return _text(given).strip(" \t")


S = TypeVar("S", default=Any)


@attrs.define
class ResponseParts(Generic[S]):
    """An answer that an adapter only needs to send.

    *status* is from 100 to 599. *headers* are pairs with names in lower case; a name may be there more than
    once. *body* is bytes, empty ones for HEAD and where the status has none. What is sent in pieces is an
    iterator of bytes with a method `close`; where something was awaited, it is an async one with `aclose`.
    Whoever sends it closes it, also if not all was sent.
    """

    status: int
    headers: Pairs
    body: bytes | S

    @property
    def phrase(self) -> str:
        """The reason phrase, such as ``Not Found``, for servers that want one."""
        return phrase(self.status)


class Refusal(Exception):
    """The request is answered with *status* and *message* before any schema sees it.

    *detail* is an issue, as in the ``attributes.issues`` of a failed validation.
    """

    def __init__(
        self,
        status: int,
        message: str,
        detail: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.detail = detail
        self.headers = headers


def declared_length(values: Sequence[str], limit: int) -> int | None:
    """The length that the Content-Length headers *values* announce; None where there is none.

    Raises:
        Refusal: 413 over *limit* bytes, 400 where the headers are malformed or contradict each other.
    """
    if not values:
        return None
    text = values[0]
    if len(values) > 1 or not _DIGITS.fullmatch(text):
        lengths = {text.strip(" \t") for value in values for text in value.split(",")}
        text = lengths.pop()
        if lengths or not _DIGITS.fullmatch(text):
            raise Refusal(400, "the Content-Length header is malformed")
    if len(text.lstrip("0")) > MAX_LENGTH_DIGITS or int(text) > limit:
        raise too_large(limit)
    return int(text)


def too_large(limit: int) -> Refusal:
    """The refusal of a body of more than *limit* bytes."""
    return Refusal(413, f"the request body must not exceed [{limit}] bytes")


MAX_LENGTH_DIGITS: Final = 18
_DIGITS = re.compile(r"[0-9]+")
