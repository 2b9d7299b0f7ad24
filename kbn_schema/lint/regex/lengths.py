"""This module tells how long the texts are that a pattern matches."""

import functools
import re

from kbn_schema.json_schema.ecma import codes, reader


@functools.lru_cache(maxsize=4096)
def lengths_of(pattern: re.Pattern[str]) -> tuple[int, int | None]:
    """Return the shortest and the longest length of a text that *pattern* matches; None is without end.

    What stands in a lookahead is not counted, so some of these lengths may not occur.
    """
    try:
        low, high = reader.parse(pattern.pattern, pattern.flags).getwidth()
    except (re.error, RecursionError, OverflowError):  # as of a pattern of an older Python, unpickled
        return 0, None
    return int(low), None if high >= codes.MAXREPEAT else int(high)
