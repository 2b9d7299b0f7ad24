"""This module tells what may be absent; whether it may, each kind says itself."""

from collections.abc import Callable
from typing import Any, Final

from kbn_schema.makers import Makers

MAX_DEPTH: Final = 200  # of values, see `Run`


class Presence:
    """Tells what may be absent: of what is sent, or of what is yielded.

    Args:
        is_input: Whether it is what is sent.
        makers: The callables of `lazy` that were met in the same walk; none yet by default.
    """

    def __init__(self, is_input: bool, makers: Makers | None = None) -> None:
        self.is_input = is_input
        self._makers = Makers() if makers is None else makers
        self._known: dict[Any, bool] = {}
        self._asked: set[Any] = set()
        self._assumed: set[Any] = set()
        self._is_too_deep = False

    def may_be_absent(self, schema: Any) -> bool:
        """Return whether *schema* takes a missing value, or may yield none."""
        if schema in self._known:
            return self._known[schema]
        # A missing object counts as an empty one, but not for ever.
        if schema in self._asked or len(self._asked) > MAX_DEPTH:
            self._assumed.add(schema)
            self._is_too_deep = self._is_too_deep or schema not in self._asked
            return False
        self._asked.add(schema)
        answer: bool = schema.may_be_absent(self)
        self._asked.discard(schema)
        self._keep(schema, answer)
        return answer

    def once(self, make: Callable[[], Any], made: Any) -> Any:
        """Return what *make* was the first to make; now it *made* this, see `Makers`.

        Raises:
            SchemaDefinitionError: There is no end of such callables.
        """
        return self._makers.once(make, made)

    def _keep(self, schema: Any, answer: bool) -> None:
        self._known[schema] = answer
        was_wrong = answer and schema in self._assumed
        if was_wrong or (self._is_too_deep and not self._asked):
            # What may be absent may be so in any case; the others were told by what was assumed.
            self._known = {known: True for known, may in self._known.items() if may}
        if not self._asked:
            self._assumed.clear()
            self._is_too_deep = False
