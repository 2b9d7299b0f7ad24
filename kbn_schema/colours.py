"""Whether a terminal is written to in colours."""

import os
from typing import TextIO


def wants_colours(stream: TextIO) -> bool:
    """Whether colours are wanted on *stream*.

    Source:
        https://no-color.org and https://force-color.org: a variable counts if it is not empty. Where both are
        set, the one that asks for less wins, as in Python's own tools.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and stream.isatty()
