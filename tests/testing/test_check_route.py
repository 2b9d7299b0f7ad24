"""A route is asked whether it keeps its word: honest ones pass, and each lie is found and shrunk."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.errors import FailedHealthCheck, FlakyFailure, InvalidArgument, Unsatisfiable

from kbn_schema import schema as s
from kbn_schema.demo.application import make_router
from kbn_schema.demo.schemas import import_line, read_import
from kbn_schema.demo.store import Store
from kbn_schema.http import HttpError, NotFound, Request, Router, TestClient
from kbn_schema.http.course import Course
from kbn_schema.testing import routes
from kbn_schema.testing.generated import GeneratedRequest
from kbn_schema.testing.making import InvalidGenerated
from kbn_schema.testing.routes import Checked, check_route, check_router
from kbn_schema.testing.strategies import from_schema
from kbn_schema.testing.values import Broken
from kbn_schema.testing.watching import Outcome
from tests.testing.sample_routes import SAMPLES, Sample

few = settings(
    max_examples=10, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
QUERY = s.object({"n": s.integer(min=0, max=1000)})


def answered(handler: Callable[..., Any], **block: Any) -> Router:
    """A router with one route, of which *block* says more than the query."""
    router = Router()
    request = {"query": QUERY, "body": s.object({"a": s.string()})}
    validate: Any = {"request": request, **block}
    router.post("/x", validate=validate)(handler)
    return router


def ok(context: Any, request: Any, response: Any) -> Any:
    return response.ok(body={"n": 1})


def fails(router: Router, path: str = "/x", **options: Any) -> str:
    with pytest.raises(AssertionError) as error:
        check_route(router, path, settings=settings(few, max_examples=50), **options)
    return str(error.value)


WITHOUT_FAULTS = {
    *("nothing", "empty path", "params without a rule", "an optional param without a rule"),
    *("a rest without a rule", "any params", "any fields", "any headers", "bytes", "bytes or none"),
    *("few bytes", "unparsed bytes", "lines", "a stream", "functions", "a rule with a method"),
    *("a rest", "an optional param", "open fields"),
}


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_honest_routes_pass(sample: Sample) -> None:
    checked = check_router(sample.router(), settings=few)

    assert {200} == set(checked.statuses)
    assert (sample.name in WITHOUT_FAULTS) == (checked.invalid == 0)


@pytest.fixture
def demo() -> Iterator[Router]:
    with Store() as store:
        yield make_router(store)


def test_every_route_of_the_demo_passes(demo: Router) -> None:
    checked = check_router(demo, settings=settings(few, max_examples=5))

    assert {"POST /api/import"} == set(checked.unreached)
    assert {400} == set(checked.undeclared)
    assert {200, 201, 302, 404} <= set(checked.statuses)


def test_values_that_are_given_reach_the_handler(demo: Router) -> None:
    lines = st.lists(from_schema(import_line), min_size=1, max_size=3, unique_by=lambda line: line["id"])
    using = {read_import: lines.map(lambda found: "\n".join(map(json.dumps, found)))}
    checked = check_route(demo, "/api/import", using=using, settings=few)

    assert () == checked.unreached
    assert 200 in checked.statuses


def test_what_was_asked_is_told() -> None:
    def find(context: Any, request: Any, response: Any) -> Any:
        if request.query["n"]:
            raise NotFound
        return response.ok()

    checked = check_route(answered(find, response={200: {}}), "/x", settings=few)

    assert 10 == checked.valid == sum(checked.statuses.values())
    assert {200, 404} == set(checked.statuses)
    assert {404: checked.statuses[404]} == checked.undeclared
    assert checked.invalid == 20


# --- lies about valid requests ---


def test_a_handler_that_fails_for_some_value_is_found() -> None:
    def divide(context: Any, request: Any, response: Any) -> Any:
        return response.ok(body=1000 / (request.query["n"] // 7))

    message = fails(answered(divide))

    assert message == (
        "POST /x: a valid request is answered 500\n"
        "    client = TestClient(router)\n"
        "    client.post('/x?n=0', json={'a': ''})\n"
        'answered: 500 {"statusCode":500,"error":"Internal Server Error",'
        '"message":"An internal server error occurred. Check the server logs for details."}\n'
        "expected: any status but 400 and 5xx: the request fits all that the route says\n"
        "it raised ZeroDivisionError: division by zero"
    )


def test_the_line_that_is_shown_does_the_same_again() -> None:
    def large(context: Any, request: Any, response: Any) -> Any:
        return response.ok() if request.query["n"] < 500 else response.custom_error(status_code=503, body="!")

    router = answered(large)
    [line] = re.findall(r"^    (client\.post.*)$", fails(router), re.MULTILINE)

    assert "client.post('/x?n=500', json={'a': ''})" == line
    assert 503 == eval(line, {"client": TestClient(router)}).status


def test_what_the_handler_raised_is_the_cause() -> None:
    def fail(context: Any, request: Any, response: Any) -> Any:
        raise KeyError("stock")

    with pytest.raises(AssertionError) as error:
        check_route(answered(fail), "/x", settings=few)

    assert isinstance(error.value.__cause__, KeyError)


def test_why_what_surrounds_a_handler_fails_is_told() -> None:
    """The router tells nobody but its log: what a hook or a context raises, or what is no answer."""

    def nothing(context: Any, request: Any, response: Any) -> Any:
        return None

    def unwritable(context: Any, request: Any, response: Any) -> Any:
        return response.ok(body=object())

    hooked = answered(ok)

    @hooked.on_pre_handler
    def hook(request: Any, response: Any, toolkit: Any) -> Any:
        raise LookupError("no session")

    assert "it raised ResponseError: expected the handler to return a response" in fails(answered(nothing))
    assert "it raised ResponseError: the body of the response cannot" in fails(answered(unwritable))
    assert "it raised LookupError: no session" in fails(hooked)
    assert "it raised KeyError: 'db'" in fails(answered(ok), context=lambda request: request.state["db"])


def test_a_failure_is_told_once_and_not_logged_for_each_try(caplog: pytest.LogCaptureFixture) -> None:
    def fail(context: Any, request: Any, response: Any) -> Any:
        raise KeyError("stock")

    fails(answered(fail))

    assert [] == caplog.records
    assert 500 == TestClient(answered(fail)).post("/x?n=1", json={"a": ""}).status
    assert ["500 Server Error: POST /x"] == caplog.messages


def test_only_one_mistake_is_told_at_a_time() -> None:
    def fail(context: Any, request: Any, response: Any) -> Any:
        if request.query["n"] % 2:
            return response.bad_request(body="odd")
        raise ValueError("even")

    assert "it raised ValueError: even" in fails(answered(fail))


async def fail_later(context: Any, request: Any, response: Any) -> Any:
    await asyncio.sleep(0)
    raise KeyError("stock")


def fail_in_a_coroutine(context: Any, request: Any, response: Any) -> Any:
    return fail_later(context, request, response)


async def answer_later(context: Any, request: Any, response: Any) -> Any:
    await asyncio.sleep(0)
    return response.ok(body=[])


def answer_in_a_coroutine(context: Any, request: Any, response: Any) -> Any:
    return answer_later(context, request, response)


@pytest.mark.parametrize("handler", [fail_later, fail_in_a_coroutine])
def test_async_handlers_that_fail_are_found(handler: Any) -> None:
    assert "it raised KeyError: 'stock'" in fails(answered(handler))


@pytest.mark.parametrize("handler", [answer_later, answer_in_a_coroutine])
def test_answers_of_async_handlers_are_checked(handler: Any) -> None:
    check_route(answered(handler), "/x", settings=few)

    assert "an answer does not fit" in fails(
        answered(handler, response={200: {"body": s.object({"n": s.integer()})}})
    )


def test_an_answer_that_does_not_fit_is_found() -> None:
    def answer(context: Any, request: Any, response: Any) -> Any:
        n = request.query["n"]
        return response.ok(body={"n": n if n < 100 else str(n)})

    message = fails(answered(answer, response={200: {"body": s.object({"n": s.literal(0)})}}))

    assert message == (
        "POST /x: an answer does not fit what the route declares\n"
        "    client = TestClient(router)\n"
        "    client.post('/x?n=1', json={'a': ''})\n"
        'answered: 200 {"n":1}\n'
        "expected: what is declared: Failed output validation: [response body.n]: expected value to equal [0]"
    )


def test_headers_that_do_not_fit_are_found() -> None:
    def answer(context: Any, request: Any, response: Any) -> Any:
        return response.ok(headers={"x-n": "many"})

    declared = {200: {"headers": s.object({"x-n": s.integer()})}}

    assert "[response headers.x-n]: expected value of type [integer]" in fails(
        answered(answer, response=declared)
    )


def test_a_header_that_cannot_be_sent_is_found() -> None:
    def answer(context: Any, request: Any, response: Any) -> Any:
        return response.ok(headers={"x-n": "\n"})

    declared = {200: {"headers": s.object({"x-n": s.string()})}}

    assert "a valid request is answered 500" in fails(answered(answer, response=declared))


def test_a_handler_that_is_stricter_than_its_schema_is_found() -> None:
    def refuse(context: Any, request: Any, response: Any) -> Any:
        return response.bad_request(body="too many") if request.query["n"] > 99 else response.ok()

    message = fails(answered(refuse))

    assert "POST /x: a valid request is answered 400" in message
    assert "client.post('/x?n=100', json={'a': ''})" in message
    assert '"message":"too many"' in message


@pytest.mark.parametrize("status", [404, 409, 412, 507])
def test_a_status_about_the_state_of_things_is_no_lie(status: int) -> None:
    def answer(context: Any, request: Any, response: Any) -> Any:
        raise HttpError(status_code=status)

    checked = check_route(answered(answer, response={507: {}}), "/x", settings=few)

    assert {status} == set(checked.statuses)


def test_500_is_a_lie_even_where_it_is_declared() -> None:
    def answer(context: Any, request: Any, response: Any) -> Any:
        return response.custom_error(status_code=500, body="!")

    assert "a valid request is answered 500" in fails(answered(answer, response={500: {}}))


def test_a_stream_that_breaks_off_is_found() -> None:
    def lines(count: int) -> Iterator[bytes]:
        yield b"line"
        if count > 8:
            raise RuntimeError("no more")

    def answer(context: Any, request: Any, response: Any) -> Any:
        return response.ok(body=lines(request.query["n"]))

    message = fails(answered(answer))

    assert message.startswith("POST /x: an answer breaks off\n")
    assert message.endswith(
        "answered: a stream that breaks off\nexpected: all of it\nit raised RuntimeError: no more"
    )


def test_an_answer_is_cut_where_it_is_long() -> None:
    def answer(context: Any, request: Any, response: Any) -> Any:
        return response.bad_request(body="no" * 1000)

    assert max(map(len, fails(answered(answer)).splitlines())) < 600


# --- lies about invalid requests ---


def test_a_handler_that_is_called_with_what_is_invalid_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def call_anyway(self: Any, route: Any, error: Any, way: Any) -> Any:
        request: Any = Request("POST", "/x", route, {}, {}, {}, {}, self.head)
        return await self._handled(route, {}, request, way)

    monkeypatch.setattr(Course, "_rejected", call_anyway)

    message = fails(answered(ok))

    assert message.startswith("POST /x: an invalid request reaches the handler\n")
    assert re.search(r"^    client.post\('/x.*', json=.*\)$", message, re.MULTILINE)
    assert re.search(
        r"^expected: 400 with an issue at \[query.*\] \(\w+\), and no call of the handler$",
        message,
        re.MULTILINE,
    )


def test_an_invalid_request_is_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    router = Router()
    router.get("/x", validate={"query": s.object({"n": s.integer(max=5)})})(ok)

    @router.on_response
    def hide(request: Any, response: Any) -> Any:
        return (
            response.with_headers({}) if response.status == 200 else type(response)(status=200, body="fine")
        )

    message = fails(router)

    assert "GET /x: an invalid request is answered 200" in message
    assert "answered: 200 fine" in message
    assert len(re.findall(r"^    client.get\('/x.{0,20}'\)$", message, re.MULTILINE)) == 1


def test_a_refusal_that_names_another_place_is_found() -> None:
    router = answered(ok)

    @router.on_response
    def mislead(request: Any, response: Any) -> Any:
        if response.status != 400:
            return None
        issues = [{**issue, "path": ["elsewhere"]} for issue in response.body["attributes"]["issues"]]
        return type(response)(status=400, body={"message": "!", "attributes": {"issues": issues}})

    assert re.search(r"an invalid request is refused, but not for \[(query|body)", fails(router))


def test_a_hook_may_answer_in_words_of_its_own() -> None:
    router = answered(ok)

    @router.on_response
    def reword(request: Any, response: Any) -> Any:
        return type(response)(status=400, body="no") if response.status == 400 else None

    assert check_route(router, "/x", settings=few).invalid > 0


def test_a_hook_may_stop_invalid_requests_before_they_are_looked_at() -> None:
    router = answered(ok)

    @router.on_request
    def stop(request: Any, response: Any) -> Any:
        return None if request.headers.get("x-user") else response.unauthorized()

    message = fails(router)
    checked = check_route(router, "/x", headers={"X-User": "ada"}, settings=few)

    assert re.match(r"POST /x: none of \d+ valid requests reached the handler\nanswered: 401\n", message)
    assert {200} == set(checked.statuses)


@pytest.mark.parametrize("status", [422, 499])
def test_an_author_may_answer_invalid_requests(status: int) -> None:
    def explain(error: Any, request: Any, response: Any) -> Any:
        return response.custom_error(status_code=status, body="no")

    router = Router(on_validation_error=explain)
    router.get("/x", validate={"query": QUERY})(ok)

    assert check_route(router, "/x", settings=few).invalid > 0


def test_an_author_who_fails_to_answer_invalid_requests_is_found() -> None:
    def explain(error: Any, request: Any, response: Any) -> Any:
        raise KeyError

    message = fails(answered(ok, on_validation_error=explain, response={200: {}}))

    assert message.startswith("POST /x: an invalid request is answered 500\n")


@pytest.mark.parametrize(
    ("broken", "issues", "place"),
    [
        (("a", 0), [("body", "b"), ("body", "a", 0)], ("body", "a", 0)),
        (("a", 0), [("body", "a"), ("body", "a", 1, "c")], ("body", "a")),
        (("a",), [("body", "b", "c"), ("body",)], ("body",)),
    ],
)
def test_of_several_issues_the_one_that_is_nearest_is_looked_for(
    broken: Any, issues: Any, place: Any
) -> None:
    request = GeneratedRequest("POST", "/x")

    assert place == InvalidGenerated(request, "body", Broken({}, "min", broken), tuple(issues)).place


def test_many_issues_may_be_more_than_an_answer_has_room_for() -> None:
    node = s.object({f"key{index}": s.literal("x" * 60) for index in range(99)})
    router = Router()
    router.post("/x", validate={"body": node})(ok)

    assert check_route(router, "/x", settings=few).invalid > 0


# --- what it is called with ---


def test_the_router_is_left_as_it_is() -> None:
    router = answered(ok)
    before = (router.routes, [route.handler for route in router.routes])
    check_route(router, "/x", settings=few, context=dict)

    assert before == (router.routes, [route.handler for route in router.routes])


def test_the_context_may_be_another_for_each_request() -> None:
    closed: list[int] = []

    @contextmanager
    def open_stock() -> Iterator[list[int]]:
        stock = [1]
        yield stock
        closed.append(stock.pop())

    def take(context: Any, request: Any, response: Any) -> Any:
        return response.ok(body=context[0])

    checked = check_route(answered(take), "/x", context=open_stock, settings=few)

    assert len(closed) == checked.valid


def test_values_may_be_given_for_a_whole_part() -> None:
    params, query = s.object({"a": s.integer()}), s.object({"n": s.integer()})
    router = Router()
    router.get("/{a}/{b}", validate={"params": s.any(), "query": query})(ok)
    router.get("/{a}", validate={"params": params})(ok)
    using = {query: st.just({"n": 1}), params: st.just({"a": 1})}

    checked = check_router(router, using=using, settings=few)

    assert {200} == set(checked.statuses)
    assert checked.invalid > 0


def test_state_that_outlives_a_request_is_told() -> None:
    seen: list[int] = []

    def remember(context: Any, request: Any, response: Any) -> Any:
        seen.append(request.query["n"])
        return response.ok() if len(seen) != 7 else response.custom_error(status_code=500, body="!")

    assert "Give each request its own, with context=." in fails(answered(remember))


def test_what_is_flaky_for_another_reason_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []

    def fail_once(*call: Any) -> Outcome:
        calls.append(call)
        if len(calls) == 3:
            raise ValueError
        return Outcome(status=200, reached=True)

    monkeypatch.setattr(routes, "sent", fail_once)

    with pytest.raises(FlakyFailure):
        check_route(answered(ok), "/x", settings=few)


def test_other_surprises_are_handed_on() -> None:
    def surprise(error: Any, request: Any, response: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_route(answered(ok, on_validation_error=surprise, response={200: {}}), "/x", settings=few)


def test_each_version_and_method_of_a_path_is_checked() -> None:
    router = Router("/api")
    route = router.versioned.get("/x", access="public")
    route.add_version("2024-01-01", validate={"query": QUERY}, handler=ok)
    route.add_version("2025-01-01", validate={"query": QUERY}, handler=fail_later)
    router.put("/x", validate=False)(fail_later)

    assert fails(router, "/api/x", version="2025-01-01").startswith(
        "GET /api/x, version 2025-01-01: a valid request is answered 500"
    )
    assert fails(router, "/api/x", method="put").startswith("PUT /api/x: a valid request is answered 500")
    assert check_route(router, "/api/x", version="2024-01-01", settings=few).valid == 10


def test_settings_of_the_profile_count() -> None:
    settings.register_profile("five", settings(few, max_examples=5))
    before = settings.get_current_profile_name()
    settings.load_profile("five")
    try:
        assert 5 == check_route(answered(ok), "/x").valid
    finally:
        settings.load_profile(before)


def test_where_no_request_fits_the_route_is_named() -> None:
    router = Router(max_body_bytes=1)
    router.post("/x", validate={"body": s.literal("long")})(ok)

    with pytest.raises(Unsatisfiable, match=r"^POST /x: no valid request was found"):
        check_route(router, "/x", settings=few)


def test_what_is_hard_to_draw_but_can_be_drawn_is_told_by_hypothesis() -> None:
    body = s.integer(min=0)
    router = Router()
    router.post("/x", validate={"body": body})(ok)
    rare = st.integers(0, 2**40).filter(lambda number: number % 997 == 0)
    checked = settings(few, suppress_health_check=[])

    with pytest.raises(FailedHealthCheck, match="filtering out"):
        check_route(router, "/x", settings=checked, using={body: rare})


@pytest.mark.parametrize(
    ("of", "values"),
    [
        (lambda code, query: code, st.just("bad")),
        (lambda code, query: code.id, st.sampled_from(["bad", "sad"])),
        (lambda code, query: query, st.just({"code": "bad"})),
    ],
    ids=["a schema", "its id", "the rule"],
)
def test_values_of_a_user_that_never_fit_are_named(of: Callable[[Any, Any], Any], values: Any) -> None:
    code = s.string(min_length=5, id="code")
    query = s.object({"code": code})
    router = Router()
    router.get("/x", validate={"query": query})(ok)
    using = {of(code, query): values}
    wrong = r"value has length \[3\] but it must have a minimum length of \[5\]\.$"

    with pytest.raises(
        Unsatisfiable,
        match=r"^GET /x: using: the strategy for schema\.\w+\(.*\) drew no value "
        r"that fits: (\[code\]: )?" + wrong,
    ):
        check_route(router, "/x", using=using, settings=few)


def test_values_of_a_user_that_fit_or_cannot_be_judged_are_not_blamed() -> None:
    children = s.array_of(s.lazy("node"))
    router = Router(max_body_bytes=1)
    body = s.object({"children": children}, id="node")
    router.post("/x", validate={"body": body, "query": QUERY})(ok)
    using = {QUERY: st.just({"n": 1}), children: st.just([{"children": []}])}

    with pytest.raises(Unsatisfiable, match=r"^POST /x: no valid request was found"):
        check_route(router, "/x", using=using, settings=few)


def test_why_no_request_fits_is_told_where_it_is_known() -> None:
    router = Router()
    router.post("/x", validate={"body": s.array_of(s.any(), min_size=10**6)})(ok)

    with pytest.raises(Unsatisfiable, match=r"^nobody can call POST /x: no request can carry what fits"):
        check_route(router, "/x", settings=few)


def test_nothing_is_printed_of_searches_that_come_to_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    router = Router()
    headers = s.object({"content-type": s.string(), "x-a": s.literal("..")})
    router.get("/x/{a}", validate={"params": s.object({"a": s.literal("..")}), "headers": headers})(ok)

    with pytest.raises(Unsatisfiable, match=r"^GET /x/\{a\}: no valid request was found"):
        check_route(router, "/x/{a}", settings=settings(database=None, derandomize=False))

    assert "" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("router", "options", "problem"),
    [
        (Router(), {}, "the router has no routes"),
        (answered(ok), {"path": "/y"}, "there is no route"),
        (answered(ok), {"using": {s.string(): st.just("")}}, "using names what no rule of these routes has"),
        (None, {"context": dict}, "expected a Router but got"),
        (
            answered(ok),
            {"settings": {}},
            r"settings: expected hypothesis\.settings\(\.\.\.\) but got \[dict\]",
        ),
        (answered(ok), {"settings": {"max_examples": 5}}, r"settings: expected .* but got \[dict\]"),
        (answered(ok), {"settings": "ci"}, r"settings: expected .* but got \[str\]"),
    ],
)
def test_what_cannot_be_checked_is_told(router: Any, options: Any, problem: str) -> None:
    with pytest.raises(InvalidArgument, match=problem):
        check_route(router, **{"path": "/x", "settings": few, **options})


def test_settings_that_are_none_are_refused_for_all_routes_too() -> None:
    wrong: Any = {"max_examples": 5}

    with pytest.raises(InvalidArgument, match=r"settings: expected .* but got \[dict\]"):
        check_router(answered(ok), settings=wrong)


def test_a_check_shows_what_it_came_to() -> None:
    router = Router()
    router.get("/x", validate=False)(ok)

    assert Checked(valid=1, invalid=0, statuses={200: 1}, undeclared={}, unreached=()) == check_router(
        router, settings=few
    )
