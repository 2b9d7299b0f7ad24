"""Record which tests run which line, and which modules of third parties they import."""

import json
import os
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import coverage
import pytest

from tests.mutation.running import Fork, Order, Tell, keys_of, run_pytest, warm_up


@attrs.define(eq=False)
class Recorder:
    """A plugin of pytest's: a context of coverage.py's for each test, and what each test took."""

    coverage: coverage.Coverage
    keys: dict[str, str] = attrs.field(factory=dict)
    took: dict[str, tuple[float, float]] = attrs.field(factory=dict)
    failed: set[str] = attrs.field(factory=set)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.keys = keys_of(items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        key = self.keys[item.nodeid]
        self.coverage.switch_context(key)
        begun = time.process_time(), time.monotonic()
        try:
            return (yield)
        finally:
            self.took[key] = time.process_time() - begun[0], time.monotonic() - begun[1]
            self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.failed.add(self.keys[report.nodeid])

    def told(self) -> list[dict[str, Any]]:
        return [
            {
                "id": test,
                "seconds": round(seconds, 4),
                "waited": round(waited, 4),
                "passed": test not in self.failed,
            }
            for test, (seconds, waited) in self.took.items()
        ]


def record(
    root: Path, rooms: Sequence[str], groups: Mapping[int, Sequence[str]], folder: Path, workers: int
) -> None:
    """Run each of *groups* of tests in a process, and write to *folder* what they run of *rooms*.

    What an earlier call wrote of groups with other numbers stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    warm_up((), folder / "compiled")
    waiting = list(groups.items())
    running: dict[int, Fork] = {}
    while waiting or running:
        while waiting and len(running) < workers:
            number, group = waiting.pop(0)
            sys.stdout.write(f"recording {' '.join(group)[:90]}\n")
            sys.stdout.flush()
            work = _recording(root, rooms, group, folder / f"part-{number}")
            running[number] = Fork.start(work, 1800, folder / f"part-{number}.log")
        for number, fork in list(running.items()):
            if (told := fork.poll()) is not None:
                del running[number]
                sys.stdout.write(f"  part {number}: {told}\n")
        time.sleep(0.05)
    _combine(folder)


def _recording(root: Path, rooms: Sequence[str], group: Sequence[str], part: Path) -> Callable[[Any], None]:
    def work(tell: Tell) -> None:
        measured = coverage.Coverage(
            data_file=str(part.with_suffix(".db")),
            include=[str(root / room / "*") for room in rooms],
            config_file=False,
            messages=False,
        )
        measured.set_option("run:disable_warnings", ["no-data-collected", "module-not-imported"])
        # Another core tells each line once, whatever the test.
        measured.set_option("run:core", "ctrace")
        measured.erase()
        measured.start()
        recorder = Recorder(measured)
        outcome: dict[str, Any] = {}
        run_pytest([Order(group, to_the_end=True)], outcome.update, [recorder])
        measured.stop()
        measured.save()
        told = {"tests": recorder.told(), "modules": _foreign_modules()}
        part.with_suffix(".json").write_text(json.dumps(told))
        tell({**outcome, "failed": sorted(recorder.failed)[:5]})

    return work


def _foreign_modules() -> list[str]:
    """Return what is imported of the standard library and of other distributions."""
    places = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})
    return [
        name
        for name, module in sys.modules.items()
        if (getattr(module, "__file__", None) or "").startswith(places) and name != "__main__"
    ]


def _combine(folder: Path) -> None:
    data = coverage.CoverageData(str(folder / "lines.db"))
    data.erase()
    tests: list[Any] = []
    modules: dict[str, None] = {}
    for file in sorted(folder.glob("part-*.json")):
        part = coverage.CoverageData(str(file.with_suffix(".db")))
        part.read()
        data.update(part)
        told = json.loads(file.read_text())
        tests += told["tests"]
        modules |= dict.fromkeys(told["modules"])
    data.write()
    (folder / "modules.json").write_text(json.dumps(list(modules)))
    temporary = folder / "tests.tmp"
    temporary.write_text(json.dumps(tests))
    os.replace(temporary, folder / "tests.json")
