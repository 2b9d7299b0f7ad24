"""Build the package, with what is installed for that or in an environment of its own."""

import os
import subprocess
import sys
import tarfile
import venv
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.processes import unmeasured
from tests.release.apart import ROOT

SECONDS = 300
THEN = "1767225600"  # 2026-01-01
BUILDERS = ["build", "hatchling"]


def run(*command: str | Path, folder: Path | None = None) -> str:
    """What *command* prints; it has to end well, and in time."""
    environment = {**unmeasured(), "SOURCE_DATE_EPOCH": THEN, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )

    assert 0 == done.returncode, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def python_of(environment: Path) -> Path:
    return environment / ("Scripts" if os.name == "nt" else "bin") / "python"


def make_environment(folder: Path) -> Path:
    """The interpreter of a new environment, with nothing in it but pip."""
    venv.create(folder, with_pip=True)
    return python_of(folder)


def builder(folder: Path) -> Path:
    """An interpreter that has what builds the package: this one, or that of a new environment in *folder*."""
    # By distributions: a folder named build would pass for the module.
    if set(BUILDERS) <= {found.name for found in distributions()}:
        return Path(sys.executable)
    python = make_environment(folder)
    command: list[str | Path] = [python, "-m", "pip", "install", "--quiet", *BUILDERS]
    done = subprocess.run(
        command, env=unmeasured(), capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        pytest.skip(f"build and hatchling are not to be had: {done.stderr.strip().splitlines()[-1]}")
    return python


def build(python: Path, kind: str, sources: Path, target: Path) -> Path:
    """The one file that a build of *kind* puts into *target*."""
    run(python, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", target, sources, folder=target)
    (made,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


def unpacked(sdist: Path, target: Path) -> Path:
    """The folder of sources that *sdist* holds."""
    with tarfile.open(sdist) as archive:
        archive.extractall(target, filter="data")
    return target / sdist.name.removesuffix(".tar.gz")


def files_below(folder: Path) -> set[str]:
    """The files of *folder* of the sources, named from their root, but for what Python left there."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
