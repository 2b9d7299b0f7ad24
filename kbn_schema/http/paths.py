"""This module reads path templates and finds the routes that a path belongs to.

A template is made of literal segments, ``{id}``, ``{id?}`` (optional, last) and ``{rest*}`` (none or
more segments, last). Paths are matched segment by segment while they are still percent-encoded, so
``a%2Fb`` stays one segment. A literal goes before a parameter, a parameter before a rest.
"""

import re
from collections.abc import Iterator
from typing import Generic, TypeVar

import attrs

from kbn_schema.http.fields import decode_percent
from kbn_schema.http.mistakes import refuse
from kbn_schema.http.parts import Refusal

R = TypeVar("R")


@attrs.frozen
class Template:
    """A path as an author writes it, read."""

    text: str
    literals: tuple[str | None, ...]
    """The text of each segment; None where a parameter stands."""
    names: tuple[str, ...]
    """The parameters, in order."""
    last: str = ""
    """``?`` where the last parameter is optional, ``*`` where it is a rest."""


def parse_template(text: str, where: str) -> Template:
    """Read *text*; *where* names the route in errors.

    Raises:
        SchemaDefinitionError: It does not start with a slash, has braces in odd places, names a
            parameter twice, or has ``?`` or ``*`` before the end.
    """
    if not text.startswith("/"):
        refuse(where, f"the path [{text}] must start with a slash")
    literals: list[str | None] = []
    names: list[str] = []
    last = ""
    for segment in text[1:].split("/"):
        if last:
            refuse(where, f"the path [{text}] may have [{{{names[-1]}{last}}}] only at its end")
        match = _PARAMETER.fullmatch(segment)
        if match is None:
            literals.append(_check_literal(segment, text, where))
            continue
        if match["name"] in names:
            refuse(where, f"the path [{text}] names the parameter [{match['name']}] twice")
        literals.append(None)
        names.append(match["name"])
        last = match["mark"]
    return Template(text, tuple(literals), tuple(names), last)


def _check_literal(segment: str, text: str, where: str) -> str:
    if re.search(r"^:|[{}<>?#%\x00-\x20]", segment) or segment in _DOTS:
        refuse(
            where,
            f"the path [{text}] has a segment [{segment}] that is neither a plain text nor a parameter: "
            "write {name}, {name?} or {name*} between two slashes",
        )
    return segment


class _Node(Generic[R]):
    """What may follow a prefix of segments."""

    def __init__(self) -> None:
        self.literals: dict[str, _Node[R]] = {}
        self.parameter: _Node[R] | None = None
        # By method: what ends here, and what takes all that follows.
        self.here: dict[str, tuple[R, Template]] = {}
        self.rest: dict[str, tuple[R, Template]] = {}


@attrs.frozen
class Match(Generic[R]):
    """A route whose template fits a path; its parameters are still encoded."""

    method: str
    route: R
    template: Template
    values: tuple[str, ...]

    def params(self) -> dict[str, str]:
        """The decoded parameters.

        Raises:
            Refusal: 400 for a bad escape, for what is not UTF-8, or for a segment ``.`` or ``..``, which
                a proxy or a file system would take for a step.
        """
        if not self.values:
            return {}
        return {name: _decode(value) for name, value in zip(self.template.names, self.values, strict=False)}


def _decode(value: str) -> str:
    decoded = decode_percent(value, "request params")
    # Looked at once decoded: `..%2f` and `..%5c` are steps for whoever makes a file name of it.
    if not _DOTS.isdisjoint(_SEPARATOR.split(decoded)):
        raise Refusal(400, "[request params]: a segment [.] or [..] is not allowed")
    return decoded


class PathTable(Generic[R]):
    """Routes by path and method."""

    def __init__(self) -> None:
        self._root: _Node[R] = _Node[R]()
        # What has no parameter, by path and method: most requests of many programs.
        self._exact: dict[tuple[str, str], Match[R]] = {}

    def add(self, method: str, template: Template, route: R, where: str) -> None:
        """Enter *route*, which errors call *where*.

        Raises:
            SchemaDefinitionError: A route with the same method takes the same paths.
        """
        places = list(self._places(template))
        for place in places:
            if method in place:
                other = place[method][1].text
                refuse(
                    where,
                    f"the route [{method.lower()}] [{template.text}] takes the same paths as [{other}]",
                )
        for place in places:
            place[method] = (route, template)
        if not template.names:
            self._exact[method, template.text] = Match(method, route, template, ())

    def find_exact(self, method: str, path: str) -> Match[R] | None:
        """The route of *method* whose template is *path* itself, which goes before all others."""
        return self._exact.get((method, path))

    def _places(self, template: Template) -> Iterator[dict[str, tuple[R, Template]]]:
        node = self._root
        for index, literal in enumerate(template.literals):
            if template.last and index == len(template.literals) - 1:
                yield node.here
                if template.last == "*":
                    yield node.rest
                    return
                # A slash with nothing behind it is an absent parameter, too.
                yield node.literals.setdefault("", _Node[R]()).here
            if literal is not None:
                node = node.literals.setdefault(literal, _Node[R]())
            else:
                node.parameter = node.parameter or _Node[R]()
                node = node.parameter
        yield node.here

    def find(self, path: str) -> Iterator[Match[R]]:
        """Every route whose template fits *path*, the most specific first."""
        if path.startswith("/"):
            yield from self._walk(self._root, path[1:].split("/"), 0, ())

    def _walk(
        self, node: _Node[R], segments: list[str], position: int, values: tuple[str, ...]
    ) -> Iterator[Match[R]]:
        if position == len(segments):
            yield from _matches(node.here, values)
            return
        segment = segments[position]
        literal = node.literals.get(_literal(segment))
        if literal is not None:
            yield from self._walk(literal, segments, position + 1, values)
        if node.parameter is not None and segment:
            yield from self._walk(node.parameter, segments, position + 1, (*values, segment))
        if node.rest:
            rest = "/".join(segments[position:])
            yield from _matches(node.rest, (*values, rest) if rest else values)


def _matches(place: dict[str, tuple[R, Template]], values: tuple[str, ...]) -> Iterator[Match[R]]:
    for method, (route, template) in list(place.items()):  # a route may be declared meanwhile
        yield Match(method, route, template, values)


def _literal(segment: str) -> str:
    # `%66oo` and `foo` are one path (RFC 3986, section 6.2.2.2); what cannot be decoded is no literal.
    if "%" not in segment:
        return segment
    try:
        return decode_percent(segment, "")
    except Refusal:
        return segment


_PARAMETER = re.compile(r"\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<mark>[?*]?)\}")
_SEPARATOR = re.compile(r"[/\\]")
_DOTS = frozenset({".", ".."})
