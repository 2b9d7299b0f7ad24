"""The generated client: a route receives what its method was given, and that gives what was answered."""

import ast
import asyncio
import inspect
import io
import re
import subprocess
import sys
from typing import ForwardRef

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema import SchemaDefinitionError
from kbn_schema import schema as s
from kbn_schema.adapters import asgi
from kbn_schema.http import Router
from kbn_schema.http.client import (
    AsyncClient,
    Client,
    HttpFetchError,
    HttpResponse,
    RequestContractError,
)
from kbn_schema.http.client.typed import CallOptions, StrictCallOptions
from kbn_schema.http.rendering import to_json
from kbn_schema.json_text import read_json
from kbn_schema.stubs.client.calls import client_outline
from kbn_schema.stubs.client.classes import client_text
from kbn_schema.stubs.hints import Fields
from kbn_schema.stubs.homes import MARK
from tests.adapters.servers import uvicorn_serving
from tests.examples import EXAMPLES, IDS, exact
from tests.stubs import client_app
from tests.stubs.made import fits, is_as_sent, members, outline_of, running


def text_of(**names):
    return client_text(outline_of(names, is_json=True))


TEXT = text_of(**{name: one for name, one in vars(client_app).items() if not name.startswith("_")})
URL = "http://localhost"


class Both:
    """The generated clients of *router*, plain and async, called alike."""

    def __init__(self, module, is_async, *arguments, **options):
        self._client = (AsyncClient if is_async else Client)(*arguments, **options)
        self._runner = asyncio.Runner() if is_async else None
        self._methods = (module.AsyncMadeClient if is_async else module.MadeClient)(self._client)

    def __getattr__(self, name):
        def call(*methods, **given):
            answer = getattr(self._methods, name)(*methods, **given)
            return self._runner.run(answer) if self._runner else answer

        return call

    def method(self, name):
        return getattr(self._methods, name)

    def close(self):
        if self._runner:
            self._runner.run(self._client.aclose())
            self._runner.close()
        else:
            self._client.close()


@pytest.fixture(scope="module")
def made():
    with running(TEXT) as module:
        yield module


@pytest.fixture(scope="module")
def port():
    with uvicorn_serving(asgi.mount(None, client_app.router)) as port:
        yield port


@pytest.fixture(params=["in process", "in process, async", "over a socket", "over a socket, async"])
def routes(request, made):
    where, _, color = request.param.partition(", ")
    url = None if where == "in process" else f"http://127.0.0.1:{request.getfixturevalue('port')}"
    routes = Both(made, bool(color), url, router=client_app.router)
    yield routes
    routes.close()


def test_a_query_arrives_as_it_was_given(routes):
    query = {
        "page": 2,
        "order": "desc",
        "tags": ["a b", "é&="],
        "since": "2020-01-01T00:00:00Z",
        "wide": True,
        "where": {"a": 1.5},
    }

    expected = {**query, "since": "2020-01-01T00:00:00+00:00"}
    assert {"query": expected, "color": "red"} == routes.find(query=query)


def test_a_part_that_needs_nothing_may_be_left_out(routes):
    assert {"page": 1, "order": "asc", "tags": [], "wide": False} == routes.find()["query"]


@pytest.mark.filterwarnings("ignore:Too old:DeprecationWarning")
def test_params_and_headers_arrive_as_they_were_given(routes):
    answer = routes.get_item(
        params={"id": "a/b?#%é\\ \n", "part": -5},
        headers={"X-Request-Id": "1", "x-flags": [1, 2], "x-wide": True},
    )

    headers = {"X-Request-Id": "1", "x-flags": [1, 2], "x-wide": True, "accept": "*/*"}
    assert {"id": "a/b?#%é\\ \n", "part": -5, "headers": headers} == answer


@pytest.mark.filterwarnings("ignore:Too old:DeprecationWarning")
def test_an_answer_without_a_body_is_none(routes):
    assert routes.delete(params={"id": 5}) is None
    assert routes.get_item(params={"id": "none"}, headers={"X-Request-Id": "1"}) is None


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"rest": "a"},
        {"rest": "a/b c/é%2F"},
        {"rest": "a//b/"},
        {"rest": "/a"},
        {"rest": "/"},
        {"rest": "..."},
    ],
)
def test_a_rest_keeps_its_slashes(routes, params):
    assert params == routes.read(params=params)


def test_a_rest_is_not_encoded_more_than_it_must(made):
    sent = []
    transport = httpx.MockTransport(lambda request: sent.append(request.url.raw_path) or httpx.Response(204))
    made.MadeClient(Client(URL, transport=transport)).read(params={"rest": "a/b c"})

    assert [b"/api/files/a/b%20c"] == sent


def test_undeclared_params_are_texts(routes):
    assert {"path": "/api/lists/a%2Fb"} == routes.list(params={"name": "a/b"})
    assert {"path": "/api/lists/a/b"} == routes.list(params={"name": "a", "more": "b"})
    assert {"a": 1, "b": "x"} == routes.free(params={"a": 1, "b": "x"})


def test_bytes_go_and_come_as_they_are(routes):
    everything = bytes(range(256))

    assert everything == routes.save(params={"name": "a"}, body=everything)
    assert everything == routes.save(params={"name": "a"}, body=io.BytesIO(everything), content_type="text/x")
    assert b"abc" == routes.save(params={"name": "a"}, body=iter([b"ab", b"c"]))


def test_a_stream_is_of_a_type_that_the_route_takes(routes):
    assert "12" == routes.save_image(body=iter([b"1", b"2"]), content_type="image/gif")
    with pytest.raises(RequestContractError, match="media type"):
        routes.save_image(body=b"", content_type="image/jpeg")


def test_forms_are_encoded_as_forms(routes):
    assert {"a": 1, "b": ["x&y", "é\n"]} == routes.form(body={"a": 1, "b": ["x&y", "é\n"]})
    assert {"title": 'é"\r\n', "file": "abc"} == routes.upload(body={"title": 'é"\r\n', "file": b"abc"})


@pytest.mark.parametrize("text", ["a", "5", "null", '{"a": 1}', "é\n", '"'])
def test_text_stays_text(routes, text):
    assert text == routes.text(body=text)
    assert text == routes.note(body=text)
    assert text == routes.save_image(body=text.encode(), content_type="image/png")


def test_null_is_sent_and_no_body_is_none(routes):
    assert routes.note(body=None) is None
    assert routes.note() is None
    assert {"version": "1", "body": None} == routes.import_things_v1(body=None)
    assert {"version": "1", "body": "5"} == routes.import_things_v1(body="5")
    assert routes.import_things_v2()["body"] is None
    assert {"a": 1} == routes.import_things_v2(body={"a": 1})["body"]


def test_each_version_has_its_method(routes):
    assert {"version": "one", "a": "x"} == routes.get_things(query={"a": "x"})
    assert {"version": "two"} == routes.get_new_things()
    assert "1" == routes.import_things_v1(body={})["version"]
    assert "2" == routes.import_things_v2(body={"a": 1})["version"]


def test_the_options_of_the_client_are_passed_on(routes):
    answer = routes.response_of(
        routes.method("find"),
        query={"page": 2},
        context={"a": 1},
        timeout=30,
        headers={"x-a": "b"},
        as_system_request=True,
    )

    assert isinstance(answer, HttpResponse)
    assert 2 == answer.body["query"]["page"]
    headers = {name: answer.request.headers[name] for name in ("x-a", "x-kbn-context", "kbn-system-request")}
    assert {"x-a": "b", "x-kbn-context": "%7B%22a%22%3A1%7D", "kbn-system-request": "true"} == headers


def test_a_raw_answer_is_left_unread(made):
    routes = made.MadeClient(Client(router=client_app.router))
    with routes.raw_response_of(routes.text, body="5") as answer:
        assert answer.body is None
        assert b"5" == b"".join(answer.response.iter_bytes())


def test_all_options_are_those_of_fetch():
    known = {"context", "as_system_request", "prepend_base_path", "timeout", "signal"}

    assert known == set(StrictCallOptions.__annotations__)
    assert known | {"headers"} == set(CallOptions.__annotations__)


# What is the route's to say, and what it does not declare.
REFUSED = [
    *[(name, unknown) for name in ("find", "note") for unknown in ("path", "method", "version")],
    *[("find", "body"), ("find", "params"), ("find", "content_type"), ("note", "query")],
]


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        (
            "find",
            {"qeury": {}},
            r"^\[qeury\] is no argument of this call, expected \[query\], \[context\], "
            r"\[as_system_request\], \[prepend_base_path\], \[timeout\], \[signal\], \[headers\]$",
        ),
        *((name, {unknown: "1"}, rf"\[{unknown}\] is no argument of this call") for name, unknown in REFUSED),
        ("get_things", {}, "missing 1 required keyword-only argument: 'query'"),
        ("list", {}, "missing 1 required keyword-only argument: 'params'"),
        ("list", {"params": {}}, r"needs the parameter \[name\]"),
        ("list", {"params": {"name": "a", "nmae": "b"}}, r"\[nmae\] is no parameter of the path"),
        ("list", {"params": {"name": None}}, r"needs the parameter \[name\]"),
        ("list", {"params": []}, "params must be a mapping"),
        ("form", {"body": {"a": b"1"}}, "bytes are no field"),
        ("form", {"body": {"a": {1}}}, r"\[a\] cannot be sent"),
    ],
)
def test_what_no_checker_has_seen_is_refused_before_it_is_sent(routes, name, given, message):
    with pytest.raises((TypeError, ValueError), match=message):
        getattr(routes, name)(**given)


def test_a_refusal_of_the_server_is_an_error(routes):
    with pytest.raises(RequestContractError, match=r"\[request query.page\]"):
        routes.find(query={"page": "x"})


def test_a_failing_server_is_an_error(made):
    client = Client(URL, transport=httpx.MockTransport(lambda request: httpx.Response(500)))

    with pytest.raises(HttpFetchError, match="Internal Server Error"):
        made.MadeClient(client).text(body="a")


def test_a_deprecated_method_warns_its_caller(made):
    with pytest.warns(DeprecationWarning, match="^Too old; use version 2$") as warned:
        made.MadeClient(Client(router=client_app.router)).get_item(
            params={"id": "none"}, headers={"X-Request-Id": "1"}
        )

    assert __file__ == warned[0].filename


def test_an_async_method_is_one(made):
    assert inspect.iscoroutinefunction(made.AsyncMadeClient.find)


def test_all_of_an_answer_is_given_of_methods_of_the_same_object(made):
    routes, others = (made.MadeClient(Client(router=client_app.router)) for _ in range(2))

    for method in (others.find, print, lambda **given: 1, made.MadeClient.find):
        with pytest.raises(TypeError, match=r"must be a method of the same client, such as client\.find"):
            routes.response_of(method)


def test_a_class_says_whose_its_types_are():
    names = {"router": routed("find")}
    told = client_text(outline_of(names, is_json=True, module="made.routes"))

    assert 2 == told.count("They are others than those of `made._routes_types`,\n    which are what handlers")


def test_versions_of_a_handler_in_snake_case_stand_behind_its_name():
    router = Router()

    def list_2(context, request, response):
        return response.ok()

    for path in ("/a", "/b"):
        internal = router.versioned.get(path, access="internal")
        internal.add_version("1", validate=False, handler=list_2)
        internal.add_version("2", validate=False, handler=list_2)
    names = ["list_2_get_av1", "list_2_get_av2", "list_2_get_bv1", "list_2_get_bv2"]
    with running(text_of(router=router)) as module:
        assert names == [name for name in vars(module.MadeClient) if not name.startswith("_")]


def test_a_page_has_no_method(made):
    assert not hasattr(made.MadeClient, "page")


echoing = Router()


@echoing.get("/one/{id}", validate=False)
def one(context, request, response):
    return response.ok(body=request.path)


ids = s.object({"id": s.string()})


@echoing.get("/id/{id}", validate={"request": {"params": ids}, "response": {200: {"body": ids}}})
def by_id(context, request, response):
    return response.ok(body=request.params)


@echoing.get("/rest/{id*}", validate={"request": {"params": ids}, "response": {200: {"body": ids}}})
def by_rest(context, request, response):
    return response.ok(body=request.params)


@echoing.get("/{id*}", validate={"request": {"params": ids}, "response": {200: {"body": ids}}})
def by_all(context, request, response):
    return response.ok(body=request.params)


@pytest.fixture(scope="module")
def echo():
    with running(text_of(echoing=echoing)) as module:
        yield module.MadeClient(Client(router=echoing))


TEXTS = st.text(st.one_of(st.sampled_from("/\\.%?#&=+ ;:@{}~é"), st.characters()), max_size=8)


@pytest.mark.parametrize("name", ["by_id", "by_rest", "by_all"])
@given(text=TEXTS)
def test_a_parameter_arrives_as_it_was_given_or_is_not_sent(echo, name, text):
    is_step = not {".", ".."}.isdisjoint(re.split(r"[/\\]", text))
    is_other = name == "by_all" and re.match("(one|id)/[^/]+$|rest(/|$)", text)  # has a method of its own
    if not text or is_step or re.search("[\ud800-\udfff]", text):
        with pytest.raises(ValueError, match=r"the parameter \[id\] must"):
            getattr(echo, name)(params={"id": text})
    elif not is_other:
        assert {"id": text} == getattr(echo, name)(params={"id": text})


numbers = Router()
number = s.object({"i": s.integer(), "n": s.number(), "b": s.boolean(), "d": s.maybe(s.duration())})


@numbers.get(
    "/{i}/{n}/{b}/{d?}", validate={"request": {"params": number}, "response": {200: {"body": s.any()}}}
)
def take(context, request, response):
    return response.ok(body=request.params)


@pytest.fixture(scope="module")
def counting():
    with running(text_of(numbers=numbers)) as module:
        yield module.MadeClient(Client(router=numbers))


@given(
    i=st.integers(-(2**53) + 1, 2**53 - 1),
    n=st.floats(-1e15, 1e15, allow_nan=False),
    b=st.booleans(),
)
def test_a_parameter_that_is_no_text_arrives_as_the_same_value(counting, i, n, b):
    answer = counting.take(params={"i": i, "n": n, "b": b, "d": "5s"})

    assert {"i": i, "n": n, "b": b, "d": "PT5S"} == answer


# Texts that spell other values, and values that texts spell.
WORDS = st.one_of(
    st.sampled_from(["", "[", "[]", "[1]", ' ["x","y"]', '[["a"]]', "null", "5", '"a"', '{"a":1}', "[NaN]"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
)
SAFE = st.integers(-(2**53) + 1, 2**53 - 1)
ASKED = s.object(
    {
        "texts": s.maybe(s.array_of(s.string())),
        "by_default": s.array_of(s.string(), default=["a"]),
        "lists": s.maybe(s.array_of(s.array_of(s.string()))),
        "deep": s.maybe(s.array_of(s.array_of(s.array_of(s.integer())))),
        "holes": s.maybe(s.array_of(s.nullable(s.string()))),
        "numbers": s.maybe(s.array_of(s.number())),
        "flags": s.maybe(s.array_of(s.boolean())),
        "objects": s.maybe(s.array_of(s.object({"a": s.array_of(s.string())}))),
        "record": s.maybe(s.record_of(s.string(), s.array_of(s.string()))),
        "text": s.maybe(s.string()),
        "number": s.maybe(s.number()),
        "flag": s.maybe(s.boolean()),
    }
)
VALUES = st.fixed_dictionaries(
    {"by_default": st.lists(WORDS, max_size=2)},
    optional={
        "texts": st.lists(WORDS, max_size=3),
        "lists": st.lists(st.lists(WORDS, max_size=2), max_size=2),
        "deep": st.lists(st.lists(st.lists(SAFE, max_size=2), max_size=2), max_size=2),
        "holes": st.lists(st.none() | WORDS, max_size=2),
        "numbers": st.lists(SAFE, max_size=2),
        "flags": st.lists(st.booleans(), max_size=2),
        "objects": st.lists(st.fixed_dictionaries({"a": st.lists(WORDS, max_size=2)}), max_size=2),
        "record": st.dictionaries(WORDS, st.lists(WORDS, max_size=2), max_size=2),
        "text": WORDS,
        "number": SAFE,
        "flag": st.booleans(),
    },
)


@pytest.fixture(scope="module")
def asking():
    router = Router()

    def handler(context, request, response):
        return response.ok(body=request.query or request.body)

    router.get("/", validate={"query": ASKED})(handler)
    form = {"body": {"accepts": "application/x-www-form-urlencoded"}}
    router.post("/", validate={"body": ASKED}, options=form)(handler)
    handler.__name__ = "ask"
    with running(text_of(router=router)) as module:
        yield module.MadeClient(Client(router=router))


@given(values=VALUES)
def test_a_query_arrives_as_it_was_given_whatever_its_texts_spell(asking, values):
    assert values == asking.ask_get(query=values)


@given(values=st.lists(st.text('a"\\ ;[]', max_size=4), max_size=3))
def test_a_list_of_a_header_arrives_as_it_was_given_or_is_not_sent(tagging, values):
    try:
        arrived = tagging.tag(headers={"x-tags": values})
    except ValueError:
        assert any('"' in value or value != value.strip() or not value for value in values)
    else:
        assert {"x-tags": values} == arrived


@pytest.fixture(scope="module")
def tagging():
    router = Router()

    @router.get("/", validate={"headers": s.object({"x-tags": s.array_of(s.string())})})
    def tag(context, request, response):
        return response.ok(body=request.headers)

    with running(text_of(router=router)) as module:
        yield module.MadeClient(Client(router=router))


@given(values=VALUES)
def test_a_form_arrives_as_it_was_given_whatever_its_texts_spell(asking, values):
    assert values == asking.ask_post(body=values)


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_a_body_of_any_kind_arrives_as_it_was_given(example):
    router, arrived = Router(), []

    def handler(context, request, response):
        arrived.append(request.body)
        return response.ok()

    router.post("/", validate={"request": {"body": example.schema}, "response": {200: {}}})(handler)
    with running(text_of(router=router, Color=1)) as module, Client(router=router) as client:
        values = [value for value, _ in example.accepted if not isinstance(value, bytes)]
        for value in values if example.name != "buffer" else []:  # an empty one is none
            try:
                plain = read_json(to_json(value))
                expected = example.schema.validate(plain)
            except (TypeError, ValueError):
                continue  # it is not JSON, or wants a context
            arrived.clear()
            module.MadeClient(client).handler(body=plain)

            assert exact([expected]) == exact(arrived)


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_what_a_method_gives_has_the_type_that_it_says(example):
    router, bodies = Router(validate_responses="raise"), []
    router.get("/", validate={"request": {}, "response": {200: {"body": example.schema}}})(
        lambda context, request, response: response.ok(body=bodies[-1])
    )
    with running(text_of(router=router)) as module, Client(router=router, check="off") as client:
        opened = open_types(router)
        said = module.MadeClient.get.__annotations__["return"]
        for value, output in [*example.accepted, (None, None)]:
            if not is_as_sent(value, output):
                continue  # such as "true" for True
            bodies.append(value)
            try:
                given = module.MadeClient(client).get()
            except HttpFetchError:
                continue  # no such answer, or none that is JSON

            assert fits(given, ForwardRef(said), module, opened), (given, said)


def open_types(router):
    """The types that allow other keys than theirs."""
    described = client_outline(outline_of({"router": router}, is_json=True)).outline.definitions
    return frozenset(one.name for one in described if isinstance(one.input, Fields) and one.input.is_open)


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_a_client_can_be_made_of_every_kind_in_every_part(example):
    router = Router()
    block = {
        "request": {"query": example.schema, "body": example.schema, "params": example.schema},
        "response": {200: {"body": example.schema}},
    }
    try:
        router.put("/{id}", validate=block)(lambda context, request, response: response.ok())
    except SchemaDefinitionError:
        block["request"].pop("params")
        router.put("/{id}", validate=block)(lambda context, request, response: response.ok())

    with running(text_of(router=router)) as module:
        assert hasattr(module.MadeClient, "put_id")


HOSTILE = [
    '"""',
    "\\",
    '"); import os; ("',
    "\n    pass\n",
    "\r\nimport os\r\n",
    "{x}",
    "\u2028\u202e\x00\ud800",
    "'''\n'''",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_an_author_says_becomes_code(text):
    def expected(told):
        router = Router()

        def handler(context, request, response):
            return response.ok()

        options = {"deprecated": {"documentation_url": told, "reason": {"new_api_path": told}}}
        router.get("/a", validate=False, summary=told, description=told, discontinued=told, **options)(
            handler
        )
        tree = ast.parse(text_of(router=router).encode())
        return [re.sub(r"'[^']*'|\"[^\"]*\"", "", ast.dump(node)) for node in _without_strings(tree)]

    assert expected("plain") == expected(text)


def _without_strings(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = "text"
    return tree.body


@pytest.mark.parametrize("text", HOSTILE)
def test_a_method_has_a_name_whatever_the_handler_is_called(text):
    router = Router()

    def handler(context, request, response):
        return response.ok()

    handler.__name__ = text
    router.get("/a", validate=False)(handler)
    with running(text_of(router=router)) as module:
        [name] = [name for name in vars(module.MadeClient) if not name.startswith("_")]

        assert re.fullmatch(r"[a-z][a-z0-9_]*", name)


@pytest.mark.parametrize("path", ['/a"b', "/a'b", "/é", "/a\\b", "/a;b=c", '/"""'])
def test_a_path_of_any_characters_is_called(path):
    router = Router()
    router.get(path, validate=False)(lambda context, request, response: response.ok(body={"a": 1}))
    with running(text_of(router=router)) as module:
        [name] = [name for name in vars(module.MadeClient) if not name.startswith("_")]

        assert {"a": 1} == getattr(module.MadeClient(Client(router=router)), name)()


@pytest.mark.parametrize(
    "name", ["import", "class", "response_of", "deprecated", "self", "str", "bytes", "typing"]
)
def test_a_method_has_no_name_that_means_something_else(name):
    with running(text_of(router=routed(name))) as module:
        assert hasattr(module.MadeClient, f"{name}_")


@pytest.mark.parametrize(
    ("handler", "method"),
    [
        ("find_things", "find_things"),
        ("HTTPGet", "http_get"),
        ("get2", "get2"),
        ("étude", "u00_e9xtude"),
        ("list_orders_2", "list_orders_2"),
        ("a_1_b_2", "a_1_b_2"),
        ("find__all", "find_all"),
        ("_find", "find"),
    ],
)
def test_methods_are_called_as_handlers_in_snake_case(handler, method):
    with running(text_of(router=routed(handler))) as module:
        assert hasattr(module.MadeClient, method)


def routed(*names):
    """A router with handlers of these names."""
    router = Router()
    for name in names:

        def handler(context, request, response):
            return response.ok()

        handler.__name__ = name
        router.get(f"/{name}", validate={"query": s.object({"a": s.string(), "b": s.maybe(s.object({}))})})(
            handler
        )
    return router


def test_two_methods_of_one_name_are_an_error():
    with pytest.raises(
        SchemaDefinitionError, match=r"would be called \[http_get\]: for \[get /HTTPGet\] and for"
    ):
        text_of(router=routed("HTTPGet", "HttpGet"))


def test_a_type_that_is_called_as_the_client_is_an_error():
    router = Router()
    made_client = s.object({"a": s.string()})
    router.get("/a", validate={"query": made_client})(lambda context, request, response: response.ok())

    with pytest.raises(SchemaDefinitionError, match=r"would be called \[MadeClient\], as the client is"):
        text_of(router=router, made_client=made_client)


def test_types_may_be_called_as_what_the_text_imports():
    router = Router()
    names = [
        "any",
        "endpoint",
        "methods",
        "http_response",
        "call_options",
        "left_out",
        "unpack",
        "typed_dict",
        "literal",
        "upload",
    ]
    schemas = {name: s.object({name: s.string()}) for name in names}
    router.post(
        "/{id}",
        validate={
            "request": {"body": s.object(schemas), "query": schemas["any"]},
            "response": {200: {"body": s.any()}},
        },
    )(client_app.note)

    with running(text_of(router=router, **schemas)) as module:
        assert {"any"} == required(module.Any)
        assert hasattr(module.MadeClient, "note")


@pytest.mark.parametrize("routers", [{}, {"router": Router()}])
def test_a_module_without_routes_is_an_error(routers):
    with pytest.raises(SchemaDefinitionError, match=r"the module \[made\] has no routes for clients"):
        text_of(**routers)


def test_only_types_of_what_is_sent_are_written():
    router = Router()
    unused, inner = s.object({"a": s.string()}), s.object({"b": s.duration(default="1s")})
    router.post(
        "/", validate={"request": {"body": s.object({"c": inner})}, "response": {404: {"body": unused}}}
    )(client_app.note)

    classes = re.findall(r"^class (\w+)", text_of(router=router, unused=unused, inner=inner), re.MULTILINE)

    assert ["Inner", "NoteBody", "MadeClient", "AsyncMadeClient"] == classes


def test_params_are_needed_where_the_path_needs_them():
    router = Router()
    params = s.object({"a": s.string(default="x"), "b": s.integer()})
    router.get("/{a}/{b?}", validate={"params": params})(lambda context, request, response: response.ok())

    with running(text_of(router=router, params=params)) as module:
        assert {"a", "b"} == required(module.Params)


def test_headers_that_are_the_clients_to_send_are_no_argument():
    router = Router()
    headers = s.object(
        {"kbn-xsrf": s.string(), "elastic-api-version": s.string(), "accept": s.string(), "x-a": s.string()}
    )
    router.get("/", validate={"headers": headers})(client_app.page)

    with running(text_of(router=router, headers=headers)) as module:
        assert {"x-a"} == required(module.Headers)
        assert {"accept", "x-a"} == set(members(module.Headers))


OBJECT = s.object({"a": s.string()})


@pytest.mark.parametrize(
    ("body", "media_type", "said"),
    [
        (OBJECT, None, "GetResponse"),
        (OBJECT, "application/vnd.x+json", "GetResponse"),
        (OBJECT, "application/zip", "bytes"),
        (OBJECT, "text/csv", "Any"),
        (s.maybe(OBJECT), None, "GetResponse | None"),
        (s.nullable(OBJECT), None, "GetResponse"),
        (s.string(), "text/csv", "GetResponse"),
        (s.one_of(s.string(), OBJECT), "text/csv", "Any"),
        (s.buffer(), None, "bytes"),
        (s.buffer(), "image/png", "bytes"),
        (s.maybe(s.stream()), "application/pdf", "bytes"),
        (s.stream(), "text/csv", "Any"),
        (s.any(), None, "GetResponse"),
        ({"custom": lambda value, result: result.ok(value)}, None, "Any"),
        (None, None, "Any"),
    ],
)
def test_what_is_given_depends_on_the_media_type_of_the_answer(body, media_type, said):
    router = Router()
    block = {"body": body, **({"body_content_type": media_type} if media_type else {})}
    router.get("/", validate={"request": {}, "response": {200: block if body is not None else {}}})(
        lambda context, request, response: response.ok()
    )

    assert said == annotations_of(router)["return"]


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        ([], "Any"),
        ([404], "Any"),
        ([200, 404], "GetResponse200"),
        ([201, 204], "GetResponse201 | None"),
        ([200, 206], "GetResponse200 | GetResponse206"),
        ([205], "None"),
    ],
)
def test_what_is_given_is_any_of_the_successes(statuses, said):
    router = Router()
    responses = {status: {"body": s.object({f"a{status}": s.string()})} for status in statuses}
    router.get("/", validate={"request": {}, "response": responses})(
        lambda context, request, response: response.ok()
    )

    assert said == annotations_of(router)["return"]


@pytest.mark.parametrize(
    ("accepts", "body", "sends", "content_type"),
    [
        (None, OBJECT, None, None),
        ("*/*", OBJECT, None, None),
        (["application/json", "multipart/form-data"], OBJECT, None, None),
        (["image/png", "multipart/form-data"], s.any(), "multipart/form-data", None),
        ("application/vnd.x+json", OBJECT, "application/vnd.x+json", None),
        ("Text/CSV", s.string(), "text/csv", None),
        ("text/*", s.string(), "text/plain", None),
        ("image/png", s.any(), "image/png", None),
        (None, s.buffer(), "application/octet-stream", "str = LEFT_OUT"),
        ("image/png", s.buffer(), "image/png", None),
        (["image/png", "image/gif"], s.stream(), None, 'Literal["image/png", "image/gif"]'),
        ("image/*", s.stream(), None, "str"),
        ("image/*", s.any(), None, "str"),
        (["image/*", "application/*"], s.stream(), "application/octet-stream", "str = LEFT_OUT"),
    ],
)
def test_a_body_is_of_a_type_that_the_route_takes(accepts, body, sends, content_type):
    router = Router()
    options = {"body": {"accepts": accepts}} if accepts else {}
    router.post("/", validate={"body": body}, options=options)(
        lambda context, request, response: response.ok()
    )
    text = text_of(router=router)

    assert ([sends] if sends else []) == re.findall(r'sends="(.*?)"', text)
    assert ([content_type] * 2 if content_type else []) == re.findall(r"content_type: (.*?), \*\*", text)


def required(cls):
    """The keys that the TypedDict *cls* requires."""
    return {name for name, (_, is_required) in members(cls).items() if is_required}


def annotations_of(router):
    """The annotations of the only method."""
    with running(text_of(router=router)) as module:
        [name] = [name for name in vars(module.MadeClient) if not name.startswith("_")]
        return getattr(module.MadeClient, name).__annotations__


@pytest.mark.parametrize(
    ("deprecated", "said"),
    [
        (True, "This endpoint is deprecated"),
        ({"message": "Old"}, "Old"),
        ({"reason": {"type": "remove"}}, "This endpoint is deprecated; it will be removed"),
        (
            {
                "message": "Old",
                "documentation_url": "https://example.org",
                "reason": {"type": "migrate", "new_api_path": "/b", "new_api_method": "POST"},
            },
            "Old; use POST /b; see https://example.org",
        ),
        ({"reason": {"new_api_path": "/b"}}, "This endpoint is deprecated; use /b"),
    ],
)
def test_a_deprecation_says_what_to_do(deprecated, said):
    router = Router()
    router.get("/", validate=False, deprecated=deprecated)(lambda context, request, response: response.ok())
    with running(text_of(router=router)) as module:
        assert said == module.MadeClient.get.__deprecated__
        assert said == module.AsyncMadeClient.get.__deprecated__


def test_a_method_says_what_the_author_says_of_its_route(made):
    told = inspect.cleandoc(made.MadeClient.find.__doc__)

    assert 'Find items.\n\nAs many as there are: """ and \\.\n\nGET /api/items' == told
    assert "GET /api/things, version 2023-10-31" == made.AsyncMadeClient.get_things.__doc__


def test_a_type_that_is_made_for_a_part_has_a_name_of_its_own():
    router = Router()
    router.get("/{id}", validate=False)(client_app.page)
    page_params = s.object({"other": s.string()})
    router.post("/", validate={"body": page_params})(client_app.note)

    with running(text_of(router=router, page_params=page_params)) as module:
        assert {"other"} == required(module.PageParams)
        assert {"id"} == required(module.PageParams2)

    page_params2 = s.object({"another": s.string()})
    router.put("/", validate={"body": page_params2})(lambda context, request, response: response.ok())
    names = {"page_params": page_params, "page_params2": page_params2}
    with running(text_of(router=router, **names)) as module:
        assert {"another"} == required(module.PageParams2)
        assert {"id"} == required(module.PageParams3)


def test_the_text_begins_as_all_that_is_generated_does():
    assert TEXT.startswith(
        f"{MARK}do not edit, but run: kbn-schema stubs made --client\n# ruff: noqa\n# fmt: off\n"
    )
    assert TEXT.endswith("\n")
    assert not TEXT.endswith("\n\n")


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_the_text_is_the_same_in_each_process(seed):
    code = (
        "import sys; from tests.stubs import test_client; sys.stdout.buffer.write(test_client.TEXT.encode())"
    )
    environment = {"PYTHONHASHSEED": str(seed), "PYTHONPATH": ":".join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)

    assert TEXT.encode() == run.stdout
