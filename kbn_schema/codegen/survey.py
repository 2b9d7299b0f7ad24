"""Walk the plans of a schema before anything is written.

The survey finds what `lazy` stands for, which nodes are met more than once and become functions of
their own, and stops where a tree is too large to be worth compiling.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.plan import (
    Anything,
    Call,
    Choice,
    Entries,
    Items,
    Leaf,
    Members,
    Named,
    Plan,
    Same,
    Tagged,
)

MAX_NODES: Final = 20_000
MAX_HOPS: Final = 100
MAX_FAR: Final = 20  # callables of `lazy` that are called to look ahead, one behind the other

Names = Mapping[str, Any]


class Node:
    """A schema at a place, its *plan* (None: left to `check`), and its *children* in the plan's order."""

    __slots__ = ("children", "met", "plan", "schema")

    def __init__(self, schema: Any, plan: Plan | None) -> None:
        self.schema: Any = schema
        self.plan: Plan | None = plan
        self.children: tuple[Node, ...] = ()
        self.met: int = 0

    @property
    def is_container(self) -> bool:
        """Whether it is worth a function of its own."""
        return isinstance(self.plan, (Members, Items, Entries, Choice, Tagged))

    @property
    def judges(self) -> bool:
        """Whether the author's own check of the whole has to be asked."""
        return self.schema.validator is not None

    def reachable(self) -> "Iterator[Node]":
        """Yield the nodes below, each once; this one only if it is inside itself."""
        met: set[int] = set()
        waiting = list(reversed(self.children))
        while waiting:
            node = waiting.pop()
            if id(node) not in met:
                met.add(id(node))
                yield node
                waiting.extend(reversed(node.children))


class Survey:
    """The nodes of one schema, from the *root* on.

    *judging* tells whether the author's own checks are called anywhere.
    """

    def __init__(self, schema: Any) -> None:
        self._nodes: dict[tuple[int, tuple[tuple[str, int], ...]], Node] = {}
        self._waiting: list[tuple[Node, Names]] = []
        self._kept: list[Any] = []  # or an id could be given to another schema
        self._astray = False
        self._plans: dict[int, Plan | None] = {}
        self._names = self._look(schema)
        self.root: Node = self._node(schema, {})
        while self._waiting:
            node, names = self._waiting.pop()
            node.children = tuple(self._node(child, names) for child in _inside(node.plan))
        # Where a `lazy` leads nowhere, all is left to `check`, which tells the author of it.
        if self._astray:
            self.root = Node(schema, None)
        self.judging: bool = any(node.judges for node in self._nodes.values())

    def _look(self, schema: Any) -> frozenset[str]:
        """Ask everything in the tree for its plan; return the ids that some `lazy` refers to."""
        names: set[str] = set()
        targets: list[Any] = []
        waiting = deque([(schema, 0)])
        while waiting:
            met, far = waiting.popleft()
            if id(met) in self._plans or len(self._plans) > MAX_NODES:
                continue
            self._kept.append(met)
            # A callable may return a new schema at each call, without an end.
            plan = self._plans[id(met)] = self._asked(met) if far < MAX_FAR else None
            if isinstance(plan, Named):
                names.add(plan.name)
            if isinstance(plan, Same):
                waiting.append((plan.of, far + plan.beyond))
                targets.extend([plan.of] if plan.beyond else [])
            else:
                inside = met.children() if plan is None and far < MAX_FAR else _inside(plan)
                waiting.extend((child, far) for child in inside)
        targets.extend(met for met in self._kept if met.id in names)
        # What it reads from further out was not reckoned with in the order of props.
        self._astray = self._astray or any(target.references() for target in targets)
        return frozenset(names)

    def _asked(self, schema: Any) -> Plan | None:
        try:
            return plan_of(schema)
        except (SchemaDefinitionError, RecursionError):
            self._astray = True
            return None

    def _node(self, schema: Any, names: Names) -> Node:
        judge, plan = self._followed(schema, names)
        key = (id(judge), tuple(sorted((name, id(named)) for name, named in names.items())))
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = Node(judge, plan if len(self._nodes) < MAX_NODES else None)
            inside = {**names, judge.id: judge} if judge.id in self._names else names
            self._waiting.append((node, inside))
        node.met += 1
        return node

    def _followed(self, schema: Any, names: Names) -> tuple[Any, Plan | None]:
        """Return the schema that judges a value that is there, and its plan."""
        judge = schema
        for _ in range(MAX_HOPS):
            plan = self._plans.get(id(judge))
            if not isinstance(plan, (Same, Named)):
                return judge, plan
            target = plan.of if isinstance(plan, Same) else _found(plan, names)
            if target is None:
                self._astray = True
                break
            judge = target
        return schema, None


def plan_of(schema: Any) -> Plan | None:
    """Return the plan of *schema*, or None if it has to be left to `check`.

    Raises:
        SchemaDefinitionError: a `lazy` leads nowhere.
        RecursionError: its callable calls itself.
    """
    # A subclass may have changed the meaning: a plan speaks for the class that states it.
    if "plan" not in vars(type(schema)):
        return None
    plan: Plan | None = schema.plan()
    if schema.validator is None:
        return plan
    if isinstance(plan, (Leaf, Anything)):
        return Call()
    return None if isinstance(plan, (Choice, Tagged)) else plan


def _found(plan: Named, names: Names) -> Any:
    target = names.get(plan.name)
    try:
        if target is not None:
            plan.require(target)
    except SchemaDefinitionError:
        return None
    return target


def _inside(plan: Plan | None) -> Iterator[Any]:
    if isinstance(plan, Members):
        yield from (prop.schema for prop in plan.props)
    elif isinstance(plan, Items):
        yield plan.item
    elif isinstance(plan, Entries):
        yield plan.key
        yield plan.value
    elif isinstance(plan, Choice):
        yield from plan.alternatives
    elif isinstance(plan, Tagged):
        yield from plan.branches.values()
        if plan.fallback is not None:
            yield plan.fallback
