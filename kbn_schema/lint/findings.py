"""This module says what a finding is, and what a rule that makes findings."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

import attrs

if TYPE_CHECKING:
    from kbn_schema.lint.survey import RouteSite, Site, Survey

Level = Literal["error", "warning"]


@attrs.frozen
class Finding:
    """One likely mistake, and where it is."""

    id: str
    """The name of the rule, which stays: ``unbounded-string``."""
    level: Level
    """``"error"`` for what cannot be meant, ``"warning"`` for what may be."""
    place: str
    """A variable, or a route, with the way from there: ``find_query.search``, ``GET /api/x query``."""
    message: str
    """What is wrong, one sentence."""
    advice: str
    """How it is mended."""
    file: str | None = None
    """The file, from the current folder if it is in there; None where it is not known."""
    line: int | None = None
    """The line in it, counted from 1; None where it is not known."""

    @property
    def order(self) -> tuple[str, int, str, str, str]:
        """What findings are sorted by: the file, the line, the place, the id and the message."""
        return self.file or "", self.line or 0, self.place, self.id, self.message


@attrs.frozen
class Rule:
    """What is looked for. *id*, *reason* and *advice* are told, so they change for a good reason only."""

    id: str
    level: Level
    reason: str
    """Why it is a mistake; documents have it, too."""
    advice: str
    """How it is mended."""


@attrs.frozen
class Advised:
    """What is wrong, a sentence, with *advice* in place of that of its rule."""

    message: str
    advice: str


@attrs.frozen
class SchemaRule(Rule):
    """A rule about one schema: *find* yields what is wrong with it, a sentence each."""

    find: "Callable[[Site, Survey], Iterable[str | Advised]]"


@attrs.frozen
class RouteRule(Rule):
    """A rule about one route, or a version of one."""

    find: "Callable[[RouteSite, Survey], Iterable[str]]"


@attrs.frozen
class SurveyRule(Rule):
    """A rule about several schemas: *find* yields the site that is told, and what is wrong there."""

    find: "Callable[[Survey], Iterable[tuple[Site, str]]]"
