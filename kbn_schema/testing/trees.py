"""This module makes of a schema what its values are drawn from: a node for each schema, once.

Nothing is drawn here, and nothing recurses: nodes wait in a row until they are told what they are made of.
So the time is in proportion to the number of schemas, however they share others or lead back to themselves.
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis.errors import InvalidArgument, StopTest, Unsatisfiable, UnsatisfiedAssumption
from hypothesis.strategies import DrawFn, SearchStrategy

from kbn_schema.json_schema.presence import Presence
from kbn_schema.kinds.array_of import ArraySchema
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.definition import speaks
from kbn_schema.kinds.lazy import LazySchema
from kbn_schema.kinds.literal import LiteralSchema
from kbn_schema.kinds.options import T
from kbn_schema.kinds.string import StringSchema
from kbn_schema.makers import Makers
from kbn_schema.missing import MISSING
from kbn_schema.problems import Failure
from kbn_schema.references import Reference, SiblingRef
from kbn_schema.run import MAX_DEPTH, Run
from kbn_schema.testing.containers import MAX_SIZE
from kbn_schema.testing.hand import Hand, NothingFound, Scenery
from kbn_schema.testing.heights import INFINITE, NOTHING_NEEDED, Need, circular, heights, reversed_, sizes
from kbn_schema.testing.naming import require_strategies, shown
from kbn_schema.testing.nodes import HEAVIEST, Leaf, Node, Shape
from kbn_schema.testing.texts import MAX_LENGTH
from kbn_schema.testing.unions import Optional
from kbn_schema.testing.values import PLAIN, Faults, Values, plain_values
from kbn_schema.testing.writer import StrategyWriter

# By schema or id; a mapping of one sort of schema is none of all schemas to a type checker.
Given = Mapping[Any, SearchStrategy[Any]]
# Fewer than those after which Hypothesis says that there is too much filtering.
MAX_ATTEMPTS: Final = 40
# What is larger in any case is more than Hypothesis draws.
MAX_CONTAINERS: Final = 5_000


class Tree:
    """A schema, and all that stands in it or behind it, ready to be drawn from.

    Args:
        spelled: Whether texts that stand for something else are drawn, too.
        using: What is drawn instead, by schema or its id.

    Raises:
        InvalidArgument: a kind of a third party says nothing of its values; *using* names what is not there,
            or has no strategy for it.
        SchemaDefinitionError: a `lazy` in there leads nowhere.
    """

    def __init__(
        self,
        schema: Schema[Any],
        context: Mapping[str, Any],
        *,
        spelled: bool = True,
        using: Given | None = None,
    ) -> None:
        self.schema: Schema[Any] = schema
        self.context: Mapping[str, Any] = context
        self.spelled: bool = spelled
        self._using: Given = using or {}
        self._makers = Makers()
        self._presence = Presence(True, self._makers)
        self._above = survey(schema, self._makers)
        self._free = free_names(self._above)
        self._nodes: dict[Any, Node] = {}
        self._hints: dict[str, list[Any]] = {}
        self._waiting: deque[Node] = deque()
        self.root: Node = self.node(schema, {})
        self._build()
        self._require_used()
        self._in_vain: int = 0
        self._has_drawn: bool = False
        self._measure()
        self._scenery: Scenery | None = self._read()

    def node(self, schema: Schema[Any], named: Mapping[str, Any]) -> Node:
        """Return the node of *schema* where the schemas *named* are around it."""
        # Only the names that are asked for in there: else what is shared had a node for each way to it.
        around = {name: named[name] for name in self._free.get(schema, ()) if name in named}
        key = (schema, *sorted((name, id(target)) for name, target in around.items()))
        if key not in self._nodes:
            self._nodes[key] = Node(schema, around, self._given(schema))
            self._waiting.append(self._nodes[key])
        return self._nodes[key]

    def may_be_absent(self, schema: Schema[Any]) -> bool:
        """Return whether *schema* takes a missing value, as far as that is known without one."""
        return self._presence.may_be_absent(schema)

    def once(self, make: Callable[[], Any], made: Any) -> Any:
        """Return what *make* was the first to make, see `Makers`."""
        return self._makers.once(make, made)

    def hand(self, draw: DrawFn, *, writes: bool = False) -> Hand:
        """Return a hand that draws one value."""
        return Hand(draw, self.context, self._scenery, writes)

    def require_value(self) -> None:
        """Raise `Unsatisfiable` if no value fits."""
        root = self.root
        if not root.has_values:
            raise Unsatisfiable(f"no value fits {shown(self.schema)}{self._excess()}")
        if root.height > MAX_DEPTH:
            raise Unsatisfiable(
                f"all that fits {shown(self.schema)} is nested more than {MAX_DEPTH} levels deep"
            )
        if root.size > MAX_CONTAINERS:
            raise Unsatisfiable(
                f"all that fits {shown(self.schema)} has more than {MAX_CONTAINERS} objects and lists in it"
            )

    def _excess(self) -> str:
        """Return what has to be larger than what is drawn, so that there might be values all the same."""
        excess = next((schema for schema in self._above if _is_excessive(schema)), None)
        return "" if excess is None else f" and is small enough to be drawn: see {shown(excess)}"

    @property
    def may_be_missing(self) -> bool:
        """Whether the root is `maybe`."""
        return isinstance(self.root.shape, Optional)

    def require_fault(self) -> None:
        """Raise `Unsatisfiable` if there is nothing that does not fit."""
        if not self.root.can_break:
            raise Unsatisfiable(f"{shown(self.schema)} refuses no value")

    def _given(self, schema: Schema[Any]) -> SearchStrategy[Any] | None:
        if schema in self._using:
            return self._using[schema]
        return self._using.get(schema.id) if schema.id is not None else None

    def _build(self) -> None:
        while self._waiting:
            node = self._waiting.popleft()
            schema = node.schema
            named = node.named if schema.id is None else {**node.named, schema.id: schema}
            writer = StrategyWriter(self, named)
            node.shape = self._shape(node, writer)
            node.shape.node = node

    def _shape(self, node: Node, writer: StrategyWriter) -> Shape:
        schema = node.schema
        said = schema.strategy(writer) if speaks(type(schema), "strategy") else writer.custom(schema)
        if isinstance(said, Shape):
            return said
        if isinstance(said, Values):
            return Leaf(said, writer.needed)
        return Leaf(Values(said, lambda: self.refused(schema)), writer.needed)

    def hint(self, name: str, value: Any) -> None:
        """Note that conditions ask whether a prop of this *name* is *value*, or fits that node."""
        if not isinstance(value, Reference):
            self._hints.setdefault(name, []).append(value)

    def custom(self, schema: Schema[Any]) -> Values:
        """Return the values of a kind that does not say them: its examples, and its default."""
        plain = [] if callable(schema.default) or isinstance(schema.default, Reference) else [schema.default]
        known = [value for value in (*schema.examples, *plain) if self._accepts(schema, value)]
        if not known and self._given(schema) is None:
            name = type(schema).__name__
            raise InvalidArgument(
                f"{name} does not say its values: give it a method `strategy`, or this schema examples that "
                "fit, or draw them from a strategy of yours: from_schema(..., using={that_schema: strategy})"
            )
        return Values(plain_values(known), lambda: self.refused(schema))

    def refused(self, schema: Schema[Any]) -> Faults:
        """Return the plain values that *schema* refuses, by what it says of them."""
        found: dict[str, list[Any]] = {}
        for value in PLAIN:
            outcome = schema.outcome(value, Run(self.context))
            if type(outcome) is Failure and not outcome.path:
                found.setdefault(outcome.issues()[0].code, []).append(value)
        return {code: plain_values(values) for code, values in found.items()}

    def _accepts(self, schema: Schema[Any], value: Any) -> bool:
        return value is not MISSING and type(schema.outcome(value, Run(self.context))) is not Failure

    def _require_used(self) -> None:
        known = {*self._above, *(schema.id for schema in self._above)}
        for key in self._using:
            if key not in known:
                name = shown(key) if isinstance(key, Schema) else repr(key)
                raise InvalidArgument(f"using: {name} is neither a schema in there nor the id of one")
        require_strategies(self._using)

    def _measure(self) -> None:
        nodes = list(self._nodes.values())
        needs = {node: node.shape.need() if node.given is None else Need() for node in nodes}
        for node, size in sizes(needs).items():
            node.size = size
        for node, height in heights(needs).items():  # what others need comes before them
            node.height = height
            if node.given is None and height < INFINITE:
                is_constant = isinstance(node.schema, LiteralSchema)
                node.weight = 1 if is_constant else min(node.shape.weigh(), HEAVIEST)
        inside = {node: node.shape.inside() for node in nodes}
        for node in circular(inside):
            node.is_circular = True
        # What has a circle in it or behind it, and in it or before it.
        for node in circular(reversed_(inside)):
            node.recurs = node.is_circular

    def _read(self) -> Scenery | None:
        found = [ref for node in self._nodes.values() for ref in node.schema.own_references()]
        names = frozenset(ref.keys[0] for ref in found if isinstance(ref, SiblingRef))
        return Scenery(names, self._hints) if found else None

    def attempt(self, draw: Callable[[], T]) -> T:
        """Return what *draw* returns.

        Raises:
            NothingFound: It has never returned, however often.
        """
        try:
            drawn = draw()
        except (UnsatisfiedAssumption, StopTest):  # the latter, where a filter of a pattern refuses all
            self._in_vain += 1
            if self._in_vain >= MAX_ATTEMPTS and not self._has_drawn:
                raise NothingFound(
                    f"none of {MAX_ATTEMPTS} values of {shown(self.schema)} came to an end: "
                    "its patterns or conditions leave next to nothing"
                ) from None
            raise
        self._has_drawn = True
        return drawn

    def measure_faults(self) -> None:
        """Tell which nodes can be broken."""
        # What an author's own check refuses, nobody can tell; there may be something.
        needs = {
            node: node.shape.fault_need() if node.schema.validator is None else NOTHING_NEEDED
            for node in self._nodes.values()
        }
        for node, height in heights(needs).items():
            node.can_break = height < INFINITE


def _is_excessive(schema: Schema[Any]) -> bool:
    """Return whether all values of *schema* are larger than what is drawn."""
    if isinstance(schema, ArraySchema):
        return (schema.min_size or 0) > MAX_SIZE
    return isinstance(schema, StringSchema) and (schema.min_length or 0) > MAX_LENGTH


def survey(schema: Schema[Any], makers: Makers) -> dict[Schema[Any], list[Schema[Any]]]:
    """Return the schemas in and behind *schema*, each with those that it is directly inside of."""
    above: dict[Schema[Any], list[Schema[Any]]] = {schema: []}
    order = [schema]
    for current in order:  # it grows meanwhile
        for inside in {*current.children(), *makers.handed_on(current)}:
            if inside not in above:
                above[inside] = []
                order.append(inside)
            above[inside].append(current)
    return above


def free_names(above: Mapping[Schema[Any], list[Schema[Any]]]) -> dict[Schema[Any], set[str]]:
    """Return which ids each schema needs to be around it; *above* is what `survey` returns."""
    free: dict[Schema[Any], set[str]] = {}
    waiting: list[tuple[Schema[Any], str]] = [
        (current, current.target)
        for current in above
        if isinstance(current, LazySchema) and isinstance(current.target, str)
    ]
    while waiting:
        current, name = waiting.pop()
        names = free.setdefault(current, set())
        if name not in names:
            names.add(name)
            waiting.extend((around, name) for around in above[current] if around.id != name)
    return free
