"""What strategies shrink to."""

from collections.abc import Callable
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis.strategies import SearchStrategy

from tests.testing.leaves import QUICK

# To explain a failure takes longer than to find and shrink it.
SHRUNK = settings(QUICK, max_examples=2000, phases=[Phase.generate, Phase.shrink])


def plainest(strategy: SearchStrategy[Any], wanted: Callable[[Any], bool] = lambda _: True) -> Any:
    """The value that a failure shrinks to, if just those fail that are *wanted*."""
    return find(strategy, wanted, settings=SHRUNK)
