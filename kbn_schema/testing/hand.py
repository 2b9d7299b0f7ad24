"""This module is the hand that draws one value: how much room is left, and what is around.

What a reference reads is only there while a value is drawn. So a hand holds a `Run`, as validation does:
in trees with references each container puts its scope there, and the schemas themselves are asked.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Final, TypeVar

import attrs
from hypothesis import reject
from hypothesis.errors import FailedHealthCheck, Unsatisfiable
from hypothesis.strategies import DrawFn, SearchStrategy

from kbn_schema.kinds.object import stripping
from kbn_schema.kinds.options import Unknowns
from kbn_schema.missing import MISSING
from kbn_schema.problems import Failure, Path
from kbn_schema.run import MAX_DEPTH, NOTHING, OUTERMOST, Run, Scope

T = TypeVar("T")

# Containers that recursion may add, and that lists of containers may hold, in all.
ROOM: Final = 24
# Containers in one value, after which none is drawn that need not be there.
MANY: Final = 150
# Recursion may go on all the same where a condition asks for it: such a value is given up.
TOO_MANY: Final = 200
LEAST_ROOM: Final = -10
# Ways to break a value that are tried before another value is drawn.
PATIENCE: Final = 50


class NothingFound(Unsatisfiable, FailedHealthCheck):
    """No value was found, however often one was drawn.

    As a failed health check it ends a test at once: any other error Hypothesis would try to shrink.
    """


@attrs.frozen
class Scenery:
    """What the references of a tree read: the *names* of siblings, and *hints* at what is asked of them.

    A hint is a value that a condition compares with, or a node of what it has to fit.
    """

    names: frozenset[str] = frozenset()
    hints: Mapping[str, Sequence[Any]] = attrs.field(factory=dict[str, Sequence[Any]])


@attrs.frozen
class Before:
    """What a hand puts back when it comes out of a container."""

    room: int
    strip: bool
    scopes: list[Any]


class Hand:
    """Draws one value.

    Args:
        draw: What Hypothesis draws with.
        context: What `context_ref` reads.
        scenery: What references read; None without any, and then no scopes are kept.
        writes: Whether containers inside others are sometimes written as JSON text.
    """

    def __init__(
        self, draw: DrawFn, context: Mapping[str, Any], scenery: Scenery | None, writes: bool
    ) -> None:
        self._draw: DrawFn = draw
        self.run: Run = Run(context)
        self.has_scene: bool = scenery is not None
        self.scenery: Scenery = scenery or Scenery()
        self.writes: bool = writes
        self.room: int = ROOM
        self.depth: int = 0
        self.is_plain: bool = True
        """Whether the next container has to be one, and not its JSON text."""
        self._containers: int = 0
        self.patience: int = PATIENCE
        """How many ways to break the value may still fail."""

    def draw(self, strategy: SearchStrategy[T]) -> T:
        """Return one value of *strategy*."""
        return self._draw(strategy)

    def share(self, parts: int) -> int:
        """Return the room for each of so many *parts*; a debt is not divided, so that it ends."""
        return self.room // parts if self.room > 0 and parts else self.room

    @property
    def is_tired(self) -> bool:
        """Whether so much was drawn that only the least of everything is drawn from now on."""
        return self._containers > MANY

    def affords(self, height: float) -> bool:
        """Return whether what is nested *height* levels may stand here."""
        return self.depth + height <= MAX_DEPTH

    def enter(self, raw: Any, unknowns: Unknowns | None, recurs: bool) -> "Before":
        """Go into the container *raw*, which is drawn meanwhile.

        Args:
            unknowns: What the container states.
            recurs: Whether recursion leads through it, which takes room.
        """
        run = self.run
        before = Before(self.room, run.strip, run.scopes)
        self.depth += 1
        self._containers += 1
        if recurs:
            self.room -= 1
            if self.room < LEAST_ROOM or self._containers > TOO_MANY:
                reject()
        self.is_plain = False
        run.strip = stripping(unknowns, run.strip)
        if self.has_scene:
            # By text also in a list: references name its items by their digits.
            run.scopes = [*run.scopes, Scope({}, raw, NOTHING, OUTERMOST)]
            run.depth += 1
        return before

    def keep(self, schema: Any, named: Mapping[str, Any], key: Any, value: Any) -> None:
        """Let references see, at *key* of the container around, what *schema* makes of *value*."""
        if str(key) not in self.scenery.names:
            return
        outcome = self.outcome(schema, named, value)
        self.run.scopes[-1].out[str(key)] = MISSING if type(outcome) is Failure else outcome

    def leave(self, before: "Before") -> None:
        """Come back out of a container."""
        self.depth -= 1
        self.room = before.room
        self.run.strip = before.strip
        self.run.scopes = before.scopes
        if self.has_scene:
            self.run.depth -= 1

    def here(self, named: Mapping[str, Any]) -> Run:
        """Return a run that stands where this hand is; *named* are the schemas around."""
        run = Run(self.run.context, self.run.strip)
        run.scopes = list(self.run.scopes)
        run.depth = self.run.depth
        run.named = named
        return run

    def outcome(self, schema: Any, named: Mapping[str, Any], value: Any) -> Any:
        """Return what *schema* makes of *value* here: its output, or a failure."""
        return schema.outcome(value, self.here(named))

    def refuses(self, schema: Any, named: Mapping[str, Any], value: Any) -> bool:
        """Return whether *schema* refuses *value* here."""
        return type(self.outcome(schema, named, value)) is Failure

    def told(self, schema: Any, named: Mapping[str, Any], value: Any) -> tuple[str, Path] | None:
        """Return the code and the path of what *schema* has against *value* here, None for nothing."""
        outcome = self.outcome(schema, named, value)
        if type(outcome) is not Failure:
            return None
        issue = outcome.issues()[0]
        return issue.code, issue.path


# The hand that is drawing: strategies of third parties that have ours inside find it here.
HAND: Final[ContextVar[Hand]] = ContextVar("HAND")
