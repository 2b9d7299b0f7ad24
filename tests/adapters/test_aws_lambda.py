import ast
import asyncio
import contextvars
import inspect
import json
import re
import subprocess
import sys
import threading

import pytest

from kbn_schema import schema
from kbn_schema.adapters import aws_lambda
from kbn_schema.http import Router
from tests.adapters import contract
from tests.adapters import lambda_events as events
from tests.adapters.calling import Told
from tests.adapters.contract import JSON, OWN_BODY, OWN_PARTS, Contract, ValidatedContract, as_data
from tests.adapters.routes import make_router
from tests.adapters.servers import ROOT
from tests.adapters.test_examples import example_of

s = schema
KINDS = [
    events.rest_api,
    events.http_api_1,
    events.http_api_2,
    events.function_url,
    events.load_balancer,
]
# Those whose paths are as they were sent.
EXACT = [events.rest_api, events.function_url, events.load_balancer]
DECODED = [events.http_api_1, events.http_api_2]


def own(event, context):
    """A function that was there before."""
    if event.get("rawPath", event.get("path")) == "/own":
        return events.text_answer(event, 200, f"own {event['body']}")
    return events.text_answer(event, 404, "nothing here")


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "async"])
def handler(request):
    return aws_lambda.mount(make_router(request.param), app=own)


class InLambda(Contract):
    """Subclasses have `make_event`."""

    @pytest.fixture(autouse=True)
    def _handler(self, handler):
        self.handler = handler

    def send(self, method, target, headers=(), body=None):
        try:
            event = self.make_event(method, target, headers, body)
        except events.Lost as lost:
            pytest.skip(str(lost))
        return events.as_answer(event, self.handler(event, None))

    def send_chunks(self, method, target, headers, chunks):
        return self.send(method, target, headers, b"".join(chunks))

    def test_generated_requests_are_answered_as_by_the_router_itself(self, monkeypatch):
        answers = [
            (request, answer) for request, answer in contract.answers_of_the_core() if self.comes(*request)
        ]
        monkeypatch.setattr(contract, "answers_of_the_core", lambda: answers)
        assert len(answers) > 100
        super().test_generated_requests_are_answered_as_by_the_router_itself()

    def comes(self, *request):
        """Whether AWS hands it on as it was sent."""
        try:
            self.make_event(*request)
        except events.Lost:
            return False
        return True

    def is_torn(self, target):
        with pytest.raises(RuntimeError, match="secret"):
            self.send("GET", target)
        return True


class TestBehindARestApi(InLambda):
    make_event = staticmethod(events.rest_api)


class TestBehindAnHttpApi(InLambda):
    make_event = staticmethod(events.http_api_2)


class TestBehindAnHttpApiWithFormat1(InLambda):
    make_event = staticmethod(events.http_api_1)


class TestBehindAUrl(InLambda):
    make_event = staticmethod(events.function_url)


class TestBehindALoadBalancer(InLambda):
    make_event = staticmethod(events.load_balancer)


def own_answer(valid):
    headers = {"content-type": "application/json"}
    return {
        "statusCode": 200,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "body": json.dumps(as_data(valid)),
        "isBase64Encoded": False,
    }


@aws_lambda.validated(**OWN_PARTS)
def own_parts(event, context, valid):
    return own_answer(valid)


@aws_lambda.validated(body=OWN_BODY, options=OWN_PARTS["options"])
async def own_body(event, context, valid):
    await asyncio.sleep(0)
    return own_answer(valid)


class Bare:
    @aws_lambda.validated()
    def get(self, event, context, valid):
        return own_answer(valid)


router_beside = aws_lambda.mount(make_router())


class TestValidated(ValidatedContract):
    def send(self, method, target, headers=(), body=None):
        event = events.rest_api(method, target, headers, body)
        path = event["path"]
        if path.startswith("/own/"):
            event["pathParameters"] = {"id": path.removeprefix("/own/")}
            called = own_parts
        else:
            called = {"/body": own_body, "/bare": Bare().get}.get(path, router_beside)
        return events.as_answer(event, called(event, None))


def hello(context, request, response):
    return response.ok(body=dict(request.params))


def router_of(*paths, handler=hello, method="get", **options):
    router = Router(**options)
    for path in paths:
        getattr(router, method)(path, validate={"params": s.any()})(handler)
    return router


def ask(handler, target, make_event=events.function_url, method="GET", **options):
    event = make_event(method, target, **options)
    return events.as_answer(event, handler(event, None))


# Events


@pytest.mark.parametrize("stage", ["dev", "$default"])
@pytest.mark.parametrize("make_event", [events.rest_api, *DECODED])
def test_a_stage_is_no_part_of_a_path(make_event, stage):
    handler = aws_lambda.mount(router_of("/", "/a/{id}", "/dev/{id}", "/$default/{id}", "/develop"))

    assert [{}, {"id": "dev"}, {"id": "b"}, {"id": "c"}, {}] == [
        ask(handler, target, make_event, stage=stage).json()
        for target in ("/", "/a/dev", "/dev/b", "/$default/c", "/develop")
    ]


@pytest.mark.parametrize("make_event", DECODED)
def test_a_domain_of_ones_own_has_no_stage_in_its_paths(make_event):
    event = make_event("GET", "/dev/1", domain="api.example.org")
    event["requestContext"]["stage"] = "dev"
    answer = events.as_answer(event, aws_lambda.mount(router_of("/dev/{id}"))(event, None))

    assert {"id": "1"} == answer.json()


@pytest.mark.parametrize("make_event", KINDS)
def test_a_base_path_is_no_part_of_a_path(make_event):
    handler = aws_lambda.mount(router_of("/", "/a/{id}", "/shops/{id}"), base_path="/shop")

    assert [{}, {}, {"id": "1"}, {"id": "1"}, {"id": "1"}, 404] == [
        *(
            ask(handler, target, make_event).json()
            for target in ("/shop", "/shop/", "/shop/a/1", "/a/1", "/shops/1")
        ),
        ask(handler, "/shop/shop/a/1", make_event).status,
    ]


@pytest.mark.parametrize("make_event", EXACT)
@pytest.mark.parametrize(("target", "id"), [("/a%2Fb", "a/b"), ("/%2520", "%20"), ("/a+b", "a+b")])
def test_a_path_is_decoded_once(make_event, target, id):
    assert {"id": id} == ask(aws_lambda.mount(router_of("/{id}")), target, make_event).json()


@pytest.mark.parametrize("make_event", DECODED)
@pytest.mark.parametrize(("target", "id"), [("/%2520", "%20"), ("/%25zz", "%zz"), ("/a+b", "a+b")])
def test_a_decoded_path_is_not_decoded_again(make_event, target, id):
    assert {"id": id} == ask(aws_lambda.mount(router_of("/{id}")), target, make_event).json()


def echo_query(context, request, response):
    return response.ok(body=request.query)


def query_handler():
    router = Router()
    router.get("/", validate={"query": s.any()})(echo_query)
    return aws_lambda.mount(router)


@pytest.mark.parametrize("make_event", KINDS)
def test_a_query_is_decoded_once(make_event):
    query = "a=%2B+%26%3D%25&b=%2525&%C3%A9=1&c=&d=x%2Fy%3Fz&a=2"

    assert {"a": ["+ &=%", "2"], "b": "%25", "é": "1", "c": "", "d": "x/y?z"} == ask(
        query_handler(), f"/?{query}", make_event
    ).json()


def test_a_group_without_many_values_shows_the_last():
    event = events.load_balancer("GET", "/?a=1&a=%2B", [("X-One", "a"), ("X-One", "b")], has_many=False)
    answer = events.as_answer(event, query_handler()(event, None))

    assert ({"a": "+"}, {"X-One": "b"}) == (answer.json(), event["headers"])
    assert "headers" in query_handler()(event, None)


@pytest.mark.parametrize("has_many", [True, False])
def test_a_load_balancer_is_told_the_phrase(has_many):
    event = events.load_balancer("GET", "/nowhere", has_many=has_many)

    assert "404 Not Found" == query_handler()(event, None)["statusDescription"]


def echo_headers(context, request, response):
    return response.ok(body={**request.headers})


@pytest.mark.parametrize("make_event", KINDS)
def test_cookies_come_as_one_header(make_event):
    router = Router()
    router.get("/", validate={"headers": s.object({"Cookie": s.string()})})(echo_headers)
    answer = ask(aws_lambda.mount(router), "/", make_event, headers=[("Cookie", "a=1; b=2")])

    assert {"Cookie": "a=1; b=2"} == answer.json()


def test_cookies_are_sent_apart():
    def handler(context, request, response):
        return response.ok(headers={"set-cookie": ["a=1, 2", "b=2"], "vary": ["a", "b"]})

    mounted = aws_lambda.mount(router_of("/", handler=handler))
    format_1, _, format_2, _, _ = (mounted(make_event("GET", "/"), None) for make_event in KINDS)
    single = mounted(events.load_balancer("GET", "/", has_many=False), None)

    assert (["a=1, 2", "b=2"], ["a", "b"]) == tuple(
        format_1["multiValueHeaders"][name] for name in ("set-cookie", "vary")
    )
    assert (["a=1, 2", "b=2"], "a, b") == (format_2["cookies"], format_2["headers"]["vary"])
    cookies = {name: value for name, value in single["headers"].items() if name.lower() == "set-cookie"}
    assert {"set-cookie": "a=1, 2", "set-cookiE": "b=2"} == cookies
    assert "a, b" == single["headers"]["vary"]


@pytest.mark.parametrize("make_event", KINDS)
def test_what_is_no_text_is_sent_as_base64(make_event):
    mounted = aws_lambda.mount(make_router())
    binary = mounted(make_event("GET", "/api/file"), None)
    text = mounted(make_event("GET", "/api/items/%C3%A9"), None)

    assert ("AP8=", True) == (binary["body"], binary["isBase64Encoded"])
    assert ("é", False) == (json.loads(text["body"])["id"], text["isBase64Encoded"])


@pytest.mark.parametrize("text", ["\ud800", "\ufffe", "λ"])
@pytest.mark.parametrize("place", ["path", "query", "header", "body"])
@pytest.mark.parametrize("make_event", KINDS)
def test_what_no_client_could_send_is_no_error_of_ours(make_event, place, text):
    """Whatever a gateway makes of a client's bytes."""
    router = Router()
    everything = {"params": s.any(), "query": s.any(), "headers": s.object({"X": s.maybe(s.string())})}
    router.post("/{id}", validate={**everything, "body": s.any()})(
        lambda context, request, response: response.ok(body=[*request.params.values(), request.headers])
    )
    event = make_event("POST", "/PATH?q=QUERY", [JSON, ("X", "HEADER")], b'"BODY"')
    event = json.loads(json.dumps(event).replace(place.upper(), json.dumps(text)[1:-1]))
    status = aws_lambda.mount(router)(event, None)["statusCode"]

    assert status in (200, 400)
    assert status == 400 or (text, place) != ("\ud800", "body")


NO_REQUESTS = [
    {},
    {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]},
    {"Records": [{"eventSource": "aws:s3"}]},
    {"requestContext": None, "httpMethod": "GET"},
    {"requestContext": "x"},
    {"requestContext": {"connectionId": "x", "eventType": "CONNECT"}},
    {"httpMethod": "GET", "path": "/"},
    {"version": "0", "source": "aws.events"},
]


@pytest.mark.parametrize("event", NO_REQUESTS)
def test_an_event_that_is_no_request_is_refused(event):
    with pytest.raises(ValueError, match="is no request of API Gateway"):
        aws_lambda.mount(Router())(event, None)
    with pytest.raises(ValueError, match="is no request of API Gateway"):
        own_parts(event, None)


@pytest.mark.parametrize("event", [None, [], "{}", b"{}", 1])
def test_an_event_that_is_no_mapping_is_refused(event):
    with pytest.raises(TypeError, match=r"the event must be a mapping, but is \["):
        aws_lambda.mount(Router())(event, None)


def places_in(event, path=()):
    for key, value in event.items():
        yield (*path, key)
        if isinstance(value, dict):
            yield from places_in(value, (*path, key))
        elif isinstance(value, list):
            yield (*path, key, 0)


def changed(event, path, value):
    event = json.loads(json.dumps(event))
    part = event
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return event


@pytest.mark.parametrize("make_event", [*KINDS, lambda *parts: events.load_balancer(*parts, has_many=False)])
@pytest.mark.parametrize("value", [1, 1.5, True, "x", [], [1], {}, {"a": 1}, {"a": [1]}, None])
def test_a_field_of_another_type_is_named_or_does_not_matter(make_event, value):
    event = make_event("POST", "/api/items?a=1&a=2", [JSON, ("Cookie", "a=1")], b'{"n": 1}')
    handler = aws_lambda.mount(make_router())
    for path in places_in(event):
        error = error_of(handler, changed(event, path, value))

        if isinstance(error, TypeError):
            assert re.match(r"\[[\w.-]+\] of the event must be of type \[\w+\], but is \[\w+\]", str(error))
        elif error is not None:  # it is no request then, or no base64
            assert path[0] in ("requestContext", "isBase64Encoded")


def error_of(handler, event):
    try:
        handler(event, None)
    except (TypeError, ValueError) as error:
        return error
    return None


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("rawPath",), 1, "[rawPath] of the event must be of type [str], but is [int]"),
        (("rawPath",), None, "[rawPath] of the event must be of type [str], but is [NoneType]"),
        (("headers", "a"), [], "[headers.a] of the event must be of type [str], but is [list]"),
        (("cookies",), [1], "[cookies.0] of the event must be of type [str], but is [int]"),
        (("requestContext", "http"), [], "[requestContext.http] of the event must be of type [Mapping], "),
        (("isBase64Encoded",), "no", "[isBase64Encoded] of the event must be of type [bool], "),
    ],
)
def test_an_error_says_which_field_is_wrong(path, value, message):
    event = changed(events.function_url("POST", "/", body=b"x"), path, value)

    with pytest.raises(TypeError) as error:
        aws_lambda.mount(Router())(event, None)
    assert str(error.value).startswith(message)


def test_a_body_that_is_no_base64_is_an_error():
    event = changed(events.function_url("POST", "/", body=b"\xff"), ("body",), "?")

    with pytest.raises(ValueError, match="its body is no base64"):
        aws_lambda.mount(Router())(event, None)


# Mounting


@pytest.mark.parametrize("event", [*NO_REQUESTS, None, events.rest_api("GET", "/other")])
def test_an_app_gets_what_is_not_ours(event):
    def app(*arguments):
        return arguments

    assert (event, "context") == aws_lambda.mount(router_of("/a"), app=app)(event, "context")


def test_routers_share_a_function_but_not_a_path():
    router = router_of("/a/{id}")
    handler = aws_lambda.mount(router)

    with pytest.raises(ValueError, match="mounted on this app already"):
        aws_lambda.mount(router, app=handler)
    with pytest.raises(ValueError, match="would never be reached"):
        aws_lambda.mount(router_of("/a/{name}"), app=handler)
    both = aws_lambda.mount(router_of("/b"), app=handler)
    assert [{"id": "1"}, {}, 404] == [
        ask(both, "/a/1").json(),
        ask(both, "/b").json(),
        ask(both, "/c").status,
    ]


@pytest.mark.parametrize("router", [None, own, Router])
def test_what_is_no_router_is_not_mounted(router):
    with pytest.raises(TypeError, match="expected a Router but got"):
        aws_lambda.mount(router)


@pytest.mark.parametrize("base_path", ["shop", "/", "/shop/"])
def test_a_malformed_base_path_is_refused(base_path):
    with pytest.raises(ValueError, match="base_path must begin with a slash"):
        aws_lambda.mount(Router(), base_path=base_path)


def test_routes_may_be_declared_later():
    router = Router()
    handler = aws_lambda.mount(router)
    router.get("/late", validate=False)(hello)

    assert 200 == ask(handler, "/late").status


# Handlers


def test_a_handler_sees_the_event_and_the_context():
    def handler(context, request, response):
        raw = request.unstable_raw_request()
        return response.ok(body=[raw.event["version"], raw.context])

    event = events.function_url("GET", "/")

    assert '["2.0","context"]' == aws_lambda.mount(router_of("/", handler=handler))(event, "context")["body"]


def test_plain_handlers_run_in_the_thread_that_calls():
    def handler(context, request, response):
        return response.ok(body=threading.current_thread() is threading.main_thread())

    async def context():
        yield {}

    for options in ({}, {"context": context}):
        assert ask(aws_lambda.mount(router_of("/", handler=handler, **options)), "/").json() is True


def test_an_async_handler_and_its_context_share_a_task():
    tasks = []

    async def context():
        tasks.append(asyncio.current_task())
        yield {}
        tasks.append(asyncio.current_task())

    async def handler(context, request, response):
        tasks.append(asyncio.current_task())
        return response.ok()

    ask(aws_lambda.mount(router_of("/", handler=handler, context=context)), "/")

    assert [tasks[0]] * 3 == tasks


def test_async_handlers_share_an_event_loop():
    loops = []

    async def handler(context, request, response):
        loops.append(asyncio.get_running_loop())
        return response.ok()

    @aws_lambda.validated()
    async def own_handler(event, context, valid):
        loops.append(asyncio.get_running_loop())
        return event

    for _ in range(2):
        ask(aws_lambda.mount(router_of("/", handler=handler)), "/")
        own_handler(events.rest_api("GET", "/"), None)

    assert [loops[0]] * 4 == loops
    assert not loops[0].is_closed()


def test_an_async_handler_may_be_called_where_a_loop_is_running():
    """As in an async test."""
    handler = aws_lambda.mount(make_router(is_async=True))

    async def main():
        return ask(handler, "/api/items/1").status

    assert 200 == asyncio.run(main())


current = contextvars.ContextVar("current", default="nobody")


@pytest.mark.parametrize("is_async", [True, False])
def test_invocations_share_no_context_variables(is_async):
    def plain(context, request, response):
        before = current.get()
        current.set("somebody")
        return response.ok(body=before)

    async def asynchronous(context, request, response):
        return plain(context, request, response)

    handler = aws_lambda.mount(router_of("/", handler=asynchronous if is_async else plain))

    assert [b"nobody"] * 2 == [ask(handler, "/").body for _ in range(2)]
    assert "nobody" == current.get()


FORKLESS = """
import asyncio, json, os, random
del os.register_at_fork  # as on Windows; `random` asks for `os.fork` instead
from kbn_schema.adapters import aws_lambda
from kbn_schema.http import Router
router = Router()
@router.get("/", validate=False)
async def hello(context, request, response):
    return response.ok(body="hello")
handler = aws_lambda.mount(router)
print(handler(json.loads(input()), None)["body"])
"""


def test_a_platform_that_cannot_fork_is_served_all_the_same():
    event = json.dumps(events.rest_api("GET", "/"))
    ended = subprocess.run(
        [sys.executable, "-c", FORKLESS], input=event, timeout=60, capture_output=True, text=True
    )

    assert (0, "", "hello\n") == (ended.returncode, ended.stderr, ended.stdout)


def test_several_threads_may_call():
    async def handler(context, request, response):
        current.set(request.params["id"])
        await asyncio.sleep(0.001)
        return response.ok(body=[current.get(), request.params["id"]])

    mounted = aws_lambda.mount(router_of("/{id}", handler=handler))
    answers = []
    threads = [
        threading.Thread(target=lambda id=id: answers.append(ask(mounted, f"/{id}").json()))
        for id in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [[str(id)] * 2 for id in range(20)] == sorted(answers, key=lambda answer: int(answer[0]))


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("streams_async", [True, False])
def test_a_stream_is_collected_and_closed(is_async, streams_async):
    told = []

    def pieces():
        try:
            yield "a"
            yield b"b"
        finally:
            told.append("stream")

    async def async_pieces():
        try:
            yield "a"
            await asyncio.sleep(0)
            yield b"b"
        finally:
            told.append("stream")

    def plain(context, request, response):
        return response.ok(body=async_pieces() if streams_async else pieces())

    async def asynchronous(context, request, response):
        return plain(context, request, response)

    handler = asynchronous if is_async else plain
    mounted = aws_lambda.mount(router_of("/", handler=handler, context=lambda: Told(told)))

    assert b"ab" == ask(mounted, "/").body
    assert ["stream", "context"] == told
    assert b"" == ask(mounted, "/", method="HEAD").body
    assert "context" == told[-1]


@pytest.mark.parametrize("is_async", [True, False])
def test_a_stream_that_breaks_is_closed_and_an_error_of_the_function(is_async):
    told = []

    def pieces():
        try:
            yield "a"
            raise RuntimeError("broken")
        finally:
            told.append("stream")

    def plain(context, request, response):
        return response.ok(body=pieces())

    async def asynchronous(context, request, response):
        return plain(context, request, response)

    handler = asynchronous if is_async else plain
    mounted = aws_lambda.mount(router_of("/", handler=handler, context=lambda: Told(told)))

    with pytest.raises(RuntimeError, match="broken"):
        ask(mounted, "/")
    assert ["stream", "context"] == told


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="there is no fork")
def test_the_child_of_a_fork_has_a_loop_of_its_own():
    program = """
import os, asyncio
from tests.adapters.test_aws_lambda import ask, router_of
from kbn_schema.adapters import aws_lambda
async def handler(context, request, response):
    return response.ok(body=id(asyncio.get_running_loop()))
mounted = aws_lambda.mount(router_of("/", handler=handler))
first = ask(mounted, "/").json()
child = os.fork()
if not child:
    os._exit(ask(mounted, "/").json() == first)
assert os.waitpid(child, 0)[1] == 0
"""
    subprocess.check_call([sys.executable, "-W", "error", "-c", program], cwd=ROOT, timeout=60)


# Functions of one's own


def test_params_are_decoded_where_they_came_encoded():
    seen = []

    @aws_lambda.validated(params=s.object({"id": s.string()}))
    def own_handler(event, context, valid):
        seen.append(valid.params["id"])
        return event

    for make_event in (events.rest_api, events.http_api_2):
        own_handler(changed(make_event("GET", "/"), ("pathParameters",), {"id": "a%20b"}), None)
    refused = own_handler(changed(events.rest_api("GET", "/"), ("pathParameters",), {"id": "%ff"}), None)

    assert (["a b", "a%20b"], 400) == (seen, refused["statusCode"])
    assert {"statusCode", "error", "message"} == json.loads(refused["body"]).keys()


@pytest.mark.parametrize("make_event", KINDS)
def test_a_refusal_is_in_the_format_of_the_event(make_event):
    event = make_event("POST", "/", [JSON], b"{}")
    answer = events.as_answer(event, own_body(event, None))

    assert (400, "application/json; charset=utf-8") == (answer.status, answer.headers["content-type"])


def test_a_wrapper_has_the_name_of_the_handler_but_not_its_signature():
    assert "own_parts" == own_parts.__name__
    assert not hasattr(own_parts, "__wrapped__")
    assert ["arguments"] == list(inspect.signature(own_parts).parameters)
    assert not inspect.iscoroutinefunction(own_body)


def test_the_example_of_the_module_runs(tmp_path):
    program = tmp_path / "example.py"
    program.write_text(example_of("aws_lambda"))
    done = subprocess.run(
        [sys.executable, "-W", "error", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    answer = ast.literal_eval(done.stdout)

    assert (200, '{"hello":"you"}', "") == (answer["statusCode"], answer["body"], done.stderr)
