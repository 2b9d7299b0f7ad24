"""This module collects the types of a module's schemas, and names them.

Whatever has a name of its own in the output is a definition: the schemas that the author gave a variable,
objects, recursive schemas, and what would be too long to write in place.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NoReturn

import attrs

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.json_schema.presence import Presence
from kbn_schema.kinds.definition import speaks
from kbn_schema.kinds.options import Side
from kbn_schema.makers import Makers
from kbn_schema.stubs.hints import (
    ANY,
    Fields,
    Hint,
    Named,
    numbers_in,
    pairs_of,
    renumbered,
    size_of,
)
from kbn_schema.stubs.naming import pascal, type_name
from kbn_schema.stubs.writer import Trail, TypeWriter
from kbn_schema.wording import escape

# What is nested deeper, or longer, gets a name: so nothing recurses without end, neither we nor checkers.
# `Presence` needs most of the stack, and is asked on any level.
MAX_LEVELS: Final = 10
MAX_SIZE: Final = 40
# Of names that are made of ways.
MAX_NAME: Final = 100


@attrs.define(eq=False)
class Definition:
    """One named type, or two: that of inputs is another one where *differs*."""

    number: int
    """The index among all that were found; `Named` refers to it."""
    name: str
    """What its type is called; that of inputs has ``Input`` behind it."""
    way: str
    """Where it was found, for errors."""
    schema: Any = attrs.field(repr=False)
    """What it was made of."""
    is_named: bool = False
    """Whether it is written on its own, and not in place."""
    is_root: bool = False
    """Whether the author gave it a variable, or a part of a route."""
    home: str | None = None
    """The module whose types it is imported from, if it is not written here."""
    input: Hint = ANY
    """The type of what may be sent."""
    output: Hint = ANY
    """The type of what `validate` yields."""
    is_done: bool = False
    """Whether both are known; before, it may be met inside of itself."""
    differs: bool = False

    @property
    def input_name(self) -> str:
        """The name of the type of inputs."""
        return f"{self.name}Input" if self.differs else self.name

    @property
    def names(self) -> tuple[str, ...]:
        """All of its names."""
        return (self.name, self.input_name) if self.differs else (self.name,)

    def told(self, side: Side) -> Hint:
        """What others say of a *side* of it: a reference, if it has a name."""
        if self.is_named:
            return Named(self.number)
        return self.input if side == "input" else self.output


class Definitions:
    """The types of one module; *is_json* if they are those of what its clients send and receive.

    Call `name` for all that the author gave names, then `add` for each of them; `finish` makes the rest.
    """

    def __init__(self, *, is_json: bool = False) -> None:
        self.is_json = is_json
        self._all: list[Definition] = []
        self._found: dict[tuple[Any, frozenset[Any]], Definition] = {}
        self._given: dict[Any, tuple[str, str, str | None]] = {}
        self._ids: dict[str, Any] = {}
        self._makers = Makers()
        self._free: dict[Any, frozenset[str]] = {}
        self._waiting: deque[tuple[Definition, Mapping[str, Any]]] = deque()
        self._presence: dict[Side, Presence] = {
            "input": Presence(True, self._makers),
            "output": Presence(False, self._makers),
        }
        self._depth = 0
        self._cut: dict[str, int] = {}
        self._into: dict[int, int] = {}

    def name(self, schema: Any, variable: str, way: str, home: str | None = None) -> None:
        """Call the type of *schema* as the author calls it; the first name of a schema counts.

        Args:
            variable: What the name of the type is made of.
            way: Where it is, for errors.
            home: The module whose types it is imported from.
        """
        self._given.setdefault(schema, (type_name(variable), way, home))
        for name, one in schema.ids.items():
            # Parts of a schema may stand alone, away from what their `lazy` mean.
            self._ids[name] = one if self._ids.setdefault(name, one) is one else None

    def add(self, schema: Any) -> Definition:
        """Return the definition of a *schema* that was named.

        Raises:
            KeyError: It was not.
            SchemaDefinitionError: A `lazy` in there leads nowhere.
        """
        name, way, _ = self._given[schema]
        return self._definition(schema, Trail(name, way), {})

    def finish(self, roots: Iterable[Definition]) -> list[Definition]:
        """Return *roots* and all that they refer to, each after what it refers to, as far as that goes.

        Raises:
            SchemaDefinitionError: Two different ones have the same name.
        """
        while self._waiting:
            self._fill(*self._waiting.popleft())
        roots = list(roots)
        self._settle_names()
        self._merge(self._reached(roots))
        reached = self._reached([self.settled(root) for root in roots])
        self._tell_sides_apart(reached)
        _require_distinct(reached)
        return reached

    def settled(self, definition: Definition) -> Definition:
        """Return what *definition* has become, once all is finished: it may be one with another."""
        number = definition.number
        while number in self._into:
            number = self._into[number]
        return self._all[number]

    def hint(self, schema: Any, side: Side, trail: Trail, named: Mapping[str, Any]) -> Hint:
        """Return what is said of a *side* of *schema* where *trail* led.

        *named* are the schemas around that place by id.
        """
        return self._definition(schema, trail, named).told(side)

    def reference(
        self, schema: Any, side: Side, trail: Trail, named: Mapping[str, Any], name: str | None
    ) -> Hint:
        """Return what is said of a *side* of a *schema* that stands elsewhere, and may be around this place.

        *trail* led here, where *named* are the schemas around by id; *name* is that of the function that gave
        it.
        """
        if name is not None:
            trail = Trail(type_name(name), f"{name}()")
        return self.hint(schema, side, trail, named)

    def may_be_absent(self, schema: Any, side: Side) -> bool:
        """Return whether *schema* takes a missing value; on the *side* ``"output"``, if it yields one."""
        return self._presence[side].may_be_absent(schema)

    def once(self, make: Callable[[], Any], made: Any) -> Any:
        """Return what *make* was the first to make, or a function that is the same; now it *made* this.

        Raises:
            SchemaDefinitionError: There is no end of such functions.
        """
        return self._makers.once(make, made)

    def content(self, hint: Hint, side: Side) -> Hint:
        """Return what *hint* says, and where it refers to a definition, what that *side* of it says."""
        while isinstance(hint, Named):
            definition = self._all[hint.number]
            if not definition.is_done:
                break
            hint = definition.input if side == "input" else definition.output
        return hint

    def step(self, trail: Trail, name: str) -> Trail:
        """Return the *trail* one step on, to what is called *name* there; a long one is cut, and numbered."""
        longer = trail.name + pascal(name)
        if len(longer) > MAX_NAME:
            root = trail.way.partition(".")[0]
            self._cut[root] = self._cut.get(root, 0) + 1
            longer = f"{type_name(root)}Deep{self._cut[root]}"
        return Trail(longer, f"{trail.way}.{name}" if len(trail.way) < MAX_NAME else trail.way)

    def _definition(self, schema: Any, trail: Trail, named: Mapping[str, Any]) -> Definition:
        free = self._free_ids(schema)
        meant = {name: named.get(name, self._ids.get(name)) for name in free}
        around = {name: found for name, found in meant.items() if found is not None}
        key = (schema, frozenset(around.items()))
        definition = self._found.get(key)
        if definition is None:
            definition = self._found[key] = self._make(schema, trail)
            if self._depth >= MAX_LEVELS:
                definition.is_named = True
                self._waiting.append((definition, around))
            else:
                self._fill(definition, around)
        elif not definition.is_done:
            definition.is_named = True  # it is inside of itself
        return definition

    def _make(self, schema: Any, trail: Trail) -> Definition:
        given = self._given.get(schema)
        if given is not None:
            name, way, home = given
            definition = Definition(len(self._all), name, way, schema, is_named=True, is_root=True, home=home)
        else:
            name = trail.name if schema.id is None else type_name(schema.id)
            definition = Definition(len(self._all), name, trail.way, schema, is_named=schema.id is not None)
        self._all.append(definition)
        return definition

    def _fill(self, definition: Definition, named: Mapping[str, Any]) -> None:
        schema = definition.schema
        if schema.id is not None:
            named = {**named, schema.id: schema}
        self._depth += 1
        trail = Trail(definition.name, definition.way)
        definition.input = _content(schema, TypeWriter(self, "input", trail, named))
        definition.output = _content(schema, TypeWriter(self, "output", trail, named))
        self._depth -= 1
        definition.is_done = True
        for content in (definition.input, definition.output):
            if isinstance(content, Fields) or size_of(content, MAX_SIZE) > MAX_SIZE:
                definition.is_named = True

    def _free_ids(self, schema: Any) -> frozenset[str]:
        """The ids that `lazy` schemas in *schema* mean, of schemas around it."""
        waiting = [schema]
        while waiting:
            current = waiting[-1]
            missing = [child for child in current.children() if child not in self._free]
            if current in self._free or not missing:
                waiting.pop()
                target = getattr(current, "target", None)
                own = {target} if isinstance(target, str) and current.combinator == "lazy" else set[str]()
                free = own.union(*(self._free[child] for child in current.children()))
                self._free[current] = frozenset(free - {current.id})
            else:
                waiting.extend(missing)
        return self._free[schema]

    def _settle_names(self) -> None:
        """Tell apart what is found on one way, such as a `nullable` and the object in it."""
        taken: set[tuple[str, str]] = set()
        for definition in self._all:
            if not definition.is_named:
                continue
            inner = self._all[self._only(definition)]
            if inner is not definition and (inner.name, inner.way) == (definition.name, definition.way):
                definition.input, definition.output, definition.schema = (
                    inner.input,
                    inner.output,
                    inner.schema,
                )
                self._into[inner.number] = definition.number
            while (definition.name, definition.way) in taken and definition.number not in self._into:
                definition.name += "Value"
            taken.add((definition.name, definition.way))

    def _only(self, definition: Definition) -> int:
        """The number of what *definition* is another name for; else its own."""
        content = definition.input
        if isinstance(content, Named) and content == definition.output:
            return content.number
        return definition.number

    def _merge(self, reached: list[Definition]) -> None:
        """Let those that have one name and say the same be one."""
        first: dict[str, Definition] = {}
        for definition in sorted(reached, key=lambda one: (not one.is_root, one.number)):
            other = first.setdefault(definition.name, definition)
            if other is not definition and self._is_alike(other, definition):
                self._into[definition.number] = other.number
        if self._into:
            for definition in self._all:
                definition.input = renumbered(definition.input, self._into)
                definition.output = renumbered(definition.output, self._into)

    def _is_alike(self, one: Definition, other: Definition) -> bool:
        """Whether two say the same, as deep as they refer to others."""
        waiting = [(one, other)]
        met: set[tuple[int, int]] = set()
        while waiting:
            left, right = waiting.pop()
            if left is right or (left.number, right.number) in met:
                continue
            met.add((left.number, right.number))
            for one_hint, other_hint in ((left.input, right.input), (left.output, right.output)):
                pairs = pairs_of(one_hint, other_hint)
                if pairs is None:
                    return False
                waiting.extend((self._all[first], self._all[second]) for first, second in pairs)
        return True

    def _reached(self, roots: Iterable[Definition]) -> list[Definition]:
        """*roots* and what they refer to, each after what it refers to; what is imported leads no further."""
        reached: dict[int, None] = {}
        entered: set[int] = set()
        for root in roots:
            waiting = [root]
            while waiting:
                current = waiting[-1]
                following = [] if current.number in entered else self._following(current)
                entered.add(current.number)
                following = [one for one in following if one.number not in entered]
                if following:
                    waiting.extend(reversed(following))
                else:
                    reached[waiting.pop().number] = None
        return [self._all[number] for number in reached]

    def _following(self, definition: Definition) -> list[Definition]:
        if definition.home is not None:
            return []
        return [self._all[number] for number in numbers_in(definition.output) + numbers_in(definition.input)]

    def _tell_sides_apart(self, reached: list[Definition]) -> None:
        """Note whose inputs differ: in themselves, or in what they refer to."""
        behind: dict[int, list[Definition]] = {}
        waiting: list[Definition] = []
        everything = self._everything(reached)
        for definition in everything:
            if definition.input != definition.output:
                waiting.append(definition)
            for number in numbers_in(definition.input):
                behind.setdefault(number, []).append(definition)
        while waiting:
            definition = waiting.pop()
            if not definition.differs:
                definition.differs = True
                waiting.extend(behind.get(definition.number, ()))

    def _everything(self, reached: list[Definition]) -> list[Definition]:
        """*reached*, and what is behind those that are imported."""
        homes = [(definition, definition.home) for definition in reached if definition.home is not None]
        for definition, _ in homes:
            definition.home = None
        everything = self._reached(reached)
        for definition, home in homes:
            definition.home = home
        return everything


def _content(schema: Any, out: TypeWriter) -> Hint:
    return schema.hint(out) if speaks(type(schema), "hint") else out.output_of(type(schema))


def _require_distinct(reached: list[Definition]) -> None:
    taken: dict[str, Definition] = {}
    for definition in reached:
        for name in definition.names:
            other = taken.setdefault(name, definition)
            if other is not definition:
                _refuse_clash(name, other, definition)


def _refuse_clash(name: str, one: Definition, other: Definition) -> NoReturn:
    mend = "give one of the schemas an id, or a variable of its own in the module"
    if all(definition.is_root or definition.schema.id is not None for definition in (one, other)):
        mend = "rename one of them"  # each has a name of its own
    ways = f"that of [{one.way}] and that of [{other.way}]"
    raise SchemaDefinitionError(escape(f"two types would be called [{name}]: {ways}; {mend}"))
