import pytest

import kbn_schema as s
from kbn_schema import SchemaDefinitionError


@pytest.mark.parametrize(
    ("alternatives", "value", "output"),
    [
        ((s.number(), s.string()), "1", 1),
        ((s.string(), s.number()), "1", "1"),
        ((s.integer(), s.number()), 1.0, 1),
        ((s.boolean(), s.literal("true")), "true", True),
        ((s.object({}, unknowns="ignore"), s.object({"a": s.any()})), {"a": 1}, {}),
        ((s.never(), s.any()), 1, 1),
    ],
)
def test_the_first_that_fits_decides(alternatives, value, output):
    found = s.one_of(*alternatives).validate(value)

    assert (type(output), output) == (type(found), found)


@pytest.mark.parametrize(
    "build",
    [
        lambda a, b: s.one_of(a, b),
        lambda a, b: s.one_of([a, b]),
        lambda a, b: s.one_of((a, b)),
        lambda a, b: s.one_of(iter([a, b])),
        lambda a, b: s.union(a, b),
        lambda a, b: s.union([a, b]),
    ],
)
def test_alternatives_come_one_by_one_or_in_a_list(build):
    assert "schema.one_of([schema.number(), schema.string()])" == repr(build(s.number(), s.string()))


def test_a_missing_value_is_refused_without_asking_them():
    with pytest.raises(s.ValidationError, match="expected at least one defined value but got"):
        s.one_of(s.maybe(s.string()), s.string(default="a")).validate()


def test_a_default_stands_in_for_a_missing_value():
    assert {"a": 1} == s.object({"a": s.one_of(s.string(), s.number(), default=1)}).validate({})


def test_its_own_validator_sees_the_output_of_the_one_that_fitted():
    seen: list[object] = []
    s.one_of(s.boolean(), s.number(), validate=seen.append).validate("5")

    assert [5] == seen


def test_a_single_alternative_speaks_for_itself():
    assert (
        "expected value of type [number] but got [string]" == s.one_of(s.number()).issues_of("x")[0].message
    )


def test_nested_unions_that_share_schemas_stay_cheap():
    node = s.one_of(
        s.object({"x": s.lazy(lambda: node)}),
        s.object({"x": s.lazy(lambda: node), "y": s.maybe(s.any())}),
        s.number(),
    )
    value: object = "wrong"
    for _ in range(60):
        value = {"x": value}

    assert not node.is_valid(value)


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: s.one_of(), "one_of(): give it at least one alternative"),
        (lambda: s.one_of([]), "one_of(): give it at least one alternative"),
        (lambda: s.one_of(1), "one_of(): give it schemas, or a list of schemas"),
        (lambda: s.one_of([s.any(), "a"]), "one_of(): alternative 1 must be a schema, but is [string]"),
        (lambda: s.one_of([s.any()], s.any()), "one_of(): alternative 0 must be a schema, but is [Array]"),
    ],
    ids=range(5),
)
def test_mistakes_are_refused_with_the_mend(build, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        build()

    assert text == str(error.value)


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        (s.one_of(s.string(), s.number()), "string|number"),
        (s.one_of(s.string(), s.string(max_length=1)), "string"),
        (s.one_of(s.one_of(s.string(), s.number()), s.number()), "string|number"),
    ],
)
def test_the_structure_names_each_alternative_once(schema, type_):
    assert [{"path": [], "type": type_}] == schema.get_schema_structure()


def levels(count, inner):
    return {"next": levels(count - 1, inner)} if count else inner


def test_a_value_met_too_deep_in_one_alternative_may_fit_another():
    node = s.object({"next": s.maybe(s.lazy(lambda: node))})
    both = s.one_of(s.object({"a": node, "b": node}), s.object({"a": s.any(), "b": node}))
    inner = levels(100, {})

    assert both.is_valid({"a": levels(150, inner), "b": inner})


@pytest.mark.parametrize("kind", [set, frozenset])
@pytest.mark.parametrize("combinator", [s.one_of, s.union, s.all_of])
def test_a_set_of_alternatives_is_refused_for_it_has_no_order(combinator, kind):
    with pytest.raises(SchemaDefinitionError, match="give it a list of schemas: a set"):
        combinator(kind([s.object({})]))
