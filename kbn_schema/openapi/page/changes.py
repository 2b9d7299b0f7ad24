"""This module tells what changed between two versions of one route."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Final

from kbn_schema import contract
from kbn_schema.diff import Change, compare_endpoints
from kbn_schema.diff.places import dotted
from kbn_schema.openapi.page.html import Markup, code, element, join, sentence
from kbn_schema.openapi.page.routes import ShownRoute


def changes_of(shown: Iterable[ShownRoute]) -> dict[tuple[str, str], tuple[Change, ...]]:
    """Return what changed in each version since the one before, by the id of the route and the version."""
    versioned = [route for route in shown if len(route.versions) > 1]
    if not versioned:
        return {}
    whole = contract.of([route.endpoint for route in versioned])
    endpoints = {(route.method, route.path): route.versions for route in whole.routes}
    found: dict[tuple[str, str], tuple[Change, ...]] = {}
    for route in versioned:
        versions = endpoints[route.method, route.path]
        for newer, older in pairwise([version.name for version in route.versions]):
            changes = compare_endpoints(
                versions[older],
                versions[newer],
                whole,
                whole,
                method=route.method,
                route=route.path,
                version=newer,
            )
            found[route.id, newer] = tuple(change for change in changes if change.rule not in _NO_NEWS)
    return found


def show_changes(changes: Iterable[Change], before: str) -> Markup:
    """Return *changes* since the version *before*, the gravest first."""
    ordered = sorted(changes, key=lambda change: list(WORDS).index(change.level))
    summary = element("summary", "What changed since ", element("b", before), ": ", _counted(ordered))
    told = [_change(change, earlier) for earlier, change in pairwise([None, *ordered]) if change is not None]
    rows = element("ul", *told) if told else None
    return element("details", summary, rows, class_="changes", open=True)


def _counted(changes: list[Change]) -> Markup:
    counts = {word: sum(WORDS[change.level] == word for change in changes) for word in WORDS.values()}
    told = [f"{count} {word}" for word, count in counts.items() if count]
    return join(", ".join(told) or "nothing that a client can see")


def _change(change: Change, earlier: Change | None) -> Markup:
    """One change; what was and is now is left out where the *earlier* one has just said it."""
    word = WORDS[change.level]
    where = code(dotted(change.path)) if change.path else None
    level = element("span", word, class_=f"level {word}")
    turn = None if earlier is not None and _terms(earlier) == _terms(change) else _turn(change)
    return element("li", element("p", level, " ", where), element("p", sentence(change.message)), turn)


def _terms(change: Change) -> tuple[object, ...]:
    return change.path, change.before, change.after


def _turn(change: Change) -> Markup | None:
    before, after = _called(change.before), _called(change.after)
    if before is None and after is None:
        return None
    was = None if before is None else element("del", before)
    now = None if after is None else element("ins", after)
    if was is None or now is None:
        return element("p", "was " if now is None else "now ", was, now, class_="turn")
    return element("p", was, " → ", now, class_="turn")


def _called(spelled: str | None) -> str | None:
    """*spelled* with named schemas by their names, as on the rest of the page."""
    return None if spelled is None else _NAMED.sub(r"\1", spelled)


# The version before is deprecated because there is this one.
_NO_NEWS: Final = frozenset({"endpoint-undeprecated"})
_NAMED: Final = re.compile(r"""\blazy\(["']([^"'\\]+)["']\)""")
WORDS: Final[Mapping[str, str]] = {"ERR": "breaking", "WARN": "warning", "INFO": "compatible"}
