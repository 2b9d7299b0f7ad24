"""Functions that see, change and halt what is sent and received."""

import asyncio

import attrs
import pytest

from kbn_schema.http.client import (
    AsyncClient,
    FailedRequest,
    FailedResponse,
    FetchOptions,
    HttpFetchError,
    HttpInterceptHaltError,
    HttpResponse,
    Interceptor,
)

NAMES = ["request", "request_error", "fetch", "response", "response_error"]


class Own(Exception):
    """An author's."""


def fail(*_):
    raise Own


def halt(*arguments):
    arguments[-1].halt()


def with_controller(function):
    return lambda seen, controller: function(seen, controller)


@pytest.fixture
def client(calling):
    return calling.client(lambda request: calling.answer({"foo": "bar"}))


def path_of(calling):
    return calling.sent[-1].url.path


@pytest.mark.parametrize("give", ["keywords", "mapping", "object", "interceptor"])
def test_an_interceptor_may_be_given_in_any_form(calling, client, give):
    @calling.function
    def change(options):
        return {"path": "/changed"}

    class Holder:
        def request(self, options):
            return {"path": "/changed"}

    match give:
        case "keywords":
            client.intercept(request=change)
        case "mapping":
            client.intercept({"request": change})
        case "object":
            client.intercept(Holder())
        case _:
            client.intercept(Interceptor(request=change))
    calling.ask(client.fetch, "/a")

    assert "/myBase/changed" == path_of(calling)


def test_one_without_functions_changes_nothing(calling, client):
    client.intercept({})

    assert {"foo": "bar"} == calling.ask(client.fetch, "/a")


def test_what_is_returned_removes_it(calling, client):
    seen = []
    first = client.intercept(request=lambda options: seen.append(1))
    client.intercept(request=lambda options: seen.append(2))
    first()
    first()
    calling.ask(client.fetch, "/a")

    assert [2] == seen


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"requestError": print}, r"an interceptor has no \[requestError\], expected \[request\]"),
        ({"request": 1}, r"the interceptor's \[request\] must be a function but is \[int\]"),
        ({"request": lambda: None}, r"the interceptor's \[request\] must take \(what it sees\)"),
        ({"request": lambda a, b, c: None}, r"must take"),
        ({"fetch": lambda options: None}, r"the interceptor's \[fetch\] must take \(next, options\)"),
        (object(), "the interceptor must be an object with one of"),
        (1, "the interceptor must be an object with one of"),
    ],
)
def test_what_is_no_interceptor_is_refused(client, given, text):
    with pytest.raises(TypeError, match=text):
        client.intercept(given)


@pytest.mark.parametrize("name", NAMES)
def test_a_plain_client_takes_no_async_function(calling, client, name):
    async def function(*arguments):
        return None

    if calling.is_async:
        client.intercept({name: function})
    else:
        with pytest.raises(TypeError, match=rf"\[{name}\] is async: use AsyncClient"):
            client.intercept({name: function})


def test_a_plain_client_awaits_nothing(calling, client):
    async def later():
        return None

    client.intercept(request=lambda options: later())
    if calling.is_async:
        calling.ask(client.fetch, "/a")
    else:
        with pytest.raises(TypeError, match="use AsyncClient"):
            calling.ask(client.fetch, "/a")


def test_a_plain_client_awaits_nothing_that_is_no_coroutine_either(calling, client):
    class Later:
        def __await__(self):
            yield from ()

    client.intercept(request=lambda options: Later())
    if calling.is_async:
        assert {"foo": "bar"} == calling.ask(client.fetch, "/a")
    else:
        with pytest.raises(TypeError, match="use AsyncClient"):
            calling.ask(client.fetch, "/a")


@pytest.mark.parametrize("wants", [True, False])
def test_a_controller_is_given_to_whoever_takes_one(calling, client, wants):
    seen = []
    # A default of its own is not the controller's to fill.
    function = (lambda options, controller: seen.append(controller)) if wants else (
        lambda options, mine=7: seen.append(mine)
    )  # fmt: skip
    client.intercept(request=function)
    calling.ask(client.fetch, "/a")

    assert [not wants] == [mine == 7 for mine in seen]


def test_the_request_side_sees_and_accumulates_options(calling, client):
    """Those before it have changed them; the last one that was registered goes first."""
    paths = []

    def change(options):
        paths.append((type(options), options.path))
        return {"path": f"{options.path}/{len(paths)}"}

    for _ in range(3):
        client.intercept(request=calling.function(change))
    calling.ask(client.fetch, "/a", method="POST")

    assert [(FetchOptions, "/a"), (FetchOptions, "/a/1"), (FetchOptions, "/a/1/2")] == paths
    assert ("/myBase/a/1/2/3", "POST") == (path_of(calling), calling.sent[0].method)


def test_it_may_return_evolved_options(calling, client):
    client.intercept(request=lambda options: attrs.evolve(options, headers={**options.headers, "b": "2"}))
    calling.ask(client.fetch, "/a", headers={"a": "1"})

    assert ("1", "2") == tuple(calling.sent[0].headers[name] for name in "ab")


@pytest.mark.parametrize("changes", [{"pth": "/a"}, {"path": 1}, "a", 1])
def test_what_it_returns_is_checked(calling, client, changes):
    client.intercept(request=lambda options: changes)
    with pytest.raises(TypeError):
        calling.ask(client.fetch, "/a")

    assert [] == calling.sent


def test_headers_it_adds_are_checked(calling, client):
    client.intercept(request=lambda options: {"headers": {"a": "b\r\nc: d"}})
    with pytest.raises(ValueError, match="control characters"):
        calling.ask(client.fetch, "/a")


def test_what_the_caller_is_given_is_the_callers_to_say(calling, client):
    client.intercept(request=lambda options: {"as_response": True, "raw_response": True})

    assert {"foo": "bar"} == calling.ask(client.fetch, "/a")


def test_a_failure_of_the_request_side_sends_nothing(calling, client):
    seen = []
    client.intercept(request=lambda _: seen.append("never"), request_error=lambda failed: seen.append(failed))
    client.intercept(request=fail, response=fail, response_error=fail)
    client.intercept(request=lambda _: seen.append("first"))
    with pytest.raises(Own):
        calling.ask(client.fetch, "/a")

    first, failed = seen
    assert ("first", FailedRequest, Own, "/a") == (
        first,
        type(failed),
        type(failed.error),
        failed.fetch_options.path,
    )
    assert [] == calling.sent


def test_a_failure_of_the_request_side_can_be_mended(calling, client):
    client.intercept(request=lambda options: {"query": {"seen": options.path}})
    client.intercept(request_error=calling.function(lambda failed: {"path": "/mended"}))
    client.intercept(request=fail)
    calling.ask(client.fetch, "/a")

    assert "/myBase/mended?seen=%2Fmended" == calling.sent[0].url.raw_path.decode()


def test_a_failure_is_mended_with_its_own_options(calling, client):
    client.intercept(request_error=lambda failed: failed.fetch_options)
    client.intercept(request=fail)
    client.intercept(request=lambda options: {"path": "/b"})
    calling.ask(client.fetch, "/a")

    assert "/myBase/b" == path_of(calling)


def test_the_response_side_accumulates_answers(calling, client):
    bodies = []

    def change(answer):
        bodies.append(answer.body)
        return {"body": len(bodies)}

    for _ in range(2):
        client.intercept(response=calling.function(change))
    client.intercept(response=lambda answer: attrs.evolve(answer, body=[answer.body]))

    assert [2] == calling.ask(client.fetch, "/a")
    assert [{"foo": "bar"}, 1] == bodies


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"request": 1}, r"an interceptor cannot change \[request\] of an answer"),
        ({"bdy": 1}, r"an interceptor cannot change \[bdy\] of an answer"),
        (1, "what an interceptor returns must be an HttpResponse, a mapping or None"),
        (["body"], "what an interceptor returns must be an HttpResponse, a mapping or None"),
    ],
)
def test_an_answer_is_changed_in_what_it_has(calling, client, changes, text):
    client.intercept(response=lambda answer: changes)
    with pytest.raises(TypeError, match=text):
        calling.ask(client.fetch, "/a")


def test_a_failed_request_is_seen_with_its_answer(calling):
    seen = []
    client = calling.client(calling.answer({"a": 1}, 404))
    client.intercept(response=fail)
    client.intercept(response_error=calling.function(lambda failed: seen.append(failed)))
    with pytest.raises(HttpFetchError, match="Not Found"):
        calling.ask(client.fetch, "/a")

    (failed,) = seen
    assert isinstance(failed, FailedResponse)
    assert (HttpFetchError, "/a", 404, {"a": 1}) == (
        type(failed.error),
        failed.fetch_options.path,
        failed.response.status_code,
        failed.body,
    )
    assert failed.request is calling.sent[0]


def test_what_an_interceptor_raises_is_seen_with_the_answer_before(calling, client):
    seen = []
    client.intercept(response=fail)
    client.intercept(response_error=seen.append)
    with pytest.raises(Own):
        calling.ask(client.fetch, "/a")

    assert ({"foo": "bar"}, 200) == (seen[0].body, seen[0].response.status_code)
    assert seen[0].request is calling.sent[0]


def test_a_transport_that_fails_is_seen_without_an_answer(calling):
    seen = []

    def answer(request):
        raise calling.library.ConnectError("refused")

    client = calling.client(answer)
    client.intercept(response_error=seen.append)
    with pytest.raises(HttpFetchError):
        calling.ask(client.fetch, "/a")

    assert ("ConnectError", None, None) == (seen[0].error.name, seen[0].response, seen[0].body)
    assert seen[0].request is calling.sent[0]


def test_a_request_that_cannot_be_made_is_seen_as_well(calling, client):
    seen = []
    client.intercept(response_error=seen.append)
    with pytest.raises(ValueError, match="path"):
        calling.ask(client.fetch, "https://evil.example")

    assert (ValueError, None) == (type(seen[0].error), seen[0].request)


@pytest.mark.parametrize("mend", [{"body": "mended"}, lambda failed: attrs.evolve(failed, body="mended")])
def test_a_failure_can_be_mended(calling, mend):
    seen = []
    client = calling.client(calling.answer({"a": 1}, 404))
    client.intercept(response_error=lambda failed: mend(failed) if callable(mend) else mend)
    client.intercept(response=lambda answer: seen.append(answer))
    answer = calling.ask(client.fetch, "/a", as_response=True)

    assert seen == [answer]
    assert (HttpResponse, "mended", 404) == (type(answer), answer.body, answer.response.status_code)
    assert answer.request is calling.sent[0]


def test_a_failure_can_be_mended_with_an_answer_of_before(calling):
    answers = [calling.answer({"a": 1}), calling.answer(status=404)]
    client = calling.client(lambda request: answers.pop(0))
    good = calling.ask(client.fetch, "/a", as_response=True)
    client.intercept(response_error=calling.function(lambda failed: good))

    assert good is calling.ask(client.fetch, "/a", as_response=True)


def test_another_failure_takes_the_place_of_the_first(calling):
    client = calling.client(calling.answer({"a": 1}, 404))
    client.intercept(response_error=fail)
    with pytest.raises(Own) as error:
        calling.ask(client.fetch, "/a")

    assert isinstance(error.value.__context__, HttpFetchError)


def test_fetch_interceptors_go_around_what_is_sent(calling, client):
    """Each changes what goes on, and what comes back; the first one that was registered is outside."""
    seen = []

    def around(name):
        if calling.is_async:

            async def fetch(go_on, options):
                seen.append(options.path)
                answer = await go_on({"path": f"/{name}"})
                return attrs.evolve(answer, body=[name, answer.body])
        else:

            def fetch(go_on, options):
                seen.append(options.path)
                answer = go_on(attrs.evolve(options, path=f"/{name}"))
                return attrs.evolve(answer, body=[name, answer.body])

        return fetch

    client.intercept(fetch=around("one"))
    client.intercept(fetch=around("two"))

    assert ["one", ["two", {"foo": "bar"}]] == calling.ask(client.fetch, "/a")
    assert (["/a", "/one"], "/myBase/two") == (seen, path_of(calling))


def test_a_fetch_interceptor_may_answer_itself(calling, client):
    def fetch(go_on, options):
        return HttpResponse(options, None, None, "own")

    client.intercept(fetch=calling.function(fetch))

    assert "own" == calling.ask(client.fetch, "/a")
    assert [] == calling.sent


def test_a_fetch_interceptor_returns_an_answer(calling, client):
    client.intercept(fetch=lambda go_on, options: {"body": 1})
    with pytest.raises(TypeError, match=r"what \[fetch\] returns must be an HttpResponse but is \[dict\]"):
        calling.ask(client.fetch, "/a")


def test_a_fetch_interceptor_may_try_again(calling):
    answers = [503, 503, 200]
    client = calling.client(lambda request: calling.answer(b"{}", answers.pop(0)))
    client.intercept(fetch=retry(calling, HttpFetchError))

    assert {} == calling.ask(client.fetch, "/a")
    assert 3 == len(calling.sent)


def test_a_stream_is_not_sent_again_once_nothing_is_left_of_it(calling):
    client = calling.client(calling.answer(b"{}", 503))
    client.intercept(fetch=retry(calling, HttpFetchError))
    with pytest.raises(ValueError, match="a stream that was sent already"):
        calling.ask(client.put, "/a", body=iter([b"one"]))

    assert 1 == len(calling.sent)


def retry(calling, kind):
    if calling.is_async:

        async def fetch(go_on, options):
            while True:
                try:
                    return await go_on(options)
                except kind:
                    continue
    else:

        def fetch(go_on, options):
            while True:
                try:
                    return go_on(options)
                except kind:
                    continue

    return fetch


def test_raw_answers_that_nobody_gets_are_closed(calling):
    made = []

    def answer(request):
        made.append(calling.answer(b"{}"))
        return made[-1]

    if calling.is_async:

        async def twice(go_on, options):
            await go_on(options)
            return await go_on(options)
    else:

        def twice(go_on, options):
            go_on(options)
            return go_on(options)

    client = calling.client(answer)
    client.intercept(fetch=twice)
    found = calling.ask(client.fetch, "/a", as_response=True, raw_response=True)

    assert [True, False] == [response.is_closed for response in made]
    assert found.response is made[1]
    client.intercept(response=fail)
    with pytest.raises(Own):
        calling.ask(client.fetch, "/a", as_response=True, raw_response=True)
    assert [True, False, True, True] == [response.is_closed for response in made]


@pytest.mark.parametrize("phase", NAMES)
def test_a_halt_ends_all_of_it(calling, phase):
    """Nothing else is called, and the caller is told."""
    unused = []

    def note(*_):
        unused.append(1)

    client = calling.client(calling.answer(status=404) if phase == "response_error" else None)
    first = phase in ("request", "request_error")
    watch = {"request": note, "request_error": note} if first else {}
    watch |= {"response": note, "response_error": note}
    if first:
        client.intercept(watch)
    client.intercept(
        {phase: (lambda go_on, options, c: halt(c)) if phase == "fetch" else with_controller(halt)}
    )
    if phase == "request_error":
        client.intercept(request=fail)
    if not first:
        client.intercept(watch)
    with pytest.raises(HttpInterceptHaltError):
        calling.ask(client.fetch, "/a")

    assert [] == unused
    assert len(calling.sent) == (phase in ("response", "response_error"))
    assert 0 == client.loading_count


def test_a_halt_may_be_raised_as_well(calling, client):
    def stop(*_):
        raise HttpInterceptHaltError("enough")

    client.intercept(response_error=fail, request_error=fail)
    client.intercept(request=stop)
    with pytest.raises(HttpInterceptHaltError, match="enough"):
        calling.ask(client.fetch, "/a")


def test_what_goes_on_is_halted_too(calling, client):
    def fetch(go_on, options, controller):
        controller.halt()
        return go_on(options)

    client.intercept(fetch=fetch)
    client.intercept(fetch=fail)
    with pytest.raises(HttpInterceptHaltError):
        calling.ask(client.fetch, "/a")

    assert [] == calling.sent


def test_an_interceptor_may_send_requests_of_its_own(calling, client):
    async def ask_first_async(options):
        if options.path != "/token":
            await client.fetch("/token")

    def ask_first_plain(options):
        if options.path != "/token":
            client.fetch("/token")

    client.intercept(request=ask_first_async if calling.is_async else ask_first_plain)
    calling.ask(client.fetch, "/a")

    assert ["/myBase/token", "/myBase/a"] == [request.url.path for request in calling.sent]


def test_an_interceptor_that_is_cancelled_is_cancelled():
    async def wait(options):
        await asyncio.sleep(60)

    async def main():
        async with AsyncClient("http://localhost") as client:
            seen = []
            client.intercept(request_error=seen.append, response_error=seen.append)
            client.intercept(request=wait)
            task = asyncio.create_task(client.fetch("/a"))
            await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert ([], 0) == (seen, client.loading_count)

    asyncio.run(main())
