"""This module compares finite sets: literals, enums, and nothing at all; value by value."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from kbn_schema.diff.admits import admits
from kbn_schema.diff.differences import Found, Term
from kbn_schema.diff.pairs import Pair
from kbn_schema.diff.scalars import is_coerced
from kbn_schema.diff.shapes import scalar_key
from kbn_schema.diff.spelling import show_value

if TYPE_CHECKING:
    from kbn_schema.diff.walk import Walk

OPEN: Final = "x-extensible-enum"
MAX_SHOWN: Final = 5


def compare(walk: "Walk", pair: Pair, found: Found) -> None:
    """Note how two terms differ of which one is a finite set."""
    before, after = pair.before, pair.after
    if before.word == after.word == "values":
        _compare_sets(pair, found)
    elif before.word == after.word:
        return
    elif before.word == "nothing":
        found.add(pair.differ("type-widened", "wider"))
    elif after.word == "nothing":
        found.add(pair.differ("type-narrowed", "narrower"))
    elif before.word == "values":
        sent = sendable(before.values, pair.domain)
        inside = all(admits(walk.new, after.term, value) is True for value in sent)
        found.add(pair.differ("type-widened", "wider") if inside else pair.differ("type-changed", "both"))
        if (
            inside
            and any(isinstance(value, str) for value in sent)
            and is_coerced(walk.new, after, pair.domain)
        ):
            found.add(pair.differ("coercion-changed", "same"))
    else:
        sent = sendable(after.values, pair.domain)
        inside = all(admits(walk.old, before.term, value) is True for value in sent)
        found.add(pair.differ("type-narrowed", "narrower") if inside else pair.differ("type-changed", "both"))


def _compare_sets(pair: Pair, found: Found) -> None:
    old, new = (sendable(shape.values, pair.domain) for shape in (pair.before, pair.after))
    note_sets(pair, without(old, new), without(new, old), found)


def note_sets(pair: Pair, removed: list[Any], added: list[Any], found: Found) -> None:
    """Note the values that were *removed* and *added*."""
    if removed:
        found.add(pair.differ("value-removed", "narrower", values=shown(removed)))
    if added:
        rule = "open-value-added" if is_open(pair.before.facts, pair.after.facts, False) else "value-added"
        found.add(pair.differ(rule, "wider", values=shown(added)))


def without(values: Iterable[Any], others: Iterable[Any]) -> list[Any]:
    """Those of *values* that are not among *others*."""
    known = set(map(scalar_key, others))
    return [value for value in values if scalar_key(value) not in known]


def sendable(values: Iterable[Any], domain: str) -> list[Any]:
    """Those of *values* that can stand in *domain*: in a query all is text."""
    return [value for value in values if domain == "json" or isinstance(value, str)]


def is_open(before: Term, after: Term, usually: bool) -> bool:
    """Whether authors say that more values, or variants, may come."""
    for facts in (before, after):
        said = facts.get("meta", {}).get(OPEN)
        if isinstance(said, bool):
            return said
    return usually


def shown(values: list[Any]) -> str:
    """*values* for a sentence, not all of many."""
    told = ", ".join(show_value(value)[:40] for value in values[:MAX_SHOWN])
    return f"{told} and {len(values) - MAX_SHOWN} more" if len(values) > MAX_SHOWN else told
