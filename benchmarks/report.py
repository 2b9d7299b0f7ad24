"""Keep what was found, and put it into the page."""

import json
import re
from pathlib import Path
from typing import Final

from benchmarks.question import Found

RESULTS: Final = Path(__file__).parent / "results"
DOCS: Final = Path(__file__).parent.parent / "docs"
PAGE: Final = DOCS / "explanation" / "speed.md"
CHART: Final = DOCS / "speed.svg"


def keep(name: str, found: Found) -> None:
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(found, indent=1, ensure_ascii=False)
    # One contender a line, rather than four.
    text = re.sub(r"\{\s+([^{}]*?)\s+\}", lambda match: "{" + re.sub(r"\s+", " ", match[1]) + "}", text)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def kept(name: str) -> Found:
    found: Found = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def begin(name: str) -> str:
    return f"<!-- python -m benchmarks {name} --write -->"


def end(name: str) -> str:
    return f"<!-- end of {name} -->"


def with_section(page: str, name: str, section: str) -> str:
    """Return *page* with *section* between the marks of *name*."""
    before, _, rest = page.partition(begin(name))
    _, found, after = rest.partition(end(name))
    if not found:
        raise ValueError(f"the page has no marks of {name}")
    return f"{before}{begin(name)}\n\n{section}\n\n{end(name)}{after}"


def write_section(name: str, section: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_section(page, name, section), encoding="utf-8")
