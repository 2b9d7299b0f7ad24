import collections

import pytest

import kbn_schema as s


def issues_of(schema, value):
    return [(issue.path, issue.code) for issue in schema.issues_of(value)]


class Items(list):
    def __iter__(self):
        return iter(["a lie"])


@pytest.mark.parametrize(
    ("value", "output"), [([1, "2"], [1, 2]), ("[1]", [1]), (Items([1]), [1]), (" [ ] ", [])]
)
def test_yields_an_exact_list(value, output):
    found = s.array_of(s.number()).validate(value)

    assert (list, output) == (type(found), found)


@pytest.mark.parametrize(
    "value", [(1,), {1}, {0: 1}, {}, range(2), iter([1]), collections.deque([1]), b"[1]", 1, None]
)
def test_refuses_other_containers(value):
    assert [((), "type")] == issues_of(s.array_of(s.number()), value)


@pytest.mark.parametrize("value", ["", "1,2", "a", "[1", "[NaN]", "[1]]"])
def test_text_must_be_json(value):
    assert [((), "json")] == issues_of(s.array_of(s.any()), value)


@pytest.mark.parametrize("value", ["1", "{}", "null", '"[1]"'])
def test_text_must_be_json_of_an_array(value):
    assert [((), "type")] == issues_of(s.array_of(s.any()), value)


def test_all_problems_are_told_in_order_the_size_last():
    assert [((0,), "type"), ((2,), "required"), ((3, "x"), "unknown_key"), ((), "max_size")] == issues_of(
        s.array_of(s.object({}), max_size=3), [1, {}, s.MISSING, {"x": 1}]
    )


@pytest.mark.parametrize(
    ("size", "codes"),
    [(1, ["min_size"]), (2, []), (3, []), (4, ["max_size"])],
)
def test_sizes_are_inclusive(size, codes):
    bounded = s.array_of(s.any(), min_size=2, max_size=3)

    assert codes == [issue.code for issue in bounded.issues_of([0] * size)]


def test_a_size_of_0_counts():
    assert [((), "max_size")] == issues_of(s.array_of(s.any(), max_size=0), [1])


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (
            lambda: s.array_of(s.string),
            "array_of(): the item must be a schema, but is [Object] "
            "(call the combinator: string() and not string)",
        ),
        (lambda: s.array_of([s.string()]), "array_of(): the item must be a schema, but is [Array]"),
        (
            lambda: s.array_of(s.any(), min_size=2, max_size=1),
            "array_of(): min_size=2 and max_size=1 accept nothing: min_size must not exceed max_size",
        ),
        (
            lambda: s.array_of(s.any(), min_size=-1),
            "array_of(): min_size must be an integer of at least 0, but is [number]",
        ),
        (
            lambda: s.array_of(s.any(), unknowns="x"),
            "array_of(): unknowns must be 'forbid', 'ignore' or 'allow'",
        ),
    ],
    ids=range(5),
)
def test_mistakes_are_refused_with_the_mend(build, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        build()

    assert text == str(error.value)


def test_a_default_is_handed_out_fresh():
    tags = s.array_of(s.string(), default=["a"])
    tags.validate().append("b")

    assert ["a"] == tags.validate()


def test_a_default_given_is_not_kept():
    default = ["a"]
    tags = s.array_of(s.string(), default=default)
    default.append("b")

    assert ["a"] == tags.validate()


def test_a_validator_sees_the_output():
    assert ["sum"] == [
        issue.message
        for issue in s.array_of(s.number(), validate=lambda n: "sum" if sum(n) > 2 else None).issues_of(
            ["1", 2]
        )
    ]
