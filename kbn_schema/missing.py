"""MISSING: what stands where no value was given. It is not None, which is a value."""

import enum
from typing import Final, Literal


class Missing(enum.Enum):
    """The type of `MISSING`, its only member, so that type checkers can narrow it away.

    Example:
        >>> bool(MISSING), MISSING is None, MISSING
        (False, False, MISSING)
    """

    MISSING = "MISSING"

    def __repr__(self) -> str:
        return "MISSING"

    __str__ = __repr__

    def __bool__(self) -> Literal[False]:
        return False


MISSING: Final = Missing.MISSING
"""No value at all: what `validate` takes where it is given none, and yields for a missing `maybe`.

It is false, and copying or pickling it gives itself.
"""
