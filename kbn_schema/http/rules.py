"""This module holds what the parts of a request, and its answers, are checked with."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, Literal, NotRequired, Protocol, TypedDict

import attrs
from typing_extensions import TypeVar

from kbn_schema.http.header_fields import HeaderName, header_names
from kbn_schema.http.once import Once
from kbn_schema.kinds.base import Schema

PartName = Literal["params", "query", "headers", "body"]
PARTS: Final[tuple[PartName, ...]] = ("params", "query", "headers", "body")


# What the rules of a request yield: params, query, body, headers.
P = TypeVar("P", default=Any)
Q = TypeVar("Q", default=Any)
B = TypeVar("B", default=Any)
H = TypeVar("H", default=Any)
T = TypeVar("T", default=Any)
T_co = TypeVar("T_co", covariant=True, default=Any)


class Rule(Protocol[T_co]):
    """What a part is checked with: a schema, or anything else that has this method.

    It returns the output, or raises `ValidationError`, or another `ValueError` whose text is the error.
    """

    def validate(self, value: Any, /) -> T_co:
        """Return the output for *value*, which is `MISSING` where nothing was sent.

        Raises:
            ValidationError: It does not fit.
            ValueError: It does not fit, and the text says why.
        """
        ...


# What a function yields is not known: it may return a factory's result, or a mapping.
PartRule = Rule[T] | Callable[..., Any]


class Parts(TypedDict, Generic[P, Q, B, H], total=False):
    """The rules of a request: a schema, an object with ``validate(value)``, or a function."""

    params: PartRule[P]
    """Of the parameters in the path: decoded texts by name."""
    query: PartRule[Q]
    """Of the query: by field a text, or a list of them where it was sent more than once."""
    headers: PartRule[H]
    """Of the headers: texts by name; an object schema is given those alone that it has props for."""
    body: PartRule[B]
    """Of the body, decoded by its media type; `MISSING` where there is none."""


class ResponseBlock(TypedDict, total=False):
    """What is said of the answers of one status."""

    body: Any
    """A schema, a function without arguments that makes one, or ``{"custom": function rule}``."""
    description: str
    """When it is answered, for documents."""
    body_content_type: str
    """The media type of the body, for documents."""
    headers: Schema[Any]
    """An object whose props are headers; others may be sent, too."""


class FullBlock(TypedDict, Generic[P, Q, B, H]):
    """The full form of a ``validate`` block."""

    request: Parts[P, Q, B, H] | Literal[False]
    """The rules of the request; False hides whatever was sent."""
    response: NotRequired[Mapping[int, ResponseBlock]]
    """What is said of the answers, by their status, from 100 to 599."""
    on_validation_error: NotRequired[Callable[..., Any]]
    """Makes the answer to an invalid request, as that of a `Router` does, which it goes before.

    It wants a *response*, where the statuses that it answers with are declared.
    """


Validate = Literal[False] | Parts[P, Q, B, H] | FullBlock[P, Q, B, H] | Callable[..., Any]


@attrs.frozen(eq=False)
class ResponseRule:
    """What is said of the answers of one status."""

    description: str = ""
    body_content_type: str | None = None
    _body: Once[Rule | None] = attrs.field(default=Once[Rule | None](lambda: None), repr=False)
    headers: Schema[Any] | None = None
    """What the headers are checked with that are declared."""
    header_names: tuple[HeaderName, ...] = attrs.field(
        init=False, default=attrs.Factory(lambda rule: header_names(rule.headers) or (), takes_self=True)
    )

    @property
    def body(self) -> Rule | None:
        """What the body is checked with."""
        return self._body()


@attrs.frozen(eq=False)
class Rules:
    """The ``validate`` block of a route, read; undeclared parts are None."""

    params: Rule | None = None
    query: Rule | None = None
    headers: Rule | None = None
    body: Rule | None = None
    responses: Mapping[int, ResponseRule] = attrs.field(factory=dict[int, ResponseRule])
    on_validation_error: Callable[..., Any] | None = None
    header_names: tuple[HeaderName, ...] | None = attrs.field(
        init=False, default=attrs.Factory(lambda rules: header_names(rules.headers), takes_self=True)
    )
    """The headers that the schema declares; None where it is no object."""
    declared: tuple[tuple[PartName, Rule, str], ...] = attrs.field(
        init=False, default=attrs.Factory(lambda rules: _declared(rules), takes_self=True), repr=False
    )
    """The parts that have a rule, in order, with their namespaces."""

    @property
    def schemas(self) -> tuple[Schema[Any], ...]:
        """Those rules that are schemas, of the request and of its answers."""
        rules = [rule for _, rule, _ in self.declared]
        answers = [rule for one in self.responses.values() for rule in (one.body, one.headers)]
        return tuple(rule for rule in (*rules, *answers) if isinstance(rule, Schema))


def _declared(rules: Rules) -> tuple[tuple[PartName, Rule, str], ...]:
    return tuple(
        (part, rule, f"request {part}") for part in PARTS if (rule := getattr(rules, part)) is not None
    )
