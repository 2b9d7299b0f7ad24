"""What changes of schemas are said to be: in words that an author knows, with what to write instead."""

from typing import Any

import pytest

from kbn_schema import contract, diff
from kbn_schema import schema as s
from kbn_schema.contract import Contract
from kbn_schema.diff.rules import RULES
from kbn_schema.http import Router
from tests.diff.routers import answers, fields, handle, in_answer, in_request, worst
from tests.diff.test_walk import linked, ref

FEW = s.array_of(s.integer(), max_size=9)


def told(changes: Any) -> dict[str, str]:
    return {change.rule: change.message for change in changes}


@pytest.mark.parametrize(
    ("before", "after", "message", "advice"),
    [
        (s.integer(min=1), s.integer(min=0), "min 1 -> 0", ""),
        (s.integer(min=0), s.integer(min=1), "min 0 -> 1", "keep min=0"),
        (s.number(), s.number(max=1.5), "max none -> 1.5", "keep it without max"),
        (s.number(min=1), s.number(exclusive_min=1), "the bound min=1 -> exclusive_min=1", "keep min=1"),
        (s.integer(), s.integer(multiple_of=2), "multiple_of none -> 2", "keep it without multiple_of"),
        (s.duration(min="1h"), s.duration(min="2h"), 'min "1h" -> "2h"', 'keep min="1h"'),
        (s.duration(max="90s"), s.duration(max="1500ms"), 'max "90s" -> "1500ms"', 'keep max="90s"'),
        (s.byte_size(max="1mb"), s.byte_size(max=1000), 'max "1mb" -> "1000b"', 'keep max="1mb"'),
        (s.string(), s.string(max_length=5), "max_length none -> 5", "keep it without max_length"),
        (s.string(max_length=9), s.string(max_length=5), "max_length 9 -> 5", "keep max_length=9"),
        (s.uuid(), s.string(max_length=50), "max_length 36 -> 50", ""),
        (s.string(max_length=100), s.email(), "max_length 100 -> 254", ""),
        (s.uri(scheme=["http"]), s.uri(scheme=["https"]), "scheme http -> https", 'keep scheme=["http"]'),
    ],
)
def test_a_bound_is_told_as_it_is_written(before, after, message, advice):
    (change,) = (one for one in in_request(before, after) if one.rule.startswith("bound-"))

    assert change.message.endswith(f": {message}")
    assert advice.lower() in change.advice.lower()
    assert (change.advice == "") == (advice == "")


def test_sizes_and_lengths_of_time_are_told_in_their_units():
    before = s.duration(min="1h", max="30d", default="7d")
    after = s.byte_size(max="1gb", default="1mb")

    (change,) = (one for one in in_request(before, after) if one.rule == "type-changed")

    assert change.before == 'duration(min="1h", max="30d", default="7d")'
    assert change.after == 'byte_size(max="1gb", default="1mb")'


def rows(**options: Any) -> s.object:
    """An object that is far too long to be shown in a line."""
    props: dict[str, Any] = {f"property_{number}": s.string(max_length=10) for number in range(9)}
    return s.object({"id": s.integer(min=1), **props}, **options)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (
            s.array_of(rows(), max_size=100),
            s.array_of(rows().extends({"id": s.integer(min=1, default=1)}), max_size=200),
            ("array_of(..., max_size=100)", "array_of(..., max_size=200)"),
        ),
        (
            s.array_of(rows()),
            s.array_of(rows(), min_size=1, max_size=9),
            ("array_of(...)", "array_of(..., min_size=1, max_size=9)"),
        ),
        (rows(), rows(unknowns="allow"), ("object(...)", 'object(..., unknowns="allow")')),
        (
            s.array_of(s.object({"id": s.integer(min=1), "na": s.string(max_length=9)}), max_size=9),
            s.array_of(s.object({"id": s.integer(min=1), "na": s.string(max_length=9)}), max_size=10),
            (
                'array_of(object({"id": integer(min=1), "na": string(max_length=9)}), max_size=9)',
                'array_of(object({"id": ..., "na": ...}), max_size=10)',
            ),
        ),
    ],
)
def test_what_is_inside_of_a_container_makes_room_for_its_options(before, after, shown):
    told = [(change.before, change.after) for change in in_request(before, after) if change.path == ("body",)]

    assert {shown} == set(told)


def test_what_is_inside_is_cut_where_no_option_stands_behind_it():
    cut = 'object({"id": integer(min=1), "property_0": string(max_length=10), "property_...'

    (changed,) = in_request(rows(), s.array_of(rows(), max_size=9))
    (added,) = in_request(s.one_of(s.string(), s.boolean()), s.one_of(s.string(), s.boolean(), rows()))

    assert cut == changed.before
    assert changed.after.startswith('array_of(object({"id": integer(min=1), ')
    assert cut == added.after


def test_sides_that_differ_only_inside_are_shown_as_far_as_there_is_room():
    before = s.one_of(s.string(), rows(), default="")
    after = s.one_of(s.string(max_length=9), rows(), default="")
    differing = in_request(before, after)

    assert differing
    assert all(change.before != change.after for change in differing)


def test_an_id_that_went_is_told_apart_from_one_that_changed():
    assert told(in_request(s.object({}, id="A"), s.object({}))) == {
        "id-removed": "generated types have no name of their own any more: it was A"
    }
    assert list(told(in_request(s.object({}, id="A"), s.object({}, id="B")))) == ["id-changed"]


def check(value: Any) -> None:
    """Accept anything."""


def made() -> Any:
    def check(value: Any) -> str | None:
        return "no" if value == 1 else None

    check.__qualname__ = "check"
    return check


def other(value: Any) -> str | None:
    return None if value else "no"


def test_a_function_that_changed_is_told_apart_from_another_one():
    name = f"{__name__}.check"

    changed = told(in_request(s.number(validate=check), s.number(validate=made())))
    replaced = told(in_request(s.number(validate=check), s.number(validate=other)))

    assert changed == {
        "validator-changed": f"{name} was changed, and may refuse what it let through; review it"
    }
    assert list(replaced) == ["validator-replaced"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (s.string(pattern="a+"), s.string(pattern="b+")),
        (s.uuid(), s.email()),
        (s.string(), s.number()),
    ],
)
def test_the_spelling_that_is_called_compatible_is(before, after):
    (change,) = (one for one in in_request(before, after) if one.level == "ERR")

    assert "one_of(old, new)" in RULES[change.rule].advice
    assert "ccept both: one_of(old, new)" in change.advice
    assert worst(in_request(before, s.one_of([before, after]))) != "ERR"


@pytest.mark.parametrize("kind", [s.boolean(), s.integer(min=1), s.number()], ids=repr)
def test_a_converted_text_that_becomes_a_short_one_is_told_why_it_breaks(kind):
    (change,) = fields(kind, s.string(max_length=10))

    assert (change.rule, change.level) == ("converted-text-bounded", "ERR")
    assert "more than 10 characters" in change.message
    assert worst(fields(kind, s.one_of([kind, s.string(max_length=10)]))) != "ERR"


def upload(kind: Any) -> Contract:
    router = Router()
    options: Any = {"body": {"accepts": ["multipart/form-data"]}}
    router.post("/", validate={"body": s.object({"file": kind})}, options=options)(handle)
    return contract.of(router)


def test_a_file_may_be_read_for_the_handler():
    """A buffer takes a text, too, which a stream does not."""
    read = diff.compare(upload(s.stream()), upload(s.buffer()))
    streamed = diff.compare(upload(s.buffer()), upload(s.stream()))

    assert [("stream-read", "WARN")] == [(change.rule, change.level) for change in read]
    assert worst(streamed) == "ERR"


def test_the_case_of_a_header_breaks_nobody():
    before, after = s.object({"X-Tag": s.string()}), s.object({"x-tag": s.string()})

    asked = in_request(before, after, "headers")
    answered = diff.compare(answers(s.any(), headers=before), answers(s.any(), headers=after))

    assert [("header-respelled", "WARN")] == [(change.rule, change.level) for change in asked]
    assert [("header-respelled", "INFO")] == [(change.rule, change.level) for change in answered]


def test_a_header_in_another_case_is_compared():
    before = s.object({"Accept-Language": s.maybe(s.string(max_length=100))})
    after = s.object({"accept-language": s.maybe(s.string(max_length=2))})

    assert set(told(in_request(before, after, "headers"))) == {"header-respelled", "bound-tightened"}


def test_headers_as_a_whole_are_never_missing():
    rule = s.object({"x-a": s.maybe(s.number())})

    assert () == in_request(rule, s.maybe(rule), "headers") == in_request(s.maybe(rule), rule, "headers")


def test_the_case_of_other_props_counts():
    assert worst(fields_named("A", "a", "query")) == worst(fields_named("A", "a", "body")) == "ERR"


def fields_named(old: str, new: str, part: str) -> Any:
    return in_request(s.object({old: s.string()}), s.object({new: s.string()}), part)


@pytest.mark.parametrize(
    "after", [s.one_of([FEW, s.literal("all")]), s.one_of([s.object({}), FEW])], ids=["text", "object"]
)
def test_a_list_in_a_header_that_becomes_a_union_breaks(after):
    there, back = fields(FEW, after, "headers"), fields(after, FEW, "headers")

    assert ["header-list-changed"] == list(told(there)) == list(told(back))
    assert worst(there) == worst(back) == "ERR"
    assert worst(fields(FEW, after, "query")) != "ERR"


def test_an_object_that_was_made_of_its_props_and_may_be_missing_is_a_warning():
    inner = s.object({"n": s.maybe(s.number())})

    asked = in_request(s.object({"p": inner}), s.object({"p": s.maybe(inner)}))
    back = in_request(s.object({"p": s.maybe(inner)}), s.object({"p": inner}))

    assert [("default-removed", "WARN")] == [(change.rule, change.level) for change in asked]
    assert [("default-added", "WARN")] == [(change.rule, change.level) for change in back]


@pytest.mark.parametrize("kinds", [("number", "integer"), ("integer", "number"), ("number", "number")])
def test_a_contract_with_a_step_of_nothing_is_compared(kinds):
    """No schema has such a step, a file may."""
    old, new = ({"type": kind, "multiple_of": step} for kind, step in zip(kinds, (0, 3), strict=True))

    assert worst(diff.compare(linked({}, old), linked({}, new))) == "ERR"
    assert diff.compare(linked({}, old), linked({}, {"type": "values", "values": [3]}))


def test_a_default_that_refers_to_nothing_leaves_it_to_the_condition():
    """An object with such a default may be missing then, what a condition asks for may not."""
    default = s.sibling_ref("a")
    needed, free = s.object({"e": s.email()}), s.object({}, unknowns="allow")

    def made(kind: Any) -> Any:
        return s.object({"a": s.maybe(s.any()), "p": kind})

    before = made(s.object({"e": s.email()}, default=default))
    after = made(s.conditional(s.context_ref("x"), 1, needed, free, default=default))

    assert before.is_valid({}, {"x": 1})
    assert not after.is_valid({}, {"x": 1})
    assert "ERR" == worst(in_request(before, after))
    assert () == in_request(after, after)


def test_an_answer_is_told_by_what_clients_see():
    (change,) = in_answer(s.integer(min=1), s.integer(min=0))

    assert change.message == "clients may have relied on the bound: min 1 -> 0"


def test_what_an_earlier_branch_takes_now_is_a_warning():
    before = s.one_of([s.string(max_length=2), s.email(), s.number()])
    after = s.one_of([s.string(max_length=2), s.any(), s.number()])

    assert ("union-reordered", "WARN") in [
        (change.rule, change.level) for change in in_request(before, after)
    ]


def test_what_stands_behind_too_many_wrappers_is_not_taken_for_equal():
    def chain(leaf: str) -> Contract:
        terms: Any = {f"L{i}": {"type": "optional", "of": ref(f"L{i + 1}")} for i in range(12_000)}
        return linked({**terms, "L12000": {"type": leaf}}, ref("L0"))

    assert "ERR" == worst(diff.compare(chain("string"), chain("number")))
    assert () == diff.compare(chain("string"), chain("string"))
