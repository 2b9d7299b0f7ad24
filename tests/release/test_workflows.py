"""The workflows run nothing that can be changed behind our back, and may do no more than they have to."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.processes import unmeasured
from tests.release.apart import ROOT
from tests.release.extras import EXTRAS

FOLDER = ROOT / ".github"
WORKFLOWS = {path.stem: path for path in sorted((FOLDER / "workflows").glob("*.yml"))}
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
TOX = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["tox"]
SCHEMAS = {
    "vendor.github-workflows": sorted((FOLDER / "workflows").glob("*.yml")),
    "vendor.dependabot": [FOLDER / "dependabot.yml"],
    "vendor.github-issue-forms": [FOLDER / "ISSUE_TEMPLATE" / name for name in ("bug.yml", "feature.yml")],
    "vendor.github-issue-config": [FOLDER / "ISSUE_TEMPLATE" / "config.yml"],
}


def read(name):
    return yaml.safe_load(WORKFLOWS[name].read_text(encoding="utf-8"))


def jobs():
    return [(f"{name}: {job}", said) for name in WORKFLOWS for job, said in read(name)["jobs"].items()]


def steps():
    return [(job, step) for job, said in jobs() for step in said["steps"]]


def checked(name, *arguments):
    """What the checker *name* says to *arguments*, and nothing where that is not installed."""
    command = shutil.which(
        name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    )
    if command is None:
        pytest.skip(f"{name} is not installed: pip install '.[release]'")
    done = subprocess.run(
        [command, *arguments], env=unmeasured(), capture_output=True, text=True, timeout=60, check=False
    )
    return None if done.returncode == 0 else done.stdout + done.stderr


def test_each_action_is_pinned_to_a_commit():
    lines = [line.strip() for path in WORKFLOWS.values() for line in path.read_text().splitlines()]
    used = [line for line in lines if "uses:" in line]

    assert used
    assert [] == [line for line in used if not PINNED.fullmatch(line)]


def test_an_action_has_one_version():
    used = {step["uses"] for _, step in steps() if "uses" in step}

    assert len(used) == len({action.partition("@")[0] for action in used})


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_do_nothing_by_default(name):
    assert {} == read(name)["permissions"]


def test_only_the_job_that_publishes_may_do_more_than_read():
    asked = {
        name: job["permissions"]
        for name, job in jobs()
        if job["permissions"] not in ({}, {"contents": "read"})
    }

    assert {"release: publish": {"id-token": "write"}} == asked


def test_what_publishes_runs_no_code_of_the_repository():
    publish = read("release")["jobs"]["publish"]

    assert ("release", ["build", "check"]) == (publish["environment"], publish["needs"])
    assert ["actions/download-artifact", "pypa/gh-action-pypi-publish"] == [
        step["uses"].partition("@")[0] for step in publish["steps"]
    ]


def test_a_checkout_leaves_no_credentials_behind():
    checkouts = [step for _, step in steps() if step.get("uses", "").startswith("actions/checkout@")]

    assert checkouts
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


def test_no_step_pastes_what_others_can_write():
    """An expression in a script is pasted, whatever it is; in `env` it is a value."""
    assert [] == [(job, step["run"]) for job, step in steps() if "${{" in step.get("run", "")]


def test_each_job_ends_in_time():
    assert [] == [name for name, job in jobs() if not 0 < job.get("timeout-minutes", 0) <= 90]


def test_all_of_it_is_awaited():
    every = read("ci")["jobs"]
    needed = every["all"]["needs"]

    assert set(every) - {"all", "newest"} == set(needed)
    assert every["all"]["steps"][0]["run"] == f'test "${{RESULTS}}" = "{" ".join(["success"] * len(needed))}"'


def test_each_environment_of_the_matrix_is_one_of_tox():
    matrices = [job["strategy"]["matrix"] for _, job in jobs() if "strategy" in job]
    named = {
        name
        for matrix in matrices
        for name in [
            *matrix.get("environment", ()),
            *(each["environment"] for each in matrix.get("include", ())),
        ]
    }

    assert named <= {*TOX["env_list"], *TOX["env"]}
    assert {"newest", "oldest"} == set(read("ci")["jobs"]["extras"]["strategy"]["matrix"]["versions"])
    assert sorted(EXTRAS) == TOX["env_base"]["extra"]["factors"][0]["extra"]


def test_each_version_that_is_promised_is_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = re.findall(r":: 3\.(\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)
    matrix = read("ci")["jobs"]["tests"]["strategy"]["matrix"]["environment"]

    assert promised
    assert {f"py3{minor}" for minor in promised} <= set(matrix)


def test_what_builds_a_release_is_known_to_the_byte():
    text = (FOLDER / "build.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE).strip())

    assert {"build", "hatchling"} <= {entry.partition("==")[0] for entry in entries}
    assert [] == [entry for entry in entries if not re.match(r"[\w.-]+==\S+ \\\n +--hash=sha256:", entry)]


def test_what_is_new_is_not_proposed_at_once():
    updates = yaml.safe_load((FOLDER / "dependabot.yml").read_text(encoding="utf-8"))["updates"]

    assert {"github-actions", "pip"} == {update["package-ecosystem"] for update in updates}
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates)


def test_zizmor_finds_nothing():
    assert checked("zizmor", "--offline", "--persona=auditor", "--no-progress", str(FOLDER)) is None


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_file_of_githubs_has_the_form_that_it_wants(schema):
    assert checked("check-jsonschema", "--builtin-schema", schema, *map(str, SCHEMAS[schema])) is None
