"""This module tells which findings are meant to be: what an author has silenced, with a reason.

A silence stands on a schema, ``meta={"lint_ignore": {"unbounded-string": "a log line"}}``, or on a route,
``options={"lint_ignore": {...}}``, and holds for all that is inside.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import attrs

from kbn_schema.kinds.options import LINT_IGNORE
from kbn_schema.lint.findings import Rule
from kbn_schema.lint.survey import AnySchema, Place, RouteSite, Survey, reach
from kbn_schema.wording import shorten

UNUSED_SILENCE: Final = Rule(
    "unused-silence",
    "warning",
    "It silences a finding that is not there, and would hide one that comes back.",
    "Take it away.",
)
INVALID_SILENCE: Final = Rule(
    "invalid-silence",
    "error",
    "It silences nothing: a silence names a finding, and says why it is meant.",
    'Write the id of a finding and a reason, as in `{"unbounded-string": "a log line, stored as it came"}`.',
)


@attrs.frozen(eq=False)
class Silence:
    """What is silenced in one place: ids of findings."""

    ids: frozenset[str]
    place: Place
    holder: AnySchema | RouteSite


class Silences:
    """All silences of a survey; *known* are the ids of the findings that there are."""

    def __init__(self, survey: Survey, known: Collection[str]) -> None:
        self._survey = survey
        self._silences: list[Silence] = []
        self.invalid: list[tuple[Place, str]] = []
        """Those that say nothing, each with what is wrong."""
        self._own: dict[AnySchema | RouteSite, frozenset[str]] = {}
        for schema, site in survey.sites.items():
            if LINT_IGNORE in schema.meta:
                self._read(schema, site.place, schema.meta[LINT_IGNORE], known)
        for route in survey.routes:
            if route.silences is not None:
                self._read(route, route.place, route.silences, known)
        self._active = self._spread() if self._silences else {}

    def _read(self, holder: AnySchema | RouteSite, place: Place, told: Any, known: Collection[str]) -> None:
        if not isinstance(told, Mapping):
            self.invalid.append((place, f"{LINT_IGNORE} must map ids of findings to reasons"))
            return
        ids: set[str] = set()
        for name, reason in told.items():
            if not isinstance(name, str) or name not in known:
                self.invalid.append((place, f"there is no finding [{shorten(str(name))}] to silence"))
            elif not isinstance(reason, str) or not reason.strip():
                self.invalid.append((place, f"[{name}] is silenced without a reason"))
            else:
                ids.add(name)
        self._own[holder] = frozenset(ids)
        self._silences.append(Silence(frozenset(ids), place, holder))

    def _spread(self) -> dict[AnySchema, frozenset[str]]:
        """What is silenced at each schema: on every way to it, for a way that is not tells the finding."""
        active: dict[AnySchema, frozenset[str]] = {}
        waiting: list[tuple[AnySchema, frozenset[str]]] = [
            (root, self._own.get(route, frozenset())) for route in self._survey.routes for root in route.roots
        ]
        waiting.extend((root, frozenset()) for root in self._survey.roots)
        while waiting:
            schema, above = waiting.pop()
            own = self._own.get(schema, frozenset())
            here = above | own
            if schema in active:
                here &= active[schema]
                if here == active[schema]:
                    continue
            active[schema] = here
            waiting.extend((child, here) for child in self._survey.sites[schema].inside)
        return active

    def silences(self, id: str, holder: AnySchema | RouteSite) -> bool:
        """Return whether the finding *id* is silenced at *holder*."""
        if isinstance(holder, RouteSite):
            return id in self._own.get(holder, ())
        return id in self._active.get(holder, ())

    def unused(self, found: Collection[tuple[str, AnySchema | RouteSite]]) -> Iterator[tuple[Place, str]]:
        """Yield the silences that silence none of what was *found*, each with what to say."""
        for silence in self._silences:
            inside: set[Any] = {silence.holder}
            if isinstance(silence.holder, RouteSite):
                inside |= reach(self._survey, silence.holder.roots)
            else:
                inside = reach(self._survey, [silence.holder])
            used = {id for id, holder in found if holder in inside}
            for id in sorted(silence.ids - used):
                yield silence.place, f"[{id}] is silenced, and there is no such finding"
