"""What holds for every kind, over all examples, their near misses and random JSON."""

import copy
import datetime
import json
import pickle
import uuid
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

import kbn_schema
from kbn_schema import MISSING, ByteSize, Schema, ValidationError, schema
from kbn_schema.kinds.nullable import NullableSchema
from kbn_schema.kinds.one_of import OneOfSchema
from kbn_schema.testing import Broken, from_schema, invalid_from_schema
from tests import examples
from tests.examples import EXAMPLES, IDS, STREAM, Color, Example, exact
from tests.fuzz.compare import compare
from tests.near_miss import near_misses

OUTPUT_TYPES = {
    str, int, float, bool, type(None), bytes, list, dict, type(MISSING), type(STREAM), ByteSize,
    kbn_schema.Duration, datetime.datetime, datetime.date, type(examples.NIL), Color,
}  # fmt: skip
BOUNDS = (
    "min", "max", "exclusive_min", "exclusive_max", "multiple_of", "min_length", "max_length", "min_size",
    "max_size", "pattern",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "b", "c", "type", "value", "name"]) | st.text(max_size=2), inner, max_size=3
        )
    ),
    max_leaves=5,
)

ANYTHING = (None, True, 1, 1.5, "a", [], {}, [1], {"a": 1})

over_all_examples = pytest.mark.parametrize("example", EXAMPLES, ids=IDS)


def draws(example: Example) -> list[Any]:
    """The values of an example, and what is near to those it accepts."""
    return example.values + [near for value, _ in example.accepted for near in near_misses(value)]


def answer(judge: Schema[Any], value: Any, context: Any) -> Any:
    """All that validation says of a value, in a form that compares by exact types."""
    try:
        return "accepted", exact(judge.validate(value, context))
    except ValidationError as error:
        return "refused", str(error), [issue.to_dict() for issue in error.issues]


def answers(judge: Schema[Any], example: Example, values: list[Any] | None = None) -> dict[str, Any]:
    values = draws(example) if values is None else values
    return {repr(value): answer(judge, value, example.context) for value in values}


def accepts(judge: Schema[Any], example: Example, values: list[Any] | None = None) -> dict[str, bool]:
    values = draws(example) if values is None else values
    return {repr(value): judge.is_valid(value, example.context) for value in values}


def outputs(example: Example) -> list[Any]:
    accepted = [value for value in draws(example) if example.schema.is_valid(value, example.context)]
    return [example.schema.validate(value, example.context) for value in accepted]


def errors(example: Example) -> list[ValidationError]:
    refused = [value for value in draws(example) if not example.schema.is_valid(value, example.context)]
    return [error_of(example.schema, value, example.context) for value in refused]


def error_of(judge: Schema[Any], value: Any, context: Any) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        judge.validate(value, context)
    return caught.value


def parts(value: Any) -> Iterator[Any]:
    """The value and all that is in it."""
    yield value
    if type(value) is dict:
        yield from (part for entry in value.items() for item in entry for part in parts(item))
    elif type(value) in (list, tuple):
        yield from (part for item in value for part in parts(item))


def containers(value: Any) -> set[int]:
    return {id(part) for part in parts(value) if type(part) in (list, dict)}


def backwards(value: Any) -> Any:
    if type(value) is dict:
        return {key: backwards(item) for key, item in reversed(value.items())}
    return [backwards(item) for item in value] if type(value) is list else value


def rebuilt(of: Schema[Any]) -> Schema[Any]:
    return eval(repr(of), {**vars(examples), "schema": schema, "UUID": uuid.UUID})


def without_bounds(of: Schema[Any]) -> Schema[Any]:
    found = [field.name for field in attrs.fields(type(of)) if field.name in BOUNDS]
    return attrs.evolve(of.rebuild(without_bounds), **dict.fromkeys(found))


def with_wider_bounds(of: Schema[Any]) -> Schema[Any]:
    found = {field.name: getattr(of, field.name) for field in attrs.fields(type(of)) if field.name in BOUNDS}
    wider = {name: WIDER[name](bound) for name, bound in found.items() if name in WIDER and bound is not None}
    return attrs.evolve(of.rebuild(with_wider_bounds), **wider)


def lower(bound: Any) -> Any:
    return ByteSize(bound - 1) if type(bound) is ByteSize else less(bound, -1)


def higher(bound: Any) -> Any:
    return ByteSize(bound + 1) if type(bound) is ByteSize else less(bound, 1)


def less(bound: Any, by: int) -> Any:
    return (
        bound + datetime.timedelta(milliseconds=by) if isinstance(bound, datetime.timedelta) else bound + by
    )


WIDER: dict[str, Callable[[Any], Any]] = {
    "min": lower,
    "exclusive_min": lower,
    "max": higher,
    "exclusive_max": higher,
    "min_length": lambda bound: max(bound - 1, 0),
    "min_size": lambda bound: max(bound - 1, 0),
    "max_length": higher,
    "max_size": higher,
    "multiple_of": lambda bound: bound / 2,
}


def same_copies(of: Schema[Any]) -> list[Schema[Any]]:
    return [
        pickle.loads(pickle.dumps(of, 2)),
        pickle.loads(pickle.dumps(of)),
        copy.copy(of),
        copy.deepcopy(of),
    ]


def test_every_combinator_has_an_example():
    assert set(schema.__all__) == {example.name for example in EXAMPLES}


@over_all_examples
def test_accepts_what_the_table_says_and_puts_out_exactly_that(example):
    expected = [(value, exact(output)) for value, output in example.accepted]

    assert expected == [
        (value, exact(example.schema.validate(value, example.context))) for value, _ in example.accepted
    ]


@over_all_examples
def test_refuses_what_the_table_says(example):
    assert [] == [value for value in example.refused if example.schema.is_valid(value, example.context)]


@over_all_examples
def test_validating_an_output_again_changes_nothing(example):
    once = outputs(example)

    assert [exact(output) for output in once] == [
        exact(example.schema.validate(output, example.context)) for output in once
    ]


@over_all_examples
def test_validating_twice_gives_the_same(example):
    assert answers(example.schema, example) == answers(example.schema, example)


@over_all_examples
def test_compiled_code_says_what_check_says(example):
    fresh = pickle.loads(pickle.dumps(example.schema)).compile()

    for value in draws(example):
        compare(fresh, value, example.context, example.schema)


@over_all_examples
def test_copies_and_pickles_answer_alike(example):
    copies = same_copies(example.schema)

    assert [answers(example.schema, example)] * len(copies) == [answers(other, example) for other in copies]


@over_all_examples
def test_copies_and_pickles_spell_alike(example):
    copies = same_copies(example.schema)

    assert {repr(example.schema)} == {repr(other) for other in copies}


@over_all_examples
def test_repr_is_python_that_builds_the_schema_again(example):
    again = rebuilt(example.schema)

    assert repr(example.schema) == repr(again)
    assert answers(example.schema, example) == answers(again, example)


@over_all_examples
def test_a_used_schema_spells_and_pickles_as_a_new_one(example):
    before = repr(example.schema), pickle.dumps(example.schema)
    answers(example.schema, example)

    assert before == (repr(example.schema), pickle.dumps(example.schema))


@over_all_examples
def test_is_valid_issues_of_and_validate_agree(example):
    judge, context, values = example.schema, example.context, draws(example)
    told = [answer(judge, value, context) for value in values]

    assert [verdict[0] == "accepted" for verdict in told] == [
        judge.is_valid(value, context) for value in values
    ]
    assert [verdict[2] if verdict[0] == "refused" else [] for verdict in told] == [
        [issue.to_dict() for issue in judge.issues_of(value, context)] for value in values
    ]


@over_all_examples
def test_an_error_begins_at_its_path_which_is_that_of_its_first_issue(example):
    found = errors(example)

    assert [error.issues[0].path for error in found] == [error.path for error in found]
    assert [] == [error for error in found if not str(error).startswith(shown_path(error.path))]


def shown_path(path: tuple[Any, ...]) -> str:
    return f"[{'.'.join(map(str, path))}]: " if path else ""


@over_all_examples
def test_an_error_without_a_union_is_its_first_issue(example):
    told = [error for error in errors(example) if error.issues[0].code != "union"]

    assert [shown_path(error.path) + error.issues[0].message for error in told] == [
        str(error) for error in told
    ]


@over_all_examples
def test_an_error_as_a_dict_survives_json(example):
    dicts = [error.to_dict() for error in errors(example)]

    assert dicts == [json.loads(json.dumps(told, allow_nan=False)) for told in dicts]


@over_all_examples
def test_an_error_survives_pickling(example):
    found = errors(example)
    copies = [pickle.loads(pickle.dumps(error)) for error in found]

    assert [(str(error), error.path, error.to_dict()) for error in found] == [
        (str(error), error.path, error.to_dict()) for error in copies
    ]


@over_all_examples
def test_issues_are_there_once_each(example):
    told = [[repr(issue.to_dict()) for issue in error.issues] for error in errors(example)]

    assert [list(dict.fromkeys(issues)) for issues in told] == told


@over_all_examples
def test_outputs_hold_only_exact_builtin_and_documented_types(example):
    found = {type(part) for output in outputs(example) if not example.shares for part in parts(output)}

    assert set() == found - OUTPUT_TYPES


@over_all_examples
def test_the_input_is_not_changed(example):
    values = draws(example)
    before = [exact(value) for value in values]
    answers(example.schema, example, values)

    assert repr(before) == repr([exact(value) for value in values])


@pytest.mark.parametrize("example", [row for row in EXAMPLES if not row.shares], ids=lambda row: row.name)
def test_no_container_of_the_input_is_in_the_output(example):
    values = [value for value in draws(example) if example.schema.is_valid(value, example.context)]

    assert [] == [
        value
        for value in values
        if containers(value) & containers(example.schema.validate(value, example.context))
    ]


@over_all_examples
def test_two_outputs_share_no_container(example):
    once, again = outputs(example), outputs(example)
    shared = set() if example.shares else {part for one in once for part in containers(one)}

    assert set() == shared & {part for one in again for part in containers(one)}


@over_all_examples
def test_nullable_agrees_on_all_but_none(example):
    values = [value for value in draws(example) if value is not None and value is not MISSING]
    wrapped = schema.nullable(example.schema)

    assert accepts(example.schema, example, values) == accepts(wrapped, example, values)
    assert accepted(answers(example.schema, example, values)) == accepted(answers(wrapped, example, values))


@over_all_examples
def test_maybe_agrees_on_all_that_is_there(example):
    values = [value for value in draws(example) if value is not MISSING]
    # Around `never`, `maybe` takes everything, as Kibana's does.
    wrapped = schema.maybe(example.schema) if repr(example.schema) != "schema.never()" else example.schema

    assert answers(example.schema, example, values) == answers(wrapped, example, values)


@over_all_examples
def test_one_of_a_single_schema_is_that_schema(example):
    values = [value for value in draws(example) if value is not MISSING]

    assert answers(example.schema, example, values) == answers(
        schema.one_of([example.schema]), example, values
    )


@over_all_examples
def test_one_of_never_and_a_schema_accepts_what_the_schema_accepts(example):
    values = [value for value in draws(example) if value is not MISSING]
    union = schema.one_of(schema.never(), example.schema)

    assert accepts(example.schema, example, values) == accepts(union, example, values)
    assert accepted(answers(example.schema, example, values)) == accepted(answers(union, example, values))


def accepted(told: dict[str, Any]) -> dict[str, Any]:
    return {value: verdict for value, verdict in told.items() if verdict[0] == "accepted"}


@over_all_examples
def test_wrapping_in_lazy_changes_nothing(example):
    assert answers(example.schema, example) == answers(schema.lazy(lambda: example.schema), example)


@over_all_examples
def test_a_prop_is_judged_as_at_the_root(example):
    values = [value for value in draws(example) if value is not MISSING]
    around = schema.object({"prop": example.schema})

    assert accepts(example.schema, example, values) == {
        repr(value): around.is_valid({"prop": value}, example.context) for value in values
    }


@over_all_examples
@pytest.mark.parametrize("widened", [without_bounds, with_wider_bounds])
def test_a_wider_bound_refuses_nothing_that_was_accepted(example, widened: FunctionType):
    values = [value for value in draws(example) if example.schema.is_valid(value, example.context)]
    wider = widened(example.schema)

    assert [] == [value for value in values if not wider.is_valid(value, example.context)]


@over_all_examples
def test_the_order_of_keys_does_not_change_acceptance(example):
    values = draws(example)

    assert [example.schema.is_valid(value, example.context) for value in values] == [
        example.schema.is_valid(backwards(value), example.context) for value in values
    ]


@over_all_examples
def test_unknowns_set_deep_take_whatever_was_taken(example):
    values = [value for value in draws(example) if example.schema.is_valid(value, example.context)]
    ignoring = example.schema.extends_deep(unknowns="ignore")

    assert [] == [
        value for value in values if type(value) is not str and not ignoring.is_valid(value, example.context)
    ]


@over_all_examples
def test_stripping_takes_whatever_was_taken(example):
    values = [value for value in draws(example) if example.schema.is_valid(value, example.context)]

    assert [exact(example.schema.validate(value, example.context)) for value in values] == [
        exact(example.schema.validate(value, example.context, strip_unknown_keys=True)) for value in values
    ]


@over_all_examples
def test_the_structure_is_json_and_its_paths_are_distinct(example):
    structure = example.schema.get_schema_structure()

    assert structure == json.loads(json.dumps(structure))
    assert len(structure) == len({tuple(line["path"]) for line in structure})


@settings(max_examples=200, deadline=None)
@given(example=st.sampled_from(EXAMPLES), value=JSON)
def test_any_json_gets_the_same_issues_whoever_is_asked(example, value):
    verdict = answer(example.schema, value, example.context)
    issues = example.schema.issues_of(value, example.context)

    assert verdict[2:] == tuple([[issue.to_dict() for issue in issues]] * (verdict[0] == "refused"))
    assert json.dumps([issue.to_dict() for issue in issues], allow_nan=False)


@settings(max_examples=200, deadline=None)
@given(example=st.sampled_from(EXAMPLES), value=JSON)
def test_any_json_that_is_accepted_is_accepted_for_good(example, value):
    judge = schema.one_of(example.schema, schema.any())  # which accepts the rest as it is
    once = judge.validate(value, example.context)

    assert exact(once) == exact(judge.validate(once, example.context))


@settings(max_examples=200, deadline=None)
@given(example=st.sampled_from(EXAMPLES), value=JSON)
def test_any_json_gets_one_answer_however_the_schema_is_reached(example, value):
    ways = [
        schema.lazy(lambda: example.schema),
        schema.one_of([example.schema]),
        schema.maybe(example.schema),
    ]
    ways = [way for way in ways if example.schema.combinator != "never"]

    assert [answer(example.schema, value, example.context)] * len(ways) == [
        answer(way, value, example.context) for way in ways
    ]


# --- the strategies ---

# Of a union the first issue names it, and those of the alternative that came closest follow.
UNIONS = (OneOfSchema, NullableSchema)


def strategy_of(make: Callable[..., Any], example: Example, **options: Any) -> st.SearchStrategy[Any]:
    """The strategy, empty where no value fits, or none is wrong."""
    try:
        strategy: st.SearchStrategy[Any] = make(example.schema, context=example.context, **options)
    except Unsatisfiable:
        return st.nothing()
    return strategy


def has_union(of: Schema[Any]) -> bool:
    return isinstance(of, UNIONS) or any(map(has_union, of.children()))


@over_all_examples
def test_the_values_of_the_strategy_are_accepted(example):
    strategy = strategy_of(from_schema, example)
    assert strategy.is_empty == (not accepts_any(example))

    @settings(max_examples=30, deadline=None, database=None)
    @given(strategy if not strategy.is_empty else st.just(MISSING))
    def law(value: Any) -> None:
        assert example.schema.is_valid(value, example.context)

    law()


def accepts_any(example: Example) -> bool:
    """Whether there is a value, and not only a missing one."""
    return any(value is not MISSING for value, _ in example.accepted)


@over_all_examples
def test_the_outputs_of_the_strategy_are_outputs(example):
    strategy = strategy_of(from_schema, example, side="output")

    @settings(max_examples=30, deadline=None, database=None)
    @given(strategy if not strategy.is_empty else st.just(MISSING))
    def law(output: Any) -> None:
        assert exact(output) == exact(example.schema.validate(output, example.context))

    law()


@over_all_examples
def test_what_the_strategy_breaks_is_refused_there_and_for_that(example):
    strategy = strategy_of(invalid_from_schema, example, explain=True)
    assert strategy.is_empty == (not refuses_any(example))

    @settings(max_examples=30, deadline=None, database=None)
    @given(strategy)
    def law(broken: Broken) -> None:
        issues = example.schema.issues_of(broken.value, example.context)
        first = issues[0]
        if has_union(example.schema):
            assert first.path == broken.path[: len(first.path)]
        else:
            assert (broken.what, broken.path) == (first.code, first.path)
            assert {broken.path} == {issue.path[: len(broken.path)] for issue in issues}

    if not strategy.is_empty:
        law()


def refuses_any(example: Example) -> bool:
    return any(not example.schema.is_valid(value, example.context) for value in ANYTHING)
