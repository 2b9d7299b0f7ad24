"""This module says how a command ends."""

from typing import Final

FINE: Final = 0
NO: Final = 1
COULD_NOT_ASK: Final = 2


class CannotAsk(Exception):
    """The question makes no sense, or what it is about cannot be read; each of its texts is one line."""
