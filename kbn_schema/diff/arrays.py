"""This module compares lists."""

from typing import TYPE_CHECKING

from kbn_schema.diff.differences import Found, Term
from kbn_schema.diff.pairs import HEADERS, Pair, Steps, Wanted
from kbn_schema.diff.places import ITEMS
from kbn_schema.diff.shapes import ANYTHING, Shape, bound
from kbn_schema.diff.texts import compare_sizes

if TYPE_CHECKING:
    from kbn_schema.diff.walk import Walk


def compare(walk: "Walk", pair: Pair, found: Found) -> Steps:
    """Note how two lists differ."""
    before, after = pair.before.term, pair.after.term
    for option, sign in (("min_size", -1), ("max_size", 1)):
        compare_sizes(pair, found, option, bound(before, option), bound(after, option), sign)
    ignores = handed_down(pair)
    # In a query, too: there a list may be sent as JSON text.
    items = yield from walk.wanted(Wanted(_items(before), _items(after), *ignores, "json", False))
    found.merge(items, ITEMS)


def compare_single(walk: "Walk", pair: Pair, found: Found) -> Steps:
    """Note how a value of a query differs from a list, which takes one or many."""
    after = pair.after.term
    fits = (bound(after, "min_size") or 0) <= 1 and (bound(after, "max_size") or 1) >= 1
    if pair.domain == "header" and not _is_one_item(pair.before):
        # A text is split at its commas, and may be no item, or many.
        fits = fits and not {"min_size", "max_size"} & after.keys() and _takes_any_text(walk, _items(after))
    ignores = pair.old_ignores, hands_down(after, pair.new_ignores)
    wanted = Wanted(pair.before.term, _items(after), *ignores, "text", False)
    inside = yield from walk.wanted(wanted)
    if fits and not inside.narrows:
        found.add(pair.differ("list-accepted", "wider"))
    else:
        found.add(pair.differ("type-changed", "both"))


def _is_one_item(shape: Shape) -> bool:
    """Whether no text that *shape* takes is empty, or has a comma, a quote, or a blank at an end."""
    if shape.word == "string":
        return shape.term.get("format") in ("date", "hostname", "ip", "uuid")
    return shape.word in ("boolean", "integer", "number", "quantity")


def _takes_any_text(walk: "Walk", items: Term) -> bool:
    shape = walk.new.shape(items)
    free = shape.word == "string" and shape.term.keys() <= {"type", "coerce_from_number", "min_length"}
    return (free and (bound(shape.term, "min_length") or 0) <= 1) or shape.word == "any"


def handed_down(pair: Pair) -> tuple[bool, bool]:
    """Whether objects inside the two that state nothing drop unknown keys."""
    # Headers that are not declared are left out before anything is checked, which concerns no object inside.
    at_top = pair.domain in HEADERS
    before, after = pair.before.term, pair.after.term
    old, new = pair.old_ignores and not at_top, pair.new_ignores and not at_top
    return hands_down(before, old), hands_down(after, new)


def hands_down(term: Term, inherited: bool) -> bool:
    """Whether objects inside *term* that state nothing drop unknown keys."""
    return term["unknowns"] == "ignore" if "unknowns" in term else inherited


def _items(term: Term) -> Term:
    items: Term = term["items"]
    return ANYTHING if items["type"] == "nothing" else items  # Kibana's `never` is a word about presence
