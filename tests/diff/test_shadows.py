"""Which requests a new route takes from an old one, and what that means for them."""

import itertools
from typing import Any

import pytest

from kbn_schema import SchemaDefinitionError, diff
from kbn_schema import schema as s
from kbn_schema.contract import Contract, RouteTerm
from kbn_schema.diff.shadows import shadows
from kbn_schema.http.paths import PathTable, parse_template
from tests.diff.routers import plain, versioned

SEGMENTS = ("a", "{x}", "{x?}", "{x*}")
TEMPLATES = [
    *(f"/{last}" for last in SEGMENTS),
    *(f"/{first}/{last}" for first in ("a", "{w}") for last in (*SEGMENTS, "b")),
    "/a/{v}/b",
    "/{w}/b/{x?}",
    "/a/b/{x*}",
]
PATHS = ["/" + "/".join(parts) for length in (1, 2, 3) for parts in itertools.product("abc", repeat=length)]
PATHS += [f"{path}/" for path in PATHS]


def served(templates: Any) -> dict[str, str] | None:
    """The template that takes each path; None where the templates cannot stand side by side."""
    table: PathTable[str] = PathTable()
    try:
        for template in templates:
            table.add("GET", parse_template(template, "it"), template, "it")
    except SchemaDefinitionError:
        return None
    found = {path: next(iter(table.find(path)), None) for path in PATHS}
    return {path: match.route for path, match in found.items() if match is not None}


def route(path: str, method: str = "GET") -> RouteTerm:
    return RouteTerm(method, path, "public", {})


@pytest.mark.parametrize("added", TEMPLATES)
def test_what_is_told_is_what_the_table_of_paths_does(added):
    for before in itertools.combinations(TEMPLATES, 2):
        was, now = served(before), served([*before, added])
        if was is None or now is None:
            continue
        kept = [(route(path), route(path)) for path in before]

        told = {(shadow.old.path, shadow.new.path) for shadow in shadows(kept, [], [route(added)])}

        assert told == {(was[path], now[path]) for path in was if was[path] != now[path]}, before


def test_a_route_of_another_method_takes_nothing():
    kept = [(route("/a/{x}"), route("/a/{x}"))]

    assert not list(shadows(kept, [], [route("/a/b", "POST")]))


def test_many_new_routes_are_looked_up_and_not_tried_one_by_one():
    """A second is enough for what would be a hundred million pairs."""
    were = [route(f"/a/{number}/{{x}}") for number in range(10_000)]
    kept = list(zip(were, were, strict=True))
    came = [route(f"/a/{number}/b") for number in range(10_000)]

    assert len(list(shadows(kept, [], came))) == 10_000


def both(*contracts: Contract) -> Contract:
    routes = (one for made in contracts for one in made.routes)
    return Contract(tuple(sorted(routes, key=lambda one: (one.path, one.method))))


def get(path: str, **parts: Any) -> Contract:
    return plain(path, "get", validate=parts or False, access="public")


def params(**props: Any) -> dict[str, Any]:
    return {"params": s.object(props)}


BOOK = get("/books/{id}", **params(id=s.string()))
NEEDED = {"query": s.object({"must": s.string()})}
REST = get("/files/{rest*}")
ONE = "/files/{one}"
DATES = ("2024-01-01", "2025-01-01")
TWO = versioned({date: {"validate": False} for date in DATES}, "/books/{id}", "get")
# What was there, the route that is new, and what is said of it beside that it is new.
CASES = {
    "a literal that requires more": (
        BOOK,
        get("/books/new", **NEEDED),
        {"route-shadowed": "WARN", "part-required": "ERR"},
    ),
    "a literal that takes the same": (BOOK, get("/books/new"), {"route-shadowed": "WARN"}),
    "a literal that was refused": (
        get("/books/{id}", **params(id=s.uuid())),
        get("/books/new", **NEEDED),
        {},
    ),
    "a literal in a rest that was refused": (
        get("/files/{rest*}", **params(rest=s.string(max_length=3))),
        get("/files/a/b/c", **NEEDED),
        {},
    ),
    "a parameter that takes less than a rest": (
        REST,
        get(ONE, **params(one=s.integer())),
        {"route-shadowed": "WARN", "type-narrowed": "ERR"},
    ),
    "a parameter that takes what a rest took": (
        get("/files/{rest*}", **params(rest=s.maybe(s.string(max_length=9)))),
        get(ONE, **params(one=s.string(max_length=9))),
        {"route-shadowed": "WARN"},
    ),
    "another parameter before the literal": (
        get("/a/{x}/{y}", **params(x=s.integer(), y=s.string())),
        get("/a/{z}/new", **params(z=s.integer())),
        {"route-shadowed": "WARN"},
    ),
    "another parameter that takes less": (
        get("/a/{x}/{y}", **params(x=s.integer(), y=s.string())),
        get("/a/{z}/new", **params(z=s.integer(max=9))),
        {"route-shadowed": "WARN", "bound-tightened": "ERR"},
    ),
    "a route without the versions that were asked for": (
        TWO,
        versioned({DATES[0]: {"validate": False}}, "/books/new", "get"),
        {"route-shadowed": "WARN", "version-removed": "ERR"},
    ),
    "a route that is not public": (
        BOOK,
        plain("/books/new", "get", access="internal"),
        {"route-shadowed": "WARN", "access-restricted": "ERR"},
    ),
    "a route beside it": (BOOK, get("/book/new", **NEEDED), {}),
}


@pytest.mark.parametrize(("before", "added", "expected"), CASES.values(), ids=list(CASES))
def test_what_is_said_of_a_new_route(before, added, expected):
    found = {change.rule: change.level for change in diff.compare(before, both(before, added))}

    assert found == {"route-added": "INFO"} | expected


def test_answers_count_where_a_parameter_took_the_place_of_a_rest_and_not_where_a_name_did():
    """Nobody knows whether there was a thing of that name to be answered with."""

    def answering(path: str, body: Any) -> Contract:
        return plain(path, "get", validate={"request": {}, "response": {200: {"body": body}}})

    old = answering("/a/{rest*}", s.string())

    found = [diff.compare(old, both(old, answering(path, s.integer()))) for path in ("/a/b", "/a/{one}")]

    assert [[change.rule for change in changes if change.level == "ERR"] for changes in found] == [
        [],
        ["type-changed"],
    ]


def test_a_segment_that_may_be_left_out_now_takes_from_a_rest():
    files = get("/files/{rest*}")
    before, after = (
        both(files, get(path, **params(a=s.string(), b=s.maybe(s.string()))))
        for path in ("/files/{a}/{b}", "/files/{a}/{b?}")
    )

    found = {(change.rule, change.level) for change in diff.compare(before, after)}

    assert found == {("path-segment-optional", "INFO"), ("route-shadowed", "WARN")}


def test_the_advice_is_another_path():
    changes = diff.compare(BOOK, both(BOOK, get("/books/new", **NEEDED)))

    assert {change.advice for change in changes if change.level != "INFO"} == {
        "Give it a path that GET /books/{id} does not take."
    }
