"""Draw the comparison as bars, for the README: SVG without scripts, fonts or addresses of its own."""

from xml.sax.saxutils import escape

from benchmarks.contenders import OURS
from benchmarks.question import Found

# What the README's readers have in front of them: a query, a body, a bulk of objects.
WORKLOADS = {"W2": "a query", "W3": "a body of 20 fields", "W4": "1,000 objects"}
HIDDEN = {"by hand"}
# Who makes something else of a value than a dict.
NOTED = {
    "pydantic BaseModel": "objects",
    "msgspec Struct": "objects",
    "cattrs": "objects",
    "mashumaro": "objects",
    "jsonschema-rs": "no output",
}

LABELS = 190
PANEL = 170
GAP = 20
ROW = 18
HEAD = 46
FOOT = 24
# Longer bars are cut off here, in times of ours; the figure beside them tells.
LONGEST = 6.0
BAR = PANEL - 48

STYLE = """\
text { font: 12px sans-serif; fill: #1f2328; }
.head { font-weight: bold; }
.note { font-size: 11px; fill: #59636e; }
.bar { fill: #9aa4af; }
.ours { fill: #1f6feb; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .note { fill: #9198a1; }
  .bar { fill: #59636e; }
  .ours { fill: #58a6ff; }
}"""


def draw(found: Found) -> str:
    """Return the chart of what `compare.measure` found."""
    names = [name for name in found["remarks"] if name not in HIDDEN]
    width = LABELS + len(WORKLOADS) * (PANEL + GAP)
    height = HEAD + len(names) * ROW + FOOT
    title = "Time of a validation, kbn_schema = 1; shorter is better"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{title}">',
        f"<style>\n{STYLE}\n</style>",
        text(0, 14, title, "head"),
        *(text(0, baseline(row), label(name)) for row, name in enumerate(names)),
    ]
    for column, (code, heading) in enumerate(WORKLOADS.items()):
        lines.extend(panel(LABELS + column * (PANEL + GAP), heading, found["times"][code], names))
    source = f"{found['python']}, {found['machine']}, {found['date']}; python -m benchmarks peers"
    return "\n".join([*lines, text(0, height - 6, source, "note"), "</svg>", ""])


def panel(left: int, heading: str, times: Found, names: list[str]) -> list[str]:
    """Return the bars of one workload."""
    lines = [text(left, HEAD - 10, heading, "head")]
    for row, name in enumerate(names):
        if name not in times:
            lines.append(text(left, baseline(row), "-", "note"))
            continue
        ratio = times[name]["ratio"]
        length = max(1, round(BAR * min(ratio, LONGEST) / LONGEST))
        kind = "ours" if name == OURS else "bar"
        top = HEAD + row * ROW + 3
        lines.append(f'<rect class="{kind}" x="{left}" y="{top}" width="{length}" height="{ROW - 6}"/>')
        lines.append(text(left + length + 4, baseline(row), times_of_ours(ratio), "note"))
    return lines


def label(name: str) -> str:
    return f"{name}, {NOTED[name]}" if name in NOTED else name


def times_of_ours(ratio: float) -> str:
    """Return such as ``1.6``, with an arrow where the bar would go on."""
    digits = 1 if ratio < 10 else 0
    return f"{ratio:.{digits}f}" + (" →" if ratio > LONGEST else "")


def baseline(row: int) -> int:
    return HEAD + row * ROW + 13


def text(x: int, y: int, words: str, kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}"{style}>{escape(words)}</text>'
