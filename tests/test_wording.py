"""How keys, numbers and types are shown: in JSON's words, escaped and short."""

import collections
import datetime
import enum
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema import MISSING, ByteSize, Duration, schema
from kbn_schema.wording import escape, shorten, show, show_all, show_number, show_path, type_word


class Text(str):
    """Text that prints as another one."""

    def __str__(self) -> str:
        return "a lie"


class Level(enum.IntEnum):
    LOW = 1


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, "null"),
        (MISSING, "undefined"),
        (True, "boolean"),
        (1, "number"),
        (1.5, "number"),
        (float("nan"), "number"),
        ("", "string"),
        ({}, "Object"),
        ([], "Array"),
        ((), "tuple"),
        (b"", "Uint8Array"),
        (bytearray(), "Uint8Array"),
        (set(), "Set"),
        (frozenset(), "Set"),
        (datetime.date(1970, 1, 1), "Date"),
        (datetime.datetime(1970, 1, 1), "Date"),
        (re.compile(""), "RegExp"),
        (len, "function"),
        (lambda: None, "function"),
        (object(), "Object"),
        (schema.string(), "Object"),
    ],
)
def test_names_types_as_json_and_javascript_do(value, word):
    assert word == type_word(value)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (Text(), "string"),
        (collections.OrderedDict(), "Object"),
        (collections.UserDict(), "Object"),
        (Level.LOW, "number"),
        (ByteSize(1), "number"),
        (Duration(1), "Object"),
    ],
)
def test_names_a_subclass_as_its_builtin_type(value, word):
    assert word == type_word(value)


def test_does_not_believe_a_class_that_an_object_claims():
    class Liar:
        __class__ = str

    assert "Object" == type_word(Liar())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 😀 \\ '", "plain é 😀 \\ '"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x00\x1b[31m", "\\x00\\x1b[31m"),
        ("\u202eabc", "\\u202eabc"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("a\u00a0b\u2028", "a\\xa0b\\u2028"),
    ],
)
def test_escapes_what_does_not_print(text, shown):
    assert shown == escape(text)


@given(st.text() | st.text(st.characters(categories=["Cc", "Cs", "Cf"])))
def test_whatever_is_shown_prints_and_is_short(text):
    shown = shorten(text)

    assert shown.isprintable()
    assert len(shown) <= 64


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 64, "x" * 64),
        ("x" * 65, "x" * 61 + "..."),
        ("\n" * 32, "\\n" * 32),
        ("\n" * 33, "\\n" * 30 + "\\..."),
    ],
)
def test_shortens_what_is_longer_than_64_characters(text, shown):
    assert shown == shorten(text)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (-0.0, "0"),
        (4.0, "4"),
        (-7, "-7"),
        (0.1, "0.1"),
        (-1.5, "-1.5"),
        (1e-6, "0.000001"),
        (-1.25e-6, "-0.00000125"),
        (1e-7, "1e-7"),
        (1.5e-10, "1.5e-10"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (-1.5e300, "-1.5e+300"),
        (2**64, "18446744073709551616"),
        (2**1024, "2^1024..."),
        pytest.param(10**5000, "2^16609...", id="huge"),
    ],
)
def test_shows_numbers_as_javascript_does(value, shown):
    assert shown == show_number(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_shown_float_reads_back_as_the_same(value):
    assert value == float(show_number(value))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\n", "a\\n"),
        (Text("a"), "a"),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (1.0, "1"),
        ({}, "Object"),
        ([1], "Array"),
        (MISSING, "undefined"),
    ],
)
def test_shows_scalars_as_json_does_and_all_else_as_its_type(value, shown):
    assert shown == show(value)


def test_shows_at_most_twenty_values():
    assert ", ".join(map(str, range(20))) + ", ..." == show_all(range(21))
    assert ", ".join(map(str, range(20))) == show_all(range(20))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ((), ""),
        (("a", 0, "b"), "a.0.b"),
        (("a.b", ""), "a.b."),
        (("\n", "x" * 65), "\\n." + "x" * 61 + "..."),
    ],
)
def test_joins_the_keys_of_a_path_with_dots(path, shown):
    assert shown == show_path(path)
