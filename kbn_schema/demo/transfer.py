"""This module lets objects leave and come as NDJSON: a streamed answer, and an upload."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from kbn_schema import SchemaDefinitionError, schema
from kbn_schema.demo.router import FULL, TAKEN, router
from kbn_schema.demo.schemas import export_query, import_query, imported, read_import
from kbn_schema.demo.store import SavedObjects
from kbn_schema.http import Response, ResponseFactory
from kbn_schema.http.uploads import require_library

if TYPE_CHECKING:
    from kbn_schema.demo._transfer_types import ExportRequest, ImportRequest

NDJSON: Final = "application/x-ndjson"
# A function checks what is sent, so documents cannot know what a form has: they are told here.
FORM: Final[Mapping[str, Any]] = {
    "schema": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
        "additionalProperties": False,
    },
    "encoding": {"file": {"contentType": NDJSON}},
}


def forms() -> list[str]:
    """The media types of forms that are understood: with files, only where the library is installed."""
    plain = "application/x-www-form-urlencoded"
    try:
        require_library("the demo")
    except SchemaDefinitionError:
        return [plain]
    return [plain, "multipart/form-data"]


@router.get(
    "/api/export",
    access="public",
    summary="Export saved objects",
    description="All objects, or those of one type: a file with one of them in each line.",
    tags=["transfer"],
    validate={
        "request": {"query": export_query},
        "response": {200: {"body": schema.stream(), "body_content_type": NDJSON}},
    },
)
def export(saved_objects: SavedObjects, request: "ExportRequest", response: ResponseFactory) -> Response:
    """All objects, each in a line; however many they are, one is held at a time."""

    def lines() -> Iterator[str]:
        for saved in saved_objects.each(**request.query):
            line = {"type": saved.type, "id": saved.id, "attributes": saved.attributes}
            yield json.dumps(line, ensure_ascii=False) + "\n"

    return response.file(body=lines(), filename="objects.ndjson", file_content_type=NDJSON)


@router.post(
    "/api/import",
    access="public",
    summary="Import saved objects",
    description="What was exported, as it is or in a form. All objects of a file are taken, or none.",
    tags=["transfer"],
    validate={
        "request": {"query": import_query, "body": read_import},
        "response": {200: {"body": imported}, **TAKEN, **FULL},
    },
    options={
        "body": {"accepts": [NDJSON, *forms()], "max_bytes": 1_048_576},
        "oas_operation_object": {
            "requestBody": {"required": True, "content": dict.fromkeys(forms(), FORM)},
        },
    },
)
def import_(saved_objects: SavedObjects, request: "ImportRequest", response: ResponseFactory) -> Response:
    """All objects of a file, or none: a conflict undoes what was done before it."""
    write = saved_objects.put if request.query["overwrite"] else saved_objects.create
    for line in request.body:
        write(**line)
    return response.ok(body={"imported": len(request.body)})
