"""Area J: the input stays as it is, the output shares nothing with it, and defaults are fresh."""

import copy
import threading

import pytest

import kbn_schema as s
from kbn_schema import MISSING
from tests.hostile.helper import accepts, refuses

NUMBERS = s.array_of(s.number())
CASES = [
    (NUMBERS, ["1", 2]), (NUMBERS, []), (s.array_of(NUMBERS), [["1"], []]), (s.object({}), {}),
    (s.object({"a": s.object({"b": NUMBERS})}), {"a": {"b": ["1"]}}), (s.object({"a": s.any()}), {"a": "x"}),
    (s.record_of(s.string(), NUMBERS), {"a": ["1"]}), (s.record_of(s.string(), s.number()), {}),
    (s.map_of(s.number(), NUMBERS), {"1": ["1"]}), (s.nullable(NUMBERS), ["1"]), (s.maybe(NUMBERS), []),
    (s.one_of(s.string(), NUMBERS), ["1"]), (s.one_of(s.string(), s.object({"a": NUMBERS})), {"a": []}),
    (s.discriminated_union("t", s.object({"t": s.literal("a"), "n": NUMBERS})), {"t": "a", "n": [1]}),
    (s.all_of(s.object({"a": NUMBERS}), s.object({"b": NUMBERS})), {"a": [], "b": [1]}),
    (s.conditional(s.context_ref("x"), 1, s.string(), NUMBERS), ["1"]), (s.lazy(lambda: NUMBERS), ["1"]),
    (s.object({"a": NUMBERS}, unknowns="ignore"), {"a": [1], "b": [2]}),
    (s.object({"a": NUMBERS}, unknowns="allow"), {"a": [1], "b": 2}),
]  # fmt: skip


def containers(value):
    """Return the ids of all lists and dicts in *value*."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = {id(value)} if isinstance(value, (dict, list)) else set()
    return own.union(*map(containers, inside))


@pytest.mark.parametrize(("schema", "value"), CASES)
def test_output_shares_nothing_with_the_input(schema, value):
    """J1, J2."""
    output = accepts(schema, value)

    assert containers(output).isdisjoint(containers(value))


@pytest.mark.parametrize(("schema", "value"), CASES)
def test_input_is_left_alone_by_a_failure(schema, value):
    """J1: `refuses` compares; half of the value is converted when the rest fails."""
    both = s.object({"good": schema, "bad": s.number()})
    before = copy.deepcopy(value)
    refuses(both, {"good": value, "bad": "wrong text"})
    refuses(s.array_of(s.one_of(schema, s.boolean())), [value, 1.5])
    refuses(s.one_of(both, s.object({"good": s.any()})), {"good": value, "bad": "wrong text"})

    assert before == value


def test_anything_is_shared():
    """J2: the two exceptions."""
    inner = [1]

    assert inner is accepts(s.object({"a": s.any()}), {"a": inner})["a"]
    assert inner is accepts(s.object({}, unknowns="allow"), {"a": inner})["a"]


@pytest.mark.parametrize("make", [list, lambda: [1], lambda: [[1], {"a": [2]}]])
def test_a_mutable_default_is_fresh(make):
    """J3, J4."""
    given = make()
    schemas = [s.array_of(s.any(), default=given), s.any(default=given), s.nullable(s.any(default=given))]
    holder = s.object({"a": schemas[0], "b": s.object({"c": schemas[1]})})
    for _ in range(3):
        for output in (schemas[0].validate(), holder.validate({})["a"], holder.validate()["b"]["c"]):
            assert make() == output
            output.append("changed")
            for part in output:
                if isinstance(part, list):
                    part.append("changed")
        given.append("changed")


def test_a_default_by_reference_is_fresh():
    context = {"a": {"b": [1]}}
    schema = s.object({"x": s.any(default=s.context_ref("a.b")), "y": s.any(default=s.sibling_ref("x"))})
    output = schema.validate({}, context)
    output["x"].append(2)

    assert {"a": {"b": [1]}} == context
    assert [1] == output["y"]


def test_a_callable_default_is_called_each_time():
    """J5."""
    calls = []
    schema = s.object({"a": s.any(default=lambda: calls.append(1) or [])})
    first, second = schema.validate({}), schema.validate({})

    assert 2 == len(calls)
    assert first["a"] is not second["a"]


@pytest.mark.parametrize("error", [ValueError, KeyError, RecursionError, StopIteration, AssertionError])
def test_a_callable_default_that_raises_is_an_error_in_our_words(error):
    """J5."""

    def fail():
        raise error("hunter2-secret")

    caught = refuses(s.object({"a": s.number(default=fail)}), {})

    assert "[a]: the default value could not be computed" == str(caught)
    assert error is type(caught.__cause__)


def test_a_callable_default_that_validates_is_an_error_in_our_words():
    """R1: the error of another schema is not ours."""
    other = s.object({"inner": s.number()})
    schema = s.object({"a": s.any(default=lambda: other.validate({})), "b": s.any()})

    assert ("a",) == refuses(schema, {}).path
    assert not schema.is_valid({})
    assert 2 == len(schema.issues_of({}))


def test_a_default_is_trusted():
    """J6 does not hold: as recorded, defaults are not checked, but those of quantities are read."""
    assert "5" == s.number(default="5").validate()
    assert "abc" == s.string(default="abc", max_length=1).validate()


def test_a_schema_does_not_watch_what_it_was_built_from():
    """J7."""
    props, alternatives, values, meta, examples = {"a": s.any()}, [s.string()], ["a"], {"x-a": [1]}, [[1]]
    schema = s.object(props, meta=meta, examples=examples)
    union, enumeration = s.one_of(alternatives), s.enum(values)
    tagged_parts = [s.object({"t": s.literal("a")})]
    tagged = s.discriminated_union("t", tagged_parts)
    versions = ["ipv4"]
    address = s.ip(versions=versions)
    props["b"] = s.any()
    props.pop("a")
    alternatives[0] = s.number()
    values[0] = "b"
    meta["x-a"].append(2)
    examples[0].append(2)
    tagged_parts.clear()
    versions[0] = "ipv6"
    schema.get_prop_schemas().clear()

    assert {"a": 1} == accepts(schema, {"a": 1})
    assert "a" == accepts(union, "a")
    assert "a" == accepts(enumeration, "a")
    assert {"t": "a"} == accepts(tagged, {"t": "a"})
    assert "1.1.1.1" == accepts(address, "1.1.1.1")
    assert ({"x-a": [1]}, [[1]]) == (dict(schema.meta), list(schema.examples))


@pytest.mark.parametrize(
    "wrap", [lambda schema: schema, lambda schema: s.one_of(s.string(), schema), s.nullable]
)
def test_a_list_that_is_there_twice_is_never_the_inputs(wrap):
    """J8."""
    shared = ["1"]
    output = accepts(wrap(s.array_of(NUMBERS)), [shared, shared])

    assert [[1], [1]] == output
    assert containers(output).isdisjoint(containers(shared))


STABLE = [
    *CASES, (s.number(), "1.5"), (s.integer(), "7"), (s.boolean(), "TRUE"),
    (s.string(coerce_from_number=True), 1.5),
    (s.byte_size(), "10mb"), (s.duration(), "1m30s"), (s.duration(), "P1Y2M"), (s.date(), "2026-01-31"),
    (s.date_time(), "2026-01-31T00:00:00+01:00"), (s.uuid(), "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
    (s.buffer(), "é"), (s.ip(), "::1"), (s.uri(), "a:b"), (s.email(), "a@b.cd"), (s.literal(1), 1.0),
    (s.enum(["a", 1]), 1.0), (s.record_of(s.number(), s.byte_size()), {" 1 ": "1kb"}), (s.any(), [1]),
    (s.array_of(s.number()), '["1"]'), (s.object({"a": s.number(default=1)}), "{}"),
    (s.map_of(s.duration(), s.any()), {"1s": 1}), (s.map_of(s.boolean(), s.any()), {"true": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "value"), STABLE)
def test_an_output_is_a_good_input(schema, value):
    """J9."""
    once = accepts(schema, value)
    twice = accepts(schema, once)

    assert once == twice
    assert str(once) == str(twice)
    assert type(once) is type(twice)


def test_null_is_not_missing():
    """J10."""
    schema = s.object({"a": s.number(default=5)})

    assert {"a": 5} == accepts(schema, {})
    assert {"a": 5} == accepts(schema, {"a": MISSING})
    refuses(schema, {"a": None})
    assert {"a": None} == accepts(s.object({"a": s.nullable(s.number(default=5))}), {"a": None})


def test_threads_do_not_share_a_default():
    """J11."""
    schema = s.object({"a": s.array_of(s.any(), default=[])})
    seen = []

    def use(number):
        for _ in range(200):
            output = schema.validate({})
            output["a"].append(number)
            seen.append(len(output["a"]))

    threads = [threading.Thread(target=use, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {1} == set(seen)
