"""Lay out all that the tests need, but the package, in the current folder: so they use the installed one.

``python -P .../tests/release/apart.py`` is how the environments of tox begin. It also writes
``installed.txt``, the versions that are there, and ``tools.txt``, what the extra ``test`` wants: an installer
that is given both adds the tools of the tests and leaves the rest as it is.
"""

import re
import shutil
import sys
from importlib import import_module
from importlib.metadata import distributions, requires
from pathlib import Path
from sysconfig import get_path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ["tests", "docs", "benchmarks", ".ci", ".github"]
FILES = ["README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml"]
LEFT = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis", "node_modules")
TOOL = re.compile(r"""(?P<wanted>.+?) *; *extra *== *['"]test['"]""")


def lay_out(target: Path) -> None:
    """Copy to *target* what the tests read; what is there of it already is replaced."""
    for name in FOLDERS:
        shutil.rmtree(target / name, ignore_errors=True)
        shutil.copytree(ROOT / name, target / name, ignore=LEFT)
    for name in FILES:
        shutil.copy(ROOT / name, target)


def origin_of(package: str) -> Path:
    """The folder that *package* is imported from."""
    return Path(str(import_module(package).__file__)).resolve().parent


def pins() -> list[str]:
    """The distributions that are installed, each with its version."""
    found = {found.name: found.version for found in distributions()}
    return sorted(f"{name}=={version}" for name, version in found.items() if name != "kbn-schema")


def tools() -> list[str]:
    """What the extra ``test`` of the installed package wants."""
    matches = (TOOL.fullmatch(requirement) for requirement in requires("kbn-schema") or ())
    return [match["wanted"] for match in matches if match is not None]


def main(target: Path) -> None:
    lay_out(target)
    origin = origin_of("kbn_schema")
    if origin.parent != Path(get_path("purelib")).resolve():
        sys.exit(f"kbn_schema is imported from {origin}, not from where packages are installed")
    for name, lines in (("installed.txt", pins()), ("tools.txt", tools())):
        (target / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path.cwd())
