"""Whatever a client sends is answered, and never with a 5xx."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from kbn_schema import schema as s
from kbn_schema.http import RequestParts, Router

router = Router(max_body_bytes=1000)

JSON = ("content-type", "application/json")
ITEM = s.object(
    {
        "n": s.maybe(s.number()),
        "list": s.maybe(s.array_of(s.one_of([s.number(), s.string()]))),
        "map": s.maybe(s.record_of(s.string(max_length=5), s.nullable(s.boolean()))),
    }
)


@router.post("/a/{id}/{rest*}", validate={"params": s.any(), "query": ITEM, "body": s.maybe(ITEM)})
def echo(context, request, response):
    body = request.body if isinstance(request.body, dict) else None
    return response.ok(body=[request.params, request.query, body])


bits = st.sampled_from(
    [b"n", b"list", b"map", b"=", b"&", b"+", b"%", b"%zz", b"%ff", b"%00", b"1", b"[", b"{}", b"\xe9"]
)
queries = st.lists(bits | st.binary(max_size=3), max_size=12).map(b"".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda v: st.lists(v) | st.dictionaries(st.text(), v),
)
objects = st.fixed_dictionaries({}, optional={"n": values, "list": values, "map": values, "other": values})
bodies = (
    st.none() | st.binary() | objects.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))
)
paths = st.text(st.sampled_from("/a%2eE.zé\udcff?#\x00"), max_size=12).map("/a/".__add__) | st.text()
headers = st.lists(
    st.just(JSON) | st.tuples(st.sampled_from(["content-type", "content-encoding", "x"]), st.text()),
    max_size=3,
)


@given(paths, queries, headers, bodies)
@example("/a/%ed%a0%80", b"", [JSON], b"{}")
@example("/a/x", b"map=%7B%22__proto__%22%3A1%7D", [JSON], b'{"n": "\\ud800"}')
@example("/a/x", b"", [JSON], b'{"' + b"k" * 900 + b'": 1}')
def test_no_request_is_too_odd_to_be_answered(path, query, headers, body):
    answer = router.handle(RequestParts("POST", path, query, headers, body))

    assert answer.status in (200, 400, 404, 413, 415)
    assert answer.status == 200 or answer.status == json.loads(answer.body)["statusCode"]
    assert all("\r" not in value and "\n" not in value for _, value in answer.headers)
