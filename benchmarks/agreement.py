"""Correct before fast: whoever is measured has given the right answer first."""

from typing import Any

from benchmarks.peer import Peer, Validate
from benchmarks.workloads import Workload


class DisagreementError(Exception):
    """A contender does not do the work that it would be measured for."""


def assert_agrees(peer: Peer, workload: Workload, validate: Validate, value: Any) -> None:
    """Raise unless *validate* makes of *value* the output of *workload*, or refuses what has to be."""
    try:
        output = validate(value)
    except peer.error as error:
        if not workload.is_refused:
            raise DisagreementError(f"{peer.name} refuses {workload.code}") from error
        return
    if workload.is_refused:
        raise DisagreementError(f"{peer.name} accepts {workload.code}")
    if peer.plain is not None:
        compare(peer.name, workload, peer.plain(output), none_for_absent=peer.none_for_absent)


def compare(name: str, workload: Workload, output: Any, *, none_for_absent: bool = False) -> None:
    """Raise unless *output* is the expected one; with *none_for_absent* members of None do not count."""
    expected = workload.expected
    if none_for_absent:
        output, expected = without_none(output), without_none(expected)
    if output != expected:
        raise DisagreementError(f"{name} makes something else of {workload.code}: {output!r:.500}")


def without_none(value: Any) -> Any:
    if isinstance(value, list):
        return [without_none(item) for item in value]
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items() if item is not None}
    return value
