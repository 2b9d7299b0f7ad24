"""This module compares records with records, and with objects."""

from typing import TYPE_CHECKING

from kbn_schema.diff.admits import admits
from kbn_schema.diff.arrays import handed_down
from kbn_schema.diff.differences import Found, Term
from kbn_schema.diff.objects import unknowns
from kbn_schema.diff.pairs import Pair, Steps, Wanted, member_domain
from kbn_schema.diff.places import KEYS, VALUES
from kbn_schema.diff.scalars import takes_anything
from kbn_schema.diff.shapes import Terms

if TYPE_CHECKING:
    from kbn_schema.diff.walk import Walk


def compare(walk: "Walk", pair: Pair, found: Found) -> Steps:
    """Note how two terms differ that are records or objects, not both objects."""
    if pair.before.word == pair.after.word:
        yield from _compare_records(walk, pair, found)
    else:
        yield from _compare_with_object(walk, pair, found)


def _compare_records(walk: "Walk", pair: Pair, found: Found) -> Steps:
    before, after = pair.before.term, pair.after.term
    ignores = handed_down(pair)
    # A key is always text.
    keys = yield from walk.wanted(Wanted(before["keys"], after["keys"], *ignores, "text", False))
    found.merge(keys, KEYS)
    domain = member_domain(pair.domain)
    values = yield from walk.wanted(Wanted(before["values"], after["values"], *ignores, domain, False))
    found.merge(values, VALUES)
    if bool(before.get("keeps_keys")) != bool(after.get("keeps_keys")):
        found.add(pair.differ("coercion-changed", "same"))


def _compare_with_object(walk: "Walk", pair: Pair, found: Found) -> Steps:
    from_object = pair.before.word == "object"
    objects, records = (walk.old, walk.new) if from_object else (walk.new, walk.old)
    theirs, record = pair.before.term, pair.after.term
    if not from_object:
        theirs, record = record, theirs
    is_open = unknowns(theirs, pair.old_ignores if from_object else pair.new_ignores) != "forbid"
    # What the object takes and the record does not, and the other way round.
    beyond_record = is_open and not _takes_all(records, record)
    beyond_object = not is_open and not set(_known_keys(records, record) or [""]) <= theirs["props"].keys()
    ignores = handed_down(pair)
    for name, prop in theirs["props"].items():
        if objects.shape(prop).word == "nothing" and not objects.shape(prop).nullable:
            beyond_object |= admits(records, record["keys"], name) is not False
            continue
        beyond_object |= not objects.may_be_absent(prop)[1]
        if admits(records, record["keys"], name) is not True:
            beyond_record = True
        before, after = (prop, record["values"]) if from_object else (record["values"], prop)
        inside = yield from walk.wanted(Wanted(before, after, *ignores, member_domain(pair.domain), False))
        beyond_record |= inside.narrows if from_object else inside.widens
        beyond_object |= inside.widens if from_object else inside.narrows
    _tell(pair, found, *((beyond_record, beyond_object) if from_object else (beyond_object, beyond_record)))


def _tell(pair: Pair, found: Found, narrows: bool, widens: bool) -> None:
    if narrows and widens:
        found.add(pair.differ("type-changed", "both"))
    elif narrows:
        found.add(pair.differ("type-narrowed", "narrower"))
    elif widens:
        found.add(pair.differ("type-widened", "wider"))
    else:
        found.add(pair.differ("type-respelled", "note"))


def _known_keys(terms: Terms, record: Term) -> list[str] | None:
    """The keys that *record* takes, None where there is no end to them."""
    shape = terms.shape(record["keys"])
    return [value for value in shape.values if isinstance(value, str)] if shape.word == "values" else None


def _takes_all(terms: Terms, record: Term) -> bool:
    keys, values = terms.shape(record["keys"]), terms.shape(record["values"])
    takes_keys = keys.word == "any" or (
        keys.word == "string" and keys.term.keys() <= {"type", "coerce_from_number"}
    )
    return (
        takes_keys
        and "validate" not in keys.facts
        and takes_anything(terms, values)
        and "validate" not in values.facts
    )
