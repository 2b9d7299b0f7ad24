"""How much of what is wrong an answer tells: as many issues as have room, and how many more there are."""

import json
from types import SimpleNamespace

import pytest

from kbn_schema.http.failures import MAX_ANSWER_BYTES, ROOM, bad_request
from kbn_schema.http.rendering import to_json

HEADLINE = "[request body.a]: expected value of type [string] but got [number]"


def issue(size, **params):
    """An issue of *size* bytes as JSON."""
    bare = {"code": "type", "message": "", "path": ["a"], "params": params}
    return {**bare, "message": "x" * (size - len(to_json(bare)))}


def told(headline, issues):
    response = bad_request("POST /a", SimpleNamespace(message=headline, issues=issues))
    return response.body["attributes"]


def expected(headline, issues):
    """As many as fit, found by trying each number of them."""
    room = ROOM - len(to_json(headline).encode())
    fits = [
        n for n in range(len(issues) + 1) if sum(len(to_json(i).encode()) + 1 for i in issues[:n]) <= room
    ]
    return issues[: max(fits)], len(issues) - max(fits)


@pytest.mark.parametrize("size", [80, 99, 157, 640, ROOM])
@pytest.mark.parametrize("headline", [HEADLINE, "é" * 100, ""])
def test_as_many_issues_are_told_as_have_room(size, headline):
    most = ROOM // size
    for count in {0, 1, 2, *range(max(most - 3, 0), most + 3)}:
        issues = [issue(size)] * count
        kept, omitted = expected(headline, issues)
        found = told(headline, issues)

        assert (kept, omitted) == (found["issues"], found.get("omitted", 0))
        assert ("omitted" in found) is (omitted > 0)


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_the_last_issue_has_to_fit_whole(over):
    """The room is filled to the byte."""
    left = ROOM - len(to_json(HEADLINE)) - 5 * 101
    issues = [issue(100)] * 5 + [issue(left - 1 + over)]

    assert (6 if over <= 0 else 5) == len(told(HEADLINE, issues)["issues"])


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "é" * 4000},
        {"limit": 10**3000, "more": 1.5, "none": None},
        {"options": ["a" * 5000]},
        {"options": {"a": "b" * 5000}},
        {f"p{n}": n for n in range(400)},
    ],
)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_params_take_room_too(params, count):
    issues = [{"code": "max", "message": "m", "path": ["a"], "params": params}] * count
    kept, omitted = expected(HEADLINE, issues)
    found = told(HEADLINE, issues)

    assert (kept, omitted) == (found["issues"], found.get("omitted", 0))
    assert len(json.dumps(found, ensure_ascii=False).encode()) <= MAX_ANSWER_BYTES
