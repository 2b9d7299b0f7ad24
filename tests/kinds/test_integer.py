import pytest
from hypothesis import given
from hypothesis import strategies as st

import kbn_schema as s


def codes(schema, value):
    return [issue.code for issue in schema.issues_of(value)]


@pytest.mark.parametrize(
    ("value", "output"),
    [
        (0, 0),
        (-0.0, 0),
        (1.0, 1),
        ("1", 1),
        ("+1", 1),
        ("-001", -1),
        (" 7\n", 7),
        (2**53 + 1, 2**53 + 1),
        (str(2**64 + 1), 2**64 + 1),
        (1e22, 10**22),
    ],
)
def test_yields_an_exact_int(value, output):
    found = s.integer().validate(value)

    assert (int, output) == (type(found), found)


@pytest.mark.parametrize(
    "value", [1.5, "1.0", "1e3", "", " ", "a", "0x1", "1_0", "١", True, None, [1], {}, b"1"]
)
def test_refuses_what_is_no_integer(value):
    assert ["type"] == codes(s.integer(), value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "9" * 4301])
def test_refuses_what_is_not_finite_or_too_long(value):
    assert ["type"] == codes(s.integer(), value)


@given(st.integers())
def test_reads_every_integer_exactly(value):
    assert value == s.integer().validate(str(value))


@given(value=st.integers(), by=st.integers(1, 10**20))
def test_multiples_are_exact_at_any_size(value, by):
    assert (value % by == 0) == s.integer(multiple_of=by).is_valid(value)


@given(st.integers(-(2**70), 2**70), st.integers(-(2**70), 2**70))
def test_bounds_are_exact_at_any_size(value, bound):
    assert (value >= bound) == s.integer(min=bound).is_valid(value)
    assert (value < bound) == s.integer(exclusive_max=bound).is_valid(str(value))


@pytest.mark.parametrize(
    ("options", "value", "code"),
    [
        ({"min": 0.5}, 0, "min"),
        ({"max": 1.5}, 2, "max"),
        ({"exclusive_min": 1}, 1, "exclusive_min"),
        ({"exclusive_max": 1}, 1.0, "exclusive_max"),
        ({"multiple_of": 2}, "3", "multiple_of"),
        ({"multiple_of": 1.5}, 2, "multiple_of"),
    ],
)
def test_refuses_what_lies_past_a_bound(options, value, code):
    assert [code] == codes(s.integer(**options), value)


def test_a_multiple_may_be_of_a_fraction():
    assert 3 == s.integer(multiple_of=1.5).validate(3)


def test_bounds_that_make_no_sense_name_the_combinator():
    with pytest.raises(s.SchemaDefinitionError, match=r"^integer\(\): min=2 and max=1 accept nothing"):
        s.integer(min=2, max=1)
