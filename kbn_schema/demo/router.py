"""This module holds the router of the demo, and what it does for each request.

`routes`, `versions` and `transfer` declare routes on it; `application` brings the store.
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from kbn_schema.demo.store import SavedObjects
from kbn_schema.http import Request, Response, ResponseBlock, ResponseFactory, Router

MAX_OBJECTS: Final = 10_000
# For what a page may do with an answer: run our own scripts and talk to us, nothing else.
CONTENT_POLICY: Final = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

# What is answered beside what a route is for; such answers have the one form of all errors.
ABSENT: Final[Mapping[int, ResponseBlock]] = {404: {"description": "There is no such object"}}
TAKEN: Final[Mapping[int, ResponseBlock]] = {409: {"description": "There is an object with this id already"}}
FULL: Final[Mapping[int, ResponseBlock]] = {507: {"description": "The store takes no more objects"}}

# What to do with an object that was answered, in the words of OpenAPI.
LINKS: Final[Mapping[str, Any]] = {
    "replace": {
        "operationId": "put-saved-objects-type-id",
        "parameters": {
            "path.type": "$response.body#/type",
            "path.id": "$response.body#/id",
            "header.if-match": "$response.header.etag",
        },
    }
}

router: Final = Router(validate_responses="raise")


@router.on_pre_handler
def keep_small(saved_objects: SavedObjects, request: Request, response: ResponseFactory) -> Response | None:
    """Take no more objects than anybody needs to see how it works."""
    if request.method == "POST" and sum(saved_objects.count().values()) >= MAX_OBJECTS:
        return response.custom_error(
            status_code=507, body=f"the store is full: it has [{MAX_OBJECTS}] objects or more"
        )
    return None


@router.on_response
def add_policy(request: Request, response: Response) -> Response:
    """Say with each answer what a page may do with it."""
    return attrs.evolve(response, headers={"content-security-policy": CONTENT_POLICY, **response.headers})
