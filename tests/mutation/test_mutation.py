"""The tool finds what tests do not notice, and nothing else: tried on a small package of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.mutants import is_other_program, mutate, possible
from tests.mutation.operators import OPERATORS

REPOSITORY = Path(__file__).parents[2]
THING = """
FLAG = True
def opposite(flag):
    return not flag

def same(items):
    while items:
        break
    return items

def unused(flag):
    return not flag
"""
TESTS = """
import subprocess, sys

from toy.room.test_thing import opposite, same

def test_opposite():
    assert opposite(False)

def test_same():
    assert same([1]) == [1]

def test_unused():
    same([])  # something of the file, which is all that is known of what another process runs
    program = "from toy.room.test_thing import FLAG; assert FLAG"
    subprocess.run([sys.executable, "-c", program], check=True)
"""
RUN = """
import sys
from pathlib import Path
from tests.mutation.__main__ import Project, main
main(sys.argv[1:], Project(Path.cwd(), {"room": "toy/room"}, [["checks"]]))
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A project with a module, its tests, and what the tool found in it."""
    root = tmp_path_factory.mktemp("project")
    for file, text in {
        "toy/room/test_thing.py": THING,
        "checks/test_thing.py": TESTS,
        "pyproject.toml": "",
    }.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return root, run(root)


def run(root, *arguments):
    path = {"PYTHONPATH": f"{root}:{REPOSITORY}", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", RUN, "--grace", "0.5", *arguments]
    return subprocess.run(
        command, cwd=root, env=path, check=True, text=True, capture_output=True, timeout=60
    ).stdout


def verdicts(root):
    """Return what became of the mutant on each line."""
    lines = (root / "build/mutation/state-8.jsonl").read_text().splitlines()
    return {told["line"]: told for told in map(json.loads, lines)}


def test_what_a_test_notices_is_killed(toy):
    told = verdicts(toy[0])[4]

    assert ["- return not flag", "+ return  flag"] == told["changes"]
    assert ("killed", "checks/test_thing.py::test_opposite#0") == (told["outcome"], told["by"])


def test_what_a_process_of_a_test_notices_is_killed(toy):
    told = verdicts(toy[0])[2]

    assert ["- FLAG = True", "+ FLAG = False"] == told["changes"]
    assert ("killed", "checks/test_thing.py::test_unused#0") == (told["outcome"], told["by"])


def test_what_never_ends_is_killed(toy):
    told = verdicts(toy[0])[8]

    assert ["- break", "+ continue"] == told["changes"]
    assert ("timeout", "checks/test_thing.py::test_same#0") == (told["outcome"], told["by"])


def test_what_no_test_notices_survives_and_is_shown(toy):
    root, shown = toy
    told = verdicts(root)[7]

    assert ("survived", 2) == (told["outcome"], told["ran"])
    assert "- while items:\n    + while not items:\n    NOT EXPLAINED" in shown


def test_what_no_test_runs_survives(toy):
    told = verdicts(toy[0])[12]

    assert ("survived", 0) == (told["outcome"], told["ran"])


def test_the_tests_that_kill_pass_without_a_fault(toy):
    assert "the 3 tests that killed pass on the code as it is" in toy[1]


def test_no_file_is_written_beside_the_state(toy):
    root, _ = toy
    found = {str(path.relative_to(root)) for path in root.rglob("*.py")}

    assert {"toy/room/test_thing.py", "checks/test_thing.py"} == found
    assert THING == (root / "toy/room/test_thing.py").read_text()


def test_a_run_goes_on_where_another_stopped(toy):
    root, _ = toy
    state = root / "build/mutation/state-8.jsonl"
    lines = state.read_text().splitlines()
    state.write_text("\n".join(lines[:-1]) + '\n{"name": "torn')

    assert " 1/1 " in run(root)


TYPES = [
    "def f(a: int | None) -> str | None: ...",
    "a: Final[int | str] = b",
    "if TYPE_CHECKING:\n    a = 1 + 1",
    "Json = dict[str, int] | None",
    "A = Literal[1, 2]",
    "T = TypeVar('T', bound=int | None)",
    "a = cast(int | None, b)",
    "@overload\ndef f(a=1): ...",
    "class A:\n    @override\n    def f(self): ...",
    "class A(Generic[int | str]): ...",
    "class A(TypedDict, total=False): ...",
    "'''1 < 2'''",
]


@pytest.mark.parametrize("source", TYPES)
def test_what_only_checkers_read_stays(source):
    assert () == possible(source + "\n")


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_change_what_their_examples_say(name):
    for example in OPERATORS[name].examples():
        if example.pre_mutation_code != example.post_mutation_code:
            mutated = mutate(example.pre_mutation_code, name, example.occurrence)

            assert example.post_mutation_code.split() == mutated.split()


@pytest.mark.parametrize("mutated", ["a = 1 <\n", "a = (1)\n", "a  =  1  # text\n"])
def test_what_is_no_other_program_is_no_mutant(mutated):
    assert not is_other_program("a = 1\n", mutated)
