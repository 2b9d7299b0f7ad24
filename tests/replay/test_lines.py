"""However traffic is cut, each line is in one part."""

import io

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.replay import lines as module
from kbn_schema.replay.lines import blocks, lines_between, lines_of, spans
from kbn_schema.replay.records import MAX_LINE_BYTES

FILES = st.lists(st.sampled_from([b"\n", b"a", b"bc", b"\r\n", b"long" * 10]), max_size=30).map(b"".join)


def lines_in(content):
    return io.BytesIO(content).readlines()


@settings(deadline=None)
@given(FILES, st.integers(1, 70))
def test_each_line_is_in_one_span(content, step):
    found = [
        line
        for span in spans("x", len(content), step)
        for line in lines_between(io.BytesIO(content), span.start, span.end)
    ]

    assert lines_in(content) == found


@settings(deadline=None)
@given(FILES, st.integers(1, 70))
def test_each_line_is_in_one_block(content, size):
    found = [line for block in blocks(io.BytesIO(content), size) for line in lines_of(block)]

    assert [line.removesuffix(b"\n") for line in lines_in(content)] == found


@pytest.fixture
def short(monkeypatch):
    """Lines may have 10 bytes."""
    monkeypatch.setattr(module, "MOST", 13)
    monkeypatch.setattr(module, "CHUNK", 4)


@pytest.mark.parametrize("step", [1, 2, 3, 5, 8, 13, 21, 34, 1000])
@pytest.mark.parametrize("content", [b"x" * 99, b"ab\n" + b"x" * 50 + b"\ncd\n", b"0123456789\r\n" * 4])
def test_what_a_line_has_too_much_is_dropped_at_any_cut(short, content, step):
    expected = [line if len(line) <= 12 else line[:12] for line in lines_in(content)]
    found = [
        line[:12]
        for span in spans("x", len(content), step)
        for line in lines_between(io.BytesIO(content), span.start, span.end)
    ]
    streamed = [line[:12] for block in blocks(io.BytesIO(content), step) for line in lines_of(block)]

    assert expected == found
    assert [line.removesuffix(b"\n") for line in expected] == streamed


@pytest.mark.parametrize(("start", "end"), [(0, 9), (2, 9), (6, 9), (7, 9), (8, 9)])
def test_a_file_that_is_shorter_than_it_was_is_refused(start, end):
    with pytest.raises(CannotAsk, match="became shorter while it was read"):
        list(lines_between(io.BytesIO(b"ab\ncd\n"), start, end))


def test_no_more_is_held_of_a_line_than_tells_that_it_is_too_long():
    class Endless(io.RawIOBase):
        left = 50

        def read(self, size=-1):
            self.left -= 1
            return b"x" * size if self.left else b""

    (only,) = blocks(Endless(), 1024 * 1024)

    assert MAX_LINE_BYTES < len(only) < MAX_LINE_BYTES + 10
