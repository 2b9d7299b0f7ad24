"""This module makes something when it is first asked for."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class Once(Generic[T]):
    """The value of *make*, made when it is first asked for; a failure is not kept, so it is tried again."""

    __slots__ = ("_lock", "_make", "_value")

    def __init__(self, make: Callable[[], T]) -> None:
        self._make: Callable[[], T] | None = make
        self._value: T | None = None
        self._lock = threading.RLock()

    @property
    def is_made(self) -> bool:
        """Whether it has been made."""
        return self._make is None

    def __call__(self) -> T:
        if self._make is not None:
            with self._lock:
                if self._make is not None:
                    self._value = self._make()
                    self._make = None
        return cast(T, self._value)
