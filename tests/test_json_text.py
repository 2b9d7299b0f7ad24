import contextlib
import json
import pickle
import sys
import time

import pytest

from kbn_schema import json_text, messages
from kbn_schema.json_text import JsonTextError, read_json
from kbn_schema.problems import Problem


@pytest.fixture(autouse=True, params=["the standard library", "msgspec"])
def reader(request, monkeypatch):
    """Who reads: all that is said here holds for both."""
    if request.param == "msgspec":
        pytest.importorskip("msgspec")
    else:
        monkeypatch.setattr(json_text, "load_reader", lambda: None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        (b" true\r\n", True),
        ("-0.5e-3", -0.0005),
        ("1e-999", 0.0),
        ("1E+308", 1e308),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ('"\\u00e9\\ud83d\\ude00"', "é😀"),
        ('"\\\\ud800"', "\\ud800"),
        ('"é"'.encode(), "é"),
        ('{"a": {"a": [1, {}]}}', {"a": {"a": [1, {}]}}),
        ('{"a": "[[[{{{\\"[[["}', {"a": '[[[{{{"[[['}),
        ('"' + "9" * 5000 + '"', "9" * 5000),
        ('"1e999 NaN"', "1e999 NaN"),
    ],
)
def test_reads_what_the_text_spells(text, value):
    assert value == read_json(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the JSON text is empty"),
        (b" \n", "the JSON text is empty"),
        ("\ufeff1", "the JSON text must not begin with a byte order mark"),
        (b"\xef\xbb\xbf1", "the JSON text must not begin with a byte order mark"),
        (b'"\xff"', "the JSON text is not valid UTF-8"),
        ('"x"'.encode("utf-16"), "the JSON text is not valid UTF-8"),
        (b'"\xed\xa0\x80"', "the JSON text is not valid UTF-8"),
        ('"\ud800"', "the JSON text contains a lone surrogate"),
        ('"\\ud800"', "the JSON text contains a lone surrogate"),
        ('{"\\uDC00": 1}', "the JSON text contains a lone surrogate"),
        ("NaN", "the JSON text contains NaN or an infinity"),
        ("[-Infinity]", "the JSON text contains NaN or an infinity"),
        ("1e999", "the JSON text contains a number too large to represent"),
        ("-1.5E+999", "the JSON text contains a number too large to represent"),
        ("9" * 310 + ".0", "the JSON text contains a number too large to represent"),
        ("9" * 200 + "e200", "the JSON text contains a number too large to represent"),
        ("-" + "9" * 4301, "the JSON text contains an integer of more than [4300] digits"),
        ('{"a": 1, "a": 1}', "the JSON text contains an object with a duplicate key"),
        ('[{"a": 1, "\\u0061": 1}]', "the JSON text contains an object with a duplicate key"),
    ],
)
def test_refuses_what_could_be_read_in_two_ways(text, message):
    with pytest.raises(JsonTextError) as error:
        read_json(text)

    assert message == str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "[1,]",
        '{"a":1,}',
        "{a: 1}",
        "'a'",
        "01",
        "+1",
        ".5",
        "5.",
        "1_000",
        "0x10",
        "tru",
        "nul",
        "[1",
        "]",
        '{"a"}',
        '"a',
        '"a\\',
        '"\\x"',
        '"\t"',
        "1 2",
        "{} {}",
        "1 // one",
        "1\x00",
        "\u00a01",
        "1\u2028",
        "\x0c1",
    ],
)
def test_refuses_what_is_not_json(text):
    with pytest.raises(JsonTextError, match=r"^the JSON text is malformed at line \[1\], column \[\d+\]$"):
        read_json(text)


def test_says_the_line_and_the_column_of_the_first_mistake():
    with pytest.raises(JsonTextError) as error:
        read_json('{\n  "a": secret\n}')

    assert {"line": 2, "column": 8} == error.value.problem.params
    assert "secret" not in str(error.value)


def test_keeps_no_text_in_the_chain_of_an_error():
    for text in [
        '{"a": secret}',
        '["secret\ud800"]',
        b'"secret\xff"',
        '["secret\\ud800"]',
        '["secret", NaN]',
    ]:
        with pytest.raises(JsonTextError) as error:
            read_json(text)

        assert (None, None) == (error.value.__cause__, error.value.__context__)


def test_keeps_the_last_of_two_keys_when_asked_to():
    assert {"a": 2} == read_json('{"a": 1, "a": 2}', duplicate_keys="last")


@pytest.mark.parametrize(
    "text",
    [
        '{"a": ":", "b": "\\u003a", "c": {"a": "\\\\u003a"}}',
        '{"a:": {"a:": "\\":"}, "\\u003A": {}}',
        '[{"a": 1}, {"a": 1}]',
        '{"a": 1, "A": 1, "\\u0041b": 1, "": 1, " ": 1}',
        '{"é": 1, "e\u0301": 1}',
    ],
)
def test_takes_no_colon_and_no_other_object_for_a_duplicate(text):
    assert json.loads(text) == read_json(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": "\\u003a"}',
        '{"a": "\\u003a", "b": {"a": 1, "a": 2}}',
        '{"a": ":", "a": ""}',
        '{"a": {"b": 1}, "a": 1}',
        '{"a": {"b": 1}, "a": {"b": 1, "c": 2}}',
        '{"a" :1, "a": 2}',
        '{"": 1, "": 1}',
        '[[[{"a:b": 1, "a\\u003ab": "::"}]]]',
        '{"\\ud83d\\ude00": 1, "😀": 1}',
        '{"a": ' * 150 + '{"b": 1, "b": 1}' + "}" * 150,
        "{" + ", ".join(f'"{index}": {index}' for index in range(1000)) + ', "7": 7}',
    ],
)
def test_finds_every_duplicate(text):
    with pytest.raises(JsonTextError, match=r"^the JSON text contains an object with a duplicate key$"):
        read_json(text)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_counts_depth_inclusively(opening):
    closing = "]" if opening == "[" else "}"

    read_json(opening * 200 + "1" + closing * 200)
    with pytest.raises(JsonTextError, match=r"nested more than \[200\] levels"):
        read_json(opening * 201 + "1" + closing * 201)


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ('["[[[[{\\"", []]', 2),
        ('["]]]]", [[]]]', 3),
        ('["\\\\", [["\\\\\\"[[[[", {}]]]', 4),
        ('[[["", "[", "", "]", ""]]]', 3),
        ('{"[": {"]": {"{": "}"}}}', 3),
        ("[[[[[[[[[[[[]]]]]]]]]], [[[[[[[[[[[]]]]]]]]]]]]]", 13),
        ("[[], [], [[]], []]", 3),
        ("[[], " + "[" * 199 + "]" * 200, 200),
    ],
)
def test_counts_only_brackets_outside_of_strings(text, depth):
    assert json.loads(text) == read_json(text, max_depth=depth)
    with pytest.raises(JsonTextError, match=r"nested more than"):
        read_json(text, max_depth=depth - 1)


@pytest.mark.parametrize(
    "text", ["[" * 1_000_000, '{"a":' * 200_000, ("[" * 150 + "]" * 150 + "x") + "[" * 100_000]
)
def test_never_recurses_into_a_hostile_depth_even_under_a_raised_recursion_limit(text):
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        with pytest.raises(JsonTextError):
            read_json(text)
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize(
    "text",
    [
        '"' + "\\" * 999_999,
        '"' * 999_999,
        "[" + "[]," * 330_000 + "[]]",
        "9" * 1_000_000,
        ("9" * 199 + ",") * 5_000,
        '"' + "1e" * 500_000 + '"',
        "[" * 180 + "[]," * 300_000 + "[]" + "]" * 180,
        '{"a":' * 200 + '""' + ',"":[]}' * 100_000,
        '["' + '[","' * 200_000 + '"]',
        '["' + '\\\\\\"' * 250_000 + '"]',
        "[" + ",".join(["9" * 4300] * 230) + "]",
        "[" + ",".join(["1e0001"] * 140_000) + "]",
        "[" + ",".join(["2.2250738585072011" + "3" * 700 + "e-308"] * 1_300) + "]",
        "{" + ",".join(f'"{index}":{index}' for index in range(80_000)) + "}",
    ],
)
def test_takes_linear_time_over_a_hostile_megabyte(text):
    start = time.process_time()
    with contextlib.suppress(JsonTextError):
        read_json(text)

    assert time.process_time() - start < 2


def test_a_lower_limit_of_the_process_changes_nothing():
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        assert 10**1001 - 1 == read_json("9" * 1001)
        assert [1 - 10**1001] == read_json("[-" + "9" * 1001 + "]")
    finally:
        sys.set_int_max_str_digits(limit)


def test_a_limit_that_the_process_has_lifted_stays():
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        with pytest.raises(JsonTextError, match=r"an integer of more than \[4300\] digits"):
            read_json("9" * 100_000)
    finally:
        sys.set_int_max_str_digits(limit)


def test_errors_survive_pickling():
    problem = Problem(messages.JSON_MALFORMED, {"line": 1, "column": 2})
    error = pickle.loads(pickle.dumps(JsonTextError(problem)))

    assert ("the JSON text is malformed at line [1], column [2]", 1) == (str(error), error.line)
