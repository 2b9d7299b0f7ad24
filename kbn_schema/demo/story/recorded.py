"""This module holds what mypy said of the mistake in `edits.TYPO`, for where no type checker can be run.

``tests/demo/test_checkers.py`` asks it, and finds out whether it still says so.
"""

from typing import Final

import attrs


@attrs.frozen
class Recording:
    """What the checker *name* printed, when it had this *version*."""

    name: str
    version: str
    lines: tuple[str, ...]


RECORDED: Final = Recording(
    "mypy",
    "2.4.1",
    (
        'routes.py:86: error: TypedDict "FindQuery" has no key "pgae"  [typeddict-item]',
        "Found 1 error in 1 file (checked 1 source file)",
    ),
)
