"""Every recorded row of COMPATIBILITY.md: its verdict and level under the profile kibana."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kbn_schema import diff, schema
from tests.diff.routers import PUBLIC, answers, in_answer, in_request, plain, requests, versioned, worst

ROWS = {
    row["id"]: row
    for row in json.loads(Path(__file__).with_name("compat_cases.json").read_text(encoding="utf-8"))["rules"]
}
VERDICTS = {"ERR": "breaking", "WARN": "warning", "INFO": "compatible"}
OPTIONS = {"defaultValue": "default"}


def fn(value: Any) -> None:
    """Accept anything."""


def f1(value: Any) -> str | None:
    return None if value else "must not be empty"


def f2(value: Any) -> str | None:
    return None if value != "x" else "must not be x"


def snake(name: str) -> str:
    return OPTIONS.get(name) or re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def kibana(name: str) -> Any:
    """A combinator that takes its options in a last dict, or the unknown-key mode as a last word."""

    def build(*arguments: Any) -> Any:
        given = list(arguments)
        needed = {"object": 1, "arrayOf": 1, "recordOf": 2, "oneOf": 1, "discriminatedUnion": 2}.get(name, 0)
        needed = 4 if name == "conditional" else needed
        needed = 1 if name in ("literal", "maybe", "nullable") else needed
        options = given[needed:]
        named: dict[str, Any] = {}
        for option in options:
            named |= {"unknowns": option} if isinstance(option, str) else option
        meta = named.pop("meta", {})
        return getattr(schema, snake(name))(
            *given[:needed], **{snake(key): value for key, value in named.items()}, **meta
        )

    return build


def variant(name: str) -> Any:
    return schema.object({"type": schema.literal(name), name: schema.string()})


NAMES: dict[str, Any] = {
    name: kibana(name)
    for name in [
        "any",
        "arrayOf",
        "boolean",
        "byteSize",
        "conditional",
        "discriminatedUnion",
        "ip",
        "literal",
        "maybe",
        "never",
        "nullable",
        "number",
        "object",
        "oneOf",
        "recordOf",
        "string",
        "uri",
    ]
}
NAMES |= {
    "fn": fn,
    "f1": f1,
    "f2": f2,
    "ref": schema.context_ref("kind"),
    "allow": "allow",
    "ignore": "ignore",
    "forbid": "forbid",
    "true": True,
    "A": variant("a"),
    "B": variant("b"),
    "C": variant("c"),
}
# What the rows leave to the reader.
REST = {
    "object({...})": 'object({"k": string()})',
    "object(..., ": 'object({"k": string()}, ',
    "conditional(..., ": 'conditional(ref, "n", ',
    "exhaustive enum [a,b,c]": 'oneOf([literal("a"), literal("b"), literal("c")])',
    "exhaustive enum [a,b]": 'oneOf([literal("a"), literal("b")])',
    " with type already a required literal on both": "",
}


def build(text: str) -> Any:
    """The schema that a row spells in Kibana's notation."""
    for given, meant in REST.items():
        text = text.replace(given, meant)
    text = re.sub(r" \((query|body)\)$", "", text).removeprefix("x: ")
    return eval(re.sub(r"(\w+): ", r'"\1": ', text), {"__builtins__": {}}, NAMES)


CATCH_ALL = schema.object({"type": schema.string(), "name": schema.maybe(schema.string())})
AUTHZ = {"authz": {"required_privileges": ["a"]}}
AUTHZ_TWO = {"authz": {"required_privileges": ["a", "b"]}}
ID = {"params": schema.object({"id": schema.string()})}
MAYBE_ID = {"params": schema.object({"id": schema.maybe(schema.string())})}
BODY = {"body": schema.object({})}
PAGE = schema.object({"page": schema.number()})
MAYBE_PAGE = schema.object({"page": schema.maybe(schema.number())}, unknowns="forbid")


def accepting(*types: str) -> Any:
    return plain(validate={"body": schema.string()}, options={"body": {"accepts": list(types)}})


def limited(limit: int) -> Any:
    return plain(validate=BODY, options={"body": {"max_bytes": limit}})


def version(validate: Any = False, name: str = PUBLIC, **options: Any) -> Any:
    return {name: {"validate": validate, **options}}


# Rows that are about routes, or say in words what is meant.
BY_HAND: dict[str, tuple[Any, Any]] = {
    "C002": (plain("/api/foo", "get"), plain("/api/bar", "get")),
    "C004": (versioned(version() | version(name="2024-10-31")), versioned(version(name="2024-10-31"))),
    "C006": (plain(), plain(deprecated=True)),
    "C008": (
        plain("/foo/{id?}", "get", MAYBE_ID),
        plain("/foo/{id}", "get", MAYBE_ID),
    ),
    "C009": (accepting("application/json"), accepting("application/json", "text/plain")),
    "C010": (accepting("application/json", "text/plain"), accepting("application/json")),
    "C011": (limited(10 * 2**20), limited(2**20)),
    "C012": (
        versioned(version({"request": {}, "response": {200: {"body": CATCH_ALL}}})),
        versioned(version({"request": {}, "response": {200: {"body": CATCH_ALL}, 404: {"body": CATCH_ALL}}})),
    ),
    "C014": (
        answers(schema.any(), body_content_type="application/json"),
        answers(schema.any(), body_content_type="application/x-ndjson"),
    ),
    "C089": (
        requests(body=schema.discriminated_union("type", [variant("a"), CATCH_ALL])),
        requests(body=schema.discriminated_union("type", [variant("a")])),
    ),
    "C127": (requests(body=schema.string(id="foo")), requests(body=schema.string(id="bar"))),
    "C128": (
        requests(body=schema.string(title="a", description="a", examples=["a"])),
        requests(body=schema.string(title="b", description="b", examples=["b"])),
    ),
    "C135": (requests(query=schema.object({})), requests(query=PAGE)),
    "C136": (requests(query=MAYBE_PAGE), requests(query=schema.object({}, unknowns="forbid"))),
    "C138": (plain(), plain(options={"xsrf_required": True})),
    "C139": (requests(), requests(headers=schema.object({"x-tenant": schema.string()}))),
    "C140": (
        answers(schema.any(), headers=schema.object({"x-total": schema.integer()})),
        answers(schema.any(), headers=schema.object({})),
    ),
    "C141": (plain(security=AUTHZ), plain(security=AUTHZ_TWO)),
    "C142": (plain(security=AUTHZ_TWO), plain(security=AUTHZ)),
}


def found(row: dict[str, Any]) -> Any:
    if row["id"] in BY_HAND:
        return diff.compare(*BY_HAND[row["id"]])
    before, after = build(row["before"]), build(row["after"])
    if row["direction"] == "response":
        return in_answer(before, after)
    if "(query)" in row["before"]:
        return in_request(schema.object({"a": before}), schema.object({"a": after}), "query")
    return in_request(before, after)


def test_all_rows_are_here():
    assert len(ROWS) == 85


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_has_the_verdict_and_the_level_of_the_row(row):
    changes = found(row)

    assert changes
    assert (row["level"], row["verdict"]) == (worst(changes), VERDICTS[worst(changes)])
