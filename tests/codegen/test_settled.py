"""What compiled code answers by itself: all that comes as it goes out, but where a reference decides."""

import pickle

import pytest

from kbn_schema import MISSING, Schema, schema
from tests.examples import EXAMPLES, exact

# A reference is read in a run, which compiled code has not; the keys of a map may become the same.
LEFT = {"conditional", "offering_based_schema", "context_ref", "sibling_ref", "map_of"}
PLAIN = [
    (example.schema, value)
    for example in EXAMPLES
    for value, output in example.accepted
    if example.name not in LEFT and value is not MISSING and exact(value) == exact(output)
    # The text might be a number, and the schema of numbers goes first.
    if (example.name, value) != ("one_of", "ab")
]
# A union knows its alternatives by the types of JSON; what else is asked, or asked more, is left to `check`.
ASKED_MORE = ("multiple_of", "unsafe", "validator")
IN_UNIONS = [
    (judge, value)
    for judge, value in PLAIN
    if type(value) in (str, int, float, bool, list, dict) and judge.combinator != "enum"
    if type(value) not in (int, float) or not any(getattr(judge, option, None) for option in ASKED_MORE)
]


def named(cases):
    return [pytest.param(*case, id=f"{case[0].combinator}-{number}") for number, case in enumerate(cases)]


@pytest.fixture
def asked(monkeypatch):
    """What compiled code left to be settled by `check`."""
    found = []
    settle = Schema._settle

    def watched(self, value, *rest):
        found.append(value)
        return settle(self, value, *rest)

    monkeypatch.setattr(Schema, "_settle", watched)
    return found


def fresh(of):
    """A copy that is not compiled yet."""
    return pickle.loads(pickle.dumps(of))


@pytest.mark.parametrize(("judge", "value"), named(PLAIN))
def test_what_comes_as_it_goes_out_is_answered_at_once(judge, value, asked):
    output = fresh(judge).compile().validate(value)

    assert exact(value) == exact(output)
    assert [] == asked


@pytest.mark.parametrize(("judge", "value"), named(PLAIN))
def test_it_is_answered_at_once_inside_of_others(judge, value, asked):
    tagged = [schema.object({"kind": schema.literal(kind), "value": judge}) for kind in ("a", "b")]
    around = schema.object(
        {
            "prop": judge,
            "maybe": schema.maybe(judge),
            "items": schema.array_of(judge),
            "record": schema.record_of(schema.string(), judge),
            "tagged": schema.discriminated_union("kind", *tagged),
        }
    )
    given = {
        "prop": value,
        "maybe": value,
        "items": [value, value],
        "record": {"key": value},
        "tagged": {"kind": "b", "value": value},
    }
    output = fresh(around).compile().validate(given)

    assert exact(given) == exact(output)
    assert [] == asked


@pytest.mark.parametrize(("judge", "value"), named(IN_UNIONS))
def test_it_is_answered_at_once_in_unions(judge, value, asked):
    around = schema.object(
        {
            "nullable": schema.nullable(judge),
            "none": schema.nullable(judge),
            "union": schema.one_of([schema.literal("no example"), judge]),
        }
    )
    given = {"nullable": value, "none": None, "union": value}
    output = fresh(around).compile().validate(given)

    assert exact(given) == exact(output)
    assert [] == asked


CALLS = []
COUNTED = schema.any(validate=lambda value: CALLS.append(value))
AROUND = {
    "object": lambda inside, **options: schema.object(inside, **options),
    "array": lambda inside, **options: schema.array_of(schema.object(inside), **options),
    "record": lambda inside, **options: schema.record_of(schema.string(), schema.object(inside), **options),
    "map": lambda inside, **options: schema.map_of(schema.string(), schema.object(inside), **options),
    "union": lambda inside, **options: schema.one_of([schema.object(inside), schema.literal(1)], **options),
    "tagged": lambda inside, **options: schema.discriminated_union(
        "kind", schema.object({"kind": schema.literal("a"), **inside}), **options
    ),
}
GIVEN = {
    "array": lambda value: [value],
    "record": lambda value: {"key": value},
    "map": lambda value: {"key": value},
    "tagged": lambda value: {"kind": "a", **value},
}


@pytest.mark.parametrize("fits", [True, False])
@pytest.mark.parametrize("options", [{}, {"id": "known"}])
@pytest.mark.parametrize("name", AROUND)
def test_what_an_author_asks_is_asked_once(name, options, fits):
    around = AROUND[name]({"counted": COUNTED, "number": schema.number()}, **options).compile()
    CALLS.clear()

    assert fits is around.is_valid(GIVEN.get(name, dict)({"counted": 5, "number": 1 if fits else "x"}))
    assert [5] == CALLS
