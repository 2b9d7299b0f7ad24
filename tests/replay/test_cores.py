"""All cores find what one process finds, and none of them is left behind."""

import io
import multiprocessing
import os
import signal
import sys
import threading

import pytest

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.replay import Part, cores, replay_file, replay_stream
from tests.replay.recorded import TARGET, posted, traffic

LINES = 500
HOSTILE = "tests.replay.hostile"


@pytest.fixture(scope="module")
def expected():
    return Part(TARGET)(traffic(LINES).splitlines())


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "traffic.ndjson"
    path.write_bytes(traffic(LINES))
    return str(path)


@pytest.mark.parametrize(("processes", "part"), [(1, 1000), (1, 10**6), (2, 1000), (3, 7777)])
def test_any_number_of_processes_finds_the_same_in_any_parts(file, expected, processes, part):
    assert expected == replay_file(TARGET, file, processes=processes, part=part)
    assert [] == multiprocessing.active_children()


@pytest.mark.parametrize("processes", [1, 2])
def test_a_stream_is_read_once(expected, processes):
    stream = io.BytesIO(traffic(LINES))

    assert expected == replay_stream(TARGET, stream, processes=processes, part=1000)


def test_nothing_is_in_an_empty_file(tmp_path):
    (tmp_path / "empty").touch()

    assert 0 == replay_file(TARGET, str(tmp_path / "empty")).lines
    assert 0 == replay_stream(TARGET, io.BytesIO()).lines


def test_what_is_done_is_told(file):
    done = []
    replay_file(TARGET, file, processes=1, part=1000, done=done.append)

    assert sorted(done) == done
    assert len(traffic(LINES)) == done[-1]


def test_a_process_that_is_killed_is_noticed(file):
    with pytest.raises(CannotAsk, match="ended before it was done"):
        replay_file(f"{HOSTILE}:killing", file, processes=2, part=1000)

    assert [] == multiprocessing.active_children()


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("router", ["nowhere", "ending"])
def test_what_the_module_of_an_author_does_is_one_line(file, processes, router):
    with pytest.raises(CannotAsk, match=r"has no router|ended the program"):
        replay_file(f"{HOSTILE}:{router}", file, processes=processes, part=1000)

    assert [] == multiprocessing.active_children()


@pytest.mark.parametrize("processes", [1, 2])
def test_what_rules_print_is_no_part_of_the_answer(capfd, tmp_path, processes):
    path = tmp_path / "traffic.ndjson"
    path.write_bytes(posted({}) * 10)
    replay_file(f"{HOSTILE}:printing", str(path), processes=processes, part=100)
    out, error = capfd.readouterr()

    assert ("", True) == (out, "secret" in error)


def test_there_is_a_core(monkeypatch):
    assert cores.cores() >= 1

    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert cores.cores() >= 1


def test_a_system_that_cannot_hold_signals_back_finds_the_same(monkeypatch, file, expected):
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)

    assert expected == replay_file(TARGET, file, processes=2, part=len(traffic(LINES)) // 2)


def test_a_worker_leaves_ctrl_c_to_its_parent_and_prints_no_answer():
    """In a process that ends by itself: those of a pool are killed."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    worker = multiprocessing.get_context("spawn").Process(target=begin, args=(theirs,))
    worker.start()
    worker.join(60)

    assert (0, (True, True, True)) == (worker.exitcode, ours.recv())


def begin(connection):
    cores._begin()
    ignores = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    connection.send((ignores, sys.stdout is sys.stderr, cores.log.disabled))


def test_who_has_no_parent_does_not_end_with_it():
    thread = threading.Thread(target=cores._end_with_parent)
    thread.start()
    thread.join(30)

    assert not thread.is_alive()
