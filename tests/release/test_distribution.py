"""What is released: an sdist and a wheel that hold what they should, and a wheel that installs alone."""

import os
import re
import shutil
import stat
import sys
import tarfile
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import attrs
import pytest

from tests.release.apart import ROOT
from tests.release.building import (
    build,
    builder,
    files_below,
    make_environment,
    run,
    unpacked,
)
from tests.release.wheel import Wheel

pytestmark = pytest.mark.skipif(
    not (ROOT / "kbn_schema").is_dir(), reason="there are no sources: the tests run beside an installed wheel"
)

TOP = {
    ".ci", ".github", ".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "benchmarks", "docs",
    "kbn_schema", "pyproject.toml", "tests",
}  # fmt: skip
LINK = re.compile(r"\]\([^)\s]+\)")
NEEDED = ["attrs", "typing_extensions"]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


@attrs.frozen
class Built:
    sdist: Path
    wheel: Path
    python: Path  # that built them


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    python = builder(tmp_path_factory.mktemp("builder"))
    made = [build(python, kind, ROOT, tmp_path_factory.mktemp(kind)) for kind in ("sdist", "wheel")]
    return Built(*made, python)


@pytest.fixture(scope="module")
def wheel(built):
    return Wheel.read(built.wheel)


@pytest.fixture(scope="module")
def alone(built, tmp_path_factory):
    """The interpreter of an environment with the wheel, and of what is here, what it says that it needs."""
    python = make_environment(tmp_path_factory.mktemp("alone"))
    run(python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", built.wheel)
    target = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    for name in NEEDED:
        copy_distribution(name, target)
    return python


def copy_distribution(name, target):
    found = distribution(name)
    for file in found.files:
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(found.locate_file(file), target / file)


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    held = {name for name in wheel.files if ".dist-info/" not in name}

    assert files_below(ROOT / "kbn_schema") == held
    assert {"kbn_schema", f"kbn_schema-{VERSION}.dist-info"} == {name.split("/")[0] for name in wheel.files}


def test_the_wheel_has_the_files_that_are_not_modules(wheel):
    assets = sorted(name for name in wheel.files if "/assets/" in name)

    assert b"" == wheel.files["kbn_schema/py.typed"]
    assert assets
    assert wheel.about("licenses/LICENSE").startswith(b"MIT License")


def test_the_sdist_has_all_that_the_tests_read(built):
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert TOP == {name.partition("/")[0] for name in names}
    assert files_below(ROOT / "tests") | files_below(ROOT / ".github") <= names


def test_the_sdist_builds_the_same_wheel(built, tmp_path):
    sources = unpacked(built.sdist, tmp_path)

    assert built.wheel.read_bytes() == build(built.python, "wheel", sources, tmp_path).read_bytes()


@pytest.mark.parametrize("kind", ["sdist", "wheel"])
def test_another_checkout_builds_the_same(built, kind, tmp_path):
    """Neither the times nor the modes of its files make a difference, nor where it is."""
    sources = unpacked(built.sdist, tmp_path)
    for path in sources.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(path.stat().st_mode & ~(stat.S_IRWXG | stat.S_IRWXO))

    assert getattr(built, kind).read_bytes() == build(built.python, kind, sources, tmp_path).read_bytes()


def test_the_metadata_says_what_is_released(wheel):
    said = wheel.metadata

    assert ["2.4"] == said.get_all("Metadata-Version")  # an index has to know it
    assert ("kbn-schema", VERSION) == (said["Name"], said["Version"])
    assert ("MIT", "LICENSE") == (said["License-Expression"], said["License-File"])
    assert (">=3.11", "text/markdown") == (said["Requires-Python"], said["Description-Content-Type"])


def test_the_page_of_an_index_is_the_readme(wheel):
    """But for where its links lead: relative ones may be made whole."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert LINK.sub("](...)", readme) == LINK.sub("](...)", wheel.description)


def test_without_extras_two_libraries_are_needed(wheel):
    needed = [line for line in wheel.metadata.get_all("Requires-Dist") if "extra ==" not in line]

    assert ["attrs", "typing-extensions"] == [line.partition(">=")[0] for line in needed]


def test_the_command_is_an_entry_point(wheel):
    assert b"[console_scripts]\nkbn-schema = kbn_schema.cli:main\n" == wheel.about("entry_points.txt")


def test_the_package_works_where_nothing_else_is(alone, tmp_path):
    listed = run(alone, "-m", "pip", "list", "--format=freeze", folder=tmp_path)
    program = "import kbn_schema as s; print(s.__file__, s.object({'n': s.number()}).validate({'n': 1}))"
    printed = run(alone, "-I", "-c", program, folder=tmp_path)

    names = {line.partition("==")[0] for line in listed.splitlines()}
    assert {"attrs", "kbn-schema", "typing_extensions"} == names - {"pip", "setuptools"}
    assert "site-packages" in printed
    assert printed.endswith("{'n': 1}\n")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["demo"]])
def test_the_command_works_where_nothing_else_is(alone, arguments, tmp_path):
    command = alone.with_name("kbn-schema.exe" if os.name == "nt" else "kbn-schema")

    assert run(command, *arguments, folder=tmp_path)


@pytest.mark.parametrize("command", [["twine", "check", "--strict"], ["check_wheel_contents"]], ids=" ".join)
def test_a_checker_of_distributions_finds_nothing(built, command):
    pytest.importorskip(command[0], reason=f"{command[0]} is not installed: pip install '.[release]'")
    distributions = [built.wheel] if command[0] == "check_wheel_contents" else [built.wheel, built.sdist]

    assert run(sys.executable, "-m", *command, *distributions)
