import io

import pytest

from kbn_schema.demo.screen import NARROWEST, WIDEST, Screen


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.mark.parametrize(
    ("stream", "environment", "coloured"),
    [
        (Terminal, {}, True),
        (io.StringIO, {}, False),
        (Terminal, {"NO_COLOR": "1"}, False),
        (Terminal, {"NO_COLOR": "0"}, False),
        (Terminal, {"NO_COLOR": ""}, True),
        (io.StringIO, {"FORCE_COLOR": "1"}, True),
        (io.StringIO, {"FORCE_COLOR": "0"}, True),
        (io.StringIO, {"FORCE_COLOR": ""}, False),
        (Terminal, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (io.StringIO, {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
        (Terminal, {"TERM": "dumb"}, False),
        (Terminal, {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        (Terminal, {"TERM": ""}, True),
    ],
)
def test_colours_are_where_they_are_wanted(monkeypatch, stream, environment, coloured):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    written = stream()
    Screen(written).heading("A heading")

    assert ("\x1b[1mA heading\x1b[0m\n" if coloured else "A heading\n") == written.getvalue()


@pytest.mark.parametrize(("columns", "width"), [("20", NARROWEST), ("53", 53), ("80", 80), ("200", WIDEST)])
def test_a_screen_is_as_wide_as_its_terminal_up_to_what_is_good_to_read(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    written = io.StringIO()
    screen = Screen(written)
    screen.text("word " * 100)
    screen.lines(["word " * 100])

    assert width - 5 < max(map(len, written.getvalue().splitlines())) <= width
    assert width - 2 == screen.room


def test_each_part_of_a_wrapped_line_is_coloured_and_empty_lines_never(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    written = Terminal()
    Screen(written).changes(["-" + "old " * 12, "+new", ""])

    assert written.getvalue().splitlines() == [
        f"\x1b[31m  -{'old ' * 8}old\x1b[0m",
        "\x1b[31m       old old old\x1b[0m",
        "\x1b[32m  +new\x1b[0m",
        "",
        "",
    ]


@pytest.mark.parametrize("method", ["title", "chapter", "text", "failure"])
def test_there_is_room_below_a_paragraph(method):
    written = io.StringIO()
    getattr(Screen(written), method)("A text")

    assert written.getvalue() in ("A text\n\n", "== A text ==\n\n")
