"""How generated types are used; read by mypy and pyright beside them (see `test_checkers`), never run."""

from typing import Any, Literal, assert_type

from _app_types import Forest, Found, Query, QueryInput, SearchRequest, Shape, Tree, Undeclared
from author import Color

from kbn_schema import ByteSize, Duration, Schema, schema
from kbn_schema.http import Response, ResponseFactory, Router


def narrows(shape: Shape) -> float:
    if shape["type"] == "circle":
        assert_type(shape["radius"], int | float)
        return shape["radius"]
    assert_type(shape["side"], ByteSize)
    shape["radius"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
    return 0.5


def recurs(tree: Tree, forest: Forest) -> str:
    assert_type(tree["children"], list[Tree])
    if isinstance(forest, list):
        return recurs(tree["children"][0]["children"][0], forest[0])
    return forest["name"]


def reads(query: Query, sent: QueryInput) -> None:
    assert_type(query["page"], int)
    assert_type(query["order"], Literal["asc", "desc"] | None)
    assert_type(query["color"], Color)
    assert_type(query.get("wait"), Duration | None)
    assert_type(query["x-id"], str)
    query["pgae"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
    query["wait"]  # pyright: ignore[reportTypedDictNotRequiredAccess]
    sent["page"]  # pyright: ignore[reportTypedDictNotRequiredAccess]


sent: QueryInput = {"order": None, "color": "red", "x-id": "a", "wait": "1s"}
up: QueryInput = {"order": "up", "color": "red", "x-id": "a"}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType]
query: "Schema[Query]" = schema.object({})
found: "Schema[Found]" = schema.array_of(schema.any())
router = Router()


@router.get("/search", validate={"query": query})
def search(context: Any, request: SearchRequest, response: ResponseFactory) -> Response:
    assert_type(request.query, Query)
    assert_type(request.body, Undeclared)
    request.query["pgae"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
    return response.ok(body=request.query["page"])


@router.get("/wrong", validate={"query": found})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def mistyped(context: Any, request: SearchRequest, response: ResponseFactory) -> Response:
    return response.ok()


# It has no query; nothing but an `Undeclared` fits into one.
@router.put("/wrong", validate={"params": query, "query": query, "body": query})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def mixed_up(context: Any, request: SearchRequest, response: ResponseFactory) -> Response:
    return response.ok()
