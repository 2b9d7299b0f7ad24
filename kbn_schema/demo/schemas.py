"""This module holds the schemas of the demo: what may be sent, and what is answered."""

from typing import TYPE_CHECKING, Any

from kbn_schema import ValidationError, schema
from kbn_schema.http import Accepted, Rejected, RuleResult

if TYPE_CHECKING:
    from kbn_schema import Schema
    from kbn_schema.demo._schemas_types import (
        Attributes,
        CreateBody,
        CreatedHeaders,
        CreateParams,
        DocumentQuery,
        Etag,
        ExportQuery,
        Field,
        FindQuery,
        FirstAttributes,
        FirstCreateBody,
        Found,
        Imported,
        ImportForm,
        ImportLine,
        ImportQuery,
        ObjectId,
        ObjectParams,
        ObjectType,
        ReplaceHeaders,
        SavedObject,
        Sort,
        StateHeaders,
        Tags,
    )

object_type: "Schema[ObjectType]" = schema.enum(["dashboard", "index-pattern", "visualization"])
object_id: "Schema[ObjectId]" = schema.string(
    min_length=1, max_length=36, pattern=r"[a-z0-9][a-z0-9._-]*", examples=["sales"]
)

object_params: "Schema[ObjectParams]" = schema.object({"type": object_type, "id": object_id})
create_params: "Schema[CreateParams]" = schema.object({"type": object_type, "id": schema.maybe(object_id)})

tags: "Schema[Tags]" = schema.array_of(schema.string(min_length=1, max_length=50), max_size=10, default=[])
attributes: "schema.object[Attributes]" = schema.object(
    {
        "title": schema.string(min_length=1, max_length=100, examples=["Sales"]),
        "description": schema.string(max_length=1000, default=""),
        "tags": tags,
        "hits": schema.integer(min=0, max=1_000_000_000, default=0),
    }
)
create_body: "Schema[CreateBody]" = schema.object({"attributes": attributes})


def split_tags(text: str) -> list[str]:
    """The tags in *text*, which are parted by commas."""
    return [tag.strip() for tag in text.split(",") if tag.strip()]


# What was published stays as it is: the first version took tags as one text, parted by commas.
first_attributes: "Schema[FirstAttributes]" = attributes.extends(
    {"tags": schema.string(max_length=1000, pattern="[^,]{0,50}(,[^,]{0,50}){0,9}", default="")}
)
first_create_body: "Schema[FirstCreateBody]" = schema.object({"attributes": first_attributes})

# An etag as it is sent, in quotes; `*` or a list of them would mean that no one change is meant.
etag: "Schema[Etag]" = schema.string(pattern=r'"[0-9]{1,18}"', examples=['"1"'])
replace_headers: "Schema[ReplaceHeaders]" = schema.object({"if-match": etag})
state_headers: "Schema[StateHeaders]" = schema.object({"etag": etag})
created_headers: "Schema[CreatedHeaders]" = schema.object({"etag": etag, "location": schema.string()})

sort: "Schema[Sort]" = schema.enum(["title", "-title", "created", "-created"], default="created")
field: "Schema[Field]" = schema.enum(["title", "description", "tags", "hits"])

# `kbn-schema demo` shows this one, to terminals of 80 columns.
find_query: "Schema[FindQuery]" = schema.object(
    {
        "type": schema.maybe(object_type),
        "search": schema.string(max_length=100, default=""),
        "sort": sort,
        "page": schema.integer(min=1, max=10_000, default=1),
        "per_page": schema.integer(min=1, max=100, default=20),
        "fields": schema.maybe(schema.array_of(field, max_size=4)),
    }
)

saved_object: "schema.object[SavedObject]" = schema.object(
    {
        "type": object_type,
        "id": object_id,
        "version": schema.integer(min=1),
        "created_at": schema.date_time(),
        "attributes": attributes,
    }
)
found: "Schema[Found]" = schema.object(
    {
        "page": schema.integer(min=1),
        "per_page": schema.integer(min=1),
        "total": schema.integer(min=0),
        "saved_objects": schema.array_of(saved_object.extends({"attributes": attributes.partial()})),
    }
)

# Of the document of all this: every version at once where it names none.
document_query: "Schema[DocumentQuery]" = schema.object(
    {"version": schema.maybe(schema.enum(["oldest", "newest"]))}
)

export_query: "Schema[ExportQuery]" = schema.object({"type": schema.maybe(object_type)})
import_query: "Schema[ImportQuery]" = schema.object({"overwrite": schema.boolean(default=False)})
import_form: "Schema[ImportForm]" = schema.object({"file": schema.buffer()})
import_line: "Schema[ImportLine]" = schema.object(
    {"type": object_type, "id": object_id, "attributes": attributes}
)
imported: "Schema[Imported]" = schema.object({"imported": schema.integer(min=0)})


def read_import(body: Any, result: RuleResult) -> Accepted | Rejected:
    """The objects in a file, one in each line: the file itself, or a form with it."""
    file = body if isinstance(body, bytes) else import_form.validate(body)["file"]
    objects: list[ImportLine] = []
    for number, line in enumerate(file.splitlines(), 1):
        try:
            objects.append(import_line.validate_json(line))
        except ValidationError as error:
            return result.bad_request(error, ["line", number])
    return result.ok(objects)
