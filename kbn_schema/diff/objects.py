"""This module compares objects prop by prop, and what becomes of unknown keys."""

from typing import TYPE_CHECKING

from kbn_schema.diff.arrays import handed_down
from kbn_schema.diff.differences import Difference, Found, Term
from kbn_schema.diff.pairs import HEADERS, Pair, Steps, Wanted, member_domain
from kbn_schema.diff.places import prop as step
from kbn_schema.diff.scalars import takes_anything
from kbn_schema.diff.shapes import Terms

if TYPE_CHECKING:
    from kbn_schema.diff.walk import Walk


def compare(walk: "Walk", pair: Pair, found: Found) -> Steps:
    """Note how two objects differ."""
    before, after = pair.before.term, pair.after.term
    old, new = unknowns(before, pair.old_ignores), unknowns(after, pair.new_ignores)
    _compare_unknowns(pair, old, new, found)
    ignores = handed_down(pair)
    domain = member_domain(pair.domain)
    spellings = _respelled(before, after) if pair.domain in HEADERS else {}
    for name, prop in before["props"].items():
        now: str = spellings.get(name) or name
        other = after["props"].get(now)
        if other is None:
            _note_removed(walk, name, prop, new, domain, found)
            continue
        inside = yield from walk.wanted(Wanted(prop, other, *ignores, domain, True))
        if not inside.is_empty or inside.links:
            found.merge(inside, step(now))
        if now != name:
            words = {"old": name, "new": now}
            found.add(Difference("header-respelled", "same", prop, other, words), step(now))
    known = {spellings.get(name, name) for name in before["props"]}
    for name, prop in after["props"].items():
        if name not in known:
            _note_added(walk, name, prop, old, domain, found)


def _respelled(before: Term, after: Term) -> dict[str, str]:
    """The props of headers that are in another case now: their new names by the old ones."""
    names = {name.lower(): name for name in after["props"]}
    return {
        name: names[name.lower()]
        for name in before["props"]
        if name not in after["props"] and name.lower() in names
    }


def unknowns(term: Term, ignores: bool) -> str:
    """What happens to keys without a prop."""
    stated: str = term.get("unknowns") or ("ignore" if ignores else "forbid")
    return stated


def _compare_unknowns(pair: Pair, old: str, new: str, found: Found) -> None:
    if old == new:
        return
    words = {"old": old, "new": new}
    if new == "forbid":
        found.add(pair.differ("unknowns-forbidden", "narrower", **words))
    elif old == "forbid":
        found.add(pair.differ("unknowns-accepted", "wider", **words))
    else:
        rule = "unknowns-dropped" if new == "ignore" else "unknowns-kept"
        found.add(pair.differ(rule, "same", **words))


def _note_removed(walk: "Walk", name: str, prop: Term, unknowns: str, domain: str, found: Found) -> None:
    if walk.old.shape(prop).word == "nothing" and not walk.old.shape(prop).nullable:
        # It could not be there.
        if unknowns != "forbid":
            found.add(_difference("property-permitted", "wider", prop, None, name), step(name))
        return
    _, certain = walk.old.may_be_absent(prop)
    if unknowns != "forbid":
        was_anything = certain and takes_anything_here(walk.old, prop, domain)
        effect = "same" if was_anything else "wider"
        found.add(_difference("property-ignored", effect, prop, None, name), step(name))
    elif certain:
        found.add(_difference("optional-property-removed", "narrower", prop, None, name), step(name))
    else:
        found.add(_difference("property-removed", "both", prop, None, name), step(name))


def _note_added(walk: "Walk", name: str, prop: Term, unknowns: str, domain: str, found: Found) -> None:
    shape = walk.new.shape(prop)
    _, certain = walk.new.may_be_absent(prop)
    if shape.word == "nothing" and not shape.nullable:
        if unknowns != "forbid":
            found.add(_difference("property-forbidden", "narrower", None, prop, name), step(name))
        return
    if not certain:
        # Where it was let through before, nothing new is accepted.
        effect = "both" if unknowns == "forbid" or domain == "header" else "narrower"
        found.add(_difference("required-property-added", effect, None, prop, name), step(name))
    elif unknowns == "forbid" or domain == "header":
        # A header that nobody declared is sent by nobody who keeps to the contract.
        found.add(_difference("property-added", "wider", None, prop, name), step(name))
    elif takes_anything_here(walk.new, prop, domain):
        found.add(_difference("property-declared", "same", None, prop, name), step(name))
    else:
        found.add(_difference("property-claimed", "narrower", None, prop, name), step(name))


def takes_anything_here(terms: Terms, prop: Term, domain: str) -> bool:
    """Whether *prop* takes whatever may stand there."""
    shape = terms.shape(prop)
    if "validate" in shape.facts:
        return False
    is_any_text = (
        shape.word == "string" and not {"min_length", "max_length", "pattern", "format"} & shape.term.keys()
    )
    return takes_anything(terms, shape) or (domain == "text" and is_any_text)


def _difference(rule: str, effect: str, before: Term | None, after: Term | None, name: str) -> Difference:
    return Difference(rule, effect, before, after, {"name": name})
