"""This module finds, gets, replaces and deletes saved objects, describes all routes, and shows a page."""

from collections.abc import Container, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from kbn_schema import openapi, schema
from kbn_schema.demo.router import ABSENT, LINKS, router
from kbn_schema.demo.schemas import (
    create_body,
    document_query,
    find_query,
    found,
    object_params,
    replace_headers,
    saved_object,
    state_headers,
)
from kbn_schema.demo.store import SavedObject, SavedObjects
from kbn_schema.http import PreconditionFailed, Request, Response, ResponseFactory

if TYPE_CHECKING:
    from kbn_schema.demo._routes_types import (
        DeleteRequest,
        DocumentRequest,
        FindRequest,
        GetRequest,
        ReplaceRequest,
    )

ASSETS: Final = Path(__file__).parent / "assets"

router.static("/assets", ASSETS)


@router.get("/", validate=False, options={"http_resource": True})
def index(_: SavedObjects, request: Request, response: ResponseFactory) -> Response:
    """A page that lists the objects."""
    return response.redirected(headers={"location": "/assets/index.html"})


@router.get(
    "/openapi.json",
    access="public",
    summary="Describe all routes",
    description="An OpenAPI document of all versions, or of the oldest or newest of each route.",
    tags=["about"],
    validate={
        "request": {"query": document_query},
        "response": {200: {"body": schema.object({}, unknowns="allow")}},
    },
)
def document(_: SavedObjects, request: "DocumentRequest", response: ResponseFactory) -> Response:
    """What the routes take and answer, this one too."""
    described = openapi.document(
        router, title="Saved objects", version="1.0.0", api_version=request.query.get("version")
    )
    return response.ok(body=described)


# `kbn-schema demo` shows this one, to terminals of 80 columns.
@router.get(
    "/api/saved_objects",
    access="public",
    summary="Find saved objects",
    description="One page of them, with the fields that are asked for.",
    tags=["saved objects"],
    validate={
        "request": {"query": find_query},
        "response": {200: {"body": found}},
    },
)
def find(
    saved_objects: SavedObjects,
    request: "FindRequest",
    response: ResponseFactory,
) -> Response:
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
    description="A client that sends the etag back, in if-none-match, may be told that nothing has changed.",
    tags=["saved objects"],
    options={"oas_operation_object": {"responses": {"200": {"links": LINKS}}}},
    validate={
        "request": {"params": object_params},
        "response": {
            200: {"body": saved_object, "headers": state_headers},
            304: {"description": "The client has the newest state"},
            **ABSENT,
        },
    },
)
def get(saved_objects: SavedObjects, request: "GetRequest", response: ResponseFactory) -> Response:
    """One object; the router makes it a 304 where the client has it."""
    saved = saved_objects.get(**request.params)
    return response.ok(body=attrs.asdict(saved), headers=_state(saved))


@router.put(
    "/api/saved_objects/{type}/{id}",
    access="public",
    summary="Replace a saved object",
    description="The if-match header names the state that the client knows: a later change is not undone.",
    tags=["saved objects"],
    validate={
        "request": {"params": object_params, "headers": replace_headers, "body": create_body},
        "response": {
            200: {"body": saved_object, "headers": state_headers},
            412: {"description": "Somebody else has changed it"},
            **ABSENT,
        },
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
    description="It is gone at once, whatever its state.",
    tags=["saved objects"],
    validate={
        "request": {"params": object_params},
        "response": {204: {"description": "It is gone"}, **ABSENT},
    },
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
