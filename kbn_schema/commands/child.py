"""This module has a program of ours do something with the author's code, in a process of its own."""

import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, Final

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.progress import LONG, PATIENCE, Progress

# Our package is loaded from where it is now, and all else from where Python has it: the working directory
# may have an `attrs.py`, or another `kbn_schema`.
PROGRAM: Final = """\
import importlib.util, sys
spec = importlib.util.spec_from_file_location("kbn_schema", sys.argv[1])
sys.modules["kbn_schema"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules["kbn_schema"])
importlib.import_module(sys.argv[2]).main(sys.argv[3])
"""


def ask(
    program: str, order: Mapping[str, Any], seconds: float, working_directory: Path | None = None
) -> dict[str, Any]:
    """Start the module *program* with an *order* about the author's ``module``; return its answer.

    It leaves that, in JSON, in the file ``order["answer"]``, which it makes before it does anything else.
    What it prints goes to standard error, and it has no standard input. When it has answered, or taken too
    long, it is ended with all processes that it started, but for those that left its group.

    Raises:
        CannotAsk: It took longer than *seconds*, or ended without an answer.
    """
    failed = f"cannot import [{order['module']}]"
    with _held_back() as release, _folder() as folder:
        answer = folder / "answer"
        process = _start(program, {**order, "answer": str(answer)}, working_directory)
        if not _wait(process, seconds, f"importing [{order['module']}]", release):
            hint = ", see --timeout" if "timeout" in order else ""
            raise CannotAsk(f"{failed}: it took longer than [{seconds:g}] seconds{hint}")
        if not answer.exists():
            raise RuntimeError(f"{program} did not start")
        try:
            found: dict[str, Any] = json.loads(answer.read_bytes())
        except ValueError:
            raise CannotAsk(f"{failed}: {_ending(process.returncode)}") from None
    return found


@contextlib.contextmanager
def _held_back() -> Generator[Callable[[], None], None, None]:
    """Hold back signals that would end us until what is yielded is called, or the block ends.

    One that came while the process is started would leave it behind: nobody would know of it yet.
    """
    came: list[int] = []
    is_main = threading.current_thread() is threading.main_thread()
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()} if is_main else {}
    handlers = {number: handler for number, handler in handlers.items() if callable(handler)}

    def release() -> None:
        while handlers:
            signal.signal(*handlers.popitem())
        while came:
            signal.raise_signal(came.pop())

    for number in handlers:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield release
    finally:
        release()


@contextlib.contextmanager
def _folder() -> Generator[Path, None, None]:
    try:
        folder = tempfile.TemporaryDirectory(prefix="kbn-schema-", ignore_cleanup_errors=True)
    except OSError as error:
        raise CannotAsk(f"cannot make a temporary folder: {error.strerror}") from error
    with folder as name:
        yield Path(name)


def _start(
    program: str, order: Mapping[str, Any], working_directory: Path | None
) -> "subprocess.Popen[bytes]":
    package = importlib.util.find_spec("kbn_schema")
    where = "" if package is None else str(package.origin)
    command = [sys.executable, *_flags(), "-c", PROGRAM, where, program, json.dumps(order)]
    sys.stderr.flush()
    try:
        return subprocess.Popen(  # noqa: S603 - Python itself, and no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=_standard_error(),
            stderr=_standard_error(),
            env=os.environ | {"KBN_SCHEMA_STUBS": "1"},
            start_new_session=True,
            cwd=working_directory,
        )
    except OSError as error:
        raise CannotAsk(f"cannot start Python at [{sys.executable}]: {error.strerror}") from error


def _flags() -> list[str]:
    """The options of this Python that say where modules are."""
    flags = ["-P"]  # no folder is put in front of the path
    if sys.flags.isolated:
        flags.append("-I")
    if sys.flags.ignore_environment:
        flags.append("-E")
    if sys.flags.no_user_site:
        flags.append("-s")
    if sys.flags.utf8_mode:
        flags += ["-X", "utf8"]
    return flags


def _standard_error() -> int:
    try:
        os.fstat(2)
    except OSError:
        return subprocess.DEVNULL
    return 2


def _wait(
    process: "subprocess.Popen[bytes]", seconds: float, doing: str, release: Callable[[], None]
) -> bool:
    """Wait until *process* ends, and end it with all that it started; whether it ended by itself.

    *release* lets signals through, which may end us from then on.
    """
    late = threading.Event()

    def stop() -> None:
        late.set()
        _kill(process)

    try:
        release()
        with Progress(LONG) as progress, _after(seconds, stop), _after(PATIENCE, lambda: progress.say(doing)):
            process.wait()
    finally:
        _kill(process)
        process.wait()
    return not late.is_set()


@contextlib.contextmanager
def _after(seconds: float, action: Any) -> Generator[None, None, None]:
    """Call *action* in another thread if the block takes longer."""
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _ending(status: int) -> str:
    if status >= 0:
        return f"it ended the process with status [{status}]"
    try:
        return f"the process was ended by [{signal.Signals(-status).name}]"
    except ValueError:
        return f"the process was ended by signal [{-status}]"
