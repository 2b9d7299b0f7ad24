"""Which texts spell a number or a boolean, and what they are worth."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema.numbers import BLANKS, is_safe, read_boolean, read_integer, read_number, strip_blanks

SAFE = 2**53 - 1
NOT_NUMBERS = [
    "",
    " ",
    "+",
    "-",
    ".",
    "e",
    "1e",
    "e1",
    "1e+",
    ".e1",
    "1.2.3",
    "1,5",
    "1_0",
    "0x1",
    "0b1",
    "0o1",
    "1 2",
    "--1",
    "+-1",
    "Infinity",
    "inf",
    "nan",
    "NaN",
    "١",
    "１",
    "²",
    "1\x00",
    "\x1c1",
    "\x851",
    "½",
    "1f",
    "1n",
    "true",
    "1e1.5",
]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("+7", 7),
        ("007", 7),
        (" 5\n", 5),
        ("\ufeff5\u00a0", 5),
        ("9007199254740993", 9007199254740993),
        ("9" * 4300, int("9" * 4300)),
        ("0" * 5000 + "1", 1),
    ],
)
def test_digits_give_an_exact_int(text, value):
    number = read_number(text)

    assert (int, value) == (type(number), number)
    assert value == read_integer(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0", 1.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-0.0", -0.0),
        ("1e2", 100.0),
        ("1E-2", 0.01),
        ("1.5e+3", 1500.0),
        ("1e999", math.inf),
        ("-1e999", -math.inf),
        ("1e-999", 0.0),
        (" 2.50\t", 2.5),
    ],
)
def test_a_fraction_or_an_exponent_gives_a_float(text, value):
    number = read_number(text)

    assert (float, str(value)) == (type(number), str(number))
    assert None is read_integer(text)


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_reads_no_number_where_none_is_spelled(text):
    assert (None, None) == (read_number(text), read_integer(text))


@pytest.mark.parametrize(("text", "value"), [("9" * 4301, math.inf), ("-" + "9" * 4301, -math.inf)])
def test_more_than_4300_digits_are_not_read(text, value):
    assert value == read_number(text)
    assert None is read_integer(text)


@given(st.integers())
def test_reads_every_integer_back(number):
    assert number == read_integer(str(number))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_reads_every_float_back(number):
    assert number == read_number(repr(number))


@given(st.text("0123456789+-.eE _", max_size=6))
def test_reads_no_more_than_python_does(text):
    number = read_number(text)

    assert number is None or number == float(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("FALSE", False), (" True\n", True), ("tRuE", True), ("\ufefffalse\u2003", False)],
)
def test_reads_booleans_in_any_letter_case(text, value):
    assert value is read_boolean(text)


@pytest.mark.parametrize(
    "text", ["", "1", "0", "yes", "on", "t", "tru", "truee", "true false", "ｔｒｕｅ", "\x1ctrue", "\x85true"]
)
def test_reads_no_boolean_where_none_is_spelled(text):
    assert None is read_boolean(text)


def test_strips_what_javascript_calls_blank_and_no_more():
    assert "\x1c" == strip_blanks(BLANKS + "\x1c" + BLANKS)
    assert len(set(BLANKS)) == 25


@pytest.mark.parametrize("number", [0, SAFE, -SAFE, 0.1, 1e-300, float(SAFE)])
def test_a_number_up_to_2_to_the_53rd_is_safe(number):
    assert is_safe(number)


@pytest.mark.parametrize("number", [SAFE + 1, -SAFE - 1, 1e16, math.inf, -math.inf, 10**400])
def test_a_larger_number_is_not_safe(number):
    assert not is_safe(number)


@pytest.mark.parametrize(
    "text", ["0.1", "1.50", "0001.5", "-0.0", "1.0", "123.456e2", "1e5", "0.000001", ".5", "5."]
)
def test_a_text_that_keeps_its_digits_is_safe(text):
    number = read_number(text)

    assert is_safe(number, text)


@pytest.mark.parametrize(
    "text",
    ["0.12345678901234567890", "1.00000000000000000001", "9007199254740991.5", "1.2345678901234567890e3"],
)
def test_a_text_that_loses_digits_is_not_safe(text):
    number = read_number(text)

    assert not is_safe(number, text)
