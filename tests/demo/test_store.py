import shutil
import threading

import pytest

from kbn_schema.demo.store import Absent, Store, Taken

A = {"title": "A"}


def ids(store):
    with store.begin(writes=False) as saved_objects:
        return [saved.id for saved in saved_objects.each()]


def test_what_a_unit_of_work_did_is_kept(store):
    with store.begin() as saved_objects:
        saved = saved_objects.create("dashboard", "a", A)

    with store.begin(writes=False) as saved_objects:
        assert saved == saved_objects.get("dashboard", "a")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_nothing_is_kept_of_a_unit_of_work_that_ends_with_an_error(store, error):
    with store.begin() as saved_objects:
        saved_objects.create("dashboard", "a", A)

    def fail():
        with store.begin() as saved_objects:
            saved_objects.create("dashboard", "b", A)
            saved_objects.delete("dashboard", "a")
            raise error

    with pytest.raises(error):
        fail()

    assert ["a"] == ids(store)


def test_an_id_is_taken_once_for_each_type(store):
    with store.begin() as saved_objects:
        saved_objects.create("dashboard", "a", A)
        saved_objects.create("visualization", "a", A)
        with pytest.raises(Taken, match=r"^Saved object \[dashboard/a\] conflict$"):
            saved_objects.create("dashboard", "a", A)

    assert ["a", "a"] == ids(store)


@pytest.mark.parametrize("method", ["get", "delete"])
def test_what_is_absent_is_an_error(store, method):
    with (
        store.begin() as saved_objects,
        pytest.raises(Absent, match=r"^Saved object \[dashboard/a\] not found$"),
    ):
        getattr(saved_objects, method)("dashboard", "a")


def test_put_gives_a_new_version_and_keeps_the_place(store):
    with store.begin() as saved_objects:
        before = saved_objects.put("dashboard", "a", A)
        saved_objects.put("dashboard", "b", A)
        after = saved_objects.put("dashboard", "a", {"title": "B"})

    assert (before.created_at, {"title": "B"}) == (after.created_at, after.attributes)
    assert before.version < after.version
    assert ["a", "b"] == ids(store)


def test_a_version_is_never_given_twice(store):
    versions = []
    for _ in range(3):
        with store.begin() as saved_objects:
            versions.append(saved_objects.create("dashboard", "a", A).version)
            saved_objects.delete("dashboard", "a")

    assert 3 == len(set(versions))


def test_who_reads_waits_for_nobody_and_sees_the_state_it_began_with(store):
    with store.begin(writes=False) as reading:
        before = reading.count()
        with store.begin() as writing:
            writing.create("dashboard", "a", A)
            during = reading.count()
        after = reading.count()

    assert ({}, {}, {}) == (before, during, after)
    assert ["a"] == ids(store)


def test_many_threads_write_at_once_and_none_is_lost(store):
    outcomes = []

    def create(n):
        try:
            with store.begin() as saved_objects:
                saved_objects.create("dashboard", str(n % 10), A)
            outcomes.append("created")
        except Taken:
            outcomes.append("taken")

    threads = [threading.Thread(target=create, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert (10, 30) == (outcomes.count("created"), outcomes.count("taken"))


def test_a_closed_store_leaves_nothing_behind():
    with Store() as store:
        folder = store.folder
        assert folder.is_dir()

    assert not folder.exists()


def test_the_folder_goes_even_if_ctrl_c_comes_meanwhile(monkeypatch):
    store = Store()
    remove = shutil.rmtree

    def interrupted(*arguments, **options):
        monkeypatch.setattr(shutil, "rmtree", remove)
        raise KeyboardInterrupt

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.close()

    assert not store.folder.exists()
