import enum

import pytest

import kbn_schema as s


class Color(enum.Enum):
    RED = "red"
    ROT = "red"  # noqa: PIE796 - an alias
    BLUE = 2
    NONE = None


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Mode(enum.StrEnum):
    READ = "r"


class Odd(enum.Enum):
    PAIR = (1, 2)


@pytest.mark.parametrize(
    ("values", "value", "output"),
    [
        (["a", "b"], "b", "b"),
        (("a", 1, None), None, None),
        ([1, True], True, True),
        ([1, True], 1.0, 1),
        ([0.5], 0.5, 0.5),
        ({"a": 1, "b": 2}, "a", "a"),
        (iter(["a"]), "a", "a"),
        ([""], "", ""),
    ],
)
def test_yields_the_value(values, value, output):
    found = s.enum(values).validate(value)

    assert (type(output), output) == (type(found), found)


@pytest.mark.parametrize(
    ("values", "value", "member"),
    [
        (Color, "red", Color.RED),
        (Color, 2, Color.BLUE),
        (Color, 2.0, Color.BLUE),
        (Color, None, Color.NONE),
        (Color, Color.BLUE, Color.BLUE),
        (Level, 1, Level.LOW),
        (Level, Level.HIGH, Level.HIGH),
        (Mode, "r", Mode.READ),
    ],
)
def test_yields_the_member_of_a_class(values, value, member):
    assert member is s.enum(values).validate(value)


@pytest.mark.parametrize(
    ("values", "value"),
    [
        (["a", 1], "A"),
        (["a", 1], "1"),
        ([1], True),
        ([True], 1),
        (["a"], ["a"]),
        (["a"], None),
        (Color, "RED"),
        (Color, "BLUE"),
        (Color, {}),
    ],
)
def test_coerces_nothing(values, value):
    assert ["enum"] == [issue.code for issue in s.enum(values).issues_of(value)]


def test_a_member_of_another_class_is_judged_by_what_it_is():
    assert [True, False] == [s.enum([1]).is_valid(Level.LOW), s.enum(["red"]).is_valid(Color.RED)]


def test_a_default_may_be_a_member():
    assert Color.RED is s.enum(Color, default=Color.RED).validate()


def test_a_validator_sees_the_member():
    seen: list[object] = []
    s.enum(Color, validate=seen.append).validate("red")

    assert [Color.RED] == seen


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], "enum(): give it at least one value"),
        (["a", 1, "a"], "enum(): the value at index 2 repeats one before it"),
        ([1, 1.0], "enum(): the value at index 1 repeats one before it"),
        ("abc", "enum(): give it a list of values or an Enum class, not [string]"),
        (1, "enum(): give it a list of values or an Enum class, not [number]"),
        ([[]], "enum(): a value must be a string, number, boolean or None, but is [Array]"),
        ([float("nan")], "enum(): a value must be a finite number: JSON has no NaN and no infinity"),
        (Odd, "enum(): a value must be a string, number, boolean or None, but is [tuple]"),
    ],
)
def test_values_that_make_no_sense_are_refused(values, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.enum(values)

    assert text == str(error.value)


def test_at_most_twenty_values_are_shown():
    message = s.enum([f"v{n}" for n in range(30)]).issues_of(1)[0].message

    assert message.endswith("v18, v19, ...] but got [number]")


def test_the_values_of_a_set_are_in_the_same_order_in_each_process():
    values = {"b", "a", "c", 2, 1, None}

    assert (None, 1, 2, "a", "b", "c") == s.enum(values).values == s.enum(frozenset(values)).values


def test_true_and_1_are_two_values():
    assert [1, True] == [s.enum([1, True]).validate(value) for value in (1, True)]


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (s.enum(("a", 1)), "schema.enum(['a', 1])"),
        (s.enum(Color, default=Color.RED), "schema.enum(Color, default=Color.RED)"),
    ],
)
def test_spells_itself_as_python(schema, text):
    assert text == repr(schema)
