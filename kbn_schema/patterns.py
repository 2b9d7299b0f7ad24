"""Regular expressions that are compiled when they are first needed.

Compiling those of all formats would make `import kbn_schema` slower, and most programs need few.
"""

import functools
import re
from collections.abc import Callable

LatePattern = Callable[[], re.Pattern[str]]

_waiting: list[LatePattern] = []


def pattern(text: str, flags: int = 0) -> LatePattern:
    """Return a function that returns the pattern of *text*, compiled at its first call."""

    @functools.cache
    def compiled() -> re.Pattern[str]:
        return re.compile(text, flags)

    _waiting.append(compiled)
    return compiled


def compile_all() -> None:
    """Compile now what else would be compiled at the first call."""
    while _waiting:
        _waiting.pop()()
