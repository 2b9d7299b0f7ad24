import re
from xml.etree import ElementTree

import pytest

from tests.demo import picture
from tests.demo.picture import FILE, STYLE, main

SVG = "{http://www.w3.org/2000/svg}"
TEXT = FILE.read_text(encoding="utf-8")


def luminance(colour):
    """How bright it is, from 0 to 1, as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_picture_is_up_to_date():
    """If not: python -m tests.demo.picture --write."""
    assert 0 == main([])


def test_the_picture_needs_nothing_from_elsewhere():
    root = ElementTree.fromstring(TEXT)
    names = {element.tag.removeprefix(SVG) for element in root.iter()}

    assert {"svg", "style", "rect", "path", "circle", "text", "tspan"} == names
    assert 1 == TEXT.count("://")  # the namespace
    assert not re.search(r"url\(|@import|@font-face|href|\bon\w+=", TEXT)


def test_the_picture_has_what_the_demo_tells():
    root = ElementTree.fromstring(TEXT)
    shown = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]

    assert ["$ kbn-schema demo", "...", "Two mistakes in a query, both in one answer"] == shown[:3]
    assert "  1 breaking, 1 warning, 1 compatible" == shown[-1]
    assert max(map(len, shown)) <= 80


@pytest.mark.parametrize("colour", sorted(set(re.findall(r"(?:text|\.[dgrcy]) \{ fill: (#\w+)", STYLE))))
def test_every_colour_can_be_read(colour):
    """A contrast of 4.5, as WCAG 2 asks for; the frame is dark on every page."""
    [frame] = re.findall(r"\.frame \{ fill: (#\w+)", STYLE)

    assert (luminance(colour) + 0.05) / (luminance(frame) + 0.05) >= 4.5


def test_the_tool_tells_a_stale_picture_and_writes_it(tmp_path, monkeypatch, capsys):
    lines = ["\x1b[1;36mA <b>\x1b[0m and \x1b[2m more\x1b[0m", "", "plain"]
    monkeypatch.setattr(picture, "FILE", tmp_path / "demo.svg")
    monkeypatch.setattr(picture, "told", lambda: lines)
    stale, written, fresh = main([]), main(["--write"]), main([])
    drawn = (tmp_path / "demo.svg").read_text(encoding="utf-8")

    assert (1, 0, 0) == (stale, written, fresh)
    assert "demo.svg is stale: add --write\ndemo.svg is up to date\n" == capsys.readouterr().err
    assert '><tspan class="b c">A &lt;b&gt;</tspan> and <tspan class="d"> more</tspan></text>\n' in drawn
    assert drawn.endswith('xml:space="preserve">plain</text>\n</svg>\n')
