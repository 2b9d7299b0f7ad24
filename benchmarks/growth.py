"""How does the time grow with the number of props, the number of items and the depth?"""

from collections.abc import Callable
from functools import partial
from time import thread_time_ns
from typing import Any, Final

import attrs

from benchmarks.environment import environment, versions
from benchmarks.peers.ours import compiled
from benchmarks.question import Found, Scope
from benchmarks.slope import slope, verdict
from benchmarks.table import machine_line, table
from benchmarks.timing import SAMPLES_IN_BLOCK, calls, interleaved
from kbn_schema import Schema, ValidationError
from kbn_schema import schema as s


@attrs.frozen
class Axis:
    """One thing that grows.

    Args:
        title: What grows.
        sizes: How many there are of it, the smallest first.
        schema: Returns the schema for a size.
        good: Returns a value that fits.
        bad: Returns a value that is wrong in as many places as there can be, or at the far end.
        compiles: Whether the schema grows, and not only the value.
    """

    title: str
    sizes: tuple[int, ...]
    schema: Callable[[int], Schema[Any]]
    good: Callable[[int], Any]
    bad: Callable[[int], Any]
    compiles: bool = True


def props(count: int) -> Schema[Any]:
    kinds = (
        s.string(max_length=100),
        s.integer(min=0),
        s.boolean(),
        s.nullable(s.string()),
        s.array_of(s.string()),
    )
    return s.object({f"prop_{i}": kinds[i % 5] for i in range(count)})


def values_of_props(count: int) -> dict[str, Any]:
    values = ("text", 12, True, None, ["a", "b"])
    return {f"prop_{i}": values[i % 5] for i in range(count)}


def wrong_props(count: int) -> dict[str, Any]:
    return dict.fromkeys(values_of_props(count), 1.5)


def items(_: int) -> Schema[Any]:
    return s.array_of(s.object({"id": s.string(), "count": s.integer(min=0)}))


def values_of_items(count: int) -> list[Any]:
    return [{"id": f"id-{i}", "count": i} for i in range(count)]


def last_item_wrong(count: int) -> list[Any]:
    return [*values_of_items(count), {"id": 1, "count": -1}]


def depth(levels: int) -> Schema[Any]:
    inner: Schema[Any] = s.object({"name": s.string()})
    for _ in range(levels):
        inner = s.object({"name": s.string(), "inner": inner})
    return inner


def values_in_depth(levels: int, innermost: Any = "end") -> dict[str, Any]:
    inner = {"name": innermost}
    for _ in range(levels):
        inner = {"name": "level", "inner": inner}
    return inner


def wrong_in_depth(levels: int) -> dict[str, Any]:
    return values_in_depth(levels, 1)


def recursion(_: int) -> Schema[Any]:
    return s.object({"name": s.string(), "inner": s.maybe(s.lazy("node"))}, id="node")


AXES: Final = {
    "props": Axis("props of an object", (1, 25, 50, 100, 200, 400, 800), props, values_of_props, wrong_props),
    "items": Axis(
        "objects in a list",
        (0, 100, 200, 400, 800, 1600, 3200, 6400),
        items,
        values_of_items,
        last_item_wrong,
        compiles=False,
    ),
    "depth": Axis(
        "objects in each other", (0, 10, 20, 40, 80, 160, 190), depth, values_in_depth, wrong_in_depth
    ),
    "recursion": Axis(
        "levels of a recursive schema",
        (0, 10, 20, 40, 80, 160, 190),
        recursion,
        values_in_depth,
        wrong_in_depth,
        compiles=False,
    ),
}


def measure(scope: Scope) -> Found:
    return {
        **environment(),
        "versions": versions(["kbn-schema"]),
        "axes": {name: grown(axis, scope.rounds(9)) for name, axis in AXES.items()},
    }


def grown(axis: Axis, rounds: int) -> Found:
    """Return for what is measured the nanoseconds by size."""
    schemas = {size: compiled(axis.schema(size)) for size in axis.sizes}
    found = {
        "validate": by_size(schemas, axis.good, accept, rounds),
        "refuse": by_size(schemas, axis.bad, refuse, rounds),
    }
    if axis.compiles:
        found["build"] = {str(size): time_to_make(axis.schema, size, rounds) for size in axis.sizes}
        found["compile"] = {str(size): time_to_compile(axis.schema, size, rounds) for size in axis.sizes}
    return found


def by_size(
    schemas: dict[int, Schema[Any]],
    value: Callable[[int], Any],
    call: Callable[[Schema[Any]], Callable[[Any], object]],
    rounds: int,
) -> dict[str, float]:
    samplers = {str(size): calls(call(schema), value(size)) for size, schema in schemas.items()}
    return {size: min(times) for size, times in interleaved(samplers, rounds).items()}


def accept(schema: Schema[Any]) -> Callable[[Any], object]:
    return schema.validate


def refuse(schema: Schema[Any]) -> Callable[[Any], object]:
    """Return what validates, catches, and asks the error for all that it knows."""

    def refused(value: Any) -> object:
        try:
            schema.validate(value)
        except ValidationError as error:
            return error.to_dict()
        raise AssertionError("a wrong value was accepted")

    return refused


def time_to_make(make: Callable[[int], Schema[Any]], size: int, rounds: int) -> float:
    return min(time_of(lambda: make(size)) for _ in range(rounds * SAMPLES_IN_BLOCK))


def time_to_compile(make: Callable[[int], Schema[Any]], size: int, rounds: int) -> float:
    """Return the time of compiling, a new schema each time."""
    times: list[float] = []
    for _ in range(rounds):
        schema = make(size)
        times.append(time_of(partial(compiled, schema)))
    return min(times)


def time_of(action: Callable[[], object]) -> float:
    start = thread_time_ns()
    action()
    return float(thread_time_ns() - start)


def markdown(found: Found) -> str:
    rows = [
        row(AXES[name].title, what, times)
        for name, axis in found["axes"].items()
        for what, times in axis.items()
    ]
    return "\n\n".join(
        [
            table(
                ["what grows", "what is done", "from", "to", "µs at the start", "µs at the end", "slope", ""],
                rows,
            ),
            machine_line(found),
        ]
    )


def row(title: str, what: str, times: dict[str, float]) -> list[str]:
    by_number = {int(size): time for size, time in times.items()}
    first, last = min(by_number), max(by_number)
    exponent = slope(by_number)
    microseconds = [f"{by_number[size] / 1000:,.2f}" for size in (first, last)]
    return [title, what, str(first), str(last), *microseconds, f"{exponent:.2f}", verdict(exponent)]
