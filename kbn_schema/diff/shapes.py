"""This module reads the terms of one contract as a comparison needs them: without wrappers, unions flat.

``maybe``, ``nullable``, references, unions of one and unions in unions are ways of spelling; what is left is
a `Shape`. Nothing here calls itself, so that no contract is too deep.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from kbn_schema.contract import Contract, number
from kbn_schema.diff.differences import Term

ANYTHING: Final[Term] = {"type": "any"}
NOTHING: Final[Term] = {"type": "nothing"}
MAX_HOPS: Final = 10_000


@attrs.frozen(eq=False)
class Shape:
    """A term without what is around it.

    *word* is that of the term, but ``tagged`` for a union with a discriminator. *absence* says what becomes
    of a missing value: "stays", "null", "default", "refused", or "asked" where the word of the term tells.
    *facts* are the common facts, of *term* or, for what was made of a union, of that union.
    """

    word: str
    term: Term
    facts: Term
    nullable: bool = False
    absence: str = "asked"
    branches: tuple[Term, ...] = ()
    values: tuple[Any, ...] = ()


class Terms:
    """The terms of one contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._shapes: dict[int, tuple[Term, Shape]] = {}
        self._texts: dict[int, tuple[Term, str]] = {}
        self._names: dict[int, tuple[Term, frozenset[str]]] = {}
        self._made: dict[tuple[int, str], tuple[Term, Term]] = {}
        self._absences: dict[int, tuple[bool, bool]] = {}

    def shape(self, term: Term) -> Shape:
        """What *term* is."""
        known = self._shapes.get(id(term))
        if known is None:
            # With the term itself, so that its id stays its own.
            known = self._shapes[id(term)] = (term, self._read(term))
        return known[1]

    def text(self, term: Term) -> str:
        """JSON text of *term*, by which terms are told apart; references are names in it."""
        known = self._texts.get(id(term))
        if known is None:
            known = self._texts[id(term)] = (term, json_text(term))
        return known[1]

    def is_list(self, shape: Shape) -> bool:
        """Whether *shape* is a list, or one of several: what a header is split for."""
        if shape.word == "union":
            return all(self.shape(branch).word == "array" for branch in shape.branches)
        return shape.word == "array"

    def names(self, term: Term) -> frozenset[str]:
        """The references in *term*, and perhaps what looks like one in its examples."""
        known = self._names.get(id(term))
        if known is None:
            known = self._names[id(term)] = (term, frozenset(_references(term)))
        return known[1]

    def made(self, term: Term, purpose: str, new: Term) -> Term:
        """*new*, which was made of *term*; the same object each time."""
        known = self._made.setdefault((id(term), purpose), (term, new))
        return known[1]

    def _read(self, term: Term) -> Shape:
        absence, nullable = "", False
        for _ in range(MAX_HOPS):
            word = term["type"]
            if word == "ref":
                if "required" in term:
                    absence = absence or "refused"
                term = self.contract.schemas[term["to"]]
                continue
            if word == "optional":
                absence = absence or "stays"
                # As in Kibana, `maybe` around `never` takes anything.
                inside = term["of"]
                term = ANYTHING if inside["type"] == "nothing" else inside
            elif word == "nullable":
                absence, nullable = absence or "null", True
                term = term["of"]
            else:
                break
        else:
            term = {"type": "custom", "name": "...", "of": term}  # what is behind so much is not looked at
        core = self._core(term)
        if not absence and "default" in term:
            absence = "default"
        return attrs.evolve(core, nullable=nullable or core.nullable, absence=absence or core.absence)

    def _core(self, term: Term) -> Shape:
        word = term["type"]
        if word == "values":
            return _of_values(term, tuple(term["values"]), term, False)
        if word != "union":
            return Shape(word, term, term)
        if "discriminator" in term:
            return Shape("tagged", term, term)
        branches, nullable = self._flat(term)
        if branches and all(branch["type"] == "values" for branch in branches):
            values = tuple(value for branch in branches for value in branch["values"])
            return attrs.evolve(_of_values(term, values, term, nullable), absence="refused")
        if not branches:
            return Shape("nothing", NOTHING, term, nullable, "refused")
        if len(branches) == 1 and not _says(term):
            inside = self.shape(branches[0])
            return attrs.evolve(inside, nullable=nullable or inside.nullable, absence="refused")
        return Shape("union", term, term, nullable, "refused", tuple(branches))

    def _flat(self, union: Term) -> tuple[list[Term], bool]:
        """The branches of *union* without unions in unions and null, and whether null is one."""
        flat: list[Term] = []
        nullable = False
        met: set[int] = set()
        waiting = list(reversed(union["of"]))
        while waiting:
            term = waiting.pop()
            word = term["type"]
            if word == "ref":
                waiting.append(self.contract.schemas[term["to"]])
            elif word in ("optional", "nullable"):
                nullable |= word == "nullable"
                bare = word == "optional" and term["of"]["type"] == "nothing"
                waiting.append(ANYTHING if bare else term["of"])
            elif id(term) in met or word == "nothing":
                continue  # a second time it adds nothing
            elif word == "union" and "discriminator" not in term and not _says(term):
                met.add(id(term))
                waiting.extend(reversed(term["of"]))
            elif word == "values":
                nullable |= None in term["values"]
                self._gather(flat, union, tuple(value for value in term["values"] if value is not None))
            else:
                met.add(id(term))
                flat.append(term)
        return flat, nullable

    def _gather(self, flat: list[Term], union: Term, values: tuple[Any, ...]) -> None:
        if not values:
            return
        if flat and flat[-1]["type"] == "values":
            values = (*flat.pop()["values"], *values)
        flat.append({"type": "values", "values": [*values]})

    def may_be_absent(self, term: Term) -> tuple[bool, bool]:
        """Whether a missing value is accepted: perhaps (a condition decides), and for certain."""
        first = self.shape(term)
        if id(first) not in self._absences:
            self._absences[id(first)] = self._absence_of(first)
        return self._absences[id(first)]

    def _absence_of(self, first: Shape) -> tuple[bool, bool]:
        known: dict[int, tuple[bool, bool]] = {}
        under_way: set[int] = set()
        waiting = [first]
        while waiting:
            shape = waiting[-1]
            key = id(shape)
            inside = self._asked(shape)
            if key not in under_way:
                under_way.add(key)
                # What leads back to itself is not there by itself.
                waiting += [other for other in inside if id(other) not in under_way]
                continue
            waiting.pop()
            told = [known.get(id(other), (False, False)) for other in inside]
            known.setdefault(key, _absence(shape, told))
        return known[id(first)]

    def _asked(self, shape: Shape) -> list[Shape]:
        """Those whose absence decides on that of *shape*."""
        term = shape.term
        if shape.word == "conditional" and shape.absence == "stays":
            return []
        if shape.absence != "asked" and not has_doubtful_default(shape):
            return []
        if shape.word == "object":
            return [self.shape(prop) for prop in term["props"].values()]
        if shape.word == "conditional":
            return [self.shape(term["then"]), self.shape(term["otherwise"])]
        if shape.word == "tagged" and "other" in term:
            return [self.shape(term["other"])]
        return []


def has_doubtful_default(shape: Shape) -> bool:
    """Whether *shape* is a condition with a default that may be nothing, so that a branch is asked."""
    is_default = shape.word == "conditional" and shape.absence == "default"
    return is_default and not {"context_ref", "sibling_ref"}.isdisjoint(shape.facts["default"])


def _absence(shape: Shape, inside: list[tuple[bool, bool]]) -> tuple[bool, bool]:
    if has_doubtful_default(shape):
        return True, all(certain for _, certain in inside)
    if shape.absence != "asked":
        is_certain = shape.absence != "refused"
        return is_certain, is_certain
    if shape.word == "nothing":
        return True, True
    if shape.word == "conditional":
        return any(possible for possible, _ in inside), all(certain for _, certain in inside)
    if shape.word == "object" or inside:
        return all(possible for possible, _ in inside), all(certain for _, certain in inside)
    return False, False


def _of_values(term: Term, values: tuple[Any, ...], facts: Term, nullable: bool) -> Shape:
    given = tuple(read(value) for value in values if value is not None)
    nullable = nullable or len(given) < len(values)
    if not given:
        return Shape("nothing", NOTHING, facts, nullable, "default" if "default" in facts else "refused")
    return Shape("values", term, facts, nullable, "asked", values=given)


def read(value: Any) -> Any:
    """A scalar of a contract as a value."""
    return number(value) if isinstance(value, Mapping) else value


def bound(term: Term, name: str) -> Any:
    """The bound *name* of *term*, None where there is none."""
    return number(term[name]) if name in term else None


def json_text(value: Any) -> str:
    """JSON text that is equal for equal values: 1 and 1.0 are, 1 and true are not."""
    try:
        return json.dumps(value, sort_keys=True, default=dict)
    except RecursionError:
        return f"<{id(value)}>"  # equal to nothing else, and so compared part by part


def scalar_key(value: Any) -> tuple[bool, Any]:
    """What scalars are compared by: 1 and True are equal to Python."""
    return type(value) is bool, value


def _says(union: Term) -> bool:
    """Whether *union* says more than that its branches fit."""
    return not (
        union.keys() <= {"type", "of", "meta", "title", "description", "id", "examples", "deprecated"}
    )


def _references(term: Term) -> Iterator[str]:
    waiting: list[Any] = [term]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            if value.get("type") == "ref" and isinstance(value.get("to"), str):
                yield value["to"]
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
