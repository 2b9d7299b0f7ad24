"""This module finds, gets, replaces and deletes saved objects, and shows a page that lists them."""

from collections.abc import Container, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from kbn_schema.demo.router import router
from kbn_schema.demo.schemas import (
    create_body,
    find_query,
    found,
    object_params,
    replace_headers,
    saved_object,
)
from kbn_schema.demo.store import SavedObject, SavedObjects
from kbn_schema.http import PreconditionFailed, Request, Response, ResponseFactory

if TYPE_CHECKING:
    from kbn_schema.demo._routes_types import DeleteRequest, FindRequest, GetRequest, ReplaceRequest

ASSETS: Final = Path(__file__).parent / "assets"

router.static("/assets", ASSETS)


@router.get("/", validate=False, options={"http_resource": True})
def index(_: SavedObjects, request: Request, response: ResponseFactory) -> Response:
    """A page that lists the objects."""
    return response.redirected(headers={"location": "/assets/index.html"})


@router.get(
    "/api/saved_objects/_find",
    access="public",
    summary="Find saved objects",
    validate={"request": {"query": find_query}, "response": {200: {"body": found}}},
)
def find(saved_objects: SavedObjects, request: "FindRequest", response: ResponseFactory) -> Response:
    """One page of the objects, with the fields that were asked for."""
    query = request.query
    total, page = saved_objects.find(
        type=query.get("type"),
        search=query["search"],
        sort=query["sort"],
        page=query["page"],
        per_page=query["per_page"],
    )
    return response.ok(
        body={
            "page": query["page"],
            "per_page": query["per_page"],
            "total": total,
            "saved_objects": [_with_fields(saved, query.get("fields")) for saved in page],
        }
    )


@router.get(
    "/api/saved_objects/{type}/{id}",
    access="public",
    summary="Get a saved object",
    validate={"request": {"params": object_params}, "response": {200: {"body": saved_object}}},
)
def get(saved_objects: SavedObjects, request: "GetRequest", response: ResponseFactory) -> Response:
    """One object.

    A client that sends the etag back, in `if-none-match`, is told in 304 that it has the newest state.
    """
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
def replace(saved_objects: SavedObjects, request: "ReplaceRequest", response: ResponseFactory) -> Response:
    """The object as it is now; refused where somebody else has changed it since the client saw it."""
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
def delete(saved_objects: SavedObjects, request: "DeleteRequest", response: ResponseFactory) -> Response:
    """Let one object go."""
    saved_objects.delete(**request.params)
    return response.no_content()


def _with_fields(saved: SavedObject, fields: Container[str] | None) -> dict[str, Any]:
    shown = attrs.asdict(saved)
    if fields is not None:
        shown["attributes"] = {name: value for name, value in saved.attributes.items() if name in fields}
    return shown


def _state(saved: SavedObject) -> Mapping[str, str]:
    return {"etag": str(saved.version), "cache-control": "no-cache"}
