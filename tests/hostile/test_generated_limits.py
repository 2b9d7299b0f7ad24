"""Area B: whatever its size and shape, a schema compiles, in bounded time (five times the row's)."""

import time

import pytest

import kbn_schema as s
from tests.hostile.helper import accepts, attempt, cpu, nested, refuses


def tower(wrap, levels, leaf):
    for _ in range(levels):
        leaf = wrap(leaf)
    return leaf


def used(schema, good, bad):
    schema.compile()
    assert good == accepts(schema, good)
    return refuses(schema, bad)


@pytest.mark.parametrize("levels", [30, 60, 150, 199])
def test_nested_arrays_compile(levels):
    """B1."""
    with cpu(5):
        used(tower(s.array_of, levels, s.number()), nested(levels, 1, None), nested(levels, "x", None))


@pytest.mark.parametrize("levels", [30, 60, 150])
def test_nested_unions_compile(levels):
    """B2."""
    union = tower(
        lambda inner: s.one_of(s.literal("a"), s.object({"b": s.boolean()}), inner), levels, s.number()
    )
    with cpu(5):
        used(union, 5, [])


@pytest.mark.parametrize("levels", [30, 60, 150, 199])
@pytest.mark.parametrize("unknowns", [None, "allow"])
def test_nested_objects_compile(levels, unknowns):
    """B3."""
    schema = tower(lambda inner: s.object({"a": inner}, unknowns=unknowns), levels, s.number())
    with cpu(5):
        error = used(schema, nested(levels, 1), nested(levels, "x"))

    assert ("a",) * levels == error.path


@pytest.mark.parametrize("levels", [60, 150])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: s.record_of(s.string(), inner),
        lambda inner: s.object({"a": s.nullable(inner)}),
        lambda inner: s.object({"a": s.one_of(s.boolean(), inner)}),
        lambda inner: s.discriminated_union("t", s.object({"t": s.literal("x"), "a": inner})),
        lambda inner: s.object({"a": s.maybe(s.lazy(lambda: inner))}),
        lambda inner: s.object({"a": s.conditional(s.context_ref("c"), 1, s.never(), inner)}),
    ],
)
def test_nested_containers_of_any_kind_compile(levels, wrap):
    """B3."""
    schema = tower(wrap, levels, s.number()).compile()
    beside = {"t": "x"} if "discriminated" in repr(schema)[:30] else {}
    with cpu(5):
        used(schema, nested(levels, 1, **beside), nested(levels, "x", **beside))


@pytest.mark.parametrize("wrap", [s.nullable, s.maybe, lambda inner: s.lazy(lambda: inner)])
def test_towers_on_one_value_compile(wrap):
    """B3: no levels of the value, but of the schema."""
    with cpu(5):
        used(tower(wrap, 90, s.number()), 1, "x")


def test_arrays_nested_deeper_than_values_may_be_compile():
    """B4."""
    schema = tower(s.array_of, 3_000, s.number())
    with cpu(20):
        schema.compile()
        refuses(schema, nested(3_000, 1, None))
        assert nested(150, [], None) == accepts(schema, nested(150, [], None))


@pytest.mark.parametrize("wrap", [s.nullable, s.maybe, lambda inner: s.one_of(s.boolean(), inner)])
def test_towers_deeper_than_the_stack_compile(wrap):
    """B4: never RecursionError."""
    schema = tower(wrap, 3_000, s.number())
    with cpu(20):
        schema.compile()
        assert schema.is_valid(1) in (True, False)


def test_a_union_of_many_objects_compiles():
    """B5."""
    with cpu(25):
        union = s.one_of([s.object({f"k{number}": s.number()}) for number in range(2_000)])
        used(union, {"k1999": 1}, {"k1999": "x"})
        tagged = s.one_of([s.object({"t": s.literal(f"t{n}"), "v": s.number()}) for n in range(2_000)])
        used(tagged, {"t": "t1999", "v": 1}, {"t": "t1999", "v": "x"})


def test_a_union_of_many_literals_compiles():
    """B5."""
    with cpu(25):
        used(s.one_of([s.literal(f"v{number}") for number in range(10_000)]), "v9999", "x")
        used(s.one_of([s.literal(number) for number in range(10_000)]), 9999, 10_000)
        used(s.enum([f"v{number}" for number in range(10_000)]), "v9999", "x")


def wide(size):
    return s.object({f"prop {number}": s.number() for number in range(size)})


@pytest.mark.parametrize("size", [300, 5_000, 20_000])
def test_a_wide_object_compiles(size):
    """B6."""
    good = {f"prop {number}": number for number in range(size)}
    with cpu(5 * (0.4 + size / 2_000)):
        used(wide(size), good, {**good, "prop 7": "x"})


def test_compiling_a_wide_object_is_linear():
    """B7: four times the props take at most ten times as long."""

    def cost(size):
        schema = wide(size)
        start = time.process_time()
        schema.compile()
        return time.process_time() - start

    cost(100)
    small, large = min(cost(2_000) for _ in range(3)), cost(8_000)

    assert large <= 10 * small


def test_a_shared_part_is_written_once():
    """B8: eighteen levels of two props each are 2**18 places, and nineteen nodes."""
    schema = s.object({"n": s.number()})
    for _ in range(18):
        schema = s.object({"a": s.maybe(schema), "b": s.maybe(schema)})
    with cpu(15):
        used(schema, {"a": {"b": {}}, "b": {"a": {}}}, {"a": {"c": 1}})

    assert len(schema.source.splitlines()) < 5_000


def test_long_texts_compile():
    """B9."""
    text, pattern = "x" * 2**20, "a?" * 50_000
    with cpu(25):
        assert text == accepts(s.literal(text), text)
        assert "literal" == attempt(s.literal(text), text[:-1]).issues[0].code
        used(s.object({text: s.number()}), {text: 1}, {})
        used(s.string(pattern=pattern), "aaa", "b")


def test_many_recursive_schemas_compile():
    """F17: a thousand, each leading to the next."""
    schemas = []
    for number in range(1_000):
        following = (number + 1) % 1_000
        schemas.append(s.object({"a": s.maybe(s.lazy(lambda following=following: schemas[following]))}))
    with cpu(15):
        used(schemas[0], nested(150, {}), nested(150, 1))


def test_a_wide_value_stays_cheap():
    """A plain loop, whatever the number of items, keys and unknown keys."""
    schema = s.object(
        {"l": s.array_of(s.object({"a": s.number()})), "r": s.record_of(s.string(), s.number())}
    )
    good = {"l": [{"a": n} for n in range(20_000)], "r": {f"k{n}": n for n in range(20_000)}}
    with cpu(5):
        used(schema, good, {**good, "l": [{"a": "x"}] * 20_000})
        refuses(schema, {**good, **{f"x{n}": n for n in range(20_000)}})
