"""Values that fit a schema, as calls, made by walking the schema."""

import random
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from kbn_schema import Schema, SchemaError
from kbn_schema.kinds.array_of import ArraySchema
from kbn_schema.kinds.conditional import ConditionalSchema
from kbn_schema.kinds.discriminated_union import DiscriminatedUnionSchema
from kbn_schema.kinds.entries import EntriesSchema
from kbn_schema.kinds.enum import EnumSchema
from kbn_schema.kinds.lazy import LazySchema
from kbn_schema.kinds.literal import LiteralSchema
from kbn_schema.kinds.maybe import MaybeSchema
from kbn_schema.kinds.never import NeverSchema
from kbn_schema.kinds.nullable import NullableSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.kinds.one_of import OneOfSchema
from kbn_schema.problems import Failure
from kbn_schema.run import Run
from tests.fuzz.calls import build, call, named
from tests.fuzz.parts import Aside, Csv
from tests.fuzz.texts import NAMES, ODD_NAMES, PATTERNS

INFINITY = float("inf")
# What the kinds of leaves take, more or less; see `_leaf`.
SAMPLES: dict[str, list[Any]] = {
    "any": [1, "a", None, [], {"a": [1]}, True],
    "boolean": [True, False, "true", " FALSE ", "False"],
    "string": ["", "a", "ab", "abc", "hello", "x" * 6, "1", "localhost", "é", 5, 1.5, "1.2.3.4"],
    "number": [
        0, 1, -1, 2, 5, 0.5, 1.0, 2.5, -0.0, 10, 100, 1.5, "5", " 5 ", "05", "5.0", "1e3", 0.3, 3, 6,
        2**53 - 1, 2**53, "9007199254740993", 1e300, 10**20, 10**400, 5e-324,
    ],
    "byte_size": ["1kb", 5, "7", 1024, 0, "2KB", 2.0, 2**30, call("kbn_schema.ByteSize", 1024)],
    "duration": [
        "1m", 5, "7", 1000, "PT1S", 0, 60_000, call("kbn_schema.Duration", 1000),
        call("datetime.timedelta", 0, 1),
    ],
    "uri": ["http://a.com", "git+ssh://a", "urn:a"],
    "ip": ["1.2.3.4", "::1", "v1.a"],
    "date": ["2026-01-31", call("datetime.date", 2026, 1, 31)],
    "date_time": ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5+01:00"],
    "uuid": ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6"],
    "email": ["ada@example.org"],
    "buffer": [b"a", "é"],
    "stream": [named("parts.STREAM")],
}  # fmt: skip
SAMPLES["integer"] = SAMPLES["number"]


@attrs.define
class Fitting:
    """Draws values that a schema accepts, as far as that can be told without validating."""

    rng: random.Random
    room: int = 60

    def value(
        self, schema: Schema[Any], named: Mapping[str, Schema[Any]] | None = None, depth: int = 0
    ) -> Any:
        """Return a value for *schema*, inside the schemas *named* by id."""
        self.room -= 1
        around = dict(named or {})
        if schema.id is not None:
            around[schema.id] = schema
        for kind, draw in DRAWS:
            if isinstance(schema, kind):
                return draw(self, schema, around, depth)
        return self._leaf(schema)

    def small(self, depth: int) -> bool:
        return depth > 6 or self.room <= 0

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _leaf(self, schema: Any) -> Any:
        samples = [*getattr(type(schema), "samples", ()), *SAMPLES.get(schema.combinator, [])]
        pattern = getattr(schema, "pattern", None)
        samples += PATTERNS.get(pattern.pattern, []) if pattern is not None else []
        for name in ("min", "max", "exclusive_min", "exclusive_max", "multiple_of"):
            bound = getattr(schema, name, None)
            if type(bound) in (int, float) and abs(bound) < INFINITY:
                samples += [bound, bound, bound + 1, bound - 1]
        for name in ("min_length", "max_length"):
            if getattr(schema, name, None) is not None:
                samples.append("a" * getattr(schema, name))
        self.rng.shuffle(samples)
        return next((sample for sample in samples[:8] if _takes(schema, sample)), (samples or [1])[0])

    def object(self, schema: ObjectSchema[Any], named: Any, depth: int) -> Any:
        found: dict[Any, Any] = {}
        for name, prop in schema.props.items():
            optional = prop.has_default or isinstance(prop, (MaybeSchema, NeverSchema))
            if optional and (self.small(depth) or isinstance(prop, NeverSchema) or self.chance(0.4)):
                continue
            found[name] = self.value(prop, named, depth + 1)
        if schema.unknowns in ("allow", "ignore") and self.chance(0.3):
            found[self.rng.choice(["x", "extra", *ODD_NAMES])] = self.rng.choice([1, [1], {"a": None}])
        if self.chance(0.3):
            found = dict(self.rng.sample(list(found.items()), len(found)))
        return found

    def array(self, schema: ArraySchema[Any], named: Any, depth: int) -> Any:
        least = min(schema.min_size or 0, 3)
        most = 4 if schema.max_size is None else schema.max_size
        count = least if self.small(depth) else self.rng.randint(least, max(least, min(most, least + 3)))
        return [self.value(schema.item, named, depth + 1) for _ in range(count)]

    def entries(self, schema: EntriesSchema[Any], named: Any, depth: int) -> Any:
        found: dict[Any, Any] = {}
        for _ in range(0 if self.small(depth) else self.rng.randint(0, 3)):
            key = self.value(schema.key, named, depth + 1)
            if type(key) not in (str, int, float, bool, bytes) or key != key:
                key = self.rng.choice([*NAMES, "1", "2", "true"])
            found[str(key) if self.chance(0.5) else key] = self.value(schema.value, named, depth + 1)
        return found

    def choice(self, schema: Any, named: Any, depth: int) -> Any:
        alternatives = schema.alternatives
        if self.small(depth):
            alternatives = [one for one in alternatives if not one.children()] or alternatives
        return self.value(self.rng.choice(alternatives), named, depth + 1)

    def condition(self, schema: ConditionalSchema[Any], named: Any, depth: int) -> Any:
        return self.value(self.rng.choice([schema.then, schema.otherwise]), named, depth + 1)

    def nullable(self, schema: NullableSchema[Any], named: Any, depth: int) -> Any:
        return None if self.small(depth) or self.chance(0.2) else self.value(schema.of, named, depth + 1)

    def maybe(self, schema: MaybeSchema[Any], named: Any, depth: int) -> Any:
        return self.value(schema.of, named, depth + 1)

    def lazy(self, schema: LazySchema[Any], named: Any, depth: int) -> Any:
        target = named.get(schema.target) if isinstance(schema.target, str) else _called(schema)
        if target is None or depth > 25 or self.room < -40:
            return self.rng.choice([None, {}, [], "a", 1])
        return self.value(target, named, depth + 1)

    def csv(self, schema: Csv, named: Any, depth: int) -> Any:
        return [self.value(schema.item, named, depth + 1)] if self.chance(0.5) else self._leaf(schema)

    def literal(self, schema: LiteralSchema[Any], named: Any, depth: int) -> Any:
        return schema.value

    def enum(self, schema: EnumSchema[Any], named: Any, depth: int) -> Any:
        return self.rng.choice([scalar for _, scalar in schema.outputs])


DRAWS: list[tuple[type[Any], Callable[..., Any]]] = [
    (ObjectSchema, Fitting.object), (ArraySchema, Fitting.array), (EntriesSchema, Fitting.entries),
    (OneOfSchema, Fitting.choice), (DiscriminatedUnionSchema, Fitting.choice),
    (ConditionalSchema, Fitting.condition), (NullableSchema, Fitting.nullable), (MaybeSchema, Fitting.maybe),
    (LazySchema, Fitting.lazy), (Csv, Fitting.csv), (Aside, Fitting.maybe), (LiteralSchema, Fitting.literal),
    (EnumSchema, Fitting.enum),
]  # fmt: skip


def _called(schema: LazySchema[Any]) -> Any:
    try:
        return schema.called()
    except SchemaError:  # what it makes is refused, and so will be the value
        return None


def _takes(schema: Schema[Any], sample: Any) -> bool:
    try:
        return type(schema.outcome(build(sample), Run({}))) is not Failure
    except SchemaError:
        return False
