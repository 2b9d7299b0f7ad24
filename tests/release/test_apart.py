"""The tests can be run where the sources of the package are out of reach."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.release import apart

TOP = {
    ".ci",
    ".github",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "benchmarks",
    "docs",
    "pyproject.toml",
    "tests",
}


def test_all_is_laid_out_but_the_package(tmp_path):
    apart.lay_out(tmp_path)

    assert TOP == {path.name for path in tmp_path.iterdir()}
    assert Path(__file__).read_bytes() == (tmp_path / "tests" / "release" / "test_apart.py").read_bytes()
    assert [] == [path for path in tmp_path.rglob("*") if path.name in ("__pycache__", "node_modules")]


def test_what_was_there_is_replaced(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_of_yesterday.py").touch()

    apart.lay_out(tmp_path)

    assert not (tmp_path / "tests" / "test_of_yesterday.py").exists()


def test_sources_are_no_installed_package(tmp_path):
    """A program finds what lies beside it first, so the package there is not the one that is installed."""
    (tmp_path / "kbn_schema").mkdir()
    (tmp_path / "kbn_schema" / "__init__.py").touch()
    program = (
        f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(apart.ROOT)!r}]\n"
        "from pathlib import Path\n"
        "from tests.release import apart\n"
        f"apart.main(Path({str(tmp_path)!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )

    assert 1 == done.returncode
    assert f"kbn_schema is imported from {tmp_path / 'kbn_schema'}, not from where" in done.stderr


def test_an_installed_package_is_what_is_tested(tmp_path, monkeypatch):
    monkeypatch.setattr(apart, "origin_of", lambda name: Path(sysconfig.get_path("purelib")).resolve() / name)

    apart.main(tmp_path)

    installed = (tmp_path / "installed.txt").read_text().splitlines()
    tools = (tmp_path / "tools.txt").read_text().splitlines()
    assert f"pytest=={pytest.__version__}" in installed
    assert not any(line.startswith("kbn-schema==") for line in installed)
    assert {"gunicorn", "mypy", "pytest"} <= {line.partition(">")[0] for line in tools}
