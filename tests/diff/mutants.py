"""Schemas that differ from an example in one place: what an author might change."""

import itertools
from collections.abc import Iterator
from typing import Any

import attrs

from kbn_schema import MISSING, Schema, schema
from tests.examples import EXAMPLES

BOUNDS = (
    "min", "max", "exclusive_min", "exclusive_max", "multiple_of",
    "min_length", "max_length", "min_size", "max_size",
)  # fmt: skip
UPPER = ("max", "exclusive_max", "max_length", "max_size")
FLAGS = ("unsafe", "coerce_from_number", "hostname")
LEAVES = (
    schema.any(),
    schema.boolean(),
    schema.string(),
    schema.string(max_length=3),
    schema.string(coerce_from_number=True),
    schema.number(),
    schema.number(unsafe=True),
    schema.integer(),
    schema.integer(min=0, max=5),
    schema.literal("a"),
    schema.literal(1),
    schema.literal(True),
    schema.literal(None),
    schema.enum(["a", "true", 1, "1"]),
    schema.buffer(),
    schema.uuid(),
    schema.duration(),
    schema.byte_size(),
    schema.array_of(schema.number()),
    schema.record_of(schema.string(), schema.any()),
    schema.record_of(schema.enum(["a", "b"]), schema.number()),
    schema.object({}),
    schema.object({}, unknowns="allow"),
    schema.object({"a": schema.maybe(schema.number())}, unknowns="ignore"),
    schema.never(),
)


def rebuilt(kind: Schema[Any], **changes: Any) -> Schema[Any] | None:
    """*kind* with other options, MISSING to leave one out; None where that cannot be."""
    arguments = {**kind.arguments(), **changes}
    try:
        return type(kind)(**{name: value for name, value in arguments.items() if value is not MISSING})
    except ValueError:
        return None


def mutants(kind: Schema[Any], depth: int = 2) -> Iterator[Schema[Any]]:
    """Schemas one change away from *kind*."""
    made = itertools.chain(_bounded(kind), _optioned(kind), _wrapped(kind), _inside(kind, depth))
    return (mutant for mutant in made if mutant is not None)


def _bounded(kind: Any) -> Iterator[Any]:
    for name in BOUNDS:
        if not hasattr(kind, name):
            continue
        value = getattr(kind, name)
        if value is None:
            yield from (rebuilt(kind, **{name: bound}) for bound in (1, 2, 5))
            continue
        yield rebuilt(kind, **{name: MISSING})
        if type(value) in (int, float):
            yield from (
                rebuilt(kind, **{name: bound}) for bound in (value + 1, value - 1, value * 2, value + 0.5)
            )


def tightened(kind: Any) -> Iterator[tuple[Any, Any]]:
    """Pairs of *kind* with a bound, and with a stricter one."""
    for name in BOUNDS:
        if hasattr(kind, name) and name != "multiple_of":
            upper = name in UPPER
            loose, tight = (9, 5) if upper else (3, 5)
            yield rebuilt(_free(kind), **{name: loose}), rebuilt(_free(kind), **{name: tight})
            yield _free(kind), rebuilt(_free(kind), **{name: tight})


def _free(kind: Any) -> Any:
    return rebuilt(kind, **{name: MISSING for name in BOUNDS if hasattr(kind, name)})


def _optioned(kind: Any) -> Iterator[Any]:
    for name in FLAGS:
        if hasattr(kind, name):
            yield rebuilt(kind, **{name: not getattr(kind, name)})
    if hasattr(kind, "unknowns"):
        yield from (rebuilt(kind, unknowns=word) for word in (MISSING, "forbid", "ignore", "allow"))
    if hasattr(kind, "pattern"):
        yield from (rebuilt(kind, pattern=pattern) for pattern in (MISSING, "[a-z]+", "[a-f]*"))
    if hasattr(kind, "versions"):
        yield from (
            rebuilt(kind, versions=words) for words in (["ipv4"], ["ipv6", "ipvfuture"], ["ipv4", "ipv6"])
        )
    if hasattr(kind, "scheme"):
        yield from (rebuilt(kind, scheme=words) for words in (None, ["http"], ["https", "http"]))
    if kind.combinator == "enum" and isinstance(kind.values, (list, tuple)):
        yield schema.enum([*kind.values, "more"])
        yield schema.enum(list(kind.values)[1:] or ["a"])
        yield schema.one_of([schema.literal(value) for value in kind.values])
    if "default" in kind.arguments():
        yield rebuilt(kind, default=MISSING)


def _wrapped(kind: Any) -> Iterator[Any]:
    yield from (schema.maybe(kind), schema.nullable(kind), schema.array_of(kind))
    yield schema.one_of([kind])
    yield schema.one_of([kind, schema.string()])
    yield schema.one_of([schema.number(), kind])
    yield schema.one_of([kind, schema.boolean(), schema.object({"z": schema.number()})])
    yield schema.conditional(schema.context_ref("a"), 1, kind, schema.string())
    yield schema.conditional(schema.context_ref("a"), 1, schema.never(), kind)
    if (
        not kind.references()
    ):  # behind `lazy`, a condition does not wait for its siblings, and no contract tells
        yield schema.lazy(lambda: kind)


def _inside(kind: Any, depth: int) -> Iterator[Any]:
    if depth == 0:
        return
    if hasattr(kind, "props"):
        yield kind.extends({"new": schema.string()})
        yield kind.extends({"extra": schema.maybe(schema.number())})
        yield kind.extends({"extra": schema.any(default=1)})
        for name, prop in kind.props.items():
            yield kind.extends({name: None})
            yield from (kind.extends({name: other}) for other in mutants(prop, depth - 1))
    if hasattr(kind, "alternatives"):
        yield from _other_branches(kind, depth)
    for name in ("item", "of", "key", "value", "then", "otherwise"):
        inner = getattr(kind, name, None)
        if isinstance(inner, Schema):
            yield inner
            yield from (_changed(kind, name, other) for other in mutants(inner, depth - 1))


def _changed(kind: Any, name: str, other: Any) -> Any:
    try:
        return attrs.evolve(kind, **{name: other})
    except ValueError:
        return None


def _other_branches(kind: Any, depth: int) -> Iterator[Any]:
    branches = list(kind.alternatives)
    yield _changed(kind, "alternatives", tuple(reversed(branches)))
    yield schema.one_of(branches)
    for index, branch in enumerate(branches):
        yield (
            _changed(kind, "alternatives", (*branches[:index], *branches[index + 1 :]))
            if len(branches) > 1
            else None
        )
        for other in mutants(branch, depth - 1):
            yield _changed(kind, "alternatives", (*branches[:index], other, *branches[index + 1 :]))


def pairs() -> Iterator[tuple[Any, Any, dict[str, Any], list[Any]]]:
    """Old and new schemas with the context and the values of the example that they come from."""
    for row in EXAMPLES:
        for mutant in mutants(row.schema):
            yield row.schema, mutant, row.context, row.values
            yield mutant, row.schema, row.context, row.values
        for leaf in LEAVES:
            yield row.schema, leaf, row.context, row.values
            yield leaf, row.schema, row.context, row.values
