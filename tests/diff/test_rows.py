"""Every sort of change, in both directions: the level under the profile kibana, and under strict.

The rows of COMPATIBILITY.md that are recorded are in ``tests/conformance/http``; these are the ones between.
"""

import datetime
from typing import Any

import pytest

from kbn_schema import diff
from kbn_schema import schema as s
from tests.diff.routers import (
    PUBLIC,
    answers,
    fields,
    in_answer,
    in_request,
    plain,
    requests,
    versioned,
    worst,
)

ERR, WARN, INFO = "ERR", "WARN", "INFO"
OPEN = {"x-extensible-enum": True}
CLOSED = {"x-extensible-enum": False}


def variant(name: str, **options: Any) -> Any:
    return s.object({"type": s.literal(name), name: s.string()}, **options)


A, B, C = map(variant, "abc")
OTHER = s.object({"type": s.string(), "name": s.maybe(s.string())})


def obj(**props: Any) -> Any:
    return s.object(props)


def mode(unknowns: str | None, **props: Any) -> Any:
    return s.object(props, unknowns=unknowns)


def one(value: Any) -> None:
    """Accept anything."""


def two(value: Any) -> str | None:
    return "no" if value else None


def ten() -> int:
    return 10


# before, after, what a request says, what the response says under kibana, and under strict.
SCHEMAS = {
    "optional field added": (obj(a=s.string()), obj(a=s.string(), b=s.maybe(s.string())), INFO, INFO, WARN),
    "nullable field added": (
        obj(a=s.string()),
        obj(a=s.string(), b=s.nullable(s.string())),
        INFO,
        INFO,
        WARN,
    ),
    "required field added": (obj(a=s.string()), obj(a=s.string(), b=s.string()), ERR, INFO, WARN),
    "optional field removed": (obj(a=s.string(), b=s.maybe(s.string())), obj(a=s.string()), ERR, ERR, INFO),
    "required field removed": (obj(a=s.string(), b=s.string()), obj(a=s.string()), ERR, ERR, ERR),
    "field renamed": (obj(a=s.string()), obj(b=s.string()), ERR, ERR, ERR),
    "field removed where keys are dropped": (mode("ignore", b=s.string()), mode("ignore"), WARN, ERR, ERR),
    "checked field added where keys are let through": (
        mode("allow"),
        mode("allow", b=s.maybe(s.number())),
        ERR,
        INFO,
        INFO,
    ),
    "any field added where keys are let through": (
        mode("allow"),
        mode("allow", b=s.any(default=1)),
        WARN,
        INFO,
        INFO,
    ),
    "never added": (obj(), obj(a=s.never()), INFO, INFO, INFO),
    "optional became required": (obj(a=s.maybe(s.string())), obj(a=s.string()), ERR, INFO, INFO),
    "required became optional": (obj(a=s.string()), obj(a=s.maybe(s.string())), INFO, ERR, ERR),
    "default removed": (obj(a=s.string(default="x")), obj(a=s.string()), ERR, INFO, INFO),
    "default added to what could be missing": (
        obj(a=s.maybe(s.string())),
        obj(a=s.string(default="x")),
        WARN,
        INFO,
        INFO,
    ),
    "default removed from what may be missing": (
        obj(a=s.string(default="x")),
        obj(a=s.maybe(s.string())),
        WARN,
        INFO,
        INFO,
    ),
    "default became a function": (
        obj(a=s.integer(default=10)),
        obj(a=s.integer(default=ten)),
        WARN,
        INFO,
        INFO,
    ),
    "default changed its type only": (obj(a=s.any(default=1)), obj(a=s.any(default=True)), WARN, INFO, INFO),
    "nullable removed": (s.nullable(s.string()), s.string(), ERR, INFO, INFO),
    "nullable added": (s.string(), s.nullable(s.string()), INFO, ERR, ERR),
    "maybe became nullable": (s.maybe(s.string()), s.nullable(s.string()), WARN, ERR, ERR),
    "nullable became maybe": (s.nullable(s.string()), s.maybe(s.string()), ERR, INFO, INFO),
    "null by a literal is nullable": (
        s.one_of(s.string(), s.literal(None), default=None),
        s.nullable(s.string()),
        WARN,
        INFO,
        INFO,
    ),
    "scalar became a union": (s.string(), s.one_of(s.string(), s.number()), INFO, ERR, ERR),
    "scalar became a union that converts first": (
        s.string(),
        s.one_of(s.number(), s.string()),
        WARN,
        ERR,
        ERR,
    ),
    "number or text": (s.number(), s.one_of(s.number(), s.string()), WARN, ERR, ERR),
    "object became a union": (A, s.one_of(A, B), INFO, ERR, ERR),
    "union of one is no change": (s.string(), s.one_of(s.string()), INFO, INFO, INFO),
    "text became number": (s.string(), s.number(), ERR, ERR, ERR),
    "integer became number": (s.integer(), s.number(), ERR, ERR, ERR),
    "safe integer became number": (s.integer(min=0, max=9), s.number(min=0, max=9), INFO, ERR, ERR),
    "integer became any number": (s.integer(), s.number(unsafe=True), INFO, ERR, ERR),
    "number became integer": (s.number(), s.integer(), ERR, ERR, ERR),
    "number became any": (s.number(), s.any(), WARN, ERR, ERR),
    "any became text": (s.any(), s.string(), ERR, INFO, INFO),
    "list became a single value": (s.array_of(s.string()), s.string(), ERR, ERR, ERR),
    "uri became text": (s.uri(), s.string(), INFO, WARN, ERR),
    "text became uri": (s.string(), s.uri(), ERR, INFO, INFO),
    "uuid became e-mail": (s.uuid(), s.email(), ERR, ERR, ERR),
    "uuid became text of its length": (s.uuid(), s.string(max_length=36), INFO, WARN, ERR),
    "ip version added": (s.ip(versions=["ipv4"]), s.ip(), INFO, ERR, ERR),
    "scheme removed": (s.uri(scheme=["http", "https"]), s.uri(scheme="https"), ERR, INFO, INFO),
    "scheme lifted": (s.uri(scheme="https"), s.uri(), INFO, ERR, ERR),
    "record became object": (s.record_of(s.string(), s.number()), obj(a=s.number()), ERR, INFO, INFO),
    "record of known keys became object": (
        s.record_of(s.enum(["a"]), s.number()),
        obj(a=s.maybe(s.number())),
        INFO,
        ERR,
        ERR,
    ),
    "record key tightened": (
        s.record_of(s.string(), s.any()),
        s.record_of(s.string(max_length=3), s.any()),
        ERR,
        INFO,
        INFO,
    ),
    "record value loosened": (
        s.record_of(s.string(), s.string(max_length=3)),
        s.record_of(s.string(), s.string()),
        INFO,
        ERR,
        ERR,
    ),
    "record became map": (s.record_of(s.number(), s.any()), s.map_of(s.number(), s.any()), WARN, INFO, INFO),
    "enum grew": (s.enum(["a"]), s.enum(["a", "b"]), INFO, ERR, ERR),
    "open enum grew": (s.enum(["a"], meta=OPEN), s.enum(["a", "b"], meta=OPEN), INFO, WARN, ERR),
    "enum shrank": (s.enum(["a", "b"]), s.enum(["a"]), ERR, INFO, INFO),
    "enum reordered": (s.enum(["a", "b"]), s.enum(["b", "a"]), INFO, INFO, INFO),
    "literals are an enum": (s.one_of(s.literal("a"), s.literal("b")), s.enum(["a", "b"]), INFO, INFO, INFO),
    "1 is not true": (s.enum([1]), s.enum([True]), ERR, ERR, ERR),
    "1 is 1.0": (s.literal(1), s.literal(1.0), INFO, INFO, INFO),
    "boolean became true": (s.boolean(), s.literal(True), ERR, INFO, INFO),
    "true became boolean": (s.literal(True), s.boolean(), INFO, ERR, ERR),
    "text became enum": (s.string(), s.enum(["a"]), ERR, INFO, INFO),
    "enum became text that is long enough": (s.enum(["a", "bc"]), s.string(max_length=2), INFO, ERR, ERR),
    "enum became text that is too short": (s.enum(["a", "bc"]), s.string(max_length=1), ERR, ERR, ERR),
    "variant added": (
        s.discriminated_union("type", A, B),
        s.discriminated_union("type", A, B, C),
        INFO,
        WARN,
        ERR,
    ),
    "variant added to a closed union": (
        s.discriminated_union("type", A, B, meta=CLOSED),
        s.discriminated_union("type", A, B, C, meta=CLOSED),
        INFO,
        ERR,
        ERR,
    ),
    "variant of a plain union added": (s.one_of(A, B), s.one_of(A, B, C), INFO, WARN, ERR),
    "variant removed": (s.one_of(A, B), s.one_of(A, C), ERR, WARN, ERR),
    "variants reordered": (s.one_of(A, B), s.one_of(B, A), INFO, INFO, INFO),
    "discriminator dropped": (s.discriminated_union("type", A, B), s.one_of(A, B), INFO, INFO, INFO),
    "catch-all added": (
        s.discriminated_union("type", A),
        s.discriminated_union("type", A, OTHER),
        INFO,
        WARN,
        ERR,
    ),
    "tag taken from the catch-all": (
        s.discriminated_union("type", A, OTHER),
        s.discriminated_union("type", A, B, OTHER),
        ERR,
        WARN,
        ERR,
    ),
    "texts and numbers swapped": (
        s.one_of(s.string(), s.number()),
        s.one_of(s.number(), s.string()),
        WARN,
        INFO,
        INFO,
    ),
    "numbers and durations swapped": (
        s.one_of(s.number(), s.duration()),
        s.one_of(s.duration(), s.number()),
        WARN,
        INFO,
        INFO,
    ),
    "numbers and booleans swapped": (
        s.one_of(s.number(), s.boolean()),
        s.one_of(s.boolean(), s.number()),
        INFO,
        INFO,
        INFO,
    ),
    "validator removed": (s.string(validate=one), s.string(), INFO, WARN, ERR),
    "validator added": (s.string(), s.string(validate=one), ERR, INFO, INFO),
    "validator changed": (s.string(validate=one), s.string(validate=two), WARN, WARN, WARN),
    "pattern added": (s.string(), s.string(pattern="a+"), ERR, INFO, INFO),
    "pattern changed": (s.string(pattern="b+"), s.string(pattern="a+"), ERR, ERR, ERR),
    "pattern removed": (s.string(pattern="a+"), s.string(), INFO, ERR, ERR),
    "host name lifted": (s.string(hostname=True), s.string(), INFO, WARN, ERR),
    "numbers no longer become text": (s.string(coerce_from_number=True), s.string(), ERR, INFO, INFO),
    "numbers become text": (s.string(), s.string(coerce_from_number=True), INFO, ERR, ERR),
    "unsafe numbers refused": (s.number(unsafe=True), s.number(), ERR, INFO, INFO),
    "list limit raised": (s.array_of(s.any(), max_size=1), s.array_of(s.any(), max_size=2), INFO, ERR, ERR),
    "list item tightened": (s.array_of(s.string()), s.array_of(s.string(max_length=1)), ERR, INFO, INFO),
    "least list length lifted": (s.array_of(s.any(), min_size=1), s.array_of(s.any()), INFO, ERR, ERR),
    "bound said another way": (s.integer(exclusive_min=0), s.integer(min=1), INFO, INFO, INFO),
    "step refined": (s.number(multiple_of=1), s.number(multiple_of=0.5), INFO, ERR, ERR),
    "step changed": (s.number(multiple_of=2), s.number(multiple_of=3), ERR, ERR, ERR),
    "forbid to ignore": (mode("forbid"), mode("ignore"), INFO, WARN, ERR),
    "forbid to allow": (mode("forbid"), mode("allow"), INFO, WARN, ERR),
    "ignore to forbid": (mode("ignore"), mode("forbid"), ERR, INFO, INFO),
    "allow to forbid": (mode("allow"), mode("forbid"), ERR, INFO, INFO),
    "allow to ignore": (mode("allow"), mode("ignore"), WARN, INFO, INFO),
    "ignore to allow": (mode("ignore"), mode("allow"), WARN, INFO, INFO),
    "nothing stated is forbid": (mode(None), mode("forbid"), INFO, INFO, INFO),
    "inherited ignore lost": (mode("ignore", a=mode(None)), mode("allow", a=mode(None)), ERR, INFO, INFO),
    "inherited ignore stated": (
        mode("ignore", a=mode(None)),
        mode("ignore", a=mode("ignore")),
        INFO,
        INFO,
        INFO,
    ),
    "id changed": (s.string(id="a"), s.string(id="b"), WARN, WARN, WARN),
    "id added": (s.string(), s.string(id="b"), INFO, INFO, INFO),
    "meta changed": (s.string(meta={"x-a": 1}), s.string(meta={"x-a": 2}), INFO, INFO, INFO),
    "a lazy by id wants its value": (
        s.object({"next": s.maybe(s.lazy("node"))}, id="node", default={}),
        s.object({"next": s.lazy("node")}, id="node", default={}),
        ERR,
        INFO,
        INFO,
    ),
    "lazy is what it stands for": (s.lazy(lambda: A), A, INFO, INFO, INFO),
    "condition changed": (
        s.conditional(s.context_ref("a"), 1, s.number(), s.string()),
        s.conditional(s.context_ref("a"), 2, s.number(), s.string()),
        ERR,
        ERR,
        ERR,
    ),
    "condition with another branch": (
        s.conditional(s.context_ref("a"), 1, s.number(), s.string()),
        s.conditional(s.context_ref("a"), 1, s.number(), s.boolean()),
        ERR,
        ERR,
        ERR,
    ),
    "what a condition reads means something else": (
        obj(a=s.string(default="x"), b=s.conditional(s.sibling_ref("a"), "x", s.number(), s.boolean())),
        obj(a=s.string(default="y"), b=s.conditional(s.sibling_ref("a"), "x", s.number(), s.boolean())),
        ERR,
        ERR,
        ERR,
    ),
}


@pytest.mark.parametrize(
    ("before", "after", "level"), [row[:3] for row in SCHEMAS.values()], ids=list(SCHEMAS)
)
def test_level_in_a_request(before, after, level):
    assert worst(in_request(before, after)) == level


@pytest.mark.parametrize(
    ("before", "after", "kibana", "strict"),
    [(*row[:2], *row[3:]) for row in SCHEMAS.values()],
    ids=list(SCHEMAS),
)
def test_level_in_a_response(before, after, kibana, strict):
    found = worst(in_answer(before, after)), worst(in_answer(before, after, "strict"))

    assert found == (kibana, strict)


QUERIES = {
    "boolean became text": (s.boolean(), s.string(), WARN),
    "text became number": (s.string(), s.number(), ERR),
    "one became many": (s.string(), s.array_of(s.string()), WARN),
    "one number became many": (s.number(), s.array_of(s.number()), WARN),
    "one became at least two": (s.string(), s.array_of(s.string(), min_size=2), ERR),
    "many became one": (s.array_of(s.string()), s.string(), ERR),
    "one or many": (s.string(), s.one_of(s.string(), s.array_of(s.string())), INFO),
    "null cannot be sent": (s.nullable(s.string()), s.maybe(s.string()), WARN),
    "a number by value cannot be sent": (s.enum([1, "a"]), s.enum(["a"]), INFO),
    "a text by value can": (s.enum([1, "a"]), s.enum([1]), ERR),
    "union gave up its number": (s.one_of(s.number(), s.string()), s.string(), WARN),
    "a discriminated union reads no JSON text": (s.one_of(A, B), s.discriminated_union("type", A, B), ERR),
}


@pytest.mark.parametrize(("before", "after", "level"), QUERIES.values(), ids=list(QUERIES))
def test_level_in_a_query(before, after, level):
    assert worst(fields(before, after)) == level


def responding(**statuses: Any) -> Any:
    block = {int(status[1:]): {"body": body} for status, body in statuses.items()}
    return versioned({PUBLIC: {"validate": {"request": {}, "response": block}}})


def authz(*privileges: Any) -> Any:
    return plain(security={"authz": {"required_privileges": list(privileges)}})


OFF = {"enabled": False, "reason": "public"}
TWO = {PUBLIC: {"validate": False}, "2024-01-01": {"validate": False}}
ONE = {PUBLIC: {"validate": False}}
NEEDED = {"validate": {"body": s.string()}}
QUERY = {"validate": {"query": s.object({})}}


def answering(first: Any) -> Any:
    """Two versions, of which the older answers with *first*, and the newer with a number."""
    return {
        version: {"validate": {"request": {}, "response": {200: {"body": body}}}}
        for version, body in ((PUBLIC, first), ("2024-01-01", s.number()))
    }


def taking(first: Any, second: Any) -> Any:
    return {
        version: {"validate": {"body": body}} for version, body in ((PUBLIC, first), ("2024-01-01", second))
    }


ID, NAME = s.object({"id": s.string()}), s.object({"name": s.string()})
ROUTES = {
    "route added": (requests(), plain("/api/other"), {"route-added": INFO, "route-removed": ERR}),
    "version added": (versioned(ONE), versioned(TWO), {"version-added": INFO}),
    "version removed": (versioned(TWO), versioned(ONE), {"version-removed": ERR}),
    "oldest version removed": (
        versioned(TWO),
        versioned({"2024-01-01": TWO["2024-01-01"]}),
        {"version-removed": ERR, "default-version-changed": WARN},
    ),
    "no default version any more": (
        versioned(ONE),
        versioned(ONE, version_resolution="none"),
        {"default-version-removed": ERR},
    ),
    "an older version that takes less": (
        versioned(ONE),
        versioned({**ONE, "2020-01-01": NEEDED}),
        {"version-added": INFO, "default-version-changed": WARN, "part-required": ERR},
    ),
    "newest is the default, which answers otherwise": (
        versioned(answering(s.string())),
        versioned(answering(s.string()), version_resolution="newest"),
        {"default-version-changed": WARN, "type-changed": ERR},
    ),
    "newest is the default, and takes more": (
        versioned(taking(s.string(max_length=1), s.string())),
        versioned(taking(s.string(max_length=1), s.string()), version_resolution="newest"),
        {"default-version-changed": WARN},
    ),
    "version in the query refused": (
        versioned(ONE, enable_query_version=True),
        versioned(ONE),
        {"query-version-refused": ERR},
    ),
    "version in the query accepted": (
        versioned(ONE),
        versioned(ONE, enable_query_version=True),
        {"query-version-accepted": INFO},
    ),
    "version in the query, where there are none any more": (
        versioned({PUBLIC: QUERY}, enable_query_version=True),
        plain(access="public", **QUERY),
        {"versions-abandoned": INFO, "query-version-refused": ERR},
    ),
    "version in the query, which nobody looks at any more": (
        versioned(ONE, enable_query_version=True),
        plain(access="public"),
        {"versions-abandoned": INFO},
    ),
    "public became internal": (plain(access="public"), plain(access="internal"), {"access-restricted": ERR}),
    "internal became public": (plain(access="internal"), plain(access="public"), {"access-opened": INFO}),
    "deprecation taken back": (plain(deprecated=True), plain(), {"endpoint-undeprecated": INFO}),
    "parameter renamed": (
        plain("/a/{id}", validate={"params": ID}),
        plain("/a/{name}", validate={"params": NAME}),
        {"path-parameter-renamed": INFO},
    ),
    "last segment optional": (plain("/a/{id}"), plain("/a/{id?}"), {"path-segment-optional": INFO}),
    "rest became a segment": (
        plain("/a/{id*}"),
        plain("/a/{id}"),
        {"path-rest-narrowed": ERR, "path-segment-required": ERR},
    ),
    "parameter checked": (plain("/a/{id}"), plain("/a/{id}", validate={"params": ID}), {}),
    "parameter checked for numbers": (
        plain("/a/{id}"),
        plain("/a/{id}", validate={"params": s.object({"id": s.number()})}),
        {"type-narrowed": ERR},
    ),
    "optional query declared": (
        requests(),
        requests(query=s.object({"a": s.maybe(s.string())})),
        {"part-declared": WARN},
    ),
    "required body declared": (plain(), plain(validate={"body": s.string()}), {"part-required": ERR}),
    "body no longer looked at": (plain(validate={"body": s.string()}), plain(), {"part-undeclared": WARN}),
    "success status removed": (
        responding(_200=A, _404=A),
        responding(_404=A),
        {"success-status-removed": ERR},
    ),
    "error status removed": (responding(_200=A, _404=A), responding(_200=A), {"status-removed": INFO}),
    "success status added": (responding(_200=A), responding(_200=A, _202=A), {"success-status-added": INFO}),
    "body limit raised": (
        plain(validate={"body": A}, options={"body": {"max_bytes": 1}}),
        plain(validate={"body": A}),
        {"body-limit-raised": INFO},
    ),
    "xsrf lifted": (plain(options={"xsrf_required": True}), plain(), {"xsrf-lifted": INFO}),
    "authorization asked for": (plain(), authz("a"), {"authorization-tightened": ERR}),
    "authorization turned off": (
        authz("a"),
        plain(security={"authz": OFF}),
        {"authorization-loosened": INFO},
    ),
    "one of two is enough": (
        authz("a"),
        authz({"any_required": ["a", "b"]}),
        {"authorization-loosened": INFO},
    ),
    "all instead of any": (
        authz({"any_required": ["a", "b"]}),
        authz({"all_required": ["a", "b"]}),
        {"authorization-tightened": ERR},
    ),
    "login asked for": (
        plain(security={"authc": OFF}),
        plain(security={"authc": {"enabled": True}}),
        {"authentication-tightened": ERR},
    ),
    "less stable": (
        plain(options={"availability": {"stability": "stable"}}),
        plain(options={"availability": {"stability": "experimental"}}),
        {"availability-lowered": WARN},
    ),
    "summary changed": (plain(summary="a"), plain(summary="b"), {"endpoint-annotated": INFO}),
    "versions introduced": (plain(access="public"), versioned(ONE), {"versions-introduced": INFO}),
    "versions abandoned": (versioned(ONE), plain(access="public"), {"versions-abandoned": INFO}),
    "answer no longer told": (
        answers(A),
        answers(headers=s.object({})),
        {
            "response-body-undeclared": ERR,
            "response-headers-declared": INFO,
        },
    ),
}


@pytest.mark.parametrize(
    ("before", "after", "expected"), [(a, b, c) for a, b, c in ROUTES.values()], ids=list(ROUTES)
)
def test_rules_and_levels_of_routes(before, after, expected):
    if "/api/other" in str(after.routes):
        before = plain("/api/gone")

    assert {change.rule: change.level for change in diff.compare(before, after)} == expected


def advice_of(before: Any, after: Any, **options: Any) -> dict[str, str]:
    return {change.rule: change.advice for change in diff.compare(before, after, **options) if change.advice}


OPTIONS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "xsrf-required": ({}, {"xsrf_required": True}, "Keep xsrf_required=False."),
    "body-limit-lowered": (
        {},
        {"body": {"max_bytes": 9}},
        "Keep the limit at 1048576, with max_bytes of the route or max_body_bytes of the router.",
    ),
    "media-type-removed": (
        {"body": {"accepts": ["text/a", "text/b"]}},
        {"body": {"accepts": ["text/b"]}},
        "Keep accepting text/a.",
    ),
    "content-encoding-refused": (
        {"body": {"parse": "gunzip"}},
        {"body": {"parse": True}},
        'Keep parse="gunzip".',
    ),
}


@pytest.mark.parametrize("rule", OPTIONS)
def test_no_version_is_advised_for_what_all_versions_share(rule):
    before, after, advice = OPTIONS[rule]

    def made(options: Any) -> Any:
        return versioned({PUBLIC: {"validate": {"body": s.buffer()}}}, options=options)

    route = "add another route with this change, for all versions share it."
    assert advice_of(made(before), made(after))[rule] == f"{advice} If it has to be so, {route}"


def test_login_belongs_to_the_route_and_privileges_to_the_version():
    before = versioned(ONE, security={"authc": OFF, "authz": OFF})
    after = versioned(ONE, security={"authc": {"enabled": True}, "authz": {"required_privileges": ["a"]}})

    assert advice_of(before, after) == {
        "authentication-tightened": "Keep authc as it is. "
        "If it has to be so, add another route with this change, for all versions share it.",
        "authorization-tightened": "Ask for no more than before. "
        "If it has to be so, add version 2023-11-01 with this change, and keep 2023-10-31 as it is.",
    }


@pytest.mark.parametrize(
    ("access", "today", "versions"),
    [
        ("internal", None, "1 as it is, and 2 with this change"),
        ("public", None, "the first as it is, and a newer one with this change"),
        ("public", datetime.date(2026, 11, 22), "the first as it is, and 2026-11-22 with this change"),
    ],
)
def test_a_plain_route_is_to_get_versions(access, today, versions):
    before = plain(access=access, validate={"body": s.object({})})
    after = plain(access=access, validate={"body": s.object({"a": s.string()})})

    assert advice_of(before, after, today=today) == {
        "required-property-added": "Wrap it in maybe(...) or give it a default. "
        f"If it has to be so, give the route versions: {versions}."
    }


def test_a_path_that_takes_less_is_kept_as_it_is():
    advice = "Keep {id*}. If it has to be so, add another route with this change."

    assert advice_of(plain("/a/{id*}"), plain("/a/{id}")) == {
        "path-rest-narrowed": advice,
        "path-segment-required": advice,
    }


NEWEST = {"version_resolution": "newest"}
OLDER = {"2020-01-01": {"validate": False}, **ONE}
DEFAULTS: dict[str, tuple[Any, Any, str]] = {
    "an older version": (
        versioned(ONE),
        versioned(OLDER),
        "Keep 2023-10-31 the default: add no version that is older than 2023-10-31.",
    ),
    "newest": (
        versioned(TWO),
        versioned(TWO, **NEWEST),
        'Keep 2023-10-31 the default: version_resolution="oldest".',
    ),
    "oldest": (
        versioned(TWO, **NEWEST),
        versioned(TWO),
        'Keep 2024-01-01 the default: version_resolution="newest".',
    ),
    "none": (
        versioned(TWO),
        versioned(TWO, version_resolution="none"),
        'Keep a default: version_resolution="oldest".',
    ),
    "internal": (
        versioned({"1": {"validate": False}}, access="internal"),
        versioned({"2": {"validate": False}}, access="internal"),
        "Keep a default: do not remove version 1.",
    ),
}


@pytest.mark.parametrize(("before", "after", "advice"), DEFAULTS.values(), ids=list(DEFAULTS))
def test_a_default_version_can_be_kept(before, after, advice):
    found = advice_of(before, after)

    assert advice in (found.get("default-version-changed"), found.get("default-version-removed"))


def test_what_a_moved_default_breaks_is_told_of_those_who_ask_for_no_version():
    changes = diff.compare(versioned(ONE), versioned({**ONE, "2020-01-01": NEEDED}))

    (change,) = [change for change in changes if change.level == ERR]
    assert ("part-required", "", ("body",)) == (change.rule, change.version, change.path)
    assert change.message.endswith(", for clients that ask for no version")
    assert change.advice.startswith("Keep 2023-10-31 the default: ")


@pytest.mark.parametrize(("before", "after", "_"), ROUTES.values(), ids=list(ROUTES))
def test_each_change_of_a_route_says_why_it_matters(before, after, _):
    assert all(change.message for change in diff.compare(before, after))
