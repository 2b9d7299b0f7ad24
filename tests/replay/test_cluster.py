"""A cluster finds what one machine finds, also when it loses a worker on the way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kbn_schema.replay import Part, joined, on_dask, report
from tests.replay.recorded import TARGET, traffic

pytest.importorskip("distributed", reason="dask is not installed")

ROOT = Path(__file__).parent.parent.parent
LINES = 3000
FRAGILE = "tests.replay.fragile:fragile"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "traffic.ndjson"
    path.write_bytes(traffic(LINES))
    return str(path)


def test_a_cluster_that_loses_a_worker_finds_what_one_machine_finds(file, tmp_path):
    flag = tmp_path / "flag"
    flag.touch()
    expected = report(Part(FRAGILE)(traffic(LINES).splitlines()), "json")
    done = subprocess.run(
        [sys.executable, "-m", "tests.replay.on_cluster", FRAGILE, file, "20000"],
        cwd=ROOT,
        env={**os.environ, "KBN_SCHEMA_TEST_FLAG": str(flag)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert expected == done.stdout, done.stderr
    assert "killed 1 of 2\n" in done.stderr
    assert not flag.exists()


@pytest.mark.parametrize("blocksize", [1000, 10**6, None])
def test_any_blocks_are_numbered_through(file, blocksize):
    import dask

    with dask.config.set(scheduler="synchronous"):
        assert Part(TARGET)(traffic(LINES).splitlines()) == on_dask(TARGET, file, blocksize=blocksize)


def test_several_files_are_numbered_through(file, tmp_path):
    import dask

    (tmp_path / "more.ndjson").write_bytes(traffic(100))
    one, more = (Part(TARGET)(traffic(lines).splitlines()) for lines in (LINES, 100))

    with dask.config.set(scheduler="synchronous"):
        assert joined([more, one]) == on_dask(TARGET, [str(tmp_path / "more.ndjson"), file])
