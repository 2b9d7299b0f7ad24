import attrs
import pytest

import kbn_schema as s
from kbn_schema import SchemaDefinitionError
from tests.steps import steps_of


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


def steps_of_alternatives(count):
    """How much work a deep value is for so many alternatives that lead back to all of them."""
    tags = [s.object({"t": s.literal(number), "a": s.lazy("any")}) for number in range(count)]
    union = s.one_of(tags, id="any")
    value: object = None
    for _ in range(30):
        value = {"a": value}

    assert not union.is_valid(value)
    return steps_of(lambda: union.is_valid(value))


def test_each_alternative_that_leads_back_to_the_union_adds_the_same():
    assert steps_of_alternatives(32) < 9 * steps_of_alternatives(4)


@pytest.mark.parametrize("compiled", [False, True])
def test_a_union_that_reads_a_sibling_is_asked_again_beside_another(compiled):
    """The same list in the same place, first beside 5 and then beside "5"."""
    inner = s.one_of(
        s.conditional(s.sibling_ref("k"), 5, s.array_of(s.number()), s.array_of(s.string())), s.never()
    )
    either = s.one_of(
        s.object({"k": s.number(), "v": inner, "z": s.literal(1)}), s.object({"k": s.string(), "v": inner})
    )
    if compiled:
        either.compile()

    assert {"k": "5", "v": ["1"]} == either.validate({"k": "5", "v": ["1"]})


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


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Raising(s.Schema[str]):
    """A kind with a mistake: it raises *error*, wherever it is asked."""

    error: Exception

    def check(self, value, run):
        raise self.error


def tagged(tag, **props):
    return s.object({"type": s.literal(tag), **props})


@pytest.mark.parametrize("error", [KeyError("a"), TypeError("b"), s.SchemaError("c")])
def test_an_alternative_that_raises_does_not_fit_and_the_next_is_tried(error):
    either = s.one_of(
        tagged("a", x=s.array_of(Raising(error=error))), s.object({"type": s.string(), "x": s.any()})
    )
    value = {"type": "a", "x": [1]}

    assert value == either.validate(value) == either.compile().validate(value)


def test_what_an_alternative_raised_is_the_cause_where_none_fits():
    error = KeyError("a")

    with pytest.raises(s.ValidationError) as caught:
        s.one_of(Raising(error=error), s.number()).validate("x")

    assert error is caught.value.__cause__
    assert {"fault"} <= {issue.code for issue in caught.value.issues}


@pytest.mark.parametrize("error", [s.SchemaDefinitionError("d"), MemoryError()])
def test_what_is_no_verdict_leaves_a_union(error):
    with pytest.raises(type(error)):
        s.one_of(Raising(error=error), s.number()).validate("x")


def test_an_alternative_that_raised_deep_inside_leaves_no_trace():
    """Neither depth, nor names, nor what is under way: the same value fits the next alternative."""
    inner = s.object({"n": s.array_of(s.record_of(s.string(), Raising(error=KeyError())))}, unknowns="ignore")
    deep = s.object(
        {"n": s.array_of(s.record_of(s.string(), s.number())), "m": s.maybe(s.lazy("deep"))}, id="deep"
    )
    value = {"n": [{"a": 1}]}

    for _ in range(60):  # the depth that is left behind would add up to the limit
        value = {"n": value["n"], "m": value}
    either = s.one_of(inner, deep)

    assert value == either.validate(value)


def test_an_alternative_that_raised_for_a_sibling_further_out_is_tried_again_beside_another():
    """The same object, met twice: what was found the first time holds for that sibling alone."""
    number = s.conditional(s.sibling_ref("...flag"), True, Raising(error=KeyError()), s.number())
    either = s.one_of(s.object({"x": number}), s.object({"x": s.any()}))
    shared = {"x": "1"}
    rows = [{"flag": True, "v": shared}, {"flag": False, "v": shared}]
    expected = [{"flag": True, "v": {"x": "1"}}, {"flag": False, "v": {"x": 1}}]

    assert expected == s.array_of(s.object({"flag": s.boolean(), "v": either})).validate(rows)


def test_unions_in_unions_that_raise_take_no_more_than_linear_time():
    asked = []

    @attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
    class Counting(s.Schema[str]):
        def check(self, value, run):
            asked.append(value)
            raise KeyError

    last = {"x": Counting()}
    node = s.one_of(
        s.object({"c": s.maybe(s.lazy(lambda: node)), **last}),
        s.object({"c": s.maybe(s.lazy(lambda: node)), "y": s.any(), **last}),
    )
    value = {"x": 1}
    for _ in range(40):
        value = {"c": value, "x": 1}

    assert not node.is_valid(value)
    assert len(asked) < 1000
