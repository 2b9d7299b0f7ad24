"""What is called compatible in a query, a path or headers refuses no text that was accepted."""

from typing import Any
from urllib.parse import quote

import pytest

from kbn_schema import contract, diff, schema
from kbn_schema.http import Router, TestClient
from tests.diff.mutants import LEAVES
from tests.diff.routers import handle, worst

# JSON text of a list is left out: `array_of` reads it, and so a text that was one may be refused.
TEXTS = (
    "",
    "a",
    "ab",
    "abcd",
    "true",
    "TRUE",
    " false ",
    "0",
    "1",
    "-1",
    "1.5",
    "1e2",
    "5",
    "99999999999999999999",
    "10mb",
    "1m",
    "null",
    "{}",
    '{"a":1}',
    '{"b":"x"}',
    "00000000-0000-0000-0000-000000000000",
    "1970-01-01",
    "::1",
)
KINDS = [
    *LEAVES,
    schema.array_of(schema.string()),
    schema.array_of(schema.string(), min_size=2),
    schema.array_of(schema.boolean(), max_size=1),
    schema.one_of(schema.string(), schema.array_of(schema.string())),
    schema.one_of(schema.array_of(schema.number()), schema.literal("all")),
    schema.one_of(schema.array_of(schema.number()), schema.literal(None)),
    schema.one_of(schema.array_of(schema.number()), schema.array_of(schema.boolean())),
    schema.one_of(schema.object({"a": schema.number()}), schema.array_of(schema.number())),
    schema.lazy(lambda: schema.array_of(schema.number())),
    schema.maybe(schema.array_of(schema.number())),
    schema.one_of(schema.number(), schema.boolean()),
    schema.one_of(schema.number(), schema.string()),
    schema.enum(["1", "a", "true"]),
    schema.enum([1, 2]),
    schema.nullable(schema.number()),
    schema.maybe(schema.string(min_length=2)),
    schema.boolean(default=True),
    schema.date(),
    schema.ip(),
]
LISTS = ("all", "1, 2", "a,b", "a, 1", ",", " ", '"a, b"', "[1,2]", "true, false")
NUMBERED = schema.object({"a": schema.maybe(schema.number())})
WHOLE = [
    NUMBERED,
    schema.maybe(NUMBERED),
    schema.nullable(NUMBERED),
    schema.lazy(lambda: NUMBERED),
    schema.one_of(NUMBERED),
    schema.one_of(NUMBERED, schema.literal(None)),
    schema.one_of(NUMBERED, schema.object({"b": schema.string()})),
    schema.one_of(NUMBERED, schema.object({"b": schema.maybe(schema.string())})),
    schema.one_of(NUMBERED, schema.string()),
    schema.conditional(schema.context_ref("x"), 1, NUMBERED, NUMBERED),
    schema.object({"A": schema.number()}),
    schema.object({"a": schema.string()}),
    schema.object({"A": schema.maybe(schema.string(max_length=2))}),
    schema.object({"b": schema.maybe(schema.string(max_length=2))}),
    schema.record_of(schema.string(), schema.string()),
    schema.record_of(schema.string(), schema.number()),
    schema.any(),
]
HEADERS: list[dict[str, str]] = [{}, *({"a": text} for text in ("1", "b", "abc")), {"b": "abc"}]
HEADERS += [{**headers, "user-agent": "x"} for headers in HEADERS]
QUERIES = ["", *(f"?a={quote(text)}" for text in TEXTS), *(f"?a={quote(text)}&a=1" for text in TEXTS[:8])]
FORMS = {
    "query": ("/{}", lambda kind: {"query": schema.object({"a": kind})}, QUERIES),
    "headers": (
        "/{}",
        lambda kind: {"headers": schema.object({"a": kind})},
        [{}, *({"a": text} for text in (*TEXTS, *LISTS))],
    ),
    "params": (
        "/{}/{{a}}",
        lambda kind: {"params": schema.object({"a": kind})},
        [f"/{quote(text, safe='')}" for text in TEXTS if text],
    ),
}


@pytest.mark.parametrize("part", list(FORMS))
def test_no_text_that_was_accepted_is_refused(part):
    path, validate, targets = FORMS[part]
    router = Router()
    for index, kind in enumerate(KINDS):
        router.get(path.format(index), validate=validate(kind))(handle)
    client = TestClient(router)
    fits = [[got(client, i, target) == 200 for target in targets] for i in range(len(KINDS))]
    one = contract.of(router)
    endpoints = {int(route.path.split("/")[1]): route.versions[""] for route in one.routes}
    compatible = 0

    for old in range(len(KINDS)):
        for new in range(len(KINDS)):
            changes: Any = diff.compare_endpoints(endpoints[old], endpoints[new], one, one)
            if worst(changes) != "ERR":
                compatible += 1
                refused = [
                    target
                    for target, was, now in zip(targets, fits[old], fits[new], strict=True)
                    if was and not now
                ]

                assert not refused, (KINDS[old], KINDS[new], changes)
    assert compatible > 3 * len(KINDS)


def got(client: TestClient, place: int, target: Any) -> int:
    """The status of a request with what follows the path, or with headers."""
    if isinstance(target, str):
        return client.get(f"/{place}{target}").status
    return client.get(f"/{place}", headers=target).status


@pytest.mark.parametrize("before", range(len(WHOLE)))
def test_no_headers_that_were_accepted_are_refused(before):
    router = Router()
    for index, kind in enumerate(WHOLE):
        router.get(f"/{index}", validate={"headers": kind})(handle)
    client, one = TestClient(router), contract.of(router)
    endpoints = {int(route.path[1:]): route.versions[""] for route in one.routes}
    for after in range(len(WHOLE)):
        changes = diff.compare_endpoints(endpoints[before], endpoints[after], one, one)
        if worst(changes) == "ERR":
            assert before != after
            continue
        # A header that nobody declared is sent by nobody who keeps to the contract.
        added = {str(change.path[-1]).lower() for change in changes if change.rule == "property-added"}
        for sent in HEADERS:
            if not added.isdisjoint(sent):
                continue

            assert got(client, before, sent) != 200 or got(client, after, sent) == 200, (changes, sent)


def test_an_optional_header_may_be_added():
    """Headers that are not declared are let through; but nobody who keeps to the contract sends them."""

    def made(**headers: Any) -> Any:
        router = Router()
        router.get("/", validate={"headers": schema.object(headers)})(handle)
        return contract.of(router)

    optional = diff.compare(made(), made(**{"x-a": schema.maybe(schema.number())}))
    required = diff.compare(made(), made(**{"x-a": schema.number()}))

    assert [("property-added", "INFO")] == [(change.rule, change.level) for change in optional]
    assert [("required-property-added", "ERR")] == [(change.rule, change.level) for change in required]
