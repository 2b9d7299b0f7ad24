"""This module compares unions with the same discriminator, tag by tag."""

from typing import TYPE_CHECKING, Any

from kbn_schema.diff.differences import Difference, Found, Term
from kbn_schema.diff.pairs import Pair, Steps, Wanted, Work
from kbn_schema.diff.places import branch as step
from kbn_schema.diff.shapes import Shape, Terms, json_text
from kbn_schema.diff.values import is_open

if TYPE_CHECKING:
    from kbn_schema.diff.walk import Walk

OTHER = "other"


def compare(walk: "Walk", pair: Pair, found: Found) -> Steps:
    """Note how two unions differ that have the same discriminator."""
    before, after = pair.before.term, pair.after.term
    for tag, branch in before["of"].items():
        if tag in after["of"]:
            inside = yield from _compared(walk, pair, branch, after["of"][tag])
            found.merge(inside, step(tag))
        else:
            yield from _note_removed(walk, pair, tag, branch, found)
    for tag, branch in after["of"].items():
        if tag not in before["of"]:
            yield from _note_added(walk, pair, tag, branch, found)
    yield from _compare_fallbacks(walk, pair, found)


def _compared(walk: "Walk", pair: Pair, before: Term, after: Term) -> Work:
    return walk.wanted(Wanted(before, after, pair.old_ignores, pair.new_ignores, pair.domain, False))


def _note_removed(walk: "Walk", pair: Pair, tag: str, branch: Term, found: Found) -> Steps:
    taken = _narrowed(walk.new, pair.after.term, tag)
    if taken is None:
        found.add(Difference("variant-removed", "narrower", branch, None, {"branch": tag}), step(tag))
        return
    # Its values go to the fallback now.
    inside = yield from _compared(walk, pair, branch, taken)
    refuses = inside.narrows or (bool(inside.differences) and walk.has_conditions(branch))
    if refuses:
        found.add(Difference("variant-removed", "narrower", branch, None, {"branch": tag}), step(tag))
    if inside.widens:
        found.add(Difference("variant-left-to-fallback", "wider", branch, None, {"branch": tag}), step(tag))
    if not refuses and not inside.widens:
        found.add(Difference("branch-merged", "same", branch, None, {"branch": tag}), step(tag))


def _note_added(walk: "Walk", pair: Pair, tag: str, branch: Term, found: Found) -> Steps:
    known = is_open(pair.before.facts, pair.after.facts, True)
    added = Difference(
        "variant-added" if known else "closed-variant-added", "wider", None, branch, {"branch": tag}
    )
    taken = _narrowed(walk.old, pair.before.term, tag)
    if taken is None:
        found.add(added, step(tag))
        return
    # The fallback took such values until now.
    inside = yield from _compared(walk, pair, taken, branch)
    refuses = inside.narrows or (bool(inside.differences) and walk.has_conditions(branch))
    if refuses:
        found.add(Difference("fallback-overtaken", "narrower", None, branch, {"branch": tag}), step(tag))
    if inside.widens:
        found.add(added, step(tag))
    if not refuses and not inside.widens:
        found.add(Difference("branch-redundant", "note", None, branch, {"branch": tag}), step(tag))


def _narrowed(terms: Terms, union: Term, tag: str) -> Term | None:
    """The fallback of *union* as far as it takes values of *tag*; None where it takes none."""
    if OTHER not in union:
        return None
    fallback = terms.shape(union[OTHER])
    name = union["discriminator"]
    if fallback.word != "object" or name not in fallback.term["props"]:
        return fallback.term
    prop = terms.shape(fallback.term["props"][name])
    if prop.word == "values" and tag not in prop.values:
        return None
    if prop.word == "string" and prop.term.keys() > {"type"}:
        return fallback.term  # which may refuse the tag
    if prop.word not in ("string", "values", "any"):
        return fallback.term
    literal = {"type": "values", "values": [tag]}
    made = {**fallback.term, "props": {**fallback.term["props"], name: literal}}
    return terms.made(fallback.term, f"tag {json_text(tag)}", made)


def _compare_fallbacks(walk: "Walk", pair: Pair, found: Found) -> Steps:
    before, after = pair.before.term.get(OTHER), pair.after.term.get(OTHER)
    if before is not None and after is not None:
        inside = yield from _compared(walk, pair, before, after)
        found.merge(inside, step(OTHER))
    elif before is not None:
        found.add(Difference("fallback-removed", "narrower", before, None, {}), step(OTHER))
    elif after is not None:
        found.add(Difference("fallback-added", "wider", None, after, {}), step(OTHER))


def tags_of(terms: Terms, shape: Shape) -> dict[str, str]:
    """The props of an object that have one value only, which has to be there, as JSON text."""
    if shape.word != "object":
        return {}
    tags: dict[str, str] = {}
    for name, prop in shape.term["props"].items():
        inner: Any = terms.shape(prop)
        if (
            inner.word == "values"
            and len(inner.values) == 1
            and not inner.nullable
            and inner.absence == "asked"
        ):
            tags[name] = json_text(inner.values[0])
    return tags
