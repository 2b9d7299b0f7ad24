"""P4: the input is never changed, down to the identity of what is in it."""

from tests.fuzz.properties.fast_is_check import shown
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Subject


def check(subject: Subject, tally: Tally) -> None:
    for given in subject.cases:
        assert not given.trial.changed, f"P4: the input is changed\n{shown(given)}"
    tally.compared("P4", len(subject.cases))


PROPERTY = Property("P4", "the input is not changed", check)
