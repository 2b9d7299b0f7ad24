"""This module holds a contract: the routes of a program with their versions and schemas, as data."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from kbn_schema.contract.layout import laid_out

Term = Mapping[str, Any]
Data = dict[str, Any]

FORMAT: Final = "kbn-schema contract"
VERSION: Final = 1
# Of longer integers the interpreter may refuse to read or write the digits.
MAX_BITS: Final = 1993  # 600 digits


class ContractError(ValueError):
    """What was read is no contract; the text is one line that says what is wrong, and where."""


@attrs.frozen
class BodyTerm:
    """How the body of a request is taken."""

    accepts: tuple[str, ...]
    """Media types and ranges of them."""
    max_bytes: int
    """The largest size in bytes, inclusive: that of the route, else that of the router."""
    taken: str = "data"
    """``"data"``, ``"bytes"`` or ``"stream"``."""
    inflates: bool = False
    """Whether it may have a content encoding."""


@attrs.frozen
class ResponseTerm:
    """What is answered with one status."""

    description: str = ""
    """When it is answered; empty where nothing was said of it."""
    content_type: str | None = None
    """The media type of the body; None where nothing was said of it."""
    headers: Term | None = None
    """An object whose props are headers; None where none are declared."""
    body: Term | None = None
    """What the body is, or which function checks it; None where it is not declared."""


@attrs.frozen
class Endpoint:
    """A plain route, or one version of a versioned one."""

    summary: str = ""
    """As it was declared."""
    description: str = ""
    """As it was declared."""
    tags: tuple[str, ...] = ()
    """As they were declared."""
    deprecated: bool | Mapping[str, Any] = False
    """Whether it is deprecated, or what was said of that."""
    discontinued: str = ""
    """The version or the date from which it is gone; empty where nothing was said of it."""
    availability: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    """``"stability"`` and ``"since"``, as far as they were declared."""
    security: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    """``"authz"`` and ``"authc"``, as far as they were declared."""
    xsrf_required: bool = False
    """Whether a request that changes something and has no ``kbn-xsrf`` header is refused."""
    timeout: Mapping[str, int] = attrs.field(factory=dict[str, int])
    """``"payload"`` and ``"idle_socket"``, as far as they were declared, in milliseconds."""
    body: BodyTerm | None = None
    """How the body of a request is taken; None where no rule looks at it."""
    request: Mapping[str, Term] = attrs.field(factory=dict[str, Term])
    """The parts that are declared: ``"params"``, ``"query"``, ``"headers"``, ``"body"``."""
    responses: Mapping[str, ResponseTerm] = attrs.field(factory=dict[str, ResponseTerm])
    """By status, a text such as ``"200"``, in ascending order."""


@attrs.frozen
class RouteTerm:
    """One method on one path."""

    method: str
    """In upper case, such as ``GET``."""
    path: str
    """The template with its parameters, behind the base path of the router."""
    access: str
    """``"public"`` or ``"internal"``."""
    versions: Mapping[str, Endpoint]
    """From old to new; a plain route has one, under ``""``."""
    default_version: str | None = None
    """Of a versioned route: the version that is served where a client names none."""
    query_version: bool = False
    """Of a versioned route: whether a client may name the version in the query, as ``apiVersion``."""


@attrs.frozen
class Contract:
    """The routes of a program, and the terms that others refer to."""

    routes: tuple[RouteTerm, ...] = ()
    """Sorted by path, then by method."""
    schemas: Mapping[str, Term] = attrs.field(factory=dict[str, Term])
    """The terms that others refer to, by name."""

    def target(self, term: Term) -> Term:
        """Return what *term* stands for, where it is a reference; else *term* itself.

        Raises:
            KeyError: It refers to what is not there, which neither `of` nor `read` lets happen.
        """
        while term["type"] == "ref":
            term = self.schemas[term["to"]]
        return term

    def to_json(self) -> bytes:
        """Return the contract as a file holds it, JSON in UTF-8: equal contracts are equal files."""
        data = {
            "format": FORMAT,
            "version": VERSION,
            "routes": [_data_of(route) for route in self.routes],
            "schemas": dict(self.schemas),
        }
        return laid_out(data).encode()


def number(fact: Any) -> int | float:
    """Return the number that a *fact* of a term is: a bound, or one of some values.

    A *fact* is the number itself, or ``{"integer": "0x..."}`` for an integer that is too long for JSON.
    """
    found: int | float = int(fact["integer"], 16) if isinstance(fact, dict) else fact
    return found


def fact_of(number: int | float) -> Any:
    """Return *number* as a fact, see `number`."""
    if isinstance(number, float):
        return number
    # A size in bytes is an integer that prints otherwise.
    whole = int.__pos__(number)
    return whole if whole.bit_length() <= MAX_BITS else {"integer": hex(whole)}


def _data_of(one: Any) -> Any:
    """*one* as JSON; of our own classes, what may be left out is, where it says nothing."""
    if attrs.has(type(one)):
        # What is long stands last, so that a reader sees what it belongs to.
        fields = sorted(attrs.fields(type(one)), key=lambda field: field.name == "versions")
        told = [(field, getattr(one, field.name)) for field in fields]
        kept = [
            (field, value) for field, value in told if not (_may_be_absent(field) and _says_nothing(value))
        ]
        return {field.name: _data_of(value) for field, value in kept}
    if isinstance(one, tuple):
        return [_data_of(item) for item in one]
    if isinstance(one, dict) and any(attrs.has(type(value)) for value in one.values()):
        return {key: _data_of(value) for key, value in one.items()}
    return one


def _may_be_absent(field: "attrs.Attribute[Any]") -> bool:
    return field.default is not attrs.NOTHING


def _says_nothing(value: Any) -> bool:
    return value is None or value is False or value == "" or value == () or value == {}
