"""Routes of every sort, each on a router of its own that answers with what its handler got."""

import enum
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import attrs

from kbn_schema import schema as s
from kbn_schema.http import Router

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Positive:
    """A rule that is neither a schema nor a function."""

    def validate(self, value: Any) -> Any:
        return value


@attrs.frozen
class Sample:
    name: str
    method: str
    path: str
    validate: Any
    options: Mapping[str, Any] = attrs.field(factory=dict)

    def __str__(self) -> str:
        return self.name

    def router(self, handler: Callable[..., Any] | None = None, **router_options: Any) -> Router:
        router = Router(**router_options)
        declare = getattr(router, self.method)
        declare(self.path, validate=self.validate, options=self.options)(handler or echo)
        return router


def echo(context: Any, request: Any, response: Any) -> Any:
    body = request.body.read() if hasattr(request.body, "read") else request.body
    return response.ok(body=repr(body))


def takes(**body: Any) -> dict[str, Any]:
    return {"body": body}


def accept_anything(value: Any, ok: Any) -> Any:
    return ok(value)


THING = s.object(
    {"title": s.string(min_length=1), "size": s.byte_size(max="1kb"), "tags": s.array_of(s.string())}
)
FIELDS = s.object(
    {
        "text": s.string(),
        "count": s.integer(min=1, max=9),
        "ratio": s.maybe(s.number()),
        "flag": s.boolean(default=False),
        "null": s.nullable(s.integer()),
        "colour": s.enum(Colour),
        "mixed": s.one_of(s.literal(5), s.literal("five"), s.literal(None)),
        "gone": s.maybe(s.literal(5)),
        "day": s.date(default=date(2026, 1, 1)),
        "texts": s.array_of(s.string(), max_size=3),
        "numbers": s.array_of(s.number(), min_size=1, max_size=3),
        "fives": s.array_of(s.literal(5), min_size=2, max_size=2),
        "whatever": s.any(),
        "inner": s.object({"a": s.maybe(s.string())}),
        "record": s.record_of(s.string(), s.integer()),
        "when": s.maybe(s.duration(max="1d")),
        "never": s.never(),
    }
)

SAMPLES = [
    Sample("nothing", "get", "/nothing", False),
    Sample("empty path", "get", "/", {}),
    Sample("params without a rule", "get", "/a/{one}/{two}", False),
    Sample("an optional param without a rule", "get", "/a/{one?}", False),
    Sample("a rest without a rule", "get", "/a/{rest*}", False),
    Sample(
        "texts",
        "get",
        "/a/{one}/b/{two}",
        {"params": s.object({"one": s.string(), "two": s.string(max_length=1)})},
    ),
    Sample(
        "scalars",
        "get",
        "/a/{n}/{colour}",
        {"params": s.object({"n": s.integer(), "colour": s.enum(Colour)})},
    ),
    Sample(
        "a param that must be", "get", "/a/{n}", {"params": s.object({"n": s.maybe(s.integer(default=5))})}
    ),
    Sample("an optional param", "get", "/a/{n?}", {"params": s.object({"n": s.maybe(s.string())})}),
    Sample("a rest", "get", "/{rest*}", {"params": s.object({"rest": s.string(default="")})}),
    Sample(
        "params that are ignored",
        "get",
        "/a/{n}/{m}",
        {"params": s.object({"n": s.integer()}, unknowns="ignore")},
    ),
    Sample("any params", "get", "/a/{n}/{rest*}", {"params": s.any()}),
    Sample("a record of params", "get", "/a/{n}/{m}", {"params": s.record_of(s.string(), s.integer())}),
    Sample(
        "a pattern", "get", "/a/{id}", {"params": s.object({"id": s.string(pattern="[a-z][a-z0-9-]{0,9}")})}
    ),
    Sample("fields", "get", "/fields", {"query": FIELDS}),
    Sample(
        "a union of fields",
        "get",
        "/u",
        {
            "query": s.one_of(
                s.object({"kind": s.literal("a"), "n": s.nullable(s.integer())}),
                s.object({"kind": s.literal("b")}),
            )
        },
    ),
    Sample(
        "tagged fields",
        "get",
        "/u",
        {
            "query": s.discriminated_union(
                "kind",
                s.object({"kind": s.literal("a"), "n": s.integer()}),
                s.object({"kind": s.literal("b")}),
            )
        },
    ),
    Sample("maybe fields", "get", "/maybe", {"query": s.maybe(s.object({"a": s.integer()}))}),
    Sample("open fields", "get", "/open", {"query": s.object({"a": s.maybe(s.string())}, unknowns="allow")}),
    Sample("any fields", "get", "/any", {"query": s.any()}),
    Sample("a record of fields", "get", "/record", {"query": s.record_of(s.string(), s.integer())}),
    Sample(
        "fields that depend",
        "get",
        "/depend",
        {
            "query": s.object(
                {
                    "by": s.enum(["a", "b"]),
                    "value": s.conditional(s.sibling_ref("by"), "a", s.integer(), s.literal("x")),
                }
            )
        },
    ),
    Sample(
        "headers",
        "get",
        "/headers",
        {
            "headers": s.object(
                {
                    "X-Text": s.string(max_length=9),
                    "x-n": s.integer(),
                    "x-flag": s.maybe(s.boolean()),
                    "x-list": s.array_of(s.string()),
                    "x-numbers": s.maybe(s.array_of(s.integer())),
                    "x-object": s.object({"a": s.string()}),
                    "if-match": s.string(pattern='"[0-9]{1,3}"'),
                }
            )
        },
    ),
    Sample("any headers", "get", "/headers", {"headers": s.any()}),
    Sample("a record of headers", "get", "/headers", {"headers": s.record_of(s.string(), s.integer())}),
    Sample(
        "headers of ours",
        "post",
        "/headers",
        {
            "headers": s.object({"content-type": s.string(), "kbn-xsrf": s.maybe(s.string())}),
            "body": s.object({"a": s.integer()}),
        },
        {"xsrf_required": True},
    ),
    Sample("json", "post", "/json", {"body": THING}),
    Sample(
        "recursive json", "post", "/json", {"body": s.object({"next": s.maybe(s.lazy("node"))}, id="node")}
    ),
    Sample("maybe json", "put", "/json", {"body": s.maybe(s.array_of(s.integer()))}),
    Sample("null", "put", "/json", {"body": s.nullable(s.boolean())}),
    Sample("other json", "patch", "/json", {"body": THING}, takes(accepts="application/*+json")),
    Sample("a form", "post", "/form", {"body": FIELDS}, takes(accepts=FORM)),
    Sample(
        "a form with files",
        "post",
        "/files",
        {
            "body": s.object(
                {
                    "title": s.string(),
                    "file": s.buffer(),
                    "more": s.array_of(s.stream(), max_size=2),
                    "extra": s.maybe(s.stream()),
                }
            )
        },
        takes(accepts=[MULTIPART]),
    ),
    Sample(
        "a form or json",
        "post",
        "/form",
        {"body": THING},
        takes(accepts=[FORM, "application/json", MULTIPART]),
    ),
    Sample(
        "only one of two forms has files",
        "post",
        "/files",
        {"body": s.object({"file": s.buffer()})},
        takes(accepts=[FORM, MULTIPART]),
    ),
    Sample(
        "text that is never bytes",
        "post",
        "/text",
        {"body": s.string()},
        takes(accepts=["image/png", "application/*"]),
    ),
    Sample("text", "post", "/text", {"body": s.string(max_length=5)}, takes(accepts="text/*")),
    Sample("text or none", "post", "/text", {"body": s.maybe(s.integer())}, takes(accepts="text/csv")),
    Sample("bytes", "put", "/bytes", {"body": s.buffer()}),
    Sample("bytes or none", "put", "/bytes", {"body": s.maybe(s.buffer())}, takes(accepts=["image/*"])),
    Sample(
        "few bytes",
        "put",
        "/bytes",
        {"body": s.buffer(validate=lambda value: len(value) < 4)},
        takes(max_bytes=20),
    ),
    Sample("unparsed bytes", "put", "/bytes", {"body": s.any()}, takes(parse=False)),
    Sample("lines", "put", "/lines", {"body": s.any()}, takes(accepts="application/x-ndjson")),
    Sample("a stream", "put", "/stream", {"body": s.stream()}),
    Sample(
        "functions",
        "post",
        "/f/{n}",
        dict.fromkeys(("params", "query", "headers", "body"), accept_anything),
        takes(accepts=["*/*", "text/plain", FORM, MULTIPART, "application/x-ndjson"]),
    ),
    Sample("a rule with a method", "post", "/rule", {"query": Positive(), "body": Positive()}),
    Sample("a lazy block", "get", "/lazy", lambda object, integer: {"query": object({"n": integer()})}),
    Sample(
        "a narrow validator",
        "get",
        "/even",
        {"query": s.object({"n": s.integer(min=0, max=9, validate=lambda n: n % 2 == 0)})},
    ),
    Sample("xsrf", "delete", "/xsrf/{id}", {"params": s.object({"id": s.uuid()})}, {"xsrf_required": True}),
]
