"""This module tells, roughly and at once, what two branches of unions may have in common."""

from typing import TYPE_CHECKING, Any, Final

from kbn_schema.diff.admits import admits
from kbn_schema.diff.pairs import TEXTUAL
from kbn_schema.diff.scalars import COERCED, COERCED_FORMATS
from kbn_schema.diff.shapes import Shape, Terms
from kbn_schema.diff.tagged import tags_of
from kbn_schema.diff.texts import coerces

if TYPE_CHECKING:
    from kbn_schema.diff.walk import Walk

NUMBERS: Final = frozenset({"number", "integer"})
MAPPINGS: Final = frozenset({"object", "record"})
CONTAINERS: Final = frozenset({"object", "record", "array", "tagged"})
# Those of which nobody here knows what they take.
OPAQUE: Final = frozenset({"any", "conditional", "custom", "function", "union"})


def takes_free_text(shape: Shape) -> bool:
    """Whether *shape* takes texts of any sort, and leaves them as they are."""
    return shape.word == "any" or (shape.word == "string" and shape.term.get("format") not in COERCED_FORMATS)


def may_fit(walk: "Walk", old: Shape, new: Shape, domain: str) -> bool:
    """Whether it is worth asking if one takes all that the other does."""
    words = {old.word, new.word}
    if words & OPAQUE or domain in TEXTUAL:
        return True
    if words == {"object"}:
        return not are_apart(walk, old, new) and not _have_others(walk, old, new)
    if len(words) == 1 or words <= NUMBERS or words <= MAPPINGS | {"tagged"}:
        return True
    return words <= NUMBERS | {"string"}


def are_apart(walk: "Walk", old: Shape, new: Shape) -> bool:
    """Whether two objects have a prop in common that has one value in each, another in each."""
    ours, theirs = tags_of(walk.old, old), tags_of(walk.new, new)
    return any(theirs.get(name, value) != value for name, value in ours.items())


def _have_others(walk: "Walk", old: Shape, new: Shape) -> bool:
    """Whether each of two objects requires what the other does not know."""
    ours, theirs = old.term["props"], new.term["props"]
    only_old, only_new = ours.keys() - theirs.keys(), theirs.keys() - ours.keys()
    if not only_old or not only_new:
        return False
    return any(not walk.old.may_be_absent(ours[name])[0] for name in only_old) and any(
        not walk.new.may_be_absent(theirs[name])[0] for name in only_new
    )


def clash(walk: "Walk", old: Shape, new: Shape, domain: str) -> bool:
    """Whether a value may fit both, and become something else in each; *old* is no finite set."""
    words = {old.word, new.word}
    if new.word == "values":
        return _clash_of_values(walk, old, new)
    if words & {"conditional", "custom", "function", "union"}:
        return True
    if words <= CONTAINERS:
        return _clash_of_containers(walk, old, new)
    if words & CONTAINERS and domain == "json":
        return "any" in words
    if words <= NUMBERS or words == {"boolean"}:
        return False
    free = [shape for shape in (old, new) if takes_free_text(shape) and not coerces(shape.term)]
    if len(free) == 2:
        return False
    if free or "bytes" in words:
        return True
    # No text spells a number and a boolean.
    return "boolean" not in words


def _clash_of_values(walk: "Walk", old: Shape, values: Shape) -> bool:
    if takes_free_text(old) and not coerces(old.term):
        return False
    texts = [value for value in values.values if isinstance(value, str)]
    return _changes_text(old) and any(admits(walk.old, old.term, text) is not False for text in texts)


def _changes_text(shape: Shape) -> bool:
    return shape.word in COERCED or shape.word in OPAQUE or shape.word == "string"


def _clash_of_containers(walk: "Walk", old: Shape, new: Shape) -> bool:
    words = {old.word, new.word}
    if "array" in words:
        return words == {"array"}
    if words != {"object"}:
        return True
    if are_apart(walk, old, new):
        return False
    return not (_requires_more(walk.old, old, new) or _requires_more(walk.new, new, old))


def _requires_more(terms: Terms, one: Shape, other: Shape) -> bool:
    """Whether *one* requires a prop that *other* refuses."""
    if other.term.get("unknowns") in ("allow", "ignore") or "unknowns" not in other.term:
        # What states nothing may inherit that unknown keys are dropped.
        return False
    missing: set[Any] = one.term["props"].keys() - other.term["props"].keys()
    return any(not terms.may_be_absent(one.term["props"][name])[0] for name in missing)
