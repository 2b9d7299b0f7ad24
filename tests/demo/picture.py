"""Draw docs/demo.svg, a part of what ``kbn-schema demo`` tells: ``python -m tests.demo.picture --write``.

Without ``--write`` it tells whether the file is up to date.
"""

import os
import re
import subprocess
import sys
from html import escape
from pathlib import Path

FILE = Path(__file__).parents[2] / "docs" / "demo.svg"
FIRST, END = "Two mistakes in a query", "== 5."
COMMAND = "kbn-schema demo"
SAYS = "kbn-schema demo shows a bad request, a mistake that mypy finds, and a change that breaks clients"
DAY = "1795305600"  # 2026-11-22, for what is told names the next version of a route

SIZE, ADVANCE, LEADING = 13, 7.85, 17  # of a letter, in pixels; the widest of the fonts below
PAD, BAR = 16, 30
COLUMNS = 80
CLASSES = {"1": "b", "2": "d", "31": "r", "32": "g", "33": "y", "36": "c"}
STYLE = f"""
text {{ fill: #e6edf3; font: {SIZE}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }}
.frame {{ fill: #0d1117; stroke: #6e7681; }}
.bar {{ stroke: #30363d; }}
.dot {{ fill: #484f58; }}
.b {{ font-weight: bold; }}
.d {{ fill: #9198a1; }}
.r {{ fill: #ff7b72; }}
.g {{ fill: #7ee787; }}
.y {{ fill: #e3b341; }}
.c {{ fill: #76e3ea; }}
"""
STYLED = re.compile(r"\x1b\[([\d;]+)m(.*?)\x1b\[0m")


def told() -> list[str]:
    """The lines of the demo that are shown, with colours."""
    own = {name: text for name, text in os.environ.items() if name != "NO_COLOR"}
    wanted = {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "SOURCE_DATE_EPOCH": DAY}
    command = [sys.executable, "-m", "kbn_schema", "demo"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=own | wanted)
    lines = done.stdout.splitlines()
    [first] = [number for number, line in enumerate(lines) if FIRST in line]
    [end] = [number for number, line in enumerate(lines) if END in line]
    return lines[first : end - 1]


def picture(lines: list[str]) -> str:
    """An SVG of *lines* in a terminal; it needs nothing from elsewhere."""
    shown = [f"\x1b[2m$\x1b[0m {COMMAND}", "\x1b[2m...\x1b[0m", "", *lines]
    width = round(COLUMNS * ADVANCE) + 2 * PAD
    height = BAR + len(shown) * LEADING + 2 * PAD
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img" aria-label="{escape(SAYS)}">'
    )
    frame = [
        f'<rect class="frame" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>',
        f'<path class="bar" d="M1 {BAR}.5H{width - 1}"/>',
        *(f'<circle class="dot" cx="{PAD + 4 + 18 * dot}" cy="{BAR // 2}" r="5"/>' for dot in range(3)),
    ]
    texts = [_text(line, BAR + PAD + SIZE + number * LEADING) for number, line in enumerate(shown) if line]
    return "\n".join([head, f"<style>{STYLE}</style>", *frame, *texts, "</svg>", ""])


def _text(line: str, y: int) -> str:
    spans = "".join(
        f'<tspan class="{_classes(styles)}">{escape(styled)}</tspan>' if styles else escape(plain)
        for plain, styles, styled in _parts(line)
    )
    return f'<text x="{PAD}" y="{y}" xml:space="preserve">{spans}</text>'


def _parts(line: str) -> list[tuple[str, str, str]]:
    """The parts of *line*: a plain text, or else a style and what has it."""
    pieces = STYLED.split(line)
    parts = [(pieces[0], "", "")]
    for styles, styled, plain in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        parts += [("", styles, styled), (plain, "", "")]
    return [part for part in parts if any(part)]


def _classes(styles: str) -> str:
    return " ".join(CLASSES[style] for style in styles.split(";"))


def main(arguments: list[str]) -> int:
    drawn = picture(told())
    if arguments == ["--write"]:
        FILE.write_text(drawn, encoding="utf-8")
        return 0
    is_right = FILE.exists() and FILE.read_text(encoding="utf-8") == drawn
    print(f"{FILE.name} is {'up to date' if is_right else 'stale: add --write'}", file=sys.stderr)  # noqa: T201
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
