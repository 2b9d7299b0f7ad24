"""What the fuzzer once found: each entry of the corpus holds by now, and is read as it was written."""

import pytest

from tests.fuzz.entries import CORPUS, read_entry, spelled
from tests.fuzz.properties import load
from tests.fuzz.property import Tally
from tests.fuzz.run import Finding
from tests.fuzz.search import subject_of

PATHS = sorted(CORPUS.glob("*.txt"))


@pytest.mark.parametrize("path", PATHS, ids=[path.stem for path in PATHS])
def test_what_was_found_once_holds(path):
    entry = read_entry(path)
    (prop,) = load((entry.name,))

    prop.check(entry.subject, Tally())


def test_an_entry_is_read_as_it_was_written(tmp_path):
    for number in range(40):
        subject = subject_of("entries", number)
        for given in subject.cases[:4]:
            finding = Finding(load(("P1",))[0], subject, AssertionError("P1: some words\nand more"), given)
            path = tmp_path / "entry.txt"
            path.write_text(spelled(finding, "by hand"), encoding="utf-8")
            entry = read_entry(path)

            assert ("P1", "some words") == (entry.name, entry.about)
            assert str(given) == str(entry.subject.cases[0])
