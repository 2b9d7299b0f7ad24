"""The small faults: cosmic-ray's operators, and two of the same sort that it has not."""

from collections.abc import Iterator
from typing import Any

import parso
from cosmic_ray.operators.operator import Example, Operator  # type: ignore[import-untyped]
from cosmic_ray.operators.provider import OperatorProvider  # type: ignore[import-untyped]

from tests.mutation.spared import Span


class DropCall(Operator):  # type: ignore[misc]
    """Leave out a statement that is nothing but a call: what it does goes missing."""

    def mutation_positions(self, node: Any) -> Iterator[Span]:
        if node.type == "atom_expr" and _is_call(node) and node.parent.type in ("simple_stmt", "suite"):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        return _parsed(node.get_first_leaf().prefix + "pass")

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("f(x)\n", "pass\n"),)


class NegateIn(Operator):  # type: ignore[misc]
    """Turn ``in`` into ``not in``, and back."""

    def mutation_positions(self, node: Any) -> Iterator[Span]:
        if node.type == "comparison":
            for operator in _memberships(node):
                yield operator.start_pos, operator.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        operator = _memberships(node)[index]
        other = " not in" if operator.type == "keyword" else " in"
        node.children[node.children.index(operator)] = _parsed(other)
        return node

    @classmethod
    def examples(cls) -> tuple[Example, ...]:
        return (Example("x in y", "x not in y"), Example("x not in y", "x in y"))


def _parsed(source: str) -> Any:
    return parso.parse(source)  # type: ignore[no-untyped-call]


def _is_call(node: Any) -> bool:
    last = node.children[-1]
    return bool(last.type == "trailer" and last.children[0].value == "(")


def _memberships(node: Any) -> list[Any]:
    return [child for child in node.children[1::2] if child.get_code().split()[-1:] == ["in"]]


def _of_cosmic_ray() -> dict[str, Operator]:
    provider = OperatorProvider()
    # Those with arguments put random numbers in the place of a variable that the caller names.
    return {name: provider[name]() for name in provider if not provider[name].arguments()}


# What parso calls the nodes that an operator may change: asking all of them about each node takes long.
NODES = frozenset(
    {"atom_expr", "comparison", "decorator", "except_clause", "factor", "for_stmt", "if_stmt", "while_stmt"}
    | {"assert_stmt", "keyword", "not_test", "number", "operator", "test"}
)
PUNCTUATION = frozenset("()[]{}.,:;=@") | {"->", ":=", "+=", "-=", "*=", "...", "|="}
OPERATORS: dict[str, Operator] = {**_of_cosmic_ray(), "DropCall": DropCall(), "NegateIn": NegateIn()}


def operators_for(node: Any) -> dict[str, Operator]:
    """Return the operators that may change *node*, by name."""
    if node.type not in NODES or (node.type == "operator" and node.value in PUNCTUATION):
        return {}
    return OPERATORS
