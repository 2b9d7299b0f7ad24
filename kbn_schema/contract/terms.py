"""This module names the terms of a contract that stand apart: those with an id, recursive and large ones."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from kbn_schema.contract.facts import Facts, well_formed
from kbn_schema.contract.writer import Term, TermWriter
from kbn_schema.json_schema.naming import names_of
from kbn_schema.json_schema.presence import Presence
from kbn_schema.json_schema.survey import apart
from kbn_schema.json_schema.writer import Definition
from kbn_schema.makers import Makers

# Of terms in one part of a route; what is met twice in larger ones is told once.
MAX_SIZE: Final = 2_000

# What the ids mean that a schema refers to, and has not itself.
Meaning = frozenset[tuple[str, Any]]


class Terms:
    """The terms of one contract.

    Survey all roots first, then add them; `finish` makes all references right.
    """

    def __init__(self) -> None:
        self.facts: Facts = Facts()
        self._makers = Makers()
        self._presence = Presence(True, self._makers)
        self._apart: set[Any] = set()
        self._free: dict[Any, frozenset[str]] = {}
        self._numbers: dict[tuple[Any, Meaning], int] = {}
        self._found: list[Definition] = []
        self._waiting: deque[tuple[Definition, Any, Mapping[str, Any]]] = deque()
        self._roots = Definition("")

    def survey(self, schema: Any) -> None:
        """Find out what of *schema* has to stand apart.

        Raises:
            SchemaDefinitionError: A `lazy` in there gives no schema, or another one without end.
        """
        self._apart |= apart(schema, self._makers, MAX_SIZE)
        self._free |= _free_ids(schema, self._makers)

    def add(self, schema: Any) -> Term:
        """Return the term of *schema*.

        Raises:
            SchemaDefinitionError: A `lazy` in there, or behind it, leads nowhere.
        """
        term = TermWriter(self, self._roots, {}).term(schema)
        while self._waiting:
            definition, named_schema, named = self._waiting.popleft()
            definition.content = TermWriter(self, definition, named).content(named_schema)
        return term

    def finish(self) -> dict[str, Term]:
        """Return the terms that references lead to, by name."""
        names = names_of(self._found)
        for definition in (self._roots, *self._found):
            for holder, key in definition.slots:
                holder[key] = names[holder[key]]
        named = {name: definition.content for name, definition in zip(names, self._found, strict=True)}
        return {name: named[name] for name in sorted(named)}

    def number(self, schema: Any, named: Mapping[str, Any], name: str | None) -> int:
        """Return the number of the named term of *schema*, where *named* are around it.

        *name* is what it is called where it has no id; the first that is given counts.
        """
        means = {free: named[free] for free in self._free.get(schema, ()) if free in named}
        key = (schema, frozenset(means.items()))
        if key not in self._numbers:
            self._numbers[key] = len(self._found)
            called = schema.id or name or schema.title or schema.combinator
            definition = Definition(well_formed(called))
            self._found.append(definition)
            self._waiting.append((definition, schema, named))
        number = self._numbers[key]
        if name is not None and self._found[number].name == schema.combinator:
            self._found[number].name = well_formed(schema.id or name)
        return number

    def may_be_absent(self, schema: Any) -> bool:
        """Whether *schema* takes a missing value."""
        return self._presence.may_be_absent(schema)

    def is_apart(self, schema: Any) -> bool:
        """Whether *schema* is told once, wherever it stands."""
        return schema.id is not None or schema in self._apart

    def once(self, make: Callable[[], Any], made: Any) -> Any:
        """Return what *make* was the first to make, see `Makers`."""
        return self._makers.once(make, made)


def _free_ids(root: Any, makers: Makers) -> dict[Any, frozenset[str]]:
    """The ids that schemas in and behind *root* refer to, and do not have inside; of those that do."""
    around: dict[Any, list[Any]] = {root: []}
    found: list[tuple[Any, str]] = []
    waiting = [root]
    while waiting:
        current = waiting.pop()
        target = getattr(current, "target", None)
        if current.combinator == "lazy" and isinstance(target, str):
            found.append((current, target))
        for inner in {*current.children(), *makers.handed_on(current)}:
            if inner not in around:
                around[inner] = []
                waiting.append(inner)
            around[inner].append(current)
    free: dict[Any, set[str]] = {}
    while found:
        current, name = found.pop()
        names = free.setdefault(current, set())
        if current.id != name and name not in names:
            names.add(name)
            found.extend((outer, name) for outer in around[current])
    return {schema: frozenset(names) for schema, names in free.items()}
