"""This module finds the requests that another route takes than before, though theirs is still there.

A router looks at one segment after the other, and tries a literal before a parameter, and a parameter before
a rest (`kbn_schema.http.paths`). So a new route may take requests away from an old one.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from kbn_schema.contract import RouteTerm
from kbn_schema.diff.admits import admits
from kbn_schema.diff.differences import Term
from kbn_schema.diff.shapes import Terms

LITERAL, PARAMETER, REST = 0, 1, 2
# What a segment is, and the text of a literal.
Segment = tuple[int, str]
# Some of the paths that a template takes: a rest stands last, for one segment or more.
Form = tuple[Segment, ...]
TEXT: Final[Term] = {"type": "string"}


@attrs.frozen
class Shadow:
    """Requests that went to *old*, as one of its forms takes them, and go to *new* now."""

    old: RouteTerm
    old_form: Form
    new: RouteTerm
    new_form: Form
    common: Form
    """What both of the forms take."""

    @property
    def is_single(self) -> bool:
        """Whether the requests are those with a certain text where the old route takes many."""
        pairs = enumerate(self.common)
        literals = [index for index, (kind, text) in pairs if kind == LITERAL and text]
        return any(index >= len(self.old_form) or self.old_form[index][0] != LITERAL for index in literals)

    def params(self, terms: Terms, declared: Term | None) -> Term | None:
        """What the old route, which has *declared* its parameters, knows of those of the new one.

        None where it has refused all of these requests.
        """
        known = _props(terms, declared)
        said: dict[int, Term] = {}
        for index, (kind, _) in enumerate(self.old_form):
            if kind == LITERAL:
                continue
            term = known.get(_name(self.old, index), TEXT)
            text = _text(self.common[index:] if kind == REST else self.common[index : index + 1])
            if text and admits(terms, term, text) is False:
                return None
            if kind == PARAMETER or len(self.common) == len(self.old_form):
                said[index] = _present(term)
        props: dict[str, Term] = {}
        for index, (kind, _) in enumerate(self.new_form):
            if kind == LITERAL:
                continue
            text = _text(self.common[index:] if kind == REST else self.common[index : index + 1])
            told: Term = said.get(index, TEXT) if text is None else {"type": "values", "values": [text]}
            props[_name(self.new, index)] = told if kind == PARAMETER or text else TEXT
        return {"type": "object", "props": props, "unknowns": "forbid"}


def shadows(
    pairs: Iterable[tuple[RouteTerm, RouteTerm]], gone: Iterable[RouteTerm], came: Iterable[RouteTerm]
) -> Iterator[Shadow]:
    """All requests that went to a route of *pairs* and go to another one now.

    *pairs* are the routes that stayed, as they were and as they are.
    """
    kept = list(pairs)
    added = [_Entry(form, route) for route in came for form in forms(route.path)]
    for before, after in kept:
        if before.path != after.path:
            known = set(forms(before.path))
            added += [_Entry(form, after) for form in forms(after.path) if form not in known]
    were = [_Entry(form, before, after) for before, after in kept for form in forms(before.path)]
    were += [_Entry(form, route) for route in gone for form in forms(route.path)]
    old, new = _trees(were), _trees(added)
    for entry in added:
        if entry.route.method in old:
            yield from _taken(entry, old[entry.route.method], new[entry.route.method])


def _taken(entry: "_Entry", old: "_Tree", new: "_Tree") -> Iterator[Shadow]:
    for rival in old.overlapping(entry.form):
        common = _common(rival.form, entry.form)
        if rival.now is None or rival.now is entry.route or not _goes_before(entry.form, rival.form):
            continue
        if not (old.covers(common, rival.form) or new.covers(common, entry.form)):
            yield Shadow(rival.route, rival.form, entry.route, entry.form, common)


def forms(path: str) -> list[Form]:
    """The forms of the paths that a template takes."""
    segments = [_segment(text) for text in path.removeprefix("/").split("/")]
    mark = path[-2:-1] if path.endswith("}") else ""
    head, whole = tuple(segments[:-1]), tuple(segments)
    if mark == "*":
        return [head, (*head, (REST, ""))]
    # A slash with nothing behind it is an absent parameter, too.
    return [head, (*head, (LITERAL, "")), whole] if mark == "?" else [whole]


def _segment(text: str) -> Segment:
    return (PARAMETER, "") if text.startswith("{") and text.endswith("}") else (LITERAL, text)


def _goes_before(one: Form, other: Form) -> bool:
    return [kind for kind, _ in one] < [kind for kind, _ in other]


def _common(one: Form, other: Form) -> Form:
    """What two forms that overlap have in common."""
    common: list[Segment] = []
    for index, (mine, yours) in enumerate(zip(one, other, strict=False)):
        if mine[0] == REST:
            return (*common, *other[index:])
        if yours[0] == REST:
            return (*common, *one[index:])
        common.append(min(mine, yours))
    return tuple(common)


def _meets(one: Segment, other: Segment) -> bool:
    if REST in (one[0], other[0]):
        return True
    # A parameter takes no empty segment.
    return one == other if one[0] == other[0] else bool(one[1] or other[1])


@attrs.frozen
class _Entry:
    """A form of a route; *now* is what an old route that stays has become."""

    form: Form
    route: RouteTerm
    now: RouteTerm | None = None


def _trees(entries: Iterable[_Entry]) -> dict[str, "_Tree"]:
    """*entries* by method."""
    trees: dict[str, _Tree] = {}
    for entry in entries:
        trees.setdefault(entry.route.method, _Tree()).add(entry)
    return trees


class _Tree:
    """Forms of one method, to be found by what they have in common with others."""

    def __init__(self) -> None:
        self._inside: dict[Segment, _Tree] = {}
        self._here: list[_Entry] = []

    def add(self, entry: _Entry) -> None:
        """Enter *entry*."""
        node = self
        for segment in entry.form:
            node = node._inside.setdefault(segment, _Tree())
        node._here.append(entry)

    def covers(self, form: Form, before: Form) -> bool:
        """Whether a form that goes before another one, *before*, takes all that *form* does."""
        return any(
            _goes_before(entry.form, before) and _common(entry.form, form) == form
            for entry in self.overlapping(form)
        )

    def overlapping(self, form: Form) -> Iterator[_Entry]:
        """All that have a path in common with *form*."""
        waiting = [(self, 0)]
        while waiting:
            node, index = waiting.pop()
            if index < len(form):
                inside, rest = node._next(form[index]), node._inside.get((REST, ""))
                yield from rest._here if rest is not None else ()
            else:
                # Behind a rest, all fit.
                inside = list(node._inside.values()) if form[-1:] == ((REST, ""),) else []
                yield from node._here
            waiting += [(inner, index + 1) for inner in inside]

    def _next(self, segment: Segment) -> "list[_Tree]":
        """Where *segment* may lead; what is behind a rest is not looked for."""
        if segment[0] == LITERAL:
            keys = [segment, (PARAMETER, "")] if segment[1] else [segment]
            return [self._inside[key] for key in keys if key in self._inside]
        return [inner for key, inner in self._inside.items() if key[0] != REST and _meets(key, segment)]


def _props(terms: Terms, declared: Term | None) -> dict[str, Term]:
    shape = None if declared is None else terms.shape(declared)
    return dict(shape.term["props"]) if shape is not None and shape.word == "object" else {}


def _present(term: Term) -> Term:
    """*term*, of a value that is there."""
    while term["type"] in ("optional", "nullable"):
        term = term["of"]
    return {fact: value for fact, value in term.items() if fact != "default"}


def _text(segments: Form) -> str | None:
    """The text of *segments*; None where they may have several."""
    return "/".join(text for _, text in segments) if all(kind == LITERAL for kind, _ in segments) else None


def _name(route: RouteTerm, index: int) -> str:
    return route.path.removeprefix("/").split("/")[index].strip("{}?*")
