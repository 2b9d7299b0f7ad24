"""Requests that are drawn are served: what fits a schema is sent so that the handler gets it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, Unsatisfiable

from kbn_schema import schema as s
from kbn_schema.http import Router, TestClient, UploadedFile
from kbn_schema.http.function_rule import Accepted
from kbn_schema.testing.generated import GeneratedRequest
from kbn_schema.testing.requests import requests_for
from tests.testing.sample_routes import SAMPLES, Sample, echo

few = settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def drawn(router: Router, count: int = 10, **options: Any) -> list[GeneratedRequest]:
    """Some requests, the same in each run."""
    found: list[GeneratedRequest] = []

    @settings(few, max_examples=count, derandomize=True)
    @given(requests_for(router, **options))
    def collect(request: GeneratedRequest) -> None:
        found.append(request)

    collect()
    return found


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_every_request_is_served_by_the_route_it_was_made_for(sample: Sample) -> None:
    router = sample.router()
    [route] = router.routes

    @few
    @given(requests_for(router))
    def is_served(request: GeneratedRequest) -> None:
        answer = request.send(TestClient(router))

        assert (200, route) == (answer.status, request.route)

    is_served()


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_what_is_shown_and_what_it_is_made_of_are_the_same_request(sample: Sample) -> None:
    sent: list[Any] = []
    router = sample.router()
    known = {"GeneratedRequest": GeneratedRequest, "client": TestClient(router)}

    @router.on_request
    def keep(request: Any, response: Any) -> None:
        sent.append((request.method, request.path, request.headers))

    for request in drawn(router, 4):
        answers = [
            request.send(TestClient(router)).body,
            eval(repr(request), known).send(TestClient(router)).body,
            eval(request.call, known).body,
            router.handle(request.parts).body,
        ]

        assert answers[:1] * 4 == answers
        assert sent[:1] * 4 == sent
        sent.clear()


def test_each_value_that_was_drawn_is_told() -> None:
    node = s.object({"n": s.integer(min=3, max=3)})
    body = s.object({"a": s.literal("x")})
    validate = {"params": node, "query": node, "headers": node, "body": body}
    router = Sample("", "post", "/{n}", validate).router()

    values = [request.values for request in drawn(router)]

    assert {"params": {"n": 3}, "query": {"n": 3}, "headers": {"n": 3}, "body": {"a": "x"}} in values


def test_handlers_get_what_was_drawn() -> None:
    got: list[Any] = []

    def keep(context: Any, request: Any, response: Any) -> Any:
        got.append(request)
        return response.ok()

    text, texts = s.string(), s.array_of(s.string())
    schemas: Any = {
        "params": s.object({"text": text, "rest": s.maybe(text)}),
        "query": s.object({"text": text, "texts": texts}),
        "headers": s.object({"text": text, "texts": texts}),
        "body": s.object({"text": text, "texts": texts}),
    }
    router = Router()
    router.post(
        "/{text}/{rest*}",
        validate=schemas,
        options={"body": {"accepts": "application/x-www-form-urlencoded"}},
    )(keep)

    for request in drawn(router, 40):
        request.send(TestClient(router))

        for part, schema in schemas.items():
            assert schema.validate(request.values[part]) == getattr(got[-1], part)


def test_files_arrive_as_they_were_drawn() -> None:
    got: list[Any] = []

    def keep(context: Any, request: Any, response: Any) -> Any:
        got.append(request.body["file"])
        return response.ok()

    validate = {"body": s.object({"file": s.stream()})}
    options = {"body": {"accepts": "multipart/form-data"}}
    router = Sample("", "post", "/", validate, options).router(keep)

    for request in drawn(router):
        request.send(TestClient(router))
        file = request.values["body"]["file"]

        assert isinstance(file, UploadedFile)
        assert (file, file.filename) == (got[-1], got[-1].filename)


def versions() -> Router:
    router = Router("/base", version_resolution="none")
    route = router.versioned.get("/v/{id}", access="public")
    for version, least in (("2024-01-01", 0), ("2025-01-01", 10)):
        params = s.object({"id": s.integer(min=least, max=least + 9)})
        route.add_version(version, validate={"params": params}, handler=echo)
    router.put("/v/{id}", validate=False)(echo)
    router.get("/v/special", validate=False)(echo)
    return router


def test_each_version_of_each_route_is_asked_for() -> None:
    router = versions()
    found = drawn(router, 40)

    assert {200} == {request.send(TestClient(router)).status for request in found}
    assert set(router.routes) == {request.route for request in found}
    assert {None, "2024-01-01", "2025-01-01"} == {
        request.headers.get("elastic-api-version") for request in found
    }


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({"path": "/base/v/{id}"}, 3),
        ({"path": "/base/v/{id}", "method": "get"}, 2),
        ({"version": "2025-01-01"}, 1),
        ({"method": "PUT"}, 1),
        ({"path": "/base/v/special", "version": None}, 1),
    ],
)
def test_only_some_routes_may_be_asked_for(options: dict[str, Any], count: int) -> None:
    found = drawn(versions(), 40, **options)

    assert count == len({request.route for request in found})


def test_headers_are_given_to_each_request() -> None:
    found = drawn(versions(), headers={"Authorization": "Bearer x"})

    assert {"Bearer x"} == {request.headers["authorization"] for request in found}


def test_a_route_that_wants_xsrf_gets_its_header() -> None:
    [sample] = [one for one in SAMPLES if one.name == "xsrf"]

    assert {"true"} == {request.headers["kbn-xsrf"] for request in drawn(sample.router())}


def test_a_text_that_leads_to_another_route_is_not_sent() -> None:
    router = Router()
    router.get("/{name}", validate={"params": s.object({"name": s.enum(["me", "you"])})})(echo)
    router.get("/me", validate=False)(echo)

    assert {"/you"} == {request.url for request in drawn(router, path="/{name}")}


def test_texts_of_a_path_are_never_empty_nor_dots() -> None:
    router = Sample(
        "", "get", "/{a}", {"params": s.object({"a": s.enum(["", ".", "..", "a/..", "b"])})}
    ).router()

    assert {"/b"} == {request.url for request in drawn(router)}


@pytest.mark.parametrize(
    ("url", "texts"),
    [("/x?a=%5B%5D", []), ("/x?a=1", ["1"]), ("/x?a=1&a=2", ["1", "2"]), ("/x?a=%5B%22%5B%5D%22%5D", ["[]"])],
)
def test_lists_are_written_so_that_they_are_read(url: str, texts: list[str]) -> None:
    node = s.array_of(s.string())
    router = Sample("", "get", "/x", {"query": s.object({"a": node})}).router()

    assert {url} == {request.url for request in drawn(router, using={node: st.just(texts)})}


def test_a_list_of_what_no_text_is_is_json() -> None:
    validate = {"query": s.object({"a": s.array_of(s.literal(True), min_size=2, max_size=2)})}

    assert {"/x?a=%5Btrue%2Ctrue%5D"} == {
        request.url.replace("%20", "") for request in drawn(Sample("", "get", "/x", validate).router())
    }


def test_a_request_shrinks_to_the_plainest() -> None:
    validate = {"query": s.object({"a": s.maybe(s.string()), "b": s.integer(min=0)}), "body": s.object({})}
    router = Sample("", "post", "/{id}/{rest*}", validate).router()

    # What it would explain takes longer than all else.
    plain = settings(few, phases=[Phase.generate, Phase.shrink])
    smallest = find(requests_for(router), lambda request: True, settings=plain)

    assert "GeneratedRequest('POST', '/0?b=0', json={})" == repr(smallest)


def test_values_may_be_given_for_a_schema_an_id_and_a_function() -> None:
    def even(value: Any) -> Accepted:
        return Accepted({"even": int(value["n"]) % 2 == 0})

    name = s.string()
    validate = {
        "params": s.object({"name": name, "other": s.string(id="other")}),
        "query": even,
        "body": s.object({"n": s.integer()}, id="body"),
        "headers": s.object({"n": s.integer()}),
    }
    using: dict[Any, Any] = {
        name: st.just("a"),
        "other": st.just("b"),
        even: st.just({"n": 4}),
        "body": st.just({"n": 5}),
        validate["headers"]: st.just({"n": 6}),
    }
    router = Sample("", "post", "/{name}/{other}", validate).router()

    shown = {repr(request) for request in drawn(router, using=using)}

    assert {"GeneratedRequest('POST', '/a/b?n=4', headers={'n': '6'}, json={'n': 5})"} == shown


def test_params_may_be_given_whole() -> None:
    params = s.object({"a": s.integer()})
    router = Sample("", "get", "/{a}", {"params": params}).router()

    assert {"/7"} == {request.url for request in drawn(router, using={params: st.just({"a": 7})})}


def test_what_a_function_refuses_is_sent_all_the_same() -> None:
    def refuse(value: Any, bad_request: Any) -> Any:
        return bad_request("never")

    router = Sample("", "post", "/", {"query": s.object({"n": s.integer()}), "body": refuse}).router()

    assert {400} == {request.send(TestClient(router)).status for request in drawn(router)}


IMPOSSIBLE = [
    ("params", "get", "/{a}", {"params": s.object({"a": s.never()})}),
    ("params", "get", "/{a}", {"params": s.object({"a": s.maybe(s.literal(5))})}),
    ("params", "get", "/{a}", {"params": s.object({"a": s.string(max_length=0)})}),
    ("params", "get", "/{a}", {"params": s.record_of(s.string(), s.literal(5))}),
    ("query", "get", "/", {"query": s.object({"a": s.literal(None)})}),
    ("query", "get", "/", {"query": s.object({"a": s.buffer()})}),
    ("query", "get", "/", {"query": s.object({"a": s.array_of(s.stream())})}),
    ("query", "get", "/", {"query": s.object({"a": s.enum([1, 2])})}),
    ("query", "get", "/", {"query": s.object({"a": s.one_of(s.literal(1), s.literal(2))})}),
    ("query", "get", "/", {"query": s.one_of(s.object({"a": s.literal(1)}), s.object({"b": s.literal(2)}))}),
    ("headers", "get", "/", {"headers": s.record_of(s.string(), s.literal(1))}),
    ("body", "post", "/", {"body": s.object({"a": s.one_of([s.never()])})}),
]


@pytest.mark.parametrize(("part", "method", "path", "validate"), IMPOSSIBLE)
def test_a_route_that_nobody_can_call_is_named(part: str, method: str, path: str, validate: Any) -> None:
    router = Sample("", method, path, validate).router()

    with pytest.raises(Unsatisfiable, match=rf"^nobody can call {method.upper()} {path}: .*\b{part}\b"):
        requests_for(router)


def test_a_router_without_routes_is_told() -> None:
    with pytest.raises(InvalidArgument, match="the router has no routes"):
        requests_for(Router())


def test_a_route_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(InvalidArgument) as error:
        requests_for(versions(), path="/v/{id}", method="get", version="1")

    assert (
        "there is no route [GET /v/{id}] of version 1; "
        "there are [GET /base/v/{id}], [PUT /base/v/{id}], [GET /base/v/special]"
    ) == str(error.value)


def test_a_version_that_is_not_there_is_told() -> None:
    with pytest.raises(InvalidArgument, match=r"^there is no route of version 1; there are \["):
        requests_for(versions(), version="1")


@pytest.mark.parametrize("headers", [5, ["x-a"], {"x-a": 5}, {5: "x-a"}])
def test_headers_must_be_texts(headers: Any) -> None:
    with pytest.raises(InvalidArgument, match="headers: expected texts, by the names of headers"):
        requests_for(versions(), headers=headers)


def test_only_a_router_has_routes() -> None:
    with pytest.raises(InvalidArgument, match=r"^expected a Router but got \[dict\]$"):
        requests_for({})  # type: ignore[arg-type]
