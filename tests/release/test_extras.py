"""Each extra brings what its modules import, and each module that imports something has an extra."""

import subprocess
import sys
import tomllib

import pytest

from tests.adapters.named import FRAMEWORKS
from tests.release import extras
from tests.release.apart import ROOT
from tests.release.extras import ADAPTERS, EXTRAS
from tests.release.imports import PACKAGE, brought_by, files_of, imported_by, normal

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DECLARED = PYPROJECT["project"]["optional-dependencies"]
OF_DEVELOPERS = {"bench", "docs", "release", "test"}
CORE = {"attrs", "typing_extensions"}
# The client takes it instead of httpx where it is there.
INSTEAD = {"httpx2"}
OF_EXTRAS = [(name, file) for name in EXTRAS for module in EXTRAS[name].modules for file in files_of(module)]


def name_of(file):
    return file.relative_to(PACKAGE).as_posix()


def test_each_extra_of_users_has_tests_of_its_own():
    assert set(EXTRAS) == set(DECLARED) - OF_DEVELOPERS


def test_each_adapter_of_a_framework_has_an_extra():
    assert sorted(ADAPTERS) == FRAMEWORKS


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_has_modules_and_tests(extra):
    missing = [test for test in EXTRAS[extra].tests if not (ROOT / test.partition("::")[0]).exists()]

    assert [] == missing
    assert all(files_of(module) for module in EXTRAS[extra].modules)


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_brings_what_its_modules_import(extra):
    wanted = {name for owner, file in OF_EXTRAS if owner == extra for name in imported_by(file)}

    assert wanted
    assert set() == wanted - brought_by(extra) - CORE - INSTEAD


def test_what_has_no_extra_imports_nothing_of_others():
    files = sorted(set(PACKAGE.rglob("*.py")) - {file for _, file in OF_EXTRAS})
    found = {name_of(file): imported_by(file) - CORE for file in files}

    assert {} == {name: imported for name, imported in found.items() if imported}


def test_everything_of_users_is_tested_by_developers():
    (own,) = (line for line in DECLARED["test"] if line.startswith("kbn-schema["))

    assert set(EXTRAS) == set(own.partition("[")[2].removesuffix("]").split(",")) - OF_DEVELOPERS


def test_each_extra_has_environments_of_tox():
    environments = PYPROJECT["tool"]["tox"]

    assert sorted(EXTRAS) == environments["env_base"]["extra"]["factors"][0]["extra"]
    assert sorted(EXTRAS) == environments["env"]["oldest"]["extras"]


@pytest.mark.parametrize("extra", EXTRAS)
def test_each_tool_of_an_extra_is_one_of_the_tests(extra):
    known = {normal(extras.NAME.match(tool)[0]) for tool in extras.tools()}

    assert {*extras.RUNNER, *EXTRAS[extra].tools} <= known


def test_an_environment_with_more_than_the_extra_is_refused(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.release.extras", "flask"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (1, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("there is more than the extra already")
