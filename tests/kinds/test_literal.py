import enum

import pytest

import kbn_schema as s


class Text(str):
    pass


class Level(enum.IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("a", "a"),
        (1, 1),
        (1, 1.0),
        (1.0, 1),
        (0, -0.0),
        (True, True),
        (None, None),
        (2**64, 2**64),
        ("a", Text("a")),
    ],
)
def test_yields_the_literal_itself(literal, value):
    schema = s.literal(literal)

    assert literal is schema.validate(value)


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (1, True),
        (True, 1),
        (0, False),
        ("1", 1),
        (1, "1"),
        (None, False),
        (None, 0),
        ("", None),
        ("a", "A"),
        (2**53, 2**53 + 1),
    ],
)
def test_coerces_nothing(literal, value):
    assert ["literal"] == [issue.code for issue in s.literal(literal).issues_of(value)]


@pytest.mark.parametrize(("literal", "exact"), [(Text("a"), str), (Level.ONE, int)])
def test_a_literal_of_a_subclass_becomes_exact(literal, exact):
    assert exact is type(s.literal(literal).validate(literal))


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ([], "literal(): a value must be a string, number, boolean or None, but is [Array]"),
        (b"a", "literal(): a value must be a string, number, boolean or None, but is [Uint8Array]"),
        (s.MISSING, "literal(): a value must be a string, number, boolean or None, but is [undefined]"),
        (float("nan"), "literal(): a value must be a finite number: JSON has no NaN and no infinity"),
        (float("-inf"), "literal(): a value must be a finite number: JSON has no NaN and no infinity"),
    ],
)
def test_only_a_scalar_of_json_is_a_literal(literal, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.literal(literal)

    assert text == str(error.value)


@pytest.mark.parametrize(
    ("literal", "text"),
    [("a\n", "a\\n"), ("x" * 65, "x" * 61 + "..."), (1.0, "1"), (True, "true"), (None, "null"), ("", "")],
)
def test_shows_what_it_wants(literal, text):
    assert f"expected value to equal [{text}]" == s.literal(literal).issues_of([])[0].message


def test_a_missing_value_is_required():
    assert "required" == s.literal("a").issues_of(s.MISSING)[0].code


@pytest.mark.parametrize("literal", ["a'b", 1, 1.5, True, None, ""])
def test_spells_itself_as_python(literal):
    assert f"schema.literal({literal!r})" == repr(s.literal(literal))
