"""Judge mutants: run the tests of the mutated line in a fork, and note what became of each."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs

from tests.mutation.lines import Lines, Test
from tests.mutation.mutants import Mutant
from tests.mutation.running import Fork, Order, Tell, run_pytest
from tests.mutation.stand_in import StandIn

# A test may take so many times the seconds that it took when lines were recorded, and some more.
PATIENCE, GRACE = 10, 5.0
NEAR = 3  # so many files of tests are tried before all others
KILLED = ("killed", "timeout")


@attrs.frozen
class Judge:
    """Judges mutants of the project at *root*, *workers* at a time, each by *seconds* of tests."""

    root: Path
    lines: Lines
    folder: Path  # for what the tests print
    seconds: float = 40
    workers: int = 2
    grace: float = GRACE  # seconds that a test may take beside a multiple of those it took

    def verdicts(self, mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, dict[str, Any]]]:
        """Yield each mutant with what became of it."""
        waiting = iter(mutants)
        running: dict[int, tuple[Mutant, Fork]] = {}
        more = True
        while more or running:
            while more and len(running) < self.workers:
                mutant = next(waiting, None)
                if mutant is None:
                    more = False
                    break
                tests = self.tests_of(mutant)
                if not tests:
                    yield mutant, {"outcome": "survived", "ran": 0, "by": "", "seconds": 0.0}
                    continue
                slot = min(set(range(self.workers)) - set(running))
                running[slot] = mutant, self._start(mutant, tests, slot)
            for slot, (mutant, fork) in list(running.items()):
                if (told := fork.poll()) is not None:
                    del running[slot]
                    yield mutant, told
            time.sleep(0.02)

    def tests_of(self, mutant: Mutant) -> list[Test]:
        return self.lines.tests_for(mutant.file, mutant.line, self.seconds)

    def without_fault(self, tests: Sequence[Test]) -> dict[str, Any]:
        """Run *tests*, which killed mutants, in the same way where nothing is wrong: they have to pass."""
        order = self._order(tests)
        fork = Fork.start(lambda tell: run_pytest([order], tell), 1800, self.folder / "control.log")
        while (told := fork.poll()) is None:
            time.sleep(0.05)
        return told

    def _start(self, mutant: Mutant, tests: Sequence[Test], slot: int) -> Fork:
        near = list(dict.fromkeys(test.file for test in tests))[:NEAR]
        # Collecting all files takes longer than most mutants live.
        stages = [[test for test in tests if (test.file in near) is is_near] for is_near in (True, False)]
        orders = [self._order(stage) for stage in stages if stage]

        def work(tell: Tell) -> None:
            stand_in = StandIn(mutant.module, mutant.source)
            stand_in.tell_subprocesses(self.folder / f"worker-{slot}.source")
            run_pytest(orders, tell, [stand_in])

        patience = PATIENCE * sum(test.waited for test in tests) + 4 * self.grace + 60
        return Fork.start(work, patience, self.folder / f"worker-{slot}.log")

    def _order(self, tests: Sequence[Test]) -> Order:
        files = list(dict.fromkeys(test.file for test in tests))
        return Order(files, {test.id: PATIENCE * test.waited + self.grace for test in tests})


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
