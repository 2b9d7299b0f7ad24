import pytest

import kbn_schema as s

A = s.object({"a": s.number()}, unknowns="allow", default={"a": 1}, validate=lambda value: "never")
B = s.object({"b": s.number(default=2)})


def test_is_an_object_with_all_props_in_order():
    assert "schema.object({'a': schema.number(), 'b': schema.number(default=2)})" == repr(s.all_of(A, B))


@pytest.mark.parametrize(
    "build", [lambda: s.all_of(A, B), lambda: s.all_of([A, B]), lambda: s.intersection(A, B)]
)
def test_parts_come_one_by_one_or_in_a_list(build):
    assert {"a": 1, "b": 2} == build().validate({"a": 1})


def test_options_of_the_parts_do_not_count():
    both = s.all_of(A, B)

    assert (None, s.MISSING, None) == (both.unknowns, both.default, both.validator)


def test_has_options_of_its_own():
    both = s.all_of(A, B, unknowns="ignore", default={}, id="both", title="Both")

    assert ({}, {"a": 1, "b": 2}, "both") == (both.validate(), both.validate({"a": 1, "c": 1}), both.id)


def test_can_be_reshaped_as_an_object():
    assert {"b": 2} == s.all_of(A, B).pick("b").validate({})


def test_of_nothing_is_an_empty_object():
    assert {} == s.all_of([]).validate({})


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((A, A), "all_of(): Duplicate key found in intersection: 'a'"),
        ((A, s.number()), "all_of(): part 1 must be an object schema, but is [Object]"),
        (([A, "b"],), "all_of(): part 1 must be an object schema, but is [string]"),
        ((1,), "all_of(): give it schemas, or a list of schemas"),
    ],
    ids=range(4),
)
def test_mistakes_are_refused_with_the_mend(parts, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.all_of(*parts)

    assert text == str(error.value)
