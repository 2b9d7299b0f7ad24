"""This module adds the routes that have versions: a public one, for clients, and an internal one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from kbn_schema.demo.router import FULL, LINKS, TAKEN, router
from kbn_schema.demo.schemas import (
    create_body,
    create_params,
    created_headers,
    first_create_body,
    saved_object,
    split_tags,
)
from kbn_schema.demo.store import SavedObjects
from kbn_schema.http import Response, ResponseBlock, ResponseFactory

if TYPE_CHECKING:
    from kbn_schema.demo._schemas_types import Attributes
    from kbn_schema.demo._versions_types import (
        CountByTypeRequest,
        CreateWithListRequest,
        CreateWithTextRequest,
    )

CREATED: Final[Mapping[int, ResponseBlock]] = {
    201: {"body": saved_object, "headers": created_headers},
    **TAKEN,
    **FULL,
}

# One version takes tags as a text, the next as a list, and both answer alike.
create: Final = router.versioned.post(
    "/api/saved_objects/{type}/{id?}",
    access="public",
    summary="Create a saved object",
    description="An object gets an id of its own where the path has none.",
    tags=["saved objects"],
    options={
        "body": {"max_bytes": 65_536},
        "oas_operation_object": {"responses": {"201": {"links": LINKS}}},
    },
)


@create.add_version(
    "2023-10-31",
    validate={
        "request": {"params": create_params, "body": first_create_body},
        "response": CREATED,
    },
    deprecated={
        "message": "send tags as a list, to version 2026-06-01",
        "reason": {"type": "bump", "new_api_version": "2026-06-01"},
    },
)
def create_with_text(
    saved_objects: SavedObjects, request: "CreateWithTextRequest", response: ResponseFactory
) -> Response:
    """A new object, of which the tags came as one text."""
    attributes = request.body["attributes"]
    listed: Attributes = {**attributes, "tags": split_tags(attributes["tags"])}
    return _created(saved_objects, request, response, listed)


@create.add_version(
    "2026-06-01",
    validate={
        "request": {"params": create_params, "body": create_body},
        "response": CREATED,
    },
)
def create_with_list(
    saved_objects: SavedObjects, request: "CreateWithListRequest", response: ResponseFactory
) -> Response:
    """A new object."""
    return _created(saved_objects, request, response, request.body["attributes"])


def count_block(record_of: Any, string: Any, integer: Any) -> Any:
    """A block may be a function: it gets the combinators that it names, and is read at the first request."""
    return {"response": {200: {"body": record_of(string(), integer(min=1))}}}


# For our own page, so it may change whenever the page does.
count: Final = router.versioned.get(
    "/internal/saved_objects/_count",
    access="internal",
    summary="Count saved objects by type",
    description="For the page that lists the objects.",
    tags=["about"],
)


@count.add_version("1", validate=count_block)
def count_by_type(
    saved_objects: SavedObjects, request: "CountByTypeRequest", response: ResponseFactory
) -> Response:
    """How many objects there are of each type."""
    return response.ok(body=saved_objects.count())


def _created(
    saved_objects: SavedObjects,
    request: "CreateWithTextRequest | CreateWithListRequest",
    response: ResponseFactory,
    attributes: "Attributes",
) -> Response:
    saved = saved_objects.create(request.params["type"], request.params.get("id"), attributes)
    location = f"/api/saved_objects/{saved.type}/{saved.id}"
    return response.created(
        body=attrs.asdict(saved), headers={"location": location, "etag": str(saved.version)}
    )
