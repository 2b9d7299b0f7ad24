import io

import pytest

from kbn_schema.demo.screen import Screen, lay_out
from kbn_schema.demo.steps import Step


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("no_color", ["", "1"])
def test_colours_are_for_terminals_whose_owner_wants_them(monkeypatch, no_color):
    monkeypatch.setenv("NO_COLOR", no_color)
    stream = Terminal()
    Screen(stream).answer(404, "Not Found", {}, b"{}")

    assert ("\x1b[33m" in stream.getvalue()) == (not no_color)


def test_a_file_has_no_colours(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = io.StringIO()
    Screen(stream).failure("no answer")

    assert "no answer\n" == stream.getvalue()


def test_headers_are_shown_but_for_what_goes_without_saying():
    stream = io.StringIO()
    screen = Screen(stream)
    screen.request(Step("T", "POST", "/", 200, b"{}", {"content-type": "application/json", "a": "b"}))
    screen.answer(200, "OK", {"etag": '"1"'}, b"")

    assert 'T\n  POST /\n  a: b\n  {}\n  200 OK\n  etag: "1"\n\n' == stream.getvalue()


def test_a_long_header_is_wrapped():
    stream = io.StringIO()
    Screen(stream).answer(200, "OK", {"a": "b " * 60}, b"")

    assert max(map(len, stream.getvalue().splitlines())) <= 80


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
        (b"a\n" * 10, [*"aaaaaaaa", "… 2 more lines"]),
    ],
)
def test_a_body_is_laid_out_with_as_much_in_a_line_as_fits(body, lines):
    assert lines == lay_out(body, 21)
