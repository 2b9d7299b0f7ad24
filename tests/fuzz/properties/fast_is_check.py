"""P1: compiled code says of each value what `check` says, and asks no more of it."""

import marshal
from typing import Any

from kbn_schema.run import Run
from tests.fuzz import parts
from tests.fuzz.compare import is_told_elsewhere, show, show_source
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import PLAIN_FORMAT, Given, Subject, Told, Trial
from tests.same import same


def check(subject: Subject, tally: Tally) -> None:
    for given in subject.cases:
        wrong = difference(given, given.trial)
        rule = excuse(given) if wrong else ""
        if rule:
            tally.excluded("P1", rule)
        else:
            assert not wrong, f"P1: {wrong}\n{shown(given)}"
            tally.compared("P1")


def excuse(given: Given) -> str:
    """Return why the two ways may differ: which one of its places a circle is told at is no promise."""
    expected, told = given.trial.expected, given.trial.told
    is_refused = expected.kind == told.kind == "refused"
    if is_refused and is_told_elsewhere(given.trial.value, expected.issues, told.issues):
        return "where in a value that contains itself it is told to be too deep"
    return ""


def difference(given: Given, trial: Trial) -> str:
    """Return what differs, in words that name no value; an empty text if nothing does."""
    expected, told = trial.expected, trial.told
    if expected.kind != told.kind:
        return f"what should be {expected.kind} is {told.kind}"
    if expected.kind == "accepted":
        if not alike(expected.content, told.content):
            return "another output"
    elif expected.kind == "refused":
        wrong = error_difference(expected, told)
        if wrong:
            return wrong
    elif repr(expected.content) != repr(told.content):
        return "something else is raised"
    # Where the reference stopped, since a kind of an author's raised, no check asked what comes after it.
    if not told.asked <= expected.asked and not stopped(given, expected):
        return "the value is asked more"
    return watched_difference(given, expected, told) if expected.watched or told.watched else ""


def alike(one: Any, other: Any) -> bool:
    """Return whether two outputs are equal in all respects."""
    try:
        # One pass in C for what is made of exact types; it keeps types, order and signs apart.
        if marshal.dumps(one, PLAIN_FORMAT) == marshal.dumps(other, PLAIN_FORMAT):
            return True
    except ValueError:
        pass
    return same(one, other)


def error_difference(expected: Told, told: Told) -> str:
    """Return what the two errors say differently."""
    one, other = expected.content, told.content
    if type(one.__cause__) is not type(other.__cause__):
        return "another cause"
    if one.found is other.found:
        return ""
    if not alike([list(facts) for facts in expected.issues], [list(facts) for facts in told.issues]):
        return "other issues"
    if expected.text != told.text:
        return "another text"
    return "" if one.path == other.path else "another path"


def watched_difference(given: Given, expected: Told, told: Told) -> str:
    """Checks are called for the same values if all is well, and never more often if it is not.

    A default of an alternative that does not fit need not be asked for.
    """
    left = list(expected.watched)
    for name, value in told.watched:
        at = next((i for i, (known, seen) in enumerate(left) if known == name and same(seen, value)), None)
        if at is None:
            return "" if stopped(given, expected) else "a check is called once more"
        left.pop(at)
    missed = [name for name, value in left if value is not parts.ASKED_FOR]
    return "a check is not called" if missed and expected.kind == "accepted" else ""


def stopped(given: Given, expected: Told) -> bool:
    """Return whether the reference stopped early: at 100 issues, or since something raised."""
    if expected.kind != "refused":
        return expected.kind == "broken"
    if len(expected.issues) >= 100:
        return True
    try:
        given.subject.reference.check(given.value(), run_of(given))
    except Exception:
        return True
    return False


def run_of(given: Given) -> Any:
    context = given.context()
    return Run({} if context is None else context)


def shown(given: Given) -> str:
    """Return all about a case, for the message of a finding."""
    trial = given.trial
    return (
        f"schema:   {show(given.subject.reference)}\nvalue:    {show(trial.value)}\n"
        f"check:    {trial.expected.kind} {show(trial.expected.content)}\n"
        f"compiled: {trial.told.kind} {show(trial.told.content)}\n"
        f"source:\n{show_source(given.subject.judged)}"
    )


PROPERTY = Property("P1", "compiled code says what check says", check)
