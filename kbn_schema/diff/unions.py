"""This module compares unions: each branch with its partner, then what has none.

Partners have the same tag, or id, or content; else one takes all that the other does; else they stand at the
same place. A term that is no union is the only branch of one.
"""

import json
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from kbn_schema.diff import annotations
from kbn_schema.diff.admits import admits
from kbn_schema.diff.annotations import NO_FACTS
from kbn_schema.diff.differences import Difference, Found
from kbn_schema.diff.order import are_apart, clash, may_fit, takes_free_text
from kbn_schema.diff.pairs import TEXTUAL, Pair, Steps, Wanted, Work
from kbn_schema.diff.places import branch as step
from kbn_schema.diff.scalars import is_coerced
from kbn_schema.diff.shapes import Shape, Terms
from kbn_schema.diff.spelling import spell
from kbn_schema.diff.tagged import compare as compare_tagged
from kbn_schema.diff.tagged import tags_of
from kbn_schema.diff.values import is_open, note_sets, sendable, shown, without

if TYPE_CHECKING:
    from kbn_schema.diff.walk import Walk

MAX_TRIALS: Final = 20_000
MAX_CLASHES: Final = 5_000
VARIANTS: Final = frozenset({"object", "record", "tagged"})


def compare(walk: "Walk", pair: Pair, found: Found) -> Steps:
    """Note how two terms differ of which at least one is a union."""
    before, after = pair.before, pair.after
    facts = [shape.facts if _is_union(shape) else NO_FACTS for shape in (before, after)]
    annotations.compare(pair, facts[0], facts[1], found)
    if before.word == after.word == "tagged" and before.term["discriminator"] == after.term["discriminator"]:
        yield from compare_tagged(walk, pair, found)
        return
    _compare_forms(pair, found)
    yield from _Union(walk, pair, found).compare()


def _is_union(shape: Shape) -> bool:
    return shape.word in ("union", "tagged")


def _compare_forms(pair: Pair, found: Found) -> None:
    before, after = pair.before, pair.after
    if before.word == after.word:
        if before.word == "tagged":
            found.add(pair.differ("discriminator-changed", "same"))
    elif "tagged" in (before.word, after.word):
        is_text = pair.domain in TEXTUAL
        if after.word == "tagged":
            rule = ("discriminator-text-refused", "narrower") if is_text else ("discriminator-added", "note")
        else:
            rule = ("discriminator-text-accepted", "wider") if is_text else ("discriminator-removed", "note")
        found.add(pair.differ(*rule))
    # A fallback takes only what no other branch is for, which a branch of a plain union does not know.
    if any("other" in shape.term for shape in (before, after) if shape.word == "tagged"):
        found.add(pair.differ("fallback-changed", "both"))


class _Union:
    """One comparison of two lists of branches."""

    def __init__(self, walk: "Walk", pair: Pair, found: Found) -> None:
        self.walk = walk
        self.pair = pair
        self.found = found
        self.old = _branches(walk.old, pair.before)
        self.new = _branches(walk.new, pair.after)
        self.partners: dict[int, int] = {}
        self.taken: set[int] = set()
        self.overtaking: set[int] = set()
        self.trials = 0
        self.tag = _common_tag(walk, self.old, self.new)

    def compare(self) -> Steps:
        """Note all that differs."""
        self._match_by_key(lambda terms, shape: terms.text(shape.term))
        self._match_by_key(self._tag_of)
        self._match_by_key(lambda terms, shape: shape.facts.get("id"))
        yield from self._match_by_inclusion()
        self._match_by_place()
        for old, new in sorted(self.partners.items()):
            inside = yield from self._compared(old, new)
            if inside.widens and self.new[new].word == "any":
                self.overtaking.add(new)
            if not inside.is_empty or inside.links:
                self.found.merge(inside, *self._label(old))
        self._compare_values()
        yield from self._note_removed()
        added = yield from self._note_added()
        self._compare_order(added)

    def _compared(self, old: int, new: int) -> Work:
        pair = self.pair
        terms = self.old[old].term, self.new[new].term
        return self.walk.wanted(Wanted(*terms, pair.old_ignores, pair.new_ignores, pair.domain, False))

    # --- partners ---

    def _rest(self) -> tuple[list[int], list[int]]:
        """The branches on both sides that have no partner; values have none, they are compared as one set."""
        old = [i for i, shape in enumerate(self.old) if i not in self.partners and shape.word != "values"]
        new = [j for j, shape in enumerate(self.new) if j not in self.taken and shape.word != "values"]
        return old, new

    def _join(self, old: int, new: int) -> None:
        self.partners[old] = new
        self.taken.add(new)

    def _match_by_key(self, key: Callable[[Terms, Shape], str | None]) -> None:
        old, new = self._rest()
        places: dict[str | None, list[int]] = {}
        for j in reversed(new):
            places.setdefault(key(self.walk.new, self.new[j]), []).append(j)
        for i in old:
            told = key(self.walk.old, self.old[i])
            if told is not None and places.get(told):
                self._join(i, places[told].pop())

    def _tag_of(self, terms: Terms, shape: Shape) -> str | None:
        return None if self.tag is None else tags_of(terms, shape).get(self.tag)

    def _match_by_inclusion(self) -> Steps:
        old, new = self._rest()
        for i in old:
            for j in new:
                if j in self.taken or not self._may_try(i, j):
                    continue
                inside = yield from self._compared(i, j)
                if not (inside.narrows and inside.widens):
                    self._join(i, j)
                    break

    def _match_by_place(self) -> None:
        old, new = self._rest()
        waiting: dict[str, list[int]] = {}
        for j in reversed(new):
            waiting.setdefault(self.new[j].word, []).append(j)
        for i in old:
            alike = waiting.get(self.old[i].word)
            # What says by a tag that it is another one is another one.
            if alike and not are_apart(self.walk, self.old[i], self.new[alike[-1]]):
                self._join(i, alike.pop())

    def _may_try(self, old: int, new: int) -> bool:
        if not may_fit(self.walk, self.old[old], self.new[new], self.pair.domain):
            return False
        self.trials += 1
        return self.trials <= MAX_TRIALS

    def _label(self, old: int) -> tuple[str, ...]:
        if not (_is_union(self.pair.before) and _is_union(self.pair.after)):
            return ()
        return (self._name(self.walk.old, self.old, old),)

    def _name(self, terms: Terms, shapes: Sequence[Shape], place: int) -> str:
        told = self._tag_of(terms, shapes[place])
        if told is not None:
            return step(json.loads(told))
        return step(shapes[place].facts.get("id", place))

    # --- what has no partner ---

    def _compare_values(self) -> None:
        pair = self.pair
        old, new = (_values(shapes, pair.domain) for shapes in (self.old, self.new))
        removed = [v for v in without(old, new) if admits(self.walk.new, pair.after.term, v) is not True]
        added = [v for v in without(new, old) if admits(self.walk.old, pair.before.term, v) is not True]
        if old and new:
            note_sets(pair, removed, added, self.found)
            return
        if removed:
            self.found.add(pair.differ("branch-removed", "narrower", branch=shown(removed)))
        if added:
            self.found.add(pair.differ("branch-added", "wider", branch=shown(added)))

    def _note_removed(self) -> Steps:
        for i in self._rest()[0]:
            shape = self.old[i]
            merged = False
            for j, other in enumerate(self.new):
                if other.word == "values" or not self._may_try(i, j):
                    continue
                inside = yield from self._compared(i, j)
                if not inside.narrows and not self._depends(inside, shape):
                    merged = True
                    break
            name = self._name(self.walk.old, self.old, i)
            if merged:
                rule, effect = "branch-merged", "same"
            else:
                rule, effect = (
                    ("variant-removed" if self._is_variant(shape) else "branch-removed"),
                    "narrower",
                )
            self.found.add(Difference(rule, effect, shape.term, None, {"branch": _spelled(shape)}), name)

    def _depends(self, inside: Found, shape: Shape) -> bool:
        """Whether what differs in there is hidden, and a condition in there may be decided by it."""
        return bool(inside.differences) and self.walk.has_conditions(shape.term)

    def _note_added(self) -> Generator[Pair, Found, list[int]]:
        added: list[int] = []
        for j in self._rest()[1]:
            shape = self.new[j]
            redundant = False
            for i, other in enumerate(self.old):
                if other.word == "values" or not self._may_try(i, j):
                    continue
                inside = yield from self._compared(i, j)
                if not inside.widens:
                    redundant = True
                    break
            rule, effect = ("branch-redundant", "note") if redundant else (self._added_rule(shape), "wider")
            name = self._name(self.walk.new, self.new, j)
            self.found.add(Difference(rule, effect, None, shape.term, {"branch": _spelled(shape)}), name)
            added.append(j)
        return added

    def _is_variant(self, shape: Shape) -> bool:
        both = (*self.old, *self.new)
        return shape.word in VARIANTS and all(other.word in VARIANTS for other in both)

    def _added_rule(self, shape: Shape) -> str:
        pair = self.pair
        if not (_is_union(pair.before) and self._is_variant(shape)):
            return "branch-added"
        return (
            "variant-added" if is_open(pair.before.facts, pair.after.facts, True) else "closed-variant-added"
        )

    # --- the order, which decides what a value becomes ---

    def _compare_order(self, added: list[int]) -> None:
        if "tagged" in (self.pair.before.word, self.pair.after.word):
            return
        if self._is_reordered():
            self.found.add(self.pair.differ("union-reordered", "same"))
        elif self._is_respelled():
            self.found.add(self.pair.differ("union-respelled", "note"))
        new = self.new
        for j in added:
            if not takes_free_text(new[j]):
                continue
            if any(is_coerced(self.walk.new, new[k], self.pair.domain) for k in range(j)):
                self.found.add(self.pair.differ("text-branch-added", "same"))
                return

    def _is_respelled(self) -> bool:
        places = [new for _, new in sorted(self.partners.items())]
        return places != sorted(places)

    def _is_reordered(self) -> bool:
        """Whether a value that an old branch took may now be taken by another one first."""
        places = dict(self.partners)
        owners = {new: old for old, new in places.items()}
        tried = 0
        for old, new in sorted(places.items()):
            for j in range(new):
                if j in owners and owners[j] < old and j not in self.overtaking:
                    continue
                other = self.new[j]
                if other.word == "values" and self._stood_before(other, old):
                    continue
                tried += 1
                if tried > MAX_CLASHES or clash(self.walk, self.old[old], other, self.pair.domain):
                    return True
        return False

    def _stood_before(self, values: Shape, old: int) -> bool:
        before = [value for shape in self.old[:old] for value in shape.values]
        return not without(values.values, before)


def _branches(terms: Terms, shape: Shape) -> list[Shape]:
    if shape.word == "union":
        return [terms.shape(branch) for branch in shape.branches]
    if shape.word == "tagged":
        other = [shape.term["other"]] if "other" in shape.term else []
        return [terms.shape(branch) for branch in (*shape.term["of"].values(), *other)]
    return [] if shape.word == "nothing" else [shape]


def _values(shapes: Iterable[Shape], domain: str) -> list[Any]:
    return sendable([value for shape in shapes for value in shape.values], domain)


def _common_tag(walk: "Walk", old: Sequence[Shape], new: Sequence[Shape]) -> str | None:
    """The prop by which all objects on both sides are told apart, if there is one."""
    names: set[str] | None = None
    told: list[list[dict[str, str]]] = []
    for terms, shapes in ((walk.old, old), (walk.new, new)):
        tags = [tags_of(terms, shape) for shape in shapes if shape.word == "object"]
        told.append(tags)
        for tag in tags:
            names = set(tag) if names is None else names & tag.keys()
    unique = [
        name
        for name in sorted(names or ())
        if all(len({tag[name] for tag in tags}) == len(tags) for tags in told)
    ]
    return unique[0] if unique else None


def _spelled(shape: Shape) -> str:
    return spell(shape.term) or ""
