"""This module tells what a type checker, mypy or pyright, says of a handler with a mistake."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import attrs

from kbn_schema.demo.folder import TemporaryFolder
from kbn_schema.demo.screen import PLAIN, RED, Screen
from kbn_schema.demo.story.edits import TYPO
from kbn_schema.demo.story.recorded import RECORDED
from kbn_schema.demo.story.source import FOLDER

PATIENCE: Final = 60  # seconds
# Nothing of the user's configuration counts, and no cache is left behind.
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "mypy": (
        f"--python-executable={sys.executable}",
        "--config-file=",
        f"--cache-dir={os.devnull}",
        "--no-color-output",
    ),
    "pyright": ("--pythonpath", sys.executable),
}
COLOURS: Final = ("FORCE_COLOR", "MYPY_FORCE_COLOR")
INSTALLED: Final = ("site-packages", "dist-packages")
ENDED: Final = (0, 1)  # any other status: it could not be asked
NAMED: Final = '"pgae"'


@attrs.frozen
class Checker:
    """A type checker, and the command that runs it, up to the file to check."""

    name: str
    command: tuple[str, ...]


@attrs.frozen
class Inquiry:
    """A checker that reads the file with the mistake meanwhile, in *folder*."""

    checker: Checker
    folder: str
    process: "subprocess.Popen[bytes]"

    def answer(self) -> tuple[str, ...]:
        """The lines that it prints; none if it takes too long or could not do it."""
        try:
            printed, _ = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return ()
        if self.process.returncode not in ENDED:
            return ()
        # Files are told from the root; and pyright indents with spaces that do not break.
        text = printed.decode(errors="replace").replace(f"{os.path.realpath(self.folder)}{os.sep}", "")
        return tuple(text.replace("\xa0", " ").splitlines())


def tell(screen: Screen, inquiry: Inquiry | None) -> bool:
    """Show the mistake and what is said of it, and tell whether it was named."""
    screen.text(
        "`kbn-schema stubs` has written the types of all requests, so checkers know what `find` gets."
        f" In a copy of {TYPO.file}, one word of it is misspelt:"
    )
    screen.changes(TYPO.changed)
    if inquiry is None:
        screen.text(f"No type checker is installed here, so this was recorded, with {_recorder()}:")
        _show_command(screen, RECORDED.name)
        return _show_answer(screen, RECORDED.lines)
    _show_command(screen, inquiry.checker.name)
    answer = inquiry.answer()
    if not answer:
        screen.text(f"It cannot be asked here, so this was recorded, with {_recorder()}:")
    return _show_answer(screen, answer or RECORDED.lines)


@contextlib.contextmanager
def asking(checker: Checker | None) -> Generator[Inquiry | None, None, None]:
    """Let *checker* read meanwhile; what it has not said at the end, it does not say any more."""
    with (
        TemporaryFolder() as folder,
        contextlib.ExitStack() as stack,
    ):
        inquiry = None if checker is None else _start(checker, folder)
        if inquiry is not None:
            stack.enter_context(inquiry.process)
            stack.callback(inquiry.process.kill)
        yield inquiry


def find() -> Checker | None:
    """The first checker that is installed, beside us or anywhere on the path."""
    return next((checker for name in OPTIONS if (checker := installed(name))), None)


def installed(name: str) -> Checker | None:
    """The checker that is called *name*, if there is one."""
    spec = find_spec(name)
    if spec is not None and spec.origin is not None:
        return Checker(name, (sys.executable, "-m", name, *OPTIONS[name]))
    path = shutil.which(name)
    return None if path is None else Checker(name, (path, *OPTIONS[name]))


def _start(checker: Checker, folder: str) -> Inquiry | None:
    """Let *checker* read the file with the mistake, in *folder*; None if it does not start."""
    Path(folder, TYPO.file).write_text(TYPO.text, encoding="utf-8")
    try:
        process = subprocess.Popen(  # noqa: S603 - a checker that is installed here
            [*checker.command, TYPO.file],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
    return Inquiry(checker, folder, process)


def _environment() -> dict[str, str]:
    """Ours, but for colours; a checker has to find the package where we found it, if it is not installed."""
    environment = {name: value for name, value in os.environ.items() if name not in COLOURS}
    environment["PYTHONIOENCODING"] = "utf-8"
    root = FOLDER.parents[1]
    if root.name not in INSTALLED:
        paths = [str(root), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    return environment


def _recorder() -> str:
    return f"{RECORDED.name} {RECORDED.version}"


def _show_command(screen: Screen, name: str) -> None:
    screen.lines([f"$ {name} {TYPO.file}"])


def _show_answer(screen: Screen, lines: Iterable[str]) -> bool:
    """Whether the answer names the mistake."""
    is_named = False
    for line in lines:
        screen.lines([line], RED if "error: " in line else PLAIN)
        is_named = is_named or NAMED in line
    screen.gap()
    if not is_named:
        screen.failure(f"expected an error that names {NAMED}")
    return is_named
