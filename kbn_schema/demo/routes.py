"""This module is the HTTP API of the demo: a router, and the routes of saved objects.

`versions` and `transfer` add the others.
"""

import contextlib
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from kbn_schema.demo import transfer, versions
from kbn_schema.demo.schemas import (
    create_body,
    find_query,
    found,
    object_params,
    replace_headers,
    saved_object,
)
from kbn_schema.demo.store import Absent, SavedObject, SavedObjects, Store, Taken
from kbn_schema.http import (
    Conflict,
    NotFound,
    PreconditionFailed,
    Request,
    Response,
    ResponseFactory,
    Router,
)

MAX_OBJECTS: Final = 1000
ASSETS: Final = Path(__file__).parent / "assets"

# For what a page may do with an answer: run our own scripts and talk to us, nothing else.
CONTENT_POLICY: Final = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


def make_router(store: Store) -> Router:
    """The routes, over the objects in *store*.

    Each request is one unit of work, which is its handler's first argument.
    """

    @contextlib.contextmanager
    def unit_of_work(request: Request) -> Generator[SavedObjects, None, None]:
        try:
            with store.begin(writes=request.method not in ("GET", "HEAD")) as saved_objects:
                yield saved_objects
        except Absent as absent:
            raise NotFound(str(absent)) from None
        except Taken as taken:
            raise Conflict(str(taken)) from None

    router = Router(context=unit_of_work, validate_responses="raise")
    add_hooks(router)
    add_page(router)
    add_objects(router)
    versions.add_create(router)
    versions.add_count(router)
    transfer.add_export(router)
    transfer.add_import(router)
    return router


def add_hooks(router: Router) -> None:
    """What is done for each request."""

    @router.on_pre_handler
    def keep_small(
        saved_objects: SavedObjects, request: Request, response: ResponseFactory
    ) -> Response | None:
        if request.method == "POST" and sum(saved_objects.count().values()) >= MAX_OBJECTS:
            return response.custom_error(
                status_code=507, body=f"the store is full: it has [{MAX_OBJECTS}] objects or more"
            )
        return None

    @router.on_response
    def add_policy(request: Request, response: Response) -> Response:
        return attrs.evolve(response, headers={"content-security-policy": CONTENT_POLICY, **response.headers})


def add_page(router: Router) -> None:
    """A page that lists the objects."""
    router.static("/assets", ASSETS)

    @router.get("/", validate=False, options={"http_resource": True})
    def index(_: SavedObjects, request: Request, response: ResponseFactory) -> Response:
        return response.redirected(headers={"location": "/assets/index.html"})


def add_objects(router: Router) -> None:
    """Find objects; get, replace and delete one."""

    @router.get(
        "/api/saved_objects/_find",
        access="public",
        summary="Find saved objects",
        validate={"request": {"query": find_query}, "response": {200: {"body": found}}},
    )
    def find(saved_objects: SavedObjects, request: Request, response: ResponseFactory) -> Response:
        query: dict[str, Any] = dict(request.query)
        fields = query.pop("fields", None)
        total, page = saved_objects.find(**query)
        return response.ok(
            body={
                "page": query["page"],
                "per_page": query["per_page"],
                "total": total,
                "saved_objects": [_with_fields(saved, fields) for saved in page],
            }
        )

    # A client that sends the etag back, in `if-none-match`, is told in 304 that it has the newest state.
    @router.get(
        "/api/saved_objects/{type}/{id}",
        access="public",
        summary="Get a saved object",
        validate={"request": {"params": object_params}, "response": {200: {"body": saved_object}}},
    )
    def get(saved_objects: SavedObjects, request: Request, response: ResponseFactory) -> Response:
        saved = saved_objects.get(**request.params)
        return response.ok(body=attrs.asdict(saved), headers=_state(saved))

    @router.put(
        "/api/saved_objects/{type}/{id}",
        access="public",
        summary="Replace a saved object, if it is in the state that the client knows",
        validate={
            "request": {"params": object_params, "headers": replace_headers, "body": create_body},
            "response": {200: {"body": saved_object}},
        },
    )
    def replace(saved_objects: SavedObjects, request: Request, response: ResponseFactory) -> Response:
        known = int(request.headers["if-match"].strip('"'))
        if known != saved_objects.get(**request.params).version:
            raise PreconditionFailed("Saved object was changed by somebody else")
        saved = saved_objects.put(**request.params, **request.body)
        return response.ok(body=attrs.asdict(saved), headers=_state(saved))

    @router.delete(
        "/api/saved_objects/{type}/{id}",
        access="public",
        summary="Delete a saved object",
        validate={"params": object_params},
    )
    def delete(saved_objects: SavedObjects, request: Request, response: ResponseFactory) -> Response:
        saved_objects.delete(**request.params)
        return response.no_content()


def _with_fields(saved: SavedObject, fields: list[str] | None) -> dict[str, Any]:
    shown = attrs.asdict(saved)
    if fields is not None:
        shown["attributes"] = {name: value for name, value in saved.attributes.items() if name in fields}
    return shown


def _state(saved: SavedObject) -> Mapping[str, str]:
    return {"etag": str(saved.version), "cache-control": "no-cache"}
