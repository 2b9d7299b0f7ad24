"""This module counts the requests that are under way."""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Generator

from kbn_schema.http.logs import log

Callback = Callable[[int], object]


class LoadingCount:
    """How many requests are under way, in all threads; those who listen are told of each change, in order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._callbacks: dict[object, Callback] = {}
        self._news: deque[tuple[object, int]] = deque()
        self._is_telling = False

    @property
    def value(self) -> int:
        """How many there are now."""
        return self._count

    @contextlib.contextmanager
    def counted(self) -> Generator[None]:
        """Count one more until the block ends."""
        self._change(1)
        try:
            yield
        finally:
            self._change(-1)

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Call *callback* with the count, now and after each change; what is returned ends that."""
        key = object()
        with self._lock:
            self._callbacks[key] = callback
            self._news.append((key, self._count))
        self._tell()

        def unsubscribe() -> None:
            with self._lock:
                self._callbacks.pop(key, None)

        return unsubscribe

    def _change(self, by: int) -> None:
        with self._lock:
            self._count += by
            self._news.extend((key, self._count) for key in self._callbacks)
        self._tell()

    def _tell(self) -> None:
        # One thread tells all news, and holds no lock meanwhile: so they come in order, and a callback may
        # send a request.
        while True:
            with self._lock:
                if self._is_telling or not self._news:
                    return
                key, count = self._news.popleft()
                callback = self._callbacks.get(key)
                self._is_telling = True
            try:
                if callback is not None:
                    callback(count)
            except Exception as error:  # whoever sends is not to blame
                log.error("what listens to the loading count raised", exc_info=error)
            finally:
                with self._lock:
                    self._is_telling = False
