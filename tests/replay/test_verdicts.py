"""What replaying says of a request is what a server says that validates it."""

import json
from itertools import product

import pytest

from kbn_schema import SchemaDefinitionError, schema
from kbn_schema import schema as s
from kbn_schema.demo.application import make_router as make_demo
from kbn_schema.demo.steps import STORY
from kbn_schema.demo.store import Store
from kbn_schema.http import HttpError, RequestParts, Router
from kbn_schema.http.parts import RequestParts as Parts
from kbn_schema.replay import verdicts
from kbn_schema.replay.records import OF_BODIES, read_record
from kbn_schema.replay.verdicts import Finding, Judge
from tests.adapters.routes import make_router
from tests.conformance.http import test_validate, test_versions
from tests.examples import EXAMPLES
from tests.replay.recorded import JSON, answering, line, posted, recorded
from tests.replay.recorded import router as recorded_router

TYPES = [None, "application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]
BODIES = [
    None,
    b"",
    b'{"n": 1}',
    b'{"n": "x"}',
    b'{"a": 1, "a": 2}',
    b"[NaN]",
    b"a=1&tags=x",
    b"\xff",
    b"x" * 2000,
]
QUERIES = [b"", b"n=1&tags=a&tags=b", b"n=x", b"n=1&n=2", b"a=%zz", b"&".join([b"a=1"] * 1001)]
VALUES = ["1", "x", "%zz", "..", "a/b", ""]


def status_now(judge, raw):
    verdict = judge.verdict(read_record(raw, judge.wanted))
    return 200 if verdict.status is None else verdict.status


def served(router, parts):
    """The status that a server answers with; what it does of itself counts as taken."""
    status = answering(router).open(parts).answer(parts.body).status
    return 200 if status == 204 else status


def heads_of(router):
    """Requests of all sorts for each route of *router*."""
    for route in router.routes:
        path, brace, _ = route.path.partition("{")
        for value, query in product(VALUES if brace else [""], QUERIES):
            headers = [] if route.api_version is None else [("elastic-api-version", route.api_version)]
            yield RequestParts(route.method, path + value, query, headers)
        path += "1" if brace else ""
        for type, body in product(TYPES, BODIES):
            typed = [] if type is None else [("content-type", type)]
            length = [] if body is None else [("content-length", str(len(body)))]
            yield RequestParts(route.method, path, b"", [*headers, *typed, *length], body)
        for extra in HEADERS:
            yield RequestParts(route.method, path, b"", [*headers, *extra], b"1")
        for method in ("GET", "HEAD", "POST", "OPTIONS", "TRACE"):
            yield RequestParts(method, path, b"", [("elastic-api-version", "1")], None)


HEADERS = [
    [("content-type", "application/json; charset=utf-16")],
    [("content-type", "application/json"), ("content-type", "application/json")],
    [("content-type", "application/json, text/plain")],
    [("content-type", "application/json"), ("content-encoding", "gzip")],
    [("content-type", "application/json"), ("content-encoding", "br")],
    [("content-type", "application/json"), ("content-length", "99999999")],
    [("content-type", "application/json"), ("content-length", "one")],
    [("elastic-api-version", "2022-01-01")],
    [("elastic-api-version", "first")],
    [("x-one", "1"), ("x-one", "2"), ("x-many", "a,b")],
    [("if-match", '"1"')],
    [("kbn-xsrf", "true")],
]


@pytest.fixture
def demo():
    with Store() as store:
        yield make_demo(store)


@pytest.mark.parametrize("name", ["promises", "demo", "recorded"])
def test_the_verdict_is_what_a_server_says(demo, name):
    router = {"promises": make_router(), "demo": demo, "recorded": recorded_router}[name]
    judge = Judge(router)
    heads = list(heads_of(router))
    statuses = {status_now(judge, recorded(head)) for head in heads}

    assert [] == [head for head in heads if served(router, head) != status_now(judge, recorded(head))]
    assert {200, 400, 404, 405, 415} <= statuses


@pytest.fixture
def seen(monkeypatch):
    """Each request that a router was asked, with the router."""
    asked, original = [], Router.open

    def recording(self, head, *arguments):
        asked.append((self, head))
        return original(self, head, *arguments)

    monkeypatch.setattr(Router, "open", recording)
    return asked


def disagreements(seen):
    return [
        (head.method, head.path)
        for router, head in list(seen)
        if served(router, head) != status_now(Judge(router), recorded(head))
    ]


def test_the_verdict_on_every_case_of_kibana_is_what_a_server_says(seen):
    for id in test_validate.REQUESTS:
        test_validate.exchange(test_validate.CASES[id])
    for id in (id for id in test_versions.REQUESTS if test_versions.CASES[id]["route"]["versions"]):
        test_versions.served(id)

    assert len(seen) > 100
    assert [] == disagreements(seen)


def test_the_verdict_on_each_step_of_the_demo_is_what_a_server_says(demo, seen):
    for step in (step for chapter in STORY for step in chapter.steps):
        path, _, query = step.target.partition("?")
        demo.open(RequestParts(step.method, path, query.encode(), step.headers.items(), step.body))

    assert len(seen) > 10
    assert [] == disagreements(seen)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_body_that_is_recorded_as_a_value_is_judged_as_if_it_was_sent(example):
    router = Router()
    try:
        router.post("/x", validate={"body": example.schema})(lambda context, request, response: response.ok())
    except SchemaDefinitionError:
        pytest.skip("no schema for a body")
    judge = Judge(router)
    values = [value for value in example.values if is_json(value)]

    assert [] == [value for value in values if taken(router, value) != status_now(judge, sent(value))]


def is_json(value):
    if type(value) in (dict, list):
        inside = [*value.values(), *value.keys()] if type(value) is dict else value
        return all(map(is_json, inside))
    return type(value) in (str, int, bool) or (type(value) is float and abs(value) < 1e300)


def sent(value):
    # A text is the body itself.
    body = json.dumps(value) if type(value) is str else value
    return line("POST", "/x", 200, headers=JSON, body=body)


def taken(router, value):
    return served(router, RequestParts("POST", "/x", b"", JSON.items(), json.dumps(value).encode()))


@pytest.mark.parametrize(("length", "status"), [("2", 200), ("20", 200), ("21", 413), ("99", 413)])
def test_a_value_has_the_size_that_was_sent_and_not_that_of_its_spelling_here(length, status):
    router = Router(max_body_bytes=20)
    router.post("/x", validate={"body": s.any()})(lambda context, request, response: response.ok())
    headers = {**JSON, "content-length": length}

    assert status == status_now(Judge(router), line("POST", "/x", headers=headers, body=["short"]))
    assert status == status_now(Judge(router), line("POST", "/x", headers=headers, body=["x" * 99]))


def test_no_other_header_is_looked_at_than_those_that_are_read(monkeypatch):
    asked, original = set(), Parts.header

    def asking(self, name):
        asked.add(name)
        return original(self, name)

    router = make_router()
    heads = list(heads_of(router))
    judge = Judge(router)
    monkeypatch.setattr(Parts, "header", asking)
    for head in heads:
        judge._router.open(head).check(head.body)

    assert asked <= judge.wanted | OF_BODIES
    assert "content-type" in asked


def test_a_rule_that_sees_all_headers_gets_them():
    router = Router()
    router.get("/", validate={"headers": s.record_of(s.string(), s.string(max_length=3))})(lambda *_: None)

    assert 400 == status_now(Judge(router), line(path="/", headers={"x-any": "long"}))


def findings(raw, router=recorded_router):
    judge = Judge(router)
    return judge.verdict(read_record(raw, judge.wanted)).findings


def with_headers(**headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return line("POST", "/api/orders", headers=named, body={})


TYPED = "application/json; elastic-api-version"


def of_version(version):
    return line("PUT", "/api/parcels/1", headers={"elastic-api-version": version})


@pytest.mark.parametrize(
    ("raw", "path", "code"),
    [
        (posted({"user": {"name": "much too long"}}), "body.user.name", "max_length"),
        (posted({"user": {"name": "Ada"}, "tags": ["a", "long", "longer"]}), "body.tags.[]", "max_length"),
        (posted({"user": {"name": "Ada"}, "extra": {"secret": "x"}}), "body.extra.*", "type"),
        (posted({"user": {"name": "Ada"}, "secret": 1}), "body.*", "unknown_key"),
        (posted("{nonsense", 200), "body", "json"),
        (line(path="/api/orders/secret"), "params.id", "type"),
        (line(path="/api/orders/%zz"), "params", "malformed"),
        (line(path="/api/secret/orders"), "", "no_route"),
        (line("PATCH"), "", "no_method"),
        (line("POST", "/api/orders", headers={"content-type": "a/b"}, body="x"), "", "media_type"),
        (with_headers(content_length="9999999"), "", "too_large"),
        (with_headers(content_length="secret"), "headers.content-length", "malformed"),
        (with_headers(content_type=["a/b", "a/b"]), "headers.content-type", "malformed"),
        (line("POST", "/api/orders?a=%zz", body={"user": {"name": "Ada"}}), "query", "malformed"),
        (of_version("2020-01-01"), "headers.elastic-api-version", "no_version"),
        (of_version("secret"), "headers.elastic-api-version", "malformed"),
        (line("PUT", "/api/parcels/1?apiVersion=1"), "query.apiVersion", "not_enabled"),
        (
            line("PUT", "/api/parcels/1", headers={"content-type": f"{TYPED}=2020-01-01"}),
            "headers.content-type",
            "no_version",
        ),
        (
            line(
                "PUT",
                "/api/parcels/1",
                headers={"content-type": f"{TYPED}=2024-01-01", "elastic-api-version": "2025-01-01"},
            ),
            "headers.elastic-api-version",
            "contradiction",
        ),
        (line("PUT", "/api/parcels/1?a=%zz"), "query", "malformed"),
    ],
)  # fmt: skip
def test_a_refusal_says_where_and_why(raw, path, code):
    assert {Finding(path, code)} == findings(raw)


def test_a_missing_header_against_forgery_is_a_refusal():
    router = Router()
    router.post("/", validate=False, options={"xsrf_required": True})(lambda *_: None)

    assert {Finding("headers.kbn-xsrf", "required")} == findings(line("POST", "/"), router)
    assert not findings(line("POST", "/", headers={"KBN-XSRF": "1"}), router)


def test_a_refusal_that_there_is_no_word_for_is_an_error(monkeypatch):
    monkeypatch.setattr(verdicts, "_BEGINNINGS", {})

    assert {Finding("", "error")} == findings(line("PUT", "/api/parcels/1?a=%zz"))


@pytest.mark.parametrize(
    ("query", "path", "code"),
    [
        ("", "headers.elastic-api-version", "required"),
        ("?apiVersion=secret", "query.apiVersion", "malformed"),
        ("?apiVersion=2020-01-01", "query.apiVersion", "no_version"),
    ],
)
def test_a_version_in_the_query_is_told_apart_from_one_in_the_header(query, path, code):
    router = Router(version_resolution="none")
    versioned = router.versioned.get("/", access="public", enable_query_version=True)
    versioned.add_version("2024-01-01", validate=False)(lambda *_: None)

    assert {Finding(path, code)} == findings(line(path="/" + query), router)


def place(raw, router=recorded_router):
    judge = Judge(router)
    return tuple(judge.verdict(read_record(raw, judge.wanted)).place)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (line(), ("GET", "/api/orders/{id}", "")),
        (line("HEAD"), ("GET", "/api/orders/{id}", "")),
        (line("put", "/api/parcels/1", body={"weight": 1}), ("PUT", "/api/parcels/{id}", "2024-01-01")),
        (of_version("secret"), ("PUT", "/api/parcels/{id}", "*")),
        (line("PATCH", "/api/parcels/1"), ("PATCH", "/api/parcels/{id}", "")),
        (line("SECRET", "/api/parcels/1"), ("*", "/api/parcels/{id}", "")),
        (line(path="/api/secret/orders"), ("GET", "/api/*/orders", "")),
        (line(path="/a" * 99), ("GET", "/" + "*/" * 7 + "...", "")),
        (line(path="https://secret.example/api/orders/1"), ("GET", "/api/orders/{id}", "")),
    ],
)  # fmt: skip
def test_a_place_is_told_in_words_of_the_contract(raw, expected):
    assert expected == place(raw)


def test_what_a_rule_raises_is_what_a_server_makes_of_it():
    def busy(value):
        raise HttpError(status_code=503)

    def broken(value):
        return None

    router = Router()
    router.post("/busy", validate={"body": busy})(lambda *_: None)
    router.post("/broken", validate={"body": broken})(lambda *_: None)
    judge = Judge(router)

    assert (503, {Finding("", "rule")}) == status_and_findings(judge, line("POST", "/busy"))
    assert (500, {Finding("", "error")}) == status_and_findings(judge, line("POST", "/broken"))


def status_and_findings(judge, raw):
    verdict = judge.verdict(read_record(raw, judge.wanted))
    return verdict.status, verdict.findings


def test_the_mapper_of_an_author_is_not_called():
    def mapper(error, request, response):
        raise AssertionError("called")

    router = Router(on_validation_error=mapper)
    router.post("/", validate={"body": schema.number()})(lambda *_: None)
    judge = Judge(router)

    assert judge.verdict(read_record(line("POST", "/", body={}))).is_mapped
