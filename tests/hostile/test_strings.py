"""Area C: text, patterns and formats."""

import re
from collections import UserString

import pytest

import kbn_schema as s
from tests.hostile.helper import accepts, cpu, raises_definition_error, refuses

MEGA = 10_000_000


class Liar(str):
    """Claims to equal everything."""

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__

    def __len__(self):
        return 1


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", " x ", "\ufeffx", "\u00e9", "e\u0301", "\u202e", ""])
def test_text_comes_out_as_it_came(text):
    """C1, C3: NUL and surrogates are let through, nothing is trimmed or normalised."""
    assert text == accepts(s.string(), text)


def test_length_counts_code_points():
    """C2."""
    assert "\U0001f600" == accepts(s.string(max_length=1), "\U0001f600")
    assert "max_length" == refuses(s.string(max_length=1), "e\u0301").issues[0].code


@pytest.mark.parametrize(
    "value", [b"secret", bytearray(b"secret"), UserString("secret"), ["secret"], memoryview(b"s")]
)
def test_refuses_what_only_looks_like_text(value):
    """C4."""
    assert "type" == refuses(s.string(), value).issues[0].code


@pytest.mark.parametrize(
    "pattern", ["^[a-z]+$", r"\A[a-z]+\Z", "[a-z]+", re.compile("^[a-z]+$"), re.compile("[a-z]+")]
)
@pytest.mark.parametrize("text", ["abcdef\n", "\nabcdef", "abcdef1"])
def test_a_pattern_matches_the_whole_text(pattern, text):
    """C5."""
    refuses(s.string(pattern=pattern), text)


def test_classes_are_ascii_in_a_pattern_of_text():
    """C6."""
    refuses(s.string(pattern=r"^\d+$"), "\u0661\u0662")


@pytest.mark.parametrize(
    "pattern", ["(", "a{1,99999999999}", "[", "(?P<x", "\\", 5, b"a", ["a"], re.compile(b"a")]
)
def test_a_bad_pattern_is_a_definition_error(pattern):
    """C7, N1 to N3."""
    raises_definition_error(lambda: s.string(pattern=pattern))


def test_lengths_come_before_the_pattern():
    """C8. Without *max_length* a pattern that backtracks is the author's risk, as documented (C9)."""
    with cpu(0.5):
        error = refuses(s.string(max_length=16, pattern="^(a+)+$"), "a" * 60 + "!")

    assert "max_length" == error.issues[0].code


def test_the_number_at_the_end_of_a_long_text_costs_nothing():
    """C10."""
    with cpu(0.5):
        refuses(s.string(max_length=10), "1" * MEGA)


@pytest.mark.parametrize("start", ["1", " ", "-", "0.", "1e", "\u00a0", "true", "1.5"])
def test_long_text_is_cheap_for_scalars(start):
    """C11."""
    text = start + start[-1] * MEGA
    kinds = [
        s.boolean(),
        s.literal(1),
        s.literal("a"),
        s.integer(),
        s.uuid(),
        s.date_time(),
        s.email(),
        s.number(),
    ]
    with cpu(2.5):
        # "1.5555..." is a number, whose digits are lost; so is an endless one of ones.
        codes = {refuses(kind, text).issues[0].code for kind in kinds}

    assert codes <= {"type", "literal", "format", "unsafe_number"}


@pytest.mark.parametrize("start", ["{", "[", '"', "[[],", "1", "nul", '{"a":', "\\", '"\\'])
def test_long_text_is_cheap_for_containers(start):
    """C11 where JSON text is read."""
    text = start * (MEGA // 10 // len(start))
    with cpu(2.5):
        refuses(s.object({}), text)
        refuses(s.array_of(s.any()), text)
        refuses(s.record_of(s.any(), s.any()), text)


# "true " is a boolean as recorded: blanks around are allowed.
@pytest.mark.parametrize(
    "value", ["\uff54rue", "t rue", "yes", "1", "", 1, 0, 1.0, "true\0", "\u0131", "truе", None]
)
def test_refuses_what_is_nearly_a_boolean(value):
    """C12."""
    refuses(s.boolean(), value)


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("false", False), ("TRUE ", True), ("\tFalse", False)]
)
def test_takes_the_booleans_of_a_query(text, expected):
    """C13."""
    assert expected is accepts(s.boolean(), text)


def test_a_literal_is_compared_by_content():
    """C14."""
    refuses(s.literal("a"), Liar("secret"))
    refuses(s.enum(["a", "b"]), Liar("secret"))
    refuses(s.one_of(s.literal("a"), s.literal("b")), Liar("secret"))
    refuses(s.string(max_length=2), Liar("secret"))


# Leading zeros ("01.02.03.04") are accepted, as recorded.
@pytest.mark.parametrize(
    "value",
    [
        "127.0.0.1\n", 1, True, b"\x7f\0\0\1", 2130706433, "::1%eth0\n", "::1%eth0", "\uff11.2.3.4",
        ":" * 1_000_000,
        "1." * 500_000, "0x7f.1", "127.1", "::ffff:1.2.3.4\0", "[::1]", "1.2.3.4/8", "",
    ],
)  # fmt: skip
def test_refuses_what_is_no_address(value):
    """C15."""
    with cpu(1.5):
        refuses(s.ip(), value)
        refuses(s.ip(versions=["ipv4", "ipv6", "ipvfuture"]), value)


# "http://host:99999/" is accepted, as recorded: a port is any digits.
@pytest.mark.parametrize(
    "value",
    [
        "http://[::1", "http://\u2100.example/", "ht\ntp://a", "http://a\n.b", "http://a\0", "http://a\t",
        "1http://a",
        "//x", "http:\\\\x", "http://", "", " http://a", "http://a ", "http:a", "h\ud800://a",
        "http://" + "a" * 256, "http://" + "@" * 100_000, "a:" + "%" * 100_000 + " ",
        ("a" * 100_000) + "\n:b",
    ],
)  # fmt: skip
def test_refuses_what_is_no_uri(value):
    """C16."""
    with cpu(1):
        refuses(s.uri(), value)
        refuses(s.uri(scheme=["http", "ht"]), value)


# Compared with regard to letter case, as recorded: "HTTP://x" is refused.
@pytest.mark.parametrize(
    "value", ["HTTP://x", "javascript:alert(1)", "https://secret", "xhttp://secret", "http\n://x"]
)
def test_refuses_other_schemes(value):
    """C19."""
    refuses(s.uri(scheme=["http"]), value)


@pytest.mark.parametrize(
    "value",
    [
        "1kb\n", "\uff11kb", "9" * 5000 + "kb", "9" * 5000, "-1kb", "1_0kb", "1.5kb", "01kb", " 1kb", True,
        None, 1.5,
        float("nan"), float("inf"), 2**53, -1, 10**400, "1e3", "0x10", "", " ", b"1kb", "k" * 1_000_000,
    ],
)  # fmt: skip
def test_refuses_what_is_no_byte_size(value):
    """C17."""
    with cpu(1):
        refuses(s.byte_size(), value)


@pytest.mark.parametrize(
    "value",
    [
        "9" * 300 + "d", "1s" * 500_000, "nans", "1s\n", "\uff11s", "-1s", "1_0s", True, None, 1.5,
        float("nan"),
        float("-inf"), 2**53, 10**400, "P", "PT", "P1", "1e3", "", " ", b"1s", "9007199254740992y",
        "P9999999999999999Y",
    ],
)  # fmt: skip
def test_refuses_what_is_no_duration(value):
    """C18."""
    with cpu(1):
        refuses(s.duration(), value)


@pytest.mark.parametrize(
    "text", [".".join(["a"] * 10_000), "a." * 5_000_000, "\u00e9" * 1_000_000, "a@" * 500_000, "@" * 9]
)
def test_long_names_are_cheap(text):
    """C20."""
    with cpu(0.5):
        refuses(s.string(hostname=True), text)
        refuses(s.email(), text)


@pytest.mark.parametrize(
    "text", ["ü." * 120 + "de\n", "\ufdfa" * 256, "xn--" + "a" * 250, "é" * 256, "\u0301" * 256]
)
def test_international_names_are_cheap(text):
    """C20: up to the longest that is looked at."""
    with cpu(0.5):
        refuses(s.string(hostname=True), text)


def test_text_that_utf8_cannot_hold_is_no_buffer():
    refuses(s.buffer(), "secret\ud800")


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+23:59", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "0000-01-01"]
)
def test_what_the_calendar_does_not_hold_is_refused(text):
    refuses(s.date(), text)
    refuses(s.date_time(), text)
