"""What comes back: results, and errors."""

import gzip
import pickle
import tracemalloc
import zlib

import pytest

from kbn_schema.http.client import FetchOptions, HttpFetchError, HttpResponse

JSON = "application/json"


def fetch(calling, answer, **options):
    limit = {"max_body_bytes": options.pop("max_body_bytes")} if "max_body_bytes" in options else {}
    client = calling.client(answer, **limit)
    return calling.ask(client.fetch, "/a", **options)


def failure(calling, answer, **options):
    with pytest.raises(HttpFetchError) as error:
        fetch(calling, answer, **options)
    return error.value


@pytest.mark.parametrize(
    ("content_type", "content", "result"),
    [
        (JSON, b'{"a": [1.5, null]}', {"a": [1.5, None]}),
        ("Application/JSON ; charset=utf-8", '"é"'.encode(), "é"),
        ("application/problem+json", b"[]", []),
        (JSON, b"\xef\xbb\xbf1", 1),
        (JSON, b"null", None),
        ("text/plain", b"hello", "hello"),
        ("text/plain", b"[1]", [1]),
        ("text/plain", b"1e999", "1e999"),
        ("text/plain", b'{"a":1,"a":2}', '{"a":1,"a":2}'),
        ("text/plain", b"[" * 10_000, "[" * 10_000),
        ("text/html; charset=ISO-8859-1", b"<\xe9>", "<é>"),
        ('text/html; charset="utf-8"', "é".encode(), "é"),
        ("text/javascript", b"f()", "f()"),
        ("text/javascript", b"[1]", [1]),
        ("application/xml", b"<a/>", "<a/>"),
        ("", b"text", "text"),
        ("nonsense", b"text", "text"),
        ("application/ndjson", b"{}\n{}\n", b"{}\n{}\n"),
        ("application/x-ndjson", b"{}\n", b"{}\n"),
        ("application/ndjson; charset=utf-8", b"{}", b"{}"),
        ("application/zip", b"PK\xff", b"PK\xff"),
        ("application/octet-stream", b"1", b"1"),
        ("application/vnd.mapbox-vector-tile", b"1", b"1"),
        ("image/png", b"\x89PNG", b"\x89PNG"),
        ("application/octet-stream", b"", b""),
        (JSON, b"", None),
        ("text/plain", b"", None),
        ("", b"", None),
    ],
)
def test_a_body_is_read_as_its_media_type_says(calling, content_type, content, result):
    found = fetch(calling, calling.answer(content, content_type=content_type))

    assert (result, type(result)) == (found, type(found))


@pytest.mark.parametrize("status", [204, 205])
def test_some_statuses_have_no_body(calling, status):
    assert fetch(calling, calling.answer(b"", status, content_encoding="gzip")) is None


def test_head_has_no_body(calling):
    answer = calling.answer(b"", content_length="100", content_encoding="br")

    assert fetch(calling, answer, method="HEAD") is None


@pytest.mark.parametrize("size", [65_536, 65_537, 65_541, 65_758, 65_793])
def test_what_zlib_holds_back_is_not_lost(calling, size):
    """Of deflate without a head and a trailer, all may be taken while something is still to come."""
    answer = calling.answer(raw_deflate(bytes(size)), content_type="image/x", content_encoding="deflate")

    assert bytes(size) == fetch(calling, answer)


def test_as_response_gives_all_of_it(calling):
    answer = fetch(calling, calling.answer({"a": 1}, 201, etag='"1"'), as_response=True, query={"b": 2})

    assert isinstance(answer, HttpResponse)
    assert isinstance(answer.fetch_options, FetchOptions)
    assert ("/a", True, {"b": 2}) == (
        answer.fetch_options.path,
        answer.fetch_options.as_response,
        dict(answer.fetch_options.query),
    )
    assert "http://localhost/myBase/a?b=2" == str(answer.request.url) == str(answer.response.url)
    assert (201, '"1"', {"a": 1}) == (
        answer.response.status_code,
        answer.response.headers["etag"],
        answer.body,
    )
    assert {"a": 1} == answer.response.json()
    assert answer.response.is_closed
    assert answer.response.elapsed.total_seconds() >= 0
    with pytest.raises(AttributeError):
        answer.body = 1


def test_a_raw_response_is_unread(calling):
    answer = fetch(calling, calling.answer(b"{", content_type=JSON), as_response=True, raw_response=True)

    assert answer.body is None
    assert not answer.response.is_closed
    assert b"{" == calling.wait(answer.response.aread() if calling.is_async else answer.response.read())


def test_a_raw_response_is_closed_by_its_block(calling):
    answer = fetch(calling, calling.answer(b"{"), as_response=True, raw_response=True)
    if calling.is_async:

        async def leave():
            async with answer as same:
                return same

        same = calling.wait(leave())
    else:
        with answer as same:
            pass

    assert same is answer
    assert answer.response.is_closed


def test_the_body_of_an_error_is_read_even_so(calling):
    error = failure(calling, calling.answer({"message": "no"}, 400), as_response=True, raw_response=True)

    assert {"message": "no"} == error.body
    assert error.response.is_closed


@pytest.mark.parametrize("status", [300, 302, 304, 400, 404, 418, 500, 599])
def test_a_status_that_is_no_success_is_an_error(calling, status):
    answer = calling.answer({"message": "secret"} if status != 304 else None, status)
    error = failure(calling, answer)

    assert ("Error", status, calling.sent[0]) == (error.name, error.status, error.request)
    assert str(error) == error.message != ""
    assert "secret" not in f"{error} {error!r}"
    assert error.response is not None
    assert error.body == (None if status == 304 else {"message": "secret"})
    assert error.__cause__ is None


def test_the_message_is_what_the_status_line_says(calling):
    def answer(request):
        extensions = {"reason_phrase": b"Gone Fishing"}
        return calling.library.Response(410, extensions=extensions, stream=calling.library.ByteStream(b""))

    assert "Gone Fishing" == str(failure(calling, answer))


def test_without_one_it_is_the_standards(calling):
    def answer(request):
        extensions = {"reason_phrase": b""}
        return calling.library.Response(422, extensions=extensions, stream=calling.library.ByteStream(b""))

    assert "Unprocessable Content" == str(failure(calling, answer))


UNREADABLE = [
    (JSON, b"secret", "not JSON"),
    (JSON, b'{"a": secret', "not JSON"),
    (JSON, b'{"secret": 1, "secret": 2}', "twice"),
    (JSON, b"[" * 100_000, "deep"),
    (JSON, b"NaN", ""),
    (JSON, b"\xff\xfe", ""),
    (JSON, b"1" * 5000, ""),
    ("text/plain", b"secret \xff", "not the text"),
    ("text/plain; charset=rot13", b"secret", "charset"),
    ("text/plain; charset=punycode", b"secret", "charset"),
    ("text/plain; charset=ascii", b"secret \xff", "not the text"),
    ("", b"\xff", "not the text"),
]


@pytest.mark.parametrize(("content_type", "content", "reason"), UNREADABLE)
def test_what_cannot_be_read_is_an_error_with_the_answer(calling, content_type, content, reason):
    error = failure(calling, calling.answer(content, content_type=content_type))

    assert (200, None) == (error.status, error.body)
    assert error.name in ("JsonTextError", "UnreadableBody")
    assert type(error.__cause__).__name__ == error.name
    assert "secret" not in f"{error} {error.__cause__}"
    assert content == error.response.content


@pytest.mark.parametrize(("content_type", "content", "reason"), UNREADABLE)
def test_an_error_is_an_error_whatever_its_body(calling, content_type, content, reason):
    error = failure(calling, calling.answer(content, 502, content_type))

    assert ("Bad Gateway", "Error", 502, None) == (error.message, error.name, error.status, error.body)
    assert error.__cause__ is not None


TEXT = b'{"a": "' + b"b" * 1000 + b'"}'


def raw_deflate(data):
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


@pytest.mark.parametrize(
    ("coding", "content"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("x-gzip", gzip.compress(TEXT, mtime=0)),
        ("GZIP", gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("identity", TEXT),
    ],
)
def test_a_body_is_inflated(calling, coding, content):
    answer = calling.answer(content, content_encoding=coding)
    found = fetch(calling, answer, as_response=True)

    assert {"a": "b" * 1000} == found.body
    assert TEXT == found.response.content
    assert coding == found.response.headers["content-encoding"]


@pytest.mark.parametrize("size", [65_536, 65_535, 65_537, 131_072, 1_000_000])
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_nothing_is_lost_where_the_steps_end(calling, pack, size):
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    coding = "gzip" if pack is gzip.compress else "deflate"
    answer = calling.answer(pack(content), content_type="application/zip", content_encoding=coding)

    assert content == fetch(calling, answer)


@pytest.mark.parametrize(
    ("coding", "content"),
    [
        ("gzip", b"secret"),
        ("gzip", gzip.compress(TEXT, mtime=0) + b"trailing"),
        ("gzip", gzip.compress(TEXT, mtime=0)[:-1]),
        ("gzip", gzip.compress(TEXT, mtime=0)[:20]),
        ("gzip", gzip.compress(TEXT, mtime=0)[:-6] + b"\x00" * 6),
        ("deflate", b"secret"),
        ("deflate", zlib.compress(TEXT)[:-1]),
        ("br", b"secret"),
        ("zstd", b"secret"),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT, mtime=0), mtime=0)),
        ("secret", b"a"),
    ],
)
def test_a_malformed_coding_is_an_error(calling, coding, content):
    error = failure(calling, calling.answer(content, content_encoding=coding))

    assert ("UnreadableBody", 200, None) == (error.name, error.status, error.body)
    assert "content encoding" in str(error)
    assert "secret" not in str(error)
    assert error.response.is_closed


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_body_has_a_limit_inflated(calling, pack):
    content = b"0" * 1000
    headers = {"content_encoding": "gzip"} if pack is gzip.compress else {}

    def answer(request):
        return calling.answer(pack(content), content_type="application/zip", **headers)

    assert content == fetch(calling, answer, max_body_bytes=1000)
    assert content == fetch(calling, answer, max_body_bytes=None)
    error = failure(calling, answer, max_body_bytes=999)
    assert "the response body exceeds [999] bytes" == str(error)
    assert error.response.is_closed


BOMB = gzip.compress(bytes(50_000_000))


def test_a_bomb_does_no_harm(calling):
    answer = calling.answer(BOMB, content_encoding="gzip")
    tracemalloc.start()
    try:
        error = failure(calling, answer, max_body_bytes=1_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert "the response body exceeds [1000000] bytes" == str(error)
    assert peak < 3_000_000


class Odd(Exception):
    """What nobody has thought of."""


@pytest.mark.parametrize(
    ("make", "name", "message"),
    [
        (lambda library: library.ConnectError("[Errno 111] refused"), "ConnectError", "[Errno 111] refused"),
        (lambda library: library.ConnectTimeout("timed out"), "TimeoutError", "timed out"),
        (lambda library: library.ReadTimeout(""), "TimeoutError", "TimeoutError"),
        (lambda library: TimeoutError(), "TimeoutError", "TimeoutError"),
        (lambda library: library.ReadError(""), "ReadError", "ReadError"),
        (lambda library: library.TooManyRedirects("too many"), "TooManyRedirects", "too many"),
        (
            lambda library: library.RemoteProtocolError("illegal status line: bytearray(b'secret')"),
            "RemoteProtocolError",
            "illegal status line",
        ),
        (
            lambda library: library.LocalProtocolError("Illegal header value b'secret\\n'"),
            "LocalProtocolError",
            "Illegal header value",
        ),
        (lambda library: Odd("odd"), "Odd", "odd"),
        (lambda library: Odd("x" * 10_000), "Odd", "x" * 253 + "..."),
    ],
)
def test_a_transport_that_fails_is_an_error_without_an_answer(calling, make, name, message):
    cause = make(calling.library)

    def answer(request):
        raise cause

    error = failure(calling, answer)

    assert (name, message) == (error.name, str(error))
    assert (None, None, None) == (error.response, error.body, error.status)
    assert error.__cause__ is cause
    assert calling.sent == [error.request]


def test_an_error_can_be_pickled(calling):
    error = pickle.loads(pickle.dumps(failure(calling, calling.answer({"a": 1}, 404))))

    assert ("Not Found", "Error", 404, {"a": 1}) == (error.message, error.name, error.status, error.body)


def test_an_interrupt_is_no_error_of_the_transport(calling):
    def answer(request):
        raise KeyboardInterrupt

    client = calling.client(answer)
    with pytest.raises(KeyboardInterrupt):
        calling.ask(client.fetch, "/")

    assert 0 == client.loading_count


def test_an_answer_of_the_transport_that_was_read_is_taken_as_well(calling):
    def answer(request):
        content = gzip.compress(b"[1]")
        return calling.library.Response(200, headers={"content-encoding": "gzip"}, content=content)

    assert [1] == fetch(calling, answer)


def test_a_stream_whose_iterator_cannot_be_closed_is_read_and_closed_itself(calling):
    """httpx wraps those of its transports; a client of one's own may give another."""
    closed = []

    class Pieces:
        def __init__(self):
            self.left = [b"5"]

        def __iter__(self):
            return self

        def __next__(self):
            if not self.left:
                raise StopIteration
            return self.left.pop()

        def __aiter__(self):
            return self

        async def __anext__(self):
            if not self.left:
                raise StopAsyncIteration
            return self.left.pop()

    class Stream(calling.library.AsyncByteStream, calling.library.SyncByteStream):
        def __iter__(self):
            return Pieces()

        def __aiter__(self):
            return Pieces()

        def close(self):
            closed.append(1)

        async def aclose(self):
            closed.append(1)

    async def give(response):
        return response

    class Own(calling.http):
        def send(self, request, **options):
            headers = {"content-type": "application/json"}
            response = calling.library.Response(200, headers=headers, stream=Stream(), request=request)
            return give(response) if calling.is_async else response

    assert 5 == calling.ask(calling.made("http://localhost", http=Own()).get, "/a")
    assert closed
