"""How a request is typed, as checkers see it; read by mypy and pyright, never run."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeAlias, TypedDict, assert_type

from kbn_schema import Schema, schema
from kbn_schema.http import Request, Response, ResponseFactory, Router
from kbn_schema.http.function_rule import Accepted, Rejected, RuleResult
from kbn_schema.missing import Missing


class FindParams(TypedDict):
    type: str


class FindQuery(TypedDict):
    page: int


class Other(TypedDict):
    size: int


find_params: Schema[FindParams] = schema.object({"type": schema.string()})
find_query: Schema[FindQuery] = schema.object({"page": schema.integer()})
FindRequest: TypeAlias = "Request[FindParams, FindQuery, Any, Any]"
OtherRequest: TypeAlias = "Request[FindParams, Other, Any, Any]"
router = Router()


@router.get("/find/{type}", validate={"params": find_params, "query": find_query})
def find(context: int, request: FindRequest, response: ResponseFactory) -> Response:
    assert_type(request.params, FindParams)
    assert_type(request.query, FindQuery)
    assert_type(request.query["page"], int)
    assert_type(request.body, Any)
    return response.ok(body=request.query["page"])


@router.post("/find", validate={"body": find_query, "headers": find_params}, access="public")
async def awaited(
    context: object, request: Request[Any, Any, FindQuery, FindParams], response: ResponseFactory
) -> Response:
    assert_type(request.body, FindQuery)
    assert_type(request.headers, FindParams)
    return response.ok()


# The decorated handler is what it was.
assert_type(awaited.__name__, str)
exact: Callable[[int, FindRequest, ResponseFactory], Response] = find
exact_async: Callable[
    [object, Request[Any, Any, FindQuery, FindParams], ResponseFactory], Coroutine[Any, Any, Response]
] = awaited


def again(request: FindRequest, response: ResponseFactory) -> None:
    assert_type(find(1, request=request, response=response), Response)


@router.put("/find", validate={"request": {"query": find_query}, "response": {200: {"body": find_query}}})
def full(context: object, request: Request[Any, FindQuery], response: ResponseFactory) -> Response:
    return response.ok(body=request.query)


# A handler may know less, or nothing, of its request.
@router.patch("/find", validate={"query": find_query})
def loose(context: object, request: Request, response: ResponseFactory) -> Response:
    assert_type(request.query, Any)
    return response.ok()


@router.delete("/find", validate={"query": find_query, "params": find_params})
def half(context: object, request: Request[FindParams], response: ResponseFactory) -> Response:
    return response.ok()


# Without an annotation, an object is a dict.
@router.get("/dict", validate={"query": schema.object({"page": schema.integer()})})
def untyped(context: object, request: Request[Any, dict[str, Any]], response: ResponseFactory) -> Response:
    return response.ok()


# The object inside may say it itself.
@router.get("/inline", validate={"query": schema.object[FindQuery]({"page": schema.integer()})})
def inline(context: object, request: Request[Any, FindQuery], response: ResponseFactory) -> Response:
    return response.ok()


# A part that may be missing may be MISSING, and one that may be null None.
@router.put("/maybe", validate={"body": schema.maybe(find_query)})
def may_be(
    context: object, request: Request[Any, Any, FindQuery | Missing], response: ResponseFactory
) -> Response:
    return response.ok()


# What a function yields is not known; an object with `validate` says it.
def check(value: Any, result: RuleResult) -> Accepted | Rejected:
    return result.ok(value)


class Whole:
    def validate(self, value: object) -> int:
        return 1


@router.post("/rules", validate={"query": check, "body": Whole()})
def ruled(context: object, request: Request[Any, FindQuery, int], response: ResponseFactory) -> Response:
    return response.ok()


# Of what is not checked, and of a lazy block, nothing is known.
router.get("/none", validate=False)(find)
router.get("/none", validate={"request": False})(find)
router.get("/lazy", validate=lambda: {"query": find_query})(find)


# What answers for a framework is annotated so.
@router.get("/native", validate={"query": find_query})
def native(context: object, request: Request[Any, FindQuery], response: ResponseFactory) -> Any:
    return object()


# Handlers are functions of any sort.
class Handlers:
    def __call__(self, context: object, request: FindRequest, response: ResponseFactory) -> Response:
        return response.ok()

    def find(self, context: object, request: FindRequest, response: ResponseFactory) -> Response:
        return response.ok()


def with_first(first: int, context: object, request: FindRequest, response: ResponseFactory) -> Response:
    return response.ok()


def by_place(context: object, request: FindRequest, response: ResponseFactory, /) -> Response:
    return response.ok()


decorate = router.get("/sorts", validate={"params": find_params, "query": find_query})
decorate(Handlers())
decorate(Handlers().find)
decorate(partial(with_first, 1))
decorate(by_place)
decorate(exact)

# The same in versions.
versioned = router.versioned.get("/versions/{type}", access="internal")


@versioned.add_version("1", validate={"params": find_params, "query": find_query})
def first(context: object, request: FindRequest, response: ResponseFactory) -> Response:
    assert_type(request.query, FindQuery)
    return response.ok()


assert_type(first.__name__, str)
versioned.add_version("2", validate={"params": find_params, "query": find_query}, handler=find).add_version(
    "3", validate={"request": {"query": find_query}}, handler=loose
)
versioned.add_version("4", validate=False, handler=find)


# What they must refuse, at the decorator.
def other(context: object, request: OtherRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.query["page"])  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]


@router.get("/wrong", validate={"query": find_query})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def wrong(context: object, request: OtherRequest, response: ResponseFactory) -> Response:
    return response.ok()


@router.get("/wrong", validate={"query": find_query})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
async def wrong_async(context: object, request: OtherRequest, response: ResponseFactory) -> Response:
    return response.ok()


@router.get("/wrong", validate={"request": {"query": find_query}, "response": {200: {}}})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def wrong_in_full(context: object, request: OtherRequest, response: ResponseFactory) -> Response:
    return response.ok()


@router.get("/wrong", validate={"query": schema.object({"size": schema.integer()})})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def wrong_inline(context: object, request: OtherRequest, response: ResponseFactory) -> Response:
    return response.ok()


@router.get("/wrong", validate={"query": Whole()})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def wrong_rule(context: object, request: OtherRequest, response: ResponseFactory) -> Response:
    return response.ok()


@router.put("/wrong", validate={"query": schema.maybe(find_query)})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def never_missing(context: object, request: Request[Any, FindQuery], response: ResponseFactory) -> Response:
    return response.ok()


@versioned.add_version("5", validate={"query": find_query})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def wrong_version(context: object, request: OtherRequest, response: ResponseFactory) -> Response:
    return response.ok()


@router.get("/wrong", validate={"query": find_query})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def wrong_answer(context: object, request: FindRequest, response: ResponseFactory) -> str:
    return ""


@router.get("/wrong", validate={"query": find_query})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def wrong_factory(context: object, request: FindRequest, response: Response) -> Response:
    return response


router.get("/wrong", validate={"qeury": find_query})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
router.get("/wrong", validate={"request": {"qeury": find_query}})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
router.post("/wrong", validate={"query": find_query}, acess="public")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
versioned.add_version("6", validate={"query": find_query}, handler=other)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
versioned.add_version("7", validate={"request": {"query": find_query}}, handler=other)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
versioned.add_version("8", validate={"query": find_query})(other)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
versioned.add_version("9", validate={"qeury": find_query})  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
versioned.add_version("10", handler=find)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
versioned.add_version("11", validate=False, handlr=find)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
