"""The final table, and the survivors with what is different in them."""

import collections
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

EXPLAINED = Path(__file__).parent / "explained.toml"


def explanations(file: Path = EXPLAINED) -> dict[tuple[str, tuple[str, ...]], str]:
    """Return why no test can tell a mutant, by its file and its changed lines."""
    if not file.exists():
        return {}
    told = tomllib.loads(file.read_text("utf-8"))
    return {(mutant["file"], tuple(mutant["changes"])): mutant["why"] for mutant in told.get("mutant", [])}


def lines_of(verdicts: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the survivors, then the table."""
    known = explanations()
    survivors = [told for told in verdicts if told["outcome"] == "survived"]
    why = {told["name"]: known.get((told["file"], tuple(told["changes"])), "") for told in survivors}
    for told in sorted(survivors, key=lambda told: (bool(why[told["name"]]), told["file"], told["line"])):
        yield f"\nsurvived {told['name']} ({told['ran']} tests)"
        yield from (f"    {line}" for line in told["changes"])
        yield f"    {why[told['name']] or 'NOT EXPLAINED'}"
    yield ""
    yield "room       mutants  killed (by time) survived (no test) explained  killed %"
    for room in [*sorted({told["room"] for told in verdicts}), "all"]:
        here = [told for told in verdicts if room in (told["room"], "all")]
        counts = collections.Counter(told["outcome"] for told in here)
        killed = counts["killed"] + counts["timeout"]
        idle = sum(told["outcome"] == "survived" and not told["ran"] for told in here)
        explained = sum(bool(why.get(told["name"])) for told in here)
        yield (
            f"{room:10}{len(here):>8}{killed:>8}{counts['timeout']:>10}{counts['survived']:>9}{idle:>10}"
            f"{explained:>10}{100 * killed / len(here):>10.1f}"
        )
