"""Laws of the page of issues, beside those of tests/test_docs.py: every code is shown, every param is met."""

import re

import pytest

from tests.reference.issues import CALLS, codes, problems
from tests.test_docs import rows_of
from tests.test_messages import ROWS


def test_every_code_has_a_call():
    assert sorted(codes()) == sorted(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_a_call_gives_its_code(name):
    assert name == CALLS[name].issue.code


def params_met() -> set[tuple[str, str]]:
    issues = [issue for judge, problem in problems() for issue in told(problem)]
    issues += [(row.code, row.params) for row in ROWS]
    issues += [(call.issue.code, call.issue.params) for call in CALLS.values()]
    return {(code, name) for code, params in issues for name in params}


def told(problem):
    found = []
    problem.tell((), found, lambda path, code, message, params: (code, params))
    return found


def test_every_param_in_the_table_is_met():
    # Where the type is told: `line` and `column` (integers).
    words = re.compile(r"(?:`(\w+)` and )?`(\w+)` \(")
    named = {
        (code, name) for code, rest in rows_of("Params") for found in words.findall(rest) for name in found
    }

    assert named
    assert set() == {(code, name) for code, name in named if name} - params_met()
