"""Texts that are drawn for a pattern match it, and have the lengths that are asked for."""

import re

import pytest

from kbn_schema.testing.patterns import matching
from tests.testing.leaves import drawn, one, plainest

# As people write them, with lengths beside them; classes are ASCII, as of a text in a schema.
PATTERNS: list[tuple[str, int | None, int | None]] = [
    ("[a-z]+", None, None), ("[a-z]+", 2, 40), ("[a-z]+", 300, None), ("[a-z]+?", 2, 3),
    (r"^\d+$", None, None), (r"^\d+$", 2, 4), (".*", None, None), (".*", None, 5), ("[^\n]*", 2, 5),
    ("a|b", None, None), (r"\w{2,4}", None, None), (r"\w{2,4}", 3, 3), ("(?i)AB", None, None),
    (r"x\Z|", None, None), (r"x\Z|", 1, 4), ("", None, None), ("", 0, 5), ("$", None, None),
    (r"[\s\S]*", None, None), ("[^abc]{3}", 3, None),
    # Slugs, names, versions.
    ("[a-z0-9]+(?:-[a-z0-9]+)*", None, None), ("[a-z0-9]+(?:-[a-z0-9]+)*", 3, 20),
    ("[a-z](?:[a-z0-9-]*[a-z0-9])?", 2, 64), ("[A-Za-z_][A-Za-z0-9_]*", None, 63),
    (r"[\w.-]{1,50}", None, 50), (r"kbn-[a-z]+:\w+", None, None),
    (r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", None, None),
    (r"v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?", None, 20),
    # Ids.
    ("[0-9a-f]{24}", None, None), ("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", 36, 36),
    (r"[A-Z]{2,3}-\d{1,6}", 6, 8), (r"\+?[1-9]\d{1,14}", 10, None), ("#[0-9a-f]{6}|#[0-9a-f]{3}", 4, 4),
    # Dates, times, numbers.
    (r"\d{4}-\d\d(-\d\d)?", None, None), (r"\d{4}-\d\d", 7, 7), (r"(?:[01]\d|2[0-3]):[0-5]\d", None, None),
    (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z", None, 30), (r"(?P<y>\d+)-(?P<m>\d+)", 3, 8),
    (r"-?\d+(\.\d+)?", None, 9),
    # Addresses and paths.
    (r"[^@\s]+@[^@\s]+\.[^@\s]+", None, 100), (r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}", 6, 254),
    ("[^/]+(/[^/]+)*", 1, 30), ("(?:/[a-z0-9_-]+)+/?", None, 50),
    ("(foo|bar|baz)(,(foo|bar|baz))*", None, 30),
    (r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}", None, None), (r"[a-z]{2}(-[A-Z]{2})?", None, 5),
    # Places, groups, repeats within repeats.
    (r"\A[a-z]{3}\Z", None, None), ("^[a-z]{3}$", 1, None), ("^a$|^b+$", 1, 3), ("(^a|b)c", None, 9),
    (r"\bfoo\b", None, None), ("(a{2}){3,}", None, 20), ("(?:a|bc)+", 5, 5), ("(?:ab|cde)+", 40, 60),
    ("(a*)*", 3, 3), ("(a|b|)*c", None, 4), ("(a{97})+", 200, 2000), ("(ab?){0,2}$", None, 3),
    ("(a|b$)+", None, 3), ("(a|b$){2,3}", None, None), ("(?i:ab)c", 3, 3), ("(a$)?b?", None, 9),
    ("a$b?", None, None), ("(a$|b^)c?", None, 9), ("(a$)*", 1, 9), ("a$b?", None, 9),
    # What looks around or back, and what does not give back.
    (r"(?=.*\d)(?=.*[a-z])[a-z\d]{8,}", 8, 40), ("(?!-)[a-z0-9-]{1,63}(?<!-)", None, 20),
    (r"(['\"])[a-z]*\1", None, None), (r"(['\"])[a-z]*\1", 2, 10), ("(a)?b(?(1)c|d)", None, None),
    ("a++b", None, 9), ("(?>ab|a)c", None, None),
]  # fmt: skip
COMPILED: list[tuple[re.Pattern[str], int | None, int | None]] = [
    (re.compile("[a-z]+", re.IGNORECASE), 2, 3), (re.compile("[^a]k", re.IGNORECASE), 2, 3),
    (re.compile("stra\u00dfe", re.IGNORECASE), None, 9), (re.compile("a b [ ] # no", re.VERBOSE), None, None),
    (re.compile("a b [ ] # no", re.VERBOSE), 1, 9), (re.compile("^[a-z]+$", re.MULTILINE), None, 5),
    (re.compile(".+", re.DOTALL), 1, 4), (re.compile(r"\w+\s\D\S\W"), 5, 8),
    (re.compile("[\u0430-\u044f]+[^\\d]"), 2, 5),
]  # fmt: skip
ALL = [*((re.compile(text, re.ASCII), least, most) for text, least, most in PATTERNS), *COMPILED]
NONE = [
    ("[a-z]{5}", None, 4), ("[a-z]{5}", 6, None), ("a{3}", 4, 9), ("(aa)+", 3, 3),
    ("a|bcd", 2, 2), ("(?!)", None, None), (r"[^\s\S]", None, None), (r"[^\s\S]+", 1, 2),
    (r"a[^\s\S]?", 2, 2), ("(?:ab){2,}", 5, 5), ("(?:a[b-c]){9}", None, 17), ("(?:ab){9}", 1, 17),
    ("a++b", None, 1), ("[a-z]+", 5, 4),
]  # fmt: skip


def label(part: object) -> str:
    return ascii(part.pattern) if isinstance(part, re.Pattern) else ascii(part)


@pytest.mark.parametrize(("pattern", "least", "most"), ALL, ids=label)
def test_what_is_drawn_matches_and_is_as_long_as_it_should_be(
    pattern: re.Pattern[str], least: int | None, most: int | None
) -> None:
    found = drawn(matching(pattern, least, most))

    assert [] == [text for text in found if not pattern.fullmatch(text)]
    assert (least or 0) <= min(map(len, found))
    assert most is None or max(map(len, found)) <= most


@pytest.mark.parametrize(("text", "least", "most"), NONE)
def test_what_matches_nothing_of_the_length_has_no_value(
    text: str, least: int | None, most: int | None
) -> None:
    assert matching(re.compile(text), least, most).is_empty


@pytest.mark.parametrize(
    ("text", "least", "most", "value"),
    [
        ("[a-z]+", None, None, "a"),
        ("[a-z]+", 3, 9, "aaa"),
        (r"\d{4}-\d\d", None, 9, "0000-00"),
        ("(?:a|bc)+", 2, 5, "aa"),
        ("b|a", None, 9, "a"),
        (r"[\w.-]+", 1, 9, "0"),
    ],
)
def test_shrinks_to_the_plainest(text: str, least: int | None, most: int | None, value: str) -> None:
    assert value == plainest(matching(re.compile(text, re.ASCII), least, most))


@pytest.mark.parametrize(
    ("text", "most"), [("[a-z]+", 40), ("[a-z]{1,63}(-[a-z]+)?", 90), ("(?:ab)*", 200), ("a*b*", 256)]
)
def test_the_longest_is_drawn_too(text: str, most: int) -> None:
    longest = one(matching(re.compile(text), 1, most), lambda value: len(value) == most)

    assert re.fullmatch(text, longest)


def test_every_way_through_a_pattern_is_taken() -> None:
    found = drawn(matching(re.compile("(?:a|b){0,2}c?|[x-z]"), None, 3), 200)

    assert {
        "",
        "a",
        "b",
        "aa",
        "ab",
        "ba",
        "bb",
        "c",
        "ac",
        "bc",
        "aac",
        "abc",
        "bac",
        "bbc",
        "x",
        "y",
        "z",
    } == set(found)


def test_classes_are_drawn_from_an_alphabet() -> None:
    assert {"a", "b"} == set("".join(drawn(matching(re.compile("[a-z]+"), 1, 9, "ab1"))))
    assert matching(re.compile("[a-z]+"), 1, 9, "12").is_empty


def test_a_long_run_is_repeated_and_not_drawn_to_its_end() -> None:
    [text] = {
        text[:64] * 100 == text[:6400] or text for text in drawn(matching(re.compile("[a-z]+"), 6400), 5)
    }

    assert text is True


def test_what_is_long_in_any_case_is_small_to_hypothesis() -> None:
    """It refuses to test with what takes thousands of draws, and shrinks it for minutes."""
    assert "0" * 5000 == plainest(matching(re.compile(r"\w{5000}", re.ASCII)))
