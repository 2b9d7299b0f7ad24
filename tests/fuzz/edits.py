"""Schemas one step away from a given one, as calls: they find what is mixed up with its neighbour."""

import random
from collections.abc import Callable
from typing import Any

from tests.fuzz.calls import Call, Later, call, replaced, walk

COMMON = {"default", "validate", "title", "description", "deprecated", "examples", "meta", "id"}
# Kinds that can stand for each other, as far as their options go.
LEAVES = [
    "schema.string", "schema.number", "schema.integer", "schema.boolean", "schema.any", "schema.byte_size",
    "schema.duration", "schema.date", "schema.date_time", "schema.uuid", "schema.email", "schema.uri",
    "schema.ip", "schema.buffer",
]  # fmt: skip
AROUND_ONE = ["schema.maybe", "schema.nullable", "schema.array_of"]
BOUNDS = {
    "min", "max", "exclusive_min", "exclusive_max", "min_length", "max_length", "min_size", "max_size",
}  # fmt: skip


def edited(root: Call, rng: random.Random) -> Call:
    """Return a copy of *root* with one thing changed, or *root* where nothing of it can be."""
    calls = schemas(root)
    for _ in range(5 if calls else 0):
        part = rng.choice(calls)
        other = rng.choice(EDITS)(part, rng)
        if other is not None:
            changed = replaced(root, part, other)
            return changed if isinstance(changed, Call) else root
    return root


def schemas(root: Any) -> list[Call]:
    """Return the calls in *root* that make schemas."""
    calls = [part for part in walk(root) if isinstance(part, Call) and part.name.startswith("schema.")]
    return [part for part in calls if not part.name.endswith("_ref")]


def other_kind(part: Call, rng: random.Random) -> Any:
    """Return *part* with another combinator, without the options that are not common to all."""
    names = LEAVES if part.name in LEAVES else AROUND_ONE if part.name in AROUND_ONE else []
    names = [name for name in names if name != part.name]
    if not names:
        return None
    name = rng.choice(names)
    kept = {} if name in ("schema.maybe", "schema.nullable") else part.options
    return Call(name, part.args, {key: item for key, item in kept.items() if key in COMMON})


def other_bound(part: Call, rng: random.Random) -> Any:
    """Return *part* with one of its bounds a step away."""
    names = [name for name, bound in part.options.items() if name in BOUNDS and type(bound) in (int, float)]
    if not names:
        return None
    name = rng.choice(names)
    return _with(part, name, part.options[name] + rng.choice([1, -1]))


def without_option(part: Call, rng: random.Random) -> Any:
    """Return *part* without one of its options."""
    if not part.options:
        return None
    gone = rng.choice(list(part.options))
    return Call(part.name, part.args, {name: item for name, item in part.options.items() if name != gone})


def other_unknowns(part: Call, rng: random.Random) -> Any:
    """Return an object that does something else with unknown keys."""
    if part.name != "schema.object":
        return None
    return _with(part, "unknowns", rng.choice(["forbid", "ignore", "allow"]))


def other_text(part: Call, rng: random.Random) -> Any:
    """Return a schema with other words about it, which mean nothing to values."""
    return _with(part, "title", "another") if part.name in LEAVES else None


def wrapped(part: Call, rng: random.Random) -> Any:
    """Return *part* inside something else."""
    name = rng.choice([*AROUND_ONE, "schema.one_of", "schema.lazy", "schema.record_of"])
    if name == "schema.one_of":
        return call(name, [part])
    if name == "schema.record_of":
        return call(name, call("schema.string"), part)
    return call(name, Later(part) if name == "schema.lazy" else part)


def unwrapped(part: Call, rng: random.Random) -> Any:
    """Return a schema that stands inside *part*."""
    inner = [one for one in schemas(part) if one is not part]
    return rng.choice(inner) if inner else None


def renamed(part: Call, rng: random.Random) -> Any:
    """Return an object with another key in place of one."""
    if part.name != "schema.object" or not part.args or type(part.args[0]) is not dict or not part.args[0]:
        return None
    props = part.args[0]
    gone = rng.choice(list(props))
    name = rng.choice(["a", "b", "renamed", f"{gone}x" if type(gone) is str else "x"])
    return Call(
        part.name, [{(name if key is gone else key): one for key, one in props.items()}], part.options
    )


def reordered(part: Call, rng: random.Random) -> Any:
    """Return *part* with its props or alternatives in another order."""
    first = part.args[0] if part.args else None
    if type(first) is dict:
        return Call(
            part.name, [dict(rng.sample(list(first.items()), len(first))), *part.args[1:]], part.options
        )  # type: ignore[index]
    if type(first) is list:
        return Call(part.name, [rng.sample(first, len(first)), *part.args[1:]], part.options)  # type: ignore[index]
    return None


def _with(part: Call, name: str, option: Any) -> Call:
    return Call(part.name, part.args, {**part.options, name: option})


EDITS: list[Callable[[Call, random.Random], Any]] = [
    other_kind, other_bound, other_bound, without_option, other_unknowns, other_text, wrapped, unwrapped,
    renamed, reordered,
]  # fmt: skip
