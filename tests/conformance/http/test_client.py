"""What Kibana's browser client does, as recorded in ``client_cases.json``, holds here, in both clients."""

import httpx
import pytest

from kbn_schema.http.client import HttpFetchError, HttpInterceptHaltError
from tests.conformance.http.cases import load
from tests.http.client.calling import Calling

CASES = load("client_cases.json")


class AbortError(Exception):
    """What a transport raises whose user has aborted."""


def abort(request):
    raise AbortError("The operation was aborted.")


CONTEXT = {"type": "test-type", "name": "test-name", "description": "test-description", "id": "42"}
# The calls of the case file are JavaScript; these are the same in Python.
CALLS = {
    "F001": lambda client: client.fetch("/my/path"),
    "F004": lambda client: client.fetch("/my/path", {"headers": {"Content-Type": None}}),
    "F005": lambda client: client.fetch("/my/path", {"query": {"a": "b"}}),
    "F007": lambda client: client.fetch("my/path", {"prepend_base_path": False}),
    "F008": lambda client: client.fetch("/my/path", {"version": "2023-10-31"}),
    "F013": lambda client: client.fetch("/my/path", {"headers": {"kbn-system-request": "x"}}),
    "F014": lambda client: client.fetch("/my/path", {"headers": {"x-elastic-internal-origin": "anything"}}),
    "F015": lambda client: client.fetch({"path": "/"}, {"headers": {}}),
    "F016": lambda client: client.fetch("/my/path", {"raw_response": True}),
    "F017": lambda client: client.fetch("/my/path", {"context": CONTEXT}),
    "F018": lambda client: client.fetch("/my/path"),
    "F020": lambda client: client.fetch("/my/path"),
    "F021": lambda client: client.fetch("/my/path"),
    "F022": lambda client: client.get("/my/path", {"method": "POST"}),
    "F023": lambda client: client.fetch("/my/path"),
    "F024": lambda client: client.fetch("/my/path"),
    "F025": lambda client: client.fetch("/my/path"),
    "F026": lambda client: client.fetch("/my/path"),
    "F027": lambda client: client.fetch("/my/path"),
}
# What is different here, and why; all else of these cases is checked.
DIFFERENT = {
    "F001": "httpx has no credentials mode: it sends cookies to the host that has set them",
    "F007": "the url is below the origin of the base url, as it is below that of the page in a browser",
    "F027": "as its note says, the caller gets an error, for nobody can be left waiting in Python",
}


@pytest.fixture(params=[False, True], ids=["Client", "AsyncClient"])
def calling(request):
    with Calling(httpx, request.param) as calling:
        yield calling


def serve(calling, said):
    """The answer of the server that a case describes."""
    if isinstance(said, str):
        return abort
    if "content_type" not in said:
        return calling.answer(said.get("body"), said.get("status", 200))
    return calling.answer(said.get("body", '{"a":1}\n{"a":2}\n').encode(), content_type=said["content_type"])


def client_of(calling, id):
    given = CASES[id]["input"]
    options = {"kbn_version": given.get("kibanaVersion"), "build_number": given.get("buildNumber")}
    answer = serve(calling, given["server"]) if "server" in given else calling.answer()
    return calling.client(answer, given.get("basePath", "http://localhost/myBase"), **options)


def outcome(calling, id):
    """What the call of a case returns, or raises."""
    try:
        return calling.ask(CALLS[id], client_of(calling, id))
    except Exception as error:
        return error


SENT = [id for id in CASES if CASES[id]["expect"].keys() & {"method", "url", "headers", "headers_absent"}]


@pytest.mark.parametrize("id", SENT)
def test_what_is_sent_is_what_kibana_sends(calling, id):
    expect, result = CASES[id]["expect"], outcome(calling, id)
    (request,) = calling.sent
    url = f"http://localhost{expect['url']}" if id == "F007" else expect.get("url", str(request.url))

    assert not isinstance(result, Exception)
    assert (expect.get("method", request.method), url) == (request.method, str(request.url))
    assert expect.get("headers", {}).items() <= dict(request.headers).items()
    assert not set(expect.get("headers_absent", ())) & set(request.headers)


@pytest.mark.parametrize("id", [id for id in CASES if "raises" in CASES[id]["expect"]])
def test_what_is_refused_is_refused_in_kibanas_words(calling, id):
    result = outcome(calling, id)

    assert isinstance(result, TypeError | ValueError)
    assert (CASES[id]["expect"]["raises"], []) == (str(result), calling.sent)


@pytest.mark.parametrize("id", [id for id in CASES if "returns" in CASES[id]["expect"]])
def test_what_is_returned_is_what_kibana_returns(calling, id):
    expected, result = CASES[id]["expect"]["returns"], outcome(calling, id)

    assert (b'{"a":1}\n{"a":2}\n' if expected == "<bytes>" else expected) == result


@pytest.mark.parametrize("id", [id for id in CASES if "raises_type" in CASES[id]["expect"]])
def test_a_failure_has_what_kibanas_has(calling, id):
    expect, error = CASES[id]["expect"], outcome(calling, id)
    status = error.response.status_code if error.response is not None else None

    assert (HttpFetchError, expect["raises_type"]) == (type(error), type(error).__name__)
    assert expect.get("message", error.message) == str(error) == error.message
    assert expect.get("name", error.name) == error.name
    assert expect.get("body") == error.body
    assert expect.get("response_status", 200 if "response" in expect else None) == status


def test_interceptors_are_called_in_kibanas_order(calling):
    order = {"request": [], "response": []}
    client = client_of(calling, "F026")
    for name in CASES["F026"]["input"]["interceptors"]:
        client.intercept(
            request=lambda options, controller, name=name: order["request"].append(name),
            response=lambda answer, controller, name=name: order["response"].append(name),
        )
    calling.ask(CALLS["F026"], client)

    assert CASES["F026"]["expect"] == {f"{phase}_order": names for phase, names in order.items()}


def test_a_halt_sends_nothing_and_tells_the_caller(calling):
    client = client_of(calling, "F027")
    client.intercept(request=lambda options, controller: controller.halt())

    with pytest.raises(HttpInterceptHaltError):
        calling.ask(CALLS["F027"], client)

    assert [] == calling.sent


def test_every_case_is_tried():
    assert CASES.keys() == CALLS.keys()
    assert len(CASES) == 19
    assert DIFFERENT.keys() <= CASES.keys()
