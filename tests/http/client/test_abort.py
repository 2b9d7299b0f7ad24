"""Requests that are aborted, cancelled, or take too long."""

import asyncio
import contextlib
import threading
import time

import pytest

from kbn_schema.http import Router
from kbn_schema.http.client import AbortSignal, AsyncClient, Client, HttpFetchError
from tests.adapters.servers import wait_until
from tests.http.client.hostile import serving


def aborted(calling, client, signal, **options):
    with pytest.raises(HttpFetchError) as error:
        calling.ask(client.fetch, "/a", signal=signal, **options)
    assert ("AbortError", "The user aborted a request.", None) == (
        error.value.name,
        error.value.message,
        error.value.response,
    )
    assert error.value.__cause__ is None
    return error.value


def test_what_is_aborted_before_is_not_sent(calling):
    signal = AbortSignal()
    signal.abort()
    error = aborted(calling, calling.client(), signal)

    assert [] == calling.sent
    assert "http://localhost/myBase/a" == str(error.request.url)


def test_a_signal_that_is_not_given_changes_nothing(calling):
    assert calling.ask(calling.client().fetch, "/a", signal=AbortSignal()) is None


@pytest.mark.parametrize("body", [[1], None])
def test_it_is_seen_once_the_head_has_come(calling, body):
    signal = AbortSignal()
    answer = calling.answer(body)

    def abort(request):
        signal.abort()
        return answer

    aborted(calling, calling.client(abort), signal)
    assert answer.is_closed


def test_it_is_seen_between_the_pieces(calling):
    signal = AbortSignal()
    taken = []

    async def async_pieces():
        for piece in pieces():
            yield piece

    def pieces():
        for number in range(10):
            if number == 2:
                signal.abort()
            taken.append(number)
            yield b"1"

    stream = async_pieces() if calling.is_async else pieces()
    client = calling.client(lambda request: calling.library.Response(200, content=stream))
    aborted(calling, client, signal)

    assert len(taken) <= 4


def test_a_timeout_that_the_callers_stream_raises_is_no_abort(calling):
    async def async_body():
        yield b"1"
        raise TimeoutError("own")

    def body():
        yield b"1"
        raise TimeoutError("own")

    client = calling.made(router=Router(), check="off")
    stream = async_body() if calling.is_async else body()
    with pytest.raises(TimeoutError, match="own"):
        calling.ask(client.put, "/a", body=stream, signal=AbortSignal())


def test_interceptors_see_it(calling):
    seen = []
    signal = AbortSignal()
    signal.abort()
    client = calling.client()
    client.intercept(response_error=seen.append)
    aborted(calling, client, signal)

    assert ["AbortError"] == [failed.error.name for failed in seen]


def test_one_that_comes_late_is_told_at_once():
    signal, told = AbortSignal(), []
    signal.abort()
    with signal.telling(lambda: told.append(1)):
        assert [1] == told

    assert signal.aborted


def test_one_that_fails_does_not_keep_the_others(caplog):
    signal, told = AbortSignal(), []

    def fail():
        raise ValueError

    with signal.telling(fail), signal.telling(lambda: told.append(1)):
        signal.abort()
        signal.abort()

    assert [1] == told
    assert "could not be aborted" in caplog.text


def test_none_is_told_after_its_block():
    signal, told = AbortSignal(), []
    with signal.telling(lambda: told.append(1)):
        pass
    signal.abort()

    assert [] == told


@contextlib.contextmanager
def silence(head=b""):
    """A server that sends *head*, and then nothing; what it yields is its port, and its connections."""
    connections = []

    def talk(connection):
        connection.recv(65_536)
        connections.append(connection)  # with a request, for httpcore forgets one that has none yet
        connection.sendall(head)
        with contextlib.suppress(OSError):
            while connection.recv(65_536):
                pass
        connections.remove(connection)

    with serving(talk) as port:
        yield port, connections


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 100\r\n\r\nsome"


@pytest.mark.parametrize("head", [b"", HEAD], ids=["head", "body"])
def test_an_abort_ends_what_an_async_client_waits_for(head):
    """Also from another thread; and the connection is closed."""

    async def main(port, connections):
        async with AsyncClient(f"http://127.0.0.1:{port}") as client:
            for abort_from_here in (True, False):
                signal = AbortSignal()
                task = asyncio.create_task(client.get("/a", signal=signal))
                while not connections:
                    await asyncio.sleep(0.005)
                await asyncio.sleep(0.02)
                if abort_from_here:
                    signal.abort()
                else:
                    threading.Thread(target=signal.abort).start()
                with pytest.raises(HttpFetchError) as error:
                    await asyncio.wait_for(task, 5)
                assert "AbortError" == error.value.name
                assert await asyncio.to_thread(wait_until, lambda: not connections, 5)
                assert 0 == client.loading_count

    with silence(head) as (port, connections):
        asyncio.run(main(port, connections))


@pytest.mark.parametrize("signal", [None, AbortSignal()], ids=["plain", "with a signal"])
@pytest.mark.parametrize("head", [b"", HEAD], ids=["head", "body"])
def test_a_task_that_is_cancelled_is_cancelled(head, signal):
    """The error is asyncio's own, nobody sees another one, and no connection is left open."""

    async def main(port, connections):
        async with AsyncClient(f"http://127.0.0.1:{port}") as client:
            seen = []
            client.intercept(response_error=seen.append)
            tasks = [asyncio.create_task(client.get("/a", signal=signal)) for _ in range(5)]
            while len(connections) < 5:
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.02)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert [asyncio.CancelledError] * 5 == [type(result) for result in results]
            assert await asyncio.to_thread(wait_until, lambda: not connections, 5)
            assert ([], 0) == (seen, client.loading_count)

    with silence(head) as (port, connections):
        asyncio.run(main(port, connections))


def test_a_timeout_of_asyncio_is_asyncios():
    async def main(port):
        async with AsyncClient(f"http://127.0.0.1:{port}") as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.get("/a", signal=AbortSignal())

    with silence() as (port, _):
        asyncio.run(main(port))


@pytest.mark.parametrize("head", [b"", HEAD], ids=["head", "body"])
def test_what_takes_too_long_is_a_timeout(calling, head):
    with silence(head) as (port, connections):
        client = calling.made(f"http://127.0.0.1:{port}", timeout=0.5)
        with pytest.raises(HttpFetchError) as error:
            calling.ask(client.get, "/a")

        assert ("TimeoutError", 200 if head else None) == (error.value.name, error.value.status)
        assert wait_until(lambda: not connections, 5)


def test_a_plain_client_sees_an_abort_once_something_comes():
    signal = AbortSignal()

    def talk(connection):
        connection.recv(65_536)
        connection.sendall(HEAD)
        signal.abort()
        time.sleep(0.02)
        with contextlib.suppress(OSError):
            connection.sendall(b"more")

    with serving(talk) as port, Client(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(HttpFetchError) as error:
            client.get("/a", signal=signal)

        assert "AbortError" == error.value.name
