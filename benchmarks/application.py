"""This module is an application to measure with: as many schemas and routes as are asked for.

Each of its resources has ten schemas and three routes, and uses a few schemas of another module.
"""

from typing import Final

SCHEMAS_OF_RESOURCE: Final = 10
ROUTES_OF_RESOURCE: Final = 3

SHARED: Final = """\
from kbn_schema import schema

space = schema.string(min_length=1, max_length=64, pattern="[a-z0-9_-]+")
reference = schema.object(
    {"type": schema.string(), "id": schema.uuid(), "name": schema.maybe(schema.string())}
)
owner = schema.object(
    {"id": schema.uuid(), "email": schema.email(), "roles": schema.array_of(schema.string())}
)
paging = schema.object(
    {"page": schema.integer(min=1, default=1), "per_page": schema.integer(min=1, max=100, default=20)}
)
condition = schema.object(
    {
        "field": schema.string(),
        "operator": schema.enum(["is", "is_not", "exists"]),
        "any_of": schema.maybe(schema.array_of(schema.lazy("condition"))),
    },
    id="condition",
)
"""

HEAD: Final = """\
from app.shared import condition, owner, paging, reference, space
from kbn_schema import schema
from kbn_schema.http import Router

router = Router()
"""

RESOURCE: Final = """
{name}_params = schema.object({{"id": schema.uuid(), "space": space}})
{name}_query = paging.extends(
    {{
        "sort": schema.one_of([schema.literal("title"), schema.literal("created_at")]),
        "order": schema.enum(["asc", "desc"], default="asc"),
        "fields": schema.array_of(schema.string(), default=[]),
        "filter": schema.maybe(schema.object({{"owner": schema.maybe(schema.uuid()), "where": condition}})),
    }}
)
{name}_text_panel = schema.object({{"type": schema.literal("text"), "markdown": schema.string()}})
{name}_chart_panel = schema.object(
    {{
        "type": schema.literal("chart"),
        "series": schema.array_of(
            schema.object({{"label": schema.string(), "values": schema.array_of(schema.number())}})
        ),
        "every": schema.duration(default="5m"),
    }}
)
{name}_panel = schema.discriminated_union("type", [{name}_text_panel, {name}_chart_panel])
{name}_attributes = schema.object(
    {{
        "title": schema.string(min_length=1, description="What the {name} is called."),
        "description": schema.nullable(schema.string()),
        "panels": schema.array_of({name}_panel),
        "options": schema.record_of(schema.string(), schema.one_of(schema.string(), schema.number())),
        "settings": schema.object(
            {{
                "theme": schema.enum(["light", "dark"], default="light"),
                "max-bytes": schema.maybe(schema.byte_size()),
            }}
        ),
    }}
)
{name}_body = schema.object(
    {{"attributes": {name}_attributes, "references": schema.array_of(reference, default=[])}}
)
{name}_body_2 = {name}_body.extends({{"tags": schema.array_of(schema.string(), max_size=20)}})
{name}_saved = schema.object(
    {{
        "id": schema.uuid(),
        "owner": owner,
        "version": schema.integer(),
        "updated_at": schema.date_time(),
        "attributes": {name}_attributes,
    }}
)
{name}_found = schema.object({{"total": schema.integer(), "saved": schema.array_of({name}_saved)}})


@router.get(
    "/api/{name}/_find",
    validate={{"request": {{"query": {name}_query}}, "response": {{200: {{"body": {name}_found}}}}}},
)
def find_{name}(context, request, response):
    return response.ok(body={{"total": 0, "saved": []}})


@router.get(
    "/s/{{space}}/api/{name}/{{id}}",
    validate={{"request": {{"params": {name}_params}}, "response": {{200: {{"body": {name}_saved}}}}}},
)
def get_{name}(context, request, response):
    return response.not_found()


update_{name} = router.versioned.put("/s/{{space}}/api/{name}/{{id}}", access="public")


@update_{name}.add_version(
    "2026-01-31",
    validate={{
        "request": {{"params": {name}_params, "body": {name}_body}},
        "response": {{200: {{"body": {name}_saved}}}},
    }},
)
def update_{name}_1(context, request, response):
    return response.not_found()


@update_{name}.add_version(
    "2026-06-30",
    validate={{
        "request": {{"params": {name}_params, "body": {name}_body_2}},
        "response": {{200: {{"body": {name}_saved}}, 409: {{"body": reference}}}},
    }},
)
def update_{name}_2(context, request, response):
    return response.not_found()
"""


def application(schemas: int) -> dict[str, str]:
    """Return the files of an application with that many *schemas*, by their paths."""
    resources = [RESOURCE.format(name=f"thing{number}") for number in range(schemas // SCHEMAS_OF_RESOURCE)]
    return {"app/__init__.py": "", "app/shared.py": SHARED, "app/routes.py": HEAD + "".join(resources)}
