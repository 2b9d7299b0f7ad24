"""Look at subjects one by one, and turn what is wrong into findings."""

from collections.abc import Sequence

import attrs

from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Given, Subject


@attrs.define
class Finding:
    """A *prop* that does not hold of a *subject*, and the *error*; *given* is the case, if one suffices."""

    prop: Property
    subject: Subject
    error: BaseException
    given: Given | None = None

    @property
    def about(self) -> str:
        """What is wrong, in words that are the same however large the case is."""
        if isinstance(self.error, AssertionError):
            return str(self.error).partition("\n")[0]
        return f"{self.prop.name}: {type(self.error).__name__} is raised"


def judge(subject: Subject, properties: Sequence[Property], tally: Tally) -> Finding | None:
    """Return the first of *properties* that does not hold of *subject*, or None."""
    for prop in properties:
        if not prop.covers(subject.number) or (subject.refusal is not None and prop.name != "P0"):
            continue
        try:
            prop.check(subject, tally)
        except Exception as error:
            return _narrowed(Finding(prop, subject, error))
    return None


def _narrowed(finding: Finding) -> Finding:
    """Return the finding for the one case that shows it, where one does."""
    for given in finding.subject.cases:
        lone = finding.subject.alone(given)
        again = fails(lone, finding.prop)
        if again is not None and again.about == finding.about:
            again.given = lone.cases[0]
            return again
    return finding


def fails(subject: Subject, prop: Property) -> Finding | None:
    """Return what *prop* finds in *subject*, whatever its number; nothing where that cannot be built."""
    if subject.refusal is not None and prop.name != "P0":
        return None
    try:
        prop.check(subject, Tally())
    except Exception as error:
        return Finding(prop, subject, error)
    return None
