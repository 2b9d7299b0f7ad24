"""The state of one validation: context, what is inherited, how deep it is, what was seen before."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import attrs

from kbn_schema import messages
from kbn_schema.missing import MISSING
from kbn_schema.problems import Failure, fail

MAX_DEPTH: Final = 200
# Containers that are checked before results are remembered. No honest value outside a
# union is met twice, and remembering each costs memory.
REMEMBER_AFTER: Final = 10_000
OUTERMOST: Final = 1 << 30


class Named(Protocol):
    """What is asked of a schema here."""

    @property
    def id(self) -> str | None: ...


@attrs.define(eq=False)
class Scope:
    """One container on the way down: its output so far, and what `Run.leave` puts back.

    *raw* is what came in, in exact types: Joi's references read it where nothing was
    validated, such as a key without a prop.
    """

    out: dict[Any, Any] | list[Any]
    raw: dict[str, Any] | list[Any]
    named: Mapping[str, Any]
    reached: int


class Run:
    """What `check` hands down unchanged; made anew for each `validate`."""

    __slots__ = (
        "branching", "context", "depth", "fields", "hollow", "named", "optional", "parsed", "reached",
        "scopes", "seen", "strip", "under_way", "visits",
    )  # fmt: skip

    def __init__(
        self, context: Mapping[str, Any], strip: bool = False, optional: bool = False, fields: bool = False
    ) -> None:
        self.context = context
        self.fields = fields  # whether the value is a dict of fields, as of a query: texts, one or many
        self.strip = strip  # whether objects that state no `unknowns` drop them
        self.optional = optional  # whether nothing is required (`validate_key`)
        self.depth = 0
        self.scopes: list[Scope] = []
        self.named: Mapping[str, Any] = {}  # enclosing schemas by id, for `lazy`
        self.hollow: tuple[Any, ...] = ()  # see `LazySchema.check`
        self.reached = OUTERMOST  # the outermost scope that a sibling reference read
        self.branching = 0
        self.visits = 0
        self.seen: dict[tuple[int, int, bool, int], tuple[object, Any]] = {}
        self.under_way: set[tuple[int, int]] = set()
        self.parsed: dict[int, tuple[str, Any]] = {}  # JSON text that was met, see `parse_json`

    def enter(
        self,
        schema: Named,
        value: object,
        out: dict[Any, Any] | list[Any],
        raw: dict[str, Any] | list[Any] | None = None,
    ) -> Any:
        """Go one level down into *value*, or return what is known of it already.

        Returns MISSING when `leave` has to be called; anything else is the outcome:
        a failure if the value is nested too deeply (or contains itself), or what the
        same schema made of the same value before (the same object: where a caller's value
        is in two places, so may the output be). Remembering keeps the cost of nested
        unions linear: without it, each level doubles the work of the level below.
        """
        if self.depth >= MAX_DEPTH:
            return too_deep()
        self.visits += 1
        if self.branching or self.visits > REMEMBER_AFTER:
            met = self.seen.get(self._key(schema, value))
            if met is not None:
                return met[1]
            if (id(schema), id(value)) in self.under_way:
                return too_deep()  # it contains itself
            self.under_way.add((id(schema), id(value)))
        self.depth += 1
        self.scopes.append(Scope(out, {} if raw is None else raw, self.named, self.reached))
        self.reached = OUTERMOST
        self.name(schema)
        return MISSING

    def leave(self, schema: Named, value: object, outcome: Any) -> Any:
        """Come back up with the *outcome* for *value*, and return it."""
        scope = self.scopes.pop()
        self.depth -= 1
        if (id(schema), id(value)) in self.under_way:
            self.under_way.remove((id(schema), id(value)))
            # What depends on siblings further out may differ at the next meeting.
            if self.reached >= len(self.scopes):
                self.seen[self._key(schema, value)] = (value, outcome)
        self.named = scope.named
        self.reached = min(self.reached, scope.reached)
        return outcome

    def _key(self, schema: Named, value: object) -> tuple[int, int, bool, int]:
        # With the depth, since the same value may fit further up and be too deep here.
        return (id(schema), id(value), self.strip, self.depth)

    def name(self, schema: Named) -> Mapping[str, Any]:
        """Let `lazy` find *schema* by its id; return the names as they were before."""
        before = self.named
        if schema.id is not None:
            self.named = {**before, schema.id: schema}
        return before

    @property
    def in_field(self) -> bool:
        """Whether the value that is checked is what stands in one field, and not deeper."""
        return self.fields and self.depth == 1

    def sibling(self, levels: int, key: str) -> Any:
        """Return what lies at *key* in the container *levels* up (1: the one around), or MISSING."""
        index = len(self.scopes) - levels
        self.reached = min(self.reached, index)
        if index < 0:
            return MISSING
        scope = self.scopes[index]
        validated = member(scope.out, key)
        return member(scope.raw, key) if validated is MISSING else validated


def member(value: Any, key: str) -> Any:
    """Return what lies in *value* at *key* (in a list: an index), or MISSING."""
    if issubclass(type(value), dict):
        return dict.get(value, key, MISSING)
    if isinstance(value, Mapping):
        return value.get(key, MISSING)
    is_index = type(value) is list and key.isascii() and key.isdigit() and len(key) < 10
    return value[int(key)] if is_index and int(key) < len(value) else MISSING


def too_deep() -> Failure:
    """Return the failure of a value that is nested too deeply."""
    return fail(messages.DEPTH, {"limit": MAX_DEPTH})
