"""Which version of a route is served, and what its answers say of it."""

import json
import logging

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kbn_schema import schema
from kbn_schema.http import NotFound, RequestParts, Router, TestClient

s = schema
JSON = ("content-type", "application/json")
HEADER = "elastic-api-version"
NUMBER = (
    'Invalid version number. Received "{}", '
    "expected a string containing _only_ a finite, whole number greater than 0."
)
DATE = 'Invalid version. Received "{}", expected a valid date string formatted as YYYY-MM-DD.'
NOT_ALLOWED = (
    'Use of query parameter "apiVersion" is not allowed. '
    'Please specify the API version using the "elastic-api-version" header.'
)


def answering(version):
    return lambda context, request, response: response.ok(body=[version, request.api_version, request.query])


ANY = {"query": s.any()}


def client_of(versions, access="internal", method="get", path="/a", validate=ANY, handler=None, **options):
    declared = {name: options.pop(name) for name in ("enable_query_version", "options") if name in options}
    router = Router(**options)
    route = getattr(router.versioned, method)(path, access=access, **declared)
    for version in versions:
        route.add_version(version, validate=validate, handler=handler or answering(version))
    return TestClient(router)


def picked(answer):
    version, seen, _ = answer.json()
    assert version == seen == answer.headers[HEADER]
    return version


def refused(answer):
    """What a request is told that came to no version."""
    assert HEADER not in answer.headers
    return answer.status, answer.json()["message"]


# In the order of HTTP.md, section 3.2


@pytest.mark.parametrize("headers", [[], [(HEADER, "1")], [(HEADER, "abc")]])
@pytest.mark.parametrize("access", ["internal", "public"])
def test_first_without_versions_nothing_is_served(access, headers, caplog):
    answer = client_of([], access).get("/a?apiVersion=1", headers=headers)
    logged = "500 Server Error: The [get] at [/a] has no version: decorate its handler with add_version"

    assert (500, "No handlers registered for [get] [/a].") == refused(answer)
    assert [("kbn_schema.http", logging.ERROR, logged)] == caplog.record_tuples


@pytest.mark.parametrize(
    ("headers", "query", "version"),
    [
        ([(HEADER, "2")], "", "2"),
        ([("Elastic-Api-Version", "2")], "", "2"),
        ([(HEADER, "2")], "?apiVersion=3", "2"),
        ([(HEADER, " 2\t")], "", "2"),
        ([(HEADER, "2"), (HEADER, "3")], "", "2"),
        ([(HEADER, "2, 3")], "", "2"),
        ([(HEADER, "2,3")], "?apiVersion=x", "2"),
        ([(HEADER, "")], "?apiVersion=3", "3"),
        ([(HEADER, ", 2")], "?apiVersion=3", "2"),
        ([(HEADER, ""), (HEADER, "2")], "?apiVersion=3", "2"),
        ([(HEADER, " , ")], "?apiVersion=3", "3"),
        ([], "?apiVersion=3", "3"),
        ([], "?apiVersion=%33", "3"),
        ([], "?apiVersion=", "1"),
        ([], "?apiVersion=3&apiVersion=2", "1"),
        ([], "?apiversion=3", "1"),
        ([(HEADER, "")], "", "1"),
        ([(HEADER, " ")], "", "1"),
    ],
)
def test_second_the_header_goes_before_the_query_and_the_empty_is_absent(headers, query, version):
    client = client_of(["1", "2", "3"], enable_query_version=True)
    answer = client.get(f"/a{query}", headers=headers)

    assert version == picked(answer)
    assert "apiVersion" not in answer.json()[2]


PUBLIC = ["2024-01-01", "2023-10-31", "2025-06-30"]
INTERNAL = ["10", "2", "1", "9"]


@pytest.mark.parametrize(
    ("access", "versions", "options", "version"),
    [
        ("public", PUBLIC, {}, "2023-10-31"),
        ("public", PUBLIC, {"version_resolution": "newest"}, "2025-06-30"),
        ("public", PUBLIC, {"dev": True}, "2023-10-31"),
        ("public", PUBLIC, {"version_resolution": "none"}, None),
        ("internal", INTERNAL, {}, "1"),
        ("internal", INTERNAL, {"version_resolution": "newest"}, "1"),
        ("internal", INTERNAL, {"version_resolution": "none"}, "1"),
        ("internal", INTERNAL, {"dev": True}, None),
        ("internal", INTERNAL, {"dev": True, "version_resolution": "newest"}, None),
    ],
)
def test_third_a_version_is_chosen_where_none_is_asked_for(access, versions, options, version):
    answer = client_of(versions, access, **options).get("/a")

    if version is not None:
        assert version == picked(answer)
    else:
        message = f"Please specify a version via {HEADER} header. Available versions: [{', '.join(versions)}]"
        assert (400, message) == refused(answer)


@pytest.mark.parametrize(("resolution", "version"), [("oldest", "1"), ("newest", "10"), ("none", None)])
@pytest.mark.parametrize("dev", [True, False])
@pytest.mark.parametrize("path", ["/a", "/a/{id?}", "/a/{rest*}"])
def test_third_internal_paths_that_are_listed_are_treated_as_public(path, dev, resolution, version):
    client = client_of(
        INTERNAL, path=path, dev=dev, version_resolution=resolution,
        use_version_resolution_strategy_for_internal_paths=[path],
    )  # fmt: skip
    answer = client.get("/a")

    assert (version is None) == (answer.status == 400)
    assert version is None or version == picked(answer)


def test_third_the_listed_path_has_the_base_path():
    router = Router("/api", dev=True, use_version_resolution_strategy_for_internal_paths=["/api/a"])
    for path in ("/a", "/b"):
        router.versioned.get(path, access="internal").add_version("7", validate=ANY, handler=answering("7"))

    assert "7" == picked(TestClient(router).get("/api/a"))
    assert 400 == TestClient(router).get("/api/b").status


def test_fourth_without_a_version_the_query_is_not_looked_at():
    status, message = refused(client_of(["1"], dev=True).get("/a?apiVersion=1"))

    assert (400, True) == (status, message.startswith("Please specify a version"))


@pytest.mark.parametrize(
    "query", ["apiVersion=1", "apiVersion=", "apiVersion", "a=1&apiVersion=1&apiVersion=2"]
)
@pytest.mark.parametrize("headers", [[], [(HEADER, "1")], [(HEADER, "abc")], [(HEADER, "99")]])
def test_fifth_the_query_must_be_enabled(query, headers):
    assert (400, NOT_ALLOWED) == refused(client_of(["1"]).get(f"/a?{query}", headers=headers))


@pytest.mark.parametrize("headers", [[], [(HEADER, "1")]])
def test_fifth_the_field_of_the_query_is_not_seen_by_the_rules(headers):
    validate = {"query": s.object({"a": s.maybe(s.string())})}
    client = client_of(["1"], validate=validate, enable_query_version=True)

    assert [200, {"a": "x"}] == [
        (answer := client.get("/a?apiVersion=1&a=x", headers=headers)).status,
        answer.json()[2],
    ]


SHOWN = [("abc", "abc"), ("1 2", "1 2"), ("é", "é"), ("\x00\x7f", "\\x00\\x7f"), ("\r\nx: y", "\\r\\nx: y")]


@pytest.mark.parametrize(("sent", "shown"), [*SHOWN, ("x" * 100_000, "x" * 97 + "...")])
@pytest.mark.parametrize(("access", "text"), [("internal", NUMBER), ("public", DATE)])
def test_sixth_a_malformed_version_is_told_escaped_and_cut(access, text, sent, shown):
    versions = ["1"] if access == "internal" else ["2023-10-31"]
    status, message = refused(client_of(versions, access).get("/a", headers=[(HEADER, sent)]))
    start, end = text.split("{}")

    assert (400, start, end) == (status, message[: len(start)], message[-len(end) :])
    assert message == text.format(shown) or (message[: -len(end)].endswith("...") and len(message) < 400)


@pytest.mark.parametrize("version", ["0", "-1", "1.0", "+1", "1e0", "١", "1_0", "0x1", "9" * 5000])
def test_sixth_a_number_is_digits(version):
    assert 400 == refused(client_of(["1"]).get("/a", headers=[(HEADER, version)]))[0]


@pytest.mark.parametrize(
    "version", ["2023-10-32", "2023-02-29", "٢٠٢٣-١٠-٣١", "2023-10-31T00:00:00Z", "20231031"]
)
def test_sixth_a_date_is_one(version):
    assert (400, DATE.format(version)) == refused(
        client_of(["2023-10-31"], "public").get("/a", headers=[(HEADER, version)])
    )


@pytest.mark.parametrize(
    ("access", "versions", "asked"),
    [("internal", ["10", "2"], "3"), ("internal", ["10", "2"], None), ("public", PUBLIC, "1999-12-31")],
)
def test_seventh_an_unknown_version_is_told_with_those_there_are(access, versions, asked):
    headers = [(HEADER, asked)] if asked else []
    message = (
        f'No version "{asked or 1}" available for [get] [/a]. Available versions are: [{", ".join(versions)}]'
    )

    assert (400, message) == refused(client_of(versions, access).get("/a", headers=headers))


def test_eighth_each_version_has_rules_of_its_own():
    router = Router()
    route = router.versioned.post("/a", access="internal")
    for version, rule in (("1", s.object({"foo": s.string()})), ("2", s.object({"foo_string": s.string()}))):
        route.add_version(
            version, validate={"body": rule}, handler=lambda _, request, r: r.ok(body=request.body)
        )
    client = TestClient(router)
    found = {
        (version, name): client.post("/a", json={name: "x"}, headers=[(HEADER, version)]).status
        for version in ("1", "2")
        for name in ("foo", "foo_string")
    }

    assert {("1", "foo"): 200, ("1", "foo_string"): 400, ("2", "foo"): 400, ("2", "foo_string"): 200} == found


def test_the_query_is_decoded_before_a_version_is_chosen():
    assert (400, "[request query]: malformed percent-encoding") == refused(
        client_of(["1"], validate=False).get("/a?x=%zz")
    )


# Methods


def test_head_is_served_in_the_version_too():
    client = client_of(["1", "2"])
    get, head = (client.request(m, "/a", headers=[(HEADER, "2")]) for m in ("GET", "HEAD"))

    assert (200, "2", b"") == (head.status, head.headers[HEADER], head.body)
    assert dict(get.headers) == dict(head.headers)
    assert 400 == client.head("/a", headers=[(HEADER, "3")]).status


@pytest.mark.parametrize("headers", [[], [(HEADER, "abc")]])
def test_options_and_other_methods_need_no_version(headers):
    client = client_of(["1"], dev=True)
    options, post = client.options("/a", headers=headers), client.post("/a", headers=headers)

    assert (204, 405) == (options.status, post.status)
    assert options.headers["allow"] == post.headers["allow"] == "GET, HEAD, OPTIONS"
    assert HEADER not in options.headers.keys() | post.headers.keys()


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_each_method_can_be_versioned(method):
    client = client_of(["3"], method=method)

    assert "3" == picked(client.request(method.upper(), "/a", headers=[(HEADER, "3")]))
    assert f"[{method}] [/a]" in client.request(method.upper(), "/a").json()["message"]


def test_add_version_is_chained_or_decorates():
    router = Router()
    route = router.versioned.get("/a", access="internal")
    assert route is route.add_version("1", validate=ANY, handler=answering("1"))
    handler = answering("2")
    assert handler is route.add_version("2", validate=ANY)(handler)

    assert ["1", "2"] == list(route.versions) == [made.api_version for made in router.routes]


# What the answers say


def fails(context, request, response):
    raise ValueError("secret")


def misses(context, request, response):
    raise NotFound("none")


def mapped(error, request, response):
    return response.unprocessable_content()


BODY = {"body": s.object({"n": s.number()})}


@pytest.mark.parametrize(
    ("status", "handler", "request_"),
    [
        (200, None, {}),
        (400, None, {"json": {"n": "x"}}),
        (400, None, {"body": "{"}),
        (400, None, {"headers": [("content-length", "x")]}),
        (413, None, {"json": {"n": "x" * 100}}),
        (413, None, {"headers": [("content-length", "999")]}),
        (415, None, {"body": "x", "headers": [("content-type", "text/plain")]}),
        (404, misses, {}),
        (500, fails, {}),
        (500, lambda *_: None, {}),
        (500, lambda _, request, r: r.ok(body=object()), {}),
        (204, lambda _, request, r: r.no_content(), {}),
        (302, lambda _, request, r: r.redirected(headers={"location": "/b"}), {}),
    ],
)
@pytest.mark.parametrize("access", ["internal", "public"])
def test_every_answer_of_a_version_says_which(access, status, handler, request_):
    version = "1" if access == "internal" else "2023-10-31"
    client = client_of(
        [version], access, "post", validate=BODY, handler=handler or answering(version), max_body_bytes=50
    )
    sent = {"headers": [JSON], **request_} if "body" in request_ else {"json": {"n": 1}, **request_}
    answer = client.post("/a", **sent)

    assert (status, version) == (answer.status, answer.headers.get(HEADER))


def test_the_answer_of_a_mapper_says_the_version():
    client = client_of(["1"], method="post", validate=BODY, on_validation_error=mapped)
    answer = client.post("/a", json={})

    assert (422, "1") == (answer.status, answer.headers[HEADER])


def test_the_500_of_a_failed_response_check_does_not_say_the_version():
    validate = {"response": {200: {"body": s.number()}}}
    answer = client_of(["1"], validate=validate, validate_responses="raise").get("/a")

    assert 500 == answer.status
    assert not answer.headers.keys() & {HEADER, "warning"}


@pytest.mark.parametrize(
    ("access", "options", "expected"),
    [
        ("public", {}, "2023-10-31"),
        ("public", {"http_resource": True}, None),
        ("internal", {}, None),
        ("internal", {"http_resource": True}, None),
    ],
)
@pytest.mark.parametrize("query", ["?n=1", "?n=x"])
def test_a_route_without_versions_says_the_base_version_where_it_is_public(access, options, expected, query):
    router = Router()
    router.get("/a", validate={"query": s.object({"n": s.number()})}, access=access, options=options)(
        lambda context, request, response: response.ok(body=request.api_version)
    )
    answer = TestClient(router).get(f"/a{query}", headers=[(HEADER, "abc")])

    assert (200 if query == "?n=1" else 400) == answer.status
    assert expected == answer.headers.get(HEADER)


def test_a_versioned_page_says_its_version():
    client = client_of(["2023-10-31"], "public", options={"http_resource": True})

    assert "2023-10-31" == picked(client.get("/a"))


def test_a_handler_may_say_another_version():
    client = client_of(["1"], handler=lambda _, request, r: r.ok(headers={"Elastic-API-Version": "x"}))

    assert ["x"] == client.get("/a").headers.get_all(HEADER)


DEPRECATED = '299 kbn_schema "This endpoint is deprecated"'


@pytest.mark.parametrize(
    ("deprecated", "warning"),
    [
        (False, None),
        (True, DEPRECATED),
        ({"severity": "critical", "reason": {"type": "remove"}}, DEPRECATED),
        ({"documentation_url": "http://d", "reason": {"type": "bump", "new_api_version": "2"}}, DEPRECATED),
        ({"reason": {"type": "migrate", "new_api_path": "/b", "new_api_method": "GET"}}, DEPRECATED),
        ({"message": "use /b"}, '299 kbn_schema "use /b"'),
        ({"message": 'say "b\\"'}, r'299 kbn_schema "say \"b\\\""'),
    ],
)
@pytest.mark.parametrize("query", ["?n=1", "?n=x"])
def test_the_answers_of_what_is_deprecated_warn(deprecated, warning, query):
    validate = {"query": s.object({"n": s.number()})}
    plain, versioned = Router(), Router()
    plain.get("/a", validate=validate, deprecated=deprecated)(answering("1"))
    versioned.versioned.get("/a", access="internal").add_version(
        "1", validate=validate, handler=answering("1"), deprecated=deprecated
    )
    answers = [TestClient(router).get(f"/a{query}") for router in (plain, versioned)]

    assert [warning, warning] == [answer.headers.get("warning") for answer in answers]
    assert [deprecated, deprecated] == [router.routes[0].deprecated for router in (plain, versioned)]


OF_ROUTE = {"message": "the route"}
OF_VERSION = {"message": "the version"}


@pytest.mark.parametrize(
    ("of_route", "of_version", "expected"),
    [
        ({}, {}, False),
        ({"deprecated": False}, {"deprecated": True}, True),
        ({"deprecated": True}, {}, True),
        ({"deprecated": True}, {"deprecated": None}, True),
        ({"deprecated": True}, {"deprecated": False}, False),
        ({"deprecated": OF_ROUTE}, {}, OF_ROUTE),
        ({"deprecated": OF_ROUTE}, {"deprecated": False}, False),
        ({"deprecated": OF_ROUTE}, {"deprecated": OF_VERSION}, OF_VERSION),
    ],
)
@pytest.mark.parametrize("decorates", [True, False])
def test_a_versioned_route_is_deprecated_in_all_versions_that_do_not_say_it(
    decorates, of_route, of_version, expected
):
    router = Router()
    route = router.versioned.get("/a", access="internal", **of_route)
    if decorates:
        route.add_version("1", validate=False, **of_version)(answering("1"))
    else:
        route.add_version("1", validate=False, handler=answering("1"), **of_version)
    warning = TestClient(router).get("/a").headers.get("warning")
    text = DEPRECATED if expected is True else f'299 kbn_schema "{expected and expected["message"]}"'

    assert expected == router.routes[0].deprecated
    assert (text if expected else None) == warning


def test_the_warning_of_the_handler_is_kept():
    router = Router()
    router.get("/a", validate=False, deprecated=True)(lambda _, request, r: r.ok(headers={"Warning": "mine"}))

    assert ["mine"] == TestClient(router).get("/a").headers.get_all("warning")


# Whatever is asked for


HOSTILE = Router()
for kind, numbers in (("internal", INTERNAL), ("public", PUBLIC)):
    for enabled in (True, False):
        route = HOSTILE.versioned.get(f"/{kind}/{enabled}", access=kind, enable_query_version=enabled)
        for number in numbers:
            route.add_version(number, validate=False, handler=answering(number))

odd = st.text() | st.from_regex(r"[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2}|[0-9,. ]+")
pairs = st.lists(st.tuples(st.just(HEADER), odd), max_size=3)
queries = st.lists(
    st.sampled_from([b"apiVersion=", b"&", b"1", b"2023-10-31", b"%", b"%ff", b"apiVersion"]), max_size=5
)


@pytest.mark.parametrize("path", ["/internal/True", "/internal/False", "/public/True", "/public/False"])
@given(pairs, queries.map(b"".join))
@example([(HEADER, "9" * 1_000_000)], b"")
@example([(HEADER, "\ud800")], b"")
def test_no_version_is_too_odd_to_be_answered(path, pairs, query):
    answer = HOSTILE.handle(RequestParts("GET", path, query, pairs))

    assert answer.status in (200, 400)
    assert (HEADER in dict(answer.headers)) == (answer.status == 200)
    assert len(answer.body) < 1000
    assert json.loads(answer.body)


@pytest.mark.parametrize(
    ("access", "options", "versions", "default"),
    [
        ("public", {}, ["2024-10-31", "2023-10-31"], "2023-10-31"),
        ("public", {"version_resolution": "newest"}, ["2024-10-31", "2023-10-31"], "2024-10-31"),
        ("public", {"version_resolution": "none"}, ["2023-10-31"], None),
        ("internal", {}, ["1", "2"], "1"),
        ("internal", {}, ["2"], None),
        ("internal", {"dev": True}, ["1"], None),
        ("public", {}, [], None),
    ],
)
def test_a_versioned_route_says_which_version_is_the_default(access, options, versions, default):
    versioned = Router(**options).versioned.get("/a", access=access)
    for version in versions:
        versioned.add_version(version, validate=False, handler=lambda *_: None)

    assert default == versioned.default_version


def test_a_router_lists_its_endpoints_in_order():
    router = Router()
    versioned = router.versioned.get("/a", access="public")
    router.get("/b", validate=False)(lambda *_: None)

    assert (versioned, "/b") == (router.endpoints[0], router.endpoints[1].path)


# --- the version in the media type of a body, as documents of all versions have it ---


@pytest.mark.parametrize(
    ("headers", "version"),
    [
        ({"content-type": "application/json; Elastic-Api-Version=2"}, "2"),
        ({"content-type": 'application/json;charset=utf-8; elastic-api-version="2"'}, "2"),
        ({"content-type": "application/json; Elastic-Api-Version=2", HEADER: "2"}, "2"),
        ({"content-type": "application/json; Elastic-Api-Version=2", HEADER: ""}, "2"),
        ({"content-type": 'application/json; Elastic-Api-Version=""'}, "1"),
        ({"content-type": "application/json"}, "1"),
        ({"content-type": "application/json; Elastic-Api-Version=", HEADER: "2"}, "2"),
    ],
)
def test_the_media_type_of_a_body_may_name_the_version(headers, version):
    client = client_of(["1", "2"], method="post")

    assert version == client.post("/a", headers=headers).headers[HEADER]


def test_the_header_and_the_media_type_may_name_the_same_version():
    client = client_of(["2023-10-31"], method="post", access="public")
    headers = {"content-type": "application/json; Elastic-Api-Version=2023-10-31", HEADER: "2023-10-31"}

    assert 200 == client.post("/a", headers=headers).status


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        (
            {"content-type": "application/json; Elastic-Api-Version=2", HEADER: "1"},
            'The header elastic-api-version asks for version "1", but the media type of the body for "2".',
        ),
        (
            {"content-type": "application/json; Elastic-Api-Version=3"},
            'No version "3" available for [post] [/a]. Available versions are: [1, 2]',
        ),
    ],
)
def test_a_version_that_contradicts_or_is_none_is_refused(headers, message):
    answer = client_of(["1", "2"], method="post").post("/a", headers=headers)

    assert (400, message) == refused(answer)


@pytest.mark.parametrize("value", [",x", " , ,x,1"])
def test_a_header_that_begins_with_a_comma_is_not_empty(value):
    assert 400 == client_of(["1"]).get("/a", headers=[(HEADER, value)]).status
