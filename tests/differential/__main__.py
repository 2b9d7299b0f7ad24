"""Search for differences for a while: ``python -m tests.differential --seconds 600 --seed 7``."""

import argparse
import collections
import itertools
import sys
import time

from tests.differential.search import draw_cases
from tests.differential.shrink import shrunk


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long to search (60)")
    parser.add_argument("--seed", default="0", help="any text; the same seed gives the same cases")
    parser.add_argument("--start", type=int, default=0, help="number of the first schema (0)")
    parser.add_argument("--findings", type=int, default=1, help="stop at so many (1)")
    options = parser.parse_args()

    until = time.monotonic() + options.seconds
    answers: collections.Counter[str] = collections.Counter()
    found = 0
    for number in itertools.count(options.start):
        for case in draw_cases(options.seed, number):
            difference = case.difference()
            answers["different" if difference else "same"] += 1
            if difference:
                found += 1
                small = shrunk(case)
                say(f"# --seed {options.seed} --start {number}\n{small}\n{small.difference()}\n")
                break  # the next schema: this one would show the same again
        answers["schemas"] += 1
        if found >= options.findings or time.monotonic() > until:
            break
    say(f"next --start {number + 1}, {dict(answers)}")
    return 1 if found else 0


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
