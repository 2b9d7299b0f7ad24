"""Run a target under libFuzzer for a while: ``python -m tests.fuzz.coverage_guided values --seconds 600``.

This wants atheris (``pip install atheris``: CPython 3.11 to 3.13, on Linux). The corpus lies in
``build/coverage_guided/TARGET/corpus``; the next run goes on with it, however the last one ended.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

from tests.fuzz.coverage_guided.choosing import choose
from tests.fuzz.coverage_guided.running import run, say
from tests.fuzz.coverage_guided.target import NAMES, Target, finding, load, minimised

BUILD = Path(__file__).parents[3] / "build" / "coverage_guided"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.coverage_guided", description=__doc__)
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--seconds", type=int, default=600, help="how long to run (600)")
    parser.add_argument(
        "--corpus", type=Path, help="the folder to go on with (build/coverage_guided/TARGET/corpus)"
    )
    parser.add_argument(
        "--replay", type=Path, metavar="FILE", help="judge this input and say what it stands for"
    )
    parser.add_argument(
        "--keep", type=int, metavar="COUNT", help="choose so many inputs for the ordinary tests"
    )
    options = parser.parse_args(arguments)

    target = load(options.target)
    folder = BUILD / target.name
    corpus = options.corpus or folder / "corpus"
    if options.replay:
        return replay(target, options.replay.read_bytes())
    if options.keep:
        return keep(target, corpus, options.keep)
    if importlib.util.find_spec("atheris") is None:
        say("atheris is not installed: pip install atheris")
        return 2
    written = run(target, options.seconds, corpus, folder)
    for file in written:
        explain(target, file)
    return 1 if written else 0


def replay(target: Target, data: bytes) -> int:
    error = finding(target, data)
    say(target.shown(data))
    say("nothing is wrong" if error is None else f"{type(error).__name__}: {error}")
    return 0 if error is None else 1


def explain(target: Target, file: Path) -> None:
    """Make the input that was written to *file* small, and say what it stands for."""
    data = minimised(target, file.read_bytes())
    small = file.with_name(f"small-{file.name}")
    small.write_bytes(data)
    say(f"\n{small}: {data!r}")
    replay(target, data)


def keep(target: Target, corpus: Path, count: int) -> int:
    """Keep those *count* inputs that reach the most between them, beside what the seeds reach."""
    folders = [folder for folder in (target.kept, corpus) if folder.is_dir()]
    found = sorted(
        {file.read_bytes() for folder in folders for file in folder.iterdir()},
        key=lambda one: (len(one), one),
    )
    kept = choose(target, found, count)
    target.kept.mkdir(parents=True, exist_ok=True)
    for file in target.kept.iterdir():
        file.unlink()
    for number, data in enumerate(kept):
        (target.kept / f"{number:02}").write_bytes(data)
    say(f"{target.name}: {len(kept)} of {len(found)} inputs kept, {sum(map(len, kept))} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
