"""P5: no list or dict of the input is in the output, but under `any` and in allowed unknown keys."""

import functools

from tests.fuzz.calls import Call, walk
from tests.fuzz.compare import containers
from tests.fuzz.properties.fast_is_check import shown
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Given, Subject

# What hands on what it was given, or hands out what its author keeps. An item that is `never` is any.
SHARING = {"schema.any", "schema.never", "schema.stream", "schema.context_ref", "schema.sibling_ref"}


def check(subject: Subject, tally: Tally) -> None:
    may_share: bool | None = None
    for given in subject.cases:
        if given.told.kind != "accepted" or not issubclass(type(given.told.content), (dict, list)):
            tally.excluded("P5", "there is no container in the output")
            continue
        may_share = shares(subject) if may_share is None else may_share
        _compare(given, may_share)
        tally.compared("P5")


def _compare(given: Given, may_share: bool) -> None:
    trial = given.trial
    output, value = containers(trial.told.content), containers(trial.value)
    shared = output.keys() & value.keys()
    expected = containers(trial.expected.content)
    if may_share:
        shared -= expected.keys()
    assert not shared, f"P5: the output holds a container of the input\n{shown(given)}"
    assert len(output) >= len(expected), f"P5: one container is in two places of the output\n{shown(given)}"


def shares(subject: Subject) -> bool:
    """Return whether some schema in the subject may put what it was given into the output."""
    return any(_may_share(part) for part in walk(subject.part))


@functools.singledispatch
def _may_share(part: object) -> bool:
    return False


@_may_share.register
def _(part: Call) -> bool:
    return part.name in SHARING or part.name.startswith("parts.") or part.options.get("unknowns") == "allow"


PROPERTY = Property("P5", "the output shares no container with the input", check)
