"""What every adapter promises, written once: a subclass only says how a request is sent."""

import json

import pytest

from kbn_schema import schema
from kbn_schema.http import Router

s = schema
LIMIT = 1000
JSON = ("Content-Type", "application/json")


def make_router():
    router = Router("/api", max_body_bytes=LIMIT)

    @router.get("/items/{id}", validate={"params": s.object({"id": s.string()}), "query": s.any()})
    def get(context, request, response):
        return response.ok(
            body={"id": request.params["id"], "query": request.query}, headers={"x-seen": "yes"}
        )

    @router.post("/items", validate={"body": s.object({"n": s.number(), "text": s.maybe(s.string())})})
    def post(context, request, response):
        return response.created(body=request.body)

    @router.delete("/items/{id}", validate=False)
    def delete(context, request, response):
        return response.no_content()

    @router.get("/unchanged", validate=False)
    def unchanged(context, request, response):
        return response.ok(body="same", headers={"etag": "v1"})

    @router.post("/unchanged", validate=False)
    def change(context, request, response):
        return response.ok(body="same", headers={"etag": "v1"})

    @router.get("/broken", validate=False)
    def broken(context, request, response):
        raise RuntimeError("secret")

    return router


class Contract:
    """The promises; `send` answers with status, headers (names in lower case) and body."""

    def send(self, method, target, headers=(), body=None):
        raise NotImplementedError

    def test_a_route_is_answered(self):
        status, headers, body = self.send("GET", "/api/items/1?a=1&a=2&b=x+y")

        assert (200, {"id": "1", "query": {"a": ["1", "2"], "b": "x y"}}) == (status, json.loads(body))
        assert ("application/json; charset=utf-8", "yes") == (headers["content-type"], headers["x-seen"])

    @pytest.mark.parametrize(
        ("segment", "id"),
        [
            ("a%2Fb", "a/b"),
            ("a+b%20c", "a+b c"),
            ("%C3%A9", "é"),
            ("%D9%A1", "١"),
            ("a%3Fb", "a?b"),
            ("%2525", "%25"),
        ],
    )
    def test_a_segment_is_decoded_once(self, segment, id):
        status, _, body = self.send("GET", f"/api/items/{segment}")

        assert (200, id) == (status, json.loads(body)["id"])

    @pytest.mark.parametrize(
        "target", ["/api/items/%zz", "/api/items/%ff", "/api/items/%2e%2e", "/api/items/1?a=%ff"]
    )
    def test_a_malformed_target_is_400(self, target):
        assert 400 == self.send("GET", target)[0]

    def test_a_body_is_validated(self):
        status, _, body = self.send("POST", "/api/items", [JSON], b'{"n": "1"}')

        assert (201, {"n": 1}) == (status, json.loads(body))

    @pytest.mark.parametrize(
        ("status", "headers", "body"),
        [
            (400, [JSON], b""),
            (400, [JSON], b"{"),
            (400, [JSON], b'{"n": NaN}'),
            (400, [JSON], b'{"n": 1, "n": 2}'),
            (400, [JSON], b'\xef\xbb\xbf{"n": 1}'),
            (400, [JSON], b'{"n": "\xff"}'),
            (400, [JSON], b'{"n": "x"}'),
            (400, [JSON], b"[" * LIMIT),
            (415, [], b'{"n": 1}'),
            (415, [("Content-Type", "text/plain")], b'{"n": 1}'),
            (415, [("Content-Type", "application/json; charset=latin-1")], b'{"n": 1}'),
            (415, [JSON, ("Content-Encoding", "gzip")], b'{"n": 1}'),
            (413, [JSON], b'{"n": 1, "text": "' + b"x" * LIMIT + b'"}'),
        ],
    )
    def test_a_bad_body_is_refused_in_the_format_of_errors(self, status, headers, body):
        found, answered, error = self.send("POST", "/api/items", headers, body)

        assert (status, status) == (found, json.loads(error)["statusCode"])
        assert "nosniff" == answered["x-content-type-options"]

    def test_a_body_of_exactly_the_limit_is_read(self):
        body = b'{"n": 1, "text": "'.ljust(LIMIT - 2, b"x") + b'"}'

        assert (LIMIT, 201) == (len(body), self.send("POST", "/api/items", [JSON], body)[0])

    def test_a_length_over_the_limit_is_refused_before_anything_is_read(self):
        assert 413 == self.send("POST", "/api/items", [JSON, ("Content-Length", "100000000000")])[0]

    @pytest.mark.parametrize("length", ["-1", "+1", "1_0", "x", "1, 2"])
    def test_a_malformed_length_is_400(self, length):
        assert 400 == self.send("POST", "/api/items", [JSON, ("Content-Length", length)])[0]

    @pytest.mark.parametrize(
        ("status", "method", "target"),
        [(404, "POST", "/api/nowhere"), (405, "PUT", "/api/items/1"), (204, "OPTIONS", "/api/items")],
    )
    def test_the_path_and_the_method_are_judged_before_the_body_is_read(self, status, method, target):
        """The body that is announced never comes."""
        assert status == self.send(method, target, [JSON, ("Content-Length", str(LIMIT))])[0]

    def test_head_is_get_without_the_body(self):
        status, headers, body = self.send("HEAD", "/api/items/1")

        assert (200, "yes", b"") == (status, headers["x-seen"], body)

    def test_options_says_what_is_allowed(self):
        status, headers, body = self.send("OPTIONS", "/api/items/1")

        assert (204, "DELETE, GET, HEAD, OPTIONS", b"") == (status, headers["allow"], body)

    def test_another_method_is_405(self):
        status, headers, _ = self.send("PUT", "/api/items/1")

        assert (405, "DELETE, GET, HEAD, OPTIONS") == (status, headers["allow"])

    def test_no_content_has_none(self):
        status, headers, body = self.send("DELETE", "/api/items/1")

        assert (204, b"", False) == (status, body, "content-type" in headers)

    @pytest.mark.parametrize(("method", "expected"), [("GET", 304), ("HEAD", 304), ("POST", 200)])
    def test_what_the_client_has_is_304_where_nothing_was_done(self, method, expected):
        status, headers, _ = self.send(method, "/api/unchanged", [("If-None-Match", '"v1"')])

        assert (expected, '"v1"') == (status, headers["etag"])

    def test_a_broken_handler_is_a_500_that_says_nothing(self):
        status, _, body = self.send("GET", "/api/broken")

        assert 500 == status
        assert b"secret" not in body
