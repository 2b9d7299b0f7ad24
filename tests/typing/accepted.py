"""What checkers infer; read by mypy and pyright, never run."""

import datetime
import enum
import uuid
from typing import Any, Literal, NotRequired, TypedDict, assert_type

import kbn_schema as s
from kbn_schema import MISSING, ByteSize, Duration, Issue, Schema, ValidationError, schema
from kbn_schema.missing import Missing


class FindQuery(TypedDict):
    page: int
    sort: NotRequired[Literal["name", "created"]]


class Sort(TypedDict):
    by: str


class Colour(enum.Enum):
    RED = "red"


# Scalars: the class is the combinator.
assert_type(schema.string(min_length=1).validate("a"), str)
assert_type(schema.boolean().validate(True), bool)
assert_type(schema.number(min=1, unsafe=True).validate(1), int | float)
assert_type(schema.integer(multiple_of=2).validate(2), int)
assert_type(schema.byte_size(max="1mb").validate("1kb"), ByteSize)
assert_type(schema.duration(min=5).validate("1s"), Duration)
assert_type(schema.date().validate("2026-01-31"), datetime.date)
assert_type(schema.date_time().validate("2026-01-31T00:00:00Z"), datetime.datetime)
assert_type(schema.uuid().validate(""), uuid.UUID)
assert_type(schema.email().validate(""), str)
assert_type(schema.ip(versions=["ipv4"]).validate(""), str)
assert_type(schema.uri(scheme="https").validate(""), str)
assert_type(schema.buffer().validate(b""), bytes)
assert_type(schema.any().validate(1), Any)
assert_type(schema.integer().validate_json(b"1", {}, "body", strip_unknown_keys=True), int)

# The package and the namespace are the same names.
assert_type(s.string().validate("a"), str)

# Functions compute their type.
assert_type(schema.array_of(schema.string()).validate([]), list[str])
assert_type(schema.array_of(schema.array_of(schema.integer())).validate([]), list[list[int]])
assert_type(schema.record_of(schema.string(), schema.boolean()).validate({}), dict[str, bool])
assert_type(schema.map_of(schema.integer(), schema.string()).validate({}), dict[int, str])
assert_type(schema.nullable(schema.string()).validate(None), str | None)
assert_type(schema.maybe(schema.string()).validate("a"), str | Missing)
assert_type(schema.array_of(schema.nullable(schema.maybe(schema.string()))).validate([]), list[str | None])
assert_type(schema.one_of(schema.string(), schema.boolean()).validate(""), str | bool)
assert_type(
    schema.one_of(schema.string(), schema.boolean(), schema.byte_size(), schema.duration()).validate(""),
    str | bool | ByteSize | Duration,
)
assert_type(schema.one_of([schema.string(), schema.string()]).validate(""), str)
assert_type(schema.union(schema.string(), schema.boolean()).validate(""), str | bool)
assert_type(schema.enum(Colour).validate("red"), Colour)
assert_type(schema.enum(["a", "b"], description="d").validate("a"), str)
assert_type(schema.lazy(lambda: schema.string()).validate(""), str)
assert_type(
    schema.conditional(schema.context_ref("a"), 1, schema.string(), schema.boolean()).validate(""), str | bool
)

# An object is a dict, unless an annotation says which; also inside of others.
assert_type(schema.object({"a": schema.string()}).validate({}), dict[str, Any])
find_query: Schema[FindQuery] = schema.object({"page": schema.integer()})
assert_type(find_query.validate({}), FindQuery)
find_queries: Schema[list[FindQuery]] = schema.array_of(schema.object({"page": schema.integer()}))
assert_type(find_queries.validate([])[0]["page"], int)
assert_type(schema.object[FindQuery]({"page": schema.integer()}).validate({}), FindQuery)
maybe_query: Schema[FindQuery | None] = schema.nullable(schema.object({"page": schema.integer()}))
assert_type(maybe_query.validate(None), FindQuery | None)
by_name: Schema[dict[str, FindQuery]] = schema.record_of(schema.string(), schema.object({}))
assert_type(by_name.validate({})["a"]["page"], int)

# With an expected type a literal is exact.
sort: Schema[Literal["asc", "desc"]] = schema.one_of(schema.literal("asc"), schema.literal("desc"))
assert_type(sort.validate("asc"), Literal["asc", "desc"])

# Objects from objects.
page = schema.object({"page": schema.integer()})
assert_type(page.extends({"size": schema.integer()}).validate({}), dict[str, Any])
assert_type(page.pick("page").partial().omit("page").validate({}), dict[str, Any])
assert_type(page.get_prop_schemas(), dict[str, Schema[Any]])
assert_type(page.extends_deep(unknowns="ignore").validate({}), dict[str, Any])
assert_type(schema.all_of([page, page.omit("page")]).validate({}), dict[str, Any])
extended: Schema[FindQuery] = page.extends({"sort": schema.string()}, title=MISSING, validate=MISSING)
picked: Schema[FindQuery] = page.pick("page")
partial: Schema[FindQuery] = page.partial()
merged: Schema[FindQuery] = schema.all_of([page])
told_apart: Schema[FindQuery | Sort] = schema.discriminated_union(
    "page",
    schema.object[FindQuery]({"page": schema.literal("a")}),
    schema.object[Sort]({"page": schema.literal("b")}),
)

# Options are typed to the last.
schema.string(default="a", validate=lambda value: None if value.isupper() else "upper case, please")
schema.string(default=lambda: "a", title="t", description="d", deprecated=True, examples=["a"], id="i")
schema.string(meta={"x-internal": True})
schema.integer(default=schema.context_ref("port"))
schema.byte_size(default="1kb")
schema.duration(default=datetime.timedelta(seconds=1))
schema.array_of(schema.integer(), default=[1], validate=lambda items: "too many" if sum(items) > 9 else None)
schema.object({"a": schema.string()}, unknowns="ignore", validate=lambda value: value.get("a"))
schema.one_of(schema.string(), schema.integer(), default=5)

# A schema of a narrower output is one of a wider output.
wider: Schema[int | float] = schema.integer()
anything: Schema[Any] = schema.string()


def refused(error: ValidationError) -> None:
    assert_type(error.path, tuple[str | int, ...])
    assert_type(error.issues, tuple[Issue, ...])
    assert_type(error.to_dict(), dict[str, Any])
    assert_type(error.issues[0].code, str)


assert_type(page.is_valid({}), bool)
assert_type(page.issues_of({}), tuple[Issue, ...])


def narrowed(value: "int | Literal[Missing.MISSING]") -> int:
    return 0 if value is MISSING else value
