"""The state of one validation: context, what is inherited, how deep it is, what was seen before."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from kbn_schema import messages
from kbn_schema.exact import TEXT_KEYED, exact_items
from kbn_schema.missing import MISSING
from kbn_schema.problems import Failure, fail

MAX_DEPTH: Final = 200
# Containers that are checked before results are remembered. No honest value outside a
# union is met twice, and remembering each costs memory.
REMEMBER_AFTER: Final = 10_000
OUTERMOST: Final = 1 << 30
CONTAINERS: Final = (dict, list, tuple)
UNKNOWN: Final = (None, MISSING)
NOTHING: Final[Mapping[str, Any]] = {}


class Named(Protocol):
    """What is asked of a schema here."""

    @property
    def id(self) -> str | None: ...


class Resumed(Protocol):
    """A container on the way down, see `Scope`."""

    out: Any
    raw: Any
    named: Mapping[str, Any]


class Scope:
    """One container on the way down: its output so far, and what `Run.leave` puts back.

    *raw* is what came in, in exact types: Joi's references read it where nothing was
    validated, such as a key without a prop.
    """

    __slots__ = ("named", "out", "raw", "reached")

    def __init__(
        self,
        out: dict[Any, Any] | list[Any],
        raw: Mapping[str, Any] | list[Any],
        named: Mapping[str, Any],
        reached: int,
    ) -> None:
        self.out: dict[Any, Any] | list[Any] = out
        self.raw: Mapping[str, Any] | list[Any] = raw
        self.named: Mapping[str, Any] = named
        self.reached: int = reached


Mark = tuple[
    int,
    list[Any],
    int,
    Mapping[str, Any],
    bool,
    bool,
    tuple[Any, ...],
    int,
    int,
    "set[tuple[int, int]] | None",
]


class Memory:
    """What was met before, by the ids of a schema and a value, and the containers under way."""

    __slots__ = ("parsed", "seen", "under_way")

    def __init__(self) -> None:
        self.seen: dict[tuple[int, int, bool, int], tuple[object, Any]] = {}
        self.under_way: set[tuple[int, int]] = set()
        self.parsed: dict[int, tuple[str, Any]] = {}


class Run:
    """What `check` hands down unchanged; made anew for each `validate`.

    Args:
        context: What `context_ref` reads.
        strip: Whether objects that state no `unknowns` drop unknown keys.
        optional: Whether nothing is required, as in `validate_key`.
        fields: Whether the value is a dict of fields, as of a query: texts, or lists of them.
    """

    __slots__ = (
        "branching", "context", "depth", "fields", "hollow", "memory", "named", "optional", "reached",
        "scopes", "strip", "visits", "work",
    )  # fmt: skip

    def __init__(
        self, context: Mapping[str, Any], strip: bool = False, optional: bool = False, fields: bool = False
    ) -> None:
        self.context: Mapping[str, Any] = context
        self.fields: bool = fields
        self.strip: bool = strip
        self.optional: bool = optional
        self.depth: int = 0
        """How many levels down the value is: of containers around it, at most 200."""
        self.scopes: list[Any] = []
        """The containers around it from the root of references on, each a `Scope`, or what stands for one."""
        self.named: Mapping[str, Any] = NOTHING
        """The schemas around it by id, for `lazy`."""
        self.hollow: tuple[Any, ...] = ()
        """What a missing value was asked for already, see `LazySchema.check`."""
        self.reached: int = OUTERMOST
        """The index of the outermost scope that a sibling reference read; `OUTERMOST` where none did."""
        self.branching: int = 0
        """How many levels of unions the value is in."""
        self.visits: int = 0
        """How many times `enter` found room for a container."""
        self.work: int = 0
        """How many values inside containers were checked."""
        self.memory: Memory | None = None
        """What was met before; most values end without one."""

    @property
    def parsed(self) -> dict[int, tuple[str, Any]]:
        """JSON texts that were met, and what they spell, by the id of the text; see `parse_json`."""
        return self._remembering().parsed

    def enter(
        self,
        schema: Named,
        value: object,
        out: dict[Any, Any] | list[Any],
        raw: dict[str, Any] | list[Any] | None = None,
    ) -> Any:
        """Go one level down into *value*, or return what is known of it already.

        Args:
            schema: The schema that checks it.
            value: A container.
            out: Its output, to be filled while it is checked: sibling references read it.
            raw: The value in exact types; they read it where nothing is validated, such as a key without a
                prop.

        Returns:
            MISSING when `leave` has to be called; anything else is the outcome: a failure if the value is
            nested too deeply (or contains itself), or what the same schema made of the same value before (the
            same object: where a caller's value is in two places, so may the output be). Remembering keeps the
            cost of nested unions linear: without it, each level doubles the work of the level below.
        """
        if self.depth >= MAX_DEPTH:
            return too_deep()
        self.visits += 1
        if self.branching or self.visits > REMEMBER_AFTER:
            known = self._recall(schema, value)
            if known is not MISSING:
                return known
        self.depth += 1
        self.scopes.append(Scope(out, NOTHING if raw is None else raw, self.named, self.reached))
        self.reached = OUTERMOST
        if schema.id is not None:
            self.name(schema)
        return MISSING

    def _recall(self, schema: Named, value: object) -> Any:
        memory = self._remembering()
        met = memory.seen.get(self._key(schema, value))
        if met is not None:
            return met[1]
        if (id(schema), id(value)) in memory.under_way:
            return too_deep()  # it contains itself
        memory.under_way.add((id(schema), id(value)))
        return MISSING

    def _remembering(self) -> Memory:
        if self.memory is None:
            self.memory = Memory()
        return self.memory

    def leave(self, schema: Named, value: object, outcome: Any) -> Any:
        """Come back up with the *outcome* of *schema* for *value*, and return it."""
        scope = self.scopes.pop()
        self.depth -= 1
        if self.memory is not None:
            self._remember(self.memory, schema, value, outcome)
        self.named = scope.named
        if scope.reached < self.reached:
            self.reached = scope.reached
        return outcome

    def _remember(self, memory: Memory, schema: Named, value: object, outcome: Any) -> None:
        if (id(schema), id(value)) not in memory.under_way:
            return
        memory.under_way.remove((id(schema), id(value)))
        # What depends on siblings further out may differ at the next meeting.
        if self.reached >= len(self.scopes):
            memory.seen[self._key(schema, value)] = (value, outcome)

    def recall_choice(self, schema: Named, value: object) -> Any:
        """Return what *schema*, a union, made of *value* before, or MISSING.

        Only inside of another union, whose alternatives may all lead to *schema*: each would ask all of
        its alternatives again, and what those know of *value* is not all that they cost.
        """
        if not self.branching or self.memory is None or not issubclass(type(value), CONTAINERS):
            return MISSING
        return self.memory.seen.get(self._key(schema, value), UNKNOWN)[1]

    def remember_choice(self, schema: Named, value: object, outcome: Any, reached: int) -> Any:
        """Return the *outcome* of the union *schema* for *value*, which is kept inside of another union.

        Before it was asked, *reached* was the index of the outermost scope that had been read.
        """
        if self.branching and self.reached >= len(self.scopes) and issubclass(type(value), CONTAINERS):
            self._remembering().seen[self._key(schema, value)] = (value, outcome)
        self.reached = min(self.reached, reached)
        return outcome

    def _key(self, schema: Named, value: object) -> tuple[int, int, bool, int]:
        # With the depth, since the same value may fit further up and be too deep here.
        return (id(schema), id(value), self.strip, self.depth)

    def go_on(self, schema: Named, left: "Resumed") -> None:
        """Go one level down into what compiled code *left* for *schema* to check; it stands for the scope."""
        left.named = self.named
        self.depth += 1
        self.scopes.append(left)
        if schema.id is not None:
            self.name(schema)

    def come_back(self, left: "Resumed") -> None:
        """Come back up from where `go_on` went with *left*."""
        self.scopes.pop()
        self.depth -= 1
        self.named = left.named

    def mark(self) -> "Mark":
        """Return how things stand, for `put_back`."""
        under_way = None if self.memory is None else self.memory.under_way.copy()
        return (
            self.depth, self.scopes, len(self.scopes), self.named, self.strip, self.optional, self.hollow,
            self.reached, self.branching, under_way,
        )  # fmt: skip

    def put_back(self, mark: "Mark", schema: Named, value: object, outcome: Any) -> None:
        """Let all stand as it did at *mark*, after *schema* raised for *value*, which has that *outcome*."""
        scopes, reached = self.scopes, self.reached
        (
            self.depth, self.scopes, level, self.named, self.strip, self.optional, self.hollow,
            self.reached, self.branching, under_way,
        ) = mark  # fmt: skip
        # What raised may have read siblings further out; those of an entry of a record count from there.
        read = [scope.reached for scope in self.scopes[level:] if type(scope) is Scope]
        reached = min([*read, reached if scopes is self.scopes else OUTERMOST])
        self.reached = min(self.reached, reached)
        del self.scopes[level:]
        if self.memory is not None:
            self.memory.under_way = set() if under_way is None else under_way
            if reached >= level:
                self.memory.seen[self._key(schema, value)] = (value, outcome)

    def name(self, schema: Named) -> Mapping[str, Any]:
        """Let `lazy` find *schema* by its id; return the names as they were before."""
        before = self.named
        if schema.id is not None:
            self.named = {**before, schema.id: schema}
        return before

    @property
    def in_field(self) -> bool:
        """Whether the value that is checked is what stands in one field, and not deeper."""
        in_list = bool(self.scopes) and type(self.scopes[0].out) is list
        return self.fields and self.depth == 1 and not in_list

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
        return _member_of_dict(value, key)
    if issubclass(type(value), Mapping):  # not isinstance, which asks the value for its class
        return value.get(key, MISSING)
    is_index = type(value) is list and key.isascii() and key.isdigit() and len(key) < 10
    return value[int(key)] if is_index and int(key) < len(value) else MISSING


def _member_of_dict(value: Any, key: str) -> Any:
    # A key that is no text, or lies about being one, could claim to equal any.
    if type(value) is dict and value.__sizeof__() in TEXT_KEYED:
        return value.get(key, MISSING)
    items = exact_items(value) or ()
    return next((item for name, item in items if type(name) is str and name == key), MISSING)


def too_deep() -> Failure:
    """Return the failure of a value that is nested too deeply."""
    return fail(messages.DEPTH, {"limit": MAX_DEPTH})
