import pytest

import kbn_schema as s

THEN, OTHERWISE = s.literal("then"), s.literal("otherwise")


def takes(right, left):
    judge = s.conditional(s.context_ref("left"), right, THEN, OTHERWISE)
    context = {} if left is s.MISSING else {"left": left}
    return "then" if judge.is_valid("then", context) else "otherwise"


@pytest.mark.parametrize(
    ("right", "left", "branch"),
    [
        ("a", "a", "then"),
        ("a", "A", "otherwise"),
        (1, 1.0, "then"),
        (1, True, "otherwise"),
        (True, 1, "otherwise"),
        (1, "1", "otherwise"),
        (None, None, "then"),
        (None, s.MISSING, "otherwise"),
        ([1, {"a": [True]}], [1.0, {"a": [True]}], "then"),
        ([1, {"a": [True]}], [1, {"a": [1]}], "otherwise"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, "then"),
        ({"a": 1}, {"a": 1, "b": 2}, "otherwise"),
        ([1], [1, 2], "otherwise"),
    ],
)
def test_a_plain_value_is_compared_as_json_without_coercion(right, left, branch):
    assert branch == takes(right, left)


@pytest.mark.parametrize(
    ("right", "left", "branch"),
    [
        (s.number(min=1), "2", "then"),
        (s.number(min=1), 0, "otherwise"),
        (s.string(), s.MISSING, "otherwise"),
        (s.any(default=1), s.MISSING, "then"),
        (s.object({}), s.MISSING, "then"),
        (s.object({"a": s.number()}), s.MISSING, "otherwise"),
        (s.offering_based_schema(traditional=s.maybe(s.number())), s.MISSING, "then"),
        (s.maybe(s.string()), s.MISSING, "then"),
        (s.nullable(s.string()), s.MISSING, "then"),
        (s.never(), s.MISSING, "then"),
        (s.never(), 1, "otherwise"),
        (s.object({"a": s.number()}), {"a": "1"}, "then"),
    ],
)
def test_a_schema_is_what_it_must_fit(right, left, branch):
    assert branch == takes(right, left)


@pytest.mark.parametrize(
    ("context", "branch"),
    [({"left": 1, "b": 1.0}, "then"), ({"left": 1, "b": 2}, "otherwise"), ({}, "otherwise")],
)
def test_a_reference_is_compared_with_what_it_reads(context, branch):
    judge = s.conditional(s.context_ref("left"), s.context_ref("b"), THEN, OTHERWISE)

    assert branch == judge.validate(branch, context)


def test_two_siblings_may_be_compared():
    changed = s.object(
        {
            "old": s.any(),
            "new": s.any(),
            "why": s.conditional(s.sibling_ref("old"), s.sibling_ref("new"), s.never(), s.string()),
        }
    )

    assert [True, False, True, False] == [
        changed.is_valid(value)
        for value in (
            {"old": 1, "new": 1},
            {"old": 1, "new": 1, "why": "x"},
            {"old": 1, "new": 2, "why": "x"},
            {"old": 1, "new": 2},
        )
    ]


def test_the_default_of_the_branch_comes_first():
    both = s.conditional(s.context_ref("a"), 1, s.string(default="branch"), s.string(), default="own")

    assert ["branch", "own"] == [both.validate(context={"a": 1}), both.validate(context={"a": 2})]


def test_its_own_validator_sees_the_output_of_the_branch():
    seen: list[object] = []
    s.conditional(s.context_ref("a"), 1, s.number(), s.string(), validate=seen.append).validate("5", {"a": 1})

    assert [5] == seen


def test_conditionals_may_nest():
    inner = s.conditional(s.context_ref("b"), 1, s.literal("ab"), s.literal("a"))
    outer = s.conditional(s.context_ref("a"), 1, inner, s.never())

    assert ["ab", "a"] == [outer.validate("ab", {"a": 1, "b": 1}), outer.validate("a", {"a": 1, "b": 2})]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            ("a", 1, THEN, OTHERWISE),
            "conditional(): left must be a reference: context_ref('a.b') or sibling_ref('a')",
        ),
        (
            (s.context_ref("a"), 1, s.string, OTHERWISE),
            "conditional(): then must be a schema, but is [Object] "
            "(call the combinator: string() and not string)",
        ),
        ((s.context_ref("a"), 1, THEN, None), "conditional(): otherwise must be a schema, but is [null]"),
    ],
    ids=range(3),
)
def test_mistakes_are_refused_with_the_mend(arguments, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.conditional(*arguments)

    assert text == str(error.value)


@pytest.mark.parametrize(
    ("context", "accepts"),
    [
        ({"serverless": True}, [True, False]),
        ({"serverless": False}, [False, True]),
        ({}, [False, True]),
        ({"serverless": 1}, [False, True]),
    ],
)
def test_an_offering_is_serverless_or_traditional(context, accepts):
    offering = s.offering_based_schema(serverless=s.literal("s"), traditional=s.literal("t"))

    assert accepts == [offering.is_valid("s", context), offering.is_valid("t", context)]


def test_an_offering_that_is_left_out_takes_nothing():
    offering = s.offering_based_schema(traditional=s.number())

    assert s.MISSING is offering.validate(context={"serverless": True})
    assert not offering.is_valid(1, {"serverless": True})


def test_the_default_of_an_offering_stands_in_where_it_is_left_out():
    assert 1 == s.offering_based_schema(traditional=s.number(), default=1).validate(
        context={"serverless": True}
    )


@pytest.mark.parametrize(
    ("right", "branch"),
    [
        (s.number(default=3), "then"),
        (s.one_of(s.number(), default=3), "then"),
        (s.maybe(s.number()), "then"),
        (s.number(), "otherwise"),
    ],
)
def test_a_missing_left_fits_what_has_a_default(right, branch):
    assert branch == takes(right, s.MISSING)


@pytest.mark.parametrize("left", [{"a": [1]}, {"a": [1, 2], "b": 1}, {"b": [1, 2]}, [1, 2], "a"])
def test_containers_that_differ_are_not_equal(left):
    assert ("then", "otherwise") == (takes({"a": [1, 2]}, {"a": [1, 2.0]}), takes({"a": [1, 2]}, left))


def raises(*_):
    raise RuntimeError


HOSTILE = dict.fromkeys(("__eq__", "__hash__", "__iter__", "__len__", "__getitem__", "keys"), raises)


@pytest.mark.parametrize("plain", ["a", 1, 1.5, b"a", [1], {"a": 1}], ids=repr)
def test_what_is_compared_is_not_asked(plain):
    hostile = type("Hostile", (type(plain),), HOSTILE)(plain)
    schema = s.object({"a": s.any(), "b": s.conditional(s.sibling_ref("a"), plain, THEN, OTHERWISE)})

    assert schema.is_valid({"a": hostile, "b": "then"})
    assert schema.is_valid({"a": [hostile], "b": "otherwise"})


def test_what_raises_when_it_is_compared_is_not_the_same():
    hostile = type("Hostile", (), HOSTILE)
    one, other = hostile(), hostile()
    judge = s.conditional(s.context_ref("left"), one, THEN, OTHERWISE)

    assert "then" == judge.validate("then", {"left": one})
    assert "otherwise" == judge.validate("otherwise", {"left": other})


def test_two_missing_references_are_equal_only_where_nothing_is_required():
    rule = s.conditional(s.context_ref("x"), s.context_ref("x"), s.number(), s.literal("p"))

    assert "p" == rule.validate("p")
    assert 1 == s.object({"a": rule}).validate_key("a", 1)


CHOICE = s.conditional(s.context_ref("left"), 1, s.string(), s.number(default=5))


@pytest.mark.parametrize(
    ("schema", "output"),
    [
        (s.maybe(CHOICE), 5),
        (s.maybe(s.maybe(CHOICE)), 5),
        (s.object({"a": s.maybe(CHOICE)}), {"a": 5}),
        (s.nullable(CHOICE), None),
        (s.maybe(s.conditional(s.context_ref("left"), 1, s.string(), s.nullable(s.number()))), None),
        (s.maybe(s.conditional(s.context_ref("left"), 1, s.string(), s.number())), s.MISSING),
        (s.conditional(s.context_ref("left"), 1, s.string(), s.maybe(s.number()), default=5), s.MISSING),
        (s.conditional(s.context_ref("left"), 1, s.string(), s.number(), default=5), 5),
    ],
)
def test_the_default_of_the_chosen_branch_comes_first(schema, output):
    assert output == schema.validate()
