"""The first alternative that fits: by conditions where values are their own outputs, else by type.

An alternative is passed over only if it is certain to refuse, and one is attempted at most. What
fails then is left whole: `check` remembers what it saw, so nested unions do not multiply the work.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from kbn_schema.codegen.conditions import condition, is_type
from kbn_schema.codegen.place import Place
from kbn_schema.codegen.shapes.tagged import write_dispatch
from kbn_schema.codegen.source import Source
from kbn_schema.codegen.survey import Node
from kbn_schema.codegen.writer import Writer
from kbn_schema.plan import (
    JSON_TYPES,
    Anything,
    Call,
    Choice,
    Entries,
    Items,
    Leaf,
    Members,
    Plan,
    Tagged,
    absence_of,
)

MAX_FLAT: Final = 20_000  # alternatives of nested unions
SCALARS: Final = (str, int, float, bool, type(None))
# Where an output may differ from the value, one alternative after the other is attempted.
ATTEMPTED: Final = (str, dict, list)
TRIED: Final[dict[type, tuple[type[Plan], ...]]] = {
    str: (Leaf, Call),
    dict: (Members, Entries, Tagged, Anything),
    list: (Items, Anything),
}


@attrs.frozen
class Arrangement:
    """*kept* are leaves and the types of which each keeps values; *attempted* are nodes by type, in order."""

    kept: tuple[tuple[Leaf, tuple[type, ...]], ...]
    attempted: dict[type, tuple[Node, ...]]


def write(writer: Writer, node: Node, plan: Choice, place: Place) -> None:
    """Keep what a leaf accepts; attempt what may be accepted by another alternative."""
    arrangement = arrange(node)
    conditions = _conditions(arrangement, place.value, writer.source)
    # The author's own checks are called once for each value: not here, and in `check` again.
    attempts = {} if writer.may_judge(node) else arrangement.attempted
    if not attempts and conditions:
        with writer.unless(conditions, place):
            place.leave("")
    elif attempts:
        _write_attempts(writer, conditions, attempts, place)
    else:
        place.leave("")


def _write_attempts(
    writer: Writer, conditions: str, attempts: dict[type, tuple[Node, ...]], place: Place
) -> None:
    out = writer.source
    word = "if"
    if conditions:
        with out.block(f"if {conditions}:"):
            place.keep()
        word = "elif"
    for kind, nodes in attempts.items():
        with out.block(f"{word} {is_type((kind,), place.value)}:"):
            _attempt(writer, nodes, place.forgetting())
        word = "elif"
    with out.block("else:"):
        place.leave("")


def _attempt(writer: Writer, nodes: Sequence[Node], place: Place) -> None:
    """Try the first of *nodes* that is not certain to refuse: what fails then is left, for it may be fine."""
    tagged = _tagged(nodes) if len(nodes) > 1 else None
    if tagged is not None:
        write_dispatch(writer, *tagged, None, place)
    elif len(nodes) > 1 and all(isinstance(node.plan, Members) for node in nodes):
        _attempt_by_keys(writer, nodes, place)
    else:
        writer.value(nodes[0], place)


def _attempt_by_keys(writer: Writer, nodes: Sequence[Node], place: Place) -> None:
    """Pass over the objects that lack a required key."""
    out = writer.source
    required = [_required(node) for node in nodes]
    common = frozenset[str].intersection(*map(frozenset, required))
    own = [[name for name in names if name not in common] for names in required]
    # The first one without a key of its own is attempted on all that gets there.
    last = own.index([]) if [] in own else len(own)

    def write_choice(copy: str) -> None:
        for number, (node, names) in enumerate(zip(nodes[:last], own, strict=False)):
            present = " and ".join(f"{out.bind(name, 'KEY')} in {copy}" for name in names)
            with out.block(f"{'elif' if number else 'if'} {present}:"):
                writer.value(node, place.copied(copy))
        with out.block("else:"):
            if last < len(nodes):
                writer.value(nodes[last], place.copied(copy))
            else:
                place.leave("")

    if last:
        writer.text_keyed(place, write_choice)
    else:
        writer.value(nodes[0], place)


def _required(node: Node) -> list[str]:
    """Return the names of the props without which an object is refused."""
    props = node.plan.props if isinstance(node.plan, Members) else []
    return [prop.name for prop in props if not prop.left and absence_of(prop.schema).required]


def proof(node: Node, value: str, out: Source) -> str:
    """Return the condition under which *value* is its own output; nothing if that is not all to be tried."""
    if isinstance(node.plan, Leaf):
        return condition(node.plan, value, out)
    if isinstance(node.plan, Anything):
        return f"{value} is not MISSING"
    if isinstance(node.plan, Choice):
        arrangement = arrange(node)
        return "" if arrangement.attempted else _conditions(arrangement, value, out)
    return ""


def arrange(node: Node) -> Arrangement:
    """Sort the alternatives by the types of the values that they may accept."""
    kept: list[tuple[Leaf, tuple[type, ...]]] = []
    attempted: dict[type, list[Node]] = {kind: [] for kind in ATTEMPTED}
    # Of a type that is open, every alternative so far refuses what it did not keep or take.
    open_types = set(JSON_TYPES)
    for alternative in _flat(node):
        plan = alternative.plan
        concerned = open_types & (JSON_TYPES if plan is None else plan.takes)
        decided = concerned.intersection(_kept_types(plan))
        if decided:
            kept.append((_as_leaf(plan), tuple(kind for kind in SCALARS if kind in decided)))
        for kind in ATTEMPTED:
            if kind in concerned - decided and isinstance(plan, TRIED[kind]):
                attempted[kind].append(alternative)
        open_types -= concerned - decided - _still_open(plan)
        if isinstance(plan, Leaf) and plan.is_unlimited:
            open_types -= decided  # nothing of these types gets past it
    return Arrangement(tuple(kept), {kind: tuple(nodes) for kind, nodes in attempted.items() if nodes})


def _kept_types(plan: Plan | None) -> tuple[type, ...]:
    if isinstance(plan, Leaf):
        return plan.types
    return SCALARS if isinstance(plan, Anything) else ()


def _as_leaf(plan: Plan | None) -> Leaf:
    return plan if isinstance(plan, Leaf) else Leaf(*SCALARS)


def _still_open(plan: Plan | None) -> frozenset[type]:
    """Return the types of which another alternative may be tried after an attempt of this one."""
    return frozenset({dict, list}) if isinstance(plan, (Members, Items, Entries, Tagged)) else frozenset()


def _flat(node: Node) -> Iterator[Node]:
    """Yield the alternatives, those of nested unions among them, in the order of trying."""
    waiting = list(reversed(node.children))
    count = 0
    while waiting:
        alternative = waiting.pop()
        count += 1
        if isinstance(alternative.plan, Choice) and count < MAX_FLAT:
            waiting.extend(reversed(alternative.children))
        else:
            yield alternative


def _conditions(arrangement: Arrangement, value: str, out: Source) -> str:
    texts: set[str] = set()
    found: list[str] = []
    for leaf, types in arrangement.kept:
        if leaf.values is not None and types == (str,):
            texts |= leaf.values  # literals of a union become one set
        else:
            found.append(condition(leaf, value, out, types))
    if texts:
        found.insert(0, condition(Leaf(str, values=frozenset(texts)), value, out))
    return " or ".join(
        found if len(found) < 2 else [f"({each})" if " and " in each else each for each in found]
    )


def _tagged(nodes: Sequence[Node]) -> tuple[str, dict[str, Node]] | None:
    """Return the name of a prop whose text tells *nodes* apart, and the node of each text."""
    for name in _tags(nodes[0]):
        tags = [_tags(node).get(name, frozenset[str]()) for node in nodes]
        branches = {tag: node for node, texts in zip(nodes, tags, strict=True) for tag in sorted(texts)}
        if all(tags) and len(branches) == sum(map(len, tags)):
            return name, branches
    return None


def _tags(node: Node) -> dict[str, frozenset[str]]:
    """Return the required props that are one of a few texts, by name."""
    if not isinstance(node.plan, Members):
        return {}
    return {
        prop.name: child.plan.values
        for prop, child in zip(node.plan.props, node.children, strict=True)
        if not prop.left
        and isinstance(child.plan, Leaf)
        and child.plan.types == (str,)
        and child.plan.values
        and absence_of(prop.schema).required
    }
