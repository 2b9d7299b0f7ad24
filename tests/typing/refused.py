"""What checkers must refuse: mypy and pyright report it if a line marked here becomes fine."""

from typing import Literal, TypedDict

from kbn_schema import Schema, schema
from kbn_schema.http import Request, Response, ResponseFactory, Router


class FindQuery(TypedDict):
    page: int


class Sort(TypedDict):
    by: str


find_query: Schema[FindQuery] = schema.object({"page": schema.integer()})
find_query.validate({})["pgae"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]

text: int = schema.string().validate("a") + 1  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
schema.string(min_lenght=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
schema.string(min_length="1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
schema.string(1)  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue]
schema.string(default=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
schema.object({"a": 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
schema.object({"a": schema.string}, unknowns="drop")  # type: ignore[dict-item, arg-type]  # pyright: ignore[reportArgumentType]
schema.array_of(schema.integer(), default="a")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
schema.array_of(schema.integer(), mni_size=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
schema.maybe(schema.string(), default="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
schema.never(default=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

wrong: Schema[int] = schema.string()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
narrower: Schema[int] = schema.number()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
either: Schema[int] = schema.one_of(schema.integer(), schema.string())  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
tagged: Schema[Sort] = schema.discriminated_union("by", schema.object({}), schema.string())  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
items: Schema[list[Sort]] = schema.array_of(schema.string())  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
other: Schema[FindQuery] = schema.object[Sort]({"by": schema.string()})  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
schema.object({"by": schema.string()})(1)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
by: Schema[Sort] = schema.object({"by": schema.string()}, default={"yb": "name"})  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
sort: Schema[Literal["asc"]] = schema.literal("desc")  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
order: Schema[Literal["asc"]] = schema.enum(["desc"])  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
orders: Schema[Literal["asc"]] = schema.one_of(schema.literal("asc"), schema.literal("desc"))  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
schema.enum(["asc"], default=[])  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
schema.enum([object()])  # type: ignore[type-var]  # pyright: ignore[reportCallIssue, reportArgumentType]
schema.literal(["asc"])  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
schema.lazy(1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
schema.nullable("asc")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
schema.one_of(str)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
schema.conditional("a", 1, schema.string(), schema.string())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
schema.offering_based_schema(schema.string())  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
schema.record_of(schema.string())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]

# Values that have a name may change, unless they are final.
VALUES = ["asc", "desc"]
values: Schema[Literal["asc", "desc"]] = schema.enum(VALUES)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]


def named(word: str) -> Schema[Literal["asc"]]:
    return schema.literal(word)  # type: ignore[arg-type]  # pyright: ignore[reportReturnType]


def handler(context: object, request: Request, response: ResponseFactory) -> Response:
    return response.ok(bdoy=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def print_it(context: object) -> None: ...


router = Router(validate_responses="no")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
router.get("/a")(handler)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
router.get("/a", validate=True)(handler)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
router.get("/a", validate=False, sumary="a")(handler)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
router.get("/a", validate=False)(print_it)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
router.versioned.get("/a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
router.versioned.get("/a", access="private")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
