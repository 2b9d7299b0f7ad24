"""P14 holds of some drawn subjects, and would not if a framework, or the router, said something else."""

import pytest

from kbn_schema import MISSING
from kbn_schema.http import intake, validation
from tests.fuzz import http
from tests.fuzz.calls import call
from tests.fuzz.http import PROPERTY, Given
from tests.fuzz.property import Tally
from tests.fuzz.search import subject_of
from tests.fuzz.subject import Subject

NUMBERS = call(
    "schema.object",
    {"a": call("schema.array_of", call("schema.number")), "b": call("schema.maybe", call("schema.string"))},
)


def subject(*values, schema=NUMBERS):
    found = Subject(schema)
    for value in values:
        found.add(value)
    return found


def test_every_framework_gives_the_same_answer():
    tally = Tally()
    for number in range(14):
        drawn = subject_of("http", number)
        if drawn.refusal is None:
            PROPERTY.check(drawn, tally)

    assert 10 <= len(http.apps())
    assert 1000 < tally.counts["P14 compared"]


def test_each_part_of_a_request_and_broken_json_are_sent():
    values = [{"a": [number]} for number in range(40)]
    sent = [http.sending(subject().judged, value) for value in values]

    assert {"body", "query", "params", "headers"} == {one.part for one in sent}
    assert {"accepted", "refused"} == {one.expected.kind for one in sent if one.expected}
    assert any(
        one.expected.content[1][0][1] == "json"
        for one in sent
        if one.part == "body" and one.expected.kind == "refused"
    )


VALUES = [{"a": [number, "x" * (number % 2)]} for number in range(12)] + [
    {"a": [1, 2, number]} for number in range(12)
]


def spoiled(name, spoil):
    """The apps, of which the one of this *name* answers what *spoil* makes of its answer."""
    real = dict(http.apps())
    return {**real, name: lambda sent: spoil(real[name](sent))}


@pytest.mark.parametrize("name", ["flask", "starlette", "falcon", "aws_lambda"])
@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda given: Given((given.answer[0], given.answer[1] + b" "), given.seen), "answers otherwise"),
        (lambda given: Given((200, given.answer[1]), given.seen), "answers otherwise"),
        (lambda given: Given(given.answer, MISSING if given.seen is MISSING else {**given.seen, "c": 1}),
        "gets something else"),
    ],
)  # fmt: skip
def test_a_framework_that_says_something_else_is_found(monkeypatch, name, spoil, told):
    wrong = spoiled(name, spoil)
    monkeypatch.setattr(http, "apps", lambda: wrong)

    with pytest.raises(AssertionError, match=f"P14: (under )?{name} .*{told}|{told}"):
        PROPERTY.check(subject(*VALUES), Tally())


def one_only(fields):
    return {name: values[0] for name, values in fields.items()}


def without_the_last(errors):
    return [*errors][:-1]


@pytest.mark.parametrize(
    ("module", "name", "wrong", "told"),
    [
        (intake, "one_or_many", one_only, "P14: the (status|handler|issues)"),
        (validation, "as_data", lambda path, code, message, params: {
            "path": [*path][:-1], "code": code, "message": message, "params": params,
        }, "P14: the issues are not those of validate"),
    ],
)  # fmt: skip
def test_a_router_that_says_something_else_than_validate_is_found(monkeypatch, module, name, wrong, told):
    monkeypatch.setattr(module, name, wrong)

    with pytest.raises(AssertionError, match=told):
        PROPERTY.check(subject(*VALUES), Tally())


def test_what_cannot_be_sent_is_counted_by_rule():
    tally = Tally()
    PROPERTY.check(subject(b"a", {"a": float("nan")}, MISSING), tally)
    PROPERTY.check(subject(*"abcdefgh", schema=call("schema.buffer")), tally)

    assert 3 == tally.counts["P14 excluded: no JSON"]
    assert 0 < tally.counts["P14 excluded: a body that is no JSON"]
