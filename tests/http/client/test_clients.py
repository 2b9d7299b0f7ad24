"""What a client is made of, and what it has beside requests."""

import asyncio
import gc
import itertools
import subprocess
import sys
import threading
import weakref

import httpx
import httpx2
import pytest

from kbn_schema.http import Router
from kbn_schema.http.client import AsyncClient, Client, HttpFetchError
from kbn_schema.http.client.urls import BasePath

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("http://localhost", "http://localhost/a"),
        ("http://localhost/", "http://localhost/a"),
        ("https://example.org:8443/base/", "https://example.org:8443/base/a"),
        ("http://[::1]:5601/s/x", "http://[::1]:5601/s/x/a"),
        ("http://localhost/a%20b/%C3%A9", "http://localhost/a%20b/%C3%A9/a"),
        ("HTTP://LOCALHOST", "http://localhost/a"),
    ],
)
@pytest.mark.parametrize("as_text", [True, False])
def test_requests_go_to_the_base_url(calling, base_url, url, as_text):
    client = calling.client(base_url=base_url if as_text else calling.library.URL(base_url))
    calling.ask(client.get, "/a")

    assert url == str(calling.sent[0].url)


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "localhost:5601",
        "localhost",
        "/base",
        "//localhost",
        "http://",
        "ftp://localhost",
        f"http://user:{SECRET}@localhost:port",
        f"http://user:{SECRET}@localhost/a?b=c",
        f"http://user:{SECRET}@localhost/a#b",
        f"http://user:{SECRET}@local\nhost",
        f"ftp://user:{SECRET}@localhost",
        f"http://user:{SECRET}@[::",
    ],
)
def test_what_is_no_base_url_is_refused_and_not_shown(calling, base_url):
    with pytest.raises(ValueError, match="base_url must") as error:
        calling.client(base_url=base_url)

    assert SECRET not in f"{error.value!r} {error.value.__cause__!r} {error.value.__context__!r}"


def test_user_and_password_become_a_header(calling):
    """And are in no url, error, log or repr."""
    client = calling.client(calling.answer(status=401), f"http://us%40er:p%C3%A9{SECRET}@localhost/base")
    with pytest.raises(HttpFetchError) as error:
        calling.ask(client.get, "/a")

    assert httpx.BasicAuth("us@er", f"pé{SECRET}")._auth_header == calling.sent[0].headers["authorization"]
    assert "http://localhost/base/a" == str(calling.sent[0].url)
    assert SECRET not in f"{error.value!r} {error.value} {error.value.request.url} {client._settings!r}"


def test_what_one_caller_is_given_is_not_sent_with_what_another_asks_for(calling):
    """Callers may share a client; whoever wants cookies hands in a client of httpx."""
    client = calling.client(calling.answer(set_cookie="sid=alice; Path=/"))
    calling.ask(client.get, "/a")
    calling.ask(client.get, "/a")

    assert [None, None] == [request.headers.get("cookie") for request in calling.sent]


def test_a_client_says_where_it_sends(calling):
    client = calling.client(base_url=f"http://user:{SECRET}@localhost:5601/base/")

    assert f"{calling.kind.__name__}('http://localhost:5601/base')" == repr(client)


def test_a_header_that_is_given_goes_before_it(calling):
    base_url = "http://user:password@localhost"
    calling.ask(calling.client(base_url=base_url).get, "/a", headers={"Authorization": "ApiKey 1"})
    calling.ask(calling.client(base_url=base_url, headers={"Authorization": "ApiKey 2"}).get, "/a")

    assert ["ApiKey 1", "ApiKey 2"] == [request.headers["authorization"] for request in calling.sent]


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"base_url": 1}, TypeError, "base_url must be text but is .int."),
        ({"base_url": b"http://localhost"}, TypeError, "base_url must be text"),
        ({}, TypeError, "a client needs a base_url, a router, or a client of httpx with a base_url"),
        ({"base_url": "http://a", "baseUrl": 1}, TypeError, r"a client has no option \[baseUrl\], expected"),
        ({"base_url": "http://a", "router": 1}, TypeError, "router must be a Router but is .int."),
        ({"base_url": "http://a", "check": "yes"}, ValueError, r"check must be one of \[raise\], \[log\], "),
        ({"base_url": "http://a", "max_body_bytes": "1"}, TypeError, "max_body_bytes must be a whole number"),
        ({"base_url": "http://a", "max_body_bytes": True}, TypeError, "must be a whole number but is .bool."),
        ({"base_url": "http://a", "max_body_bytes": -1}, ValueError, "max_body_bytes must be at least 0"),
        ({"base_url": "http://a", "headers": []}, TypeError, "headers must be a mapping but is .list."),
        ({"base_url": "http://a", "transport": 1}, TypeError, "transport must be an httpx"),
        ({"base_url": "http://a", "http": 1}, TypeError, "http must be an httpx"),
    ],
)  # fmt: skip
def test_wrong_options_are_refused(calling, options, kind, text):
    with pytest.raises(kind, match=text):
        calling.made(**options)


def test_the_wrong_colour_is_refused(calling):
    plain, other = (
        (calling.library.Client, calling.library.HTTPTransport)
        if calling.is_async
        else (calling.library.AsyncClient, calling.library.AsyncHTTPTransport)
    )
    advice = "use Client where it is plain" if calling.is_async else "use AsyncClient where it is async"
    with pytest.raises(TypeError, match=advice):
        calling.made("http://localhost", http=plain())
    with pytest.raises(TypeError, match=advice):
        calling.made("http://localhost", transport=other())


def test_one_of_transport_and_http_is_given(calling):
    transport = calling.library.MockTransport(print)
    with pytest.raises(TypeError, match="give one of transport and http"):
        calling.made("http://localhost", transport=transport, http=calling.http())


def handed_in(calling, **options):
    transport = calling.library.MockTransport(
        lambda request: calling.sent.append(request) or calling.answer()
    )
    return calling.http(transport=transport, **options)


def test_a_client_that_is_handed_in_is_used_as_it_is(calling):
    http = handed_in(calling, headers={"x-own": "1"}, cookies={"c": "2"}, auth=("u", "p"), params={"d": "3"})
    client = calling.made("http://localhost/base", http=http)
    calling.ask(client.get, "/a", query={"e": 4})

    request = calling.sent[0]
    assert ("1", "c=2") == (request.headers["x-own"], request.headers["cookie"])
    assert request.headers["authorization"].startswith("Basic ")
    assert b"d=3&e=4" == request.url.query


def test_its_base_url_is_taken_where_there_is_no_other(calling):
    http = handed_in(calling, base_url="http://localhost/own/")
    calling.ask(calling.made(http=http).get, "/a")
    calling.ask(calling.made("http://other/base", http=http).get, "/a")

    assert ["http://localhost/own/a", "http://other/base/a"] == [str(request.url) for request in calling.sent]
    with pytest.raises(TypeError, match="http has none"):
        calling.made(http=handed_in(calling))


def test_it_is_not_closed_with_ours(calling):
    http = handed_in(calling)
    client = calling.made("http://localhost", http=http)
    calling.close(client)

    assert not http.is_closed
    calling.ask(client.get, "/a")
    calling.wait(http.aclose() if calling.is_async else http.close())
    with pytest.raises(RuntimeError, match="the client is closed"):
        calling.ask(client.get, "/a")


def test_a_closed_client_sends_nothing(calling):
    client = calling.client()
    calling.close(client)
    calling.close(client)

    with pytest.raises(RuntimeError, match="the client is closed"):
        calling.ask(client.get, "/a")
    assert ([], 0) == (calling.sent, client.loading_count)


def test_a_block_closes_it(calling):
    if calling.is_async:

        async def run():
            async with calling.client() as client:
                await client.get("/a")
                return client

        client = calling.wait(run())
    else:
        with calling.client() as client:
            client.get("/a")

    with pytest.raises(RuntimeError):
        calling.ask(client.get, "/a")


def test_a_transport_without_a_base_url_is_local(calling):
    client = calling.made(
        transport=calling.library.MockTransport(lambda request: calling.answer(str(request.url)))
    )

    assert "http://localhost/a" == calling.ask(client.get, "/a")


def test_a_client_of_starlettes_tests_can_be_handed_in():
    from starlette.applications import Starlette
    from starlette.testclient import TestClient as StarletteClient

    from kbn_schema.adapters import starlette

    router = Router()
    router.get("/a", validate=False)(lambda context, request, response: response.ok(body={"b": 1}))
    app = starlette.mount(Starlette(), router)
    with StarletteClient(app) as http:
        assert {"b": 1} == Client(http=http, router=router).get("/a")


@pytest.mark.parametrize(
    ("base", "path", "prepended", "removed"),
    [
        ("", "/a", "/a", "/a"),
        ("/base", "/a", "/base/a", "/a"),
        ("/base/", "/a?b=c", "/base/a?b=c", "/a?b=c"),
        ("/base", "a", "a", "a"),
        ("/base", "https://example.org/a", "https://example.org/a", "https://example.org/a"),
        ("/base", "//example.org/a", "//example.org/a", "//example.org/a"),
        ("/base", "/base", "/base/base", "/"),
        ("/base", "/base/a", "/base/base/a", "/a"),
        ("/base", "/basement/a", "/base/basement/a", "/basement/a"),
    ],
)
def test_the_base_path_is_put_before_paths_and_removed(base, path, prepended, removed):
    base_path = BasePath(base)

    assert (prepended, removed) == (base_path.prepend(path), base_path.remove(path))


def test_a_client_has_its_base_path(calling):
    assert "/myBase" == calling.client().base_path.get()
    assert "" == calling.client(base_url="http://localhost").base_path.get()


def test_the_loading_count_is_told_of_each_change(calling):
    counts = []
    client = calling.client(lambda request: calling.answer({"count": client.loading_count}))
    end = client.on_loading_count(counts.append)

    assert {"count": 1} == calling.ask(client.get, "/a")
    with pytest.raises(TypeError):
        calling.ask(client.get, "/a", body={1})
    end()
    calling.ask(client.get, "/a")
    assert ([0, 1, 0, 1, 0], 0) == (counts, client.loading_count)


def test_a_listener_that_raises_does_no_harm(calling, caplog):
    def fail(count):
        raise ValueError("listener")

    client = calling.client()
    counts = []
    client.on_loading_count(fail)
    client.on_loading_count(counts.append)
    calling.ask(client.get, "/a")

    assert [0, 1, 0] == counts
    assert 3 == len([record for record in caplog.records if "loading count" in record.getMessage()])


def test_a_listener_that_another_one_has_removed_is_told_nothing_more(calling, caplog):
    told, ends = [], []

    def end_the_other(count):
        for end in ends:
            end()

    client = calling.client()
    client.on_loading_count(end_the_other)
    ends.append(client.on_loading_count(told.append))
    calling.ask(client.get, "/a")

    # What httpx says of its own requests is none of ours.
    assert ([0], []) == (told, [record for record in caplog.records if record.name.startswith("kbn_schema")])


def test_a_listener_may_send_requests():
    counts = []
    transport = httpx.MockTransport(lambda request: httpx.Response(204))
    depths = [0]
    with Client("http://localhost", transport=transport) as client:

        def listen(count):
            depths.append(depths[-1] + 1)
            counts.append(count)
            if len(counts) == 1:
                client.get("/a")
            depths.append(depths[-1] - 1)

        client.on_loading_count(listen)
    assert ([0, 1, 0], 1) == (counts, max(depths))  # one call after the other


def test_threads_share_a_client():
    """The count comes in order, and ends at nothing."""
    counts, results = [], []
    barrier = threading.Barrier(8)

    def answer(request):
        barrier.wait(10)
        return httpx.Response(200, json={"path": request.url.path})

    with Client("http://localhost", transport=httpx.MockTransport(answer)) as client:
        client.on_loading_count(counts.append)
        client.intercept(request=lambda options: {"headers": {"x": options.path}})
        work = [
            threading.Thread(target=lambda n=n: results.append((n, client.get(f"/{n}")))) for n in range(8)
        ]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join(10)

        assert sorted(results) == [(n, {"path": f"/{n}"}) for n in range(8)]
        assert (8, 0, 0) == (max(counts), counts[-1], client.loading_count)
        assert {1} == {abs(one - other) for one, other in itertools.pairwise(counts)}


def test_tasks_share_a_client():
    counts = []

    async def answer(request):
        await asyncio.sleep(0.01)
        return httpx.Response(200, json={"path": request.url.path})

    async def main():
        async with AsyncClient("http://localhost", transport=httpx.MockTransport(answer)) as client:
            client.on_loading_count(counts.append)
            return await asyncio.gather(*(client.get(f"/{n}") for n in range(20)))

    assert [{"path": f"/{n}"} for n in range(20)] == asyncio.run(main())
    assert [*range(21), *range(19, -1, -1)] == counts


class Own(Exception):
    """An author's."""


def fail(options):
    raise Own


@pytest.mark.parametrize(
    "interceptor", [{"response": print, "response_error": lambda _: None}, {"request": fail}]
)
def test_a_failed_call_leaves_nothing_for_the_cyclic_collector(interceptor):
    """An error, and the body that it has, goes when its handler is done with it."""
    transport = httpx.MockTransport(lambda request: httpx.Response(404, json={"a": 1}))
    with Client("http://localhost", transport=transport) as client:
        client.intercept(interceptor)
        gc.collect()
        gc.disable()
        try:
            try:
                client.get("/a")
            except (HttpFetchError, Own) as error:
                held = weakref.ref(error)
            assert held() is None
        finally:
            gc.enable()


def run(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


WITHOUT = "import sys; sys.modules[{!r}] = None; "


def test_the_fork_is_taken_where_httpx_is_missing():
    program = "from kbn_schema.http.client import library; print(library.default_library.__name__)"

    assert "httpx2" == run(WITHOUT.format("httpx") + program).strip()
    assert "httpx" == run(program).strip()


def test_the_extra_is_named_where_both_are_missing():
    output = run(WITHOUT.format("httpx") + WITHOUT.format("httpx2") + "import kbn_schema.http.client")

    last = "ModuleNotFoundError: httpx is not installed: pip install 'kbn-schema[httpx]'"
    assert last == output.strip().splitlines()[-1]


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_what_is_missing_inside_a_library_is_not_explained_away(library):
    block = WITHOUT.format("idna") + ("" if library == "httpx" else WITHOUT.format("httpx"))
    output = run(block + "import kbn_schema.http.client")

    assert "kbn-schema[" not in output.strip().splitlines()[-1]


def test_the_library_is_imported_by_the_client_alone():
    assert "False" == run("import sys, kbn_schema.http; print('httpx' in sys.modules)").strip()


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_each_library_gets_its_own_requests(library):
    transport = library.MockTransport(lambda request: library.Response(200, json=1))
    answer = Client("http://localhost", transport=transport).get("/a", as_response=True)

    assert (library.Request, library.Response) == (type(answer.request), type(answer.response))
