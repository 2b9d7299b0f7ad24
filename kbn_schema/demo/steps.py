"""This module tells the story of the demo: its requests, good and bad, and the status each must get."""

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import attrs


@attrs.frozen
class Step:
    """One request, and the *status* it must be answered with."""

    title: str
    method: str
    target: str
    status: int
    body: bytes | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    shown: tuple[str, ...] = ()
    """The headers of the answer that matter."""


@attrs.frozen
class Chapter:
    """Some requests about one thing; each chapter builds upon those before."""

    title: str
    steps: tuple[Step, ...]


def _json(
    title: str,
    method: str,
    target: str,
    status: int,
    body: object,
    headers: Mapping[str, str] | None = None,
    shown: tuple[str, ...] = (),
) -> Step:
    own = {"content-type": "application/json", **(headers or {})}
    return Step(title, method, target, status, json.dumps(body).encode(), own, shown)


def _get(
    title: str,
    target: str,
    status: int,
    headers: Mapping[str, str] | None = None,
    shown: tuple[str, ...] = (),
) -> Step:
    return Step(title, "GET", target, status, None, headers or {}, shown)


ROOT: Final = "/api/saved_objects"
NDJSON: Final = {"content-type": "application/x-ndjson"}
NEW: Final = {"elastic-api-version": "2026-06-01"}

_WITH_TEXT: Final = {"attributes": {"title": "Sales", "tags": "q3, emea", "hits": "7"}}
_WITH_LIST: Final = {"attributes": {"title": "Costs", "tags": ["q3"]}}
_LINE: Final = b'{"type": "visualization", "id": "map", "attributes": {"title": "Map"}}\n'
_NEW_LINE: Final = b'{"type": "visualization", "id": "pie", "attributes": {"title": "Pie"}}\n'

_OLD_CLIENT: Final = _json(
    "A client that names no version gets the oldest, and a warning",
    "POST",
    f"{ROOT}/dashboard/sales",
    201,
    _WITH_TEXT,
    shown=("elastic-api-version", "warning"),
)
_FOUND: Final = _get(
    "A query: texts become numbers, and one value may stand for a list",
    f"{ROOT}?sort=-title&fields=title&per_page=1",
    200,
)
_MISTAKEN: Final = _get(
    "Two mistakes in a query, both in one answer", f"{ROOT}?per_page=lots&srot=-title", 400
)

VERSIONS: Final = Chapter(
    "One route, two versions: tags were a text, and are a list now",
    (
        _OLD_CLIENT,
        _json("The same body, sent to the new version", "POST", f"{ROOT}/dashboard", 400, _WITH_TEXT, NEW),
        _json(
            "What the new version takes; defaults are filled in",
            "POST",
            f"{ROOT}/dashboard/costs",
            201,
            _WITH_LIST,
            NEW,
            ("elastic-api-version", "location"),
        ),
        _json(
            "A version that there never was",
            "POST",
            f"{ROOT}/dashboard",
            400,
            _WITH_LIST,
            {"elastic-api-version": "2024-01-01"},
        ),
        _get(
            "An internal route has versions, too: they are numbers, for our own page",
            "/internal/saved_objects/_count",
            200,
            {"elastic-api-version": "1"},
        ),
        Step(
            "An OpenAPI document of the newest versions (its body is long)",
            "HEAD",
            "/openapi.json?version=newest",
            200,
            shown=("content-type",),
        ),
    ),
)

STATES: Final = Chapter(
    "The state of an object",
    (
        _get("Get it, with an etag", f"{ROOT}/dashboard/sales", 200, shown=("etag",)),
        _get(
            "Get it again: the client has it already",
            f"{ROOT}/dashboard/sales",
            304,
            {"if-none-match": '"1"'},
            ("etag",),
        ),
        _json(
            "Replace what is known; the header is validated as any other part",
            "PUT",
            f"{ROOT}/dashboard/sales",
            200,
            {"attributes": {"title": "Sales and returns"}},
            {"if-match": '"1"'},
            ("etag",),
        ),
        _json(
            "Replace what somebody else has changed",
            "PUT",
            f"{ROOT}/dashboard/sales",
            412,
            _WITH_LIST,
            {"if-match": '"1"'},
        ),
        _json("Replace, without a word on the state", "PUT", f"{ROOT}/dashboard/sales", 400, _WITH_LIST),
        _json("Create what is there", "POST", f"{ROOT}/dashboard/costs", 409, _WITH_LIST, NEW),
    ),
)

TRANSFER: Final = Chapter(
    "A file of objects, one in each line",
    (
        Step(
            "Upload it in a form",
            "POST",
            "/api/import",
            200,
            urlencode({"file": _LINE}).encode(),
            {"content-type": "application/x-www-form-urlencoded"},
        ),
        Step(
            "Or as it is: with a new object, but also one that is there already",
            "POST",
            "/api/import",
            409,
            _NEW_LINE + _LINE,
            NDJSON,
        ),
        _get("So nothing of it is kept", f"{ROOT}/visualization/pie", 404),
        Step(
            "A mistake in the second line",
            "POST",
            "/api/import",
            400,
            _LINE + _NEW_LINE.replace(b'"Pie"', b'"", "hits": "many"'),
            NDJSON,
        ),
        _get(
            "Export; lines are sent one by one",
            "/api/export",
            200,
            shown=("content-type", "content-disposition"),
        ),
    ),
)

FINDING: Final = Chapter(
    "Finding, with a query that has a schema",
    (
        _FOUND,
        _MISTAKEN,
        _get("Values that are out of bounds", f"{ROOT}?page=0&sort=titel", 400),
    ),
)

MISTAKES: Final = Chapter(
    "Mistakes, all of a request in one answer",
    (
        _json(
            "Several in a body, and one in the path",
            "POST",
            f"{ROOT}/dashbord/costs",
            400,
            {"attributes": {"title": "", "tags": ["q3", 4], "descripton": "secret"}},
            NEW,
        ),
        Step(
            "Malformed JSON",
            "POST",
            f"{ROOT}/dashboard",
            400,
            b'{"attributes": {"title": Sales}}',
            {"content-type": "application/json"},
        ),
        Step(
            "Another media type",
            "POST",
            f"{ROOT}/dashboard",
            415,
            b"title=Sales",
            {"content-type": "text/plain"},
        ),
        Step(
            "A method that the path does not have", "PATCH", f"{ROOT}/dashboard/sales", 405, shown=("allow",)
        ),
        Step("Delete", "DELETE", f"{ROOT}/dashboard/sales", 204),
        _get("What is not there any more", f"{ROOT}/dashboard/sales", 404),
    ),
)

PAGE: Final = Chapter(
    "A page that lists the objects",
    (
        _get("The way to it", "/", 302, shown=("location",)),
        _get("The page", "/assets/index.html", 200, shown=("content-type", "content-security-policy")),
        _get("What its script asks for", f"{ROOT}?sort=-created&per_page=100", 200),
        _get("What is not in its folder", "/assets/store.py", 404),
        _get("What lies beside its folder", "/assets/..%2fstore.py", 400),
    ),
)

FIRST_LOOK: Final = Chapter("", (_OLD_CLIENT, _FOUND, _MISTAKEN))
STORY: Final = (VERSIONS, STATES, FINDING, TRANSFER, MISTAKES, PAGE)
