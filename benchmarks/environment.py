"""What was measured on what: versions and machine, without which figures say nothing."""

import datetime
import os
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path


def environment() -> dict[str, str]:
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{processor()}, {os.cpu_count()} cores, {platform.system()}",
    }


def processor() -> str:
    """Return the name of the processor, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions(packages: Iterable[str | None]) -> dict[str, str]:
    """Return the versions of the installed *packages* by name."""
    return {package: version(package) for package in packages if package is not None}
