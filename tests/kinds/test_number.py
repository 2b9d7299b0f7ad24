import pytest
from hypothesis import given
from hypothesis import strategies as st

import kbn_schema as s

SAFE = 2**53 - 1
BOUNDS = st.integers(-5, 5) | st.floats(-5, 5)


def codes(schema, value):
    return [issue.code for issue in schema.issues_of(value)]


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({"min": 1}, 1),
        ({"max": 1}, 1.0),
        ({"min": 0}, -0.0),
        ({"exclusive_min": 0}, 5e-324),
        ({"exclusive_max": 1}, 0.9999999999999999),
        ({"min": 0.1}, "0.1"),
        ({"max": 2**53}, SAFE),
        ({"min": 1, "max": 1}, 1),
        ({"min": 1, "exclusive_min": 0}, 1),
    ],
)
def test_takes_what_lies_at_a_bound(options, value):
    assert [] == codes(s.number(**options), value)


@pytest.mark.parametrize(
    ("options", "value", "code"),
    [
        ({"min": 1}, 0.9999999999999999, "min"),
        ({"max": 1}, 1.0000000000000002, "max"),
        ({"min": 0}, -5e-324, "min"),
        ({"max": 0}, 1, "max"),
        ({"exclusive_min": 1}, 1, "exclusive_min"),
        ({"exclusive_min": 0}, -0.0, "exclusive_min"),
        ({"exclusive_max": 1}, 1.0, "exclusive_max"),
        ({"exclusive_max": 1}, "1", "exclusive_max"),
    ],
)
def test_refuses_what_lies_past_a_bound(options, value, code):
    assert [code] == codes(s.number(**options), value)


@given(low=BOUNDS, high=BOUNDS, value=BOUNDS)
def test_inclusive_and_exclusive_bounds_differ_at_the_bound_only(low, high, value):
    assert (value >= low) == s.number(min=low).is_valid(value)
    assert (value > low) == s.number(exclusive_min=low).is_valid(value)
    assert (value <= high) == s.number(max=high).is_valid(value)
    assert (value < high) == s.number(exclusive_max=high).is_valid(value)


@pytest.mark.parametrize(
    ("of", "value"),
    [
        (0.1, 0.3),
        (0.1, 0.7),
        (0.01, 19.99),
        (0.01, 4.35),
        (3, 9),
        (3, 0),
        (3, -9),
        (0.5, 2),
        (2, 4.0),
        (1e-7, 3e-7),
        (0.1, "1.1"),
    ],
)
def test_multiples_are_reckoned_in_decimals(of, value):
    assert [] == codes(s.number(multiple_of=of), value)


@pytest.mark.parametrize(("of", "value"), [(0.1, 0.25), (0.01, 0.001), (3, 10), (2, 3.0), (0.3, 1), (1, 0.5)])
def test_what_is_no_multiple_is_refused(of, value):
    assert ["multiple_of"] == codes(s.number(multiple_of=of), value)


def test_multiples_of_large_integers_are_exact():
    even = s.number(unsafe=True, multiple_of=2)

    assert [True, False] == [even.is_valid(2**64), even.is_valid(2**64 + 1)]


@pytest.mark.parametrize(
    ("value", "output"),
    [(1, 1), (1.0, 1.0), ("1", 1), ("1.0", 1.0), (" 1e3 ", 1000.0), ("-0", 0)],
)
def test_yields_int_or_float_as_it_was_given(value, output):
    found = s.number().validate(value)

    assert (type(output), output) == (type(found), found)


@pytest.mark.parametrize(
    "value",
    [SAFE + 1, -SAFE - 1, 1e16, 10**400, str(SAFE + 1), "9" * 5000, "1e999", "0.12345678901234567890"],
)
def test_refuses_unsafe_numbers(value):
    assert ["unsafe_number"] == codes(s.number(), value)


@pytest.mark.parametrize(
    ("value", "output"),
    [
        (SAFE + 2, SAFE + 2),
        (str(SAFE + 2), SAFE + 2),
        (10**400, 10**400),
        ("9" * 4300, int("9" * 4300)),
        (1e300, 1e300),
    ],
    ids=["int", "text", "large", "long", "float"],
)
def test_unsafe_takes_them_and_keeps_integers_exact(value, output):
    found = s.number(unsafe=True).validate(value)

    assert (type(output), output) == (type(found), found)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), "1e999", "9" * 4301])
def test_infinities_are_refused_even_so(value):
    assert ["unsafe_number"] == codes(s.number(unsafe=True), value)


@pytest.mark.parametrize("unsafe", [True, False])
def test_nan_is_no_number(unsafe):
    assert ["type"] == codes(s.number(unsafe=unsafe), float("nan"))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"min": 9, "max": 1}, "number(): min=9 and max=1 accept nothing: min must not exceed max"),
        (
            {"exclusive_min": 1, "max": 1},
            "number(): exclusive_min=1 and max=1 accept nothing: exclusive_min must be less than max",
        ),
        (
            {"min": 1, "exclusive_max": 1},
            "number(): min=1 and exclusive_max=1 accept nothing: min must be less than exclusive_max",
        ),
        (
            {"exclusive_min": 1, "exclusive_max": 1},
            "number(): exclusive_min=1 and exclusive_max=1 accept nothing: "
            "exclusive_min must be less than exclusive_max",
        ),
        ({"min": float("nan")}, "number(): min must be a finite number, but is [number]"),
        ({"max": float("inf")}, "number(): max must be a finite number, but is [number]"),
        ({"max": True}, "number(): max must be a finite number, but is [boolean]"),
        ({"exclusive_min": "1"}, "number(): exclusive_min must be a finite number, but is [string]"),
        ({"multiple_of": 0}, "number(): multiple_of must be greater than 0"),
        ({"multiple_of": -0.5}, "number(): multiple_of must be greater than 0"),
    ],
)
def test_bounds_that_make_no_sense_are_refused_with_the_mend(options, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.number(**options)

    assert text == str(error.value)


def test_bounds_may_be_huge():
    assert ["min"] == codes(s.number(min=10**5000, unsafe=True), 1)
