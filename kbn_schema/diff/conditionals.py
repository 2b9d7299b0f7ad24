"""This module compares conditionals with each other, and with what stands without a condition."""

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

from kbn_schema.diff import annotations
from kbn_schema.diff.annotations import NO_FACTS
from kbn_schema.diff.differences import Found, Term
from kbn_schema.diff.pairs import Pair, Steps, Wanted
from kbn_schema.diff.places import branch
from kbn_schema.diff.shapes import Shape, Terms, has_doubtful_default, json_text

if TYPE_CHECKING:
    from kbn_schema.diff.walk import Walk

BRANCHES = ("then", "otherwise")


def compare(walk: "Walk", pair: Pair, found: Found) -> Steps:
    """Note how two terms differ of which at least one is a conditional."""
    before, after = pair.before, pair.after
    facts = [shape.facts if shape.word == "conditional" else NO_FACTS for shape in (before, after)]
    annotations.compare(pair, facts[0], facts[1], found)
    if before.word == after.word and is_same_condition(walk, before.term, after.term):
        is_asked = all(side.absence == "asked" or has_doubtful_default(side) for side in (before, after))
        for name in BRANCHES:
            inside = yield from walk.wanted(_wanted(pair, before.term[name], after.term[name], is_asked))
            found.merge(inside, branch(name))
        return
    narrows = widens = True
    # Taken apart on either side, what is proved is proved.
    for side in (before, after):
        if side.word == "conditional":
            told = yield from _taken_apart(walk, pair, side is before)
            narrows, widens = narrows and told[0], widens and told[1]
    rules = {
        (True, True): ("condition-changed", "both"),
        (True, False): ("condition-added", "narrower"),
        (False, True): ("condition-lifted", "wider"),
        (False, False): ("type-respelled", "note"),
    }
    found.add(pair.differ(*rules[narrows, widens]))


def _taken_apart(walk: "Walk", pair: Pair, is_before: bool) -> Generator[Pair, Found, tuple[bool, bool]]:
    """Whether one branch of a conditional narrows, and whether one widens."""
    before, after = pair.before.term, pair.after.term
    narrows = widens = False
    for name in BRANCHES:
        old, new = (before[name], after) if is_before else (before, after[name])
        inside = yield from walk.wanted(_wanted(pair, old, new, False))
        narrows |= inside.narrows
        widens |= inside.widens
    return narrows, widens


def _wanted(pair: Pair, before: Term, after: Term, may_be_absent: bool) -> Wanted:
    return Wanted(before, after, pair.old_ignores, pair.new_ignores, pair.domain, may_be_absent)


def is_same_condition(walk: "Walk", before: Term, after: Term) -> bool:
    """Whether two conditionals ask the same."""
    if json_text(before["left"]) != json_text(after["left"]):
        return False
    old, new = before["right"], after["right"]
    if "term" in old and "term" in new:
        return walk.is_same(old["term"], new["term"])
    return json_text(old) == json_text(new)


def is_lifted(terms: Terms, before: Shape, after: Shape) -> bool:
    """Whether a value had to be missing where the condition said so, and has to be there now."""
    if before.word != "conditional" or before.absence != "asked" or after.word == "conditional":
        return False
    kept = [before.term[name] for name in BRANCHES if before.term[name]["type"] != "nothing"]
    return len(kept) == 1 and not terms.may_be_absent(kept[0])[0]


def siblings(terms: Terms, term: Term) -> frozenset[str]:
    """The names of the props that conditions in *term*, and behind it, read."""
    names: set[str] = set()
    met: set[str] = set()
    waiting: list[Any] = [term]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, Mapping):
            waiting.extend(value.values())
            if value.get("type") == "conditional":
                names.update(_read_by(value["left"]) + _read_by(value["right"]))
            to = value.get("to")
            if isinstance(to, str) and to not in met and to in terms.contract.schemas:
                met.add(to)
                waiting.append(terms.contract.schemas[to])
    return frozenset(names)


def _read_by(operand: Term) -> list[str]:
    path = operand.get("sibling_ref")
    return path.strip(".").split(".")[:1] if isinstance(path, str) else []
