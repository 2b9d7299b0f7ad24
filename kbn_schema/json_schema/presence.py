"""This module tells what may be absent; whether it may, each kind says itself."""

from typing import Any, Final

MAX_DEPTH: Final = 200  # of values, see `Run`


class Presence:
    """Tells what may be absent: of what is sent, or of what is yielded."""

    def __init__(self, is_input: bool) -> None:
        self.is_input = is_input
        self._known: dict[Any, bool] = {}
        self._asked: set[Any] = set()
        self._is_cut = False

    def may_be_absent(self, schema: Any) -> bool:
        """Return whether *schema* takes a missing value, or may yield none."""
        if schema in self._known:
            return self._known[schema]
        # A missing object counts as an empty one, but not for ever.
        if schema in self._asked or len(self._asked) > MAX_DEPTH:
            self._is_cut = True
            return False
        self._asked.add(schema)
        answer: bool = schema.may_be_absent(self)
        self._asked.discard(schema)
        if not self._is_cut:
            self._known[schema] = answer
        if not self._asked:
            self._is_cut = False
        return answer
