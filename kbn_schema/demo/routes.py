"""This module is the HTTP API of the demo: the schemas, and a route for each thing one can do."""

from typing import Any

import attrs

from kbn_schema import schema
from kbn_schema.demo.store import Conflict, SavedObject, Store
from kbn_schema.http import Request, Response, ResponseFactory, Router

object_type = schema.enum(["dashboard", "index-pattern", "visualization"])
object_id = schema.string(min_length=1, max_length=36, pattern=r"[a-z0-9][a-z0-9._-]*")

object_params = schema.object({"type": object_type, "id": object_id})
create_params = schema.object({"type": object_type, "id": schema.maybe(object_id)})

attributes = schema.object(
    {
        "title": schema.string(min_length=1, max_length=100),
        "description": schema.string(max_length=1000, default=""),
        "tags": schema.array_of(schema.string(min_length=1, max_length=50), max_size=10, default=[]),
        "hits": schema.integer(min=0, default=0),
    }
)
create_body = schema.object({"attributes": attributes})

find_query = schema.object(
    {
        "type": schema.maybe(object_type),
        "page": schema.integer(min=1, max=10_000, default=1),
        "per_page": schema.integer(min=1, max=100, default=20),
        "sort": schema.enum(["title", "-title", "created", "-created"], default="created"),
        "fields": schema.maybe(schema.array_of(schema.enum(["title", "description", "tags", "hits"]))),
        "search": schema.string(max_length=100, default=""),
    }
)


def make_router(store: Store) -> Router:
    """The routes, over the objects in *store*."""
    router = Router("/api/saved_objects")

    @router.get("/_find", validate={"query": find_query}, summary="Find saved objects")
    def find(context: Any, request: Request, response: ResponseFactory) -> Response:
        query: dict[str, Any] = dict(request.query)
        fields = query.pop("fields", None)
        total, found = store.find(**query)
        return response.ok(
            body={
                "page": query["page"],
                "per_page": query["per_page"],
                "total": total,
                "saved_objects": [_shown(saved, fields) for saved in found],
            }
        )

    @router.get("/{type}/{id}", validate={"params": object_params}, summary="Get a saved object")
    def get(context: Any, request: Request, response: ResponseFactory) -> Response:
        saved = store.get(**request.params)
        return response.ok(body=_shown(saved)) if saved else _not_found(request, response)

    @router.post(
        "/{type}/{id?}",
        validate={"params": create_params, "body": create_body},
        summary="Create a saved object",
        options={"body": {"max_bytes": 65_536}},
    )
    def create(context: Any, request: Request, response: ResponseFactory) -> Response:
        type, id = request.params["type"], request.params.get("id")
        try:
            saved = store.create(type, id, request.body["attributes"])
        except Conflict:
            return response.conflict(body=f"Saved object [{type}/{id}] conflict")
        location = f"/api/saved_objects/{saved.type}/{saved.id}"
        return response.created(body=_shown(saved), headers={"location": location})

    @router.delete("/{type}/{id}", validate={"params": object_params}, summary="Delete a saved object")
    def delete(context: Any, request: Request, response: ResponseFactory) -> Response:
        return response.no_content() if store.delete(**request.params) else _not_found(request, response)

    return router


def _shown(saved: SavedObject, fields: list[str] | None = None) -> dict[str, Any]:
    shown = attrs.asdict(saved)
    if fields is not None:
        shown["attributes"] = {name: value for name, value in saved.attributes.items() if name in fields}
    return shown


def _not_found(request: Request, response: ResponseFactory) -> Response:
    # Both are validated, so they may be repeated.
    return response.not_found(
        body=f"Saved object [{request.params['type']}/{request.params['id']}] not found"
    )
