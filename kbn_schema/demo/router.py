"""This module holds the router of the demo, and what it does for each request.

`routes`, `versions` and `transfer` declare routes on it; `application` brings the store.
"""

from typing import Final

import attrs

from kbn_schema.demo.store import SavedObjects
from kbn_schema.http import Request, Response, ResponseFactory, Router

MAX_OBJECTS: Final = 1000
# For what a page may do with an answer: run our own scripts and talk to us, nothing else.
CONTENT_POLICY: Final = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

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
