import re

import pytest

import kbn_schema as s


def codes(schema, value):
    return [issue.code for issue in schema.issues_of(value)]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("a|ab", "ab"), ("[a-z]+", "abc"), (r"\d+", "12"), ("", ""), ("a.c", "abc"), ("^a$", "a")],
)
def test_a_pattern_matches_the_whole_text(pattern, text):
    assert text == s.string(pattern=pattern).validate(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("a", "ab"), ("a", "ba"), ("a$", "a\n"), ("", "a"), ("a|b", "ab"), ("(?m)^a$", "a\na"), ("a.c", "a\nc")],
)
def test_a_pattern_that_matches_a_part_is_not_enough(pattern, text):
    assert ["pattern"] == codes(s.string(pattern=pattern), text)


@pytest.mark.parametrize(("pattern", "text"), [(r"\d", "١"), (r"\w", "é"), (r"\s", "\u00a0")])
def test_classes_of_a_pattern_in_text_are_ascii(pattern, text):
    assert ["pattern"] == codes(s.string(pattern=pattern), text)
    assert text == s.string(pattern=re.compile(pattern)).validate(text)


def test_a_compiled_pattern_keeps_its_flags():
    assert "A\nB" == s.string(pattern=re.compile("a.b", re.IGNORECASE | re.DOTALL)).validate("A\nB")


def test_flags_may_stand_in_the_text():
    assert "A" == s.string(pattern="(?i)a").validate("A")


@pytest.mark.parametrize(("text", "code"), [("", "min_length"), ("123", "max_length"), ("12", "pattern")])
def test_a_pattern_is_tried_after_the_lengths(text, code):
    assert [code] == codes(s.string(min_length=1, max_length=2, pattern="[a-z]+"), text)


def test_a_hostile_text_never_reaches_the_pattern():
    """Would take hours otherwise."""
    slow = s.string(max_length=10, pattern="(a+)+b")

    assert ["max_length"] == codes(slow, "a" * 100)


@pytest.mark.parametrize("text", ["😀", "é", "\u0301", "\u0000", "\n"])
def test_lengths_count_code_points(text):
    assert text == s.string(min_length=1, max_length=1).validate(text)


@pytest.mark.parametrize("text", [" a ", "A", "e\u0301", "\ufeff"])
def test_nothing_is_trimmed_or_normalised(text):
    assert text == s.string().validate(text)


def test_equal_lengths_ask_for_exactly_that_many():
    exactly = s.string(min_length=2, max_length=2)

    assert [False, True, False] == [exactly.is_valid("a" * length) for length in (1, 2, 3)]


def test_a_bound_of_0_counts():
    assert ["max_length"] == codes(s.string(max_length=0), "a")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (1.0, "1"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e21, "1e+21"),
        (10**400, "1" + "0" * 400),
        (1e-7, "1e-7"),
    ],
    ids=str,
)
def test_spells_numbers_as_javascript_where_they_are_taken(value, text):
    assert text == s.string(coerce_from_number=True).validate(value)


@pytest.mark.parametrize("value", [True, None, [1], {}])
def test_takes_no_more_than_numbers_for_text(value):
    assert ["type"] == codes(s.string(coerce_from_number=True), value)


def test_a_number_taken_for_text_is_bound_as_text():
    assert ["max_length"] == codes(s.string(coerce_from_number=True, max_length=2), 100)


def test_a_hostname_is_no_number():
    assert ["type"] == codes(s.string(hostname=True, coerce_from_number=True), 1)


def test_a_hostname_may_have_a_pattern_too():
    local = s.string(hostname=True, pattern=r".*\.local")

    assert [[], ["pattern"], ["format"]] == [codes(local, text) for text in ("a.local", "a.org", "a_.local")]


def test_a_validator_sees_valid_text_only():
    seen: list[str] = []
    s.string(max_length=1, validate=seen.append).issues_of("ab")
    s.string(max_length=1, validate=seen.append).issues_of("a")

    assert ["a"] == seen


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"min_length": -1}, "string(): min_length must be an integer of at least 0, but is [number]"),
        ({"max_length": 1.5}, "string(): max_length must be an integer of at least 0, but is [number]"),
        ({"max_length": True}, "string(): max_length must be an integer of at least 0, but is [boolean]"),
        ({"min_length": "1"}, "string(): min_length must be an integer of at least 0, but is [string]"),
        (
            {"min_length": 3, "max_length": 2},
            "string(): min_length=3 and max_length=2 accept nothing: min_length must not exceed max_length",
        ),
        (
            {"pattern": "["},
            "string(): pattern is no regular expression: unterminated character set at position 0",
        ),
        ({"pattern": 1}, "string(): pattern must be a text or a compiled pattern, but is [number]"),
        ({"pattern": re.compile(b"a")}, "string(): pattern must be a pattern for text, not for bytes"),
    ],
)
def test_options_that_make_no_sense_are_refused_with_the_mend(options, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.string(**options)

    assert text == str(error.value)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (s.string(), "schema.string()"),
        (s.string(min_length=0, default="a'\n"), """schema.string(min_length=0, default="a'\\n")"""),
        (s.string(pattern=r"\d"), r"schema.string(pattern='\\d')"),
        (s.string(pattern=re.compile("a")), "schema.string(pattern=re.compile('a'))"),
        (s.string(pattern=re.compile("a", re.I)), "schema.string(pattern=re.compile('a', re.IGNORECASE))"),
        (s.string(hostname=True, title="host"), "schema.string(hostname=True, title='host')"),
    ],
)
def test_spells_itself_as_python(schema, text):
    assert text == repr(schema)


def test_a_text_that_is_no_host_name_is_not_measured():
    short = s.string(hostname=True, max_length=3)

    assert ["format"] == [issue.code for issue in short.issues_of("1.2.3")]
    assert ["max_length"] == [issue.code for issue in short.issues_of("a.bc")]
