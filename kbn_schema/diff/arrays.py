"""This module compares lists."""

from typing import TYPE_CHECKING

from kbn_schema.diff.differences import Found, Term
from kbn_schema.diff.pairs import Pair, Steps, Wanted
from kbn_schema.diff.places import ITEMS
from kbn_schema.diff.shapes import ANYTHING, bound
from kbn_schema.diff.texts import compare_sizes

if TYPE_CHECKING:
    from kbn_schema.diff.walk import Walk


def compare(walk: "Walk", pair: Pair, found: Found) -> Steps:
    """Note how two lists differ."""
    before, after = pair.before.term, pair.after.term
    for option, sign in (("min_size", -1), ("max_size", 1)):
        compare_sizes(pair, found, option, bound(before, option), bound(after, option), sign)
    ignores = hands_down(before, pair.old_ignores), hands_down(after, pair.new_ignores)
    # In a query, too: there a list may be sent as JSON text.
    items = yield from walk.wanted(Wanted(_items(before), _items(after), *ignores, "json", False))
    found.merge(items, ITEMS)


def compare_single(walk: "Walk", pair: Pair, found: Found) -> Steps:
    """Note how a value of a query differs from a list, which takes one or many."""
    after = pair.after.term
    fits = (bound(after, "min_size") or 0) <= 1 and (bound(after, "max_size") or 1) >= 1
    ignores = pair.old_ignores, hands_down(after, pair.new_ignores)
    wanted = Wanted(pair.before.term, _items(after), *ignores, "text", False)
    inside = yield from walk.wanted(wanted)
    if fits and not inside.narrows:
        found.add(pair.differ("list-accepted", "wider"))
    else:
        found.add(pair.differ("type-changed", "both"))


def hands_down(term: Term, inherited: bool) -> bool:
    """Whether objects inside *term* that state nothing drop unknown keys."""
    return term["unknowns"] == "ignore" if "unknowns" in term else inherited


def _items(term: Term) -> Term:
    items: Term = term["items"]
    return ANYTHING if items["type"] == "nothing" else items  # Kibana's `never` is a word about presence
