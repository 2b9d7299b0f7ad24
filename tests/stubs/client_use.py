"""How a generated client is used, as checkers see it; read by mypy and pyright, never run."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal, assert_type, cast

from _client_app_client import (
    AddTagHeaders,
    AddTagQuery,
    AsyncClientAppClient,
    ClientAppClient,
    FindQuery,
    FormResponse,
    Found,
    GetNewThingsResponse200,
    GetThingsResponse,
    Item,
)

from kbn_schema.http.client import AbortSignal, AsyncClient, Client, HttpResponse

routes = ClientAppClient(Client("http://localhost:5601"))

assert_type(routes.find(query={"page": 2, "order": "desc", "where": {"a": 1}}), Found)
assert_type(routes.find(), Found)
assert_type(routes.find()["color"], Literal["red", 2])
assert_type(routes.response_of(routes.find, query={"page": 2}, timeout=5), HttpResponse[Found])
assert_type(routes.response_of(routes.find).body["color"], Literal["red", 2])
assert_type(routes.response_of(routes.note, body=None), HttpResponse[str | None])
assert_type(routes.raw_response_of(routes.find, query={"page": 2}), HttpResponse[None])
assert_type(routes.find(headers={"a": "b"}, signal=AbortSignal(), timeout=5, context={"a": 1}), Found)
assert_type(routes.read(), Any)
assert_type(routes.read(params={"rest": "a/b"}), Any)
assert_type(routes.list(params={"name": "a"}), Any)
assert_type(routes.free(params={"a": 1, "b": "x"}), Any)
assert_type(routes.save(params={"name": "a"}, body=b""), bytes)
with open("file", "rb") as file:
    assert_type(routes.save(params={"name": "a"}, body=file, content_type="text/csv"), bytes)
assert_type(routes.save_image(body=iter([b"a"]), content_type="image/gif"), str)
assert_type(routes.form(body={"a": 1, "b": ["x"]}), FormResponse)
assert_type(routes.note(body=None), str | None)
assert_type(routes.note(), str | None)
assert_type(routes.get_things(query={"a": "x"}), GetThingsResponse)
assert_type(routes.get_new_things(), GetNewThingsResponse200 | str)
assert_type(routes.import_things_v2(body={"a": 1}), Any)
routes.delete(params={"id": 1})
query: FindQuery = {"page": 2}
routes.find(query=query)
routes.add_tag(
    query=cast(AddTagQuery, {"name": "a", "color": "red"}),
    headers=cast(AddTagHeaders, {"x-a": "b", "x-c": "d"}),
)

item: Item | None = routes.get_item(params={"id": "a"}, headers={"X-Request-Id": "1", "x-flags": [1]})  # type: ignore[deprecated]  # pyright: ignore[reportDeprecated]


async def main() -> None:
    asynchronous = AsyncClientAppClient(AsyncClient("http://localhost:5601"))

    async def pieces() -> AsyncIterator[bytes]:
        yield b"a"

    assert_type(await asynchronous.find(query={"page": 2}), Found)
    assert_type(await asynchronous.response_of(asynchronous.find, timeout=5), HttpResponse[Found])
    assert_type(await asynchronous.raw_response_of(asynchronous.find), HttpResponse[None])
    assert_type(await asynchronous.save(params={"name": "a"}, body=pieces()), bytes)
    found, things = await asyncio.gather(asynchronous.find(), asynchronous.get_things(query={"a": "x"}))
    assert_type(found, Found)
    assert_type(things, GetThingsResponse)
    asynchronous.find()["query"]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]


# What they must refuse.
routes.find(query={"pgae": 2})  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportArgumentType]
routes.find(query={"page": "2"})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
routes.find(query={"order": "up"})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
routes.find(query={"where": {"b": 1}})  # type: ignore[typeddict-item, typeddict-unknown-key]  # pyright: ignore[reportArgumentType]
routes.find(qeury={"page": 2})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
routes.find({"page": 2})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
routes.find(method="POST")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
routes.find(raw_response=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
routes.find()["colour"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
routes.find(headers={"a": b"b"})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
routes.get_things()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
routes.get_things(query={})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
routes.get_new_things(query={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
routes.list()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
routes.list(params={"more": "a"})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
routes.delete(params={"id": "1"})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
routes.form(body={"b": []})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
routes.save(params={"name": "a"}, body="text")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
routes.save_image(body=b"", content_type="image/jpeg")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
routes.save_image(body=b"")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
routes.upload(body={"title": "a", "file": "b"})  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
routes.find(as_response=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
routes.response_of(routes.find, query={"pgae": 2})  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportArgumentType]
routes.response_of(routes.find, qeury={"page": 2})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
routes.response_of(routes.get_things)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
routes.response_of(routes.find)["color"]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]
routes.add_tag(query={"name": "a", "color": "red"}, headers={"x-a": "b"})  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportArgumentType]
routes.page()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
ClientAppClient(AsyncClient("http://localhost:5601"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
AsyncClientAppClient(Client("http://localhost:5601"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
