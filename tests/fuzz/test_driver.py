"""The driver: a run goes on where it was stopped, and finds what is wrong, what hangs and what dies."""

import json

import pytest

from tests.fuzz.__main__ import main
from tests.fuzz.entries import read_entry
from tests.fuzz.properties import load
from tests.fuzz.state import State, read_state
from tests.fuzz.worker import Batch, Report


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the driver with *arguments*; its files are in `tmp_path`."""
    monkeypatch.setenv("KBN_SCHEMA_FUZZ_MODULES", "properties.only_validation_errors faulty")

    load.cache_clear()

    def run(*arguments):
        files = ["--state", str(tmp_path / "state.json"), "--corpus", str(tmp_path / "corpus")]
        return main(["--seed", "driver", *files, *arguments])

    yield run
    load.cache_clear()


def test_a_run_goes_on_where_it_was_stopped(run, tmp_path, capsys):
    statuses = [run("--cases", cases, "--property", "P3") for cases in ("800", "2000")]
    state = json.loads((tmp_path / "state.json").read_text())

    assert [0, 0] == statuses
    assert 2000 <= state["cases"] < 4000
    assert state["cases"] == sum(count for key, count in state["counts"].items() if key.startswith("P3"))
    assert f"{state['cases']:,} cases over {state['schemas']:,} schemas" in capsys.readouterr().out


def test_a_finding_is_made_small_and_written_for_the_corpus(run, tmp_path, capsys):
    status = run("--cases", "1000", "--property", "wrong", "--findings", "1")
    entry = read_entry(tmp_path / "corpus" / "wrong-a-list-is-there.txt")

    assert 1 == status
    assert "wrong" == entry.name
    assert [[]] == [given.part for given in entry.subject.cases]
    assert "FOUND wrong: a list is there" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "patience", "about"),
    [("dies", "20", "a process dies with -11"), ("hangs", "0.4", "a subject takes too long")],
)
def test_a_subject_that_takes_a_process_with_it_is_found_and_passed_over(
    run, tmp_path, name, patience, about
):
    status = run("--cases", "600", "--property", name, "--patience", patience)
    state = json.loads((tmp_path / "state.json").read_text())

    assert 1 == status
    assert {about: 1} == state["findings"]
    assert [7] == state["skipped"]
    assert 600 <= state["cases"]


def test_what_was_under_way_is_done_again(tmp_path):
    state = State("s", ["P1"])
    for start in (0, 100, 150):
        state.take(Report(Batch(start, 50), cases=10))
    state.write(tmp_path / "state.json")
    again = read_state(tmp_path / "state.json", "s", ["P1"], 0)

    assert (50, {100: 50, 150: 50}, 30) == (again.first, again.ahead, again.cases)
    again.take(Report(Batch(50, 50), cases=10))
    assert (200, {}, 40) == (again.first, again.ahead, again.cases)


def test_a_state_of_another_seed_is_refused(tmp_path):
    State("s", ["P1"]).write(tmp_path / "state.json")

    with pytest.raises(ValueError, match="is about seed 's'"):
        read_state(tmp_path / "state.json", "t", ["P1"], 0)
