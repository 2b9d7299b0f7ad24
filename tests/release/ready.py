"""Tell what is missing before a version is released, or nothing.

``python -m tests.release.ready TAG DIST`` compares the tag, the changelog and the wheel in the folder DIST.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tests.release.apart import ROOT
from tests.release.wheel import Wheel

# What leads nowhere on the page of an index: neither a whole address, nor a place in the same page.
DEAD = re.compile(r"\]\((?!https://|#)([^)\s]+)\)")
SECTION = re.compile(
    r"^## \[(?P<version>[^\]]+)\](?: - (?P<day>\S+))?\n(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
)


def missing(tag: str, wheel: Wheel, changelog: str) -> Iterator[str]:
    """What keeps the version of *wheel* from being released as *tag*, in sentences."""
    version = wheel.metadata["Version"]
    if tag != f"v{version}":
        yield f"the tag is {tag}, and the version is {version}: the tag has to be v{version}"
    yield from _missing_of_changelog(version, changelog)
    if not wheel.metadata.get_all("Project-URL"):
        yield "[project.urls] is missing in pyproject.toml: nobody would find the sources"
    if dead := DEAD.findall(wheel.description):
        told = ", ".join(dead)
        yield f"README.md has [{len(dead)}] links that lead nowhere on the page of an index: {told}"


def _missing_of_changelog(version: str, changelog: str) -> Iterator[str]:
    sections = {match["version"]: match for match in SECTION.finditer(changelog)}
    if version not in sections:
        yield f"CHANGELOG.md has no section [{version}]"
        return
    if not _is_day(sections[version]["day"]):
        yield f"the section [{version}] of CHANGELOG.md has no day: ## [{version}] - {date.today()}"
    if not sections[version]["text"].strip():
        yield f"the section [{version}] of CHANGELOG.md is empty"
    if sections.get("Unreleased") and sections["Unreleased"]["text"].strip():
        yield "CHANGELOG.md has changes under [Unreleased]: they belong to this version"


def _is_day(text: str | None) -> bool:
    try:
        return date.fromisoformat(text or "").isoformat() == text
    except ValueError:
        return False


def main(tag: str, distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    found = list(missing(tag, Wheel.read(wheel), (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")))
    if found:
        sys.exit("not ready:\n" + "\n".join(f"- {line}" for line in found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("tag")
    parser.add_argument("distributions", type=Path)
    given = parser.parse_args()
    main(given.tag, given.distributions)
