"""Patterns in the spelling of ECMA-262 match what Python's match as a whole."""

import itertools
import json
import re

import jsonschema_rs
import pytest
import quickjs
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kbn_schema.json_schema.ecma import ecma_pattern

TEXTS = [
    *("".join(letters) for size in range(4) for letters in itertools.product("ab1 \n-", repeat=size)),
    *("foo x", "foox", "aba1", "bb1", "aab", "Ab", "AB", "abab", "a.b", "[a]", "a\\b", "a/b", "^$", "x-y"),
    *("é", "É ", "éa", "ß", "😀", "😀😀", "😁", "٣٣", "\u00a0", "a\u00a0", "\u212a", "ſ", "aſ", "ıs", "_ "),
    *("\x00\t", "\x85", "\x1c", "\ufeff", "x\ry", "x\u2028y", "x\ny"),
]


ENGINE = quickjs.Context()
ENGINE.eval("const matched = (pattern, texts) => texts.filter(text => new RegExp(pattern, 'u').test(text))")


def matched(pattern: str) -> list[str]:
    """Those of TEXTS in which an engine of ECMA-262 finds *pattern*."""
    found = ENGINE.eval(f"JSON.stringify(matched({json.dumps(pattern)}, {json.dumps(TEXTS)}))")
    return json.loads(found)


def matched_by_validator(pattern: str) -> list[str]:
    """Those of TEXTS that fit *pattern* under a validator's own engine, the one that takes no time."""
    options = jsonschema_rs.RegexOptions()
    check = jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=options)
    return [text for text in TEXTS if check.is_valid(text)]


def require_same(compiled: re.Pattern[str]) -> None:
    spelled = ecma_pattern(compiled)
    expected = [text for text in TEXTS if compiled.fullmatch(text)]

    assert spelled is not None
    assert expected == matched(spelled)
    # That engine neither looks around nor back.
    if not re.search(r"\(\?[=!<]|\\[1-9]", spelled):
        assert expected == matched_by_validator(spelled)


@pytest.mark.parametrize("flags", [re.ASCII, re.UNICODE, re.ASCII | re.DOTALL, re.MULTILINE])
@pytest.mark.parametrize(
    "pattern",
    [
        r"", r"a", r"[a-z]+", r"^[a-z]+$", r"a|b", r"^a|b$", r"(?:a|ab)(?:b|)", r"\d{2,3}", r"\w\s", r"[^\s]",
        r"[\w-]+", r"\S\D", r"[^\d\n]+", r"\bfoo\b x", r"a\B[a-c1 ]", r"(a)(b)\2", r"(?P<x>a|b)(?P=x)1",
        r"a{,2}", r"a{2}", r"a{1,}?b*?", r"(?:ab)+", r"(ab){2}", r"[]a]", r"\[a\]", r"[a\-\]^]", r"[\^]\$",
        r"x.y", r"a/b", r"\Aab\Z", r"a(?=b)b", r"a(?!b).", r"(?<!a)b", r"(?<=a)?b", r"\x00\t",
        r"😀+", r"[😀-😂]", r"a\\b", r"[^a]", r"[^ab]", r"a(?!)", r"^a$\n^b$", r"(?s:x.y)",
        r"(?m:^a$)\n?b?", r"(?x: a b ) # c", r"(?:\Aa|b)1?", r"a?(?:\Ab)?",
    ],
)  # fmt: skip
def test_matches_what_python_matches(pattern, flags):
    require_same(re.compile(pattern, flags))


@pytest.mark.parametrize("flags", [re.IGNORECASE, re.IGNORECASE | re.ASCII])
@pytest.mark.parametrize("pattern", ["k", "[a-k]s", "[^k]", r"\w+", "a(?-i:b)", "(?i:a)b", "foo X", "-1|1-"])
def test_letter_case_does_not_count_where_it_does_not_in_python(pattern, flags):
    require_same(re.compile(pattern, flags))


@pytest.mark.parametrize(
    ("pattern", "spelled"),
    [
        ("[a-z]+", "^[a-z]+$"),
        ("^a$", "^a$"),
        (r"\A\d\Z", "^[0-9]$"),
        (r"[\w-]\W", r"^[A-Za-z0-9_\-][^A-Za-z0-9_]$"),
        (r"[\W\d]", r"^[\W0-9]$"),
        ("a|b|cd", "^(?:a|b|cd)$"),
        ("a/b-c", "^a/b-c$"),
        ("é\\u0000", "^é\\u0000$"),
        (r"a++(?>b|bc)d?+", "^a+(?:b(?:|c))d?$"),
        (r"(?P<name>a)b", "^(?:a)b$"),
        (r"(?=a)*(?:(?!b))+", "^(?!b)$"),
    ],
)
def test_is_spelled_plainly(pattern, spelled):
    assert spelled == ecma_pattern(re.compile(pattern, re.ASCII))


@pytest.mark.parametrize(
    "pattern",
    [
        re.compile(r"(a)?(?(1)b|c)"),
        re.compile("\ud800"),
        re.compile("[à-ö]", re.IGNORECASE),
        re.compile("é", re.IGNORECASE),
        re.compile(r"[\W\d]"),
    ],
    ids=["conditional group", "surrogate", "range of letters", "letter", "mixed class"],
)
def test_what_cannot_be_said_is_none(pattern):
    assert ecma_pattern(pattern) is None


def test_a_pattern_of_many_groups_is_told_or_none():
    assert ecma_pattern(re.compile("(" * 60 + "a" + ")" * 60)) == "^" + "(?:" * 60 + "a" + ")" * 60 + "$"


PIECES = st.sampled_from(
    [
        "a",
        "b",
        "1",
        ".",
        r"\d",
        r"\w",
        r"\s",
        "[ab]",
        "[^a]",
        "[a-z1]",
        "(?:a|b1)",
        "(?:|b)",
        "(?=a)",
        "(?!b)",
    ]
)
QUANTIFIERS = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,2}", "*?"])


@settings(max_examples=200, deadline=None)
@example(parts=[("a", "+"), ("a", "*"), ("a", "+"), ("(?!b)", "")], ascii_only=False)
@given(parts=st.lists(st.tuples(PIECES, QUANTIFIERS), max_size=4), ascii_only=st.booleans())
def test_any_pattern_matches_what_python_matches(parts, ascii_only):
    text = "".join(
        f"(?:{piece}){quantifier}" if piece.startswith("(") else piece + quantifier
        for piece, quantifier in parts
    )

    require_same(re.compile(text, re.ASCII if ascii_only else 0))
