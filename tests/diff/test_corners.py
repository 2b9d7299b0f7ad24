"""Contracts as files may have them, and what is told of them: deep, odd and without names."""

import datetime
from typing import Any

import attrs
import pytest

from kbn_schema import diff
from kbn_schema import schema as s
from kbn_schema.contract import Contract
from kbn_schema.diff.advice import Place, next_version
from kbn_schema.diff.annotations import is_same_function
from kbn_schema.diff.differences import Difference, Found
from kbn_schema.diff.grading import grade
from kbn_schema.diff.shapes import Terms
from kbn_schema.diff.spelling import show_default, show_value
from tests.diff.routers import (
    PUBLIC,
    answers,
    fields,
    in_request,
    plain,
    requests,
    versioned,
    worst,
)
from tests.diff.test_walk import linked, ref

DEEP = 2_000


def rules(changes: Any) -> dict[str, str]:
    return {change.rule: change.level for change in changes}


def nested(leaf: Any) -> Any:
    for _ in range(DEEP):
        leaf = {"type": "array", "items": leaf}
    return leaf


def test_a_term_that_python_cannot_compare_is_compared_part_by_part():
    before, after, other = (nested({"type": kind}) for kind in ("string", "string", "number"))

    assert () == diff.compare(linked({}, before), linked({}, after))
    assert "ERR" == worst(diff.compare(linked({}, before), linked({}, other)))


def test_a_name_of_such_a_term_is_not_taken_for_equal():
    one, same, other = (linked({"a": nested({"type": kind})}, ref("a")) for kind in ("any", "any", "number"))

    assert () == diff.compare(one, same)
    assert "ERR" == worst(diff.compare(one, other))


@pytest.mark.parametrize("last", ["9999-12-31", "2023-02-31"])
def test_no_version_is_advised_after_a_date_that_has_no_next(last):
    assert "" == next_version({"2020-01-01", last}, True, datetime.date(2026, 11, 21))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"name": "a"}, {"name": "a"}, True),
        ({"name": "a"}, {"name": "b"}, False),
        ({"name": "a"}, {"name": "a", "fingerprint": "0"}, False),
        ({"name": "a", "fingerprint": "0"}, {"name": "b", "fingerprint": "0"}, True),
    ],
)
def test_functions_without_a_fingerprint_are_told_by_name(one, other, expected):
    assert is_same_function(one, other) is expected


def test_what_no_word_is_known_for_is_it():
    found = Found()
    found.add(Difference("branch-redundant", "note", None, None, {}))

    (change,) = grade(found, "request", "kibana", Place("GET", "/", "", ""))

    assert change.message.startswith("it ")


@pytest.mark.parametrize(
    ("value", "expected"),
    [({"integer": "ff"}, "255"), ({"integer": 1, "b": 2}, "{...}"), ({}, "{}")],
)
def test_values_are_spelled_as_python_has_them(value, expected):
    assert show_value(value) == expected


@pytest.mark.parametrize(("text", "expected"), [("P7D", '"7d"'), ("soon", '"soon"')])
def test_a_default_that_is_no_length_of_time_is_spelled_as_it_is(text, expected):
    assert show_default({"value": text}, {"type": "quantity", "unit": "milliseconds"}) == expected


def test_what_two_props_share_is_asked_once_whether_it_may_be_missing():
    shared = s.object({"x": s.maybe(s.string())}, id="shared")
    contract = requests(body=s.object({"a": shared, "b": shared}))
    body: Any = contract.routes[0].versions[PUBLIC].request["body"]

    assert (True, True) == Terms(contract).may_be_absent(body)
    assert ref("shared") == body["props"]["a"]


def test_what_leads_back_to_itself_is_not_there_by_itself():
    leaf = {"type": "optional", "of": {"type": "string"}}
    back = {"type": "object", "props": {"leaf": leaf, "tree": ref("tree")}}
    tree = {"type": "object", "props": {"leaf": leaf, "back": back}}
    terms = Terms(linked({"tree": tree}, ref("tree")))

    assert (True, True) == terms.may_be_absent({"type": "object", "props": {"leaf": leaf}})
    assert (False, False) == terms.may_be_absent(ref("tree"))


def function(name: str, **more: str) -> Contract:
    return linked({}, {"type": "function", "name": name, **more})


def test_another_function_that_validates_is_told():
    assert () == diff.compare(function("a"), function("a"))
    assert {"validator-replaced": "WARN"} == rules(diff.compare(function("a"), function("b")))


def test_a_function_that_validates_the_same_under_another_name_is_not_told():
    before, after, other = (
        function(name, fingerprint=print) for name, print in (("a", "0"), ("b", "0"), ("b", "1"))
    )

    assert () == diff.compare(before, after)
    assert {"validator-replaced": "WARN"} == rules(diff.compare(before, other))


# --- unions ---


def variant(name: str, **options: Any) -> Any:
    return s.object({"type": s.literal(name), "n": s.number()}, **options)


A, B, C = map(variant, "abc")
REST = s.object({"type": s.string(), "n": s.number()})


def tagged(*branches: Any) -> Any:
    return s.discriminated_union("type", *branches)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (tagged(A, B), tagged(A), {"variant-removed": "ERR"}),
        (tagged(A, B, REST), tagged(A, REST), {"branch-merged": "WARN"}),
        (tagged(A, REST), tagged(A, B, REST), {"branch-redundant": "INFO"}),
        (
            tagged(A, B, REST),
            tagged(A, s.object({"type": s.string(), "n": s.string()})),
            {"variant-left-to-fallback": "INFO", "variant-removed": "ERR", "type-changed": "ERR"},
        ),
        (
            tagged(A, B, s.object({"type": s.string(max_length=9), "n": s.number()})),
            tagged(A, s.object({"type": s.string(max_length=9), "n": s.number()})),
            {"variant-left-to-fallback": "INFO"},
        ),
    ],
)
def test_what_the_fallback_of_a_union_makes_of_a_tag(before, after, expected):
    assert rules(in_request(before, after)) == expected


def fallback(prop: Any) -> Any:
    """A union of the tag `a`, and what the file says of its fallback."""
    tag = {"type": "values", "values": ["a"]}
    one = {"type": "object", "props": {"type": tag}, "unknowns": "ignore"}
    props = {} if prop is None else {"type": prop}
    other = {"type": "object", "props": props, "unknowns": "ignore"}
    return {"type": "union", "discriminator": "type", "of": {"a": one}, "other": other}


@pytest.mark.parametrize(
    ("prop", "rule"),
    [
        (None, "variant-left-to-fallback"),
        ({"type": "any"}, "branch-merged"),
        ({"type": "values", "values": ["b"]}, "variant-removed"),
        ({"type": "number"}, "variant-removed"),
    ],
)
def test_a_fallback_takes_a_tag_as_far_as_its_own_prop_does(prop, rule):
    after = fallback(prop)
    after = {**after, "of": {}}

    changes = diff.compare(linked({}, fallback(prop)), linked({}, after))

    assert rule in rules(changes)


def test_another_discriminator_is_a_warning():
    def made(name: str) -> Any:
        return s.discriminated_union(
            name, *(s.object({"x": s.literal(one), "y": s.literal(one)}) for one in "ab")
        )

    assert {"discriminator-changed": "WARN"} == rules(in_request(made("x"), made("y")))


NEEDS = [s.object({name: s.string()}, unknowns="forbid") for name in "ab"]
FREE = [s.object({name: s.maybe(s.string())}, unknowns="forbid") for name in "ab"]
RECORD = s.record_of(s.string(), s.number())
NAMED = s.object({"a": s.string()})


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (NEEDS, NEEDS[::-1], "union-respelled"),
        (FREE, FREE[::-1], "union-reordered"),
        ([NAMED, RECORD], [RECORD, NAMED], "union-reordered"),
        ([NAMED, s.array_of(s.any())], [s.array_of(s.any()), NAMED], "union-respelled"),
    ],
)
def test_the_order_of_containers_counts_where_one_value_fits_two(before, after, rule):
    assert rule in rules(in_request(s.one_of(before), s.one_of(after)))


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        ([s.number(), s.boolean()], [s.literal("1"), s.number(), s.boolean()], True),
        ([s.number(), s.boolean()], [s.literal("x"), s.number(), s.boolean()], False),
        ([s.literal("1"), s.number(), s.boolean()], [s.literal("1"), s.boolean(), s.number()], False),
        ([s.literal("2"), s.number()], [s.literal("1"), s.number()], True),
        ([s.string(), s.boolean()], [s.literal("1"), s.string(), s.boolean()], False),
        ([s.array_of(s.any()), s.number()], [s.literal("[]"), s.array_of(s.any()), s.number()], False),
    ],
)
def test_a_text_that_a_literal_takes_before_what_makes_a_value_of_it_is_a_warning(before, after, is_told):
    assert ("union-reordered" in rules(fields(s.one_of(before), s.one_of(after)))) is is_told


# --- parts, options and answers ---


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (s.date(), "list-accepted"),
        (s.uuid(), "list-accepted"),
        (s.string(), "type-changed"),
    ],
)
def test_a_header_becomes_a_list_where_no_text_of_it_is_split(kind, rule):
    before, after = kind, s.array_of(s.string(), max_size=9)

    assert rule in rules(fields(before, after, "headers"))


def refuse(value: Any) -> str | None:
    return "no" if value else None


def test_a_prop_that_validates_claims_what_was_ignored():
    before = s.object({}, unknowns="ignore")

    free = in_request(before, s.object({"a": s.maybe(s.any())}, unknowns="ignore"))
    checked = in_request(before, s.object({"a": s.maybe(s.any(validate=refuse))}, unknowns="ignore"))

    assert "property-claimed" not in rules(free)
    assert "property-claimed" in rules(checked)


def test_conditions_with_another_default_that_may_be_nothing_are_told():
    def made(name: str) -> Any:
        default = s.sibling_ref(name)
        condition = s.conditional(s.context_ref("x"), 1, s.number(), s.string(), default=default)
        return s.object({"a": s.maybe(s.any()), "b": s.maybe(s.any()), "p": condition})

    assert () == in_request(made("a"), made("a"))
    assert "ERR" == worst(in_request(made("a"), made("b")))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (s.string(), s.string(min_length=0), {"bound-respelled": "INFO"}),
        (s.ip(), s.ip(title="an address"), {"annotation-changed": "INFO"}),
        (s.nullable(s.string()), s.maybe(s.nullable(s.string())), {"null-became-absent": "WARN"}),
        (s.maybe(s.nullable(s.string())), s.nullable(s.string()), {"absent-became-null": "WARN"}),
    ],
)
def test_what_is_accepted_as_before_is_no_error(before, after, expected):
    assert rules(fields(before, after, "body")) == expected


def with_options(**options: Any) -> Contract:
    return plain(validate={"body": s.any()}, options=options)


def with_endpoint(**facts: Any) -> Contract:
    one = requests(query=s.object({}))
    (route,) = one.routes
    return Contract(
        (attrs.evolve(route, versions={PUBLIC: attrs.evolve(route.versions[PUBLIC], **facts)}),), {}
    )


ONE = {PUBLIC: {"validate": False}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (with_options(), with_options(timeout={"payload": 5}), {"timeout-shortened": "WARN"}),
        (with_options(timeout={"payload": 5}), with_options(), {"timeout-lengthened": "INFO"}),
        (
            with_options(timeout={"payload": 5, "idle_socket": 7}),
            with_options(timeout={"payload": 6, "idle_socket": 7}),
            {"timeout-lengthened": "INFO"},
        ),
        (
            with_options(availability={"stability": "experimental"}),
            with_options(availability={"stability": "stable"}),
            {"availability-raised": "INFO"},
        ),
        (
            with_endpoint(deprecated={"message": "a"}),
            with_endpoint(deprecated={"message": "b"}),
            {"endpoint-annotated": "INFO"},
        ),
        (
            with_options(body={"parse": True}),
            with_options(body={"parse": "gunzip"}),
            {
                "content-encoding-accepted": "INFO",
                "body-handling-changed": "WARN",
                "media-type-added": "INFO",
            },
        ),
        (
            with_options(body={"accepts": ["application/json", "text/plain"]}),
            with_options(body={"accepts": ["application/json", "text/*"]}),
            {"media-type-added": "INFO"},
        ),
        (
            versioned(ONE, version_resolution="none"),
            versioned(ONE),
            {"default-version-added": "INFO"},
        ),
        (
            plain(access="public"),
            versioned(ONE, version_resolution="none"),
            {"versions-introduced": "INFO", "default-version-removed": "ERR"},
        ),
        (
            plain(security={"authc": {"enabled": False, "reason": "a"}}),
            plain(security={"authc": {"enabled": False, "reason": "b"}}),
            {"security-annotated": "INFO"},
        ),
        (
            answers(s.any(), description="a"),
            answers(s.any(), description="b"),
            {"annotation-changed": "INFO"},
        ),
        (
            answers(s.any()),
            answers(s.any(), body_content_type="text/plain"),
            {"content-type-changed": "ERR"},
        ),
    ],
)
def test_rules_and_levels_of_options(before, after, expected):
    assert rules(diff.compare(before, after)) == expected


def test_too_many_choices_of_privileges_are_as_one():
    pairs = [{"all_of": [f"a{i}", f"b{i}"]} for i in range(10)]

    def made(*privileges: Any) -> Contract:
        return plain(security={"authz": {"required_privileges": list(privileges)}})

    few, many = made({"any_required": pairs[:2]}), made({"any_required": pairs})

    assert () == diff.compare(many, many)
    assert {"authorization-tightened": "ERR"} == rules(diff.compare(few, many))


def test_a_renamed_parameter_of_what_is_no_object_is_compared_as_it_is():
    def made(path: str, name: str) -> Contract:
        rule = s.record_of(s.literal(name), s.string())
        return plain(path, validate={"params": rule})

    changes = diff.compare(made("/a/{id}", "id"), made("/a/{name}", "name"))

    assert {"path-parameter-renamed"} <= rules(changes).keys()
    assert "ERR" == worst(changes)
