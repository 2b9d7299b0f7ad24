"""Area D: numbers, and what only looks like one."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest

import kbn_schema as s
from tests.hostile.helper import accepts, cpu, refuses

NAN = float("nan")
INFINITY = float("inf")


class LyingInt(int):
    def __lt__(self, other):
        return False

    __gt__ = __le__ = __ge__ = __ne__ = __lt__

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1

    def __index__(self):
        return 1

    __int__ = __abs__ = __index__

    def bit_length(self):
        return 1


class LyingFloat(float):
    def __lt__(self, other):
        return False

    __gt__ = __le__ = __ge__ = __ne__ = __lt__

    def __eq__(self, other):
        return True

    __hash__ = None

    def is_integer(self):
        return True


class Convertible:
    def __float__(self):
        return 1.0

    def __int__(self):
        return 1

    __index__ = __int__


NUMERIC = [
    s.number(), s.number(unsafe=True), s.number(min=0, max=10), s.integer(), s.integer(min=0), s.literal(1),
    s.number(multiple_of=1), s.enum([1, 2]), s.byte_size(), s.duration(),
]  # fmt: skip


@pytest.mark.parametrize("schema", NUMERIC)
@pytest.mark.parametrize(
    "value",
    [
        True, False,  # D1, D2
        NAN, INFINITY, -INFINITY, json.loads("NaN"), json.loads("1e999"), LyingFloat("nan"),
        LyingFloat("inf"),  # D5
        Convertible(), 1j, Fraction(1), Decimal("1.5"), Decimal(1),  # D14, D15
        Decimal("sNaN"), Decimal("NaN"), Decimal("Infinity"),  # D16
        1.5j, None, [], {}, b"1", "", " ", "one",
    ],
)  # fmt: skip
def test_refuses_what_is_no_number(schema, value):
    refuses(schema, value)


@pytest.mark.parametrize(
    ("expected", "value"), [(True, 1), (True, 1.0), (False, 0), (False, 0.0), (1, True), (0, False)]
)
def test_a_literal_keeps_booleans_and_numbers_apart(expected, value):
    """D2."""
    refuses(s.literal(expected), value)
    refuses(s.enum([expected]), value)


@pytest.mark.parametrize("value", [1, True])
def test_a_union_keeps_booleans_and_numbers_apart(value):
    """D3: a set of both would merge them."""
    unions = [
        s.one_of(s.literal(1), s.literal(True)),
        s.one_of(s.literal(True), s.literal(1)),
        s.enum([1, True]),
    ]

    assert [value] * 3 == [accepts(union, value) for union in unions]
    assert [type(value)] * 3 == [type(accepts(union, value)) for union in unions]


def test_a_literal_number_is_a_json_number():
    """D4: decided, 1.0 is 1, and the author's own comes out."""
    assert int is type(accepts(s.literal(1), 1.0))


@pytest.mark.parametrize(
    "text",
    [
        "nan", "NaN", "inf", "Infinity", "-Infinity", "1e400", "-1e400",  # D6
        # D7; blanks around ("\t1\n") are allowed, as recorded
        "1_000", "0x1F", "0b1", "0o7", "", " ", "+", "-", ".", "e", "1e", "1e+", "+-1", "--1", "1-", "1 1",
        "1,5", "1.2.3",
        "\uff11", "\u0663", "\u00b2", "\u22121", "1\0", "\x001", "1\x1c", "\x851", "1\u180e", "1L", "1j",
        "1f", "١٢٣",
        "1" * 5000, "9" * 100_000, "1e999999999", "-1e999999999",  # D8
    ],
)  # fmt: skip
@pytest.mark.parametrize("schema", [s.number(), s.number(unsafe=True), s.number(max=5), s.integer()])
def test_refuses_text_that_spells_no_number(schema, text):
    with cpu(1.5):
        refuses(schema, text)


@pytest.mark.parametrize("text", ["1" * 5000, "9" * 100_000, "1e999999999"])
def test_endless_digits_are_never_an_error_of_the_interpreter(text):
    """D8, CVE-2020-10735."""
    for kind in (
        s.byte_size(),
        s.duration(),
        s.literal(1),
        s.boolean(),
        s.date(),
        s.map_of(s.integer(), s.any()),
    ):
        assert "fault" != refuses(kind, text).issues[0].code
    assert "fault" != refuses(s.map_of(s.integer(), s.any()), {text: 1}).issues[0].code


def test_digits_are_exact():
    """D9: text above 2**53 - 1 needs *unsafe*, as recorded; `integer` is exact at any size."""
    assert "unsafe_number" == refuses(s.number(), "9007199254740993").issues[0].code
    assert 9007199254740993 == accepts(s.number(unsafe=True), "9007199254740993")
    assert 9007199254740993 == accepts(s.integer(), "9007199254740993")
    assert 10**3000 + 1 == accepts(s.integer(), "1" + "0" * 2999 + "1")


HUGE = [10**400, -(10**400), 2**100_000, 10**5000]


@pytest.mark.parametrize("value", HUGE)
@pytest.mark.parametrize(
    "schema",
    [
        s.number(), s.number(min=-1e300, max=1e300, unsafe=True), s.integer(min=-5, max=5),
        s.integer(max=1e300, min=0.5),
        s.literal(1.5), s.string(), s.string(coerce_from_number=True, max_length=10), s.boolean(),
        s.byte_size(),
        s.duration(), s.enum([1.5]), s.object({}), s.integer(min=-1, max=1e308, multiple_of=7), s.uuid(),
        s.date_time(),
        s.one_of(s.literal(1.5), s.number(max=1)), s.number(multiple_of=0.3, max=9, min=0, unsafe=True),
    ],
)  # fmt: skip
def test_huge_integers_are_refused_in_words(schema, value):
    """D10: neither comparing nor printing them may overflow."""
    with cpu(1):
        assert "fault" not in [issue.code for issue in refuses(schema, value).issues]


@pytest.mark.parametrize("value", HUGE)
def test_huge_integers_are_exact_where_taken(value):
    assert value == accepts(s.integer(), value)
    assert value == accepts(s.number(unsafe=True), value)
    assert [value] == accepts(s.array_of(s.any()), [value])


@pytest.mark.parametrize("bound", [2**53, float(2**53)])
def test_bounds_are_not_compared_as_floats(bound):
    """D11."""
    refuses(s.number(max=bound, unsafe=True), 2**53 + 1)
    refuses(s.integer(max=bound), 2**53 + 1)
    refuses(s.number(min=2**53 + 1, unsafe=True), bound)
    assert 2**53 - 1 == accepts(s.integer(exclusive_max=bound), 2**53 - 1)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (s.number(min=0), -1), (s.number(max=0), 1), (s.string(max_length=0), "a"),
        (s.array_of(s.any(), max_size=0), [1]),
        (s.number(exclusive_min=0), 0), (s.number(exclusive_max=0), 0), (s.byte_size(max=0), 1),
        (s.duration(max=0), 1),
        (s.integer(max=0), 1), (s.integer(min=0), -1), (s.number(max=0.0), 5e-324),
        (s.number(min=-0.0), -5e-324),
    ],
)  # fmt: skip
def test_a_bound_of_zero_counts(schema, value):
    """D12."""
    refuses(schema, value)


def test_negative_zero_is_zero():
    """D13."""
    assert 0 == accepts(s.number(min=0), -0.0)
    assert 0 == accepts(s.integer(min=0), -0.0)
    refuses(s.number(min=0), -5e-324)


@pytest.mark.parametrize(
    "value", [LyingInt(10**9), LyingInt(-(10**9)), LyingFloat(1e9), LyingFloat("nan"), LyingFloat(1.5e9)]
)
def test_a_lying_number_is_judged_by_its_value(value):
    """D17."""
    for schema in (
        s.number(min=0, max=10), s.integer(min=0, max=10), s.literal(1), s.enum([1, 2]),
        s.number(multiple_of=7, exclusive_max=10, min=0), s.byte_size(max=10), s.duration(max=10),
    ):  # fmt: skip
        refuses(schema, value)


@pytest.mark.parametrize(("value", "kind"), [(LyingInt(7), int), (LyingFloat(7.5), float)])
def test_a_number_of_a_subclass_comes_out_exact(value, kind):
    """D18."""
    output = accepts(s.number(min=0, max=10), value)

    assert kind is type(output)
    assert kind(kind.__pos__(value)) == output


@pytest.mark.parametrize("number", [5e-324, 1.7976931348623157e308, 0.1, 1e22, 123456789.123456789])
@pytest.mark.parametrize("of", [5e-324, 0.1, 1e308, 3, 10**400])
def test_multiples_never_overflow(number, of):
    with cpu(1):
        assert s.number(multiple_of=of, unsafe=True).is_valid(number) in (True, False)
