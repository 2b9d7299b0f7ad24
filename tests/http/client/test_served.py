"""Over real connections: a router under uvicorn and under gunicorn, and both clients."""

import asyncio
import io
import threading

import pytest

from kbn_schema.http.client import AsyncClient, Client, HttpFetchError, RequestContractError
from tests.adapters.servers import gunicorn_serving, uvicorn_serving, wait_until
from tests.http.client.served import WAITING, make_asgi, make_router


@pytest.fixture(scope="module")
def uvicorn_port():
    with uvicorn_serving(make_asgi()) as port:
        yield port


@pytest.fixture(scope="module")
def gunicorn_port(tmp_path_factory):
    log = tmp_path_factory.mktemp("gunicorn") / "log"
    with gunicorn_serving("tests.http.client.served:wsgi_app", log) as port:
        yield port


@pytest.fixture(params=["uvicorn", "gunicorn"])
def port(request):
    return request.getfixturevalue(f"{request.param}_port")


@pytest.fixture
def client(calling, port):
    return calling.made(
        f"http://user:password@127.0.0.1:{port}/base", router=make_router(), kbn_version="9.1.0"
    )


def test_a_request_arrives_and_its_answer_comes_back(calling, client):
    answer = calling.ask(
        client.post,
        "/api/items/a%2Fb",
        query={"tags": ["x y", "é&="], "deep": True, "none": None},
        body={"n": 10**20},
        context={"type": "test"},
        as_response=True,
    )

    assert 201 == answer.response.status_code
    assert {
        "id": "a/b",
        "query": {"tags": ["x y", "é&="], "deep": True},
        "body": {"n": 10**20, "name": "é"},
        "headers": {
            "content-type": "application/json",
            "kbn-version": "9.1.0",
            "x-elastic-internal-origin": "Kibana",
            "x-kbn-context": "%7B%22type%22%3A%22test%22%7D",
            "authorization": "Basic dXNlcjpwYXNzd29yZA==",
        },
    } == answer.body


def test_an_error_of_the_server_has_its_format(calling, client):
    with pytest.raises(HttpFetchError, match="Conflict") as error:
        calling.ask(client.post, "/api/items/1", body={"n": 409})

    assert {
        "statusCode": 409,
        "error": "Conflict",
        "message": "there is one",
        "attributes": {"n": 409},
    } == error.value.body


def test_the_server_says_what_the_client_would_have_said(calling, client, port):
    body, query = {"n": "x", "z": 1}, {"deep": "maybe"}
    with pytest.raises(RequestContractError) as ours:
        calling.ask(client.post, "/api/items/1", body=body, query=query)
    unchecked = calling.made(f"http://127.0.0.1:{port}/base")
    with pytest.raises(HttpFetchError) as theirs:
        calling.ask(unchecked.post, "/api/items/1", body=body, query=query)

    answer = theirs.value.body
    assert (ours.value.status, ours.value.message, ours.value.issues) == (
        answer["statusCode"],
        answer["message"],
        answer["attributes"]["issues"],
    )


def test_a_failing_server_says_nothing(calling, client):
    with pytest.raises(HttpFetchError, match="Internal Server Error") as error:
        calling.ask(client.get, "/api/fails")

    assert "secret" not in str(error.value.body)


def test_each_kind_of_body_comes_back(calling, client):
    assert calling.ask(client.get, "/api/lines").count(b"\n") == 1000
    assert "text é" == calling.ask(client.get, "/api/text")
    assert calling.ask(client.get, "/api/nothing") is None
    assert calling.ask(client.head, "/api/text") is None
    assert calling.ask(client.options, "/api/text") is None
    assert "2024-10-31" == calling.ask(client.get, "/api/versioned", version="2024-10-31")


def test_bodies_go_up_in_pieces(calling, client):
    octets = {"content-type": "application/octet-stream"}
    pieces = (b"x" * 100_000 for _ in range(50))

    assert {"size": 5_000_000} == calling.ask(client.put, "/api/file", body=pieces, headers=octets)
    assert {"size": 1000} == calling.ask(
        client.put, "/api/file", body=io.BytesIO(bytes(1000)), headers=octets
    )


def test_a_raw_answer_comes_in_pieces(calling, client):
    answer = calling.ask(client.get, "/api/lines", as_response=True, raw_response=True)
    if calling.is_async:

        async def count():
            async with answer:
                return len([line async for line in answer.response.aiter_lines()])

        assert 1000 == calling.wait(count())
    else:
        with answer:
            assert 1000 == len(list(answer.response.iter_lines()))


def test_redirects_are_followed_as_httpx_is_told(calling, port):
    http = calling.http(follow_redirects=True)
    client = calling.made(f"http://127.0.0.1:{port}/base", http=http, router=make_router())

    assert "text é" == calling.ask(client.get, "/api/moved")
    calling.wait(http.aclose() if calling.is_async else http.close())


def test_threads_share_connections(port):
    results = []
    with Client(f"http://127.0.0.1:{port}/base", timeout=30) as client:

        def work(number):
            for _ in range(5):
                results.append((number, client.post(f"/api/items/{number}", body={"n": number})["id"]))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

        assert sorted(results) == sorted([(number, str(number)) for number in range(8)] * 5)
        assert 0 == client.loading_count


def test_tasks_share_connections(port):
    async def main():
        async with AsyncClient(f"http://127.0.0.1:{port}/base", timeout=30) as client:
            posts = [client.post(f"/api/items/{number}", body={"n": number}) for number in range(40)]
            return [answer["id"] for answer in await asyncio.gather(*posts)]

    assert [str(number) for number in range(40)] == asyncio.run(main())


def test_cancelled_requests_leave_the_client_as_it_was(uvicorn_port):
    async def main():
        async with AsyncClient(f"http://127.0.0.1:{uvicorn_port}/base", timeout=30) as client:
            for _ in range(5):
                WAITING.clear()
                tasks = [asyncio.create_task(client.get("/api/slow")) for _ in range(10)]
                # With a request each, for httpcore forgets a connection that has none yet.
                while len(WAITING) < 10:
                    await asyncio.sleep(0.005)
                for task in tasks:
                    task.cancel()
                results = await asyncio.gather(*tasks, return_exceptions=True)
                assert {asyncio.CancelledError} == {type(result) for result in results}
            # More than the pool holds would wait for ever.
            pool = client._settings.http._transport._pool
            assert await asyncio.to_thread(wait_until, lambda: not pool.connections, 5)
            assert "text é" == await client.get("/api/text")
            assert 0 == client.loading_count

    asyncio.run(main())
