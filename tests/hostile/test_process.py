"""Area L, B10, B11: the same answers in every thread, process and mode of the interpreter."""

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import kbn_schema as s
from kbn_schema import ValidationError
from tests.hostile.helper import nested
from tests.processes import unmeasured

ROOT = Path(s.__file__).parents[1]

SCRIPT = Path(__file__).with_name("battery.py")


def digest(*flags, **environment):
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    done = subprocess.run([sys.executable, *flags, SCRIPT], capture_output=True, env=env)

    assert (0, b"") == (done.returncode, done.stderr[-2000:])
    return done.stdout


@pytest.fixture(scope="module")
def plain():
    return digest()


MODES = {
    "optimised": (["-O"], {}),
    "without docstrings": (["-OO"], {}),
    "warnings are errors": (["-W", "error"], {}),
    "bytes are not text": (["-bb", "-W", "error"], {}),
    "development": (["-X", "dev"], {}),
    "hash seed 0": ([], {"PYTHONHASHSEED": "0"}),
    "hash seed 4242": ([], {"PYTHONHASHSEED": "4242"}),
    "locale C": ([], {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "no digit limit": ([], {"PYTHONINTMAXSTRDIGITS": "0"}),
    "lowest digit limit": ([], {"PYTHONINTMAXSTRDIGITS": "640"}),
    "utf-8 mode": (["-X", "utf8"], {}),
}


@pytest.mark.parametrize("mode", MODES)
def test_answers_do_not_depend_on_the_mode_of_the_interpreter(mode, plain):
    """B10."""
    flags, environment = MODES[mode]

    assert plain == digest(*flags, **environment)


def test_isolated_mode_works():
    """B11: `-I -S -E -P`, with the paths put in by hand."""
    program = f"""
import sys
sys.path[:0] = {[str(ROOT), *sys.path]!r}
import kbn_schema as s
assert s.number().validate("1") == 1
"""
    done = subprocess.run([sys.executable, "-I", "-S", "-E", "-P", "-c", program], capture_output=True)

    assert (0, b"") == (done.returncode, done.stderr)


def test_works_from_a_zip(tmp_path):
    """B11."""
    import zipfile

    archive = tmp_path / "library.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in (ROOT / "kbn_schema").rglob("*.py"):
            file.write(path, path.relative_to(ROOT))
    program = f"""
import sys
sys.meta_path = [finder for finder in sys.meta_path if "editable" not in repr(finder).lower()]
sys.path[:0] = [{str(archive)!r}]
import kbn_schema as s
assert "library.zip" in s.__file__, s.__file__
assert s.object({{"a": s.number()}}).validate({{"a": "1"}}) == {{"a": 1}}
assert not s.string(pattern="x").is_valid("y")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)

    assert (0, b"") == (done.returncode, done.stderr)


@pytest.fixture
def eager_switching():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(*functions):
    """Run *functions* in threads that start at once, and return what they raised."""
    barrier, raised = threading.Barrier(len(functions)), []

    def run(function):
        barrier.wait()
        try:
            function()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=[function]) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def fresh_tree():
    schema = s.object(
        {"a": s.maybe(s.lazy(lambda: schema)), "n": s.nullable(s.number()), "d": s.any(default=[])}
    )
    return schema


@pytest.mark.parametrize("round_", range(10))
def test_many_threads_may_be_the_first(round_, eager_switching):
    """L1."""
    schema = fresh_tree()
    good, bad = nested(20, {"n": 1}, n="1"), nested(20, {"n": "wrong"}, n=1)

    def use():
        assert 1 == schema.validate(good)["a"]["n"]
        assert 21 == len(schema.issues_of(bad)[0].path)

    assert [] == together(*[use] * 16)


def test_threads_do_not_mix_their_answers(eager_switching):
    """L2: neither paths, nor issues, nor defaults, nor what a union remembers."""
    union = s.one_of(fresh_tree(), s.record_of(s.string(), s.number()))

    def use(number):
        def run():
            for _ in range(60):
                error = union.issues_of({f"key{number}": "wrong"})
                assert {f"key{number}"} <= {key for issue in error for key in issue.path}
                assert {f"key{number}": number} == union.validate({f"key{number}": str(number)})
                output = union.validate({"n": number})
                output["d"].append(number)
                assert {"n": number, "d": [number]} == output

        return run

    assert [] == together(*map(use, range(8)))


def test_another_thread_may_resize_the_input(eager_switching):
    """L3: no "dictionary changed size during iteration"."""
    schema = s.object(
        {
            "r": s.record_of(s.string(), s.number()),
            "l": s.array_of(s.number()),
            "o": s.object({}, unknowns="allow"),
        }
    )
    value = {"r": {}, "l": [], "o": {}}
    stop = threading.Event()

    def resize():
        choice = random.Random(1)
        while not stop.is_set():
            for part in (value["r"], value["o"]):
                part.clear()
                part.update({f"k{index}": index for index in range(choice.randrange(200))})
            value["l"][:] = range(choice.randrange(200))

    def use():
        try:
            for _ in range(300):
                assert schema.is_valid(value)
        finally:
            stop.set()

    assert [] == together(resize, use)


def test_a_process_forked_meanwhile_can_validate():
    """L4: no lock is held over a fork."""
    program = """
import os, sys, threading, time, warnings
warnings.simplefilter("ignore")
import kbn_schema as s
sys.setswitchinterval(1e-6)
stop = False
def busy():
    while not stop:
        schema = s.object({"a": s.lazy(lambda: s.number()), "b": s.string(pattern="[a-z]+")})
        schema.is_valid({"a": "1", "b": "x"})
shared = s.object({"a": s.maybe(s.lazy(lambda: shared)), "b": s.string(pattern="[a-z]+")})
threads = [threading.Thread(target=busy) for _ in range(3)]
for thread in threads: thread.start()
for _ in range(10):
    child = os.fork()
    if child == 0:
        os._exit(0 if shared.is_valid({"a": {"b": "x"}, "b": "x"}) and not shared.is_valid({}) else 1)
    until = time.monotonic() + 20
    while (done := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < until: time.sleep(0.005)
    if done[0] == 0: os.kill(child, 9); os.waitpid(child, 0)
    if done[1] or done[0] == 0: stop = True; sys.exit(f"the child ended with {done}")
stop = True
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=120, env=unmeasured())

    assert (0, b"") == (done.returncode, done.stderr)


def test_a_signal_handler_may_validate():
    """L7."""
    program = """
import signal, kbn_schema as s
schema = s.object({"a": s.maybe(s.lazy(lambda: schema)), "n": s.nullable(s.number())})
calls = []
def handler(*args):
    calls.append(schema.is_valid({"n": "1"}) and not schema.is_valid({"n": "x"}))
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
value = {"n": 1}
for _ in range(50): value = {"a": value, "n": 1}
while len(calls) < 50: assert schema.is_valid(value)
signal.setitimer(signal.ITIMER_REAL, 0)
assert all(calls)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)

    assert (0, b"") == (done.returncode, done.stderr)


def test_an_error_of_one_thread_can_be_read_in_another():
    error = []

    def fail():
        try:
            fresh_tree().validate(nested(50, 1))
        except ValidationError as caught:
            error.append(caught)

    assert [] == together(fail)
    assert [] == together(*[lambda: str(error[0]) and error[0].to_dict()] * 4)


def test_validating_in_tasks_does_not_mix():
    """Each call has a state of its own, also where a check gives way to the event loop's other tasks."""
    import asyncio

    async def one(number):
        schema = s.object({"a": s.number(validate=lambda value: time.sleep(0))})
        await asyncio.sleep(0)
        return schema.validate({"a": str(number)})

    async def main():
        return await asyncio.gather(*map(one, range(50)))

    assert [{"a": number} for number in range(50)] == asyncio.run(main())
