"""This module compares two terms of different words, and those that have no options."""

from typing import TYPE_CHECKING, Final

from kbn_schema.diff import annotations
from kbn_schema.diff.differences import Found, Term
from kbn_schema.diff.pairs import TEXTUAL, Pair
from kbn_schema.diff.shapes import Shape, Terms, bound, json_text
from kbn_schema.diff.texts import coerces as takes_numbers

if TYPE_CHECKING:
    from kbn_schema.diff.walk import Walk

# What becomes something else when it is text.
COERCED: Final = frozenset({"boolean", "number", "integer", "quantity", "bytes"})
SPELLED: Final = frozenset({"boolean", "number", "integer", "quantity"})
COERCED_FORMATS: Final = frozenset({"date", "date_time", "uuid"})
CONTAINERS: Final = frozenset({"object", "array", "record"})
COMMON: Final = frozenset(
    {"default", "validate", "title", "description", "deprecated", "examples", "id", "meta", "opaque"}
)


def compare_any(walk: "Walk", pair: Pair, found: Found) -> None:
    """Note how two terms differ of which one takes anything."""
    before, after = pair.before, pair.after
    annotations.compare(pair, before.facts, after.facts, found)
    if takes_anything(walk.old, before) and takes_anything(walk.new, after):
        found.add(pair.differ("coercion-changed", "same"))
    elif after.word == "any":
        lost = is_coerced(walk.old, before, pair.domain)
        found.add(pair.differ("coercion-lost" if lost else "type-widened", "wider"))
    else:
        found.add(pair.differ("type-narrowed", "narrower"))


def takes_anything(terms: Terms, shape: Shape) -> bool:
    """Whether *shape* is `any`, or a union with it."""
    if shape.word == "union" and "validate" not in shape.facts:
        return any(branch["type"] == "any" and "validate" not in branch for branch in shape.branches)
    return shape.word == "any"


def is_coerced(terms: Terms, shape: Shape, domain: str) -> bool:
    """Whether *shape* makes something else of a text, or of a number."""
    if shape.word == "union":
        return any(
            is_coerced(terms, terms.shape(branch), domain)
            for branch in shape.branches
            if branch["type"] != "union"
        )
    if shape.word == "string":
        return shape.term.get("format") in COERCED_FORMATS or takes_numbers(shape.term)
    return shape.word in COERCED or (domain in TEXTUAL and shape.word in CONTAINERS)


def compare(walk: "Walk", pair: Pair, found: Found) -> None:
    """Note how two terms differ that have nothing in common, or no options."""
    before, after = pair.before, pair.after
    if before.word == after.word:
        _compare_alike(walk, pair, found)
    elif _is_spelled(before, after, pair.domain):
        found.add(pair.differ("coercion-lost", "wider"))
    elif _is_spelled(after, before, pair.domain):
        found.add(pair.differ("type-narrowed", "narrower"))
    elif pair.domain == "field" and (before.word, after.word) == ("stream", "bytes"):
        found.add(pair.differ("stream-read", "wider"))
    elif pair.domain in TEXTUAL and before.word in SPELLED - {"quantity"} and _is_bounded_text(after):
        words = {"max": str(bound(after.term, "max_length")), "word": before.word}
        found.add(pair.differ("converted-text-bounded", "both", **words))
    else:
        found.add(pair.differ("type-changed", "both"))


def _is_bounded_text(shape: Shape) -> bool:
    """Whether it is nothing but its largest length that limits a text."""
    is_free = not {"format", "pattern"} & shape.term.keys() and shape.term.get("min_length", 0) <= 1
    return shape.word == "string" and "max_length" in shape.term and is_free


def _compare_alike(walk: "Walk", pair: Pair, found: Found) -> None:
    before, after = pair.before.term, pair.after.term
    if pair.before.word == "function":
        if not annotations.is_same_function(before, after):
            rule, words = annotations.changed_rule(before, after), annotations.changed_words(before, after)
            found.add(pair.differ(rule, "unknown", **words))
    elif pair.before.word == "custom" and (_own(before) != _own(after) or not walk.is_stable(before)):
        found.add(pair.differ("custom-changed", "both"))


def _own(term: Term) -> str:
    return json_text({name: fact for name, fact in term.items() if name not in COMMON - {"opaque"}})


def _is_spelled(inner: Shape, outer: Shape, domain: str) -> bool:
    """Whether all that *inner* takes is text to *outer*, or a number that it writes as text."""
    if outer.word != "string" or {"format", "pattern", "max_length"} & outer.term.keys():
        return False
    if outer.term.get("min_length", 0) > 1:
        return False
    if domain in TEXTUAL:
        return inner.word in SPELLED
    return inner.word in ("number", "integer") and takes_numbers(outer.term)
