"""Properties that do not hold, or never end: for the tests of the driver, see `KBN_SCHEMA_FUZZ_MODULES`."""

import os
import signal

from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Subject


def wrong(subject: Subject, tally: Tally) -> None:
    for given in subject.cases:
        assert type(given.value()) is not list, "wrong: a list is there"
    tally.compared("wrong", len(subject.cases))


def dies(subject: Subject, tally: Tally) -> None:
    if subject.number == 7:
        os.kill(os.getpid(), signal.SIGSEGV)


def hangs(subject: Subject, tally: Tally) -> None:
    while subject.number == 7:
        pass


PROPERTIES = [
    Property("wrong", "there are no lists", wrong),
    Property("dies", "the process lives on", dies),
    Property("hangs", "it comes to an end", hangs),
]
