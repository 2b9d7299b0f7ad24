import pytest

from kbn_schema.demo.layout import body_lines, wrapped


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"{}", ["{}"]),
        (b'{"a":[1,2]}', ['{"a": [1, 2]}']),
        (
            b'{"abc":[11111,22222,33333]}',
            ["{", '  "abc": [', "    11111, 22222,", "    33333", "  ]", "}"],
        ),
        (b'[{"a":1},{"b":2},{"c":3}]', ["[", '  {"a": 1},', '  {"b": 2},', '  {"c": 3}', "]"]),
        (b'{"a":1,"b":{"c":2},"d":[3,4]}', ["{", '  "a": 1,', '  "b": {"c": 2},', '  "d": [3, 4]', "}"]),
        (b'{"a":1,"bcd":2,"e":3,"f":4}', ["{", '  "a": 1, "bcd": 2,', '  "e": 3, "f": 4', "}"]),
        (b'["12345678","12345","1"]', ["[", '  "12345678",', '  "12345", "1"', "]"]),
        (b'["1234567","12345","1"]', ["[", '  "1234567", "12345",', '  "1"', "]"]),
        (b'"a text that is longer"', ['"a text that is', '    longer"']),
        (b"not json", ["not json"]),
        (b"\xff", ["\ufffd"]),
        (b"1\n{}\n" * 4, ["1", "{}"] * 4),
        (b"a\n" * 9, ["a"] * 9),
        (b"a\n" * 10, [*"aaaaaaaa", "... 2 more lines"]),
    ],
)
def test_a_body_is_laid_out_with_as_much_in_a_line_as_fits(body, lines):
    assert lines == body_lines(body, 21)


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("", [""]),
        (" " * 30, [""]),
        ("  it fits,   as is ", ["  it fits,   as is "]),
        ("  indented by two, so", ["  indented by two,", "      so"]),
        ("-   removed, a line that is long", ["-   removed, a line", "        that is long"]),
        ("one-word-with-hyphens and", ["one-word-with-hyphen", "    s and"]),
    ],
)
def test_what_does_not_fit_is_wrapped_and_indented(line, lines):
    assert lines == wrapped(line, 20)
