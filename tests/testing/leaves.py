"""What the strategies of a leaf draw, for the tests of each sort of leaf."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from hypothesis import Phase, find, given, settings
from hypothesis.strategies import SearchStrategy

from kbn_schema import Schema
from kbn_schema.testing.values import Values
from kbn_schema.testing.writer import StrategyWriter

QUICK = settings(max_examples=30, database=None, deadline=None, derandomize=True)
SEARCH = settings(QUICK, max_examples=3000, phases=[Phase.generate])


def label(argument: Any) -> str:
    """The name of a test for *argument*, the same in each process: a set has its members in order."""
    return repr(sorted(argument) if isinstance(argument, set) else argument)[:100]


def values_of(schema: Schema[Any], *, spelled: bool = True) -> Values:
    """What a leaf says of its values."""
    places: Any = SimpleNamespace(spelled=spelled)
    values = schema.strategy(StrategyWriter(places, {}))
    assert isinstance(values, Values)
    return values


def drawn(strategy: SearchStrategy[Any], count: int = 30) -> list[Any]:
    """Some values, the same in each run."""
    found: list[Any] = []

    @settings(QUICK, max_examples=count)
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


def plainest(strategy: SearchStrategy[Any]) -> Any:
    """What a failure shrinks to if any value fails."""
    return find(strategy, lambda _: True, settings=QUICK)


def one(strategy: SearchStrategy[Any], wanted: Callable[[Any], bool]) -> Any:
    """A value that is *wanted*; not to find one is an error."""
    return find(strategy, wanted, settings=SEARCH)


def refused(schema: Schema[Any], count: int = 30) -> list[Any]:
    """The values drawn as fitting that *schema* refuses."""
    return [value for value in drawn(values_of(schema).fitting, count) if not schema.is_valid(value)]


def told_otherwise(schema: Schema[Any], count: int = 15) -> list[tuple[str, Any, list[str]]]:
    """The faults of which the first issue has another code, each with the codes that it has."""
    return [
        (code, value, codes)
        for code, strategy in values_of(schema).faults().items()
        for value in drawn(strategy, count)
        if (codes := [issue.code for issue in schema.issues_of(value)])[:1] != [code]
    ]


def fault_codes(schema: Schema[Any]) -> set[str]:
    """The codes of the faults of *schema*."""
    return set(values_of(schema).faults())
