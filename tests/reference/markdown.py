"""This module turns the words of docstrings into Markdown: prose with a sentence in each line, and cells."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
WIDTH: Final = 100

# Code, a name, and a power, whose stars Markdown would take for its own.
_MARKED: Final = re.compile(r"``(.+?)``|`([^`]+)`|(?<=\d)(\*\*)(?=\d)")
_SPAN: Final = re.compile(r"`[^`]*`|\[[^\]]*\]\([^)]*\)")
_END: Final = re.compile(r"(?<=[.?!]) (?=[A-Z*`\[\0])")
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_VERBS: Final = re.compile(r"^(Accept|Return|Refer|Yield)\b|(?<=; )(yield)\b")


def anchor(heading: str) -> str:
    """The anchor of a *heading*, as code-hosting sites make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def inline(text: str, links: Mapping[str, str] | None = None) -> str:
    """The *text* of a docstring on one line; a name in `links` leads there."""

    def marked(match: re.Match[str]) -> str:
        if match[3] is not None:
            return "^"
        if match[1] is not None:
            return _page(match[1]) if match[1].startswith("docs/") else f"`{match[1]}`"
        known = (links or {}).get(match[2])
        return f"`{match[2]}`" if known is None else f"[`{match[2]}`]({known})"

    return _MARKED.sub(marked, " ".join(text.split()))


def prose(text: str, links: Mapping[str, str] | None = None, indent: str = "") -> str:
    """The *text* of a docstring as a paragraph, each sentence on a line of its own."""
    line = inline(text, links)
    spans = _SPAN.findall(line)
    sentences = _END.split(_SPAN.sub("\0", line))
    rest = iter(spans)
    return f"\n{indent}".join(re.sub("\0", lambda _: next(rest), sentence) for sentence in sentences)


def cell(text: str, links: Mapping[str, str] | None = None) -> str:
    """The *text* of a docstring for a table."""
    return inline(text, links).replace("|", "\\|")


def code(text: str) -> str:
    """*text* as code, also in a table."""
    return f"`{text}`".replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, whose cells are Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |".replace("|  |", "| |") for line in lines)


def fence(language: str, text: str) -> str:
    """A fenced block."""
    return f"```{language}\n{text.strip(chr(10))}\n```"


def third_person(summary: str) -> str:
    """A first sentence as a page tells it: accepts, yields, returns."""
    return _VERBS.sub(lambda match: f"{match[0]}s", summary)


def _page(place: str) -> str:
    """A link to a page of the docs, from another page of the reference."""
    file, _, at = place.partition("#")
    headings = _HEADING.findall((ROOT / file).read_text(encoding="utf-8"))
    title = next(heading for heading in headings if not at or anchor(heading) == at)
    return f"[{title}](../{place.removeprefix('docs/')})"
