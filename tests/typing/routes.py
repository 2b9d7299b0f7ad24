"""How routes are declared, as checkers see it; read by mypy and pyright, never run."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, assert_type

from kbn_schema import schema
from kbn_schema.http import (
    Answer,
    InvalidRequest,
    NotFound,
    Request,
    RequestParts,
    Response,
    ResponseFactory,
    ResponseParts,
    Router,
    TestClient,
    VersionedRoute,
)
from kbn_schema.http.function_rule import Accepted, Rejected, RuleResult


@contextmanager
def session(request: Request) -> Generator[int]:
    yield 1


@asynccontextmanager
async def async_session() -> AsyncGenerator[int]:
    yield 1


def map_error(error: InvalidRequest, request: Request, response: ResponseFactory) -> Response:
    assert_type(error.message, str)
    return response.unprocessable_content(body=error.message)


router = Router("/api", context=session, dev=True, validate_responses="log", on_validation_error=map_error)
Router(context=async_session, version_resolution="newest", max_body_bytes=10)


@router.get("/a/{id}", validate={"params": schema.object({"id": schema.string()})}, access="public")
def plain(context: int, request: Request, response: ResponseFactory) -> Response:
    assert_type(request.api_version, str | None)
    return response.ok(body=request.params["id"], headers={"etag": "1"})


# The decorator hands on the handler as it is.
handler: Callable[[int, Request, ResponseFactory], Response] = plain
assert_type(plain(1, request=Request, response=ResponseFactory()), Response)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@router.post("/a", validate=False, options={"body": {"accepts": ["text/*"], "max_bytes": 10}})
async def awaited(context: Any, request: Request, response: ResponseFactory) -> Response:
    raise NotFound("nowhere", attributes={"a": 1})


def build(object: Any, string: Any) -> dict[str, Any]:
    return {"body": object({"a": string()})}


def check(value: Any, result: RuleResult) -> Accepted | Rejected:
    return result.ok(value) if value else result.bad_request("empty", ["a"])


router.put("/lazy", validate=build)(plain)
router.patch("/rule", validate={"body": check})(plain)
router.delete(
    "/full", validate={"request": {"query": schema.any()}, "response": {200: {"body": schema.any()}}}
)(plain)

versioned = router.versioned.post("/v", access="internal", enable_query_version=True)
assert_type(versioned, VersionedRoute)
assert_type(versioned.add_version("1", validate=False, handler=plain), VersionedRoute)


@versioned.add_version("2", validate={"body": schema.any()}, deprecated={"severity": "warning"})
async def second(context: Any, request: Request, response: ResponseFactory) -> Response:
    return response.no_content()


@router.on_pre_handler
def allow(context: int, request: Request, response: ResponseFactory) -> Response | None:
    return None


@router.on_response
async def stamp(request: Request, response: Response) -> None:
    return None


router.static("/assets", "assets", headers={"cache-control": "no-store"})

assert_type(TestClient(router, version="newest").get("/a", headers={"a": "b"}), Answer)
assert_type(TestClient(router).post("/a", json={"a": 1}).json(), Any)
answer: ResponseParts = router.handle(RequestParts("GET", "/a"))
later: Awaitable[ResponseParts] = router.handle_async(RequestParts("GET", "/a", headers=[(b"a", b"b")]))
