"""Whatever a client sends is answered, never with a 5xx, and nothing that was rejected is told or logged."""

import asyncio
import gzip
import json
import logging

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kbn_schema import schema as s
from kbn_schema.http import RequestParts, Router, TestClient

LIMIT = 1000
router = Router(max_body_bytes=LIMIT)

JSON = ("content-type", "application/json")
ITEM = s.object(
    {
        "n": s.maybe(s.number()),
        "list": s.maybe(s.array_of(s.one_of([s.number(), s.string()]))),
        "map": s.maybe(s.record_of(s.string(max_length=5), s.nullable(s.boolean()))),
    }
)
HEADERS = s.object({"X-N": s.maybe(s.number()), "X-L": s.maybe(s.array_of(s.number(), max_size=2))})


@router.post("/a/{id}/{rest*}", validate={"params": s.any(), "query": ITEM, "body": s.maybe(ITEM)})
def echo(context, request, response):
    body = request.body if isinstance(request.body, dict) else None
    return response.ok(body=[request.params, request.query, body])


def look(context, request, response):
    """Read what there is, and answer nothing of it."""
    body = request.body.read() if hasattr(request.body, "read") else request.body
    return response.ok(body=[type(body).__name__, len(request.headers)])


async def look_async(context, request, response):
    body = await request.body.read() if hasattr(request.body, "read") else request.body
    return response.ok(body=[type(body).__name__, len(request.headers)])


FORM = "application/x-www-form-urlencoded"
BODIES = {
    "json": (ITEM, {}),
    "anything": (s.any(), {"accepts": "*/*"}),
    "text": (s.string(max_length=50), {"accepts": "text/*"}),
    "form": (ITEM, {"accepts": FORM}),
    "multipart": (s.object({"n": s.maybe(s.any())}, unknowns="ignore"), {"accepts": "multipart/form-data"}),
    "buffer": (s.buffer(), {}),
    "unparsed": (s.any(), {"parse": False}),
    "gunzip": (s.buffer(), {"parse": "gunzip"}),
    "stream": (s.stream(), {}),
}
for name, (rule, options) in BODIES.items():
    for prefix, handler in (("plain", look), ("async", look_async)):
        router.post(
            f"/{prefix}/{name}",
            validate={"body": s.maybe(rule), "headers": HEADERS},
            options={"body": options},
        )(handler)


bits = st.sampled_from(
    [b"n", b"list", b"map", b"=", b"&", b"+", b"%", b"%zz", b"%ff", b"%00", b"1", b"[", b"{}", b"\xe9"]
)
queries = st.lists(bits | st.binary(max_size=3), max_size=12).map(b"".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda v: st.lists(v) | st.dictionaries(st.text(), v),
)
objects = st.fixed_dictionaries({}, optional={"n": values, "list": values, "map": values, "other": values})
texts = objects.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))
multipart = st.lists(
    st.sampled_from(
        [
            b"--b\r\n", b"--b--\r\n", b"\r\n", b"--b", b"n", b"\xff", b"--", b": ", b'name="n"',
            b'Content-Disposition: form-data; name="n"', b'; filename="f"', b"Content-Type: a/b\r\n",
        ]
    ),
    max_size=12,
).map(b"".join)  # fmt: skip
bodies = st.none() | st.binary() | texts | queries | multipart
packed = bodies.map(lambda body: gzip.compress(body or b""))
paths = st.text(st.sampled_from("/a%2eE.zé\udcff?#\x00"), max_size=12).map("/a/".__add__) | st.text()
media_types = st.sampled_from(
    [
        "application/json", "text/plain", FORM, "multipart/form-data; boundary=b", "multipart/form-data",
        "application/octet-stream", "application/json; charset=latin-1", "a/b", "text/x; charset=us-ascii",
    ]
)  # fmt: skip
names = [
    "content-type",
    "content-encoding",
    "content-length",
    "x-n",
    "x-l",
    "if-none-match",
    "range",
    "cookie",
]
headers = st.lists(
    st.tuples(st.just("content-type"), media_types)
    | st.tuples(st.just("content-encoding"), st.sampled_from(["gzip", "deflate", "identity", "br"]))
    | st.tuples(st.sampled_from(names), st.text() | st.integers(-1, 2000).map(str)),
    max_size=4,
)


def require_ordinary(answer):
    """An answer that any server can send, and any client read."""
    assert answer.status in (200, 400, 404, 413, 415)
    assert answer.status == 200 or answer.status == json.loads(answer.body)["statusCode"]
    assert len(answer.body) <= 8192 or answer.status == 200
    for name, value in answer.headers:
        assert not set("\r\n\0") & set(name + value)
        (name + value).encode("latin-1")


@given(paths, queries, headers, bodies)
@example("/a/%ed%a0%80", b"", [JSON], b"{}")
@example("/a/x", b"map=%7B%22__proto__%22%3A1%7D", [JSON], b'{"n": "\\ud800"}')
@example("/a/x", b"", [JSON], b'{"' + b"k" * 900 + b'": 1}')
def test_no_request_is_too_odd_to_be_answered(path, query, headers, body):
    require_ordinary(router.handle(RequestParts("POST", path, query, headers, body)))


@pytest.mark.parametrize("name", BODIES)
@given(headers, bodies | packed)
@example([("content-type", "multipart/form-data; boundary=b")], b"--b\r\n\r\n\r\n--b--")
@example([("content-encoding", "gzip")], gzip.compress(b"x" * 100_000))
@example([JSON, ("x-n", "٣")], b"{}")
@example([JSON, ("x-l", "1,2,3")], b"{}")
def test_no_body_is_too_odd_to_be_answered(name, headers, body):
    require_ordinary(router.handle(RequestParts("POST", f"/plain/{name}", b"", headers, body)))


def test_a_body_in_pieces_is_answered_as_the_whole_one_is():
    """Under an async adapter; in one loop, for one each would take its time."""

    def pieces_of(body, size):
        rest = [body[start : start + size] for start in range(0, len(body), size)]

        async def read():
            return rest.pop(0) if rest else b""

        return read

    with asyncio.Runner() as runner:

        @given(
            st.sampled_from(sorted(BODIES)),
            st.sampled_from(["plain", "async"]),
            headers,
            bodies,
            st.integers(1, 9),
        )
        @example("stream", "plain", [JSON, JSON], b"x" * 2000, 9)
        @example("stream", "async", [("content-type", "a/b")], b"x" * 2000, 9)
        def law(name, prefix, headers, body, size):
            whole = router.handle(RequestParts("POST", f"/plain/{name}", b"", headers, body))
            exchange = router.open(RequestParts("POST", f"/{prefix}/{name}", b"", headers))
            answer = runner.run(exchange.answer_async(body and pieces_of(body, size)))
            require_ordinary(answer)
            assert (whole.status, whole.headers, whole.body) == (answer.status, answer.headers, answer.body)

        law()


ODD = [
    "",
    " ",
    "x",
    "-1",
    "1, 2",
    "\x00",
    "é",
    "\udcff",
    "9" * 5000,
    "a" * 65_536,
    '"',
    "\\",
    ",",
    ";",
    "=",
    "é" * 9999,
]


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize(
    "name",
    [
        "content-type", "content-length", "content-encoding", "transfer-encoding", "elastic-api-version",
        "x-n", "x-l", "if-none-match", "if-modified-since", "if-match", "range", "host", "cookie", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("times", [1, 2])
def test_no_header_is_too_odd(name, value, times):
    for path in ("/plain/json", "/plain/multipart", "/plain/stream", "/a/1"):
        for sent in ([JSON, *[(name, value)] * times], [(name, value)] * times):
            require_ordinary(router.handle(RequestParts("POST", path, b"", sent, b"{}")))


@pytest.mark.parametrize(
    "method", ["", "\r\n", "post", "POST ", "TRACE", "CONNECT", "é", "\udcff", "X" * 10_000]
)
def test_no_method_is_too_odd(method):
    answer = router.handle(RequestParts(method, "/plain/json"))

    assert 405 == answer.status == json.loads(answer.body)["statusCode"]


# What was rejected

MARKER = "hunter2"
A = s.object({"t": s.literal("a")})
KINDS = {
    "number": s.number(),
    "integer": s.integer(),
    "boolean": s.boolean(),
    "literal": s.literal("x"),
    "enum": s.enum(["x", "y"]),
    "email": s.email(),
    "uri": s.uri(),
    "uuid": s.uuid(),
    "ip": s.ip(),
    "date": s.date(),
    "date_time": s.date_time(),
    "duration": s.duration(),
    "byte_size": s.byte_size(),
    "short": s.string(max_length=3),
    "long": s.string(min_length=100),
    "array": s.array_of(s.number()),
    "object": s.object({}),
    "record": s.record_of(s.string(), s.number()),
    "map": s.map_of(s.string(), s.number()),
    "union": s.one_of([s.number(), s.literal("x"), s.array_of(s.number()), A]),
    "all": s.all_of([A, s.object({"u": s.string()})]),
    "tagged": s.discriminated_union("t", [A]),
    "maybe": s.maybe(s.number()),
    "nullable": s.nullable(s.number()),
    "never": s.never(),
    "default": s.number(default=1),
    "validator": s.string(validate=lambda value: "not so"),
}


def require_silent(answer, caplog):
    assert 400 <= answer.status < 500
    assert MARKER not in answer.text
    assert MARKER not in str(answer.headers)
    assert caplog.records
    assert not [record for record in caplog.records if MARKER in record.getMessage() + str(record.exc_info)]


@pytest.fixture
def info(caplog):
    caplog.set_level(logging.INFO)
    return caplog


ENCODED = "%68unter2 %3Cscript%3E".replace(" ", "%20")
PLACES = {
    "params": lambda client: client.post(f"/a/{ENCODED}"),
    "query": lambda client: client.post(f"/a/1?k={ENCODED}"),
    "query twice": lambda client: client.post(f"/a/1?k={MARKER}&k={MARKER}"),
    "headers": lambda client: client.post("/a/1", headers={"k": f"{MARKER}, {MARKER}"}),
    "body": lambda client: client.post("/a/1", json={"k": MARKER}),
    "body in a list": lambda client: client.post("/a/1", json={"k": [MARKER, {MARKER[:3]: MARKER}]}),
    "body in an object": lambda client: client.post("/a/1", json={"k": {"t": MARKER, "u": [MARKER]}}),
}


# Kibana's text for a discriminator names what came, and so does ours (tests/conformance).
TOLD = {("tagged", "body in an object")}
REJECTED = [(kind, place) for kind in KINDS for place in PLACES if (kind, place) not in TOLD]


@pytest.mark.parametrize(("kind", "place"), REJECTED)
def test_a_rejected_value_is_neither_told_nor_logged(kind, place, info):
    part = place.split()[0]
    rule = s.object({"id" if part == "params" else "k": KINDS[kind]})
    own = Router()
    own.post("/a/{id}", validate={part: rule})(lambda _, request, response: response.ok())

    require_silent(PLACES[place](TestClient(own)), info)


@pytest.mark.parametrize(
    ("name", "headers", "body"),
    [
        ("json", [JSON], MARKER),
        ("json", [JSON], f'{{"{MARKER}'),
        ("json", [JSON], f'{{"n": "{MARKER}'),
        ("json", [JSON], f'{{"n": 1, "{MARKER}": 1, "{MARKER}": 2}}'),
        ("json", [("content-type", MARKER)], "{}"),
        ("json", [("content-type", f"application/json; charset={MARKER}")], "{}"),
        ("json", [JSON, ("content-encoding", MARKER)], "{}"),
        ("json", [JSON, ("content-length", MARKER)], "{}"),
        ("json", [JSON, ("x-n", MARKER)], "{}"),
        ("json", [JSON, ("x-l", f"{MARKER}, {MARKER}")], "{}"),
        ("text", [("content-type", "text/plain")], MARKER * 100),
        ("form", [("content-type", FORM)], f"n={MARKER}"),
        ("form", [("content-type", FORM)], f"n={MARKER}%zz"),
        ("multipart", [("content-type", f"multipart/form-data; boundary={MARKER}")], MARKER),
        (
            "multipart",
            [("content-type", "multipart/form-data; boundary=b")],
            f"--b\r\n{MARKER}\r\n\r\n{MARKER}",
        ),
        ("gunzip", [("content-encoding", "gzip"), ("content-type", "a/b")], MARKER),
        ("json", [JSON], MARKER * 1000),
    ],
)
def test_what_could_not_be_decoded_is_neither_told_nor_logged(name, headers, body, caplog):
    caplog.set_level(logging.INFO)
    answer = TestClient(router).post(f"/plain/{name}", headers=headers, body=body)

    assert 400 <= answer.status < 500
    assert MARKER not in answer.text + str(answer.headers) + caplog.text


def test_what_a_client_sends_cannot_end_a_line_of_the_log(info):
    key = "a\r\nERROR forged\x1b[31m\u2028\u202e"
    answer = TestClient(router).post("/plain/json", json={key: 1})

    assert 400 == answer.status
    assert all(record.getMessage().isprintable() for record in info.records)


def test_markup_is_never_sent_as_markup():
    answer = TestClient(router).post("/plain/json", json={"<script>alert(1)</script>": 1})

    assert (400, "application/json; charset=utf-8") == (answer.status, answer.headers["content-type"])
    assert "nosniff" == answer.headers["x-content-type-options"]


@pytest.mark.parametrize("count", [1, 1000, 5000])
def test_an_answer_to_a_flood_of_problems_is_at_most_8_kb(count):
    big = Router()
    big.post("/a", validate={"body": s.object({}), "query": s.object({})})(look)
    body = {f"{'é' * 20}{n}": n for n in range(count)}
    answer = TestClient(big).post("/a?" + "&".join(f"k{n}=1" for n in range(min(count, 1000))), json=body)

    assert 400 == answer.status
    assert len(answer.body) <= 8192
    assert ("omitted" in answer.json()["attributes"]) == (count > 1)


@pytest.mark.parametrize("size", [10_000, 300_000])
def test_a_key_as_long_as_the_body_does_not_make_a_long_answer(size):
    big = Router()
    big.post("/a", validate={"body": s.object({})})(look)
    answer = TestClient(big).post("/a", json={"k\n" * size: 1})

    assert 400 == answer.status
    assert len(answer.body) <= 8192


def test_a_deep_body_is_answered_under_every_schema():
    deep = Router()
    kinds = {"any": s.any(), "record": s.record_of(s.string(), s.any()), "list": s.array_of(s.any())}
    for name, kind in kinds.items():
        deep.post(f"/{name}", validate={"body": kind})(look)
    for name in kinds:
        for body in (
            "[" * 100_000,
            "[" * 190 + "]" * 190,
            '{"a":' * 190 + "1" + "}" * 190,
            "[" * 201 + "]" * 201,
        ):
            answer = TestClient(deep).post(f"/{name}", body=body, headers=[JSON])
            assert answer.status in (200, 400)
