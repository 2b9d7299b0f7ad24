"""What a target is: a function of bytes that raises where something is wrong with what they stand for."""

import importlib
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

import attrs

NAMES = ("values", "schemas", "formats", "names", "http")
KEPT = Path(__file__).parents[1] / "corpus"


@attrs.frozen
class Target:
    """What libFuzzer runs.

    *judge* raises for bytes that show a mistake. *shown* says what the bytes stand for, *seeds* are what
    to begin with, and *words* what is worth putting in. *traces_generated* says that generated code is
    looked into, too, which wants a fixed number of schemas; *traces_comparisons* that libFuzzer is told of
    what is compared with what, which makes all slower.
    """

    name: str
    judge: Callable[[bytes], None]
    shown: Callable[[bytes], str]
    seeds: Callable[[], Iterable[bytes]]
    words: tuple[bytes, ...] = ()
    max_bytes: int = 1024
    traces_generated: bool = True
    traces_comparisons: bool = True

    @property
    def kept(self) -> Path:
        """The folder of inputs that are judged in each run of the tests."""
        return KEPT / self.name


def load(name: str) -> Target:
    """Return the target of this *name*."""
    found: Target = importlib.import_module(f"tests.fuzz.coverage_guided.{name}").TARGET
    return found


def finding(target: Target, data: bytes) -> BaseException | None:
    """Return what *target* raises for *data*, if it does."""
    try:
        target.judge(data)
    except Exception as error:
        return error
    return None


def minimised(target: Target, data: bytes, tries: int = 3000) -> bytes:
    """Return bytes that raise the same as *data* does, from which nothing can be left out."""
    kind = signature(finding(target, data))
    size = max(1, len(data) // 2)
    while size:
        at = 0
        while at < len(data) and tries > 0:
            tries -= 1
            shorter = data[:at] + data[at + size :]
            if signature(finding(target, shorter)) == kind:
                data = shorter
            else:
                at += size
        size //= 2
    return data


def signature(error: BaseException | None) -> tuple[str, str] | None:
    """Return what tells one mistake from another: the type, and the line that raised or the first words."""
    if error is None:
        return None
    if isinstance(error, AssertionError):
        return "AssertionError", str(error).partition("\n")[0]
    frames = traceback.extract_tb(error.__traceback__)
    return type(error).__name__, f"{frames[-1].filename}:{frames[-1].lineno}"
