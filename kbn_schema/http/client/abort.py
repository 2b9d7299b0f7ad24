"""This module lets a caller abort what it has asked for."""

import contextlib
import threading
from collections.abc import Callable, Generator

from kbn_schema.http.logs import log


class Aborted(Exception):
    """The caller has aborted the request; to the caller it is an `HttpFetchError` of name ``AbortError``."""

    def __init__(self) -> None:
        super().__init__("The user aborted a request.")  # Kibana's text


class AbortSignal:
    """Aborts each request that was given it as ``signal=``; `abort` may be called in any thread.

    An `AsyncClient` breaks off whatever it waits for. A `Client`, whose thread cannot be woken, sees it
    before it sends, once the head of the answer has come, and between the pieces of its body.

    Example:
        >>> from kbn_schema.http.client import AbortSignal
        >>> signal = AbortSignal()
        >>> signal.abort()
        >>> signal.aborted
        True
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._aborted = False
        self._listeners: list[Callable[[], object]] = []

    @property
    def aborted(self) -> bool:
        """Whether `abort` was called."""
        return self._aborted

    def abort(self) -> None:
        """End the requests, those under way and those to come; once is enough."""
        with self._lock:
            self._aborted = True
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            try:
                listener()
            except Exception as error:  # the others are told nevertheless
                log.error("a request could not be aborted", exc_info=error)

    def check(self) -> None:
        """Go on, unless `abort` was called.

        Raises:
            Aborted: It was.
        """
        if self._aborted:
            raise Aborted

    @contextlib.contextmanager
    def telling(self, listener: Callable[[], object]) -> Generator[None]:
        """Call *listener* once `abort` is called, also where it was before; not after the block."""
        with self._lock:
            self._listeners.append(listener)
        try:
            if self._aborted:
                self.abort()
            yield
        finally:
            with self._lock, contextlib.suppress(ValueError):
                self._listeners.remove(listener)
