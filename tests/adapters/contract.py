"""What every adapter promises, written once: a subclass only says how a request is sent.

`UNLIKE` of a subclass names the promises that its server or client does not let us keep, with the reason.
"""

import gzip
import hashlib
import json
import time
from itertools import count
from types import MappingProxyType

import attrs
import pytest

from kbn_schema import schema
from tests.adapters.routes import ASSETS, LIMIT, PIECES, STREAM_LIMIT
from tests.adapters.same import answers_of_the_core

s = schema
JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
TEXT = ("Content-Type", "text/plain")
MULTIPART = ("Content-Type", "multipart/form-data; boundary=b")
BYTES = ("Content-Type", "application/octet-stream")

# A server may send a body in chunks, and a client may join what was repeated.
OF_THE_SERVER = {"content-length", "set-cookie"}

GENERIC = "An internal server error occurred. Check the server logs for details."

BAD_BODIES = [
    (400, [JSON], b""),
    (400, [JSON], b"{"),
    (400, [JSON], b"null"),
    (400, [JSON], b"[]"),
    (400, [JSON], b'"x"'),
    (400, [JSON], b'{"n": NaN}'),
    (400, [JSON], b'{"n": 1e999}'),
    (400, [JSON], b'{"n": 1, "n": 2}'),
    (400, [JSON], b'{"n": 1}{"n": 1}'),
    (400, [JSON], b'{"n": 1}\x00'),
    (400, [JSON], b'{"n": 1} // one'),
    (400, [JSON], b"{'n': 1}"),
    (400, [JSON], b'{"n": 01}'),
    (400, [JSON], b'{"n": 1, "text": "\\ud800", "more": 1}'),
    (400, [JSON], b'{"n": 1, "\\ud800": 1}'),
    (400, [JSON], b'\xef\xbb\xbf{"n": 1}'),
    (400, [JSON], b'{"n": "\xff"}'),
    (400, [JSON], '{"n": 1}'.encode("utf-16")),
    (400, [JSON], b'{"n": "x"}'),
    (400, [JSON], b'{"n": ' + b"1" * (LIMIT - 7) + b"}"),
    (400, [JSON], b"[" * LIMIT),
    (400, [("Content-Type", "application/json, application/json")], b'{"n": 1}'),
    (400, [("Content-Type", "application/json; charset=utf-8; charset=utf-8")], b'{"n": 1}'),
    (415, [], b'{"n": 1}'),
    (415, [TEXT], b'{"n": 1}'),
    (415, [FORM], b"n=1"),
    (415, [MULTIPART], b"--b--"),
    (415, [("Content-Type", "json")], b'{"n": 1}'),
    (415, [("Content-Type", "application/json; charset=latin-1")], b'{"n": 1}'),
    (415, [JSON, ("Content-Encoding", "gzip")], gzip.compress(b'{"n": 1}', mtime=0)),
    (413, [JSON], b'{"n": 1, "text": "' + b"x" * LIMIT + b'"}'),
]


@attrs.frozen
class Answer:
    """What came back; names of headers are in lower case."""

    status: int
    pairs: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def headers(self):
        return dict(self.pairs)

    def all(self, name):
        return [value for found, value in self.pairs if found == name]

    def json(self):
        return json.loads(self.body)


class Contract:
    """The promises; `send` answers with an `Answer`.

    A header `Content-Length` among *headers* is sent as it is; else it is that of *body*, if there is one.
    """

    UNLIKE = MappingProxyType({})

    def send(self, method, target, headers=(), body=None):
        raise NotImplementedError

    def send_chunks(self, method, target, headers, chunks):
        """Send a body in pieces, without its length."""
        raise NotImplementedError

    def keep(self, promise):
        """Skip a *promise* that cannot be kept here."""
        if promise in self.UNLIKE:
            pytest.skip(self.UNLIKE[promise])

    def state(self):
        """What happened so far, once all contexts but that of the question are closed."""
        for _ in range(200):
            state = self.send("GET", "/api/state").json()
            if state["opened"] == state["closed"] + 1:
                return state
            time.sleep(0.01)
        raise AssertionError(f"contexts stay open: {state}")

    def calls(self):
        return self.state()["calls"]

    def test_generated_requests_are_answered_as_by_the_router_itself(self):
        """So that all adapters give the same answer, to the byte."""
        for request, (status, headers, body) in answers_of_the_core():
            if "malformed content encodings" in self.UNLIKE and ("Content-Encoding", "gzip") in request[2]:
                continue
            answer = self.send(*request)
            names = headers.keys() - OF_THE_SERVER

            assert (status, body) == (answer.status, answer.body), request
            assert {name: headers[name] for name in names} == {
                name: answer.headers.get(name) for name in names
            }

    # Paths

    def test_a_route_is_answered(self):
        answer = self.send("GET", "/api/items/1?a=1&a=2&b=x+y")

        assert (200, {"id": "1", "query": {"a": ["1", "2"], "b": "x y"}}) == (answer.status, answer.json())
        assert "application/json; charset=utf-8" == answer.headers["content-type"]
        assert ("yes", "nosniff") == (answer.headers["x-seen"], answer.headers["x-content-type-options"])

    @pytest.mark.parametrize(
        ("segment", "id"),
        [
            ("a%2Fb", "a/b"),
            ("a+b%20c", "a+b c"),
            ("%C3%A9", "é"),
            ("%D9%A1", "١"),
            ("a%3Fb%23", "a?b#"),
            ("%2525", "%25"),
            ("a%00b", "a\0b"),
            ("a%0D%0AX-A%3A%20b", "a\r\nX-A: b"),
            ("a;b=c,d:@!$&'()*", "a;b=c,d:@!$&'()*"),
        ],
    )
    def test_a_segment_is_decoded_once(self, segment, id):
        answer = self.send("GET", f"/api/items/{segment}")

        assert (200, id) == (answer.status, answer.json()["id"])

    @pytest.mark.parametrize(
        "target", ["/api/items/%zz", "/api/items/%", "/api/items/1?a=%zz", "/api/items/1?%=1"]
    )
    def test_a_malformed_escape_is_400(self, target):
        self.keep("malformed escapes")

        assert 400 == self.send("GET", target).status

    @pytest.mark.parametrize(
        "target",
        [
            "/api/items/%ff",
            "/api/items/%ed%a0%80",
            "/api/items/%2e%2e",
            "/api/items/..%2f..%2fetc",
            "/api/items/..%5c",
            "/api/items/1?a=%ff",
            "/api/items/1?%ed%a0%80=1",
            "/api/typed/%D9%A1",
            "/api/typed/" + "9" * 5000,
        ],
    )
    def test_what_cannot_be_a_parameter_is_400(self, target):
        assert 400 == self.send("GET", target).status

    @pytest.mark.parametrize(
        ("target", "params"),
        [
            ("/api/tree", {}),
            ("/api/tree/", {}),
            ("/api/tree/a/b", {"path": "a/b"}),
            ("/api/tree/a//b%20c/", {"path": "a//b c/"}),
            ("/api/optional", {}),
            ("/api/optional/", {}),
            ("/api/optional/a%2Fb", {"id": "a/b"}),
            ("/a%70i/optional/x", {"id": "x"}),
        ],
    )
    def test_a_parameter_may_be_left_out_or_take_the_rest(self, target, params):
        answer = self.send("GET", target)

        assert (200, params) == (answer.status, answer.json())

    @pytest.mark.parametrize(
        "target",
        ["/elsewhere", "/api", "/api/", "/api/items/", "/api/items/1/", "/api//items/1", "/api%2Fitems"],
    )
    def test_another_path_is_left_to_the_app(self, target):
        answer = self.send("GET", target)

        assert (404, b"nothing here") == (answer.status, answer.body)

    @pytest.mark.parametrize(
        ("target", "status"),
        [
            ("/api/elsewhere/../items/1", 404),
            ("/api/./items/1", 404),
            ("/api/items/.", 400),
            ("/api/tree/a/../b", 400),
        ],
    )
    def test_dots_are_not_resolved(self, target, status):
        """Else a proxy that guards a path would guard another."""
        self.keep("dot segments")

        assert status == self.send("GET", target).status

    def test_the_app_keeps_its_own_paths(self):
        answer = self.send("POST", "/own", [TEXT], b"abc")

        assert (200, b"own abc") == (answer.status, answer.body)

    def test_another_method_is_405(self):
        answer = self.send("PUT", "/api/items/1")

        assert (405, "DELETE, GET, HEAD, OPTIONS") == (answer.status, answer.headers["allow"])
        assert "Method Not Allowed" == answer.json()["message"]

    @pytest.mark.parametrize("method", ["TRACE", "BREW", "get"])
    def test_a_method_that_nobody_knows_is_405(self, method):
        self.keep(f"method {method}")

        assert 405 == self.send(method, "/api/items/1").status

    def test_options_says_what_is_allowed(self):
        answer = self.send("OPTIONS", "/api/items/1")

        assert (204, "DELETE, GET, HEAD, OPTIONS", b"") == (
            answer.status,
            answer.headers["allow"],
            answer.body,
        )

    def test_head_is_get_without_the_body(self):
        answer = self.send("HEAD", "/api/items/1")

        assert (200, "yes", b"") == (answer.status, answer.headers["x-seen"], answer.body)
        assert str(len(b'{"id":"1","query":{}}')) == answer.headers["content-length"]

    @pytest.mark.parametrize(
        ("status", "target"),
        [
            (400, "/api/items/%ff"),
            (400, "/api/typed/x"),
            (404, "/api/missing"),
            (500, "/api/broken"),
        ],
    )
    def test_head_is_refused_without_a_body(self, status, target):
        answer = self.send("HEAD", target)

        assert (status, b"") == (answer.status, answer.body)

    @pytest.mark.parametrize(
        ("status", "method", "target"),
        [
            (405, "PUT", "/api/items/1"),
            (204, "OPTIONS", "/api/items"),
            (413, "POST", "/api/small"),
        ],
    )
    def test_the_head_is_judged_before_the_body_is_read(self, status, method, target):
        """The body that is announced never comes."""
        self.keep("the head before the body")
        assert status == self.send(method, target, [JSON, ("Content-Length", str(LIMIT))]).status

    # Queries and headers

    @pytest.mark.parametrize(
        ("query", "value"),
        [
            ("tags=a", {"n": 1, "tags": ["a"]}),
            ("tags=a&tags=b", {"n": 1, "tags": ["a", "b"]}),
            ("text=", {"n": 1, "text": ""}),
            ("text", {"n": 1, "text": ""}),
            ("text=%2B+%2b", {"n": 1, "text": "+ +"}),
            ("text=a%00b", {"n": 1, "text": "a\0b"}),
            ("text=%C3%A9", {"n": 1, "text": "é"}),
            ("&&text=a=b&", {"n": 1, "text": "a=b"}),
        ],
    )
    def test_a_query_is_decoded(self, query, value):
        answer = self.send("GET", f"/api/typed/1?{query}")

        assert (200, value) == (answer.status, answer.json())

    @pytest.mark.parametrize(
        "query",
        [
            "text=a&text=b",
            "n=1&n=2",
            "n=",
            "n=%D9%A1",
            "__proto__=1",
            "text[b]=1",
            "text.b=1",
            "&".join(["tags=a"] * 1001),
        ],
    )
    def test_a_query_that_does_not_fit_is_400(self, query):
        answer = self.send("GET", f"/api/typed/1?{query}")

        assert (400, "Bad Request") == (answer.status, answer.json()["error"])

    def test_all_problems_of_all_parts_are_told(self):
        answer = self.send("GET", "/api/typed/x?n=y")

        assert 400 == answer.status
        assert [["params", "n"], ["query", "n"]] == [
            issue["path"] for issue in answer.json()["attributes"]["issues"]
        ]

    @pytest.mark.parametrize(
        ("headers", "value"),
        [
            ([], {}),
            ([("x-one", "a")], {"X-One": "a"}),
            ([("X-One", "")], {"X-One": ""}),
            ([("X-ONE", "a, b"), ("X-Other", "c")], {"X-One": "a, b"}),
            ([("X-Many", "a")], {"X-Many": ["a"]}),
            ([("X-Many", "a"), ("x-many", "b")], {"X-Many": ["a", "b"]}),
            ([("X-Many", 'a, "b,c"')], {"X-Many": ["a", '"b,c"']}),
        ],
    )
    def test_declared_headers_are_read(self, headers, value):
        answer = self.send("GET", "/api/headers", headers)

        assert (200, value) == (answer.status, answer.json())

    def test_a_repeated_header_is_joined(self):
        """With a space or without: that is the server's to say."""
        answer = self.send("GET", "/api/headers", [("X-One", "a"), ("X-One", "b")])

        assert (200, "a,b") == (answer.status, answer.json()["X-One"].replace(", ", ","))

    def test_a_header_is_latin_1(self):
        self.keep("latin-1 headers")

        assert "é" == self.send("GET", "/api/headers", [("X-One", "é")]).json()["X-One"]

    # Bodies

    @pytest.mark.parametrize(
        "content_type",
        [
            "application/json",
            'APPLICATION/JSON; Charset="UTF-8"',
            "application/vnd.x+json",
            "application/json ;",
        ],
    )
    def test_a_body_is_validated(self, content_type):
        answer = self.send("POST", "/api/items", [("Content-Type", content_type)], b'{"n": "1"}')

        assert (201, {"n": 1}) == (answer.status, answer.json())

    @pytest.mark.parametrize(("status", "headers", "body"), BAD_BODIES, ids=count())
    def test_a_bad_body_is_refused_in_the_format_of_errors(self, status, headers, body):
        answer = self.send("POST", "/api/items", headers, body)

        assert (status, status) == (answer.status, answer.json()["statusCode"])
        assert {"statusCode", "error", "message"} <= answer.json().keys()
        assert ("nosniff", "application/json; charset=utf-8") == (
            answer.headers["x-content-type-options"],
            answer.headers["content-type"],
        )

    def test_a_handler_is_not_called_where_something_does_not_fit(self):
        before = self.calls()
        for _, headers, body in BAD_BODIES[:5]:
            self.send("POST", "/api/items", headers, body)

        assert before == self.calls()

    def test_an_error_is_short_and_shows_no_value(self):
        body = json.dumps({f"secret{i}": "secret" for i in range(40)}).encode()
        answer = self.send("POST", "/api/items", [JSON], body)

        assert 400 == answer.status
        assert len(answer.body) <= 8192
        assert b'"secret"' not in answer.body

    def test_a_repeated_content_type_is_400(self):
        assert 400 == self.send("POST", "/api/items", [JSON, JSON], b'{"n": 1}').status

    def test_a_body_of_exactly_the_limit_is_read(self):
        body = b'{"n": 1, "text": "'.ljust(LIMIT - 2, b"x") + b'"}'

        assert (LIMIT, 201) == (len(body), self.send("POST", "/api/items", [JSON], body).status)

    @pytest.mark.parametrize(("size", "status"), [(10, 200), (11, 413)])
    def test_a_route_may_have_a_limit_of_its_own(self, size, status):
        body = b'"' + b"x" * (size - 2) + b'"'

        assert status == self.send("POST", "/api/small", [JSON], body).status

    def test_a_length_over_the_limit_is_refused_before_anything_is_read(self):
        self.keep("the head before the body")

        assert 413 == self.send("POST", "/api/items", [JSON, ("Content-Length", "100000000000")]).status

    @pytest.mark.parametrize("length", ["-1", "+1", "1_0", "x", "1, 2"])
    def test_a_malformed_length_is_400(self, length):
        assert 400 == self.send("POST", "/api/items", [JSON, ("Content-Length", length)]).status

    def test_a_body_without_a_length_is_read(self):
        answer = self.send_chunks("POST", "/api/items", [JSON], [b'{"n"', b": ", b"1}"])

        assert (201, {"n": 1}) == (answer.status, answer.json())

    @pytest.mark.parametrize("target", ["/api/items", "/api/drain"])
    def test_a_body_without_a_length_is_counted(self, target):
        answer = self.send_chunks("POST", target, [JSON], [b"x" * 20_000] * 20)

        assert 413 == answer.status

    def test_a_body_that_is_not_declared_is_not_looked_at(self):
        answer = self.send("POST", "/api/ignored", [("Content-Type", "?")], b"\xff")

        assert (200, {}) == (answer.status, answer.json())
        assert 200 == self.send("GET", "/api/items/1", [JSON], b"{").status
        assert 204 == self.send("DELETE", "/api/items/1", [JSON], b"{").status

    def test_a_form_is_decoded_like_a_query(self):
        answer = self.send("POST", "/api/form", [FORM], b"a=1&tags=x+y&tags=%C3%A9")

        assert (200, {"a": 1, "tags": ["x y", "é"]}) == (answer.status, answer.json())

    @pytest.mark.parametrize(
        ("status", "headers", "body"),
        [
            (400, [FORM], b"a=1&a=2"),
            (400, [FORM], b"a=%ff"),
            (400, [FORM], b"a=%zz"),
            (400, [FORM], b""),
            (413, [FORM], b"&".join([b"tags=a"] * 1001)),
            (415, [JSON], b'{"a": 1}'),
            (415, [MULTIPART], b"--b--"),
        ],
    )
    def test_a_bad_form_is_refused(self, status, headers, body):
        assert status == self.send("POST", "/api/form", headers, body).status

    def test_a_file_is_uploaded(self):
        body = part("name", b"x") + part("file", b"\x00\xff", '; filename="a.bin"') + b"--b--\r\n"
        answer = self.send("POST", "/api/upload", [MULTIPART], body)

        assert (200, {"name": "x", "size": 2}) == (answer.status, answer.json())

    @pytest.mark.parametrize(
        ("status", "headers", "body"),
        [
            (400, [MULTIPART], b"--b\r\n"),
            (400, [MULTIPART], b"--b--"),
            (400, [("Content-Type", "multipart/form-data")], b"--b--"),
            (415, [FORM], b"name=x&file=y"),
        ],
    )
    def test_a_bad_upload_is_refused(self, status, headers, body):
        assert status == self.send("POST", "/api/upload", headers, body).status

    def test_a_text_is_read(self):
        assert "é\n".encode() == self.send("POST", "/api/text", [TEXT], "é\n".encode()).body

    @pytest.mark.parametrize(("status", "headers", "body"), [(400, [TEXT], b"\xff"), (415, [JSON], b'""')])
    def test_a_bad_text_is_refused(self, status, headers, body):
        assert status == self.send("POST", "/api/text", headers, body).status

    @pytest.mark.parametrize("headers", [[BYTES], [("Content-Type", "x/y")], []])
    def test_bytes_are_bytes(self, headers):
        body = bytes(range(256))

        assert body == self.send("POST", "/api/bytes", headers, body).body

    def test_a_body_is_inflated_where_that_was_asked_for(self):
        headers = [BYTES, ("Content-Encoding", "gzip")]

        assert b"abc" == self.send("POST", "/api/zipped", headers, gzip.compress(b"abc")).body
        assert 413 == self.send("POST", "/api/zipped", headers, gzip.compress(b"x" * 100_000)).status
        assert 400 == self.send("POST", "/api/zipped", headers, b"abc").status

    @pytest.mark.parametrize("size", [0, 1, 65_536, STREAM_LIMIT])
    def test_a_handler_may_read_the_body_itself(self, size):
        body = bytes(index % 251 for index in range(size))
        answer = self.send("POST", "/api/drain", [BYTES], body)

        assert {"size": size, "sha": hashlib.sha256(body).hexdigest()} == answer.json()

    def test_a_handler_may_read_what_comes_in_pieces(self):
        chunks = [b"a" * 1000, b"b", b"c" * 100_000]
        answer = self.send_chunks("POST", "/api/drain", [BYTES], chunks)

        assert {"size": 101_001, "sha": hashlib.sha256(b"".join(chunks)).hexdigest()} == answer.json()

    def test_a_handler_may_answer_while_it_reads(self):
        body = b"x" * 100_000

        assert body == self.send("POST", "/api/echo", [BYTES], body).body

    def test_a_handler_may_leave_the_body_unread(self):
        answer = self.send("POST", "/api/unread", [BYTES], b"x" * 1000)

        assert (200, b"not read") == (answer.status, answer.body)

    def test_a_stream_over_the_limit_is_413(self):
        assert 413 == self.send("POST", "/api/drain", [BYTES], b"x" * (STREAM_LIMIT + 1)).status

    # Answers

    def test_no_content_has_none(self):
        answer = self.send("DELETE", "/api/items/1")

        assert (204, b"", False) == (answer.status, answer.body, "content-type" in answer.headers)

    @pytest.mark.parametrize(("method", "expected"), [("GET", 304), ("HEAD", 304), ("POST", 200)])
    def test_what_the_client_has_is_304_where_nothing_was_done(self, method, expected):
        answer = self.send(method, "/api/unchanged", [("If-None-Match", '"v1"')])

        assert (expected, '"v1"') == (answer.status, answer.headers["etag"])
        assert (b"same" if method == "POST" else b"") == answer.body

    def test_a_file_is_offered_to_be_saved(self):
        answer = self.send("GET", "/api/file")

        assert (b"\x00\xff", "x/y") == (answer.body, answer.headers["content-type"])
        assert "attachment; filename=a%20b.bin" == answer.headers["content-disposition"]

    def test_a_redirect_is_sent_as_it_is(self):
        answer = self.send("GET", "/api/moved")

        assert (302, "/api/items/1") == (answer.status, answer.headers["location"])

    def test_headers_may_be_repeated(self):
        answer = self.send("GET", "/api/cookies")

        assert ["a=1", "b=2"] == answer.all("set-cookie")

    def test_headers_are_sent_in_latin_1(self):
        self.keep("latin-1 headers")

        assert "é" == self.send("GET", "/api/latin").headers["x-latin"]

    def test_bytes_are_sent_as_they_are(self):
        answer = self.send("GET", "/api/bytes")

        assert (bytes(range(256)), "256") == (answer.body, answer.headers["content-length"])

    def test_a_large_answer_is_whole(self):
        assert 1_000_000 == len(self.send("GET", "/api/large").body)

    @pytest.mark.parametrize("target", ["/api/stream", "/api/sized"])
    def test_a_stream_is_sent_in_pieces_and_whole(self, target):
        answer = self.send("GET", target)

        assert (200, b"".join(PIECES), "text/csv") == (
            answer.status,
            answer.body,
            answer.headers["content-type"],
        )

    def test_the_head_of_a_stream_has_no_body(self):
        answer = self.send("HEAD", "/api/sized")

        assert (200, b"", "13") == (answer.status, answer.body, answer.headers["content-length"])

    def test_an_open_file_is_sent(self):
        assert (ASSETS / "routes.py").read_bytes() == self.send("GET", "/api/opened").body

    def test_a_stream_that_breaks_does_not_look_whole(self):
        assert self.is_torn("/api/torn")

    def is_torn(self, target):
        """Whether a client sees that the answer is not whole."""
        raise NotImplementedError

    def test_a_static_file_is_served(self):
        answer = self.send("GET", "/api/assets/contract.py")

        assert (200, (ASSETS / "contract.py").read_bytes()) == (answer.status, answer.body)
        assert (
            304
            == self.send("GET", "/api/assets/contract.py", [("If-None-Match", answer.headers["etag"])]).status
        )

    @pytest.mark.parametrize("name", ["nothing", "..%2fconftest.py", "%2e%2e/test_docs.py", ".hidden", ""])
    def test_what_is_no_static_file_is_not_served(self, name):
        assert self.send("GET", f"/api/assets/{name}").status in (400, 404)

    # Errors

    @pytest.mark.parametrize("name", ["broken", "none", "nan", "invalid", "surrogate", "split"])
    def test_a_broken_handler_is_a_500_that_says_nothing(self, name):
        answer = self.send("GET", f"/api/{name}")

        assert {"statusCode": 500, "error": "Internal Server Error", "message": GENERIC} == answer.json()

    @pytest.mark.parametrize(
        ("name", "error"),
        [
            (
                "missing",
                {
                    "statusCode": 404,
                    "error": "Not Found",
                    "message": "no such index",
                    "attributes": {"index": "a"},
                },
            ),
            ("teapot", {"statusCode": 418, "error": "I'm a teapot", "message": "I'm a teapot"}),
            (
                "conflict",
                {"statusCode": 409, "error": "Conflict", "message": "taken", "attributes": {"by": 2}},
            ),
        ],
    )
    def test_an_error_of_the_handler_is_told(self, name, error):
        answer = self.send("GET", f"/api/{name}")

        assert (error["statusCode"], error) == (answer.status, answer.json())
        assert ("gone" if name == "missing" else None) == answer.headers.get("x-why")

    # Hooks, contexts, versions

    @pytest.mark.parametrize(("name", "status"), [("stopped", 403), ("thrown", 404)])
    def test_a_hook_may_answer_before_the_handler(self, name, status):
        assert status == self.send("GET", f"/api/{name}").status

    def test_a_hook_may_change_an_answer(self):
        assert "yes" == self.send("GET", "/api/hooked").headers["x-hook"]

    @pytest.mark.parametrize(
        ("method", "target"),
        [
            ("GET", "/api/items/1"),
            ("GET", "/api/broken"),
            ("GET", "/api/missing"),
            ("GET", "/api/none"),
            ("GET", "/api/stopped"),
            ("GET", "/api/stream"),
            ("GET", "/api/opened"),
            ("HEAD", "/api/stream"),
            ("GET", "/api/items/%ff"),
            ("PUT", "/api/items/1"),
        ],
    )
    def test_a_context_is_closed_once_the_answer_was_sent(self, method, target):
        before = self.state()
        self.send(method, target)
        after = self.state()

        assert after["opened"] - before["opened"] in (1, 2)
        assert after["opened"] - after["closed"] == 1

    def test_a_deprecated_route_warns(self):
        answer = self.send("GET", "/api/old")

        assert '299 kbn_schema "gone soon"' == answer.headers["warning"]

    @pytest.mark.parametrize(
        ("query", "headers", "served", "version"),
        [
            ("", [], "first", "2023-10-31"),
            ("", [("elastic-api-version", "2024-10-31")], "second", "2024-10-31"),
            ("?apiVersion=2024-10-31", [], "second", "2024-10-31"),
            ("?apiVersion=2024-10-31", [("elastic-api-version", "2023-10-31")], "first", "2023-10-31"),
        ],
    )
    def test_a_version_is_chosen(self, query, headers, served, version):
        answer = self.send("GET", f"/api/versioned{query}", headers)

        assert (served, version) == (answer.json()["served"], answer.headers["elastic-api-version"])

    @pytest.mark.parametrize(
        ("query", "headers"),
        [
            ("", [("elastic-api-version", "2025-10-31")]),
            ("", [("elastic-api-version", "1")]),
            ("?apiVersion=2025-10-31", []),
            ("?a=x", []),
        ],
    )
    def test_a_version_that_does_not_fit_is_400(self, query, headers):
        assert 400 == self.send("GET", f"/api/versioned{query}", headers).status


def part(name, content, more=""):
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


OWN_BODY = s.object({"n": s.number(), "text": s.maybe(s.string())})
OWN_PARTS = {
    "params": s.object({"id": s.integer()}),
    "query": s.object({"tags": s.maybe(s.array_of(s.string()))}),
    "headers": s.object({"X-One": s.maybe(s.string())}),
    "body": OWN_BODY,
    "options": {"body": {"max_bytes": LIMIT}},
}


class ValidatedContract:
    """What a handler of the framework's own is promised, which answers with `as_data`.

    OWN_PARTS are validated on POST /own/{id}, where the id is an integer, the body alone on POST /body, and
    nothing on GET /bare.
    """

    UNLIKE = MappingProxyType({})
    keep = Contract.keep

    def test_what_is_valid_is_handed_over(self):
        answer = self.send("POST", "/own/7?tags=a", [JSON, ("X-One", "b")], b'{"n": "1"}')

        expected = {
            "params": {"id": 7},
            "query": {"tags": ["a"]},
            "headers": {"X-One": "b"},
            "body": {"n": 1},
        }
        assert (200, expected) == (answer.status, answer.json())

    def test_parts_that_are_not_declared_are_empty(self):
        assert {"params": {}, "query": {}, "headers": {}, "body": {}} == self.send("GET", "/bare?a=1").json()

    @pytest.mark.parametrize(("status", "headers", "body"), BAD_BODIES, ids=count())
    def test_a_bad_body_is_refused_as_on_a_route(self, status, headers, body):
        answer = self.send("POST", "/body", headers, body)
        route = self.send("POST", "/api/items", headers, body)

        assert (status, route.json()) == (answer.status, answer.json())
        assert self.named(route) == self.named(answer)

    def named(self, answer):
        names = ("content-type", "x-content-type-options", "cache-control")
        return [answer.headers[name] for name in names]

    @pytest.mark.parametrize(
        ("target", "headers", "paths"),
        [
            ("/own/7?tags=a&b=1", [], [["query", "b"], ["body", "n"]]),
            ("/own/7", [("Elastic", "x")], [["body", "n"]]),
        ],
    )
    def test_all_problems_of_all_parts_are_told(self, target, headers, paths):
        answer = self.send("POST", target, [JSON, *headers], b'{"n": "x"}')

        assert 400 == answer.status
        assert paths == [issue["path"] for issue in answer.json()["attributes"]["issues"]]

    def test_a_length_is_judged_before_anything_is_read(self):
        self.keep("the head before the body")

        assert 413 == self.send("POST", "/body", [JSON, ("Content-Length", "1001")]).status


def as_data(valid):
    """What is valid, as a handler of one's own answers with it."""
    return {name: getattr(valid, name) for name in ("params", "query", "headers", "body")}


def as_json(start_response, valid):
    start_response("200 OK", [("content-type", "application/json")])
    return [json.dumps(as_data(valid)).encode()]
