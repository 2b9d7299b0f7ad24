"""The requests that every contender is sent, and what has to come back.

Nothing here knows a library. The schemas, in words; unknown keys are refused everywhere:

- a saved object: texts with bounds, two bounded integers, a boolean, a literal union, tags
- an import: a list of objects, each with attributes in two levels and a list of references
- a query: page: integer >= 1; per_page: integer 1..100; search: text of at most 256, optional
"""

import json
from typing import Any, Final

import attrs

# The keys from the root of the body to a value.
Path = tuple[str | int, ...]


@attrs.frozen
class HttpRequest:
    """One request, as a server hands it to an application.

    Args:
        code: Its short name, the column of tables.
        title: What it is, in words.
        method: In capitals.
        path: Without the query.
        number: The validated value that the answer repeats: ``{"ok": true, "n": number}``.
        query: What follows the ``?``.
        body: All of it, which comes in one message.
        wrong: Where the values are that have to be refused; the answer names each of them.
        valid: The code of the same request with nothing wrong, None for that itself.
        headers: Eight of them; names are in lower case.
        scope: The same for an ASGI application.
    """

    code: str
    title: str
    method: str
    path: str
    number: int
    query: bytes = b""
    body: bytes = b""
    wrong: frozenset[Path] = frozenset()
    valid: str | None = None
    headers: list[tuple[str, str]] = attrs.field(init=False, repr=False)
    scope: dict[str, Any] = attrs.field(init=False, repr=False)

    @headers.default
    def _headers(self) -> list[tuple[str, str]]:
        if self.method == "GET":
            own = [("accept-language", "en-GB,en;q=0.9"), ("referer", "http://127.0.0.1:8000/app/home")]
        else:
            own = [("content-type", "application/json"), ("content-length", str(len(self.body)))]
        return [*COMMON_HEADERS, *own]

    @scope.default
    def _scope(self) -> dict[str, Any]:
        # As uvicorn makes it.
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 50312),
            "scheme": "http",
            "method": self.method,
            "root_path": "",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query,
            "headers": [(name.encode(), value.encode()) for name, value in self.headers],
            "state": {},
        }


COMMON_HEADERS: Final = [
    ("host", "127.0.0.1:8000"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("accept", "application/json, text/plain, */*"),
    ("accept-encoding", "gzip, deflate, br"),
    ("connection", "keep-alive"),
    ("x-request-id", "5b1f4c1e-0a7d-4f55-9a51-6f6d1d0a3c11"),
]
SAVED_OBJECT: Final[dict[str, Any]] = {
    "type": "dashboard",
    "id": "7adfa750-4c81-11e8-b3d7-01146121b73d",
    "title": "Flights: delays and cancellations",
    "description": "What was late in the last week",
    "version": 7,
    "refresh_sec": 60,
    "archived": False,
    "tags": ["flights", "sample", "operations"],
    "owner": "team-ops",
    "updated_at": "2026-11-03T09:30:00.000Z",
}
IMPORT: Final[dict[str, Any]] = {
    "namespace": "default",
    "overwrite": True,
    "objects": [
        {
            "id": f"7adfa750-4c81-11e8-b3d7-{index:012}",
            "type": "visualization",
            "title": f"Flights: view {index}",
            "version": index + 1,
            "attributes": {
                "description": "Average price of a ticket by carrier",
                "hits": 1000 + index,
                "pinned": index % 2 == 0,
                "layout": {"columns": 12, "rows": 8, "theme": "dark"},
            },
            "references": [
                {"id": f"d3d7af60-4c81-11e8-b3d7-{index:012}", "type": "index-pattern", "name": "source"},
                {"id": f"e1d0f010-9ee7-11e7-8711-{index:012}", "type": "tag", "name": "tag-0"},
            ],
        }
        for index in range(24)
    ],
}


def post(code: str, title: str, path: str, value: object, number: int) -> HttpRequest:
    return HttpRequest(code, title, "POST", path, number, body=as_body(value))


def as_body(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def spoilt(request: HttpRequest, code: str, title: str, wrong: dict[Path, object]) -> HttpRequest:
    """Return *request* with the values *wrong* in place of those at their paths."""
    value = json.loads(request.body)
    for path, instead in wrong.items():
        at = value
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = instead
    return attrs.evolve(
        request, code=code, title=title, body=as_body(value), wrong=frozenset(wrong), valid=request.code
    )


SAVE: Final = post("H1", "POST of 300 bytes", "/api/saved_objects", SAVED_OBJECT, 7)
IMPORT_ALL: Final = post("H2", "POST of 10 KB, nested", "/api/saved_objects/_import", IMPORT, 1023)
FIND: Final = HttpRequest(
    "H3", "GET with a query of three", "GET", "/api/saved_objects/_find", 2, b"page=2&per_page=50&search=late"
)
REQUESTS: Final = [
    SAVE,
    spoilt(SAVE, "H1a", "H1 with one wrong value", {("tags", 1): 5}),
    spoilt(
        SAVE,
        "H1b",
        "H1 with four wrong values",
        {("title",): None, ("version",): "seven", ("archived",): "perhaps", ("tags", 1): 5},
    ),
    IMPORT_ALL,
    spoilt(
        IMPORT_ALL, "H2a", "H2 with one wrong value", {("objects", 17, "attributes", "layout", "rows"): "few"}
    ),
    spoilt(
        IMPORT_ALL,
        "H2b",
        "H2 with four wrong values",
        {
            ("overwrite",): "perhaps",
            ("objects", 3, "version"): 0,
            ("objects", 17, "attributes", "layout", "rows"): "few",
            ("objects", 20, "references", 1, "name"): None,
        },
    ),
    FIND,
]
