"""This module runs a command of ours in a process of its own, as users do."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.question import CannotAnswerError


def run(folder: Path, arguments: list[str], status: int = 0) -> None:
    """Run `kbn-schema` with *arguments* in *folder*; it is to exit with *status*."""
    # An installed package has its byte code, and so has this one from the first process on.
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # The package is found where this one is, installed or not.
    environment["PYTHONPATH"] = str(Path(__file__).parent.parent)
    command = [sys.executable, "-P", "-m", "kbn_schema", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != status:
        raise CannotAnswerError(f"{' '.join(command)} answers {done.returncode}: {done.stdout}{done.stderr}")
