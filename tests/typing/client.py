"""How clients are used, as checkers see it; read by mypy and pyright, never run."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, assert_type

import attrs
import httpx
import httpx2

from kbn_schema.http import Router
from kbn_schema.http.client import (
    AbortSignal,
    AsyncClient,
    Client,
    FailedRequest,
    FailedResponse,
    FetchMapping,
    FetchOptions,
    HttpFetchError,
    HttpResponse,
    InterceptController,
    Interceptor,
    RequestContractError,
)

client = Client(
    "http://localhost:5601/s/x", kbn_version="9.1.0", build_number=1, check="log", router=Router()
)
Client(http=httpx.Client(), max_body_bytes=None, timeout=None)
Client(transport=httpx.MockTransport(lambda request: httpx.Response(200)), timeout=httpx.Timeout(5))
Client(http=httpx2.Client(), headers={"kbn-xsrf": "true", "accept": None})
AsyncClient(http=httpx.AsyncClient())
AsyncClient(transport=httpx2.MockTransport(lambda request: httpx2.Response(200)))

assert_type(client.fetch("/a"), Any)
assert_type(client.fetch("/a", as_response=True), HttpResponse)
assert_type(client.fetch("/a", as_response=True, raw_response=True), HttpResponse)
assert_type(client.get("/a", query={"b": 1}, as_response=False), Any)
assert_type(client.post("/a", body={"b": [1]}, as_response=True), HttpResponse)
assert_type(client.post("/a", {"body": b"", "headers": {"content-type": None}}), Any)
assert_type(client.put("/a", {"version": "1"}, as_response=True), HttpResponse)
assert_type(client.delete({"path": "/a", "as_system_request": True, "prepend_base_path": False}), Any)
assert_type(client.fetch(path="/a", method="PURGE", timeout=1.5, context={"type": "a"}, version=None), Any)
client.patch(FetchOptions(path="/a", query={"b": None}), signal=AbortSignal())


def wrapped(path: str, all_of_it: bool, options: FetchMapping) -> None:
    """What generated methods build on."""
    assert_type(client.fetch(path, as_response=all_of_it), Any)
    assert_type(client.fetch(options), Any)


with client.get("/a", as_response=True, raw_response=True) as answer:
    assert_type(answer, HttpResponse)
    assert_type(answer.response, httpx.Response)
    assert_type(answer.body, Any)
    assert_type(answer.fetch_options.path, str)

try:
    client.get("/a")
except HttpFetchError as error:
    assert_type(error.message, str)
    assert_type(error.name, str)
    assert_type(error.request, httpx.Request | None)
    assert_type(error.response, httpx.Response | None)
    assert_type(error.status, int | None)
    assert_type(error.body, Any)
except RequestContractError as error:
    assert_type(error.status, int)
    assert_type(error.issues, list[dict[str, Any]])


def change(options: FetchOptions, controller: InterceptController) -> FetchOptions | None:
    controller.halt()
    return attrs.evolve(options, path="/b")


def mend(failed: FailedRequest) -> Mapping[str, Any]:
    return {"path": failed.fetch_options.path}


def around(go_on: Callable[[FetchOptions], HttpResponse], options: FetchOptions) -> HttpResponse:
    return go_on(options)


async def around_async(go_on: Callable[[FetchOptions], Any], options: FetchOptions) -> HttpResponse:
    answer: HttpResponse = await go_on(options)
    return answer


class Tracing:
    def response(self, answer: HttpResponse) -> None: ...

    def response_error(self, failed: FailedResponse) -> None: ...


assert_type(client.intercept(request=change), Callable[[], None])
client.intercept({"request_error": mend})
client.intercept(Interceptor(fetch=around))
client.intercept(Tracing())

assert_type(client.loading_count, int)
assert_type(client.base_path.prepend("/a"), str)
assert_type(client.on_loading_count(print), Callable[[], None])


async def main() -> None:
    async with AsyncClient("http://localhost") as asynchronous:
        asynchronous.intercept(fetch=around_async)
        assert_type(await asynchronous.fetch("/a"), Any)
        assert_type(await asynchronous.get("/a", as_response=True), HttpResponse)
        task = asyncio.create_task(asynchronous.get("/a", as_response=True))
        assert_type(await task, HttpResponse)
        gathered = await asyncio.gather(*(asynchronous.get(path, as_response=True) for path in "ab"))
        assert_type(gathered, list[HttpResponse])
        async with await asynchronous.get("/a", as_response=True, raw_response=True) as raw:
            assert_type(raw, HttpResponse)


class Found(TypedDict):
    total: int


def found(answer: HttpResponse[Found]) -> int:
    """What generated methods give."""
    assert_type(answer.body, Found)
    with answer as opened:
        assert_type(opened, HttpResponse[Found])
    anything: HttpResponse = answer
    wider: list[HttpResponse[Mapping[str, object]]] = [anything, answer]
    assert_type(anything.body, Any)
    assert_type(wider[0].body, Mapping[str, object])
    return answer.body["total"]


found(client.get("/a", as_response=True))


def misspelt(answer: HttpResponse[Found]) -> None:
    answer.body["toatl"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]


# What they must refuse.
client.get()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
client.get("/a", qeury={})  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
client.get("/a", version=1)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
client.get({"paht": "/a"})  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
client.get("/a", headers={"a": [1]})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
Client("http://localhost", check="no")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
Client(http=httpx.AsyncClient())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
AsyncClient(http=httpx.Client())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
