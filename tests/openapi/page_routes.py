"""Routes that have something of everything that the page shows."""

from kbn_schema import schema
from kbn_schema.http import Router


def answer(context, request, response):
    """Nothing is asked of it here."""
    return response.ok()


ADDRESS = schema.object(
    {
        "street": schema.string(min_length=1, max_length=100),
        "city": schema.string(min_length=1, max_length=100),
        "country": schema.string(pattern="[A-Z]{2}", description="Two letters, as in `DE`."),
    },
    id="Address",
    description="Where something is sent to.",
)
CARD = schema.object(
    {"kind": schema.literal("card"), "number": schema.string(pattern="[0-9]{16}")}, id="Card"
)
TRANSFER = schema.object(
    {"kind": schema.literal("transfer"), "iban": schema.string(max_length=34)}, id="Transfer"
)


def category():
    return CATEGORY


CATEGORY = schema.object(
    {"name": schema.string(max_length=50), "parts": schema.array_of(schema.lazy(category), max_size=20)},
    id="Category",
)
ITEM = schema.object(
    {
        "id": schema.string(min_length=1, max_length=20, examples=["chair-7"]),
        "price": schema.number(min=0, exclusive_max=10_000, description="In euros."),
        "state": schema.enum(["new", "used"], default="new"),
        "category": schema.maybe(CATEGORY),
        "sizes": schema.record_of(schema.string(max_length=10), schema.integer(min=1)),
        "old_id": schema.maybe(schema.integer(deprecated=True)),
        "note": schema.nullable(schema.string()),
    },
    id="Item",
    title="A thing that is for sale",
)
ORDER = schema.object(
    {
        "items": schema.array_of(schema.string(min_length=1), min_size=1, max_size=50),
        "to": ADDRESS,
        "payment": schema.discriminated_union("kind", [CARD, TRANSFER]),
        "when": schema.one_of(schema.date_time(), schema.literal("now")),
    },
    examples=[
        {
            "items": ["chair-7"],
            "to": {"street": "Main Street 1", "city": "Springfield", "country": "US"},
            "payment": {"kind": "transfer", "iban": "DE02 1203 0000 0000 2020 51"},
            "when": "now",
        }
    ],
)
FIRST_ORDER = schema.object(
    {
        "items": schema.array_of(schema.string(), min_size=1),
        "to": ADDRESS,
        "payment": schema.discriminated_union("kind", [CARD, TRANSFER]),
        "comment": schema.maybe(schema.string(max_length=200)),
    }
)


def make() -> Router:
    """A new router, with all of them."""
    router = Router()
    find_items(router)
    keep_items(router)
    order(router)
    return router


def find_items(router: Router) -> None:
    router.get(
        "/api/items/{id}",
        access="public",
        summary="Get an item",
        description="One item, as it is now.\n\nIts `state` says whether anybody had it before.",
        tags=["oas-tag:Items"],
        options={"availability": {"stability": "stable", "since": "8.1.0"}},
        validate={
            "request": {"params": schema.object({"id": schema.string(min_length=1, examples=["chair-7"])})},
            "response": {
                200: {"body": ITEM, "headers": schema.object({"etag": schema.string()})},
                404: {"description": "There is no such item"},
            },
        },
    )(answer)
    router.get(
        "/api/items",
        access="public",
        summary="Find items",
        tags=["oas-tag:Items"],
        options={"availability": {"stability": "beta", "since": "9.0.0"}},
        validate={
            "request": {
                "query": schema.object(
                    {
                        "text": schema.string(min_length=1, description="What is looked for, in its name."),
                        "per_page": schema.integer(min=1, max=100, default=20),
                        "sort": schema.enum(["name", "price"], default="name"),
                        "in": schema.maybe(schema.array_of(schema.string())),
                        "where": schema.maybe(schema.object({"x": schema.number(), "y": schema.number()})),
                    }
                )
            },
            "response": {200: {"body": schema.array_of(ITEM, max_size=100)}},
        },
    )(answer)


def keep_items(router: Router) -> None:
    router.put(
        "/api/items/{id}",
        access="public",
        summary="Store an item",
        tags=["oas-tag:Items"],
        security={
            "authz": {"required_privileges": ["items:write", {"any_required": ["shop:manage", "shop:owner"]}]}
        },
        options={"xsrf_required": True},
        validate={
            "request": {"params": schema.object({"id": schema.string()}), "body": ITEM},
            "response": {200: {"body": ITEM, "description": "The item as it is now"}},
        },
    )(answer)
    router.delete(
        "/api/items/{id}",
        access="public",
        summary="Delete an item",
        tags=["oas-tag:Items"],
        deprecated={
            "documentation_url": "https://example.com/old",
            "severity": "critical",
            "message": "items are sold, and not deleted",
            "reason": {"type": "migrate", "new_api_method": "PUT", "new_api_path": "/api/items/{id}"},
        },
        validate={"params": schema.object({"id": schema.string()})},
    )(answer)
    router.post(
        "/internal/items/{id}/picture",
        access="internal",
        validate={"request": {"body": schema.buffer()}, "response": {204: {}}},
        options={"body": {"accepts": ["image/png", "image/jpeg"], "max_bytes": 1_048_576}},
    )(answer)


def order(router: Router) -> None:
    route = router.versioned.post(
        "/api/orders/{shop}/{id?}",
        access="public",
        summary="Order items",
        tags=["oas-tag:Orders"],
        security={"authz": {"enabled": False, "reason": "Everybody may order."}},
    )
    params = schema.object(
        {"shop": schema.string(min_length=1), "id": schema.maybe(schema.string(min_length=1))}
    )
    ordered = schema.object({"id": schema.string(), "at": schema.date_time()})
    route.add_version(
        "2023-10-31",
        validate={"request": {"params": params, "body": FIRST_ORDER}, "response": {201: {"body": ordered}}},
        handler=answer,
        deprecated={
            "message": "say when it is to be sent, to version 2026-06-01",
            "reason": {"type": "bump", "new_api_version": "2026-06-01"},
        },
    )
    route.add_version(
        "2026-06-01",
        validate={"request": {"params": params, "body": ORDER}, "response": {201: {"body": ordered}}},
        handler=answer,
    )
