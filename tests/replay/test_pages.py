"""The pages on replaying say what is true."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kbn_schema.replay import Part, report
from tests.replay.recorded import TARGET, traffic
from tests.test_docs import blocks_of, folder, replayed, told

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "how-to"

__all__ = ["folder"]


def test_the_report_on_the_page_is_what_the_command_prints(folder):
    for block in blocks_of(PAGES / "replay-traffic.md"):
        if block.file is not None:
            (folder / block.file).write_text(block.text, encoding="utf-8")
        if block.language == "console":
            assert told(block.text) == told(replayed(block.text))


def test_the_script_for_spark_finds_what_one_machine_finds(tmp_path):
    pytest.importorskip(
        "pyspark", reason="pyspark is not installed: pip install pyspark, with Java 17 or later"
    )
    (script,) = (block for block in blocks_of(PAGES / "replay-on-spark.md") if block.file is not None)
    (tmp_path / script.file).write_text(script.text, encoding="utf-8")
    (tmp_path / "traffic.ndjson").write_bytes(traffic(2000))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["spark-submit", "--master", "local[2]", script.file, TARGET, "traffic.ndjson"],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYSPARK_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert report(Part(TARGET)(traffic(2000).splitlines())) == done.stdout, done.stderr
    assert 1 == done.returncode
