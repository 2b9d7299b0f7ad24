import io
import re

import pytest

from kbn_schema.demo.screen import Screen
from kbn_schema.demo.serve import Handler
from kbn_schema.demo.steps import FIRST_LOOK, STORY, Chapter, Step
from kbn_schema.demo.story import clients

STEPS = [step for chapter in STORY for step in chapter.steps]


def told(*chapters):
    """What the chapter tells of them, and of each answer if it was expected."""
    stream = io.StringIO()
    outcomes = list(clients.tell(Screen(stream), chapters, 0))
    return outcomes, stream.getvalue()


@pytest.fixture(scope="module")
def whole():
    return told(*STORY)


def test_every_step_is_sent_and_answered_as_expected(whole):
    outcomes, text = whole

    assert [True] * len(STEPS) == outcomes
    assert all(f"{step.title}\n  {step.method} {step.target}\n" in text for step in STEPS)
    assert [str(step.status) for step in STEPS] == re.findall(r"^  (\d{3}) [A-Z]", text, re.M)
    assert all(f"-- {chapter.title} --\n\n" in text for chapter in STORY)


@pytest.mark.parametrize(
    "line",
    [
        '  warning: 299 kbn_schema "send tags as a list, to version 2026-06-01"',
        "[request body.attributes.tags]: ",
        "Available versions are: [2023-10-31,",
        '  if-none-match: "1"\n  304 Not Modified\n  etag: "1"\n\n',
        "[request headers.if-match]: ",
        '"did_you_mean": "sort"',
        '{"imported": 1}',
        "Saved object [visualization/map] conflict",
        '"path": ["body", "line", 2, "attributes", "title"]',
        "  content-disposition: attachment; filename=objects.ndjson",
        '"did_you_mean": "description"',
        "expected a request body of media type [application/json]",
        "  allow: DELETE, GET, HEAD, OPTIONS, POST, PUT",
        "  location: /assets/index.html",
        "  <!doctype html>",
    ],
)
def test_all_requests_tell(whole, line):
    assert line in whole[1]


def test_the_first_look_is_a_few_of_all_steps_and_needs_no_others():
    outcomes, text = told(FIRST_LOOK)

    assert [True] * 3 == outcomes
    assert all(step in STEPS for step in FIRST_LOOK.steps)
    assert "--" not in text


def test_headers_are_shown_but_for_what_goes_without_saying(whole):
    shown = (
        "Replace, without a word on the state\n  PUT /api/saved_objects/dashboard/sales\n"
        '  {"attributes": {"title": "Costs", "tags": ["q3"]}}\n  400 Bad Request\n'
    )

    assert shown in whole[1]
    assert '  if-match: "1"\n  {"attributes": {"title": "Sales and returns"}}\n  200 OK\n' in whole[1]


def test_an_unexpected_answer_is_told():
    outcomes, text = told(Chapter("Odd", (Step("Odd", "GET", "/api/saved_objects", 418), STEPS[0])))

    assert [False, True] == outcomes
    assert "\nexpected 418\n\n" in text


def test_no_answer_at_all_is_told(monkeypatch):
    monkeypatch.setattr(Handler, "handle", lambda self: None)
    outcomes, text = told(Chapter("Odd", (Step("Odd", "GET", "/", 200),)))

    assert [False] == outcomes
    assert "\nno answer: RemoteDisconnected\n\n" in text


def test_the_colour_of_an_answer_says_whether_it_is_good(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    _, text = told(FIRST_LOOK)

    assert "\x1b[32m  201 Created\x1b[0m\n" in text
    assert "\x1b[33m  400 Bad Request\x1b[0m\n" in text
