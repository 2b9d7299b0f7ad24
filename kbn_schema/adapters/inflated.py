"""This module judges bodies that a framework has inflated before anybody asked whether it may."""

from collections.abc import Callable
from typing import TypeVar, cast

import attrs

from kbn_schema.http import Exchange, RequestParts, Route
from kbn_schema.http.parts import Refusal

E = TypeVar("E", bound=Exchange)


def as_inflated(incoming: E, open_: Callable[[RequestParts], E]) -> tuple[E, Refusal | None]:
    """What *open_* gives for the head that is true of the inflated body, and why that body is refused.

    The head of *incoming* is that which was sent, with its ``content-encoding``.
    """
    head = incoming.head
    try:
        cast(Route, incoming.route).intake().body_format.check_head(head)
    except Refusal as refusal:
        return incoming, refusal
    pairs = [pair for pair in head.headers if pair[0] not in ("content-encoding", "content-length")]
    return open_(attrs.evolve(head, headers=pairs)), None
