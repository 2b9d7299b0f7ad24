"""Look at many random schemas and values: ``python -m tests.fuzz --cases 100000 --seed 7 --workers 2``.

The run is kept in a file below ``build/`` and goes on from there when it is started again with the same
seed. It ends with status 1 if something was found.
"""

import argparse
import sys
from pathlib import Path

from tests.fuzz.driver import Driver, Options, say
from tests.fuzz.entries import CORPUS
from tests.fuzz.properties import load
from tests.fuzz.state import State, read_state
from tests.fuzz.worker import PATIENCE


def main(arguments: list[str] | None = None) -> int:
    """Run, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=0, help="values to look at, in all; 0: no limit")
    parser.add_argument("--minutes", type=float, default=0, help="stop after so long; 0: no limit")
    parser.add_argument("--seed", default="0", help="any text; the same seed gives the same cases (0)")
    parser.add_argument("--start", type=int, default=0, help="number of the first schema (0)")
    parser.add_argument("--workers", type=int, default=1, help="processes (1)")
    parser.add_argument("--property", action="append", default=[], help="look at this one only, such as P4")
    parser.add_argument("--findings", type=int, default=10, help="stop at so many different ones (10)")
    parser.add_argument("--state", type=Path, help="where the run is kept (build/fuzz/<seed>.json)")
    parser.add_argument(
        "--corpus", type=Path, default=CORPUS, help="where findings are written (tests/fuzz/corpus)"
    )
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds for one schema (20)")
    options = parser.parse_args(arguments)
    if not options.cases and not options.minutes:
        parser.error("say how long: --cases, --minutes or both")
    try:
        names = [prop.name for prop in load(tuple(options.property))]
        path = options.state or _path(options)
        state = read_state(path, options.seed, names, options.start)
    except ValueError as error:
        parser.error(str(error))
    wanted = Options(
        options.seed, tuple(names), options.cases, options.minutes, options.workers, options.findings, path,
        options.corpus, options.patience,
    )  # fmt: skip
    Driver(wanted, state).run()
    report(state)
    return 1 if state.findings else 0


def _path(options: argparse.Namespace) -> Path:
    words = [options.seed, *options.property, *([str(options.start)] if options.start else [])]
    name = "-".join("".join(char if char.isalnum() else "_" for char in word) for word in words)
    return Path("build") / "fuzz" / f"{name}.json"


def report(state: State) -> None:
    """Print what was compared, what was left out by which rule, and what was found."""
    titles = {prop.name: prop.title for prop in load()}
    say(f"\nseed {state.seed!r}, subjects up to {state.first}")
    told = {key.partition(" compared")[0].partition(" excluded: ")[0]: None for key in sorted(state.counts)}
    for name in dict.fromkeys([*state.names, *told]):
        compared = state.counts.get(f"{name} compared", 0)
        say(f"{name:>8}  {compared:>12,}  {titles.get(name, '')}")
        rules = {key: count for key, count in state.counts.items() if key.startswith(f"{name} excluded: ")}
        for key, count in sorted(rules.items(), key=lambda item: -item[1]):
            say(f"{'':>8}  {count:>12,}    not compared: {key.partition(': ')[2]}")
    for about, count in state.findings.items():
        say(f"   FOUND  {count:>12,}  {about}")
    say(
        f"{state.cases:,} cases over {state.schemas:,} schemas ({state.refused:,} more were refused while "
        f"they were built) in {state.seconds:,.0f} s: {state.cases / max(state.seconds, 1):,.0f} cases/s, "
        f"{state.cases / max(state.processor, 1):,.0f} in each second of a processor, "
        f"{state.memory // 1024} MiB, {sum(state.findings.values())} findings"
    )


if __name__ == "__main__":
    sys.exit(main())
