"""Processes that tests start."""

import os


def unmeasured() -> dict[str, str]:
    """The environment of a process that coverage leaves alone.

    It would import modules where they are counted, and hold a lock of its own over a fork.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
