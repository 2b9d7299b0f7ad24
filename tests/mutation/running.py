"""Run tests in a fork of this process, which has imported pytest, and nothing of the package."""

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import attrs
import hypothesis
import pytest

Tell = Callable[[dict[str, Any]], None]
MEMORY = 6 * 2**30
OPTIONS = (
    *("-q", "--tb=short", "--no-header", "--hypothesis-profile=mutation"),
    *("-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # the plugins are imported already, and need it not
)


def keys_of(items: Iterable[pytest.Item]) -> dict[str, str]:
    """Return a steady name for each id of *items*: the function, and the how manieth of its cases it is.

    The text of a parameter in an id is another where other folders are collected, too: a hook of one
    folder's ``conftest.py`` makes those of all.
    """
    counts: Counter[str] = Counter()
    keys: dict[str, str] = {}
    for item in items:
        name = item.nodeid.partition("[")[0]
        keys[item.nodeid] = f"{name}#{counts[name]}"
        counts[name] += 1
    return keys


@attrs.frozen
class Order:
    """Which tests to run, in this order, and the seconds each may take; without *tests*, all of *files*."""

    files: Sequence[str]
    tests: dict[str, float] = attrs.field(factory=dict)
    to_the_end: bool = False  # whether to go on after the first failure


@attrs.define(eq=False)
class Report:
    """A plugin of pytest's: chooses tests, stops what takes too long, and keeps what failed first."""

    order: Order
    tell: Tell
    keys: dict[str, str] = attrs.field(factory=dict)
    ran: int = 0
    failed: str = ""
    why: str = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.keys = keys_of(items)
        if self.order.tests:
            places = {test: place for place, test in enumerate(self.order.tests)}
            chosen = [item for item in items if self.keys[item.nodeid] in places]
            items[:] = sorted(chosen, key=lambda item: places[self.keys[item.nodeid]])

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._note(report.nodeid, "collection", report.longreprtext)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.ran += 1
        key = self.keys[item.nodeid]

        def stop(_signal: int, _frame: object) -> None:
            self.tell({"outcome": "timeout", "by": key, "ran": self.ran})
            os._exit(0)

        signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, self.order.tests.get(key, 1800))
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._note(report.nodeid, report.when or "", report.longreprtext)

    def _note(self, test: str, when: str, text: str) -> None:
        if not self.failed:
            self.failed = self.keys.get(test, test)
            told = [line for line in text.splitlines() if line.startswith("E ")] or text.splitlines()[-1:]
            self.why = f"{when}: {told[0][2:].strip() if told else ''}"[:200]


def warm_up(modules: Iterable[str], compiled: Path) -> None:
    """Import what the forks will need: pytest with its plugins, and *modules* of third parties.

    What they compile of other modules, and of tests, is kept in the folder *compiled*: compiling it again
    takes longer than most mutants live.
    """
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(compiled)
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    hypothesis.settings.register_profile(
        "mutation",
        parent=hypothesis.settings.get_profile("ci"),
        # The first failure is enough: no shrinking, no other failures, no explanations.
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        report_multiple_bugs=False,
    )
    assert not any(name.split(".")[0] == "kbn_schema" for name in sys.modules)
    gc.collect()
    gc.freeze()


def run_pytest(orders: Sequence[Order], tell: Tell, plugins: Sequence[object] = ()) -> None:
    """Run tests in this process, one order after the other until one fails, and tell what happened."""
    os.environ["CI"] = "true"  # Hypothesis draws the same at each run, and keeps nothing
    ran = 0
    for order in orders:
        report = Report(order, tell, ran=ran)
        options = OPTIONS if order.to_the_end else ("-x", *OPTIONS)
        status = pytest.main([*options, *order.files], plugins=[report, *plugins])
        ran = report.ran
        if report.failed or status not in (0, 1, 5):
            by = report.failed or f"exit {int(status)}"
            tell({"outcome": "killed", "by": by, "why": report.why, "ran": ran})
            return
    tell({"outcome": "survived", "ran": ran})


@attrs.define(eq=False)
class Fork:
    """A child of this process that runs *work*, and tells one JSON object."""

    pid: int
    pipe: int
    until: float
    begun: float = attrs.field(factory=time.monotonic)
    _told: bytes = b""

    @classmethod
    def start(cls, work: Callable[[Tell], None], seconds: float, log: Path) -> "Fork":
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            _work(work, writing, log)
        os.close(writing)
        return cls(pid, reading, time.monotonic() + seconds)

    def poll(self) -> dict[str, Any] | None:
        """Return what the child told once it is gone, None until then."""
        while select.select([self.pipe], [], [], 0)[0]:
            data = os.read(self.pipe, 2**16)
            if not data:
                return self._end({"outcome": "killed", "by": "the process died"})
            self._told += data
            if self._told.endswith(b"\n"):  # a helper process of the tests may keep the pipe open
                return self._end({})
        if time.monotonic() > self.until:
            return self._end({"outcome": "timeout", "by": "all tests together"})
        return None

    def _end(self, otherwise: dict[str, Any]) -> dict[str, Any]:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        os.close(self.pipe)
        os.waitpid(self.pid, 0)
        told = self._told.splitlines()
        result = json.loads(told[0]) if told else otherwise
        return {**result, "seconds": round(time.monotonic() - self.begun, 2)}


def _work(work: Callable[[Tell], None], pipe: int, log: Path) -> None:
    """Do *work* as a process group of its own, which is killed as a whole."""

    def tell(told: dict[str, Any]) -> None:
        os.write(pipe, json.dumps(told).encode() + b"\n")

    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        work(tell)
    except BaseException as error:
        tell({"outcome": "killed", "by": "pytest", "why": repr(error)[:200]})
    finally:
        os._exit(0)
