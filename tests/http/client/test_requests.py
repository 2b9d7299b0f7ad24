"""What goes out: url, query, headers and body."""

import datetime as dt
import enum
import io
import json
import math
import uuid

import pytest

from kbn_schema import MISSING, schema
from kbn_schema.http import Router
from kbn_schema.http.client import FetchOptions
from kbn_schema.quantities import ByteSize, Duration

METHODS = ["get", "post", "put", "patch", "delete", "head", "options"]


class Color(enum.Enum):
    RED = "red"


class Pair(enum.Enum):
    BOTH = (1, 2)
    NEITHER = None


class Size(enum.IntEnum):
    SMALL = 1


class Word(enum.StrEnum):
    YES = "yes"


def sent(calling, *arguments, client=None, **options):
    """The request that a call of ``fetch`` sends."""
    client = client or calling.client()
    calling.ask(client.fetch, *arguments, **options)
    return calling.sent[-1]


def refused(calling, *arguments, client=None, **options):
    """The error of a call of ``fetch`` that sends nothing."""
    client = client or calling.client()
    with pytest.raises((TypeError, ValueError)) as error:
        calling.ask(client.fetch, *arguments, **options)
    assert [] == calling.sent
    return error.value


@pytest.mark.parametrize("method", METHODS)
def test_a_shorthand_fixes_the_method(calling, method):
    client = calling.client()
    calling.ask(getattr(client, method), "/a", method="PURGE")
    calling.ask(getattr(client, method), {"path": "/a", "method": "PURGE"})

    assert [method.upper()] * 2 == [request.method for request in calling.sent]


def test_all_ways_to_ask_are_one(calling):
    for arguments, options in [
        (("/a", {"method": "PUT", "query": {"b": 1}}), {}),
        (("/a",), {"method": "PUT", "query": {"b": 1}}),
        (("/a", {"method": "PUT"}), {"query": {"b": 1}}),
        (({"path": "/a", "method": "PUT", "query": {"b": 1}},), {}),
        ((FetchOptions(path="/a", method="put", query={"b": 1}),), {}),
        ((), {"path": "/a", "method": "PUT", "query": {"b": 1}}),
    ]:
        request = sent(calling, *arguments, **options)
        assert ("PUT", "http://localhost/myBase/a?b=1") == (request.method, str(request.url))


@pytest.mark.parametrize(
    ("arguments", "received"),
    [
        ((1,), "number, undefined"),
        ((None,), "undefined, undefined"),
        (("/a", 1), "string, number"),
        (("/a", "b"), "string, string"),
        (("/a", True), "string, boolean"),
        (({"path": "/"}, {}), "object, object"),
        ((print,), "function, undefined"),
    ],
)
def test_other_arguments_are_refused(calling, arguments, received):
    error = refused(calling, *arguments)

    assert f"received ({received})" in str(error)
    assert isinstance(error, TypeError)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"asResponse": True}, r"\[asResponse\] is no fetch option, expected \[path\], \[method\]"),
        ({"query": []}, "query must be a mapping but is .list."),
        ({"query": {1: 2}}, "a name in query must be text but is .int."),
        ({"headers": "a"}, "headers must be a mapping but is .str."),
        ({"context": "a"}, "context must be a mapping but is .str."),
        ({"version": 1}, "version must be text but is .int."),
        ({"method": 1}, "method must be text but is .int."),
        ({"as_response": "no"}, "as_response must be True or False but is .str."),
        ({"prepend_base_path": 0}, "prepend_base_path must be True or False but is .int."),
        ({"signal": 1}, "signal must be an AbortSignal but is .int."),
        ({"timeout": "5"}, "timeout must be seconds, an httpx.Timeout or None but is .str."),
        ({"timeout": True}, "timeout must be seconds, an httpx.Timeout or None but is .bool."),
    ],
)
def test_options_of_wrong_types_are_refused(calling, options, text):
    error = refused(calling, "/a", **options)

    assert isinstance(error, TypeError)
    with pytest.raises(TypeError, match=text):
        raise error


@pytest.mark.parametrize("method", ["", "A B", "GET / HTTP/1.1\r\nx: y", "GÉT"])
def test_a_method_is_a_token(calling, method):
    assert "method must be the name of a method" in str(refused(calling, "/a", method=method))


def test_options_without_a_path_are_refused(calling):
    assert "the fetch options have no [path]" == str(refused(calling, {"method": "GET"}))


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("/a b/é", "/myBase/a%20b/%C3%A9"),
        ("a", "/myBase/a"),
        ("/a%2Fb%20c", "/myBase/a%2Fb%20c"),
        ("/a//b/", "/myBase/a//b/"),
        ("/a?b=c%20d&e=f g", "/myBase/a?b=c%20d&e=f%20g"),
        ("/\\evil.example/a", "/myBase/%5Cevil.example/a"),
        ("/a:b@c", "/myBase/a:b@c"),
        ("/a...b/.c", "/myBase/a...b/.c"),
        ('/a[1]{2}|^`<>"', "/myBase/a%5B1%5D%7B2%7D%7C%5E%60%3C%3E%22"),
    ],
)
def test_a_path_goes_below_the_base_path(calling, path, raw):
    assert raw.encode() == sent(calling, path).url.raw_path


def test_without_the_base_path_it_is_below_the_origin(calling):
    assert "http://localhost/a" == str(sent(calling, "/a", prepend_base_path=False).url)


@pytest.mark.parametrize("prepend", [True, False])
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "is empty"),
        ("//evil.example/a", "must have no host"),
        ("https://evil.example/a", "must have no host"),
        ("HTTP://evil.example", "must have no host"),
        ("/a\r\nx: y", "control characters"),
        ("/a\x00", "control characters"),
        ("/a\x7f", "control characters"),
        ("/a#b", "no fragment"),
        ("/../a", "no segment [.] or [..]"),
        ("/a/..", "no segment [.] or [..]"),
        ("/a/./b", "no segment [.] or [..]"),
        ("/a/%2e%2E/b", "no segment [.] or [..]"),
        ("/a/.%2e%2fb", "no segment [.] or [..]"),
        ("/a/..\\b", "no segment [.] or [..]"),
        ("/a/..%5Cb", "no segment [.] or [..]"),
        ("/100%", "malformed escape"),
        ("/a?b=%zz", "malformed escape"),
        ("/\ud800", "lone surrogate"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(calling, path, reason, prepend):
    error = refused(calling, path, prepend_base_path=prepend)

    assert reason in str(error)
    assert isinstance(error, ValueError)
    assert "evil" not in str(error)


def test_a_url_that_is_too_long_is_refused(calling):
    assert "the url is too long" == str(refused(calling, "/a", query={"b": "c" * 70_000}))


@pytest.mark.parametrize(
    ("value", "query"),
    [
        (None, ""),
        (MISSING, ""),
        ([], ""),
        ("", "a="),
        ("é &=+#/?", "a=%C3%A9%20%26%3D%2B%23%2F%3F"),
        (True, "a=true"),
        (False, "a=false"),
        (1, "a=1"),
        (-(10**30), f"a=-{10**30}"),
        (1.5, "a=1.5"),
        (2.0, "a=2"),
        (1e21, "a=1e%2B21"),
        (["b", 1, True], "a=b&a=1&a=true"),
        (["[1]", "b"], "a=%5B1%5D&a=b"),
        (("b", "c"), "a=b&a=c"),
        (dt.date(2026, 1, 2), "a=2026-01-02"),
        (dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC), "a=2026-01-02T03%3A00%3A00%2B00%3A00"),
        (uuid.UUID(int=1), "a=00000000-0000-0000-0000-000000000001"),
        (Color.RED, "a=red"),
        (Size.SMALL, "a=1"),
        (Word.YES, "a=yes"),
        ({"b": [1]}, "a=%7B%22b%22%3A%5B1%5D%7D"),
    ],
)
def test_a_query_is_spelled(calling, value, query):
    request = sent(calling, "/", query={"a": value})

    assert query.encode() == request.url.query


def test_a_query_joins_that_of_the_path(calling):
    assert b"a=1&b=2&a=3" == sent(calling, "/?a=1", query={"b": 2, "a": 3}).url.query


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (math.nan, ValueError),
        (math.inf, ValueError),
        (b"b", TypeError),
        ({1}, TypeError),
        ([MISSING], TypeError),
        ([None], TypeError),
        ([["b"]], TypeError),
        (Pair.BOTH, TypeError),
        (Pair.NEITHER, TypeError),
        (object(), TypeError),
        ({"b": math.nan}, ValueError),
        ("\ud800", ValueError),
    ],
)
def test_what_has_no_text_is_no_query(calling, value, kind):
    error = refused(calling, "/", query={"a": value})

    assert type(error) is kind
    assert "recursion" not in str(error)


READ_BACK = {
    "text": (schema.string(), "é &=+%"),
    "number": (schema.number(), 1e-7),
    "integer": (schema.integer(), -(10**30)),
    "whole float": (schema.number(), 3.0),
    "boolean": (schema.boolean(), False),
    "list": (schema.array_of(schema.integer()), [1, 2]),
    "list of one": (schema.array_of(schema.integer()), [1]),
    "date": (schema.date(), dt.date(2026, 1, 2)),
    "time": (schema.date_time(), dt.datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=dt.UTC)),
    "uuid": (schema.uuid(), uuid.UUID(int=5)),
    "duration": (schema.duration(), Duration(5_400_000)),
    "size": (schema.byte_size(), ByteSize(1536)),
    "enum": (schema.enum(Color), Color.RED),
    "object": (schema.object({"b": schema.array_of(schema.integer())}), {"b": [1, 2]}),
    "objects": (schema.array_of(schema.object({"b": schema.integer()})), [{"b": 1}, {"b": 2}]),
    "record": (schema.record_of(schema.string(), schema.boolean()), {"x": True}),
}


@pytest.mark.parametrize("name", READ_BACK)
def test_schemas_read_back_what_a_query_was_given(calling, name):
    kind, value = READ_BACK[name]
    seen = []
    router = Router()

    @router.get("/", validate={"query": schema.object({"a": kind})})
    def look(context, request, response):
        seen.append(request.query["a"])
        return response.ok()

    calling.ask(calling.made(router=router).get, "/", query={"a": value})

    assert [value] == seen


def test_headers_of_all_sides_are_merged(calling):
    client = calling.client(
        kbn_version="9.1.0",
        build_number=1234,
        headers={"Accept-Language": "de", "X-One": "1", "kbn-xsrf": "true"},
    )
    request = sent(
        calling,
        "/",
        client=client,
        headers={"x-one": 2, "X-Two": " two\t", "Content-Type": "text/plain"},
        version="2023-10-31",
        as_system_request=True,
    )

    expected = {
        "accept-language": "de",
        "x-one": "2",
        "x-two": "two",
        "content-type": "text/plain",
        "kbn-xsrf": "true",
        "kbn-version": "9.1.0",
        "kbn-build-number": "1234",
        "elastic-api-version": "2023-10-31",
        "x-elastic-internal-origin": "Kibana",
        "kbn-system-request": "true",
        "accept-encoding": "gzip, deflate",
    }
    assert expected.items() <= dict(request.headers).items()


def test_what_was_not_asked_for_is_not_sent(calling):
    names = set(sent(calling, "/").headers)

    assert not names & {
        "kbn-version",
        "kbn-build-number",
        "elastic-api-version",
        "kbn-system-request",
        "x-kbn-context",
        "authorization",
    }


def test_none_erases_any_header(calling):
    client = calling.client(headers={"X-One": "1"}, internal_origin=None)
    erased = ["x-one", "Content-Type", "User-Agent", "accept"]
    request = sent(calling, "/", client=client, headers=dict.fromkeys(erased), body={"a": 1})

    assert not {name.lower() for name in [*erased, "x-elastic-internal-origin"]} & set(request.headers)


def test_a_version_replaces_that_of_the_headers(calling):
    options = {"headers": {"elastic-api-version": "1"}}

    assert "1" == sent(calling, "/", **options).headers["elastic-api-version"]
    assert "2" == sent(calling, "/", version="2", **options).headers["elastic-api-version"]


@pytest.mark.parametrize("name", ["kbn-xsrf", "Kbn-Version", "KBN-"])
def test_kibanas_headers_are_the_clients_in_any_case(calling, name):
    error = refused(calling, "/", headers={name: "x", "a": "b"})

    assert f'Invalid fetch headers, headers beginning with "kbn-" are not allowed: [{name}]' == str(error)


@pytest.mark.parametrize("side", ["caller", "client"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a\r\nb", "c"),
        ("a:b", "c"),
        ("", "c"),
        ("é", "c"),
        ("a b", "c"),
        ("a", "secret\r\nb: c"),
        ("a", "secret\nb"),
        ("a", "secret\x00"),
        ("a", "secret€"),
        ("a", True),
        ("a", 1.5),
        ("a", ["secret"]),
    ],
)
def test_nothing_gets_out_of_a_header(calling, name, value, side):
    theirs, ours = ({}, {name: value}) if side == "client" else ({name: value}, {})
    with pytest.raises((TypeError, ValueError)) as error:
        calling.ask(lambda: calling.client(headers=ours).fetch("/", headers=theirs))

    assert "secret" not in str(error.value)
    assert "\r" not in str(error.value)
    assert [] == calling.sent


@pytest.mark.parametrize("option", ["kbn_version", "internal_origin"])
def test_nothing_gets_out_of_a_header_of_the_clients_own(calling, option):
    with pytest.raises(ValueError, match="without control characters"):
        calling.client(**{option: "1\r\nx: y"})


def test_nothing_gets_out_of_a_version(calling):
    assert "[elastic-api-version]" in str(refused(calling, "/", version="1\r\nx: y"))


def test_latin_1_is_sent_as_it_is(calling):
    assert (b"x", "é".encode("latin-1")) in sent(calling, "/", headers={"x": "é"}).headers.raw


# As node prints `encodeURIComponent(JSON.stringify(context))`.
CONTEXTS = [
    ({"a": "é ~!*'()-_."}, "%7B%22a%22%3A%22%C3%A9%20~!*'()-_.%22%7D"),
    ({"b": None, "c": True}, "%7B%22b%22%3Anull%2C%22c%22%3Atrue%7D"),
    ({"n": [1, 1.0, -0.0, 0.1, 1e21, 1e-7]}, "%7B%22n%22%3A%5B1%2C1%2C0%2C0.1%2C1e%2B21%2C1e-7%5D%7D"),
    ({"s": "\ud800\u2028\n\"\\/"}, "%7B%22s%22%3A%22%5Cud800%E2%80%A8%5Cn%5C%22%5C%5C%2F%22%7D"),
    ({"s": "😀"}, "%7B%22s%22%3A%22%F0%9F%98%80%22%7D"),
    ({"child": {"meta": {}}}, "%7B%22child%22%3A%7B%22meta%22%3A%7B%7D%7D%7D"),
]  # fmt: skip


@pytest.mark.parametrize(("context", "header"), CONTEXTS)
def test_a_context_is_what_javascript_makes_of_it(calling, context, header):
    assert header == sent(calling, "/", context=context).headers["x-kbn-context"]


def test_an_empty_context_is_none(calling):
    assert "x-kbn-context" not in sent(calling, "/", context={}).headers


def endless():
    context = {}
    context["a"] = context
    return context


@pytest.mark.parametrize("context", [{"a": math.nan}, {"a": {1}}, {"a": {1: 2}}, endless()])
def test_a_context_is_json(calling, context):
    assert "context" in str(refused(calling, "/", context=context))


@pytest.mark.parametrize(
    ("body", "content"),
    [
        (None, b""),
        (MISSING, b""),
        ({"a": [1, None, True, "é"]}, '{"a":[1,null,true,"é"]}'.encode()),
        ([], b"[]"),
        (0, b"0"),
        (False, b"false"),
        ("text é", "text é".encode()),
        ("", b""),
        (b"\x00\xff", b"\x00\xff"),
        (bytearray(b"ab"), b"ab"),
        (memoryview(b"ab"), b"ab"),
        ({"when": dt.date(2026, 1, 2)}, b'{"when":"2026-01-02"}'),
    ],
)
def test_a_body_is_sent(calling, body, content):
    request = sent(calling, "/", method="POST", body=body)

    assert content == request.content
    assert str(len(content)) == request.headers.get("content-length", "0")
    assert "application/json" == request.headers["content-type"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"secret": math.nan}, ValueError),
        ([math.inf], ValueError),
        ({"secret": {"set"}}, TypeError),
        (object(), TypeError),
        ("secret\ud800", ValueError),
        ({"secret": "\ud800"}, ValueError),
        (endless(), ValueError),
    ],
)
def test_what_is_no_json_is_not_sent(calling, body, kind):
    error = refused(calling, "/", method="POST", body=body)

    assert type(error) is kind
    assert "secret" not in str(error)
    assert error.__context__ is None


def pieces():
    yield b"one,"
    yield ""
    yield "é"


async def async_pieces():
    for piece in pieces():
        yield piece


def received(calling, body, **options):
    """What a server has received of a streamed *body*."""
    seen = []
    router = Router()

    @router.post("/", validate={"body": schema.buffer()})
    def look(context, request, response):
        seen.append(request.body)
        return response.ok()

    client = calling.made(router=router)
    calling.ask(client.post, "/", body=body, headers={"content-type": "application/octet-stream"}, **options)
    return seen


@pytest.mark.parametrize("body", [pieces, lambda: io.BytesIO(b"file"), lambda: io.StringIO("fileé")])
def test_a_plain_stream_is_sent_in_pieces(calling, body):
    [content] = received(calling, body())

    assert content in ("one,é".encode(), b"file", "fileé".encode())


def test_an_async_stream_is_for_async_clients(calling):
    if calling.is_async:
        assert ["one,é".encode()] == received(calling, async_pieces())
    else:
        with pytest.raises(TypeError, match="use AsyncClient, or a plain iterator"):
            received(calling, async_pieces())


class OwnError(Exception):
    """An author's."""


def failing():
    yield b"one"
    raise OwnError


async def async_failing():
    yield b"one"
    raise OwnError


def test_what_a_stream_raises_is_the_callers_own(calling):
    bodies = [failing, async_failing] if calling.is_async else [failing]
    for body in bodies:
        with pytest.raises(OwnError):
            received(calling, body())


def test_options_cannot_be_changed_behind_the_clients_back(calling):
    headers = {"a": "1"}
    options = FetchOptions(path="/", headers=headers)
    headers["a"] = "2"

    assert "1" == options.headers["a"]
    with pytest.raises(TypeError):
        options.headers["a"] = "3"


def test_options_show_no_secret():
    options = FetchOptions(path="/a", query={"t": "secret"}, headers={"h": "secret"}, body="secret")

    assert "secret" not in repr(options)


def test_a_timeout_is_handed_on(calling):
    client = calling.client(timeout=7)

    assert 7 == sent(calling, "/", client=client).extensions["timeout"]["read"]
    assert 2.5 == sent(calling, "/", client=client, timeout=2.5).extensions["timeout"]["read"]
    assert sent(calling, "/", client=client, timeout=None).extensions["timeout"]["read"] is None
    assert 5 == sent(calling, "/").extensions["timeout"]["read"]


@pytest.mark.parametrize("timeout", [-1, math.nan])
def test_a_timeout_is_no_less_than_nothing(calling, timeout):
    assert "timeout must be at least 0" == str(refused(calling, "/", timeout=timeout))
    with pytest.raises(ValueError, match="timeout must be at least 0"):
        calling.client(timeout=timeout)


def test_a_timeout_of_the_library_is_handed_on(calling):
    timeout = calling.library.Timeout(1, read=2)

    assert timeout.as_dict() == sent(calling, "/", timeout=timeout).extensions["timeout"]


def test_json_is_read_back(calling):
    body = {"a": [1.5, "\u2028", {"b": None}]}

    assert body == json.loads(sent(calling, "/", method="PUT", body=body).content)


@pytest.mark.parametrize(
    "name", ["Transfer-Encoding", "connection", "TE", "Upgrade", "keep-alive", "trailer"]
)
def test_headers_of_the_connection_are_not_the_callers(calling, name):
    error = refused(calling, "/", headers={name: "chunked"})

    assert (ValueError, f"the header [{name}] is of the connection, not of a request") == (
        type(error),
        str(error),
    )
