"""What generated clients are made of: paths, headers and bodies are sent as routes read them back."""

import datetime
import enum
import math

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema import Duration
from kbn_schema.http import Router, UploadedFile
from kbn_schema.http.client.typed import AsyncMethods, Endpoint, Methods
from kbn_schema.http.fields import decode_percent


class Color(enum.Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("template", "params", "path"),
    [
        ("/", {}, "/"),
        ("/a/b", {}, "/a/b"),
        ("/a/{id}", {"id": "a/b"}, "/a/a%2Fb"),
        ("/a/{id}/b", {"id": "é%?#&"}, "/a/%C3%A9%25%3F%23%26/b"),
        ("/a/{id?}", {}, "/a"),
        ("/a/{id?}", {"id": None}, "/a"),
        ("/{id?}", {}, "/"),
        ("/a/{id}/{to?}", {"id": "1", "to": "2"}, "/a/1/2"),
        ("/a/{rest*}", {}, "/a"),
        ("/a/{rest*}", {"rest": "a/b c/d"}, "/a/a/b%20c/d"),
        ("/a/{rest*}", {"rest": "/a"}, "/a//a"),
        ("/{rest*}", {}, "/"),
        ("/{rest*}", {"rest": "/a"}, "/%2Fa"),
        ("/{a}/{b}/{c}", {"a": 1, "b": True, "c": 1.0}, "/1/true/1"),
        ("/{a}/{b}", {"a": [1, "x"], "b": {"c": 1}}, "/%5B1%2C%22x%22%5D/%7B%22c%22%3A1%7D"),
        ("/{a}/{b}", {"a": Color.RED, "b": Duration(90_000)}, "/red/PT1M30S"),
        ("/{a}", {"a": datetime.date(2020, 1, 2)}, "/2020-01-02"),
    ],
)
def test_a_path_has_its_parameters(template, params, path):
    assert path == Endpoint("GET", template).filled(params)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"id": ""}, ValueError, "[id] must not be empty"),
        ({"id": "a", "rest": ""}, ValueError, "[rest] must not be empty, but may be left out"),
        ({"id": "."}, ValueError, "[id] must have no segment [.] or [..]"),
        ({"id": "a/.."}, ValueError, "[id] must have no segment [.] or [..]"),
        ({"id": "a\\..\\b"}, ValueError, "[id] must have no segment [.] or [..]"),
        ({"id": "a", "rest": "../b"}, ValueError, "[rest] must have no segment [.] or [..]"),
        ({"id": "\ud800"}, ValueError, "[id] must have no lone surrogate"),
        ({"id": math.nan}, ValueError, "[id] cannot be sent"),
        ({"id": {1}}, TypeError, "[id] cannot be sent"),
        ({}, TypeError, "the path [/a/{id}/{rest*}] needs the parameter [id]"),
        ({"id": None}, TypeError, "the path [/a/{id}/{rest*}] needs the parameter [id]"),
        ({"id": "a", "di": "b"}, TypeError, "[di] is no parameter of the path [/a/{id}/{rest*}]"),
        (["id"], TypeError, "params must be a mapping but is [list]"),
    ],
)
def test_what_no_router_takes_is_not_sent(params, error, message):
    with pytest.raises(error) as raised:
        Endpoint("GET", "/a/{id}/{rest*}").filled(params)

    assert message in str(raised.value)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: "." not in text))
def test_a_parameter_is_one_segment(text):
    path = Endpoint("GET", "/{id}").filled({"id": text})

    assert path.isascii()
    assert 1 == path.count("/")
    assert text == decode_percent(path[1:], "")


def test_an_endpoint_says_how_it_is_called():
    options = Endpoint("PUT", "/a/{id}", version="2").options(
        {"params": {"id": "1"}, "query": {"a": 1}, "body": {"b": 1}}, {"timeout": 5, "as_response": True}
    )

    assert ("PUT", "/a/1", "2") == (options.method, options.path, options.version)
    assert ({"a": 1}, {"b": 1}, 5, True) == (
        options.query,
        options.body,
        options.timeout,
        options.as_response,
    )


@pytest.mark.parametrize(
    "name", ["path", "method", "version", "query", "params", "body", "content_type", "a"]
)
def test_what_a_route_says_or_does_not_declare_is_no_argument(name):
    with pytest.raises(TypeError) as raised:
        Endpoint("GET", "/a", version="1").options({}, {name: "x"})

    expected = "[context], [as_system_request], [prepend_base_path], [timeout], [signal], [headers]"
    assert f"[{name}] is no argument of this call, expected {expected}" == str(raised.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (5, "5"), (True, "true"), (1.5, "1.5"), (None, None), ([], ""), ([1, "x"], "1, x")],
)
def test_headers_are_texts(value, text):
    assert {"x-a": text} == Endpoint("GET", "/").options({"headers": {"x-a": value}}).headers


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("[1]", "[1]"),
        (["a"], ["a"]),
        (["[1]", "a"], ["[1]", "a"]),
        ([], "[]"),
        ([["a"]], '[["a"]]'),
        (("a", None), '["a",null]'),
        (None, None),
    ],
)
def test_a_list_that_repeated_fields_do_not_spell_is_json(value, sent):
    assert {"a": sent} == Endpoint("GET", "/").options({"query": {"a": value}}).query


@pytest.mark.parametrize(
    ("value", "query"), [(["[1]"], '["[1]"]'), ([" [1]\n"], '[" [1]\\n"]'), (["[a]"], "[a]"), (["1"], "1")]
)
def test_one_text_is_not_sent_as_the_list_that_it_spells(calling, value, query):
    client = calling.client()
    calling.wait(client.get("/", query={"a": value}))

    assert query == calling.sent[0].url.params["a"]


@pytest.mark.parametrize("items", [['a"b', "c"], ["a", 'b"', "c"]])
def test_a_quote_that_hides_the_next_item_is_not_sent(items):
    with pytest.raises(ValueError, match=r"an item of the header \[x-a\] must close its quotes, unless"):
        Endpoint("GET", "/").options({"headers": {"x-a": items}})

    said = Endpoint("GET", "/").options({"headers": {"x-a": ['"a"', '5"']}}).headers
    assert {"x-a": '"a", 5"'} == said


def test_all_of_an_answer_is_given_of_own_methods_only(calling):
    class Kind(AsyncMethods if calling.is_async else Methods):
        def find(self, **options):
            return self._call(TEXT, {}, options)

    def answer(request):
        return calling.answer(b"5", content_type="text/plain")

    own, other = (Kind(calling.client(answer)) for _ in range(2))

    assert "5" == calling.wait(own.response_of(own.find)).body
    raw = calling.wait(own.raw_response_of(own.find))
    assert (None, False) == (raw.body, raw.response.is_stream_consumed)
    calling.wait(raw.response.aclose() if calling.is_async else raw.response.close())
    for method in (other.find, print, Kind.find):
        with pytest.raises(TypeError, match=r"must be a method of the same client, such as client\.find"):
            calling.wait(own.response_of(method))


@pytest.mark.parametrize("item", ["a,b", " a", "a\t", ""])
def test_an_item_of_a_header_that_would_arrive_as_another_is_not_sent(item):
    with pytest.raises(ValueError, match=r"an item of the header \[x-a\]"):
        Endpoint("GET", "/").options({"headers": {"x-a": ["a", item]}})


@pytest.mark.parametrize(
    ("media_type", "body", "sent"),
    [
        ("application/json", {"a": 1}, {"a": 1}),
        ("application/json", "a", '"a"'),
        ("application/json", None, "null"),
        ("application/json", 5, 5),
        ("application/vnd.x+json", "a", '"a"'),
        ("text/plain", "a", "a"),
        ("application/octet-stream", b"a", b"a"),
        ("application/x-www-form-urlencoded", {"a": ["1", 2], "b": True, "c": None}, b"a=1&a=2&b=true"),
        ("application/x-www-form-urlencoded", {}, b""),
        ("application/x-www-form-urlencoded", b"a=1", b"a=1"),
    ],
)
def test_bodies_are_encoded_as_their_media_type_says(media_type, body, sent):
    options = Endpoint("POST", "/", sends=media_type).options({"body": body})

    assert (sent, media_type) == (options.body, options.headers["content-type"])


def test_without_a_body_nothing_is_said_of_it():
    options = Endpoint("POST", "/", sends="text/plain").options({"content_type": "text/x"})

    assert (None, {}) == (options.body, options.headers)


def test_a_caller_says_of_what_type_a_body_is():
    endpoint = Endpoint("POST", "/", sends="application/octet-stream")

    assert "image/png" == endpoint.options({"body": b"", "content_type": "image/png"}).headers["content-type"]
    headers = endpoint.options({"body": b"", "headers": {"content-type": "text/x"}}).headers
    assert {"content-type": "text/x"} == headers


def test_a_form_with_files_keeps_what_they_are_called():
    files = {"a": UploadedFile(b"x", "a.png", "image/png"), "b": [b"y", bytearray(b"z")]}
    body = Endpoint("POST", "/", sends="multipart/form-data").options({"body": {"c": 1, **files}}).body

    assert b'name="c"\r\n\r\n1\r\n' in body
    assert b'name="a"; filename="a.png"\r\nContent-Type: image/png\r\n\r\nx\r\n' in body
    assert 2 == body.count(b'name="b"; filename="b"\r\n')


@pytest.mark.parametrize("file", [b"y", bytearray(b"y"), [b"y"], UploadedFile(b"y", "a.png")])
def test_a_form_without_files_takes_none(file):
    endpoint = Endpoint("POST", "/", sends="application/x-www-form-urlencoded")
    with pytest.raises(TypeError, match="bytes are no field of a form"):
        endpoint.options({"body": {"a": file}})


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_with_a_lone_surrogate_is_not_sent(kind):
    with pytest.raises(ValueError, match="a form must have no lone surrogate") as error:
        Endpoint("POST", "/", sends=kind).options({"body": {"a": "secret\ud800"}})

    assert error.value.__context__ is None


def methods(calling, endpoint, client):
    """A function that calls *endpoint* with *client*."""
    methods = (AsyncMethods if calling.is_async else Methods)(client)
    declared = {"params", "query", "body"}

    def call(**given):
        named = {name: given.pop(name) for name in declared & given.keys()}
        return calling.wait(methods._call(endpoint, named, given))

    return call


TEXT = Endpoint("GET", "/a", gives_text=True)


@pytest.mark.parametrize("text", ["5", "a", "null", '{"a": 1}', "", "é"])
def test_text_is_given_as_text(calling, text):
    client = calling.client(calling.answer(text.encode(), content_type="text/plain; charset=utf-8"))

    assert text == methods(calling, TEXT, client)()


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.x+json", "application/x"])
def test_what_is_no_text_is_given_as_its_value(calling, kind):
    client = calling.client(calling.answer(b"5", content_type=kind))

    assert 5 == methods(calling, TEXT, client)()


def test_an_empty_text_is_none_where_there_may_be_none(calling):
    client = calling.client(calling.answer(b"", content_type="text/plain"))

    assert methods(calling, attrs.evolve(TEXT, gives_none=True), client)() is None
    assert methods(calling, Endpoint("GET", "/a"), client)() is None


def test_a_response_has_the_text(calling):
    client = calling.client(calling.answer(b"5", content_type="text/plain"))

    answer = methods(calling, TEXT, client)(as_response=True)
    assert ("5", 200) == (answer.body, answer.response.status_code)


def test_nothing_is_none(calling):
    client = calling.client(calling.answer(None, status=204, content_type="text/plain"))

    assert methods(calling, TEXT, client)() is None


def test_what_an_interceptor_makes_of_a_text_stays(calling):
    client = calling.client(calling.answer(b"5", content_type="text/plain"))
    client.intercept(response=lambda answer: {"body": 6})

    assert 6 == methods(calling, TEXT, client)()


def test_a_raw_answer_is_not_read(calling):
    client = calling.client(calling.answer(b"5", content_type="text/plain"))

    answer = methods(calling, TEXT, client)(as_response=True, raw_response=True)
    assert answer.body is None
    assert not answer.response.is_stream_consumed
    calling.wait(answer.response.aclose() if calling.is_async else answer.response.close())


def test_a_raw_answer_wants_the_response(calling):
    with pytest.raises(ValueError, match="only supported when asResponse"):
        methods(calling, TEXT, calling.client())(raw_response=True)


def test_a_call_is_compared_with_the_router(calling):
    router = Router()

    def handler(context, request, response):
        return response.ok(body={"path": request.path})

    router.get("/a/{id}", validate=False)(handler)
    call = methods(calling, Endpoint("GET", "/a/{id}"), calling.made(router=router))

    assert {"path": "/a/%C3%A9"} == call(params={"id": "é"})
