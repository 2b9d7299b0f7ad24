"""What checkers infer; read by mypy and pyright, never run."""

import datetime
import enum
import uuid
from typing import Any, Final, Literal, NotRequired, TypedDict, assert_type

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

# Of more than four alternatives, and of an id, nothing is known.
assert_type(
    schema.one_of(
        schema.string(), schema.boolean(), schema.date(), schema.uuid(), schema.duration(), schema.any()
    ).validate(""),
    Any,
)
assert_type(schema.lazy("node").validate({}), Any)

# What is missing at the root comes out as MISSING, or None; JSON text is never missing.
assert_type(schema.maybe(schema.nullable(schema.string())).validate(), str | Missing | None)
assert_type(schema.nullable(schema.nullable(schema.string())).validate(), str | None)
assert_type(schema.maybe(schema.string()).validate_json("1"), str)
assert_type(schema.never().validate(), Missing)

# An annotation reaches the objects inside, through whatever is around them.
item: Schema[FindQuery] = schema.lazy(lambda: schema.object({}))
nested: Schema[list[list[FindQuery]]] = schema.array_of(schema.array_of(schema.object({})))
records: Schema[dict[str, list[FindQuery]]] = schema.record_of(
    schema.string(), schema.array_of(schema.object({}))
)
mapped: Schema[dict[int, FindQuery]] = schema.map_of(schema.integer(), schema.object({}))
may_be_list: Schema[list[FindQuery] | None] = schema.nullable(schema.array_of(schema.object({})))
left_out: Schema[FindQuery] = schema.maybe(schema.object({}))
either: Schema[FindQuery | Sort] = schema.one_of(schema.object({}), schema.object({}))
either_listed: Schema[FindQuery | Sort] = schema.one_of([schema.object({}), schema.object({})])
either_or_text: Schema[FindQuery | Sort | str | None] = schema.one_of(
    schema.object({}), schema.object({}), schema.string(), schema.literal(None)
)
listed: Schema[str | bool] = schema.one_of([schema.string(), schema.boolean()])
tagged: Schema[FindQuery | Sort] = schema.discriminated_union("by", schema.object({}), schema.object({}))
tagged_listed: Schema[FindQuery | Sort] = schema.discriminated_union(
    "by", [schema.object({}), schema.object({})]
)
tagged_alone: Schema[Sort] = schema.discriminated_union("by", schema.object({}))
all_tagged: Schema[list[FindQuery | Sort]] = schema.array_of(
    schema.discriminated_union("by", schema.object({}), schema.object({}))
)
chosen: Schema[FindQuery | Sort] = schema.conditional(
    schema.sibling_ref("a"), 1, schema.object({}), schema.object({})
)
offered: Schema[FindQuery | Sort] = schema.offering_based_schema(
    serverless=schema.object({}), traditional=schema.object({})
)
offered_once: Schema[Sort] = schema.offering_based_schema(traditional=schema.object({}))
assert_type(schema.offering_based_schema(serverless=schema.string()).validate(""), str)
by_id: Schema[list[Sort]] = schema.array_of(schema.lazy("sort"))
with_default: Schema[Sort] = schema.object({"by": schema.string()}, default={"by": "name"})
made_default: Schema[Sort] = schema.object({"by": schema.string()}, default=lambda: {"by": "name"})
asked: Schema[Sort] = schema.object({"by": schema.string()}, validate=lambda value: value["by"])
no_items: Schema[list[Sort]] = schema.array_of(schema.object({}), default=[])
no_entries: Schema[dict[str, Sort]] = schema.record_of(schema.string(), schema.object({}), default={})


class Node(TypedDict):
    name: str
    children: "list[Node]"


node: Schema[Node] = schema.object(
    {"name": schema.string(), "children": schema.array_of(schema.lazy("node"))}, id="node"
)
assert_type(node.validate({})["children"][0]["children"][0]["name"], str)
nodes: Schema[list[Node]] = schema.array_of(schema.lazy(lambda: node))


class Circle(TypedDict):
    type: Literal["circle"]
    radius: int


class Square(TypedDict):
    type: Literal["square"]
    side: int


shape: Schema[Circle | Square] = schema.discriminated_union(
    "type",
    schema.object({"type": schema.literal("circle"), "radius": schema.integer()}),
    schema.object({"type": schema.literal("square"), "side": schema.integer()}),
)


def area(given: object) -> int:
    """A tag tells the alternatives apart."""
    found = shape.validate(given)
    if found["type"] == "circle":
        assert_type(found, Circle)
        return found["radius"] ** 2 * 3
    assert_type(found, Square)
    return found["side"] ** 2


# With an expected type a literal is exact.
sort: Schema[Literal["asc", "desc"]] = schema.one_of(schema.literal("asc"), schema.literal("desc"))
assert_type(sort.validate("asc"), Literal["asc", "desc"])
order: Schema[Literal["asc", "desc"]] = schema.enum(["asc", "desc"], default="asc")
order_or_none: Schema[Literal["asc", "desc"] | None] = schema.nullable(schema.enum(["asc", "desc"]))
one_or_none: Schema[Literal["asc"] | None] = schema.nullable(schema.literal("asc"))
orders: Schema[list[Literal["asc", "desc"]]] = schema.array_of(schema.enum(["asc", "desc"]), default=["asc"])
levels: Schema[Literal[1, 2, "all"]] = schema.enum([1, 2, "all"])
level: Schema[Literal[1, 2]] = schema.one_of(schema.literal(1), schema.literal(2))
kept_order: Schema[Literal["asc", "desc"]] = schema.conditional(
    schema.context_ref("a"), 1, schema.literal("asc"), schema.enum(["desc"])
)
many: Schema[Literal["a", "b", "c", "d", "e"]] = schema.one_of(
    schema.literal("a"), schema.literal("b"), schema.literal("c"), schema.literal("d"), schema.literal("e")
)
assert_type(schema.enum([True, None]).validate(True), bool | None)
schema.enum(["a", 1, None], default=1)
schema.enum(["a", "b"], default=lambda: "a", validate=lambda value: value.upper())

# Values that have a name are exact where they are final, or annotated themselves.
ORDERS: Final = ("asc", "desc")
SORTS: list[Literal["asc", "desc"]] = ["asc", "desc"]
ASC: Final = "asc"
by_final: Schema[Literal["asc", "desc"]] = schema.enum(ORDERS)
by_annotated: Schema[Literal["asc", "desc"]] = schema.enum(SORTS)
by_constant: Schema[Literal["asc"]] = schema.literal(ASC)

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
merged_two: Schema[FindQuery] = schema.all_of(page, page.omit("page"), default={"page": 1})
relaxed: Schema[FindQuery] = page.extends_deep(unknowns="ignore")
chained: Schema[FindQuery] = page.extends({}).pick("page").partial()
known = schema.object[FindQuery]({"page": schema.integer()})
assert_type(known.extends_deep("allow").validate({}), FindQuery)
assert_type(schema.array_of(known).extends_deep("allow").validate([]), list[FindQuery])
other: Schema[Sort] = known.extends({"by": schema.string(), "page": None})
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


# A kind of your own says what it yields.
class Even(Schema[int]):
    def check(self, value: object, run: Any) -> Any:
        return value


assert_type(Even().validate(2), int)
assert_type(Even(default=2, title="t").validate_json("2"), int)
assert_type(schema.array_of(Even()).validate([]), list[int])
assert_type(schema.one_of(Even(), schema.string()).validate(2), int | str)
even: Schema[int] = Even()


def refused(error: ValidationError) -> None:
    assert_type(error.path, tuple[str | int, ...])
    assert_type(error.issues, tuple[Issue, ...])
    assert_type(error.to_dict(), dict[str, Any])
    assert_type(error.issues[0].code, str)


assert_type(page.is_valid({}), bool)
assert_type(page.issues_of({}), tuple[Issue, ...])


def narrowed(value: "int | Literal[Missing.MISSING]") -> int:
    return 0 if value is MISSING else value
