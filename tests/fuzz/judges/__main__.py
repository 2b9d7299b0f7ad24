"""Ask one judge, and nobody else: ``python -m tests.fuzz.judges --judge P10 --cases 1000000 --seed 1``.

Only plain schemas and JSON are drawn, which is what judges can read. What was compared, and what was left out
by which rule, is counted; what is found is made small.
"""

import argparse
import sys
import time

import attrs

from tests.fuzz.draw import seeded
from tests.fuzz.judges import json_schema, pydantic
from tests.fuzz.judges.reading import is_json
from tests.fuzz.property import Tally
from tests.fuzz.run import judge
from tests.fuzz.schemas import draw_plain_schema
from tests.fuzz.shrink import shrunk
from tests.fuzz.subject import Subject
from tests.fuzz.values import draw_values

JUDGES = {found.PROPERTY.name: attrs.evolve(found.PROPERTY, share=1.0) for found in (json_schema, pydantic)}
EVERY = 5.0  # seconds between two counts on the screen
VALUES = 20  # of one schema


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.judges", description=__doc__)
    parser.add_argument("--judge", choices=sorted(JUDGES), default="P10", help="who is asked (P10)")
    parser.add_argument("--cases", type=int, default=10_000, help="how many comparisons at least (10,000)")
    parser.add_argument("--seed", default="0", help="any text; the same seed gives the same cases")
    parser.add_argument("--start", type=int, default=0, help="number of the first schema (0)")
    options = parser.parse_args(arguments)

    asked, tally, number, is_found = JUDGES[options.judge], Tally(), options.start, False
    begun = told = time.monotonic()
    while not is_found and tally.counts[f"{asked.name} compared"] < options.cases:
        finding = judge(plain_subject(options.seed, number), [asked], tally)
        is_found = finding is not None
        if finding is not None:
            small = shrunk(finding)
            shows = small.given or small.subject.part
            say(f"# --seed {options.seed} --start {number}\n{small.about}\n{shows}\n")
        if time.monotonic() > told + EVERY and sys.stderr.isatty():
            told = time.monotonic()
            sys.stderr.write(f"\r{tally.counts[f'{asked.name} compared']:,} compared ")
        number += 1
    seconds = time.monotonic() - begun
    say(f"{asked.title}: {number - options.start:,} schemas in {seconds:.0f} s, next --start {number}")
    say(shown(tally))
    return 1 if is_found else 0


def plain_subject(seed: str, number: int) -> Subject:
    """Return the plain subject *number* of a run with this *seed*."""
    rng = seeded(f"judges {seed}", number)
    subject = Subject(draw_plain_schema(rng), seed=seed, number=number, style="plain")
    if subject.refusal is None:
        for part in filter(is_json, draw_values(subject.reference, rng, VALUES, hostile=False)):
            subject.add(part)
    return subject


def shown(tally: Tally) -> str:
    """Return a line for each count, with its share of what was compared or left out for the same purpose."""
    purposes = {name: name.partition(" excluded")[0].removesuffix(" compared") for name in tally.counts}
    wholes = {
        purpose: sum(count for name, count in tally.counts.items() if purposes[name] == purpose)
        for purpose in purposes.values()
    }
    return "\n".join(
        f"{count:>10,} {count / wholes[purposes[name]]:8.3%} {name}"
        for name, count in sorted(tally.counts.items())
    )


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
