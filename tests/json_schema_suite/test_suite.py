"""The JSON Schema Test Suite (2020-12, required): schemas of ours accept what it says, both ways."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import jsonschema_rs
import pytest

from kbn_schema import Schema, schema
from kbn_schema.json_schema import words
from kbn_schema.kinds.conditional import is_same
from kbn_schema.problems import Failure
from kbn_schema.run import Run
from tests.json_schema_suite import importer, kinds
from tests.json_schema_suite.importer import ANYTHING, Unmapped, translated
from tests.json_schema_suite.kinds import COMPILED, INTERPRETED, inside, outcome_of

CASES = Path(__file__).parent / "cases"
FILES = sorted(path.stem for path in CASES.glob("*.json"))
WAYS = {"compiled": COMPILED, "interpreted": INTERPRETED}

# What decides, from the plainest; what is further down also uses what is above.
SAYS_NOTHING = "nothing: the keywords only annotate, the translation is any()"
PUBLIC = "public combinators, and nothing else"
GUARDED = "combinators behind a guard that keeps texts from being coerced"
VIEWED = "combinators that see a part of the value, or the value twice"

DECIDED = {SAYS_NOTHING: 196, PUBLIC: 259, GUARDED: 207, VIEWED: 378}
UNMAPPED = {
    importer.EVALUATED: 205,
    importer.DYNAMIC: 40,
    importer.PATTERN: 5,
    importer.VOCABULARY: 5,
    importer.ELSEWHERE: 4,
}
GROUPS, TESTS = 383, 1299
LEAST = 0.6  # of all tests


@attrs.frozen
class Group:
    """One JSON Schema of the suite with its tests; *made* is its translation, or *why* there is none."""

    name: str
    tests: list[dict[str, Any]]
    made: Schema[Any] | None
    why: str | None = None

    @property
    def decides(self) -> str:
        if self.made is None:
            return "nobody"
        used = {type(one) for one in inside(self.made)}
        if kinds.View in used:
            return VIEWED
        if kinds.ByType in used:
            return GUARDED
        return SAYS_NOTHING if self.made is ANYTHING else PUBLIC


@cache
def groups_of(file: str) -> tuple[Group, ...]:
    return tuple(_read(file))


def _read(file: str) -> Iterator[Group]:
    for told in json.loads((CASES / f"{file}.json").read_text("utf-8")):
        name = f"{file}: {told['description']}"
        try:
            yield Group(name, told["tests"], translated(told["schema"]))
        except Unmapped as error:
            yield Group(name, told["tests"], None, str(error))


def groups() -> list[Group]:
    return [group for file in FILES for group in groups_of(file)]


def mapped(of: list[Group] | tuple[Group, ...]) -> Iterator[tuple[Group, Schema[Any]]]:
    return ((group, group.made) for group in of if group.made is not None)


def answer(made: Schema[Any], value: Any, way: str) -> Any:
    return outcome_of(made, value, Run(WAYS[way]))


def wrong(of: tuple[Group, ...], way: str) -> list[tuple[str, str]]:
    """The tests that are answered in another way than the suite asks for."""
    return [
        (group.name, test["description"])
        for group, made in mapped(of)
        for test in group.tests
        if (type(answer(made, test["data"], way)) is not Failure) is not test["valid"]
    ]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("file", FILES)
def test_accepts_what_the_suite_accepts(file, way):
    assert [] == wrong(groups_of(file), way)


@pytest.mark.parametrize("way", WAYS)
def test_yields_what_came_in(way):
    """So nothing was coerced to be accepted; 1.0 for 1 is the same number."""
    unlike = [
        (group.name, test["description"])
        for group, made in mapped(groups())
        for test in group.tests
        if test["valid"] and not is_same(answer(made, test["data"], way), test["data"])
    ]

    assert [] == unlike


def test_counts_what_is_translated():
    count: Counter[str] = Counter()
    for group in groups():
        count[group.why or group.decides] += len(group.tests)
    total, done = sum(count.values()), sum(count[decides] for decides in DECIDED)
    say(f"{done:5} of {total} tests are translated, {done / total:.1%}, and all of them pass")
    for table in (DECIDED, UNMAPPED):
        for what in table:
            say(f"{count[what]:5} {what}")

    assert (GROUPS, TESTS) == (len(groups()), total)
    assert {**DECIDED, **UNMAPPED} == count
    assert LEAST < (done - count[SAYS_NOTHING]) / total


# --- the way back: the JSON Schema of the translation ---

# How many of the tests that refuse a value the document refuses too, of how many, by what decides. Documents
# know nothing of views, and leave out a pattern with an anchor inside of a group (two tests).
REFUSED = {PUBLIC: (129, 129), GUARDED: (98, 100), VIEWED: (49, 186)}


def checker(document: Any) -> Any:
    return jsonschema_rs.Draft202012Validator(document)


@pytest.mark.parametrize("dialect", ["2020-12", "openapi-3.1"])
def test_the_document_of_a_translation_refuses_nothing_that_it_accepts(dialect):
    refused = [
        (group.name, test["description"])
        for group, made in mapped(groups())
        for check in [checker(made.json_schema(dialect=dialect))]
        for test in group.tests
        if test["valid"] and not check.is_valid(test["data"])
    ]

    assert [] == refused


def test_the_document_of_a_translation_refuses_what_it_refuses_but_for_views():
    """In the dialect that leaves coercions out, for here texts are never coerced."""
    count: dict[str, list[bool]] = {}
    for group, made in mapped(groups()):
        check = checker(made.json_schema(dialect="openapi-3.1"))
        for test in group.tests:
            if not test["valid"]:
                count.setdefault(group.decides, []).append(not check.is_valid(test["data"]))
    told = {decides: (sum(refused), len(refused)) for decides, refused in count.items()}
    for decides, (fewer, refusals) in told.items():
        say(f"{fewer:5} of {refusals} refusals are told by the document, decided by {decides}")

    assert REFUSED == told


# --- the suite would notice ---


def test_a_fault_of_ours_is_noticed(monkeypatch):
    monkeypatch.setattr("kbn_schema.kinds.number.out_of_bounds", lambda made, number: None)

    assert {"minimum", "maximum"} <= {
        name.partition(":")[0] for name, _ in wrong(tuple(groups()), "interpreted")
    }


@pytest.mark.parametrize(
    ("keyword", "fault"),
    [
        ("uniqueItems", lambda one, other: one == other),  # to Python, 1 is True
        ("const", lambda one, other: repr(one) == repr(other)),
    ],
)
def test_a_fault_of_comparing_is_noticed(monkeypatch, keyword, fault):
    monkeypatch.setattr("kbn_schema.kinds.conditional.is_same", fault)

    assert wrong(groups_of(keyword), "interpreted")


def test_a_fault_of_the_document_is_noticed(monkeypatch):
    bounds = words.Words.bounds
    monkeypatch.setattr(words.Words, "bounds", lambda *args: {**bounds(*args), "exclusiveMaximum": 3})

    with pytest.raises(AssertionError, match=r"assert \[\] == "):
        test_the_document_of_a_translation_refuses_nothing_that_it_accepts("openapi-3.1")


@pytest.mark.parametrize(
    ("document", "value"),
    [
        ({"type": "number"}, "5"),
        ({"type": "boolean"}, "true"),
        ({"type": "object"}, "{}"),
        ({"type": ["array", "null"]}, "[]"),
        ({"properties": {"a": {"type": "integer"}}}, {"a": "5"}),
        ({"pattern": "^a$", "minimum": 3}, "5"),
        ({"const": {"a": 1}}, '{"a": 1}'),
        ({"pattern": "a$"}, "a\n"),
        ({"required": ["a"], "properties": {"a": {"type": "object"}}}, {}),
        (False, None),
    ],
)
def test_a_translation_coerces_and_fills_in_nothing(document, value):
    made = translated(document)

    assert [Failure, Failure] == [type(answer(made, value, way)) for way in WAYS]
    assert not schema.object({"it": made}).is_valid({}, COMPILED)


def say(text: str) -> None:
    print(text)  # noqa: T201 - with pytest -rP
