"""This module calls what the author has written: it may raise, end the program, or never come back."""

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final, Generic, TypeVar

import attrs

T = TypeVar("T")

SECONDS = 1.0
# Of calls that took too long: whoever waits for the answer should not wait for each of a thousand.
MAX_LATE: Final = 5


@attrs.frozen
class Answer(Generic[T]):
    """What a call gave."""

    value: T


@attrs.frozen
class Failed:
    """Why a call gave nothing; never the text of what it raised, which may hold a value."""

    reason: str | None
    """None where it was not called, for others took too long."""

    def told(self, sentence: str) -> str | None:
        """The *sentence*, with the reason in its place; None where there is none to tell."""
        return None if self.reason is None else sentence.format(self.reason)


class Guard:
    """Calls functions of the author, and stops each after a second.

    Where nothing can be stopped, on Windows and in other threads than the first, it is waited for.
    """

    def __init__(self) -> None:
        self._late = 0

    def call(self, function: Callable[[], T]) -> Answer[T] | Failed:
        """What *function* returns, or why it does not."""
        if self._late >= MAX_LATE:
            return Failed(None)
        try:
            with _stopped():
                return Answer(function())
        except KeyboardInterrupt:
            raise
        except _Late:
            self._late += 1
            return Failed(f"took longer than [{SECONDS:g}] second")
        except BaseException as error:
            return Failed(f"raised [{type(error).__name__}]")


class _Late(BaseException):
    """The time is up; no `Exception`, which the author's code may catch."""


@contextmanager
def _stopped() -> Generator[None, None, None]:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_: int, __: Any) -> None:
        raise _Late

    before = signal.signal(signal.SIGALRM, stop)
    try:
        # Again and again: a bare `except` may catch the first.
        signal.setitimer(signal.ITIMER_REAL, SECONDS, SECONDS / 10)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
